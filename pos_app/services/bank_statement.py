"""A bank's statement (mutasi) as a spreadsheet: which column is what is guessed and confirmed, and what of the
unmatched QRIS money its rows may be is proposed. Nothing is recorded here.

Banks agree on nothing: there may be lines above the header, amounts as ``12.500,00`` or ``12,500.00``, with ``CR`` or
``DB`` behind them, days before months. Fees are kept back by the provider, so a row may be a little less than what the
buyer paid; and one row may stand for all of a day.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from pos_app.domain.dates import in_wib
from pos_app.domain.errors import Misuse
from pos_app.services.import_wording import file_reason
from pos_app.services.matching import Unmatched
from sync.protocol.registry_reasons import UnreadableFile
from sync.protocol.spreadsheets import read_rows

MOST_FEE_BP: Final = 100
"""No fee of QRIS comes near one percent."""
MOST_DAYS: Final = 4
"""So many days after the sale its money is at the bank, holidays included."""
CLOSE: Final = timedelta(minutes=15)
HEADER_WITHIN: Final = 30
_NAMES: Final = {
    "day": ("tanggal", "tgl", "date", "waktu", "posting", "time"),
    "amount": ("kredit", "credit", "masuk", "jumlah", "nominal", "amount", "nett", "net", "nilai", "mutasi"),
    "reference": ("referensi", "reference", "rrn", "ref", "keterangan", "uraian", "deskripsi", "description", "berita"),
}
_AMOUNT = re.compile(
    r"\+?(?P<minus>[-(]?)\s*(?:rp\.?|idr)?\s*(?P<digits>\d[\d.,]*?)(?:[.,]-{1,2})?\)?\s*(?P<side>cr|db|dr|k|d)?",
    re.IGNORECASE,
)
_DAYS: Final = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%d/%m/%y",
    "%d-%m-%y",
    "%d.%m.%Y",
    "%Y/%m/%d",
    "%d %b %Y",
    "%Y%m%d",
)
_TIME = re.compile(r"(?:^|[ T])([01]?\d|2[0-3])[.:]([0-5]\d)(?:[.:][0-5]\d(?:\.\d+)?)?(?:$|[ Z+])")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column, from 0, holds what; ``reference`` is None where the bank gives none."""

    day: int
    amount: int
    reference: int | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A file as read: names of its columns, rows with their line in the file, and what the columns may be."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    guess: Columns


@dataclass(frozen=True, slots=True)
class Credit:
    """Money that came: line in the file, day, time where it is told, rupiah, and what the bank wrote."""

    line: int
    day: date
    at: time | None
    amount: int
    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a row may be: the ``seq`` of the unmatched items that make it."""

    credit: Credit
    seqs: tuple[int, ...]


def read(path: Path) -> Statement:
    """Read a CSV or XLSX. Raises ``Misuse`` with a sentence where that is no spreadsheet."""
    try:
        sheet = read_rows(path)
    except UnreadableFile as error:
        raise Misuse(file_reason(error)) from None
    lines = [(1, sheet.header), *((line, row) for line, row in sheet.rows if row)]
    place = max(range(min(len(lines), HEADER_WITHIN)), key=lambda at: (_named(lines[at][1]), -at))
    header = tuple(lines[place][1])
    rows = tuple((line, tuple(row)) for line, row in lines[place + 1 :])
    return Statement(header, rows, _guess(header))


def _named(row: Sequence[str]) -> int:
    return sum(any(name in cell.casefold() for cell in row) for names in _NAMES.values() for name in names)


def _guess(header: Sequence[str]) -> Columns:
    found: dict[str, int] = {}
    for what, names in _NAMES.items():
        for name in names:
            place = next((at for at, cell in enumerate(header) if name in cell.casefold().split()), None)
            if place is None:
                place = next((at for at, cell in enumerate(header) if name in cell.casefold()), None)
            if place is not None and place not in found.values():
                found[what] = place
                break
    return Columns(found.get("day", 0), found.get("amount", len(header) - 1), found.get("reference"))


def credits_of(statement: Statement, columns: Columns) -> list[Credit]:
    """The rows by which money came; what is no day or no amount, and what went out, is left out."""
    found = []
    for line, row in statement.rows:
        day = _day(_cell(row, columns.day))
        amount = amount_of(_cell(row, columns.amount))
        if day is not None and amount is not None and amount > 0:
            text = _cell(row, columns.reference) if columns.reference is not None else ""
            found.append(Credit(line, day, _time(_cell(row, columns.day)), amount, text))
    return found


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def amount_of(text: str) -> int | None:
    """Rupiah of a bank's amount, sen rounded half up; negative for what went out, None where it is none."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        return None
    whole, sen = found["digits"], "0"
    decimals = re.search(r"[.,](\d{1,2})$", whole)
    if decimals is not None:
        whole, sen = whole[: decimals.start()], decimals[1].ljust(2, "0")
    digits = re.sub(r"[.,]", "", whole)
    if not digits:
        return None
    amount = int(digits) + (int(sen) >= 50)
    out = bool(found["minus"]) or (found["side"] or "").casefold() in ("db", "dr", "d")
    return -amount if out else amount


def _day(text: str) -> date | None:
    for form in _DAYS:
        length = len(text.split(" ")) if form == "%d %b %Y" else 1
        part = " ".join(text.split(" ")[: 3 if length > 1 else 1]).split("T")[0]
        try:
            return datetime.strptime(part, form).date()  # noqa: DTZ007  # a day on paper has no zone
        except ValueError:
            continue
    return None


def _time(text: str) -> time | None:
    found = _TIME.search(text)
    return time(int(found[1]), int(found[2])) if found else None


def propose(items: Iterable[Unmatched], rows: Sequence[Credit]) -> list[Proposal]:
    """What the rows may be, each item in one proposal at most.

    A row is proposed where one item alone fits: by the last digits of its reference, else by its amount (less a fee
    of at most one percent) and time; or where it is all that is left of one day. What could be two things is not.
    """
    left = {item.seq: item for item in items if item.amount > 0}
    proposals: dict[int, tuple[int, ...]] = {}
    for strict in (_by_reference, _by_time, _by_amount):
        open_rows = [row for row in rows if row.line not in proposals]
        fits = {row.line: [item for item in left.values() if strict(item, row)] for row in open_rows}
        wanted = [item.seq for found in fits.values() for item in found]
        for row in open_rows:
            found = fits[row.line]
            if len(found) == 1 and wanted.count(found[0].seq) == 1:
                proposals[row.line] = (found[0].seq,)
                del left[found[0].seq]
    for row in rows:
        if row.line not in proposals and (day := _whole_day(left.values(), row)):
            proposals[row.line] = day
            for seq in day:
                del left[seq]
    return [Proposal(row, proposals[row.line]) for row in rows if row.line in proposals]


def _fits(amount: int, row: Credit) -> bool:
    return amount * (10_000 - MOST_FEE_BP) <= row.amount * 10_000 <= amount * 10_000


def _in_days(item: Unmatched, row: Credit) -> bool:
    return timedelta() <= row.day - in_wib(item.at).date() <= timedelta(days=MOST_DAYS)


def _by_amount(item: Unmatched, row: Credit) -> bool:
    return _fits(item.amount, row) and _in_days(item, row)


def _by_reference(item: Unmatched, row: Credit) -> bool:
    digits = re.findall(r"\d{4,}", row.text)
    ends = [part for part in item.reference.split(", ") if part]
    return _by_amount(item, row) and any(number.endswith(end) for number in digits for end in ends)


def _by_time(item: Unmatched, row: Credit) -> bool:
    sold = in_wib(item.at)
    if row.at is None or row.day != sold.date():
        return False
    apart = datetime.combine(row.day, row.at, sold.tzinfo) - sold
    return _by_amount(item, row) and abs(apart) <= CLOSE


def _whole_day(items: Iterable[Unmatched], row: Credit) -> tuple[int, ...]:
    """The items of one day that together make this row; empty where there is no such day."""
    days: dict[date, list[Unmatched]] = {}
    for item in items:
        if _in_days(item, row):
            days.setdefault(in_wib(item.at).date(), []).append(item)
    fitting = [found for found in days.values() if len(found) > 1 and _fits(sum(one.amount for one in found), row)]
    return tuple(item.seq for item in fitting[0]) if len(fitting) == 1 else ()
