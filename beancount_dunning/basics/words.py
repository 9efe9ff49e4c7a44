"""English sentences that know how they were made, so that a page can translate them.

    Words("Due {due}, {terms} by option", due=date(2026, 10, 14), terms="net 30")
    Words.counted("{n} day overdue", "{n} days overdue", 37)
    Words.joined("; ", [Words("on the due date"), Words("reminders rested before")])

Each is the English text, a `str` for whoever wants no more. What is fixed stands in the
message, a literal that `pybabel extract -k Words -k counted:1,2` finds; what the ledger
says stands in the values, and goes in as it is, braces and all. A value may be words,
too, and is then translated with the rest.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING
from typing import Any
from typing import Protocol

from beancount_dunning.basics.money import exact

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from typing import Self

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_COUNT = "n"
# There are fewer messages; but what is joined makes some more.
_KEPT = 4096
_STOPS = ".。"


class Catalogue(Protocol):
    """Where translations come from: what gettext calls translations."""

    def gettext(self, message: str, /) -> str:
        """Return the translation of a message, or the message."""

    def ngettext(self, one: str, many: str, n: int, /) -> str:
        """Return the translation of a message about `n` things, or one of the two."""


class Words(str):
    """An English text, the message that it was made of, and what was put in."""

    __slots__ = ("message", "values")
    message: str
    values: Mapping[str, object]

    def __new__(cls, message: str, /, **values: object) -> Self:
        """Put values into a message.

        Args:
            message: The English text, with a `{name}` for each value.
            values: What to put in: a number with all its digits, anything else as
                `str` writes it.

        Returns:
            The text.

        Raises:
            KeyError: The message has a name that no value has.
        """
        self = super().__new__(cls, cls._shape(_fill(message, values)))
        self.message = message
        self.values = values
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, object]]:
        """Return what a copy is made of."""
        return (self.message,), dict(self.values)

    @staticmethod
    def counted(one: str, many: str, n: int, /, **values: object) -> Words:
        """Put a number and values into a message about so many things.

        Args:
            one: The English text for one, with `{n}` for the number.
            many: The English text for any other number.
            n: The number.
            values: What else to put in.

        Returns:
            The text.
        """
        return _Counted(one, many, n, **values)

    @staticmethod
    def joined(separator: str, parts: Iterable[str]) -> Words:
        """Join parts, of which those that are words are translated, and no others.

        Args:
            separator: What stands between them, the same in all languages.
            parts: The parts.

        Returns:
            The text.
        """
        values = {str(index): part for index, part in enumerate(parts)}
        return Words(separator.join(f"{{{name}}}" for name in values), **values)

    @staticmethod
    def unended(text: str) -> Words:
        """Return a sentence without its full stop, in every language.

        Args:
            text: The sentence, to which more is to be added.
        """
        return _Unended("{text}", text=text)

    @staticmethod
    def begun(text: str) -> Words:
        """Return a sentence with a capital letter, in every language.

        Args:
            text: The sentence, which may be said within another, too.
        """
        return _Begun("{text}", text=text)

    def translated(
        self, catalogue: Catalogue, number: Callable[[Decimal], str] = exact
    ) -> str:
        """Say it in another language.

        Args:
            catalogue: The translations of the messages.
            number: How to write the numbers among the values, amounts and rates: as a
                locale does, or hidden.

        Returns:
            The translation. A message whose translation has not the very names of the
            message is left in English, with its values translated.
        """
        message = self._look_up(catalogue)
        is_other = message != self.message
        if is_other and not self._fits({*_parts(message)[1::2]}):
            message = self.message
        values = {
            name: value.translated(catalogue, number)
            if isinstance(value, Words)
            else value
            for name, value in self.values.items()
        }
        return self._shape(_fill(message, values, number))

    @staticmethod
    def _shape(text: str) -> str:
        """Change a text as it is said, in every language alike."""
        return text

    def _look_up(self, catalogue: Catalogue) -> str:
        # What a catalogue says to nothing is its own header.
        return catalogue.gettext(self.message) if self.message else ""

    def _fits(self, names: set[str]) -> bool:
        return names == {*_parts(self.message)[1::2]}


class _Counted(Words):
    """Words about a number of things."""

    __slots__ = ("forms", "n")
    forms: tuple[str, str]
    n: int

    def __new__(cls, one: str, many: str, n: int, /, **values: object) -> Self:
        self = super().__new__(cls, one if n == 1 else many, n=n, **values)
        self.forms = one, many
        self.n = n
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, object]]:
        values = {key: value for key, value in self.values.items() if key != _COUNT}
        return (*self.forms, self.n), values

    def _look_up(self, catalogue: Catalogue) -> str:
        return catalogue.ngettext(*self.forms, self.n)

    def _fits(self, names: set[str]) -> bool:
        # A language may have a word for one thing, and no number beside it.
        return super()._fits(names | {_COUNT})


class _Unended(Words):
    """Words whose full stop is left out, also where a translation has one."""

    __slots__ = ()

    @staticmethod
    def _shape(text: str) -> str:
        return text.rstrip(_STOPS)


class _Begun(Words):
    """Words that begin with a capital letter, also where a translation does not."""

    __slots__ = ()

    @staticmethod
    def _shape(text: str) -> str:
        return text[:1].upper() + text[1:]


def _fill(
    message: str,
    values: Mapping[str, object],
    number: Callable[[Decimal], str] = exact,
) -> str:
    """Put values into a message, in one go, so that no value is read as a message."""
    parts = [*_parts(message)]
    for place in range(1, len(parts), 2):
        value = values[parts[place]]
        parts[place] = number(value) if isinstance(value, Decimal) else str(value)
    return "".join(parts)


@lru_cache(_KEPT)
def _parts(message: str) -> Sequence[str]:
    """Return the parts of a message: text, a name, text, a name, and so on."""
    return _PLACEHOLDER.split(message)
