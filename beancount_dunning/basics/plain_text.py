"""Text that somebody typed, made safe to show: nothing in it steers what shows it."""

from __future__ import annotations

import re
import unicodedata

# Controls, halves of surrogate pairs, and what ends a line or a paragraph.
_STEERING = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Marks that make all that follows run the other way.
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_END_OF_LINE = re.compile(r"\r\n?|\n")
# What no file's name may have on Windows, and what parts names elsewhere.
_UNFIT = re.compile(r'[\\/:*?"<>|\s]+')
_MAX_NAME = 80


def plain(text: str) -> str:
    """Return a text as one line, without what could steer a terminal or a mail.

    Args:
        text: What somebody typed.

    Returns:
        The text, in which controls, ends of lines and marks of direction are spaces.
    """
    if text.isprintable():
        return text
    return "".join(
        " "
        if unicodedata.category(character) in _STEERING or character in _OVERRIDES
        else character
        for character in text.replace("\r\n", "\n")
    )


def plain_lines(text: str) -> list[str]:
    """Return the lines of a text, each as `plain` returns it."""
    return [plain(line) for line in _END_OF_LINE.split(text)]


def text_line(text: str | None) -> str:
    """Return a text as one line without blanks around it; empty where there is none."""
    return plain(text or "").strip()


def text_lines(text: str | None) -> list[str]:
    """Return the lines of a text that say something, each as `plain` returns it."""
    return [line.rstrip() for line in plain_lines(text or "") if line.strip()]


def writable(text: str) -> str:
    """Return a text as one line that a ledger can hold, as somebody typed it otherwise.

    Args:
        text: What somebody typed.

    Returns:
        The text, in which controls and blanks in a row are single blanks; marks of
        direction stay, since languages written from the right need them.
    """
    written = (
        " " if unicodedata.category(character) in _STEERING else character
        for character in text
    )
    return " ".join("".join(written).split())


def fit_for_files(text: str) -> str:
    """Return a text as a file can be called on every system, without an ending.

    Args:
        text: What somebody typed.

    Returns:
        The name, in which blanks stand for what no name may have; empty where nothing
        else is left.
    """
    visible = "".join(
        sign if unicodedata.category(sign)[0] != "C" else " " for sign in text
    )
    return _UNFIT.sub(" ", visible).strip(" .")[:_MAX_NAME].strip(" .")
