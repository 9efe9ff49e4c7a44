"""Which invoices a text names: the one rule, for settlement and for matching.

    INV-2026-014, inv 2026/014, INV2026014, INV-2026-14, Rechnung 2026-014

All of these name INV-2026-014. A number has four letters and digits or more, a digit
among them. Case plays no part; what separates its parts may be something else or
nothing, and zeros before a part may be missing. So may the letters before its first
digit where four digits are left. It stands as a whole word: in "INV-2026-0141" and
"GS-2026-014" is another number.

A year, a date and an amount name nothing. References with check digits (ISO 11649,
Switzerland, Finland, Norway, Sweden) name the number that they are made of; where the
check digits are wrong, they name nothing.

Some are a name only where the payer is the invoice's customer: bare digits with a blank
among them, digits that may be a date after a word like "Rechnung", a year and a month,
and a short reference with a check digit that no word like "KID" or "viite" precedes.
Fewer than six bare digits that no word like "Rechnung" precedes may be anything, and so
may what looks like a date: they need the amount, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntFlag
from typing import TYPE_CHECKING

from beancount_dunning.basics.check_digits import is_creditor_reference
from beancount_dunning.basics.check_digits import is_swiss
from beancount_dunning.basics.check_digits import is_wrong
from beancount_dunning.basics.check_digits import payloads
from beancount_dunning.basics.subset_sums import only_subset
from beancount_dunning.ledger.bank_text import END
from beancount_dunning.ledger.bank_text import Kind
from beancount_dunning.ledger.bank_text import read_words
from beancount_dunning.ledger.bank_text import split_words
from beancount_dunning.ledger.bank_text import texts
from beancount_dunning.ledger.bank_text import without_zeros

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal
    from typing import Any

    from beancount_dunning.ledger.bank_text import Word

__all__ = ["SPELLING", "Mention", "Numbers", "pick", "spellings", "texts"]

# Says in an invoice's metadata what names it, too.
SPELLING = "reference"
# A number has so many letters and digits at least; without its letters, so many digits.
_SHORTEST = 4
# Fewer digits alone are a telephone's, a street's or a brand's as well.
_MANY_DIGITS = 6
# A number is split into so many words at most.
MAX_WORDS = 12
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_PART = re.compile(r"[0-9]+|[^0-9]+")
_CREDITOR_REFERENCE = re.compile(r"rf[0-9]{2}[0-9a-z]*")
# The indices of numbers: with what separates their parts, and without; the same without
# zeros before the parts; and those that are all digits, without zeros before them.
_TYPED, _JOINED, _ZEROLESS, _ZEROLESS_JOINED, _DIGITS = range(5)
_HYPHENS = ("-", "_", ".")
# Without a blank, these bind what stands on both sides.
_BINDING = frozenset("-_./\u2010\u2011\u2012\u2013\u2212")
_LISTING = frozenset(",;&+|")
# Words for an invoice, which may be bound to its number and are no part of it.
_CARRIERS = re.compile(
    r"(?: bill | fac | fact | factura | facture | faktura | faktuur | fattura | fatura"
    r" | fc | fra | ft | fv | inv | invoices? | lasku | payment | re | rech"
    r" | rechnung(?:en)? | ref | reference | rg | rn | zahlung"
    r" | .*(?: 发票 | 發票 | 請求書 | 청구서 )号? )?"
    r"(?: s?nr | s?no | nro | num | number | s?nummer )?",
    re.VERBOSE,
)
# Shorter words that are bound to the end of a number are a part of it.
_SUFFIX = 2
_NUMBER_WORDS = frozenset({"nr", "no", "nro", "num", "number", "nummer", "id"})
# The number after one of these is no invoice's.
_OTHERS = re.compile(
    r"(?: account | angebots? | auftrags? | avoir | bestell(?:ung)? | client | contract"
    r" | credit | creditnote | customer | gutschrifts? | kd | kto | kunden? | konto"
    r" | lieferschein | mandat[es]? | member | mitglieds? | note | offer | order"
    r" | phone | plz | po | quote | steuer | tel | telefon | ticket | vat | vertrags? )"
    r"(?: nr | no | nummer | number )? | .*(?: 合同 | 订单 | 注文 | 電話 )号?",
    re.VERBOSE,
)
# The number after one of these has check digits.
_CHECKED = frozenset({"kid", "ocr", "viite", "viitenro", "viitenumero"})


class Doubt(IntFlag):
    """What a name needs beside itself: the invoice's amount, its customer, or both."""

    NONE = 0
    AMOUNT = 1
    PAYER = 2


@dataclass(frozen=True, slots=True, order=True)
class Mention:
    """An invoice that a text names.

    Attributes:
        reference: The invoice.
        word: What names it, as it is compared. Where two mentions share it, one of
            the two is meant.
        doubt: What it needs beside itself.
    """

    reference: str
    word: str
    doubt: Doubt

    @property
    def needs_payer(self) -> bool:
        """Whether it counts only where the payer is the invoice's customer."""
        return Doubt.PAYER in self.doubt


def spellings(reference: str, *metas: Mapping[str, Any] | None) -> list[str]:
    """Return what names an invoice: its number, and `reference:` in its metadata.

    Args:
        reference: The invoice.
        metas: The metadata of its posting and its transaction.
    """
    found = [reference]
    for meta in metas:
        value = meta.get(SPELLING) if meta else None
        if isinstance(value, str):
            found += filter(None, map(str.strip, value.split(";")))
    return found


def pick(open_amounts: Sequence[Decimal], amount: Decimal) -> tuple[int, ...] | None:
    """Choose among invoices that a payment names by what is open of each.

    Args:
        open_amounts: What is open of each, above zero.
        amount: What was paid.

    Returns:
        The index of the only one of which that is open, or else the indices of the
        only ones that it is the sum of; None where there are none or several.
    """
    exact = [index for index, one in enumerate(open_amounts) if one == amount]
    if exact:
        return (exact[0],) if len(exact) == 1 else None
    return only_subset(open_amounts, amount) or None


class _Run:
    """Words of a text, one after the other, that together may be a number."""

    __slots__ = ("has_blank", "is_listed", "joined", "parts", "size", "zeroless")

    def __init__(self) -> None:
        self.size = 0
        self.parts: list[str] = []
        self.joined = ""
        self.zeroless = ""
        self.has_blank = False
        self.is_listed = False

    def take(self, word: Word) -> bool:
        """Add the next word, if it can belong to the same number."""
        if self.size and not self._joins(word):
            return False
        self.size += 1
        self.joined += word.text
        parts = _PART.findall(word.text)
        self.parts += parts
        self.zeroless += "".join(map(without_zeros, parts))
        return True

    def _joins(self, word: Word) -> bool:
        between = word.before
        is_blank = not between or " " in between
        meets_digits = _is_digits(self.joined[-1] + word.text[0])
        if meets_digits and not _LISTING.isdisjoint(between):
            # "INV-1, 2" is a list; "2026,014" may be one number, or two.
            self.is_listed = True
            if is_blank:
                return False
        self.has_blank = self.has_blank or is_blank
        return END not in between

    @property
    def is_bare(self) -> bool:
        """Whether it is all digits."""
        return _is_digits(self.joined)

    @property
    def is_long(self) -> bool:
        """Whether it has so many digits that it can hardly be anything else."""
        return len(without_zeros(self.joined)) >= _MANY_DIGITS

    def keys(self, *, as_typed: bool) -> Iterator[tuple[int, str]]:
        """Yield what to look up and in which index, the most exact first."""
        as_typed = as_typed or self.is_listed
        yield _TYPED, "-".join(self.parts)
        if not as_typed:
            yield _JOINED, self.joined
        yield _ZEROLESS, "-".join(map(without_zeros, self.parts))
        if not as_typed and not self.is_bare:
            yield _ZEROLESS_JOINED, self.zeroless


class Numbers:
    """Invoices by what names them."""

    def __init__(self, named: Mapping[str, Iterable[str]]) -> None:
        """Index invoices.

        Args:
            named: The spellings of each invoice, see `spellings`.
        """
        self._indices: tuple[dict[str, list[str]], ...] = ({}, {}, {}, {}, {})
        self._beginnings: set[str] = set()
        for reference, several in named.items():
            for spelling in several:
                self._add(reference, spelling)

    def _add(self, reference: str, spelling: str) -> None:
        words = split_words(spelling)
        if spelling != reference and is_wrong("".join(words)):
            return
        parts = [part for word in words for part in _PART.findall(word)]
        firsts = [index for index, part in enumerate(parts) if _is_digits(part)]
        if not firsts or sum(map(len, parts)) < _SHORTEST:
            return
        if firsts[0]:
            self._index(reference, parts)
        bare = parts[firsts[0] :]
        is_year = len(bare) == 1 and _YEAR.fullmatch(bare[0])
        if sum(map(len, filter(_is_digits, bare))) >= _SHORTEST and not is_year:
            self._index(reference, bare)

    def _index(self, reference: str, parts: Sequence[str]) -> None:
        joined = "".join(parts)
        zeroless = [without_zeros(part) for part in parts]
        of_digits = without_zeros(joined) if _is_digits(joined) else ""
        keys = ("-".join(parts), joined, "-".join(zeroless), "".join(zeroless))
        for index, key in zip(self._indices, (*keys, of_digits), strict=True):
            references = index.setdefault(key, [])
            if key and reference not in references:
                references.append(reference)
        for key in (joined, "".join(zeroless), of_digits):
            # Where the longest beginning is known, the shorter ones are.
            if key[:_SHORTEST] not in self._beginnings:
                self._beginnings.update(key[:size] for size in range(_SHORTEST + 1))

    def find(self, texts: Iterable[str]) -> tuple[Mention, ...]:
        """Return the invoices that texts name, in the order of their references."""
        found: dict[str, Mention] = {}
        for text in texts:
            words = read_words(text)
            start = 0
            while start < len(words):
                if not self._begins(words[start].text):
                    start += 1
                    continue
                mentions, start = self._at(words, start)
                if mentions and start < len(words):
                    # In "2026-013/2026-014" the second is a number of its own.
                    words[start] = words[start]._replace(before=END)
                for mention in mentions:
                    known = found.get(mention.reference)
                    if known is None or mention.doubt < known.doubt:
                        found[mention.reference] = mention
        return tuple(sorted(found.values()))

    def _at(self, words: Sequence[Word], start: int) -> tuple[list[Mention], int]:
        """Return what is named at a word, and where to read on."""
        found: dict[str, Doubt] = {}
        end = start
        name = ""
        run = _Run()
        for stop, word in enumerate(words[start : start + MAX_WORDS], start + 1):
            if not run.take(word) or not self._fits(run):
                break
            if len(run.joined) >= _SHORTEST and _is_whole(words, start, stop, run):
                references, doubt = self._look_up(words, start, stop, run)
                if references:
                    end, name = stop, run.joined
                    found.update(dict.fromkeys(references, doubt))
        if not found:
            several, end = self._creditor_reference(words, start)
            name = words[start].text
            found.update(dict.fromkeys(several, Doubt.NONE))
        mentions = [
            Mention(reference, name, doubt) for reference, doubt in found.items()
        ]
        return mentions, end

    def _begins(self, text: str) -> bool:
        """Tell whether a number may begin like this, so that most words are done."""
        return (
            text[:_SHORTEST] in self._beginnings
            or text.lstrip("0")[:_SHORTEST] in self._beginnings
            or _CREDITOR_REFERENCE.fullmatch(text) is not None
        )

    def _fits(self, run: _Run) -> bool:
        """Tell whether a number may begin like words that were taken together."""
        return self._begins(run.joined) or self._begins(run.zeroless)

    def _look_up(
        self, words: Sequence[Word], start: int, stop: int, run: _Run
    ) -> tuple[Sequence[str], Doubt]:
        """Return what a run names, and what that needs beside itself."""
        if not run.is_bare:
            return self._first(run.keys(as_typed=False)), Doubt.NONE
        is_checked = start > 0 and words[start - 1].text in _CHECKED
        is_wrong = is_checked and not any(payloads(run.joined))
        if is_wrong or _YEAR.fullmatch(run.joined):
            return (), Doubt.NONE
        kinds = {word.kind for word in words[start:stop]}
        references = self._first(run.keys(as_typed=Kind.SHORT_DATE in kinds))
        if not references:
            if _is_bound(words[start:stop]):
                return (), Doubt.NONE
            # A reference with a check digit is written in one, or in groups.
            made_of = map(without_zeros, payloads(run.joined))
            references = self._first(
                (_DIGITS, digits) for digits in made_of if len(digits) >= _SHORTEST
            )
            is_doubtful = True
        else:
            is_doubtful = run.has_blank or kinds != {Kind.PLAIN}
        if is_checked or is_swiss(run.joined):
            return references, Doubt.NONE
        is_little = not run.is_long and not _is_carried(words, start)
        doubt = Doubt.PAYER if is_doubtful else Doubt.NONE
        if is_little or kinds != {Kind.PLAIN}:
            doubt |= Doubt.AMOUNT
        return references, doubt

    def _first(self, keys: Iterable[tuple[int, str]]) -> Sequence[str]:
        """Return what the first of some keys is in that is in its index."""
        for index, key in keys:
            if references := self._indices[index].get(key):
                return references
        return ()

    def _creditor_reference(
        self, words: Sequence[Word], start: int
    ) -> tuple[Sequence[str], int]:
        """Return what a reference by ISO 11649 names, and where to read on."""
        joined = words[start].text
        if not _CREDITOR_REFERENCE.fullmatch(joined):
            return (), start + 1
        payload = ""
        stop = start + 1
        while True:
            if is_creditor_reference(joined):
                payload = joined[4:]
            if stop == len(words) or words[stop].before != " " or len(joined) % 4:
                break
            joined += words[stop].text
            stop += 1
        key = payload.lstrip("0")
        keys = ((index, key) for index in (_JOINED, _ZEROLESS_JOINED, _DIGITS))
        return self._first(keys), stop


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _is_bound(words: Sequence[Word]) -> bool:
    """Tell whether signs bind words to each other, or to what is before them."""
    return any(not _BINDING.isdisjoint(word.before) for word in words)


def _is_whole(words: Sequence[Word], start: int, stop: int, run: _Run) -> bool:
    """Tell whether words are no part of something longer, and no date or amount."""
    if _is_cut(words, start) or _is_cut(words, stop):
        return False
    kinds = {word.kind for word in words[start:stop]}
    if Kind.AMOUNT in kinds and (run.is_bare or run.has_blank):
        return False
    is_carried = run.size == 1 and _is_carried(words, start)
    if Kind.DATE in kinds and run.is_bare and not is_carried:
        return False
    is_other = _is_digits(run.joined[0]) and _is_of_another(words, start)
    return not is_other and not _goes_on(words, stop, run)


def _is_carried(words: Sequence[Word], start: int) -> bool:
    """Tell whether a word for an invoice stands before digits."""
    before = _said_before(words, start)
    return bool(before) and _CARRIERS.fullmatch(before) is not None


def _is_cut(words: Sequence[Word], index: int) -> bool:
    """Tell whether a date or an amount stands on both sides of a word's beginning."""
    if not 0 < index < len(words):
        return False
    return words[index].group == words[index - 1].group != 0


def _is_of_another(words: Sequence[Word], start: int) -> bool:
    """Tell whether what stands before digits makes them another's number."""
    if not start:
        return False
    between, before = words[start].before, words[start - 1].text
    is_bound = between and _BINDING.issuperset(between)
    if is_bound and not _CARRIERS.fullmatch(before):
        return True
    return _OTHERS.fullmatch(_said_before(words, start)) is not None


def _said_before(words: Sequence[Word], start: int) -> str:
    """Return the word that says what digits are the number of, if there is one."""
    for index in range(start, max(start - 3, 0), -1):
        if END in words[index].before:
            break
        before = words[index - 1].text
        if before not in _NUMBER_WORDS:
            return before
    return ""


def _goes_on(words: Sequence[Word], stop: int, run: _Run) -> bool:
    """Tell whether more of the same number follows."""
    if stop == len(words) or words[stop].before not in _HYPHENS:
        return False
    if not _is_digits(run.joined[-1]):
        return False
    after = words[stop].text
    return _is_digits(after[0]) or len(after) <= _SUFFIX
