"""What a revoked till owed to producers, and that another till owes it now.

When a computer is lost, the corner begins a new ledger and enters what it owes there as opening balances. The old
journal keeps its balances for ever: they were true when it ended. So that nobody is owed the same money twice, an
officer says which till took them over; from then on they count nowhere as owed. Nothing of the journal changes, and
saying it can be taken back. A till that joins again owes by itself again.
"""

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents.money import Opening
from sync.documents.state import PAYABLE
from sync.server.access.officers import note_decision
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.dialect import only_one
from sync.server.database.loading import put
from sync.server.database.tables_corners import taken_over
from sync.server.database.tables_reports import papers
from sync.server.errors import CentreError
from sync.server.projecting.projection import Readable, envelope_of, readable


class Revoked(NamedTuple):
    """A till that was revoked: what it still owes producers (rupiah, of how many), of how many goods some are left, and
    which till took over what it owed (``A``, or ``MTR-002 A`` of another corner; empty for none), said by whom, when.
    """

    device: str
    corner: str
    till: str
    contact: str
    entries: int
    owed: int
    producers: int
    goods: int
    by: str
    officer: str
    at: str


def is_dead(device: sa.Column[str]) -> sa.ColumnElement[bool]:
    """Whether a till has no good key any more."""
    keys = schema.keys
    return ~sa.exists().where(keys.c.device == device, keys.c.revoked_at.is_(None))


def still_owed(device: sa.Column[str]) -> sa.ColumnElement[bool]:
    """Whether what a till owes is owed by it: it lives, or no other one took it over."""
    return ~sa.and_(sa.exists().where(taken_over.c.device == device), is_dead(device))


def revoked(db: Connection, corner: str | None = None) -> list[Revoked]:
    """Tills that were revoked, of one corner or of all, the newest first."""
    devices, by = schema.devices, schema.devices.alias()
    query = sa.select(devices, taken_over, by.c.corner.label("by_corner"), by.c.till.label("by_till"))
    joined = devices.outerjoin(taken_over, taken_over.c.device == devices.c.device)
    query = query.select_from(joined.outerjoin(by, by.c.device == taken_over.c.by_device)).where(
        is_dead(devices.c.device)
    )
    if corner is not None:
        query = query.where(devices.c.corner == corner)
    return [
        _revoked(db, row) for row in db.execute(query.order_by(devices.c.enrolled_at.desc(), devices.c.device)).all()
    ]


def _revoked(db: Connection, row: Any) -> Revoked:
    balances, stock = schema.balances, schema.stock
    mine = (balances.c.device == row[0], balances.c.account.startswith(PAYABLE, autoescape=True), balances.c.amount < 0)
    owed = [int(amount) for amount in db.execute(sa.select(balances.c.amount).where(*mine)).scalars()]
    left = sa.select(sa.func.count()).where(stock.c.device == row[0], stock.c.quantity > 0)
    names = [row.by_corner] * (row.by_corner != row.corner) + [row.by_till] if row.by_till else []
    told = (" ".join(names), row.officer or "", row.at or "")
    goods = db.execute(left).scalar_one()
    return Revoked(
        row[0], row.corner, row.till, row.last_contact or "", row.head_seq, -sum(owed), len(owed), goods, *told
    )


def opening_balances(db: Connection, corner: str) -> dict[str, int]:
    """What each till of a corner that sells entered as owed to producers when it began, in rupiah: to compare."""
    devices, entries, found = schema.devices, schema.entries, dict[str, int]()
    same = sa.and_(entries.c.device == papers.c.device, entries.c.seq == papers.c.seq)
    joined = papers.join(devices, devices.c.device == papers.c.device).join(entries, same)
    mine = (devices.c.corner == corner, papers.c.kind == Opening.KIND, ~is_dead(devices.c.device))
    query = sa.select(entries.c.device, entries.c.epoch, entries.c.seq, entries.c.body).select_from(joined).where(*mine)
    for row in db.execute(query):
        content = readable(envelope_of(row.body), row.epoch, row.seq)
        if isinstance(content, Readable) and isinstance(content.document, Opening):
            found[row.device] = found.get(row.device, 0) + sum(content.document.payable.values())
    return found


def take_over(centre: Centre, db: Connection, device: str, by: str, officer: str) -> None:
    """Say that the living till ``by`` owes what the revoked till ``device`` owed; said again, the last one holds.

    Raises ``CentreError`` ``no_till``, ``not_revoked``, ``other_till``, ``unknown_officer``.
    """
    only_one(db, "taking_over")
    old, new = _till(db, device), _till(db, by)
    note_decision(centre, db, officer, "take_over", f"{old.corner} {old.till} > {new.corner} {new.till}")
    if not old.dead:
        raise CentreError("not_revoked", till=f"{old.corner} {old.till}")
    if new.dead:
        raise CentreError("other_till", till=f"{new.corner} {new.till}")
    put(db, taken_over, [{"device": device, "by_device": by, "at": centre.now(), "officer": officer}])


def give_back(centre: Centre, db: Connection, device: str, officer: str) -> None:
    """Take that back. Raises ``CentreError`` ``no_till``, ``nothing_taken``, ``unknown_officer``."""
    old = _till(db, device)
    note_decision(centre, db, officer, "give_back", f"{old.corner} {old.till}")
    if not db.execute(sa.delete(taken_over).where(taken_over.c.device == device)).rowcount:
        raise CentreError("nothing_taken", till=f"{old.corner} {old.till}")


def _till(db: Connection, device: str) -> Any:
    devices = schema.devices
    query = sa.select(devices.c.corner, devices.c.till, is_dead(devices.c.device).label("dead"))
    row = db.execute(query.where(devices.c.device == device)).one_or_none()
    if row is None:
        raise CentreError("no_till", till=device)
    return row


def till_named(db: Connection, corner: str, till: str, *, dead: bool, device: str = "") -> str:
    """The id of a till by its name: the one that sells, or a ``dead`` one, of several that whose id is ``device``.

    Raises ``CentreError`` ``no_till``, and ``which_till`` where the name means several.
    """
    devices, name = schema.devices, f"{corner} {till}"
    gone = is_dead(devices.c.device)
    query = sa.select(devices.c.device).where(
        devices.c.corner == corner, devices.c.till == till, gone if dead else ~gone
    )
    query = query.where(devices.c.device == device) if device else query
    found: list[str] = list(db.execute(query.order_by(devices.c.enrolled_at)).scalars())
    if not found:
        raise CentreError("no_till", till=name)
    if len(found) > 1:
        raise CentreError("which_till", till=name, devices=", ".join(found))
    return found[0]
