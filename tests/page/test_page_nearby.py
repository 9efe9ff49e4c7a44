"""What is about a customer or an invoice: the same as in books of everything."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from beancount.core.data import Transaction
from beancount.loader import load_string
from fava_dunning.nearby import Nearby
from hypothesis import given
from hypothesis import settings as profile
from hypothesis.strategies import booleans

from beancount_dunning.answers.customer_story import tell_customer
from beancount_dunning.answers.paid import invoiced
from beancount_dunning.answers.story import tell
from beancount_dunning.ledger.names import folded
from beancount_dunning.standing.books import read_books
from tests.strategies import as_of_days
from tests.strategies import ledgers

if TYPE_CHECKING:
    from beancount_dunning.answers.customer_story import CustomerStory
    from beancount_dunning.answers.story import Story
    from beancount_dunning.standing.books import Books
    from tests.conftest import Ledger
    from tests.strategies import Ledger as Drawn


def _said(story: CustomerStory | Story | None) -> object:
    """Return what a story says, but for how a name is spelled elsewhere."""
    if story is None:
        return None
    said = story.as_dict()
    for part in (said, *said["items"]):
        part["customer"] = folded(part["customer"] or "")
    return said


def _customers(books: Books) -> set[str]:
    found = books.receivables
    items = {one.customer for one in found.all_items}
    return items.union(one.customer for one in found.unapplied)


@profile(deadline=None)
@given(ledgers(), as_of_days, booleans())
def test_it_is_what_books_of_everything_say(
    drawn: Drawn,
    as_of: date,
    is_read: bool,  # noqa: FBT001 - hypothesis passes it
) -> None:
    """Whether or not all settled items were read already."""
    entries, _, options = load_string(drawn.text)
    books = read_books(entries, options, today=date.max, as_of=as_of)
    whole = books.with_settled(None)
    nearby = Nearby(whole if is_read else books)
    for name in _customers(whole):
        near = nearby.customer(name)
        assert near.has_settled
        assert near.with_settled(None) is near
        assert {folded(one) for one in _customers(near)} == {folded(name)}
        assert _said(tell_customer(near, name)) == _said(tell_customer(books, name))
    for item in whole.receivables.all_items:
        if item.invoice:
            found = nearby.invoice(item.invoice)
            assert found is not None
            near, experience = found
            assert {one.invoice for one in near.receivables.all_items} == {item.invoice}
            story = tell(near, item.invoice, experience)
            assert _said(story) == _said(tell(books, item.invoice))


def test_a_customer_has_accounts_of_its_own_and_shares_others(ledger: Ledger) -> None:
    """
    2026-01-05 * "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-06 * "Logo" ^INV-2
      Assets:Receivable:Bolt   70.00 EUR
      Income:Services
    2026-01-07 * "Cards" ^INV-3
      Assets:Receivable:Bolt    5.00 EUR
        customer: "Acme"
      Income:Services
    2026-01-08 * "ACME" "Paid" ^INV-1
      Assets:Receivable:Acme -100.00 EUR
      Assets:Bank
    2026-01-09 * "Shop" "Supplies"
      Income:Services          10.00 EUR
      Assets:Bank
    2026-01-10 note Assets:Receivable:Bolt "Called" ^INV-2
    """
    nearby = Nearby(ledger.books())
    acme = nearby.customer("acme")
    assert [one.invoice for one in invoiced(acme)] == ["INV-1", "INV-3"]
    bolt = nearby.customer("Bolt")
    assert [one.invoice for one in invoiced(bolt)] == ["INV-2"]
    assert set(bolt.log.entries) == {"INV-2"}
    # Both are on accounts that Acme may use; so the shop is left out.
    said = {one.narration for one in acme.entries if isinstance(one, Transaction)}
    assert said == {"Website", "Logo", "Cards", "Paid"}
    assert nearby.customer("Nobody").receivables.all_items == ()
    assert nearby.invoice("INV-9") is None
    found = nearby.invoice("INV-1")
    assert found is not None
    assert found[0].log.entries == {}


def test_credit_on_another_account_is_told_of_an_invoice(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" "Website" ^INV-1
      Assets:Receivable       100.00 EUR
      Income:Services
    2026-01-06 * "Acme" "In advance"
      Assets:Receivable:Acme  -40.00 EUR
      Assets:Bank
    """
    books = ledger.books()
    found = Nearby(books).invoice("INV-1")
    assert found is not None
    story = _said(tell(found[0], "INV-1"))
    assert story == _said(tell(books, "INV-1"))
    assert "Unapplied credit of 2026-01-06: 40.00 EUR" in str(story)


def test_whose_a_credit_is_depends_on_other_accounts_too(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" "Website" ^INV-1
      Assets:Receivable       100.00 EUR
      Income:Services
    2026-01-06 * "Bolt" "Logo" ^INV-1
      Assets:Receivable:Bolt   70.00 EUR
      Income:Services
    2026-01-08 * "Bolt" "Paid" ^INV-1
      Assets:Receivable      -100.00 EUR
      Assets:Bank
    """
    books = ledger.books()
    (item,) = Nearby(books).customer("Acme").receivables.all_items
    assert item.open == 100
    assert item in books.receivables.items


def test_what_an_invoice_gets_of_a_credit_depends_on_them_too(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" "Website" ^INV-1
      Assets:Receivable       100.00 EUR
      Income:Services
    2026-01-06 * "Bolt" "Logo" ^INV-2
      Assets:Receivable:Bolt   70.00 EUR
      Income:Services
    2026-01-08 * "Bolt" "Paid" ^INV-1 ^INV-2
      Assets:Receivable      -100.00 EUR
      Assets:Bank
    """
    books = ledger.books()
    found = Nearby(books).invoice("INV-1")
    assert found is not None
    story = _said(tell(found[0], "INV-1"))
    assert story == _said(tell(books, "INV-1"))
    assert "100.00 of 100.00 EUR open" in str(story)
