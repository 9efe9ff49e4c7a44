"""Why a day was moved: nobody works on it, and by which rule the next one counts.

moved(workdays, date(2026, 10, 31), date(2026, 11, 2))
# Saturday 2026-10-31, so Monday 2026-11-02
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.basics.words import Words

if TYPE_CHECKING:
    from datetime import date

    from beancount_dunning.ledger.workdays import Workdays


def moved(workdays: Workdays, meant: date, day: date) -> Words:
    """Say on which day nobody works, and which one counts.

    Args:
        workdays: The days on which somebody works.
        meant: The day on which nobody does.
        day: The one that counts.

    Returns:
        Both with their weekdays; a holiday that is on no weekend with its name.
    """
    facts = {
        "weekday": _weekday(meant),
        "day": meant,
        "next_weekday": _weekday(day),
        "next_day": day,
    }
    holiday = workdays.holiday(meant)
    if holiday is None:
        return Words("{weekday} {day}, so {next_weekday} {next_day}", **facts)
    return Words(
        "{weekday} {day}, {holiday}, so {next_weekday} {next_day}",
        holiday=holiday,
        **facts,
    )


def moved_by_rule(workdays: Workdays, meant: date, day: date) -> Words:
    """Say on which day nobody works, which one counts, and why a debt then waits.

    In Germany a payment that falls due on a Saturday, a Sunday or a holiday is due on
    the next working day by § 193 BGB, and no one is late before it has passed (BGH,
    judgement of 1 February 2007, III ZR 159/06). Elsewhere it is the custom.

    Args:
        workdays: The days on which somebody works.
        meant: The day on which something would be due.
        day: The day on which it is.

    Returns:
        The same as `moved`, and the rule.
    """
    why = moved(workdays, meant, day)
    if workdays.is_german:
        return Words("{moved} (§ 193 BGB, BGH III ZR 159/06)", moved=why)
    return Words("{moved} (by custom)", moved=why)


def _weekday(day: date) -> Words:
    return (
        Words("Monday"),
        Words("Tuesday"),
        Words("Wednesday"),
        Words("Thursday"),
        Words("Friday"),
        Words("Saturday"),
        Words("Sunday"),
    )[day.weekday()]
