"""What options, customers' files and policies mean, and what is said of mistakes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount.core.amount import Amount
from beancount.parser.printer import format_error

from beancount_dunning.ledger.accounts import Account
from beancount_dunning.ledger.agreements import Compensation
from beancount_dunning.ledger.customers import Customer
from beancount_dunning.ledger.directives import as_of_option
from beancount_dunning.ledger.options import OPTIONS
from beancount_dunning.ledger.policies import Channel
from beancount_dunning.ledger.policies import Step
from beancount_dunning.ledger.settings import read_settings
from beancount_dunning.ledger.terms_text import parse_terms
from tests.conftest import Ledger
from tests.conftest import lines
from tests.conftest import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beancount.core.data import Directive

EUR_5 = Amount(Decimal("5.00"), "EUR")


def problems(ledger: Ledger, as_of: str = "2026-11-20") -> list[str]:
    return lines(ledger.settings(as_of).problems)


def steps(ledger: Ledger, policy: str) -> list[tuple[str, int, int | None]]:
    return [
        (step.name, step.days, step.min_interval)
        for step in ledger.settings().steps(policy)
    ]


def test_without_directives_the_defaults_hold(ledger: Ledger) -> None:
    """
    option "title" "My books"
    """
    settings = ledger.settings()
    assert settings.terms is None
    assert settings.policy == "standard"
    assert settings.buckets == (30, 60, 90)
    assert settings.unreferenced == "oldest"
    assert settings.errors == "invoice"
    assert settings.grace == 0
    assert settings.minimum == {}
    assert settings.bank_fee == {}
    assert settings.catch_up == "next"
    assert settings.title == "My books"
    assert settings.base_url is None
    assert settings.language == "en"
    assert settings.sender is None
    assert settings.problems == ()
    assert settings.customers == {}
    assert as_of_option(ledger.entries) is None


def test_without_any_options_of_beancount_the_defaults_hold() -> None:
    settings = read_settings([], {}, date(2026, 11, 20))
    assert not settings.title
    assert settings.accounts["Assets:Receivable"] == Account("Assets:Receivable")


@pytest.mark.parametrize(
    ("key", "value", "name", "expected"),
    [
        ("terms", '"net 14"', "terms", parse_terms("net 14")),
        ("policy", '"strict"', "policy", "strict"),
        ("policy", '"none"', "policy", "none"),
        ("buckets", '"30 60 90"', "buckets", (30, 60, 90)),
        ("buckets", '"7"', "buckets", (7,)),
        ("buckets", '" 1  2 365 "', "buckets", (1, 2, 365)),
        ("unreferenced", '"oldest"', "unreferenced", "oldest"),
        ("unreferenced", '"unapplied"', "unreferenced", "unapplied"),
        ("errors", '"invoice"', "errors", "invoice"),
        ("errors", '"customer"', "errors", "customer"),
        ("errors", '"off"', "errors", "off"),
        ("grace", "0", "grace", 0),
        ("grace", "14", "grace", 14),
        ("minimum", "10.00 EUR", "minimum", {"EUR": Decimal("10.00")}),
        ("minimum", "0 EUR", "minimum", {"EUR": Decimal(0)}),
        ("bank-fee", "15.00 EUR", "bank_fee", {"EUR": Decimal("15.00")}),
        ("catch-up", '"next"', "catch_up", "next"),
        ("catch-up", '"highest"', "catch_up", "highest"),
        ("title", '"Unpaid"', "title", "Unpaid"),
        (
            "base-url",
            '"http://localhost:5000/x"',
            "base_url",
            "http://localhost:5000/x",
        ),
        ("base-url", '"https://my.example/x/"', "base_url", "https://my.example/x"),
        ("language", '"de"', "language", "de"),
        ("sender", '"Atelier"', "sender", "Atelier"),
    ],
)
def test_an_option_sets(
    ledger: Ledger, key: str, value: str, name: str, expected: object
) -> None:
    """
    2026-01-01 custom "dunning-option" "$key" $value
    """
    del key, value
    assert getattr(ledger.settings(), name) == expected
    assert problems(ledger) == []


TEXT = 'text in quotes, like "…"'
BUCKETS = 'increasing numbers of days, like "30 60 90"'
DAYS = "a whole number of days, like 7"
DAYS_0 = "a number of days, 0 or more, like 7"
AMOUNT = "an amount, like 5.00 EUR"
FEE = f'{AMOUNT}, or a percentage of what is open, like "2 %"'
BY_SIZE = (
    "an amount, like 40.00 EUR, or amounts by the size of the debt, like "
    '"40.00 GBP, 70.00 GBP from 1000"'
)
DATE = "a date without quotes, like 2026-11-20"
URL = 'an address, like "http://localhost:5000/my-ledger"'
NO_TERMS = (
    'is not understood as terms of payment; write for example "net 30", '
    '"2/10 net 30", "net 30 eom", "prox 20" or "30% on receipt, 70% net 45"'
)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("accounts", "30", TEXT),
        (
            "accounts",
            '"Assets:("',
            (
                "a regular expression on account names "
                "(missing ), unterminated subpattern at position 7)"
            ),
        ),
        ("terms", "30", 'terms of payment in quotes, like "net 30"'),
        ("policy", "1", TEXT),
        ("policy", '" "', TEXT),
        ("buckets", "30", BUCKETS),
        ("buckets", '"30, 60"', BUCKETS),
        ("buckets", '"30 30"', BUCKETS),
        ("buckets", '"60 30"', BUCKETS),
        ("buckets", '"0 30"', BUCKETS),
        ("buckets", '"-5 30"', BUCKETS),
        ("buckets", '"1.5"', BUCKETS),
        ("buckets", f'"{"1" * 60}x"', BUCKETS),
        ("unreferenced", '"newest"', '"oldest" or "unapplied"'),
        ("unreferenced", "TRUE", '"oldest" or "unapplied"'),
        ("errors", '"none"', '"invoice", "customer" or "off"'),
        ("errors", "FALSE", '"invoice", "customer" or "off"'),
        ("grace", '"7"', DAYS),
        ("grace", "1.5", DAYS),
        ("grace", "TRUE", DAYS),
        ("grace", "100001", DAYS),
        ("grace", "-1", DAYS_0),
        ("minimum", "10", AMOUNT),
        ("minimum", '"10 EUR"', AMOUNT),
        ("minimum", "-10 EUR", AMOUNT),
        ("catch-up", '"all"', '"next" or "highest"'),
        ("as-of", '"2026-11-20"', DATE),
        ("as-of", "20261120", DATE),
        ("title", "2026-11-20", TEXT),
        ("base-url", '"localhost:5000"', URL),
        ("base-url", '"http://a b"', URL),
        ("base-url", "1", TEXT),
        ("language", "1", TEXT),
        ("sender", "1 EUR", TEXT),
    ],
)
def test_a_bad_value_is_an_error_and_has_no_effect(
    ledger: Ledger, key: str, value: str, expected: str
) -> None:
    """
    option "title" "T"

    2026-01-01 custom "dunning-option" "$key" $value
    """
    assert problems(ledger) == [f'3: option "{key}": expected {expected}; got {value}.']
    default = read_settings([], {"title": "T"}, date(2026, 11, 20))
    name = key.replace("-", "_")
    if name not in {"accounts", "as_of"}:
        assert getattr(ledger.settings(), name) == getattr(default, name)


@pytest.mark.parametrize(
    ("directive", "message"),
    [
        (
            '"dunning-option" "term" "x"',
            'There is no option "term". Did you mean "terms"?',
        ),
        (
            '"dunning-option" "Grace" 1',
            'There is no option "Grace". Did you mean "grace"?',
        ),
        (
            '"dunning-option" "catchup" "next"',
            'There is no option "catchup". Did you mean "catch-up"?',
        ),
        (
            '"dunning-option" "xyzzy" 1',
            ('There is no option "xyzzy". Known: ' + ", ".join(OPTIONS) + "."),
        ),
        (
            '"dunning-options" "grace" 1',
            (
                '"dunning-options" is not a directive of beancount-dunning. '
                'Did you mean "dunning-option"?'
            ),
        ),
        (
            '"duning-option" "grace" 1',
            (
                '"duning-option" is not a directive of beancount-dunning. '
                'Did you mean "dunning-option"?'
            ),
        ),
        (
            '"dunning-stepp" "a" "b" 1',
            (
                '"dunning-stepp" is not a directive of beancount-dunning. '
                'Did you mean "dunning-step"?'
            ),
        ),
        (
            '"reference-rates" "ECB" 1',
            (
                '"reference-rates" is not a directive of beancount-dunning. '
                'Did you mean "reference-rate"?'
            ),
        ),
        (
            '"dunningxyzabc"',
            (
                '"dunningxyzabc" is not a directive of beancount-dunning. '
                "Known: dunning-option, dunning-customer, dunning-step, "
                "dunning-interest, reference-rate, dunning-holiday."
            ),
        ),
    ],
)
def test_an_unknown_name_is_an_error_with_the_near_match(
    broken_ledger: Ledger, directive: str, message: str
) -> None:
    """
    2026-01-01 custom $directive
    """
    del directive
    assert problems(broken_ledger) == [f"1: {message}"]


@pytest.mark.parametrize(
    "directive",
    [
        '"fava-option" "language" "de"',
        '"budget" Expenses:Food "monthly" 100 EUR',
        '"dunning-interest" "standard" 9',
        '"reference-rate" "ECB" 2.15',
    ],
)
def test_other_directives_are_left_alone(ledger: Ledger, directive: str) -> None:
    """
    2026-01-01 custom $directive
    """
    del directive
    assert problems(ledger) == []


@pytest.mark.parametrize(
    "values", ["", '"terms"', '"terms" "net 30" "net 60"', '1 "net 30"', "TRUE TRUE"]
)
def test_an_option_has_a_name_and_one_value(broken_ledger: Ledger, values: str) -> None:
    """
    2026-01-01 custom "dunning-option" $values
    """
    del values
    assert problems(broken_ledger) == [
        (
            "1: An option has a name in quotes and one value: custom "
            '"dunning-option" "terms" "net 30".'
        )
    ]


def test_a_later_option_overrides(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "grace" 1
    2026-02-01 custom "dunning-option" "grace" 2
    2026-03-01 custom "dunning-option" "grace" 3
    """
    days = ["2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01", "2026-03-01"]
    assert [ledger.settings(day).grace for day in days] == [0, 1, 1, 2, 3]


def test_a_later_mistake_leaves_the_earlier_option_in_force(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "grace" 1
    2026-02-01 custom "dunning-option" "grace" "two"
    2026-01-01 custom "dunning-option" "policy" "strict"
    2026-02-01 custom "dunning-option" "policy" "strct"
    """
    settings = ledger.settings()
    assert (settings.grace, settings.policy) == (1, "strict")


def test_a_minimum_goes_for_its_currency(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "minimum" 10 EUR
    2026-01-02 custom "dunning-option" "minimum" 12 USD
    2026-01-03 custom "dunning-option" "minimum" 15 EUR
    """
    settings = ledger.settings()
    assert settings.minimum == {"EUR": Decimal(15), "USD": Decimal(12)}
    assert not settings.minimum.is_reached(Decimal("14.99"), "EUR")
    assert settings.minimum.is_reached(Decimal(15), "EUR")
    assert not settings.minimum.is_reached(Decimal("11.99"), "USD")


def test_a_bank_fee_goes_for_its_currency(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "bank-fee" 10 EUR
    2026-01-02 custom "dunning-option" "bank-fee" 12 USD
    2026-01-03 custom "dunning-option" "bank-fee" 15 EUR
    """
    assert ledger.settings().bank_fee == {"EUR": Decimal(15), "USD": Decimal(12)}


def test_mistakes_dated_after_the_as_of_date_do_not_exist(ledger: Ledger) -> None:
    """
    2026-06-01 custom "dunning-option" "grace" "x"
    2026-06-01 custom "dunning-customer" 1
    2026-06-01 custom "dunning-step" "a" "b"
    2026-06-01 open Assets:Receivable:Acme
      terms: "soon"
    """
    assert problems(ledger, "2026-05-31") == []
    assert len(problems(ledger, "2026-06-01")) == 4


def test_the_last_as_of_option_stands_in_for_today(broken_ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "as-of" 2026-03-31
    2026-02-01 custom "dunning-option" "as-of" 2026-06-30
    2026-03-01 custom "dunning-option" "as-of" "2026-09-30"
    2026-03-02 custom "dunning-option" "as-of"
    2026-03-02 custom "dunning-option"
    2026-03-03 custom "other" "as-of" 2026-12-31
    2026-03-03 custom "dunning-option" "grace" 1
    """
    assert as_of_option(broken_ledger.entries) == date(2026, 6, 30)


def test_an_as_of_option_is_a_date(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "as-of" 2026-03-31
    """
    assert problems(ledger) == []


def test_an_as_of_option_dated_later_counts_too(ledger: Ledger) -> None:
    """
    2027-01-01 custom "dunning-option" "as-of" 2026-03-31
    """
    assert as_of_option(ledger.entries) == date(2026, 3, 31)


RECEIVABLE = [
    ("Assets:Receivable", None),
    ("Assets:Receivable:Acme", "Acme"),
    ("Assets:Receivable:Europe:Acme", "Acme"),
    ("Assets:Receivables", None),
    ("Assets:Receivables:Acme", "Acme"),
    ("Assets:AccountsReceivable", None),
    ("Assets:AccountsReceivable:Acme", "Acme"),
    ("Assets:Accounts-Receivable:Acme", "Acme"),
    ("Assets:AR", None),
    ("Assets:Debtors:Acme", "Acme"),
]


@pytest.mark.parametrize(("account", "customer"), RECEIVABLE)
def test_accounts_at_or_below_a_root_are_receivables(
    account: str, customer: str | None
) -> None:
    settings = read_settings([], {"name_assets": "Assets"}, date(2026, 1, 1))
    assert settings.accounts[account] == Account(account, customer)


@pytest.mark.parametrize(
    "account",
    [
        "Assets:Bank",
        "Assets",
        "Assets:ReceivableX",
        "Assets:Receivable-Old:Acme",
        "Assets:Current:Receivable:Acme",
        "Liabilities:Receivable:Acme",
    ],
)
def test_other_accounts_are_none(account: str) -> None:
    settings = read_settings([], {"name_assets": "Assets"}, date(2026, 1, 1))
    assert settings.accounts[account] is None


def test_the_roots_honour_a_renamed_assets_root(ledger: Ledger) -> None:
    """
    option "name_assets" "Aktiva"
    """
    accounts = ledger.settings().accounts
    assert accounts["Aktiva:Receivable:Acme"] == Account(
        "Aktiva:Receivable:Acme", "Acme"
    )
    assert accounts["Assets:Receivable:Acme"] is None


@pytest.mark.parametrize(
    ("pattern", "account", "expected"),
    [
        ("^Assets:Debtors", "Assets:Debtors:Acme", "Acme"),
        ("^Assets:Debtors", "Assets:Debtors", ""),
        ("^Assets:Debtors:", "Assets:Debtors:Acme", "Acme"),
        ("^Assets:Debtors:", "Assets:Debtors", None),
        ("^Assets:Debtors", "Assets:Receivable:Acme", None),
        ("Acme$", "Assets:Current:Acme", ""),
        (":(Debtors|Claims):", "Assets:Claims:Acme", "Acme"),
    ],
)
def test_the_option_accounts_names_them_instead(
    ledger: Ledger, pattern: str, account: str, expected: str | None
) -> None:
    """
    2026-01-01 custom "dunning-option" "accounts" "$pattern"
    """
    del pattern
    found = ledger.settings().accounts[account]
    if expected is None:
        assert found is None
    else:
        assert found == Account(account, expected or None)


def test_a_customer_s_file_is_a_directive_or_an_open(
    broken_ledger: Ledger,
) -> None:
    """
    2026-01-01 custom "dunning-customer" "Acme GmbH"
      email: "ap@acme.example"
      contact: "Ms Li"
      address: "1 Long Road"
      phone: "+49 1"
      language: "de"
      terms: "net 14"
      policy: "strict"
      credit-limit: 5000.00 EUR
      payer: "ACME HOLDING; A. CME"
      parent: "Acme Inc"
      segment: "shops"
      type: "business"

    2026-01-01 open Assets:Receivable:Bolt
      customer: "Bolt Ltd"
      email: "ap@bolt.example"
      contact: "Mr Ito"
      address: "2 Long Road"
      phone: "+44 1"
      language: "fr"
      terms: "net 7"
      policy: "friendly"
      credit-limit: 10 GBP
      payer: "BOLT"
      parent: "Acme Inc"
      type: "consumer"
      unknown: "is other people's business"
    """
    settings = broken_ledger.settings()
    assert settings.problems == ()
    assert settings.customer("Acme GmbH") == Customer(
        "Acme GmbH",
        "ap@acme.example",
        "Ms Li",
        "1 Long Road",
        "+49 1",
        "de",
        parse_terms("net 14"),
        "strict",
        Amount(Decimal("5000.00"), "EUR"),
        "ACME HOLDING; A. CME",
        "Acme Inc",
        "shops",
        "business",
    )
    bolt = settings.customer("Bolt Ltd")
    assert (bolt.email, bolt.contact, bolt.address, bolt.phone, bolt.language) == (
        "ap@bolt.example",
        "Mr Ito",
        "2 Long Road",
        "+44 1",
        "fr",
    )
    assert (bolt.payer, bolt.parent) == ("BOLT", "Acme Inc")
    assert (bolt.credit_limit, bolt.type) == (Amount(Decimal(10), "GBP"), "consumer")
    assert settings.accounts["Assets:Receivable:Bolt"] == Account(
        "Assets:Receivable:Bolt", "Bolt Ltd", parse_terms("net 7"), "friendly"
    )


def test_an_open_s_terms_and_policy_go_for_that_account_alone(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
      terms: "net 7"
      policy: "strict"
    """
    acme = ledger.settings().customer("Acme")
    assert (acme.terms, acme.policy) == (None, None)


def test_an_unknown_customer_has_an_empty_file(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Bank
      email: "bank@example"
    2026-01-01 open Assets:Receivable
      email: "nobody's"
    """
    settings = ledger.settings()
    assert settings.customers == {}
    assert settings.customer("Bank") == Customer("Bank")


def test_the_account_s_last_component_names_the_file(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
      email: "ap@acme.example"
    """
    assert ledger.settings().customer("Acme").email == "ap@acme.example"


def test_a_later_file_overrides_key_by_key(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-customer" "Acme"
      email: "old@acme.example"
      phone: "1"
    2026-03-01 custom "dunning-customer" "Acme"
      email: "new@acme.example"
    """
    before, after = (
        ledger.settings(day).customer("Acme") for day in ("2026-02-28", "2026-03-01")
    )
    assert (before.email, before.phone) == ("old@acme.example", "1")
    assert (after.email, after.phone) == ("new@acme.example", "1")


@pytest.mark.parametrize(
    ("key", "one", "other"),
    [
        ("email", '"a@acme.example"', '"b@acme.example"'),
        ("terms", '"net 14"', '"net 30"'),
        ("policy", '"strict"', '"friendly"'),
        ("credit-limit", "100 EUR", "100 USD"),
        ("type", '"business"', '"consumer"'),
    ],
)
def test_a_key_that_differs_in_both_places_is_an_error(
    ledger: Ledger, key: str, one: str, other: str
) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
      customer: "Acme GmbH"
      $key: $one

    2026-01-01 custom "dunning-customer" "Acme GmbH"
      $key: $other
    """
    del one, other
    assert problems(ledger) == [
        (
            f'5: {key} of "Acme GmbH" has another value on the open of '
            "Assets:Receivable:Acme (<string>:1); keep only one."
        )
    ]


def test_a_key_that_agrees_in_both_places_is_fine(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
      email: "a@acme.example"
      terms: "net 14"
      phone: "1"
    2026-01-01 custom "dunning-customer" "Acme"
      email: "a@acme.example"
      terms: "net 14"
      contact: "Ms Li"
    """
    assert problems(ledger) == []
    acme = ledger.settings().customer("Acme")
    assert (acme.phone, acme.contact, acme.terms) == (
        "1",
        "Ms Li",
        parse_terms("net 14"),
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("email: 5", f"email: expected {TEXT}; got 5."),
        ("email:", f"email: expected {TEXT}; got nothing."),
        ('email: ""', f'email: expected {TEXT}; got "".'),
        (
            'terms: "soon"',
            f'terms: "soon" {NO_TERMS}.',
        ),
        ("credit-limit: 5000", f"credit-limit: expected {AMOUNT}; got 5000."),
        ('type: "firm"', 'type: expected "business" or "consumer"; got "firm".'),
        ("type: TRUE", 'type: expected "business" or "consumer"; got TRUE.'),
    ],
)
def test_a_bad_value_in_a_file_is_an_error_in_both_places(
    ledger: Ledger, line: str, message: str
) -> None:
    """
    2026-01-01 custom "dunning-customer" "Acme"
      $line
    2026-01-01 open Assets:Receivable:Bolt
      $line
    """
    del line
    assert problems(ledger) == [f"1: {message}", f"3: {message}"]


def test_a_customer_on_an_open_is_text(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
      customer: 12
    """
    assert problems(ledger) == [f"1: customer: expected {TEXT}; got 12."]
    assert ledger.settings().accounts["Assets:Receivable:Acme"] == Account(
        "Assets:Receivable:Acme", "Acme"
    )


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("emial", ' Did you mean "email"?'),
        ("credit-limits", ' Did you mean "credit-limit"?'),
        (
            "customer",
            (
                " Known: email, contact, address, phone, language, terms, policy, "
                "credit-limit, payer, parent, segment, type, minimum, overdue-limit, "
                "credit."
            ),
        ),
    ],
)
def test_an_unknown_key_in_a_file_is_an_error(
    ledger: Ledger, key: str, hint: str
) -> None:
    """
    2026-01-01 custom "dunning-customer" "Acme"
      $key: "x"
    """
    assert problems(ledger) == [
        f'1: "{key}" is not a key of a dunning-customer directive.{hint}'
    ]


@pytest.mark.parametrize("values", ["", '""', "5", '"Acme" "Bolt"'])
def test_a_file_names_one_customer(broken_ledger: Ledger, values: str) -> None:
    """
    2026-01-01 custom "dunning-customer" $values
    """
    del values
    assert problems(broken_ledger) == [
        (
            "1: A customer's file names the customer: custom "
            '"dunning-customer" "Acme GmbH", and metadata below it.'
        )
    ]


def test_the_built_in_policies(ledger: Ledger) -> None:
    """
    option "title" "None of our own"
    """
    assert {policy: steps(ledger, policy) for policy in ledger.settings().policies} == {
        "friendly": [
            ("upcoming", -7, 0),
            ("due today", 0, 7),
            ("first reminder", 7, 7),
            ("second reminder", 14, 7),
        ],
        "standard": [
            ("upcoming", -2, 0),
            ("first reminder", 1, 3),
            ("second reminder", 7, 6),
            ("final notice", 15, 8),
            ("stop-loss review", 30, 15),
        ],
        "strict": [
            ("first reminder", 1, 0),
            ("second reminder", 3, 2),
            ("final notice", 7, 4),
        ],
    }
    assert steps(ledger, "none") == []


def test_a_ledger_s_own_steps_replace_a_policy_whole(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "standard" "final notice"    24
      min-interval: 14
      fee: 5.00 EUR
      channel: "letter"
    2026-01-01 custom "dunning-step" "standard" "first reminder"  3
    2026-01-01 custom "dunning-step" "standard" "upcoming"       -5
    2026-01-01 custom "dunning-step" "house" "call"               0
      min-interval: 0
      channel: "phone"
    """
    assert problems(ledger) == []
    settings = ledger.settings()
    assert settings.steps("standard") == (
        Step("upcoming", -5, 0),
        Step("first reminder", 3, 8),
        Step("final notice", 24, 14, EUR_5, Channel.LETTER),
    )
    assert settings.steps("house") == (Step("call", 0, 0, None, Channel.PHONE),)
    assert steps(ledger, "strict")[0] == ("first reminder", 1, 0)
    assert settings.knows_policy("house")
    assert settings.knows_policy("none")
    assert not settings.knows_policy("home")


def test_steps_count_from_their_own_date_on(ledger: Ledger) -> None:
    """
    2026-03-01 custom "dunning-step" "standard" "reminder" 5
    2026-06-01 custom "dunning-step" "standard" "reminder" 9
    """
    found = [
        [(step.name, step.days) for step in ledger.settings(day).steps("standard")][-1]
        for day in ("2026-02-28", "2026-03-01", "2026-06-01")
    ]
    assert found == [("stop-loss review", 30), ("reminder", 5), ("reminder", 9)]


@pytest.mark.parametrize(
    "values",
    [
        "",
        '"standard"',
        '"standard" "reminder"',
        '"standard" "reminder" "3"',
        '"standard" 3 "reminder"',
        '"" "reminder" 3',
        '"standard" "" 3',
        '"standard" "reminder" 3 4',
    ],
)
def test_a_step_has_a_policy_a_name_and_days(
    broken_ledger: Ledger, values: str
) -> None:
    """
    2026-01-01 custom "dunning-step" $values
    """
    del values
    assert problems(broken_ledger) == [
        (
            "1: A step has a policy, a name and its days after the due date: "
            'custom "dunning-step" "standard" "first reminder" 3.'
        )
    ]
    assert len(steps(broken_ledger, "standard")) == 5


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("min-interval: -1", f"min-interval: expected {DAYS_0}; got -1."),
        ('min-interval: "7"', f'min-interval: expected {DAYS}; got "7".'),
        ("fee: 5", f"fee: expected {FEE}; got 5."),
        ("fee: -5 EUR", f"fee: expected {FEE}; got -5 EUR."),
        ('fee: "2"', f'fee: expected {FEE}; got "2".'),
        ('fee: "-2 %"', f'fee: expected {FEE}; got "-2 %".'),
        (
            'channel: "fax"',
            ('channel: expected "email", "letter", "phone" or "message"; got "fax".'),
        ),
        ('from: "due"', 'from: expected "invoice"; got "due".'),
        ("pay-within: -1", f"pay-within: expected {DAYS_0}; got -1."),
        (
            'chanel: "email"',
            (
                '"chanel" is not a key of a dunning-step directive. '
                'Did you mean "channel"?'
            ),
        ),
    ],
)
def test_bad_metadata_of_a_step_is_an_error_and_the_step_stays(
    ledger: Ledger, line: str, message: str
) -> None:
    """
    2026-01-01 custom "dunning-step" "house" "reminder" 3
      $line
    """
    del line
    assert problems(ledger) == [f"1: {message}"]
    assert ledger.settings().steps("house") == (Step("reminder", 3, 0),)


def test_a_step_s_days_are_whole(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "house" "reminder" 1.5
    """
    assert problems(ledger) == [f'1: step "reminder": expected {DAYS}; got 1.5.']
    assert not ledger.settings().knows_policy("house")


def test_the_policy_none_has_no_steps(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "none" "reminder" 3
    """
    assert problems(ledger) == [
        '1: The policy "none" never reminds, so it cannot have steps.'
    ]
    assert steps(ledger, "none") == []


def test_the_same_step_twice_on_a_day_is_an_error(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "house" "reminder" 3
    2026-01-01 custom "dunning-step" "house" "reminder" 4
    2026-01-01 custom "dunning-step" "other" "reminder" 5
    """
    assert problems(ledger) == [
        '2: The policy "house" already has a step "reminder", at <string>:1.'
    ]
    assert steps(ledger, "house") == [("reminder", 3, 0)]


def test_a_policy_nobody_defined_is_an_error(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "policy" "strickt"
    2026-01-01 custom "dunning-customer" "Acme"
      policy: "huose"
    2026-01-01 open Assets:Receivable:Bolt
      policy: "xyzzy"
    2026-01-01 custom "dunning-step" "house" "reminder" 3
    """
    known = "friendly, house, none, standard, strict"
    assert problems(ledger) == [
        '1: There is no policy "strickt". Did you mean "strict"?',
        '2: There is no policy "huose". Did you mean "house"?',
        f'4: There is no policy "xyzzy". Known: {known}.',
    ]
    settings = ledger.settings()
    assert settings.policy == "standard"
    assert settings.customer("Acme").policy is None
    assert settings.accounts["Assets:Receivable:Bolt"] == Account(
        "Assets:Receivable:Bolt", "Bolt"
    )


def test_a_policy_may_be_defined_after_its_use_on_the_same_day(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "policy" "house"
    2026-01-01 custom "dunning-step" "house" "reminder" 3
    """
    assert problems(ledger) == []
    assert ledger.settings().policy == "house"


@pytest.mark.parametrize("meta", [{}, {"filename": None, "lineno": None}])
def test_directives_that_plugins_make_may_lack_a_place(
    ledger: Ledger, meta: dict[str, Any]
) -> None:
    """
    2026-01-01 custom "dunning-option" "terms"
    """
    bare = [ledger.entries[0]._replace(meta=meta)]
    (problem,) = read_settings(bare, {}, date(2026, 1, 1)).problems
    assert problem.source == {"filename": "<unknown>", "lineno": 0}


@pytest.mark.parametrize(
    "kind",
    [
        *("dunning-option", "dunning-customer", "dunning-step", "dunning-interest"),
        "reference-rate",
    ],
)
def test_a_directive_without_values_can_be_printed(kind: str) -> None:
    found = load(f'2026-01-01 custom "{kind}"\n').settings().problems
    assert len(found) == 1
    assert kind in format_error(found[0])


def test_an_account_is_no_text(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "title" Assets:Bank
    2026-01-01 custom "dunning-customer" Assets:Receivable:Acme
    """
    first, second = problems(ledger)
    assert first == (
        '1: option "title": expected text in quotes, like "…"; got Assets:Bank.'
    )
    assert second.startswith("2: A customer's file names the customer")


@pytest.mark.parametrize("value", ["", "soon"])
def test_terms_that_are_none_are_an_error(ledger: Ledger, value: str) -> None:
    """
    2026-01-01 custom "dunning-option" "terms" "$value"
    """
    assert problems(ledger) == [f'1: option "terms": "{value}" {NO_TERMS}.']


def test_an_as_of_option_may_be_dated_after_the_date_it_sets(ledger: Ledger) -> None:
    """
    2026-01-05 custom "dunning-option" "as-of" 2025-12-31
    """
    assert ledger.settings("2025-12-31").as_of == date(2025, 12, 31)


def ladder(ledger: Ledger, policy: str, on: str) -> list[tuple[str, int, int | None]]:
    return [
        (step.name, step.days, step.min_interval)
        for step in ledger.settings().steps(policy, date.fromisoformat(on))
    ]


def test_a_ladder_is_what_it_was_on_a_day(ledger: Ledger) -> None:
    """
    2026-03-01 custom "dunning-step" "standard" "first"   5
    2026-03-01 custom "dunning-step" "standard" "second" 12
    2026-06-01 custom "dunning-step" "standard" "first"   9
    2026-07-01 custom "dunning-step" "standard" "third"  40
    2026-07-01 custom "dunning-step" "house" "call"       3
    2026-12-01 custom "dunning-step" "standard" "fourth" 99
    """
    settings = ledger.settings("2026-11-20")
    assert ladder(ledger, "standard", "2026-02-28") == [
        ("upcoming", -2, 0),
        ("first reminder", 1, 3),
        ("second reminder", 7, 6),
        ("final notice", 15, 8),
        ("stop-loss review", 30, 15),
    ]
    assert ladder(ledger, "standard", "2026-03-01") == [
        ("first", 5, 0),
        ("second", 12, 7),
    ]
    assert ladder(ledger, "standard", "2026-06-30") == [
        ("first", 9, 0),
        ("second", 12, 3),
    ]
    assert ladder(ledger, "standard", "2026-11-20") == [
        ("first", 9, 0),
        ("second", 12, 3),
        ("third", 40, 28),
    ]
    assert settings.steps("standard") == settings.steps("standard", date(2026, 7, 1))
    # A policy of the ledger's own had no steps before it had a name.
    assert ladder(ledger, "house", "2026-06-30") == []
    assert ladder(ledger, "house", "2026-07-01") == [("call", 3, 0)]
    # What was never changed is what it always was.
    assert settings.steps("strict", date(1999, 1, 1)) == settings.steps("strict")
    assert ladder(ledger, "none", "2026-07-01") == []
    assert ladder(ledger, "home", "2026-07-01") == []


def test_a_customer_s_policy_is_what_it_was_on_a_day(ledger: Ledger) -> None:
    """
    2026-02-01 custom "dunning-option" "policy" "friendly"
    2026-06-01 custom "dunning-option" "policy" "none"
    2026-03-01 custom "dunning-customer" "Acme"
      policy: "strict"
    2026-05-01 custom "dunning-customer" "Acme"
      policy: "strickt"
    2026-07-01 custom "dunning-customer" "Acme"
      policy: "standard"
    2026-08-01 custom "dunning-customer" "Acme"
      email: "ap@acme.example"
    2026-12-01 custom "dunning-customer" "Acme"
      policy: "none"
    """
    settings = ledger.settings("2026-11-20")
    days = {
        "2026-02-01": ("friendly", "friendly"),
        "2026-02-28": ("friendly", "friendly"),
        "2026-03-01": ("strict", "friendly"),
        "2026-05-31": ("strict", "friendly"),
        "2026-06-01": ("strict", "none"),
        "2026-07-01": ("standard", "none"),
        "2026-12-31": ("standard", "none"),
    }
    assert {
        on: (
            settings.policy_of("Acme", date.fromisoformat(on)),
            settings.policy_of("Bolt", date.fromisoformat(on)),
        )
        for on in days
    } == days
    assert settings.customer("Acme").policy == "standard"
    assert settings.policy == "none"


def test_without_a_word_the_policy_is_standard_on_every_day(ledger: Ledger) -> None:
    """
    2026-03-01 custom "dunning-customer" "Acme"
      policy: "strict"
    """
    settings = ledger.settings()
    assert settings.policy_of("Bolt", date(2026, 1, 1)) == "standard"
    assert settings.policy_of("Acme", date(2026, 1, 1)) == "standard"


def test_before_the_option_the_default_policy_was_standard(ledger: Ledger) -> None:
    """
    2026-03-01 custom "dunning-option" "policy" "friendly"
    """
    assert ledger.settings().policy_of("Acme", date(2026, 2, 28)) == "standard"


def test_catching_up_is_what_it_was_on_a_day(ledger: Ledger) -> None:
    """
    2026-03-01 custom "dunning-option" "catch-up" "highest"
    2026-05-01 custom "dunning-option" "catch-up" "lowest"
    2026-06-01 custom "dunning-option" "catch-up" "next"
    """
    settings = ledger.settings()
    days = ("2026-02-28", "2026-03-01", "2026-05-31", "2026-06-01")
    assert [settings.skips_steps(date.fromisoformat(one)) for one in days] == [
        *(False, True, True, False)
    ]
    assert settings.catch_up == "next"


def test_interest_is_percent_or_points_over_a_rate(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-interest" "standard" 9 "bundesbank"
      compensation: 40.00 EUR
    2026-02-01 custom "dunning-interest" "strict" 12.5
    2026-03-01 custom "dunning-interest" "friendly" -1 "ours"
      fixed-at: "start"
    2026-04-01 custom "dunning-interest" "standard" 0
    2026-01-01 custom "reference-rate" "ours" -0.5
    """
    assert problems(ledger) == []
    settings = ledger.settings()
    found = {
        policy: [
            (
                str(since),
                agreed.percent,
                agreed.reference,
                agreed.is_fixed,
                agreed.compensation,
                agreed.entry.meta["lineno"],
            )
            for since, agreed in timeline.changes
        ]
        for policy, timeline in settings.interest.items()
    }
    forty = Compensation(((Decimal(), Amount(Decimal("40.00"), "EUR")),))
    assert found == {
        "standard": [
            ("2026-01-01", Decimal(9), "bundesbank", False, forty, 1),
            ("2026-04-01", Decimal(0), None, False, None, 6),
        ],
        "strict": [("2026-02-01", Decimal("12.5"), None, False, None, 3)],
        "friendly": [("2026-03-01", Decimal(-1), "ours", True, None, 4)],
    }
    assert sorted(settings.references) == ["bundesbank", "ours"]


def test_an_agreement_dated_later_does_not_exist(ledger: Ledger) -> None:
    """
    2026-12-01 custom "dunning-interest" "standard" 9 "bundesbank"
    2026-12-01 custom "reference-rate" "ours" 1
    """
    settings = ledger.settings("2026-11-30")
    assert (settings.interest, settings.references) == ({}, {})
    settings = ledger.settings("2026-12-01")
    assert sorted(settings.interest) == ["standard"]
    assert sorted(settings.references) == ["bundesbank", "ours"]


@pytest.mark.parametrize(
    "values",
    [
        "",
        '"standard"',
        "9",
        '"" 9',
        '9 "standard"',
        '"standard" "9"',
        '"standard" "bundesbank" 9',
        '"standard" 9 5',
        '"standard" 9 Assets:Bank',
        '"standard" TRUE',
        '"standard" 9 "bundesbank" 5',
    ],
)
def test_interest_has_a_policy_and_a_rate(broken_ledger: Ledger, values: str) -> None:
    """
    2026-01-01 custom "dunning-interest" $values
    """
    del values
    assert problems(broken_ledger) == [
        (
            "1: Interest has a policy and percent a year, or points over a reference "
            'rate: custom "dunning-interest" "standard" 9, or custom '
            '"dunning-interest" "standard" 9 "bundesbank".'
        )
    ]
    assert broken_ledger.settings().interest == {}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ('"standard" -1', "Interest of -1 % is negative."),
        ('"standard" -0.50', "Interest of -0.50 % is negative."),
        (
            '"standrad" 9',
            'There is no policy "standrad". Did you mean "standard"?',
        ),
        (
            '"xyzzy" 9 "nowhere"',
            'There is no policy "xyzzy". Known: friendly, standard, strict.',
        ),
        (
            '"standard" 9 "bundesbnak"',
            'There is no rate "bundesbnak". Did you mean "bundesbank"?',
        ),
        (
            '"standard" 9 "xyzzy"',
            (
                'There is no rate "xyzzy". Known: bank-of-england, bundesbank, '
                "ecb, ours."
            ),
        ),
    ],
)
def test_interest_that_makes_no_sense_has_no_effect(
    ledger: Ledger, values: str, message: str
) -> None:
    """
    2026-01-01 custom "dunning-interest" $values
    2026-01-01 custom "reference-rate" "ours" 1
    """
    del values
    assert problems(ledger) == [f"1: {message}"]
    settings = ledger.settings()
    assert settings.interest == {}
    assert "ours" in settings.references
    assert not {"bundesbnak", "xyzzy", "nowhere"} & set(settings.references)


def test_a_bad_agreement_leaves_the_earlier_one_in_force(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-interest" "standard" 9
    2026-02-01 custom "dunning-interest" "standard" 5 "nowhere"
    """
    (change,) = ledger.settings().interest["standard"].changes
    assert change[1].percent == Decimal(9)
    assert len(problems(ledger)) == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('fixed-at: "end"', 'fixed-at: expected "start"; got "end".'),
        ("fixed-at: TRUE", 'fixed-at: expected "start"; got TRUE.'),
        ("compensation: 40", f"compensation: expected {BY_SIZE}; got 40."),
        ("compensation: -40 EUR", f"compensation: expected {AMOUNT}; got -40 EUR."),
        (
            "compensatoin: 40 EUR",
            (
                '"compensatoin" is not a key of a dunning-interest directive. '
                'Did you mean "compensation"?'
            ),
        ),
    ],
)
def test_bad_metadata_of_interest_is_an_error_and_the_rate_stays(
    ledger: Ledger, line: str, message: str
) -> None:
    """
    2026-01-01 custom "dunning-interest" "standard" 9
      $line
    """
    del line
    assert problems(ledger) == [f"1: {message}"]
    ((_, agreed),) = ledger.settings().interest["standard"].changes
    assert (agreed.percent, agreed.is_fixed, agreed.compensation) == (
        *(Decimal(9), False),
        None,
    )


def test_a_rate_has_a_history(ledger: Ledger) -> None:
    """
    2026-07-01 custom "reference-rate" "ours" 1.52
    2026-01-01 custom "reference-rate" "ours" -0.88
    2026-12-01 custom "reference-rate" "ours" 9
    """
    ours = ledger.settings("2026-11-20").references["ours"]
    assert [
        (str(rate.since), rate.percent, rate.entry and rate.entry.meta["lineno"])
        for rate in ours.rates
    ] == [("2026-01-01", Decimal("-0.88"), 2), ("2026-07-01", Decimal("1.52"), 1)]
    assert ours.known_until is None
    assert problems(ledger) == []


def test_a_built_in_rate_may_be_carried_on(ledger: Ledger) -> None:
    """
    2026-10-01 custom "reference-rate" "bundesbank" 7.77
    """
    rate = ledger.settings().references["bundesbank"]
    assert rate.known_until is not None
    assert len(rate.rates) > 1
    assert rate.rates[-1].percent == Decimal("7.77")
    assert rate.rates[-1].entry is ledger.entries[0]


@pytest.mark.parametrize(
    "values", ["", '"ours"', "5", '" " 5', '5 "ours"', '"ours" "5"', '"ours" 5 5']
)
def test_a_rate_has_a_name_and_a_percentage(broken_ledger: Ledger, values: str) -> None:
    """
    2026-01-01 custom "reference-rate" $values
    """
    del values
    assert problems(broken_ledger) == [
        (
            "1: A reference rate has a name and a percentage: custom "
            '"reference-rate" "bundesbank" 1.52.'
        )
    ]
    assert broken_ledger.settings().references == {}


def test_metadata_of_a_rate_is_an_error_and_the_rate_stays(ledger: Ledger) -> None:
    """
    2026-01-01 custom "reference-rate" "ours" 1.52
      source: "the contract"
    """
    assert len(ledger.settings().references["ours"].rates) == 1
    assert problems(ledger) == [
        '1: "source" is not a key of a reference-rate directive.'
    ]


def stands(entries: Mapping[str, Directive]) -> dict[str, int]:
    return {name: entry.meta["lineno"] for name, entry in entries.items()}


def test_where_each_setting_stands(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "grace" 3
    2026-02-01 custom "dunning-option" "grace" 5
    2026-02-01 custom "dunning-option" "grace" "none"
    2026-01-01 custom "dunning-option" "policy" "strict"
    2026-01-01 custom "dunning-customer" "Acme"
      email: "ap@acme.example"
      terms: "net 14"
    2026-02-01 custom "dunning-customer" "Acme"
      email: "new@acme.example"
    2026-01-01 open Assets:Receivable:Acme
      email: "new@acme.example"
      phone: "+49 1"
      terms: "net 14"
    2026-01-01 open Assets:Bank
    2026-01-01 custom "dunning-step" "house" "call" 3
    2026-02-01 custom "dunning-step" "house" "call" 4
    2026-01-02 custom "dunning-option" "minimum" 1 EUR
    2026-01-03 custom "dunning-option" "minimum" 5 EUR
    2026-01-02 custom "dunning-option" "minimum" 6 USD
    """
    settings = ledger.settings()
    acme, house = settings.customer("Acme"), settings.steps("house")
    account, other = (
        settings.accounts[f"Assets:Receivable:{name}"] for name in ("Acme", "Bolt")
    )
    assert stands(settings.entries) == {
        "grace": 2,
        "policy": 4,
        "minimum": 18,
    }
    assert stands(settings.minimum_entries) == {"EUR": 18, "USD": 19}
    # What the directive does not say stands at the open.
    assert stands(acme.entries) == {"email": 8, "terms": 5, "phone": 10}
    assert account is not None
    assert account.entry is not None
    assert account.entry.meta["lineno"] == 10
    assert other is not None
    assert other.entry is None
    assert [step.entry and step.entry.meta["lineno"] for step in house] == [16]
    assert {step.entry for step in settings.steps("standard")} == {None}
