"""What cannot be printed, when it is written already."""

from __future__ import annotations

import errno

import click
import pytest

from beancount_dunning.cli.output import after_writing


def test_what_is_written_and_not_printed_is_said_to_be_there() -> None:
    message = "Cannot print what was written: No space left. It is in the ledger."
    with pytest.raises(click.UsageError, match=message), after_writing():
        raise OSError(errno.ENOSPC, "No space left")
