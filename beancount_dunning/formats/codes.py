"""Codes to pay: what paper asks for, for a bank's app to read from it.

What is asked for in euro, with an IBAN, has an EPC QR code (EPC069-12, as "GiroCode" in
Germany and Austria): name, IBAN, amount and reference, filled in by the app. In
Switzerland it is a bill, see `swiss_bill`. Else the address to pay at is a QR code. The
amount is what is left to pay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from beancount_dunning.basics.check_digits import creditor_reference
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.formats.swiss_bill import SwissBill
from beancount_dunning.formats.swiss_bill import swiss_bill

if TYPE_CHECKING:
    from segno import QRCode

    from beancount_dunning.answers.contents import Payable
    from beancount_dunning.formats.how_to_pay import HowToPay
    from beancount_dunning.ledger.paying import PayTo

# The limits of EPC069-12.
_MAX_NAME = 70
_MAX_TEXT = 140
# Of 331 in all, without name, IBAN and text.
_MAX_BYTES = 331 - 50
_LEAST, _MOST = Decimal("0.01"), Decimal("999999999.99")
_BORDER = 4
_DARK = re.compile(rb"\x01+")
_MASK = 0


@dataclass(frozen=True, slots=True)
class EpcCode:
    """A transfer in euro: `reference` is one by ISO 11649, or else `text` says it."""

    name: str
    iban: str
    amount: Decimal
    reference: str | None
    text: str | None

    @property
    def label(self) -> str:
        """What it says, for those who cannot see it."""
        said = (self.name, self.iban, f"EUR {self.amount}", self.reference or self.text)
        return ", ".join(filter(None, said))

    def drawn(self) -> QRCode:
        """Draw it."""
        # Version 2 in UTF-8, a transfer; neither BIC nor purpose.
        head = ("BCD", "002", "1", "SCT", "", self.name, self.iban)
        told = (f"EUR{self.amount}", "", self.reference or "", self.text or "")
        return _drawn("\n".join((*head, *told)).rstrip("\n"))


@dataclass(frozen=True, slots=True)
class LinkCode:
    """An address to pay at."""

    label: str

    def drawn(self) -> QRCode:
        """Draw it."""
        return _drawn(self.label)


Code = EpcCode | LinkCode | SwissBill


def _drawn(text: str) -> QRCode:
    # Imported where needed: most letters are text.
    from segno import make_qr  # noqa: PLC0415

    # To look for the best of eight masks takes five times as long, for codes that are
    # read no better.
    return make_qr(text, error="m", boost_error=False, encoding="utf-8", mask=_MASK)


def as_svg(code: Code) -> str:
    """Return a code as a picture in a page, or as a page; empty for no picture."""
    if isinstance(code, SwissBill):
        return code.as_svg()
    return _svg(code.drawn())


def _svg(code: QRCode) -> str:
    """Return a code as SVG that grows with its room; segno's takes three times as long.

    Each run of dark modules in a row is a line of it.
    """
    lines = (
        f"M{run.start() + _BORDER} {y}.5h{run.end() - run.start()}"
        for y, row in enumerate(code.matrix, _BORDER)
        for run in _DARK.finditer(row)
    )
    side = len(code.matrix) + 2 * _BORDER
    return (
        f'<svg viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path stroke="#000" d="{"".join(lines)}"/></svg>'
    )


def code_of(
    asked: Payable | None, how: HowToPay, sender: str, link: str
) -> Code | None:
    """Return the code to pay what is asked for.

    Args:
        asked: What is to be paid; None for nothing, or several currencies.
        how: How to pay.
        sender: The name of who writes, for an account without one.
        link: Where the only invoice of it is paid; empty where there is no such.

    Returns:
        The code; None where there is neither an IBAN nor an address, or what is asked
        for is what no code can say.
    """
    account = how.accounts.get(asked.currency) if asked else None
    found = _transfer(asked, account, sender) if asked and account else None
    return found or (LinkCode(link) if link else None)


def _transfer(
    asked: Payable, account: PayTo, sender: str
) -> EpcCode | SwissBill | None:
    amount = asked.amount
    if not _LEAST <= amount <= _MOST or amount != amount.quantize(_LEAST):
        return None
    asked = replace(asked, amount=amount.quantize(_LEAST))
    bill = swiss_bill(asked, account, sender)
    if bill or not account.iban or account.currency != "EUR":
        return bill
    name = " ".join(plain(account.name or sender).split())[:_MAX_NAME].strip()
    return _epc(asked, name, account.iban) if name else None


def _epc(asked: Payable, name: str, iban: str) -> EpcCode:
    numbers = asked.invoices
    reference = creditor_reference(*numbers) if len(numbers) == 1 else None
    text = " ".join(plain(", ".join(numbers)).split())[:_MAX_TEXT]
    room = _MAX_BYTES - len(f"{name}{iban}".encode())
    text = text.encode()[:room].decode(errors="ignore").strip()
    return EpcCode(
        name,
        iban,
        asked.amount,
        reference,
        None if reference or not text else text,
    )
