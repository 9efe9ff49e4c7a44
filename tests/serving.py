"""Fava with our page, served in the test's own process."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from fava.application import create_app
from jinja2 import BytecodeCache
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from jinja2.bccache import Bucket

EXAMPLE = Path(__file__).parent.parent / "ledgers" / "example.beancount"
PAGE = "extension/Dunning/"


class _Templates(BytecodeCache):
    """Compiled templates, which the Favas of a run share.

    Compiling them takes longer than loading a test's ledger and answering. Jinja looks
    code up by a template's file, and uses it where the source is the same.
    """

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._code.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


# Compiling already applies filters to constants, and incognito has filters of its own.
_TEMPLATES = {incognito: _Templates() for incognito in (False, True)}


def app_of(*ledgers: Path, **options: Any) -> Flask:  # noqa: ANN401 - Fava's
    """Return Fava's application for some ledgers; its file watcher polls."""
    app = create_app(ledgers, **{"load": True, "poll_watcher": True, **options})
    app.jinja_env.bytecode_cache = _TEMPLATES[bool(options.get("incognito"))]
    return app


def client_of(*ledgers: Path, **options: Any) -> FlaskClient:  # noqa: ANN401 - Fava's
    """Return a client that talks to Fava without a network."""
    return app_of(*ledgers, **options).test_client()


@contextmanager
def served(*ledgers: Path, **options: Any) -> Iterator[str]:  # noqa: ANN401 - Fava's
    """Serve ledgers; yields the address of the server."""
    server = make_server("localhost", 0, app_of(*ledgers, **options), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
