"""Who asks Fava to write: the page itself, or a program of whoever runs it."""

from __future__ import annotations

import ipaddress
from datetime import date
from typing import TYPE_CHECKING
from typing import cast
from urllib.parse import urlsplit

from beancount.core.data import Transaction
from flask import request

from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount.core.data import Directive
    from fava.core import FavaLedger

_LOCAL = "localhost"
_PORTS = {"http": 80, "https": 443}
_NOTHING = Words("nothing was written")


class RequestError(Exception):
    """A request that is not carried out, and why."""

    def __init__(
        self,
        status: int,
        reason: str,
        end: Words = _NOTHING,
        place: Mapping[str, object] | None = None,
    ) -> None:
        """Keep the status of the answer and the reason.

        Args:
            status: The answer's status.
            reason: Why it is not carried out.
            end: What became of the files.
            place: The file and line to look at.
        """
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.end = end
        self.place = place


def check_sender(ledger: FavaLedger) -> None:
    """Refuse what another site makes a browser send.

    A browser says from where a request comes (`Origin`, `Sec-Fetch-Site`); a program
    that says nothing is run by someone who can write the files anyway. A site can also
    give its own name the address of this computer: so the name that is asked for has to
    be one that no stranger can own, or the one that the ledger says.

    Args:
        ledger: The ledger that Fava shows.

    Raises:
        RequestError: It may come from elsewhere, or is not JSON, which a form on
            another page could not send.
    """
    ours = _origin(request.host_url)
    public = _origin(_base_url(ledger))
    name = ours[1] if ours else ""
    if not (_is_private(name) or (public and name == public[1])):
        reason = Words(
            'Nothing can be written from "{host}"; if that is the address of this '
            'Fava, set the option "base-url" to it',
            host=request.host,
        )
        raise RequestError(403, reason)
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    known = {ours, public} - {None}
    if site != "same-origin" or (origin is not None and _origin(origin) not in known):
        reason = Words(
            "This request did not come from this Fava; if you open Fava under "
            'another address, set the option "base-url" to it'
        )
        raise RequestError(403, reason)
    if request.mimetype != "application/json":
        raise RequestError(415, "The request is not JSON")


def _base_url(ledger: FavaLedger) -> str:
    entries = cast("Sequence[Directive]", ledger.all_entries)
    others = [entry for entry in entries if not isinstance(entry, Transaction)]
    # Where Fava is does not depend on the date that the page looks from.
    return read_settings(others, ledger.options, date.max).base_url or ""


def _origin(address: str) -> tuple[str, str, int | None] | None:
    """Return scheme, host and port of an address; None where it is no full one."""
    try:
        parts = urlsplit(address)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None


def _is_private(name: str) -> bool:
    """Tell whether a host's name is none that a stranger could own."""
    if name and ("." not in name or name.endswith(f".{_LOCAL}")):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
