"""What officers have to look at before they trust the figures: entries set aside, and journals that differ or wait.

An entry in quarantine is kept as it came and counts for nothing. Officers remark on it and say when it is dealt with
(most often the corner enters the document again); nothing is deleted. It leaves quarantine only when the centre reads
the entries again with a program that understands it.
"""

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server import schema
from sync.server.centre import Centre
from sync.server.dialect import only_one
from sync.server.errors import CentreError
from sync.server.journals import Listed, listed
from sync.server.officers import note_decision
from sync.server.pages.tables_corners import remarks
from sync.server.repairs import OPEN
from sync.server.standing import TillStanding, quiet_since

LONGEST_REMARK = 500
DONE = "done"
SHOWN = 100
"""Entries of each history that are listed."""


class Remark(NamedTuple):
    """What an officer said about an entry in quarantine; ``state`` is open or done."""

    at: str
    officer: str
    state: str
    note: str


class Aside(NamedTuple):
    """An entry in quarantine: why, when it came, and what officers said about it, oldest first."""

    device: str
    corner: str
    till: str
    epoch: int
    seq: int
    reason: str
    detail: str
    received_at: str
    remarks: tuple[Remark, ...]

    @property
    def done(self) -> bool:
        """Whether an officer said that it is dealt with."""
        return bool(self.remarks) and self.remarks[-1].state == DONE


def quarantined(db: Connection, device: str | None = None) -> list[Aside]:
    """Entries in quarantine that nobody dealt with first, then the newest; of one till where it is named."""
    table, entries, devices = schema.quarantine, schema.entries, schema.devices
    own = sa.and_(entries.c.device == table.c.device, entries.c.seq == table.c.seq)
    columns = (
        table,
        devices.c.corner,
        devices.c.till,
        sa.func.coalesce(entries.c.received_at, "").label("received_at"),
    )
    query = sa.select(*columns).join(devices, devices.c.device == table.c.device).outerjoin(entries, own)
    if device is not None:
        query = query.where(table.c.device == device)
    said = _remarks(db)
    found = [
        Aside(
            row.device,
            row.corner,
            row.till,
            row.epoch,
            row.seq,
            row.reason,
            row.detail,
            row.received_at,
            said.get((row.device, row.epoch, row.seq), ()),
        )
        for row in db.execute(query)
    ]
    found.sort(key=lambda one: (one.received_at, one.seq), reverse=True)
    return sorted(found, key=lambda one: one.done)


def _remarks(db: Connection) -> dict[tuple[str, int, int], tuple[Remark, ...]]:
    found: dict[tuple[str, int, int], tuple[Remark, ...]] = {}
    for row in db.execute(sa.select(remarks).order_by(remarks.c.place)):
        key = (row.device, row.epoch, row.seq)
        found[key] = (*found.get(key, ()), Remark(row.at, row.officer, row.state, row.note))
    return found


def remark(
    centre: Centre, db: Connection, device: str, epoch: int, seq: int, text: str, officer: str, *, done: bool
) -> None:
    """Say what became of an entry in quarantine.

    Raises ``CentreError`` ``no_quarantined`` where it is not there, ``no_remark`` without words, ``unknown_officer``.
    """
    words, table = " ".join(text.split()), schema.quarantine
    if not words or len(words) > LONGEST_REMARK:
        raise CentreError("no_remark", most=LONGEST_REMARK)
    mine = (table.c.device == device, table.c.epoch == epoch, table.c.seq == seq)
    row = db.execute(sa.select(schema.devices).join(table, table.c.device == schema.devices.c.device).where(*mine))
    till = row.first()
    if till is None:
        raise CentreError("no_quarantined", entry=seq)
    note_decision(centre, db, officer, "quarantine", f"{till.corner} {till.till} {seq}")
    only_one(db, "remark")
    about = (remarks.c.device == device, remarks.c.epoch == epoch, remarks.c.seq == seq)
    place = db.execute(sa.select(sa.func.count()).select_from(remarks).where(*about)).scalar_one()
    facts = {"device": device, "epoch": epoch, "seq": seq, "place": place + 1, "at": centre.now(), "officer": officer}
    db.execute(sa.insert(remarks), facts | {"state": DONE if done else "open", "note": words})


def late(centre: Centre, tills: list[TillStanding]) -> list[TillStanding]:
    """Living tills that told of documents which did not come for two office days: something keeps them."""
    limit = quiet_since(centre.clock()).timestamp()
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

    The centre's are ``kept``, of ``kept_count``. Of its own the till told only how many they are: their content comes
    when it is let in. ``changed``: the centre's journal has moved since the till asked, so it has to ask again.
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
    own_count: int
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
        own_count=row.own_seq - row.base_seq,
        changed=(row.head_seq, bytes(row.head_hash)) != (row.now_seq, bytes(row.now_hash)),
    )


class Begun(NamedTuple):
    """A later epoch of a journal: who goes on where, since when."""

    corner: str
    till: str
    epoch: int
    first_seq: int
    base_seq: int
    began_at: str


def begun(db: Connection) -> list[Begun]:
    """The epochs that repairs began, newest first."""
    table, devices = schema.epochs, schema.devices
    columns = (devices.c.corner, devices.c.till, *(table.c[name] for name in Begun._fields[2:]))
    query = sa.select(*columns).join(devices, devices.c.device == table.c.device)
    return [Begun(*row) for row in db.execute(query.order_by(table.c.began_at.desc()))]
