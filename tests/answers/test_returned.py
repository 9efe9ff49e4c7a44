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
from beancount_dunning.answers.movements import MovementKind
from beancount_dunning.answers.paid import Means
from beancount_dunning.answers.paid import Outcome
from beancount_dunning.answers.paid import invoiced
from beancount_dunning.answers.payment_story import PaymentStory
from beancount_dunning.answers.payment_story import tell_payment
from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.answers.returns import Returns
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
DUE = "due: 2026-07-01"


def books_of(text: str, as_of: str = AS_OF) -> Books:
    return load(text).books(as_of)


def returned(text: str) -> list[str]:
    """Return the narrations of the debits that book a payment back, and of those."""
    books = books_of(text).with_settled(None)
    items = books.receivables.all_items
    back = Returns(books).find(items)
    return [
        f"{item.entry.narration}: {back[id(item)].payment.narration}"
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


NEW = BACK.replace(DUE, "due: 2026-07-13")
PLAIN = NEW.replace("Direct debit returned", "Website")
TICKETS = NEW.replace("Direct debit returned", "Tickets")
FEE = NEW.replace("1200.00", "1203.50")
PLAIN_FEE = PLAIN.replace("1200.00", "1203.50")
LATE_FEE = PLAIN_FEE.replace("2026-07-13", "2026-07-01")
LEG = "  Assets:Receivable:Acme   1200.00 EUR\n"
COST = "Expenses:Fees  3.50 EUR\n"


@pytest.mark.parametrize(
    ("back", "fee"),
    [
        # It is due anew, by a date, by terms, or by the customer's.
        (NEW, "0"),
        (BACK.replace(DUE, 'terms: "net 7"'), "0"),
        (BACK.replace(f"  {DUE}\n", ""), "0"),
        # The bank repeats what was invoiced, or paid, and takes it where it came in.
        (PLAIN, "0"),
        (NEW.replace("Direct debit returned", "DIRECT DEBIT"), "0"),
        # Another account, but the text says it.
        (NEW.replace("Assets:Bank", "Assets:Giro"), "0"),
        # The bank's fee is in it, and the text or the due date tells.
        (FEE, "3.50"),
        (FEE.replace("Direct debit returned", "Rücklastschrift"), "3.50"),
        (FEE.replace("Direct debit returned", "Prélèvement impayé"), "3.50"),
        (PLAIN_FEE.replace("  due", '  memo: "SEPA RETURN MD06"\n  due'), "3.50"),
        (LATE_FEE, "3.50"),
        # At most a quarter of the payment.
        (FEE.replace("1203.50", "1500.00"), "300"),
        # A fee on a posting of its own tells, too, on either side.
        (
            PLAIN.replace(LEG, f"{LEG}  Assets:Receivable:Acme  3.50 EUR\n"),
            "3.50",
        ),
        (
            f"{PLAIN_FEE[:-1]}  -1200.00 EUR\n  Assets:Bank  -3.50 EUR\n",
            "3.50",
        ),
        # The account is in another currency.
        (f"{BACK[:-1]}  -1300.00 USD @@ 1200.00 EUR\n", "0"),
        # The fee is an expense, and not the customer's.
        (
            PLAIN.replace(LEG, f"{LEG}  {COST}"),
            "0",
        ),
        # It is income.
        (f"{FEE[:-1]}  -1200.00 EUR\n  Income:Fees  -3.50 EUR\n", "3.50"),
        # It is both: the bank takes it, and the customer is to pay as much.
        (
            f"{FEE[:-1]}  -1203.50 EUR\n  {COST}  Income:Fees  -3.50 EUR\n",
            "3.50",
        ),
    ],
)
def test_a_payment_came_back(back: str, fee: str) -> None:
    """It is asked for again, with what the bank takes; the invoice counts once."""
    text = f"{SALE}{PAID}{back}"
    assert [one.partition(": ")[2] for one in returned(text)] == ["Direct debit"]
    books = books_of(text, "2026-07-20")
    (part,) = invoiced(books)
    assert (part.amount, part.open) == (D(1200), D(1200) + D(fee))
    put_back = {one.means: -one.amount for one in part.credited if one.amount < 0}
    fees = {Means.BANK_FEE: D(fee)} if D(fee) else {}
    assert put_back == {Means.RETURN: D(1200), **fees}
    (one,) = customers(books).as_dict()["customers"]
    assert D(one["turnover"]) == D(1200)
    assert D(one["paid"]) == 0
    found = statement(books, "Acme")
    assert found is not None
    (section,) = found.sections
    moves = [(line.movement.kind, line.movement.amount) for line in section.lines]
    assert moves == [
        (MovementKind.INVOICE, D(1200)),
        (MovementKind.PAYMENT, D(-1200)),
        (MovementKind.RETURN, D(1200)),
        *((MovementKind.BANK_FEE, amount) for amount in fees.values()),
    ]
    assert thanks(books, date(2026, 6, 1)) == []
    for said in contents(books, letters(reminders(books).due)):
        assert said
        assert [(one.date, one.invoiced) for one in said.bills] == [
            (date(2026, 6, 1), D(1200))
        ]
        assert [one.instalment for one in said.bills] == [""]
        assert [(one.returned, one.asked) for one in said.bills] == [
            ((Returned(date(2026, 7, 6), D(1200), D(fee)),), D(1200) + D(fee))
        ]


@pytest.mark.parametrize(
    "debit",
    [
        # Something was bought for the customer, or the text does not tell.
        TICKETS,
        TICKETS.replace("Tickets", ""),
        PLAIN_FEE,
        FEE.replace("1203.50", "1500.01"),
        NEW.replace("1200.00", "1100.00"),
        LATE_FEE.replace("2026-07-01", "2026-07-13"),
        # Goods that were passed on at cost were on no account that takes money.
        PLAIN.replace("Assets:Bank", "Assets:Stock"),
        # Goods were sold.
        f"{NEW[:-1]}  -1000.00 EUR\n  Income:Services  -200.00 EUR\n",
        f"{PLAIN_FEE[:-1]}  -1200.00 EUR\n  Income:Fees  -3.50 EUR\n",
        # It names what was invoiced, but another customer's.
        NEW.replace("  due", '  customer: "Beta"\n  due'),
    ],
)
def test_what_was_bought_or_sold_is_an_invoice(debit: str) -> None:
    text = f"{SALE}{PAID}{debit}"
    assert returned(text) == []
    assert len(invoiced(books_of(text))) == 2


@pytest.mark.parametrize(
    "said",
    [
        *("Direct debit failed", "insufficient funds", "Rejected: MD06"),
        *("SEPA-Lastschriftrückgabe", "LASTSCHRIFTRUECKLAUF", "mangels Deckung"),
        *("Nicht eingelöste Lastschrift", "Nicht eingeloest", "Scheck geplatzt"),
        *("Prélèvement rejeté", "Recibo impagado", "Addebito insoluto"),
        *("Incasso onbetaald", "Incasso geweigerd", "gestorneerd"),
        *("口座振替不能", "引き落とし不能", "引落不能", "残高不足", "退票", "余额不足"),
    ],
)
def test_banks_say_in_many_words_that_nothing_was_paid(said: str) -> None:
    debit = NEW.replace("Direct debit returned", said)
    assert returned(f"{SALE}{PAID}{debit}") == [f"{said}: Direct debit"]


def test_what_is_bought_for_a_customer_again_did_not_come_back() -> None:
    first = TICKETS.replace("07-06", "06-01").replace("07-13", "06-20")
    assert returned(first + PAID + TICKETS) == []
    assert returned(first + PAID + NEW) == ["Direct debit returned: Direct debit"]


def test_what_pays_back_too_much_did_not_come_back() -> None:
    """Paid twice, of which once is paid back; after that it comes back, too."""
    bare = BACK.replace(f"  {DUE}\n", "")
    refund = bare.replace("Direct debit returned", "Refund")
    text = SALE + PAID + PAID.replace("Direct debit", "Transfer") + refund
    assert returned(text) == []
    assert [part.open for part in invoiced(books_of(text))] == [0]
    later = bare.replace("07-06", "07-08")
    assert len(returned(text + later)) == 1
    assert [part.open for part in invoiced(books_of(text + later))] == [D(1200)]


def test_a_charge_before_a_return_is_owed(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-06-01 * "Acme" "Website" ^INV-5
      Assets:Receivable:Acme   1200.00 EUR
      Income:Services
    2026-06-20 * "Acme" "Fee" ^INV-5
      charge: "fee"
      Assets:Receivable:Acme      5.00 EUR
      Income:Services
    2026-07-01 * "Acme" "Direct debit" ^INV-5
      Assets:Bank              1200.00 EUR
      Assets:Receivable:Acme
    2026-07-02 * "Acme" "Again" ^INV-5
      Assets:Bank              1200.00 EUR
      Assets:Receivable:Acme
    2026-07-06 * "Acme" "Returned" ^INV-5
      Assets:Receivable:Acme   1200.00 EUR
      Assets:Bank
    """
    books = ledger.books(AS_OF).with_settled(None)
    found = Returns(books).find(books.receivables.all_items)
    assert [one.payment.narration for one in found.values()] == ["Again"]


def test_a_story_says_what_the_bank_takes() -> None:
    found = tell(books_of(f"{SALE}{PAID}{FEE}"), "INV-5")
    assert found is not None
    last = [(one.kind, one.fact.text, one.amount) for one in found.events[-2:]]
    assert last == [
        (
            "return",
            "Payment returned: Direct debit returned (Assets:Receivable:Acme)",
            D(1200),
        ),
        (
            "charge",
            "Fee charged: Direct debit returned (Assets:Receivable:Acme)",
            D("3.50"),
        ),
    ]


def test_what_came_back_without_a_due_date_is_no_invoice_either() -> None:
    bare = WHOLE.replace('returned" ^INV-5\n  due: 2026-07-01', 'returned" ^INV-5')
    assert returned(bare) == ["Direct debit returned: Direct debit"]
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


@given(
    payments=_PAYMENTS,
    fee=st.sampled_from(["0.00", "3.50"]),
    due=st.sampled_from(["due: 2026-07-01", "due: 2026-07-25", 'terms: "net 7"']),
    is_planned=st.booleans(),
)
@example(payments=[(200, False)] * 6, fee="0.00", due=DUE, is_planned=False)
def test_whatever_comes_back_the_invoice_counts_once(
    payments: list[tuple[int, bool]], fee: str, due: str, *, is_planned: bool
) -> None:
    text = SALE
    booked_back = BACK.replace(DUE, due)
    for number, (amount, comes_back) in enumerate(payments):
        for booked, day in ((PAID, 2 * number), (booked_back, 2 * number + 1)):
            if booked is PAID or comes_back:
                taken = D(amount) if booked is PAID else amount + D(fee)
                changed = booked.replace("1200.00", str(taken))
                text += changed.replace(booked[:10], f"2026-07-{day + 2:02}")
    if is_planned:
        text += (
            '2026-07-20 note Assets:Receivable:Acme "Agreed" ^INV-5\n'
            '  plan: "2 x 1 month from 2026-08-01"\n'
        )
    back = [amount for amount, comes_back in payments if comes_back]
    books = books_of(text, "2026-09-15")
    kept = sum(amount for amount, comes_back in payments if not comes_back)
    left = D(1200) - kept + len(back) * D(fee)
    (part,) = invoiced(books)
    assert (part.amount, part.open) == (D(1200), left)
    assert part.amount == part.open + sum(one.amount for one in part.credited)
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
        returned_ = sum(each.amount + each.fee for each in one.returned)
        assert one.invoiced + returned_ - paid == one.open
    assert sum(one.open for one in bills) == left
    # Nobody is written to who has paid all. What came back at several times and is due
    # at several has bills of its own.
    sales = [one.invoiced for one in bills if one.invoiced]
    is_apart = due != DUE and len(bills) > 1 and not sales
    assert is_planned or is_apart or sales == [1200] * bool(left)
