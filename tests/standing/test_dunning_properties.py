"""Who sends what is due, day by day, and logs it: what holds whatever the ledger.

A made-up invoice is dunned from its first day on. Each day everything that is due is
sent, and logged as a note that is written and read again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount.core.data import entry_sortkey
from beancount.loader import load_string
from beancount.parser import parser
from hypothesis import HealthCheck
from hypothesis import example
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.proposals import as_text
from beancount_dunning.answers.proposals import notes
from beancount_dunning.answers.proposals import transactions
from beancount_dunning.answers.reminders import Reminders
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.standing.books import read_books
from beancount_dunning.standing.charges import charges
from beancount_dunning.standing.interest import UnknownRateError
from beancount_dunning.standing.interest import accrue
from tests.strategies import FIRST
from tests.strategies import OWN
from tests.strategies import Case
from tests.strategies import Debt
from tests.strategies import Rest
from tests.strategies import Rung
from tests.strategies import cases
from tests.strategies import ledgers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancount.core.data import Directive

    from beancount_dunning.standing.books import Books
    from tests.strategies import Ledger

_DAY = timedelta(days=1)
_LOGGED = "<logged>"
# A ladder of five steps and nine days between them is through by then.
_SPAN = 110

steady = profile(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A step that was sent of an instalment."""

    number: int
    step: str
    day: date


@dataclass
class Simulation:
    """A ledger of which somebody sends what is due, and logs it."""

    case: Case
    entries: list[Directive] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    answers: dict[date, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.entries, errors, self.options = load_string(self.case.text)
        assert not errors, errors

    def books(self, day: date) -> Books:
        return read_books(self.entries, self.options, today=day)

    def due(self, day: date) -> Reminders:
        return reminders(self.books(day), days=30)

    def look(self, day: date) -> None:
        """Send what is due on a day, and whatever then is."""
        found = self.due(day)
        while found.due:
            assert len(self.sent) < 100
            self.sent += [
                Sent(one.item.number, one.step.name, day) for one in found.due
            ]
            self.log(found, day)
            found = self.due(day)
        self.answers[day] = found.as_dict()

    def log(self, found: Reminders, day: date) -> None:
        text = "\n".join(map(as_text, notes(self.books(day), found.due)))
        logged, errors, _ = parser.parse_string(text, _LOGGED)
        assert not errors
        for entry in logged:
            entry.meta["lineno"] += 1000 * len(self.sent)
        self.entries = sorted([*self.entries, *logged], key=entry_sortkey)

    def problems(self, day: date) -> list[str]:
        """Return what is wrong with what was logged."""
        return [
            f"{problem.entry.date}: {problem.message}"
            for problem in self.books(day).dunning.problems
            if problem.entry and problem.source["filename"] == _LOGGED
        ]


def simulate(case: Case, every: int = 1) -> Simulation:
    """Look on every n-th day, beginning with the invoice's own."""
    simulation = Simulation(case)
    for days in range(0, _SPAN, every):
        simulation.look(case.day + timedelta(days=days))
    assert simulation.problems(case.day + timedelta(days=_SPAN)) == []
    return simulation


# What should be sent, worked out the plain way: day by day, instalment by instalment.


def open_on(case: Case, day: date) -> set[int]:
    """Return the instalments that are open on a day, each paid in its turn."""
    paid: dict[tuple[str, str], int] = defaultdict(int)
    for when, amount, account, currency in case.payments:
        if when <= day:
            paid[account, currency] += amount
    is_open = set()
    for debt in case.debts:
        taken = min(debt.amount, paid[debt.account, debt.currency])
        paid[debt.account, debt.currency] -= taken
        if taken < debt.amount:
            is_open.add(debt.number)
    return is_open


def targets(case: Case, rest: Rest) -> set[int]:
    """Return the instalments that a note is about."""
    if rest.key != "promise":
        return {debt.number for debt in case.debts}
    is_open = open_on(case, rest.day - _DAY)
    ordered = [debt for debt in case.debts if debt.number in is_open]
    due = [debt.number for debt in ordered if debt.due <= rest.value]  # type: ignore[operator] # a promise has a date
    return set(due or [debt.number for debt in ordered[:1]])


def is_held(case: Case, number: int, day: date) -> bool:
    """Tell whether reminders of an instalment rest on a day."""
    state: dict[str, Any] = {"promise": date.min, "hold-until": date.min}
    for rest in case.rests:
        if rest.day <= day and number in targets(case, rest):
            state[rest.key] = rest.value
    return bool(
        state.get("dispute") or max(state["promise"], state["hold-until"]) >= day
    )


def expected(case: Case, every: int = 1) -> list[Sent]:
    """Return what is to be sent by someone who looks on every n-th day."""
    ladder = sorted(case.ladder, key=lambda rung: rung.days)
    found = []
    for debt in case.debts:
        left = [rung for rung in ladder if rung.days > 0]
        last: date | None = None
        for days in range(0, _SPAN, every):
            day = case.day + timedelta(days=days)
            if debt.number not in open_on(case, day) or is_held(case, debt.number, day):
                continue
            for rung in ladder:
                if rung.days <= 0 and debt.due + timedelta(days=rung.days) == day:
                    found.append(Sent(debt.number, rung.name, day))
                    last = day
            while left:
                rung = left[0]
                before = ladder.index(rung) - 1
                interval = rung.interval
                if interval is None:
                    interval = rung.days - ladder[before].days if before >= 0 else 0
                first = debt.due + timedelta(days=rung.days)
                if last is not None:
                    first = max(first, last + timedelta(days=interval))
                if day < first:
                    break
                found.append(Sent(debt.number, left.pop(0).name, day))
                last = day
    return found


def in_order(sent: Iterable[Sent]) -> list[Sent]:
    return sorted(sent, key=lambda one: (one.number, one.day))


@steady
@given(cases())
def test_what_is_sent_is_what_the_policy_says(case: Case) -> None:
    assert in_order(simulate(case).sent) == in_order(expected(case))


@steady
@given(cases(), st.integers(2, 9))
def test_a_missed_day_loses_no_reminder(case: Case, every: int) -> None:
    seldom = simulate(case, every)
    assert in_order(seldom.sent) == in_order(expected(case, every))
    notices = {rung.name for rung in case.ladder if rung.days <= 0}
    if not case.rests and not case.payments:
        for debt in case.debts:
            steps = [
                [
                    one.step
                    for one in simulation.sent
                    if one.number == debt.number and one.step not in notices
                ]
                for simulation in (simulate(case), seldom)
            ]
            assert steps[0] == steps[1]
            assert len(steps[0]) == len(case.ladder) - len(notices)


@steady
@given(cases(accounts=OWN))
def test_nothing_is_sent_twice_too_soon_or_while_it_rests(case: Case) -> None:
    simulation = simulate(case)
    ladder = sorted(case.ladder, key=lambda rung: rung.days)
    names = [rung.name for rung in ladder]
    for debt in case.debts:
        sent = [one for one in simulation.sent if one.number == debt.number]
        steps = [one.step for one in sent]
        assert len(set(steps)) == len(steps)
        later = [name for name in steps if ladder[names.index(name)].days > 0]
        # None is left out, and none comes before its turn.
        assert later == [rung.name for rung in ladder if rung.days > 0][: len(later)]
        for one in sent:
            rung = ladder[names.index(one.step)]
            assert one.number in open_on(case, one.day)
            assert not is_held(case, one.number, one.day)
            assert one.day >= debt.due + timedelta(days=rung.days)
        for before, after in pairwise(sent):
            rung = ladder[names.index(after.step)]
            was = ladder[names.index(after.step) - 1].days
            interval = rung.days - was if rung.interval is None else rung.interval
            if rung.days > 0:
                assert (after.day - before.day).days >= interval
            elif before.day == after.day:
                # Notices have their own days; these two share theirs.
                assert rung.days == was


@steady
@given(cases(), st.data())
def test_no_answer_depends_on_what_was_asked_before(
    case: Case, data: st.DataObject
) -> None:
    simulation = simulate(case)
    asked = data.draw(st.lists(st.sampled_from(sorted(simulation.answers)), max_size=9))
    for day in asked:
        assert simulation.due(day).as_dict() == simulation.answers[day]


@steady
@given(cases())
def test_what_comes_next_comes_when_it_was_said(case: Case) -> None:
    """Where nothing else happens, what is upcoming today is due on its day."""
    simulation = simulate(case)
    for day, answer in simulation.answers.items():
        quiet = [
            *(rest.day for rest in case.rests),
            *(paid for paid, *_ in case.payments),
        ]
        if any(one > day for one in quiet):
            continue
        for coming in answer["upcoming"]:
            when = date.fromisoformat(coming["scheduled"])
            number = int(coming["instalment"].partition("/")[0])
            if when in simulation.answers:
                assert Sent(number, coming["step"], when) in simulation.sent


_TWO_STEPS = (Rung("first", 3, None), Rung("second", 10, None))
_DUE = FIRST + timedelta(days=20)


def case_of(ladder: tuple[Rung, ...], *debts: tuple[str, str]) -> Case:
    """Return an invoice of instalments, all due on one day, that nobody pays."""
    return Case(
        ladder,
        FIRST + timedelta(days=10),
        tuple(
            Debt(number, _DUE, 1, account, currency)
            for number, (account, currency) in enumerate(debts, 1)
        ),
        (),
        (),
    )


def test_two_steps_of_one_day_are_both_sent() -> None:
    ladder = (Rung("call", 3, None), Rung("letter", 3, None), Rung("final", 9, None))
    sent = simulate(case_of(ladder, ("Assets:Receivable:Acme", "EUR"))).sent
    assert [one.step for one in sent] == ["call", "letter", "final"]


def test_the_notice_of_one_instalment_is_not_that_of_another() -> None:
    """Nobody looked on 18 January, when the notice of the first could go out."""
    case = Case(
        (Rung("notice", -3, None), Rung("first", 1, None)),
        date(2025, 1, 11),
        (
            Debt(1, date(2025, 1, 21), 1, "Assets:Receivable:Acme", "EUR"),
            Debt(2, date(2025, 1, 24), 1, "Assets:Receivable:Acme", "EUR"),
        ),
        (),
        (),
    )
    assert in_order(simulate(case, 2).sent) == [
        Sent(1, "first", date(2025, 1, 23)),
        Sent(2, "notice", date(2025, 1, 21)),
        Sent(2, "first", date(2025, 1, 25)),
    ]


@pytest.mark.parametrize("currency", ["EUR", "JPY"])
def test_an_invoice_on_two_accounts_is_logged_without_error(currency: str) -> None:
    accounts = (
        ("Assets:Receivable:Acme", "EUR"),
        ("Assets:Receivable:Retention", currency),
    )
    sent = simulate(case_of(_TWO_STEPS, *accounts)).sent
    assert [(one.number, one.step) for one in sent] == [
        (1, "first"),
        (2, "first"),
        (1, "second"),
        (2, "second"),
    ]


def test_what_came_back_under_another_policy_is_reminded_once() -> None:
    case = case_of((Rung("first", 3, None),), ("Assets:Receivable:Acme", "EUR"))
    again = f"""
{FIRST} custom "dunning-step" "other" "call" 4
{_DUE} * "Acme" "Paid" ^INV-1
  Assets:Receivable:Acme  -1.00 EUR
  Assets:Bank
{_DUE + _DAY} * "Acme" "Came back" ^INV-1
  policy: "other"
  due: {_DUE}
  Assets:Receivable:Acme   1.00 EUR
  Assets:Bank
"""
    lines = case.text.replace(f"    due: {_DUE}\n", "").replace(
        '  customer: "Acme"\n', f"  due: {_DUE}\n", 1
    )
    simulation = Simulation(case)
    simulation.entries, errors, simulation.options = load_string(lines + again)
    assert not errors
    for days in range(30):
        simulation.look(_DUE + timedelta(days=days))
    assert [one.step for one in simulation.sent] == ["call"]


# Interest: added up day by day, in fractions, and rounded once.

_SINCE = FIRST + timedelta(days=10)
percents = st.sampled_from(("0", "5", "9.12", "0.333", "8.5"))
points = st.sampled_from(("9", "-1", "0.5", "-4.25"))
some_days = st.integers(0, 200).map(lambda days: FIRST + timedelta(days=days))


@dataclass(frozen=True, slots=True)
class Agreed:
    """What is agreed from a day on; `points` over the rate, or percent."""

    since: date
    percent: str
    is_over_rate: bool = False
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Late:
    """An invoice that bears interest."""

    agreed: tuple[Agreed, ...]
    rates: tuple[tuple[date, str], ...]
    due: date
    cents: int
    paid: tuple[tuple[date, int], ...]
    as_of: date

    @property
    def text(self) -> str:
        lines = [f"{FIRST} open Assets:Receivable:Acme", f"{FIRST} open Assets:Bank"]
        for one in self.agreed:
            rate = ' "own"' if one.is_over_rate else ""
            agreed = f'"standard" {one.percent}{rate}'
            lines.append(f'{one.since} custom "dunning-interest" {agreed}')
            if one.is_fixed:
                lines.append('  fixed-at: "start"')
        lines += [
            f'{since} custom "reference-rate" "own" {percent}'
            for since, percent in self.rates
        ]
        amounts = [(FIRST, self.cents), *((day, -cents) for day, cents in self.paid)]
        for day, cents in amounts:
            amount = f"{Decimal(cents) / 100:.2f} EUR"
            lines += [
                f'{day} * "Acme" "Website" ^INV-1',
                f"  due: {self.due}",
                f"  Assets:Receivable:Acme  {amount}",
                "  Assets:Bank",
            ]
        return "\n".join(lines) + "\n"


@st.composite
def lates(draw: st.DrawFn) -> Late:
    """Draw an invoice, what is agreed, the rates, and what is paid."""
    agreed = [
        Agreed(since, draw(points if over else percents), is_over_rate=over)
        for since in sorted(draw(st.lists(some_days, min_size=1, max_size=3)))
        for over in [draw(st.booleans())]
    ]
    if len(agreed) == 1:
        fixed = Agreed(agreed[0].since, draw(points), is_over_rate=True, is_fixed=True)
        agreed = draw(st.sampled_from([agreed, [fixed]]))
    rates = draw(
        st.dictionaries(
            st.one_of(st.just(FIRST), st.just(FIRST), some_days),
            st.sampled_from(("3.62", "-0.88", "0", "2.27")),
            min_size=1,
            max_size=3,
        )
    )
    cents = draw(st.sampled_from((1, 100, 119000, 238000, 1000001)))
    left, paid = cents, []
    for day in sorted(draw(st.lists(some_days, max_size=3))):
        amount = draw(st.one_of(st.just(left), st.integers(1, cents)))
        if left:
            paid.append((day, min(amount, left)))
            left -= paid[-1][1]
    return Late(
        tuple(agreed),
        tuple(sorted(rates.items())),
        draw(some_days),
        cents,
        tuple(paid),
        draw(some_days),
    )


class UnknownError(Exception):
    """A rate that the slow model does not know."""


def rate_of(late: Late, day: date) -> Fraction:
    known = [percent for since, percent in late.rates if since <= day]
    if not known:
        raise UnknownError
    return Fraction(known[-1])


def slow_interest(late: Late) -> Decimal | None:
    """Add up interest day by day."""
    total, has_begun = Fraction(), False
    # A rate of which nothing is known yet is no rate: there is no such agreement.
    has_rate = any(since <= late.as_of for since, _ in late.rates)
    agreements = [one for one in late.agreed if has_rate or not one.is_over_rate]
    day = late.due + _DAY
    while day <= late.as_of:
        principal = late.cents - sum(cents for paid, cents in late.paid if paid < day)
        agreed = [one for one in agreements if one.since <= day]
        if principal and agreed:
            one = agreed[-1]
            has_begun = True
            percent = Fraction(one.percent)
            if one.is_over_rate:
                percent += rate_of(late, late.due + _DAY if one.is_fixed else day)
            total += Fraction(principal, 100) * max(percent, Fraction()) / 36500
        day += _DAY
    if not has_begun:
        return None
    return Decimal(int(total * 100 + Fraction(1, 2))) / 100


def read_late(late: Late) -> Books:
    entries, errors, options = load_string(late.text)
    assert not errors
    return read_books(entries, options, today=late.as_of).with_settled(None)


@profile(parent=steady, max_examples=400)
@given(lates())
@example(Late((Agreed(FIRST, "10"),), (), FIRST, 238000, (), date(2026, 1, 1)))
def test_interest_is_that_of_a_slow_and_simple_model(late: Late) -> None:
    books = read_late(late)
    (item,) = (*books.receivables.items, *books.receivables.settled)
    try:
        expected_ = slow_interest(late)
    except UnknownError:
        with pytest.raises(UnknownRateError):
            accrue(books, item)
        return
    accrual = accrue(books, item)
    if accrual is None:
        assert expected_ is None
        return
    assert accrual.amount == expected_
    assert sum(one.amount for one in accrual.segments) == accrual.amount
    spans = [(one.first, one.last) for one in accrual.segments]
    assert all(first <= last for first, last in spans)
    assert all(before[1] + _DAY == after[0] for before, after in pairwise(spans))


def test_the_slow_model_is_right() -> None:
    """A year of 10 % on 2380.00 is 238.00, 2025 having 365 days."""
    agreed = (Agreed(FIRST, "10"),)
    late = Late(agreed, (), FIRST, 238000, (), date(2026, 1, 1))
    assert slow_interest(late) == Decimal("238.00")


# What was posted is not proposed again.

_CHARGED = f"""
{FIRST} custom "dunning-interest" "standard" 7.5
  compensation: 40.00 EUR
{FIRST} custom "dunning-interest" "friendly" 12
{FIRST} custom "dunning-step" "house" "call" 3
  fee: 5.00 EUR
{FIRST} custom "dunning-interest" "house" 9
"""


def proposed(text: str, as_of: date) -> str:
    """Return what is to be charged, as it is to be pasted."""
    entries, _, options = load_string(text)
    books = read_books(entries, options, today=as_of, as_of=as_of)
    posted = transactions(books, charges(books)).directives
    return "\n".join(as_text(entry) for _, entry in posted)


@profile(parent=steady, max_examples=300)
@given(ledgers(padded=False), some_days)
def test_charges_that_are_posted_are_not_proposed_again(
    ledger: Ledger, as_of: date
) -> None:
    text = ledger.text + _CHARGED
    try:
        pasted = proposed(text, as_of)
    except UnknownRateError:
        return
    assert proposed(f"{text}\n{pasted}", as_of) == ""


def charged_twice(second_due: str, payment: str) -> list[str]:
    """Return what is proposed of two instalments, and again when that is posted."""
    text = f"""
2025-01-01 open Assets:Receivable:Acme
2025-01-01 open Assets:Bank
2025-01-01 custom "dunning-interest" "standard" 10
2025-01-10 * "Acme" "Website" ^INV-1
  Assets:Receivable:Acme  1000.00 EUR
    due: 2025-02-01
  Assets:Receivable:Acme  3000.00 EUR
    due: {second_due}
  Assets:Bank
{payment}
"""
    as_of = date(2025, 6, 1)
    pasted = proposed(text, as_of)
    return [pasted, proposed(f"{text}\n{pasted}", as_of)]


def test_interest_of_instalments_due_together_is_charged_once() -> None:
    """10 % of 1000.00 and 3000.00 for 120 days: 32.88 and 98.63."""
    first, second = charged_twice("2025-02-01", "")
    assert first.count("32.88 EUR") == first.count("98.63 EUR") == 2
    assert second == ""


def test_a_charge_takes_nothing_from_what_was_paid_before_it() -> None:
    """10 % of 1000.00 for 28 days is 7.67, of 2000.00 for 92 days 50.41."""
    payment = """
2025-03-01 * "Acme" "Part payment" ^INV-1
  Assets:Receivable:Acme  -2000.00 EUR
  Assets:Bank
"""
    first, second = charged_twice("2025-03-01", payment)
    assert first.count("7.67 EUR") == first.count("50.41 EUR") == 2
    assert second == ""
