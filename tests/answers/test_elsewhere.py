"""Payments that were booked to one customer, and name what another is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from typing import Any

import pytest

from beancount_dunning.answers.elsewhere import booked_elsewhere
from beancount_dunning.answers.waiting import may_be_paid
from tests.conftest import load

if TYPE_CHECKING:
    from beancount_dunning.answers.elsewhere import Elsewhere

_HEAD = """\
1999-01-01 open Assets:Receivable:Anna
1999-01-01 open Assets:Receivable:Bert
1999-01-01 open Assets:Receivable
2026-06-01 * "Anna" "Course" ^K-2026-01
  due: 2026-06-15
  Assets:Receivable:Anna  80.00 EUR
  Income:Courses
2026-06-02 * "Bert" "Course" ^K-2026-02
  due: 2026-06-15
  Assets:Receivable:Bert  80.00 EUR
  Income:Courses
"""
_PAID = """\
2026-06-14 * "Bert" "for Anna K-2026-01" ^K-2026-02
  Assets:Bank  80.00 EUR
  Assets:Receivable:Bert
"""
_LOOSE = _PAID.replace(" ^K-2026-02", "")
_MEMO = """\
2026-06-14 * "" ^K-2026-02
  memo: "K-2026-01"
  Assets:Bank  80.00 EUR
  Assets:Receivable:Bert
"""


def elsewhere(text: str) -> list[Elsewhere]:
    books = load(text).books("2026-07-01")
    found = booked_elsewhere(books, books.receivables.items)
    assert may_be_paid(books, books.receivables.items)[1] == found
    return found


@pytest.mark.parametrize(
    "payment",
    [
        _PAID,
        # Nobody linked it, and it settled what is due first.
        _LOOSE,
        _PAID.replace("K-2026-01", "k 2026/1"),
        # Where else a bank writes what a payment is for.
        _PAID.replace("for Anna K-2026-01", "K-2026-01"),
        _PAID.replace('"Bert" "for Anna K-2026-01"', '"for Anna K-2026-01" "Thanks"'),
        _MEMO,
        # It is more, or less, than is open.
        _PAID.replace("80.00", "70.00"),
        # Several links.
        _PAID.replace("^K-2026-02", "^K-2026-02 ^K-2026-03")
        + _PAID.replace("K-2026-02", "K-2026-03")
        .replace("2026-06-14", "2026-06-03")
        .replace("for Anna K-2026-01", "Course")
        .replace("Assets:Bank  80.00 EUR", "Income:Courses  -9.00 EUR"),
    ],
)
def test_a_payment_names_what_another_is_asked_for(payment: str) -> None:
    (found,) = elsewhere(_HEAD + payment)
    (item,) = found.match.candidates
    assert item.customer == "Anna"
    assert found.names == {item.identity}
    assert found.whose == "Bert"
    assert found.place.startswith("<string>:")


def test_what_it_says_is_told() -> None:
    (found,) = elsewhere(_HEAD + _PAID)
    assert found.words == "Bert for Anna K-2026-01"
    (found,) = elsewhere(_HEAD + _MEMO)
    assert found.words == "Credit"


@pytest.mark.parametrize(
    "payment",
    [
        # It names an invoice of the payer, too.
        _PAID.replace("for Anna", "K-2026-02 and"),
        _LOOSE.replace("for Anna", "2026/2 and"),
        _PAID.replace('"Bert" "for Anna K-2026-01"', '"K-2026-02" "and K-2026-01"'),
        # It is a part of a longer number, another's, a date, or an order's.
        _PAID.replace("K-2026-01", "K-2026-011"),
        _PAID.replace("K-2026-01", "K-2026-01-7"),
        _PAID.replace("K-2026-01", "XK-2026-01"),
        _PAID.replace("K-2026-01", "on 2026-01"),
        _PAID.replace("K-2026-01", "order 2026-01"),
        _PAID.replace("K-2026-01", "EREF+K-2026-01"),
        # Somebody said what it is for.
        _PAID.replace("02\n", '02\n  invoice: "K-2026-02"\n', 1),
        f'{_PAID}    invoice: "K-2026-02"\n',
        # It pays for both.
        """\
2026-06-14 * "Bert" "for Anna K-2026-01"
  Assets:Bank  90.00 EUR
  Assets:Receivable:Bert  -80.00 EUR
    customer: "Bert"
  Assets:Receivable:Anna  -10.00 EUR
""",
        # No money came in.
        _PAID.replace("Assets:Bank", "Income:Courses"),
        # It is of a later day.
        _PAID.replace("2026-06-14", "2026-07-02"),
        # It is Anna's own.
        _PAID.replace("^K-2026-02", "^K-2026-01").replace(":Bert", ":Anna"),
    ],
)
def test_there_is_no_question(payment: str) -> None:
    assert elsewhere(_HEAD + payment) == []


def test_what_waits_for_its_invoice_is_asked_about_already() -> None:
    books = load(_HEAD + _PAID + _LOOSE).books("2026-07-01")
    items = books.receivables.items
    (found,) = booked_elsewhere(books, items)
    assert found.match.entry.links
    assert len(may_be_paid(books, items)[1]) == 2


_MORE = _PAID.replace("80.00", "160.00")


@pytest.mark.parametrize(
    "payment",
    [
        _MORE.replace("for Anna", "K-2026-02 and"),
        _MORE.replace("for Anna", "K-2026-02 and").replace("^", "^K-2026-01 ^"),
        # Nothing but a link names it.
        _MORE.replace("for Anna K-2026-01", "for both").replace("^", "^K-2026-01 ^"),
    ],
)
def test_what_another_invoice_left_over_may_be_for_it(payment: str) -> None:
    (found,) = elsewhere(_HEAD + payment)
    assert [item.invoice for item in found.match.candidates] == ["K-2026-01"]
    assert found.whose == "Bert"
    # Cents that are left over tell nothing.
    assert elsewhere(_HEAD + payment.replace("160.00", "80.01")) == []


def test_what_is_left_over_is_an_amount_that_bare_digits_may_need() -> None:
    head = _HEAD.replace("K-2026-01", "4711")
    more = _MORE.replace("K-2026-01", "4711")
    assert len(elsewhere(head + more)) == 1
    assert elsewhere(head + more.replace("160.00", "150.00")) == []


def test_cents_left_over_hide_no_name() -> None:
    assert len(elsewhere(_HEAD + _PAID.replace("80.00", "80.01"))) == 1


def test_what_is_left_over_of_a_part_may_be_for_the_part_of_another() -> None:
    shared = _HEAD.replace("K-2026-02", "K-2026-01")
    paid = _PAID.replace("K-2026-02", "K-2026-01")
    assert elsewhere(shared + paid) == []
    (found,) = elsewhere(shared + paid.replace("80.00", "160.00"))
    assert [item.customer for item in found.match.candidates] == ["Anna"]


def test_bare_digits_need_the_amount() -> None:
    head = _HEAD.replace("K-2026-01", "4711")
    said = _PAID.replace("K-2026-01", "4711")
    assert len(elsewhere(head + said)) == 1
    assert elsewhere(head + said.replace("80.00", "70.00")) == []
    # Nobody knows the number before the invoice.
    assert elsewhere(head + said.replace("2026-06-14", "2026-05-14")) == []
    carried = said.replace("for Anna", "Rechnung").replace("80.00", "70.00")
    assert len(elsewhere(head + carried)) == 1


def test_part_payments_name_their_own_invoice() -> None:
    head = _HEAD.replace("K-2026-01", "AB-17")
    own = _PAID.replace("for Anna K-2026-01", "AB-17.").replace(":Bert", ":Anna")
    text = head + own.replace("80.00", "70.00").replace("K-2026-02", "AB-17")
    assert elsewhere(text) == []


def test_what_is_not_asked_for_is_no_question() -> None:
    books = load(_HEAD + _PAID).books("2026-07-01")
    (item,) = books.receivables.items
    assert booked_elsewhere(books, []) == []
    assert booked_elsewhere(books, [replace(item, invoice=None)]) == []
    assert booked_elsewhere(books, [replace(item, open=item.open * 0)]) == []


def test_another_plugin_may_put_anything_there() -> None:
    def changed(entry: Any) -> Any:  # noqa: ANN401 - as a plugin may
        if getattr(entry, "narration", "") != "for Anna K-2026-01":
            return entry
        return entry._replace(payee=7, narration=None)

    ledger = load(_HEAD + _PAID)
    entries = [*map(changed, ledger.entries)]
    books = replace(ledger, entries=entries).books("2026-07-01")
    assert booked_elsewhere(books, books.receivables.items) == []
