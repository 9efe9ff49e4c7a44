"""Commands that are asked about something: the ledger, and what it is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENDINGS = (".beancount", ".bean")


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


def apart(
    words: Sequence[Path], *, is_listed: bool
) -> tuple[Sequence[Path], str | None]:
    """Return which of the words are ledgers, and the one that is not.

    A file is a ledger, and so is what is called like one; of two words, one is a file.

    Args:
        words: What was typed, in any order.
        is_listed: Whether the ledgers are named elsewhere, and need not be here.

    Returns:
        The ledgers' files, and the other word; None where there is none.

    Raises:
        click.UsageError: There are more of these.
    """
    others = [
        word for word in words if not word.is_file() and word.suffix not in _ENDINGS
    ]
    match words:
        case [_] if not is_listed:
            return words, None
        case [one, other] if others and not is_listed:
            ledger, name = in_order(one, str(other))
            return [ledger], name
    if others[1:]:
        message = f"{others[0]} and {others[1]} are no ledgers; name one customer."
        raise click.UsageError(message)
    ledgers = [word for word in words if word not in others]
    return ledgers, str(others[0]) if others else None
