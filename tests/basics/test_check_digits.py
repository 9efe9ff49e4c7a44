"""Check digits, with the examples of those who made the rules."""

from __future__ import annotations

import pytest

from beancount_dunning.basics.check_digits import creditor_reference
from beancount_dunning.basics.check_digits import is_creditor_reference
from beancount_dunning.basics.check_digits import is_finnish
from beancount_dunning.basics.check_digits import is_iban
from beancount_dunning.basics.check_digits import is_luhn
from beancount_dunning.basics.check_digits import is_modulo_11
from beancount_dunning.basics.check_digits import is_swiss
from beancount_dunning.basics.check_digits import is_wrong
from beancount_dunning.basics.check_digits import payloads

QR = "210000000003139471430009017"
CREDITOR = "rf18539007547034"


@pytest.mark.parametrize("text", [CREDITOR, "rf712348231", "rf45g72uur"])
def test_creditor_references_are_right_as_a_whole(text: str) -> None:
    swapped = text[:-2] + text[-1] + text[-2]
    assert is_creditor_reference(text)
    assert not is_wrong(text)
    assert not is_creditor_reference(swapped)
    assert is_wrong(swapped)


def test_other_words_that_begin_so_are_none() -> None:
    assert not is_creditor_reference("rf-2026")
    assert not is_wrong("rf1")


@pytest.mark.parametrize(
    "text", ["de89370400440532013000", "no9386011117947", "ch9300762011623852957"]
)
def test_ibans(text: str) -> None:
    assert is_iban(text)
    assert not is_iban(text[:-1] + str((int(text[-1]) + 1) % 10))
    assert not is_iban(text[2:])


def test_swiss_references_have_26_or_27_digits() -> None:
    wrong = QR[:-1] + "8"
    assert is_swiss(QR)
    assert is_swiss(QR[1:]) == (QR[0] == "0")
    assert not is_swiss(QR[:-2])
    assert not is_wrong(QR)
    assert is_wrong(wrong)


@pytest.mark.parametrize(
    ("check", "number", "digit"),
    [
        (is_finnish, "1234567", "2"),
        (is_finnish, "24", "6"),
        (is_luhn, "1234567", "4"),
        (is_luhn, "7992739871", "3"),
        (is_modulo_11, "1234567", "4"),
        (is_modulo_11, "22", "1"),
    ],
)
def test_one_digit_is_right(check: object, number: str, digit: str) -> None:
    assert callable(check)
    right = [one for one in "0123456789" if check(number + one)]
    assert right == [digit]


@pytest.mark.parametrize("check", [is_finnish, is_luhn, is_modulo_11])
@pytest.mark.parametrize("digits", ["0", "0" * 26])
def test_a_length_that_no_reference_has(check: object, digits: str) -> None:
    assert callable(check)
    assert not check(digits)


def test_what_a_reference_was_made_of() -> None:
    assert list(payloads("12345672")) == ["1234567"]
    assert list(payloads("12345673")) == []
    assert list(payloads(QR)) == [QR[:-1]]

    assert list(payloads("12345682")) == ["1234568", "123456"]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        # The example of the standard.
        ("539007547034", "RF18539007547034"),
        ("2348231", "RF712348231"),
        ("g72uur", "RF45G72UUR"),
        ("re-1", "RF32RE1"),
        ("1" * 22, None),
        ("Größe", None),
        ("--", None),
    ],
)
def test_a_creditor_reference_is_made(number: str, expected: str | None) -> None:
    assert creditor_reference(number) == expected


def test_every_creditor_reference_made_is_right() -> None:
    for number in range(1, 300):
        found = creditor_reference(f"INV-{number}")
        assert found is not None
        assert len(found) == 7 + len(str(number))
        assert is_creditor_reference(found.lower())
