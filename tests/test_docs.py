"""What README and docs tell people to type loads, and gives what they then show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from beancount import loader
from click.testing import CliRunner

from beancount_dunning import cli
from beancount_dunning.basics.errors import OverdueError
from beancount_dunning.basics.errors import PromiseError

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# The pages open no account that any ledger has.
_ACCOUNTS = 'plugin "beancount.plugins.auto_accounts"'
_PLUGIN = 'plugin "beancount_dunning"'
_COMMAND = r"^\$ (.*)\n((?:(?!\$ ).*\n)*)"


def _blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def _runs() -> list[tuple[Path, str, str]]:
    """Return each command of ours on a page, with the output that stands below it."""
    return [
        (page, command, output)
        for page in PAGES
        for block in _blocks(page.read_text(), "console")
        for command, output in re.findall(_COMMAND, block, re.MULTILINE)
        if command.startswith("bean-dunning")
    ]


def _ledger(page: str, folder: Path) -> Path:
    """Write all that a page, or the part of it so far, tells to type."""
    path = folder / "books.beancount"
    snippets = "\n".join(_blocks(page, "beancount"))
    plugins = [_ACCOUNTS]
    if _PLUGIN not in snippets:
        plugins.append(_PLUGIN)
    path.write_text("\n".join([snippets, *plugins, ""]))
    return path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_snippet_loads(page: Path, tmp_path: Path) -> None:
    ledger = _ledger(page.read_text(), tmp_path)
    entries, errors, _ = loader.load_file(str(ledger))
    wrong = [one for one in errors if not isinstance(one, OverdueError | PromiseError)]
    assert wrong == []
    assert len(entries) > 5


@pytest.mark.parametrize(("page", "command", "output"), _runs())
def test_every_command_prints_what_the_page_shows(
    page: Path,
    command: str,
    output: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A command stands below the snippets that it is about.
    before, _, _ = page.read_text().partition(f"$ {command}\n")
    _ledger(before, tmp_path)
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(cli.main, command.split()[1:])
    assert run.stdout.replace(f"{tmp_path}/", "").strip() == output.strip()
