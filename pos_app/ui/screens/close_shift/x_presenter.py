"""The X report: how the shift stands, printed without closing it. No Qt."""

from __future__ import annotations

from collections.abc import Callable

from pos_app.i18n import _
from pos_app.services.context import Counter
from pos_app.ui.messages import Message, failure


class XPresenter:
    """Prints on a worker and says what became of it."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter

    def work(self) -> Callable[[], bool]:
        """What the worker does; whether there was a printer."""
        counter, user = self.counter, self.counter.user
        at = counter.clock()

        def work() -> bool:
            from pos_app.services import day_papers  # late: printing

            own = counter.ledger.another()
            try:
                return user is not None and day_papers.print_now(own, day_papers.shift_so_far(own, user, at))
            finally:
                own.close()

        return work

    def printed(self, *, printed: bool) -> Message:
        """What became of it."""
        if printed:
            return Message("S", _("X report printed; the shift goes on."))
        return Message("W", _("No printer yet: nothing is printed. Set a printer in Settings, then F9."))

    def failed(self, error: Exception) -> Message:
        """Why it was not printed. Errors that are bugs are raised again."""
        from pos_app.printing.devices import PrinterFault  # late: printing
        from pos_app.services.printing import fault_sentence

        if isinstance(error, PrinterFault):
            return Message("E", fault_sentence(error.reason))
        return failure(error, str(self.counter.ledger.path))
