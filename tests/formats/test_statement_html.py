"""Statements as pages: the same words as the text, escaped, on the paper one has."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.answers.statement import statement
from beancount_dunning.formats.codes import LinkCode
from beancount_dunning.formats.how_to_pay import HowToPay
from beancount_dunning.formats.statement_html import as_html
from beancount_dunning.formats.statement_text import as_text
from beancount_dunning.formats.statements import write
from beancount_dunning.ledger.paper import Paper
from beancount_dunning.ledger.paying import PayLink
from beancount_dunning.ledger.paying import PayTo
from tests.formats.test_codes import read as read_code
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


_PAY_TO = HowToPay(
    {
        "EUR": PayTo("EUR", "DE02 1203 0000 0000 2020 51", "Atelier Nord"),
        "CHF": PayTo("CHF", "CH93 0076 2011 6238 5295 7", "Nord"),
    },
    PayLink("https://pay.example/{invoice}"),
)


def test_a_code_to_pay_what_is_left_in_each_currency(ledger: Ledger) -> None:
    """
    1999-01-01 custom "dunning-option" "sender" "Nord, Seestrasse 7, 8002 Zürich"
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website" ^INV-1
      due: 2026-02-28
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-05 * "Acme" "Part" ^INV-1
      Assets:Bank  30.00 EUR
      Assets:Receivable:Acme
    2026-01-05 * "Acme" "Logo" ^INV-2
      Assets:Receivable:Acme  8.00 CHF
      Income:Services
    2026-01-05 * "Acme" "Card" ^INV-3
      Assets:Receivable:Acme  9.00 USD
      Income:Services
    2026-01-05 * "Acme" "Paid twice"
      Assets:Bank  5.00 GBP
      Assets:Receivable:Acme
    """
    one = said(ledger, "Acme")
    codes = {part.currency: part.code for part in write(one, _PAY_TO).sections}
    assert [codes[name] is None for name in ("EUR", "CHF", "USD", "GBP")] == [
        *(False, False, False, True)
    ]
    assert read_code(codes["EUR"])[5:] == [
        *("Atelier Nord", "DE02120300000000202051", "EUR70.00", "", "RF47INV1")
    ]
    assert codes["USD"] == LinkCode("https://pay.example/INV-3")
    page = as_html(one, _PAY_TO, Paper.A4)
    assert (page.count('class="code"'), page.count('class="bill"')) == (2, 1)
    assert 'aria-label="Nord, CH9300762011623852957, CHF 8.00, RF20INV2"' in page
    # Where amounts are hidden there is no code that says them.
    assert "<svg" not in as_html(one, _PAY_TO, Paper.A4, is_private=True)


def test_a_bill_that_cannot_be_drawn_is_left_out(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    1999-01-01 custom "dunning-option" "sender" "Nord, Seestrasse 7, 8002 Zürich"
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Logo" ^INV-2
      Assets:Receivable:Acme  8.00 CHF
      Income:Services
    """
    monkeypatch.setitem(sys.modules, "qrbill", None)
    assert 'class="bill"' not in as_html(said(ledger, "Acme"), _PAY_TO, Paper.A4)


def test_many_invoices_have_a_code_that_names_none(ledger: Ledger) -> None:
    """
    1999-01-01 open Assets:Receivable:Acme
    2026-01-05 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  1.00 EUR
      Assets:Receivable:Acme  1.00 EUR
        invoice: "INV-2"
      Assets:Receivable:Acme  1.00 EUR
        invoice: "INV-3"
      Assets:Receivable:Acme  1.00 EUR
        invoice: "INV-4"
      Assets:Receivable:Acme  1.00 EUR
        invoice: "INV-5"
      Assets:Receivable:Acme  1.00 EUR
        invoice: "INV-6"
      Income:Services
    """
    (section,) = write(said(ledger, "Acme"), _PAY_TO).sections
    assert read_code(section.code)[7:] == ["EUR6.00"]


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
