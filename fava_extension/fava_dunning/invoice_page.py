"""An invoice's page: its parts on a line of time, what happened, where it stands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from beancount_dunning.answers.correspondence import broken_promises
from beancount_dunning.answers.paid import Outcome
from beancount_dunning.answers.paid import invoiced
from beancount_dunning.answers.reasons import Fact
from beancount_dunning.answers.reasons import interest_reasons
from beancount_dunning.answers.story import Event
from beancount_dunning.answers.story import in_order
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.items import Item
from beancount_dunning.ledger.step_names import step_name
from fava_dunning import diary
from fava_dunning import time_line
from fava_dunning.charging import charging

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence
    from decimal import Decimal

    from babel.support import NullTranslations

    from beancount_dunning.answers.paid import Invoiced
    from beancount_dunning.answers.proposals import ChargeAccounts
    from beancount_dunning.answers.story import Part
    from beancount_dunning.answers.story import Story
    from beancount_dunning.ledger.customers import Customer
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.standing.books import Books
    from fava_dunning.charging import Charging
    from fava_dunning.diary import Line
    from fava_dunning.sentences import Badge
    from fava_dunning.sentences import Sentences


@dataclass(frozen=True)
class InvoicePage:
    """What the page of an invoice shows.

    `charged` are the accounts that charges are posted to, `books` those in which the
    invoice's settled items are, and `words` is the catalogue of the page's language.
    """

    charged: ChargeAccounts
    books: Books
    story: Story
    words: NullTranslations

    @property
    def items(self) -> list[Item]:
        """Its items, charges included."""
        return [part.aged.item for part in self.story.parts]

    @property
    def open_items(self) -> list[Item]:
        """What notes can be about: what is open, has a reference, and is no charge."""
        return [
            one for one in self.items if one.open and one.invoice and not one.charge
        ]

    @property
    def parts(self) -> list[Part]:
        """Its parts, those first of which something is open."""
        return sorted(self.story.parts, key=lambda part: not part.aged.item.open)

    @property
    def file(self) -> Customer:
        """What is known of its customer."""
        return self.books.settings.customer(self.items[0].customer)

    @property
    def plan(self) -> list[Item]:
        """The parts of the plan that is in force, by due date."""
        parts = (item for item in self.items if item.plan and not item.until)
        return sorted(parts, key=lambda item: item.number)

    @property
    def has_dispute(self) -> bool:
        """Whether something of it is in dispute."""
        return any(
            part.aged.standing.record.has_dispute
            for part in self.story.parts
            if part.aged.item.open
        )

    def badges(self, say: Sentences) -> list[Badge]:
        """Say what is special about what is open of it, each once."""
        parts = (part.aged for part in self.story.parts if part.aged.item.open)
        return list(dict.fromkeys(mark for aged in parts for mark in say.badges(aged)))

    @property
    def title(self) -> str:
        """What was invoiced, in the ledger's words."""
        return str(self.items[0].entry.narration or "")

    @property
    def accounts(self) -> list[str]:
        """The accounts that it is on."""
        return list(dict.fromkeys(item.account for item in self.items))

    @property
    def links(self) -> list[str]:
        """All links of the transactions that invoiced it."""
        return sorted(set().union(*(item.entry.links or () for item in self.items)))

    @cached_property
    def time_line(self) -> time_line.Line | None:
        """Its parts on a line of time."""
        return time_line.draw(self.story, self.books.settings.buckets)

    @cached_property
    def charging(self) -> Charging | None:
        """What could be charged on it, and is not booked."""
        return charging(self.charged, self.books, self._is_its)

    def interest(self, part: Part) -> Sequence[Fact]:
        """Return how a part's interest came about."""
        if part.accrual is None:
            return ()
        settings = self.books.settings
        return tuple(interest_reasons(part.accrual, part.aged.item, settings))

    def why(self, part: Part) -> Sequence[Fact]:
        """Return why a part stands where it stands, interest left aside."""
        return part.why[: len(part.why) - len(self.interest(part))]

    def is_paid(self, item: Item) -> bool:
        """Tell whether a settled part was paid, and not credited or written off."""
        outcomes = {group: one.outcome for one in self._told for group in one.groups}
        return outcomes.get(item.group) is Outcome.PAID

    @cached_property
    def _told(self) -> Sequence[Invoiced]:
        return invoiced(self.books, self._is_told)

    def _is_told(self, one: Item | Unapplied) -> bool:
        """Tell whether an item says how the invoice was paid.

        What a plan laid out anew does, too, and is shown no more.
        """
        name = self._first.invoice
        is_laid_out = isinstance(one, Item) and name and one.invoice == name
        return bool(is_laid_out) or self._is_its(one)

    def _is_its(self, one: Item | Unapplied) -> bool:
        """Tell whether an item is one of the invoice."""
        return (
            isinstance(one, Item)
            and one.invoice == self._first.invoice
            and one.identity in self._identities
        )

    @cached_property
    def _first(self) -> Item:
        return self.items[0]

    @cached_property
    def _identities(self) -> set[str]:
        return {item.identity for item in self.items}

    @cached_property
    def diary(self) -> list[Line]:
        """What happened in order of date, and what comes next, and is due, at last."""
        means = {
            id(one.entry): one.means for told in self._told for one in told.credited
        }
        lines: list[Line] = []
        left: dict[str | None, Decimal] = defaultdict(lambda: ZERO)
        for event in in_order([*self.story.events, *self._broken()]):
            entry, kind = event.fact.entry, event.kind
            channel = entry.meta.get("channel") if entry else None
            kind = means.get(id(entry), kind) if kind == "credit" else kind
            mark = diary.mark(kind, self.words, str(channel))
            is_change = event.amount is not None
            left[event.currency] += event.amount or ZERO
            open_ = left[event.currency] if is_change else None
            lines.append(diary.Line(event, mark, open_))
        coming = sorted(self._coming(), key=lambda event: event.date)
        lines += (diary.Line(one, diary.mark(one.kind, self.words)) for one in coming)
        return lines

    def _broken(self) -> Iterator[Event]:
        for event, _ in broken_promises(self.books, self._is_its):
            yield event

    def _coming(self) -> Iterator[Event]:
        """Yield what is to be sent, and what falls due."""
        as_of = self.story.as_of
        for part in self.story.parts:
            item, following = part.aged.item, part.aged.next
            if following and not item.charge:
                text = Words(
                    "{step}, for {name}",
                    step=step_name(following.step.name),
                    name=item.label,
                )
                day = max(following.date, as_of)
                yield Event(day, diary.NEXT, Fact.on(text, item))
            if item.open and item.due and item.due > as_of and not item.charge:
                text = Words("{name} is due", name=item.label)
                fact = Fact.on(text, item)
                yield Event(item.due, diary.TO_COME, fact, item.open, item.currency)
