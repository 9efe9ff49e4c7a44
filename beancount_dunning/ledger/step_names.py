"""What the steps of the built-in policies are called, in words that can be translated.

    step_name("first reminder")   # Words("first reminder")
    step_name("erste Mahnung")    # as it is typed

A ledger has the English names, in every language; a page or a calendar shows them in
its own.
"""

from __future__ import annotations

from beancount_dunning.basics.words import Words

_NAMES = {
    str(name): name
    for name in (
        Words("upcoming"),
        Words("due today"),
        Words("first reminder"),
        Words("second reminder"),
        Words("final notice"),
        Words("stop-loss review"),
    )
}


def step_name(name: str) -> str:
    """Return the name of a step, as words if it is a built-in policy's.

    Args:
        name: The name, as a policy has it.

    Returns:
        Words, or the name as it was typed.
    """
    return _NAMES.get(name, name)
