"""A linter for calendar feeds: looks at the raw bytes, and trusts no library.

It knows what RFC 5545 demands, and what calendar apps are known to stumble over.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 75
_LONGEST_ADDRESS = 256
_NAME = re.compile(r"[A-Z][A-Z0-9-]*")
_DATE = re.compile(r"\d{8}")
# Midnight, and a second later for each change since.
_MIDNIGHT = re.compile(r"\d{8}T00\d{4}Z")
_TRIGGER = re.compile(r"-?P(?=T?\d)(\d+D)?(T(\d+H)?(\d+M)?(0S)?)?")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TEXT = re.compile(r"(?=.*[^ ])(?:[^\\;,]|\\[\\;,n])*")
# RFC 5545, section 3.8.1.2: one or more, and none of them empty.
_TEXTS = re.compile(rf"{_TEXT.pattern}(?:,{_TEXT.pattern})*")
_ADDRESS = re.compile(r"https?://[!-~]+")
_NUMBER = re.compile(r"\d+")
_PARAMETERS = {
    **dict.fromkeys(("DTSTART", "DTEND", "DUE"), "VALUE=DATE"),
    "REFRESH-INTERVAL": "VALUE=DURATION",
}
_PATTERNS = {
    **dict.fromkeys(("SUMMARY", "DESCRIPTION", "X-WR-CALDESC"), _TEXT),
    **dict.fromkeys(("NAME", "X-WR-CALNAME"), _TEXT),
    "CATEGORIES": _TEXTS,
    **dict.fromkeys(("STATUS", "TRANSP", "CLASS"), _TEXT),
    **dict.fromkeys(("PRODID", "VERSION", "CALSCALE"), _TEXT),
    **dict.fromkeys(("DTSTART", "DTEND", "DUE"), _DATE),
    **dict.fromkeys(("DTSTAMP", "LAST-MODIFIED"), _MIDNIGHT),
    "UID": _UUID,
    "SEQUENCE": _NUMBER,
    "PRIORITY": re.compile(r"[1-9]"),
    "RELATED-TO": _UUID,
    "ACTION": re.compile("DISPLAY"),
    "TRIGGER": _TRIGGER,
    "URL": _ADDRESS,
}
_ONCE = {
    "VCALENDAR": (
        *("PRODID", "VERSION", "CALSCALE", "NAME", "X-WR-CALNAME"),
        *("REFRESH-INTERVAL", "X-PUBLISHED-TTL"),
    ),
    "VEVENT": (
        *("UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "SUMMARY", "DTSTART"),
        *("DTEND", "TRANSP", "STATUS", "CLASS", "CATEGORIES", "PRIORITY"),
    ),
    "VTODO": (
        *("UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "SUMMARY", "DUE"),
        *("STATUS", "CLASS", "CATEGORIES", "PRIORITY"),
    ),
    # Home Assistant refuses a whole feed for an alarm without a description.
    "VALARM": ("ACTION", "DESCRIPTION", "TRIGGER"),
}
_MAY = {
    "VCALENDAR": ("DESCRIPTION", "X-WR-CALDESC"),
    "VEVENT": ("DESCRIPTION", "URL", "RELATED-TO"),
    "VTODO": ("DESCRIPTION", "URL", "RELATED-TO"),
    "VALARM": (),
}


@dataclass
class Component:
    """A component as it stands in the bytes: (name, parameters, value) each."""

    name: str
    properties: list[tuple[str, str, str]] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)

    def value(self, name: str) -> str | None:
        return next((value for own, _, value in self.properties if own == name), None)


def _lines(feed: bytes) -> Iterator[str]:
    """Complain about raw lines."""
    if not feed.endswith(b"\r\n"):
        yield "the feed does not end with CRLF"
    for number, line in enumerate(feed.removesuffix(b"\r\n").split(b"\r\n"), 1):
        if len(line) > _LONGEST:
            yield f"line {number} has {len(line)} octets"
        if not line.strip(b" "):
            yield f"line {number} is empty"
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            yield f"line {number} is cut inside a character, or is no UTF-8"
            continue
        if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", text):
            yield f"line {number} has a control character, or a bare CR or LF"


def parse(feed: bytes) -> Component:
    """Unfold the lines, and return what is in the feed.

    Raises:
        ValueError: The components do not nest, or a line has no name and value.
    """
    text = feed.decode("utf-8", "replace").replace("\r\n ", "").removesuffix("\r\n")
    top = Component("")
    stack = [top]
    for line in text.split("\r\n"):
        head, colon, value = line.partition(":")
        name, _, parameters = head.partition(";")
        if not colon or not _NAME.fullmatch(name):
            message = f"no property: {line}"
            raise ValueError(message)
        if name == "BEGIN":
            stack.append(Component(value))
            stack[-2].components.append(stack[-1])
        elif name == "END":
            if stack.pop().name != value or not stack:
                message = f"END:{value} ends nothing"
                raise ValueError(message)
        else:
            stack[-1].properties.append((name, parameters, value))
    if len(stack) != 1 or [one.name for one in top.components] != ["VCALENDAR"]:
        message = "not one whole VCALENDAR"
        raise ValueError(message)
    if top.properties:
        message = "properties outside the calendar"
        raise ValueError(message)
    return top.components[0]


def _properties(component: Component) -> Iterator[str]:
    if component.name not in _ONCE:
        yield f"a {component.name} is nothing for a calendar"
        return
    once, may = _ONCE[component.name], _MAY[component.name]
    counts = Counter(name for name, _, _ in component.properties)
    for name in once:
        if counts[name] != 1:
            yield f"{component.name} has {counts[name]} {name}"
    for name, count in counts.items():
        if name not in {*once, *may} or count > 1:
            yield f"{component.name} has {count} {name}"
    for name, parameters, value in component.properties:
        yield from _property(name, parameters, value)


def _property(name: str, parameters: str, value: str) -> Iterator[str]:
    wanted = _PARAMETERS.get(name, "")
    if name == "TRIGGER" and parameters == "RELATED=END":
        wanted = parameters  # as a task's has, see below
    if parameters != wanted:
        yield f'{name} has the parameters "{parameters}", not "{wanted}"'
    pattern = _PATTERNS.get(name)
    if pattern and not (value and pattern.fullmatch(value)):
        yield f"{name} is not as it should be: {value}"
    if name == "URL" and len(value) > _LONGEST_ADDRESS:
        yield f"URL is too long for Google: {value}"


def _component(component: Component) -> Iterator[str]:
    yield from _properties(component)
    if component.name == "VALARM":
        yield "an alarm of nothing"
    related = "RELATED=END" if component.name == "VTODO" else ""
    for alarm in component.components:
        if alarm.name != "VALARM" or alarm.components:
            yield f"a {alarm.name} is nested in a {component.name}"
        yield from _properties(alarm)
        if ("TRIGGER", related) not in [one[:2] for one in alarm.properties]:
            yield f"an alarm that is not related to the {component.name}'s day"
    if len(component.components) > 1:
        yield f"{len(component.components)} alarms in a {component.name}"
    if component.value("RELATED-TO") == component.value("UID"):
        yield f"a {component.name} is related to itself"
    start, end = component.value("DTSTART"), component.value("DTEND")
    if start and end and _DATE.fullmatch(start) and _DATE.fullmatch(end):
        first, after = (
            datetime.strptime(one, "%Y%m%d").date()  # noqa: DTZ007 - days
            for one in (start, end)
        )
        if after - first != timedelta(days=1):
            yield f"from {start} to {end} is not one day"


def lint(feed: bytes) -> list[str]:
    """Return what is wrong with a feed."""
    found = list(_lines(feed))
    try:
        calendar = parse(feed)
    except ValueError as error:
        return [*found, str(error)]
    found += _properties(calendar)
    for component in calendar.components:
        found += _component(component)
    uids = Counter(one.value("UID") for one in calendar.components)
    found += [
        f"UID {uid} is there {count} times" for uid, count in uids.items() if count > 1
    ]
    if len({one.name for one in calendar.components}) > 1:
        found.append("events and tasks in one feed")
    days = [one.value("DTSTART") or one.value("DUE") for one in calendar.components]
    if any((day or "") > (after or "") for day, after in pairwise(days)):
        found.append("not in order of date")
    return found


def alike(feed: bytes) -> list[str]:
    """Return the summaries of components that differ in nothing but the UID.

    vdirsyncer makes one event of such.
    """
    counts = Counter(
        tuple(one for one in component.properties if one[0] != "UID")
        for component in parse(feed).components
    )
    return [
        next(value for name, _, value in properties if name == "SUMMARY")
        for properties, count in counts.items()
        if count > 1
    ]
