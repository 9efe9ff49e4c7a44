"""A plan of payment that the page shows before it writes: `GET plan`.

    plan?item=…&plan=3 x 1 month from 2026-09-15

answers `{"parts": [a line for each part]}`, in the page's language, or 422 with
`{"error": …}`, which says what to type.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Response
from flask import request

from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.insertion import require_loggable
from beancount_dunning.answers.planned import PlanRefusedError
from beancount_dunning.answers.planned import propose_plan
from beancount_dunning.basics.money import hide
from beancount_dunning.basics.words import Words
from fava_dunning.modes import is_incognito
from fava_dunning.senders import RequestError

if TYPE_CHECKING:
    from beancount_dunning.answers.planned import PlanProposal
    from beancount_dunning.ledger.items import Item
    from fava_dunning.page import Page


def item_of(page: Page, key: str) -> Item:
    """Return the item that a request is about.

    Args:
        page: The page as it is now.
        key: The item's key.

    Raises:
        RequestError: It is no longer open.
        RefusedError: No note can name it.
    """
    items = {aged.item.key: aged.item for aged in page.report.items}
    if key not in items:
        reason = Words("This item is no longer open: reload the page")
        raise RequestError(409, reason)
    require_loggable(items[key])
    return items[key]


def proposed(page: Page, item: Item, plan: str, text: str = "") -> PlanProposal:
    """Return a plan's note, and the parts that it would make.

    Args:
        page: The page.
        item: An item of it, which has a reference.
        plan: The plan as one types it.
        text: What the note is to say.

    Raises:
        RequestError: The plan would be a mistake; amounts are hidden if Fava's are.
    """
    try:
        return propose_plan(page.books, item.invoice or "", plan, text)
    except PlanRefusedError as error:
        reason = str(error)
        raise RequestError(422, hide(reason) if is_incognito() else reason) from error


def preview(page: Page) -> Response:
    """Answer the parts that a plan would make, or why it would be a mistake."""
    asked = request.args
    try:
        item = item_of(page, asked.get("item", ""))
        found = proposed(page, item, asked.get("plan", ""))
    except RequestError as error:
        return _json(error.status, {"error": page.sentences.tell(error.reason)})
    except RefusedError as error:
        return _json(422, {"error": page.sentences.tell(error.reason)})
    return _json(200, {"parts": [*map(page.sentences.tell, found.lines)]})


def _json(status: int, data: object) -> Response:
    text = json.dumps(data, ensure_ascii=False)
    return Response(text, status=status, mimetype="application/json")
