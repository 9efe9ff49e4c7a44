"""How customers pay: each number against an independent and slow calculation."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.comparisons import before_after
from beancount_dunning.answers.comparisons import grouped
from beancount_dunning.answers.customers import customers
from beancount_dunning.answers.customers import named
from beancount_dunning.basics.money import exact
from tests.answers.paying import FIRST
from tests.answers.paying import after
from tests.answers.paying import books
from tests.answers.paying import invoice
from tests.answers.paying import note
from tests.answers.paying import paid
from tests.answers.paying import paid_late
from tests.conftest import load
from tests.strategies import as_of_days
from tests.strategies import ledgers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount_dunning.answers.customers import CustomerRecord
    from tests.strategies import Ledger as MadeUp


def only(text: str) -> CustomerRecord:
    (record,) = customers(books(text)).records
    return record


def test_a_record_has_all_that_is_known() -> None:
    text = (
        invoice("A-1", after(0), after(10))
        + paid("A-1", after(8))
        + invoice("A-2", after(20), after(30), "300.00")
        + paid("A-2", after(45), "300.00")
        + invoice("A-3", after(40), after(50), "200.00")
        + note("A-3", after(60), "dispute: TRUE", 'reason: "quality"')
        + note("A-3", after(61), 'reason: "quality"')
        + note("A-3", after(62), "dispute: FALSE", 'reason: "price"')
        + '2026-01-01 custom "dunning-customer" "Acme"\n  segment: "shop"\n'
        '  parent: "Holding"\n'
    )
    report = customers(books(text, after(100)))
    assert report.as_dict()["customers"] == [
        {
            "customer": "Acme",
            "currency": "EUR",
            "segment": "shop",
            "parent": "Holding",
            "invoices": 3,
            "turnover": "600.00",
            "credited": "0",
            "written_off": "0",
            "paid": "400.00",
            "judged": 3,
            "on_time": 0.333,
            "paid_in_full": 2,
            "days_late_mean": 6.5,
            "days_late_median": 6.5,
            "days_late_weighted": 10.8,
            "days_to_pay": 16.5,
            "longest_open": 60,
            "worst_bucket": "31-60",
            "open": "200.00",
            "overdue": "200.00",
            "promises": 0,
            "promises_kept": 0,
            "disputes": 1,
            "reasons": {"price": 1, "quality": 2},
            "last_payment": "2026-02-19",
            "habits": [],
            "trend": None,
            "quarters": [
                {"quarter": "2025-Q3", "paid_in_full": 0, "days_late_mean": None},
                {"quarter": "2025-Q4", "paid_in_full": 0, "days_late_mean": None},
                {"quarter": "2026-Q1", "paid_in_full": 2, "days_late_mean": 6.5},
                {"quarter": "2026-Q2", "paid_in_full": 0, "days_late_mean": None},
            ],
            "grade": "C",
            "because": ["1 of the last 3 was over 30 days late"],
        }
    ]


def test_on_the_due_date_is_on_time_and_what_came_back_is_not_paid() -> None:
    text = invoice("A-1", after(0), after(10)) + paid("A-1", after(10))
    text += invoice("A-2", after(0), after(10)) + paid("A-2", after(11))
    sums = only(text).punctuality
    assert (sums.on_time, sums.judged, sums.paid) == (1, 2, Decimal(200))
    back = (
        f'{after(14)} * "Acme" "Payment returned" ^A-1\n'
        "  Assets:Receivable:Acme  100.00 EUR\n  Assets:Bank\n"
    )
    sums = only(text + back).punctuality
    assert (sums.on_time, sums.judged, sums.paid) == (0, 2, Decimal(100))


def test_what_is_paid_was_open_until_the_last_payment() -> None:
    text = invoice("A-1", after(0), after(10)) + paid("A-1", after(5), "60.00")
    text += paid("A-1", after(60), "40.00", account="Income:Services")
    assert only(text).longest_open == 5


def test_a_note_on_several_invoices_is_one() -> None:
    text = invoice("A-1", after(0), after(10)) + invoice("A-2", after(0), after(10))
    text += note("A-1 ^A-2", after(20), "dispute: TRUE", 'reason: "quality"')
    conduct = only(text).conduct
    assert (conduct.disputes, conduct.reasons) == (1, {"quality": 1})


def test_a_note_on_another_account_or_nobodys_invoice_says_nothing() -> None:
    text = invoice("A-1", after(0), after(10)) + "1999-01-01 open Assets:Receivable:B\n"
    text += note("A-1", after(20), "dispute: TRUE", customer="B")
    text += note("A-9", after(20), "dispute: TRUE")
    assert only(text).conduct.disputes == 0


def test_what_is_not_due_or_undated_has_a_bucket_too() -> None:
    assert only(invoice("A-1", after(0), date(2027, 5, 1))).worst_bucket == "not due"
    assert only(invoice("A-1", after(0), None)).worst_bucket == "undated"


def test_whoever_only_has_credit_has_a_record_with_nothing_in_it() -> None:
    record = only(paid("A-1", after(0)))
    assert record.punctuality.invoices == 0
    assert record.open == 0
    assert (record.longest_open, record.worst_bucket) == (None, None)
    assert record.as_dict()["on_time"] is None


def test_each_currency_has_a_record_and_the_grade_is_of_all() -> None:
    text = invoice("A-1", after(0), after(10)) + paid("A-1", after(10))
    text += invoice("A-2", after(0), after(10), currency="USD")
    text += paid("A-2", after(60), currency="USD")
    text += invoice("A-3", after(0), after(10), currency="USD")
    eur, usd = customers(books(text)).records
    assert (eur.currency, usd.currency) == ("EUR", "USD")
    assert (eur.punctuality.invoices, usd.punctuality.invoices) == (1, 2)
    assert eur.conduct is usd.conduct
    assert eur.conduct.graded.grade == "D"


def test_a_customer_comes_with_those_who_belong_to_them() -> None:
    text = "".join(
        invoice(f"{name}-1", after(0), after(9), customer=name)
        for name in ("Acme", "Beta", "Carl")
    )
    text += '2026-01-01 custom "dunning-customer" "Beta"\n  parent: "ACME"\n'
    report = customers(books(text))
    assert [one.customer for one in named(report, "acme")] == ["Acme", "Beta"]
    assert [one.customer for one in named(report, "beta")] == ["Beta"]
    assert named(report, "nobody") == ()


def test_it_may_be_about_some_only() -> None:
    text = paid_late(1) + paid_late(2, customer="Beta")
    report = customers(books(text), lambda one: one.customer == "Beta")
    assert [one.customer for one in report.records] == ["Beta"]
    assert report.totals[0].months[0].sales == 100


# An independent calculation.


@dataclass(frozen=True)
class Fact:
    """An invoice as it is made up: what it is, and what came of it when."""

    customer: str
    day: date
    due: date
    cents: int
    credits: tuple[tuple[date, int, str], ...]

    def left(self, day: date) -> int:
        return self.cents - sum(cents for on, cents, _ in self.credits if on <= day)

    def closed(self, as_of: date) -> date | None:
        """Return the day of the last credit, if nothing is left then."""
        if self.left(as_of):
            return None
        return max(self.day, *(on for on, _, _ in self.credits))

    def by(self, as_of: date, account: str) -> int:
        return sum(n for on, n, of in self.credits if of == account and on <= as_of)

    def is_lost(self, as_of: date) -> bool:
        return self.by(as_of, "Expenses:Bad-Debts") >= 100

    def late(self, as_of: date) -> int | None:
        """Return the days late; None where nobody can tell."""
        closed, banks = self.closed(as_of), ("Assets:Bank", "Assets:Cash")
        payments = [on for on, _, of in self.credits if of in banks and on <= as_of]
        if closed is None:
            days = (as_of - self.due).days
            return days if days > 0 else None
        if self.is_lost(as_of):
            return max((closed - self.due).days, 1)
        if not payments:
            off = self.by(as_of, "Expenses:Bad-Debts")
            return max((closed - self.due).days, 1) if off else None
        return (max(self.day, *payments) - self.due).days

    def is_paid(self, as_of: date) -> bool:
        banks = self.by(as_of, "Assets:Bank") + self.by(as_of, "Assets:Cash")
        return self.closed(as_of) is not None and banks > 0 and not self.is_lost(as_of)

    def ended(self, as_of: date) -> date:
        """Return the day of the last payment, or else credit; the date while open."""
        if self.closed(as_of) is None:
            return as_of
        counts = ACCOUNTS[:2] if self.is_paid(as_of) else ACCOUNTS
        days = [on for on, _, of in self.credits if of in counts and on <= as_of]
        return max(self.day, *days)


ACCOUNTS = ("Assets:Bank", "Assets:Cash", "Income:Services", "Expenses:Bad-Debts")


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    day = FIRST + timedelta(days=draw(st.integers(0, 300)))
    cents = draw(st.integers(100, 5000)) * 100
    parts = draw(st.lists(st.integers(1, 100), max_size=3))
    whole = max(sum(parts), 1)
    shares = [cents * part // whole // 100 * 100 for part in parts]
    is_full = draw(st.integers(0, 3)) > 0
    if shares and is_full:
        shares[-1] += cents - sum(shares)
    account = st.sampled_from((*ACCOUNTS[:1] * 5, *ACCOUNTS))
    later = st.integers(-10, 120)
    credits_ = tuple(
        (day + timedelta(days=draw(later)), share, draw(account))
        for share in shares
        if share
    )
    return Fact(
        draw(st.sampled_from(("Acme", "Beta", "Carl"))),
        day,
        day + timedelta(days=draw(st.integers(0, 40))),
        cents,
        credits_,
    )


def written(made: Sequence[Fact]) -> str:
    """Write made-up invoices as a ledger."""
    text = ""
    for place, one in enumerate(made):
        name = f"INV-{place}"
        amount = f"{one.cents / 100:.2f}"
        text += invoice(name, one.day, one.due, amount, one.customer)
        for on, cents, account in one.credits:
            text += paid(name, on, f"{cents / 100:.2f}", one.customer, account=account)
    return text


def money(cents: int) -> str:
    return exact(Decimal(cents) / 100)


def mean(numbers: Sequence[int]) -> float | None:
    return (
        None if not numbers else round(float(Fraction(sum(numbers), len(numbers))), 1)
    )


def slow(made: Sequence[Fact], as_of: date) -> dict[str, Any]:
    """Work out how punctually made-up invoices were paid, one by one."""
    there = [one for one in made if one.day <= as_of]
    judged = [one for one in there if one.late(as_of) is not None]
    full = [one for one in judged if one.is_paid(as_of)]
    days = sorted(one.late(as_of) or 0 for one in full)
    half = len(days) // 2
    median = None
    if days:
        median = (
            float(days[half]) if len(days) % 2 else (days[half - 1] + days[half]) / 2
        )
    weight = sum(one.cents for one in full)
    weighted = sum(one.cents * (one.late(as_of) or 0) for one in full)
    on_time = [one for one in full if (one.late(as_of) or 0) <= 0]
    to_pay = [(one.late(as_of) or 0) + (one.due - one.day).days for one in full]
    return {
        "invoices": len(there),
        "turnover": sum(one.cents for one in there),
        "credited": sum(one.by(as_of, "Income:Services") for one in there),
        "written_off": sum(one.by(as_of, "Expenses:Bad-Debts") for one in there),
        "paid": sum(
            one.by(as_of, "Assets:Bank") + one.by(as_of, "Assets:Cash") for one in there
        ),
        "judged": len(judged),
        "on_time": round(len(on_time) / len(judged), 3) if judged else None,
        "paid_in_full": len(full),
        "days_late_mean": mean(days),
        "days_late_median": median,
        "days_late_weighted": round(weighted / weight, 1) if weight else None,
        "days_to_pay": mean(to_pay),
    }


def same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    for key, value in expected.items():
        if key in {"turnover", "credited", "written_off", "paid"}:
            assert Decimal(found[key]) * 100 == value, key
        elif key == "on_time":
            assert found[key] == value
        elif isinstance(value, float):
            # Halves may be rounded up or down.
            assert abs(found[key] - value) < 0.11, key
        else:
            assert found[key] == value, key


as_of_later = st.integers(0, 420).map(after)


@given(st.lists(facts(), max_size=12), as_of_later)
@profile(deadline=None)
def test_records_are_what_a_slow_calculation_says(
    made: list[Fact], as_of: date
) -> None:
    report = customers(books(written(made), as_of))
    for record in report.records:
        own = [one for one in made if one.customer == record.customer]
        there = [one for one in own if one.day <= as_of]
        same(record.as_dict(), slow(own, as_of))
        longest = [(one.ended(as_of) - one.day).days for one in there]
        assert record.longest_open == max(longest, default=None)
        overdue = sum(one.left(as_of) for one in there if one.due < as_of)
        assert record.overdue * 100 == overdue
    names = {one.customer for one in made if one.day <= as_of}
    assert names <= {record.customer for record in report.records}


@given(st.lists(facts(), max_size=12), as_of_later, st.integers(0, 300).map(after))
@profile(deadline=None)
def test_before_and_after_are_what_a_slow_calculation_says(
    made: list[Fact], as_of: date, day: date
) -> None:
    sides: dict[str, tuple[list[Fact], list[Fact]]] = defaultdict(lambda: ([], []))
    for one in made:
        if one.day <= as_of and one.due < as_of and one.late(as_of) is not None:
            sides[one.customer][one.day >= day].append(one)
    both = [side for side in sides.values() if all(side)]
    found = before_after(customers(books(written(made), as_of)), day)
    for told in found:
        assert (told.customers, told.others) == (len(both), len(sides) - len(both))
        same(told.before.as_dict(), slow([f for s, _ in both for f in s], as_of))
        same(told.after.as_dict(), slow([f for _, s in both for f in s], as_of))


@given(st.lists(facts(), max_size=12), as_of_later)
@profile(deadline=None)
def test_groups_are_what_a_slow_calculation_says(made: list[Fact], as_of: date) -> None:
    read = books(written(made), as_of)
    found = grouped(read, customers(read), "terms").groups
    groups: dict[str, list[Fact]] = defaultdict(list)
    for one in made:
        if one.day <= as_of:
            groups[f"{(one.due - one.day).days} days"].append(one)
    assert {one.name for one in found} == set(groups)
    lateness = {
        name: sum(one.cents * max(one.late(as_of) or 0, 0) for one in some)
        for name, some in groups.items()
    }
    whole = sum(lateness.values())
    for group in found:
        name = group.name or ""
        same(group.punctuality.as_dict(), slow(groups[name], as_of))
        assert group.punctuality.lateness * 100 == lateness[name]
        if whole:
            assert group.share_of_lateness == pytest.approx(lateness[name] / whole)


@given(st.lists(facts(), max_size=12), st.integers(0, 900).map(after))
@profile(deadline=None)
def test_measures_are_what_a_slow_calculation_says(
    made: list[Fact], as_of: date
) -> None:
    totals = customers(books(written(made), as_of)).totals
    for month in totals[0].months if totals else ():
        end = month.date
        start = end - timedelta(days=month.days)
        assert (end + timedelta(days=1)).day == (start + timedelta(days=1)).day == 1
        assert end <= as_of
        assert 89 <= month.days <= 92
        there = [one for one in made if one.day <= end]
        sales = sum(one.cents for one in there if one.day > start)
        closing = sum(one.left(end) for one in there)
        overdue = sum(one.left(end) for one in there if one.due < end)
        opening = sum(one.left(start) for one in made if one.day <= start)
        assert month.sales * 100 == sales
        assert month.closing * 100 == closing
        assert month.opening * 100 == opening
        assert month.current * 100 == closing - overdue
        if sales:
            dso = month.dso
            best, late = month.best_dso, month.average_days_delinquent
            assert dso is not None
            assert best is not None
            assert late is not None
            assert float(dso) == pytest.approx(closing / sales * month.days)
            assert float(best) == pytest.approx(
                (closing - overdue) / sales * month.days
            )
            assert float(best + late) == pytest.approx(float(dso))
        to_collect = opening + sales - closing + overdue
        effectiveness = month.collection_effectiveness
        if to_collect > 0:
            assert effectiveness is not None
            assert float(effectiveness) == pytest.approx(
                (opening + sales - closing) / to_collect
            )
        else:
            assert effectiveness is None


@given(ledgers(padded=False), as_of_days)
@profile(deadline=None)
def test_as_of_a_past_date_it_is_what_it_was_then(made: MadeUp, as_of: date) -> None:
    then = customers(load(made.text).books(as_of)).as_dict()
    assert customers(load(made.without_future(as_of)).books(as_of)).as_dict() == then
