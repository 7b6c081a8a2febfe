"""Papers of the day that are no documents: how a shift stands, what a period brought. They go past the queue.

Run them on a worker with a ledger of its own (``Ledger.another``).
"""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from pos_app.domain.errors import NoOpenShift
from pos_app.domain.formats import quantity_text
from pos_app.i18n import _
from pos_app.ledger import queries, reports
from pos_app.ledger.ledger import Ledger
from pos_app.printing.layout import Paper
from pos_app.printing.papers.day_summary import Told, day_summary
from pos_app.printing.papers.event_list import EventRow, event_list
from pos_app.printing.papers.x_report import Standing, x_report
from pos_app.printing.pdf import to_pdf
from pos_app.services.context import User
from pos_app.services.events import Event
from pos_app.services.papers import letterhead, marked
from pos_app.services.private_files import write_new
from pos_app.services.reporting import Report, Seller, category_words, tender_sums

Span = tuple[date, date]


def shift_so_far(ledger: Ledger, user: User, at: datetime) -> Paper:
    """The X report as ``user`` may see it: a cashier counts blind. Raises ``NoOpenShift``."""
    shift = queries.open_shift(ledger.db)
    if shift is None:
        raise NoOpenShift
    corrections = reports.corrections(ledger.db, shift.seq, ledger.head().seq, at.isoformat(timespec="seconds"))
    moment = at.isoformat(timespec="seconds")
    standing = Standing(shift.number, shift.opened_at, moment, user.name, shift.float, shift.figures)
    head = letterhead(ledger)
    return marked(x_report(standing, head, corrections, blind=not user.is_manager), head)


def summary(ledger: Ledger, report: Report, at: datetime, *, blind: bool = False, sheet: bool = False) -> Paper:
    """The report of a period on paper; ``blind`` leaves out how money came, ``sheet`` is for A5."""
    figures = report.figures
    told = Told(
        first=report.first,
        last=report.last,
        at=at.isoformat(timespec="seconds"),
        counts=((_("Number of sales"), figures.sales), (_("Number of refunds"), figures.refunds)),
        amounts=(
            (_("Net sales"), figures.gross),
            (_("Commission"), figures.commission),
            (_("Margin on bought goods"), figures.margin),
            (_("Producers' share"), report.share),
            (_("Owed to producers now"), report.unpaid),
            *(() if blind else ((_("Cash difference"), figures.over_short),)),
        ),
        parts=(
            *(() if blind else ((_("TENDERS (LESS REFUNDS)"), tuple(tender_sums(figures))),)),
            (_("SALES BY CATEGORY"), tuple((category_words(code), amount) for code, amount in report.categories)),
            (_("BEST SELLERS"), tuple((_seller(one), one.total) for one in report.sellers)),
        ),
    )
    head = letterhead(ledger)
    return marked(day_summary(told, head, sheet=sheet), head)


def _seller(seller: Seller) -> str:
    return f"{quantity_text(seller.quantity)} x {seller.name}"


def save(ledger: Ledger, report: Report, at: datetime, kind: str, folder: Path, *, blind: bool = False) -> Path:
    """Write the report into ``folder`` as ``xlsx`` or ``pdf``, for this user alone and never over another; its path."""
    from pos_app.services import report_sheets  # late: openpyxl

    if kind == "xlsx":
        content = report_sheets.workbook(report, blind=blind)
    else:
        content = to_pdf(summary(ledger, report, at, blind=blind, sheet=True), "a5")
    return write_new(folder, f"laporan-{report.first.isoformat()}-{report.last.isoformat()}", kind, content)


def log_paper(ledger: Ledger, events: Sequence[Event], span: Span, at: datetime, *, sheet: bool = False) -> Paper:
    """The log of events on paper; ``span`` are its first and last day."""
    rows = [EventRow(one.at, one.who, one.what, one.detail) for one in events]
    moment = at.isoformat(timespec="seconds")
    head = letterhead(ledger)
    return marked(event_list(rows, *span, head, at=moment, sheet=sheet), head)


def save_log(ledger: Ledger, events: Sequence[Event], span: Span, at: datetime, kind: str, folder: Path) -> Path:
    """Write the log of events into ``folder`` in the same way."""
    from pos_app.services import report_sheets  # late: openpyxl

    if kind == "xlsx":
        content = report_sheets.events_workbook(events)
    else:
        content = to_pdf(log_paper(ledger, events, span, at, sheet=True), "a5")
    return write_new(folder, f"catatan-{span[0].isoformat()}-{span[1].isoformat()}", kind, content)
