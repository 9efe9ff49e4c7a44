"""A plan of payment that the page writes, and shows before: what it would make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.answers.planned import PlanRefusedError
from beancount_dunning.answers.planned import propose_plan
from fava_dunning.senders import RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount_dunning.answers.planned import PlanProposal
    from beancount_dunning.ledger.items import Item
    from fava_dunning.page import Page


def proposed(page: Page, items: Sequence[Item], plan: str, text: str) -> PlanProposal:
    """Return a plan's note, and the parts that it would make.

    Args:
        page: The page.
        items: Items of it, which have references.
        plan: The plan as one types it.
        text: What the note is to say.

    Raises:
        RequestError: The plan would be a mistake; amounts are hidden if Fava's are.
    """
    first, *others = dict.fromkeys(item.invoice or "" for item in items)
    try:
        return propose_plan(page.books, first, plan, text, others)
    except PlanRefusedError as error:
        reason = page.sentences.refusal(error.reason)
        raise RequestError(422, reason) from error
