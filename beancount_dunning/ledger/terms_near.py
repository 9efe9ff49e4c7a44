"""The terms of payment that are nearest to what is not understood.

Words of invoices in other languages are translated first, so that the form that is said
is due on the same day: who types `月结30天` is to type `closing 0 net 30 days`, not
`net 30`. Then slips are corrected word by word; and then the form is looked for that
looks most alike, with the numbers that were typed.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence

_NUMBER = r"\d+(?:\.\d+)?"
# What others write, and a form of ours that means it.
_FOREIGN = tuple(
    (re.compile(pattern), ours)
    for pattern, ours in (
        (r"\bend of (?:the )?month\b|\bfine? (?:de )?m(?:ois|es|ese)\b", "eom"),
        (r"\bd\.?f\.?f\.?m\b\.?|\bfdm\b", "eom"),
        (r"\b(?:zum )?monatsende\b|\beinde? (?:van de )?maand\b", "eom"),
        (r"(\d+)\.? (?:des folgemonats|van de volgende maand)\b", r"prox \1"),
        (r"\b(?:tagen?|dag(?:en)?|jours?|d\was|dias?|giorni|gg|ddl)\b", "days"),
        (r"\b(?:wochen?|weken)\b", "weeks"),
        (r"\b(?:monaten?|maand(?:en)?)\b", "months"),
        (r"\b(?:immediate(?:ly)?|cod|cash on delivery)\b", "on receipt"),
        (r"\b(?:sofort|prompt|per direct)\b", "on receipt"),
        (r"\b(?:skonto|korting)\b", ""),
        # The number of days first, the percentage or "net" after it.
        (rf"(\d+) days ({_NUMBER}) ?%", r"\2% \1 days"),
        (r"(\d+ \w+) net(?:to|s)?\b", r"\1"),
        (r"月[结結]", "closing 0 net "),
        (r"月末締め?", "closing 0 "),
        (r"(\d+)日締め?", r"closing \1 "),
        (r"天", " days"),
        (r"翌々月", "net 2 months "),
        (r"翌月", "net 1 month "),
        (r"末日?払い?", "eom"),
        (r"(\d+)日払い?", r"on \1"),
    )
)
_WORDS = (
    *("on", "receipt", "net", "day", "days", "week", "weeks", "month", "months"),
    *("eom", "prox", "cutoff", "closing", "rest", "balance", "due", "x"),
)
# Every form once; where the text has numbers, they take the place of those here.
_FORMS = (
    *("on receipt", "net 30", "30 days", "net 2 weeks", "net 1 month"),
    *("eom", "net 30 eom", "net 30 eom +15", "net 30 eom on 10"),
    *("net 60 on 10", "net 60 on 10 25"),
    *("prox 20", "prox 20 cutoff 19", "2/10 net 30", "2/10 net 30 eom"),
    *("closing 15 eom", "closing 20 net 30", "closing 20 net 1 month"),
    *("closing 20 net 1 month eom", "closing 25 net 2 months on 5"),
    *("2/10 eom net 30 eom", "3 x 30 days", "3 x 1 month"),
    *("30% on receipt, 70% net 45", "500.00 net 0, rest net 30"),
)
_MOST_NUMBERS = 3


def nearest(text: str, is_understood: Callable[[str], bool]) -> str | None:
    """Return the nearest terms that are understood.

    Args:
        text: What was typed.
        is_understood: Tells whether a text is.

    Returns:
        The terms; None where none are near.
    """
    corrected = corrected_terms(text)
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
    return next(filter(is_understood, near), None)


def corrected_terms(text: str) -> str:
    """Translate words and correct their spelling; leave out those that are none.

    Args:
        text: What was typed.

    Returns:
        What may be terms.
    """
    text = text.lower()
    for foreign, ours in _FOREIGN:
        text = foreign.sub(ours, text)
    words = []
    for word in re.findall(rf"{_NUMBER}|[a-z]+|[^\sa-z\d]", text, re.ASCII):
        if word.isalpha() and word not in _WORDS:
            words += get_close_matches(word, _WORDS, 1, 0.65)
        else:
            words.append(word)
    return re.sub(r" ?/ ?| (?=[%,])", lambda to: to[0].strip(), " ".join(words))


def _filled(form: str, numbers: Sequence[str]) -> str:
    to_come = iter(numbers)
    return re.sub(_NUMBER, lambda number: next(to_come, number[0]), form)
