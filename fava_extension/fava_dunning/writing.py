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
import ipaddress
import json
import logging
import os
import sys
from collections import Counter
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import cast
from urllib.parse import urlsplit

from beancount.core.data import Note
from beancount.core.data import Transaction
from beancount.core.data import entry_sortkey
from beancount.parser.parser import parse_string
from fava.core.file import find_insert_position
from fava.helpers import FavaAPIError
from flask import Response
from flask import request

from beancount_dunning.answers import proposals
from beancount_dunning.answers.proposals import RESOLVED
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.basics import files as ledger_file
from beancount_dunning.basics.errors import has_losses
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.settings import read_settings
from beancount_dunning.standing.books import read_books
from beancount_dunning.standing.dunning import Held

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount.core.data import Directive
    from fava.beans.abc import Directive as FavaDirective
    from fava.core import FavaLedger

    from beancount_dunning.ledger.items import Item
    from fava_dunning import Dunning
    from fava_dunning import View

_SENT = "sent"
_KINDS = (_SENT, Held.PROMISE, Held.DISPUTE, RESOLVED, Held.HOLD)
_DATED = (Held.PROMISE, Held.HOLD)
_LOCAL = "localhost"
_PORTS = {"http": 80, "https": 443}
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
# Where a directive stands, which moves with the lines before it.
_PLACE = ("filename", "lineno")
_END = sys.maxsize
_CHANGED = Words("The ledger has changed since this page was loaded: reload the page")
_NOTHING = Words("nothing was written")


class RefusedError(Exception):
    """A request that is not carried out, and why."""

    def __init__(self, status: int, reason: str, end: Words = _NOTHING) -> None:
        """Keep the status of the answer, the reason, and what became of the files."""
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.end = end


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


@dataclass(frozen=True, slots=True)
class _Change:
    """A file as it was read and as it is to be, with its notes, each at its line."""

    path: Path
    seen: bytes
    new: bytes
    notes: Sequence[Note]


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
        _check_sender(extension.ledger)
        order = _order()
        # Fava's editor and importer write the same files under this lock.
        with extension.ledger.file._lock:  # noqa: SLF001 - there is no public one
            notes = _log(extension, order)
    except RefusedError as error:
        return _error(extension, error)
    except FavaAPIError as error:
        return _error(extension, RefusedError(400, error.message))
    except ledger_file.ChangedError:
        return _error(extension, RefusedError(409, _CHANGED))
    except OSError as error:
        why = error.strerror or str(error)
        reason = Words("Cannot write to the ledger: {why}", why=why)
        status = 507 if error.errno in _FULL else 500
        return _error(extension, RefusedError(status, reason))
    written = [
        {
            "file": note.meta["filename"],
            "line": note.meta["lineno"],
            "text": note.comment,
        }
        for note in notes
    ]
    return _json(200, {"written": written})


def _error(extension: Dunning, error: RefusedError) -> Response:
    """Say in the page's language why nothing was done."""
    words = extension.words()
    reason = error.reason
    if not isinstance(reason, Words):
        reason = reason.rstrip(".")
    text = Words("{reason}; {end}.", reason=reason, end=error.end)
    return _json(error.status, {"error": text.translated(words)})


def _json(status: int, data: object) -> Response:
    return Response(json.dumps(data), status=status, mimetype="application/json")


# Who asks, and for what.


def _check_sender(ledger: FavaLedger) -> None:
    """Refuse what another site makes a browser send.

    A browser says from where a request comes (`Origin`, `Sec-Fetch-Site`); a program
    that says nothing is run by someone who can write the files anyway. A site can also
    give its own name the address of this computer: so the name that is asked for has to
    be one that no stranger can own, or the one that the ledger says.

    Raises:
        RefusedError: It may come from elsewhere, or is not JSON, which a form on
            another page could not send.
    """
    ours = _origin(request.host_url)
    public = _origin(_base_url(ledger))
    name = ours[1] if ours else ""
    if not (_is_private(name) or (public and name == public[1])):
        reason = Words(
            'Notes cannot be written from "{host}"; if that is the address of this '
            'Fava, set the option "base-url" to it',
            host=request.host,
        )
        raise RefusedError(403, reason)
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    known = {one for one in (ours, public) if one}
    if site != "same-origin" or (origin is not None and _origin(origin) not in known):
        reason = Words(
            "This request did not come from this Fava; if you open Fava under "
            'another address, set the option "base-url" to it'
        )
        raise RefusedError(403, reason)
    if request.mimetype != "application/json":
        raise RefusedError(415, "The request is not JSON")


def _base_url(ledger: FavaLedger) -> str:
    entries = cast("Sequence[Directive]", ledger.all_entries)
    others = [entry for entry in entries if not isinstance(entry, Transaction)]
    # Where Fava is does not depend on the date that the page looks from.
    return read_settings(others, ledger.options, date.max).base_url or ""


def _origin(address: str) -> tuple[str, str, int | None] | None:
    """Return scheme, host and port of an address; None where it is no full one."""
    try:
        parts = urlsplit(address)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None


def _is_private(name: str) -> bool:
    """Tell whether a host's name is none that a stranger could own."""
    if name and ("." not in name or name.endswith(f".{_LOCAL}")):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _order() -> _Order:
    """Read the request's body.

    Raises:
        RefusedError: It is not what it should be.
    """
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise RefusedError(400, "The request is not JSON") from error
    if not isinstance(body, dict):
        raise RefusedError(400, "The request is not a JSON object")
    what = _string(body, "what")
    if what not in _KINDS:
        raise RefusedError(400, '"what" must be one of ' + ", ".join(_KINDS))
    sent = body.get("reminders") if what == _SENT else {}
    if (
        not isinstance(sent, dict)
        or not all(isinstance(step, str) for step in sent.values())
        or (what == _SENT and not sent)
    ):
        raise RefusedError(400, '"reminders" must name a step for each item')
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
        raise RefusedError(400, f'"{key}" must be text')
    return value


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = '"until" must be a date, like 2026-11-27'
        raise RefusedError(400, message) from error


# What it comes to.


def _log(extension: Dunning, order: _Order) -> list[Note]:
    """Write what was asked for.

    Returns:
        The notes, each with the file and line where it stands.

    Raises:
        RefusedError: Nothing was written, for what it says.
        OSError: Nothing was written, since a file cannot be.
    """
    ledger = extension.ledger
    if not extension.is_sure or fingerprint(ledger) != extension.fingerprint:
        _load(extension)
    if order.fingerprint != extension.fingerprint or not extension.is_sure:
        raise RefusedError(409, _CHANGED)
    if has_losses(ledger.load_errors):
        reason = Words("Beancount cannot read all of the ledger: fix the errors first")
        raise RefusedError(422, reason)
    view = extension.view()
    as_of = view.report.as_of
    if order.as_of != as_of.isoformat():
        reason = Words(
            "This page is as of {date}, but it is now {today}: reload the page",
            date=order.as_of,
            today=as_of,
        )
        raise RefusedError(409, reason)
    if as_of > extension.day():
        reason = Words("You cannot log anything on a future date ({date})", date=as_of)
        raise RefusedError(422, reason)
    notes = _sent(order, view) if order.what == _SENT else [_said(order, view)]
    changes = _changes(ledger, notes)
    placed = [note for change in changes for note in change.notes]
    _check_log(ledger, placed)
    if fingerprint(ledger) != extension.fingerprint:
        # What was read here may not be what was loaded.
        raise RefusedError(409, _CHANGED)
    _write(changes)
    _tell(extension, changes)
    return placed


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
            raise RefusedError(409, reason)
        _require_reference(due[key].item)
    sent = [one for key, one in due.items() if key in order.reminders]
    return proposals.notes(view.books, sent)


def _said(order: _Order, view: View) -> Note:
    """Return the note about one item."""
    items = {aged.item.key: aged.item for aged in view.report.items}
    item = items.get(order.item)
    if item is None:
        reason = Words("This item is no longer open: reload the page")
        raise RefusedError(409, reason)
    _require_reference(item)
    return proposals.note(
        view.books, item, order.what, until=order.until, text=order.text
    )


def _require_reference(item: Item) -> None:
    if item.invoice is None:
        reason = Words(
            "{item} has no reference, so it cannot have notes; add a link, like "
            "^INV-2026-014, at {place}",
            item=item.label,
            place=f"{Path(item.filename).name}:{item.lineno}",
        )
        raise RefusedError(422, reason)


# Where it goes, and whether it will be read as it is meant.


def _changes(ledger: FavaLedger, notes: Sequence[Note]) -> list[_Change]:
    """Work out what each file is to be, as Fava's options for new entries say."""
    options = ledger.fava_options
    default = options.default_file or ledger.beancount_file_path
    names = {os.path.realpath(name): name for name in _files(ledger)}
    placed: dict[str, dict[int, list[Note]]] = defaultdict(lambda: defaultdict(list))
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
            raise RefusedError(422, reason)
        placed[name][_END if line is None else line].append(note)
    return [
        _change(Path(name), places, options.indent) for name, places in placed.items()
    ]


def _change(path: Path, places: dict[int, list[Note]], indent: int) -> _Change:
    """Put notes into a file, and read it again."""
    new = seen = path.read_bytes()
    for line, notes in sorted(places.items(), reverse=True):
        text = "\n".join(proposals.as_text(note, indent) for note in notes)
        new = ledger_file.with_text(new, text, None if line == _END else line)
    intended = [note for _, notes in sorted(places.items()) for note in notes]
    before, after = _parsed(path, seen), _parsed(path, new)
    found = _added(before or [], after or [])
    if found is None or list(map(_meaning, found)) != list(map(_meaning, intended)):
        reason = Words(
            "Beancount would read the note differently in {file}: add it by hand",
            file=path.name,
        )
        raise RefusedError(422, reason)
    return _Change(path, seen, new, cast("list[Note]", found))


def _parsed(path: Path, content: bytes) -> list[Directive] | None:
    """Return a file's directives in order of line, None where some are lost."""
    entries, errors, _ = parse_string(content, report_filename=str(path))
    if has_losses(errors):
        return None
    return sorted(entries, key=lambda entry: entry.meta["lineno"])


def _added(before: list[Directive], after: list[Directive]) -> list[Directive] | None:
    """Return what was added to a file's directives, None where others changed."""
    rest = iter([*map(_bare, before), None])
    expected = next(rest)
    found = []
    for entry in after:
        if _bare(entry) == expected:
            expected = next(rest)
        else:
            found.append(entry)
    return found if expected is None else None


def _bare(entry: Any) -> Any:  # noqa: ANN401 - a directive or a posting
    """Return a directive without where it stands."""
    meta = {k: v for k, v in (entry.meta or {}).items() if k not in _PLACE}
    bare = entry._replace(meta=meta)
    if isinstance(entry, Transaction):
        bare = bare._replace(postings=[_bare(posting) for posting in entry.postings])
    return bare


def _meaning(entry: Any) -> Any:  # noqa: ANN401 - whatever was read
    """Return what is to be read of a note; `pushtag` may give it tags."""
    return _bare(entry)._replace(tags=None) if isinstance(entry, Note) else entry


def _check_log(ledger: FavaLedger, notes: Sequence[Note]) -> None:
    """Refuse what the reader of the log would call an error, now or later."""
    entries = cast("Sequence[Directive]", ledger.all_entries)
    told = sorted([*entries, *notes], key=entry_sortkey)
    last = told[-1].date
    found = _problems(ledger, told, last) - _problems(ledger, entries, last)
    for filename, lineno, message in found:
        is_ours = any(
            note.meta["filename"] == filename and note.meta["lineno"] == lineno
            for note in notes
        )
        where = "" if is_ours else f"{Path(filename).name}:{lineno}: "
        raise RefusedError(422, f"{where}{message}")


def _problems(
    ledger: FavaLedger, entries: Sequence[Directive], last: date
) -> Counter[tuple[str, int, str]]:
    books = read_books(entries, ledger.options, today=last, as_of=last)
    return Counter(
        (error.source["filename"], error.source["lineno"], error.message)
        for error in books.dunning.problems
    )


# Writing it.


def _write(changes: Sequence[_Change]) -> None:
    """Replace all files, or none.

    Raises:
        OSError: One cannot be replaced, and all are as they were.
        RefusedError: So it is, but others could not be put back.
    """
    done: list[_Change] = []
    try:
        for change in changes:
            ledger_file.write(change.path, change.new, change.seen)
            done.append(change)
    except OSError as error:
        left = [change.path.name for change in done if not _take_back(change)]
        if left:
            why = error.strerror or error
            reason = Words("Not all notes could be written: {why}", why=why)
            files = ", ".join(left)
            end = Words("notes already written to {files} are still there", files=files)
            raise RefusedError(500, reason, end) from error
        raise


def _take_back(change: _Change) -> bool:
    try:
        ledger_file.write(change.path, change.seen, change.new)
    except OSError:
        return False
    return True


def _tell(extension: Dunning, changes: Sequence[_Change]) -> None:
    """Tell Fava and its extensions what was written, and load it.

    What goes wrong here is no answer to the request: the notes are written.
    """
    ledger = extension.ledger
    todo = [partial(ledger.watcher.notify, change.path) for change in changes]
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
