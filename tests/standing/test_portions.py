"""Amounts in notes: parts that are promised, and parts that are in dispute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import Any

import icalendar
import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.findings import findings
from beancount_dunning.answers.forecast import forecast
from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.answers.story import tell
from beancount_dunning.basics.errors import LogError
from beancount_dunning.basics.errors import PromiseError
from beancount_dunning.formats.calendar_feed import build_calendar
from beancount_dunning.formats.text_aging import as_text
from beancount_dunning.formats.text_reminders import as_text as reminders_as_text
from beancount_dunning.standing.aging import age
from tests.conftest import Ledger
from tests.conftest import lines
from tests.conftest import load
from tests.test_properties import steady
from tests.writing import write

if TYPE_CHECKING:
    from beancount_dunning.standing.books import Books

INSTALMENTS = """
    2026-05-11 * "Blum" "Signs" ^I-1
      Assets:Receivable    300.00 EUR
        due: 2026-06-01
      Assets:Receivable    300.00 EUR
        due: 2026-07-01
      Assets:Receivable    300.00 EUR
        due: 2026-08-01
      Income:Services
"""


def noted(line: str, day: str = "2026-05-20", links: str = "^I-1") -> str:
    return f'    {day} note Assets:Receivable "Blum called" {links}\n      {line}\n'


def paid(number: str, day: str, link: str = "^I-1") -> str:
    return (
        f'    {day} * "Blum" "Paid" {link}\n'
        f"      Assets:Bank  {number} EUR\n      Assets:Receivable\n"
    )


def rows(books: Books, *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(row[key] for key in keys) for row in age(books).as_dict()["items"]]


def problems(ledger: Ledger, as_of: str) -> list[str]:
    return lines([e for e in findings(ledger.books(as_of)) if isinstance(e, LogError)])


def broken(ledger: Ledger, as_of: str) -> list[str]:
    return [
        error.message
        for error in findings(ledger.books(as_of))
        if isinstance(error, PromiseError)
    ]


def why(books: Books, invoice: str = "I-1") -> list[str]:
    story = tell(books, invoice)
    assert story
    return [str(fact.text) for fact in story.parts[0].why]


# Disputes.


def test_what_is_in_dispute_is_the_oldest_first() -> None:
    ledger = load(INSTALMENTS + noted("dispute: 450.00 EUR"))
    assert rows(
        ledger.books("2026-07-10"), "instalment", "held", "disputed", "next_date"
    ) == [
        ("1/3", "dispute", "300.00", None),
        ("2/3", None, "150.00", "2026-07-02"),
        ("3/3", None, None, "2026-07-30"),
    ]
    assert problems(ledger, "2026-07-10") == []


def test_the_dispute_stays_the_same_whatever_is_paid() -> None:
    text = INSTALMENTS + noted("dispute: 450.00 EUR")
    text += paid("250.00", "2026-07-05") + paid("200.00", "2026-07-15")
    ledger = load(text)
    assert rows(ledger.books("2026-07-10"), "open", "disputed", "held") == [
        ("50.00", "50.00", "dispute"),
        ("300.00", "300.00", "dispute"),
        ("300.00", "100.00", None),
    ]
    # The rest is paid: nothing is asked.
    books = ledger.books("2026-07-20")
    assert rows(books, "open", "disputed", "held") == [
        ("150.00", "150.00", "dispute"),
        ("300.00", "300.00", "dispute"),
    ]
    found = reminders(books, days=400)
    assert (found.due, found.upcoming) == ((), ())
    assert [aged.item.instalment for aged in found.undecided] == ["2/3"]


ONE = """
    2026-05-11 * "Blum" "Signs" ^I-1
      due: 2026-06-01
      Assets:Receivable    900.00 EUR
      Income:Services
"""


def test_a_part_is_promised_and_another_disputed() -> None:
    promise = "promise: 2026-06-15\n      amount: 400.00 EUR"
    text = ONE + noted("dispute: 200.00 EUR") + noted(promise, "2026-06-02")
    short = load(text + paid("300.00", "2026-06-10")).books("2026-06-20")
    whole = load(text + paid("400.00", "2026-06-10")).books("2026-06-20")
    for books, is_kept in ((short, False), (whole, True)):
        (item,) = books.receivables.items
        assert books.dunning.record(item).is_promise_kept is is_kept
        assert books.dunning.part_in_dispute(item) == 200


def test_an_instalment_that_is_not_in_dispute_does_not_say_so() -> None:
    books = load(INSTALMENTS + noted("dispute: 450.00 EUR")).books("2026-07-10")
    story = tell(books, "I-1")
    assert story
    found = [[str(fact.text) for fact in part.why] for part in story.parts]
    assert [[text for text in one if "dispute" in text] for one in found] == [
        ["In dispute: no reminders until it is resolved"],
        ["150.00 EUR in dispute: reminders are about the rest"],
        [],
    ]


def test_interest_runs_on_what_is_not_in_dispute() -> None:
    interest = '    2026-01-01 custom "dunning-interest" "standard" 36.5\n'
    text = ONE + interest + paid("100.00", "2026-06-11")
    # 10 days on 900.00, and 10 on 800.00, at 1 a day for each 1000.00.
    assert rows(load(text).books("2026-06-21"), "interest") == [("17.00",)]
    text += noted("dispute: 200.00 EUR")
    assert rows(load(text).books("2026-06-21"), "interest") == [("13.00",)]
    text += noted("dispute: FALSE", "2026-06-20")
    assert rows(load(text).books("2026-06-21"), "interest") == [("17.00",)]


def test_a_part_is_marked_on_every_face() -> None:
    books = load(ONE + noted("dispute: 200.00 EUR")).books("2026-06-10")
    found = reminders(books)
    (reminder,) = found.due
    assert [reminder.open, reminder.asked, reminder.disputed] == [900, 700, 200]
    assert found.as_dict()["due"][0]["disputed"] == "200.00"
    (letter,) = letters(found.due)
    assert letter.as_dict()["to_pay"] == {"EUR": "700.00"}
    body = write(books, letter).body
    assert "\nLess what is in dispute: \u2212€200.00\n" in body
    assert "Please pay €700.00 " in body
    assert as_text(age(books), "", by="invoice", width=None, grouped=False).count(
        "2026-06-02 first reminder, 200.00 EUR in dispute"
    )
    for by in ("invoice", "customer"):
        text = reminders_as_text(found, "", by=by, width=None, grouped=False)
        assert "In dispute" in text
        assert "200.00" in text
    (error,) = findings(books)
    assert error.message.endswith("(Assets:Receivable), 200.00 EUR in dispute")
    feed = icalendar.Calendar.from_ical(build_calendar(books))
    for event in feed.walk("VEVENT"):
        assert "700 EUR" in str(event["SUMMARY"])
        assert "200.00 EUR in dispute" in str(event["DESCRIPTION"])
    assert "200.00 EUR in dispute: reminders are about the rest" in why(books)
    (expected,) = forecast(books)
    assert [expected.overdue, expected.undated] == [700, 200]


def test_the_calendar_keeps_what_is_in_dispute_and_marks_it() -> None:
    text = ONE + noted("dispute: 200.00 EUR") + paid("700.00", "2026-05-25")
    books = load(text).books("2026-05-28")
    (event,) = icalendar.Calendar.from_ical(build_calendar(books)).walk("VEVENT")
    assert event["SUMMARY"] == "Blum 200 EUR: due, in dispute (I-1)"


def test_an_error_for_a_customer_says_what_is_in_dispute() -> None:
    option = '    2026-01-01 custom "dunning-option" "errors" "customer"\n'
    ledger = load(option + ONE + noted("dispute: 200.00 EUR"))
    (error,) = findings(ledger.books("2026-06-10"))
    assert error.message.endswith(", 200.00 EUR in dispute")


def test_an_error_says_once_what_is_in_dispute() -> None:
    ledger = load(INSTALMENTS + noted("dispute: 350.00 EUR"))
    (error,) = findings(ledger.books("2026-07-10"))
    assert error.message.endswith("(Assets:Receivable), 350.00 EUR in dispute")


@pytest.mark.parametrize("amount", ["900.00", "900"])
def test_an_amount_that_is_all_is_a_dispute_of_all(amount: str) -> None:
    whole = load(ONE + noted("dispute: TRUE") + noted("dispute: FALSE", "2026-06-20"))
    same = load(
        ONE + noted(f"dispute: {amount} EUR") + noted("dispute: FALSE", "2026-06-20")
    )
    for as_of in ("2026-05-21", "2026-06-10", "2026-06-25"):
        first, second = (age(one.books(as_of)).as_dict() for one in (whole, same))
        assert first["items"] == second["items"]
        assert problems(same, as_of) == []


def test_what_is_too_little_to_ask_for_rests_too() -> None:
    text = ONE + noted("dispute: 200.00 EUR") + paid("699.50", "2026-06-05")
    books = load(text).books("2026-06-10")
    assert rows(books, "open", "disputed", "held") == [("200.50", "200.00", "dispute")]


def test_what_is_charged_is_asked_for_beside_a_dispute() -> None:
    fee = """
    2026-06-05 * "Blum" "Fee" ^I-1
      charge: "fee"
      due: 2026-06-01
      Assets:Receivable    5.00 EUR
      Income:Fees
    """
    text = ONE + noted("dispute: 200.00 EUR") + fee.rstrip() + "\n"
    (reminder,) = reminders(load(text).books("2026-06-10")).due
    assert [reminder.open, reminder.asked] == [905, 705]
    # All of the sale is in dispute, and what was charged on it is not.
    books = load(text + paid("700.00", "2026-06-06")).books("2026-06-10")
    assert rows(books, "open", "disputed", "held") == [
        ("200.00", "200.00", "dispute"),
        ("5.00", None, None),
    ]
    (reminder,) = reminders(books).due
    assert reminder.asked == 5


def test_a_dispute_of_a_part_ends() -> None:
    text = ONE + noted("dispute: 200.00 EUR") + noted("dispute: FALSE", "2026-06-20")
    ledger = load(text)
    assert rows(ledger.books("2026-06-25"), "disputed", "next_date") == [
        (None, "2026-06-02")
    ]
    assert problems(ledger, "2026-06-25") == []
    again = load(text + noted("dispute: FALSE", "2026-06-21"))
    (message,) = problems(again, "2026-06-25")
    assert message.endswith(": I-1 was not in dispute.")


TWO = """
    2026-05-11 * "Blum" "Signs" ^I-1
      due: 2026-06-01
      Assets:Receivable    100.00 EUR
      Income:Services
    2026-05-12 * "Blum" "Posts" ^I-2
      due: 2026-06-02
      Assets:Receivable    100.00 EUR
      Income:Services
"""


DAY = "2026-05-20"
TOO_MUCH = "got 300.00 EUR. Type dispute: TRUE if it is about all of it."


def test_several_links_are_one_dispute() -> None:
    books = load(TWO + noted("dispute: 150.00 EUR", links="^I-1 ^I-2")).books(
        "2026-06-10"
    )
    assert rows(books, "invoice", "disputed") == [("I-1", "100.00"), ("I-2", "50.00")]


@pytest.mark.parametrize(
    ("line", "day", "links", "message"),
    [
        (
            "dispute: 200.00 USD",
            "2026-05-20",
            "^I-1",
            "dispute: I-1 is in EUR; got 200.00 USD.",
        ),
        (
            "dispute: 300.00 EUR",
            "2026-05-20",
            "^I-1 ^I-2",
            f"dispute: only 200.00 EUR of I-1 and I-2 was open on {DAY}; {TOO_MUCH}",
        ),
        (
            "dispute: 300.00 EUR",
            "2026-05-26",
            "^I-2",
            f"dispute: nothing of I-2 was open on 2026-05-26; {TOO_MUCH}",
        ),
        (
            "promise: 2026-06-01\n      amount: 20.00 USD",
            "2026-05-20",
            "^I-1",
            "amount: I-1 is in EUR; got 20.00 USD.",
        ),
    ],
)
def test_an_amount_that_cannot_be_is_an_error_and_all_rests(
    line: str, day: str, links: str, message: str
) -> None:
    ledger = load(TWO + paid("100.00", "2026-05-25", "^I-2") + noted(line, day, links))
    (found,) = problems(ledger, "2026-05-27")
    assert found.split(": ", 1)[1] == message
    held = {row["held"] for row in age(ledger.books("2026-05-27")).as_dict()["items"]}
    assert held <= {"dispute", "promise"} or links == "^I-2"


def test_an_amount_before_its_invoice_is_about_nothing() -> None:
    (message,) = problems(
        load(ONE + noted("dispute: 5 EUR", "2026-05-01")), "2026-06-01"
    )
    assert message.endswith(": I-1 is dated later than this note, 2026-05-11.")


def test_a_dispute_in_one_of_two_currencies_is_never_of_all() -> None:
    text = """
    2026-05-11 * "Blum" "Signs" ^I-1
      due: 2026-06-01
      Assets:Receivable    100.00 EUR
      Assets:Receivable    100.00 USD
      Income:Services     -100.00 EUR
      Income:Services     -100.00 USD
    """.rstrip()
    books = load(text + "\n" + noted("dispute: 100.00 EUR")).books("2026-06-10")
    assert rows(books, "currency", "disputed") == [("EUR", "100.00"), ("USD", None)]


# Promises.


def test_a_promise_of_a_part_rests_until_its_day() -> None:
    ledger = load(ONE + noted("promise: 2026-06-20\n      amount: 400.00 EUR"))
    books = ledger.books("2026-06-10")
    assert rows(books, "held", "next_date") == [("promise", "2026-06-21")]
    assert (
        "400.00 EUR promised by 2026-06-20, 0 EUR came so far: no reminders until then"
        in why(books)
    )
    (error,) = findings(books)
    assert error.message.endswith(", 400.00 EUR promised by 2026-06-20")


@pytest.mark.parametrize(
    ("payments", "says"),
    [
        ([("400.00", "2026-06-20")], None),
        ([("150.00", "2026-06-01"), ("249.50", "2026-06-20")], None),
        # What came on the note's day was there before.
        (
            [("100.00", "2026-05-20"), ("300.00", "2026-06-20")],
            "300.00 EUR came, 100.00 EUR is missing",
        ),
        ([], "0 EUR came, 400.00 EUR is missing"),
    ],
)
def test_a_promise_of_a_part_is_kept_or_broken(
    payments: list[tuple[str, str]], says: str | None
) -> None:
    text = ONE + noted("promise: 2026-06-20\n      amount: 400.00 EUR")
    ledger = load(text + "".join(paid(*one) for one in payments))
    assert broken(ledger, "2026-06-20") == []
    expected = f"Broken promise: I-1, Blum: 400.00 EUR promised by 2026-06-20, {says}"
    assert broken(ledger, "2026-06-21") == ([expected] if says else [])
    told = "kept" if says is None else f"not kept, {says}"
    assert f"400.00 EUR promised by 2026-06-20: {told}" in why(
        ledger.books("2026-06-21")
    )
    assert rows(ledger.books("2026-06-21"), "held", "next_date") == [
        (None, "2026-06-21")
    ]


def test_what_comes_late_ends_the_error() -> None:
    text = ONE + noted("promise: 2026-06-20\n      amount: 400.00 EUR")
    ledger = load(text + paid("400.00", "2026-06-25"))
    assert broken(ledger, "2026-06-24")
    assert not broken(ledger, "2026-06-25")
    assert "400.00 EUR promised by 2026-06-20: came late" in why(
        ledger.books("2026-06-25")
    )


def test_a_promise_is_kept_where_nothing_is_left() -> None:
    text = ONE + noted("promise: 2026-06-20\n      amount: 950.00 EUR")
    ledger = load(text + paid("900.00", "2026-06-15"))
    assert broken(ledger, "2026-06-25") == []


def test_several_links_are_one_promise() -> None:
    line = "promise: 2026-06-20\n      amount: 150.00 EUR"
    text = TWO + noted(line, links="^I-1 ^I-2")
    text += paid("100.00", "2026-06-05")
    (message,) = broken(load(text), "2026-06-25")
    assert message.startswith("Broken promise: I-2, Blum: 150.00 EUR promised by ")
    assert message.endswith(" 100.00 EUR came, 50.00 EUR is missing")
    kept = load(text + paid("50.00", "2026-06-06", "^I-2"))
    assert broken(kept, "2026-06-25") == []


def test_a_promise_of_more_than_is_due_names_what_is_left() -> None:
    """Of the first instalment nothing is open any more."""
    text = INSTALMENTS + noted("promise: 2026-06-20\n      amount: 400.00 EUR")
    ledger = load(text + paid("300.00", "2026-06-10"))
    (message,) = broken(ledger, "2026-06-25")
    assert message.startswith("Broken promise: I-1 2/3, Blum: 400.00 EUR promised by ")
    assert message.endswith(" 300.00 EUR came, 100.00 EUR is missing")


def test_a_later_promise_takes_the_place_of_a_part() -> None:
    text = ONE + noted("promise: 2026-06-20\n      amount: 400.00 EUR")
    ledger = load(text + noted("promise: 2026-07-20", "2026-06-25"))
    assert broken(ledger, "2026-06-27") == []


# All days, against a slow model.

FIRST = date(2026, 1, 1)
quick = profile(parent=steady, max_examples=profile().max_examples)


@dataclass(frozen=True)
class Case:
    """An invoice of instalments, and what was paid and said on which day."""

    dues: tuple[tuple[int, int], ...]
    payments: tuple[tuple[int, int], ...]
    dispute: tuple[int, int]
    promise: tuple[int, int, int]

    @property
    def ledger(self) -> Ledger:
        """Write it down."""
        text = f'    {FIRST} * "Blum" "Signs" ^I-1\n'
        for due, amount in self.dues:
            text += f"      Assets:Receivable  {amount}.00 EUR\n"
            text += f"        due: {FIRST + timedelta(days=due)}\n"
        text += "      Income:Services\n"
        for day, amount in self.payments:
            text += paid(f"{amount}.00", str(FIRST + timedelta(days=day)))
        day, amount = self.dispute
        text += noted(f"dispute: {amount}.00 EUR", str(FIRST + timedelta(days=day)))
        day, until, amount = self.promise
        line = (
            f"promise: {FIRST + timedelta(days=until)}\n      amount: {amount}.00 EUR"
        )
        return load(text + noted(line, str(FIRST + timedelta(days=day))))

    def open_on(self, last: int) -> list[int]:
        """Return what is open of each instalment when a day ends, cent by cent."""
        left = [amount for _, amount in self.dues]
        for day, amount in self.payments:
            for _ in range(amount if day <= last else 0):
                number = next((n for n, some in enumerate(left) if some), None)
                if number is not None:
                    left[number] -= 1
        return left

    def disputed_on(self, today: int) -> list[int]:
        """Return what is in dispute of each instalment, unit by unit."""
        day, amount = self.dispute
        left = self.open_on(today)
        if day > today:
            return [0] * len(left)
        if amount >= sum(self.open_on(day - 1)):
            return left
        disputed = [0] * len(left)
        for _ in range(amount):
            for number, some in enumerate(left):
                if disputed[number] < some:
                    disputed[number] += 1
                    break
        return disputed

    def missing_on(self, today: int) -> int:
        """Return what is missing of the promise."""
        day, _, amount = self.promise
        came = sum(self.open_on(day)) - sum(self.open_on(today))
        return max(min(amount - came, sum(self.open_on(today))), 0)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    days = st.integers(1, 40)
    amounts = st.integers(1, 12)
    dues = draw(st.lists(days, min_size=1, max_size=3, unique=True))
    pairs = st.tuples(days, amounts)
    promised = draw(days)
    return Case(
        tuple((due, draw(amounts)) for due in sorted(dues)),
        tuple(sorted(draw(st.lists(pairs, max_size=4)))),
        (draw(days), draw(amounts)),
        (promised, promised + draw(st.integers(0, 20)), draw(amounts)),
    )


@example(Case(((5, 3), (9, 3)), ((6, 2), (12, 1)), (4, 4), (5, 11, 3)), 10)
@quick
@given(cases(), st.integers(0, 64))
def test_every_day_is_as_the_slow_model_says(case: Case, today: int) -> None:
    as_of = str(FIRST + timedelta(days=today))
    ledger = case.ledger
    books = ledger.books(as_of)
    is_open, disputed = case.open_on(today), case.disputed_on(today)
    found = [
        [aged.item.number, aged.item.open, aged.standing.disputed]
        for aged in age(books).items
    ]
    assert found == [
        [number, some, disputed[number - 1]]
        for number, some in enumerate(is_open, 1)
        if some
    ]
    coming = reminders(books, days=400)
    for one in (*coming.due, *coming.upcoming):
        rest = is_open[one.item.number - 1] - disputed[one.item.number - 1]
        assert one.asked == rest > 0
    day, until, amount = case.promise
    is_broken = until < today and any(case.open_on(day - 1))
    missing = case.missing_on(today) if is_broken else 0
    found_broken = broken(ledger, as_of)
    assert len(found_broken) == bool(missing)
    for message in found_broken:
        assert f" {amount}.00 EUR promised by " in message
        assert message.endswith(f" came, {missing}.00 EUR is missing")
