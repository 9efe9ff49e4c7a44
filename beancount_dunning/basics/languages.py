"""Which texts go with a locale, and what its language is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale


def tag_of(locale: Locale) -> str:
    """Return the tag of a locale's language, like "de-AT" (BCP 47)."""
    return str(locale).replace("_", "-")


def written_as(locale: Locale) -> str:
    """Return the language that texts for a locale are written in.

    Traditional and simplified Chinese do not stand in for each other. Babel knows the
    script of a locale that does not name it: `zh_TW` and `zh_HK` are `zh_Hant`.

    Args:
        locale: The locale.

    Returns:
        The language's code, or "zh_Hant_TW" for Chinese in the traditional script.
    """
    is_traditional = locale.language == "zh" and locale.script == "Hant"
    return "zh_Hant_TW" if is_traditional else locale.language
