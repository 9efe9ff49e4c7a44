"""Receivable accounts: which they are, and what their `open` says.

    2026-01-01 open Assets:Receivable:Acme  EUR
      customer: "Acme GmbH"
      terms: "net 30"

They lie at or below one of the roots, or are those that the option `accounts` names.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from typing import TYPE_CHECKING
from typing import Any

from beancount.core.data import Open

from beancount_dunning.ledger.readable import postings_of

if TYPE_CHECKING:
    import re
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping

    from beancount.core.data import Posting
    from beancount.core.data import Transaction

    from beancount_dunning.ledger.terms import Terms

# Where receivables are looked for, below the ledger's assets.
ROOTS = (
    "Receivable",
    "Receivables",
    "AccountsReceivable",
    "Accounts-Receivable",
    "AR",
    "Debtors",
)
# What accounts are called on which money stands until somebody knows what it is for, in
# the languages of letters: one of these is in the name, below the root, in any case.
_SUSPENSE = (
    *("suspense", "clearing", "unassigned", "unallocated", "unidentified"),
    *("uncategorized", "uncategorised", "klärung", "klaerung", "ungeklärt"),
    *("ungeklaert", "verrechnung", "durchlauf", "attente", "transitori", "sospes"),
    *("tussenrekening", "vraagpost", "仮受", "暂收", "暫收", "待清"),
)
# The `open` of a receivable account, with what its metadata says.
Opened = tuple[Open, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Account:
    """A receivable account, and what its `open` says for all that is posted there.

    `customer` is the one whose account it is; where many share it, `component` is what
    stands in for a customer that no payee names. `entry` is the `open`, None where
    there is none.
    """

    name: str
    customer: str | None = None
    terms: Terms | None = None
    policy: str | None = None
    component: str | None = None
    entry: Open | None = field(default=None, compare=False, repr=False)


class Accounts(dict[str, "Account | None"]):
    """Accounts by name, None for those that are no receivables; each looked up once."""

    def __init__(self, find: Callable[[str], Account | None]) -> None:
        """Take the function that looks up an account."""
        super().__init__()
        self._find = find

    def __missing__(self, name: str) -> Account | None:
        """Look up an account that was not asked for before."""
        account = self[name] = self._find(name)
        return account


def root_prefix(options_map: Mapping[str, Any], kind: str) -> str:
    """Return how the names of all accounts of a kind begin, like "Assets:".

    Args:
        options_map: Beancount's options of the ledger, which may rename them.
        kind: What Beancount calls them: "assets", "income" or "expenses".
    """
    return f"{options_map.get(f'name_{kind}', kind.title())}:"


def money_in(
    entry: Transaction, accounts: Mapping[str, Account | None], assets: str
) -> Iterator[Posting]:
    """Yield the postings by which money came in: debits to assets, no receivables.

    Args:
        entry: A transaction, in which another plugin or importer may leave gaps.
        accounts: The ledger's accounts, None for those that are no receivables.
        assets: How the names of assets begin, see `root_prefix`.
    """
    for posting in postings_of(entry):
        units: Any = posting.units
        if (
            units.number > 0
            and posting.account.startswith(assets)
            and accounts[posting.account] is None
        ):
            yield posting


def receivable_test(
    options_map: Mapping[str, Any], pattern: re.Pattern[str] | None
) -> Callable[[str], bool]:
    """Return the test whether an account is a receivable one.

    Args:
        options_map: Beancount's options of the ledger, which name the assets.
        pattern: The option `accounts`; None where the roots count.
    """
    if pattern:
        return lambda name: pattern.search(name) is not None
    assets = root_prefix(options_map, "assets")
    roots = tuple(f"{assets}{name}" for name in ROOTS)
    below = tuple(f"{name}:" for name in roots)
    return lambda name: name in roots or name.startswith(below)


def suspense_accounts(accounts: Mapping[str, Account | None]) -> set[str]:
    """Return what is called like a suspense account.

    Args:
        accounts: The ledger's accounts, None for those that are no receivables.
    """
    return {
        name
        for name, account in accounts.items()
        if account is None and _is_suspense(name)
    }


def _is_suspense(name: object) -> bool:
    # Another plugin may name an account as it likes.
    called = name.partition(":")[2].casefold() if isinstance(name, str) else ""
    return any(map(called.__contains__, _SUSPENSE))


def widened_pattern(
    accounts: Mapping[str, Account | None], typed: str | None, roots: Iterable[str]
) -> str:
    """Return the option `accounts` that adds accounts to those that are read now.

    Args:
        accounts: The ledger's accounts, None for those that are no receivables.
        typed: The option as it is; None where there is none. One that matches no
            account is left out.
        roots: What to add: each with all below it, and nothing that only begins alike.
    """
    read = [name for name, account in accounts.items() if account]
    kept = [typed] if typed and read else []
    known = set() if typed else {":".join(name.split(":")[:2]) for name in read}
    names = sorted({*roots, *known})
    assets = names[0].partition(":")[0]
    below = "|".join(name.partition(":")[2] for name in names)
    new = f"^{assets}:({below})(:|$)" if len(names) > 1 else f"^{assets}:{below}(:|$)"
    return "|".join([*kept, new])


def receivable_accounts(
    opened: Mapping[str, Opened], is_receivable: Callable[[str], bool]
) -> Accounts:
    """Return the accounts of a ledger, each looked up when it is asked for.

    Args:
        opened: Receivable accounts by name, with what their `open` says.
        is_receivable: Tells whether an account is one.
    """

    def find(name: object) -> Account | None:
        if not isinstance(name, str) or not is_receivable(name):
            return None
        parent, _, last = name.rpartition(":")
        # A pattern like "^Assets:Debtors:" names the accounts below one.
        is_below = is_receivable(parent) or is_receivable(f"{parent}:")
        component = last if is_below else None
        if name not in opened:
            return Account(name, component)
        entry, meta = opened[name]
        customer = meta.get("customer")
        if not meta.get("collective"):
            customer = customer or component
        return Account(
            name,
            customer,
            meta.get("terms"),
            meta.get("policy"),
            None if customer else component,
            entry,
        )

    return Accounts(find)
