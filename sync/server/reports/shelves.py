"""What was on hand, what came, what went back or was lost, and how much of it unsold or expired, in pieces.

Pieces of all goods are added up as they are counted: packs, sheets and kilograms alike.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from sqlalchemy.engine import Connection

from sync.server.reports.blocks import Block
from sync.server.reports.fetching import GOODS, SOLD
from sync.server.reports.grouping import grouped, marked
from sync.server.reports.scope import Scope
from sync.server.reports.view import View, view_of

BASIS_POINTS: Final = 10_000
LEAVING: Final = ("returned", "written_off", "missing")
REASONS: Final = ("unsold", "expired")


class Moved(NamedTuple):
    """Thousandths of pieces. ``begin``: on hand when the period began; ``received``: delivered in it; ``otherwise``:
    found at counts, corrected, or given back by buyers beyond what they bought. ``unsold`` and ``expired`` are those
    that left for this reason, wherever they went; ``gone`` left for any other. Negative is what was taken back of it.
    """

    key: tuple[str, ...]
    name: str
    begin: int = 0
    received: int = 0
    otherwise: int = 0
    unsold: int = 0
    expired: int = 0
    gone: int = 0

    @property
    def there(self) -> int:
        """What was on hand at the beginning or came since: no more can leave."""
        return self.begin + self.received + self.otherwise

    @property
    def unsold_bp(self) -> int | None:
        """Basis points of what was there that left unsold or expired; None where nothing was."""
        return share_of(self.unsold + self.expired, self.there)

    @property
    def expired_bp(self) -> int | None:
        """Basis points of what was there that expired; None where nothing was."""
        return share_of(self.expired, self.there)


def moved(db: Connection, scope: Scope, *by: str, most: int | None = None, skip: int = 0) -> list[Moved]:
    """Goods that were there, came and left in the period, in groups of ``by`` (``SIDES``); what came most first."""
    view, scope = view_of(db), msgspec.structs.replace(scope, buyer="", unit="")
    before = msgspec.structs.replace(scope, first=date.min, last=scope.first - timedelta(days=1))
    moves = grouped(view, GOODS, scope, by, _measured(view))
    sold = grouped(view, SOLD, scope, by, _pieces)
    came = grouped(view, GOODS, before, by, lambda block: block.values[:1])
    went = grouped(view, SOLD, before, by, _pieces)
    keys: set[tuple[str, ...]] = set() if by else {()}
    rows = []
    for key in keys.union(moves, sold, came, went):
        received, found, unsold, expired, gone = moves.get(key, [0] * 5)
        begin = came.get(key, [0])[0] - went.get(key, [0])[0]
        otherwise = found + max(0, -sold.get(key, [0])[0])
        name = view.attributes.name(by[-1], key[-1]) if by else ""
        row = Moved(key, name, begin, received, otherwise, unsold, expired, gone)
        if any(row[2:]) or not by:
            rows.append(row)
    rows.sort(key=lambda row: (-row.received, -row.begin, row.key))
    return rows[skip : None if most is None else skip + most]


def _pieces(block: Block) -> Any:
    """Of what was sold."""
    return block.values[1:2]


def _measured(view: View) -> Callable[[Block], Any]:
    """What came by delivery and otherwise, and what left unsold, expired and otherwise."""

    def measured(block: Block) -> Any:
        came, left = (marked(view, GOODS, 0, *names) for names in (("received",), LEAVING))
        reasons = [marked(view, GOODS, 1, reason) for reason in REASONS]
        gone = (*reasons, ~np.logical_or.reduce(reasons))
        ways = np.vstack([came, ~(came | left), *(left & one for one in gone)]) * np.array([[1], [1], [-1], [-1], [-1]])
        return ways[:, block.mark] * block.values[0]

    return measured


def share_of(part: int, whole: int) -> int | None:
    """Basis points, rounded half up; None of nothing."""
    return (2 * part * BASIS_POINTS + whole) // (2 * whole) if whole > 0 else None
