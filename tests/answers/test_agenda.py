"""What stands on which day."""

from __future__ import annotations

from collections import Counter
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from beancount_dunning.answers.agenda import Occasion
from beancount_dunning.answers.agenda import agenda
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.resting import Held
from tests.conftest import AS_OF
from tests.conftest import Ledger
from tests.conftest import load
from tests.strategies import Ledger as MadeUp
from tests.strategies import as_of_days
from tests.strategies import ledgers
from tests.test_properties import read_as_loaded
from tests.test_properties import steady

if TYPE_CHECKING:
    from beancount_dunning.answers.agenda import Appointment
    from beancount_dunning.ledger.items import Item

INVOICE = """
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable      2380.00 EUR
  Income:Services
"""


def note(day: str, said: str) -> str:
    return f"""
{day} note Assets:Receivable "Said" ^INV-1
  {said}
"""


def option(name: str, value: str) -> str:
    return f'2026-01-01 custom "dunning-option" "{name}" {value}\n'


def named(one: Appointment) -> str:
    return one.reminder.step.name if one.reminder else one.occasion


def days(ledger: Ledger | str, as_of: str = AS_OF) -> dict[str, str]:
    """Return the days by what stands on them."""
    read = load(ledger) if isinstance(ledger, str) else ledger
    found = {named(one): str(one.day) for one in agenda(read.books(as_of))}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


SENT = note("2026-10-20", 'reminder: "first reminder"')
PROMISED = note("2026-10-24", "promise: 2026-11-05")


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-09-14", {"upcoming": "2026-10-12", "due": "2026-10-14"}),
        ("2026-10-12", {"upcoming": "2026-10-12", "due": "2026-10-14"}),
        ("2026-10-13", {"due": "2026-10-14", "first reminder": "2026-10-15"}),
        ("2026-10-14", {"due": "2026-10-14", "first reminder": "2026-10-15"}),
        ("2026-10-15", {"first reminder": "2026-10-15"}),
        ("2026-11-20", {"first reminder": "2026-11-20"}),
    ],
)
def test_there_is_the_due_date_to_come_and_the_next_step_alone(
    as_of: str, expected: dict[str, str]
) -> None:
    assert days(INVOICE, as_of) == expected


def test_what_waits_may_stand_on_its_own_day() -> None:
    ledger = option("feed-overdue", '"scheduled"') + INVOICE
    assert days(ledger, "2026-11-20") == {"first reminder": "2026-10-15"}
    assert days(INVOICE + SENT, "2026-10-25") == {"second reminder": "2026-10-26"}


def test_a_promise_puts_the_step_off() -> None:
    both = {"promise": "2026-11-05", "second reminder": "2026-11-06"}
    assert days(INVOICE + SENT + PROMISED, "2026-10-24") == both
    # It was broken, and reminders go on.
    later = {"promise": "2026-11-05", "second reminder": "2026-11-20"}
    assert days(INVOICE + SENT + PROMISED) == later
    again = note("2026-11-05", "promise: 2026-11-12")
    assert days(INVOICE + SENT + PROMISED + again)["promise"] == "2026-11-12"


def test_a_hold_puts_the_step_off() -> None:
    hold = note("2026-10-24", "hold-until: 2026-10-31")
    assert days(INVOICE + SENT + hold, "2026-10-24") == {
        "second reminder": "2026-11-01"
    }


def test_what_is_in_dispute_keeps_its_due_date_and_needs_a_decision() -> None:
    dispute = note("2026-10-25", "dispute: TRUE")
    disputed = INVOICE + SENT + PROMISED + dispute
    assert days(disputed) == {"due": "2026-10-14", "decision": "2026-10-25"}
    early = INVOICE + note("2026-10-01", "dispute: TRUE")
    assert days(early, "2026-10-14") == {"due": "2026-10-14"}
    assert days(early, "2026-10-20")["decision"] == "2026-10-15"
    resolved = note("2026-11-30", "dispute: FALSE")
    assert days(disputed + resolved, "2026-11-30")["second reminder"] == "2026-11-30"


ONE_STEP = '2026-01-01 custom "dunning-step" "standard" "first reminder" 3\n'


@pytest.mark.parametrize(
    ("more", "since"),
    [
        (note("2026-10-20", 'reminder: "first reminder"'), "2026-10-20"),
        (SENT + PROMISED, "2026-11-06"),
        (SENT + note("2026-10-24", "promise: 2026-12-24"), "2026-10-24"),
        (SENT + note("2026-10-24", "hold-until: 2026-10-31"), "2026-11-01"),
        (option("start", "2026-11-11"), "2026-11-11"),
    ],
)
def test_what_needs_a_decision_stands_on_the_day_since_when(
    more: str, since: str
) -> None:
    expected = since if "12-24" not in more else "2026-10-20"
    assert days(ONE_STEP + INVOICE + more)["decision"] == expected


def test_nothing_stands_of_what_is_not_owed(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-12-14
      Assets:Receivable:Acme    100 EUR
      Income:Services
    2026-09-14 * "Acme" "Logo" ^INV-2
      due: 2026-12-14
      Assets:Receivable:Acme     50 EUR
      Income:Services
    2026-09-15 * "Acme" "Too much" ^INV-0
      Assets:Receivable:Acme   -100 EUR
      Assets:Bank
    """
    asked = {
        (one.subject.item.invoice, named(one), str(one.subject.asked))
        for one in agenda(ledger.books())
    }
    # The credit covers the first, and nobody is asked for it.
    assert asked == {("INV-2", "upcoming", "50"), ("INV-2", "due", "50")}
    more = load("""
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme    100 EUR
      Income:Services
    2026-09-15 * "Acme" "Too much" ^INV-0
      Assets:Receivable:Acme   -100 EUR
      Assets:Bank
    """)
    assert days(more) == {}


def test_what_is_covered_needs_no_decision(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "standard" "first reminder" 3
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme    100 EUR
      Income:Services
    2026-09-15 * "Acme" "Logo" ^INV-2
      due: 2026-10-15
      Assets:Receivable:Acme     50 EUR
      Income:Services
    2026-09-15 * "Acme" "Too much" ^INV-0
      Assets:Receivable:Acme   -100 EUR
      Assets:Bank
    2026-10-20 note Assets:Receivable:Acme "Sent" ^INV-1 ^INV-2
      reminder: "first reminder"
    """
    found = [one.subject.item.invoice for one in agenda(ledger.books())]
    assert found == ["INV-2"]


def test_discounts_stand_there_by_option(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      terms: "3/7 2/14 net 30"
      Assets:Receivable:Acme    100 EUR
      Income:Services
    """
    assert set(days(ledger, "2026-09-14")) == {"upcoming", "due"}
    by_option = load(option("feed-discounts", "TRUE")).entries
    both = Ledger([*by_option, *ledger.entries], (), ledger.options)
    found = [
        (one.number, str(one.day))
        for one in agenda(both.books("2026-09-14"))
        if one.occasion is Occasion.DISCOUNT
    ]
    assert found == [(0, "2026-09-21"), (1, "2026-09-28")]


def test_what_is_undated_stands_nowhere_but_where_it_was_promised() -> None:
    undated = INVOICE.replace("  due: 2026-10-14\n", "")
    assert days(undated) == {}
    assert days(undated + PROMISED) == {"promise": "2026-11-05"}


def test_a_uid_is_that_of_instalment_and_step_whatever_is_logged() -> None:
    def uids(text: str, as_of: str) -> dict[str, str]:
        found = agenda(load(text).books(as_of))
        return {named(one): str(one.uid) for one in found}

    first = uids(INVOICE, "2026-10-13")
    assert first["first reminder"] == uids(INVOICE, AS_OF)["first reminder"]
    sent, promised = (
        uids(text, "2026-10-24") for text in (INVOICE + SENT, INVOICE + SENT + PROMISED)
    )
    assert sent["second reminder"] == promised["second reminder"]
    disputed = INVOICE + note("2026-10-13", "dispute: TRUE")
    assert uids(disputed, "2026-10-14")["due"] == first["due"]
    assert len({*first.values(), *promised.values()}) == 4


@steady
@given(ledgers(), as_of_days)
def test_on_each_date_stands_what_is_due_on_it(made_up: MadeUp, as_of: date) -> None:
    """The model asks each answer by itself, of customers without credit."""
    books = read_as_loaded(made_up.text, as_of)

    def is_plain(item: Item) -> bool:
        return not books.balances.credit_of(item.customer)

    found = [one for one in agenda(books) if is_plain(one.subject.item)]
    expected = Counter(
        (one.item.lead_key, one.step.name)
        for one in reminders(books).due
        if is_plain(one.item)
    )
    # A sale comes before what is charged on it.
    leads = {
        late.item.lead_key: late
        for late in sorted(age(books).items, key=lambda late: not late.item.charge)
        if is_plain(late.item)
    }
    for key, late in leads.items():
        held, record = late.standing.held, late.standing.record
        if held is None or held.is_owed:
            expected[key, "due"] += late.item.due == as_of
            is_disputed = held is Held.DISPUTE
            expected[key, "promise"] += record.promised == as_of and not is_disputed
    stands = Counter(
        (one.subject.item.lead_key, named(one))
        for one in found
        if one.day == as_of and one.occasion is not Occasion.DECISION
    )
    assert stands == expected
    undecided = {late.item.lead_key for late in reminders(books).undecided}
    assert {
        one.subject.item.lead_key
        for one in agenda(books)
        if one.occasion is Occasion.DECISION and is_plain(one.subject.item)
    } == {key for key in undecided if key in leads}


@steady
@given(ledgers(), as_of_days)
def test_no_day_is_before_its_time(made_up: MadeUp, as_of: date) -> None:
    books = read_as_loaded(made_up.text, as_of)
    for one in agenda(books):
        if one.occasion is Occasion.STEP:
            assert one.day == max(one.since, as_of)
        elif one.occasion is Occasion.DECISION:
            assert one.subject.item.date <= one.day <= as_of
        elif one.occasion is Occasion.DUE:
            assert one.day >= as_of or one.subject.held is Held.DISPUTE
        # Each has a UID of its own, today and tomorrow.
    uids = [one.uid for one in agenda(books)]
    assert len(uids) == len(set(uids))
    tomorrow = read_as_loaded(made_up.text, as_of + timedelta(days=1))
    by_uid = {one.uid: one for one in agenda(tomorrow)}
    for one in agenda(books):
        then = by_uid.get(one.uid)
        assert then is None or named(then) == named(one)
