"""An invoice on a line of time: where each part begins, is late, and ends."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from beancount.loader import load_string
from fava_dunning import time_line
from hypothesis import given
from hypothesis import settings as profile

from beancount_dunning.answers.story import tell
from beancount_dunning.standing.books import read_books
from tests.strategies import as_of_days
from tests.strategies import ledgers

if TYPE_CHECKING:
    from beancount_dunning.standing.books import Books
    from tests.conftest import Ledger
    from tests.strategies import Ledger as Drawn


def _drawn(books: Books, invoice: str) -> time_line.Line | None:
    story = tell(books, invoice)
    assert story
    return time_line.draw(story, books.settings.buckets)


def _line(ledger: Ledger, as_of: str = "2026-11-20") -> time_line.Line:
    line = _drawn(ledger.books(as_of), "INV-1")
    assert line
    return line


def _days(line: time_line.Line, days: int) -> list[list[tuple[str, int, int]]]:
    """Return the stretches of each lane, in days of a line of so many."""

    def count(part: Decimal) -> int:
        return round(part * days / 100)

    return [
        [(one.kind, count(one.left), count(one.width)) for one in lane.stretches]
        for lane in line.lanes
    ]


def test_parts_are_late_by_bucket_settled_and_to_come(ledger: Ledger) -> None:
    """
    2026-09-01 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme   10.00 EUR
        due: 2026-09-15
      Assets:Receivable:Acme   20.00 EUR
        due: 2026-10-01
      Assets:Receivable:Acme   40.00 EUR
        due: 2026-12-15
      Income:Services
    2026-09-10 * "Acme" "First" ^INV-1
      Assets:Receivable:Acme  -10.00 EUR
      Assets:Bank
    2026-10-05 note Assets:Receivable:Acme "E-mailed" ^INV-1
      reminder: "first reminder"
    2026-10-09 note Assets:Receivable:Acme "Called" ^INV-1
      promise: 2026-10-23
    2026-10-26 note Assets:Receivable:Acme "E-mailed" ^INV-1
      reminder: "second reminder"
    """
    line = _line(ledger)
    # From 2026-09-01 to 2026-12-15 there are 106 days, and room for words.
    assert _days(line, 106 + 35) == [
        [("settled", 0, 9)],
        [("not due", 0, 30), ("1-30", 30, 30), ("31-60", 60, 20)],
        [("not due", 0, 80), ("to come", 80, 25)],
    ]
    assert line.kinds == ("settled", "not due", "1-30", "31-60", "to come")
    assert [day for day, _ in line.months] == [
        date(2026, 10, 1),
        date(2026, 11, 1),
        date(2026, 12, 1),
    ]
    first, second, third = line.lanes
    assert second.stretches[-1].left + second.stretches[-1].width == line.today
    assert [(mark.number, str(mark.date), mark.name) for mark in second.marks] == [
        (1, "2026-10-05", "first reminder"),
        (2, "2026-10-26", "second reminder"),
        (None, "2026-10-09", "2026-10-23"),
    ]
    assert first.marks == third.marks == ()
    assert second.state(is_paid=True) == "50 days overdue"
    said = "2 reminders sent, payment promised by 2026-10-23"
    assert [lane.in_words(is_paid=True) for lane in line.lanes] == [
        "INV-1 1/3: 10.00 EUR, paid on 2026-09-10, on time",
        f"INV-1 2/3: 20.00 EUR, 50 days overdue, {said}",
        "INV-1 3/3: 40.00 EUR, due on 2026-12-15",
    ]
    assert first.state(is_paid=False) == "settled on 2026-09-10, on time"
    assert (first.end, third.end > line.today) == (first.stretches[0].width, True)


def test_what_was_paid_late_was_late_until_then(ledger: Ledger) -> None:
    """
    2026-01-01 * "Acme" "Website" ^INV-1
      due: 2026-01-31
      Assets:Receivable:Acme   10.00 EUR
      Income:Services
    2026-03-05 * "Acme" "Paid" ^INV-1
      Assets:Receivable:Acme  -10.00 EUR
      Assets:Bank
    """
    line = _line(ledger)
    (lane,) = line.lanes
    assert _days(line, 324 + 108) == [
        [("not due", 0, 30), ("1-30", 30, 30), ("31-60", 60, 3)]
    ]
    assert lane.state(is_paid=True) == "paid on 2026-03-05, 33 days late"
    # Months' names find room.
    assert len(line.months) == 10


def test_what_has_no_due_date_is_never_late(ledger: Ledger) -> None:
    """
    2020-01-01 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme   10.00 EUR
      Income:Services
    2026-03-05 * "Acme" "Part" ^INV-1
      Assets:Receivable:Acme   -4.00 EUR
      Assets:Bank
    2026-12-01 * "Acme" "Rest" ^INV-1
      Assets:Receivable:Acme   -6.00 EUR
      Assets:Bank
    """
    (lane,) = _line(ledger).lanes
    assert [one.kind for one in lane.stretches] == ["undated"]
    assert lane.in_words(is_paid=False) == "INV-1: 6.00 EUR, undated"
    assert [day.year for day, _ in _line(ledger).months] == [*range(2021, 2027)]
    (lane,) = _line(ledger, "2026-12-31").lanes
    assert [one.kind for one in lane.stretches] == ["settled"]
    assert lane.state(is_paid=True) == "paid on 2026-12-01"


def test_charges_alone_are_on_no_line(ledger: Ledger) -> None:
    """
    2026-01-01 * "Acme" "Fee" ^INV-1
      charge: "fee"
      Assets:Receivable:Acme   10.00 EUR
      Income:Services
    """
    assert _drawn(ledger.books(), "INV-1") is None


@profile(deadline=None)
@given(ledgers(), as_of_days)
def test_everything_is_on_the_line(drawn: Drawn, as_of: date) -> None:
    entries, _, options = load_string(drawn.text)
    books = read_books(entries, options, today=date.max, as_of=as_of)
    for item in books.receivables.all_items:
        line = _drawn(books, item.invoice) if item.invoice else None
        if line is None:
            continue
        assert 0 <= line.today <= 100
        for lane in line.lanes:
            end = Decimal()
            for one in lane.stretches:
                assert one.left >= 0
                assert one.width >= 0
                assert one.left + one.width <= 100
                # One after the other, without a gap.
                assert not end or abs(one.left - end) <= Decimal("0.01")
                end = one.left + one.width
            assert all(0 <= mark.left <= 100 for mark in lane.marks)
