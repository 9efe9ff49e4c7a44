"""Notes of the log that the page writes: `PUT log`.

    {"fingerprint": "…", "as_of": "2026-11-20", "what": "promise",
     "item": "…", "until": "2026-11-27", "text": "Ms Li called"}

`what` is "sent" (with `reminders`, the step that went out by item), "promise" or "hold"
(with `item`, `until` and perhaps `text`), "plan" (with `item`, the `plan` and perhaps
`text`), "dispute" or "resolved" (with `item` and perhaps `text`). A promise or a
dispute may have an `amount` in the item's currency, like "200.00", and a dispute a
`reason`. The answer, and what is refused, are those of all `writing`.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from beancount.core.amount import Amount
from fava.core.file import find_insert_position

from beancount_dunning.answers import proposals
from beancount_dunning.answers.insertion import PlacedNote
from beancount_dunning.answers.insertion import Sources
from beancount_dunning.answers.insertion import insert
from beancount_dunning.answers.insertion import require_loggable
from beancount_dunning.answers.proposals import Said
from beancount_dunning.answers.proposals import Saying
from beancount_dunning.basics.words import Words
from fava_dunning.planning import item_of
from fava_dunning.planning import proposed
from fava_dunning.senders import RequestError
from fava_dunning.served import files_of
from fava_dunning.writing import page_as_seen
from fava_dunning.writing import replace_files
from fava_dunning.writing import text_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount.core.data import Note
    from fava.beans.abc import Directive as FavaDirective
    from fava.core import FavaLedger

    from beancount_dunning.ledger.items import Item
    from fava_dunning.page import Page
    from fava_dunning.served import Served
    from fava_dunning.writing import Written

# How long a note's text may be, which the dialogs say, too.
MAX_TEXT = 500
_SENT = "sent"
_PLAN = "plan"
_KINDS = (_SENT, *Said, _PLAN)
_DATED = (Said.PROMISE, Said.HOLD)
_WITH_AMOUNT = (Said.PROMISE, Said.DISPUTE)
# As a field for numbers sends it.
_AMOUNT = r"\d{1,15}(\.\d{1,12})?"


@dataclass(frozen=True, slots=True)
class _Order:
    """What the page asks for."""

    what: str
    reminders: dict[str, str]
    item: str
    until: date | None
    text: str
    amount: str
    reason: str
    plan: str = ""


def log(served: Served, body: dict[str, Any]) -> list[Written]:
    """Write notes about what was sent or said.

    Args:
        served: The ledger that the page shows.
        body: What the page asks for.

    Returns:
        The notes, each with the file and line where it stands.

    Raises:
        RequestError: Nothing was written, for what it says.
        RefusedError: The ledger would not take the notes.
        OSError: Nothing was written, since a file cannot be.
    """
    order = _order(body)
    page = page_as_seen(served, body)
    notes = _sent(order, page) if order.what == _SENT else [_said(order, page)]
    changes = insert(page.books, *_placed(served.ledger, notes), page.today)
    written = [note for change in changes for note in change.notes]
    told = served.ledger.extensions.after_insert_entry
    entries = [cast("FavaDirective", note) for note in written]
    replace_files(served, changes, [partial(told, entry) for entry in entries])
    return [
        {
            "file": note.meta["filename"],
            "line": note.meta["lineno"],
            "text": note.comment,
        }
        for note in written
    ]


# What is asked for.


def _order(body: dict[str, Any]) -> _Order:
    """Read the request's body.

    Raises:
        RequestError: It is not what it should be.
    """
    what = text_in(body, "what")
    if what not in _KINDS:
        raise RequestError(400, '"what" must be one of ' + ", ".join(_KINDS))
    sent = body.get("reminders") if what == _SENT else {}
    if (
        not isinstance(sent, dict)
        or not all(isinstance(step, str) for step in sent.values())
        or (what == _SENT and not sent)
    ):
        raise RequestError(400, '"reminders" must name a step for each item')
    return _Order(
        what,
        sent,
        "" if what == _SENT else text_in(body, "item"),
        _day(text_in(body, "until")) if what in _DATED else None,
        _text(text_in({"text": "", **body}, "text")),
        text_in({"amount": "", **body}, "amount"),
        _text(text_in({"reason": "", **body}, "reason")),
        _text(text_in(body, "plan")) if what == _PLAN else "",
    )


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    # Python reads 20261127 and 2026-W48-5, too.
    if day is None or day.isoformat() != text:
        raise RequestError(400, '"until" must be a date, like 2026-11-27')
    return day


def _text(text: str) -> str:
    if len(text) > MAX_TEXT:
        message = f'"text" must have at most {MAX_TEXT} characters'
        raise RequestError(400, message)
    return text


# What it comes to.


def _sent(order: _Order, page: Page) -> list[Note]:
    """Return the notes that log reminders as sent; they must be due, step by step."""
    due = {found.item.key: found for found in page.selection.reminders.due}
    for key, step in order.reminders.items():
        if key not in due or due[key].step.name != step:
            reason = Words(
                'The reminder "{step}" is no longer due: reload the page',
                step=step,
            )
            raise RequestError(409, reason)
        require_loggable(due[key].item)
    sent = [found for key, found in due.items() if key in order.reminders]
    return proposals.notes(page.books, sent)


def _said(order: _Order, page: Page) -> Note:
    """Return the note about one item."""
    item = item_of(page, order.item)
    if order.what == _PLAN:
        return proposed(page, item, order.plan, order.text).note
    what = Said(order.what)
    amount = _amount(order.amount, item) if what in _WITH_AMOUNT else None
    because = order.reason if what is Said.DISPUTE else ""
    saying = Saying(what, order.until, amount, because, order.text)
    return proposals.note(page.books, item, saying)


def _amount(text: str, item: Item) -> Amount | None:
    """Read how much is promised or in dispute; None where nothing is typed."""
    if not text.strip():
        return None
    number = text.strip()
    if not re.fullmatch(_AMOUNT, number, re.ASCII) or not Decimal(number):
        raise RequestError(400, '"amount" must be a number, like 200.00')
    return Amount(Decimal(number), item.currency)


# Where it goes.


def _placed(
    ledger: FavaLedger, notes: Sequence[Note]
) -> tuple[list[PlacedNote], Sources]:
    """Find where notes go, as Fava's options for new entries say."""
    options = ledger.fava_options
    default = options.default_file or ledger.beancount_file_path
    names = {os.path.realpath(name): name for name in files_of(ledger)}
    placed = []
    for note in notes:
        entry = cast("FavaDirective", note)
        found, line = find_insert_position(entry, options.insert_entry, default)
        name = names.get(os.path.realpath(found))
        if name is None:
            reason = Words(
                "Fava's options point to {file}, which is not part of this ledger: a "
                "note there would be ignored",
                file=found,
            )
            raise RequestError(422, reason)
        placed.append(PlacedNote(note, name, line))
    contents = {place.file: Path(place.file).read_bytes() for place in placed}
    return placed, Sources(contents, ledger.load_errors, options.indent)
