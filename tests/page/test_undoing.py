"""What the page wrote last is taken out again: exactly that, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

import pytest

from tests.page.test_saying import _HEAD
from tests.page.test_saying import _SALES
from tests.page.test_saying import said
from tests.page.test_saying import sent
from tests.page.test_writing import Page
from tests.page.test_writing import snapshot

if TYPE_CHECKING:
    from pathlib import Path

_INCLUDED = '2026-01-01 custom "fava-option" "insert-entry" ".*:Beta"\n'


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    path.write_text(_HEAD + _SALES)
    return path


def put(page: Page, body: dict[str, Any], way: str = "log") -> dict[str, Any]:
    answer = page.put(body, way=way)
    assert answer.status_code == 200, answer.get_json()
    found: dict[str, Any] = answer.get_json()
    return found


def written(page: Page) -> dict[str, Any]:
    """Log two reminders, one of them by each way; return what was answered."""
    return put(page, sent(page, "INV-1", "INV-2", "INV-3"))


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("where", ["", ".*:Acme", ".*"])
def test_the_files_are_as_they_were(books: Path, newline: bytes, where: str) -> None:
    """Whether notes are appended, stand in the middle, or in another file."""
    option = f'2026-01-01 custom "fava-option" "insert-entry" "{where}"\n'
    other = books.with_name("other.beancount")
    text = _HEAD + (option if where else "") + 'include "other.beancount"\n' + _SALES
    books.write_bytes(text.encode().replace(b"\n", newline))
    other.write_bytes(("; more\n" + _INCLUDED).encode().replace(b"\n", newline))
    page = Page(books)
    before = books.read_bytes(), other.read_bytes()
    answered = written(page)
    assert other.read_bytes() != before[1]
    assert answered["fingerprint"] == page.extension.served.fingerprint
    undone = put(page, {"written": answered["written"]}, "undo")
    assert (books.read_bytes(), other.read_bytes()) == before
    assert [one["line"] for one in undone["written"]] == [
        one["line"] for one in answered["written"]
    ]
    assert undone["fingerprint"] == page.extension.served.fingerprint
    # They are due again.
    written(page)


def test_some_of_them_are_taken_out(books: Path) -> None:
    page = Page(books)
    first, second, third = written(page)["written"]
    put(page, {"written": [third, first]}, "undo")
    assert books.read_text() == f"{_HEAD}{_SALES}\n{second['text']}"


def test_a_write_off_is_taken_out(books: Path) -> None:
    page = Page(books)
    before = books.read_bytes()
    answered = put(page, said(page, "dispute", "INV-1"), "write-off")
    put(page, {"written": answered["written"]}, "undo")
    assert books.read_bytes() == before


def test_extensions_are_told(books: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(books)
    told: list[Any] = []
    monkeypatch.setattr(page.ledger.extensions, "after_delete_entry", told.append)
    answered = put(page, said(page, "note", "INV-1", text="Called"))
    put(page, {"written": answered["written"]}, "undo")
    assert [entry.comment for entry in told] == ["Called"]


def refused(page: Page, body: dict[str, Any]) -> dict[str, Any]:
    """Assert that nothing is taken out, and return what is said."""
    before = snapshot(page.path.parent)
    answer = page.put(body, way="undo")
    assert answer.status_code == 409, answer.get_json()
    assert snapshot(page.path.parent) == before
    said: dict[str, Any] = answer.get_json()
    return said


def test_a_file_that_changed_is_left_alone(books: Path) -> None:
    page = Page(books)
    answered = put(page, said(page, "note", "INV-1", text="Called"))
    (one,) = answered["written"]
    books.write_text("; a new first line\n" + books.read_text())
    assert refused(page, {"written": [one]}) == {
        "error": (
            "books.beancount has changed since; the notes are now at line "
            f"{one['line'] + 1}; nothing was written."
        ),
        "place": {"file": str(books), "line": one["line"] + 1},
    }
    books.write_text(_HEAD + _SALES)
    error = refused(page, {"written": [one]})["error"]
    assert error.startswith(
        "books.beancount has changed since; the notes are no longer there"
    )


def test_none_is_taken_out_where_one_file_changed(books: Path) -> None:
    other = books.with_name("other.beancount")
    books.write_text(f'{_HEAD}include "other.beancount"\n{_SALES}')
    other.write_text("; more\n" + _INCLUDED)
    page = Page(books)
    answered = written(page)
    other.write_text(other.read_text() + "; typed since\n")
    error = refused(page, answered)["error"]
    assert error.startswith(
        "other.beancount has changed since; the notes are now at line 2"
    )


def test_a_file_of_another_ledger_is_left_alone(books: Path) -> None:
    page = Page(books)
    (one,) = put(page, said(page, "note", "INV-1", text="Called"))["written"]
    stranger = books.with_name("stranger.beancount")
    stranger.write_bytes(books.read_bytes())
    error = refused(page, {"written": [one | {"file": str(stranger)}]})["error"]
    assert error.startswith("stranger.beancount is not part of the ledger")


def test_what_is_not_what_was_written_stays(books: Path) -> None:
    page = Page(books)
    (one,) = put(page, said(page, "note", "INV-1", text="Called"))["written"]
    whole = books.read_text()
    for change in ({"line": 1}, {"text": "2026-11-20 note"}, {"text": ""}):
        before = books.read_bytes()
        answer = page.put({"written": [one | change]}, way="undo")
        assert answer.status_code in {409, 422}
        assert books.read_bytes() == before
    assert books.read_text() == whole


def test_what_a_later_note_builds_on_stays(books: Path) -> None:
    """A note in another file says that what was sent bounced."""
    other = books.with_name("other.beancount")
    books.write_text(f'{_HEAD}include "other.beancount"\n{_SALES}')
    other.write_text("; more\n")
    page = Page(books)
    answered = put(page, sent(page, "INV-1", on="2026-11-17"))
    other.write_text(
        '2026-11-20 note Assets:Receivable:Acme "Came back" ^INV-1\n'
        '  bounced: "first reminder"\n'
    )
    answer = page.put({"written": answered["written"]}, way="undo")
    assert answer.status_code == 422
    error = answer.get_json()["error"]
    assert error.startswith("Without it, other.beancount:1 would be an error: ")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"written": []},
        {"written": "all"},
        {"written": ["all"]},
        {"written": [{"line": "1"}]},
        {"written": [{"line": 1}]},
        {"written": [{"line": 1, "file": "x", "text": "x"}]},
    ],
)
def test_what_makes_no_sense_is_refused(books: Path, body: dict[str, Any]) -> None:
    answer = Page(books).put(body, way="undo")
    assert answer.status_code == 400


def test_other_sites_take_nothing_out(books: Path) -> None:
    page = Page(books)
    answered = put(page, said(page, "note", "INV-1", text="Called"))
    before = books.read_bytes()
    evil = {"Origin": "https://evil.example"}
    assert page.put(answered, way="undo", headers=evil).status_code == 403
    assert books.read_bytes() == before
