"""What rests because nothing is owed, on every face."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.answers.forecast import forecast
from beancount_dunning.answers.reasons import reasons
from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.formats.calendar_feed import build_calendar
from beancount_dunning.formats.text_reminders import as_text
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.resting import Held
from tests.conftest import load
from tests.writing import write

if TYPE_CHECKING:
    from beancount_dunning.standing.books import Books

AS_OF = "2026-11-20"
CREDIT = """
    2026-09-01 * "Acme" "Website" ^INV-1
      due: 2026-10-01
      Assets:Receivable       500.00 EUR
      Income:Services
    2026-09-02 * "Acme" "Hosting" ^INV-2
      due: 2026-10-02
      Assets:Receivable       200.00 USD
      Income:Services
    2026-10-05 * "Acme" "Credit note" ^CN-1
      Income:Services         {credit} EUR
      Assets:Receivable
"""


def credited(credit: str) -> Books:
    return load(CREDIT.format(credit=credit)).books(AS_OF)


def held(books: Books) -> list[tuple[str, str | None]]:
    return [
        (aged.item.label, aged.standing.held and aged.standing.held.value)
        for aged in age(books).items
    ]


def feed(books: Books) -> str:
    return build_calendar(books).decode().replace("\r\n ", "")


@pytest.mark.parametrize("credit", ["500.00", "730.00"])
def test_nothing_is_asked_of_who_owes_nothing(credit: str) -> None:
    books = credited(credit)
    assert held(books) == [("INV-1", "credit"), ("INV-2", None)]
    aged = age(books).items[0]
    # What would come, and nobody knows when.
    assert (aged.standing.next_step, aged.standing.next_date) != (None, None)
    assert aged.as_dict()["next_date"] is None
    assert not aged.needs_decision
    report = reminders(books, days=60)
    found = [one.item.label for one in (*report.due, *report.upcoming)]
    assert found == ["INV-2"]
    assert report.undecided == ()
    assert "INV-1" not in feed(books)
    assert "Unapplied credit: " in feed(books)
    (euro, dollar) = forecast(books)
    assert (str(euro.overdue), str(euro.undated)) == ("0", "500.00")
    assert str(dollar.overdue) == "200.00"


def test_why_it_rests_is_said_with_the_credit_and_its_place() -> None:
    books = credited("730.00")
    facts = reasons(books, age(books).items[0])
    note = "CN-1 Credit note (Assets:Receivable)"
    assert [(str(fact.text), fact.lineno) for fact in facts[2:]] == [
        ("No reminders: Acme owes nothing, the balance is -230.00 EUR", None),
        (f"Unapplied credit of 2026-10-05: 730.00 EUR, {note}", 11),
    ]


def test_an_overdue_error_says_what_the_customer_has_in_credit() -> None:
    ledger = load(CREDIT.format(credit="730.00"))
    euro, dollar = ledger.lines(AS_OF)
    credit = ", unapplied credit: 730.00 EUR"
    covered = ", covered by credit: the balance is -230.00 EUR"
    assert euro.endswith(f"(Assets:Receivable){covered}{credit}")
    assert dollar.endswith(f"(Assets:Receivable){credit}")
    option = '2026-01-01 custom "dunning-option" "errors" "customer"\n'
    (both,) = load(
        option + CREDIT.format(credit="730.00").replace("\n    ", "\n")
    ).lines(AS_OF)
    assert both.endswith(f"(Assets:Receivable){credit}")


def test_a_letter_asks_for_no_more_than_the_balance() -> None:
    books = credited("120.00")
    report = reminders(books)
    assert [one.as_dict()["credit"] for one in report.due] == ["-120.00", "0"]
    (letter,) = letters(report.due)
    assert letter.as_dict()["to_pay"] == {"EUR": "380.00", "USD": "200.00"}
    body = write(books, letter).body
    assert "Less your credit: \N{MINUS SIGN}€120.00\n" in body
    assert "Please pay €380.00 and $200.00 by " in body
    assert "Acme 380 EUR" in feed(books)
    assert "Acme 500 EUR" not in feed(books)
    for by in ("invoice", "customer"):
        text = as_text(report, "To send", by=by, width=None, grouped=False)
        assert text.count("-120.00 EUR") == 2


def test_credit_that_covers_what_is_due_leaves_nothing_to_pay() -> None:
    books = load(
        CREDIT.format(credit="730.00")
        + """
    2026-11-15 * "Acme" "More" ^INV-3
      due: 2026-12-15
      Assets:Receivable       900.00 EUR
      Income:Services
    """
    ).books(AS_OF)
    assert ("INV-1", None) in held(books)
    report = reminders(books)
    (letter,) = letters(report.due)
    assert (letter.to_pay["EUR"], letter.to_pay["USD"]) == (Decimal(0), Decimal(200))
    assert letter.asks
    euro = reminders(books, lambda item: item.currency == "EUR")
    (letter,) = letters(euro.due)
    assert not letter.asks
    assert (len(euro.due), euro.asking) == (1, ())
    text = as_text(euro, "To send", by="customer", width=None, grouped=False)
    assert "INV-1     (covered by credit)" in text
    text = as_text(euro, "To send", by="invoice", width=None, grouped=False)
    assert "(covered by credit)" in text
    # What is not due yet bears what the credit leaves of it.
    assert "Acme 670 EUR" in feed(books)
    assert "INV-1" not in feed(books)


DISCOUNT = """
    2026-10-01 * "Acme" "Website" ^INV-1
      terms: "2/10 net 30"
      Assets:Receivable      1000.00 EUR
      Income:Services
    {day} * "Acme" "Paid" ^INV-1
      Assets:Bank             {paid} EUR
      Assets:Receivable
"""


@pytest.mark.parametrize(
    ("day", "paid", "rests"),
    [
        ("2026-10-11", "980.00", True),
        ("2026-10-11", "985.00", True),
        ("2026-10-11", "979.99", False),
        ("2026-10-12", "980.00", False),
    ],
)
def test_a_discount_taken_in_time_is_not_asked_for(
    day: str, paid: str, *, rests: bool
) -> None:
    ledger = load(DISCOUNT.format(day=day, paid=paid))
    books = ledger.books(AS_OF)
    assert held(books) == [("INV-1", "discount" if rests else None)]
    assert bool(ledger.lines(AS_OF)) is not rests
    assert bool(reminders(books, days=60).due) is not rests
    assert ("INV-1" in feed(books)) is not rests
    if rests:
        (aged,) = age(books).items
        text = (
            "No reminders: 2 % until 2026-10-11, paid on 2026-10-11: "
            f"{aged.item.open} is the discount"
        )
        assert text in [fact.text for fact in reasons(books, aged)]
        assert aged.standing.rests == "discount taken"


def test_an_offer_without_a_payment_is_no_discount_taken() -> None:
    text = DISCOUNT.format(day="2026-12-11", paid="980.00").replace("2/10", "2/0")
    assert held(load(text).books(AS_OF)) == [("INV-1", None)]


def test_a_dispute_goes_before_credit_and_credit_before_a_promise() -> None:
    promise = """
    2026-11-18 note Assets:Receivable "Said" ^INV-1
      promise: 2026-12-01
    """
    dispute = """
    2026-11-19 note Assets:Receivable "Said" ^INV-1
      dispute: TRUE
    """
    text = CREDIT.format(credit="500.00") + promise
    assert held(load(text).books(AS_OF))[0] == ("INV-1", Held.CREDIT)
    assert held(load(text + dispute).books(AS_OF))[0] == ("INV-1", Held.DISPUTE)


@pytest.mark.parametrize("links", ["^INV-2001 ^INV-2002", ""])
@pytest.mark.parametrize(
    ("day", "amount", "rests"),
    [
        ("2026-10-08", "1470.00", [("INV-2001", "discount"), ("INV-2002", "discount")]),
        ("2026-10-08", "1469.99", [("INV-2002", None)]),
        # Too late for the first, and for both.
        ("2026-10-12", "1490.00", [("INV-2002", "discount")]),
        ("2026-10-12", "1470.00", [("INV-2002", None)]),
        ("2026-10-13", "1490.00", [("INV-2002", None)]),
        ("2026-10-08", "1500.00", []),
        ("2026-10-08", "900.00", [("INV-2001", None), ("INV-2002", None)]),
    ],
)
def test_one_payment_takes_the_discounts_of_all_that_it_names(
    links: str, day: str, amount: str, rests: list[tuple[str, str | None]]
) -> None:
    text = f"""
    2026-10-01 * "Acme" "Website" ^INV-2001
      terms: "2/10 net 30"
      Assets:Receivable  1000.00 EUR
      Income:Services
    2026-10-02 * "Acme" "Shop" ^INV-2002
      terms: "2/10 net 30"
      Assets:Receivable   500.00 EUR
      Income:Services
    {day} * "Acme" "INV-2001, INV-2002" {links}
      Assets:Bank         {amount} EUR
      Assets:Receivable
    """
    assert held(load(text).books(AS_OF)) == rests


@pytest.mark.parametrize(
    ("paid", "due"), [("199.50", []), ("199.00", ["INV-1", "INV-2"])]
)
def test_a_balance_below_the_minimum_is_not_asked_for(
    paid: str, due: list[str]
) -> None:
    text = f"""
    2026-09-01 * "Acme" "Website" ^INV-1
      due: 2026-10-01
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-09-01 * "Acme" "Shop" ^INV-2
      due: 2026-10-02
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-10-01 * "Acme" "Paid" ^ORDER-77
      Assets:Bank        {paid} EUR
      Assets:Receivable
    """
    ledger = load(text)
    found = reminders(ledger.books(AS_OF)).due
    assert [reminder.item.label for reminder in found] == due
    assert len(ledger.lines(AS_OF)) == len(due)


@pytest.mark.parametrize("link", ["^INV-1", ""])
def test_a_discount_taken_is_not_made_up_for_by_the_next_payment(link: str) -> None:
    text = f"""
    2026-08-01 * "Acme" "Website" ^INV-1
      terms: "2/10 net 30"
      Assets:Receivable  1000.00 EUR
      Income:Services
    2026-08-05 * "Acme" "Less 2 %" {link}
      Assets:Bank         980.00 EUR
      Assets:Receivable
    2026-09-01 * "Acme" "Shop" ^INV-2
      due: 2026-10-01
      Assets:Receivable   300.00 EUR
      Income:Services
    2026-09-15 * "Acme" "Thanks"
      Assets:Bank         300.00 EUR
      Assets:Receivable
    """
    assert held(load(text).books(AS_OF)) == [("INV-1", "discount")]
    discount = """
    2026-09-16 * "Acme" "The discount"
      Expenses:Discounts   20.00 EUR
      Assets:Receivable
    """
    assert held(load(text + discount).books(AS_OF)) == []


def test_a_discount_that_was_taken_is_no_part_of_the_next_payment() -> None:
    text = """
    2026-10-01 * "Acme" "Website" ^INV-2001
      terms: "2/10 net 30"
      Assets:Receivable  1000.00 EUR
      Income:Services
    2026-10-02 * "Acme" "Shop" ^INV-2002
      terms: "2/10 net 30"
      Assets:Receivable   500.00 EUR
      Income:Services
    2026-10-07 * "Acme" "The first" ^INV-2001
      Assets:Bank         980.00 EUR
      Assets:Receivable
    2026-10-08 * "Acme" "And the second" ^INV-2001 ^INV-2002
      Assets:Bank         490.00 EUR
      Assets:Receivable
    """
    assert held(load(text).books(AS_OF)) == [
        ("INV-2001", "discount"),
        ("INV-2002", "discount"),
    ]
