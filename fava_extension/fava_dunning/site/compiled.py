"""What all of a site's processes need: loaded when this is imported, once for all.

To compile the templates takes longer than to write a small ledger's pages, and to read
what Babel knows of English as long as to write a few.
"""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from babel.numbers import get_currency_precision

from fava_dunning.site.templates import request
from fava_dunning.site.templates import templates

# The first request imports more.
with request():
    for name in templates().list_templates(["html"]):
        templates().get_template(name)
format_date(date.min, locale="en")
get_currency_precision("EUR")
