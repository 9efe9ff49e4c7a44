"""What the page logs beside single clicks: several at once, other days, other kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

import pytest

from tests.page.test_writing import STEP
from tests.page.test_writing import Page

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = """option "title" "Books"
plugin "beancount_dunning"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-11-20
2026-01-01 open Assets:Receivable:Acme
  email: "ap@acme.example"
  phone: "+49 40 7"
2026-01-01 open Assets:Receivable:Beta
2026-01-01 open Assets:Bank
2026-01-01 open Income:Services
"""
_SALES = """
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme   100.00 EUR
  Income:Services

2026-09-14 * "Acme" "Logo" ^INV-2
  due: 2026-10-15
  Assets:Receivable:Acme   20.00 EUR
  Income:Services

2026-09-15 * "Beta" "Logo" ^INV-3
  due: 2026-10-15
  Assets:Receivable:Beta   200.00 USD
  Income:Services
"""
_ACME = "note Assets:Receivable:Acme"
_EMAIL = '  channel: "email"\n  to: "ap@acme.example"\n'


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    path.write_text(_HEAD + _SALES)
    return path


@pytest.fixture
def page(books: Path) -> Page:
    return Page(books)


def sent(page: Page, *invoices: str, **more: str) -> dict[str, Any]:
    steps = {page.keys[name]: STEP for name in invoices}
    return page.body() | {"reminders": steps} | more


def said(page: Page, what: str, *invoices: str, **more: str) -> dict[str, Any]:
    body = page.body(what)
    del body["item"]
    return body | {"items": [page.keys[name] for name in invoices]} | more


def added(page: Page, body: dict[str, Any]) -> str:
    """Write, and return what the file has more."""
    before = page.path.read_text()
    answer = page.put(body)
    assert answer.status_code == 200, answer.get_json()
    after = page.path.read_text()
    assert after.startswith(before)
    texts = [one["text"] for one in answer.get_json()["written"]]
    assert after.removeprefix(before) == "".join(f"\n{text}" for text in texts)
    ours = [one.message for one in page.ledger.errors if hasattr(one, "entry")]
    assert not [text for text in ours if not text.startswith(("Overdue", "No oper"))]
    return after.removeprefix(before + "\n")


# What was sent.


def test_reminders_went_out_on_another_day(page: Page) -> None:
    assert added(page, sent(page, "INV-1", "INV-2", on="2026-11-17")) == (
        f'2026-11-17 {_ACME} "First reminder e-mailed to ap@acme.example" ^INV-1\n'
        f'  reminder: "first reminder"\n{_EMAIL}'
        f'\n2026-11-17 {_ACME} "First reminder e-mailed to ap@acme.example" ^INV-2\n'
        f'  reminder: "first reminder"\n{_EMAIL}'
    )


def test_reminders_went_out_another_way(page: Page) -> None:
    body = sent(page, "INV-1", "INV-3", channel="phone")
    assert added(page, body) == (
        f'2026-11-20 {_ACME} "First reminder by phone to +49 40 7" ^INV-1\n'
        '  reminder: "first reminder"\n  channel: "phone"\n  to: "+49 40 7"\n'
        '\n2026-11-20 note Assets:Receivable:Beta "First reminder" ^INV-3\n'
        '  reminder: "first reminder"\n  channel: "phone"\n'
    )


def test_what_was_said_on_the_phone_is_the_text(page: Page) -> None:
    body = sent(page, "INV-1", channel="phone", text=" Ms Li: next week ")
    assert added(page, body) == (
        f'2026-11-20 {_ACME} "Ms Li: next week" ^INV-1\n'
        '  reminder: "first reminder"\n  channel: "phone"\n  to: "+49 40 7"\n'
    )


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"on": "2026-11-21"}, 422, "cannot log anything on a future date (2026-11-21"),
        (
            {"on": "2026-10-14"},
            422,
            'The reminder "first reminder" of INV-1 could go out from 2026-10-15 on',
        ),
        ({"on": "soon"}, 400, '"on" must be a date, like 2026-11-27'),
        ({"on": 7}, 400, '"on" must be text'),
        (
            {"channel": "pigeon"},
            400,
            '"channel" must be one of email, letter, phone, message',
        ),
        ({"channel": 7}, 400, '"channel" must be text'),
        ({"text": "x" * 501}, 400, '"text" must have at most 500 characters'),
    ],
)
def test_what_was_not_sent_so_is_refused(
    page: Page, change: dict[str, Any], status: int, message: str
) -> None:
    page.refuses(status, message, body=sent(page, "INV-1") | change)


def test_a_day_before_another_note_is_judged_by_the_log(books: Path) -> None:
    """The later note would be out of order."""
    with books.open("a") as file:
        file.write(
            f'\n2026-11-10 {_ACME} "Sent" ^INV-1\n  reminder: "first reminder"\n'
        )
    page = Page(books)
    body = page.body() | {"reminders": {page.keys["INV-1"]: "second reminder"}}
    page.refuses(422, "could go out from 2026-11-16", body=body | {"on": "2026-11-12"})
    assert page.put(body | {"on": "2026-11-17"}).status_code == 200


# What was said.


def test_a_promise_is_about_several_invoices(page: Page) -> None:
    body = said(page, "promise", "INV-1", "INV-2", until="2026-11-27", amount="110.00")
    assert added(page, body) == (
        f'2026-11-20 {_ACME} "Promises 110.00 EUR by 2026-11-27" ^INV-1 ^INV-2\n'
        "  promise: 2026-11-27\n  amount: 110.00 EUR\n"
    )


def test_each_account_has_its_note(page: Page) -> None:
    body = said(page, "hold", "INV-1", "INV-3", until="2026-11-27")
    assert added(page, body).count("hold-until: 2026-11-27") == 2


def test_a_plan_is_about_several_invoices(page: Page) -> None:
    plan = "2 x 1 month from 2026-12-01"
    assert added(page, said(page, "plan", "INV-1", "INV-2", plan=plan)) == (
        f'2026-11-20 {_ACME} "Payment plan agreed" ^INV-1 ^INV-2\n  plan: "{plan}"\n'
    )


@pytest.mark.parametrize(
    ("what", "more", "expected"),
    [
        (
            "note",
            {"text": "Left a message", "channel": "phone", "on": "2026-11-19"},
            f'2026-11-19 {_ACME} "Left a message" ^INV-1\n  channel: "phone"\n',
        ),
        ("note", {"text": "Sad"}, f'2026-11-20 {_ACME} "Sad" ^INV-1\n'),
        (
            "handed",
            {"who": "agency"},
            f'2026-11-20 {_ACME} "Handed to an agency" ^INV-1\n  handed: "agency"\n',
        ),
        (
            "confirmed",
            {},
            f'2026-11-20 {_ACME} "Balance confirmed" ^INV-1\n  confirmed: TRUE\n',
        ),
    ],
)
def test_other_things_are_said(
    page: Page, what: str, more: dict[str, str], expected: str
) -> None:
    assert added(page, said(page, what, "INV-1", **more)) == expected


def test_what_was_handed_over_comes_back(page: Page) -> None:
    added(page, said(page, "handed", "INV-1", who="court"))
    assert added(page, said(page, "handed", "INV-1", who="back")) == (
        f'2026-11-20 {_ACME} "Taken back" ^INV-1\n  handed: FALSE\n'
    )


def test_what_was_sent_bounced(page: Page) -> None:
    added(page, sent(page, "INV-1"))
    assert added(page, said(page, "bounced", "INV-1")) == (
        f'2026-11-20 {_ACME} "Did not arrive: first reminder" ^INV-1\n'
        '  bounced: "first reminder"\n'
    )
    # It is next again.
    added(page, sent(page, "INV-1", channel="letter"))


@pytest.mark.parametrize(
    ("what", "more", "status", "message"),
    [
        ("note", {}, 400, "A note needs a text"),
        ("note", {"text": "x", "channel": "pigeon"}, 400, "must be one of email, "),
        ("handed", {}, 400, '"who" must be text'),
        ("handed", {"who": "x"}, 400, '"who" must be one of agency, lawyer, court, ba'),
        ("handed", {"who": "back"}, 422, "INV-1 was not handed to anybody"),
        ("bounced", {}, 422, "No reminder of INV-1 was logged"),
        ("dispute", {"items": []}, 400, '"items" must name at least one item'),
        ("dispute", {"items": "INV-1"}, 400, '"items" must name at least one item'),
        ("dispute", {"items": [7]}, 400, '"items" must name at least one item'),
        ("dispute", {"items": ["x"]}, 409, "This item is no longer open"),
        (
            "plan",
            {"plan": "soon"},
            422,
            '"soon" is not understood as a plan',
        ),
    ],
)
def test_what_cannot_be_said_is_refused(
    page: Page, what: str, more: dict[str, Any], status: int, message: str
) -> None:
    page.refuses(status, message, body=said(page, what, "INV-1") | more)


def test_an_amount_is_in_one_currency(page: Page) -> None:
    body = said(page, "dispute", "INV-1", "INV-3", amount="10.00")
    page.refuses(422, "These invoices are in EUR, USD: to name an amount", body=body)


# Before it is written.


def test_the_text_is_shown_before_it_is_written(page: Page) -> None:
    body = said(page, "promise", "INV-1", "INV-2", until="2026-11-27")
    before = page.path.read_bytes()
    answer = page.put(body | {"way": "log"}, way="preview")
    assert page.path.read_bytes() == before
    assert (answer.status_code, answer.get_json()["lines"]) == (200, [])
    (shown,) = answer.get_json()["shown"]
    (written,) = page.put(body).get_json()["written"]
    assert shown["parts"] == [[written["text"], True]]
    assert (shown["file"], shown["line"]) == (written["file"], written["line"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"until": "2026-11-01"}, "promise: 2026-11-01 is before the date of"),
        ({"until": ""}, '"until" must be a date, like 2026-11-27'),
        ({"fingerprint": "x"}, "has changed since this page was loaded"),
    ],
)
def test_what_would_be_refused_is_said_before(
    page: Page, change: dict[str, Any], reason: str
) -> None:
    body = said(page, "promise", "INV-1", until="2026-11-27") | {"way": "log"} | change
    answer = page.put(body, way="preview")
    assert answer.status_code == 200
    assert reason in answer.get_json()["refused"]


@pytest.mark.parametrize(
    ("way", "error"),
    [("undo", '"way" must be one of log, assign, write-off'), (7, "must be text")],
)
def test_nothing_else_is_shown(page: Page, way: object, error: str) -> None:
    answer = page.put(said(page, "dispute", "INV-1") | {"way": way}, way="preview")
    assert answer.status_code == 400
    assert error in answer.get_json()["error"]


def test_others_are_shown_nothing(page: Page) -> None:
    body = said(page, "dispute", "INV-1") | {"way": "log"}
    evil = {"Origin": "https://evil.example"}
    assert page.put(body, way="preview", headers=evil).status_code == 403


# Write-offs.


def test_an_invoice_is_written_off(books: Path) -> None:
    """Both parts of it, and the account that there is not yet."""
    books.write_text(_HEAD + _SALES.replace("20.00 EUR", "20.005 EUR"))
    page = Page(books)
    body = said(page, "dispute", "INV-2", "INV-1")
    before = books.read_text()
    shown = page.put(body | {"way": "write-off"}, way="preview").get_json()["shown"]
    assert books.read_text() == before
    answer = page.put(body, way="write-off")
    assert answer.status_code == 200
    texts = [one["text"] for one in answer.get_json()["written"]]
    assert [one["parts"] for one in shown] == [[[text, True]] for text in texts]
    assert books.read_text() == before + "".join(f"\n{text}" for text in texts)
    assert [text.split("\n")[0] for text in texts] == [
        "2026-11-20 open Expenses:Bad-Debts",
        '2026-11-20 * "Acme" "Bad debt of INV-2" ^INV-2',
        '2026-11-20 * "Acme" "Bad debt of INV-1" ^INV-1',
    ]
    assert "20.005 EUR" in texts[1]
    data = page.client.get("/books/extension/Dunning/aging").get_json()
    assert [item["invoice"] for item in data["items"]] == ["INV-3"]


def test_a_part_is_written_off(page: Page) -> None:
    body = said(page, "dispute", "INV-1", amount="40.00")
    assert page.put(body, way="write-off").status_code == 200
    data = page.client.get("/books/extension/Dunning/aging").get_json()
    left = {item["invoice"]: item["open"] for item in data["items"]}
    assert left["INV-1"] == "60.00"


@pytest.mark.parametrize(
    ("change", "query", "status", "message"),
    [
        ({"amount": "100.01"}, "", 422, "100.00 EUR of INV-1 is open, and 100.01 EUR"),
        ({"amount": "x"}, "", 400, '"amount" must be a number'),
        ({"items": ["x"]}, "", 409, "This item is no longer open"),
        (
            {"as_of": "2026-11-19"},
            "?time=2026-11-19",
            409,
            "Invoices can be written off only as of today",
        ),
    ],
)
def test_what_cannot_be_written_off_is_refused(
    page: Page, change: dict[str, Any], query: str, status: int, message: str
) -> None:
    body = said(page, "dispute", "INV-1") | change
    page.refuses(status, message, body=body, query=query, way="write-off")


def test_an_amount_is_of_one_invoice(page: Page) -> None:
    body = said(page, "dispute", "INV-1", "INV-2", amount="1.00")
    message = "Write off part of one invoice at a time"
    page.refuses(422, message, body=body, way="write-off")


def test_incognito_no_amount_of_a_write_off_is_shown(books: Path) -> None:
    page = Page(books, incognito=True)
    body = said(page, "dispute", "INV-1")
    answer = page.put(body | {"way": "write-off"}, way="preview")
    assert answer.status_code == 200
    assert "100.0" not in answer.text
    too_much = body | {"amount": "100.01"}
    assert "100.0" not in page.put(too_much, way="write-off").text
    answer = page.put(body, way="write-off")
    assert answer.status_code == 200
    assert "100.0" not in answer.text


def test_read_only_nothing_is_written_off_or_taken_out(books: Path) -> None:
    page = Page(books, read_only=True)
    body = said(page, "dispute", "INV-1")
    before = books.read_bytes()
    for way in ("log", "write-off", "preview", "undo"):
        assert page.put(body, way=way).status_code == 401
    assert books.read_bytes() == before


@pytest.mark.parametrize(
    ("what", "more", "message"),
    [
        (
            "plan",
            {"plan": "2 x 1 month from 2026-02-30"},
            "plan: „2 x 1 month from 2026-02-30“: 2026-02-30 ist kein Datum",
        ),
        (
            "plan",
            {"plan": "soon"},
            (
                "plan: „soon“ ist als Zahlungsplan nicht verständlich; schreiben Sie "
                '"2000.00 on 2026-09-15, rest on 2026-10-15", "6 x 1 month from '
                '2026-09-15" oder "400.00 x 1 month from 2026-09-15"'
            ),
        ),
        (
            "promise",
            {"until": "2026-12-01", "on": "2026-08-24"},
            "INV-1 ist später datiert als diese Notiz, 2026-09-14",
        ),
        (
            "dispute",
            {"amount": "9000.00"},
            (
                "dispute: von INV-1 waren am 2026-11-20 nur 100,00 EUR offen; dort "
                "steht 9.000,00 EUR. Schreiben Sie dispute: TRUE, wenn alles gemeint "
                "ist"
            ),
        ),
        ("resolved", {}, "INV-1 war nicht strittig"),
        ("handed", {"who": "back"}, "INV-1 wurde an niemanden übergeben"),
    ],
)
def test_what_is_refused_is_told_in_favas_language(
    books: Path, what: str, more: dict[str, str], message: str
) -> None:
    german = "".join(
        f'2026-01-01 custom "fava-option" "{name}" "de"\n'
        for name in ("language", "locale")
    )
    books.write_text(books.read_text() + german)
    page = Page(books)
    answer = page.put(page.body(what) | more)
    assert answer.status_code == 422
    assert answer.get_json()["error"] == f"{message}; es wurde nichts eingetragen."
