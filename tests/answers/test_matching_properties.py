"""What holds for the matches of every ledger."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.explanations import DifferenceKind
from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.linking import Link
from beancount_dunning.answers.linking import linked_entry
from beancount_dunning.answers.matching import Verdict
from beancount_dunning.answers.matching import match
from beancount_dunning.ledger.named import Numbers
from beancount_dunning.ledger.named import texts
from beancount_dunning.standing.books import read_books
from tests.conftest import load
from tests.strategies import as_of_days
from tests.strategies import ledgers
from tests.test_properties import read_as_loaded

if TYPE_CHECKING:
    from datetime import date

    from beancount_dunning.answers.matching import Matches
    from beancount_dunning.standing.books import Books
    from tests.strategies import Ledger

steady = profile(
    deadline=None,
    max_examples=120,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

_CUSTOMERS = ("Acme GmbH", "Bolt & Söhne", "Cato")
_PAYEES = ("ACME", "BOLT UND SOEHNE", "Cato", "M Sommer", "Acme GmbH")
_NUMBERS = ("INV-2026-01", "INV-2026-02", "INV-2026-03", "RE-2026-03", "INV-44")
_TEXTS = (
    "Thank you",
    "INV-2026-01",
    "2026/02",
    "inv202603, INV-44",
    "2026-03",
    "2026 01",
    "INV-44 returned",
)
_AMOUNTS = ("100.00", "98.00", "50.00", "50.00", "150.00", "99.50", "300.00")
_days = st.integers(1, 9).map("2026-10-0{}".format)
_invoices = st.builds(
    '{} * "{}" "Cards" ^{}\n  terms: "{}"\n  Assets:Receivable  {} EUR\n  Income:S'
    "\n".format,
    _days,
    st.sampled_from(_CUSTOMERS),
    st.sampled_from(_NUMBERS),
    st.sampled_from(("net 30", "2/5 net 30", "50% net 10, 50% net 20")),
    st.sampled_from(_AMOUNTS),
)
_payments = st.builds(
    '{} * "{}" "{}"\n  Assets:Bank  {} EUR\n  {}\n'.format,
    _days,
    st.sampled_from(_PAYEES),
    st.sampled_from(_TEXTS),
    st.sampled_from(_AMOUNTS),
    st.sampled_from(("Assets:Suspense", "Assets:Receivable")),
)
_options = st.sampled_from(
    (
        "",
        '2026-01-01 custom "dunning-option" "unreferenced" "unapplied"\n',
        '2026-01-01 custom "dunning-option" "bank-fee" 2.00 EUR\n',
        '2026-01-01 custom "dunning-option" "minimum" 1.00 EUR\n',
    )
)
_books = st.tuples(
    _options.map(lambda one: [one]),
    st.lists(_invoices, min_size=1, max_size=6),
    st.lists(_payments, min_size=1, max_size=5),
).map(lambda parts: [*parts[0], *parts[1], *parts[2]])


def matches(blocks: list[str], *, review: bool = False) -> Matches:
    books = load("".join(blocks)).books("2026-10-20")
    return match(books, suspense=re.compile("Suspense"), review=review)


@steady
@given(_books, st.booleans())
def test_nothing_is_assigned_twice_or_beyond_what_is_open(
    blocks: list[str],
    review: bool,  # noqa: FBT001 - as hypothesis draws it
) -> None:
    assigned: dict[str, Decimal] = defaultdict(Decimal)
    for one in matches(blocks, review=review).payments:
        total = sum((part.amount for part in one.assignments), Decimal())
        is_too_much = one.difference and one.difference.kind == DifferenceKind.UNAPPLIED
        assert (one.verdict == Verdict.ASK) == (not one.assignments)
        if one.assignments:
            assert total <= one.amount
            assert bool(is_too_much) == (total < one.amount)
        for part in one.assignments:
            assert part.amount > 0
            assert part.item.currency == one.currency
            assigned[part.item.identity] += part.amount
            is_open = part.item.amount if review else part.item.open
            assert assigned[part.item.identity] <= is_open


@steady
@given(_books)
def test_what_is_certain_is_named(blocks: list[str]) -> None:
    for one in matches(blocks).payments:
        if one.verdict == Verdict.CERTAIN:
            names = {part.item.invoice or "" for part in one.assignments}
            numbers = Numbers({name: [name] for name in names})
            found = numbers.find(texts(one.entry, one.posting))
            assert {mention.reference for mention in found} == names


@steady
@given(_books, st.integers(0, 3))
def test_it_is_as_if_everything_that_was_ever_paid_were_looked_at(
    blocks: list[str], paid: int
) -> None:
    own = '2024-01-01 open Assets:Receivable:Acme\n  customer: "Acme GmbH"\n'
    # What the first one says is looked at, and the others are as plain.
    done = (
        f'2025-0{one}-02 * "Acme GmbH" "sale" ^{name}\n'
        f"  Assets:Receivable:Acme  {one}0 EUR\n  Income:Sales\n"
        f'2025-0{one}-20 * "M Sommer" "paid" ^{name}\n'
        f"  Assets:Bank  {one}0 EUR\n  Assets:Receivable:Acme\n"
        for one, name in enumerate(("INV-45", "INV-44", "INV-2026-03")[:paid], 1)
    )
    books = load("".join([own, *blocks, *done])).books("2026-10-20")
    suspense = re.compile("Suspense")
    found = match(books, suspense=suspense).as_dict()
    assert found == match(books.with_settled(None), suspense=suspense).as_dict()


@steady
@given(_books, st.data())
def test_the_order_of_entries_plays_no_part(
    blocks: list[str], data: st.DataObject
) -> None:
    def facts(blocks: list[str]) -> list[str]:
        found = matches(blocks).as_dict()["payments"]
        for one in found:
            del one["line"]
        return sorted(map(str, found))

    assert facts(data.draw(st.permutations(blocks))) == facts(blocks)


@steady
@given(ledgers(hostile=True), as_of_days)
def test_no_ledger_is_too_strange(ledger: Ledger, as_of: date) -> None:
    books = read_as_loaded(ledger.text, as_of)
    for review in (False, True):
        found = match(books, suspense=re.compile("Equity"), review=review)
        assert found.as_dict()["as_of"] == str(as_of)


_families = st.sampled_from(("Acme GmbH", "Bolt & Söhne", "Nobody")).map(
    '2026-01-01 custom "dunning-customer" "Cato"\n  parent: "{}"\n'.format
)


def is_open(books: Books) -> dict[tuple[str | None, str], Decimal]:
    sums: dict[tuple[str | None, str], Decimal] = defaultdict(Decimal)
    for item in books.receivables.items:
        sums[item.invoice, item.customer] += item.open
    return sums


@steady
@given(_books, _families)
def test_what_is_to_be_pasted_settles_what_it_is_for_and_undoes_nothing(
    blocks: list[str], family: str
) -> None:
    """One after the other, since each is for what those before it left."""
    books = load("".join([family, *blocks])).books("2026-10-20")
    entries, before = books.entries, is_open(books)
    for one in match(books, suspense=re.compile("Suspense")).payments:
        try:
            linked = linked_entry(books, Link.of(one)) if one.assignments else None
        except RefusedError:
            linked = None
        if linked is None:
            break
        entries = [linked if entry is one.entry else entry for entry in entries]
        after = is_open(read_books(entries, books.options, today=books.as_of))
        assert all(number <= before[key] for key, number in after.items())
        for part in one.assignments:
            key = part.item.invoice, part.item.customer
            assert after[key] < before[key]
        before = after
