"""Own texts: the files of the folder that the option `letters` names.

letters/first reminder.de.txt    the step `first reminder`, in German
letters/final.txt                no language, so for others to include
letters/firm.de.html             the page that the tone `firm` is printed on, in German
letters/letter.html              the page of all other letters
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from beancount_dunning.basics.errors import place
from beancount_dunning.formats.places import real
from beancount_dunning.formats.templates import HTML
from beancount_dunning.formats.templates import Source
from beancount_dunning.formats.templates import TextError

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping

    from jinja2 import Template

    from beancount_dunning.standing.books import Books

_END = ".txt"
# Which files of the folder are own texts.
TEXTS = {_END, HTML}


@dataclass(frozen=True, slots=True)
class OwnPage:
    """The page of a letter that somebody wrote: `get` compiles it, see `fill`."""

    get: Callable[[], Template]
    values: Mapping[str, object]


def own_texts(books: Books) -> dict[str, Source]:
    """Read the own texts of a ledger.

    Args:
        books: The ledger: its option `letters` names a folder beside its file.

    Returns:
        Each text by its file's name without `.txt`, each page by its file's name; none
        without the option.

    Raises:
        TextError: There is no such folder, or one of the files cannot be read.
    """
    name = books.settings.letters
    if name is None:
        return {}
    folder = Path(books.options["filename"]).parent / name
    if not real(folder).is_dir():
        where = place(books.settings.entries["letters"].meta)
        why = f"There is no folder {folder}."
        raise TextError(str(where["filename"]), int(where["lineno"]), why)
    return {
        path.name.removesuffix(_END): Source(str(path), _text(path))
        for path in (folder / one.name for one in sorted(real(folder).iterdir()))
        if path.suffix in TEXTS
    }


def _text(path: Path) -> str:
    try:
        return real(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise TextError(str(path), 1, f"It cannot be read: {error}") from error
