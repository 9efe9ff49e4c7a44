"""What README and docs tell people to type loads, and gives what they then show.

`pytest tests/test_docs.py --update-snapshots` writes the pages' outputs anew; a look at
their diff shows what has changed for users.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from beancount import loader
from click.testing import CliRunner

from beancount_dunning import cli
from beancount_dunning.basics.errors import LimitationError
from beancount_dunning.basics.errors import OverdueError
from beancount_dunning.basics.errors import PromiseError

ROOT = Path(__file__).parent.parent
PAGES = [
    *(ROOT / "README.md", ROOT / "CONTRIBUTING.md"),
    *sorted((ROOT / "docs").glob("*.md")),
]
# Each section of this page is about a ledger of its own, and some have a mistake.
TROUBLE = ROOT / "docs" / "troubleshooting.md"
# This page puts a ledger in order that is a file: what it adds, and what it changes.
START = ROOT / "docs" / "start.md"
START_LEDGER = ROOT / "ledgers" / "start.beancount"
# The other pages open no account that any ledger has.
_ACCOUNTS = 'plugin "beancount.plugins.auto_accounts"'
_PLUGIN = 'plugin "beancount_dunning"'
# What a ledger may have that is right.
_MONEY = LimitationError | OverdueError | PromiseError
_CONSOLE = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
# The first line of what goes into another file than the ledger.
_FILE = re.compile(r"[;#] (\S+\.(?:beancount|toml))\n")
_COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """A command of ours on a page: where its output stands, and what is before it."""

    command: str
    output: str
    start: int
    before: str


def _sections(page: Path, text: str) -> list[str]:
    """Return the parts of a page that each have a ledger."""
    return text.split("\n## ") if page == TROUBLE else [text]


def _snippets(text: str) -> list[str]:
    """Return the parts of the ledger, without those that are files of their own."""
    found = re.findall(r"```beancount\n(.*?)```", text, re.DOTALL)
    return [one for one in found if not _FILE.match(one)]


def _others(text: str) -> dict[str, str]:
    """Return what a page tells to type into other files, which it names first."""
    found = re.findall(r"```(?:beancount|toml)\n(.*?)```", text, re.DOTALL)
    return {name[1]: one for one in found if (name := _FILE.match(one))}


def _runs(page: Path) -> list[Run]:
    """Return each command of ours on a page."""
    text = page.read_text()
    return [
        Run(
            found[1],
            found[2],
            found.start(2),
            _sections(page, text[: found.start()])[-1],
        )
        for block in _CONSOLE.finditer(text)
        for found in _COMMAND.finditer(text, block.start(), block.end())
        if found[1].startswith("bean-dunning")
    ]


def _changed(ledger: str, text: str) -> str:
    """Do to a ledger what a page tells: add its snippets, and replace lines."""
    for language, block in re.findall(
        r"```(beancount|diff)\n(.*?)```", text, re.DOTALL
    ):
        if language == "beancount":
            ledger += f"\n{block}"
            continue
        lines = block.splitlines()
        old = "\n".join(line[1:] for line in lines if not line.startswith("+"))
        new = "\n".join(line[1:] for line in lines if not line.startswith("-"))
        assert ledger.count(old) == 1, old
        ledger = ledger.replace(old, new)
    return ledger


def _ledger(page: Path, text: str, folder: Path) -> Path:
    """Write all that a page, or the part of it so far, tells to type."""
    path = folder / "books.beancount"
    if page == START:
        path.write_text(_changed(START_LEDGER.read_text(), text))
        return path
    snippets = "\n".join(_snippets(text))
    plugins = [_ACCOUNTS]
    if _PLUGIN not in snippets:
        plugins.append(_PLUGIN)
    path.write_text("\n".join([snippets, *plugins, ""]))
    for name, other in _others(text).items():
        more = plugins if name.endswith(".beancount") else []
        (folder / name).write_text("\n".join([other, *more, ""]))
    return path


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page != TROUBLE and _snippets(page.read_text())],
    ids=lambda page: page.name,
)
def test_every_snippet_loads(page: Path, tmp_path: Path) -> None:
    _ledger(page, page.read_text(), tmp_path)
    for ledger in tmp_path.glob("*.beancount"):
        entries, errors, _ = loader.load_file(str(ledger))
        wrong = [one for one in errors if not isinstance(one, _MONEY)]
        assert wrong == []
        assert len(entries) > 5


@pytest.mark.parametrize("section", _sections(TROUBLE, TROUBLE.read_text())[1:])
def test_every_trouble_is_one_that_beancount_does_not_see(
    section: str, tmp_path: Path
) -> None:
    entries, errors, _ = loader.load_file(str(_ledger(TROUBLE, section, tmp_path)))
    others = [
        one
        for one in errors
        if not type(one).__module__.startswith("beancount_dunning")
    ]
    assert others == []
    assert len(entries) > 1


@pytest.mark.parametrize(
    ("page", "number"),
    [(page, number) for page in PAGES for number, _ in enumerate(_runs(page))],
)
def test_every_command_prints_what_the_page_shows(
    page: Path,
    number: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    run = _runs(page)[number]
    # A command stands below the snippets that it is about.
    _ledger(page, run.before, tmp_path)
    monkeypatch.chdir(tmp_path)
    # Nothing can be logged in the future, whenever the tests run.
    monkeypatch.setattr(
        "beancount_dunning.cli.loading.today", lambda: date(2026, 12, 31)
    )
    result = CliRunner().invoke(cli.main, shlex.split(run.command)[1:])
    printed = result.stdout.replace(f"{tmp_path}/", "").strip()
    if request.config.getoption("--update-snapshots"):
        text, end = page.read_text(), run.start + len(run.output)
        rest = "\n" if text[end:].startswith("$ ") else ""
        new = f"{printed}\n{rest}" if printed else rest
        page.write_text(text[: run.start] + new + text[end:])
        return
    assert printed == run.output.strip()


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", page.read_text())
    for name, anchor in links:
        target = page.parent / name if name else page
        assert target.exists(), name
        if anchor:
            assert anchor in _anchors(target)


def test_the_python_example_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    (example,) = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs" / "api.md").read_text(), re.DOTALL
    )
    exec(example, {})  # noqa: S102 - it is the docs' own
    lines = capsys.readouterr().out.splitlines()
    assert "Hotel Silberdüne KG AN-2026-029 809.20 72" in lines
    assert any(line.endswith(" first reminder 773.50") for line in lines)


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_every_file_that_builders_are_sent_to_is_there(name: str) -> None:
    paths = re.findall(
        r"`((?:beancount_dunning|fava_extension|tests|docs)/[^` ]*)`",
        (ROOT / name).read_text(),
    )
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []
