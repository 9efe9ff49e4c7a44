from __future__ import annotations

import pytest

import beancount_dunning
from beancount_dunning import plugin
from beancount_dunning.standing import aging


def test_the_door_opens_what_it_names() -> None:
    assert beancount_dunning.__plugins__ == ("flag",)
    assert beancount_dunning.flag is plugin.flag
    assert beancount_dunning.age is aging.age
    for name in beancount_dunning.__all__:
        assert callable(getattr(beancount_dunning, name))


def test_it_names_nothing_else() -> None:
    with pytest.raises(AttributeError, match="no attribute 'dunn'"):
        _ = beancount_dunning.dunn
