"""What holds for the doctor in every ledger, however strange."""

from __future__ import annotations

import json
from datetime import date

from beancount.loader import load_string
from beancount.parser.parser import parse_string
from hypothesis import given
from hypothesis import settings as profile

from beancount_dunning.answers.doctor.examination import Examination
from beancount_dunning.answers.doctor.examination import examine
from beancount_dunning.formats.calendar_feed import build_calendar
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.books import read_books
from tests.strategies import Ledger
from tests.strategies import as_of_days
from tests.strategies import ledgers
from tests.test_properties import steady

quick = profile(parent=steady, max_examples=150)


def examined(text: str, as_of: date) -> Examination:
    entries, _, options_map = load_string(text)
    return examine(read_books(entries, options_map, today=date.max, as_of=as_of))


@quick
@given(ledgers(hostile=True), as_of_days)
def test_it_never_fails_and_says_where_and_what_to_type(
    ledger: Ledger, as_of: date
) -> None:
    findings = examined(ledger.text, as_of).findings
    assert json.dumps([one.as_dict() for one in findings])
    for one in findings:
        assert one.message
        assert one.line is None or one.file
        if one.type:
            # Metadata stands below something.
            above = "2026-01-01 open Assets:A\n" if one.type.startswith("  ") else ""
            entries, errors, options = parse_string(above + one.type)
            assert errors == []
            assert entries or options["plugin"]


@quick
@given(ledgers(hostile=True), as_of_days)
def test_a_report_that_is_at_hand_changes_nothing(ledger: Ledger, as_of: date) -> None:
    entries, _, options_map = load_string(ledger.text)
    books = read_books(entries, options_map, today=date.max, as_of=as_of)
    report = age(books.rounded())
    assert examine(books, report=report) == examine(books)
    exact = age(books)
    assert build_calendar(books, report=exact) == build_calendar(books)


@quick
@given(ledgers(padded=False), as_of_days)
def test_what_is_dated_later_does_not_change_it(ledger: Ledger, as_of: date) -> None:
    said = [
        [(one.kind, one.message, one.type) for one in examined(text, as_of).findings]
        for text in (ledger.text, ledger.without_future(as_of))
    ]
    assert said[0] == said[1]
