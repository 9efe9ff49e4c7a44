"""The code of a ledger's own plugins: what it brings along, and what has to be there.

Beancount looks for a plugin in the folders of files with the option `insert_pythonpath`
and then where all Python does. What is imported from these folders can be sent with a
ledger; all else has to be the same wherever the ledger is read.
Beancount's own plugins and ours are known by their versions.
"""

from __future__ import annotations

import ast
import sys
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

from beancount_dunning.office.sources import sum_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence

_KNOWN = {"beancount", "beancount_dunning"}
_COMPILED = "__pycache__"


def own(names: Iterable[str]) -> list[str]:
    """Return those plugins that are neither Beancount's nor ours."""
    return [name for name in names if _top(name) not in _KNOWN]


def _top(name: str) -> str:
    return name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class _Code:
    """A file of code, and what it is called where it is found."""

    path: Path
    name: str


def _code(top: str, folders: Sequence[str]) -> Iterator[_Code]:
    """Yield the files of a module, or of a package, data too, as Python finds it."""
    spec = PathFinder.find_spec(top, [*folders, *sys.path])
    if spec is None:
        return
    if spec.submodule_search_locations is None:
        path = Path(str(spec.origin))
        yield _Code(path, path.name)
    for place in spec.submodule_search_locations or ():
        for path in sorted(Path(place).rglob("*")):
            if path.is_file() and _COMPILED not in path.parts:
                yield _Code(path, str(path.relative_to(place)))


def code_beside(names: Iterable[str], folders: Sequence[str]) -> dict[str, list[Path]]:
    """Find the code in some folders that plugins consist of, and import.

    Args:
        names: The plugins.
        folders: The folders, absolute, in the order in which they are looked through.

    Returns:
        Files by the name of the module or package; only what lies in the folders.
    """
    found: dict[str, list[Path]] = {}
    waiting = list(map(_top, names))
    while waiting:
        top = waiting.pop()
        # Python looks nowhere for what is built in, and a folder may be called alike.
        if top in found or top in sys.builtin_module_names:
            continue
        found[top] = [
            one.path
            for one in _code(top, folders)
            if any(one.path.is_relative_to(folder) for folder in folders)
        ]
        for path in found[top]:
            waiting += _imported(path)
    return {top: paths for top, paths in found.items() if paths}


def _imported(path: Path) -> Iterator[str]:
    """Yield which modules and packages a file imports, wherever in it."""
    tree = ast.Module([], [])
    if path.suffix == ".py":
        with suppress(OSError, SyntaxError, ValueError):
            tree = ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (_top(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield _top(node.module)


def sum_of_code(name: str) -> str:
    """Return a sum of a plugin's code where all Python looks for it.

    Args:
        name: The plugin.

    Returns:
        The sum, the same wherever it lies; "" if it is not there.
    """
    sums = [(one.name, sum_of(str(one.path))) for one in _code(_top(name), ())]
    return sha256(repr(sums).encode()).hexdigest() if sums else ""
