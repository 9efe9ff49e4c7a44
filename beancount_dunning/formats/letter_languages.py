"""The built-in texts of letters: a file for each language, and a frame for all.

A file has phrases, of which parts of letters are made, and for each tone a subject,
an opening and a request; these three stand in the frame `letter.txt`. A new language is
a new file with the same names, in which plural forms have the names that CLDR gives
them. The files are constants, a part of the program.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from beancount_dunning.basics.languages import written_as
from beancount_dunning.formats.templates import Sandbox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from babel import Locale
    from jinja2 import Template

    from beancount_dunning.answers.contents import Tone

_PHRASES = "phrases"
_SANDBOX = Sandbox()
# In Italian an article drops its vowel before otto and undici.
_ELIDED = {"il": "l", "del": "dell", "al": "all", "dal": "dall"}
_ITALIAN_DAY = re.compile(r"\b(il|del|al|dal) (8|11)(?= [a-z]+ \d{4}\b)")
_PART = re.compile(r"^\[(\w+)\]$", re.MULTILINE)


class _Templates(dict[str, "Template"]):
    """Texts by name, each compiled when it is first used."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        super().__init__()
        self._sources = sources

    def __missing__(self, name: str) -> Template:
        found = self[name] = _SANDBOX.from_string(self._sources[name])
        return found


@dataclass(frozen=True, slots=True)
class Language:
    """The texts of a language: phrases by name, and whole letters by tone."""

    name: str
    phrases: Mapping[str, Template]
    letters: Mapping[str, Template]
    sources: Mapping[str, str]

    def say(self, phrase: str, values: Mapping[str, object], **more: object) -> str:
        """Fill in a phrase."""
        return self.spoken(self.phrases[phrase].render(values, **more))

    def spoken(self, text: str) -> str:
        """Return a text with words as they are before others: l'8 ottobre."""
        if self.name != "it":
            return text
        return _ITALIAN_DAY.sub(
            lambda found: (
                f"{_ELIDED[found[1]]}\N{RIGHT SINGLE QUOTATION MARK}{found[2]}"
            ),
            text,
        )


def language_of(locale: Locale) -> Language:
    """Return the texts for a locale that `locale_of` found."""
    return _language(written_as(locale), locale.territory == "CH")


def source_of(locale: Locale, tone: Tone) -> str:
    """Return a built-in letter as one would write an own one."""
    return language_of(locale).sources[tone]


@cache
def _language(name: str, is_swiss: bool) -> Language:  # noqa: FBT001 - a key of the cache
    folder = resources.files(__package__) / "letter_texts"
    text = (folder / f"{name}.toml").read_text(encoding="utf-8")
    # Switzerland has no ß.
    tables = tomllib.loads(text.replace("ß", "ss") if is_swiss else text)
    frame = (folder / "letter.txt").read_text(encoding="utf-8")
    phrases = tables.pop(_PHRASES)
    sources = {tone: _framed(frame, parts) for tone, parts in tables.items()}
    return Language(name, _Templates(phrases), _Templates(sources), sources)


def _framed(frame: str, parts: Mapping[str, str]) -> str:
    """Put a tone's own parts into the frame."""
    return _PART.sub(lambda part: parts[part[1]], frame)
