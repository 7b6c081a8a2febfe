"""The X report: how the shift stands, printed without closing it. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from pos_app.i18n import _
from pos_app.services.context import Counter
from pos_app.ui.messages import Message, failure
from pos_app.ui.paper_words import past_the_queue


class XPresenter:
    """Prints on a worker and says what became of it."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter

    def work(self) -> Callable[[], bool]:
        """What the worker does; whether there was a printer."""
        counter, user = self.counter, self.counter.user
        at = counter.clock()

        def work() -> bool:
            from pos_app.services import day_papers, printing  # late: printing

            with closing(counter.ledger.another()) as own:
                return user is not None and printing.print_now(own, day_papers.shift_so_far(own, user, at))

        return work

    def printed(self, *, printed: bool) -> Message:
        """What became of it."""
        return past_the_queue(_("X report printed; the shift goes on."), printed=printed)

    def failed(self, error: Exception) -> Message:
        """Why it was not printed. Errors that are bugs are raised again."""
        return failure(error, str(self.counter.ledger.path))
