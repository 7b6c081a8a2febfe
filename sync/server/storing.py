"""What follows from entries: gathered from a stretch of them, then written to the tables of their till at once."""

from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents.state import Books
from sync.protocol.entry import Envelope
from sync.server import schema
from sync.server.checking import Slips, write_slips
from sync.server.projection import Unprojectable, add_to, readable, write_books

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


@dataclass
class Gathered:
    """What follows from a stretch of one till's entries; ``books`` start with the shift that is open before it."""

    books: Books
    slips: Slips = field(default_factory=Slips)
    held: dict[tuple[int, int], Unprojectable] = field(default_factory=dict)
    """By epoch and sequence number, what goes to quarantine and why."""

    def add(self, epoch: int, seq: int, digest: bytes, envelope: Envelope | None, *, doubled: bool) -> None:
        """Take in the entry at ``seq``; ``doubled`` says that another entry had its document id first."""
        content = readable(envelope, epoch, seq)
        if doubled and not isinstance(content, Unprojectable):
            content = Unprojectable(DOUBLE, f"document {content.envelope.id} is stored already")
        if isinstance(content, Unprojectable):
            self.held[(epoch, seq)] = content
        else:
            add_to(self.books, seq, content)
            self.slips.add(epoch, seq, digest, content)


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
