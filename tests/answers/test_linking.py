"""Payments that get the names of their invoices: these bytes change, and no others."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from beancount.core.amount import Amount
from beancount.core.data import Balance
from beancount.core.data import Open
from beancount.core.data import Transaction
from beancount.loader import load_file
from beancount.parser.printer import format_entry
from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.answers import payment_texts
from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.insertion import Sources
from beancount_dunning.answers.linking import Link
from beancount_dunning.answers.linking import link_payments
from beancount_dunning.answers.linking import linked_entry
from beancount_dunning.answers.moving import Moves
from beancount_dunning.basics.money import ZERO
from beancount_dunning.basics.words import Words
from beancount_dunning.standing.books import read_books

if TYPE_CHECKING:
    from pathlib import Path

    from beancount_dunning.answers.linking import Linked
    from beancount_dunning.standing.books import Books

TODAY = date(2026, 11, 20)
HEAD = """\
plugin "beancount.plugins.auto_accounts"
2026-01-01 custom "dunning-option" "unreferenced" "unapplied"
2026-01-01 open Assets:Receivable:Acme
  customer: "Acme GmbH"
2026-09-01 * "Acme GmbH" "Website" ^INV-21
  Assets:Receivable:Acme   100.00 EUR
  Income:Services
2026-09-02 * "Acme GmbH" "Logo" ^INV-22
  Assets:Receivable:Acme    50.00 EUR
  Income:Services
2026-09-03 * "Acme GmbH" "Shop"
  invoice: "R 2026/23"
  Assets:Receivable:Acme    30.00 EUR
  Income:Services
2026-09-04 * "Beta AG" "Trip" ^TRIP-7
  Assets:Receivable         70.00 EUR
  Income:Services
2026-09-05 * "Gamma AG" "Trip" ^TRIP-7
  Assets:Receivable         70.00 EUR
  Income:Services
2026-09-06 * "Beta AG" "Sticker" ^INV-24
  Assets:Receivable          7.00 EUR
  Income:Services
2026-09-07 * "Beta AG" "No reference"
  Assets:Receivable          8.00 EUR
  Income:Services
2026-09-08 * "Beta AG" "Poster" ^INV-25
  Assets:Receivable          9.00 EUR
  Income:Services
"""


class Folder:
    """A ledger of `HEAD` and a file with payments, in a folder."""

    def __init__(self, path: Path, payments: str) -> None:
        self.main = path / "books.beancount"
        self.file = str(path / "bank.beancount")
        self.seen = payments.encode()
        self.main.write_text(HEAD + 'include "bank.beancount"\n', encoding="utf-8")
        (path / "bank.beancount").write_bytes(self.seen)
        self.entries, self.errors, self.options = load_file(str(self.main))
        assert not self.errors, self.errors

    def books(self) -> Books:
        return read_books(self.entries, self.options, today=TODAY)

    def link(self, *invoices: str | None, nth: int = 0, customer: str = "") -> Link:
        """Return a payment of the file with items that have these names."""
        credits_ = [
            (entry, posting, -posting.units.number)
            for entry in self.entries
            if isinstance(entry, Transaction) and entry.meta["filename"] == self.file
            for posting in entry.postings
            if posting.units and posting.units.number and posting.units.number < 0
        ]
        items = [
            item
            for item in self.books().receivables.items
            if item.invoice in invoices and customer in item.customer
        ]
        entry, posting, amount = credits_[nth]
        return Link(entry, posting, tuple(items), amount)

    def linked(self, *links: Link) -> Linked:
        sources = Sources({self.file: self.seen}, self.errors)
        return link_payments(self.books(), links, sources)

    def new(self, *links: Link) -> bytes:
        """Return what the file is to be, with all links in it."""
        linked = self.linked(*links)
        assert linked.refused == ()
        (file,) = linked.files
        assert (file.file, file.seen, file.links) == (self.file, self.seen, links)
        return file.new

    def refusal(self, link: Link) -> str:
        """Return why one link is refused, in words that can be translated."""
        linked = self.linked(link)
        assert linked.files == ()
        ((refused, reason),) = linked.refused
        assert refused is link
        assert isinstance(reason, Words)
        return reason


PAID = """\
2026-10-20 * "ACME GMBH" "RE 21"{end}
  Assets:Bank              100.00 EUR
  Assets:Receivable:Acme
"""


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("", " ^INV-21"),
        (" ", " ^INV-21 "),
        ("\t; Bank, page 9", " ^INV-21\t; Bank, page 9"),
        (" #bank", " #bank ^INV-21"),
        (" ^dok-9 #bank ;x", " ^dok-9 #bank ^INV-21 ;x"),
        ("\n  #bank\n  page: 9", " ^INV-21\n  #bank\n  page: 9"),
    ],
)
def test_a_header_grows_by_the_link(tmp_path: Path, end: str, expected: str) -> None:
    folder = Folder(tmp_path, PAID.format(end=end))
    new = folder.new(folder.link("INV-21"))
    assert new.decode() == PAID.format(end=expected)


@pytest.mark.parametrize(
    "text",
    [
        (
            '2026-10-20 txn "x; \\"y\\" #z" "two\n; lines"{}\r\n'
            "\tAssets:Bank\t1 EUR\r\n\tAssets:Receivable:Acme\r\n"
        ),
        (
            '; ä\n\n* Bank\n2026-10-20 ! "東京"{}   ; Übertrag\n'
            "  Assets:Bank   1 EUR ; x\n  Assets:Receivable:Acme ; y"
        ),
    ],
    ids=["crlf, tabs, strings over lines", "no end, other letters"],
)
def test_all_other_bytes_stay(tmp_path: Path, text: str) -> None:
    folder = Folder(tmp_path, text.format(""))
    new = folder.new(folder.link("INV-21"))
    assert new == text.format(" ^INV-21").encode()


def test_several_payments_of_a_file(tmp_path: Path) -> None:
    text = (
        '2026-10-20 * "ACME" "RE 21, 22"\n  Assets:Bank  150 EUR\n'
        "  Assets:Receivable:Acme\n"
        '2026-10-21 * "Gone" "Supplies"\n  Expenses:Office  1 EUR\n  Assets:Bank\n'
        '2026-10-22 * "BETA AG" "RE 24"\n  Assets:Receivable  -7 EUR\n'
        "  Assets:Bank\n"
    )
    folder = Folder(tmp_path, text)
    new = folder.new(folder.link("INV-21", "INV-22"), folder.link("INV-24", nth=2))
    assert new.decode() == text.replace(
        '"RE 21, 22"', '"RE 21, 22" ^INV-21 ^INV-22'
    ).replace('"RE 24"', '"RE 24" ^INV-24')


SUSPENSE = """\
2026-10-20 * "{payee}" "Transfer"{links}
  Assets:Bank              70.00 EUR
  ! Assets:Suspense       -70.00 EUR ; to be found
    page: 9{meta}
"""


def test_a_posting_on_suspense_goes_to_the_invoices_account(tmp_path: Path) -> None:
    folder = Folder(tmp_path, SUSPENSE.format(payee="ACME", links="", meta=""))
    new = folder.new(folder.link("INV-21"))
    expected = SUSPENSE.format(payee="ACME", links=" ^INV-21", meta="")
    assert new.decode() == expected.replace("Suspense", "Receivable:Acme")


@pytest.mark.parametrize(
    ("payee", "customer"),
    [("BETA AG", ""), ("B.", '\n    customer: "Beta AG"'), ("", "")],
)
def test_who_pays_a_shared_invoice_is_said_where_the_payee_does_not(
    tmp_path: Path, payee: str, customer: str
) -> None:
    text = SUSPENSE.format(payee=payee, links="", meta="")
    folder = Folder(tmp_path, text)
    new = folder.new(folder.link("TRIP-7", customer="Beta AG"))
    if not payee:
        customer = '\n    customer: "Beta AG"'
    expected = text.replace("Suspense", "Receivable")
    expected = expected.replace('"Transfer"', '"Transfer" ^TRIP-7')
    expected = expected.replace("; to be found", f"; to be found{customer}")
    assert new.decode() == expected


@pytest.mark.parametrize(
    ("amount", "customer"),
    [("16.00", ""), ("16.01", '    customer: "Beta AG"\n')],
)
def test_who_has_more_than_several_invoices_take_is_said(
    tmp_path: Path, amount: str, customer: str
) -> None:
    text = (
        '2026-10-20 * "B." "RE 24 + 25"{}\n'
        "  Assets:Bank         {} EUR\n  Assets:{}\n{}"
    )
    folder = Folder(tmp_path, text.format("", amount, "Suspense", ""))
    new = folder.new(folder.link("INV-24", "INV-25"))
    expected = text.format(" ^INV-24 ^INV-25", amount, "Receivable", customer)
    assert new.decode().rstrip() == expected.rstrip()


@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_what_no_link_can_be_stands_on_the_posting(tmp_path: Path, line: str) -> None:
    text = line.join(
        [
            '2026-10-20 * "ACME" "Shop"{}',
            "  Assets:Bank              30.00 EUR",
            "\tAssets:Receivable:Acme ; x{}",
        ]
    )
    folder = Folder(tmp_path, text.replace("{}", ""))
    new = folder.new(folder.link("R 2026/23"))
    meta = f'{line}\t\tinvoice: "R 2026/23"'
    assert new.decode() == text.replace('"{}', '"').replace("x{}", f"x{meta}")


@pytest.mark.parametrize(
    "other",
    ["  Assets:Receivable   -1.00 EUR\n", "  Assets:Receivable:Acme   -1.00 EUR\n"],
)
def test_a_link_would_name_the_invoice_of_other_postings(
    tmp_path: Path, other: str
) -> None:
    text = (
        '2026-10-20 * "ACME" "Transfer"\n  Assets:Bank\n'
        f"  Assets:Receivable:Acme   -50.00 EUR\n{other}"
    )
    folder = Folder(tmp_path, text)
    new = folder.new(folder.link("INV-22"))
    expected = text.replace("50.00 EUR\n", '50.00 EUR\n    invoice: "INV-22"\n')
    assert new.decode() == expected


def test_two_postings_of_a_transaction_each_get_their_invoice(tmp_path: Path) -> None:
    text = (
        '2026-10-20 * "ACME" "Transfer"\n  Assets:Bank  107.00 EUR\n'
        "  Assets:Suspense   -100.00 EUR\n  Assets:Suspense   -7.00 EUR\n"
    )
    folder = Folder(tmp_path, text)
    new = folder.new(folder.link("INV-21"), folder.link("INV-24", nth=1))
    assert new.decode().splitlines()[2:] == [
        "  Assets:Receivable:Acme   -100.00 EUR",
        '    invoice: "INV-21"',
        "  Assets:Receivable   -7.00 EUR",
        '    invoice: "INV-24"',
    ]


@pytest.mark.parametrize("named", [" ^INV-12", "\n  invoice: 2026-014"])
def test_another_name_that_names_nothing_is_overruled(
    tmp_path: Path, named: str
) -> None:
    text = PAID.format(end=named)
    folder = Folder(tmp_path, text)
    new = folder.new(folder.link("INV-21"))
    assert new.decode() == text + '    invoice: "INV-21"\n'


# What is refused.


@pytest.mark.parametrize(
    ("text", "invoices", "reason"),
    [
        (
            PAID.format(end=""),
            (None,),
            (
                "No reference has no reference; add a link, like ^INV-2026-014, at "
                "books.beancount:24"
            ),
        ),
        (
            PAID.format(end=""),
            ("INV-24",),
            (
                "The payment is on Assets:Receivable:Acme, and what it pays on "
                "Assets:Receivable: split or move it by hand"
            ),
        ),
        (
            SUSPENSE.format(payee="ACME", links="", meta=""),
            ("INV-21", "INV-24"),
            (
                "The payment is on Assets:Suspense, and what it pays on "
                "Assets:Receivable, Assets:Receivable:Acme: split or move it by hand"
            ),
        ),
        (
            PAID.format(end=" ^x"),
            ("INV-21", "INV-22"),
            (
                "It has x already, beside INV-21, INV-22: take that out, or split the "
                "payment, with invoice: on each posting"
            ),
        ),
        (
            PAID.format(end='\n  invoice: "x"'),
            ("INV-21", "INV-22"),
            (
                "It has invoice: already, beside INV-21, INV-22: take that out, or "
                "split the payment, with invoice: on each posting"
            ),
        ),
        (
            PAID.format(end="") + "  Assets:Receivable:Acme   -1.00 EUR\n",
            ("INV-21", "INV-22"),
            (
                "Links would name INV-21, INV-22 for its other postings, too: split "
                "the payment, with invoice: on each posting"
            ),
        ),
        (
            PAID.format(end=""),
            ("INV-21", "R 2026/23"),
            (
                "R 2026/23 cannot be a link: split the payment, with invoice: on each "
                "posting"
            ),
        ),
        (
            PAID.format(end="") + '    invoice: "INV-12"\n',
            ("INV-21",),
            "Its posting has another invoice: change it by hand",
        ),
        (
            PAID.format(end="").replace("2026-10-20", "2026-11-21"),
            ("INV-21",),
            "It would not settle INV-21",
        ),
    ],
    ids=[
        *("nameless", "elsewhere", "accounts", "a link", "invoice:", "other postings"),
        *("no link", "posting", "in the future"),
    ],
)
def test_what_cannot_be_said_is_refused(
    tmp_path: Path, text: str, invoices: tuple[str | None, ...], reason: str
) -> None:
    folder = Folder(tmp_path, text)
    assert folder.refusal(folder.link(*invoices)) == reason


TWO_OWE = """\
2026-10-20 * "{payee}" "Both"
  Assets:Bank            {amount} EUR
  Assets:Receivable
2026-09-09 * "Delta AG" "Poster" ^INV-26
  Assets:Receivable        5.00 EUR
  Income:Services
"""


@pytest.mark.parametrize(
    ("payee", "amount"), [("Beta AG", "12.00"), ("Delta AG", "12.00"), ("B.", "12.01")]
)
def test_invoices_of_several_customers_need_a_posting_each(
    tmp_path: Path, payee: str, amount: str
) -> None:
    """The payer's own invoices go first, and what is left over is one customer's."""
    folder = Folder(tmp_path, TWO_OWE.format(payee=payee, amount=amount))
    assert folder.refusal(folder.link("INV-24", "INV-26", nth=1)) == (
        "INV-24 and INV-26 are invoices to Beta AG and Delta AG: split the payment, "
        "with customer: and invoice: on each posting"
    )


def test_an_invoice_that_several_share_needs_a_posting_each(tmp_path: Path) -> None:
    text = SUSPENSE.format(payee="B.", links="", meta="")
    folder = Folder(tmp_path, text)
    assert folder.refusal(folder.link("TRIP-7")) == (
        "TRIP-7 are invoices to Beta AG and Gamma AG: split the payment, with "
        "customer: and invoice: on each posting"
    )


def test_somebody_else_pays_the_invoices_of_several_customers(tmp_path: Path) -> None:
    text = TWO_OWE.format(payee="B.", amount="12.00")
    folder = Folder(tmp_path, text)
    new = folder.new(folder.link("INV-24", "INV-26", nth=1))
    assert new.decode() == text.replace('"Both"', '"Both" ^INV-24 ^INV-26')


def test_what_a_payment_settles_already_stays_settled(tmp_path: Path) -> None:
    """A link would take all of it away from there."""
    folder = Folder(tmp_path, PAID.format(end=""))
    link = replace(folder.link("INV-21"), waiting=Decimal("40.00"))
    assert folder.refusal(link) == (
        "Only 40.00 of its 100.00 EUR is left, and a link is for all of it: split the "
        "payment, with invoice: on each posting"
    )


MOVED = """\
2026-01-01 open Assets:Old  EUR
2026-01-01 open Assets:Suspense
2026-01-01 open Assets:Receivable:New
  customer: "New"
2026-10-01 * "New" "Website" ^INV-31
  Assets:Receivable:New   100.00 EUR
  Income:Services
{more}
2026-10-20 * "NEW" "RE 31"
  Assets:Bank             100.00 EUR
  Assets:Suspense
"""


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (
            "2026-10-19 close Assets:Receivable:New",
            "Assets:Receivable:New is not open on 2026-10-20",
        ),
        ("2026-10-20 close Assets:Receivable:New", None),
        ("2026-11-01 close Assets:Receivable:New", None),
        (
            "2026-10-21 balance Assets:Suspense -100.00 EUR",
            "The balance of Assets:Suspense on 2026-10-21 would be wrong",
        ),
        (
            "2026-10-21 balance Assets:Receivable:New 100.00 EUR",
            "The balance of Assets:Receivable:New on 2026-10-21 would be wrong",
        ),
        ("2026-10-20 balance Assets:Suspense 0.00 EUR", None),
        ("2026-10-21 balance Assets:Suspense 0.00 USD", None),
    ],
)
def test_what_beancount_would_complain_of_is_refused(
    tmp_path: Path, more: str, reason: str | None
) -> None:
    folder = Folder(tmp_path, MOVED.format(more=more))
    linked = folder.linked(folder.link("INV-31", nth=1))
    assert [str(why) for _, why in linked.refused] == [reason] * bool(reason)


def test_an_account_that_takes_another_currency_or_is_not_open_yet(
    tmp_path: Path,
) -> None:
    folder = Folder(tmp_path, MOVED.format(more=""))
    link = folder.link("INV-31", nth=1)

    def refusal(opened: Open) -> str:
        with pytest.raises(RefusedError) as refused:
            Moves([opened]).require(link.entry, link.posting, opened.account)
        return str(refused.value)

    day, name = date(2026, 10, 20), "Assets:Receivable:New"
    fits = Open({}, day, name, ["EUR", "USD"], None)
    Moves([fits]).require(link.entry, link.posting, name)
    assert refusal(fits._replace(currencies=["USD"])) == f"{name} takes no EUR"
    later = fits._replace(date=date(2026, 10, 21))
    assert refusal(later) == f"{name} is not open on 2026-10-20"


def test_a_balance_that_is_wrong_already_or_of_both_accounts_is_no_reason(
    tmp_path: Path,
) -> None:
    wrong = Balance(
        {},
        date(2026, 10, 21),
        "Assets:Suspense",
        Amount(ZERO, "EUR"),
        None,
        Amount(Decimal(100), "EUR"),
    )
    folder = Folder(tmp_path, MOVED.format(more=""))
    link = folder.link("INV-31", nth=1)
    moves = Moves([wrong, wrong._replace(account="Assets", diff_amount=None)])
    moves.require(link.entry, link.posting, "Assets:Receivable:New")


def test_a_file_of_another_ledger_is_refused(tmp_path: Path) -> None:
    folder = Folder(tmp_path, PAID.format(end=""))
    link = folder.link("INV-21")
    linked = link_payments(folder.books(), [link], Sources({}, folder.errors))
    assert linked.refused == ((link, "bank.beancount is not part of the ledger"),)


@pytest.mark.parametrize(
    "changed",
    [
        b"\n" + PAID.format(end="").encode(),
        PAID.format(end="").replace("RE 21", "RE 22").encode(),
        PAID.format(end="").replace("EUR", "EUR\n").encode(),
        PAID.format(end="").replace("Receivable:Acme", "Receivable:Beta").encode(),
        b"",
    ],
    ids=["moved", "another text", "posting moved", "another account", "gone"],
)
def test_what_a_plugin_or_somebody_changed_is_left_alone(
    tmp_path: Path, changed: bytes
) -> None:
    folder = Folder(tmp_path, PAID.format(end=""))
    folder.seen = changed
    assert folder.refusal(folder.link("INV-21")) == (
        "A plugin made or changed it, or bank.beancount has changed: link it by hand"
    )


def test_what_is_refused_keeps_no_other_payment_back(tmp_path: Path) -> None:
    later = PAID.format(end=" #later").replace("2026-10-20", "2026-11-21")
    folder = Folder(tmp_path, PAID.format(end="") + later)
    links = folder.link("INV-21"), folder.link("INV-22", nth=1)
    linked = folder.linked(*links)
    assert [file.links for file in linked.files] == [links[:1]]
    assert linked.files[0].new.decode() == PAID.format(end=" ^INV-21") + later
    assert [link for link, _ in linked.refused] == [links[1]]


def test_one_of_two_payments_of_an_invoice_is_refused(tmp_path: Path) -> None:
    again = PAID.format(end=" #again").replace("2026-10-20", "2026-10-21")
    folder = Folder(tmp_path, PAID.format(end="") + again)
    links = folder.link("INV-21"), folder.link("INV-21", nth=1)
    linked = folder.linked(*links)
    assert linked.refused == ((links[1], "It would not settle INV-21"),)
    assert linked.files[0].new.decode() == PAID.format(end=" ^INV-21") + again


def test_a_ledger_that_cannot_be_read_in_whole_is_refused(tmp_path: Path) -> None:
    folder = Folder(tmp_path, PAID.format(end=""))
    link = folder.link("INV-21")
    folder.main.write_text(f"{HEAD}2026-01-01 nonsense\n", encoding="utf-8")
    _, folder.errors, _ = load_file(str(folder.main))
    with pytest.raises(RefusedError, match="cannot read all of the ledger"):
        folder.linked(link)


@pytest.mark.parametrize("end", [b"20", b'[^"]*"'], ids=["not read", "in a string"])
def test_what_would_be_read_differently_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: bytes
) -> None:
    folder = Folder(tmp_path, PAID.format(end=""))
    link = folder.link("INV-21")
    # No header is known that does this, so one is made up.
    monkeypatch.setattr(payment_texts, "_HEADER", re.compile(end))
    with pytest.raises(RefusedError) as refused:
        folder.linked(link)
    assert refused.value.reason == (
        "Beancount would read bank.beancount differently: link the payments by hand"
    )


def test_the_transaction_as_it_is_to_be(tmp_path: Path) -> None:
    folder = Folder(tmp_path, SUSPENSE.format(payee="B.", links="", meta=""))
    entry = linked_entry(folder.books(), folder.link("TRIP-7", customer="Beta"))
    assert format_entry(entry) == (
        '2026-10-20 * "B." "Transfer" ^TRIP-7\n'
        "  Assets:Bank           70.00 EUR\n"
        "  ! Assets:Receivable  -70.00 EUR\n"
        "    page: 9\n"
        '    customer: "Beta AG"\n'
    )


# Whatever stands around it.

_STRINGS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cs", "Cc"], include_characters="\n"
    ),
    max_size=9,
).map(lambda text: '"' + text.replace("\\", "").replace('"', '\\"') + '"')


@given(
    payee=_STRINGS,
    narration=_STRINGS,
    between=st.sampled_from([" ", "\t", "  "]),
    tail=st.sampled_from(["", " ", " #tag", " ^dok-1", '\t; a "b', ";c", ' #x ;""; d']),
    posting=st.sampled_from(["", " ; e", ";f"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    after=st.sampled_from(["", "\n", "\n\n* org\n", '\n2026-11-01 event "a" "b"']),
)
def test_a_text_less_its_new_names_is_the_old_one(  # noqa: PLR0913, PLR0917 - parts of a text
    tmp_path_factory: pytest.TempPathFactory,
    payee: str,
    narration: str,
    between: str,
    tail: str,
    posting: str,
    newline: str,
    after: str,
) -> None:
    head = f"2026-10-20 *{between}{payee}{between}{narration}"
    rows = [head + tail, f"{between}Assets:Bank  5 EUR", f"{between}Assets:Suspense"]
    text = newline.join(rows) + posting + after
    folder = Folder(tmp_path_factory.mktemp("ledger"), text)
    new = folder.new(folder.link("INV-21")).decode()
    assert new.count(" ^INV-21") == 1
    assert new.replace(" ^INV-21", "").replace("Receivable:Acme", "Suspense") == text
