"""Nobody is asked for what they do not owe: what holds for the untidiest of books."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

import icalendar
from hypothesis import assume
from hypothesis import example
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.agenda import Occasion
from beancount_dunning.answers.agenda import agenda
from beancount_dunning.answers.findings import findings
from beancount_dunning.answers.letters import contents
from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.basics.errors import OverdueError
from beancount_dunning.basics.money import ZERO
from beancount_dunning.formats.calendar_feed import build_calendar
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.resting import Held
from tests.strategies import FIRST
from tests.strategies import Block
from tests.test_properties import steady
from tests.untidy import CUSTOMERS
from tests.untidy import INVOICES
from tests.untidy import SHARED
from tests.untidy import Fact
from tests.untidy import Untidy
from tests.untidy import as_of_days
from tests.untidy import respelled
from tests.untidy import spellings
from tests.untidy import untidy
from tests.writing import write

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping
    from datetime import date

    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Unapplied
    from beancount_dunning.standing.books import Books

    Sums = dict[tuple[str, str], Decimal]

quick = profile(parent=steady, max_examples=profile().max_examples)
LAST = FIRST + timedelta(days=300)
_INVOICE = Fact(
    FIRST + timedelta(days=1),
    "Acme",
    SHARED[0],
    "100.00",
    "EUR",
    "Income:Sales",
    ("INV-2041",),
    due=FIRST + timedelta(days=15),
)
_UNDATED = replace(_INVOICE, number="130.00", links=("INV-2042",), due=None)
_CREDIT = replace(_INVOICE, number="-100.00", links=("CN-301",), due=None)
# What is asked for has to be less, or nothing, in each of these.
_LEADING_ASTRAY = (
    (_INVOICE, _CREDIT),
    (_INVOICE, replace(_CREDIT, payee="ACME", account=SHARED[1])),
    (_INVOICE, replace(_CREDIT, number="-30.00")),
    (_INVOICE, replace(_CREDIT, currency="USD")),
    (_INVOICE, _UNDATED, _CREDIT),
    (_INVOICE, replace(_INVOICE, links=("I-1",)), replace(_CREDIT, number="-130.00")),
)
_PART_PROMISED = Block(
    _INVOICE.day,
    (
        f'{_INVOICE.day} note {SHARED[0]} "Called" ^INV-2041',
        f"  promise: {LAST - timedelta(days=90)}",
        "  amount: 50.00 EUR",
    ),
)


def promised(test: Callable[[Untidy, date], None]) -> Callable[[], None]:
    """Run a test on many untidy books, and on what has gone wrong before."""
    for facts in _LEADING_ASTRAY:
        test = example(Untidy(facts), LAST)(test)
    test = example(Untidy((_INVOICE,), others=(_PART_PROMISED,)), LAST)(test)
    return quick(given(untidy(), as_of_days)(test))


_NUMBER = r"-?\d+(?:,\d{3})*(?:\.\d+)?"
# As the feed and errors write amounts.
_AMOUNT = re.compile(rf"({_NUMBER}) (EUR|USD)\b|\b(EUR|USD)\s({_NUMBER})")


# As letters in English do.
_IN_LETTER = re.compile(rf"([€$])({_NUMBER})")
_SIGNS = {"€": "EUR", "$": "USD"}


def place(of: Item | Unapplied) -> tuple[str, str]:
    return of.customer, of.currency


def credit_of(books: Books) -> Sums:
    """Add up unapplied credit, by customer and currency, as a positive amount."""
    sums: Sums = defaultdict(Decimal)
    for one in books.receivables.unapplied:
        sums[place(one)] -= one.amount
    return sums


def balance_of(books: Books) -> Sums:
    """Add up what each customer owes in each currency, all accounts together."""
    sums: Sums = defaultdict(Decimal)
    for item in books.receivables.items:
        sums[place(item)] += item.open
    for key, credit in credit_of(books).items():
        sums[key] -= credit
    return sums


def disputes_of(books: Books) -> Sums:
    """Add up what is in dispute, by customer and currency."""
    sums: Sums = defaultdict(Decimal)
    for item in books.receivables.items:
        sums[place(item)] += books.dunning.in_dispute(item)
    return sums


def amounts(text: str, currency: str) -> list[Decimal]:
    """Return all amounts of a currency in a text, in order."""
    return [
        Decimal((first or second).replace(",", ""))
        for first, before, after, second in _AMOUNT.findall(text)
        if currency in {before, after}
    ]


def written(text: str, currency: str) -> list[Decimal]:
    """Return all amounts of a currency in a letter, in order."""
    return [
        Decimal(number.replace(",", ""))
        for sign, number in _IN_LETTER.findall(text)
        if _SIGNS[sign] == currency
    ]


def credits_told(
    books: Books,
    customer: str,
    text: str,
    read: Callable[[str, str], list[Decimal]] = amounts,
) -> bool:
    """Tell whether a text says how much credit a customer has in each currency."""
    return all(
        credit in {abs(amount) for amount in read(text, currency)}
        for (name, currency), credit in credit_of(books).items()
        if name == customer
    )


@promised
def test_no_reminder_asks_for_more_than_the_balance(
    untidy_: Untidy, as_of: date
) -> None:
    books = untidy_.read(as_of)
    balance, credit, disputed = balance_of(books), credit_of(books), disputes_of(books)
    found = reminders(books, days=60)
    for reminder in (*found.due, *found.upcoming):
        assert balance[place(reminder.item)] > 0
        told = Decimal(reminder.as_dict()["credit"])
        assert told == -credit[place(reminder.item)]
    asked: Sums = defaultdict(Decimal)
    for reminder in (*found.due, *found.upcoming):
        assert 0 <= reminder.asked <= reminder.open - reminder.disputed
        asked[place(reminder.item)] += reminder.asked
    for key, amount in asked.items():
        assert amount <= max(balance[key] - disputed[key], ZERO)
    # Nothing that is owed is forgotten: credit goes to what is due before all else.
    for letter in letters(found.due):
        for currency, amount in letter.to_pay.items():
            key = (letter.furthest.item.customer, currency)
            is_owed = letter.open[currency] - letter.disputed.get(currency, ZERO)
            assert amount == max(is_owed - credit[key], ZERO)


@promised
def test_no_letter_asks_for_more_than_the_balance(untidy_: Untidy, as_of: date) -> None:
    books = untidy_.read(as_of)
    balance, credit, disputed = balance_of(books), credit_of(books), disputes_of(books)
    for letter in letters(reminders(books).due):
        customer = letter.furthest.item.customer
        if not letter.asks:
            # Nobody gets it.
            for currency, amount in letter.open.items():
                in_dispute = letter.disputed.get(currency, ZERO)
                assert amount - in_dispute <= credit[customer, currency]
            continue
        if all(one.step.is_review for one in letter.reminders if one.asks):
            assert contents(books, [letter]) == [None]
            continue
        body = write(books, letter).body
        assert credits_told(books, customer, body, written)
        # What is to be paid stands in one sentence.
        (request,) = re.findall("Please pay .*", body)
        asked = {currency: written(request, currency) for currency in letter.open}
        assert any(asked.values())
        for currency, some in asked.items():
            left = balance[customer, currency] - disputed[customer, currency]
            assert 0 <= sum(some) <= max(left, ZERO)
        for currency, amount in letter.disputed.items():
            assert amount in written(body, currency)


@promised
def test_what_the_customer_does_not_owe_rests(untidy_: Untidy, as_of: date) -> None:
    books = untidy_.read(as_of)
    balance = balance_of(books)
    for aged in age(books).items:
        if aged.item.due is not None:
            is_owed = balance[place(aged.item)] > 0
            if aged.standing.disputed == aged.item.open:
                assert aged.standing.held == Held.DISPUTE
            elif aged.standing.held == Held.DISPUTE:
                # The rest is too little to ask for.
                assert aged.item.open - aged.standing.disputed < 1
            else:
                assert (aged.standing.held == Held.CREDIT) is not is_owed


def of_place(wanted: tuple[str, str]) -> Callable[[Item | Unapplied], bool]:
    return lambda one: place(one) == wanted


@promised
def test_no_event_asks_for_more_than_the_balance(untidy_: Untidy, as_of: date) -> None:
    books = untidy_.read(as_of)
    disputed = disputes_of(books)
    for key, balance in balance_of(books).items():
        feed = icalendar.Calendar.from_ical(build_calendar(books, of_place(key)))
        appointments = {str(one.uid): one for one in agenda(books, of_place(key))}
        asked: dict[str, set[Decimal]] = defaultdict(set)
        promised: dict[str, Decimal] = {}
        for event in feed.walk("VEVENT"):
            summary = str(event["SUMMARY"])
            # Its due date and its next step are two events about one instalment.
            one = appointments[str(event["UID"])]
            if "in dispute" in summary:
                continue
            amount = max(amounts(summary, key[1]))
            if one.occasion is Occasion.PROMISE:
                promised[str(one.subject.key)] = amount
            else:
                asked[str(one.subject.key)].add(amount)
        for about, amount in promised.items():
            # What was promised may be a part of what the next step asks for.
            assert amount <= max(asked.setdefault(about, {amount}))
        # All other events about an instalment ask for the same, and that is something.
        sums = [amount for some in asked.values() for amount in some]
        assert len(sums) == len(asked)
        assert all(sums)
        assert sum(sums) <= max(balance - disputed[key], ZERO)


@promised
def test_no_error_asks_for_more_than_the_balance(untidy_: Untidy, as_of: date) -> None:
    books = untidy_.read(as_of)
    balance = balance_of(books)
    for error in findings(books):
        if not isinstance(error, OverdueError):
            continue
        late = [item for item in books.receivables.items if item.entry is error.entry]
        (customer,) = {item.customer for item in late}
        assert credits_told(books, customer, error.message)
        if books.settings.errors != "customer":
            (currency,) = {item.currency for item in late}
            if balance[customer, currency] <= 0:
                assert "credit" in error.message


# References that several customers share.


def parts_of(books: Untidy, as_of: date) -> set[tuple[str, str]]:
    """Return which customers have a part of which invoices, as `(LINK, CUSTOMER)`."""
    return {
        (link, fact.owner)
        for fact in books.facts
        if not fact.is_credit and fact.day <= as_of
        for link in fact.links
    }


def without_strangers(books: Untidy, as_of: date) -> Untidy:
    """Leave out payments for invoices of which their customer has no part."""
    parts = parts_of(books, as_of)
    return replace(
        books,
        facts=tuple(
            fact
            for fact in books.facts
            if not fact.is_credit
            or not fact.links
            or any((link, fact.owner) in parts for link in fact.links)
        ),
    )


@st.composite
def shared(draw: st.DrawFn) -> tuple[Untidy, Fact]:
    """Draw books in which customers share an invoice, and a payment of one of them."""
    link = draw(st.sampled_from(INVOICES))
    payer, *others = draw(st.permutations(CUSTOMERS))
    parts = [
        Fact(
            FIRST + timedelta(days=draw(st.integers(0, 40))),
            draw(spellings(customer)),
            draw(st.sampled_from(SHARED)),
            draw(st.sampled_from(("100.00", "50.00", "0.50"))),
            draw(st.sampled_from(("EUR", "EUR", "USD"))),
            "Income:Sales",
            (link,),
            due=FIRST + timedelta(days=draw(st.integers(1, 120))),
        )
        for customer in (payer, *others)
    ]
    more = draw(st.lists(st.sampled_from(INVOICES), max_size=2))
    payment = Fact(
        FIRST + timedelta(days=draw(st.integers(1, 200))),
        draw(spellings(payer)),
        draw(st.sampled_from(SHARED)),
        draw(st.sampled_from(("-100.00", "-30.00", "-300.00", "-0.50"))),
        draw(st.sampled_from(("EUR", "EUR", "USD"))),
        "Assets:Bank",
        tuple(sorted({link, *more})),
    )
    return draw(untidy()).with_(*parts), payment


def of_others(books: Books, payer: str) -> tuple[Counter[Any], Counter[Any], Any]:
    """Return what is open, left and to send, of all but one customer."""
    items = Counter(
        (*place(item), item.account, item.identity, item.open)
        for item in books.receivables.items
        if item.customer.casefold() != payer
    )
    left = Counter(
        (*place(one), one.account, one.entry.date, one.amount)
        for one in books.receivables.unapplied
        if one.customer.casefold() != payer
    )
    found = reminders(books, days=60).as_dict()
    rows = [
        row
        for part in ("due", "upcoming")
        for row in found[part]
        if row["customer"].casefold() != payer
    ]
    return items, left, rows


@quick
@given(shared(), as_of_days)
def test_a_shared_reference_pays_nobody_elses_debt(
    shared_: tuple[Untidy, Fact], as_of: date
) -> None:
    untidy_, payment = shared_
    parts = parts_of(untidy_, as_of)
    assume(any((link, payment.owner) in parts for link in payment.links))
    untidy_ = without_strangers(untidy_, as_of)
    before, after = untidy_.read(as_of), untidy_.with_(payment).read(as_of)
    assert of_others(before, payment.owner) == of_others(after, payment.owner)


# Names in another case.


def alike(rows: list[Mapping[str, Any]], *without: str) -> Counter[str]:
    """Return rows of JSON in any order, read without case."""
    return Counter(
        json.dumps(
            {key: value for key, value in row.items() if key not in without},
            ensure_ascii=False,
        ).casefold()
        for row in rows
    )


_UNKNOWN = replace(_CREDIT, payee="Somebody")
_PAID_TWICE = Untidy((_UNKNOWN, replace(_UNKNOWN, number="-30.00")))


@example(
    (
        _PAID_TWICE,
        replace(
            _PAID_TWICE,
            facts=(_UNKNOWN, replace(_UNKNOWN, number="-30.00", payee="SOMEBODY")),
        ),
    ),
    LAST,
)
@quick
@given(
    untidy().flatmap(lambda one: st.tuples(st.just(one), respelled(one))), as_of_days
)
def test_names_in_another_case_give_the_same_answers(
    pair: tuple[Untidy, Untidy], as_of: date
) -> None:
    answers = []
    for untidy_ in pair:
        books = untidy_.read(as_of)
        report, coming = age(books).as_dict(), reminders(books, days=60).as_dict()
        answers.append(
            [
                alike(report["items"]),
                alike(report["unapplied"], "payee"),
                alike(report["customers"]),
                report["totals"],
                *(alike(coming[part]) for part in ("due", "upcoming")),
                Counter(error.message.casefold() for error in findings(books)),
            ]
        )
        names = {name for name, _ in balance_of(books)}
        assert len({name.casefold() for name in names}) == len(names)
    assert answers[0] == answers[1]
