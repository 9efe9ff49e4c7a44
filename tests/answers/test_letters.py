"""What goes into a letter: bills that add up, sums, days, tone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from beancount.loader import load_string
from hypothesis import given

from beancount_dunning.answers.contents import Charged
from beancount_dunning.answers.contents import Contents
from beancount_dunning.answers.contents import Payment
from beancount_dunning.answers.contents import Settled
from beancount_dunning.answers.contents import Tone
from beancount_dunning.answers.contents import sums
from beancount_dunning.answers.letters import contents
from beancount_dunning.answers.letters import thanks
from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.ledger.items import ChargeKind
from beancount_dunning.standing.books import read_books
from tests.strategies import HUGE_NUMBERS
from tests.strategies import Ledger as MadeUp
from tests.strategies import as_of_days
from tests.strategies import ledgers
from tests.test_properties import steady

if TYPE_CHECKING:
    from beancount_dunning.answers.contents import Bill
    from beancount_dunning.standing.books import Books
    from tests.conftest import Ledger

D = Decimal


def of_day(books: Books) -> list[Contents | None]:
    return contents(books, letters(reminders(books).due))


def said(ledger: Ledger, as_of: str) -> Contents:
    """Return what the only letter of a day says."""
    (found,) = of_day(ledger.books(as_of))
    assert found is not None
    return found


def bill(ledger: Ledger, as_of: str) -> Bill:
    (found,) = said(ledger, as_of).bills
    return found


def test_a_bill_says_what_was_invoiced_charged_paid_and_credited(
    ledger: Ledger,
) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-10-15 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-10-14
      Assets:Receivable:Acme  5.00 EUR
      Income:Fees
    2026-10-16 * "Acme" "Interest" ^INV-1
      charge: "interest"
      due: 2026-10-14
      Assets:Receivable:Acme  3.00 EUR
      Income:Interest
    2026-10-17 * "Acme" "Part payment" ^INV-1
      Assets:Bank  1002.00 EUR
      Assets:Receivable:Acme
    2026-10-18 * "Acme" "Two pages less" ^INV-1
      Income:Services  2.00 EUR
      Assets:Receivable:Acme
    """
    found = bill(ledger, "2026-10-20")
    assert (found.invoice, found.date) == ("INV-1", date(2026, 9, 14))
    assert (found.description, found.instalment) == ("Website", "")
    assert (found.invoiced, found.open, found.asked) == (D(1000), D(4), D(4))
    assert set(found.charged) == {
        Charged(ChargeKind.FEE, date(2026, 10, 15), D(5)),
        Charged(ChargeKind.INTEREST, date(2026, 10, 16), D(3)),
    }
    # A payment of sale and charge is one.
    assert found.settled == (
        Settled(date(2026, 10, 17), D(1002), is_payment=True),
        Settled(date(2026, 10, 18), D(2), is_payment=False),
    )
    assert (found.due, found.days_late) == (date(2026, 10, 14), 6)


def test_a_charge_in_another_currency_has_no_invoice_beside_it(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-10-15 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-10-14
      Assets:Receivable:Acme  5.00 USD
      Income:Fees
    """
    euro, dollar = said(ledger, "2026-10-20").bills
    assert (euro.date, euro.invoiced) == (date(2026, 9, 14), D(1000))
    assert (dollar.date, dollar.invoiced, dollar.open) == (None, D(0), D(5))


def test_instalments_and_what_has_no_number(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
        due: 2026-10-13
      Assets:Receivable:Acme  200.00 EUR
        due: 2026-10-14
      Income:Services
    2026-09-15 * "Acme" ""
      due: 2026-10-14
      Assets:Receivable:Acme  9050 JPY
      Income:Services
    """
    found = said(ledger, "2026-10-15")
    assert [(one.invoice, one.instalment, one.description) for one in found.bills] == [
        ("INV-1", "1/2", "Website"),
        ("INV-1", "2/2", "Website"),
        (None, "", ""),
    ]
    assert found.bills[2].date == date(2026, 9, 15)
    assert found.invoices == ("INV-1",)


def test_credit_is_taken_off_and_what_it_cannot_be_taken_off_is_told(
    ledger: Ledger,
) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-01 custom "dunning-option" "unreferenced" "unapplied"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Hosting" ^INV-2
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 USD
      Income:Services
    2026-09-14 * "Acme" "More hosting" ^INV-3
      due: 2026-12-14
      Assets:Receivable:Acme  100.00 USD
      Income:Services
    2026-10-10 * "Acme" "On account"
      Assets:Bank  300.00 EUR
      Assets:Receivable:Acme
    2026-10-10 * "Acme" "On account"
      Assets:Bank  150.00 USD
      Assets:Receivable:Acme
    """
    found = said(ledger, "2026-10-20")
    # Dollars are covered today, so the letter does not ask for any.
    (total,) = sums(found.bills)
    assert (total.currency, total.open, total.credit) == ("EUR", D(1000), D(300))
    assert total.asked == D(700)
    assert found.credit == {"USD": D(150)}


def test_nobody_gets_a_letter_about_what_credit_covers(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-01 custom "dunning-option" "unreferenced" "unapplied"
    2026-09-14 * "Acme" "Hosting" ^INV-2
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 USD
      Income:Services
    2026-09-14 * "Acme" "More hosting" ^INV-3
      due: 2026-12-14
      Assets:Receivable:Acme  100.00 USD
      Income:Services
    2026-10-10 * "Acme" "On account"
      Assets:Bank  150.00 USD
      Assets:Receivable:Acme
    """
    assert of_day(ledger.books("2026-10-20")) == [None]


# When, and what comes next.


@pytest.mark.parametrize(
    ("policy", "as_of", "expected"),
    [
        ("friendly", "2026-10-07", ("notice", "2026-10-14", None)),
        ("friendly", "2026-10-14", ("today", "2026-10-14", None)),
        ("friendly", "2026-10-21", ("friendly", "2026-10-28", "second reminder")),
        ("friendly", "2026-10-28", ("firm", "2026-11-04", None)),
        ("standard", "2026-10-12", ("notice", "2026-10-14", None)),
        ("standard", "2026-10-15", ("friendly", "2026-10-22", None)),
        ("standard", "2026-10-21", ("firm", "2026-10-29", "final notice")),
        ("standard", "2026-10-29", ("final", "2026-11-13", None)),
        ("standard", "2026-10-25", ("firm", "2026-11-02", "final notice")),
        ("short", "2026-10-15", ("friendly", "2026-10-17", None)),
        # On the invoice's date, nothing is due today.
        ("early", "2026-09-14", ("notice", "2026-10-14", None)),
        ("early", "2026-10-15", ("friendly", "2026-10-22", None)),
        # The last step is a call.
        ("calls", "2026-10-19", ("friendly", "2026-11-13", None)),
        ("calls", "2026-11-13", ("firm", "2026-11-20", None)),
        # On one day in the policy, and yet one step after the other.
        ("twice", "2026-10-19", ("firm", "2026-10-26", None)),
    ],
)
def test_tone_and_days_follow_from_the_policy(
    ledger: Ledger, policy: str, as_of: str, expected: tuple[str, str, str | None]
) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-01 custom "dunning-option" "policy" "$policy"
    2026-01-01 custom "dunning-option" "catch-up" "highest"
    2026-01-01 custom "dunning-step" "twice" "call" 5
    2026-01-01 custom "dunning-step" "twice" "letter" 5
    2026-01-01 custom "dunning-step" "short" "letter" 1
      pay-within: 2
    2026-01-01 custom "dunning-step" "early" "thanks" 0
      from: "invoice"
    2026-01-01 custom "dunning-step" "early" "first" 1
    2026-01-01 custom "dunning-step" "calls" "letter" 5
    2026-01-01 custom "dunning-step" "calls" "call" 30
      channel: "phone"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  1190.00 EUR
      Income:Services
    """
    assert ledger.settings(as_of).policy == policy
    found = said(ledger, as_of)
    following = found.following.name if found.following else None
    assert (found.tone, str(found.pay_by), following) == expected


def test_nobody_is_asked_to_pay_by_a_day_off(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-01 custom "dunning-option" "holidays" "weekends"
    2026-01-01 custom "dunning-step" "standard" "one" 1
      pay-within: 2
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  1190.00 EUR
      Income:Services
    """
    # The 17th is a Saturday.
    assert said(ledger, "2026-10-15").pay_by == date(2026, 10, 19)


def test_a_review_is_no_letter(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-01 custom "dunning-option" "catch-up" "highest"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  1190.00 EUR
      Income:Services
    """
    assert of_day(ledger.books("2026-11-13")) == [None]


def test_no_day_lies_beyond_the_calendar(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  1190.00 EUR
      Income:Services
    """
    assert said(ledger, str(date.max)).pay_by == date.max


def test_the_furthest_bill_gives_the_tone_and_what_is_not_due_stands_apart(
    ledger: Ledger,
) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  1190.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Hosting" ^INV-2
      due: 2026-10-23
      Assets:Receivable:Acme  90.00 EUR
      Income:Services
    2026-10-15 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    """
    found = said(ledger, "2026-10-21")
    assert found.tone == Tone.FIRM
    assert [one.invoice for one in found.late] == ["INV-1"]
    assert [one.invoice for one in found.later] == ["INV-2"]
    assert found.days_late == 7
    notice = said(ledger, "2026-10-12")
    assert [one.invoice for one in notice.late] == ["INV-1"]
    assert notice.later == ()


def test_what_was_sent_promised_and_paid_before(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-01 custom "dunning-step" "standard" "soon" -3
    2026-01-01 custom "dunning-step" "standard" "one" 1
    2026-01-01 custom "dunning-step" "standard" "two" 10
    2026-01-01 custom "dunning-step" "standard" "three" 20
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  1190.00 EUR
      Income:Services
    2026-10-01 * "Acme" "Part" ^INV-1
      Assets:Bank  100.00 EUR
      Assets:Receivable:Acme
    2026-10-11 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "soon"
    2026-10-16 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "one"
    2026-10-16 * "Acme" "Part" ^INV-1
      Assets:Bank  90.00 EUR
      Assets:Receivable:Acme
    2026-10-17 * "Acme" "Discount" ^INV-1
      Expenses:Discounts  1.00 EUR
      Assets:Receivable:Acme
    2026-10-20 note Assets:Receivable:Acme "Called" ^INV-1
      promise: 2026-10-24
    2026-10-26 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "two"
    """
    first = said(ledger, "2026-10-15")
    assert first.tone == Tone.FRIENDLY
    assert first.earlier == ()
    assert [one.date for one in first.payments] == [date(2026, 10, 1)]
    second = said(ledger, "2026-10-25")
    assert second.earlier == (date(2026, 10, 16),)
    assert second.payments == (Payment(date(2026, 10, 16), D(90), "EUR", ("INV-1",)),)
    assert second.tone == Tone.PROMISE
    assert second.promise is not None
    assert second.promise.promise == date(2026, 10, 24)
    third = said(ledger, "2026-11-05")
    assert third.earlier == (date(2026, 10, 16), date(2026, 10, 26))
    assert third.payments == ()
    # It was told already.
    assert (third.tone, third.promise) == (Tone.FINAL, None)


def test_a_final_letter_stays_one_after_a_broken_promise(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-01 custom "dunning-option" "catch-up" "highest"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  1190.00 EUR
      Income:Services
    2026-10-20 note Assets:Receivable:Acme "Called" ^INV-1
      promise: 2026-10-24
    """
    found = said(ledger, "2026-10-30")
    assert found.tone == Tone.FINAL
    assert found.promise is not None


def test_a_late_part_of_a_plan_has_a_tone_of_its_own(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-07-01 * "Acme" "Website" ^INV-1
      due: 2026-07-31
      Assets:Receivable:Acme  1190.00 EUR
      Income:Services
    2026-08-20 note Assets:Receivable:Acme "Agreed" ^INV-1
      plan: "590.00 on 2026-10-14, rest on 2026-11-14"
    2026-09-14 * "Acme" "Logo" ^INV-2
      due: 2026-10-20
      Assets:Receivable:Acme   200.00 EUR
      Income:Services
    2026-10-16 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    """
    found = said(ledger, "2026-10-15")
    assert found.tone == Tone.PLAN
    (part,) = found.bills
    assert (part.instalment, part.originally_due) == ("1/2", date(2026, 7, 31))
    assert sums(found.bills)[0].asked == 590
    # What is late beside it is no part of a plan.
    assert said(ledger, "2026-10-23").tone == Tone.FIRM


def test_what_a_plan_that_ended_was_paid_is_on_the_bill(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-06-01 * "Acme" "Website" ^INV-1
      due: 2026-07-01
      Assets:Receivable:Acme  1190.00 EUR
      Income:Services
    2026-07-10 * "Acme" "Part" ^INV-1
      Assets:Bank  190.00 EUR
      Assets:Receivable:Acme
    2026-08-01 note Assets:Receivable:Acme "Agreed" ^INV-1
      plan: "2 x 1 month from 2026-09-15"
      default-after: 7
    2026-09-16 * "Acme" "Part" ^INV-1
      Assets:Bank  300.00 EUR
      Assets:Receivable:Acme
    2026-10-01 * "Fee" ^INV-1
      charge: "fee"
      due: 2026-07-01
      Assets:Receivable:Acme    5.00 EUR
      Income:Services
    """
    found = bill(ledger, "2026-11-20")
    assert (found.instalment, found.due) == ("", date(2026, 7, 1))
    assert found.invoiced == 1190
    assert [one.amount for one in found.settled] == [190, 300]
    assert [one.amount for one in found.charged] == [5]
    assert found.open == 1190 - 190 - 300 + 5


# Thanks.


def test_thanks_for_what_was_paid_since_a_day(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
      email: "ap@acme.example"
    1999-01-01 open Assets:Receivable:Beta
      address: "1 High Street"
    2026-01-01 custom "dunning-option" "unreferenced" "unapplied"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Hosting" ^INV-2
      due: 2026-10-14
      Assets:Receivable:Acme  50.00 EUR
      Income:Services
    2026-09-15 * "Acme" "Old" ^INV-1
      Assets:Bank  10.00 EUR
      Assets:Receivable:Acme
    2026-10-01 * "Acme" "Both, and more" ^INV-1 ^INV-2
      Assets:Bank  150.00 EUR
      Assets:Receivable:Acme
    2026-10-02 * "Acme" "Discount" ^INV-2
      Expenses:Discounts  1.00 EUR
      Assets:Receivable:Acme
    2026-10-02 * "Beta" "On account"
      Assets:Bank  7.00 USD
      Assets:Receivable:Beta
    2026-10-02 * "Beta" "Credit note"
      Income:Services  1.00 USD
      Assets:Receivable:Beta
    2026-10-03 * "Beta" "Website" ^INV-3
      due: 2026-11-14
      Assets:Receivable:Beta  100.00 EUR
      Income:Services
    """
    acme, beta = thanks(ledger.books("2026-10-20"), date(2026, 10, 1))
    assert (acme.tone, acme.step, acme.way) == (Tone.THANKS, None, "email")
    assert acme.payments == (
        Payment(date(2026, 10, 1), D(150), "EUR", ("INV-1", "INV-2")),
    )
    assert acme.is_settled
    assert (acme.bills, acme.late, acme.later, acme.days_late) == ((), (), (), 0)
    assert beta.payments == (Payment(date(2026, 10, 2), D(7), "USD", ()),)
    assert (beta.way, beta.is_settled) == ("letter", False)


def test_nobody_is_thanked_whose_name_is_not_known(ledger: Ledger) -> None:
    """
    2026-10-02 * "On account"
      Assets:Bank  7.00 USD
      Assets:Receivable
    """
    assert thanks(ledger.books("2026-10-20"), date(2026, 10, 1)) == []


# Whatever the ledger.


@steady
@given(made_up=ledgers(hostile=True), as_of=as_of_days)
def test_every_letter_adds_up(made_up: MadeUp, as_of: date) -> None:
    entries, _, options_map = load_string(made_up.text)
    books = read_books(entries, options_map, today=date.max, as_of=as_of)
    is_rounded = any(number in made_up.text for number in HUGE_NUMBERS)
    for letter, found in zip(letters(reminders(books).due), of_day(books), strict=True):
        if found is None or is_rounded:
            continue
        for one in found.bills:
            charged = sum(some.amount for some in one.charged)
            settled = sum(some.amount for some in one.settled)
            returned = sum(some.amount for some in one.returned)
            assert one.invoiced + charged + returned - settled == one.open
            assert 0 <= one.asked <= one.open
        for total in sums(found.bills):
            owed = books.balances.owed[letter.furthest.item.customer, total.currency]
            assert total.open - total.credit == total.asked
            assert 0 < total.asked <= owed
        assert found.pay_by is not None
        assert set(found.late) | set(found.later) == set(found.bills)
