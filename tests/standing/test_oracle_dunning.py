"""Dunning cases of other systems: the same inputs, their answers and ours.

Each case is named as in the collection it comes from, with the system it was found
in. Where that system decides otherwise than this one, `theirs` stands beside `ours`,
with the reason. Where a ladder climbs as fast as there are runs, its steps say
`min-interval: 0`: here a step waits by default as many days as lie between it and the
one before.
"""

from __future__ import annotations

from datetime import date
from datetime import timedelta

import pytest

from beancount_dunning.answers.reminders import reminders
from beancount_dunning.standing.dunning import schedule
from tests.conftest import Day
from tests.conftest import day
from tests.conftest import load

Row = tuple[str, str, str, str]


def ladder(*days: int, interval: int | None = None, policy: str = "standard") -> str:
    """Return a policy with the steps "1", "2", … on these days."""
    meta = "" if interval is None else f"  min-interval: {interval}\n"
    return "".join(
        f'1970-01-01 custom "dunning-step" "{policy}" "{number}" {one}\n{meta}'
        for number, one in enumerate(days, 1)
    )


def invoice(due: Day, amount: str = "100", name: str = "INV", on: Day = "") -> str:
    return (
        f'{on or due} * "Acme" "Website" ^{name}\n  due: {due}\n'
        f"  Assets:Receivable:Acme  {amount} EUR\n  Income:Services\n"
    )


def credit(on: Day, amount: str, name: str = "INV", other: str = "Assets:Bank") -> str:
    return (
        f'{on} * "Acme" "Credit" ^{name}\n'
        f"  {other}  {amount} EUR\n  Assets:Receivable:Acme\n"
    )


def note(on: Day, line: str, name: str = "INV") -> str:
    return f'{on} note Assets:Receivable:Acme "Note" ^{name}\n  {line}\n'


def sent(on: Day, step: str, name: str = "INV") -> str:
    return note(on, f'reminder: "{step}"', name)


def run(text: str, as_of: Day) -> list[Row]:
    """Return what may go out: invoice, instalment, step and what is open."""
    ledger = load(text)
    assert not ledger.errors, ledger.errors
    books = ledger.books(as_of)
    assert books.dunning.problems == ()
    assert books.settings.problems == ()
    due = reminders(books).due
    return [
        (
            str(one.item.invoice),
            one.item.instalment,
            one.step.name,
            f"{one.open.normalize():f}",
        )
        for one in due
    ]


def steps(text: str, as_of: Day) -> list[str]:
    """Return the steps that may go out."""
    return [step for _, _, step, _ in run(text, as_of)]


def after(start: Day, days: int) -> date:
    return day(start) + timedelta(days=days)


# Tryton 8.2
P = "2026-01-10"


def test_a_run_that_nobody_sends_changes_nothing() -> None:
    """TRY-DUN-01: levels at 5, 20 and 40 days."""
    books = ladder(5, 20, 40) + invoice(P)
    assert [steps(books, after(P, days)) for days in (4, 5, 30)] == [[], ["1"], ["1"]]


@pytest.mark.parametrize(
    ("first_sent", "interval", "second"),
    [
        # There the second level follows in the next run, be it of the same day.
        pytest.param(30, 0, 30, id="TRY-DUN-01 theirs, and ours by min-interval"),
        # Here 15 days lie between 5 and 20.
        pytest.param(30, None, 45, id="TRY-DUN-01 ours"),
        pytest.param(5, None, 20, id="TRY-DUN-01 ours, begun in time"),
    ],
)
def test_after_a_level_comes_the_next(
    first_sent: int, interval: int | None, second: int
) -> None:
    books = (
        ladder(5, 20, 40, interval=interval)
        + invoice(P)
        + sent(after(P, first_sent), "1")
    )
    assert steps(books, after(P, second)) == ["2"]
    if second > first_sent:
        assert steps(books, after(P, second - 1)) == []
    blocked = books + note(after(P, first_sent), "dispute: TRUE")
    assert steps(blocked, after(P, second)) == []
    unblocked = blocked + note(after(P, second), "dispute: FALSE")
    assert steps(unblocked, after(P, second)) == ["2"]
    paid = unblocked + credit(after(P, 46), "100")
    assert steps(paid, after(P, 50)) == []


def test_a_backlog_is_not_sent_in_a_day() -> None:
    """TRY-DUN-03: 60 days late, then four runs on one day.

    Tryton sends all three levels that day, over 100 though 60 were paid. Here the
    ladder keeps its pace, and the payment counts without a reference.
    """
    theirs = [("1", "2026-03-11", "100")]
    theirs += [("2", "2026-03-11", "100"), ("3", "2026-03-11", "100")]
    ours = [("1", "2026-03-11", "40"), ("2", "2026-03-26", "40")]
    ours += [("3", "2026-04-15", "40")]
    start = invoice("2026-01-10") + credit("2026-01-12", "60").replace(" ^INV", "")
    books = ladder(5, 20, 40) + start
    for step, on, is_open in ours:
        assert run(books, on) == [("INV", "1/1", step, is_open)]
        books += sent(on, step)
        assert run(books, on) == []
        if step != "3":
            assert run(books, after(on, 14)) == []
    assert run(books, "2027-01-01") == []

    # With no interval all may go out on one day here as well.
    books = ladder(5, 20, 40, interval=0) + start
    for step, on, _ in theirs:
        assert run(books, on) == [("INV", "1/1", step, "40")]
        books += sent(on, step)
    assert run(books, "2026-03-11") == []


@pytest.mark.parametrize(
    ("paid", "expected"),
    [
        pytest.param("50", [("INV", "1/1", "1", "50")], id="TRY-LET-01 in part"),
        pytest.param("100", [], id="TRY-LET-01 in full"),
        pytest.param("120", [], id="TRY-LET-01 too much"),
    ],
)
def test_a_letter_is_about_what_is_left(paid: str, expected: list[Row]) -> None:
    start = ladder(5) + invoice(P)
    assert run(start, after(P, 5)) == [("INV", "1/1", "1", "100")]
    # There the payment is pending; here it is a payment.
    assert run(start + credit(after(P, 2), paid), after(P, 5)) == expected


# OCA account_credit_control. Runs are on the last of a month. So a level at the end of
# the month in which due + 30 days fall is reached in the same run as one at 30 days;
# and a level some days after the previous one is a `min-interval`.
TEN, MONTH, LAST = "10 days net", "30 days end of month", "10 days last reminder"
LAST_60 = "60 days last reminder"
OCA_SETUP = f"""
2013-01-01 custom "dunning-option" "minimum" 0.1 EUR
2013-01-01 custom "dunning-option" "policy" "3 time"
2013-01-01 custom "dunning-step" "3 time" "{TEN}" 10
  channel: "email"
2013-01-01 custom "dunning-step" "3 time" "{MONTH}" 30
  min-interval: 0
  channel: "email"
2013-01-01 custom "dunning-step" "3 time" "{LAST}" 40
  min-interval: 10
  channel: "letter"
2013-01-01 custom "dunning-step" "2 time" "{MONTH}" 30
  channel: "email"
2013-01-01 custom "dunning-step" "2 time" "{LAST_60}" 90
  min-interval: 60
  channel: "letter"
2013-01-01 custom "dunning-customer" "partner_1"
  policy: "none"
2013-01-01 custom "dunning-customer" "customer_2"
  policy: "2 time"
2013-01-01 custom "dunning-customer" "customer_3"
  policy: "2 time"
2013-01-01 open Assets:Receivable:GBP
  policy: "none"
"""
EOM, NET = "net 30 eom", "net 30"
SPLIT = "30% on receipt, 70% net 30 eom"
OCA_INVOICES = [
    ("SI_1", "partner_1", "2013-01-15", "2000 EUR", EOM),
    ("SI_2", "partner_1", "2013-02-15", "1200 USD", EOM),
    ("SI_3", "partner_1", "2013-03-15", "1500 USD", EOM),
    ("SI_4", "customer_2", "2013-01-18", "1000 EUR", EOM),
    ("SI_5", "customer_2", "2013-02-15", "1200 USD", EOM),
    ("SI_6", "customer_2", "2013-03-15", "1500 USD", EOM),
    ("SI_7", "customer_3", "2013-01-18", "1000 EUR", NET),
    ("SI_8", "customer_3", "2013-02-15", "1200 USD", NET),
    ("SI_9", "customer_3", "2013-03-15", "1500 USD", NET),
    ("SI_10", "customer_4", "2013-01-18", "1000 EUR", SPLIT),
    ("SI_11", "customer_4", "2013-02-15", "1200 USD", SPLIT),
    # With the rounding of theirs.
    (
        *("SI_12", "customer_4", "2013-03-15", "1500 USD"),
        "449.99 on receipt, rest net 30 eom",
    ),
    ("SI_13", "customer_5_usd", "2013-01-18", "1000 USD", NET),
    ("SI_14", "customer_5_usd", "2013-02-15", "1200 USD", NET),
    ("SI_15", "customer_5_usd", "2013-03-15", "1500 USD", NET),
    ("SI_16", "customer_4", "2013-03-15", "1500 EUR", NET),
    ("SI_17", "Scrooge McDuck", "2013-03-15", "1500 EUR", NET),
    ("SI_18", "Donald Duck", "2013-03-15", "1500 EUR", SPLIT),
    ("SI_19", "Gus Goose", "2013-03-15", "1500 EUR", SPLIT),
    ("SI_20", "customer_6", "2013-03-23", "0.09 EUR", NET),
    ("SI_21", "customer_6", "2013-03-25", "6666 EUR", NET),
]
OCA_PAYMENTS = [
    ("2013-03-30", "SI_19", "Gus Goose", "300 EUR"),
    ("2013-05-30", "SI_16", "customer_4", "1500 EUR"),
    ("2013-05-30", "SI_17", "Scrooge McDuck", "1000 EUR"),
    ("2013-05-30", "SI_18", "Donald Duck", "450 EUR"),
]
MONTH_ENDS = [
    *("2013-01-31", "2013-02-28", "2013-03-31", "2013-04-30", "2013-05-31"),
    *("2013-06-30", "2013-07-31"),
]
OCA_RUNS = {
    "OCA-RUN-01": ("2013-01-31", {("SI_10", "1/2", TEN, "300")}),
    "OCA-RUN-03": (
        "2013-03-31",
        {
            ("SI_4", "1/1", MONTH, "1000"),
            ("SI_7", "1/1", MONTH, "1000"),
            ("SI_10", "2/2", TEN, "700"),
            ("SI_12", "1/2", TEN, "449.99"),
            ("SI_14", "1/1", TEN, "1200"),
            ("SI_11", "1/2", MONTH, "360"),
            ("SI_13", "1/1", MONTH, "1000"),
            ("SI_10", "1/2", LAST, "300"),
            ("SI_18", "1/2", TEN, "450"),
            ("SI_19", "1/2", TEN, "150"),
        },
    ),
    "OCA-RUN-05": (
        "2013-05-31",
        {
            ("SI_6", "1/1", MONTH, "1500"),
            ("SI_4", "1/1", LAST_60, "1000"),
            ("SI_7", "1/1", LAST_60, "1000"),
            ("SI_9", "1/1", MONTH, "1500"),
            ("SI_11", "2/2", MONTH, "840"),
            ("SI_15", "1/1", MONTH, "1500"),
            ("SI_10", "2/2", LAST, "700"),
            ("SI_12", "1/2", LAST, "449.99"),
            ("SI_12", "2/2", TEN, "1050.01"),
            ("SI_14", "1/1", LAST, "1200"),
            ("SI_17", "1/1", MONTH, "500"),
            ("SI_18", "2/2", TEN, "1050"),
            ("SI_19", "1/2", LAST, "150"),
            ("SI_19", "2/2", TEN, "1050"),
        },
    ),
    "OCA-RUN-07": (
        "2013-07-31",
        {
            ("SI_6", "1/1", LAST_60, "1500"),
            ("SI_9", "1/1", LAST_60, "1500"),
            ("SI_12", "2/2", LAST, "1050.01"),
            ("SI_18", "2/2", LAST, "1050"),
            ("SI_19", "2/2", LAST, "1050"),
        },
    ),
}


def account(name: str) -> str:
    return "GBP" if name == "SI_21" else "All"


def oca_books() -> str:
    text = OCA_SETUP.lstrip()
    for name, partner, on, amount, terms in OCA_INVOICES:
        text += (
            f'{on} * "{partner}" "Invoice" ^{name}\n'
            f'  customer: "{partner}"\n  terms: "{terms}"\n'
            f"  Assets:Receivable:{account(name)}  {amount}\n  Income:Services\n"
        )
    for on, name, partner, amount in OCA_PAYMENTS:
        text += (
            f'{on} * "{partner}" "Payment" ^{name}\n  customer: "{partner}"\n'
            f"  Assets:Bank  {amount}\n  Assets:Receivable:All\n"
        )
    return text


def oca_send(on: str, rows: list[Row]) -> str:
    """Return the notes of a run: one a step of an invoice."""
    return "".join(
        f'{on} note Assets:Receivable:All "Sent" ^{name}\n  reminder: "{step}"\n'
        for name, step in sorted({(name, step) for name, _, step, _ in rows})
    )


def oca_runs(last: str, skipped: tuple[str, str] = ("", "")) -> str:
    """Return the ledger after all runs before a date, everything but one sent."""
    text = oca_books()
    for on in MONTH_ENDS:
        if on < last:
            rows = [one for one in run(text, on) if skipped != (on, one[0])]
            text += oca_send(on, rows)
    return text


@pytest.mark.parametrize("case", OCA_RUNS)
def test_runs_of_many_months(case: str) -> None:
    on, expected = OCA_RUNS[case]
    found = run(oca_runs(on), on)
    assert len(found) == len(set(found))
    assert set(found) == expected


def test_what_was_not_sent_is_proposed_again() -> None:
    """OCA-RUN-08: the last reminder of SI_19 is ignored in July."""
    text = oca_runs("2013-08-30", skipped=("2013-07-31", "SI_19"))
    assert [one for one in run(text, "2013-08-30") if one[0] == "SI_19"] == [
        ("SI_19", "2/2", LAST, "1050")
    ]
    sent_in_july = oca_runs("2013-08-30")
    assert [one for one in run(sent_in_july, "2013-08-30") if one[0] == "SI_19"] == []


def test_another_policy_does_not_begin_from_below() -> None:
    """OCA-RUN-09: SI_4, at the end of "2 time", changes to "3 time" in September.

    There a clerk sets it to the first level of the new policy, and the next run gives
    the second. Here a policy is all that can be changed: what was sent keeps its place
    by its days, and after 90 days nothing is left of a ladder of 40.
    """
    theirs, ours = {"2013-09-15": TEN, "2013-09-30": MONTH}, list[str]()
    text = oca_runs("2013-09-15") + (
        '2013-09-15 custom "dunning-customer" "customer_2"\n  policy: "3 time"\n'
    )
    for on, step in theirs.items():
        found = [step for name, _, step, _ in run(text, on) if name == "SI_4"]
        assert found == ours
        assert step not in found


def test_a_run_may_be_asked_for_of_any_day() -> None:
    """OCA-RUN-11: a run of 15 days ago, when there has been one today.

    OCA forbids it, since it cannot tell how things stood. Here later notes do not
    exist on an earlier day.
    """
    theirs, ours = "a run has already been executed more recently", ["1"]
    today, before = "2026-03-16", "2026-03-01"
    books = ladder(5, 20, 40) + invoice(P)
    later = books + sent(today, "1") + credit(today, "100")
    assert steps(later, today) == []
    assert steps(later, before) == steps(books, before) == ours
    assert theirs not in ours


# Odoo 8. The days of the levels after the first are ours.
@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(3, [], id="ODOO8-FUP-01 on day 3"),
        pytest.param(14, [], id="ODOO8-FUP-01 on day 14"),
        pytest.param(15, ["1"] * 5, id="ODOO8-FUP-01 on day 15"),
    ],
)
def test_a_level_is_reached_on_its_day(days: int, expected: list[str]) -> None:
    lines = "".join(invoice(P, "200", f"INV{number}") for number in range(5))
    assert steps(ladder(15, 30, 40) + lines, after(P, days)) == expected


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        pytest.param(0, [["1"], ["2"], ["3"]], id="ODOO8-FUP-03 theirs"),
        pytest.param(None, [["1"], [], []], id="ODOO8-FUP-03 ours by default"),
    ],
)
def test_in_dispute_nothing_is_sent(
    interval: int | None, expected: list[list[str]]
) -> None:
    on = after(P, 40)
    books = ladder(15, 30, 40, interval=interval) + invoice(P)
    books += note(after(P, 1), "dispute: TRUE")
    assert steps(books, on) == []
    books += note(on, "dispute: FALSE")
    found = []
    for _ in range(3):
        found.append(steps(books, on))
        books += "".join(sent(on, step) for step in found[-1])
    assert found == expected


def test_when_paid_there_is_nothing_next() -> None:
    """ODOO8-FUP-04: paid in full while a promise was waited for."""
    books = ladder(15, 30, 40) + invoice(P, "1000.00") + sent(after(P, 15), "1")
    books += note(after(P, 16), f"promise: {after(P, 50)}")
    books += credit(after(P, 20), "1000.00")
    assert steps(books, after(P, 60)) == []
    ledger = load(books)
    assert ledger.report(after(P, 20)).items == ()
    assert ledger.lines(after(P, 60)) == []


def test_a_customer_with_three_invoices() -> None:
    """ODOO14-FUP-01: levels at 15 and 25 days; one not due, one 10, one 40 days late.

    There the level is the customer's, here each invoice has its own: after ten days
    the customer is at level 2 there; here one invoice is, and another at level 1.
    """
    today = "2026-03-01"
    later = after(today, 25 - 15)
    theirs, ours = ["2"], [("OLD", "2"), ("MID", "1")]

    def due(text: str, on: Day) -> list[tuple[str, str]]:
        return [(name, step) for name, _, step, _ in run(text, on)]

    books = ladder(15, 25) + invoice(after(today, 1), "40", "NEW")
    assert due(books, today) == []
    books += invoice(after(today, -10), "30", "MID")
    assert due(books, today) == []
    assert load(books).lines(today) != []
    books += invoice(after(today, -40), "20", "OLD")
    assert due(books, today) == [("OLD", "1")]
    books += sent(today, "1", "OLD")
    assert due(books, today) == []
    items = load(books).report(today).items
    nexts = {one.item.invoice: one.next for one in items}
    old = nexts["OLD"]
    assert old is not None
    assert (old.step.name, old.date) == ("2", later)
    # 15 days late five days later.
    assert due(books, after(later, -1)) == [("MID", "1")]
    assert sorted(due(books, later)) == sorted(ours)
    assert [step for name, step in ours if name == "OLD"] == theirs
    books += sent(later, "2", "OLD") + sent(later, "1", "MID")
    assert due(books, later) == []
    books += credit(later, "20", "OLD")
    assert due(books, later) == []
    assert load(books).lines(later) != []


# metasfresh
@pytest.mark.parametrize(
    ("as_of", "asked", "expected"),
    [
        pytest.param("2012-02-01", "1", ["1"], id="MET-DUN-03 first"),
        pytest.param("2012-02-20", "2", ["2"], id="MET-DUN-03 second"),
        pytest.param("2012-03-01", "3", ["3"], id="MET-DUN-03 third"),
    ],
)
def test_levels_in_order(as_of: str, asked: str, expected: list[str]) -> None:
    """Levels at 10, 20 and 30 days, 35 days late at the first run."""
    books = ladder(10, 20, 30) + invoice(after("2012-02-01", -35))
    for on, step in (("2012-02-01", "1"), ("2012-02-20", "2"), ("2012-03-01", "3")):
        if step == asked:
            break
        books += sent(on, step)
    assert steps(books, as_of) == expected


def test_the_second_level_does_not_come_first() -> None:
    """MET-DUN-01: level 2 is asked for 25 days after due, level 1 was not sent."""
    assert steps(ladder(10, 20, 30) + invoice(P), after(P, 25)) == ["1"]


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        pytest.param("2012-02-05", [], id="MET-DUN-04 too soon"),
        pytest.param("2012-02-11", ["2"], id="MET-DUN-04 on the tenth day"),
        pytest.param("2012-02-20", ["2"], id="MET-DUN-04 later"),
    ],
)
def test_days_between_two_levels(as_of: str, expected: list[str]) -> None:
    books = ladder(10, 20, interval=10) + invoice(after("2012-02-01", -25))
    assert steps(books + sent("2012-02-01", "1"), as_of) == expected


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        pytest.param(None, ["1"], id="MET-DUN-05 without a grace date"),
        pytest.param("2012-01-31", ["1"], id="MET-DUN-05 the day after"),
        pytest.param("2012-02-01", [], id="MET-DUN-05 on the grace date"),
        pytest.param("2012-02-02", [], id="MET-DUN-05 before it"),
    ],
)
def test_a_grace_date(until: str | None, expected: list[str]) -> None:
    books = ladder(10, 20, 30) + invoice(after("2012-02-01", -25))
    if until:
        books += note("2012-01-20", f"hold-until: {until}")
    assert steps(books, "2012-02-01") == expected


@pytest.mark.parametrize(
    ("until", "theirs", "ours"),
    [
        pytest.param("2013-03-09", ["1"], ["1"], id="MET-DUN-07 past"),
        # There a reminder that was proposed before survives the grace date itself,
        # on which none would be made; here it rests until that date, which counts.
        pytest.param("2013-03-10", ["1"], [], id="MET-DUN-07 on the day"),
        pytest.param("2013-03-11", [], [], id="MET-DUN-07 to come"),
        pytest.param(None, ["1"], ["1"], id="MET-DUN-07 none"),
    ],
)
def test_a_proposal_expires_when_it_is_put_off(
    until: str | None, theirs: list[str], ours: list[str]
) -> None:
    books = ladder(10, 20) + invoice(after("2013-03-10", -12))
    assert steps(books, "2013-03-08") == ["1"]
    if until:
        books += note("2013-03-09", f"hold-until: {until}")
    assert steps(books, "2013-03-10") == ours
    assert (theirs == ours) == (until != "2013-03-10")


def test_what_was_sent_does_not_expire() -> None:
    """MET-DUN-07, processed: the grace date comes after the sending."""
    books = ladder(10, 20) + invoice(after("2013-03-10", -12))
    books += sent("2013-03-08", "1") + note("2013-03-10", "hold-until: 2013-03-11")
    (aged,) = load(books).report("2013-03-10").items
    last = aged.standing.record.last
    assert last is not None
    assert last.step.name == "1"


def test_after_the_last_level_it_is_written_off() -> None:
    """MET-DUN-08: levels at 10 and 20 days, the second of which writes off.

    The write-off is the bookkeeper's entry here.
    """
    today = "2012-02-01"
    books = ladder(10, 20, interval=0)
    books += invoice(after(today, -10), "110", "INV-1")
    books += invoice(after(today, -30), "110", "INV-2")
    assert run(books, today) == [
        ("INV-2", "1/1", "1", "110"),
        ("INV-1", "1/1", "1", "110"),
    ]
    books += sent(today, "1", "INV-1") + sent(today, "1", "INV-2")
    assert run(books, today) == [("INV-2", "1/1", "2", "110")]
    books += sent(today, "2", "INV-2")
    books += credit(today, "110", "INV-2", "Expenses:BadDebts")
    assert run(books, today) == []
    assert [one.item.invoice for one in load(books).report(today).items] == ["INV-1"]


# Kill Bill: states count from the invoice date, and the worst that has come holds:
# as here with invoices due on receipt, and the option `catch-up`.
HIGHEST = '1970-01-01 custom "dunning-option" "catch-up" "highest"\n'
STATES = [
    *[("2012-06-08", []), ("2012-06-16", []), ("2012-06-24", [])],
    *[("2012-06-29", []), ("2012-06-30", ["1"]), ("2012-07-02", ["1"])],
    *[("2012-07-08", ["1"]), ("2012-07-10", ["2"]), ("2012-07-16", ["2"])],
    *[("2012-07-18", ["2"]), ("2012-07-20", ["3"])],
]


@pytest.mark.parametrize("case", ["KB-OD-01"])
@pytest.mark.parametrize(("as_of", "state"), STATES)
def test_states_of_an_account(case: str, as_of: str, state: list[str]) -> None:
    del case
    books = HIGHEST + ladder(30, 40, 50) + invoice("2012-05-31")
    # A later invoice changes nothing: the earliest unpaid one counts.
    books += invoice("2012-07-01", "50", "LATER")
    assert steps(books, as_of) == state
    paid = books + credit(as_of, "100") + credit(as_of, "50", "LATER")
    assert steps(paid, as_of) == []


@pytest.mark.parametrize(
    ("as_of", "state"),
    [
        pytest.param("2012-05-31", [], id="KB-OD-03 clear"),
        pytest.param("2012-06-05", ["1"], id="KB-OD-03 warning"),
        pytest.param("2012-06-07", ["2"], id="KB-OD-03 blocked"),
        pytest.param("2012-06-08", ["2"], id="KB-OD-04 blocked, and no warning"),
    ],
)
def test_a_late_check_finds_the_worst_state(as_of: str, state: list[str]) -> None:
    books = ladder(5, 7, 11) + invoice("2012-05-31")
    assert steps(HIGHEST + books, as_of) == state
    # By default no step is skipped here.
    assert steps(books, as_of) == (["1"] if state else [])


LAGO = invoice("2025-01-03", "149.00", "INV-1", "2025-01-01") + invoice(
    "2025-01-06", "6.00", "INV-2", "2025-01-04"
)


def test_a_threshold_is_an_invoice_s_here() -> None:
    """LAGO-DUN-01: 149.00 and 6.00 late, a campaign from 150.00 on.

    There what the customer owes in all counts, so both are dunned from the 7th on.
    Here `minimum` is about an item: below it none is reminded.
    """
    theirs, ours = {"2025-01-07": "155.00"}, list[Row]()
    books = ladder(1, 3) + LAGO
    minimum = '1970-01-01 custom "dunning-option" "minimum" 150.00 EUR\n'
    for on in ("2025-01-04", *theirs, "2025-01-13"):
        assert run(minimum + books, on) == ours
    # Overdue on the day after due, in both.
    assert run(books, "2025-01-03") == []
    assert run(books, "2025-01-04") == [("INV-1", "1/1", "1", "149")]
    assert run(books, "2025-01-07") == [
        ("INV-1", "1/1", "1", "149"),
        ("INV-2", "1/1", "1", "6"),
    ]


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        # More than two days have to lie between there, and two days here.
        pytest.param(2, {"08": [], "09": ["2"], "10": ["2"]}, id="LAGO-DUN-01 ours"),
        pytest.param(3, {"08": [], "09": [], "10": ["2"]}, id="LAGO-DUN-01 theirs"),
    ],
)
def test_days_between_two_attempts(
    interval: int, expected: dict[str, list[str]]
) -> None:
    books = ladder(1, 3, interval=interval) + invoice("2025-01-03", "155.00")
    books += sent("2025-01-07", "1")
    found = {on: steps(books, f"2025-01-{on}") for on in expected}
    assert found == expected
    # After the last attempt there is none.
    assert steps(books + sent("2025-01-10", "2"), "2025-01-13") == []


def test_reminders_before_and_after_the_due_date() -> None:
    """INJ-REM-01: 5, 10 and 15 days after the invoice, then every two weeks.

    Due is after 14 days, so the first two are notices, and lapse. For each repetition
    there is a step of its own.
    """
    theirs = ours = ["2024-03-06", "2024-03-11", "2024-03-16", "2024-03-30"]
    ledger = load(ladder(-9, -4, 1, 15) + invoice("2024-03-15", on="2024-03-01"))
    books = ledger.books("2024-03-01")
    (item,) = books.receivables.items
    planned = schedule(books, item)
    assert [str(one.date) for one in planned] == ours == theirs
    assert [one.is_notice for one in planned] == [True, True, False, False]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param((-23, -1, 1), 7, id="INJ-REM-03 after the invoice"),
        pytest.param((20, -29, 1), 1, id="INJ-REM-03 before due"),
        pytest.param((20, 1), 31, id="INJ-REM-03 after due"),
    ],
)
def test_the_next_reminder_is_the_soonest(days: tuple[int, ...], expected: int) -> None:
    start = "2026-01-01"
    books = ladder(*days) + invoice(after(start, 30), on=start)
    (aged,) = load(books).report(start).items
    assert aged.next is not None
    assert aged.next.date == after(start, expected)
    paid = load(books + credit(start, "100")).report(start)
    assert paid.items == ()
    off = '1970-01-01 custom "dunning-option" "policy" "none"\n'
    (aged,) = load(off + books).report(start).items
    assert aged.next is None


# ERPNext 15
D = "2026-01-07"
TERMS = (
    '2026-01-01 * "Acme" "Website" ^INV\n  terms: "50% net 5, 50% net 10"\n'
    "  Assets:Receivable:Acme  100 EUR\n  Income:Services\n"
)
REVERSED = (
    f'{after(D, 1)} * "Acme" "Cancelled" ^INV\n  due: DUE\n'
    "  Assets:Receivable:Acme  AMOUNT EUR\n  Assets:Bank\n"
)


def test_a_reminder_is_about_the_instalment_that_is_late() -> None:
    """ERP-DUN-04: half due after 5 days, half after 10; reminded on the sixth.

    A payment resolves it; cancelled, the instalment is open where it was.
    """
    books = ladder(1, 8) + TERMS
    assert run(books, D) == [("INV", "1/2", "1", "50")]
    books += sent(D, "1")
    assert run(books, D) == []
    paid = books + credit(D, "50")
    assert [one.item.label for one in load(paid).report(D).items] == ["INV 2/2"]
    assert run(paid, "2026-01-14") == [("INV", "2/2", "1", "50")]
    back = paid + REVERSED.replace("DUE", "2026-01-06").replace("AMOUNT", "50")
    expected = [("INV", "1/2", "2", "50"), ("INV", "2/2", "1", "50")]
    assert sorted(run(back, "2026-01-14")) == expected
    # As if it had never been paid.
    assert sorted(run(books, "2026-01-14")) == expected


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("INV", id="ERP-DUN-05 against the invoice"),
        # On the balance nothing is owed, whatever the credit note names.
        pytest.param("CN-1", id="ERP-DUN-05 on its own"),
    ],
)
def test_a_credit_note_resolves_what_it_names(name: str) -> None:
    books = ladder(1, 8) + invoice(after(D, -10)) + sent(D, "1")
    asked = after(D, 7)
    still = [("INV", "1/1", "2", "100")]
    assert run(books, asked) == still
    noted = books + credit(D, "100", name, "Income:Services")
    assert run(noted, asked) == []
    cancelled = REVERSED.replace("DUE", str(after(D, -10))).replace("AMOUNT", "100")
    if name == "INV":
        assert run(noted + cancelled, asked) == still
