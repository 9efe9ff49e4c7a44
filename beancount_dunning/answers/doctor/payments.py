"""Payments: those that found nothing, or another invoice, and those booked twice."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers.doctor.diagnosis import Kind
from beancount_dunning.answers.doctor.diagnosis import diagnosed
from beancount_dunning.answers.doctor.diagnosis import elsewhere
from beancount_dunning.answers.elsewhere import booked_elsewhere
from beancount_dunning.answers.incoming import payee_of
from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.linking import Link
from beancount_dunning.answers.linking import linked_entry
from beancount_dunning.answers.matching import Verdict
from beancount_dunning.answers.matching import match
from beancount_dunning.answers.proposals import as_text
from beancount_dunning.answers.suspense import suspense_pattern
from beancount_dunning.basics.lists import money
from beancount_dunning.basics.lists import shortened
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.items import NO_CUSTOMER
from beancount_dunning.ledger.references import references

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence

    from beancount.core.data import Transaction

    from beancount_dunning.answers.doctor.diagnosis import Booked
    from beancount_dunning.answers.doctor.diagnosis import Diagnosis
    from beancount_dunning.answers.matching import Match
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.standing.books import Books

# Only a text with a number in it tells one payment from another.
_TELLING = re.compile(r"\d")


def doubtful_credits(books: Books, booked: Iterable[Booked]) -> Iterator[Diagnosis]:
    """Ask about credits that settled nothing, or not with all of them, or stand twice.

    A credit that stands twice has the same day, account, amount, payee, links and text,
    with a number in it, or it names an invoice that another of its amount has paid.
    One that settled what is due first, though its text or amount speaks for another
    invoice, is asked about, too, see `match`; and so is one that names what another
    customer owes, see `booked_elsewhere`.
    """
    twins = _twins(books, booked)
    for second, first in twins.values():
        yield diagnosed(
            Kind.TWICE,
            Words(
                "This payment stands here and, with the same date, text and amount, in "
                "{place}. If it came once, delete one.",
                place=elsewhere(first, second),
            ),
            second.meta,
        )
    known = _Payments(books)
    left_over = {id(credit.posting) for credit in books.receivables.unapplied}
    for credit in books.receivables.unapplied:
        if id(credit.entry) not in twins:
            yield _left_over(books, credit, known)
    for found in known.matches.values():
        if id(found.posting) not in left_over:
            yield _settled_otherwise(books, found)
    for serial, found in known.elsewhere.items():
        if serial not in known.matches and serial not in left_over:
            yield _paid_for_another(found)


def parked_payments(books: Books) -> Iterator[Diagnosis]:
    """Ask about payments on suspense accounts that may be for open invoices."""
    suspense = suspense_pattern(books)
    if suspense is None:
        return
    for found in match(books, suspense=suspense).payments:
        if found.is_suspense and (found.assignments or found.candidates):
            payee = found.customer or payee_of(found.entry)
            text = Words(
                "{credit} stands on {account}, and settles nothing.",
                credit=_whose(found.amount, found.currency, payee),
                account=found.posting.account,
            )
            guess, to_type = _guess(books, found)
            told = Words.joined(" ", [text, *guess])
            yield diagnosed(Kind.SUSPENSE, told, found.entry.meta, to_type)


def _twins(
    books: Books, booked: Iterable[Booked]
) -> dict[int, tuple[Transaction, Transaction]]:
    """Return what was booked twice on a day, with what it repeats."""
    seen: dict[tuple[object, ...], Transaction] = {}
    found: dict[int, tuple[Transaction, Transaction]] = {}
    accounts = books.settings.accounts
    for entry, postings in booked:
        ours: list[Any] = [one for one in postings if accounts[one.account]]
        credits_ = [one for one in ours if one.units.number < ZERO]
        text = f"{entry.payee or ''} {entry.narration or ''}"
        if not credits_ or not _TELLING.search(text):
            continue
        links = frozenset(entry.links or ())
        for posting in credits_:
            facts = (entry.date, posting.account, *posting.units, text, links)
            first = seen.setdefault(facts, entry)
            if first is not entry:
                found[id(entry)] = entry, first
    return found


class _Payments:
    """Where each invoice stands, what was paid on it, and what other credits are for.

    `matches` has these by the identity of the credit's posting, and `elsewhere` has
    those that name what another customer owes.
    """

    def __init__(self, books: Books) -> None:
        found = match(books, review=True).payments
        self.matches = {id(one.posting): one for one in found}
        others = booked_elsewhere(books, books.receivables.items)
        self.elsewhere = {id(one.match.posting): one.match for one in others}
        self._items = books.receivables.all_items

    @cached_property
    def _places(self) -> dict[str, set[tuple[str, str]]]:
        found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for item in self._items:
            if item.invoice:
                found[item.invoice].add((item.account, item.currency))
        return found

    @cached_property
    def _owing(self) -> dict[tuple[str, str, str], list[str]]:
        """Who owes something of an invoice, on an account and in a currency."""
        found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for item in self._items:
            if item.invoice and item.open:
                found[item.invoice, item.account, item.currency].append(item.customer)
        return found

    @cached_property
    def _paid(self) -> dict[tuple[str | None, str, Decimal], Transaction]:
        sums: dict[tuple[str | None, str, int], Decimal] = defaultdict(Decimal)
        entries: dict[int, Transaction] = {}
        for item in self._items:
            for one in item.settlements:
                sums[item.invoice, item.currency, id(one.entry)] += one.amount
                entries[id(one.entry)] = one.entry
        return {
            (invoice, currency, amount): entries[entry]
            for (invoice, currency, entry), amount in sums.items()
        }

    def twin(self, credit: Unapplied, names: Sequence[str]) -> Transaction | None:
        """Return another payment of all that is left of a credit, on its invoices."""
        keys = [(name, credit.currency, -credit.amount) for name in names]
        found = (self._paid[key] for key in keys if key in self._paid)
        return next((one for one in found if one is not credit.entry), None)

    def reason(self, credit: Unapplied, names: Sequence[str]) -> Words:
        """Say why what a credit names did not take all of it."""
        places = set().union(*(self._places[name] for name in names))
        accounts = sorted({account for account, _ in places})
        currencies = sorted({currency for _, currency in places})
        invoices = shortened(names)
        if credit.currency not in currencies:
            return Words(
                "{invoices} is in {currencies}",
                invoices=invoices,
                currencies=shortened(currencies),
            )
        if credit.account not in accounts:
            return Words(
                "{invoices} is on {accounts}. Post it there, since each account keeps "
                "its own balance",
                invoices=invoices,
                accounts=shortened(accounts),
            )
        if found := self.elsewhere.get(id(credit.posting)):
            return _owed_by_others(found)
        keys = [(name, credit.account, credit.currency) for name in names]
        if owing := [*dict.fromkeys(one for key in keys for one in self._owing[key])]:
            return _owed_by(names, owing)
        return Words(
            "{invoices} had less open. Pay it back, or give it to another invoice, on "
            "a posting of its own",
            invoices=invoices,
        )

    def unknown(self, names: Iterable[str]) -> list[str]:
        """Return the names that no invoice has."""
        return [name for name in names if name not in self._places]


def _left_over(books: Books, credit: Unapplied, known: _Payments) -> Diagnosis:
    names = references(credit.entry, credit.posting)
    own = credit.posting.meta
    meta = own if own and "invoice" in own else credit.entry.meta
    whose = _whose(-credit.amount, credit.currency, credit.customer)
    if twin := known.twin(credit, names):
        return diagnosed(
            Kind.TWICE,
            Words(
                "{credit} came for {invoices}, which was paid by as much on {day}, in "
                "{place}. If it came once, delete one; if twice, it is theirs until "
                "you pay it back or they owe something again.",
                credit=whose,
                invoices=shortened(names),
                day=twin.date,
                place=elsewhere(twin, credit.entry),
            ),
            meta,
        )
    unknown = known.unknown(names)
    if names and not unknown:
        text = _nothing(whose, known.reason(credit, names))
        return diagnosed(Kind.UNAPPLIED, text, meta)
    kind, reason = Kind.UNAPPLIED, Words("no link says which invoice it is for")
    if unknown:
        kind = Kind.LINK
        reason = Words("no invoice is called {names}", names=shortened(unknown))
    found = known.matches.get(id(credit.posting))
    guess, to_type = _guess(books, found) if found else ([], None)
    text = Words.joined(" ", [_nothing(whose, reason), *guess])
    return diagnosed(kind, text, meta, to_type)


def _whose(amount: Decimal, currency: str, customer: str | None) -> Words:
    return Words(
        "{sum} from {customer}",
        sum=money(amount, currency),
        customer=customer or NO_CUSTOMER,
    )


def _nothing(credit: Words, reason: Words) -> Words:
    return Words("{credit} settles nothing: {reason}.", credit=credit, reason=reason)


def _owed_by(invoices: Sequence[str], customers: Sequence[str]) -> Words:
    return Words(
        "what is open of {invoices} is owed by {customers}. If it pays that, too, "
        "split it, with customer: and invoice: on each posting",
        invoices=shortened(invoices),
        customers=shortened(customers),
    )


def _owed_by_others(found: Match) -> Words:
    """Say who owes what a payment of another customer names."""
    items = found.candidates
    invoices = [*dict.fromkeys(item.label for item in items)]
    return _owed_by(invoices, [*dict.fromkeys(item.customer for item in items)])


def _paid_for_another(found: Match) -> Diagnosis:
    told = Words(
        "{name}: {what}",
        name=_whose(found.amount, found.currency, found.customer),
        what=Words.joined("; ", [*found.reasons, _owed_by_others(found)]),
    )
    return diagnosed(Kind.REVIEW, Words("{reason}.", reason=told), found.entry.meta)


def _settled_otherwise(books: Books, found: Match) -> Diagnosis:
    guess, to_type = _guess(books, found)
    whose = _whose(found.amount, found.currency, found.customer)
    text = Words("{credit} settled what is due first.", credit=whose)
    told = Words.joined(" ", [text, *guess])
    return diagnosed(Kind.REVIEW, told, found.entry.meta, to_type)


def _guess(books: Books, found: Match) -> tuple[list[Words], str | None]:
    """Say which invoice a credit is for, and the transaction that says so."""
    reasons = Words.joined("; ", found.reasons)
    if found.verdict is Verdict.ASK:
        names = list(dict.fromkeys(item.label for item in found.candidates))
        if names:
            text = Words(
                "It could be for {invoices}: {reasons}.",
                invoices=shortened(names),
                reasons=reasons,
            )
            return [text], None
        return [
            Words("{reason}.", reason=Words.begun(reasons))
        ] if found.customer else [], None
    items = [assignment.item for assignment in found.assignments]
    names = list(dict.fromkeys(item.label for item in items))
    values = {"invoices": shortened(names), "reasons": reasons}
    told = Words("It is probably for {invoices}: {reasons}.", **values)
    if found.verdict is Verdict.CERTAIN:
        told = Words("It is certainly for {invoices}: {reasons}.", **values)
    try:
        linked = linked_entry(books, Link.of(found))
    except RefusedError as error:
        return [told, Words("{reason}.", reason=error.reason)], None
    return [told, Words("Paste over it:")], as_text(linked).rstrip("\n")
