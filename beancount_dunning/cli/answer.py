"""What a command says of one ledger, before it is printed.

The answer of a ledger among many is the one that it has alone: `answer` of a command's
module makes it, and `tell` or an office prints it.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from typing import TYPE_CHECKING

import click

from beancount_dunning.cli.output import echo
from beancount_dunning.cli.output import echo_utf_8
from beancount_dunning.cli.output import say

if TYPE_CHECKING:
    from beancount_dunning.formats.totals import Sums


@dataclass(frozen=True, slots=True)
class File:
    """A file to write: its name, and what is to be in it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command says.

    `output` goes to standard output, in UTF-8 where it `is_data` for programs, and then
    `remark` to standard error. `sums` are what is added up over ledgers, and `files`
    what is to be written.
    """

    output: str = ""
    is_data: bool = False
    sums: Sums = field(default_factory=dict)
    status: int = 0
    remark: str = ""
    files: tuple[File, ...] = ()


def tell(answer: Answer) -> None:
    """Print an answer, and end with its exit status."""
    (echo_utf_8 if answer.is_data else echo)(answer.output)
    if answer.remark:
        say(answer.remark)
    if answer.status:
        click.get_current_context().exit(answer.status)
