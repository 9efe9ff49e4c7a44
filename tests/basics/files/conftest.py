"""A file to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from beancount_dunning.basics.files import locks

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    path.write_bytes(b"old\n")
    return path


@pytest.fixture
def _leases(books: Path) -> None:
    with books.open("rb") as file:
        if not locks._lease(file):  # noqa: SLF001 - to ask the system
            pytest.skip("this file system gives no leases")
