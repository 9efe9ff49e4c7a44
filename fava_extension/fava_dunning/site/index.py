"""The index of a site: a line for each ledger, sums by currency, and what to do.

It is written once for each column, sorted by it: a column's title leads to that page.
It is in the language of all ledgers' pages, or in English where there are several.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING

from beancount_dunning.basics.money import exact
from beancount_dunning.formats.catalogues import catalogue
from beancount_dunning.formats.country import locale_of
from fava_dunning.site.links import file_name
from fava_dunning.site.templates import templates

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence

    from babel.support import NullTranslations

    from beancount_dunning.office.publishing import Draft
    from fava_dunning.site.rows import Row

_FIRST = "index.html"


@dataclass(frozen=True, slots=True)
class Line:
    """A ledger in the index: its figures, its title, and where its files are."""

    row: Row
    title: str
    href: str = ""
    calendar: str = ""

    @property
    def is_left_out(self) -> bool:
        """Whether nothing is known of it."""
        return bool(self.row.error)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, the page that is sorted by it, and the figures in it."""

    title: str
    file: str
    value: Callable[[Row], Decimal | int | None] | None = None

    @property
    def style(self) -> str:
        """The style class of its cells."""
        return "n" if self.value else ""

    def text(self, line: Line) -> str:
        """Return what stands in a line; nothing for nothing."""
        found = self._value(line)
        return exact(Decimal(found)) if found else ""

    def sum(self, lines: Sequence[Line]) -> str:
        """Return what stands in the last line."""
        found = (Decimal(self._value(line) or 0) for line in lines)
        return exact(sum(found, Decimal()))

    def _value(self, line: Line) -> Decimal | int | None:
        return None if line.is_left_out or not self.value else self.value(line.row)

    def sorted(self, lines: Sequence[Line]) -> list[Line]:
        """Return lines sorted by it: by name, or the largest figure first."""
        if not self.value:
            return sorted(lines, key=lambda line: line.title.casefold())
        return sorted(lines, key=lambda line: -Decimal(self._value(line) or 0))


def write_index(rows: Sequence[Row], draft: Draft, *, is_private: bool) -> None:
    """Write the index of a site, and its style sheet.

    Args:
        rows: What is known of each ledger, in their order.
        draft: Where to write.
        is_private: Whether ledgers are numbered, and not called by their names.
    """
    style = templates().get_template("site/site.css").render()
    draft.write("site.css", style.encode())
    template = templates().get_template("site/index.html")
    language = _language(rows)
    words = catalogue(locale_of(language))
    alias = words.gettext("Ledger {number}") if is_private else ""
    digits = len(str(len(rows)))
    lines = [
        # All as long as the last, so that they sort as numbers do.
        _line(row, draft, alias.format(number=f"{number:0{digits}}"))
        for number, row in enumerate(rows, 1)
    ]
    columns = _columns(rows, words)
    for column in (None, *columns):
        html = template.render(
            root="",
            language=language,
            _=words.gettext,
            ngettext=words.ngettext,
            lines=column.sorted(lines) if column else lines,
            columns=columns,
            sorted=column,
            left_out=sum(line.is_left_out for line in lines),
        )
        # A file's name need not be text.
        content = html.encode(errors="replace")
        draft.write(column.file if column else _FIRST, content)


def _line(row: Row, draft: Draft, alias: str) -> Line:
    """Return a ledger's line, under another name if it has one.

    It leads to the files that there are.
    """
    line = Line(row, alias or row.name)
    folder = file_name(row.name, is_private=bool(alias))
    files = draft.below(folder).folder
    if (files / _FIRST).exists():
        line = replace(line, href=f"{folder}/{_FIRST}")
    if (files / "reminders.ics").exists():
        line = replace(line, calendar=f"{folder}/reminders.ics")
    return line


def _language(rows: Sequence[Row]) -> str:
    """Return the language of all ledgers' pages; English where there are several."""
    languages = {row.language for row in rows if row.language}
    return languages.pop() if len(languages) == 1 else "en"


def _columns(rows: Sequence[Row], words: NullTranslations) -> list[Column]:
    gettext = words.gettext
    currencies = sorted({currency for row in rows for currency in row.total})
    return [
        Column(gettext("Ledger"), "by-name.html"),
        Column(gettext("To do"), "by-to-do.html", lambda row: row.to_do),
        Column(gettext("To assign"), "by-to-assign.html", lambda row: row.to_assign),
        Column(gettext("To decide"), "by-to-decide.html", lambda row: row.to_decide),
        Column(gettext("Findings"), "by-findings.html", lambda row: row.findings),
        *chain.from_iterable(_of_currency(one, words) for one in currencies),
    ]


def _of_currency(currency: str, words: NullTranslations) -> tuple[Column, Column]:
    name = file_name(currency)
    return (
        Column(
            f"{words.gettext('Overdue')} {currency}",
            f"by-overdue-{name}.html",
            lambda row: row.overdue.get(currency),
        ),
        Column(
            f"{words.gettext('Balance')} {currency}",
            f"by-balance-{name}.html",
            lambda row: row.total.get(currency),
        ),
    )
