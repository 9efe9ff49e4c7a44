"""What is expected of an open item, and what of it is owed by nobody, or contested."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from beancount.loader import load_string
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.expectations import Basis
from beancount_dunning.answers.expectations import Expectation
from beancount_dunning.answers.expectations import ExpectationKind
from beancount_dunning.answers.expectations import expectations
from beancount_dunning.answers.lateness import Lateness
from beancount_dunning.standing.books import read_books
from tests.conftest import load
from tests.strategies import as_of_days
from tests.strategies import ledgers

if TYPE_CHECKING:
    from datetime import date

    from beancount_dunning.standing.books import Books
    from tests.conftest import Ledger
    from tests.strategies import Ledger as Drawn


def found(books: Books, basis: Basis = Basis.PROMISE) -> list[Expectation]:
    lateness = Lateness.of(books) if basis is Basis.HABIT else None
    return list(expectations(books, basis, lateness))


def told(books: Books, basis: Basis = Basis.PROMISE) -> list[str]:
    """Return what is expected, a line for each amount."""
    return [
        f"{one.item.label} {one.amount} {one.kind} {one.day or '-'} {one.held or '-'}"
        for one in found(books, basis)
    ]


def test_credit_is_taken_off_what_it_makes_up_for(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "unreferenced" "unapplied"
    2026-09-14 * "Acme" "First" ^INV-1
      due: 2026-11-30
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-15 * "Acme" "Second" ^INV-2
      due: 2026-12-01
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-20 * "Acme" "Fee" ^INV-2
      charge: "fee"
      due: 2026-12-01
      Assets:Receivable:Acme   40.00 EUR
      Income:Fees
    2026-09-20 * "Acme" "Another fee" ^INV-2
      charge: "fee"
      due: 2026-12-02
      Assets:Receivable:Acme    5.00 EUR
      Income:Fees
    2026-10-01 * "Acme" "On account"
      Assets:Bank             130.00 EUR
      Assets:Receivable:Acme
    2026-11-01 * "Acme" "On account"
      Assets:Bank              90.00 EUR
      Assets:Receivable:Acme
    """
    assert told(ledger.books("2026-10-20")) == [
        "INV-1 100.00 credit - -",
        "INV-2 30.00 credit - -",
        "INV-2 70.00 expected 2026-12-01 -",
        "INV-2, fee 40.00 expected 2026-12-01 -",
        "INV-2, fee 5.00 expected 2026-12-02 -",
    ]
    # What is left of credit when all sales are covered makes up for charges.
    assert told(ledger.books("2026-11-02")) == [
        "INV-1 100.00 credit - -",
        "INV-2 100.00 credit - -",
        "INV-2, fee 20.00 credit - -",
        "INV-2, fee 20.00 expected 2026-12-01 -",
        "INV-2, fee 5.00 expected 2026-12-02 -",
    ]


def test_what_nobody_expects_on_any_day(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Disputed" ^INV-1
      due: 2026-11-30
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-20 note Assets:Receivable:Acme "Wrong" ^INV-1
      dispute: TRUE
    2026-09-14 * "Bolt" "A part is disputed" ^INV-2
      due: 2026-10-14
      Assets:Receivable:Bolt  100.00 EUR
      Income:Services
    2026-09-20 note Assets:Receivable:Bolt "Half is wrong" ^INV-2
      dispute: 50.00 EUR
    2026-09-14 * "Cato" "At a lawyer's" ^INV-3
      due: 2026-10-14
      Assets:Receivable:Cato  100.00 EUR
      Income:Services
    2026-11-14 note Assets:Receivable:Cato "Handed over" ^INV-3
      handed: "lawyer"
    2026-09-14 * "Dash" "Less a discount" ^INV-4
      terms: "2/10 net 90"
      Assets:Receivable:Dash  100.00 EUR
      Income:Services
    2026-09-20 * "Dash" "Paid" ^INV-4
      Assets:Bank              98.00 EUR
      Assets:Receivable:Dash
    2026-09-14 * "Eden" "Undated" ^INV-5
      Assets:Receivable:Eden  100.00 EUR
      Income:Services
    2026-09-14 * "Fred" "On hold" ^INV-6
      due: 2026-12-14
      Assets:Receivable:Fred  100.00 EUR
      Income:Services
    2026-10-14 note Assets:Receivable:Fred "Away" ^INV-6
      hold-until: 2026-12-20
    """
    assert told(ledger.books()) == [
        "INV-2 50.00 dispute - -",
        "INV-2 50.00 overdue - -",
        "INV-3 100.00 handed - hold",
        "INV-1 100.00 dispute - dispute",
        "INV-4 2.00 discount - discount",
        "INV-6 100.00 expected 2026-12-14 hold",
        "INV-5 100.00 undated - -",
    ]
    left_out = [one.kind for one in found(ledger.books()) if one.kind.is_left_out]
    assert len(left_out) == 5


PROMISED = """
    2026-09-14 * "Acme" "Work" ^INV-1
      Assets:Receivable:Acme  300.00 EUR
        due: 2026-11-01
      Assets:Receivable:Acme  300.00 EUR
        due: 2026-12-15
      Assets:Receivable:Acme  50 USD
        due: 2026-12-16
      Income:Services  -600.00 EUR
      Income:Services  -50 USD
    2026-11-05 note Assets:Receivable:Acme "Pays a part" ^INV-1
      promise: 2026-12-20
      amount: 400.00 EUR
    2026-11-10 * "Acme" "The first of it" ^INV-1
      Assets:Bank             50.00 EUR
      Assets:Receivable:Acme
"""


def test_of_a_promised_amount_only_that_is_expected_on_its_day() -> None:
    books = load(PROMISED).books()
    promised = [
        "INV-1 1/3 250.00 expected 2026-12-20 promise",
        "INV-1 2/3 100.00 expected 2026-12-20 promise",
        "INV-1 2/3 200.00 expected 2026-12-15 promise",
        "INV-1 3/3 50 expected 2026-12-16 promise",
    ]
    assert told(books) == promised
    assert told(books, Basis.DUE) == [
        "INV-1 1/3 250.00 overdue - promise",
        "INV-1 2/3 300.00 expected 2026-12-15 promise",
        "INV-1 3/3 50 expected 2026-12-16 promise",
    ]


def test_a_plan_is_what_was_agreed_and_not_what_was_invoiced(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Work" ^INV-1
      due: 2026-12-01
      Assets:Receivable:Acme  300.00 EUR
      Income:Services
    2026-11-05 note Assets:Receivable:Acme "Agreed" ^INV-1
      plan: "2 x 1 month from 2027-01-01"
    """
    assert told(ledger.books()) == [
        "INV-1 1/2 150.00 expected 2027-01-01 -",
        "INV-1 2/2 150.00 expected 2027-02-01 -",
    ]
    assert told(ledger.books(), Basis.DUE) == [
        "INV-1 1/2 150.00 expected 2026-12-01 -",
        "INV-1 2/2 150.00 expected 2026-12-01 -",
    ]


def paid(number: int, late: int) -> str:
    """Write an invoice that was due on 1 June and paid days later."""
    return f"""
    2026-05-01 * "Acme" "Work" ^P-{number}
      due: 2026-06-01
      Assets:Receivable:Acme  9.00 EUR
      Income:Services
    2026-06-{1 + late:02} * "Acme" "Paid" ^P-{number}
      Assets:Bank             9.00 EUR
      Assets:Receivable:Acme
    """


OPEN = """
    2026-11-01 * "Acme" "Work" ^INV-1
      due: $due
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
"""


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        # The median of 2, 4, 6, 8, 20, 25 days late, of the smallest half up to it.
        ("2026-11-25", ("expected", "2026-11-29", "2026-12-01", "2026-12-15")),
        # Six days late: 6, 8, 20 and 25 are left, which is under five.
        ("2026-11-14", ("unusual", "None", "None", "None")),
        # Four days late: 4, 6, 8, 20, 25 are.
        ("2026-11-16", ("expected", "2026-11-22", "2026-11-24", "2026-12-06")),
    ],
)
def test_by_habit(due: str, expected: tuple[str, ...]) -> None:
    lates = [2, 4, 6, 8, 20, 25]
    history = "".join(paid(number, late) for number, late in enumerate(lates))
    (one,) = found(load(history + OPEN.replace("$due", due)).books(), Basis.HABIT)
    assert (one.kind, *map(str, (one.early, one.day, one.late))) == expected


def test_what_is_not_due_is_not_unusual_where_all_pay_early() -> None:
    history = "".join(paid(number, -9) for number in range(5))
    books = load(history + OPEN.replace("$due", "2026-11-25")).books()
    assert told(books, Basis.HABIT) == told(books, Basis.DUE)


@pytest.mark.parametrize("due", ["2026-11-14", "2026-11-25"])
def test_four_payments_are_no_habit_and_the_due_date_counts(due: str) -> None:
    history = "".join(paid(number, 9) for number in range(4))
    books = load(history + OPEN.replace("$due", due)).books()
    assert told(books, Basis.HABIT) == told(books, Basis.DUE)


def test_what_json_has(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Work" ^INV-1
      due: 2026-11-30
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-15 * ""
      Assets:Receivable  5 EUR
      Income:Services
    """
    first, second = (one.as_dict() for one in found(ledger.books()))
    assert first == {
        "invoice": "INV-1",
        "instalment": "1/1",
        "customer": "Acme",
        "currency": "EUR",
        "due": "2026-11-30",
        "amount": "100.00",
        "kind": "expected",
        "expected": "2026-11-30",
        "early": None,
        "late": None,
        "habit": None,
        "payments": None,
        "held": None,
    }
    assert (second["customer"], second["due"], second["kind"]) == (
        None,
        None,
        "undated",
    )


@profile(deadline=None)
@given(ledgers(), as_of_days, st.sampled_from(Basis))
def test_the_parts_of_an_item_are_what_is_open_of_it(
    drawn: Drawn, as_of: date, basis: Basis
) -> None:
    entries, _, options_map = load_string(drawn.text)
    books = read_books(entries, options_map, today=as_of, as_of=as_of)
    sums: dict[str, Decimal] = {}
    credit: dict[tuple[str, str], Decimal] = {}
    for one in found(books, basis):
        key = one.item.identity
        sums[key] = sums.get(key, Decimal()) + one.amount
        assert one.amount > 0
        assert (one.day is not None) == (one.kind is ExpectationKind.EXPECTED)
        assert one.day is None or one.day >= as_of
        if not one.kind.is_left_out:
            whose = one.item.customer, one.item.currency
            credit[whose] = credit.get(whose, Decimal()) + one.amount
    assert sums == {item.identity: item.open for item in books.receivables.items}
    # Nobody expects money that is not owed.
    for whose, amount in credit.items():
        assert amount <= books.balances.owed[whose]
