"""`bean-dunning match`: which invoice a payment is for, and the links written."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.answers import payment_texts
from beancount_dunning.cli import match
from beancount_dunning.cli.loading import load
from tests.cli.running import output
from tests.cli.running import run
from tests.cli.running import written

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from beancount_dunning.cli.loading import View

BOOKS = """\
2026-01-01 open Assets:Suspense
2026-01-01 open Assets:Receivable:Acme
  customer: "Acme GmbH"
2026-01-01 open Assets:Receivable:Birch
  customer: "Birch & Co"
2026-09-01 * "Acme GmbH" "Website" ^INV-2021
  Assets:Receivable:Acme   100.00 EUR
  Income:Services
2026-09-02 * "Birch & Co" "Logo" ^INV-2022
  Assets:Receivable:Birch   50.00 EUR
  Income:Services
2026-09-03 * "Birch & Co" "Shop" ^INV-2023
  Assets:Receivable:Birch   70.00 EUR
  Income:Services
2026-10-20 * "ACME GMBH" "RE INV 2021" ; statement 9
  Assets:Bank              100.00 EUR
  Assets:Suspense
2026-10-21 * "BIRCH + CO" "Danke"
  Assets:Bank               50.00 EUR
  Assets:Suspense
2026-10-22 * "Somebody" "Danke"
  Assets:Bank               70.00 EUR
  Assets:Suspense
"""
SUSPENSE = ("--suspense", "suspense")


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return written(tmp_path, BOOKS)


def test_text_is_beancount_with_reasons(bank: Path) -> None:
    text = output("match", bank, *SUSPENSE)
    blocks = [block.splitlines() for block in text.split("\n\n")]
    assert [block[0] for block in blocks] == [
        "; books.beancount:20, certain: Acme GmbH, 100.00 EUR",
        "; books.beancount:23, likely: Birch & Co, 50.00 EUR",
        "; books.beancount:26, to be clarified: Somebody, 70.00 EUR",
    ]
    assert [
        [line for line in block if not line.startswith(";")] for block in blocks
    ] == [
        [
            '2026-10-20 * "ACME GMBH" "RE INV 2021" ^INV-2021',
            "  Assets:Bank              100.00 EUR",
            "  Assets:Receivable:Acme  -100.00 EUR",
        ],
        [
            '2026-10-21 * "BIRCH + CO" "Danke" ^INV-2022',
            "  Assets:Bank               50.00 EUR",
            "  Assets:Receivable:Birch  -50.00 EUR",
        ],
        [],
    ]


def test_formats_for_programs(bank: Path) -> None:
    data = json.loads(output("match", bank, *SUSPENSE, "--format", "json"))
    assert data["as_of"] == "2026-11-20"
    assert [one["verdict"] for one in data["payments"]] == ["certain", "likely", "ask"]
    rows = output("match", bank, *SUSPENSE, "--format", "csv").splitlines()
    assert rows[0].startswith("verdict,customer,amount,currency,date,payee")
    assert len(rows) == 4


def test_nothing_to_assign(bank: Path) -> None:
    result = run("match", bank)
    assert result.stdout == "No payments to assign as of 2026-11-20.\n"
    assert "--suspense Suspense" in result.stderr
    early = run("match", bank, *SUSPENSE, as_of="2026-09-01")
    assert early.stdout == "No payments to assign as of 2026-09-01.\n"
    assert early.stderr == ""


def test_an_account_that_nobody_has_is_a_mistake(bank: Path) -> None:
    result = run("match", bank, "--suspense", "clearing")
    assert result.exit_code == 2
    assert f"No account of {bank} matches --suspense 'clearing'." in result.stderr


REVIEWED = """\
2026-10-21 * "Birch & Co" "Danke"
  Assets:Bank               70.00 EUR
  Assets:Receivable:Birch
"""


def test_what_the_oldest_took_is_looked_at_in_review(tmp_path: Path) -> None:
    invoices, _, _ = BOOKS.partition('2026-10-20 * "ACME')
    books = written(tmp_path, invoices + REVIEWED)
    assert run("match", books).stdout.startswith("No payments to assign")
    head, *_ = output("match", books, "--review").splitlines()
    assert head == "; books.beancount:20, likely: Birch & Co, 70.00 EUR"


# Writing.


def test_certain_links_are_written(bank: Path) -> None:
    before = bank.read_text()
    result = run("match", bank, *SUSPENSE, "--apply")
    assert result.exit_code == 0
    assert result.stdout == "books.beancount:20: INV-2021 of Acme GmbH\n"
    assert result.stderr == (
        "Note: 2 payments are not certain; see bean-dunning match.\n"
    )
    assert bank.read_text() == before.replace(
        '"RE INV 2021" ;', '"RE INV 2021" ^INV-2021 ;'
    ).replace("Suspense\n2026-10-21", "Receivable:Acme\n2026-10-21")


def test_what_is_written_is_not_written_again(bank: Path) -> None:
    run("match", bank, *SUSPENSE, "--apply")
    before = bank.read_bytes()
    result = run("match", bank, *SUSPENSE, "--apply")
    assert result.stdout == "Nothing was written: no payment is certain.\n"
    assert bank.read_bytes() == before


def test_one_payment_is_left(bank: Path) -> None:
    bank.write_text(bank.read_text().partition('2026-10-22 * "Somebody"')[0])
    result = run("match", bank, *SUSPENSE, "--apply")
    assert result.stderr == (
        "Note: 1 payment is not certain; see bean-dunning match.\n"
    )


def test_links_go_to_the_file_of_the_payment(tmp_path: Path) -> None:
    head, _, tail = BOOKS.partition('2026-10-20 * "ACME')
    books = written(tmp_path, f'{head}include "bank/*.beancount"\n')
    statement = tmp_path / "bank" / "october.beancount"
    statement.parent.mkdir()
    statement.write_bytes(f'2026-10-20 * "ACME{tail}'.replace("\n", "\r\n").encode())
    before = books.read_bytes(), statement.read_bytes()
    result = run("match", books, *SUSPENSE, "--apply")
    assert result.stdout == "bank/october.beancount:1: INV-2021 of Acme GmbH\n"
    assert books.read_bytes() == before[0]
    assert statement.read_bytes() == before[1].replace(
        b'2021" ;', b'2021" ^INV-2021 ;'
    ).replace(b"Suspense", b"Receivable:Acme", 1)


PLUGIN = """\
def doubled(entries, options_map):
    more = [
        entry._replace(meta={"filename": "<doubled>", "lineno": 1})
        for entry in entries
        if getattr(entry, "payee", None) == "ACME GMBH"
    ]
    return [entry for entry in entries if entry.date.month != 10] + more, []


__plugins__ = ["doubled"]
"""


def test_what_a_plugin_made_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "doubled_payments.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(tmp_path)
    books = written(tmp_path, f'plugin "doubled_payments"\n{BOOKS}')
    before = books.read_bytes()
    result = run("match", books, *SUSPENSE, "--apply")
    assert result.exit_code == 0
    assert result.stdout == "Nothing was written.\n"
    assert result.stderr == (
        "Note: <doubled>:1 is left alone. <doubled> is not part of the ledger.\n"
    )
    assert books.read_bytes() == before


def refused(bank: Path, *more: str) -> str:
    """Return why nothing is written; the file stays as it is."""
    before = bank.read_bytes()
    result = run("match", bank, *SUSPENSE, "--apply", *more)
    assert result.exit_code == 2
    assert bank.read_bytes() == before
    return result.stderr.partition("Error: ")[2]


def test_a_ledger_that_cannot_be_read_in_whole_is_left_alone(bank: Path) -> None:
    bank.write_text(f"{bank.read_text()}2026-10-30 nonsense\n")
    assert refused(bank) == (f"Beancount cannot read all of {bank}; see bean-check.\n")


def test_what_somebody_edited_meanwhile_is_left_alone(
    bank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edited(path: Path, as_of: date | None) -> View:
        view = load(path, as_of)
        bank.write_text(f"{bank.read_text()}; by hand\n")
        return view

    monkeypatch.setattr(match, "load", edited)
    result = run("match", bank, *SUSPENSE, "--apply")
    assert result.exit_code == 2
    assert f"{bank} has changed in the meantime; nothing was written." in result.stderr
    assert bank.read_text().endswith("; by hand\n")
    assert "^INV-2021 ;" not in bank.read_text()


def test_what_would_be_read_differently_is_not_written(
    bank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No header is known that does this, so one is made up.
    monkeypatch.setattr(payment_texts, "_HEADER", re.compile(b"20"))
    assert refused(bank) == (
        "Beancount would read books.beancount differently: link the payments by hand; "
        "nothing was written.\n"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_is_read_only_is_left_alone(bank: Path) -> None:
    bank.chmod(0o400)
    assert "it is read-only; nothing was written" in refused(bank)


def test_a_disk_that_is_full_is_told(
    bank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(match, "write", full)
    assert refused(bank) == (
        f"Cannot write to {bank}: No space left on device; nothing was written to it.\n"
    )


def test_links_are_no_report(bank: Path) -> None:
    assert refused(bank, "--format", "json") == (
        "--apply writes links; do not combine it with --format.\n"
    )
