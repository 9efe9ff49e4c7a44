"""Tables: how numbers are written in them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from beancount_dunning.formats.tables import percent


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0.0, "0 %"),
        (0.004, "0 %"),
        (1 / 8, "13 %"),
        (29 / 200, "15 %"),  # 14.499999999999998 as a float
        (0.144, "14 %"),
        (Decimal("0.125"), "13 %"),
        (Decimal("-0.254"), "-25 %"),
        (1.0, "100 %"),
    ],
)
def test_a_share_is_rounded_to_whole_percents(
    share: float | Decimal, written: str
) -> None:
    assert percent(share) == written
