"""Expected losses by aging bucket, and the directive that books them.

    for one in provision(books, {"91+": Fraction(1, 2)}, months=12):
        print(one.currency, one.total)
        print(one.text)

A provision matrix as IFRS 9 has it (5.5.15 and B5.5.35): what is open in each bucket
times a loss rate, which is given, or that of the ledger's own past, see `roll_rates`.
What is open is less the customer's unapplied credit, and without discounts that were
taken, since neither is owed. Each amount is rounded once.

The directive changes what stands on the ledger's allowance account to what is expected.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from decimal import localcontext
from fractions import Fraction
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.amount import Amount
from beancount.core.data import EMPTY_SET
from beancount.core.data import Posting
from beancount.core.data import Transaction
from beancount.core.flags import FLAG_OKAY

from beancount_dunning.answers.chart import Chart
from beancount_dunning.answers.proposals import as_text
from beancount_dunning.answers.roll_rates import roll_rates
from beancount_dunning.basics.money import WIDE
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import round_like
from beancount_dunning.ledger.accounts import root_prefix
from beancount_dunning.ledger.readable import postings_of
from beancount_dunning.standing.aging import aged
from beancount_dunning.standing.aging import bucket_names
from beancount_dunning.standing.books import everything
from beancount_dunning.standing.resting import taken_discount

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping

    from beancount.core.data import Directive

    from beancount_dunning.answers.roll_rates import RollRate
    from beancount_dunning.standing.books import Books
    from beancount_dunning.standing.books import Keep

# How such accounts are called, and what new ones are called.
_ALLOWANCES = (
    *("allowance", "wertberichtigung", "expectedcreditloss", "creditloss"),
    *("impairment", "doubtful", "baddebt"),
)
_ALLOWANCE = "Allowance-For-Credit-Losses"
_LOSSES = ("creditloss", "impairment", "wertberichtigung", "doubtful")
_LOSS = "Expected-Credit-Losses"
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class ExpectedLoss:
    """What is expected to be lost of what is open in a bucket.

    `rate` is None where nothing is known of it, and so is `loss`. `parts` is how many
    parts of invoices say so; None where the rate is given.
    """

    bucket: str
    open: Decimal
    rate: Fraction | None
    parts: int | None
    loss: Decimal | None

    @property
    def percent(self) -> Decimal | None:
        """The rate in percent, rounded to two digits."""
        if self.rate is None:
            return None
        return Decimal(round(self.rate * _PERCENT * _PERCENT)).scaleb(-2)

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it: amounts and rate as strings."""
        return {
            "bucket": self.bucket,
            "open": exact(self.open),
            "percent": None if self.percent is None else exact(self.percent),
            "given": self.parts is None,
            "parts": self.parts,
            "loss": None if self.loss is None else exact(self.loss),
        }


@dataclass(frozen=True, slots=True)
class Provision:
    """What is expected to be lost in a currency.

    `allowed` is what stands on the allowance account already, and `directives` bring it
    to the total; there are none where it is that, or a rate is not known.
    """

    currency: str
    buckets: tuple[ExpectedLoss, ...]
    allowed: Decimal
    directives: tuple[Directive, ...]

    @property
    def total(self) -> Decimal | None:
        """What is expected to be lost in all; None where a rate is not known."""
        losses = [one.loss for one in self.buckets]
        known = [loss for loss in losses if loss is not None]
        return sum(known, ZERO) if len(known) == len(losses) else None

    @property
    def text(self) -> str:
        """The directives as they are typed in a ledger."""
        return "\n".join(map(as_text, self.directives))

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it: amounts as strings."""
        return {
            "currency": self.currency,
            "losses": [one.as_dict() for one in self.buckets],
            "total": None if self.total is None else exact(self.total),
            "allowed": exact(self.allowed),
            "directive": self.text or None,
        }


def provision(
    books: Books,
    given: Mapping[str, Fraction],
    months: int,
    keep: Keep = everything,
) -> tuple[Provision, ...]:
    """Work out what is expected to be lost of what is open.

    Args:
        books: The ledger on a date.
        given: Loss rates by bucket; for others the ledger's own are taken.
        months: How many months of its past these are from.
        keep: Which items this is to be about; all by default.

    Returns:
        A provision for each currency in which something is open, by currency.
    """
    sums = _open(books, keep)
    names = bucket_names(books.settings.buckets)
    needed = {name for buckets in sums.values() for name in buckets}
    own = roll_rates(books, months, given) if needed - given.keys() else {}
    chart = Chart(books)
    found = []
    for currency, buckets in sorted(sums.items()):
        losses = tuple(
            _loss(name, buckets[name], currency, given, own.get(currency, {}))
            for name in names
            if name in buckets
        )
        found.append(_booked(books, chart, Provision(currency, losses, ZERO, ())))
    return tuple(found)


def _open(books: Books, keep: Keep) -> dict[str, dict[str, Decimal]]:
    """Return what is owed by currency and bucket."""
    sums: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for item in filter(keep, books.receivables.items):
        if taken_discount(item):
            continue
        credit = sum((part for _, part in books.balances.set_off_for(item)), ZERO)
        buckets, name = sums[item.currency], aged(books, item).bucket
        buckets[name] = buckets.get(name, ZERO) + item.open - credit
    return sums


def _loss(
    bucket: str,
    is_open: Decimal,
    currency: str,
    given: Mapping[str, Fraction],
    own: Mapping[str, RollRate],
) -> ExpectedLoss:
    """Apply to what is open in a bucket the rate that is given, or the ledger's own."""
    rolled = own.get(bucket)
    rate = given.get(bucket, rolled.rate if rolled else None)
    parts = None if bucket in given else rolled.parts if rolled else 0
    if not is_open:
        loss: Decimal | None = ZERO
    elif rate is None:
        loss = None
    else:
        loss = _rounded(rate * Fraction(is_open), is_open, currency)
    return ExpectedLoss(bucket, is_open, rate, parts, loss)


def _rounded(number: Fraction, amount: Decimal, currency: str) -> Decimal:
    # More digits than any ledger types, so that only the rounding rounds.
    with localcontext(WIDE):
        quotient = Decimal(number.numerator) / Decimal(number.denominator)
    return round_like(quotient, amount, currency)


def _booked(books: Books, chart: Chart, found: Provision) -> Provision:
    """Return a provision with the directives that bring the allowance to it."""
    assets = root_prefix(books.options, "assets")
    expenses = root_prefix(books.options, "expenses")
    allowance = chart.like(assets, _ALLOWANCES, found.currency)
    loss = chart.like(expenses, _LOSSES, found.currency)
    allowed = -_balance(books, allowance, found.currency) if allowance else ZERO
    change = None if found.total is None else found.total - allowed
    if not change:
        return Provision(found.currency, found.buckets, allowed, ())
    accounts = (loss or expenses + _LOSS, allowance or assets + _ALLOWANCE)
    entry = Transaction(
        {},
        books.as_of,
        FLAG_OKAY,
        None,
        f"Expected credit losses, {found.currency}",
        EMPTY_SET,
        EMPTY_SET,
        [
            Posting(account, Amount(units, found.currency), None, None, None, None)
            for account, units in zip(accounts, (change, -change), strict=True)
        ],
    )
    known = (loss, allowance)
    opens = [
        chart.opened(account)
        for account, name in zip(accounts, known, strict=True)
        if name is None
    ]
    return Provision(found.currency, found.buckets, allowed, (*opens, entry))


def _balance(books: Books, account: str, currency: str) -> Decimal:
    """Return what stands on an account in a currency on the books' date."""
    return sum(_posted(books, account, currency), ZERO)


def _posted(books: Books, account: str, currency: str) -> Iterator[Decimal]:
    for entry in books.entries:
        if entry.date > books.as_of:
            break
        for posting in postings_of(entry) if isinstance(entry, Transaction) else ():
            units: Any = posting.units
            if posting.account == account and units.currency == currency:
                yield units.number
