"""Statements as pages: the same words as the text, escaped, on the paper one has."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.answers.statement import statement
from beancount_dunning.formats.how_to_pay import HowToPay
from beancount_dunning.formats.statement_html import as_html
from beancount_dunning.formats.statement_text import as_text
from beancount_dunning.ledger.paper import Paper
from tests.reading import read
from tests.reading import words

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from beancount_dunning.answers.statement import Statement
    from tests.conftest import Ledger

_NOBODY = HowToPay({}, None)


def said(ledger: Ledger, name: str) -> Statement:
    found = statement(ledger.books("2026-03-01"), name)
    assert found is not None
    return found


def body(page: str) -> Element:
    found = read(page.partition("<body>")[2].partition("</body>")[0])
    # What it looks like is not said.
    style = found.find("style")
    assert style is not None
    found.remove(style)
    return found


def bare(text: str) -> str:
    """Return a text without what only lays it out."""
    return re.sub(r"[\s_☐-]|\[ \]", "", text)


@pytest.mark.parametrize("confirm", [False, True])
def test_it_says_what_the_text_says(ledger: Ledger, *, confirm: bool) -> None:
    """
    1999-01-01 custom "dunning-option" "sender" "Nord
    Kai 7"
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website" ^INV-1
      due: 2026-02-28
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-06 * "Acme" "Paid twice"
      Assets:Bank  30.00 USD
      Assets:Receivable:Acme
    """
    one = said(ledger, "Acme")
    page = as_html(one, _NOBODY, Paper.A4, confirm=confirm)
    text = as_text(one, _NOBODY, confirm=confirm)
    assert bare(words(body(page))) == bare(text)
    assert ('class="slip"' in page) == confirm


def test_amounts_can_be_hidden(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website" ^INV-1
      due: 2026-02-28
      Assets:Receivable:Acme  1100.00 EUR
      Income:Services
    2026-01-06 note Assets:Receivable:Acme "Too much" ^INV-1
      dispute: 50.00 EUR
    """
    shown, private = (
        as_html(
            said(ledger, "Acme"),
            _NOBODY,
            Paper.A4,
            confirm=True,
            is_private=is_private,
        )
        for is_private in (False, True)
    )
    amount = re.compile(r"[\d,]+\.\d\d(?!\w)")
    assert {"1,100.00", "50.00"} <= set(amount.findall(shown))
    assert private == amount.sub(lambda one: re.sub(r"\d", "X", one[0]), shown)


def test_a_balance_of_nothing_has_no_table_of_ages(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-06 * "Acme" "Cash" ^INV-1
      Assets:Bank  100.00 EUR
      Assets:Receivable:Acme
    """
    page = body(as_html(said(ledger, "Acme"), _NOBODY, Paper.A4, confirm=True))
    assert [one.get("class") for one in page.iter("table")] == ["account"]


def test_what_was_typed_is_escaped(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable
    2026-01-05 * "<b>&A" "<script>1</script>" ^INV-1
      Assets:Receivable  100.00 EUR
      Income:Services
    """
    page = as_html(said(ledger, "<b>&A"), _NOBODY, Paper.A4, confirm=True)
    assert "&lt;b&gt;&amp;A" in page
    assert "&lt;script&gt;1" in page
    assert not re.search("<b>|<script", page)


def test_it_is_on_the_paper_of_letters(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    one = replace(said(ledger, "Acme"), language="de")
    for paper, size in ((Paper.LETTER, "letter"), (Paper.A4, "A4")):
        page = as_html(one, _NOBODY, paper)
        assert f"size: {size};" in page
        assert '<html lang="de">' in page
