"""What our page says, read as a tree of elements."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING
from typing import Any
from urllib.parse import parse_qs
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element
from xml.etree.ElementTree import TreeBuilder

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    Attributes = list[tuple[str, str | None]]

# What HTML has no end tags for.
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr"})


class _Reader(HTMLParser):
    """Builds the tree; each element has to end where it should."""

    def __init__(self) -> None:
        super().__init__()
        self.builder = TreeBuilder()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, attrs)
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in _VOID:
            self.builder.end(tag)
        else:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.builder.end(tag)

    def handle_data(self, data: str) -> None:
        self.builder.data(data)


def read(html: str) -> Element:
    """Return the tree of a part of a page."""
    reader = _Reader()
    reader.builder.start("html", {})
    reader.feed(html)
    reader.close()
    assert not reader.open
    return reader.builder.close()


def ours(client: FlaskClient, address: str, **query: object) -> Element:
    """Ask for a page of ours, without what Fava puts around it."""
    answer = client.get(address, query_string={**query, "partial": "true"})
    assert answer.status_code == 200, answer.text[-500:]
    return read(answer.text)


def words(element: Element | None) -> str:
    """Return the text in an element, without its white space."""
    assert element is not None
    return " ".join("".join(element.itertext()).split())


def tables(page: Element, name: str) -> list[Element]:
    """Return the tables that have a class."""
    return [one for one in page.iter("table") if name in one.get("class", "").split()]


def rows(page: Element, table: str, part: str = "tbody") -> list[list[str]]:
    """Return the cells of a table, by its class, as text."""
    found = (row for one in tables(page, table) for row in one.findall(f"{part}/tr"))
    return [[words(cell) for cell in row] for row in found]


def lines(page: Element) -> list[Element]:
    """Return the lines of what is to do."""
    return page.findall(".//tr[@class='who']")


def inside(
    client: FlaskClient, address: str, line: Element, **query: object
) -> Element:
    """Open a line of what is to do, as the page's script does."""
    key = line.attrib["data-line"]
    opened = ours(client, address, part="task", open=key, **query).find("div")
    assert opened is not None
    return opened


def customers(page: Element, kind: str = "customer") -> list[list[str]]:
    """Return the cells of the table of customers: of these, or of another kind of row.

    Without what narrow pages say in words beside them.
    """
    return [
        [words(cell) for cell in row if "card-only" not in cell.get("class", "")]
        for table in tables(page, "aging")
        for row in table.findall("tbody/tr")
        if row.get("class") == kind
    ]


def column(page: Element, table: str, index: int) -> list[str]:
    """Return the cells of a column of a table, as text."""
    return [row[index] for row in rows(page, table)]


def links(page: Element, name: str) -> list[str]:
    """Return where the links with a text lead."""
    return [one.attrib["href"] for one in page.iter("a") if words(one) == name]


def asked(address: str) -> dict[str, Any]:
    """Return what an address asks for."""
    parsed = parse_qs(urlsplit(address).query, strict_parsing=bool("?" in address))
    return {name: value for name, (value,) in parsed.items()}
