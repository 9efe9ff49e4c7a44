"""The wheel as a user installs it, in a fresh virtual environment."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from beancount_dunning import __version__
from tests.serving import EXAMPLE
from tests.serving import PAGE

ROOT = Path(__file__).parent.parent

_ASK_FOR_PAGE = f"""
from fava.application import create_app
client = create_app([{str(EXAMPLE)!r}], load=True, poll_watcher=True).test_client()
answer = client.get("/atelier-nordlicht/{PAGE}")
print(answer.status_code, "AN-2026-014" in answer.text)
"""


def _run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build wheel and source archive; the folder they are in."""
    folder = tmp_path_factory.mktemp("dist")
    run = _run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a fresh virtual environment; the folder of its programs."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    return folder / "bin"


def test_both_archives_hold_all_that_is_needed(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    (source,) = built.glob("*.tar.gz")
    in_wheel = set(ZipFile(wheel).namelist())
    info = f"beancount_dunning-{__version__}.dist-info"
    assert in_wheel >= {
        "beancount_dunning/__init__.py",
        "beancount_dunning/formats/letter_texts/zh_Hant_TW.toml",
        "beancount_dunning/py.typed",
        "fava_dunning/Dunning.js",
        "fava_dunning/__init__.py",
        "fava_dunning/py.typed",
        "fava_dunning/templates/Dunning.css",
        "fava_dunning/templates/_base.css",
        "fava_dunning/templates/Dunning.html",
        "beancount_dunning/formats/translations/de/LC_MESSAGES/messages.po",
        f"{info}/entry_points.txt",
        f"{info}/licenses/LICENSE",
    }
    assert {name.split("/")[0] for name in in_wheel} == {
        "beancount_dunning",
        "fava_dunning",
        info,
    }
    with tarfile.open(source) as archive:
        in_source = {name.partition("/")[2] for name in archive.getnames()}
    assert in_source >= {
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "fava_extension/fava_dunning/templates/Dunning.html",
        "ledgers/example.beancount",
        "tests/test_packaging.py",
    }


def test_it_works_without_fava_and_with_it(built: Path, programs: Path) -> None:
    (wheel,) = built.glob("*.whl")
    pip = (programs / "pip", "install", "--quiet", "--disable-pip-version-check")
    assert _run(*pip, wheel).returncode == 0
    python = programs / "python"
    assert "No module named 'fava'" in _run(python, "-c", "import fava").stderr

    version = _run(programs / "bean-dunning", "--version")
    assert version.stdout == f"bean-dunning, version {__version__}\n"
    check = _run(programs / "bean-check", EXAMPLE)
    assert check.returncode == 1
    assert "Overdue: AN-2026-014, Hotel Silberdüne KG" in check.stderr
    assert check.stderr.count("Overdue: ") == 9
    # And a broken promise, and a credit limit; that Fava is missing would be one more.
    assert check.stderr.count(f"{EXAMPLE}:") == 11

    assert _run(*pip, f"{wheel}[fava]").returncode == 0
    assert _run(python, "-c", _ASK_FOR_PAGE).stdout == "200 True\n"
