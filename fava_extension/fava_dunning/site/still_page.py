"""The page as a file: what the templates show where nothing can be pressed or asked."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from fava_dunning.outlook import outlooks
from fava_dunning.page import Page
from fava_dunning.site.links import NOWHERE
from fava_dunning.site.links import Shelf
from fava_dunning.site.links import Shelved
from fava_dunning.site.links import seen_from

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence

    from beancount_dunning.answers.doctor.examination import Examination
    from fava_dunning.addresses import Elsewhere
    from fava_dunning.outlook import Outlook
    from fava_dunning.served import Load
    from fava_dunning.served import Served


class StillPage(Page):
    """One of a ledger's pages, as of the day on which it was written."""

    is_live = False
    # The reader's day is another one.
    is_today = False
    is_ahead = False
    is_read_only = False
    can_write = False

    def __init__(
        self, served: Served, load: Load, asked: Mapping[str, str], shelf: Shelf
    ) -> None:
        """Prepare it.

        Args:
            served: The ledger.
            load: A load of it, which all of its pages share.
            asked: What an address in Fava would ask for.
            shelf: Which pages there are beside it.
        """
        self._asked = asked
        self._shelf = shelf
        super().__init__(served, load)

    @cached_property
    def here(self) -> Shelved:
        """Its address."""
        parameters = {**self._asked, "rows": "all"}
        return Shelved("../" if self._asked else "", parameters, self._shelf)

    @cached_property
    def to(self) -> Elsewhere:
        """The addresses of Fava's pages: there is none."""
        return NOWHERE

    @cached_property
    def outlooks(self) -> dict[str, Outlook]:
        """What charts show, by currency: how receivables aged takes too long."""
        return outlooks(self.selection.short_outlook, None, self.here)

    @property
    def has_charts(self) -> bool:
        """Whether it has charts: the ledger's own page has all."""
        return not self._asked and bool(self.outlooks)

    @property
    def charts(self) -> Sequence[Outlook]:
        """What charts show, in all currencies."""
        return [*self.outlooks.values()]

    @property
    def examination(self) -> Examination:
        """What is wrong with the ledger."""
        return self.view.examine()

    def told(self, text: str) -> str:
        """Return what the doctor says, its files named as from the ledger's folder."""
        for name, seen in self._files:
            text = text.replace(name, seen)
        return super().told(text)

    @cached_property
    def _files(self) -> list[tuple[str, str]]:
        """The ledger's files, and what they are called here; the longest name first."""
        options = self.books.options
        folder = Path(options["filename"]).parent
        names = sorted(options["include"], key=len, reverse=True)
        seen = [(name, seen_from(folder, name)) for name in names]
        # What is not there is not among them.
        return [*seen, (f"{folder}{os.sep}", "")]
