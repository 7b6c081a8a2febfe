"""Cells of spreadsheets that are written: a text stays a text, whatever it begins with, and a name never computes."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from openpyxl.cell import Cell

FORMULA: Final = ("=", "+", "-", "@")
"""What a spreadsheet takes for the beginning of a formula when somebody edits the cell."""


def keep_text(cell: Cell) -> Cell:
    """The cell, which holds a text as it is and says so to who edits it; numbers stay numbers."""
    if isinstance(cell.value, str):
        cell.data_type = "s"
        cell.quotePrefix = cell.value.startswith(FORMULA)
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
        writer.writerow([f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in row])
    return text.getvalue().encode("utf-8-sig")
