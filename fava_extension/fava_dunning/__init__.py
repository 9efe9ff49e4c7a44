"""The Receivables page in Fava: who owes what, how late, what to do next.

    2026-01-01 custom "fava-extension" "fava_dunning"

The page follows Fava's filters: the end of the time filter, less a day, is the as-of
date; account and text filters narrow the items. Addresses below it answer

- `aging`, `aging.csv`: the aging report as `bean-dunning aging` writes it;
- `reminders.ics`: the calendar to subscribe to;
- `log`: asked with PUT, writes a note into the ledger.

With `customer=NAME` each is about that customer. Everything is computed from all
entries of the ledger: the ones that Fava filters by time have lost links, payees and
metadata of what lies before.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from dataclasses import field
from functools import cached_property
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar
from typing import cast
from urllib.parse import quote
from urllib.parse import urlsplit

from babel.dates import format_date
from beancount.core.data import Custom
from fava.application import url_for
from fava.beans.funcs import hash_entry
from fava.context import g
from fava.core.conversion import cost_or_value
from fava.core.filters import AccountFilter
from fava.core.inventory import CounterInventory
from fava.ext import FavaExtensionBase
from fava.ext import extension_endpoint
from fava.helpers import FavaAPIError
from flask import Response
from flask import after_this_request
from flask import current_app
from flask import request
from flask_babel import get_locale  # type: ignore[import-untyped]  # it has no types

from beancount_dunning.answers.forecast import forecast
from beancount_dunning.answers.history import history
from beancount_dunning.answers.reminders import stale_bank
from beancount_dunning.answers.story import tell
from beancount_dunning.basics.clock import today
from beancount_dunning.basics.errors import has_losses
from beancount_dunning.basics.gc_paused import without_collection
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import in_locale
from beancount_dunning.basics.money import round_to
from beancount_dunning.basics.words import Words
from beancount_dunning.formats.calendar_feed import CONTENT_TYPE
from beancount_dunning.formats.calendar_feed import Wanted
from beancount_dunning.formats.calendar_feed import build_calendar
from beancount_dunning.formats.letters import locale_of
from beancount_dunning.formats.text_aging import as_csv
from beancount_dunning.ledger.directives import as_of_option
from beancount_dunning.ledger.directives import feed_token
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.books import read_books
from fava_dunning import writing
from fava_dunning.addresses import Elsewhere
from fava_dunning.addresses import Here
from fava_dunning.calendars import Calendars
from fava_dunning.catalogues import catalogue
from fava_dunning.charts import Bar
from fava_dunning.charts import draw
from fava_dunning.charts import short
from fava_dunning.page import Page
from fava_dunning.page import hide
from fava_dunning.watcher import DayWatcher

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from babel import Locale
    from babel.support import NullTranslations
    from beancount.core.data import Directive
    from fava.beans.abc import Directive as FavaDirective
    from fava.core import FavaLedger
    from fava.core.watcher import Watcher

    from beancount_dunning.answers.history import MonthEnd
    from beancount_dunning.answers.reminders import StaleBank
    from beancount_dunning.answers.story import Story
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.ledger.settings import Customer
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.aging import AgingReport
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep
    from fava_dunning.charts import Chart


_Method = TypeVar("_Method")
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_AMOUNTS = frozenset({"amount", "buckets", "interest", "open", "unapplied", "total"})
_CACHED = 16
# Books of so many dates are kept. Each holds on to its items.
_CACHED_BOOKS = 4
_BANK_AGE = 7
_LONGEST_FOR_GOOGLE = 255


@dataclass(frozen=True)
class View:
    """What the page shows: a report, and what set its date; with its calendars."""

    report: AgingReport
    books: Books
    keep: Keep
    why: Words
    calendars: dict[tuple[bool, bool], bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A calendar's address, in the two ways in which apps take it."""

    address: str
    webcal: str

    @property
    def is_too_long(self) -> bool:
        """Whether Google would stop reading before its end."""
        return len(self.address) > _LONGEST_FOR_GOOGLE

    @property
    def is_local(self) -> bool:
        """Whether no other computer knows the address."""
        return _is_local(self.address)


class _Computed:
    """What was computed from a ledger as it was loaded; forgotten with the load."""

    def __init__(self, entries: Sequence[Directive]) -> None:
        self.entries = entries
        self.books: dict[date, Books] = {}
        self.banks: dict[date, StaleBank | None] = {}
        self.views: dict[tuple[Any, ...], View] = {}
        self.histories: dict[tuple[Any, ...], tuple[MonthEnd, ...]] = {}

    @cached_property
    def as_of(self) -> date | None:
        """The ledger's own date."""
        return as_of_option(self.entries)

    @cached_property
    def token(self) -> str | None:
        """The secret that its calendar asks for."""
        return feed_token(self.entries)


def _endpoint(name: str, *methods: str) -> Callable[[_Method], _Method]:
    """Return Fava's decorator for an address below the page, with a type."""
    endpoint = cast("Any", extension_endpoint)
    return cast("Callable[[_Method], _Method]", endpoint(name, list(methods)))


class Dunning(FavaExtensionBase):
    """The page, and its addresses for other programs."""

    report_title = "Receivables"
    has_js_module = True

    def __init__(self, ledger: FavaLedger, config: str | None = None) -> None:
        """Prepare the page.

        Args:
            ledger: The ledger that Fava shows.
            config: Not looked at: settings are directives, and a wrong word here
                would keep Fava from starting.
        """
        del config
        super().__init__(ledger)
        self._computed = _Computed(())
        self._calendars = Calendars(ledger.beancount_file_path)
        # What the ledger's files were when they were loaded, and whether they were
        # the same before: someone may have written while Beancount read.
        self.fingerprint = ""
        self.is_sure = False
        # Fava's type hint names just its own two watchers.
        ledger.watcher = cast("Watcher", DayWatcher(ledger.watcher, ledger))

    def after_load_file(self) -> None:
        """Forget what was computed from the ledger as it was; note what it is now."""
        # Fava's own names for entries are Beancount's.
        entries = cast("Sequence[Directive]", self.ledger.all_entries)
        self._computed = _Computed(entries)
        self.fingerprint = writing.fingerprint(self.ledger)
        self.is_sure = False

    def _as_of(self) -> tuple[date, Words]:
        """Return the date to look from, and what set it."""
        try:
            date_range = g.filtered.date_range
        except (ValueError, OverflowError, re.error) as error:
            # What Fava itself says of a filter that it cannot read.
            message = f"The filters cannot be read: {error}"
            raise FavaAPIError(message) from error
        if date_range:
            return date_range.end_inclusive, Words("the end of the time filter")
        why = (
            Words("the ledger's as-of date") if self._computed.as_of else Words("today")
        )
        return self.day(), why

    @without_collection()
    def _books_on(self, as_of: date) -> Books:
        return read_books(
            self._computed.entries, self.ledger.options, today=today(), as_of=as_of
        )

    def view(self) -> View:
        """Return what the page shows under the filters of this request."""
        as_of, why = self._as_of()
        key = (as_of, why, *_narrowed())
        computed = self._computed
        found = computed.views.get(key)
        if found is None:
            books = computed.books.get(as_of)
            if books is None:
                books = self._books_on(as_of)
                _keep_new(computed.books, as_of, books, _CACHED_BOOKS)
            keep = self._keep(books.settings, *_narrowed())
            found = View(age(books, keep), books, keep, why)
            _keep_new(computed.views, key, found, _CACHED)
        return found

    def _keep(
        self, settings: Settings, account: str, search: str, customer: str | None
    ) -> Keep:
        """Return the test whether an item passes Fava's filters and is a customer's.

        An account filter is about the item's account or an account on the other
        side, not about another customer's in the same transaction.
        """
        if not account and not search.strip():
            return lambda one: customer is None or one.customer == customer
        filtered = self.ledger.get_filtered(account=account, filter=search)
        passed = {id(entry) for entry in filtered.entries}

        def keep(one: Item | Unapplied) -> bool:
            return (
                id(one.entry) in passed
                and (customer is None or one.customer == customer)
                and (not account or _matches(account, one, settings))
            )

        return keep

    def page(self) -> Page:
        """Return the parts of the page."""
        after_this_request(_keep_out_of_frames)
        view = self.view()
        # With `partial` Fava's script asks for the page without what is around it: no
        # state of the page, and no link is to lead to half a page.
        said = {key: value for key, value in request.args.items() if key != "partial"}
        here = Here(self._address(), said)
        private = _is_incognito()
        shown = hide if private else str
        return Page(
            view.report,
            view.books,
            view.keep,
            here,
            self.words(),
            number=lambda number: shown(self.number(number)),
            today=self.day(),
            private=private,
        )

    def day(self) -> date:
        """Return the day it is: the ledger's own, or today."""
        return self._computed.as_of or today()

    def _address(self) -> str:
        """Return the page's address without any filter."""
        return url_for("extension_report", extension_name=self.name).partition("?")[0]

    @staticmethod
    def words() -> NullTranslations:
        """Return the catalogue of the language that Fava is in."""
        return catalogue(get_locale())

    @staticmethod
    def language() -> str:
        """Return the language that Fava is in, as a page says it (BCP 47)."""
        return str(get_locale() or "en").replace("_", "-")

    @staticmethod
    def letter_locale(customer: Customer, settings: Settings) -> Locale:
        """Return the language to write to a customer in."""
        return locale_of(customer.language or settings.language)

    @staticmethod
    def words_in(locale: Locale) -> NullTranslations:
        """Return the catalogue of a language."""
        return catalogue(locale)

    @staticmethod
    def elsewhere() -> Elsewhere:
        """Return the addresses of Fava's other pages, under the filters in force."""
        return Elsewhere.under_filters()

    @staticmethod
    def popup(entry: Directive) -> str:
        """Return the address that opens an entry in Fava's window for it."""
        return f"#context-{hash_entry(cast('FavaDirective', entry))}"

    @staticmethod
    def is_read_only() -> bool:
        """Tell whether Fava refuses to write: it says so nowhere but in its guards."""
        guards = current_app.before_request_funcs.get(None, ())
        return any(guard.__name__ == "_read_only" for guard in guards)

    def is_whole(self) -> bool:
        """Tell whether Beancount could read all of the ledger."""
        return not has_losses(self.ledger.load_errors)

    def is_plain(self) -> bool:
        """Tell whether the ledger is a file of text, and not an encrypted one."""
        return self.ledger.beancount_file_path in self.ledger.options["include"]

    def stale_bank(self) -> StaleBank | None:
        """Return the latest entry on a bank account, if it is old."""
        books, computed = self.view().books, self._computed
        if books.as_of not in computed.banks:
            computed.banks[books.as_of] = stale_bank(books)
        return computed.banks[books.as_of]

    def story(self, invoice: str) -> Story | None:
        """Tell the story of an invoice, paid or not."""
        return tell(self.view().books, invoice)

    def convert(self, amounts: Mapping[str, Decimal]) -> dict[str, Decimal]:
        """Convert amounts as Fava's conversion says, at prices of the as-of date.

        What was converted is rounded here, to the precision of its currency.
        """
        inventory = CounterInventory()
        for currency, amount in amounts.items():
            inventory.add((currency, None), amount)
        converted = cost_or_value(
            inventory, g.conversion, self.ledger.prices, self.view().report.as_of
        )
        return {
            currency: amount
            if currency in amounts and amount == amounts[currency]
            else round_to(amount, currency)
            for currency, amount in converted.items()
        }

    def aging_charts(self) -> list[Chart]:
        """Return how receivables aged, a chart for each currency."""
        page, months = self.page(), self._history()
        buckets = page.report.buckets
        currencies = sorted({row.currency for one in months for row in one.totals})
        charts = []
        for currency in currencies:
            bars = []
            for one in months:
                rows = [row for row in one.totals if row.currency == currency]
                sums = rows[0].buckets if rows else {}
                # The option `buckets` may have been another one then.
                names = [*buckets, *(name for name in sums if name not in buckets)]
                bars.append(
                    Bar(
                        f"{one.date:%Y-%m}",
                        one.date.isoformat(),
                        [(name, sums[name]) for name in names if name in sums],
                        page.here.but(time=one.date.isoformat(), charts="1"),
                    )
                )
            charts.append(draw(currency, bars))
        return charts

    def _history(self) -> tuple[MonthEnd, ...]:
        view = self.view()
        key = (view.report.as_of, *_narrowed())
        computed = self._computed
        found = computed.histories.get(key)
        if found is None:
            with without_collection():
                found = history(view.books, view.keep)
            _keep_new(computed.histories, key, found, _CACHED)
        return found

    def cash_charts(self) -> list[Chart]:
        """Return the cash expected in by week, a chart for each currency."""
        page, view = self.page(), self.view()
        gettext = page.words.gettext
        charts = []
        for one in forecast(view.books, view.keep):
            named = [
                ("overdue", gettext("overdue"), one.overdue),
                *(
                    ("expected", f"{week.first:%m-%d}", week.amount)
                    for week in one.weeks
                ),
                ("later", gettext("later"), one.later),
                ("undated", gettext("undated"), one.undated),
            ]
            bars = [
                Bar(label, label, [(kind, amount)]) for kind, label, amount in named
            ]
            charts.append(draw(one.currency, bars))
        return charts

    def subscription(self, customer: str | None = None) -> Subscription:
        """Return the full address of the calendar, without any filter.

        Args:
            customer: Whose reminders it has; all without one.
        """
        token = self._computed.token
        said = {"customer": customer, "token": token}
        query = "&".join(
            f"{name}={quote(value)}" for name, value in said.items() if value
        )
        page = f"{request.host_url.rstrip('/')}{self._address()}"
        public = self.view().books.settings.base_url
        if public and not _is_local(public):
            # Where apps find it, whatever this request was asked for by.
            page = f"{public.rstrip('/')}/extension/{self.name}/"
        address = f"{page}reminders.ics"
        address += f"?{query}" if query else ""
        return Subscription(address, f"webcal:{address.partition(':')[2]}")

    def number(self, number: Decimal) -> str:
        """Write an amount with all its digits, grouped as Fava's locale has it.

        Fava's own filter rounds to the digits that a currency has most often, and
        receivables need their cents.
        """
        locale = self.ledger.fava_options.locale
        return in_locale(number, locale) if locale else exact(number)

    short = staticmethod(short)
    in_locale = staticmethod(in_locale)
    day_in_locale = staticmethod(format_date)

    @_endpoint("aging", "GET")
    def aging(self) -> Response:
        """Answer the aging report as JSON, numbers hidden when Fava is incognito."""
        data = self.view().report.as_dict()
        if _is_incognito():
            data = _hidden(data)
        text = json.dumps(data, ensure_ascii=False)
        return Response(text, mimetype="application/json")

    @_endpoint("aging.csv", "GET")
    def aging_csv(self) -> Response:
        """Answer the aging report as CSV, numbers hidden when Fava is incognito."""
        view = self.view()
        text = as_csv(view.report, by="invoice")
        if _is_incognito():
            text = _hidden_csv(text)
        name = f"receivables-{view.report.as_of}.csv"
        answer = Response(text, content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    @_endpoint("reminders.ics", "GET", "HEAD")
    def reminders(self) -> Response:
        """Answer the calendar; without amounts and names when Fava is incognito.

        `type=todo` asks for tasks, `private=1` for no amounts and no names. With the
        option `feed-token` it is there only for who knows the token.
        """
        token = self._computed.token
        given = request.args.get("token", "")
        if token is not None and not (
            token and compare_digest(given.encode(), token.encode())
        ):
            return Response("Not found.", status=404, mimetype="text/plain")
        if not (self.is_whole() and self._is_switched_on()):
            # Subscribers would drop what is missing, paid or not.
            text = "Beancount cannot read all of the ledger."
            return Response(text, status=503, mimetype="text/plain")
        todo = request.args.get("type") == "todo"
        private = _is_incognito() or "private" in request.args
        feed = self._calendar(todo=todo, private=private)
        response = Response(feed, content_type=CONTENT_TYPE)
        response.set_etag(sha256(feed).hexdigest())
        # An app keeps its copy, and asks each time whether it is still the same.
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers["Content-Disposition"] = 'inline; filename="reminders.ics"'
        response.make_conditional(request)
        return response

    @_endpoint("log", "PUT")
    def log(self) -> Response:
        """Write notes into the ledger: what was sent, promised, disputed, put off."""
        return writing.answer(self)

    def _is_switched_on(self) -> bool:
        """Tell whether the directive that switches this page on is there.

        A file that an editor has half written can be sound as it is; but then it may
        have lost it.
        """
        return any(
            isinstance(entry, Custom)
            and entry.type == "fava-extension"
            and entry.values
            and entry.values[0].value == __name__
            for entry in self._computed.entries
        )

    def _calendar(self, *, todo: bool, private: bool) -> bytes:
        """Return the calendar, in the version that follows what was served last."""
        view = self.view()
        kind = (todo, private)
        if kind not in view.calendars:
            # What filters let through is not kept: there is no end to them.
            is_kept = not any(map(request.args.get, ("account", "filter", "time")))
            customer = request.args.get("customer")
            name = (*kind, customer)
            # Nor is what is asked for of customers that there are not.
            is_kept = is_kept and (customer is None or bool(view.report.customers))
            feed = build_calendar(
                view.books,
                view.keep,
                Wanted(todo, private),
                self._calendars.last(name) if is_kept else b"",
            )
            view.calendars[kind] = feed
            if is_kept:
                self._calendars.keep(name, feed)
        return view.calendars[kind]


def _is_local(address: str) -> bool:
    """Tell whether an address has a name of this computer alone."""
    return urlsplit(address).hostname in {"localhost", "127.0.0.1", "::1"}


def _keep_out_of_frames(response: Response) -> Response:
    """Forbid other sites to show the page, and to lure clicks onto its buttons."""
    response.headers["Content-Security-Policy"] = "frame-ancestors 'self'"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _narrowed() -> tuple[str, str, str | None]:
    """Return what the items are narrowed to: account, text, and customer."""
    said = request.args
    return said.get("account", ""), said.get("filter", ""), said.get("customer") or None


def _keep_new(cached: dict[_Key, _Value], key: _Key, value: _Value, most: int) -> None:
    """Keep what was computed, and what was before only if there is room."""
    if len(cached) >= most:
        cached.clear()
    cached[key] = value


def _is_incognito() -> bool:
    return bool(current_app.config["INCOGNITO"])


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
    """Return JSON with its amounts hidden."""
    if isinstance(data, dict):
        return {name: _hidden(value, key or name) for name, value in data.items()}
    if isinstance(data, list):
        return [_hidden(value) for value in data]
    is_amount = isinstance(data, str) and key in _AMOUNTS
    return hide(data) if is_amount else data


def _hidden_csv(text: str) -> str:
    """Return CSV with its amounts hidden."""
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    for row in rows:
        named = _hidden(dict(zip(header, row, strict=True)))
        writer.writerow(named.values())
    return out.getvalue()
