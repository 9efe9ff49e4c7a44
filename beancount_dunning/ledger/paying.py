"""How to pay: the options `pay-to`, an account, and `pay-link`, a web address.

    2026-01-01 custom "dunning-option" "pay-to" "EUR" "DE02 1203 0000 0000 2020 51"
    2026-01-01 custom "dunning-option" "pay-to" "USD" "Bank of Ohio
    Account 123456"
    2026-01-01 custom "dunning-option" "pay-link" "https://pay.example/{invoice}"

A mistyped IBAN sends money astray, so one whose check digits are wrong is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote

from beancount.core.amount import CURRENCY_RE

from beancount_dunning.basics.check_digits import is_iban
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.values import WrongValueError
from beancount_dunning.ledger.values import text

# Two letters and two digits begin an IBAN, and hardly any other account.
_LIKE_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{8,}", re.ASCII)
_PLACEHOLDER = re.compile(r"\{(.*?)\}")
_NAMES = ("invoice", "amount", "currency", "customer")


@dataclass(frozen=True, slots=True)
class PayTo:
    """An account to pay to in a currency.

    `account` is an IBAN in groups of four, or the lines that somebody typed; `name` is
    whose account it is.
    """

    currency: str
    account: str
    name: str | None

    @property
    def iban(self) -> str | None:
        """The IBAN without blanks; None where the account has none."""
        joined = _joined(self.account)
        return joined if is_iban(joined.lower()) else None


@dataclass(frozen=True, slots=True)
class PayLink:
    """A web address to pay at, with `{invoice}` and others to put in."""

    pattern: str

    def address(
        self, *, invoice: str, amount: Decimal | str, currency: str, customer: str
    ) -> str:
        """Return the address for an invoice, with everything put in escaped.

        Args:
            invoice: The reference.
            amount: What is to be paid.
            currency: In which currency.
            customer: By whom.
        """
        values = {
            "invoice": invoice,
            "amount": exact(amount) if isinstance(amount, Decimal) else amount,
            "currency": currency,
            "customer": customer,
        }
        return _PLACEHOLDER.sub(
            lambda name: quote(values[name[1]].encode(errors="replace"), safe=""),
            self.pattern,
        )


def pay_to(value: object) -> PayTo:
    """Read an account to pay to: currency, IBAN or lines of text, and perhaps a name.

    Raises:
        WrongValueError: It is none of that, or an IBAN with wrong check digits.
    """
    match value:
        case (str(currency), str(), *names) if (
            len(names) <= 1
            and re.fullmatch(CURRENCY_RE, currency)
            and all(isinstance(one, str) for one in names)
        ):
            account, *named = map(text, value[1:])
        case _:
            message = Words(
                'a currency, an IBAN and a name in quotes, like "EUR" '
                '"DE02 1203 0000 0000 2020 51" "Atelier Nord"'
            )
            raise WrongValueError(message)
    joined = _joined(account).upper()
    if _LIKE_IBAN.fullmatch(joined):
        if not is_iban(joined.lower()):
            raise WrongValueError(
                Words("an IBAN with the right check digits; look for a slip of the pen")
            )
        account = " ".join(re.findall(".{1,4}", joined))
    return PayTo(currency, account, named[0] if named else None)


def pay_link(value: object) -> PayLink:
    """Read a web address with names in braces.

    Raises:
        WrongValueError: It is no web address, or has other names.
    """
    address = text(value)
    names = _PLACEHOLDER.findall(address)
    rest = _PLACEHOLDER.sub("", address)
    if not re.fullmatch(r"https?://[!-;=?-z~|]+", rest) or not set(names) <= {*_NAMES}:
        known = ", ".join(f"{{{name}}}" for name in _NAMES)
        message = Words(
            'an address like "{address}", with {names}',
            address="https://pay.example/{invoice}",
            names=known,
        )
        raise WrongValueError(message)
    return PayLink(address)


def _joined(account: str) -> str:
    return "".join(account.split())
