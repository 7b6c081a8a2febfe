"""Rules of the list of write-off notes: printing one again, reversing one with its reason. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pos_app.domain.errors import PosError
from pos_app.i18n import _
from pos_app.ledger import queries
from pos_app.services import refunding
from pos_app.services.context import Counter, Recorded
from pos_app.services.once import Once
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, of_recorded
from pos_app.ui.paper_words import reprinted
from sync.documents.goods import WriteOff

MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Note:
    """A write-off note; ``owed`` and ``cost`` in rupiah, ``at`` an ISO time."""

    id: str
    number: str
    at: str
    goods: str
    owed: int
    cost: int
    is_reversed: bool


class NotesPresenter:
    """The newest notes, and the one that is looked at."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.once = Once(counter)
        """The reversal of a note."""
        self.notes: list[Note] = []
        self.number = ""

    def read(self) -> None:
        """Reads the notes anew, the newest first."""
        db = self.counter.db
        found = []
        for one in queries.recent(db, "write_off", MOST):
            entry = queries.entry_by_seq(db, one.seq)
            if entry is None or not isinstance(entry.document, WriteOff):
                continue
            lines = entry.document.lines
            more = _(" +{count} more").format(count=len(lines) - 1) if len(lines) > 1 else ""
            found.append(
                Note(
                    entry.id,
                    entry.document.number,
                    entry.envelope.at,
                    lines[0].name + more,
                    sum(line.share for line in lines),
                    sum(line.cost for line in lines),
                    queries.is_reversed(db, entry.id),
                )
            )
        self.notes = found

    def chosen(self) -> Note | None:
        """The note that is looked at."""
        return next((note for note in self.notes if note.number == self.number), None)

    def reprint(self) -> Message:
        """The paper again, marked as a copy."""
        from pos_app.services.reprints import reprint  # late: the print room

        note = self.chosen()
        if note is None:
            return Message("W", _("No note yet."))
        try:
            reprint(self.counter, note.id)
        except PosError as error:
            return Message("E", describe(error))
        return reprinted(self.counter, note.number, sheet=True)

    def obstacle(self, reason: str) -> Message | None:
        """Why the note cannot be reversed now."""
        note = self.chosen()
        if note is None:
            return Message("W", _("No note yet."))
        if note.is_reversed:
            return Message("W", _("{number} is reversed already.").format(number=note.number))
        if not reason.strip():
            return Message("W", _("Write why it is reversed."))
        return None

    def reverse(self, reason: str, approved_by: str | None) -> Message:
        """Undoes the note by a document of its own: goods and what was owed come back."""
        number = self.number

        def write() -> Recorded:
            return refunding.reverse(self.counter, number, reason=reason.strip(), approved_by=approved_by)

        try:
            done = self.once.record((number, reason), write)
        except PosError as error:
            return Message("E", describe(error))
        self.read()
        text = _("{number} reversed by {reversal}: the goods are on hand again.")
        return of_recorded(done, text.format(number=number, reversal=done.number))
