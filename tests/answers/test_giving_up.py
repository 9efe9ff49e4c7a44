"""How to give up an invoice: what is proposed, and what it does once it is pasted."""

from __future__ import annotations

from decimal import Decimal
from textwrap import dedent
from typing import TYPE_CHECKING
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.giving_up import WriteOffRefusedError
from beancount_dunning.answers.giving_up import propose_write_off
from beancount_dunning.answers.giving_up import propose_write_offs
from tests.conftest import load

if TYPE_CHECKING:
    from beancount_dunning.answers.write_offs import WriteOff
    from tests.conftest import Ledger

AS_OF = "2026-11-20"
SALE = """\
2026-01-05 * "Acme" "Website" ^INV-1
  due: 2026-02-04
  Assets:Receivable:Acme   2380.00 EUR
  Income:Services         -2000.00 EUR
  Liabilities:VAT          -380.00 EUR
"""
PAID = """\
2026-03-01 * "Acme" "Part payment" ^INV-1
  Assets:Bank              1190.00 EUR
  Assets:Receivable:Acme
"""


def proposal(ledger: Ledger, amount: str | None = None) -> WriteOff:
    books = ledger.books(AS_OF)
    some = Decimal(amount) if amount else None
    return propose_write_off(books, books.receivables.items[0], some)


def refusal(ledger: Ledger, amount: str | None = None) -> str:
    with pytest.raises(WriteOffRefusedError) as caught:
        proposal(ledger, amount)
    return str(caught.value)


def test_the_rest_of_an_invoice_is_given_up_with_the_tax_in_it() -> None:
    found = proposal(load(SALE + PAID))
    assert found.text == dedent(
        """\
        2026-11-20 open Expenses:Bad-Debts

        2026-11-20 * "Acme" "Bad debt of INV-1" ^INV-1
          Assets:Receivable:Acme  -1190.00 EUR
          Expenses:Bad-Debts       1000.00 EUR
          Liabilities:VAT           190.00 EUR
        """
    )
    assert found.as_dict() == {
        "invoice": "INV-1",
        "instalment": "1/1",
        "customer": "Acme",
        "account": "Assets:Receivable:Acme",
        "kind": "bad debt",
        "amount": "-1190.00",
        "currency": "EUR",
        "directive": found.text,
    }
    then = load(f"{SALE}{PAID}\n{found.text}").books(AS_OF)
    assert (then.receivables.items, then.receivables.unapplied) == ((), ())


def test_a_part_is_given_up_on_the_account_that_the_ledger_has() -> None:
    opened = "2026-01-01 open Expenses:Doubtful-Debts\n"
    assert proposal(load(opened + SALE), "119.00").text == dedent(
        """\
        2026-11-20 * "Acme" "Bad debt of INV-1" ^INV-1
          Assets:Receivable:Acme   -119.00 EUR
          Expenses:Doubtful-Debts   100.00 EUR
          Liabilities:VAT            19.00 EUR
        """
    )


PARTS = """\
2026-01-01 custom "dunning-option" "payment-order" "invoice"
2026-01-05 * "Acme" "Website" ^INV-1
  Assets:Receivable:Acme    595.00 EUR
    due: 2026-03-04
  Assets:Receivable:Extra   595.00 EUR
    due: 2026-02-04
    customer: "Acme"
  Income:Services         -1000.00 EUR
  Liabilities:VAT          -190.00 EUR
2026-02-20 * "Acme" "Fee for final notice of INV-1" ^INV-1
  charge: "fee"
  due: 2026-02-04
  Assets:Receivable:Acme      5.00 EUR
  Income:Fees                -5.00 EUR
"""
FEE_FIRST = PARTS.replace('"invoice"', '"charges"')


@pytest.mark.parametrize(
    ("text", "amount", "legs"),
    [
        pytest.param(
            PARTS,
            None,
            """
            Assets:Receivable:Extra  -595.00 EUR
            Assets:Receivable:Acme   -600.00 EUR
            Expenses:Bad-Debts       1005.00 EUR
            Liabilities:VAT           190.00 EUR
            """,
            id="whole, on both accounts, with its charge",
        ),
        pytest.param(
            PARTS,
            "119.00",
            """
            Assets:Receivable:Extra  -119.00 EUR
            Expenses:Bad-Debts        100.00 EUR
            Liabilities:VAT            19.00 EUR
            """,
            id="earliest due first",
        ),
        pytest.param(
            FEE_FIRST,
            "124.00",
            """
            Assets:Receivable:Acme    -5.00 EUR
            Assets:Receivable:Extra  -119.00 EUR
            Expenses:Bad-Debts        105.00 EUR
            Liabilities:VAT            19.00 EUR
            """,
            id="a charge first, which has no tax",
        ),
    ],
)
def test_all_parts_of_an_invoice_are_given_up_together(
    text: str, amount: str | None, legs: str
) -> None:
    found = proposal(load(text), amount)
    wanted = [line.split() for line in legs.strip().splitlines()]
    assert [
        line.split() for line in found.text.splitlines() if line.startswith("  A")
    ] + [
        line.split() for line in found.text.splitlines() if line[2:3] in {"E", "L"}
    ] == wanted


def test_credit_that_may_be_for_the_invoice_is_pointed_out() -> None:
    """The credit note has a number of its own; what is in dollars is for another."""
    credit = """\
2026-04-01 * "Acme" "Credit note" ^CN-1
  Income:Services          500.00 EUR
  Assets:Receivable:Acme
2026-04-01 * "Acme" "Credit note" ^CN-2
  Income:Services          300.00 USD
  Assets:Receivable:Acme
"""
    text = proposal(load(SALE + credit)).text
    assert text.splitlines()[0] == (
        "; Credit: 500.00 EUR is unapplied; if it is for this invoice, give up less"
    )
    assert "Credit" not in proposal(load(SALE + credit.replace("EUR", "USD"))).text
    assert not load(f"{SALE}{credit}\n{text}").errors


def test_another_customer_with_the_same_number_keeps_theirs() -> None:
    other = SALE.replace("Acme", "Birch").replace("-05 *", "-06 *")
    found = proposal(load(SALE + other))
    then = load(f"{SALE}{other}\n{found.text}").books(AS_OF)
    assert [item.customer for item in then.receivables.items] == ["Birch"]


def test_what_cannot_be_named_is_refused() -> None:
    assert refusal(load(SALE.replace("^INV-1", ""))) == (
        "Website has no reference. Add a link to it first, like ^INV-1."
    )


@pytest.mark.parametrize("amount", ["0", "-1.00", "2380.01"])
def test_no_more_and_no_less_than_a_part_is_given_up(amount: str) -> None:
    assert refusal(load(SALE), amount) == (
        f"2380.00 EUR of INV-1 is open, and {amount} EUR is not a part of it."
    )


def test_a_closed_account_takes_no_write_off() -> None:
    closed = "2026-06-30 close Liabilities:VAT\n"
    assert refusal(load(SALE + closed)) == "Liabilities:VAT is closed."


CENTS = st.integers(1, 10**6).map(lambda cents: Decimal(cents).scaleb(-2))


@profile(deadline=None)
@given(
    parts=st.lists(st.tuples(CENTS, st.dates()), min_size=1, max_size=3),
    tax=st.integers(0, 30),
    fee=CENTS,
    share=st.integers(1, 100),
    order=st.sampled_from(["invoice", "charges"]),
)
def test_what_is_pasted_settles_what_was_taken(
    parts: list[tuple[Decimal, object]], tax: int, fee: Decimal, share: int, order: str
) -> None:
    total = sum((amount for amount, _ in parts), Decimal())
    vat = (total * tax / (100 + tax)).quantize(Decimal("0.01"))
    legs = "".join(
        f"  Assets:Receivable:Acme  {amount} EUR\n    due: {due}\n"
        for amount, due in parts
    )
    text = (
        f'2026-01-01 custom "dunning-option" "payment-order" "{order}"\n'
        f'2026-01-05 * "Acme" "Website" ^INV-1\n{legs}'
        f"  Income:Services  {vat - total} EUR\n  Liabilities:VAT  -{vat} EUR\n"
        '2026-02-20 * "Acme" "Fee" ^INV-1\n  charge: "fee"\n  due: 2026-02-04\n'
        f"  Assets:Receivable:Acme  {fee} EUR\n  Income:Fees  -{fee} EUR\n"
    )
    ledger = load(text)
    amount = ((total + fee) * share / 100).quantize(Decimal("0.01"))
    if not amount:
        return
    found = proposal(ledger, str(amount))
    pasted = load(f"{text}\n{found.text}")
    assert not pasted.errors
    then = pasted.books(AS_OF, None).receivables
    given_up = [
        one.amount
        for item in then.all_items
        if item.charge is None
        for one in item.settlements
    ]
    posted: dict[str, Any] = {
        posting.account: posting.units and posting.units.number
        for posting in found.transaction.postings
    }
    # A third way to the tax: of all that the credit settled of the sale.
    expected = sum(given_up, Decimal()) * vat / total
    error = abs(posted.get("Liabilities:VAT", Decimal()) - expected)
    assert error <= Decimal("0.005") * len(parts) or not vat - total
    assert not then.unapplied
    assert -posted["Assets:Receivable:Acme"] == amount


def test_an_invoice_is_given_up_by_its_number_for_each_who_has_it() -> None:
    other = SALE.replace("Acme", "Birch")
    books = load(SALE + other).books(AS_OF)
    found = propose_write_offs(books, "INV-1")
    assert [one.item.customer for one in found] == ["Acme", "Birch"]
    with pytest.raises(WriteOffRefusedError, match="a part could be of any") as caught:
        propose_write_offs(books, "INV-1", Decimal(1))
    assert str(caught.value).startswith(
        "INV-1 is open for Acme in EUR and Birch in EUR"
    )


def test_what_is_not_open_is_not_given_up() -> None:
    books = load(SALE).books(AS_OF)
    with pytest.raises(WriteOffRefusedError) as caught:
        propose_write_offs(books, "INV-2")
    assert str(caught.value) == (
        'Nothing is open of INV-2 as of 2026-11-20. Did you mean "INV-1"?'
    )
