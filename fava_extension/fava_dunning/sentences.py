"""What the page says of lines, items and payments, and what its forms offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.answers.worklist import About
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words
from beancount_dunning.standing.dunning import Silence
from beancount_dunning.standing.resting import Held
from beancount_dunning.standing.resting import told_in_dispute
from fava_dunning.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.answers.matching import Match
    from beancount_dunning.answers.reminders import Reminder
    from beancount_dunning.answers.worklist import Line
    from beancount_dunning.answers.worklist import Remark
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.aging import AgedItem


@dataclass(frozen=True, slots=True)
class Badge:
    """A mark on a customer or an item: of what kind, and in words."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Way:
    """What a step is done by: in words, and whom to call."""

    kind: str = ""
    text: str = ""
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Sentences(Vocabulary):
    """What the page says in words."""

    def way(self, line: Line) -> Way:
        """Say what the furthest step of a line is done by; nothing where by nothing."""
        furthest, gettext = line.letter.furthest, self.words.gettext
        phone = furthest.customer.phone
        is_unknown = furthest.way in {"phone", "message"} and not phone
        asks = line.letter.asks and not furthest.step.is_review
        if furthest.way is None or is_unknown or not asks:
            return Way()
        texts = {
            "email": gettext("Write mail"),
            "letter": gettext("Print letter"),
            "phone": gettext("Call"),
            "message": gettext("Message"),
        }
        return Way(furthest.way, texts[furthest.way], phone)

    def remark(self, remark: Remark) -> Badge:
        """Say what to know of a line."""
        kind = {About.BROKEN: "bad"}.get(remark.about, "ask" if remark.is_doubt else "")
        return Badge(kind, self.tell(remark.text))

    def in_dispute(self, reminder: Reminder) -> str:
        """Say how much of what is reminded of is in dispute; empty where nothing is."""
        amount, currency = reminder.disputed, reminder.item.currency
        return self.tell(told_in_dispute(amount, currency)) if amount else ""

    def undecided(self, aged: AgedItem) -> str:
        """Say why an item needs a decision."""
        record, gettext = aged.standing.record, self.words.gettext
        said = []
        if aged.standing.held is Held.DISPUTE and record.dispute:
            since = gettext("in dispute since {date}").format(date=record.dispute.date)
            # What somebody typed may name amounts.
            text = "" if self.is_private else record.dispute.text
            said.append(f"{since}: {text}" if text else since)
        elif record.last:
            text = gettext("all reminders sent, the last on {date}")
            said.append(text.format(date=record.last.date))
        else:
            said.append(gettext("no reminder to come"))
        if record.promised and aged.standing.held is not Held.PROMISE:
            text = gettext("the promise of {date} is broken")
            said.append(text.format(date=record.promised))
        return "; ".join(said)

    def badges(self, aged: AgedItem) -> list[Badge]:
        """Say what is special about an item: why reminders rest, or are of a part."""
        held, record = aged.standing.held, aged.standing.record
        badges = []
        if held is not None:
            badges.append(Badge(held, self.tell(aged.standing.rests or "")))
        elif record.promised and not record.is_promise_kept:
            text = self.words.gettext("broken promise ({date})")
            badges.append(Badge("broken", text.format(date=record.promised)))
        if aged.standing.disputed and held is not Held.DISPUTE:
            part = told_in_dispute(aged.standing.disputed, aged.item.currency)
            badges.append(Badge(Held.DISPUTE, self.tell(part)))
        return badges

    def verdict(self, found: Match) -> Badge:
        """Say how sure it is what a payment is for."""
        return Badge(found.verdict, self.tell(found.verdict.words))

    def why(self, found: Match) -> str:
        """Say what tells so."""
        return self.tell(Words.joined("; ", found.reasons))

    def rests(self, aged: AgedItem) -> str:
        """Say why no reminder comes next; nothing where one does, or a badge tells."""
        silence, gettext = aged.standing.silence, self.words.gettext
        held = aged.standing.held
        is_told = aged.standing.record.is_handed or (held and not held.has_end)
        if is_told or silence in {None, Silence.UNDATED}:
            return ""
        return {
            Silence.POLICY: gettext("never reminded"),
            Silence.MINIMUM: gettext("below the minimum"),
            Silence.SENT: gettext("all reminders sent"),
        }[silence]

    def choices(
        self, items: Iterable[Item], *, by_name: bool = False
    ) -> list[dict[str, str]]:
        """Return what a form offers to choose from.

        Args:
            items: The items.
            by_name: Whether items are offered, by their invoices' names. Otherwise it
                is invoices, each with all its items, since notes are about invoices.
        """
        if by_name:
            return [*map(self._name, items)]
        invoices: dict[tuple[str, ...], list[Item]] = {}
        for item in items:
            name = item.invoice or item.key
            invoices.setdefault((item.account, item.customer, name), []).append(item)
        return [self._choice(some) for some in invoices.values()]

    def _choice(self, items: Sequence[Item]) -> dict[str, str]:
        first = items[0]
        sums: dict[str, Decimal] = {}
        for item in items:
            sums[item.currency] = sums.get(item.currency, ZERO) + item.open
        due = min((item.due for item in items if item.due), default=None)
        notes = [first.entry.narration or ""]
        if due:
            notes.append(self.words.gettext("due {date}").format(date=due))
        return {
            "key": first.key,
            "label": self.tell(first.label) if len(items) == 1 else first.invoice or "",
            "customer": self.customer_name(first.customer),
            "sum": self.sums(sums),
            "note": "; ".join(filter(None, notes)),
            "due": due.isoformat() if due else "",
        }

    def reminders(self, reminders: Iterable[Reminder]) -> list[dict[str, str]]:
        """Return what the form for what was sent offers to tick."""
        return [
            {
                "key": reminder.item.key,
                "step": reminder.step.name,
                "label": self.customer_name(reminder.item.customer),
                "customer": self.customer_name(reminder.item.customer),
                "sum": self.step(reminder.step),
                "note": self.tell(reminder.item.label),
            }
            for reminder in reminders
        ]

    def _name(self, item: Item) -> dict[str, str]:
        label, whom = self.tell(item.label), self.customer_name(item.customer)
        sum_ = f"{self.number(item.open)} {item.currency}"
        return {"key": item.invoice or "", "label": f"{label}, {whom}, {sum_}"}
