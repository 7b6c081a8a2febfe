"""Documents whose figures do not follow from the entries: what officers say of them, and which nobody dealt with."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents.money import Settlement
from sync.documents.shift import ShiftClosed
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.tables_corners import finding_remarks
from sync.server.errors import CentreError
from sync.server.trust.journals import Listed, listed
from sync.server.trust.recomputing import Checked, Finding
from sync.server.trust.remarks import DONE, Remark, add, checked_words, said

KINDS = (ShiftClosed.KIND, Settlement.KIND)
"""Documents that tell figures which follow from others."""


def dealt_with(db: Connection) -> set[tuple[str, int]]:
    """Till and entry of each document of which an officer said last that it is dealt with."""
    later, table = finding_remarks.alias(), finding_remarks
    after = (later.c.device == table.c.device, later.c.seq == table.c.seq, later.c.place > table.c.place)
    query = sa.select(table.c.device, table.c.seq).where(table.c.state == DONE, ~sa.exists().where(*after))
    return {(row.device, row.seq) for row in db.execute(query)}


def to_look_at(device: str, checked: Checked, done: set[tuple[str, int]]) -> dict[int, list[Finding]]:
    """What of a check differs and nobody dealt with, by document; what the order of a repair explains is left out."""
    found: dict[int, list[Finding]] = {}
    for one in checked.findings:
        if not one.again and (device, one.seq) not in done:
            found.setdefault(one.seq, []).append(one)
    return found


def document(db: Connection, device: str, seq: int) -> Listed | None:
    """The closing or payment at entry ``seq`` of a till; None where that is something else."""
    entries = listed(db, device, seq - 1, seq)
    return entries[0] if entries and entries[0].kind in KINDS else None


def remarks_on(db: Connection, device: str, seq: int) -> tuple[Remark, ...]:
    """What officers said of it."""
    return said(db, finding_remarks, device=device, seq=seq)


def remark(centre: Centre, db: Connection, device: str, seq: int, text: str, officer: str, *, done: bool) -> None:
    """Say what became of a document whose figures do not follow.

    Raises ``CentreError`` ``no_finding`` where it is no closing or payment, ``no_remark``, ``unknown_officer``.
    """
    words, found = checked_words(text), document(db, device, seq)
    table = schema.devices
    till = db.execute(sa.select(table).where(table.c.device == device)).one_or_none()
    if found is None or till is None:
        raise CentreError("no_finding", entry=seq)
    about = ("finding", f"{till.corner} {till.till} {found.number}")
    add(centre, db, finding_remarks, {"device": device, "seq": seq}, words, officer, done=done, about=about)
