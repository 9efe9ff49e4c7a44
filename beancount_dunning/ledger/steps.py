"""The steps of a policy as they are typed: a name, days, and metadata.

2026-01-01 custom "dunning-step" "standard" "first reminder" 3
fee: 5.00 EUR
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from beancount_dunning.basics.errors import place
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger import values
from beancount_dunning.ledger.options import STEP_KEYS
from beancount_dunning.ledger.policies import NO_POLICY
from beancount_dunning.ledger.policies import Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount.core.data import Custom

    from beancount_dunning.ledger.directives import Draft


def read_step(draft: Draft, entry: Custom, typed_values: Sequence[object]) -> None:
    """Read a `dunning-step`.

    Args:
        draft: Gets the step, or what is wrong with the directive.
        entry: The directive.
        typed_values: Its values: a policy, a name and days after the due date.
    """
    match typed_values:
        case [str(policy), str(name), Decimal() as number] if (
            policy.strip() and name.strip()
        ):
            policy, name = policy.strip(), name.strip()
        case _:
            text = Words(
                "A step has a policy, a name and its days after the due date: "
                "{directive}.",
                directive='custom "dunning-step" "standard" "first reminder" 3',
            )
            draft.problem(entry, text)
            return
    if policy == NO_POLICY:
        text = Words('The policy "none" never reminds, so it cannot have steps.')
        draft.problem(entry, text)
        return
    days = draft.read(
        entry, Words('step "{name}"', name=name), number, values.whole_number
    )
    if days is None or _is_there(draft, entry, policy, name):
        return
    step = _step(draft, entry, name, days)
    if step is not None:
        draft.steps[policy][name] = step
        draft.steps_on[policy][entry.date].append(step)


def _is_there(draft: Draft, entry: Custom, policy: str, name: str) -> bool:
    """Report a step that the policy already has from the same day on."""
    known = draft.steps[policy].get(name)
    if not (known and known.entry and known.entry.date == entry.date):
        return False
    where = place(known.entry.meta)
    text = Words(
        'The policy "{policy}" already has a step "{step}", at {place}.',
        policy=policy,
        step=name,
        place=Words.joined(":", [where["filename"], str(where["lineno"])]),
    )
    draft.problem(entry, text)
    return True


def _step(draft: Draft, entry: Custom, name: str, days: int) -> Step | None:
    """Return a step with what its metadata says; None, and a problem, if too early."""
    meta = draft.own_metadata(entry, STEP_KEYS)
    if "from" in meta and days < 0:
        text = Words(
            '"{step}" counts from the invoice\'s date, and cannot come before it: type '
            "0 or more days.",
            step=name,
        )
        draft.problem(entry, text)
        return None
    return Step(
        name,
        days,
        meta.get("min-interval"),
        meta.get("fee"),
        meta.get("channel"),
        meta.get("pay-within"),
        is_from_invoice="from" in meta,
        entry=entry,
        template=meta.get("template"),
    )
