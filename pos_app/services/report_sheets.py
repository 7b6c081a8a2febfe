"""Reports as spreadsheets: a sheet for every chart, amounts as numbers."""

import io
from collections.abc import Sequence

from openpyxl import Workbook

from pos_app.i18n import _
from pos_app.services.events import KINDS, Event
from pos_app.services.reporting import Report, category_words, tender_sums
from pos_app.services.workbooks import cells

Cell = str | int | float


def workbook(report: Report, *, blind: bool = False) -> bytes:
    """The bytes of the file; ``blind`` leaves out how money came."""
    book = Workbook(write_only=True)
    figures = report.figures
    rows: list[Sequence[Cell]] = [
        (_("First day"), report.first.isoformat()),
        (_("Last day"), report.last.isoformat()),
        (_("Number of sales"), figures.sales),
        (_("Number of refunds"), figures.refunds),
        (_("Net sales"), figures.gross),
        (_("Commission"), figures.commission),
        (_("Margin on bought goods"), figures.margin),
        (_("Producers' share"), report.share),
        (_("Owed to producers now"), report.unpaid),
    ]
    if not blind:
        rows.append((_("Cash difference"), figures.over_short))
    _sheet(book, _("Summary"), (_("Figure"), "Rp"), rows)
    _sheet(book, _("Per day"), (_("Date"), "Rp"), list(report.days.items()))
    _sheet(book, _("Per hour"), (_("Hour"), "Rp"), list(report.hours.items()))
    if not blind:
        _sheet(book, _("Payment method"), (_("Payment method"), "Rp"), tender_sums(figures))
    categories = [(category_words(code), amount) for code, amount in report.categories]
    _sheet(book, _("Category"), (_("Category"), "Rp"), categories)
    sellers = [(one.name, one.quantity / 1000, one.unit, one.total) for one in report.sellers]
    _sheet(book, _("Best sellers"), (_("Item"), _("Qty"), _("Unit"), "Rp"), sellers)
    _sheet(book, _("Owed to producers now"), (_("Producer"), "Rp"), [(one.name, one.amount) for one in report.owed])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def events_workbook(events: Sequence[Event]) -> bytes:
    """The log of events."""
    book = Workbook(write_only=True)
    rows = [(one.at[:19].replace("T", " "), one.who, _(KINDS[one.kind]), one.what, one.detail) for one in events]
    _sheet(book, _("Log of events"), (_("Time"), _("Who"), _("Kind"), _("Event"), _("Content")), rows)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _sheet(book: Workbook, title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    sheet = book.create_sheet(title)
    for row in (columns, *rows):
        sheet.append(cells(sheet, row))
