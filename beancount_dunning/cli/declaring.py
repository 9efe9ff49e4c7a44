"""How commands are declared: run by their module, with parameters that several take."""

from __future__ import annotations

import re
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beancount_dunning.basics.patterns import compile_pattern
from beancount_dunning.basics.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


def day(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
    """Read a date, or say how to write one."""
    if value is None:
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day
    except ValueError as error:
        message = f"{value!r} is not a date; write it as YYYY-MM-DD, like 2026-11-20."
        raise click.BadParameter(message) from error


def pattern(
    _ctx: click.Context, _param: click.Parameter, value: str | None
) -> re.Pattern[str] | None:
    """Compile a regular expression, or say what is wrong with it."""
    try:
        return None if value is None else compile_pattern(value, re.IGNORECASE)
    except ValueError as error:
        message = f"{value!r} is not a regular expression: {error}"
        raise click.BadParameter(message) from error


def command(name: str, description: str, *params: click.Parameter) -> click.Command:
    """Return a command whose module is imported when it runs."""

    def run(**asked: object) -> None:
        run_module(name, asked)

    return click.Command(name, callback=run, params=[*params], help=description)


def run_module(name: str, asked: Mapping[str, object]) -> None:
    """Run the module of a name, which is imported now.

    Args:
        name: The module.
        asked: What it is asked, by the fields of its `Asked`.
    """
    module = import_module(f"{__package__}.{name}")
    try:
        module.run(module.Asked(**asked))
    except click.UsageError as error:
        # It may quote what somebody typed.
        raise click.UsageError(plain(error.message), error.ctx) from error


LEDGER = click.Argument(
    ["ledger"], type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
AS_OF = click.Option(
    ["--as-of"],
    callback=day,
    metavar="YYYY-MM-DD",
    help="As-of date. Default: the ledger's option as-of, or today.",
)
CUSTOMER = click.Option(
    ["--customer"],
    callback=pattern,
    metavar="REGEX",
    help="Only customers whose name matches; case is ignored.",
)
INVOICE = click.Option(
    ["--invoice"], metavar="INVOICE", help="Only letters about this invoice."
)
STEP = click.Option(["--step"], metavar="STEP", help="Only this step's letters.")
BY = click.Option(
    ["--by"],
    type=click.Choice(["invoice", "customer"]),
    default="invoice",
    help="One line per invoice (default) or per customer.",
)
FORMAT = click.Option(
    ["--format", "format_"],
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    help="Output format (default: text).",
)
