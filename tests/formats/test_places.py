"""Places in a ledger: what is written can be read again."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.formats.places import read_place
from beancount_dunning.formats.places import shown_place


@given(name=st.from_regex(r"[A-Za-z0-9 :._/-]+", fullmatch=True), line=st.integers(0))
def test_what_is_shown_can_be_read(name: str, line: int) -> None:
    path = str(Path("/elsewhere") / name)
    found = read_place(shown_place(path, line))
    assert found == ((path, line) if line < 10**9 else None)


@pytest.mark.parametrize(
    "text",
    ["", "INV-1", "books.beancount", ":7", "a:", "a:-1", "a:1.5", "a:٣", "a:1\n"],
)
def test_what_is_no_place(text: str) -> None:
    assert read_place(text) is None
