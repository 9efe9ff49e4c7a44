"""What settles what, where a credit names no invoice, and whose a name is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import load

if TYPE_CHECKING:
    from beancount_dunning.ledger.items import Item
    from beancount_dunning.ledger.items import Receivables
    from tests.conftest import Ledger


def settled(receivables: Receivables) -> dict[str, list[str]]:
    """Return what settled each item, with the rule, by invoice or narration."""
    items: list[Item] = [*receivables.items, *receivables.settled]
    return {
        item.invoice or item.entry.narration or "": [
            f"{one.amount} {one.rule}" for one in item.settlements
        ]
        for item in items
    }


def is_open(receivables: Receivables) -> dict[str, str]:
    return {
        item.invoice or item.entry.narration or "": str(item.open)
        for item in receivables.items
    }


def left(receivables: Receivables) -> list[tuple[str, str]]:
    return [(one.customer, str(one.amount)) for one in receivables.unapplied]


TEXT = "number found in the text"
OLDEST = "no invoice given: oldest due date first"
LOOSE = "credit left over, and a debit without an invoice number"
BACK = "the same amount on the same accounts: booked back"

INVOICES = """
    2026-01-01 custom "dunning-option" "terms" "net 30"
    2026-01-05 * "Acme" "One" ^INV-0001
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-02-05 * "Acme" "Two" ^INV-0002
      Assets:Receivable  200.00 EUR
      Income:Services
    2026-03-05 * "Acme" "Three" ^INV-0003
      Assets:Receivable  300.00 EUR
      Income:Services
"""


@pytest.mark.parametrize(
    ("text", "amount", "expected"),
    [
        ("inv 0002", "200.00", {"INV-0001": "100.00", "INV-0003": "300.00"}),
        # What is left over goes to what is due first.
        ("INV-0002", "250.00", {"INV-0001": "50.00", "INV-0003": "300.00"}),
        # Of several, the one that is the amount, the sum that is, or by due date.
        ("INV-0001 INV-0003", "300.00", {"INV-0001": "100.00", "INV-0002": "200.00"}),
        (
            "INV-0001 INV-0002 INV-0003",
            "500.00",
            {"INV-0001": "100.00"},
        ),
        ("INV-0002, INV-0003", "350.00", {"INV-0001": "100.00", "INV-0003": "150.00"}),
        ("Thanks", "150.00", {"INV-0002": "150.00", "INV-0003": "300.00"}),
    ],
)
def test_a_text_names_invoices(
    text: str, amount: str, expected: dict[str, str]
) -> None:
    payment = f"""
    2026-04-01 * "Acme" "{text}"
      Assets:Bank        {amount} EUR
      Assets:Receivable
    """
    assert is_open(load(INVOICES + payment).receivables()) == expected


def test_a_text_names_what_is_open_of_its_customer_alone(ledger: Ledger) -> None:
    """
    2026-01-05 * "Bolt" "Website" ^INV-0001
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-01-06 * "Acme" "Website" ^INV-0002
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-02-01 * "Acme" "INV-0001"
      Assets:Bank        100.00 EUR
      Assets:Receivable
    """
    receivables = ledger.books().with_settled(None).receivables
    assert settled(receivables) == {"INV-0001": [], "INV-0002": [f"100.00 {OLDEST}"]}


def test_the_option_unreferenced_leaves_texts_and_oldest_alone(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "unreferenced" "unapplied"
    2026-01-05 * "Acme" "Website" ^INV-0001
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-01-06 * "Acme" "Nameless"
      Assets:Receivable   30.00 EUR
      Income:Services
    2026-02-01 * "Acme" "INV-0001"
      Assets:Bank        100.00 EUR
      Assets:Receivable
    """
    receivables = ledger.books().with_settled(None).receivables
    assert settled(receivables) == {"INV-0001": [], "Nameless": [f"30.00 {LOOSE}"]}
    assert left(receivables) == [("Acme", "-70.00")]


def test_a_refund_takes_what_is_left_over_whatever_that_names(ledger: Ledger) -> None:
    """
    2026-01-05 * "Acme" "Website" ^INV-0001
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-02-01 * "Acme" "Paid" ^INV-0001
      Assets:Bank        150.00 EUR
      Assets:Receivable
    2026-02-02 * "Acme" "Credit note" ^CN-01
      Income:Services     20.00 EUR
      Assets:Receivable
    2026-03-01 * "Acme" "Sent back"
      Assets:Receivable   60.00 EUR
      Assets:Bank
    """
    receivables = ledger.books().with_settled(None).receivables
    assert receivables.items == ()
    assert settled(receivables)["Sent back"] == [f"50.00 {LOOSE}", f"10.00 {LOOSE}"]
    (credit,) = receivables.unapplied
    assert (credit.reference, str(credit.amount)) == ("CN-01", "-10.00")
    assert credit.words == "CN-01 Credit note"


def test_a_refund_takes_nothing_of_another_currency_or_account(ledger: Ledger) -> None:
    """
    2026-02-01 * "Acme" "Over-paid" ^INV-0001
      Assets:Bank         50.00 EUR
      Assets:Receivable
    2026-03-01 * "Acme" "Sent back"
      Assets:Receivable   50.00 USD
      Assets:Bank
    2026-03-02 * "Acme" "Sent back from elsewhere"
      customer: "Acme"
      Assets:Receivable:Old  50.00 EUR
      Assets:Bank
    """
    receivables = ledger.receivables()
    assert is_open(receivables) == {
        "Sent back": "50.00",
        "Sent back from elsewhere": "50.00",
    }
    assert left(receivables) == [("Acme", "-50.00")]


def test_a_debit_that_books_a_credit_back_undoes_it(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "terms" "net 14"
    2026-01-01 * "Acme" "Website" ^INV-0001
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-01-05 * "Acme" "Paid"
      Assets:Bank         50.00 EUR
      Assets:Receivable
    2026-01-05 * "Acme" "Paid, too"
      Assets:Bank         20.00 EUR
      Assets:Receivable
    2026-01-06 * "Acme" "Returned"
      Assets:Receivable   50.00 EUR
      Assets:Bank
    """
    before = ledger.receivables("2026-01-05")
    assert is_open(before) == {"INV-0001": "30.00"}
    receivables = ledger.books().with_settled(None).receivables
    assert is_open(receivables) == {"INV-0001": "80.00"}
    assert settled(receivables)["Returned"] == [f"50.00 {BACK}"]


@pytest.mark.parametrize(
    ("day", "due", "amount", "account"),
    [
        # Another account, another amount, a due date of its own, an earlier day.
        ("2026-01-06", "", "50.00", "Income:Services"),
        ("2026-01-06", "", "50.01", "Assets:Bank"),
        ("2026-01-06", "due: 2026-01-08", "50.00", "Assets:Bank"),
        ("2026-01-04", "", "50.00", "Assets:Bank"),
    ],
)
def test_other_debits_do_not(day: str, due: str, amount: str, account: str) -> None:
    ledger = load(f"""
    2026-01-05 * "Acme" "Paid"
      Assets:Bank              50.00 EUR
      Assets:Receivable:Acme
    {day} * "Acme" "Not returned"
      {due}
      Assets:Receivable:Acme  {amount} EUR
      {account}
    """)
    rules = settled(ledger.books().with_settled(None).receivables)
    assert rules == {"Not returned": [f"50.00 {OLDEST}"]}


def test_names_are_compared_without_case_and_shown_as_first_spelled(
    ledger: Ledger,
) -> None:
    """
    2026-01-02 * "ACME GMBH" "Deposit"
      Assets:Bank         10.00 EUR
      Assets:Receivable
    2026-01-05 * "Acme GmbH" "One" ^INV-0001
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-01-06 * "acme gmbh" "Two" ^INV-0002
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-02-01 * "ACME GMBH" "Paid"
      Assets:Bank        100.00 EUR
      Assets:Receivable
    """
    receivables = ledger.receivables()
    assert is_open(receivables) == {"INV-0002": "90.00"}
    assert [item.customer for item in receivables.items] == ["Acme GmbH"]


def test_a_payment_s_spelling_is_shown_where_there_is_no_other(ledger: Ledger) -> None:
    """
    2026-01-02 * "ACME" "Deposit"
      Assets:Bank         10.00 EUR
      Assets:Receivable
    2026-01-02 * "AcmE" "Deposit"
      Assets:Bank         10.00 EUR
      Assets:Receivable
    """
    assert left(ledger.receivables()) == [("ACME", "-10.00"), ("ACME", "-10.00")]


def test_a_file_and_an_account_spell_their_customer(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-customer" "yoga Loft"
      policy: "none"
      email: "a@b.example"
    2026-01-02 open Assets:Receivable:Yoga
      customer: "Yoga Loft"
      phone: "1"
    2026-01-05 * "Yoga loft" "One" ^INV-0001
      Assets:Receivable      100.00 EUR
      Income:Services
    2026-01-06 * "Whoever" "Two" ^INV-0002
      Assets:Receivable:Yoga 100.00 EUR
      Income:Services
    """
    books = ledger.books()
    found = {(item.customer, item.policy) for item in books.receivables.items}
    assert found == {("yoga Loft", "none")}
    file = books.settings.customer("YOGA LOFT")
    assert (file.name, file.email, file.phone) == ("yoga Loft", "a@b.example", "1")


def test_a_collective_account_tells_customers_apart_by_payee(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Receivable:Customers
      collective: TRUE
    2026-01-05 * "Acme" "One" ^INV-0001
      Assets:Receivable:Customers  100.00 EUR
      Income:Services
    2026-01-06 * "Bolt" "Two" ^INV-0002
      Assets:Receivable:Customers  100.00 EUR
      Income:Services
    2026-01-07 * "Three" ^INV-0003
      Assets:Receivable:Customers  100.00 EUR
      Income:Services
    2026-02-01 * "BOLT" "Paid"
      Assets:Bank                  100.00 EUR
      Assets:Receivable:Customers
    """
    items = ledger.receivables().items
    assert [(item.invoice, item.customer) for item in items] == [
        ("INV-0001", "Acme"),
        # Nobody else is named.
        ("INV-0003", "Customers"),
    ]


def test_an_account_s_own_customer_goes_before_the_payee(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Receivable:Customers
      collective: TRUE
      customer: "Acme"
    2026-01-05 * "Bolt" "One" ^INV-0001
      Assets:Receivable:Customers  100.00 EUR
      Income:Services
    """
    assert [item.customer for item in ledger.receivables().items] == ["Acme"]


def test_what_is_lent_again_is_late_since_the_last_time(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "terms" "net 30"
    2026-01-05 * "Bob" "Lent"
      Assets:Receivable:Bob   50.00 EUR
      Assets:Bank
    2026-01-15 * "Bob" "Paid back"
      Assets:Bank             50.00 EUR
      Assets:Receivable:Bob
    2026-02-05 * "Bob" "Lent again"
      Assets:Receivable:Bob   50.00 EUR
      Assets:Bank
    2026-02-15 * "Bob" "Paid back again"
      Assets:Bank             50.00 EUR
      Assets:Receivable:Bob
    2026-02-20 * "Bob" "Taken back"
      Assets:Receivable:Bob   50.00 EUR
      Assets:Bank
    """
    assert is_open(ledger.receivables("2026-02-10")) == {"Lent again": "50.00"}
    assert is_open(ledger.receivables("2026-02-15")) == {}
    assert is_open(ledger.receivables("2026-02-20")) == {"Taken back": "50.00"}


@pytest.mark.parametrize(
    "name",
    ["CAF\u00c9 NOIR", "Cafe\u0301 noir", "Cafe\u0301  Noir", "Caf\u00e9\u00a0Noir"],
)
def test_accents_and_blanks_make_no_other_customer(name: str) -> None:
    text = f"""
    2026-01-05 * "Caf\u00e9 Noir" "Menu" ^INV-1
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-01-15 * "{name}" "Thanks"
      Assets:Bank        100.00 EUR
      Assets:Receivable
    """
    receivables = load(text).receivables()
    assert is_open(receivables) == {}
    assert left(receivables) == []


@pytest.mark.parametrize(
    ("payee", "whose"),
    [
        # A customer of their own; the bank's spelling of somebody.
        ("Acme Holding", "Acme Holding"),
        ("ACME H. BERLIN", "Acme"),
    ],
)
def test_what_a_payer_pays_too_much_for_another_is_the_payer_s(
    ledger: Ledger, payee: str, whose: str
) -> None:
    """
    2026-01-05 * "Acme" "Website" ^INV-0001
      due: 2026-02-05
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-01-05 * "Acme Holding" "Website" ^INV-0002
      due: 2026-02-05
      Assets:Receivable  150.00 EUR
      Income:Services
    2026-02-01 * "$payee" "Both" ^INV-0001
      Assets:Bank        250.00 EUR
      Assets:Receivable
    """
    del payee
    assert left(ledger.receivables()) == [(whose, "-150.00")]


def test_the_bank_s_name_for_a_payer_stands_in_the_customer_s_file(
    ledger: Ledger,
) -> None:
    """
    2026-01-01 custom "dunning-customer" "Gartenbau Grün"
      payer: "GARTENBAU GRUEN; G. GRUEN; Bolt; Both"
    2026-01-01 custom "dunning-customer" "Bolt"
      payer: "Both"
    2026-01-05 * "Gartenbau Grün" "One" ^INV-0001
      Assets:Receivable  300.00 EUR
      Income:Services
    2026-02-01 * "Gartenbau Gruen" "Thanks"
      Assets:Bank        100.00 EUR
      Assets:Receivable
    2026-02-02 * "g. gruen" "Advance" ^ORDER-7
      Assets:Bank         50.00 EUR
      Assets:Receivable
    2026-02-03 * "Bolt" "Deposit"
      Assets:Bank          1.00 EUR
      Assets:Receivable
    2026-02-03 * "Both" "Deposit"
      Assets:Bank          2.00 EUR
      Assets:Receivable
    """
    receivables = ledger.receivables()
    assert is_open(receivables) == {"INV-0001": "200.00"}
    # A customer's own name, and what two files have, stay what they are.
    assert left(receivables) == [
        ("Bolt", "-1.00"),
        ("Both", "-2.00"),
        ("Gartenbau Grün", "-50.00"),
    ]


DISCOUNTS = """
    2026-01-01 open Assets:Receivable:Acme
      terms: "3/10 net 30"
    2026-01-05 * "One" ^INV-1
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-01-06 * "Two" ^INV-2
      Assets:Receivable:Acme   500.00 EUR
      Income:Services
    2026-01-07 * "Three" ^INV-3
      Assets:Receivable:Acme   100.00 EUR
      Income:Services
    {day} * "Several" #bank
      Assets:Bank             {amount} EUR
      Assets:Receivable:Acme
"""


@pytest.mark.parametrize(
    ("day", "amount", "expected"),
    [
        ("2026-01-12", "970.00", ["30.00", "500.00", "100.00"]),
        ("2026-01-12", "1455.00", ["30.00", "15.00", "100.00"]),
        ("2026-01-12", "1552.00", ["30.00", "15.00", "3.00"]),
        # A cent less, and days too late: the oldest takes all.
        ("2026-01-12", "1454.99", ["45.01", "100.00"]),
        ("2026-01-17", "1455.00", ["45.00", "100.00"]),
        ("2026-01-12", "1600.00", []),
        ("2026-01-12", "1700.00", []),
    ],
)
def test_several_invoices_less_their_discounts_keep_none_of_the_others(
    day: str, amount: str, expected: list[str]
) -> None:
    """A bank's text need not name them, if the amount is theirs."""
    receivables = load(DISCOUNTS.format(day=day, amount=amount)).books().receivables
    assert [*is_open(receivables).values()] == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        # All of the first, and not the first less its discount, and the second.
        ("1000.00", {"INV-2": "30.00", "INV-3": "100.00"}),
        ("1030.00", {"INV-3": "100.00"}),
        ("970.00", {"INV-1": "30.00", "INV-2": "30.00", "INV-3": "100.00"}),
        ("1100.00", {"INV-1": "30.00"}),
    ],
)
def test_what_is_paid_in_full_gets_no_discount_for_another(
    amount: str, expected: dict[str, str]
) -> None:
    text = DISCOUNTS.format(day="2026-01-12", amount=amount)
    text = text.replace("500.00 EUR", "30.00 EUR\n        due: 2026-02-05")
    text = text.replace("100.00 EUR", "100.00 EUR\n        due: 2026-02-06")
    assert is_open(load(text).books().receivables) == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("100.00", ["30.00", "15.00"]), ("120.00", ["10.00", "15.00"])],
)
def test_what_was_left_of_discounts_is_settled_last(
    amount: str, expected: list[str]
) -> None:
    text = DISCOUNTS.format(day="2026-01-12", amount="1455.00")
    more = f"""
    2026-02-20 * "Late" #bank
      Assets:Bank             {amount} EUR
      Assets:Receivable:Acme
"""
    receivables = load(text + more).books().receivables
    assert [*is_open(receivables).values()] == expected
