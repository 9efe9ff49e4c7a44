"""Fava's application, without a ledger, and the templates that it renders."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fava.application import create_app
from jinja2 import FileSystemLoader

if TYPE_CHECKING:
    from flask import Flask
    from jinja2 import Environment

_FOLDER = Path(__file__).parent.parent / "templates"


@cache
def app() -> Flask:
    """Return the application: Fava's filters, its language, and no address."""
    return create_app([], read_only=True)


@cache
def templates() -> Environment:
    """Return where templates are found: the page's, and in `site` those around it."""
    return app().jinja_env.overlay(loader=FileSystemLoader(_FOLDER))
