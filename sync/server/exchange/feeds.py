"""Feeds that tills pull: rows in order of a position that one counter row per scope gives out.

The counter is taken in the transaction that writes the rows and held until it commits, so positions become
visible in order and nobody's cursor passes a row that is not yet there. A row that changes moves to the
end; the first pull is the same feed from position 0, so it may stop and go on anywhere.

What every till gets alike is packed once, with the tokens of its rows: a stretch of a feed is named by where it begins
and where the feed ends, and any change moves the end. So are count and digest of a whole feed, which its last page
tells; the first tells the count.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.messages import SCOPES, Page, pack_rows, token_of
from sync.protocol.messages import Row as FeedRow
from sync.protocol.problems import ExchangeProblem
from sync.protocol.wire import MIB
from sync.server.centre import Centre, Device
from sync.server.database import schema
from sync.server.exchange import neighbours

PAGE_ROWS = 10_000
PAGE_BYTES = 4 * MIB
"""A page ends with the row that passes this, so that a till can always inflate it."""
FOR_ALL = ("producers", "catalogue")
HIDDEN = {"position"}
TOKENS = 2**62
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


def cursors_at(centre: Centre, found: neighbours.Ends) -> dict[str, str]:
    """The cursors of where the feeds end."""
    cursors = {scope: _cursor(centre, position) for scope, position in found.positions.items()}
    return cursors | neighbours.cursors(centre, found)


def _cursor(centre: Centre, position: int) -> str:
    return f"{centre.timeline}.{position}"


class _Totals(NamedTuple):
    """Of a whole feed: its rows, and the sum of their tokens modulo 2**62."""

    rows: int
    digest: int


class _Stretch(NamedTuple):
    """Rows of a feed, packed; ``last`` is where the next page starts."""

    block: bytes
    last: int
    more: bool


def read_page(centre: Centre, db: Connection, device: Device, scope: str, after: str, nonce: str) -> Page:
    """The part of ``scope`` that follows the cursor ``after``, for ``device``.

    Raises ``ExchangeProblem`` ``not_found`` or ``malformed``.
    """
    if scope not in SCOPES:
        raise ExchangeProblem("not_found", f"There is no scope {scope[:64]}")
    if scope == neighbours.SCOPE:
        return neighbours.read_page(centre, db, device, after, nonce)
    position, restart = _position(centre, after)
    end = db.execute(sa.select(schema.positions.c.value).where(schema.positions.c.scope == scope)).scalar_one()
    if position > end:  # the centre was restored from a copy: what the till has seen since may be no longer so
        position, restart = 0, True
    stretch = _shared(centre, db, device, scope, position, end)
    told = scope in FOR_ALL and (not position or not stretch.more)
    totals = _totals(centre, db, scope, end) if told else None
    return Page(
        nonce=nonce,
        device=device.device,
        scope=scope,
        timeline=centre.timeline,
        after=after,
        cursor=_cursor(centre, stretch.last),
        block=stretch.block,
        more=stretch.more,
        restart=restart,
        count=totals.rows if totals else None,
        digest=totals.digest if totals and not stretch.more else None,
    )


def _shared(centre: Centre, db: Connection, device: Device, scope: str, position: int, end: int) -> _Stretch:
    """The stretch after ``position``, from the centre's memory where all tills get the same."""
    if scope not in FOR_ALL:
        return _stretch(db, device, scope, position, end)
    name = (scope, position, end)
    found: _Stretch | None = centre.stretches.get(name)
    if found is None:
        found = _stretch(db, device, scope, position, end)
        centre.stretches.put(name, found)
    return found


def _stretch(db: Connection, device: Device, scope: str, position: int, end: int) -> _Stretch:
    table = TABLES[scope]
    wanted = [table.c.position > position, table.c.position <= end, *_audience(table, device)]
    names = _names(table)
    query = sa.select(table.c.position, *(table.c[name] for name in names)).where(*wanted)
    found = db.execute(query.order_by(table.c.position).limit(PAGE_ROWS + 1)).all()
    encode, rows, size = _encoder(names), list[FeedRow](), 0
    for _position, key, *values in found[:PAGE_ROWS]:
        body = encode([key, *values])
        rows.append(FeedRow(key, body, token_of(key, body) if scope in FOR_ALL else 0))
        size += len(body)
        if size > PAGE_BYTES:
            break
    more = len(rows) < len(found)
    return _Stretch(pack_rows(rows), found[len(rows) - 1].position if more else end, more)


def _totals(centre: Centre, db: Connection, scope: str, end: int) -> _Totals:
    """Count and digest of all rows up to ``end``, from the centre's memory where they were asked for before."""
    name = ("totals", scope, end)
    found: _Totals | None = centre.stretches.get(name)
    if found is None:
        table = TABLES[scope]
        names = _names(table)
        encode, count, digest = _encoder(names), 0, 0
        rows = db.execute(sa.select(*(table.c[name] for name in names)).where(table.c.position <= end))
        for key, *values in rows:
            count, digest = count + 1, digest + token_of(key, encode([key, *values]))
        found = _Totals(count, digest % TOKENS)
        centre.stretches.put(name, found)
    return found


def _names(table: sa.Table) -> tuple[str, ...]:
    """The columns that a feed tells; the first names the row."""
    return tuple(column.name for column in table.c if column.name not in HIDDEN)


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


@cache
def _encoder(names: tuple[str, ...]) -> Callable[[list[Any]], bytes]:
    """Turns the values of columns ``names`` into the JSON of a row; the first names the row."""
    encoder = msgspec.json.Encoder()
    flags = [index for index, name in enumerate(names) if name in YES_NO]

    def encode(values: list[Any]) -> bytes:
        for index in flags:
            values[index] = values[index] == 1
        return encoder.encode(dict(zip(names, values, strict=True)))

    return encode
