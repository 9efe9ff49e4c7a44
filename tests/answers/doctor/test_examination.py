"""What the doctor finds in all, and in which order."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from beancount.loader import load_file

from beancount_dunning.answers.doctor.diagnosis import Diagnosis
from beancount_dunning.answers.doctor.diagnosis import Kind
from beancount_dunning.answers.doctor.diagnosis import quoted
from beancount_dunning.answers.doctor.examination import examine
from beancount_dunning.standing.books import read_books
from tests.answers.doctor.asking import found
from tests.answers.doctor.asking import told
from tests.conftest import Ledger
from tests.conftest import load
from tests.serving import EXAMPLE

if TYPE_CHECKING:
    from pathlib import Path


def test_what_beancount_left_out_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    path.write_text(
        'option "nonsense" "1"\nplugin "beancount_dunning"\n'
        'include "gone.beancount"\n2026-09-0 * "Payment"\n'
    )
    entries, errors, options = load_file(str(path))
    books = read_books(entries, options, today=date(2026, 11, 20))
    found = examine(books, errors).findings
    gone, broken = found
    assert (gone.kind, gone.file, gone.line) == ("left out", str(path), None)
    assert "gone.beancount" in gone.message
    assert (broken.kind, broken.file, broken.line) == ("left out", str(path), 4)
    assert broken.message == (
        "Beancount leaves out what it cannot read: ValueError: day is out of range for "
        "month. Payments may be missing."
    )
    assert examine(books).findings == ()


def test_a_number_that_no_link_can_be_is_to_be_typed_as_metadata(
    tmp_path: Path,
) -> None:
    path = tmp_path / "books.beancount"
    path.write_text(
        'plugin "beancount_dunning"\n2026-09-01 * "Shop" ^請求-7\n', encoding="utf-8"
    )
    entries, errors, options = load_file(str(path))
    (one,) = examine(
        read_books(entries, options, today=date(2026, 11, 20)), errors
    ).findings
    assert (one.line, one.type) == (2, '  invoice: "請求-7"')
    assert one.message == (
        "Beancount leaves out what it cannot read: Invalid token: '^請求-7'. Payments "
        "may be missing. A link has only letters from A to Z, digits and - _ / . in "
        "it. Type instead, on the next line:"
    )


def test_a_ledger_without_the_plugin_is_told_how_to_switch_it_on() -> None:
    (one,) = found(load("2026-01-01 open Assets:Bank"), Kind.PLUGIN)
    assert one == Diagnosis(
        Kind.PLUGIN,
        "The ledger's main file has no line for the plugin, so bean-check and Fava "
        "report nothing that is overdue.",
        'plugin "beancount_dunning"',
        "<string>",
        None,
    )


def test_a_ledger_with_nothing_in_it_has_nothing_wrong() -> None:
    assert examine(load('plugin "beancount_dunning"').books()).findings == ()


def test_mistakes_are_repeated_and_money_that_is_late_is_not(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "graec" 3
    2026-01-01 custom "dunning-interest" "standard" 3 "bundesbank"
    2026-10-01 * "Acme" "Website" ^I-1
      due: "soon"
      Assets:Receivable:Acme  100 EUR
      Income:S
    2026-10-01 * "Acme" "Website" ^I-2
      due: 2026-10-02
      Assets:Receivable:Acme  100 EUR
      Income:S
    2026-10-03 note Assets:Receivable:Acme "Which?"
      reminder: "first reminder"
    """
    assert told(ledger, Kind.ERROR) == [
        '1: There is no option "graec". Did you mean "grace"?',
        '3: due: expected a date, like 2026-10-14; got "soon".',
        "11: Which invoice is this about? Add its link, like ^INV-2026-014.",
    ]


def test_a_letter_that_may_have_gone_out_is_told(ledger: Ledger) -> None:
    """
    2026-10-01 * "Acme" "Website" ^I-1
      due: 2026-10-02
      Assets:Receivable:Acme  100 EUR
      Income:S
    2026-10-03 note Assets:Receivable:Acme "Unconfirmed" ^I-1
      sending: "first reminder"
    """
    message, type_ = told(ledger, Kind.SENDING)
    assert message == (
        '5: Sending "first reminder" of I-1 was interrupted, and it is not known '
        "whether it went out. If it did not, delete this note; if it did, type in "
        "place of sending:"
    )
    assert type_ == 'reminder: "first reminder"'


def test_what_an_error_says_is_not_said_again(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-customer" "Nobody Else"
      emial: "x@example.com"
    2026-01-01 custom "dunning-customer" "Yoga Lofts"
      email: "x@example.com"
    2026-10-01 * "Yoga Loft" "Website" ^I-1
      Assets:Receivable  100 EUR
      Income:S
    """
    assert [one.line for one in found(ledger, Kind.ERROR)] == [1, 3]
    assert [one.line for one in found(ledger, Kind.CUSTOMER)] == [1]


def test_findings_are_in_order_of_kind_and_place(ledger: Ledger) -> None:
    """
    2026-10-09 * "Beta" "No date" ^I-9
      Assets:Receivable  100 EUR
      Income:S
    2026-10-08 * "Gamma" "Too much"
      Assets:Receivable  -50 EUR
      Income:S
    2026-10-07 * "Delta" "Too much"
      Assets:Receivable  -50 EUR
      Income:S
    2026-10-01 custom "dunning-option" "nonsense" 3
    """
    report = examine(ledger.books()).as_dict()
    assert report["as_of"] == "2026-11-20"
    assert [(one["kind"], one["line"]) for one in report["findings"]] == [
        ("plugin", None),
        ("error", 10),
        ("unapplied", 4),
        ("unapplied", 7),
        ("undated", 1),
    ]
    assert report["findings"][4] == {
        "kind": "undated",
        "message": (
            "Without a due date, and so never overdue and never reminded: 1 open item "
            "(100 EUR), the first I-9 of Beta. Add due: where you know it, or terms "
            "for all invoices that have no other:"
        ),
        "type": '2026-10-01 custom "dunning-option" "terms" "net 30"',
        "file": "<string>",
        "line": 1,
    }


def test_amounts_are_as_people_read_them(ledger: Ledger) -> None:
    """
    2014-10-05 * "Michael" "Shopping"
      Assets:Receivable  40.00/3 USD
      Liabilities:Card
    """
    (message, _) = told(ledger, Kind.UNDATED)
    assert "1 open item (13.33 USD)" in message


def test_the_example_has_what_was_put_there() -> None:
    """An advance, an over-payment, two undated items, and a bank's fee."""
    entries, errors, options = load_file(str(EXAMPLE))
    ledger = Ledger(entries, errors, options)
    findings = examine(ledger.books("2026-11-20")).findings
    assert [(one.kind.value, one.line) for one in findings] == [
        ("unapplied", 838),
        ("unapplied", 866),
        ("undated", 397),
        ("remainder", 826),
    ]


def test_text_to_type_is_one_line_that_beancount_reads() -> None:
    assert quoted('a "b"\n\\c') == '"a \\"b\\" \\\\c"'
