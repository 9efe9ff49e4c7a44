"""`bean-dunning ical` of several ledgers: one calendar for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.calendar_lint import Component
from tests.calendar_lint import lint
from tests.calendar_lint import parse
from tests.cli.running import DUNNED
from tests.cli.running import HEAD
from tests.cli.running import LEDGER
from tests.cli.running import run

if TYPE_CHECKING:
    from pathlib import Path

LIST = """\
[[books]]
name = "Atelier"
path = "a.beancount"

[[books]]
name = "Müller, Söhne; Bau"
path = "b.beancount"
"""


@pytest.fixture(autouse=True)
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write two ledgers, where one is, and a list of them."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write(tmp_path / "a.beancount", "Ledger a", LEDGER)
    write(tmp_path / "b.beancount", "Ledger b", DUNNED)
    path = tmp_path / "office.toml"
    path.write_text(LIST, encoding="utf-8")
    return path


def write(path: Path, title: str, text: str) -> None:
    path.write_text(HEAD.replace("Books", title) + text, encoding="utf-8")


def events(feed: bytes) -> dict[str, Component]:
    assert lint(feed) == []
    return {one.value("UID") or "": one for one in parse(feed).components}


def of_all(two: Path, *more: str) -> bytes:
    found = run("ical", "--books", two, *more)
    assert (found.exit_code, found.stderr) == (0, "")
    return found.stdout_bytes


def alone(name: str, *more: str) -> dict[str, Component]:
    return events(run("ical", f"{name}.beancount", *more).stdout_bytes)


@pytest.mark.parametrize("more", [(), ("--type", "todo"), ("--by", "customer")])
def test_events_are_those_of_each_ledgers_own_calendar(
    two: Path, more: tuple[str, ...]
) -> None:
    found = events(of_all(two, *more))
    # Values are as they stand in the calendar.
    ones = {
        "Atelier": alone("a", *more),
        r"Müller\, Söhne\; Bau": alone("b", *more),
    }
    assert set(found) == {uid for own in ones.values() for uid in own}
    for book, own in ones.items():
        for uid, event in own.items():
            assert found[uid].value("SUMMARY") == f"{book}: {event.value('SUMMARY')}"
            for name in ("DESCRIPTION", "SEQUENCE", "LAST-MODIFIED", "DTSTAMP"):
                assert found[uid].value(name) == event.value(name)


def test_the_ledgers_name_is_a_category(two: Path) -> None:
    lines = of_all(two).replace(b"\r\n ", b"").decode().split("\r\n")
    categories = {line for line in lines if line.startswith("CATEGORIES:")}
    assert categories == {
        "CATEGORIES:Atelier,Receivables",
        r"CATEGORIES:Müller\, Söhne\; Bau,Receivables",
    }


def test_a_private_calendar_names_no_ledger(two: Path) -> None:
    feed = of_all(two, "--private")
    assert len(events(feed)) == len(alone("a")) + len(alone("b"))
    for secret in ("Atelier", "Söhne", "Acme", "1190"):
        assert secret.encode() not in feed


def test_a_file_is_written_once_and_then_follows_itself(two: Path) -> None:
    target = two.parent / "all.ics"
    of_all(two, "-o", str(target))
    first = target.read_bytes()
    assert first == of_all(two)
    before = target.stat().st_mtime_ns
    of_all(two, "-o", str(target))
    assert target.stat().st_mtime_ns == before
    path = two.parent / "a.beancount"
    path.write_text(path.read_text().replace("2380.00", "2400.00"))
    of_all(two, "-o", str(target))
    old, new = events(first), events(target.read_bytes())
    changed = {uid for uid in new if new[uid].value("SUMMARY") != summary(old, uid)}
    assert changed
    for uid, event in new.items():
        is_later = int(event.value("SEQUENCE") or 0) > int(
            old[uid].value("SEQUENCE") or 0
        )
        assert is_later == (uid in changed)


def summary(found: dict[str, Component], uid: str) -> str | None:
    return found[uid].value("SUMMARY")


def test_events_of_a_broken_ledger_stay_as_they_were(two: Path) -> None:
    target = two.parent / "all.ics"
    of_all(two, "-o", str(target))
    before = events(target.read_bytes())
    (two.parent / "b.beancount").write_text('include "nonsense\n2026-01-01 open\n')
    found = run("ical", "--books", two, "-o", target)
    assert found.exit_code == 2
    assert found.stderr.startswith("Error: Müller, Söhne; Bau: ")
    after = events(target.read_bytes())
    assert set(after) == set(before)
    printed = run("ical", "--books", two)
    assert printed.exit_code == 2
    assert set(events(printed.stdout_bytes)) == set(alone("a"))


def test_a_private_calendar_is_not_written_without_all(two: Path) -> None:
    target = two.parent / "all.ics"
    of_all(two, "-o", str(target), "--private")
    before = target.read_bytes()
    (two.parent / "b.beancount").unlink()
    found = run("ical", "--books", two, "-o", target, "--private")
    assert found.exit_code == 2
    assert "Nothing was written" in found.stderr
    assert target.read_bytes() == before


def test_ledgers_whose_events_are_called_the_same_are_told(two: Path) -> None:
    write(two.parent / "b.beancount", "Ledger a", LEDGER)
    found = run("ical", "--books", two)
    assert found.exit_code == 2
    assert found.stderr == (
        "Error: Müller, Söhne; Bau: its events cannot be told from those of Atelier; "
        'give it custom "dunning-option" "feed-id" "Müller, Söhne; Bau"\n'
    )
    assert set(events(found.stdout_bytes)) == set(alone("a"))


def test_what_is_no_calendar_is_not_written_over(two: Path) -> None:
    path = two.parent / "a.beancount"
    before = path.read_bytes()
    found = run("ical", "--books", two, "-o", path)
    assert found.exit_code == 2
    assert f"{path} is no calendar, and stays as it is." in found.stderr
    assert path.read_bytes() == before


def test_a_file_that_cannot_be_written_is_an_error(two: Path) -> None:
    found = run("ical", "--books", two, "-o", two.parent / "gone" / "all.ics")
    assert found.exit_code == 2
    assert "Cannot write" in found.stderr
