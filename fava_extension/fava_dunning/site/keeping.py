"""A ledger's part of a site as an answer that is kept: its files, and its row.

Of a ledger that nobody has changed they are taken from there. A calendar continues the
one before it, so that decides, too: what was written goes after what it was written
after, and after itself.
"""

from __future__ import annotations

import zlib
from base64 import b64decode
from base64 import b64encode
from dataclasses import asdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.basics.clock import today
from beancount_dunning.basics.money import exact
from beancount_dunning.office.decided import is_installed
from beancount_dunning.office.sources import sum_of
from fava_dunning.site.rows import Keepsake
from fava_dunning.site.rows import Row
from fava_dunning.site.templates import FOLDER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beancount_dunning.office.kept import Decided
    from beancount_dunning.office.publishing import Draft
    from fava_dunning.site.rows import Task

_CALENDAR = "reminders.ics"
# Pages are much alike: this makes them a tenth, and the next step takes twice as long.
_LEVEL = 1


def question(task: Task) -> list[object]:
    """Return what decides a ledger's part beside its files, as JSON has it."""
    return ["site", task.name, task.ledger, task.is_private, today().isoformat()]


def keepsake(
    task: Task, row: Row, written: Mapping[str, bytes], by: Decided
) -> Keepsake:
    """Return what was written of a ledger, to be kept.

    Args:
        task: The ledger, and where its files are.
        row: What the index says of it.
        written: Its files.
        by: What of the ledger decided them.
    """
    content = b"".join(written.values())
    data = {
        "row": _as_json(row),
        "after": _sum(task.draft),
        "sizes": {name: len(content) for name, content in written.items()},
        "content": b64encode(zlib.compress(content, _LEVEL)).decode(),
    }
    made_from = (str(path) for path in FOLDER.rglob("*"))
    others = {path: sum_of(path) for path in made_from if not is_installed(path)}
    return Keepsake(data, replace(by, beside={**by.beside, **others}))


def restored(task: Task, data: Any) -> Row | None:  # noqa: ANN401 - JSON
    """Write a ledger's part of a site as it was kept.

    Args:
        task: The ledger, and where to write.
        data: What was kept of it.

    Returns:
        What the index says of it; None where nothing that fits was kept.

    Raises:
        OSError: It cannot be written.
    """
    try:
        row = _of_json(data["row"])
        content = memoryview(zlib.decompress(b64decode(data["content"])))
        files, at = {}, 0
        for name, size in data["sizes"].items():
            files[name] = bytes(content[at : at + size])
            at += size
        before = task.draft.last(_CALENDAR)
        if _sum(task.draft) != data["after"] and before != files[_CALENDAR]:
            return None
    except (TypeError, ValueError, LookupError, ArithmeticError, zlib.error):
        return None
    for name, one in files.items():
        task.draft.write(name, one)
    return row


def _sum(draft: Draft) -> str:
    """Return a sum of the calendar before."""
    return sha256(draft.last(_CALENDAR) or b"").hexdigest()


def _as_json(row: Row) -> dict[str, Any]:
    data = asdict(row)
    del data["keepsake"]
    data["as_of"] = row.as_of and row.as_of.isoformat()
    for name in ("overdue", "total"):
        data[name] = {key: exact(amount) for key, amount in data[name].items()}
    return data


def _of_json(data: dict[str, Any]) -> Row:
    data["as_of"] = date.fromisoformat(data["as_of"])
    for name in ("overdue", "total"):
        data[name] = {key: Decimal(amount) for key, amount in data[name].items()}
    return Row(**data)
