"""Files of words, a folder for each kind of text and a file for each language.

They are constants, a part of the program.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from beancount_dunning.basics.languages import written_as

if TYPE_CHECKING:
    from collections.abc import Mapping

    from babel import Locale


def words_in(folder: str, locale: Locale) -> Mapping[str, str]:
    """Return the texts for a locale that `locale_of` found, by name."""
    return _words(folder, written_as(locale), locale.territory == "CH")


@cache
def _words(folder: str, name: str, is_swiss: bool) -> Mapping[str, str]:  # noqa: FBT001 - a key of the cache
    file = resources.files(__package__) / folder / f"{name}.toml"
    text = file.read_text(encoding="utf-8")
    # Switzerland has no ß.
    return tomllib.loads(text.replace("ß", "ss") if is_swiss else text)
