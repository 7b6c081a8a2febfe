"""Texts as cells of a spreadsheet, and as they were before: no cell is read as a formula."""

import re
from typing import Final

_SIGNS: Final = "[=+\\-@\uff1d\uff0b\uff0d\uff20]"
_PLACE: Final = r"(^|[;\t\r\n])(\s*)"
"""Where a formula may begin: at the start, and after a sign at which a spreadsheet takes a line of CSV apart.
Indonesian ones do so at a semicolon, whatever quotation marks say."""
_FORMULA: Final = re.compile(rf"{_PLACE}(?='*{_SIGNS})|^(?='*[\t\r])")
_HARMLESS: Final = re.compile(rf"{_PLACE}'(?='*{_SIGNS})|^'(?='*[\t\r])")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What no spreadsheet may hold."""
LONGEST_CELL: Final = 32_000


def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet reads as a formula."""
    clean = _CONTROLS.sub("", text)[:LONGEST_CELL]
    return _FORMULA.sub(r"\1\2'", clean)


def as_written(cell: str) -> str:
    """The text that ``harmless`` made this cell of."""
    return _HARMLESS.sub(r"\1\2", cell)
