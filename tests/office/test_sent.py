from __future__ import annotations

import os
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
from beancount_dunning.office.sent import unpack
from beancount_dunning.office.sent import with_own_names

if TYPE_CHECKING:
    from pathlib import Path

ASKED = {"as_of": None, "by": "invoice", "format_": "json", "customer": None}


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    texts = {
        "main.beancount": (
            'include "years/*.beancount"\n'
            f'include "{home}/more.beancount"\n'
            'include "gone.beancount"\n'
            'option "documents" "papers"\n'
            '2026-01-02 document Assets:Bank "letter.pdf"\n'
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
        "other.txt": "secret",
    }
    for name, text in texts.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return home / "main.beancount"


def test_what_beancount_reads_is_sent_and_the_names_of_documents(ledger: Path) -> None:
    found = pack(ledger)
    home = ledger.parent
    papers = {"papers/Assets/Bank/2026-01-01.statement.pdf", "letter.pdf"}
    books = {"main.beancount", "years/2026.beancount", "more.beancount"}
    assert set(found) == {str(home / name) for name in papers | books}
    assert {found[str(home / name)] for name in papers} == {b""}
    assert found[str(ledger)] == ledger.read_bytes()


def test_what_is_read_elsewhere_has_the_names_of_home(
    ledger: Path, tmp_path: Path
) -> None:
    entries, errors, options = loader.load_file(str(ledger))
    files = pack(ledger)
    # What would be found at home is not looked for there.
    ledger.parent.rename(tmp_path / "away")
    root = str(tmp_path / "root")
    unpack(files, root)
    sent = with_own_names(*loader.load_file(f"{root}{ledger}"), root)
    assert sent[0] == entries
    assert [(one.source, one.message) for one in sent[1]] == [
        (one.source, one.message) for one in errors
    ]
    assert len(errors) == 2
    assert sent[2]["filename"] == str(ledger)
    assert sent[2]["include"] == options["include"]


def test_a_question_that_is_sent_has_the_same_answer(ledger: Path) -> None:
    around = Surroundings.now()
    questions = [
        Question("aging", name, ASKED, around)
        for name in (str(ledger), os.path.relpath(ledger), str(ledger) + ".gone")
    ]
    parcels = Parcels(questions)
    assert len(parcels) == 3
    for index, question in enumerate(questions):
        own = answer(question)
        sent = answer_sent(parcels[index])
        assert (sent.answer, sent.notes, sent.error) == (
            own.answer,
            own.notes,
            own.error,
        )
        assert isinstance(own.answer, Answer) == (index < 2)


def test_a_ledger_whose_plugin_is_not_there_has_no_answer(ledger: Path) -> None:
    with ledger.open("a") as file:
        file.write('plugin "no_such_plugin"\n')
    (parcel,) = Parcels([Question("aging", str(ledger), ASKED, Surroundings.now())])
    found = answer_sent(parcel)
    assert found.answer is None
    assert found.error == 'The worker does not have its plugin "no_such_plugin".'
