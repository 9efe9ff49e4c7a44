"""Letters as HTML and as e-mails: what is said stays, what is typed is text."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import strict
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from jinja2 import Template

from beancount_dunning.answers.letters import contents
from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.formats.country import LANGUAGES
from beancount_dunning.formats.letter_html import as_html
from beancount_dunning.formats.letter_html import as_one
from beancount_dunning.formats.letter_mail import as_mail
from beancount_dunning.formats.letters import Message
from beancount_dunning.formats.letters import Writer
from beancount_dunning.formats.own_texts import OwnPage
from tests.conftest import load

if TYPE_CHECKING:
    from email.message import EmailMessage

_LEDGER = """
1999-01-01 open Assets:Receivable:Acme
  customer: "Acme <b>GmbH</b>"
  contact: "Ms <script>alert(1)</script>"
  email: "ap@acme.example"
  address: "1 High Street
  London"
2026-01-01 custom "dunning-option" "sender" "Atelier Nörd, Kai 7
+49 40 123456-7, post@nord.example"
2026-01-01 custom "dunning-option" "pay-link" "https://pay.example/{invoice}?a=1&b=2"
2026-01-01 custom "dunning-option" "unreferenced" "unapplied"
2026-09-14 * "Acme" "Website: <i>all</i> of it:" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme  1190.00 EUR
  Income:Services
2026-09-14 * "Acme" "Hosting" ^INV-2
  due: 2026-10-14
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
2026-09-14 * "Acme" "Later" ^INV-3
  due: 2026-10-17
  Assets:Receivable:Acme  7.00 EUR
  Income:Services
2026-09-20 * "Acme" "Part" ^INV-1
  Assets:Bank  190.00 EUR
  Assets:Receivable:Acme
2026-09-25 * "Acme" "On account"
  Assets:Bank  50.00 EUR
  Assets:Receivable:Acme
"""


def message(language: str = "en", more: str = "") -> Message:
    books = load(_LEDGER + more).books("2026-10-15")
    (said,) = contents(books, letters(reminders(books).due))
    assert said is not None
    return Writer.of(books).write(replace(said, language=language))


class Read(HTMLParser):
    """What a browser finds in a page: tags, and words outside of styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] != [("style", {})]:
            self.words += data.split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_what_the_text_says(language: str) -> None:
    found = message(language)
    read = Read(as_html(found))
    # Between a label and its amount there is a cell in place of a colon.
    told = "".join(read.words)
    signs = str.maketrans("", "", " :：-\u00a0\u202f\u3000\n")
    for line in found.body.split("\n"):
        assert line.translate(signs) in told.translate(signs)
    assert read.tags[0] == ("html", {"lang": found.language})


def test_amounts_stand_in_a_column() -> None:
    page = as_html(message())
    row = '<tr class="{}"><td>{}</td><td>{}</td></tr>'
    for some in (
        (
            "head",
            "Invoice INV-1 of September 14, 2026, due October 14, 2026, 1 day overdue",
            "€1,190.00",
        ),
        ("part", "Website: &lt;i&gt;all&lt;/i&gt; of it:", ""),
        ("part", "received on September 20, 2026", "\N{MINUS SIGN}€190.00"),
        ("part sum", "still open", "€1,000.00"),
        ("", "Less your credit", "\N{MINUS SIGN}€50.00"),
    ):
        assert row.format(*some) in page


def test_nothing_typed_is_a_tag_and_nothing_is_loaded() -> None:
    read = Read(as_html(message()))
    names = {name for name, _ in read.tags}
    assert names.isdisjoint({"script", "b", "i", "img", "link", "iframe"})
    links = [attrs["href"] for name, attrs in read.tags if name == "a"]
    assert links[0] == "https://pay.example/INV-1?a=1&b=2"
    assert not {key for _, attrs in read.tags for key in attrs} & {"src", "onclick"}


def test_paper_has_what_stands_above_a_letter() -> None:
    found = message()
    paper, mail = as_html(found), as_html(found, is_paper=False)
    assert "Acme &lt;b&gt;GmbH&lt;/b&gt;\n1 High Street\n  London</div>" in paper
    assert '<p class="date">October 15, 2026</p>' in paper
    assert "1 High Street" not in mail
    assert "@page" not in mail


_OPTION = '2026-01-01 custom "dunning-option" '


@pytest.mark.parametrize(
    ("option", "size", "sign"),
    [
        # The customer's country has no say in it.
        ('"title" ""', "A4", "max-width: 80mm"),
        ('"language" "en-US"', "letter", "max-width: 216mm"),
        ('"paper" "Letter"', "letter", "max-width: 216mm"),
        ('"paper" "A4, window right"', "A4", "margin-left: 90mm"),
        ('"paper" "DIN 5008"', "A4", '<div class="mark" style="top: 85mm">'),
    ],
)
def test_the_paper_is_the_senders(option: str, size: str, sign: str) -> None:
    page = as_html(message("fr-CA", _OPTION + option))
    assert f"size: {size};" in page
    assert sign in page
    is_din = "DIN" in option
    again = "Atelier Nörd, Kai 7, +49 40 123456-7, post@nord.example</div>"
    assert (f'<div class="again">{again}' in page) == is_din
    assert ('class="mark"' in page) == is_din


def test_an_invoice_stays_together_under_a_head() -> None:
    page = as_html(message())
    head, *bodies = page.partition("<table>")[2].split("<tbody>")
    assert '<th scope="col">Invoice</th><th scope="col">Amount</th>' in head
    first, second, later, third = bodies
    assert "INV-1" in first
    assert "still open" in first
    assert "INV-2" in second
    assert "Less your credit" in second
    assert "Not yet due" in later
    assert "INV-3" in third
    (only,) = [one for one in bodies if "INV-3" in one]
    assert "<thead>" not in as_html(replace(message(), rows=message().rows[:4]))
    assert only == third


def test_an_own_text_without_the_lines_has_no_table() -> None:
    found = as_html(replace(message(), body="Dear all,\n\nplease pay.\n"))
    assert "<table>" not in found
    assert "<p>Dear all,</p>" in found
    assert "<p>please pay.</p>" in found
    bare = as_html(Message("en", "S", "Dear all\n", None))
    assert "<p>Dear all</p>" in bare


# As an e-mail.


def read_mail(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=strict)


def test_a_mail_is_a_draft_with_text_and_page() -> None:
    found = message()
    mail = read_mail(as_mail(found))
    assert mail["Subject"] == found.subject
    assert mail["From"].addresses[0].addr_spec == "post@nord.example"
    assert mail["From"].addresses[0].display_name == "Atelier Nörd"
    assert [one.addr_spec for one in mail["To"].addresses] == ["ap@acme.example"]
    assert mail["To"].addresses[0].display_name == "Acme <b>GmbH</b>"
    assert (mail["X-Unsent"], mail["Content-Language"]) == ("1", "en")
    text, page = mail.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == found.body
    assert "<table>" in page.get_content()
    assert as_mail(found) == as_mail(found)
    assert not mail.defects


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_in_each_language(language: str) -> None:
    found = message(language)
    mail = read_mail(as_mail(found))
    assert mail["Subject"].replace("\u00a0", " ") == found.subject.replace(
        "\u00a0", " "
    )
    text, _ = mail.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == found.body


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a@acme.example, eve@example.com",
        "a@acme.example\nBcc: eve@example.com",
        "a@acme.example\r\nBcc: eve@example.com",
        "Eve <eve@example.com>",
        "nobody",
        "@",
        "übung@acme.example",
    ],
)
def test_what_is_no_single_address_is_left_out(address: str) -> None:
    found = replace(message(), address=address)
    mail = read_mail(as_mail(found))
    assert mail["To"] is None
    assert mail["Bcc"] is None


@pytest.mark.parametrize("nasty", ["x\ny: z", "a\r\nBcc: eve@example.com", '"', "\x00"])
def test_a_name_adds_no_header(nasty: str) -> None:
    found = replace(message(), recipient=nasty, sender=f"{nasty}\npost@nord.example")
    mail = read_mail(as_mail(found))
    assert mail["Bcc"] is None
    assert mail["y"] is None


def test_a_mail_without_sender() -> None:
    mail = read_mail(as_mail(Message("en", "Hi", "Dear all\n", "a@b.example")))
    assert mail["From"] is None
    assert mail["To"] == "a@b.example"


def test_letters_are_one_document_each_on_a_page_of_its_own() -> None:
    found = [message(), message("de")]
    both = as_one(found)
    assert both is not None
    assert both.count("<body>") == both.count("</body>") == both.count("<head>") == 1
    _, *sheets = both.split('<div class="sheet" lang=')
    assert [sheet[:4] for sheet in sheets] == ['"en"', '"de"']
    for sheet, alone in zip(sheets, found, strict=True):
        body = as_html(alone).partition("<body>")[2].rpartition("</body>")[0]
        assert body in sheet
    assert ".sheet + .sheet { break-before: page; }" in both


def test_letters_with_own_pages_are_no_one_document() -> None:
    own = replace(message(), page=OwnPage(lambda: Template("own"), {}))
    assert as_one([message(), own]) is None
