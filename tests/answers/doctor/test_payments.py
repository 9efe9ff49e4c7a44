"""Payments that found nothing, and those that are booked twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from beancount.loader import load_file

from beancount_dunning.answers.doctor.diagnosis import Kind
from beancount_dunning.answers.doctor.examination import examine
from tests.answers.doctor.asking import told
from tests.conftest import Ledger
from tests.conftest import load

if TYPE_CHECKING:
    from pathlib import Path

CREDITS = (Kind.TWICE, Kind.LINK, Kind.UNAPPLIED)


def test_a_payment_that_was_made_before_is_doubtful(ledger: Ledger) -> None:
    """
    2026-05-18 * "Acme" "Beer mats" ^INV-16
      Assets:Receivable  1190.00 EUR
      Income:S
    2026-06-01 * "Acme" "paid"  ^INV-16
      Assets:Bank  1190 EUR
      Assets:Receivable
    2026-06-05 * "Acme" "paid again"  ^INV-16
      Assets:Bank  1190 EUR
      Assets:Receivable
    """
    assert told(ledger, *CREDITS) == [
        (
            "7: 1190 EUR from Acme came for INV-16, which was paid by as much on "
            "2026-06-01, in line 4. If it came once, delete one; if twice, it is "
            "theirs until you pay it back or they owe something again."
        )
    ]


def test_instalments_paid_at_once_are_one_payment(ledger: Ledger) -> None:
    """
    2026-05-18 * "Acme" "Beer mats" ^INV-16
      terms: "50% net 10, 50% net 20"
      Assets:Receivable  1000.00 EUR
      Income:S
    2026-06-01 * "Acme" "paid"  ^INV-16
      Assets:Bank  1000 EUR
      Assets:Receivable
    2026-06-05 * "Acme" "paid"  ^INV-16
      Assets:Bank  500 EUR
      Assets:Receivable
    2026-06-06 * "Acme" "paid"  ^INV-16
      Assets:Bank  1000 EUR
      Assets:Receivable
    """
    assert [line.partition(" came")[0] for line in told(ledger, Kind.TWICE)] == [
        "11: 1000 EUR from Acme"
    ]
    assert told(ledger, Kind.UNAPPLIED) == [
        (
            "8: 500 EUR from Acme settles nothing: INV-16 had less open. Pay it back, "
            "or give it to another invoice, on a posting of its own."
        )
    ]


def test_a_payment_that_names_what_others_owe_is_to_be_split(ledger: Ledger) -> None:
    """
    2026-05-18 * "Acme" "Beer mats" ^INV-16
      Assets:Receivable  1000.00 EUR
      Income:S
    2026-05-18 * "Beta" "Beer mats" ^INV-17
      Assets:Receivable   200.00 EUR
      Income:S
    2026-06-01 * "Acme" "for us and Beta"  ^INV-16 ^INV-17
      Assets:Bank  1200 EUR
      Assets:Receivable
    """
    assert told(ledger, Kind.UNAPPLIED, Kind.REVIEW) == [
        (
            "7: 200.00 EUR from Acme settles nothing: what is open of INV-17 is owed "
            "by Beta. If it pays that, too, split it, with customer: and invoice: on "
            "each posting."
        )
    ]


def test_so_is_one_that_names_what_is_on_another_account(ledger: Ledger) -> None:
    """
    2026-05-18 * "Acme" "Beer mats" ^INV-16
      Assets:Receivable:Acme  1000.00 EUR
      Income:S
    2026-05-18 * "Beta" "Beer mats" ^INV-17
      Assets:Receivable:Beta   200.00 EUR
      Income:S
    2026-06-01 * "Acme" "for us and INV-17"  ^INV-16
      Assets:Bank  1200 EUR
      Assets:Receivable:Acme
    """
    assert told(ledger, Kind.UNAPPLIED, Kind.REVIEW) == [
        (
            "7: 200.00 EUR from Acme settles nothing: what is open of INV-17 is owed "
            "by Beta. If it pays that, too, split it, with customer: and invoice: on "
            "each posting."
        )
    ]


def test_a_credit_note_that_names_what_others_owe_is_to_be_split(
    ledger: Ledger,
) -> None:
    """
    2026-05-18 * "Acme" "Beer mats" ^INV-16
      Assets:Receivable  1000.00 EUR
      Income:S
    2026-05-18 * "Beta" "Beer mats" ^INV-17
      Assets:Receivable   200.00 EUR
      Income:S
    2026-06-01 * "Acme" "for both"  ^INV-16 ^INV-17
      Income:S  1200 EUR
      Assets:Receivable
    """
    assert told(ledger, Kind.UNAPPLIED, Kind.REVIEW) == [
        (
            "7: 200.00 EUR from Acme settles nothing: what is open of INV-16 and "
            "INV-17 is owed by Beta. If it pays that, too, split it, with customer: "
            "and invoice: on each posting."
        )
    ]


TWICE = """
2026-05-18 * "Acme" "Beer mats" ^INV-16
  Assets:Receivable  2000.00 EUR
  Income:S
2026-06-01 * "Acme" "Invoice 116"
  Assets:Bank  500 EUR
  Assets:Receivable
2026-06-01 * "Acme" "Invoice 116"
  Assets:Bank  500 EUR
  Assets:Receivable
"""


def test_a_payment_that_was_imported_twice_is_doubtful() -> None:
    assert told(load(TWICE), *CREDITS) == [
        (
            "7: This payment stands here and, with the same date, text and amount, in "
            "line 4. If it came once, delete one."
        )
    ]


def test_a_payment_that_is_left_over_and_stands_twice_is_told_once() -> None:
    assert [
        line[:2] for line in told(load(TWICE.replace("2000", "500")), *CREDITS)
    ] == ["7:"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            '116"\n  Assets:Bank  500 EUR\n  Assets:Receivable\n2',
            '117"\n  Assets:Bank  500 EUR\n  Assets:Receivable\n2',
        ),
        ("Invoice 116", "Transfer"),
        ("Assets:Receivable\n2026-06-01", "Assets:Receivable\n2026-06-02"),
        ("500 EUR\n  Assets:Receivable\n2", "501 EUR\n  Assets:Receivable\n2"),
        (
            "Assets:Bank  500 EUR\n  Assets:Receivable",
            "Assets:Bank  500 EUR\n  Income:S",
        ),
    ],
)
def test_payments_that_are_alike_are_not_the_same(old: str, new: str) -> None:
    assert old in TWICE
    assert told(load(TWICE.replace(old, new)), *CREDITS) == []


GUESSED = """
2026-05-18 * "Acme" "Beer mats" ^INV-016
  Assets:Receivable  1190.00 EUR
  Income:S
2026-05-20 * "Beta" "Beer mats" ^INV-017
  Assets:Receivable   800.00 EUR
  Income:S
2026-05-21 * "Beta" "Beer mats" ^INV-018
  Assets:Receivable   800.00 EUR
  Income:S
2026-05-22 * "Gamma" "Beer mats"
  Assets:Receivable   900.00 EUR
  Income:S
"""


def test_a_payment_for_an_unknown_invoice_has_its_invoice_to_paste() -> None:
    payment = """\
2026-06-20 * "Acme" "paid" ^INV-16
  Assets:Bank        1190.00 EUR
  Assets:Receivable
"""
    assert told(load(GUESSED + payment), *CREDITS) == []
    (message, typed) = told(load(GUESSED + payment), Kind.ERROR)
    assert message == '13: There is no invoice "INV-16". Did you mean "INV-016"?'
    assert (
        typed
        == """\
2026-06-20 * "Acme" "paid" ^INV-16
  Assets:Bank         1190.00 EUR
  Assets:Receivable  -1190.00 EUR
    invoice: "INV-016\""""
    )
    assert told(load(f"{GUESSED}{typed}"), Kind.ERROR, *CREDITS) == []


def test_a_posting_that_names_an_unknown_invoice_has_its_place(ledger: Ledger) -> None:
    """
    2026-05-18 * "Acme" "Beer mats" ^INV-016
      Assets:Receivable  1190.00 EUR
      Income:S
    2026-06-20 * "Acme" "paid"
      Assets:Bank        1190.00 EUR
      Assets:Receivable
        invoice: "INV-16"
    """
    assert told(ledger, Kind.ERROR, *CREDITS) == [
        '6: There is no invoice "INV-16". Did you mean "INV-016"?'
    ]


def test_a_payment_by_who_is_spelt_otherwise_has_its_link_to_paste() -> None:
    payment = """\
2026-06-20 * "ACME HOLDING" "RE INV016"
  Assets:Bank        1190.00 EUR
  Assets:Receivable
"""
    message, typed = told(load(GUESSED + payment), Kind.UNAPPLIED)
    assert message.startswith(
        "13: 1190.00 EUR from ACME HOLDING settles nothing: no link says which invoice "
        "it is for. It is certainly for INV-016: "
    )
    assert '"ACME HOLDING" "RE INV016" ^INV-016\n' in (typed or "")
    assert told(load(f"{GUESSED}{typed}"), *CREDITS) == []


def test_a_payment_that_may_be_for_several_invoices_is_asked_about() -> None:
    payment = """\
2026-06-20 * "Who knows" "thanks"
  Assets:Bank         800.00 EUR
  Assets:Receivable
"""
    (line,) = told(load(GUESSED + payment), *CREDITS)
    assert line.startswith(
        "13: 800.00 EUR from Who knows settles nothing: no link says which invoice "
        "it is for. It could be for "
    )
    assert "INV-017" in line
    assert "INV-018" in line


def test_a_payment_that_no_link_can_assign_is_told_why() -> None:
    payment = """\
2026-06-20 * "Gamma" "paid" ^X
  Assets:Bank         900.00 EUR
  Assets:Receivable
2026-06-21 * "Gamma" "sent back"
  Assets:Receivable   900.00 EUR
  Assets:Bank
"""
    text = GUESSED.replace("Receivable   900.00", "Receivable:Gamma  900.00") + payment
    (line,) = told(load(text), *CREDITS, as_of="2026-06-20")
    assert "settles nothing: no invoice is called X. It is probably for" in line
    assert line.endswith(", at <string>:10.")


def test_a_payment_of_several_of_which_some_are_unknown(ledger: Ledger) -> None:
    """
    2026-05-18 * "Acme" "Beer mats" ^INV-016
      Assets:Receivable  1190.00 EUR
      Income:S
    2026-06-21 * "paid"  ^INV-17 ^INV-016 ^INV-18
      Assets:Bank  1200 EUR
      Assets:Receivable
    """
    assert told(ledger, *CREDITS) == [
        (
            "4: 10.00 EUR from Acme settles nothing: no invoice is called INV-17 and "
            "INV-18."
        ),
    ]


def test_a_payment_in_another_currency_or_on_another_account(ledger: Ledger) -> None:
    """
    2026-05-18 * "Acme" "Beer mats" ^INV-16
      Assets:Receivable:Acme  1000 USD @ 0.92 EUR
      Income:S
    2026-06-20 * "Acme" "paid"  ^INV-16
      Assets:Bank  915 EUR
      Assets:Receivable:Acme
    2026-06-21 * "Acme" "paid"  ^INV-16
      Assets:Bank  915 USD
      Assets:Receivable
    """
    assert told(ledger, *CREDITS) == [
        "4: 915 EUR from Acme settles nothing: INV-16 is in USD.",
        (
            "7: 915 USD from Acme settles nothing: INV-16 is on "
            "Assets:Receivable:Acme. Post it there, since each account keeps its own "
            "balance."
        ),
    ]


def test_a_twin_in_another_file_is_told_with_its_file(tmp_path: Path) -> None:
    before, _, second = TWICE.rpartition("2026-06-01")
    more = tmp_path / "more.beancount"
    more.write_text(before.lstrip())
    books = tmp_path / "books.beancount"
    books.write_text(f'2026-06-01{second}\ninclude "more.beancount"\n')
    ledger = Ledger(*load_file(str(books)))
    (line,) = told(ledger, Kind.TWICE)
    assert f"in {books}:1. If" in line or f"in {more}:4. If" in line


def test_a_payment_that_names_what_another_owes_is_asked_about(
    ledger: Ledger,
) -> None:
    """
    2026-09-14 * "Anna" "Course" ^K-2026-01
      Assets:Receivable    80.00 EUR
      Income:S
    2026-09-15 * "Bert" "Course" ^K-2026-02
      Assets:Receivable    80.00 EUR
      Income:S
    2026-10-01 * "Bert" "for Anna K-2026-01" ^K-2026-02
      Assets:Bank          80.00 EUR
      Assets:Receivable
    """
    (message,) = told(ledger, Kind.REVIEW)
    assert message == (
        "7: 80.00 EUR from Bert: text names K-2026-01; what is open of K-2026-01 is "
        "owed by Anna. If it pays that, too, split it, with customer: and invoice: on "
        "each posting."
    )


def test_a_payment_that_settled_another_invoice_is_told_with_what_to_paste(
    ledger: Ledger,
) -> None:
    """
    2026-09-14 * "Acme" "Cards" ^INV-1
      Assets:Receivable   100.00 EUR
      Income:S
    2026-09-15 * "Acme" "Poster" ^INV-2
      Assets:Receivable    70.00 EUR
      Income:S
    2026-10-01 * "Acme" "Thank you"
      Assets:Bank          70.00 EUR
      Assets:Receivable
    2026-10-02 * "Acme" "Thank you"
      Assets:Bank         500.00 EUR
      Assets:Receivable
    """
    message, typed = told(ledger, Kind.REVIEW)
    assert message == (
        "7: 70.00 EUR from Acme settled what is due first. It is probably for INV-2: "
        "payer is Acme; "
        "70.00 EUR is what is open of INV-2. Paste over it:"
    )
    assert "^INV-2\n" in typed
    # What it left over of another payment is told as that.
    assert [line[:3] for line in told(ledger, Kind.UNAPPLIED)] == ["10:"]


def test_a_payment_on_a_suspense_account_is_asked_about(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
      customer: "Acme GmbH"
    2026-09-14 * "Acme GmbH" "Website" ^INV-2026-014
      Assets:Receivable:Acme  1190.00 EUR
      Income:Sales
    2026-10-20 * "ACME" "Invoice 2026 014"
      Assets:Bank        1190.00 EUR
      Assets:Suspense
    2026-10-21 * "Somebody" "1190"
      Assets:Bank          20.00 EUR
      Assets:Suspense
    """
    (found,) = [
        one for one in examine(ledger.books()).findings if one.kind is Kind.SUSPENSE
    ]
    assert found.line == 6
    assert found.message == (
        "1190.00 EUR from Acme GmbH stands on Assets:Suspense, and settles nothing. It "
        "is certainly for INV-2026-014: text names INV-2026-014; payer is Acme GmbH; "
        "1190.00 EUR is what is open of INV-2026-014. Paste over it:"
    )
    assert found.type is not None
    assert "^INV-2026-014" in found.type
    assert "Assets:Receivable:Acme" in found.type
