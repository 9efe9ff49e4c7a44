"""Letters and statements as PDF: the page to print, by WeasyPrint, the extra `[pdf]`.

Nothing is loaded from elsewhere, and the same page gives the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount_dunning.formats.letter_html import as_html

if TYPE_CHECKING:
    from beancount_dunning.formats.letters import Message


class NoPdfError(Exception):
    """PDF cannot be written on this computer; the message says what to install."""


def as_pdf(message: Message) -> bytes:
    """Write a letter as PDF.

    Args:
        message: The letter.

    Raises:
        NoPdfError: There is no WeasyPrint.
        TextError: Its own page cannot be used.
    """
    return printed(as_html(message))


def printed(page: str) -> bytes:
    """Print a page, an HTML document, as PDF.

    Raises:
        NoPdfError: There is no WeasyPrint.
    """
    # Imported where needed: it takes longer than all our own.
    try:
        import weasyprint  # type: ignore[import-untyped]  # noqa: PLC0415 - no types; slow
    except ImportError as error:
        problem = 'PDF needs WeasyPrint. Type: pip install "beancount-dunning[pdf]"'
        raise NoPdfError(problem) from error
    except OSError as error:
        problem = f"PDF needs Pango, which WeasyPrint does not find: {error}"
        raise NoPdfError(problem) from error
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=("data",))
    document = weasyprint.HTML(string=page, url_fetcher=fetcher)
    content: bytes = document.write_pdf()
    return content
