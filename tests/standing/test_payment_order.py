"""What payments settle first: the invoice, or the charges and interest on it.

Section 367(1) BGB, article 561 of the Chinese civil code, article 6:44 BW and article
1343-1 of the French civil code have the order costs, interest, principal.
"""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from decimal import ROUND_HALF_UP
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.proposals import as_text
from beancount_dunning.answers.proposals import transactions
from beancount_dunning.answers.story import tell
from beancount_dunning.standing.charges import charges
from beancount_dunning.standing.interest import accrue
from tests.conftest import Day
from tests.conftest import Ledger
from tests.conftest import load


def rows(ledger: Ledger, as_of: Day) -> list[str]:
    """Return what is open, with the interest on it."""
    assert not ledger.errors
    return [
        f"{one['invoice']} {one['instalment']} {one['open']} {one['interest']}"
        for one in ledger.report(as_of).as_dict()["items"]
    ]


def claim(ledger: Ledger, as_of: Day) -> Decimal:
    """Return what is open and the interest on it."""
    report = ledger.report(as_of)
    interest = (item.interest or Decimal() for item in report.items)
    return sum((item.item.open for item in report.items), Decimal()) + sum(interest)


@pytest.mark.parametrize(
    ("order", "interest"),
    [
        # To the 15th 10 x 1.00. Of the 510.00 these 10.00 are paid first, and then
        # 500.00; 10 x 0.50 more. The claim is 500.00 and 5.00, or 490.00 and 15.00.
        ("charges", "15.00"),
        # All of the 510.00 goes to the invoice: 10 x 0.49 more.
        ("invoice", "14.90"),
    ],
)
def test_interest_first(ledger: Ledger, order: str, interest: str) -> None:
    """
    1990-01-01 custom "dunning-option" "payment-order" "$order"
    1990-01-01 custom "dunning-interest" "standard" 36.5
    2025-12-01 * "Acme" "Website" ^INV-1
      due: 2026-01-05
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-01-15 * "Acme" "Part" ^INV-1
      Assets:Bank              510.00 EUR
      Assets:Receivable:Acme
    """
    del order
    assert rows(ledger, "2026-01-15") == ["INV-1 1/1 490.00 10.00"]
    assert rows(ledger, "2026-01-25") == [f"INV-1 1/1 490.00 {interest}"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [("charges", "4783.13"), ("invoice", "4741.69")],
)
def test_a_year_of_part_payments(order: str, expected: str) -> None:
    """10,000.00 at 1.27 + 9 points, paid in twelve parts of 500.00."""
    parts = [
        f"""
{day} * "Acme" "Part" ^INV-1
  Assets:Bank              500.00 EUR
  Assets:Receivable:Acme
"""
        for day in (
            *(f"2025-{month:02}-28" for month in range(7, 13)),
            *(f"2026-{month:02}-28" for month in range(1, 7)),
        )
    ]
    ledger = load(
        f"""
1990-01-01 custom "dunning-option" "payment-order" "{order}"
1990-01-01 custom "dunning-interest" "standard" 9 "bundesbank"
2025-06-01 * "Acme" "Website" ^INV-1
  due: 2025-06-30
  Assets:Receivable:Acme  10000.00 EUR
  Income:Services
"""
        + "".join(parts)
    )
    assert str(claim(ledger, "2026-06-30")) == expected


CHARGED = """
1990-01-01 custom "dunning-option" "payment-order" "{order}"
1990-01-01 custom "dunning-interest" "standard" 36.5
2025-12-01 * "Acme" "Website" ^INV-1
  due: 2026-01-05
  Assets:Receivable:Acme  1000.00 EUR
  Income:Services
2026-01-15 * "Acme" "Interest" ^INV-1
  charge: "interest"
  due: 2026-01-05
  Assets:Receivable:Acme    10.00 EUR
  Income:Interest
2026-01-15 * "Acme" "Fee" ^INV-1
  charge: "fee"
  due: 2026-01-05
  Assets:Receivable:Acme     7.00 EUR
  Income:Fees
2026-01-{day} * "Acme" "Part" {link}
  Assets:Bank              {paid} EUR
  Assets:Receivable:Acme
"""


@pytest.mark.parametrize("link", ["^INV-1", "^INV-1 ^INV-2", ""])
@pytest.mark.parametrize(
    ("order", "day", "paid", "expected"),
    [
        # Costs, interest, principal, whatever is posted on the day of the payment.
        ("charges", 15, "5.00", ["interest 10.00", "fee 2.00", "None 1000.00"]),
        ("charges", 15, "8.00", ["interest 9.00", "None 1000.00"]),
        ("charges", 15, "517.00", ["None 500.00"]),
        ("charges", 16, "518.00", ["None 499.00"]),
        ("charges", 15, "1017.00", []),
        # What is posted after the payment was not there to be paid.
        ("charges", 14, "517.00", ["interest 10.00", "fee 7.00", "None 483.00"]),
        ("charges", 14, "1002.00", ["interest 10.00", "fee 5.00"]),
        ("invoice", 15, "517.00", ["interest 10.00", "fee 7.00", "None 483.00"]),
        ("invoice", 15, "1008.00", ["interest 9.00"]),
    ],
)
def test_posted_charges(
    order: str, day: int, paid: str, link: str, expected: list[str]
) -> None:
    ledger = load(CHARGED.format(order=order, day=day, paid=paid, link=link))
    found = ledger.receivables("2026-02-20").items
    assert sorted(f"{one.charge} {one.open}" for one in found) == sorted(expected)


@pytest.mark.parametrize("posted", ["", "interest"])
def test_it_does_not_matter_whether_interest_is_posted(posted: str) -> None:
    """A payment of 510.00, as in the first example, and one of 15.00 later."""
    text = """
1990-01-01 custom "dunning-option" "payment-order" "charges"
1990-01-01 custom "dunning-interest" "standard" 36.5
2025-12-01 * "Acme" "Website" ^INV-1
  due: 2026-01-05
  Assets:Receivable:Acme  1000.00 EUR
  Income:Services
2026-01-15 * "Acme" "Part" ^INV-1
  Assets:Bank              510.00 EUR
  Assets:Receivable:Acme
2026-01-25 * "Acme" "Part" ^INV-1
  Assets:Bank               15.00 EUR
  Assets:Receivable:Acme
"""
    if posted:
        text += """
2026-01-25 * "Acme" "Interest" ^INV-1
  charge: "interest"
  due: 2026-01-05
  Assets:Receivable:Acme    15.00 EUR
  Income:Interest
"""
    ledger = load(text)
    # On the 25th 500.00 and 5.00 are owed: 5.00 and 10.00 are paid. 490.00 are left,
    # and 10 x 0.49 more.
    expected = ["INV-1 1/1 490.00 4.90"] if posted else ["INV-1 1/1 475.00 19.90"]
    assert rows(ledger, "2026-02-04") == expected
    assert claim(ledger, "2026-02-04") == Decimal("494.90")


@pytest.mark.parametrize("link", ["^INV-1", "^INV-1 ^INV-2", ""])
def test_more_than_the_invoice_pays_its_interest(ledger: Ledger, link: str) -> None:
    """
    1990-01-01 custom "dunning-option" "payment-order" "charges"
    1990-01-01 custom "dunning-interest" "standard" 36.5
    2025-12-01 * "Acme" "Website" ^INV-1
      due: 2026-01-05
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-01-15 * "Acme" "All of it" $link
      Assets:Bank             1010.00 EUR
      Assets:Receivable:Acme
    """
    del link
    # 10 x 1.00, and no more: with the 10.00 on account nothing is owed.
    (one,) = charges(ledger.books("2026-06-30"))
    assert str(one.amount) == "10.00"


def test_what_is_paid_on_a_settled_invoice_pays_its_interest() -> None:
    text = """
1990-01-01 custom "dunning-option" "payment-order" "charges"
1990-01-01 custom "dunning-interest" "standard" 36.5
2025-12-01 * "Acme" "Website" ^INV-1
  due: 2026-01-05
  Assets:Receivable:Acme  1000.00 EUR
  Income:Services
2026-01-15 * "Acme" "The invoice" ^INV-1
  Assets:Bank             1000.00 EUR
  Assets:Receivable:Acme
"""
    # 10.00 of it paid the interest, so that 10.00 are left: 10 x 0.01.
    (one,) = charges(load(text).books("2026-01-25"))
    assert str(one.amount) == "10.10"
    rest = """
2026-01-25 * "Acme" "The rest" ^INV-1
  Assets:Bank               10.10 EUR
  Assets:Receivable:Acme
"""
    (one,) = charges(load(text + rest).books("2026-06-30"))
    assert str(one.amount) == "10.10"


@pytest.mark.parametrize("charge", ["fee", "interest"])
def test_what_waited_for_a_charge_had_paid_the_interest(
    ledger: Ledger, charge: str
) -> None:
    """
    1990-01-01 custom "dunning-option" "payment-order" "charges"
    1990-01-01 custom "dunning-interest" "standard" 36.5
    2025-12-01 * "Acme" "Website" ^INV-1
      due: 2026-01-05
      Assets:Receivable:Acme  1000.00 EUR
      Income:Services
    2026-01-15 * "Acme" "All of it" ^INV-1
      Assets:Bank             1010.00 EUR
      Assets:Receivable:Acme
    2026-01-16 * "Acme" "Charged later" ^INV-1
      charge: "$charge"
      due: 2026-01-05
      Assets:Receivable:Acme    10.00 EUR
      Income:Charges
    2026-01-16 * "Acme" "Charged on nothing that we know" ^INV-2
      charge: "fee"
      due: 2026-01-05
      Assets:Receivable:Acme    10.00 EUR
      Income:Charges
    2026-01-16 * "Acme" "Paid" ^INV-2
      Assets:Bank               10.00 EUR
      Assets:Receivable:Acme
    """
    # 10.00 had accrued, and were paid; there is nothing after that.
    found = [str(one.amount) for one in charges(ledger.books("2026-06-30"))]
    assert found == (["10.00"] if charge == "fee" else [])


def explained(ledger: Ledger, as_of: Day) -> list[str]:
    story = tell(ledger.books(as_of), "INV-1")
    assert story is not None
    (part,) = story.parts
    return [f"{one.lineno}: {one.text}" for one in part.why]


EXPLAINED = """
1990-01-01 custom "dunning-option" "payment-order" "{order}"
1990-01-01 custom "dunning-interest" "standard" 36.5
2025-12-01 * "Acme" "Website" ^INV-1
  due: 2026-01-05
  policy: "standard"
  Assets:Receivable:Acme  1000.00 EUR
  Income:Services
2026-01-15 * "Acme" "Part" ^INV-1
  Assets:Bank              510.00 EUR
  Assets:Receivable:Acme
"""


def test_explain_says_which_order() -> None:
    ledger = load(EXPLAINED.format(order="charges").strip())
    assert [line for line in explained(ledger, "2026-01-25") if line[0] in "12N"][
        1:
    ] == [
        "2: Interest 2026-01-06 to 2026-01-15: 10 days at 36.5 % on 1000.00: 10.00 EUR",
        "2: Interest 2026-01-16 to 2026-01-25: 10 days at 36.5 % on 500.00: 5.00 EUR",
        "1: Payments settle charges and interest first, then the invoice",
        "1: Payment of 2026-01-15: 10.00 EUR of it paid interest",
        "None: Interest so far: 15.00 EUR",
    ]
    ledger = load(EXPLAINED.format(order="invoice").strip())
    found = explained(ledger, "2026-01-25")
    assert "1: Payments settle the invoice first, then charges and interest" in found
    assert not any("of it paid" in line for line in found)
    # Where nobody said which, nothing is said.
    words = EXPLAINED.format(order="invoice").strip().partition("\n")[2]
    found = explained(load(words), "2026-01-25")
    assert not any("Payments settle" in line for line in found)


class Case(NamedTuple):
    """An invoice over 365.00 of 2026-01-01, due on the 31st, and what happens."""

    as_of: date
    rate: int
    compound: bool
    payments: tuple[tuple[date, int], ...]
    fees: tuple[tuple[date, int], ...]
    posted: tuple[date, ...]

    @property
    def text(self) -> str:
        lines = [
            '1990-01-01 custom "dunning-option" "payment-order" "charges"',
            f'1990-01-01 custom "dunning-interest" "standard" {self.rate}',
            *(['  compound: "monthly"'] if self.compound else []),
            '2026-01-01 * "Acme" "January" ^INV-1',
            "  due: 2026-01-31",
            "  Assets:Receivable:Acme  365.00 EUR",
            "  Income:Services",
        ]
        for day, amount in self.payments:
            lines += [
                f'{day} * "Acme" "Part" ^INV-1',
                f"  Assets:Bank  {amount}.00 EUR",
                "  Assets:Receivable:Acme",
            ]
        for day, amount in self.fees:
            lines += [
                f'{day} * "Acme" "Fee" ^INV-1',
                '  charge: "fee"',
                "  due: 2026-01-31",
                f"  Assets:Receivable:Acme  {amount}.00 EUR",
                "  Income:Fees",
            ]
        text = "\n".join(lines) + "\n"
        for day in sorted(self.posted):
            # What is proposed on some days is posted.
            books = load(text).books(day)
            interest = [one for one in charges(books) if one.accrual]
            made = transactions(books, interest).directives
            text += "".join(as_text(entry) for one, entry in made if one)
        return text

    def by_day(self) -> Fraction:
        """Return what is owed in the end, day after day, as the law has it."""
        principal, costs, fresh, compounded = (
            *(Fraction(365), Fraction(), Fraction()),
            Fraction(),
        )
        left = Fraction()
        day, rests = date(2026, 1, 1), {date(2026, month, 1) for month in (3, 4, 5)}
        while day <= self.as_of:
            if self.compound and day in rests:
                compounded, fresh = compounded + fresh, Fraction()
            if day > date(2026, 1, 31) and principal:
                fresh += (principal + compounded) * self.rate / 36500
            costs += sum(amount for on, amount in self.fees if on == day)
            left += sum(amount for on, amount in self.payments if on == day)
            owed = [costs, compounded, fresh, principal]
            for index, part in enumerate(owed):
                paid = min(part, left)
                owed[index] -= paid
                left -= paid
            costs, compounded, fresh, principal = owed
            day += timedelta(days=1)
        return costs + compounded + fresh + principal


days = st.dates(date(2026, 1, 2), date(2026, 5, 10))
amounts = st.lists(st.tuples(days, st.integers(1, 120)), max_size=5)


@profile(max_examples=300, deadline=None)
@given(
    st.builds(
        Case,
        st.dates(date(2026, 1, 25), date(2026, 5, 10)),
        st.integers(0, 60),
        st.booleans(),
        amounts.map(lambda some: tuple(sorted(some))),
        st.lists(st.tuples(days, st.integers(1, 9)), max_size=2).map(tuple),
        st.lists(days, max_size=2, unique=True).map(tuple),
    )
)
def test_the_claim_is_that_of_a_slow_and_simple_model(case: Case) -> None:
    ledger = load(case.text)
    assert not ledger.errors
    books = ledger.books(case.as_of, None)
    items = books.receivables.all_items
    owed = sum((item.open for item in items), Decimal())
    owed += sum((one.amount for one in books.receivables.unapplied), Decimal())
    (sale,) = (item for item in items if not item.charge)
    accrual = accrue(books, sale)
    if accrual:
        posted = (one.amount for one in items if one.charge == "interest")
        owed += accrual.amount - sum(posted, Decimal())
    expected = case.by_day()
    rounded = Decimal(expected.numerator * 10**30 // expected.denominator).scaleb(-30)
    if expected:
        assert owed == rounded.quantize(Decimal("0.01"), ROUND_HALF_UP)
    else:
        assert owed <= 0
