"""`bean-dunning aging`: open items and their age, as text, JSON and CSV."""

from __future__ import annotations

import json
import re
import subprocess
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount import loader
from beancount.core.data import Transaction
from click.testing import CliRunner
from wcwidth import wcswidth

from beancount_dunning.cli import main
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.books import read_books
from tests.cli.running import AS_OF
from tests.cli.running import BY_INVOICE
from tests.cli.running import COMMAND
from tests.cli.running import LEDGER
from tests.cli.running import check_aligned
from tests.cli.running import on_a_terminal
from tests.cli.running import output
from tests.cli.running import rows
from tests.cli.running import run
from tests.cli.running import written

if TYPE_CHECKING:
    from pathlib import Path

# As text.


def test_aging_is_a_table_of_open_items(books: Path) -> None:
    assert output("aging", books) == BY_INVOICE
    check_aligned("\n".join(BY_INVOICE.splitlines()[2:6]), "2026-1")


def test_aging_by_customer_is_a_table_of_buckets(books: Path) -> None:
    assert (
        output("aging", books, "--by", "customer")
        == """\
Receivables as of 2026-11-20

Customer              undated  not due  1-30    31-60  61-90  91+  unapplied      total
Acme GmbH                                     1190.00                          1190.00\
   EUR
Beta                      0.5                                                     0.5\
    EUR
Gone Ltd                                                             -20.125    -20.125\
  EUR
東京コーヒー株式会社             50000                                        50000\
      JPY

                EUR    JPY
undated       0.5
not due              50000
31-60      1190.00
unapplied   -20.125
total      1170.375  50000
overdue    1190.00
"""
    )


def test_aging_of_some_customers(books: Path) -> None:
    assert (
        output("aging", books, "--customer", "^acme|東京")
        == """\
Receivables as of 2026-11-20

Customer              Invoice       Due          Days      Open        of       Next
Acme GmbH             INV-2026-014  2026-10-14     37   1190.00   2380.00  EUR  \
2026-10-15 first reminder
東京コーヒー株式会社  INV-2026-015  2026-11-30  in 10  50000     50000     JPY  \
2026-11-28 upcoming

             EUR    JPY
not due           50000
31-60    1190.00
total    1190.00  50000
overdue  1190.00
"""
    )


def test_a_due_date_that_is_today_is_today(books: Path) -> None:
    text = output("aging", books, "--customer", "acme", as_of="2026-10-14")
    (line,) = (line for line in text.splitlines() if "INV" in line)
    expected = "Acme GmbH  INV-2026-014  2026-10-14  today  2380.00  2380.00  EUR"
    assert re.sub("   +", "  ", line) == f"{expected}  2026-10-15 first reminder"


def test_when_nothing_is_open_the_table_says_so(books: Path) -> None:
    said, why = (
        output("aging", books, *asked, as_of="2026-01-01")
        for asked in (["--customer", "nobody"], [])
    )
    assert said == "Receivables as of 2026-01-01\n\nNo open items.\n"
    assert why.startswith(f"{said}\nThere are no invoices yet.\n")
    assert '\n    2026-01-01 * "' in why


def test_thousands_are_set_apart_if_the_ledger_wants_it(tmp_path: Path) -> None:
    books = written(tmp_path, f'option "render_commas" "TRUE"\n{LEDGER}')
    text = output("aging", books, "--customer", "acme")
    assert "  1,190.00  2,380.00  EUR  " in text
    assert text.endswith("total    1,190.00\noverdue  1,190.00\n")


def test_amounts_keep_their_digits_and_stand_at_the_decimal_point(
    tmp_path: Path,
) -> None:
    amounts = ("1234567.8", "0.125", "7", "19.99")
    books = written(
        tmp_path,
        "".join(
            f'2026-09-14 * "Acme" "Part {number}"\n'
            f"  Assets:Receivable  {amount} EUR\n"
            "  Income:Services\n"
            for number, amount in enumerate(amounts)
        ),
    )
    rows = output("aging", books).splitlines()[3:7]
    assert sorted(row.split()[4] for row in rows) == sorted(amounts)
    points = {row.index(".") for row in rows if "." in row}
    assert len(points) == 1
    (whole,) = (row for row in rows if "." not in row)
    assert {whole.index(" 7 ") + 2} == points


def test_the_ledgers_own_date_is_used_and_named(tmp_path: Path) -> None:
    option = '2026-01-01 custom "dunning-option" "as-of" 2026-11-20\n'
    books = written(tmp_path, option + LEDGER)
    first, rest = output("aging", books, as_of=None).split("\n", 1)
    assert first == "Receivables as of 2026-11-20 (the ledger's as-of date)"
    # The option pushes all else down a line.
    assert rest == BY_INVOICE.split("\n", 1)[1].replace(":23\n", ":24\n")
    asked = output("aging", books, as_of="2026-11-21")
    assert asked.startswith("Receivables as of 2026-11-21\n")


def test_without_a_date_it_is_today(
    books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "beancount_dunning.cli.loading.today", lambda: date(2026, 11, 20)
    )
    assert output("aging", books, as_of=None) == BY_INVOICE


# On a terminal, and in a pipe.


def test_in_a_pipe_there_is_no_colour(books: Path) -> None:
    done = subprocess.run(
        [COMMAND, "aging", books, "--as-of", AS_OF],
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.stdout, done.stderr) == (BY_INVOICE, "")


def test_on_a_terminal_late_items_are_coloured_and_the_table_fits(
    books: Path,
) -> None:
    bold, red, end = "\x1b[1m", "\x1b[31m", "\x1b[0m"
    assert on_a_terminal("aging", books, COLUMNS="80") == (
        f"{bold}Receivables as of 2026-11-20{end}\n"
        "\n"
        f"{bold}Customer              Invoice       Due          Days      Open"
        f"        of{end}\n"
        f"{red}Acme GmbH             INV-2026-014  2026-10-14     37   1190.00"
        f"   2380.00  EUR{end}\n"
        "東京コーヒー株式会社  INV-2026-015  2026-11-30  in 10  50000"
        "     50000     JPY\n"
        "Beta                  Logo          undated                0.5"
        "       0.5   EUR\n"
        "\n"
        f"{bold}Unapplied credit{end}\n"
        "Gone Ltd          2026-11-03  Paid twice  -20.125  EUR  Assets:Receivable\n"
        "\n"
        f"{bold}                EUR    JPY{end}\n"
        "undated       0.5\n"
        "not due              50000\n"
        "31-60      1190.00\n"
        "unapplied   -20.125\n"
        "total      1170.375  50000\n"
        "overdue    1190.00\n"
    )


@pytest.mark.parametrize(
    ("by", "columns"),
    [("invoice", 60), ("invoice", 80), ("invoice", 110), ("customer", 80)],
)
def test_no_line_is_wider_than_the_terminal(
    tmp_path: Path, by: str, columns: int
) -> None:
    books = written(
        tmp_path,
        LEDGER.replace("Acme GmbH", "Acme, Gesellschaft für Anlagenbau mbH & Co. KG")
        .replace("INV-2026-014", "2026/09/14-ACME-WEBSITE-RELAUNCH-PART-14")
        .replace("50000 JPY", "50000 EUR"),
    )
    table = on_a_terminal(
        "aging", books, "--by", by, COLUMNS=str(columns), NO_COLOR="1"
    )
    assert "…" in table
    assert max(map(wcswidth, table.splitlines())) <= columns


def test_a_wide_terminal_shows_names_in_full(books: Path) -> None:
    assert on_a_terminal("aging", books, COLUMNS="200", NO_COLOR="1") == BY_INVOICE


def test_no_color_is_honoured(books: Path) -> None:
    assert "\x1b" in on_a_terminal("aging", books, COLUMNS="80")
    assert "\x1b" not in on_a_terminal("aging", books, COLUMNS="80", NO_COLOR="1")


@pytest.mark.parametrize("by", ["invoice", "customer"])
def test_controls_in_the_ledger_do_not_reach_the_terminal(
    tmp_path: Path, by: str
) -> None:
    evil = "\x1b]0;gotcha\x07\x9b31m\x08\r"
    books = written(
        tmp_path,
        f"""
        2026-01-01 custom "dunning-step" "house" "call{evil}" 3
        2026-01-01 custom "dunning-option" "policy" "house"
        2026-01-01 custom "dunning-option" "title" "Books{evil}"
        2026-09-14 * "Acme{evil}Ltd" "Website{evil}"
          due: 2026-10-14
          Assets:Receivable      100 EUR
          Income:Services
        2026-09-14 * "Beta{evil}" "Hosting"
          invoice: "INV{evil}"
          due: 2026-10-14
          Assets:Receivable      100 EUR
          Income:Services
        2026-09-14 * "Gamma{evil}" "Paid twice"
          Assets:Receivable     -100 EUR
          Income:Services
        """,
    )
    for text in (
        output("aging", books, "--by", by),
        on_a_terminal("aging", books, "--by", by, COLUMNS="200", NO_COLOR="1"),
    ):
        assert "Acme ]0;gotcha  31m  Ltd" in text
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)


# For programs.


def test_json_is_the_report_exactly(books: Path) -> None:
    entries, _, options_map = loader.load_file(books)
    as_of = date.fromisoformat(AS_OF)
    report = age(read_books(entries, options_map, today=as_of))
    text = output("aging", books, "--format", "json")
    assert json.loads(text) == report.as_dict()
    assert "東京コーヒー株式会社" in text


def test_json_has_what_is_promised_to_programs(books: Path) -> None:
    report = json.loads(output("aging", books, "--format", "json"))
    place = {"file": str(books), "line": 7}
    assert report["as_of"] == AS_OF
    assert report["buckets"] == ["undated", "not due", "1-30", "31-60", "61-90", "91+"]
    assert report["items"][0] == {
        "invoice": "INV-2026-014",
        "instalment": "1/1",
        "customer": "Acme GmbH",
        "account": "Assets:Receivable",
        "currency": "EUR",
        "date": "2026-09-14",
        "due": "2026-10-14",
        "originally_due": None,
        "amount": "2380.00",
        "open": "1190.00",
        "days_overdue": 37,
        "bucket": "31-60",
        "policy": "standard",
        "last_step": None,
        "last_sent": None,
        "next_step": "first reminder",
        "next_date": "2026-10-15",
        "held": None,
        "disputed": None,
        "interest": None,
        **place,
    }
    assert report["unapplied"] == [
        {
            "customer": "Gone Ltd",
            "account": "Assets:Receivable",
            "currency": "EUR",
            "amount": "-20.125",
            "date": "2026-11-03",
            "reference": None,
            "payee": "Gone Ltd",
            "narration": "Paid twice",
            "file": str(books),
            "line": 23,
        }
    ]
    assert report["customers"][0] == {
        "customer": "Acme GmbH",
        "currency": "EUR",
        "buckets": {"31-60": "1190.00"},
        "unapplied": "0",
        "overdue": "1190.00",
        "due_soon": "0",
        "total": "1190.00",
        "credit_limit": None,
        "over_limit": False,
    }
    assert report["totals"] == [
        {
            "currency": "EUR",
            "buckets": {"undated": "0.5", "31-60": "1190.00"},
            "unapplied": "-20.125",
            "overdue": "1190.00",
            "due_soon": "0",
            "total": "1170.375",
        },
        {
            "currency": "JPY",
            "buckets": {"not due": "50000"},
            "unapplied": "0",
            "overdue": "0",
            "due_soon": "0",
            "total": "50000",
        },
    ]


def balances(books: Path) -> dict[tuple[str, str], Decimal]:
    entries, _, _ = loader.load_file(books)
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                units: Any = posting.units
                if posting.account.startswith("Assets:Receivable"):
                    sums[posting.account, units.currency] += units.number
    return sums


def test_csv_adds_up_to_the_accounts_balances(books: Path) -> None:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows(books):
        sums[row["account"], row["currency"]] += Decimal(row["open"])
    assert sums == balances(books)
    assert sums == {
        ("Assets:Receivable", "EUR"): Decimal("1170.375"),
        ("Assets:Receivable", "JPY"): Decimal(50000),
    }


def test_csv_by_customer_adds_up_too(books: Path) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows(books, "--by", "customer"):
        parts = (row[name] for name in list(row)[2:-5])
        assert sum(Decimal(part or 0) for part in parts) == Decimal(row["total"])
        sums[row["currency"]] += Decimal(row["total"])
    assert sums == {"EUR": Decimal("1170.375"), "JPY": Decimal(50000)}


def test_csv_has_a_line_for_each_item_and_credit(books: Path) -> None:
    feed = run("aging", books, "--format", "csv").stdout_bytes
    assert feed.count(b"\r\n") == feed.count(b"\n") == 5
    assert [
        (row["invoice"], row["customer"], row["amount"], row["open"], row["bucket"])
        for row in rows(books)
    ] == [
        ("INV-2026-014", "Acme GmbH", "2380.00", "1190.00", "31-60"),
        ("INV-2026-015", "東京コーヒー株式会社", "50000", "50000", "not due"),
        ("", "Beta", "0.5", "0.5", "undated"),
        ("", "Gone Ltd", "", "-20.125", "unapplied"),
    ]


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\uff1d"])
def test_csv_holds_no_formulas_and_amounts_stay_numbers(
    tmp_path: Path, first: str
) -> None:
    name = f"{first}HYPERLINK(1)"
    books = written(
        tmp_path,
        f"""
2026-09-14 * "{name}" "Website"
  invoice: "{name}"
  due: 2026-10-14
  Assets:Receivable      100 EUR
  Income:Services
2026-09-14 * "{name}" "Paid twice"
  invoice: "another"
  Assets:Receivable      -30 EUR
  Income:Services
""",
    )
    item, credit = rows(books)
    assert (item["customer"], item["invoice"]) == (f"'{name}", f"'{name}")
    assert (item["open"], item["days_overdue"]) == ("100", "37")
    assert (credit["customer"], credit["open"]) == (f"'{name}", "-30")
    (row,) = rows(books, "--by", "customer")
    assert (row["customer"], row["unapplied"]) == (f"'{name}", "-30")


def test_colour_can_be_switched_off(tmp_path: Path) -> None:
    books = written(tmp_path, LEDGER)
    arguments = ["aging", str(books), "--as-of", AS_OF]
    runner = CliRunner(env={"NO_COLOR": "1"})
    assert "\x1b" not in runner.invoke(main, arguments, color=True).output


FRACTIONS = """
2026-09-14 * "John" "A share" ^S-1
  due: 2026-10-14
  Assets:Receivable      (40.00/3)+5 EUR
  Income:Services
2026-10-20 * "John" "Paid" ^S-1
  Assets:Bank            18.33 EUR
  Assets:Receivable
2026-09-14 * "Ann" "A share" ^S-2
  due: 2026-10-14
  Assets:Receivable      40.00/3 EUR
  Income:Services
"""


def test_fractions_of_a_cent_are_money_in_text_and_exact_elsewhere(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, FRACTIONS)
    text = run("aging", path).stdout
    assert "Ann       S-2      2026-10-14    37  13.33  13.33  EUR" in text
    assert "S-1" not in text
    assert "13.33  EUR" in run("reminders", path).stdout
    assert "13.33  EUR" in run("explain", path, "S-2").stdout
    data = json.loads(run("aging", path, "--format", "json").stdout)
    found = {item["invoice"]: Decimal(item["open"]) for item in data["items"]}
    assert found["S-1"] == Decimal("18.33333333333333333333333333") - Decimal("18.33")
    assert found["S-2"] == Decimal("13.33333333333333333333333333")
