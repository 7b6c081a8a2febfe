"""Reading a till's entries again from the first on, and making everything that follows from them anew."""

from collections.abc import Callable, Iterator, Set
from itertools import groupby
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from sync.documents.state import Books
from sync.protocol.entry import Envelope, entry_hash
from sync.protocol.epochs import epoch_of, prev_of
from sync.protocol.messages import EpochBegun
from sync.server.centre import Centre, Device
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange.entries import claim_ids, genesis_of
from sync.server.projecting.projection import Readable, envelope_of
from sync.server.projecting.storing import Gathered, forget_projections, write_gathered
from sync.server.reports import storing as reports
from sync.server.reports.reporter import catch_up

AT_ONCE = 500
"""Entries that are held in memory together."""
COLUMNS = ("seq", "epoch", "body", "prev", "hash")


class Replayed(NamedTuple):
    """What one till's entries say, and how many they are."""

    entries: int
    gathered: Gathered


class Rebuilt(NamedTuple):
    """How much was made anew; ``quarantined`` before and after."""

    tills: int
    entries: int
    quarantined_before: int
    quarantined: int


def name_of(device: Device) -> str:
    """A till as sentences call it."""
    return f"{device.corner} {device.till}"


def chained(db: Connection, device: Device) -> Iterator[list[Row[tuple[int, int, bytes, bytes, bytes]]]]:
    """The entries of ``device`` in stretches. Raises ``CentreError`` where one does not continue the chain, and at the
    end when that is not the head."""
    epochs, table = _epochs(db, device.device), schema.entries
    seq, head = 0, genesis_of(device)
    genesis = head

    def hash_at(wanted: int) -> bytes | None:
        if wanted in (0, seq):
            return head if wanted else genesis
        found = sa.select(table.c.hash).where(table.c.device == device.device, table.c.seq == wanted)
        return db.execute(found).scalar()

    query = sa.select(*(table.c[name] for name in COLUMNS)).where(table.c.device == device.device)
    with db.execute(query.order_by(table.c.seq).execution_options(yield_per=AT_ONCE)) as rows:
        for stretch in rows.partitions():
            for row in stretch:
                expected = (seq + 1, epoch_of(epochs, seq + 1), prev_of(epochs, seq + 1, hash_at))
                if (row.seq, row.epoch, row.prev) != expected or row.hash != entry_hash(row.prev, row.body):
                    raise CentreError("broken_chain", till=name_of(device), seq=seq + 1)
                seq, head = row.seq, row.hash
            yield list(stretch)
    if (seq, head) != (device.head_seq, device.head_hash):
        raise CentreError("missing_end", till=name_of(device), seq=seq, expected=device.head_seq)


def replay(db: Connection, device: Device, doubles: Set[int], also: Callable[[int, Readable], None]) -> Replayed:
    """What the entries of ``device`` say; those of ``doubles`` repeat a document that another entry had first.

    ``also`` is told of every entry that counts.
    """
    entries, gathered = 0, Gathered(Books())
    for stretch in chained(db, device):
        entries += len(stretch)
        for row in stretch:
            envelope = envelope_of(row.body)
            entry = gathered.add(row.epoch, row.seq, row.hash, envelope, doubled=row.seq in doubles)
            if entry is not None:
                also(row.seq, entry)
    return Replayed(entries, gathered)


def rebuild(centre: Centre, corner: str | None = None, till: str | None = None) -> Rebuilt:
    """Make the figures of all tills, those of ``corner``, or one till's anew from their entries, and the reports.

    Each till has a transaction of its own and pushes on before and after it. Raises ``CentreError``.
    """
    table = schema.devices
    asked = ((table.c.corner, corner), (table.c.till, till))
    wanted = [column == value for column, value in asked if value is not None]
    with reading(centre.engine) as db:
        names = (
            db.execute(sa.select(table.c.device).where(*wanted).order_by(table.c.corner, table.c.till)).scalars().all()
        )
    if wanted and not names:
        raise CentreError("no_till", till=" ".join(filter(None, (corner, till))))
    entries = before = after = 0
    for name in names:
        with writing(centre.engine) as db:
            device = db.execute(sa.select(table).where(table.c.device == name).with_for_update()).one()
            replayed = _rebuild(db, device)
        entries, before, after = entries + replayed.entries, before + device.held, after + len(replayed.gathered.held)
    catch_up(centre)
    return Rebuilt(len(names), entries, before, after)


def _rebuild(db: Connection, device: Device) -> Replayed:
    """Ids that an older program could not read are registered now."""
    entries, gathered = 0, Gathered(Books())
    for stretch in chained(db, device):
        entries += len(stretch)
        envelopes: list[Envelope | None] = [envelope_of(row.body) for row in stretch]
        doubles = set[int]()
        for epoch, group in groupby(zip(stretch, envelopes, strict=True), key=lambda pair: pair[0].epoch):
            doubles |= claim_ids(db, device.device, epoch, ((row.seq, envelope) for row, envelope in group))
        for row, envelope in zip(stretch, envelopes, strict=True):
            gathered.add(row.epoch, row.seq, row.hash, envelope, doubled=row.seq in doubles)
    forget_projections(db, device.device)
    reports.forget(db, device.device)
    write_gathered(db, device.device, gathered)
    devices = schema.devices
    changed = sa.update(devices).where(devices.c.device == device.device)
    db.execute(changed.values(open_shift=gathered.books.open_shift, held=len(gathered.held)))
    return Replayed(entries, gathered)


def _epochs(db: Connection, device: str) -> list[EpochBegun]:
    table = schema.epochs
    query = sa.select(table.c.epoch, table.c.first_seq, table.c.base_seq).where(table.c.device == device)
    return [EpochBegun(*row) for row in db.execute(query.order_by(table.c.epoch))]
