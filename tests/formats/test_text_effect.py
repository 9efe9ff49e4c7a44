"""What came of reminders, laid out to read."""

from __future__ import annotations

from datetime import date

import click

from beancount_dunning.answers.effect import GroupedBy
from beancount_dunning.answers.effect import effect
from beancount_dunning.formats.text_effect import as_text
from tests.conftest import load
from tests.made_up import AS_OF
from tests.made_up import make
from tests.made_up import write


def test_before_and_after_stand_below_each_other() -> None:
    books = load(write(make(8, 400))).books(AS_OF)
    found = effect(books, GroupedBy.STEP, date(2026, 6, 1))
    lines = click.unstyle(as_text(found, "Heading")).splitlines()
    assert lines[0] == "Heading"
    assert lines[2].startswith("Due before the change: ")
    assert lines[3].startswith("Due after the change: ")
    assert ", half by day " in lines[3]
    head, before, without, after, *_ = lines[5:]
    columns = ["Step", "sent", "3 days", "7 days", "14 days", "before next", "median"]
    assert [head.index(column) for column in columns] == sorted(
        head.index(column) for column in columns
    )
    first, second, *_ = found.groups
    assert before.split()[:4] == ["first", "reminder", "before", str(first.sent)]
    assert after.split()[:4] == ["first", "reminder", "after", str(second.sent)]
    share = second.within[1]
    assert share is not None
    assert after.split()[6] == str(int(share * 100 + 0.5))
    # Shares stand below shares, with nothing where they have no count of their own.
    assert without.split()[:3] == ["without", "a", "reminder"]
    assert without.index(" %") == before.index(" %")
    assert (
        lines[-1] == "Compared: 3 customers, reminded both before 2026-06-01 and since."
    )


def test_a_channel_that_nobody_noted_is_not_said() -> None:
    text = """
    2026-05-01 * "Acme" "Work" ^INV-1
      due: 2026-05-31
      Assets:Receivable:Acme   100.00 EUR
      Income:Services
    2026-06-05 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    """
    found = effect(load(text).books(), GroupedBy.CHANNEL)
    assert "\n(not said)     1 " in click.unstyle(as_text(found, "Heading"))
