"""The Receivables page in Fava: who owes what, how late, what to do next.

    2026-01-01 custom "fava-extension" "fava_dunning"

The page follows Fava's filters: the end of the time filter, less a day, is the as-of
date; account and text filters narrow the items. Two addresses below it answer

- `aging`: the aging report as JSON, as `bean-dunning aging --format json` writes it;
- `reminders.ics`: the calendar to subscribe to.

Everything is computed from all entries of the ledger. The ones that Fava filters by
time have lost links, payees and metadata of what lies before.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from dataclasses import field
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar
from typing import cast
from urllib.parse import quote

from beancount.core.data import Custom
from fava.application import url_for
from fava.context import g
from fava.core.filters import AccountFilter
from fava.core.watcher import WatcherBase
from fava.ext import FavaExtensionBase
from fava.ext import extension_endpoint
from flask import Response
from flask import current_app
from flask import request
from platformdirs import user_cache_path

from beancount_dunning.aging import age
from beancount_dunning.books import read_books
from beancount_dunning.calendar_feed import CONTENT_TYPE
from beancount_dunning.calendar_feed import build_calendar
from beancount_dunning.clock import today
from beancount_dunning.dunning import DISPUTE
from beancount_dunning.dunning import HOLD
from beancount_dunning.dunning import PROMISE
from beancount_dunning.errors import has_losses
from beancount_dunning.freshness import load_holds
from beancount_dunning.ledger_file import replace_file
from beancount_dunning.money import exact
from beancount_dunning.settings import as_of_option
from beancount_dunning.settings import feed_token

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from beancount.core.data import Directive
    from fava.beans.abc import Directive as FavaDirective
    from fava.core import FavaLedger
    from fava.core.watcher import Watcher

    from beancount_dunning.aging import AgedItem
    from beancount_dunning.aging import AgingReport
    from beancount_dunning.books import Books
    from beancount_dunning.receivables import Item
    from beancount_dunning.receivables import Unapplied
    from beancount_dunning.settings import Settings

_Method = TypeVar("_Method")
_SLOT = "__slot__"
_LINE_SLOT = "__line__"
_LINK = re.compile(r"[A-Za-z0-9\-_/.]+")
_AMOUNTS = frozenset({"amount", "buckets", "interest", "open", "unapplied", "total"})
_CACHED = 16


class _DayWatcher(WatcherBase):
    """Fava's own watcher of files, for which the turn of the day is a change too.

    Fava loads a ledger again when a file changes, and would show yesterday's errors
    until then. When the plugin's errors are no longer those of today, this watcher
    reports a change, once: the load that follows has today's.
    """

    def __init__(self, watcher: WatcherBase, ledger: FavaLedger) -> None:
        self._watcher = watcher
        self._ledger = ledger
        self.last_checked = watcher.last_checked
        self.last_notified = watcher.last_notified

    def update(self, files: Iterable[Path], folders: Iterable[Path]) -> None:
        """Watch these files and folders.

        A ledger that was gone for a moment names no file, but is to be seen when it is
        back.
        """
        ledger = Path(self._ledger.beancount_file_path)
        self._watcher.update({*files, ledger}, folders)
        self.check()

    def _get_latest_mtime(self) -> int:
        self._watcher.check()
        latest = max(self._watcher.last_checked, self.last_checked)
        if not load_holds(dict(self._ledger.options), today()):
            latest = max(latest, self.last_checked + 1)
        return latest


@dataclass(frozen=True)
class View:
    """What the page shows: a report, and what set its date; with its calendars."""

    report: AgingReport
    books: Books
    why: str
    calendars: dict[tuple[bool, bool], bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Addresses:
    """Addresses of other pages, with a slot where something is to be filled in.

    To ask Fava for each address of a long table takes longer than all else.
    """

    account_slot: str
    journal_slot: str
    editor_slot: str

    def account(self, name: str) -> str:
        """Return the address of an account's page."""
        return self.account_slot.replace(_SLOT, quote(name, safe=":"))

    def journal(self, item: Item) -> str | None:
        """Return the address of an invoice's journal entries, None without one."""
        reference = item.invoice
        if reference is None or '"' in reference:
            return None
        if reference in (item.entry.links or ()) and _LINK.fullmatch(reference):
            search = f"^{reference}"
        else:
            said = f'invoice:"^{re.escape(reference)}$"'
            search = f"{said}, any({said})"
        return self.journal_slot.replace(_SLOT, quote(search, safe=""))

    def editor(self, item: Item) -> str:
        """Return the address of an item's line in the editor."""
        address = self.editor_slot.replace(_SLOT, quote(item.filename, safe=""))
        return address.replace(_LINE_SLOT, str(item.lineno))


def _endpoint(name: str, *methods: str) -> Callable[[_Method], _Method]:
    """Return Fava's decorator for an address below the page, with a type."""
    endpoint = cast("Any", extension_endpoint)
    return cast("Callable[[_Method], _Method]", endpoint(name, list(methods)))


def _read(store: Path) -> bytes:
    try:
        return store.read_bytes()
    except OSError:
        return b""


def _write(store: Path, feed: bytes) -> None:
    """Keep what is served for the next Fava, in a folder that nobody else can enter."""
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
        store.parent.chmod(0o700)
        replace_file(store, feed)
    except OSError:
        logging.getLogger(__name__).warning("%s cannot be written", store)


class Dunning(FavaExtensionBase):
    """The page, and its addresses for other programs."""

    report_title = "Receivables"

    def __init__(self, ledger: FavaLedger, config: str | None = None) -> None:
        """Prepare the page.

        Args:
            ledger: The ledger that Fava shows.
            config: Not looked at: settings are directives, and a wrong word here
                would keep Fava from starting.
        """
        del config
        super().__init__(ledger)
        self._reports: dict[tuple[Any, ...], View] = {}
        self._served: dict[tuple[bool, bool], bytes] = {}
        # Fava's type hint names just its own two watchers.
        ledger.watcher = cast("Watcher", _DayWatcher(ledger.watcher, ledger))

    def after_load_file(self) -> None:
        """Forget what was computed from the ledger as it was."""
        self._reports.clear()

    def _as_of(self) -> tuple[date, str]:
        """Return the date to look from, and what set it."""
        date_range = g.filtered.date_range
        if date_range:
            return date_range.end_inclusive, "the end of the time filter"
        fixed = as_of_option(self._entries())
        return (fixed, "the ledger's as-of date") if fixed else (today(), "today")

    def _entries(self) -> Sequence[Directive]:
        """Return all entries; Fava's own names for them are Beancount's."""
        return cast("Sequence[Directive]", self.ledger.all_entries)

    def view(self) -> View:
        """Return what the page shows under the filters of this request."""
        as_of, why = self._as_of()
        account = request.args.get("account", "")
        search = request.args.get("filter", "")
        key = (as_of, why, account, search)
        if key not in self._reports:
            books = read_books(
                self._entries(), self.ledger.options, today=today(), as_of=as_of
            )
            report = age(books, self._keep(books.settings, account, search))
            if len(self._reports) >= _CACHED:
                self._reports.clear()
            self._reports[key] = View(report, books, why)
        return self._reports[key]

    def _keep(
        self, settings: Settings, account: str, search: str
    ) -> Callable[[Item | Unapplied], bool]:
        """Return the test whether an item passes Fava's account and text filters.

        An account filter is about the item's account or an account on the other
        side, not about another customer's in the same transaction.
        """
        if not account and not search.strip():
            return lambda _: True
        filtered = self.ledger.get_filtered(account=account, filter=search)
        passed = {id(entry) for entry in filtered.entries}

        def keep(one: Item | Unapplied) -> bool:
            return id(one.entry) in passed and (
                not account or _matches(account, one, settings)
            )

        return keep

    def addresses(self) -> _Addresses:
        """Return the addresses of Fava's other pages, under the filters in force."""
        # An invoice's story may have begun before any time filter, and be told on
        # other accounts: None leaves a filter out.
        unfiltered: Any = {"time": None, "account": None}
        return _Addresses(
            url_for("account", name=_SLOT),
            url_for("report", report_name="journal", filter=_SLOT, **unfiltered),
            url_for("report", report_name="editor", file_path=_SLOT, line=_LINE_SLOT),
        )

    def calendar_address(self) -> str:
        """Return the full address of the calendar, without any filter."""
        page = url_for("extension_report", extension_name=self.name).partition("?")[0]
        token = feed_token(self._entries())
        query = f"?token={quote(token)}" if token else ""
        return f"{request.host_url.rstrip('/')}{page}reminders.ics{query}"

    def number(self, number: Decimal) -> str:
        """Write an amount with all its digits, grouped as Fava's locale has it.

        Fava's own filter rounds to the digits that a currency has most often, and
        receivables need their cents.
        """
        locale = self.ledger.fava_options.locale
        if not locale:
            return exact(number)
        from babel.numbers import format_decimal  # noqa: PLC0415 - with a locale only

        exponent = number.as_tuple().exponent
        digits = max(-exponent, 0) if isinstance(exponent, int) else 0
        pattern = "#,##0." + "0" * digits if digits else "#,##0"
        return format_decimal(
            number, pattern, locale=locale, decimal_quantization=False
        )

    @staticmethod
    def when(aged: AgedItem) -> str:
        """Say in words how late an item is."""
        days = aged.days_overdue
        if days is None:
            return "undated"
        if days == 0:
            return "due today"
        unit = "day" if abs(days) == 1 else "days"
        return f"{days} {unit} late" if days > 0 else f"due in {-days} {unit}"

    @staticmethod
    def held(aged: AgedItem) -> str:
        """Say why reminders rest, and until when."""
        record = aged.standing.record
        return {
            None: "",
            DISPUTE: "in dispute",
            PROMISE: f"promised by {record.promised}",
            HOLD: f"on hold until {record.held_until}",
        }[aged.standing.held]

    @_endpoint("aging", "GET")
    def aging(self) -> Response:
        """Answer the aging report as JSON, numbers hidden when Fava is incognito."""
        data = self.view().report.as_dict()
        if current_app.config["INCOGNITO"]:
            data = _hidden(data)
        text = json.dumps(data, ensure_ascii=False)
        return Response(text, mimetype="application/json")

    @_endpoint("reminders.ics", "GET", "HEAD")
    def reminders(self) -> Response:
        """Answer the calendar; without amounts and names when Fava is incognito.

        `type=todo` asks for tasks, `private=1` for no amounts and no names. With the
        option `feed-token` it is there only for who knows the token.
        """
        token = feed_token(self._entries())
        given = request.args.get("token", "")
        if token is not None and not (
            token and compare_digest(given.encode(), token.encode())
        ):
            return Response("Not found.", status=404, mimetype="text/plain")
        if not self._is_whole():
            # Subscribers would drop what is missing, paid or not.
            text = "The ledger has parts that Beancount cannot read."
            return Response(text, status=503, mimetype="text/plain")
        todo = request.args.get("type") == "todo"
        private = current_app.config["INCOGNITO"] or "private" in request.args
        feed = self._calendar(todo=todo, private=private)
        response = Response(feed, content_type=CONTENT_TYPE)
        response.set_etag(sha256(feed).hexdigest())
        # An app keeps its copy, and asks each time whether it is still the same.
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers["Content-Disposition"] = 'inline; filename="reminders.ics"'
        response.make_conditional(request)
        return response

    def _is_whole(self) -> bool:
        """Tell whether nothing of the ledger is missing.

        A file that an editor has half written can be sound as it is; but then it may
        have lost the directive that switched this page on.
        """
        return not has_losses(self.ledger.load_errors) and any(
            isinstance(entry, Custom)
            and entry.type == "fava-extension"
            and entry.values
            and entry.values[0].value == __name__
            for entry in self._entries()
        )

    def _calendar(self, *, todo: bool, private: bool) -> bytes:
        """Return the calendar, in the version that follows what was served last."""
        view = self.view()
        kind = (todo, private)
        if kind not in view.calendars:
            store = self._store(todo=todo, private=private)
            before = (self._served.get(kind) or _read(store)) if store else b""
            feed = build_calendar(
                view.report, view.books, todo=todo, private=private, before=before
            )
            view.calendars[kind] = feed
            if store:
                self._served[kind] = feed
                _write(store, feed)
        return view.calendars[kind]

    def _store(self, *, todo: bool, private: bool) -> Path | None:
        """Return where the calendar that was served last is kept, if it is.

        What filters let through is not: there is no end to them.
        """
        if any(request.args.get(name) for name in ("account", "filter", "time")):
            return None
        what = f"{self.ledger.beancount_file_path}\x1f{todo}\x1f{private}"
        name = sha256(what.encode(errors="backslashreplace")).hexdigest()
        return user_cache_path("beancount-dunning") / f"{name}.ics"


def _matches(account: str, one: Item | Unapplied, settings: Settings) -> bool:
    """Tell whether Fava's account filter lets an item pass.

    It asks for any account of a transaction; here other receivable accounts do not
    count, since they are other items.
    """
    postings = [
        posting
        for posting in one.entry.postings
        if posting.account == one.account or not settings.accounts[posting.account]
    ]
    entry = cast("FavaDirective", one.entry._replace(postings=postings))
    return bool(AccountFilter(account).apply([entry]))


def _hidden(data: Any, key: str = "") -> Any:  # noqa: ANN401 - JSON
    """Return JSON with an X for each digit of an amount, as Fava hides them."""
    if isinstance(data, dict):
        return {name: _hidden(value, key or name) for name, value in data.items()}
    if isinstance(data, list):
        return [_hidden(value) for value in data]
    is_amount = isinstance(data, str) and key in _AMOUNTS
    return re.sub(r"\d", "X", data) if is_amount else data
