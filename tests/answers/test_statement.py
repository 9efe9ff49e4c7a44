"""A customer's statement of account: it adds up, always, to what Beancount says."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import given

from beancount_dunning.answers.statement import statement
from beancount_dunning.ledger.names import folded
from tests.strategies import as_of_days
from tests.test_properties import any_ledgers
from tests.test_properties import balances
from tests.test_properties import by_currency
from tests.test_properties import nonzero
from tests.test_properties import read_as_loaded
from tests.test_properties import steady

if TYPE_CHECKING:
    from beancount_dunning.answers.statement import Section
    from beancount_dunning.answers.statement import Statement
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.standing.books import Books
    from tests.conftest import Ledger
    from tests.strategies import Ledger as MadeUp
    from tests.test_properties import Sums

D = Decimal
_DAY = timedelta(days=1)


def said(
    ledger: Ledger, as_of: str = "2026-12-31", *, first: str | None = None
) -> Statement:
    day = date.fromisoformat(first) if first else None
    found = statement(ledger.books(as_of), "Acme", day)
    assert found is not None
    return found


def only(ledger: Ledger, as_of: str = "2026-12-31", **first: str) -> Section:
    (section,) = said(ledger, as_of, **first).sections
    return section


def everything(books: Books) -> list[Item | Unapplied]:
    known = books.with_settled(None).receivables
    return [*known.all_items, *known.unapplied]


def all_of(books: Books, first: date) -> list[Statement]:
    """Return every customer's statement."""
    names = {folded(one.customer) for one in everything(books)}
    found = [statement(books, name, first) for name in sorted(names)]
    return [one for one in found if one is not None]


@steady
@given(any_ledgers, as_of_days, as_of_days)
def test_opening_and_movements_are_the_balance_of_beancount(
    ledger: MadeUp, one_day: date, other_day: date
) -> None:
    first, last = sorted((one_day, other_day))
    books = read_as_loaded(ledger.text, last)
    opening: list[tuple[tuple[str, str], Decimal]] = []
    closing: list[tuple[tuple[str, str], Decimal]] = []
    for one in all_of(books, first):
        for section in one.sections:
            key = "", section.currency
            opening.append((key, section.opening))
            closing.append((key, section.closing))
            balance = section.opening
            for line in section.lines:
                assert first <= line.movement.date <= last
                assert line.movement.amount
                balance += line.movement.amount
                assert line.balance == balance
            assert section.closing == balance
            owed = books.balances.owed.get((one.customer.name, section.currency), 0)
            assert balance == owed
            # Nobody is asked for more than the balance, or for what is in dispute.
            assert 0 <= section.to_pay <= max(D(0), balance)
            assert 0 <= section.not_due <= section.to_pay
            asked = one.payable(section)
            assert (asked.amount if asked else 0) == section.to_pay
            assert not section.to_pay or section.asked
            items = sum((aged.item.open for aged in section.items), D())
            assert items == sum(section.buckets.values(), D())
            assert items + section.credit == balance
            assert section.disputed <= items
    before = balances(ledger.text, first - _DAY, books.settings)
    assert nonzero(opening) == by_currency(before)
    assert nonzero(closing) == by_currency(balances(ledger.text, last, books.settings))


@steady
@given(any_ledgers, as_of_days, as_of_days)
def test_on_accounts_of_their_own_a_customer_owes_what_stands_there(
    ledger: MadeUp, one_day: date, other_day: date
) -> None:
    first, last = sorted((one_day, other_day))
    books = read_as_loaded(ledger.text, last)
    owners: dict[str, set[str]] = defaultdict(set)
    accounts: dict[str, set[str]] = defaultdict(set)
    for one in everything(books):
        owners[one.account].add(one.customer)
        accounts[one.customer].add(one.account)
    before = balances(ledger.text, first - _DAY, books.settings)
    after = balances(ledger.text, last, books.settings)
    for customer, own in accounts.items():
        if any(len(owners[account]) > 1 for account in own):
            continue
        found = statement(books, customer, first)
        assert found is not None
        for section in found.sections:
            assert section.opening == _of(before, own, section.currency)
            assert section.closing == _of(after, own, section.currency)


def _of(sums: Sums, accounts: set[str], currency: str) -> Decimal:
    return sum((sums.get((name, currency), D()) for name in accounts), D())


def test_it_begins_with_the_year_and_leaves_out_a_currency_that_is_over(
    ledger: Ledger,
) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2025-11-05 * "Acme" "Website" ^INV-1
      due: 2025-12-01
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2025-12-05 * "Acme" "Stickers" ^INV-2
      due: 2026-01-01
      Assets:Receivable:Acme   30.00 USD
      Income:Services
    2025-12-31 * "Acme" "Payment" ^INV-2
      Assets:Bank              30.00 USD
      Assets:Receivable:Acme
    2026-01-01 * "Acme" "Logo" ^INV-3
      due: 2026-12-01
      Assets:Receivable:Acme   50.00 EUR
      Income:Services
    2026-02-01 * "Acme" "Part payment" ^INV-1
      Assets:Bank              60.00 EUR
      Assets:Receivable:Acme
    """
    one = said(ledger, "2026-06-30")
    assert (one.first, one.last) == (date(2026, 1, 1), date(2026, 6, 30))
    (section,) = one.sections
    assert (section.currency, section.opening, section.closing) == (
        "EUR",
        D(100),
        D(90),
    )
    assert [line.balance for line in section.lines] == [D(150), D(90)]
    assert (section.overdue, section.buckets) == (
        D(40),
        {"not due": D(50), "91+": D(40)},
    )


def test_its_days_are_included(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2025-11-05 * "Acme" "Website" ^INV-1
      due: 2025-12-01
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2025-12-05 * "Acme" "Stickers" ^INV-2
      due: 2026-01-01
      Assets:Receivable:Acme   30.00 USD
      Income:Services
    2025-12-31 * "Acme" "Payment" ^INV-2
      Assets:Bank              30.00 USD
      Assets:Receivable:Acme
    2026-01-01 * "Acme" "Logo" ^INV-3
      due: 2026-12-01
      Assets:Receivable:Acme   50.00 EUR
      Income:Services
    2026-02-01 * "Acme" "Part payment" ^INV-1
      Assets:Bank              60.00 EUR
      Assets:Receivable:Acme
    """
    section = only(ledger, "2026-02-01", first="2026-02-01")
    assert [line.movement.text for line in section.lines] == ["Part payment"]
    section = only(ledger, "2026-01-31", first="2026-01-02")
    assert (section.opening, section.lines, section.closing) == (D(150), (), D(150))


def test_who_owes_nothing_and_moved_nothing_has_a_statement_too(
    ledger: Ledger,
) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2025-11-05 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2025-12-05 * "Acme" "Payment" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    """
    section = only(ledger)
    assert (section.opening, section.lines, section.closing) == (D(), (), D())
    assert (section.overdue, section.buckets, section.credit) == (D(), {}, D())
    assert statement(ledger.books("2026-12-31"), "Acme Ltd") is None


def test_names_are_compared_without_case_and_accounts_add_up(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable
      collective: TRUE
    1999-01-01 open Assets:Debtors:A1
      customer: "Acme"
    1999-01-01 custom "dunning-customer" "acme"
      language: "de"
    2026-01-05 * "ACME" "Website" ^INV-1
      due: 2026-02-01
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-01-06 * "Beta" "Logo" ^INV-2
      due: 2026-02-01
      Assets:Receivable   70.00 EUR
      Income:Services
    2026-01-07 * "Somebody" "Hosting" ^INV-3
      due: 2026-03-01
      Assets:Debtors:A1   10.00 EUR
      Income:Services
    2026-02-05 * "Acme" "Payment of INV-1"
      Assets:Bank  120.00 EUR
      Assets:Receivable
    """
    one = said(ledger)
    assert one == statement(ledger.books("2026-12-31"), "aCMe")
    assert one.language == "de"
    (section,) = one.sections
    assert [line.balance for line in section.lines] == [D(100), D(110), D(-10)]
    assert section.credit == D(-20)


def test_it_says_what_is_in_dispute(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website" ^INV-1
      due: 2026-02-01
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-06 * "Acme" "Logo" ^INV-2
      due: 2026-02-01
      Assets:Receivable:Acme  70.00 EUR
      Income:Services
    2026-02-05 note Assets:Receivable:Acme "Two pages missing" ^INV-1
      dispute: TRUE
    """
    section = only(ledger)
    assert section.disputed == D(100)
    dispute = [one["disputed"] for one in section.as_dict()["items"]]
    assert dispute == ["100.00", None]


def test_what_is_to_be_paid(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website" ^INV-1
      due: 2026-02-01
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-06 * "Acme" "Hosting" ^INV-2
      due: 2026-04-01
      Assets:Receivable:Acme  40.00 EUR
      Income:Services
    2026-01-06 * "Acme" "Discount" ^INV-3
      terms: "2/10 net 30"
      Assets:Receivable:Acme  50.00 EUR
      Income:Services
    2026-01-12 * "Acme" "Less 2 %" ^INV-3
      Assets:Bank  49.00 EUR
      Assets:Receivable:Acme
    2026-02-05 note Assets:Receivable:Acme "A page is missing" ^INV-1
      dispute: 30.00 EUR
    """
    section = only(ledger, "2026-03-01")
    assert section.closing == D(141)
    assert [one.item.invoice for one in section.asked] == ["INV-1", "INV-2"]
    assert (section.to_pay, section.not_due) == (D(110), D(40))
    asked = said(ledger, "2026-03-01").payable(section)
    assert asked
    assert (asked.amount, asked.invoices) == (D(110), ("INV-1", "INV-2"))


def test_credit_is_taken_off_what_is_to_be_paid(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "unreferenced" "unapplied"
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website" ^INV-1
      due: 2026-02-01
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-06 * "Acme" "Hosting" ^INV-2
      due: 2026-04-01
      Assets:Receivable:Acme  40.00 EUR
      Income:Services
    2026-01-12 * "Acme" "On account"
      Assets:Bank  110.00 EUR
      Assets:Receivable:Acme
    2026-03-02 * "Acme" "On account"
      Assets:Bank  30.00 EUR
      Assets:Receivable:Acme
    """
    section = only(ledger, "2026-03-01")
    assert (section.to_pay, section.not_due) == (D(30), D(30))
    later = said(ledger, "2026-03-02")
    assert later.payable(*later.sections) is None


def test_as_json_has_it(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2025-12-05 * "Acme" "Website" ^INV-1
      due: 2026-01-10
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-02-05 * "Acme" "" ^INV-1
      Assets:Bank  60.00 EUR
      Assets:Receivable:Acme
    2026-02-06 * "Acme" "Gift"
      Assets:Receivable:Acme  5 EUR
      Income:Services
    """
    found = said(ledger, "2026-02-10").as_dict()
    file = found["currencies"][0]["movements"][0].pop("file")
    assert found["currencies"][0]["movements"].pop()["file"] == file
    assert found == {
        "as_of": "2026-02-10",
        "customer": "Acme",
        "from": "2026-01-01",
        "to": "2026-02-10",
        "currencies": [
            {
                "currency": "EUR",
                "opening": "100.00",
                "movements": [
                    {
                        "date": "2026-02-05",
                        "kind": "payment",
                        "invoices": ["INV-1"],
                        "text": None,
                        "amount": "-60.00",
                        "balance": "40.00",
                        "line": 6,
                    }
                ],
                "closing": "45.00",
                "overdue": "40.00",
                "disputed": "0",
                "unapplied": "0",
                "to_pay": "45.00",
                "buckets": {"undated": "5", "31-60": "40.00"},
                "items": [
                    {
                        "invoice": "INV-1",
                        "instalment": "1/1",
                        "date": "2025-12-05",
                        "due": "2026-01-10",
                        "days_overdue": 31,
                        "amount": "100.00",
                        "open": "40.00",
                        "disputed": None,
                    },
                    {
                        "invoice": None,
                        "instalment": "1/1",
                        "date": "2026-02-06",
                        "due": None,
                        "days_overdue": None,
                        "amount": "5",
                        "open": "5",
                        "disputed": None,
                    },
                ],
            }
        ],
    }
