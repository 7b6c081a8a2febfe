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


LEFT: Final = "setup.left"
"""Setting: ``1`` after somebody put a step off and went to work; then the guide waits to be called."""
KEPT: Final = {
    "printer": ("printer.device",),
    "qris": ("qris.static",),
    "backup": ("backup.at", "recovery.noted"),
}
"""What is set once a step is done, in the guide or in Settings."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Steps that are still open, in order; ``at`` is the one shown, empty when the guided set-up is over."""

    todo: tuple[str, ...]
    at: str


def fresh() -> dict[str, str]:
    """The settings of a corner that begins its guided set-up."""
    return {OPEN: ",".join(STEPS), AT: STEPS[0]}


def standing(db: Connection) -> Standing:
    """How far this corner is; steps that this program does not know are left out, and those done in Settings."""
    listed = [step for step in queries.setting(db, OPEN, "").split(",") if step and not _is_there(db, step)]
    at = queries.setting(db, AT, "")
    return Standing(tuple(step for step in STEPS if step in listed), at if at in STEPS else "")


def _is_there(db: Connection, step: str) -> bool:
    if step == "data":
        return bool(queries.all_products(db, 1))
    kept = KEPT.get(step, ())
    return bool(kept) and all(queries.setting(db, key, "none") not in ("", "none") for key in kept)


def guides(db: Connection) -> bool:
    """Whether the guide begins by itself after the next log-in: not where it was put off, nor once goods were sold."""
    found = standing(db)
    put_off = queries.setting(db, LEFT, "") == "1"
    return bool(found.at and found.todo) and not put_off and not queries.recent(db, "sale", 1)


def put_off(ledger: Ledger, *, left: bool) -> None:
    """Keeps whether somebody left the guide for later. Raises the faults of the disk."""
    if left != (queries.setting(ledger.db, LEFT, "") == "1"):
        with ledger.write() as tx:
            registry.set_setting(tx.db, LEFT, "1" if left else "")


def keep(ledger: Ledger, todo: Sequence[str], at: str) -> None:
    """Keeps both at once. Raises the faults of the disk."""
    with ledger.write() as tx:
        registry.set_setting(tx.db, OPEN, ",".join(step for step in STEPS if step in todo))
        registry.set_setting(tx.db, AT, at)
