from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import beancount_dunning
from beancount_dunning import api
from beancount_dunning import plugin

DOCS = Path(__file__).parent.parent / "docs" / "api.md"


def test_the_plugin_is_found() -> None:
    assert beancount_dunning.__plugins__ == ("flag",)
    assert beancount_dunning.flag is plugin.flag


@pytest.mark.parametrize("name", api.__all__)
def test_a_public_name_is_no_module_and_explained(name: str) -> None:
    value = getattr(beancount_dunning, name)
    assert value is getattr(api, name)
    assert not inspect.ismodule(value)
    assert name in dir(beancount_dunning)
    assert f"`{name}" in DOCS.read_text(encoding="utf-8")
    if inspect.isfunction(value) or inspect.isclass(value):
        assert value.__doc__


def test_the_docs_name_nothing_that_is_not_public() -> None:
    tables = re.findall(r"^\| .*", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    names = re.findall(r"`([A-Z]\w+|\w+(?=\())", "\n".join(tables))
    assert set(names) - {"None"} <= set(api.__all__)


def test_all_public_names_can_be_imported_at_once() -> None:
    namespace: dict[str, object] = {}
    exec("from beancount_dunning import *", namespace)  # noqa: S102 - as users do
    assert set(api.__all__) <= set(namespace)


def test_it_names_nothing_else() -> None:
    with pytest.raises(AttributeError, match="no attribute 'dunn'"):
        _ = beancount_dunning.dunn


def test_answers_stay_functions_whatever_was_imported_before() -> None:
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            (
                "import beancount_dunning.answers.findings, beancount_dunning as d;"
                "print(callable(d.findings), callable(d.charges), callable(d.tell))"
            ),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "True True True\n"
