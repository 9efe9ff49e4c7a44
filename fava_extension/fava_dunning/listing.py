"""Tables in parts: sorted, and cut to the part that an address asks for."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING
from typing import Generic
from typing import TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping
    from collections.abc import Sequence

_Row = TypeVar("_Row")

_ROWS = 100
# Python refuses to read a number of thousands of digits.
_LONGEST_PAGE = 9


@dataclass(frozen=True, slots=True)
class Table(Generic[_Row]):
    """A part of a table, sorted: its rows, of how many, and where its others are."""

    name: str
    rows: tuple[_Row, ...]
    count: int
    page: int
    pages: int
    column: str | None
    descending: bool

    def order(self, column: str) -> str | None:
        """Return how the table is sorted by a column, in the words of ARIA."""
        if column != self.column:
            return None
        return "descending" if self.descending else "ascending"

    def sort(self, column: str) -> str:
        """Return what asks for the table sorted by a column; twice turns it round."""
        is_ascending = column == self.column and not self.descending
        return f"-{column}" if is_ascending else column


def lay_out(
    name: str,
    rows: Sequence[_Row],
    keys: Mapping[str, Callable[[_Row], object]],
    parameters: Mapping[str, str],
    size: int = _ROWS,
) -> Table[_Row]:
    """Sort a table and cut the part out of it that is asked for.

    Args:
        name: What the table's parameters begin with.
        rows: All rows, in the order they have if nothing else is asked for.
        keys: What each column that can be sorted by sorts by; None comes last.
        parameters: The page's; what makes no sense is left aside.
        size: How many rows a part has.

    Returns:
        The part.
    """
    said = parameters.get(f"{name}-sort", "")
    column: str | None = said.removeprefix("-")
    descending = said.startswith("-")
    key = keys.get(column or "")
    if key is None:
        column, descending = None, False
    else:
        valued = [row for row in rows if key(row) is not None]
        valued.sort(key=key, reverse=descending)  # type: ignore[arg-type]  # all alike
        rows = [*valued, *(row for row in rows if key(row) is None)]
    pages = max(1, -(-len(rows) // size))
    asked = parameters.get(f"{name}-page", "")
    is_number = asked.isdecimal() and len(asked) <= _LONGEST_PAGE
    page = max(1, min(int(asked), pages)) if is_number else 1
    part = tuple(islice(rows, (page - 1) * size, page * size))
    return Table(name, part, len(rows), page, pages, column, descending)
