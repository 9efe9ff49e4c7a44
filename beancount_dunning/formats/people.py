"""Who writes, and to whom, as the phrases of letters name them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from beancount_dunning.basics.plain_text import text_line
from beancount_dunning.basics.plain_text import text_lines

if TYPE_CHECKING:
    from beancount_dunning.ledger.customers import Customer

# An e-mail address, or a telephone number: a postcode has fewer digits.
_REACHES_US = re.compile(r"\S@\S|\+?\d(?:[ ()/.-]{0,2}\d){6,}")


def people(customer: Customer, sender: str) -> dict[str, object]:
    """Return what texts may say of who writes, and to whom, by name.

    Args:
        customer: The customer's file.
        sender: Who writes, in lines.
    """
    title, surname = _titled(text_line(customer.contact))
    lines = text_lines(sender)
    return {
        "customer": text_line(customer.name),
        "contact": text_line(customer.contact),
        "title": title,
        "surname": surname,
        "address": text_lines(customer.address),
        "sender": "\n".join(lines),
        "from": lines[0].split(", ")[0] if lines else "",
        "reach_us": ", ".join(
            part
            for line in lines
            for part in line.split(", ")
            if _REACHES_US.search(part)
        ),
    }


def _titled(contact: str) -> tuple[str, str]:
    """Divide a name into how somebody is addressed, and the rest."""
    title, blank, rest = contact.partition(" ")
    return (title, rest.strip()) if blank else ("", contact)
