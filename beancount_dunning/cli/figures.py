"""What the commands take that work out figures: of customers, reminders, the future."""

from __future__ import annotations

import click

from beancount_dunning.cli.declaring import AS_OF
from beancount_dunning.cli.declaring import CUSTOMER
from beancount_dunning.cli.declaring import FORMAT
from beancount_dunning.cli.declaring import LEDGER
from beancount_dunning.cli.declaring import command
from beancount_dunning.cli.declaring import day
from beancount_dunning.cli.several import FORMAT_OF_SEVERAL
from beancount_dunning.cli.several import several

FIGURES = (
    several(
        "customers",
        """Show how each customer pays, and grade them from A to E.

        With NAME it shows all of one customer, invoice by invoice. The measures below
        the table are of all customers, for three months each.
        """,
        AS_OF,
        click.Option(
            ["--by"],
            metavar="KEY",
            help="Compare groups: by segment, terms, channel, paid-from, or any "
            "metadata key of invoices and customers.",
        ),
        click.Option(
            ["--before-after"],
            callback=day,
            metavar="YYYY-MM-DD",
            help="Compare how the same customers paid invoices from before a day, and "
            "from it on.",
        ),
        FORMAT_OF_SEVERAL,
        CUSTOMER,
        about="name",
    ),
    command(
        "provision",
        """Show what is expected to be lost of what is open, and how to book it.""",
        LEDGER,
        AS_OF,
        click.Option(
            ["--rates"],
            default="",
            metavar="RATES",
            help='Loss rates in percent, like "not due=0.5 1-30=2 91+=50".',
        ),
        click.Option(
            ["--months"],
            type=click.IntRange(1, 240),
            default=12,
            help="From how many past months other rates come (default: 12).",
        ),
        FORMAT,
    ),
    command(
        "effect",
        """Show which reminders bring money.

        For each group of reminders: how many were sent, what share was paid within 3,
        7 and 14 days and before the next step, and after how many days half were paid;
        below it, what is paid without a reminder.
        """,
        LEDGER,
        AS_OF,
        click.Option(
            ["--by"],
            type=click.Choice(["step", "channel", "tone", "policy", "weekday"]),
            default="step",
            help="What to group reminders by (default: step).",
        ),
        click.Option(
            ["--before-after"],
            callback=day,
            metavar="YYYY-MM-DD",
            help="Compare what was before this date with what was since, for the same "
            "customers.",
        ),
        FORMAT,
        CUSTOMER,
    ),
    several(
        "forecast",
        """Show when open items should be paid, by week or month.

        What is in dispute, with an agency, covered by credit or undated is left out,
        and named.
        """,
        AS_OF,
        click.Option(
            ["--by"],
            type=click.Choice(["due", "promise", "habit"]),
            default="promise",
            help="By due date, by promises and plans too (default), or by how late "
            "each customer pays.",
        ),
        click.Option(
            ["--every"],
            type=click.Choice(["week", "month"]),
            default="week",
            help="A line for each week (default) or month.",
        ),
        click.Option(
            ["--backtest"],
            is_flag=True,
            help="Show how wrong each forecast was over the past twelve months.",
        ),
        FORMAT_OF_SEVERAL,
        CUSTOMER,
    ),
)
