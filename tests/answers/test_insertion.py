"""Putting notes into files: only where they are read as they are meant."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from beancount.loader import load_file
from beancount.loader import load_string
from beancount.parser.parser import parse_string

from beancount_dunning.answers import proposals
from beancount_dunning.answers.insertion import Placed
from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.insertion import Sources
from beancount_dunning.answers.insertion import bare
from beancount_dunning.answers.insertion import insert
from beancount_dunning.answers.insertion import require_loggable
from beancount_dunning.answers.passages import Edit
from beancount_dunning.answers.passages import Text
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.answers.sayings import Said
from beancount_dunning.answers.sayings import Saying
from beancount_dunning.answers.sayings import sayings
from beancount_dunning.basics.words import Words
from beancount_dunning.standing.books import read_books

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount.core.data import Note

    from beancount_dunning.answers.insertion import Change
    from beancount_dunning.standing.books import Books

TODAY = date(2026, 11, 20)
HEAD = """\
plugin "beancount.plugins.auto_accounts"
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme   100.00 EUR
  Income:Services
"""
REMINDED = """\
2026-11-20 note Assets:Receivable:Acme "First reminder" ^INV-1
  reminder: "first reminder"
"""


class Folder:
    """A ledger of one file or two, in a folder."""

    def __init__(self, path: Path, main: str, other: str | None = None) -> None:
        self.file = str(path / "books.beancount")
        self.other = str(path / "other.beancount")
        self.texts = {self.file: main}
        if other is not None:
            self.texts = {self.file: f'{main}include "other.beancount"\n'}
            self.texts[self.other] = other
        for name, text in self.texts.items():
            Path(name).write_text(text, encoding="utf-8")
        self.entries, self.errors, self.options = load_file(self.file)

    def books(self, as_of: date = TODAY) -> Books:
        return read_books(self.entries, self.options, today=as_of, as_of=as_of)

    def sent(self, as_of: date = TODAY) -> list[Note]:
        """Return the notes that log what is due."""
        books = self.books(as_of)
        return proposals.notes(books, reminders(books).due)

    def said(self, what: Said, as_of: date = TODAY, until: date | None = None) -> Note:
        """Return a note about the first item."""
        books = self.books(as_of)
        (note,) = sayings(books, books.receivables.items[:1], Saying(what, until))
        return note

    def insert(
        self, *placed: Placed, today: date = TODAY, indent: int = 2
    ) -> Sequence[Change]:
        contents = {name: text.encode() for name, text in self.texts.items()}
        sources = Sources(contents, self.errors, indent)
        return insert(self.books(), placed, sources, today)


def refusal(folder: Folder, *placed: Placed) -> str:
    """Return why notes are refused, in words that can be translated."""
    with pytest.raises(RefusedError) as refused:
        folder.insert(*placed)
    assert isinstance(refused.value.reason, Words)
    assert str(refused.value) == refused.value.reason
    return refused.value.reason


# Notes in their places.


def test_notes_are_appended(tmp_path: Path) -> None:
    books = Folder(tmp_path, HEAD)
    (sent,) = books.sent()
    (change,) = books.insert(Placed(sent, books.file))
    assert change.file == books.file
    assert change.seen == HEAD.encode()
    assert change.new.decode() == f"{HEAD}\n{REMINDED}"
    (note,) = change.entries
    assert note.meta["filename"] == books.file
    assert (
        change.new.decode().split("\n")[note.meta["lineno"] - 1]
        == (REMINDED.partition("\n")[0])
    )


def test_notes_go_to_each_file_with_its_indent(tmp_path: Path) -> None:
    books = Folder(tmp_path, HEAD, "; notes\n; end\n")
    (sent,) = books.sent()
    promise = books.said(Said.PROMISE, until=date(2026, 11, 30))
    changes = books.insert(
        Placed(sent, books.other, 1), Placed(promise, books.file, 0), indent=4
    )
    assert [change.file for change in changes] == [books.other, books.file]
    texts = [change.new.decode() for change in changes]
    assert texts[0] == f"; notes\n{REMINDED.replace('  r', '    r')}\n; end\n"
    assert texts[1].startswith("2026-11-20 note Assets:Receivable:Acme")
    assert texts[1].endswith(f"    promise: 2026-11-30\n\n{books.texts[books.file]}")


def test_notes_at_one_place_keep_their_order(tmp_path: Path) -> None:
    books = Folder(tmp_path, HEAD)
    notes = [books.said(Said.DISPUTE), books.said(Said.RESOLVED)]
    placed = [Placed(note, books.file, line) for line in (None, 1) for note in notes]
    (change,) = books.insert(*placed)
    assert [note.meta["dispute"] for note in change.entries] == [True, False] * 2
    assert [note.meta["lineno"] for note in change.entries] == [2, 5, 13, 16]


def test_nothing_to_insert_is_no_change(tmp_path: Path) -> None:
    assert Folder(tmp_path, HEAD).insert() == ()


# What is not written.


def test_an_item_without_a_reference_cannot_have_notes() -> None:
    text = HEAD.replace(" ^INV-1", "").replace('"Website"', '"Website" #x')
    entries, _, options = load_string(text)
    books = read_books(entries, options, today=TODAY)
    (item,) = books.receivables.items
    with pytest.raises(RefusedError) as refused:
        require_loggable(item)
    assert refused.value.reason == (
        "Website has no reference, so it cannot have notes; add a link, like "
        "^INV-2026-014, at <string>:2"
    )
    assert not proposals.notes(books, reminders(books).due)


def test_an_item_with_a_reference_can_have_notes(tmp_path: Path) -> None:
    (item,) = Folder(tmp_path, HEAD).books().receivables.items
    require_loggable(item)


def test_a_note_that_names_nothing_is_refused(tmp_path: Path) -> None:
    books = Folder(tmp_path, HEAD)
    note = books.said(Said.DISPUTE)._replace(links=frozenset())
    assert refusal(books, Placed(note, books.file)) == (
        "Which invoice is this about? Add its link, like ^INV-2026-014"
    )


def test_nothing_goes_into_a_ledger_with_losses(tmp_path: Path) -> None:
    books = Folder(tmp_path, f'{HEAD}2026-11-01 * "unclosed\n')
    (sent,) = books.sent()
    assert refusal(books, Placed(sent, books.file)) == (
        "Beancount cannot read all of the ledger: fix the errors first"
    )


def test_nothing_is_logged_in_the_future(tmp_path: Path) -> None:
    books = Folder(tmp_path, HEAD)
    (sent,) = books.sent(date(2026, 11, 21))
    assert refusal(books, Placed(sent, books.file)) == (
        "You cannot log anything on a future date (2026-11-21)"
    )
    assert books.insert(Placed(sent, books.file), today=date(2026, 11, 21))


def test_nothing_is_logged_on_an_account_that_is_not_open_yet(tmp_path: Path) -> None:
    """Beancount would complain of the note as it does of the invoice."""
    opened = "2026-11-01 open Assets:Receivable:Acme\n"
    books = Folder(tmp_path, HEAD + opened)
    (sent,) = books.sent(date(2026, 10, 31))
    assert refusal(books, Placed(sent, books.file)) == (
        "Assets:Receivable:Acme is not open on 2026-10-31"
    )
    opened = "2026-01-01 open Assets:Receivable:Acme\n"
    closed = opened.replace("01-01 open", "11-01 close")
    books = Folder(tmp_path, HEAD + opened + closed)
    (sent,) = books.sent()
    assert books.insert(Placed(sent, books.file))


def test_the_ledgers_own_date_is_today(tmp_path: Path) -> None:
    option = '2026-01-01 custom "dunning-option" "as-of" 2026-11-25\n'
    books = Folder(tmp_path, HEAD + option)
    (sent,) = books.sent(date(2026, 11, 25))
    assert books.insert(Placed(sent, books.file))
    (sent,) = books.sent(date(2026, 11, 26))
    assert "future date (2026-11-26)" in refusal(books, Placed(sent, books.file))


@pytest.mark.parametrize("line", [None, 1])
@pytest.mark.parametrize(
    "text",
    [
        "",
        REMINDED.replace("INV-1", "INV-2"),
        f"{REMINDED}2026-11-20 close Assets:Bank\n",
        f"  due: 2026-12-31\n{REMINDED}",
        '2026-11-20 * "unclosed\n',
    ],
)
def test_what_would_be_read_otherwise_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, line: int | None
) -> None:
    """Whatever the reason: here the note is written out as no note should be."""
    books = Folder(tmp_path, HEAD)
    (sent,) = books.sent()
    monkeypatch.setattr(proposals, "as_text", lambda *_: text)
    assert refusal(books, Placed(sent, books.file, line)) == (
        "Beancount would read the note differently in books.beancount: add it by hand"
    )


def test_what_loses_a_directive_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = Folder(tmp_path, HEAD)
    (sent,) = books.sent()

    def lose(text: Text, note: str, _: int | None) -> Edit:
        start = text.content.index(b"2026-09-14 *")
        return Edit(start, len(text.content), note.encode())

    monkeypatch.setattr(Text, "insertion", lose)
    assert "read the note differently" in refusal(books, Placed(sent, books.file))


@pytest.mark.parametrize("year", [2026, 2098])
def test_a_note_that_makes_a_later_one_wrong_is_refused(
    tmp_path: Path, year: int
) -> None:
    """Even if the later one is dated after today, as in a ledger kept ahead."""
    books = Folder(tmp_path, HEAD + REMINDED.replace("2026", str(year)))
    (sent,) = books.sent(date(2026, 10, 31))
    reason = refusal(books, Placed(sent, books.file))
    assert reason.startswith("It would contradict books.beancount:6: ")
    assert not reason.endswith(".")


def test_mistakes_from_before_do_not_count(tmp_path: Path) -> None:
    wrong = REMINDED.replace("first reminder", "no such step")
    books = Folder(tmp_path, HEAD + wrong + wrong)
    (sent,) = books.sent()
    assert books.insert(Placed(sent, books.file))


def test_notes_are_judged_by_where_they_will_stand(tmp_path: Path) -> None:
    """The first moves the lines of all, so that the others look like the last."""
    note = "2026-11-20 note Assets:Receivable:Acme "
    begun = f'{note}"No" ^INV-1\n  dispute: TRUE\n'.replace("-20", "-19")
    ended = f'{note}"Yes" ^INV-1\n  dispute: FALSE\n'
    books = Folder(tmp_path, HEAD + begun + ended)
    hold = books.said(Said.HOLD, until=date(2026, 11, 30))
    again = [books.said(Said.RESOLVED), books.said(Said.DISPUTE)]
    (change,) = books.insert(
        Placed(hold, books.file, 0),
        *(Placed(one, books.file, 7) for one in again),
    )
    entries, _, options = load_string(change.new.decode())
    assert not read_books(entries, options, today=TODAY).dunning.problems
    placed = [Placed(hold, books.file, 0), Placed(again[0], books.file, 7)]
    assert refusal(books, *placed) == (
        "It would contradict books.beancount:8: INV-1 was not in dispute"
    )


def test_a_refusal_can_be_copied() -> None:
    error = RefusedError(Words("{n} is too many", n=3))
    assert copy.copy(error).reason == error.reason == "3 is too many"


def test_transactions_and_accounts_can_be_put_in(tmp_path: Path) -> None:
    """Their account and what is on it, but nothing of days to come."""
    text = (
        "2026-11-20 open Expenses:Bad-Debts\n\n"
        '2026-11-20 * "Acme" "Bad debt of INV-1" ^INV-1\n'
        "  Assets:Receivable:Acme  -100.00 EUR\n"
        "  Expenses:Bad-Debts       100.00 EUR\n"
    )
    entries, _, _ = parse_string(text)
    bared = [bare(entry) for entry in entries]
    books = Folder(tmp_path, HEAD)
    (change,) = books.insert(*(Placed(entry, books.file) for entry in bared))
    assert change.new.decode() == f"{HEAD}\n{text}"
    assert [*map(bare, change.entries)][1] == bared[1]
    later = bared[1]._replace(date=date(2026, 11, 21))
    assert "future date (2026-11-21)" in refusal(books, Placed(later, books.file))
