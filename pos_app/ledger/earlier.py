"""How a replay looks earlier entries up, and whether it asks what only the order of recording explains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from sync.documents.base import require
from sync.protocol.entry import read_body

if TYPE_CHECKING:
    from pos_app.ledger.sqlite import Connection
    from sync.documents.base import Document


class _Document(msgspec.Struct, frozen=True):
    number: str


class _Body(msgspec.Struct, frozen=True):
    doc: _Document


_number_in = msgspec.json.Decoder(_Body)


class Earlier:
    """Entries before the one that is judged. ``db`` is the ledger's connection."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self.taking_in = False
        """Whether the entry was recorded in another order, and what it claims is taken as it is (``entered_again``)."""

    def require(self, condition: bool, message: str) -> None:
        """Raise ``InvalidDocument`` unless ``condition`` holds, or is not to be asked here."""
        require(condition or self.taking_in, message)

    def document(self, seq: int) -> Document | None:
        """The document of an entry."""
        row = self._row("SELECT seq, body FROM journal WHERE seq = ?", (seq,))
        return read_body(row[1]).document() if row is not None else None

    def number(self, seq: int) -> str:
        """The number of an entry's document; empty where there is none."""
        row = self._row("SELECT seq, body FROM journal WHERE seq = ?", (seq,))
        return _number_in.decode(row[1]).doc.number if row is not None else ""

    def id_of(self, seq: int) -> str:
        """The id of an entry's document."""
        return str(self.db.execute("SELECT document_id FROM journal WHERE seq = ?", (seq,)).fetchone()[0])

    def by_id(self, document_id: str, before: int) -> tuple[int, Document] | None:
        """A document with its entry, which comes before this one."""
        row = self._row("SELECT seq, body FROM journal WHERE document_id = ? AND seq < ?", (document_id, before))
        return (row[0], read_body(row[1]).document()) if row is not None else None

    def between(self, after: int, before: int) -> Iterator[Document]:
        """The documents of the entries between these two."""
        for (body,) in self.db.execute("SELECT body FROM journal WHERE seq > ? AND seq < ?", (after, before)):
            yield read_body(body).document()

    def _row(self, query: str, values: tuple[object, ...]) -> tuple[int, bytes] | None:
        row = self.db.execute(query, values).fetchone()
        return None if row is None else (row[0], row[1])
