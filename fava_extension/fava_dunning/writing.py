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
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from fava.core.file import find_insert_position
from fava.helpers import FavaAPIError
from flask import Response
from flask import request

from beancount_dunning.answers import proposals
from beancount_dunning.answers.insertion import Placed
from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.insertion import Sources
from beancount_dunning.answers.insertion import insert
from beancount_dunning.answers.insertion import require_loggable
from beancount_dunning.answers.proposals import Said
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.basics import files as ledger_file
from beancount_dunning.basics.words import Words
from fava_dunning.senders import RequestError
from fava_dunning.senders import check_sender

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount.core.data import Note
    from fava.beans.abc import Directive as FavaDirective
    from fava.core import FavaLedger

    from beancount_dunning.answers.insertion import Change
    from fava_dunning import Dunning
    from fava_dunning import View

_SENT = "sent"
_KINDS = (_SENT, *Said)
_DATED = (Said.PROMISE, Said.HOLD)
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
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


def fingerprint(ledger: FavaLedger) -> str:
    """Return a hash of the ledger's files as they are now.

    Args:
        ledger: The ledger; a file that cannot be read counts as such.

    Returns:
        The hash, another one whenever a byte of a file changes.
    """
    found = sha256()
    for name in dict.fromkeys([ledger.beancount_file_path, *_files(ledger)]):
        try:
            content = sha256(Path(name).read_bytes()).hexdigest()
        except (OSError, ValueError):
            content = "unreadable"
        found.update(f"{name}\x1f{content}\x1f".encode(errors="backslashreplace"))
    return found.hexdigest()


def _files(ledger: FavaLedger) -> Sequence[str]:
    return ledger.options.get("include") or ()


def answer(extension: Dunning) -> Response:
    """Write the notes that the request asks for, or say why not.

    Args:
        extension: The page whose request it is.

    Returns:
        The answer, as JSON.
    """
    try:
        check_sender(extension.ledger)
        order = _order()
        # Fava's editor and importer write the same files under this lock.
        with extension.ledger.file._lock:  # noqa: SLF001 - there is no public one
            notes = _log(extension, order)
    except RequestError as error:
        return _error(extension, error)
    except RefusedError as error:
        return _error(extension, RequestError(422, error.reason))
    except FavaAPIError as error:
        return _error(extension, RequestError(400, error.message))
    except ledger_file.ChangedError:
        return _error(extension, RequestError(409, _CHANGED))
    except OSError as error:
        why = error.strerror or str(error)
        reason = Words("Cannot write to the ledger: {why}", why=why)
        status = 507 if error.errno in _FULL else 500
        return _error(extension, RequestError(status, reason))
    written = [
        {
            "file": note.meta["filename"],
            "line": note.meta["lineno"],
            "text": note.comment,
        }
        for note in notes
    ]
    return _json(200, {"written": written})


def _error(extension: Dunning, error: RequestError) -> Response:
    """Say in the page's language why nothing was done."""
    words = extension.words()
    reason = error.reason
    if not isinstance(reason, Words):
        reason = reason.rstrip(".")
    text = Words("{reason}; {end}.", reason=reason, end=error.end)
    return _json(error.status, {"error": text.translated(words)})


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


def _log(extension: Dunning, order: _Order) -> list[Note]:
    """Write what was asked for.

    Returns:
        The notes, each with the file and line where it stands.

    Raises:
        RequestError: Nothing was written, for what it says.
        OSError: Nothing was written, since a file cannot be.
    """
    ledger = extension.ledger
    if not extension.is_sure or fingerprint(ledger) != extension.fingerprint:
        _load(extension)
    if order.fingerprint != extension.fingerprint or not extension.is_sure:
        raise RequestError(409, _CHANGED)
    view = extension.view()
    as_of = view.report.as_of
    if order.as_of != as_of.isoformat():
        reason = Words(
            "This page is as of {date}, but it is now {today}: reload the page",
            date=order.as_of,
            today=as_of,
        )
        raise RequestError(409, reason)
    notes = _sent(order, view) if order.what == _SENT else [_said(order, view)]
    changes = insert(view.books, *_placed(ledger, notes), extension.day())
    if fingerprint(ledger) != extension.fingerprint:
        # What was read here may not be what was loaded.
        raise RequestError(409, _CHANGED)
    _write(changes)
    _tell(extension, changes)
    return [note for change in changes for note in change.notes]


def _load(extension: Dunning) -> None:
    """Load the ledger; if its files were the same before and after, that is sure."""
    before = fingerprint(extension.ledger)
    extension.ledger.load_file()
    extension.is_sure = extension.fingerprint == before


def _sent(order: _Order, view: View) -> list[Note]:
    """Return the notes that log reminders as sent; they must be due, step by step."""
    due = {one.item.key: one for one in reminders(view.books, view.keep).due}
    for key, step in order.reminders.items():
        if key not in due or due[key].step.name != step:
            reason = Words(
                'The reminder "{step}" is no longer due: reload the page',
                step=step,
            )
            raise RequestError(409, reason)
        require_loggable(due[key].item)
    sent = [one for key, one in due.items() if key in order.reminders]
    return proposals.notes(view.books, sent)


def _said(order: _Order, view: View) -> Note:
    """Return the note about one item."""
    items = {aged.item.key: aged.item for aged in view.report.items}
    item = items.get(order.item)
    if item is None:
        reason = Words("This item is no longer open: reload the page")
        raise RequestError(409, reason)
    require_loggable(item)
    return proposals.note(
        view.books, item, Said(order.what), until=order.until, text=order.text
    )


# Where it goes.


def _placed(ledger: FavaLedger, notes: Sequence[Note]) -> tuple[list[Placed], Sources]:
    """Find where notes go, as Fava's options for new entries say."""
    options = ledger.fava_options
    default = options.default_file or ledger.beancount_file_path
    names = {os.path.realpath(name): name for name in _files(ledger)}
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
        placed.append(Placed(note, name, line))
    contents = {one.file: Path(one.file).read_bytes() for one in placed}
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
            ledger_file.write(Path(change.file), change.new, change.seen)
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


def _tell(extension: Dunning, changes: Sequence[Change]) -> None:
    """Tell Fava and its extensions what was written, and load it.

    What goes wrong here is no answer to the request: the notes are written.
    """
    ledger = extension.ledger
    todo = [partial(ledger.watcher.notify, Path(change.file)) for change in changes]
    todo += [
        partial(ledger.extensions.after_insert_entry, cast("FavaDirective", note))
        for change in changes
        for note in change.notes
    ]
    for do in [*todo, partial(_load, extension)]:
        try:
            do()
        except Exception:
            logging.getLogger(__name__).exception("a note is written, but not told")
