"""Evolution's calendar service: subscribes to an address, and tells what it has.

    dbus-run-session -- /usr/bin/python3 evolution.py ADDRESS

Run by Debian's Python, which has its bindings. A line on standard input that says
"refresh" makes the service fetch; each line is answered by what the service has then:
a line of JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import gi  # type: ignore[import-untyped,import-not-found,unused-ignore] # Debian's

gi.require_version("ECal", "2.0")
gi.require_version("EDataServer", "1.2")

from gi.repository import ECal  # type: ignore[import-untyped,import-not-found,unused-ignore] # noqa: E402 - Debian's
from gi.repository import EDataServer  # type: ignore[import-untyped,import-not-found,unused-ignore] # noqa: E402 - Debian's
from gi.repository import GLib  # type: ignore[import-untyped,import-not-found,unused-ignore] # noqa: E402 - Debian's

_NAME = "receivables"


def _subscribe(address: str) -> Any:  # noqa: ANN401 - has no types
    """Add the calendar, and connect to it."""
    source = EDataServer.Source.new_with_uid(_NAME, None)
    source.set_display_name("Receivables")
    source.set_parent("webcal-stub")
    calendar = source.get_extension(EDataServer.SOURCE_EXTENSION_CALENDAR)
    calendar.set_backend_name("webcal")
    web = source.get_extension(EDataServer.SOURCE_EXTENSION_WEBDAV_BACKEND)
    web.set_uri(GLib.Uri.parse(address, GLib.UriFlags.NONE))
    registry = EDataServer.SourceRegistry.new_sync(None)
    registry.commit_source_sync(source, None)
    source = registry.ref_source(_NAME)
    return ECal.Client.connect_sync(source, ECal.ClientSourceType.EVENTS, 2, None)


def main() -> None:
    """Answer until standard input ends."""
    client = _subscribe(sys.argv[1])
    for line in sys.stdin:
        if line.strip() == "refresh":
            client.refresh_sync(None)
        _, components = client.get_object_list_sync("#t", None)
        rows = [
            (one.get_uid(), one.get_summary(), one.get_dtstart().as_ical_string())
            for one in components
        ]
        sys.stdout.write(f"{json.dumps(rows)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
