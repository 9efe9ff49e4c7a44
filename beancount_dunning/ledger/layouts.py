"""How plans of payment divide items into pieces, and what of each bears interest.

    layouts = Layouts({"INV-2026-014": drafts})
    layouts.lay_over(agreement, is_open, parts, cut)
    layouts.laid_out("INV-2026-014", drafts)

Pieces stay when they end: what was settled of each by then is what credits of those
days settle, whenever the ledger is read.
"""

from __future__ import annotations

from collections import Counter
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import cast

from beancount_dunning.basics.money import ZERO
from beancount_dunning.ledger.bearing import Borne
from beancount_dunning.ledger.bearing import added_up
from beancount_dunning.ledger.drafts import Draft
from beancount_dunning.ledger.drafts import Piece
from beancount_dunning.ledger.items import Bore
from beancount_dunning.ledger.items import DueSource
from beancount_dunning.ledger.items import Original

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from beancount_dunning.ledger.plans import Agreement
    from beancount_dunning.ledger.workdays import Workdays

_DAY = timedelta(days=1)


class Layouts:
    """What the items of invoices are divided into."""

    def __init__(
        self, invoices: Mapping[str, Sequence[Draft]], workdays: Workdays
    ) -> None:
        """Begin with the items in one piece each.

        Args:
            invoices: The items of each invoice, in their order, before any credit.
            workdays: On which days a part can be due.
        """
        self._workdays = workdays
        self._pieces: dict[str | None, list[tuple[Piece, ...]]] = {
            name: [(_whole(draft, place),) for place, draft in enumerate(drafts)]
            for name, drafts in invoices.items()
        }
        self._plans: Counter[str | None] = Counter()

    @property
    def invoices(self) -> list[str]:
        """The invoices."""
        return [name for name in self._pieces if name is not None]

    def laid_out(self, invoice: str, drafts: list[Draft]) -> list[Draft]:
        """Put pieces in the place of an invoice's items, where it has a plan.

        Args:
            invoice: The invoice.
            drafts: Its items as it began with them.

        Returns:
            An item for each piece, in the order in which credits settle them.
        """
        if invoice not in self._pieces:
            return drafts
        found = [
            Draft(
                draft.invoice,
                draft.customer,
                draft.posted,
                piece.share,
                draft.charge,
                piece.share.amount,
                draft.pays_charges_first,
                piece.number,
                piece.count,
                piece.plan_number,
                piece=piece,
            )
            for draft, pieces in zip(drafts, self._pieces[invoice], strict=True)
            for piece in pieces
        ]
        return sorted(found, key=lambda draft: draft.turn)

    def lay_over(
        self,
        agreement: Agreement,
        is_open: Sequence[tuple[Draft, Decimal]],
        parts: Sequence[tuple[Decimal, date]],
        cut: date,
    ) -> None:
        """Lay a plan over what is open.

        Args:
            agreement: The plan.
            is_open: Items, and what is open of each, oldest first.
            parts: The amounts and due dates of the plan.
            cut: The last day whose credits come before it.
        """
        self._plans.update({draft.invoice for draft, _ in is_open})
        noted = agreement.note.date
        borne = {
            id(draft): self._close(draft, draft.share.amount - left, cut, noted)
            for draft, left in is_open
        }
        for draft, number, amount in _chunks(is_open, [amount for amount, _ in parts]):
            old = piece_of(draft)
            left_over = replace(
                old,
                share=old.share._replace(amount=amount),
                after=max(cut, old.after),
                leads=False,
                bore=borne[id(draft)].take(amount),
            )
            if number is None:
                self._add(draft, left_over)
                continue
            part = replace(
                _bearing(left_over, draft, agreement),
                number=number,
                count=len(parts),
                plan=agreement,
                plan_number=self._plans[draft.invoice],
                since=noted,
            )
            share = part.share._replace(
                due=parts[number - 1][1],
                due_from=DueSource.PLAN,
                terms=None,
                offers=(),
                written=None,
            )
            self._add(draft, replace(part, share=share.moved(self._workdays)))

    def give_back(self, drafts: Iterable[Draft], day: date) -> None:
        """Give back the original due dates to what is open of a plan.

        Args:
            drafts: The items that are its parts.
            day: The day on which it ends.
        """
        merged: dict[tuple[str | None, int], list[Draft]] = defaultdict(list)
        for draft in drafts:
            if draft.left_on(day):
                merged[draft.invoice, piece_of(draft).place].append(draft)
        for some in merged.values():
            left = sum((draft.left_on(day) for draft in some), ZERO)
            for draft in some:
                paid = draft.share.amount - draft.left_on(day)
                self._close(draft, paid, day, day - _DAY)
            self._add(some[0], _original(piece_of(some[0]), left, day))

    def _close(self, draft: Draft, paid: Decimal, day: date, ended: date) -> Borne:
        """Leave of an item what was paid by a day; return what the rest bore."""
        old = piece_of(draft)
        borne = Borne(old.bore)
        share = old.share._replace(amount=paid, offers=())
        bore = borne.take(paid)
        moved = old.share.amount - paid
        closed = replace(
            old, share=share, moved=moved, until=day, ended=ended, bore=bore
        )
        layout = self._pieces[draft.invoice]
        layout[old.place] = tuple(
            closed if one is old else one for one in layout[old.place]
        )
        return borne

    def _add(self, draft: Draft, piece: Piece) -> None:
        """Add a piece of an item; with another one of the same part it is one."""
        layout = self._pieces[draft.invoice]
        *before, last = layout[piece.place]
        is_same = last.plan is piece.plan and last.number == piece.number
        if piece.plan and is_same and last.until == piece.until:
            amount = last.share.amount + piece.share.amount
            share = last.share._replace(amount=amount)
            bore = added_up(last.bore, piece.bore)
            layout[piece.place] = (*before, replace(last, share=share, bore=bore))
        else:
            layout[piece.place] += (piece,)


def piece_of(draft: Draft) -> Piece:
    """Return the piece that an item is, as all are that were laid out."""
    return cast("Piece", draft.piece)


def _whole(draft: Draft, place: int) -> Piece:
    """Return an item as a piece, before any plan."""
    share = draft.share
    original = Original(
        share.amount,
        draft.number,
        draft.count,
        share.due,
        share.due_from,
        share.written,
        share.terms,
    )
    return Piece(share, draft.number, draft.count, place, original, leads=True)


def _original(piece: Piece, left: Decimal, day: date) -> Piece:
    """Return what is open of a piece, due as it was before any plan."""
    original = piece.original
    share = piece.share._replace(
        amount=left,
        due=original.due,
        due_from=original.due_from,
        written=original.due_written,
        terms=original.terms,
    )
    return Piece(
        share,
        original.number,
        original.count,
        piece.place,
        original,
        after=day,
        since=day - _DAY,
    )


def _bearing(piece: Piece, draft: Draft, agreement: Agreement) -> Piece:
    """Return a part as it bears interest once a plan is agreed.

    Where interest goes on, it does from the original due date, or from the note's date
    if that is later: until then it went its own way.
    """
    noted, invoiced = agreement.note.date, draft.posted.entry.date
    due, amount = piece.bears_from or piece.share.due, piece.share.amount
    bore = piece.bore
    if due is not None and (begun := max(due, invoiced)) < noted:
        bore = added_up(bore, [Bore(begun, noted, amount)])
    bears_from = None
    if agreement.plan.runs_on and piece.original.due is not None:
        bears_from = max(piece.original.due, noted)
    return replace(piece, bears_from=bears_from, bore=bore)


def _chunks(
    is_open: Sequence[tuple[Draft, Decimal]], parts: Sequence[Decimal]
) -> Iterator[tuple[Draft, int | None, Decimal]]:
    """Lay parts over items: yield each item with the part, and how much of it.

    The part is None for what lies beyond the plan.
    """
    to_come = iter(enumerate(parts, 1))
    number, of_part = next(to_come, (None, ZERO))
    for draft, amount in is_open:
        left = amount
        while left:
            taken = left if number is None else min(left, of_part)
            yield draft, number, taken
            left -= taken
            of_part -= taken
            if number is not None and not of_part:
                number, of_part = next(to_come, (None, ZERO))
