"""What is asked of one ledger among many, and its answer: a function of these alone.

    answer(Question("aging", "books.beancount", asked, surroundings))

A question can be sent to another process, and so can its answer. The answer is that of
the command for the ledger alone, byte for byte: the same `answer` of the command's
module makes both. It is asked of one ledger at a time in a process: where one is, and
what goes to standard error, belong to a process as a whole.
"""

from __future__ import annotations

import os
import re
from base64 import b64decode
from base64 import b64encode
from collections.abc import Sequence
from contextlib import chdir
from contextlib import redirect_stderr
from contextlib import redirect_stdout
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib import import_module
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from typing import Any

import click

from beancount_dunning.basics.plain_text import plain
from beancount_dunning.cli.answer import Answer
from beancount_dunning.cli.answer import File
from beancount_dunning.cli.loading import load
from beancount_dunning.formats.places import seen_from
from beancount_dunning.formats.totals import written
from beancount_dunning.office.decided import decided
from beancount_dunning.office.decided import files_read
from beancount_dunning.office.kept import Decided
from beancount_dunning.office.sent import pack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beancount_dunning.cli.loading import Surroundings
    from beancount_dunning.office.sent import Parcel


@dataclass(frozen=True, slots=True)
class Question:
    """A command, a ledger, what was typed beside it, and all else that decides."""

    command: str
    ledger: str
    asked: Mapping[str, object]
    surroundings: Surroundings

    @property
    def path(self) -> Path:
        """The ledger's file, wherever one is now."""
        return Path(self.surroundings.folder) / self.ledger

    def as_json(self) -> list[Any]:
        """Return all of it as JSON has it, the same for the same question."""
        asked = {name: _plain(value) for name, value in self.asked.items()}
        around = {
            name: _plain(value) for name, value in asdict(self.surroundings).items()
        }
        return [self.command, self.ledger, asked, around]


def _plain(value: object) -> object:
    """Return a parameter's value as JSON has it."""
    if isinstance(value, re.Pattern):
        return value.pattern
    return str(value) if isinstance(value, date | Path) else value


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a question: an answer, or the error that stood in its way.

    `notes` went to standard error, and what `decided` is to find the answer again.
    """

    answer: Answer | None
    notes: tuple[str, ...] = ()
    error: str | None = None
    decided: Decided = field(default_factory=Decided)

    def as_json(self) -> dict[str, Any]:
        """Return an answer as JSON has it, to keep it."""
        answer = self.answer or Answer()
        sums = {currency: written(some) for currency, some in answer.sums.items()}
        files = [[one.name, b64encode(one.content).decode()] for one in answer.files]
        return {
            "output": answer.output,
            "is_data": answer.is_data,
            "sums": sums,
            "status": answer.status,
            "remark": answer.remark,
            "files": files,
            "notes": list(self.notes),
        }

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> Reply:
        """Return the answer that was kept."""
        sums = {
            currency: {
                name: number if isinstance(number, int) else Decimal(number)
                for name, number in some.items()
            }
            for currency, some in data.pop("sums").items()
        }
        files = tuple(
            File(name, b64decode(content)) for name, content in data.pop("files")
        )
        notes = tuple(data.pop("notes"))
        return cls(Answer(**data, sums=sums, files=files), notes)


def answer(question: Question) -> Reply:
    """Answer a question about one ledger.

    Args:
        question: The question.

    Returns:
        The answer, or why there is none: what would have been a usage error.
    """
    said = StringIO()
    around = question.surroundings
    folder = f"{around.root}{around.folder}"
    # What plugins print is no part of an answer.
    with (
        redirect_stderr(said),
        redirect_stdout(StringIO()),
        chdir(folder),
        seen_from(around.folder, around.root),
    ):
        try:
            files = files_read(question.path, around.sent)
            module = import_module(f"{__package__}.{question.command}")
            asked = module.Asked(ledger=Path(question.ledger), **question.asked)
            view = load(asked.ledger, asked.as_of, around)
            found = module.answer(view, asked)
        except click.UsageError as error:
            return Reply(None, _lines(said), plain(error.message))
        return Reply(found, _lines(said), None, decided(view.books, files, around.sent))


@dataclass(frozen=True, slots=True)
class Sent:
    """A question that is sent with the ledger."""

    question: Question
    parcel: Parcel


@dataclass(frozen=True, slots=True)
class Parcels(Sequence[Sent]):
    """Questions with their ledgers, each read when it is its turn."""

    questions: Sequence[Question]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.questions)

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 - a slice has another type
        """Read a ledger, and return the question with it."""
        question = self.questions[index]
        return Sent(question, pack(question.path))


def answer_sent(sent: Sent) -> Reply:
    """Answer a question about a ledger that was sent with it.

    Args:
        sent: The question and the ledger.

    Returns:
        The same as `answer` where the ledger comes from.
    """
    with TemporaryDirectory() as folder:
        root = os.path.realpath(folder)
        unpacked = sent.parcel.unpack(root)
        around = replace(sent.question.surroundings, sent=unpacked)
        Path(f"{root}{around.folder}").mkdir(parents=True, exist_ok=True)
        reply = answer(replace(sent.question, surroundings=around))
    return replace(
        reply,
        notes=tuple(note.replace(root, "") for note in reply.notes),
        error=reply.error and reply.error.replace(root, ""),
    )


def _lines(said: StringIO) -> tuple[str, ...]:
    return tuple(said.getvalue().splitlines())
