"""`bean-dunning ical`: the calendar, printed or kept in a file."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from tests.calendar_lint import lint
from tests.calendar_lint import parse
from tests.cli.running import LEDGER
from tests.cli.running import output
from tests.cli.running import run
from tests.cli.running import written


def test_ical_prints_the_feed(books: Path) -> None:
    result = run("ical", books)
    assert (result.exit_code, result.stderr) == (0, "")
    assert lint(result.stdout_bytes) == []
    summaries = [one.value("SUMMARY") for one in parse(result.stdout_bytes).components]
    assert "Acme GmbH 1190 EUR: first reminder (INV-2026-014)" in summaries
    assert len(summaries) == 3


def test_ical_of_some_customers(books: Path) -> None:
    feed = parse(run("ical", books, "--customer", "ACME").stdout_bytes)
    assert len(feed.components) == 1


def test_ical_can_be_tasks_and_private(books: Path) -> None:
    feed = run("ical", books, "--type", "todo", "--private").stdout_bytes
    assert lint(feed) == []
    assert {one.name for one in parse(feed).components} == {"VTODO"}
    for secret in ("Acme", "1190", "EUR", "Books"):
        assert secret.encode() not in feed


def test_ical_can_be_by_customer(books: Path) -> None:
    by_invoice, by_customer = (
        {one.value("UID") for one in parse(feed).components}
        for feed in (
            run("ical", books).stdout_bytes,
            run("ical", books, "--by", "customer").stdout_bytes,
        )
    )
    assert len(by_customer) == len(by_invoice)
    assert by_customer.isdisjoint(by_invoice)


def test_ical_writes_the_same_to_a_file(books: Path, tmp_path: Path) -> None:
    folder = tmp_path / "feeds"
    folder.mkdir()
    target = folder / "reminders.ics"
    assert output("ical", books, "-o", target) == ""
    assert target.read_bytes() == run("ical", books).stdout_bytes
    assert list(folder.iterdir()) == [target]
    assert stat.S_IMODE(target.stat().st_mode) == 0o644


def test_ical_leaves_a_file_alone_when_nothing_changed(
    books: Path, tmp_path: Path
) -> None:
    target = tmp_path / "reminders.ics"
    output("ical", books, "-o", target)
    os.utime(target, ns=(10**18, 10**18))
    before = target.stat()
    output("ical", books, "-o", target)
    after = target.stat()
    assert (after.st_mtime_ns, after.st_ino) == (10**18, before.st_ino)


def test_ical_replaces_a_file_that_is_out_of_date(books: Path, tmp_path: Path) -> None:
    target = tmp_path / "reminders.ics"
    target.write_text("old")
    target.chmod(0o600)
    output("ical", books, "-o", target)
    assert lint(target.read_bytes()) == []
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(tmp_path.iterdir()) == [books, target]


@pytest.mark.parametrize("folder", ["nowhere", "books.beancount"])
def test_ical_says_which_file_it_cannot_write(books: Path, folder: str) -> None:
    target = books.parent / folder / "reminders.ics"
    result = run("ical", books, "-o", target)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"Cannot write {target}: " in result.stderr


def test_ical_refuses_a_ledger_with_parts_that_cannot_be_read(tmp_path: Path) -> None:
    books = written(tmp_path, LEDGER + '2026-11-01 * "unclosed\n')
    target = tmp_path / "feed.ics"
    target.write_bytes(b"as it was")
    result = run("ical", books, "-o", target)
    assert result.exit_code == 2
    assert "Beancount cannot read all of" in result.stderr
    assert target.read_bytes() == b"as it was"


def test_ical_refuses_to_replace_the_ledger(tmp_path: Path) -> None:
    books = written(tmp_path, LEDGER)
    link = tmp_path / "link"
    link.symlink_to(books)
    result = run("ical", books, "-o", link)
    assert result.exit_code == 2
    assert "is part of the ledger" in result.stderr
    assert books.read_text(encoding="utf-8").endswith(LEDGER)


def test_ical_writes_through_links_and_into_pipes(tmp_path: Path) -> None:
    books = written(tmp_path, LEDGER)
    target, link = tmp_path / "target.ics", tmp_path / "link.ics"
    link.symlink_to(target)
    assert run("ical", books, "-o", link).exit_code == 0
    feed = target.read_bytes()
    assert link.is_symlink()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["/bin/cat", pipe], stdout=subprocess.PIPE) as reader:
        assert run("ical", books, "-o", pipe).exit_code == 0
        assert reader.communicate()[0] == feed
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_ical_leaves_nothing_behind_when_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        message = "No space left on device"
        raise OSError(28, message)

    books = written(tmp_path, LEDGER)
    monkeypatch.setattr(Path, "replace", refuse)
    result = run("ical", books, "-o", tmp_path / "feed.ics")
    assert result.exit_code == 2
    assert ": No space left on device" in result.stderr
    assert [path.name for path in tmp_path.iterdir() if "ics" in path.name] == []
    assert {path.name for path in tmp_path.iterdir()} <= {
        books.name,
        f".{books.name}.picklecache",
    }
