"""Mail servers to send to, real ones, that do what a test wants."""

from __future__ import annotations

import socket
import ssl
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from email import message_from_bytes
from email.policy import strict
from typing import TYPE_CHECKING
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from aiosmtpd.smtp import SMTP
    from aiosmtpd.smtp import Envelope
    from aiosmtpd.smtp import LoginPassword
    from aiosmtpd.smtp import Session

# A host that is not this machine, for all that a client can know.
FAR = "mail.nord.example"
USER, PASSWORD = "post@nord.example", "secret"


def hang_up(server: SMTP) -> None:
    """End a connection without a word."""
    transport: Any = server.transport
    transport.abort()


@dataclass
class Box:
    """Takes e-mails, and hangs up, refuses or waits where a test says so."""

    refused: dict[str, str] = field(default_factory=dict)
    refused_sender: str = ""
    refused_text: str = ""
    hangs_up_on: str = ""
    forgets: str = ""
    closes_after: int = 0
    goodbye: str = ""
    on_mail: Callable[[], None] = lambda: None
    mails: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    connections: int = 0
    logins: list[bool] = field(default_factory=list)

    async def handle_EHLO(  # noqa: N802 - as the server calls it
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802 - as the server calls it
        self,
        server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if self.closes_after and len(self.mails) >= self.closes_after:
            self.closes_after = 0
            if not self.goodbye:
                hang_up(server)
            return self.goodbye or "250 OK"
        if self.refused_sender:
            return self.refused_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - as the server calls it
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        if address != self.forgets:
            envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - as the server calls it
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self.on_mail()
        content = envelope.content
        assert isinstance(content, bytes)
        if self.hangs_up_on and self.hangs_up_on in envelope.rcpt_tos:
            hang_up(server)
        if self.refused_text:
            return self.refused_text
        self.mails.append((str(envelope.mail_from), envelope.rcpt_tos, content))
        return "250 OK"

    def log_in(
        self,
        _server: SMTP,
        _session: Session,
        _envelope: Envelope,
        _mechanism: str,
        login: LoginPassword,
    ) -> AuthResult:
        is_known = (login.login, login.password) == (USER.encode(), PASSWORD.encode())
        self.logins.append(is_known)
        return AuthResult(success=is_known, handled=False)

    @property
    def recipients(self) -> list[str]:
        return [
            recipient for _, recipients, _ in self.mails for recipient in recipients
        ]

    def read(self) -> list[EmailMessage]:
        """Read what came in; a header that is no good raises an error."""
        return [
            message_from_bytes(content, policy=strict) for *_, content in self.mails
        ]


@contextmanager
def serving(box: Box, **options: Any) -> Iterator[str]:  # noqa: ANN401 - the server's
    """Run a server, and tell its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        controller.stop()


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Make a certificate that nobody vouches for, and what a server does with it."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", f"/CN={FAR}", "-addext", f"subjectAltName=DNS:{FAR}"),
            *("-keyout", key, "-out", cert),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return cert, context
