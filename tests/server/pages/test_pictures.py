"""The centre that the manual's pictures show tells one story: who is silent did not trade since."""

from datetime import date, datetime
from pathlib import Path

import sqlalchemy as sa

from sync.server.corners import standing
from sync.server.database import schema
from sync.server.database.dialect import reading
from sync.server.projecting.projection import envelope_of
from tests.server.pages.pictures import SILENT_SINCE, world


def test_a_silent_corner_of_the_pictures_traded_last_when_it_called_last(tmp_path: Path):
    entries, devices = schema.entries, schema.devices
    told = sa.select(devices.c.corner, entries.c.body, entries.c.received_at)
    query = told.join_from(entries, devices, devices.c.device == entries.c.device)
    last: dict[str, str] = {}
    with world(tmp_path) as (centre, clock, _database), reading(centre.engine) as db:
        today = clock().date()
        assert {one.code for one in standing.corners(centre, db) if one.silent} == SILENT_SINCE.keys()
        for corner, body, received_at in db.execute(query.order_by(entries.c.seq)):
            envelope = envelope_of(body)
            assert envelope is not None
            assert datetime.fromisoformat(envelope.at) <= datetime.fromisoformat(received_at)
            last[corner] = envelope.date
    traded = {corner: date.fromisoformat(day) for corner, day in last.items()}
    assert len(traded) == 8
    assert traded == {corner: SILENT_SINCE.get(corner, today) for corner in traded}
