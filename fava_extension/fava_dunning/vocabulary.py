"""What the page calls things, in the language that Fava is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.answers.traits import Trait
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import hide
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.step_names import step_name
from beancount_dunning.ledger.terms_text import parse_terms
from beancount_dunning.standing.aging import NOT_DUE
from beancount_dunning.standing.aging import UNDATED
from fava_dunning.time_line import SETTLED
from fava_dunning.time_line import TO_COME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from babel.support import NullTranslations

    from beancount_dunning.answers.contacts import Contact
    from beancount_dunning.basics.money import Writer
    from beancount_dunning.ledger.policies import Step

_BUCKETS = {UNDATED: Words("undated"), NOT_DUE: Words("not due")}
_STRETCHES = {
    **_BUCKETS,
    SETTLED: Words("settled in time"),
    TO_COME: Words("not due yet"),
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How single things are called.

    `words` is the catalogue of its language, `number` writes amounts, hidden if amounts
    are, and `is_private` says whether they are.
    """

    words: NullTranslations
    number: Writer
    is_private: bool = False

    def tell(self, text: str, words: NullTranslations | None = None) -> str:
        """Return what the core says in the page's language, or another one.

        What was typed in the ledger stays as it is.
        """
        if not isinstance(text, Words):
            return text
        terms = text.values.get("terms")
        if isinstance(terms, str):
            text = Words(text.message, **{**text.values, "terms": self.terms(terms)})
        plan = text.values.get("plan")
        if self.is_private and isinstance(plan, str):
            text = Words(text.message, **{**text.values, "plan": hide(plan)})
        return text.translated(words or self.words, self.number)

    def refusal(self, reason: str) -> str:
        """Say why a proposal is refused; without any number where amounts are hidden.

        What was typed may be amounts.
        """
        text = self.tell(reason)
        return hide(text) if self.is_private else text

    def terms(self, text: str) -> str:
        """Return terms as they were typed; hidden if amounts are and they name one."""
        is_hidden = self.is_private and parse_terms(text).has_amounts
        return hide(text) if is_hidden else text

    def step(self, step: Step) -> str:
        """Return the name of a step; those of the built-in policies are translated."""
        return self.tell(step_name(step.name))

    def bucket(self, name: str) -> str:
        """Return the name of a bucket."""
        return self.tell(_BUCKETS.get(name, name))

    def stretch(self, kind: str) -> str:
        """Return the name of a stretch on a line of time: a bucket, or none."""
        return self.tell(_STRETCHES.get(kind, kind))

    def channel(self, name: str) -> str:
        """Say how a reminder goes out."""
        gettext = self.words.gettext
        ways = {
            "email": gettext("by e-mail"),
            "letter": gettext("by letter"),
            "phone": gettext("by phone"),
            "message": gettext("by message"),
        }
        return ways[name]

    def contact(self, last: Contact) -> str:
        """Say by what way there was a contact; nothing where nobody noted it."""
        gettext = self.words.gettext
        ways = {
            None: "",
            "email": gettext("mail"),
            "letter": gettext("letter"),
            "phone": gettext("call"),
            "message": gettext("message"),
        }
        return ways[last.channel]

    def trait(self, trait: Trait) -> str:
        """Say what is special about an item."""
        gettext = self.words.gettext
        return {
            Trait.OVERDUE: gettext("overdue"),
            Trait.DUE: gettext("to do"),
            Trait.PROMISED: gettext("promised"),
            Trait.BROKEN: gettext("promise broken"),
            Trait.PLAN: gettext("plan"),
            Trait.DISPUTE: gettext("in dispute"),
            Trait.HOLD: gettext("on hold"),
            Trait.DECISION: gettext("needs a decision"),
            Trait.NEVER: gettext("never reminded"),
        }[trait]

    def customer_name(self, name: str | None) -> str:
        """Return a customer's name, or what to say where there is none."""
        return name or self.words.gettext("(no customer)")

    def days(self, count: int) -> str:
        """Write a number of days."""
        text = self.words.ngettext("{n} day", "{n} days", count)
        return text.format(n=count)

    def usually(self, days: int) -> str:
        """Say by how many days a customer is usually late."""
        gettext = self.words.gettext
        if not days:
            return gettext("on time")
        text = gettext("{days} late") if days > 0 else gettext("{days} early")
        return text.format(days=self.days(abs(days)))

    def late(self, days: int | None) -> str:
        """Say how late something is."""
        gettext = self.words.gettext
        if days is None:
            return gettext("undated")
        if days == 0:
            return gettext("due today")
        if days < 0:
            text = self.words.ngettext("due in {n} day", "due in {n} days", -days)
        else:
            text = self.words.ngettext("{n} day overdue", "{n} days overdue", days)
        return text.format(n=abs(days))

    def sums(self, amounts: Mapping[str, Decimal]) -> str:
        """Write amounts in several currencies, without those that are nothing."""
        return ", ".join(
            f"{self.number(abs(amount))} {currency}"
            for currency, amount in sorted(amounts.items())
            if amount
        )

    @staticmethod
    def plain_sums(amounts: Mapping[str, Decimal]) -> dict[str, str]:
        """Return amounts as the script adds them up."""
        return {currency: exact(amount) for currency, amount in amounts.items()}
