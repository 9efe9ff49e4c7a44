"""Tables in parts: sorted, and cut to the part that an address asks for."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING
from typing import Generic
from typing import TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

_Row = TypeVar("_Row")

_ROWS = 50
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
    order = _Order.asked(name, keys, parameters)
    return _cut(name, order.sorted(rows, keys), order, parameters, size)


def lay_out_by(
    group: Callable[[_Row], str],
    name: str,
    rows: Sequence[_Row],
    keys: Mapping[str, Callable[[_Row], object]],
    parameters: Mapping[str, str],
) -> Table[_Row]:
    """Sort a table whose rows stand in groups, and cut out a part, as `lay_out` does.

    Args:
        group: What a row's group is called.
        name: What the table's parameters begin with.
        rows: All rows, in the order they have if nothing else is asked for.
        keys: What each column that can be sorted by sorts by, within a group.
        parameters: The page's.
    """
    order = _Order.asked(name, keys, parameters)
    found = sorted(order.sorted(rows, keys), key=group)
    return _cut(name, found, order, parameters, _ROWS)


def sorted_by(
    order: str, name: str, keys: Iterable[str], parameters: Mapping[str, str]
) -> dict[str, str]:
    """Return parameters that sort a table, whatever they say or do not say.

    Args:
        order: How it is sorted where they ask for nothing, or for what makes no sense.
        name: What the table's parameters begin with.
        keys: By which columns it can be sorted.
        parameters: The page's.
    """
    said = f"{name}-sort"
    is_said = parameters.get(said, "").removeprefix("-") in keys
    return dict(parameters) if is_said else {**parameters, said: order}


@dataclass(frozen=True, slots=True)
class _Order:
    """By which column a table is sorted; None for as it comes."""

    column: str | None = None
    descending: bool = False

    @classmethod
    def asked(
        cls, name: str, keys: Iterable[str], parameters: Mapping[str, str]
    ) -> _Order:
        said = parameters.get(f"{name}-sort", "")
        column = said.removeprefix("-")
        return cls(column, said.startswith("-")) if column in keys else cls()

    def sorted(
        self,
        rows: Sequence[_Row],
        keys: Mapping[str, Callable[[_Row], object]],
    ) -> Sequence[_Row]:
        if self.column is None:
            return rows
        key = keys[self.column]
        valued = [row for row in rows if key(row) is not None]
        valued.sort(key=key, reverse=self.descending)  # type: ignore[arg-type]  # alike
        return [*valued, *(row for row in rows if key(row) is None)]


def _cut(
    name: str,
    rows: Sequence[_Row],
    order: _Order,
    parameters: Mapping[str, str],
    size: int,
) -> Table[_Row]:
    if parameters.get("rows") == "all":
        size = max(len(rows), 1)
    pages = max(1, -(-len(rows) // size))
    asked = parameters.get(f"{name}-page", "")
    is_number = asked.isdecimal() and len(asked) <= _LONGEST_PAGE
    page = max(1, min(int(asked), pages)) if is_number else 1
    part = tuple(islice(rows, (page - 1) * size, page * size))
    return Table(name, part, len(rows), page, pages, order.column, order.descending)
