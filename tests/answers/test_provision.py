"""What is expected to be lost, and the directive that books it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from textwrap import dedent
from typing import Any

from beancount.core.data import Transaction
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.provision import Provision
from beancount_dunning.answers.provision import provision
from beancount_dunning.standing.aging import age
from tests.conftest import Ledger
from tests.conftest import load

AS_OF = "2026-11-20"
GIVEN = {
    "not due": Fraction(1, 200),
    "1-30": Fraction(2, 100),
    "91+": Fraction(1, 2),
}
BOOKS = """\
2026-11-01 * "Acme" "Website" ^INV-1
  due: 2026-12-01
  Assets:Receivable:Acme  1000.00 EUR
  Income:Services
2026-10-01 * "Acme" "Hosting" ^INV-2
  due: 2026-11-01
  Assets:Receivable:Acme   100.25 EUR
  Income:Services
2026-05-01 * "Bolt" "Logo" ^INV-3
  due: 2026-06-01
  Assets:Receivable:Bolt   300.00 USD
  Income:Services
"""


def provided(text: str, rates: dict[str, Fraction] = GIVEN) -> list[Provision]:
    return [*provision(load(text).books(AS_OF), rates, 12)]


def test_each_bucket_has_its_rate() -> None:
    euro, dollar = provided(BOOKS)
    # 1000.00 x 0.5 % and 100.25 x 2 % = 2.005, rounded half up.
    losses = [(one.bucket, str(one.loss), str(one.percent)) for one in euro.buckets]
    assert losses == [("not due", "5.00", "0.50"), ("1-30", "2.01", "2.00")]
    assert euro.total == Decimal("7.01")
    assert dollar.total == Decimal("150.00")
    assert euro.text == dedent(
        """\
        2026-11-20 open Expenses:Expected-Credit-Losses

        2026-11-20 open Assets:Allowance-For-Credit-Losses

        2026-11-20 * "Expected credit losses, EUR"
          Expenses:Expected-Credit-Losses      7.01 EUR
          Assets:Allowance-For-Credit-Losses  -7.01 EUR
        """
    )
    assert "open" not in dollar.text
    assert euro.as_dict() == {
        "currency": "EUR",
        "losses": [
            {
                "bucket": "not due",
                "open": "1000.00",
                "percent": "0.50",
                "given": True,
                "parts": None,
                "loss": "5.00",
            },
            {
                "bucket": "1-30",
                "open": "100.25",
                "percent": "2.00",
                "given": True,
                "parts": None,
                "loss": "2.01",
            },
        ],
        "total": "7.01",
        "allowed": "0",
        "directive": euro.text,
    }


def test_once_it_is_booked_only_the_change_is() -> None:
    later = (
        '2026-12-31 * "Reversed"\n  Assets:Allowance-For-Credit-Losses  7.01 EUR\n'
        "  Expenses:Expected-Credit-Losses\n"
    )
    text = "\n".join([BOOKS, *(one.text for one in provided(BOOKS)), later])
    assert not load(text).errors
    assert [one.text for one in provided(text)] == ["", ""]
    assert [str(one.allowed) for one in provided(text)] == ["7.01", "150.00"]
    more = {**GIVEN, "1-30": Fraction(1, 100)}
    euro, _ = provided(text, more)
    assert euro.text == dedent(
        """\
        2026-11-20 * "Expected credit losses, EUR"
          Expenses:Expected-Credit-Losses     -1.01 EUR
          Assets:Allowance-For-Credit-Losses   1.01 EUR
        """
    )


def test_the_ledgers_own_accounts_are_used() -> None:
    own = dedent(
        """\
        2026-01-01 open Assets:Receivable:Doubtful
        2026-01-01 open Assets:Wertberichtigung  EUR
        2026-01-01 open Expenses:Impairment
        """
    )
    euro, dollar = provided(own + BOOKS)
    assert [posting.account for posting in posted(euro)] == [
        "Expenses:Impairment",
        "Assets:Wertberichtigung",
    ]
    assert [posting.account for posting in posted(dollar)] == [
        "Expenses:Impairment",
        "Assets:Allowance-For-Credit-Losses",
    ]


def posted(one: Provision) -> list[Any]:
    entry = one.directives[-1]
    assert isinstance(entry, Transaction)
    return list(entry.postings)


def test_without_a_rate_nothing_is_booked() -> None:
    euro, dollar = provided(BOOKS, {"91+": Fraction(1, 2)})
    assert (euro.total, euro.directives) == (None, ())
    assert [one.as_dict()["loss"] for one in euro.buckets] == [None, None]
    assert [one.as_dict()["percent"] for one in euro.buckets] == [None, None]
    assert euro.as_dict()["directive"] is None
    assert [one.parts for one in euro.buckets] == [0, 0]
    assert dollar.total == Decimal("150.00")


def test_what_is_not_owed_is_not_lost() -> None:
    text = BOOKS + dedent(
        """\
        2026-10-05 * "Acme" "On account" ^CREDIT
          Assets:Bank  60.25 EUR
          Assets:Receivable:Acme
        2026-11-02 * "Cora" "Cards" ^INV-4
          terms: "2/10 net 11"
          Assets:Receivable:Cora  100.00 EUR
          Income:Services
        2026-11-03 * "Cora" "Paid in time" ^INV-4
          Assets:Bank  98.00 EUR
          Assets:Receivable:Cora
        """
    )
    euro, _ = provided(text)
    assert [str(one.open) for one in euro.buckets] == ["1000.00", "40.00"]
    rest = text.replace("60.25 EUR", "100.25 EUR")
    euro, _ = provided(rest, {"not due": Fraction(1, 200), "91+": Fraction(1, 2)})
    # What is covered needs no rate.
    assert [str(one.loss) for one in euro.buckets] == ["5.00", "0"]


def test_the_ledgers_own_rates_fill_in() -> None:
    """Ten were 30 days late on 31 July; four of them were given up in August."""
    past = "".join(
        f'2026-06-01 * "Cora" "Cards" ^C-{number}\n  due: 2026-07-01\n'
        "  Assets:Receivable:Cora  100.00 EUR\n  Income:Services\n"
        f'2026-08-20 * "Cora" "Settled" ^C-{number}\n'
        f"  {'Expenses:Bad-Debts' if number < 4 else 'Assets:Bank'}  100.00 EUR\n"
        "  Assets:Receivable:Cora\n"
        for number in range(10)
    )
    euro, _ = provided(past + BOOKS, {"91+": Fraction(1, 2)})
    rows = [(one.bucket, one.percent, one.parts, one.loss) for one in euro.buckets]
    assert rows == [
        ("not due", Decimal("40.00"), 10, Decimal("400.00")),
        ("1-30", Decimal("40.00"), 10, Decimal("40.10")),
    ]


def test_it_can_be_about_some_customers() -> None:
    books = load(BOOKS).books(AS_OF)
    found = provision(books, GIVEN, 12, lambda one: one.customer == "Bolt")
    assert [one.currency for one in found] == ["USD"]
    assert provision(load("").books(AS_OF), GIVEN, 12) == ()


CENTS = st.integers(1, 10**7).map(lambda cents: Decimal(cents).scaleb(-2))


@profile(deadline=None)
@given(
    sales=st.lists(st.tuples(CENTS, st.integers(-40, 200)), min_size=1, max_size=6),
    rates=st.lists(st.integers(0, 1000), min_size=5, max_size=5),
)
def test_each_bucket_is_its_sum_times_its_rate(
    sales: list[tuple[Decimal, int]], rates: list[int]
) -> None:
    ledger: Ledger = load(
        "".join(
            f'2026-01-01 * "Acme" "Sale" ^S-{number}\n'
            f'  terms: "net {days + 160}"\n'
            f"  Assets:Receivable:Acme  {amount} EUR\n  Income:Services\n"
            for number, (amount, days) in enumerate(sales)
        )
    )
    books = ledger.books(AS_OF)
    report = age(books)
    given_ = dict(
        zip(report.buckets[1:], (Fraction(rate, 1000) for rate in rates), strict=True)
    )
    (found,) = provision(books, given_, 12)
    (row,) = report.totals
    assert {one.bucket: one.open for one in found.buckets} == dict(row.buckets)
    assert found.total is not None
    for one in found.buckets:
        assert one.loss is not None
        exact = Fraction(one.open) * given_[one.bucket]
        assert abs(Fraction(one.loss) - exact) <= Fraction(1, 200)
        assert one.loss.as_tuple().exponent == -2
    if found.directives:
        legs = [posting.units.number for posting in posted(found)]
        assert legs == [found.total, -found.total]
    else:
        assert not found.total
