"""What stands on suspense accounts, and which accounts these are."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount.core.data import Transaction
from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.answers.suspense import parked
from beancount_dunning.ledger.accounts import suspense_pattern
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
        assert suspense_pattern(books.settings.accounts)
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
    found = suspense_pattern({name: None, "Assets:Cash": None})
    assert bool(found) is is_one
    if found:
        assert found.search(name)
        assert not found.search(f"{name}:Below")
        assert not found.search("Assets:Cash")


def test_a_receivable_account_is_none(ledger: Ledger) -> None:
    """
    2026-10-01 * "Acme" "Website"
      Assets:Receivable:Clearing  100.00 EUR
      Income:Sales
    """
    assert suspense_pattern(ledger.books().settings.accounts) is None
