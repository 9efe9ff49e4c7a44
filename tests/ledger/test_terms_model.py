"""Terms against a slow and simple model, which walks from day to day."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.ledger.terms import Closing
from beancount_dunning.ledger.terms import Net
from beancount_dunning.ledger.terms import Prox
from beancount_dunning.ledger.terms_text import parse_terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dateutil.relativedelta import relativedelta

    from beancount_dunning.ledger.terms import Discount
    from beancount_dunning.ledger.terms import Part
    from beancount_dunning.ledger.terms import Rule

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wording:
    """When something is due, as it is typed, word for word."""

    count: int = 0
    unit: str = "day"
    eom: bool = False
    plus: int = 0
    on: int = 0
    pay_days: tuple[int, ...] = ()
    closing: int | None = None
    prox: int = 0
    cutoff: int = 0

    def __str__(self) -> str:
        """Return the words."""
        if self.prox:
            return f"prox {self.prox} cutoff {self.cutoff}"
        words = [f"net {self.count} {self.unit}"]
        if self.closing is not None:
            words.insert(0, f"closing {self.closing}")
        if self.eom:
            words.append("eom")
        if self.plus:
            words.append(f"+{self.plus}")
        days = self.pay_days or ((self.on,) if self.on else ())
        return " ".join([*words, *(["on"] if days else []), *map(str, days)])


def is_last(day: date) -> bool:
    return (day + DAY).day == 1


def is_day(day: date, number: int) -> bool:
    """Tell whether a day has a number in its month, or is its last before that."""
    return day.day == number or (day.day < number and is_last(day))


def months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def after(day: date, wording: Wording) -> date:
    match wording.unit:
        case "month":
            return months_later(day, wording.count)
        case "week":
            return day + 7 * wording.count * DAY
    return day + wording.count * DAY


def modelled(wording: Wording, invoiced: date) -> date:
    """Return the due date, by going on one day at a time."""
    day = invoiced
    if wording.prox:
        last = monthrange(day.year, day.month)[1]
        cutoff = wording.cutoff + (last if wording.cutoff <= 0 else 0)
        day = months_later(day.replace(day=1), 2 if day.day > cutoff else 1)
        days: tuple[int, ...] = (wording.prox,)
    else:
        if wording.closing is not None:
            while not is_day(day, wording.closing or 31):
                day += DAY
        day = after(day, wording)
        if wording.eom:
            while not is_last(day):
                day += DAY
            day += (wording.plus + (1 if wording.on else 0)) * DAY
        is_in_months = wording.unit == "month" and wording.count
        if wording.pay_days and wording.closing is not None and is_in_months:
            day = day.replace(day=1)
        days = wording.pay_days or ((wording.on,) if wording.on else ())
    while days and not any(is_day(day, number) for number in days):
        day += DAY
    return day


DAYS = st.integers(1, 31)
UNITS = st.sampled_from(("day", "week", "month"))
COUNTS = st.integers(0, 100)
CLOSINGS = st.none() | st.integers(0, 31)
WORDINGS = st.one_of(
    st.builds(Wording, COUNTS, UNITS, closing=CLOSINGS),
    st.builds(
        Wording,
        *(COUNTS, UNITS, st.just(value=True)),
        plus=st.integers(0, 99),
        closing=CLOSINGS,
    ),
    st.builds(Wording, COUNTS, UNITS, st.just(value=True), on=DAYS, closing=CLOSINGS),
    st.builds(
        Wording,
        *(COUNTS, UNITS),
        pay_days=st.lists(DAYS, min_size=1, max_size=3).map(tuple),
    ),
    st.builds(Wording, COUNTS, UNITS, pay_days=st.tuples(DAYS), closing=CLOSINGS),
    st.builds(Wording, prox=DAYS, cutoff=st.integers(-31, 31)),
)
DATES = st.dates(date(2023, 1, 1), date(2029, 1, 1))


@given(WORDINGS, DATES)
def test_due_dates_are_those_of_the_model_and_not_before_the_invoice(
    wording: Wording, invoiced: date
) -> None:
    terms = parse_terms(str(wording))
    (part,) = terms.instalments(Decimal(100), "EUR", invoiced)
    assert part.due == modelled(wording, invoiced)
    assert part.due >= invoiced


@given(st.integers(1, 40), st.integers(1, 60), UNITS, DATES, st.integers(1, 10**6))
def test_equal_parts_are_as_far_apart_and_add_up(
    times: int, count: int, unit: str, invoiced: date, cents: int
) -> None:
    amount = Decimal(cents).scaleb(-2)
    terms = parse_terms(f"{times} x {count} {unit}")
    parts = terms.instalments(amount, "EUR", invoiced)
    assert [part.due for part in parts] == [
        after(invoiced, Wording(count * number, unit)) for number in range(1, times + 1)
    ]
    assert sum(part.amount for part in parts) == amount
    # Rounding leaves at most half a cent for each part.
    assert abs(parts[-1].amount - parts[0].amount) <= Decimal("0.005") * times


PERCENTS = st.decimals(0, 20, places=1)


@st.composite
def written(draw: st.DrawFn) -> str:
    """Return terms with discounts and shares; they need not be right."""
    parts = []
    shares = draw(st.sampled_from(([""], ["30% ", "70% "], ["500 ", "rest "])))
    for share in shares:
        eom = draw(st.sampled_from(("", " eom")))
        discounts = "".join(
            f"{draw(PERCENTS)}/{draw(st.integers(0, 12))}{eom} "
            for _ in range(draw(st.integers(0, 2)))
        )
        parts.append(f"{share}{discounts}{draw(WORDINGS)}")
    return ", ".join(parts)


def printed(parts: Sequence[Part]) -> str:
    """Write terms as they were understood."""
    return ", ".join(
        (f"{part.percent}% " if part.percent is not None else "")
        + (f"{part.fixed} " if part.fixed is not None else "")
        + ("rest " if part.percent is None and part.fixed is None else "")
        + "".join(map(of_discount, part.discounts))
        + of_rule(part.rule)
        for part in parts
    )


def of_discount(discount: Discount) -> str:
    eom = "eom " if discount.from_month_end else ""
    return f"{discount.percent}/{discount.days} {eom}"


def of_rule(rule: Rule) -> str:
    match rule:
        case Prox():
            return f"prox {rule.day} cutoff {rule.cutoff}"
        case Closing():
            return f"closing {rule.day} {of_rule(rule.then)}"
        case Net():
            end = " eom" if rule.month_end else ""
            end += f" +{rule.plus}" if rule.plus else ""
            end += f" on {rule.day}" if rule.day else ""
            end += " on" if rule.pay_days else ""
            days = "".join(f" {day}" for day in rule.pay_days)
            return f"net {of_distance(rule.distance)}{end}{days}"


def of_distance(distance: relativedelta) -> str:
    months = distance.years * 12 + distance.months
    return f"{months} months" if months else f"{distance.days} days"


def understood(text: str) -> tuple[Part, ...] | None:
    try:
        return parse_terms(text).parts
    except ValueError:
        return None


@given(written(), st.data())
def test_what_is_printed_means_the_same(text: str, data: st.DataObject) -> None:
    parts = understood(text)
    if parts is None:
        # A discount that ends after the due date: nothing else can be wrong.
        assert "/" in text
        return
    assert understood(printed(parts)) == parts
    # Neither capitals nor a comma between words matter.
    if len(parts) == 1:
        words = text.replace(",", "").split()
        text = "".join(word + data.draw(st.sampled_from((" ", ", "))) for word in words)
    assert understood(text.upper()) == parts
