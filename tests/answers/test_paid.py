"""How invoices were paid: what counts as a payment, when, and from which account."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.movements import MovementKind
from beancount_dunning.answers.paid import Invoiced
from beancount_dunning.answers.paid import Means
from beancount_dunning.answers.paid import Outcome
from beancount_dunning.answers.paid import invoiced
from beancount_dunning.answers.statement import statement
from tests.conftest import load
from tests.strategies import as_of_days
from tests.strategies import ledgers
from tests.strategies import linked_ledgers

if TYPE_CHECKING:
    from tests.conftest import Ledger
    from tests.strategies import Ledger as MadeUp

SALE = """
1999-01-01 open Assets:Receivable:Acme
2026-01-05 * "Acme" "Website" ^INV-1
  due: 2026-02-04
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""


def paid(day: str, amount: str = "100.00", other: str = "Assets:Bank") -> str:
    return (
        f'{day} * "Acme" "Paid" ^INV-1\n  {other}  {amount} EUR\n'
        "  Assets:Receivable:Acme\n"
    )


def only(text: str, as_of: str = "2026-12-31") -> Invoiced:
    (one,) = invoiced(load(text).books(as_of))
    return one


def told(one: Invoiced) -> tuple[str, str | None, int | None, int | None]:
    paid_on = one.paid_on.isoformat() if one.paid_on else None
    return one.outcome, paid_on, one.days_to_pay, one.days_late


def test_it_ends_when_it_is_paid_or_else_settled() -> None:
    part = SALE + paid("2026-01-20", "40.00")
    ends = {
        text: only(part + rest).ended_on.isoformat()
        for text, rest in {
            "open": "",
            "paid": paid("2026-02-10", "60.00"),
            "written off": paid("2026-02-11", "60.00", "Expenses:Bad-Debts"),
            "the rest a gift": paid("2026-02-12", "60.00", "Income:Services"),
        }.items()
    }
    assert ends == {
        "open": "2026-01-05",
        "paid": "2026-02-10",
        "written off": "2026-02-11",
        "the rest a gift": "2026-01-20",
    }


def test_it_is_open_until_it_is_paid_in_full() -> None:
    text = SALE + paid("2026-01-20", "40.00") + paid("2026-02-10", "60.00")
    assert told(only(text, "2026-02-09")) == ("open", None, None, None)
    assert only(text, "2026-02-09").settled_on is None
    assert only(text, "2026-02-09").open == Decimal(60)
    one = only(text, "2026-02-10")
    assert told(one) == ("paid", "2026-02-10", 36, 6)
    assert one.as_dict() == {
        "invoice": "INV-1",
        "instalment": "1/1",
        "customer": "Acme",
        "account": "Assets:Receivable:Acme",
        "currency": "EUR",
        "date": "2026-01-05",
        "due": "2026-02-04",
        "terms": None,
        "planned": None,
        "amount": "100.00",
        "open": "0.00",
        "outcome": "paid",
        "paid_on": "2026-02-10",
        "paid_from": "Assets:Bank",
        "days_to_pay": 36,
        "days_late": 6,
        "credited": [
            {
                "date": "2026-01-20",
                "amount": "40.00",
                "means": "payment",
                "account": "Assets:Bank",
            },
            {
                "date": "2026-02-10",
                "amount": "60.00",
                "means": "payment",
                "account": "Assets:Bank",
            },
        ],
    }
    assert invoiced(load(text).books("2026-01-04")) == ()


def test_what_is_open_was_paid_from_nowhere() -> None:
    assert only(SALE).paid_from is None
    assert only(SALE).payments == ()


def test_who_pays_before_the_invoice_pays_on_its_day() -> None:
    one = only(SALE + paid("2025-12-20"))
    assert told(one) == ("paid", "2026-01-05", 0, -30)
    assert str(one.settled_on) == "2026-01-05"


def test_a_debit_without_reference_is_one_and_may_be_undated() -> None:
    text = SALE.replace("  due: 2026-02-04\n", "").replace(" ^INV-1", "")
    one = only(text + paid("2026-03-01").replace(" ^INV-1", ""))
    assert one.invoice is None
    assert told(one) == ("paid", "2026-03-01", 55, None)


def test_a_credit_note_is_no_payment() -> None:
    credit = paid("2026-06-01", "20.00", "Income:Services")
    one = only(SALE + paid("2026-02-01", "80.00") + credit)
    # The customer paid what was owed in the end, and in time.
    assert told(one) == ("paid", "2026-02-01", 27, -3)
    assert str(one.settled_on) == "2026-06-01"
    assert [each.means for each in one.credited] == [Means.PAYMENT, Means.CREDIT]
    whole = only(SALE + paid("2026-02-01", "100.00", "Income:Services"))
    assert told(whole) == ("credited", None, None, None)


def test_what_was_written_off_was_never_paid() -> None:
    off = paid("2026-06-01", "60.00", "Expenses:Bad-Debts")
    one = only(SALE + paid("2026-02-01", "40.00") + off)
    assert told(one) == ("written off", None, None, None)
    assert one.credited[1].account == "Expenses:Bad-Debts"
    all_of_it = paid("2026-06-01", "100.00", "Expenses:Bad-Debts")
    assert told(only(SALE + all_of_it)) == ("written off", None, None, None)


def test_a_small_rest_or_a_bank_fee_was_not_worth_asking_for() -> None:
    cents = paid("2026-06-01", "0.99", "Expenses:Write-Offs")
    one = only(SALE + paid("2026-02-01", "99.01") + cents)
    assert told(one) == ("paid", "2026-02-01", 27, -3)
    fee = paid("2026-06-01", "9.00", "Expenses:Bank-Fees")
    text = SALE + paid("2026-02-01", "91.00") + fee
    assert only(text).outcome == Outcome.WRITTEN_OFF
    option = '2026-01-01 custom "dunning-option" "bank-fee" 10.00 EUR\n'
    assert only(text + option).outcome == Outcome.PAID


def test_a_discount_that_was_taken_is_no_loss() -> None:
    sale = SALE.replace("due: 2026-02-04", 'terms: "2/10 net 30"')
    rest = paid("2026-06-01", "2.00", "Expenses:Discounts")
    in_time = only(sale + paid("2026-01-14", "98.00") + rest)
    assert (in_time.outcome, in_time.took_late) == (Outcome.PAID, False)
    assert in_time.terms == "2/10 net 30"
    late = only(sale + paid("2026-01-16", "98.00") + rest)
    assert (late.outcome, late.took_late) == (Outcome.PAID, True)
    more = only(sale + paid("2026-01-14", "90.00") + rest.replace(" 2.00", " 10.00"))
    assert more.outcome == Outcome.WRITTEN_OFF
    # What the bank may keep and the discount are no sum to lose.
    fee = '2026-01-01 custom "dunning-option" "bank-fee" 3.00 EUR\n'
    for lost, outcome in (("3.00", Outcome.PAID), ("5.00", Outcome.WRITTEN_OFF)):
        both = sale + paid("2026-01-14", f"{100 - Decimal(lost)}")
        both += rest.replace(" 2.00", f" {lost}")
        assert only(fee + both).outcome == outcome
    # In time is by the last day of any on offer.
    two = sale.replace("2/10", "3/5 2/10") + rest
    assert not only(two + paid("2026-01-14", "98.00")).took_late
    # Booked with the payment, it is a part of it.
    at_once = sale + (
        '2026-01-16 * "Acme" "Paid" ^INV-1\n  Assets:Bank  98.00 EUR\n'
        "  Expenses:Discounts  2.00 EUR\n  Assets:Receivable:Acme\n"
    )
    assert told(only(at_once)) == ("paid", "2026-01-16", 11, -19)
    assert only(at_once).paid_from == "Assets:Bank"
    assert only(at_once).took_late
    assert not only(sale + paid("2026-01-16")).took_late


def test_a_discount_that_was_taken_in_time_is_not_owed() -> None:
    sale = SALE.replace("due: 2026-02-04", 'terms: "2/10 net 30"')
    one = only(sale + paid("2026-01-14", "98.00"))
    assert told(one) == ("paid", "2026-01-14", 9, -21)
    assert (one.open, one.settled_on) == (Decimal(2), None)
    assert only(sale + paid("2026-01-16", "98.00")).outcome == Outcome.OPEN
    assert only(sale + paid("2026-01-14", "97.00")).outcome == Outcome.OPEN
    cents = only(sale + paid("2026-01-16", "99.50"))
    assert (cents.outcome, cents.open) == (Outcome.PAID, Decimal("0.50"))


def test_it_is_late_so_far_until_it_is_paid() -> None:
    def lateness(text: str, as_of: str = "2026-12-31") -> int | None:
        return only(text, as_of).lateness

    assert lateness(SALE, "2026-02-04") is None
    assert lateness(SALE, "2026-02-05") == 1
    assert lateness(SALE + paid("2026-02-01")) == -3
    assert lateness(SALE + paid("2026-02-01", other="Income:Services")) is None
    off = SALE + paid("2026-03-01", other="Expenses:Bad-Debts")
    assert lateness(off) == 25
    assert lateness(off.replace("2026-03-01", "2026-01-10")) == 1
    assert lateness(SALE.replace("  due: 2026-02-04\n", "")) is None


def test_a_payment_may_not_say_what_it_is_for() -> None:
    one = only(SALE + paid("2026-02-01").replace(" ^INV-1", ""))
    assert [each.is_named for each in one.credited] == [False]
    assert only(SALE + paid("2026-02-01")).credited[0].is_named


def test_a_payment_that_came_back_paid_nothing() -> None:
    back = (
        '2026-02-06 * "Acme" "Direct debit returned" ^INV-1\n'
        "  Assets:Receivable:Acme  100.00 EUR\n  Assets:Bank\n"
    )
    text = SALE + paid("2026-02-04") + back
    one = only(text)
    assert told(one) == ("open", None, None, None)
    assert one.open == Decimal(100)
    again = only(text + paid("2026-03-01", other="Assets:PayPal"))
    assert told(again) == ("paid", "2026-03-01", 55, 25)
    assert [(each.means, each.amount) for each in again.credited] == [
        (Means.PAYMENT, Decimal(100)),
        (Means.RETURN, Decimal(-100)),
        (Means.PAYMENT, Decimal(100)),
    ]
    assert again.paid_from == "Assets:PayPal"


def test_a_credit_note_after_a_return_is_no_payment() -> None:
    back = (
        '2026-02-06 * "Acme" "Direct debit returned" ^INV-1\n'
        "  Assets:Receivable:Acme  100.00 EUR\n  Assets:Bank\n"
    )
    credit = paid("2026-03-01", other="Income:Services")
    assert only(SALE + paid("2026-02-04") + back + credit).outcome == Outcome.CREDITED


def test_payments_with_both_amounts_are_read_alike(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
      customer: "Acme"
    2026-01-04 * "Acme" "Whose metadata is looked at, so that the next need none" ^INV-0
      due: 2026-02-03
      Assets:Receivable:Acme   100.00 EUR
      Income:Services         -100.00 EUR
    2026-01-05 * "Acme" "Website" ^INV-1
      due: 2026-02-04
      Assets:Receivable:Acme   100.00 EUR
      Income:Services         -100.00 EUR
    2026-01-20 * "Acme" "Paid" ^INV-1
      Assets:Bank               40.00 EUR
      Assets:Receivable:Acme   -40.00 EUR
    2026-02-10 * "Acme" "Paid" ^INV-1
      Assets:Bank               60.00 EUR
      Assets:Receivable:Acme   -60.00 EUR
    """
    _, one = invoiced(ledger.books("2026-12-31"))
    assert one.invoice == "INV-1"
    assert told(one) == ("paid", "2026-02-10", 36, 6)
    assert [(str(each.date), each.amount) for each in one.credited] == [
        ("2026-01-20", Decimal(40)),
        ("2026-02-10", Decimal(60)),
    ]


def test_a_debt_that_moved_is_still_the_same() -> None:
    text = (
        SALE
        + """
2026-03-01 * "Doubtful" ^INV-1
  customer: "Acme"
  Assets:Receivable:Doubtful  100.00 EUR
  Assets:Receivable:Acme
2026-04-01 * "Acme" "Paid" ^INV-1
  customer: "Acme"
  Assets:Bank  100.00 EUR
  Assets:Receivable:Doubtful
"""
    )
    assert told(only(text, "2026-03-31")) == ("open", None, None, None)
    one = only(text)
    assert told(one) == ("paid", "2026-04-01", 86, 56)
    assert one.account == "Assets:Receivable:Acme"
    assert [each.means for each in one.credited] == [
        Means.TRANSFER,
        Means.TRANSFER,
        Means.PAYMENT,
    ]


def test_a_plan_makes_nothing_less_late() -> None:
    plan = (
        '2026-03-01 note Assets:Receivable:Acme "Agreed" ^INV-1\n'
        '  plan: "50.00 on 2026-03-15, rest on 2026-04-15"\n'
    )
    text = SALE + paid("2026-02-01", "10.00") + plan + paid("2026-03-15", "50.00")
    one = only(text, "2026-03-20")
    assert (str(one.due), str(one.planned)) == ("2026-02-04", "2026-04-15")
    assert (one.amount, one.open) == (Decimal(100), Decimal(40))
    assert one.groups == (
        ("INV-1", "Acme", 0, 1),
        ("INV-1", "Acme", 1, 1),
        ("INV-1", "Acme", 1, 2),
    )
    assert told(only(text + paid("2026-04-10", "40.00"))) == (
        *("paid", "2026-04-10", 95, 65),
    )


def test_instalments_are_each_on_their_own(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website" ^INV-1
      terms: "50% net 10, 50% net 20"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-20 * "Acme" "Paid" ^INV-1
      Assets:Bank   70.00 EUR
      Assets:Receivable:Acme
    2026-02-20 * "Acme" "Paid" ^INV-1
      Assets:Cash   30.00 EUR
      Assets:Receivable:Acme
    """
    first, second = invoiced(ledger.books())
    assert (first.days_late, first.paid_from) == (5, "Assets:Bank")
    assert (second.days_late, second.paid_from) == (26, "Assets:Cash")
    assert second.as_dict()["instalment"] == "2/2"


def test_charges_refunds_and_what_is_brought_forward_are_no_invoices(
    ledger: Ledger,
) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-01 pad Assets:Receivable:Acme Equity:Opening-Balances
    2026-01-02 balance Assets:Receivable:Acme  30.00 EUR
    2026-02-05 * "Acme" "Fee" ^INV-9
      charge: "fee"
      Assets:Receivable:Acme  2.00 EUR
      Income:Fees
    2026-02-05 * "Acme" "Refund"
      Assets:Receivable:Acme  2.00 EUR
      Assets:Bank
    2026-02-05 * "Acme" "Refund" ^R-1
      Assets:Receivable:Acme  3.00 EUR
      Assets:Bank
    2026-02-06 * "Acme" "Came back" ^R-1
      Assets:Bank             3.00 EUR
      Assets:Receivable:Acme
    """
    assert invoiced(ledger.books()) == ()


def test_what_is_credited_to_nothing_is_no_payment(broken_ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-20 * "Acme" "Does not balance" ^INV-1
      Assets:Receivable:Acme  -100.00 EUR
      Income:Services           -5.00 EUR
    """
    (one,) = invoiced(broken_ledger.books())
    assert (one.outcome, one.paid_from) == (Outcome.CREDITED, None)


def test_of_a_day_what_has_no_reference_comes_first(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-05 * "Acme" "Something else"
      Assets:Receivable:Acme  200.00 EUR
      Income:Services
    """
    assert [one.invoice for one in invoiced(ledger.books())] == [None, "INV-1"]


def test_it_may_be_about_some_only(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-05 * "Beta" "Website" ^INV-2
      Assets:Receivable:Beta  100.00 EUR
      Income:Services
    """
    some = invoiced(ledger.books(), lambda one: one.customer == "Beta")
    assert [one.invoice for one in some] == ["INV-2"]


def test_what_is_settled_and_not_plain_is_read_with_all_else(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
      terms: "50% net 10, 50% net 20"
    1999-01-01 open Assets:Receivable:Beta
      customer: "Acme"
    2026-01-05 * "Acme" "Website" ^I-1
      Assets:Receivable:Acme  10.00 EUR
      Assets:Receivable:Beta  20.00 EUR
      Income:Services
    2026-01-15 * "Acme" "Paid" ^I-1
      Assets:Receivable:Acme  -10.00 EUR
      Assets:Receivable:Beta  -20.00 EUR
      Assets:Bank
    2026-01-05 * "Acme" "Website" ^I-2
      Assets:Receivable:Beta  10.00 EUR
      Income:Services
    2026-01-06 * "Acme" "Website" ^I-2
      Assets:Receivable:Beta  10.00 EUR
      Income:Services
    2026-01-15 * "Acme" "Paid" ^I-2
      Assets:Receivable:Beta  -20.00 EUR
      Assets:Bank
    2026-01-05 * "Acme" "Website" ^I-3
      Assets:Receivable:Acme  10.00 EUR
      Income:Services
    2026-01-15 * "Acme" "Paid" ^I-3
      Assets:Receivable:Acme  -10.00 EUR
      Assets:Bank
    2026-01-05 * "Acme" "Website" ^I-7
      Assets:Receivable:Acme  10.00 EUR
      Income:Services
    2026-01-15 * "Acme" "Paid" ^I-7
      Assets:Receivable:Acme  -10.00 EUR
      Assets:Bank
    2026-01-05 * "Acme" "Moved" ^I-4
      Assets:Receivable:Beta  10.00 EUR
      Assets:Receivable:Acme
        invoice: "I-3"
    2026-01-15 * "Acme" "Moved back" ^I-4
      Assets:Receivable:Beta  -10.00 EUR
      Assets:Receivable:Acme
        invoice: "I-3"
    2026-01-05 * "Acme" "Refund" ^I-5
      Assets:Receivable:Beta  10.00 EUR
      Assets:Bank
    2026-01-04 * "Acme" "Paid" ^I-5
      Assets:Receivable:Beta  -10.00 EUR
      Assets:Bank
    2026-01-05 * "Acme" "Website" ^I-6
      Assets:Receivable:Beta  10.00 EUR
      Income:Services
    2026-01-15 * "Acme" "Credit note" ^I-6
      Assets:Receivable:Beta  -10.00 EUR
      Income:Services
    """
    books = ledger.books()
    parts = invoiced(books)
    assert [
        (one.invoice, one.number, str(one.amount), str(one.outcome)) for one in parts
    ] == [
        ("I-1", 1, "5.00", "paid"),
        ("I-1", 2, "5.00", "paid"),
        ("I-1", 3, "20.00", "paid"),
        ("I-2", 1, "20.00", "paid"),
        ("I-3", 1, "5.00", "credited"),
        ("I-3", 2, "5.00", "paid"),
        ("I-6", 1, "10.00", "credited"),
        ("I-7", 1, "5.00", "paid"),
        ("I-7", 2, "5.00", "paid"),
    ]
    assert parts == invoiced(books, lambda _: True)


@given(st.one_of(ledgers(), linked_ledgers()), as_of_days)
@profile(deadline=None)
def test_what_is_credited_and_open_adds_up_to_what_was_invoiced(
    made: MadeUp, as_of: date
) -> None:
    """And the statements of account have the same invoices."""
    loaded = load(made.text)
    books = loaded.books(as_of)
    turnover: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for one in invoiced(books):
        assert one.open + sum(each.amount for each in one.credited) == one.amount
        assert (one.settled_on is None) == bool(one.open)
        assert (one.outcome is Outcome.OPEN) == (bool(one.open) and not one.paid_on)
        assert one.paid_on is None or one.date <= one.paid_on <= as_of
        turnover[one.customer, one.currency] += one.amount
    items = books.with_settled(None).receivables.all_items
    for name in {item.customer for item in items}:
        found = statement(books, name, date.min)
        for section in found.sections if found else ():
            sales = [
                line.movement.amount
                for line in section.lines
                if line.movement.kind is MovementKind.INVOICE
            ]
            assert turnover[name, section.currency] == sum(sales)


@given(st.one_of(ledgers(), linked_ledgers()), as_of_days)
@profile(deadline=None)
def test_what_is_plain_to_see_is_what_settlement_makes_of_it(
    made: MadeUp, as_of: date
) -> None:
    books = load(made.text).books(as_of)
    assert invoiced(books) == invoiced(books, lambda _: True)


@given(ledgers(padded=False), as_of_days)
@profile(deadline=None)
def test_what_is_written_later_changes_nothing(made: MadeUp, as_of: date) -> None:
    then = [one.as_dict() for one in invoiced(load(made.text).books(as_of))]
    before = load(made.without_future(as_of)).books(as_of)
    assert [one.as_dict() for one in invoiced(before)] == then
