"""What plans make of open items: parts with due dates of their own, and their end.

What is open of a plan's invoices when the day of its note ends is laid out anew: the
plan's parts over it, oldest first. What was settled by then stays as it was. Where a
part is due on the note's own day, what is paid on that day is for the plan. A later
plan lays out what is open of an earlier one; a plan that ends by default gives back the
original due dates.

Which credit settles what depends on due dates, and what is open when a plan begins
depends on which credit settled what. So the items are settled without plans, and then
once more for each day on which a plan of a customer begins or ends, in order: what is
settled by such a day no longer depends on what comes after it. Only what hangs together
with the plans of the day is settled again (`bundles`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING
from typing import NamedTuple

from beancount_dunning.basics.errors import MAX_LISTED
from beancount_dunning.basics.lists import either
from beancount_dunning.basics.lists import listed
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.defaults import find_defaults
from beancount_dunning.ledger.layouts import Layouts
from beancount_dunning.ledger.layouts import piece_of
from beancount_dunning.ledger.plans import PlanError

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.ledger.bundles import Bundle
    from beancount_dunning.ledger.defaults import Default
    from beancount_dunning.ledger.drafts import Draft
    from beancount_dunning.ledger.plans import Agreement
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.ledger.settlement import Remainder

_DAY = timedelta(days=1)


class Settled(NamedTuple):
    """Items to which credits were applied, and what the credits have left.

    `by_invoice` has those of the items that have a reference.
    """

    by_invoice: Mapping[str, Sequence[Draft]]
    drafts: list[Draft]
    left: Sequence[Remainder]


@dataclass(frozen=True, slots=True)
class PlanOutcome:
    """What came of a plan: what is wrong with it, and whether it ended by default."""

    agreement: Agreement
    problems: tuple[Words, ...] = ()
    default: Default | None = None


def settle_with_plans(
    settle: Callable[[Bundle, Layouts], Settled],
    bundles: Sequence[Bundle],
    planner: Planner,
) -> tuple[Settled, tuple[PlanOutcome, ...]]:
    """Settle items as plans lay them out.

    Args:
        settle: Applies the credits of a bundle to its items as laid out, afresh.
        bundles: All that is posted.
        planner: Takes in the plans.

    Returns:
        The items, what credits have left, and what came of each plan.
    """
    homes = {name: bundle for bundle in bundles for name in bundle.debits}
    parts: dict[Bundle, Settled] = {}
    changed: Iterable[Bundle] = bundles
    while changed:
        anew = {bundle: settle(bundle, planner.layouts) for bundle in changed}
        parts |= anew
        left = chain.from_iterable(part.left for part in parts.values())
        touched = planner.advance(anew.values(), left)
        changed = {homes[name] for name in touched if name in homes}
    settled = Settled(
        dict(chain.from_iterable(part.by_invoice.items() for part in parts.values())),
        [*chain.from_iterable(part.drafts for part in parts.values())],
        [*chain.from_iterable(part.left for part in parts.values())],
    )
    for name in planner.layouts.invoices:
        _join(settled.by_invoice[name])
    return settled, tuple(planner.outcomes.values())


def _join(drafts: Iterable[Draft]) -> None:
    """Put what was charged since a plan with the part that is due by then."""
    parts: dict[str, list[tuple[date, Draft]]] = defaultdict(list)
    charges: list[Draft] = []
    for draft in drafts:
        plan = piece_of(draft).plan
        if draft.charge and plan is None:
            charges.append(draft)
        elif plan is not None and piece_of(draft).until == date.max:
            parts[draft.customer].append((plan.note.date, draft))
    for charge in charges:
        day, due = charge.posted.entry.date, _due(charge)
        there = [part for noted, part in parts[charge.customer] if noted < day]
        by_then = [part for part in there if _due(part) <= due] or there[:1]
        if by_then:
            part = max(by_then, key=_due)
            charge.number, charge.count = part.number, part.count
            charge.plan_number = part.plan_number


def _due(draft: Draft) -> date:
    return draft.share.due or date.max


class Planner:
    """Takes in plans and their ends, day by day for each customer."""

    def __init__(
        self,
        invoices: Mapping[str, Sequence[Draft]],
        agreements: Iterable[Agreement],
        as_of: date,
        settings: Settings,
    ) -> None:
        """Begin without any plan.

        Args:
            invoices: The items of the invoices that plans name, before any credit.
            agreements: The plans that were agreed by a date, in order of date.
            as_of: The date.
            settings: On which days a part can be due, and how much ends a plan.
        """
        self.layouts = Layouts(invoices, settings.workdays)
        # What is not settled for good, by invoice.
        self._there: dict[str, list[Draft]] = {name: [] for name in invoices}
        self._minimum = settings.minimum
        self.outcomes: dict[int, PlanOutcome] = {}
        self._as_of = as_of
        self._to_come: dict[str, list[Agreement]] = defaultdict(list)
        for agreement in agreements:
            self.outcomes[id(agreement)] = PlanOutcome(agreement)
            customer = self._customer(agreement, invoices)
            if customer is not None:
                self._to_come[customer].append(agreement)

    def _customer(
        self, agreement: Agreement, invoices: Mapping[str, Sequence[Draft]]
    ) -> str | None:
        """Return the customer of a plan; None where it is none for one.

        Of an invoice that does not exist yet, or is on another account, the log's
        reader tells, as for any note.
        """
        known = [name for name in agreement.names if name in invoices]
        unknown = [name for name in agreement.names if name not in invoices]
        if known and unknown:
            text = Words(
                "There is no invoice {invoices}.",
                invoices=either(unknown),
            )
            self._problem(agreement, text)
        note = agreement.note
        there = [
            draft
            for name in known
            for draft in invoices[name]
            if draft.posted.account.name == note.account
        ]
        customers = list(dict.fromkeys(draft.customer for draft in there))
        if len(customers) > 1:
            self._problem(
                agreement,
                Words(
                    "A plan is for one customer, and this one names invoices of "
                    "{customers}: write a note for each.",
                    customers=listed(customers),
                ),
            )
            return None
        return customers[0] if customers else None

    def _problem(self, agreement: Agreement, message: Words) -> None:
        outcome = self.outcomes[id(agreement)]
        problems = (*outcome.problems, message)
        self.outcomes[id(agreement)] = replace(outcome, problems=problems)

    def advance(
        self, settled: Iterable[Settled], remainders: Iterable[Remainder]
    ) -> set[str]:
        """Lay out what comes next of each customer.

        Args:
            settled: What was settled since the last time.
            remainders: All that credits have left.

        Returns:
            The invoices that are laid out anew; none where nothing is to come.
        """
        for part in settled:
            for name in self._there.keys() & part.by_invoice.keys():
                self._there[name] = [
                    draft
                    for draft in part.by_invoice[name]
                    if piece_of(draft).until == date.max
                ]
        by_customer: dict[str, list[Draft]] = defaultdict(list)
        for draft in chain.from_iterable(self._there.values()):
            by_customer[draft.customer].append(draft)
        left: dict[str, list[Remainder]] = defaultdict(list)
        for one in remainders:
            left[one.customer].append(one)
        touched: set[str] = set()
        for customer, drafts in by_customer.items():
            touched |= self._next(customer, drafts, left[customer])
        return touched

    def _next(
        self, customer: str, drafts: Sequence[Draft], left: Sequence[Remainder]
    ) -> set[str]:
        """Take in the plans and defaults of a customer's next day, if there is one.

        Returns their invoices.
        """
        touched: set[str] = set()
        defaults = [*find_defaults(drafts, left, self._minimum, self._as_of)]
        to_come = self._to_come[customer]
        days = [default.day for _, default in defaults]
        days += [agreement.note.date for agreement in to_come[:1]]
        if not days:
            return touched
        day = min(days)
        for agreement, default in defaults:
            if default.day == day and touched.isdisjoint(agreement.names):
                touched.update(agreement.names)
                self._end(agreement, default, drafts)
        for agreement in list(to_come):
            if agreement.note.date != day or not touched.isdisjoint(agreement.names):
                break
            touched.update(agreement.names)
            to_come.remove(agreement)
            self._agree(agreement, drafts)
        return touched

    def _agree(self, agreement: Agreement, drafts: Sequence[Draft]) -> None:
        """Lay a plan over what is open of its invoices."""
        note, plan = agreement.note, agreement.plan
        there = [
            draft
            for draft in drafts
            if draft.invoice in agreement.names and draft.posted.entry.date <= note.date
        ]
        if not there:
            return  # The log's reader says that the invoice is dated later.
        # What is paid on the day of the note is for a part that is due then.
        cut = note.date - _DAY if plan.first == note.date else note.date
        try:
            is_open = _open_on(cut, agreement, there)
        except PlanError as error:
            self._problem(agreement, error.reason)
            return
        currency = is_open[0][0].posted.currency
        total = sum((left for _, left in is_open), ZERO)
        try:
            parts = plan.parts(total, currency)
        except PlanError as error:
            self._problem(agreement, Words("plan: {reason}.", reason=error.reason))
            return
        if (said := plan.misfit(total)) is not None:
            self._problem(agreement, _misfit(said, total, currency))
        self.layouts.lay_over(agreement, is_open, parts, cut)

    def _end(
        self, agreement: Agreement, default: Default, drafts: Iterable[Draft]
    ) -> None:
        """Give back the original due dates to what is open of a plan."""
        outcome = self.outcomes[id(agreement)]
        self.outcomes[id(agreement)] = replace(outcome, default=default)
        whose = [draft for draft in drafts if piece_of(draft).plan is agreement]
        self.layouts.give_back(whose, default.day)


def _open_on(
    day: date, agreement: Agreement, drafts: Sequence[Draft]
) -> list[tuple[Draft, Decimal]]:
    """Return what a plan is about: items, and what is open of each, oldest first.

    Raises:
        PlanError: There is no such instalment, nothing is open, or in two currencies.
    """
    instalments = {draft: f"{draft.number}/{draft.count}" for draft in drafts}
    wanted = agreement.plan.instalment
    if wanted not in {None, *instalments.values()}:
        known = [*dict.fromkeys(instalments.values())][:MAX_LISTED]
        message = Words(
            "There is no instalment {wanted}, but {listed}.",
            wanted=wanted,
            listed=", ".join(known),
        )
        raise PlanError(message)
    is_open = [
        (draft, left)
        for draft, instalment in instalments.items()
        if wanted in {None, instalment} and (left := draft.left_on(day)) > ZERO
    ]
    if not is_open:
        message = Words(
            "A plan, but {invoices} was paid by {day}.",
            invoices=listed(agreement.names),
            day=agreement.note.date,
        )
        raise PlanError(message)
    currencies = {draft.posted.currency for draft, _ in is_open}
    if len(currencies) > 1:
        message = Words(
            "A plan is in one currency, and {currencies} are open.",
            currencies=listed(sorted(currencies)),
        )
        raise PlanError(message)
    return sorted(is_open, key=lambda found: found[0].turn_on(day))


def _misfit(said: Decimal, total: Decimal, currency: str) -> Words:
    """Say what to type where a plan's amounts are not what is open."""
    if said > total:
        return Words(
            "The plan's amounts add up to {said} {currency}, and {total} {currency} "
            "are open: its last parts ask for less. Correct them.",
            said=said,
            total=total,
            currency=currency,
        )
    return Words(
        "The plan's amounts add up to {said} {currency}, and {total} {currency} are "
        "open: what is left keeps its due date. Add the missing part, or "
        '", rest on" and a day.',
        said=said,
        total=total,
        currency=currency,
    )
