"""Terms of payment as one types them.

    on receipt, due on receipt      the invoice date
    net 30, 30 days, n/30, 30       that much later
    net 2 weeks, net 1 month        likewise
    net 30 eom, eom                 the end of the month that net 30, or the invoice,
                                    falls in
    net 30 eom +15                  15 days after that month end
    net 30 eom on 10, net 30 eom 10 the 10th of the month after
    net 60 on 10 25                 the first 10th or 25th on or after net 60
    prox 20, 20th prox              the 20th of next month
    prox 20 cutoff 19               the same, or of the month after next when the
                                    invoice's day is past the 19th
    closing 20 net 1 month eom      net 1 month eom from the first 20th on or after the
                                    invoice; 0 is the month's end
    closing 25 net 2 months on 5    the 5th, two months after the closing day's month
    2/10 net 30, 2% 10, net 30      net 30; 2 % less if paid within 10 days
    2/10 eom net 30 eom             the same, but both from the end of the month
    30% on receipt, 70% net 45      two instalments
    500.00 net 0, balance net 30    a fixed one and what is left, also `rest`
    3 x 1 month                     three equal ones, after one, two and three months

Upper and lower case are the same, and a comma between words does not matter. Short
forms are written out first (`_written_out`), so that `_PART` knows one spelling of
each.
"""

from __future__ import annotations

import re
from datetime import date
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from beancount_dunning.basics.lists import either
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.terms import HUNDRED
from beancount_dunning.ledger.terms import LAST_DAY
from beancount_dunning.ledger.terms import Closing
from beancount_dunning.ledger.terms import Discount
from beancount_dunning.ledger.terms import Net
from beancount_dunning.ledger.terms import Part
from beancount_dunning.ledger.terms import Prox
from beancount_dunning.ledger.terms import Terms
from beancount_dunning.ledger.terms import TermsError
from beancount_dunning.ledger.terms_near import corrected_terms
from beancount_dunning.ledger.terms_near import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount_dunning.ledger.terms import Rule

# More is a slip: a share of an instalment, or the days first.
_MAX_DISCOUNT = 20
# Net 30 goes with a discount for 10 days.
_USUALLY_LATER = 20
# Every day on which something can be invoiced, and every length of a month.
_LEAP_YEAR = tuple(date(2024, 1, 1) + timedelta(days=days) for days in range(366))

_NUMBER = r"\d+(?:\.\d+)?"
_DISCOUNT = rf"{_NUMBER}[%/][ ]?\d{{1,4}}(?:[ ]days?)?"
# A number that is no percentage, no amount and no day of a discount.
_COUNT = r"(?<![\d./%])\d{1,5}(?![\d./]|[ ]?%)"
_UNIT = r"(?:day|week|month)s?"
_DAY = rf"{_COUNT}(?! ?(?:{_UNIT}|eom)\b)"
_EXAMPLES = either(
    (
        *('"net 30"', '"2/10 net 30"', '"net 30 eom"', '"prox 20"'),
        '"30% on receipt, 70% net 45"',
    )
)
_SHORT_FORMS = tuple(
    (re.compile(pattern, re.ASCII), long_form)
    for pattern, long_form in (
        (r" *([/+]) *", r"\1"),
        (r" *% *", "% "),
        (r"(?<=\d) ?[x\N{MULTIPLICATION SIGN}] ?(?=\d)", " x "),
        (r"\bdue on receipt\b", "on receipt"),
        (r"\bbalance\b", "rest"),
        (r"\b(?:net *|n ?/? ?)(?=\d)", "net "),
        (r"\b(\d+)(?:st|nd|rd|th)\b", r"\1"),
        (r"\b(\d{1,2}) prox\b(?! \d)", r"prox \1"),
        (rf"\beom(?: on)? (?={_DAY})", "eom on "),
    )
)
# A month's end after a discount is its own where a due date follows.
_DISCOUNTS = re.compile(
    rf"""
    (?<![\d.])
    (?: {_DISCOUNT} (?: [ ]eom (?=[ ](?: on[ ]receipt | net | prox | closing | eom
                                       | {_COUNT} | {_NUMBER}[%/] )) )? [ ] )+
    (?= on[ ] | net | prox | closing | eom | {_COUNT} )
    """,
    re.ASCII | re.VERBOSE,
)
_EQUAL = re.compile(
    r"([1-9]\d{0,2}) x ([1-9]\d{0,4})(?: ?(day|week|month)s?)?", re.ASCII
)
_PART = re.compile(
    rf"""
    (?: (?P<percent> {_NUMBER} ) %[ ]
      | (?P<fixed> (?! \d{{1,5}}[ ]eom ) {_NUMBER} ) [ ]
        (?= [a-z] | {_NUMBER}/ | \d{{1,5}}[ ] (?: {_UNIT}[ ] )? eom )
      | (?P<rest> rest ) [ ]
    )?
    (?P<discounts> (?: {_NUMBER}/\d{{1,4}} (?:eom)? [ ] )* )
    (?: on[ ]receipt
      | (?: closing[ ](?P<closing> \d{{1,2}} )[ ] )?
        (?: net[ ] )?
        (?: (?= eom )
          | (?P<count> \d{{1,5}} ) (?: [ ]? (?P<unit> day|week|month ) s? )? )
        (?: (?P<eom> [ ]?eom (?: [ ]?\+(?P<plus> \d{{1,4}} )
                               | [ ]on[ ](?P<on> \d{{1,2}} ) )? )
          | [ ]on (?P<pay_days> (?: [ ]\d{{1,2}} )+ ) )?
      | prox[ ]?(?P<prox> \d{{1,2}} )
        (?: [ ]cutoff[ ](?P<cutoff> [-\N{{MINUS SIGN}}]? \d{{1,2}} ) )?
    )
    """,
    re.VERBOSE | re.ASCII,
)


def _written_out(text: str) -> str:
    """Write short forms out, in small letters and with single spaces."""
    text = " ".join(text.lower().split())
    for pattern, long_form in _SHORT_FORMS:
        text = pattern.sub(long_form, text)
    return _DISCOUNTS.sub(_with_slashes, text).strip()


def _with_slashes(match: re.Match[str]) -> str:
    """Write discounts like 2/10, unless they are shares of instalments."""
    found = re.findall(rf"({_NUMBER})[%/] ?(\d+)(?: days?)?(?: (eom))?", match[0])
    if "/" not in match[0] and any(Decimal(one[0]) > _MAX_DISCOUNT for one in found):
        return match[0]
    return "".join(f"{percent}/{days}{eom} " for percent, days, eom in found)


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
    if not 1 <= int(text) <= LAST_DAY:
        message = Words(
            '"{said}": {day} is not a day of a month; write 1 to 31',
            said=terms,
            day=text,
        )
        raise TermsError(message)
    return int(text)


def _distance(count: int, unit: str | None) -> relativedelta:
    return relativedelta(
        days=count if unit in {None, "day"} else 0,
        weeks=count if unit == "week" else 0,
        months=count if unit == "month" else 0,
    )


def _rule(match: re.Match[str], terms: str) -> Rule:
    if match["prox"]:
        cutoff = int((match["cutoff"] or "0").replace("\N{MINUS SIGN}", "-"))
        if abs(cutoff) > LAST_DAY:
            message = Words(
                '"{said}": a cutoff is a day of the month, -31 to 31', said=terms
            )
            raise TermsError(message)
        return Prox(_day(match["prox"], terms), cutoff)
    net = Net(
        _distance(int(match["count"] or 0), match["unit"]),
        month_end=match["eom"] is not None,
        plus=int(match["plus"] or 0),
        day=_day(match["on"], terms) if match["on"] else 0,
        pay_days=tuple(_day(day, terms) for day in (match["pay_days"] or "").split()),
    )
    return net if match["closing"] is None else _closing(match["closing"], net, terms)


def _closing(day: str, net: Net, terms: str) -> Closing:
    if int(day) > LAST_DAY:
        message = Words(
            '"{said}": a closing day is a day of the month, 0 to 31', said=terms
        )
        raise TermsError(message)
    if net.is_in_months and len(net.pay_days) > 1:
        example = f"on {net.pay_days[0]}"
        message = Words(
            '"{said}": some months after a closing day there is one day to pay on; '
            'write for example "{example}"',
            said=terms,
            example=example,
        )
        raise TermsError(message)
    return Closing(int(day), net)


def _part(match: re.Match[str], terms: str) -> Part:
    rule = _rule(match, terms)
    discounts = tuple(
        Discount(Decimal(percent), int(days), bool(month_end))
        for percent, days, month_end in re.findall(
            rf"({_NUMBER})/(\d+)(eom)?", match["discounts"]
        )
    )
    if discounts:
        rule = _counted_like(discounts, rule, terms, is_bare=match["count"] is None)
        for discount in discounts:
            _check(discount, rule, terms)
    return Part(
        rule,
        discounts,
        Decimal(match["percent"]) if match["percent"] else None,
        Decimal(match["fixed"]) if match["fixed"] else None,
    )


def _counted_like(
    discounts: Sequence[Discount], rule: Rule, terms: str, *, is_bare: bool
) -> Rule:
    """Count a due date from the month's end where the discounts before it are.

    Where there is no distance, nobody knows whether they are.
    """
    from_month_end = {discount.from_month_end for discount in discounts}
    first = f"{discounts[0].percent}/{discounts[0].days} net 0 eom"
    if len(from_month_end) > 1:
        message = Words(
            '"{said}": write "eom" after each discount, or after none', said=terms
        )
        raise TermsError(message)
    if not isinstance(rule, Net) or not rule.is_month_end:
        return rule
    if True in from_month_end:
        return Closing(0, Net(rule.distance))
    if is_bare:
        message = Words(
            '"{said}" can be read in two ways; write "{both}" for {days} from the '
            'month\'s end, or "{first}" for {days} from the invoice',
            said=terms,
            both=_both(discounts[0]),
            first=first,
            days=_days(discounts[0]),
        )
        raise TermsError(message)
    return rule


def _both(discount: Discount) -> str:
    """Return terms that count a discount, and a usual date after it, from one day."""
    percent, days = discount.percent, discount.days
    return f"{percent}/{days} eom net {days + _USUALLY_LATER} eom"


def _check(discount: Discount, rule: Rule, terms: str) -> None:
    """Refuse a discount that is no discount for paying early."""
    if discount.percent > _MAX_DISCOUNT:
        message = Words(
            '"{said}": a discount of {percent} % is more than {most} %',
            said=terms,
            percent=str(discount.percent),
            most=_MAX_DISCOUNT,
        )
        raise TermsError(message)
    if discount.from_month_end and any(
        # In no month is anything due before what is invoiced on its first day.
        _is_late(discount, rule, day)
        for day in _LEAP_YEAR
        if day.day == 1
    ):
        message = Words(
            '"{said}": a discount for {days} from the month\'s end can end after the '
            'due date; write for example "{example}"',
            said=terms,
            days=_days(discount),
            example=_both(discount),
        )
        raise TermsError(message)
    if all(_is_late(discount, rule, day) for day in _LEAP_YEAR):
        message = Words(
            '"{said}": a discount for {days} ends after the due date',
            said=terms,
            days=_days(discount),
        )
        raise TermsError(message)


def _days(discount: Discount) -> Words:
    return Words.counted("{n} day", "{n} days", discount.days)


def _is_late(discount: Discount, rule: Rule, invoiced: date) -> bool:
    try:
        return discount.until(invoiced) > rule.due(invoiced)
    except (ValueError, OverflowError):
        # The due date lies beyond the calendar.
        return False


def _equal_parts(text: str) -> tuple[Part, ...]:
    """Return equal instalments, if that is what terms are; none where not."""
    match = _EQUAL.fullmatch(_written_out(text))
    if not match:
        return ()
    times, count = int(match[1]), int(match[2])
    rules = [Net(_distance(count * one, match[3])) for one in range(1, times + 1)]
    return (*(Part(rule, equal=times) for rule in rules[:-1]), Part(rules[-1]))


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
    if equal := _equal_parts(text):
        return Terms(text, equal)
    matches = _parts(text)
    if matches is None:
        raise TermsError(_not_understood(text))
    if len(matches) > 1 and not all(map(_has_share, matches)):
        message = Words(
            '"{said}": each instalment needs a share: a percentage, an amount or '
            '"rest"',
            said=text,
        )
        raise TermsError(message)
    parts = tuple(_part(match, text) for match in matches)
    rests = sum(part.percent is None and part.fixed is None for part in parts)
    if rests > 1:
        message = Words('"{said}": only one instalment can take the rest', said=text)
        raise TermsError(message)
    total = sum((part.percent or ZERO for part in parts), ZERO)
    all_percent = all(part.percent is not None for part in parts)
    if total > HUNDRED or (all_percent and total != HUNDRED):
        message = Words(
            '"{said}": the shares add up to {total} %, not to 100 %',
            said=text,
            total=exact(total),
        )
        raise TermsError(message)
    return Terms(text, parts)


@lru_cache(maxsize=1024)
def _not_understood(text: str) -> Words:
    """Say which part of terms is not understood, and the nearest that is."""
    pieces = [piece.strip() for piece in text.split(",")]
    piece = next((piece for piece in pieces if _parts(piece) is None), text)
    if len(_parts(corrected_terms(text)) or ()) == 1:
        # The commas are within terms, and divide no instalments.
        piece = text
    near = nearest(piece, _is_understood)
    how = Words("write for example {forms}", forms=_EXAMPLES)
    if near:
        how = Words('the nearest form is "{form}"', form=near)
    return Words(
        '"{said}" is not understood as terms of payment; {how}', said=piece, how=how
    )


def _is_understood(text: str) -> bool:
    return bool(_equal_parts(text) or _parts(text))
