"""Reminders on working days, and notices that count from the invoice's date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st
from icalendar import Calendar

from beancount_dunning.answers.reminders import reminders
from beancount_dunning.answers.story import tell
from beancount_dunning.formats.calendar_feed import Wanted
from beancount_dunning.formats.calendar_feed import build_calendar
from beancount_dunning.ledger.policies import days_to_pay
from beancount_dunning.standing.dunning import schedule
from tests.conftest import Ledger
from tests.conftest import load

if TYPE_CHECKING:
    from collections.abc import Sequence

_DAY = timedelta(days=1)


Plan = list[tuple[str, str]]


def planned(ledger: Ledger, as_of: str = "2026-10-01") -> Plan:
    books = ledger.books(as_of)
    return [
        (reminder.step.name, str(reminder.date))
        for item in books.receivables.items
        for reminder in schedule(books, item)
    ]


def due(ledger: Ledger, as_of: str) -> Plan:
    found = reminders(ledger.books(as_of)).due
    return [(str(one.item.label), one.step.name) for one in found]


def told(ledger: Ledger, as_of: str) -> list[str]:
    story = tell(ledger.books(as_of), "INV-1")
    assert story
    return [str(fact.text) for part in story.parts for fact in part.why]


def test_no_reminder_is_for_a_day_off(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "holidays" "DE-HH"
    2026-11-12 custom "dunning-holiday" "Company outing"
    2026-10-01 * "Acme" "Website" ^INV-1
      due: 2026-10-31
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    # Due on Monday 2 November: two days before is Saturday, ten after Thursday.
    assert planned(ledger) == [
        ("upcoming", "2026-10-30"),
        ("first reminder", "2026-11-03"),
        ("second reminder", "2026-11-09"),
        ("final notice", "2026-11-17"),
        ("stop-loss review", "2026-12-02"),
    ]
    assert due(ledger, "2026-10-29") == []
    assert due(ledger, "2026-10-30") == [("INV-1", "upcoming")]
    assert due(ledger, "2026-10-31") == []


def test_intervals_and_rests_end_on_working_days(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "holidays" "DE-HH"
    2026-01-01 custom "dunning-step" "standard" "first" 1
    2026-01-01 custom "dunning-step" "standard" "second" 5
    2026-01-01 custom "dunning-step" "standard" "third" 9
    2026-10-01 * "Acme" "Website" ^INV-1
      due: 2026-10-31
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-11-03 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first"
    2026-11-04 note Assets:Receivable:Acme "Promised" ^INV-1
      promise: 2026-11-13
    """
    # 4 days after Tuesday is Saturday; 4 days after the Monday that follows is Friday.
    assert planned(ledger, "2026-11-03") == [
        ("second", "2026-11-09"),
        ("third", "2026-11-13"),
    ]
    # The promise's day is a Friday, so reminders go on on Monday.
    assert planned(ledger, "2026-11-05") == [
        ("second", "2026-11-16"),
        ("third", "2026-11-20"),
    ]
    assert told(ledger, "2026-11-05")[-1] == (
        "Next: second, from 2026-11-16: 5 days after due; 4 days after first, sent "
        "2026-11-03; reminders were on hold until then; Saturday 2026-11-14, so Monday "
        "2026-11-16"
    )
    assert due(ledger, "2026-11-15") == []
    assert due(ledger, "2026-11-16") == [("INV-1", "second")]


def test_the_beginning_of_the_ladder_is_compared_with_the_working_day(
    ledger: Ledger,
) -> None:
    """
    2026-01-01 custom "dunning-option" "holidays" "weekends"
    2026-01-01 custom "dunning-option" "start" 2026-11-09
    2026-10-01 * "Acme" "Website" ^INV-1
      due: 2026-11-02
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-01 custom "dunning-step" "standard" "first" 4
    2026-01-01 custom "dunning-step" "standard" "second" 5
    """
    assert planned(ledger, "2026-11-20") == [("second", "2026-11-09")]
    text = "Taken elsewhere before 2026-11-09: first"
    assert text in told(ledger, "2026-11-20")


@pytest.mark.parametrize(
    ("value", "day", "said"),
    [
        (
            "DE-HH",
            "2026-10-31",
            "Saturday 2026-10-31, so Monday 2026-11-02 (§ 193 BGB, BGH III ZR 159/06)",
        ),
        (
            "DE",
            "2026-05-14",
            (
                "Thursday 2026-05-14, Christi Himmelfahrt, so Friday 2026-05-15 "
                "(§ 193 BGB, BGH III ZR 159/06)"
            ),
        ),
        (
            "GB-SCT",
            "2026-11-30",
            "Monday 2026-11-30, Saint Andrew's Day, so Tuesday 2026-12-01 (by custom)",
        ),
        (
            "weekends",
            "2026-11-01",
            "Sunday 2026-11-01, so Monday 2026-11-02 (by custom)",
        ),
        (
            "weekends",
            "2026-11-04",
            "Wednesday 2026-11-04, Outing, so Thursday 2026-11-05 (by custom)",
        ),
        ("weekends", "2026-11-03", None),
    ],
)
def test_it_is_said_why_a_due_date_moved(
    ledger: Ledger, value: str, day: str, said: str | None
) -> None:
    """
    2026-01-01 custom "dunning-option" "holidays" "$value"
    2026-11-04 custom "dunning-holiday" "Outing"
    2026-01-01 custom "dunning-option" "policy" "none"
    2026-01-02 * "Acme" "Website" ^INV-1
      due: $day
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    del value, day
    story = tell(ledger.books("2026-01-02"), "INV-1")
    assert story
    assert [event.kind for event in story.events] == ["invoice", "due", "due"][
        : 3 if said else 2
    ]
    if said:
        assert story.events[-1].fact.text == said
        assert story.events[-1].fact.lineno == 1


STEPS = """
2026-01-01 custom "dunning-step" "standard" "thanks" 0
  from: "invoice"
  channel: "message"
2026-01-01 custom "dunning-step" "standard" "upcoming" -3
2026-01-01 custom "dunning-step" "standard" "first reminder" 3
  pay-within: 10
2026-01-01 custom "dunning-step" "standard" "all well?" 7
  from: "invoice"
"""
INVOICE = """
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""


def test_notices_from_the_invoice_s_date_come_first() -> None:
    ledger = load(STEPS + INVOICE)
    assert not ledger.findings("2026-09-14")
    assert planned(ledger, "2026-09-14") == [
        ("thanks", "2026-09-14"),
        ("all well?", "2026-09-21"),
        ("upcoming", "2026-10-11"),
        ("first reminder", "2026-10-17"),
    ]
    assert [step.name for step in ledger.settings().steps("standard")] == [
        *("thanks", "all well?", "upcoming", "first reminder")
    ]


@pytest.mark.parametrize(
    ("as_of", "step"),
    [
        ("2026-09-14", "thanks"),
        # Until the next notice's day it can be sent late.
        ("2026-09-20", "thanks"),
        ("2026-09-21", "all well?"),
        ("2026-10-10", "all well?"),
        ("2026-10-11", "upcoming"),
        ("2026-10-12", None),
        ("2026-10-14", None),
        ("2026-10-17", "first reminder"),
    ],
)
def test_a_notice_lapses_when_the_next_one_comes(as_of: str, step: str | None) -> None:
    expected = [("INV-1", step)] if step else []
    assert due(load(STEPS + INVOICE), as_of) == expected


def test_a_notice_lapses_on_the_due_date(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "standard" "thanks" 0
      from: "invoice"
    2026-01-01 custom "dunning-step" "standard" "all well?" 7
      from: "invoice"
    2026-01-01 custom "dunning-step" "standard" "first" 1
    2026-09-14 * "Acme" "In a week" ^INV-1
      due: 2026-09-21
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "At once" ^INV-2
      due: 2026-09-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Never" ^INV-3
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert planned(ledger, "2026-09-14") == [
        ("first", "2026-09-15"),
        ("thanks", "2026-09-14"),
        ("first", "2026-09-22"),
    ]
    assert due(ledger, "2026-09-14") == [("INV-1", "thanks")]
    assert due(ledger, "2026-09-20") == [("INV-1", "thanks"), ("INV-2", "first")]
    assert due(ledger, "2026-09-21") == [("INV-2", "first")]


def test_one_note_logs_it_for_all_instalments(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "standard" "thanks" 0
      from: "invoice"
    2026-01-01 custom "dunning-step" "standard" "first" 1
    2026-09-14 * "Acme" "Website" ^INV-1
      terms: "30% on receipt, 30% net 10, rest net 30"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-15 note Assets:Receivable:Acme "Thanked" ^INV-1
      reminder: "thanks"
    """
    # What is due on receipt needs no notice.
    assert due(ledger, "2026-09-14") == [
        ("INV-1 2/3", "thanks"),
        ("INV-1 3/3", "thanks"),
    ]
    assert due(ledger, "2026-09-15") == [("INV-1 1/3", "first")]
    assert not [one for one in ledger.findings("2026-09-15") if "thanks" in one.message]
    assert planned(ledger, "2026-09-15") == [
        ("first", "2026-09-15"),
        ("first", "2026-09-25"),
        ("first", "2026-10-15"),
    ]


def test_a_charge_is_not_told_of_like_an_invoice(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "standard" "thanks" 0
      from: "invoice"
    2026-01-01 custom "dunning-step" "standard" "first" 1
      fee: 5.00 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-09-30
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-01 note Assets:Receivable:Acme "Reminded" ^INV-1
      reminder: "first"
    2026-10-02 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-11-02
      Assets:Receivable:Acme    5.00 EUR
      Income:Services
    2026-10-03 * "Acme" "Paid" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    """
    assert due(ledger, "2026-10-04") == []


def test_it_rests_and_is_moved_like_other_reminders(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "holidays" "weekends"
    2026-01-01 custom "dunning-step" "standard" "thanks" 0
      from: "invoice"
    2026-01-01 custom "dunning-step" "standard" "all well?" 7
      from: "invoice"
    2026-09-12 * "Acme" "On a Saturday" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-15 note Assets:Receivable:Acme "Wait" ^INV-1
      hold-until: 2026-09-18
    """
    assert planned(ledger, "2026-09-12") == [
        ("thanks", "2026-09-14"),
        ("all well?", "2026-09-21"),
    ]
    assert planned(ledger, "2026-09-15") == [
        ("thanks", "2026-09-21"),
        ("all well?", "2026-09-21"),
    ]
    assert due(ledger, "2026-09-21") == [("INV-1", "all well?")]


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        ("2026-09-14", "Next: thanks, from 2026-09-14: on the invoice's date"),
        (
            "2026-09-21",
            "Next: all well?, from 2026-09-21: 7 days after the invoice's date",
        ),
        (
            "2026-10-14",
            (
                "Next: first reminder, from 2026-10-17: 3 days after due; gives 10 "
                "days to pay"
            ),
        ),
    ],
)
def test_it_is_said_when_and_why(as_of: str, said: str) -> None:
    assert told(load(STEPS + INVOICE), as_of)[-1] == said


def test_a_day_beyond_the_calendar_is_no_day(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "start" 2026-01-01
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 9999-12-20
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert planned(ledger) == []


def test_the_calendar_has_the_notice_that_is_next(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "standard" "thanks" 0
      from: "invoice"
    2026-01-01 custom "dunning-step" "standard" "all well?" 7
      from: "invoice"
    2026-01-01 custom "dunning-step" "standard" "first" 1
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    feed = build_calendar(ledger.books("2026-09-14"), wanted=Wanted())
    events = [
        (str(event["SUMMARY"]), str(event.decoded("DTSTART")))
        for event in Calendar.from_ical(feed).walk("VEVENT")
    ]
    assert events == [
        ("Acme 100 EUR: thanks (INV-1)", "2026-09-14"),
        ("Acme 100 EUR: due (INV-1)", "2026-10-14"),
    ]


def test_the_ladder_may_change_after_a_notice(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "house" "thanks" 5
      from: "invoice"
    2026-01-01 custom "dunning-step" "other" "hello" 2
      from: "invoice"
    2026-01-01 custom "dunning-step" "other" "how are you" 9
      from: "invoice"
    2026-01-01 custom "dunning-step" "other" "upcoming" -3
    2026-01-01 custom "dunning-option" "policy" "house"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-20 note Assets:Receivable:Acme "Thanked" ^INV-1
      reminder: "thanks"
    2026-09-21 custom "dunning-option" "policy" "other"
    """
    assert planned(ledger, "2026-09-21") == [
        ("how are you", "2026-09-23"),
        ("upcoming", "2026-10-11"),
    ]


def test_a_step_cannot_come_before_its_invoice(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "house" "thanks" -1
      from: "invoice"
    """
    (problem,) = ledger.settings().problems
    assert problem.message == (
        '"thanks" counts from the invoice\'s date, and cannot come before it: '
        "type 0 or more days."
    )
    assert ledger.settings().steps("house") == ()


def test_how_many_days_a_letter_gives(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "house" "first" 1
    2026-01-01 custom "dunning-step" "house" "second" 15
    2026-01-01 custom "dunning-step" "house" "third" 18
    2026-01-01 custom "dunning-step" "house" "fourth" 30
      pay-within: 3
    2026-01-01 custom "dunning-step" "house" "last" 60
    """
    ladder = ledger.settings().steps("house")
    assert [days_to_pay(step, ladder) for step in ladder] == [14, 7, 12, 3, 7]


Rung = tuple[int, bool]
_rungs = st.one_of(
    st.tuples(st.integers(-9, 20), st.just(value=False)),
    st.tuples(st.integers(0, 20), st.just(value=True)),
)


@dataclass(frozen=True)
class Office:
    """A slow and simple model: day by day, until one on which somebody works."""

    counts: bool
    outings: frozenset[date]

    def works(self, day: date) -> bool:
        is_workday = day.weekday() < 5 and day not in self.outings
        return is_workday or not self.counts

    def nearest(self, day: date, step: timedelta) -> date:
        while not self.works(day):
            day += step
        return day

    def planned(
        self, rungs: Sequence[Rung], invoiced: date, due: date
    ) -> dict[str, date]:
        found = {}
        last, before = date.min, 0
        for number, (days, is_from_invoice) in enumerate(rungs):
            day = self.nearest(invoiced + days * _DAY, _DAY)
            if is_from_invoice and day < due:
                found[str(number)] = day
        for days, number in sorted(
            (days, number) for number, (days, is_own) in enumerate(rungs) if not is_own
        ):
            meant = due + days * _DAY
            if days > 0:
                if last > date.min:
                    meant = max(meant, last + (days - before) * _DAY)
                found[str(number)] = last = self.nearest(meant, _DAY)
            elif (day := self.nearest(meant, -_DAY)) >= invoiced:
                found[str(number)] = day
            before = days
        return found


def written(office: Office, rungs: Sequence[Rung], invoiced: date, net: int) -> str:
    option = '2000-01-01 custom "dunning-option" "holidays" "weekends"\n'
    text = option if office.counts else ""
    for day in office.outings if office.counts else ():
        text += f'{day} custom "dunning-holiday" "Outing"\n'
    for number, (days, is_from_invoice) in enumerate(rungs):
        text += f'2000-01-01 custom "dunning-step" "standard" "{number}" {days}\n'
        text += '  from: "invoice"\n' if is_from_invoice else ""
    return text + (
        f'{invoiced} * "Acme" "Website" ^INV-1\n  terms: "net {net}"\n'
        "  Assets:Receivable:Acme  100.00 EUR\n  Income:Services\n"
    )


@profile(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rungs=st.lists(_rungs, min_size=1, max_size=5),
    invoiced=st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    net=st.integers(0, 40),
    off=st.sets(st.integers(-10, 60), max_size=12),
    counts=st.booleans(),
)
def test_no_due_date_and_no_reminder_is_on_a_day_off_nor_later_than_needed(
    *, rungs: list[Rung], invoiced: date, net: int, off: set[int], counts: bool
) -> None:
    office = Office(counts, frozenset(invoiced + days * _DAY for days in off))
    books = load(written(office, rungs, invoiced, net)).books(invoiced)
    assert not books.settings.problems
    (item,) = books.receivables.items
    meant = invoiced + net * _DAY
    assert item.due == office.nearest(meant, _DAY)
    assert item.due_written == (None if office.works(meant) else meant)
    found = {one.step.name: one.date for one in schedule(books, item)}
    assert found == office.planned(rungs, invoiced, item.due)
    assert all(map(office.works, found.values()))
