"""Which share of a bucket is lost in the end: by hand, and by another way to it."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from datetime import date
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from beancount.core.data import Transaction
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers import roll_rates as module
from beancount_dunning.answers.roll_rates import RollRate
from beancount_dunning.answers.roll_rates import roll_rates
from tests.conftest import Ledger
from tests.conftest import load

AS_OF = "2026-11-30"


def sale(name: str, due: date, more: str = "") -> str:
    return (
        f'{due} * "Acme" "Sale" ^{name}\n  due: {due}\n'
        f"  Assets:Receivable:Acme  100.00 EUR\n  Income:Services\n{more}"
    )


def credit(name: str, day: date, account: str, amount: int = 100) -> str:
    return (
        f'{day} * "Acme" "Settled" ^{name}\n  {account}  {amount}.00 EUR\n'
        "  Assets:Receivable:Acme\n"
    )


def many(
    prefix: str, count: int, due: date, end: date | None, account: str = "Assets:Bank"
) -> str:
    """Return several invoices that were settled alike."""
    return "".join(
        sale(name, due, credit(name, end, account) if end else "")
        for name in (f"{prefix}-{number}" for number in range(count))
    )


# On 30 June: all of it in 1-30. By 31 July 12 are paid, by 31 August 3 and 5 rolled on.
BOOKS = (
    many("A", 12, date(2026, 6, 15), date(2026, 7, 10))
    + many("B", 10, date(2026, 6, 15), date(2026, 8, 10))
    + many("C", 6, date(2026, 6, 15), date(2026, 10, 20))
    + many("D", 4, date(2026, 6, 15), date(2026, 10, 25), "Expenses:Bad-Debts")
)


def test_what_rolls_on_is_lost_like_what_was_there_before() -> None:
    found = roll_rates(load(BOOKS).books(AS_OF), 12)["EUR"]
    # Of the ten in 91+ on 30 September four were written off.
    assert found["91+"] == RollRate(10, Fraction(4, 10))
    # On 31 August the ten were 77 days overdue, and all rolled on.
    assert found["61-90"] == RollRate(10, Fraction(4, 10))
    # On 31 July it was twenty: ten were paid, and ten rolled on.
    assert found["31-60"] == RollRate(20, Fraction(2, 10))
    # On 30 June it was 32, of which twelve were paid.
    assert found["1-30"] == RollRate(32, Fraction(20, 32) * Fraction(2, 10))
    assert "not due" not in found


def test_only_what_left_in_these_months_counts() -> None:
    books = load(BOOKS).books(AS_OF)
    # From the end of August on.
    found = roll_rates(books, 3)["EUR"]
    assert list(found) == ["91+", "61-90"]
    assert roll_rates(books, 1) == {}


@pytest.mark.parametrize(("count", "expected"), [(10, Fraction(1, 1)), (9, None)])
def test_under_ten_parts_say_too_little(count: int, expected: Fraction | None) -> None:
    lost = many("E", count, date(2026, 3, 10), date(2026, 8, 20), "Expenses:Bad-Debts")
    found = roll_rates(load(lost).books(AS_OF), 12)["EUR"]
    assert [found["91+"].rate, found["61-90"].rate] == [expected, expected]
    known = {"91+": Fraction(1, 2)}
    found = roll_rates(load(lost).books(AS_OF), 12, known)["EUR"]
    assert found["91+"] == RollRate(count, Fraction(1, 2))
    assert found["61-90"].rate == (expected and Fraction(1, 2))


def test_a_given_rate_stands_in_for_a_bucket_of_which_nothing_is_known() -> None:
    rolled = many("F", 10, date(2026, 8, 20), None)
    books = load(rolled).books(AS_OF)
    assert roll_rates(books, 12)["EUR"]["31-60"].rate is None
    found = roll_rates(books, 12, {"61-90": Fraction(1, 4), "91+": Fraction(1)})["EUR"]
    assert found["61-90"] == RollRate(10, Fraction(1, 4))
    assert found["91+"] == RollRate(0, Fraction(1))
    assert found["31-60"].rate == Fraction(1, 4)


def test_what_is_no_loss_and_no_payment_is_left_out(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "terms" "2/10 net 30"
    2026-06-01 * "Acme" "A discount that was taken" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-06-08 * "Acme" "Paid" ^INV-1
      Assets:Bank              98.00 EUR
      Assets:Receivable:Acme
    2026-08-05 * "Acme" "Discount" ^INV-1
      Expenses:Discounts        2.00 EUR
      Assets:Receivable:Acme
    2026-06-01 * "Acme" "Credited" ^INV-2
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-08-05 * "Acme" "Credit note" ^INV-2
      Income:Services         100.00 EUR
      Assets:Receivable:Acme
    2026-06-01 * "Acme" "Undated" ^INV-3
      due: "never"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-08-05 * "Acme" "Given up" ^INV-3
      Expenses:Bad-Debts      100.00 EUR
      Assets:Receivable:Acme
    2026-06-01 * "Acme" "Came back" ^INV-4
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-07-05 * "Acme" "Paid" ^INV-4
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    2026-07-10 * "Acme" "Payment returned" ^INV-4
      Assets:Receivable:Acme  100.00 EUR
      Assets:Bank
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "ENOUGH", 1)
        found = roll_rates(ledger.books(AS_OF), 12)["EUR"]
    # The discount and the credit note leave nothing; what came back rolls on, on the
    # last of August 61 days overdue.
    assert {name: one.parts for name, one in found.items()} == {
        "not due": 3,
        "1-30": 1,
        "61-90": 1,
    }


def test_what_came_back_did_not_stand_in_the_bucket() -> None:
    due = date(2026, 6, 15)
    back = (
        '2026-07-10 * "Acme" "Payment returned" ^{name}\n'
        "  Assets:Receivable:Acme  40.00 EUR\n  Assets:Bank\n"
    )
    returned = "".join(
        sale(name, due, credit(name, date(2026, 6, 20), "Assets:Bank", 40))
        + back.format(name=name)
        + credit(name, date(2026, 8, 10), "Assets:Bank")
        for name in (f"R-{number}" for number in range(10))
    )
    lost = many("L", 10, due, date(2026, 7, 10), "Expenses:Bad-Debts")
    found = roll_rates(load(returned + lost).books(AS_OF), 12)["EUR"]
    # On 30 June ten times 60 and ten times 100 were open: 1000 of 1600 were lost.
    assert found["1-30"] == RollRate(20, Fraction(1000, 1600))


def month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


ENDS = [month_end(2026, month) for month in range(5, 11)]
DUE = st.integers(0, 200).map(lambda days: date(2026, 3, 1) + timedelta(days=days))


Sales = list[tuple[date, list[tuple[int, str, int]]]]
LOST = "Expenses:Bad-Debts"


def written(sales: Sales) -> str:
    """Return a ledger of sales, each settled in parts that may be too much."""
    # Whatever is given up is no rest too small to ask for.
    text = '2026-01-01 custom "dunning-option" "minimum" 0.01 EUR\n'
    for number, (due, credits_) in enumerate(sales):
        left = 100
        text += sale(f"S-{number}", due)
        for days, account, amount in sorted(credits_):
            taken = min(left, amount)
            left -= taken
            if taken:
                day = due + timedelta(days=days)
                text += credit(f"S-{number}", day, account, taken)
    return text


def given_up(ledger: Ledger, invoice: str | None, first: date, last: date) -> Fraction:
    """Return what was written off of an invoice between two days."""
    units: list[Any] = [
        posting.units
        for entry in ledger.entries
        if isinstance(entry, Transaction)
        and invoice in entry.links
        and first < entry.date <= last
        for posting in entry.postings
        if posting.account == LOST
    ]
    return sum((Fraction(one.number) for one in units), Fraction())


def flows(ledger: Ledger) -> dict[str, dict[str, Fraction]]:
    """Return where what stood in each bucket went, by the reports of all the months."""
    found: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for first, last in pairwise(ENDS):
        then = {one.item.invoice: one for one in ledger.report(last).items}
        for one in ledger.report(first).items:
            gone = Fraction(one.item.open)
            now = then.get(one.item.invoice)
            if now:
                gone -= Fraction(now.item.open)
                if now.bucket != one.bucket:
                    found[one.bucket][now.bucket] += Fraction(now.item.open)
            lost = given_up(ledger, one.item.invoice, first, last)
            found[one.bucket]["lost"] += lost
            found[one.bucket]["paid"] += gone - lost
    return found


def lost_of(bucket: str, there: dict[str, dict[str, Fraction]]) -> Fraction | None:
    """Follow a unit in a bucket until it is paid or lost; None where it stays."""
    lost, units = Fraction(), {bucket: Fraction(1)}
    while units:
        name, amount = units.popitem()
        out = {to: flow for to, flow in there[name].items() if flow}
        if not out:
            return None
        for to, flow in out.items():
            share = amount * flow / sum(out.values())
            if to == "lost":
                lost += share
            elif to != "paid":
                units[to] = units.get(to, Fraction()) + share
    return lost


@profile(deadline=None)
@given(
    sales=st.lists(
        st.tuples(
            DUE,
            st.lists(
                st.tuples(
                    st.integers(1, 150),
                    st.sampled_from(["Assets:Bank", LOST]),
                    st.integers(1, 100),
                ),
                max_size=3,
            ),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_reports_of_all_the_months_say_the_same(sales: Sales) -> None:
    ledger = load(written(sales))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "ENOUGH", 1)
        found = roll_rates(ledger.books(ENDS[-1]), len(ENDS) - 1).get("EUR", {})
    there = flows(ledger)
    assert {name for name, out in there.items() if any(out.values())} == set(found)
    for bucket, one in found.items():
        assert one.rate == lost_of(bucket, there)
