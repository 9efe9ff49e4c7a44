"""How Fava was started: with `--incognito`, with `--read-only`."""

from __future__ import annotations

from flask import current_app
from flask import has_app_context


def is_incognito() -> bool:
    """Tell whether Fava hides amounts; outside of its requests nothing is hidden."""
    return has_app_context() and bool(current_app.config["INCOGNITO"])


def is_read_only() -> bool:
    """Tell whether Fava refuses to write: only its guards against requests say so."""
    guards = current_app.before_request_funcs.get(None, ())
    return any(guard.__name__ == "_read_only" for guard in guards)
