"""What the doctor found, as people read it in a terminal, and as spreadsheets do."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING

import click

from beancount_dunning.answers.doctor.diagnosis import Kind
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.basics.plain_text import plain_lines
from beancount_dunning.formats.places import shown_place
from beancount_dunning.formats.tables import as_csv as csv_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount_dunning.answers.doctor.diagnosis import Diagnosis
    from beancount_dunning.answers.doctor.examination import Examination

_HEADINGS = {
    Kind.LEFT_OUT: "Left out by Beancount",
    Kind.PLUGIN: "The plugin is missing",
    Kind.ERROR: "Mistakes",
    Kind.ACCOUNTS: "Receivables that are not read",
    Kind.COLLECTIVE: "Accounts of several customers",
    Kind.NUMBER: "Invoice numbers used twice",
    Kind.TWICE: "Payments booked twice",
    Kind.LINK: "Payments and credits for unknown invoices",
    Kind.UNAPPLIED: "Payments and credits left over",
    Kind.SUSPENSE: "Payments on suspense accounts",
    Kind.REVIEW: "Payments that may be for another invoice",
    Kind.SENDING: "Letters that may have gone out",
    Kind.UNDATED: "Invoices without a due date",
    Kind.START: "Old invoices",
    Kind.CUSTOMER: "Customer files that nobody has",
    Kind.ADDRESS: "Reminders without an address",
    Kind.DISCOUNT: "Discounts taken",
    Kind.BANK_FEE: "Bank fees",
    Kind.REMAINDER: "Small remainders",
}
_WRAPPED = textwrap.TextWrapper(
    88, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
)
_NOTHING = "All is well: there is nothing to put right."


def as_text(examination: Examination, heading: str) -> str:
    """Write what was found to read, under a heading for each kind.

    Args:
        examination: What was found.
        heading: Its first line.

    Returns:
        The text, with ANSI colours, in lines of a page's width. What to type is
        indented below what it is for.
    """
    lines = [click.style(plain(heading), bold=True), ""]
    if not examination.findings:
        lines += [_NOTHING]
    for kind, found in groupby(examination.findings, lambda one: one.kind):
        lines += [click.style(_HEADINGS[kind], bold=True)]
        for one in found:
            lines += [*_lines(one), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _lines(one: Diagnosis) -> Iterator[str]:
    where = shown_place(one.file, one.line)
    yield from _WRAPPED.wrap(plain(f"{where}: {one.message}" if where else one.message))
    for line in plain_lines(one.type or ""):
        if line:
            yield click.style(f"    {line}", fg="green")


def as_csv(examination: Examination) -> str:
    """Write what was found as CSV that opens in a spreadsheet.

    Args:
        examination: What was found.

    Returns:
        The text; the columns are named as in JSON.
    """
    return csv_of(
        ["kind", "message", "type", "file", "line"],
        [one.as_dict() for one in examination.findings],
        ("message", "type", "file"),
    )
