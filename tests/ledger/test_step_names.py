"""Names of steps, in words where they are built in."""

from __future__ import annotations

from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.policies import BUILT_IN
from beancount_dunning.ledger.step_names import step_name


def test_all_that_is_built_in_can_be_translated() -> None:
    names = {step.name for steps in BUILT_IN.values() for step in steps}
    assert names
    for name in names:
        said = step_name(name)
        assert isinstance(said, Words)
        assert said == name


def test_what_somebody_typed_stays() -> None:
    assert type(step_name("{first} reminder")) is str
    assert step_name("{first} reminder") == "{first} reminder"
