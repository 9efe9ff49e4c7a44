"""A letter in one short message, for SMS, WhatsApp or WeChat.

    Atelier Nord: invoice INV-1, €605.00, has been overdue since 14 October 2026. Pay: …

It says who asks, how much, since when, and where to pay. A message has 160 characters,
or 70 of those that Chinese and Japanese have. What makes it longer is left out word by
word: of the sender's name, then the invoice's number, then the link, which would be
useless cut. What is longer even so is sent in parts by any telephone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.answers.contents import Tone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping

    from babel import Locale

    from beancount_dunning.formats.letter_languages import Language

_CHARACTERS = 160
_WIDE_CHARACTERS = 70
_WIDE = frozenset({"zh", "ja"})
_PHRASES = {
    Tone.NOTICE: "message_soon",
    Tone.TODAY: "message_soon",
    Tone.THANKS: "message_thanks",
}


def short_message(
    tone: Tone, values: Mapping[str, object], locale: Locale, language: Language
) -> str:
    """Write a letter as a short message.

    Args:
        tone: How the letter speaks.
        values: What it may say, see `context`.
        locale: Where the customer is.
        language: The language's phrases.

    Returns:
        The message, in one line.
    """
    limit = _WIDE_CHARACTERS if locale.language in _WIDE else _CHARACTERS
    message = ""
    for message in _shorter(_PHRASES.get(tone, "message_late"), values, language):
        if len(message) <= limit:
            break
    # A sender's name stays as it is, if the message begins with one.
    return message if values["from"] else message[:1].upper() + message[1:]


def _shorter(
    phrase: str, values: Mapping[str, object], language: Language
) -> Iterator[str]:
    """Yield the message in full, and then with less and less in it."""
    say = language.say
    senders = [*_fewer_words(str(values["from"]))]
    link = say("message_link", values) if values["link"] else ""
    # Chinese and Japanese sentences have no blank between them.
    gap = " " if link and link[0].isascii() else ""
    for end in dict.fromkeys((f"{gap}{link}", "")):
        for what in dict.fromkeys((str(values["what"]), say("names", values))):
            for sender in senders:
                said = {**values, "from": sender, "what": what}
                yield say(phrase, said) + end


def _fewer_words(text: str) -> Iterator[str]:
    """Yield a text, and then with one word less each time, down to the first."""
    yield text
    words = text.split()
    for count in range(len(words) - 1, 0, -1):
        yield " ".join(words[:count]) + "…"
