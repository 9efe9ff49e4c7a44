"""Interest, fees and compensation: amounts by hand, and nothing charged twice.

365.00 at 10 % are 0.10 a day: 365.00 x 10 / 100 / 365.
"""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from decimal import ROUND_HALF_UP
from decimal import Decimal
from fractions import Fraction
from textwrap import dedent
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.proposals import as_text
from beancount_dunning.answers.proposals import transactions
from beancount_dunning.standing.charges import Charge
from beancount_dunning.standing.charges import charges
from beancount_dunning.standing.interest import UnknownRateError
from beancount_dunning.standing.interest import accrue
from beancount_dunning.standing.interest import interest_so_far
from tests.conftest import Day
from tests.conftest import Ledger
from tests.conftest import lines
from tests.conftest import load

if TYPE_CHECKING:
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.accrual import Accrual


def sale(ledger: Ledger, as_of: Day) -> Item:
    """Return the one item that is no charge, open or settled."""
    found = ledger.books(as_of, None).receivables
    (item,) = (one for one in (*found.items, *found.settled) if not one.charge)
    return item


def accrued(ledger: Ledger, as_of: Day) -> Accrual | None:
    return accrue(ledger.books(as_of), sale(ledger, as_of))


def total(ledger: Ledger, as_of: Day) -> str | None:
    """Return the interest, as the reports write it."""
    found = interest_so_far(ledger.books(as_of), sale(ledger, as_of))
    return None if found is None else str(found)


def segments(ledger: Ledger, as_of: Day) -> list[str]:
    accrual = accrued(ledger, as_of)
    assert accrual is not None
    assert sum(one.amount for one in accrual.segments) == accrual.amount
    return [
        f"{one.first} {one.last} {one.days} d {one.percent} % {one.principal} "
        f"{one.amount}"
        for one in accrual.segments
    ]


def proposed(ledger: Ledger, as_of: Day) -> list[Charge]:
    return charges(ledger.books(as_of))


def shown(found: list[Charge]) -> list[str]:
    return [
        f"{one.kind} {one.item.label} {one.amount} {one.currency}"
        + (f" {one.sent.step.name}" if one.sent else "")
        for one in found
    ]


def pasted(text: str, as_of: Day) -> str:
    """Return a ledger with what is proposed on a date put at its end."""
    ledger = load(text)
    assert not ledger.errors
    directives = transactions(ledger.books(as_of), proposed(ledger, as_of)).directives
    return "\n".join([dedent(text), *(as_text(entry) for _, entry in directives)])


# Days and payments.


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-09-20", None),
        ("2026-10-14", None),  # on the due date it is not late
        ("2026-10-15", "0.10"),  # the day after due counts
        ("2026-10-16", "0.20"),
        ("2026-10-24", "1.00"),
        ("2027-10-14", "36.50"),  # 365 days
        ("2028-10-14", "73.10"),  # 731 days: a leap year's day counts, too
    ],
)
def test_interest_runs_from_the_day_after_due(
    ledger: Ledger, as_of: str, expected: str | None
) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    """
    assert total(ledger, as_of) == expected


@pytest.mark.parametrize(
    ("paid", "amount", "expected"),
    [
        # All of it: 0.10 for each day up to and with that of the payment.
        ("2026-10-01", "365.00", None),  # before due
        ("2026-10-14", "365.00", None),  # on the due date
        ("2026-10-15", "365.00", "0.10"),
        ("2026-10-20", "365.00", "0.60"),
        ("2026-10-23", "365.00", "0.90"),
        ("2026-10-24", "365.00", "1.00"),  # on the last day
        ("2026-10-25", "365.00", "1.00"),  # a payment that does not exist yet
        ("2026-10-20", "400.00", "0.60"),  # too much
        # Half of it: from the day after it 0.05 a day.
        ("2026-09-20", "182.50", "0.50"),  # 10 x 0.05
        ("2026-10-14", "182.50", "0.50"),
        ("2026-10-15", "182.50", "0.55"),  # 0.10 + 9 x 0.05
        ("2026-10-20", "182.50", "0.80"),  # 6 x 0.10 + 4 x 0.05
        ("2026-10-23", "182.50", "0.95"),  # 9 x 0.10 + 0.05
        ("2026-10-24", "182.50", "1.00"),
    ],
)
def test_a_payment_lowers_the_principal_from_the_day_after_it(
    ledger: Ledger, paid: str, amount: str, expected: str | None
) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    $paid * "Acme" "Payment" ^INV-1
      Assets:Bank            $amount EUR
      Assets:Receivable:Acme
    """
    del paid, amount
    assert total(ledger, "2026-10-24") == expected


def test_after_full_payment_the_interest_stays(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    2026-10-20 * "Acme" "Payment" ^INV-1
      Assets:Bank             365.00 EUR
      Assets:Receivable:Acme
    """
    expected = ["2026-10-15 2026-10-20 6 d 10 % 365.00 0.60"]
    for as_of in ("2026-10-20", "2026-10-21", "2027-10-20"):
        assert segments(ledger, as_of) == expected


def test_payments_of_one_day_and_before_due_are_added_up(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
    2026-09-01 * "Acme" "Deposit"
      Assets:Bank              36.50 EUR
      Assets:Receivable:Acme
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    2026-10-14 * "Acme" "Part" ^INV-1
      Assets:Bank              36.50 EUR
      Assets:Receivable:Acme
    2026-10-19 * "Acme" "Part" ^INV-1
      Assets:Bank              73.00 EUR
      Assets:Receivable:Acme
    2026-10-19 * "Acme" "Part"
      Assets:Bank              36.50 EUR
      Assets:Receivable:Acme
    """
    # 292.00: 0.08 a day; 182.50: 0.05 a day.
    assert segments(ledger, "2026-10-24") == [
        "2026-10-15 2026-10-19 5 d 10 % 292.00 0.40",
        "2026-10-20 2026-10-24 5 d 10 % 182.50 0.25",
    ]


def test_payments_and_a_rate_s_change(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 9 "bundesbank"
    2026-05-01 * "Acme" "Website" ^INV-1
      due: 2026-06-10
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-06-20 * "Acme" "Part" ^INV-1
      Assets:Bank              400.00 EUR
      Assets:Receivable:Acme
    2026-07-10 * "Acme" "Part" ^INV-1
      Assets:Bank              300.00 EUR
      Assets:Receivable:Acme
    """
    # 9 + 1.27 to 30 June, 9 + 1.52 from 1 July. Added up, in parts of 36500:
    # 10 x 1000 x 10.27 = 102700                    2.8137
    # 10 x  600 x 10.27 =  61620  together  164320  4.5019
    # 10 x  600 x 10.52 =  63120  together  227440  6.2312
    # 21 x  300 x 10.52 =  66276  together  293716  8.0470
    assert segments(ledger, "2026-07-31") == [
        "2026-06-11 2026-06-20 10 d 10.27 % 1000.00 2.81",
        "2026-06-21 2026-06-30 10 d 10.27 % 600.00 1.69",
        "2026-07-01 2026-07-10 10 d 10.52 % 600.00 1.73",
        "2026-07-11 2026-07-31 21 d 10.52 % 300.00 1.82",
    ]


@pytest.mark.parametrize(
    "meta",
    [
        'note: "undated"',
        "due: 9999-12-31",
        "due: 2026-11-20",
        'due: 2026-10-14\n      policy: "none"',
        'due: 2026-10-14\n      policy: "friendly"',
    ],
    ids=["undated", "never late", "not late", "policy none", "nothing agreed"],
)
def test_some_items_bear_no_interest(ledger: Ledger, meta: str) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
    2026-09-14 * "Acme" "Website" ^INV-1
      $meta
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    """
    del meta
    assert accrued(ledger, "2026-11-20") is None
    assert total(ledger, "2026-11-20") is None
    (aged,) = ledger.report("2026-11-20").as_dict()["items"]
    assert aged["interest"] is None


def test_no_agreement_no_interest(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    """
    assert total(ledger, "2026-11-20") is None
    assert proposed(ledger, "2026-11-20") == []
    assert not any("rate" in line for line in ledger.lines("2026-11-20"))


def test_a_rate_of_nothing_is_interest_of_nothing(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 0
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    """
    (aged,) = ledger.report("2026-11-20").as_dict()["items"]
    assert aged["interest"] == "0.00"
    assert proposed(ledger, "2026-11-20") == []


def test_charges_bear_no_interest(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
    2026-11-01 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Fees
    """
    (aged,) = ledger.report("2026-11-20").as_dict()["items"]
    assert (aged["bucket"], aged["interest"]) == ("31-60", None)
    assert proposed(ledger, "2026-11-20") == []


def test_interest_runs_to_the_last_day_of_the_calendar(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
    9999-12-01 * "Acme" "Website" ^INV-1
      due: 9999-12-21
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    """
    assert total(ledger, "9999-12-30") == "0.90"
    assert total(ledger, "9999-12-31") == "1.00"


# Rates.


def test_a_fixed_rate_stays_as_it_was_when_interest_began(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 8 "bank-of-england"
      fixed-at: "start"
    2025-12-01 * "Acme" "Website" ^INV-1
      due: 2025-12-30
      Assets:Receivable:Acme  365.00 GBP
      Income:Services
    """
    # 31 December 2025 is the first day: 8 + 4.25. 32 x 0.1225 = 3.92
    assert segments(ledger, "2026-01-31") == [
        "2025-12-31 2026-01-31 32 d 12.25 % 365.00 3.92"
    ]
    # And past the end of the table, since its first day is within. 397 x 0.1225
    assert total(ledger, "2027-01-31") == "48.63"


def test_a_rate_that_is_not_fixed_changes(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 8 "bank-of-england"
    2025-12-01 * "Acme" "Website" ^INV-1
      due: 2025-12-30
      Assets:Receivable:Acme  365.00 GBP
      Income:Services
    """
    # 0.1225 = 0.12; 0.1225 + 31 x 0.1175 = 3.765, which is half a penny: up.
    assert segments(ledger, "2026-01-31") == [
        "2025-12-31 2025-12-31 1 d 12.25 % 365.00 0.12",
        "2026-01-01 2026-01-31 31 d 11.75 % 365.00 3.65",
    ]
    with pytest.raises(UnknownRateError) as caught:
        accrued(ledger, "2027-01-31")
    assert lines([caught.value.as_error()]) == [
        (
            '1: The rate "bank-of-england" is not known after 2026-12-31; add '
            '2027-01-01 custom "reference-rate" "bank-of-england" PERCENT.'
        )
    ]
    assert caught.value.agreed.reference == "bank-of-england"


def test_a_fixed_rate_is_that_of_the_start_where_the_agreement_is_younger(
    ledger: Ledger,
) -> None:
    """
    2026-01-02 custom "dunning-interest" "standard" 8 "bank-of-england"
      fixed-at: "start"
    2025-12-01 * "Acme" "Website" ^INV-1
      due: 2025-12-30
      Assets:Receivable:Acme  365.00 GBP
      Income:Services
    """
    # Late since 31 December, at 8 + 4.25. 10 x 0.1225 = 1.225
    assert segments(ledger, "2026-01-11") == [
        "2026-01-02 2026-01-11 10 d 12.25 % 365.00 1.23"
    ]


def test_a_reference_rate_may_be_negative(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 5 "bundesbank"
    2022-06-01 * "Acme" "Website" ^INV-1
      due: 2022-06-30
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    """
    # 5 - 0.88 = 4.12; 10 x 0.0412 = 0.412
    assert segments(ledger, "2022-07-10") == [
        "2022-07-01 2022-07-10 10 d 4.12 % 365.00 0.41"
    ]


def test_a_rate_is_never_below_nothing(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 0.50 "bundesbank"
    2022-12-01 * "Acme" "Website" ^INV-1
      due: 2022-12-26
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    """
    # 0.50 - 0.88 is below nothing; 0.50 + 1.62 = 2.12; 10 x 0.0212 = 0.212
    assert segments(ledger, "2023-01-10") == [
        "2022-12-27 2022-12-31 5 d 0 % 365.00 0.00",
        "2023-01-01 2023-01-10 10 d 2.12 % 365.00 0.21",
    ]


def test_a_rate_of_the_ledger_s_own_changes_on_its_days(ledger: Ledger) -> None:
    """
    1970-01-01 custom "reference-rate" "house" 4
    1970-01-01 custom "dunning-interest" "standard" 6 "house"
    2026-10-20 custom "reference-rate" "house" 14
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    """
    assert segments(ledger, "2026-10-24") == [
        "2026-10-15 2026-10-19 5 d 10 % 365.00 0.50",
        "2026-10-20 2026-10-24 5 d 20 % 365.00 1.00",
    ]
    # A rate dated after the as-of date does not exist yet.
    assert total(ledger, "2026-10-19") == "0.50"
    accrual = accrued(ledger, "2026-10-24")
    assert accrual is not None
    assert [
        one.reference and one.reference.entry and one.reference.entry.meta["lineno"]
        for one in accrual.segments
    ] == [1, 3]


def test_an_agreement_that_changes_midway(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 99
    2026-10-01 custom "dunning-interest" "standard" 10
    2026-10-20 custom "dunning-interest" "standard" 18.73 "bundesbank"
    2026-10-23 custom "dunning-interest" "standard" 5
    2026-10-23 custom "dunning-interest" "standard" 20
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    """
    # 5 x 0.10 + 3 x 0.2025 + 2 x 0.20 = 0.50 + 0.6075 + 0.40 = 1.5075; of two on one
    # day the later counts. 1.1075 is 1.11, and 1.5075 is 1.51.
    assert segments(ledger, "2026-10-24") == [
        "2026-10-15 2026-10-19 5 d 10 % 365.00 0.50",
        "2026-10-20 2026-10-22 3 d 20.25 % 365.00 0.61",
        "2026-10-23 2026-10-24 2 d 20 % 365.00 0.40",
    ]


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("2026-10-15", "1.00"),
        ("2026-10-16", "0.90"),
        ("2026-10-20", "0.50"),
        ("2026-10-24", "0.10"),
        ("2026-10-25", None),
    ],
)
def test_an_agreement_counts_from_its_own_date(
    ledger: Ledger, since: str, expected: str | None
) -> None:
    """
    $since custom "dunning-interest" "standard" 10
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    """
    del since
    assert total(ledger, "2026-10-24") == expected


def test_an_agreement_after_full_payment_gives_nothing(ledger: Ledger) -> None:
    """
    2026-10-21 custom "dunning-interest" "standard" 10
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    2026-10-20 * "Acme" "Payment" ^INV-1
      Assets:Bank             365.00 EUR
      Assets:Receivable:Acme
    """
    assert accrued(ledger, "2026-10-24") is None


def test_a_payment_before_the_agreement_lowers_the_principal(ledger: Ledger) -> None:
    """
    2026-10-21 custom "dunning-interest" "standard" 10
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    2026-10-17 * "Acme" "Part" ^INV-1
      Assets:Bank             182.50 EUR
      Assets:Receivable:Acme
    """
    assert segments(ledger, "2026-10-24") == [
        "2026-10-21 2026-10-24 4 d 10 % 182.50 0.20"
    ]


def test_two_agreements_on_the_first_day_of_the_calendar(ledger: Ledger) -> None:
    """
    0001-01-01 custom "dunning-interest" "standard" 5
    0001-01-01 custom "dunning-interest" "standard" 10
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    """
    assert total(ledger, "2026-10-24") == "1.00"


# Rounding.


@pytest.mark.parametrize(
    ("amount", "percent", "expected"),
    [
        ("1000 JPY", "10", "3"),  # 10 days: 2.7397
        ("900 JPY", "10", "2"),  # 2.4658
        ("1000.000 KWD", "10", "2.740"),  # 2.7397
        ("1.000 KWD", "10", "0.003"),  # 0.0027397
        ("1000.00 EUR", "10", "2.74"),
        ("1000 EUR", "10", "2.74"),
        # The invoice's digits, where they are more.
        ("1000.1234 EUR", "10", "2.7401"),
        ("1000.00 JPY", "10", "2.74"),
        # CLDR does not know it: two digits.
        ("1000 POINTS", "10", "2.74"),
        ("18.25 EUR", "1", "0.01"),  # 0.005: half is up
        ("18.24 EUR", "1", "0.00"),  # 0.004997
        # 27 digits: 10 days at 3.65 % are a thousandth.
        (f"{'1' * 25}.00 EUR", "3.65", f"{'1' * 22}.11"),
    ],
)
def test_interest_is_as_precise_as_currency_and_invoice(
    ledger: Ledger, amount: str, percent: str, expected: str
) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" $percent
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  $amount
      Income:Services
    """
    del amount, percent
    assert total(ledger, "2026-10-24") == expected


def test_interest_is_rounded_once_at_the_end(ledger: Ledger) -> None:
    """
    1970-01-01 custom "reference-rate" "house" 1
    1970-01-01 custom "dunning-interest" "standard" 0 "house"
    2026-10-19 custom "reference-rate" "house" 1
    2026-10-23 custom "reference-rate" "house" 1
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  36.50 EUR
      Income:Services
    """
    # 0.001 a day. Each alone, 4 days are 0.00; together 12 days are 0.012, and after
    # 8 days it is 0.008.
    assert segments(ledger, "2026-10-26") == [
        "2026-10-15 2026-10-18 4 d 1 % 36.50 0.00",
        "2026-10-19 2026-10-22 4 d 1 % 36.50 0.01",
        "2026-10-23 2026-10-26 4 d 1 % 36.50 0.00",
    ]
    assert total(ledger, "2026-10-26") == "0.01"


class Case(NamedTuple):
    """An invoice over 365.00 of 2026-01-01, due on the 31st, and what happens."""

    as_of: date
    payments: tuple[tuple[date, int], ...]
    rates: tuple[tuple[date, int], ...]
    agreements: tuple[tuple[date, int, str], ...]

    @property
    def text(self) -> str:
        return "\n".join(
            [
                '1970-01-01 custom "reference-rate" "house" 2',
                *(f'{on} custom "reference-rate" "house" {p}' for on, p in self.rates),
                *(
                    f'{on} custom "dunning-interest" "standard" {p} {reference}'
                    for on, p, reference in self.agreements
                ),
                '2026-01-01 * "Acme" "January" ^INV-1',
                "  due: 2026-01-31",
                "  Assets:Receivable:Acme  365.00 EUR",
                "  Income:Services",
                *(
                    f'{on} * "Acme" "Part" ^INV-1\n'
                    f"  Assets:Bank  {amount}.00 EUR\n"
                    "  Assets:Receivable:Acme"
                    for on, amount in self.payments
                ),
            ]
        )

    def by_day(self) -> Fraction:
        """Add the interest up, day after day, as the contract says."""
        found, day = Fraction(), date(2026, 2, 1)
        while day <= self.as_of:
            paid = sum(amount for on, amount in self.payments if on < day)
            open_ = max(365 - paid, 0)
            agreed = [one for one in self.agreements if one[0] <= day]
            if agreed:
                _, percent, reference = max(agreed, key=lambda one: one[0])
                if reference:
                    rates = [(date(1970, 1, 1), 2), *self.rates]
                    since = max(on for on, _ in rates if on <= day)
                    percent += dict(rates)[since]
                found += Fraction(open_ * max(percent, 0), 36500)
            day += timedelta(days=1)
        return found


days = st.dates(date(2026, 1, 25), date(2026, 4, 10))


def unique(*parts: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(
        st.tuples(days, *parts), max_size=4, unique_by=lambda one: one[0]
    ).map(tuple)


cases = st.builds(
    Case,
    days,
    unique(st.integers(1, 200)),
    unique(st.integers(-9, 20)),
    unique(st.integers(0, 20), st.sampled_from(["", '"house"'])),
)


@profile(max_examples=60, deadline=None)
@given(cases)
def test_segments_are_the_days_added_up(case: Case) -> None:
    ledger = load(case.text)
    assert not ledger.errors
    expected = case.by_day()
    accrual = accrued(ledger, case.as_of)
    if accrual is None:
        assert not expected
        return
    # Within half a cent; the segments follow on each other and add up.
    assert accrual.amount == Decimal(
        expected.numerator * 10**30 // expected.denominator
    ).scaleb(-30).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert sum(one.amount for one in accrual.segments) == accrual.amount
    for before, after in zip(accrual.segments, accrual.segments[1:], strict=False):
        assert after.first == before.last + timedelta(days=1)


# What is not known.


def test_an_unknown_rate_is_an_error_once_an_agreement(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-option" "grace" 9999
    1970-01-01 custom "dunning-interest" "standard" 8 "ecb"
    1970-01-01 custom "dunning-interest" "strict" 8 "ecb"
    2012-01-01 * "Acme" "Old" ^INV-1
      due: 2012-12-30
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-01 * "Acme" "New" ^INV-2
      due: 2026-11-01
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-01 * "Acme" "Not late" ^INV-3
      due: 2028-11-01
      policy: "strict"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    before = (
        '2: The rate "ecb" is not known before 2013-01-01; add 2012-12-31 '
        'custom "reference-rate" "ecb" PERCENT.'
    )
    after = (
        '2: The rate "ecb" is not known after 2026-12-31; add 2027-01-01 '
        'custom "reference-rate" "ecb" PERCENT.'
    )
    assert ledger.lines("2012-12-30") == []
    assert ledger.lines("2012-12-31") == [before]
    assert ledger.lines("2026-12-31") == [before]
    assert sorted(ledger.lines("2027-01-01")) == [after, before]
    report = ledger.report("2026-11-11").as_dict()
    # 10 days: 100 x 10.40 x 10 / 36500 = 0.2849
    assert [one["interest"] for one in report["items"]] == [None, "0.28", None]
    with pytest.raises(UnknownRateError, match="not known before"):
        proposed(ledger, "2026-11-20")


def test_what_was_paid_in_time_needs_no_rate(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 8 "ecb"
    2026-12-01 * "Acme" "Website" ^INV-1
      due: 2026-12-21
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    2026-12-31 * "Acme" "Payment" ^INV-1
      Assets:Bank             365.00 EUR
      Assets:Receivable:Acme
    """
    assert ledger.lines("2027-06-01") == []
    # 10 x 0.104
    assert total(ledger, "2027-06-01") == "1.04"


def test_once_it_is_paid_no_rate_is_needed(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 8 "ecb"
    2026-12-01 * "Acme" "Website" ^INV-1
      due: 2026-12-21
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    2026-12-30 * "Acme" "Part payment" ^INV-1
      Assets:Bank             165.00 EUR
      Assets:Receivable:Acme
    2026-12-31 * "Acme" "Payment" ^INV-1
      Assets:Bank             200.00 EUR
      Assets:Receivable:Acme
    2027-03-01 custom "dunning-interest" "standard" 9 "ecb"
    """
    # 9 x 0.104 + 200.00 x 10.40 / 36500
    assert total(ledger, "2027-06-01") == "0.99"


def test_a_gap_in_the_rates_is_an_error(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-option" "grace" 9999
    1970-01-01 custom "dunning-interest" "standard" 8 "ecb"
      fixed-at: "start"
    2027-07-01 custom "reference-rate" "ecb" 2.40
    2026-01-01 * "Acme" "One" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-01 * "Acme" "Two" ^INV-2
      due: 2027-02-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-01 * "Acme" "Three" ^INV-3
      due: 2027-07-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert ledger.report("2027-08-20").items[1].interest is None
    assert ledger.lines("2027-08-20") == [
        (
            '2: The rate "ecb" is not known after 2026-12-31; add 2027-01-01 '
            'custom "reference-rate" "ecb" PERCENT.'
        )
    ]


# What is proposed.


def test_a_charge_in_json(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
      compensation: 40.00 EUR
    1970-01-01 custom "dunning-step" "standard" "final notice" 3
      fee: 5.00 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    2026-10-17 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "final notice"
    2026-10-20 * "Acme" "Interest" ^INV-1
      charge: "interest"
      due: 2026-10-14
      Assets:Receivable:Acme    0.60 EUR
      Income:Interest
    """
    same = {
        "invoice": "INV-1",
        "instalment": "1/1",
        "customer": "Acme",
        "account": "Assets:Receivable:Acme",
        "currency": "EUR",
    }
    rest: dict[str, Any] = {**same, "step": None, "posted": "0", "segments": []}
    segment = {
        "from": "2026-10-15",
        "to": "2026-10-24",
        "principal": "365.00",
        "rate": "10",
        "days": 10,
        "amount": "1.00",
    }
    assert [one.as_dict() for one in proposed(ledger, "2026-10-24")] == [
        {**rest, "kind": "fee", "step": "final notice", "amount": "5.00"},
        {
            **rest,
            "kind": "interest",
            "amount": "0.40",
            "posted": "0.60",
            "segments": [segment],
        },
        {**rest, "kind": "compensation", "amount": "40.00"},
    ]


def test_charges_without_a_customer_in_json(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
    2026-09-14 * "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable  365.00 EUR
      Income:Services
    """
    (one,) = proposed(ledger, "2026-10-24")
    assert one.as_dict()["customer"] is None


def test_each_instalment_has_its_own_interest(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
      compensation: 40.00 EUR
    2026-10-04 * "Acme" "Website" ^INV-1
      terms: "50% net 10, 50% net 15"
      Assets:Receivable:Acme  730.00 EUR
      Income:Services
    """
    # Due on the 14th and the 19th.
    assert shown(proposed(ledger, "2026-10-19")) == [
        "interest INV-1 1/2 0.50 EUR",
        "compensation INV-1 1/2 40.00 EUR",
    ]
    assert shown(proposed(ledger, "2026-10-24")) == [
        "interest INV-1 1/2 1.00 EUR",
        "compensation INV-1 1/2 40.00 EUR",
        "interest INV-1 2/2 0.50 EUR",
    ]


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        ('"business"', ["compensation INV-1 40.00 EUR"]),
        ('"consumer"', []),
    ],
)
def test_compensation_is_not_for_consumers(
    ledger: Ledger, type_: str, expected: list[str]
) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 0
      compensation: 40.00 EUR
    1970-01-01 custom "dunning-customer" "Acme"
      type: $type_
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    """
    del type_
    assert shown(proposed(ledger, "2026-10-14")) == []
    assert shown(proposed(ledger, "2026-10-15")) == expected


def test_compensation_is_once_an_invoice_and_customer(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 0
      compensation: 40.00 EUR
    2026-09-14 * "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Assets:Receivable:Bolt  365.00 EUR
      Income:Services
    2026-09-14 * "Dollars" ^INV-1
      due: 2026-10-15
      Assets:Receivable:Acme  365.00 USD
      Income:Services
    2026-09-14 * "Another" ^INV-2
      due: 2026-10-16
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    2026-10-20 * "Acme" "Compensation" ^INV-2
      charge: "compensation"
      due: 2026-10-16
      Assets:Receivable:Acme   40.00 EUR
      Income:Compensation
    2026-10-21 * "Acme" "Pays it" ^INV-2
      Assets:Bank             405.00 EUR
      Assets:Receivable:Acme
    """
    found = [
        (one.kind, one.item.invoice, one.item.customer, str(one.amount), one.currency)
        for one in proposed(ledger, "2026-11-20")
    ]
    assert found == [
        ("compensation", "INV-1", "Acme", "40.00", "EUR"),
        ("compensation", "INV-1", "Bolt", "40.00", "EUR"),
    ]


FEES = """
    1970-01-01 custom "dunning-step" "standard" "first"  1
    1970-01-01 custom "dunning-step" "standard" "second" 3
      fee: 5.00 EUR
    1970-01-01 custom "dunning-step" "standard" "third"  5
      fee: 0.00 EUR
    1970-01-01 custom "dunning-step" "standard" "fourth" 7
      fee: 7.50 USD
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    2026-10-15 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first"
    2026-10-17 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "second"
    2026-10-18 note Assets:Receivable:Acme "Sent twice, which is an error" ^INV-1
      reminder: "second"
    2026-10-19 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "third"
    2026-10-21 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "fourth"
"""
SECOND = "fee INV-1 5.00 EUR second"
FOURTH = "fee INV-1 7.50 USD fourth"


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-10-16", []),
        ("2026-10-17", [SECOND]),
        ("2026-10-20", [SECOND]),
        ("2026-10-21", [SECOND, FOURTH]),
        ("2027-10-21", [SECOND, FOURTH]),
    ],
)
def test_a_fee_is_due_when_its_step_was_sent(as_of: str, expected: list[str]) -> None:
    assert shown(proposed(load(FEES), as_of)) == expected


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (['step: "second"'], [FOURTH]),
        (['step: "fourth"'], [SECOND]),
        (['step: "second"', 'step: "second"'], [FOURTH]),
        (['step: "first"'], [SECOND, FOURTH]),
        # A fee that names no step is taken for the first that is not posted.
        (['note: "no step"'], [FOURTH]),
        (['note: "no step"', 'note: "no step"'], []),
        (['note: "no step"', 'step: "second"'], []),
    ],
)
def test_a_posted_fee_counts_once(steps: list[str], expected: list[str]) -> None:
    posted = "".join(
        f"""
    2026-10-22 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-10-14
      {step}
      Assets:Receivable:Acme  5.00 EUR
      Income:Fees"""
        for step in steps
    )
    assert shown(proposed(load(FEES + posted), "2026-11-20")) == expected


def test_a_step_that_is_an_amount_is_none() -> None:
    posted = """
    2026-10-22 * "Acme" "Fee" ^INV-1
      charge: "fee"
      step: 5.00 EUR
      Assets:Receivable:Acme  5.00 EUR
      Income:Fees
    """
    assert shown(proposed(load(FEES + posted), "2026-11-20")) == [SECOND, FOURTH]


def test_what_is_open_in_two_currencies_is_reminded_once(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-step" "standard" "first" 1
      fee: 5.00 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Assets:Receivable:Acme  100.00 USD
      Income:Services
    2026-10-15 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first"
    """
    (one,) = proposed(ledger, "2026-11-20")
    assert (one.kind, str(one.amount)) == ("fee", "5.00")


def test_one_letter_about_two_instalments_has_one_fee(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-step" "standard" "first" 1
      fee: 5.00 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      terms: "50% net 10, 50% net 15"
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    2026-10-15 note Assets:Receivable:Acme "One letter about both" ^INV-1
      reminder: "first"
    """
    found = [str(one.amount) for one in proposed(ledger, "2026-11-20")]
    assert found == ["5.00"]


def test_what_is_paid_was_charged_too(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    2026-10-18 * "Acme" "Interest" ^INV-1
      charge: "interest"
      due: 2026-10-14
      Assets:Receivable:Acme    0.40 EUR
      Income:Interest
    2026-10-20 * "Acme" "Pays all" ^INV-1
      Assets:Bank             365.40 EUR
      Assets:Receivable:Acme
    """
    # Two more days.
    assert shown(proposed(ledger, "2026-11-20")) == ["interest INV-1 0.20 EUR"]


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0.99", ["interest INV-1 0.01 EUR"]),
        ("1.00", []),
        ("9.00", []),
    ],
)
def test_interest_is_proposed_less_what_is_posted(
    ledger: Ledger, amount: str, expected: list[str]
) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    2026-10-24 * "Acme" "Interest" ^INV-1
      charge: "interest"
      due: 2026-10-14
      Assets:Receivable:Acme  $amount EUR
      Income:Interest
    """
    del amount
    assert shown(proposed(ledger, "2026-10-24")) == expected


def test_debits_of_one_instalment_share_what_is_posted(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable  365.00 EUR
      Income:Services
    2026-10-18 * "Acme" "Payment" ^INV-1
      Assets:Bank        365.00 EUR
      Assets:Receivable
    2026-10-20 * "Acme" "It comes back" ^INV-1
      due: 2026-10-14
      Assets:Receivable  365.00 EUR
      Assets:Bank
    2026-10-20 * "Acme" "On another account, in another currency" ^INV-1
      due: 2026-10-14
      Assets:Receivables  365.00 EUR
      Assets:Receivable   365.00 USD
      Income:Services
    2026-10-20 * "Acme" "Interest" ^INV-1
      charge: "interest"
      due: 2026-10-14
      Assets:Receivable     0.60 EUR
      Income:Interest
    """
    found = proposed(ledger, "2026-10-24")
    # The first debit was late for four days, 0.40, all of it posted. What came back is
    # late for four days, too, and the other 0.20 are a part of its 0.40.
    assert [
        (one.item.account, str(one.amount), one.currency, str(one.posted))
        for one in found
    ] == [
        ("Assets:Receivable", "0.20", "EUR", "0.20"),
        ("Assets:Receivable", "0.40", "USD", "0"),
        ("Assets:Receivables", "0.40", "EUR", "0"),
    ]


def test_what_comes_back_bears_interest_from_the_day_after(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
    2026-05-01 * "Acme" "Website" ^INV-1
      due: 2026-05-10
      Assets:Receivable  1000.00 EUR
      Income:Services
    2026-05-12 * "Acme" "Direct debit" ^INV-1
      Assets:Bank        1000.00 EUR
      Assets:Receivable
    2026-06-09 * "Acme" "Returned" ^INV-1
      due: 2026-05-10
      Assets:Receivable  1000.00 EUR
      Assets:Bank
    """
    # 11 and 12 May, 0.55 (0.5479); 10 June, 0.27 (0.2740). Between, nothing was open.
    assert shown(proposed(ledger, "2026-06-08")) == ["interest INV-1 0.55 EUR"]
    assert shown(proposed(ledger, "2026-06-10")) == [
        *("interest INV-1 0.55 EUR", "interest INV-1 0.27 EUR"),
    ]


def test_interest_follows_the_policy_of_each_day(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
    1970-01-01 custom "dunning-interest" "strict" 20
    2026-07-01 custom "dunning-option" "policy" "strict"
    2026-08-01 custom "dunning-customer" "Acme"
      policy: "none"
    2026-09-01 custom "dunning-customer" "Acme"
      policy: "standard"
    2026-05-01 * "Acme" "Website" ^INV-1
      due: 2026-05-31
      Assets:Receivable  3650.00 EUR
      Income:Services
    """
    # A day is 1.00 at 10 %, 2.00 at 20 %: June 30.00, July 62.00, August nothing.
    amounts = {
        *(("2026-06-30", "30.00"), ("2026-07-01", "32.00"), ("2026-07-31", "92.00")),
        *(("2026-08-31", "92.00"), ("2026-09-01", "93.00")),
    }
    for as_of, amount in amounts:
        (aged,) = ledger.report(as_of).items
        assert str(aged.interest) == amount


def test_what_is_fixed_at_the_start_stays_when_it_is_agreed_again(
    ledger: Ledger,
) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 8 "ecb"
      fixed-at: "start"
    2026-07-10 custom "dunning-interest" "standard" 8 "ecb"
      fixed-at: "start"
      compensation: 40.00 EUR
    2026-05-01 * "Acme" "Website" ^INV-1
      due: 2026-06-01
      Assets:Receivable  3650.00 EUR
      Income:Services
    """
    # 2 June to 20 July are 49 days at 8 + 2.15 %, 1.015 a day. By then it is 2.40.
    assert shown(proposed(ledger, "2026-07-20")) == [
        *("interest INV-1 49.74 EUR", "compensation INV-1 40.00 EUR"),
    ]


def test_items_without_a_reference_have_no_charges(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
      compensation: 40.00 EUR
    2026-09-14 * "Acme" "Website"
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    """
    assert proposed(ledger, "2026-11-20") == []
    # The report shows the interest all the same. 37 days
    assert total(ledger, "2026-11-20") == "3.70"


def test_charges_can_be_about_some_items_only(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
    2026-09-14 * "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Assets:Receivable:Bolt  365.00 EUR
      Income:Services
    """
    books = ledger.books("2026-10-24")
    (one,) = charges(books, lambda item: item.customer == "Bolt")
    assert (one.item.customer, one.amount) == ("Bolt", Decimal("1.00"))


def test_charges_come_in_order_of_due_dates(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
    1970-01-01 custom "dunning-step" "standard" "first" 1
      fee: 5.00 EUR
    2026-09-14 * "Acme" "Undated" ^INV-0
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Later" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    2026-09-20 * "Acme" "Sooner" ^INV-2
      due: 2026-10-04
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    2026-10-01 note Assets:Receivable:Acme "Sent" ^INV-0
      reminder: "first"
    """
    assert shown(proposed(ledger, "2026-10-24")) == [
        "interest INV-2 2.00 EUR",
        "interest INV-1 1.00 EUR",
        "fee INV-0 5.00 EUR first",
    ]


# Nothing twice.


LATE = """
    1970-01-01 custom "dunning-interest" "standard" 9 "bundesbank"
      compensation: 40.00 EUR
    1970-01-01 custom "dunning-step" "standard" "first"  1
    1970-01-01 custom "dunning-step" "standard" "second" 7
      fee: 5.00 EUR
"""
INVOICE = """
    2026-05-01 * "Acme" "Website" ^INV-1
      $due
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-06-10 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first"
    2026-06-18 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "second"
"""
PAID = """
    2026-07-05 * "Acme" "Pays some" ^INV-1
      Assets:Bank             600.00 EUR
      Assets:Receivable:Acme
"""
PAID_ALL = """
    2026-07-05 * "Acme" "Pays the rest" ^INV-1
      Assets:Bank            1000.00 EUR
      Assets:Receivable:Acme
"""


def invoice(due: str) -> str:
    return LATE + INVOICE.replace("$due", due)


TEXTS = {
    "one date": invoice("due: 2026-06-01"),
    "terms": invoice('terms: "net 30"'),
    "instalments": invoice('terms: "50% net 20, 50% net 40"'),
    "not late yet": invoice('terms: "50% net 30, 50% net 80"'),
    "part-payment": invoice("due: 2026-06-01") + PAID,
    "payment of an instalment": invoice('terms: "50% net 20, 50% net 40"')
    + PAID.replace("600", "500"),
    "paid": invoice("due: 2026-06-01") + PAID_ALL,
    "terms of the customer": LATE
    + """
    1970-01-01 custom "dunning-customer" "Acme"
      terms: "10% net 1, rest net 9"
"""
    + INVOICE.replace("$due", 'note: "x"'),
    "two accounts": """
    1970-01-01 custom "dunning-interest" "standard" 9 "bundesbank"
      compensation: 40.00 EUR
    2026-05-01 * "Acme" "Website" ^INV-1
      due: 2026-06-01
      Assets:Receivable   1000.00 EUR
      Assets:Receivables   500.00 EUR
      Assets:Receivable     70.00 USD
      Income:Services
    """,
    "own policies": """
    1970-01-01 open Assets:Receivable:Acme
      policy: "friendly"
      customer: "Acme Ltd"
    1970-01-01 custom "dunning-interest" "strict" 9
    1970-01-01 custom "dunning-interest" "friendly" 7
    2026-05-01 * "Other" "Website" ^INV-1
      due: 2026-06-01
      policy: "strict"
      customer: "Bolt"
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-05-01 * "Acme" "Website" ^INV-1
      due: 2026-06-02
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    """,
}
TEXTS |= {
    f"{name}, {what}": text.replace(*change)
    for name, text in TEXTS.items()
    for what, change in {
        "a fee in percent": ("fee: 5.00 EUR", 'fee: "2 %"'),
        "by instalment": ("40.00 EUR", '40.00 EUR\n      each: "instalment"'),
        "by size": ("40.00 EUR", '"40.00 EUR, 70.00 EUR from 500"'),
        "compounded": ("40.00 EUR", '40.00 EUR\n      compound: "monthly"'),
    }.items()
    if change[0] in text
}
INSTANTS = ("2026-06-25", "2026-07-20", "2026-08-20")


def charged(ledger: Ledger, as_of: Day) -> dict[tuple[str, ...], Decimal]:
    """Return what is posted and what is proposed, added up by kind and currency."""
    found = ledger.books(as_of, None).receivables
    sums: dict[tuple[str, ...], Decimal] = {}
    rows = [
        (item.charge, item.customer, item.currency, item.amount)
        for item in (*found.items, *found.settled)
        if item.charge
    ]
    rows += [
        (one.kind, one.item.customer, one.currency, one.amount)
        for one in proposed(ledger, as_of)
    ]
    for kind, customer, currency, amount in rows:
        key = (str(kind), customer, currency)
        sums[key] = sums.get(key, Decimal()) + amount
    return sums


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_is_pasted_is_not_proposed_again(text: str) -> None:
    assert proposed(load(text), INSTANTS[0])
    now = text
    for as_of in INSTANTS:
        now = pasted(now, as_of)
        ledger = load(now)
        assert not ledger.errors
        assert proposed(ledger, as_of) == []
        # And in the end no more was charged than in one go.
        assert charged(ledger, as_of) == charged(load(text), as_of)


def test_a_month_later_the_difference_is_proposed() -> None:
    text = """
    1970-01-01 custom "dunning-interest" "standard" 10
      compensation: 40.00 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    """
    now = pasted(text, "2026-10-24")
    assert shown(proposed(load(text), "2026-10-24")) == [
        "interest INV-1 1.00 EUR",
        "compensation INV-1 40.00 EUR",
    ]
    # 31 days
    assert shown(proposed(load(now), "2026-11-24")) == ["interest INV-1 3.10 EUR"]
    assert shown(proposed(load(pasted(now, "2026-11-24")), "2026-11-25")) == [
        "interest INV-1 0.10 EUR"
    ]


def test_a_payment_later_does_not_undo_what_was_charged() -> None:
    text = """
    1970-01-01 custom "dunning-interest" "standard" 10
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    """
    payment = """
    2026-10-30 * "Acme" "Payment" ^INV-1
      Assets:Bank             365.00 EUR
      Assets:Receivable:Acme
    """
    now = pasted(text, "2026-10-24") + dedent(payment)
    # The payment settles the sale and not the charge: 16 days, 10 of them charged.
    assert shown(proposed(load(now), "2026-11-20")) == ["interest INV-1 0.60 EUR"]
    assert shown(proposed(load(text + payment), "2026-11-20")) == [
        "interest INV-1 1.60 EUR"
    ]


def test_instalments_of_one_due_date_are_not_charged_twice() -> None:
    text = """
    1970-01-01 custom "dunning-interest" "standard" 10
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  365.00 EUR
        due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
        due: 2026-10-14
      Income:Services
    """
    assert shown(proposed(load(text), "2026-10-24")) == [
        "interest INV-1 1/2 1.00 EUR",
        "interest INV-1 2/2 1.00 EUR",
    ]
    assert shown(proposed(load(pasted(text, "2026-10-24")), "2026-10-24")) == []


def test_a_charge_of_the_sale_s_own_day_is_settled_after_it(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
    2026-10-20 * "Acme" "Booked late" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    2026-10-20 * "Acme" "Interest" ^INV-1
      charge: "interest"
      due: 2026-10-14
      Assets:Receivable:Acme    0.60 EUR
      Income:Interest
    2026-10-20 * "Acme" "Pays the sale" ^INV-1
      Assets:Bank             365.00 EUR
      Assets:Receivable:Acme
    """
    (item,) = ledger.receivables("2026-11-20").items
    assert (item.charge, str(item.open)) == ("interest", "0.60")


def test_a_payment_settles_instalments_before_charges() -> None:
    text = """
    1970-01-01 custom "dunning-interest" "standard" 10
    2026-09-14 * "Acme" "Website" ^INV-1
      terms: "50% net 30, 50% net 40"
      Assets:Receivable:Acme  730.00 EUR
      Income:Services
    2026-10-20 * "Acme" "All but a little" ^INV-1
      Assets:Bank             729.00 EUR
      Assets:Receivable:Acme
    """
    # Due on the 14th and the 24th; six days' interest on the first.
    assert shown(proposed(load(text), "2026-10-24")) == ["interest INV-1 1/2 0.60 EUR"]
    (before,) = load(text).receivables("2026-10-24").items
    assert (before.label, str(before.open)) == ("INV-1 2/2", "1.00")
    after = load(pasted(text, "2026-10-24")).receivables("2026-10-24").items
    assert [(item.charge, str(item.open)) for item in after] == [
        ("interest", "0.60"),
        (None, "1.00"),
    ]


def test_interest_is_not_divided_where_nothing_changes_for_it(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "strict" 10 "ecb"
    1970-01-01 custom "dunning-customer" "Acme"
      policy: "strict"
    2026-09-01 custom "dunning-option" "policy" "friendly"
    2026-10-01 custom "reference-rate" "ecb" 2.65
    2026-07-01 * "Acme" "Website" ^INV-1
      due: 2026-07-31
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    """
    # Neither the policy of others nor the end of a table that was carried on.
    assert segments(ledger, "2027-01-31") == [
        "2026-08-01 2026-09-30 61 d 12.40 % 365.00 7.56",
        "2026-10-01 2027-01-31 123 d 12.65 % 365.00 15.56",
    ]


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        # On time, under a number of the customer's own.
        ("100.00 EUR", []),
        ("100.00 USD", ["fee", "interest", "compensation"]),
        # A cent is late, and bears less than a cent.
        ("99.99 EUR", ["fee", "compensation"]),
    ],
)
def test_nothing_is_charged_on_what_credit_covers(
    ledger: Ledger, amount: str, expected: list[str]
) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
      compensation: 40.00 EUR
    1970-01-01 custom "dunning-step" "standard" "letter" 3
      fee: 5.00 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-09-24
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-20 * "Acme" "Payment" ^ORDER-77
      Assets:Receivable:Acme  -$amount
      Assets:Bank
    2026-09-30 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "letter"
    """
    del amount
    assert [one.kind for one in proposed(ledger, "2026-11-20")] == expected
    assert (accrued(ledger, "2026-11-20") is not None) is bool(expected)


def test_what_unapplied_credit_makes_up_for_bears_no_interest(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
    2026-09-14 * "Acme" "Second" ^INV-2
      due: 2026-10-24
      Assets:Receivable:Acme  730.00 EUR
      Income:Services
    2026-09-14 * "Acme" "First" ^INV-1
      due: 2026-09-24
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    2026-10-04 * "Acme" "Credit note" ^CN-2
      Assets:Receivable:Acme  -465.00 EUR
      Income:Services
    2026-09-20 * "Acme" "Credit note" ^CN-1
      Assets:Receivable:Acme  -265.00 EUR
      Income:Services
    2026-09-21 * "Acme" "Fee" ^INV-1
      charge: "fee"
      Assets:Receivable:Acme  5.00 EUR
      Income:Services
    """
    found = {one.item.invoice: one for one in proposed(ledger, "2026-11-03")}
    said = {
        invoice: [(str(one.principal), one.days) for one in charge.accrual.segments]
        for invoice, charge in found.items()
        if charge.accrual
    }
    assert said == {"INV-1": [("100.00", 10)], "INV-2": [("365.00", 10)]}


def test_nothing_is_charged_on_a_discount_that_was_taken(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
      compensation: 40.00 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      terms: "2/10 net 30"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-20 * "Acme" "Less 2 %" ^INV-1
      Assets:Bank              98.00 EUR
      Assets:Receivable:Acme
    """
    assert proposed(ledger, "2026-11-20") == []
    assert accrued(ledger, "2026-11-20") is None
