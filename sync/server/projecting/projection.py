"""From stored entries to the centre's figures, with the documents' own effects."""

from typing import NamedTuple

from sqlalchemy.engine import Connection

from sync.documents.base import Document, Effects, InvalidDocument
from sync.documents.kinds import UnknownKind
from sync.documents.state import Books
from sync.protocol.entry import BrokenEntry, Envelope, read_body
from sync.server.database import schema
from sync.server.database.loading import add_up, put

LONGEST_DETAIL = 500


class Unprojectable(NamedTuple):
    """Why an entry is in quarantine: a stable code, and what was found."""

    reason: str
    detail: str


class Readable(NamedTuple):
    """An entry whose content adds up."""

    envelope: Envelope
    document: Document
    effects: Effects


def envelope_of(body: bytes) -> Envelope | None:
    """The envelope of an entry, or None when its bytes are none."""
    try:
        return read_body(body)
    except BrokenEntry:
        return None


def storable(text: str) -> bool:
    """Whether both engines can keep ``text``: PostgreSQL has no NUL."""
    return "\0" not in text


def readable(envelope: Envelope | None, epoch: int, seq: int) -> Readable | Unprojectable:
    """What the entry at ``seq`` says, or why it goes to quarantine."""
    if envelope is None:
        return Unprojectable("unreadable", "the bytes are no entry")
    if (envelope.epoch, envelope.seq) != (epoch, seq):
        return Unprojectable("misplaced", f"the entry calls itself {envelope.seq} of epoch {envelope.epoch}")
    try:
        document = envelope.document()
        effects = document.effects()
    except UnknownKind as error:
        return Unprojectable("unknown_kind", _detail(error))
    except InvalidDocument as error:
        return Unprojectable("invalid_document", _detail(error))
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        return Unprojectable("invalid_document", _detail(f"{type(error).__name__}: {error}"))
    total = 0
    for _account, amount in effects.postings:
        total += amount
    if total:
        return Unprojectable("unbalanced", "the postings do not sum to zero")
    if "\0" in envelope.id or "\0" in envelope.at or (b"\\" in bytes(envelope.doc) and not _plain(effects)):
        return Unprojectable("invalid_document", "a name holds a NUL character")
    return Readable(envelope, document, effects)


def _detail(error: object) -> str:
    return str(error).replace("\0", "")[:LONGEST_DETAIL]


def _plain(effects: Effects) -> bool:
    names = (*(account for account, _ in effects.postings), *(move.sku for move in effects.movements), *effects.figures)
    return all(storable(name) for name in names)


def add_to(books: Books, seq: int, entry: Readable) -> None:
    """Add one entry to ``books``."""
    books.add(seq, entry.envelope.at, entry.envelope.date, entry.document, entry.effects)


def write_books(db: Connection, device: str, books: Books) -> None:
    """Add what ``books`` gathered from a batch to the tables of ``device``."""
    add_up(db, schema.balances, _rows(device, "account", books.balances), "amount")
    stock = [{"device": device, "sku": sku, "quantity": quantity} for sku, quantity in sorted(books.stock.items())]
    add_up(db, schema.stock, stock, "quantity")
    figures = [{"shift": shift, **row} for shift, sums in books.figures.items() for row in _rows(device, "name", sums)]
    add_up(db, schema.figures, figures, "amount")
    days = [{"date": date, **row} for date, sums in books.days.items() for row in _rows(device, "name", sums)]
    add_up(db, schema.days, days, "amount")
    put(
        db,
        schema.shifts,
        [{"device": device, "seq": seq, **shift._asdict()} for seq, shift in books.shifts().items()],
    )
    _close_shifts(db, device, books)


def _rows(device: str, key: str, sums: dict[str, int]) -> list[dict[str, str | int]]:
    return [{"device": device, key: name, "amount": amount} for name, amount in sorted(sums.items())]


def _close_shifts(db: Connection, device: str, books: Books) -> None:
    """Shifts that an earlier batch opened."""
    table = schema.shifts
    for seq, close in books.closed.items():
        if seq in books.opened:
            continue
        db.execute(
            table.update()
            .where(table.c.device == device, table.c.seq == seq)
            .values(expected=close.expected, counted=close.counted, difference=close.difference)
        )
