"""Rules of opening a shift: the float. No Qt."""

from __future__ import annotations

from pos_app.domain.errors import PosError
from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _
from pos_app.ledger import queries
from pos_app.services import shifts
from pos_app.services.context import Counter
from pos_app.services.once import Once
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, of_recorded

SUGGESTED = 200_000


class ShiftOpenPresenter:
    """The float of the shift that is about to begin."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.once = Once(counter)

    def suggestion(self) -> int:
        """The last shift's float in rupiah; a usual one on the first day."""
        return self._last() or SUGGESTED

    def suggestion_words(self) -> str:
        """Where the suggestion comes from, and how much it is."""
        words = _("As last time: {amount}") if self._last() else _("Suggestion: {amount}")
        return words.format(amount=thousands(self.suggestion()))

    def _last(self) -> int:
        last = next(iter(queries.recent(self.counter.db, "shift_opened", 1)), None)
        return last.amount if last is not None else 0

    def open(self, opening_float: int | None) -> Message:
        """Opens the shift; the message says so, or why not."""
        if opening_float is None:
            return Message("E", _("Enter the float, 0 when the drawer is empty."))
        try:
            recorded = self.once.record(opening_float, lambda: shifts.open_shift(self.counter, opening_float))
        except PosError as error:
            return Message("E", describe(error))
        text = _("Shift opened with {amount}. Scan the first item.").format(amount=rupiah(opening_float))
        return of_recorded(recorded, text)
