"""Beancount's cache and the calendar: errors are those of the day.

Every test here goes through `beancount.loader.load_file` and its real pickle.
"""

from __future__ import annotations

import copy
import json
import os
import pickle
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount import loader

from beancount_dunning.basics import freshness
from beancount_dunning.basics.freshness import DatedFilename
from beancount_dunning.basics.freshness import is_load_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

HEAD = """\
plugin "beancount_dunning"
2026-01-01 open Assets:Bank
2026-01-01 open Assets:Receivable:Acme
2026-01-01 open Income:Services
"""
INVOICE = """
2026-09-01 * "Acme" "Website" ^INV-1
  due: 2026-09-30
  Assets:Receivable:Acme  100 EUR
  Income:Services
"""


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that makes it some day, for the whole product."""

    def make_it(iso: str) -> None:
        for name in (
            # What is imported here for the first time is not to keep another day.
            "beancount_dunning.plugin.today",
            "beancount_dunning.basics.freshness.today",
            "beancount_dunning.basics.clock.today",
        ):
            monkeypatch.setattr(name, lambda: date.fromisoformat(iso))

    return make_it


@dataclass
class Books:
    """A ledger on disk, and how often Beancount really read it."""

    path: Path
    parsed: list[Any] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)

    def write(self, text: str) -> None:
        self.path.write_text(HEAD + dedent(text), encoding="utf-8")

    def load(self) -> list[str]:
        """Load the ledger, and return the errors' messages."""
        _, errors, self.options = loader.load_file(self.path)
        return [error.message for error in errors]

    def parses(self) -> int:
        """Return how often the ledger was read since the last time of asking."""
        count = len(self.parsed)
        self.parsed.clear()
        return count


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    """Return a ledger that Beancount caches however fast it loads."""
    books = Books(tmp_path / "books.beancount")
    parse = loader._parse_recursive  # noqa: SLF001 - the spy's only way in

    def spy(*args: Any) -> Any:  # noqa: ANN401 - as Beancount has it
        books.parsed.append(args)
        return parse(*args)

    with monkeypatch.context() as patch:
        patch.delenv("BEANCOUNT_LOAD_CACHE_FILENAME", raising=False)
        patch.setattr(loader, "_parse_recursive", spy)
        patch.setattr(loader, "PICKLE_CACHE_THRESHOLD", 0.0)
        loader.initialize(use_cache=True)
        yield books
    loader.initialize("BEANCOUNT_DISABLE_LOAD_CACHE" not in os.environ)


def overdue(days: int, what: str = "INV-1", due: str = "2026-09-30") -> str:
    unit = "day" if days == 1 else "days"
    return (
        f"Overdue: {what}, Acme: 100 of 100 EUR open, due {due}, "
        f"{days} {unit} overdue (Assets:Receivable:Acme)"
    )


def test_while_something_is_overdue_each_day_counts_anew(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write(INVOICE)
    for iso, days in (("2026-10-01", 1), ("2026-10-02", 2), ("2027-09-30", 365)):
        day(iso)
        assert books.load() == [overdue(days)]
        assert books.load() == [overdue(days)]
        assert books.parses() == 1


def test_on_its_day_a_load_is_read_once(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write(INVOICE)
    day("2026-09-02")
    assert books.load() == []
    pickled = books.path.with_name(".books.beancount.picklecache").stat()
    assert books.load() == []
    assert books.parses() == 1
    after = books.path.with_name(".books.beancount.picklecache").stat()
    assert (after.st_ino, after.st_mtime_ns) == (pickled.st_ino, pickled.st_mtime_ns)


def test_a_silent_day_does_not_hold_for_the_next(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write(INVOICE)
    for iso, errors in (("2026-09-30", []), ("2026-10-01", [overdue(1)])):
        day(iso)
        assert books.load() == errors
        assert books.parses() == 1


def test_a_day_back_is_loaded_anew(books: Books, day: Callable[[str], None]) -> None:
    books.write(INVOICE)
    day("2026-10-01")
    assert books.load() == [overdue(1)]
    day("2026-09-30")
    assert books.load() == []
    day("2026-10-01")
    assert books.load() == [overdue(1)]
    assert books.parses() == 3


def test_with_an_as_of_date_the_load_holds_for_ever(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write(f'2026-01-01 custom "dunning-option" "as-of" 2026-10-02\n{INVOICE}')
    for iso in ("2026-09-01", "2026-10-02", "2040-01-01", "2001-01-01"):
        day(iso)
        assert books.load() == [f"{overdue(2)}, as of 2026-10-02"]
    assert books.parses() == 1
    assert not isinstance(books.options["include"][0], DatedFilename)


def test_a_changed_file_is_loaded_anew_on_the_same_day(
    books: Books, day: Callable[[str], None]
) -> None:
    day("2026-10-01")
    books.write("")
    assert books.load() == []
    books.write(INVOICE)
    assert books.load() == [overdue(1)]
    assert books.parses() == 2


def test_a_changed_included_file_is_loaded_anew(
    books: Books, day: Callable[[str], None], tmp_path: Path
) -> None:
    day("2026-10-01")
    included = tmp_path / "invoices.beancount"
    included.write_text("\n", encoding="utf-8")
    books.write('include "invoices.beancount"')
    assert books.load() == []
    assert books.load() == []
    assert books.parses() == 1
    included.write_text(INVOICE, encoding="utf-8")
    assert books.load() == [overdue(1)]
    assert books.options["include"] == [str(books.path), str(included)]


def test_every_day_of_two_months_has_the_errors_of_a_load_without_cache(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write(
        """
        2026-01-01 custom "dunning-option" "grace" 2
        2026-10-10 custom "dunning-option" "grace" 0
        2026-10-15 custom "dunning-option" "errors" "customer"
        2026-09-01 * "Acme" "Website" ^INV-1
          due: 2026-09-30
          Assets:Receivable:Acme  100 EUR
          Income:Services
        2026-09-20 * "Acme" "Hosting" ^INV-2
          terms: "50% net 5, 50% net 10"
          Assets:Receivable:Acme  30 EUR
          Income:Services
        2026-10-12 * "Acme" "Payment"
          Assets:Bank  110 EUR
          Assets:Receivable:Acme
        2026-10-20 * "Acme" "Payment" ^INV-2
          Assets:Bank  20 EUR
          Assets:Receivable:Acme
        """
    )
    text = books.path.read_text(encoding="utf-8")
    seen = set()
    for number in range(61):
        day((date(2026, 9, 1) + timedelta(days=number)).isoformat())
        _, errors, _ = loader.load_string(text)
        fresh = [error.message for error in errors]
        assert books.load() == fresh
        seen.add(tuple(fresh))
    assert () in seen
    # Silence, and each day from 28 September to 19 October.
    assert len(seen) == 23


def test_every_day_of_a_log_has_the_errors_of_a_load_without_cache(
    books: Books, day: Callable[[str], None]
) -> None:
    books.write(
        """
        2026-01-01 custom "dunning-option" "grace" 20
        2026-10-10 custom "dunning-option" "errors" "off"
        2026-10-14 custom "dunning-option" "errors" "invoice"
        2026-01-01 custom "dunning-customer" "Acme"
          credit-limit: 120 EUR
        2026-09-01 * "Acme" "Website" ^INV-1
          due: 2026-09-30
          Assets:Receivable:Acme  100 EUR
          Income:Services
        2026-09-10 * "Acme" "Hosting" ^INV-2
          Assets:Receivable:Acme  30 EUR
          Income:Services
        2026-09-12 note Assets:Receivable:Acme "Called" ^INV-2
          promise: 2026-09-15
        2026-09-18 note Assets:Receivable:Acme "Called" ^INV-2
          promise: 2026-09-22
        2026-09-25 * "Acme" "Payment" ^INV-2
          Assets:Bank  30 EUR
          Assets:Receivable:Acme
        2026-10-02 note Assets:Receivable:Acme "Sent" ^INV-1
          reminder: "second reminder"
        2026-10-22 note Assets:Receivable:Acme "Called" ^INV-1
          dispute: TRUE
        2026-10-24 * "Acme" "Payment" ^INV-1
          Assets:Bank  100 EUR
          Assets:Receivable:Acme
        """
    )
    text = books.path.read_text(encoding="utf-8")
    seen: list[list[str]] = []
    for number in range(61):
        day((date(2026, 9, 1) + timedelta(days=number)).isoformat())
        _, errors, _ = loader.load_string(text)
        fresh = [error.message for error in errors]
        assert books.load() == fresh
        if not seen or seen[-1] != fresh:
            seen.append(fresh)
    limit = ["Credit limit: Acme owes 130 EUR, more than 120 EUR"]
    promises = [
        "Broken promise: INV-2, Acme: 30 of 30 EUR still open, promised by 2026-09-15",
        "Broken promise: INV-2, Acme: 30 of 30 EUR still open, promised by 2026-09-22",
    ]
    order = [
        (
            '"second reminder" is out of order: "first reminder" comes before it and '
            "was not logged."
        )
    ]
    assert seen == [
        [],
        limit,
        [*limit, promises[0]],
        limit,
        [*limit, promises[1]],
        [],
        order,
        # From the 21st day on, and in dispute from the 22nd; then it is paid.
        [overdue(21), *order],
        [f"{overdue(22)}, in dispute", *order],
        [f"{overdue(23)}, in dispute", *order],
        order,
    ]


def test_a_load_is_that_of_its_day(books: Books, day: Callable[[str], None]) -> None:
    books.write(INVOICE)
    day("2026-09-02")
    books.load()
    assert not is_load_of(books.options, date(2026, 9, 1))
    assert is_load_of(books.options, date(2026, 9, 2))
    assert not is_load_of(books.options, date(2026, 9, 3))


def test_a_load_without_the_plugin_is_that_of_any_day() -> None:
    assert is_load_of({"include": ["books.beancount"]}, date(2026, 10, 1))
    assert is_load_of({}, date(2026, 10, 1))


DAY = date(2026, 9, 1)


@pytest.fixture
def dated() -> DatedFilename:
    return DatedFilename("/books/büro.beancount", DAY)


def test_a_dated_filename_is_a_name_like_any_other(dated: DatedFilename) -> None:
    plain = "/books/büro.beancount"
    assert dated == plain
    assert plain == dated
    assert hash(dated) == hash(plain)
    assert {plain: 1}[dated] == 1
    assert sorted([dated, "/a", "/z"]) == ["/a", plain, "/z"]
    assert str(dated) == plain
    assert f"{dated}" == plain
    assert repr(dated) == repr(plain)
    assert json.dumps([dated]) == json.dumps([plain])
    assert Path(dated) == Path(plain)
    assert os.fspath(Path(dated)) == plain
    assert dated.encode() == plain.encode()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_on_its_day_a_dated_filename_comes_out_of_a_pickle_as_it_went_in(
    dated: DatedFilename, day: Callable[[str], None], protocol: int
) -> None:
    day("2026-09-01")
    back = pickle.loads(pickle.dumps(dated, protocol))  # noqa: S301 - our own
    assert type(back) is DatedFilename
    assert (str(back), back.day) == (str(dated), DAY)


@pytest.mark.parametrize("iso", ["2026-08-31", "2026-09-02", "2030-01-01"])
def test_on_another_day_it_comes_out_as_another_name(
    dated: DatedFilename, day: Callable[[str], None], iso: str
) -> None:
    pickled = pickle.dumps(dated)
    day(iso)
    back = pickle.loads(pickled)  # noqa: S301 - our own
    assert back == f"{dated} (loaded on 2026-09-01)"


def test_a_copy_on_its_day_is_the_same(
    dated: DatedFilename, day: Callable[[str], None]
) -> None:
    day("2026-09-01")
    for again in (copy.copy(dated), copy.deepcopy(dated)):
        assert type(again) is DatedFilename
        assert (str(again), again.day) == (str(dated), DAY)


def test_a_ledger_from_a_string_has_no_file_to_date() -> None:
    options: dict[str, Any] = {"include": []}
    freshness.date_load(options, DAY)
    assert options == {"include": []}
