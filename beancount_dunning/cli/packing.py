"""Files written where somebody says: one, a folder, an archive; never over others."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from beancount_dunning.handover.archive import as_zip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping
    from pathlib import Path


def write(files: Mapping[str, bytes], to: Path) -> None:
    """Write files that belong together, never over one with other content.

    Args:
        files: The contents, by name.
        to: The archive, where its name ends in `.zip`; or else the folder.

    Raises:
        click.UsageError: Something else is there, or it cannot be written. What is
            there stays as it is.
    """
    if to.suffix.lower() == ".zip":
        write_file(as_zip(files), to)
        return
    with _telling(to):
        paths = {to / name: content for name, content in files.items()}
        new = [path for path, content in paths.items() if not _is_there(path, content)]
        for path in new:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(paths[path], path)


def write_file(content: bytes, to: Path) -> None:
    """Write a file, never over one with other content.

    Raises:
        click.UsageError: Something else is there, or it cannot be written.
    """
    with _telling(to):
        if not _is_there(to, content):
            _write(content, to)


@contextmanager
def _telling(to: Path) -> Iterator[None]:
    """Say what cannot be written, and why."""
    try:
        yield
    except OSError as error:
        message = f"Cannot write {to}: {error.strerror or error}"
        raise click.UsageError(message) from error


def _is_there(path: Path, content: bytes) -> bool:
    """Tell whether a file is there already.

    Raises:
        click.UsageError: Another one is.
    """
    if not path.exists():
        return False
    if path.is_file() and path.read_bytes() == content:
        return True
    message = f"{path} already exists with other content; nothing was written."
    raise click.UsageError(message)


def _write(content: bytes, path: Path) -> None:
    with path.open("xb") as file:
        try:
            file.write(content)
            file.flush()
        except OSError:
            # Half a file would be taken for a whole one.
            path.unlink(missing_ok=True)
            raise
