"""`bean-dunning send`: real mail servers, and what is in the ledger afterwards."""

from __future__ import annotations

import os
import pty
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import date
from datetime import timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from beancount_dunning.basics import files
from beancount_dunning.basics import smtp
from beancount_dunning.basics.files import ChangedError
from beancount_dunning.basics.turns import take_turn
from beancount_dunning.cli import journal
from tests.cli.mail_servers import FAR
from tests.cli.mail_servers import PASSWORD
from tests.cli.mail_servers import USER
from tests.cli.mail_servers import Box
from tests.cli.mail_servers import certificate
from tests.cli.mail_servers import serving
from tests.cli.running import COMMAND
from tests.cli.running import HEAD
from tests.cli.running import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

_SENDER = """
2026-01-01 custom "dunning-option" "sender" "Nord GmbH
post@nord.example"
"""
_CUSTOMERS = """\
2026-01-01 custom "dunning-customer" "Acme"
  email: "ap@acme.example"
2026-01-01 custom "dunning-customer" "Beta"
  email: "beta@beta.example"
2026-01-01 custom "dunning-customer" "Gamma"
  email: "gamma@gamma.example"
2026-11-19 balance Assets:Bank  0 EUR
2026-11-19 * "Nobody" "So that there is a bank"
  Assets:Bank  1.00 EUR
  Assets:Receivable
"""
_INVOICE = """\
2026-09-14 * "{customer}" "Website" ^{invoice}
  due: {due}
  Assets:Receivable  100.00 EUR
  Income:Services
"""
_LETTERS = """\
ap@acme.example: Payment reminder: invoice INV-1
beta@beta.example: Payment reminder: invoice INV-2
gamma@gamma.example: Payment reminder: invoice INV-3
"""
_NOTE = """
2026-11-20 note Assets:Receivable "First reminder e-mailed to {to}" ^{invoice}
  reminder: "first reminder"
  channel: "email"
  to: "{to}"
  message-id: "ID"
"""
_LOG = "".join(
    _NOTE.format(to=to, invoice=invoice)
    for to, invoice in (
        ("ap@acme.example", "INV-1"),
        ("beta@beta.example", "INV-2"),
        ("gamma@gamma.example", "INV-3"),
    )
)


def invoice(customer: str, number: str, due: str = "2026-11-18") -> str:
    return _INVOICE.format(customer=customer, invoice=number, due=due)


_LEDGER = "".join(
    [
        *(HEAD, _SENDER, _CUSTOMERS),
        *(invoice("Acme", "INV-1"), invoice("Beta", "INV-2")),
        invoice("Gamma", "INV-3"),
    ]
)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "books.beancount"
    path.write_text(_LEDGER, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def _no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever mail server the user has."""
    for name in ("SERVER", "USER", "PASSWORD"):
        monkeypatch.delenv(f"BEAN_DUNNING_{name}", raising=False)


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a host that is elsewhere be this one."""
    found: Callable[..., Any] = socket.getaddrinfo

    def there(host: str, *more: Any) -> Any:  # noqa: ANN401 - as the socket has it
        return found("127.0.0.1" if host == FAR else host, *more)

    monkeypatch.setattr(socket, "getaddrinfo", there)


def send(ledger: Path, server: str, *more: str | Path) -> Result:
    return run("send", ledger, "--yes", "--server", server, *more, as_of=None)


def added(ledger: Path, before: str = _LEDGER) -> str:
    """Return what is new at the end of a ledger, without random identities."""
    text = ledger.read_text(encoding="utf-8")
    assert text.startswith(before)
    return re.sub(r"<[\d.]+@nord\.example>", "ID", text.removeprefix(before))


def errors(result: Result) -> list[str]:
    """Return what went wrong."""
    assert result.exit_code == 2
    lines: list[str] = result.stderr.splitlines()
    assert all(line.startswith("Error: ") for line in lines)
    return [line.removeprefix("Error: ") for line in lines]


# What would be sent.


def test_it_says_what_would_go_where_and_sends_nothing(ledger: Path) -> None:
    result = run("send", ledger)
    assert (result.exit_code, result.stdout) == (0, _LETTERS)
    assert result.stderr == "Note: Nothing was sent. To send, type --yes.\n"
    assert run("send", ledger, "--dry-run").stdout == _LETTERS
    assert ledger.read_text() == _LEDGER


def test_letters_are_chosen_as_for_draft(ledger: Path) -> None:
    last = _LETTERS.splitlines(keepends=True)[-1]
    for choice in (["--customer", "gam"], ["--invoice", "INV-3"]):
        assert run("send", ledger, *choice).stdout == last
    assert run("send", ledger, "--step", "first reminder").stdout == _LETTERS
    assert run("send", ledger, "--step", "final notice").stdout == ""
    result = run("send", ledger, "--customer", "nobody")
    assert (result.exit_code, result.stderr) == (0, "Nothing to send.\n")


def test_what_cannot_be_sent_is_told(tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    path.write_text(
        HEAD
        + _SENDER
        + _CUSTOMERS
        + invoice("Acme", "INV-1")
        + invoice("No address", "INV-2")
        + '2026-01-01 custom "dunning-customer" "No e-mail"\n  address: "Kai 7"\n'
        + invoice("No e-mail", "INV-3")
        + '2026-01-01 custom "dunning-customer" "Odd"\n  email: "a@b.example, c@d"\n'
        + invoice("Odd", "INV-4")
        + invoice("Beta", "INV-5").replace(" ^INV-5", "")
        + '2026-01-01 custom "dunning-step" "mail" "note" 1\n  channel: "email"\n'
        + '2026-01-01 custom "dunning-customer" "None"\n  policy: "mail"\n'
        + invoice("None", "INV-6")
    )
    result = run("send", path)
    assert result.exit_code == 2
    assert result.stdout == _LETTERS.splitlines(keepends=True)[0]
    assert result.stderr == (
        "Note: Nothing was sent. To send, type --yes.\n"
        "Error: Beta: Website has no reference, so it cannot have notes; add a link, "
        "like ^INV-2026-014, at books.beancount:39; not sent.\n"
        "Error: Odd: an e-mail address is needed, and 'a@b.example, c@d' is none; not "
        "sent.\n"
        "Error: None: an e-mail address is needed, and there is none; not sent.\n"
        "Note: 2 letters go out in other ways; see bean-dunning draft.\n"
    )


def test_a_sender_needs_an_address(ledger: Path) -> None:
    ledger.write_text(_LEDGER.replace("post@nord.example", "Kai 7"))
    result = run("send", ledger, "--customer", "acme")
    assert result.exit_code == 2
    assert 'add your e-mail address to the option "sender".' in result.stderr


@pytest.mark.parametrize(
    "posting", ['Assets:Receivable\n    customer: "Holding"', "Assets:Suspense"]
)
def test_what_may_be_paid_is_not_sent(ledger: Path, posting: str) -> None:
    paid = '2026-11-19 * "ACME HOLDING" "INV-1"\n  Assets:Bank  100.00 EUR\n'
    ledger.write_text(f"{_LEDGER}{paid}  {posting}\n")
    result = run("send", ledger)
    assert result.exit_code == 2
    assert result.stdout == "".join(_LETTERS.splitlines(keepends=True)[1:])
    assert "Error: Acme: INV-1 may be paid already; not sent.\n" in result.stderr


def test_what_another_may_have_paid_is_not_sent(ledger: Path) -> None:
    paid = '2026-11-19 * "Beta" "for Acme, INV-1" ^INV-2\n  Assets:Bank  100.00 EUR\n'
    ledger.write_text(f"{_LEDGER}{paid}  Assets:Receivable\n")
    result = run("send", ledger)
    assert result.exit_code == 2
    assert result.stdout == _LETTERS.splitlines(keepends=True)[2]
    assert "Error: Acme: INV-1 may be paid already; not sent.\n" in result.stderr


def test_own_texts_that_have_a_mistake_stop_it(ledger: Path) -> None:
    option = '2026-01-01 custom "dunning-option" "letters" "texts"\n'
    ledger.write_text(_LEDGER + option)
    folder = ledger.parent / "texts"
    folder.mkdir()
    (folder / "friendly.en.txt").write_text("{{ who }}\n")
    result = run("send", ledger, "--customer", "acme")
    assert errors(result)[0].startswith(f"Acme: {folder / 'friendly.en.txt'}:1: ")
    (folder / "friendly.en.txt").write_bytes(b"\xff")
    result = run("send", ledger)
    assert result.exit_code == 2
    assert "friendly.en.txt" in result.stderr


# What is sent.


def test_each_letter_is_sent_and_logged_once(ledger: Path) -> None:
    box = Box()
    with serving(box) as server:
        result = send(ledger, server)
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout == _LETTERS
        again = send(ledger, server)
    assert (again.exit_code, again.stdout) == (0, "")
    assert added(ledger) == _LOG
    assert box.recipients == [
        "ap@acme.example",
        "beta@beta.example",
        "gamma@gamma.example",
    ]
    assert "Overdue: INV-1" in run("check", ledger).stdout
    step = run("explain", ledger, "INV-1").stdout
    assert "First reminder e-mailed to ap@acme.example" in step


def test_other_programs_read_what_is_sent(ledger: Path) -> None:
    ledger.write_text(
        _LEDGER.replace('"Acme"', '"Müller & Söhne, \\"Zürich\\" <x@y.example>"')
    )
    box = Box()
    with serving(box) as server:
        assert send(ledger, server, "--invoice", "INV-1").exit_code == 0
    (mail,) = box.read()
    assert box.mails[0][:2] == ("post@nord.example", ["ap@acme.example"])
    assert str(mail["Subject"]) == "Payment reminder: invoice INV-1"
    assert mail["From"].addresses[0].addr_spec == "post@nord.example"
    (to,) = mail["To"].addresses
    assert (to.addr_spec, to.display_name) == (
        "ap@acme.example",
        'Müller & Söhne, "Zürich" <x@y.example>',
    )
    assert "X-Unsent" not in mail
    assert mail["Date"].datetime.tzinfo is not None
    assert f'message-id: "{mail["Message-ID"]}"' in ledger.read_text()
    text = mail.get_body(("plain",))
    assert isinstance(text, EmailMessage)
    assert "Please pay €100.00" in text.get_content()
    assert not any(part.defects for part in mail.walk())


@pytest.mark.parametrize(
    "name", ["Acme\nBcc: all@evil.example", "Acme\r\n\r\nHello", "A\u2028Bcc: x@y.z"]
)
def test_names_and_addresses_add_no_headers(ledger: Path, name: str) -> None:
    ledger.write_text(_LEDGER.replace('"Acme"', f'"{name}"'), newline="")
    box = Box()
    with serving(box) as server:
        send(ledger, server, "--invoice", "INV-1")
    for mail in box.read():
        assert mail.keys() == [
            *("Subject", "From", "To", "MIME-Version", "Content-Type"),
            *("Content-Language", "Date", "Message-ID"),
        ]
    assert box.recipients in ([], ["ap@acme.example"])


def test_addresses_are_one_recipient_or_none(ledger: Path) -> None:
    bad = "ap@acme.example>\\nRCPT TO:<all@evil.example"
    ledger.write_text(_LEDGER.replace("ap@acme.example", bad))
    box = Box()
    with serving(box) as server:
        result = send(ledger, server, "--customer", "acme")
    assert "an e-mail address is needed" in errors(result)[0]
    assert not box.mails


def test_all_of_a_letter_is_logged_as_sent_by_mail(ledger: Path) -> None:
    ledger.write_text(
        _LEDGER
        + '2026-01-01 custom "dunning-step" "calls" "call" 1\n  channel: "phone"\n'
        + invoice("Acme", "INV-9").replace("  due", '  policy: "calls"\n  due')
    )
    before = ledger.read_text()
    box = Box()
    with serving(box) as server:
        result = send(ledger, server, "--customer", "acme", "--step", "first reminder")
        assert (result.exit_code, len(box.mails)) == (0, 1)
    note = _NOTE.format(to="ap@acme.example", invoice="INV-1")
    assert added(ledger, before) == note


def test_notes_go_into_a_file_of_the_ledger(ledger: Path) -> None:
    log = ledger.parent / "log.beancount"
    log.touch()
    ledger.write_text(f'include "log.beancount"\n{_LEDGER}')
    before = ledger.read_text()
    box = Box(refused={"ap@acme.example": "550 no"})
    with serving(box) as server:
        result = send(ledger, server, "--append", log)
        assert errors(result) == ["ap@acme.example: 550 no; not sent."]
        assert ledger.read_text() == before
        _, _, rest = _LOG.partition('ID"\n\n')
        assert added(log, "") == rest
        other = ledger.parent / "other.beancount"
        other.touch()
        result = send(ledger, server, "--append", other)
    assert "is not part of" in result.stderr


def test_lines_end_as_they_do_in_the_file(ledger: Path) -> None:
    ledger.write_bytes(_LEDGER.rstrip("\n").encode().replace(b"\n", b"\r\n"))
    box = Box(refused={"beta@beta.example": "550 no"})
    with serving(box) as server:
        send(ledger, server)
    assert b"\r\n" in ledger.read_bytes()
    assert b"\n" not in ledger.read_bytes().replace(b"\r\n", b"")
    assert ledger.read_bytes().count(b"reminder: ") == 2


def test_a_terminal_shows_how_far_it_is(ledger: Path) -> None:
    due = str(date.today() - timedelta(days=2))  # noqa: DTZ011 - the local day
    ledger.write_text(_LEDGER.replace("2026-11-18", due))
    ours, theirs = pty.openpty()
    with serving(Box()) as server:
        command = [str(COMMAND), "send", str(ledger), "--yes", "--server", server]
        env = {**os.environ, "TERM": "xterm"}
        done = subprocess.run(command, stderr=theirs, env=env, check=True, text=True)
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "Sending" in shown
    assert "100%" in shown


# What goes wrong.


def test_one_refused_address_stops_nothing_else(ledger: Path) -> None:
    box = Box(refused={"beta@beta.example": "550 5.1.1 No such\tuser"})
    with serving(box) as server:
        result = send(ledger, server)
    assert errors(result) == ["beta@beta.example: 550 5.1.1 No such user; not sent."]
    assert box.recipients == ["ap@acme.example", "gamma@gamma.example"]
    assert added(ledger) == _LOG.replace(
        _NOTE.format(to="beta@beta.example", invoice="INV-2"), ""
    )


def test_a_refused_text_is_not_logged(ledger: Path) -> None:
    box = Box(refused_text="554 5.7.1 Spam")
    with serving(box) as server:
        result = send(ledger, server)
    assert len(errors(result)) == 3
    assert errors(result)[0] == "ap@acme.example: 554 5.7.1 Spam; not sent."
    assert ledger.read_text() == _LEDGER


def test_a_refused_sender_stops_it(ledger: Path) -> None:
    box = Box(refused_sender="553 5.7.1 Not yours")
    with serving(box) as server:
        result = send(ledger, server)
    assert errors(result) == [
        "post@nord.example may not send: 553 5.7.1 Not yours. Nothing more was sent."
    ]
    assert ledger.read_text() == _LEDGER


def test_a_text_that_is_not_begun_is_not_sent(ledger: Path) -> None:
    box = Box(forgets="beta@beta.example")
    with serving(box) as server:
        result = send(ledger, server)
    assert errors(result) == [
        "beta@beta.example: 503 Error: need RCPT command; not sent."
    ]
    assert len(box.mails) == 2


@pytest.mark.parametrize("goodbye", ["421 4.7.0 Enough for one connection", ""])
def test_a_server_that_ends_connections_is_called_again(
    ledger: Path, goodbye: str
) -> None:
    box = Box(closes_after=2, goodbye=goodbye)
    with serving(box) as server:
        result = send(ledger, server)
    assert (result.exit_code, len(box.mails), box.connections) == (0, 3, 2)
    assert added(ledger) == _LOG


def test_a_server_that_ends_every_connection_stops_it(ledger: Path) -> None:
    box = Box(refused_sender="421 Busy")
    with serving(box) as server:
        result = send(ledger, server)
    assert errors(result) == [f"{server} ends the connection. Nothing more was sent."]
    assert ledger.read_text() == _LEDGER


def test_a_broken_connection_leaves_what_nobody_knows(ledger: Path) -> None:
    box = Box(hangs_up_on="beta@beta.example")
    with serving(box) as server:
        result = send(ledger, server)
        assert result.stdout == _LETTERS.splitlines(keepends=True)[0]
        (error,) = errors(result)
        assert error.endswith(
            "it is not known whether the e-mail to beta@beta.example went out. Nothing "
            "more was sent. Type the command again, and it says what to do."
        )
        sent, begun, _ = re.split(r"(?=\n2026)", _LOG)[1:]
        begun = begun.replace('"First', '"Unconfirmed: First')
        begun = begun.replace("reminder: ", "sending: ")
        assert added(ledger) == sent + begun

        box.hangs_up_on = ""
        # It is no reminder, and no mistake.
        row = run("reminders", ledger, "--customer", "beta").stdout
        assert "first reminder" in row
        again = send(ledger, server)
    assert again.exit_code == 2
    line = ledger.read_text().split("\n").index(begun.splitlines()[1]) + 1
    assert again.stderr == (
        'Warning: It is not known whether "first reminder" of INV-2 went out to '
        "beta@beta.example. If it did, type reminder: in place of sending: in its "
        f"note; if not, delete the note. (books.beancount:{line})\n"
        "Error: Beta: it is not known whether INV-2 went out before; not sent.\n"
    )
    # As it happens, it did.
    assert box.recipients == [
        "ap@acme.example",
        "beta@beta.example",
        "gamma@gamma.example",
    ]


def begun(ledger: Path) -> str:
    """Return a ledger in which it is not known whether a letter was sent."""
    with serving(Box(hangs_up_on="ap@acme.example")) as server:
        send(ledger, server, "--customer", "acme")
    text = ledger.read_text()
    assert "sending: " in text
    return text


def test_what_went_out_is_settled_by_one_word(ledger: Path) -> None:
    ledger.write_text(begun(ledger).replace("  sending: ", "  reminder: "))
    result = send(ledger, "127.0.0.1:1", "--customer", "acme")
    assert (result.exit_code, result.stderr) == (0, "Nothing to send.\n")


def test_what_did_not_go_out_is_sent_when_its_note_is_gone(ledger: Path) -> None:
    text = begun(ledger)
    ledger.write_text(text[: text.index("\n2026-11-20 note")])
    box = Box()
    with serving(box) as server:
        assert send(ledger, server, "--customer", "acme").exit_code == 0
    assert box.recipients == ["ap@acme.example"]


def test_a_note_of_its_own_settles_it_too(ledger: Path) -> None:
    begun(ledger)
    run("reminders", ledger, "--append", ledger, "--customer", "acme", as_of=None)
    result = run("send", ledger, "--customer", "acme")
    assert (result.exit_code, result.stderr) == (0, "Nothing to send.\n")


# Killed.


def test_a_killed_process_sends_nothing_twice(tmp_path: Path) -> None:
    """A day of its own, since another process reads the clock itself."""
    due = str(date.today() - timedelta(days=2))  # noqa: DTZ011 - the local day
    ledger = tmp_path / "books.beancount"
    ledger.write_text(
        HEAD
        + _SENDER
        + _CUSTOMERS
        + invoice("Acme", "INV-1", due)
        + invoice("Beta", "INV-2", due)
        + invoice("Gamma", "INV-3", due)
    )
    box = Box()
    started = threading.Event()
    process: subprocess.Popen[bytes]

    def kill() -> None:
        if len(box.mails) == 1:
            assert started.wait(30)
            os.kill(process.pid, signal.SIGKILL)

    box.on_mail = kill
    with serving(box) as server:
        command = [str(COMMAND), "send", str(ledger), "--yes", "--server", server]
        process = subprocess.Popen(command)
        started.set()
        process.wait()
        assert process.returncode == -signal.SIGKILL
        while len(box.mails) < 2:  # it was taken all the same
            time.sleep(0.01)
        assert box.recipients == ["ap@acme.example", "beta@beta.example"]
        text = ledger.read_text()
        assert (text.count("  reminder: "), text.count("  sending: ")) == (1, 1)
        box.on_mail = lambda: None
        again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert 'not known whether "first reminder" of INV-2 went out' in again.stderr
    assert box.recipients[2:] == ["gamma@gamma.example"]


# The ledger meanwhile.


def test_an_edit_meanwhile_stops_it_and_stays(ledger: Path) -> None:
    box = Box()

    def edit() -> None:
        with ledger.open("a") as file:
            file.write("; paid\n")

    box.on_mail = edit
    with serving(box) as server:
        result = send(ledger, server)
    (error,) = errors(result)
    assert error == (
        "The ledger has changed in the meantime; type the command again. Nothing more "
        "was sent."
    )
    assert added(ledger) == _NOTE.format(to="ap@acme.example", invoice="INV-1") + (
        "; paid\n"
    )


def test_an_edit_of_another_file_stops_it(ledger: Path) -> None:
    other = ledger.parent / "other.beancount"
    other.touch()
    ledger.write_text(f'include "other.beancount"\n{_LEDGER}')
    box = Box()

    def edit() -> None:
        other.write_text("; paid\n")

    box.on_mail = edit
    with serving(box) as server:
        result = send(ledger, server)
    assert "The ledger has changed" in errors(result)[0]
    assert len(box.mails) == 1


@pytest.mark.parametrize(
    ("reply", "advice"),
    [
        ("", "It was sent: type reminder: in place of sending: there"),
        ("550 no", "It was not sent: delete that note"),
    ],
)
def test_a_note_that_somebody_has_changed_stays(
    ledger: Path, reply: str, advice: str
) -> None:
    box = Box(refused_text=reply)

    def edit() -> None:
        text = ledger.read_text()
        ledger.write_text(text.replace("Unconfirmed", "Sure"))

    box.on_mail = edit
    with serving(box) as server:
        result = send(ledger, server)
    (error,) = errors(result)
    assert error == (
        f"Cannot change the note in {ledger}: it has changed in the meantime. "
        f"{advice}. Nothing more was sent."
    )
    assert '"Sure: First' in ledger.read_text()


# How the ledger is written.
write = files.write


def test_somebody_who_writes_all_the_time_is_told(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(path: Path, content: bytes, seen: bytes) -> None:
        if b"reminder: " in content:
            raise ChangedError(path)
        write(path, content, seen)

    monkeypatch.setattr(journal, "write", busy)
    with serving(Box()) as server:
        result = send(ledger, server)
    assert "Cannot change the note" in errors(result)[0]


@pytest.mark.parametrize("at", [b"sending: ", b"reminder: "])
def test_a_full_disk_is_told(
    ledger: Path, at: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes, seen: bytes) -> None:
        if at in content:
            raise OSError(28, "No space left on device")
        write(path, content, seen)

    monkeypatch.setattr(journal, "write", full)
    box = Box()
    with serving(box) as server:
        result = send(ledger, server)
    (error,) = errors(result)
    assert "No space left on device" in error
    assert len(box.mails) == (at == b"reminder: ")


def test_only_one_sends_at_a_time(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("beancount_dunning.cli.loading._PATIENCE", 0.1)
    with take_turn(ledger, 1):
        result = send(ledger, "127.0.0.1:1")
    assert "another program is writing into this ledger" in result.stderr
    assert result.exit_code == 2


def test_two_at_once_send_each_letter_once(ledger: Path) -> None:
    box = Box()
    with serving(box) as server:
        command = [str(COMMAND), "send", str(ledger), "--yes", "--server", server]
        due = str(date.today() - timedelta(days=2))  # noqa: DTZ011 - the local day
        ledger.write_text(_LEDGER.replace("2026-11-18", due))
        both = [subprocess.Popen(command) for _ in range(2)]
        assert [one.wait() for one in both] == [0, 0]
    assert sorted(box.recipients) == [
        "ap@acme.example",
        "beta@beta.example",
        "gamma@gamma.example",
    ]


# Refused before anything is sent.


def test_only_todays_letters_are_sent(ledger: Path) -> None:
    result = run("send", ledger, "--yes", "--server", "127.0.0.1:1", as_of="2026-11-19")
    assert "E-mails go out today, and not as of 2026-11-19." in result.stderr


def test_a_ledger_that_is_not_whole_sends_nothing(ledger: Path) -> None:
    ledger.write_text(f"{_LEDGER}\n2026-11-30 pad\n")
    assert "cannot read all of" in send(ledger, "127.0.0.1:1").stderr


def test_what_could_not_be_logged_is_not_sent(ledger: Path) -> None:
    ledger.write_text(
        f'{_LEDGER}\n2026-11-25 note Assets:Receivable "Sent" ^INV-1\n'
        '  reminder: "first reminder"\n'
    )
    box = Box()
    with serving(box) as server:
        result = send(ledger, server)
    assert "What is sent could not be logged: It would contradict" in result.stderr
    assert (result.exit_code, box.mails) == (2, [])


def test_a_ledger_that_changes_while_it_is_read_sends_nothing(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("beancount.loader.needs_refresh", lambda _: True)
    assert "has changed in the meantime" in send(ledger, "127.0.0.1:1").stderr


@pytest.mark.parametrize("server", ["user@mail.example", "mail:x", "h/p", ":25"])
def test_a_server_that_is_none_is_told(ledger: Path, server: str) -> None:
    assert "is no server" in send(ledger, server).stderr


def test_a_server_is_needed(ledger: Path) -> None:
    result = run("send", ledger, "--yes", as_of=None)
    assert "Type --server mail.example.com." in result.stderr


def test_a_server_that_does_not_answer_is_told(ledger: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    result = send(ledger, f"127.0.0.1:{port}")
    (error,) = errors(result)
    assert (
        error == f"Cannot reach 127.0.0.1:{port}: Connection refused; nothing was sent."
    )
    assert ledger.read_text() == _LEDGER


def test_nobody_waits_for_ever(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        result = send(ledger, f"127.0.0.1:{silent.getsockname()[1]}")
    assert "timed out" in errors(result)[0]


# Safe connections, and who logs in.


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.mark.usefixtures("far")
def test_a_certificate_has_to_be_trusted(
    ledger: Path, made: tuple[Path, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Box()
    with serving(box, tls_context=made[1], require_starttls=True) as server:
        there = server.replace("127.0.0.1", FAR)
        result = send(ledger, there)
        assert "certificate verify failed" in errors(result)[0]
        assert ledger.read_text() == _LEDGER
        monkeypatch.setenv("SSL_CERT_FILE", str(made[0]))
        assert send(ledger, there).exit_code == 0
    assert len(box.mails) == 3


@pytest.mark.usefixtures("far")
def test_nothing_goes_anywhere_in_clear(ledger: Path) -> None:
    box = Box()
    with serving(box) as server:
        result = send(ledger, server.replace("127.0.0.1", FAR))
    assert "STARTTLS" in errors(result)[0]
    assert not box.mails


@pytest.mark.usefixtures("far")
def test_a_port_can_be_safe_from_the_first_byte(
    ledger: Path, made: tuple[Path, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Box()
    with serving(box, ssl_context=made[1]) as server:
        monkeypatch.setattr(smtp, "SMTPS_PORT", int(server.partition(":")[2]))
        there = server.replace("127.0.0.1", FAR)
        assert "certificate verify failed" in errors(send(ledger, there))[0]
        monkeypatch.setenv("SSL_CERT_FILE", str(made[0]))
        assert send(ledger, there).exit_code == 0
    assert len(box.mails) == 3


@pytest.fixture
def guarded() -> Iterator[tuple[Box, str]]:
    """Yield a server that wants to know who sends."""
    box = Box()
    with serving(box, authenticator=box.log_in, auth_require_tls=False) as server:
        yield box, server


def test_a_password_is_in_the_environment(
    ledger: Path, guarded: tuple[Box, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    box, server = guarded
    monkeypatch.setenv("BEAN_DUNNING_PASSWORD", "wrong")
    (error,) = errors(send(ledger, server))
    reason = "535 5.7.8 Authentication credentials invalid; nothing was sent."
    assert error == f"Cannot send by {server}: {reason}"
    assert (ledger.read_text(), box.mails) == (_LEDGER, [])
    monkeypatch.setenv("BEAN_DUNNING_PASSWORD", PASSWORD)
    monkeypatch.setenv("BEAN_DUNNING_SERVER", server)
    result = run("send", ledger, "--yes", as_of=None)
    assert (result.exit_code, len(box.mails)) == (0, 3)
    assert box.logins[-1]


def test_a_password_that_no_server_takes_is_told(
    ledger: Path, guarded: tuple[Box, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEAN_DUNNING_PASSWORD", "pässwort")
    assert "Cannot send by" in errors(send(ledger, guarded[1]))[0]


def test_a_user_needs_a_password(ledger: Path, guarded: tuple[Box, str]) -> None:
    result = send(ledger, guarded[1], "--user", "jana")
    assert "There is no password for jana: set BEAN_DUNNING_PASSWORD" in result.stderr


class _Keyring(KeyringBackend):
    """What is in it, by server and user; None while it is locked."""

    priority = 1

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], str] | None = None

    def get_password(self, service: str, username: str) -> str | None:
        if self.known is None:
            message = "Locked"
            raise KeyringLocked(message)
        return self.known.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


def test_a_password_is_in_the_keyring(ledger: Path, guarded: tuple[Box, str]) -> None:
    box, server = guarded
    before, own = keyring.get_keyring(), _Keyring()
    keyring.set_keyring(own)
    try:
        result = send(ledger, server, "--keyring")
        assert "The keyring cannot be read: Locked" in result.stderr
        own.known = {}
        result = send(ledger, server, "--keyring")
        assert f"type: keyring set 127.0.0.1 {USER}" in result.stderr
        own.known = {("127.0.0.1", USER): PASSWORD}
        assert send(ledger, server, "--keyring").exit_code == 0
    finally:
        keyring.set_keyring(before)
    assert (len(box.mails), box.logins) == (3, [True])


def test_a_keyring_may_not_be_there(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    result = send(ledger, "127.0.0.1:1", "--keyring")
    assert "pip install 'beancount-dunning[keyring]'" in result.stderr


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("localhost", True),
        ("127.0.0.2", True),
        ("::1", True),
        ("mail.example", False),
        ("192.0.2.1", False),
        ("localhost.evil.example", False),
    ],
)
def test_this_machine_is_known_by_its_name(host: str, is_here: bool) -> None:  # noqa: FBT001 - a parameter
    assert smtp.Server(host, 25).is_here == is_here
