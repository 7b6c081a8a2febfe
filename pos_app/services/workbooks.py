"""Cells of spreadsheets that are written: a text stays a text, whatever it begins with, and a name never computes."""

from __future__ import annotations

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
