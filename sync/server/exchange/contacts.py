"""On which days a till called, also with nothing to send: its first and its last call of each.

Written with the first call of a day alone, so that calls stay cheap; the last call of the newest day is that of the
till itself.
"""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.centre import WIB, Centre, Device
from sync.server.database import schema
from sync.server.database.loading import put
from sync.server.database.tables_corners import contacts


class Day(NamedTuple):
    """A day on which a till called, by the date at the corners, and its first and last call."""

    till: str
    date: str
    first_at: str
    last_at: str


def note_contact(centre: Centre, db: Connection, device: Device) -> None:
    """Write down that ``device``, as it was before, calls now, where it did not call yet today."""
    today, before = centre.today(), device.last_contact
    past = date_of(before) if before else ""
    if past == today:
        return
    if past:
        table = contacts
        of_past = (table.c.device == device.device, table.c.date == past)
        db.execute(sa.update(table).where(*of_past).values(last_at=before))
    put(db, contacts, [{"device": device.device, "date": today, "first_at": centre.now(), "last_at": None}])


def date_of(at: str) -> str:
    """The date at the corners of a moment."""
    return datetime.fromisoformat(at).astimezone(WIB).date().isoformat()


def days(db: Connection, corner: str, limit: int = 20) -> list[Day]:
    """When the tills of a corner called, the newest day first."""
    devices, table = schema.devices, contacts
    last = sa.func.coalesce(table.c.last_at, devices.c.last_contact, table.c.first_at)
    query = sa.select(devices.c.till, table.c.date, table.c.first_at, last)
    query = query.join(devices, devices.c.device == table.c.device).where(devices.c.corner == corner)
    return [Day(*row) for row in db.execute(query.order_by(table.c.date.desc(), devices.c.till).limit(limit))]
