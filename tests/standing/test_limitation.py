"""Until when what is open can be enforced, and what begins that time anew."""

from __future__ import annotations

from datetime import date
from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.ledger.limitation import Limitation
from beancount_dunning.standing.limitation import Lapse
from beancount_dunning.standing.limitation import lapses
from tests.conftest import load

OPTION = '2026-01-01 custom "dunning-option" "limitation" "{years}"\n'
SALE = """\
2026-03-01 * "Acme" "Website" ^INV-1
  due: 2026-04-01
  Assets:Receivable:Acme  500.00 EUR
  Income:Services
"""


def lapse(text: str, years: str = "3 years", restarts: str = "") -> Lapse:
    option = OPTION.format(years=years)
    if restarts:
        option += f'  restarts: "{restarts}"\n'
    books = load(option + text).books("2030-01-01")
    (item,) = books.receivables.items
    found = lapses(books, item)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("years", "due", "day"),
    [
        ("3 years", "2026-04-01", "2029-04-01"),
        ("3 years from year end", "2026-04-01", "2029-12-31"),
        ("3 years from year end", "2026-12-31", "2029-12-31"),
        ("1 year", "2028-02-29", "2029-02-28"),
        ("4 years", "2028-02-29", "2032-02-28"),
        ("10 years", "9995-01-01", "9999-12-31"),
    ],
)
def test_it_ends_so_many_years_after_the_due_date(
    years: str, due: str, day: str
) -> None:
    found = lapse(SALE.replace("2026-04-01", due), years)
    assert (str(found.day), found.restart) == (day, None)


@pytest.mark.parametrize(
    ("years", "day"),
    [("3 years", "2025-12-31"), ("3 years from year end", "2025-12-31")],
)
def test_a_due_date_that_moves_to_a_working_day_ends_it_no_later(
    years: str, day: str
) -> None:
    """The last of the year is a Saturday, and the invoice due on 2 January."""
    weekends = '2022-01-01 custom "dunning-option" "holidays" "weekends"\n'
    sale = SALE.replace("2026-04-01", "2022-12-31").replace("2026-03", "2022-12")
    assert str(lapse(weekends + sale, years).day) == day


def test_without_the_option_or_a_due_date_there_is_no_end() -> None:
    books = load(SALE).books("2026-11-20")
    assert lapses(books, books.receivables.items[0]) is None
    undated = SALE.replace("  due: 2026-04-01\n", "")
    books = load(OPTION.format(years="3 years") + undated).books("2026-11-20")
    assert lapses(books, books.receivables.items[0]) is None


PAID = """\
2027-05-02 * "Acme" "Part" ^INV-1
  Assets:Bank             100.00 EUR
  Assets:Receivable:Acme
"""
CREDITED = PAID.replace("Assets:Bank ", "Income:Services")
SENT = """\
2027-05-02 note Assets:Receivable:Acme "Sent" ^INV-1
  reminder: "first reminder"
"""
CONFIRMED = """\
2027-05-02 note Assets:Receivable:Acme "Signed the slip" ^INV-1
  confirmed: TRUE
"""
PROMISED = """\
2027-05-02 note Assets:Receivable:Acme "Called" ^INV-1
  promise: 2027-06-01
"""


@pytest.mark.parametrize(
    ("text", "by"),
    [
        (PAID, "payment"),
        (SENT, "reminder"),
        (CONFIRMED, "confirmation"),
        (PROMISED, "promise"),
    ],
)
def test_what_the_option_names_begins_it_anew(text: str, by: str) -> None:
    found = lapse(SALE + text, restarts=by)
    assert found.restart is not None
    assert (found.restart.by, str(found.restart.date)) == (by, "2027-05-02")
    assert str(found.day) == "2030-05-02"
    others = " ".join({"payment", "reminder", "confirmation", "promise"} - {by})
    assert lapse(SALE + text, restarts=others).restart is None
    assert lapse(SALE + text).restart is None
    # From the day itself, which is before the end of the first years.
    found = lapse(SALE + text, "4 years from year end", by)
    assert (str(found.day), found.restart is None) == ("2031-05-02", False)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(CREDITED, id="a credit note is no payment"),
        pytest.param(PAID.replace("2027", "2029"), id="it was over"),
        pytest.param(CONFIRMED.replace(":Acme", ":Bolt"), id="on another account"),
        pytest.param(
            SENT + '2027-05-03 note Assets:Receivable:Acme "Back" ^INV-1\n'
            '  bounced: "first reminder"\n',
            id="it did not arrive",
        ),
        pytest.param(PROMISED.replace("promise: 2027-06-01", ""), id="nothing said"),
    ],
)
def test_what_is_none_of_that_does_not(text: str) -> None:
    everything = "payment reminder confirmation promise"
    assert lapse(SALE + text, restarts=everything).restart is None


def test_what_comes_before_the_years_begin_does_not_end_them_sooner() -> None:
    found = lapse(
        SALE + PAID.replace("2027-05", "2026-05"), "3 years from year end", "payment"
    )
    assert (str(found.day), found.restart) == ("2029-12-31", None)


def test_a_plan_is_a_promise_and_its_parts_are_due_later() -> None:
    plan = '2026-05-02 note Assets:Receivable:Acme "Agreed" ^INV-1\n  plan: "{}"\n'
    found = lapse(SALE + plan.format("rest on 2026-06-01"), restarts="promise")
    assert (str(found.day), found.restart) == ("2029-06-01", None)
    over = plan.replace("2026-05-02", "2029-04-02").format("rest on 2029-06-01")
    assert str(lapse(SALE + over, restarts="promise").day) == "2029-04-01"
    on_the_last_day = over.replace("2029-04-02", "2029-04-01")
    assert str(lapse(SALE + on_the_last_day).day) == "2032-06-01"
    # What began it anew before the plan was agreed counts.
    before = {"payment": PAID, "reminder": SENT, "confirmation": CONFIRMED}
    for by, text in before.items():
        found = lapse(SALE + text + over, restarts=by)
        assert (str(found.day), found.restart) == ("2032-06-01", None)
    # Each part of the plan has its own end, whatever is paid of the others.
    two = over.replace("rest on", "200.00 on 2029-05-01, rest on")
    paid = PAID.replace("2027-05-02", "2029-12-01").replace("100.00", "200.00")
    found = lapse(SALE + PAID + two + paid, restarts="payment")
    assert (str(found.day), found.restart) == ("2032-06-01", None)
    late = plan.replace("2026-05", "2028-05").format("rest on 2028-05-02")
    found = lapse(SALE + late, restarts="promise")
    assert str(found.day) == "2031-05-02"


def test_a_plan_gives_longer_to_agree_on_another() -> None:
    plan = '{} note Assets:Receivable:Acme "Agreed" ^INV-1\n  plan: "{}"\n'
    first = plan.format("2026-05-02", "200.00 on 2026-06-01, rest on 2026-12-01")
    again = plan.format("2029-05-02", "rest on 2029-07-01")
    assert str(lapse(SALE + first + again).day) == "2032-07-01"
    # What was due first of the plan before says until when.
    late = again.replace("2029-05-02", "2029-06-02")
    assert str(lapse(SALE + first + late).day) == "2029-06-01"
    # It no longer counts when it was paid.
    paid = PAID.replace("2027-05-02", "2026-06-01").replace("100.00", "200.00")
    assert str(lapse(SALE + first + paid + late).day) == "2032-07-01"
    between = plan.format("2029-03-31", "rest on 2029-04-30")
    assert str(lapse(SALE + first + between + late).day) == "2032-07-01"


def test_what_came_for_a_plan_counts_after_its_end() -> None:
    plan = """\
2026-05-02 note Assets:Receivable:Acme "Agreed" ^INV-1
  plan: "5 x 1 month from 2027-05-02"
  default-after: 7
"""
    assert str(lapse(SALE + plan + PAID, restarts="payment").day) == "2030-05-02"
    sent = SENT.replace("2027-05-02", "2027-06-04")
    found = lapse(SALE + plan + PAID + sent, restarts="reminder")
    assert str(found.day) == "2030-06-04"
    # That it was to be due later does not.
    assert str(lapse(SALE + plan + PAID).day) == "2029-04-01"


def test_what_a_court_has_in_hand_is_left_to_it() -> None:
    handed = '2029-03-01 note Assets:Receivable:Acme "Handed" ^INV-1\n  handed: "{}"\n'
    back = handed.replace("2029-03-01", "2029-03-02").replace('"{}"', "FALSE")
    past = date(2029, 6, 1)
    assert not lapse(SALE + handed.format("court")).is_near(past)
    assert not lapse(SALE + handed.format("court")).is_past(past)
    assert lapse(SALE + handed.format("lawyer")).is_past(past)
    assert lapse(SALE + handed.format("court") + back).is_past(past)


def test_ninety_days_before_it_is_near() -> None:
    found = lapse(SALE)
    day = date(2029, 4, 1)
    assert found.is_near(day - timedelta(days=90))
    assert not found.is_near(day - timedelta(days=91))
    assert not found.is_past(day)
    assert found.is_past(day + timedelta(days=1))


@profile(deadline=None)
@given(
    due=st.dates(date(2026, 3, 1), date(2028, 3, 1)),
    payments=st.lists(st.dates(date(2026, 3, 1), date(2039, 1, 1)), max_size=5),
    years=st.integers(1, 3),
    from_year_end=st.booleans(),
)
def test_it_ends_when_no_day_before_its_end_begins_it_anew(
    due: date, payments: list[date], years: int, *, from_year_end: bool
) -> None:
    text = SALE.replace("2026-04-01", str(due)) + "".join(
        PAID.replace("2027-05-02", str(day)).replace("100.00", "1.00")
        for day in payments
    )
    typed = f"{years} year{'s' * (years > 1)}" + " from year end" * from_year_end
    option = OPTION.format(years=typed) + '  restarts: "payment"\n'
    books = load(option + text).books("2040-01-01")
    found = lapses(books, books.receivables.items[0])

    # Another way to it: again and again with what is known to lie before the end.
    begin = due.replace(month=12, day=31) if from_year_end else due
    first = last = begin + relativedelta(years=years)
    for _ in payments:
        anew = [day + relativedelta(years=years) for day in payments if day <= last]
        last = max([first, *anew])
    assert found is not None
    assert found.day == last
    assert (found.restart is not None) == (last != first)


def test_the_end_of_the_calendar_is_the_last_day() -> None:
    assert Limitation(99, from_year_end=True).ends(date(9950, 1, 1)) == date.max
    last = Limitation(1, from_year_end=False).ends(date(9998, 3, 1))
    assert last == date(9999, 3, 1)
