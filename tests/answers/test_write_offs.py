"""How to book what is left of an invoice, with the tax in it, and what that settles."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.answers.reasons import reasons
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.answers.tax_legs import tax_legs
from beancount_dunning.answers.write_offs import write_offs
from beancount_dunning.standing.aging import age
from beancount_dunning.standing.charges import charges
from tests.conftest import load

AS_OF = "2026-11-20"
OPENED = "2026-01-01 open Expenses:Discounts\n"


def proposed(text: str) -> list[str]:
    """Return each proposal, its legs alone, and see what it does once it is pasted."""
    ledger = load(text)
    assert not ledger.errors
    books = ledger.books(AS_OF)
    found = write_offs(books)
    pasted = load("\n".join([text, *(one.text for one in found)]))
    assert not pasted.errors
    then = pasted.books(AS_OF)
    assert write_offs(then) == []
    settled = {one.item.label for one in found}
    assert settled.isdisjoint(item.label for item in then.receivables.items)
    assert len(then.receivables.items) == len(books.receivables.items) - len(found)
    assert then.receivables.unapplied == books.receivables.unapplied
    return [
        f"{one.rest}: " + ", ".join(" ".join(line.split()) for line in _legs(one.text))
        for one in found
    ]


def _legs(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("  ")]


def invoice(legs: str, paid: str, terms: str = "2/10 net 30") -> str:
    lines = "".join(f"  {line.strip()}\n" for line in legs.strip().splitlines())
    return (
        f'{OPENED}2026-01-05 * "Acme" "Website" ^INV-1\n  terms: "{terms}"\n{lines}'
        '2026-01-12 * "Acme" "Paid" ^INV-1\n'
        f"  Assets:Bank  {paid}\n  Assets:Receivable:Acme\n"
    )


@pytest.mark.parametrize(
    ("legs", "paid", "expected"),
    [
        pytest.param(
            """
            Assets:Receivable:Acme  2380.00 EUR
            Income:Services        -2000.00 EUR
            Liabilities:VAT         -380.00 EUR
            """,
            "2332.40 EUR",
            "-47.60 EUR, Expenses:Discounts 40.00 EUR, Liabilities:VAT 7.60 EUR",
            id="one rate",
        ),
        pytest.param(
            """
            Assets:Receivable:Acme  2260.00 EUR
            Income:Services        -1000.00 EUR
            Liabilities:VAT:Full    -190.00 EUR
            Income:Books           -1000.00 EUR
            Liabilities:VAT:Reduced  -70.00 EUR
            """,
            "2214.80 EUR",
            (
                "-45.20 EUR, Expenses:Discounts 40.00 EUR, Liabilities:VAT:Full 3.80 "
                "EUR, Liabilities:VAT:Reduced 1.40 EUR"
            ),
            id="two rates",
        ),
        pytest.param(
            """
            Assets:Receivable:Acme  100.00 EUR
            Income:Services         -84.03 EUR
            Liabilities:VAT         -15.97 EUR
            """,
            "98.00 EUR",
            "-2.00 EUR, Expenses:Discounts 1.68 EUR, Liabilities:VAT 0.32 EUR",
            id="rounded, 0.3194 of tax",
        ),
        pytest.param(
            """
            Assets:Receivable:Acme  100.00 EUR
            Income:Services        -110.00 EUR
            Income:Rebates           10.00 EUR
            """,
            "98.00 EUR",
            "-2.00 EUR, Expenses:Discounts 2.00 EUR",
            id="no tax",
        ),
        pytest.param(
            """
            Assets:Receivable:Acme   95.20 EUR
            Assets:Prepaid           23.80 EUR
            Income:Services        -100.00 EUR
            Liabilities:VAT         -19.00 EUR
            """,
            "93.30 EUR",
            "-1.90 EUR, Expenses:Discounts 1.60 EUR, Liabilities:VAT 0.30 EUR",
            id="a part was prepaid",
        ),
        pytest.param(
            """
            Assets:Receivable:Acme  100.00 EUR
            Income:Services        -119.00 EUR
            Liabilities:VAT          19.00 EUR
            """,
            "98.00 EUR",
            "-2.00 EUR, Expenses:Discounts 2.00 EUR",
            id="a liability that is no tax on it",
        ),
        pytest.param(
            """
            Assets:Receivable:Acme  100.00 EUR
            Liabilities:Deposits   -100.00 EUR
            """,
            "98.00 EUR",
            "-2.00 EUR, Expenses:Discounts 2.00 EUR",
            id="nothing was sold",
        ),
        pytest.param(
            """
            Assets:Receivable:Acme  0.50 EUR
            Income:Services        -0.25 EUR
            Liabilities:VAT        -0.25 EUR
            """,
            "0.49 EUR",
            "-0.01 EUR, Liabilities:VAT 0.01 EUR",
            id="a cent, all of it tax by rounding",
        ),
        # ERPNext: 200 and 18 % tax, with 10 % for paying early: 20.00 and 3.60.
        pytest.param(
            """
            Assets:Receivable:Acme  236.00 EUR
            Income:Services        -200.00 EUR
            Liabilities:VAT         -36.00 EUR
            """,
            "212.40 EUR",
            "-23.60 EUR, Expenses:Discounts 20.00 EUR, Liabilities:VAT 3.60 EUR",
            id="ERP-DISC-01",
        ),
        # ERPNext: 100 USD at 50, paid with 90 at 46.67. The discount is 10 USD, and
        # what the dollar has lost is the bank transaction's to say.
        pytest.param(
            """
            Assets:Receivable:Acme  100.00 USD @ 50.00 INR
            Income:Services       -5000.00 INR
            """,
            "90.00 USD",
            "-10.00 USD, Expenses:Discounts 10.00 USD",
            id="ERP-DISC-03",
        ),
    ],
)
def test_a_discount_takes_its_part_of_the_tax(
    legs: str, paid: str, expected: str
) -> None:
    terms = "10/10 net 30" if "236.00" in legs or "USD" in legs else "2/10 net 30"
    (said,) = proposed(invoice(legs, paid, terms))
    assert said == f"discount: Assets:Receivable:Acme {expected}"


def test_a_small_remainder_takes_its_part_of_the_tax() -> None:
    text = invoice(
        """
        Assets:Receivable:Acme  2380.00 EUR
        Income:Services        -2000.00 EUR
        Liabilities:VAT         -380.00 EUR
        """,
        "2379.50 EUR",
        "net 30",
    )
    account = "2026-01-01 open Expenses:Rounding\n"
    assert proposed(account + text) == [
        (
            "remainder: Assets:Receivable:Acme -0.50 EUR, Expenses:Rounding 0.42 EUR, "
            "Liabilities:VAT 0.08 EUR"
        )
    ]


FEE = (
    '2026-01-01 custom "dunning-option" "bank-fee" 15.00 EUR\n'
    "2026-01-01 open Expenses:Bank:Fees\n"
)
SALE = """
Assets:Receivable:Acme  2380.00 EUR
Income:Services        -2000.00 EUR
Liabilities:VAT         -380.00 EUR
"""


def test_a_bank_fee_is_asked_for_until_it_is_booked_and_leaves_the_tax() -> None:
    text = FEE + invoice(SALE, "2365.00 EUR", "net 30")
    assert proposed(text) == [
        ("bank fee: Assets:Receivable:Acme -15.00 EUR, Expenses:Bank:Fees 15.00 EUR")
    ]
    ledger = load(text)
    books = ledger.books(AS_OF)
    (aged,) = age(books).items
    assert aged.standing.held is None
    assert len(reminders(books).due) == len(ledger.lines(AS_OF)) == 1
    facts = [str(fact.text) for fact in reasons(books, aged)]
    assert facts[2] == (
        "No more than a bank fee is missing: if the bank kept 15.00 EUR, book it"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2365.00", "2364.99"),
        ("15.00 EUR\n", "15.00 USD\n"),
        ("  Assets:Bank ", "  Income:Services "),
        ("^INV-1\n  Assets:Bank", "^INV-2\n  Assets:Bank"),
    ],
)
def test_more_than_a_bank_keeps_and_what_it_did_not_pay_is_no_fee(
    old: str, new: str
) -> None:
    text = FEE + invoice(SALE, "2365.00 EUR", "net 30")
    assert old in text
    assert proposed(text.replace(old, new, 1)) == []


@pytest.mark.parametrize(
    "note", ["dispute: TRUE", "promise: 2026-12-01", "hold-until: 2026-12-01"]
)
def test_what_rests_is_not_given_up(note: str) -> None:
    said = f'2026-11-19 note Assets:Receivable:Acme "Said" ^INV-1\n  {note}\n'
    assert proposed(FEE + invoice(SALE, "2365.00 EUR", "net 30") + said) == []


def test_a_fee_goes_before_a_remainder_and_a_discount_before_a_fee() -> None:
    early = invoice(SALE, "2379.50 EUR", "net 330")
    assert [said.partition(":")[0] for said in proposed(FEE + early)] == ["bank fee"]
    taken = invoice(SALE, "2379.50 EUR")
    assert [said.partition(":")[0] for said in proposed(FEE + taken)] == ["discount"]


@pytest.mark.parametrize(
    "account",
    ["Expenses:Bank-Fees", "Expenses:BankCharges", "Expenses:Fees:Bank:Fee"],
)
def test_a_fee_goes_where_the_ledger_has_it(account: str) -> None:
    text = FEE.replace("Expenses:Bank:Fees", account) + invoice(
        SALE, "2365.00 EUR", "net 30"
    )
    (said,) = proposed(text)
    assert said.endswith(f", {account} 15.00 EUR")


def test_a_discount_taken_is_said_with_its_days_and_bears_no_charge() -> None:
    interest = '2026-01-01 custom "dunning-interest" "standard" 9.00\n'
    text = invoice(
        """
        Assets:Receivable:Acme  1000.00 EUR
        Income:Services        -1000.00 EUR
        """,
        "980.00 EUR",
        "2/9 net 30",
    )
    books = load(interest + text).books(AS_OF)
    (aged,) = age(books).items
    assert str(reasons(books, aged)[2].text) == (
        "No reminders: 2 % until 2026-01-14, paid on 2026-01-12: 20.00 is the discount"
    )
    assert charges(books) == []
    assert reminders(books, days=60).due == ()


def test_a_discount_is_taken_on_the_day_on_which_enough_was_paid() -> None:
    text = invoice(SALE, "2000.00 EUR") + (
        '2026-01-14 * "Acme" "More" ^INV-1\n'
        "  Assets:Bank  332.40 EUR\n  Assets:Receivable:Acme\n"
        '2026-01-15 * "Acme" "And more" ^INV-1\n'
        "  Assets:Bank  7.60 EUR\n  Assets:Receivable:Acme\n"
    )
    books = load(text).books(AS_OF)
    (aged,) = age(books).items
    assert str(reasons(books, aged)[2].text) == (
        "No reminders: 2 % until 2026-01-15, paid on 2026-01-14: 40.00 is the discount"
    )
    assert proposed(text) == [
        (
            "discount: Assets:Receivable:Acme -40.00 EUR, Expenses:Discounts 33.61 "
            "EUR, Liabilities:VAT 6.39 EUR"
        )
    ]


CENTS = st.integers(1, 10**7).map(lambda cents: Decimal(cents).scaleb(-2))


@given(
    sales=st.lists(CENTS, min_size=1, max_size=3),
    taxes=st.lists(CENTS, max_size=3),
    percent=st.integers(1, 20),
)
def test_legs_balance_and_no_tax_is_more_than_its_part(
    sales: list[Decimal], taxes: list[Decimal], percent: int
) -> None:
    total = sum([*sales, *taxes], Decimal())
    paid = total - (total * percent / 100).quantize(Decimal("0.01"))
    legs = [f"Assets:Receivable:Acme {total} EUR"]
    legs += [f"Income:S{index} {-sale} EUR" for index, sale in enumerate(sales)]
    legs += [f"Liabilities:T{index} {-tax} EUR" for index, tax in enumerate(taxes)]
    text = invoice("\n".join(legs), f"{paid} EUR", f"{percent}/10 net 30")
    books = load(text).books(AS_OF)
    for item in books.receivables.items:
        found = tax_legs(books, item, item.open)
        left = item.open
        for index, tax in enumerate(taxes):
            part = found.get(f"Liabilities:T{index}", Decimal())
            error = abs(part - item.open * tax / total)
            assert error <= Decimal("0.005") or part == left
            left -= part
        assert 0 <= left <= item.open
    proposed(text)
