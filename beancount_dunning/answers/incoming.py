"""Payments that nobody assigned yet: where they stand, and what they say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers.suspense import parked
from beancount_dunning.basics.money import ZERO
from beancount_dunning.ledger.bank_text import normalized
from beancount_dunning.ledger.named import texts
from beancount_dunning.ledger.references import references
from beancount_dunning.ledger.unnamed import OLDEST

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Container
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence

    from beancount.core.data import Posting
    from beancount.core.data import Transaction

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Receivables
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.standing.books import Books

# Our own money that came back, or what a supplier takes off for us.
_CAME_BACK = re.compile(
    r"""
    \b(?: (?: retur | (?:r|zur)(?:ü|ue|u)ck | e?storn | refund | rembours | rejet
          | reembols | devol | devuel | rimbors | restitu | terug | zwrot | vr[aá]cen
          | vratk | vissza | palaut | [åa]terbetal | till?ba(?:ka|ge|ke) )\w*
      | retour(?:e|en)? | erstattung | revers(?:al|ed) | chargeback | bounced
      | recall(?:ed)? | (?:sent|came|money)\ back
      | our\ (?:own\ )?credit | unsere?\ gutschrift | notre\ avoir | nuestro\ abono
    )\b
    | 退[款汇匯回] | 返金 | 払戻 | 組戻 | 환불 | 반환
    """,
    re.VERBOSE,
)
# Money for no invoice, or for one that is still to come.
_ON_ACCOUNT = re.compile(
    r"""
    \b(?: (?: anzahlung | abschlag | vorauszahlung | zaliczk | ennakko )\w*
      | a[ -]?konto | [àa][ -]?conto | acconto | acompte | [àa]\ valoir | a\ cuenta
      | anticipo | on\ account | down[ -]?payment | prepayment | aanbetaling
      | (?:advance|upfront)\ payment | payment\ in\ advance | deposit\ (?:for|on)
      | voorschot | forskudd? | förskott | z[aá]loha | előleg
    )\b
    | [定订訂]金 | 预付 | 預付 | 前払 | 前金 | 선금 | 계약금
    """,
    re.VERBOSE,
)


def says_back(texts: Iterable[str]) -> bool:
    """Tell whether texts speak of our own money that came back."""
    return _says(_CAME_BACK, texts)


def _says(pattern: re.Pattern[str], texts: Iterable[str]) -> bool:
    return any(pattern.search(normalized(text)) for text in texts)


def overpays(left: Unapplied, known: Container[tuple[str | None, str, str]]) -> bool:
    """Tell whether a credit is left over of what it names, see `credited`."""
    named = references(left.entry, left.posting)
    return any((name, left.account, left.currency) in known for name in named)


def payee_of(entry: Transaction) -> str:
    """Return the payee of a transaction, into which another plugin may put anything."""
    return entry.payee.strip() if isinstance(entry.payee, str) else ""


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came in.

    Attributes:
        customer: Whose it is as the ledger says; empty where it does not say.
        is_sure: Whether the ledger says so on its own account, or in `customer:`.
        account: The receivable account; None for a posting on a suspense account.
        amount: What is still to be assigned of it, as a positive amount.
        texts: What the payment says, its references included.
        references: Its links, or `invoice:`, that settled nothing.
        settled: What it settled "oldest due first", for a review of that.
    """

    customer: str
    is_sure: bool
    account: str | None
    amount: Decimal
    currency: str
    entry: Transaction
    posting: Posting
    texts: tuple[str, ...]
    references: tuple[str, ...]
    settled: tuple[tuple[Item, Decimal], ...] = ()

    @property
    def date(self) -> dt.date:
        """The day on which it came in."""
        return self.entry.date

    @property
    def came_back(self) -> bool:
        """Whether it may be our own money that came back."""
        return says_back(self.texts)

    @property
    def is_on_account(self) -> bool:
        """Whether it may be for no invoice, or for one that is still to come."""
        return _says(_ON_ACCOUNT, self.texts)

    @property
    def order(self) -> tuple[Any, ...]:
        """Its place among payments: by date, and then by facts."""
        place = self.account or "", self.currency, self.customer
        return self.date, self.amount, place, sorted(self.texts), self.posting.account


@dataclass(frozen=True, slots=True)
class Incoming:
    """The payments that nobody assigned, and credit that is left over of others."""

    payments: tuple[Payment, ...]
    credits: tuple[tuple[dt.date, str, str, Decimal], ...]


def incoming(
    books: Books,
    receivables: Receivables,
    suspense: re.Pattern[str] | None,
    *,
    review: bool,
) -> Incoming:
    """Find the payments that are to be assigned.

    Args:
        books: The ledger on a date.
        receivables: Its receivables; for a review with all settled items.
        suspense: Which accounts hold what nobody assigned yet.
        review: Whether credits are wanted that were settled "oldest due first".

    Returns:
        The payments, in order of date, and the credit beside them.
    """
    known = receivables.credited
    payments = []
    credits_ = []
    for left in receivables.unapplied:
        payment = _received(
            books, left.entry, left.posting, left.customer, -left.amount
        )
        if overpays(left, known):
            credits_.append(
                (payment.date, left.customer, left.currency, payment.amount)
            )
        else:
            payments.append(payment)
    if review:
        payments = [*_reviewed(books, receivables.all_items, payments)]
    if suspense:
        payments += (
            _payment(entry, posting, payee_of(entry))
            for entry, posting in parked(books, suspense)
        )
    return Incoming(
        tuple(sorted(payments, key=lambda payment: payment.order)), tuple(credits_)
    )


def _received(
    books: Books, entry: Transaction, posting: Posting, customer: str, amount: Decimal
) -> Payment:
    """Return a credit on a receivable account."""
    account = books.settings.accounts[posting.account]
    payment = _payment(entry, posting, customer)
    is_own = account is not None and account.customer is not None
    return replace(
        payment,
        customer=customer,
        is_sure=payment.is_sure or is_own,
        account=posting.account,
        amount=amount,
    )


def _payment(entry: Transaction, posting: Posting, payee: str) -> Payment:
    """Return a posting as a payment, from the customer that it says, or the payee."""
    said = [
        meta["customer"]
        for meta in (posting.meta, entry.meta)
        if meta and isinstance(meta.get("customer"), str)
    ]
    units: Any = posting.units
    named = tuple(references(entry, posting))
    return Payment(
        customer=said[0].strip() if said else payee,
        is_sure=bool(said),
        account=None,
        amount=-units.number,
        currency=units.currency,
        entry=entry,
        posting=posting,
        texts=(*texts(entry, posting), *named),
        references=named,
    )


def _reviewed(
    books: Books, items: Iterable[Item], payments: Sequence[Payment]
) -> Iterator[Payment]:
    """Yield payments, each with what it settled "oldest due first", and more of these.

    Where a transaction has several credits on an account, nobody knows which of them
    settled what, and it is left out.
    """
    settled: dict[tuple[int, str, str], list[tuple[Item, Decimal]]] = {}
    entries: dict[int, Transaction] = {}
    for item in items:
        for settlement in item.settlements:
            if settlement.rule == OLDEST:
                entry = settlement.entry
                key = id(entry), item.account, item.currency
                settled.setdefault(key, []).append((item, settlement.amount))
                entries[id(entry)] = entry
    for payment in payments:
        key = id(payment.entry), payment.posting.account, payment.currency
        several = tuple(settled.pop(key, ()))
        amount = sum((amount for _, amount in several), payment.amount)
        yield replace(payment, amount=amount, settled=several)
    for (serial, account, currency), pairs in settled.items():
        entry = entries[serial]
        credits_ = [
            posting
            for posting in entry.postings
            if posting.account == account and _is_credit(posting, currency)
        ]
        if len(credits_) == 1:
            amount = sum((amount for _, amount in pairs), ZERO)
            customer = pairs[0][0].customer
            payment = _received(books, entry, credits_[0], customer, amount)
            yield replace(payment, settled=tuple(pairs))


def _is_credit(posting: Posting, currency: str) -> bool:
    units: Any = posting.units
    number = getattr(units, "number", None)
    is_credit = isinstance(number, Decimal) and number < 0
    return is_credit and bool(units.currency == currency)
