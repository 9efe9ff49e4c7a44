"""How the options on limitation and on costs are typed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from beancount_dunning.ledger.limitation import Restart
from tests.conftest import load

OPTION = '2026-01-01 custom "dunning-option" '


def test_the_years_and_what_begins_them_anew() -> None:
    text = f'{OPTION}"limitation" "3 years from year end"\n'
    limitation = load(text).settings().limitation
    assert limitation is not None
    assert (limitation.years, limitation.from_year_end) == (3, True)
    assert limitation.restarts == frozenset()
    limitation = (
        load(f'{text}  restarts: "payment  confirmation"\n').settings().limitation
    )
    assert limitation is not None
    assert limitation.restarts == {Restart.PAYMENT, Restart.CONFIRMATION}
    assert load("").settings().limitation is None


@pytest.mark.parametrize(
    "typed", ['"3"', '"0 years"', "3", '"three years"', '"3 years later"']
)
def test_other_times_are_mistakes(typed: str) -> None:
    ledger = load(f'{OPTION}"limitation" {typed}\n')
    assert ledger.settings().limitation is None
    (line,) = ledger.lines()
    assert line == (
        '1: option "limitation": expected a time, like "3 years" or "3 years from '
        f'year end"; got {typed}.'
    )


@pytest.mark.parametrize("typed", ['"paying"', '""', "3", '"payment, promise"'])
def test_other_restarts_are_mistakes(typed: str) -> None:
    ledger = load(f'{OPTION}"limitation" "3 years"\n  restarts: {typed}\n')
    limitation = ledger.settings().limitation
    assert limitation is not None
    assert not limitation.restarts
    (line,) = ledger.lines()
    assert line == (
        '1: restarts: expected some of the words "payment", "reminder", "confirmation" '
        f'or "promise", divided by blanks; got {typed}.'
    )


def test_costs_go_by_the_size_of_the_claim() -> None:
    ledger = load(
        f'{OPTION}"cost-court" "38.00, 60.00 from 500,120 from 1500.50"\n'
        f'{OPTION}"cost-hour" 80.00 EUR\n'
    )
    assert not ledger.lines()
    settings = ledger.settings()
    assert str(settings.cost_hour) == "80.00 EUR"
    costs = settings.cost_court
    assert costs is not None
    claims = ["0.01", "499.99", "500", "1500.49", "1500.50", "9999"]
    assert [str(costs.of(Decimal(claim))) for claim in claims] == [
        *("38.00", "38.00", "60.00", "60.00", "120", "120"),
    ]


@pytest.mark.parametrize(
    "typed",
    [
        *("38.00", '""', '"38.00,"', '"60.00 from 500"', '"38, 60 from 0"'),
        *('"38, 60 from 500, 50 from 400"', '"38.00 EUR"', '"-38.00"'),
    ],
)
def test_other_costs_are_mistakes(typed: str) -> None:
    ledger = load(f'{OPTION}"cost-court" {typed}\n')
    assert ledger.settings().cost_court is None
    (line,) = ledger.lines()
    assert line == (
        '1: option "cost-court": expected costs by the size of the claim, like '
        f'"38.00, 60.00 from 500"; got {typed}.'
    )
