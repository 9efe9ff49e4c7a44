"""The ledgers that the commands are run on."""

from __future__ import annotations

from datetime import date
from multiprocessing import forkserver
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pytest
from fava_dunning import site

from beancount_dunning.cli.office import MODULES
from tests.cli.running import DUNNED
from tests.cli.running import LEDGER
from tests.cli.running import written

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session", autouse=True)
def _loaded() -> None:
    """What processes find loaded is decided by the first command of a session."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["__main__", *MODULES, *site.MODULES])
    forkserver.ensure_running()


@pytest.fixture
def books(tmp_path: Path) -> Path:
    return written(tmp_path, LEDGER)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever the tests run: what is in the future cannot be logged."""
    monkeypatch.setattr(
        "beancount_dunning.cli.loading.today", lambda: date(2026, 11, 20)
    )


@pytest.fixture(autouse=True)
def _beside_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the tests run: places are shown relative to where one is."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def dunned(tmp_path: Path) -> Path:
    return written(tmp_path, DUNNED)
