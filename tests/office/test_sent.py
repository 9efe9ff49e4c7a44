from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from beancount import loader

from beancount_dunning.cli.answer import Answer
from beancount_dunning.cli.loading import Surroundings
from beancount_dunning.cli.questions import Parcels
from beancount_dunning.cli.questions import Question
from beancount_dunning.cli.questions import answer
from beancount_dunning.cli.questions import answer_sent
from beancount_dunning.office.sent import pack
from beancount_dunning.office.sent import with_own_names
from beancount_dunning.office.sources import files_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from beancount_dunning.cli.questions import Reply

AGING = {"as_of": None, "by": "invoice", "format_": "json", "customer": None}
DRAFT = {
    **dict.fromkeys(
        ("as_of", "customer", "invoice", "step", "thanks", "output", "eject")
    ),
    "as_": "text",
}
# A plugin that calls all customers by the name of its module `names`.
OWN_PLUGIN = """\
import names
__plugins__ = ["call"]
def call(entries, options):
    return [
        entry._replace(payee=names.NAME) if hasattr(entry, "payee") else entry
        for entry in entries
    ], []
"""
_CODE = {"far", "names", "own", "own.names", "own.plugin", "own_plugin"}
INSERTED = 'option "insert_pythonpath" "TRUE"\n'


def write(home: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    texts = {
        "main.beancount": (
            'include "years/*.beancount"\n'
            f'include "{home}/more.beancount"\n'
            'include "gone.beancount"\n'
            'option "documents" "papers"\n'
            f'option "documents" "{home}/scans"\n'
            '2026-01-02 document Assets:Bank "letter.pdf"\n'
            f'2026-01-02 document Assets:Bank "{home}/say \\"hello\\".pdf"\n'
            '2026-01-02 document Assets:Bank "gone.pdf"\n'
            '2026-01-03 * "Acme" "Lamps" ^A-1\n'
            "  Assets:Receivable  10.00 EUR\n"
            "  Income:Sales\n"
        ),
        "years/2026.beancount": "2026-01-01 open Assets:Bank\n",
        "more.beancount": (
            "2026-01-01 open Assets:Receivable\n2026-01-01 open Income:Sales\n"
        ),
        "papers/Assets/Bank/2026-01-01.statement.pdf": "secret",
        "letter.pdf": "secret",
        'say "hello".pdf': "secret",
        "other.txt": "secret",
    }
    write(home, texts)
    (home / "scans" / "empty").mkdir(parents=True)
    return home / "main.beancount"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return a ledger that reminders can be written for."""
    text = """\
option "title" "Small"
plugin "beancount_dunning"
2026-01-01 open Assets:Receivable
2026-01-01 open Income:Sales
2026-01-01 custom "dunning-option" "as-of" 2026-11-20
2026-01-01 custom "dunning-customer" "Acme"
  email: "acme@example.com"
2026-01-03 * "Acme" "Lamps" ^A-1
  due: 2026-02-03
  Assets:Receivable  10.00 EUR
  Income:Sales
"""
    write(tmp_path / "home", {"main.beancount": text})
    return tmp_path / "home" / "main.beancount"


def add(ledger: Path, text: str, /, **files: str) -> None:
    """Put a text at the end of a ledger, and files beside it."""
    with ledger.open("a", encoding="utf-8") as file:
        file.write(text)
    write(ledger.parent, {f"{name}.py": text for name, text in files.items()})


def test_what_beancount_reads_is_sent_and_the_names_of_documents(ledger: Path) -> None:
    found = pack(ledger)
    home = ledger.parent
    papers = {
        "papers/Assets/Bank/2026-01-01.statement.pdf",
        "letter.pdf",
        'say "hello".pdf',
    }
    books = {"main.beancount", "years/2026.beancount", "more.beancount"}
    assert found.ledgers.keys() == {str(home / one) for one in books}
    assert found.ledgers[str(ledger)] == ledger.read_bytes()
    assert found.others == {str(home / one): b"" for one in papers}
    assert found.sums() == {
        name: sum_ for name, sum_ in files_of(ledger).items() if "gone" not in name
    }


def test_what_is_read_elsewhere_has_the_names_of_home(
    ledger: Path, tmp_path: Path
) -> None:
    entries, errors, options = loader.load_file(str(ledger))
    parcel = pack(ledger)
    # What would be found at home is not looked for there.
    ledger.parent.rename(tmp_path / "away")
    root = str(tmp_path / "root")
    parcel.unpack(root)
    sent = with_own_names(*loader.load_file(f"{root}{ledger}"), root)
    assert sent[0] == entries
    assert [(one.source, one.message) for one in sent[1]] == [
        (one.source, one.message) for one in errors
    ]
    assert len(errors) == 2
    for name in ("filename", "include", "documents"):
        assert sent[2][name] == options[name]


def question(ledger: Path | str, command: str = "aging", **asked: object) -> Question:
    typed = {**(DRAFT if command == "draft" else AGING), **asked}
    return Question(command, str(ledger), typed, Surroundings.now())


def fresh(work: Callable[[], Reply]) -> Reply:
    """Work in this process as if it was a new one: plugins are imported anew."""
    importlib.invalidate_caches()
    try:
        return work()
    finally:
        for name in _CODE:
            sys.modules.pop(name, None)


def both(asked: Question) -> tuple[Reply, Reply]:
    """Return what is answered at home, and where the ledger is sent."""
    own = fresh(lambda: answer(asked))
    (parcel,) = Parcels([asked])
    home = Path(asked.surroundings.folder, asked.ledger).parent
    away = home.with_name("away")
    home.rename(away)
    try:
        return own, fresh(lambda: answer_sent(parcel))
    finally:
        away.rename(home)


def test_a_question_that_is_sent_has_the_same_answer(ledger: Path) -> None:
    names = (str(ledger), os.path.relpath(ledger), str(ledger) + ".gone")
    assert len(Parcels(list(map(question, names)))) == 3
    for index, name in enumerate(names):
        own, sent = both(question(name))
        assert (sent.answer, sent.notes, sent.error) == (
            own.answer,
            own.notes,
            own.error,
        )
        assert isinstance(own.answer, Answer) == (index < 2)
        assert sent.decided.there == own.decided.there
        assert sent.decided.beside == own.decided.beside


def test_so_is_what_decided_it(small: Path) -> None:
    add(
        small,
        f'{INSERTED}plugin "own_plugin"\noption "documents" "papers"\n'
        '2026-01-02 document Assets:Receivable "letter.pdf"\n'
        '2026-01-01 custom "dunning-option" "letters" "texts"\n',
        own_plugin=OWN_PLUGIN,
        names='NAME = "Beta"\n',
    )
    write(small.parent, {"papers/a.pdf": "secret", "texts/friendly.en.txt": "Hello"})
    own, sent = both(question(small))
    assert own.answer == sent.answer
    assert '"Beta"' in str(own.answer)
    assert own.decided == sent.decided
    assert own.decided.read == files_of(small)
    names = {"own_plugin.py", "names.py", "papers", "texts", "texts/friendly.en.txt"}
    assert own.decided.beside.keys() >= {str(small.parent / one) for one in names}
    assert own.decided.there == {str(small.parent / "letter.pdf"): False}


def test_what_a_plugin_says_has_the_names_of_home(small: Path) -> None:
    code = "import sys\n__plugins__ = []\nprint(__file__, file=sys.stderr)\n"
    add(small, f'{INSERTED}plugin "own"\n', own=code)
    own, sent = both(question(small))
    assert own.notes == sent.notes == (str(small.parent / "own.py"),)


def test_a_package_is_sent_with_all_that_is_in_it(small: Path) -> None:
    code = OWN_PLUGIN.replace("import names", "from own import names")
    names = 'from pathlib import Path\nNAME = Path(__file__, "../n.txt").resolve()'
    write(
        small.parent,
        {
            "own/__init__.py": "",
            "own/plugin.py": code,
            "own/names.py": f"{names}.read_text()\n",
            "own/n.txt": "Gamma",
            "own/__pycache__/old.pyc": "secret",
            "unused.py": "secret",
        },
    )
    add(small, f'{INSERTED}plugin "own.plugin"\n')
    found = {Path(name).name for name in pack(small).others}
    assert found == {"__init__.py", "plugin.py", "names.py", "n.txt"}
    own, sent = both(question(small))
    assert own.answer == sent.answer
    assert '"Gamma"' in str(own.answer)


def test_a_folder_called_like_what_is_built_in_is_not_sent(small: Path) -> None:
    add(small, f'{INSERTED}plugin "own"\n', own="import time\n")
    write(small.parent, {"time/sheets.csv": "secret"})
    assert {Path(name).name for name in pack(small).others} == {"own.py"}


@pytest.mark.parametrize("folder", ["texts", "../texts", "{home}/texts"])
def test_own_texts_are_sent(small: Path, folder: str) -> None:
    home = small.parent
    folder = folder.format(home=home)
    add(small, f'2026-01-01 custom "dunning-option" "letters" "{folder}"\n')
    (home / "texts").mkdir()
    text = "Subject: Hello\n\nHello from our ledger!\n"
    write(home, {f"{folder}/friendly.en.txt": text, f"{folder}/notes.odt": "secret"})
    own, sent = both(question(small, "draft"))
    assert own.answer == sent.answer
    assert "Hello from our ledger!" in str(own.answer)


def test_where_own_texts_are_wrong_the_error_is_the_same(small: Path) -> None:
    add(small, '2026-01-01 custom "dunning-option" "letters" "texts"\n')
    own, sent = both(question(small, "draft"))
    assert own.error == sent.error
    assert f"There is no folder {small.parent}/texts." in str(own.error)


# What is refused


def refusal(ledger: Path) -> str:
    """Return why a ledger that is sent has no answer, though at home it has one."""
    own, sent = both(question(ledger))
    assert own.answer
    assert sent.answer is None
    return str(sent.error)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder where Python finds modules, at home."""
    write(tmp_path / "lib", {"far.py": OWN_PLUGIN.replace("import names", "")})
    monkeypatch.syspath_prepend(str(tmp_path / "lib"))
    return tmp_path / "lib" / "far.py"


def at_worker(ledger: Path, change: Callable[[], object]) -> Reply:
    """Send a ledger, and ask about it where something is otherwise than at home."""
    (parcel,) = Parcels([question(ledger)])
    change()
    return fresh(lambda: answer_sent(parcel))


def test_a_plugin_that_a_worker_has_too_is_not_sent(
    small: Path, elsewhere: Path
) -> None:
    elsewhere.write_text("__plugins__ = []\n")
    add(small, 'plugin "far"\nplugin "beancount.plugins.auto_accounts"\n')
    assert pack(small).others == {}
    own, sent = both(question(small))
    assert own.answer == sent.answer


def test_a_plugin_that_a_worker_does_not_have(small: Path, elsewhere: Path) -> None:
    add(small, 'plugin "far"\n')
    assert at_worker(small, elsewhere.unlink).error == (
        'The worker does not have its plugin "far"; install it.'
    )


def test_a_plugin_with_other_code(small: Path, elsewhere: Path) -> None:
    add(small, 'plugin "far"\n')
    other = at_worker(small, lambda: elsewhere.write_text("__plugins__ = []"))
    assert other.error == 'The worker has another plugin "far"; install the same.'


def test_a_plugin_that_is_nowhere_is_the_same_error(small: Path) -> None:
    add(small, 'plugin "no_such_plugin"\n')
    own, sent = both(question(small))
    assert own.answer
    assert (own.answer, own.notes) == (sent.answer, sent.notes)
    # It may come, and nothing says where.
    assert own.decided.read == {}


def test_a_plugin_that_needs_what_is_not_sent(small: Path) -> None:
    code = OWN_PLUGIN.replace("import names", 'names = __import__("names")')
    add(small, f'{INSERTED}plugin "own"\n', own=code, names='NAME = "Beta"')
    assert refusal(small) == (
        'Its plugin "own" cannot be imported there; leave out --send.'
    )


def test_a_plugin_that_reads_what_is_not_sent(small: Path) -> None:
    code = (
        "from pathlib import Path\n__plugins__ = ['read']\n"
        "def read(entries, options):\n"
        "    Path(options['filename'], '../rates.csv').resolve().read_text()\n"
        "    return entries, []\n"
    )
    add(small, f'{INSERTED}plugin "own"\n', own=code)
    write(small.parent, {"rates.csv": ""})
    assert refusal(small) == 'Its plugin "own" fails there; leave out --send.'


def test_a_plugin_called_like_what_a_worker_has_loaded(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(small, f'{INSERTED}plugin "own"\n', own="__plugins__ = []\n")
    other = type(sys)("own")
    other.__file__ = "/opt/own.py"
    found = at_worker(small, lambda: monkeypatch.setitem(sys.modules, "own", other))
    assert found.error == 'The worker has another plugin "own"; rename it.'


def test_a_plugin_that_is_no_python_fails_as_at_home(small: Path) -> None:
    add(small, f'{INSERTED}plugin "own"\n', own="import names; def")
    own, sent = both(question(small))
    assert own.error == sent.error
    assert "SyntaxError" in str(own.error)


def test_a_file_that_beancount_reads_only_here(small: Path) -> None:
    """Beancount sees no include there, and would not miss it elsewhere."""
    add(small, '2026-01-01 note Assets:Receivable "\ninclude "other.beancount" "\n')
    write(small.parent, {"other.beancount": ""})
    assert f"{small.parent}/other.beancount was not sent" in refusal(small)


def test_a_document_that_a_plugin_names(small: Path) -> None:
    code = (
        "from beancount.core.data import Document, new_metadata\n"
        "import datetime\n__plugins__ = ['add']\n"
        "def add(entries, options):\n"
        "    meta = new_metadata('x', 1)\n"
        "    day = datetime.date(2026, 1, 1)\n"
        "    paper = Document(meta, day, 'Assets:Receivable', '/x.pdf', None, None)\n"
        "    return [*entries, paper], []\n"
    )
    add(small, f'{INSERTED}plugin "own"\n', own=code)
    assert refusal(small) == "/x.pdf was not sent; leave out --send."


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('include "closed.beancount"', "closed.beancount"),
        ('2026-01-01 custom "dunning-option" "letters" "texts"', "texts/closed.txt"),
    ],
)
def test_a_file_that_cannot_be_read_is_not_one_that_is_missing(
    small: Path, monkeypatch: pytest.MonkeyPatch, line: str, name: str
) -> None:
    write(small.parent, {name: ""})
    add(small, f"{line}\n")
    read = Path.read_bytes

    def closed(path: Path) -> bytes:
        if path.stem == "closed":
            raise PermissionError
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", closed)
    assert refusal(small) == (f"{small.parent}/{name} was not sent; leave out --send.")
