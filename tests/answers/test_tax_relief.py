"""When the tax in a bad debt comes back: said in a comment, with its source."""

from __future__ import annotations

from datetime import date

import pytest

from beancount_dunning.answers.giving_up import propose_write_off
from beancount_dunning.answers.tax_relief import tax_relief
from tests.conftest import load

OPTION = '2026-01-01 custom "dunning-option" '
UK = "Tax: relief from 2027-02-28, 6 months after the due date (section 36 VATA 1994"
NL = "Tax: relief from 2027-08-31, 12 months after the due date (article 29(2) Wet OB"
DE = "Tax: corrected for the period in which the claim became uncollectible (section 17"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param('"holidays" "GB-SCT"', UK, id="by its holidays"),
        pytest.param('"holidays" "NL"', NL, id="in the Netherlands"),
        pytest.param('"holidays" "DE"', DE, id="in Germany"),
        pytest.param(
            '"pay-to" "EUR" "NL91 ABNA 0417 1643 00"', NL, id="by its account"
        ),
        pytest.param(
            f'"holidays" "weekends"\n{OPTION}"pay-to" "EUR" "NL91 ABNA 0417 1643 00"',
            NL,
            id="weekends are no country",
        ),
        pytest.param('"holidays" "FR"', None, id="not known"),
        pytest.param(
            '"pay-to" "USD" "NL91 ABNA 0417 1643 00"', None, id="another currency"
        ),
        pytest.param('"pay-to" "EUR" "Bank of Ohio, 123456"', None, id="no IBAN"),
        pytest.param('"grace" 0', None, id="no country"),
    ],
)
def test_the_law_is_that_of_the_seller(options: str, said: str | None) -> None:
    settings = load(f"{OPTION}{options}\n").settings()
    found = tax_relief(settings, date(2026, 8, 31), "EUR")
    assert (found and found[: len(said or "")]) == said


SALE = f"""\
{OPTION}"holidays" "NL"
2026-01-05 * "Acme" "Website" ^INV-1
  Assets:Receivable:Acme  {{amount}} EUR
    due: 2026-02-05
  Assets:Receivable:Acme  119.00 EUR
    due: 2026-03-05
  Income:Services
"""
TAX = "  Liabilities:VAT  -38.00 EUR\n"


def test_the_comment_stands_above_the_write_off_of_what_has_tax() -> None:
    text = SALE.format(amount="119.00")
    books = load(text + TAX).books("2026-11-20")
    found = propose_write_off(books, books.receivables.items[0]).text
    assert found.startswith("; Tax: relief from 2027-03-05, 12 months after")
    pasted = load(f"{text}{TAX}\n{found}")
    assert not pasted.errors
    assert not pasted.receivables("2026-11-20").items
    books = load(text).books("2026-11-20")
    found = propose_write_off(books, books.receivables.items[0]).text
    assert found.startswith("2026-11-20 open")


def test_it_counts_from_the_last_due_date_of_what_is_given_up() -> None:
    books = load(SALE.format(amount="119.00") + TAX).books("2026-11-20")
    part = books.receivables.items[0].open
    found = propose_write_off(books, books.receivables.items[1], part).text
    assert found.startswith("; Tax: relief from 2027-02-05")


def test_what_is_undated_counts_from_its_own_date() -> None:
    text = (SALE.format(amount="119.00") + TAX).replace("    due", "    dues")
    books = load(text).books("2026-11-20")
    found = propose_write_off(books, books.receivables.items[0]).text
    assert found.startswith("; Tax: relief from 2027-01-05")
