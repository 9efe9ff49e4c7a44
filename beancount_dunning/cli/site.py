"""`bean-dunning site`: pages that any web server can show, and a browser without one.

The pages are those of the page in Fava, so its package writes them, in a process for
each ledger. It is found by its name: without Fava all other commands work.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import click

from beancount_dunning.cli.office import MODULES
from beancount_dunning.cli.office import books_of
from beancount_dunning.cli.office import limits_of
from beancount_dunning.cli.output import say
from beancount_dunning.cli.several import require_ledgers
from beancount_dunning.office.kept import Kept
from beancount_dunning.office.publishing import publishing
from beancount_dunning.office.sources import files_of
from beancount_dunning.office.workers import each

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence

    from beancount_dunning.office.listed import Book
    from beancount_dunning.office.publishing import Draft
    from beancount_dunning.office.workers import Limits

_PAGES = "fava_dunning.site"
# Lists what a site has, so that nothing else is ever replaced.
_MARKER = "site.txt"
_LEFT_OUT = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command is asked."""

    output: Path
    ledgers: Sequence[Path]
    private: bool
    books: Path | None
    tags: Sequence[str]
    jobs: int | None
    timeout: float | None
    no_cache: bool


def run(asked: Asked) -> None:
    """Write the site, and say which ledgers are not in it.

    Raises:
        click.UsageError: It cannot be written, and is as it was.
    """
    require_ledgers(asked.ledgers, asked.books, asked.tags, needs_ledger=False)
    books = books_of(asked.ledgers, asked.books, asked.tags)
    if not books:
        message = "Name ledgers, or a file that names them with --books."
        raise click.UsageError(message)
    pages = _pages()
    try:
        with publishing(asked.output, _MARKER) as draft:
            left_out = _write(pages, asked, books, draft)
    except OSError as error:
        message = f"Cannot write {asked.output}: {error.strerror or error}"
        raise click.UsageError(message) from error
    if left_out:
        click.get_current_context().exit(_LEFT_OUT)


def _pages() -> Any:  # noqa: ANN401 - a door knows no other door
    """Return the package that writes pages.

    Raises:
        click.UsageError: Fava is not installed.
    """
    try:
        return import_module(_PAGES)
    except ModuleNotFoundError as error:
        message = "site needs Fava. Type: pip install 'beancount-dunning[fava]'"
        raise click.UsageError(message) from error


def _write(pages: Any, asked: Asked, books: Sequence[Book], draft: Draft) -> int:  # noqa: ANN401 - see `_pages`
    """Write all pages; return how many ledgers are left out.

    Raises:
        click.UsageError: A page cannot be written.
    """
    kept = None if asked.no_cache else Kept()
    tasks = [
        pages.Task(
            book.name,
            str(book.path.absolute()),
            draft.below(pages.file_name(book.name, is_private=asked.private)),
            asked.private,
            is_kept=kept is not None,
        )
        for book in books
    ]
    rows = [None] * len(books)
    limits = limits_of(asked.jobs, asked.timeout)
    found = _rows(pages, tasks, limits, kept)
    is_seen = sys.stderr.isatty()
    with click.progressbar(
        found, length=len(books), file=sys.stderr, hidden=not is_seen
    ) as bar:
        for index, row in bar:
            rows[index] = _checked(row, tasks[index])
    if kept:
        kept.tidy()
    pages.write_index(rows, draft, is_private=asked.private)
    return _told(rows)


def _rows(
    pages: Any,  # noqa: ANN401 - see `_pages`
    tasks: Sequence[Any],
    limits: Limits,
    kept: Kept | None,
) -> Iterator[tuple[int, Any]]:
    """Write each ledger's part as it was kept, or anew; yield its row."""
    keys: dict[int, str] = {}
    files: dict[int, dict[str, str]] = {}
    for index, task in enumerate(tasks):
        row = None
        if kept:
            files[index] = files_of(Path(task.ledger))
            keys[index] = kept.key([pages.question(task), files[index]])
            row = pages.restored(task, kept.get(keys[index]))
        if row:
            yield index, row
            del keys[index]
    cold = [*keys] if kept else [*range(len(tasks))]
    asked = [tasks[index] for index in cold]
    modules = (*MODULES, *pages.MODULES)
    for done in each(pages.write_ledger, asked, limits, modules):
        index, task = cold[done.index], asked[done.index]
        row = done.result or pages.Row(task.name, error=done.failure)
        if kept and (keepsake := row.keepsake):
            if keepsake.decided.read == files[index]:
                kept.put(keys[index], keepsake.data, keepsake.decided)
            row = replace(row, keepsake=None)
        yield index, row


def _checked(row: Any, task: Any) -> Any:  # noqa: ANN401 - see `_pages`
    """Return what is known of a ledger; of one that failed no file is left.

    Raises:
        click.UsageError: A page cannot be written.
    """
    if row.failure:
        message = f"{row.name}: {row.failure}; nothing was written."
        raise click.UsageError(message)
    if row.error:
        # It may have begun.
        shutil.rmtree(task.draft.folder, ignore_errors=True)
    return row


def _told(rows: Sequence[Any]) -> int:
    """Say which ledgers are left out, and return how many."""
    left_out = [row for row in rows if row.error]
    for row in left_out:
        say(f"Error: {row.name}: {row.error}")
    return len(left_out)
