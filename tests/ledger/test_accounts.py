"""Which accounts are receivable ones, and how to name more of them."""

from __future__ import annotations

import re

import pytest

from beancount_dunning.ledger.accounts import Account
from beancount_dunning.ledger.accounts import widened_pattern


@pytest.mark.parametrize(
    ("typed", "read", "roots", "pattern"),
    [
        (None, [], ["Assets:Kunden"], "^Assets:Kunden(:|$)"),
        (
            None,
            ["Assets:Receivable:Acme", "Assets:Receivable"],
            ["Assets:Misc:Kunden"],
            "^Assets:(Misc:Kunden|Receivable)(:|$)",
        ),
        (
            "^Assets:Owed$",
            ["Assets:Owed"],
            ["Assets:Kunden"],
            "^Assets:Owed$|^Assets:Kunden(:|$)",
        ),
        ("^Assets:Slip", [], ["Assets:Kunden"], "^Assets:Kunden(:|$)"),
    ],
)
def test_a_wider_pattern_finds_what_was_read_and_what_is_added_alone(
    typed: str | None, read: list[str], roots: list[str], pattern: str
) -> None:
    accounts = {"Assets:Bank": None, **{name: Account(name) for name in read}}
    assert widened_pattern(accounts, typed, roots) == pattern
    assert all(re.search(pattern, name) for name in (*read, *roots))
    assert not any(re.search(pattern, f"{name}-Old") for name in roots)
