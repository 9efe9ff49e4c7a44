"""Books with all settled items: the same, whether these are read at once or later."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from beancount.loader import load_string
from hypothesis import given
from hypothesis import settings as profile

from beancount_dunning.standing.books import read_books
from tests.strategies import as_of_days
from tests.strategies import ledgers

if TYPE_CHECKING:
    from tests.conftest import Ledger
    from tests.strategies import Ledger as Drawn


@profile(deadline=None)
@given(ledgers(), as_of_days)
def test_it_does_not_matter_when_settled_items_are_read(
    drawn: Drawn, as_of: date
) -> None:
    entries, _, options = load_string(drawn.text)
    later = read_books(entries, options, today=as_of, as_of=as_of)
    books = read_books(entries, options, today=as_of, as_of=as_of, has_settled=True)
    assert books == later.with_settled(None)
    assert books.rounded() == later.rounded().with_settled(None)


def test_books_that_have_all_settled_items_read_no_more(ledger: Ledger) -> None:
    """
    2026-01-02 * "John" "A share" ^S-1
      Assets:Receivable:John    (40.00/3)+5 USD
      Income:Services
    2026-01-03 * "John" "Paid" ^S-1
      Assets:Bank               18.33 USD
      Assets:Receivable:John
    2026-01-05 * "Ann" "Cards" ^S-2
      Assets:Receivable:Ann     12.00 USD
      Income:Services
    2026-01-06 * "Ann" "Paid" ^S-2
      Assets:Bank               12.00 USD
      Assets:Receivable:Ann
    """
    as_of = date(2026, 1, 10)
    books = read_books(ledger.entries, ledger.options, today=as_of, has_settled=True)
    assert books == ledger.books(as_of).with_settled(None)
    assert [one.invoice for one in books.receivables.settled] == ["S-2"]
    assert books.with_all_settled_on({"Assets:Receivable:John"}) is books
    read = books.rounded()
    assert [one.invoice for one in read.receivables.settled] == ["S-1", "S-2"]
    assert read.with_settled(None) is read
