"""Addresses: of the page in all its states, and of Fava's other pages."""

from __future__ import annotations

from urllib.parse import parse_qsl
from urllib.parse import urlsplit

import pytest
from fava_dunning.addresses import Elsewhere
from fava_dunning.addresses import Here
from fava_dunning.addresses import Subscription
from flask import url_for
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import load
from tests.reading import asked
from tests.serving import EXAMPLE
from tests.serving import PAGE
from tests.serving import app_of

_OURS = (
    "customer",
    "invoice",
    "bucket",
    "find",
    "invoices-sort",
    "todo-page",
    "charts",
)
_FAVAS = ("account", "filter", "time", "conversion", "interval")
_names = st.sampled_from((*_OURS, *_FAVAS)) | st.text(min_size=1, max_size=8)
_parameters = st.dictionaries(_names, st.text(max_size=8), max_size=6)


def _said(address: str) -> dict[str, str]:
    parts = urlsplit(address)
    assert parts.path == "/books/receivables/"
    found = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True)
    assert len(dict(found)) == len(found)
    return dict(found)


def _here(parameters: dict[str, str]) -> Here:
    return Here("/books/receivables/", parameters)


@given(_parameters, _parameters)
def test_but_changes_what_it_is_told_and_keeps_the_rest(
    parameters: dict[str, str], changes: dict[str, str]
) -> None:
    kept = {k: v for k, v in parameters.items() if not k.endswith("-page")}
    new = {name.replace("_", "-"): value for name, value in changes.items()}
    expected = {name: value for name, value in {**kept, **new}.items() if value}
    address = _here(parameters).but(**changes)
    assert (_said(address) if "?" in address else {}) == expected


@given(_parameters, st.text(max_size=8))
def test_below_keeps_favas_filters_only(
    parameters: dict[str, str], customer: str
) -> None:
    expected = {k: v for k, v in parameters.items() if k in _FAVAS and v}
    address = _here(parameters).below(customer=customer, invoice=None)
    if customer:
        expected["customer"] = customer
    assert (_said(address) if "?" in address else {}) == expected


def test_an_address_says_what_is_asked_for() -> None:
    here = _here({"time": "2026-03", "find": "x y", "invoices-page": "2"})
    assert here.below() == "/books/receivables/?time=2026-03"
    assert here.below("aging.csv") == "/books/receivables/aging.csv?time=2026-03"
    assert here.but(time=None) == "/books/receivables/?find=x+y"
    assert here.but(time=None, find="") == "/books/receivables/"
    assert here.but(time=None, invoices_sort="-open") == (
        "/books/receivables/?find=x+y&invoices-sort=-open"
    )
    assert here.but(time=None, find=None, invoices_page=3) == (
        "/books/receivables/?invoices-page=3"
    )


_ODD = ("Büro & Söhne/a?b#c.beancount", "100%", "__line__", "a'b\"c", "\\x\n")


@pytest.mark.parametrize("name", _ODD)
def test_whatever_a_file_is_called_its_address_is_favas(name: str) -> None:
    app = app_of(EXAMPLE)
    with app.test_request_context(f"/atelier-nordlicht/{PAGE}"):
        app.preprocess_request()
        to = Elsewhere.under_filters()

        def said(address: str) -> dict[str, str]:
            return dict(parse_qsl(urlsplit(address).query, strict_parsing=True))

        slug = "atelier-nordlicht"
        editor = url_for("report", report_name="editor", bfile=slug)
        assert to.editor(name, 12).partition("?")[0] == editor
        assert said(to.editor(name, 12)) == {"file_path": name, "line": "12"}
        document = url_for("document", bfile=slug)
        assert to.document(name).partition("?")[0] == document
        assert said(to.document(name)) == {"filename": name}
        journal = url_for("report", report_name="journal", bfile=slug)
        assert to.link(name).partition("?")[0] == journal
        assert said(to.link(name)) == {"filter": f"^{name}"}


def test_favas_filters_stay_where_they_make_sense() -> None:
    """A story may have begun before a time filter, and be told on other accounts."""
    app = app_of(EXAMPLE)
    query = "?time=2026-03&account=Assets:Receivable&filter=x"
    with app.test_request_context(f"/atelier-nordlicht/{PAGE}{query}"):
        app.preprocess_request()
        to = Elsewhere.under_filters()
    address = to.account("Assets:Bank:Giro")
    assert "/account/Assets:Bank:Giro/?" in address
    every = {"time": "2026-03", "account": "Assets:Receivable", "filter": "x"}
    assert asked(address) == every
    assert asked(to.editor("a", 1)) == {**every, "file_path": "a", "line": "1"}
    assert asked(to.link("INV-1")) == {"filter": "^INV-1"}
    assert asked(to.document("a")) == {"filter": "x", "filename": "a"}


@pytest.mark.parametrize(
    ("invoice", "search"),
    [
        ("", None),
        ('invoice: "INV-1"', 'invoice:"^INV\\-1$", any(invoice:"^INV\\-1$")'),
        ('invoice: "Nr. 7"', 'invoice:"^Nr\\.\\ 7$", any(invoice:"^Nr\\.\\ 7$")'),
    ],
)
def test_a_journal_search_is_by_metadata_where_there_is_no_link(
    invoice: str, search: str | None
) -> None:
    ledger = load(
        f"""
        2026-01-05 * "Acme" "Website"
          due: 2026-01-31
          {invoice or "; without"}
          Assets:Receivable   10.00 EUR
          Income:Services
        """
    )
    (item,) = ledger.receivables().items
    to = Elsewhere("", "/journal/?filter=__slot__", "", "")
    address = to.journal(item)
    if search is None:
        assert address is None
    else:
        assert address is not None
        assert dict(parse_qsl(urlsplit(address).query)) == {"filter": search}


@pytest.mark.parametrize(
    ("page", "token", "expected"),
    [
        ("http://fava.example.org/books/", "secret", True),
        ("http://192.168.1.7:5000/books/", "secret", True),
        ("http://fava.example.org/books/", None, False),
        ("https://fava.example.org/books/", "secret", False),
        ("http://localhost:5000/books/", "secret", False),
        ("http://[::1]:5000/books/", "secret", False),
    ],
)
def test_a_secret_on_plain_http_is_overheard(
    page: str, token: str | None, *, expected: bool
) -> None:
    # A customer's name is no secret.
    assert Subscription.below(page, "token=1", token).is_overheard is expected
