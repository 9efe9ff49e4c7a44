"""The fast pass over all postings: what is settled needs no second look."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import chain
from itertools import compress
from itertools import islice
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple
from typing import cast

from beancount.core.data import Transaction

from beancount_dunning.basics.lists import listed
from beancount_dunning.basics.money import DIGITS
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.bundles import Bundle
from beancount_dunning.ledger.named import SPELLING
from beancount_dunning.ledger.named import spellings
from beancount_dunning.ledger.nearly import POSTING_KEYS
from beancount_dunning.ledger.nearly import near_key
from beancount_dunning.ledger.postings import Posted
from beancount_dunning.ledger.references import DOCUMENT_LINK

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from beancount.core.data import Directive
    from beancount.core.data import Posting

    from beancount_dunning.ledger.accounts import Account
    from beancount_dunning.ledger.postings import PostingReader
    from beancount_dunning.ledger.settings import Settings


_NOTHING: dict[str, Any] = {}
_DAY = date.min


# What has to be looked at on a posting, and on a debit's transaction.
_OWN_KEYS = frozenset({"customer", "due", "invoice", "terms"})


_LOOK_KEYS = frozenset({"charge", "customer", "policy", "terms"})


# When an invoice is due, on its transaction or a posting.
DATES = ("due", "terms")
# Beancount gives each posting its file and line.
_PLACE = 2


class _Rows(NamedTuple):
    """Postings with their transactions and references, in three parallel lists."""

    transactions: list[Transaction]
    postings: list[Posting]
    references: list[str]


class _PlainKeys(set[str]):
    """Keys of metadata that ask for no look, as far as they were seen so far.

    Most keys stand on thousands of postings, so each is judged once.
    """

    def __init__(self, look: frozenset[str]) -> None:
        super().__init__()
        self._look = look

    def learn(self, meta: Mapping[str, Any] | None) -> None:
        self.update(
            key
            for key in meta or ()
            if key not in self._look and near_key(key, POSTING_KEYS) is None
        )


class _Sums(defaultdict[str, dict[str, Decimal]]):
    """One receivable account: by currency and reference, the sum of what is posted.

    A reference whose postings add up to nothing has no sum here. `is_clear` says
    that sums can be trusted: all is one customer's, and any amount fits the terms.
    """

    def __init__(self, account: Account, *, is_clear: bool) -> None:
        super().__init__(dict)
        self.account = account
        self.is_clear = is_clear


class _AllSums(dict[str, "_Sums | None"]):
    """Sums by account name, None where it is no receivable; made once each."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._accounts = settings.accounts
        # Some terms fit some amounts only; then every invoice needs a look.
        self._may_misfit = any(
            terms is not None and terms.has_amounts
            for terms in (
                settings.terms,
                *(customer.terms for customer in settings.customers.values()),
            )
        )

    def __missing__(self, name: str) -> _Sums | None:
        account = self._accounts[name]
        sums = None
        if account is not None:
            misfit = self._may_misfit or (account.terms and account.terms.has_amounts)
            is_clear = account.customer is not None and not misfit
            sums = _Sums(account, is_clear=is_clear)
        self[name] = sums
        return sums


class OpenPostings(Bundle):
    """What is posted to receivable accounts up to a date, sorted by reference.

    Most invoices of most ledgers are settled, and one look at the sums tells: where
    all that carries a reference adds up to nothing, nothing is open, unless several
    customers share it. Only the others are taken apart, and those that were asked for
    by name. So `debits` and `credits` hold these alone; this is what keeps a large
    ledger's load fast.

    Attributes:
        rows: All postings that carry one reference.
        wanted: The references of those that were taken apart.
        looked_at: References of which a posting says more than usual.
    """

    def __init__(
        self,
        entries: Sequence[Directive],
        reader: PostingReader,
        as_of: date,
        named: frozenset[str] | None,
    ) -> None:
        """Look at entries, sorted by date, up to a date; None names all invoices."""
        super().__init__()
        self.unread: list[Transaction] = []
        self._reader = reader
        self._accounts = reader.settings.accounts
        self._all_sums = _AllSums(reader.settings)
        self._is_all = named is None
        self._unclear = set(named or ())
        self.looked_at: set[str] = set()
        self._plain_own = _PlainKeys(_OWN_KEYS)
        self._plain = _PlainKeys(_LOOK_KEYS)
        end = bisect_right(entries, as_of, key=lambda entry: entry.date)
        self.rows = self._read(islice(entries, end))
        self.wanted = self._take_apart(self.rows)

    def _read(self, entries: Iterable[Directive]) -> _Rows:  # noqa: C901 - one loop
        """Add up what carries a reference, and return it.

        This loop is the product's cost on every load, so it stays one loop: it makes no
        objects that the garbage collector would have to follow, and calls what it can
        avoid to call only where metadata asks for it.
        """
        transactions, postings, references = rows = _Rows([], [], [])
        all_sums = self._all_sums
        is_plain_own, is_plain = self._plain_own.issuperset, self._plain.issuperset
        for entry in entries:
            if not isinstance(entry, Transaction):
                continue
            is_ours = False
            for posting in entry.postings:
                sums = all_sums[posting.account]
                if sums is None:
                    continue
                is_ours = True
                units: Any = posting.units
                try:
                    number = units.number
                    # Like is_number, without a call.
                    is_odd = not number.is_finite() or abs(number.adjusted()) > DIGITS
                except (AttributeError, TypeError):
                    continue  # Beancount could not complete the posting.
                if is_odd or not number:
                    continue
                meta, own, links = entry.meta or _NOTHING, posting.meta, entry.links
                is_bare = own is None or is_plain_own(own)
                name = None
                if links and len(links) == 1 and is_bare and "invoice" not in meta:
                    (name,) = links
                if not isinstance(name, str) or name.startswith(DOCUMENT_LINK):
                    name = self._only_reference(entry, posting, sums.account)
                    if name is None:
                        continue
                by_reference = sums[units.currency]
                if net := by_reference.pop(name, ZERO) + number:
                    by_reference[name] = net
                transactions.append(entry)
                postings.append(posting)
                references.append(name)
                is_fine = number < ZERO or (
                    sums.is_clear and isinstance(meta.get("due", _DAY), date)
                )
                if not (is_bare and is_fine and is_plain(meta)):
                    self._look_at(_posted(entry, posting, sums.account), name)
            if not is_ours and _is_dated(entry):
                self.unread.append(entry)
        return rows

    def spelled(self, is_near: Callable[[str], bool]) -> dict[str, set[str]]:
        """Return what names invoices, settled ones too, as far as it passes a test."""
        found: dict[str, set[str]] = defaultdict(set)
        references = self.rows.references
        rows: Iterable[tuple[Transaction, Posting, str]] = zip(*self.rows, strict=True)
        if SPELLING not in self._plain | self._plain_own:
            # Each key was met, so nothing names an invoice but its reference.
            near = set(filter(is_near, set(references)))
            rows = compress(rows, map(near.__contains__, references))
        for entry, posting, name in rows:
            units: Any = posting.units
            if units.number > ZERO:
                several = spellings(name, entry.meta, posting.meta)
                found[name].update(filter(is_near, several))
        return found

    def _only_reference(
        self, entry: Transaction, posting: Posting, account: Account
    ) -> str | None:
        """Return the reference of a posting; None, and set aside, without just one."""
        names = self._reader.references(entry, posting)
        if len(names) == 1:
            return names[0]
        posted = _posted(entry, posting, account)
        self._reader.check_keys(posted)
        self._set_aside(posted, names)
        return None

    def _look_at(self, posted: Posted, reference: str) -> None:
        """Read what a posting says, so that mistakes are reported, open or not."""
        self._reader.meet(posted)
        self.looked_at.add(reference)
        self._plain_own.learn(posted.posting.meta)
        self._plain.learn(posted.entry.meta)
        self._reader.check_keys(posted)
        if posted.number > 0:
            self._unclear.add(reference)
            self._reader.check(posted)

    def _set_aside(self, posted: Posted, several: list[str]) -> None:
        """Keep a posting that belongs to no one invoice."""
        reader = self._reader
        reader.meet(posted)
        if posted.number < 0:
            if several:
                self.spread_credits.append((posted, several))
                self._unclear.update(several)
            else:
                self.loose_credits.append(posted)
            return
        if several:
            entry = posted.entry
            text = Words(
                'Which of {links} is the invoice? Say so with invoice: "{invoice}" on '
                "the transaction or the posting.",
                links=listed(f"^{link}" for link in several),
                invoice=several[0],
            )
            reader.problem(entry.meta, entry, text)
        reader.check(posted)
        self.loose_debits.append(posted)

    def _take_apart(self, rows: _Rows) -> AbstractSet[str]:
        """Sort the postings of those invoices that can be open, or are unclear.

        Returns:
            Their references.
        """
        all_sums = filter(None, self._all_sums.values())
        wanted = self._unclear.union(
            *chain.from_iterable(sums.values() for sums in all_sums),
            rows.references if self._is_all else (),
        )
        is_wanted = map(wanted.__contains__, rows.references)
        # Only postings to receivable accounts got this far.
        accounts = cast("Mapping[str, Account]", self._accounts)
        debits, credits_ = self.debits, self.credits
        for entry, posting, reference in compress(zip(*rows, strict=True), is_wanted):
            posted = _posted(entry, posting, accounts[posting.account])
            if posted.number < ZERO:
                # Debits were met in the loop; where there are none, credits spell.
                self._reader.meet(posted)
            side = debits if posted.number > ZERO else credits_
            if reference in side:
                side[reference].append(posted)
            else:
                side[reference] = [posted]
        return wanted


def _is_dated(entry: Transaction) -> bool:
    """Tell whether a transaction or a posting of it is dated like an invoice."""
    meta = entry.meta
    if meta and ("due" in meta or "terms" in meta):
        return True
    for posting in entry.postings:
        own = posting.meta
        if own and len(own) > _PLACE and ("due" in own or "terms" in own):
            return True
    return False


def _posted(entry: Transaction, posting: Posting, account: Account) -> Posted:
    units: Any = posting.units
    return Posted(entry, posting, account, units.number, units.currency)
