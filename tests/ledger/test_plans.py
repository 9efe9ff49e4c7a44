"""Plans of payment: as one types them, and what they make of what is open."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.ledger.plans import PlanError
from beancount_dunning.ledger.plans import parse_plan
from tests.conftest import Ledger
from tests.conftest import load

if TYPE_CHECKING:
    from collections.abc import Sequence

NOTED = date(2026, 8, 15)
JPY, EUR = "JPY", "EUR"


def parts(
    text: str, total: str = "1000.00", currency: str = EUR
) -> list[tuple[str, str]]:
    """Return the parts of a plan as `(amount, due date)`."""
    found = parse_plan(text, NOTED).parts(Decimal(total), currency)
    return [(str(amount), str(due)) for amount, due in found]


@pytest.mark.parametrize(
    ("text", "total", "expected"),
    [
        (
            "400.00 on 2026-09-15, 400.00 on 2026-10-15, rest on 2026-11-15",
            "1000.00",
            [
                ("400.00", "2026-09-15"),
                ("400.00", "2026-10-15"),
                ("200.00", "2026-11-15"),
            ],
        ),
        (
            "1,400.00 ON 2026-09-15;  Balance on 2026-10-15",
            "2000.00",
            [("1400.00", "2026-09-15"), ("600.00", "2026-10-15")],
        ),
        (
            "400 on 2026-09-15 and 600 on 2026-10-15",
            "1000.00",
            [("400", "2026-09-15"), ("600", "2026-10-15")],
        ),
        ("rest on 2026-08-15", "7", [("7", "2026-08-15")]),
        (
            "3 x 1 month from 2026-08-31",
            "1000.00",
            [
                ("333.33", "2026-08-31"),
                ("333.33", "2026-09-30"),
                ("333.34", "2026-10-31"),
            ],
        ),
        (
            "2x2 weeks from 2026-09-01",
            "9",
            [("4.50", "2026-09-01"), ("4.50", "2026-09-15")],
        ),
        ("1 x 10 days from 2026-09-01", "9", [("9", "2026-09-01")]),
        (
            "400.00 x 1 month from 2026-09-01",
            "1000.00",
            [
                ("400.00", "2026-09-01"),
                ("400.00", "2026-10-01"),
                ("200.00", "2026-11-01"),
            ],
        ),
        (
            "500.00 x 15 days from 2026-09-01",
            "1000.00",
            [("500.00", "2026-09-01"), ("500.00", "2026-09-16")],
        ),
        # Of less than so many cents there are fewer parts.
        (
            "3 x 1 day from 2026-09-01",
            "0.02",
            [("0.01", "2026-09-01"), ("0.01", "2026-09-02")],
        ),
        # Nobody is asked for more than they owe.
        (
            "700.00 on 2026-09-15, 700.00 on 2026-10-15",
            "600.00",
            [("600.00", "2026-09-15")],
        ),
        ("900.00 x 1 month from 2026-09-15", "600.00", [("600.00", "2026-09-15")]),
    ],
)
def test_a_plan_lays_out_what_is_open(
    text: str, total: str, expected: Sequence[tuple[str, str]]
) -> None:
    assert parts(text, total) == expected


def test_parts_are_rounded_to_the_currency() -> None:
    assert parts("3 x 1 month from 2026-09-01", "1000", JPY) == [
        ("333", "2026-09-01"),
        ("333", "2026-10-01"),
        ("334", "2026-11-01"),
    ]


@given(
    st.decimals("0.01", "99999999", places=2),
    st.integers(1, 120),
    st.sampled_from(("month", "week", "day")),
)
def test_equal_parts_are_equal_but_for_what_rounding_leaves(
    total: Decimal, count: int, unit: str
) -> None:
    plan = parse_plan(f"{count} x 1 {unit} from 2026-09-01", NOTED)
    found = plan.parts(total, EUR)
    amounts = [amount for amount, _ in found]
    assert sum(amounts) == total
    assert len({*amounts[:-1]}) <= 1
    assert all(amount > 0 for amount in amounts)
    assert abs(amounts[-1] - amounts[0]) <= Decimal("0.01") * count
    days = [due for _, due in found]
    assert days == sorted(set(days))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("in parts", '"in parts" is not understood as a plan; write "2000.00 on'),
        ("", '"" is not understood as a plan'),
        ("400.00", "is not understood"),
        ("400.00 on 2026-09-15,", "is not understood"),
        ("400.00 EUR on 2026-09-15", "is not understood"),
        ("3 x month from 2026-09-15", "is not understood"),
        ("3 x 1 year from 2026-09-15", "is not understood"),
        ("3 x 1 month from 2026-9-15", "is not understood"),
        ("\uff13 x 1 month from 2026-09-15", "is not understood"),
        ("400.00 on 2026-02-30", "2026-02-30 is no date"),
        ("3 x 1 month from 2026-02-30", "2026-02-30 is no date"),
        ("0.00 on 2026-09-15", "a part of 0.00 is nothing"),
        ("0.00 x 1 month from 2026-09-15", "a part of 0.00 is nothing"),
        (
            "rest on 2026-09-15, 400.00 on 2026-10-15",
            "only the last part can take the rest",
        ),
        (
            "4.00 on 2026-10-15, 5.00 on 2026-10-15",
            "2026-10-15 does not come after 2026-10-15",
        ),
        ("3 x 0 months from 2026-09-15", "parts cannot all be due on one day"),
        ("0 x 1 month from 2026-09-15", "for a number of parts 1 to 120"),
        (
            "400 x 1 month from 2026-09-15",
            'asks for 400 parts; for an amount write "400.00 x …"',
        ),
        (
            "rest on 2026-08-14",
            "its first part is due 2026-08-14, before the date of the note, 2026-08-15",
        ),
        ("3 x 1 month from 9999-11-15", "leads to a date after the year 9999"),
    ],
)
def test_what_is_no_plan_is_said(text: str, message: str) -> None:
    with pytest.raises(PlanError) as raised:
        parse_plan(text, NOTED)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0.50 x 1 day from 2026-09-15", "takes 2000 parts for 1000.00 EUR"),
        ("400.00 x 1 month from 9999-11-15", "leads to a date after the year 9999"),
    ],
)
def test_what_does_not_fit_is_said(text: str, message: str) -> None:
    plan = parse_plan(text, NOTED)
    with pytest.raises(PlanError) as raised:
        plan.parts(Decimal("1000.00"), EUR)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("600.00 on 2026-09-15, 400.00 on 2026-10-15", None),
        ("600.00 on 2026-09-15, rest on 2026-10-15", None),
        ("1000.00 on 2026-09-15, rest on 2026-10-15", None),
        ("3 x 1 month from 2026-09-15", None),
        ("300.00 x 1 month from 2026-09-15", None),
        ("600.00 on 2026-09-15, 300.00 on 2026-10-15", "900.00"),
        ("600.00 on 2026-09-15, 500.00 on 2026-10-15", "1100.00"),
        ("1100.00 on 2026-09-15, rest on 2026-10-15", "1100.00"),
    ],
)
def test_amounts_that_are_not_what_is_open_are_noticed(
    text: str, said: str | None
) -> None:
    misfit = parse_plan(text, NOTED).misfit(Decimal("1000.00"))
    assert misfit == (Decimal(said) if said else None)


# On a note.

_SALE = """
2026-05-11 * "Acme" "Signs" ^INV-1
  due: 2026-06-10
  Assets:Receivable:Acme  1000.00 EUR
  Income:Services
"""


def noted(*keys: str) -> Ledger:
    """Return a ledger with a note that has some keys."""
    lines = "".join(f"  {key}\n" for key in keys)
    note = f'2026-08-15 note Assets:Receivable:Acme "Agreed" ^INV-1\n{lines}'
    return load(_SALE + note)


def mistakes(*keys: str) -> list[str]:
    """Return what is wrong with a note, if its invoice is not overdue."""
    return [
        error.message
        for error in noted(*keys).books("2026-08-20").dunning.problems
        if error.source["lineno"] == 5
    ]


_PLAN = 'plan: "2 x 1 month from 2026-09-01"'


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (["plan: 3"], "plan: expected a text in quotes, like"),
        (["plan: TRUE"], "plan: expected a text in quotes, like"),
        (['plan: "soon"'], 'plan: "soon" is not understood as a plan'),
        (
            [_PLAN, 'interest: "stops"'],
            'interest: expected "runs", or no such key; got "stops".',
        ),
        ([_PLAN, "interest: 5.00 EUR"], 'interest: expected "runs"'),
        (
            [_PLAN, "default-after: 0"],
            "default-after: expected a number of days from 1",
        ),
        ([_PLAN, "default-after: 1.5"], "default-after: expected a number of days"),
        ([_PLAN, 'default-after: "7"'], "default-after: expected a number of days"),
        ([_PLAN, "default-after: 10000"], "default-after: expected a number of days"),
        ([_PLAN, "instalment: 2"], "instalment: expected an instalment in quotes"),
        ([_PLAN, 'instalment: "second"'], "instalment: expected an instalment in"),
        (
            ["default-after: 7"],
            "default-after: says more about a plan, and the note has no plan:.",
        ),
        (['interest: "runs"'], "interest: says more about a plan"),
        (["plans: 3"], '"plans" is not a key of a note; did you mean "plan"?'),
        (
            [_PLAN, "default-afer: 7"],
            '"default-afer" is not a key of a note; did you mean "default-after"?',
        ),
    ],
)
def test_what_a_note_cannot_say_of_a_plan(keys: list[str], message: str) -> None:
    (found,) = mistakes(*keys)
    assert message in found


def test_what_is_wrong_beside_a_plan_leaves_it_as_it_is() -> None:
    items = noted(_PLAN, "default-after: 0").receivables("2026-08-20").items
    assert [item.instalment for item in items] == ["1/2", "2/2"]
    # But which instalment it is about is no detail.
    items = noted(_PLAN, "instalment: 2").receivables("2026-08-20").items
    assert [item.instalment for item in items] == ["1/1"]


def test_a_note_with_all_of_it_is_right() -> None:
    keys = (_PLAN, 'interest: "runs"', "default-after: 7", 'instalment: "1/1"')
    assert mistakes(*keys) == []
    (agreement,) = noted(*keys).books("2026-08-20").log.agreements
    plan = agreement.plan
    assert (plan.runs_on, plan.default_after, plan.instalment) == (True, 7, "1/1")
