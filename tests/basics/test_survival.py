"""What is read from a curve, against the definitions, day by day."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.basics.survival import Curve
from beancount_dunning.basics.survival import Ending
from beancount_dunning.basics.survival import Watch

spans = st.tuples(st.integers(-8, 12), st.integers(0, 12)).map(
    lambda one: (one[0], one[0] + one[1])
)
watches = st.lists(
    st.builds(
        lambda span, ending: (*span, ending),
        spans,
        st.sampled_from(Ending),
    ),
    max_size=30,
)


def test_by_hand() -> None:
    # Of ten, three are paid on day 2; one is then known no longer; of the six that are
    # left, three are paid on day 5: 7/10 * 3/6 are still open.
    curve = Curve(
        [
            *[(0, 2, Ending.PAID)] * 3,
            (0, 2, Ending.OPEN),
            *[(0, 5, Ending.PAID)] * 3,
            *[(0, 9, Ending.OPEN)] * 3,
        ]
    )
    assert [round(curve.share(0, day), 4) for day in (1, 2, 4, 5, 9)] == [
        *(0.0, 0.3, 0.3, 0.65, 0.65),
    ]
    assert [round(curve.share(day, 9), 4) for day in (3, 5, 6)] == [0.5, 0.5, 0.0]
    assert curve.median() == 5
    assert [curve.watched(day) for day in (-1, 0, 2, 3, 9, 10)] == [0, 10, 10, 6, 3, 0]
    assert [curve.known(0, day) for day in (2, 3, 9, 10)] == [10, 9, 9, 6]


def test_where_half_are_never_paid_there_is_no_median() -> None:
    watched = [(0, 1, Ending.PAID)] * 4 + [(0, 2, Ending.OPEN)] * 5
    assert Curve(watched).median() is None
    assert Curve([]).median() is None
    # Rounding keeps no half from being one: 23/24 * 22/23 * ... * 12/13.
    watched = [(0, day, Ending.PAID) for day in range(24)]
    assert Curve(watched).median() == 11


def test_who_is_paid_first_by_hand() -> None:
    # One of four is paid; one is overtaken; then one of the two that are left is paid.
    curve = Curve(
        [
            (0, 1, Ending.PAID),
            (0, 2, Ending.OVERTAKEN),
            (0, 3, Ending.PAID),
            (0, 9, Ending.OPEN),
        ]
    )
    assert (curve.paid_first(), curve.decided) == (0.5, 3)


@given(watches, spans)
def test_a_share_is_what_each_day_leaves(
    some: list[Watch], span: tuple[int, int]
) -> None:
    first, last = span
    left = Fraction(1)
    for day in range(first, last + 1):
        there = [one for one in some if one[0] <= day <= one[1]]
        paid = [one for one in there if one[1:] == (day, Ending.PAID)]
        left *= 1 - Fraction(len(paid), max(len(there), 1))
    curve = Curve(some)
    assert abs(curve.share(first, last) - (1 - left)) < 1e-9
    known = [
        begin
        for begin, end, ending in some
        if begin <= last <= end or (first <= end < last and ending is Ending.PAID)
    ]
    assert curve.known(first, last) == len(known)


@given(st.lists(st.tuples(st.integers(0, 20), st.sampled_from(Ending)), min_size=1))
def test_where_all_is_known_shares_are_plain(some: list[tuple[int, Ending]]) -> None:
    decided = [one for one in some if one[1] is not Ending.OPEN]
    curve = Curve((0, day, ending) for day, ending in decided)
    paid = [day for day, ending in decided if ending is Ending.PAID]
    if decided:
        assert abs(curve.paid_first() - len(paid) / len(decided)) < 1e-9
    alone = Curve((0, day, Ending.PAID) for day in paid)
    for day in range(21):
        share = sum(one <= day for one in paid) / max(len(paid), 1)
        assert abs(alone.share(0, day) - share) < 1e-9
    if paid:
        assert alone.median() == sorted(paid)[(len(paid) - 1) // 2]


@given(watches)
def test_nothing_overtaken_is_the_plain_curve(some: list[Watch]) -> None:
    curve = Curve(
        (0, last + 8, ending)
        for _, last, ending in some
        if ending is not Ending.OVERTAKEN
    )
    assert abs(curve.paid_first() - curve.share(0, 40)) < 1e-9
