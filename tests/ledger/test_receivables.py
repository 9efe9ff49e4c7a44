"""Which items are open, whose they are, when due, and which credit settled what."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount.core.amount import Amount
from beancount.core.data import Posting
from beancount.core.data import Transaction
from beancount.core.number import MISSING

from beancount_dunning.ledger.receivables import read_receivables
from tests.conftest import AS_OF
from tests.conftest import Ledger
from tests.conftest import day
from tests.conftest import lines
from tests.conftest import load

if TYPE_CHECKING:
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Receivables


def only(ledger: Ledger, as_of: str = AS_OF) -> Item:
    (item,) = ledger.receivables(as_of).items
    return item


def is_open(receivables: Receivables) -> list[str]:
    """Return items as `LABEL OPEN CURRENCY`, oldest due first."""
    return [f"{item.label} {item.open} {item.currency}" for item in receivables.items]


def unapplied(receivables: Receivables) -> list[str]:
    return sorted(
        f"{credit.customer} {credit.amount} {credit.currency}"
        for credit in receivables.unapplied
    )


def problems(ledger: Ledger) -> list[str]:
    return lines(ledger.receivables().problems)


def balances(ledger: Ledger, as_of: str) -> dict[tuple[str, str], Decimal]:
    """Return the balances of receivable accounts, from nothing but the postings."""
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in ledger.entries:
        if isinstance(entry, Transaction) and entry.date <= day(as_of):
            for posting in entry.postings:
                if posting.account.startswith("Assets:Receivable"):
                    assert posting.units is not None
                    assert posting.units.number is not None
                    key = (posting.account, posting.units.currency)
                    found[key] += posting.units.number
    return {key: number for key, number in found.items() if number}


def assert_adds_up(ledger: Ledger, as_of: str = AS_OF) -> None:
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    receivables = ledger.receivables(as_of)
    for item in receivables.items:
        found[item.account, item.currency] += item.open
    for credit in receivables.unapplied:
        found[credit.account, credit.currency] += credit.amount
    assert {key: sum_ for key, sum_ in found.items() if sum_} == balances(ledger, as_of)


# Which invoice?


@pytest.mark.parametrize(
    ("links", "on_transaction", "on_posting", "invoice"),
    [
        ("^LINK", 'invoice: "T"', 'invoice: "P"', "P"),
        ("^LINK", 'invoice: "T"', "", "T"),
        ("^ONE ^TWO", 'invoice: "T"', "", "T"),
        ("^ONE ^TWO", "", 'invoice: "P"', "P"),
        ("^LINK", "", "", "LINK"),
        ("^LINK", 'invoice: ""', "invoice:", "LINK"),
        ("^LINK ^dok-scan", "", "", "LINK"),
        ("^dok-scan", "", "", None),
        ("^dok-one ^dok-two", "", "", None),
        ("^dok-scan", 'invoice: "T"', "", "T"),
        ("", 'invoice: "dok-7"', "", "dok-7"),
        ("", 'invoice: "T"', "", "T"),
        ("", "", 'invoice: "P"', "P"),
        ("", "", "", None),
    ],
)
def test_which_invoice(
    ledger: Ledger,
    links: str,
    on_transaction: str,
    on_posting: str,
    invoice: str | None,
) -> None:
    """
    2026-09-14 * "Acme" "Website" $links
      $on_transaction
      Assets:Receivable:Acme  100.00 EUR
        $on_posting
      Income:Services
    """
    del links, on_transaction, on_posting
    item = only(ledger)
    assert item.invoice == invoice
    assert item.label == (invoice or "Website")
    assert problems(ledger) == []


NUMBER = (
    "invoice: 2012 is a number, and 2026-014 without quotes is "
    'arithmetic; write the reference in quotes, like invoice: "2026-014".'
)
NO_TEXT = 'invoice: expected the reference in quotes, like invoice: "2026-014".'


@pytest.mark.parametrize(
    ("on_transaction", "on_posting", "invoice", "error"),
    [
        ("invoice: 2026-014", 'note: "x"', "LINK", f"2: {NUMBER}"),
        ('note: "x"', "invoice: 2026-014", "LINK", f"5: {NUMBER}"),
        ('invoice: "T"', "invoice: 2026-014", "T", f"5: {NUMBER}"),
        ("invoice: TRUE", 'note: "x"', "LINK", f"2: {NO_TEXT}"),
        ("invoice: 2026-01-14", 'note: "x"', "LINK", f"2: {NO_TEXT}"),
    ],
)
def test_an_invoice_that_is_no_text_is_an_error(
    ledger: Ledger, on_transaction: str, on_posting: str, invoice: str, error: str
) -> None:
    """
    1970-01-01 custom "dunning-option" "terms" "net 30"
    2026-09-14 * "Acme" "Website" ^LINK
      $on_transaction
      Income:Services
      Assets:Receivable:Acme  100.00 EUR
        $on_posting
    """
    del on_transaction, on_posting
    assert problems(ledger) == [error]
    assert only(ledger).invoice == invoice


def test_a_bad_invoice_of_a_settled_item_is_an_error_too(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website"
      invoice: 2026-014
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-15 * "Acme" "Payment"
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    """
    assert problems(ledger) == [f"1: {NUMBER}"]
    assert ledger.receivables().items == ()


def test_two_links_on_a_debit_are_an_error_and_the_item_stays(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^B ^dok-scan ^A
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert problems(ledger) == [
        (
            "1: Which of ^A and ^B is the invoice? Say so with invoice: "
            '"A" on the transaction or the posting.'
        )
    ]
    item = only(ledger)
    assert (item.invoice, item.due, item.open) == (
        None,
        date(2026, 10, 14),
        Decimal("100.00"),
    )


def test_debits_without_a_reference_are_items_of_their_own(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "One"
      Assets:Receivable:Acme   10.00 EUR
      Assets:Receivable:Acme   20.00 EUR
      Income:Services
    2026-09-15 * "Acme"
      Assets:Receivable:Acme   30.00 EUR
      Income:Services
    """
    assert is_open(ledger.receivables()) == [
        "One 10.00 EUR",
        "One 20.00 EUR",
        "Acme 30.00 EUR",
    ]


def test_a_debit_without_any_text_has_a_label(ledger: Ledger) -> None:
    """
    2026-09-14 *
      Assets:Receivable        30.00 EUR
      Income:Services
    """
    item = only(ledger)
    assert (item.label, item.customer) == ("(no reference)", "")


# Which customer?


@pytest.mark.parametrize(
    ("account", "on_open", "on_transaction", "on_posting", "customer"),
    [
        ("Receivable:Acme", 'customer: "O"', 'customer: "T"', 'customer: "P"', "P"),
        ("Receivable:Acme", 'customer: "O"', 'customer: "T"', "", "T"),
        ("Receivable:Acme", 'customer: "O"', "", "", "O"),
        ("Receivable:Acme", "", "", "", "Acme"),
        ("Receivable:Acme", "", 'customer: ""', "customer:", "Acme"),
        ("Receivable:Asia:Acme", "", "", "", "Acme"),
        ("Receivable", "", "", "", "Payee"),
        ("Receivable", 'customer: "O"', "", "", "O"),
        ("Receivable", "", 'customer: "T"', "", "T"),
    ],
)
def test_which_customer(  # noqa: PLR0913, PLR0917 - the levels
    ledger: Ledger,
    account: str,
    on_open: str,
    on_transaction: str,
    on_posting: str,
    customer: str,
) -> None:
    """
    2026-01-01 open Assets:$account
      $on_open
    2026-09-14 * "Payee" "Website" ^INV-1
      $on_transaction
      Assets:$account  100.00 EUR
        $on_posting
      Income:Services
    """
    del account, on_open, on_transaction, on_posting
    assert only(ledger).customer == customer
    assert problems(ledger) == []


@pytest.mark.parametrize(
    ("on_transaction", "on_posting", "error"),
    [("customer: 12", 'note: "x"', 1), ('note: "x"', "customer: TRUE", 4)],
)
def test_a_customer_that_is_no_text_is_an_error(
    ledger: Ledger, on_transaction: str, on_posting: str, error: int
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      $on_transaction
      Income:Services
      Assets:Receivable:Acme  100.00 EUR
        $on_posting
    """
    del on_transaction, on_posting
    assert problems(ledger) == [
        f'{error}: customer: expected a name in quotes, like "Acme GmbH".'
    ]
    assert only(ledger).customer == "Acme"


# When due?

LEVELS = [
    ("due: 2026-12-01", "due: 2026-12-02", "net 3", "net 4", "net 5", "2026-12-01"),
    ('terms: "net 1"', "due: 2026-12-02", "net 3", "net 4", "net 5", "2026-12-02"),
    ('terms: "net 1"', 'terms: "net 2"', "net 3", "net 4", "net 5", "2026-09-15"),
    ("", 'terms: "net 2"', "net 3", "net 4", "net 5", "2026-09-16"),
    ("", "", "net 3", "net 4", "net 5", "2026-09-17"),
    ("", "", None, "net 4", "net 5", "2026-09-18"),
    ("", "", None, None, "net 5", "2026-09-19"),
    ("", "", None, None, None, None),
    ("terms:", "", None, None, "net 5", "2026-09-19"),
]


@pytest.mark.parametrize(
    ("on_posting", "on_transaction", "on_open", "customer", "option", "due"), LEVELS
)
def test_when_due(  # noqa: PLR0913, PLR0917 - the levels
    on_posting: str,
    on_transaction: str,
    on_open: str | None,
    customer: str | None,
    option: str | None,
    due: str | None,
) -> None:
    def terms(text: str | None) -> str:
        return f'terms: "{text}"' if text else ""

    ledger = load(
        f"""
2026-01-01 open Assets:Receivable:Acme
  customer: "Acme GmbH"
  {terms(on_open)}
2026-01-01 custom "dunning-option" {f'"terms" "{option}"' if option else '"grace" 0'}
2026-01-01 custom "dunning-customer" "{"Acme GmbH" if customer else "Other"}"
  {terms(customer if not on_open else None)}
2026-09-14 * "Acme" "Website" ^INV-1
  {on_transaction}
  Assets:Receivable:Acme  100.00 EUR
    {on_posting}
  Income:Services
"""
    )
    assert not ledger.errors
    item = only(ledger)
    assert (str(item.due) if item.due else None) == due
    assert problems(ledger) == []


def test_an_account_s_terms_come_before_the_customer_s(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Receivable:Projects
      terms: "net 10"
    2026-01-01 custom "dunning-customer" "Acme"
      terms: "net 20"
    2026-09-01 * "Acme" "Website" ^INV-1
      customer: "Acme"
      Assets:Receivable:Projects  100.00 EUR
      Income:Services
    2026-09-01 * "Acme" "Website" ^INV-2
      Assets:Receivable  100.00 EUR
      Income:Services
    """
    assert [str(item.due) for item in ledger.receivables().items] == [
        "2026-09-11",
        "2026-09-21",
    ]


def test_a_due_date_in_quotes_is_accepted(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: "2026-10-14"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert only(ledger).due == date(2026, 10, 14)
    assert problems(ledger) == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ('"14.10.2026"', '"14.10.2026"'),
        ('"soon"', '"soon"'),
        ('""', '""'),
        ("", "nothing"),
        ('"2026-02-30"', '"2026-02-30"'),
        ('"20261014"', '"20261014"'),
        ('"2026-W42-3"', '"2026-W42-3"'),
        ("30", "30"),
        ("10 EUR", "10 EUR"),
    ],
)
@pytest.mark.parametrize("where", ["transaction", "posting"])
def test_another_due_is_an_error_at_its_line_and_the_item_undated(
    value: str, shown: str, where: str
) -> None:
    meta = f"due: {value}"
    ledger = load(
        f"""
2026-01-01 custom "dunning-option" "terms" "net 30"
2026-09-14 * "Acme" "Website" ^INV-1
  {meta if where == "transaction" else ""}
  Income:Services
  Assets:Receivable:Acme  100.00 EUR
    {meta if where == "posting" else ""}
"""
    )
    line = 2 if where == "transaction" else 5
    assert problems(ledger) == [
        f"{line}: due: expected a date, like 2026-10-14; got {shown}."
    ]
    item = only(ledger)
    assert (item.due, item.open, item.lineno) == (None, Decimal("100.00"), line)
    assert item.days_overdue(date(2026, 11, 20)) is None


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ("30", 'terms: expected text in quotes, like "net 30".'),
        (
            '"500.00 net 0"',
            (
                'terms: the shares of "500.00 net 0" add up to 500.00, '
                "not to the invoice's 100.00 EUR."
            ),
        ),
        (
            '"net 99999 months"',
            'terms: terms "net 99999 months" lead to a date after the year 9999.',
        ),
        (
            '"soon"',
            (
                'terms: "soon" is not understood as terms of payment; write for '
                'example "net 30", "2/10 net 30", "net 30 eom", "prox 20" or '
                '"30% on receipt, 70% net 45".'
            ),
        ),
        (
            '"nett 30"',
            (
                'terms: "nett 30" is not understood as terms of payment; '
                'the nearest form is "net 30".'
            ),
        ),
    ],
)
@pytest.mark.parametrize("where", ["transaction", "posting"])
def test_bad_terms_are_an_error_at_their_line_and_the_item_undated(
    terms: str, message: str, where: str
) -> None:
    meta = f"terms: {terms}"
    ledger = load(
        f"""
2026-01-01 custom "dunning-option" "terms" "net 30"
2026-09-14 * "Acme" "Website" ^INV-1
  {meta if where == "transaction" else ""}
  Income:Services
  Assets:Receivable:Acme  100.00 EUR
    {meta if where == "posting" else ""}
"""
    )
    assert problems(ledger) == [f"{2 if where == 'transaction' else 5}: {message}"]
    item = only(ledger)
    assert (item.due, item.open) == (None, Decimal("100.00"))


def test_amounts_that_do_not_fit_an_option_s_terms_are_an_error(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "terms" "500.00 net 0, rest net 30"
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-15 * "Acme" "Payment" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    """
    assert problems(ledger) == [
        (
            '2: terms: the shares of "500.00 net 0, rest net 30" add up to 500.00, '
            "not to the invoice's 100.00 EUR."
        )
    ]


def test_amounts_that_do_not_fit_an_account_s_terms_are_an_error(
    ledger: Ledger,
) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
      terms: "500.00 net 0, rest net 30"
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-15 * "Acme" "Payment" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    """
    assert [problem[:20] for problem in problems(ledger)] == ["3: terms: the shares"]


def test_mistakes_on_a_settled_invoice_are_errors_still(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: "soon"
      policy: "strickt"
      Assets:Receivable:Acme  100.00 EUR
        terms: 5
      Income:Services
    2026-09-15 * "Acme" "Payment" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    """
    assert sorted(problems(ledger)) == [
        '1: There is no policy "strickt". Did you mean "strict"?',
        '1: due: expected a date, like 2026-10-14; got "soon".',
        '4: terms: expected text in quotes, like "net 30".',
    ]
    assert ledger.receivables().items == ()


# Which policy?


@pytest.mark.parametrize(
    ("on_transaction", "on_open", "customer", "option", "policy"),
    [
        ("friendly", "strict", None, "strict", "friendly"),
        (None, "friendly", None, "strict", "friendly"),
        (None, None, "friendly", "strict", "friendly"),
        (None, None, None, "strict", "strict"),
        (None, None, None, None, "standard"),
        ("none", "strict", None, None, "none"),
        (None, "none", None, "strict", "none"),
        (None, None, "none", "strict", "none"),
        (None, None, None, "none", "none"),
    ],
)
def test_which_policy(
    on_transaction: str | None,
    on_open: str | None,
    customer: str | None,
    option: str | None,
    policy: str,
) -> None:
    def says(name: str | None) -> str:
        return f'policy: "{name}"' if name else ""

    ledger = load(
        f"""
2026-01-01 open Assets:Receivable:Acme
  {says(on_open)}
2026-01-01 custom "dunning-option" "policy" "{option or "standard"}"
2026-01-01 custom "dunning-customer" "Acme"
  {says(customer)}
2026-09-14 * "Acme" "Website" ^INV-1
  {says(on_transaction)}
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""
    )
    assert not ledger.errors
    assert only(ledger).policy == policy
    assert ledger.lines() == []


def test_an_account_s_policy_comes_before_the_customer_s(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Receivable:Projects
      policy: "strict"
    2026-01-01 custom "dunning-customer" "Acme"
      policy: "friendly"
    2026-09-01 * "Website" ^INV-1
      customer: "Acme"
      Assets:Receivable:Projects  100.00 EUR
      Income:Services
    """
    assert only(ledger).policy == "strict"


@pytest.mark.parametrize(("value", "shown"), [('"xyzzy"', '"xyzzy"'), ("5", "5")])
def test_an_unknown_policy_is_an_error(ledger: Ledger, value: str, shown: str) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      policy: $value
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    del value
    known = "friendly, none, standard, strict"
    assert problems(ledger) == [f"1: There is no policy {shown}. Known: {known}."]
    assert only(ledger).policy == "standard"


# Instalments


def test_postings_with_their_own_due_are_instalments(ledger: Ledger) -> None:
    """
    2026-09-01 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  500.00 EUR
        due: 2026-12-01
      Assets:Receivable:Acme  200.00 EUR
        due: 2026-10-01
      Assets:Receivable:Acme  300.00 EUR
        due: 2026-11-01
      Income:Services
    """
    assert [
        (item.label, item.instalment, str(item.due), str(item.open), item.lineno)
        for item in ledger.receivables().items
    ] == [
        ("INV-1 1/3", "1/3", "2026-10-01", "200.00", 4),
        ("INV-1 2/3", "2/3", "2026-11-01", "300.00", 6),
        ("INV-1 3/3", "3/3", "2026-12-01", "500.00", 2),
    ]


def test_postings_with_their_own_terms_are_instalments(ledger: Ledger) -> None:
    """
    2026-09-01 * "Acme" "Website" ^INV-1
      due: 2026-12-01
      Assets:Receivable:Acme  500.00 EUR
      Assets:Receivable:Acme  200.00 EUR
        due: 2026-10-01
      Income:Services
    2026-09-01 * "Acme" "Website" ^INV-2
      Assets:Receivable:Acme  500.00 EUR
        terms: "net 1"
      Assets:Receivable:Acme  200.00 EUR
        terms: "net 1"
      Income:Services
    """
    assert is_open(ledger.receivables()) == [
        "INV-2 1/2 200.00 EUR",
        "INV-2 2/2 500.00 EUR",
        "INV-1 1/2 200.00 EUR",
        "INV-1 2/2 500.00 EUR",
    ]


def test_postings_without_their_own_due_are_one_item(ledger: Ledger) -> None:
    """
    2026-09-01 * "Acme" "Website" ^INV-1
      due: 2026-10-01
      Assets:Receivable:Acme  500.00 EUR
      Assets:Receivable:Acme  200.00 EUR
      Income:Services
    """
    item = only(ledger)
    assert (item.instalment, item.amount, item.label) == (
        "1/1",
        Decimal("700.00"),
        "INV-1",
    )


def test_terms_split_an_invoice(ledger: Ledger) -> None:
    """
    2026-09-01 * "Acme" "Website" ^INV-1
      terms: "70% net 45, 30% 2/0 on receipt"
      Assets:Receivable:Acme  0.05 EUR
      Income:Services
    """
    first, second = ledger.receivables().items
    assert (first.instalment, first.due, first.amount) == (
        "1/2",
        date(2026, 9, 1),
        Decimal("0.01"),
    )
    assert [(offer.percent, offer.until) for offer in first.offers] == [
        (Decimal(2), date(2026, 9, 1))
    ]
    assert (second.instalment, second.due, second.amount, second.offers) == (
        "2/2",
        date(2026, 10, 16),
        Decimal("0.04"),
        (),
    )


def test_terms_split_what_several_postings_add_up_to(ledger: Ledger) -> None:
    """
    2026-09-01 * "Acme" "Website" ^INV-1
      terms: "50% on receipt, 50% net 30"
      Assets:Receivable:Acme  0.03 EUR
      Assets:Receivable:Acme  0.05 EUR
      Income:Services
    """
    assert is_open(ledger.receivables()) == [
        "INV-1 1/2 0.04 EUR",
        "INV-1 2/2 0.04 EUR",
    ]


def test_debits_of_several_days_are_instalments_too(ledger: Ledger) -> None:
    """
    2026-09-01 * "Acme" "Website" ^INV-1
      terms: "net 30"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-10 * "Acme" "More of it" ^INV-1
      due: 2026-09-20
      Assets:Receivable:Acme   50.00 EUR
      Income:Services
    """
    assert is_open(ledger.receivables()) == [
        "INV-1 1/2 50.00 EUR",
        "INV-1 2/2 100.00 EUR",
    ]


def test_paid_instalments_keep_the_others_numbers(ledger: Ledger) -> None:
    """
    2026-09-01 * "Acme" "Website" ^INV-1
      terms: "30% on receipt, 30% net 30, rest net 60"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-02 * "Acme" "Payment" ^INV-1
      Assets:Bank              45.00 EUR
      Assets:Receivable:Acme
    """
    receivables = ledger.receivables()
    assert is_open(receivables) == ["INV-1 2/3 15.00 EUR", "INV-1 3/3 40.00 EUR"]
    (settlement,) = receivables.items[0].settlements
    assert (settlement.date, settlement.amount) == (date(2026, 9, 2), Decimal("15.00"))
    assert settlement.entry.narration == "Payment"


# Settlement

LANGUAGE = """
2026-09-01 open Assets:Receivable:Acme  EUR
  customer: "Acme GmbH"
  email: "ap@acme.example"
  terms: "2/10 net 30"

2026-09-14 * "Acme GmbH" "Website, September" ^INV-2026-014
  due: 2026-10-14
  Assets:Receivable:Acme   2380.00 EUR
  Income:Services         -2000.00 EUR
  Liabilities:VAT          -380.00 EUR

2026-10-20 * "Acme GmbH" "Part payment" ^INV-2026-014
  Assets:Bank              1190.00 EUR
  Assets:Receivable:Acme
"""


@pytest.mark.parametrize(
    ("as_of", "expected", "days"),
    [
        ("2026-09-13", [], None),
        ("2026-09-14", ["INV-2026-014 2380.00 EUR"], -30),
        ("2026-10-14", ["INV-2026-014 2380.00 EUR"], 0),
        ("2026-10-19", ["INV-2026-014 2380.00 EUR"], 5),
        ("2026-10-20", ["INV-2026-014 1190.00 EUR"], 6),
        ("2026-11-20", ["INV-2026-014 1190.00 EUR"], 37),
    ],
)
def test_only_what_is_dated_by_then_exists(
    as_of: str, expected: list[str], days: int | None
) -> None:
    ledger = load(LANGUAGE)
    receivables = ledger.receivables(as_of)
    assert is_open(receivables) == expected
    assert [item.days_overdue(day(as_of)) for item in receivables.items] == (
        [days] if expected else []
    )
    assert_adds_up(ledger, as_of)


BOOK = """
2026-01-01 custom "dunning-option" "terms" "net 30"
2026-01-05 * "Acme" "January" ^INV-1
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
2026-02-05 * "Acme" "February" ^INV-2
  Assets:Receivable:Acme  200.00 EUR
  Income:Services
"""


@pytest.mark.parametrize(
    ("rest", "expected", "left"),
    [
        pytest.param(
            """
2026-02-10 * "Acme" "Payment" ^INV-2
  Assets:Bank  200.00 EUR
  Assets:Receivable:Acme
""",
            ["INV-1 100.00 EUR"],
            [],
            id="a reference settles that invoice",
        ),
        pytest.param(
            """
2026-02-10 * "Acme" "Payment" ^INV-2
  Assets:Bank  50.00 EUR
  Assets:Receivable:Acme
2026-02-11 * "Acme" "Payment" ^INV-2
  Assets:Bank  30.00 EUR
  Assets:Receivable:Acme
""",
            ["INV-1 100.00 EUR", "INV-2 120.00 EUR"],
            [],
            id="part-payments lower what is open",
        ),
        pytest.param(
            """
2026-02-10 * "Acme" "Payment" ^INV-2
  Assets:Bank  250.00 EUR
  Assets:Receivable:Acme
""",
            ["INV-1 100.00 EUR"],
            ["Acme -50.00 EUR"],
            id="an over-payment is unapplied, not put on another invoice",
        ),
        pytest.param(
            """
2026-02-10 * "Acme" "Payment" ^INV-3
  Assets:Bank  250.00 EUR
  Assets:Receivable:Acme
""",
            ["INV-1 100.00 EUR", "INV-2 200.00 EUR"],
            ["Acme -250.00 EUR"],
            id="a reference that nobody knows is unapplied",
        ),
        pytest.param(
            """
2026-02-10 * "Acme" "Credit note" ^INV-1
  Income:Services  40.00 EUR
  Assets:Receivable:Acme
2026-02-11 * "Acme" "Write-off" ^INV-1
  Expenses:BadDebt  10.00 EUR
  Assets:Receivable:Acme
2026-02-11 * "Acme" "Payment less 2 %" ^INV-2
  Assets:Bank  196.00 EUR
  Expenses:Discounts  4.00 EUR
  Assets:Receivable:Acme  -200.00 EUR
""",
            ["INV-1 50.00 EUR"],
            [],
            id="credit notes, write-offs and discounts are credits",
        ),
        pytest.param(
            """
2026-02-10 * "Acme" "Payment of both"
  Assets:Bank  150.00 EUR
  Assets:Receivable:Acme  -100.00 EUR
    invoice: "INV-1"
  Assets:Receivable:Acme   -50.00 EUR
    invoice: "INV-2"
""",
            ["INV-2 150.00 EUR"],
            [],
            id="postings may name an invoice each",
        ),
        pytest.param(
            """
2026-02-10 * "Acme" "Payment of both" ^INV-2 ^INV-1
  Assets:Bank  150.00 EUR
  Assets:Receivable:Acme
""",
            ["INV-2 150.00 EUR"],
            [],
            id="several links are settled in order of due date",
        ),
        pytest.param(
            """
2026-02-09 * "Acme" "Payment" ^INV-1
  Assets:Bank  100.00 EUR
  Assets:Receivable:Acme
2026-02-10 * "Acme" "Payment of both" ^INV-2 ^INV-1
  Assets:Bank  150.00 EUR
  Assets:Receivable:Acme
""",
            ["INV-2 50.00 EUR"],
            [],
            id="several links pass over what is paid",
        ),
        pytest.param(
            """
2026-02-10 * "Acme" "Payment of both" ^INV-2 ^INV-1 ^INV-9
  Assets:Bank  350.00 EUR
  Assets:Receivable:Acme
""",
            [],
            ["Acme -50.00 EUR"],
            id="several links leave the rest unapplied",
        ),
        pytest.param(
            """
2026-02-10 * "Acme" "Payment"
  Assets:Bank  150.00 EUR
  Assets:Receivable:Acme
""",
            ["INV-2 150.00 EUR"],
            [],
            id="no reference settles the oldest due",
        ),
        pytest.param(
            """
2026-02-10 * "Acme" "Payment" ^dok-statement
  Assets:Bank  350.00 EUR
  Assets:Receivable:Acme
""",
            [],
            ["Acme -50.00 EUR"],
            id="no reference leaves the rest unapplied",
        ),
        pytest.param(
            """
2026-01-02 * "Acme" "Deposit"
  Assets:Bank  120.00 EUR
  Assets:Receivable:Acme
""",
            ["INV-2 180.00 EUR"],
            [],
            id="a deposit waits for the next invoices",
        ),
        pytest.param(
            """
2026-01-02 * "Acme" "Deposit" ^INV-2
  Assets:Bank  120.00 EUR
  Assets:Receivable:Acme
""",
            ["INV-1 100.00 EUR", "INV-2 80.00 EUR"],
            [],
            id="a deposit with a reference waits for that invoice",
        ),
        pytest.param(
            """
2026-02-05 * "Acme" "Reversal" ^INV-2
  Assets:Receivable:Acme  -200.00 EUR
  Income:Services
""",
            ["INV-1 100.00 EUR"],
            [],
            id="a reversed invoice is gone",
        ),
        pytest.param(
            """
2026-02-10 * "Acme" "Nothing" ^INV-4
  Assets:Receivable:Acme  0.00 EUR
  Assets:Bank  0.00 EUR
""",
            ["INV-1 100.00 EUR", "INV-2 200.00 EUR"],
            [],
            id="nothing is no item",
        ),
        pytest.param(
            """
2026-02-10 * "Acme" "Payment in dollars" ^INV-1
  Assets:Bank  100.00 USD
  Assets:Receivable:Acme
2026-02-10 * "Acme" "Payment in dollars"
  Assets:Bank  10.00 USD
  Assets:Receivable:Acme
""",
            ["INV-1 100.00 EUR", "INV-2 200.00 EUR"],
            ["Acme -10.00 USD", "Acme -100.00 USD"],
            id="currencies never mix",
        ),
        pytest.param(
            """
2026-02-10 * "Bolt" "Payment"
  Assets:Bank  100.00 EUR
  Assets:Receivable:Bolt
2026-02-10 * "Bolt" "Payment" ^INV-1
  Assets:Bank  10.00 EUR
  Assets:Receivable:Bolt
""",
            ["INV-1 100.00 EUR", "INV-2 200.00 EUR"],
            ["Acme -10.00 EUR", "Bolt -100.00 EUR"],
            id="credit of another account settles nothing",
        ),
    ],
)
def test_settlement(rest: str, expected: list[str], left: list[str]) -> None:
    ledger = load(BOOK + rest)
    assert not ledger.errors
    receivables = ledger.receivables()
    assert is_open(receivables) == expected
    assert unapplied(receivables) == left
    assert_adds_up(ledger)


def test_unreferenced_credit_may_stay_unapplied(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "unreferenced" "unapplied"
    2026-01-05 * "Acme" "January" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-02-10 * "Acme" "Payment"
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    2026-02-11 * "Acme" "Payment" ^INV-1
      Assets:Bank              30.00 EUR
      Assets:Receivable:Acme
    """
    receivables = ledger.receivables()
    assert is_open(receivables) == ["INV-1 70.00 EUR"]
    assert unapplied(receivables) == ["Acme -100.00 EUR"]
    (credit,) = receivables.unapplied
    assert (credit.account, credit.entry.narration) == (
        "Assets:Receivable:Acme",
        "Payment",
    )


def test_undated_items_are_settled_last(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" "Undated" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-02-05 * "Acme" "Dated" ^INV-2
      due: 2026-03-05
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-02-10 * "Acme" "Payment"
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    """
    assert is_open(ledger.receivables()) == ["INV-1 100.00 EUR"]


def test_the_most_certain_credit_comes_first(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" "January" ^INV-1
      due: 2026-02-05
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-05 * "Acme" "January" ^INV-2
      due: 2026-02-06
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-02-10 * "Acme" "Without"
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    2026-02-11 * "Acme" "With" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    """
    receivables = ledger.receivables()
    assert (receivables.items, receivables.unapplied) == ((), ())


def test_an_earlier_credit_settles_only_what_there_is_by_its_day(
    ledger: Ledger,
) -> None:
    """
    2026-01-05 * "Acme" "Due late" ^INV-1
      due: 2026-12-31
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-10 * "Acme" "Payment"
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    2026-02-05 * "Acme" "Due early" ^INV-2
      due: 2026-02-06
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert is_open(ledger.receivables()) == ["INV-2 100.00 EUR"]


def test_a_shared_account_holds_customers_apart(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" "January" ^INV-1
      due: 2026-02-05
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-01-05 * "Bolt" "January" ^INV-2
      due: 2026-02-04
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-02-10 * "Acme" "Payment"
      Assets:Bank        150.00 EUR
      Assets:Receivable
    2026-02-10 * "Coil" "Payment"
      Assets:Bank         10.00 EUR
      Assets:Receivable
    """
    receivables = ledger.receivables()
    assert is_open(receivables) == ["INV-2 100.00 EUR"]
    assert unapplied(receivables) == ["Acme -50.00 EUR", "Coil -10.00 EUR"]
    assert_adds_up(ledger)


SHARED = """
2026-01-05 * "Acme" "January" ^INV-1
  due: 2026-02-05
  Assets:Receivable  100.00 EUR
  Income:Services
2026-01-05 * "Bolt" "January" ^INV-1
  due: 2026-02-04
  Assets:Receivable  100.00 EUR
  Income:Services
"""


@pytest.mark.parametrize(
    ("payments", "expected", "left"),
    [
        ([("Acme", 100)], ["Bolt 100.00"], []),
        ([("Bolt", 40)], ["Bolt 60.00", "Acme 100.00"], []),
        ([("Acme", 150)], ["Bolt 100.00"], ["Acme -50.00 EUR"]),
        ([("Acme", 100), ("Acme", 50)], ["Bolt 100.00"], ["Acme -50.00 EUR"]),
        ([("Acme", 100), ("Bolt", 100)], [], []),
        ([("Coil", 30)], ["Bolt 70.00", "Acme 100.00"], []),
    ],
)
def test_a_reference_that_customers_share_is_an_invoice_each(
    payments: list[tuple[str, int]], expected: list[str], left: list[str]
) -> None:
    ledger = load(
        SHARED
        + "".join(
            f'2026-02-{number} * "{payee}" "Payment" ^INV-1\n'
            f"  Assets:Bank  {amount}.00 EUR\n  Assets:Receivable\n"
            for number, (payee, amount) in enumerate(payments, 10)
        )
    )
    assert not ledger.errors
    receivables = ledger.receivables()
    found = [f"{item.customer} {item.open}" for item in receivables.items]
    assert (found, unapplied(receivables)) == (expected, left)
    assert {item.instalment for item in receivables.items} <= {"1/1"}
    assert_adds_up(ledger)


def test_a_credit_with_a_reference_is_its_invoice_s_customer_s(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" "January" ^INV-1
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-02-10 * "Acme's bank" "Payment" ^INV-1
      Assets:Bank        120.00 EUR
      Assets:Receivable
    """
    receivables = ledger.receivables()
    assert receivables.items == ()
    assert unapplied(receivables) == ["Acme -20.00 EUR"]


def test_an_invoice_may_stand_on_two_receivable_accounts(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" "January" ^INV-1
      customer: "Acme"
      due: 2026-02-05
      Assets:Receivable:Work  100.00 EUR
      Assets:Receivable:VAT    19.00 EUR
      Income:Services
    2026-02-10 * "Acme" "Payment" ^INV-1
      customer: "Acme"
      Assets:Bank              70.00 EUR
      Assets:Receivable:Work  -50.00 EUR
      Assets:Receivable:VAT   -20.00 EUR
    """
    receivables = ledger.receivables()
    assert [
        (item.account, item.instalment, str(item.open)) for item in receivables.items
    ] == [("Assets:Receivable:Work", "1/1", "50.00")]
    assert unapplied(receivables) == ["Acme -1.00 EUR"]
    assert_adds_up(ledger)


def test_an_invoice_in_two_currencies_is_settled_in_each(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" "January" ^INV-1
      due: 2026-02-05
      Assets:Receivable:Acme  100.00 EUR
      Assets:Receivable:Acme  200.00 USD
      Income:Services        -100.00 EUR
      Income:Services        -200.00 USD
    2026-02-10 * "Acme" "Payment" ^INV-1
      Assets:Bank             150.00 USD
      Assets:Receivable:Acme
    """
    assert is_open(ledger.receivables()) == [
        "INV-1 100.00 EUR",
        "INV-1 50.00 USD",
    ]
    assert_adds_up(ledger)


def test_what_falls_due_together_shares_a_number(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" "First part" ^INV-1
      due: 2026-02-05
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-20 * "Acme" "Second part" ^INV-1
      due: 2026-03-05
      Assets:Receivable:Acme  200.00 EUR
      Income:Services
    2026-02-05 * "Acme" "Payment" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    2026-02-10 * "Acme" "Payment returned" ^INV-1
      due: 2026-02-05
      Assets:Receivable:Acme  100.00 EUR
      Assets:Bank
    """
    assert is_open(ledger.receivables()) == [
        "INV-1 1/2 100.00 EUR",
        "INV-1 2/2 200.00 EUR",
    ]


def test_postings_with_their_own_due_are_instalments_though_it_is_the_same(
    ledger: Ledger,
) -> None:
    """
    2026-01-05 * "Acme" "January" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
        due: 2026-02-05
      Assets:Receivable:Acme  200.00 EUR
        due: 2026-02-05
      Income:Services
    """
    assert is_open(ledger.receivables()) == [
        "INV-1 1/2 100.00 EUR",
        "INV-1 2/2 200.00 EUR",
    ]


def test_a_refund_of_unapplied_credit_is_a_debit(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" "Paid twice"
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    2026-01-10 * "Acme" "Refund"
      Assets:Receivable:Acme  100.00 EUR
      Assets:Bank
    """
    receivables = ledger.receivables()
    assert (receivables.items, receivables.unapplied) == ((), ())


def test_padding_is_an_undated_item(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
    2026-01-01 open Equity:Opening
    2026-01-01 pad Assets:Receivable:Acme Equity:Opening
    2026-01-05 * "Acme" "January" ^INV-1
      due: 2026-02-05
      Assets:Receivable:Acme   50.00 EUR
      Income:Services
    2026-01-10 balance Assets:Receivable:Acme  450.00 EUR
    """
    receivables = ledger.receivables()
    assert is_open(receivables) == ["INV-1 50.00 EUR", "(padding) 400.00 EUR"]
    assert receivables.items[1].due is None
    assert receivables.items[1].lineno == 3
    assert_adds_up(ledger)


def test_negative_padding_is_credit(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
    2026-01-01 open Equity:Opening
    2026-01-01 pad Assets:Receivable:Acme Equity:Opening
    2026-01-10 balance Assets:Receivable:Acme  -40.00 EUR
    """
    assert unapplied(ledger.receivables()) == ["Acme -40.00 EUR"]
    assert_adds_up(ledger)


def test_other_accounts_are_no_receivables(ledger: Ledger) -> None:
    """
    2026-01-05 * "Shop" "Paper" ^INV-1
      Expenses:Paper  10.00 EUR
      Assets:Bank
    """
    receivables = ledger.receivables()
    assert (receivables.items, receivables.unapplied, receivables.problems) == (
        (),
        (),
        (),
    )


DAY = [
    """
2026-01-05 * "Acme" "A" ^INV-1
  due: 2026-02-06
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
""",
    """
2026-01-05 * "Acme" "B" ^INV-2
  due: 2026-02-05
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
""",
    """
2026-01-05 * "Acme" "C"
  Assets:Bank             130.00 EUR
  Assets:Receivable:Acme
""",
    """
2026-01-05 * "Acme" "D" ^INV-1
  Assets:Bank              20.00 EUR
  Assets:Receivable:Acme
""",
]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_order_within_a_day_does_not_matter(order: tuple[int, ...]) -> None:
    receivables = load("".join(DAY[index] for index in order)).receivables()
    assert is_open(receivables) == ["INV-1 50.00 EUR"]
    assert receivables.unapplied == ()
    assert [
        (str(s.amount), s.entry.narration) for s in receivables.items[0].settlements
    ] == [
        ("20.00", "D"),
        ("30.00", "C"),
    ]


# Identity


def test_an_item_keeps_its_key_when_something_is_paid_or_moved() -> None:
    before = load(BOOK).receivables()
    paid = BOOK + (
        '2026-02-10 * "Acme" "Payment"\n  Assets:Bank  150.00 EUR\n'
        "  Assets:Receivable:Acme\n"
    )
    after = load("\n\n" + paid).receivables()
    assert before.items[1].key == after.items[0].key
    assert before.items[0].key != before.items[1].key


def test_twins_without_a_reference_have_keys_of_their_own(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" "One"
      Assets:Receivable:Acme  100.00 EUR
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    items = ledger.receivables().items
    assert len({item.key for item in items}) == 2
    assert len({item.identity for item in items}) == 2


# What other plugins make


def test_postings_that_beancount_could_not_complete_are_left_out(
    broken_ledger: Ledger,
) -> None:
    """
    2026-01-05 * "Acme" "One" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    settings = broken_ledger.settings()
    entries = [
        entry for entry in broken_ledger.entries if isinstance(entry, Transaction)
    ]
    unknown: Any = MISSING
    bare = Posting("Assets:Receivable:Acme", None, None, None, None, None)
    missing = bare._replace(units=unknown)
    number = bare._replace(units=Amount(unknown, "EUR"))
    odd = [entries[0]._replace(postings=[*entries[0].postings, bare, missing, number])]
    receivables = read_receivables(odd, settings, date(2026, 2, 1))
    assert is_open(receivables) == ["INV-1 100.00 EUR"]


def test_transactions_that_plugins_make_may_lack_metadata_and_links(
    ledger: Ledger,
) -> None:
    """
    2026-01-05 * "Acme" "One"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    nothing: Any = None
    odd = [
        entry._replace(
            meta={},
            links=nothing,
            narration=None,
            postings=[posting._replace(meta=None) for posting in entry.postings],
        )
        for entry in ledger.entries
        if isinstance(entry, Transaction)
    ]
    receivables = read_receivables(odd, ledger.settings(), date(2026, 2, 1))
    (item,) = receivables.items
    assert (item.filename, item.lineno, item.label) == (
        "<unknown>",
        0,
        "(no reference)",
    )


def test_an_error_on_a_posting_without_a_line_is_its_transaction_s(
    ledger: Ledger,
) -> None:
    """
    2026-01-01 custom "dunning-option" "terms" "net 30"
    2026-01-05 * "Acme" "One" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    odd = [
        entry._replace(
            postings=[
                posting._replace(meta={"due": "soon"}) for posting in entry.postings
            ]
        )
        for entry in ledger.entries
        if isinstance(entry, Transaction)
    ]
    receivables = read_receivables(odd, ledger.settings(), date(2026, 2, 1))
    assert lines(receivables.problems) == [
        '2: due: expected a date, like 2026-10-14; got "soon".'
    ]
    (item,) = receivables.items
    assert (item.filename, item.lineno) == ("<string>", 2)


def test_several_links_settle_invoices_of_several_customers(ledger: Ledger) -> None:
    """
    2026-02-01 * "Coil" "February" ^INV-1
      due: 2026-03-01
      Assets:Receivable   10.00 EUR
      Income:Services
    2026-02-01 * "Bolt" "February" ^INV-2
      due: 2026-03-02
      Assets:Receivable   10.00 EUR
      Income:Services
    2026-02-03 * "Bolt" "Payment of both" ^INV-1 ^INV-2
      Assets:Bank         15.00 EUR
      Assets:Receivable
    """
    receivables = ledger.receivables()
    assert is_open(receivables) == ["INV-1 10.00 EUR"]
    (left,) = receivables.unapplied
    assert (left.customer, left.amount) == ("Bolt", Decimal(-5))
    assert_adds_up(ledger)


def test_several_links_of_a_stranger_settle_invoices_of_several_customers(
    ledger: Ledger,
) -> None:
    """
    2026-02-01 * "Coil" "February" ^INV-1
      due: 2026-03-01
      Assets:Receivable   10.00 EUR
      Income:Services
    2026-02-01 * "Bolt" "February" ^INV-2
      due: 2026-03-02
      Assets:Receivable   10.00 EUR
      Income:Services
    2026-02-03 * "Payment service" "Both" ^INV-1 ^INV-2
      Assets:Bank         25.00 EUR
      Assets:Receivable
    """
    receivables = ledger.receivables()
    assert receivables.items == ()
    (left,) = receivables.unapplied
    assert (left.customer, left.amount) == ("Payment service", Decimal(-5))
    assert_adds_up(ledger)


def test_several_links_pass_over_what_is_settled_already(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" "Work" ^INV-1
      due: 2026-02-01
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-01-05 * "Bolt" "Work" ^INV-1
      due: 2026-02-02
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-01-05 * "Acme" "Work" ^INV-2
      due: 2026-02-03
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-02-01 * "Bolt" "Payment" ^INV-1
      Assets:Bank        100.00 EUR
      Assets:Receivable
    2026-02-05 * "Acme" "Payment" ^INV-1 ^INV-2
      Assets:Bank        150.00 EUR
      Assets:Receivable
    """
    assert is_open(ledger.receivables()) == ["INV-2 50.00 EUR"]


def test_names_and_references_are_read_without_the_blanks_around(
    ledger: Ledger,
) -> None:
    """
    2026-01-05 * "Acme " "Website"
      invoice: " INV-1"
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-01-06 * "Payer" "Payment" ^INV-1
      customer: "  "
      Assets:Bank         60.00 EUR
      Assets:Receivable
    """
    assert is_open(ledger.receivables()) == ["INV-1 40.00 EUR"]
    assert only(ledger).customer == "Acme"


def test_shares_of_an_amount_that_a_division_gave_add_up(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" ^INV-1
      terms: "50% net 0, 50% net 3"
      Assets:Receivable:Acme  1000/3 EUR
      Income:Services
    """
    assert problems(ledger) == []
    assert [item.instalment for item in ledger.receivables().items] == ["1/2", "2/2"]
    assert_adds_up(ledger)


def test_a_wrong_customer_on_a_credit_is_an_error_though_all_is_paid(
    ledger: Ledger,
) -> None:
    """
    2026-01-05 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-01-06 * "Acme" "Payment" ^INV-1
      customer: 3
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    """
    assert problems(ledger) == [
        '4: customer: expected a name in quotes, like "Acme GmbH".'
    ]


# What was settled.


NAMED = """
    2026-09-14 * "Acme" "Paid" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-15 * "Acme" "Paid" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    2026-09-16 * "Acme" "Paid, too" ^INV-2
      Assets:Receivable:Acme   50.00 EUR
      Income:Services
    2026-09-17 * "Acme" "Paid, too" ^INV-2
      Assets:Bank              50.00 EUR
      Assets:Receivable:Acme
    2026-09-18 * "Acme" "Nameless"
      Assets:Receivable:Acme   20.00 EUR
      Income:Services
    2026-09-19 * "Acme" "For the nameless"
      Assets:Bank              20.00 EUR
      Assets:Receivable:Acme
    2026-09-20 * "Acme" "Open" ^INV-3
      terms: "50% net 10, 50% net 20"
      Assets:Receivable:Acme   10.00 EUR
      Income:Services
    2026-09-21 * "Acme" "Half" ^INV-3
      Assets:Bank               5.00 EUR
      Assets:Receivable:Acme
"""


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        # Of what is open in part, the settled part comes without being asked for.
        ((), ["INV-3 1/2 5.00"]),
        (["INV-1"], ["INV-3 1/2 5.00", "INV-1 100.00"]),
        (["INV-2", "INV-9"], ["INV-3 1/2 5.00", "INV-2 50.00"]),
        (["INV-3"], ["INV-3 1/2 5.00"]),
        (
            ["INV-1", "INV-2", "INV-3"],
            ["INV-3 1/2 5.00", "INV-1 100.00", "INV-2 50.00"],
        ),
        (
            None,
            ["INV-3 1/2 5.00", "INV-1 100.00", "INV-2 50.00", "Nameless 20.00"],
        ),
    ],
)
def test_settled_items_of_what_was_asked_for(
    named: list[str] | None, expected: list[str]
) -> None:
    ledger = load(NAMED)
    settings = ledger.settings()
    found = read_receivables(ledger.entries, settings, day(AS_OF), named)
    assert [f"{item.label} {item.amount}" for item in found.settled] == expected
    assert {item.open for item in found.settled} <= {Decimal("0.00")}
    # What is open does not depend on it.
    assert is_open(found) == ["INV-3 2/2 5.00 EUR"]
    assert found.items == ledger.receivables().items
    assert found.unapplied == ()


def test_a_settled_item_knows_what_settled_it() -> None:
    ledger = load(NAMED)
    found = ledger.books("2026-09-15", ["INV-1"]).receivables
    (item,) = found.settled
    assert [
        (str(one.date), str(one.amount), one.rule, one.entry.narration)
        for one in item.settlements
    ] == [("2026-09-15", "100.00", "by invoice number", "Paid")]
    # The day before it was open.
    assert ledger.books("2026-09-14", ["INV-1"]).receivables.settled == ()


def test_the_log_s_invoices_are_asked_for(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Paid" ^INV-1
      due: 2026-09-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-15 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "first reminder"
    2026-09-15 * "Acme" "Paid" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    """
    (item,) = ledger.receivables().settled
    assert item.invoice == "INV-1"


def test_each_settlement_says_by_which_rule(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-15 * "Acme" "More" ^INV-2
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-20 * "Acme" "Named" ^INV-1
      Assets:Bank              10.00 EUR
      Assets:Receivable:Acme
    2026-09-21 * "Acme" "Both" ^INV-1 ^INV-2
      Assets:Bank              20.00 EUR
      Assets:Receivable:Acme
    2026-09-22 * "Acme" "None"
      Assets:Bank              30.00 EUR
      Assets:Receivable:Acme
    """
    first, second = ledger.receivables().items
    assert [(str(one.amount), one.rule) for one in first.settlements] == [
        ("10.00", "by invoice number"),
        ("20.00", "several invoices given: oldest due date first"),
        ("30.00", "no invoice given: oldest due date first"),
    ]
    assert second.settlements == ()


# Charges.


@pytest.mark.parametrize(
    ("value", "charge", "errors"),
    [
        ('"interest"', "interest", []),
        ('"fee"', "fee", []),
        ('"compensation"', "compensation", []),
        (
            '"fees"',
            None,
            ['1: charge: expected "interest", "fee" or "compensation"; got "fees".'],
        ),
        (
            "5.00",
            None,
            ['1: charge: expected "interest", "fee" or "compensation"; got 5.00.'],
        ),
    ],
)
def test_a_debit_may_be_a_charge(
    ledger: Ledger, value: str, charge: str | None, errors: list[str]
) -> None:
    """
    2026-11-01 * "Acme" "Charge" ^INV-1
      charge: $value
      due: 2026-11-01
      Assets:Receivable:Acme    5.00 EUR
      Income:Fees
    """
    del value
    assert only(ledger).charge == charge
    assert problems(ledger) == errors


def test_an_amount_is_no_charge(ledger: Ledger) -> None:
    """
    2026-11-01 * "Acme" "Charge" ^INV-1
      charge: 5.00 EUR
      Assets:Receivable:Acme    5.00 EUR
      Income:Fees
    """
    assert problems(ledger) == [
        '1: charge: expected "interest", "fee" or "compensation"; got 5.00 EUR.'
    ]


def test_a_wrong_charge_that_is_paid_is_an_error_too(ledger: Ledger) -> None:
    """
    2026-11-01 * "Acme" "Charge" ^INV-1
      charge: "fees"
      Assets:Receivable:Acme    5.00 EUR
      Income:Fees
    2026-11-02 * "Acme" "Paid" ^INV-1
      Assets:Bank               5.00 EUR
      Assets:Receivable:Acme
    2026-11-03 * "Acme" "Without a reference"
      charge: TRUE
      Assets:Receivable:Acme    5.00 EUR
      Income:Fees
    """
    expected = 'charge: expected "interest", "fee" or "compensation"; got'
    assert problems(ledger) == [f'1: {expected} "fees".', f"8: {expected} TRUE."]


@pytest.mark.parametrize(
    ("due", "instalment"),
    [
        # It goes with the last instalment that is due by then.
        ("due: 2026-09-01", "1/3"),
        ("due: 2026-10-14", "1/3"),
        ("due: 2026-10-15", "1/3"),
        ("due: 2026-10-23", "1/3"),
        ("due: 2026-10-24", "2/3"),
        ("due: 2026-11-02", "2/3"),
        ("due: 2026-11-03", "3/3"),
        ("due: 2027-11-03", "3/3"),
        ('note: "undated"', "3/3"),
    ],
)
def test_a_charge_is_no_instalment(ledger: Ledger, due: str, instalment: str) -> None:
    """
    2026-10-04 * "Acme" "Website" ^INV-1
      terms: "30% net 10, 30% net 20, rest net 30"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-11-10 * "Acme" "Fee" ^INV-1
      charge: "fee"
      $due
      Assets:Receivable:Acme    5.00 EUR
      Income:Fees
    """
    del due
    items = ledger.receivables().items
    assert [item.instalment for item in items if not item.charge] == [
        "1/3",
        "2/3",
        "3/3",
    ]
    (charge,) = (item for item in items if item.charge)
    assert (charge.instalment, charge.number) == (instalment, int(instalment[0]))
    (same,) = (i for i in items if not i.charge and i.number == charge.number)
    assert same.group == charge.group
    assert_adds_up(ledger)


def test_a_charge_with_dates_of_its_own_is_no_instalment(ledger: Ledger) -> None:
    """
    2026-10-04 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-11-10 * "Acme" "Fees" ^INV-1
      charge: "fee"
      Assets:Receivable:Acme    5.00 EUR
        due: 2026-11-20
      Assets:Receivable:Acme    6.00 EUR
        due: 2026-11-21
      Income:Fees
    """
    assert [
        (item.label, str(item.amount), item.charge)
        for item in ledger.receivables().items
    ] == [
        ("INV-1", "100.00", None),
        ("INV-1, fee", "5.00", "fee"),
        ("INV-1, fee", "6.00", "fee"),
    ]


def test_a_charge_is_of_its_customer_s_instalments(ledger: Ledger) -> None:
    """
    2026-10-04 * "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
        due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
        due: 2026-10-24
      Assets:Receivable:Bolt  100.00 EUR
        due: 2026-10-04
      Income:Services
    2026-11-10 * "Fee" ^INV-1
      charge: "fee"
      due: 2026-10-24
      Assets:Receivable:Bolt    5.00 EUR
      Income:Fees
    """
    assert [
        (item.customer, item.instalment, item.charge)
        for item in ledger.receivables().items
    ] == [
        ("Bolt", "1/1", None),
        ("Acme", "1/2", None),
        ("Acme", "2/2", None),
        ("Bolt", "1/1", "fee"),
    ]


def test_charges_without_a_sale_are_numbered_among_themselves(
    ledger: Ledger,
) -> None:
    """
    2026-11-10 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-11-10
      Assets:Receivable:Acme    5.00 EUR
      Income:Fees
    2026-11-11 * "Acme" "Interest" ^INV-1
      charge: "interest"
      due: 2026-11-11
      Assets:Receivable:Acme    6.00 EUR
      Income:Fees
    """
    assert [item.label for item in ledger.receivables().items] == [
        "INV-1 1/2, fee",
        "INV-1 2/2, interest",
    ]


# Where due date and policy stand.


def test_what_is_reminded_together_has_a_key_in_common(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme   100.00 EUR
      Income:Services
    2026-10-20 * "Acme" "Interest" ^INV-1
      charge: "interest"
      due: 2026-10-14
      Assets:Receivable:Acme     1.00 EUR
      Income:Interest
    2026-09-14 * "Website" ^INV-2
      Assets:Receivable:Acme   200.00 EUR
      Income:Services
    2026-09-14 * "Website" ^INV-2
      Assets:Receivable:Other  300.00 EUR
      Income:Services
    2026-09-14 * "No reference"
      Assets:Receivable:Acme   400.00 EUR
      Income:Services
    2026-09-14 * "No reference"
      Assets:Receivable:Acme   400.00 EUR
      Income:Services
    """
    keys = {
        (item.amount, item.serial): item.lead_key for item in ledger.receivables().items
    }
    assert keys[Decimal(100), 1] == keys[Decimal(1), 2]
    assert len(keys) == 6
    assert len(set(keys.values())) == 5


@pytest.mark.parametrize(
    ("on_posting", "on_transaction", "on_open", "in_file", "expected"),
    [
        ("due: 2026-10-01", "due: 2026-10-02", "net 1", "net 2", "due on the posting"),
        ('terms: "net 3"', "due: 2026-10-02", "", "", "due on the transaction"),
        ('terms: "net 3"', 'terms: "net 4"', "", "", "terms on the posting"),
        ("", 'terms: "net 4"', "net 1", "net 2", "terms on the transaction"),
        ("", "", "net 1", "", "terms of the account"),
        ("", "", "", "net 2", "terms of the customer"),
        ("", "", "", "", "terms by option"),
        # What is wrong counts as said, and is an error.
        ('due: "soon"', "", "", "", "due on the posting"),
        ("", 'terms: "soon"', "", "", None),
    ],
)
def test_where_the_due_date_stands(
    on_posting: str,
    on_transaction: str,
    on_open: str,
    in_file: str,
    expected: str | None,
) -> None:
    on_open = f'terms: "{on_open}"' if on_open else 'note: "x"'
    in_file = f'terms: "{in_file}"' if in_file else 'contact: "x"'
    ledger = load(
        f"""
2026-01-01 open Assets:Receivable:Acme
  {on_open}
2026-01-01 custom "dunning-option" "terms" "net 30"
2026-01-01 custom "dunning-customer" "Someone"
  {in_file}
2026-09-14 * "Acme" "Website" ^INV-1
  customer: "Someone"
  {on_transaction}
  Assets:Receivable:Acme  100.00 EUR
    {on_posting}
  Income:Services
"""
    )
    item = only(ledger)
    assert item.due_from == expected
    wrong = expected is None or "soon" in on_posting
    assert (item.due is None, len(problems(ledger))) == (wrong, int(wrong))


def test_without_terms_no_due_date_stands_anywhere(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    item = only(ledger)
    assert (item.due, item.due_from) == (None, None)


@pytest.mark.parametrize(
    ("on_transaction", "on_open", "own", "policies"),
    [
        ("strict", "friendly", "strict", ["strict", "strict", "strict"]),
        ("", "friendly", "friendly", ["friendly", "friendly", "friendly"]),
        # As the customer's file and the option had it on the day.
        ("", "", None, ["standard", "friendly", "strict"]),
    ],
)
def test_the_policy_of_an_earlier_day(
    on_transaction: str, on_open: str, own: str | None, policies: list[str]
) -> None:
    on_open = f'policy: "{on_open}"' if on_open else 'note: "x"'
    ledger = load(
        f"""
2026-01-01 open Assets:Receivable:Acme
  {on_open}
2026-02-01 custom "dunning-option" "policy" "friendly"
2026-03-01 custom "dunning-customer" "Acme"
  policy: "strict"
2026-09-14 * "Acme" "Website" ^INV-1
  policy: "{on_transaction}"
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""
    )
    item, settings = only(ledger), ledger.settings()
    assert item.own_policy == own
    assert item.policy == policies[-1]
    # Before the first option the default went for all.
    assert [
        item.policy_on(day(on), settings) for on in ("2026-02-01", "2026-03-01")
    ] == policies[1:]
    assert ledger.settings("2026-01-31").policy == "standard"


def test_what_is_open_beside_counts_where_there_is_a_minimum(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "minimum" 10.00 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable    8.00 EUR
      Assets:Receivables   1.00 EUR
      Assets:Receivable    4.00 USD
      Income:Services
    2026-09-14 * "Acme" "Later" ^INV-1
      due: 2026-10-24
      Assets:Receivable   50.00 EUR
      Income:Services
    2026-11-01 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-10-14
      Assets:Receivable    3.00 EUR
      Income:Fees
    2026-11-01 * "Acme" "Nameless"
      due: 2026-10-14
      Assets:Receivable    7.00 EUR
      Income:Fees
    2026-11-02 * "Acme" "Part" ^INV-1
      Assets:Bank          2.00 EUR
      Assets:Receivable
    """
    assert sorted(
        (item.label, str(item.open), item.currency, str(item.together))
        for item in ledger.receivables().items
    ) == [
        ("INV-1 1/2", "1.00", "EUR", "10.00"),
        ("INV-1 1/2", "4.00", "USD", "4.00"),
        ("INV-1 1/2", "6.00", "EUR", "10.00"),
        ("INV-1 1/2, fee", "3.00", "EUR", "10.00"),
        ("INV-1 2/2", "50.00", "EUR", "50.00"),
        ("Nameless", "7.00", "EUR", "7.00"),
    ]


def test_credit_that_was_paid_back_is_no_row_of_nothing(ledger: Ledger) -> None:
    """
    2026-02-01 * "Acme" "A" ^I-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Sales
    2026-02-10 * "Acme" "Paid too much" ^I-1
      Assets:Receivable:Acme  -150.00 EUR
      Assets:Bank
    2026-02-20 * "Acme" "Sent back"
      Assets:Receivable:Acme  50.00 EUR
      Assets:Bank
    """
    receivables = ledger.receivables()
    assert (receivables.items, receivables.unapplied) == ((), ())
