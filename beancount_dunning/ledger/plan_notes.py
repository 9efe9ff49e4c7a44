"""Plans on notes: `plan:`, and the keys that say more about it.

2026-09-01 note Assets:Receivable:Acme "Ms Li agrees to parts" ^INV-2026-014
plan: "6 x 1 month from 2026-09-15"
interest: "runs"        ; interest goes on from the original due date
default-after: 7        ; a part that is so many days late ends the plan
instalment: "2/3"       ; the plan is about one instalment
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from beancount_dunning.basics.money import is_number
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.plans import FORMS
from beancount_dunning.ledger.plans import PlanError
from beancount_dunning.ledger.plans import parse_plan
from beancount_dunning.ledger.values import wrong_value

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from beancount.core.data import Note

    from beancount_dunning.ledger.plans import Plan

    Report = Callable[[Words], None]

# What a note says of a plan, beside the plan itself.
KEYS = ("interest", "default-after", "instalment")
_MOST_DAYS = 9999
_INSTALMENT = re.compile(r"[1-9]\d{0,3}/[1-9]\d{0,3}", re.ASCII)


def read_plan(note: Note, problem: Report) -> Plan | None:
    """Read what a note says of a plan.

    Args:
        note: The note.
        problem: Is told of each mistake.

    Returns:
        The plan; None where there is none, or it is not understood.
    """
    if "plan" not in note.meta:
        for key in KEYS:
            if key in note.meta:
                text = Words(
                    "{key}: says more about a plan, and the note has no plan:.", key=key
                )
                problem(text)
        return None
    plan = _plan(note, problem)
    return plan and _with_keys(plan, note, problem)


def _plan(note: Note, problem: Report) -> Plan | None:
    """Read the plan itself."""
    text = note.meta["plan"]
    if not isinstance(text, str):
        expected = Words("a text in quotes, like {forms}", forms=FORMS)
        problem(wrong_value("plan", expected, text))
        return None
    try:
        return parse_plan(text, note.date)
    except PlanError as error:
        problem(Words("plan: {reason}.", reason=error.reason))
        return None


def _with_keys(plan: Plan, note: Note, problem: Report) -> Plan | None:
    """Read the keys beside a plan; None where it is not known what it is about."""
    expected = {
        "interest": Words('"runs", or no such key'),
        "default-after": Words("a number of days from 1 on, like 7"),
        "instalment": Words('an instalment in quotes, like "2/3"'),
    }
    said = {key: note.meta[key] for key in KEYS if key in note.meta}
    wrong = [key for key, value in said.items() if not _IS_RIGHT[key](value)]
    for key in wrong:
        problem(wrong_value(key, expected[key], said.pop(key)))
    if "instalment" in wrong:
        return None
    return replace(
        plan,
        runs_on="interest" in said,
        default_after=int(said["default-after"]) if "default-after" in said else None,
        instalment=said.get("instalment"),
    )


def _is_days(value: Any) -> bool:  # noqa: ANN401 - what was typed
    return is_number(value) and value == int(value) and 1 <= value <= _MOST_DAYS


_IS_RIGHT: dict[str, Callable[[object], bool]] = {
    "interest": lambda value: isinstance(value, str) and value == "runs",
    "default-after": _is_days,
    "instalment": lambda value: (
        isinstance(value, str) and bool(_INSTALMENT.fullmatch(value))
    ),
}
