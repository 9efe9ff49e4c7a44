"""What stands on suspense accounts, and which accounts these are."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount.core.data import Transaction
from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.answers.suspense import parked
from beancount_dunning.answers.suspense import suspense_pattern
from beancount_dunning.ledger.accounts import suspense_accounts
from beancount_dunning.standing.books import read_books
from tests.conftest import load

if TYPE_CHECKING:
    from tests.conftest import Ledger

SUSPENSE = re.compile("Suspense")


def standing(ledger: Ledger) -> list[str]:
    found = parked(ledger.books(), SUSPENSE)
    return sorted(str(entry.narration) for entry, _ in found)


def test_what_goes_on_to_a_receivable_account_is_there_no_more(ledger: Ledger) -> None:
    """
    2026-10-01 * "Acme" "first"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    2026-10-02 * "Acme" "second"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    2026-10-03 * "Acme" "third"
      Assets:Bank          70.00 EUR
      Assets:Suspense
    2026-10-05 * "Acme" "goes on" ^INV-1
      Assets:Suspense     100.00 EUR
      Assets:Receivable
    2026-10-06 * "Acme" "something else"
      Assets:Suspense      70.00 EUR
      Assets:Bank
    2026-10-07 * "Acme" "of another amount"
      Assets:Suspense      20.00 EUR
      Assets:Receivable
    """
    assert standing(ledger) == ["second", "third"]


COMES = """\
2026-10-{day:02} * "{payee}" "{said}"
  Assets:Bank      {amount}.00 EUR
  Assets:Suspense
"""
GOES = """\
2026-10-{day:02} * {said}
  Assets:Suspense  100.00 EUR
  {account}
"""


def comes(day: int, payee: str, said: str = "", amount: int = 100) -> str:
    return COMES.format(day=day, payee=payee, said=said, amount=amount)


def goes(day: int, said: str, account: str = "Assets:Receivable") -> str:
    return GOES.format(day=day, said=said, account=account)


@pytest.mark.parametrize(
    "goes_on",
    [
        goes(5, '"Somebody" "assigned" ^INV-2'),
        goes(5, '"assigned"\n  invoice: "INV-2"'),
        goes(5, '"assigned"', "Assets:Receivable:Bolt"),
        goes(5, '"BOLT" "assigned" ^INV-3'),
    ],
)
def test_of_several_that_goes_on_which_is_named(goes_on: str) -> None:
    text = comes(1, "Acme", "- INV-1") + comes(2, "Bolt", "INV-2")
    books = load(text + comes(3, "Cedar") + goes_on).books()
    assert [entry.payee for entry, _ in parked(books, SUSPENSE)] == ["Acme", "Cedar"]


def test_a_name_stands_for_one_payment_after_the_other() -> None:
    text = comes(1, "Bolt", "INV-1") + comes(2, "Acme") + comes(3, "Bolt", "INV-2")
    bolt = '"Bolt" "assigned"'
    for goes_on, left in (
        ("", [1, 2, 3]),
        (goes(5, f"{bolt} ^INV-2"), [1, 2]),
        (goes(5, bolt), [2, 3]),
        (goes(5, f"{bolt} ^INV-1") + goes(6, bolt), [2]),
        (goes(5, bolt) + goes(6, bolt) + goes(7, bolt), []),
    ):
        found = parked(load(text + goes_on).books(), SUSPENSE)
        assert [entry.date.day for entry, _ in found] == left


def test_without_a_name_it_is_the_oldest_on_the_account() -> None:
    text = comes(1, "Acme") + comes(2, "Cedar") + comes(3, "Dune", amount=7)
    gone = goes(5, '"Bolt" "assigned"')
    for goes_on, left in (
        (gone, [2, 3]),
        (gone.replace("Susp", "Old-Susp"), [1, 2, 3]),
    ):
        found = parked(load(text + goes_on).books(), SUSPENSE)
        assert [entry.date.day for entry, _ in found] == left


@pytest.mark.parametrize(
    ("then", "left"),
    [
        (comes(3, "Bolt", "Direct debit"), []),
        (comes(3, "Bank", "for INV-1"), []),
        (comes(3, "Bolt") + comes(4, "Bolt", "for INV-1"), [4]),
        (comes(3, "Bolt") + goes(4, '"Bolt"') + comes(5, "Bolt", "INV-1"), []),
        # Of another, on another account, or of another amount.
        (comes(3, "Acme"), [3]),
        (comes(3, "Bolt").replace("Suspense", "Suspense:Old"), [3]),
        (comes(3, "Bolt", amount=99), [3]),
    ],
)
def test_what_was_given_on_before_it_comes_is_not_there(
    then: str, left: list[int]
) -> None:
    """A bank that collects the money owes it until then."""
    text = comes(1, "Cedar", amount=7) + goes(2, '"Bolt" "Direct debit" ^INV-1')
    books = load(text + then).books()
    found = [entry.date.day for entry, _ in parked(books, SUSPENSE)]
    assert found == [1, *left]


def test_what_was_given_on_is_forgotten_once_all_is_even() -> None:
    text = goes(1, '"Bolt" "Direct debit"') + comes(2, "Bank", "all")
    for then, left in (("", []), (comes(3, "Bolt"), [3])):
        found = parked(load(text + then).books(), SUSPENSE)
        assert [entry.date.day for entry, _ in found] == left


def test_the_order_of_a_day_makes_no_difference() -> None:
    rows = [
        comes(1, "Bolt", "comes"),
        goes(1, '"Bolt" "goes on"'),
        comes(1, "Acme", "stays", 70),
        COMES.format(day=1, payee="Shop", said="paid back", amount=-70),
        comes(1, "Cedar", "stays, too", 50),
    ]
    for some in permutations(rows):
        found = parked(load("".join(some)).books(), SUSPENSE)
        left = sorted(str(entry.narration) for entry, _ in found)
        assert left == ["stays", "stays, too"]


def test_what_comes_to_nothing_is_there_no_more(ledger: Ledger) -> None:
    """
    2026-10-01 * "Acme" "first"
      Assets:Bank         100.00 EUR
      Assets:Suspense
    2026-10-02 * "Acme" "second"
      Assets:Bank          50.00 EUR
      Assets:Suspense
    2026-10-02 * "Acme" "in dollars"
      Assets:Bank          50.00 USD
      Assets:Suspense
    2026-10-05 * "Acme" "both"
      Assets:Suspense     150.00 EUR
      Assets:Receivable  -149.00 EUR
      Income:Rounding
    2026-10-06 * "Acme" "third"
      Assets:Bank          70.00 EUR
      Assets:Suspense
    """
    assert standing(ledger) == ["in dollars", "third"]


def test_what_moves_between_suspense_accounts_is_still_there(ledger: Ledger) -> None:
    """
    2026-10-01 * "Acme" "first"
      Assets:Bank           100.00 EUR
      Assets:Suspense:New
    2026-10-02 * "Acme" "moved"
      Assets:Suspense:New   100.00 EUR
      Assets:Suspense:Old
    """
    assert standing(ledger) == ["first"]


def test_another_plugin_may_put_anything_into_postings(ledger: Ledger) -> None:
    """
    2026-10-01 * "Acme" "first"
      Assets:Bank           100.00 EUR
      Assets:Suspense
    """
    (entry,) = (one for one in ledger.entries if isinstance(one, Transaction))
    names: list[Any] = [[], 12]
    postings = [entry.postings[0]._replace(account=name) for name in names]
    several: list[Any] = [None, [None], [12], *([one] for one in postings)]
    for strange in several:
        other = entry._replace(postings=strange, narration="strange")
        books = read_books([other, entry], ledger.options, today=date(2026, 11, 20))
        assert suspense_pattern(books)
        assert [one for one, _ in parked(books, SUSPENSE)] == [entry]


@given(st.lists(st.tuples(st.sampled_from([10, 20, 30]), st.booleans()), max_size=8))
def test_each_payment_that_goes_on_leaves_the_others(
    payments: list[tuple[int, bool]],
) -> None:
    text = ""
    for number, (amount, goes_on) in enumerate(payments):
        text += (
            f'2026-10-01 * "Acme" "{number}"\n  Assets:Bank  {amount}.00 EUR\n'
            "  Assets:Suspense\n"
        )
        if goes_on:
            text += (
                f'2026-10-02 * "Acme"\n  Assets:Suspense  {amount}.00 EUR\n'
                "  Assets:Receivable\n"
            )
    found = parked(load(text).books(), SUSPENSE)
    left = sorted(Decimal(amount) for amount, goes_on in payments if not goes_on)
    units: list[Any] = [posting.units for _, posting in found]
    assert sorted(-one.number for one in units) == left


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("Assets:Suspense", True),
        ("Liabilities:Bank-Clearing:Old", True),
        ("Equity:Uncategorised", True),
        ("Assets:Klaerung", True),
        ("Assets:Ungeklärt", True),
        ("Assets:Verrechnungskonto", True),
        ("Liabilities:Durchlaufende-Posten", True),
        ("Actifs:Compte-d-Attente", True),
        ("Assets:Sospesi", True),
        ("Assets:仮受金", True),
        ("Assets:暂收款", True),
        ("Assets:Bank", False),
        ("Suspense:Bank", False),
    ],
)
def test_suspense_accounts_are_known_by_their_names(name: str, *, is_one: bool) -> None:
    found = suspense_accounts({name: None, "Assets:Cash": None})
    assert found == ({name} if is_one else set())


def test_a_receivable_account_is_none(ledger: Ledger) -> None:
    """
    2026-10-01 * "Acme" "Website"
      Assets:Receivable:Clearing  100.00 EUR
      Income:Sales
    """
    assert suspense_pattern(ledger.books()) is None


def test_nor_is_what_sales_are_debited_to(ledger: Ledger) -> None:
    """
    2026-10-01 * "Shop" "Sale by card"
      Assets:Clearing       100.00 EUR
      Income:Sales
    2026-10-03 * "CARDS Inc." "Payout"
      Assets:Bank            97.00 EUR
      Expenses:Fees           3.00 EUR
      Assets:Clearing      -100.00 EUR
    2026-10-03 * "Acme" "?"
      Assets:Bank            97.00 EUR
      Assets:Suspense
    2026-10-04 * "Acme" "Sold after all"
      Assets:Suspense        97.00 EUR
      Equity:Opening
    2026-10-05 * "A refund" "is no sale"
      Income:Sales           10.00 EUR
      Assets:Suspense
    """
    found = suspense_pattern(ledger.books())
    assert found
    assert found.search("Assets:Suspense")
    assert not found.search("Assets:Suspense:Below")
    assert not found.search("Assets:Clearing")
