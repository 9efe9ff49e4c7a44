"""Books as people keep them, made up by hypothesis: nothing is written as it should be.

Names in capitals, accounts that several customers share, references that several
customers share, credit notes with numbers of their own, refunds without any, payments
that only their text says something of, over-payments, several accounts and currencies.

Unlike the ledgers of `strategies`, these are made of facts, so that a slow and simple
model can work out what is right without reading a ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from beancount_dunning.standing.books import read_books
from tests.strategies import FIRST
from tests.strategies import Block
from tests.strategies import Ledger
from tests.strategies import unpadded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from beancount_dunning.standing.books import Books

CUSTOMERS = ("Acme", "Beta GmbH", "Groß & Söhne")
CURRENCIES = ("EUR", "EUR", "USD")
# Whose an account is; None where the payee says so.
ACCOUNTS = {
    "Assets:Receivable": None,
    "Assets:Receivable:Customers": None,
    "Assets:AR:Acme": "Acme",
    "Assets:Debtors:B2": "Beta GmbH",
}
SHARED = tuple(account for account, customer in ACCOUNTS.items() if customer is None)
# The last one is too short for a text to name it.
INVOICES = ("INV-2041", "INV-2042", "re-7733", "K/9001", "I-1")
CREDIT_NOTES = ("CN-301", "CN-302")
_OPENS = (
    ("Assets:Bank", ""),
    ("Income:Sales", ""),
    ("Assets:Receivable", ""),
    ("Assets:Receivable:Customers", "collective: TRUE"),
    ("Assets:AR:Acme", ""),
    ("Assets:Debtors:B2", 'customer: "Beta GmbH"'),
)
_SPAN = 240

_amounts = st.sampled_from(
    ("100.00", "100.00", "50.00", "30.00", "130.00", "119", "0.50", "20.005")
)
_offsets = st.integers(1, _SPAN)
as_of_days = st.one_of(
    st.just(_SPAN + 1), st.just(_SPAN + 60), st.integers(0, _SPAN + 60)
).map(lambda days: FIRST + timedelta(days=days))


@dataclass(frozen=True, slots=True)
class Fact:
    """A posting to a receivable account: an invoice, a payment, a refund…

    `number` is as typed, with a minus where it is a credit; `customer` is what the
    transaction says of it, if anything, and `text` is metadata.
    """

    day: date
    payee: str
    account: str
    number: str
    currency: str
    other: str
    links: tuple[str, ...] = ()
    narration: str = ""
    text: str = ""
    customer: str | None = None
    due: date | None = None
    terms: str | None = None

    @property
    def is_credit(self) -> bool:
        return self.number.startswith("-")

    @property
    def owner(self) -> str:
        """Whose it is, as names are compared."""
        name = self.customer or ACCOUNTS[self.account] or self.payee
        return name.casefold()

    @property
    def name(self) -> str:
        """Whose it is, as spelled at first."""
        return next(name for name in CUSTOMERS if name.casefold() == self.owner)

    @property
    def block(self) -> Block:
        links = "".join(f" ^{link}" for link in self.links)
        lines = [f'{self.day} * "{self.payee}" "{self.narration}"{links}']
        for key, value in (
            ("text", f'"{self.text}"' if self.text else None),
            ("customer", self.customer and f'"{self.customer}"'),
            ("due", self.due),
            ("terms", self.terms and f'"{self.terms}"'),
        ):
            lines += [f"  {key}: {value}"] if value else []
        lines += [f"  {self.account}  {self.number} {self.currency}", f"  {self.other}"]
        return Block(self.day, tuple(lines))


@dataclass(frozen=True, slots=True)
class Untidy:
    """Facts, and what else stands in the ledger: customers' files, notes, options."""

    facts: tuple[Fact, ...]
    files: tuple[str, ...] = ()
    others: tuple[Block, ...] = ()

    @property
    def ledger(self) -> Ledger:
        opens = tuple(
            Block(FIRST, (f"{FIRST} open {account}", *([f"  {key}"] if key else [])))
            for account, key in _OPENS
        )
        files = tuple(
            Block(
                FIRST,
                (
                    f'{FIRST} custom "dunning-customer" "{name}"',
                    '  email: "a@b.example"',
                ),
            )
            for name in self.files
        )
        blocks = (fact.block for fact in self.facts)
        return Ledger((*opens, *files, *self.others, *blocks))

    @property
    def text(self) -> str:
        return self.ledger.text

    def read(self, as_of: date) -> Books:
        """Read the ledger, in which nothing is padded, as the product does."""
        return read_books(*unpadded(self.text), today=as_of, as_of=as_of)

    def with_(self, *facts: Fact) -> Untidy:
        return replace(self, facts=(*self.facts, *facts))


def spellings(name: str) -> st.SearchStrategy[str]:
    """Spell a name in another case."""
    return st.sampled_from((name, name, name.upper(), name.lower(), name.swapcase()))


def _naming(reference: str) -> st.SearchStrategy[str]:
    """Write a text that names an invoice as a whole word."""
    bare = reference.replace("-", "").replace("/", "")
    spaced = reference.replace("-", " ")
    return st.sampled_from(
        (
            f"Rechnung {reference}",
            f"PAYMENT OF {reference.upper()}, THANKS",
            f"{bare.lower()} danke",
            f"invoice {spaced}",
        )
    )


@st.composite
def _spelled(draw: st.DrawFn, fact: Fact) -> Fact:
    """Spell a fact's customer somehow, somewhere, on an account that is theirs."""
    if ACCOUNTS[fact.account] not in {None, fact.payee}:
        fact = replace(fact, account=SHARED[0])
    name = draw(spellings(fact.payee))
    if draw(st.integers(0, 9)) == 9:
        # A bank that calls the payer what it likes.
        return replace(fact, payee="ONLINE BANKING", customer=name)
    return replace(fact, payee=name)


@st.composite
def _debits(draw: st.DrawFn, day: date) -> Fact:
    """Draw an invoice, or a debit without a reference, dated or not."""
    due = draw(st.sampled_from((5, 14, 30, 60, None)))
    fact = Fact(
        day,
        draw(st.sampled_from(CUSTOMERS)),
        draw(st.sampled_from(tuple(ACCOUNTS))),
        draw(_amounts),
        draw(st.sampled_from(CURRENCIES)),
        "Income:Sales",
        draw(st.sampled_from((*((one,) for one in INVOICES), (), ()))),
        due=None if due is None else day + timedelta(days=due),
    )
    return draw(_spelled(fact))


@st.composite
def _credits(draw: st.DrawFn, day: date, debits: Sequence[Fact]) -> Fact:
    """Draw a payment or a credit note, mostly for something that was invoiced."""
    about = draw(st.sampled_from(debits))
    often = st.sampled_from((True, True, True, True, False))
    fact = Fact(
        day,
        about.name if draw(often) else draw(st.sampled_from(CUSTOMERS)),
        about.account if draw(often) else draw(st.sampled_from(tuple(ACCOUNTS))),
        f"-{about.number if draw(often) else draw(_amounts)}",
        about.currency if draw(often) else draw(st.sampled_from(CURRENCIES)),
        "Assets:Bank",
    )
    fact = draw(_spelled(fact))
    others = draw(st.lists(st.sampled_from(INVOICES), min_size=1, max_size=2))
    match draw(st.sampled_from(("link", "links", "note", "text", "text", "nothing"))):
        case "link":
            return replace(fact, links=about.links)
        case "links":
            return replace(fact, links=tuple(sorted({*about.links, *others})))
        case "note":
            return replace(fact, links=(draw(st.sampled_from(CREDIT_NOTES)),))
        case "text":
            named = dict.fromkeys([*about.links, *others[1:]])
            text = " and ".join([draw(_naming(one)) for one in named]) or "Transfer"
            if draw(st.booleans()):
                return replace(fact, narration=text)
            return replace(fact, narration="SEPA", text=text)
    return fact


@st.composite
def facts(draw: st.DrawFn, *, days_apart: bool) -> tuple[Fact, ...]:
    """Draw invoices, and what was paid; `days_apart` puts each fact on its own day."""
    count = draw(st.integers(1, 5))
    offsets = draw(
        st.lists(_offsets, min_size=count, max_size=2 * count + 1, unique=days_apart)
    )
    days = [FIRST + timedelta(days=offset) for offset in offsets]
    debits = [draw(_debits(day)) for day in days[:count]]
    return (*debits, *(draw(_credits(day, debits)) for day in days[count:]))


_OPTIONS = (
    '"holidays" "DE-HH"',
    '"catch-up" "highest"',
    '"unreferenced" "unapplied"',
    '"policy" "friendly"',
    '"policy" "strict"',
    '"minimum" 20.00 EUR',
    '"minimum" 0.01 EUR',
    '"errors" "customer"',
    '"grace" 10',
    '"feed-discounts" TRUE',
    '"payment-order" "charges"',
    '"payment-order" "charges"',
    '"bank-fee" 20.00 EUR',
    '"feed-overdue" "scheduled"',
)
# What is agreed on charges, beside the options.
_AGREED = (
    'custom "dunning-interest" "standard" 36.5',
    'custom "dunning-interest" "standard" 12\n  compound: "monthly"\n  cap: 20',
    'custom "dunning-interest" "standard" 9\n  compensation: 40.00 EUR',
    (
        'custom "dunning-step" "standard" "thanks" 0\n  from: "invoice"\n'
        f'{FIRST} custom "dunning-step" "standard" "first reminder" 1\n'
        f'{FIRST} custom "dunning-step" "standard" "second reminder" 7\n  fee: "2 %"'
    ),
)


def _option(head: str) -> Block:
    return Block(FIRST, (f'{FIRST} custom "dunning-option" {head}',))


_SAID = (
    "dispute: TRUE",
    "dispute: FALSE",
    "dispute: 30.00 EUR",
    "dispute: 60.00 EUR",
    "dispute: 100.00 USD",
    f"promise: {FIRST + timedelta(days=120)}",
    f"promise: {FIRST + timedelta(days=120)}\n  amount: 50.00 EUR",
    'handed: "agency"',
    "handed: FALSE",
    'bounced: "first reminder"',
    f"hold-until: {FIRST + timedelta(days=90)}",
    'reminder: "first reminder"',
    'reminder: "second reminder"',
)


@st.composite
def _plans(draw: st.DrawFn, noted: date) -> str:
    """Draw a plan, its first part due on the day of its note or later."""
    first = noted + timedelta(days=draw(st.sampled_from((0, 1, 10, 30))))
    later = first + timedelta(days=draw(st.sampled_from((1, 14, 30))))
    said = draw(
        st.sampled_from(
            (
                f"3 x 1 week from {first}",
                f"30.00 x 1 month from {first}",
                f"30.00 on {first}, rest on {later}",
                f"30.00 on {first}, 60.00 on {later}",
            )
        )
    )
    more = ("", "", "\n  default-after: 7", '\n  interest: "runs"')
    return f'plan: "{said}"{draw(st.sampled_from(more))}'


@st.composite
def _notes(draw: st.DrawFn, several: Sequence[Fact]) -> Block:
    """Draw a note on something of some facts, of one invoice or of two."""
    about = draw(st.sampled_from(several))
    day = about.day + timedelta(days=draw(st.integers(0, 60)))
    links = [about.links[0] if about.links else INVOICES[0]]
    links += draw(st.lists(st.sampled_from(INVOICES), max_size=1))
    named = " ".join(f"^{link}" for link in dict.fromkeys(links))
    head = f'{day} note {about.account} "Called" {named}'
    said = draw(st.one_of(st.sampled_from(_SAID), _plans(day)))
    return Block(day, (head, f"  {said}"))


@st.composite
def _changed(draw: st.DrawFn, fact: Fact) -> Fact:
    """Let a fact's terms be agreed, or its other side be what books it back."""
    if draw(st.integers(0, 4)) == 4:
        fact = replace(fact, other="Income:Sales" if fact.is_credit else "Assets:Bank")
    if fact.is_credit or fact.due:
        return fact
    terms = (None, "2/10 net 30", "net 5", "50% net 5, 50% net 20")
    return replace(fact, terms=draw(st.sampled_from(terms)))


@st.composite
def untidy(draw: st.DrawFn, *, days_apart: bool = True) -> Untidy:
    """Draw books with all that people write; `days_apart` puts each fact on a day."""
    several = draw(facts(days_apart=days_apart))
    heads = draw(st.lists(st.sampled_from(_OPTIONS), max_size=2, unique=True))
    heads += ['"terms" "net 14"'] if draw(st.booleans()) else []
    agreed = draw(st.lists(st.sampled_from(_AGREED), max_size=2, unique=True))
    notes = draw(st.lists(_notes(several), max_size=3))
    names = draw(st.lists(st.sampled_from(CUSTOMERS), max_size=2, unique=True))
    return Untidy(
        tuple(draw(_changed(fact)) for fact in several),
        tuple(draw(spellings(name)) for name in names),
        (
            *map(_option, heads),
            *(Block(FIRST, (f"{FIRST} {one}",)) for one in agreed),
            *notes,
        ),
    )


@st.composite
def plainly_untidy(draw: st.DrawFn) -> Untidy:
    """Draw books of facts alone, of which no two are alike, for the slow model.

    Each fact has its own day, and each debit its own due date or none; no debit books
    a credit back.
    """
    several = draw(facts(days_apart=True))
    dues = draw(st.permutations(range(len(several))))
    rule = draw(st.sampled_from(("oldest", "oldest", "unapplied")))
    return Untidy(
        tuple(
            replace(fact, due=fact.due and FIRST + timedelta(days=30 + 20 * number))
            for fact, number in zip(several, dues, strict=True)
        ),
        (),
        (_option(f'"unreferenced" "{rule}"'),),
    )


@st.composite
def respelled(draw: st.DrawFn, books: Untidy) -> Untidy:
    """Spell each name of some books anew."""
    return replace(
        books,
        facts=tuple(
            replace(
                fact,
                payee=draw(spellings(fact.payee)),
                customer=fact.customer and draw(spellings(fact.customer)),
            )
            for fact in books.facts
        ),
        files=tuple(draw(spellings(name)) for name in books.files),
    )


untidy_ledgers = untidy(days_apart=False).map(lambda books: books.ledger)
