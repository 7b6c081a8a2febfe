"""Rules of the newest notes of a kind, write-offs or stock counts: printed again, reversed with a reason. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from pos_app.domain.errors import PosError
from pos_app.i18n import N_, _
from pos_app.ledger import queries
from pos_app.ledger.queries import Entry
from pos_app.services import refunding
from pos_app.services.context import Counter, Recorded
from pos_app.services.once import Once
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, of_recorded
from pos_app.ui.paper_words import reprinted
from sync.documents.base import Document, TakeBackReason
from sync.documents.goods import LeavingLine, StockCount, WriteOff

MOST: Final = 50
REASONS: Final[tuple[TakeBackReason, ...]] = ("mistyped", "wrong_goods", "other")
Kind = Literal["write_off", "stock_count"]
_NONE_YET: Final[dict[Kind, str]] = {
    "write_off": N_("No write-off note yet."),
    "stock_count": N_("No stock count was posted yet."),
}
_REVERSED: Final[dict[Kind, str]] = {
    "write_off": N_("{number} reversed by {reversal}: the goods are on hand again."),
    "stock_count": N_("{number} reversed by {reversal}: the stock is as it would be without that count."),
}


@dataclass(frozen=True, slots=True)
class Note:
    """One note; ``owed`` and ``cost`` in rupiah, ``at`` an ISO time."""

    id: str
    number: str
    at: str
    goods: str
    owed: int
    cost: int
    is_reversed: bool


class NotesPresenter:
    """The newest notes, and the one that is looked at."""

    def __init__(self, counter: Counter, kind: Kind) -> None:
        self.counter = counter
        self.kind = kind
        self.once = Once(counter)
        """The reversal of a note."""
        self.notes: list[Note] = []
        self.number = ""

    def read(self) -> None:
        """Reads the notes anew, the newest first."""
        entries = [
            queries.entry_by_seq(self.counter.db, one.seq) for one in queries.recent(self.counter.db, self.kind, MOST)
        ]
        self.notes = [self._note(entry) for entry in entries if entry is not None]

    def _note(self, entry: Entry) -> Note:
        goods, lost = _told(entry.document)
        return Note(
            entry.id,
            entry.document.number,
            entry.envelope.at,
            goods,
            sum(line.share for line in lost),
            sum(line.cost for line in lost),
            queries.is_reversed(self.counter.db, entry.id),
        )

    def none_yet(self) -> str:
        """What is said where there is no note."""
        return _(_NONE_YET[self.kind])

    def chosen(self) -> Note | None:
        """The note that is looked at."""
        return next((note for note in self.notes if note.number == self.number), None)

    def reprint(self) -> Message:
        """The paper again, marked as a copy."""
        from pos_app.services.reprints import reprint  # late: the print room

        note = self.chosen()
        if note is None:
            return Message("W", self.none_yet())
        try:
            reprint(self.counter, note.id)
        except PosError as error:
            return Message("E", describe(error))
        return reprinted(self.counter, note.number, sheet=True)

    def obstacle(self, code: TakeBackReason, remark: str) -> Message | None:
        """Why the note cannot be reversed now."""
        note = self.chosen()
        if note is None:
            return Message("W", self.none_yet())
        if note.is_reversed:
            return Message("W", _("{number} is reversed already.").format(number=note.number))
        if code == "other" and not remark.strip():
            return Message("W", _("Write why it is reversed."))
        try:
            refunding.standing(self.counter.db, note.number)
        except PosError as error:
            return Message("E", describe(error))
        return None

    def reverse(self, code: TakeBackReason, remark: str, approved_by: str | None) -> Message:
        """Undoes the note by a document of its own: goods and what was owed are as they were before it."""
        number = self.number

        def write() -> Recorded:
            return refunding.reverse(
                self.counter, number, reason=remark.strip() or None, code=code, approved_by=approved_by
            )

        try:
            done = self.once.record((number, code, remark), write)
        except PosError as error:
            return Message("E", describe(error))
        self.read()
        return of_recorded(done, _(_REVERSED[self.kind]).format(number=number, reversal=done.number))


def _told(document: Document) -> tuple[str, list[LeavingLine]]:
    """What a note is about in words, and the lines of what was lost."""
    match document:
        case WriteOff():
            names, lost = [line.name for line in document.lines], list(document.lines)
        case StockCount():
            names = [line.name for line in document.lines if line.counted != line.expected]
            lost = [line.missing for line in document.lines if line.missing]
        case _:
            return "", []
    if not names:
        return _("Everything was there."), lost
    return names[0] + (_(" +{count} more").format(count=len(names) - 1) if len(names) > 1 else ""), lost
