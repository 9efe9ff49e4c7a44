"""The words of dossiers: all there in each language, with the same blanks."""

from __future__ import annotations

import re
import tomllib
from importlib import resources

import pytest

from beancount_dunning import formats
from beancount_dunning.formats.country import LANGUAGES
from beancount_dunning.formats.dossier_words import DossierWords
from beancount_dunning.ledger.agreements import Period
from beancount_dunning.ledger.items import ChargeKind

_BLANK = re.compile(r"\{\w+\}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_all_texts(language: str) -> None:
    folder = resources.files(formats) / "dossier_texts"
    english = tomllib.loads((folder / "en.toml").read_text(encoding="utf-8"))
    texts = tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))
    assert [*texts] == [*english]
    for name, text in texts.items():
        assert sorted(_BLANK.findall(text)) == sorted(_BLANK.findall(english[name]))
        assert language == "en" or text != english[name] or "{text}" in text, name
    say = DossierWords.of(language)
    assert set(Period) <= texts.keys()
    assert all(map(say.charge, ChargeKind))


def test_what_was_typed_stays_as_it_is() -> None:
    say = DossierWords.of("de")
    assert say("missing", path="{text}\n\x1b") == "FEHLT: {text}  "
    assert say.told("Due today") == "Due today"
