"""Ledgers as people really keep them, each beside what is right for it.

`cases/NAME.beancount` says in its first lines what is right; the test of that name
says it again so that a machine can look. They come from public reports, and from
keeping books as somebody does who is new to this.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import icalendar
import pytest
from beancount.loader import load_file
from beancount.loader import load_string

from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.answers.story import tell
from beancount_dunning.formats import text_reminders
from beancount_dunning.formats.calendar_feed import build_calendar
from beancount_dunning.formats.text_aging import as_text
from beancount_dunning.formats.text_story import as_text as story_as_text
from beancount_dunning.standing.aging import age
from tests.cases.datemeta import DAYS
from tests.cli.running import run
from tests.conftest import Ledger
from tests.writing import write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount_dunning.answers.reminders import Reminders
    from beancount_dunning.answers.story import Story
    from beancount_dunning.formats.letters import Message

CASES = Path(__file__).parent / "cases"
# More than any ladder takes.
FAR = 400


@dataclass(frozen=True)
class Case:
    """A ledger of the folder, loaded as bean-check does, and changed if need be."""

    path: Path
    text: str

    @property
    def ledger(self) -> Ledger:
        """Load it; Beancount itself has to find nothing wrong."""
        is_whole = self.text == self.path.read_text(encoding="utf-8")
        loaded = load_file(str(self.path)) if is_whole else load_string(self.text)
        for error in loaded[1]:
            assert type(error).__module__.startswith("beancount_dunning."), error
        return Ledger(*loaded)

    def with_(self, old: str, new: str) -> Case:
        """Return the case with something else typed in one place."""
        assert self.text.count(old) == 1
        return replace(self, text=self.text.replace(old, new))

    def line(self, typed: str) -> int:
        """Return the first line with a text, which is no comment."""
        lines = enumerate(self.text.splitlines(), 1)
        return next(
            number for number, line in lines if typed in line and line[0] != ";"
        )

    def said(self, typed: str, as_of: str) -> str:
        """Return the only mistake that is found at a line, money aside."""
        begins = f"{self.line(typed)}: "
        (found,) = [
            line.removeprefix(begins)
            for line in self.ledger.lines(as_of)
            if line.startswith(begins) and "Overdue: " not in line
        ]
        return found


def case_of(name: str) -> Case:
    path = CASES / f"{name}.beancount"
    return Case(path, path.read_text(encoding="utf-8"))


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    """Return the case that the test is named after."""
    name = request.function.__name__.removeprefix("test_").partition("__")[0]
    return case_of(name.replace("_", "-"))


def test_every_case_has_its_test() -> None:
    tested = {
        name.removeprefix("test_").partition("__")[0].replace("_", "-")
        for name in globals()
        if name.startswith("test_")
    }
    there = {path.stem for path in CASES.glob("*.beancount")}
    assert there <= tested | {"feed-two-ledgers-a", "feed-two-ledgers-b"}


def money(number: str | Decimal) -> str:
    return f"{Decimal(number):.2f}"


def is_open(ledger: Ledger, as_of: str) -> list[str]:
    """Return what is open, as `CUSTOMER, INVOICE, OPEN CURRENCY, DUE`."""
    return [
        f"{row['customer']}, {row['invoice']}, {money(row['open'])} {row['currency']}, "
        f"{row['due']}"
        for row in ledger.report(as_of).as_dict()["items"]
    ]


def is_left(ledger: Ledger, as_of: str) -> list[str]:
    """Return unapplied credit, as `CUSTOMER, REFERENCE, AMOUNT CURRENCY, DATE`."""
    return [
        f"{row['customer']}, {row['reference']}, {money(row['amount'])} "
        f"{row['currency']}, {row['date']}"
        for row in ledger.report(as_of).as_dict()["unapplied"]
    ]


def balances(ledger: Ledger, as_of: str) -> list[str]:
    """Return what each customer owes in all, as `CUSTOMER, TOTAL CURRENCY`."""
    return [
        f"{row['customer']}, {money(row['total'])} {row['currency']}"
        for row in ledger.report(as_of).as_dict()["customers"]
    ]


def held(ledger: Ledger, as_of: str) -> list[str | None]:
    return [row["held"] for row in ledger.report(as_of).as_dict()["items"]]


def to_send(ledger: Ledger, as_of: str, days: int = FAR) -> Reminders:
    return reminders(ledger.books(as_of), days=days)


def is_nobody_reminded(ledger: Ledger, as_of: str) -> bool:
    """Tell whether nothing is due and nothing comes up."""
    found = to_send(ledger, as_of)
    return (found.due, found.upcoming) == ((), ())


def overdue(ledger: Ledger, as_of: str) -> list[str]:
    return [line for line in ledger.lines(as_of) if "Overdue: " in line]


def story(ledger: Ledger, invoice: str, as_of: str) -> Story:
    found = tell(ledger.books(as_of), invoice)
    assert found is not None
    return found


def told(ledger: Ledger, invoice: str, as_of: str) -> str:
    return story_as_text(story(ledger, invoice, as_of), "Story", grouped=False)


def letter_of(ledger: Ledger, as_of: str, days: int = 0) -> Message:
    """Return the only letter that goes out, or comes up within some days."""
    found = to_send(ledger, as_of, days)
    (letter,) = letters([*found.due, *found.upcoming])
    return write(ledger.books(as_of), letter)


def doctor(case: Case, as_of: str) -> list[dict[str, Any]]:
    """Return what `doctor` finds in a case; it says so by its exit code, too."""
    result = run("doctor", case.path, "--format", "json", as_of=as_of)
    assert result.exit_code == 1
    findings: list[dict[str, Any]] = json.loads(result.stdout)["findings"]
    return findings


def test_cancelled_credit_note_loose(case: Case) -> None:
    ledger, as_of = case.ledger, "2026-06-01"
    assert balances(ledger, as_of) == ["Acme, 100.00 EUR"]
    assert is_open(ledger, as_of) == ["Acme, I-1, 100.00 EUR, 2026-01-15"]
    assert is_left(ledger, as_of) == []


_ONE_ACCOUNT = "open Assets:Receivables:Customers"


def test_collective_account(case: Case) -> None:
    ledger = case.with_(_ONE_ACCOUNT, f"{_ONE_ACCOUNT}\n  collective: TRUE").ledger
    assert is_open(ledger, "2026-04-15") == [
        "Harbor Cafe, INV-000001, 1200.00 USD, 2026-02-14"
    ]
    assert is_left(ledger, "2026-04-15") == []
    assert balances(ledger, "2026-04-15") == ["Harbor Cafe, 1200.00 USD"]


def test_collective_account__without_saying_so(case: Case) -> None:
    found = doctor(case, "2026-04-15")
    assert any(
        finding["line"] == case.line(_ONE_ACCOUNT)
        and "collective: TRUE" in (finding["type"] or "")
        for finding in found
    )


def test_credit_limit_net(case: Case) -> None:
    ledger = case.ledger
    assert balances(ledger, "2026-02-01") == ["Acme, 800.00 EUR"]
    assert ledger.lines("2026-02-01") == []
    (row,) = ledger.report("2026-02-01").as_dict()["customers"]
    assert row["over_limit"] is False


def test_credit_limit_net__without_the_credit_note(case: Case) -> None:
    """What is over the limit is still an error."""
    ledger = case.with_("-300.00 EUR", "-99.99 EUR").ledger
    (line,) = ledger.lines("2026-02-01")
    assert line.startswith(f"{case.line('open Assets:Receivable:Acme')}: Credit limit:")


def test_credit_note_own_number(case: Case) -> None:
    ledger, as_of = case.ledger, "2026-08-01"
    assert is_open(ledger, as_of) == ["Brauhaus, I-16, 238.00 EUR, 2026-06-01"]
    assert is_left(ledger, as_of) == ["Brauhaus, CN-01, -238.00 EUR, 2026-06-02"]
    assert balances(ledger, as_of) == ["Brauhaus, 0.00 EUR"]
    assert held(ledger, as_of) == ["credit"]
    assert is_nobody_reminded(ledger, as_of)
    (line,) = overdue(ledger, as_of)
    assert "credit" in line


def test_customer_file_typo(case: Case) -> None:
    ledger, as_of = case.ledger, "2026-08-01"
    (row,) = ledger.report(as_of).as_dict()["items"]
    assert (row["customer"].casefold(), row["policy"]) == ("yoga loft", "none")
    for spelling in ("Yoga loft", "Yoga Loft", "YOGA LOFT"):
        assert ledger.settings(as_of).customer(spelling).email == "x@y.example"
    assert is_nobody_reminded(ledger, as_of)
    assert ledger.lines(as_of) == overdue(ledger, as_of)


@pytest.mark.parametrize("key", DAYS)
def test_datetime_from_plugin(case: Case, key: str) -> None:
    """The plugin runs after that other one, and must not raise either."""
    typed = 'plugin "tests.cases.datemeta" "due"'
    ledger = case.with_(typed, typed.replace("due", key)).ledger
    day = "2026-02-05"
    assert ledger.lines(day) == overdue(ledger, day)
    rows = {row["invoice"]: row for row in ledger.report(day).as_dict()["items"]}
    assert rows["I-1"]["due"] == "2026-01-15"
    due = "2026-02-20" if key == "due" else "2026-01-15"
    assert rows["I-2"]["due"] == due
    assert rows["I-1"]["held"] == {
        "due": "promise",
        "promise": "promise",
        "hold-until": "hold",
        "as-of": "promise",
    }.get(key)
    assert rows["I-1"]["next_date"] == "2026-02-11"
    settings = ledger.settings(day)
    assert settings.as_of == (DAYS[key].date() if key == "as-of" else None)
    assert not isinstance(settings.as_of, datetime)


def test_double_payment(case: Case) -> None:
    ledger, as_of = case.ledger, "2026-08-01"
    assert is_open(ledger, as_of) == ["Acme, INV-20, 300.00 EUR, 2026-07-15"]
    assert is_left(ledger, as_of) == ["Acme, INV-16, -1190.00 EUR, 2026-06-05"]
    assert balances(ledger, as_of) == ["Acme, -890.00 EUR"]
    assert held(ledger, as_of) == ["credit"]
    assert is_nobody_reminded(ledger, as_of)
    (line,) = overdue(ledger, as_of)
    assert "credit" in line
    assert "1190" in line
    (row,) = ledger.report(as_of).as_dict()["unapplied"]
    assert (row["payee"], row["narration"]) == ("Acme", "paid again")
    assert case.line("paid again") <= row["line"] < case.line('"new"')
    assert Path(row["file"]).name == "double-payment.beancount"


def uids(ledger: Ledger, as_of: str) -> Iterator[str]:
    feed = icalendar.Calendar.from_ical(build_calendar(ledger.books(as_of)))
    for event in feed.walk("VEVENT"):
        yield str(event["UID"])


def test_feed_two_ledgers() -> None:
    first, second = (
        set(uids(case_of(f"feed-two-ledgers-{name}").ledger, "2026-01-15"))
        for name in "ab"
    )
    assert first
    assert second
    assert first.isdisjoint(second)


# What is typed, and what the error there says to type.
_NEAR = {
    '"term" "net 30"': "terms",
    '"dunning-options"': "dunning-option",
    "Acme Gmbh": "Acme",
    "^I-17": "due",
    "^I-19": '"net 30"',
}


@pytest.mark.parametrize("typed", _NEAR)
def test_keys_nearly_ours(case: Case, typed: str) -> None:
    whole = rf"(?<![\w-]){re.escape(_NEAR[typed])}(?!\w| Gmbh|-)"
    assert re.search(whole, case.said(typed, "2026-08-01"))


def test_keys_nearly_ours__and_nothing_else(case: Case) -> None:
    ledger, as_of = case.ledger, "2026-08-01"
    mistakes = [line for line in ledger.lines(as_of) if "Overdue: " not in line]
    assert len(mistakes) == len(_NEAR)
    assert is_open(ledger, as_of) == [
        "Acme, I-18, 100.00 EUR, 2026-03-01",
        "Acme, I-17, 100.00 EUR, 2026-03-22",
        "Acme, I-19, 100.00 EUR, None",
    ]
    assert "Due 2026-03-22, 30 days from the option" in told(ledger, "I-17", as_of)


def test_letter_sums(case: Case) -> None:
    ledger, as_of = case.ledger, "2026-08-14"
    assert balances(ledger, as_of) == ["Acme, 605.00 EUR"]
    assert is_left(ledger, as_of) == ["Acme, None, -100.00 EUR, 2026-08-12"]
    body = letter_of(ledger, as_of, days=2).body
    assert "100.00" in body
    # What is to be paid stands last.
    assert re.findall(r"\d+\.\d\d", body)[-1] == "605.00"


def test_letter_sums__line_by_line(case: Case) -> None:
    body = letter_of(case.ledger, "2026-08-14", days=2).body
    assert sorted(re.findall(r"[\d,]+\.\d\d", body)) == sorted(
        ["1,000.00", "300.00", "5.00", "100.00", "605.00"]
    )


def is_a_link_that_names_nothing(case: Case, link: str, meant: str) -> None:
    ledger, as_of = case.ledger, "2026-08-01"
    message = case.said(f'"paid"  ^{link}', as_of)
    assert link in message
    assert meant in message
    assert is_open(ledger, as_of) == [f"Acme, {meant}, 1190.00 EUR, 2026-06-01"]
    assert is_left(ledger, as_of) == [f"Acme, {link}, -1190.00 EUR, 2026-06-20"]
    assert held(ledger, as_of) == ["credit"]
    assert is_nobody_reminded(ledger, as_of)


def test_link_case(case: Case) -> None:
    is_a_link_that_names_nothing(case, "inv-16", "INV-16")


def test_link_typo(case: Case) -> None:
    is_a_link_that_names_nothing(case, "INV-16", "INV-016")


def test_one_cent(case: Case) -> None:
    ledger, as_of = case.ledger, "2026-08-01"
    assert is_open(ledger, as_of) == ["Acme, I-16, 0.01 EUR, 2026-06-01"]
    assert ledger.lines(as_of) == []
    assert is_nobody_reminded(ledger, as_of)


def test_other_currency(case: Case) -> None:
    ledger, as_of = case.ledger, "2026-08-01"
    assert is_open(ledger, as_of) == ["Acme, I-16, 1000.00 USD, 2026-06-01"]
    assert is_left(ledger, as_of) == ["Acme, I-16, -915.00 EUR, 2026-06-20"]
    found = to_send(ledger, as_of)
    assert [reminder.item.invoice for reminder in found.due] == ["I-16"]
    (row,) = found.as_dict()["due"]
    assert (money(row["open"]), money(row["credit"])) == ("1000.00", "0.00")
    (line,) = overdue(ledger, as_of)
    assert "915 EUR" in line
    for by in ("invoice", "customer"):
        table = text_reminders.as_text(found, "", by=by, width=None, grouped=False)
        (shown,) = [line for line in table.splitlines() if "1000" in line]
        assert "915 EUR" in shown
    body = letter_of(ledger, as_of).body
    assert "1,000" in body
    assert "€915" in body


def test_paid_on_sub_account(case: Case) -> None:
    ledger, as_of = case.ledger, "2026-08-01"
    report = ledger.report(as_of).as_dict()
    (item,), (credit,) = report["items"], report["unapplied"]
    assert (item["account"], item["open"]) == ("Assets:Receivable", "1190")
    assert credit["account"] == "Assets:Receivable:Acme"
    assert credit["amount"] == "-1190"
    assert balances(ledger, as_of) == ["Acme, 0.00 EUR"]
    assert held(ledger, as_of) == ["credit"]
    assert is_nobody_reminded(ledger, as_of)
    assert "Assets:Receivable:Acme" in told(ledger, "I-16", as_of)


def test_payee_in_capitals(case: Case) -> None:
    ledger, as_of = case.ledger, "2026-08-01"
    assert is_open(ledger, as_of) == []
    assert is_left(ledger, as_of) == []
    assert balances(ledger, as_of) == []
    assert ledger.lines(as_of) == []


def test_plan(case: Case) -> None:
    ledger = case.ledger
    assert is_open(ledger, "2026-09-10") == [
        "Blum, 2026-023, 800.00 EUR, 2026-10-01",
        "Blum, 2026-023, 800.00 EUR, 2026-11-01",
    ]
    assert is_left(ledger, "2026-09-10") == []


_AGREED = """\
2026-08-15 note Assets:Receivable "Agreed" ^2026-023
  plan: "800.00 on 2026-09-01, 800.00 on 2026-10-01, rest on 2026-11-01"
"""


def test_plan__said_in_a_note(case: Case) -> None:
    before, booked = case.text.split('2026-08-15 * "Blum" "Payment plan"')
    _, paid = booked.split("2026-09-01 * ")
    ledger = replace(case, text=f"{before}{_AGREED}2026-09-01 * {paid}").ledger
    rows = ledger.report("2026-09-10").as_dict()["items"]
    assert [
        (row["instalment"], row["due"], row["originally_due"], money(row["open"]))
        for row in rows
    ] == [
        ("2/3", "2026-10-01", "2026-06-10", "800.00"),
        ("3/3", "2026-11-01", "2026-06-10", "800.00"),
    ]
    credits_ = [
        event.amount
        for event in story(ledger, "2026-023", "2026-09-10").events
        if event.kind == "credit"
    ]
    assert credits_ == [Decimal(-800)]


_PROMISE = "  promise: 2026-09-01\n"


def test_promise_in_parts(case: Case) -> None:
    ledger = case.ledger
    assert ledger.lines("2026-09-01") == overdue(ledger, "2026-09-01")
    message = case.said("Pays 400 a month", "2026-09-02")
    assert message.startswith("Broken promise: I-23, Blum: 2000 of 2400 EUR still open")
    assert to_send(ledger, "2026-09-02").due


def test_promise_in_parts__with_its_amount(case: Case) -> None:
    ledger = case.with_(_PROMISE, f"{_PROMISE}  amount: 400.00 EUR\n").ledger
    assert ledger.lines("2026-09-02") == overdue(ledger, "2026-09-02")


def test_promise_in_parts__as_a_plan(case: Case) -> None:
    plan = '  plan: "400.00 x 1 month from 2026-09-01"\n'
    ledger = case.with_(_PROMISE, plan).ledger
    rows = ledger.report("2026-09-02").as_dict()["items"]
    assert [(row["instalment"], row["due"]) for row in rows] == [
        ("2/6", "2026-10-01"),
        ("3/6", "2026-11-01"),
        ("4/6", "2026-12-01"),
        ("5/6", "2027-01-01"),
        ("6/6", "2027-02-01"),
    ]
    assert {money(row["open"]) for row in rows} == {"400.00"}


def test_receivables_elsewhere(case: Case) -> None:
    ledger = case.ledger
    assert is_open(ledger, "2026-08-01") == ["Nord, i1, 1.00 EUR, 2026-02-01"]
    assert len(overdue(ledger, "2026-08-01")) == 1


def test_receivables_elsewhere__on_an_account_that_is_not_read(case: Case) -> None:
    text = case.text.replace("Assets:AR:Nord", "Assets:Klienten:Nord")
    elsewhere = replace(case, text=text)
    assert is_open(elsewhere.ledger, "2026-08-01") == []
    message = elsewhere.said("^i1", "2026-08-01")
    assert "due:" in message
    assert "receivable" in message


def is_square(ledger: Ledger, as_of: str) -> bool:
    """Tell whether nothing is open and nothing is left."""
    found = (is_open(ledger, as_of), is_left(ledger, as_of), ledger.lines(as_of))
    return found == ([], [], []) and is_nobody_reminded(ledger, as_of)


def test_refund_of_overpayment_loose(case: Case) -> None:
    assert is_square(case.ledger, "2026-06-01")


def test_refund_unlinked(case: Case) -> None:
    assert is_square(case.ledger, "2026-08-01")


def test_rsd_interest(case: Case) -> None:
    """11.5 % of 12345.67 for 181 days of 365 is 704.0414."""
    (row,) = case.ledger.report("2026-07-31").as_dict()["items"]
    assert row["interest"] == "704.04"


def test_same_number_twice(case: Case) -> None:
    assert balances(case.ledger, "2026-08-01") == [
        "Acme, 2380.00 EUR",
        "Bolt, 500.00 EUR",
    ]


def test_same_number_twice__the_doctor_asks(case: Case) -> None:
    messages = [finding["message"] for finding in doctor(case, "2026-08-01")]
    assert any(
        "I-16" in message and "Acme" in message and "Bolt" in message
        for message in messages
    )
    assert any("1190.00" in message and "2026-05-18" in message for message in messages)


def test_shared_reference_two_customers(case: Case) -> None:
    ledger, as_of = case.ledger, "2026-03-01"
    assert is_open(ledger, as_of) == [
        "Ann, trip-1, 50.00 EUR, 2026-01-31",
        "Ann, trip-2, 40.00 EUR, 2026-02-10",
    ]
    assert is_left(ledger, as_of) == []
    assert balances(ledger, as_of) == ["Ann, 90.00 EUR"]


def test_split_by_arithmetic(case: Case) -> None:
    ledger = case.ledger
    before = "\n".join(overdue(ledger, "2014-10-18"))
    assert "18.33 of 18.33 USD" in before
    assert "13.33 of 13.33 USD" in before
    for day in ("2014-10-18", "2014-12-01"):
        books = ledger.books(day).rounded()
        for by in ("invoice", "customer"):
            table = as_text(age(books), "", by=by, width=None, grouped=False)
            assert "13.33" in table
            assert "333" not in table
        assert "333" not in run("aging", str(case.path), as_of=day).stdout
        assert not any("333" in line for line in ledger.lines(day))
        for letter in letters(reminders(books, days=FAR).due):
            assert "333" not in write(books, letter).body
    found = to_send(ledger, "2014-12-01")
    assert {one.item.customer for one in (*found.due, *found.upcoming)} <= {"Michael"}
    assert not any("John" in line for line in ledger.lines("2014-12-01"))


def rule_of(ledger: Ledger, invoice: str, as_of: str) -> str:
    """Return by which rule the only credit of an invoice settled it, as explained."""
    told_ = story(ledger, invoice, as_of)
    (settlement,) = [
        settlement for part in told_.parts for settlement in part.aged.item.settlements
    ]
    assert settlement.rule in told(ledger, invoice, as_of)
    return settlement.rule


def test_text_names_another(case: Case) -> None:
    ledger, as_of = case.ledger, "2026-04-01"
    assert is_open(ledger, as_of) == ["Yoga Loft, 2026-004, 238.00 EUR, 2026-02-24"]
    assert is_left(ledger, as_of) == []
    assert [one.item.invoice for one in to_send(ledger, as_of).due] == ["2026-004"]
    assert "text" in rule_of(ledger, "2026-005", as_of)


def test_text_names_undisputed(case: Case) -> None:
    ledger, as_of = case.ledger, "2026-09-01"
    assert is_open(ledger, as_of) == ["Acme, INV-1, 1000.00 EUR, 2026-07-31"]
    assert is_left(ledger, as_of) == []
    assert held(ledger, as_of) == ["dispute"]
    assert is_nobody_reminded(ledger, as_of)
    assert "text" in rule_of(ledger, "INV-2", as_of)
