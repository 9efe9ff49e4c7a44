"""Cases of other systems: the same inputs, their numbers and ours.

Each case is named as in the collection it comes from, with the system it was found
in. Where that system decides otherwise than this one, `theirs` stands beside `ours`.
"""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from decimal import Decimal

import pytest

from beancount_dunning.basics.money import exact
from beancount_dunning.ledger.terms import TermsError
from beancount_dunning.ledger.terms_text import parse_terms
from tests.conftest import Ledger
from tests.conftest import day
from tests.conftest import load


def due(terms: str, invoiced: str, amount: str = "100.00") -> list[str]:
    parts = parse_terms(terms).instalments(Decimal(amount), "EUR", day(invoiced))
    return [part.due.isoformat() for part in parts]


@pytest.mark.parametrize(
    ("terms", "invoiced", "expected"),
    [
        # Odoo 17/18
        pytest.param("net 0", "2019-01-01", ["2019-01-01"], id="ODOO-TERM-01"),
        pytest.param("net 0", "2019-01-31", ["2019-01-31"], id="ODOO-TERM-03"),
        pytest.param("net 30", "2022-01-15", ["2022-02-14"], id="ODOO-TERM-05"),
        pytest.param(
            "30% net 15, 70% net 45",
            "2022-01-01",
            ["2022-01-16", "2022-02-15"],
            id="ODOO-TERM-07",
        ),
        pytest.param(
            "30% net 15, 70% net 45",
            "2022-01-31",
            ["2022-02-15", "2022-03-17"],
            id="ODOO-TERM-09",
        ),
        pytest.param(
            "net 30 eom on 10", "2023-12-12", ["2024-02-10"], id="ODOO-EOM-01"
        ),
        pytest.param("net 0 eom on 29", "2024-05-23", ["2024-06-29"], id="ODOO-EOM-03"),
        pytest.param(
            "net 15 eom on 30", "2024-05-24", ["2024-07-30"], id="ODOO-EOM-05"
        ),
        # Odoo's day 0 of the next month is our month end.
        pytest.param("net 30 eom", "2024-04-22", ["2024-05-31"], id="ODOO-EOM-07"),
        pytest.param("net 5 eom on 1", "2026-03-28", ["2026-05-01"], id="ODOO-EOM-09"),
        # OCA payment_term_extension 19.0
        pytest.param("net 2 weeks", "2015-03-02", ["2015-03-16"], id="OCA-TERM-02"),
        pytest.param(
            "net 2 months eom", "2015-02-02", ["2015-04-30"], id="OCA-TERM-04"
        ),
        pytest.param("net 2 weeks", "2015-03-02", ["2015-03-16"], id="OCA-TERM-06"),
        pytest.param("net 0 on 5 10", "2020-01-01", ["2020-01-05"], id="OCA-TERM-08"),
        # ERPNext
        pytest.param("net 30", "2016-01-22", ["2016-02-21"], id="ERP-TERM-01"),
        pytest.param("net 1 month eom", "2016-01-22", ["2016-02-29"], id="ERP-TERM-03"),
        # GnuCash 4.13
        pytest.param("net 30", "2026-01-31", ["2026-03-02"], id="GNC-TERM-01"),
        pytest.param(
            "prox 20 cutoff 19", "2010-06-19", ["2010-07-20"], id="GNC-TERM-03"
        ),
        pytest.param(
            "prox 31 cutoff 0", "2026-01-15", ["2026-02-28"], id="GNC-TERM-05"
        ),
        pytest.param(
            "prox 15 cutoff -3", "2026-02-25", ["2026-03-15"], id="GNC-TERM-07"
        ),
        pytest.param(
            "prox 15 cutoff -3", "2026-06-27", ["2026-07-15"], id="GNC-TERM-09"
        ),
        pytest.param(
            "prox 15 cutoff 25", "2026-11-26", ["2027-01-15"], id="GNC-TERM-11"
        ),
        pytest.param(
            "prox 31 cutoff 20", "2026-12-10", ["2027-01-31"], id="GNC-TERM-13"
        ),
        # Invoice Ninja 5
        pytest.param("net 14", "2024-03-01", ["2024-03-15"], id="INJ-REM-01"),
    ],
)
def test_due_dates(terms: str, invoiced: str, expected: list[str]) -> None:
    assert due(terms, invoiced) == expected


# OCA payment_term_cutoff_day 20.0: one month, or two when the day is past the 20th,
# and then to the month's end. The last day as a `prox` says the same.
@pytest.mark.parametrize("terms", ["closing 20 net 1 month eom", "prox 31 cutoff 20"])
@pytest.mark.parametrize(
    ("invoiced", "expected"),
    [
        pytest.param("2024-02-20", "2024-03-31", id="OCA-CUTOFF-01"),
        pytest.param("2025-01-31", "2025-03-31", id="OCA-CUTOFF-03"),
    ],
)
def test_a_cutoff_day_with_the_month_end(
    terms: str, invoiced: str, expected: str
) -> None:
    assert due(terms, invoiced) == [expected]


@pytest.mark.parametrize(
    ("invoiced", "theirs", "ours", "said_so"),
    [
        pytest.param(
            "2020-01-01",
            ["2020-01-15", "2020-02-05"],
            ["2020-01-15", "2020-01-05"],
            "50% net 0 on 15 20, 50% net 1 month on 5 10",
            id="OCA-PAYDAY-01",
        ),
        pytest.param(
            "2020-01-25",
            ["2020-02-15", "2020-03-05"],
            ["2020-02-15", "2020-02-05"],
            "50% net 0 on 15 20, 50% net 1 month on 5 10",
            id="OCA-PAYDAY-03",
        ),
    ],
)
def test_each_instalment_counts_from_the_invoice(
    invoiced: str, theirs: list[str], ours: list[str], said_so: str
) -> None:
    """OCA counts the second part from the first's date; here both from the invoice's.

    A month more says what is meant there.
    """
    assert due("50% net 0 on 15 20, 50% net 0 on 5 10", invoiced) == ours
    assert due(said_so, invoiced) == theirs


def test_shares_are_rounded_to_the_currency() -> None:
    """OCA-ROUND-01: OCA can round a share to whole units; here it is to the cent."""
    theirs, ours = ["500.00", "500.10"], ["500.05", "500.05"]

    def split(terms: str) -> list[str]:
        parts = parse_terms(terms).instalments(
            Decimal("1000.10"), "EUR", day("2026-01-01")
        )
        return [exact(part.amount) for part in parts]

    assert split("50% net 0, 50% net 30") == ours
    # As an amount it is what was agreed.
    assert split("500 net 0, rest net 30") == theirs


def test_instalments_are_in_the_invoice_s_currency_alone() -> None:
    """TRY-PLAN-03: 100.00 EUR in three, with 90.00 in the company's currency.

    Tryton splits the company's amount, too; here no second currency is kept.
    """
    theirs = [("36.00", "40.00"), ("27.00", "30.00"), ("27.00", "30.00")]
    terms = parse_terms("40% net 0, 30% net 30, 30% net 60")
    parts = terms.instalments(Decimal("100.00"), "EUR", date(2026, 1, 1))
    ours = [exact(part.amount) for part in parts]
    assert ours == [foreign for _, foreign in theirs]


@pytest.mark.parametrize(
    ("terms", "invoiced", "amount", "expected"),
    [
        # Tryton 8.2. For a month and 30 days, and for the 15th in two months and
        # then 30 days, there is no form here: those are written as days.
        pytest.param(
            "25% net 30, 25% net 1 month, 396.84 net 61, rest net 105",
            "2011-10-01",
            "1587.35",
            [
                ("2011-10-31", "396.84"),
                ("2011-11-01", "396.84"),
                ("2011-12-01", "396.84"),
                ("2012-01-14", "396.83"),
            ],
            id="TRY-TERM-01",
        ),
        pytest.param(
            "30.00 on receipt, 30.00 net 2 months, 30.00 net 4 months, "
            "rest net 6 months",
            "2026-01-31",
            "100.00",
            [
                ("2026-01-31", "30.00"),
                ("2026-03-31", "30.00"),
                ("2026-05-31", "30.00"),
                ("2026-07-31", "10.00"),
            ],
            id="TRY-PLAN-01",
        ),
        # Odoo 17/18
        pytest.param(
            "50% net 2, 50% net 4",
            "2016-01-01",
            "1150.00",
            [("2016-01-03", "575.00"), ("2016-01-05", "575.00")],
            id="ODOO-SPLIT-01",
        ),
        pytest.param(
            "50% net 0, 50% net 0",
            "2016-01-01",
            "0.03",
            [("2016-01-01", "0.02"), ("2016-01-01", "0.01")],
            id="ODOO-SPLIT-02",
        ),
        # ERPNext
        pytest.param(
            "30% net 30, 50% net 60, 20% net 90",
            "2026-01-01",
            "100",
            [
                ("2026-01-31", "30.00"),
                ("2026-03-02", "50.00"),
                ("2026-04-01", "20.00"),
            ],
            id="ERP-AR-01",
        ),
    ],
)
def test_splits(
    terms: str, invoiced: str, amount: str, expected: list[tuple[str, str]]
) -> None:
    parts = parse_terms(terms).instalments(Decimal(amount), "EUR", day(invoiced))
    assert [(str(part.due), exact(part.amount)) for part in parts] == expected


def test_shares_beyond_the_amount_are_no_negative_instalment() -> None:
    """ODOO-SPLIT-04: Odoo makes the last instalment negative; here it is an error."""
    theirs = ["700.00", "500.00", "-200.00"]
    terms = parse_terms("70% net 0, 500 net 0, 30% net 0")
    with pytest.raises(TermsError) as error:
        terms.instalments(Decimal("1000.00"), "EUR", date(2026, 1, 1))
    assert str(error.value) == (
        'the shares of "70% net 0, 500 net 0, 30% net 0" add up to 1500.00, '
        "not to the invoice's 1000.00 EUR"
    )
    assert sum(Decimal(amount) for amount in theirs) == Decimal("1000.00")


def test_an_invoice_over_nothing_is_no_item() -> None:
    """TRY-TERM-03: Tryton makes a line of 0.00 due at once; here nothing is owed."""
    theirs = [("2016-05-17", "0.00")]
    ledger = load(
        f"""
{theirs[0][0]} * "Acme" "Nothing" ^INV-1
  terms: "net 1 month"
  Assets:Receivable:Acme  {theirs[0][1]} EUR
  Income:Services         0.00 EUR
"""
    )
    ours = ledger.receivables().items
    assert ours == ()


def test_without_terms_an_invoice_is_undated() -> None:
    """ERP-TERM-05: ERPNext makes it due on the invoice date; here it is undated."""
    theirs, ours = "2016-01-22", None
    ledger = load(
        """
2016-01-22 * "Acme" "Website" ^INV-1
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""
    )
    (item,) = ledger.receivables("2016-01-22").items
    assert str(item.date) == theirs
    assert item.due is ours


@pytest.mark.parametrize(
    ("terms", "invoiced", "amount", "last_day", "expected", "full"),
    [
        # Odoo 17/18: 1000.00 and 150.00 tax, the discount on both
        pytest.param(
            "10/1 net 2",
            "2016-01-01",
            "1150.00",
            "2016-01-02",
            "1035.00",
            "2016-01-03",
            id="ODOO-DISC-01",
        ),
        # ERPNext: 200 and 18 % tax, the discount on both
        pytest.param(
            "10/10 net 30",
            "2026-01-01",
            "236.00",
            "2026-01-11",
            "212.40",
            "2026-01-31",
            id="ERP-DISC-01",
        ),
    ],
)
def test_discounts(  # noqa: PLR0913, PLR0917 - the facts of a case
    terms: str, invoiced: str, amount: str, last_day: str, expected: str, full: str
) -> None:
    (part,) = parse_terms(terms).instalments(Decimal(amount), "EUR", day(invoiced))
    (offer,) = part.offers
    assert (str(offer.until), str(part.due)) == (last_day, full)
    assert exact(offer.reduced(part.amount, "EUR")) == expected


AGES = (-30, -1, 0, 1, 29, 30, 31, 59, 60, 61, 89, 90, 91, 200)
NOT_DUE, TO_30, TO_60, TO_90, MORE = "not due", "1-30", "31-60", "61-90", "91+"
# Ours at these ages, with the edges 30, 60 and 90.
OURS = (
    *(NOT_DUE, NOT_DUE, NOT_DUE),
    *(TO_30, TO_30, TO_30),
    *(TO_60, TO_60, TO_60),
    *(TO_90, TO_90, TO_90),
    *(MORE, MORE),
)
# Theirs, by the names of ours for the same column; None where they have none.
THEIRS = {
    # Tryton 8.2: what is not due is in no bucket, and a bucket begins at its edge.
    "TRY-AGE-01": (
        *(None, None, TO_30, TO_30, TO_30),
        *(TO_60, TO_60, TO_60),
        *(TO_90, TO_90, TO_90),
        *(MORE, MORE, MORE),
    ),
    # GnuCash 4.13: day 0 is late, and a column holds a day less than it says.
    "GNC-AGE-01": (
        *(NOT_DUE, NOT_DUE, TO_30, TO_30, TO_30),
        *(TO_60, TO_60, TO_60),
        *(TO_90, TO_90, TO_90),
        *(MORE, MORE, MORE),
    ),
    # ERPNext 15: what is not due is in no bucket, and day 0 is late.
    "ERP-AGE-01": (None, None, TO_30, *OURS[3:]),
    # OCA account_financial_report 19.0: as here.
    "OCA-AGE-01": OURS,
    # Invoice Ninja 5: day 0 is late.
    "INJ-AGE-01": (NOT_DUE, NOT_DUE, TO_30, *OURS[3:]),
}
DIFFERENCES = {
    "TRY-AGE-01": [-30, -1, 0, 30, 60, 90],
    "GNC-AGE-01": [0, 30, 60, 90],
    "ERP-AGE-01": [-30, -1, 0],
    "OCA-AGE-01": [],
    "INJ-AGE-01": [0],
}


@pytest.mark.parametrize("case", THEIRS)
def test_aging_boundaries(case: str) -> None:
    as_of = date(2026, 11, 21)
    ledger = load(
        "".join(
            f'2026-01-01 * "Acme" "{age}" ^INV{age}\n'
            f"  due: {as_of - timedelta(days=age)}\n"
            "  Assets:Receivable:Acme  100.00 EUR\n  Income:Services\n"
            for age in AGES
        )
    )
    report = ledger.report(as_of)
    ours = {aged.days_overdue: aged.bucket for aged in report.items}
    assert tuple(ours[age] for age in AGES) == OURS
    theirs = dict(zip(AGES, THEIRS[case], strict=True))
    assert [age for age in AGES if theirs[age] != ours[age]] == DIFFERENCES[case]
    # Whatever the boundary, here nothing is left out.
    assert [row.total for row in report.totals] == [Decimal(100) * len(AGES)]


# ERPNext and OCA have a bucket more: with the option it is as theirs.
@pytest.mark.parametrize("case", ["ERP-AGE-01", "OCA-AGE-01", "INJ-AGE-01"])
@pytest.mark.parametrize(
    ("age", "bucket"),
    [(92, "91-120"), (119, "91-120"), (120, "91-120"), (121, "121+")],
)
def test_aging_with_a_bucket_more(case: str, age: int, bucket: str) -> None:
    as_of = date(2026, 11, 21)
    ledger = load(
        f"""
2026-01-01 custom "dunning-option" "buckets" "30 60 90 120"
2026-01-01 * "Acme" "{case}" ^INV-1
  due: {as_of - timedelta(days=age)}
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""
    )
    assert [aged.bucket for aged in ledger.report(as_of).items] == [bucket]


def standing(ledger: Ledger, as_of: str) -> tuple[list[str], list[str]]:
    """Return what is open, as `LABEL OPEN`, and what is unapplied."""
    assert not ledger.errors
    receivables = ledger.receivables(as_of)
    return (
        [f"{item.label} {item.open}" for item in receivables.items],
        [f"{credit.amount}" for credit in receivables.unapplied],
    )


SCHEDULE = "30% net 30, 50% net 60, 20% net 90"


def invoice(amount: str, terms: str = "net 30", name: str = "INV") -> str:
    return (
        f'2026-01-01 * "Acme" "Website" ^{name}\n  terms: "{terms}"\n'
        f"  Assets:Receivable:Acme  {amount} EUR\n  Income:Services\n"
    )


def credit(
    amount: str, link: str = "^INV", on: str = "2026-01-02", other: str = "Assets:Bank"
) -> str:
    return (
        f'{on} * "Acme" "Credit" {link}\n'
        f"  {other}  {amount} EUR\n  Assets:Receivable:Acme\n"
    )


RETURN = "Income:Services"


@pytest.mark.parametrize(
    ("text", "is_open", "unapplied"),
    [
        # ERPNext
        pytest.param(
            invoice("100.00", SCHEDULE),
            ["INV 1/3 30.00", "INV 2/3 50.00", "INV 3/3 20.00"],
            [],
            id="ERP-AR-01",
        ),
        pytest.param(
            invoice("200.00", SCHEDULE)
            + credit("40.00")
            + credit("100.00", on="2026-01-03", other=RETURN),
            ["INV 2/3 20.00", "INV 3/3 40.00"],
            [],
            id="ERP-AR-05",
        ),
        pytest.param(credit("1000.00", "^ORDER-1"), [], ["-1000.00"], id="ERP-AR-08"),
        pytest.param(
            invoice("100.00") + credit("40.00"),
            ["INV 60.00"],
            [],
            id="ERP-AR-16 in part",
        ),
        pytest.param(
            invoice("100.00") + credit("100.00"), [], [], id="ERP-AR-16 in full"
        ),
        pytest.param(
            credit("100.00", "^CN-1", other=RETURN),
            [],
            ["-100.00"],
            id="ERP-AR-16 a credit note alone",
        ),
        pytest.param(
            invoice("100.00") + credit("100.00", other=RETURN),
            [],
            [],
            id="ERP-DUN-05 against the invoice",
        ),
        pytest.param(
            invoice("100.00") + credit("100.00", "^CN-1", other=RETURN),
            ["INV 100.00"],
            ["-100.00"],
            id="ERP-DUN-05 on its own",
        ),
        # Tryton 8.2
        pytest.param(
            invoice("100.00") + credit("110.00"),
            [],
            ["-10.00"],
            id="TRY-OVER-01 overpayment",
        ),
        pytest.param(
            invoice("100.00")
            + '2026-01-02 * "Acme" "Credit" ^INV\n  Assets:Bank  110.00 EUR\n'
            "  Income:Other  -10.00 EUR\n  Assets:Receivable:Acme\n",
            [],
            [],
            id="TRY-OVER-01 write-off",
        ),
        # A letter printed while half is paid is about the other half.
        pytest.param(
            invoice("100.00") + credit("50.00"), ["INV 50.00"], [], id="TRY-LET-01"
        ),
    ],
)
def test_allocation(text: str, is_open: list[str], unapplied: list[str]) -> None:
    assert standing(load(text), "2026-06-30") == (is_open, unapplied)


def test_a_return_beyond_what_is_open_is_unapplied_in_part() -> None:
    """ERP-AR-03: 100, of which 40 were paid, is returned in full.

    ERPNext shows the return whole, as -100; here it settles the 60 that are open,
    and what was paid too much is unapplied.
    """
    theirs, ours = ["-100.00"], ["-40.00"]
    ledger = load(
        invoice("100.00", SCHEDULE)
        + credit("40.00")
        + credit("100.00", on="2026-01-03", other=RETURN)
    )
    is_open, unapplied = standing(ledger, "2026-06-30")
    assert (is_open, unapplied) == ([], ours)
    # As against the 60 that stay open there, the customer's balance is the same.
    assert Decimal(theirs[0]) + Decimal("60.00") == Decimal(ours[0])


def test_a_receipt_without_a_reference_stays_on_its_account() -> None:
    """TRY-RULE-01: 80 for 50 on R1 and 20 and 30 on R2, oldest due first.

    Tryton spends one receipt over both accounts; here the bookkeeper says how much
    of it goes to which, and the rest is the same.
    """
    theirs = {"unapplied": [], "open": ["C 20.00"]}
    ledger = load(
        "".join(
            f'2026-01-01 * "Acme" "{label}"\n  customer: "Acme"\n  due: {due_date}\n'
            f"  Assets:Receivable:{account}  {amount} EUR\n  Income:Services\n"
            for label, account, amount, due_date in [
                ("A", "R1", "50.00", "2026-01-01"),
                ("B", "R2", "20.00", "2026-01-01"),
                ("C", "R2", "30.00", "2026-12-31"),
            ]
        )
        + '2026-01-02 * "Acme" "Receipt"\n  customer: "Acme"\n'
        "  Assets:Bank  80.00 EUR\n"
        "  Assets:Receivable:R1  -50.00 EUR\n  Assets:Receivable:R2  -30.00 EUR\n"
    )
    assert standing(ledger, "2026-06-30") == (theirs["open"], theirs["unapplied"])


@pytest.mark.parametrize(
    ("as_of", "is_open"),
    [("2026-01-01", ["INV 100.00"]), ("2026-01-02", [])],
)
@pytest.mark.parametrize("case", ["ERP-AR-10"])
def test_a_payment_after_the_as_of_date_does_not_exist(
    case: str, as_of: str, is_open: list[str]
) -> None:
    del case
    text = invoice("100.00") + credit("100.00")
    assert standing(load(text), as_of) == (is_open, [])


@pytest.mark.parametrize(
    ("as_of", "is_open"),
    [
        ("2026-01-01", ["A 100.00", "B 100.00"]),
        ("2026-01-02", ["A 50.00", "B 50.00"]),
    ],
)
@pytest.mark.parametrize("case", ["ERP-AR-12"])
def test_one_entry_pays_two_invoices_in_part(
    case: str, as_of: str, is_open: list[str]
) -> None:
    del case
    text = (
        invoice("100.00", name="A")
        + invoice("100.00", name="B")
        + '2026-01-02 * "Acme" "Payment"\n  Assets:Bank  100.00 EUR\n'
        '  Assets:Receivable:Acme  -50.00 EUR\n    invoice: "A"\n'
        '  Assets:Receivable:Acme  -50.00 EUR\n    invoice: "B"\n'
    )
    assert standing(load(text), as_of) == (is_open, [])


@pytest.mark.parametrize("case", ["ERP-AR-15"])
def test_a_customer_s_invoices_add_up(case: str) -> None:
    del case
    ledger = load(invoice("100.00", name="A") + invoice("85.00", name="B"))
    report = ledger.report("2026-01-01")
    assert [row.total for row in report.customers] == [Decimal("185.00")]
    assert [row.total for row in report.totals] == [Decimal("185.00")]


def test_one_overdue_instalment_of_two() -> None:
    """ERP-DUN-04: half due after 5 days, half after 10, looked at on the sixth."""
    text = invoice("100.00", "50% net 5, 50% net 10")
    assert load(text).lines("2026-01-07") == [
        (
            "1: Overdue: INV 1/2, Acme: 50.00 of 50.00 EUR open, due 2026-01-06, "
            "1 day overdue (Assets:Receivable:Acme)"
        )
    ]
    paid = text + credit("50.00")
    assert load(paid).lines("2026-01-07") == []
    assert standing(load(paid), "2026-01-07") == (["INV 2/2 50.00"], [])


def test_prepayments_and_refunds() -> None:
    """GNC-AGE-03: GnuCash's customer report, with its lots as references.

    Two payments to one invoice, a credit note left alone, one set off against an
    invoice, a prepayment in two lots, one paid back in full and one by 10 too much.
    """
    steps = [
        ("1980-01-13", "11.50", "INV-1"),
        ("1980-03-18", "-1.50", "INV-1"),
        ("1980-03-20", "-2.00", "INV-1"),
        ("1980-05-13", "6.75", "INV-2"),
        ("1980-06-22", "-3.00", "CN-3"),
        ("1980-06-24", "28.00", "INV-3"),
        ("1980-06-25", "-27.00", "INV-3"),
        ("1980-06-26", "-1.00", "INV-3"),
        ("1980-06-28", "-120.00", "LOT-1"),
        ("1980-06-28", "-40.00", "LOT-2"),
        ("1980-06-29", "120.00", "LOT-1"),
        ("1980-06-30", "50.00", "LOT-2"),
    ]
    running = {
        "1980-01-13": "11.50",
        "1980-03-18": "10.00",
        "1980-03-20": "8.00",
        "1980-05-13": "14.75",
        "1980-06-22": "11.75",
        "1980-06-24": "39.75",
        "1980-06-25": "12.75",
        "1980-06-26": "11.75",
        "1980-06-28": "-148.25",
        "1980-06-29": "-28.25",
        "1980-06-30": "21.75",
    }
    ledger = load(
        "".join(
            f'{on} * "Acme" "Entry" ^{link}\n'
            f"  Assets:Receivable:Acme  {amount} EUR\n  Assets:Bank\n"
            for on, amount, link in steps
        )
    )
    assert {on: exact(ledger.report(on).totals[0].total) for on in running} == running
    assert standing(ledger, "1981-07-01") == (
        ["INV-1 8.00", "INV-2 6.75", "LOT-2 10.00"],
        ["-3.00"],
    )


# Invoice Ninja 5, metasfresh, om_account_followup: when the first reminder may go
# out. Here days count from the due date, as there in these cases.
@pytest.mark.parametrize(
    ("as_of", "step", "on"),
    [
        pytest.param("2026-03-01", "10 days", "2026-03-07", id="OM-FUP-02"),
        pytest.param("2026-03-22", "10 days", "2026-03-07", id="MET-DUN-01"),
    ],
)
def test_the_first_reminder(as_of: str, step: str, on: str) -> None:
    ledger = load(
        """
2026-01-01 custom "dunning-step" "standard" "10 days" 10
2026-01-01 custom "dunning-step" "standard" "30 days" 30
2026-01-01 * "Acme" "Website" ^INV-1
  due: 2026-02-25
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""
    )
    (aged,) = ledger.report(as_of).items
    assert aged.next is not None
    assert (aged.next.step.name, str(aged.next.date)) == (step, on)


@pytest.mark.parametrize("case", ["OM-FUP-07"])
@pytest.mark.parametrize(
    ("policy", "step", "on"),
    [("standard", "10 days", "2026-03-07"), ("strict", "1 day", "2026-02-26")],
)
def test_a_customer_may_have_another_policy(
    case: str, policy: str, step: str, on: str
) -> None:
    ledger = load(
        f"""
2026-01-01 custom "dunning-step" "standard" "10 days" 10
2026-01-01 custom "dunning-step" "standard" "30 days" 30
2026-01-01 custom "dunning-step" "strict" "1 day" 1
2026-01-01 custom "dunning-customer" "Acme"
  policy: "{policy}"
2026-01-01 * "Acme" "{case}" ^INV-1
  due: 2026-02-25
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""
    )
    (aged,) = ledger.report("2026-03-01").items
    assert aged.next is not None
    assert (aged.next.step.name, str(aged.next.date)) == (step, on)


@pytest.mark.parametrize(
    ("catch_up", "step"),
    [
        pytest.param("next", "10 days", id="OM-FUP-04 ours by default"),
        pytest.param("highest", "30 days", id="OM-FUP-04 theirs, and ours by option"),
    ],
)
def test_a_late_start_skips_no_step_unless_asked_to(catch_up: str, step: str) -> None:
    ledger = load(
        f"""
2025-01-01 custom "dunning-option" "catch-up" "{catch_up}"
2025-01-01 custom "dunning-step" "standard" "10 days" 10
2025-01-01 custom "dunning-step" "standard" "30 days" 30
2025-12-01 * "Acme" "Website" ^INV-1
  due: 2026-01-01
  Assets:Receivable:Acme  100.00 EUR
  Income:Services
"""
    )
    (aged,) = ledger.report("2026-03-01").items
    assert aged.next is not None
    assert aged.next.step.name == step
