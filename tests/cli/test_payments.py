"""Whoever writes down what a customer owes hears of what may be paid already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.running import run

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = """\
plugin "beancount.plugins.auto_accounts"
2026-01-01 custom "dunning-option" "as-of" 2026-11-20
2026-01-01 custom "dunning-interest" "standard" 8
2026-01-01 open Assets:Receivable:Acme
  customer: "Acme"
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme  1190.00 EUR
  Income:Services
2026-09-15 * "Acme" "Logo" ^INV-2
  due: 2026-10-14
  Assets:Receivable:Acme   300.00 EUR
  Income:Services
2026-11-01 * "Acme" "Bank transfer" ^INV-2
  Assets:Bank              300.00 EUR
  Assets:Receivable:Acme
"""
_PAID = """\
2026-11-15 * "Somebody" "INV-1"
  Assets:Bank             1190.00 EUR
  {}
"""
_COMMANDS = [
    ["statement", "Acme"],
    ["statement", "Acme", "--format", "json"],
    ["charges"],
    ["charges", "--paid", "--format", "csv"],
    ["dossier", "INV-1", "-o", "dossier"],
]


def told(folder: Path, asked: list[str], text: str) -> str:
    """Return what a command says on standard error of a ledger."""
    books = folder / "books.beancount"
    books.write_text(text)
    command, *others = (
        str(folder / "dossier") if one == "dossier" and at else one
        for at, one in enumerate(asked)
    )
    result = run(command, books, *others)
    assert result.exit_code == 0
    assert result.stdout
    return result.stderr


@pytest.mark.parametrize("asked", _COMMANDS)
@pytest.mark.parametrize(
    ("posting", "where"),
    [
        ('Assets:Receivable\n    customer: "Somebody"', ""),
        ("Assets:Suspense", " --suspense 'Assets:Suspense'"),
    ],
)
def test_what_may_be_paid_is_warned_of(
    tmp_path: Path, asked: list[str], posting: str, where: str
) -> None:
    assert told(tmp_path, asked, _HEAD + _PAID.format(posting)) == (
        "Warning: INV-1 may be paid already, by payments that settle nothing yet: see "
        f"bean-dunning match{where}.\n"
    )


@pytest.mark.parametrize("asked", [*_COMMANDS, ["reminders"], ["draft"]])
def test_what_is_booked_to_another_and_names_it_is_warned_of(
    tmp_path: Path, asked: list[str]
) -> None:
    other = (
        '2026-09-14 * "Bolt" "Website" ^INV-3\n'
        "  due: 2026-10-14\n"
        "  Assets:Receivable:Bolt  1190.00 EUR\n"
        "  Income:Services\n"
    )
    paid = _PAID.format("Assets:Receivable:Bolt").replace('-1"', '-1" ^INV-3')
    warned = told(tmp_path, asked, _HEAD + other + paid).splitlines()
    assert warned[0] == (
        "Warning: INV-1 may be paid already, by payments that name it but are booked "
        "to another customer: see books.beancount:21. Where that is right, add "
        "invoice: to the payment."
    )
    decided = paid.replace("^INV-3", '^INV-3\n  invoice: "INV-3"')
    assert "already" not in told(tmp_path, asked, _HEAD + other + decided)


@pytest.mark.parametrize("asked", _COMMANDS)
def test_where_no_payment_waits_nothing_is_said(
    tmp_path: Path, asked: list[str]
) -> None:
    assert told(tmp_path, asked, _HEAD) == ""


def test_what_is_paid_is_not_asked_for(tmp_path: Path) -> None:
    asked = ["dossier", "INV-2", "-o", "dossier"]
    text = _HEAD + _PAID.format("Assets:Suspense").replace("INV-1", "ACME INV-2")
    assert told(tmp_path, asked, text) == ""


def test_several_suspense_accounts_are_one_pattern(tmp_path: Path) -> None:
    text = _HEAD + _PAID.format("Assets:Suspense").replace("1190", "190")
    other = _PAID.format("Assets:Clearing").replace("1190", "1000")
    assert told(tmp_path, ["charges"], text + other).endswith(
        " see bean-dunning match --suspense 'Assets:Clearing|Assets:Suspense'.\n"
    )


def test_only_so_many_are_named(tmp_path: Path) -> None:
    text = _HEAD + "".join(
        f'2026-09-16 * "Acme" "Website" ^INV-1{number}\n'
        "  due: 2026-10-14\n"
        "  Assets:Receivable:Acme  10.00 EUR\n"
        "  Income:Services\n"
        for number in range(5)
    )
    names = " ".join(f"INV-1{number}" for number in range(5))
    paid = _PAID.format("Assets:Suspense").replace("INV-1", names).replace("1190", "50")
    assert told(tmp_path, ["statement", "Acme"], text + paid).startswith(
        "Warning: INV-10, INV-11, INV-12, INV-13, … may be paid already, "
    )


def test_several_that_are_named_are_them(tmp_path: Path) -> None:
    second = """\
2026-09-16 * "Acme" "Flyer" ^INV-4
  due: 2026-10-14
  Assets:Receivable:Acme  500.00 EUR
  Income:Services
2026-09-14 * "Bolt" "Website" ^INV-3
  due: 2026-10-14
  Assets:Receivable:Bolt  1690.00 EUR
  Income:Services
2026-11-15 * "Somebody" "INV-1 and INV-4" ^INV-3
  Assets:Bank             1690.00 EUR
  Assets:Receivable:Bolt
"""
    warned = told(tmp_path, ["statement", "Acme"], _HEAD + second)
    assert warned.startswith(
        "Warning: INV-1, INV-4 may be paid already, by payments that name them but are "
        "booked to another customer: see "
    )
