"""Addresses: of this page in all its states, and of Fava's other pages.

What the page shows follows from its address alone, so each state can be bookmarked,
works without script, and is one click back. Beside Fava's own filters an address can
say

    customer, invoice, payment     whose, or which invoice's, page it is; a payment's is
                                   named by file and line
    bucket, currency, find,        what lists and tables are narrowed to, see
    only, policy, segment          `narrowing`
    TABLE-sort, TABLE-page         how a table is sorted ("-open": largest first), and
                                   which part of it is shown
    rows                           "all" for tables that are not in parts
    open                           the line of the list that is opened
    charts, findings               whether charts are wanted, and the doctor's findings
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any
from typing import cast
from urllib.parse import parse_qs
from urllib.parse import quote
from urllib.parse import urlencode
from urllib.parse import urlsplit

from fava.application import url_for
from fava.beans.funcs import hash_entry
from flask import request

from beancount_dunning.ledger.references import is_link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beancount.core.data import Directive
    from fava.beans.abc import Directive as FavaDirective

    from beancount_dunning.ledger.items import Item

_NAME = "Dunning"
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto")
_FILTERS = ("account", "filter", "time", "conversion", "interval")
_PARTS = ("partial", "part")
_SLOT = "__slot__"
_LINE_SLOT = "__line__"
_LONGEST_FOR_GOOGLE = 255


@dataclass(frozen=True, slots=True)
class Here:
    """The page's own address: without any parameter, and those of this request."""

    page: str
    parameters: Mapping[str, str]

    @classmethod
    def of_request(cls) -> Here:
        """Return the address that this request asks for."""
        page = url_for("extension_report", extension_name=_NAME).partition("?")[0]
        # With `partial` Fava's script asks for the page without what is around it: no
        # state of the page, and no link is to lead to half a page.
        # With `part` ours asks for a part of that.
        said = {key: value for key, value in request.args.items() if key not in _PARTS}
        return cls(page, said)

    def filters(self) -> dict[str, str]:
        """Return the parameters that are Fava's filters."""
        return {
            name: value
            for name, value in self.parameters.items()
            if name in _FILTERS and value
        }

    def below(self, name: str = "", **own: str | None) -> str:
        """Return the page's address, or one below it, under Fava's filters.

        Args:
            name: What comes below the page; nothing for the page itself.
            own: Parameters beside the filters; those that are empty are left out.
        """
        return self._address(name, {**self.filters(), **own})

    def but(self, **changes: str | int | None) -> str:
        """Return the address of the page as it is, but for some parameters.

        A table that is narrowed or sorted anew begins with its first part.
        """
        kept = {
            name: value
            for name, value in self.parameters.items()
            if not name.endswith("-page")
        }
        # Names of parameters have hyphens, which names in Python have not.
        new = {name.replace("_", "-"): value for name, value in changes.items()}
        return self._address("", {**kept, **new})

    def _address(self, name: str, parameters: Mapping[str, str | int | None]) -> str:
        said = {key: value for key, value in parameters.items() if value}
        query = f"?{urlencode(said)}" if said else ""
        return f"{self.page}{name}{query}"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Addresses of Fava's pages, with a slot where something is to be filled in.

    To ask Fava for each address of a long table takes longer than all else.
    """

    account_slot: str
    journal_slot: str
    editor_slot: str
    document_slot: str

    @classmethod
    def under_filters(cls) -> Elsewhere:
        """Return the addresses under the filters of this request."""
        # An invoice's story may have begun before any time filter, and be told on
        # other accounts: None leaves a filter out.
        unfiltered: Any = {"time": None, "account": None}
        return cls(
            url_for("account", name=_SLOT),
            url_for("report", report_name="journal", filter=_SLOT, **unfiltered),
            url_for("report", report_name="editor", file_path=_SLOT, line=_LINE_SLOT),
            url_for("document", filename=_SLOT, **unfiltered),
        )

    def account(self, name: str) -> str:
        """Return the address of an account's page."""
        return self.account_slot.replace(_SLOT, quote(name, safe=":"))

    def journal(self, item: Item) -> str | None:
        """Return the address of an invoice's journal entries, None without one."""
        reference = item.invoice
        if reference is None or '"' in reference:
            return None
        if reference in (item.entry.links or ()) and is_link(reference):
            return self.link(reference)
        said = f'invoice:"^{re.escape(reference)}$"'
        search = f"{said}, any({said})"
        return self.journal_slot.replace(_SLOT, quote(search, safe=""))

    def link(self, name: str) -> str:
        """Return the address of the journal entries that have a link."""
        return self.journal_slot.replace(_SLOT, quote(f"^{name}", safe=""))

    def editor(self, filename: str, line: int) -> str:
        """Return the address of a line in the editor."""
        address = self.editor_slot.replace(_LINE_SLOT, str(line))
        return address.replace(_SLOT, quote(filename, safe=""))

    def document(self, filename: str) -> str:
        """Return the address of a document's file."""
        return self.document_slot.replace(_SLOT, quote(filename, safe=""))

    @staticmethod
    def popup(entry: Directive) -> str:
        """Return the address that opens an entry in Fava's window for it."""
        return f"#context-{hash_entry(cast('FavaDirective', entry))}"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A calendar's address, in the two ways in which apps take it.

    `is_forwarded` tells of one that a proxy handed on: others may reach Fava by another
    address, and it is not known over what.
    """

    address: str
    is_forwarded: bool = False

    @classmethod
    def of_request(
        cls, path: str, public: str | None, customer: str | None, token: str | None
    ) -> Subscription:
        """Return the address of the calendar as this request, or all, would find it.

        Args:
            path: The page's own address.
            public: Where the ledger says that others find it, if it does.
            customer: Whose reminders it has; all without one.
            token: The secret that it asks for.
        """
        if public and not is_local(public):
            # Where apps find it, whatever this request was asked for by.
            page = f"{public.rstrip('/')}/extension/{_NAME}/"
            return cls.below(page, customer, token)
        page = f"{request.host_url.rstrip('/')}{path}"
        # What a proxy says of itself may be made up: enough to warn, not to go by.
        is_forwarded = any(name in request.headers for name in _FORWARDED)
        return cls.below(page, customer, token, is_forwarded=is_forwarded)

    @classmethod
    def below(
        cls,
        page: str,
        customer: str | None,
        token: str | None,
        *,
        is_forwarded: bool = False,
    ) -> Subscription:
        """Return the address of the calendar, without any filter.

        Args:
            page: The page's full address, without any parameter.
            customer: Whose reminders it has; all without one.
            token: The secret that it asks for.
            is_forwarded: Whether a proxy handed on what was asked for there.
        """
        said = {"customer": customer, "token": token}
        query = "&".join(
            f"{name}={quote(value)}" for name, value in said.items() if value
        )
        address = f"{page}reminders.ics" + (f"?{query}" if query else "")
        return cls(address, is_forwarded)

    @property
    def webcal(self) -> str:
        """The address by which a computer opens its own calendar app."""
        return f"webcal:{self.address.partition(':')[2]}"

    @property
    def is_too_long(self) -> bool:
        """Whether Google would stop reading before its end."""
        return len(self.address) > _LONGEST_FOR_GOOGLE

    @property
    def is_overheard(self) -> bool:
        """Whether its secret goes over the network as anyone can read it."""
        parts = urlsplit(self.address)
        has_secret = "token" in parse_qs(parts.query)
        return has_secret and parts.scheme == "http" and not self.is_local

    @property
    def is_local(self) -> bool:
        """Whether no other computer knows the address."""
        return is_local(self.address) and not self.is_forwarded


def is_local(address: str) -> bool:
    """Tell whether an address has a name of this computer alone."""
    return urlsplit(address).hostname in {"localhost", "127.0.0.1", "::1"}
