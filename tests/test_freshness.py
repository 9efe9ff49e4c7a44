"""Beancount's cache and the calendar: errors are those of the day, at no needless cost.

Every test here goes through `beancount.loader.load_file` and its real pickle.
"""

from __future__ import annotations

import copy
import json
import os
import pickle
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount import loader

from beancount_dunning import freshness
from beancount_dunning.freshness import DatedFilename
from beancount_dunning.freshness import load_holds
from beancount_dunning.rates import built_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

HEAD = """\
plugin "beancount_dunning"
2026-01-01 open Assets:Bank
2026-01-01 open Assets:Receivable:Acme
2026-01-01 open Income:Services
"""
INVOICE = """
2026-09-01 * "Acme" "Website" ^INV-1
  due: 2026-09-30
  Assets:Receivable:Acme  100 EUR
  Income:Services
"""


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that makes it some day, for the whole product."""

    def make_it(iso: str) -> None:
        for name in (
            "beancount_dunning.clock.today",
            "beancount_dunning.freshness.today",
            "beancount_dunning.plugin.today",
        ):
            monkeypatch.setattr(name, lambda: date.fromisoformat(iso))

    return make_it


@dataclass
class Books:
    """A ledger on disk, and how often Beancount really read it."""

    path: Path
    parsed: list[Any] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)

    def write(self, text: str) -> None:
        self.path.write_text(HEAD + dedent(text), encoding="utf-8")

    def load(self) -> list[str]:
        """Load the ledger, and return the errors' messages."""
        _, errors, self.options = loader.load_file(self.path)
        return [error.message for error in errors]

    def parses(self) -> int:
        """Return how often the ledger was read since the last time of asking."""
        count = len(self.parsed)
        self.parsed.clear()
        return count


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    """Return a ledger that Beancount caches however fast it loads."""
    books = Books(tmp_path / "books.beancount")
    parse = loader._parse_recursive  # noqa: SLF001 - the spy's only way in

    def spy(*args: Any) -> Any:  # noqa: ANN401 - as Beancount has it
        books.parsed.append(args)
        return parse(*args)

    with monkeypatch.context() as patch:
        patch.delenv("BEANCOUNT_LOAD_CACHE_FILENAME", raising=False)
        patch.setattr(loader, "_parse_recursive", spy)
        patch.setattr(loader, "PICKLE_CACHE_THRESHOLD", 0.0)
        loader.initialize(use_cache=True)
        yield books
    loader.initialize("BEANCOUNT_DISABLE_LOAD_CACHE" not in os.environ)


def overdue(days: int, what: str = "INV-1", due: str = "2026-09-30") -> str:
    unit = "day" if days == 1 else "days"
    return (
        f"Overdue: {what}, Acme: 100 of 100 EUR open, due {due}, "
        f"{days} {unit} overdue (Assets:Receivable:Acme)"
    )


def test_silent_days_share_one_load(books: Books, day: Callable[[str], None]) -> None:
    books.write(INVOICE)
    day("2026-09-02")
    assert books.load() == []
    assert books.parses() == 1
    pickled = books.path.with_name(".books.beancount.picklecache").stat()
    for iso in ("2026-09-02", "2026-09-03", "2026-09-29", "2026-09-30"):
        day(iso)
        assert books.load() == []
        assert books.parses() == 0
    after = books.path.with_name(".books.beancount.picklecache").stat()
    assert (after.st_ino, after.st_mtime_ns) == (pickled.st_ino, pickled.st_mtime_ns)


def test_the_load_ends_on_the_day_after_the_due_date(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write(INVOICE)
    day("2026-09-30")
    assert books.load() == []
    day("2026-10-01")
    assert books.load() == [overdue(1)]
    assert books.parses() == 2


def test_while_something_is_overdue_each_day_counts_anew(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write(INVOICE)
    for iso, days in (("2026-10-01", 1), ("2026-10-02", 2), ("2027-09-30", 365)):
        day(iso)
        assert books.load() == [overdue(days)]
        assert books.load() == [overdue(days)]
        assert books.parses() == 1


def test_the_grace_is_waited_for(books: Books, day: Callable[[str], None]) -> None:
    books.write(f'2026-01-01 custom "dunning-option" "grace" 5\n{INVOICE}')
    day("2026-09-02")
    assert books.load() == []
    day("2026-10-05")
    assert books.load() == []
    assert books.parses() == 1
    day("2026-10-06")
    assert books.load() == [overdue(6)]
    assert books.parses() == 1


def test_a_day_back_is_loaded_anew(books: Books, day: Callable[[str], None]) -> None:
    books.write(INVOICE)
    day("2026-10-01")
    assert books.load() == [overdue(1)]
    day("2026-09-30")
    assert books.load() == []
    day("2026-10-01")
    assert books.load() == [overdue(1)]
    assert books.parses() == 3


def test_a_silent_load_does_not_hold_for_the_days_before_it(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write(
        INVOICE
        + """
2026-10-20 * "Acme" "Payment" ^INV-1
  Assets:Bank  100 EUR
  Assets:Receivable:Acme
"""
    )
    day("2026-10-20")
    assert books.load() == []
    day("2026-10-19")
    assert books.load() == [overdue(19)]


def test_a_payment_dated_in_the_future_ends_it(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write(
        INVOICE
        + """
2026-10-03 * "Acme" "Payment" ^INV-1
  Assets:Bank  100 EUR
  Assets:Receivable:Acme
"""
    )
    found = []
    for iso in ("2026-09-30", "2026-10-01", "2026-10-02", "2026-10-03", "2026-11-20"):
        day(iso)
        found.append(books.load())
    assert found == [[], [overdue(1)], [overdue(2)], [], []]
    # Nothing is open on the third, and nothing will be: that load holds.
    assert books.parses() == 4


def test_a_wrong_invoice_dated_in_the_future_is_flagged_from_its_date(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write("""
        2026-10-03 * "Acme" "Hosting" ^INV-2
          due: "soon"
          Assets:Receivable:Acme  100 EUR
          Income:Services
        """)
    day("2026-09-01")
    assert books.load() == []
    day("2026-10-02")
    assert books.load() == []
    assert books.parses() == 1
    day("2026-10-03")
    assert books.load() == ['due: expected a date, like 2026-10-14; got "soon".']
    day("2027-10-03")
    assert books.load() == ['due: expected a date, like 2026-10-14; got "soon".']
    assert books.parses() == 1


@pytest.mark.parametrize(
    ("directive", "message"),
    [
        (
            'custom "dunning-option" "graec" 3',
            'There is no option "graec". Did you mean "grace"?',
        ),
        (
            'custom "dunning-optoin" "grace" 3',
            '"dunning-optoin" is no directive of ours. Did you mean "dunning-option"?',
        ),
        (
            "open Assets:Receivable:Beta\n  terms: 30",
            'terms: expected terms of payment in quotes, like "net 30"; got 30.',
        ),
    ],
)
def test_a_wrong_directive_dated_in_the_future_is_flagged_from_its_date(
    books: Books, day: Callable[[str], None], directive: str, message: str
) -> None:
    books.write(f"2026-10-03 {directive}\n")
    day("2026-10-02")
    assert books.load() == []
    day("2026-10-03")
    assert books.load() == [message]
    assert books.parses() == 2


def test_an_option_dated_in_the_future_counts_from_its_date(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write(
        '2026-01-01 custom "dunning-option" "errors" "off"\n'
        '2026-10-10 custom "dunning-option" "errors" "invoice"\n' + INVOICE
    )
    day("2026-09-02")
    assert books.load() == []
    day("2026-10-09")
    assert books.load() == []
    assert books.parses() == 1
    day("2026-10-10")
    assert books.load() == [overdue(10)]
    assert books.parses() == 1


def test_what_is_no_receivable_ends_no_load(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write("""
        2026-10-03 * "Landlord" "Rent"
          Assets:Bank  -100 EUR
          Income:Services
        2026-10-04 open Assets:Other
        2026-10-05 custom "fava-option" "language" "de"
        """)
    day("2026-09-01")
    assert books.load() == []
    day("2026-11-20")
    assert books.load() == []
    assert books.parses() == 1


def test_padding_of_the_future_comes_to_be_on_its_day(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write("""
        2026-01-01 custom "dunning-option" "terms" "on receipt"
        2026-01-01 open Equity:Opening
        2026-10-03 pad Assets:Receivable:Acme Equity:Opening
        2026-12-31 balance Assets:Receivable:Acme  100 EUR
        """)
    day("2026-10-02")
    assert books.load() == []
    day("2026-10-03")
    assert books.load() == []
    assert books.parses() == 2
    day("2026-10-04")
    assert books.load() == [overdue(1, "(padding)", "2026-10-03")]


def test_padding_from_a_receivable_comes_to_be_on_its_day(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write("""
        2026-01-01 custom "dunning-option" "terms" "on receipt"
        2026-01-01 open Equity:Opening
        2026-10-03 pad Equity:Opening Assets:Receivable:Acme
        2026-12-31 balance Equity:Opening  -100 EUR
        """)
    day("2026-10-02")
    assert books.load() == []
    day("2026-10-03")
    assert books.load() == []
    assert books.parses() == 2
    day("2026-10-04")
    assert books.load() == [overdue(1, "(padding)", "2026-10-03")]


def test_padding_of_other_accounts_ends_no_load(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write("""
        2026-01-01 open Equity:Opening
        2026-10-03 pad Assets:Bank Equity:Opening
        2026-12-31 balance Assets:Bank  100 EUR
        """)
    day("2026-10-02")
    assert books.load() == []
    day("2027-10-02")
    assert books.load() == []
    assert books.parses() == 1


@pytest.mark.parametrize(
    ("note", "message"),
    [
        (
            'Assets:Receivable:Acme "Called" ^INV-1\n  promise: "soon"',
            'promise: expected a date, like 2026-09-20; got "soon".',
        ),
        (
            'Assets:Receivable:Acme "Called" ^INV-2\n  dispute: TRUE',
            'There is no invoice INV-2. Did you mean "INV-1"?',
        ),
        (
            'Assets:Bank "Called" ^INV-1\n  dispute: TRUE',
            (
                "Assets:Bank is no receivable account; the log of an invoice stands on "
                "the account of the invoice."
            ),
        ),
    ],
)
def test_a_wrong_note_dated_in_the_future_is_flagged_from_its_date(
    books: Books, day: Callable[[str], None], note: str, message: str
) -> None:
    books.write(f"{INVOICE}2026-09-20 note {note}\n")
    day("2026-09-02")
    assert books.load() == []
    day("2026-09-19")
    assert books.load() == []
    assert books.parses() == 1
    day("2026-09-20")
    assert books.load() == [message]
    day("2026-09-30")
    assert books.load() == [message]
    assert books.parses() == 1


def test_a_wrong_document_dated_in_the_future_is_flagged_from_its_date(
    books: Books, day: Callable[[str], None], tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").write_text("Dear Acme", encoding="utf-8")
    books.write("""
        2026-10-03 document Assets:Receivable:Acme "letter.txt"
          invoice: 2026-014
        """)
    day("2026-10-02")
    assert books.load() == []
    day("2026-10-03")
    assert books.load() == [
        (
            "invoice: expected the reference in quotes, like "
            'invoice: "2026-014"; got 2012.'
        )
    ]


def test_what_is_put_off_is_said_on_every_day(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write(
        INVOICE
        + """
2026-10-02 note Assets:Receivable:Acme "Called" ^INV-1
  hold-until: 2026-10-03
"""
    )
    found = []
    for iso in ("2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04"):
        day(iso)
        found += books.load()
    held = ", on hold until 2026-10-03"
    assert found == [
        overdue(1),
        *(overdue(2) + held, overdue(3) + held, overdue(4)),
    ]


def test_a_promise_is_waited_for(books: Books, day: Callable[[str], None]) -> None:
    books.write(
        'option "title" "No due date"\n'
        '2026-09-01 * "Acme" "Website" ^INV-1\n'
        "  Assets:Receivable:Acme  100 EUR\n"
        "  Income:Services\n"
        '2026-09-02 note Assets:Receivable:Acme "Called" ^INV-1\n'
        "  promise: 2026-09-20\n"
    )
    day("2026-09-02")
    assert books.load() == []
    day("2026-09-20")
    assert books.load() == []
    assert books.parses() == 1
    broken = (
        "Broken promise: INV-1, Acme: 100 of 100 EUR still open, promised by 2026-09-20"
    )
    day("2026-09-21")
    assert books.load() == [broken]
    day("2027-09-21")
    assert books.load() == [broken]
    # It does not count days: that load holds.
    assert books.parses() == 1


def test_a_credit_limit_ends_no_load(books: Books, day: Callable[[str], None]) -> None:
    books.write(
        '2026-01-01 custom "dunning-customer" "Acme"\n  credit-limit: 50 EUR\n'
        + INVOICE
    )
    over = "Credit limit: Acme has 100 EUR open, more than 50 EUR"
    day("2026-09-02")
    assert books.load() == [over]
    day("2026-09-30")
    assert books.load() == [over]
    assert books.parses() == 1
    day("2026-10-01")
    assert books.load() == [over, overdue(1)]


def test_the_end_of_a_built_in_rate_is_waited_for(
    books: Books, day: Callable[[str], None]
) -> None:
    known_until = built_in("bundesbank").known_until
    assert known_until is not None
    books.write(
        '2026-01-01 custom "dunning-option" "errors" "off"\n'
        '2026-01-01 custom "dunning-interest" "standard" 9 "bundesbank"\n' + INVOICE
    )
    day("2026-10-01")
    assert books.load() == []
    day(known_until.isoformat())
    assert books.load() == []
    assert books.parses() == 1
    after = known_until + timedelta(days=1)
    unknown = (
        f'The rate "bundesbank" is not known after {known_until}; add {after} custom '
        '"reference-rate" "bundesbank" PERCENT.'
    )
    day(after.isoformat())
    assert books.load() == [unknown]
    day((after + timedelta(days=1000)).isoformat())
    assert books.load() == [unknown]
    assert books.parses() == 1


@pytest.mark.parametrize("minimum", ["0 EUR", "1000 EUR"])
def test_with_errors_off_a_rate_is_needed_from_the_day_after_due(
    books: Books, day: Callable[[str], None], minimum: str
) -> None:
    known_until = built_in("bundesbank").known_until
    assert known_until is not None
    end = known_until + timedelta(days=1)
    due = end + timedelta(days=70)
    books.write(
        '2026-01-01 custom "dunning-option" "errors" "off"\n'
        f'2026-01-01 custom "dunning-option" "minimum" {minimum}\n'
        '2026-01-01 custom "dunning-option" "grace" 30\n'
        '2026-01-01 custom "dunning-interest" "standard" 9 "bundesbank"\n'
        + INVOICE.replace("2026-09-30", due.isoformat())
    )
    day(end.isoformat())
    assert books.load() == []
    day(due.isoformat())
    assert books.load() == []
    assert books.parses() == 1
    day((due + timedelta(days=1)).isoformat())
    (message,) = books.load()
    assert message.startswith(
        f'The rate "bundesbank" is not known after {known_until}; add '
    )
    day((due + timedelta(days=1000)).isoformat())
    assert books.load() == [message]
    assert books.parses() == 1


def test_with_errors_off_a_rate_of_the_ledger_s_own_ends_no_load(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write(
        '2026-01-01 custom "dunning-option" "errors" "off"\n'
        '2026-01-01 custom "dunning-interest" "standard" 9 "ours"\n'
        '2026-01-01 custom "reference-rate" "ours" 1\n' + INVOICE
    )
    for iso in ("2026-10-01", "2026-10-31", "2040-01-01"):
        day(iso)
        assert books.load() == []
    assert books.parses() == 1


def test_before_anything_comes_to_be_the_first_entry_is_waited_for(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write('2026-01-02 custom "dunning-option" "graec" 3\n')
    day("2025-01-01")
    assert books.load() == []
    day("2025-12-31")
    assert books.load() == []
    assert books.parses() == 1
    day("2026-01-02")
    assert books.load() == ['There is no option "graec". Did you mean "grace"?']
    assert books.parses() == 1


def test_the_grace_is_waited_for_where_interest_runs(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write(
        '2026-01-01 custom "dunning-option" "grace" 5\n'
        f'2026-01-01 custom "dunning-interest" "standard" 9\n{INVOICE}'
    )
    day("2026-10-01")
    assert books.load() == []
    day("2026-10-06")
    assert books.load() == [overdue(6)]


def test_with_an_as_of_date_the_load_holds_for_ever(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write(f'2026-01-01 custom "dunning-option" "as-of" 2026-10-02\n{INVOICE}')
    for iso in ("2026-09-01", "2026-10-02", "2040-01-01", "2001-01-01"):
        day(iso)
        assert books.load() == [f"{overdue(2)}, as of 2026-10-02"]
    assert books.parses() == 1
    assert not isinstance(books.options["include"][0], DatedFilename)


def test_with_errors_off_the_load_holds_while_nothing_comes_to_be(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write(f'2026-01-01 custom "dunning-option" "errors" "off"\n{INVOICE}')
    for iso in ("2026-09-02", "2026-10-01", "2036-10-01"):
        day(iso)
        assert books.load() == []
    assert books.parses() == 1


def test_below_the_minimum_the_load_holds(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write(f'2026-01-01 custom "dunning-option" "minimum" 100.01 EUR\n{INVOICE}')
    for iso in ("2026-09-02", "2036-10-01"):
        day(iso)
        assert books.load() == []
    assert books.parses() == 1


def test_a_changed_file_is_loaded_anew_on_the_same_day(
    books: Books, day: Callable[[str], None]
) -> None:
    day("2026-10-01")
    books.write("")
    assert books.load() == []
    books.write(INVOICE)
    assert books.load() == [overdue(1)]
    assert books.parses() == 2


def test_a_changed_included_file_is_loaded_anew(
    books: Books, day: Callable[[str], None], tmp_path: Path
) -> None:
    day("2026-10-01")
    included = tmp_path / "invoices.beancount"
    included.write_text("\n", encoding="utf-8")
    books.write('include "invoices.beancount"')
    assert books.load() == []
    assert books.load() == []
    assert books.parses() == 1
    included.write_text(INVOICE, encoding="utf-8")
    assert books.load() == [overdue(1)]
    assert books.options["include"] == [str(books.path), str(included)]


def test_every_day_of_two_months_has_the_errors_of_a_load_without_cache(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write(
        """
        2026-01-01 custom "dunning-option" "grace" 2
        2026-10-10 custom "dunning-option" "grace" 0
        2026-10-15 custom "dunning-option" "errors" "customer"
        2026-09-01 * "Acme" "Website" ^INV-1
          due: 2026-09-30
          Assets:Receivable:Acme  100 EUR
          Income:Services
        2026-09-20 * "Acme" "Hosting" ^INV-2
          terms: "50% net 5, 50% net 10"
          Assets:Receivable:Acme  30 EUR
          Income:Services
        2026-10-12 * "Acme" "Payment"
          Assets:Bank  110 EUR
          Assets:Receivable:Acme
        2026-10-20 * "Acme" "Payment" ^INV-2
          Assets:Bank  20 EUR
          Assets:Receivable:Acme
        """
    )
    text = books.path.read_text(encoding="utf-8")
    seen = set()
    for number in range(61):
        day((date(2026, 9, 1) + timedelta(days=number)).isoformat())
        _, errors, _ = loader.load_string(text)
        fresh = [error.message for error in errors]
        assert books.load() == fresh
        seen.add(tuple(fresh))
    assert () in seen
    # Silence, and each day from 28 September to 19 October.
    assert len(seen) == 23


def test_every_day_of_a_log_has_the_errors_of_a_load_without_cache(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write(
        """
        2026-01-01 custom "dunning-option" "grace" 20
        2026-10-10 custom "dunning-option" "errors" "off"
        2026-10-14 custom "dunning-option" "errors" "invoice"
        2026-01-01 custom "dunning-customer" "Acme"
          credit-limit: 120 EUR
        2026-09-01 * "Acme" "Website" ^INV-1
          due: 2026-09-30
          Assets:Receivable:Acme  100 EUR
          Income:Services
        2026-09-10 * "Acme" "Hosting" ^INV-2
          Assets:Receivable:Acme  30 EUR
          Income:Services
        2026-09-12 note Assets:Receivable:Acme "Called" ^INV-2
          promise: 2026-09-15
        2026-09-18 note Assets:Receivable:Acme "Called" ^INV-2
          promise: 2026-09-22
        2026-09-25 * "Acme" "Payment" ^INV-2
          Assets:Bank  30 EUR
          Assets:Receivable:Acme
        2026-10-02 note Assets:Receivable:Acme "Sent" ^INV-1
          reminder: "second reminder"
        2026-10-22 note Assets:Receivable:Acme "Called" ^INV-1
          dispute: TRUE
        2026-10-24 * "Acme" "Payment" ^INV-1
          Assets:Bank  100 EUR
          Assets:Receivable:Acme
        """
    )
    text = books.path.read_text(encoding="utf-8")
    seen: list[list[str]] = []
    for number in range(61):
        day((date(2026, 9, 1) + timedelta(days=number)).isoformat())
        _, errors, _ = loader.load_string(text)
        fresh = [error.message for error in errors]
        assert books.load() == fresh
        if not seen or seen[-1] != fresh:
            seen.append(fresh)
    limit = ["Credit limit: Acme has 130 EUR open, more than 120 EUR"]
    promises = [
        "Broken promise: INV-2, Acme: 30 of 30 EUR still open, promised by 2026-09-15",
        "Broken promise: INV-2, Acme: 30 of 30 EUR still open, promised by 2026-09-22",
    ]
    order = [
        (
            '"second reminder" is out of order: "first reminder" comes before it and '
            "was not logged."
        )
    ]
    assert seen == [
        [],
        limit,
        [*limit, promises[0]],
        limit,
        [*limit, promises[1]],
        [],
        order,
        # From the 21st day on, and in dispute from the 22nd; then it is paid.
        [overdue(21), *order],
        [f"{overdue(22)}, in dispute", *order],
        [f"{overdue(23)}, in dispute", *order],
        order,
    ]


def test_load_holds_tells_the_days_on_which_a_load_is_true(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write(INVOICE)
    day("2026-09-02")
    books.load()
    options = books.options
    assert not load_holds(options, date(2026, 9, 1))
    assert load_holds(options, date(2026, 9, 2))
    assert load_holds(options, date(2026, 9, 30))
    assert not load_holds(options, date(2026, 10, 1))


def test_a_load_without_the_plugin_always_holds() -> None:
    assert load_holds({"include": ["books.beancount"]}, date(2026, 10, 1))
    assert load_holds({}, date(2026, 10, 1))


FIRST, END = date(2026, 9, 1), date(2026, 10, 1)


@pytest.fixture
def dated() -> DatedFilename:
    return DatedFilename("/books/büro.beancount", FIRST, END)


def test_a_dated_filename_is_a_name_like_any_other(dated: DatedFilename) -> None:
    plain = "/books/büro.beancount"
    assert dated == plain
    assert plain == dated
    assert hash(dated) == hash(plain)
    assert {plain: 1}[dated] == 1
    assert sorted([dated, "/a", "/z"]) == ["/a", plain, "/z"]
    assert str(dated) == plain
    assert f"{dated}" == plain
    assert repr(dated) == repr(plain)
    assert json.dumps([dated]) == json.dumps([plain])
    assert Path(dated) == Path(plain)
    assert os.fspath(Path(dated)) == plain
    assert dated.encode() == plain.encode()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_dated_filename_comes_out_of_a_pickle_as_it_went_in(
    dated: DatedFilename, day: Callable[[str], None], protocol: int
) -> None:
    pickled = pickle.dumps(dated, protocol)
    for iso in ("2026-09-01", "2026-09-30"):
        day(iso)
        back = pickle.loads(pickled)  # noqa: S301 - our own
        assert type(back) is DatedFilename
        assert (str(back), back.first, back.end) == (str(dated), FIRST, END)


@pytest.mark.parametrize("iso", ["2026-08-31", "2026-10-01", "2030-01-01"])
def test_when_its_days_are_over_it_comes_out_as_another_name(
    dated: DatedFilename, day: Callable[[str], None], iso: str
) -> None:
    pickled = pickle.dumps(dated)
    day(iso)
    back = pickle.loads(pickled)  # noqa: S301 - our own
    assert back == f"{dated} (loaded on 2026-09-01)"


def test_a_copy_on_a_good_day_is_the_same(
    dated: DatedFilename, day: Callable[[str], None]
) -> None:
    day("2026-09-15")
    for again in (copy.copy(dated), copy.deepcopy(dated)):
        assert type(again) is DatedFilename
        assert (str(again), again.first, again.end) == (str(dated), FIRST, END)


def test_a_ledger_from_a_string_has_no_file_to_date() -> None:
    options: dict[str, Any] = {"include": []}
    freshness.date_load(options, FIRST, END)
    assert options == {"include": []}
