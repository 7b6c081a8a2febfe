"""Spreadsheets that are written: a text stays a text, whatever it begins with, and a name never computes."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from pos_app.services.private_files import write_new

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.cell import Cell

FORMULA: Final = "=+-@\t\r\n"
"""Signs that a spreadsheet takes for the beginning of a formula, or cuts off before one."""
Kind = Literal["xlsx", "csv"]


def guarded(value: str | int, guard: str = "'") -> str | int:
    """A value for a CSV: before a text that would compute stands the guard."""
    return f"{guard}{value}" if isinstance(value, str) and value.startswith(tuple(FORMULA)) else value


def keep_text(cell: Cell) -> Cell:
    """The cell, which holds a text as it is and says so to who edits it; numbers stay numbers."""
    if isinstance(cell.value, str):
        cell.data_type = "s"
        cell.quotePrefix = guarded(cell.value) != cell.value
    return cell


def cells(sheet: Any, values: Sequence[Any]) -> list[Cell]:
    """A row for a sheet that is only written to."""
    from openpyxl.cell import WriteOnlyCell

    return [keep_text(WriteOnlyCell(sheet, value)) for value in values]


def workbook_of(title: str, rows: Sequence[Sequence[str | int]]) -> bytes:
    """A file with one sheet."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(cells(sheet, row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def csv_of(rows: Sequence[Sequence[str | int]]) -> bytes:
    """The same rows as CSV with a byte-order mark; a text that would compute gets an apostrophe before it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows:
        writer.writerow([guarded(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def save(folder: Path, stem: str, kind: Kind, title: str, rows: Sequence[Sequence[str | int]]) -> Path:
    """Write the rows into a folder, for this user alone and never over another file; its path.

    ``title`` names the sheet. Raises ``StorageFault`` and its like.
    """
    return write_new(folder, stem, kind, workbook_of(title, rows) if kind == "xlsx" else csv_of(rows))
