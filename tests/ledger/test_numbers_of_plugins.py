"""Numbers that nobody can type, which other plugins put into directives."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount.core.amount import Amount
from beancount.core.data import Custom
from beancount.core.data import Transaction
from beancount.core.data import new_metadata
from beancount.parser.grammar import ValueType

from beancount_dunning.answers.findings import findings
from beancount_dunning.basics.money import is_number
from beancount_dunning.standing.books import read_books
from beancount_dunning.standing.charges import charges
from tests.conftest import load

if TYPE_CHECKING:
    from collections.abc import Mapping

_BOOKS = """
2026-01-01 open Assets:Receivable:Acme
2026-01-01 open Income:Services
2026-01-01 custom "dunning-customer" "Acme"
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme   100.00 EUR
  Income:Services
"""
_NONE = [
    *map(Decimal, ("NaN", "-NaN", "sNaN", "Infinity", "-Infinity")),
    *map(Decimal, ("1E+999999", "-1E+999999", "1E-999999")),
]


def _messages(kind: str, *values: object, meta: Mapping[str, object]) -> list[str]:
    """Return the errors of a ledger with such a directive; nothing may fail on it."""
    books = load(_BOOKS)
    typed = [ValueType(value, type(value)) for value in values]
    place: dict[str, Any] = {**new_metadata("books.beancount", 1), **meta}
    entry = Custom(place, date(2026, 1, 1), kind, typed)
    agreed = [ValueType("standard", str), ValueType(Decimal(9), Decimal)]
    agreed.append(ValueType("ours", str))
    interest = Custom(place, date(2026, 1, 2), "dunning-interest", agreed)
    more = [entry, interest] if kind == "reference-rate" else [entry]
    read = read_books([*more, *books.entries], books.options, today=date(2026, 11, 20))
    if kind != "reference-rate":
        charges(read)
    return [error.message for error in findings(read)]


@pytest.mark.parametrize("number", _NONE)
@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        ("dunning-option", ("grace", None), "expected a whole number of days"),
        ("dunning-step", ("standard", "call", None), "A step has a policy, a name"),
        ("dunning-interest", ("standard", None), "Interest has a policy and percent"),
        ("dunning-interest", ("standard", None, "ecb"), "Interest has a policy and"),
        ("reference-rate", ("ours", None), "A reference rate has a name and a perc"),
    ],
)
def test_a_value_that_is_no_number_is_an_error(
    kind: str, values: tuple[str | None, ...], message: str, number: Decimal
) -> None:
    given = [number if value is None else value for value in values]
    messages = _messages(kind, *given, meta={})
    assert any(message in found for found in messages)
    # A number of a million digits is not written out.
    assert max(map(len, messages)) < 300


@pytest.mark.parametrize("number", _NONE)
@pytest.mark.parametrize(
    ("kind", "values", "key"),
    [
        ("dunning-option", ("minimum", None), None),
        ("dunning-customer", ("Acme",), "credit-limit"),
        ("dunning-step", ("standard", "call", Decimal(3)), "fee"),
        ("dunning-interest", ("standard", Decimal(9)), "compensation"),
    ],
)
def test_an_amount_that_is_no_number_is_an_error(
    kind: str, values: tuple[object, ...], key: str | None, number: Decimal
) -> None:
    amount = Amount(number, "EUR")
    given = [amount if value is None else value for value in values]
    messages = _messages(kind, *given, meta={key: amount} if key else {})
    assert any("expected an amount, like 5.00 EUR" in found for found in messages)


@pytest.mark.parametrize("number", _NONE)
def test_a_day_that_is_no_number_is_an_error(number: Decimal) -> None:
    values = ("standard", "call", Decimal(3))
    messages = _messages("dunning-step", *values, meta={"min-interval": number})
    assert any("expected a whole number of days" in text for text in messages)


@pytest.mark.parametrize("number", ["NaN", "sNaN"])
def test_a_posting_that_is_no_number_is_left_out(number: str) -> None:
    """Beancount itself fails on such a ledger after its plugins; ours does not."""
    books = load(_BOOKS)
    entries = [
        entry._replace(
            postings=[
                one._replace(units=Amount(Decimal(number), "EUR"))
                for one in entry.postings
            ]
        )
        if isinstance(entry, Transaction)
        else entry
        for entry in books.entries
    ]
    read = read_books(entries, books.options, today=date(2026, 11, 20))
    assert read.receivables.items == ()
    assert list(findings(read)) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal(0), True),
        (Decimal("-0.005"), True),
        (Decimal("1E+100"), True),
        (Decimal("1E-101"), False),
        (Decimal("NaN"), False),
        (1, False),
        ("1", False),
        (None, False),
    ],
)
def test_a_number_is_what_one_can_type(value: object, *, expected: bool) -> None:
    assert is_number(value) is expected
