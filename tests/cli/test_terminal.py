"""What somebody typed into a ledger does not steer the terminal that shows it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import run
from tests.cli.running import written

if TYPE_CHECKING:
    from pathlib import Path

_EVIL = "\x1b]0;gotcha\x07\x9b31m\x7f\u202e"
_BOOKS = f"""
2026-01-01 open Assets:Suspense
2026-01-01 custom "dunning-option" "title" "Books{_EVIL}"
2026-01-01 custom "dunning-step" "standard" "call{_EVIL}" 3
  fee: 5.00 EUR
2026-01-01 custom "dunning-interest" "standard" 10
2026-01-01 custom "dunning-customer" "Acme{_EVIL}"
  email: "ap{_EVIL}@acme.example"
2026-09-14 * "Acme{_EVIL}" "Website{_EVIL}"
  invoice: "INV-1{_EVIL}"
  due: 2026-10-14
  Assets:Receivable      100 EUR
  Income:Services
2026-09-14 * "Acme{_EVIL}" "Website{_EVIL}" ^INV-2022
  due: 2026-10-14
  Assets:Receivable       50 EUR
  Income:Services
2026-11-02 * "Acme{_EVIL}" "Thanks for{_EVIL} INV 2022"
  Assets:Bank             50 EUR
  Assets:Suspense
2026-11-03 * "Acme{_EVIL}" "Danke{_EVIL}"
  Assets:Bank             20 EUR
  Assets:Suspense
2026-11-04 note Assets:Receivable "Reminded{_EVIL}" ^INV-2022
  reminder: "another{_EVIL}"
"""
_STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")


@pytest.mark.parametrize(
    "arguments",
    [
        "check",
        "aging",
        "aging --by customer",
        "aging --format csv",
        "reminders",
        "reminders --by customer",
        "reminders --log",
        "reminders --format csv",
        "match --suspense Suspense",
        "match --suspense Suspense --format csv",
        "match --suspense Suspense --apply",
        "explain INV-2022",
        "explain INV-2022 --format csv",
        "explain Acme",
        "charges",
        "charges --format csv",
    ],
)
def test_nothing_steers_the_terminal(tmp_path: Path, arguments: str) -> None:
    books = written(tmp_path, _BOOKS)
    command, *switches = arguments.split()
    result = run(command, books, *switches)
    text = (result.stdout + result.stderr).replace("\r\n", "\n")
    # Something of it is quoted, or the test would show nothing.
    assert "gotcha" in text or "INV-2022 of Acme" in text
    assert not _STEERING.search(text)


def test_what_was_asked_for_and_what_is_near_is_quoted_plainly(tmp_path: Path) -> None:
    result = run("explain", written(tmp_path, _BOOKS), f"INV-9{_EVIL}")
    assert result.exit_code == 2
    assert "There is no invoice or customer INV-9 ]0;gotcha  31m  " in result.stderr
    assert 'Did you mean "INV-1 ]0;gotcha  31m  "' in result.stderr
    assert not _STEERING.search(result.stderr)
