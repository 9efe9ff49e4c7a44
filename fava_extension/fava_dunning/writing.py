"""Writing into the ledger, as the page asks: what all the ways of it share.

    {"fingerprint": "…", "as_of": "2026-11-20", …}

`fingerprint` and `as_of` say which ledger, and which day, the page shows. The answer is

    {"written": [{"file": …, "line": …, "said": …, "text": …, "fingerprint": …}],
     "fingerprint": …}

where `said` is for people and `text` what stands in the file. What has a `fingerprint`
of its own, that of its file, can be undone; the one beside `written` is then the
ledger's. Or the answer is an `error` that one can read, and then nothing was written:

- 400: the request makes no sense; 415: it is no JSON;
- 403: it comes from another site, or for a host that may not be this one;
- 409: the ledger or the day is not any more what the page shows;
- 422: the ledger would not take it, or would not say what was meant;
- 503: another program writes into the ledger, or keeps a file to itself, and did so for
  some seconds;
- 500, 507: the file cannot be written, or the disk is full.

A request is judged by what the files hold now. All that is to be written is worked out
and read again before the first file is replaced. `preview`, asked with PUT and the same
body, answers that, and writes nothing:

    {"shown": [{"file": …, "line": …, "parts": [["2026-11-20 note …", true]]}],
     "lines": []}

The parts are the text of a passage, each with whether it is new; `lines` say in words
what it comes to. What would not be written is `{"refused": …}`, with the reason.
"""

from __future__ import annotations

import errno
import json
import logging
from functools import partial
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING
from typing import Any

from fava.helpers import FavaAPIError
from flask import Response
from flask import request
from flask_babel import get_locale  # type: ignore[import-untyped]  # it has no types

from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.basics import files as ledger_file
from beancount_dunning.basics.turns import take_turn
from beancount_dunning.basics.words import Words
from beancount_dunning.formats.catalogues import catalogue
from fava_dunning.amounts import Amounts
from fava_dunning.modes import is_incognito
from fava_dunning.orders import text_in
from fava_dunning.page import Page
from fava_dunning.senders import RequestError
from fava_dunning.senders import check_sender

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from fava_dunning.drafts import Change
    from fava_dunning.drafts import Draft
    from fava_dunning.served import Served

    # Works out what the body of a request asks for.
    Drafting = Callable[[Served, dict[str, Any]], Draft]

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
# Fava answers with ten threads. So many may wait for another program.
_WAITING = BoundedSemaphore(5)
_TRIES = 3
# Seconds to wait for another program that writes into the ledger.
_PATIENCE = 5.0
_CHANGED = Words("The ledger has changed since this page was loaded: reload the page")


def answer(served: Served, draft: Drafting) -> Response:
    """Write what the request asks for, or say why not.

    Args:
        served: The ledger that the page shows.
        draft: Works out what the request's body asks for.

    Returns:
        The answer, as JSON.
    """

    def write(body: dict[str, Any]) -> Response:
        found = draft(served, body)
        replace_files(served, found.changes, found.tell)
        mark = served.fingerprint
        return _json(200, {"written": found.records, "fingerprint": mark})

    return _answered(served, lambda: _patiently(served, partial(write, _body())))


def preview(served: Served, drafts: Mapping[str, Drafting]) -> Response:
    """Answer what the request would write, and write nothing.

    Args:
        served: The ledger that the page shows.
        drafts: What works that out, by the `way` in which it is written.
    """

    def show() -> Response:
        body = _body()
        way = text_in(body, "way")
        if way not in drafts:
            raise RequestError(400, '"way" must be one of ' + ", ".join(drafts))
        say = Page(served).sentences
        try:
            with served.lock:
                found = drafts[way](served, body)
        except (RequestError, RefusedError) as error:
            return _json(200, {"refused": say.tell(error.reason)})
        shown = [passage.as_dict() for passage in found.shown]
        return _json(200, {"shown": shown, "lines": [*map(say.tell, found.lines)]})

    return _answered(served, show)


def _answered(served: Served, carry_out: Callable[[], Response]) -> Response:
    """Carry out what may be, or say why not."""
    try:
        check_sender(served.ledger)
        return carry_out()
    except RequestError as error:
        return _error(served, error)
    except RefusedError as error:
        return _error(served, RequestError(422, error.reason))
    except FavaAPIError as error:
        return _error(served, RequestError(400, error.message))
    except ledger_file.ChangedError:
        return _error(served, RequestError(409, _CHANGED))
    except OSError as error:
        why = error.strerror or str(error)
        reason = Words("Cannot write to the ledger: {why}", why=why)
        return _error(served, RequestError(_status(error), reason))


def _status(error: OSError) -> int:
    if isinstance(error, ledger_file.BusyError):
        return 503
    return 507 if error.errno in _FULL else 500


def _patiently(served: Served, write: Callable[[], Response]) -> Response:
    """Write under Fava's lock; wait for other programs outside of it."""
    ledger = Path(served.ledger.beancount_file_path)
    for _ in range(_TRIES - 1):
        try:
            with served.lock, take_turn(ledger, 0):
                return write()
        except ledger_file.BusyError as busy:
            if not _WAITING.acquire(blocking=False):
                raise
            try:
                _wait(ledger, Path(busy.filename))
            finally:
                _WAITING.release()
    with served.lock, take_turn(ledger, 0):
        return write()


def _wait(ledger: Path, busy: Path) -> None:
    """Wait until others have written into a ledger, and into one of its files."""
    take_turn(ledger, _PATIENCE).close()
    if busy.is_file():
        ledger_file.wait_until_free(busy)


def _body() -> dict[str, Any]:
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise RequestError(400, "The request is not JSON") from error
    if not isinstance(body, dict):
        raise RequestError(400, "The request is not a JSON object")
    return body


def _error(served: Served, error: RequestError) -> Response:
    """Say in the page's language why nothing was done."""
    reason = Words.unended(error.reason)
    text = Words("{reason}; {end}.", reason=reason, end=error.end)
    number = Amounts(served.ledger.fava_options.locale, is_incognito()).number
    said = text.translated(catalogue(get_locale()), number)
    found: dict[str, object] = {"error": said}
    if error.place:
        found["place"] = error.place
    return _json(error.status, found)


def _json(status: int, data: object) -> Response:
    return Response(json.dumps(data), status=status, mimetype="application/json")


# For those who write.


def page_as_seen(served: Served, body: dict[str, Any]) -> Page:
    """Return the page that a request is made from, as it is now.

    Args:
        served: The ledger that the page shows.
        body: What the page asks for.

    Raises:
        RequestError: The page shows another ledger, or another day.
    """
    fingerprint, said = text_in(body, "fingerprint"), text_in(body, "as_of")
    require_sure(served)
    if fingerprint != served.fingerprint:
        raise RequestError(409, _CHANGED)
    page = Page(served)
    as_of = page.report.as_of
    if said != as_of.isoformat():
        reason = Words(
            "This page is as of {date}, but it is now {today}: reload the page",
            date=said,
            today=as_of,
        )
        raise RequestError(409, reason)
    return page


def require_sure(served: Served) -> None:
    """Load the ledger where its files have changed.

    Raises:
        RequestError: Someone is writing into them.
    """
    if not served.is_sure or served.has_changed():
        served.reload()
    if not served.is_sure:
        raise RequestError(409, _CHANGED)


def replace_files(
    served: Served, changes: Sequence[Change], tell: Iterable[Callable[[], object]]
) -> None:
    """Replace all files, or none, and load the ledger.

    Args:
        served: The ledger; its files are still what they were when it was loaded.
        changes: The files.
        tell: What tells Fava's extensions what was written.

    Raises:
        RequestError: A file has changed, or those written could not be put back.
        OSError: One cannot be replaced, and all are as they were.
    """
    if served.has_changed():
        # What was read here may not be what was loaded.
        raise RequestError(409, _CHANGED)
    _write(changes)
    _tell(served, changes, tell)


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


def _tell(
    served: Served, changes: Sequence[Change], tell: Iterable[Callable[[], object]]
) -> None:
    """Tell Fava and its extensions what was written, and load it.

    What goes wrong here is no answer to the request: all is written.
    """
    notify = served.ledger.watcher.notify
    todo: list[Callable[[], object]] = [
        partial(notify, Path(change.file)) for change in changes
    ]
    for do in [*todo, *tell, served.reload]:
        try:
            do()
        except Exception:
            logging.getLogger(__name__).exception("it is written, but not told")
