"""What came, what went back or was lost, and how much of it unsold or expired, in pieces.

Pieces of all goods are added up as they are counted: packs, sheets and kilograms alike.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
from sqlalchemy.engine import Connection

from sync.server.reports.blocks import Block
from sync.server.reports.columns import View, view_of
from sync.server.reports.fetching import GOODS
from sync.server.reports.grouping import grouped, marked
from sync.server.reports.scope import Scope

BASIS_POINTS: Final = 10_000
LEAVING: Final = ("returned", "written_off", "missing")
REASONS: Final = ("unsold", "expired")


class Moved(NamedTuple):
    """Thousandths of pieces, none negative but where more was taken back than came. ``unsold`` and ``expired`` are
    those that left for this reason, wherever they went; ``gone`` left for any other."""

    key: tuple[str, ...]
    name: str
    received: int = 0
    unsold: int = 0
    expired: int = 0
    gone: int = 0

    @property
    def unsold_bp(self) -> int | None:
        """Basis points of what came that left unsold or expired; None where nothing came."""
        return share_of(self.unsold + self.expired, self.received)

    @property
    def expired_bp(self) -> int | None:
        """Basis points of what came that expired; None where nothing came."""
        return share_of(self.expired, self.received)


def moved(db: Connection, scope: Scope, *by: str, most: int | None = None, skip: int = 0) -> list[Moved]:
    """Goods that came and left in the period, in groups of ``by`` (``SIDES``); what came most first."""
    view = view_of(db)
    found = grouped(view, GOODS, scope, by, _measured(view))
    if not by:
        found.setdefault((), [0] * len(Moved._fields[2:]))
    rows = [Moved(key, view.attributes.name(by[-1], key[-1]) if by else "", *sums) for key, sums in found.items()]
    rows.sort(key=lambda row: (-row.received, row.key))
    return rows[skip : None if most is None else skip + most]


def _measured(view: View) -> Callable[[Block], Any]:
    """What came, and what left unsold, expired and otherwise."""

    def measured(block: Block) -> Any:
        came, left = marked(view, GOODS, 0, "received"), marked(view, GOODS, 0, *LEAVING)
        reasons = [marked(view, GOODS, 1, reason) for reason in REASONS]
        gone = (*reasons, ~np.logical_or.reduce(reasons))
        ways = np.vstack([came, *(left & one for one in gone)]) * np.array([[1], [-1], [-1], [-1]])
        return ways[:, block.mark] * block.values[0]

    return measured


def share_of(part: int, whole: int) -> int | None:
    """Basis points, rounded half up; None of nothing."""
    return (2 * part * BASIS_POINTS + whole) // (2 * whole) if whole > 0 else None
