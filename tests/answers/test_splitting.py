"""Payments that are split: what they then settle, and when they stay as they are."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount.core.amount import Amount
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers import proposals
from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.linking import Link
from beancount_dunning.answers.linking import linked_entry
from beancount_dunning.answers.matching import Assignment
from beancount_dunning.answers.matching import Verdict
from beancount_dunning.answers.matching import match
from beancount_dunning.answers.splitting import split_entries
from tests.conftest import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beancount_dunning.answers.matching import Match
    from beancount_dunning.standing.books import Books
    from tests.conftest import Ledger

SUSPENSE = re.compile("Suspense")


def refused(books: Books) -> list[Match]:
    """Return the payments whose invoices one posting cannot name."""
    found = []
    for one in match(books, suspense=SUSPENSE).payments:
        if one.verdict is not Verdict.ASK:
            try:
                linked_entry(books, Link.of(one))
            except RefusedError:
                found.append(one)
    return found


def split(books: Books) -> str:
    """Return what is to be pasted for the one payment that has to be split."""
    (one,) = refused(books)
    (entry,) = split_entries(books, [one]).values()
    return "\n" + proposals.as_text(entry)


def test_invoices_on_several_accounts_get_a_posting_each(ledger: Ledger) -> None:
    """
    2026-10-01 * "Alpha" "Work" ^INV-2026-101
      terms: "net 5"
      Assets:Receivable:Alpha  1190.00 EUR
      Income:Sales
    2026-10-01 * "Beta" "Work" ^INV-2026-102
      terms: "50% net 10, 50% net 20"
      Assets:Receivable:Beta    595.00 EUR
      Income:Sales
    2026-10-20 * "Holding" "INV-2026-101, INV-2026-102" #bank
      Assets:Bank              1785.00 EUR
      Assets:Suspense
    """
    assert (
        split(ledger.books())
        == """
2026-10-20 * "Holding" "INV-2026-101, INV-2026-102" #bank
  Assets:Bank               1785.00 EUR
  Assets:Receivable:Alpha  -1190.00 EUR
    invoice: "INV-2026-101"
  Assets:Receivable:Beta    -595.00 EUR
    invoice: "INV-2026-102"
"""
    )


PAID_IN_PART = """
2026-10-02 * "Gamma" "Work" ^INV-2026-103
  Assets:Receivable  100.00 EUR
  Income:Sales
2026-10-02 * "Delta" "Work" ^INV-2026-104
  Assets:Receivable  {open}.00 EUR
  Income:Sales
2026-10-20 * "Gamma" "INV-2026-103 and INV-2026-104 for Delta"
  Assets:Bank        300.00 EUR
  Assets:Receivable{end}
"""


def test_what_is_settled_already_stays_and_the_customer_is_named() -> None:
    text = PAID_IN_PART.format(open=200, end="  -300.00 EUR\n    bank: 7")
    assert (
        split(load(text).books())
        == """
2026-10-20 * "Gamma" "INV-2026-103 and INV-2026-104 for Delta"
  Assets:Bank         300.00 EUR
  Assets:Receivable  -200.00 EUR
    bank: 7
    invoice: "INV-2026-104"
    customer: "Delta"
  Assets:Receivable  -100.00 EUR
    bank: 7
"""
    )


@pytest.mark.parametrize(
    ("open_", "assigned"),
    [
        # Gamma's own invoice would be open again.
        ("300", "300"),
        # More than is open would only be Delta's credit.
        ("150", "200"),
    ],
)
def test_a_split_has_to_settle_what_it_is_for(open_: str, assigned: str) -> None:
    books = load(PAID_IN_PART.format(open=open_, end="")).books()
    (one,) = match(books).payments
    (item,) = (item for item in books.receivables.items if item.customer == "Delta")
    more = replace(one, assignments=(Assignment(item, Decimal(assigned)),))
    assert split_entries(books, [more]) == {}


@pytest.mark.parametrize(
    "changed",
    [
        {"meta": {"customer": "Gamma"}},
        {"meta": {"invoice": "INV-2026-103"}},
        {"price": Amount(Decimal("1.10"), "USD")},
        {"units": Amount(Decimal("-300.00"), "USD")},
    ],
)
def test_what_a_posting_says_itself_stays(changed: dict[str, Any]) -> None:
    books = load(PAID_IN_PART.format(open=200, end="")).books()
    (one,) = refused(books)
    other = replace(one, posting=one.posting._replace(**changed))
    assert split_entries(books, [other]) == {}


def test_what_has_no_reference_cannot_be_named(ledger: Ledger) -> None:
    """
    2026-10-01 * "Alpha" "Work"
      Assets:Receivable:Alpha  10.00 EUR
      Income:Sales
    2026-10-20 * "Alpha" "Thank you"
      Assets:Bank              10.00 EUR
      Assets:Suspense
    """
    books = ledger.books()
    assert split_entries(books, refused(books)) == {}


def test_of_a_transaction_one_posting_is_split(ledger: Ledger) -> None:
    """
    2026-10-01 * "Alpha" "Work" ^INV-2026-101
      Assets:Receivable:Alpha  10.00 EUR
      Income:Sales
    2026-10-01 * "Beta" "Work" ^INV-2026-102
      Assets:Receivable:Beta   20.00 EUR
      Income:Sales
    2026-10-20 * "Holding" "INV-2026-101, INV-2026-102"
      Assets:Bank              30.00 EUR
      Assets:Suspense
    """
    books = ledger.books()
    (one,) = refused(books)
    assert [*split_entries(books, [one, replace(one)])] == [id(one)]


_NAMES = ("INV-2026-101", "INV-2026-102", "INV-2026-103")
_accounts = st.sampled_from(
    ("Assets:Receivable:Alpha", "Assets:Receivable:Beta", "Assets:Receivable")
)
_amounts = st.sampled_from(("100.00", "200.00", "300.00"))
_invoices = st.builds(
    '2026-10-0{} * "{}" "Work" ^{}\n  {}  {} EUR\n  Income:Sales\n'.format,
    st.integers(1, 9),
    st.sampled_from(("Alpha", "Beta", "Gamma")),
    st.sampled_from(_NAMES),
    _accounts,
    _amounts,
)
_payments = st.builds(
    '2026-10-1{} * "{}" "{}"\n  Assets:Bank  {} EUR\n  {}\n'.format,
    st.integers(1, 9),
    st.sampled_from(("Alpha", "Gamma", "Holding")),
    st.lists(st.sampled_from(_NAMES), min_size=1, max_size=3).map(" ".join),
    st.sampled_from(("200.00", "300.00", "400.00", "500.00")),
    st.one_of(_accounts, st.just("Assets:Suspense")),
)


def owed(books: Books) -> Mapping[str, Decimal]:
    return {item.identity: item.open for item in books.receivables.items}


@profile(deadline=None, max_examples=60)
@given(
    st.lists(_invoices, min_size=2, max_size=4),
    st.lists(_payments, min_size=1, max_size=3),
)
def test_nobody_owes_more_when_it_is_pasted(
    invoices: list[str], payments: list[str]
) -> None:
    text = "".join(sorted([*invoices, *payments]))
    books = load(text).books("2026-11-01")
    before = owed(books)
    for one in refused(books):
        for entry in split_entries(books, [one]).values():
            lines = text.splitlines()
            del lines[one.lineno - 1 : one.lineno + 2]
            pasted = "\n".join([*lines, proposals.as_text(entry)])
            after = load(pasted).books("2026-11-01")
            for what, amount in owed(after).items():
                assert amount <= before.get(what, 0)
            assert sum(owed(after).values()) < sum(before.values())
