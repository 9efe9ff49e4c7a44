"""A command for several ledgers: each asked in a process of its own, or long since.

What is asked of one ledger is a `Question`, and its answer a function of nothing else.
So it does not matter where it is worked out, or when: an answer that was kept is as
good, as long as no file of the ledger has changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import fields
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING
from typing import Any

import click

from beancount_dunning.cli.loading import Surroundings
from beancount_dunning.cli.questions import Parcels
from beancount_dunning.cli.questions import Question
from beancount_dunning.cli.questions import Reply
from beancount_dunning.cli.questions import answer
from beancount_dunning.cli.questions import answer_sent
from beancount_dunning.cli.tellers import teller_of
from beancount_dunning.office.cluster import Cluster
from beancount_dunning.office.cluster import ClusterError
from beancount_dunning.office.kept import Kept
from beancount_dunning.office.listed import Book
from beancount_dunning.office.listed import ListError
from beancount_dunning.office.listed import named
from beancount_dunning.office.listed import read_list
from beancount_dunning.office.sources import files_of
from beancount_dunning.office.workers import Limits
from beancount_dunning.office.workers import each

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from pathlib import Path

    from beancount_dunning.office.workers import Done

# What each process needs: Beancount imports these when it loads.
MODULES = (
    "beancount.ops.documents",
    "beancount.ops.pad",
    "beancount.ops.balance",
    "beancount_dunning.plugin",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an office is asked: a command, what it takes, and the office's switches."""

    command: str
    ledgers: Sequence[Path]
    asked: Mapping[str, object]
    books: Path | None
    tags: Sequence[str]
    jobs: int | None
    timeout: float | None
    no_cache: bool
    scheduler: str | None
    send: bool

    def check(self) -> None:
        """Refuse switches that do not go together.

        Raises:
            click.UsageError: They do not.
        """
        if self.send and not self.scheduler:
            message = "--send is for --scheduler, which says where to."
            raise click.UsageError(message)
        if self.jobs and self.scheduler:
            message = "With --scheduler, its workers say how many run at once."
            raise click.UsageError(message)


def run(asked: Asked) -> None:
    """Ask a command of several ledgers, and print what it says of each and of all."""
    asked.check()
    books = books_of(asked.ledgers, asked.books, asked.tags)
    module = import_module(f"{__package__}.{asked.command}")
    format_ = asked.asked.get("format_")
    typed = dict(asked.asked)
    if format_ == "jsonl":
        typed["format_"] = "json"
    # The same checks as for one ledger; each is asked for itself below.
    one = module.Asked(ledger=books[0].path, **typed)
    one.check()
    questions = _questions(asked.command, one.of_each(), books)
    limits = limits_of(asked.jobs, asked.timeout)
    kept = None if asked.no_cache else Kept()
    teller = teller_of(one, books, format_)
    modules = (*MODULES, module.__name__)
    cluster = Cluster(asked.scheduler) if asked.scheduler else None
    engine = Engine(cluster, is_sending=asked.send)
    try:
        teller.tell(replies(questions, limits, kept, modules, engine))
    except ClusterError as error:
        raise click.UsageError(str(error)) from error
    if kept:
        kept.tidy()
    click.get_current_context().exit(teller.status)


def books_of(
    ledgers: Sequence[Path], file: Path | None, tags: Sequence[str]
) -> Sequence[Book]:
    """Return the ledgers that are named, or that a file names.

    Raises:
        click.UsageError: The file cannot be used.
    """
    try:
        return read_list(file, tags) if file else named(ledgers)
    except ListError as error:
        raise click.UsageError(str(error)) from error


def limits_of(jobs: int | None, timeout: float | None) -> Limits:
    """Return how many processes there are to be, by default one for each core."""
    limits = Limits(timeout=timeout)
    return replace(limits, jobs=jobs) if jobs else limits


def _questions(command: str, asked: Any, books: Sequence[Book]) -> list[Question]:  # noqa: ANN401 - each command has a class of its own
    """Return what is asked of each ledger."""
    around = Surroundings.now()
    typed = {field.name: getattr(asked, field.name) for field in fields(asked)}
    del typed["ledger"]
    return [
        Question(command, str(book.path), typed, replace(around, book=book.name))
        for book in books
    ]


@dataclass(frozen=True, slots=True)
class Engine:
    """Who works answers out: this machine, or a cluster, which may be sent ledgers."""

    cluster: Cluster | None = None
    is_sending: bool = False

    def each(
        self, questions: Sequence[Question], limits: Limits, modules: Sequence[str]
    ) -> Iterator[Done[Reply]]:
        """Answer questions, as `workers.each` does."""
        if not questions or not self.cluster:
            return each(answer, questions, limits, modules)
        if self.is_sending:
            parcels = Parcels(questions)
            return self.cluster.each(answer_sent, parcels, limits, modules)
        return self.cluster.each(answer, questions, limits, modules)


def replies(
    questions: Sequence[Question],
    limits: Limits,
    kept: Kept | None,
    modules: Sequence[str] = (),
    engine: Engine | None = None,
) -> Iterator[tuple[int, Reply]]:
    """Answer questions: from what is kept, or each in a process of its own.

    Args:
        questions: The questions.
        limits: How many processes at once, and for how long each.
        kept: Where answers are kept; None for nowhere.
        modules: What the processes should have loaded, by name.
        engine: Who works them out; None for this machine.

    Yields:
        A question's index and its reply, as soon as it is known.
    """
    keys: dict[int, str] = {}
    files: dict[int, dict[str, str]] = {}
    cold: list[int] = []
    for index, question in enumerate(questions):
        found = None
        if kept:
            files[index] = files_of(question.path)
            keys[index] = kept.key([question.as_json(), files[index]])
            found = _thawed(kept.get(keys[index]))
        if found:
            yield index, found
        else:
            cold.append(index)
    asked = [questions[index] for index in cold]
    engine = engine or Engine()
    for done in engine.each(asked, limits, modules):
        index = cold[done.index]
        reply = done.result or Reply(None, error=done.failure)
        # Elsewhere other libraries may decide, and other files have the same names.
        is_same = done.is_ours and reply.decided.read == files.get(index)
        if kept and reply.answer and is_same:
            kept.put(keys[index], reply.as_json(), reply.decided)
        yield index, reply


def _thawed(data: Any) -> Reply | None:  # noqa: ANN401 - JSON
    """Return an answer that was kept; None where it is none of ours."""
    try:
        return Reply.of_json(data) if data else None
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
        return None
