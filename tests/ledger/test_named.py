"""Which invoices a text names, as banks of several countries write texts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from beancount.core.data import Transaction
from hypothesis import example
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.ledger.bank_text import may_name
from beancount_dunning.ledger.named import Doubt
from beancount_dunning.ledger.named import Numbers
from beancount_dunning.ledger.named import pick
from beancount_dunning.ledger.named import spellings
from beancount_dunning.ledger.named import texts

if TYPE_CHECKING:
    from tests.conftest import Ledger

INVOICE = "INV-2026-014"
QR = "21000000000313947143000901"
FULL_WIDTH = {code: code + 0xFEE0 for code in range(ord("!"), ord("~"))}


def named(text: str, *numbers: str, is_payer: bool = True) -> list[str]:
    """Return which of some numbers a text names."""
    index = Numbers({number: [number] for number in numbers or (INVOICE,)})
    found = index.find([text])
    return [
        mention.reference for mention in found if is_payer or not mention.needs_payer
    ]


@pytest.mark.parametrize(
    "text",
    [
        "INV-2026-014",
        "inv 2026/014",
        "Inv.2026.014",
        "INV,2026,014",
        "INV2026014",
        "INV-2026-14",
        "INV-02026-0014",
        "INV202614",
        INVOICE.translate(FULL_WIDTH),
        "INV\N{NON-BREAKING HYPHEN}2026\N{NON-BREAKING HYPHEN}014",
        "INV-2026-0 14",
        "I N V - 2 0 2 6 - 0 1 4",
        "2026-014",
        "2026014",
        "Rechnung-2026-014",
        "Rg-Nr. 2026-014",
        "RE/2026-014",
        "№2026-014",
        "#2026-014.",
        "(2026-014)",
        "invoice no.: 2026-014, thank you",
        "INV-2026-014/015",
        "INV-2026-014 EUR 1190.00",
        "1.190,00 EUR INV-2026-014 vom 14.09.2026",
        "IBAN DE89 3704 0044 0532 0130 00 INV-2026-014",
        "IBAN: DE89370400440532013000 INV-2026-014",
        "DE89 3704 0044 0532 0130 00 2026-014",
        "NO11 2222 3333 4444 2026-014",
        "SWIFT INV-2026-014",
        "货款INV-2026-014付款",
    ],
)
def test_a_name_may_be_written_otherwise(text: str) -> None:
    assert named(text, is_payer=False) == [INVOICE]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thank you",
        "INV-2026-0141",
        "INV-2026-0147",
        "INV-20260147",
        "2026/0147",
        "XINV-2026-014",
        "INV-2026-014x",
        "INV-2026-014-2",
        "INV-2026-014-A",
        "4711-2026-014",
        "2026",
        "INV-2026",
        "INV 14",
        "014",
        "GS-2026-014",
        "RG2026014",
        "Gutschrift Nr. 2026-014",
        "Kundennr. 2026014",
        "order no 2026-014",
        "订单2026-014",
        "EUR 2026014",
        "2026014 EUR",
        "2026014,00",
        "2.026.014,00",
        "2026014元",
        "EREF+INV-2026-014 SVWZ+Miete",
        "SVWZ+Miete EREF+INV-2026-014",
        "/EREF/INV-2026-014/REMI/rent",
        "TRN*1*INV2026014*1234567890",
        "TRACE NO: 2026014",
        "IBAN: INV-2026-014",
        "INV, 2026, 014",
        "IBAN DE89 3704 0044 2026 0140 00",
    ],
)
def test_what_only_looks_like_it_is_another(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        # SEPA, as in MT940 and on statements.
        ("SVWZ+RECHNUNG INV-2026-014ABWA+ACME HOLDING", True),
        ("EREF+NOTPROVIDED KREF+4711 SVWZ+RE 2026014 DANKE BIC+DEUTDEFF", True),
        ("EREF+4711 RECHNUNG INV-2026-014", True),
        ("ABWA+AUFTRAG SVWZ+2026-014", True),
        ("/TRTP/SEPA OVERBOEKING/NAME/ACME BV/REMI/INV-2026-014/EREF/X1", True),
        # The remittance of an ACH payment, ANSI X12 820.
        ("TRN*1*71700666*1\\RMR*IV*INV-2026-014**1190.00\\", True),
        ("BACS ACME LTD INV2026014", True),
        # Norway, Sweden, Finland: the number and its check digit.
        ("KID: 20260147", True),
        ("OCR 20260147", True),
        ("OCR 20260148", False),
        ("VIITE 20260149", True),
        ("VIITE 2026 0149", True),
        # A slip in any other place than after "KID" is no number at all.
        ("20260148", False),
        # Switzerland, with the number padded to 26 digits.
        ("000000000000000000020260147", True),
        ("000000000000000000020260148", False),
        ("00 00000 00000 00000 00202 60147", True),
        # ISO 11649.
        ("RF47INV2026014", True),
        ("RF47 INV2 0260 14", True),
        ("/REMI/STRD/RF472026014", False),
        ("RF48 INV2 0260 14", False),
        ("RF48 INV2026014", False),
    ],
)
def test_texts_of_banks(text: str, *, names: bool) -> None:
    assert named(text) == [INVOICE] * names


def test_bare_digits_with_a_blank_need_the_payer() -> None:
    assert named("2026 014") == [INVOICE]
    assert named("2026 014", is_payer=False) == []
    assert named("INV 2026 014", is_payer=False) == [INVOICE]
    assert named("2026 014, 2026-014", is_payer=False) == [INVOICE]


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("4711 Kölnisch Wasser", Doubt.AMOUNT),
        ("Call 0049 4711", Doubt.AMOUNT),
        ("Wohnung Nr. 4711", Doubt.AMOUNT),
        ("EREF+1 Rechnung SVWZ+4711", Doubt.AMOUNT),
        ("004711", Doubt.AMOUNT),
        ("47 11", Doubt.PAYER | Doubt.AMOUNT),
        ("R-4711", Doubt.NONE),
        ("4711, R 4711", Doubt.NONE),
        ("Rechnung 4711", Doubt.NONE),
        ("Invoice no. 4711", Doubt.NONE),
        ("发票号 4711", Doubt.NONE),
    ],
)
def test_a_few_bare_digits_need_the_amount(text: str, doubt: Doubt) -> None:
    (mention,) = Numbers({"R-4711": ["R-4711"]}).find([text])
    assert mention.doubt == doubt


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("2026014", Doubt.NONE),
        ("2026 014", Doubt.PAYER),
        ("Rechnung 20261014", Doubt.PAYER | Doubt.AMOUNT),
    ],
)
def test_many_bare_digits_are_a_name_unless_they_may_be_a_date(
    text: str, doubt: Doubt
) -> None:
    numbers = {name: [name] for name in (INVOICE, "2026-1014")}
    (mention,) = Numbers(numbers).find([text])
    assert mention.doubt == doubt


def test_a_check_digit_is_sure_after_a_word_for_it() -> None:
    assert named("201456", "20145") == ["20145"]
    assert named("201456", "20145", is_payer=False) == []
    assert named("KID 201456", "20145", is_payer=False) == ["20145"]
    assert named("VIITE 2014 56", "20145", is_payer=False) == ["20145"]
    assert named("210000000003139471430009017", QR, is_payer=False) == [QR]
    assert named("2101", "210") == []


def test_what_may_be_a_month_needs_the_payer_and_to_be_written_so() -> None:
    assert named("Rechnung 2026-10", "2026-10") == ["2026-10"]
    assert named("Rent 2026-10", "2026-10", is_payer=False) == []
    assert named("Rent 10/2026", "102-026") == []
    assert named("on 10/14", "1014") == []
    assert named("at 10:14", "1014") == []


def test_a_date_is_a_name_with_the_letters_of_the_number() -> None:
    number = "RE-2026-10-14"
    assert named("RE-2026-10-14", number) == [number]
    assert named("RE 2026.10.14", number) == [number]
    assert named("on 2026-10-14", number) == []
    assert named("14.10.2026", "INV-14102026") == []
    assert named("20261014", number) == []
    assert named("INV 14.10.2026", "INV-14") == []
    assert named("INV-1/2", "INV-1") == ["INV-1"]
    assert named("Rechnung 20261014", "2026-1014") == ["2026-1014"]
    assert named("Rechnung 20261014", "2026-1014", is_payer=False) == []
    assert named("Datum 20261014", "2026-1014") == []


def test_a_number_with_a_point_is_no_amount_where_its_letters_are_there() -> None:
    assert named("INV-2026.14", "INV-2026.14") == ["INV-2026.14"]
    assert named("2026.14", "INV-2026.14") == []
    assert named("INV 1190,00", "INV-1190") == []


def test_short_numbers_and_years_are_no_names() -> None:
    assert named("A-1 12 INV", "A-1", "12", "INV") == []
    assert named("INV-2 2026", "INV-2", "2026") == ["INV-2"]
    assert named("INV 2026", "INV-2026") == ["INV-2026"]
    assert named("A1", "A-0001") == []


def test_zeros_are_no_letters() -> None:
    assert named("Payment for INV 2", "INV-000002") == ["INV-000002"]
    assert named("INV-0", "INV-000") == ["INV-000"]


def test_the_number_as_it_is_typed_goes_before_one_that_is_nearly_it() -> None:
    numbers = ("INV-20-2614", "INV-2026-14", "INV-2026-014")
    assert named("INV-2026-14", *numbers) == ["INV-2026-14"]
    assert named("INV-2026-014", *numbers) == ["INV-2026-014"]
    assert named("inv202614", *numbers) == ["INV-20-2614", "INV-2026-14"]


def test_two_of_which_one_is_meant_share_a_word() -> None:
    numbers = ("INV-2026-014", "RE-2026-014")
    index = Numbers({number: [number] for number in numbers})
    first, second = index.find(["Payment 2026-014"])
    assert first.word == second.word == "2026014"


def test_a_number_that_may_be_two_names_both() -> None:
    numbers = ("INV-20", "INV-2026")
    assert named("INV-20 26", *numbers) == ["INV-20", "INV-2026"]
    assert named("INV-2026", *numbers) == ["INV-2026"]


def test_several_numbers_in_one_text() -> None:
    numbers = ("2026-013", "2026-014", "INV-15", "INV-1516")
    assert named("2026014,2026013;INV-15, 16", *numbers) == [
        "2026-013",
        "2026-014",
        "INV-15",
    ]
    assert named("2026-014,-013", *numbers) == ["2026-014"]
    assert named("RE 2026013/2026014", *numbers) == ["2026-013", "2026-014"]


def test_cjk_letters_are_a_part_of_a_number_or_not() -> None:
    number = "发票2026-077"
    assert named("货款 发票2026-077", number) == [number]
    assert named("2026077货款", number) == [number]


def test_a_number_may_end_in_a_letter() -> None:
    assert named("2026-014A-Acme", "INV-2026-014A") == ["INV-2026-014A"]
    assert named("2026-014", "INV-2026-014A") == []


def test_the_reference_of_an_invoice_names_it(ledger: Ledger) -> None:
    """
    2026-10-14 * "Acme" "Poster" ^A-1
      reference: "RF18 5390 0754 7034; 4711-0815 ; "
      Assets:Receivable:Acme  100 EUR
        reference: "210000000003139471430009017"
      Income:Sales
    2026-10-14 * "Acme" "Flyer" ^A-2
      reference: "RF19 5390 0754 7034; 210000000003139471430009018"
      Assets:Receivable:Acme  100 EUR
        reference: 12
      Income:Sales
    """
    entries = [entry for entry in ledger.entries if isinstance(entry, Transaction)]
    index = Numbers(
        {
            link: spellings(link, entry.postings[0].meta, entry.meta)
            for entry in entries
            for link in entry.links
        }
    )

    def found(text: str) -> list[tuple[str, bool]]:
        return [(one.reference, one.needs_payer) for one in index.find([text])]

    assert found("RF18539007547034 thanks") == [("A-1", False)]
    assert found("RF18 5390 0754 7034") == [("A-1", False)]
    assert found("47110815") == [("A-1", False)]
    assert found("21 00000 00003 13947 14300 09017") == [("A-1", False)]
    # The check digits of these are wrong.
    assert found("RF19539007547034") == []
    assert found("210000000003139471430009018") == []


def test_texts_are_what_people_and_banks_say(ledger: Ledger) -> None:
    """
    2026-10-20 * "Acme" "INV-1"
      invoice: "INV-2"
      remittance: "INV-3"
      iban: "INV-4"
      number: 5
      day: 2026-10-20
      Assets:Bank  100 EUR
        memo: "INV-6"
      Assets:Receivable:Acme  -100 EUR
        customer: "INV-7"
        memo: "INV-8"
    2026-10-20 *
      Assets:Bank  100 EUR
      Assets:Receivable:Acme
    """
    found = [
        texts(entry, entry.postings[1])
        for entry in ledger.entries
        if isinstance(entry, Transaction)
    ]
    assert found == [["Acme", "INV-1", "INV-3", "INV-8"], []]


@pytest.mark.parametrize(
    ("open_amounts", "amount", "picked"),
    [
        ("100 60 40", "100", (0,)),
        ("100 100 40", "100", None),
        ("100 60 40", "200.00", (0, 1, 2)),
        ("100 60 40", "140", (0, 2)),
        ("100 60 41", "142", None),
        ("50 60 50", "110", None),
    ],
)
def test_the_amount_says_which_of_several_is_meant(
    open_amounts: str, amount: str, picked: tuple[int, ...] | None
) -> None:
    amounts = [Decimal(one) for one in open_amounts.split()]
    assert pick(amounts, Decimal(amount)) == picked


# Three letters may be a currency, and what follows it an amount.
NUMBERS = st.from_regex(
    r"[A-Z]{2}([A-Z]{2})?[-/.]?[1-9][0-9]{3}[-/][0-9]{1,3}[1-9]", fullmatch=True
)


@profile(deadline=None)
@given(
    NUMBERS, st.sampled_from(["-", "/", ".", "_", " ", ":", "#", "*", ""]), st.data()
)
def test_other_separators_and_case_change_nothing(
    number: str, separator: str, data: st.DataObject
) -> None:
    written = "".join(sign if sign.isalnum() else separator for sign in number)
    written = data.draw(st.sampled_from([written, written.lower(), written.title()]))
    text = data.draw(st.sampled_from(["{}", "paid {} today", "SVWZ+{}ABWA+Acme"]))
    assert named(text.format(written), number, is_payer=False) == [number]


@profile(deadline=None)
@given(NUMBERS, st.text("AZaz09", max_size=2), st.text("AZaz09", max_size=2))
def test_a_part_of_a_longer_word_is_no_name(
    number: str, before: str, after: str
) -> None:
    longer = before + number + after
    assert named(longer, number) == ([number] if longer == number else [])


@profile(deadline=None)
@given(
    st.lists(st.text(max_size=40)),
    st.lists(st.one_of(st.text(max_size=12), NUMBERS), unique=True, max_size=4),
)
@example(["\ud800 1234 RF18"], ["1234", "\ud800-1234"])
@example(["\N{ARABIC-INDIC DIGIT ONE}234 \N{SUPERSCRIPT TWO}026"], ["2026-1"])
def test_any_text_and_any_number_can_be_read(
    several: list[str], numbers: list[str]
) -> None:
    index = Numbers({number: [number] for number in numbers})
    found = index.find([*several, *numbers])
    assert [one.reference for one in found] == sorted({one.reference for one in found})


@profile(deadline=None)
@given(
    st.lists(st.one_of(st.text("INV-/ 01245.", max_size=30), NUMBERS), max_size=4),
    st.lists(st.one_of(st.text("INV-01245", max_size=8), NUMBERS), max_size=6),
)
@example(["INV-02026-0000000014"], [INVOICE, "INV-1"])
@example(["RF18 5390 0754 7034"], ["539007547034", "4711"])
@example([QR], ["2100000000031394714300090", "4711"])
@example(["kid 12345674"], ["1234567", "123456"])
@example([INVOICE.translate(FULL_WIDTH)], [INVOICE, "R-4711"])
def test_numbers_that_no_text_may_name_play_no_part(
    several: list[str], numbers: list[str]
) -> None:
    near = filter(may_name(several), numbers)
    index = Numbers({number: [number] for number in numbers})
    assert Numbers({number: [number] for number in near}).find(several) == index.find(
        several
    )


def test_most_numbers_may_not_be_named() -> None:
    is_near = may_name([f"Rechnung {INVOICE} vom 3. Mai", "Danke"])
    assert is_near(INVOICE)
    assert not is_near("INV-2026-015")


def test_how_many_zeros_are_too_many_is_the_same_whatever_else_is_known() -> None:
    text = "INV-2026-0000000014"
    assert named(text, INVOICE) == named(text, INVOICE, "INV-2026-0000000000000015")
