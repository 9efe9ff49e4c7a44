"""Whole ledgers as hypothesis makes them up: as text, the way a bookkeeper types.

A ledger is a tuple of blocks, one for each directive, so that a test can leave
some out or change their order, and write the text anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import entry_sortkey
from beancount.parser import booking
from beancount.parser import parser
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount.core.data import Directive

FIRST = date(2025, 1, 1)
LAST = date(2026, 12, 31)
OWN = ("Assets:Receivable:Acme", "Assets:Receivable:Beta:Retention")
SHARED = "Assets:Receivable"
RECEIVABLE = (*OWN, SHARED)
CURRENCIES = ("EUR", "JPY")
PAYEES = ("Acme", "Beta", "Café Cœur")
LINKS = ("INV-1", "INV-2", "INV-3", "INV-4")

# Few days and few amounts, so that things meet.
_MEETING_DAYS = tuple(FIRST + timedelta(days=days) for days in range(20, 700, 97))
days = st.one_of(st.sampled_from(_MEETING_DAYS), st.dates(FIRST, LAST))
as_of_days = st.one_of(
    st.sampled_from(_MEETING_DAYS), st.dates(FIRST, LAST + timedelta(days=120))
)
amounts = st.one_of(
    st.sampled_from(("100.00", "100", "50.00", "33.33", "0.01", "250")),
    st.decimals("0.001", "90000", places=2).map(str),
    st.decimals("0.001", "90", places=3).map(str),
)
signed = st.tuples(st.sampled_from(("", "", "-")), amounts).map("".join)
plain_numbers = st.one_of(signed, signed, signed, st.just("0"), st.just("0.00"))
# Decimal, and with it Beancount, rounds sums of these.
HUGE_NUMBERS = ("1" * 28, "9" * 30, "0." + "0" * 26 + "1")
huge_numbers = st.sampled_from(HUGE_NUMBERS)
currencies = st.sampled_from(CURRENCIES)
accounts = st.sampled_from(RECEIVABLE)


@dataclass(frozen=True, slots=True)
class Block:
    """A directive: its day, and its lines."""

    day: date
    lines: tuple[str, ...]

    @property
    def is_transaction(self) -> bool:
        return self.lines[0].split()[1] == "*"


@dataclass(frozen=True, slots=True)
class Ledger:
    """A made-up ledger."""

    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        return write(self.blocks)

    def without_future(self, day: date) -> str:
        """Return the text with what is dated later than a day as empty lines.

        Holidays count before they come, and so does that days off count at all.
        """
        return "".join(
            write([block])
            if block.day <= day or "holiday" in block.lines[0]
            else "\n" * write([block]).count("\n")
            for block in self.blocks
        )


def write(blocks: Sequence[Block]) -> str:
    return "".join(f"{line}\n" for block in blocks for line in block.lines)


def unpadded(text: str) -> tuple[list[Directive], dict[str, Any]]:
    """Read a ledger as far as Beancount has when it calls a plugin."""
    entries, _, options_map = parser.parse_string(text)
    entries.sort(key=entry_sortkey)
    booked, _ = booking.book(entries, options_map)
    return booked, options_map


# Metadata, as it should be and as it should not.

texts = st.one_of(
    st.sampled_from(("", " ", "Acme", "net 30", "INV-1", "2026-10-14", "=1+1")),
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters='"\\\0'),
        max_size=12,
    ),
).map('"{}"'.format)
HOSTILE_VALUES = (
    "",
    "NULL",
    "TRUE",
    "FALSE",
    "5",
    "-1",
    "2026-014",
    "12.50",
    "1/3",
    "2026-03-01",
    "0001-01-01",
    "9999-12-31",
    "5.00 EUR",
    "-5.00 EUR",
    "Assets:Receivable:Acme",
    "Income:Services",
    "#tag",
    "EUR",
    '"2026-02-30"',
    '"net 99999 months"',
    '"net 99999"',
    '"150% net 3"',
    '"none"',
    '"nonsense"',
    '"a{99999999999}"',
)
hostile_values = st.one_of(texts, st.sampled_from(HOSTILE_VALUES), huge_numbers)
_TERMS = (
    "on receipt",
    "net 30",
    "net 2 weeks",
    "net 1 month",
    "net 30 eom",
    "net 30 eom +15",
    "net 30 eom on 10",
    "prox 20 cutoff 19",
    "2/10 net 30",
    "30% on receipt, 70% net 45",
    "33.33% net 10, 33.33% net 20, 33.34% net 30",
    "50.00 net 0, rest net 30",
    "100.00 net 0, 150.00 net 10",
    "60% net 10, 60% net 20",
    "when convenient",
)
terms = st.sampled_from(_TERMS).map('"{}"'.format)
plans = st.one_of(
    st.tuples(
        st.sampled_from(("3 x 1 month", "2 x 2 weeks", "33.33 x 1 month", "0 x 1 day")),
        days,
    ).map(lambda said: f'"{said[0]} from {said[1]}"'),
    st.tuples(
        st.sampled_from(("50.00", "20.01", "100", "rest")),
        days,
        st.sampled_from(("rest", "50.00", "0.01")),
        days,
    ).map(lambda said: '"{} on {}, {} on {}"'.format(*said)),
)
_good = {
    "invoice": st.sampled_from(LINKS).map('"{}"'.format),
    "due": st.one_of(days.map(str), days.map('"{}"'.format)),
    "terms": terms,
    "customer": st.sampled_from(PAYEES).map('"{}"'.format),
    "policy": st.sampled_from(('"none"', '"friendly"', '"house"', '"hause"')),
    "charge": st.sampled_from(('"interest"', '"fee"', '"compensation"', '"fees"')),
    "step": st.sampled_from(('"call"', '"letter"', '"first reminder"')),
    "credit-limit": st.one_of(
        st.tuples(st.sampled_from(("0", "50.00", "1000")), currencies).map(" ".join),
        texts,
    ),
    "type": st.sampled_from(('"business"', '"consumer"', '"friend"')),
    "min-interval": st.sampled_from(("0", "7", "30", "-1")),
    "fee": st.sampled_from(("5.00 EUR", "0 EUR", "100 JPY", '"2 %"', "5.00")),
    "channel": st.sampled_from(
        ('"email"', '"letter"', '"phone"', '"message"', '"fax"')
    ),
    "from": st.sampled_from(('"invoice"', '"invoice"', '"due"')),
    "pay-within": st.sampled_from(("10", "0", "-1")),
    "fixed-at": st.sampled_from(('"start"', '"start"', '"end"')),
    "compensation": st.sampled_from(
        ("40.00 EUR", "0.00 EUR", "5000 JPY", '"5 EUR, 9 EUR from 100"', '"40"')
    ),
    "each": st.sampled_from(('"invoice"', '"instalment"', '"customer"')),
    "consumer": st.sampled_from(("0", "5", "4.5", "-1", '"5"')),
    "days": st.sampled_from(('"365"', '"actual"', '"360"', '"30/360"', "360")),
    "per": st.sampled_from(('"year"', '"month"', '"day"', '"week"')),
    "times": st.sampled_from(("TRUE", "FALSE", '"TRUE"')),
    "compound": st.sampled_from(('"yearly"', '"monthly"', '"monthly"', '"daily"')),
    "cap": st.sampled_from(("0", "12", "24.5", "-1", '"24 %"')),
    "reminder": st.sampled_from(
        ('"call"', '"letter"', '"upcoming"', '"first reminder"', '"second reminder"')
    ),
    "promise": st.one_of(days.map(str), days.map('"{}"'.format)),
    "promised": days.map(str),
    "dispute": st.sampled_from(("TRUE", "TRUE", "FALSE", "30.00 EUR", "5 JPY")),
    "hold-until": days.map(str),
    "amount": st.sampled_from(("50.00 EUR", "0.01 EUR", "100 JPY", "50.00")),
    "bounced": st.sampled_from(('"call"', '"first reminder"', '"letter"')),
    "handed": st.sampled_from(('"agency"', '"court"', "FALSE", '"friend"')),
    "confirmed": st.sampled_from(("TRUE", "TRUE", "FALSE")),
    "plan": plans,
    "interest": st.sampled_from(('"runs"', '"runs"', '"stops"')),
    "default-after": st.sampled_from(("1", "7", "30", "0")),
    "instalment": st.sampled_from(('"1/1"', '"1/2"', '"2/2"', '"2/3"', '"none"')),
}
_FILE_KEYS = (
    *("email", "contact", "address", "phone", "language", "terms", "policy"),
    *("credit-limit", "type", "customer", "emial"),
)


@st.composite
def _metadata(
    draw: st.DrawFn, keys: Sequence[str], indent: str, *, hostile: bool
) -> list[str]:
    chosen = draw(st.lists(st.sampled_from(keys), max_size=2, unique=True))
    return [
        f"{indent}{key}: "
        + draw(
            hostile_values
            if hostile and draw(st.integers(0, 2)) == 0
            else _good.get(key, texts)
        )
        for key in chosen
    ]


# Directives.

_POSTING_KEYS = ("invoice", "due", "due", "terms", "customer")


@st.composite
def transactions(draw: st.DrawFn, *, hostile: bool = False) -> list[Block]:
    """Draw an invoice, a payment, or anything between."""
    day = draw(days)
    payee = draw(st.sampled_from(PAYEES))
    narration = draw(st.sampled_from(("", "Website", "Hosting")))
    links = draw(
        st.one_of(
            st.lists(st.sampled_from(LINKS), max_size=1),
            st.lists(st.sampled_from((*LINKS, "dok-1")), max_size=3, unique=True),
        )
    )
    lines = [
        " ".join([f'{day} * "{payee}" "{narration}"', *(f"^{one}" for one in links)])
    ]
    keys = (*_POSTING_KEYS, "policy", "charge", "step")
    lines += draw(_metadata(keys, "  ", hostile=hostile))
    for _ in range(draw(st.sampled_from((1, 1, 1, 2, 3)))):
        price = draw(st.sampled_from(("", "", "", "", " @ 1.10 USD", " {2.00 USD}")))
        posting = f"{draw(accounts)}  {draw(plain_numbers)} {draw(currencies)}{price}"
        lines.append(f"  {posting}")
        lines += draw(_metadata(_POSTING_KEYS, "    ", hostile=hostile))
    lines.append("  Equity:Other")
    return [Block(day, tuple(lines))]


@st.composite
def huge_transactions(draw: st.DrawFn) -> list[Block]:
    """Draw a transaction of more digits than Decimal computes with."""
    day, number = draw(days), draw(huge_numbers)
    return [
        Block(
            day,
            (
                f'{day} * "Acme" "Planet" ^{draw(st.sampled_from(LINKS))}',
                f"  terms: {draw(terms)}",
                f"  {draw(accounts)}  {number} EUR",
                f"  Equity:Other  -{number} EUR",
            ),
        )
    ]


@st.composite
def paddings(draw: st.DrawFn) -> list[Block]:
    """Draw a `pad`, with a receivable on either side or both, and its `balance`."""
    day = draw(days)
    padded = draw(st.sampled_from((*RECEIVABLE, *RECEIVABLE, "Assets:Bank")))
    source = draw(st.sampled_from(("Equity:Other", "Equity:Other", *RECEIVABLE)))
    later = day + timedelta(days=draw(st.integers(1, 200)))
    balance = f"{draw(plain_numbers)} {draw(currencies)}"
    return [
        Block(day, (f"{day} pad {padded} {source}",)),
        Block(later, (f"{later} balance {padded}  {balance}",)),
    ]


_NOTE_KEYS = (
    *("reminder", "reminder", "reminder", "promise", "dispute", "hold-until"),
    *("amount", "bounced", "handed", "confirmed", "reason", "channel", "to"),
    *("invoice", "promised", "due"),
    *("plan", "plan", "plan", "default-after", "interest", "instalment"),
)


@st.composite
def notes(draw: st.DrawFn, *, hostile: bool = False) -> list[Block]:
    """Draw a note of the log, or one that is none, on any account."""
    day = draw(days)
    account = draw(st.sampled_from((*RECEIVABLE, *RECEIVABLE, "Assets:Bank")))
    links = draw(
        st.one_of(
            st.lists(st.sampled_from(LINKS), min_size=1, max_size=1),
            st.lists(st.sampled_from((*LINKS, "INV-9")), max_size=2, unique=True),
        )
    )
    text = draw(texts) if hostile else '"Called"'
    lines = [" ".join([f"{day} note {account} {text}", *(f"^{one}" for one in links)])]
    lines += draw(_metadata(_NOTE_KEYS, "  ", hostile=hostile))
    return [Block(day, tuple(lines))]


@st.composite
def documents(draw: st.DrawFn, *, hostile: bool = False) -> list[Block]:
    """Draw a document, with a link or none."""
    day = draw(days)
    link = draw(st.sampled_from(("", *(f" ^{one}" for one in LINKS))))
    lines = [f'{day} document {draw(accounts)} "/letters/{day}.pdf"{link}']
    lines += draw(_metadata(_NOTE_KEYS, "  ", hostile=hostile))
    return [Block(day, tuple(lines))]


_INTEREST = (
    '"house" 9 "bundesbank"',
    '"standard" 8 "ecb"',
    '"standard" 5',
    '"friendly" 0.5 "own"',
    '"strict" -3 "own"',
    '"none" 5',
    '"hause" 5',
    '"house" 9 "bundesbnak"',
    '"house" -1',
    '"house"',
    '"house" "bundesbank" 9',
)
_RATES = ('"own" 2.5', '"own" -0.75', '"bundesbank" 1.52', '"ecb" "2"', '"own"')


@st.composite
def rates(draw: st.DrawFn, *, hostile: bool = False) -> list[Block]:
    """Draw an agreement on interest, or a reference rate."""
    day = draw(days)
    if draw(st.booleans()):
        head = f'custom "reference-rate" {draw(st.sampled_from(_RATES))}'
        if hostile and draw(st.booleans()):
            head = f'custom "reference-rate" "own" {draw(hostile_values)}'
        lines = [f"{day} {head}"]
    else:
        head = draw(st.sampled_from(_INTEREST))
        if hostile and draw(st.booleans()):
            head = f'"standard" {draw(hostile_values)} "own"'
        lines = [f'{day} custom "dunning-interest" {head}']
        keys = (
            *("fixed-at", "compensation", "compensate", "each", "consumer", "days"),
            *("per", "times", "compound", "cap"),
        )
        lines += draw(_metadata(keys, "  ", hostile=hostile))
    return [Block(day, tuple(lines))]


_OPTIONS = (
    '"holidays" "weekends"',
    '"holidays" "DE-HH"',
    '"holidays" "Germany"',
    '"terms" "net 14"',
    '"terms" "soon"',
    '"terms" 30',
    '"policy" "strict"',
    '"policy" "house"',
    '"policy" "hause"',
    '"buckets" "10 20"',
    '"buckets" "20 10"',
    '"unreferenced" "unapplied"',
    '"unreferenced" "newest"',
    '"payment-order" "charges"',
    '"payment-order" "interest"',
    '"errors" "customer"',
    '"errors" "off"',
    '"grace" 10',
    '"grace" -1',
    '"grace" 2.5',
    '"grace" 100000',
    '"minimum" 20.00 EUR',
    '"minimum" 20.00',
    '"catch-up" "highest"',
    '"title" "Books"',
    '"base-url" "http://localhost:5000/books"',
    '"base-url" "ftp://localhost"',
    '"accounts" "^Assets:Receivable:Acme"',
    '"accounts" "("',
    '"accounts" "Receivable|Bank"',
    '"graec" 3',
    '"terms"',
    '"terms" "net 1" "net 2"',
    "TRUE",
)
_STEPS = (
    '"house" "call" 3',
    '"house" "letter" 10',
    '"house" "upcoming" -5',
    '"standard" "only" 4',
    '"none" "call" 3',
    '"house" "call" "three"',
    '"house" "call" 2.5',
    '"house" "call" 100000',
    '"house"',
)


@st.composite
def directives(draw: st.DrawFn, *, hostile: bool = False) -> list[Block]:
    """Draw a directive of ours, good or bad, or a note or a document's link."""
    day = draw(days)
    head = draw(
        st.one_of(
            st.sampled_from(_OPTIONS).map('custom "dunning-option" {}'.format),
            st.sampled_from(PAYEES).map('custom "dunning-customer" "{}"'.format),
            st.sampled_from(_STEPS).map('custom "dunning-step" {}'.format),
            st.sampled_from(
                (
                    'custom "dunning-holiday" "Outing"',
                    'custom "dunning-customer" 5',
                    'custom "dunning-optoin" "terms" "net 30"',
                    # Beancount itself stops at one that has no values at all.
                    *(['custom "dunning-option"'] if hostile else []),
                    'note Assets:Receivable:Acme "Called" ^INV-1',
                )
            ),
            hostile_values.map('custom "dunning-option" "as-of" {}'.format)
            if hostile
            else st.just('custom "dunning-option" "language" "de"'),
            st.tuples(
                st.sampled_from(("terms", "minimum", "accounts", "buckets", "grace")),
                hostile_values,
            ).map(lambda pair: f'custom "dunning-option" "{pair[0]}" {pair[1]}')
            if hostile
            else st.just('custom "fava-option" "language" "de"'),
        )
    )
    lines = [f"{day} {head}"]
    if "dunning-customer" in head:
        lines += draw(_metadata(_FILE_KEYS, "  ", hostile=hostile))
    if "dunning-step" in head:
        keys = ("min-interval", "fee", "channel", "chanel", "from", "pay-within")
        lines += draw(_metadata(keys, "  ", hostile=hostile))
    return [Block(day, tuple(lines))]


@st.composite
def _opens(draw: st.DrawFn, *, hostile: bool) -> list[Block]:
    blocks = []
    for account in (*RECEIVABLE, "Assets:Bank", "Equity:Other", "Income:Services"):
        lines = [f"{FIRST} open {account}"]
        if account in RECEIVABLE:
            lines += draw(_metadata(_FILE_KEYS, "  ", hostile=hostile))
        blocks.append(Block(FIRST, tuple(lines)))
    return blocks


@st.composite
def ledgers(draw: st.DrawFn, *, hostile: bool = False, padded: bool = True) -> Ledger:
    """Draw a ledger; a hostile one has values of any type and any size."""
    one = st.one_of(
        transactions(hostile=hostile),
        transactions(hostile=hostile),
        transactions(hostile=hostile),
        *([paddings()] if padded else []),
        directives(hostile=hostile),
        notes(hostile=hostile),
        st.one_of(documents(hostile=hostile), rates(hostile=hostile)),
        *([huge_transactions()] if hostile else []),
    )
    drawn = draw(st.lists(one, max_size=14))
    blocks = draw(_opens(hostile=hostile))
    blocks += [block for several in drawn for block in several]
    return Ledger(tuple(blocks))


@st.composite
def linked_ledgers(draw: st.DrawFn) -> Ledger:
    """Draw a ledger in which every posting has one link and no customer shares it."""
    blocks = [
        Block(FIRST, (f"{FIRST} open {account}",))
        for account in (*RECEIVABLE, "Equity:Other")
    ]
    for _ in range(draw(st.integers(0, 25))):
        day, due = draw(days), draw(st.none() | days)
        account = draw(accounts)
        payee = draw(st.sampled_from(PAYEES)) if account == SHARED else "Somebody"
        link = (
            f"{account.replace(':', '-')}-{PAYEES.index(payee)}"
            if (account == SHARED)
            else draw(st.sampled_from(LINKS))
        )
        lines = [f'{day} * "{payee}" "" ^{link}']
        if due:
            lines.append(f"  due: {due}")
        lines.append(f"  {account}  {draw(signed)} {draw(currencies)}")
        lines.append("  Equity:Other")
        blocks.append(Block(day, tuple(lines)))
    return Ledger(tuple(blocks))


# Invoices that are dunned day by day.


@dataclass(frozen=True, slots=True)
class Rung:
    """A step as it was drawn; `interval` is None where the ledger says nothing."""

    name: str
    days: int
    interval: int | None


@dataclass(frozen=True, slots=True)
class Debt:
    """An instalment: what is to be paid when, on which account."""

    number: int
    due: date
    amount: int
    account: str
    currency: str


@dataclass(frozen=True, slots=True)
class Rest:
    """A note that lets reminders rest, or go on."""

    day: date
    key: str
    value: date | bool


@dataclass(frozen=True, slots=True)
class Case:
    """An invoice, its ladder, its payments, and what its customer says."""

    ladder: tuple[Rung, ...]
    day: date
    debts: tuple[Debt, ...]
    payments: tuple[tuple[date, int, str, str], ...]
    rests: tuple[Rest, ...]
    more: str = ""

    @property
    def text(self) -> str:
        """Write the ledger."""
        accounts = dict.fromkeys(debt.account for debt in self.debts)
        lines = [f"{FIRST} open {account}" for account in accounts]
        lines += [f"{FIRST} open Assets:Bank", f"{FIRST} open Income:Services"]
        lines.append(f'{FIRST} custom "dunning-option" "policy" "house"')
        for rung in self.ladder:
            step = f'"house" "{rung.name}" {rung.days}'
            lines.append(f'{FIRST} custom "dunning-step" {step}')
            if rung.interval is not None:
                lines.append(f"  min-interval: {rung.interval}")
        lines += [f'{self.day} * "Acme" "Website" ^INV-1', '  customer: "Acme"']
        for debt in self.debts:
            lines.append(f"  {debt.account}  {debt.amount}.00 {debt.currency}")
            lines.append(f"    due: {debt.due}")
        for currency in dict.fromkeys(debt.currency for debt in self.debts):
            amount = sum(d.amount for d in self.debts if d.currency == currency)
            lines.append(f"  Income:Services  -{amount}.00 {currency}")
        for day, amount, account, currency in self.payments:
            lines += [
                f'{day} * "Acme" "Payment" ^INV-1',
                '  customer: "Acme"',
                f"  {account}  -{amount}.00 {currency}",
                f"  Assets:Bank  {amount}.00 {currency}",
            ]
        for rest in self.rests:
            value = str(rest.value)
            value = value.upper() if rest.key == "dispute" else value
            lines.append(f'{rest.day} note {self.debts[0].account} "Said" ^INV-1')
            lines.append(f"  {rest.key}: {value}")
        return "\n".join([*lines, self.more]) + "\n"


@st.composite
def ladders(draw: st.DrawFn) -> tuple[Rung, ...]:
    """Draw a policy of one to five steps."""
    several = draw(st.lists(st.integers(-6, 20), min_size=1, max_size=5))
    intervals = st.one_of(st.none(), st.none(), st.integers(0, 9))
    return tuple(
        Rung(f"step {index}", days, draw(intervals))
        for index, days in enumerate(several)
    )


@st.composite
def cases(draw: st.DrawFn, *, accounts: Sequence[str] = OWN[:1]) -> Case:
    """Draw an invoice of one to three instalments, and what happens to it."""
    day = FIRST + timedelta(days=10)

    def later(most: int) -> date:
        return day + timedelta(days=draw(st.integers(0, most)))

    debts = [
        (later(20), draw(st.integers(1, 3)), draw(st.sampled_from(accounts)))
        for _ in range(draw(st.sampled_from((1, 1, 1, 2, 3))))
    ]
    # The product numbers instalments by their due dates.
    debts.sort(key=lambda one: (one[0], one[2], one[1]))
    payments = [
        (later(40), draw(st.integers(1, 4)), debts[0][2], "EUR")
        for _ in range(draw(st.sampled_from((0, 0, 1, 2))))
    ]
    rests = []
    for said in sorted(
        later(40) for _ in range(draw(st.sampled_from((0, 0, 1, 2, 3))))
    ):
        key = draw(st.sampled_from(("promise", "hold-until", "dispute")))
        until = said + timedelta(days=draw(st.integers(0, 12)))
        rests.append(
            Rest(said, key, draw(st.booleans()) if key == "dispute" else until)
        )
    ladder = draw(ladders())
    return Case(
        ladder,
        day,
        tuple(
            Debt(number, due, amount, account, "EUR")
            for number, (due, amount, account) in enumerate(debts, 1)
        ),
        tuple(payments),
        tuple(rests),
    )
