"""What a calendar says, in a title's few characters and a description's lines."""

from __future__ import annotations

import pytest

from beancount_dunning.formats.calendar_feed import Wanted
from beancount_dunning.formats.calendar_feed import build_calendar
from tests.calendar_lint import Component
from tests.calendar_lint import alike
from tests.calendar_lint import lint
from tests.calendar_lint import parse
from tests.conftest import Ledger
from tests.conftest import load

ACME = """
2026-01-01 custom "dunning-customer" "Acme GmbH"
  contact: "Ms Li"
  email: "ap@acme.example"
  phone: "+49 40 1234"
2026-09-14 * "Acme GmbH" "iPhone app" ^INV-1
  terms: "2/10 net 30"
  Assets:Receivable  1190.00 EUR
  Income:Services
2026-10-20 note Assets:Receivable "Sent" ^INV-1
  reminder: "first reminder"
2026-10-21 note Assets:Receivable "Called" ^INV-1
"""


def option(name: str, value: str) -> str:
    return f'2026-01-01 custom "dunning-option" "{name}" "{value}"\n'


def events(ledger: Ledger, as_of: str, wanted: Wanted | None = None) -> list[Component]:
    feed = build_calendar(ledger.books(as_of), wanted=wanted or Wanted())
    assert lint(feed) == []
    assert alike(feed) == []
    return parse(feed).components


def titles(ledger: Ledger, as_of: str, wanted: Wanted | None = None) -> list[str]:
    return [
        (one.value("SUMMARY") or "").replace("\\", "")
        for one in events(ledger, as_of, wanted)
    ]


def lines(event: Component) -> list[str]:
    text = (event.value("DESCRIPTION") or "").replace("\\n", "\n")
    return text.replace("\\", "").split("\n")


def test_a_description_has_what_one_needs_to_act() -> None:
    base = option("base-url", "http://localhost:5000/books")
    (event,) = events(load(base + ACME), "2026-11-20")
    assert event.value("SUMMARY") == "Acme GmbH 1190 EUR: second reminder (INV-1)"
    assert lines(event) == [
        "37 days overdue",
        "Ready to send since 2026-10-26",
        "1190.00 of 1190.00 EUR open",
        "iPhone app",
        "Invoiced 2026-09-14, due 2026-10-14 (2/10 net 30)",
        "2 % less if paid by 2026-09-24: 1166.20 EUR",
        "Sent: first reminder 2026-10-20",
        "Last contact: 2026-10-21 Called",
        "Acme GmbH",
        "Ms Li",
        "ap@acme.example",
        "+49 40 1234",
        "Assets:Receivable",
        "http://localhost:5000/books/extension/Dunning/?invoice=INV-1",
    ]


@pytest.mark.parametrize(
    ("as_of", "first"),
    [
        ("2026-10-11", ["Due in 2 days", "Due today"]),
        ("2026-10-14", ["Due today", "1 day overdue"]),
        ("2026-10-15", ["1 day overdue"]),
    ],
)
def test_days_count_from_the_events_own_date(as_of: str, first: list[str]) -> None:
    found = events(load(ACME), as_of)
    assert [lines(one)[0] for one in found] == first


def test_credit_is_in_the_description_and_off_the_amount() -> None:
    credit = """
2026-10-01 * "Acme GmbH" "On account" ^OTHER
  Assets:Receivable  -190.00 EUR
  Assets:Bank
"""
    (event,) = events(load(ACME + credit), "2026-11-20")
    assert event.value("SUMMARY") == "Acme GmbH 1000 EUR: second reminder (INV-1)"
    assert "Unapplied credit: 190.00 EUR" in lines(event)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("1190.00", "1190"), ("1190", "1190"), ("1190.50", "1190.50"), ("0.70", "0.70")],
)
def test_there_are_no_cents_where_there_are_none(amount: str, shown: str) -> None:
    text = option("minimum", "0").replace('"0"', "0 EUR")
    ledger = load(text + ACME.replace("1190.00", amount))
    assert titles(ledger, "2026-11-20") == [
        f"Acme GmbH {shown} EUR: second reminder (INV-1)"
    ]


def test_without_a_customer_it_begins_with_the_amount(ledger: Ledger) -> None:
    """
    2026-09-14 * "Website" ^INV-1
      due: 2026-12-14
      Assets:Receivable  100.50 EUR
      Income:Services
    """
    assert titles(ledger, "2026-12-14") == [
        "100.50 EUR: due (INV-1)",
        "100.50 EUR: first reminder (INV-1)",
    ]


@pytest.mark.parametrize(
    ("language", "title", "day"),
    [
        ("de-AT", "zweite Mahnung", "37 Tage überfällig"),
        ("fr", "deuxième relance", "37 jours de retard"),
        ("es", "segundo recordatorio", "37 días de retraso"),
        ("zh", "第二次提醒", "已逾期 37 天"),
        ("zh-TW", "第二次提醒", "已逾期 37 天"),
        ("en-GB", "second reminder", "37 days overdue"),
        ("tlh", "second reminder", "37 days overdue"),
    ],
)
def test_it_is_in_the_ledgers_language(language: str, title: str, day: str) -> None:
    (event,) = events(load(option("language", language) + ACME), "2026-11-20")
    assert event.value("SUMMARY") == f"Acme GmbH 1190 EUR: {title} (INV-1)"
    assert lines(event)[0] == day


def test_a_step_of_ones_own_is_called_as_it_was_typed(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "language" "de"
    2026-01-01 custom "dunning-step" "standard" "Ring them up" 3
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable  100.50 EUR
      Income:Services
    2026-10-20 note Assets:Receivable "Sent" ^INV-1
      reminder: "Ring them up"
    """
    before = ledger.books("2026-10-19")
    feed = build_calendar(before)
    assert "Acme 100.50 EUR: Ring them up (INV-1)" in feed.decode()
    assert titles(ledger, "2026-11-20") == [
        "Acme 100.50 EUR: Entscheidung nötig (INV-1)"
    ]


# One event a letter.

LETTER = """
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
2026-09-15 * "Acme" "Logo" ^INV-2
  due: 2026-10-20
  Assets:Receivable:Acme   50.50 EUR
  Income:Services
2026-09-16 * "Beta" "Logo" ^INV-3
  due: 2026-10-20
  Assets:Receivable:Beta   70.00 EUR
  Income:Services
2026-10-16 note Assets:Receivable:Acme "Sent" ^INV-1
  reminder: "first reminder"
"""
BY_CUSTOMER = Wanted(by_customer=True)


def test_by_customer_what_goes_out_together_is_one_event() -> None:
    base = option("base-url", "http://localhost:5000/books")
    first, second = events(load(base + LETTER), "2026-10-22", BY_CUSTOMER)
    found = {one.value("SUMMARY"): one for one in (first, second)}
    acme = found["Acme 150.50 EUR: second reminder (INV-2\\, INV-1)"]
    assert "Beta 70 EUR: first reminder (INV-3)" in found
    assert lines(acme) == [
        "INV-2",
        "2 days overdue",
        "Ready to send since 2026-10-21",
        "50.50 of 50.50 EUR open",
        "Logo",
        "Invoiced 2026-09-15, due 2026-10-20",
        "",
        "INV-1",
        "8 days overdue",
        "100.00 of 100.00 EUR open",
        "Website",
        "Invoiced 2026-09-14, due 2026-10-14",
        "Sent: first reminder 2026-10-16",
        "Last contact: 2026-10-16 Sent",
        "Acme",
        "Assets:Receivable:Acme",
        "http://localhost:5000/books/extension/Dunning/?customer=Acme",
    ]
    assert acme.value("PRIORITY") == "3"
    assert acme.value("SEQUENCE") == "1001"
    uids = {one.value("UID") for one in events(load(LETTER), "2026-10-22")}
    assert uids.isdisjoint({one.value("UID") for one in (first, second)})


def test_by_customer_a_task_is_a_letter_too() -> None:
    tasks = events(load(LETTER), "2026-10-22", Wanted(todo=True, by_customer=True))
    assert {(one.value("SUMMARY"), one.value("DUE")) for one in tasks} == {
        ("Acme 150.50 EUR: second reminder (INV-2\\, INV-1)", "20261021"),
        ("Beta 70 EUR: first reminder (INV-3)", "20261021"),
    }
    assert all("Ready to send" not in "".join(lines(one)) for one in tasks)


def test_by_customer_what_comes_on_other_days_stands_there() -> None:
    found = events(load(LETTER), "2026-10-19", BY_CUSTOMER)
    days = {f"{one.value('SUMMARY')}": one.value("DTSTART") for one in found}
    assert days == {
        "Acme 50.50 EUR: due (INV-2)": "20261020",
        "Beta 70 EUR: due (INV-3)": "20261020",
        "Acme 50.50 EUR: first reminder (INV-2)": "20261021",
        "Beta 70 EUR: first reminder (INV-3)": "20261021",
        "Acme 100 EUR: second reminder (INV-1)": "20261022",
    }


def test_by_customer_it_is_another_event_once_another_invoice_is_in_it() -> None:
    def uid(as_of: str) -> str:
        found = events(load(LETTER), as_of, BY_CUSTOMER)
        return next(
            one.value("UID") or ""
            for one in found
            if "INV-2" in f"{one.value('SUMMARY')}"
        )

    assert uid("2026-10-21") != uid("2026-10-22") == uid("2026-10-23")


def test_many_invoices_are_counted() -> None:
    parts = "".join(
        LETTER.split("2026-09-15", maxsplit=1)[0].replace("INV-1", f"INV-{number}")
        for number in range(1, 5)
    )
    assert titles(load(parts), "2026-10-22", BY_CUSTOMER) == [
        "Acme 400 EUR: first reminder (4 invoices)"
    ]
    private = Wanted(private=True, by_customer=True)
    assert titles(load(parts), "2026-10-22", private) == ["first reminder (4 invoices)"]


def test_in_several_currencies_a_letter_has_several_sums() -> None:
    dollars = LETTER.replace("50.50 EUR", "50.50 USD")
    title, _ = sorted(titles(load(dollars), "2026-10-22", BY_CUSTOMER))
    assert title == "Acme 50.50 USD, 100 EUR: second reminder (INV-2, INV-1)"


# Tasks.


def test_a_task_is_the_next_step_due_on_its_own_day() -> None:
    todo = Wanted(todo=True)
    (task,) = events(load(ACME), "2026-11-20", todo)
    assert task.value("DUE") == "20261026"
    assert lines(task)[0] == "12 days overdue"
    assert titles(load(ACME), "2026-10-12", todo) == [
        "Acme GmbH 1190 EUR: upcoming (INV-1)"
    ]
    # No task for the due date, nor for the notice that lapsed.
    assert titles(load(ACME), "2026-10-14", todo) == [
        "Acme GmbH 1190 EUR: first reminder (INV-1)"
    ]


def test_a_private_instalment_says_which() -> None:
    parts = ACME.replace("2/10 net 30", "30% on receipt, 70% net 30")
    found = titles(load(parts), "2026-09-14", Wanted(private=True))
    assert found[0] == "due (INV-1 1/2)"


def test_a_promise_about_a_part_has_what_is_missing_of_it() -> None:
    sale = """
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable  1190.00 EUR
  Income:Services
2026-09-15 * "Acme" "Shop" ^INV-2
  due: 2026-10-14
  Assets:Receivable  500.00 EUR
  Income:Services
"""
    promise = """
2026-10-20 note Assets:Receivable "Pays a part" {}
  promise: 2026-11-05
  amount: 1300.00 EUR
"""
    paid = """
2026-10-2{} * "Acme" "Paid" ^INV-1
  Assets:Bank  {}.00 EUR
  Assets:Receivable
"""

    def promised(text: str, *, by_customer: bool = False) -> list[str]:
        wanted = Wanted(by_customer=by_customer)
        found = titles(load(sale + text), "2026-11-01", wanted)
        return [title for title in found if "promised" in title]

    one = promise.format("^INV-1").replace("1300", "800")
    assert promised(one) == ["Acme 800 EUR: promised (INV-1)"]
    assert promised(one + paid.format(1, 300)) == ["Acme 500 EUR: promised (INV-1)"]
    # Once it is kept, nothing is promised any more.
    assert promised(one + paid.format(1, 300) + paid.format(2, 500)) == []
    both = promise.format("^INV-1 ^INV-2")
    assert promised(both) == [
        "Acme 1190 EUR: promised (INV-1)",
        "Acme 500 EUR: promised (INV-2)",
    ]
    assert promised(both, by_customer=True) == [
        "Acme 1300 EUR: promised (INV-1, INV-2)"
    ]
