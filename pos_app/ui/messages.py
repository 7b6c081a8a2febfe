"""What the message strip says: the numbered messages of the counter. No Qt.

``numbered(9, amount=rupiah(7000))`` makes message 9. E error, W caution, I information; S (success) has no number.
The English sentence is the key of its translation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from pos_app.domain.errors import DamagedLedger, DiskFull, PosError
from pos_app.i18n import N_, _, ngettext
from pos_app.ledger.sqlite import fault_of, is_of_the_disk
from pos_app.services.context import Recorded
from pos_app.services.wording import describe, warning

Kind = Literal["E", "W", "I", "S"]


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence with its next step; ``action`` labels the button that calls ``run`` (Ctrl+Enter).

    ``other`` labels a second button, for questions with two answers.
    """

    kind: Kind
    text: str
    action: str = ""
    run: Callable[[], None] | None = None
    key: str = "Ctrl+Enter"
    number: int = 0
    other: str = ""
    other_run: Callable[[], None] | None = None
    other_key: str = ""

    def with_action(self, action: str, run: Callable[[], None], key: str = "Ctrl+Enter") -> Message:
        """The same message with a button."""
        return replace(self, action=action, run=run, key=key)

    def with_other(self, other: str, run: Callable[[], None], key: str) -> Message:
        """The same message with a second button."""
        return replace(self, other=other, other_run=run, other_key=key)


DAMAGED: Final = 19
"""The message that leads to the repair."""
TABLE: Final[dict[int, tuple[Kind, str]]] = {
    1: ("E", N_("Barcode {code} not registered. Scan again or Register.")),
    2: ("E", N_("Barcode misread. Scan again.")),
    3: ("E", N_("{item} has no price. Ask the manager to set it.")),
    4: ("W", N_("Stock shows zero; item added. Count later.")),
    5: ("E", N_("{item} expired {date}. Set aside for return.")),
    6: ("W", N_("Quantity {quantity}. Wrong? Undo.")),
    7: ("E", N_("Out of paper. Replace, then F9. Sale saved.")),
    8: ("E", N_("Printer not responding. Check the cable. Selling still works.")),
    9: ("E", N_("{amount} short. Add cash or choose another method.")),
    10: ("W", N_("Item added. Total now {amount}; enter cash again.")),
    11: ("E", N_("Payment unfinished. Finish or cancel, then scan.")),
    12: ("E", N_("QR failed. Use the printed QR, then enter the reference.")),
    13: ("E", N_("{name}'s tab is {amount} over. Pay the excess, or manager PIN.")),
    14: ("E", N_("Wrong PIN. {tries} tries left.")),
    15: ("W", N_("Shift not open. Enter the float.")),
    16: ("E", N_("Clock went back {hours} hours. Correct Windows time; sale order is safe.")),
    17: ("W", N_("{size} disk left. Empty the Recycle Bin.")),
    18: ("E", N_("Disk full, selling stopped. Empty it, then Try again.")),
    19: ("E", N_("Ledger damaged from receipt {number}. Stop; press Restore.")),
    20: ("W", N_("{days} days without a backup. Insert USB, then Back up.")),
    21: ("I", N_("Offline. Sales go on; {count} record will be sent later.")),
    22: ("W", N_("Diskoperin marked {count} record for review. It has been received. View.")),
    23: ("I", N_("The app had stopped. Cart of {count} restored; check it.")),
    24: ("E", N_("Drawer has only {amount}. Use transfer or an earlier cut-off.")),
    25: ("W", N_("Cash short {amount}. Write why before closing.")),
}

PLURALS: Final = {
    21: "Offline. Sales go on; {count} records will be sent later.",
    22: "Diskoperin marked {count} records for review. They have been received. View.",
}
"""What is said of several, in the language of the ids."""


def numbered(number: int, /, **values: object) -> Message:
    """The message of that number, in the language of the screen."""
    kind, text = TABLE[number]
    count = values.get("count")
    said = ngettext(text, PLURALS[number], count) if number in PLURALS and isinstance(count, int) else _(text)
    return Message(kind, said.format(**values), number=number)


def of_error(error: PosError) -> Message:
    """An expected error as a message: numbered where the table has one."""
    if isinstance(error, DiskFull):
        return numbered(18)
    if isinstance(error, DamagedLedger):
        return Message("E", describe(error), number=DAMAGED)
    return Message("E", describe(error))


def of_recorded(recorded: Recorded, text: str) -> Message:
    """``text`` about a document that was recorded; where the disk had hidden that, that it was."""
    late = next((warning(name, detail) for name, detail in recorded.warnings if name == "recorded_after_all"), "")
    return Message("S", late or text)


def expected(error: BaseException, path: str) -> Message | None:
    """What to say of bad luck, in our words or the system's; None for a bug."""
    if isinstance(error, PosError):
        return of_error(error)
    if isinstance(error, Exception) and is_of_the_disk(error):
        return of_error(fault_of(error, path))
    return None


def failure(error: Exception, path: str) -> Message:
    """Why work on the disk failed. Errors that are bugs are raised again."""
    message = expected(error, path)
    if message is None:
        raise error
    return message
