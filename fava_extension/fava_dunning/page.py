"""What the page shows: all that the templates ask of a request.

Each part is worked out when a template asks for it. Only what is visible is worked out:
tables come in parts, and charts when they are asked for.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from beancount_dunning.answers.proposals import as_text
from beancount_dunning.answers.refunds import refund
from beancount_dunning.answers.story import tell
from beancount_dunning.answers.traits import Trait
from beancount_dunning.formats.letters import mail_address
from beancount_dunning.formats.letters import mailto
from fava_dunning import figures
from fava_dunning import time_line
from fava_dunning.addresses import Subscription
from fava_dunning.asked import Asked
from fava_dunning.converting import Conversion
from fava_dunning.converting import is_currency
from fava_dunning.customer_page import CustomerPage
from fava_dunning.invoice_page import InvoicePage
from fava_dunning.modes import is_incognito
from fava_dunning.narrowing import Narrowed
from fava_dunning.narrowing import Narrowing
from fava_dunning.narrowing import folded
from fava_dunning.outlook import outlooks
from fava_dunning.payments import Payments
from fava_dunning.payments import story_at
from fava_dunning.sums import CustomerTable
from fava_dunning.tables import Tables
from fava_dunning.todo import Todo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from beancount_dunning.answers.doctor.examination import Examination
    from beancount_dunning.answers.emptiness import Emptiness
    from beancount_dunning.answers.payment_story import PaymentStory
    from beancount_dunning.answers.reminders import StaleBank
    from beancount_dunning.ledger.accounts import Account
    from beancount_dunning.ledger.customers import Customer
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.standing.aging import AgedItem
    from beancount_dunning.standing.aging import AgingReport
    from fava_dunning.figures import Glance
    from fava_dunning.outlook import Outlook
    from fava_dunning.served import Load
    from fava_dunning.served import Served

# What is marked beside a customer's name; the figures tell the rest.
_MARKS = (Trait.BROKEN, Trait.PROMISED, Trait.PLAN, Trait.DISPUTE, Trait.HOLD)


class Page(Asked):
    """What a request is shown."""

    def __init__(self, served: Served, load: Load | None = None) -> None:
        """Look at the ledger as the request asks.

        Args:
            served: The ledger that it is about.
            load: A load of it; without it the latest one.

        Raises:
            FavaAPIError: A filter cannot be read.
        """
        super().__init__(served, load)
        self.view = self.load.view(self.as_of)
        self.exact, self.selection = self.view.select(self.filters)
        self.books = self.view.rounded
        self.report = self.selection.report

    @cached_property
    def todo(self) -> Todo:
        """What is to do."""
        found, lines = self.selection.reminders, self.view.lines(self.filters)
        said = self.here.parameters
        return Todo(self.books, found, lines, self.narrowed, said, is_incognito())

    @cached_property
    def payments(self) -> Payments:
        """The payments that are to be assigned."""
        found = self.view.payments(self.filters)
        return Payments(self.books, found, self.narrowed, self.here.parameters)

    @cached_property
    def narrowed(self) -> Narrowed:
        """What lists and tables are narrowed to."""
        by = Narrowing.of(self.here.parameters)
        return Narrowed(self.selection.listed, by)

    @cached_property
    def customers(self) -> CustomerTable:
        """The table of customers."""
        return CustomerTable(
            self.shown,
            self.narrowed,
            self.payments.rows,
            self.here.parameters,
            self.conversion.target if self.conversion else None,
            self.view.grading if self.is_graded else None,
        )

    @property
    def is_graded(self) -> bool:
        """Whether how customers pay is asked for, which nobody is told incognito."""
        return self.here.parameters.get("graded") == "1" and not is_incognito()

    @property
    def emptiness(self) -> Emptiness | None:
        """Why nothing is open; None where something is, or filters may hide it."""
        filters = self.filters
        is_narrow = filters.account or filters.text.strip() or filters.customer
        return None if is_narrow else self.view.emptiness

    @property
    def examination(self) -> Examination | None:
        """What is wrong with the ledger; None where nobody looked."""
        is_asked = self.here.parameters.get("findings") == "1"
        return self.view.examine() if is_asked else self.view.examination

    @cached_property
    def conversion(self) -> Conversion | None:
        """How sums are converted; None where they are as booked."""
        asked = self.here.parameters.get("conversion", "")
        if not is_currency(asked):
            return None
        found = {row.currency for row in self.report.totals}
        prices = self.served.ledger.prices
        return Conversion.at(asked, found, prices, self.report.as_of)

    @cached_property
    def shown(self) -> AgingReport:
        """The report, its sums converted if that is asked for."""
        return self.conversion.report(self.report) if self.conversion else self.report

    @cached_property
    def tables(self) -> Tables:
        """The tables, narrowed as the address says."""
        undecided, payments = self.selection.reminders.undecided, self.payments.rows
        said = self.here.parameters
        return Tables(self.report, self.narrowed, undecided, payments, said)

    @property
    def glances(self) -> list[Glance]:
        """The figures by currency."""
        return figures.glances(self.shown, self.narrowed.by.bucket_chosen)

    @property
    def currencies(self) -> list[str]:
        """The currencies that sums can be converted to."""
        operating = self.served.ledger.options["operating_currency"]
        chosen = [self.conversion.currency] if self.conversion else []
        return figures.currencies(self.report, [*operating, *chosen])

    @property
    def newest_bank_entry(self) -> date | None:
        """When something was last booked on an account that customers pay to."""
        return self.view.newest_bank_entry

    @property
    def stale_bank(self) -> StaleBank | None:
        """The latest entry on a bank account, if it is old."""
        return self.view.stale_bank

    @property
    def subscription(self) -> Subscription:
        """The full address of the calendar, without any filter."""
        public, token = self.books.settings.base_url, self.load.token
        return Subscription.of_request(self.here.page, public, self.customer, token)

    def marks(self, customer: str) -> list[Trait]:
        """Return what is special about a customer's items."""
        found, _ = self.narrowed.of_customer.get(customer, (frozenset(), ""))
        return [trait for trait in _MARKS if trait in found]

    def found_by(self, customer: str) -> str:
        """Return the text by which the script finds a customer."""
        _, text = self.narrowed.of_customer.get(customer, (None, ""))
        return self.told(text) or customer

    def text_of(self, aged: AgedItem) -> str:
        """Return the text by which the script finds an item."""
        item = aged.item
        return self.told(folded(item.customer, item.label, item.entry.narration))

    def refund(self, credit: Unapplied) -> str:
        """Return the transaction that pays a credit back, as one types it."""
        return self.told(as_text(refund(self.books, credit)))

    def invoice_page(self, name: str) -> InvoicePage | None:
        """Return what the page of an invoice shows, paid or not."""
        near, experience = self.view.nearby.invoice(name) or (self.books, None)
        story = tell(near, name, experience)
        if story is None:
            return None
        return InvoicePage(self.view.charged, near, story, self.sentences.words)

    def payment_story(self, place: str) -> PaymentStory | None:
        """Tell where each part of the payment at a file and line went."""
        return story_at(self.books, place)

    @cached_property
    def outlooks(self) -> dict[str, Outlook]:
        """What charts show, by currency."""
        found = self.selection
        if self.customer:
            # A look back at one takes no look at all the others.
            found = replace(found, books=self.view.nearby.customer(self.customer))
        return outlooks(found.outlook, self.conversion, self.here)

    @property
    def charts(self) -> Sequence[Outlook]:
        """What charts show in the currency that is asked for, or else in the first."""
        found = self.outlooks
        asked = self.here.parameters.get("charts", "")
        return [found[asked]] if asked in found else [*found.values()][:1]

    def shade(self, bucket: str) -> str:
        """Return the style class of a bucket, or of another stretch of a line of time.

        The later, the warmer.
        """
        known = time_line.SHADES.get(bucket)
        return known or figures.shade(bucket, self.report.buckets)

    # Whose page it is.

    @cached_property
    def file(self) -> Customer:
        """What is known of the customer whose page it is."""
        return self.books.settings.customer(self.customer or "")

    @staticmethod
    def mail_to(file: Customer) -> str:
        """Return the address that opens an e-mail to a customer."""
        return mailto(mail_address(file))

    @cached_property
    def customer_page(self) -> CustomerPage:
        """What the page of the customer shows."""
        name, said = self.customer or "", self.here.parameters
        near = self.view.nearby.customer(name)
        charged, words = self.view.charged, self.sentences.words
        return CustomerPage(charged, near, name, said, words)

    @property
    def accounts(self) -> list[Account]:
        """The accounts on which the customer has something open, or credit."""
        known = self.books.settings.accounts
        return [found for name in self.report.accounts if (found := known[name])]
