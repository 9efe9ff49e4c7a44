"""E-mails handed to a mail server (SMTP), one by one, and what became of each.

    with Connection(Server("mail.nord.example", 587, login)) as connection:
        connection.send("post@nord.example", "ap@acme.example", mail.as_bytes())

A server on another machine is spoken to in TLS alone: from the first byte on port 465,
by STARTTLS on all others. Its certificate has to be good for its name, by an authority
that this machine trusts, or that `SSL_CERT_FILE` in the environment names. Nothing
waits longer than `TIMEOUT`.

What is not sent is one of three errors, since a writer of logs has to know: the server
said no to this e-mail; no e-mail can be sent at all; or the connection broke while the
e-mail went over it, and nobody knows.
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field
from ipaddress import ip_address
from smtplib import SMTP
from smtplib import SMTP_SSL
from smtplib import SMTPDataError
from smtplib import SMTPResponseException
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

# Seconds for each answer of the server's.
TIMEOUT = 60.0
SMTPS_PORT = 465
SUBMISSION_PORT = 587

_DONE = 250
_WILL_FORWARD = 251
# The server ends the connection: after so many e-mails, or for its own reasons.
_CLOSING = 421


class MailError(Exception):
    """An e-mail that was not sent, and why."""


class RefusedError(MailError):
    """The server does not take this e-mail; it may take others."""


class StoppedError(MailError):
    """No e-mail can be sent: neither this one nor any after it."""


class UnknownError(MailError):
    """The connection broke while an e-mail went over it: it may have gone out."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who sends, as the server knows them."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server, and how to log in; None where it asks nobody."""

    host: str
    port: int
    login: Login | None = None

    @property
    def is_here(self) -> bool:
        """Whether it is on this machine, by a name or number that is always this."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def name(self) -> str:
        """Its name and port, as one types them."""
        return f"{self.host}:{self.port}"


class Connection:
    """A connection to a server, made anew where the server ends it between e-mails."""

    def __init__(self, server: Server) -> None:
        """Connect.

        Raises:
            StoppedError: The server cannot be reached, is not safe, or does not know
                the user.
        """
        self._server = server
        self._smtp = _connected(server)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Say good-bye."""
        with suppress(OSError):
            self._smtp.quit()
        self._smtp.close()

    def send(self, sender: str, recipient: str, mail: bytes) -> None:
        """Send an e-mail.

        Args:
            sender: The address from which it comes.
            recipient: The address to which it goes.
            mail: Its headers and its text.

        Raises:
            RefusedError: The server does not take it.
            StoppedError: It takes none.
            UnknownError: The connection broke before the server said that it took it.
        """
        if not self._begin(sender, recipient):
            self._smtp.close()
            self._smtp = _connected(self._server)
            if not self._begin(sender, recipient):
                message = f"{self._server.name} ends the connection"
                raise StoppedError(message)
        try:
            code, reply = self._smtp.data(mail)
        except SMTPDataError as error:
            self._forget()
            raise RefusedError(_reason(error)) from error
        except OSError as error:
            raise UnknownError(_reason(error)) from error
        if code != _DONE:
            self._forget()
            raise RefusedError(_said(code, reply))

    def _begin(self, sender: str, recipient: str) -> bool:
        """Name sender and recipient; tell whether the connection is still there."""
        try:
            code, reply = self._smtp.mail(sender)
            if code == _DONE:
                is_sender, (code, reply) = False, self._smtp.rcpt(recipient)
            else:
                is_sender = True
        except OSError:
            return False
        if code in {_DONE, _WILL_FORWARD, _CLOSING}:
            return code != _CLOSING
        if is_sender:
            message = f"{sender} may not send: {_said(code, reply)}"
            raise StoppedError(message)
        self._forget()
        raise RefusedError(_said(code, reply))

    def _forget(self) -> None:
        """Take back what was begun; a connection that is gone has forgotten it."""
        with suppress(OSError):
            self._smtp.rset()


def _connected(server: Server) -> SMTP:
    """Connect, make the connection safe, and log in."""
    try:
        smtp = _opened(server)
    except (OSError, UnicodeError) as error:
        message = f"Cannot reach {server.name}: {_reason(error)}"
        raise StoppedError(message) from error
    try:
        if not (server.is_here or server.port == SMTPS_PORT):
            smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo_or_helo_if_needed()
        if server.login:
            smtp.login(server.login.user, server.login.password)
    except (OSError, UnicodeError) as error:
        smtp.close()
        message = f"Cannot send by {server.name}: {_reason(error)}"
        raise StoppedError(message) from error
    return smtp


def _opened(server: Server) -> SMTP:
    if server.port == SMTPS_PORT:
        context = ssl.create_default_context()
        return SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)
    return SMTP(server.host, server.port, timeout=TIMEOUT)


def _said(code: int, reply: bytes | str) -> str:
    """Return what the server said, on one line."""
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return " ".join([str(code), *text.split()])


def _reason(error: Exception) -> str:
    """Say what went wrong."""
    if isinstance(error, SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error)
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
