"""Letters as e-mails in files (.eml), which mail programs open as drafts to send.

`X-Unsent` makes them drafts in Outlook and others. A name or an address adds neither
recipients nor headers: what is no single address is left out, for the writer to see.
The same letter gives the same bytes.
"""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from typing import TYPE_CHECKING

from beancount_dunning.formats.letter_html import as_html

if TYPE_CHECKING:
    from beancount_dunning.formats.letters import Message

_ADDRESS = re.compile(r"[^\s,;:<>()\"]+@[^\s,;:<>()\"]+")


def as_mail(message: Message) -> bytes:
    """Write a letter as an e-mail, as plain text and as HTML.

    Args:
        message: The letter.

    Returns:
        The file, with the ends of lines that e-mails have.
    """
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = message.subject
    name, _, _ = message.sender.partition("\n")
    own = _ADDRESS.search(message.sender)
    sender = _address(own[0] if own else "", name.partition(", ")[0])
    if sender:
        mail["From"] = sender
    recipient = _address(message.address or "", message.recipient.partition("\n")[0])
    if recipient:
        mail["To"] = recipient
    mail["X-Unsent"] = "1"
    mail.set_content(message.body, cte="base64" if not message.body.isascii() else None)
    mail.add_alternative(as_html(message, is_paper=False), subtype="html", cte="base64")
    mail["Content-Language"] = message.language
    # A random boundary would make the same letter another file each time.
    digest = sha256(message.body.encode(errors="replace")).hexdigest()
    mail.set_boundary(f"=-{digest[:32]}")
    return mail.as_bytes()


def _address(address: str, name: str) -> Address | None:
    """Return a single address with its name; None where it is none."""
    if not address.isascii():
        return None
    try:
        return Address(name, addr_spec=address)
    except (MessageError, ValueError, IndexError):
        return None
