"""The translations: whole, and what stands in for those that are not."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from beancount_dunning.formats import catalogues
from beancount_dunning.formats.catalogues import catalogue
from beancount_dunning.formats.catalogues import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Message

ROOT = Path(__file__).parents[2]
# What `make catalogues` extracts from.
SOURCES = ("fava_extension", "beancount_dunning")
TRANSLATIONS = ROOT / "beancount_dunning" / "formats" / "translations"
# With how many forms each has for numbers of things. Babel 2.19 knows one more of
# millions in French, Italian and Spanish, which these catalogues do without.
LANGUAGES = {
    "de": 2,
    "es": 2,
    "fr": 2,
    "it": 2,
    "ja": 1,
    "nl": 2,
    "zh": 1,
    "zh_Hant_TW": 1,
}

# With what breaks them: a brace too many.
_PLACEHOLDER = re.compile(r"\{\w*\}|[{}]|%\(\w+\)\w|%%")
_MARKUP = re.compile(r"<|>|&#?\w+;")
_EDGES = re.compile(r"\A(\s*)(?:.*\S)?(\s*)\Z", re.DOTALL)


@cache
def sources() -> Catalog:
    """Return the messages that the page and the core have now."""
    found = Catalog()
    config = tomllib.loads((ROOT / "fava_extension" / "babel.toml").read_text())
    for mapping in config["mappings"]:
        pattern = mapping.pop("pattern")
        method_map = [(pattern, mapping.pop("method"))]
        keywords = DEFAULT_KEYWORDS | parse_keywords(mapping.pop("keywords", ()))
        for folder in SOURCES:
            for _, _, message, _, context in extract_from_dir(
                ROOT / folder, method_map, {pattern: mapping}, keywords
            ):
                found.add(message, context=context)
    return found


def read(text: str, language: str) -> Catalog:
    return read_po(iter(text.splitlines()), locale=language, abort_invalid=True)


def complaints(expected: Catalog, text: str, language: str) -> Iterator[str]:
    """Say what is wrong with a catalogue, given the messages that it should have."""
    if re.search(r"^#:", text, re.MULTILINE):
        yield "locations of messages, which change with every line"
    found = read(text, language)
    if found.num_plurals != LANGUAGES[language]:
        yield f"{found.num_plurals} plural forms"
    messages = _by_key(found)
    wanted = _by_key(expected).keys()
    for key in wanted - messages.keys():
        yield f"missing: {key[1]}"
    for message in found.obsolete.values():
        yield f"no longer used: {message.id}"
    for key, message in messages.items():
        if key in wanted:
            for what in _faults(message, found.num_plurals):
                yield f"{what}: {message.id}"
        else:
            yield f"no longer used: {message.id}"


def _by_key(messages: Catalog) -> dict[tuple[str | None, str], Message]:
    """Return messages, but not the catalogue's header."""
    return {(one.context, str(one.id)): one for one in messages if one.id}


def _faults(message: Message, plurals: int) -> Iterator[str]:
    """Say what is wrong with one translation."""
    if message.fuzzy:
        yield "fuzzy"
    ids, forms = [
        (text,) if isinstance(text, str) else tuple(text or ())
        for text in (message.id, message.string)
    ]
    if len(forms) != (plurals if message.pluralizable else 1):
        yield "plural forms"
    for number, form in enumerate(forms):
        if not form:
            yield "empty"
            continue
        # A form for just one may say "one" in words; with a single form there is none.
        suitable = ids if number == 0 and len(forms) > 1 else ids[-1:]
        if _placeholders(form) not in [_placeholders(one) for one in suitable]:
            yield "placeholders"
        if _edges(form) != _edges(ids[0]):
            yield "spaces"
        if _MARKUP.search(form):
            yield "markup"


def _placeholders(text: str) -> list[str]:
    return sorted(_PLACEHOLDER.findall(text))


def _edges(text: str) -> tuple[str | None, ...]:
    match = _EDGES.match(text)
    return match.groups() if match else ()


def test_there_is_something_to_translate() -> None:
    assert len(sources()) > 0
    assert not [message.id for message in sources() if _MARKUP.search(str(message.id))]


def test_these_are_the_languages() -> None:
    assert sorted(folder.name for folder in TRANSLATIONS.iterdir()) == [*LANGUAGES]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_whole(language: str) -> None:
    path = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
    text = path.read_text(encoding="utf-8")
    assert sorted(complaints(sources(), text, language)) == []


HEADER = """\
msgid ""
msgstr ""
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"""
SOUND = f"""{HEADER}
msgid "Due {{due}}"
msgstr "Fällig {{due}}"

msgctxt "verb"
msgid "Open "
msgstr "Öffnen "

msgid "%(num)s day"
msgid_plural "%(num)s days"
msgstr[0] "ein Tag, %(num)s"
msgstr[1] "%(num)s Tage"
"""


def _expected() -> Catalog:
    expected = Catalog()
    expected.add("Due {due}")
    expected.add("Open ", context="verb")
    expected.add(("%(num)s day", "%(num)s days"))
    return expected


def test_a_sound_catalogue_has_no_complaints() -> None:
    assert list(complaints(_expected(), SOUND, "de")) == []


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("Fällig {due}", "", "empty: Due {due}"),
        ("Fällig {due}", "Fällig", "placeholders: Due {due}"),
        ("Fällig {due}", "Fällig {due} {due}", "placeholders: Due {due}"),
        ("Fällig {due}", "Fällig {fällig}", "placeholders: Due {due}"),
        ("Fällig {due}", "Fällig {due} {", "placeholders: Due {due}"),
        ("Fällig {due}", "Fällig {due.year}", "placeholders: Due {due}"),
        ("Fällig {due}", " Fällig {due}", "spaces: Due {due}"),
        ("Öffnen ", "Öffnen", "spaces: Open "),
        ("Fällig {due}", "<b>Fällig</b> {due}", "markup: Due {due}"),
        ("Fällig {due}", "Fällig&nbsp;{due}", "markup: Due {due}"),
        ('msgid "Due', '#, fuzzy\nmsgid "Due', "fuzzy: Due {due}"),
        ('msgid "Due', '#: story.py:1\nmsgid "Due', "locations"),
        ('msgid "Due {due}"', 'msgid "Due"', "missing: Due {due}"),
        ('msgid "Due {due}"', 'msgid "Due"', "no longer used: Due"),
        ('msgctxt "verb"\n', "", "missing: Open "),
        ("\nmsgctxt", '\n#~ msgid "Paid"\n#~ msgstr "b"\n\nmsgctxt', "no longer used"),
        ("%(num)s Tage", "", "empty: ('%(num)s day"),
        ("%(num)s Tage", "Tage", "placeholders: ('%(num)s day"),
        ("%(num)s Tage", "%(num)d Tage", "placeholders: ('%(num)s day"),
        ('msgstr[1] "%(num)s Tage"\n', "", "empty: ('%(num)s day"),
        ("nplurals=2; plural=(n != 1)", "nplurals=1; plural=0", "1 plural forms"),
    ],
)
def test_what_is_wrong_with_a_catalogue_is_said(
    before: str, after: str, complaint: str
) -> None:
    text = SOUND.replace(before, after)
    if "plural=0" in after:
        text = text.replace('msgstr[1] "%(num)s Tage"\n', "")
    assert text != SOUND
    said = list(complaints(_expected(), text, "de"))
    assert [one for one in said if one.startswith(complaint)], said


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Have catalogues of a test's own, each of which says its name for "Language"."""
    monkeypatch.setattr(catalogues, "_FOLDER", tmp_path)
    catalogues._read.cache_clear()  # noqa: SLF001 - what other tests have read
    for name in LANGUAGES:
        header = "" if name.startswith("zh") else HEADER
        _write(tmp_path, name, f'{header}\nmsgid "Language"\nmsgstr "{name}"\n')
    yield tmp_path
    catalogues._read.cache_clear()  # noqa: SLF001 - what this test has read


def _write(folder: Path, name: str, text: str) -> None:
    path = folder / name / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("locale", "name"),
    [
        ("de", "de"),
        ("de_AT", "de"),
        ("fr_CA", "fr"),
        ("es_419", "es"),
        ("zh", "zh"),
        ("zh_CN", "zh"),
        ("zh_Hans_CN", "zh"),
        ("zh_Hans_HK", "zh"),
        ("zh_Hant_TW", "zh_Hant_TW"),
        ("zh_Hant", "zh_Hant_TW"),
        ("zh_Hant_HK", "zh_Hant_TW"),
        ("zh_TW", "zh_Hant_TW"),
        ("zh_HK", "zh_Hant_TW"),
        ("zh_MO", "zh_Hant_TW"),
        ("en", "Language"),
        ("en_GB", "Language"),
        ("sv", "Language"),
        (None, "Language"),
    ],
)
def test_the_nearest_catalogue_is_taken(locale: str | None, name: str) -> None:
    parsed = Locale.parse(locale) if locale else None
    assert catalogue(parsed).gettext("Language") == name


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de_AT", "de_AT"), ("zh_TW", "zh_Hant_TW"), ("en_GB", "en_GB"), ("pt_BR", "en")],
)
def test_without_a_catalogue_english_is_spoken(locale: str, language: str) -> None:
    assert str(spoken(Locale.parse(locale))) == language


def test_an_exact_match_goes_first(folder: Path) -> None:
    _write(folder, "de_AT", 'msgid "Language"\nmsgstr "Österreichisch"\n')
    assert catalogue(Locale("de", "AT")).gettext("Language") == "Österreichisch"
    assert catalogue(Locale("de", "CH")).gettext("Language") == "de"


def test_plurals_follow_the_language(folder: Path) -> None:
    _write(folder, "de", SOUND)
    days = ("%(num)s day", "%(num)s days")
    german = catalogue(Locale("de"))
    assert german.ngettext(*days, 1) == "ein Tag, %(num)s"
    assert german.ngettext(*days, 2) == "%(num)s Tage"
    assert catalogue(None).ngettext(*days, 1) == "%(num)s day"
    assert catalogue(None).ngettext(*days, 2) == "%(num)s days"
    # The one form of Chinese, whose catalogue here says nothing of plurals.
    forms = 'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n'
    _write(folder, "zh", forms)
    assert [catalogue(Locale("zh")).ngettext("a", "b", n) for n in (1, 2)] == ["c", "c"]


@pytest.mark.parametrize("mark", ["#, fuzzy\n", "#~ "])
def test_what_is_not_sure_stays_english(folder: Path, mark: str) -> None:
    _write(folder, "de", f'{HEADER}\n{mark}msgid "Paid"\n{mark}msgstr "Bezahlt"\n')
    assert catalogue(Locale("de")).gettext("Paid") == "Paid"


def test_what_is_not_translated_stays_english(folder: Path) -> None:
    _write(
        folder,
        "de",
        HEADER + '\nmsgid "Paid"\nmsgstr ""\n\n'
        'msgid "day"\nmsgid_plural "days"\nmsgstr[0] ""\nmsgstr[1] ""\n',
    )
    german = catalogue(Locale("de"))
    assert german.gettext("Paid") == "Paid"
    assert german.gettext("Open") == "Open"
    assert [german.ngettext("day", "days", n) for n in (1, 2)] == ["day", "days"]


@pytest.mark.parametrize(
    "text",
    [
        f'{HEADER}\nmsgid "Language"\nmsgstr "de"\nrubbish\n',
        "\0",
        HEADER.replace("n != 1", "n !!! 1"),
        HEADER.replace("nplurals=2", "nplurals=many"),
        HEADER.replace("utf-8", "utf-9"),
    ],
)
def test_a_broken_catalogue_is_english(
    folder: Path, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    _write(folder, "de", text)
    assert catalogue(Locale("de")).gettext("Language") == "Language"
    assert catalogue(Locale("fr")).gettext("Language") == "fr"
    assert "messages.po cannot be read" in caplog.text


def test_a_catalogue_is_read_once(folder: Path) -> None:
    before = catalogue(Locale("de"))
    (folder / "de" / "LC_MESSAGES" / "messages.po").unlink()
    assert catalogue(Locale("de")) is before


@given(data=st.data())
def test_no_catalogue_keeps_the_page_away(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = SOUND.encode()
    first = data.draw(st.integers(0, len(whole)))
    last = data.draw(st.integers(first, len(whole)))
    damage = data.draw(st.binary(max_size=20) | st.sampled_from([b'"', b"\\", b"\n"]))
    folder = tmp_path_factory.mktemp("fuzz")
    path = folder / "de" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_bytes(whole[:first] + damage + whole[last:])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogues, "_FOLDER", folder)
        catalogues._read.cache_clear()  # noqa: SLF001 - what was read before
        german = catalogue(Locale("de"))
        assert isinstance(german.gettext("Due {due}"), str)
        assert isinstance(german.ngettext("%(num)s day", "%(num)s days", 2), str)
    catalogues._read.cache_clear()  # noqa: SLF001 - what was read here
