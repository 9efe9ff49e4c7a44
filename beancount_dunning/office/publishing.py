"""A folder of files, written whole or not at all.

    with publishing(Path("out"), "site.txt") as draft:
        draft.write("index.html", page)

Files are written into a folder beside it, `.out.new`. At the end the two change places:
in one step on Linux, elsewhere in two. A file that is as before is not written anew: it
is the same file in both (a hard link), with the time at which it was written. Whatever
goes wrong before the end, a full disk too, leaves the old folder. The new one can be
read by whom the old one could; until then, only by who writes it.

Only a folder that was written here is replaced. A file in it lists all that there is on
top, so nothing that somebody put beside it is lost.

One program at a time writes a folder. The lock (`flock`) is on `.out.new`, and gone
with the process that holds it; what a killed one left there is removed by the next.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancount_dunning.basics.files.errors import BusyError
from beancount_dunning.basics.files.exchange import exchange
from beancount_dunning.basics.files.locks import is_locked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# Permissions of a folder that others are not to enter.
_PRIVATE = 0o700


class ForeignError(OSError):
    """A folder that was not written here, or holds what was not."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A folder that is being written, and the one that it is to replace."""

    folder: Path
    before: Path

    def below(self, name: str) -> Draft:
        """Return a folder in it."""
        return Draft(self.folder / name, self.before / name)

    def write(self, name: str, content: bytes) -> None:
        """Write a file, unless it is as before.

        Args:
            name: Its name, with the folders that it is in.
            content: What is to be in it.

        Raises:
            OSError: It cannot be written.
        """
        if self.last(name) == content:
            self.keep(name)
        else:
            self._place(name).write_bytes(content)

    def last(self, name: str) -> bytes | None:
        """Return what was in a file; None where there was none."""
        with suppress(OSError):
            return (self.before / name).read_bytes()
        return None

    def keep(self, name: str) -> None:
        """Take over a file as it was, if there was one."""
        old, new = self.before / name, self._place(name)
        if old.is_file():
            try:
                new.hardlink_to(old)
            except OSError:
                # Not every file system has links.
                shutil.copy2(old, new)

    def _place(self, name: str) -> Path:
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        return place


@contextmanager
def publishing(out: Path, marker: str) -> Iterator[Draft]:
    """Write a folder whole, or leave it as it is.

    Args:
        out: The folder; a link is followed.
        marker: The file in it that lists what there is on top.

    Yields:
        Where to write. At the end it takes the folder's place.

    Raises:
        BusyError: Another program writes it.
        ForeignError: Something in it was not written here.
        OSError: It cannot be written.
    """
    out = out.resolve()
    _require_own(out, marker)
    work = out.with_name(f".{out.name}.new")
    work.mkdir(_PRIVATE, parents=True, exist_ok=True)
    with _locked(work, out):
        try:
            for leftover in work.iterdir():
                shutil.rmtree(leftover)
            draft = Draft(work / "draft", out)
            draft.folder.mkdir()
            yield draft
            names = sorted([marker, *(path.name for path in draft.folder.iterdir())])
            draft.write(marker, "".join(f"{name}\n" for name in names).encode())
            if hasattr(os, "sync"):  # pragma: no branch - Windows has none
                # A power cut after the exchange is not to find empty files.
                os.sync()
            _require_own(out, marker)
            _put_in_place(draft.folder, out, work / "before")
        finally:
            shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _locked(work: Path, out: Path) -> Iterator[None]:
    """Keep other programs out.

    Raises:
        BusyError: Another one is at work.
    """
    if os.name == "nt":  # pragma: no cover - Windows opens no folder, and has no flock
        yield
        return
    lock = os.open(work, os.O_RDONLY)
    try:
        if not is_locked(lock) or not _is(work, lock):
            raise BusyError(out, "another program is writing it")
        yield
    finally:
        os.close(lock)


def _is(path: Path, opened: int) -> bool:
    """Tell whether a folder is still the one that was opened.

    Who was at work before may have removed that, and others may have made a new one.
    """
    with suppress(OSError):
        return os.path.samestat(path.stat(), os.fstat(opened))
    return False


def _require_own(out: Path, marker: str) -> None:
    """Refuse to replace what was not written here.

    Raises:
        ForeignError: Something was not.
    """
    if not out.exists():
        return
    found = {path.name for path in out.iterdir()}
    own = set[str]()
    with suppress(OSError, UnicodeError):
        own.update((out / marker).read_text(encoding="utf-8").splitlines())
    if foreign := sorted(found - own):
        why = f"{foreign[0]} in it was not written by this command; move it away"
        raise ForeignError(None, why, str(out))


def _put_in_place(draft: Path, out: Path, aside: Path) -> None:
    """Let a new folder take the place of an old one."""
    if not out.exists():
        draft.rename(out)
        return
    _let_same_read(draft, out)
    if not exchange(draft, out):
        out.rename(aside)
        try:
            draft.rename(out)
        except OSError:
            aside.rename(out)
            raise


def _let_same_read(new: Path, old: Path) -> None:
    """Give a folder the group and the permissions of another."""
    with suppress(OSError, AttributeError):
        # Only a member of a group can give it, and Windows has none.
        shutil.chown(new, group=old.stat().st_gid)
    shutil.copystat(old, new)
