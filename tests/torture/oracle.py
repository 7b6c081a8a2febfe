"""Holds entries and answers against the torture's own books: what was asked is what is recorded, to the last field."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

from tests.torture.actions import KIND, PREFIX, Action
from tests.torture.books import Books, Entry, plain
from tests.torture.expected import SUMS, moved_by, should_say, why_refused
from tests.torture.scenario import Broken

JAKARTA = timezone(timedelta(hours=7))
A_ROUND = timedelta(hours=2)
"""How old an entry may be at most."""
SET_APART = ("number", "note", "takes", "batch", "covers")
"""What is compared elsewhere: the number with the answer, the note by its hash, batches by their sums."""
UNSAID = {("unit", "pcs"), ("reason", "other"), ("kind", "personal")}
"""Defaults, which a document may leave out; who bears a discount or a loss is in addition."""
OF_THE_DISK = ("storage_fault", "disk_full", "read_only", "unsettled", "recorded_after_all")
"""Refusals for which the action is not to blame."""


def record(books: Books, action: Action, entry: Entry, answer: Mapping[str, Any] | None = None) -> None:
    """The action left this entry, and was answered so (or not at all). Raises ``Broken``."""
    if refused := why_refused(books, action).reason:
        raise Broken(f"taken, though {refused}: {action}, {entry}")
    _check_frame(action, entry, books.story[-1][1] if books.story else None)
    unsaid = UNSAID | {("borne_by", "corner" if entry.kind == "sale" else "producer")}
    said, due = (plain(one, SET_APART, unsaid) for one in (entry.document, should_say(books, action, entry)))
    if said != due:
        raise Broken(f"asked for {action}\n due  {due}\n said {said}\n in   {entry}")
    if answer is not None:
        sums = SUMS.get(entry.kind, {})
        told, meant = ({name: answer.get(name) for name in sums}, {name: due.get(key, 0) for name, key in sums.items()})
        if told != meant:
            raise Broken(f"answered {told}, due {meant} for {action}")
    books.enter(action, entry, moved_by(books, action, entry))


def refuse(books: Books, action: Action, error: str, *, failing: bool = False) -> None:
    """The action was refused with this name. Raises ``Broken`` unless it had to be, or the disk is ``failing``."""
    if failing and error in OF_THE_DISK:
        return
    reason, perhaps = why_refused(books, action)
    if error not in (reason or None, *perhaps):
        raise Broken(f"refused with {error} instead of {reason or 'being taken'}: {action}")


def rewound(books: Books, entries: int) -> Books:
    """The books as they were after so many entries."""
    then = Books()
    for action, entry in books.story[:entries]:
        then.enter(action, entry, moved_by(then, action, entry))
    return then


def _check_frame(action: Action, entry: Entry, before: Entry | None) -> None:
    """Kind, number, moment, business date, cashier and note are those of the action."""
    due = (KIND[action["do"]], PREFIX[action["do"]])
    if (entry.kind, entry.number.partition("-")[0]) != due:
        raise Broken(f"due {due}, found {entry}")
    at = datetime.fromisoformat(entry.at)
    given = action.get("at")
    age = (datetime.fromisoformat(given) if given else datetime.now(UTC)) - at
    if not timedelta(seconds=-1) <= age <= (timedelta(seconds=1) if given else A_ROUND):
        raise Broken(f"recorded at another time: {action}, {entry}")
    if entry.date != at.astimezone(JAKARTA).date().isoformat():
        raise Broken(f"another business date: {entry}")
    if not entry.cashier or (before and entry.cashier != before.cashier):
        raise Broken(f"another cashier: {entry}")
    note = action.get("reason") or action.get("note")
    noted = sha256(entry.salt + note.encode()).hexdigest() if note and entry.salt else None
    if bool(note) != bool(entry.salt) or entry.document.get("note") != noted:
        raise Broken(f"the note is not {note!r}: {entry}")
