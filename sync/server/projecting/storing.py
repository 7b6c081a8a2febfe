"""What follows from entries: gathered from a stretch of them, then written to the tables of their till at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents.shift import ShiftOpened
from sync.documents.state import Books
from sync.protocol.entry import Envelope
from sync.server.database import schema
from sync.server.projecting.checking import Slips, write_slips
from sync.server.projecting.projection import Readable, Unprojectable, add_to, readable, write_books

PROJECTED = (
    schema.balances,
    schema.stock,
    schema.figures,
    schema.days,
    schema.shifts,
    schema.slips,
    schema.quarantine,
)
DOUBLE = "duplicate_document"
HEAVY = 10**9
"""An entry that moves more, all amounts and thousandths together, is held against the sums; no counter's does. Lighter
ones would have to be thousands of millions to fill what is left above ``MOST``."""
MOST = 2**62
"""No sum of a till grows beyond this by a heavy entry, so that both engines can keep it in 64 bits."""


@dataclass
class Gathered:
    """What follows from a stretch of one till's entries; ``books`` start with the shift that is open before it.

    ``before`` gives the sums of all that came earlier, asked for when an entry is heavy.
    """

    books: Books
    before: Callable[[], Books] = Books
    slips: Slips = field(default_factory=Slips)
    held: dict[tuple[int, int], Unprojectable] = field(default_factory=dict)
    """By epoch and sequence number, what goes to quarantine and why."""
    _earlier: Books | None = None

    def add(self, epoch: int, seq: int, digest: bytes, envelope: Envelope | None, *, doubled: bool) -> Readable | None:
        """Take in the entry at ``seq``; ``doubled`` says that another entry had its document id first. What it says is
        given back where it counts."""
        content = readable(envelope, epoch, seq)
        if doubled and not isinstance(content, Unprojectable):
            content = Unprojectable(DOUBLE, f"document {content.envelope.id} is stored already")
        elif not isinstance(content, Unprojectable) and not self._fits(seq, content):
            content = Unprojectable("overflow", "a sum of the till would be larger than the centre can keep")
        if isinstance(content, Unprojectable):
            self.held[(epoch, seq)] = content
            return None
        add_to(self.books, seq, content)
        self.slips.add(epoch, seq, digest, content)
        return content

    def _fits(self, seq: int, entry: Readable) -> bool:
        """Whether every sum stays below ``MOST`` with ``entry``, whatever the order of its amounts."""
        effects = entry.effects
        weight = sum([abs(amount) for _, amount in effects.postings]) + sum(map(abs, effects.figures.values()))
        weight += sum([abs(move.quantity) for move in effects.movements])
        if weight <= HEAVY:
            return True
        if self._earlier is None:
            self._earlier = self.before()
        shift = seq if isinstance(entry.document, ShiftOpened) else self.books.open_shift
        touched = zip(_sums(self._earlier, entry, shift), _sums(self.books, entry, shift), strict=True)
        return weight + max((abs(earlier + added) for earlier, added in touched), default=0) <= MOST


def _sums(books: Books, entry: Readable, shift: int) -> Iterator[int]:
    """The sums in ``books`` that ``entry`` changes."""
    effects = entry.effects
    yield from (books.balances.get(account, 0) for account, _ in effects.postings)
    yield from (books.stock.get(move.sku, 0) for move in effects.movements)
    for figures in (books.figures.get(shift, {}), books.days.get(entry.envelope.date, {})):
        yield from (figures.get(name, 0) for name in effects.figures)


def sums_of(db: Connection, device: str) -> Books:
    """The sums of ``device`` as they are stored."""

    def rows(table: sa.Table) -> sa.CursorResult[Any]:
        return db.execute(sa.select(table).where(table.c.device == device))

    books = Books()
    books.balances = {row.account: row.amount for row in rows(schema.balances)}
    books.stock = {row.sku: row.quantity for row in rows(schema.stock)}
    for row in rows(schema.figures):
        books.figures.setdefault(row.shift, {})[row.name] = row.amount
    for row in rows(schema.days):
        books.days.setdefault(row.date, {})[row.name] = row.amount
    return books


def write_gathered(db: Connection, device: str, gathered: Gathered) -> None:
    """Add to the tables of ``device`` what a stretch of its entries brought."""
    if gathered.held:
        rows = [
            {"device": device, "epoch": epoch, "seq": seq, **held._asdict()}
            for (epoch, seq), held in gathered.held.items()
        ]
        db.execute(sa.insert(schema.quarantine), rows)
    write_books(db, device, gathered.books)
    write_slips(db, device, gathered.slips)


def forget_projections(db: Connection, device: str) -> None:
    """Take away everything of ``device`` that follows from its entries."""
    for table in PROJECTED:
        db.execute(sa.delete(table).where(table.c.device == device))
