"""Whether going on is worth it: each number by hand, and against a slow way to it."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.pursuing import Chance
from beancount_dunning.answers.pursuing import Experience
from beancount_dunning.answers.pursuing import Prospect
from beancount_dunning.answers.pursuing import Pursuit
from beancount_dunning.answers.pursuing import pursue
from beancount_dunning.answers.story import tell
from tests.conftest import load

AS_OF = "2026-11-20"
OPTIONS = """\
2026-01-01 custom "dunning-option" "cost-hour" 60.00 EUR
2026-01-01 custom "dunning-option" "cost-court" "38.00, 60.00 from 500"
2026-01-01 custom "dunning-step" "one" "first reminder" 3
2026-01-01 custom "dunning-option" "policy" "one"
"""
SALE = """\
2026-08-13 * "Acme" "Website" ^INV-1
  due: 2026-09-12
  Assets:Receivable:Acme  {amount} EUR
  Income:Services
2026-09-15 note Assets:Receivable:Acme "Sent" ^INV-1
  reminder: "first reminder"
"""


def sold(number: int, due: date, end: date | None, account: str) -> str:
    """Return an invoice, and what settled it."""
    text = (
        f'{due} * "Bolt" "Sale" ^B-{number}\n  due: {due}\n'
        "  Assets:Receivable:Bolt  100.00 EUR\n  Income:Services\n"
    )
    if end:
        text += (
            f'{end} * "Bolt" "Settled" ^B-{number}\n  {account}  100.00 EUR\n'
            "  Assets:Receivable:Bolt\n"
        )
    return text


def others(paid: int, lost: int, open_: int, soon: int = 0) -> str:
    """Return invoices that were 69 days overdue and then paid, given up or neither."""
    first = date(2026, 1, 1)
    sales = [
        *[(first + timedelta(days=70), "Assets:Bank")] * paid,
        *[(first + timedelta(days=70), "Expenses:Bad-Debts")] * lost,
        *[(None, "")] * open_,
        # Settled on the day on which they were so old.
        *[(first + timedelta(days=69), "Assets:Bank")] * soon,
    ]
    return "".join(
        sold(number, first, end, account) for number, (end, account) in enumerate(sales)
    )


def pursued(text: str, amount: str = "700.00") -> Pursuit:
    books = load(text + SALE.format(amount=amount)).books(AS_OF)
    (item,) = [one for one in books.receivables.items if one.customer == "Acme"]
    found = pursue(books, item, Experience(books))
    assert found is not None
    return found


def facts(text: str, amount: str = "700.00") -> list[str]:
    story = tell(load(text + SALE.format(amount=amount)).books(AS_OF), "INV-1")
    assert story is not None
    return [fact.text for fact in story.parts[0].why[3:]]


def test_the_numbers_are_those_of_the_ledger() -> None:
    found = pursued(OPTIONS + others(4, 5, 3, soon=9))
    assert found.chance == Chance(days=69, known=12, paid=4, open=3)
    assert (found.claim, found.cost) == (Decimal("700.00"), Decimal("120.00"))
    # 700.00 * 4 / 12
    assert found.expected == Decimal("233.33")
    assert found.verdict is Prospect.WORTH
    weighed, history = facts(OPTIONS + others(4, 5, 3, soon=9))
    assert weighed == (
        "Worth pursuing: of 700.00 EUR 233.33 may come, going on costs 120.00 EUR "
        "(60.00 for an hour, 60.00 for a court)"
    )
    assert history == ("12 others were ever 69 days overdue: paid later 4, open 3")


@pytest.mark.parametrize(
    ("paid", "lost", "amount", "verdict"),
    [
        (4, 6, "245.02", Prospect.WORTH),  # 98.008 may come, rounded once
        (4, 6, "245.00", Prospect.NOT_WORTH),  # 98.00
        (0, 10, "9999.00", Prospect.NOT_WORTH),
        (9, 0, "98.01", Prospect.UNKNOWN),
        (9, 0, "98.00", Prospect.NOT_WORTH),
    ],
)
def test_what_may_come_is_compared_with_what_it_costs(
    paid: int, lost: int, amount: str, verdict: Prospect
) -> None:
    found = pursued(OPTIONS + others(paid, lost, 0), amount)
    assert found.cost == (Decimal(98) if Decimal(amount) < 500 else Decimal(120))
    assert found.verdict is verdict


def test_too_few_are_said_to_be_too_few() -> None:
    undated = sold(99, date(2026, 1, 1), None, "").replace("  due: 2026-01-01\n", "")
    weighed, history = facts(OPTIONS + others(4, 5, 0) + undated)
    assert weighed == (
        "Too few to say whether it is worth pursuing: 700.00 EUR is owed, going on "
        "costs 120.00 EUR (60.00 for an hour, 60.00 for a court)"
    )
    assert history == "9 others were ever 69 days overdue: too few to say how many pay"


def test_one_other_is_said_in_the_singular() -> None:
    _, history = facts(OPTIONS + others(1, 0, 0))
    assert history == "1 other was ever 69 days overdue: too few to say how many pay"


def test_interest_is_claimed_too() -> None:
    interest = '2026-01-01 custom "dunning-interest" "one" 10\n'
    found = pursued(OPTIONS + interest)
    # 700.00 * 10 % * 69 / 365
    assert found.interest == Decimal("13.23")
    assert found.claim == Decimal("713.23")
    assert "713.23 EUR (13.23 of it interest) is owed" in facts(OPTIONS + interest)[0]


def test_what_credit_makes_up_for_is_not_claimed() -> None:
    """The credit note has a number of its own, and is not enough for the sale."""
    credit = """\
2026-10-01 * "Acme" "Credit note" ^CN-1
  Income:Services         210.00 EUR
  Assets:Receivable:Acme
"""
    found = pursued(OPTIONS + credit)
    assert found.claim == Decimal("490.00")
    assert found.court == Decimal("38.00")
    assert "490.00 EUR is owed" in facts(OPTIONS + credit)[-2]


@pytest.mark.parametrize(
    ("old", "new", "cost"),
    [
        ('"cost-hour" 60.00 EUR', '"grace" 0', "60.00"),
        ('"cost-court" "38.00, 60.00 from 500"', '"grace" 0', "60.00"),
        ("60.00 EUR", "60.00 USD", None),
    ],
)
def test_costs_are_in_one_currency_and_may_be_one_alone(
    old: str, new: str, cost: str | None
) -> None:
    assert old in OPTIONS
    options = OPTIONS.replace(old, new) + others(10, 0, 0)
    found = pursued(options)
    assert (found.cost is None) == (cost is None)
    said = facts(options)
    if cost is None:
        assert found.verdict is None
        assert len(said) == 1
        assert facts(OPTIONS.replace(old, new)) == []
    else:
        assert found.cost == Decimal(cost)
        assert said[0].endswith(f"going on costs {cost} EUR")


@pytest.mark.parametrize(
    ("more", "count"),
    [
        pytest.param("", 0, id="alone"),
        pytest.param(sold(1, date(2026, 1, 1), None, ""), 1, id="with another"),
    ],
)
def test_what_was_brought_forward_is_not_left_out_of_the_others(
    more: str, count: int
) -> None:
    text = OPTIONS + (
        '2026-01-01 custom "dunning-option" "start" 2026-10-01\n'
        "2026-01-01 open Assets:Receivable:Acme\n"
        '  terms: "net 14"\n'
        "2026-08-25 pad Assets:Receivable:Acme Equity:Opening-Balances\n"
        "2026-08-26 balance Assets:Receivable:Acme 100.00 EUR\n"
    )
    books = load(text + more).books(AS_OF)
    (item,) = [one for one in books.receivables.items if one.customer == "Acme"]
    found = pursue(books, item, Experience(books))
    assert found is not None
    assert (found.chance.known, found.chance.open) == (count, count)


def test_a_payment_that_came_back_is_of_its_invoice() -> None:
    back = """\
2026-01-01 open Assets:Receivable:Acme
  terms: "net 4"
2026-09-01 * "Acme" "Paid" ^INV-1
  Assets:Bank  700.00 EUR
  Assets:Receivable:Acme
2026-09-08 * "Acme" "Payment returned" ^INV-1
  Assets:Receivable:Acme  700.00 EUR
  Assets:Bank
"""
    chance = pursued(OPTIONS + back + sold(1, date(2026, 1, 1), None, "")).chance
    assert (chance.known, chance.open) == (1, 1)


def test_an_instalment_is_left_out_and_no_later_one_for_it() -> None:
    later = SALE.partition("2026-09-15")[0].replace("2026-09-12", "2026-11-01")
    text = OPTIONS + SALE.format(amount="9.00") + later.format(amount="8.00")
    books = load(text).books(AS_OF)
    (item, _) = books.receivables.items
    chances = [Experience(books).chance(item, days) for days in (69, 19)]
    assert [(one.known, one.open) for one in chances] == [(0, 0), (1, 1)]


def test_where_no_costs_are_known_nothing_is_said() -> None:
    ladder = "\n".join(OPTIONS.splitlines()[2:])
    assert facts(f"{ladder}\n{others(10, 0, 0)}") == []


def test_what_can_be_enforced_no_more_is_not_worth_it() -> None:
    barred = SALE.replace("2026-", "2023-").format(amount="700.00")
    options = (OPTIONS + others(10, 0, 0)).replace("2026-", "2023-")
    limit = '2023-01-01 custom "dunning-option" "limitation" "3 years"\n'
    story = tell(load(options + limit + barred).books(AS_OF), "INV-1")
    assert story is not None
    (fact,) = [one for one in story.parts[0].why if "pursuing" in one.text]
    assert fact.text == "Not worth pursuing: it can be enforced no more"


@pytest.mark.parametrize(
    "more",
    [
        '2026-11-01 note Assets:Receivable:Acme "Says no" ^INV-1\n  dispute: TRUE\n',
        '2026-11-01 note Assets:Receivable:Acme "Will" ^INV-1\n  promise: 2027-01-01\n',
        '2026-11-01 custom "dunning-step" "one" "second reminder" 9\n',
    ],
)
def test_while_there_is_something_else_to_do_it_is_no_question(more: str) -> None:
    books = load(OPTIONS + SALE.format(amount="700.00") + more).books(AS_OF)
    (item,) = books.receivables.items
    assert pursue(books, item, Experience(books)) is None
    story = tell(books, "INV-1")
    assert story is not None
    assert not any("pursuing" in fact.text for fact in story.parts[0].why)


def test_what_is_paid_but_for_a_rest_that_nobody_asks_for_grows_no_older() -> None:
    """Like eleven discounts, taken in time, of which one was booked much later."""
    booked = """\
2026-06-01 * "Bolt" "Discount" ^D-0
  Expenses:Discounts  2.00 EUR
  Assets:Receivable:Bolt
"""
    taken = "".join(
        f'2026-01-01 * "Bolt" "Sale" ^D-{number}\n  terms: "2/10 net 30"\n'
        "  Assets:Receivable:Bolt  100.00 EUR\n  Income:Services\n"
        f'2026-01-05 * "Bolt" "Paid" ^D-{number}\n'
        "  Assets:Bank  98.00 EUR\n  Assets:Receivable:Bolt\n"
        for number in range(11)
    )
    found = pursued(OPTIONS + others(4, 5, 3) + taken + booked)
    assert found.chance == Chance(days=69, known=12, paid=4, open=3)


DAYS = st.integers(0, 120).map(lambda days: date(2026, 7, 1) + timedelta(days=days))


@profile(deadline=None)
@given(
    sales=st.lists(
        st.tuples(
            DAYS,
            st.none() | st.integers(0, 140),
            st.sampled_from(["Assets:Bank", "Expenses:Bad-Debts", "Income:Services"]),
        ),
        max_size=14,
    )
)
def test_each_part_that_was_ever_so_old_counts_once(
    sales: list[tuple[date, int | None, str]],
) -> None:
    text = "".join(
        sold(number, due, None if days is None else due + timedelta(days=days), account)
        for number, (due, days, account) in enumerate(sales)
    )
    chance = pursued(OPTIONS + text).chance
    as_of = date.fromisoformat(AS_OF)

    # Day by day: what was open at the end of the day on which it was 69 days overdue.
    known = paid = still = 0
    for due, days, account in sales:
        that_day = due + timedelta(days=69)
        end = None if days is None else due + timedelta(days=days)
        is_settled = end is not None and end <= as_of
        if that_day > as_of or (is_settled and end is not None and end <= that_day):
            continue
        known += 1
        still += not is_settled
        paid += is_settled and account == "Assets:Bank"
    assert (chance.known, chance.paid, chance.open) == (known, paid, still)


@profile(deadline=None)
@given(
    amount=st.integers(1, 10**7).map(lambda cents: Decimal(cents).scaleb(-2)),
    paid=st.integers(0, 50),
    lost=st.integers(10, 50),
)
def test_what_may_come_is_rounded_once(amount: Decimal, paid: int, lost: int) -> None:
    found = Chance(1, paid + lost, paid, 0).of(amount, "EUR")
    exact = Fraction(amount) * paid / (paid + lost)
    assert abs(Fraction(found) - exact) <= Fraction(1, 200)
    assert found.as_tuple().exponent == -2
