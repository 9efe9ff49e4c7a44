"""Addresses between files: relative, so that a site can stand anywhere.

A template that gets an empty address makes no link of it, see `without_dead_links`.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from fava_dunning.addresses import Elsewhere
from fava_dunning.addresses import Here

if TYPE_CHECKING:
    from collections.abc import Collection

    from beancount.core.data import Directive

    from beancount_dunning.ledger.items import Item

_UNFIT = re.compile(r"[^a-z0-9]+")
_MAX_NAME = 40
# What the page's addresses for other programs are as files.
FILES = {
    "aging": "aging.json",
    "aging.csv": "aging.csv",
    "reminders.ics": "reminders.ics",
}


def file_name(text: str, *, is_private: bool = False) -> str:
    """Return what a file is called that is about something of this name.

    Args:
        text: The name.
        is_private: Whether the file's name is to tell nothing of it.

    Returns:
        Small letters, digits and hyphens; another one for each text.
    """
    sum_ = sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]
    readable = _UNFIT.sub("-", text.casefold())[:_MAX_NAME].strip("-")
    return sum_ if is_private or not readable else f"{readable}-{sum_[:8]}"


def seen_from(folder: Path, name: str) -> str:
    """Return what a ledger's file is called as seen from the ledger's folder.

    Where that is on the machine that writes is nobody's business.

    Args:
        folder: The folder.
        name: The file.
    """
    is_file = Path(name).is_absolute()
    return Path(os.path.relpath(name, folder)).as_posix() if is_file else name


def without_dead_links(html: str) -> str:
    """Return a page in which what leads nowhere is no link."""
    return html.replace(' href=""', "")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Which pages a ledger has beside its own, by what an address would ask for.

    `data` are its files for other programs.
    """

    customer: Collection[str] = ()
    invoice: Collection[str] = ()
    payment: Collection[str] = ()
    data: Collection[str] = ()

    def file(self, kind: str, name: str) -> str:
        """Return where a page is, from the ledger's folder; empty for nowhere."""
        known: Collection[str] = getattr(self, kind)
        if name not in known:
            return ""
        # A payment is called by its file, which is nobody's business.
        return f"{kind}/{file_name(name, is_private=kind == 'payment')}.html"


@dataclass(frozen=True, slots=True)
class Shelved(Here):
    """The address of a page in a folder of files; `page` leads to the ledger's own.

    Its states are not kept: a page in another state has no address.
    """

    shelf: Shelf = Shelf()

    def below(self, name: str = "", **own: str | None) -> str:
        """Return where a file or page is; empty for nowhere."""
        for kind, asked in own.items():
            if asked:
                file = self.shelf.file(kind, asked)
                return f"{self.page}{file}" if file else ""
        file = FILES.get(name, "index.html")
        return f"{self.page}{file}" if not name or file in self.shelf.data else ""

    def but(self, **changes: str | int | None) -> str:
        """Return nothing: there is no such page."""
        del changes
        return ""


class Nowhere(Elsewhere):
    """Addresses of Fava's pages where there is no Fava: all are empty."""

    __slots__ = ()

    def journal(self, item: Item) -> None:
        """Return nothing."""
        del item

    def editor(self, filename: str, line: int) -> str:
        """Return nothing."""
        del filename, line
        return ""

    @staticmethod
    def popup(entry: Directive) -> str:
        """Return nothing."""
        del entry
        return ""


NOWHERE = Nowhere("", "", "", "")
