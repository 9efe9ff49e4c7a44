"""When the tax in a bad debt comes back, where the seller's law is known.

It is said in a comment above the write-off, with its source, and nothing is booked for
it. The country is that of the option `holidays`, or else that of the account that the
option `pay-to` names.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from beancount_dunning.ledger.workdays import WEEKENDS
from beancount_dunning.standing.day_counts import months_later

if TYPE_CHECKING:
    from beancount_dunning.ledger.settings import Settings

# After how many months, since when, and by which law.
_MONTHS = {
    "GB": (6, "section 36 VATA 1994, regulation 172(1A) of SI 1995/2518"),
    "NL": (12, "article 29(2) Wet OB 1968"),
}
_GERMANY = (
    "Tax: corrected for the period in which the claim became uncollectible "
    "(section 17(2) no. 1 UStG)"
)


def tax_relief(settings: Settings, due: date, currency: str) -> str | None:
    """Say when the tax in a bad debt comes back.

    Args:
        settings: What the ledger says of its country.
        due: When the debt was due.
        currency: Its currency.

    Returns:
        A line of text with its source; None where the law is not known.
    """
    country = _country(settings, currency)
    if country == "DE":
        return _GERMANY
    if country not in _MONTHS:
        return None
    months, law = _MONTHS[country]
    day = date.fromordinal(min(months_later(due, months), date.max.toordinal()))
    return f"Tax: relief from {day}, {months} months after the due date ({law})"


def _country(settings: Settings, currency: str) -> str | None:
    named = settings.workdays.country
    if named is not None and named != WEEKENDS:
        return named.partition("-")[0]
    account = settings.pay_to.get(currency)
    return account.iban[:2] if account and account.iban else None
