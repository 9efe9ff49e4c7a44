"""Letters as e-mails in files (.eml), which mail programs open as drafts to send.

`X-Unsent` makes them drafts in Outlook and others. A name or an address adds neither
recipients nor headers: what is no single address is left out, for the writer to see.
The same letter gives the same bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Draft:
    """An e-mail to send.

    Attributes:
        body: It as plain text.
        page: It as an HTML document.
        language: Its language (BCP 47).
        subject: What it is about.
        sender: Who writes, in lines, of which one may have an e-mail address.
        recipient: The recipient, in lines: first the name.
        address: The recipient's e-mail address.
    """

    body: str
    page: str
    language: str
    subject: str
    sender: str
    recipient: str
    address: str | None

    def as_bytes(self) -> bytes:
        """Return the file, with the ends of lines that e-mails have."""
        mail = EmailMessage(policy=SMTP)
        mail["Subject"] = self.subject
        name, _, _ = self.sender.partition("\n")
        own = _ADDRESS.search(self.sender)
        if sender := _address(own[0] if own else "", name.partition(", ")[0]):
            mail["From"] = sender
        name, _, _ = self.recipient.partition("\n")
        if recipient := _address(self.address or "", name):
            mail["To"] = recipient
        mail["X-Unsent"] = "1"
        body = self.body
        mail.set_content(body, cte="base64" if not body.isascii() else None)
        mail.add_alternative(self.page, subtype="html", cte="base64")
        mail["Content-Language"] = self.language
        # A random boundary would make the same letter another file each time.
        digest = sha256(body.encode(errors="replace")).hexdigest()
        mail.set_boundary(f"=-{digest[:32]}")
        return mail.as_bytes()


def as_mail(message: Message) -> bytes:
    """Write a letter as an e-mail, as plain text and as HTML.

    Args:
        message: The letter.

    Returns:
        The file.
    """
    return Draft(
        message.body,
        as_html(message, is_paper=False),
        message.language,
        message.subject,
        message.sender,
        message.recipient,
        message.address,
    ).as_bytes()


def _address(address: str, name: str) -> Address | None:
    """Return a single address with its name; None where it is none."""
    if not address.isascii():
        return None
    try:
        return Address(name, addr_spec=address)
    except (MessageError, ValueError, IndexError):
        return None
