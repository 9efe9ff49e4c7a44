"""Habits: of how many payments each is said, and when it is not."""

from __future__ import annotations

from beancount_dunning.answers.customers import customers
from tests.answers.paying import after
from tests.answers.paying import books
from tests.answers.paying import invoice
from tests.answers.paying import paid


def habits(text: str) -> list[str]:
    (record,) = customers(books(text)).records
    return list(record.habits)


def pairs(count: int) -> str:
    """Return so many payments, each of two invoices."""
    return "".join(
        invoice(f"A-{place}", after(place), after(place + 10))
        + invoice(f"B-{place}", after(place), after(place + 10))
        + paid(f"A-{place} B-{place}", after(place + 5), "200.00")
        for place in range(0, count * 10, 10)
    )


def test_paying_several_at_once_is_a_habit_of_half_of_three_payments() -> None:
    assert habits(pairs(2)) == []
    assert habits(pairs(3)) == ["pays several invoices at once (3 of 3 payments)"]
    alone = "".join(
        invoice(f"C-{n}", after(100 + n), after(110)) + paid(f"C-{n}", after(100 + n))
        for n in range(4)
    )
    three, _, _ = alone.partition(f"{after(103)} *")
    assert habits(pairs(3) + three) == [
        "pays several invoices at once (3 of 6 payments)"
    ]
    assert habits(pairs(3) + alone) == []


def test_instalments_of_an_invoice_are_one() -> None:
    text = "".join(
        invoice(f"A-{n}", after(n), None, meta='  terms: "50% net 5, 50% net 6"\n')
        + paid(f"A-{n}", after(n + 5))
        for n in range(0, 30, 10)
    )
    assert habits(text) == []


def chosen(*places: int) -> str:
    """Return five invoices, and payments of them in an order."""
    return "".join(
        invoice(f"A-{place}", after(place), after(place + 10)) for place in range(5)
    ) + "".join(
        paid(f"A-{place}", after(20 + turn)) for turn, place in enumerate(places)
    )


def test_paying_the_oldest_first_is_a_habit_where_there_is_a_choice() -> None:
    said = "pays the oldest first ({} payments)"
    # At the last there is no choice any more.
    assert habits(chosen(0, 1, 2, 3, 4)) == [said.format("4 of 4")]
    assert habits(chosen(0, 1)) == []
    assert habits(chosen(0, 1, 2)) == [said.format("3 of 3")]
    assert habits(chosen(4, 3, 2, 1, 0)) == []
    # Three of four are too few.
    assert habits(chosen(0, 1, 2, 4)) == []
    assert habits(chosen(1, 0, 2, 3)) == []
    # Four of five are enough, and the last invoice has a choice on its own day.
    late = invoice("A-5", after(24), after(44)) + invoice("A-6", after(80), after(90))
    assert habits(chosen(0, 1, 2, 4, 3) + late) == [said.format("4 of 5")]
    # The oldest is what was due first, whenever it was invoiced.
    text = "".join(
        invoice(f"A-{n}", after(n), after(50 - n)) + paid(f"A-{n}", after(60 - n))
        for n in range(5)
    )
    assert habits(text) == [said.format("4 of 4")]


def test_who_names_nothing_has_no_choice() -> None:
    text = chosen(0, 1, 2, 3, 4)
    before, paying, rest = text.partition('2026-01-25 * "Acme" "Paid"')
    nameless = (paying + rest).replace(" ^A-", " #A-")
    assert habits(before + nameless) == []


def test_taking_the_discount_late_is_a_habit_of_three_times() -> None:
    def discounted(count: int, day: int) -> str:
        return "".join(
            invoice(f"D-{n}", after(n * 20), None, meta='  terms: "2/10 net 30"\n')
            + paid(f"D-{n}", after(n * 20 + day), "98.00").replace(
                "  Assets:Receivable",
                "  Expenses:Discounts  2.00 EUR\n  Assets:Receivable",
            )
            for n in range(count)
        )

    assert habits(discounted(2, 15)) == []
    assert habits(discounted(3, 15)) == ["takes the discount late (3 times)"]
    assert habits(discounted(3, 10)) == []
