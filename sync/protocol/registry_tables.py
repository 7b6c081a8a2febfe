"""Tables of the registry's spreadsheets: every row converted column by column, judged, and refused with its reasons.

Pure, like ``registry_rows``, which has the tables.
"""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Generic, TypeVar

import msgspec

from sync.protocol import registry_fields as fields
from sync.protocol.registry_reasons import Problem, Rejection, UnreadableFile, shortened


@dataclass(frozen=True, slots=True)
class Sheet:
    """A spreadsheet as read. A row is its first physical line and its fields as they stand; None where the
    quotation marks of the row make no sense."""

    header: list[str]
    rows: list[tuple[int, list[str] | None]]


Row = TypeVar("Row", bound=msgspec.Struct)
Values = list[Any]
_STRETCH = 1_000
"""Rows that are converted column by column; one with a fault has its stretch read row by row."""
Problems = dict[str, Problem]


@dataclass(frozen=True, slots=True)
class Checked(Generic[Row]):
    """What a spreadsheet gave: the rows to import, the bad fields of refused rows, the reports on imported ones."""

    rows: list[Row]
    rejected: list[Rejection]
    warnings: list[Rejection]


@dataclass(frozen=True, slots=True)
class Column:
    """``empty`` is kept in place of a value that was reported; ``repeats`` is for columns with few distinct values."""

    name: str
    convert: fields.Converter
    empty: Any = ""
    repeats: bool = False

    def converter(self) -> fields.Converter:
        """From the field as it stands to its value."""
        convert = fields.trimmed(self.convert)
        return fields.Memo(convert).__getitem__ if self.repeats else convert


class Table(Generic[Row]):
    """Columns in the order of the row's fields; ``judge`` adds what concerns more than one field or row."""

    def __init__(
        self,
        make: Callable[..., Row],
        columns: Sequence[Column],
        judge: Callable[[Values, Sequence[str], Problems], None],
        accept: Callable[[Values], None],
    ) -> None:
        self.make = make
        self.columns = columns
        self.converters = [column.converter() for column in columns]
        self.judge = judge
        self.accept = accept

    def check(self, sheet: Sheet) -> Checked[Row]:
        """Every row of a sheet. Raises ``UnreadableFile`` where a column is missing or there twice."""
        pick = _picker(sheet.header, [column.name for column in self.columns])
        width = len(sheet.header)
        checked: Checked[Row] = Checked([], [], [])
        for start in range(0, len(sheet.rows), _STRETCH):
            stretch = sheet.rows[start : start + _STRETCH]
            converted = self._all_at_once(stretch, pick, width)
            if converted is None:
                self._row_by_row(stretch, pick, width, checked)
            else:
                self._take(converted, checked)
        return checked

    def _all_at_once(
        self, rows: Sequence[tuple[int, list[str] | None]], pick: Callable[[list[str]], Sequence[str]], width: int
    ) -> Iterable[tuple[int, Values, Sequence[str]]] | None:
        """Line, values and texts of rows without a fault, converted column by column; None where one has a fault.

        It says nothing that row by row would not: most stretches of most files are without a fault, and three times
        as quick this way.
        """
        found = [fields_of for _line, fields_of in rows if fields_of is not None and len(fields_of) == width]
        if len(found) != len(rows):
            return None
        texts = found if pick is _as_it_stands else [pick(one) for one in found]
        try:
            columns = [
                list(map(convert, column))
                for convert, column in zip(self.converters, zip(*texts, strict=True), strict=True)
            ]
        except Problem:
            return None
        values = map(list, zip(*columns, strict=True))
        return zip((line for line, _found in rows), values, texts, strict=True)

    def _take(self, converted: Iterable[tuple[int, Values, Sequence[str]]], checked: Checked[Row]) -> None:
        """What a row says about others, and the row itself where it may be imported."""
        problems: Problems = {}
        judge, accept, make, keep = self.judge, self.accept, self.make, checked.rows.append
        for line, values, texts in converted:
            judge(values, texts, problems)
            if problems:
                importable = self._report(line, problems, checked)
                problems = {}
                if not importable:
                    continue
            accept(values)
            keep(make(*values))

    def _row_by_row(
        self,
        rows: Sequence[tuple[int, list[str] | None]],
        pick: Callable[[list[str]], Sequence[str]],
        width: int,
        checked: Checked[Row],
    ) -> None:
        for line, found in rows:
            if found is None or len(found) != width:
                if found is None or not _blank(found):
                    checked.rejected.append(_broken(line, found, width))
                continue
            texts = pick(found)
            problems: Problems = {}
            try:
                values = [convert(text) for convert, text in zip(self.converters, texts, strict=True)]
            except Problem:
                if _blank(found):
                    continue
                values = self._one_by_one(texts, problems)
            self.judge(values, texts, problems)
            if problems and not self._report(line, problems, checked):
                continue
            self.accept(values)
            checked.rows.append(self.make(*values))

    def _one_by_one(self, texts: Sequence[str], problems: Problems) -> Values:
        """The row again, for its problems; None stands for a value that refuses the row."""
        values: Values = []
        for column, convert, text in zip(self.columns, self.converters, texts, strict=True):
            try:
                values.append(convert(text))
            except Problem as problem:
                problems[column.name] = problem
                values.append(None if problem.refuse else column.empty)
        return values

    def _report(self, line: int, problems: Problems, checked: Checked[Row]) -> bool:
        """Whether the row may be imported."""
        refused = any(problem.refuse for problem in problems.values())
        target = checked.rejected if refused else checked.warnings
        order = [column.name for column in self.columns if column.name in problems]
        target.extend(
            Rejection(line, name, problems[name].code, problems[name].data)
            for name in order
            if problems[name].refuse is refused
        )
        return not refused


def _picker(header: list[str], names: list[str]) -> Callable[[list[str]], Sequence[str]]:
    """Takes the named columns out of a row; UnreadableFile when they are not there exactly once."""
    if missing := [name for name in names if name not in header]:
        raise UnreadableFile("missing_columns", columns=", ".join(missing))
    if repeated := [name for name in names if header.count(name) > 1]:
        raise UnreadableFile("repeated_columns", columns=", ".join(repeated))
    if header == names:
        return _as_it_stands
    return itemgetter(*(header.index(name) for name in names))


def _as_it_stands(row: list[str]) -> Sequence[str]:
    return row


def _blank(found: list[str]) -> bool:
    return not any(text.strip(fields.BLANKS) for text in found)


def _broken(line: int, found: list[str] | None, width: int) -> Rejection:
    if found is None:
        return Rejection(line, "", "broken_quotes")
    return Rejection(line, "", "field_count", {"found": str(len(found)), "expected": str(width)})


def by_code(make: Callable[..., Row], columns: Sequence[Column], known: Container[str]) -> Table[Row]:
    """A table whose first column is its unique code and whose other fields stand for themselves."""
    seen: set[str] = set()

    def judge(values: Values, _texts: Sequence[str], problems: Problems) -> None:
        code = values[0]
        if code is not None and (code in seen or code in known):
            problems[columns[0].name] = Problem("duplicate_code", refuse=True, value=shortened(code))

    return Table(make, columns, judge, accept=lambda values: seen.add(values[0]))
