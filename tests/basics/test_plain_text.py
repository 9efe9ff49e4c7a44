"""Text that somebody typed, made safe to show."""

from __future__ import annotations

import pytest

from beancount_dunning.basics.plain_text import fit_for_files
from beancount_dunning.basics.plain_text import plain
from beancount_dunning.basics.plain_text import writable


@pytest.mark.parametrize(
    "steering",
    [
        *("\0", "\t", "\n", "\r", "\x07", "\x1b", "\x7f", "\x85"),
        *("\u2028", "\u2029", "\u202a", "\u202e", "\u2066", "\u2069", "\ud800"),
    ],
)
def test_what_steers_becomes_a_space(steering: str) -> None:
    assert plain(f"a{steering}{steering}b") == "a  b"


@pytest.mark.parametrize(
    "text", ["", "Café Cœur", "李 \u00a0 🧾", "{a} %s <b>", "שלום"]
)
def test_all_else_stays(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("a\0\x1b[1mb\ud800", "a [1mb"),
        (" two\r\n\tlines\u2028 and  more ", "two lines and more"),
        ("\u202eabc\u202c", "\u202eabc\u202c"),
    ],
)
def test_what_a_ledger_cannot_hold_becomes_a_blank(typed: str, written: str) -> None:
    assert writable(typed) == written


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("INV-2026-014", "INV-2026-014"),
        ("2026/14", "2026 14"),
        ("../a\\b:c\n*?", "a b c"),
        ("発票 7", "発票 7"),
        ("\u202e.exe. ", "exe"),
        ("a" * 79 + ". b", "a" * 79),
        ("..", ""),
    ],
)
def test_how_files_can_be_called(typed: str, name: str) -> None:
    assert fit_for_files(typed) == name
