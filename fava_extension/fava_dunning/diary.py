"""What happened, in the look of Fava's journal: each event with its kind, named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.answers.correspondence import BROKEN
from beancount_dunning.answers.paid import Means
from beancount_dunning.basics.words import Words
from fava_dunning.sentences import Badge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from babel.support import NullTranslations

    from beancount_dunning.answers.story import Event

# A reminder that comes next; a due date to come.
NEXT = "next"
TO_COME = "to come"
_SENT = {
    "email": Words("Mail"),
    "letter": Words("Letter"),
    "phone": Words("Call"),
    "message": Words("Message"),
}
_KINDS: Mapping[str, tuple[str, Words]] = {
    "invoice": ("post", Words("Invoice")),
    "due": ("post", Words("Due")),
    "part": ("post", Words("Plan")),
    "unapplied": ("paid", Words("Credit")),
    "credit": ("paid", Words("Credit")),
    "return": ("bad", Words("Returned")),
    Means.PAYMENT: ("paid", Words("Payment")),
    Means.WRITE_OFF: ("bad", Words("Written off")),
    "charge": ("fee", Words("Charge")),
    "reminder": ("sent", Words("Reminder")),
    "bounced": ("bad", Words("Not arrived")),
    BROKEN: ("bad", Words("Broken")),
    "promise": ("said", Words("Promise")),
    "plan": ("said", Words("Plan")),
    "dispute": ("said", Words("Dispute")),
    "hold": ("said", Words("Hold")),
    "handed": ("said", Words("Handed over")),
    "confirmed": ("said", Words("Confirmed")),
    "document": ("sent", Words("Document")),
    NEXT: ("next", Words("Next")),
    TO_COME: ("next", Words("Due")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """An event, what kind it is, and what is open after it, if that changed."""

    event: Event
    mark: Badge
    open: Decimal | None = None


def mark(kind: str, words: NullTranslations, channel: str | None = None) -> Badge:
    """Say of what kind an event is.

    Args:
        kind: What stories call it, or by what means something was credited.
        words: The catalogue of the page's language.
        channel: How it went out, if anybody knows.

    Returns:
        The kind: its style class, and its name.
    """
    style, name = _KINDS.get(kind, ("said", Words("Note")))
    if kind == "reminder" or kind not in _KINDS:
        name = _SENT.get(channel or "", name)
    return Badge(f"k-{style}", name.translated(words))
