"""Own texts see what they are given, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from markupsafe import Markup

from beancount_dunning.formats.templates import Record
from beancount_dunning.formats.templates import Sandbox
from beancount_dunning.formats.templates import Source
from beancount_dunning.formats.templates import TextError
from beancount_dunning.formats.templates import fill


@dataclass(frozen=True, slots=True)
class Thing(Record):
    name: str

    def _hidden(self) -> str:
        return "hidden"


class Other:
    """What no text is ever given, should it be given all the same."""

    secret = "hidden"  # noqa: S105 - nobody's


def filled(text: str, **others: str) -> str:
    sources = {"it": Source("/texts/it.txt", text)}
    sources |= {name: Source(f"/texts/{name}.txt", one) for name, one in others.items()}
    sandbox = Sandbox(sources)
    values = {
        "name": "acme",
        "things": [Thing("one"), Thing("two")],
        "other": Other(),
        "plural": lambda _, **forms: forms["other"],
    }
    return fill(lambda: sandbox.get_template("it"), values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ name | capital }}", "Acme"),
        ("{{ '' | capital }}", ""),
        (
            "{% for one in things %}{{ loop.index }} {{ one.name }}\n{% endfor %}",
            "1 one\n2 two\n",
        ),
        ("{{ things | map(attribute='name') | join(', ') }}", "one, two"),
        ("{{ things[0].name }}", "one"),
        ("{% if name is endingwith 'me' %}yes{% endif %}", "yes"),
        ("{{ plural(2, other='days') }}", "days"),
        ("{% set sum = 1 + 2 %}{{ sum }}", "3"),
        ("{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m(name) }}", "<acme>"),
        ("{% include 'part' %}", "for acme"),
    ],
)
def test_a_text_is_filled_in(text: str, expected: str) -> None:
    assert filled(text, part="for {{ name }}") == expected


# The ways out of sandboxes that are known, from the documentation and advisories of
# Jinja, and some of our own.
@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''['__class__'] }}",
        "{{ '' | attr('__class__') }}",
        "{{ [''] | map(attribute='__class__') | list }}",
        "{{ [''] | map(attribute='__class__.__mro__') | list }}",
        "{{ ['x'] | groupby('__class__') | list }}",
        "{{ ['x'] | sort(attribute='__class__') | list }}",
        "{{ ['x'] | sum(attribute='__class__') }}",
        "{{ things[0].__class__ }}",
        "{{ things[0]._hidden() }}",
        "{{ things[0].__slots__ }}",
        "{{ things.append(1) }}",
        "{{ things.__init__.__globals__ }}",
        "{{ other.secret }}",
        "{{ other['secret'] }}",
        "{{ '{0.__class__.__init__.__globals__}'.format(name) }}",
        "{{ '{0.secret}'.format(other) }}",
        "{{ '{x.secret}'.format_map({'x': other}) }}",
        "{{ ('{0.secret}' | attr('format'))(other) }}",
        "{{ [other] | map('attr', 'secret') | list }}",
        "{{ plural.__globals__ }}",
        "{{ plural.__code__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ loop }}",
        "{% for one in things %}{{ loop._iterator }}{% endfor %}",
        "{% for one in things %}{{ loop.__class__ }}{% endfor %}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ lipsum.__globals__['os'] }}",
        "{{ namespace.__init__ }}",
        "{{ joiner }}",
        "{{ dict }}",
        "{{ range(10) }}",
        "{{ config }}",
        "{{ request }}",
        "{{ open('/etc/passwd') }}",
        "{{ __import__('os') }}",
        "{% include '/etc/passwd' %}",
        "{% include '../../etc/passwd' %}",
        "{% import '/etc/passwd' as x %}",
        "{% extends '/etc/passwd' %}",
        "{% macro m() %}{% endmacro %}{{ m.__globals__ }}",
        "{% macro m() %}{{ caller.__init__ }}{% endmacro %}{% call m() %}{% endcall %}",
        "{{ name.upper() }}",
        "{{ name.__str__ }}",
        "{{ 1 .__class__ }}",
    ],
)
def test_a_text_gets_nowhere(text: str) -> None:
    with pytest.raises(TextError) as caught:
        filled(text)
    assert (caught.value.file, caught.value.line) == ("/texts/it.txt", 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n{{ nobody }}", "/texts/it.txt:2: 'nobody' is undefined"),
        ("a\n\n{{ things[0].nobody }}", "/texts/it.txt:3: 'tests."),
        ("{% if %}", "/texts/it.txt:1: Expected an expression"),
        ("a\n{% if name %}", "/texts/it.txt:2: Unexpected end of template."),
        ("a\n{{ 1 / 0 }}", "/texts/it.txt:2: division by zero"),
        ("a\n{{ 1 + '' }}", "/texts/it.txt:2: unsupported operand"),
        ("a\n{% include 'no' %}", '/texts/it.txt:2: There is no text "no".'),
        ("a\n{% include 'part' %}", "/texts/part.txt:3: 'y' is undefined"),
        ("a\n{% include 'bad' %}", "/texts/bad.txt:1: Expected an expression"),
        ("a\n{% include 'it' %}", "/texts/it.txt:2: "),
        ("{{ things | first(1) }}", "/texts/it.txt:1: "),
    ],
)
def test_an_error_names_file_and_line(text: str, message: str) -> None:
    with pytest.raises(TextError) as caught:
        filled(text, part="\n\n{{ y }}", bad="{{ }}")
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "text",
    [
        "{{ letter.__html__ }}",
        "{{ letter.__class__ }}",
        "{{ ('{0.__class__}' | safe).format(letter) }}",
        "{{ ('{0.__class__}' | safe | attr('format'))(letter) }}",
        "{{ letter | escape | attr('__init__') }}",
        "{{ letter.striptags() }}",
        "{% include '../letter.html' %}",
    ],
)
def test_a_page_gets_nowhere(text: str) -> None:
    sandbox = Sandbox({"it.html": Source("/texts/it.html", text)})
    values = {"letter": Markup("<p>Dear all</p>")}
    with pytest.raises(TextError) as caught:
        fill(lambda: sandbox.get_template("it.html"), values)
    assert (caught.value.file, caught.value.line) == ("/texts/it.html", 1)


def test_a_text_that_is_not_there() -> None:
    with pytest.raises(TextError, match='There is no text "no"'):
        fill(lambda: Sandbox().get_template("no"), {})
