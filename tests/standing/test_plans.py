"""Plans and the log: a ladder for each part, and what goes on before and after."""

from __future__ import annotations

from decimal import Decimal

import pytest

from beancount_dunning.standing.charges import charges
from beancount_dunning.standing.dunning import standing
from beancount_dunning.standing.interest import accrue
from beancount_dunning.standing.interest import interest_problems
from tests.conftest import Ledger
from tests.conftest import load

SALE = """
2026-05-11 * "Acme" "Signs" ^INV-1
  due: 2026-06-10
  Assets:Receivable:Acme  1000.00 EUR
  Income:Services
"""
AGREED = """
2026-08-15 note Assets:Receivable:Acme "Agreed" ^INV-1
  plan: "2 x 1 month from 2026-09-15"
"""
NOTE = "note Assets:Receivable:Acme"


def noted(day: str, key: str) -> str:
    return f'{day} {NOTE} "x" ^INV-1\n  {key}\n'


def rows(ledger: Ledger, as_of: str) -> list[tuple[str, str | None, str, str | None]]:
    """Return the last step, the next and its day, and what rests, of each item."""
    return [
        (
            row["instalment"],
            row["last_step"],
            f"{row['next_step']} {row['next_date']}",
            row["held"],
        )
        for row in ledger.report(as_of).as_dict()["items"]
    ]


def said(ledger: Ledger, as_of: str) -> list[str]:
    return [error.message for error in ledger.books(as_of).dunning.problems]


def test_each_part_has_a_ladder_of_its_own() -> None:
    ledger = load(
        SALE
        + noted("2026-06-12", 'reminder: "first reminder"')
        + AGREED
        + noted("2026-09-16", 'reminder: "first reminder"')
    )
    assert said(ledger, "2026-12-31") == []
    assert rows(ledger, "2026-08-14") == [
        ("1/1", "first reminder", "second reminder 2026-06-18", None)
    ]
    assert rows(ledger, "2026-08-15") == [
        ("1/2", None, "upcoming 2026-09-13", None),
        ("2/2", None, "upcoming 2026-10-13", None),
    ]
    assert rows(ledger, "2026-09-16") == [
        ("1/2", "first reminder", "second reminder 2026-09-22", None),
        ("2/2", None, "upcoming 2026-10-13", None),
    ]


def test_after_its_end_the_ladder_of_before_goes_on() -> None:
    ledger = load(
        SALE
        + noted("2026-06-12", 'reminder: "first reminder"')
        + AGREED
        + "  default-after: 7\n"
        + noted("2026-09-16", 'reminder: "first reminder"')
        + noted("2026-09-22", 'reminder: "second reminder"')
    )
    assert rows(ledger, "2026-09-21")[0] == (
        *("1/2", "first reminder", "second reminder 2026-09-22", None),
    )
    assert rows(ledger, "2026-09-22") == [
        ("1/1", "second reminder", "final notice 2026-09-30", None)
    ]
    assert said(ledger, "2026-12-31") == []
    without = load(
        SALE
        + noted("2026-06-12", 'reminder: "first reminder"')
        + AGREED
        + "  default-after: 7\n"
    )
    # No day before the end is one on which it could have gone out.
    assert rows(without, "2026-10-01") == [
        ("1/1", "first reminder", "second reminder 2026-09-22", None)
    ]


def test_a_reminder_logged_on_the_day_is_about_what_was_then() -> None:
    before = noted("2026-08-15", 'reminder: "first reminder"')
    ledger = load(SALE + before + AGREED)
    assert said(ledger, "2026-08-15") == []
    assert rows(ledger, "2026-08-15")[0] == ("1/2", None, "upcoming 2026-09-13", None)
    # And in one note with the plan, too.
    together = load(f'{SALE}{AGREED}  reminder: "first reminder"\n')
    assert said(together, "2026-08-15") == []
    # After the plan's note it is about the part.
    after = load(SALE + AGREED + before)
    assert said(after, "2026-08-15") == []
    assert rows(after, "2026-08-15")[0][:2] == ("1/2", "first reminder")


def test_a_promise_of_before_is_past_and_a_dispute_is_not() -> None:
    ledger = load(
        SALE
        + noted("2026-08-01", "promise: 2026-08-10")
        + noted("2026-08-02", "dispute: TRUE")
        + noted("2026-08-03", "hold-until: 2026-12-31")
        + noted("2026-08-04", "hold-until: 2026-12-24")
        + AGREED
        + noted("2026-08-20", "dispute: FALSE")
    )
    assert len(ledger.books("2026-08-14").dunning.broken) == 1
    assert ledger.books("2026-08-15").dunning.broken == ()
    assert [row[-1] for row in rows(ledger, "2026-08-15")] == ["dispute"] * 2
    assert [row[-1] for row in rows(ledger, "2026-08-20")] == ["hold"] * 2
    record = ledger.books("2026-08-20").dunning.record(
        ledger.receivables("2026-08-20").items[0]
    )
    assert str(record.held_until) == "2026-12-24"
    assert said(ledger, "2026-12-31") == []


def test_a_promise_beside_a_plan_is_about_its_parts() -> None:
    ledger = load(f"{SALE}{AGREED}  promise: 2026-09-20\n")
    assert [row[-1] for row in rows(ledger, "2026-08-15")] == ["promise", None]
    (broken,) = ledger.books("2026-09-21").dunning.broken
    assert [item.instalment for item in broken.items] == ["1/2"]


def test_the_policy_is_the_invoice_s() -> None:
    text = SALE.replace("  due:", '  policy: "strict"\n  due:')
    ledger = load(text + AGREED)
    books = ledger.books("2026-09-16")
    assert [
        (item.policy, standing(books, item).next_step.name)  # type: ignore[union-attr]
        for item in books.receivables.items
    ] == [("strict", "first reminder")] * 2


def test_an_end_that_another_plan_followed_on_the_day() -> None:
    """The plan of the day before is over when the note is read."""
    ledger = load(
        SALE
        + noted("2026-08-15", 'plan: "rest on 2026-08-15"')
        + "  default-after: 1\n"
        + noted("2026-08-16", 'plan: "rest on 2026-09-15"')
        + noted("2026-08-17", "hold-until: 2026-08-20")
    )
    assert said(ledger, "2026-08-17") == []
    assert rows(ledger, "2026-08-17") == [("1/1", None, "upcoming 2026-09-13", "hold")]


# Interest: 365.00 at 10 % are 0.10 a day.

LENT = """
2026-01-01 custom "dunning-interest" "standard" 10
2026-05-11 * "Acme" "Signs" ^INV-1
  due: 2026-06-10
  Assets:Receivable:Acme  730.00 EUR
  Income:Services
"""
HALVES = """
2026-06-20 note Assets:Receivable:Acme "Agreed" ^INV-1
  plan: "2 x 1 month from 2026-07-01"
"""


PLAN_AGAIN = 'plan: "rest on 2026-09-01"'


def interest(ledger: Ledger, as_of: str) -> list[str | None]:
    return [row["interest"] for row in ledger.report(as_of).as_dict()["items"]]


def test_interest_runs_until_the_note_and_begins_anew_on_a_late_part() -> None:
    ledger = load(LENT + HALVES)
    assert interest(ledger, "2026-06-19") == ["1.80"]
    # Ten days on 365.00 each.
    assert interest(ledger, "2026-06-20") == ["1.00", "1.00"]
    assert interest(ledger, "2026-07-01") == ["1.00", "1.00"]
    assert interest(ledger, "2026-07-11") == ["2.00", "1.00"]


def test_interest_can_run_on() -> None:
    ledger = load(f'{LENT}{HALVES}  interest: "runs"\n')
    assert interest(ledger, "2026-06-20") == ["1.00", "1.00"]
    assert interest(ledger, "2026-07-11") == ["3.10", "3.10"]


def test_before_the_original_due_date_nothing_runs() -> None:
    early = HALVES.replace("2026-06-20", "2026-06-01")
    assert interest(load(LENT + early), "2026-06-30") == [None, None]
    runs = load(f'{LENT}{early}  interest: "runs"\n')
    assert interest(runs, "2026-06-20") == ["1.00", "1.00"]


def test_what_a_plan_replaces_bears_no_interest_twice() -> None:
    again = """
2026-07-11 note Assets:Receivable:Acme "Again" ^INV-1
  plan: "rest on 2026-09-01"
"""
    paid = """
2026-07-06 * "Acme" "Paid" ^INV-1
  Assets:Bank  265.00 EUR
  Assets:Receivable:Acme
"""
    # 7.30 a day less: 10 days on 730.00, and the first half is late for ten days.
    assert interest(load(LENT + HALVES + again), "2026-08-31") == ["3.00"]
    # Of 265.00 that were paid 0.726 for ten days and 0.363 for five.
    ledger = load(LENT + HALVES + paid + again)
    items = ledger.books("2026-08-31", settled=None).receivables.all_items
    found = [accrue(ledger.books("2026-08-31"), item) for item in items]
    total = sum((one.amount for one in found if one), Decimal())
    assert total == Decimal("2.64")
    # Of the 465.00 that are left 1.27397 and, of 100.00, 0.27397.
    assert interest(ledger, "2026-08-31") == ["1.55"]


def test_after_the_end_interest_is_as_without_a_plan() -> None:
    ledger = load(f"{LENT}{HALVES}  default-after: 1\n")
    assert interest(ledger, "2026-07-02") == ["4.40"]


def test_a_rate_is_needed_for_the_days_before_a_plan() -> None:
    text = LENT.replace('" 10\n', '" 1 "house"\n').lstrip()
    rate = '2026-06-15 custom "reference-rate" "house" 9\n'
    (error,) = interest_problems(load(rate + text + HALVES).books("2026-06-30"))
    assert "house" in error.message


def test_a_gap_needs_no_rate() -> None:
    """Between the note and the due date of a part no interest runs."""
    text = LENT.replace('" 10\n', '" 9 "bundesbank"\n')
    later = HALVES.replace("2026-07-01", "2027-07-01")
    books = load(text + later).books("2027-02-01")
    assert interest_problems(books) == []


def proposed(ledger: Ledger, as_of: str) -> list[tuple[str, str, str, str]]:
    return [
        (charge.item.instalment, charge.kind, str(charge.amount), str(charge.posted))
        for charge in charges(ledger.books(as_of))
    ]


POSTED = """
2026-06-15 * "Acme" "Interest" ^INV-1
  charge: "interest"
  due: 2026-06-10
  Assets:Receivable:Acme  1.00 EUR
  Income:Interest
"""


@pytest.mark.parametrize("paid", [True, False])
def test_interest_posted_before_a_plan_is_not_charged_again(*, paid: bool) -> None:
    """Whether it is paid by then, or a part of the plan itself."""
    credit = """
2026-06-16 * "Acme" "Paid" ^INV-1
  invoice: "INV-1"
  Assets:Bank  1.00 EUR
  Assets:Receivable:Acme
"""
    text = LENT + POSTED + (credit if paid else "")
    plan = HALVES.replace("2 x 1 month from", "365.00 x 1 month from")
    found = proposed(load(text + plan), "2026-06-20")
    # 1.00 of 2.00.
    assert sum(Decimal(row[-2]) for row in found) == Decimal("1.00")


def test_interest_posted_on_a_part_is_not_charged_again_after_the_end() -> None:
    """The part's due date is gone with the plan; the posted charge still has it."""
    posted = POSTED.replace("06-15", "06-25").replace("06-10", "07-01")
    second = posted.replace("07-01", "08-01")
    plan = f"{HALVES}  default-after: 1\n{posted}{second}"
    # 4.40 by then, of which 1.00 was charged on each part.
    assert proposed(load(LENT + plan), "2026-07-02") == [
        ("1/1", "interest", "2.40", "2.00")
    ]
    again = f"{HALVES}{posted}{second}{noted('2026-06-30', PLAN_AGAIN)}"
    assert proposed(load(LENT + again), "2026-07-02") == []


def test_a_letter_before_a_plan_has_its_fee_once() -> None:
    steps = """
2026-01-01 custom "dunning-step" "standard" "first" 1
  fee: "2 %"
"""
    fee = """
2026-06-21 * "Acme" "Fee" ^INV-1
  charge: "fee"
  step: "first"
  due: 2026-06-10
  Assets:Receivable:Acme  14.60 EUR
  Income:Fees
"""
    text = steps + SALE.replace("1000.00", "730.00")
    text += noted("2026-06-12", 'reminder: "first"')
    plan = HALVES + noted("2026-07-02", 'reminder: "first"')
    # Two percent of 730.00, and later of the half that is late.
    assert proposed(load(text + plan), "2026-06-20") == [("1/1", "fee", "14.60", "0")]
    assert [row[2] for row in proposed(load(text + plan), "2026-07-02")] == [
        "14.60",
        "7.30",
    ]
    posted = load(text + fee.replace("06-21", "06-19") + plan)
    assert proposed(posted, "2026-06-20") == []


def test_compensation_is_claimed_once_for_what_a_plan_divides() -> None:
    text = LENT.replace(
        '" 10\n', '" 10\n  compensation: "40.00 EUR, 70.00 EUR from 500"\n'
    )
    kinds = [row[:3] for row in proposed(load(text + HALVES), "2026-08-31")]
    assert [row[2] for row in kinds if row[1] == "compensation"] == ["70.00"]
    each = text.replace('from 500"\n', 'from 500"\n  each: "instalment"\n')
    kinds = [row[:3] for row in proposed(load(each + HALVES), "2026-08-31")]
    assert len([row for row in kinds if row[1] == "compensation"]) == 1


@pytest.mark.parametrize(
    ("promised", "held"),
    [("2026-10-01", "promise"), ("2026-09-22", "promise"), ("2026-09-21", None)],
)
def test_a_promise_goes_on_where_the_plan_ends_before_its_day(
    promised: str, held: str | None
) -> None:
    promise = noted("2026-09-16", f"promise: {promised}")
    ledger = load(f"{SALE}{AGREED}  default-after: 7\n{promise}")
    assert rows(ledger, "2026-09-21")[0][::3] == ("1/2", "promise")
    assert rows(ledger, "2026-09-22")[0][::3] == ("1/1", held)
    broken = ledger.books("2026-10-02").dunning.broken
    assert [item.instalment for one in broken for item in one.items] == (
        ["1/1"] if held else []
    )


@pytest.mark.parametrize(
    ("paid", "minimum", "instalments"),
    [
        ("499.01", "", ["1/2", "2/2"]),
        ("499.00", "", ["1/1"]),
        ("480.01", "20.00 EUR", ["1/2", "2/2"]),
        ("500.00", "0 EUR", ["2/2"]),
    ],
)
def test_what_is_too_little_to_ask_for_ends_no_plan(
    paid: str, minimum: str, instalments: list[str]
) -> None:
    option = f'2026-01-01 custom "dunning-option" "minimum" {minimum}\n'
    payment = f"""
2026-09-15 * "Acme" "Paid" ^INV-1
  Assets:Receivable:Acme  -{paid} EUR
  Assets:Bank
"""
    text = f"{SALE}{AGREED}  default-after: 7\n{payment}{option if minimum else ''}"
    assert [row[0] for row in rows(load(text), "2026-09-22")] == instalments


@pytest.mark.parametrize(
    ("credit", "as_of", "instalments"),
    [
        ("500.00 EUR", "2026-09-22", ["1/2", "2/2"]),
        # It makes up for the first part alone.
        ("500.00 EUR", "2026-10-22", ["1/1"]),
        ("400.00 EUR", "2026-09-22", ["1/1"]),
        ("500.00 USD", "2026-09-22", ["1/1"]),
    ],
)
def test_what_credit_makes_up_for_ends_no_plan(
    credit: str, as_of: str, instalments: list[str]
) -> None:
    note = f"""
2026-08-20 * "Acme" "Credit note" ^CN-1
  Assets:Receivable:Acme  -{credit}
  Income:Services
"""
    ledger = load(f"{SALE}{AGREED}  default-after: 7\n{note}")
    assert [row[0] for row in rows(ledger, as_of)] == instalments


@pytest.mark.parametrize(
    ("said_", "as_of", "instalments"),
    [
        (["dispute: TRUE"], "2026-10-22", ["1/2", "2/2"]),
        (["dispute: 500.00 EUR"], "2026-09-22", ["1/2", "2/2"]),
        (["dispute: 500.00 EUR"], "2026-10-22", ["1/1"]),
        (["dispute: 400.00 EUR"], "2026-09-22", ["1/1"]),
        (["dispute: TRUE", "dispute: FALSE"], "2026-09-22", ["1/1"]),
        ([], "2026-09-22", ["1/1"]),
    ],
)
def test_what_is_in_dispute_ends_no_plan(
    said_: list[str], as_of: str, instalments: list[str]
) -> None:
    notes = "".join(noted("2026-08-20", one) for one in said_)
    ledger = load(f"{SALE}{AGREED}  default-after: 7\n{notes}")
    assert [row[0] for row in rows(ledger, as_of)] == instalments


def test_a_dispute_in_another_currency_is_about_nothing_of_a_plan() -> None:
    dollars = """
2026-05-11 * "Acme" "Fonts" ^INV-2
  due: 2026-12-10
  Assets:Receivable:Acme  100.00 USD
  Income:Services
"""
    several = AGREED.replace("^INV-1", "^INV-1 ^INV-3")
    notes = f'2026-08-20 {NOTE} "x" ^INV-2 ^INV-3\n  dispute: 50.00 USD\n'
    euros = SALE.replace("INV-1", "INV-3")
    ledger = load(f"{SALE}{euros}{dollars}{several}  default-after: 7\n{notes}")
    assert [row[0] for row in rows(ledger, "2026-09-22")] == ["1/1", "1/1", "1/1"]
