"""What payments are for: names, payer and amount weighed against each other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from beancount_dunning.answers.cases import CaseReader
from beancount_dunning.answers.debts import MANY
from beancount_dunning.answers.debts import Debt
from beancount_dunning.answers.decisions import Verdict
from beancount_dunning.answers.explanations import NOTHING
from beancount_dunning.answers.explanations import Difference
from beancount_dunning.answers.explanations import DifferenceKind
from beancount_dunning.answers.explanations import explain_alike
from beancount_dunning.answers.explanations import explain_named
from beancount_dunning.answers.explanations import explain_unnamed
from beancount_dunning.basics.lists import listed
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancount_dunning.answers.cases import Case
    from beancount_dunning.answers.decisions import Decision
    from beancount_dunning.answers.explanations import Explanation
    from beancount_dunning.answers.explanations import Found
    from beancount_dunning.answers.incoming import Payment
    from beancount_dunning.answers.leftovers import Leftovers
    from beancount_dunning.answers.mentions import Mentions
    from beancount_dunning.answers.payers import Payer
    from beancount_dunning.ledger.items import Receivables
    from beancount_dunning.ledger.settings import Settings


SEVERAL = Words("several explanations are equally good")
OTHER_AMOUNT = Words("the amount is not what is open")
NOT_OPEN = Words("the amount is not what is open, and the payer is not known")


class Decider:
    """Decides what payments are for, one after the other, in order of date."""

    def __init__(
        self,
        settings: Settings,
        receivables: Receivables,
        mentions: Mentions,
        left: Leftovers,
    ) -> None:
        """Take in what helps to decide.

        Args:
            settings: For customers' files and what is too little to matter.
            receivables: All that was ever owed.
            mentions: What all payments name that are to be assigned.
            left: What those before each leave.
        """
        self._settings = settings
        self._mentions = mentions
        self._credit = left.credit
        self._debts = left.debts
        self._cases = CaseReader(settings, receivables, mentions, left.debts)

    def decide(self, payment: Payment) -> Decision:
        """Decide what a payment is for, from what those before it left."""
        self._mentions.count(payment, is_waiting=False)
        decision = self.decide_rest(payment)
        if decision.verdict is Verdict.ASK:
            self._mentions.count(payment, is_waiting=True)
        return decision

    def decide_rest(self, payment: Payment) -> Decision:
        """Decide what a payment is for whose other part was decided."""
        case = self._cases.read(payment, self._credit)
        decision = _doubted(
            case,
            _crowded(case)
            or self._named(case)
            or self._paid_before(case)
            or self._guessed(case)
            or self._unknown(case),
        )
        return replace(decision, named=case.named)

    def _named(self, case: Case) -> Decision | None:
        """Decide by what the text names."""
        if not case.named:
            return None
        own = case.own
        found = explain_named(case.paid, case.named, self._settings)
        if not found.explanation and own and own != case.named:
            found = explain_named(case.paid, own, self._settings)
        if found.explanation:
            return self._explained(case, found.explanation)
        if found.rivals:
            return case.ask(found.rivals, case.names(found.rivals), SEVERAL)
        if case.payer is None:
            return case.ask(case.named, case.names(case.named), NOT_OPEN)
        if own:
            return self._partly(case, own, case.payer)
        # What neither payer nor amount fits is no name.
        return None

    def _explained(self, case: Case, explanation: Explanation) -> Decision:
        """Decide by a name whose amount is explained."""
        debts = explanation.debts
        names = case.names(debts)
        is_own = all(debt.item.customer in case.family for debt in debts)
        if paid := case.settled_with_this_amount():
            return case.ask(debts, names, *paid)
        if case.payer and not is_own and (others := self._guess(case).debts):
            return case.ask((*debts, *others), names, case.payer.reason, SEVERAL)
        customers = {debt.item.customer for debt in debts}
        # Of a stranger's money a bank may have kept anything.
        is_exact = not explanation.is_near
        is_sure = is_own or (len(customers) == 1 and is_exact)
        if case.is_vague(debts):
            is_sure = is_own and is_exact
        return case.explained(
            Verdict.CERTAIN
            if is_sure and not case.may_mean_another(debts)
            else Verdict.LIKELY,
            explanation,
            *names,
            *([case.payer.reason] if case.payer and is_own else []),
        )

    def _partly(self, case: Case, own: tuple[Debt, ...], payer: Payer) -> Decision:
        """Decide by a name and its payer, where the amount is another."""
        total = sum((debt.open for debt in own), ZERO)
        reasons = (*case.names(own), payer.reason)
        is_one = len({debt.item.invoice for debt in own}) == 1
        too_much = case.paid.amount - total
        is_little = not self._settings.minimum.is_reached(
            too_much, case.payment.currency
        )
        found = NOTHING if too_much > 0 and is_little else self._guess(case)
        if found.explanation and set(own) <= set(found.debts):
            return case.explained(Verdict.LIKELY, found.explanation, *reasons)
        if found.debts and not (found.explanation and found.explanation.is_short):
            # The text says one thing, the amount another.
            return case.ask((*own, *found.debts), reasons, SEVERAL)
        if case.is_vague(own):
            return case.ask(own, reasons, OTHER_AMOUNT)
        if too_much <= 0:
            is_sure = is_one and not case.settled and not case.may_mean_another(own)
            text = Words(
                "{amount} of {open} {currency} open",
                amount=case.payment.amount,
                open=total,
                currency=case.payment.currency,
            )
            verdict = Verdict.CERTAIN if is_sure else Verdict.LIKELY
            return case.decided(verdict, own, (*reasons, text))
        text = Words(
            "{more} {currency} more than is open",
            more=too_much,
            currency=case.payment.currency,
        )
        decision = case.decided(Verdict.LIKELY, own, (*reasons, text))
        difference = Difference(too_much, DifferenceKind.UNAPPLIED)
        return replace(decision, difference=difference)

    def _paid_before(self, case: Case) -> Decision | None:
        """Leave it to a person where the text names what is paid."""
        reasons = case.settled_and_meant()
        return case.ask(self._guess(case).debts, reasons) if reasons else None

    def _guessed(self, case: Case) -> Decision | None:
        """Decide by payer and amount."""
        if case.payer is None:
            return None
        found = self._guess(case)
        if found.rivals:
            return case.ask(found.rivals, (case.payer.reason,), SEVERAL)
        if not found.explanation:
            return None
        debts = found.explanation.debts
        for debt in debts:
            name = debt.item.invoice
            if name is not None and self._mentions.is_awaited(name):
                text = Words("another payment names {invoice}", invoice=name)
                return case.ask(debts, (case.payer.reason,), text)
        return case.explained(Verdict.LIKELY, found.explanation, case.payer.reason)

    def _unknown(self, case: Case) -> Decision:
        """Say what it may be for."""
        payment = case.payment
        facts = payment.currency, payment.amount, payment.date
        reasons = (case.payer.reason,) if case.payer else ()
        if case.payer is not None:
            own = self._debts.alike(*facts, case.family) or self._owed(case)
            if own:
                return case.ask(own, reasons, OTHER_AMOUNT)
        namesakes = self._cases.namesakes(case)
        if owed := self._debts.of(namesakes, payment.currency, payment.date):
            return case.ask(owed, reasons, _other_spelling(owed))
        if case.payer is not None:
            return case.ask((), reasons, OTHER_AMOUNT)
        alike = self._debts.alike(*facts)
        text = Words.counted(
            "{n} open item has this amount",
            "{n} open items have this amount",
            len(alike),
        )
        if len(alike) > MANY:
            text = Words("more than {n} open items have this amount", n=MANY)
        if not alike:
            text = Words("no open item has this amount")
        return case.ask(alike, (Words("no customer's name and no number"),), text)

    def _owed(self, case: Case) -> list[Debt]:
        payment = case.payment
        return self._debts.of(case.family, payment.currency, payment.date)

    def _guess(self, case: Case) -> Found:
        """Explain the amount by what the payer owes."""
        paid, family = case.paid, case.family
        if self._debts.are_many(family, paid.currency):
            alike = self._debts.alike(paid.currency, paid.amount, paid.date, family)
            return explain_alike(paid, alike)
        sums = self._debts.sums(case.family, case.payment.currency)
        return explain_unnamed(case.paid, self._owed(case), self._settings, sums)


def _other_spelling(owed: Iterable[Debt]) -> Words:
    """Say whose name the payer's is, but for its spelling."""
    return Words(
        "the payer's name is almost that of {customers}; if it is the same customer, "
        "add customer: with one spelling",
        customers=listed(sorted({debt.item.customer for debt in owed})),
    )


def _crowded(case: Case) -> Decision | None:
    """Leave it to a person where the text names too much."""
    if not case.is_crowded:
        return None
    text = Words("more items are open than can be compared")
    return case.ask(case.named, case.names(case.named), text)


def _doubted(case: Case, decision: Decision) -> Decision:
    """Take back what the kind of payment, or its account, forbids."""
    if decision.verdict is Verdict.ASK:
        return decision
    if case.payment.came_back:
        text = Words("it may be our own money that came back")
        return case.ask(decision.candidates, decision.reasons, text)
    if links := case.links_to_others(decision.candidates):
        text = Words("its link is {links}", links=", ".join(links))
        if any(case.linked[link] for link in links):
            return case.ask(decision.candidates, decision.reasons, text)
        decision = decision.doubted(text)
    if case.payment.is_on_account:
        text = Words("the text says that it is on account, or in advance")
        if not case.is_named(decision.candidates):
            return case.ask(decision.candidates, decision.reasons, text)
        decision = decision.doubted(text)
    for debt in decision.candidates:
        if debt.item.date > case.payment.date:
            # Somebody may have mistyped the number of another.
            text = Words("{item} is younger than the payment", item=debt.item.label)
            decision = decision.doubted(text)
    accounts = {debt.item.account for debt, _ in decision.assigned}
    booked = case.payment.account
    if accounts <= {booked} or (booked is None and len(accounts) == 1):
        return decision
    text = Words("the items are on {accounts}", accounts=", ".join(sorted(accounts)))
    return decision.doubted(text)
