"""Ledgers beside the errors that Beancount must give for them.

`golden/NAME.beancount` is loaded as bean-check does; `golden/NAME.errors` has a line
for each error, `LINE: message`. A new case is a new pair of files.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from beancount.loader import load_file

GOLDEN = Path(__file__).parent / "golden"
LEDGERS = sorted(GOLDEN.glob("*.beancount"))


@pytest.mark.parametrize("path", LEDGERS, ids=[path.stem for path in LEDGERS])
def test_a_ledger_has_these_errors(path: Path) -> None:
    _, errors, _ = load_file(str(path))
    assert {error.source["filename"] for error in errors} <= {str(path)}
    found = [f"{error.source['lineno']}: {error.message}" for error in errors]
    expected = path.with_suffix(".errors").read_text(encoding="utf-8")
    expected = expected.replace("FILE", str(path))
    assert found == expected.splitlines()


def test_every_list_of_errors_has_its_ledger() -> None:
    assert [path.stem for path in sorted(GOLDEN.glob("*.errors"))] == [
        path.stem for path in LEDGERS
    ]
