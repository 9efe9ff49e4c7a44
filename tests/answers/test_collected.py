"""What was collected in each month."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from beancount_dunning.answers.collected import collected
from beancount_dunning.answers.paid import invoiced

if TYPE_CHECKING:
    from tests.conftest import Ledger


def test_what_came_in_less_what_went_back(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-20 * "Acme" "Part" ^INV-1
      Assets:Bank              60.00 EUR
      Assets:Receivable:Acme
    2026-01-25 * "Acme" "Credit note" ^INV-1
      Income:Services          10.00 EUR
      Assets:Receivable:Acme
    2026-02-02 * "Acme" "The rest" ^INV-1
      Assets:Bank              29.00 EUR
      Expenses:Fees             1.00 EUR
      Assets:Receivable:Acme
    2026-02-03 * "Acme" "Came back" ^INV-1
      Assets:Receivable:Acme   60.00 EUR
      Assets:Bank
    2026-02-04 * "Bolt" "For what?" ^ORDER-9
      Assets:Bank               7.00 USD
      Assets:Receivable:Bolt
    2026-02-05 * "Bolt" "Credit note" ^ORDER-10
      Income:Services           3.00 USD
      Assets:Receivable:Bolt
    2026-02-06 * "Moved" ^ORDER-11
      Assets:Receivable:Acme    1.00 USD
      Assets:Receivable:Bolt
    """
    books = ledger.books()
    found = collected(books, invoiced(books))
    assert {month: dict(sums) for month, sums in found.items()} == {
        (2026, 1): {"EUR": Decimal("60.00")},
        (2026, 2): {"EUR": Decimal("-30.00"), "USD": Decimal("7.00")},
    }
    acme = collected(books, invoiced(books), lambda one: one.customer == "Acme")
    assert dict(acme[2026, 2]) == {"EUR": Decimal("-30.00")}
