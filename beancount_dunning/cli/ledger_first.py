"""Commands that are asked about something: the ledger, and what it is about."""

from __future__ import annotations

from pathlib import Path

import click


def in_order(ledger: Path, what: str) -> tuple[Path, str]:
    """Return the ledger first: some say "explain INV-2026-014 books.beancount".

    Args:
        ledger: What was typed first.
        what: What was typed after it.

    Returns:
        The ledger's file, and the other.

    Raises:
        click.UsageError: Neither is a file.
    """
    if ledger.is_file():
        return ledger, what
    other = Path(what)
    if other.is_file():
        return other, str(ledger)
    message = f"No ledger file called {str(other)!r} or {str(ledger)!r}."
    raise click.UsageError(message)
