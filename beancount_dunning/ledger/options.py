"""Every option and metadata key of a ledger's directives, declared once.

To add an option, add its line to OPTIONS and a field of the same name to `Settings`
(with `_` for `-`). To add a key of customers' files, add its line to FILE_KEYS and a
field to `Customer`. docs/reference.md lists what is here, and a test compares the two.

Keys of invoices, payments and notes are read in `postings` and `log`.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar

from beancount_dunning.ledger import agreements
from beancount_dunning.ledger import limitation
from beancount_dunning.ledger import paying
from beancount_dunning.ledger import values
from beancount_dunning.ledger.agreements import Compound
from beancount_dunning.ledger.agreements import DayCount
from beancount_dunning.ledger.agreements import Each
from beancount_dunning.ledger.agreements import Period
from beancount_dunning.ledger.costs import costs
from beancount_dunning.ledger.credit import Credit
from beancount_dunning.ledger.minimum import MinimumBy
from beancount_dunning.ledger.paper import Paper
from beancount_dunning.ledger.policies import DEFAULT_POLICY
from beancount_dunning.ledger.policies import Channel
from beancount_dunning.ledger.policies import PaymentOrder
from beancount_dunning.ledger.workdays import country

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beancount_dunning.ledger.values import Reader


@dataclass(frozen=True, slots=True)
class Key:
    """A metadata key: its name, the reader of its values, and what it says."""

    name: str
    reader: Reader
    says: str


@dataclass(frozen=True, slots=True)
class Option:
    """An option: its name, the reader of its values, its default, and what it says.

    `default` is a value as the reader returns it, None where there is none. `keys` are
    those of the directive's metadata. Where it `takes_several` values, its reader is
    given all of them.
    """

    name: str
    reader: Reader
    default: Any
    says: str
    keys: Mapping[str, Key] = field(default_factory=dict)
    takes_several: bool = False

    @property
    def field(self) -> str:
        """The field of `Settings` that holds its value."""
        return self.name.replace("-", "_")


_Declared = TypeVar("_Declared", Key, Option)


def _by_name(*declared: _Declared) -> Mapping[str, _Declared]:
    return {one.name: one for one in declared}


OPTIONS = _by_name(
    Option(
        "accounts",
        values.regular_expression,
        None,
        "which accounts are receivable ones",
    ),
    Option("terms", values.terms, None, "payment terms where nothing else says any"),
    Option(
        "policy",
        values.text,
        DEFAULT_POLICY,
        "the reminder policy where nothing else names one",
    ),
    Option(
        "buckets",
        values.bucket_edges,
        (30, 60, 90),
        "the last days of the aging buckets",
    ),
    Option(
        "unreferenced",
        values.choice("oldest", "unapplied"),
        "oldest",
        "whether credits without a reference settle the oldest item or stay unapplied",
    ),
    Option(
        "payment-order",
        values.choice(*PaymentOrder),
        PaymentOrder.INVOICE,
        "whether payments settle the invoice first, or charges and interest on it",
    ),
    Option(
        "errors",
        values.choice("invoice", "customer", "off"),
        "invoice",
        "whether there is one error an overdue invoice, one a customer, or none",
    ),
    Option("grace", values.days, 0, "days past due before an item is an error"),
    Option(
        "minimum",
        values.amount,
        None,
        "in its currency, items with less open are neither reminded nor errors",
        _by_name(
            Key("by", values.choice(*MinimumBy), "whose open amount the minimum is for")
        ),
    ),
    Option(
        "bank-fee",
        values.amount,
        None,
        "in its currency, the most that a bank may have kept of a payment",
    ),
    Option(
        "limitation",
        limitation.limitation,
        None,
        "after how long a claim can no longer be enforced",
        _by_name(
            Key("restarts", limitation.restarts, "what begins that time anew"),
        ),
    ),
    Option("cost-hour", values.amount, None, "what an hour of chasing costs"),
    Option("cost-court", costs, None, "what a court costs, by the claim's size"),
    Option(
        "catch-up",
        values.choice("next", "highest"),
        "next",
        "whether steps go in order or straight to the furthest whose day has come",
    ),
    Option(
        "holidays",
        country,
        None,
        "the country whose days off move due dates and reminders",
    ),
    Option("start", values.day, None, "earlier steps count as taken elsewhere"),
    Option("as-of", values.day, None, "the date to look from in place of today"),
    Option("title", values.text, "", "the calendar's name, if not the ledger's title"),
    Option(
        "base-url",
        values.web_address,
        None,
        "the ledger's address in Fava, for links and for writing",
    ),
    Option("language", values.text, "en", "the language of letters and calendar"),
    Option("sender", values.text, None, "who writes letters: name, address, telephone"),
    Option(
        "pay-to",
        paying.pay_to,
        None,
        "the account that letters ask to pay to, one for each currency",
        takes_several=True,
    ),
    Option("pay-link", paying.pay_link, None, "a web address where invoices are paid"),
    Option("letters", values.text, None, "a folder beside the ledger with own texts"),
    Option("paper", values.choice(*Paper), None, "what letters are printed on"),
    Option(
        "feed-alarm",
        values.alarm,
        values.alarm("on the day at 9:00"),
        "when the calendar's alarms ring",
    ),
    Option(
        "feed-class",
        values.choice("private", "public"),
        "private",
        "whether the calendar's events are private for whoever shares the calendar",
    ),
    Option(
        "feed-discounts",
        values.truth,
        False,  # noqa: FBT003 - a value like the others
        "whether the calendar shows the last days of discounts",
    ),
    Option(
        "feed-id",
        values.text,
        "",
        "what tells this ledger's events from those of every other ledger",
    ),
    Option(
        "feed-overdue",
        values.choice("today", "scheduled"),
        "today",
        "whether what waits to be sent stands on today, or on its own day",
    ),
    Option(
        "feed-token",
        values.token,
        None,
        "a secret that the calendar's address in Fava needs",
    ),
)

# A customer's details, on `dunning-customer` and on the `open` of an account.
FILE_KEYS = _by_name(
    Key("email", values.text, "where reminders by e-mail go"),
    Key("contact", values.text, "the person to greet in letters"),
    Key("address", values.text, "where letters go"),
    Key("phone", values.text, "the number to call"),
    Key("language", values.text, "the language of letters to this customer"),
    Key("terms", values.terms, "payment terms where the invoice has none"),
    Key("policy", values.text, "the reminder policy where the invoice names none"),
    Key("credit-limit", values.amount, "owing more than this is an error"),
    Key("payer", values.text, "how the bank spells who pays, divided by ;"),
    Key("parent", values.text, "the customer who may pay, whose limits count too"),
    Key("segment", values.text, "a word to group customers by"),
    Key(
        "type",
        values.choice("business", "consumer"),
        "consumers are not charged what is meant for business",
    ),
    Key("minimum", values.amount, "no reminder and no error where less is owed in all"),
    Key(
        "overdue-limit",
        values.amount,
        "a new invoice is an error while more than this is overdue",
    ),
    Key(
        "credit",
        values.choice(*Credit),
        "a new invoice is an error, or one without a part due at once",
    ),
)

OPEN_KEYS = {
    **_by_name(
        Key("customer", values.text, "the customer whose account it is"),
        Key(
            "collective",
            values.truth,
            "whether many customers share the account, told apart by payee",
        ),
    ),
    **FILE_KEYS,
}

STEP_KEYS = _by_name(
    Key("min-interval", values.days, "days that must lie after the step before"),
    Key("fee", values.fee, "charged once the step was sent"),
    Key("channel", values.choice(*Channel), "how the step is sent"),
    Key("from", values.choice("invoice"), "the days count from the invoice's date"),
    Key("pay-within", values.days, "days that the letter gives to pay"),
    Key("template", values.text, "the name of an own text for its letter"),
)

INTEREST_KEYS = _by_name(
    Key(
        "fixed-at",
        values.choice("start"),
        "the reference rate stays as it was on the day interest began",
    ),
    Key(
        "compensation",
        agreements.compensation,
        "charged once an invoice that bears interest",
    ),
    Key("each", values.choice(*Each), "what compensation is charged once for"),
    Key("consumer", agreements.points, "percent or points for consumers"),
    Key("days", values.choice(*DayCount), "which part of a year a day is"),
    Key("per", values.choice(*Period), "for how long the percentage is"),
    Key("times", values.truth, "whether the number multiplies the reference rate"),
    Key("compound", values.choice(*Compound), "when interest bears interest itself"),
    Key("cap", agreements.cap, "the most that it may come to, in percent a year"),
)
