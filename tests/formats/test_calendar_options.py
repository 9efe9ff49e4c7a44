"""What one can ask of the calendar: alarms, discounts, a span of days, tasks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from beancount_dunning import cli
from beancount_dunning.formats.calendar_feed import Wanted
from beancount_dunning.formats.calendar_feed import build_calendar
from beancount_dunning.ledger.directives import feed_token
from beancount_dunning.ledger.settings import read_settings
from tests.calendar_lint import Component
from tests.calendar_lint import lint
from tests.calendar_lint import parse
from tests.conftest import Ledger
from tests.conftest import load

if TYPE_CHECKING:
    from pathlib import Path

INVOICE = """
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme  1190.00 EUR
  Income:Services
"""


def events(
    ledger: Ledger, as_of: str = "2026-10-10", *, todo: bool = False
) -> dict[str, Component]:
    """Return the events by what they are about, like "due"."""
    feed = build_calendar(ledger.books(as_of), wanted=Wanted(todo=todo))
    assert lint(feed) == []
    found = parse(feed).components
    titles = [(one.value("SUMMARY") or "").replace("\\", "") for one in found]
    return {
        title.rpartition(": ")[2].partition(" (")[0]: one
        for title, one in zip(titles, found, strict=True)
    }


def option(key: str, value: str) -> str:
    return f'2026-01-01 custom "dunning-option" "{key}" {value}\n'


@pytest.mark.parametrize(
    ("value", "trigger"),
    [
        ('"on the day at 9:00"', "PT9H"),
        ('"on the day at 23:59"', "PT23H59M"),
        ('"on the day at 0:00"', "P0D"),
        ('"1 day before at 9:00"', "-PT15H"),
        ('"1 day before at 0:00"', "-P1D"),
        ('"2 days before at 08:30"', "-P1DT15H30M"),
        ('"1 day before at 23:59"', "-PT1M"),
        ('"7 days before at 12:00"', "-P6DT12H"),
    ],
)
def test_the_alarm_rings_when_the_option_says(value: str, trigger: str) -> None:
    for todo in (False, True):
        ledger = load(option("feed-alarm", value) + INVOICE)
        found = events(ledger, todo=todo)
        assert found["upcoming"].components[0].value("TRIGGER") == trigger


def test_by_default_it_rings_at_nine() -> None:
    (alarm,) = events(load(INVOICE))["due"].components
    assert alarm.properties == [
        ("ACTION", "", "DISPLAY"),
        ("DESCRIPTION", "", "Acme 1190 EUR: due (INV-1)"),
        ("TRIGGER", "", "PT9H"),
    ]


def test_there_need_not_be_an_alarm() -> None:
    found = events(load(option("feed-alarm", '"none"') + INVOICE))
    assert [one.components for one in found.values()] == [[]] * len(found)


@pytest.mark.parametrize(
    "value",
    [
        *('"0 days before at 9:00"', '"1 day before at 24:00"', '"9:00"', "9", "TRUE"),
        *('"on the day"', '"on the day at 24:00"', '"on the day at 9:60"'),
        *('"1 day before at 9:60"', '"1 day before at 9"', '"-1 day before at 9:00"'),
        *('"1000 days before at 9:00"', '"\u0661 day before at 9:00"'),
    ],
)
def test_an_alarm_that_is_none_is_an_error_and_the_default_stays(value: str) -> None:
    ledger = load(option("feed-alarm", value) + INVOICE)
    (problem,) = ledger.settings().problems
    assert 'expected "none", or a time like "on the day at 9:00"' in problem.message
    assert events(ledger)["due"].components[0].value("TRIGGER") == "PT9H"


@pytest.mark.parametrize("value", ["private", "public"])
def test_events_are_private_or_public(value: str) -> None:
    found = events(load(option("feed-class", f'"{value}"') + INVOICE))
    assert {one.value("CLASS") for one in found.values()} == {value.upper()}
    assert events(load(INVOICE))["due"].value("CLASS") == "PRIVATE"


@pytest.mark.parametrize("name", ["feed-class", "feed-overdue"])
def test_another_word_is_an_error(name: str) -> None:
    (problem,) = load(option(name, '"secret"')).settings().problems
    assert f'option "{name}": expected "' in problem.message


def test_discounts_are_events_where_the_option_says_so() -> None:
    offer = INVOICE.replace("due: 2026-10-14", 'terms: "3/7 2/14 net 30"')
    assert "discount ends" not in events(load(offer))
    books = load(option("feed-discounts", "TRUE") + offer).books("2026-09-20")
    feed = build_calendar(books)
    assert lint(feed) == []
    found = [
        (one.value("DTSTART"), one.value("PRIORITY"))
        for one in parse(feed).components
        if "discount ends" in (one.value("SUMMARY") or "")
    ]
    assert found == [("20260921", "9"), ("20260928", "9")]
    assert len({one.value("UID") for one in parse(feed).components}) == 4


@pytest.mark.parametrize("value", ['"TRUE"', "1", "2026-01-01"])
def test_discounts_are_wanted_or_not(value: str) -> None:
    (problem,) = load(option("feed-discounts", value)).settings().problems
    assert "expected TRUE or FALSE" in problem.message


def test_the_later_the_step_the_more_it_matters() -> None:
    def sent(*steps: str) -> str:
        days = ("2026-10-15", "2026-10-21", "2026-10-29", "2026-11-13")
        return "".join(
            f'{day} note Assets:Receivable:Acme "Sent" ^INV-1\n  reminder: "{step}"\n'
            for day, step in zip(days, steps, strict=False)
        )

    steps = ("first reminder", "second reminder", "final notice", "stop-loss review")
    found = {**events(load(INVOICE))}
    for count in range(len(steps) + 1):
        found.update(events(load(INVOICE + sent(*steps[:count])), "2026-11-20"))
    assert {name: one.value("PRIORITY") for name, one in found.items()} == {
        "upcoming": "9",
        "due": "5",
        "first reminder": "4",
        "second reminder": "3",
        "final notice": "2",
        "stop-loss review": "1",
        "needs a decision": "1",
    }


def test_of_a_long_ladder_the_last_steps_matter_alike(ledger: Ledger) -> None:
    """
    2026-01-01 custom "dunning-option" "catch-up" "highest"
    2026-01-01 custom "dunning-step" "standard" "a" 1
    2026-01-01 custom "dunning-step" "standard" "b" 2
    2026-01-01 custom "dunning-step" "standard" "c" 3
    2026-01-01 custom "dunning-step" "standard" "d" 4
    2026-01-01 custom "dunning-step" "standard" "e" 5
    2026-01-01 custom "dunning-step" "standard" "on the day" 0
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme  1190.00 EUR
      Income:Services
    """
    found = [events(ledger, f"2026-10-{day}") for day in range(14, 20)]
    priorities = [
        {name: one.value("PRIORITY") for name, one in some.items() if name != "due"}
        for some in found
    ]
    assert priorities == [
        *({"on the day": "9"}, {"a": "4"}, {"b": "3"}, {"c": "2"}, {"d": "1"}),
        {"e": "1"},
    ]


def test_a_promise_without_a_due_date_says_so(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      Assets:Receivable:Acme  1190.00 EUR
      Income:Services
    2026-09-20 note Assets:Receivable:Acme "Soon" ^INV-1
      promise: 2026-12-01
    """
    found = events(ledger)
    description = found["promised"].value("DESCRIPTION") or ""
    assert description.startswith("1190.00 of 1190.00 EUR open\\n")
    assert "no due date" in description


def test_what_is_reminded_together_is_one_event(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable:Acme       1000.00 EUR
      Assets:Receivable:Retention   190.00 EUR
        customer: "Acme"
      Assets:Receivable:Acme          5.00 USD
      Income:Services
    2026-11-10 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-10-14
      Assets:Receivable:Acme          5.00 EUR
      Income:Fees
    """
    books = ledger.books("2026-11-20")
    found = parse(build_calendar(books)).components
    assert sorted(one.value("SUMMARY") or "" for one in found) == [
        "Acme 1195 EUR: first reminder (INV-1)",
        "Acme 5 USD: first reminder (INV-1)",
    ]


def test_an_event_keeps_its_uid_when_a_part_of_it_is_paid() -> None:
    fee = """
2026-11-10 * "Acme" "Fee" ^INV-1
  charge: "fee"
  due: 2026-10-14
  Assets:Receivable:Acme  5.00 EUR
  Income:Fees
"""
    paid = """
2026-11-15 * "Acme" "Paid" ^INV-1
  Assets:Bank  1190.00 EUR
  Assets:Receivable:Acme
"""
    first, then, later = (
        events(load(text), "2026-11-20")["first reminder"]
        for text in (INVOICE, INVOICE + fee, INVOICE + fee + paid)
    )
    assert first.value("UID") == then.value("UID") == later.value("UID")
    numbers = [one.value("SEQUENCE") for one in (first, then, later)]
    assert numbers == ["36", "1036", "2036"]
    assert later.value("LAST-MODIFIED") == "20261120T000000Z"


def test_only_the_days_that_were_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    path.write_text(
        "2026-01-01 open Assets:Receivable:Acme\n2026-01-01 open Income:Services\n"
        + INVOICE
    )

    def days(*arguments: str) -> list[str | None]:
        command = ["ical", str(path), "--as-of", "2026-10-10", *arguments]
        done = CliRunner().invoke(cli.main, command)
        assert done.exit_code == 0, done.output
        return [one.value("DTSTART") for one in parse(done.stdout_bytes).components]

    every = days()
    assert every == ["20261012", "20261014"]
    assert days("--from", "2026-10-14") == every[1:]
    assert days("--to", "2026-10-13") == every[:1]
    assert days("--from", "2026-10-14", "--to", "2026-10-14") == every[1:]
    wrong = CliRunner().invoke(cli.main, ["ical", str(path), "--to", "soon"])
    assert wrong.exit_code == 2


def test_the_last_of_several_tokens_counts() -> None:
    first, last = "a" * 16, "b" * 64
    text = option("feed-token", f'"{first}"') + option("feed-token", f'"{last}"')
    assert feed_token(load(text).entries) == last
    assert feed_token(load(text + option("feed-token", '"c"')).entries) == ""
    assert feed_token(load(INVOICE).entries) is None
    assert load(text).books(date(2026, 1, 1)).settings.feed_token == last


def uids(text: str) -> dict[str, str]:
    """Return the UIDs of due dates by what the events say."""
    books = load(text).books("2026-09-30")
    feed = build_calendar(books)
    assert lint(feed) == []
    return {
        one.value("SUMMARY") or "": one.value("UID") or ""
        for one in parse(feed).components
        if ": due" in (one.value("SUMMARY") or "")
    }


@pytest.mark.parametrize(
    "more",
    [
        "  Assets:Receivable:Acme  50 CHF\n",
        """
2026-09-20 * "Acme" "Fee" ^INV-1
  charge: "fee"
  due: 2026-10-01
  Assets:Receivable:Acme  5 CHF
  Income:Services
""",
        """
2026-09-20 * "Acme" "More" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme  5 CHF
  Income:Services
""",
    ],
)
def test_what_joins_an_invoice_takes_no_other_event_s_uid(more: str) -> None:
    before = uids(INVOICE)
    after = uids(INVOICE + more)
    due = "Acme 1190 EUR: due (INV-1)"
    assert after[due] == before[due]
    assert len(set(after.values())) == len(after)


def test_a_customer_s_event_never_becomes_another_s() -> None:
    acme = """
2026-09-14 * "Acme" "Paper"
  due: 2026-10-20
  Assets:Receivable  10 EUR
  Income:Services
"""
    beta = acme.replace("Acme", "Beta").replace("2026-10-20", "2026-10-10")
    due = "Acme 10 EUR: due (Paper)"
    assert uids(acme + beta)[due] == uids(acme)[due]


def test_a_customer_s_name_may_be_mended() -> None:
    before, after = uids(INVOICE), uids(INVOICE.replace('"Acme"', '"ACME GmbH"'))
    assert list(before.values()) == list(after.values())


def test_customers_who_share_a_reference_have_an_event_each() -> None:
    shared = INVOICE.replace(":Acme", "") + INVOICE.replace(":Acme", "").replace(
        '"Acme"', '"Beta"'
    )
    found = uids(shared)
    assert sorted(found) == [
        "Acme 1190 EUR: due (INV-1)",
        "Beta 1190 EUR: due (INV-1)",
    ]
    assert len(set(found.values())) == 2


def test_two_discounts_of_one_percentage_are_two_events() -> None:
    offer = INVOICE.replace("due: 2026-10-14", 'terms: "2/7 2/14 net 30"')
    books = load(option("feed-discounts", "TRUE") + offer).books("2026-11-20")
    feed = build_calendar(books)
    assert lint(feed) == []
    assert feed.count(b"SUMMARY:Acme 1190 EUR: discount ends") == 2


def test_a_discount_is_on_all_accounts_of_an_instalment(ledger: Ledger) -> None:
    """
    2026-09-14 * "Acme" "Website" ^INV-1
      terms: "2/10 net 30"
      Assets:Receivable:Acme       100.00 EUR
      Assets:Receivable:Retention   50.00 EUR
        customer: "Acme"
      Income:Services
    2026-11-10 * "Acme" "Fee" ^INV-1
      charge: "fee"
      due: 2026-10-14
      Assets:Receivable:Acme         5.00 EUR
      Income:Fees
    """
    found = events(ledger, "2026-11-20")["first reminder"]
    description = found.value("DESCRIPTION") or ""
    assert "2 % less if paid by 2026-09-24: 152.00 EUR" in description


@pytest.mark.parametrize(
    "address",
    [
        *("http://h/a?x=1", "http://h/a#b", "http:///a", "http://h/a b", "ftp://h"),
        *("http://h/\u200b", "http://exämple.de/", "http://h/\x01", "http://h/<a>"),
        "http://h/" + "a" * 190,
    ],
)
def test_an_address_that_no_app_could_follow_is_an_error(address: str) -> None:
    ledger = load(option("base-url", f'"{address}"') + INVOICE)
    (problem,) = ledger.settings().problems
    assert "expected an address" in problem.message


@pytest.mark.parametrize(
    "address",
    [
        *("http://localhost:5000/books", "https://[::1]:5000/a-b_c.d/%C3%BC/"),
        "http://h/" + "a" * 181,
    ],
)
def test_an_address_that_apps_can_follow_is_taken(address: str) -> None:
    found = events(load(option("base-url", f'"{address}"') + INVOICE))
    url = found["due"].value("URL") or ""
    assert url.startswith(address.rstrip("/") + "/extension/Dunning/")
    assert len(url) < 256


def test_days_the_wrong_way_round_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    path.write_text("2026-01-01 open Assets:Receivable:Acme\n")
    command = ["ical", str(path), "--from", "2026-02-01", "--to", "2026-01-01"]
    done = CliRunner().invoke(cli.main, command)
    assert done.exit_code == 2
    assert "--from 2026-02-01 is after --to 2026-01-01." in done.stderr


def test_an_empty_ledger_gives_no_calendar(tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    path.write_text("")
    done = CliRunner().invoke(cli.main, ["ical", str(path)])
    assert done.exit_code == 2
    assert "is empty" in done.stderr


def test_what_was_said_on_a_settled_account_stays_said() -> None:
    both = """
2026-09-14 * "Acme" "Website" ^INV-1
  due: 2026-10-14
  Assets:Receivable:Acme   100.00 EUR
  Assets:Receivable:Beta    50.00 EUR
    customer: "Acme"
  Income:Services
2026-10-20 note Assets:Receivable:Acme "Called" ^INV-1
"""
    paid = """
2026-11-01 * "Acme" "Paid" ^INV-1
  Assets:Bank  100.00 EUR
  Assets:Receivable:Acme
"""
    before, after = (
        events(load(text), "2026-11-20")["first reminder"]
        for text in (both, both + paid)
    )
    assert before.value("UID") == after.value("UID")
    assert int(after.value("SEQUENCE") or 0) > int(before.value("SEQUENCE") or 0)
    assert "Last contact: 2026-10-20 Called" in (after.value("DESCRIPTION") or "")


@pytest.mark.parametrize(
    ("options", "same"),
    [
        ({"title": "Books"}, {"title": "Books", "filename": "/elsewhere/b.beancount"}),
        ({"filename": "/a/b.beancount"}, {"filename": "C:\\books\\b.beancount"}),
    ],
)
def test_a_ledger_s_events_are_its_own(
    options: dict[str, str], same: dict[str, str]
) -> None:
    ids = [
        read_settings([], {"name_assets": "Assets", **one}, date(2026, 1, 1)).feed_id
        for one in (options, same, {"filename": "/a/c.beancount"})
    ]
    assert ids[0] == ids[1] != ids[2]


def test_the_option_feed_id_goes_before_title_and_file() -> None:
    option = '2026-01-01 custom "dunning-option" "feed-id" "mine"'
    assert load(f'option "title" "Books"\n{option}').settings().feed_id == "mine"
