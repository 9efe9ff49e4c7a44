"""Results on standard output."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click

from beancount_dunning.basics.plain_text import plain
from beancount_dunning.formats.tables import as_json

if TYPE_CHECKING:
    from collections.abc import Iterator


def echo_json(data: object) -> None:
    """Write JSON in UTF-8, whatever the terminal's encoding."""
    echo_utf_8(as_json(data))


def echo_utf_8(text: str) -> None:
    """Write a text for programs: in UTF-8, whatever the terminal's encoding."""
    click.echo(text.encode(errors="replace"), nl=False)


def echo(text: str) -> None:
    """Write a text that ends its own lines."""
    click.echo(text, nl=False)


def echo_plain(text: str) -> None:
    """Write what somebody typed, so that nothing in its lines steers the terminal."""
    echo(safe(text))


def safe(text: str) -> str:
    """Return what somebody typed, so that nothing in its lines steers the terminal."""
    return "\n".join(map(plain, text.split("\n")))


def say(text: str) -> None:
    """Write a line that is no result."""
    click.echo(plain(text), err=True)


@contextmanager
def after_writing() -> Iterator[None]:
    """Print what is in the ledger already, or say that it is there all the same.

    Raises:
        click.UsageError: It cannot be printed.
    """
    try:
        yield
    except OSError as error:
        message = (
            f"Cannot print what was written: {error.strerror or error}. It is in the "
            "ledger."
        )
        raise click.UsageError(message) from error


def width() -> int | None:
    """Return the columns of the terminal; None where output goes elsewhere."""
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    return get_terminal_size().columns if is_terminal else None
