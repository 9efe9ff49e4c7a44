from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from beancount_dunning.formats.text_aging import as_csv
from beancount_dunning.formats.text_aging import as_text
from tests.conftest import Ledger
from tests.conftest import load

if TYPE_CHECKING:
    from beancount_dunning.standing.aging import AgingReport

BOOKS = """
2026-09-01 * "A customer of a rather long name" "Website" ^INVOICE-2026-014
  due: 2026-10-14
  Assets:Receivable   1190.00 EUR
  Income:Services
2026-10-25 * "株式会社" "Logo" ^INV-2
  due: 2026-11-20
  Assets:Receivable   20000 JPY
  Income:Services
2026-10-26 * "Payer" "Too early"
  Assets:Bank         5.5 EUR
  Assets:Receivable
"""


@pytest.fixture
def report() -> AgingReport:
    return load(BOOKS).report("2026-11-20")


def text(report: AgingReport, width: int | None, by: str = "invoice") -> list[str]:
    written = as_text(report, "Heading", by=by, width=width, grouped=False)
    return click.unstyle(written).split("\n")[2:-1]


def test_a_pipe_gets_every_column_in_full(report: AgingReport) -> None:
    assert text(report, None)[:3] == [
        (
            "Customer                          Invoice           Due          Days  "
            "    Open        of       Next"
        ),
        (
            "A customer of a rather long name  INVOICE-2026-014  2026-10-14     37  "
            " 1190.00   1190.00  EUR  2026-10-15 first reminder"
        ),
        (
            "株式会社                          INV-2             2026-11-20  today  "
            "20000     20000     JPY  2026-11-21 first reminder"
        ),
    ]


def test_a_terminal_takes_the_next_step_and_then_from_the_names(
    report: AgingReport,
) -> None:
    assert text(report, 70)[:2] == [
        "Customer      Invoice       Due          Days      Open        of",
        "A customer …  INVOICE-202…  2026-10-14     37   1190.00   1190.00  EUR",
    ]


def test_a_narrower_one_takes_from_the_gaps(report: AgingReport) -> None:
    assert text(report, 60)[1:3] == [
        "A custome… INVOICE-2… 2026-10-14    37  1190.00  1190.00 EUR",
        "株式会社   INV-2      2026-11-20 today 20000    20000    JPY",
    ]
    assert text(report, 60, "customer")[:3] == [
        "Customer not due 1-30   31-60 61-90 91+ unapplied    total",
        "A custo…              1190.00                      1190.00 EUR",
        "Payer                                        -5.5    -5.5  EUR",
    ]


def test_unapplied_credit_alone_is_a_report() -> None:
    advance = load(
        '2026-10-26 * "Payer" "Too early"\n'
        "  Assets:Bank  5.50 EUR\n"
        "  Assets:Receivable\n"
    )
    report = advance.report("2026-11-20")
    assert text(report, None) == [
        "Unapplied credit",
        (
            "Payer             2026-10-26  Too early  -5.50  EUR  Assets:Receivable"
            "  <string>:3"
        ),
        "",
        "             EUR",
        "unapplied  -5.50",
        "total      -5.50",
    ]
    assert as_csv(report, by="customer").split("\r\n")[1] == (
        "Payer,EUR,,,,,,,-5.50,-5.50,,0,0,False"
    )


def test_customers_without_unapplied_credit_have_no_column_for_it() -> None:
    report = load(BOOKS.partition("2026-10-26")[0]).report("2026-11-20")
    assert "unapplied" not in text(report, None, "customer")[0]


def test_nothing_open_is_said() -> None:
    assert text(load("").report("2026-11-20"), 80) == ["No open items."]


DUNNED = """
2026-01-01 open Assets:Receivable:Acme
  credit-limit: 500.00 EUR
2026-09-01 * "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme   1190.00 EUR
  Income:Services
2026-10-15 note Assets:Receivable:Acme "Sent" ^INV-1
  reminder: "first reminder"
2026-11-01 note Assets:Receivable:Acme "Said" ^INV-1
  $said
"""


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ('text: "nothing"', "2026-10-21 second reminder"),
        ("promise: 2026-11-20", "2026-11-21 second reminder (promise)"),
        ("hold-until: 2026-11-30", "2026-12-01 second reminder (hold)"),
        ("promise: 2026-11-19", "2026-11-20 second reminder"),
        ("dispute: TRUE", "in dispute"),
    ],
)
def test_it_says_what_comes_next_and_why_not_now(said: str, shown: str) -> None:
    report = load(DUNNED.replace("$said", said)).report("2026-11-20")
    assert text(report, None)[1].endswith(f"  EUR  {shown}")


def test_what_rests_with_nothing_left_to_send_says_why() -> None:
    sent = "".join(
        f"""
2026-{day} note Assets:Receivable:Acme "Sent" ^INV-1
  reminder: "{step}"
"""
        for day, step in (
            ("10-21", "second reminder"),
            ("10-29", "final notice"),
            ("11-13", "stop-loss review"),
        )
    )
    books = DUNNED.replace("$said", "promise: 2026-11-30") + sent
    report = load(books).report("2026-11-20")
    assert text(report, None)[1].endswith("  EUR  promised by 2026-11-30")


def test_customers_have_their_credit_limits() -> None:
    books = DUNNED.replace("$said", "dispute: TRUE") + BOOKS
    report = load(books).report("2026-11-20")
    head, *rows = text(report, None, "customer")
    assert head.split()[-2:] == ["total", "limit"]
    (acme,) = (row for row in rows if row.startswith("Acme"))
    assert acme.split()[-6:] == ["1190.00", "500.00", "EUR", "over", "the", "limit"]
    (payer,) = (row for row in rows if row.startswith("Payer"))
    assert payer.split() == ["Payer", "-5.5", "-5.5", "EUR"]
    lines = as_csv(report, by="customer").split("\r\n")
    assert lines[0].endswith(
        ",unapplied,total,credit_limit,overdue,due_soon,over_limit"
    )
    assert lines[2] == "Acme,EUR,,,,1190.00,,,0,1190.00,500.00,1190.00,0,True"
    assert lines[3].endswith(",-5.5,-5.5,,0,0,False")


def test_a_plan_s_parts_show_when_they_were_due_before(ledger: Ledger) -> None:
    """
    2026-05-11 * "Acme" "Signs" ^INV-1
      due: 2026-06-10
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-05-12 * "Acme" "Signs" ^INV-2
      due: 2026-06-11
      Assets:Receivable:Acme  50.00 EUR
      Income:Services
    2026-05-13 * "Acme" "Signs" ^INV-3
      Assets:Receivable:Acme  7.00 EUR
      Income:Services
    2026-08-15 note Assets:Receivable:Acme "Agreed" ^INV-1
      plan: "2 x 1 month from 2026-09-15"
    2026-08-15 note Assets:Receivable:Acme "Agreed" ^INV-3
      plan: "rest on 2026-09-16"
    """
    text = as_text(
        ledger.report("2026-08-15"), "", by="invoice", width=None, grouped=False
    )
    rows = [line.split()[1:5] for line in text.splitlines() if "INV-" in line]
    assert rows == [
        ["INV-2", "2026-06-11", "65", "50.00"],
        ["INV-1", "1/2", "2026-09-15", "2026-06-10"],
        ["INV-3", "2026-09-16", "in", "32"],
        ["INV-1", "2/2", "2026-10-15", "2026-06-10"],
    ]
