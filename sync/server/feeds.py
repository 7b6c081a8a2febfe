"""Feeds that tills pull: rows in order of a position that one counter row per scope gives out.

The counter is taken in the transaction that writes the rows and held until it commits, so positions become
visible in order and nobody's cursor passes a row that is not yet there. A row that changes moves to the
end; the first pull is the same feed from position 0, so it may stop and go on anywhere.
"""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.messages import SCOPES, Page
from sync.protocol.messages import Row as FeedRow
from sync.protocol.problems import ExchangeProblem
from sync.server import schema
from sync.server.centre import Centre, Device

PAGE_ROWS = 2_000
HIDDEN = {"position"}
YES_NO = ("needs_pirt", "needs_halal", "e_katalog")

TABLES = {
    "producers": schema.producers,
    "catalogue": schema.products,
    "corner": schema.corners,
    "messages": schema.messages,
    "program": schema.program,
}


def take_positions(db: Connection, scope: str, count: int) -> int:
    """The first of ``count`` positions at the end of ``scope``; holds the counter until the transaction ends."""
    table = schema.positions
    moved = sa.update(table).where(table.c.scope == scope).values(value=table.c.value + count)
    last: int = db.execute(moved.returning(table.c.value)).scalar_one()
    return last - count + 1


def current_cursors(centre: Centre, db: Connection) -> dict[str, str]:
    """Where each feed ends now."""
    rows = db.execute(sa.select(schema.positions))
    return {row.scope: _cursor(centre, row.value) for row in rows}


def _cursor(centre: Centre, position: int) -> str:
    return f"{centre.timeline}.{position}"


def read_page(centre: Centre, db: Connection, device: Device, scope: str, after: str, nonce: str) -> Page:
    """The part of ``scope`` that follows the cursor ``after``, for ``device``.

    Raises ``ExchangeProblem`` ``not_found`` or ``malformed``.
    """
    if scope not in SCOPES:
        raise ExchangeProblem("not_found", f"There is no scope {scope[:64]}")
    position, restart = _position(centre, after)
    table = TABLES[scope]
    end = db.execute(sa.select(schema.positions.c.value).where(schema.positions.c.scope == scope)).scalar_one()
    wanted = [table.c.position > position, table.c.position <= end, *_audience(table, device)]
    found = db.execute(sa.select(table).where(*wanted).order_by(table.c.position).limit(PAGE_ROWS + 1)).mappings().all()
    more = len(found) > PAGE_ROWS
    rows = found[:PAGE_ROWS]
    return Page(
        nonce=nonce,
        device=device.device,
        scope=scope,
        timeline=centre.timeline,
        cursor=_cursor(centre, rows[-1]["position"] if more else end),
        rows=tuple(_row(table, row) for row in rows),
        more=more,
        restart=restart,
    )


def _position(centre: Centre, after: str) -> tuple[int, bool]:
    """The position in a cursor, and whether it is of another timeline (then: from the start)."""
    if not after:
        return 0, False
    timeline, _, number = after.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise ExchangeProblem("malformed", "This is no cursor")
    return (int(number), False) if timeline == centre.timeline else (0, True)


def _audience(table: sa.Table, device: Device) -> list[sa.ColumnElement[bool]]:
    if table is schema.corners:
        return [table.c.code == device.corner]
    if table is schema.messages:
        return [table.c.corner.in_(("", device.corner))]
    return []


def _row(table: sa.Table, row: Any) -> FeedRow:
    key = next(iter(table.primary_key)).name
    body = {name: value for name, value in row.items() if name not in HIDDEN}
    body |= {name: bool(body[name]) for name in YES_NO if name in body}
    return FeedRow(row[key], msgspec.json.encode(body))
