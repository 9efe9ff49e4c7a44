"""Who pays for whom: one name more in the customer's file, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from beancount.loader import load_file

from beancount_dunning.answers.insertion import RefusedError
from beancount_dunning.answers.insertion import Sources
from beancount_dunning.answers.linking import Link
from beancount_dunning.answers.linking import link_payments
from beancount_dunning.answers.matching import match
from beancount_dunning.answers.remembering import remember
from beancount_dunning.ledger.names import folded
from beancount_dunning.standing.books import read_books
from tests.conftest import day

_OPENS = """2026-01-01 custom "dunning-option" "unreferenced" "unapplied"
2026-01-01 open Assets:Bank
2026-01-01 open Income:Services
2026-01-01 open Assets:Receivable:Acme ; theirs
  customer: "Acme GmbH"
"""
_BOOKS = """
2026-09-14 * "Acme GmbH" "Website" ^INV-2026-022
  due: 2026-10-14
  Assets:Receivable:Acme   900.00 EUR
  Income:Services

2026-11-13 * {payee} "Thank you"
  Assets:Bank   900.00 EUR
  Assets:Receivable:Acme
"""
_FILE = '2026-01-01 custom "dunning-customer" "Acme GmbH"\n'


def remembered(
    tmp_path: Path, opens: str, payee: str = '"H. THODE"', newline: str = "\n"
) -> str | None:
    """Assign the payment and remember the payer; return what the opens then are."""
    path = tmp_path / "books.beancount"
    rest = _BOOKS.format(payee=payee)
    content = (opens + rest).replace("\n", newline).encode()
    path.write_bytes(content)
    entries, errors, options = load_file(str(path))
    assert not errors
    books = read_books(entries, options, today=day("2026-11-20"))
    (payment,) = match(books).payments
    link = replace(Link.of(payment), items=tuple(books.receivables.items))
    found = remember(books, payment.entry.payee, link.items[0])
    names = options["include"]
    sources = Sources({name: Path(name).read_bytes() for name in names}, errors)
    linked = link_payments(books, [link], sources, [found] if found else [])
    assert not linked.refused
    if found is None:
        return None
    file = next(one for one in linked.files if one.file == str(path))
    for one in linked.files:
        Path(one.file).write_bytes(one.new)
    entries, errors, options = load_file(str(path))
    assert not errors
    after = read_books(entries, options, today=day("2026-11-20"))
    assert not after.settings.problems
    assert after.settings.payers[folded(found.payer)] == "Acme GmbH"
    text = file.new.decode()
    assert text.count("\n") == text.count(newline)
    head, _, tail = text.replace(newline, "\n").partition("\n2026-09-14")
    assert "\n2026-09-14" + tail == rest.replace(
        '"Thank you"', '"Thank you" ^INV-2026-022'
    )
    shown = ["".join(part for part, _ in pieces) for _, pieces in file.shown]
    assert all(text in head + "\n" + tail or "Thank you" in text for text in shown)
    new = [part for _, pieces in file.shown for part, is_new in pieces if is_new]
    assert " ^INV-2026-022" in new
    return head


def test_the_open_of_their_account_gets_the_line(tmp_path: Path) -> None:
    found = remembered(tmp_path, _OPENS)
    assert found == _OPENS.replace("; theirs\n", '; theirs\n  payer: "H. THODE"\n')


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_their_own_directive_goes_first(tmp_path: Path, newline: str) -> None:
    opens = _FILE + '  phone: "7"\n' + _OPENS
    found = remembered(tmp_path, opens, '"H; THODE "', newline)
    assert found == opens.replace("  phone", '  payer: "H THODE"\n  phone')


def test_another_name_is_added_to_those_there_are(tmp_path: Path) -> None:
    opens = _FILE + '  phone: "7"\n  payer:  "M \\"M\\" M;N" ; both\n' + _OPENS
    found = remembered(tmp_path, opens, '"A \\"B\\" C"')
    assert found == opens.replace(';N" ;', ';N; A \\"B\\" C" ;')


def test_the_last_directive_of_a_file_can_get_a_name(tmp_path: Path) -> None:
    path = tmp_path / "customers.beancount"
    path.write_text(f'{_FILE}  payer: "M"')
    opens = f'include "{path.name}"\n{_OPENS}'
    assert remembered(tmp_path, opens) == opens
    assert path.read_text() == f'{_FILE}  payer: "M; H. THODE"'


@pytest.mark.parametrize(
    ("opens", "payee"),
    [
        (_OPENS, '"ACME  GMBH"'),
        (_FILE + '  payer: "x; H. Thode"\n' + _OPENS, '"H. THODE"'),
    ],
)
def test_what_is_known_is_not_written(tmp_path: Path, opens: str, payee: str) -> None:
    assert remembered(tmp_path, opens, payee) is None


@pytest.mark.parametrize(
    ("opens", "payee", "reason"),
    [
        (_OPENS, '""', "The payment does not say who paid"),
        (
            _OPENS + '2026-01-01 custom "dunning-customer" "Beta"\n  payer: "H. Thode"',
            '"H. THODE"',
            '"H. THODE" is the name of Beta, or in their file',
        ),
        (
            _OPENS + '2026-01-01 custom "dunning-customer" "Beta"\n  phone: "7"',
            '"BETA"',
            '"BETA" is the name of Beta, or in their file',
        ),
        (
            _OPENS.replace('customer: "Acme GmbH"', "collective: TRUE"),
            '"H. THODE"',
            "Nothing is known about Acme GmbH yet",
        ),
    ],
)
def test_what_would_not_help_is_refused(
    tmp_path: Path, opens: str, payee: str, reason: str
) -> None:
    with pytest.raises(RefusedError, match=reason):
        remembered(tmp_path, opens, payee)
