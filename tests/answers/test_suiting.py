"""Which terms would suit a customer: each rule, by hand."""

from __future__ import annotations

from datetime import date
from datetime import timedelta

import pytest

from beancount_dunning.answers.paid import invoiced
from beancount_dunning.answers.suiting import SuitedTerms
from beancount_dunning.answers.suiting import suited_terms
from beancount_dunning.ledger.terms_text import parse_terms
from tests.conftest import load

AS_OF = "2026-11-20"


def suited(
    late: list[int | str], more: str = "", usual: int = 30
) -> SuitedTerms | None:
    """Return what suits who paid so many days late, or not, by date of the invoice."""
    text = ""
    for number, days in enumerate(late):
        due = date(2026, 2, 1) + timedelta(days=number)
        net = usual if number else 40
        text += (
            f'{due - timedelta(days=net)} * "Acme" "Sale" ^INV-{number}\n'
            f'  terms: "net {net}"\n'
            "  Assets:Receivable:Acme  100.00 EUR\n  Income:Services\n"
        )
        if days == "open":
            continue
        lost = days == "lost"
        end = due + timedelta(days=90 if isinstance(days, str) else days)
        text += (
            f'{end} * "Acme" "Settled" ^INV-{number}\n'
            f"  {'Expenses:Bad-Debts' if lost else 'Assets:Bank'}  100.00 EUR\n"
            "  Assets:Receivable:Acme\n"
        )
    return suited_terms(invoiced(load(text + more).books(AS_OF)))


@pytest.mark.parametrize(
    ("late", "terms", "words"),
    [
        pytest.param(
            [2, 12, 12, 20, 40],
            "30% on receipt, rest net 14",
            "12 days late at the median of the last 5",
            id="late",
        ),
        pytest.param(
            [0, 8, 8, 8, 0],
            "30% on receipt, rest net 14",
            "8 days late at the median of the last 5",
            id="more than a week",
        ),
        pytest.param(
            [30, 30, 30, 0, 0],
            "30% on receipt, rest net 14",
            "30 days late at the median of the last 5",
            id="30 days",
        ),
        pytest.param(
            [31, 31, 31, 0, 0],
            "50% on receipt, rest net 14",
            "31 days late at the median of the last 5",
            id="more than 30 days",
        ),
        pytest.param(
            [0, 0, 0, 0, "lost"],
            "on receipt",
            "given up 1 of the last 5",
            id="given up",
        ),
        pytest.param(
            ["lost"] * 5, "on receipt", "given up 5 of the last 5", id="all of it"
        ),
        pytest.param(
            [0, 0, 7, "open", "open", "open"],
            "50% on receipt, rest net 14",
            "287 days late at the median of the last 6",
            id="paid once, and no more",
        ),
        pytest.param(
            [7, 7, 7, -3, 60],
            None,
            "paid within 7 days of the due date at the median of the last 5",
            id="in time",
        ),
        pytest.param(
            ["lost", *[0] * 10],
            None,
            "paid within 7 days of the due date at the median of the last 10",
            id="long ago",
        ),
    ],
)
def test_terms_go_by_the_last_ten(
    late: list[int | str], terms: str | None, words: str
) -> None:
    found = suited(late)
    assert found is not None
    assert (found.terms, found.usual) == (terms, 30)
    end = f'"{terms}" would suit' if terms else "that suits"
    assert str(found.words) == f"net 30 so far, {words}: {end}"
    if terms:
        assert parse_terms(terms).parts


@pytest.mark.parametrize(
    ("usual", "days", "terms"),
    [
        (15, 12, "30% on receipt, rest net 14"),
        (7, 12, "30% on receipt, rest net 7"),
        (7, 31, "50% on receipt, rest net 7"),
        (0, 12, "on receipt"),
        (0, 7, None),
    ],
)
def test_who_is_late_gets_no_more_time(
    usual: int, days: int, terms: str | None
) -> None:
    found = suited([days] * 6, usual=usual)
    assert found is not None
    assert (found.terms, found.usual) == (terms, usual)


@pytest.mark.parametrize(
    "late", [[9, 9, 9, 9], [9, "open", "lost", 9], []], ids=["four", "mixed", "none"]
)
def test_under_five_say_too_little(late: list[int | str]) -> None:
    assert suited(late) is None


def test_what_is_not_due_or_was_credited_says_nothing() -> None:
    late: list[int | str] = [9, 9, 9, 9]
    ahead = "  due: 2026-11-20\n  Assets:Receivable:Acme  1.00 EUR\n  Income:Services\n"
    assert suited(late, f'2026-11-01 * "Acme" "Not late yet" ^N\n{ahead}') is None
    credited = f'2026-03-01 * "Acme" "Sale" ^C\n{ahead}'
    credited += (
        '2026-03-02 * "Acme" "Credit note" ^C\n'
        "  Income:Services  1.00 EUR\n  Assets:Receivable:Acme\n"
    )
    assert suited(late, credited) is None
