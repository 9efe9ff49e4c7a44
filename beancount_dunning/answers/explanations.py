"""What a payment's amount can mean: which open items it is, and what is missing.

In this order, the first that there is: what is open of one item or of several, charges
that were posted included; the same less a discount that is still valid on the day; less
the credit that the customer has; less what a bank may have kept (option `bank-fee`);
and less a few cents (option `minimum`). A set of items is as good as one item. Where
two sets are equally good, nobody knows which is meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import partial
from itertools import accumulate
from itertools import chain
from typing import TYPE_CHECKING

from beancount_dunning.answers.debts import MANY
from beancount_dunning.answers.debts import MOST_ITEMS
from beancount_dunning.answers.debts import Debt
from beancount_dunning.answers.debts import Sums
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.subset_sums import only_subset
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.terms import payable

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from collections.abc import Iterator

    from beancount_dunning.ledger.settings import Settings

# With discounts, sums are tried of so many items only.
_MAX_REDUCED = 12


class DifferenceKind(StrEnum):
    """Why a payment is not what is open."""

    DISCOUNT = "discount"
    BANK_FEE = "bank fee"
    CENTS = "cents"
    UNAPPLIED = "unapplied"


@dataclass(frozen=True, slots=True)
class Difference:
    """What a payment is too little, or where it is unapplied, too much."""

    amount: Decimal
    kind: DifferenceKind


@dataclass(frozen=True, slots=True)
class Explanation:
    """Items that an amount means, oldest due first, and how it comes about.

    `parts` are what is for each of them, where that is not what is open.
    """

    debts: tuple[Debt, ...]
    text: Words
    difference: Difference | None = None
    credit: Decimal = ZERO
    parts: tuple[Decimal, ...] | None = None

    @property
    def is_short(self) -> bool:
        """Whether the payment is not to the cent what is open."""
        return self.difference is not None or bool(self.credit)

    @property
    def is_near(self) -> bool:
        """Whether any amount nearby would do as well."""
        kind = self.difference.kind if self.difference else None
        return kind in {DifferenceKind.BANK_FEE, DifferenceKind.CENTS}


@dataclass(frozen=True, slots=True)
class Found:
    """The one explanation; or the items of several that are equally good; or none."""

    explanation: Explanation | None = None
    rivals: tuple[Debt, ...] = ()

    @property
    def debts(self) -> tuple[Debt, ...]:
        """The items that were found, one way or the other."""
        return self.explanation.debts if self.explanation else self.rivals


NOTHING = Found()


@dataclass(frozen=True, slots=True)
class Paid:
    """What came in and when, and the credit that the customer had left before."""

    amount: Decimal
    currency: str
    date: dt.date
    credit: Decimal = ZERO


def explain_named(paid: Paid, debts: Sequence[Debt], settings: Settings) -> Found:
    """Explain an amount by items that the payment names, any number of them.

    Args:
        paid: The payment.
        debts: The items, oldest due first.
        settings: For `bank-fee` and `minimum`.

    Returns:
        What the amount means.
    """

    def sets(amounts: Sequence[Decimal], target: Decimal) -> _Sets:
        return _named_sets(debts, amounts, target)

    return _explain(paid, debts, settings, (sets, sets))


def explain_unnamed(
    paid: Paid, debts: Sequence[Debt], settings: Settings, sums: Sums
) -> Found:
    """Explain an amount by what a customer owes.

    Args:
        paid: The payment.
        debts: The items that it can be for, oldest due first.
        settings: For `bank-fee` and `minimum`.
        sums: What sets of these items come to, and perhaps of others.

    Returns:
        What the amount means.
    """

    def fits(debt: Debt, amount: Decimal) -> bool:
        is_old = debt.item.date <= paid.date
        return is_old and debt.is_guessable and debt.open == amount

    def sets(amounts: Sequence[Decimal], target: Decimal) -> _Sets:
        found = sums.find(target, fits)
        is_all = len(debts) > MOST_ITEMS and sum(amounts, ZERO) == target
        return [*found, tuple(debts)] if is_all and found is not None else found

    def reduced(amounts: Sequence[Decimal], target: Decimal) -> _Sets:
        return Sums(debts, amounts, _MAX_REDUCED).find(target, lambda *_: True)

    return _explain(paid, debts, settings, (sets, reduced))


def explain_alike(paid: Paid, alike: Sequence[Debt]) -> Found:
    """Explain an amount by those of a customer's many items of which it is open.

    Args:
        paid: The payment.
        alike: These items, oldest due first.

    Returns:
        What the amount means.
    """
    if len(alike) > MANY:
        return Found(rivals=tuple(alike))
    sets: list[tuple[Debt, ...]] = [(debt,) for debt in alike if debt.is_guessable]
    return _found(sets, alike, partial(_exact, paid)) if sets else NOTHING


def _explain(
    paid: Paid,
    debts: Sequence[Debt],
    settings: Settings,
    finders: tuple[_Finder, _Finder],
) -> Found:
    """Return the first kind of explanation that there is."""
    if not debts:
        return NOTHING
    find, find_reduced = finders
    opens = [debt.open for debt in debts]
    found = find(opens, paid.amount)
    if found != []:
        return _found(found, debts, lambda several: _exact(paid, several))
    for of_open in (False, True):
        amounts = [_payable(debt, paid.date, of_open=of_open) for debt in debts]
        if amounts != opens:
            found = find_reduced(amounts, paid.amount)
            if found != []:
                return _found(found, debts, partial(_reduced, paid, of_open=of_open))
    if paid.credit:
        found = find(opens, paid.amount + paid.credit)
        if found != []:
            return _found(found, debts, lambda several: _less_credit(paid, several))
    return _near(paid, debts, settings)


def _near(paid: Paid, debts: Sequence[Debt], settings: Settings) -> Found:
    """Explain an amount by what is a little more: a fee, or cents, are missing."""
    fee = settings.bank_fee.get(paid.currency, ZERO)

    def is_fee(missing: Decimal) -> bool:
        return 0 < missing <= fee

    def is_cents(missing: Decimal) -> bool:
        return missing > 0 and not settings.minimum.is_reached(missing, paid.currency)

    groups = [*_groups(debts)]
    for kind, is_small in (
        (DifferenceKind.BANK_FEE, is_fee),
        (DifferenceKind.CENTS, is_cents),
    ):
        found = [
            *((debt,) for debt in debts if is_small(debt.open - paid.amount)),
            *(group for group in groups if is_small(_open(group) - paid.amount)),
        ]
        if found:
            return _found(found, debts, partial(_nearly, paid, kind))
    return NOTHING


def _found(
    sets: _Sets, debts: Sequence[Debt], say: Callable[[tuple[Debt, ...]], Explanation]
) -> Found:
    if sets is None:
        return Found(rivals=tuple(debts))
    if len({_likeness(several) for several in sets}) == 1:
        return Found(say(sets[0]))
    return Found(rivals=tuple(dict.fromkeys(chain(*sets))))


def _likeness(debts: Iterable[Debt]) -> tuple[object, ...]:
    """Return what sets of items share that come to the same."""
    return tuple(sorted((debt.likeness for debt in debts), key=str))


def _open(debts: Iterable[Debt]) -> Decimal:
    return sum((debt.open for debt in debts), ZERO)


def _named_sets(
    debts: Sequence[Debt], amounts: Sequence[Decimal], target: Decimal
) -> _Sets:
    """Find sets of items that a payment names."""
    if len({debt.item.invoice for debt in debts}) == 1:
        # Instalments of one invoice are paid in their order.
        for count, total in enumerate(accumulate(amounts), 1):
            if total == target:
                return [tuple(debts[:count])]
    indices = only_subset(amounts, target)
    if indices is None:
        return None
    return [tuple(debts[index] for index in indices)] if indices else []


def _groups(debts: Sequence[Debt]) -> Iterator[tuple[Debt, ...]]:
    """Yield what is often paid in one: all items of an invoice, and all there are."""
    by_invoice: dict[str | None, list[Debt]] = defaultdict(list)
    for debt in debts:
        if debt.has_siblings:
            by_invoice[debt.item.invoice].append(debt)
    several = [group for group in by_invoice.values() if len(group) > 1]
    yield from map(tuple, several)
    if len(debts) > 1 and [*debts] not in several:
        yield tuple(debts)


def _payable(debt: Debt, day: dt.date, *, of_open: bool) -> Decimal:
    """Return what is to be paid of an item, less the largest discount that is valid.

    That is a percentage of what was invoiced, or after a credit note, of what is open.
    """
    if debt.offered_until is None or debt.offered_until < day:
        return debt.open
    item = debt.item
    amount = debt.open if of_open else item.amount
    # Of a discount alone there is none.
    return payable(item.offers, amount, debt.open, item.currency, day) or debt.open


def _labels(debts: Iterable[Debt]) -> Words:
    return Words.joined(", ", (debt.item.label for debt in debts))


def _exact(paid: Paid, debts: tuple[Debt, ...]) -> Explanation:
    facts = {"amount": paid.amount, "currency": paid.currency, "items": _labels(debts)}
    if len(debts) == 1:
        text = Words("{amount} {currency} is what is open of {items}", **facts)
    else:
        text = Words("{amount} {currency} is the sum of {items}", **facts)
    return Explanation(debts, text)


def _reduced(paid: Paid, debts: tuple[Debt, ...], *, of_open: bool) -> Explanation:
    less = _open(debts) - paid.amount
    text = Words(
        "{amount} {currency} is what is open of {items} less the discount of {less}",
        amount=paid.amount,
        currency=paid.currency,
        items=_labels(debts),
        less=less,
    )
    difference = Difference(less, DifferenceKind.DISCOUNT)
    parts = tuple(_payable(debt, paid.date, of_open=of_open) for debt in debts)
    return Explanation(debts, text, difference, parts=parts)


def _less_credit(paid: Paid, debts: tuple[Debt, ...]) -> Explanation:
    text = Words(
        "{amount} {currency} is what is open of {items} less the credit of {less}",
        amount=paid.amount,
        currency=paid.currency,
        items=_labels(debts),
        less=paid.credit,
    )
    return Explanation(debts, text, credit=paid.credit)


def _nearly(paid: Paid, kind: DifferenceKind, debts: tuple[Debt, ...]) -> Explanation:
    missing = _open(debts) - paid.amount
    facts = {"missing": missing, "currency": paid.currency, "items": _labels(debts)}
    if kind is DifferenceKind.BANK_FEE:
        text = Words(
            "{missing} {currency} less than is open of {items}, a bank fee", **facts
        )
    else:
        text = Words("{missing} {currency} less than is open of {items}", **facts)
    return Explanation(debts, text, Difference(missing, kind))


_Sets = list[tuple[Debt, ...]] | None
_Finder = Callable[[Sequence[Decimal], Decimal], _Sets]
