"""Payments that get the names of their invoices, in the text of a ledger.

    2026-10-20 * "ACME GMBH" "RE 2026 014" #bank ; statement 9
      Assets:Bank       1190.00 EUR
      Assets:Suspense

becomes

    2026-10-20 * "ACME GMBH" "RE 2026 014" #bank ^INV-2026-014 ; statement 9
      Assets:Bank       1190.00 EUR
      Assets:Receivable:Acme

The header grows by links. Where a link cannot say it, since it is none that Beancount
reads, or would name the invoice of another posting, too, `invoice:` stands on the
posting. A posting on a suspense account goes to the invoice's account, with `customer:`
where that is not told by the account or the payee. Every other byte stays.

`link_payments` works out what files are to be. They are read again before anybody
writes them: Beancount has to find the old directives with just these changes, and each
payment has to settle the invoices that it was given.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from ntpath import basename
from typing import TYPE_CHECKING
from typing import cast

from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.insertion import bare
from beancount_dunning.answers.insertion import require_whole
from beancount_dunning.answers.moving import Moves
from beancount_dunning.answers.passages import Text
from beancount_dunning.answers.payment_texts import PaymentText
from beancount_dunning.answers.payment_texts import directives_at
from beancount_dunning.answers.payment_texts import payment_text
from beancount_dunning.basics.errors import place
from beancount_dunning.basics.lists import money
from beancount_dunning.basics.lists import shortened
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.names import folded
from beancount_dunning.ledger.postings import Posted
from beancount_dunning.ledger.postings import PostingReader
from beancount_dunning.ledger.references import is_link
from beancount_dunning.ledger.references import references
from beancount_dunning.standing.books import read_books

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Directive
    from beancount.core.data import Posting
    from beancount.core.data import Transaction

    from beancount_dunning.answers.insertion import Sources
    from beancount_dunning.answers.matching import Match
    from beancount_dunning.answers.passages import Edit
    from beancount_dunning.answers.passages import Piece
    from beancount_dunning.answers.remembering import Remembered
    from beancount_dunning.ledger.accounts import Account
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.standing.books import Books


@dataclass(frozen=True, slots=True)
class Link:
    """A payment, and what it pays: `posting` is the credit among those of `entry`.

    `waiting` is what of the credit settles nothing yet, or was settled otherwise.
    """

    entry: Transaction
    posting: Posting
    items: tuple[Item, ...]
    waiting: Decimal

    @staticmethod
    def of(match: Match) -> Link:
        """Return a payment with what was found for it."""
        items = tuple(assignment.item for assignment in match.assignments)
        return Link(match.entry, match.posting, items, match.amount)

    @property
    def file(self) -> str:
        """The file in which the payment stands."""
        return str(place(self.entry.meta)["filename"])

    @property
    def lineno(self) -> int:
        """The line on which the payment begins."""
        return int(place(self.entry.meta)["lineno"])

    @property
    def amount(self) -> Decimal:
        """What came in."""
        units = self.posting.units
        return -units.number if units and units.number else ZERO

    @property
    def invoices(self) -> tuple[str, ...]:
        """The names of the invoices, each once."""
        return tuple(dict.fromkeys(item.invoice or "" for item in self.items))


@dataclass(frozen=True, slots=True)
class LinkedFile:
    """A file as it was and as it is to be, and the payments that got links in it.

    `lines` are where they then begin. `shown` are the directives that change, each with
    the line on which it begins then, and its text: pieces, each with whether it is new.
    """

    file: str
    seen: bytes
    new: bytes
    links: tuple[Link, ...]
    lines: tuple[int, ...]
    shown: tuple[tuple[int, tuple[Piece, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Linked:
    """What files are to be, and the payments that stay as they are, each with why."""

    files: tuple[LinkedFile, ...]
    refused: tuple[tuple[Link, Words], ...]


@dataclass(frozen=True, slots=True)
class Naming:
    """What a payment gets: links, metadata on its posting, and the posting's account.

    `account` is None where the posting stays on its own.
    """

    links: tuple[str, ...]
    meta: Mapping[str, str]
    account: str | None

    def applied(self, entry: Transaction, posting: Posting) -> Transaction:
        """Return a transaction with all that on a posting."""
        named = posting._replace(
            account=self.account or posting.account,
            meta={**(posting.meta or {}), **self.meta},
        )
        postings = [named if one is posting else one for one in entry.postings]
        links = frozenset(entry.links or ()).union(self.links)
        return entry._replace(links=links, postings=postings)


def linked_entry(books: Books, link: Link) -> Transaction:
    """Return a payment as it is to be.

    Args:
        books: The ledger.
        link: The payment and its items.

    Returns:
        The transaction with its links, or `invoice:` on the posting.

    Raises:
        RefusedError: No directive can say it; the reason tells what to do by hand.
    """
    return _naming(books, link).applied(link.entry, link.posting)


def link_payments(
    books: Books,
    links: Sequence[Link],
    sources: Sources,
    remembered: Sequence[Remembered] = (),
) -> Linked:
    """Work out what a ledger's files are to be with payments linked to invoices.

    Args:
        books: The ledger.
        links: The payments, each with its items.
        sources: What the payments' files hold, and what Beancount said of them; a
            payment in another file is refused.
        remembered: Who pays for whom from now on, in the same files.

    Returns:
        The files, and the payments that cannot be linked there.

    Raises:
        RefusedError: Beancount could not read all of the ledger, or would read
            something else in the new text than is meant.
    """
    require_whole(sources)
    refused: list[tuple[Link, Words]] = []
    texts = {
        file: Text(file, content, books.entries)
        for file, content in sources.contents.items()
    }
    before = {
        file: directives_at(text, [link.lineno for link in links if link.file == file])
        for file, text in texts.items()
    }
    todo: list[PaymentText] = []
    moves = Moves(books.entries)
    for link in links:
        try:
            naming = _naming(books, link)
            if naming.account:
                moves.require(link.entry, link.posting, naming.account)
            todo.append(payment_text(link, naming, before.get(link.file)))
        except RefusedError as error:
            refused.append((link, error.reason))
    while wrong := _unsettled(books, todo):
        refused += wrong
        kept = {id(link) for link, _ in wrong}
        todo = [one for one in todo if id(one.link) not in kept]
    by_file: dict[str, list[PaymentText]] = defaultdict(list)
    for one in todo:
        by_file[one.link.file].append(one)
    more = remembered if todo else ()
    files = [
        _linked(
            texts[file],
            by_file[file],
            [one for one in more if one.file == file],
            sources.indent,
        )
        for file in dict.fromkeys([*by_file, *(one.file for one in more)])
    ]
    return Linked(tuple(files), tuple(refused))


# What a payment gets.


def _naming(books: Books, link: Link) -> Naming:
    """Say how a payment names its invoices, or why it cannot."""
    for item in link.items:
        if item.invoice is None:
            raise RefusedError(
                Words(
                    "{item} has no reference; add a link, like ^INV-2026-014, at "
                    "{place}",
                    item=item.label,
                    place=f"{basename(item.filename)}:{item.lineno}",
                )
            )
    accounts = sorted({item.account for item in link.items})
    old = link.posting.account
    is_receivable = books.settings.accounts[old] is not None
    if len(accounts) > 1 or (is_receivable and accounts != [old]):
        raise RefusedError(
            Words(
                "The payment is on {old}, and what it pays on {accounts}: split or "
                "move it by hand",
                old=old,
                accounts=", ".join(accounts),
            )
        )
    account = None if is_receivable else accounts[0]
    if link.waiting < link.amount:
        raise RefusedError(
            Words(
                "Only {part} of its {sum} is left, and a link is for all of it: split "
                "the payment, with invoice: on each posting",
                part=exact(link.waiting),
                sum=money(link.amount, link.items[0].currency),
            )
        )
    links, meta = _names(books, link)
    if customer := _customer(books, link, accounts[0]):
        meta["customer"] = customer
    for key in meta:
        if key in (link.posting.meta or {}):
            reason = Words("Its posting has another {key}: change it by hand", key=key)
            raise RefusedError(reason)
    return Naming(links, meta, account)


def _names(books: Books, link: Link) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return links, or else metadata for the posting, that name the invoices."""
    entry, names = link.entry, link.invoices
    others = [one for one in entry.postings if one is not link.posting]
    is_alone = not any(
        one.account == link.posting.account or books.settings.accounts[one.account]
        for one in others
    )
    has = references(entry, link.posting)
    if "invoice" in (entry.meta or {}):
        has = ["invoice:"]
    unfit = [name for name in names if not is_link(name)]
    if is_alone and not has and not unfit:
        return names, {}
    if len(names) == 1:
        return (), {"invoice": names[0]}
    raise RefusedError(_cannot_link(names, unfit, has))


def _cannot_link(
    names: Iterable[str], unfit: Sequence[str], has: Iterable[str]
) -> Words:
    """Say why links cannot name several invoices."""
    if unfit:
        return Words(
            "{names} cannot be a link: split the payment, with invoice: on each "
            "posting",
            names=", ".join(unfit),
        )
    if has:
        return Words(
            "It has {others} already, beside {names}: take that out, or split the "
            "payment, with invoice: on each posting",
            others=", ".join(has),
            names=", ".join(names),
        )
    return Words(
        "Links would name {names} for its other postings, too: split the payment, with "
        "invoice: on each posting",
        names=", ".join(names),
    )


def _customer(books: Books, link: Link, account: str) -> str | None:
    """Return the customer whom a payment has to name; None where there is no need.

    The invoices say it where they are one customer's, unless several leave something
    over. Several customers' invoices are settled together only by somebody else.
    """
    opened = cast("Account", books.settings.accounts[account])
    posted = Posted(link.entry, link.posting, opened, ZERO, "")
    told = folded(PostingReader(books.settings).customer(posted))
    owing = {folded(item.customer): item.customer for item in link.items}
    is_told = not any(item.is_shared for item in link.items) and (
        len(link.invoices) == 1 or link.amount <= sum(item.open for item in link.items)
    )
    if len(owing) > 1 and (told in owing or not is_told):
        raise RefusedError(
            Words(
                "{invoices} are invoices to {customers}: split the payment, with "
                "customer: and invoice: on each posting",
                invoices=shortened(link.invoices),
                customers=shortened([*owing.values()]),
            )
        )
    return None if is_told or told in owing else link.items[0].customer


# The text.


def _linked(
    text: Text,
    todo: Sequence[PaymentText],
    remembered: Sequence[Remembered],
    indent: int,
) -> LinkedFile:
    """Change a file, and read it again where it changes."""
    edits: list[Edit] = []
    changed: dict[int, Directive] = {}
    for one in todo:
        edits += one.edits(text)
        entry = changed.get(one.link.lineno, one.entry)
        named = one.naming.applied(cast("Transaction", entry), one.posting)
        changed[one.link.lineno] = named
    for name in remembered:
        edits.append(name.edit(text, indent))
        changed[name.lineno] = name.changed
    for before, after in text.readings(edits):
        expected = [bare(changed.get(entry.meta["lineno"], entry)) for entry in before]
        if [*map(bare, after)] == expected:
            links, moved = tuple(one.link for one in todo), text.moved(edits)
            lines = tuple(moved(link.lineno) for link in links)
            new = text.with_edits(edits)
            shown = tuple(
                (moved(line), text.shown(line, edits)) for line in sorted(changed)
            )
            return LinkedFile(text.file, text.content, new, links, lines, shown)
    reason = Words(
        "Beancount would read {file} differently: link the payments by hand",
        file=basename(text.file),
    )
    raise RefusedError(reason)


# What the payments settle then.


def _unsettled(books: Books, todo: Sequence[PaymentText]) -> list[tuple[Link, Words]]:
    """Return the payments that would not settle what they are for."""
    entries = {id(one.link.entry): one.link.entry for one in todo}
    postings = {id(one.link.posting): one for one in todo}
    for key, entry in entries.items():
        changed = entry
        for posting in entry.postings:
            one = postings.get(id(posting))
            changed = one.naming.applied(changed, posting) if one else changed
        entries[key] = changed
    after = read_books(
        [entries.get(id(entry), entry) for entry in books.entries],
        books.options,
        today=books.as_of,
        as_of=books.as_of,
    ).with_settled(name for one in todo for name in one.link.invoices)
    settled = defaultdict(set)
    for item in (*after.receivables.items, *after.receivables.settled):
        for settlement in item.settlements:
            settled[id(settlement.entry)].add((item.invoice, item.customer))
    wrong = []
    for one in todo:
        meant = {(item.invoice, item.customer) for item in one.link.items}
        if not meant <= settled[id(entries[id(one.link.entry)])]:
            names = ", ".join(one.link.invoices)
            wrong.append((one.link, Words("It would not settle {names}", names=names)))
    return wrong
