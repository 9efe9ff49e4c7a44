"""Directives to paste: read again they say what was meant, whatever the names."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from beancount.core.data import Note
from beancount.core.data import Open
from beancount.core.data import Transaction
from beancount.utils.misc_utils import escape_string

from beancount_dunning.answers.proposals import as_text
from beancount_dunning.answers.proposals import explained
from beancount_dunning.answers.proposals import notes
from beancount_dunning.answers.proposals import option
from beancount_dunning.answers.proposals import transactions
from beancount_dunning.answers.reminders import reminders
from beancount_dunning.standing.charges import Charge
from beancount_dunning.standing.charges import charges
from tests.conftest import Ledger
from tests.conftest import load

if TYPE_CHECKING:
    from beancount.core.data import Directive

AS_OF = "2026-11-20"
_SALE = """
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""


def logged(ledger: Ledger, as_of: str = AS_OF) -> list[Note]:
    books = ledger.books(as_of)
    return notes(books, reminders(books).due)


def proposed(
    ledger: Ledger, as_of: str = AS_OF
) -> list[tuple[Charge | None, Directive]]:
    books = ledger.books(as_of)
    return [*transactions(books, charges(books)).directives]


def text_of(ledger: Ledger, as_of: str = AS_OF) -> str:
    return "\n".join(as_text(entry) for _, entry in proposed(ledger, as_of))


def read_again(text: str) -> list[Directive]:
    """Return the directives in a text, without where they stand."""
    ledger = load(text)
    assert not ledger.errors
    return [
        entry._replace(meta=own_meta(entry))
        for entry in ledger.entries
        if not isinstance(entry, Open)
    ]


def own_meta(entry: Directive) -> dict[str, object]:
    return {
        key: value
        for key, value in entry.meta.items()
        if key not in {"filename", "lineno"} and not key.startswith("_")
    }


# Notes.


def test_a_note_as_one_would_type_it(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme  EUR
      customer: "Acme GmbH"
      email: "ap@acme.example"
    2026-09-14 * "Acme GmbH" "Website, September" ^INV-2026-014
      due: 2026-10-14
      Assets:Receivable:Acme   2380.00 EUR
      Income:Services
    """
    (note,) = logged(ledger, "2026-10-21")
    assert as_text(note) == dedent(
        """\
        2026-10-21 note Assets:Receivable:Acme "First reminder e-mailed to ap@acme.example" ^INV-2026-014
          reminder: "first reminder"
          channel: "email"
          to: "ap@acme.example"
        """  # noqa: E501 - as long as it is
    )


@pytest.mark.parametrize(
    ("channel", "file", "expected"),
    [
        ('channel: "email"', 'email: "a@b.example"', "First e-mailed to a@b.example"),
        (
            'channel: "letter"',
            'address: "Main St 1\n Town"',
            "First posted to Main St 1 Town",
        ),
        ('channel: "phone"', 'phone: "+49 30 1"', "First by phone to +49 30 1"),
        ('channel: "message"', 'phone: "+49 30 1"', "First by message to +49 30 1"),
        ('channel: "phone"', 'email: "a@b.example"', "First"),
        ("min-interval: 0", 'phone: "+49 30 1"', "First by phone to +49 30 1"),
        ("min-interval: 0", 'contact: "Ms Li"', "First"),
    ],
)
def test_a_note_says_how_and_where(channel: str, file: str, expected: str) -> None:
    ledger = load(
        f"""
2026-01-01 custom "dunning-step" "standard" "first" 1
  {channel}
2026-01-01 custom "dunning-customer" "Acme"
  {file}
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""
    )
    assert not ledger.errors
    (note,) = logged(ledger)
    assert note.comment == expected


def test_there_is_one_note_for_each_letter(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "terms" "net 30"
    2026-09-14 * "Acme" "Two instalments" ^INV-1
      terms: "50% net 20, 50% net 25"
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Two currencies" ^INV-2
      Assets:Receivable  100.00 EUR
      Assets:Receivable  100.00 USD
      Income:Services
    2026-09-14 * "Two customers" ^INV-3
      Assets:Receivable:Acme  100.00 EUR
      Assets:Receivable:Bolt  100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "No reference"
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-11-01 * "Acme" "Not due" ^INV-4
      Assets:Receivable  100.00 EUR
      Income:Services
    """
    assert [(note.account, *(note.links or ())) for note in logged(ledger)] == [
        ("Assets:Receivable", "INV-1"),
        ("Assets:Receivable", "INV-2"),
        ("Assets:Receivable:Acme", "INV-3"),
        ("Assets:Receivable:Bolt", "INV-3"),
    ]


def test_two_steps_of_one_invoice_are_two_notes(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "standard" "first"   1
    2026-01-01 custom "dunning-step" "standard" "second"  5
    2026-09-14 * "Acme" "Website" ^INV-1
      terms: "50% net 20, 50% net 40"
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-10-10 note Assets:Receivable "About the first" ^INV-1
      reminder: "first"
    """
    assert [note.meta["reminder"] for note in logged(ledger)] == ["second", "first"]


HOSTILE = [
    'Zoë "Z" O\'Brien & Söhne',
    "C:\\new\\table",
    "ends with a backslash \\",
    '"',
    "two\nlines",
    "tab\tand ; comment",
    "^link #tag {curly} ${dollar}",
    "你好 🙂",
]
# What a reference can be; links can be the first few alone.
# What was said.


REFERENCES = [
    "INV-1",
    "2026/014",
    "a.b_c-d",
    "INV 2026 014",
    'the "big" one',
    "back\\slash",
    "dok-7",
    "Größe",
    "two\nlines",
    "^INV",
    "100%",
]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("reference", REFERENCES)
def test_a_pasted_note_logs_the_reminder(name: str, reference: str) -> None:
    text = f"""
2026-01-01 custom "dunning-step" "standard" "first" 1
2026-01-01 custom "dunning-step" "standard" "second" 9
2026-01-01 custom "dunning-customer" "{escape_string(name)}"
  email: "{escape_string(name)}"
2026-09-14 * "{escape_string(name)}" "Website"
  due: 2026-10-14
  invoice: "{escape_string(reference)}"
  Assets:Receivable  100.00 EUR
  Income:Services
"""
    ledger = load(text)
    assert not ledger.errors
    (note,) = logged(ledger)
    (again,) = read_again(as_text(note))
    assert isinstance(again, Note)
    # An empty set of tags and none are the same.
    assert again == note._replace(tags=again.tags, meta=own_meta(note))
    assert again.comment == f"First e-mailed to {' '.join(name.split())}"
    assert again.meta["reminder"] == "first"
    # And with it in the ledger the next step follows, eight days later.
    after = load(text + as_text(note))
    assert not after.errors
    (item,) = after.report("2026-11-20").as_dict()["items"]
    assert (item["last_step"], item["last_sent"]) == ("first", "2026-11-20")
    assert (item["next_step"], item["next_date"]) == ("second", "2026-11-28")
    assert not [one for one in after.lines() if "Overdue" not in one]
    assert logged(after) == []


@pytest.mark.parametrize("reference", ["INV-1", "2026/014", "a.b_c-d"])
def test_a_reference_that_a_link_can_be_is_one(reference: str) -> None:
    ledger = load(
        f"""
2026-09-14 * "Acme" "Website" ^{reference}
  due: 2026-10-14
  Assets:Receivable  100.00 EUR
  Income:Services
"""
    )
    (note,) = logged(ledger)
    assert note.links == frozenset({reference})
    assert "invoice" not in note.meta


@pytest.mark.parametrize("step", ['the "first"', "back\\slash", "two\nlines", "ö"])
def test_a_step_may_be_called_anything(step: str) -> None:
    text = f"""
2026-01-01 custom "dunning-step" "standard" "{escape_string(step)}" 1
  fee: 5.00 EUR
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable  100.00 EUR
  Income:Services
"""
    (note,) = logged(load(text))
    after = load(text + as_text(note))
    assert not after.errors
    assert logged(after) == []
    (_, _), (charge, fee) = proposed(after)
    assert charge is not None
    assert charge.kind == "fee"
    assert fee.meta["step"] == step
    last = load(text + as_text(note) + "\n" + text_of(after))
    assert not last.errors
    assert proposed(last) == []


def test_a_step_may_have_spaces_around_it(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "standard" " first" 1
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-10-20 note Assets:Receivable "Sent" ^INV-1
      reminder: " first"
    """
    assert ledger.report().items[0].standing.record.last is not None


# Transactions.


def test_charges_as_one_would_type_them(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-interest" "standard" 10
      compensation: 40.00 EUR
    2026-01-01 custom "dunning-step" "standard" "final notice" 3
      fee: 5.00 EUR
    2026-09-14 * "Acme GmbH" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable  365.00 EUR
      Income:Services
    2026-10-17 note Assets:Receivable "Sent" ^INV-1
      reminder: "final notice"
    """
    assert text_of(ledger, "2026-10-24") == dedent(
        """\
        2026-10-24 open Income:Fees

        2026-10-24 open Income:Interest

        2026-10-24 open Income:Compensation

        2026-10-24 * "Acme GmbH" "Fee for final notice of INV-1" ^INV-1
          charge: "fee"
          step: "final notice"
          due: 2026-10-14
          Assets:Receivable   5.00 EUR
          Income:Fees        -5.00 EUR

        2026-10-24 * "Acme GmbH" "Interest on INV-1, 2026-10-15 to 2026-10-24" ^INV-1
          charge: "interest"
          due: 2026-10-14
          Assets:Receivable   1.00 EUR
          Income:Interest    -1.00 EUR

        2026-10-24 * "Acme GmbH" "Compensation on INV-1" ^INV-1
          charge: "compensation"
          due: 2026-10-14
          Assets:Receivable     40.00 EUR
          Income:Compensation  -40.00 EUR
        """
    )


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("reference", REFERENCES)
def test_a_pasted_charge_says_what_was_meant(name: str, reference: str) -> None:
    text = f"""
2026-01-01 open Income:Interest
2026-01-01 custom "dunning-interest" "standard" 10
2026-09-14 * "{escape_string(name)}" "Website"
  due: 2026-10-14
  invoice: "{escape_string(reference)}"
  Assets:Receivable  365.00 EUR
  Income:Services
"""
    ledger = load(text)
    assert not ledger.errors
    ((charge, meant),) = proposed(ledger)
    assert charge is not None
    assert isinstance(meant, Transaction)
    (again,) = read_again(as_text(meant))
    assert isinstance(again, Transaction)
    assert (again.payee, again.narration) == (name, meant.narration)
    assert (own_meta(again), again.links) == (own_meta(meant), meant.links)
    assert [(one.account, one.units) for one in again.postings] == [
        (one.account, one.units) for one in meant.postings
    ]
    after = load(text + as_text(meant))
    (found,) = (one for one in after.receivables().items if one.charge)
    assert (found.customer, found.invoice, found.charge, found.due, found.amount) == (
        name.strip(),
        reference,
        "interest",
        charge.item.due,
        charge.amount,
    )
    assert proposed(after) == []


def test_a_charge_without_a_customer_has_no_payee(ledger: Ledger) -> None:
    """
    2026-01-01 open Income:Interest
    2026-01-01 custom "dunning-interest" "standard" 10
    2026-09-14 * "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable  365.00 EUR
      Income:Services
    """
    ((_, entry),) = proposed(ledger, "2026-10-24")
    assert as_text(entry) == dedent(
        """\
        2026-10-24 * "Interest on INV-1, 2026-10-15 to 2026-10-24" ^INV-1
          charge: "interest"
          due: 2026-10-14
          Assets:Receivable   1.00 EUR
          Income:Interest    -1.00 EUR
        """
    )


@pytest.mark.parametrize(
    ("on_open", "on_sale", "expected"),
    [
        ("", "", {}),
        ('customer: "Acme GmbH"', "", {}),
        ('customer: "Acme GmbH"', 'customer: "Acme GmbH"', {}),
        ("", 'customer: "Bolt"', {"customer": "Bolt"}),
        ('customer: "Acme GmbH"', 'customer: "Bolt"', {"customer": "Bolt"}),
        ('policy: "strict"', "", {}),
        ("", 'policy: "strict"', {"policy": "strict"}),
        ('policy: "strict"', 'policy: "strict"', {}),
        ('policy: "friendly"', 'policy: "strict"', {"policy": "strict"}),
    ],
)
def test_a_charge_repeats_what_the_account_does_not_say(
    ledger: Ledger, on_open: str, on_sale: str, expected: dict[str, str]
) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
      $on_open
    2026-01-01 open Income:Interest
    2026-01-01 custom "dunning-interest" "standard" 10
    2026-01-01 custom "dunning-interest" "strict" 10
    2026-09-14 * "Somebody" "Website" ^INV-1
      due: 2026-10-14
      $on_sale
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    """
    del on_open, on_sale
    ((charge, entry),) = proposed(ledger, "2026-10-24")
    due = {"charge": "interest", "due": ledger.receivables().items[0].due}
    assert own_meta(entry) == {**due, **expected}
    assert charge is not None


def test_income_goes_where_earlier_charges_of_the_kind_went(ledger: Ledger) -> None:
    """
    2026-01-01 open Income:Zinsen
    2026-01-01 open Income:Old
    2026-01-01 custom "dunning-interest" "standard" 10
      compensation: 40.00 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable  365.00 EUR
      Income:Services
    2026-10-16 * "Acme" "Interest" ^INV-0
      charge: "interest"
      Assets:Receivable    1.00 EUR
      Income:Old
    2026-10-17 * "Acme" "Interest" ^INV-0
      charge: "interest"
      Assets:Receivable    1.00 EUR
      Liabilities:Tax     -0.20 EUR
      Income:Zinsen
    2026-10-18 * "Acme" "No charge of ours" ^INV-0
      charge: "rent"
      Assets:Receivable    1.00 EUR
      Income:Old
    """
    found = [
        (entry.account,)
        if isinstance(entry, Open)
        else tuple(one.account for one in entry.postings)
        for _, entry in proposed(ledger)
        if isinstance(entry, Open | Transaction)
    ]
    assert found == [
        ("Income:Compensation",),
        ("Assets:Receivable", "Income:Zinsen"),
        ("Assets:Receivable", "Income:Compensation"),
    ]


def test_income_is_what_the_ledger_calls_it() -> None:
    text = """
    option "name_income" "Ertrag"
    2026-01-01 custom "dunning-interest" "standard" 10
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable  365.00 EUR
      Ertrag:Services
    """
    (_, opened), (_, entry) = proposed(load(text))
    assert isinstance(opened, Open)
    assert isinstance(entry, Transaction)
    assert (opened.account, entry.postings[1].account) == ("Ertrag:Interest",) * 2
    after = load(dedent(text) + text_of(load(text)))
    assert not after.errors
    assert proposed(after) == []


def test_a_charge_on_what_is_undated_has_no_date(ledger: Ledger) -> None:
    """
    2026-01-01 open Income:Fees
    2026-01-01 custom "dunning-step" "standard" "first" 1
      fee: 5.00 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable  365.00 EUR
      Income:Services
    2026-10-17 note Assets:Receivable "Sent" ^INV-1
      reminder: "first"
    """
    ((_, entry),) = proposed(ledger)
    assert own_meta(entry) == {"charge": "fee", "step": "first"}


def test_a_charge_names_the_instalment(ledger: Ledger) -> None:
    """
    2026-01-01 open Income:Interest
    2026-01-01 custom "dunning-interest" "standard" 10
    2026-10-04 * "Acme" "Website" ^INV-1
      terms: "50% net 10, 50% net 60"
      Assets:Receivable  730.00 EUR
      Income:Services
    """
    ((_, entry),) = proposed(ledger, "2026-10-24")
    assert isinstance(entry, Transaction)
    assert entry.narration == "Interest on INV-1 1/2, 2026-10-15 to 2026-10-24"


def test_comments_say_how_interest_came_about(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-interest" "standard" 10
      compensation: 40.00 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable  365.00 EUR
      Income:Services
    2026-10-19 * "Acme" "Half" ^INV-1
      Assets:Bank        182.50 EUR
      Assets:Receivable
    2026-10-20 * "Acme" "Interest" ^INV-1
      charge: "interest"
      due: 2026-10-14
      Assets:Receivable    0.55 EUR
      Income:Interest
    """
    first, second = (one for one, _ in proposed(ledger, "2026-10-24") if one)
    assert explained(first) == [
        "; 2026-10-15 to 2026-10-19: 5 days at 10 % on 365.00: 0.50 EUR",
        "; 2026-10-20 to 2026-10-24: 5 days at 10 % on 182.50: 0.25 EUR",
        "; of which 0.55 EUR is posted",
    ]
    assert explained(second) == []


def test_comments_say_nothing_of_what_was_never_posted(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-interest" "standard" 10
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable  365.00 EUR
      Income:Services
    """
    (one,) = (one for one, _ in proposed(ledger, "2026-10-24") if one)
    assert explained(one) == [
        "; 2026-10-15 to 2026-10-24: 10 days at 10 % on 365.00: 1.00 EUR"
    ]


@pytest.mark.parametrize(
    ("currencies", "expected"),
    [
        ("", [True, True]),
        ("GBP", [True, False]),
        ("EUR, GBP", [True, True]),
    ],
)
def test_an_account_may_be_for_some_currencies_only(
    ledger: Ledger, currencies: str, expected: list[bool]
) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme  $currencies
    2026-01-01 open Assets:Receivable:Bolt  USD
    2026-01-01 custom "dunning-interest" "standard" 10
      compensation: 40.00 EUR
    2026-09-14 * "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 GBP
      Income:Services
    """
    del currencies
    books = ledger.books()
    found = charges(books)
    assert [one.kind for one in found] == ["interest", "compensation"]
    answer = transactions(books, found)
    refused = [one for one, _ in answer.refused]
    assert [one not in refused for one in found] == expected
    assert [one for one, _ in answer.directives if one] == [
        one for one in found if one not in refused
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2026-01-01 open Income:Interest  EUR", "Income:Interest is for other"),
        ("2027-01-01 open Income:Interest", "Income:Interest is opened later, on 2027"),
        ("2026-02-01 close Income:Interest", "Income:Interest is closed"),
        ("2027-02-01 close Income:Interest", None),
        ("2026-01-01 open Income:Interest  EUR, USD", None),
    ],
)
def test_what_the_other_account_does_not_take_is_refused(
    line: str, reason: str | None
) -> None:
    opened = "" if "open" in line else "2026-01-01 open Income:Interest\n"
    ledger = load(
        f"""
2026-01-01 custom "dunning-interest" "standard" 10
2026-09-14 * "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme  365.00 USD
  Income:Services
{opened}{line}
"""
    )
    books = ledger.books()
    (charge,) = charges(books)
    answer = transactions(books, [charge])
    if reason is None:
        assert answer.refused == ()
        assert answer.directives[-1][0] == charge
    else:
        ((refused, why),) = answer.refused
        assert refused == charge
        assert why.startswith(reason)
        assert answer.directives == ()


def test_one_note_is_about_all_who_share_an_invoice_on_an_account() -> None:
    text = """
2026-01-01 * "Xenia" "Flat, half" ^S-1
  due: 2026-10-14
  Assets:Receivable  100.00 EUR
  Income:Services
2026-01-01 * "Yuri" "Flat, half" ^S-1
  due: 2026-10-14
  Assets:Receivable  100.00 EUR
  Income:Services
2026-01-01 * "Flat, the cellar" ^S-1
  due: 2026-10-14
  Assets:Receivable:Zoe  10.00 EUR
  Income:Services
"""
    ledger = load(text)
    found = reminders(ledger.books())
    assert len(found.due) == 3
    written = notes(ledger.books(), found.due)
    assert [one.account for one in written] == [
        *("Assets:Receivable", "Assets:Receivable:Zoe"),
    ]
    logged = load(text + "".join(map(as_text, written)))
    assert logged.books().dunning.problems == ()
    assert reminders(logged.books()).due == ()


def test_an_option_begins_where_it_replaces_the_one_there_is(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Receivable
    2026-03-01 custom "dunning-option" "terms" "net 30"
    """
    books = ledger.books()
    assert option(books, "grace", "3") == '2026-01-01 custom "dunning-option" "grace" 3'
    typed = option(books, "terms", '"net 14"')
    assert typed == '2026-03-01 custom "dunning-option" "terms" "net 14"'
    text = (
        test_an_option_begins_where_it_replaces_the_one_there_is.__doc__ or ""
    ) + typed
    settings = load(dedent(text)).settings()
    assert settings.terms is not None
    assert settings.terms.text == "net 14"
