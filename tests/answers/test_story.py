"""One invoice's whole story: each number with the line that it comes from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

import pytest
from beancount.core.data import Transaction
from beancount.loader import load_string
from hypothesis import given
from hypothesis import settings as profile

from beancount_dunning.answers.payment_story import PaymentStory
from beancount_dunning.answers.payment_story import tell_payment
from beancount_dunning.answers.story import Story
from beancount_dunning.answers.story import tell
from beancount_dunning.ledger.receivables import read_receivables
from beancount_dunning.standing.books import read_books
from tests.conftest import AS_OF
from tests.conftest import Day
from tests.conftest import Ledger
from tests.conftest import load
from tests.strategies import LINKS
from tests.strategies import as_of_days
from tests.strategies import ledgers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount.core.data import Directive

    from beancount_dunning.answers.reasons import Fact
    from beancount_dunning.ledger.items import Receivables
    from tests.strategies import Ledger as Drawn


def story(ledger: Ledger, invoice: str = "INV-1", as_of: Day = AS_OF) -> Story:
    found = tell(ledger.books(as_of, [invoice]), invoice)
    assert found is not None
    # The events' amounts add up to what is open, the segments to the interest.
    sums: dict[str, Decimal] = {}
    for event in found.events:
        if event.amount is not None and event.currency is not None:
            sums[event.currency] = sums.get(event.currency, Decimal()) + event.amount
    for part in found.parts:
        sums[part.aged.item.currency] -= part.aged.item.open
        if part.accrual:
            assert part.aged.interest == part.accrual.amount
            assert part.accrual.amount == sum(
                one.amount for one in part.accrual.segments
            )
    assert set(sums.values()) == {Decimal()}
    return found


def line(fact: Fact) -> str:
    """Return a fact as `LINE: TEXT`; without a line where it is built in."""
    if fact.lineno is None:
        assert fact.filename is None
        return fact.text
    assert fact.filename == "<string>"
    return f"{fact.lineno}: {fact.text}"


def events(found: Story) -> list[str]:
    """Return what happened as `DATE KIND AMOUNT LINE: TEXT`."""
    return [
        f"{one.date} {one.kind} {one.amount} {line(one.fact)}" for one in found.events
    ]


def why(found: Story, part: int = 0) -> list[str]:
    return [line(fact) for fact in found.parts[part].why]


def test_a_whole_story(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "standard" "first reminder"  3
    2026-01-01 custom "dunning-step" "standard" "final notice"    24
      min-interval: 14
      fee: 5.00 EUR
    2026-01-01 custom "dunning-interest" "standard" 8.73 "bundesbank"
    2026-09-14 * "Acme GmbH" "Website, September" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme   365.00 EUR
      Income:Services
    2026-10-19 * "Acme GmbH" "Part payment" ^INV-1
      Assets:Bank              182.50 EUR
      Assets:Receivable:Acme
    2026-10-21 note Assets:Receivable:Acme "E-mailed" ^INV-1
      reminder: "first reminder"
    2026-10-22 note Assets:Receivable:Acme "Asked for a copy" ^INV-1
    2026-10-23 note Assets:Receivable:Acme "Ms Li" ^INV-1
      promise: 2026-11-05
    2026-11-08 * "Acme GmbH" "Interest" ^INV-1
      charge: "interest"
      due: 2026-10-14
      Assets:Receivable:Acme     1.56 EUR
      Income:Interest
    2026-11-30 * "Acme GmbH" "Not yet" ^INV-1
      Assets:Bank                1.00 EUR
      Assets:Receivable:Acme
    """
    # 8.73 + 1.52 = 10.25 %. 5 x 365 x 10.25 / 36500 = 0.5125, and
    # 32 x 182.50 x 10.25 / 36500 = 1.64; 2.1525 together.
    found = story(ledger)
    assert (found.invoice, found.customers) == ("INV-1", ("Acme",))
    assert events(found) == [
        (
            "2026-09-14 invoice 365.00 6: Invoiced: Website, September "
            "(Assets:Receivable:Acme)"
        ),
        "2026-09-14 due None 6: Due 2026-10-14, from the transaction",
        ("2026-10-19 credit -182.50 10: Acme GmbH Part payment (by invoice number)"),
        "2026-10-21 reminder None 13: Sent: first reminder. E-mailed",
        "2026-10-22 note None 15: Asked for a copy",
        "2026-10-23 promise None 16: Promised by 2026-11-05. Ms Li",
        (
            "2026-11-08 charge 1.56 18: Interest charged: Interest "
            "(Assets:Receivable:Acme)"
        ),
    ]
    rests = (
        "16: Promised by 2026-11-05: not kept, so reminders may resume the day after"
    )
    following = (
        "2: Next: final notice, from 2026-11-07: 24 days after due; "
        "14 days after first reminder, sent 2026-10-21"
    )
    assert why(found) == [
        "6: 182.50 of 365.00 EUR open, 37 days overdue",
        'Policy "standard" (the default)',
        rests,
        following,
        "5: Interest 2026-10-15 to 2026-10-19: 5 days at 10.25 % on 365.00: 0.51 EUR",
        '8.73 points above "bundesbank" (1.52 % since 2026-07-01, built in)',
        "5: Interest 2026-10-20 to 2026-11-20: 32 days at 10.25 % on 182.50: 1.64 EUR",
        '8.73 points above "bundesbank" (1.52 % since 2026-07-01, built in)',
        "Interest so far: 2.15 EUR",
        "18: Posted on 2026-11-08: 1.56 EUR of interest",
    ]
    assert why(found, 1) == [
        "18: 1.56 of 1.56 EUR open, 37 days overdue",
        'Policy "standard" (the default)',
        rests,
        following,
    ]


def test_a_story_in_json(ledger: Ledger) -> None:
    """
    1970-01-01 custom "dunning-interest" "standard" 10
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme   365.00 EUR
      Income:Services
    """
    found = story(ledger, as_of="2026-10-15").as_dict()
    assert list(found) == ["as_of", "invoice", "customer", "story", "items"]
    assert (found["as_of"], found["invoice"], found["customer"]) == (
        "2026-10-15",
        "INV-1",
        "Acme",
    )
    assert found["story"] == [
        {
            "date": "2026-09-14",
            "kind": "invoice",
            "amount": "365.00",
            "currency": "EUR",
            "text": "Invoiced: Website (Assets:Receivable:Acme)",
            "file": "<string>",
            "line": 2,
        },
        {
            "date": "2026-09-14",
            "kind": "due",
            "amount": None,
            "currency": None,
            "text": "Due 2026-10-14, from the transaction",
            "file": "<string>",
            "line": 2,
        },
    ]
    (item,) = found["items"]
    assert (item["invoice"], item["open"], item["interest"]) == (
        "INV-1",
        "365.00",
        "0.10",
    )
    assert item["why"][1] == {
        "text": 'Policy "standard" (the default)',
        "file": None,
        "line": None,
    }
    assert item["interest_segments"] == [
        {
            "from": "2026-10-15",
            "to": "2026-10-15",
            "principal": "365.00",
            "rate": "10",
            "days": 1,
            "amount": "0.10",
        }
    ]


def test_a_story_without_interest_or_customer_in_json(ledger: Ledger) -> None:
    """
    2026-09-14 * "Website" ^INV-1
      Assets:Receivable   365.00 EUR
      Income:Services
    """
    found = story(ledger).as_dict()
    assert found["customer"] is None
    assert found["items"][0]["interest_segments"] == []


def test_no_story_of_what_is_not_there(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert tell(ledger.books(AS_OF, ["INV-2"]), "INV-2") is None
    assert tell(ledger.books("2026-09-13", ["INV-1"]), "INV-1") is None


# Where the due date comes from.


@pytest.mark.parametrize(
    ("on_posting", "on_transaction", "on_open", "expected"),
    [
        ("due: 2026-10-01", "", "", "10: Due 2026-10-01, from the posting"),
        ("", "due: 2026-10-02", "", "8: Due 2026-10-02, from the transaction"),
        (
            'terms: "net 3"',
            'terms: "net 9"',
            "",
            "10: Due 2026-09-17, net 3 from the posting",
        ),
        ("", 'terms: "net 9"', "", "8: Due 2026-09-23, net 9 from the transaction"),
        (
            "",
            "",
            'terms: "net 5"',
            "1: Due 2026-09-19, net 5 from account Assets:Receivable:Acme",
        ),
        ("", "", "", "6: Due 2026-09-21, net 7 from the customer's file"),
    ],
)
def test_where_the_due_date_comes_from(
    ledger: Ledger, on_posting: str, on_transaction: str, on_open: str, expected: str
) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
      $on_open
    2026-01-01 custom "dunning-option" "terms" "net 30"
    2026-01-01 custom "dunning-customer" "Acme"
      email: "a@b.example"
    2026-01-02 custom "dunning-customer" "Acme"
      terms: "net 7"
    2026-09-14 * "Acme" "Website" ^INV-1
      $on_transaction
      Assets:Receivable:Acme  100.00 EUR
        $on_posting
      Income:Services
    """
    del on_posting, on_transaction, on_open
    (_, due) = events(story(ledger))
    assert due == f"2026-09-14 due None {expected}"


def test_terms_by_option(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "terms" "net 10"
    2026-01-02 custom "dunning-option" "terms" "2/10 net 30"
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    (_, due) = events(story(ledger))
    assert due == "2026-09-14 due None 2: Due 2026-10-14, 2/10 net 30 from the option"


def test_without_terms_nothing_is_due(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    found = story(ledger)
    assert events(found)[1] == "2026-09-14 due None 1: No due date"
    assert why(found) == [
        "1: 100.00 of 100.00 EUR open, undated",
        'Policy "standard" (the default)',
        "1: No reminder: no due date",
    ]


# Where the policy comes from.


@pytest.mark.parametrize(
    ("on_transaction", "on_open", "in_file", "by_option", "expected"),
    [
        ("strict", "", "strict", "strict", '7: Policy "strict", from the transaction'),
        ("strict", "strict", "", "", '7: Policy "strict", from the transaction'),
        (
            "",
            "strict",
            "friendly",
            "friendly",
            '1: Policy "strict", from account Assets:Receivable:Acme',
        ),
        (
            "nope",
            "strict",
            "",
            "",
            '1: Policy "strict", from account Assets:Receivable:Acme',
        ),
        (
            "",
            "",
            "strict",
            "friendly",
            '5: Policy "strict", from the customer\'s file',
        ),
        ("", "", "", "strict", '3: Policy "strict", from the option'),
        ("", "", "", "standard", '3: Policy "standard", from the option'),
    ],
)
def test_where_the_policy_comes_from(  # noqa: PLR0913, PLR0917 - one for each place
    ledger: Ledger,
    on_transaction: str,
    on_open: str,
    in_file: str,
    by_option: str,
    expected: str,
) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
      policy: "$on_open"
    2026-01-01 custom "dunning-option" "policy" "$by_option"
      note: "x"
    2026-01-01 custom "dunning-customer" "Acme"
      policy: "$in_file"
    2026-09-14 * "Acme" "Website" ^INV-1
      policy: "$on_transaction"
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    # What is empty is no policy, and not looked for.
    del on_transaction, on_open, in_file, by_option
    assert why(story(ledger))[1] == expected


def test_the_policy_that_goes_for_all(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
      policy: "nope"
    2026-01-01 custom "dunning-customer" "Acme"
      email: "a@b.example"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert why(story(ledger))[1] == ('Policy "standard" (the default)')


def test_a_customer_s_policy_that_is_unknown_is_not_the_one(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "policy" "strict"
    2026-01-01 custom "dunning-customer" "Acme"
      policy: "nope"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert why(story(ledger))[1] == '1: Policy "strict", from the option'


def test_a_policy_that_is_an_amount_is_not_the_one(ledger: Ledger) -> None:
    """
    2026-01-01 open Assets:Receivable:Acme
      policy: "strict"
    2026-09-14 * "Acme" "Website" ^INV-1
      policy: 5.00 EUR
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert why(story(ledger))[1] == (
        '1: Policy "strict", from account Assets:Receivable:Acme'
    )


def test_an_option_of_an_unknown_policy_is_not_the_one(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "policy" "nope"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert why(story(ledger))[1] == ('Policy "standard" (the default)')


def test_the_last_known_policy_of_the_customer_is_the_one(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-customer" "Acme"
      policy: "strict"
    2026-01-02 custom "dunning-customer" "Acme"
      policy: "nope"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert why(story(ledger))[1] == '1: Policy "strict", from the customer\'s file'


# Credits.


def test_each_credit_says_by_which_rule(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "terms" "net 30"
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-15 * "Acme" "More" ^INV-2
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-20 * "Acme" "Named" ^INV-1
      Assets:Bank              10.00 EUR
      Assets:Receivable:Acme
    2026-09-21 * "Two" ^INV-1 ^INV-2
      Assets:Bank              20.00 EUR
      Assets:Receivable:Acme
    2026-09-22 *
      Assets:Bank              30.00 EUR
      Assets:Receivable:Acme
    """
    found = story(ledger)
    assert [one for one in events(found) if "credit" in one] == [
        "2026-09-20 credit -10.00 8: Acme Named (by invoice number)",
        (
            "2026-09-21 credit -20.00 11: Two (several invoices given: "
            "oldest due date first)"
        ),
        "2026-09-22 credit -30.00 14: Credit (no invoice given: oldest due date first)",
    ]


def test_a_remainder_belongs_to_the_invoice_of_its_posting(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  200.00 EUR
      Income:Services
    2026-09-15 * "Acme" "Hosting" ^INV-2
      due: 2026-10-15
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-20 * "Acme" "Bank transfer"
      Assets:Bank              350.00 EUR
      Assets:Receivable:Acme  -200.00 EUR
        invoice: "INV-1"
      Assets:Receivable:Acme  -150.00 EUR
        invoice: "INV-2"
    """
    assert events(story(ledger, "INV-1"))[2:] == [
        "2026-09-20 credit -200.00 9: Acme Bank transfer (by invoice number)"
    ]
    assert events(story(ledger, "INV-2"))[2:] == [
        "2026-09-20 credit -100.00 9: Acme Bank transfer (by invoice number)",
        "2026-09-20 unapplied None 13: Unapplied: INV-2 Bank transfer",
    ]


def test_what_is_left_over_is_told(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-20 * "Acme" "Too much" ^INV-1
      Assets:Bank             110.00 EUR
      Assets:Receivable:Acme
    2026-09-21 *
      invoice: "INV-1"
      Assets:Bank               1.00 EUR
      Assets:Receivable:Acme
    2026-09-22 * "Acme" "On the posting"
      Assets:Bank               2.00 EUR
      Assets:Receivable:Acme
        invoice: "INV-1"
    2026-09-23 * "Acme" "Another's" ^INV-2
      Assets:Bank               3.00 EUR
      Assets:Receivable:Acme
    """
    found = story(ledger)
    assert events(found)[2:] == [
        "2026-09-20 credit -100.00 5: Acme Too much (by invoice number)",
        "2026-09-20 unapplied None 7: Unapplied: INV-1 Too much",
        "2026-09-21 unapplied None 11: Unapplied: INV-1",
        "2026-09-22 unapplied None 14: Unapplied: INV-1 On the posting",
    ]
    assert found.events[3].as_dict()["currency"] == "EUR"
    assert why(found) == [
        "1: 0.00 of 100.00 EUR open: settled",
        'Policy "standard" (the default)',
    ]


def test_what_another_invoice_left_over_is_not_told(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-20 * "Acme" "For INV-2" ^INV-1
      invoice: "INV-2"
      Assets:Bank             110.00 EUR
      Assets:Receivable:Acme
    """
    assert [one.kind for one in story(ledger).events] == ["invoice", "due"]


# Items.


def test_instalments_and_charges_in_order(ledger: Ledger) -> None:
    """
    2026-10-04 * "Acme" "Website" ^INV-1
      terms: "50% net 10, 50% net 60"
      Assets:Receivable:Acme  200.00 EUR
      Income:Services
    2026-10-20 * "Acme" "" ^INV-1
      charge: "fee"
      due: 2026-10-14
      Assets:Receivable:Acme    5.00 EUR
      Income:Fees
    2026-10-21 * "Acme" "Compensation" ^INV-1
      charge: "compensation"
      due: 2026-10-14
      Assets:Receivable:Acme   40.00 EUR
      Income:Fees
    2026-10-30 * "Acme" "Half" ^INV-1
      Assets:Bank             100.00 EUR
      Assets:Receivable:Acme
    """
    found = story(ledger)
    account = "(Assets:Receivable:Acme)"
    terms = "50% net 10, 50% net 60 from the transaction"
    assert events(found) == [
        f"2026-10-04 invoice 100.00 1: Invoiced 1/2: Website {account}",
        f"2026-10-04 invoice 100.00 1: Invoiced 2/2: Website {account}",
        f"2026-10-04 due None 1: Due 2026-10-14, {terms}",
        f"2026-10-04 due None 1: Due 2026-12-03, {terms}",
        f"2026-10-20 charge 5.00 5: Fee charged 1/2 {account}",
        f"2026-10-21 charge 40.00 10: Compensation charged 1/2: Compensation {account}",
        "2026-10-30 credit -100.00 15: Acme Half, on 1/2 (by invoice number)",
    ]
    assert [
        (part.aged.item.instalment, part.aged.item.charge) for part in found.parts
    ] == [("1/2", None), ("1/2", "fee"), ("1/2", "compensation"), ("2/2", None)]


def test_several_customers_share_a_reference(ledger: Ledger) -> None:
    """
    2026-09-14 * "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Bolt  100.00 EUR
      Assets:Receivable:Acme  200.00 EUR
      Assets:Receivable:Acme   50.00 USD
      Income:Services
    """
    found = story(ledger)
    assert sorted(found.customers) == ["Acme", "Bolt"]
    assert sorted(str(found.as_dict()["customer"]).split(", ")) == ["Acme", "Bolt"]
    assert len(found.parts) == 3


@pytest.mark.parametrize(
    ("name", "amounts"),
    [
        # The name that the reports give, or the narration for all of them.
        ("Website", ["100.00", "100.00"]),
        ("Website (2)", ["100.00"]),
        ("(no reference)", ["30.00"]),
        ("INV-1", ["7.00"]),
    ],
)
def test_what_has_no_reference_is_found_by_its_name(
    ledger: Ledger, name: str, amounts: list[str]
) -> None:
    """
    2026-09-14 * "Acme" "Website"
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Website"
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-09-14 *
      Assets:Receivable   30.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Named" ^INV-1
      Assets:Receivable    7.00 EUR
      Income:Services
    2026-09-14 * "Acme" "INV-1"
      Assets:Receivable    8.00 EUR
      Income:Services
    """
    found = story(ledger, name)
    assert [str(part.aged.item.amount) for part in found.parts] == amounts


def test_without_a_narration_nothing_is_told_of_it(ledger: Ledger) -> None:
    """
    2026-09-14 * ^INV-1
      Assets:Receivable   30.00 EUR
      Income:Services
    """
    assert events(story(ledger))[0] == (
        "2026-09-14 invoice 30.00 1: Invoiced (Assets:Receivable)"
    )


# The log.


def test_the_log_of_the_invoice_s_accounts_is_told(broken_ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-09-14 * "Bolt" "Another" ^INV-2
      due: 2026-10-14
      Assets:Receivable:Bolt  100.00 EUR
      Income:Services
    2026-10-01 document Assets:Receivable:Acme "/tmp/letter.pdf" ^INV-1
    2026-10-25 note Assets:Receivable:Acme "Pages are missing" ^INV-1
      dispute: TRUE
    2026-10-26 note Assets:Receivable:Acme "Sent again" ^INV-1
      dispute: FALSE
    2026-10-27 note Assets:Receivable:Acme "Holidays" ^INV-1
      hold-until: 2026-11-03
    2026-10-28 note Assets:Receivable:Acme "All at once" ^INV-1
      reminder: "first reminder"
      promise: 2026-11-10
    2026-10-29 note Assets:Receivable:Bolt "Not on the account" ^INV-1
    2026-10-30 note Assets:Receivable:Bolt "About another" ^INV-2
    2026-12-01 note Assets:Receivable:Acme "Not yet" ^INV-1
    """
    # Beancount says that there is no such file.
    assert len(broken_ledger.errors) == 1
    assert events(story(broken_ledger))[2:] == [
        "2026-10-01 document None 9: Document /tmp/letter.pdf",
        "2026-10-25 dispute None 10: In dispute. Pages are missing",
        "2026-10-26 dispute None 12: Dispute resolved. Sent again",
        "2026-10-27 hold None 14: On hold until 2026-11-03. Holidays",
        "2026-10-28 reminder None 16: Sent: first reminder. All at once",
        "2026-10-28 promise None 16: Promised by 2026-11-10. All at once",
    ]


# What comes next.


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (
            "2026-10-12",
            "Next: upcoming, from 2026-10-12: 2 days before due (built in)",
        ),
        (
            "2026-10-14",
            "Next: first reminder, from 2026-10-15: 1 day after due (built in)",
        ),
    ],
)
def test_the_next_step_and_why(ledger: Ledger, as_of: str, expected: str) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    found = why(story(ledger, as_of=as_of))
    assert found[0] == "1: 100.00 of 100.00 EUR open, not due"
    assert found[2] == expected


def test_a_step_on_the_due_date(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "standard" "today" 0
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert why(story(ledger, as_of="2026-10-14"))[2] == (
        "1: Next: today, from 2026-10-14: on the due date"
    )


def test_when_all_were_sent_nothing_follows(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-step" "standard" "only" 2
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-20 note Assets:Receivable:Acme "Sent" ^INV-1
      reminder: "only"
    """
    assert why(story(ledger))[2:] == ["No more reminders: all have been sent"]


def test_a_policy_without_reminders(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      policy: "none"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert why(story(ledger))[1:] == [
        '1: Policy "none", from the transaction',
        "No reminder: the policy has no steps",
    ]


def test_below_the_minimum_nothing_follows(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "minimum" 200.00 EUR
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert why(story(ledger))[2:] == [
        "1: No reminder: the open amount is below the minimum"
    ]


def test_steps_before_the_start_are_told(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "start" 2026-10-25
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100 EUR
      Income:Services
    2026-07-14 * "Acme" "Old" ^INV-2
      due: 2026-07-15
      Assets:Receivable:Acme  100 EUR
      Income:Services
    """
    assert why(story(ledger))[2:] == [
        "1: Taken elsewhere before 2026-10-25: first reminder, second reminder",
        "Next: final notice, from 2026-10-29: 15 days after due (built in)",
    ]
    assert why(story(ledger, "INV-2"))[2:] == [
        (
            "1: Taken elsewhere before 2026-10-25: first reminder, second reminder, "
            "final notice, stop-loss review"
        ),
        "No more reminders: all have been sent",
    ]


def test_below_the_default_minimum_no_line_says_so(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  0.99 EUR
      Income:Services
    """
    assert why(story(ledger))[2:] == [
        "No reminder: the open amount is below the minimum"
    ]


@pytest.mark.parametrize(
    ("minimum", "amount", "what"),
    [
        ("200.00 EUR", "100.00", "what the customer owes"),
        ("0 EUR", "1/300", "the open amount"),
    ],
)
def test_a_minimum_may_be_for_all_that_a_customer_owes(
    ledger: Ledger, minimum: str, amount: str, what: str
) -> None:
    """
    2026-01-01 custom "dunning-option" "minimum" $minimum
      by: "customer"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  $amount EUR
      Income:Services
    """
    del minimum, amount
    assert why(story(ledger))[2:] == [f"1: No reminder: {what} is below the minimum"]


def test_the_minimum_of_the_currency_is_the_one(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "minimum" 200.00 EUR
    2026-01-01 custom "dunning-option" "minimum" 5.00 USD
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    """
    assert why(story(ledger))[2:] == [
        "1: No reminder: the open amount is below the minimum"
    ]


@pytest.mark.parametrize(
    ("key", "as_of", "expected"),
    [
        (
            "dispute: TRUE",
            "2026-11-20",
            ["5: In dispute: no reminders until it is resolved"],
        ),
        (
            "promise: 2026-11-05",
            "2026-11-05",
            [
                "5: Promised by 2026-11-05: no reminders until then",
                (
                    "Next: first reminder, from 2026-11-06: 1 day after due; "
                    "reminders were on hold until then (built in)"
                ),
            ],
        ),
        (
            "promise: 2026-11-05",
            "2026-11-06",
            [
                (
                    "5: Promised by 2026-11-05: not kept, "
                    "so reminders may resume the day after"
                ),
                (
                    "Next: first reminder, from 2026-11-06: 1 day after due; "
                    "reminders were on hold until then (built in)"
                ),
            ],
        ),
        (
            "hold-until: 2026-11-05",
            "2026-11-05",
            [
                "5: On hold: no reminders until 2026-11-05",
                (
                    "Next: first reminder, from 2026-11-06: 1 day after due; "
                    "reminders were on hold until then (built in)"
                ),
            ],
        ),
        (
            "hold-until: 2026-11-05",
            "2026-11-06",
            [
                (
                    "Next: first reminder, from 2026-11-06: 1 day after due; "
                    "reminders were on hold until then (built in)"
                ),
            ],
        ),
    ],
)
def test_why_reminders_rest(
    ledger: Ledger, key: str, as_of: str, expected: list[str]
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-14 note Assets:Receivable:Acme "Rests" ^INV-1
      $key
    """
    del key
    assert why(story(ledger, as_of=as_of))[2:] == expected


def test_after_a_dispute_reminders_go_on(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-25 note Assets:Receivable:Acme "No" ^INV-1
      dispute: TRUE
    2026-11-01 note Assets:Receivable:Acme "Yes" ^INV-1
      dispute: FALSE
    """
    (following,) = why(story(ledger))[2:]
    assert following.startswith("Next: first reminder, from 2026-11-01: ")
    assert following.endswith("; reminders were on hold until then (built in)")


# Interest.


def test_each_segment_names_the_agreement_and_the_rate(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-interest" "standard" 10
    2026-10-20 custom "dunning-interest" "standard" 6 "house"
    2026-01-01 custom "reference-rate" "house" 4
    2026-10-22 custom "reference-rate" "house" 14
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      policy: "standard"
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    2026-10-24 * "Acme" "Paid" ^INV-1
      Assets:Bank             365.00 EUR
      Assets:Receivable:Acme
    """
    # 5 x 0.10, 2 x 0.10, 3 x 0.20; told of what is settled as well.
    assert why(story(ledger)) == [
        "5: 0.00 of 365.00 EUR open: settled",
        '5: Policy "standard", from the transaction',
        "1: Interest 2026-10-15 to 2026-10-19: 5 days at 10 % on 365.00: 0.50 EUR",
        "2: Interest 2026-10-20 to 2026-10-21: 2 days at 10 % on 365.00: 0.20 EUR",
        '3: 6 points above "house" (4 % since 2026-01-01)',
        "2: Interest 2026-10-22 to 2026-10-24: 3 days at 20 % on 365.00: 0.60 EUR",
        '4: 6 points above "house" (14 % since 2026-10-22)',
        "Interest so far: 1.30 EUR",
    ]


def test_a_rate_that_nobody_knows_is_told(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-interest" "standard" 8 "ecb"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  365.00 EUR
      Income:Services
    """
    found = story(ledger, as_of="2027-01-01")
    assert why(found)[-1] == (
        '1: The rate "ecb" is not known after 2026-12-31; add 2027-01-01 custom '
        '"reference-rate" "ecb" PERCENT.'
    )
    assert found.parts[0].accrual is None


@pytest.mark.parametrize("key", ["hold-until", "promise"])
def test_what_rests_for_ever_has_no_other_reason(ledger: Ledger, key: str) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-10-20 note Assets:Receivable:Acme "Never mind" ^INV-1
      $key: 9999-12-31
    """
    del key
    story = tell(ledger.books(), "INV-1")
    assert story
    why = [fact.text for fact in story.parts[0].why]
    rests = ("until 9999-12-31", "by 9999-12-31: no reminders until then")
    assert why[-1].endswith(rests)


@pytest.mark.parametrize("name", ["INV-1", "INV-1 2/2", "INV-1 1/2, fee"])
def test_a_story_is_found_by_what_reports_call_an_item(
    ledger: Ledger, name: str
) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      terms: "50% net 30, 50% net 60"
      Assets:Receivable:Acme  100.00 EUR
      Income:Services
    2026-11-01 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-10-14
      Assets:Receivable:Acme    5.00 EUR
      Income:Fees
    """
    story = tell(ledger.books(), name)
    assert story
    assert story.invoice == "INV-1"
    assert len(story.parts) == 3


def settled_story(ledger: Ledger, invoice: str, as_of: Day = AS_OF) -> Story | None:
    """Tell a story from what is near the invoice; it is the one from everything."""
    near = tell(ledger.books(as_of), invoice)
    assert near == tell(ledger.books(as_of, [invoice]), invoice)
    return near


@pytest.mark.parametrize("named", ['  invoice: "INV-2"', "  ; nothing"])
def test_a_settled_invoice_has_its_whole_story(ledger: Ledger, named: str) -> None:
    """
    2026-09-01 * "Acme" "Website" ^INV-1
      due: 2026-09-14
      Assets:Receivable:Acme    100.00 EUR
      Assets:Receivable:Other    10.00 EUR
      Income:Services
    2026-09-02 * "Acme" "Poster" ^PO-7 ^INV-2
      invoice: "INV-2"
      Assets:Receivable:Acme     50.00 EUR
      Income:Services
    2026-09-10 * "Acme" "Both" ^INV-1 ^INV-2
      Assets:Receivable:Acme   -120.00 EUR
      Assets:Bank
    2026-09-11 * "Acme" "Whatever is open"
      Assets:Receivable:Acme    -20.00 EUR
      Assets:Bank
    2026-09-12 * "Acme" "The rest" ^INV-1
      Assets:Receivable:Other   -10.00 EUR
      Assets:Bank
    2026-09-13 * "Acme" "And" ^PO-8
    $named
      Assets:Receivable:Acme    -10.00 EUR
      Assets:Bank
    """
    del named
    for invoice in ("INV-1", "INV-2"):
        assert settled_story(ledger, invoice)
    assert settled_story(ledger, "INV-3") is None
    # A credit alone makes no invoice.
    assert settled_story(ledger, "PO-8") is None


def test_other_customers_are_not_read_for_a_settled_invoice(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    2026-09-01 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme    100.00 EUR
      Income:Services
    2026-09-02 * "Bolt" "Website" ^INV-2
      Assets:Receivable:Bolt    100.00 EUR
      Income:Services
    2026-09-03 * "Acme" "Paid" ^INV-1
      Assets:Receivable:Acme   -100.00 EUR
      Assets:Bank
    2026-09-04 * "Shop" "Supplies" ^INV-1
      Expenses:Supplies          10.00 EUR
      Assets:Bank
    """
    seen: list[str] = []
    books = ledger.books()

    def read(
        entries: Sequence[Directive],
        *said: Any,  # noqa: ANN401 - as given
    ) -> Receivables:
        seen.extend(one.payee or "" for one in entries if isinstance(one, Transaction))
        return read_receivables(entries, *said)

    monkeypatch.setattr("beancount_dunning.standing.books.read_receivables", read)
    assert tell(books, "INV-1")
    assert seen == ["Acme", "Acme"]


@profile(deadline=None, max_examples=150)
@given(ledgers(), as_of_days)
def test_a_settled_story_is_the_whole_one(drawn: Drawn, as_of: date) -> None:
    ledger = Ledger(*load_string(drawn.text))
    for invoice in LINKS:
        settled_story(ledger, invoice, as_of)


@profile(deadline=None, max_examples=60)
@given(ledgers(hostile=True), as_of_days)
def test_no_ledger_stops_a_settled_story(drawn: Drawn, as_of: date) -> None:
    ledger = Ledger(*load_string(drawn.text))
    for invoice in LINKS:
        settled_story(ledger, invoice, as_of)


def test_another_plugin_may_put_anything_into_a_payment_s_texts() -> None:
    text = """\
2026-10-01 * "Acme" "Website" ^INV-1
  Assets:Receivable  100.00 EUR
  Income:Sales
2026-10-05 * "Acme" "Part" ^INV-1
  Assets:Bank         40.00 EUR
  Assets:Receivable
"""
    ledger = load(text)
    several: list[Any] = [(7, "Part", "7 Part"), (None, ["x"], "['x']")]
    for payee, said, expected in several:
        entries = [
            entry._replace(payee=payee, narration=said)
            if isinstance(entry, Transaction) and entry.narration == "Part"
            else entry
            for entry in ledger.entries
        ]
        books = read_books(entries, ledger.options, today=date(2026, 11, 20))
        found = tell(books.with_settled(["INV-1"]), "INV-1")
        assert found is not None
        assert found.events[-1].fact.text == f"{expected} (by invoice number)"
        paid = tell_payment(books, "<string>", 4)
        assert isinstance(paid, PaymentStory)
        assert paid.name == expected
