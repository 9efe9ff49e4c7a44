"""Interest, fees and compensation in other systems: the same inputs, both numbers.

Each case is named as in the collection it comes from, with the system it was found
in. Where that system decides otherwise than this one, `theirs` stands beside `ours`.
"""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from decimal import Decimal
from textwrap import dedent

import pytest

from beancount_dunning.answers.proposals import as_text
from beancount_dunning.answers.proposals import transactions
from beancount_dunning.basics.money import exact
from beancount_dunning.ledger.rates import built_in
from beancount_dunning.standing.charges import Charge
from beancount_dunning.standing.charges import charges
from tests.conftest import Day
from tests.conftest import Ledger
from tests.conftest import day
from tests.conftest import load


def proposed(ledger: Ledger, as_of: Day) -> list[Charge]:
    return charges(ledger.books(as_of))


def amounts(ledger: Ledger, as_of: Day) -> dict[str, str]:
    """Return what can be charged, by kind."""
    assert not ledger.errors
    return {one.kind: exact(one.amount) for one in proposed(ledger, as_of)}


def pasted(text: str, as_of: Day) -> str:
    ledger = load(text)
    assert not ledger.errors
    found = transactions(ledger.books(as_of), proposed(ledger, as_of)).directives
    return "\n".join([dedent(text), *(as_text(entry) for _, entry in found)])


def balance(ledger: Ledger, as_of: Day) -> str:
    """Return the receivables' balance, as the report has it."""
    (total,) = ledger.report(as_of).totals
    return exact(total.total)


def sale(amount: str, due: Day, *, policy: str = "standard") -> str:
    return f"""
1990-01-01 * "Acme" "Website" ^INV-1
  due: {due}
  policy: "{policy}"
  Assets:Receivable:Acme  {amount}
  Income:Services
"""


def note(on: Day, step: str) -> str:
    return f"""
{on} note Assets:Receivable:Acme "Sent" ^INV-1
  reminder: "{step}"
"""


# Tryton 8.2: a fee a level, posted once. The second one is 15 % of the line: of 100.00,
# not of 110.00.
@pytest.mark.parametrize("case", ["TRY-FEE-01"])
def test_a_fee_is_posted_once_a_level(case: str) -> None:
    text = f"""; {case}
1980-01-01 custom "dunning-step" "standard" "first" 5
  fee: 10.00 EUR
1980-01-01 custom "dunning-step" "standard" "second" 10
  fee: "15 %"
{sale("100.00 EUR", "2026-03-01")}
"""
    expected = ["100.00", "110.00", "125.00"]
    assert balance(load(text), "2026-03-06") == expected[0]
    for days, step, total in (
        (5, "first", expected[1]),
        (10, "second", expected[2]),
    ):
        on = day("2026-03-01") + timedelta(days=days)
        text = pasted(text + note(on, step), on)
        assert balance(load(text), on) == total
        # Nothing more for the same level, then and later.
        assert pasted(text, on).strip() == text.strip()
    assert amounts(load(text), "2026-12-31") == {}


# OCA 16.0 changes a fee into the invoice's currency; here currencies never mix.
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [pytest.param(("5.00", "EUR"), ("7.65", "USD"), id="OCA-FEE-02")],
)
def test_a_fee_in_another_currency(
    ours: tuple[str, str], theirs: tuple[str, str]
) -> None:
    text = f"""
1980-01-01 custom "dunning-step" "standard" "first" 1
  fee: 5.00 EUR
{sale("100.00 USD", "2026-03-01")}
{note("2026-03-02", "first")}
"""
    (fee,) = proposed(load(text), "2026-03-02")
    assert (exact(fee.amount), fee.currency) == ours
    # At 1 USD = 0.654 EUR it is worth the same.
    assert exact((fee.amount / Decimal("0.654")).quantize(Decimal("0.01"))) == theirs[0]
    report = load(pasted(text, "2026-03-02")).report("2026-03-02")
    assert [(one.currency, exact(one.total)) for one in report.totals] == [
        ("EUR", "5.00"),
        ("USD", "100.00"),
    ]


# Invoice Ninja 5
@pytest.mark.parametrize(
    ("fee", "expected"),
    [
        pytest.param("10", "20", id="INJ-FEE-01"),
        pytest.param("5", "15", id="INJ-FEE-03"),
    ],
)
def test_a_late_fee_is_added_to_the_balance(fee: str, expected: str) -> None:
    text = f"""
1980-01-01 custom "dunning-step" "standard" "reminder1" 10
  fee: {fee} USD
{sale("10 USD", "2026-03-11")}
{note("2026-03-21", "reminder1")}
"""
    assert balance(load(pasted(text, "2026-03-21")), "2026-03-21") == expected


# ERPNext: 100.00 for 15 days at 10 % is 0.4110, for 20 days at 8 % 0.4384.
@pytest.mark.parametrize(
    ("rate", "days", "fee", "interest", "dunning", "total"),
    [
        pytest.param("10", 15, "10.00", "0.41", "10.41", "110.41", id="ERP-DUN-01"),
        pytest.param("8", 20, "20.00", "0.44", "20.44", "120.44", id="ERP-DUN-03"),
    ],
)
def test_interest_and_fee(  # noqa: PLR0913, PLR0917 - one for each number
    rate: str, days: int, fee: str, interest: str, dunning: str, total: str
) -> None:
    text = f"""
1980-01-01 custom "dunning-interest" "standard" {rate}
1980-01-01 custom "dunning-step" "standard" "first" 1
  fee: {fee} EUR
{sale("100.00 EUR", "2026-03-01")}
{note("2026-03-02", "first")}
"""
    as_of = day("2026-03-01") + timedelta(days=days)
    found = amounts(load(text), as_of)
    assert found == {"fee": fee, "interest": interest}
    assert exact(sum(map(Decimal, found.values()), Decimal())) == dunning
    after = load(pasted(text, as_of))
    assert balance(after, as_of) == total
    # Debtors up, income down.
    lines = [
        (posting.account, posting.units.number)
        for entry in after.entries
        if entry.meta.get("charge")
        for posting in getattr(entry, "postings", ())
    ]
    assert sum(number for name, number in lines if "Receivable" in name) == Decimal(
        dunning
    )
    assert sum(number for name, number in lines if "Income" in name) == -Decimal(
        dunning
    )


UK = """
1980-01-01 custom "dunning-interest" "standard" 8 "bank-of-england"
  fixed-at: "start"
  compensation: {compensation} GBP
"""


# paidnice.com: 5000 for 101 days at 4.25 + 8. There a day's interest is rounded first,
# 1.68, and taken 101 times; here it is rounded once.
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [pytest.param(("169.49", "239.49"), ("169.68", "239.68"), id="UK-INT-01")],
)
def test_interest_in_the_uk(ours: tuple[str, str], theirs: tuple[str, str]) -> None:
    text = UK.format(compensation=70) + sale("5000 GBP", "2025-06-30")
    # 1 July is the first day: 31 + 31 + 30 + 9.
    found = amounts(load(text), "2025-10-09")
    assert found == {"interest": ours[0], "compensation": "70"}
    assert exact(sum(map(Decimal, found.values()), Decimal())) == ours[1]
    a_day = (5000 * Decimal("12.25") / 36500).quantize(Decimal("0.01"))
    assert exact(a_day * 101) == theirs[0]
    assert exact(a_day * 101 + 70) == theirs[1]


# Pay on Time: 40, 70 or 100 by the size of the debt.
@pytest.mark.parametrize(
    ("debt", "expected"),
    [
        pytest.param("0.01", "40", id="UK-COMP-01 0.01"),
        pytest.param("999.99", "40", id="UK-COMP-01 999.99"),
        pytest.param("1000.00", "70", id="UK-COMP-01 1000.00"),
        pytest.param("9999.99", "70", id="UK-COMP-01 9999.99"),
        pytest.param("10000.00", "100", id="UK-COMP-01 10000.00"),
    ],
)
def test_compensation_in_the_uk(debt: str, expected: str) -> None:
    by_size = '"40 GBP, 70 GBP from 1000, 100 GBP from 10000"'
    text = UK.replace("{compensation} GBP", by_size)
    ledger = load(text + sale(f"{debt} GBP", "2026-03-01"))
    assert amounts(ledger, "2026-03-01") == {}
    assert amounts(ledger, "2026-03-02")["compensation"] == expected


def percent(text: str, as_of: Day) -> str:
    """Return the rate on the last day."""
    (one,) = (one for one in proposed(load(text), as_of) if one.accrual)
    assert one.accrual is not None
    return exact(one.accrual.segments[-1].percent)


# The half-year in which interest begins gives the rate, which then stays.
@pytest.mark.parametrize(
    ("starts", "statutory", "reference_date"),
    [
        # Pay on Time
        pytest.param("2024-01-01", "13.25", "2023-12-31", id="UK-REF-01 first day"),
        pytest.param("2024-06-30", "13.25", "2023-12-31", id="UK-REF-01 last day"),
        # uk-bank-rate
        pytest.param("2024-03-01", "13.25", "2023-12-31", id="UK-RATE-01 2024-03-01"),
        pytest.param("2025-01-15", "12.75", "2024-12-31", id="UK-RATE-01 2025-01-15"),
        pytest.param("2025-07-01", "12.25", "2025-06-30", id="UK-RATE-01 2025-07-01"),
        pytest.param("2025-12-31", "12.25", "2025-06-30", id="UK-RATE-01 2025-12-31"),
        pytest.param("2026-01-01", "11.75", "2025-12-31", id="UK-RATE-01 2026-01-01"),
        pytest.param("2026-06-30", "11.75", "2025-12-31", id="UK-RATE-01 2026-06-30"),
        pytest.param("2026-07-01", "11.75", "2026-06-30", id="UK-RATE-01 2026-07-01"),
    ],
)
def test_the_reference_period_in_the_uk(
    starts: str, statutory: str, reference_date: str
) -> None:
    due = day(starts) - timedelta(days=1)
    text = UK.format(compensation=40) + sale("10000 GBP", due)
    assert percent(text, starts) == statutory
    assert percent(text, "2027-06-30") == statutory
    # The half-year begins after the reference date.
    assert built_in("bank-of-england").on(
        day(reference_date) + timedelta(days=1)
    ) == built_in("bank-of-england").on(day(starts))


# Directive 2011/7/EU, with the ECB's rate and 8 points.
@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        pytest.param("2026-01-01", "10.15", id="EU-REF-01 2026-01-01"),
        pytest.param("2026-06-30", "10.15", id="EU-REF-01 2026-06-30"),
        pytest.param("2026-07-01", "10.40", id="EU-REF-01 2026-07-01"),
        pytest.param("2026-12-31", "10.40", id="EU-REF-01 2026-12-31"),
    ],
)
def test_the_reference_period_in_the_eu(as_of: str, expected: str) -> None:
    text = """
1980-01-01 custom "dunning-interest" "standard" 8 "ecb"
  compensation: 40.00 EUR
""" + sale("10000.00 EUR", "2025-12-31")
    assert percent(text, as_of) == expected
    assert amounts(load(text), as_of)["compensation"] == "40.00"


# ameax/bgb-interest charges the day on which the rate changes at the old rate.
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [pytest.param("328.69", "328.28", id="DE-INT-01")],
)
def test_interest_on_the_day_of_a_change(ours: str, theirs: str) -> None:
    text = (
        '1980-01-01 custom "dunning-interest" "standard" 5 "bundesbank"\n'
        + sale("10000.00 EUR", "2023-01-01")
        + """
2023-07-01 * "Acme" "Payment" ^INV-1
  Assets:Bank             10000.00 EUR
  Assets:Receivable:Acme
"""
    )
    (one,) = proposed(load(text), "2023-12-31")
    assert one.accrual is not None
    assert [(exact(part.percent), part.days) for part in one.accrual.segments] == [
        ("6.62", 180),
        ("8.12", 1),
    ]
    assert exact(one.amount) == ours
    old = (10000 * Decimal("6.62") * 181 / 36500).quantize(Decimal("0.01"))
    assert exact(old) == theirs


# Section 288 BGB: 30 days at 1.27 and 144 at 1.52, and 9 or 5 points.
@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        pytest.param(
            "business",
            {"interest": "49.94", "compensation": "40.00"},
            id="DE-INT-06 business",
        ),
        pytest.param("consumer", {"interest": "30.88"}, id="DE-INT-06 consumer"),
    ],
)
def test_interest_in_germany(type_: str, expected: dict[str, str]) -> None:
    text = f"""
1980-01-01 custom "dunning-interest" "standard" 9 "bundesbank"
  consumer: 5
  compensation: 40.00 EUR
1980-01-01 custom "dunning-customer" "Acme"
  type: "{type_}"
""" + sale("1000.00 EUR", "2026-05-31")
    assert amounts(load(text), "2026-11-21") == expected


# Two other tables of the Bundesbank's base rate.
@pytest.mark.parametrize(
    ("since", "expected"),
    [
        pytest.param(*pair.split(), id=f"DE-INT-05 {pair.split()[0]}")
        for pair in (
            *("2002-01-01 2.57", "2002-07-01 2.47", "2003-01-01 1.97"),
            *("2003-07-01 1.22", "2004-01-01 1.14", "2004-07-01 1.13"),
            *("2005-01-01 1.21", "2005-07-01 1.17", "2006-01-01 1.37"),
            *("2006-07-01 1.95", "2007-01-01 2.70", "2007-07-01 3.19"),
            *("2008-01-01 3.32", "2008-07-01 3.19", "2009-01-01 1.62"),
            *("2009-07-01 0.12", "2011-07-01 0.37", "2012-01-01 0.12"),
            *("2013-01-01 -0.13", "2013-07-01 -0.38", "2014-01-01 -0.63"),
            *("2014-07-01 -0.73", "2015-01-01 -0.83", "2016-07-01 -0.88"),
            *("2023-01-01 1.62", "2023-07-01 3.12", "2024-01-01 3.62"),
            *("2024-07-01 3.37", "2025-01-01 2.27", "2025-07-01 1.27"),
            *("2026-01-01 1.27", "2026-07-01 1.52"),
        )
    ],
)
def test_the_base_rate(since: str, expected: str) -> None:
    assert exact(built_in("bundesbank").on(date.fromisoformat(since)).percent) == (
        expected
    )
