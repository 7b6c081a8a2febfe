"""A table as a file: CSV, a spreadsheet or paper. Money and counts are whole numbers, dates are dates.

The rows are read in the transaction of who asks; the file is made after it, one at a time, since it takes seconds.

A cell that a spreadsheet would take for a formula is made harmless: what a producer calls himself runs nowhere.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from anyio import to_thread
from litestar import Litestar, Response
from litestar.types import Receive, Scope, Send

from sync.server.centre import Centre
from sync.server.exchange.asking import AnyRequest
from sync.server.limits import Turns
from sync.server.pages.frame import day, moment, quantity, whole
from sync.server.pages.texts import _
from sync.server.registry.cells import harmless

Cell = str | int | Decimal | date | datetime | None
Rows = Sequence[Sequence[Cell]]
Heading = str
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_UNSAFE_NAME = re.compile(r"[^A-Za-z0-9._-]+")
TURNS = Turns(at_once=1, waiting=3, seconds=20)
WIDEST = 48
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Paper(NamedTuple):
    """What a PDF says around its rows: its title, lines below it (what was asked, when it was made), a row of sums."""

    title: str
    told: Sequence[str] = ()
    sums: Sequence[Cell] = ()


def exported(
    request: AnyRequest,
    name: str,
    headings: Sequence[Heading],
    rows: Iterable[Sequence[Cell]],
    paper: Paper | None = None,
) -> Response[bytes] | None:
    """The rows as the file that ``?format=`` asks for (``csv``, ``xlsx``, ``pdf``), called ``name``; None for none.

    ``rows`` are not read where no file is asked for. Times are told in the zone that they carry.
    """
    kind = request.query_params.get("format", "")
    if kind not in MADE:
        return None
    make, media_type = MADE[kind]
    headers = saved_as(name, kind)
    making = partial(make, name, headings, list(rows), paper or _plain_paper(request, name))
    return File(making, media_type=media_type, headers=headers)


def saved_as(name: str, kind: str) -> dict[str, str]:
    """The header by which a browser saves a file under a name that every system takes."""
    filename = f"{_UNSAFE_NAME.sub('-', name).strip('-') or 'pojok'}.{kind}"
    return {"Content-Disposition": f'attachment; filename="{filename}"'}


class File(Response[bytes]):
    """A file that is made when it is sent. Raises ``ExchangeProblem`` then where too many wait for theirs."""

    def __init__(self, make: Callable[[], bytes], *, media_type: str, headers: dict[str, str]) -> None:
        super().__init__(b"", media_type=media_type, headers=headers)
        self._make = make

    def made(self) -> bytes:
        """Its content."""
        with TURNS.one():
            return self._make()

    def to_asgi_response(self, app: Litestar | None, request: AnyRequest, **told: Any) -> Any:
        """What makes the file and sends it."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            self.content = await to_thread.run_sync(self.made)
            response = super(File, self).to_asgi_response(app, request, **told)
            await response(scope, receive, send)

        return answer


def _plain_paper(request: AnyRequest, name: str) -> Paper:
    centre: Centre | None = request.app.state.get("centre")
    made = [_("Made {moment}").format(moment=moment(centre.clock()))] if centre else []
    return Paper(name[:1].upper() + name[1:], made)


def day_cell(text: str | None) -> Cell:
    """A business date of a till as a date; what is none stays as it is."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return text


def moment_cell(text: str) -> Cell:
    """A moment as a till recorded it, in its zone; what is none stays as it is."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return text


def decimal_cell(number: int, places: int) -> Cell:
    """``number`` of so many decimal places, whole where it is: 2000 thousandths are 2."""
    one = 10**places
    return number // one if number % one == 0 else Decimal(number).scaleb(-places).normalize()


def csv_file(_name: str, headings: Sequence[Heading], rows: Rows, _paper: Paper) -> bytes:
    """UTF-8 with the mark by which Excel knows it."""
    return csv_text(headings, rows).encode("utf-8-sig")


def csv_text(headings: Sequence[Heading], rows: Iterable[Sequence[Cell | float]]) -> str:
    """Commas between cells, every text in quotation marks (RFC 4180)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([harmless(heading) for heading in headings])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue()


def xlsx_file(name: str, headings: Sequence[Heading], rows: Rows, _paper: Paper) -> bytes:
    """One sheet with its headings fixed at the top."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_UNSAFE_NAME.sub("-", name)[:31] or "pojok")
    sheet.freeze_panes = "A2"
    for number, width in enumerate(_widths(headings, rows), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width + 2
    top = [WriteOnlyCell(sheet, value=harmless(heading)) for heading in headings]
    for cell in top:
        cell.font = Font(bold=True)
    sheet.append(top)
    for row in rows:
        sheet.append([_typed(cell) for cell in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def pdf_file(_name: str, headings: Sequence[Heading], rows: Rows, paper: Paper) -> bytes:
    """A table on A4 with its title and what it tells of itself, its headings on every page."""
    from sync.server.pages.paper import Table, table_paper

    sums = [_shown(cell) for cell in paper.sums]
    table = Table(headings, [[_shown(cell) for cell in row] for row in rows], sums, _numeric(rows))
    return table_paper(paper.title, paper.told, table)


def _plain(cell: Cell | float) -> str | int | float:
    if cell is None or isinstance(cell, int | float):
        return "" if cell is None else cell
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return cell.isoformat() if isinstance(cell, date) else harmless(cell)


def _typed(cell: Cell) -> str | int | Decimal | date | None:
    """Spreadsheets know no zones: a moment is told as the clock showed it."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    return harmless(cell) if isinstance(cell, str) else cell


def _shown(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case int():
            return whole(cell)
        case Decimal():
            return quantity(int(cell.scaleb(3)))
        case datetime():
            return moment(cell)
        case date():
            return day(cell)
    return day(cell) if _DAY.fullmatch(cell) else cell


def _numeric(rows: Rows) -> set[int]:
    """The columns that hold numbers."""
    return {number for row in rows for number, cell in enumerate(row) if isinstance(cell, int | Decimal)}


def _widths(headings: Sequence[Heading], rows: Rows) -> list[int]:
    sample = [headings, *rows[:200]]
    return [
        min(max(len(str(row[column])) for row in sample if column < len(row)), WIDEST)
        for column in range(len(headings))
    ]


MADE: dict[str, tuple[Callable[[str, Sequence[Heading], Rows, Paper], bytes], str]] = {
    "csv": (csv_file, "text/csv; charset=utf-8"),
    "xlsx": (xlsx_file, XLSX),
    "pdf": (pdf_file, "application/pdf"),
}
__all__ = ["Cell", "Heading", "Paper", "Rows", "day_cell", "decimal_cell", "exported", "harmless", "moment_cell"]
