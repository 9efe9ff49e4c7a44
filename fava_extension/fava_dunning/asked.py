"""A request for the page: from which day, in which language, and what may be done."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from functools import cached_property
from typing import TYPE_CHECKING
from typing import cast

from babel.dates import format_date
from fava.context import g
from fava.helpers import FavaAPIError
from flask_babel import get_locale  # type: ignore[import-untyped]  # it has no types

from beancount_dunning.basics.languages import tag_of
from beancount_dunning.basics.words import Words
from beancount_dunning.formats.catalogues import catalogue
from beancount_dunning.formats.catalogues import spoken
from fava_dunning.addresses import Elsewhere
from fava_dunning.addresses import Here
from fava_dunning.amounts import Amounts
from fava_dunning.days import gone_by
from fava_dunning.days import short
from fava_dunning.days import to_come
from fava_dunning.errors import without_amounts
from fava_dunning.modes import is_incognito
from fava_dunning.modes import is_read_only
from fava_dunning.selection import Filters
from fava_dunning.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babel import Locale

    from fava_dunning.served import Load
    from fava_dunning.served import Served


@cache
def _month(month: int, language: Locale) -> str:
    return str(format_date(date(1, month, 1), "LLL", locale=language))


class Asked:
    """A request for the page, under Fava's filters.

    One that `is_live` answers to what is pressed and asked for; another is read only.
    """

    is_live = True

    def __init__(self, served: Served, load: Load | None = None) -> None:
        """Read the request.

        Args:
            served: The ledger that it is about.
            load: A load of it; without it the latest one.

        Raises:
            FavaAPIError: A filter cannot be read.
        """
        said = self.here.parameters
        self.served = served
        # Fava may load it again while this request is answered.
        self.load = load or served.load
        self.customer = said.get("customer") or None
        self.filters = Filters(
            said.get("account", ""), said.get("filter", ""), self.customer
        )
        self.today = self.load.day
        self.as_of, self.why = self._looked_from()

    def _looked_from(self) -> tuple[date, Words]:
        """Return the date to look from, and what set it."""
        try:
            date_range = g.filtered.date_range
        except (ValueError, OverflowError, re.error) as error:
            # What Fava itself says of a filter that it cannot read.
            message = f"The filters cannot be read: {error}"
            raise FavaAPIError(message) from error
        if date_range:
            return date_range.end_inclusive, Words("the end of the time filter")
        if self.load.as_of:
            return self.today, Words("the ledger's as-of date")
        return self.today, Words("today")

    # How it is said.

    @cached_property
    def _locale(self) -> Locale:
        return spoken(cast("Locale", get_locale()))

    @cached_property
    def amounts(self) -> Amounts:
        """How amounts are written."""
        return Amounts(self.served.ledger.fava_options.locale, is_incognito())

    @cached_property
    def sentences(self) -> Sentences:
        """What the page says, in its language."""
        words = catalogue(self._locale)
        return Sentences(words, self.amounts.number, is_incognito())

    @property
    def language(self) -> str:
        """The language of what the page says (BCP 47): Fava's, or else English."""
        return tag_of(self._locale)

    @property
    def weekday(self) -> str:
        """What day of the week the as-of date is."""
        return format_date(self.as_of, "EEEE", self._locale)

    def month(self, day: date) -> str:
        """Return the short name of a day's month."""
        return _month(day.month, self._locale)

    def told(self, text: str) -> str:
        """Return what the doctor says; without amounts where they are hidden."""
        return without_amounts(text) if is_incognito() else text

    # Where it leads.

    @cached_property
    def here(self) -> Here:
        """The address that is asked for."""
        return Here.of_request()

    @cached_property
    def to(self) -> Elsewhere:
        """The addresses of Fava's other pages, under the filters in force."""
        return Elsewhere.under_filters()

    @property
    def has_charts(self) -> bool:
        """Whether charts are asked for."""
        return bool(self.here.parameters.get("charts"))

    # What it may do.

    @property
    def is_today(self) -> bool:
        """Whether the page looks from the day it is."""
        return self.as_of == self.today

    @property
    def is_ahead(self) -> bool:
        """Whether it looks from a day to come, of which nothing can be logged."""
        return self.as_of > self.today

    @property
    def is_read_only(self) -> bool:
        """Whether Fava was told to write nothing."""
        return is_read_only()

    @cached_property
    def can_write(self) -> bool:
        """Whether notes can be written from here."""
        served = self.served
        is_locked = is_read_only() or self.is_ahead
        return not is_locked and served.is_whole and served.is_plain

    @property
    def can_assign(self) -> bool:
        """Whether payments can be: by what is open on the day it is."""
        return self.can_write and self.is_today

    # What its forms offer.

    @property
    def days_to_come(self) -> list[tuple[date, str]]:
        """Days on which a customer may pay, each as one says it."""
        return self._told(to_come(self.as_of))

    @property
    def days_gone_by(self) -> list[tuple[date, str]]:
        """Days on which something may have been sent or said, each as one says it."""
        return self._told(gone_by(self.as_of))

    def _told(self, days: Sequence[date]) -> list[tuple[date, str]]:
        return [(day, short(day, self._locale)) for day in days]
