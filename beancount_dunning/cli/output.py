"""Results on standard output."""

from __future__ import annotations

import json
import sys
from shutil import get_terminal_size

import click


def echo_json(data: object) -> None:
    """Write JSON in UTF-8, whatever the terminal's encoding."""
    echo_utf_8(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def echo_utf_8(text: str) -> None:
    """Write a text for programs: in UTF-8, whatever the terminal's encoding."""
    click.echo(text.encode(errors="replace"), nl=False)


def echo(text: str) -> None:
    """Write a text that ends its own lines."""
    click.echo(text, nl=False)


def width() -> int | None:
    """Return the columns of the terminal; None where output goes elsewhere."""
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    return get_terminal_size().columns if is_terminal else None
