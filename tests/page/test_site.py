from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from fava_dunning.site import Row
from fava_dunning.site import file_name
from fava_dunning.site import write_index

from beancount_dunning.basics.clock import today
from beancount_dunning.cli import main
from beancount_dunning.office.publishing import Draft
from tests.serving import EXAMPLE

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from click.testing import Result

OUT_OF_HERE = ("mailto:", "tel:", "sms:")
EVIL = "</script><img src=x onerror=alert(1)>"
UNTIDY = f"""\
option "title" "{EVIL}"
plugin "beancount_dunning"
2026-01-01 custom "dunning-option" "as-of" 2026-11-20
2026-01-01 open Assets:Bank
2026-01-01 open Assets:Receivable
2026-01-01 open Income:Sales
2026-01-01 custom "dunning-customer" "{EVIL}"
  email: "javascript:alert(1)@evil.example"
  phone: "+49 30 1' onclick='alert(1)"
  address: "{EVIL}"
2026-01-01 custom "dunning-customer" "../../etc/passwd"
  language: "de"
2026-09-14 * "{EVIL}" "{EVIL}"
  invoice: "{EVIL}"
  due: 2026-10-14
  Assets:Receivable    1190.005 EUR
  Income:Sales
2026-10-15 custom "dunning" "{EVIL}" "first reminder" "e-mail"
  text: "{EVIL}"
2026-09-15 * "../../etc/passwd" "Groceries"
  invoice: "../../../out"
  due: 2026-10-01
  Assets:Receivable     20 USD
  Income:Sales
2026-11-01 * "{EVIL}" "{EVIL} for something"
  Assets:Bank           77 EUR
  Assets:Receivable
"""


@pytest.fixture(autouse=True, scope="module")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep answers away from those of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


class Links(HTMLParser):
    """A page as a browser has it: its links, its names, its elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.names: set[str] = set()
        self.tags: set[str] = set()
        self.handlers: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name in {"href", "src", "action"}:
                self.links.append(value or "")
            if name == "id":
                self.names.add(value or "")
            if name.startswith("on"):
                self.handlers.append(name)


def write(out: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["site", str(out), *map(str, arguments)])


def pages(out: Path) -> dict[Path, Links]:
    found = sorted(out.rglob("*.html"))
    return {path: Links(path.read_text(encoding="utf-8")) for path in found}


def texts(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "untidy.beancount"
    path.write_text(UNTIDY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site of three ledgers, one of which is in German, and a broken one."""
    folder = tmp_path_factory.mktemp("office")
    example = EXAMPLE.read_text(encoding="utf-8")
    (folder / "example.beancount").write_text(example, encoding="utf-8")
    (folder / "untidy.beancount").write_text(UNTIDY, encoding="utf-8")
    german = '2020-01-01 custom "fava-option" "language" "de"\n'
    (folder / "deutsch.beancount").write_text(example + german, encoding="utf-8")
    (folder / "office.toml").write_text(
        "".join(
            f'[[books]]\nname = "{name}"\npath = "{path}.beancount"\n'
            for name, path in (
                ("Atelier", "example"),
                ("<b>Untidy & Sons</b>", "untidy"),
                ("Deutsch", "deutsch"),
                ("Gone", "gone"),
            )
        ),
        encoding="utf-8",
    )
    done = write(folder / "out", "--books", folder / "office.toml")
    assert done.exit_code == 2, done.output
    assert re.search(
        r"Error: Gone: .*gone.beancount cannot be read: No such", done.stderr
    )
    return folder / "out"


def of(office: Path, name: str) -> Path:
    return office / file_name(name)


def test_every_link_leads_somewhere(office: Path) -> None:
    assert len(links_hold(office)) > 80


def links_hold(office: Path) -> dict[Path, Links]:
    """Follow all links; return the pages."""
    found = pages(office)
    for path, page in found.items():
        for link in page.links:
            if link.startswith(OUT_OF_HERE):
                continue
            parts = urlsplit(link)
            assert not parts.scheme, (path, link)
            assert not parts.netloc, (path, link)
            target = path
            if parts.path:
                target = (path.parent / unquote(parts.path)).resolve()
            assert target.is_file(), (path, link)
            assert target.is_relative_to(office), (path, link)
            if parts.fragment:
                assert parts.fragment in found[target].names, (path, link)
    return found


def test_every_page_can_be_reached(office: Path) -> None:
    found = pages(office)
    seen, left = set[Path](), [office / "index.html"]
    while left:
        path = left.pop()
        if path in seen or path not in found:
            continue
        seen.add(path)
        targets = (unquote(urlsplit(link).path) for link in found[path].links)
        left += [(path.parent / target).resolve() for target in targets if target]
    assert seen == set(found)


def test_nothing_in_it_runs_writes_or_loads(office: Path) -> None:
    for path, page in pages(office).items():
        assert not page.handlers, path
        assert not page.tags & {
            *("script", "img", "iframe", "object", "embed", "base"),
            *("form", "input", "button", "select", "dialog", "textarea"),
        }, path
        text = path.read_text(encoding="utf-8")
        assert '<meta http-equiv="Content-Security-Policy" content="default' in text
        assert "&lt;b&gt;Untidy &amp; Sons&lt;/b&gt;" in text or path.parent != office


def test_what_a_ledger_says_is_nothing_but_text(office: Path) -> None:
    folder = of(office, "<b>Untidy & Sons</b>")
    assert folder.is_dir()
    (customer,) = folder.glob("customer/script-*.html")
    text = customer.read_text(encoding="utf-8")
    assert "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;" in text
    assert all(re.fullmatch(r"[a-z0-9./-]+", name) for name in texts(office))


def test_no_page_tells_where_the_ledgers_are(office: Path) -> None:
    where = str(office.parent).encode()
    assert [name for name, text in texts(office).items() if where in text] == []


def test_nor_does_what_the_doctor_says(ledger: Path, tmp_path: Path) -> None:
    step = '2026-01-01 custom "dunning-step" "standard" "first reminder" 3\n'
    paid = '2026-11-02 * "Acme" "Bill 7"\n  Assets:Bank  5 EUR\n  Assets:Receivable\n'
    include = 'include "more/below.beancount"\n'
    text = ledger.read_text(encoding="utf-8")
    ledger.write_text(f"{text}{include}{step}{paid}", encoding="utf-8")
    below = tmp_path / "more" / "below.beancount"
    below.parent.mkdir()
    below.write_text(step + paid, encoding="utf-8")
    books = tmp_path / "office.toml"
    books.write_text(f'[[books]]\npath = "{ledger.name}"\nname = "A"\n')
    out = tmp_path / "out"
    assert write(out, "--books", books).exit_code == 0
    page = (of(out, "A") / "index.html").read_text(encoding="utf-8")
    assert "first reminder&#34;, at more/below.beancount:1." in page
    assert "same date, text and amount, in more/below.beancount:2." in page
    assert str(tmp_path) not in page


def test_a_page_is_in_the_ledgers_language(office: Path) -> None:
    index = (of(office, "Deutsch") / "index.html").read_text(encoding="utf-8")
    assert '<html lang="de">' in index
    assert '<div class="dunning" lang="de">' in index
    assert "Überfällig" in index
    assert '<a href="../index.html">Alle Buchhaltungen</a>' in index


def test_the_index_is_in_the_language_of_all_pages(
    office: Path, tmp_path: Path
) -> None:
    def heading(folder: Path) -> str:
        text = (folder / "index.html").read_text(encoding="utf-8")
        (language,) = re.findall(r'<html lang="(\w+)">', text)
        (title,) = re.findall(r"<h1>(.*?)</h1>", text)
        return f"{language}: {title}"

    assert heading(office) == "en: Receivables of 4 ledgers"
    rows = [Row("A", language="de"), Row("B", language="de"), Row("C", error="gone")]
    write_index(rows, Draft(tmp_path, tmp_path / "none"), is_private=False)
    assert heading(tmp_path) == "de: Forderungen aus 3 Buchhaltungen"
    shown = (tmp_path / "by-to-do.html").read_text(encoding="utf-8")
    assert 'aria-sort="descending"><a href="by-to-do.html">Zu tun</a>' in shown
    assert "1 davon war nicht lesbar" in shown
    rows[1] = Row("B", language="fr")
    write_index(rows, Draft(tmp_path, tmp_path / "none"), is_private=True)
    assert heading(tmp_path) == "en: Receivables of 3 ledgers"


def test_a_page_has_what_fava_shows(office: Path) -> None:
    folder = of(office, "Atelier")
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert "As of 2026-11-20" in index
    assert "To do on 2026-11-20" in index
    assert ">10187.38 <" in index
    (story,) = folder.glob("invoice/an-2026-014-*.html")
    text = story.read_text(encoding="utf-8")
    assert "191 days overdue" in text
    assert 'aria-label="2026-04: collected 15581.00 EUR, DSO 27 days"' in index
    assert 'aria-label="Week of 2026-12-14: due 4284.00 EUR, promised 0 EUR"' in index
    assert 'href="mailto:' in text
    assert "body=" not in text


def test_the_index_has_the_figures_of_aging(office: Path) -> None:
    index = (office / "index.html").read_text(encoding="utf-8")
    rows = [re.findall(r"<t[dh].*?</t[dh]>", row) for row in index.split("<tr")[1:]]
    titles = [_text(cell) for cell in rows[0]]
    shown = {
        _text(row[0]).split(" ")[0]: dict(zip(titles, map(_text, row), strict=True))
        for row in rows[1:]
    }
    for name, book in (("Atelier", "example"), ("&lt;b&gt;Untidy", "untidy")):
        path = office.parent / f"{book}.beancount"
        done = CliRunner().invoke(main, ["aging", str(path), "--format", "json"])
        for total in json.loads(done.stdout)["totals"]:
            currency = total["currency"]
            assert shown[name][f"Overdue {currency}"] == total["overdue"]
            assert shown[name][f"Balance {currency}"] == total["total"]
        doctor = CliRunner().invoke(main, ["doctor", str(path), "--format", "json"])
        count = str(len(json.loads(doctor.stdout)["findings"]))
        assert shown[name]["Findings"] == count
    assert shown["Atelier"]["To do"] == "4"
    assert shown["Atelier"]["To assign"] == "1"
    assert shown["Atelier"]["To decide"] == "3"
    assert set(shown["Gone"].values()) == {"Gone left out", ""}
    assert shown["All"]["To do"] == str(
        sum(int(row["To do"] or 0) for name, row in shown.items() if name != "All")
    )


def _text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_data_are_those_of_the_commands(office: Path) -> None:
    folder, ledger = of(office, "Atelier"), str(office.parent / "example.beancount")
    for name, *command in (
        ("aging.json", "aging", "--format", "json"),
        ("aging.csv", "aging", "--format", "csv"),
    ):
        done = CliRunner().invoke(main, [command[0], ledger, *command[1:]])
        # But for where the ledger is.
        where = f"{office.parent}/".encode()
        assert where in done.stdout_bytes
        data = done.stdout_bytes.replace(where, b"")
        assert (folder / name).read_bytes() == data
    events = (folder / "reminders.ics").read_bytes()
    done = CliRunner().invoke(main, ["ical", ledger])
    assert re.findall(rb"UID:.*", events) == re.findall(rb"UID:.*", done.stdout_bytes)


def test_the_index_is_there_sorted_by_each_column(office: Path) -> None:
    def names(page: str) -> list[str]:
        text = (office / page).read_text(encoding="utf-8")
        found = re.findall(r'class="lead">(?:<a [^>]*>)?([^<]+)', text)
        return [name.strip() for name in found[:-1]]

    index = (office / "index.html").read_text(encoding="utf-8")
    columns = re.findall(r'<a href="(by-[a-z0-9-]+\.html)">', index)
    assert len(columns) == 9
    assert names("index.html")[0] == "Atelier"
    assert names("by-name.html")[1:] == ["Atelier", "Deutsch", "Gone"]
    assert names("by-findings.html")[-1] == "Gone"
    for column in columns:
        text = (office / column).read_text(encoding="utf-8")
        (sorted_,) = re.findall(r'aria-sort="\w+"><a href="([^"]*)"', text)
        assert sorted_ == column
        assert sorted(names(column)) == sorted(names("index.html"))


def test_numbered_ledgers_are_sorted_by_number(tmp_path: Path) -> None:
    rows = [Row(f"client {number}") for number in range(11, 0, -1)]
    write_index(rows, Draft(tmp_path, tmp_path / "before"), is_private=True)
    text = (tmp_path / "by-name.html").read_text(encoding="utf-8")
    found = [int(number) for number in re.findall(r'class="lead">Ledger (\d+)', text)]
    assert found == [*range(1, 12)]


def test_only_what_changed_is_written(ledger: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = (ledger, EXAMPLE)
    assert write(out, *arguments).exit_code == 0
    before = {path: path.stat() for path in out.rglob("*") if path.is_file()}
    assert write(out, *arguments).exit_code == 0
    assert _changed(before) == set()
    text = ledger.read_text(encoding="utf-8")
    ledger.write_text(text.replace('" "Groceries"', '" "Food"'), encoding="utf-8")
    assert write(out, *arguments).exit_code == 0
    changed = {str(path.relative_to(out)) for path in _changed(before)}
    folder = file_name(str(ledger))
    assert f"{folder}/index.html" in changed
    assert all(name.startswith(folder) for name in changed)
    assert len(changed) < len(texts(out / folder))


def _changed(before: dict[Path, os.stat_result]) -> set[Path]:
    return {
        path
        for path, was in before.items()
        if (path.stat().st_ino, path.stat().st_mtime_ns)
        != (was.st_ino, was.st_mtime_ns)
    }


def test_a_private_site_has_no_amounts_or_names(ledger: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = write(out, EXAMPLE, ledger, tmp_path / "gone.beancount", "--private")
    assert done.exit_code == 2
    found = texts(out)
    folders = [file_name(str(path), is_private=True) for path in (EXAMPLE, ledger)]
    data = {name for name in found if "/" in name}
    assert data == {f"{folder}/reminders.ics" for folder in folders}
    whole = b"\n".join(found.values()) + "\n".join(found).encode()
    for word in ("Silber", "1237", "10187", "EUR", "Nordlicht", "example", "untidy"):
        assert word.encode() not in whole
    assert b"Ledger 2" in found["index.html"]
    for path, page in pages(out).items():
        for link in page.links:
            assert (path.parent / link).is_file()


@pytest.fixture
def old(ledger: Path, tmp_path: Path) -> tuple[Path, dict[str, bytes]]:
    """Write a site that is to stay as it is."""
    out = tmp_path / "out"
    assert write(out, ledger).exit_code == 0
    ledger.write_text(UNTIDY.replace("1190", "2380"), encoding="utf-8")
    return out, texts(out)


def test_data_of_half_a_ledger_stay_as_they_were(
    old: tuple[Path, dict[str, bytes]], ledger: Path
) -> None:
    """Who subscribes, or calculates, takes them for all there is."""
    out, before = old
    folder = file_name(str(ledger))
    ledger.write_text(UNTIDY.replace("77 EUR", "77"), encoding="utf-8")
    assert write(out, ledger).exit_code == 0
    assert "Beancount could not read all of it" in (out / "index.html").read_text()
    for name in ("reminders.ics", "aging.json", "aging.csv"):
        assert (out / folder / name).read_bytes() == before[f"{folder}/{name}"]


def test_half_a_new_ledger_has_no_data(ledger: Path, tmp_path: Path) -> None:
    ledger.write_text(UNTIDY.replace("77 EUR", "77"), encoding="utf-8")
    assert write(tmp_path / "out", ledger).exit_code == 0
    folder = tmp_path / "out" / file_name(str(ledger))
    assert {path.suffix for path in folder.rglob("*.*")} == {".html"}
    assert "Beancount could not read all of the ledger" in (
        folder / "index.html"
    ).read_text(encoding="utf-8")
    links_hold(tmp_path / "out")


def test_a_ledger_that_beancount_fails_on_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "odd.beancount"
    path.write_text("pushmeta number: 7\n", encoding="utf-8")
    empty = tmp_path / "none.beancount"
    empty.write_text('include "nowhere.beancount"\n', encoding="utf-8")
    done = write(tmp_path / "out", path, empty)
    assert done.exit_code == 2
    assert "odd.beancount cannot be read: Beancount itself fails on it" in done.stderr
    assert "none.beancount cannot be read: " in done.stderr


def test_a_page_names_its_day(tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    path.write_text(UNTIDY.replace('"as-of" 2026-11-20', '"language" "en"'))
    assert write(tmp_path / "out", path).exit_code == 0
    index = (tmp_path / "out" / file_name(str(path)) / "index.html").read_text()
    assert f"As of {today()}<" in index
    assert "oday" not in index
