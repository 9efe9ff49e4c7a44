from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from beancount import loader

from beancount_dunning.office import sources
from beancount_dunning.office.sources import files_of
from beancount_dunning.office.sources import sum_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Return a ledger that includes others, one of which includes it."""
    texts = {
        "main.beancount": 'include "years/*.beancount"\ninclude "a \\"b\\".beancount"',
        "years/2025.beancount": 'include "../main.beancount"\n',
        "years/2026.beancount": '  include "sub/one.beancount"\n',
        "years/sub/one.beancount": "2026-01-01 open Assets:Bank\n",
        'a "b".beancount': '2026-01-01 open Assets:Cash\n; include "not.beancount"\n',
        "not.beancount": "",
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path / "main.beancount"


def test_a_ledgers_files_are_those_that_beancount_reads(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An indented include is none to Beancount.
    path = ledger.parent / "years/2026.beancount"
    path.write_text(path.read_text().strip() + "\n")
    monkeypatch.chdir(ledger.parent)
    _, _, options = loader.load_file("main.beancount")
    assert set(files_of(ledger)) == set(options["include"])
    assert len(options["include"]) == 5


def test_a_file_is_read_in_pieces(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = files_of(ledger)
    monkeypatch.setattr(sources, "_AT_ONCE", 3)
    assert files_of(ledger) == whole
    assert len(whole) == 5


def test_the_sums_are_of_what_is_in_the_files(ledger: Path) -> None:
    found = files_of(ledger)
    assert found[str(ledger)] == sha256(ledger.read_bytes()).hexdigest()
    before = dict(found)
    changed = ledger.parent / "years/sub/one.beancount"
    changed.write_text("2026-01-01 open Assets:Other\n")
    after = files_of(ledger)
    assert {name for name in after if after[name] != before[name]} == {str(changed)}


def test_a_new_file_that_an_include_fits_is_found(ledger: Path) -> None:
    new = ledger.parent / "years/2027.beancount"
    new.write_text("")
    assert str(new) in files_of(ledger)


def test_a_file_that_is_not_there_has_no_sum(tmp_path: Path) -> None:
    path = tmp_path / "main.beancount"
    path.write_text('include "gone.beancount"\n')
    assert files_of(path)[str(tmp_path / "gone.beancount")] == ""
    assert files_of(tmp_path / "gone") == {str(tmp_path / "gone"): ""}


def test_the_sum_of_a_folder_is_of_the_names_in_it(ledger: Path) -> None:
    folder = ledger.parent
    before = sum_of(str(folder))
    (folder / "years/2025.beancount").write_text("; other\n")
    assert sum_of(str(folder)) == before
    (folder / "years/sub/new.pdf").write_text("")
    assert sum_of(str(folder)) != before
    assert sum_of(str(ledger)) == sha256(ledger.read_bytes()).hexdigest()
    assert sum_of(str(folder / "gone")) == ""
