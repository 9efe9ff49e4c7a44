r"""What the page wrote last, taken out again: `PUT undo`.

    {"written": [{"file": "/home/ann/books.beancount", "line": 31,
                  "text": "2026-11-20 note …\\n", "fingerprint": "…"}]}

`written` is what a request to write was answered. Nothing of it is kept here: a note is
taken out if its file still is as it was written then. The answer is that of all
`writing`; where a file has changed, `place` in it says where the notes are now.
"""

from __future__ import annotations

from functools import partial
from ntpath import basename
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from beancount_dunning.answers.taking_out import Written
from beancount_dunning.answers.taking_out import lines_of
from beancount_dunning.answers.taking_out import take_out
from beancount_dunning.basics.words import Words
from fava_dunning.drafts import Draft
from fava_dunning.drafts import mark
from fava_dunning.drafts import sources_of
from fava_dunning.orders import text_in
from fava_dunning.senders import RequestError
from fava_dunning.writing import require_sure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fava.beans.abc import Directive as FavaDirective

    from beancount_dunning.answers.insertion import Sources
    from fava_dunning.served import Served


def undo(served: Served, body: dict[str, Any]) -> Draft:
    """Work out what files are without what was written last.

    Args:
        served: The ledger that the page shows.
        body: What the page asks for.

    Returns:
        The files without it.

    Raises:
        RequestError: It makes no sense; or a file is not as it was written.
        RefusedError: Something else would be lost, or would become a mistake.
    """
    records = _records(body)
    require_sure(served)
    ledger = served.ledger
    sources = sources_of(ledger, {one.file for one, _ in records})
    for one, seal in records:
        _require_as_written(one, seal, sources)
    books = served.load.view(served.load.day).books
    written = [one for one, _ in records]
    removals = take_out(books, written, sources)
    told = ledger.extensions.after_delete_entry
    return Draft(
        removals,
        [
            {"file": one.file, "line": one.line, "said": one.text.splitlines()[0]}
            for one in written
        ],
        [
            partial(told, cast("FavaDirective", entry))
            for removal in removals
            for entry in removal.entries
        ],
    )


def _records(body: dict[str, Any]) -> Sequence[tuple[Written, str]]:
    """Read what is to be taken out, and what tells whether its file is as it was."""
    records = body.get("written")
    if not isinstance(records, list) or not records:
        raise RequestError(400, '"written" must be what was written')
    found = []
    for one in records:
        line = one.get("line") if isinstance(one, dict) else None
        if not isinstance(line, int):
            raise RequestError(400, '"written" must say lines')
        written = Written(text_in(one, "file"), line, text_in(one, "text"))
        found.append((written, text_in(one, "fingerprint")))
    return found


def _require_as_written(one: Written, seal: str, sources: Sources) -> None:
    """Refuse to touch a file that has changed, and say where the notes are."""
    name, content = basename(one.file), sources.contents.get(one.file)
    if content is None:
        reason = Words("{file} is not part of the ledger", file=name)
        raise RequestError(409, reason)
    lines = lines_of(content, one.text)
    if mark(content) == seal and one.line in lines:
        return
    if not lines:
        reason = Words(
            "{file} has changed since; the notes are no longer there", file=name
        )
        raise RequestError(409, reason)
    line = min(lines, key=lambda line: abs(line - one.line))
    reason = Words(
        "{file} has changed since; the notes are now at line {line}",
        file=name,
        line=line,
    )
    raise RequestError(409, reason, place={"file": one.file, "line": line})
