"""What each command takes, and what it says of itself.

A command of some name is run by the module of that name: its function `run` is given
what was asked for as its class `Asked`, whose fields are called as the parameters here.
"""

from __future__ import annotations

from pathlib import Path

import click

from beancount_dunning.cli.amounts import part
from beancount_dunning.cli.declaring import AS_OF
from beancount_dunning.cli.declaring import BY
from beancount_dunning.cli.declaring import CUSTOMER
from beancount_dunning.cli.declaring import FORMAT
from beancount_dunning.cli.declaring import INVOICE
from beancount_dunning.cli.declaring import LEDGER
from beancount_dunning.cli.declaring import STEP
from beancount_dunning.cli.declaring import command
from beancount_dunning.cli.declaring import day
from beancount_dunning.cli.declaring import pattern
from beancount_dunning.cli.figures import FIGURES
from beancount_dunning.cli.several import FORMAT_OF_SEVERAL
from beancount_dunning.cli.several import LEDGERS_OF_OFFICE
from beancount_dunning.cli.several import several

COMMANDS = (
    several(
        "check",
        """Print the plugin's errors, as bean-check does.

        The exit status is 1 if there are any, and 0 if not.
        """,
        AS_OF,
    ),
    several(
        "doctor",
        """Find what keeps this ledger's answers from being right.

        For each finding it says where it is and what to type. The exit status is 1 if
        there are any, and 0 if not.
        """,
        AS_OF,
        FORMAT_OF_SEVERAL,
    ),
    several(
        "aging",
        """List open items and their age.

        Days are counted from the due date: "12" means twelve days overdue, "in 12"
        means due in twelve days.
        """,
        AS_OF,
        BY,
        FORMAT_OF_SEVERAL,
        CUSTOMER,
    ),
    several(
        "reminders",
        """List the reminders to send today, and those that come up.

        With --log or --append, write the notes that log today's reminders as sent.
        """,
        AS_OF,
        BY,
        FORMAT_OF_SEVERAL,
        CUSTOMER,
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
    several(
        "draft",
        """Write the letters that are due, each in the customer's language.

        Without -o they are printed. An e-mail has its address and subject above it, a
        letter on paper the sender, the recipient and the date, and a message is short.
        """,
        AS_OF,
        CUSTOMER,
        INVOICE,
        STEP,
        click.Option(
            ["--thanks"],
            callback=day,
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
        # It is not needed for --eject.
        needs_ledger=False,
    ),
    command(
        "send",
        """Send the reminders that are due by e-mail, when told with --yes.

        Without it, it says what would go where. Each e-mail that the mail server has
        taken is logged at once. The password is in BEAN_DUNNING_PASSWORD, or in the
        system's keyring.
        """,
        LEDGER,
        AS_OF,
        CUSTOMER,
        INVOICE,
        STEP,
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
    several(
        "match",
        """Say which invoice an incoming payment is for, and why.

        It looks at payments on receivable accounts that name no invoice. The output can
        be pasted: "certain" and "likely" payments have their links, the others stand in
        comments with the invoices that they could be for.
        """,
        AS_OF,
        click.Option(
            ["--suspense"],
            callback=pattern,
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
        FORMAT_OF_SEVERAL,
    ),
    command(
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
        AS_OF,
        FORMAT,
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
    command(
        "statement",
        """Write a customer's statement of account, in the customer's language.

        It shows the opening balance, each invoice, credit and payment with the balance
        after it, the closing balance and its age, what is open, and how to pay. Each
        currency has a section of its own.
        """,
        # It can also be named after the customer.
        click.Argument(["ledger"], type=click.Path(path_type=Path)),
        click.Argument(["customer"]),
        AS_OF,
        click.Option(
            ["--from", "first"],
            callback=day,
            metavar="YYYY-MM-DD",
            help="The first day. Default: 1 January of the last day's year.",
        ),
        click.Option(
            ["--to", "last"],
            callback=day,
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
        FORMAT,
    ),
    command(
        "dossier",
        """Gather all that the ledger knows of an invoice, for who takes it on.

        It has the invoice's history, the statement of account, interest, each letter,
        promise and dispute as it stands in the ledger, and the linked documents; an
        index comes first, and a list of SHA-256 sums last.
        """,
        # It can also be named after the invoice.
        click.Argument(["ledger"], type=click.Path(path_type=Path)),
        click.Argument(["invoice"]),
        AS_OF,
        click.Option(
            ["-o", "--output"],
            type=click.Path(path_type=Path),
            metavar="FILE.zip|FOLDER",
            required=True,
            help="Write it into this archive, or into a folder.",
        ),
    ),
    command(
        "charges",
        """Propose interest, fees and compensation as directives to paste.

        Charges that are already in the ledger are not proposed again. Discounts that
        were taken in time and remainders too small to ask for are proposed to be
        written off.
        """,
        LEDGER,
        AS_OF,
        FORMAT,
        CUSTOMER,
        click.Option(
            ["--paid"], is_flag=True, help="Include invoices that were paid late."
        ),
    ),
    several(
        "ical",
        """Write due dates, reminders and promises as an iCalendar feed.

        With -o, unchanged events are kept as they are in the file.
        """,
        AS_OF,
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
        CUSTOMER,
        click.Option(["--private"], is_flag=True, help="Leave out amounts and names."),
        click.Option(
            ["--from", "first"],
            callback=day,
            metavar="YYYY-MM-DD",
            help="Only events on or after this date.",
        ),
        click.Option(
            ["--to", "last"],
            callback=day,
            metavar="YYYY-MM-DD",
            help="Only events on or before this date.",
        ),
    ),
    command(
        "site",
        """Write pages about one ledger or many, for any web server or none.

        The folder OUT gets an index of all ledgers, and for each its page in Fava
        without what writes, its customers and open invoices, the aging report as CSV
        and JSON, and the calendar. It is written whole or not at all, and only what
        has changed. This needs Fava.
        """,
        click.Argument(
            ["output"], type=click.Path(file_okay=False, path_type=Path), metavar="OUT"
        ),
        click.Argument(
            ["ledgers"],
            nargs=-1,
            type=click.Path(path_type=Path),
            metavar="[LEDGER]...",
        ),
        click.Option(
            ["--private"],
            is_flag=True,
            help="Leave out amounts and names: only counts and calendars.",
        ),
        *LEDGERS_OF_OFFICE,
    ),
    *FIGURES,
)
