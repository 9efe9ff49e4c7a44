from __future__ import annotations

from pathlib import Path

import pytest

from beancount_dunning.office.listed import Book
from beancount_dunning.office.listed import ListError
from beancount_dunning.office.listed import named
from beancount_dunning.office.listed import read_list

LIST = """
[[books]]
name = "Atelier Nordlicht"
path = "nordlicht/books.beancount"
tags = ["monthly", "berlin"]

[[books]]
path = "clients/*/main.beancount"
tags = ["monthly"]

[[books]]
path = "gone.beancount"
"""


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    for name in ("clients/b", "clients/a"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "main.beancount").write_text("")
    return written(tmp_path, LIST)


def written(folder: Path, text: str) -> Path:
    path = folder / "office.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_names_ledgers_in_its_order(listed: Path) -> None:
    folder = listed.parent
    monthly = ("monthly",)
    assert read_list(listed) == [
        Book(
            "Atelier Nordlicht",
            folder / "nordlicht/books.beancount",
            ("monthly", "berlin"),
        ),
        Book("clients/a/main.beancount", folder / "clients/a/main.beancount", monthly),
        Book("clients/b/main.beancount", folder / "clients/b/main.beancount", monthly),
        Book("gone.beancount", folder / "gone.beancount"),
    ]


@pytest.mark.parametrize(
    ("tags", "count"),
    [((), 4), (("monthly",), 3), (("berlin",), 1), (("berlin", "monthly"), 3)],
)
def test_tags_choose(listed: Path, tags: tuple[str, ...], count: int) -> None:
    assert len(read_list(listed, tags)) == count


def test_a_tag_that_nothing_has_is_an_error(listed: Path) -> None:
    with pytest.raises(ListError) as error:
        read_list(listed, ["montly"])
    assert str(error.value) == (
        f'No ledger in {listed} has the tag "montly". Did you mean "monthly"?'
    )


def test_a_ledger_named_twice_counts_once() -> None:
    one, other = Path("a.beancount"), Path("b.beancount")
    assert named([one, other, one]) == [
        Book("a.beancount", one),
        Book("b.beancount", other),
    ]


_ENTRY = 'path = "books.beancount"'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", " names no ledgers. Write for each: [[books]], and below it "),
        ("books = 3", " names no ledgers. "),
        ("books = []", " names no ledgers. "),
        ("books = [3]", "[[books]] number 1: write [[books]], and below it path = "),
        ("[[book]]", ': "book" means nothing here; write [[books]].'),
        ("[[books]]\npaht = 3", '"paht" means nothing here. Did you mean "path"?'),
        ("[[books]]", '[[books]] number 1 has no path; write path = "books.beancount"'),
        ("[[books]]\npath = 3", "[[books]] number 1 has no path; "),
        ('[[books]]\npath = ""', "[[books]] number 1 has no path; "),
        (f"[[books]]\n{_ENTRY}\nname = 3", 'write the name as name = "Acme GmbH"'),
        (f'[[books]]\n{_ENTRY}\nname = " "', 'write the name as name = "Acme GmbH"'),
        (f'[[books]]\n{_ENTRY}\ntags = "a"', 'write the tags as tags = ["monthly", '),
        (f"[[books]]\n{_ENTRY}\ntags = [3]", 'write the tags as tags = ["monthly", '),
        ('[[books]]\npath = "*.bean"', "number 1: no file is called *.bean."),
        (
            '[[books]]\npath = "*.toml"\nname = "All"',
            "*.toml may be many ledgers, which share no name; leave it.",
        ),
        (
            f"[[books]]\n{_ENTRY}\n[[books]]\n{_ENTRY}",
            ' has two ledgers called "books.beancount"; give one a name.',
        ),
        ("[[books", " is not TOML: "),
    ],
)
def test_what_is_wrong_is_said_with_what_to_type(
    tmp_path: Path, text: str, message: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ListError) as error:
        read_list(path)
    assert str(path) in str(error.value)
    assert message in str(error.value)


def test_a_list_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="cannot be read: No such file"):
        read_list(tmp_path / "gone.toml")


def test_a_list_that_is_no_text_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "office.toml"
    path.write_bytes(b"\xff")
    with pytest.raises(ListError, match="is not TOML"):
        read_list(path)
