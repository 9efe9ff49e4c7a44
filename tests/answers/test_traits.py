"""What is special about open items, by which one looks for them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from beancount_dunning.answers.traits import Trait
from beancount_dunning.answers.traits import traits

if TYPE_CHECKING:
    from tests.conftest import Ledger


def told(ledger: Ledger, as_of: str) -> dict[str, set[Trait]]:
    day = date.fromisoformat(as_of)
    return {
        str(aged.item.invoice): set(traits(aged, day))
        for aged in ledger.report(as_of).items
    }


def test_each_trait_and_its_days(ledger: Ledger) -> None:
    """
    2026-01-01 * "Acme" "Plain" ^INV-1
      due: 2026-02-01
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-01-01 * "Bolt" "Promised" ^INV-2
      due: 2026-02-01
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-01-01 * "Cord" "In dispute, in part" ^INV-3
      due: 2026-02-01
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-01-01 * "Dune" "On hold" ^INV-4
      due: 2026-02-01
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-01-01 * "Edge" "In parts" ^INV-5
      due: 2026-02-01
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-01-01 * "Fund" "Undated" ^INV-6
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-01-01 * "Gate" "In dispute" ^INV-7
      due: 2026-02-01
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-02-15 note Assets:Receivable "E-mailed" ^INV-2
      reminder: "first reminder"
    2026-02-16 note Assets:Receivable "Called" ^INV-2
      promise: 2026-02-20
    2026-02-16 note Assets:Receivable "Wrote" ^INV-3
      dispute: 40.00 EUR
    2026-02-16 note Assets:Receivable "Called" ^INV-4
      hold-until: 2026-02-20
    2026-02-16 note Assets:Receivable "Called" ^INV-5
      plan: "2 x 1 month from 2026-02-20"
    2026-02-16 note Assets:Receivable "Wrote" ^INV-7
      dispute: TRUE
    """
    late = {Trait.OVERDUE, Trait.NEVER}
    on_the_last_day = told(ledger, "2026-02-20")
    assert on_the_last_day == {
        "INV-1": {*late, Trait.DUE},
        "INV-2": {Trait.OVERDUE, Trait.PROMISED},
        "INV-3": {*late, Trait.DISPUTE, Trait.DUE},
        "INV-4": {*late, Trait.HOLD},
        "INV-5": {Trait.PLAN},
        "INV-6": set(),
        "INV-7": {*late, Trait.DISPUTE, Trait.DECISION},
    }
    day_after = told(ledger, "2026-02-21")
    assert day_after["INV-2"] == {Trait.OVERDUE, Trait.BROKEN, Trait.DUE}
    assert Trait.HOLD not in day_after["INV-4"]
    assert told(ledger, "2026-02-01")["INV-1"] == set()


def test_a_promise_that_was_kept_in_part_is_not_broken(ledger: Ledger) -> None:
    """
    2026-01-01 * "Bolt" "Promised" ^INV-2
      due: 2026-02-01
      Assets:Receivable  100.00 EUR
      Income:Services
    2026-02-16 note Assets:Receivable "Called" ^INV-2
      promise: 2026-02-20
      amount: 40.00 EUR
    2026-02-19 * "Bolt" "Paid" ^INV-2
      Assets:Bank         40.00 EUR
      Assets:Receivable
    """
    assert Trait.BROKEN not in told(ledger, "2026-02-21")["INV-2"]
