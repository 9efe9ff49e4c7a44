"""The mail server that sends, and how to log in, as options and environment say.

No secret stands in the ledger, nor on the command line, where other users of the
machine see it: the password is in the environment, or in the system's keyring.
"""

from __future__ import annotations

import os
from importlib import import_module
from urllib.parse import urlsplit

import click

from beancount_dunning.basics.smtp import SUBMISSION_PORT
from beancount_dunning.basics.smtp import Login
from beancount_dunning.basics.smtp import Server

_PASSWORD = "BEAN_DUNNING_PASSWORD"  # noqa: S105 - where the password is
# Servers take e-mails from their own machine here, and nobody has to log in.
_SMTP_PORT = 25


def server(
    address: str | None, user: str | None, sender: str, *, keyring: bool
) -> Server:
    """Return the server that sends.

    Args:
        address: Its name, with its port or without.
        user: Who logs in; None for the sender, if there is a password.
        sender: The address that e-mails come from.
        keyring: Whether the password is in the system's keyring.

    Raises:
        click.UsageError: There is no server, or no password.
    """
    found = _located(address)
    password = os.environ.get(_PASSWORD)
    if keyring:
        password = _from_keyring(found.host, user or sender)
    elif user and not password:
        message = (
            f"There is no password for {user}: set {_PASSWORD}, or type --keyring."
        )
        raise click.UsageError(message)
    login = Login(user or sender, password) if password else None
    return Server(found.host, found.port, login)


def _located(address: str | None) -> Server:
    """Read a server's name and port."""
    if not address:
        message = "Which mail server? Type --server mail.example.com."
        raise click.UsageError(message)
    try:
        parts = urlsplit(f"//{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or parts.netloc != address or "@" in address:
        message = f"{address!r} is no server; type it like mail.example.com:465."
        raise click.UsageError(message)
    is_here = Server(host, 0).is_here
    return Server(host, port or (_SMTP_PORT if is_here else SUBMISSION_PORT))


def _from_keyring(host: str, user: str) -> str:
    """Return a password of the system's keyring."""
    try:
        library = import_module("keyring")
    except ImportError as error:
        message = "--keyring needs: pip install 'beancount-dunning[keyring]'"
        raise click.UsageError(message) from error
    try:
        password: str | None = library.get_password(host, user)
    except library.errors.KeyringError as error:
        message = f"The keyring cannot be read: {error}"
        raise click.UsageError(message) from error
    if password is None:
        message = f"The keyring has no password; type: keyring set {host} {user}"
        raise click.UsageError(message)
    return password
