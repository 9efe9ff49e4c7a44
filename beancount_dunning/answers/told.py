"""What a note says, in words: one sentence for each thing that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import cast

from beancount.core.data import Document

from beancount_dunning.basics.words import Words
from beancount_dunning.ledger.log import Handed
from beancount_dunning.ledger.step_names import step_name

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from beancount_dunning.ledger.log import LogEntry
    from beancount_dunning.standing.records import Record


def told(entry: LogEntry) -> Iterator[tuple[str, Words]]:
    """Yield what an entry of the log says, each with the kind of it.

    Args:
        entry: A note or a document. What the customer gives as a reason is said with
            the first of it.
    """
    said = list(_said(entry))
    if entry.reason is not None:
        kind, text = said[0]
        text = Words("{text} (reason: {reason})", text=text, reason=entry.reason)
        said[0] = kind, text
    yield from said


def _said(entry: LogEntry) -> Iterator[tuple[str, Words]]:
    text = entry.text
    if isinstance(entry.entry, Document):
        yield "document", Words("Document {file}", file=text)
        return
    found = [*_sent(entry, text), *_agreed(entry, text), *_rests(entry, text)]
    # Else it is nothing but what somebody wrote.
    yield from found or [("note", Words.joined("", [text]))]


def _sent(entry: LogEntry, text: str) -> Iterator[tuple[str, Words]]:
    if entry.bounced is not None:
        words = Words(
            "Did not arrive: {step}. {text}", step=step_name(entry.bounced), text=text
        )
        yield "bounced", words
    if entry.reminder is not None:
        yield (
            "reminder",
            Words("Sent: {step}. {text}", step=step_name(entry.reminder), text=text),
        )


def _agreed(entry: LogEntry, text: str) -> Iterator[tuple[str, Words]]:
    if entry.is_confirmed:
        yield "confirmed", Words("Balance confirmed. {text}", text=text)
    if entry.promise is not None and entry.amount:
        words = Words(
            "{amount} {currency} promised by {day}. {text}",
            amount=entry.amount.number,
            currency=entry.amount.currency,
            day=entry.promise,
            text=text,
        )
        yield "promise", words
    elif entry.promise is not None:
        words = Words("Promised by {day}. {text}", day=entry.promise, text=text)
        yield "promise", words
    if entry.plan is not None:
        yield "plan", Words("Plan: {plan}. {text}", plan=entry.plan.text, text=text)


def _rests(entry: LogEntry, text: str) -> Iterator[tuple[str, Words]]:
    if entry.disputed:
        words = Words(
            "{amount} {currency} in dispute. {text}",
            amount=entry.disputed.number,
            currency=entry.disputed.currency,
            text=text,
        )
        yield "dispute", words
    elif entry.dispute is not None:
        in_dispute = Words("In dispute. {text}", text=text)
        resolved = Words("Dispute resolved. {text}", text=text)
        yield "dispute", in_dispute if entry.dispute else resolved
    if entry.hold_until is not None:
        words = Words("On hold until {day}. {text}", day=entry.hold_until, text=text)
        yield "hold", words
    if entry.is_back:
        yield "handed", Words("Taken back. {text}", text=text)
    elif entry.handed:
        words = {
            Handed.AGENCY: Words("Handed to an agency. {text}", text=text),
            Handed.LAWYER: Words("Handed to a lawyer. {text}", text=text),
            Handed.COURT: Words("Handed to the court. {text}", text=text),
        }[entry.handed]
        yield "handed", words


def promise_so_far(record: Record, promise: LogEntry, as_of: dt.date) -> Words:
    """Say what came of a promise.

    Args:
        record: What the log tells of an instalment.
        promise: Its latest promise.
        as_of: The date.
    """
    day = cast("dt.date", promise.promise)
    is_past = day < as_of
    if promise.amount is None or record.came is None:
        if is_past:
            return Words(
                "Promised by {day}: not kept, so reminders may resume the day after",
                day=day,
            )
        return Words("Promised by {day}: no reminders until then", day=day)
    values = {
        "amount": promise.amount.number,
        "currency": promise.amount.currency,
        "day": day,
        "came": record.came.amount,
        "missing": record.came.missing,
    }
    if not is_past:
        return Words(
            "{amount} {currency} promised by {day}, {came} {currency} came so far: "
            "no reminders until then",
            **values,
        )
    if record.came.is_kept:
        return Words("{amount} {currency} promised by {day}: kept", **values)
    if not record.came.missing:
        return Words("{amount} {currency} promised by {day}: came late", **values)
    return Words(
        "{amount} {currency} promised by {day}: not kept, {came} {currency} came, "
        "{missing} {currency} is missing",
        **values,
    )
