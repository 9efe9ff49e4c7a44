"""The page and the calendar in other languages: gettext catalogues, read as written.

Templates and the core's sentences are English, and English is what stands in for a
translation that is missing. `translations/<locale>/LC_MESSAGES/messages.po` has the
other languages; `make catalogues` brings them up to date with the sources. Nothing is
compiled beforehand: a catalogue is read once, when the first page or calendar asks.
"""

from __future__ import annotations

import logging
from functools import cache
from importlib.resources import files
from io import BytesIO

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations
from babel.support import Translations

from beancount_dunning.basics.languages import written_as

_FOLDER = files(__package__) / "translations"
_ENGLISH = NullTranslations()


def catalogue(locale: Locale | None) -> NullTranslations:
    """Return the translations of messages.

    Args:
        locale: The language; None for English.

    Returns:
        The nearest catalogue that there is, in English without one. A message that
        is not translated, or whose translation is marked as fuzzy, stays English.
    """
    for name in (str(locale), written_as(locale)) if locale else ():
        if found := _read(name):
            return found
    return _ENGLISH


def spoken(locale: Locale) -> Locale:
    """Return a locale, or English where there is no catalogue for it.

    What is said in English is marked as that, and its dates are English, too.
    """
    is_spoken = written_as(locale) == "en" or catalogue(locale) is not _ENGLISH
    return locale if is_spoken else Locale("en")


@cache
def _read(name: str) -> Translations | None:
    """Read a catalogue; None when there is none, or none that can be read."""
    path = _FOLDER / name / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return None
    compiled = BytesIO()
    try:
        with path.open("rb") as file:
            write_mo(compiled, read_po(file, locale=name, abort_invalid=True))
        compiled.seek(0)
        return Translations(compiled)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, there is English
        logging.getLogger(__name__).warning("%s cannot be read", path)
        return None
