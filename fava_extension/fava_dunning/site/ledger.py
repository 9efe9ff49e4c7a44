"""A ledger's part of a site: a process reads the ledger and writes all of its files."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING
from typing import cast

from fava.context import g
from fava.core import FavaLedger
from fava.core.attributes import AttributesModule
from markupsafe import Markup

from beancount_dunning.basics.money import exact
from beancount_dunning.formats.calendar_feed import Wanted
from beancount_dunning.formats.calendar_feed import build_calendar
from beancount_dunning.formats.tables import as_json
from beancount_dunning.formats.text_aging import as_csv
from beancount_dunning.office.decided import decided
from beancount_dunning.office.sources import files_of
from beancount_dunning.standing.books import everything
from fava_dunning.served import Load
from fava_dunning.served import Served
from fava_dunning.site.keeping import keepsake
from fava_dunning.site.links import FILES
from fava_dunning.site.links import Shelf
from fava_dunning.site.links import seen_from
from fava_dunning.site.links import without_dead_links
from fava_dunning.site.rows import Row
from fava_dunning.site.still_page import StillPage
from fava_dunning.site.templates import request
from fava_dunning.site.templates import templates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping

    from beancount_dunning.standing.aging import AgingReport
    from fava_dunning.site.rows import Task


class _NoProposals(AttributesModule):
    """What Fava's forms propose, which takes long to find: nothing."""

    def load_file(self) -> None:
        """Find nothing."""


class _StillLedger(FavaLedger):
    """A ledger into which nobody types."""

    def load_file(self) -> None:
        """Load all but what forms propose."""
        self.attributes = _NoProposals(self)
        super().load_file()


def write_ledger(task: Task) -> Row:
    """Write a ledger's part of a site.

    Args:
        task: The ledger, and where to write.

    Returns:
        What the index says of it, or what went wrong.
    """
    files = files_of(Path(task.ledger)) if task.is_kept else {}
    try:
        Path(task.ledger).open("rb").close()
        ledger = _StillLedger(task.ledger, poll_watcher=True)
    except OSError as error:
        why = error.strerror or str(error)
        return Row(task.name, error=f"{task.ledger} cannot be read: {why}")
    except Exception as error:  # noqa: BLE001 - Beancount expects not all that there is
        why = f"Beancount itself fails on it ({type(error).__name__}: {error})"
        return Row(task.name, error=f"{task.ledger} cannot be read: {why}.")
    if ledger.load_errors and not ledger.all_entries:
        why = ledger.load_errors[0].message
        return Row(task.name, error=f"{task.ledger} cannot be read: {why}")
    try:
        return _Ledger(task, ledger).write(files)
    except Exception as error:  # noqa: BLE001 - what it is decides nothing
        return Row(task.name, failure=f"{type(error).__name__}: {error}")


class _Ledger:
    """A ledger that is being written."""

    def __init__(self, task: Task, ledger: FavaLedger) -> None:
        self.task = task
        self.ledger = ledger
        self.served = Served(ledger)
        self.load = Load(ledger, has_settled=True)
        self.frame = templates().get_template("site/ledger.html")
        self.page = templates().get_template("Dunning.html")
        self.written: dict[str, bytes] = {}

    def write(self, files: Mapping[str, str]) -> Row:
        """Write all files; these are sums of what the ledger was loaded from."""
        with request():
            g.ledger = self.ledger
            page = StillPage(self.served, self.load, {}, Shelf())
            self._write_data(page)
            if not self.task.is_private:
                self._write_pages(page)
            row = self._row(page)
        if self.task.is_kept and row.is_whole:
            decided_by = decided(page.view.books, files)
            last = keepsake(self.task, row, self.written, decided_by)
            return replace(row, keepsake=last)
        return row

    def _write(self, name: str, content: bytes) -> None:
        """Write a file."""
        self.task.draft.write(name, content)
        self.written[name] = content

    def _row(self, page: StillPage) -> Row:
        totals = () if self.task.is_private else page.exact.report.totals
        return Row(
            self.task.name,
            page.report.as_of,
            len(page.todo.lines),
            len(page.payments.rows),
            len(page.todo.reminders.undecided),
            len(page.examination.findings),
            {one.currency: one.overdue for one in totals},
            {one.currency: one.total for one in totals},
            is_whole=self.served.is_whole,
            language=page.language,
        )

    def _write_data(self, page: StillPage) -> None:
        """Write what other programs read.

        Of a ledger with a part missing it stays as it was: a program takes it for all
        there is.
        """
        draft = self.task.draft
        names = ["reminders.ics"]
        if not self.task.is_private:
            names += ["aging.json", "aging.csv"]
        if not self.served.is_whole:
            for name in names:
                draft.keep(name)
            return
        books, report = page.view.books, page.exact.report
        last = draft.last("reminders.ics") or b""
        wanted = Wanted(private=self.task.is_private)
        calendar = build_calendar(books, everything, wanted, last, report)
        self._write("reminders.ics", calendar)
        if not self.task.is_private:
            report = _seen_from(report, Path(self.task.ledger).parent)
            self._write("aging.json", as_json(report.as_dict()).encode())
            text = as_csv(report, by="invoice", number=exact)
            self._write("aging.csv", text.encode())

    def _shelf(self, page: StillPage) -> Shelf:
        """Return which pages and files there are."""
        places = {row.place for row in page.payments.rows}
        left_over = page.tables.left_over
        folder = self.task.draft.folder
        return Shelf(
            {name for name in page.customers.names if name},
            {aged.item.handle for aged in page.report.items},
            places | {f"{one.filename}:{one.lineno}" for one in left_over},
            {name for name in FILES.values() if (folder / name).exists()},
        )

    def _write_pages(self, page: StillPage) -> None:
        shelf = self._shelf(page)
        for file, asked in _pages(shelf):
            shown = StillPage(self.served, self.load, asked, shelf)
            html = self.page.render(
                extension=SimpleNamespace(page=lambda shown=shown: shown),
                # What the page's address in Fava would ask for.
                request=SimpleNamespace(args=asked),
            )
            html = self.frame.render(
                # All at once: bit by bit, it would pass through the frame.
                page=Markup(without_dead_links(html)),  # noqa: S704 - of a template
                language=shown.language,
                _=shown.sentences.words.gettext,
                root="../../" if asked else "../",
                book=self.task.name,
                about=Path(asked.get("payment", "")).name
                or next(iter(asked.values()), ""),
            )
            self._write(file, html.encode())


def _seen_from(report: AgingReport, folder: Path) -> AgingReport:
    """Return a report whose files are named as from a folder."""
    seen = partial(seen_from, folder)
    return replace(
        report,
        items=tuple(
            replace(one, item=replace(one.item, filename=seen(one.item.filename)))
            for one in report.items
        ),
        unapplied=tuple(
            replace(one, filename=seen(one.filename)) for one in report.unapplied
        ),
    )


def _pages(shelf: Shelf) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each file, and what an address in Fava would ask for."""
    yield "index.html", {}
    for kind in ("customer", "invoice", "payment"):
        for name in cast("set[str]", getattr(shelf, kind)):
            yield shelf.file(kind, name), {kind: name}
