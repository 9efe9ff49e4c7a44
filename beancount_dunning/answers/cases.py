"""What is known of a payment: what it names, who pays, what is left of before."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from beancount_dunning.answers.debts import MANY
from beancount_dunning.answers.decisions import Assigned
from beancount_dunning.answers.decisions import Decision
from beancount_dunning.answers.decisions import Verdict
from beancount_dunning.answers.explanations import Paid
from beancount_dunning.answers.incoming import payee_of
from beancount_dunning.answers.payers import Payer
from beancount_dunning.answers.payers import Payers
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.named import Doubt
from beancount_dunning.ledger.names import folded
from beancount_dunning.ledger.receivables import settled_aside
from beancount_dunning.ledger.unnamed import OLDEST

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.answers.debts import Debt
    from beancount_dunning.answers.debts import Debts
    from beancount_dunning.answers.explanations import Explanation
    from beancount_dunning.answers.incoming import Payment
    from beancount_dunning.answers.mentions import Mentions
    from beancount_dunning.ledger.cleared import Cleared
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Receivables
    from beancount_dunning.ledger.settings import Settings


# So many candidates are offered.
_MAX_CANDIDATES = 6


@dataclass(frozen=True, slots=True)
class Case:
    """A payment, and what is known of it.

    `named` are the open items that its text names, `vague` the references of those
    that may be anything else, `settled` the invoices of which nothing is open, and
    `alternatives` the references of which a word names one. `linked` are the links that
    may be an invoice's, each with the invoices that it names.
    """

    payment: Payment
    payer: Payer | None
    family: frozenset[str]
    credit: Decimal
    named: tuple[Debt, ...]
    vague: frozenset[str]
    settled: Mapping[str, Sequence[Debt]]
    alternatives: Sequence[set[str]]
    linked: Mapping[str, frozenset[str]]

    @property
    def paid(self) -> Paid:
        """What came in."""
        payment = self.payment
        credit = self.credit if self.own == self.named else ZERO
        return Paid(payment.amount, payment.currency, payment.date, credit)

    @property
    def own(self) -> tuple[Debt, ...]:
        """What the text names of the payer's."""
        return tuple(debt for debt in self.named if debt.item.customer in self.family)

    def names(self, debts: Iterable[Debt]) -> tuple[Words, ...]:
        """Say which invoices the text names."""
        names = dict.fromkeys(debt.item.invoice for debt in debts)
        return tuple(Words("text names {invoice}", invoice=name) for name in names)

    def is_named(self, debts: Iterable[Debt]) -> bool:
        """Tell whether the text names any of these items."""
        return any(debt in self.named for debt in debts)

    @property
    def is_crowded(self) -> bool:
        """Whether its text names so much that nobody knows what it is for."""
        return len(self.named) > MANY

    def is_vague(self, debts: Iterable[Debt]) -> bool:
        """Tell whether what names any of these items may be anything else."""
        return any(debt.item.invoice in self.vague for debt in debts)

    def may_mean_another(self, debts: Iterable[Debt]) -> bool:
        """Tell whether a word that names one of these items may name another."""
        chosen = {debt.item.invoice for debt in debts}
        return any(
            not names.isdisjoint(chosen) and not names <= chosen
            for names in self.alternatives
        )

    def links_to_others(self, debts: Iterable[Debt]) -> tuple[str, ...]:
        """Return the links that name another invoice, or may: INV-2026-099."""
        chosen = {debt.item.invoice or "" for debt in debts}
        shapes = set(map(_shape, chosen))
        return tuple(
            link
            for link, named in self.linked.items()
            if chosen.isdisjoint(named) and (named or _shape(link) in shapes)
        )

    def _has_amount(self, debts: Sequence[Debt]) -> bool:
        amounts = [debt.item.amount for debt in debts]
        return self.payment.amount in (*amounts, sum(amounts, ZERO))

    def settled_with_this_amount(self) -> tuple[Words, ...]:
        """Say which invoices that the text names were paid, and had this amount."""
        return tuple(
            _was_paid(name, debts)
            for name, debts in self.settled.items()
            if self._has_amount(debts)
        )

    def settled_and_meant(self) -> tuple[Words, ...]:
        """Say which invoices were paid that the text names and payer or amount fit."""
        return tuple(
            _was_paid(name, debts)
            for name, debts in self.settled.items()
            if self.payer is None
            or any(debt.item.customer in self.family for debt in debts)
            or self._has_amount(debts)
        )

    def ask(
        self, candidates: Iterable[Debt], reasons: Iterable[Words], *more: Words
    ) -> Decision:
        """Leave it to a person."""
        several = tuple(dict.fromkeys(candidates))[:_MAX_CANDIDATES]
        customer = self.payer.customer if self.payer else ""
        return Decision(Verdict.ASK, customer, (*reasons, *more), several)

    def explained(
        self, verdict: Verdict, explanation: Explanation, *reasons: Words
    ) -> Decision:
        """Assign a payment as its amount is explained."""
        reasons = (*reasons, explanation.text)
        decision = self.decided(verdict, explanation.debts, reasons, explanation.parts)
        return replace(
            decision, difference=explanation.difference, credit=explanation.credit
        )

    def decided(
        self,
        verdict: Verdict,
        debts: Sequence[Debt],
        reasons: tuple[Words, ...],
        parts: Sequence[Decimal] | None = None,
    ) -> Decision:
        """Assign a payment to items, in their order: what is open, or parts of it."""
        left = self.payment.amount
        assigned = []
        parts = parts or [debt.open for debt in debts]
        for debt, part in zip(debts, parts, strict=True):
            amount = min(part, left)
            if amount:
                assigned.append(Assigned(debt, amount))
            left -= amount
        customers = {debt.item.customer for debt in debts}
        customer = self.payer.customer if self.payer else ""
        if len(customers) == 1:
            (customer,) = customers
        return Decision(verdict, customer, reasons, tuple(debts), tuple(assigned))


class CaseReader:
    """Finds out what is known of payments, each on its own."""

    def __init__(
        self,
        settings: Settings,
        receivables: Receivables,
        mentions: Mentions,
        debts: Debts,
    ) -> None:
        """Begin.

        Args:
            settings: For customers' files.
            receivables: All that was ever owed.
            mentions: What the payments name.
            debts: What is open now.
        """
        self._settings = settings
        self._receivables = receivables
        self._mentions = mentions
        self._debts = debts

    # Where a payment is booked on its customer's account, it is plain who pays.

    @cached_property
    def _owed(self) -> tuple[Sequence[Cleared], Sequence[Item]]:
        """All that was ever owed: what is plain to see, and all else."""
        cleared, settled = settled_aside(self._receivables, lambda one: one)
        return cleared, (*self._receivables.all_items, *settled)

    @cached_property
    def _spelled(self) -> dict[str, str]:
        """How the customers are spelled who ever owed anything, by folded name."""
        cleared, items = self._owed
        customers = dict.fromkeys(one.customer for one in cleared)
        customers |= dict.fromkeys(item.customer for item in items)
        return {folded(customer): customer for customer in customers}

    @cached_property
    def _payers(self) -> Payers:
        """Who pays for whom."""
        return _payers(self._settings, *self._owed, self._spelled)

    @cached_property
    def _children(self) -> dict[str, set[str]]:
        """Those whom customers may pay for, by folded name."""
        found: dict[str, set[str]] = defaultdict(set)
        for name, file in self._settings.customers.items():
            if file.parent and name in self._spelled:
                found[folded(file.parent)].add(self._spelled[name])
        return found

    def read(self, payment: Payment, credit: Credit) -> Case:
        """Return what is known of a payment.

        Args:
            payment: The payment.
            credit: Tells what a customer has left over.
        """
        payer = self._payer(payment)
        family = self._family(payer.customer) if payer else frozenset()
        named: list[Debt] = []
        settled: dict[str, list[Debt]] = {}
        words: dict[str, set[str]] = defaultdict(set)
        mentions = self._mentions.of(payment)
        for mention in mentions:
            name = mention.reference
            debts = self._debts.named(name, payment.currency, family)
            is_own = any(debt.item.customer in family for debt in debts)
            if mention.needs_payer and not is_own:
                continue
            words[mention.word].add(name)
            if any(debt.open for debt in debts):
                named += debts
            elif debts:
                settled[name] = debts
        # A family has no credit in common.
        is_alone = payer is not None and len(family) == 1
        return Case(
            payment,
            payer,
            family,
            credit(payer.customer, payment) if payer and is_alone else ZERO,
            tuple(sorted(named, key=lambda debt: debt.turn)),
            frozenset(one.reference for one in mentions if Doubt.AMOUNT in one.doubt),
            settled,
            [names for names in words.values() if len(names) > 1],
            self._mentions.linked(payment),
        )

    def _payer(self, payment: Payment) -> Payer | None:
        if payment.is_sure:
            customer = payment.customer
            if payment.account is None:
                # It is as somebody typed it.
                customer = self._spelled.get(folded(customer), customer)
            return Payer(customer, Words("payer is {customer}", customer=customer))
        return self._payers.find(payee_of(payment.entry), payment.texts)

    def _family(self, customer: str) -> frozenset[str]:
        """Return a customer and those whom it may pay for."""
        found = {customer}
        waiting = [customer]
        while waiting:
            children = self._children.get(folded(waiting.pop()), set()) - found
            found |= children
            waiting += children
        return frozenset(found)

    def namesakes(self, case: Case) -> frozenset[str]:
        """Return other customers who may be the payer, spelled in another way.

        There are none where the ledger says whose the payment is.
        """
        if case.payment.is_sure:
            return frozenset()
        payer = case.payer.customer if case.payer else payee_of(case.payment.entry)
        return self._payers.namesakes(payer) - case.family


# Tells what a customer has left over, of which a payment can make use.
Credit = Callable[[str, "Payment"], "Decimal"]


def _shape(reference: str) -> str:
    """Return what numbers of one sequence have in common."""
    letters = "".join(filter(str.isalpha, folded(reference)))
    return letters or re.sub("[0-9]", "0", reference)


def _was_paid(name: str, debts: Iterable[Debt]) -> Words:
    days = [debt.paid for debt in debts if debt.paid]
    return Words(
        "{invoice} was paid on {day}", invoice=name, day=max(days, default=None)
    )


def _payers(
    settings: Settings,
    cleared: Iterable[Cleared],
    items: Iterable[Item],
    spelled: Mapping[str, str],
) -> Payers:
    """Learn who pays for whom."""
    paid = [
        (payee, one.customer)
        for one in cleared
        for entry, _ in one.credits
        if (payee := payee_of(entry))
    ]
    for item in items:
        account = settings.accounts[item.account]
        is_sure = account is not None and account.customer is not None
        paid += [
            (payee, item.customer)
            for one in item.settlements
            if (payee := payee_of(one.entry)) and (is_sure or one.rule != OLDEST)
        ]
    files = {
        spelled.get(name, file.name): file.payer or ""
        for name, file in settings.customers.items()
    }
    return Payers({*spelled.values(), *files}, files, paid)
