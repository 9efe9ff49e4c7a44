"""What holds for every ledger: money adds up, time has an order, nothing crashes."""

from __future__ import annotations

import copy
from collections import Counter
from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount.core.data import Custom
from beancount.core.data import Open
from beancount.core.data import Transaction
from beancount.loader import load_string
from hypothesis import HealthCheck
from hypothesis import assume
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.findings import findings
from beancount_dunning.answers.proposals import as_text as as_text_of
from beancount_dunning.answers.proposals import explained
from beancount_dunning.answers.proposals import notes
from beancount_dunning.answers.proposals import transactions
from beancount_dunning.answers.reminders import newest_bank_entry
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.answers.story import tell
from beancount_dunning.formats import text_reminders
from beancount_dunning.formats import text_story
from beancount_dunning.formats.calendar_feed import Wanted
from beancount_dunning.formats.calendar_feed import build_calendar
from beancount_dunning.formats.text_aging import as_csv
from beancount_dunning.formats.text_aging import as_text
from beancount_dunning.ledger.receivables import read_receivables
from beancount_dunning.ledger.workdays import HOLIDAY
from beancount_dunning.plugin import flag
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.books import read_books
from beancount_dunning.standing.charges import charges
from beancount_dunning.standing.interest import UnknownRateError
from tests.strategies import HOSTILE_VALUES
from tests.strategies import LINKS
from tests.strategies import OWN
from tests.strategies import SHARED
from tests.strategies import as_of_days
from tests.strategies import ledgers
from tests.strategies import linked_ledgers
from tests.strategies import unpadded
from tests.strategies import write
from tests.untidy import ACCOUNTS
from tests.untidy import untidy_ledgers

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence

    from beancount.core.data import Directive

    from beancount_dunning.ledger.items import Receivables
    from beancount_dunning.ledger.settings import Settings
    from beancount_dunning.standing.aging import AgingReport
    from beancount_dunning.standing.books import Books
    from tests.strategies import Ledger

any_ledgers = st.one_of(ledgers(), untidy_ledgers)
unpadded_ledgers = st.one_of(ledgers(padded=False), untidy_ledgers)
Sums = dict[tuple[str, str], Decimal]

# Twice as many examples as other tests have: 200, and 60 with the profile `few`.
steady = profile(
    deadline=None,
    max_examples=2 * profile().max_examples,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def postings(
    entries: Iterable[Directive],
) -> Iterator[tuple[Transaction, str, str, Decimal]]:
    """Yield all postings: transaction, account, currency and number."""
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                assert posting.units is not None
                assert isinstance(posting.units.number, Decimal)
                currency = posting.units.currency
                yield entry, posting.account, currency, posting.units.number


def read_as_loaded(text: str, as_of: date, settled: Iterable[str] | None = ()) -> Books:
    entries, _, options_map = load_string(text)
    books = read_books(entries, options_map, today=date.max, as_of=as_of)
    return books if settled == () else books.with_settled(settled)


def read_as_plugin(text: str, as_of: date) -> Books:
    entries, options_map = unpadded(text)
    return read_books(entries, options_map, today=date.max, as_of=as_of, padded=False)


def report_of(text: str, as_of: date) -> AgingReport:
    return age(read_as_loaded(text, as_of))


def nonzero(amounts: Iterable[tuple[tuple[str, str], Decimal]]) -> Sums:
    sums: Sums = defaultdict(Decimal)
    for key, amount in amounts:
        sums[key] += amount
    return {key: amount for key, amount in sums.items() if amount}


def balances(text: str, as_of: date, settings: Settings) -> Sums:
    """Add up what Beancount has posted to receivable accounts up to a date."""
    entries, _, options_map = load_string(text)
    if '"accounts"' not in text:
        for entry in entries:
            if isinstance(entry, Open):
                is_receivable = entry.account in {*OWN, SHARED, *ACCOUNTS}
                assert (settings.accounts[entry.account] is not None) == is_receivable
    assert options_map["name_assets"] == "Assets"
    return nonzero(
        ((account, currency), number)
        for entry, account, currency, number in postings(entries)
        if entry.date <= as_of and settings.accounts[account]
    )


def by_currency(sums: Sums) -> Sums:
    return nonzero((("", currency), amount) for (_, currency), amount in sums.items())


def check_that_nothing_is_lost(books: Books, expected: Sums) -> None:
    """Open items and unapplied credit are the balances of the accounts."""
    receivables = books.receivables
    is_open = [((it.account, it.currency), it.open) for it in receivables.items]
    unapplied = [((it.account, it.currency), it.amount) for it in receivables.unapplied]
    assert nonzero([*is_open, *unapplied]) == expected


def check_totals(report: AgingReport, expected: Sums) -> None:
    """Totals are buckets and unapplied credit, and the balance."""
    for row in (*report.customers, *report.totals):
        assert set(row.buckets) <= set(report.buckets)
        assert row.total == sum(row.buckets.values()) + row.unapplied
        assert row.unapplied <= 0
    for rows in (report.customers, report.totals):
        assert nonzero((("", row.currency), row.total) for row in rows) == expected
    for total in report.totals:
        for bucket, amount in total.buckets.items():
            assert amount == sum(
                aged.item.open
                for aged in report.items
                if (aged.bucket, aged.item.currency) == (bucket, total.currency)
            )


def check_credits(receivables: Receivables) -> None:
    """Every credit is settled or unapplied, to the cent."""
    used: dict[int, Decimal] = defaultdict(Decimal)
    for item in receivables.items:
        taken = sum((one.amount for one in item.settlements), Decimal())
        assert 0 < item.open == item.amount - taken
        for settlement in item.settlements:
            assert settlement.amount > 0
            used[id(settlement.entry)] += settlement.amount
    given_: dict[int, Decimal] = {}
    for credit in receivables.unapplied:
        assert credit.amount < 0
        used[id(credit.entry)] -= credit.amount
        given_[id(credit.entry)] = -sum(
            (number for *_, number in postings([credit.entry]) if number < 0),
            Decimal(),
        )
    for entry, amount in given_.items():
        assert used[entry] <= amount


@steady
@given(any_ledgers, st.lists(as_of_days, min_size=1, max_size=2))
def test_money_adds_up_to_the_cent(ledger: Ledger, days: list[date]) -> None:
    for as_of in days:
        books = read_as_loaded(ledger.text, as_of)
        expected = balances(ledger.text, as_of, books.settings)
        for one in (books, read_as_plugin(ledger.text, as_of)):
            check_that_nothing_is_lost(one, expected)
        check_totals(age(books), by_currency(expected))
        check_credits(books.receivables)


@steady
@given(unpadded_ledgers, as_of_days)
def test_what_is_dated_later_does_not_change_the_answer(
    ledger: Ledger, as_of: date
) -> None:
    whole = read_as_loaded(ledger.text, as_of)
    past = read_as_loaded(ledger.without_future(as_of), as_of)
    assert age(whole).as_dict() == age(past).as_dict()
    assert [error[:2] for error in findings(whole)] == [
        error[:2] for error in findings(past)
    ]


def is_holiday(entry: Directive) -> bool:
    """Tell whether an entry counts before its day."""
    return isinstance(entry, Custom) and entry.type == HOLIDAY


@steady
@given(ledgers(), as_of_days)
def test_of_padded_entries_too_only_the_past_counts(
    ledger: Ledger, as_of: date
) -> None:
    entries, _, options_map = load_string(ledger.text)
    answers = []
    past = [entry for entry in entries if entry.date <= as_of or is_holiday(entry)]
    for known in (entries, past):
        books = read_books(known, options_map, today=as_of, as_of=as_of)
        answers.append(age(books).as_dict())
    assert answers[0] == answers[1]


def shuffled(ledger: Ledger, permute: Callable[[Sequence[Any]], Sequence[Any]]) -> str:
    """Write a ledger with each day's transactions in some other order."""
    blocks = sorted(ledger.blocks, key=lambda block: block.day)
    text = ""
    for _, of_day in groupby(blocks, key=lambda block: block.day):
        several = list(of_day)
        text += write([one for one in several if not one.is_transaction])
        text += write(permute([one for one in several if one.is_transaction]))
    return text


def standing(report: AgingReport) -> Counter[tuple[Any, ...]]:
    """Say who owes what, without names of files and lines."""
    sums: dict[tuple[str, str, str], dict[str, Decimal]] = defaultdict(
        lambda: defaultdict(Decimal)
    )
    for aged in report.items:
        item = aged.item
        sums[item.customer, item.account, item.currency][aged.bucket] += item.open
    for credit in report.unapplied:
        key = (credit.customer, credit.account, credit.currency)
        sums[key]["unapplied"] += credit.amount
    return Counter((*key, frozenset(buckets.items())) for key, buckets in sums.items())


@steady
@given(any_ledgers, as_of_days, st.data())
def test_order_within_a_day_does_not_change_who_owes_what(
    ledger: Ledger, as_of: date, data: st.DataObject
) -> None:
    text = shuffled(ledger, list)
    other = shuffled(ledger, lambda several: data.draw(st.permutations(several)))
    # Where Beancount's booking of lots at cost looks at the order, so do balances.
    settings = read_as_loaded(text, as_of).settings
    assume(balances(text, as_of, settings) == balances(other, as_of, settings))
    first, second = report_of(text, as_of), report_of(other, as_of)
    assert standing(first) == standing(second)
    assert first.totals == second.totals


def check_sources(errors: Sequence[Any]) -> None:
    for error in errors:
        source, message, entry = error
        assert set(source) == {"filename", "lineno"}
        assert type(source["filename"]) is str
        assert type(source["lineno"]) is int
        assert source["lineno"] >= 0
        assert isinstance(message, str)
        assert message
        assert entry is None or source is not entry.meta


@steady
@given(ledgers(hostile=True), as_of_days)
def test_nothing_in_a_ledger_makes_it_raise_or_change_an_entry(
    ledger: Ledger, as_of: date
) -> None:
    entries, options_map = unpadded(ledger.text)
    objects = [id(entry) for entry in entries]
    before = copy.deepcopy(entries)
    returned, errors = flag(entries, options_map)
    check_sources(errors)
    assert returned is entries
    assert [id(entry) for entry in entries] == objects
    assert entries == before
    books = read_as_loaded(ledger.text, as_of)
    check_sources(findings(books))
    report = age(books)
    assert report.as_dict()["as_of"] == as_of.isoformat()
    for by in ("invoice", "customer"):
        assert as_text(report, "Aging", by=by, width=80, grouped=True)
        assert as_csv(report, by=by)
    for todo in (False, True):
        for private in (False, True):
            feed = build_calendar(books, wanted=Wanted(todo, private))
            assert feed.endswith(b"END:VCALENDAR\r\n")


def everything(text: str, as_of: date) -> dict[str, Any]:
    """Return all that is told and proposed of a ledger on a date, as it is written."""
    entries, _, options_map = load_string(text)
    books = read_books(entries, options_map, today=date.max, as_of=as_of)
    books = books.with_settled(None)
    receivables = books.receivables
    items = (*receivables.items, *receivables.settled)
    stories = {}
    for name in {item.invoice or item.label for item in items}:
        story = tell(books, name)
        assert story is not None
        shown = text_story.as_text(story, "Story", grouped=True)
        stories[name] = (story.as_dict(), shown, text_story.as_csv(story))
    assert tell(books, "no such invoice") is None
    coming = reminders(books, days=30)
    letters = [
        text_reminders.as_text(coming, "To send", by=by, width=80, grouped=False)
        for by in ("invoice", "customer")
    ]
    try:
        found = charges(books)
    except UnknownRateError as error:
        check_sources([error.as_error()])
        charged = [str(error)]
    else:
        posted = transactions(books, found).directives
        charged = [
            "\n".join([*(explained(one) if one else ()), as_text_of(directive)])
            for one, directive in posted
        ]
        charged += [str(one.as_dict()) for one in found]
    return {
        "aging": age(books).as_dict(),
        "stories": stories,
        "reminders": [coming.as_dict(), coming.as_dict(by_customer=True), *letters],
        "csv": text_reminders.as_csv(coming),
        "notes": [as_text_of(note) for note in notes(books, coming.due)],
        "charges": charged,
        "bank": newest_bank_entry(books),
        "findings": [error[:2] for error in findings(books)],
    }


@steady
@given(ledgers(hostile=True), as_of_days)
def test_nothing_in_a_ledger_keeps_its_story_from_being_told(
    ledger: Ledger, as_of: date
) -> None:
    told = everything(ledger.text, as_of)
    assert told["aging"]["as_of"] == as_of.isoformat()


_TOLD = """
2026-01-01 custom "dunning-step" "house" "call" 3
  fee: 5.00 EUR
2026-01-01 custom "dunning-interest" "house" 5
  compensation: 40.00 EUR
2026-01-01 open Assets:Receivable:Acme
  policy: "house"
2026-01-01 open Income:Services
2026-01-02 * "Acme" "Website" ^INV-1
  due: 2026-01-10
  Assets:Receivable:Acme   9.99 EUR
  Income:Services
2026-02-01 note Assets:Receivable:Acme "Called" ^INV-1
  reminder: "call"
"""
_TELLING = (
    *(
        f'* "Acme" "Charged" ^INV-1\n  {key}: VALUE\n{rest}'
        "  Assets:Receivable:Acme  5.00 EUR\n  Income:Services"
        for key, rest in (
            ("charge", ""),
            ("step", '  charge: "fee"\n'),
            ("due", '  charge: "interest"\n'),
            ("policy", ""),
            ("customer", ""),
            ("invoice", ""),
        )
    ),
    (
        '* "Acme" "Paid"\n  invoice: VALUE\n  Assets:Receivable:Acme  -9 EUR\n'
        "  Income:Services"
    ),
    *(
        f'note Assets:Receivable:Acme "Called" ^INV-1\n  {key}: VALUE'
        for key in ("reminder", "promise", "dispute", "hold-until", "invoice")
    ),
    'custom "dunning-step" "house" "call" VALUE',
    'custom "dunning-interest" "house" VALUE',
)


@pytest.mark.parametrize("place", _TELLING)
def test_a_value_of_any_type_leaves_the_story_to_be_told(place: str) -> None:
    for value in HOSTILE_VALUES:
        text = f"{_TOLD}2026-02-02 {place.replace('VALUE', value)}\n"
        told = everything(text, date(2026, 3, 1))
        assert "INV-1" in told["stories"]


@steady
@given(unpadded_ledgers, as_of_days)
def test_what_is_dated_later_changes_no_story_and_no_proposal(
    ledger: Ledger, as_of: date
) -> None:
    whole = everything(ledger.text, as_of)
    assert whole == everything(ledger.without_future(as_of), as_of)


@steady
@given(ledgers(), as_of_days, st.lists(st.sampled_from(LINKS), unique=True))
def test_asking_for_settled_items_changes_nothing_that_is_open(
    ledger: Ledger, as_of: date, some: list[str]
) -> None:
    entries, _, options_map = load_string(ledger.text)
    books = read_books(entries, options_map, today=date.max, as_of=as_of)
    settings = books.settings
    plain = read_receivables(entries, settings, as_of)
    for named in (some, None):
        asked = read_receivables(entries, settings, as_of, named)
        assert asked.items == plain.items
        assert asked.unapplied == plain.unapplied
        assert sorted(map(str, asked.problems)) == sorted(map(str, plain.problems))
        assert all(item.open == 0 for item in asked.settled)
        names = {item.invoice for item in asked.settled}
        # Of what is open in part, the settled part is always there.
        partly = {item.invoice for item in asked.items if item.invoice}
        assert named is None or names <= set(named) | partly
    identities = [item.identity for item in (*asked.items, *asked.settled)]
    assert len(set(identities)) == len(identities)
    assert {item.invoice for item in plain.settled} <= {
        item.invoice for item in plain.items if item.invoice
    }


_OPTION_KEYS = (
    *("accounts", "terms", "policy", "buckets", "unreferenced", "errors", "grace"),
    *("minimum", "catch-up", "as-of", "title", "base-url", "language", "sender"),
    *("feed-alarm", "feed-discounts", "feed-token"),
)
_FILE_KEYS = (
    *("customer", "email", "contact", "address", "phone", "language", "terms"),
    *("policy", "credit-limit", "type"),
)
_PLACES = (
    *(f'custom "dunning-option" "{key}" VALUE' for key in _OPTION_KEYS),
    *(f'custom "dunning-customer" "Acme"\n  {key}: VALUE' for key in _FILE_KEYS),
    *(f"open Assets:Receivable:Beta\n  {key}: VALUE" for key in _FILE_KEYS),
    *(
        f'custom "dunning-step" "house" "call" 3\n  {key}: VALUE'
        for key in ("min-interval", "fee", "channel")
    ),
    *(
        f'custom "dunning-interest" "standard" 5\n  {key}: VALUE'
        for key in ("fixed-at", "compensation", "compensate")
    ),
    *(
        f'note Assets:Receivable "Called" ^INV-1\n  {key}: VALUE'
        for key in ("reminder", "promise", "dispute", "hold-until", "invoice")
    ),
    'custom "dunning-interest" VALUE 5',
    'custom "dunning-interest" "standard" VALUE',
    'custom "dunning-interest" "standard" 5 VALUE',
    'custom "reference-rate" VALUE 5',
    'custom "reference-rate" "own" VALUE',
    'custom "dunning-customer" VALUE',
    'custom "dunning-step" VALUE "call" 3',
    'custom "dunning-step" "house" VALUE 3',
    'custom "dunning-step" "house" "call" VALUE',
    *(
        f'* "Acme" "Website"\n  {key}: VALUE\n  Assets:Receivable  9.99 EUR\n'
        "  Equity:Other"
        for key in ("invoice", "due", "terms", "customer", "policy", "charge", "step")
    ),
    *(
        f'* "Acme" "Website"\n  Assets:Receivable  9.99 EUR\n    {key}: VALUE\n'
        "  Equity:Other"
        for key in ("invoice", "due", "terms", "customer")
    ),
)


@pytest.mark.parametrize("place", _PLACES)
def test_a_value_of_any_type_is_taken_or_an_error_at_its_line(place: str) -> None:
    for value in HOSTILE_VALUES:
        text = f"\n2026-01-02 {place.replace('VALUE', value)}\n"
        entries, options_map = unpadded(text)
        before = options_map.get("include")
        returned, errors = flag(entries, options_map)
        assert returned is entries
        assert before == options_map.get("include")
        check_sources(errors)
        lines = {error.source["lineno"] for error in errors}
        assert lines <= set(range(2, 3 + text.count("\n")))


def reference_items(
    entries: Sequence[Directive], as_of: date
) -> tuple[Counter[tuple[Any, ...]], Sums]:
    """Work out slowly what is open where every posting has one link.

    For each account, currency and link the debits, oldest due first and undated
    last, give up what was paid in all.
    """
    groups: dict[tuple[str, str, str], list[tuple[Any, ...]]] = defaultdict(list)
    for entry, account, currency, number in postings(entries):
        if entry.date <= as_of and account in {*OWN, SHARED}:
            due = entry.meta.get("due")
            (link,) = entry.links
            groups[account, currency, link].append(
                (due or date.max, entry.date, number, due)
            )
    is_open: Counter[tuple[Any, ...]] = Counter()
    unapplied: Sums = defaultdict(Decimal)
    for (account, currency, link), posted in groups.items():
        paid = -sum((one[2] for one in posted if one[2] < 0), Decimal())
        for _, _, number, due in sorted(
            (one for one in posted if one[2] > 0), key=lambda one: one[:3]
        ):
            taken = min(number, paid)
            paid -= taken
            if number > taken:
                is_open[account, currency, link, due, number - taken] += 1
        if paid:
            unapplied[account, currency] -= paid
    return is_open, unapplied


@steady
@given(linked_ledgers(), as_of_days)
def test_open_items_are_those_of_a_slow_and_simple_model(
    ledger: Ledger, as_of: date
) -> None:
    entries, _, options_map = load_string(ledger.text)
    books = read_books(entries, options_map, today=as_of)
    receivables = books.receivables
    is_open, unapplied = reference_items(entries, as_of)
    assert (
        Counter(
            (item.account, item.currency, item.invoice, item.due, item.open)
            for item in receivables.items
        )
        == is_open
    )
    assert unapplied == nonzero(
        ((credit.account, credit.currency), credit.amount)
        for credit in receivables.unapplied
    )
