"""Writing notes from the page: only for this page, only what is meant, never half."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path
from threading import Barrier
from threading import BoundedSemaphore
from types import SimpleNamespace
from typing import TYPE_CHECKING
from typing import Any
from typing import cast
from urllib.error import HTTPError
from urllib.request import Request
from urllib.request import urlopen

import pytest
from beancount.core.data import Note
from beancount.loader import load_file
from fava.core import FavaLedger
from fava_dunning import writing
from fava_dunning.orders import MAX_TEXT
from fava_dunning.served import fingerprint
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from beancount_dunning.answers import proposals
from beancount_dunning.answers.passages import Edit
from beancount_dunning.answers.passages import Text
from beancount_dunning.basics import files as ledger_file
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.books import read_books
from tests.serving import PAGE
from tests.serving import app_of
from tests.serving import served

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from collections.abc import Sequence

    from werkzeug.test import TestResponse

AS_OF = "2026-11-20"
STEP = "first reminder"
_HEAD = """option "title" "Books"
option "operating_currency" "EUR"
plugin "beancount_dunning"
2026-01-01 custom "fava-extension" "fava_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-11-20
2026-01-01 open Assets:Receivable:Acme
2026-01-01 open Assets:Receivable:Beta
2026-01-01 open Assets:Bank
2026-01-01 open Income:Services
"""
_SALES = """
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme   100.00 EUR
  Income:Services

2026-09-15 * "Beta" "Logo" ^INV-2
  due: 2026-10-15
  Assets:Receivable:Beta   200.00 EUR
  Income:Services

2026-09-16 * "Beta" "Nameless"
  due: 2026-10-16
  Assets:Receivable:Beta   7.00 EUR
  Income:Services
"""
_HERE = '2026-01-01 custom "fava-option" "insert-entry" ".*"\n'
_PAID = """
2026-11-01 * "Acme" "Payment" ^INV-1
  Assets:Bank   100.00 EUR
  Assets:Receivable:Acme
"""
_REMINDED = f"""
2026-11-20 note Assets:Receivable:Acme "First reminder" ^INV-1
  reminder: "{STEP}"
"""


def keys_of(path: Path) -> dict[str | None, str]:
    """Return the keys of a ledger's items by invoice."""
    entries, _, options = load_file(str(path))
    report = age(read_books(entries, options, today=date.max))
    return {aged.item.invoice: aged.item.key for aged in report.items}


def mark_of(*paths: Path) -> str:
    """Return the fingerprint of a ledger of these files, the main one first."""
    include = sorted(map(str, paths))
    known = SimpleNamespace(
        beancount_file_path=str(paths[0]), options={"include": include}
    )
    return fingerprint(cast("FavaLedger", known))


class Page:
    """The page of a ledger, from where notes are written."""

    def __init__(self, path: Path, **options: Any) -> None:  # noqa: ANN401 - Fava's
        self.path = path
        self.keys = keys_of(path)
        self.app = app_of(path, **options)
        self.client = self.app.test_client()
        self.ledger: FavaLedger = self.app.config["LEDGERS"].ledgers[0]

    @property
    def extension(self) -> Any:  # noqa: ANN401 - with the attributes of Dunning
        return self.ledger.extensions.get_extension("Dunning")

    def body(self, what: str = "sent", invoice: str | None = "INV-1") -> dict[str, Any]:
        """Return what the page sends; the rest of it is changed by the test."""
        body = {
            "fingerprint": self.extension.served.fingerprint,
            "as_of": AS_OF,
            "what": what,
        }
        key = self.keys[invoice]
        return body | ({"reminders": {key: STEP}} if what == "sent" else {"item": key})

    def put(
        self,
        body: object = None,
        query: str = "",
        headers: dict[str, str] | None = None,
        way: str = "log",
        **how: Any,  # noqa: ANN401 - the test client's
    ) -> TestResponse:
        how.setdefault("data", json.dumps(self.body() if body is None else body))
        how.setdefault("content_type", "application/json")
        address = f"/books/{PAGE}{way}{query}"
        return self.client.put(address, headers=headers, **how)

    def refuses(self, status: int, message: str, **how: Any) -> None:  # noqa: ANN401
        """Assert that a request is refused, and that no file is touched."""
        before = snapshot(self.path.parent)
        answer = self.put(**how)
        assert (answer.status_code, answer.mimetype) == (status, "application/json")
        assert answer.get_json().keys() == {"error"}
        assert message in answer.get_json()["error"]
        assert answer.get_json()["error"].endswith("; nothing was written.")
        assert snapshot(self.path.parent) == before


def snapshot(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return all that a folder holds, with inode and time."""
    return {
        path.name: (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.iterdir()
        if path.is_file()
    }


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    path.write_text(_HEAD + _SALES)
    return path


@pytest.fixture
def page(books: Path) -> Page:
    return Page(books)


def page_of(books: Path, text: str) -> Page:
    books.write_text(text)
    return Page(books)


# What is written.


def test_reminders_are_logged_as_sent(page: Page) -> None:
    body = page.body()
    body["reminders"][page.keys["INV-2"]] = STEP
    answer = page.put(body)
    assert answer.status_code == 200
    assert page.path.read_text() == _HEAD + _SALES + (
        '\n2026-11-20 note Assets:Receivable:Acme "First reminder" ^INV-1\n'
        '  reminder: "first reminder"\n'
        '\n2026-11-20 note Assets:Receivable:Beta "First reminder" ^INV-2\n'
        '  reminder: "first reminder"\n'
    )
    lines = page.path.read_text().split("\n")
    written = answer.get_json()["written"]
    assert [one["file"] for one in written] == [str(page.path)] * 2
    assert [lines[one["line"] - 1].split('"')[2] for one in written] == [
        " ^INV-1",
        " ^INV-2",
    ]


def test_the_page_shows_it_at_once(page: Page) -> None:
    loaded = id(page.ledger.all_entries)
    assert page.put().status_code == 200
    assert id(page.ledger.all_entries) != loaded
    data = page.client.get(f"/books/{PAGE}aging").get_json()
    steps = {item["invoice"]: item["last_step"] for item in data["items"]}
    assert steps == {"INV-1": STEP, "INV-2": None, None: None}


@pytest.mark.parametrize(
    ("what", "more", "expected"),
    [
        (
            "promise",
            {"until": "2026-11-27"},
            '"Promises payment by 2026-11-27" ^INV-1\n  promise: 2026-11-27\n',
        ),
        (
            "promise",
            {"until": "2026-11-20", "text": "Ms Li\ncalled"},
            '"Ms Li called" ^INV-1\n  promise: 2026-11-20\n',
        ),
        (
            "hold",
            {"until": "2026-12-24"},
            '"On hold until 2026-12-24" ^INV-1\n  hold-until: 2026-12-24\n',
        ),
        (
            "hold",
            {"until": "9999-12-31"},
            '"On hold until 9999-12-31" ^INV-1\n  hold-until: 9999-12-31\n',
        ),
        (
            "plan",
            {"plan": "2 x 1 month from 2026-12-01"},
            '"Payment plan agreed" ^INV-1\n  plan: "2 x 1 month from 2026-12-01"\n',
        ),
        (
            "plan",
            {"plan": "rest on 2026-12-01", "text": "Ms Li called"},
            '"Ms Li called" ^INV-1\n  plan: "rest on 2026-12-01"\n',
        ),
        (
            "promise",
            {"until": "2026-12-01", "amount": "40.00", "reason": "none of these"},
            (
                '"Promises 40.00 EUR by 2026-12-01" ^INV-1\n  promise: 2026-12-01\n'
                "  amount: 40.00 EUR\n"
            ),
        ),
        (
            "dispute",
            {"amount": " 40.00", "reason": "qua\nlity"},
            (
                '"40.00 EUR in dispute" ^INV-1\n  dispute: 40.00 EUR\n'
                '  reason: "qua lity"\n'
            ),
        ),
        ("dispute", {"amount": ""}, '"In dispute" ^INV-1\n  dispute: TRUE\n'),
        ("dispute", {}, '"In dispute" ^INV-1\n  dispute: TRUE\n'),
        ("dispute", {"text": 'Says "no"'}, '"Says \\"no\\"" ^INV-1\n  dispute: TRUE\n'),
    ],
)
def test_what_was_said_is_logged(
    page: Page, what: str, more: dict[str, str], expected: str
) -> None:
    answer = page.put(page.body(what) | more)
    assert answer.status_code == 200
    written = f"\n2026-11-20 note Assets:Receivable:Acme {expected}"
    assert page.path.read_text() == _HEAD + _SALES + written
    assert not [error for error in page.ledger.errors if "Overdue" not in error.message]
    assert page.client.get(f"/books/{PAGE}").status_code == 200


def test_a_dispute_is_resolved(page: Page) -> None:
    assert page.put(page.body("dispute")).status_code == 200
    assert page.put(page.body("resolved")).status_code == 200
    assert page.path.read_text().endswith(
        '"Dispute resolved" ^INV-1\n  dispute: FALSE\n'
    )


def test_a_second_click_is_told_and_logs_nothing(page: Page) -> None:
    body = page.body("dispute")
    assert page.put(body).status_code == 200
    page.refuses(409, "has changed since this page was loaded", body=body)


def test_the_time_filter_gives_the_date(page: Page) -> None:
    body = page.body() | {"as_of": "2026-10-31"}
    assert page.put(body, "?time=2026-10").status_code == 200
    assert "\n2026-10-31 note " in page.path.read_text()


# The parts of a plan, before it is written.


def parts(page: Page, item: str, plan: str) -> tuple[int, dict[str, Any]]:
    """Ask which parts a plan would make."""
    answer = page.put(
        page.body("plan") | {"way": "log", "item": item, "plan": plan}, way="preview"
    )
    return answer.status_code, answer.get_json()


def test_the_parts_of_a_plan_are_shown(page: Page) -> None:
    before = page.path.read_bytes()
    status, said = parts(page, page.keys["INV-1"], "2 x 1 month from 2026-12-01")
    assert status == 200
    assert said["lines"] == [
        "INV-1 1/2: 50.00 EUR due 2026-12-01, originally 2026-10-14",
        "INV-1 2/2: 50.00 EUR due 2027-01-01, originally 2026-10-14",
    ]
    assert page.path.read_bytes() == before


@pytest.mark.parametrize(
    ("invoice", "plan", "message"),
    [
        ("INV-1", "soon", '"soon" is not understood as a plan'),
        ("x", "rest on 2026-12-01", "This item is no longer open: reload"),
        (None, "rest on 2026-12-01", "Nameless has no reference"),
    ],
)
def test_why_there_are_no_parts_is_said(
    page: Page, invoice: str | None, plan: str, message: str
) -> None:
    status, said = parts(page, page.keys.get(invoice, "x"), plan)
    assert status == 200
    assert message in said["refused"]


def test_incognito_no_amount_of_a_plan_is_shown(books: Path) -> None:
    page = Page(books, incognito=True)
    key = page.keys["INV-1"]
    _, said = parts(page, key, "2 x 1 month from 2026-12-01")
    assert said["lines"][0].startswith("INV-1 1/2: XX.XX EUR due 2026-12-01")
    _, said = parts(page, key, "50.00 on 2026-12-01")
    assert not any(digit in said["refused"] for digit in "0123456789")


# What is not due, not open, or would be a mistake.


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"as_of": "2026-11-19"}, 409, "as of 2026-11-19, but it is now 2026-11-20"),
        ({"fingerprint": "x"}, 409, "has changed since this page was loaded"),
        ({"reminders": {"x": STEP}}, 409, f'The reminder "{STEP}" is no longer due'),
        ({"what": "dispute", "item": "x"}, 409, "This item is no longer open"),
        ({"what": "resolved"}, 422, "INV-1 was not in dispute; nothing"),
        (
            {"what": "promise", "until": "2026-11-19"},
            422,
            "promise: 2026-11-19 is before the date of the note, 2026-11-20; nothing",
        ),
        (
            {"what": "hold", "until": "2026-11-19"},
            422,
            "hold-until: 2026-11-19 is before the date of the note, 2026-11-20;",
        ),
        ({"what": "promise", "until": "soon"}, 400, '"until" must be a date'),
        ({"what": "promise", "until": "20261127"}, 400, '"until" must be a date'),
        ({"what": "promise", "until": "2026-W48-5"}, 400, '"until" must be a date'),
        ({"what": "promise", "until": "2026-11-27T00"}, 400, '"until" must be a date'),
        ({"what": "hold", "until": "\uff12026-11-27"}, 400, '"until" must be a date'),
        ({"what": "dispute", "text": "x" * 501}, 400, "at most 500 characters"),
        ({"what": "dispute", "reason": "x" * 501}, 400, "at most 500 characters"),
        ({"what": "dispute", "amount": "1e2"}, 400, '"amount" must be a number'),
        ({"what": "dispute", "amount": "0.00"}, 400, '"amount" must be a number'),
        ({"what": "dispute", "amount": 40}, 400, '"amount" must be text'),
        (
            {"what": "dispute", "amount": "100.01"},
            422,
            "dispute: only 100.00 EUR of INV-1 was open on 2026-11-20; got 100.01 EUR",
        ),
        ({"what": "promise"}, 400, '"until" must be text'),
        ({"what": "promise", "until": 7}, 400, '"until" must be text'),
        ({"what": "dispute", "text": None}, 400, '"text" must be text'),
        ({"what": "dispute", "item": None}, 400, '"item" must be text'),
        ({"what": "plan"}, 400, '"plan" must be text'),
        ({"what": "plan", "plan": "x" * 501}, 400, "at most 500 characters"),
        ({"what": "plan", "plan": "soon"}, 422, '"soon" is not understood as a plan'),
        ({"what": "plan", "plan": "", "item": "x"}, 409, "no longer open"),
        (
            {"what": "plan", "plan": "50.00 on 2026-12-01"},
            422,
            "add up to 50.00 EUR, and 100.00 EUR are open",
        ),
        ({"what": "paid"}, 400, '"what" must be one of sent, promise,'),
        ({"what": ["sent"]}, 400, '"what" must be text'),
        ({"fingerprint": None}, 400, '"fingerprint" must be text'),
        ({"as_of": 20261120}, 400, '"as_of" must be text'),
        ({"reminders": {}}, 400, '"reminders" must name a step for each item'),
        ({"reminders": [1]}, 400, '"reminders" must name a step for each item'),
        ({"reminders": {"x": 1}}, 400, '"reminders" must name a step for each item'),
    ],
)
def test_what_cannot_be_is_refused(
    page: Page, change: dict[str, Any], status: int, message: str
) -> None:
    body = page.body() | {"item": page.keys["INV-1"]} | change
    page.refuses(status, message, body=body)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "is not a JSON object"),
        (b'"what"', "is not a JSON object"),
    ],
)
def test_what_is_no_json_object_is_refused(
    page: Page, data: bytes, message: str
) -> None:
    page.refuses(400, message, data=data)


def test_a_reminder_of_another_step_is_refused(page: Page) -> None:
    body = page.body() | {"reminders": {page.keys["INV-1"]: "second reminder"}}
    page.refuses(409, 'The reminder "second reminder" is no longer due', body=body)


@pytest.mark.parametrize("what", ["sent", "dispute"])
def test_an_item_without_a_reference_cannot_be_logged(page: Page, what: str) -> None:
    line = (_HEAD + _SALES).partition("2026-09-16")[0].count("\n") + 1
    message = (
        "Nameless has no reference, so it cannot have notes; add a link, like "
        f"^INV-2026-014, at books.beancount:{line}"
    )
    page.refuses(422, message, body=page.body(what, None))


def test_one_that_cannot_be_logged_keeps_the_others_from_it(page: Page) -> None:
    body = page.body()
    body["reminders"] |= {page.keys["INV-2"]: STEP, page.keys[None]: STEP}
    page.refuses(422, "has no reference", body=body)


def test_what_a_filter_leaves_out_is_not_logged(page: Page) -> None:
    page.refuses(409, "is no longer due", query="?account=Assets:Receivable:Beta")


def test_a_wrong_filter_is_said(page: Page) -> None:
    page.refuses(400, "Failed to parse", query="?time=soon")


@pytest.mark.parametrize("year", [2026, 2098])
def test_a_note_that_makes_a_later_one_wrong_is_refused(books: Path, year: int) -> None:
    """Even if the later one is dated after today, as in a ledger kept ahead."""
    later = _REMINDED.replace("2026-11", f"{year}-11")
    page = page_of(books, _HEAD + _SALES + later)
    body = page.body("dispute") | {"as_of": "2026-10-31"}
    body |= {"what": "sent", "reminders": {body["item"]: STEP}}
    line = books.read_text().partition(f"{year}-11-20 note")[0].count("\n") + 1
    query = "?time=2026-10"
    page.refuses(422, f"books.beancount:{line}: ", body=body, query=query)


def test_nothing_is_logged_on_a_day_to_come(page: Page) -> None:
    """A filter for the whole year looks from the year's last day."""
    body = page.body() | {"as_of": "2026-12-31"}
    page.refuses(422, "a future date (2026-12-31)", body=body, query="?time=2026")


# Where it comes from.


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "localhost:5000", "books.localhost", "LOCALHOST", "nas"),
        *("127.0.0.1:5000", "192.168.1.7", "[::1]:5000", "[fe80::1]"),
    ],
)
@pytest.mark.parametrize("site", [None, "same-origin"])
def test_the_page_itself_may_write(page: Page, host: str, site: str | None) -> None:
    headers = {"Host": host, "Origin": f"http://{host}"}
    if site:
        headers["Sec-Fetch-Site"] = site
    assert page.put(headers=headers).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "localhost.evil.example", "127.0.0.1.evil.example"),
        *("evil.example:5000", "notlocalhost.example", "localhost.", "1.2.3", ""),
        *("[::1", "a b", "localhost:x"),
    ],
)
def test_a_name_that_a_stranger_can_own_is_refused(page: Page, host: str) -> None:
    """So a site cannot give its own name this computer's address."""
    headers = {"Host": host, "Origin": f"http://{host}"}
    page.refuses(403, 'set the option "base-url" to it', headers=headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost:5001"},
        {"Origin": "https://localhost"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://localhost:x"},
        {"Origin": "http://localhost, http://evil.example"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": ""},
    ],
)
def test_another_site_may_not_write(page: Page, headers: dict[str, str]) -> None:
    page.refuses(403, "did not come from this Fava", headers=headers)


_BASE_URL = (
    '2026-01-01 custom "dunning-option" "base-url" "https://Fava.example.org/books"\n'
)


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("fava.example.org", "http://fava.example.org"),
        ("fava.example.org", "https://fava.example.org"),
        ("fava.example.org", "https://fava.example.org:443"),
        ("127.0.0.1:5000", "https://fava.example.org"),
    ],
    ids=["plain", "tls ends at a proxy", "port", "proxy renames"],
)
def test_the_address_that_the_ledger_says_may_write(
    books: Path, host: str, origin: str
) -> None:
    page = page_of(books, _HEAD + _BASE_URL + _SALES)
    answer = page.put(headers={"Host": host, "Origin": origin})
    assert answer.status_code == 200


def test_beside_the_address_that_the_ledger_says_others_may_not(books: Path) -> None:
    page = page_of(books, _HEAD + _BASE_URL + _SALES)
    page.refuses(403, "base-url", headers={"Host": "evil.example.org"})
    page.refuses(
        403, "did not come from this Fava", headers={"Origin": "https://example.org"}
    )


@pytest.mark.parametrize(
    "content_type",
    [
        *("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"),
        *("", "text/json", "text/plain; application/json"),
    ],
)
def test_what_a_form_can_send_is_refused(page: Page, content_type: str) -> None:
    page.refuses(415, "is not JSON", content_type=content_type)


def test_json_with_a_charset_is_json(page: Page) -> None:
    answer = page.put(content_type="application/json; charset=utf-8")
    assert answer.status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_only_put_writes(page: Page, method: str) -> None:
    before = snapshot(page.path.parent)
    for content_type in ("application/json", "text/plain"):
        answer = page.client.open(
            f"/books/{PAGE}log",
            method=method,
            data=json.dumps(page.body()),
            content_type=content_type,
        )
        assert answer.status_code == 404
    assert snapshot(page.path.parent) == before


def test_a_form_on_another_site_writes_nothing(page: Page) -> None:
    """Forms know GET and POST; `text/plain` with one field can look like JSON."""
    before = snapshot(page.path.parent)
    text = json.dumps(page.body() | {"x": "="})
    for content_type in ("text/plain", "application/x-www-form-urlencoded"):
        for method in ("POST", "PUT"):
            answer = page.client.open(
                f"/books/{PAGE}log?_method=PUT",
                method=method,
                data=text,
                content_type=content_type,
                headers={
                    "Origin": "https://evil.example",
                    "Sec-Fetch-Site": "cross-site",
                    "X-HTTP-Method-Override": "PUT",
                },
            )
            assert answer.status_code == (404 if method == "POST" else 403)
    assert snapshot(page.path.parent) == before


def test_another_site_is_not_told_that_it_may_ask(page: Page) -> None:
    """A browser asks before it sends JSON or PUT elsewhere."""
    answer = page.client.options(
        f"/books/{PAGE}log",
        headers={
            "Origin": "https://evil.example",
            "Access-Control-Request-Method": "PUT",
        },
    )
    assert not [name for name, _ in answer.headers if "Access-Control" in name]


def test_a_fava_that_is_read_only_writes_nothing(books: Path) -> None:
    page = Page(books, read_only=True)
    before = snapshot(books.parent)
    assert page.put().status_code == 401
    assert snapshot(books.parent) == before


# Edits made meanwhile.


def _edit(path: Path, more: str = "; an edit\n") -> None:
    """Change a file as an editor that leaves its time as it was."""
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    path.write_text(path.read_text() + more)
    os.utime(path, ns=times)


def test_an_edit_that_fava_has_not_seen_is_seen(page: Page) -> None:
    for invoice in ("INV-1", "INV-2"):
        body = page.body("dispute", invoice)
        _edit(page.path)
        page.refuses(409, "has changed", body=body)
        assert page.put(page.body("dispute", invoice)).status_code == 200


def test_an_edit_of_another_file_counts(books: Path) -> None:
    other = books.with_name("other.beancount")
    other.write_text("")
    page = page_of(books, _HEAD + _SALES + 'include "other.beancount"\n')
    body = page.body()
    _edit(other, _PAID)
    page.refuses(409, "has changed", body=body)
    page.refuses(409, "is no longer due")


def test_an_edit_while_beancount_read_is_not_misjudged(page: Page) -> None:
    """Fava takes the time of an edit made during its load for that of the load."""
    _edit(page.path, _PAID)
    page.extension.after_load_file()
    page.refuses(409, "is no longer due")


def test_an_edit_while_it_is_loaded_for_writing_is_told(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = FavaLedger.load_file
    before, edited = _HEAD + _SALES, _HEAD + _SALES + _PAID
    times = page.path.stat().st_atime_ns, page.path.stat().st_mtime_ns
    page.path.write_text(edited)
    body = page.body("dispute", "INV-2") | {"fingerprint": mark_of(page.path)}
    page.path.write_text(before)
    os.utime(page.path, ns=times)

    def load_and_edit(ledger: FavaLedger) -> None:
        load(ledger)
        page.path.write_text(edited)
        page.extension.after_load_file()

    monkeypatch.setattr(FavaLedger, "load_file", load_and_edit)
    assert page.put(body).status_code == 409
    assert page.extension.served.fingerprint == body["fingerprint"]
    assert page.path.read_text() == edited


@pytest.mark.parametrize(
    ("module", "name"),
    [("beancount_dunning.answers.insertion", "has_losses"), ("os", "fsync")],
    ids=["while it is worked out", "while the disk is waited for"],
)
def test_an_edit_in_between_is_kept(
    page: Page, monkeypatch: pytest.MonkeyPatch, module: str, name: str
) -> None:
    edited = _HEAD + _SALES + _PAID

    def edit(*_: object) -> None:
        page.path.write_text(edited)

    monkeypatch.setattr(f"{module}.{name}", edit)
    answer = page.put()
    assert answer.status_code == 409
    assert "; nothing was written." in answer.get_json()["error"]
    assert page.path.read_text() == edited
    assert list(page.path.parent.iterdir()) == [page.path]


def test_a_ledger_with_lost_parts_is_not_written(books: Path) -> None:
    page = page_of(books, _HEAD + _SALES + '2026-11-01 * "no such thing\n')
    page.refuses(422, "Beancount cannot read all of the ledger")


def test_errors_that_lose_nothing_do_not_stop_it(books: Path) -> None:
    page = page_of(books, 'option "nonsense" "x"\n' + _HEAD + _SALES)
    assert len(page.ledger.load_errors) > 1
    assert page.put().status_code == 200


# Where it goes.


def test_it_goes_where_favas_options_say(books: Path) -> None:
    other = books.with_name("other.beancount")
    other.write_text(
        "; here are the notes\n"
        '2026-01-01 custom "fava-option" "insert-entry" ".*:Beta"\n'
        '2027-01-01 custom "fava-option" "insert-entry" ".*:Beta"\n'
        "; and nothing below\n"
    )
    options = (
        '2026-01-01 custom "fava-option" "insert-entry" ".*:Acme"\n'
        '2026-01-01 custom "fava-option" "default-file" "none.beancount"\n'
        '2026-01-01 custom "fava-option" "indent" "4"\n'
        'include "other.beancount"\n'
    )
    page = page_of(books, _HEAD + options + _SALES)
    body = page.body()
    body["reminders"][page.keys["INV-2"]] = STEP
    answer = page.put(body)
    note = (
        '2026-11-20 note Assets:Receivable:{} "First reminder" ^{}\n'
        '    reminder: "first reminder"\n\n'
    )
    assert books.read_text() == _HEAD + note.format("Acme", "INV-1") + options + _SALES
    lines = other.read_text().split("\n")
    assert "\n".join(lines[1:4]) + "\n" == note.format("Beta", "INV-2")
    assert lines[0] == "; here are the notes"
    assert len(lines) == 8
    assert answer.get_json()["written"] == [
        {
            "file": str(path),
            "line": line,
            "said": "First reminder",
            "text": note.format(*whose).removesuffix("\n"),
            "fingerprint": sha256(path.read_bytes()).hexdigest(),
        }
        for path, line, whose in (
            (books, _HEAD.count("\n") + 1, ("Acme", "INV-1")),
            (other, 2, ("Beta", "INV-2")),
        )
    ]


def test_many_at_one_place_keep_their_order(books: Path) -> None:
    option = '2026-01-01 custom "fava-option" "insert-entry" ".*:Acme"\n'
    more = "".join(
        f'\n2026-09-14 * "Acme" "x" ^A-{number}\n  due: 2026-10-14\n'
        "  Assets:Receivable:Acme   1.00 EUR\n  Income:Services\n"
        for number in range(3)
    )
    page = page_of(books, _HEAD + option + _SALES + more)
    names = ["A-0", "A-1", "A-2", "INV-1", "INV-2"]
    body = page.body() | {"reminders": {page.keys[name]: STEP for name in names}}
    answer = page.put(body)
    text = books.read_text()
    note = '2026-11-20 note Assets:Receivable:{} "First reminder" ^{}\n'
    meta = '  reminder: "first reminder"\n'
    block = "".join(
        note.format("Acme", name) + meta + "\n" for name in names if name != "INV-2"
    )
    beta = "\n" + note.format("Beta", "INV-2") + meta
    assert text == _HEAD + block + option + _SALES + more + beta
    lines = text.split("\n")
    for one in answer.get_json()["written"]:
        assert " note " in lines[one["line"] - 1]
    assert len({one["line"] for one in answer.get_json()["written"]}) == 5


def test_two_places_in_one_file_are_both_found(books: Path) -> None:
    places = [
        f'2026-01-01 custom "fava-option" "insert-entry" ".*:{name}"\n'
        for name in ("Acme", "Beta")
    ]
    page = page_of(books, _HEAD + places[0] + places[1] + _SALES)
    body = page.body()
    body["reminders"][page.keys["INV-2"]] = STEP
    assert page.put(body).status_code == 200
    first = _REMINDED.lstrip()
    second = first.replace("Acme", "Beta").replace("INV-1", "INV-2")
    text = f"{_HEAD}{first}\n{places[0]}{second}\n{places[1]}{_SALES}"
    assert books.read_text() == text


def test_notes_of_one_day_are_judged_in_the_order_in_which_they_stand(
    books: Path,
) -> None:
    """Put in before what resolves it, a dispute would stay resolved."""
    option = '2026-01-01 custom "fava-option" "insert-entry" ".*:Acme"\n'
    note = "2026-11-20 note Assets:Receivable:Acme"
    before = f'{note} "no" ^INV-1\n  dispute: TRUE\n'
    after = f'{note} "yes" ^INV-1\n  dispute: FALSE\n'
    page = page_of(books, _HEAD + _SALES + before + option + after)
    body = page.body("resolved")
    # It would stand before the other that resolves, which then resolves nothing.
    line = page.path.read_text().split("\n").index(after.partition("\n")[0]) + 1
    page.refuses(422, f"books.beancount:{line}: INV-1 was not in dispute", body=body)


def test_a_file_that_is_none_of_the_ledger_is_not_written(books: Path) -> None:
    other = books.with_name("other.beancount")
    other.write_text("")
    option = '2026-01-01 custom "fava-option" "default-file" "other.beancount"\n'
    page = page_of(books, _HEAD + option + _SALES)
    page.refuses(422, f"{other}, which is not part of this ledger")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_the_file_stays_as_it_is_otherwise(books: Path, newline: str, end: str) -> None:
    text = (_HEAD + _SALES).rstrip("\n").replace("\n", newline)
    target = books.with_name("target")
    target.write_bytes((text + end.replace("\n", newline)).encode())
    target.chmod(0o640)
    books.unlink()
    books.symlink_to(target.name)
    page = Page(books)
    assert page.put().status_code == 200
    note = _REMINDED.replace("\n", newline)
    assert target.read_bytes() == (text + newline + note).encode()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert books.is_symlink()


def test_a_pushed_tag_is_taken_on(books: Path) -> None:
    text = f"{_HEAD}pushtag #y2026\n{_HERE}poptag #y2026\n{_SALES}"
    page = page_of(books, text)
    assert page.put().status_code == 200
    (note,) = [entry for entry in load_file(str(books))[0] if isinstance(entry, Note)]
    assert note.tags == frozenset({"y2026"})


_NOTE = '2026-11-20 note Assets:Receivable:Acme "First reminder" ^INV-1\n'


@pytest.mark.parametrize(
    "text",
    [
        "",
        _NOTE,
        f'{_NOTE}  reminder: "second reminder"\n',
        f'{_NOTE.replace("INV-1", "INV-2")}  reminder: "{STEP}"\n',
        f'{_NOTE.replace("First", "Final")}  reminder: "{STEP}"\n',
        f'{_NOTE.replace("Acme", "Beta")}  reminder: "{STEP}"\n',
        f'{_NOTE.replace("-20", "-19")}  reminder: "{STEP}"\n',
        f'{_NOTE}  reminder: "{STEP}"\n  dispute: TRUE\n',
        f'{_NOTE}  reminder: "{STEP}"\n2026-11-20 close Assets:Bank\n',
        f'  due: 2026-12-31\n{_NOTE}  reminder: "{STEP}"\n',
        f'{_NOTE}  reminder: "{STEP}\n',
        "2026-11-20 close Assets:Bank\n",
    ],
)
@pytest.mark.parametrize("options", ["", _HERE])
def test_what_would_be_read_otherwise_is_not_written(
    books: Path, monkeypatch: pytest.MonkeyPatch, text: str, options: str
) -> None:
    """Whatever the reason: here the note is written out as no note should be."""
    page = page_of(books, _HEAD + options + _SALES)
    monkeypatch.setattr(proposals, "as_text", lambda *_: text)
    page.refuses(422, "read the note differently in books.beancount")


def test_a_file_that_would_lose_a_directive_is_not_written(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(text: Text, note: str, _: int | None) -> Edit:
        start = text.content.index(b"2026-09-16 *")
        return Edit(start, len(text.content), note.encode())

    monkeypatch.setattr(Text, "insertion", lose)
    page.refuses(422, "read the note differently in books.beancount")


# Whatever is typed.


@given(
    text=st.one_of(
        st.text(st.characters(exclude_categories=()), max_size=60),
        st.text(st.sampled_from('"\\\n\r\t;{}*^#: \0\x1b\x85\u2028\u202e\u200f\ud800')),
    ),
    invoice=st.sampled_from(["INV-1", "INV-2"]),
)
@example(
    text='" ^INV-2\n  dispute: FALSE\n2026-01-01 close Assets:Bank', invoice="INV-1"
)
@example(text='\\" ; \\', invoice="INV-1")
@example(text="\ufeffx\ufeff", invoice="INV-1")
@example(text="x" * MAX_TEXT, invoice="INV-1")
@settings(deadline=None, max_examples=60)
def test_a_text_says_no_more_than_a_text(
    tmp_path_factory: pytest.TempPathFactory, text: str, invoice: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "typed" / "books.beancount"
    path.parent.mkdir(exist_ok=True)
    path.write_text(_HEAD + _SALES)
    entries, _, _ = load_file(str(path))
    page = Page(path)
    answer = page.put(page.body("dispute", invoice) | {"text": text})
    assert answer.status_code == 200
    after, errors, _ = load_file(str(path))
    assert all("Overdue" in error.message for error in errors)
    (note,) = [entry for entry in after if isinstance(entry, Note)]
    after.remove(note)
    assert after == entries
    assert note.date == date(2026, 11, 20)
    assert note.account == (
        "Assets:Receivable:Acme" if invoice == "INV-1" else "Assets:Receivable:Beta"
    )
    assert note.links == frozenset({invoice})
    assert not note.tags
    assert {*note.meta} - {"filename", "lineno"} == {"dispute"}
    assert note.meta["dispute"] is True
    assert len(note.comment.splitlines()) == 1
    kept = "".join(one for one in text if one.isprintable() and not one.isspace())
    said = "".join(one for one in note.comment if one.isprintable())
    assert said.replace(" ", "") == kept or not kept


# Telling Fava.


def test_other_extensions_are_told_of_each_note(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    texts = []

    def tell(entry: object) -> None:
        told.append(entry)
        texts.append(page.path.read_text())

    monkeypatch.setattr(page.ledger.extensions, "after_insert_entry", tell)
    body = page.body()
    body["reminders"][page.keys["INV-2"]] = STEP
    written = page.put(body).get_json()["written"]
    assert [(one["file"], one["line"], one["said"]) for one in written] == [
        (e.meta["filename"], e.meta["lineno"], e.comment) for e in told
    ]
    assert texts == [page.path.read_text()] * 2
    notes = [entry for entry in page.ledger.all_entries if isinstance(entry, Note)]
    assert told == notes


def test_an_extension_that_fails_does_not_unwrite_it(
    page: Page, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: object) -> None:
        message = "no git here"
        raise FileNotFoundError(message)

    monkeypatch.setattr(page.ledger.extensions, "after_insert_entry", fail)
    assert page.put().status_code == 200
    assert page.path.read_text() == _HEAD + _SALES + _REMINDED
    assert "no git here" in caplog.text
    assert page.extension.served.fingerprint == mark_of(page.path)


def test_favas_watcher_is_told(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or else it finds the change by itself, and loads the ledger once more."""
    told: list[Path] = []
    monkeypatch.setattr(page.ledger.watcher, "notify", told.append)
    assert page.put().status_code == 200
    assert told == [page.path]


def test_it_is_written_under_favas_own_lock(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = ledger_file.write
    held = []

    def look(*change: Any, **how: Any) -> None:  # noqa: ANN401 - whatever is written
        held.append(page.ledger.file._lock.locked())  # noqa: SLF001 - Fava's own
        write(*change, **how)

    monkeypatch.setattr(ledger_file, "write", look)
    assert page.put().status_code == 200
    assert held == [True]
    assert not page.ledger.file._lock.locked()  # noqa: SLF001 - Fava's own


# What stops it half way.


def _fails(error: BaseException, at: int = 1) -> Callable[..., Any]:
    """Return what replaces files and fails, the n-th time and from then on."""
    calls: list[object] = []
    replace = Path.replace

    def stop(*what: Any) -> Any:  # noqa: ANN401 - a path and its target, or a file
        calls.append(what)
        if len(calls) >= at:
            raise error
        return replace(*what)

    return stop


@pytest.mark.parametrize(
    ("number", "status"),
    [(errno.ENOSPC, 507), (errno.EDQUOT, 507), (errno.EACCES, 500), (errno.EIO, 500)],
)
@pytest.mark.parametrize("step", ["pathlib.Path.replace", "os.fsync"])
def test_a_file_that_cannot_be_written_stays(
    page: Page, monkeypatch: pytest.MonkeyPatch, step: str, number: int, status: int
) -> None:
    monkeypatch.setattr(step, _fails(OSError(number, os.strerror(number))))
    page.refuses(status, f"Cannot write to the ledger: {os.strerror(number)}; nothing")
    monkeypatch.undo()
    assert page.put().status_code == 200


def _two_files(books: Path) -> tuple[Page, dict[str, Any], Path]:
    other = books.with_name("other.beancount")
    other.write_text('2026-01-01 custom "fava-option" "insert-entry" ".*:Beta"\n')
    page = page_of(books, _HEAD + _SALES + 'include "other.beancount"\n')
    body = page.body()
    body["reminders"][page.keys["INV-2"]] = STEP
    return page, body, other


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_of_two_files_both_are_written_or_none(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, body, other = _two_files(books)
    before = _contents(books.parent)
    replace, calls = Path.replace, []

    def stop(path: Path, target: Path) -> Path:
        calls.append(path.name.partition(".dunning-")[0])
        if calls[-1] == f".{other.name}":
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", stop)
    answer = page.put(body)
    assert answer.status_code == 507
    assert answer.get_json()["error"].endswith("; nothing was written.")
    assert calls == [f".{path.name}" for path in (books, other, books)]
    assert _contents(books.parent) == before


def test_what_cannot_be_put_back_is_said(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, body, other = _two_files(books)
    before = _contents(books.parent)
    error = OSError(errno.EIO, "Input/output error")
    monkeypatch.setattr(Path, "replace", _fails(error, 2))
    answer = page.put(body)
    assert answer.status_code == 500
    assert answer.get_json()["error"] == (
        "Not all notes could be written: Input/output error; notes already written to "
        "books.beancount are still there."
    )
    assert other.read_bytes() == before["other.beancount"]
    assert books.read_bytes().startswith(before["books.beancount"])


def test_a_fava_that_is_killed_leaves_the_old_file(page: Page) -> None:
    """Its temporary file may stay; that one begins with a dot, and is no ledger."""
    before = page.path.read_bytes()
    child = os.fork()
    if not child:  # pragma: no cover - not in this process
        Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment,method-assign]  # it dies there
        page.put()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    assert page.path.read_bytes() == before
    others = [path.name for path in page.path.parent.iterdir() if path != page.path]
    assert all(name.startswith(".") for name in others)
    assert page.put().status_code == 200


# Another program has the file.


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def test_who_waits_for_another_program_gets_through(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And Fava's own editor does not wait meanwhile."""
    waited = []
    with ExitStack() as held:
        held.enter_context(_locked(page.path))

        def wait(path: Path) -> None:
            waited.append((path, page.ledger.file._lock.locked()))  # noqa: SLF001 - Fava's own
            held.close()

        monkeypatch.setattr(ledger_file, "wait_until_free", wait)
        assert page.put().status_code == 200
    assert waited == [(page.path, False)]


def test_what_is_locked_by_another_program_stays(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[Path] = []
    monkeypatch.setattr(ledger_file, "wait_until_free", waited.append)
    why = "Cannot write to the ledger: another program has locked it; try again in a "
    with _locked(page.path):
        page.refuses(503, f"{why}moment; nothing was written.")
        assert waited == [page.path] * 2
        # Nor does everybody wait: Fava has other things to do.
        monkeypatch.setattr(writing, "_WAITING", BoundedSemaphore(1))
        with writing._WAITING:  # noqa: SLF001 - as another request does
            page.refuses(503, f"{why}moment; nothing was written.")
    assert waited == [page.path] * 2
    assert page.put().status_code == 200


# Many at once.


def _send(address: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    request = Request(  # noqa: S310 - to our own server
        f"{address}books/{PAGE}log",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Origin": address.rstrip("/")},
        method="PUT",
    )
    try:
        with urlopen(request) as answer:  # noqa: S310 - to our own server
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def _many(books: Path, count: int) -> list[dict[str, Any]]:
    """Write a ledger with many invoices; return what logs each as disputed."""
    sales = "".join(
        f'\n2026-09-14 * "Acme" "x" ^A-{number}\n  due: 2026-10-14\n'
        "  Assets:Receivable:Acme   1.00 EUR\n  Income:Services\n"
        for number in range(count)
    )
    books.write_text(_HEAD + sales)
    keys = keys_of(books)
    return [
        {
            "as_of": AS_OF,
            "what": "dispute",
            "item": keys[f"A-{number}"],
            "text": f"click {number}",
        }
        for number in range(count)
    ]


def _logged(books: Path) -> list[str]:
    entries, errors, _ = load_file(str(books))
    assert all("Overdue" in error.message for error in errors)
    return [entry.comment for entry in entries if isinstance(entry, Note)]


@pytest.mark.parametrize("servers", [1, 2])
def test_of_many_clicks_at_once_each_lands_or_is_told(
    books: Path, servers: int
) -> None:
    bodies = _many(books, 8)
    start, mark = Barrier(len(bodies)), mark_of(books)

    with ExitStack() as stack:
        addresses = [stack.enter_context(served(books)) for _ in range(servers)]

        def click(number: int) -> tuple[int, dict[str, Any]]:
            start.wait()
            address = addresses[number % servers]
            return _send(address, bodies[number] | {"fingerprint": mark})

        with ThreadPoolExecutor(len(bodies)) as pool:
            answers = list(pool.map(click, range(len(bodies))))
    # Of two servers one may wait for the other in vain.
    told = {409} if servers == 1 else {409, 503}
    statuses = sorted(status for status, _ in answers)
    assert statuses[0] == 200
    assert told.issuperset(statuses[1:])
    landed = [number for number, (status, _) in enumerate(answers) if status == 200]
    assert _logged(books) == [f"click {number}" for number in landed]


@pytest.mark.parametrize("servers", [1, 2])
def test_who_looks_again_gets_through(books: Path, servers: int) -> None:
    """And so does an editor that saves in the meantime, under the same lock."""
    bodies = _many(books, 6)

    with ExitStack() as stack:
        addresses = [stack.enter_context(served(books)) for _ in range(servers)]

        def click(number: int) -> Sequence[int]:
            tried: list[int] = []
            while not tried or tried[-1] in {409, 503}:
                body = bodies[number] | {"fingerprint": mark_of(books)}
                status, _ = _send(addresses[number % servers], body)
                tried.append(status)
            return tried

        def save(number: int) -> int:
            while True:
                seen = books.read_bytes()
                try:
                    ledger_file.write(books, seen + b"\n; edit %d\n" % number, seen)
                except ledger_file.ChangedError:
                    continue
                return number

        with ThreadPoolExecutor(len(bodies) + 1) as pool:
            edits = pool.submit(lambda: [save(number) for number in range(4)])
            tries = list(pool.map(click, range(len(bodies))))
            edits.result()
    assert all(tried[-1] == 200 for tried in tries)
    assert sorted(_logged(books)) == [f"click {number}" for number in range(6)]
    for number in range(4):
        assert books.read_text().count(f"; edit {number}\n") == 1


# The fingerprint.


def test_the_fingerprint_tells_every_change(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("a")
    marks = {mark_of(one)}
    marks.add(mark_of(one, two))
    two.write_text("")
    marks.add(mark_of(one, two))
    two.write_text("a")
    marks.add(mark_of(one, two))
    one.write_text("b")
    marks.add(mark_of(one, two))
    assert len(marks) == 5
    assert mark_of(one, two) in marks


def test_the_fingerprint_is_of_the_main_file_even_if_no_option_names_it(
    tmp_path: Path,
) -> None:
    """So it is where that file is encrypted."""
    path = tmp_path / "books.beancount.gpg"
    known = SimpleNamespace(beancount_file_path=str(path), options={"include": []})
    marks = set()
    for content in (b"", b"\xff"):
        path.write_bytes(content)
        marks.add(fingerprint(cast("FavaLedger", known)))
    assert len(marks) == 2


def test_the_fingerprint_is_that_of_the_ledger(page: Page) -> None:
    assert page.extension.served.fingerprint == mark_of(page.path)
    assert page.extension.served.fingerprint == fingerprint(page.ledger)


@pytest.mark.parametrize("name", ["", "gone", "no\0file", "\udcff", "x" * 5000, "/"])
@pytest.mark.parametrize("include", [None, [], ["gone", "no\0file"]])
def test_the_fingerprint_is_never_an_error(
    name: str, include: list[str] | None
) -> None:
    options = {} if include is None else {"include": include}
    known = SimpleNamespace(beancount_file_path=name, options=options)
    assert len(fingerprint(cast("FavaLedger", known))) == 64


def test_a_ledger_that_is_gone_does_not_stop_fava(page: Page) -> None:
    body = page.body()
    page.path.rename(page.path.with_name("moved"))
    page.extension.after_load_file()
    assert page.extension.served.fingerprint != body["fingerprint"]
    page.refuses(409, "has changed", body=body)


def test_the_dialogs_take_as_much_text_as_is_written(page: Page) -> None:
    assert (
        f'name="text" maxlength="{MAX_TEXT}"' in page.client.get(f"/books/{PAGE}").text
    )
    body = page.body("dispute") | {"text": "x" * MAX_TEXT}
    assert page.put(body).status_code == 200
