"""How customers pay, as people read it in a terminal, and as spreadsheets do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from beancount_dunning.basics.money import exact
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.formats.tables import Column
from beancount_dunning.formats.tables import amounts
from beancount_dunning.formats.tables import as_csv as csv_of
from beancount_dunning.formats.tables import customers as customers_column
from beancount_dunning.formats.tables import percent
from beancount_dunning.formats.tables import side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from beancount_dunning.answers.comparisons import BeforeAfter
    from beancount_dunning.answers.comparisons import Grouping
    from beancount_dunning.answers.customers import CustomerRecord
    from beancount_dunning.answers.customers import Customers
    from beancount_dunning.answers.measures import Measures
    from beancount_dunning.answers.paid import Invoiced
    from beancount_dunning.answers.punctuality import Punctuality

_NO_GROUP = "(none)"
_TOO_FEW = "too few to say"
_STYLES = {"D": "yellow", "E": "red"}


def _days(number: float | Decimal | None) -> str:
    return "" if number is None else f"{number:.1f}"


def _percent(share: float | Decimal | None) -> str:
    return "" if share is None else percent(share)


def _numbers(sums: Sequence[Punctuality], *, grouped: bool) -> list[Column]:
    """Return the columns that customers and groups share."""
    return [
        Column("Invoices", [str(one.invoices) for one in sums], right=True),
        amounts("Turnover", [one.turnover for one in sums], grouped=grouped),
        Column("On time", [_percent(one.share_on_time) for one in sums], right=True),
        Column("of", [str(one.judged) for one in sums], right=True),
        Column("Mean", [_days(one.mean) for one in sums], right=True),
        Column("Median", [_days(one.median) for one in sums], right=True),
        Column("Weighted", [_days(one.weighted) for one in sums], right=True),
        Column("of", [str(len(one.days_late)) for one in sums], right=True),
    ]


def as_text(
    report: Customers, heading: str, *, width: int | None, grouped: bool
) -> str:
    """Write how customers pay as a table to read.

    Args:
        report: How they pay.
        heading: The first line.
        width: The columns of the terminal; None for as wide as it takes.
        grouped: Whether thousands are set apart.

    Returns:
        The text, with ANSI colours: a line for each customer, and the measures of all.
    """
    lines = [_bold(heading), ""]
    records = report.records
    if not records:
        return "\n".join([*lines, "No invoices."]) + "\n"
    columns = [
        customers_column(one.customer for one in records),
        Column("Grade", [one.conduct.graded.grade or "" for one in records]),
        *_numbers([one.punctuality for one in records], grouped=grouped),
        Column("Trend", [one.trend.direction or "" for one in records]),
        amounts("Overdue", [one.overdue or None for one in records], grouped=grouped),
        Column("", [one.currency for one in records]),
    ]
    styles = [_STYLES.get(one.conduct.graded.grade or "") for one in records]
    lines += side_by_side(columns, width, styles)
    for total in report.totals:
        if measures := _measures(total, grouped=grouped):
            lines += ["", *measures]
    return "\n".join(lines) + "\n"


def _bold(text: str) -> str:
    return click.style(plain(text), bold=True)


def _measures(total: Measures, *, grouped: bool) -> list[str]:
    """Return the months in which there was anything to measure; nothing of none."""
    months = [one for one in total.months if one.sales or one.closing or one.opening]
    if not months:
        return []
    return side_by_side(
        [
            Column(total.currency, [str(one.date) for one in months]),
            amounts("Sales", [one.sales for one in months], grouped=grouped),
            amounts("Open", [one.closing for one in months], grouped=grouped),
            Column("DSO", [_days(one.dso) for one in months], right=True),
            Column("best", [_days(one.best_dso) for one in months], right=True),
            Column(
                "late",
                [_days(one.average_days_delinquent) for one in months],
                right=True,
            ),
            Column(
                "Collected",
                [_percent(one.collection_effectiveness) for one in months],
                right=True,
            ),
        ],
        None,
        [None] * len(months),
    )


def one_as_text(
    records: Sequence[CustomerRecord], heading: str, *, grouped: bool
) -> str:
    """Write all that is known of a customer.

    Args:
        records: The customer's records, and those of customers who belong to them.
        heading: The first line.
        grouped: Whether thousands are set apart.

    Returns:
        The text, with ANSI colours.
    """
    lines = [_bold(heading)]
    for record in records:
        lines += ["", *_told(record), "", *_invoices(record.parts, grouped=grouped)]
    return "\n".join(lines) + "\n"


def _told(record: CustomerRecord) -> Iterator[str]:
    """Yield what is known of a customer, line by line."""
    conduct, sums = record.conduct, record.punctuality
    yield _bold(f"{record.customer}, {record.currency}")
    grade = conduct.graded.grade
    because = "; ".join(map(plain, conduct.graded.because))
    yield f"{'Grade':<14}{f'{grade}: {because}' if grade else because}"
    yield f"{'Invoices':<14}{sums.invoices}, {exact(sums.turnover)} {record.currency}"
    if sums.judged:
        share = f"{sums.on_time} of {sums.judged}"
        few = f" ({_TOO_FEW})" if sums.is_too_few else ""
        yield f"{'On time':<14}{share}{few}"
    if sums.days_late:
        yield (
            f"{'Days late':<14}mean {_days(sums.mean)}, median {_days(sums.median)}, "
            f"weighted {_days(sums.weighted)}, of {len(sums.days_late)}"
        )
    if record.longest_open is not None:
        yield (
            f"{'Longest open':<14}{record.longest_open} days, "
            f"worst bucket {record.worst_bucket}"
        )
    yield f"{'Open':<14}{exact(record.open)}, {exact(record.overdue)} overdue"
    yield from _conduct(record)
    quarters = ", ".join(
        f"{one.name} {_days(one.mean) or '-'} of {len(one.days_late)}"
        for one in record.trend.quarters
    )
    yield f"{'Trend':<14}{record.trend.direction or _TOO_FEW}: {quarters}"
    suited = record.suited
    yield f"{'Terms':<14}{plain(suited.words) if suited else _TOO_FEW}"


def _conduct(record: CustomerRecord) -> Iterator[str]:
    """Yield what a customer said and did."""
    conduct = record.conduct
    if conduct.promises:
        kept, of = conduct.promises_kept, len(conduct.promises)
        yield f"{'Promises':<14}{kept} of {of} kept"
    if conduct.disputes:
        yield f"{'Disputes':<14}{conduct.disputes}"
    if conduct.reasons:
        reasons = (f"{plain(word)} ({n})" for word, n in conduct.reasons.items())
        yield f"{'Reasons':<14}{', '.join(reasons)}"
    if conduct.last_payment:
        yield f"{'Last payment':<14}{conduct.last_payment}"
    for habit in record.habits:
        yield f"{'Habit':<14}{plain(habit)}"


def _invoices(parts: Sequence[Invoiced], *, grouped: bool) -> list[str]:
    """Return a customer's invoices, line by line."""
    return side_by_side(
        [
            Column("Invoice", [plain(_name(one)) for one in parts]),
            Column("Date", [str(one.date) for one in parts]),
            Column("Due", [str(one.due) if one.due else "undated" for one in parts]),
            amounts("Amount", [one.amount for one in parts], grouped=grouped),
            Column("", [one.outcome for one in parts]),
            Column("Paid on", [str(one.paid_on or "") for one in parts]),
            Column(
                "Days late",
                ["" if (n := one.lateness) is None else str(n) for one in parts],
                right=True,
            ),
            Column("Paid from", [one.paid_from or "" for one in parts]),
        ],
        None,
        [None] * len(parts),
    )


def _name(part: Invoiced) -> str:
    name = part.invoice or str(part.entry.narration or "(no reference)")
    return f"{name} {part.number}/{part.count}" if part.count > 1 else name


def groups_as_text(grouping: Grouping, heading: str, *, grouped: bool) -> str:
    """Write how punctual groups are as a table to read, and which is late most."""
    groups = grouping.groups
    lines = [_bold(heading), ""]
    if not groups:
        return "\n".join([*lines, "No invoices."]) + "\n"
    sums = [one.punctuality for one in groups]
    columns = [
        Column(
            grouping.by.capitalize(), [plain(one.name or _NO_GROUP) for one in groups]
        ),
        *_numbers(sums, grouped=grouped),
        Column(
            "of all turnover",
            [_percent(one.share_of_turnover) for one in groups],
            right=True,
        ),
        Column(
            "of all lateness",
            [_percent(one.share_of_lateness) for one in groups],
            right=True,
        ),
        Column("", [one.currency for one in groups]),
        Column("", [_TOO_FEW if one.is_too_few else "" for one in sums]),
    ]
    lines += side_by_side(columns, None, [None] * len(groups))
    for currency, one in grouping.most.items():
        lines += [
            "",
            plain(
                f"The largest part of the lateness in {currency}: {one.name}, "
                f"{_percent(one.share_of_lateness)} of it at "
                f"{_percent(one.share_of_turnover)} of the turnover."
            ),
        ]
    return "\n".join(lines) + "\n"


def comparison_as_text(
    compared: Iterable[BeforeAfter], heading: str, day: date, *, grouped: bool
) -> str:
    """Write how the same customers paid before and after a day."""
    lines = [_bold(heading)]
    for one in compared:
        who = "1 customer" if one.customers == 1 else f"{one.customers} customers"
        lines += ["", plain(f"{one.currency}: {who} with invoices on both sides")]
        if one.others:
            lines[-1] += f" ({one.others} left out)"
        if not one.customers:
            continue
        columns = [
            Column("Invoices", [f"before {day}", f"from {day} on"]),
            *_numbers([one.before, one.after], grouped=grouped),
        ]
        lines += side_by_side(columns, None, [None, None])
        unpaid = [sums.judged - len(sums.days_late) for sums in (one.before, one.after)]
        if any(unpaid):
            before, after = unpaid
            lines.append(
                f"Not paid, and so in no mean: {before} before, {after} after."
            )
        if one.is_too_few:
            lines.append(f"{_TOO_FEW.capitalize()}.")
    return "\n".join(lines) + "\n"


_SUMS = "invoices turnover credited written_off paid judged on_time paid_in_full "
_SUMS += "days_late_mean days_late_median days_late_weighted days_to_pay"
_COLUMNS = (
    f"customer currency segment parent {_SUMS} longest_open worst_bucket open overdue "
    "promises promises_kept disputes last_payment trend grade because"
)
_INVOICE = (
    "invoice instalment customer account currency date due terms planned amount open "
    "outcome paid_on paid_from days_to_pay days_late"
)


def as_csv(report: Customers) -> str:
    """Write how customers pay as CSV that opens in a spreadsheet, named as in JSON."""
    rows = [
        {**row, "because": "; ".join(row["because"])}
        for row in report.as_dict()["customers"]
    ]
    return _csv(_COLUMNS, rows)


def one_as_csv(records: Iterable[CustomerRecord]) -> str:
    """Write a customer's invoices as CSV."""
    return _csv(_INVOICE, [part.as_dict() for one in records for part in one.parts])


def groups_as_csv(grouping: Grouping) -> str:
    """Write how punctual groups are as CSV."""
    columns = f"group currency {_SUMS} share_of_turnover share_of_lateness"
    return _csv(columns, [one.as_dict() for one in grouping.groups])


def comparison_as_csv(compared: Iterable[BeforeAfter]) -> str:
    """Write how the same customers paid before and after a day as CSV."""
    rows = [
        {"currency": one.currency, "when": when, **sums.as_dict()}
        for one in compared
        for when, sums in (("before", one.before), ("after", one.after))
    ]
    return _csv(f"currency when {_SUMS}", rows)


_TEXTS = (
    "customer currency segment parent group invoice account terms because paid_from"
)


def _csv(columns: str, rows: Iterable[dict[str, object]]) -> str:
    shown = (
        {key: "" if value is None else value for key, value in row.items()}
        for row in rows
    )
    return csv_of(columns.split(), shown, _TEXTS.split())
