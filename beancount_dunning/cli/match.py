"""`bean-dunning match`."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Self

import click
from beancount import loader
from beancount.core.data import Open

from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.insertion import Sources
from beancount_dunning.answers.linking import Link
from beancount_dunning.answers.linking import link_payments
from beancount_dunning.answers.matching import Verdict
from beancount_dunning.answers.matching import match
from beancount_dunning.basics.files import write
from beancount_dunning.basics.money import ZERO
from beancount_dunning.cli.answer import Answer
from beancount_dunning.cli.answer import tell
from beancount_dunning.cli.loading import AskedOfLedger
from beancount_dunning.cli.loading import load
from beancount_dunning.cli.loading import turn
from beancount_dunning.cli.output import after_writing
from beancount_dunning.cli.output import echo
from beancount_dunning.cli.output import echo_plain
from beancount_dunning.cli.output import safe
from beancount_dunning.cli.output import say
from beancount_dunning.formats.places import shown_place
from beancount_dunning.formats.tables import as_json
from beancount_dunning.formats.text_match import as_csv
from beancount_dunning.formats.text_match import as_text
from beancount_dunning.formats.totals import COUNT

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.answers.linking import Linked
    from beancount_dunning.answers.linking import LinkedFile
    from beancount_dunning.answers.matching import Matches
    from beancount_dunning.cli.loading import View
    from beancount_dunning.formats.totals import Sums


@dataclass(frozen=True, slots=True)
class Asked(AskedOfLedger):
    """What the command is asked."""

    suspense: re.Pattern[str] | None
    review: bool
    apply: bool
    format_: str

    def check(self) -> None:
        """Refuse another format where links are written."""
        if self.apply and self.format_ != "text":
            message = "--apply writes links; do not combine it with --format."
            raise click.UsageError(message)

    def of_each(self) -> Self:
        """Refuse to write into several ledgers."""
        if self.apply:
            message = "--apply writes into one ledger; name it alone."
            raise click.UsageError(message)
        return self


def run(asked: Asked) -> None:
    """Print which invoices payments are for, or link them."""
    asked.check()
    if asked.apply:
        _apply(asked)
    else:
        tell(answer(load(asked.ledger, asked.as_of), asked))


def answer(view: View, asked: Asked) -> Answer:
    """Say which invoices payments are for."""
    found = _found(view, asked)
    sums = _sums(found)
    if asked.format_ == "json":
        return Answer(as_json(found.as_dict()), is_data=True, sums=sums)
    if asked.format_ == "csv":
        return Answer(as_csv(found), is_data=True, sums=sums)
    remark = ""
    if not found.payments and not asked.suspense:
        remark = (
            "Note: To include payments on a suspense account, name it: "
            "--suspense Suspense"
        )
    return Answer(safe(as_text(view.books, found)), sums=sums, remark=remark)


def _sums(found: Matches) -> Sums:
    """Count payments, and add them up, by how sure their invoices are."""
    counts = Counter(str(one.verdict) for one in found.payments)
    sums: dict[str, dict[str, Decimal]] = {}
    for one in found.payments:
        some = sums.setdefault(one.currency, dict.fromkeys(Verdict, ZERO))
        some[one.verdict] += one.amount
    return {COUNT: {name: counts[name] for name in Verdict}, **sums}


def _found(view: View, asked: Asked) -> Matches:
    """Find what payments are for."""
    if asked.suspense:
        _require_account(view, asked.suspense)
    return match(view.books, suspense=asked.suspense, review=asked.review)


def _require_account(view: View, pattern: re.Pattern[str]) -> None:
    """Refuse a pattern that finds nothing: it would say that nothing is waiting."""
    opened = (entry for entry in view.books.entries if isinstance(entry, Open))
    if not any(pattern.search(entry.account) for entry in opened):
        message = f"No account of {view.path} matches --suspense {pattern.pattern!r}."
        raise click.UsageError(message)


def _apply(asked: Asked) -> None:
    """Link what is certain, and say what was done and what is left."""
    done: list[LinkedFile] = []
    with turn(asked.ledger):
        view = load(asked.ledger, asked.as_of)
        found = _found(view, asked)
        links = [
            Link.of(one) for one in found.payments if one.verdict is Verdict.CERTAIN
        ]
        linked = _linked(view, links)
        failed = _write(linked.files, done)
    # Others may write while somebody reads this.
    with after_writing() if done else nullcontext():
        _tell(done)
        if failed:
            raise click.UsageError(failed)
        for link, reason in linked.refused:
            where = shown_place(link.file, link.lineno)
            say(f"Note: {where} is left alone. {reason}.")
        others = len(found.payments) - len(links)
        if others:
            what = "1 payment is" if others == 1 else f"{others} payments are"
            say(f"Note: {what} not certain; see bean-dunning match.")
        if not linked.files:
            why = "" if links else ": no payment is certain"
            echo(f"Nothing was written{why}.\n")


def _linked(view: View, links: Sequence[Link]) -> Linked:
    """Work out what files are to be with links in them."""
    view.require_whole()
    names = {link.file for link in links}.intersection(view.books.options["include"])
    contents = {name: Path(name).read_bytes() for name in sorted(names)}
    if loader.needs_refresh(view.books.options):
        message = f"{view.path} has changed in the meantime; nothing was written."
        raise click.UsageError(message)
    try:
        return link_payments(view.books, links, Sources(contents, view.errors))
    except RefusedError as error:
        message = f"{error}; nothing was written."
        raise click.UsageError(message) from error


def _write(files: Sequence[LinkedFile], done: list[LinkedFile]) -> str | None:
    """Replace files one by one, and note those that are; say why one cannot be."""
    for file in files:
        try:
            write(Path(file.file), file.new, file.seen)
        except OSError as error:
            why = error.strerror or error
            return f"Cannot write to {file.file}: {why}; nothing was written to it."
        done.append(file)
    return None


def _tell(files: Sequence[LinkedFile]) -> None:
    """Say which payments are linked."""
    for file in files:
        for link, line in zip(file.links, file.lines, strict=True):
            whose = link.items[0].customer
            names = ", ".join(link.invoices)
            echo_plain(f"{shown_place(file.file, line)}: {names} of {whose}\n")
