"""What becomes of a paper, in the words of every screen: it waits for the printer, or there is none. No Qt."""

from __future__ import annotations

from pos_app.i18n import _
from pos_app.ledger import queries
from pos_app.services.context import Counter
from pos_app.ui import settings_keys as keys
from pos_app.ui.messages import Message


def has_printer(counter: Counter, *, sheet: bool = False) -> bool:
    """Whether this till has a printer; ``sheet`` for papers that may have one of their own (A5)."""
    settings = (keys.PRINTER_DEVICE, keys.PRINTER_SHEETS) if sheet else (keys.PRINTER_DEVICE,)
    return any(queries.setting(counter.db, key, "none") != "none" for key in settings)


def queued(counter: Counter, words: str, *, sheet: bool = False) -> str:
    """``words`` where the paper is printed, else that it is not and what to do."""
    if counter.prints and has_printer(counter, sheet=sheet):
        return words
    return no_printer()


def no_printer() -> str:
    """Nothing was printed, and what to do."""
    return _("No printer yet: nothing is printed. Set a printer in Settings, then F9.")


def past_the_queue(words: str, *, printed: bool) -> Message:
    """What became of a paper that is no document's: ``words`` where there was a printer."""
    return Message("S", words) if printed else Message("W", no_printer())


def reprinted(counter: Counter, number: str, *, sheet: bool = False) -> Message:
    """The answer to F9."""
    if has_printer(counter, sheet=sheet):
        return Message("S", _("{number} is printed again.").format(number=number))
    text = _("No printer yet: {number} is not printed. Set a printer in Settings, then F9.")
    return Message("W", text.format(number=number))
