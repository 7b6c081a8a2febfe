"""Deliveries and returns that were recorded: found, looked at, printed again, undone and typed once more. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from pos_app.domain.dates import business_date, short_date, short_moment
from pos_app.domain.errors import PosError
from pos_app.domain.formats import quantity_text
from pos_app.i18n import _, language
from pos_app.ledger import goods_notes, queries
from pos_app.ledger.goods_notes import Note
from pos_app.services import refunding
from pos_app.services.context import Counter, Recorded
from pos_app.services.once import Once
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, of_recorded
from pos_app.ui.paper_words import reprinted
from pos_app.ui.screens.goods_in import draft
from pos_app.ui.screens.goods_in.draft import SLOT, Body
from sync.documents.base import TakeBackReason
from sync.documents.goods import GoodsReceived, GoodsReturned

COLUMNS: Final = 32
MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Recent:
    """One note in the list, in words."""

    note: Note
    when: str


class History:
    """The list of notes; ``producer`` and ``day`` narrow it."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.once = Once(counter)
        self.producer = ""
        self.day: date | None = None

    def recent(self) -> list[Recent]:
        """The newest 20 of them, or all of a day."""
        tongue = language()
        return [Recent(note, short_moment(datetime.fromisoformat(note.at), tongue)) for note in self._notes()]

    def _notes(self) -> list[Note]:
        limit = MOST if self.day is None else MOST * MOST
        return goods_notes.notes(self.counter.db, self.producer, self.day.isoformat() if self.day else "", limit)

    def size(self, note: Note) -> tuple[str, str]:
        """How many lines and pieces a note has; asked for rows that are seen: the note is decoded for it."""
        document = self.document(note)
        lines = document.lines if document else ()
        return str(len(lines)), quantity_text(sum(line.quantity for line in lines))

    def named(self, code: str) -> Note | None:
        """The note whose number was scanned from its paper."""
        return goods_notes.by_number(self.counter.db, code.strip().upper())

    def narrow_to(self, note: Note) -> None:
        """The notes of its producer; of its day alone where it is not among the newest."""
        self.producer, self.day = note.producer, None
        if note not in self._notes():
            self.day = business_date(datetime.fromisoformat(note.at))

    def document(self, note: Note) -> GoodsReceived | GoodsReturned | None:
        """The document of a note."""
        entry = queries.entry_by_seq(self.counter.db, note.seq)
        document = entry.document if entry else None
        return document if isinstance(document, GoodsReceived | GoodsReturned) else None

    def empty_words(self) -> str:
        """What stands in an empty list."""
        if self.day:
            return _("Nothing came or went back on {date}.").format(date=short_date(self.day))
        return _("Nothing was received or returned yet.")

    def paper(self, note: Note) -> list[str]:
        """The note as it was printed, in lines of 32 letters."""
        from pos_app.printing.preview import preview  # late: the screen opens without the print room
        from pos_app.services.papers import document_paper

        return preview(document_paper(self.counter.ledger, self.counter.vault, note.document_id), COLUMNS)

    def obstacle(self, note: Note) -> str:
        """Why a note cannot be undone, as a sentence; empty when it can."""
        if note.undone:
            return _("{number} is undone already.").format(number=note.number)
        try:
            refunding.standing(self.counter.db, note.number)
        except PosError as error:
            return describe(error)
        return ""

    def undo(
        self, note: Note, reason: TakeBackReason, remark: str, approved_by: str | None, *, again: bool
    ) -> tuple[Message, Body | None]:
        """Undoes a note by a document of its own. ``again`` makes its lines the draft in the same transaction."""
        document = self.document(note)
        body = draft.typed_again(document) if again and document else None

        def write() -> Recorded:
            keep = (SLOT, draft.encode(body)) if body else None
            return refunding.reverse(
                self.counter, note.number, reason=remark or None, code=reason, approved_by=approved_by, keep=keep
            )

        try:
            recorded = self.once.record((note.number, reason, again), write)
        except PosError as error:
            return Message("E", describe(error)), None
        text = _("{number} undone by {reversal}.").format(number=note.number, reversal=recorded.number)
        if body:
            text += " " + _("Its lines are the draft: correct what was wrong, then F12.")
        return of_recorded(recorded, text), body

    def reprint(self, note: Note) -> Message:
        """The note once more, marked as a copy."""
        from pos_app.services.reprints import reprint

        reprint(self.counter, note.document_id)
        return reprinted(self.counter, note.number, sheet=True)
