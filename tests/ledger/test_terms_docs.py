"""What the documentation tells people to type as terms, and the dates it promises."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from beancount_dunning.basics.money import exact
from beancount_dunning.ledger.terms import TermsError
from beancount_dunning.ledger.terms_text import parse_terms
from tests.conftest import day

DOCS = Path(__file__).parent.parent.parent / "docs"


def rows(page: str) -> list[list[str]]:
    """Return the cells of the rows of a page's tables that have terms to type."""
    lines = (DOCS / page).read_text().splitlines()
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("|")
    ]
    return [row for row in cells if len(row) == 4 and row[1].startswith("`")]


PROMISED = [row[1:] for row in rows("terms.md")]
COUNTRIES = {
    *("Germany and Austria", "Switzerland", "The Netherlands", "France", "Spain"),
    *("Italy", "United Kingdom", "United States", "Japan", "China", "Brazil"),
}


@pytest.mark.parametrize(("typed", "invoiced", "promised"), PROMISED)
def test_what_is_typed_for_an_invoice_is_due_as_the_table_says(
    typed: str, invoiced: str, promised: str
) -> None:
    parts = parse_terms(typed.strip("`")).instalments(
        Decimal("90.00"), "EUR", day(invoiced)
    )
    dues = ", ".join(str(part.due) for part in parts)
    offers = ", ".join(
        f"{exact(offer.percent)} % less by {offer.until}"
        for part in parts
        for offer in part.offers
    )
    assert "; ".join(filter(None, [dues, offers])) == promised


# Wordings that translate word by word, and whose nearest form must mean the same.
SAID = [
    row
    for row in rows("terms.md")
    if re.search(r"\u7de0\u3081|d\.f\.f\.m|\u6708\u7ed3\d+\u5929$", row[0])
    and not re.search("Ri.Ba|months", row[0])
]


@pytest.mark.parametrize(("wording", "typed", "invoiced", "promised"), SAID)
def test_the_nearest_form_of_a_wording_is_due_on_the_same_day(
    wording: str, typed: str, invoiced: str, promised: str
) -> None:
    wording = wording.partition(",")[0]
    with pytest.raises(TermsError, match="the nearest form is") as error:
        parse_terms(wording)
    near = str(error.value).rpartition("the nearest form is ")[2].strip('"')
    (part,) = parse_terms(near).instalments(Decimal(9), "EUR", day(invoiced))
    assert str(part.due) == promised, (near, typed)


def test_every_country_has_its_table() -> None:
    text = (DOCS / "terms.md").read_text()
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    tables = [section for section in sections if "| on the invoice |" in section]
    assert {section.partition("\n")[0] for section in tables} == COUNTRIES
    assert all(section.count("\n| ") > 3 for section in tables)
    assert len(PROMISED) == sum("| 2026-" in line for line in text.splitlines())


def test_every_form_of_the_guide_is_understood() -> None:
    guide = (DOCS / "ledger.md").read_text()
    table = guide.partition("\n## Terms\n")[2].partition("\n\n## ")[0]
    forms = [
        form
        for line in table.splitlines()
        if line.startswith("| `")
        for form in re.findall(r"`([^`]+)`", line.split("|")[1])
    ]
    assert len(forms) > 25
    assert all(parse_terms(form).parts for form in forms)
