"""What officers have to look at before they trust the figures: entries set aside, and journals that differ or wait.

An entry in quarantine is kept as it came and counts for nothing. Officers remark on it and say when it is dealt with
(most often the corner enters the document again); nothing is deleted. It leaves quarantine only when the centre reads
the entries again with a program that understands it.
"""

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.centre import Centre
from sync.server.corners.holidays import holidays_of
from sync.server.corners.standing import TillStanding, quiet_since
from sync.server.database import schema
from sync.server.database.tables_corners import remarks
from sync.server.errors import CentreError
from sync.server.exchange.repairs import OPEN
from sync.server.trust.journals import Listed, Sums, listed, sums, told_by
from sync.server.trust.remarks import DONE, Remark, add, checked_words, last_state, said

SHOWN = 20
"""Entries of each history that are listed."""


MOST_BEGUN = 50


class Aside(NamedTuple):
    """An entry in quarantine: why, when it came, the number of its paper (empty where it tells none), and what officers
    said about it, oldest first; ``state`` is that of the last remark, empty without one."""

    device: str
    corner: str
    till: str
    epoch: int
    seq: int
    reason: str
    detail: str
    received_at: str
    state: str
    kind: str
    number: str
    remarks: tuple[Remark, ...]

    @property
    def done(self) -> bool:
        """Whether an officer said that it is dealt with."""
        return self.state == DONE


class Counted(NamedTuple):
    """How many entries are in quarantine, and how many of them nobody dealt with."""

    every: int
    open: int


def quarantined(db: Connection, device: str | None = None, *, first: int = 0, most: int = 50) -> list[Aside]:
    """Entries in quarantine that nobody dealt with first, then the newest; of one till where it is named."""
    query, state = _asides(device)
    came = schema.entries.c.received_at
    ordered = query.order_by(sa.case((state == DONE, 1), else_=0), came.desc(), schema.quarantine.c.seq.desc())
    return [_aside(db, row) for row in db.execute(ordered.limit(most).offset(first)).all()]


def quarantined_one(db: Connection, device: str, epoch: int, seq: int) -> Aside | None:
    """One of them; None where it is not there."""
    table = schema.quarantine
    row = db.execute(_asides(device)[0].where(table.c.epoch == epoch, table.c.seq == seq)).first()
    return None if row is None else _aside(db, row)


def counted(db: Connection, device: str | None = None) -> Counted:
    """How many there are, of one till where it is named."""
    query, state = _asides(device)
    undone = sa.func.coalesce(sa.func.sum(sa.case((state == DONE, 0), else_=1)), 0)
    return Counted(*db.execute(query.with_only_columns(sa.func.count(), undone)).one())


def _asides(device: str | None) -> tuple[sa.Select[Any], sa.ColumnElement[str]]:
    table, entries, devices = schema.quarantine, schema.entries, schema.devices
    own = sa.and_(entries.c.device == table.c.device, entries.c.seq == table.c.seq)
    same = (remarks.c[name] == table.c[name] for name in ("device", "epoch", "seq"))
    state = last_state(remarks, *same)
    columns = (table, devices.c.corner, devices.c.till, entries.c.received_at, entries.c.body, state.label("state"))
    joined = table.join(devices, devices.c.device == table.c.device).outerjoin(entries, own)
    query = sa.select(*columns).select_from(joined)
    return (query if device is None else query.where(table.c.device == device)), state


def _aside(db: Connection, row: Any) -> Aside:
    facts = {name: getattr(row, name) for name in ("device", "corner", "till", "epoch", "seq", "reason", "detail")}
    kind, number = told_by(bytes(row.body or b""))
    return Aside(
        **facts,
        received_at=row.received_at or "",
        state=row.state,
        kind=kind,
        number=number,
        remarks=said(db, remarks, device=row.device, epoch=row.epoch, seq=row.seq),
    )


def remark(
    centre: Centre, db: Connection, device: str, epoch: int, seq: int, text: str, officer: str, *, done: bool
) -> None:
    """Say what became of an entry in quarantine.

    Raises ``CentreError`` ``no_quarantined`` where it is not there, ``no_remark`` without words, ``unknown_officer``.
    """
    words, table = checked_words(text), schema.quarantine
    mine = (table.c.device == device, table.c.epoch == epoch, table.c.seq == seq)
    row = db.execute(sa.select(schema.devices).join(table, table.c.device == schema.devices.c.device).where(*mine))
    till = row.first()
    if till is None:
        raise CentreError("no_quarantined", entry=seq)
    about = ("quarantine", f"{till.corner} {till.till} {seq}")
    of = {"device": device, "epoch": epoch, "seq": seq}
    add(centre, db, remarks, of, words, officer, done=done, about=about)


def late(centre: Centre, db: Connection, tills: list[TillStanding]) -> list[TillStanding]:
    """Living tills that told of documents which did not come for two office days: something keeps them."""
    limit = quiet_since(centre.clock(), holidays_of(db)).timestamp()
    return [till for till in tills if till.lives and till.condition and _since(till) < limit]


def _since(till: TillStanding) -> float:
    """When the oldest document was recorded that the till told as unsent; endless where there is none."""
    told = till.condition
    if told is None or not told.unsent or not told.oldest_unsent_at:
        return float("inf")
    try:
        return datetime.fromisoformat(told.oldest_unsent_at).timestamp()
    except (ValueError, OverflowError):
        return 0.0


class Histories(NamedTuple):
    """A repair that a till asked for, and both histories since the last entry that they share.

    The centre's are ``kept``, of ``kept_count``, with their ``sums``. Of its own the till told only how many they are:
    their content comes when it is let in. ``approved_at``: when going on after this head was allowed last, also to
    another copy of the till, which may still join; empty where it never was. ``changed``: the centre's journal has
    moved since the till asked, so it has to ask again.
    """

    device: str
    corner: str
    till: str
    state: str
    asked_at: str
    decided_by: str
    decided_at: str
    base: Listed | None
    kept: tuple[Listed, ...]
    kept_count: int
    sums: Sums
    own_count: int
    approved_at: str
    changed: bool


def histories(db: Connection, device: str | None = None) -> list[Histories]:
    """Repairs that did not begin an epoch yet, those that wait first; of one till where it is named."""
    table, devices = schema.repairs, schema.devices
    columns = (table, devices.c.corner, devices.c.till, devices.c.head_seq.label("now_seq"))
    query = sa.select(*columns, devices.c.head_hash.label("now_hash")).join(devices, devices.c.device == table.c.device)
    query = query.where(table.c.state.in_(OPEN))
    if device is not None:
        query = query.where(table.c.device == device)
    found = [_histories(db, row) for row in db.execute(query.order_by(table.c.asked_at)).all()]
    return sorted(found, key=lambda one: one.state != "waiting")


def _histories(db: Connection, row: sa.Row[Any]) -> Histories:
    base = listed(db, row.device, row.base_seq - 1, row.base_seq) if row.base_seq else []
    return Histories(
        device=row.device,
        corner=row.corner,
        till=row.till,
        state=row.state,
        asked_at=row.asked_at,
        decided_by=row.decided_by or "",
        decided_at=row.decided_at or "",
        base=base[0] if base else None,
        kept=tuple(listed(db, row.device, row.base_seq, row.now_seq, SHOWN)),
        kept_count=row.now_seq - row.base_seq,
        sums=sums(db, row.device, row.base_seq, row.now_seq),
        own_count=row.own_seq - row.base_seq,
        approved_at=row.approved_at,
        changed=(row.head_seq, bytes(row.head_hash)) != (row.now_seq, bytes(row.now_hash)),
    )


def waiting(db: Connection) -> int:
    """How many repairs wait for a decision."""
    table = schema.repairs
    return db.execute(sa.select(sa.func.count()).where(table.c.state == "waiting")).scalar_one()


class Begun(NamedTuple):
    """A later epoch of a journal: who goes on where, since when."""

    corner: str
    till: str
    epoch: int
    first_seq: int
    base_seq: int
    began_at: str


def begun(db: Connection) -> list[Begun]:
    """The last epochs that repairs began, newest first."""
    table, devices = schema.epochs, schema.devices
    columns = (devices.c.corner, devices.c.till, *(table.c[name] for name in Begun._fields[2:]))
    query = sa.select(*columns).join(devices, devices.c.device == table.c.device)
    return [Begun(*row) for row in db.execute(query.order_by(table.c.began_at.desc()).limit(MOST_BEGUN))]
