"""What came, what went back or was lost, and how much of it unsold or expired, in pieces.

Pieces of all goods are added up as they are counted: packs, sheets and kilograms alike.
"""

from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.reports import tables
from sync.server.reports.scope import Scope
from sync.server.reports.selling import Rows, narrow

BASIS_POINTS: Final = 10_000


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
    """Goods that came and left in the period, in groups of ``by`` (``selling.SIDES``); what came most first."""
    goods = tables.goods
    rows = Rows(goods, {"device": goods.c.device, "producer": goods.c.producer, "sku": goods.c.sku})
    narrow(db, rows, scope, by)
    columns = [rows.columns[name] for name in by]
    empty: sa.ColumnElement[str] = sa.literal_column("''", sa.Text)
    named = sa.func.max(rows.names.get(by[-1], empty) if by else empty)
    left = goods.c.what.in_(("returned", "written_off", "missing"))
    received = _sum(goods.c.what == "received", goods.c.quantity)
    reasons = [_sum(sa.and_(left, goods.c.reason == reason), -goods.c.quantity) for reason in ("unsold", "expired")]
    other = _sum(sa.and_(left, goods.c.reason.not_in(("unsold", "expired"))), -goods.c.quantity)
    query = sa.select(*columns, named, received, *reasons, other).select_from(rows.joined)
    query = query.where(*rows.conditions, goods.c.date.between(*scope.days))
    if by:
        query = query.group_by(*columns).order_by(received.desc(), *columns)
    if most is not None:
        query = query.limit(most).offset(skip)
    width = len(by)
    return [Moved(tuple(row[:width]), row[width] or "", *map(int, row[width + 1 :])) for row in db.execute(query)]


def share_of(part: int, whole: int) -> int | None:
    """Basis points, rounded half up; None of nothing."""
    return (2 * part * BASIS_POINTS + whole) // (2 * whole) if whole > 0 else None


def _sum(condition: sa.ColumnElement[bool], quantity: Any) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, quantity), else_=sa.literal_column("0"))), 0)
