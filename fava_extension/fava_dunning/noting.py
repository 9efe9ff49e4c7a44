"""Notes of the log that the page writes: `PUT log`.

    {"fingerprint": "…", "as_of": "2026-11-20", "what": "promise",
     "items": ["…", "…"], "until": "2026-11-27", "text": "Ms Li called"}

`what` is "sent", with `reminders`, the step that went out by item, and perhaps the
`channel` by which all of them did; without it each has its own.

Or it is something about `items`, several or one:

- "promise" or "hold", with `until`; "plan", with the `plan`; "dispute", "resolved";
- "note", with a `text`; "confirmed"; "bounced", the step that was sent last;
- "handed", with `who`: "agency", "lawyer", "court", or "back".

A promise or a dispute may have an `amount` in the items' currency, like "200.00", a
dispute a `reason`, a note the `channel` by which it was said. All may have a `text`,
and all but a plan a day, `on`, which is the page's otherwise. The answer, and what is
refused, are those of all `writing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers import proposals
from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.insertion import require_loggable
from beancount_dunning.answers.sayings import Said
from beancount_dunning.answers.sayings import Saying
from beancount_dunning.answers.sayings import sayings
from beancount_dunning.basics.plain_text import writable
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.log import Handed
from beancount_dunning.ledger.policies import Channel
from beancount_dunning.ledger.step_names import step_name
from fava_dunning.drafts import inserted
from fava_dunning.orders import amount_in
from fava_dunning.orders import choice_in
from fava_dunning.orders import day_in
from fava_dunning.orders import items_in
from fava_dunning.orders import line_in
from fava_dunning.orders import text_in
from fava_dunning.planning import proposed
from fava_dunning.senders import RequestError
from fava_dunning.writing import page_as_seen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from beancount.core.data import Note

    from fava_dunning.drafts import Draft
    from fava_dunning.page import Page
    from fava_dunning.served import Served

_SENT = "sent"
_PLAN = "plan"
_KINDS = (_SENT, *Said, _PLAN)
_DATED = (Said.PROMISE, Said.HOLD)
_WITH_AMOUNT = (Said.PROMISE, Said.DISPUTE)
_BACK = "back"


@dataclass(frozen=True, slots=True)
class _Sending:
    """What is to be logged as sent: steps by item, the day, the way, and a text."""

    steps: dict[str, str]
    on: date
    channel: Channel | None
    text: str


def log(served: Served, body: dict[str, Any]) -> Draft:
    """Work out notes about what was sent or said.

    Args:
        served: The ledger that the page shows.
        body: What the page asks for.

    Returns:
        The notes, and the files with them.

    Raises:
        RequestError: It makes no sense, or is not any more what the page shows.
        RefusedError: The ledger would not take the notes.
    """
    what = text_in(body, "what")
    if what not in _KINDS:
        raise RequestError(400, '"what" must be one of ' + ", ".join(_KINDS))
    if what == _SENT:
        sending = _sending(body)
        page = page_as_seen(served, body)
        return inserted(served, page.books, _sent(sending, page))
    if what == _PLAN:
        plan, text = line_in(body, "plan", None), line_in(body, "text")
        page = page_as_seen(served, body)
        found = proposed(page, items_in(body, page), plan, text)
        return inserted(served, page.books, [found.note], found.lines)
    saying, on = _saying(Said(what), body), _on(body)
    page = page_as_seen(served, body)
    return inserted(served, page.books, _dated(_said(saying, body, page), on))


# What was sent.


def _sending(body: dict[str, Any]) -> _Sending:
    steps = body.get("reminders")
    if (
        not isinstance(steps, dict)
        or not steps
        or not all(isinstance(step, str) for step in steps.values())
    ):
        raise RequestError(400, '"reminders" must name a step for each item')
    return _Sending(steps, _on(body), _channel(body), line_in(body, "text"))


def _sent(sending: _Sending, page: Page) -> list[Note]:
    """Return the notes that log reminders as sent; they must be due, step by step."""
    due = {found.item.key: found for found in page.selection.reminders.due}
    for key, step in sending.steps.items():
        if key not in due or due[key].step.name != step:
            reason = Words(
                'The reminder "{step}" is no longer due: reload the page',
                step=step_name(step),
            )
            raise RequestError(409, reason)
        require_loggable(due[key].item)
        if sending.on < due[key].scheduled:
            reason = Words(
                'The reminder "{step}" of {item} could go out from {day} on',
                step=step_name(step),
                item=due[key].item.label,
                day=due[key].scheduled,
            )
            raise RefusedError(reason)
    sent = [found for key, found in due.items() if key in sending.steps]
    notes = proposals.notes(page.books, sent, sending.channel)
    if text := writable(sending.text):
        notes = [note._replace(comment=text) for note in notes]
    return _dated(notes, sending.on)


# What was said.


def _saying(what: Said, body: dict[str, Any]) -> Saying:
    """Read all but the amount, whose currency is that of the items."""
    return Saying(
        what,
        until=day_in(body, "until") if what in _DATED else None,
        reason=line_in(body, "reason") if what is Said.DISPUTE else "",
        text=line_in(body, "text"),
        who=choice_in(body, "who", Handed, _BACK) if what is Said.HANDED else None,
        channel=_channel(body) if what is Said.NOTE else None,
    )


def _said(saying: Saying, body: dict[str, Any], page: Page) -> list[Note]:
    """Return the notes about what was said of items."""
    items = items_in(body, page)
    if saying.what is Said.NOTE and not writable(saying.text):
        raise RequestError(400, Words("A note needs a text"))
    if saying.what in _WITH_AMOUNT:
        saying = replace(saying, amount=amount_in(body, "amount", items))
    return sayings(page.books, items, saying)


# When, and how.


def _on(body: dict[str, Any]) -> date:
    return day_in(body, "on" if body.get("on") else "as_of")


def _dated(notes: Sequence[Note], day: date) -> list[Note]:
    return [note._replace(date=day) for note in notes]


def _channel(body: dict[str, Any]) -> Channel | None:
    return choice_in({"channel": "", **body}, "channel", Channel, "")
