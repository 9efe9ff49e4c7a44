"""Writing notes of the log into the ledger, as the page asks: `PUT log`.

    {"fingerprint": "…", "as_of": "2026-11-20", "what": "promise",
     "item": "…", "until": "2026-11-27", "text": "Ms Li called"}

`what` is "sent" (with `reminders`, the step that went out by item), "promise" or "hold"
(with `item`, `until` and perhaps `text`), "dispute" or "resolved" (with `item` and
perhaps `text`). The answer is `{"written": [{"file": …, "line": …, "text": …}]}`, or an
error that one can read, and then nothing was written:

- 400: the request makes no sense; 415: it is no JSON;
- 403: it comes from another site, or for a host that may not be this one;
- 409: the ledger or the day is not any more what the page shows;
- 422: the ledger would not take the note, or would not say what was meant;
- 503: another program keeps the file to itself, and did so for some seconds;
- 500, 507: the file cannot be written, or the disk is full.

A request is judged by what the files hold now. All that is to be written is worked out
and read again before the first file is replaced.
"""

from __future__ import annotations

import errno
import json
import logging
import os
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from fava.core.file import find_insert_position
from fava.helpers import FavaAPIError
from flask import Response
from flask import request
from flask_babel import get_locale  # type: ignore[import-untyped]  # it has no types

from beancount_dunning.answers import proposals
from beancount_dunning.answers.insertion import PlacedNote
from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.insertion import Sources
from beancount_dunning.answers.insertion import insert
from beancount_dunning.answers.insertion import require_loggable
from beancount_dunning.answers.proposals import Said
from beancount_dunning.basics import files as ledger_file
from beancount_dunning.basics.words import Words
from fava_dunning.catalogues import catalogue
from fava_dunning.page import Page
from fava_dunning.senders import RequestError
from fava_dunning.senders import check_sender
from fava_dunning.served import files_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence

    from beancount.core.data import Note
    from fava.beans.abc import Directive as FavaDirective
    from fava.core import FavaLedger

    from beancount_dunning.answers.insertion import Change
    from fava_dunning.served import Served

_SENT = "sent"
_KINDS = (_SENT, *Said)
_DATED = (Said.PROMISE, Said.HOLD)
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
# Fava answers with ten threads. So many may wait for another program.
_WAITING = BoundedSemaphore(5)
_TRIES = 3
_CHANGED = Words("The ledger has changed since this page was loaded: reload the page")


@dataclass(frozen=True, slots=True)
class _Order:
    """What the page asks for."""

    fingerprint: str
    as_of: str
    what: str
    reminders: dict[str, str]
    item: str
    until: date | None
    text: str


def answer(served: Served) -> Response:
    """Write the notes that the request asks for, or say why not.

    Args:
        served: The ledger that the page shows.

    Returns:
        The answer, as JSON.
    """
    try:
        check_sender(served.ledger)
        notes = _log_patiently(served, _order())
    except RequestError as error:
        return _error(error)
    except RefusedError as error:
        return _error(RequestError(422, error.reason))
    except FavaAPIError as error:
        return _error(RequestError(400, error.message))
    except ledger_file.ChangedError:
        return _error(RequestError(409, _CHANGED))
    except OSError as error:
        why = error.strerror or str(error)
        reason = Words("Cannot write to the ledger: {why}", why=why)
        return _error(RequestError(_status(error), reason))
    written = [
        {
            "file": note.meta["filename"],
            "line": note.meta["lineno"],
            "text": note.comment,
        }
        for note in notes
    ]
    return _json(200, {"written": written})


def _status(error: OSError) -> int:
    if isinstance(error, ledger_file.BusyError):
        return 503
    return 507 if error.errno in _FULL else 500


def _error(error: RequestError) -> Response:
    """Say in the page's language why nothing was done."""
    reason = error.reason
    if not isinstance(reason, Words):
        reason = reason.rstrip(".")
    text = Words("{reason}; {end}.", reason=reason, end=error.end)
    return _json(error.status, {"error": text.translated(catalogue(get_locale()))})


def _json(status: int, data: object) -> Response:
    return Response(json.dumps(data), status=status, mimetype="application/json")


# What is asked for.


def _order() -> _Order:
    """Read the request's body.

    Raises:
        RequestError: It is not what it should be.
    """
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise RequestError(400, "The request is not JSON") from error
    if not isinstance(body, dict):
        raise RequestError(400, "The request is not a JSON object")
    what = _string(body, "what")
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
        _string(body, "fingerprint"),
        _string(body, "as_of"),
        what,
        sent,
        "" if what == _SENT else _string(body, "item"),
        _day(_string(body, "until")) if what in _DATED else None,
        _string({"text": "", **body}, "text"),
    )


def _string(body: dict[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str):
        raise RequestError(400, f'"{key}" must be text')
    return value


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = '"until" must be a date, like 2026-11-27'
        raise RequestError(400, message) from error


# What it comes to.


def _log_patiently(served: Served, order: _Order) -> list[Note]:
    """Write what was asked for; wait for other programs outside of Fava's lock.

    Raises:
        RequestError: Nothing was written, for what it says.
        OSError: Nothing was written, since a file cannot be.
    """
    for _ in range(_TRIES - 1):
        try:
            with served.lock:
                return _log(served, order)
        except ledger_file.BusyError as busy:
            if not _WAITING.acquire(blocking=False):
                raise
            try:
                ledger_file.wait_until_free(Path(busy.filename))
            finally:
                _WAITING.release()
    with served.lock:
        return _log(served, order)


def _log(served: Served, order: _Order) -> list[Note]:
    """Write what was asked for.

    Returns:
        The notes, each with the file and line where it stands.

    Raises:
        RequestError: Nothing was written, for what it says.
        OSError: Nothing was written, since a file cannot be.
    """
    if not served.is_sure or served.has_changed():
        served.reload()
    if order.fingerprint != served.fingerprint or not served.is_sure:
        raise RequestError(409, _CHANGED)
    page = Page(served)
    as_of = page.report.as_of
    if order.as_of != as_of.isoformat():
        reason = Words(
            "This page is as of {date}, but it is now {today}: reload the page",
            date=order.as_of,
            today=as_of,
        )
        raise RequestError(409, reason)
    notes = _sent(order, page) if order.what == _SENT else [_said(order, page)]
    changes = insert(page.books, *_placed(served.ledger, notes), page.today)
    if served.has_changed():
        # What was read here may not be what was loaded.
        raise RequestError(409, _CHANGED)
    _write(changes)
    _tell(served, changes)
    return [note for change in changes for note in change.notes]


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
    items = {aged.item.key: aged.item for aged in page.report.items}
    item = items.get(order.item)
    if item is None:
        reason = Words("This item is no longer open: reload the page")
        raise RequestError(409, reason)
    require_loggable(item)
    return proposals.note(
        page.books, item, Said(order.what), until=order.until, text=order.text
    )


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


# Writing it.


def _write(changes: Sequence[Change]) -> None:
    """Replace all files, or none.

    Raises:
        OSError: One cannot be replaced, and all are as they were.
        RequestError: So it is, but others could not be put back.
    """
    done: list[Change] = []
    try:
        for change in changes:
            ledger_file.write(Path(change.file), change.new, change.seen, patience=0)
            done.append(change)
    except OSError as error:
        left = [Path(change.file).name for change in done if not _take_back(change)]
        if left:
            why = error.strerror or error
            reason = Words("Not all notes could be written: {why}", why=why)
            files = ", ".join(left)
            end = Words("notes already written to {files} are still there", files=files)
            raise RequestError(500, reason, end) from error
        raise


def _take_back(change: Change) -> bool:
    try:
        ledger_file.write(Path(change.file), change.seen, change.new)
    except OSError:
        return False
    return True


def _tell(served: Served, changes: Sequence[Change]) -> None:
    """Tell Fava and its extensions what was written, and load it.

    What goes wrong here is no answer to the request: the notes are written.
    """
    ledger = served.ledger
    todo: list[Callable[[], object]] = [
        partial(ledger.watcher.notify, Path(change.file)) for change in changes
    ]
    todo += [
        partial(ledger.extensions.after_insert_entry, cast("FavaDirective", note))
        for change in changes
        for note in change.notes
    ]
    for do in [*todo, served.reload]:
        try:
            do()
        except Exception:
            logging.getLogger(__name__).exception("a note is written, but not told")
