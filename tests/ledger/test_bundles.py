"""What does not hang together is settled apart, and nobody can tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from beancount.loader import load_string
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from beancount_dunning.ledger import receivables
from beancount_dunning.ledger.bundles import take_apart
from beancount_dunning.ledger.postings import PostingReader
from beancount_dunning.ledger.sums import OpenPostings
from tests import strategies
from tests import untidy
from tests.conftest import Ledger
from tests.conftest import load
from tests.ledger.test_plan_model import ledgers
from tests.ledger.test_plan_model import on

if TYPE_CHECKING:
    from tests.ledger.test_plan_model import Facts

_AS_OF = date(2026, 11, 20)
_TWO = """
2026-01-05 * "Acme" "Website" ^INV-1
  Assets:Receivable   100.00 EUR
  Income:Services
2026-01-06 * "Acme" "Website" ^INV-2
  Assets:Receivable   100.00 EUR
  Income:Services
"""


def together(ledger: Ledger, *names: str) -> list[set[str]]:
    """Return the invoices, or the customers of what names none, of each bundle."""
    reader = PostingReader(ledger.settings())
    postings = OpenPostings(ledger.entries, reader, _AS_OF, None)
    found = []
    for bundle in take_apart(postings, reader, names):
        loose = [*bundle.loose_debits, *bundle.loose_credits]
        credited = [name for _, several in bundle.spread_credits for name in several]
        found.append(
            {*bundle.debits, *bundle.credits, *credited, *map(reader.customer, loose)}
        )
    return found


def test_a_bundle_is_an_invoice_and_what_is_paid_on_it(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" "Website" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:Services
    2026-01-06 * "Acme" "Website" ^INV-2
      Assets:Receivable   100.00 EUR
      Income:Services
    2026-01-07 * "Beta" "Website" ^INV-3
      Assets:Receivable   100.00 EUR
      Income:Services
    2026-01-08 * "Beta" "Paid for Acme" ^INV-1
      Assets:Receivable   -10.00 EUR
      Assets:Bank
    """
    assert together(ledger, "INV-2", "INV-1") == [
        {"INV-1"},
        {"INV-2"},
        {"INV-3"},
    ]
    assert together(ledger, "INV-1") == [{"INV-1"}, {"INV-2", "INV-3"}]


@pytest.mark.parametrize(
    ("posted", "whole"),
    [
        ('"Paid" ^INV-1 ^INV-2\n  Assets:Receivable  -1 EUR', {"INV-1", "INV-2"}),
        ('"Paid"\n  Assets:Receivable  -1 EUR', {"INV-1", "INV-2", "Acme"}),
        ('"Paid"\n  Assets:Receivable  -1 USD', {"INV-1"}),
        ('"Paid"\n  Assets:Receivable:Other  -1 EUR', {"INV-1"}),
    ],
)
def test_a_bundle_is_what_a_credit_may_settle(posted: str, whole: set[str]) -> None:
    ledger = load(_TWO + f'2026-01-09 * "Acme" {posted}\n  Assets:Bank\n')
    assert whole in together(ledger, "INV-1")


@pytest.mark.parametrize(
    ("payer", "currency", "whole"),
    [
        ("Acme", "EUR", {"INV-1", "Acme"}),
        ("Someone", "EUR", {"INV-1", "Someone"}),
        ("Beta", "EUR", {"INV-1"}),
        ("Acme", "USD", {"INV-1"}),
    ],
)
def test_what_a_payment_leaves_over_is_the_customers_or_the_payers(
    payer: str, currency: str, whole: set[str]
) -> None:
    paid = """
2026-01-08 * "Someone" "Paid" ^INV-1
  Assets:Receivable   -200.00 EUR
  Assets:Bank
"""
    refund = f"""
2026-01-09 * "{payer}" "Refund"
  Assets:Receivable   1.00 {currency}
  Assets:Bank
"""
    assert whole in together(load(_TWO + paid + refund), "INV-1")


def check(ledger: Ledger, as_of: date) -> None:
    """Compare what is settled apart with all of it settled at once."""
    found = ledger.receivables(as_of)
    with patch.object(receivables, "take_apart", lambda postings, *_: [postings]):
        assert ledger.receivables(as_of) == found


@settings(deadline=None)
@given(ledgers(plainly=False), st.integers(0, 110))
def test_plans_make_the_same_of_what_is_apart(facts: Facts, day: int) -> None:
    check(Ledger(*load_string(facts.text)), on(day))


@st.composite
def with_plans(draw: st.DrawFn) -> strategies.Ledger:
    """Draw untidy books with plans, and with debits for what was paid too much."""
    books = draw(untidy.untidy(days_apart=False))
    credits_ = [fact for fact in books.facts if fact.is_credit]
    refunds = [
        replace(fact, number=fact.number[1:], links=(), narration="Refund", text="")
        for fact in credits_
        if draw(st.booleans())
    ]
    plans = []
    for fact in books.facts:
        for link in () if fact.is_credit else fact.links:
            for days in draw(st.lists(st.integers(0, 60), max_size=2, unique=True)):
                day = fact.day + timedelta(days)
                head = f'{day} note {fact.account} "Agreed" ^{link}'
                first, last = day + timedelta(10), day + timedelta(30)
                said = f'  plan: "30.00 on {first}, rest on {last}"'
                block = strategies.Block(day, (head, said, "  default-after: 7"))
                plans.append(block)
    blocks = books.with_(*refunds).ledger.blocks
    return strategies.Ledger((*blocks, *plans))


@settings(deadline=None)
@given(with_plans(), untidy.as_of_days)
def test_plans_make_the_same_of_untidy_books(
    books: strategies.Ledger, day: date
) -> None:
    check(Ledger(*load_string(books.text)), day)
