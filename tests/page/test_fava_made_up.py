"""The page of ledgers that hypothesis makes up."""

from __future__ import annotations

import re
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import settings

from beancount_dunning.standing.aging import age
from beancount_dunning.standing.books import read_books
from tests.reading import asked
from tests.reading import ours
from tests.reading import rows
from tests.reading import tables
from tests.reading import words
from tests.serving import PAGE
from tests.serving import app_of
from tests.strategies import as_of_days
from tests.strategies import ledgers
from tests.strategies import write

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from datetime import date
    from xml.etree.ElementTree import Element

    from beancount_dunning.standing.aging import Row
    from tests.strategies import Block
    from tests.strategies import Ledger

# Fava itself does not start with a ledger that has such a directive.
_EMPTY = re.compile(r'^\S+ custom "[^"]*"\s*$')
_HEAD = '2025-01-01 custom "fava-extension" "fava_dunning"\n'


@contextmanager
def _written(blocks: Sequence[Block]) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "made-up.beancount"
        path.write_text(_HEAD + write(blocks), encoding="utf-8")
        yield path


def _outstanding(page: Element) -> dict[str, Decimal]:
    """Return the figure "outstanding" of each currency."""
    blocks = page.findall(".//dl[@class='figures']")
    pairs = [[words(one) for one in block.iter("dd")] for block in blocks]
    found = {figures[0].split()[1]: Decimal(figures[1]) for figures in pairs}
    assert len(found) == len(pairs)
    return found


def _totals(rows_: Iterable[Row]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for row in rows_:
        found[row.currency] = found.get(row.currency, Decimal()) + row.open
    return found


def _check(path: Path, day: date) -> None:
    """Compare the pages with what the core says of the same entries."""
    app = app_of(path)
    (slug,) = app.config["LEDGERS"].ledgers_by_slug
    ledger = app.config["LEDGERS"][slug]
    books = read_books(ledger.all_entries, ledger.options, today=day, as_of=day)
    # Fractions of a cent are shown as money.
    report = age(books.rounded())
    client, address = app.test_client(), f"/{slug}/{PAGE}"
    when = {"time": day.isoformat()}
    page = ours(client, address, charts="1", **when)
    assert _outstanding(page) == _totals(report.totals)
    assert len(rows(page, "invoices")) == len(report.items)
    for name in {row.customer for row in report.customers if row.customer}:
        mine = [row for row in report.customers if row.customer == name]
        of_customer = ours(client, address, customer=name, charts="1", **when)
        assert _outstanding(of_customer) == _totals(mine)
    (table,) = tables(page, "invoices") or [page]
    for link in table.findall("tbody/tr/th/a"):
        story = ours(client, address, **asked(link.attrib["href"]))
        assert rows(story, "diary")
        parts = [words(one) for one in story.findall(".//section[@class='part']/h4")]
        assert any(words(link) in part for part in parts)


@settings(max_examples=20, deadline=None)
@given(ledgers(), as_of_days)
def test_every_page_of_a_ledger_answers_and_adds_up(ledger: Ledger, day: date) -> None:
    with _written(ledger.blocks) as path:
        _check(path, day)


@settings(max_examples=20, deadline=None)
@given(ledgers(hostile=True), as_of_days)
def test_every_page_of_a_hostile_ledger_does_so_too(ledger: Ledger, day: date) -> None:
    readable = [block for block in ledger.blocks if not _EMPTY.search(block.lines[0])]
    with _written(readable) as path:
        _check(path, day)
