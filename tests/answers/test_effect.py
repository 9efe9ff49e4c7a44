"""Which reminders bring money, against a slow calculation on invoices made up."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from fractions import Fraction
from statistics import mean
from typing import TYPE_CHECKING
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.effect import SPANS
from beancount_dunning.answers.effect import BeforeOrAfter
from beancount_dunning.answers.effect import Effect
from beancount_dunning.answers.effect import GroupedBy
from beancount_dunning.answers.effect import effect
from beancount_dunning.answers.paid import invoiced
from beancount_dunning.answers.sent_reminders import first_told
from beancount_dunning.answers.sent_reminders import sent_reminders
from beancount_dunning.answers.sent_reminders import unreminded
from beancount_dunning.answers.sent_reminders import watched
from beancount_dunning.basics.survival import Ending
from tests.conftest import load
from tests.made_up import AS_OF
from tests.made_up import Made
from tests.made_up import make
from tests.made_up import write

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence

    from tests.conftest import Ledger

# Days watched from one on, until one, and whether it was then paid.
Case = tuple[int, int, bool]
DAY = timedelta(days=1)


def paid_share(cases: Sequence[Case], first: int, last: int) -> float | None:
    """Return what is paid in a span, day by day; None where under ten are known."""
    known = [
        one
        for one in cases
        if one[0] <= last <= one[1] or (first <= one[1] < last and one[2])
    ]
    if len(known) < 10:
        return None
    left = Fraction(1)
    for day in range(first, last + 1):
        there = [one for one in cases if one[0] <= day <= one[1]]
        paid = sum(one[1] == day and one[2] for one in there)
        left *= 1 - Fraction(paid, max(len(there), 1))
    return float(1 - left)


def median_day(cases: Sequence[Case]) -> int | None:
    """Return the first day by which half are paid; None where under ten are known."""
    left = Fraction(1)
    for day in range(max(one[1] for one in cases) + 1):
        there = [one for one in cases if one[1] >= day]
        before = [one for one in cases if one[1] < day and one[2]]
        left *= 1 - Fraction(sum(one[1] == day and one[2] for one in there), len(there))
        if left <= Fraction(1, 2):
            return day if len(there) + len(before) >= 10 else None
    return None


def before_next(some: Sequence[tuple[Made, date]], until: date) -> float | None:
    """Return the share that is paid before the next step, day by day."""
    cases = []
    for one, day in some:
        _, days, is_paid = case(one, day, until)
        later = [(then - day).days for _, then, _ in one.sent if day < then <= until]
        if later and later[0] <= days:
            cases.append((later[0], "overtaken"))
        else:
            cases.append((days, "paid" if is_paid else "open"))
    if sum(ending != "open" for _, ending in cases) < 10:
        return None
    share, left = Fraction(0), Fraction(1)
    for after in range(max(days for days, _ in cases) + 1):
        there = [ending for days, ending in cases if days >= after]
        paid, overtaken = (cases.count((after, one)) for one in ("paid", "overtaken"))
        share += left * Fraction(paid, len(there))
        left *= 1 - Fraction(paid + overtaken, len(there))
    return float(share)


def case(one: Made, origin: date, until: date) -> Case:
    """Return how long an invoice was watched."""
    is_paid = one.outcome == "paid" and one.ended <= until
    return 0, (min(one.ended, until) - origin).days, is_paid


def alone(made: Sequence[Made], until: date) -> list[Case]:
    """Return how long invoices were watched before the first reminder."""
    cases = []
    for one in made:
        last = min([until, *(day - DAY for _, day, _ in one.sent)])
        if one.issued <= last:
            _, days, is_paid = case(one, one.due, last)
            cases.append(((one.issued - one.due).days, days, is_paid))
    return cases


def slowly(
    made: Sequence[Made],
    name: Callable[[str, date, str], str],
    first: date = date.min,
    last: date = AS_OF,
) -> dict[str, dict[str, Any]]:
    """Work out what came of reminders that were sent in a span of days."""
    due = [one for one in made if first <= one.due <= last]
    without = alone(due, last)
    sent: dict[str, list[tuple[Made, date]]] = {}
    for one in made:
        for step, day, channel in one.sent:
            if first <= day <= last:
                sent.setdefault(name(step, day, channel), []).append((one, day))
    found = {}
    for group, some in sent.items():
        cases = [case(one, day, last) for one, day in some]
        expected: dict[str, Any] = {
            "group": group,
            "sent": len(some),
            "before_next": before_next(some, last),
            "median_days": median_day(cases),
        }
        for days in SPANS:
            expected[f"within_{days}"] = paid_share(cases, 0, days)
            offsets = [(day - one.due).days for one, day in some]
            shares = [paid_share(without, day, day + days) for day in offsets]
            known = [share for share in shares if share is not None]
            is_known = len(known) >= max(10, 0.9 * len(some))
            expected[f"without_{days}"] = mean(known) if is_known else None
        found[group] = expected
    return found


def as_rows(
    found: Effect, when: BeforeOrAfter | None = None
) -> dict[str, dict[str, Any]]:
    """Return what is comparable of an answer."""
    return {
        str(group.name): {
            key: value for key, value in group.as_dict().items() if key != "when"
        }
        for group in found.groups
        if group.when is when and group.sent
    }


def assert_alike(found: dict[str, dict[str, Any]], slow: dict[str, Any]) -> None:
    assert found.keys() == slow.keys()
    for name, row in found.items():
        for key, value in row.items():
            expected = slow[name][key]
            if isinstance(expected, float):
                assert value is not None
                assert abs(value - expected) < 0.0006, (name, key)
            else:
                assert value == expected, (name, key)


NAMES: dict[GroupedBy, Callable[[str, date, str], str]] = {
    GroupedBy.STEP: lambda step, day, channel: step,  # noqa: ARG005 - as the others
    GroupedBy.CHANNEL: lambda step, day, channel: channel,  # noqa: ARG005
    GroupedBy.TONE: lambda step, day, channel: {  # noqa: ARG005
        "first reminder": "friendly",
        "second reminder": "firm",
        "final notice": "final",
    }[step],
    GroupedBy.POLICY: lambda step, day, channel: "standard",  # noqa: ARG005
    GroupedBy.WEEKDAY: lambda step, day, channel: f"{day:%A}",  # noqa: ARG005
}


@profile(deadline=None, max_examples=15)
@given(st.integers(0, 10**6), st.integers(1, 120), st.sampled_from(GroupedBy))
def test_shares_are_those_of_a_slow_calculation(
    seed: int, count: int, by: GroupedBy
) -> None:
    made = make(seed, count)
    ledger = load(write(made))
    assert not ledger.errors
    books = ledger.books(AS_OF)
    assert books.dunning.problems == ()
    assert_alike(as_rows(effect(books, by)), slowly(made, NAMES[by]))


@pytest.mark.parametrize("by", GroupedBy)
def test_shares_of_many_are_said(by: GroupedBy) -> None:
    made = make(8, 400)
    rows = as_rows(effect(load(write(made)).books(AS_OF), by))
    assert_alike(rows, slowly(made, NAMES[by]))
    said = [value for row in rows.values() for value in row.values()]
    assert said.count(None) < len(said) / 2


@profile(deadline=None, max_examples=15)
@given(st.integers(0, 10**6), st.integers(1, 120), st.integers(-5, 330))
def test_before_and_after_are_of_the_same_customers(
    seed: int, count: int, days: int
) -> None:
    made = make(seed, count)
    change = date(2026, 1, 1) + timedelta(days=days)
    before = {one.customer for one in made for _, day, _ in one.sent if day < change}
    after = {one.customer for one in made for _, day, _ in one.sent if day >= change}
    same = [one for one in made if one.customer in before & after]
    found = effect(load(write(made)).books(AS_OF), change=change)
    assert found.customers == len(before & after)
    name = NAMES[GroupedBy.STEP]
    slow = slowly(same, name, last=change - DAY)
    assert_alike(as_rows(found, BeforeOrAfter.BEFORE), slow)
    assert_alike(as_rows(found, BeforeOrAfter.AFTER), slowly(same, name, first=change))
    assert [one.when for one in found.whole] == [
        BeforeOrAfter.BEFORE,
        BeforeOrAfter.AFTER,
    ]
    since = [one for one in same if change <= one.due <= AS_OF]
    earlier = [one for one in same if one.due < change and one.issued < change]
    counts = [len(earlier), len(since)]
    assert [one.invoices for one in found.whole] == counts


@profile(deadline=None, max_examples=15)
@given(st.integers(0, 10**6), st.integers(1, 120))
def test_who_was_paid_before_the_next_step(seed: int, count: int) -> None:
    # All are paid, and soon, so the plain share is right.
    made = [one for one in make(seed, count) if one.outcome == "paid"]
    found = {group.name: group for group in effect(load(write(made)).books()).groups}
    for step, next_ in (
        ("first reminder", "second reminder"),
        ("second reminder", "final notice"),
        ("final notice", None),
    ):
        sent = [one for one in made if step in [name for name, *_ in one.sent]]
        went_on = [one for one in sent if next_ in [name for name, *_ in one.sent]]
        if len(sent) >= 10:
            share = found[step].before_next
            assert share is not None
            assert abs(share - (1 - len(went_on) / len(sent))) < 1e-9
        elif sent:
            assert found[step].before_next is None
            assert found[step].is_few


def test_medians_by_hand() -> None:
    made = [one for seed in range(9) for one in make(seed, 60) if one.outcome == "paid"]
    for number, one in enumerate(made):
        one.number = number
    found = effect(load(write(made)).books())
    for group in found.groups:
        days = sorted(
            (one.ended - day).days
            for one in made
            for step, day, _ in one.sent
            if step == group.name
        )
        assert group.sent == len(days) >= 10
        assert group.median == days[(len(days) - 1) // 2]
    (whole,) = found.whole
    # What is not due yet is neither early nor late.
    late = sorted((one.ended - one.due).days for one in made if one.due <= AS_OF)
    assert whole.invoices == len(late) < len(made)
    assert whole.median == late[(len(late) - 1) // 2]
    assert whole.within == tuple(
        pytest.approx(sum(day <= days for day in late) / len(late)) for days in SPANS
    )


def test_what_counts_as_sent(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "house" "thanks" 0
      from: "invoice"
    2026-01-01 custom "dunning-step" "house" "call" 3
      channel: "phone"
    2026-01-01 custom "dunning-step" "house" "stop-loss review" 9
    2026-01-01 custom "dunning-option" "policy" "house"
    2026-06-01 custom "dunning-step" "house" "call" 5
      channel: "phone"
    2026-05-04 * "Acme" "Bounced" ^INV-1
      due: 2026-05-10
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-05-14 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "call"
    2026-05-15 note Assets:Receivable:Acme "Nobody there" ^INV-1
      bounced: "call"
    2026-05-04 * "Bolt" "Reviewed" ^INV-2
      Assets:Receivable:Bolt  100.00 EUR
      Income:Services
    2026-05-04 note Assets:Receivable:Bolt "Sent" ^INV-2
      reminder: "thanks"
    2026-05-04 * "Eden" "Thanked for on the day" ^INV-5
      due: 2026-05-20
      Assets:Receivable:Eden  100.00 EUR
      Income:Services
    2026-05-04 note Assets:Receivable:Eden "Sent" ^INV-5
      reminder: "thanks"
    2026-05-04 * "Dash" "Paid before" ^INV-3
      due: 2026-05-10
      Assets:Receivable:Dash  100.00 EUR
      Income:Services
    2026-05-14 note Assets:Receivable:Dash "Sent" ^INV-3
      reminder: "call"
    2026-05-20 note Assets:Receivable:Dash "What to do?" ^INV-3
      reminder: "stop-loss review"
    2026-05-21 * "Dash" "Paid" ^INV-3
      Assets:Bank             100.00 EUR
      Assets:Receivable:Dash
    2026-06-04 * "Dash" "On a plan" ^INV-4
      due: 2026-06-10
      Assets:Receivable:Dash  100.00 EUR
      Income:Services
    2026-06-15 note Assets:Receivable:Dash "Sent" ^INV-4
      reminder: "call"
      channel: "letter"
    2026-06-18 note Assets:Receivable:Dash "Agreed" ^INV-4
      plan: "2 x 1 month from 2026-07-01"
    2026-07-08 note Assets:Receivable:Dash "Sent" ^INV-4
      reminder: "call"
    2026-07-20 * "Dash" "Paid" ^INV-4
      Assets:Bank             100.00 EUR
      Assets:Receivable:Dash
    """
    books = ledger.books()
    sent = sorted(sent_reminders(books, invoiced(books)), key=lambda one: one.sent.date)
    assert [(one.part.invoice, one.sent.step.name) for one in sent] == [
        ("INV-2", "thanks"),
        ("INV-5", "thanks"),
        ("INV-3", "call"),
        ("INV-4", "call"),
    ]
    thanks, _, call, planned = sent
    # What is undated is in no comparison.
    assert (thanks.days_overdue, call.days_overdue) == (None, 4)
    # The review is a step all the same.
    assert call.before_next(call.watch(AS_OF)) == (0, 6, Ending.OVERTAKEN)
    assert call.watch(AS_OF) == (0, 7, Ending.PAID)
    # A plan ends the watch: what is paid then, was agreed.
    assert planned.watch(AS_OF) == (0, 3, Ending.OPEN)
    found = effect(books, GroupedBy.CHANNEL)
    assert [(one.name, one.sent) for one in found.groups] == [
        ("letter", 1),
        ("phone", 1),
        (None, 2),
    ]
    assert [one.as_dict() for one in found.changes] == [
        {"policy": "house", "date": "2026-06-01"}
    ]


def test_after_the_last_step_none_is_before_the_next(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "house" "call" 3
    2026-01-01 custom "dunning-option" "policy" "house"
    2026-05-04 * "Acme" "Work" ^INV-1
      due: 2026-05-10
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-05-12 note Assets:Receivable:Acme "They have moved" ^INV-1
    2026-05-14 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "call"
    """
    (one,) = effect(ledger.books()).groups
    assert (one.name, one.sent, one.before_next) == ("call", 1, None)


def test_charges_alone_are_no_invoice_to_remind_of(ledger: Ledger) -> None:
    """
    2026-05-04 * "Acme" "Work" ^INV-1
      due: 2026-05-10
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-05-12 * "Acme" "Paid" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    2026-05-11 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-05-11
      Assets:Receivable:Acme  40.00 EUR
      Income:Fees
    2026-05-20 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    """
    assert effect(ledger.books()).groups == ()


def test_without_reminders_there_is_nothing_to_tell(ledger: Ledger) -> None:
    """
    2026-05-04 * "Acme" "Work" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-05-12 note Assets:Receivable:Acme "They have moved" ^INV-1
    """
    found = effect(ledger.books())
    assert (found.customers, found.groups, found.changes) == (0, (), ())
    assert effect(ledger.books(), change=date.min).customers == 0


def test_after_the_last_step_there_is_no_next() -> None:
    ladder = "".join(
        f'2026-01-01 custom "dunning-step" "standard" "{step}" {days}\n'
        for step, days in (
            ("first reminder", 1),
            ("second reminder", 7),
            ("final notice", 15),
        )
    )
    first, _, last = effect(load(ladder + write(make(8, 400))).books(AS_OF)).groups
    assert (first.name, last.name) == ("first reminder", "final notice")
    assert first.before_next is not None
    assert last.sent >= 10
    assert last.before_next is None


def test_a_step_sent_on_the_same_day_comes_first(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "standard" "call" 1
    2026-01-01 custom "dunning-step" "standard" "visit" 2
      min-interval: 0
    2026-05-15 custom "dunning-step" "standard" "call" 3
    2026-05-15 custom "dunning-step" "standard" "visit" 4
      min-interval: 0
    2026-05-04 * "Acme" "Work" ^INV-1
      due: 2026-05-10
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-05-15 note Assets:Receivable:Acme "Called" ^INV-1
      reminder: "call"
    2026-05-15 note Assets:Receivable:Acme "Visited" ^INV-1
      reminder: "visit"
    2026-05-04 * "Acme" "Work" ^INV-2
      due: 2026-05-10
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-05-14 note Assets:Receivable:Acme "Called" ^INV-2
      reminder: "call"
    """
    books = ledger.books()
    call = next(
        one
        for one in sent_reminders(books, invoiced(books))
        if one.sent.step.name == "call" and one.part.invoice == "INV-1"
    )
    assert call.before_next(call.watch(AS_OF)) == (0, 0, Ending.OVERTAKEN)
    # On the last day on which anything was sent the policy changed.
    assert [str(one.date) for one in effect(books).changes] == ["2026-05-15"]


def test_a_plan_before_a_reminder_does_not_end_its_watch(ledger: Ledger) -> None:
    """
    2026-05-04 * "Acme" "Work" ^INV-1
      due: 2026-05-10
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-05-12 note Assets:Receivable:Acme "Agreed" ^INV-1
      plan: "rest on 2026-05-20"
      default-after: 5
    2026-06-01 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    2026-06-10 * "Acme" "Paid" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    """
    books = ledger.books()
    (sent,) = sent_reminders(books, invoiced(books))
    assert sent.watch(AS_OF) == (0, 9, Ending.PAID)


def test_what_changes_nothing_is_no_reminder(ledger: Ledger) -> None:
    """
    2026-05-04 * "Acme" "Work" ^INV-1
      due: 2026-05-10
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-05-12 note Assets:Receivable:Acme "They moved" ^INV-1
    """
    books = ledger.books(AS_OF)
    (part,) = invoiced(books)
    watch = watched(part, date(2026, 5, 10), AS_OF, -6)
    told = first_told(books).get(part.invoice)
    assert unreminded(watch, date(2026, 5, 10), told) == watch
    assert watch == (-6, 194, Ending.OPEN)


def test_what_is_invoiced_after_a_change_was_not_known_before_it(
    ledger: Ledger,
) -> None:
    """
    2026-05-04 * "Acme" "Work" ^INV-1
      due: 2026-05-10
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-05-15 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    2026-06-10 * "Acme" "Invoiced late" ^INV-2
      due: 2026-05-20
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-06-15 note Assets:Receivable:Acme "Sent" ^INV-2
      reminder: "first reminder"
    """
    found = effect(ledger.books(AS_OF), change=date(2026, 6, 1))
    assert [one.invoices for one in found.whole] == [1, 0]
