"""What a new corner still has to set up: kept with the ledger, so a power cut loses nothing of it.

A step leaves the list when what it is for is there, or when somebody says that it is not needed. Ledgers that were not
begun by the guided set-up have no list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pos_app.ledger import queries, registry
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.sqlite import Connection

STEPS: Final = ("printer", "scanner", "qris", "backup", "data")
"""In the order of the guided set-up, after look, corner and manager."""
OPEN: Final = "setup.open"
"""Setting: the steps that are still open, with commas; empty when there are none."""
AT: Final = "setup.at"
"""Setting: the step that the guided set-up shows; empty when it is over."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Steps that are still open, in order; ``at`` is the one shown, empty when the guided set-up is over."""

    todo: tuple[str, ...]
    at: str


def fresh() -> dict[str, str]:
    """The settings of a corner that begins its guided set-up."""
    return {OPEN: ",".join(STEPS), AT: STEPS[0]}


def standing(db: Connection) -> Standing:
    """How far this corner is; steps that this program does not know are left out."""
    listed = queries.setting(db, OPEN, "").split(",")
    at = queries.setting(db, AT, "")
    return Standing(tuple(step for step in STEPS if step in listed), at if at in STEPS else "")


def keep(ledger: Ledger, todo: Sequence[str], at: str) -> None:
    """Keeps both at once. Raises the faults of the disk."""
    with ledger.write() as tx:
        registry.set_setting(tx.db, OPEN, ",".join(step for step in STEPS if step in todo))
        registry.set_setting(tx.db, AT, at)
