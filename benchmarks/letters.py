"""What letters cost beside Beancount's load of their ledger.

    python benchmarks/letters.py [LETTERS]

Prints ratios of times measured in one run, and the seconds for orientation.
"""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from beancount import loader

from beancount_dunning import letters
from beancount_dunning import read_books
from beancount_dunning import reminders
from beancount_dunning.answers.letters import contents
from beancount_dunning.formats.letter_html import as_html
from beancount_dunning.formats.letters import Writer

_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "zh", "zh-TW", "ja")
_HEAD = """\
plugin "beancount.plugins.auto_accounts"
2026-01-01 custom "dunning-option" "sender" "Nord
+49 40 123456-7, post@nord.example"
2026-01-01 custom "dunning-option" "pay-to" "EUR" "DE02 1203 0000 0000 2020 51" "Nord"
"""
_CUSTOMER = """\
2026-01-01 custom "dunning-customer" "Customer {number}"
  language: "{language}"
  email: "{number}@customer.example"
2026-09-14 * "Customer {number}" "Website" ^INV-{number}
  due: 2026-10-14
  Assets:Receivable  1190.00 EUR
  Income:Services
2026-09-20 * "Customer {number}" "Hosting" ^HOST-{number}
  due: 2026-10-20
  Assets:Receivable  100.00 EUR
  Income:Services
2026-10-20 note Assets:Receivable "Sent" ^INV-{number}
  reminder: "first reminder"
2026-10-22 * "Customer {number}" "Part" ^INV-{number}
  Assets:Bank  190.00 EUR
  Assets:Receivable
"""


def _measure(path: Path) -> None:
    began = time.perf_counter()
    entries, _, options_map = loader.load_file(str(path))
    load = time.perf_counter() - began
    books = read_books(entries, options_map, today=date(2026, 11, 20))
    found = letters(reminders(books).due)
    began = time.perf_counter()
    said = [one for one in contents(books, found) if one]
    writer = Writer.of(books)
    written = [writer.write(one) for one in said]
    seconds = time.perf_counter() - began
    invoices = sum(len(one.bills) for one in said)
    print(f"{len(written)} letters about {invoices} invoices: {seconds:.2f} s")
    print(f"beside Beancount's load ({load:.2f} s): {seconds / load:.2f}")
    began = time.perf_counter()
    for message in written:
        as_html(message)
    print(f"as pages, with codes to pay: {time.perf_counter() - began:.2f} s")


def main() -> None:
    """Write letters of a made-up ledger."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    with TemporaryDirectory() as folder:
        path = Path(folder) / "books.beancount"
        customers = (
            _CUSTOMER.format(number=number, language=_LANGUAGES[number % 9])
            for number in range(most)
        )
        path.write_text("".join([_HEAD, *customers]), encoding="utf-8")
        _measure(path)


main()
