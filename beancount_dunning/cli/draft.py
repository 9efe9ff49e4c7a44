"""`bean-dunning draft`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from dataclasses import replace
from typing import TYPE_CHECKING
from typing import Self

import click

from beancount_dunning.answers.contents import Tone
from beancount_dunning.answers.letters import thanks
from beancount_dunning.basics.languages import written_as
from beancount_dunning.cli.answer import Answer
from beancount_dunning.cli.answer import File
from beancount_dunning.cli.answer import tell
from beancount_dunning.cli.loading import Checked
from beancount_dunning.cli.loading import load
from beancount_dunning.cli.output import say
from beancount_dunning.cli.sending import due_letters
from beancount_dunning.formats.country import LANGUAGES
from beancount_dunning.formats.country import locale_of
from beancount_dunning.formats.letter_html import as_html
from beancount_dunning.formats.letter_html import source_of_page
from beancount_dunning.formats.letter_languages import source_of
from beancount_dunning.formats.letter_mail import as_mail
from beancount_dunning.formats.letter_pdf import NoPdfError
from beancount_dunning.formats.letter_pdf import as_pdf
from beancount_dunning.formats.letter_text import as_text
from beancount_dunning.formats.letter_text import file_name
from beancount_dunning.formats.letters import Writer
from beancount_dunning.formats.swiss_bill import SwissBill
from beancount_dunning.formats.swiss_bill import can_draw_bills
from beancount_dunning.formats.templates import TextError
from beancount_dunning.formats.totals import COUNT

if TYPE_CHECKING:
    import re
    from collections.abc import Callable
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from beancount_dunning.answers.contents import Contents
    from beancount_dunning.cli.loading import View
    from beancount_dunning.formats.letters import Message
    from beancount_dunning.formats.totals import Sums
    from beancount_dunning.standing.books import Books

# Stands between two letters on standard output.
_RULE = f"\n{'-' * 72}\n\n"


@dataclass(frozen=True, slots=True)
class Asked(Checked):
    """What the command is asked."""

    ledger: Path | None
    as_of: date | None
    customer: re.Pattern[str] | None
    invoice: str | None
    step: str | None
    thanks: date | None
    output: Path | None
    as_: str
    eject: tuple[str, str] | None

    def check(self) -> None:
        """Refuse what does not go together."""
        if self.as_ in {"html", "pdf", "mail"} and not self.output:
            message = f"--as {self.as_} writes files; say where with -o FOLDER."
            raise click.UsageError(message)

    def of_each(self) -> Self:
        """Refuse what is of no ledger."""
        if self.eject:
            message = "--eject writes a built-in text; leave out the ledgers."
            raise click.UsageError(message)
        return self


def _text(message: Message) -> bytes:
    return as_text(message).encode(errors="replace")


def _short(message: Message) -> bytes:
    return as_text(message, short=True).encode(errors="replace")


def _html(message: Message) -> bytes:
    return as_html(message).encode(errors="replace")


# How a letter is written, and what its file's name ends in.
_WAYS: dict[str, tuple[Callable[[Message], bytes], str]] = {
    "text": (_text, ".txt"),
    "message": (_short, ".txt"),
    "html": (_html, ".html"),
    "pdf": (as_pdf, ".pdf"),
    "mail": (as_mail, ".eml"),
}


def run(asked: Asked) -> None:
    """Print letters, or write each into a file of its own."""
    if asked.eject:
        drafted = _answer([_ejected(*asked.eject, asked.as_)], asked, {}, 0)
    elif asked.ledger is None:
        message = "Missing argument 'LEDGER'."
        raise click.UsageError(message)
    else:
        asked.check()
        drafted = answer(load(asked.ledger, asked.as_of), asked)
    if asked.output and write(drafted.files, asked.output):
        drafted = replace(drafted, status=2)
    tell(drafted)


def _answer(drafts: Sequence[File], asked: Asked, sums: Sums, status: int) -> Answer:
    """Return letters as files, or as one text."""
    if asked.output:
        return Answer(files=tuple(drafts), sums=sums, status=status)
    rule = _RULE.encode()
    output = rule.join(draft.content for draft in drafts).decode()
    return Answer(output, is_data=True, sums=sums, status=status)


def _ejected(language: str, tone: str, as_: str) -> File:
    """Return a built-in text, or its page, as the start of an own one."""
    locale = locale_of(language)
    if written_as(locale) == LANGUAGES[0] and not language.lower().startswith("en"):
        known = ", ".join(LANGUAGES).replace("zh_Hant_TW", "zh-TW")
        message = f"There are no letters in {language}. Known: {known}."
        raise click.UsageError(message)
    if tone not in set(Tone):
        message = f"There is no tone {tone}. Known: {', '.join(Tone)}."
        raise click.UsageError(message)
    if as_ == "html":
        return File(f"{tone}.{language}.html", source_of_page().encode())
    return File(f"{tone}.{language}.txt", source_of(locale, Tone(tone)).encode())


def answer(view: View, asked: Asked) -> Answer:
    """Write the letters that are asked for; the status is 2 where one cannot be."""
    books = view.books.rounded()
    since = asked.thanks
    if since:
        found = _thanks(books, asked, since)
    else:
        due, _ = due_letters(books, asked.customer, asked.invoice, asked.step)
        found = [said for _, said in due]
    try:
        writer = Writer.of(books)
    except TextError as error:
        raise click.UsageError(str(error)) from error
    drafts, problems = _written(found, writer, asked.as_)
    for problem in dict.fromkeys(problems):
        say(f"Error: {problem}")
    if not found:
        say("Nothing to write.")
    sums = {COUNT: {"letters": len(drafts)}}
    return _answer(drafts, asked, sums, 2 if problems else 0)


def _written(
    found: Sequence[Contents], writer: Writer, as_: str
) -> tuple[list[File], list[str]]:
    """Write letters, and say why some cannot be written."""
    drafts: list[File] = []
    taken: set[str] = set()
    problems: list[str] = []
    has_bills = False
    write, ending = _WAYS[as_]
    # The others are written before a bar would be seen.
    is_hidden = as_ != "pdf" or not sys.stderr.isatty()
    with click.progressbar(found, file=sys.stderr, hidden=is_hidden) as bar:
        for said in bar:
            try:
                message = writer.write(said)
                content = write(message)
            except TextError as error:
                problems.append(str(error))
                continue
            except NoPdfError as error:
                raise click.UsageError(str(error)) from error
            name = file_name(said, taken)
            taken.add(name.casefold())
            drafts.append(File(f"{name}{ending}", content))
            has_bills |= isinstance(message.code, SwissBill)
    if has_bills and ending in {".html", ".pdf"} and not can_draw_bills():
        say(
            "Note: these letters have no Swiss QR bill. To have one, type: pip install "
            '"beancount-dunning[swiss]"'
        )
    return drafts, problems


def _thanks(books: Books, asked: Asked, since: date) -> Sequence[Contents]:
    if asked.invoice or asked.step:
        message = (
            "--thanks is about payments; do not combine it with --invoice or --step."
        )
        raise click.UsageError(message)
    pattern = asked.customer
    return [
        said
        for said in thanks(books, since)
        if pattern is None or pattern.search(said.customer.name)
    ]


def write(drafts: Sequence[File], folder: Path) -> int:
    """Write each letter into a file, and count those that cannot be written.

    Args:
        drafts: The letters.
        folder: Where to; it is made, if it is not there.

    Returns:
        How many could not be written. Each is said on standard error.

    Raises:
        click.UsageError: The folder cannot be made.
    """
    failures = 0
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        message = f"Cannot write into {folder}: {error.strerror or error}"
        raise click.UsageError(message) from error
    for draft in drafts:
        path = folder / draft.name
        try:
            with path.open("xb") as file:
                file.write(draft.content)
        except FileExistsError:
            if path.is_file() and path.read_bytes() == draft.content:
                continue
            say(f"Error: {path} already exists with other content; it stays as it is.")
            failures += 1
        except OSError as error:
            say(f"Error: cannot write {path}: {error.strerror or error}")
            failures += 1
    return failures
