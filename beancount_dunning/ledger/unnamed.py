"""Which credit settles which item, where the credit names no invoice.

After the credits that name one (`settlement`), the most certain first:

- `take_back`: a debit that books a credit back, to the same accounts, undoes it;
- `settle_by_text`: a credit whose text has the number of what its customer owes;
- `settle_oldest`: what then has no reference settles what is due first;
- `settle_loose`: what is left over, whatever it names, settles debits without a
  reference: the refund of an over-payment, or of a credit note, is no invoice.

Each settles items of its own customer, account and currency alone.
"""

from __future__ import annotations

from collections import Counter
from collections import defaultdict
from collections import deque
from heapq import heappop
from heapq import heappush
from itertools import chain
from itertools import count
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.items import DueSource
from beancount_dunning.ledger.named import Numbers
from beancount_dunning.ledger.named import pick
from beancount_dunning.ledger.named import spellings
from beancount_dunning.ledger.named import texts
from beancount_dunning.ledger.settlement import apply
from beancount_dunning.ledger.settlement import facts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from beancount_dunning.ledger.drafts import Draft
    from beancount_dunning.ledger.postings import Posted
    from beancount_dunning.ledger.settlement import Remainder

    _Mirror = tuple[Decimal, frozenset[str]]

# Where a debit says itself when it is due.
_OWN = frozenset(
    {
        DueSource.POSTING,
        DueSource.TRANSACTION,
        DueSource.POSTING_TERMS,
        DueSource.TRANSACTION_TERMS,
    }
)
# Why a credit settled an item.
TAKEN_BACK = Words("the same amount on the same accounts: booked back")
IN_TEXT = Words("number found in the text")
OLDEST = Words("no invoice given: oldest due date first")
LOOSE = Words("credit left over, and a debit without an invoice number")


def _by_place(
    drafts: Iterable[Draft], remainders: Iterable[Remainder]
) -> Iterable[tuple[list[Draft], list[Remainder]]]:
    """Bring together what may be settled and what may settle it; both sorted."""
    found: dict[tuple[str, str, str], tuple[list[Draft], list[Remainder]]] = {}
    for remainder in remainders:
        if remainder.number:
            found.setdefault(remainder.place, ([], []))[1].append(remainder)
    for draft in drafts:
        if draft.open and draft.place in found:
            found[draft.place][0].append(draft)
    for open_, left in found.values():
        open_.sort(key=lambda draft: draft.order)
        left.sort(key=lambda remainder: facts(remainder.credit))
    return found.values()


def _is_bare(draft: Draft) -> bool:
    """Tell whether a debit says nothing but its amount and accounts."""
    is_whole = draft.share.amount == draft.posted.number
    return draft.invoice is None and is_whole and draft.share.due_from not in _OWN


def _mirror(posted: Posted) -> _Mirror:
    """Return what a credit and the debit that books it back have in common."""
    accounts = frozenset(posting.account for posting in posted.entry.postings)
    return abs(posted.number), accounts


def take_back(drafts: Iterable[Draft], loose: Iterable[Remainder]) -> list[Remainder]:
    """Let debits without a reference undo the credits that they book back.

    Such a debit has the other accounts and the amount of the credit, no due date or
    terms of its own, and is not dated before it. So what the credit would have settled
    stays open, late since its own due date. A credit with such a debit before it is
    what that was for: money lent, paid back and lent again is lent since the last time.

    Args:
        drafts: All items.
        loose: Credits without a reference.

    Returns:
        The credits that are left.
    """
    left_over: list[Remainder] = []
    for open_, credits_ in _by_place(filter(_is_bare, drafts), loose):
        to_come: dict[_Mirror, deque[Remainder]] = defaultdict(deque)
        booked: dict[_Mirror, list[Remainder]] = defaultdict(list)
        # How many debits have booked nothing back, and no credit after them yet.
        not_back: Counter[_Mirror] = Counter()
        for credit in credits_:
            to_come[_mirror(credit.credit)].append(credit)
        for draft in sorted(open_, key=lambda draft: draft.posted.entry.date):
            key = _mirror(draft.posted)
            waiting, before = to_come[key], booked[key]
            while waiting and waiting[0].credit.entry.date <= draft.posted.entry.date:
                credit = waiting.popleft()
                if not_back[key]:
                    not_back[key] -= 1
                    left_over.append(credit)
                else:
                    before.append(credit)
            if before:
                undone = before.pop()
                draft.settle(undone.credit, undone.number, TAKEN_BACK)
            else:
                not_back[key] += 1
        left_over += chain(*to_come.values(), *booked.values())
    return left_over


def settle_by_text(
    drafts: Iterable[Draft], loose: Iterable[Remainder]
) -> list[Remainder]:
    """Apply credits whose text has the numbers of what their customers owe to those.

    Where a text has several, it is the one, or the sum of those, that is the amount to
    the cent; else they are settled in order of due date.

    Args:
        drafts: All items.
        loose: Credits without a reference.

    Returns:
        The credits that are left, and what of them.
    """
    left_over: list[Remainder] = []
    for open_, credits_ in _by_place(drafts, loose):
        by_invoice: dict[str, list[Draft]] = defaultdict(list)
        for draft in open_:
            if draft.invoice is not None:
                by_invoice[draft.invoice].append(draft)
        numbers = Numbers(
            {
                name: _spellings(name, of_invoice)
                for name, of_invoice in by_invoice.items()
            }
        )
        for one in credits_:
            entry, posting = one.credit.entry, one.credit.posting
            named = numbers.find(texts(entry, posting))
            invoices = [by_invoice[mention.reference] for mention in named]
            meant = [
                draft
                for draft in _meant(invoices, one.number, entry.date)
                if draft.takes(entry.date)
            ]
            left = apply(one.credit, one.number, meant, IN_TEXT)
            if left:
                left_over.append(one._replace(number=left))
    return left_over


def _spellings(name: str, of_invoice: Iterable[Draft]) -> list[str]:
    """Return what names an invoice."""
    postings = [draft.posted for draft in of_invoice]
    metas = [meta for one in postings for meta in (one.posting.meta, one.entry.meta)]
    return spellings(name, *metas)


def _meant(
    invoices: Iterable[Sequence[Draft]], amount: Decimal, day: date
) -> list[Draft]:
    """Return those items of named invoices that an amount is for, in order."""
    is_open = [[draft for draft in of_invoice if draft.open] for of_invoice in invoices]
    sums = [sum((draft.open for draft in some), ZERO) for some in is_open]
    chosen = pick(sums, amount)
    if chosen is not None:
        is_open = [is_open[index] for index in chosen]
    return sorted(chain(*is_open), key=lambda draft: draft.turn_on(day))


def settle_oldest(
    drafts: Iterable[Draft], loose: Iterable[Remainder]
) -> list[Remainder]:
    """Apply credits without a reference to what their customers have open.

    Day by day: the day's items first, then what earlier credits left over, then
    the day's credits. A discount that was taken is not owed, and so comes last. Linear
    but for the sorting.

    Args:
        drafts: All items.
        loose: What is left of credits without a reference.

    Returns:
        The credits that are left, and what of them.
    """
    left_over: list[Remainder] = []
    for open_, credits_ in _by_place(drafts, loose):
        invoiced: dict[date, list[Draft]] = defaultdict(list)
        paid: dict[date, list[Remainder]] = defaultdict(list)
        for draft in open_:
            invoiced[draft.begins].append(draft)
        for one in credits_:
            paid[one.credit.entry.date].append(one)
        items = _Oldest()
        waiting: deque[Remainder] = deque()
        for day in sorted({*invoiced, *paid}):
            for draft in invoiced[day]:
                items.add(draft)
            items.settle(waiting)
            for one in paid[day]:
                if waiting or not items.settle_less_discounts(one):
                    waiting.append(one)
                    items.settle(waiting)
        left_over += waiting
    return left_over


class _Oldest:
    """What a customer has open, oldest due first, and last what is not owed."""

    def __init__(self) -> None:
        """Begin without items."""
        self._rows: list[tuple[bool, tuple[Any, ...], int, Draft]] = []
        self._serial = count()

    def add(self, draft: Draft) -> None:
        """Take in an item in its place, also one of which less is open than before."""
        row = draft.is_discounted, draft.age, next(self._serial), draft
        heappush(self._rows, row)

    def settle(self, waiting: deque[Remainder]) -> None:
        """Settle items with credits, and take these away, as long as there are both."""
        while self._rows and waiting:
            *_, draft = self._rows[0]
            one = waiting[0]
            left = draft.settle(one.credit, one.number, OLDEST)
            if not draft.open:
                heappop(self._rows)
            elif draft.is_discounted:
                heappop(self._rows)
                self.add(draft)
            if left:
                waiting[0] = one._replace(number=left)
            else:
                waiting.popleft()

    def settle_less_discounts(self, one: Remainder) -> bool:
        """Settle the first items, each less its discount, if a credit is their sum.

        What is the sum of the very first of them without any discount is for those.

        Returns:
            Whether it is; the items are as they were if not.
        """
        day, rest, whole = one.credit.entry.date, one.number, one.number
        first: list[tuple[bool, tuple[Any, ...], int, Draft]] = []
        parts: list[Decimal] = []
        # Of what is a discount already, nothing is to be paid.
        while self._rows and rest and whole and not self._rows[0][0]:
            part = self._rows[0][-1].payable(day)
            if part > rest:
                break
            first.append(heappop(self._rows))
            parts.append(part)
            rest -= part
            whole -= first[-1][-1].open
        if rest or not whole:
            for row in first:
                heappush(self._rows, row)
            return False
        for (*_, draft), part in zip(first, parts, strict=True):
            draft.settle(one.credit, part, OLDEST)
            if draft.open:
                self.add(draft)
        return True


def settle_loose(
    drafts: Iterable[Draft], remainders: Iterable[Remainder]
) -> list[Remainder]:
    """Apply what credits have left over to debits without a reference.

    Args:
        drafts: All items.
        remainders: What credits have left over, whatever they name.

    Returns:
        What they then have left, if anything.
    """
    left_over: list[Remainder] = []
    nameless = (draft for draft in drafts if draft.invoice is None)
    for open_, credits_ in _by_place(nameless, remainders):
        waiting = deque(open_)
        for one in credits_:
            left = one.number
            while waiting and left:
                left = waiting[0].settle(one.credit, left, LOOSE)
                if not waiting[0].open:
                    waiting.popleft()
            if left:
                left_over.append(one._replace(number=left))
    return left_over
