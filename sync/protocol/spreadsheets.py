"""Read the registry's spreadsheets: CSV as people save it, and XLSX.

CSV: UTF-8 with or without byte-order mark, any line ends, comma or semicolon as in the header. XLSX: the first
sheet that is not hidden. Every cell becomes text, so that both are judged by the same rules; a number that the
spreadsheet could not hold exactly stays recognisable as damaged.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from sync.protocol.registry_fields import BLANKS
from sync.protocol.registry_reasons import UnreadableFile
from sync.protocol.registry_tables import Sheet
from sync.protocol.wire import MIB

Tell = Callable[[int, int], None]
MOST = 64 * MIB
"""A registry of 100,000 goods takes a fifth of it."""
MOST_ROWS = 200_000
_ZIP = b"PK\x03\x04"
_BLANKS_AFTER_QUOTE = re.compile(rf'"[{BLANKS}]+(?=[,;\r\n]|$)')
_OTHER_BLANKS_BEFORE_QUOTE = re.compile(rf'[{BLANKS[1:]}][{BLANKS}]*"')
"""Python's reader skips blanks before a quotation mark, and neither tabs nor no-break spaces."""
_PERCENT_STYLE = re.compile(rb'numFmtId="(?:9|10)"|formatCode="[^"]*%')
"""Percent is number format 9 or 10 of every file, or one of its own."""
_FORMULA = re.compile(rb"<f[ />]")
_TOLD = 500
"""Rows of a workbook between two words about how far it is."""
_BLANK_ROWS = 1_000
"""That may stand between the others and below them."""
_MOST_COLUMNS = 1_000
_EXACT_DIGITS = 15
"""A spreadsheet keeps this many digits of a number."""


def read_rows(path: Path, tell: Tell | None = None, *, most: int = MOST_ROWS) -> Sheet:
    """The header, blanks cut off, and the rows as they stand, of which there may be ``most``. Raises UnreadableFile.

    ``tell`` hears of the rows of a workbook that were read, which takes seconds for 20,000; how many there are is not
    known then (0). What it raises ends the reading.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST + 1)
    except FileNotFoundError:
        raise UnreadableFile("missing_file", path=str(path)) from None
    except OSError:
        raise UnreadableFile("no_access", path=str(path)) from None
    if len(data) > MOST:
        raise UnreadableFile("too_large", path=str(path), mib=str(MOST // MIB))
    rows = _xlsx_rows(path, data, tell, most) if data.startswith(_ZIP) else _csv_rows(data)
    line, names = next(rows, (1, None))
    header = [name.strip(BLANKS) for name in names or ()]
    if line != 1 or not any(header):
        raise UnreadableFile("no_header")
    width = len(header)
    kept = list(islice(rows, most + 1))
    if len(kept) > most:
        raise UnreadableFile("too_many_rows", most=str(most))
    if data.startswith(_ZIP):
        return Sheet(header, [(at, _fitted(found, width)) for at, found in kept if found])
    return Sheet(header, kept)


def _csv_rows(data: bytes) -> Iterator[tuple[int, list[str] | None]]:
    """(first physical line, fields) of every record; None for one that cannot be read."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile("not_utf8", line=str(data.count(b"\n", 0, error.start) + 1)) from None
    delimiter = _delimiter(text.partition("\n")[0])
    if _OTHER_BLANKS_BEFORE_QUOTE.search(text):
        text = re.sub(rf'(^|[{delimiter}\r\n])[{BLANKS}]+("(?:[^"]|"")*")', r"\1\2", text)
    lines = io.StringIO(text, newline="").readlines()
    if (whole := _one_a_line(lines, delimiter)) is not None:
        yield from whole
        return
    start = 0
    while start < len(lines):
        reader = csv.reader(islice(lines, start, None), delimiter=delimiter, skipinitialspace=True, strict=True)
        first = start
        try:
            for record in reader:
                if record:
                    yield first + 1, record
                first = start + reader.line_num
            return
        except csv.Error:
            start = _resume(lines, first, start + reader.line_num - 1)
            if start > first:
                yield first + 1, None


def _one_a_line(lines: list[str], delimiter: str) -> list[tuple[int, list[str] | None]] | None:
    """The records of a file in which every one is a line and can be read; None for any other file."""
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        records: list[list[str]] = list(reader)
    except csv.Error:
        return None
    if len(records) != len(lines):
        return None
    return [(line, record) for line, record in enumerate(records, start=1) if record]


def _delimiter(header: str) -> str:
    return ";" if header.count(";") > header.count(",") else ","


def _resume(lines: list[str], first: int, failed: int) -> int:
    """Where to read on after a record beginning at ``first`` could not be read.

    Blanks between a closing quotation mark and the separator are cut off and the record is read again;
    otherwise it is given up with its first line, and what follows is judged by itself.
    """
    mended = _BLANKS_AFTER_QUOTE.sub('"', lines[failed])
    if mended == lines[failed]:
        return first + 1
    lines[failed] = mended
    return first


def _xlsx_rows(path: Path, data: bytes, tell: Tell | None, most: int) -> Iterator[tuple[int, list[str] | None]]:
    """(row number, cells as text up to the last that is filled) of every row of the first sheet that is shown."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cells = _cells(data, tell, most)
    except _Ended as ended:
        raise ended.cause from None
    except Exception as error:  # a damaged file breaks the library in many ways
        raise UnreadableFile("not_a_spreadsheet", path=str(path)) from error
    for number, row in enumerate(cells, start=1):
        while row and not row[-1].strip(BLANKS):
            row.pop()
        if row:
            yield number, row


class _Ended(Exception):
    """Whoever listens ended the reading; the file is not at fault."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__()
        self.cause = cause


def _told(rows: Iterable[Any], tell: Tell | None, most: int) -> Iterator[Any]:
    """The rows; every ``_TOLD`` of them ``tell`` hears how many there were. A small file can say that it has millions,
    empty ones too, so it is given up while it is read."""
    for number, row in enumerate(rows):
        if number > most + _BLANK_ROWS:
            raise _Ended(UnreadableFile("too_many_rows", most=str(most)))
        if len(row) > _MOST_COLUMNS:
            raise _Ended(UnreadableFile("too_many_columns", most=str(_MOST_COLUMNS)))
        if tell is not None and number % _TOLD == 0:
            try:
                tell(number, 0)
            except Exception as error:
                raise _Ended(error) from error
        yield row


def _cells(data: bytes, tell: Tell | None, most: int) -> list[list[str]]:
    """Every cell of the first sheet that is shown, as text."""
    percent, formulas = _needs_a_closer_look(data)
    with _first_sheet(data) as sheet:
        if percent:
            cells = [list(map(_shown_text, row)) for row in _told(sheet.iter_rows(), tell, most)]
        else:
            cells = [list(map(_text, row)) for row in _told(sheet.iter_rows(values_only=True), tell, most)]
    if formulas:
        _tell_formulas(data, cells)
    return cells


@contextmanager
def _first_sheet(data: bytes, *, formulas: bool = False) -> Iterator[Any]:
    """The first sheet that is not hidden, with values or with ``formulas`` in their place."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=not formulas)
    try:
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        sheet = (shown or book.worksheets)[0]
        sheet.reset_dimensions()
        yield sheet
    finally:
        book.close()


def _needs_a_closer_look(data: bytes) -> tuple[bool, bool]:
    """Whether some cell may be shown in percent, and whether there are formulas: rare, and slow to look for."""
    percent = formulas = False
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        for name in parts.namelist():
            if name == "xl/styles.xml":
                percent = _PERCENT_STYLE.search(parts.read(name)) is not None
            elif name.startswith("xl/worksheets/sheet"):
                formulas = formulas or _FORMULA.search(parts.read(name)) is not None
    return percent, formulas


def _tell_formulas(data: bytes, cells: list[list[str]]) -> None:
    """A formula without a result, as some programs save it, stands as it was written: it is no empty cell."""
    with _first_sheet(data, formulas=True) as sheet:
        for found, written in zip(cells, sheet.iter_rows(values_only=True), strict=False):
            for place, value in enumerate(written[: len(found)]):
                if not found[place] and isinstance(value, str) and value.startswith("="):
                    found[place] = value


def _shown_text(cell: Any) -> str:
    """A cell as text; what is shown in percent says so, for the number behind it is a hundredth of that."""
    value = cell.value
    if isinstance(value, int | float) and not isinstance(value, bool) and "%" in (cell.number_format or ""):
        return f"{Decimal(repr(value)) * 100:f}%"
    return _text(value)


def _fitted(row: list[str], width: int) -> list[str]:
    """A spreadsheet does not store the empty cells at the end of a row."""
    return row + [""] * (width - len(row))


def _text(value: Any) -> str:
    """A cell as text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int):
        return _whole_text(value, rounded=not str(abs(value))[_EXACT_DIGITS:].strip("0"))
    if isinstance(value, float):
        return _whole_text(int(value), rounded=True) if value.is_integer() else _fraction_text(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value == datetime(value.year, value.month, value.day) else value.isoformat()  # noqa: DTZ001
    return value.isoformat() if isinstance(value, date) else str(value)


def _whole_text(number: int, *, rounded: bool) -> str:
    """Digits, or the power of ten that tells that digits were lost."""
    lost = rounded and len(str(abs(number))) > _EXACT_DIGITS
    return f"{number:.14E}" if lost else str(number)


def _fraction_text(number: float) -> str:
    """Never with three decimals, which money would take for thousands."""
    text = repr(number)
    return f"{text}0" if re.fullmatch(r"-?[0-9]+\.[0-9]{3}", text) else text
