"""What a letter's text may say: strings as the customer's country writes them.

docs/letters.md lists every name; a test compares the two. What there is none of is an
empty string or list, so that a text can ask with `if`.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from typing import TYPE_CHECKING
from typing import Any

from beancount_dunning.answers.contents import Tone
from beancount_dunning.answers.contents import sums
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.plain_text import text_line
from beancount_dunning.formats.how_to_pay import Paying
from beancount_dunning.formats.letter_records import Entry
from beancount_dunning.formats.letter_records import Invoice
from beancount_dunning.formats.letter_records import Paid
from beancount_dunning.formats.letter_records import Shown
from beancount_dunning.formats.letter_rows import RowWriter
from beancount_dunning.formats.letter_rows import asked_in_words
from beancount_dunning.formats.people import people
from beancount_dunning.ledger.policies import Channel
from beancount_dunning.ledger.policies import Percentage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from beancount_dunning.answers.contents import Bill
    from beancount_dunning.answers.contents import Contents
    from beancount_dunning.formats.country import Country
    from beancount_dunning.formats.how_to_pay import HowToPay
    from beancount_dunning.formats.letter_languages import Language
    from beancount_dunning.formats.letter_rows import Row

# Before these nobody needs to be told that payments may cross.
_UNCROSSED = frozenset({Tone.NOTICE, Tone.TODAY, Tone.THANKS})


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
    paying = Paying(contents, how, country)
    writer = _Writer(contents, country, language, paying)
    values = writer.facts()
    shown = Shown(
        [writer.invoice(bill, values) for bill in contents.late],
        [writer.invoice(bill, values) for bill in contents.later],
        writer.payments(),
    )
    values |= {
        "invoices": shown.invoices,
        "later": shown.later,
        "payments": shown.payments,
        "what": writer.what(values, shown.invoices),
    }
    lines = RowWriter(contents, country, language, paying)
    rows = list(lines.rows(values, shown))
    money = {
        "lines": "\n".join(row.line for row in rows),
        "how_to_pay": "\n".join(lines.how_to_pay(values)),
    }
    return {**values, **writer.parts(values), **money}, rows


@dataclass(frozen=True, slots=True)
class _Writer:
    contents: Contents
    country: Country
    language: Language
    paying: Paying

    def facts(self) -> dict[str, object]:
        """Return what needs no phrase."""
        said, country = self.contents, self.country
        return {
            "tone": str(said.tone),
            "step": said.step.name if said.step else "",
            "date": country.day(said.date),
            "territory": country.locale.territory or "",
            "plural": country.plural,
            **people(said.customer, said.sender),
            "by_mail": said.way == Channel.EMAIL,
            **self._money(),
            **self._earlier(),
            "link": self.paying.only_link(),
            "reference": self.paying.reference(),
            "accounts": self.paying.accounts(),
            "next_fee": self._next_fee(),
        }

    def _money(self) -> dict[str, object]:
        """Return how much is asked for, and since when and until when."""
        said, country, late = self.contents, self.country, self.contents.late
        return {
            "count": len({bill.invoice or id(bill) for bill in late}),
            "several": len(late) > 1,
            "due": country.day(min(bill.due for bill in late)) if late else "",
            "days_late": said.days_late,
            "partly_paid": any(bill.is_partly_paid for bill in late),
            "to_pay": asked_in_words(country, sums(late)),
            "pay_by": country.day(said.pay_by) if said.pay_by else "",
        }

    def _earlier(self) -> dict[str, object]:
        """Return what was sent, promised and paid before."""
        said, country, promise = self.contents, self.country, self.contents.promise
        until = promise.promise if promise else None
        part: Any = promise.amount if promise else None
        return {
            "earlier": self._of_days(said.earlier),
            "times": len(said.earlier),
            "promised_on": country.day(promise.date) if promise else "",
            "promised_by": country.day(until) if until else "",
            "promised_amount": country.amount(*part) if part else "",
            "paid_on": self._of_days(one.date for one in said.payments),
            "paid": self._paid(),
            "is_settled": said.is_settled,
        }

    def payments(self) -> list[Paid]:
        """Return the payments to thank for."""
        country = self.country
        return [
            Paid(
                country.day(one.date),
                country.amount(one.amount, one.currency),
                ", ".join(map(text_line, one.invoices)),
            )
            for one in self.contents.payments
        ]

    def invoice(self, bill: Bill, values: Mapping[str, object]) -> Invoice:
        """Return an invoice, and what it is called."""
        country, currency = self.country, bill.currency
        settled = (
            (one.date, "paid" if one.is_payment else "credited", one.amount)
            for one in bill.settled
        )
        charged = ((one.date, str(one.kind), one.amount) for one in bill.charged)
        returned = [(one.date, "returned", one.amount) for one in bill.returned]
        fees = [(one.date, "returned_fee", one.fee) for one in bill.returned if one.fee]
        number = text_line(bill.invoice)
        found = Invoice(
            f"{number} ({bill.instalment})" if number and bill.instalment else number,
            country.day(bill.date) if bill.date else "",
            country.day(bill.due),
            bill.days_late,
            text_line(bill.description),
            country.amount(bill.invoiced, currency) if bill.invoiced else "",
            [
                Entry(country.day(day), country.amount(amount, currency), kind)
                for day, kind, amount in sorted((*charged, *settled, *returned, *fees))
            ],
            country.amount(bill.open, currency),
            self.paying.link(bill),
            country.day(bill.originally_due) if bill.originally_due else "",
        )
        return replace(found, name=self.language.say("name", values, invoice=found))

    def what(self, values: Mapping[str, object], invoices: Sequence[Invoice]) -> str:
        """Name the invoice, or say how many there are."""
        if values["count"] != 1:
            return self.language.say("names", values)
        first = invoices[0]
        # Of several instalments the letter is about the invoice.
        if len(invoices) > 1:
            first = replace(first, number=text_line(self.contents.late[0].invoice))
        return self.language.say("name", values, invoice=first)

    def parts(self, values: Mapping[str, object]) -> dict[str, object]:
        """Return the parts of a letter that consist of phrases."""
        said, say = self.contents, self.language.say
        is_late = said.tone.is_late
        has_thanks = is_late and bool(said.payments)
        return {
            "greeting": say("greeting", values),
            "thanks": say("thanks", values) if has_thanks else "",
            "next": say("next", values) if said.following else "",
            "crossed": "" if said.tone in _UNCROSSED else say("crossed", values),
            "questions": say("questions", values),
            "closing": say("closing", values),
            "signature": say("signature", values),
        }

    def _of_days(self, days: Iterable[date]) -> str:
        """Return days as they stand after what they are of, each once."""
        written = dict.fromkeys(map(self.country.day, days))
        say = self.language.say
        return self.country.joined(say("of_day", {}, date=day) for day in written)

    def _paid(self) -> str:
        """Return what was paid in all."""
        sums_: dict[str, Decimal] = {}
        for one in self.contents.payments:
            sums_[one.currency] = sums_.get(one.currency, ZERO) + one.amount
        return self.country.joined(
            self.country.amount(amount, currency) for currency, amount in sums_.items()
        )

    def _next_fee(self) -> str:
        """Return what the next letter costs: an amount, or so much of what is open."""
        fee = self.contents.following.fee if self.contents.following else None
        if isinstance(fee, Percentage):
            return self.country.percent(fee.percent)
        if not fee or not fee.number:
            return ""
        return self.country.amount(fee.number, fee.currency)
