"""Amounts in Chinese capital figures (大写金额), which nobody can alter on paper.

By the rules of the People's Bank of China for bills and settlement vouchers
(《正确填写票据和结算凭证的基本规定》, annex 1 of 《支付结算办法》,
银发 1997 第 393 号). Rule 2 says where 整 stands, and rule 4 where 零 does, with
examples, all of which are tests. Where it leaves a choice, as in 1,680.32 and
107,000.53, this is its first form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.answers.contents import sums
from beancount_dunning.basics.languages import written_as
from beancount_dunning.basics.money import ZERO

if TYPE_CHECKING:
    from decimal import Decimal

    from babel import Locale

    from beancount_dunning.answers.contents import Contents

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")
_GROUPS = ("亿", "万", "")
# More has other names than these.
_MOST = 10**12


def capitals_line(contents: Contents, locale: Locale) -> str:
    """Return the line that says in capital figures what a letter asks for.

    Args:
        contents: What the letter says.
        locale: Where the customer is.

    Returns:
        The line; empty where the letter is not in simplified Chinese, or asks for no
        yuan.
    """
    asked = (one.asked for one in sums(contents.late) if one.currency == "CNY")
    figures = in_capitals(next(asked, ZERO))
    is_chinese = written_as(locale) == "zh"
    return (
        f"金额大写\N{FULLWIDTH COLON}人民币{figures}" if figures and is_chinese else ""
    )


def in_capitals(amount: Decimal) -> str:
    """Write an amount of yuan in capital figures.

    Args:
        amount: The amount.

    Returns:
        The figures, without the currency; empty where there are none for it: for
        nothing, and for parts of a fen.
    """
    fen = int(amount * 100)
    if fen != amount * 100 or not 0 < fen < _MOST * 100:
        return ""
    yuan, jiao, fen = fen // 100, fen // 10 % 10, fen % 10
    text = f"{_whole(yuan)}元" if yuan else ""
    if not jiao and not fen:
        return f"{text}整"
    # 1,680.32 may do without this zero; 16,409.02 may not.
    if yuan and (not jiao or yuan % 10 == 0):
        text += "零"
    text += f"{_DIGITS[jiao]}角" if jiao else ""
    return text + (f"{_DIGITS[fen]}分" if fen else "")


def _whole(number: int) -> str:
    """Write a number by groups of four digits."""
    text = ""
    is_gap = False
    rest, last = divmod(number, 10**4)
    for name, group in zip(_GROUPS, (*divmod(rest, 10**4), last), strict=True):
        if group:
            has_zero = text and (is_gap or group < 10 ** (len(_PLACES) - 1))
            text += f"{'零' if has_zero else ''}{_four(group)}{name}"
        is_gap = not group
    return text


def _four(group: int) -> str:
    """Write four digits, with one zero for all that stand between others."""
    text = ""
    is_gap = False
    for digit, place in zip(f"{group:04}", _PLACES, strict=True):
        if digit == "0":
            is_gap = bool(text)
        else:
            text += f"{'零' if is_gap else ''}{_DIGITS[int(digit)]}{place}"
            is_gap = False
    return text
