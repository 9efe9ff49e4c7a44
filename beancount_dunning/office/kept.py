"""Answers that are kept for the next run, in the user's cache folder.

An answer is kept under a sum of all that decides it and is known before it is worked
out; what is known only afterwards, such as the code of a ledger's own plugins, is
written down with it and compared. So an answer that is found is right. What cannot be
read is as if it was not there, and what cannot be written is not kept: both cost time
and nothing else.

Answers are JSON: a pickle can run anything when it is read.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field
from functools import cache
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from platformdirs import user_cache_path

import beancount_dunning
from beancount_dunning.office.sources import sum_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_FORMAT = "beancount-dunning answer 2"
# Answers, and what a killed process was writing.
_NAME = re.compile(r"[0-9a-f]{64}\.json(\.[0-9]+)?")
# What comes of reading something as an answer that is none.
_FOREIGN = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
_DAY = 24 * 60 * 60
_MAX_AGE = 30 * _DAY
_MAX_BYTES = 256 * 1024 * 1024


def answers_folder() -> Path:
    """Return where this user's answers are kept."""
    return user_cache_path("beancount-dunning") / "answers"


@cache
def program() -> str:
    """Return a sum of the program: its code, all that is installed, Python."""
    package = Path(beancount_dunning.__file__).parent
    found = sha256(sys.version.encode())
    for path in sorted(package.rglob("*")):
        if path.suffix not in {"", ".pyc"}:
            name = str(path.relative_to(package))
            found.update(repr((name, sum_of(str(path)))).encode())
    for name in sorted(f"{one.name} {one.version}" for one in distributions()):
        found.update(f"{name}\n".encode())
    return found.hexdigest()


@dataclass(frozen=True, slots=True)
class Decided:
    """What decided an answer and is known only afterwards.

    `read` has sums of the files that Beancount read, none if it is not certain which;
    `beside` sums of files and folders that lie beside them; and `there` whether files
    were there that decided by this alone.
    """

    read: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)
    there: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder of answers.

    `sums` remembers what was compared in this run: many ledgers share plugins.
    """

    folder: Path = field(default_factory=answers_folder)
    sums: dict[str, str] = field(default_factory=dict)

    def key(self, decided_by: object) -> str:
        """Return what an answer is kept under.

        Args:
            decided_by: All that decides the answer beside the program, as JSON has it.
        """
        text = json.dumps([program(), decided_by], sort_keys=True)
        return sha256(text.encode()).hexdigest()

    def get(self, key: str) -> Any:  # noqa: ANN401 - JSON
        """Return an answer as it was put; None where there is none that is right."""
        path = self._path(key)
        try:
            with path.open(encoding="utf-8") as file:
                found = json.load(file)
            if found["format"] != _FORMAT or not self._is_right(found):
                return None
            answer = found["answer"]
        except (OSError, *_FOREIGN):
            return None
        with suppress(OSError):
            # What is used stays.
            os.utime(path)
        return answer

    def _is_right(self, found: dict[str, Any]) -> bool:
        for name, was in found["beside"].items():
            if name not in self.sums:
                self.sums[name] = sum_of(name)
            if self.sums[name] != was:
                return False
        return all(Path(name).exists() == was for name, was in found["there"].items())

    def put(
        self,
        key: str,
        answer: object,
        decided: Decided,
    ) -> None:
        """Keep an answer, if that can be done.

        Args:
            key: What it is kept under.
            answer: The answer, as JSON has it.
            decided: What else decided it.
        """
        data = {
            "format": _FORMAT,
            "beside": {**decided.beside},
            "there": {**decided.there},
            "answer": answer,
        }
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            # Answers say what the ledgers say.
            self.folder.chmod(0o700)
            self._write(self._path(key), json.dumps(data))

    def _write(self, path: Path, text: str) -> None:
        """Write an answer, so that others read all of it or nothing.

        It need not outlive a power cut: what is broken is as if it was not there.
        """
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            draft.write_text(text, encoding="utf-8")
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    def tidy(self) -> None:
        """Remove answers that were not used for long, and the oldest of too many."""
        with suppress(OSError):
            found = [
                (status.st_mtime, status.st_size, entry.path)
                for entry in os.scandir(self.folder)
                if _NAME.fullmatch(entry.name)
                for status in [entry.stat()]
            ]
            left = _MAX_BYTES
            for used, size, path in sorted(found, reverse=True):
                left -= size
                if left < 0 or used < time.time() - _MAX_AGE:
                    Path(path).unlink(missing_ok=True)
