"""Terms of payment as one types them.

    on receipt, due on receipt      the invoice date
    net 30, 30 days, n/30, 30       that much later
    net 2 weeks, net 1 month        likewise
    net 30 eom, eom                 the end of the month that net 30, or the invoice,
                                    falls in
    net 30 eom +15                  15 days after that month end
    net 30 eom on 10, net 30 eom 10 the 10th of the month after
    prox 20, 20th prox              the 20th of next month
    prox 20 cutoff 19               the same, or of the month after next when the
                                    invoice's day is past the 19th
    2/10 net 30, 2% 10, net 30      net 30; 2 % less if paid within 10 days
    30% on receipt, 70% net 45      two instalments
    500.00 net 0, balance net 30    a fixed one and what is left, also `rest`

Upper and lower case are the same, and a comma between words does not matter. Short
forms are written out first (`_written_out`), so that `_PART` knows one spelling of
each.
"""

from __future__ import annotations

import re
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import in_days
from beancount_dunning.ledger.terms import HUNDRED
from beancount_dunning.ledger.terms import Discount
from beancount_dunning.ledger.terms import Net
from beancount_dunning.ledger.terms import Part
from beancount_dunning.ledger.terms import Prox
from beancount_dunning.ledger.terms import Terms
from beancount_dunning.ledger.terms import TermsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence

_LAST_DAY = 31
# More is a slip: a share of an instalment, or the days first.
_MAX_DISCOUNT = 20

_NUMBER = r"\d+(?:\.\d+)?"
_DISCOUNT = rf"{_NUMBER}[%/] ?\d{{1,4}}(?: days?)?"
# A number that is no percentage, no amount and no day of a discount.
_COUNT = r"(?<![\d./%])\d{1,5}(?![\d./]| ?%)"
_SHORT_FORMS = tuple(
    (re.compile(pattern, re.ASCII), long_form)
    for pattern, long_form in (
        (r" *([/+]) *", r"\1"),
        (r" *% *", "% "),
        (r"\bdue on receipt\b", "on receipt"),
        (r"\bbalance\b", "rest"),
        (r"\b(?:net *|n ?/? ?)(?=\d)", "net "),
        (r"\b(\d+)(?:st|nd|rd|th)\b", r"\1"),
        (r"\b(\d{1,2}) prox\b(?! \d)", r"prox \1"),
        (rf"\beom(?: on)? (?={_COUNT})", "eom on "),
    )
)
_EOM = re.compile(
    rf"(?:\bnet )?(?:({_COUNT}(?: ?(?:day|week|month)s?)?) )?\beom\b", re.ASCII
)
_DISCOUNTS = re.compile(
    rf"(?<![\d.])(?:{_DISCOUNT} )+(?=on |net|prox|eom|{_COUNT})", re.ASCII
)
_PART = re.compile(
    rf"""
    (?: (?P<percent> {_NUMBER} ) %[ ]
      | (?P<fixed> {_NUMBER} ) [ ] (?= [a-z] | {_NUMBER}/ )
      | (?P<rest> rest ) [ ]
    )?
    (?P<discounts> (?: {_NUMBER}/\d{{1,4}} [ ] )* )
    (?: on[ ]receipt
      | (?: net[ ] )? (?P<count> \d{{1,5}} ) (?: [ ]? (?P<unit> day|week|month ) s? )?
        (?P<eom> [ ]eom (?: [ ]?\+(?P<plus> \d{{1,4}} )
                          | [ ]on[ ](?P<on> \d{{1,2}} ) )? )?
      | prox[ ]?(?P<prox> \d{{1,2}} )
        (?: [ ]cutoff[ ](?P<cutoff> [-\N{{MINUS SIGN}}]? \d{{1,2}} ) )?
    )
    """,
    re.VERBOSE | re.ASCII,
)

# What others write, and a form of ours that means it.
_FOREIGN = (
    (r"\bend of (?:the )?month\b", "eom"),
    (r"\b(?:immediate(?:ly)?|cod|cash on delivery)\b", "on receipt"),
)
_WORDS = (
    *("on", "receipt", "net", "day", "days", "week", "weeks", "month", "months"),
    *("eom", "prox", "cutoff", "rest", "balance", "due"),
)
# Every form once; where the text has numbers, they take the place of those here.
_FORMS = (
    *("on receipt", "net 30", "30 days", "net 2 weeks", "net 1 month"),
    *("eom", "net 30 eom", "net 30 eom +15", "net 30 eom on 10"),
    *("prox 20", "prox 20 cutoff 19", "2/10 net 30", "2/10 net 30 eom"),
    *("30% on receipt, 70% net 45", "500.00 net 0, rest net 30"),
)
_MOST_NUMBERS = 3


def _written_out(text: str) -> str:
    """Write short forms out, in small letters and with single spaces."""
    text = " ".join(text.lower().split())
    for pattern, long_form in _SHORT_FORMS:
        text = pattern.sub(long_form, text)
    text = _DISCOUNTS.sub(_with_slashes, text)
    return _EOM.sub(lambda match: f"net {match[1] or 0} eom", text).strip()


def _with_slashes(match: re.Match[str]) -> str:
    """Write discounts like 2/10, unless they are shares of instalments."""
    found = re.findall(rf"({_NUMBER})[%/] ?(\d+)", match[0])
    if "/" not in match[0] and any(Decimal(one) > _MAX_DISCOUNT for one, _ in found):
        return match[0]
    return "".join(f"{percent}/{days} " for percent, days in found)


def _parts(text: str) -> Sequence[re.Match[str]] | None:
    """Divide terms into instalments; None where they are not understood.

    Commas divide where that makes sense; where not, shares do.
    """
    pieces = [_PART.fullmatch(_written_out(piece)) for piece in text.split(",")]
    divided = [piece for piece in pieces if piece]
    is_divided = len(divided) == len(pieces)
    if is_divided and (len(pieces) == 1 or all(map(_has_share, divided))):
        return divided
    text = _written_out(text.replace(",", " "))
    whole = _PART.fullmatch(text)
    if whole:
        return [whole]
    parts = list(_PART.finditer(text))
    if all(map(_has_share, parts)) and " ".join(part[0] for part in parts) == text:
        return parts or None
    return divided if is_divided else None


def _has_share(match: re.Match[str]) -> bool:
    return bool(match["percent"] or match["fixed"] or match["rest"])


def _day(text: str, terms: str) -> int:
    if not 1 <= int(text) <= _LAST_DAY:
        message = f'"{terms}": {text} is not a day of a month; write 1 to 31'
        raise TermsError(message)
    return int(text)


def _rule(match: re.Match[str], terms: str) -> Net | Prox:
    if match["prox"]:
        cutoff = int((match["cutoff"] or "0").replace("\N{MINUS SIGN}", "-"))
        if abs(cutoff) > _LAST_DAY:
            message = f'"{terms}": a cutoff is a day of the month, -31 to 31'
            raise TermsError(message)
        return Prox(_day(match["prox"], terms), cutoff)
    unit, count = match["unit"] or "day", int(match["count"] or 0)
    distance = relativedelta(
        days=count if unit == "day" else 0,
        weeks=count if unit == "week" else 0,
        months=count if unit == "month" else 0,
    )
    return Net(
        distance,
        month_end=match["eom"] is not None,
        plus=int(match["plus"] or 0),
        day=_day(match["on"], terms) if match["on"] else 0,
    )


def _discounts(text: str, rule: Net | Prox, terms: str) -> Iterator[Discount]:
    for discount in text.split():
        percent, _, days = discount.partition("/")
        if Decimal(percent) > _MAX_DISCOUNT:
            message = (
                f'"{terms}": a discount of {percent} % is more than {_MAX_DISCOUNT} %'
            )
            raise TermsError(message)
        if isinstance(rule, Net) and int(days) > rule.longest:
            span = in_days(int(days))
            message = f'"{terms}": a discount for {span} ends after the due date'
            raise TermsError(message)
        yield Discount(Decimal(percent), int(days))


def _part(match: re.Match[str], terms: str) -> Part:
    rule = _rule(match, terms)
    return Part(
        rule,
        tuple(_discounts(match["discounts"], rule, terms)),
        Decimal(match["percent"]) if match["percent"] else None,
        Decimal(match["fixed"]) if match["fixed"] else None,
    )


@lru_cache(maxsize=1024)
def parse_terms(text: str) -> Terms:
    """Understand terms of payment.

    Args:
        text: What the bookkeeper typed, see this module's manual.

    Returns:
        The terms.

    Raises:
        TermsError: The text is not understood, or its shares cannot add up.
    """
    matches = _parts(text)
    if matches is None:
        raise TermsError(_not_understood(text))
    if len(matches) > 1 and not all(map(_has_share, matches)):
        message = (
            f'"{text}": each instalment needs a share: a percentage, an amount '
            'or "rest"'
        )
        raise TermsError(message)
    parts = tuple(_part(match, text) for match in matches)
    rests = sum(part.percent is None and part.fixed is None for part in parts)
    if rests > 1:
        message = f'"{text}": only one instalment can take the rest'
        raise TermsError(message)
    total = sum((part.percent or ZERO for part in parts), ZERO)
    all_percent = all(part.percent is not None for part in parts)
    if total > HUNDRED or (all_percent and total != HUNDRED):
        message = f'"{text}": the shares add up to {exact(total)} %, not to 100 %'
        raise TermsError(message)
    return Terms(text, parts)


@lru_cache(maxsize=1024)
def _not_understood(text: str) -> str:
    """Say which part of terms is not understood, and the nearest that is."""
    pieces = [piece.strip() for piece in text.split(",")]
    piece = next((piece for piece in pieces if _parts(piece) is None), text)
    near = _nearest(piece)
    how = (
        f'the nearest form is "{near}"'
        if near
        else 'write for example "net 30", "2/10 net 30", "net 30 eom", "prox 20" or '
        '"30% on receipt, 70% net 45"'
    )
    return f'"{piece}" is not understood as terms of payment; {how}'


def _nearest(text: str) -> str | None:
    """Return the nearest terms that are understood; None where none are near."""
    text = text.lower()
    for foreign, ours in _FOREIGN:
        text = re.sub(foreign, ours, text)
    words = []
    for word in re.findall(rf"{_NUMBER}|[a-z]+|[^\sa-z\d]", text, re.ASCII):
        if word.isalpha() and word not in _WORDS:
            words += get_close_matches(word, _WORDS, 1, 0.65)
        else:
            words.append(word)
    corrected = re.sub(r" ?/ ?| (?=[%,])", lambda to: to[0].strip(), " ".join(words))
    numbers = re.findall(_NUMBER, corrected, re.ASCII)
    near = [f"net {corrected}" if corrected.isdecimal() else corrected]
    if re.search("[a-z/]", corrected):
        # Those with as many numbers before those with more.
        for left_over in range(_MOST_NUMBERS):
            forms = [
                _filled(form, numbers)
                for form in _FORMS
                if len(re.findall(_NUMBER, form)) == len(numbers) + left_over
            ]
            near += get_close_matches(corrected, forms, len(_FORMS), 0.5)
    return next(filter(_parts, near), None)


def _filled(form: str, numbers: Sequence[str]) -> str:
    to_come = iter(numbers)
    return re.sub(_NUMBER, lambda number: next(to_come, number[0]), form)
