"""What banks write beside a payment, taken apart into words.

    SVWZ+Rechnung INV-2026-014 vom 14.09.2026 ABWA+Acme Holding
    /REMI/INV-2026-014/EREF/NOTPROVIDED
    货款INV-2026-014

Upper and lower case, and forms of letters that Unicode holds for the same, are one. A
word ends at any sign that is no letter or digit, at the tags that banks put between
fields, and where Chinese, Japanese or Korean signs meet others. Fields that hold only
what the payer or the bank calls the payment are left out; amounts and dates are marked.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from typing import TYPE_CHECKING
from typing import NamedTuple

from beancount_dunning.basics.check_digits import is_iban

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from typing import Any

    from beancount.core.data import Posting
    from beancount.core.data import Transaction

# What is between two words that do not belong together.
END = "\n"
# Metadata of ours, and what names a payment or an account and no invoice.
_SILENT_KEYS = frozenset(
    {
        *("charge", "customer", "due", "filename", "invoice", "match", "policy"),
        *("step", "terms", "bic", "eref", "iban", "swift", "trace", "trn"),
    }
)
# Fields of bank statements: those that hold text, and those that hold numbers of the
# payment, the mandate, the bank or an account.
_TEXT_FIELDS = "svwz|abwa|abwe|purp|remi|name|ordp|benm|rtrn|trtp|ustd|strd|isdt|cntp"
_NUMBER_FIELDS = "eref|kref|mref|cred|debt|coam|oamt|iban|bic|trn|csid|marf|pref|trcd"
_FIELD = re.compile(
    rf"(?:{_TEXT_FIELDS}|(?P<plus>{_NUMBER_FIELDS}))\+"
    rf"|/(?:{_TEXT_FIELDS}|(?P<slash>{_NUMBER_FIELDS}))/"
)
_NUMBERED = re.compile(
    r"\b(?:iban|eref|kref|mref|trace|trn|end-?to-?end)\b"
    r"(?:[ .:#*/-]*(?:id|no|nr|ref|number|nummer|[0-9](?=\*))\b)*[ .:#*/-]*"
    r"(?=[^\s~\\]*[0-9])[^\s~\\]+"
)
# A creditor reference (RF) has the same check digits.
_IBAN = re.compile(
    r"\b(?!rf)[a-z]{2}[0-9]{2}(?:[0-9a-z]{11,30}|(?: [0-9a-z]{1,4}\b){3,8})"
)
_DAY = "(?:0?[1-9]|[12][0-9]|3[01])"
_MONTH = "(?:0?[1-9]|1[0-2])"
_YEAR = "(?:19|20)[0-9]{2}"
_DATE = re.compile(
    rf"""
    (?<![0-9a-z]) (?:
        {_YEAR}[-/.]{_MONTH}[-/.]{_DAY}
      | {_DAY}[-/.]{_MONTH}[-/.](?:{_YEAR}|[0-9]{{2}})
      | {_MONTH}[-/.]{_DAY}[-/.](?:{_YEAR}|[0-9]{{2}})
      | {_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])
      | (?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2]){_YEAR}
      | [0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?
      | (?<![a-z][-/.]) (?P<short> {_YEAR}[-/.]{_MONTH} | {_MONTH}[-/.]{_YEAR}
          | {_DAY}[-/.]{_MONTH} | {_MONTH}[-/.]{_DAY} )
    ) (?![0-9]|[-/.][0-9])
    """,
    re.VERBOSE,
)
_CURRENCY = (
    "(?:eur|euro|usd|gbp|chf|sek|nok|dkk|isk|pln|czk|huf|ron|cny|rmb|jpy|hkd|cad|aud"
    "|inr|brl|kr|zł|[€$£¥元円圆])"
)
_AMOUNT = re.compile(
    rf"""
    (?<![0-9a-z]) (?<![0-9][-./,]) [0-9]{{1,3}} (?:[.,'\ ][0-9]{{3}})* [.,][0-9]{{2}}
        (?![0-9a-z]|[-/.,][0-9])
  | (?<![0-9a-z]) (?<![0-9][-./,]) [0-9]+ [.,][0-9]{{2}} (?![0-9a-z]|[-/.,][0-9])
  | (?<![a-z]) {_CURRENCY} \s? [0-9][0-9.,']* (?![0-9a-z]|[-/][0-9])
  | (?<![0-9a-z]) (?<![0-9a-z][-./,]) [0-9][0-9.,']* \s? {_CURRENCY} (?![a-z])
        (?!\s?[0-9.,']*[.,][0-9]{{2}}(?![0-9]))
    """,
    re.VERBOSE,
)
_NONZERO = re.compile("[1-9]+")
# Chinese, Japanese and Korean signs, for a class of a regular expression.
CJK = "\u2e80-\u2fdf\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")


class Kind(Enum):
    """What a word is a part of."""

    PLAIN = "plain"
    DATE = "date"
    SHORT_DATE = "short date"
    AMOUNT = "amount"


class Word(NamedTuple):
    """A word, what stands before it, and what it is a part of.

    Words of one date or amount have the same `group`, which is 0 for all others.
    """

    text: str
    before: str
    kind: Kind = Kind.PLAIN
    group: int = 0


def texts(entry: Transaction, posting: Posting) -> list[str]:
    """Return the texts that say what a posting is about.

    Args:
        entry: Its transaction.
        posting: The posting.

    Returns:
        Payee, narration, and what metadata says in words; not Beancount's own, and not
        what has a meaning for us or numbers the payment.
    """
    said: list[object] = [entry.payee, entry.narration]
    for meta in (entry.meta, posting.meta):
        said += _said(meta or {})
    # Other plugins may put anything into an entry.
    return [text for text in said if isinstance(text, str) and text]


def _said(meta: Mapping[str, Any]) -> Iterator[object]:
    for key, value in meta.items():
        if not isinstance(key, str):
            continue  # of another plugin
        if not key.startswith("__") and key.lower() not in _SILENT_KEYS:
            yield value


def normalized(text: str) -> str:
    """Return a text as it is compared: without case, forms of letters and lines."""
    # What Unicode makes of this sign are two letters, which would join the number.
    spaced = text.replace("\N{NUMERO SIGN}", " \N{NUMERO SIGN} ")
    folded = unicodedata.normalize("NFKC", spaced).casefold()
    return " ".join(folded.split())


def may_name(texts: Iterable[str]) -> Callable[[str], bool]:
    """Return a test that leaves out most numbers that texts do not name.

    Args:
        texts: The texts.

    Returns:
        Tells of a spelling whether its digits stand in a text, one after the other:
        zeros aside, as they may be missing. Whatever names it passes.
    """
    said = END.join(map(_digits, texts))
    return lambda spelling: _digits(spelling) in said


def _digits(text: str) -> str:
    return "".join(_NONZERO.findall(text if text.isascii() else normalized(text)))


def split_words(text: str) -> list[str]:
    """Return the words of a number, normalized, without looking for fields in it."""
    return _WORD.findall(normalized(text))


def without_zeros(part: str) -> str:
    """Return a part of a number as it is compared where zeros before it may miss."""
    return part.lstrip("0") or "0"


def read_words(text: str) -> list[Word]:
    """Take a text apart into words.

    Args:
        text: The text, as it stands in the ledger.

    Returns:
        The words, normalized, in order. Between words of different fields stands END.
    """
    cleaned = _NUMBERED.sub(END, _without_ibans(_without_fields(normalized(text))))
    marks = _marks(cleaned)
    words = []
    end = 0
    for found in _WORD.finditer(cleaned):
        kind, group = Kind.PLAIN, 0
        while marks and marks[-1].end <= found.start():
            marks.pop()
        if marks and marks[-1].start < found.end():
            kind, group = marks[-1].kind, marks[-1].end
        words.append(Word(found[0], cleaned[end : found.start()], kind, group))
        end = found.end()
    return words


def _without_fields(text: str) -> str:
    """Put END for tags, and leave out the fields that hold numbers of the payment."""
    parts = []
    start, is_number = 0, False
    for found in _FIELD.finditer(text):
        parts.append("" if is_number else text[start : found.start()])
        start, is_number = found.end(), bool(found["plus"] or found["slash"])
    # Where no tag ends it, a number ends at the first blank.
    rest = text[start:]
    parts.append(rest.lstrip().partition(" ")[2] if is_number else rest)
    return END.join(parts)


def _without_ibans(text: str) -> str:
    def shortened(found: re.Match[str]) -> str:
        groups = found[0].split(" ")
        for count in range(1, len(groups) + 1):
            if is_iban("".join(groups[:count])):
                return END + " ".join(groups[count:])
        return found[0]

    return _IBAN.sub(shortened, text)


class _Mark(NamedTuple):
    """Where a date or an amount begins and ends."""

    start: int
    end: int
    kind: Kind


def _marks(text: str) -> list[_Mark]:
    """Return the dates and amounts in a text, the first one last."""
    marks = [_Mark(*found.span(), Kind.AMOUNT) for found in _AMOUNT.finditer(text)]
    for found in _DATE.finditer(text):
        kind = Kind.SHORT_DATE if found["short"] else Kind.DATE
        marks.append(_Mark(*found.span(), kind))
    return sorted(marks, key=lambda mark: mark[:2], reverse=True)
