"""Due dates and the ends of discounts, in a ledger that counts working days alone."""

from __future__ import annotations

import sys

import pytest

from tests.conftest import Ledger
from tests.conftest import load

HOLIDAYS = '2026-01-01 custom "dunning-option" "holidays" "DE-HH"\n'


def dues(ledger: Ledger, as_of: str = "2026-12-31") -> list[str]:
    return [str(item.due) for item in ledger.receivables(as_of).items]


def problems(ledger: Ledger, as_of: str = "2026-12-31") -> list[tuple[int, str]]:
    return [
        (one.source["lineno"], one.message) for one in ledger.settings(as_of).problems
    ]


def test_a_due_date_moves_however_it_is_written(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "holidays" "DE-HH"
    2026-01-01 custom "dunning-option" "terms" "net 30"
    2026-10-01 * "Acme" "By the transaction" ^INV-1
      due: 2026-10-31
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-01 * "Acme" "By the option" ^INV-2
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-01 * "Acme" "In instalments" ^INV-3
      Assets:Receivable:Acme  100.00 EUR
        due: 2026-11-01
      Assets:Receivable:Acme  100.00 EUR
        due: 2026-11-06
      Income:Services
    2026-10-01 * "Acme" "By the posting's terms" ^INV-4
      Assets:Receivable:Acme  100.00 EUR
        terms: "50% net 38, 50% net 39"
      Income:Services
    2026-10-01 * "Acme" "Undated" ^INV-5
      due: "soon"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    found = {
        item.label: (str(item.due), item.due_written and str(item.due_written))
        for item in ledger.receivables("2026-12-31").items
    }
    assert found == {
        "INV-1": ("2026-11-02", "2026-10-31"),
        "INV-2": ("2026-11-02", "2026-10-31"),
        "INV-3 1/2": ("2026-11-02", "2026-11-01"),
        "INV-3 2/2": ("2026-11-06", None),
        "INV-4 1/2": ("2026-11-09", "2026-11-08"),
        "INV-4 2/2": ("2026-11-09", None),
        "INV-5": ("None", None),
    }


def test_a_discount_lasts_until_a_working_day(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "holidays" "weekends"
    2026-10-01 * "Acme" "Website" ^INV-1
      terms: "3/7 2/10 net 30"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-12 * "Acme" "Less the discount" ^INV-1
      Assets:Bank              98.00 EUR
      Assets:Receivable:Acme
    """
    # 10 days end on a Sunday; the net 30 on a Saturday.
    (item,) = ledger.receivables("2026-12-31").items
    assert [str(offer.until) for offer in item.offers] == ["2026-10-08", "2026-10-12"]
    assert str(item.due) == "2026-11-02"
    assert not ledger.findings()


def test_interest_and_overdue_count_from_the_working_day(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "holidays" "DE"
    2026-01-01 custom "dunning-interest" "standard" 36.5
    2026-10-01 * "Acme" "Website" ^INV-1
      due: 2026-10-31
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    """
    assert not ledger.findings("2026-11-02")
    (error,) = ledger.findings("2026-11-03")
    assert "due 2026-11-02, 1 day overdue" in error.message
    (item,) = ledger.report("2026-11-05").items
    assert (item.days_overdue, str(item.interest)) == (3, "3.00")


def test_the_option_counts_from_its_date(ledger: Ledger) -> None:
    """
    2026-11-20 custom "dunning-option" "holidays" "weekends"
    2026-10-01 * "Acme" "Website" ^INV-1
      due: 2026-10-31
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert dues(ledger, "2026-11-19") == ["2026-10-31"]
    assert dues(ledger, "2026-11-20") == ["2026-11-02"]


def test_a_holiday_counts_before_it_has_come(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "holidays" "weekends"
    2026-11-02 custom "dunning-holiday" "Company outing"
    2026-11-03 custom "dunning-holiday" "The day after"
    2026-10-01 * "Acme" "Website" ^INV-1
      due: 2026-10-31
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert dues(ledger, "2026-10-01") == ["2026-11-04"]
    assert problems(ledger, "2026-10-01") == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            '"dunning-holiday"',
            'A holiday has a name: custom "dunning-holiday" "Company outing".',
        ),
        (
            '"dunning-holiday" " "',
            'A holiday has a name: custom "dunning-holiday" "Company outing".',
        ),
        (
            '"dunning-holiday" 2026-11-02',
            'A holiday has a name: custom "dunning-holiday" "Company outing".',
        ),
        (
            '"dunning-holyday" "Outing"',
            (
                '"dunning-holyday" is not a directive of beancount-dunning. '
                'Did you mean "dunning-holiday"?'
            ),
        ),
        (
            '"dunning-option" "holidays" "DE-BYX"',
            'option "holidays": DE has no part "BYX". Did you mean "DE-BY"?',
        ),
        (
            '"dunning-option" "holidays" 12',
            'option "holidays": expected text in quotes, like "…"; got 12.',
        ),
    ],
)
def test_what_is_not_understood_is_an_error_and_moves_nothing(
    broken_ledger: Ledger, line: str, message: str
) -> None:
    """
    2026-01-01 custom $line
    2026-10-01 * "Acme" "Website" ^INV-1
      due: 2026-10-31
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    del line
    assert problems(broken_ledger) == [(1, message)]
    assert dues(broken_ledger) == ["2026-10-31"]


def test_a_holiday_has_no_metadata(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "holidays" "DE"
    2026-12-23 custom "dunning-holiday" "Outing"
      until: 2026-12-24
    """
    message = '"until" is not a key of a dunning-holiday directive.'
    assert problems(ledger) == [(2, message)]


def test_a_holiday_needs_the_option(ledger: Ledger) -> None:
    """
    2026-12-23 custom "dunning-holiday" "Outing"
    """
    assert problems(ledger, "2026-01-01") == [
        (
            1,
            (
                'A holiday moves nothing without the option "holidays". Type: '
                '2026-12-23 custom "dunning-option" "holidays" "weekends", or a '
                'country like "DE-HH".'
            ),
        )
    ]


@pytest.mark.parametrize("value", ["DE", "Germany"])
def test_a_holiday_does_not_ask_for_an_option_that_is_typed(value: str) -> None:
    ledger = load(
        '2026-12-23 custom "dunning-holiday" "Outing"\n'
        f'2026-12-24 custom "dunning-option" "holidays" "{value}"\n'
    )
    assert problems(ledger, "2026-01-01") == []
    assert len(problems(ledger)) == (value == "Germany")


def test_without_the_library_the_option_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    assert problems(load(HOLIDAYS)) == [
        (
            1,
            (
                'option "holidays": it needs the library "holidays". Type: pip install '
                '"beancount-dunning[holidays]"'
            ),
        )
    ]
