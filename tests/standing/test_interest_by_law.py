"""Interest as laws and contracts of several countries have it, worked out by hand.

Each example names the paragraph that it follows, and shows the calculation.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from beancount_dunning.basics.money import exact
from beancount_dunning.standing.charges import charges
from tests.conftest import Day
from tests.conftest import Ledger
from tests.conftest import lines
from tests.conftest import load


def charged(ledger: Ledger, as_of: Day) -> dict[str, str]:
    """Return what can be charged, by kind."""
    assert not ledger.errors
    found = charges(ledger.books(as_of))
    return {one.kind: exact(one.amount) for one in found}


def interest(agreed: str, amount: str, due: Day, as_of: Day) -> str:
    """Return the interest on an invoice."""
    ledger = load(f"""
{agreed}
1990-01-01 * "Acme" "Website" ^INV-1
  due: {due}
  Assets:Receivable:Acme  {amount}
  Income:Services
""")
    return charged(ledger, as_of)["interest"]


# Germany, section 288 BGB.


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        # Subsection 2: 9 points. 1000 x (1.27 + 9) % x 30 / 365 = 8.44.
        ("business", {"interest": "8.44", "compensation": "40.00"}),
        # Subsection 1: 5 points; subsection 5 has 40 EUR, but not of a consumer.
        # 1000 x (1.27 + 5) % x 30 / 365 = 5.15.
        ("consumer", {"interest": "5.15"}),
    ],
)
def test_germany_businesses_and_consumers(
    ledger: Ledger, type_: str, expected: dict[str, str]
) -> None:
    """
    1990-01-01 custom "dunning-interest" "standard" 9 "bundesbank"
      consumer: 5
      compensation: 40.00 EUR
    1990-01-01 custom "dunning-customer" "Acme"
      type: "$type_"
    2026-05-01 * "Acme" "Website" ^INV-1
      due: 2026-05-31
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    """
    del type_
    assert charged(ledger, "2026-06-30") == expected
    assert ledger.lines("2026-06-30") == [
        (
            "6: Overdue: INV-1, Acme: 1000.00 of 1000.00 EUR open, due 2026-05-31, "
            "30 days overdue (Assets:Receivable:Acme)"
        )
    ]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        # 2024 has 182 days at 9 + 3.62 and 184 at 9 + 3.37:
        # 10,000 x (182 x 12.62 + 184 x 12.37) % = 457,292.00,
        # divided by 365, by 366, by 360,
        ("365", "1252.85"),
        ("actual", "1249.43"),
        ("360", "1270.26"),
        # and two half-years: 631.00 + 618.50.
        ("30/360", "1249.50"),
    ],
)
def test_germany_a_leap_year(days: str, expected: str) -> None:
    agreed = f"""
1990-01-01 custom "dunning-interest" "standard" 9 "bundesbank"
  days: "{days}"
"""
    found = interest(agreed, "10000.00 EUR", "2023-12-31", "2024-12-31")
    assert found == expected


def test_the_usual_count_has_365_days() -> None:
    agreed = '1990-01-01 custom "dunning-interest" "standard" 9 "bundesbank"'
    found = interest(agreed, "10000.00 EUR", "2023-12-31", "2024-12-31")
    assert found == "1252.85"


# United Kingdom: Late Payment of Commercial Debts (Interest) Act 1998, section 5A, and
# (Rate of Interest) (No. 3) Order 2002, article 4: 8 points above the rate of 31
# December or 30 June before interest starts to run.

UK = """
1990-01-01 custom "dunning-interest" "standard" 8 "bank-of-england"
  fixed-at: "start"
"""


@pytest.mark.parametrize(
    ("debt", "expected"),
    [
        ("0.01", "40.00"),
        ("999.99", "40.00"),
        ("1000.00", "70.00"),
        ("9999.99", "70.00"),
        ("10000.00", "100.00"),
    ],
)
def test_united_kingdom_compensation(ledger: Ledger, debt: str, expected: str) -> None:
    """
    1990-01-01 custom "dunning-interest" "standard" 8 "bank-of-england"
      compensation: "40.00 GBP, 70.00 GBP from 1000, 100.00 GBP from 10000"
    2026-01-01 * "Acme" "Website" ^INV-1
      due: 2026-03-01
      Assets:Receivable:Acme  $debt GBP
      Income:Services
    """
    del debt
    assert charged(ledger, "2026-03-02")["compensation"] == expected


@pytest.mark.parametrize(
    ("due", "as_of", "expected"),
    [
        # 4.75 on 31 December 2024, from 1 January: 10,000 x 12.75 % x 100 / 365.
        ("2025-06-29", "2025-10-07", "349.32"),
        # 4.25 on 30 June 2025, from 1 July: 10,000 x 12.25 % x 100 / 365.
        ("2025-06-30", "2025-10-08", "335.62"),
    ],
)
def test_united_kingdom_the_rate_before_default(
    due: str, as_of: str, expected: str
) -> None:
    assert interest(UK, "10000.00 GBP", due, as_of) == expected


# The Netherlands, article 6:119a(3) BW: after each year the interest of that year joins
# what bears interest. Article 6:120(2): 8 points above the ECB's rate of the half-year.


def test_the_netherlands_compounds_each_year() -> None:
    agreed = """
1990-01-01 custom "dunning-interest" "standard" 8 "ecb"
  compound: "yearly"
"""
    # By the end of 2023, 181 days at 10.50 and 184 at 12.00: 10,000 grow by
    # (1900.50 + 2208.00) / 365 = 11.2562 %, to 11,125.62.
    # 2024, 182 at 12.50 and 184 at 12.25: 4529.00 / 365 = 12.4082 %, to 12,506.11.
    # 2025, 181 at 11.15 and 184 at 10.15: 3885.75 / 365 = 10.6459 %, to 13,837.49.
    due, amount = "2022-12-31", "10000.00 EUR"
    years = ["2023-12-31", "2024-12-31", "2025-12-31"]
    assert [interest(agreed, amount, due, year) for year in years] == [
        *("1125.62", "2506.11", "3837.49"),
    ]
    # Before the first year is over, nothing is compounded.
    simple = '1990-01-01 custom "dunning-interest" "standard" 8 "ecb"'
    for as_of in ("2023-12-30", "2023-12-31"):
        assert interest(agreed, amount, due, as_of) == interest(
            simple, amount, due, as_of
        )


# India: MSMED Act 2006, section 16: three times the bank rate of the Reserve Bank, with
# monthly rests.


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        # Twelve equal months: 100,000 x (1.01625 ^ 12 - 1).
        ("30/360", "21340.76"),
        # By the days of the months of 2023: 31 are 1.65616 %, 30 are 1.60274 %,
        # 28 are 1.49589 %. 100,000 x (1.0165616 ^ 7 x 1.0160274 ^ 4 x 1.0149589 - 1).
        ("365", "21340.61"),
    ],
)
def test_india_compounds_three_times_the_bank_rate(days: str, expected: str) -> None:
    agreed = f"""
1990-01-01 custom "reference-rate" "rbi" 6.5
1990-01-01 custom "dunning-interest" "standard" 3 "rbi"
  times: TRUE
  compound: "monthly"
  days: "{days}"
"""
    found = interest(agreed, "100000.00 INR", "2022-12-31", "2023-12-31")
    assert found == expected


# United States: what contracts often say, 1.5 % a month.


@pytest.mark.parametrize(
    ("due", "as_of", "expected"),
    [
        # A whole month, however short.
        ("2026-01-31", "2026-02-28", "150.00"),
        ("2026-02-28", "2026-03-31", "150.00"),
        ("2026-01-31", "2026-12-31", "1650.00"),
        # 14 days of February's 28.
        ("2026-01-31", "2026-02-14", "75.00"),
        # From the 16th: a month to 15 February, then 7 of 28 days to 15 March.
        ("2026-01-15", "2026-02-15", "150.00"),
        ("2026-01-15", "2026-02-22", "187.50"),
        # From 31 January: February begins one on its last day.
        ("2026-01-30", "2026-02-27", "150.00"),
        ("2026-01-30", "2026-03-30", "300.00"),
    ],
)
def test_united_states_per_month(due: str, as_of: str, expected: str) -> None:
    agreed = """
1990-01-01 custom "dunning-interest" "standard" 1.5
  per: "month"
"""
    assert interest(agreed, "10000.00 USD", due, as_of) == expected


# China: Regulations on Ensuring Payments to Small and Medium-sized Enterprises, article
# 17 (until May 2025, article 15): 0.05 % a day where nothing else is agreed.


def test_china_per_day() -> None:
    agreed = """
1990-01-01 custom "dunning-interest" "standard" 0.05
  per: "day"
"""
    # 10,000 x 0.05 % are 5.00 a day, in leap years, too.
    assert interest(agreed, "10000.00 CNY", "2026-01-31", "2026-03-02") == "150.00"
    assert interest(agreed, "10000.00 CNY", "2023-12-31", "2024-12-31") == "1830.00"


def test_china_one_and_a_half_times_the_loan_prime_rate() -> None:
    """What a seller loses, by article 18(4) of the judicial interpretation on sales."""
    agreed = """
2025-05-20 custom "reference-rate" "lpr" 3.00
1990-01-01 custom "dunning-interest" "standard" 1.5 "lpr"
  times: TRUE
"""
    # 10,000 x 4.5 % x 73 / 365
    assert interest(agreed, "10000.00 CNY", "2025-06-30", "2025-09-11") == "90.00"


# Brazil: a fine of 2 %, the most by article 52(1) of the consumer code; 1 % a month.


def test_brazil_a_fine_and_interest_per_month(ledger: Ledger) -> None:
    """
    1990-01-01 custom "dunning-interest" "standard" 1
      per: "month"
    1990-01-01 custom "dunning-step" "standard" "multa" 1
      fee: "2 %"
    2026-01-01 * "Acme" "Site" ^INV-1
      due: 2026-01-31
      Assets:Receivable:Acme  1500.00 BRL
      Income:Services
    2026-02-01 note Assets:Receivable:Acme "Enviada" ^INV-1
      reminder: "multa"
    """
    assert charged(ledger, "2026-02-28") == {"fee": "30.00", "interest": "15.00"}


# Switzerland: 5 %, article 104(1) OR, by the commercial method of 30 days a month.


@pytest.mark.parametrize(
    ("due", "as_of", "expected"),
    [
        # 10,000 x 5 % x 30 / 360, x 90 / 360, x 360 / 360
        ("2026-01-31", "2026-02-28", "41.67"),
        ("2026-01-31", "2026-04-30", "125.00"),
        ("2025-12-31", "2026-12-31", "500.00"),
        ("2023-12-31", "2024-12-31", "500.00"),
        # 15 days to the 30th; the 31st is the same day.
        ("2026-03-15", "2026-03-30", "20.83"),
        ("2026-03-15", "2026-03-31", "20.83"),
        # 13 days to the 28th, which is not February's last in a leap year.
        ("2024-02-15", "2024-02-28", "18.06"),
        ("2024-02-15", "2024-02-29", "20.83"),
    ],
)
def test_switzerland_months_of_30_days(due: str, as_of: str, expected: str) -> None:
    agreed = """
1990-01-01 custom "dunning-interest" "standard" 5
  days: "30/360"
"""
    assert interest(agreed, "10000.00 CHF", due, as_of) == expected


# Caps.


@pytest.mark.parametrize(
    ("agreed", "as_of", "expected"),
    [
        # 12 % in all: 3650 x 12 % x 10 / 365 = 12.00, whatever the parts are.
        ('9 "house"', "2026-02-10", "12.00"),
        ("13", "2026-02-10", "12.00"),
        ("11", "2026-02-10", "11.00"),
        # 0.05 % a day are 18.25 % a year, 0.02 % are 7.30 %.
        ('0.05\n  per: "day"', "2026-02-10", "12.00"),
        ('0.02\n  per: "day"', "2026-02-10", "7.30"),
        # 1.5 % a month are 18 % a year; 12 % a year are 1 % a month.
        ('1.5\n  per: "month"', "2026-02-28", "36.50"),
        ('0.5\n  per: "month"', "2026-02-28", "18.25"),
        # Compounding does not get past it: after two years it is 24 %.
        ('12\n  compound: "monthly"', "2028-01-31", "876.00"),
    ],
)
def test_a_cap_is_the_most_in_all(agreed: str, as_of: str, expected: str) -> None:
    text = f"""
1990-01-01 custom "reference-rate" "house" 5
1990-01-01 custom "dunning-interest" "standard" {agreed}
  cap: 12
"""
    assert interest(text, "3650.00 EUR", "2026-01-31", as_of) == expected


# Consumers.


BUSINESS = (
    "{line}: {rate} is a rate for business. Acme, late with INV-1, is a consumer and "
    "bears no interest; add consumer: with the number for consumers, or 0."
)


@pytest.mark.parametrize(
    ("agreed", "rate", "expected"),
    [
        # 5 points are what section 288(1) BGB has for consumers. 10 days.
        ('5 "bundesbank"', None, "1.72"),
        ('6 "bundesbank"', '6 points above "bundesbank"', None),
        ('3 "bundesbank"\n      times: TRUE', '3 times "bundesbank"', None),
        # These two rates' laws are about business alone.
        ('2 "ecb"', '2 points above "ecb"', None),
        ('2 "bank-of-england"', '2 points above "bank-of-england"', None),
        # What was agreed with them, nobody else knows better.
        ('2 "house"', None, "1.92"),
        ("7", None, "1.92"),
        # What is said of them counts.
        ('9 "bundesbank"\n      consumer: 4', None, "1.44"),
        ("20\n      consumer: 7", None, "1.92"),
        ('8 "ecb"\n      consumer: 0', None, "0.59"),
        ('2 "house"\n      consumer: 1.4\n      times: TRUE', None, "1.92"),
    ],
)
def test_consumers_bear_no_rate_for_business(
    ledger: Ledger, agreed: str, rate: str | None, expected: str | None
) -> None:
    """
    1990-01-01 custom "dunning-option" "errors" "off"
    1990-01-01 custom "dunning-customer" "Acme"
      type: "consumer"
    1990-01-01 custom "reference-rate" "house" 5
    1990-01-01 custom "dunning-interest" "standard" $agreed
    2026-01-01 * "Acme" "Website" ^INV-1
      due: 2026-01-31
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-01-01 * "Acme" "Another" ^INV-2
      due: 2026-02-01
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    """
    del agreed
    # Nothing is wrong before one is late.
    assert ledger.lines("2026-01-31") == []
    message = BUSINESS.format(line=5, rate=rate)
    assert ledger.lines("2026-02-10") == ([message] if rate else [])
    (found, _) = ledger.report("2026-02-10").as_dict()["items"]
    assert found["interest"] == expected


def test_a_consumer_who_owes_nothing_needs_no_rate(ledger: Ledger) -> None:
    """
    1990-01-01 custom "dunning-option" "errors" "off"
    1990-01-01 custom "dunning-customer" "Acme"
      type: "consumer"
    1990-01-01 custom "dunning-interest" "standard" 9 "bundesbank"
    2026-01-01 * "Acme" "Website" ^INV-1
      due: 2026-01-31
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-02-01 * "Acme" "Under a number of our customer's" ^ORDER
      Assets:Bank             1000.00 EUR
      Assets:Receivable:Acme
    """
    assert [line[:2] for line in ledger.lines("2026-01-31")] == []
    assert not any("business" in line for line in ledger.lines("2026-02-10"))


def test_the_cents_of_an_invoice_may_be_finer() -> None:
    """365.0000 at 10 % are 0.1 a day; of one that has cents, a day at 1 % is 0.01."""
    agreed = '1990-01-01 custom "dunning-interest" "standard" 1'
    due, as_of = "2026-01-31", "2026-02-03"
    # 100 x 1 % x 3 / 365 = 0.008219…
    assert float(Fraction(300, 36500)) == pytest.approx(0.008219, abs=1e-6)
    for amount, expected in (
        ("100.00 EUR", "0.01"),
        ("100.0000 EUR", "0.0082"),
        ("100.00 RSD", "0.01"),
        ("100 JPY", "0"),
    ):
        text = f"""
{agreed}
1990-01-01 * "Acme" "Website" ^INV-1
  due: {due}
  Assets:Receivable:Acme  {amount}
  Income:Services
"""
        (item,) = load(text).report(as_of).items
        assert item.interest is not None
        assert exact(item.interest) == expected


# Compensation.


def test_compensation_by_instalment(ledger: Ledger) -> None:
    """
    1990-01-01 custom "dunning-interest" "standard" 0
      compensation: 40.00 EUR
      each: "instalment"
    2026-01-01 * "Acme" "Website" ^INV-1
      terms: "50% net 30, 50% net 60"
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    """

    def shown(ledger: Ledger, as_of: Day) -> list[str]:
        return [
            f"{one.kind} {one.item.instalment} {one.amount}"
            for one in charges(ledger.books(as_of))
        ]

    assert shown(ledger, "2026-02-01") == ["compensation 1/2 40.00"]
    assert shown(ledger, "2026-03-03") == [
        *("compensation 1/2 40.00", "compensation 2/2 40.00"),
    ]


@pytest.mark.parametrize(
    ("due", "left"),
    [
        ("2026-01-31", ["2/2"]),
        ("2026-03-02", ["1/2"]),
        # Of no instalment's date: the first.
        ("2026-03-15", ["2/2"]),
    ],
)
def test_compensation_of_an_instalment_is_posted_once(
    ledger: Ledger, due: str, left: list[str]
) -> None:
    """
    1990-01-01 custom "dunning-interest" "standard" 0
      compensation: 40.00 EUR
      each: "instalment"
    2026-01-01 * "Acme" "Website" ^INV-1
      terms: "50% net 30, 50% net 60"
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-03-03 * "Acme" "Compensation" ^INV-1
      charge: "compensation"
      due: $due
      Assets:Receivable:Acme    40.00 EUR
      Income:Compensation
    """
    del due
    found = charges(ledger.books("2026-03-20"))
    assert [one.item.instalment for one in found] == left


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        # All that was open when the first part was late: 500 + 600 - 200. What was
        # returned later was not open then.
        ("invoice", ["1/2 70.00"]),
        # 500 - 200, and 600.
        ("instalment", ["1/2 40.00", "2/2 70.00"]),
    ],
)
def test_compensation_goes_by_what_was_open_when_interest_began(
    ledger: Ledger, each: str, expected: list[str]
) -> None:
    """
    1990-01-01 custom "dunning-interest" "standard" 0
      compensation: "40.00 GBP, 70.00 GBP from 600, 100.00 GBP from 900.01"
      each: "$each"
    2026-01-01 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme   500.00 GBP
        due: 2026-01-31
      Assets:Receivable:Acme   600.00 GBP
        due: 2026-02-28
      Income:Services
    2026-01-31 * "Acme" "On the last day" ^INV-1
      Assets:Bank              200.00 GBP
      Assets:Receivable:Acme
    2026-02-01 * "Acme" "Too late" ^INV-1
      Assets:Bank              150.00 GBP
      Assets:Receivable:Acme
    2026-02-10 * "Acme" "Returned" ^INV-1
      due: 2026-01-31
      Assets:Receivable:Acme   150.00 GBP
      Assets:Bank
    """
    del each
    found = charges(ledger.books("2026-03-20"))
    assert [
        f"{one.item.instalment} {one.amount}"
        for one in found
        if one.kind == "compensation"
    ] == expected


def test_compensation_in_another_currency_is_the_least(ledger: Ledger) -> None:
    """
    1990-01-01 custom "dunning-interest" "standard" 8 "bank-of-england"
      compensation: "40.00 GBP, 70.00 GBP from 1000, 100.00 GBP from 10000"
    2026-01-01 * "Acme" "Website" ^INV-1
      due: 2026-01-31
      Assets:Receivable:Acme  50000.00 USD
      Income:Services
    """
    assert charged(ledger, "2026-02-01")["compensation"] == "40.00"


# Fees in percent.


def test_a_fee_in_percent_is_of_what_was_open_when_it_was_sent(ledger: Ledger) -> None:
    """
    1990-01-01 custom "dunning-step" "standard" "first" 1
      fee: "1.5%"
    1990-01-01 custom "dunning-step" "standard" "second" 20
      fee: "10 %"
    2026-01-01 * "Acme" "Website" ^INV-1
      terms: "50% net 30, 50% net 31"
      Assets:Receivable:Acme  1000.01 EUR
      Income:Services
    2026-01-01 * "Acme" "Dollars" ^INV-1
      due: 2026-02-01
      Assets:Receivable:Acme   500.00 USD
      Income:Services
    2026-02-05 * "Acme" "Part" ^INV-1
      Assets:Bank              100.00 EUR
      Assets:Receivable:Acme
    2026-02-05 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first"
    2026-02-06 * "Acme" "Part" ^INV-1
      Assets:Bank              100.00 EUR
      Assets:Receivable:Acme
    2026-02-06 * "Acme" "Fee" ^INV-1
      charge: "fee"
      step: "other"
      due: 2026-01-31
      Assets:Receivable:Acme     5.00 EUR
      Income:Fees
    2026-02-28 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "second"
    """
    found = [
        f"{one.item.label} {one.sent.step.name} {one.amount} {one.currency}"
        for one in charges(ledger.books("2026-03-20"))
        if one.sent
    ]
    # 1.5 % of 900.01, and 10 % of 800.01: charges do not count.
    assert found == [
        "INV-1 1/2 first 13.50 EUR",
        "INV-1 1/2 second 80.00 EUR",
        "INV-1 2/2 first 7.50 USD",
        "INV-1 2/2 second 50.00 USD",
    ]


def test_a_fee_of_nothing_is_none(ledger: Ledger) -> None:
    """
    1990-01-01 custom "dunning-step" "standard" "first" 1
      fee: "2 %"
    2026-01-01 * "Acme" "Website" ^INV-1
      due: 2026-01-31
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-02-05 * "Acme" "Payment" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    2026-02-05 note Assets:Receivable:Acme "Crossed the payment" ^INV-1
      reminder: "first"
    """
    assert charges(ledger.books("2026-03-20")) == []


# Mistakes.


@pytest.mark.parametrize(
    ("agreed", "message"),
    [
        (
            "3\n      times: TRUE",
            (
                "times: TRUE multiplies a reference rate, and there is none; name it "
                'behind the number: 3 "bundesbank".'
            ),
        ),
        (
            '9 "ecb"\n      per: "month"',
            (
                'per: "month" does not go with "ecb": a reference rate is percent a '
                "year. Leave one of them out."
            ),
        ),
        (
            '1.5\n      per: "month"\n      days: "360"',
            (
                'days: "360" divides a year, and per: "month" says that the rate is '
                "for a month. Leave one of them out."
            ),
        ),
        (
            '5\n      each: "instalment"',
            (
                'each: goes with compensation, and there is none; add "compensation: '
                '40.00 EUR", or leave it out.'
            ),
        ),
        ("-5", "Interest of -5 % is negative."),
        ("5\n      consumer: -1", "Interest of -1 % is negative."),
        (
            '5\n      consumer: "4"',
            'consumer: expected a number in percent, like 5; got "4".',
        ),
        (
            "5\n      days: 360",
            'days: expected "365", "actual", "360" or "30/360"; got 360.',
        ),
        (
            '5\n      per: "week"',
            'per: expected "year", "month" or "day"; got "week".',
        ),
        (
            '5 "ecb"\n      times: "TRUE"',
            'times: expected TRUE or FALSE; got "TRUE".',
        ),
        (
            '5\n      compound: "daily"',
            'compound: expected "yearly" or "monthly"; got "daily".',
        ),
        (
            "5\n      cap: -1",
            "cap: expected percent a year, 0 or more, like 24; got -1.",
        ),
        (
            '5\n      cap: "24 %"',
            'cap: expected percent a year, 0 or more, like 24; got "24 %".',
        ),
    ],
)
def test_an_agreement_that_is_not_understood_has_no_effect(
    ledger: Ledger, agreed: str, message: str
) -> None:
    """
    1990-01-01 custom "dunning-interest" "standard" 2
    1990-01-01 custom "dunning-interest" "standard" $agreed
    2026-01-01 * "Acme" "Website" ^INV-1
      due: 2026-01-31
      Assets:Receivable:Acme  3650.00 EUR
      Income:Services
    """
    del agreed
    problems = ledger.settings("2026-02-10").problems
    assert lines(problems) == [f"2: {message}"]
    # What was agreed before stays. 3650 x 2 % x 10 / 365
    (item,) = ledger.report("2026-02-10").items
    assert item.interest is not None
    assert exact(item.interest) == "2.00"


BY_SIZE = (
    "compensation: expected an amount, like 40.00 EUR, or amounts by the size of the "
    'debt, like "40.00 GBP, 70.00 GBP from 1000"; got '
)


@pytest.mark.parametrize(
    "typed",
    [
        '""',
        '"40.00"',
        '"40.00 GBP from 5"',
        '"40.00 GBP, 70.00 GBP"',
        '"40.00 GBP, 70.00 EUR from 1000"',
        '"40.00 GBP, 70.00 GBP from 1000, 100.00 GBP from 1000"',
        '"40.00 GBP, 100.00 GBP from 10000, 70.00 GBP from 1000"',
        '"40.00 GBP, 70.00 GBP from 1,000"',
        "TRUE",
    ],
)
def test_compensation_that_is_not_understood(ledger: Ledger, typed: str) -> None:
    """
    1990-01-01 custom "dunning-interest" "standard" 2
      compensation: $typed
    """
    assert lines(ledger.settings().problems) == [f"1: {BY_SIZE}{typed}."]
