"""Groups of invoices: what they are grouped by, and which explains the lateness."""

from __future__ import annotations

import pytest

from beancount_dunning.answers.comparisons import before_after
from beancount_dunning.answers.comparisons import grouped
from beancount_dunning.answers.customers import customers
from tests.answers.paying import after
from tests.answers.paying import books
from tests.answers.paying import invoice
from tests.answers.paying import note
from tests.answers.paying import paid
from tests.answers.paying import paid_late

FILE = '2026-01-01 custom "dunning-customer" "Acme"\n'


def names(text: str, by: str) -> list[str | None]:
    read = books(text)
    return [one.name for one in grouped(read, customers(read), by).groups]


@pytest.mark.parametrize(
    ("by", "more", "name"),
    [
        ("segment", f'{FILE}  segment: "shop"\n', "shop"),
        ("segment", "", None),
        ("terms", "", "10 days"),
        ("paid-from", "", None),
        ("paid-from", paid("A", after(20), account="Assets:PayPal"), "Assets:PayPal"),
        ("channel", "", None),
        ("channel", note("A", after(20), 'reminder: "first reminder"'), None),
        (
            "channel",
            note("A", after(20), 'reminder: "first reminder"', 'channel: "phone"'),
            "phone",
        ),
        (
            "channel",
            '2026-01-01 custom "dunning-step" "standard" "call" 1\n'
            '  channel: "message"\n' + note("A", after(20), 'reminder: "call"'),
            "message",
        ),
        (
            "channel",
            '2026-01-01 custom "dunning-step" "standard" "call" 1\n'
            '  channel: "message"\n'
            + note("A", after(20), 'reminder: "call"', 'channel: "email"'),
            "email",
        ),
        (
            "channel",
            note("A", after(20), 'reminder: "first reminder"', 'channel: "email"')
            + note("A", after(21), f'plan: "rest on {after(40)}"')
            + note("A", after(42), 'reminder: "first reminder"', 'channel: "phone"'),
            "phone",
        ),
        ("parent", f'{FILE}  parent: "Holding"\n', "Holding"),
        ("region", "", None),
        ("region", f'{FILE}  region: "north"\n', "north"),
        (
            "region",
            '1999-01-01 open Assets:Receivable:Acme\n  region: "south"\n',
            "south",
        ),
    ],
)
def test_invoices_are_grouped_by(by: str, more: str, name: str | None) -> None:
    assert names(invoice("A", after(0), after(10)) + more, by) == [name]


def test_an_invoices_own_metadata_goes_first() -> None:
    text = invoice("A", after(0), after(10), meta='  region: "west"\n')
    assert names(f'{text}{FILE}  region: "north"\n', "region") == ["west"]


def test_terms_are_those_of_the_invoice_or_none() -> None:
    text = invoice("A", after(0), None, meta='  terms: "net 14"\n')
    assert names(text, "terms") == ["net 14"]
    assert names(invoice("A", after(0), None), "terms") == [None]


def test_a_file_that_is_not_there_yet_says_nothing() -> None:
    text = invoice("A", after(0), after(10))
    later = FILE.replace("2026-01-01", "2027-01-01") + '  region: "north"\n'
    assert names(text + later, "region") == [None]


def by_segment(text: str) -> dict[str, str | None]:
    for name, segment in (("Acme", "shop"), ("Beta", "builder")):
        text += f'2026-01-01 custom "dunning-customer" "{name}"\n'
        text += f'  segment: "{segment}"\n'
    read = books(text)
    found = grouped(read, customers(read), "segment")
    assert found.as_dict()["most"] == {
        currency: one.name for currency, one in found.most.items()
    }
    return {currency: one.name for currency, one in found.most.items()}


def test_the_group_that_explains_most_has_more_than_its_part() -> None:
    late = paid_late(9, 9, 9, 9, 9, customer="Beta")
    assert by_segment(late + paid_late(0, 0, 1)) == {"EUR": "builder"}
    # All alike, or nothing late at all.
    assert by_segment(late) == {}
    assert by_segment(paid_late(0, 0, 0, 0, 0)) == {}
    # Four are too few, and what has no segment explains nothing.
    assert by_segment(paid_late(9, 9, 9, 9, customer="Beta") + paid_late(0, 0)) == {}
    others = paid_late(9, 9, 9, 9, 9, customer="Carl")
    assert by_segment(others + paid_late(0, 0)) == {}


def test_groups_have_shares_and_the_latest_comes_first() -> None:
    text = paid_late(1, 0) + paid_late(3, customer="Beta")
    text += f'{FILE}  segment: "shop"\n'
    read = books(text)
    rows = grouped(read, customers(read), "segment").as_dict()
    assert (rows["as_of"], rows["by"]) == ("2026-12-31", "segment")
    assert [
        (row["group"], row["share_of_turnover"], row["share_of_lateness"])
        for row in rows["groups"]
    ] == [(None, 0.333, 0.75), ("shop", 0.667, 0.25)]
    in_time = books(paid_late(0))
    (row,) = grouped(in_time, customers(in_time), "segment").as_dict()["groups"]
    assert row["share_of_lateness"] is None


def test_before_and_after_are_of_the_same_customers() -> None:
    text = paid_late(0, 9, 1) + paid_late(30, customer="Beta")
    text += invoice("C", after(0), None, customer="Carl")
    (found,) = before_after(customers(books(text)), after(20))
    assert (found.customers, found.others) == (1, 1)
    assert (found.before.days_late, found.after.days_late) == ((0,), (1, 9))
    assert found.as_dict() == {
        "currency": "EUR",
        "customers": 1,
        "others": 1,
        "before": found.before.as_dict(),
        "after": found.after.as_dict(),
        "too_few": True,
    }
    many = paid_late(*[0] * 10)
    (enough,) = before_after(customers(books(many)), after(100))
    assert not enough.is_too_few


@pytest.mark.parametrize(("as_of", "count"), [(80, 1), (81, 2)])
def test_what_is_paid_early_counts_after_its_due_date(as_of: int, count: int) -> None:
    text = paid_late(0, 0, 9) + invoice("E", after(60), after(80))
    text += paid("E", after(61))
    (found,) = before_after(customers(books(text, after(as_of))), after(40))
    assert (found.before.judged, found.after.judged) == (2, count)
