"""What other plugins may put into entries, which are made up like those of ledgers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount.core.amount import Amount
from beancount.core.data import Balance
from beancount.core.data import Custom
from beancount.core.data import Note
from beancount.core.data import Transaction
from beancount.core.number import MISSING
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from beancount_dunning.answers.comparisons import grouped
from beancount_dunning.answers.customers import customers
from beancount_dunning.answers.doctor.examination import examine
from beancount_dunning.answers.findings import findings
from beancount_dunning.answers.matching import match
from beancount_dunning.answers.movements import Kinds
from beancount_dunning.answers.paid import invoiced
from beancount_dunning.ledger.readable import mended
from beancount_dunning.ledger.readable import readable
from beancount_dunning.plugin import flag
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.books import read_books
from tests.conftest import load
from tests.strategies import ledgers
from tests.strategies import unpadded

if TYPE_CHECKING:
    from beancount.core.data import Directive

    from tests.strategies import Ledger

_BOOKS = """
2026-01-01 open Assets:Receivable:Acme
2026-01-01 open Income:Services
2026-01-01 custom "dunning-option" "grace" 3
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme   100.00 EUR
  Income:Services
2026-10-20 note Assets:Receivable:Acme "Promises" ^INV-1
  promise: 2026-11-05
2026-11-01 balance Assets:Receivable:Acme  100.00 EUR
"""
_AS_OF = dt.date(2026, 11, 20)

_keys = st.sampled_from((5, None, b"due", "due", "invoice", "customer", "promise"))
_odd_values: st.SearchStrategy[Any] = st.sampled_from(
    (5, None, b"x", (), [], {}, "INV-1", Decimal("NaN"))
)
_metas = st.one_of(st.none(), st.just({}), st.dictionaries(_keys, _odd_values))
_numbers = st.sampled_from(
    [Decimal(one) for one in ("NaN", "sNaN", "Infinity", "-Infinity", "1E+999999")]
    + [Decimal("1E-999999"), MISSING, None]
)
_units = st.one_of(
    st.sampled_from((None, MISSING)),
    # Beancount's own way to make one looks at types.
    st.tuples(_numbers, st.sampled_from(("EUR", "EUR", None))).map(Amount._make),
)
_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "account": st.sampled_from((5, None, "")),
    "amount": _units,
    "comment": st.sampled_from((5, None)),
    "links": st.sampled_from((None, 5, {5}, frozenset({5, "INV-1"}), ["INV-1"])),
    "meta": _metas,
    "narration": st.sampled_from((5, None)),
    "payee": st.sampled_from((5, b"Acme")),
    "postings": st.sampled_from((None, 5, (), [None], [5])),
    "source_account": st.sampled_from((5, None)),
    "type": st.sampled_from((5, None)),
    "values": st.sampled_from((None, [], 5, [5])),
}
_POSTING_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "account": _FIELDS["account"],
    "meta": _metas,
    "units": _units,
}


@st.composite
def _spoilt(draw: st.DrawFn, entry: Any) -> Any:  # noqa: ANN401 - any directive
    """Draw an entry as a careless plugin makes it of another."""
    fields = [name for name in entry._fields if name in _FIELDS]
    name = draw(st.sampled_from(fields))
    if isinstance(entry, Transaction) and entry.postings and draw(st.booleans()):
        index = draw(st.integers(0, len(entry.postings) - 1))
        postings = list(entry.postings)
        name = draw(st.sampled_from(sorted(_POSTING_FIELDS)))
        change = {name: draw(_POSTING_FIELDS[name])}
        postings[index] = postings[index]._replace(**change)
        return entry._replace(postings=postings)
    return entry._replace(**{name: draw(_FIELDS[name])})


@settings(deadline=None)
@given(ledgers(), st.data())
def test_nothing_that_a_plugin_puts_into_entries_makes_it_raise(
    ledger: Ledger, data: st.DataObject
) -> None:
    entries, options = unpadded(ledger.text)
    for index in data.draw(st.sets(st.integers(0, len(entries) - 1), max_size=4)):
        entries[index] = data.draw(_spoilt(entries[index]))
    before = list(map(id, entries))
    returned, _ = flag(entries, options)
    assert list(map(id, returned)) == before
    books = read_books(entries, options, today=_AS_OF, padded=False)
    age(books).as_dict()
    match(books).as_dict()
    examine(books).as_dict()
    report = customers(books)
    report.as_dict()
    for by in ("segment", "terms", "paid-from", "region"):
        grouped(books, report, by).as_dict()


def _books(kind: type, **change: object) -> tuple[list[Directive], dict[str, Any]]:
    """Return a ledger in which the directives of a type are changed."""
    loaded = load(_BOOKS)
    spoil: Any = getattr(kind, "_replace")  # noqa: B009 - of any named tuple
    entries = [
        spoil(entry, **change) if isinstance(entry, kind) else entry
        for entry in loaded.entries
    ]
    return entries, loaded.options


@pytest.mark.parametrize("links", [frozenset({5}), frozenset({"INV-1", 5})])
def test_of_links_those_that_are_text_count(links: object) -> None:
    entries, options = _books(Transaction, links=links)
    (item,) = read_books(entries, options, today=_AS_OF).receivables.items
    assert item.invoice == (None if links == {5} else "INV-1")


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({"links": None}, 1),
        ({"links": 5}, 1),
        ({"links": ["INV-1", 5]}, 1),
        ({"postings": None}, 0),
        ({"postings": 5}, 0),
        ({"postings": [None]}, 0),
    ],
)
def test_a_transaction_that_is_not_as_it_should_be_is_read_as_far_as_it_goes(
    change: dict[str, Any], count: int
) -> None:
    entries, options = _books(Transaction, **change)
    assert flag(entries, dict(options))[0] == entries
    books = read_books(entries, options, today=_AS_OF)
    assert len(books.receivables.items) == count


def test_a_note_without_metadata_changes_nothing() -> None:
    entries, options = _books(Note, meta=None)
    books = read_books(entries, options, today=_AS_OF)
    assert [type(one).__name__ for one in findings(books)] == ["OverdueError"]


def test_keys_that_are_no_text_are_left_out_and_the_others_count() -> None:
    meta = {5: "x", "promise": dt.date(2026, 11, 5)}
    entries, options = _books(Note, meta=meta)
    books = read_books(entries, options, today=_AS_OF)
    assert len(books.dunning.broken) == 1


def test_links_of_a_note_that_are_none_are_left_out() -> None:
    for links, names in ((5, frozenset()), ({5, "INV-1"}, frozenset({"INV-1"}))):
        entries, options = _books(Note, links=links)
        assert read_books(entries, options, today=_AS_OF).log.names == names


@pytest.mark.parametrize("number", ["Infinity", "-Infinity", "1E+999999"])
def test_a_posting_of_a_number_that_nobody_can_add_is_left_out(number: str) -> None:
    loaded = load(_BOOKS)
    entries = [
        entry._replace(
            postings=[
                *entry.postings,
                entry.postings[0]._replace(units=Amount(Decimal(number), "EUR")),
            ]
        )
        if isinstance(entry, Transaction)
        else entry
        for entry in loaded.entries
    ]
    (item,) = read_books(entries, loaded.options, today=_AS_OF).receivables.items
    assert item.open == 100


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (Custom, {"type": None}),
        (Custom, {"date": None}),
        (Balance, {"amount": Amount(Decimal("Infinity"), "EUR")}),
        (Balance, {"amount": Amount(Decimal(5), None)}),  # type: ignore[arg-type]
        (Balance, {"amount": None}),
        (Note, {"account": 5}),
        (Note, {"comment": 5}),
    ],
)
def test_an_entry_that_says_nothing_is_left_out(
    kind: type, change: dict[str, object]
) -> None:
    entries, _ = _books(kind, **change)
    assert len(readable(entries)) == len(entries) - 1


def test_of_an_entry_that_can_be_read_nothing_changes() -> None:
    entries = load(_BOOKS).entries
    assert all(
        one is another for one, another in zip(readable(entries), entries, strict=True)
    )


def test_a_time_is_a_day() -> None:
    entries, _ = _books(Note, date=dt.datetime(2026, 10, 20, 9, 30))  # noqa: DTZ001
    (note,) = [entry for entry in readable(entries) if isinstance(entry, Note)]
    assert type(note.date) is dt.date


def test_what_is_no_entry_is_left_out() -> None:
    nothing: Any = None
    assert readable([nothing]) == []


def test_values_that_beancount_did_not_make_are_left_out() -> None:
    for values in (5, [5]):
        entries, _ = _books(Custom, values=values)
        (custom,) = [entry for entry in readable(entries) if isinstance(entry, Custom)]
        assert custom.values == []


def test_postings_without_an_account_or_an_amount_are_left_out() -> None:
    (entry,) = [one for one in load(_BOOKS).entries if isinstance(one, Transaction)]
    first, second = entry.postings
    nothing: Any = None
    odd_meta: Any = {5: "x", "due": "y"}
    odd: list[Any] = [first._replace(account=nothing), second._replace(units=None)]
    odd += [5, first._replace(meta=None), first._replace(meta=odd_meta)]
    kept = mended(entry._replace(postings=odd))
    assert isinstance(kept, Transaction)
    assert [one.meta for one in kept.postings] == [None, {"due": "y"}]
    kept = mended(entry._replace(postings=nothing))
    assert isinstance(kept, Transaction)
    assert kept.postings == []


def test_a_key_that_is_no_text_says_nothing_of_a_payment() -> None:
    paid = (
        '2026-11-02 * "Acme" "Paid"\n  Assets:Receivable:Acme  -40 EUR\n  Assets:Bank'
    )
    loaded = load(_BOOKS + paid)
    *others, payment = loaded.entries
    assert isinstance(payment, Transaction)
    odd: Any = {5: "INV-1", **payment.meta}
    books = read_books(
        [*others, payment._replace(meta=odd)], loaded.options, today=_AS_OF
    )
    assert [item.open for item in books.receivables.items] == [60]


_SALE = """
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme   100.00 EUR
  Income:Services
2026-10-20 * "Acme" "Paid" ^INV-1
  Assets:Bank              100.00 EUR
  Assets:Receivable:Acme
"""


@pytest.mark.parametrize("spoilt", [None, Amount._make((MISSING, "EUR"))])
def test_a_payment_with_a_gap_is_one_all_the_same(spoilt: object) -> None:
    loaded = load(_SALE)
    entries = [*loaded.entries]
    payment: Any = entries[-1]
    gap = payment.postings[0]._replace(units=spoilt)
    entries[-1] = payment._replace(postings=[*payment.postings, gap])
    (part,) = invoiced(read_books(entries, loaded.options, today=_AS_OF))
    assert (part.outcome, part.paid_from) == ("paid", "Assets:Bank")


def test_a_posting_without_an_account_hides_no_transfer() -> None:
    loaded = load(_SALE.replace("Assets:Bank ", "Assets:Receivable:Old"))
    entries = [*loaded.entries]
    moved: Any = entries[-1]
    entries[-1] = moved._replace(postings=[None, *moved.postings])
    books = read_books(entries, loaded.options, today=_AS_OF)
    kinds = Kinds(books)
    assert kinds.of_neither(entries[-1]) == "transfer"  # type: ignore[arg-type]
    sale: Any = next(one for one in entries if isinstance(one, Transaction))
    sale = sale._replace(postings=[None, *sale.postings])
    assert kinds.of_neither(sale) is None
