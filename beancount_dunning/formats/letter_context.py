"""What a letter's text may say: strings as the customer's country writes them.

docs/letters.md lists every name; a test compares the two. What there is none of is an
empty string or list, so that a text can ask with `if`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import replace
from typing import TYPE_CHECKING

from beancount_dunning.answers.contents import Tone
from beancount_dunning.answers.contents import sums
from beancount_dunning.basics.check_digits import creditor_reference
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.money import exact
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.basics.plain_text import plain_lines
from beancount_dunning.formats.country import hidden
from beancount_dunning.formats.templates import Record
from beancount_dunning.ledger.names import folded
from beancount_dunning.ledger.policies import Channel
from beancount_dunning.ledger.policies import Percentage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from beancount_dunning.answers.contents import Bill
    from beancount_dunning.answers.contents import Contents
    from beancount_dunning.answers.contents import Sum
    from beancount_dunning.formats.country import Country
    from beancount_dunning.formats.letter_languages import Language
    from beancount_dunning.ledger.paying import PayLink
    from beancount_dunning.ledger.paying import PayTo
    from beancount_dunning.ledger.settings import Settings

# An e-mail address, or a telephone number: a postcode has fewer digits.
_REACHES_US = re.compile(r"\S@\S|\+?\d(?:[ ()/.-]{0,2}\d){6,}")
_MINUS = "\N{MINUS SIGN}"
# What stands between a label and its amount, in all languages.
_BEFORE_AMOUNT = f" :\N{FULLWIDTH COLON}\u00a0\u3000{_MINUS}"
# Before these nobody needs to be told that payments may cross.
_UNCROSSED = frozenset({Tone.NOTICE, Tone.TODAY, Tone.THANKS})


@dataclass(frozen=True, slots=True)
class Entry(Record):
    """A payment, a credit or a charge: when, how much, and of which kind."""

    date: str
    amount: str
    kind: str


@dataclass(frozen=True, slots=True)
class Invoice(Record):
    """An invoice of a letter, or an instalment of it."""

    number: str
    date: str
    due: str
    days_late: int
    description: str
    amount: str
    entries: Sequence[Entry]
    left: str
    link: str
    originally_due: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a letter about money: its text, and the amount that it ends in.

    `is_head` tells an invoice from what belongs to it, `is_sum` what lines come to.
    """

    text: str
    amount: str = ""
    is_head: bool = False
    is_sum: bool = False

    @property
    def line(self) -> str:
        """It as a line of a plain text."""
        return f"- {self.text}" if self.is_head else self.text

    @property
    def label(self) -> str:
        """The text without the amount."""
        if not self.amount:
            return self.text.strip()
        return self.text.removesuffix(self.amount).strip(_BEFORE_AMOUNT)

    @property
    def signed(self) -> str:
        """The amount, with its sign."""
        before = self.text.removesuffix(self.amount)
        return f"{_MINUS}{self.amount}" if before.endswith(_MINUS) else self.amount


@dataclass(frozen=True, slots=True)
class Paid(Record):
    """A payment to thank for."""

    date: str
    amount: str
    invoices: str


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


def context(
    contents: Contents, how: HowToPay, country: Country, language: Language
) -> tuple[dict[str, object], Sequence[Row]]:
    """Return all that a letter's text may say, by name, and its lines about money.

    Args:
        contents: What the letter says.
        how: How to pay.
        country: How dates and amounts are written.
        language: The language's phrases.
    """
    writer = _Writer(contents, how, country, language)
    values = writer.facts()
    values["invoices"] = [writer.invoice(bill, values) for bill in contents.late]
    values["later"] = [writer.invoice(bill, values) for bill in contents.later]
    values["what"] = writer.what(values)
    rows = list(writer.rows(values))
    return {**values, **writer.parts(values, rows)}, rows


@dataclass(frozen=True, slots=True)
class _Writer:
    contents: Contents
    how: HowToPay
    country: Country
    language: Language

    def facts(self) -> dict[str, object]:
        """Return what needs no phrase."""
        said, country = self.contents, self.country
        late, promise = said.late, said.promise
        title, surname = _titled(_line(said.customer.contact))
        sender = _lines(said.sender)
        return {
            "tone": str(said.tone),
            "step": said.step.name if said.step else "",
            "date": country.day(said.date),
            "territory": country.locale.territory or "",
            "plural": country.plural,
            "customer": _line(said.customer.name),
            "contact": _line(said.customer.contact),
            "title": title,
            "surname": surname,
            "address": _lines(said.customer.address),
            "by_mail": said.way == Channel.EMAIL,
            "sender": "\n".join(sender),
            "from": sender[0].split(", ")[0] if sender else "",
            "reach_us": ", ".join(
                part
                for line in sender
                for part in line.split(", ")
                if _REACHES_US.search(part)
            ),
            "count": len({bill.invoice or id(bill) for bill in late}),
            "several": len(late) > 1,
            "due": country.day(min(bill.due for bill in late)) if late else "",
            "days_late": said.days_late,
            "partly_paid": any(one.is_payment for bill in late for one in bill.settled),
            "to_pay": self._asked(sums(late)),
            "pay_by": country.day(said.pay_by) if said.pay_by else "",
            "earlier": self._of_days(said.earlier),
            "times": len(said.earlier),
            "promised_on": country.day(promise.date) if promise else "",
            "promised_by": country.day(promise.promise)
            if promise and promise.promise
            else "",
            "payments": [
                Paid(
                    country.day(one.date),
                    country.amount(one.amount, one.currency),
                    ", ".join(map(_line, one.invoices)),
                )
                for one in said.payments
            ],
            "paid_on": self._of_days(one.date for one in said.payments),
            "paid": self._paid(),
            "is_settled": said.is_settled,
            "link": self._only_link(),
            "reference": self._reference(),
            "accounts": self._accounts(),
            "next_fee": self._next_fee(),
        }

    def invoice(self, bill: Bill, values: Mapping[str, object]) -> Invoice:
        """Return an invoice, and what it is called."""
        country, currency = self.country, bill.currency
        settled = (
            (one.date, "paid" if one.is_payment else "credited", one.amount)
            for one in bill.settled
        )
        charged = ((one.date, str(one.kind), one.amount) for one in bill.charged)
        number = _line(bill.invoice)
        found = Invoice(
            f"{number} ({bill.instalment})" if number and bill.instalment else number,
            country.day(bill.date) if bill.date else "",
            country.day(bill.due),
            bill.days_late,
            _line(bill.description),
            country.amount(bill.invoiced, currency) if bill.invoiced else "",
            [
                Entry(country.day(day), country.amount(amount, currency), kind)
                for day, kind, amount in sorted((*charged, *settled))
            ],
            country.amount(bill.open, currency),
            self._link(bill),
            country.day(bill.originally_due) if bill.originally_due else "",
        )
        return replace(found, name=self.language.say("name", values, invoice=found))

    def what(self, values: Mapping[str, object]) -> str:
        """Name the invoice, or say how many there are."""
        invoices: Sequence[Invoice] = values["invoices"]  # type: ignore[assignment]
        if values["count"] != 1:
            return self.language.say("names", values)
        first = invoices[0]
        # Of several instalments the letter is about the invoice.
        if len(invoices) > 1:
            first = replace(first, number=_line(self.contents.late[0].invoice))
        return self.language.say("name", values, invoice=first)

    def parts(
        self, values: dict[str, object], rows: Iterable[Row]
    ) -> dict[str, object]:
        """Return the parts of a letter that consist of phrases."""
        said, say = self.contents, self.language.say
        is_late = said.tone.is_late
        has_thanks = is_late and bool(said.payments)
        return {
            "greeting": say("greeting", values),
            "lines": "\n".join(row.line for row in rows),
            "thanks": say("thanks", values) if has_thanks else "",
            "next": say("next", values) if said.following else "",
            "how_to_pay": "\n".join(self._how_to_pay(values)),
            "crossed": "" if said.tone in _UNCROSSED else say("crossed", values),
            "questions": say("questions", values),
            "closing": say("closing", values),
            "signature": say("signature", values),
        }

    def rows(self, values: Mapping[str, object]) -> Iterator[Row]:
        """Yield what is open, line by line: overdue, less credit; then what is not."""
        said, say, country = self.contents, self.language.say, self.country
        payments: Sequence[Paid] = values["payments"]  # type: ignore[assignment]
        for one in payments if said.tone == Tone.THANKS else ():
            more = {"date": one.date, "amount": one.amount, "invoices": one.invoices}
            yield Row(say("payment", {**values, **more}), is_head=True)
        yield from self._group(said.late, values["invoices"], values)
        if said.later:
            yield Row("")
            yield Row(say("later", values))
            yield from self._group(said.later, values["later"], values)
            if len(said.later) > 1:
                asked = self._asked(sums(said.later))
                line = say("later_sum", values, amount=asked)
                yield Row(line, asked, is_sum=True)
        if said.credit:
            yield Row("")
        for currency, amount in said.credit.items():
            written = country.amount(amount, currency)
            yield Row(say("credit_beside", values, amount=written), written)

    def _group(
        self, bills: Sequence[Bill], shown: object, values: Mapping[str, object]
    ) -> Iterator[Row]:
        """Yield the rows of some invoices, and the credit that goes off them."""
        say, country = self.language.say, self.country
        invoices: Sequence[Invoice] = shown  # type: ignore[assignment]
        is_several = len(self.contents.bills) > 1
        for invoice in invoices:
            line = say("line", values, invoice=invoice)
            yield Row(line, invoice.amount, is_head=True)
            # Many a narration is nothing but the number.
            if folded(invoice.description) not in {
                "",
                folded(invoice.number),
                folded(invoice.name),
            }:
                yield Row(f"  {invoice.description}")
            for entry in invoice.entries:
                more = {"date": entry.date, "amount": entry.amount}
                line = say(entry.kind, {**values, **more})
                yield Row(f"  {line}", entry.amount)
            if invoice.entries and is_several:
                line = say("left", values, amount=invoice.left)
                yield Row(f"  {line}", invoice.left, is_sum=True)
            if invoice.link and is_several:
                yield Row(f"  {say('link', values, link=invoice.link)}")
        for one in sums(bills):
            if one.disputed:
                written = country.amount(one.disputed, one.currency)
                yield Row(say("disputed", values, amount=written), written)
            if one.credit:
                written = country.amount(one.credit, one.currency)
                yield Row(say("credit", values, amount=written), written)

    def _how_to_pay(self, values: dict[str, object]) -> Iterator[str]:
        """Yield an account for each currency, or where to look for it; and the link."""
        say = self.language.say
        if self.contents.tone == Tone.THANKS:
            return
        accounts: Sequence[Account] = values["accounts"]  # type: ignore[assignment]
        is_several = len(sums(self.contents.bills)) > 1
        for account in accounts:
            yield say(
                "account",
                {**values, "several": is_several},
                currency=account.currency,
                account=account.account,
                name=account.name,
            )
        if not accounts:
            yield say("no_account", values)
        if len(self.contents.bills) == 1 and (
            link := self._link(self.contents.bills[0])
        ):
            yield say("link", values, link=link)

    def _of_days(self, days: Iterable[date]) -> str:
        """Return days as they stand after what they are of, each once."""
        written = dict.fromkeys(map(self.country.day, days))
        say = self.language.say
        return self.country.joined(say("of_day", {}, date=day) for day in written)

    def _asked(self, found: Iterable[Sum]) -> str:
        return self.country.joined(
            self.country.amount(one.asked, one.currency) for one in found if one.asked
        )

    def _link(self, bill: Bill) -> str:
        """Return where to pay a bill; empty where there is no such address."""
        if not self.how.link or not bill.asked or not bill.invoice:
            return ""
        amount = exact(bill.asked)
        return self.how.link.address(
            invoice=bill.invoice,
            amount=hidden(amount) if self.country.is_private else amount,
            currency=bill.currency,
            customer=self.contents.customer.name,
        )

    def _only_link(self) -> str:
        """Return where to pay a letter's bill; empty where there are several."""
        bills = self.contents.bills
        return self._link(bills[0]) if len(bills) == 1 else ""

    def _paid(self) -> str:
        """Return what was paid in all."""
        sums_: dict[str, Decimal] = {}
        for one in self.contents.payments:
            sums_[one.currency] = sums_.get(one.currency, ZERO) + one.amount
        return self.country.joined(
            self.country.amount(amount, currency) for currency, amount in sums_.items()
        )

    def _accounts(self) -> list[Account]:
        known = (
            self.how.accounts.get(one.currency) for one in sums(self.contents.bills)
        )
        return [
            Account(one.currency, ", ".join(_lines(one.account)), _line(one.name))
            for one in known
            if one
        ]

    def _reference(self) -> str:
        """Return what to quote: a creditor reference if it goes to an IBAN and can be.

        Banks check such a reference, and take no other text beside it.
        """
        numbers = self.contents.invoices
        accounts = [
            self.how.accounts.get(one.currency) for one in sums(self.contents.bills)
        ]
        if len(numbers) == 1 and accounts and all(one and one.iban for one in accounts):
            found = creditor_reference(numbers[0])
            if found:
                return " ".join(re.findall(".{1,4}", found))
        return ", ".join(map(_line, numbers))

    def _next_fee(self) -> str:
        """Return what the next letter costs: an amount, or so much of what is open."""
        fee = self.contents.following.fee if self.contents.following else None
        if isinstance(fee, Percentage):
            return self.country.percent(fee.percent)
        if not fee or not fee.number:
            return ""
        return self.country.amount(fee.number, fee.currency)


def _line(text: str | None) -> str:
    return plain(text or "").strip()


def _lines(text: str | None) -> list[str]:
    return [line.rstrip() for line in plain_lines(text or "") if line.strip()]


def _titled(contact: str) -> tuple[str, str]:
    """Divide a name into how somebody is addressed, and the rest."""
    title, blank, rest = contact.partition(" ")
    return (title, rest.strip()) if blank else ("", contact)
