"""Terms of payment: due dates, discounts, instalments."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import round_like
from beancount_dunning.ledger.terms import Offer
from beancount_dunning.ledger.terms import TermsError
from beancount_dunning.ledger.terms_text import parse_terms
from tests.conftest import day


def due(terms: str, invoiced: str) -> str:
    (only,) = parse_terms(terms).instalments(Decimal(100), "EUR", day(invoiced))
    return only.due.isoformat()


def split(terms: str, amount: str, currency: str = "EUR") -> list[str]:
    parts = parse_terms(terms).instalments(Decimal(amount), currency, date(2026, 1, 1))
    assert sum(part.amount for part in parts) == Decimal(amount)
    return [exact(part.amount) for part in parts]


@pytest.mark.parametrize(
    ("terms", "invoiced", "expected"),
    [
        ("on receipt", "2026-09-14", "2026-09-14"),
        ("net 0", "2026-09-14", "2026-09-14"),
        ("net 30", "2026-09-14", "2026-10-14"),
        ("net 30", "2026-01-31", "2026-03-02"),
        ("net 30", "2024-01-31", "2024-03-01"),
        ("net 365", "2026-01-01", "2027-01-01"),
        ("net 365", "2024-01-01", "2024-12-31"),
        ("net 1 day", "2026-12-31", "2027-01-01"),
        ("net 10 days", "2026-12-31", "2027-01-10"),
        ("net 1 week", "2026-02-25", "2026-03-04"),
        ("net 2 weeks", "2024-02-25", "2024-03-10"),
        ("net 1 month", "2026-01-15", "2026-02-15"),
        ("net 1 month", "2026-01-31", "2026-02-28"),
        ("net 1 month", "2024-01-31", "2024-02-29"),
        ("net 1 month", "2026-02-28", "2026-03-28"),
        ("net 3 months", "2026-11-30", "2027-02-28"),
        ("net 12 months", "2024-02-29", "2025-02-28"),
        ("net 48 months", "2024-02-29", "2028-02-29"),
    ],
)
def test_net_is_that_much_later(terms: str, invoiced: str, expected: str) -> None:
    assert due(terms, invoiced) == expected


@pytest.mark.parametrize(
    ("terms", "invoiced", "expected"),
    [
        ("net 30 eom", "2026-01-01", "2026-01-31"),
        ("net 30 eom", "2026-01-02", "2026-02-28"),
        ("net 30 eom", "2024-01-31", "2024-03-31"),
        ("net 0 eom", "2024-02-01", "2024-02-29"),
        ("net 0 eom", "2026-02-28", "2026-02-28"),
        ("net 1 month eom", "2026-01-31", "2026-02-28"),
        ("net 2 weeks eom", "2026-11-17", "2026-12-31"),
        ("net 30 eom +15", "2026-01-02", "2026-03-15"),
        ("net 30 eom + 15", "2026-01-02", "2026-03-15"),
        ("net 30 eom+15", "2026-01-02", "2026-03-15"),
        ("net 30 eom +0", "2026-01-02", "2026-02-28"),
        ("net 0 eom +31", "2026-01-02", "2026-03-03"),
        ("net 30 eom on 10", "2026-01-02", "2026-03-10"),
        ("net 30 eom on 1", "2026-11-02", "2027-01-01"),
        ("net 0 eom on 31", "2026-01-31", "2026-02-28"),
        ("net 0 eom on 30", "2024-01-02", "2024-02-29"),
        ("net 0 eom on 31", "2026-03-31", "2026-04-30"),
    ],
)
def test_eom_goes_on_from_the_month_end(
    terms: str, invoiced: str, expected: str
) -> None:
    assert due(terms, invoiced) == expected


@pytest.mark.parametrize(
    ("terms", "invoiced", "expected"),
    [
        ("prox 20", "2026-09-01", "2026-10-20"),
        ("prox 20", "2026-09-30", "2026-10-20"),
        ("prox 20 cutoff 19", "2026-09-19", "2026-10-20"),
        ("prox 20 cutoff 19", "2026-09-20", "2026-11-20"),
        ("prox 20 cutoff 19", "2026-11-20", "2027-01-20"),
        ("prox 31", "2026-01-15", "2026-02-28"),
        ("prox 31", "2024-01-15", "2024-02-29"),
        ("prox 31 cutoff 15", "2025-12-16", "2026-02-28"),
        ("prox 10 cutoff 0", "2026-02-28", "2026-03-10"),
        ("prox 10 cutoff -3", "2026-02-25", "2026-03-10"),
        ("prox 10 cutoff -3", "2026-02-26", "2026-04-10"),
        ("prox 10 cutoff -3", "2024-02-26", "2024-03-10"),
        ("prox 10 cutoff -3", "2026-06-27", "2026-07-10"),
        ("prox 10 cutoff -3", "2026-06-28", "2026-08-10"),
        ("prox 10 cutoff \N{MINUS SIGN}3", "2026-06-28", "2026-08-10"),
        ("prox 10 cutoff 31", "2026-06-30", "2026-07-10"),
        ("prox 10 cutoff -31", "2026-01-01", "2026-03-10"),
    ],
)
def test_prox_is_a_day_of_a_later_month(
    terms: str, invoiced: str, expected: str
) -> None:
    assert due(terms, invoiced) == expected


@pytest.mark.parametrize(
    ("terms", "invoiced", "expected"),
    [
        ("net 60 on 10 25", "2026-01-14", "2026-03-25"),
        ("net 60 on 25 10", "2026-01-14", "2026-03-25"),
        ("net 60 on 10 25", "2026-01-09", "2026-03-10"),
        ("net 60 on 10 25", "2026-01-10", "2026-03-25"),
        ("net 60 on 10 25", "2026-01-25", "2026-04-10"),
        ("net 30 on 31", "2026-01-14", "2026-02-28"),
        ("net 0 on 29 30", "2026-02-28", "2026-02-28"),
        ("net 1 month on 5", "2026-11-06", "2027-01-05"),
    ],
)
def test_a_pay_day_is_the_first_on_or_after_the_distance(
    terms: str, invoiced: str, expected: str
) -> None:
    assert due(terms, invoiced) == expected


@pytest.mark.parametrize(
    ("terms", "invoiced", "expected"),
    [
        ("closing 20 net 1 month eom", "2026-01-20", "2026-02-28"),
        ("closing 20 net 1 month eom", "2026-01-21", "2026-03-31"),
        ("closing 20 net 1 month on 10", "2026-01-20", "2026-02-10"),
        ("closing 20 net 1 month on 10", "2026-01-21", "2026-03-10"),
        ("closing 15 eom", "2026-01-15", "2026-01-31"),
        ("closing 15 eom", "2026-01-16", "2026-02-28"),
        ("closing 25 net 2 months on 5", "2026-01-25", "2026-03-05"),
        ("closing 25 net 12 months on 5", "2026-01-26", "2027-02-05"),
        ("closing 0 net 1 month eom", "2026-01-31", "2026-02-28"),
        ("closing 0 net 1 month on 31", "2026-01-01", "2026-02-28"),
        ("closing 0 net 30", "2026-02-14", "2026-03-30"),
        ("closing 31 net 0", "2026-02-14", "2026-02-28"),
        ("closing 10 net 0 on 25", "2026-02-14", "2026-03-25"),
        ("closing 10 net 20 days on 10 25", "2026-02-10", "2026-03-10"),
        ("closing 10 net 0 months on 5 25", "2026-02-10", "2026-02-25"),
    ],
)
def test_a_closing_day_is_the_first_on_or_after_the_invoice(
    terms: str, invoiced: str, expected: str
) -> None:
    assert due(terms, invoiced) == expected


@pytest.mark.parametrize(
    ("terms", "amount", "expected"),
    [
        (
            "3 x 1 month",
            "1000.00",
            [
                ("2026-02-28", "333.33"),
                ("2026-03-31", "333.33"),
                ("2026-04-30", "333.34"),
            ],
        ),
        ("1 x 30 days", "10.00", [("2026-03-02", "10.00")]),
        (
            "3 x 2 weeks",
            "0.02",
            [("2026-02-14", "0.01"), ("2026-02-28", "0.01"), ("2026-03-14", "0.00")],
        ),
    ],
)
def test_equal_parts_come_one_distance_after_the_other(
    terms: str, amount: str, expected: list[tuple[str, str]]
) -> None:
    parts = parse_terms(terms).instalments(Decimal(amount), "EUR", date(2026, 1, 31))
    assert [(str(part.due), exact(part.amount)) for part in parts] == expected


@pytest.mark.parametrize(
    "terms", ["Net 30", "NET 30", " net  30 ", "net30", "net 30 days", "2/10 Net 30"]
)
def test_case_and_blanks_do_not_matter(terms: str) -> None:
    assert due(terms, "2026-09-14") == "2026-10-14"


@pytest.mark.parametrize(
    ("terms", "offers"),
    [
        ("net 30", []),
        ("2/10 net 30", [("2", "2026-09-24")]),
        ("3/7 2/14 net 30", [("3", "2026-09-21"), ("2", "2026-09-28")]),
        ("2.5/0 net 30", [("2.5", "2026-09-14")]),
        ("1/0 on receipt", [("1", "2026-09-14")]),
        ("2/10 prox 20", [("2", "2026-09-24")]),
        ("20/30 net 1 month", [("20", "2026-10-14")]),
        ("2/14 net 2 weeks", [("2", "2026-09-28")]),
        ("2/366 net 12 months", [("2", "2027-09-15")]),
        ("2/30 net 0 eom", [("2", "2026-10-14")]),
        ("2/10 closing 20 net 30", [("2", "2026-09-24")]),
        ("2/10 eom net 30 eom", [("2", "2026-10-10")]),
        ("3/7 eom 2/14 eom net 30 eom", [("3", "2026-10-07"), ("2", "2026-10-14")]),
        ("2/10 eom prox 20", [("2", "2026-10-10")]),
    ],
)
def test_a_discount_counts_from_the_invoice_date_or_the_month_s_end(
    terms: str, offers: list[tuple[str, str]]
) -> None:
    (only,) = parse_terms(terms).instalments(
        Decimal("2380.00"), "EUR", date(2026, 9, 14)
    )
    assert only.offers == tuple(
        Offer(Decimal(percent), day(until)) for percent, until in offers
    )
    assert only.amount == Decimal("2380.00")


@pytest.mark.parametrize(
    ("percent", "amount", "currency", "expected"),
    [
        ("2", "2380.00", "EUR", "2332.40"),
        ("2", "0.25", "EUR", "0.24"),
        ("2", "0.24", "EUR", "0.24"),
        ("2", "125", "JPY", "122"),
        ("2", "1.025", "KWD", "1.004"),
        ("100", "12.34", "EUR", "0.00"),
        ("0", "12.34", "EUR", "12.34"),
    ],
)
def test_a_discount_is_rounded_once_half_up(
    percent: str, amount: str, currency: str, expected: str
) -> None:
    offer = Offer(Decimal(percent), date(2026, 9, 24))
    assert exact(offer.reduced(Decimal(amount), currency)) == expected


def test_instalments_have_their_own_dates_and_discounts() -> None:
    terms = parse_terms("30% on receipt, 70% 2/10 net 45")
    first, second = terms.instalments(Decimal(1000), "EUR", date(2026, 9, 14))
    assert (first.amount, first.due, first.offers) == (
        Decimal("300.00"),
        date(2026, 9, 14),
        (),
    )
    assert (second.amount, second.due) == (Decimal("700.00"), date(2026, 10, 29))
    assert second.offers == (Offer(Decimal(2), date(2026, 9, 24)),)


@pytest.mark.parametrize(
    ("terms", "amount", "currency", "expected"),
    [
        ("30% on receipt, 70% net 45", "2380.00", "EUR", ["714.00", "1666.00"]),
        ("30%net 0,70%net 45", "100.00", "EUR", ["30.00", "70.00"]),
        ("50% net 0, 50% net 30", "0.03", "EUR", ["0.02", "0.01"]),
        ("50% net 0, 50% net 30", "0.01", "EUR", ["0.01", "0.00"]),
        ("50% net 0, 50% net 30", "101", "JPY", ["51", "50"]),
        ("50% net 0, 50% net 30", "100.001", "KWD", ["50.001", "50.000"]),
        ("50% net 0, 50% net 30", "1", "KWD", ["0.500", "0.500"]),
        ("50% net 0, 50% net 30", "1.0001", "EUR", ["0.5001", "0.5000"]),
        ("50% net 0, 50% net 30", "0.05", "HOURS", ["0.03", "0.02"]),
        (
            "33.33% net 0, 33.33% net 30, 33.34% net 60",
            "100.00",
            "EUR",
            ["33.33", "33.33", "33.34"],
        ),
        (
            "25% net 0, 25% net 1, 25% net 2, 25% net 3",
            "0.02",
            "EUR",
            ["0.01", "0.01", "0.00", "0.00"],
        ),
        (
            "25% net 0, 25% net 1, 25% net 2, 25% net 3",
            "2",
            "JPY",
            ["1", "1", "0", "0"],
        ),
        ("500.00 net 0, rest net 30", "1200.00", "EUR", ["500.00", "700.00"]),
        ("rest net 0, 500.00 net 30", "1200.00", "EUR", ["700.00", "500.00"]),
        ("500.00 net 0, rest net 30", "500.00", "EUR", ["500.00", "0.00"]),
        (
            "10% net 0, 500 net 10, rest net 30",
            "1000.05",
            "EUR",
            ["100.01", "500.00", "400.04"],
        ),
        ("500 net 0, 50% net 30", "1000.00", "EUR", ["500.00", "500.00"]),
        ("500 net 0", "500.00", "EUR", ["500.00"]),
        ("100% net 30", "12.34", "EUR", ["12.34"]),
        ("rest net 30", "12.34", "EUR", ["12.34"]),
        ("REST NET 30", "12.34", "EUR", ["12.34"]),
    ],
)
def test_the_last_instalment_takes_what_rounding_leaves(
    terms: str, amount: str, currency: str, expected: list[str]
) -> None:
    assert split(terms, amount, currency) == expected


@pytest.mark.parametrize(
    ("terms", "has_amounts"),
    [("net 30", False), ("30% net 0, rest net 1", False), ("5 net 0", True)],
)
def test_terms_know_whether_an_amount_may_not_fit(
    terms: str, *, has_amounts: bool
) -> None:
    assert parse_terms(terms).has_amounts is has_amounts


@pytest.mark.parametrize(
    ("terms", "amount", "total"),
    [
        ("500.00 net 0", "1200.00", "500.00"),
        ("500.00 net 0, 600.00 net 30", "1200.00", "1100.00"),
        ("500.00 net 0, rest net 30", "499.99", "500.00"),
        ("90% net 0, 500.00 net 1, rest net 30", "1000.00", "1400.00"),
        ("500 net 0, 50% net 30", "1200.00", "1100.00"),
    ],
)
def test_shares_that_do_not_add_up_are_an_error(
    terms: str, amount: str, total: str
) -> None:
    with pytest.raises(TermsError) as error:
        split(terms, amount)
    assert str(error.value) == (
        f'the shares of "{terms}" add up to {total}, not to the invoice\'s {amount} EUR'
    )


@pytest.mark.parametrize(
    "terms",
    [
        "net 99999",
        "net 99999 months",
        "net 99999 weeks",
        "net 0 eom +9999",
        "net 0 eom on 10",
        "prox 20",
        "2/10 net 99999 months",
        "closing 4 eom",
        "net 0 on 4",
        "closing 0 net 1 month on 10",
        "2/10 eom net 99999 months",
        "30% on receipt, 70% net 45",
    ],
)
def test_no_date_lies_beyond_the_calendar(terms: str) -> None:
    with pytest.raises(TermsError) as error:
        parse_terms(terms).instalments(Decimal(1), "EUR", date(9999, 12, 5))
    assert str(error.value) == f'terms "{terms}" lead to a date after the year 9999'


def test_the_calendar_s_last_day_can_be_due() -> None:
    assert due("net 26", "9999-12-05") == "9999-12-31"
    assert due("net 0 eom", "9999-12-05") == "9999-12-31"


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("due on receipt", "on receipt"),
        ("Due on Receipt", "on receipt"),
        ("30 days", "net 30"),
        ("1 day", "net 1"),
        ("30days", "net 30"),
        ("2 weeks", "net 2 weeks"),
        ("1 month", "net 1 month"),
        ("n/30", "net 30"),
        ("N / 30", "net 30"),
        ("n30", "net 30"),
        ("30", "net 30"),
        ("0", "net 0"),
        ("eom", "net 0 eom"),
        ("EOM", "net 0 eom"),
        ("net eom", "net 0 eom"),
        ("30 eom", "net 30 eom"),
        ("30 days eom", "net 30 eom"),
        ("2 months eom", "net 2 months eom"),
        ("eom +15", "net 0 eom +15"),
        ("eom 10", "net 0 eom on 10"),
        ("net eom on 10", "net 0 eom on 10"),
        ("net 30 eom 10", "net 30 eom on 10"),
        ("net 30 eom 10th", "net 30 eom on 10"),
        ("net 30 eom on 1st", "net 30 eom on 1"),
        ("20th prox", "prox 20"),
        ("20 prox", "prox 20"),
        ("prox 20th", "prox 20"),
        ("1st prox cutoff 19", "prox 1 cutoff 19"),
        ("2% 10, net 30", "2/10 net 30"),
        ("2 % 10 net 30", "2/10 net 30"),
        ("2% 10 days, net 30 days", "2/10 net 30"),
        ("2.5% 10, 30", "2.5/10 net 30"),
        ("3% 7, 2% 14, net 30", "3/7 2/14 net 30"),
        ("2/10, n/30", "2/10 net 30"),
        ("2/10 30 days", "2/10 net 30"),
        ("2/10 0 eom", "2/10 net 0 eom"),
        ("2/10 eom 15", "2/10 net 0 eom on 15"),
        ("2/10 eom +15", "2/10 net 0 eom +15"),
        ("2/10 EOM, n/30 EOM", "2/10 eom net 30 eom"),
        ("2% 10 eom, 30 eom", "2/10 eom net 30 eom"),
        ("2% 10 days eom, 30 days eom", "2/10 eom net 30 eom"),
        ("2/10 eom net 30 eom", "2/10 eom closing 0 net 30"),
        ("3% 7 eom, 2% 14 eom, net 30 eom", "3/7 eom 2/14 eom net 30 eom"),
        ("10% 10 eom, 90% 30 eom", "10% net 10 eom, 90% net 30 eom"),
        ("60 on 10, 25", "net 60 on 10 25"),
        ("60 days on 10th, 25th", "net 60 on 10 25"),
        ("Closing 20th, net 1 month, EOM", "closing 20 net 1 month eom"),
        ("closing 15 eom", "closing 15 net 0 eom"),
        ("closing 0 30 days", "closing 0 net 30"),
        ("3x1 month", "3 x 1 month"),
        ("3 \N{MULTIPLICATION SIGN} 1 months", "3 x 1 month"),
        ("3 X 30", "3 x 30 days"),
        ("2% 10, prox 20", "2/10 prox 20"),
        ("2% 0, on receipt", "2/0 on receipt"),
        ("net 30,", "net 30"),
        ("net, 30, eom, on, 10", "net 30 eom on 10"),
        ("net 30 eom, 10", "net 30 eom on 10"),
        ("500.00 net 0, balance net 30", "500.00 net 0, rest net 30"),
        ("500.00 on receipt, balance 30 days", "500.00 on receipt, rest net 30"),
        ("500.00 eom, rest eom 10", "500.00 net 0 eom, rest net 0 eom on 10"),
        ("500.00 2/10 net 30, rest net 45", "500.00 2% 10 net 30, rest net 45"),
        ("30% on receipt 70% net 45", "30% on receipt, 70% net 45"),
        ("30%, on receipt, 70%, net 45", "30% on receipt, 70% net 45"),
        ("30% 2% 10 net 30, 70% 60", "30% 2/10 net 30, 70% net 60"),
        ("10% 10, 90% 30", "10% net 10, 90% net 30"),
        ("30% 30 eom 70% 60 eom", "30% net 30 eom, 70% net 60 eom"),
        ("500 eom", "net 500 eom"),
        ("500 30 eom, rest 60 eom", "500 net 30 eom, rest net 60 eom"),
        ("500 30 days eom, rest 60", "500 net 30 eom, rest net 60"),
        ("500.00 eom, rest net 0", "500.00 net 0 eom, rest net 0"),
        ("rest 30 eom 500.00 on receipt", "rest net 30 eom, 500.00 on receipt"),
    ],
)
def test_a_short_form_means_a_long_one(short: str, long: str) -> None:
    assert parse_terms(short).parts == parse_terms(long).parts


@pytest.mark.parametrize(
    ("terms", "near"),
    [
        ("nett 30", "net 30"),
        ("netto 30", "net 30"),
        ("net-30", "net 30"),
        ("net -5", "net 5"),
        ("30 dayz", "30 day"),
        ("30 Tage", "30 days"),
        ("14 Tage netto", "14 days"),
        ("2 Wochen", "2 weeks"),
        ("3 Monate netto", "3 months"),
        ("sofort ohne Abzug", "on receipt"),
        ("30 Tage zum Monatsende", "30 days eom"),
        ("Zahlbar bis zum 15. des Folgemonats", "prox 15"),
        ("10 Tage 2 % Skonto, 30 Tage netto", "2% 10 days, 30 days"),
        ("7 Tage 3 %, 14 Tage 2 %, 30 Tage", "3% 7 days, 2% 14 days, 30 days"),
        ("binnen 30 dagen na factuurdatum", "30 days"),
        ("30 dagen einde maand", "30 days eom"),
        ("2 weken", "2 weeks"),
        ("payable in 30 days", "30 days"),
        ("30 days net", "30 days"),
        ("30 jours fin de mois", "30 days eom"),
        ("60 gg d.f.f.m.", "60 days eom"),
        ("30 d\N{LATIN SMALL LETTER I WITH ACUTE}as fin de mes", "30 days eom"),
        ("\u6708\u7ed330\u5929", "closing 0 net 30 days"),
        ("closing", "closing 15 eom"),
        ("3 x 2 wks", "3 x 2 weeks"),
        ("net 30 nights", "net 30"),
        ("net 30 end of the month", "net 30 eom"),
        ("End of Month", "eom"),
        ("net 30 eom -5", "net 30 eom on 5"),
        ("on receipt eom", "on receipt"),
        ("on reciept", "on receipt"),
        ("upon receipt", "on receipt"),
        ("immediately", "on receipt"),
        ("COD", "on receipt"),
        ("thirty days", "30 days"),
        ("net", "net 30"),
        ("net \N{ARABIC-INDIC DIGIT THREE}", "net 30"),
        ("prox", "prox 20"),
        ("prox 20 cutoff", "prox 20"),
        ("2/10", "2/10 net 30"),
        ("-2/10 net 30", "2/10 net 30"),
        ("1/10 nett 30 eom", "1/10 net 30 eom"),
        ("2/10 net 30 from the invoice", "2/10 net 30"),
    ],
)
def test_the_nearest_terms_are_said(terms: str, near: str) -> None:
    with pytest.raises(TermsError) as error:
        parse_terms(terms)
    assert str(error.value) == (
        f'"{terms}" is not understood as terms of payment; the nearest form is "{near}"'
    )
    assert parse_terms(near)


@pytest.mark.parametrize(
    ("bad", "near"),
    [("70% nett 45", "70% net 45"), ("rest 3 x 1 month", "3 x 1 month")],
)
def test_the_part_that_is_not_understood_is_named(bad: str, near: str) -> None:
    with pytest.raises(TermsError) as error:
        parse_terms(f"30% on receipt, {bad}")
    assert str(error.value) == (
        f'"{bad}" is not understood as terms of payment; the nearest form is "{near}"'
    )


WORDS = (
    *("net", "n", "on", "receipt", "due", "eom", "prox", "cutoff", "rest", "balance"),
    *("days", "week", "month", "nett", "%", "/", "+", "-", ",", "th", "2%", "2/10"),
    *("0", "10", "30", "500.00", "70%", "fin de mois", "closing", "x", "3"),
)


@given(st.lists(st.sampled_from(WORDS), max_size=8), st.sampled_from(("", " ")))
def test_any_words_are_terms_or_an_error(words: list[str], between: str) -> None:
    text = between.join(words)
    with suppress(TermsError):
        terms = parse_terms(text)
        assert terms.parts
        assert parse_terms(text.upper()).parts == terms.parts


HOW = (
    'is not understood as terms of payment; write for example "net 30", '
    '"2/10 net 30", "net 30 eom", "prox 20" or "30% on receipt, 70% net 45"'
)


@pytest.mark.parametrize(
    ("terms", "bad"),
    [
        ("", ""),
        (",", ""),
        ("soon", "soon"),
        ("net 1.5", "net 1.5"),
        ("net 123456", "net 123456"),
        ("500 30", "500 30"),
        ("30 60 90", "30 60 90"),
        ("50% net 0, 50%", "50%"),
        ("50% now, 50% later", "50% now"),
        ("2 2 2 2 net 30", "2 2 2 2 net 30"),
    ],
)
def test_what_is_not_understood_is_an_error(terms: str, bad: str) -> None:
    with pytest.raises(TermsError) as error:
        parse_terms(terms)
    assert str(error.value) == f'"{bad}" {HOW}'


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ("prox 0", "0 is not a day of a month; write 1 to 31"),
        ("prox 32", "32 is not a day of a month; write 1 to 31"),
        ("net 30 eom on 0", "0 is not a day of a month; write 1 to 31"),
        ("net 30 eom on 32", "32 is not a day of a month; write 1 to 31"),
        ("prox 20 cutoff 32", "a cutoff is a day of the month, -31 to 31"),
        ("prox 20 cutoff -32", "a cutoff is a day of the month, -31 to 31"),
        ("20.1/10 net 30", "a discount of 20.1 % is more than 20 %"),
        ("2/10 30/14 net 30", "a discount of 30 % is more than 20 %"),
        ("net 30 on 32", "32 is not a day of a month; write 1 to 31"),
        ("net 30 on 10 0", "0 is not a day of a month; write 1 to 31"),
        ("closing 32 eom", "a closing day is a day of the month, 0 to 31"),
        (
            "closing 20 net 1 month on 10 25",
            (
                "some months after a closing day there is one day to pay on; "
                'write for example "on 10"'
            ),
        ),
        ("3/7 2/14 eom net 30 eom", 'write "eom" after each discount, or after none'),
        ("2/63 prox 31", "a discount for 63 days ends after the due date"),
        ("2/32 net 0 eom", "a discount for 32 days ends after the due date"),
        (
            "2/10 eom net 30",
            (
                "a discount for 10 days from the month's end can end after the due "
                'date; write for example "2/10 eom net 30 eom"'
            ),
        ),
        (
            "2/31 eom net 30 eom",
            (
                "a discount for 31 days from the month's end can end after the due "
                'date; write for example "2/31 eom net 51 eom"'
            ),
        ),
        ("2/31 net 30", "a discount for 31 days ends after the due date"),
        ("2/32 net 1 month", "a discount for 32 days ends after the due date"),
        ("2/15 net 2 weeks", "a discount for 15 days ends after the due date"),
        ("2/1 on receipt", "a discount for 1 day ends after the due date"),
        (
            "net 0, net 30",
            'each instalment needs a share: a percentage, an amount or "rest"',
        ),
        (
            "30% net 0, net 30",
            'each instalment needs a share: a percentage, an amount or "rest"',
        ),
        ("rest net 0, rest net 30", "only one instalment can take the rest"),
        ("30% net 0, 60% net 30", "the shares add up to 90 %, not to 100 %"),
        ("50% net 30", "the shares add up to 50 %, not to 100 %"),
        ("50% net 0,", "the shares add up to 50 %, not to 100 %"),
        ("60% net 0, 50% net 30", "the shares add up to 110 %, not to 100 %"),
        ("110% net 0, rest net 30", "the shares add up to 110 %, not to 100 %"),
    ],
)
def test_what_cannot_be_is_an_error(terms: str, message: str) -> None:
    with pytest.raises(TermsError) as error:
        parse_terms(terms)
    assert str(error.value) == f'"{terms}": {message}'


@pytest.mark.parametrize("terms", ["2/10 eom", "2% 10, EOM", "2/10 net eom"])
def test_a_discount_and_a_month_s_end_can_be_read_in_two_ways(terms: str) -> None:
    with pytest.raises(TermsError) as error:
        parse_terms(terms)
    assert str(error.value) == (
        f'"{terms}" can be read in two ways; write "2/10 eom net 30 eom" for 10 days '
        'from the month\'s end, or "2/10 net 0 eom" for 10 days from the invoice'
    )
    assert due("2/10 eom net 30 eom", "2026-01-14") == "2026-03-02"
    assert due("2/10 net 0 eom", "2026-01-14") == "2026-01-31"


@pytest.mark.parametrize(
    ("number", "amount", "currency", "expected"),
    [
        ("0.005", "1.00", "EUR", "0.01"),
        ("0.0049", "1.00", "EUR", "0.00"),
        ("0.5", "1", "JPY", "1"),
        ("0.49", "1", "JPY", "0"),
        ("0.0005", "1", "KWD", "0.001"),
        ("0.005", "1", "HOOL", "0.01"),
        ("0.00005", "1.0000", "EUR", "0.0001"),
        ("1", "1E+3", "EUR", "1.00"),
        ("-0.005", "1.00", "EUR", "-0.01"),
    ],
)
def test_rounding_follows_the_currency_or_what_was_typed(
    number: str, amount: str, currency: str, expected: str
) -> None:
    assert exact(round_like(Decimal(number), Decimal(amount), currency)) == expected


def test_a_number_is_written_without_an_exponent() -> None:
    assert exact(Decimal("1E+3")) == "1000"
    assert exact(Decimal("1E-9")) == "0.000000001"


def test_an_amount_that_is_no_number_rounds_to_the_currency() -> None:
    assert exact(round_like(Decimal("0.005"), Decimal("NaN"), "EUR")) == "0.01"
