"""What is to be sent today, and what to know before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.answers.reminders import letters
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.answers.waiting import Waiting
from beancount_dunning.answers.waiting import all_waiting
from beancount_dunning.answers.waiting import in_hand
from beancount_dunning.answers.worklist import Line
from beancount_dunning.answers.worklist import worklist
from tests.conftest import AS_OF
from tests.conftest import load

if TYPE_CHECKING:
    from tests.conftest import Ledger

_HEAD = """
    2026-01-01 open Assets:Receivable
    2026-01-01 open Assets:Receivable:Acme
      customer: "Acme"
      email: "ap@acme.example"
    2026-01-01 open Assets:Receivable:Bolt
      customer: "Bolt"
    2026-01-01 open Assets:Bank
    2026-01-01 open Income:Services
    2026-01-01 custom "dunning-step" "standard" "first reminder"  3
"""


def _invoice(link: str, due: str, amount: str = "100.00 EUR", of: str = "Acme") -> str:
    reference = f" ^{link}" if link else ""
    return f"""
    2026-06-01 * "{of}" "Website"{reference}
      due: {due}
      Assets:Receivable:{of}  {amount}
      Income:Services
"""


def _note(link: str, day: str, *said: str, of: str = "Acme") -> str:
    lines = "".join(f"      {line}\n" for line in said)
    return f"""
    {day} note Assets:Receivable:{of} "Noted" ^{link}
{lines}"""


def _lines(text: str) -> tuple[Line, ...]:
    return _lines_of(load(_HEAD + text))


def _lines_of(ledger: Ledger) -> tuple[Line, ...]:
    books = ledger.books(AS_OF)
    found = letters(reminders(books).due)
    payments = all_waiting(books, in_hand(books), books.receivables.items)
    return worklist(books, found, payments)


def _remarks(text: str) -> list[tuple[str, bool]]:
    (line,) = _lines(text)
    assert line.is_clear == (not any(one.is_doubt for one in line.remarks))
    return [(str(remark.text), remark.is_doubt) for remark in line.remarks]


def _contact(text: str) -> tuple[str, str | None] | None:
    """Return the last contact of the line of Acme."""
    (line,) = (one for one in _lines(text) if one.customer == "Acme")
    last = line.last_contact
    return (str(last.date), last.channel) if last else None


def test_the_longest_late_come_first_one_line_a_customer() -> None:
    found = _lines(
        _invoice("INV-1", "2026-11-01")
        + _invoice("INV-2", "2026-10-01", of="Bolt")
        + _invoice("INV-3", "2026-11-10", "50.00 EUR")
    )
    assert [(one.customer, one.days_overdue) for one in found] == [
        ("Bolt", 50),
        ("Acme", 19),
    ]
    acme = found[1]
    assert acme.key == acme.letter.reminders[0].item.key
    assert [str(remark.text) for remark in acme.remarks] == ["2 invoices"]
    assert acme.is_clear


def test_nothing_speaks_against_a_line_of_which_nothing_is_known() -> None:
    assert _remarks(_invoice("INV-1", "2026-11-01")) == []
    assert _lines("") == ()


def test_who_may_have_paid_is_not_clear() -> None:
    """Bolt's money names what Acme owes."""
    paid = """
    2026-11-15 * "Bolt" "Invoice INV-1"
      Assets:Bank              {amount}
      Assets:Receivable:Bolt
"""
    own = paid.format(amount="100.00 EUR")
    text = _invoice("INV-1", "2026-11-01")
    assert _remarks(text + own) == [("may have paid 100.00", True)]
    (line,) = _lines(text + own)
    (payment,) = line.payments
    assert isinstance(payment, Waiting)
    assert payment.credit.customer == "Bolt"
    parked = own.replace("Assets:Receivable:Bolt", "Assets:Suspense")
    assert _remarks(text + parked) == [("may have paid 100.00", True)]
    # What is booked as the customer's own is credit, and taken off.
    own = own.replace("Receivable:Bolt", "Receivable:Acme").replace("100.00", "10.00")
    own = own.replace(' "Invoice INV-1"', ' "Advance" ^ADVANCE')
    assert _remarks(text + own) == [("10.00 credit deducted", False)]


def test_a_step_without_its_address_is_not_clear() -> None:
    text = _invoice("INV-1", "2026-11-01", of="Bolt")
    assert _remarks(text) == [("no address", True)]
    step = '    2026-01-01 custom "dunning-step" "standard" "call"  3\n'
    for channel, missing in (
        ("email", "no e-mail address"),
        ("letter", "no postal address"),
        ("phone", "no phone number"),
        ("message", "no phone number"),
    ):
        said = f'{step}      channel: "{channel}"\n'
        books = load(_HEAD.replace(_HEAD.splitlines()[-1], "") + said + text)
        (line,) = _lines_of(books)
        assert [str(remark.text) for remark in line.remarks] == [missing], channel


def test_what_is_covered_or_a_review_is_not_clear() -> None:
    credit = """
    2026-11-15 * "Acme" "Paid" ^ADVANCE
      Assets:Bank              40.00 EUR
      Assets:Receivable:Acme
"""
    later = _invoice("INV-2", "2027-01-01", "70.00 EUR")
    text = _invoice("INV-1", "2026-11-01", "30.00 EUR") + later + credit
    assert _remarks(text) == [("covered by credit", True)]
    review = '    2026-01-01 custom "dunning-step" "standard" "stop-loss review"  3\n'
    head = _HEAD.replace(_HEAD.splitlines()[-1], "")
    (line,) = _lines_of(load(head + review + _invoice("INV-1", "2026-11-01")))
    assert [str(one.text) for one in line.remarks] == ["your own review"]
    assert not line.is_clear


def test_what_no_note_can_log_is_not_clear() -> None:
    found = _remarks(_invoice("", "2026-11-01"))
    assert found == [("no reference to log it by", True)]


def test_a_mail_of_which_nobody_knows_is_not_clear() -> None:
    text = _invoice("INV-1", "2026-11-01")
    text += _note("INV-1", "2026-11-10", 'sending: "first reminder"')
    assert _remarks(text) == [("mail of 2026-11-10 unconfirmed", True)]


def test_a_broken_promise_is_said() -> None:
    text = _invoice("INV-1", "2026-10-01")
    text += _note("INV-1", "2026-11-02", "promise: 2026-11-13")
    assert _remarks(text) == [("promise of 2026-11-13 broken", False)]
    kept = text.replace(
        "promise: 2026-11-13", "promise: 2026-11-13\n      amount: 30 EUR"
    )
    kept += """
    2026-11-12 * "Acme" "Part" ^INV-1
      Assets:Bank              30.00 EUR
      Assets:Receivable:Acme
"""
    assert _remarks(kept) == []


def test_what_is_in_dispute_besides_is_said() -> None:
    text = _invoice("INV-1", "2026-11-01") + _invoice("INV-2", "2026-09-01")
    text += _note("INV-2", "2026-09-16", "dispute: TRUE")
    assert _remarks(text) == [("100.00 more in dispute", False)]
    text += _invoice("INV-3", "2026-09-01", "20.00 USD")
    text += _note("INV-3", "2026-09-16", "dispute: TRUE")
    assert _remarks(text) == [("100.00, 20.00 USD more in dispute", False)]


def test_with_two_currencies_each_amount_has_its_own() -> None:
    text = _invoice("INV-1", "2026-11-01") + _invoice("INV-2", "2026-11-01", "9 USD")
    text += """
    2026-11-15 * "Acme" "Paid" ^ADVANCE
      Assets:Bank              40.00 EUR
      Assets:Receivable:Acme
"""
    assert _remarks(text) == [
        ("40.00 EUR credit deducted", False),
        ("2 invoices", False),
    ]


def test_a_part_of_a_plan_is_said() -> None:
    text = _invoice("INV-1", "2026-09-01")
    text += _note("INV-1", "2026-09-20", 'plan: "2 x 1 month from 2026-10-10"')
    text += """
    2026-10-09 * "Acme" "Part" ^INV-1
      Assets:Bank              50.00 EUR
      Assets:Receivable:Acme
"""
    assert _remarks(text) == [("plan, part 2 of 2", False)]


# When they were last in contact.


def test_never_in_contact() -> None:
    text = _invoice("INV-1", "2026-11-01")
    assert _contact(text) is None
    # What somebody noted for themselves is none, nor what another customer said.
    for said in ("hold-until: 2026-11-12", "handed: FALSE", "dispute: FALSE"):
        assert _contact(text + _note("INV-1", "2026-11-10", said)) is None, said
    assert _contact(text + _note("INV-1", "2026-11-10")) is None
    other = _invoice("INV-2", "2026-11-19", of="Bolt")
    other += _note("INV-2", "2026-11-19", 'channel: "phone"', of="Bolt")
    assert _contact(text + other) is None


def test_what_was_sent_or_said_is_a_contact() -> None:
    """The latest of all the customer's invoices counts, also of paid ones."""
    text = _invoice("INV-1", "2026-10-01") + _invoice("INV-2", "2026-08-01")
    text += """
    2026-09-01 * "Acme" "Paid" ^INV-2
      Assets:Bank              100.00 EUR
      Assets:Receivable:Acme
"""
    text += _note(
        "INV-2", "2026-08-10", 'reminder: "first reminder"', 'channel: "email"'
    )
    assert _contact(text) == ("2026-08-10", "email")
    for said in (
        ('channel: "phone"',),
        ("promise: 2026-10-20", 'channel: "phone"'),
        ("confirmed: TRUE", 'channel: "phone"'),
    ):
        noted = text + _note("INV-1", "2026-10-10", *said)
        assert _contact(noted) == ("2026-10-10", "phone"), said
    # Of two on a day that of which the way is known.
    noted = text + _note("INV-1", "2026-10-10", "dispute: 1.00 EUR")
    assert _contact(noted) == ("2026-10-10", None)
    noted += _note("INV-1", "2026-10-10", 'channel: "letter"')
    assert _contact(noted) == ("2026-10-10", "letter")


def test_what_did_not_arrive_is_no_contact() -> None:
    text = _invoice("INV-1", "2026-10-01")
    text += _note("INV-1", "2026-10-10", 'reminder: "first reminder"')
    assert _contact(text + _invoice("INV-2", "2026-11-01")) == ("2026-10-10", None)
    text += _note(
        "INV-1", "2026-10-12", 'bounced: "first reminder"', 'channel: "email"'
    )
    assert _contact(text) is None
    text += _note(
        "INV-1", "2026-10-14", 'sending: "first reminder"', 'channel: "email"'
    )
    assert _contact(text) is None
