"""How a replay looks earlier entries up, and in which order it judges: that of the journal, or the one of before.

After a fork a later epoch enters again what diverged. Its documents were right in the order in which they were
recorded; in that of the journal another history stands before them. So each is judged in the former order, in which the
entries between are not there, and only taken in in the journal's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from sync.documents.base import require
from sync.protocol.entry import read_body

if TYPE_CHECKING:
    from pos_app.ledger.sqlite import Connection
    from sync.documents.base import Document


class Span(NamedTuple):
    """How far one history moved goods, in thousandths: the lowest and the highest it ever was, and at its end."""

    lowest: int = 0
    highest: int = 0
    end: int = 0

    def nearest(self, own: int, counted: int) -> int:
        """What was there at a count, as near to what was counted as this history allows: ``own`` was there without it,
        and nobody knows after which of its entries the count was. Only what none of them explains is a difference.
        """
        return min(max(counted, own + self.lowest), own + self.highest)


def spans(documents: Iterable[Document]) -> dict[str, Span]:
    """How far these documents, in order, moved goods."""
    found: dict[str, Span] = {}
    for document in documents:
        for movement in document.effects().movements:
            lowest, highest, end = found.get(movement.sku, Span())
            end += movement.quantity
            found[movement.sku] = Span(min(lowest, end), max(highest, end), end)
    return found


class _Document(msgspec.Struct, frozen=True):
    number: str


class _Body(msgspec.Struct, frozen=True):
    doc: _Document


_number_in = msgspec.json.Decoder(_Body)


class Earlier:
    """Entries before the one that is judged. ``db`` is the ledger's connection."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self.hidden: Collection[int] | None = None
        """Entries that are not there in the former order; None where the journal's own is judged."""
        self.taking_in = False
        """Whether the entry was judged in the former order already, and what it claims is taken as it is."""
        self.loose: set[str] = set()
        """Goods and producers' accounts that a count, held against another history, moved otherwise than before."""
        self.as_recorded: dict[int, Document] = {}
        """Reversals by entry that say nothing in the journal's order, as they were in the former one."""
        self.unsure: set[str] = set()
        """Goods that a reversal moved here and not in the journal's order, which has it twice."""

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

    def others(self) -> dict[str, Span]:
        """How far the entries that are hidden moved goods."""
        rows = (
            self.db.execute("SELECT body FROM journal WHERE seq = ?", (seq,)).fetchone() for seq in self.hidden or ()
        )
        return spans(read_body(row[0]).document() for row in rows)

    def between(self, after: int, before: int) -> Iterator[Document]:
        """The documents of the entries between these two."""
        rows = self.db.execute("SELECT seq, body FROM journal WHERE seq > ? AND seq < ?", (after, before))
        for seq, body in rows:
            if not self._hides(seq):
                yield self.as_recorded.get(seq) or read_body(body).document()

    def _row(self, query: str, values: tuple[object, ...]) -> tuple[int, bytes] | None:
        row = self.db.execute(query, values).fetchone()
        return None if row is None or self._hides(row[0]) else (row[0], row[1])

    def _hides(self, seq: int) -> bool:
        return self.hidden is not None and seq in self.hidden
