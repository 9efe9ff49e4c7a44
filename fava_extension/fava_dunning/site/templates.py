"""Fava's application, without a ledger, and the templates that it renders."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fava.application import create_app
from jinja2 import FileSystemLoader
from werkzeug.test import create_environ

if TYPE_CHECKING:
    from flask import Flask
    from flask.ctx import RequestContext
    from jinja2 import Environment

FOLDER = Path(__file__).parent.parent / "templates"


@cache
def app() -> Flask:
    """Return the application: Fava's filters, its language, and no address."""
    return create_app([], read_only=True)


def request() -> RequestContext:
    """Return the request that a ledger's pages answer to, without any parameter."""
    return app().request_context(create_environ())


@cache
def templates() -> Environment:
    """Return where templates are found: the page's, and in `site` those around it."""
    return app().jinja_env.overlay(loader=FileSystemLoader(FOLDER))
