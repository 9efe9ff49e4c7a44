"""What can soon be enforced no more: its error, its reason, its column, its event."""

from __future__ import annotations

import pytest
from click import unstyle

from beancount_dunning.answers.agenda import Occasion
from beancount_dunning.answers.agenda import agenda
from beancount_dunning.answers.findings import findings
from beancount_dunning.answers.story import tell
from beancount_dunning.basics.errors import LimitationError
from beancount_dunning.basics.money import hidden
from beancount_dunning.formats.calendar_feed import build_calendar
from beancount_dunning.formats.text_aging import as_text
from beancount_dunning.standing.aging import age
from tests.conftest import Ledger
from tests.conftest import load

OPTION = """\
2026-01-01 custom "dunning-option" "limitation" "3 years"
  restarts: "payment"
"""
SALE = f"""\
{OPTION}
2026-03-01 * "Acme" "Website" ^INV-1
  Assets:Receivable:Acme  300.00 EUR
    due: 2026-05-01
  Assets:Receivable:Acme  200.00 EUR
    due: 2026-04-01
  Income:Services
"""


def told(ledger: Ledger, as_of: str) -> list[str]:
    return [
        f"{error.source['lineno']}: {error.message}"
        for error in ledger.findings(as_of)
        if isinstance(error, LimitationError)
    ]


def test_it_is_an_error_from_90_days_before_until_it_is_written_off() -> None:
    ledger = load(SALE)
    assert told(ledger, "2028-12-31") == []
    assert told(ledger, "2029-01-01") == [
        "7: Limitation: INV-1, Acme: 200.00 EUR open, enforceable until 2029-04-01"
    ]
    assert told(ledger, "2029-05-02") == [
        "7: Limitation: INV-1, Acme: 500.00 EUR open, enforceable until 2029-04-01"
    ]
    given_up = (
        '2029-05-01 * "Acme" "Bad debt" ^INV-1\n  Expenses:Bad-Debts  500.00 EUR\n'
        "  Assets:Receivable:Acme\n"
    )
    assert told(load(SALE + given_up), "2029-05-02") == []


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(
            '2026-01-01 custom "dunning-option" "minimum" 500.01 EUR\n'
            '  by: "customer"\n',
            id="too little",
        ),
        pytest.param(
            '2026-06-01 * "Acme" "On account" ^CREDIT\n  Assets:Bank  500.00 EUR\n'
            "  Assets:Receivable:Acme\n",
            id="not owed",
        ),
        pytest.param(
            '2026-01-01 custom "dunning-option" "errors" "off"\n', id="no errors"
        ),
        pytest.param(
            '2026-01-02 custom "dunning-option" "limitation" "9 years"\n',
            id="another time",
        ),
    ],
)
def test_what_is_not_asked_for_is_no_error(more: str) -> None:
    assert told(load(SALE + more), "2029-05-02") == []


def test_amounts_can_be_hidden() -> None:
    books = load(SALE).books("2029-01-01")
    (found,) = [one for one in findings(books, hidden) if "Limit" in one.message]
    assert "XXX.XX EUR open" in found.message


def test_the_story_says_until_when_and_why() -> None:
    paid = (
        '2027-06-01 * "Acme" "Part" ^INV-1\n  Assets:Bank  250.00 EUR\n'
        "  Assets:Receivable:Acme\n"
    )
    story = tell(load(SALE + paid).books("2029-01-01"), "INV-1")
    assert story is not None
    settled, left = story.parts
    assert not any("nforce" in fact.text for fact in settled.why)
    facts = [(fact.text, fact.lineno) for fact in left.why]
    assert ("Enforceable until 2030-06-01", 1) in facts
    assert ("That time began anew on 2027-06-01: payment", 10) in facts
    story = tell(load(SALE).books("2029-04-15"), "INV-1")
    assert story is not None
    texts = [fact.text for part in story.parts for fact in part.why]
    other = tell(load(SALE.replace(OPTION, "")).books("2029-04-15"), "INV-1")
    assert other is not None
    assert not any("nforce" in fact.text for part in other.parts for fact in part.why)
    assert "Enforceable until 2029-04-01, which is past" in texts
    assert "Enforceable until 2029-05-01" in texts


def test_the_aging_report_has_a_column_where_the_option_is_set() -> None:
    undated = (
        '2026-03-02 * "Bolt" "Logo"\n  Assets:Receivable:Bolt  9.00 EUR\n'
        "  Income:Services\n"
    )

    def shown(text: str) -> str:
        report = age(load(text + undated).books("2026-11-20"))
        return unstyle(as_text(report, "", by="invoice", width=None, grouped=False))

    assert "Limitation" in shown(SALE)
    assert "2029-04-01" in shown(SALE)
    assert "Limitation" not in shown(SALE.replace(OPTION, ""))


def events(text: str, as_of: str) -> list[tuple[str, str]]:
    return [
        (str(one.day), one.subject.item.instalment)
        for one in agenda(load(text).books(as_of))
        if one.occasion is Occasion.LIMITATION
    ]


def test_the_calendar_has_its_last_day() -> None:
    assert events(SALE, "2026-11-20") == [("2029-04-01", "1/2"), ("2029-05-01", "2/2")]
    assert events(SALE, "2026-05-01") == [("2029-04-01", "1/2")]
    assert events(SALE, "2029-04-02") == [("2029-05-01", "2/2")]
    assert events(SALE.replace(OPTION, ""), "2026-11-20") == []
    note = '2026-09-01 note Assets:Receivable:Acme "Said" ^INV-1\n  '
    assert events(f'{SALE}{note}handed: "court"\n', "2026-11-20") == []
    # What is in dispute is lost on that day all the same.
    disputed = f"{SALE}{note}dispute: TRUE\n"
    assert len(events(disputed, "2026-11-20")) == 2

    def titles(text: str) -> list[str]:
        feed = build_calendar(load(text).books("2026-11-20")).decode()
        feed = feed.replace("\r\n ", "")
        lines = [line for line in feed.splitlines() if "enforced" in line]
        return [line for line in lines if line.startswith("SUMMARY")]

    assert titles(SALE)[0] == (
        "SUMMARY:Acme 200 EUR: can be enforced until today (INV-1 1/2)"
    )
    assert titles(disputed)[0] == (
        "SUMMARY:Acme 200 EUR: in dispute\\, can be enforced until today (INV-1 1/2)"
    )
