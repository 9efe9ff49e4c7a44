"""Plans in what one asks: errors, histories, calendars, and before they are agreed."""

from __future__ import annotations

import icalendar
import pytest

from beancount_dunning.answers.customer_story import tell_customer
from beancount_dunning.answers.planned import PlanRefusedError
from beancount_dunning.answers.planned import propose_plan
from beancount_dunning.answers.proposals import as_text
from beancount_dunning.answers.story import tell
from beancount_dunning.formats.calendar_feed import build_calendar
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
PAID = """
2026-09-14 * "Acme" "Paid" ^INV-1
  Assets:Bank  400.00 EUR
  Assets:Receivable:Acme
"""
DEFAULTS = "  default-after: 7\n"
LATE = (
    "6: Late part of a plan: INV-1 1/2, Acme: 100.00 of 500.00 EUR still open, due "
    "2026-09-15 by the plan"
)
OVERDUE = (
    "1: Overdue: INV-1 1/2, Acme: 100.00 of 500.00 EUR open, due 2026-09-15 "
    "(originally 2026-06-10), {} overdue (Assets:Receivable:Acme)"
)


def test_a_late_part_is_an_error_at_the_note() -> None:
    ledger = load(SALE + AGREED + PAID)
    assert ledger.lines("2026-09-15") == []
    assert ledger.lines("2026-09-16") == [OVERDUE.format("1 day"), LATE]
    both = ledger.lines("2026-10-16")
    assert both[1] == (
        "6: Late part of a plan: INV-1 1/2, INV-1 2/2, Acme: 600.00 of 1000.00 EUR "
        "still open, due 2026-09-15 by the plan"
    )


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ('"errors" "off"', []),
        ('"grace" 1', []),
        ('"minimum" 150.00 EUR', []),
        ('"as-of" 2026-09-16', [OVERDUE.format("1 day"), LATE]),
    ],
)
def test_what_is_no_error_otherwise_is_none_at_the_note(
    option: str, expected: list[str]
) -> None:
    line = f'2026-01-01 custom "dunning-option" {option}\n'
    note = ", as of 2026-09-16" if "as-of" in option else ""
    ledger = load(SALE + AGREED + PAID + line)
    assert ledger.lines("2026-09-16") == [f"{message}{note}" for message in expected]


def test_what_credit_covers_is_no_late_part() -> None:
    credit = """
2026-09-15 * "Acme" "Credit note" ^CN-1
  Income:Services  700.00 EUR
  Assets:Receivable:Acme
"""
    lines = load(SALE + AGREED + PAID + credit).lines("2026-09-16")
    assert not any("Late part" in line for line in lines)


def test_the_end_of_a_plan_is_an_error_at_its_note() -> None:
    ledger = load(SALE + AGREED + DEFAULTS + PAID)
    overdue, ended = ledger.lines("2026-09-22")
    assert "of 1000.00 EUR open, due 2026-06-10, 104 days overdue" in overdue
    assert ended == (
        "6: Plan ended: its part due 2026-09-15 was 7 days late. INV-1, Acme: 600.00 "
        "of 1000.00 EUR open, due 2026-06-10 as before"
    )
    again = """
2026-09-25 note Assets:Receivable:Acme "Agreed" ^INV-1
  plan: "rest on 2026-12-15"
"""
    # A new plan makes it good, and so does all of the money.
    assert load(SALE + AGREED + DEFAULTS + PAID + again).lines("2026-09-25") == []
    rest = PAID.replace("09-14", "09-24").replace("400.00", "600.00")
    assert load(SALE + AGREED + DEFAULTS + PAID + rest).lines("2026-09-25") == []


def test_by_customer_the_oldest_says_when_it_was_due() -> None:
    option = '2026-01-01 custom "dunning-option" "errors" "customer"\n'
    first, _ = load(SALE + AGREED + PAID + option).lines("2026-09-16")
    assert "the oldest INV-1 1/2, due 2026-09-15 (originally 2026-06-10)," in first


# The history.


def history(ledger: Ledger, as_of: str, invoice: str = "INV-1") -> list[str]:
    story = tell(ledger.books(as_of), invoice)
    assert story is not None
    return [
        f"{event.date} {event.kind}: {event.fact.text}"
        + (f" {event.amount}" if event.amount is not None else "")
        for event in story.events
    ]


def why(ledger: Ledger, as_of: str) -> list[list[str]]:
    story = tell(ledger.books(as_of), "INV-1")
    assert story is not None
    return [[str(fact.text) for fact in part.why] for part in story.parts]


INVOICED = [
    "2026-05-11 invoice: Invoiced: Signs (Assets:Receivable:Acme) 1000.00",
    "2026-05-11 due: Due 2026-06-10, from the transaction",
]
PLANNED = "2026-08-15 plan: Plan: 2 x 1 month from 2026-09-15. Agreed"


def test_the_history_says_what_was_before_and_after() -> None:
    ledger = load(SALE + AGREED + PAID)
    assert history(ledger, "2026-08-14") == INVOICED
    assert history(ledger, "2026-09-14") == [
        *INVOICED,
        PLANNED,
        "2026-08-15 part: Part 1/2: 500.00 EUR due 2026-09-15, originally 2026-06-10",
        "2026-08-15 part: Part 2/2: 500.00 EUR due 2026-10-15, originally 2026-06-10",
        "2026-09-14 credit: Acme Paid, on 1/2 (by invoice number) -400.00",
    ]
    first, second = why(ledger, "2026-09-14")
    part = "of the plan of 2026-08-15, due 2026-09-15, originally 2026-06-10"
    assert first[:2] == ["100.00 of 500.00 EUR open, not due", f"Part 1/2 {part}"]
    assert second[1].startswith("Part 2/2 of the plan")


def test_the_history_says_how_a_plan_ended() -> None:
    ledger = load(SALE + AGREED + DEFAULTS + PAID)
    assert history(ledger, "2026-09-22") == [
        *INVOICED,
        PLANNED,
        "2026-09-14 credit: Acme Paid, on 1/2 (by invoice number) -400.00",
        "2026-09-22 plan: The plan ended: its part due 2026-09-15 was late",
    ]
    back, paid = why(ledger, "2026-09-22")
    assert back[:2] == [
        "600.00 of 1000.00 EUR open, 104 days overdue",
        "The plan of 2026-08-15 ended on 2026-09-22: its part due 2026-09-15 was late",
    ]
    assert paid[0] == "0.00 of 400.00 EUR open: settled"
    story = tell_customer(ledger.books("2026-09-22"), "acme")
    assert story is not None
    assert [str(event.fact.text) for event in story.events] == [
        "INV-1: Invoiced: Signs (Assets:Receivable:Acme)",
        "INV-1: Plan: 2 x 1 month from 2026-09-15. Agreed",
        "INV-1 1/2: Acme Paid, on 1/2 (by invoice number)",
        "INV-1: The plan ended: its part due 2026-09-15 was late",
    ]


def test_the_history_of_instalments_keeps_their_numbers() -> None:
    sale = SALE.replace("due: 2026-06-10", 'terms: "50% net 30, 50% net 60"')
    told = history(load(sale + AGREED), "2026-08-15")
    assert told[0].startswith("2026-05-11 invoice: Invoiced 1/2: Signs")
    assert any("Invoiced 2/2: Signs" in line for line in told)
    part = "2026-08-15 part: Part 2/2: 500.00 EUR due 2026-10-15, originally"
    assert part in "".join(told)


def test_what_had_no_due_date_says_so() -> None:
    sale = SALE.replace("  due: 2026-06-10\n", "")
    ledger = load(sale + AGREED)
    assert history(ledger, "2026-08-15")[-1].endswith(
        "due 2026-10-15, originally undated"
    )
    assert why(ledger, "2026-08-15")[0][1].endswith("originally undated")


def test_a_part_moves_to_a_working_day() -> None:
    option = '2026-01-01 custom "dunning-option" "holidays" "weekends"\n'
    note = AGREED.replace("2026-09-15", "2026-09-19")
    ledger = load(option + SALE + note)
    items = ledger.receivables("2026-08-15").items
    assert [str(item.due) for item in items] == ["2026-09-21", "2026-10-19"]
    assert any("Monday 2026-09-21" in text for text in why(ledger, "2026-08-15")[0])


# The calendar.


def test_the_calendar_has_the_parts() -> None:
    def dues(as_of: str) -> dict[str, str]:
        feed = icalendar.Calendar.from_ical(build_calendar(ledger.books(as_of)))
        return {
            str(event["SUMMARY"]): str(event["UID"])
            for event in feed.walk("VEVENT")
            if "due" in str(event["SUMMARY"]).lower()
        }

    ledger = load(SALE + AGREED + DEFAULTS)
    before, after = dues("2026-06-01"), dues("2026-08-15")
    assert len(after) == 2
    assert not set(before.values()) & set(after.values())
    feed = icalendar.Calendar.from_ical(build_calendar(ledger.books("2026-08-15")))
    texts = [str(event["DESCRIPTION"]) for event in feed.walk("VEVENT")]
    assert all("originally 2026-06-10" in text for text in texts)


# Before it is agreed.


def test_a_plan_is_proposed_with_its_parts() -> None:
    books = load(SALE).books("2026-08-15")
    found = propose_plan(books, "INV-1", "3 x 1 month from 2026-09-15")
    assert as_text(found.note) == (
        '2026-08-15 note Assets:Receivable:Acme "Payment plan agreed" ^INV-1\n'
        '  plan: "3 x 1 month from 2026-09-15"\n'
    )
    assert [str(line) for line in found.lines] == [
        "INV-1 1/3: 333.33 EUR due 2026-09-15, originally 2026-06-10",
        "INV-1 2/3: 333.33 EUR due 2026-10-15, originally 2026-06-10",
        "INV-1 3/3: 333.34 EUR due 2026-11-15, originally 2026-06-10",
    ]
    assert found.as_dict()["parts"][0] == {
        "invoice": "INV-1",
        "instalment": "1/3",
        "amount": "333.33",
        "currency": "EUR",
        "due": "2026-09-15",
        "originally_due": "2026-06-10",
    }


def test_a_proposed_plan_is_what_it_becomes() -> None:
    books = load(SALE).books("2026-08-15")
    found = propose_plan(books, "INV-1", "2 x 1 month from 2026-09-15", "As agreed")
    written = load(f"{SALE}{as_text(found.note)}")
    for ours, theirs in zip(
        found.parts, written.receivables("2026-08-15").items, strict=True
    ):
        assert (ours.key, ours.due, ours.open) == (theirs.key, theirs.due, theirs.open)
    assert found.note.comment == "As agreed"


def test_a_plan_for_what_was_undated() -> None:
    books = load(SALE.replace("  due: 2026-06-10\n", "")).books("2026-08-15")
    found = propose_plan(books, "INV-1", "rest on 2026-09-15")
    assert [str(line) for line in found.lines] == [
        "INV-1: 1000.00 EUR due 2026-09-15, originally undated"
    ]
    assert found.as_dict()["parts"][0]["originally_due"] is None


def test_what_is_wrong_elsewhere_refuses_no_plan() -> None:
    wrong = '2026-08-01 note Assets:Receivable:Acme "x" ^INV-7\n  dispute: TRUE\n'
    books = load(SALE + wrong).books("2026-08-15")
    assert len(books.dunning.problems) == 1
    assert len(propose_plan(books, "INV-1", "rest on 2026-09-15").parts) == 1


def test_a_plan_in_place_of_another() -> None:
    books = load(SALE + AGREED).books("2026-08-15")
    found = propose_plan(books, "INV-1", "rest on 2026-09-15")
    assert len(found.parts) == 1


@pytest.mark.parametrize(
    ("invoice", "plan", "message"),
    [
        (
            "INV-7",
            "rest on 2026-09-15",
            'Nothing is open of INV-7 as of 2026-08-15. Did you mean "INV-1"?',
        ),
        (
            "acme",
            "rest on 2026-09-15",
            "A plan is for an invoice, not a customer: name INV-1.",
        ),
        ("INV-1", "soon", '"soon" is not understood as a plan'),
        ("INV-1", "400.00 on 2026-09-15", "and 1000.00 EUR are open"),
    ],
)
def test_what_would_be_a_mistake_is_refused(
    invoice: str, plan: str, message: str
) -> None:
    with pytest.raises(PlanRefusedError) as raised:
        propose_plan(load(SALE).books("2026-08-15"), invoice, plan)
    assert message in str(raised.value)


_TWO = """
2026-06-01 * "Acme" "Website" ^INV-1
  due: 2026-07-01
  Assets:Receivable:Acme  100.00 EUR
  Income:Services

2026-06-02 * "Acme" "Logo" ^INV-2
  due: 2026-07-02
  Assets:Receivable:Acme  50.00 EUR
  Income:Services
"""


def test_a_plan_can_be_for_several_invoices() -> None:
    books = load(_TWO).books("2026-08-15")
    plan = "2 x 1 month from 2026-09-15"
    found = propose_plan(books, "INV-1", plan, others=["INV-2", "INV-1"])
    assert found.note.links == frozenset({"INV-1", "INV-2"})
    assert sum(part.open for part in found.parts) == 150


def test_a_reference_that_is_no_link_has_a_plan_of_its_own() -> None:
    books = load(_TWO.replace("^INV-2", '\n  invoice: "INV 2"')).books("2026-08-15")
    reason = "INV 2 cannot be a link, so it needs a plan of its own"
    with pytest.raises(PlanRefusedError, match=reason):
        propose_plan(books, "INV-1", "rest on 2026-09-15", others=["INV 2"])
