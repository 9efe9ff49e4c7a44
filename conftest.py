"""What pytest has to know before it looks for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make screenshots` say where the README's pictures go.

    And let who has changed the page on purpose write anew what tests compare with it.
    """
    parser.addoption("--screenshots", help="the folder to write screenshots to")
    parser.addoption(
        "--update-snapshots",
        action="store_true",
        help="write the page for screen readers, and the outputs in docs, anew",
    )
