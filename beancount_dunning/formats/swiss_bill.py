"""The Swiss QR bill: receipt and payment part, as the page that is torn off.

It is for francs, and for euro to customers in Switzerland and Liechtenstein, to an
account there; by the library qrbill, the extra `[swiss]`. The payee's address is that
of the sender, which has to have a line like "8002 Zürich": the bill wants street,
postcode and town apart ("Implementation Guidelines for the QR-bill", 2.3). A QR-IBAN
asks for numbers that only its bank gives out, so it has no bill.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.util import find_spec
from io import StringIO
from typing import TYPE_CHECKING

from beancount_dunning.basics.check_digits import creditor_reference
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.basics.plain_text import plain_lines

if TYPE_CHECKING:
    from decimal import Decimal

    from beancount_dunning.answers.contents import Payable
    from beancount_dunning.ledger.paying import PayTo

_COUNTRIES = frozenset({"CH", "LI"})
_QR_IBANS = range(30000, 32000)
_MAX_LINE, _MAX_TOWN, _MAX_TEXT = 70, 35, 140
# The end of Latin Extended-A, of which the bill has all.
_LAST_SIGN = 0x17F
_TOWN = re.compile(r"(?:(?:CH|FL|LI)-)?([1-9]\d{3}) (\D.*)")
_LIECHTENSTEIN = range(9485, 9499)
_HERE = frozenset(
    {"schweiz", "suisse", "svizzera", "switzerland", "liechtenstein", "ch", "li"}
)
_LANGUAGES = frozenset({"de", "fr", "it"})


@dataclass(frozen=True, slots=True)
class SwissAddress:
    """Who pays or is paid, as the bill divides an address."""

    name: str
    street: str
    postcode: str
    town: str

    @property
    def country(self) -> str:
        """The country, by the postcode."""
        return "LI" if int(self.postcode) in _LIECHTENSTEIN else "CH"

    def as_dict(self) -> dict[str, str]:
        """Return it as the library takes it."""
        return {
            "name": self.name,
            "street": self.street,
            "pcode": self.postcode,
            "city": self.town,
            "country": self.country,
        }


@dataclass(frozen=True, slots=True)
class SwissBill:
    """A bill: `reference` is one by ISO 11649, or else `text` says what it is for.

    Without `debtor`, who pays writes their address into it.
    """

    iban: str
    creditor: SwissAddress
    amount: Decimal
    currency: str
    debtor: SwissAddress | None
    reference: str | None
    text: str
    language: str

    @property
    def label(self) -> str:
        """What it says, for those who cannot see it."""
        what = self.reference or self.text
        amount = f"{self.currency} {self.amount}"
        return ", ".join(filter(None, (self.creditor.name, self.iban, amount, what)))

    def as_svg(self) -> str:
        """Draw it as a page of A4; empty where the library is not installed."""
        if not can_draw_bills():
            return ""
        # Imported where needed: few letters are about francs.
        from qrbill import QRBill  # type: ignore[import-untyped]  # noqa: PLC0415 - no types; rare

        bill = QRBill(
            account=self.iban,
            creditor=self.creditor.as_dict(),
            amount=self.amount,
            currency=self.currency,
            debtor=self.debtor.as_dict() if self.debtor else None,
            reference_number=self.reference,
            additional_information=self.text,
            language=self.language,
        )
        file = StringIO()
        bill.as_svg(file, full_page=True)
        return file.getvalue().partition("?>")[2].strip()


def can_draw_bills() -> bool:
    """Tell whether the library is installed."""
    return find_spec("qrbill") is not None


def _takes_bills(iban: str, currency: str, language: str) -> bool:
    """Tell whether an account can be paid to by a bill, and the customer can pay so.

    Args:
        iban: The account, without blanks.
        currency: The currency of what is to be paid.
        language: The customer's language, as typed.
    """
    territory = language.replace("_", "-").rpartition("-")[2].upper()
    is_used = currency == "CHF" or (currency == "EUR" and territory in _COUNTRIES)
    return is_used and iban[:2] in _COUNTRIES and int(iban[4:9]) not in _QR_IBANS


def swiss_address(name: str, text: str) -> SwissAddress | None:
    """Divide an address.

    Args:
        name: Whose it is.
        text: The address, in lines or with commas; more may stand before and after it.

    Returns:
        The address; None where it has no Swiss postcode, is abroad, or does not fit on
        a bill.
    """
    lines = (part for line in plain_lines(text) for part in line.split(", "))
    parts = [part.strip() for part in lines if part.strip()]
    name = " ".join(plain(name).split())
    towns = map(_TOWN.fullmatch, parts)
    place = next(((number, town) for number, town in enumerate(towns) if town), None)
    if place is None:
        return None
    number, town = place
    street = parts[number - 1] if number else ""
    address = SwissAddress(name, street, town[1], town[2].strip())
    # Austria has such postcodes, too.
    is_abroad = any(map(_is_abroad, parts[number + 1 : number + 2]))
    return address if not is_abroad and _is_fit(address) else None


def swiss_bill(asked: Payable, account: PayTo, sender: str) -> SwissBill | None:
    """Return the bill to pay what is asked for.

    Args:
        asked: What is to be paid.
        account: The account.
        sender: The name of who writes, for an account without one.

    Returns:
        The bill; None where the account takes none, or the sender has no address there.
    """
    iban = account.iban
    if not iban or not _takes_bills(iban, account.currency, asked.language):
        return None
    _, *address = re.split(r"\n|, ", asked.sender, maxsplit=1)
    creditor = swiss_address(account.name or sender, "".join(address))
    if creditor is None:
        return None
    file, numbers = asked.customer, asked.invoices
    reference = creditor_reference(*numbers) if len(numbers) == 1 else None
    text = "".join(filter(_is_latin, plain(", ".join(numbers))))[:_MAX_TEXT].strip()
    language = asked.language[:2].lower()
    return SwissBill(
        iban,
        creditor,
        asked.amount,
        account.currency,
        swiss_address(file.name or "", file.address or ""),
        reference,
        "" if reference else text,
        language if language in _LANGUAGES else "en",
    )


def _is_abroad(line: str) -> bool:
    """Tell whether what follows a town is another country."""
    words = line.split()
    return all(map(str.isalpha, words)) and words[-1].casefold() not in _HERE


def _is_fit(address: SwissAddress) -> bool:
    """Tell whether an address has room and signs on a bill."""
    lines = address.name, address.street, address.town
    return (
        0 < len(address.name) <= _MAX_LINE
        and len(address.street) <= _MAX_LINE
        and len(address.town) <= _MAX_TOWN
        and _is_latin("".join(lines))
    )


def _is_latin(text: str) -> bool:
    """Tell whether a bill has the signs of a text."""
    return text.isprintable() and all(ord(sign) <= _LAST_SIGN for sign in text)
