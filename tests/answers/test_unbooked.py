"""Charges that are not booked yet, and the directives that book them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from beancount_dunning.answers import proposals
from beancount_dunning.answers.unbooked import as_texts
from beancount_dunning.answers.unbooked import unbooked
from beancount_dunning.ledger.items import Item

if TYPE_CHECKING:
    from beancount_dunning.ledger.items import Group
    from beancount_dunning.standing.books import Keep
    from tests.conftest import Ledger


def test_what_is_open_and_what_a_plan_divided_is_charged(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-interest" "standard" 5
      compensation: 40.00 EUR
    2026-01-05 * "Acme" "Open" ^INV-1
      due: 2026-02-01
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-05 * "Acme" "Paid late" ^INV-2
      due: 2026-02-01
      Assets:Receivable:Acme   70.00 EUR
      Income:Services
    2026-06-01 * "Acme" "Paid" ^INV-2
      Assets:Receivable:Acme  -70.00 EUR
      Assets:Bank
    2026-01-05 * "Bolt" "In two parts, one of which is paid" ^INV-3
      due: 2026-02-01
      Assets:Receivable:Bolt   80.00 EUR
      Income:Services
    2026-03-01 note Assets:Receivable:Bolt "Agreed" ^INV-3
      plan: "2 x 1 month from 2026-04-01"
    2026-04-01 * "Bolt" "Paid" ^INV-3
      Assets:Receivable:Bolt  -40.00 EUR
      Assets:Bank
    """
    books = ledger.books("2026-04-15")
    charged = {charge.item.invoice for charge in unbooked(books)}
    assert charged == {"INV-1", "INV-2", "INV-3"}
    books = ledger.books("2026-06-15")
    found = unbooked(books)
    assert {charge.item.invoice for charge in found} == {"INV-1", "INV-3"}
    only = unbooked(books, lambda item: item.customer == "Acme")
    assert {charge.item.invoice for charge in only} == {"INV-1"}
    texts = as_texts(proposals.transactions(books, only))
    # The accounts come first, and say nothing of how they came about.
    assert [text.partition("\n")[0] for text in texts] == [
        "2026-06-15 open Income:Interest",
        "2026-06-15 open Income:Compensation",
        "; 2026-02-02 to 2026-06-15: 134 days at 5 % on 100.00: 1.84 EUR",
        '2026-06-15 * "Acme" "Compensation on INV-1" ^INV-1',
    ]


def test_what_is_charged_on_an_invoice_depends_on_no_other(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-interest" "standard" 5
      compensation: 40.00 EUR
    2026-01-05 * "Acme" "Open" ^INV-1
      due: 2026-02-01
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-05 * "Acme" "Open, and charged once" ^INV-2
      due: 2026-02-01
      Assets:Receivable:Acme   70.00 EUR
      Income:Services
    2026-03-01 * "Acme" "Interest" ^INV-2
      charge: "interest"
      Assets:Receivable:Acme    0.10 EUR
      Income:Interest:Late
    2026-01-05 * "Bolt" "The same number" ^INV-2
      due: 2026-02-01
      Assets:Receivable:Bolt   80.00 EUR
      Income:Services
    """
    books = ledger.books("2026-04-15")
    found = unbooked(books)
    groups = {one.item.group for one in found}
    assert len(groups) == 3
    for group in groups:
        whole = [one for one in found if one.item.group == group]
        assert len(whole) == 2
        assert whole == unbooked(books, _in(group))


def _in(group: Group) -> Keep:
    return lambda one: isinstance(one, Item) and one.group == group


def test_accounts_of_charges_may_be_known_from_elsewhere(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-interest" "standard" 5
    2026-01-01 open Income:Interest:Late
    2026-01-05 * "Acme" "Open" ^INV-1
      due: 2026-02-01
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-03-01 * "Bolt" "Interest"
      charge: "interest"
      Assets:Receivable:Bolt    0.10 EUR
      Income:Interest:Late
    """
    books = ledger.books("2026-04-15")
    found = unbooked(books)
    near = replace(books, entries=[])
    accounts = proposals.ChargeAccounts(books)
    proposed = proposals.transactions(near, found, accounts)
    assert proposed == proposals.transactions(books, found)
    assert proposed != proposals.transactions(near, found)
