"""Papers of the day that are no documents: how a shift stands. They go past the queue: asked for, printed or not.

Run them on a worker with a ledger of its own (``Ledger.another``).
"""

from datetime import datetime

from pos_app.domain.errors import NoOpenShift
from pos_app.ledger import queries, reports
from pos_app.ledger.ledger import Ledger
from pos_app.printing.layout import Paper
from pos_app.printing.papers.x_report import Standing, x_report
from pos_app.services import printing
from pos_app.services.context import User
from pos_app.services.papers import letterhead


def shift_so_far(ledger: Ledger, user: User, at: datetime) -> Paper:
    """The X report as ``user`` may see it: a cashier counts blind. Raises ``NoOpenShift``."""
    shift = queries.open_shift(ledger.db)
    if shift is None:
        raise NoOpenShift
    corrections = reports.corrections(ledger.db, shift.seq, ledger.head().seq, at.isoformat(timespec="seconds"))
    moment = at.isoformat(timespec="seconds")
    standing = Standing(shift.number, shift.opened_at, moment, user.name, shift.float, shift.figures)
    return x_report(standing, letterhead(ledger), corrections, blind=not user.is_manager)


def print_now(ledger: Ledger, paper: Paper) -> bool:
    """Send a paper to the printer; false where the till has none. Raises ``PrinterFault``."""
    return printing.deliver(paper, printing.printer_settings(ledger.db))
