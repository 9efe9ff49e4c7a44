"""Texts with blanks to fill in, in a sandbox: what is theirs to see, and nothing else.

A text sees the strings, numbers and lists that it is given, and fields of records among
them. It sees no attribute of anything else, no file but those of its own folder, and
nothing of Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any
from typing import NoReturn

from jinja2 import FunctionLoader
from jinja2 import StrictUndefined
from jinja2 import TemplateNotFound
from jinja2 import TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping
    from types import TracebackType

    from jinja2 import Template

# What is typed in the ledger is text in a page, too.
HTML = ".html"


@dataclass(frozen=True, slots=True)
class Source:
    """A text, and the file that it stands in."""

    file: str
    text: str


class TextError(Exception):
    """A text cannot be written; the message says why, and in which file and line."""

    def __init__(self, file: str, line: int, why: str) -> None:
        """Say what is wrong, and where."""
        super().__init__(f"{file}:{line}: {why}")
        self.file = file
        self.line = line


@dataclass(frozen=True, slots=True)
class Record:
    """What has fields that a text may see; those of a subclass are its own."""


class Sandbox(ImmutableSandboxedEnvironment):
    """Where texts are filled in."""

    def __init__(self, sources: Mapping[str, Source] | None = None) -> None:
        """Begin with texts that may include each other, by their names."""
        super().__init__(
            undefined=StrictUndefined,
            autoescape=lambda name: (name or "").endswith(HTML),
            loader=FunctionLoader(_loader(sources or {})),
        )
        self.globals.clear()
        self.filters["capital"] = _capital
        self.tests["endingwith"] = str.endswith

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:  # noqa: ARG002 - as Jinja calls it
        """Tell whether a text may see an attribute."""
        return isinstance(obj, Record | LoopContext) and attr[:1] != "_"

    def unsafe_undefined(self, obj: object, attribute: str) -> NoReturn:
        """Refuse an attribute at once: in a list an undefined one would be printed."""
        message = f"{attribute} of {type(obj).__name__} is not for texts."
        raise SecurityError(message)


def fill(get: Callable[[], Template], values: Mapping[str, object]) -> str:
    """Fill in a text that somebody wrote.

    Args:
        get: Compiles the text.
        values: What it may see, by name.

    Returns:
        The text.

    Raises:
        TextError: It cannot be understood, or does what it may not.
    """
    try:
        return get().render(values)
    except TemplateSyntaxError as error:
        file = error.filename or str(error.name)
        raise TextError(file, error.lineno, str(error.message)) from error
    except TemplateNotFound as error:
        file, line = _place(error.__traceback__)
        raise TextError(file, line, f'There is no text "{error.name}".') from error
    except Exception as error:
        # A text may add words to numbers, divide by nothing, or call itself.
        file, line = _place(error.__traceback__)
        raise TextError(file, line, str(error) or type(error).__name__) from error


def _loader(
    sources: Mapping[str, Source],
) -> Callable[[str], tuple[str, str, Callable[[], bool]] | None]:
    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        source = sources.get(name)
        return (source.text, source.file, lambda: True) if source else None

    return load


def _place(traceback: TracebackType | None) -> tuple[str, int]:
    """Return file and line of the innermost text that an error came from."""
    place = "", 0
    while traceback:
        code: Any = traceback.tb_frame.f_code
        if "__jinja_exception__" in traceback.tb_frame.f_globals:
            place = code.co_filename, traceback.tb_lineno
        traceback = traceback.tb_next
    return place


def _capital(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return text[:1].upper() + text[1:]
