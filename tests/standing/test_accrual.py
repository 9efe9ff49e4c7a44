"""How interest adds up: parts of periods, compounding, and the ends of the calendar."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from decimal import ROUND_HALF_UP
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import pytest
from beancount.core.data import Custom
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.story import tell
from beancount_dunning.basics.money import exact
from beancount_dunning.ledger.agreements import DayCount
from beancount_dunning.ledger.agreements import Interest
from beancount_dunning.ledger.agreements import Period
from beancount_dunning.standing.charges import charges
from beancount_dunning.standing.day_counts import begun_months
from beancount_dunning.standing.day_counts import months_later
from beancount_dunning.standing.day_counts import part_of_period
from beancount_dunning.standing.interest import accrue
from tests.conftest import Ledger
from tests.conftest import day
from tests.conftest import load

_DAY = timedelta(days=1)
ENTRY = Custom({}, date(2026, 1, 1), "dunning-interest", [])
COUNTS = [
    *((Period.YEAR, count) for count in DayCount),
    (Period.MONTH, DayCount.DAYS_365),
    (Period.DAY, DayCount.DAYS_365),
]


def agreed(per: Period, count: DayCount) -> Interest:
    return Interest(Decimal(1), None, False, None, ENTRY, days=count, per=per)  # noqa: FBT003 - as declared


# Parts of periods.


@profile(max_examples=300, deadline=None)
@given(
    st.sampled_from(COUNTS),
    st.dates(date(1, 1, 2), date(9999, 12, 31)),
    st.integers(0, 800),
    st.integers(0, 800),
)
def test_the_parts_of_a_span_add_up(
    count: tuple[Period, DayCount], start: date, begin: int, length: int
) -> None:
    agreement = agreed(*count)
    first = date.fromordinal(min(start.toordinal() + begin, date.max.toordinal()))
    last = date.fromordinal(min(first.toordinal() + length, date.max.toordinal()))
    by_day = sum(
        (
            part_of_period(agreement, start, one, one)
            for one in map(
                date.fromordinal, range(first.toordinal(), last.toordinal() + 1)
            )
        ),
        Fraction(),
    )
    assert part_of_period(agreement, start, first, last) == by_day


@pytest.mark.parametrize(
    ("count", "first", "last", "expected"),
    [
        # By hand: a day of 2023 is 1/365, one of 2024 is 1/366.
        ("actual", "2023-12-31", "2024-01-01", Fraction(1, 365) + Fraction(1, 366)),
        ("actual", "2023-01-01", "2025-12-31", Fraction(3)),
        ("365", "2024-01-01", "2024-12-31", Fraction(366, 365)),
        ("360", "2024-01-01", "2024-12-31", Fraction(366, 360)),
        ("30/360", "2024-01-01", "2024-12-31", Fraction(1)),
        ("30/360", "2024-02-01", "2024-02-29", Fraction(1, 12)),
        ("30/360", "2023-02-01", "2023-02-28", Fraction(1, 12)),
        ("30/360", "2023-02-01", "2023-02-27", Fraction(27, 360)),
        ("30/360", "2023-01-31", "2023-01-31", Fraction()),
    ],
)
def test_a_part_of_a_year(
    count: str, first: str, last: str, expected: Fraction
) -> None:
    agreement = agreed(Period.YEAR, DayCount(count))
    found = part_of_period(agreement, day(first), day(first), day(last))
    assert found == expected


@given(st.dates(), st.integers(0, 1200))
def test_whole_months_are_counted_as_they_are_added(start: date, months: int) -> None:
    later = months_later(start, months)
    if later <= date.max.toordinal():
        assert begun_months(start, later) == months
    assert months_later(start, months + 1) > later


def test_a_month_past_the_calendar_s_end_has_its_days() -> None:
    start = date(9999, 12, 1)
    assert months_later(start, 1) - start.toordinal() == 31
    # February of the year 10000 has 29 days, as that of 2000.
    assert months_later(start, 3) - months_later(start, 2) == 29


# Interest on interest.


@pytest.mark.parametrize(
    ("paid", "expected"),
    [
        # 100.00 in 2022. All of it is paid: 100.00 more in 2023.
        ("2022-12-31", "200.00"),
        # It was compounded by then: 1100 x 10 % x 1 / 365, and 1000 x 10 % x 364 / 365.
        ("2023-01-01", "200.03"),
        # Not paid: 100.00 and 110.00.
        ("2024-01-01", "210.00"),
    ],
)
def test_interest_that_was_paid_bears_no_interest(
    ledger: Ledger, paid: str, expected: str
) -> None:
    """
    1990-01-01 custom "dunning-option" "unreferenced" "unapplied"
    1990-01-01 custom "dunning-interest" "standard" 10
      compound: "yearly"
    2021-12-01 * "Acme" "Website" ^INV-1
      due: 2021-12-31
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2022-12-31 * "Acme" "Interest, and more than that" ^INV-1
      charge: "interest"
      due: 2021-12-31
      Assets:Receivables      120.00 EUR
      Income:Interest
    $paid * "Acme" "The interest" ^INV-1
      Assets:Bank             120.00 EUR
      Assets:Receivables
    """
    del paid
    ((item, interest),) = [
        (one.item, one.interest)
        for one in ledger.report("2023-12-31").items
        if not one.item.charge
    ]
    assert item.open == Decimal("1000.00")
    assert interest is not None
    assert exact(interest) == expected


def test_once_the_principal_is_paid_nothing_compounds(ledger: Ledger) -> None:
    """
    1990-01-01 custom "dunning-interest" "standard" 10
      compound: "yearly"
    2021-12-01 * "Acme" "Website" ^INV-1
      due: 2021-12-31
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2022-12-31 * "Acme" "Payment" ^INV-1
      Assets:Bank             1000.00 EUR
      Assets:Receivable:Acme
    """
    for as_of in ("2022-12-31", "2025-12-31"):
        (one,) = charges(ledger.books(as_of))
        assert exact(one.amount) == "100.00"


def test_an_agreement_may_begin_to_compound(ledger: Ledger) -> None:
    """
    1990-01-01 custom "dunning-interest" "standard" 12
      days: "30/360"
    2026-03-01 custom "dunning-interest" "standard" 12
      days: "30/360"
      compound: "monthly"
    2026-01-01 * "Acme" "Website" ^INV-1
      due: 2026-01-15
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    """
    # 1 % a month from 16 January: 15.00 until 28 February, 5.00 to 15 March, and then
    # on 1020.00: 10.20 to 15 April.
    (item,) = ledger.report("2026-02-28").items
    assert str(item.interest) == "15.00"
    (item,) = ledger.report("2026-03-15").items
    assert str(item.interest) == "20.00"
    (item,) = ledger.report("2026-04-15").items
    assert str(item.interest) == "30.20"


@pytest.mark.parametrize(
    "keys",
    [
        'compound: "monthly"',
        'compound: "yearly"',
        'per: "month"',
        'per: "day"',
        'days: "actual"',
        'days: "30/360"',
    ],
)
def test_nothing_is_too_much_or_too_late(ledger: Ledger, keys: str) -> None:
    """
    1990-01-01 custom "dunning-interest" "standard" 99999999999999999999
      $keys
    1990-01-01 * "Acme" "Website" ^INV-1
      due: 1990-01-30
      Assets:Receivable:Acme  99999999999999999999.00 EUR
      Income:Services
    """
    del keys
    (item,) = ledger.report("9999-12-31").items
    assert item.interest is not None
    assert item.interest > item.item.open


class Case(NamedTuple):
    """An invoice of 1000.00 due on 31 January 2023, an agreement, and payments."""

    percent: int
    rate: int
    keys: dict[str, str]
    paid: tuple[tuple[int, int], ...]
    days: int

    @property
    def text(self) -> str:
        paid = "".join(
            f"""
{DUE + timedelta(days=day)} * "Acme" "Part" ^INV-1
  Assets:Bank  {amount}.00 EUR
  Assets:Receivable:Acme
"""
            for day, amount in self.paid
        )
        keys = "".join(f"  {name}: {value}\n" for name, value in self.keys.items())
        house = "" if "per" in self.keys else '"house"'
        return f"""
1990-01-01 custom "reference-rate" "house" 3
{DUE + timedelta(days=self.rate)} custom "reference-rate" "house" 7
1990-01-01 custom "dunning-interest" "standard" {self.percent} {house}
{keys}
2023-01-01 * "Acme" "Website" ^INV-1
  due: {DUE}
  Assets:Receivable:Acme  1000.00 EUR
  Income:Services
{paid}"""

    def by_day(self) -> Fraction:
        """Add interest up, day after day."""
        keys = {name: value.strip('"') for name, value in self.keys.items()}
        per, count = keys.get("per", "year"), keys.get("days", "365")
        agreement = agreed(Period(per), DayCount(count))
        first = DUE + _DAY
        months = {"monthly": 1, "yearly": 12}.get(keys.get("compound", ""), 0)
        rests = {
            first + relativedelta(months=months * number)
            for number in range(1, 30)
            if months
        }
        total, fresh, compounded = Fraction(), Fraction(), Fraction()
        for number in range(1, self.days + 1):
            on = DUE + timedelta(days=number)
            if on in rests:
                compounded, fresh = compounded + fresh, Fraction()
            paid = sum(amount for day, amount in self.paid if day < number)
            principal = max(1000 - paid, 0)
            if not principal:
                break
            rate = (7 if number >= self.rate else 3) if per == "year" else 0
            percent = self.percent + rate
            if keys.get("times") == "TRUE":
                percent = self.percent * rate
            part = part_of_period(agreement, first, on, on)
            bears = (principal + compounded) * percent * part
            if "cap" in keys:
                a_year = {"year": 1, "month": 12, "day": 365}[per]
                bears = min(bears, principal * int(keys["cap"]) * part / a_year)
            fresh += bears / 100
            total += bears / 100
        return total


DUE = date(2023, 1, 31)
_ALL_KEYS = {
    "days": ('"365"', '"actual"', '"360"', '"30/360"'),
    "per": ('"month"', '"day"'),
    "times": ("TRUE", "FALSE"),
    "compound": ('"yearly"', '"monthly"'),
    "cap": ("0", "9", "20"),
}


@st.composite
def agreements(draw: st.DrawFn) -> dict[str, str]:
    """Draw keys that do not contradict each other."""
    keys = {
        name: draw(st.sampled_from(values))
        for name, values in _ALL_KEYS.items()
        if draw(st.booleans())
    }
    if "per" in keys:
        keys.pop("days", None)
        keys.pop("times", None)
    return keys


@profile(max_examples=200, deadline=None)
@given(
    st.builds(
        Case,
        st.integers(0, 9),
        st.integers(-10, 700),
        agreements(),
        st.lists(st.tuples(st.integers(-20, 700), st.integers(1, 400)), max_size=4).map(
            tuple
        ),
        st.integers(1, 700),
    )
)
def test_interest_is_that_of_the_days(case: Case) -> None:
    ledger = load(case.text)
    assert not ledger.errors
    as_of = DUE + timedelta(days=case.days)
    assert not ledger.settings(as_of).problems
    books = ledger.books(as_of, None)
    (item,) = books.receivables.all_items
    accrual = accrue(books, item)
    found = accrual.amount if accrual else Decimal()
    expected = case.by_day()
    exactly = Decimal(expected.numerator * 10**40 // expected.denominator).scaleb(-40)
    assert found == exactly.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if accrual:
        assert sum(one.amount for one in accrual.segments) == accrual.amount
        for before, after in pairwise(accrual.segments):
            assert after.first == before.last + _DAY


# How it is told.


def told(ledger: Ledger, as_of: str) -> list[str]:
    story = tell(ledger.books(as_of), "INV-1")
    assert story is not None
    return [str(fact.text) for fact in story.parts[0].why][-4:]


@pytest.mark.parametrize(
    ("agreed", "expected"),
    [
        (
            '0.05\n      per: "day"',
            ["2 days at 0.05 % a day on 10000.00: 10.00 EUR"],
        ),
        (
            '1.4\n      per: "month"',
            ["2 days at 1.4 % a month on 10000.00: 10.00 EUR"],
        ),
        (
            '0.05\n      per: "day"\n      cap: 7.3',
            [
                "2 days at 7.3 % on 10000.00: 4.00 EUR",
                "No more than 7.3 % a year",
            ],
        ),
        (
            '3 "house"\n      times: TRUE',
            [
                "2 days at 7.5 % on 10000.00: 4.11 EUR",
                '3 times "house" (2.5 % since 1990-01-01)',
            ],
        ),
        (
            '3 "ecb"\n      times: TRUE',
            [
                "2 days at 6.45 % on 10000.00: 3.53 EUR",
                '3 times "ecb" (2.15 % since 2025-07-01, built in)',
            ],
        ),
    ],
)
def test_a_rate_is_told_as_it_was_agreed(
    ledger: Ledger, agreed: str, expected: list[str]
) -> None:
    """
    1990-01-01 custom "reference-rate" "house" 2.5
    1990-01-01 custom "dunning-interest" "standard" $agreed
    1990-01-01 * "Acme" "Website" ^INV-1
      due: 2026-01-31
      Assets:Receivable:Acme  10000.00 EUR
      Income:Services
    """
    del agreed
    first, *rest = expected
    assert [f"Interest 2026-02-01 to 2026-02-02: {first}", *rest] == told(
        ledger, "2026-02-02"
    )[-1 - len(expected) : -1]


def test_what_is_left_over_elsewhere_pays_no_interest(ledger: Ledger) -> None:
    """
    1990-01-01 custom "dunning-option" "payment-order" "charges"
    1990-01-01 custom "dunning-interest" "standard" 36.5
    2025-12-01 * "Acme" "Website" ^INV-1
      due: 2026-01-05
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-01-15 * "Acme" "By mistake to another account" ^INV-9
      Assets:Bank               50.00 EUR
      Assets:Receivable:Acme
    """
    (item,) = ledger.report("2026-01-15").items
    assert str(item.interest) == "10.00"
    (item,) = ledger.report("2026-01-25").items
    assert str(item.interest) == "20.00"
