"""How a step speaks: by its place in its policy.

A notice comes before the due date or on the day itself; then a friendly, a firm and a
final reminder.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from beancount_dunning.answers.contents import Tone
from beancount_dunning.ledger.policies import Channel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount_dunning.ledger.policies import Step

_LATE = (Tone.FRIENDLY, Tone.FIRM, Tone.FINAL)


def tone_of(step: Step, ladder: Sequence[Step]) -> Tone:
    """Return how a step speaks.

    Args:
        step: The step.
        ladder: All steps of its policy, in order.
    """
    if step.is_notice:
        is_due = step.days == 0 and not step.is_from_invoice
        return Tone.TODAY if is_due else Tone.NOTICE
    late = (one for one in ladder if not one.is_notice)
    before = sum(1 for _ in takewhile(lambda one: one.name != step.name, late))
    return _LATE[min(before, len(_LATE) - 1)]


def last_letter_after(step: Step, ladder: Sequence[Step]) -> Step | None:
    """Return the letter that comes after a step, if it is the only one left.

    Args:
        step: The step.
        ladder: All steps of its policy, in order.
    """
    names = [one.name for one in ladder]
    coming = [one for one in ladder[names.index(step.name) + 1 :] if not one.is_review]
    is_last = len(coming) == 1 and coming[0].channel != Channel.PHONE
    return coming[0] if is_last else None
