"""All templates, compiled when this is imported: once for all processes that fork.

To compile them takes longer than to write a small ledger's pages.
"""

from __future__ import annotations

from fava_dunning.site.templates import request
from fava_dunning.site.templates import templates

# The first request imports more.
with request():
    for name in templates().list_templates(["html"]):
        templates().get_template(name)
