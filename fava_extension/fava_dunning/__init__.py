"""The Receivables page in Fava: who owes what, how late, what to do next.

    2026-01-01 custom "fava-extension" "fava_dunning"

The page follows Fava's filters: the end of the time filter, less a day, is the as-of
date; account and text filters narrow the items. Addresses below it answer

- `aging`, `aging.csv`: the aging report as `bean-dunning aging` writes it;
- `reminders.ics`: the calendar to subscribe to;
- `letter`: a letter that is due, as a page to print, by the `key` of its first item;
  with several keys all of them, or 409 where they have own pages;
- `statement`: a customer's statement of account, as a page to print or an e-mail;
- `dossier`: all that the ledger knows of an `invoice`, as an archive;
- `log`: asked with PUT, writes notes into the ledger;
- `assign`: asked with PUT, writes into a payment which invoices it is for;
- `write-off`: asked with PUT, writes what writes an invoice off;
- `declare`: asked with PUT, writes which accounts are receivable ones;
- `preview`: asked with PUT, answers what these would write;
- `undo`: asked with PUT, takes out what was written last.

With `customer=NAME` each is about that customer. The first three, `statement` and
`dossier` answer 503 where a part of the ledger is missing.
"""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar
from typing import cast

from fava.ext import FavaExtensionBase
from fava.ext import extension_endpoint
from flask import Response
from flask import abort
from flask import after_this_request
from flask import request
from flask import send_file

from beancount_dunning.answers.statement import statement
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import hidden
from beancount_dunning.basics.plain_text import fit_for_files
from beancount_dunning.formats import letter_html
from beancount_dunning.formats import statement_html
from beancount_dunning.formats.calendar_feed import Wanted
from beancount_dunning.formats.how_to_pay import HowToPay
from beancount_dunning.formats.statement_mail import as_mail
from beancount_dunning.formats.templates import TextError
from beancount_dunning.formats.text_aging import as_csv
from beancount_dunning.handover.archive import as_zip
from beancount_dunning.handover.dossier import gather
from beancount_dunning.ledger.paper import paper_of
from fava_dunning.assigning import assign
from fava_dunning.calendars import Calendars
from fava_dunning.calendars import Name
from fava_dunning.calendars import is_token
from fava_dunning.calendars import respond
from fava_dunning.declaring import declare
from fava_dunning.giving_up import write_off
from fava_dunning.modes import is_incognito
from fava_dunning.noting import log
from fava_dunning.page import Page
from fava_dunning.served import Served
from fava_dunning.undoing import undo
from fava_dunning.watcher import DayWatcher
from fava_dunning.writing import answer
from fava_dunning.writing import preview

if TYPE_CHECKING:
    from collections.abc import Callable

    from fava.core import FavaLedger
    from fava.core.watcher import Watcher

    from beancount_dunning.basics.money import Writer

_Method = TypeVar("_Method")
_KINDS = {"eml": "message/rfc822", "zip": "application/zip"}
# Own pages are what somebody wrote; the script of this page may print them.
_PAPER = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "frame-ancestors 'self'; sandbox allow-same-origin allow-modals allow-popups"
)


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
        self.served = served = Served(ledger)
        self._calendars = Calendars(ledger.beancount_file_path)
        watcher = DayWatcher(ledger.watcher, ledger, served.note_change)
        # Fava's type hint names just its own two watchers.
        ledger.watcher = cast("Watcher", watcher)

    def after_load_file(self) -> None:
        """Follow the ledger, which Fava has just loaded."""
        self.served.note_load()

    def page(self) -> Page:
        """Return what the templates show; no other site may put it into a frame."""
        after_this_request(_keep_out_of_frames)
        return Page(self.served)

    @_endpoint("aging", "GET")
    def aging(self) -> Response:
        """Answer the aging report as JSON, numbers hidden when Fava is incognito."""
        data = self._page().exact.report.as_dict(number=_number())
        text = json.dumps(data, ensure_ascii=False)
        return Response(text, mimetype="application/json")

    @_endpoint("aging.csv", "GET")
    def aging_csv(self) -> Response:
        """Answer the aging report as CSV, numbers hidden when Fava is incognito."""
        report = self._page().exact.report
        text = as_csv(report, by="invoice", number=_number())
        answer = Response(text, content_type="text/csv; charset=utf-8")
        name = f"receivables-{report.as_of}.csv"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    @_endpoint("reminders.ics", "GET", "HEAD")
    def reminders(self) -> Response:
        """Answer the calendar; without amounts and names when Fava is incognito.

        `type=todo` asks for tasks, `by=customer` for one event a letter, `private=1`
        for no amounts and no names. With the option `feed-token` it is there only for
        who knows the token.
        """
        page = self._page()
        if not is_token(request.args.get("token", ""), page.load.token):
            return Response("Not found.", status=404, mimetype="text/plain")
        return respond(self._feed(page))

    @_endpoint("letter", "GET")
    def letter(self) -> Response:
        """Answer a letter as a page to print."""
        return _paper(*_printed(Page(self.served)))

    @_endpoint("statement", "GET")
    def statement(self) -> Response:
        """Answer a customer's statement of account as a page to print, like a letter.

        With `as=mail` it is an e-mail, for a mail program to open as a draft. It is of
        the whole account, whatever Fava's account and text filters let through.
        """
        return _stated(self._page())

    def _page(self) -> Page:
        """Return what is answered to other programs, which take it for all there is."""
        load = self.served.settled()
        if load is None:
            # Subscribers would drop what is missing, paid or not.
            text = "Beancount cannot read all of the ledger."
            abort(Response(text, status=503, mimetype="text/plain"))
        return Page(self.served, load)

    def _feed(self, page: Page) -> bytes:
        wanted = Wanted(
            todo=request.args.get("type") == "todo",
            private=is_incognito() or "private" in request.args,
            by_customer=request.args.get("by") == "customer",
        )
        customer = request.args.get("customer")
        # What filters let through is not kept: there is no end to them. Nor is what is
        # asked for of customers that there are not.
        is_kept = not any(map(request.args.get, ("account", "filter", "time")))
        is_kept = is_kept and (customer is None or bool(page.report.customers))
        name = Name(wanted, customer)
        return self._calendars.feed(page.exact, name, is_kept=is_kept)

    @_endpoint("dossier", "GET")
    def dossier(self) -> Response:
        """Answer all that the ledger knows of an invoice, as the command writes it.

        It is of the whole invoice, whatever Fava's account and text filters let
        through. There is none when Fava is incognito: all of it is about amounts.
        """
        return _handed_over(self._page(), request.args.get("invoice", ""))

    @_endpoint("log", "PUT")
    def log(self) -> Response:
        """Write notes into the ledger: what was sent, promised, planned, disputed."""
        return answer(self.served, log)

    @_endpoint("assign", "PUT")
    def assign(self) -> Response:
        """Write into a payment which invoices it is for."""
        return answer(self.served, assign)

    @_endpoint("write-off", "PUT")
    def write_off(self) -> Response:
        """Write what writes an invoice off."""
        return answer(self.served, write_off)

    @_endpoint("declare", "PUT")
    def declare(self) -> Response:
        """Write which accounts are receivable ones, where none was found."""
        return answer(self.served, declare)

    @_endpoint("preview", "PUT")
    def preview(self) -> Response:
        """Answer what one of these would write, and write nothing."""
        drafts = {
            "log": log,
            "assign": assign,
            "write-off": write_off,
            "declare": declare,
        }
        return preview(self.served, drafts)

    @_endpoint("undo", "PUT")
    def undo(self) -> Response:
        """Take out of the ledger what was written last."""
        return answer(self.served, undo)


def _number() -> Writer:
    """Return how a report for other programs writes amounts."""
    return hidden if is_incognito() else exact


def _paper(text: str, status: int, mimetype: str) -> Response:
    """Answer a page to print; nothing in it is a program, or loads."""
    answer = Response(text, status, mimetype=mimetype)
    answer.headers["Content-Security-Policy"] = _PAPER
    return answer


def _printed(page: Page) -> tuple[str, int, str]:
    """Return the letters that are asked for: a text, a status, and what kind it is."""
    tasks = page.todo.tasks(request.args.getlist("key"))
    messages = [task.message for task in tasks if task.message]
    if not messages or len(messages) < len(tasks):
        problems = (task.problem for task in tasks if task.problem)
        return next(problems, "There is no such letter."), 404, "text/plain"
    try:
        if len(messages) == 1:
            return letter_html.as_html(messages[0]), 200, "text/html"
        text = letter_html.as_one(messages)
    except TextError as error:
        return str(error), 404, "text/plain"
    if text is None:
        return (
            "Letters with pages of their own are printed one by one.",
            409,
            "text/plain",
        )
    return text, 200, "text/html"


def _stated(page: Page) -> Response:
    """Answer the customer's statement, to print or to mail."""
    found = statement(page.books, page.customer or "")
    if found is None:
        problem = f"There is no such customer as of {page.report.as_of}."
        return _paper(problem, 404, "text/plain")
    settings = page.books.settings
    how, paper = HowToPay.by(settings), paper_of(settings)
    if request.args.get("as") == "mail":
        mail = as_mail(found, how, paper, is_private=is_incognito())
        return _file(mail, f"{found.customer.name} {found.last}", "eml")
    text = statement_html.as_html(found, how, paper, is_private=is_incognito())
    return _paper(text, 200, "text/html")


def _file(content: bytes, name: str, ending: str) -> Response:
    """Answer a file to keep, or to open in a program of its own."""
    file, called = BytesIO(content), f"{fit_for_files(name)}.{ending}"
    return send_file(file, _KINDS[ending], as_attachment=True, download_name=called)


def _handed_over(page: Page, invoice: str) -> Response:
    """Answer the dossier that is asked for."""
    if is_incognito():
        problem = "Fava is incognito; a dossier has amounts."
        return Response(problem, 403, mimetype="text/plain")
    found = gather(page.view.books, invoice)
    if found is None:
        problem = f"There is no such invoice as of {page.report.as_of}."
        return Response(problem, 404, mimetype="text/plain")
    return _file(as_zip(found.files), invoice, "zip")


def _keep_out_of_frames(response: Response) -> Response:
    """Forbid other sites to show the page, and to lure clicks onto its buttons."""
    response.headers["Content-Security-Policy"] = "frame-ancestors 'self'"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
