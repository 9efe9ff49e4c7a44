"""Policies: ladders of reminder steps."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING
from typing import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from beancount.core.amount import Amount
    from beancount.core.data import Custom

# So many days a letter gives to pay, unless its step says otherwise.
LEAST_DAYS = 7
# The policy that never reminds, and the policy of those who have no other.
NO_POLICY = "none"
DEFAULT_POLICY = "standard"
# The step at which the bookkeeper decides what to do, and nobody is written to.
REVIEW = "stop-loss review"


class Channel(StrEnum):
    """How a reminder is sent."""

    EMAIL = "email"
    LETTER = "letter"
    PHONE = "phone"
    MESSAGE = "message"


class PaymentOrder(StrEnum):
    """What a payment settles first.

    By section 367 BGB and article 561 of the Chinese civil code it is costs, then
    interest, then the principal, unless the parties agreed otherwise.
    """

    INVOICE = "invoice"
    CHARGES = "charges"


class Percentage(NamedTuple):
    """A fee in percent of what is open."""

    percent: Decimal

    def of(self, number: Decimal) -> Decimal:
        """Return so much of a number, unrounded."""
        return number * self.percent / 100


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of a policy's ladder.

    `days` count from the due date and are negative before it, or from the date of the
    invoice. `min_interval` is the number of days that must lie between sending the step
    before and this one; it is None only until the ladder is complete, see
    `with_intervals`. `pay_within` are the days that the letter gives, None where nobody
    typed them, see `days_to_pay`. `entry` is the directive that defines the step, None
    where it is built in. `template` names an own text for its letter.
    """

    name: str
    days: int
    min_interval: int | None = None
    fee: Amount | Percentage | None = None
    channel: Channel | None = None
    pay_within: int | None = None
    is_from_invoice: bool = False
    entry: Custom | None = field(default=None, compare=False, repr=False)
    template: str | None = None

    @property
    def is_notice(self) -> bool:
        """Whether it comes at or before the due date, and can lapse."""
        return self.is_from_invoice or self.days <= 0

    @property
    def order(self) -> tuple[bool, int]:
        """Its place in a ladder: what counts from the invoice comes first."""
        return not self.is_from_invoice, self.days

    @property
    def is_review(self) -> bool:
        """Whether the step is a decision of the bookkeeper's, and no letter."""
        return self.name == REVIEW

    @property
    def title(self) -> str:
        """Its name as a sentence begins, unless a capital is more than one letter."""
        first = self.name[:1].upper()
        return first + self.name[1:] if len(first) == 1 else self.name


def with_intervals(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Sort steps into a ladder, and give each an interval.

    Args:
        steps: Steps in any order. A step without a `min_interval` of its own takes
            the days between the step before and itself, so that a ladder begun late
            keeps its pace; how far the due date is from the invoice, nobody knows.

    Returns:
        The steps in order of their days, each with a `min_interval`.
    """
    ordered = sorted(steps, key=lambda step: step.order)
    return tuple(
        replace(step, min_interval=_days_between(before, step))
        if step.min_interval is None
        else step
        for before, step in zip([*ordered[:1], *ordered], ordered, strict=False)
    )


def _days_between(step: Step, later: Step) -> int:
    is_known = step.is_from_invoice == later.is_from_invoice
    return later.days - step.days if is_known else 0


def days_to_pay(step: Step, ladder: Sequence[Step]) -> int:
    """Return how many days a letter with a step gives to pay.

    Args:
        step: A step after the due date.
        ladder: The steps of its policy, in order.

    Returns:
        What the step says, or else the days until the next step, a week at least.
    """
    if step.pay_within is not None:
        return step.pay_within
    later = (other.days - step.days for other in ladder if other.order > step.order)
    return max(next(later, LEAST_DAYS), LEAST_DAYS)


def ladders(
    steps: Mapping[date, Iterable[Step]],
) -> Iterator[tuple[date, tuple[Step, ...]]]:
    """Yield the ladder that is in force from each date on.

    Args:
        steps: A policy's steps by date, the earliest first. Those of a name replace
            the one that had it.
    """
    known: dict[str, Step] = {}
    for day, some in steps.items():
        known.update((step.name, step) for step in some)
        yield day, with_intervals(known.values())


def _ladder(*steps: tuple[str, int]) -> tuple[Step, ...]:
    return with_intervals(Step(name, days) for name, days in steps)


BUILT_IN: dict[str, tuple[Step, ...]] = {
    "friendly": _ladder(
        ("upcoming", -7),
        ("due today", 0),
        ("first reminder", 7),
        ("second reminder", 14),
    ),
    "standard": _ladder(
        ("upcoming", -2),
        ("first reminder", 1),
        ("second reminder", 7),
        ("final notice", 15),
        (REVIEW, 30),
    ),
    "strict": _ladder(
        ("first reminder", 1), ("second reminder", 3), ("final notice", 7)
    ),
}
