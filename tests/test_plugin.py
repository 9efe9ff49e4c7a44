"""The plugin as Beancount runs it: through bean-check, and without Fava."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from beancount import loader
from beancount.core.data import Transaction

from beancount_dunning.answers.doctor.examination import examine
from beancount_dunning.basics.errors import OverdueError
from beancount_dunning.basics.errors import ReceivableError
from beancount_dunning.basics.errors import SettingError
from beancount_dunning.plugin import flag
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.books import read_books

BEAN_CHECK = Path(sys.executable).with_name("bean-check")
EXAMPLE = Path(__file__).parent.parent / "ledgers" / "example.beancount"
HEAD = """\
plugin "beancount_dunning"
2019-01-01 open Assets:Bank
2019-01-01 open Assets:Receivable
2019-01-01 open Income:Services
"""
INVOICE = """\
2019-09-14 * "Acme" "Website" ^INV-1
  due: 2019-10-14
  Assets:Receivable      2380.00 EUR
  Income:Services
"""
AS_OF = '2019-01-01 custom "dunning-option" "as-of" 2019-11-20\n'


@pytest.fixture
def books(tmp_path: Path) -> Path:
    return tmp_path / "books.beancount"


def bean_check(books: Path, text: str) -> subprocess.CompletedProcess[str]:
    books.write_text(text, encoding="utf-8")
    return subprocess.run(
        [BEAN_CHECK, books], check=False, capture_output=True, encoding="utf-8"
    )


def errors_of(books: Path) -> list[Any]:
    return list(loader.load_file(books)[1])


def test_bean_check_fails_and_names_the_overdue_invoice_and_its_line(
    books: Path,
) -> None:
    done = bean_check(books, HEAD + AS_OF + INVOICE)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines()[0] == (
        f"{books}:6: Overdue: INV-1, Acme: 2380.00 of 2380.00 EUR open, "
        "due 2019-10-14, 37 days overdue (Assets:Receivable), as of 2019-11-20"
    )


def test_without_an_as_of_date_it_counts_to_today(books: Path) -> None:
    done = bean_check(books, HEAD + INVOICE)
    assert done.returncode == 1
    assert done.stderr.startswith(f"{books}:5: Overdue: INV-1, Acme: 2380.00 of ")


@pytest.mark.parametrize(
    "text",
    [
        HEAD,
        HEAD + AS_OF + INVOICE.replace("2019-10-14", "2019-11-20"),
        HEAD + INVOICE.replace("2019", "2999"),
        HEAD
        + INVOICE
        + '2019-11-01 * "Acme" "Payment" ^INV-1\n'
        + "  Assets:Bank  2380.00 EUR\n  Assets:Receivable\n",
    ],
    ids=["nothing", "due today", "in the future", "paid"],
)
def test_bean_check_is_silent_when_nothing_is_overdue(books: Path, text: str) -> None:
    done = bean_check(books, text)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_configuration_string_is_an_error(books: Path) -> None:
    head = HEAD.replace('dunning"', "dunning\" \"{'terms': 'net 30'}\"")
    done = bean_check(books, head + AS_OF)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == (
        f'{books}:0: plugin "beancount_dunning" takes no configuration; write '
        'custom "dunning-option" directives instead.'
    )


def test_despite_a_configuration_string_the_rest_is_flagged(books: Path) -> None:
    head = HEAD.replace('dunning"', 'dunning" "30"')
    books.write_text(head + AS_OF + INVOICE, encoding="utf-8")
    assert [type(error) for error in errors_of(books)] == [SettingError, OverdueError]


def test_each_kind_of_trouble_has_its_class_and_a_source_of_its_own(
    books: Path,
) -> None:
    books.write_text(
        HEAD
        + AS_OF
        + INVOICE
        + dedent("""\
            2019-10-01 custom "dunning-option" "graec" 3
            2019-10-02 * "Acme" "Hosting" ^INV-2
              due: "soon"
              Assets:Receivable      30 EUR
              Income:Services
            """),
        encoding="utf-8",
    )
    errors = errors_of(books)
    assert [(type(error), error.source) for error in errors] == [
        (OverdueError, {"filename": str(books), "lineno": 6}),
        (SettingError, {"filename": str(books), "lineno": 10}),
        (ReceivableError, {"filename": str(books), "lineno": 11}),
    ]
    for error in errors:
        assert error._fields == ("source", "message", "entry")
        assert error.source is not error.entry.meta


def test_in_an_included_file_the_error_names_that_file(
    books: Path, tmp_path: Path
) -> None:
    included = tmp_path / "invoices.beancount"
    included.write_text(INVOICE, encoding="utf-8")
    done = bean_check(books, f'{HEAD}{AS_OF}include "invoices.beancount"\n')
    assert done.stderr.startswith(f"{included}:1: Overdue: INV-1")


def test_padding_counts_though_beancount_pads_after_plugins(books: Path) -> None:
    done = bean_check(
        books,
        HEAD
        + AS_OF
        + '2019-01-01 custom "dunning-option" "terms" "net 30"\n'
        + "2019-01-01 open Equity:Opening\n"
        + "2019-02-01 pad Assets:Receivable Equity:Opening\n"
        + "2019-03-01 balance Assets:Receivable  100 EUR\n",
    )
    assert done.stderr.splitlines()[0] == (
        f"{books}:8: Overdue: (padding), (no customer): 100 of 100 EUR open, "
        "due 2019-03-03, 262 days overdue (Assets:Receivable), as of 2019-11-20"
    )


FACES = ("fava", "flask", "icalendar", "click", "jinja2")


# Sets a key to a time wherever it finds it, and a number beside it.
OTHER_PLUGIN = """\
from datetime import datetime, time
__plugins__ = ["set_them"]
def at_nine(day):
    return datetime.combine(day, time(9))
def set_them(entries, options_map, config):
    for entry in entries:
        if type(entry).__name__ == "Custom" and config == "as-of":
            name, value = entry.values
            entry.values[1] = value._replace(value=at_nine(value.value))
        if config in entry.meta:
            entry.meta[config] = at_nine(entry.meta[config])
            entry.meta["rating"] = 5
    return entries, []
"""


@pytest.mark.parametrize(
    ("key", "rests"),
    [
        ("due", ""),
        ("as-of", ""),
        ("promise", ", promised by 2019-12-01"),
        ("hold-until", ", on hold until 2019-12-01"),
    ],
)
def test_what_another_plugin_sets_is_read_and_printed(
    books: Path, monkeypatch: pytest.MonkeyPatch, key: str, rests: str
) -> None:
    (books.parent / "other_plugin.py").write_text(OTHER_PLUGIN, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(books.parent))
    note = '2019-11-01 note Assets:Receivable "Called" ^INV-1\n'
    done = bean_check(
        books,
        f'plugin "other_plugin" "{key}"\n{HEAD}{AS_OF}{INVOICE}{note}'
        f"  {key}: 2019-12-01\n",
    )
    assert done.stderr.splitlines()[0] == (
        f"{books}:7: Overdue: INV-1, Acme: 2380.00 of 2380.00 EUR open, "
        "due 2019-10-14, 37 days overdue (Assets:Receivable)"
        f"{rests}, as of 2019-11-20"
    )


def test_it_works_where_fava_cannot_be_imported(books: Path) -> None:
    books.write_text(HEAD + AS_OF + INVOICE, encoding="utf-8")
    program = dedent(f"""
        import sys

        class Blocker:
            def find_spec(self, name, path=None, target=None):
                if name.split(".")[0] in {FACES}:
                    raise ModuleNotFoundError(name)

        sys.meta_path.insert(0, Blocker())
        from beancount import loader
        _, errors, _ = loader.load_file({str(books)!r})
        for error in errors:
            print(error.message)
        """)
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout == (
        "Overdue: INV-1, Acme: 2380.00 of 2380.00 EUR open, due 2019-10-14, "
        "37 days overdue (Assets:Receivable), as of 2019-11-20\n"
    )
    assert done.stderr == ""


def test_it_imports_no_face_of_the_product() -> None:
    program = dedent(f"""
        import sys
        from beancount import loader
        before = set(sys.modules)
        _, errors, _ = loader.load_file({str(EXAMPLE)!r})
        assert errors
        new = {{name.split(".")[0] for name in set(sys.modules) - before}}
        print(*sorted(new & set({FACES})))
        print("beancount_dunning.plugin" in sys.modules)
        """)
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        encoding="utf-8",
        # From Beancount's cache a ledger comes without its plugins.
        env={**os.environ, "BEANCOUNT_DISABLE_LOAD_CACHE": "1"},
    )
    assert done.stdout == "\nTrue\n"


@pytest.mark.parametrize("was_enabled", [True, False])
def test_the_garbage_collector_is_left_as_it_was(*, was_enabled: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if was_enabled else gc.disable)()
        flag([], {})
        assert gc.isenabled() is was_enabled
    finally:
        (gc.enable if before else gc.disable)()


@pytest.mark.parametrize("strange", [5, None, b"x", ("a",)])
def test_whatever_another_plugin_makes_of_payee_and_narration_is_taken(
    strange: object,
) -> None:
    text = HEAD.replace('plugin "beancount_dunning"', "") + AS_OF
    for _ in range(2):
        text += INVOICE.replace(" ^INV-1", "") + dedent(
            """\
            2019-10-20 * "Acme" "Paid" ^X-1
              Assets:Bank        10.00 EUR
              Assets:Receivable
            """
        )
    entries, errors, options = loader.load_string(text)
    assert not errors
    odd: dict[str, Any] = {"payee": strange, "narration": strange}
    half = [
        entry._replace(**odd) if isinstance(entry, Transaction) and index % 2 else entry
        for index, entry in enumerate(entries)
    ]
    _, found = flag(half, options)
    assert {type(one) for one in found} == {OverdueError}
    books = read_books(half, options, today=date(2019, 11, 20))
    assert age(books).as_dict()["items"]
    assert examine(books).findings
