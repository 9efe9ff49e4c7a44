"""Dossiers and statements can be written of any ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given

from beancount_dunning.answers.dossier import dossier
from beancount_dunning.formats.dossier import files
from beancount_dunning.formats.dossier import index
from beancount_dunning.formats.how_to_pay import HowToPay
from tests.answers.test_statement import everything
from tests.strategies import as_of_days
from tests.strategies import ledgers
from tests.test_properties import read_as_loaded
from tests.test_properties import steady

if TYPE_CHECKING:
    from datetime import date

    from tests.strategies import Ledger as MadeUp


@steady
@given(ledgers(hostile=True), as_of_days)
def test_nothing_in_a_ledger_keeps_a_dossier_from_being_written(
    ledger: MadeUp, day: date
) -> None:
    books = read_as_loaded(ledger.text, day, None)
    how = HowToPay.by(books.settings)
    known = books.receivables.all_items
    for name in sorted({item.invoice or item.label for item in known}):
        said = dossier(books, name)
        assert said is not None
        texts = files(said, how, grouped=False)
        owners = {one.customer for one in everything(books)} - {""}
        assert {one.customer.name for one in said.statements} <= owners
        written = index(said, sorted(texts), (), "books.beancount")
        for text in (written, *texts.values()):
            assert "\x1b" not in text
