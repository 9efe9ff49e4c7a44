"""What each command takes, and what it says of itself.

A command of some name is run by the module of that name: its function `run` is given
what was asked for as its class `Asked`, whose fields are called as the parameters here.
"""

from __future__ import annotations

import re
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beancount_dunning.basics.patterns import compile_pattern
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.cli.amounts import part

if TYPE_CHECKING:
    from datetime import date


def _day(
    _ctx: click.Context, _param: click.Parameter, value: str | None
) -> date | None:
    """Read a date, or say how to write one."""
    if value is None:
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day
    except ValueError as error:
        message = f"{value!r} is not a date; write it as YYYY-MM-DD, like 2026-11-20."
        raise click.BadParameter(message) from error


def _pattern(
    _ctx: click.Context, _param: click.Parameter, value: str | None
) -> re.Pattern[str] | None:
    """Compile a regular expression, or say what is wrong with it."""
    try:
        return None if value is None else compile_pattern(value, re.IGNORECASE)
    except ValueError as error:
        message = f"{value!r} is not a regular expression: {error}"
        raise click.BadParameter(message) from error


def _command(name: str, description: str, *params: click.Parameter) -> click.Command:
    """Return a command whose module is imported when it runs."""

    def run(**asked: object) -> None:
        module = import_module(f"{__package__}.{name}")
        try:
            module.run(module.Asked(**asked))
        except click.UsageError as error:
            # It may quote what somebody typed.
            raise click.UsageError(plain(error.message), error.ctx) from error

    return click.Command(name, callback=run, params=[*params], help=description)


_LEDGER = click.Argument(
    ["ledger"], type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
_AS_OF = click.Option(
    ["--as-of"],
    callback=_day,
    metavar="YYYY-MM-DD",
    help="As-of date. Default: the ledger's option as-of, or today.",
)
_CUSTOMER = click.Option(
    ["--customer"],
    callback=_pattern,
    metavar="REGEX",
    help="Only customers whose name matches; case is ignored.",
)
_INVOICE = click.Option(
    ["--invoice"], metavar="INVOICE", help="Only letters about this invoice."
)
_STEP = click.Option(["--step"], metavar="STEP", help="Only this step's letters.")
_BY = click.Option(
    ["--by"],
    type=click.Choice(["invoice", "customer"]),
    default="invoice",
    help="One line per invoice (default) or per customer.",
)
_FORMAT = click.Option(
    ["--format", "format_"],
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    help="Output format (default: text).",
)

COMMANDS = (
    _command(
        "check",
        """Print the plugin's errors, as bean-check does.

        The exit status is 1 if there are any, and 0 if not.
        """,
        _LEDGER,
        _AS_OF,
    ),
    _command(
        "doctor",
        """Find what keeps this ledger's answers from being right.

        For each finding it says where it is and what to type. The exit status is 1 if
        there are any, and 0 if not.
        """,
        _LEDGER,
        _AS_OF,
        _FORMAT,
    ),
    _command(
        "aging",
        """List open items and their age.

        Days are counted from the due date: "12" means twelve days overdue, "in 12"
        means due in twelve days.
        """,
        _LEDGER,
        _AS_OF,
        _BY,
        _FORMAT,
        _CUSTOMER,
    ),
    _command(
        "reminders",
        """List the reminders to send today, and those that come up.

        With --log or --append, write the notes that log today's reminders as sent.
        """,
        _LEDGER,
        _AS_OF,
        _BY,
        _FORMAT,
        _CUSTOMER,
        click.Option(
            ["--days"],
            type=click.IntRange(0, 3660),
            default=7,
            help="How many days to look ahead (default: 7).",
        ),
        click.Option(
            ["--bank-age"],
            type=click.IntRange(0),
            default=7,
            help="Warn if the latest bank entry is more than this many days old "
            "(default: 7).",
        ),
        click.Option(
            ["--log"],
            is_flag=True,
            help="Print the notes that log today's reminders as sent.",
        ),
        click.Option(
            ["--append"],
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="Append those notes to this file of the ledger.",
        ),
    ),
    _command(
        "draft",
        """Write the letters that are due, each in the customer's language.

        Without -o they are printed. An e-mail has its address and subject above it, a
        letter on paper the sender, the recipient and the date, and a message is short.
        """,
        # It is not needed for --eject.
        click.Argument(
            ["ledger"],
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            required=False,
        ),
        _AS_OF,
        _CUSTOMER,
        _INVOICE,
        _STEP,
        click.Option(
            ["--thanks"],
            callback=_day,
            metavar="YYYY-MM-DD",
            help="Thank for what was paid since this date, instead of reminding.",
        ),
        click.Option(
            ["-o", "--output"],
            type=click.Path(file_okay=False, path_type=Path),
            metavar="FOLDER",
            help="Write each letter into a file of its own in this folder.",
        ),
        click.Option(
            ["--as", "as_"],
            type=click.Choice(["text", "message", "html", "pdf", "mail"]),
            default="text",
            help="As text (default), as short messages for a phone, as pages to print, "
            "as PDF, or as e-mails that a mail program opens as drafts.",
        ),
        click.Option(
            ["--eject"],
            nargs=2,
            metavar="LANGUAGE TONE",
            help="Write a built-in text, or with --as html its page, as the start of "
            "your own.",
        ),
    ),
    _command(
        "send",
        """Send the reminders that are due by e-mail, when told with --yes.

        Without it, it says what would go where. Each e-mail that the mail server has
        taken is logged at once. The password is in BEAN_DUNNING_PASSWORD, or in the
        system's keyring.
        """,
        _LEDGER,
        _AS_OF,
        _CUSTOMER,
        _INVOICE,
        _STEP,
        click.Option(
            ["--yes/--dry-run"],
            default=False,
            help="Send, or only say what would be sent (default).",
        ),
        click.Option(
            ["--append"],
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="Write the notes that log what was sent into this file of the ledger "
            "(default: LEDGER).",
        ),
        click.Option(
            ["--server"],
            envvar="BEAN_DUNNING_SERVER",
            show_envvar=True,
            metavar="HOST[:PORT]",
            help="The mail server. It is spoken to in TLS, unless it is on this "
            "machine.",
        ),
        click.Option(
            ["--user"],
            envvar="BEAN_DUNNING_USER",
            show_envvar=True,
            metavar="NAME",
            help="Who logs in (default: the sender's address, if there is a password).",
        ),
        click.Option(
            ["--keyring"],
            is_flag=True,
            help="Take the password from the system's keyring.",
        ),
    ),
    _command(
        "match",
        """Say which invoice an incoming payment is for, and why.

        It looks at payments on receivable accounts that name no invoice. The output can
        be pasted: "certain" and "likely" payments have their links, the others stand in
        comments with the invoices that they could be for.
        """,
        _LEDGER,
        _AS_OF,
        click.Option(
            ["--suspense"],
            callback=_pattern,
            metavar="REGEX",
            help="Also show incoming payments on these accounts; case is ignored.",
        ),
        click.Option(
            ["--review"],
            is_flag=True,
            help="Also show payments that settled the oldest item although their text "
            "or amount points to another.",
        ),
        click.Option(
            ["--apply"],
            is_flag=True,
            help="Write the links of certain payments into the ledger's files.",
        ),
        _FORMAT,
    ),
    _command(
        "explain",
        """Show the history of an invoice, payment or customer.

        WHAT is an invoice's number, a customer's name, or a payment's FILE:LINE.

        Each line names its file and line. It shows what was posted, where the due date
        came from, how each credit was allocated, and what was sent, promised and
        disputed. Then it shows the current state and the reasons for it, the next
        step, and the interest so far.
        A payment shows where each cent of it went, and why.
        With --plan it proposes a plan of payment: the note to paste, and what would
        then be due when. With --write-off it proposes how to give up an invoice.
        """,
        # It can also be named after what is asked for.
        click.Argument(["ledger"], type=click.Path(path_type=Path)),
        click.Argument(["what"]),
        _AS_OF,
        _FORMAT,
        click.Option(
            ["--plan"],
            metavar="PLAN",
            help='Propose a plan, like "3 x 1 month from 2026-09-15".',
        ),
        click.Option(
            ["--write-off"],
            callback=part,
            metavar="all|AMOUNT",
            help="Propose how to book what is given up, with the tax in it.",
        ),
    ),
    _command(
        "statement",
        """Write a customer's statement of account, in the customer's language.

        It shows the opening balance, each invoice, credit and payment with the balance
        after it, the closing balance and its age, what is open, and how to pay. Each
        currency has a section of its own.
        """,
        # It can also be named after the customer.
        click.Argument(["ledger"], type=click.Path(path_type=Path)),
        click.Argument(["customer"]),
        _AS_OF,
        click.Option(
            ["--from", "first"],
            callback=_day,
            metavar="YYYY-MM-DD",
            help="The first day. Default: 1 January of the last day's year.",
        ),
        click.Option(
            ["--to", "last"],
            callback=_day,
            metavar="YYYY-MM-DD",
            help="The last day, like --as-of.",
        ),
        click.Option(
            ["--confirm"],
            is_flag=True,
            help="Add a slip on which the customer confirms the balance.",
        ),
        click.Option(
            ["--as", "as_"],
            type=click.Choice(["text", "html", "pdf", "mail"]),
            help="As text (default), as a page to print, as PDF, or as an e-mail.",
        ),
        click.Option(
            ["-o", "--output"],
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Write to this file, as the end of its name says without --as.",
        ),
        _FORMAT,
    ),
    _command(
        "customers",
        """Show how each customer pays, and grade them from A to E.

        With NAME it shows all of one customer, invoice by invoice. The measures below
        the table are of all customers, for three months each.
        """,
        # It can also be named after the customer.
        click.Argument(["ledger"], type=click.Path(path_type=Path)),
        click.Argument(["name"], required=False),
        _AS_OF,
        click.Option(
            ["--by"],
            metavar="KEY",
            help="Compare groups: by segment, terms, channel, paid-from, or any "
            "metadata key of invoices and customers.",
        ),
        click.Option(
            ["--before-after"],
            callback=_day,
            metavar="YYYY-MM-DD",
            help="Compare how the same customers paid invoices from before a day, and "
            "from it on.",
        ),
        _FORMAT,
        _CUSTOMER,
    ),
    _command(
        "dossier",
        """Gather all that the ledger knows of an invoice, for who takes it on.

        It has the invoice's history, the statement of account, interest, each letter,
        promise and dispute as it stands in the ledger, and the linked documents; an
        index comes first, and a list of SHA-256 sums last.
        """,
        # It can also be named after the invoice.
        click.Argument(["ledger"], type=click.Path(path_type=Path)),
        click.Argument(["invoice"]),
        _AS_OF,
        click.Option(
            ["-o", "--output"],
            type=click.Path(path_type=Path),
            metavar="FILE.zip|FOLDER",
            required=True,
            help="Write it into this archive, or into a folder.",
        ),
    ),
    _command(
        "charges",
        """Propose interest, fees and compensation as directives to paste.

        Charges that are already in the ledger are not proposed again. Discounts that
        were taken in time and remainders too small to ask for are proposed to be
        written off.
        """,
        _LEDGER,
        _AS_OF,
        _FORMAT,
        _CUSTOMER,
        click.Option(
            ["--paid"], is_flag=True, help="Include invoices that were paid late."
        ),
    ),
    _command(
        "provision",
        """Show what is expected to be lost of what is open, and how to book it.""",
        _LEDGER,
        _AS_OF,
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
        _FORMAT,
    ),
    _command(
        "effect",
        """Show which reminders bring money.

        For each group of reminders: how many were sent, what share was paid within 3,
        7 and 14 days and before the next step, and after how many days half were paid;
        below it, what is paid without a reminder.
        """,
        _LEDGER,
        _AS_OF,
        click.Option(
            ["--by"],
            type=click.Choice(["step", "channel", "tone", "policy", "weekday"]),
            default="step",
            help="What to group reminders by (default: step).",
        ),
        click.Option(
            ["--before-after"],
            callback=_day,
            metavar="YYYY-MM-DD",
            help="Compare what was before this date with what was since, for the same "
            "customers.",
        ),
        _FORMAT,
        _CUSTOMER,
    ),
    _command(
        "forecast",
        """Show when open items should be paid, by week or month.

        What is in dispute, with an agency, covered by credit or undated is left out,
        and named.
        """,
        _LEDGER,
        _AS_OF,
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
        _FORMAT,
        _CUSTOMER,
    ),
    _command(
        "ical",
        """Write due dates, reminders and promises as an iCalendar feed.

        With -o, unchanged events are kept as they are in the file.
        """,
        _LEDGER,
        _AS_OF,
        click.Option(
            ["-o", "--output"],
            type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
            help="Write to this file, unless nothing has changed.",
        ),
        click.Option(
            ["--type", "type_"],
            type=click.Choice(["event", "todo"]),
            default="event",
            help="All-day events (default) or tasks.",
        ),
        click.Option(
            ["--by"],
            type=click.Choice(["invoice", "customer"]),
            default="invoice",
            help="One event per invoice (default) or per letter to a customer.",
        ),
        _CUSTOMER,
        click.Option(["--private"], is_flag=True, help="Leave out amounts and names."),
        click.Option(
            ["--from", "first"],
            callback=_day,
            metavar="YYYY-MM-DD",
            help="Only events on or after this date.",
        ),
        click.Option(
            ["--to", "last"],
            callback=_day,
            metavar="YYYY-MM-DD",
            help="Only events on or before this date.",
        ),
    ),
)
