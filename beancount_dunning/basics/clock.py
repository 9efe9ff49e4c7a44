"""The only place where the product reads the clock.

The core never asks what day it is: its functions take an as-of date. The faces ask
here when neither their user nor the ledger's `as-of` option says, and so does what
keeps a load from outliving its day.
"""

from __future__ import annotations

from datetime import date


def today() -> date:
    """Return today's date where the user is (local time), for want of an as-of date."""
    return date.today()  # noqa: DTZ011 - an invoice is overdue by the local calendar
