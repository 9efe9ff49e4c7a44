"""How banks write who paid and what for."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from typing import NamedTuple

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from datetime import date

# What a bank's computer of 1980 has for a letter.
_SPELT_OUT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "AE", "Ö": "OE", "Ü": "UE"}
)
LEGAL_FORM = re.compile(
    r",? (GmbH & Co\. KG|GmbH|AG|KG|OHG|UG|e\.K\.|SARL|SAS|Ltd|Limited|Inc\.?|B\.V\.)$"
)
# A line of a statement in the format MT940, a name in it, and a British reference.
_LINE = 27
_NAME = 35
_REFERENCE = 18
_HEX = "0123456789ABCDEF"


class Written(NamedTuple):
    """A line of a bank statement: who and what, and text metadata."""

    payee: str
    narration: str
    meta: tuple[tuple[str, str], ...] = ()


class Transfer(NamedTuple):
    """What a payer sends: their name, what they typed, on which day."""

    name: str
    text: str
    day: date


def plain_letters(text: str) -> str:
    """Write a text in the letters that all banks have."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_SPELT_OUT))
    kept = "".join(one for one in decomposed if not unicodedata.combining(one))
    return re.sub(r"[^A-Za-z0-9/?:().,'+ -]", " ", kept.replace("&", "+"))


def _iban(chance: random.Random) -> str:
    return f"DE{chance.randrange(10**20):020}"


def as_typed(_: random.Random, sent: Transfer) -> Written:
    """Leave everything as the payer typed it."""
    return Written(sent.name, sent.text)


def in_capitals(_: random.Random, sent: Transfer) -> Written:
    """Write in capitals, umlauts spelt out, the name cut off."""
    name = plain_letters(sent.name).upper()[:_LINE]
    return Written(name.strip(), plain_letters(sent.text).upper())


def with_sepa_tags(chance: random.Random, sent: Transfer) -> Written:
    """Write the tags of a SEPA transfer in front of its parts."""
    end_to_end = chance.choice(
        [
            "NOTPROVIDED",
            f"{chance.randrange(10**10):010}",
            f"{sent.day:%Y%m%d}-{_run(chance)}",
        ]
    )
    text = f"EREF+{end_to_end} SVWZ+{plain_letters(sent.text)}"
    if chance.random() < 0.3:  # some say the account, too
        text += f" IBAN+{_iban(chance)} BIC+COBADEFFXXX"
    return Written(plain_letters(sent.name)[: _NAME * 2], text)


def in_lines_of_27(_: random.Random, sent: Transfer) -> Written:
    """Break a text after 27 signs, as MT940 does, which also breaks numbers."""
    text = "SVWZ+" + plain_letters(sent.text).upper()
    lines = [text[at : at + _LINE] for at in range(0, len(text), _LINE)]
    return Written(plain_letters(sent.name).upper()[:_LINE].strip(), " ".join(lines))


def in_french(chance: random.Random, sent: Transfer) -> Written:
    """Write name, purpose and reference into one line."""
    name = plain_letters(sent.name).upper()
    text = plain_letters(sent.text).upper()
    return Written("", f"VIR SEPA RECU /DE {name} /MOTIF {text} /REF {_run(chance)}")


def in_18_signs(_: random.Random, sent: Transfer) -> Written:
    """Keep 18 signs of the purpose, as British transfers do."""
    name = plain_letters(sent.name).upper()[:_REFERENCE].strip()
    return Written(name, plain_letters(sent.text).upper()[:_REFERENCE].strip())


def as_wire(chance: random.Random, sent: Transfer) -> Written:
    """Write the fields of an American wire."""
    trace = f"{sent.day:%Y%m%d}{chance.randrange(10**8):08}"
    name = plain_letters(sent.name).upper()
    text = plain_letters(sent.text).upper()
    return Written(
        name,
        f"WIRE TYPE:WIRE IN DATE:{sent.day:%y%m%d} TIME:{chance.randrange(2400):04} ET "
        f"TRN:{trace} ORIG:{name} PMT DET:{text}",
    )


def in_metadata(chance: random.Random, sent: Transfer) -> Written:
    """Put the purpose into metadata, as some importers do."""
    meta = (("purpose", sent.text), ("iban", _iban(chance)))
    return Written(sent.name, "Gutschrift", meta)


def _run(chance: random.Random) -> str:
    return "".join(chance.choices(_HEX, k=10))


BANKS: tuple[tuple[Callable[[random.Random, Transfer], Written], int], ...] = (
    (with_sepa_tags, 30),
    (in_capitals, 20),
    (in_lines_of_27, 15),
    (as_typed, 15),
    (in_french, 5),
    (in_18_signs, 5),
    (as_wire, 5),
    (in_metadata, 5),
)


def in_the_ledger(
    written: Written, day: date, cents: int, account: str, links: str = ""
) -> str:
    """Write a line of a bank statement as an importer does, with another account."""
    payee = f'"{written.payee}" ' if written.payee else ""
    meta = "".join(f'  {key}: "{value}"\n' for key, value in written.meta)
    head = f'{day} * {payee}"{written.narration}" {links}'.rstrip()
    return f"{head}\n{meta}  Assets:Bank  {cents / 100:.2f} EUR\n  {account}\n"
