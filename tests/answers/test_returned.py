"""A payment that came back: what each answer says of it, and what is no such thing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.answers.contents import Returned
from beancount_dunning.answers.contents import Settled
from beancount_dunning.answers.customer_story import tell_customer
from beancount_dunning.answers.customers import customers
from beancount_dunning.answers.letters import contents
from beancount_dunning.answers.letters import thanks
from beancount_dunning.answers.movements import Kinds
from beancount_dunning.answers.movements import MovementKind
from beancount_dunning.answers.paid import Means
from beancount_dunning.answers.paid import Outcome
from beancount_dunning.answers.paid import invoiced
from beancount_dunning.answers.payment_story import PaymentStory
from beancount_dunning.answers.payment_story import tell_payment
from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.answers.statement import statement
from beancount_dunning.answers.story import tell
from tests.conftest import load

if TYPE_CHECKING:
    from beancount_dunning.answers.contents import Bill
    from beancount_dunning.standing.books import Books
    from tests.conftest import Ledger

D = Decimal
AS_OF = "2026-07-15"

SALE = """\
2026-06-01 * "Acme" "Website" ^INV-5
  due: 2026-07-01
  Assets:Receivable:Acme   1200.00 EUR
  Income:Services
"""
PAID = """\
2026-07-01 * "Acme" "Direct debit" ^INV-5
  Assets:Bank              1200.00 EUR
  Assets:Receivable:Acme
"""
BACK = """\
2026-07-06 * "Acme" "Direct debit returned" ^INV-5
  due: 2026-07-01
  Assets:Receivable:Acme   1200.00 EUR
  Assets:Bank
"""
WHOLE = f"{SALE}{PAID}{BACK}"


def books_of(text: str, as_of: str = AS_OF) -> Books:
    return load(text).books(as_of)


def returned(text: str) -> list[str]:
    """Return the narrations of the debits that book a payment back, and of those."""
    books = books_of(text).with_settled(None)
    items = books.receivables.all_items
    back = Kinds(books).returned(items)
    return [
        f"{item.entry.narration}: {back[id(item)].narration}"
        for item in items
        if id(item) in back
    ]


def bill(text: str, as_of: str = AS_OF) -> Bill:
    books = books_of(text, as_of)
    (letter,) = contents(books, letters(reminders(books).due))
    assert letter is not None
    (found,) = letter.bills
    return found


def test_a_letter_says_that_a_payment_came_back() -> None:
    found = bill(WHOLE)
    assert (found.date, found.description) == (date(2026, 6, 1), "Website")
    assert (found.invoiced, found.open, found.asked) == (D(1200), D(1200), D(1200))
    assert found.settled == (Settled(date(2026, 7, 1), D(1200), is_payment=True),)
    assert found.returned == (Returned(date(2026, 7, 6), D(1200)),)
    assert not found.is_partly_paid


def test_what_was_paid_beside_it_is_paid() -> None:
    part = PAID.replace("1200", "200").replace("07-01", "06-20")
    rest = PAID.replace("1200", "1000")
    found = bill(SALE + part + rest + BACK.replace("1200", "1000"))
    assert (found.invoiced, found.open) == (D(1200), D(1000))
    assert [one.amount for one in found.returned] == [D(1000)]
    assert found.is_partly_paid


def test_nobody_is_thanked_for_what_came_back() -> None:
    books = books_of(WHOLE)
    (letter,) = contents(books, letters(reminders(books).due))
    assert letter
    assert letter.payments == ()
    assert thanks(books, date(2026, 6, 1)) == []
    again = PAID.replace("07-01", "07-10")
    (found,) = thanks(books_of(WHOLE + again), date(2026, 6, 1))
    assert [one.date for one in found.payments] == [date(2026, 7, 10)]
    before = thanks(books_of(WHOLE, "2026-07-05"), date(2026, 6, 1))
    assert [one.date for (one,) in (said.payments for said in before)] == [
        date(2026, 7, 1)
    ]


def test_nobody_is_thanked_for_what_was_booked_back_without_an_invoice() -> None:
    loose = PAID.replace(" ^INV-5", "").replace("1200", "300")
    back = (
        '2026-07-06 * "Acme" "Back"\n'
        "  Assets:Receivable:Acme  {}.00 EUR\n  Assets:Bank\n"
    )
    for amount, days in (("300", []), ("301", ["2026-07-01"])):
        found = thanks(books_of(SALE + loose + back.format(amount)), date(2026, 6, 1))
        assert [str(one.date) for said in found for one in said.payments] == days


def test_a_payment_of_two_invoices_of_which_one_came_back(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-06-01 * "Acme" "Website" ^INV-5
      due: 2026-07-01
      Assets:Receivable:Acme   1200.00 EUR
      Income:Services
    2026-06-02 * "Acme" "Hosting" ^INV-6
      due: 2026-07-01
      Assets:Receivable:Acme    300.00 EUR
      Income:Services
    2026-07-01 * "Acme" "Both" ^INV-5 ^INV-6
      Assets:Bank              1500.00 EUR
      Assets:Receivable:Acme
    2026-07-06 * "Acme" "One came back" ^INV-6
      due: 2026-07-01
      Assets:Receivable:Acme    300.00 EUR
      Assets:Bank
    """
    (found,) = thanks(ledger.books(AS_OF), date(2026, 6, 1))
    (payment,) = found.payments
    assert (payment.amount, payment.invoices) == (D(1200), ("INV-5",))


def test_customers_count_it_once() -> None:
    books = books_of(WHOLE)
    (one,) = customers(books).as_dict()["customers"]
    assert (one["turnover"], one["open"]) == ("1200.00", "1200.00")
    assert D(one["paid"]) == 0
    (part,) = invoiced(books)
    assert (part.amount, part.outcome, part.paid_on) == (D(1200), Outcome.OPEN, None)
    assert [(each.means, each.amount) for each in part.credited] == [
        (Means.PAYMENT, D(1200)),
        (Means.RETURN, D(-1200)),
    ]


def test_it_is_paid_when_it_is_paid_again() -> None:
    (part,) = invoiced(books_of(WHOLE + PAID.replace("07-01", "07-10")))
    assert (part.amount, part.outcome) == (D(1200), Outcome.PAID)
    assert (str(part.paid_on), part.days_late) == ("2026-07-10", 9)


def test_a_statement_says_what_happened() -> None:
    found = statement(books_of(WHOLE), "Acme")
    assert found is not None
    (section,) = found.sections
    moves = [line.movement for line in section.lines]
    assert [(one.kind, one.amount) for one in moves] == [
        (MovementKind.INVOICE, D(1200)),
        (MovementKind.PAYMENT, D(-1200)),
        (MovementKind.RETURN, D(1200)),
    ]
    (item,) = (aged.item for aged in section.items)
    assert section.returned == {item.identity}


def test_a_story_says_what_happened() -> None:
    books = books_of(WHOLE)
    found = tell(books, "INV-5")
    assert found is not None
    assert [(one.kind, one.fact.text) for one in found.events] == [
        ("invoice", "Invoiced: Website (Assets:Receivable:Acme)"),
        ("due", "Due 2026-07-01, from the transaction"),
        ("credit", "Acme Direct debit (by invoice number)"),
        ("return", "Payment returned: Direct debit returned (Assets:Receivable:Acme)"),
    ]
    assert [part.label for part in found.parts] == ["INV-5", "INV-5, payment returned"]
    whole = tell_customer(books, "Acme")
    assert whole is not None
    assert [event.kind for event in whole.events] == ["invoice", "credit", "return"]
    assert [part.is_return for part in whole.parts] == [True]


def test_so_does_the_story_of_the_payment() -> None:
    books = books_of(WHOLE)
    found = tell_payment(books, "<string>", 5)
    assert isinstance(found, PaymentStory)
    told = [(str(one.date), one.kind, one.fact.lineno) for one in found.events]
    assert told[-1] == ("2026-07-06", "return", 8)
    assert [one.kind for one in found.events] == ["credit", "settled", "return"]
    assert found.events[-1].fact.text == "INV-5, payment returned"
    assert sum(one.amount or 0 for one in found.events) == 0


def test_a_charge_paid_with_it_came_back_with_it(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-06-01 * "Acme" "Website" ^INV-5
      due: 2026-06-10
      Assets:Receivable:Acme   1200.00 EUR
      Income:Services
    2026-06-20 * "Acme" "Fee" ^INV-5
      charge: "fee"
      Assets:Receivable:Acme      5.00 EUR
      Income:Fees
    2026-07-01 * "Acme" "Direct debit" ^INV-5
      Assets:Bank              1205.00 EUR
      Assets:Receivable:Acme
    2026-07-06 * "Acme" "Returned" ^INV-5
      due: 2026-06-10
      Assets:Receivable:Acme   1205.00 EUR
      Assets:Bank
    2026-07-06 * "Acme" "What the bank takes for it" ^INV-5
      charge: "fee"
      due: 2026-06-10
      Assets:Receivable:Acme      3.00 EUR
      Assets:Bank
    """
    books = ledger.books(AS_OF)
    (one,) = customers(books).as_dict()["customers"]
    assert (one["turnover"], one["open"]) == ("1200.00", "1208.00")
    found = statement(books, "Acme")
    assert found is not None
    (section,) = found.sections
    moves = [line.movement for line in section.lines]
    assert [(one.kind, one.amount) for one in moves] == [
        (MovementKind.INVOICE, D(1200)),
        (MovementKind.FEE, D(5)),
        (MovementKind.PAYMENT, D(-1205)),
        (MovementKind.RETURN, D(1205)),
        (MovementKind.FEE, D(3)),
    ]


def test_instalments_paid_at_once_come_back_at_once(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-06-01 * "Acme" "Website" ^INV-5
      Assets:Receivable:Acme    800.00 EUR
        due: 2026-06-10
      Assets:Receivable:Acme    400.00 EUR
        due: 2026-07-01
      Income:Services
    2026-07-01 * "Acme" "Direct debit" ^INV-5
      Assets:Bank              1200.00 EUR
      Assets:Receivable:Acme
    2026-07-06 * "Acme" "Returned" ^INV-5
      Assets:Receivable:Acme    800.00 EUR
        due: 2026-06-10
      Assets:Receivable:Acme    400.00 EUR
        due: 2026-07-01
      Assets:Bank
    """
    books = ledger.books(AS_OF)
    # The payment settles what is due first, whenever that was booked.
    parts = [(part.amount, part.open) for part in invoiced(books)]
    assert parts == [(D(800), D(400)), (D(400), D(800))]
    (letter,) = contents(books, letters(reminders(books).due))
    assert letter is not None
    # With dates on the postings, what came back are instalments of their own.
    assert [(one.date, one.invoiced, one.open) for one in letter.bills] == [
        (None, D(0), D(400)),
        (date(2026, 6, 1), D(400), D(400)),
        (None, D(0), D(400)),
    ]
    back = [[each.amount for each in one.returned] for one in letter.bills]
    assert back == [[D(800)], [], [D(400)]]


def test_each_payment_comes_back_once() -> None:
    again = BACK.replace("07-06", "07-08").replace("returned", "again")
    assert returned(WHOLE) == ["Direct debit returned: Direct debit"]
    assert returned(WHOLE + again) == ["Direct debit returned: Direct debit"]
    second = PAID.replace("07-01", "07-07").replace("debit", "debit two")
    assert sorted(returned(WHOLE + second + again)) == [
        "Direct debit again: Direct debit two",
        "Direct debit returned: Direct debit",
    ]


def test_the_latest_of_two_like_payments_came_back() -> None:
    halves = PAID.replace("1200", "600")
    second = halves.replace("07-01", "07-02").replace("debit", "debit two")
    back = BACK.replace("1200", "600")
    assert returned(SALE + halves + second + back) == [
        "Direct debit returned: Direct debit two"
    ]


def test_what_is_paid_anew_on_the_day_of_a_return_did_not_come_back() -> None:
    again = PAID.replace("07-01", "07-06").replace("debit", "debit two")
    for text in (WHOLE + again, SALE + again + PAID + BACK):
        assert returned(text) == ["Direct debit returned: Direct debit"]


def test_what_came_back_may_be_booked_on_the_day_of_the_invoice() -> None:
    text = SALE + PAID.replace("07-01", "06-01") + BACK.replace("07-06", "06-01")
    assert returned(text) == ["Direct debit returned: Direct debit"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # No payment brought as much.
        ('returned" ^INV-5\n  due: 2026-07-01\n  Assets:Receivable:Acme   1200', None),
        # Another due date: money is lent again, or something else is passed on.
        ('returned" ^INV-5\n  due: 2026-07-01', 'returned" ^INV-5\n  due: 2026-08-01'),
        # The invoice came in another transaction after it.
        ("2026-07-06", "2026-06-30"),
        # No money went out.
        ("Acme   1200.00 EUR\n  Assets:Bank", "Acme   1200.00 EUR\n  Income:Services"),
        # No money came in.
        ("Assets:Bank              1200.00", "Income:Services          1200.00"),
        # It is another invoice's.
        ('returned" ^INV-5', 'returned" ^INV-7'),
        ('returned" ^INV-5', 'returned"'),
    ],
)
def test_another_debit_is_an_invoice(old: str, new: str | None) -> None:
    assert old in WHOLE
    changed = WHOLE.replace(old, new or old.replace("1200", "1100"))
    assert returned(changed) == []
    amount = D(1100) if new is None else D(1200)
    assert sum(part.amount for part in invoiced(books_of(changed))) == D(1200) + amount


def test_what_came_back_without_a_due_date_is_no_invoice_either() -> None:
    bare = WHOLE.replace('returned" ^INV-5\n  due: 2026-07-01', 'returned" ^INV-5')
    assert returned(bare) == []
    (one,) = customers(books_of(bare)).as_dict()["customers"]
    assert one["turnover"] == "1200.00"


def test_what_a_plan_made_of_it_came_back_all_the_same() -> None:
    plan = (
        '2026-07-08 note Assets:Receivable:Acme "Agreed" ^INV-5\n'
        '  plan: "2 x 1 month from 2026-07-09"\n'
    )
    text = WHOLE + plan
    assert {*returned(text)} == {"Direct debit returned: Direct debit"}
    (one,) = customers(books_of(text)).as_dict()["customers"]
    assert (one["turnover"], one["open"]) == ("1200.00", "1200.00")
    found = bill(text, "2026-07-20")
    assert (found.invoiced, found.open, found.returned) == (D(600), D(600), ())


def test_after_a_plan_a_letter_adds_up_as_before() -> None:
    plan = (
        '2026-07-08 note Assets:Receivable:Acme "Agreed" ^INV-5\n'
        '  plan: "2 x 1 month from 2026-07-09"\n  default-after: 3\n'
    )
    found = bill(WHOLE + plan, "2026-07-20")
    paid = sum((one.amount for one in found.settled), D(0))
    assert (found.invoiced - paid, found.open) == (D(1200), D(1200))
    assert found.returned == ()


_PAYMENTS = st.lists(st.tuples(st.sampled_from([100, 200]), st.booleans()), max_size=6)


@given(payments=_PAYMENTS, is_planned=st.booleans())
@example(payments=[(200, False)] * 6, is_planned=False)
def test_whatever_comes_back_the_invoice_counts_once(
    payments: list[tuple[int, bool]], *, is_planned: bool
) -> None:
    text = SALE
    for number, (amount, comes_back) in enumerate(payments):
        for booked, day in ((PAID, 2 * number), (BACK, 2 * number + 1)):
            if booked is PAID or comes_back:
                changed = booked.replace("1200", str(amount))
                text += changed.replace(booked[:10], f"2026-07-{day + 2:02}")
    if is_planned:
        text += (
            '2026-07-20 note Assets:Receivable:Acme "Agreed" ^INV-5\n'
            '  plan: "2 x 1 month from 2026-08-01"\n'
        )
    back = [amount for amount, comes_back in payments if comes_back]
    books = books_of(text, "2026-09-15")
    left = 1200 - sum(amount for amount, comes_back in payments if not comes_back)
    (part,) = invoiced(books)
    assert (part.amount, part.open) == (D(1200), D(left))
    returns = [one for one in part.credited if one.means is Means.RETURN]
    assert sorted(-one.amount for one in returns) == sorted(back)
    found = statement(books, "Acme")
    assert found is not None
    moves = [line.movement for section in found.sections for line in section.lines]
    assert [one.amount for one in moves if one.kind is MovementKind.INVOICE] == [1200]
    written = contents(books, letters(reminders(books).due))
    bills = [one for letter in written if letter for one in letter.bills]
    for one in bills:
        paid = sum(each.amount for each in one.settled)
        returned_ = sum(each.amount for each in one.returned)
        assert one.invoiced + returned_ - paid == one.open
    assert sum(one.open for one in bills) == left
    # Nobody is written to who has paid all.
    assert is_planned or [one.invoiced for one in bills] == [1200] * bool(left)
