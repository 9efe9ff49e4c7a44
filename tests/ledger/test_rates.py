"""Reference rates: the built-in tables, and what is in force on a day."""

from __future__ import annotations

import tomllib
from datetime import date
from datetime import timedelta
from decimal import Decimal
from importlib import resources
from itertools import pairwise
from typing import Any

import pytest
from beancount.core.data import Custom

from beancount_dunning.ledger.rates import BUILT_IN
from beancount_dunning.ledger.rates import Rate
from beancount_dunning.ledger.rates import RateError
from beancount_dunning.ledger.rates import Reference
from beancount_dunning.ledger.rates import built_in
from tests.conftest import Ledger
from tests.conftest import day


def percent(name: str, on: str) -> str:
    return str(built_in(name).on(day(on)).percent)


def table(name: str) -> dict[str, Any]:
    file = (
        resources.files("beancount_dunning.ledger") / "reference_rates" / f"{name}.toml"
    )
    return tomllib.loads(file.read_text(encoding="utf-8"))


def test_each_file_is_built_in() -> None:
    folder = resources.files("beancount_dunning.ledger") / "reference_rates"
    assert {file.name for file in folder.iterdir()} == {
        f"{name}.toml" for name in BUILT_IN
    }


@pytest.mark.parametrize("name", BUILT_IN)
def test_each_table_says_where_it_is_from_and_how_far_it_goes(name: str) -> None:
    reference, file = built_in(name), table(name)
    common = {"title", "source", "known_until", "percent"}
    assert set(file) - {"consumer_points"} == common
    assert reference.name == name
    assert reference.title == file["title"].strip() != ""
    assert reference.source == file["source"]
    assert file["source"].startswith("https://")
    assert reference.known_until == file["known_until"]
    # What is known ends with a half-year, and after the last change.
    assert reference.known_until is not None
    after = reference.known_until + timedelta(days=1)
    assert (after.day, after.month) in {(1, 1), (1, 7)}
    assert reference.rates[-1].since < after


@pytest.mark.parametrize("name", BUILT_IN)
def test_each_table_is_one_of_half_years_and_of_changes(name: str) -> None:
    file, rates = table(name), built_in(name).rates
    days = [date.fromisoformat(since) for since in file["percent"]]
    assert [rate.since for rate in rates] == days == sorted(set(days))
    assert {(since.day, since.month) for since in days} <= {(1, 1), (1, 7)}
    assert all(before.percent != rate.percent for before, rate in pairwise(rates))
    # Percentages are text, so that they are exact, and have two digits.
    assert all(isinstance(value, str) for value in file["percent"].values())
    assert {rate.percent.as_tuple().exponent for rate in rates} == {-2}
    assert all(rate.entry is None for rate in rates)


def test_the_points_for_consumers_are_those_of_the_law() -> None:
    """Section 288(1) BGB; the other two laws are about business alone."""
    assert {name: built_in(name).consumer_points for name in BUILT_IN} == {
        "bank-of-england": None,
        "bundesbank": Decimal(5),
        "ecb": None,
    }
    own = Reference("own", built_in("ecb").rates)
    assert [own.is_built_in, built_in("ecb").is_built_in] == [False, True]


def test_a_table_is_read_once() -> None:
    assert built_in("ecb") is built_in("ecb")


def history(text: str) -> Reference:
    """Return a reference from dates and percentages in turn."""
    words = text.split()
    return Reference(
        "others",
        tuple(
            Rate(day(since), Decimal(number))
            for since, number in zip(words[::2], words[1::2], strict=True)
        ),
    )


def half_years(first: str, last: str) -> list[date]:
    return [
        date(year, month, 1)
        for year in range(int(first[:4]), int(last[:4]) + 1)
        for month in (1, 7)
        if first <= str(date(year, month, 1)) <= last
    ]


def test_the_base_rate_moves_with_the_main_refinancing_rate() -> None:
    # Section 247 BGB: the base rate changes by as many points as the ECB's rate did.
    # In 2013 they were -0.13 and 0.75, 0.88 apart.
    days = half_years("2013-01-01", "2026-07-01")
    assert len(days) == 28
    assert {
        built_in("ecb").on(one).percent - built_in("bundesbank").on(one).percent
        for one in days
    } == {Decimal("0.88")}


# DE-INT-05: two other tables of the Bundesbank's base rate.
BASE_RATE = """
    2002-01-01 2.57  2002-07-01 2.47  2003-01-01 1.97  2003-07-01 1.22
    2004-01-01 1.14  2004-07-01 1.13  2005-01-01 1.21  2005-07-01 1.17
    2006-01-01 1.37  2006-07-01 1.95  2007-01-01 2.70  2007-07-01 3.19
    2008-01-01 3.32  2008-07-01 3.19  2009-01-01 1.62  2009-07-01 0.12
    2011-07-01 0.37  2012-01-01 0.12  2013-01-01 -0.13  2013-07-01 -0.38
    2014-01-01 -0.63  2014-07-01 -0.73  2015-01-01 -0.83  2016-07-01 -0.88
    2023-01-01 1.62  2023-07-01 3.12  2024-01-01 3.62  2024-07-01 3.37
    2025-01-01 2.27  2025-07-01 1.27  2026-01-01 1.27  2026-07-01 1.52
"""


def test_the_base_rate_is_that_of_other_tables() -> None:
    others = history(BASE_RATE)
    for one in half_years("2002-01-01", "2026-07-01"):
        assert built_in("bundesbank").on(one).percent == others.on(one).percent


# When the Bank of England changed its rate (UK-RATE-01; before 2023 from its minutes).
BANK_RATE = """
    2009-03-05 0.50  2016-08-04 0.25  2017-11-02 0.50  2018-08-02 0.75
    2020-03-11 0.25  2020-03-19 0.10  2021-12-16 0.25  2022-02-03 0.50
    2022-03-17 0.75  2022-05-05 1.00  2022-06-16 1.25  2022-08-04 1.75
    2022-09-22 2.25  2022-11-03 3.00  2022-12-15 3.50  2023-02-02 4.00
    2023-03-23 4.25  2023-05-11 4.50  2023-06-22 5.00  2023-08-03 5.25
    2024-08-01 5.00  2024-11-07 4.75  2025-02-06 4.50  2025-05-08 4.25
    2025-08-07 4.00  2025-12-18 3.75
"""


def test_a_half_year_has_the_bank_rate_of_the_day_before_it() -> None:
    # UK-REF-01: 31 December's rate goes for 1 January to 30 June, 30 June's for
    # 1 July to 31 December.
    bank_rate = history(BANK_RATE)
    reference = built_in("bank-of-england")
    for one in half_years("2010-01-01", "2026-07-01"):
        before = one - timedelta(days=1)
        assert reference.on(one).percent == bank_rate.on(before).percent, one


@pytest.mark.parametrize(
    ("name", "on", "expected"),
    [
        # A change counts on its day, and not on the day before.
        ("bundesbank", "2002-01-01", "2.57"),
        ("bundesbank", "2022-12-31", "-0.88"),
        ("bundesbank", "2023-01-01", "1.62"),
        ("bundesbank", "2026-06-30", "1.27"),
        ("bundesbank", "2026-07-01", "1.52"),
        ("bundesbank", "2026-12-31", "1.52"),
        ("ecb", "2026-06-30", "2.15"),
        ("ecb", "2026-07-01", "2.40"),
        ("bank-of-england", "2024-06-30", "5.25"),
        ("bank-of-england", "2024-12-31", "5.25"),
    ],
)
def test_a_rate_counts_from_its_day(name: str, on: str, expected: str) -> None:
    assert percent(name, on) == expected


@pytest.mark.parametrize(
    ("name", "on", "message"),
    [
        (
            "bundesbank",
            "2027-01-01",
            (
                'The rate "bundesbank" is not known after 2026-12-31; add 2027-01-01 '
                'custom "reference-rate" "bundesbank" PERCENT.'
            ),
        ),
        (
            "ecb",
            "2027-06-30",
            (
                'The rate "ecb" is not known after 2026-12-31; add 2027-01-01 '
                'custom "reference-rate" "ecb" PERCENT.'
            ),
        ),
        (
            "bank-of-england",
            "2027-07-01",
            (
                'The rate "bank-of-england" is not known after 2026-12-31; add '
                '2027-07-01 custom "reference-rate" "bank-of-england" PERCENT.'
            ),
        ),
        (
            "bundesbank",
            "2001-12-31",
            (
                'The rate "bundesbank" is not known before 2002-01-01; add 2001-12-31 '
                'custom "reference-rate" "bundesbank" PERCENT.'
            ),
        ),
    ],
)
def test_an_unknown_rate_says_which_directive_to_add(
    name: str, on: str, message: str
) -> None:
    with pytest.raises(RateError) as caught:
        built_in(name).on(day(on))
    assert str(caught.value) == message


def reference_of(ledger: Ledger, name: str) -> Reference:
    return ledger.settings("2030-01-01").references[name]


def test_the_ledger_goes_on_where_a_table_ends(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 9 "bundesbank"
    2027-01-01 custom "reference-rate" "bundesbank" 1.77
    """
    reference = reference_of(ledger, "bundesbank")
    assert reference.on(day("2026-12-31")).percent == Decimal("1.52")
    rate = reference.on(day("2027-01-01"))
    assert rate.percent == Decimal("1.77")
    assert isinstance(rate.entry, Custom)
    assert rate.entry.meta["lineno"] == 2
    # What the ledger says holds until it says otherwise.
    assert reference.on(day("2031-08-01")) == rate
    assert reference.title == built_in("bundesbank").title


def test_the_ledger_may_correct_a_table(ledger: Ledger) -> None:
    """
    2026-07-01 custom "reference-rate" "ecb" 2.65
    2026-09-01 custom "reference-rate" "ecb" 2.90
    """
    reference = reference_of(ledger, "ecb")
    assert [
        reference.on(day(on)).percent
        for on in ("2026-06-30", "2026-07-01", "2026-08-31", "2026-09-01")
    ] == [Decimal("2.15"), Decimal("2.65"), Decimal("2.65"), Decimal("2.90")]
    # The table itself stays as it is.
    assert percent("ecb", "2026-07-01") == "2.40"


def test_a_rate_before_the_table_does_not_replace_it(ledger: Ledger) -> None:
    """
    2012-01-01 custom "reference-rate" "ecb" 1.00
    """
    reference = reference_of(ledger, "ecb")
    assert reference.on(day("2012-12-31")).percent == Decimal("1.00")
    assert reference.on(day("2013-01-01")).percent == Decimal("0.75")
    with pytest.raises(RateError, match="not known before 2012-01-01"):
        reference.on(day("2011-12-31"))
    with pytest.raises(RateError, match="not known after 2026-12-31"):
        reference.on(day("2027-01-01"))


def test_a_rate_of_the_ledger_s_own_has_no_end(ledger: Ledger) -> None:
    """
    2026-03-01 custom "reference-rate" "house" 2
    2026-01-01 custom "reference-rate" "house" -0.5
    2026-03-01 custom "reference-rate" "house" 3
    """
    reference = reference_of(ledger, "house")
    assert (reference.title, reference.source, reference.known_until) == (None,) * 3
    assert [str(rate.percent) for rate in reference.rates] == ["-0.5", "3"]
    assert reference.on(day("9999-12-31")).percent == 3
    with pytest.raises(RateError) as caught:
        reference.on(day("2025-12-31"))
    assert str(caught.value) == (
        'The rate "house" is not known before 2026-01-01; add 2025-12-31 '
        'custom "reference-rate" "house" PERCENT.'
    )


def spans(reference: Reference, first: str, last: str) -> list[str]:
    return [
        f"{span.first} {span.last} {span.value.percent}"
        for span in reference.spans(day(first), day(last))
    ]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-01-01", "2026-06-30", ["2026-01-01 2026-06-30 2.15"]),
        (
            *("2026-01-01", "2026-07-01"),
            ["2026-01-01 2026-06-30 2.15", "2026-07-01 2026-07-01 2.40"],
        ),
        ("2026-07-01", "2026-12-31", ["2026-07-01 2026-12-31 2.40"]),
        (
            *("2024-01-01", "2024-07-01"),
            ["2024-01-01 2024-06-30 4.50", "2024-07-01 2024-07-01 4.25"],
        ),
    ],
)
def test_a_span_of_days_is_divided_by_the_rate(
    first: str, last: str, expected: list[str]
) -> None:
    assert spans(built_in("ecb"), first, last) == expected


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        # From the day after the end nothing is known.
        ("2026-07-02", "2027-01-01", "not known after 2026-12-31; add 2027-01-01"),
        ("2027-01-02", "2028-01-01", "not known after 2026-12-31; add 2027-01-01"),
        ("1998-01-01", "2026-01-01", "not known before .*; add 1998-01-01"),
    ],
)
def test_a_span_of_days_has_to_be_known(first: str, last: str, message: str) -> None:
    with pytest.raises(RateError, match=message):
        spans(built_in("ecb"), first, last)


def test_a_rate_of_the_ledger_s_own_changes_on_its_days_alone() -> None:
    house = Reference("house", (Rate(day("2026-01-01"), Decimal(1)),))
    assert spans(house, "2026-01-01", "2100-01-01") == ["2026-01-01 2100-01-01 1"]


def test_where_the_ledger_goes_on_before_a_table_ends_nothing_changes_at_its_end(
    ledger: Ledger,
) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 9 "ecb"
    2026-10-01 custom "reference-rate" "ecb" 2.65
    """
    assert spans(reference_of(ledger, "ecb"), "2026-07-01", "2027-06-30") == [
        "2026-07-01 2026-09-30 2.40",
        "2026-10-01 2027-06-30 2.65",
    ]


def test_where_the_ledger_goes_on_later_there_is_a_gap(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 9 "ecb"
    2027-03-01 custom "reference-rate" "ecb" 2.65
    """
    ecb = reference_of(ledger, "ecb")
    assert spans(ecb, "2027-03-01", "2027-06-30") == ["2027-03-01 2027-06-30 2.65"]
    with pytest.raises(RateError, match="not known after 2026-12-31; add 2027-01-01"):
        spans(ecb, "2026-12-31", "2027-06-30")
