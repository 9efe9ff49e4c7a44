"""A letter in one short message: never longer than one, never cut in a word."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from beancount_dunning.answers.contents import Bill
from beancount_dunning.answers.contents import Contents
from beancount_dunning.answers.contents import Payment
from beancount_dunning.answers.contents import Tone
from beancount_dunning.formats.country import LANGUAGES
from beancount_dunning.formats.how_to_pay import HowToPay
from beancount_dunning.formats.letters import Writer
from beancount_dunning.ledger.customers import Customer
from beancount_dunning.ledger.paying import PayLink

if TYPE_CHECKING:
    from collections.abc import Sequence

_BILL = Bill(
    "INV-2026-014",
    date(2026, 9, 14),
    "Website",
    "",
    "EUR",
    Decimal("1190.00"),
    (),
    (),
    Decimal("1190.00"),
    Decimal(),
    Decimal("605.00"),
    date(2026, 10, 14),
    6,
)


def short(
    sender: str,
    *,
    tone: Tone = Tone.FIRM,
    bills: Sequence[Bill] = (_BILL,),
    language: str = "en",
    link: str = "https://pay.example/{invoice}",
) -> str:
    said = Contents(
        tone,
        None,
        Customer("Acme"),
        None,
        language,
        sender,
        date(2026, 10, 20),
        tuple(bills),
        pay_by=date(2026, 10, 27),
        payments=(
            Payment(date(2026, 10, 1), Decimal(7), "EUR", ()),
            Payment(date(2026, 10, 2), Decimal(3), "EUR", ()),
        ),
    )
    return Writer(HowToPay({}, PayLink(link))).write(said).short


def test_who_how_much_since_when_and_where() -> None:
    assert short("Atelier Nord") == (
        "Atelier Nord: invoice INV-2026-014, €605.00, has been overdue since October "
        "14, 2026. Pay: https://pay.example/INV-2026-014"
    )
    assert short("北方", language="zh", link="https://pay.cn/1") == (
        "【北方】账单INV-2026-014，€605.00，2026年10月14日到期未付。付款：https://pay.cn/1"
    )
    assert short("", tone=Tone.NOTICE).startswith(
        "Invoice INV-2026-014, €605.00, is due"
    )
    assert short("Nord", tone=Tone.TODAY).startswith("Nord: invoice INV-2026-014, €605")
    thanked = short("Nord", tone=Tone.THANKS, bills=())
    assert thanked == "Nord: thank you for your payment of €10.00."


def test_of_several_invoices_the_sum() -> None:
    other = replace(_BILL, invoice="INV-2026-015", asked=Decimal(5))
    assert short("Nord", bills=(_BILL, other)) == (
        "Nord: 2 invoices, €610.00, have been overdue since October 14, 2026."
    )


@pytest.mark.parametrize(
    ("sender", "number", "link", "begins", "ends"),
    [
        # Words of the sender's name are left out, then the number, then the link.
        ("Atelier Nord " * 6, "INV-1", "https://pay.example/1", "Atelier", "example/1"),
        (
            "Nord",
            "INV-" + "1" * 90,
            "https://pay.example/1",
            "Nord: 1 inv",
            "example/1",
        ),
        ("Nord", "INV-1", f"https://pay.example/{'1' * 99}", "Nord: invoice", "2026."),
    ],
)
def test_what_is_too_long_is_left_out_by_words(
    sender: str, number: str, link: str, begins: str, ends: str
) -> None:
    found = short(sender, bills=(replace(_BILL, invoice=number),), link=link)
    assert len(found) <= 160
    assert found.startswith(begins)
    assert found.endswith(ends)
    assert "€605.00" in found
    name = found.partition(":")[0].removesuffix("…")
    assert {*name.split()} <= {*sender.split()}


def test_what_cannot_be_shorter_is_whole() -> None:
    found = short("N" * 200, link="https://pay.example/1")
    assert found.endswith("October 14, 2026.")
    assert found.startswith("N" * 200 + ": ")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tone", Tone)
def test_a_message_in_each_language_fits(language: str, tone: Tone) -> None:
    bills = () if tone == Tone.THANKS else (_BILL,)
    found = short("Atelier Nord", tone=tone, bills=bills, language=language)
    assert len(found) <= (70 if language in {"zh", "zh_Hant_TW", "ja"} else 160)
    assert "Atelier Nord" in found or "Atelier…" in found
    assert ("10" if tone == Tone.THANKS else "605") in found
    assert "\n" not in found
