"""Commands that take several ledgers, or a file that names them.

For one ledger they are like all other commands. Several, the ledgers of `--books` and
lines of JSON are the office's business: it asks the command's module about each.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from beancount_dunning.cli.declaring import run_module
from beancount_dunning.cli.ledger_first import apart

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEDGER = click.Argument(
    ["ledger"], type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
# Which ledgers an office asks about, and how.
LEDGERS_OF_OFFICE = (
    click.Option(
        ["--books"],
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Report on all ledgers that this file names; see docs/office.md.",
    ),
    click.Option(
        ["--tag", "tags"],
        multiple=True,
        metavar="TAG",
        help="Only those with this tag; several: with any of them.",
    ),
    click.Option(
        ["--jobs"],
        type=click.IntRange(1),
        metavar="N",
        help="How many ledgers to work on at once (default: one for each core).",
    ),
    click.Option(
        ["--timeout"],
        type=click.FloatRange(0, min_open=True),
        metavar="SECONDS",
        help="Leave out a ledger that takes longer.",
    ),
    click.Option(
        ["--no-cache"],
        is_flag=True,
        help="Work out all answers anew, and keep none.",
    ),
)
# What only an office asks.
OFFICE = (
    *LEDGERS_OF_OFFICE,
    click.Option(
        ["--scheduler"],
        metavar="ADDRESS",
        help="Let the workers of this Dask scheduler do it, like tcp://office:8786.",
    ),
    click.Option(
        ["--send"],
        is_flag=True,
        help="Send the ledgers to workers that do not see the same files.",
    ),
)
FORMAT_OF_SEVERAL = click.Option(
    ["--format", "format_"],
    type=click.Choice(["text", "json", "jsonl", "csv"]),
    default="text",
    help="Output format (default: text); jsonl is a line of JSON for each ledger.",
)


def several(
    name: str,
    description: str,
    *params: click.Parameter,
    needs_ledger: bool = True,
    about: str | None = None,
) -> click.Command:
    """Return a command that takes several ledgers.

    Args:
        name: Its name, and its module's.
        description: Its help.
        params: What it takes beside ledgers.
        needs_ledger: Whether it does nothing without a ledger.
        about: What may be named beside the ledgers, without a switch.
    """

    def run(ledger: Sequence[Path], **asked: object) -> None:
        office = {one.name or "": asked.pop(one.name or "") for one in OFFICE}
        if about:
            is_listed = office["books"] is not None
            ledger, asked[about] = apart(ledger, is_listed=is_listed)
        require_ledgers(
            ledger, office["books"], office["tags"], needs_ledger=needs_ledger
        )
        is_alone = not ledger[1:] and not office["books"]
        if is_alone and asked.get("format_") != "jsonl":
            one = _existing(ledger[0], is_checked=not about) if ledger else None
            run_module(name, {"ledger": one, **asked})
        else:
            run_module(
                "office", {"command": name, "ledgers": ledger, "asked": asked, **office}
            )

    ledgers = click.Argument(
        ["ledger"],
        nargs=-1,
        type=click.Path(path_type=Path),
        metavar=f"[LEDGER]... [{about.upper()}]" if about else None,
    )
    return click.Command(
        name, callback=run, params=[ledgers, *params, *OFFICE], help=description
    )


def require_ledgers(
    ledgers: Sequence[Path], books: object, tags: object, *, needs_ledger: bool = True
) -> None:
    """Refuse ledgers that are named in two ways, or in none.

    Args:
        ledgers: Those that are named.
        books: The file that names them, if any.
        tags: Which of these are wanted.
        needs_ledger: Whether there has to be any.

    Raises:
        click.UsageError: They are.
    """
    if tags and not books:
        message = "--tag chooses from the ledgers of --books; name that file, too."
        raise click.UsageError(message)
    if books and ledgers:
        message = "Name ledgers, or a file that names them with --books, not both."
        raise click.UsageError(message)
    if needs_ledger and not ledgers and not books:
        raise click.MissingParameter(param=_LEDGER)


def _existing(ledger: Path, *, is_checked: bool) -> Path:
    """Return a ledger that is named alone; its file has to be there."""
    if is_checked:
        _LEDGER.type.convert(ledger, _LEDGER, click.get_current_context())
    return ledger
