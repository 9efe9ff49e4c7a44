"""Statements as e-mails: drafts that greet, with the same statement as on paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beancount_dunning.answers.statement import statement
from beancount_dunning.formats.country import LANGUAGES
from beancount_dunning.formats.how_to_pay import HowToPay
from beancount_dunning.formats.statement_mail import as_mail
from beancount_dunning.formats.statement_text import as_text
from beancount_dunning.ledger.paper import Paper
from tests.conftest import load
from tests.formats.test_letter_html import Read
from tests.formats.test_letter_html import read_mail

_LEDGER = """
1999-01-01 custom "dunning-option" "sender" "Atelier Nörd, Kai 7
post@nord.example"
1999-01-01 custom "dunning-option" "pay-to" "EUR" "DE02 1203 0000 0000 2020 51"
1999-01-01 open Assets:Receivable:Acme
  customer: "Acme <b>GmbH</b>"
  contact: "Ms Li"
  email: "ap@acme.example"
  address: "1 High Street
  London"
2026-01-05 * "Acme" "Website: <i>all</i>" ^INV-1
  due: 2026-02-28
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("confirm", [False, True])
def test_it_greets_and_has_the_whole_statement(language: str, *, confirm: bool) -> None:
    books = load(_LEDGER).books("2026-03-01")
    found = statement(books, "Acme <b>GmbH</b>")
    assert found
    found = replace(found, language=language)
    how = HowToPay.by(books.settings)
    content = as_mail(found, how, Paper.A4, confirm=confirm)
    assert content == as_mail(found, how, Paper.A4, confirm=confirm)
    mail = read_mail(content)
    assert not mail.defects
    assert mail["From"].addresses[0].addr_spec == "post@nord.example"
    assert mail["To"].addresses[0].addr_spec == "ap@acme.example"
    assert (mail["X-Unsent"], mail["Content-Language"][:2]) == ("1", language[:2])
    text, page = mail.iter_parts()
    body = text.get_content().replace("\r\n", "\n")
    printed = as_text(found, how, confirm=confirm)
    _, _, stated = printed.partition("London\n\n")
    _, _, stated = stated.rstrip("\n").partition("\n\n")
    greeting, _, closing = body.partition(stated)
    assert "Li" in greeting
    assert "Nörd" in closing
    assert mail["Subject"].startswith(stated.partition("\n")[0])
    html = page.get_content()
    assert "<svg" not in html
    assert "<b>GmbH" not in html
    seen = " ".join(Read(html).words)
    assert "INV-1" in seen
    assert greeting.split()[0] in seen
    assert ('class="slip"' in html) == confirm


def test_amounts_can_be_hidden() -> None:
    books = load(_LEDGER).books("2026-03-01")
    found = statement(books, "Acme <b>GmbH</b>")
    assert found
    how = HowToPay.by(books.settings)
    mail = read_mail(as_mail(found, how, Paper.A4, is_private=True))
    for part in mail.iter_parts():
        assert "100.00" not in part.get_content()
        assert "XXX.XX" in part.get_content()
