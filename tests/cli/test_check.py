"""`bean-dunning check`: what the plugin flags."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.cli.running import BIN
from tests.cli.running import LEDGER
from tests.cli.running import output
from tests.cli.running import run
from tests.cli.running import written

if TYPE_CHECKING:
    from pathlib import Path


def test_check_prints_what_bean_check_prints(tmp_path: Path) -> None:
    option = '2026-01-01 custom "dunning-option" "as-of" 2026-11-20\n'
    books = written(
        tmp_path, option + LEDGER + '2026-01-02 custom "dunning-option" "graec" 3\n'
    )
    result = run("check", books, as_of=None)
    assert result.exit_code == 1
    assert result.stderr == ""
    checked = subprocess.run(
        [BIN / "bean-check", books], check=False, capture_output=True, encoding="utf-8"
    )
    assert checked.returncode == 1
    assert result.stdout == checked.stderr
    assert [line for line in result.stdout.splitlines() if line.startswith("/")] == [
        (
            f"{books}:8: Overdue: INV-2026-014, Acme GmbH: 1190.00 of 2380.00 EUR "
            "open, due 2026-10-14, 37 days overdue (Assets:Receivable), as of "
            "2026-11-20"
        ),
        f'{books}:25: There is no option "graec". Did you mean "grace"?',
    ]


def test_check_is_silent_and_done_when_nothing_is_late(books: Path) -> None:
    assert output("check", books, as_of="2026-10-14") == ""


def test_check_does_not_need_the_plugin_line(tmp_path: Path) -> None:
    books = written(tmp_path, LEDGER)
    text = books.read_text(encoding="utf-8")
    books.write_text(text.replace('plugin "beancount_dunning"\n', "\n"))
    assert run("check", books).stdout.startswith(f"{books}:7: Overdue: INV-2026-014")
