"""Sentences that can be translated: English as it was, and nothing hidden in it."""

from __future__ import annotations

import copy
import json
import pickle
import re
from datetime import date
from decimal import Decimal
from gettext import NullTranslations
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

import pytest
from babel.messages.extract import extract_from_dir
from beancount.core.data import Document
from beancount.core.data import Transaction
from beancount.loader import load_string
from hypothesis import given
from hypothesis import settings as profile

import beancount_dunning
from beancount_dunning.answers.story import tell
from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.policies import BUILT_IN as BUILT_IN_POLICIES
from beancount_dunning.ledger.rates import BUILT_IN as BUILT_IN_RATES
from beancount_dunning.ledger.settlement import NAMED
from beancount_dunning.ledger.settlement import SPREAD
from beancount_dunning.ledger.unnamed import OLDEST
from beancount_dunning.standing.books import read_books
from tests.strategies import LINKS
from tests.strategies import as_of_days
from tests.strategies import ledgers

if TYPE_CHECKING:
    from collections.abc import Container
    from collections.abc import Iterator
    from collections.abc import Mapping

    from beancount_dunning.answers.reasons import Fact
    from beancount_dunning.answers.story import Story
    from tests.conftest import Ledger
    from tests.strategies import Ledger as Drawn

PLACEHOLDERS = re.compile(r"(\{\w+\})")
LETTER = re.compile(r"[^\W\d_]")
ENGLISH = NullTranslations()


class Catalogue(NamedTuple):
    """Translations as a test wants them; what is missing stays English."""

    messages: Mapping[str, str] = {}
    plurals: Mapping[tuple[str, str], tuple[str, str]] = {}

    def gettext(self, message: str) -> str:
        return self.messages.get(message, message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        return self.plurals.get((one, many), (one, many))[n != 1]


class Dots:
    """A language that has dots for letters."""

    def gettext(self, message: str) -> str:
        assert message, "of nothing a catalogue gives its header"
        parts = PLACEHOLDERS.split(message)
        parts[::2] = [LETTER.sub("·", part) for part in parts[::2]]
        return "".join(parts)

    def ngettext(self, one: str, many: str, n: int) -> str:
        return self.gettext(one if n == 1 else many)


GERMAN = Catalogue(
    {
        "Due {due}, {terms} from the option": "{terms} als Option: fällig am {due}",
        "{open} open, {late}": "{open} offen, {late}",
        "undated": "ohne Datum",
        "on the due date": "am Fälligkeitstag",
    },
    {
        ("{n} day overdue", "{n} days overdue"): (
            "einen Tag zu spät",
            "{n} Tage zu spät",
        )
    },
)


def test_words_are_the_text() -> None:
    words = Words(
        "Due {due}, {terms} from the option", due=date(2026, 10, 14), terms="net 1"
    )
    assert words == "Due 2026-10-14, net 1 from the option"
    assert f"{words}." == "Due 2026-10-14, net 1 from the option."
    assert json.dumps([words]) == '["Due 2026-10-14, net 1 from the option"]'
    assert words.message == "Due {due}, {terms} from the option"
    assert words.values == {"due": date(2026, 10, 14), "terms": "net 1"}
    assert words.translated(ENGLISH) == words
    assert words.translated(GERMAN) == "net 1 als Option: fällig am 2026-10-14"


@pytest.mark.parametrize(
    "value", ["{due}", "{", "}", "{0}", "%(due)s", "\\1", "{{due}}"]
)
def test_values_are_never_read_as_a_message(value: str) -> None:
    words = Words("Due {due}, {terms} from the option", due=value, terms=value)
    assert words == f"Due {value}, {value} from the option"
    assert words.translated(GERMAN) == f"{value} als Option: fällig am {value}"
    parts = Words.joined("; ", [value, words])
    assert parts == f"{value}; {words}"
    assert parts.translated(GERMAN) == f"{value}; {words.translated(GERMAN)}"


def test_a_name_without_a_value_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="due"):
        Words("Due {due}")


@pytest.mark.parametrize(
    ("n", "english", "german"),
    [
        (0, "0 days overdue", "0 Tage zu spät"),
        (1, "1 day overdue", "einen Tag zu spät"),
        (2, "2 days overdue", "2 Tage zu spät"),
    ],
)
def test_things_are_counted(n: int, english: str, german: str) -> None:
    words = Words.counted("{n} day overdue", "{n} days overdue", n)
    assert words == english
    assert words.translated(ENGLISH) == english
    assert words.translated(GERMAN) == german


def test_words_among_the_values_are_translated() -> None:
    late = Words.counted("{n} day overdue", "{n} days overdue", 3)
    words = Words("{open} open, {late}", open=Decimal("5.00"), late=late)
    assert words == "5.00 open, 3 days overdue"
    assert words.translated(GERMAN) == "5.00 offen, 3 Tage zu spät"
    assert Words("{open} open, {late}", open="undated", late="x").translated(
        GERMAN
    ) == ("undated offen, x")


def test_parts_are_joined() -> None:
    parts = [Words("on the due date"), "undated", Words("undated")]
    words = Words.joined("; ", parts)
    assert words == "on the due date; undated; undated"
    assert words.translated(GERMAN) == "am Fälligkeitstag; undated; ohne Datum"
    nothing = Words.joined("; ", [])
    assert (nothing, nothing.translated(Dots())) == ("", "")


@pytest.mark.parametrize(
    "broken",
    ["", "{due", "fällig {due}", "{due} {terms} {more}", "{Due} {terms}", "{} {terms}"],
)
def test_a_broken_translation_is_not_used(broken: str) -> None:
    message = "Due {due}, {terms} from the option"
    words = Words(message, due="today", terms=Words("undated"))
    catalogue = Catalogue({message: broken, "undated": "ohne Datum"})
    assert words.translated(catalogue) == "Due today, ohne Datum from the option"
    for n in (1, 2):
        counted = Words.counted("{n} day, {terms}", "{n} days, {terms}", n, terms="x")
        plurals = {("{n} day, {terms}", "{n} days, {terms}"): ("{due}", "{n")}
        assert counted.translated(Catalogue(plurals=plurals)) == counted


def remade(words: Words) -> Iterator[Words]:
    yield copy.copy(words)
    yield copy.deepcopy(words)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        yield pickle.loads(pickle.dumps(words, protocol))  # noqa: S301 - just written


def test_copies_are_words() -> None:
    late = Words.counted("{n} day, {terms}", "{n} days, {terms}", 1, terms="{due}")
    words = Words("{open} open, {late}", open="{", late=late)
    for one in (late, words, Words.joined("; ", [words, "{0}"])):
        for made in remade(one):
            assert (type(made), made) == (type(one), one)
            assert (made.message, made.values) == (one.message, one.values)
            assert made.translated(GERMAN) == one.translated(GERMAN)


# The core's sentences.


def extracted() -> set[str | tuple[str, ...]]:
    """Return the messages of the core as a catalogue's template would have them."""
    (folder,) = beancount_dunning.__path__
    keywords: Any = {"Words": None, "counted": (1, 2)}
    found = extract_from_dir(folder, [("**.py", "python")], keywords=keywords)
    return {message for _, _, message, _, _ in found}


MESSAGES = extracted()


def facts(story: Story) -> Iterator[Fact]:
    yield from (event.fact for event in story.events)
    for part in story.parts:
        yield from part.why


def pieces(words: Words) -> Iterator[Words]:
    """Yield words, and all the words in them."""
    yield words
    for value in words.values.values():
        if isinstance(value, Words):
            yield from pieces(value)


def leaves(words: Words) -> list[str]:
    return [
        str(value)
        for one in pieces(words)
        for value in one.values.values()
        if not isinstance(value, Words)
    ]


def data(entries: list[Any]) -> set[str]:
    """Return all the text that a ledger's directives hold, in so far as it shows."""
    texts: set[str] = set()
    for entry in entries:
        texts.update(str(value).strip() for value in (entry.meta or {}).values())
        for one in getattr(entry, "values", None) or ():
            texts.add(str(one.value).strip())
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                metas = (posting.meta or {}).values()
                texts.update(str(value).strip() for value in metas)
                texts.add(posting.account)
            texts.add(" ".join(filter(None, (entry.payee, entry.narration))))
            texts |= {entry.payee or "", entry.narration or "", *entry.links}
            texts.add(" ".join(sorted(entry.links)))
        elif isinstance(entry, Document):
            texts.add(entry.filename)
        else:
            texts.add(str(getattr(entry, "comment", "")))
    return texts


BUILT_IN = {
    *BUILT_IN_RATES,
    *BUILT_IN_POLICIES,
    *("none", "EUR", "JPY"),
    *(step.name for ladder in BUILT_IN_POLICIES.values() for step in ladder),
}
PLAIN = re.compile(
    # Dates, amounts, instalments, and the directive that a message asks for.
    r'[\d.+-]+|\d+/\d+|\d{4}-\d\d-\d\d custom "reference-rate" "[\w-]+"'
)


def check(story: Story, entries: list[Any]) -> None:
    """Check that what is fixed in a story can be translated, all of it."""
    known = data(entries) | BUILT_IN
    for fact in facts(story):
        check_text(fact.text, known)


def check_text(text: str, known: Container[str]) -> None:
    """Check that what is fixed in a text can be translated, and only that.

    Args:
        text: The text.
        known: What may stand in it as it is, beside numbers and dates.
    """
    assert isinstance(text, Words), text
    assert text.translated(ENGLISH) == text
    for value in leaves(text):
        assert PLAIN.fullmatch(value) or value in known, (value, text)
    left = dotted = text.translated(Dots())
    for value in sorted(leaves(text), key=len, reverse=True):
        assert value in dotted
        left = left.replace(value, "")
    assert not LETTER.search(left), (left, text)
    for one in pieces(text):
        message = getattr(one, "forms", one.message)
        has_letters = LETTER.search(PLACEHOLDERS.sub("", one.message))
        assert not has_letters or message in MESSAGES, message


@profile(deadline=None)
@given(ledgers(), as_of_days)
def test_every_story_can_be_translated(drawn: Drawn, as_of: date) -> None:
    entries, _, options_map = load_string(drawn.text)
    books = read_books(entries, options_map, today=date.max, as_of=as_of)
    books = books.with_settled(None)
    for invoice in (*LINKS, "Website", "(padding)", "(no reference)"):
        story = tell(books, invoice)
        if story:
            check(story, entries)


def test_a_story_of_everything(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-interest" "house" 9 "ecb"
    2026-01-01 custom "dunning-interest" "standard" 9 "own"
    2025-01-01 custom "dunning-step" "house" "ring" 3
    2025-01-01 custom "reference-rate" "own" 2.5
    2025-01-01 custom "dunning-customer" "Acme"
      policy: "house"
      terms: "50% net 10, 50% net 60"
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme   365.00 EUR
      Income:Services
    2026-09-20 * ^INV-1
      Assets:Bank               10.00 EUR
      Assets:Receivable:Acme
    2026-10-20 * "Interest" ^INV-1
      charge: "interest"
      due: 2026-09-24
      policy: "standard"
      Assets:Receivable:Acme     5.00 EUR
      Income:Services
    2026-10-24 note Assets:Receivable:Acme "Rang" ^INV-1
      reminder: "ring"
    2026-10-25 note Assets:Receivable:Acme "Pages missing" ^INV-1
      promise: 2026-11-01
      hold-until: 2027-11-21
    """
    books = ledger.books(settled=["INV-1"])
    story = tell(books, "INV-1")
    assert story
    check(story, list(ledger.entries))
    assert [fact.text.translated(Dots()) for fact in story.parts[0].why] == [
        "172.50 ·· 182.50 EUR ····, 57 ···· ·······",
        '······ "house", ···· ··· ········\'· ····',
        "········ ·· 2026-11-01: ··· ····, ·· ········· ··· ······ ··· ··· ·····",
        "·· ····: ·· ········· ····· 2027-11-21",
        "·· ···· ·········: ··· ···· ···· ····",
        "········ 2026-09-25 ·· 2026-11-20: 57 ···· ·· 11.40 % ·· 172.50: 3.07 EUR",
        '9 ······ ····· "ecb" (2.40 % ····· 2026-07-01, ····· ··)',
        "········ ·· ···: 3.07 EUR",
        "······ ·· 2026-10-20: 5.00 EUR ·· ········",
    ]


def test_a_log_of_everything(broken_ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "terms" "net 30"
    2026-01-01 custom "dunning-option" "policy" "strict"
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme   365.00 EUR
      Income:Services
    2026-09-20 * "Acme" "Deposit" ^INV-1
      Assets:Receivable:Acme  -400.00 EUR
      Income:Services
    2026-09-30 * "Acme" "More" ^INV-1
      due: 2026-10-31
      Assets:Receivable:Acme   500.00 EUR
      Income:Services
    2026-11-01 document Assets:Receivable:Acme "/tmp/letter.pdf" ^INV-1
    2026-11-02 note Assets:Receivable:Acme "Rang" ^INV-1
    2026-11-03 note Assets:Receivable:Acme "Pages missing" ^INV-1
      dispute: TRUE
    2026-11-04 note Assets:Receivable:Acme "Sent again" ^INV-1
      dispute: FALSE
    2026-11-05 note Assets:Receivable:Acme "In Rome" ^INV-1
      hold-until: 2026-11-10
    2026-11-11 note Assets:Receivable:Acme "Both" ^INV-1
      reminder: "first reminder"
      promise: 2026-11-30
    """
    story = tell(broken_ledger.books(settled=["INV-1"]), "INV-1")
    assert story
    check(story, list(broken_ledger.entries))
    kinds = {event.kind for event in story.events}
    assert {"document", "note", "dispute", "hold", "reminder", "promise"} <= kinds
    assert story.parts[-1].why[-1].text.translated(Dots()) == (
        "····: ······ ········, ···· 2026-12-01: 3 ···· ····· ···; 2 ···· ····· "
        "····· ········, ···· 2026-11-11; ········· ···· ·· ···· ····· ···· (····· ··)"
    )


def test_a_rate_that_nobody_knows_can_be_said(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-interest" "standard" 9 "own"
    2026-10-01 custom "reference-rate" "own" 2.5
    2026-08-14 * "Acme" "Website" ^INV-1
      due: 2026-08-20
      Assets:Receivable:Acme   365.00 EUR
      Income:Services
    """
    story = tell(ledger.books(), "INV-1")
    assert story
    check(story, list(ledger.entries))
    (text,) = (one.text for one in facts(story) if "not known" in one.text)
    assert text == (
        'The rate "own" is not known before 2026-10-01; add 2026-08-21 custom '
        '"reference-rate" "own" PERCENT.'
    )
    assert text.translated(Dots()) == (
        '··· ···· "own" ·· ··· ····· ······ 2026-10-01; ··· 2026-08-21 custom '
        '"reference-rate" "own" ·······.'
    )


def test_the_rules_are_words() -> None:
    for rule in (NAMED, SPREAD, OLDEST):
        assert isinstance(rule, Words)
        assert rule.message in MESSAGES


def test_no_message_is_hidden_from_the_catalogues() -> None:
    """Every call has its message as a literal, so that the extractor sees it."""
    (folder,) = beancount_dunning.__path__
    calls = re.compile(r"\bWords(?:\.counted)?\(\s*(.)", re.DOTALL)
    for path in Path(folder).rglob("*.py"):
        if path.name != "words.py":
            found = calls.findall(path.read_text("utf-8"))
            assert set(found) <= {'"', "'"}, path


def test_a_sentence_loses_its_full_stop_in_every_language() -> None:
    class Shouting(NullTranslations):
        def gettext(self, message: str) -> str:
            return message.upper().replace("{DAY}", "{day}").replace("OVER.", "过期。")

    unended = Words.unended(Words("{day} is over.", day="Monday"))
    assert unended == "Monday is over"
    assert unended.translated(Shouting()) == "Monday IS 过期"
    assert Words.joined("; ", [unended, "so"]) == "Monday is over; so"
    assert copy.copy(unended) == unended
    assert Words.unended("Plain.") == "Plain"


def test_a_sentence_begins_with_a_capital_letter_in_every_language() -> None:
    begun = Words.begun(Words("on the due date"))
    assert begun == "On the due date"
    assert begun.translated(GERMAN) == "Am Fälligkeitstag"
    assert Words("{text}!", text=begun).translated(GERMAN) == "Am Fälligkeitstag!"
    assert copy.copy(begun).translated(GERMAN) == "Am Fälligkeitstag"
    assert Words.begun("").translated(GERMAN) == ""
