"""The page as files: of each ledger its page, its customers and open invoices.

    with publishing(out, MARKER) as draft:
        row = write_ledger(Task("Atelier", "books.beancount", draft.below(folder)))
        write_index([row], draft)

The templates are the page's own. What they ask a `Page` for they get from a
`StillPage`: it writes nothing, knows no filters, and its addresses are names of files.
A link to what the site has not is none. There is no script in the site, and its pages
forbid any.
"""

from __future__ import annotations

from fava_dunning.site.index import write_index
from fava_dunning.site.keeping import question
from fava_dunning.site.keeping import restored
from fava_dunning.site.ledger import write_ledger
from fava_dunning.site.links import file_name
from fava_dunning.site.rows import Row
from fava_dunning.site.rows import Task

# What processes that write ledgers should have loaded.
MODULES = ("fava_dunning.site.compiled",)

__all__ = [
    "MODULES",
    "Row",
    "Task",
    "file_name",
    "question",
    "restored",
    "write_index",
    "write_ledger",
]
