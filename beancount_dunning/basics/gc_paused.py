"""The garbage collector, kept out of where there is no garbage."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def without_collection() -> Iterator[None]:
    """Keep the garbage collector out of a pass that makes no garbage.

    What the pass makes would set it off, and with a large ledger in memory one full
    collection takes longer than the pass. Where several threads do this at once, the
    collector is on again when the one that found it on is through.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
