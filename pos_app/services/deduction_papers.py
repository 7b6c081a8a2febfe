"""Deduction lists as paper and spreadsheet: names and employee numbers are put on them here, from the registry.

Run the writers on a worker with a ledger of its own (``Ledger.another``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos_app.i18n import _
from pos_app.ledger import queries
from pos_app.printing.papers.common import Issue
from pos_app.printing.papers.deductions import ListedUnit, deduction_list, month_text
from pos_app.services.listed_people import people_of
from pos_app.services.papers import letterhead, marked
from pos_app.services.printing import printer_settings, sheet_device
from pos_app.services.private_files import free_names, write_new
from pos_app.services.workbooks import keep_text

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from pos_app.ledger.ledger import Ledger
    from pos_app.ledger.vault import Vault
    from pos_app.services.deductions import UnitList

MONEY = "#,##0"
LONGEST_TITLE = 28


def listed_units(ledger: Ledger, vault: Vault, lists: Sequence[UnitList]) -> list[ListedUnit]:
    """The lists with names and employee numbers, people by name."""
    return [
        ListedUnit(one.month, one.unit, one.cut_off, people_of(ledger.db, vault, one.lines), one.number)
        for one in lists
    ]


def write_pdfs(
    ledger: Ledger, vault: Vault, lists: Sequence[UnitList], folder: Path, at: datetime, manager: str
) -> list[Path]:
    """One A4 file for each unit, never over others; their paths."""
    from pos_app.printing.pdf import to_pdf

    written = []
    head = letterhead(ledger)
    for listed in listed_units(ledger, vault, lists):
        paper = marked(deduction_list(listed, _issue(ledger, listed, at, manager), head), head)
        name = listed.number or _stem(listed.month, listed.unit)
        written.append(write_new(folder, name, "pdf", to_pdf(paper, "a4")))
    return written


def print_lists(ledger: Ledger, vault: Vault, lists: Sequence[UnitList], at: datetime, manager: str) -> bool:
    """Send the lists to the printer for sheets; false where the till has none. Raises ``PrinterFault``."""
    from pos_app.printing.pdf import to_pdf

    device = sheet_device(printer_settings(ledger.db))
    if device is None:
        return False
    head = letterhead(ledger)
    for listed in listed_units(ledger, vault, lists):
        paper = marked(deduction_list(listed, _issue(ledger, listed, at, manager), head), head)
        device.send(to_pdf(paper, "a4"), listed.number or _stem(listed.month, listed.unit))
    return True


def _issue(ledger: Ledger, listed: ListedUnit, at: datetime, manager: str) -> Issue:
    """When and by whom: of a list that was handed over its own entry, of a draft this moment."""
    entry = queries.entry_by_number(ledger.db, listed.number) if listed.number else None
    if entry is None:
        return Issue(at.isoformat(timespec="seconds"), manager, "")
    return Issue(entry.envelope.at, manager, entry.hash.hex())


def write_sheet(ledger: Ledger, vault: Vault, lists: Sequence[UnitList], folder: Path) -> Path:
    """One XLSX file: a summary, then a sheet for each unit; numbers are numbers, no text is a formula."""
    import io

    from openpyxl import Workbook

    units = listed_units(ledger, vault, lists)
    book = Workbook()
    book.remove(book.worksheets[0])
    _fill_summary(_sheet(book, _("Summary")), units)
    for listed in units:
        _fill_unit(_sheet(book, listed.unit or "-"), listed)
    buffer = io.BytesIO()
    book.save(buffer)
    unit = units[0].unit if len(units) == 1 else ""
    return write_new(folder, _stem(lists[0].month, unit), "xlsx", buffer.getvalue())


def _fill_summary(sheet: Worksheet, units: Sequence[ListedUnit]) -> None:
    _title(sheet, _("Salary deductions {month}").format(month=month_text(units[0].month)))
    _head(sheet, 3, (_("Unit"), _("Number"), _("Staff"), _("Amount")))
    for row, listed in enumerate(units, start=4):
        _row(sheet, row, (listed.unit or "-", listed.number or _("Draft"), len(listed.people), listed.total))
    _total(sheet, 4 + len(units), 4, sum(listed.total for listed in units))
    _widths(sheet, (36, 22, 10, 16))


def _fill_unit(sheet: Worksheet, listed: ListedUnit) -> None:
    month = month_text(listed.month)
    _title(sheet, _("Salary deductions {month}, {unit}").format(month=month, unit=listed.unit or "-"))
    _put(sheet, 2, 1, f"{listed.number or _('Draft')} · {_('Tabs up to')} {listed.cut_off:%d/%m/%Y}")
    _head(sheet, 4, (_("No."), _("Name"), _("NIP"), _("Amount"), _("Letter of authority")))
    for place, person in enumerate(listed.people, start=1):
        letter = _("there") if person.mandate else _("not yet")
        _row(sheet, 4 + place, (place, person.name, person.nip, person.amount, letter))
    _total(sheet, 5 + len(listed.people), 4, listed.total)
    _widths(sheet, (6, 36, 24, 16, 20))


def _title(sheet: Worksheet, text: str) -> None:
    from openpyxl.styles import Font

    _put(sheet, 1, 1, text)
    sheet.cell(1, 1).font = Font(bold=True, size=13)


def _head(sheet: Worksheet, row: int, titles: Sequence[str]) -> None:
    from openpyxl.styles import Font

    for column, title in enumerate(titles, start=1):
        _put(sheet, row, column, title)
        sheet.cell(row, column).font = Font(bold=True)
    sheet.freeze_panes = f"A{row + 1}"


def _row(sheet: Worksheet, row: int, values: Sequence[str | int]) -> None:
    for column, value in enumerate(values, start=1):
        _put(sheet, row, column, value)


def _put(sheet: Worksheet, row: int, column: int, value: str | int) -> None:
    cell = keep_text(sheet.cell(row, column, value))
    if isinstance(value, int):
        cell.number_format = MONEY


def _total(sheet: Worksheet, row: int, column: int, amount: int) -> None:
    """The sum as a number: a spreadsheet that is only looked at computes nothing."""
    from openpyxl.styles import Font

    _put(sheet, row, 1, _("Total"))
    _put(sheet, row, column, amount)
    for place in (1, column):
        sheet.cell(row, place).font = Font(bold=True)


def _widths(sheet: Worksheet, widths: Sequence[int]) -> None:
    from openpyxl.utils import get_column_letter

    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width


def _sheet(book: Workbook, unit: str) -> Worksheet:
    """A sheet named after the unit, as far as a spreadsheet allows that name; never one that is there."""
    plain = "".join(" " if letter in "[]:*?/\\'" else letter for letter in unit).strip()[:LONGEST_TITLE] or "-"
    taken = {name.casefold() for name in book.sheetnames}
    sheet: Worksheet = book.create_sheet(next(name for name in free_names(plain) if name.casefold() not in taken))
    return sheet


def _stem(month: str, unit: str) -> str:
    safe = "".join(letter if letter.isalnum() else "-" for letter in unit)
    return f"daftar-potong-{month}{'-' if safe else ''}{safe}"
