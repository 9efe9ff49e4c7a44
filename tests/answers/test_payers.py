"""Who paid, from what a bank calls the payer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from beancount_dunning.answers.payers import Payers

YILMAZ = "Y\N{LATIN SMALL LETTER DOTLESS I}lmaz İnşaat A.Ş."
NAMES = (
    "Müller & Söhne GmbH",
    "Schreinerei Holzmann und Partner KG",
    "Schreinerei Holzer KG",
    "Acme GmbH",
    "Acme AG",
    "Żółw Sp. z o.o.",
    "Café Cœur S.A.R.L.",
    YILMAZ,
    "Guðrún Þórsdóttir",
    "Anna Sommer",
    "Nordwind",
    "Nordwind Berlin",
    "Li",
    "上海明月有限公司",
    "株式会社東京印刷",
    "王伟",
)


def payer(
    payee: str,
    *texts: str,
    spelled: dict[str, str] | None = None,
    paid: tuple[tuple[str, str], ...] = (),
) -> str | None:
    """Return who paid."""
    payers = Payers(NAMES, spelled or {}, paid)
    found = payers.find(payee, filter(None, (payee, *texts)))
    assert payers.find(payee, filter(None, (payee, *texts))) == found
    return found.customer if found else None


@pytest.mark.parametrize(
    ("payee", "customer"),
    [
        ("MUELLER UND SOEHNE GMBH", "Müller & Söhne GmbH"),
        ("Muller + Sohne", "Müller & Söhne GmbH"),
        ("MÜLLER SÖHNE", "Müller & Söhne GmbH"),
        ("SCHREINEREI HOLZMANN UND PA", "Schreinerei Holzmann und Partner KG"),
        ("SCHREINEREI HOLZ", None),
        ("Schreiner", None),
        ("ACME GMBH", "Acme GmbH"),
        ("acme", None),
        ("ZOLW SP Z OO", "Żółw Sp. z o.o."),
        ("CAFE COEUR SARL", "Café Cœur S.A.R.L."),
        ("YILMAZ INSAAT AS", YILMAZ),
        ("GUDRUN THORSDOTTIR", "Guðrún Þórsdóttir"),
        ("Café Cœur", "Café Cœur S.A.R.L."),
        ("SOMMER, ANNA", "Anna Sommer"),
        ("ANNA SOMMER UND PETER SOMMER", "Anna Sommer"),
        ("Li", "Li"),
        ("Li Wei", None),
        ("NORDWIND", "Nordwind"),
        ("Nordwind Berlin OHG", "Nordwind Berlin"),
        ("Nordwind Hamburg", "Nordwind"),
        ("上海明月", "上海明月有限公司"),
        ("东京印刷", None),
        ("東京印刷株式会社", "株式会社東京印刷"),
        ("上海明月有限公司货款", "上海明月有限公司"),
        ("王伟", "王伟"),
        ("王伟明", None),
        ("Somebody", None),
        ("", None),
    ],
)
def test_a_bank_spells_names_its_own_way(payee: str, customer: str) -> None:
    assert payer(payee) == customer


def test_a_whole_name_in_a_text_counts() -> None:
    assert payer("M Sommer", "for Anna Sommer, thank you") == "Anna Sommer"
    assert payer("", "for MUELLER SOEHNE") == "Müller & Söhne GmbH"
    assert payer("M Sommer", "for Anna Sommer and Nordwind Berlin") is None
    assert payer("M Sommer", "for Anna Sommerfeld") is None


def test_a_file_says_who_pays() -> None:
    spelled = {"Acme AG": "J. Doe; ; ACME HOLDING", "Acme GmbH": ""}
    assert payer("J Doe", spelled=spelled) == "Acme AG"
    assert payer("Acme Holding", spelled=spelled) == "Acme AG"
    assert payer("Acme Holding", spelled={**spelled, "Li": "Acme Holding"}) is None


def test_who_paid_for_one_customer_alone_is_learned() -> None:
    paid = (("Maria Sommer", "Anna Sommer"), ("MARIA SOMMER", "Anna Sommer"))
    assert payer("maria sommer", paid=paid) == "Anna Sommer"
    assert payer("maria sommer", paid=(*paid, ("Maria Sommer", "Li"))) is None


def test_a_customer_s_own_name_is_not_learned_for_another() -> None:
    assert payer("Nordwind", paid=(("Nordwind", "Li"), ("&", "Li"))) == "Nordwind"


def test_a_customer_without_a_name_is_nobody() -> None:
    assert Payers(["", " "], {}, []).find("", [""]) is None


@profile(deadline=None)
@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=4))
def test_any_text_can_be_read(payee: str, names: list[str]) -> None:
    payers = Payers(names, dict.fromkeys(names, payee), [(payee, "Acme")])
    found = payers.find(payee, [payee, *names])
    assert found is None or found.customer in {*names, "Acme"}
