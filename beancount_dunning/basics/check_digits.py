"""Check digits of payment references: does somebody's slip of the pen show?

    RF18 5390 0754 7034               a creditor reference, ISO 11649
    21 00000 00003 13947 14300 09017  a Swiss QR or ESR reference: modulo 10, recursive
    1234 5672                         a Finnish reference: weights 7, 3, 1
    1234 5674                         a Norwegian KID or a Swedish OCR number: modulo 10

Texts are without blanks, letters are small.
"""

from __future__ import annotations

import re
from itertools import cycle
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SWISS_LENGTHS = frozenset({26, 27})
# One row of the Swiss table; the others are this one, begun further on.
_CARRIES = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)
_MAX_FINNISH = 20
_MAX_NORDIC = 25
# Below it there is no room for a check digit.
_MIN_CHECKED = 2


def is_creditor_reference(text: str) -> bool:
    """Tell whether a text is a creditor reference with the right check digits.

    The rule is that of ISO 11649: `RF` and the check digits go to the end, letters
    become the numbers from 10, and the remainder modulo 97 is 1.
    """
    return _is_like_creditor_reference(text) and _remainder(text) == 1


def creditor_reference(number: str) -> str | None:
    """Make a creditor reference of an invoice's number, by ISO 11649.

    Args:
        number: The number; what is no letter or digit in it is left out.

    Returns:
        The reference in capitals, without blanks; None where there are letters that it
        cannot have, or more than 21.
    """
    text = "".join(filter(str.isalnum, number)).lower()
    if not re.fullmatch(r"[0-9a-z]{1,21}", text):
        return None
    check = 98 - _remainder(f"rf00{text}")
    return f"RF{check:02}{text}".upper()


def is_iban(text: str) -> bool:
    """Tell whether a text is an IBAN with the right check digits, by ISO 13616."""
    is_like = re.fullmatch(r"[a-z]{2}[0-9]{2}[0-9a-z]{11,30}", text) is not None
    return is_like and _remainder(text) == 1


def is_swiss(digits: str) -> bool:
    """Tell whether digits are a Swiss QR or ESR reference with a right check digit.

    The rule is that of the Swiss Implementation Guidelines QR-bill, annex B: modulo
    10, recursive.
    """
    if len(digits) not in _SWISS_LENGTHS:
        return False
    carry = 0
    for digit in digits[:-1]:
        carry = _CARRIES[(carry + int(digit)) % 10]
    return (10 - carry) % 10 == int(digits[-1])


def is_finnish(digits: str) -> bool:
    """Tell whether digits are a Finnish reference with a right check digit.

    The rule is that of Finance Finland: weights 7, 3, 1 from the right, and what is
    missing to the next ten.
    """
    if not _MIN_CHECKED <= len(digits) <= _MAX_FINNISH:
        return False
    return (_weighed(digits[-2::-1], (7, 3, 1)) + int(digits[-1])) % 10 == 0


def is_luhn(digits: str) -> bool:
    """Tell whether digits end in a check digit modulo 10, like KID and OCR numbers."""
    if not _MIN_CHECKED <= len(digits) <= _MAX_NORDIC:
        return False
    doubled = (
        sum(divmod(int(digit) * weight, 10))
        for digit, weight in zip(digits[::-1], cycle((1, 2)), strict=False)
    )
    return sum(doubled) % 10 == 0


def is_modulo_11(digits: str) -> bool:
    """Tell whether digits end in a check digit modulo 11, like other KID numbers.

    The weights are 2 to 7 from the right. The numbers whose check digit would be ten
    end in a dash, and so are no digits.
    """
    if not _MIN_CHECKED <= len(digits) <= _MAX_NORDIC:
        return False
    weighed = _weighed(digits[-2::-1], (2, 3, 4, 5, 6, 7))
    return (weighed + int(digits[-1])) % 11 == 0


def is_wrong(text: str) -> bool:
    """Tell whether a text has the form of a checked reference, and is none."""
    if _is_like_creditor_reference(text):
        return _remainder(text) != 1
    is_long = len(text) in _SWISS_LENGTHS and text.isdecimal()
    return is_long and not is_swiss(text)


def payloads(digits: str) -> Iterator[str]:
    """Yield what numbers a reference may have been made of.

    Args:
        digits: The reference.

    Yields:
        The reference without its check digit, if that is right; and without the length
        that stands before it, if it is that of a Swedish OCR number.
    """
    checks = (is_swiss, is_finnish, is_luhn, is_modulo_11)
    if any(check(digits) for check in checks):
        yield digits[:-1]
        if is_luhn(digits) and int(digits[-2]) == len(digits) % 10:
            yield digits[:-2]


def _is_like_creditor_reference(text: str) -> bool:
    return re.fullmatch(r"rf[0-9]{2}[0-9a-z]{1,21}", text) is not None


def _remainder(text: str) -> int:
    turned = text[4:] + text[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97


def _weighed(digits: str, weights: tuple[int, ...]) -> int:
    pairs = zip(digits, cycle(weights), strict=False)
    return sum(int(digit) * weight for digit, weight in pairs)
