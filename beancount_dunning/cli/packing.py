"""Files that belong together, written into a folder or a ZIP archive.

The same files give the same bytes: names are sorted, nothing in an archive has a time,
and nothing is compressed, which no two libraries do alike.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from zipfile import ZipFile
from zipfile import ZipInfo

import click

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# A file that its owner may write, and all may read.
_MODE = 0o100644 << 16
_UNIX = 3


def write(files: Mapping[str, bytes], to: Path) -> None:
    """Write files, never over one with another content.

    Args:
        files: The contents, by name.
        to: The archive, where its name ends in `.zip`; or else the folder.

    Raises:
        click.UsageError: Something else is there, or it cannot be written. What is
            there stays as it is.
    """
    is_archive = to.suffix.lower() == ".zip"
    written = {to: _archive(files)} if is_archive else _below(to, files)
    try:
        known = {path for path, content in written.items() if _is_there(path, content)}
        for path, content in written.items():
            if not is_archive:
                path.parent.mkdir(parents=True, exist_ok=True)
            if path not in known:
                _write(path, content)
    except OSError as error:
        message = f"Cannot write {to}: {error.strerror or error}"
        raise click.UsageError(message) from error


def _below(folder: Path, files: Mapping[str, bytes]) -> dict[Path, bytes]:
    return {folder / name: content for name, content in files.items()}


def _archive(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        for name, content in sorted(files.items()):
            info = ZipInfo(name)
            info.create_system, info.external_attr = _UNIX, _MODE
            archive.writestr(info, content)
    return out.getvalue()


def _is_there(path: Path, content: bytes) -> bool:
    """Tell whether a file is there already.

    Raises:
        click.UsageError: Another one is.
    """
    if not path.exists():
        return False
    if path.is_file() and path.read_bytes() == content:
        return True
    message = f"{path} is there with another content; nothing was written."
    raise click.UsageError(message)


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        try:
            file.write(content)
            file.flush()
        except OSError:
            # Half a file would be taken for a whole one.
            path.unlink(missing_ok=True)
            raise
