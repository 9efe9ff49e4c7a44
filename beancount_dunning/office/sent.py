"""A ledger that is sent to another machine, and read there as if it was at home.

What is sent are the files that Beancount reads, and the names of documents, which have
to be there and are not read. There, all lie below a folder that stands for the root;
once loaded, everything has the name again that it has where it comes from.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import Document

from beancount_dunning.office.sources import files_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

_DOCUMENT = re.compile(rb'^\d{4}\S+\s+document\s+\S+\s+"([^"\n]+)"', re.MULTILINE)
_DOCUMENTS = re.compile(rb'^option\s+"documents"\s+"([^"\n]+)"', re.MULTILINE)
_ABSOLUTE = re.compile(
    rb'^((?:include|option\s+"documents"|\d{4}\S+\s+document\s+\S+)\s+")(?=/)',
    re.MULTILINE,
)


def pack(ledger: Path) -> dict[str, bytes]:
    """Read a ledger's files, to send them.

    Args:
        ledger: Its file.

    Returns:
        Their content by absolute name; a document's is left out.
    """
    files: dict[str, bytes] = {}
    names = set[str]()
    for name in files_of(ledger):
        try:
            content = files[name] = Path(name).read_bytes()
        except OSError:
            continue
        names.update(_documents(Path(name).parent, content))
    return {**dict.fromkeys(sorted(names), b""), **files}


def _documents(folder: Path, content: bytes) -> Iterator[str]:
    """Yield the documents that a file names, one by one or by their folder."""
    for typed in _DOCUMENT.findall(content):
        name = os.path.normpath(folder / os.fsdecode(typed))
        if Path(name).exists():
            yield name
    for typed in _DOCUMENTS.findall(content):
        for path, _, names in os.walk(os.path.normpath(folder / os.fsdecode(typed))):
            yield from (str(Path(path, name)) for name in names)


def unpack(files: Mapping[str, bytes], root: str) -> None:
    """Write files that were sent.

    Args:
        files: Their content by absolute name.
        root: The folder that stands for the root. It is put before absolute names in
            includes, too.
    """
    for name, content in files.items():
        path = Path(f"{root}{name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_ABSOLUTE.sub(rb"\1" + os.fsencode(root), content))


def with_own_names(
    entries: Sequence[Any], errors: Sequence[Any], options: dict[str, Any], root: str
) -> tuple[list[Any], list[Any], dict[str, Any]]:
    """Give what was loaded the names of the files that were sent.

    Args:
        entries: The entries. Their metadata is changed.
        errors: The errors. Their sources are changed.
        options: The options.
        root: The folder that stands for the root.

    Returns:
        Entries, errors and options.
    """

    def rename(where: Any) -> None:  # noqa: ANN401 - metadata, or none
        if where and str(where.get("filename")).startswith(root):
            where["filename"] = where["filename"].removeprefix(root)

    for entry in entries:
        rename(entry.meta)
        for posting in getattr(entry, "postings", ()):
            rename(posting.meta)
    for error in errors:
        rename(error.source)
    return (
        [
            entry._replace(filename=entry.filename.removeprefix(root))
            if isinstance(entry, Document)
            else entry
            for entry in entries
        ],
        [error._replace(message=error.message.replace(root, "")) for error in errors],
        {
            **options,
            "filename": options["filename"].removeprefix(root),
            "include": [name.removeprefix(root) for name in options["include"]],
        },
    )
