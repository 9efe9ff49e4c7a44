"""What happened, in the look of Fava's journal: each event with its kind, named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.answers.correspondence import BROKEN
from beancount_dunning.answers.paid import Means
from fava_dunning.sentences import Badge

if TYPE_CHECKING:
    from decimal import Decimal

    from babel.support import NullTranslations

    from beancount_dunning.answers.story import Event

# A reminder that comes next; a due date to come.
NEXT = "next"
TO_COME = "to come"


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
    gettext = words.gettext
    sent = {
        "email": gettext("Mail"),
        "letter": gettext("Letter"),
        "phone": gettext("Call"),
        "message": gettext("Message"),
    }
    named = {
        "invoice": ("post", gettext("Invoice")),
        "due": ("post", gettext("Due")),
        "part": ("post", gettext("Plan")),
        "unapplied": ("paid", gettext("Credit")),
        "credit": ("paid", gettext("Credit")),
        Means.PAYMENT: ("paid", gettext("Payment")),
        Means.WRITE_OFF: ("bad", gettext("Written off")),
        "charge": ("fee", gettext("Charge")),
        "reminder": ("sent", sent.get(channel or "", gettext("Reminder"))),
        "bounced": ("bad", gettext("Not arrived")),
        BROKEN: ("bad", gettext("Broken")),
        "promise": ("said", gettext("Promise")),
        "plan": ("said", gettext("Plan")),
        "dispute": ("said", gettext("Dispute")),
        "hold": ("said", gettext("Hold")),
        "handed": ("said", gettext("Handed over")),
        "confirmed": ("said", gettext("Confirmed")),
        "document": ("sent", gettext("Document")),
        NEXT: ("next", gettext("Next")),
        TO_COME: ("next", gettext("Due")),
    }
    style, name = named.get(kind, ("said", sent.get(channel or "", gettext("Note"))))
    return Badge(f"k-{style}", name)
