"""What lists and tables are narrowed to, and the choices that are left."""

from __future__ import annotations

from fava_dunning.narrowing import Narrowed
from fava_dunning.narrowing import Narrowing
from fava_dunning.narrowing import listed

from beancount_dunning.answers.traits import Trait
from tests.conftest import Ledger
from tests.conftest import load

_LEDGER = """
    2026-01-01 custom "dunning-customer" "Acme"
      segment: "trade"
    2026-01-01 custom "dunning-customer" "Bolt"
      segment: "culture"
      policy: "strict"
    2026-09-14 * "Acme" "Website" ^INV-1
      due: 2026-10-14
      Assets:Receivable   100.00 EUR
      Income:Services
    2026-09-14 * "Acme" "Logo" ^INV-2
      due: 2026-10-14
      Assets:Receivable   100.00 EUR
      Income:Services
    2026-09-14 * "Bolt" "Poster" ^INV-3
      due: 2026-10-14
      Assets:Receivable   100.00 EUR
      Income:Services
    2026-09-14 * "Cord" "Flyer" ^INV-4
      due: 2026-12-14
      Assets:Receivable   100.00 EUR
      Income:Services
    2026-10-20 note Assets:Receivable "Wrote" ^INV-1
      dispute: TRUE
    2026-10-20 note Assets:Receivable "Wrote" ^INV-3
      dispute: TRUE
"""


def narrowed(**said: str) -> Narrowed:
    ledger: Ledger = load(_LEDGER)
    return Narrowed(listed(ledger.books(), ledger.report()), Narrowing.of(said))


def invoices(**said: str) -> list[str | None]:
    return [one.aged.item.invoice for one in narrowed(**said).items]


def test_all_that_is_chosen_has_to_hold_of_the_same_item() -> None:
    assert invoices() == ["INV-1", "INV-2", "INV-3", "INV-4"]
    assert invoices(only="dispute") == ["INV-1", "INV-3"]
    assert invoices(only="dispute,due") == []
    assert invoices(only="overdue,dispute", segment="trade") == ["INV-1"]
    assert invoices(policy="strict") == ["INV-3"]
    assert invoices(segment="nobody") == []
    assert invoices(only="nonsense,") == ["INV-1", "INV-2", "INV-3", "INV-4"]


def test_choices_say_how_many_customers_they_leave() -> None:
    found = narrowed()
    assert not found.is_any
    assert {trait: one.customers for trait, one in found.traits} == {
        Trait.OVERDUE: 2,
        Trait.DUE: 1,
        Trait.DISPUTE: 2,
        Trait.DECISION: 2,
        Trait.NEVER: 2,
    }
    assert [(one.value, one.customers) for one in found.segments] == [
        ("culture", 1),
        ("trade", 1),
    ]
    # With one chosen, the others say what they leave together with it.
    found = narrowed(only="dispute", segment="trade")
    assert found.is_any
    told = {trait: (one.value, one.customers) for trait, one in found.traits}
    assert told[Trait.OVERDUE] == ("overdue,dispute", 1)
    assert told[Trait.DISPUTE] == ("", 1)
    assert Trait.DUE not in told
    assert [(one.value, one.customers, one.is_chosen) for one in found.segments] == [
        ("culture", 1, False),
        ("trade", 1, True),
    ]
    # What is chosen and leaves nothing can be taken back.
    (chosen,) = narrowed(policy="gone").policies[:1]
    assert (chosen.value, chosen.customers, chosen.is_chosen) == ("gone", 0, True)


def test_a_letter_is_found_by_any_of_its_items() -> None:
    found = narrowed(find="logo")
    acme = [one.aged.item for one in found.all[:2]]
    assert found.has_any(acme)
    assert not found.has_any(acme[:1])
    assert narrowed().has_any(())
