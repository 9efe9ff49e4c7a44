"""How a customer pays what is asked for: accounts, a link, and what to quote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.answers.contents import sums
from beancount_dunning.basics.check_digits import creditor_reference
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.money import hide
from beancount_dunning.basics.plain_text import text_line
from beancount_dunning.basics.plain_text import text_lines
from beancount_dunning.formats.templates import Record

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount_dunning.answers.contents import Bill
    from beancount_dunning.answers.contents import Contents
    from beancount_dunning.formats.country import Country
    from beancount_dunning.formats.letter_languages import Language
    from beancount_dunning.ledger.paying import PayLink
    from beancount_dunning.ledger.paying import PayTo
    from beancount_dunning.ledger.settings import Settings


@dataclass(frozen=True, slots=True)
class Account(Record):
    """An account to pay to."""

    currency: str
    account: str
    name: str


@dataclass(frozen=True, slots=True)
class HowToPay:
    """What the ledger's options say of paying."""

    accounts: Mapping[str, PayTo]
    link: PayLink | None

    @staticmethod
    def by(settings: Settings) -> HowToPay:
        """Return what the options `pay-to` and `pay-link` say."""
        return HowToPay(settings.pay_to, settings.pay_link)

    def address(
        self,
        invoice: str | None,
        amount: Decimal,
        currency: str,
        customer: str,
        *,
        is_private: bool,
    ) -> str:
        """Return where to pay an invoice; empty where there is no such address.

        Args:
            invoice: Its number.
            amount: What is to be paid.
            currency: In which currency.
            customer: By whom.
            is_private: Whether the amount has an X for each digit.
        """
        if not self.link or not amount or not invoice:
            return ""
        text = exact(amount)
        return self.link.address(
            invoice=invoice,
            amount=hide(text) if is_private else text,
            currency=currency,
            customer=customer,
        )

    def reference(self, numbers: Sequence[str], currencies: Iterable[str]) -> str:
        """Return what to quote: a creditor reference if it goes to an IBAN and can be.

        Banks check such a reference, and take no other text beside it.

        Args:
            numbers: The invoices.
            currencies: The currencies of what is to be paid.
        """
        accounts = [self.accounts.get(currency) for currency in currencies]
        if len(numbers) == 1 and accounts and all(one and one.iban for one in accounts):
            found = creditor_reference(numbers[0])
            if found:
                return " ".join(re.findall(".{1,4}", found))
        return ", ".join(map(text_line, numbers))

    def written(self, currencies: Iterable[str]) -> list[Account]:
        """Return the account of each currency that has one, as texts have it."""
        return [
            Account(
                one.currency, ", ".join(text_lines(one.account)), text_line(one.name)
            )
            for one in map(self.accounts.get, currencies)
            if one
        ]


def where_to_pay(
    accounts: Sequence[Account], language: Language, values: Mapping[str, object]
) -> Iterator[str]:
    """Yield which accounts to pay to, in words, or where to look for one.

    Args:
        accounts: The accounts, of a currency each.
        language: Whose phrases to use.
        values: What these may say beside; `several` is whether to name the currency.
    """
    for one in accounts:
        yield language.say(
            "account",
            values,
            currency=one.currency,
            account=one.account,
            name=one.name,
        )
    if not accounts:
        yield language.say("no_account", values)


@dataclass(frozen=True, slots=True)
class Paying:
    """How to pay what a letter asks for, as its text may say."""

    contents: Contents
    how: HowToPay
    country: Country

    def link(self, bill: Bill) -> str:
        """Return where to pay a bill; empty where there is no such address."""
        return self.how.address(
            bill.invoice,
            bill.asked,
            bill.currency,
            self.contents.customer.name,
            is_private=self.country.is_private,
        )

    def only_link(self) -> str:
        """Return where to pay a letter's bill; empty where there are several."""
        bills = self.contents.bills
        return self.link(bills[0]) if len(bills) == 1 else ""

    def accounts(self) -> list[Account]:
        """Return the account of each currency that has one."""
        return self.how.written(one.currency for one in sums(self.contents.bills))

    def reference(self) -> str:
        """Return what to quote."""
        asked = sums(self.contents.bills)
        return self.how.reference(
            self.contents.invoices, (one.currency for one in asked)
        )
