"""Imported payments find their invoices, in a real extract and hook by hook."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

import beangulp  # type: ignore[import-untyped]  # it has no types
import pytest
from beancount.core.amount import Amount
from beancount.core.data import Open
from beancount.core.data import Posting
from beancount.core.data import Transaction
from beancount.core.data import new_metadata
from beancount.core.number import MISSING
from beancount.loader import load_file
from beancount.parser.printer import format_entry
from beangulp.importers import csvbase  # type: ignore[import-untyped]  # as above
from click.testing import CliRunner

from beancount_dunning import match_hook
from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from beancount.core.data import Directive

LEDGER = """\
2026-01-01 open Assets:Bank
2026-01-01 open Income:Services
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
2026-09-03 * "Acme GmbH" "Shop" ^INV-2023
  Assets:Receivable:Acme    30.00 EUR
  Income:Services
2026-10-02 * "ACME GMBH" "RE INV-2023" ^INV-2023
  Assets:Bank               30.00 EUR
  Assets:Receivable:Acme
"""
STATEMENT = """\
date,payee,text,amount
2026-10-02,ACME GMBH,RE INV-2023,30.00
2026-10-20,ACME GMBH,RE INV 2021,100.00
2026-10-21,BIRCH + CO,Danke,50.00
2026-10-22,Somebody,Danke,70.00
2026-10-23,Shop,Paper INV-2021,-9.00
"""
EXTRACTED = """\
; 2026-10-02 * "ACME GMBH" "RE INV-2023"
;   Assets:Bank  30.00 EUR

2026-10-20 * "ACME GMBH" "RE INV 2021" ^INV-2021
  Assets:Bank              100.00 EUR
  Assets:Receivable:Acme  -100.00 EUR

2026-10-21 ! "BIRCH + CO" "Danke"
  match: "INV-2022 of Birch & Co: …"
  Assets:Bank  50.00 EUR

2026-10-22 * "Somebody" "Danke"
  Assets:Bank  70.00 EUR

2026-10-23 * "Shop" "Paper INV-2021"
  Assets:Bank  -9.00 EUR
"""


class Statement(csvbase.Importer):  # type: ignore[misc]  # as above
    """A bank's statement as CSV."""

    date = csvbase.Date("date")
    payee = csvbase.Column("payee")
    narration = csvbase.Column("text")
    amount = csvbase.Amount("amount")

    def identify(self, filepath: str) -> bool:
        return filepath.endswith(".csv")


def predicted(extracted: list[tuple[Any, ...]], _: object) -> list[tuple[Any, ...]]:
    """Complete payments of one posting as smart_importer does."""

    def completed(entry: Directive) -> Directive:
        if not isinstance(entry, Transaction) or len(entry.postings) != 1:
            return entry
        other = Posting("Income:Services", None, None, None, None, None)
        return entry._replace(postings=[other, *entry.postings])

    return [
        (file, [completed(entry) for entry in entries], *rest)
        for file, entries, *rest in extracted
    ]


def extract(folder: Path, *hooks: Callable[..., Any]) -> str:
    """Return what a real beangulp extracts; reasons are left out."""
    ledger, statement = folder / "books.beancount", folder / "october.csv"
    ledger.write_text(LEDGER)
    statement.write_text(STATEMENT)
    ingest = beangulp.Ingest([Statement("Assets:Bank", "EUR")], hooks)
    arguments = ["extract", str(statement), "--existing", str(ledger)]
    result = CliRunner().invoke(ingest.cli, arguments)
    assert result.exit_code == 0, result.output
    _, _, text = result.stdout.partition("october.csv\n\n")
    text = re.sub(r"(match: .*?: ).*\n", r'\1…"\n', text)
    return re.sub("^; duplicate.*\n", "", text, flags=re.MULTILINE).strip() + "\n"


def test_extract_with_the_hook(tmp_path: Path) -> None:
    assert extract(tmp_path, match_hook) == EXTRACTED


def test_extract_after_a_hook_that_completes_payments(tmp_path: Path) -> None:
    completed = re.sub(
        r"(; )?  Assets:Bank +(?=30|50|70|-9)", r"\1  Income:Services\n\g<0>", EXTRACTED
    )
    completed = re.sub(r"Bank +(?=30|50|70|-9)", "Bank      ", completed)
    first, second = (
        "  Assets:Bank              100.00 EUR\n",
        "  Assets:Receivable:Acme  -100.00 EUR\n",
    )
    completed = completed.replace(first + second, second + first)
    assert extract(tmp_path, predicted, match_hook) == completed


def test_extract_before_a_hook_that_completes_payments(tmp_path: Path) -> None:
    text = extract(tmp_path, match_hook, predicted)
    block = EXTRACTED.split("\n\n")[1]
    assert block in text.split("\n\n")
    assert text.count("Income:Services") == 4


def test_the_package_does_not_import_beangulp() -> None:
    code = (
        "import sys; from beancount_dunning import match_hook;"
        "print(any(name.startswith('beangulp') for name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert done.stdout == "False\n"


# Hook by hook.


@pytest.fixture
def ledger(tmp_path: Path) -> list[Directive]:
    path = tmp_path / "books.beancount"
    path.write_text(LEDGER)
    entries, errors, _ = load_file(str(path))
    assert errors == []
    return entries


def posting(account: str, number: str | None, currency: str = "EUR") -> Posting:
    units = None if number is None else Amount(Decimal(number), currency)
    return Posting(account, units, None, None, None, None)


def payment(*postings: Posting, **more: Any) -> Transaction:  # noqa: ANN401 - values of many types
    """Return an imported payment that names INV-2021."""
    values = {
        "meta": new_metadata("october.csv", 1),
        "date": date(2026, 10, 20),
        "flag": "*",
        "payee": "ACME GMBH",
        "narration": "RE INV-2021",
        "tags": frozenset(),
        "links": frozenset(),
        "postings": [*postings],
        **more,
    }
    return Transaction(**values)


def hooked(entry: Directive, existing: list[Directive]) -> Directive:
    """Return an entry after the hook; Fava gives it pairs of a file and entries."""
    before = [*existing]
    new: Directive
    ((file, (new,)),) = match_hook([("october.csv", [entry])], existing)
    assert file == "october.csv"
    assert existing == before
    return new


BANK = posting("Assets:Bank", "100.00")
# What the parser has for an amount that is left out.
_MISSING: Any = MISSING


@pytest.mark.parametrize(
    "guess",
    [
        posting("Expenses:Office", None),
        posting("Assets:Receivable:Birch", None),
        posting("Assets:Receivable:Acme", "-100.00"),
        posting("Income:Services", "-100.00"),
        posting("Income:Services", None)._replace(units=_MISSING),
        posting("Income:Services", None)._replace(units=Amount(_MISSING, "EUR")),
    ],
    ids=str,
)
def test_a_guess_gives_way(ledger: list[Directive], guess: Posting) -> None:
    new = hooked(payment(BANK, guess), ledger)
    assert format_entry(new) == (
        '2026-10-20 * "ACME GMBH" "RE INV-2021" ^INV-2021\n'
        "  Assets:Bank              100.00 EUR\n"
        "  Assets:Receivable:Acme  -100.00 EUR\n"
    )


def test_what_a_bank_kept_counts_as_paid(ledger: list[Directive]) -> None:
    bank, fee = posting("Assets:Bank", "99.00"), posting("Expenses:Fees", "1.00")
    new = hooked(payment(bank, fee), ledger)
    assert isinstance(new, Transaction)
    assert new.postings[:2] == [bank, fee]
    assert new.postings[2].account == "Assets:Receivable:Acme"
    assert new.postings[2].units == Amount(Decimal("-100.00"), "EUR")


def test_a_link_of_the_importers_is_no_invoice(ledger: list[Directive]) -> None:
    new = hooked(payment(BANK, links=frozenset({"bank-9"})), ledger)
    assert isinstance(new, Transaction)
    assert new.links == {"bank-9"}
    assert new.postings[1].meta == {"invoice": "INV-2021"}


@pytest.mark.parametrize(
    "entry",
    [
        payment(posting("Assets:Bank", "-100.00")),
        payment(posting("Liabilities:Card", "100.00")),
        payment(BANK, posting("Assets:Bank", "1.00", "USD")),
        payment(BANK, posting("Equity:Transfer", "-100.00")),
        payment(BANK, posting("Income:Fees", None), posting("Income:Tips", None)),
        payment(BANK._replace(price=Amount(Decimal("1.1"), "USD"))),
        payment(posting("Assets:Receivable:Birch", "100.00")),
        payment(
            BANK,
            posting("Assets:Receivable:Acme", "-100.00"),
            links=frozenset({"INV-2021"}),
        ),
        payment(BANK, meta={**new_metadata("october.csv", 1), "__duplicate__": True}),
        payment(BANK, narration="", payee="Somebody"),
    ],
)
def test_all_else_is_left_alone(ledger: list[Directive], entry: Transaction) -> None:
    assert hooked(entry, ledger) is entry


def test_without_a_ledger_nothing_is_found() -> None:
    entry = payment(BANK)
    assert hooked(entry, []) is entry
    assert match_hook([("october.csv", [entry])], None) == [("october.csv", [entry])]


@pytest.mark.parametrize("directive", ["", '2026-01-01 custom "dunning-option" '])
@pytest.mark.parametrize("guess", [None, posting("Ertrag:Services", "-100.00")])
def test_other_root_names_are_found_in_the_ledger(
    tmp_path: Path, directive: str, guess: Posting | None
) -> None:
    text = LEDGER.replace("Assets:", "Vermoegen:").replace("Income:", "Ertrag:")
    if directive:
        text = text.replace("Vermoegen:Receivable", "Vermoegen:Kunden")
        text += f'{directive} "accounts" "^Vermoegen:Kunden"\n'
    path = tmp_path / "books.beancount"
    options = 'option "name_assets" "Vermoegen"\noption "name_income" "Ertrag"\n'
    path.write_text(f"{options}2026-01-01 open Equity:Start\n{text}")
    entries, errors, _ = load_file(str(path))
    assert errors == []
    bank = posting("Vermoegen:Bank", "100.00")
    new = hooked(payment(bank, *filter(None, [guess])), entries)
    assert isinstance(new, Transaction)
    assert new.links == {"INV-2021"}
    name = "Kunden" if directive else "Receivable"
    assert [one.account for one in new.postings] == [
        "Vermoegen:Bank",
        f"Vermoegen:{name}:Acme",
    ]


def test_a_ledger_without_receivables_has_no_other_root_names() -> None:
    entry = payment(BANK)
    opened = Open({}, date(2026, 1, 1), "Vermoegen:Bank", [], None)
    assert hooked(entry, [opened]) is entry


def test_metadata_of_the_owner_s_stays(ledger: list[Directive]) -> None:
    meta = {**new_metadata("october.csv", 1), "match": "by hand"}
    likely = payment(posting("Assets:Bank", "50.00"), payee="BIRCH + CO", narration="")
    assert hooked(likely, ledger).meta["match"].startswith("INV-2022 of Birch & Co")
    likely = likely._replace(meta=meta)
    assert hooked(likely, ledger) is likely


def test_what_no_link_can_say_is_left_alone(
    ledger: list[Directive], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RefusedError(Words("It cannot be said"))

    monkeypatch.setattr("beancount_dunning.hook.linked_entry", refuse)
    entry = payment(BANK)
    assert hooked(entry, ledger) is entry


def test_a_payment_that_names_its_invoice_itself_comes_first(
    ledger: list[Directive],
) -> None:
    linked = payment(
        posting("Assets:Bank", "100.00"),
        posting("Assets:Receivable:Acme", "-100.00"),
        links=frozenset({"INV-2021"}),
        date=date(2026, 10, 19),
    )
    entries = [linked, payment(BANK)]
    ((_, new),) = match_hook([("october.csv", entries)], ledger)
    assert new == entries


def test_what_was_imported_is_no_part_of_the_ledger(ledger: list[Directive]) -> None:
    # beangulp adds it before hooks run, and a hook may have made a copy of it since.
    linked = posting("Assets:Receivable:Acme", "-100.00")
    stale = payment(BANK, linked, links=frozenset({"INV-2021"}))
    entry = payment(BANK)
    new = hooked(entry, [*ledger, stale])
    assert isinstance(new, Transaction)
    assert new.links == {"INV-2021"}
