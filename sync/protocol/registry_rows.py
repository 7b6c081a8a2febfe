"""Rows of the registry's spreadsheets: which are imported, which are refused, what is reported.

Pure: ``spreadsheets`` reads the file, the caller says what the ledger or the centre has already and stores the rows.
A refused row counts as not there, and only imported rows are reported on.
"""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any, Generic, Literal, TypeVar

import msgspec

from sync.protocol import registry_fields as fields
from sync.protocol.registry_reasons import Problem, Rejection, UnreadableFile, shortened

PRODUCER_CLASSES = ("mikro", "kecil", "menengah")
PAYOUT_TERMS = ("harian", "mingguan", "bulanan")
CATEGORIES = ("makanan", "minuman", "kerajinan", "batik", "tapis", "sembako", "atk", "perawatan")
UNITS = ("pcs", "kg", "paket")
PRICINGS = ("titip", "komisi", "putus")
CORNER_KINDS = ("opd", "vertikal", "kecamatan", "kelurahan")
LONGEST_HOLIDAY = 100
"""Letters of a holiday's name."""
YES_NO = {"": False, "no": False, "yes": True}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A spreadsheet as read. A row is its first physical line and its fields as they stand; None where the
    quotation marks of the row make no sense."""

    header: list[str]
    rows: list[tuple[int, list[str] | None]]


@dataclass(frozen=True, slots=True)
class Known:
    """Codes and barcodes that are registered already; anything that answers ``in``."""

    producer_codes: Container[str] = frozenset()
    skus: Container[str] = frozenset()
    barcodes: Container[str] = frozenset()
    staff_codes: Container[str] = frozenset()
    corner_codes: Container[str] = frozenset()


class ProducerRow(msgspec.Struct, frozen=True, gc=False):
    """A producer; texts are empty and dates None where nothing (good) was given."""

    producer_code: str
    business_name: str
    owner_name: str
    phone: str
    kelurahan: str
    class_: Literal["mikro", "kecil", "menengah"]
    nib: str
    pirt: str
    halal_no: str
    halal_expires: date | None
    npwp: str
    bank_name: str
    bank_account: str
    payout_terms: Literal["harian", "mingguan", "bulanan"]
    joined_on: date | None


class ProductRow(msgspec.Struct, frozen=True, gc=False):
    """A product. Prices in rupiah per unit, ``commission_bp`` and ``tkdn_bp`` in hundredths of a percent,
    ``min_stock`` in whole units. Of the two terms only the one that the pricing uses is set."""

    sku: str
    barcode: str | None
    name: str
    category: str
    unit: Literal["pcs", "kg", "paket"]
    producer_code: str
    pricing: Literal["titip", "komisi", "putus"]
    consign_price: int | None
    commission_bp: int | None
    sell_price: int
    shelf_life_days: int | None
    min_stock: int
    needs_pirt: bool
    needs_halal: bool
    e_katalog: bool
    tkdn_bp: int | None


class StaffRow(msgspec.Struct, frozen=True, gc=False):
    """A member of staff; ``tab_limit`` in rupiah, 0 for no tab."""

    staff_code: str
    name: str
    nip: str
    unit: str
    tab_limit: int


class CornerRow(msgspec.Struct, frozen=True, gc=False):
    """An office with a corner."""

    corner_code: str
    name: str
    kind: Literal["opd", "vertikal", "kecamatan", "kelurahan"]
    address: str
    postcode: str
    staff_count: int | None


class HolidayRow(msgspec.Struct, frozen=True, gc=False):
    """A day (ISO) on which offices are closed."""

    date: str
    name: str


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
class _Column:
    """``empty`` is kept in place of a value that was reported; ``repeats`` is for columns with few distinct values."""

    name: str
    convert: fields.Converter
    empty: Any = ""
    repeats: bool = False

    def converter(self) -> fields.Converter:
        """From the field as it stands to its value."""
        convert = fields.trimmed(self.convert)
        return fields.Memo(convert).__getitem__ if self.repeats else convert


class _Table(Generic[Row]):
    """Columns in the order of the row's fields; ``judge`` adds what concerns more than one field or row."""

    def __init__(
        self,
        make: Callable[..., Row],
        columns: Sequence[_Column],
        judge: Callable[[Values, Sequence[str], Problems], None],
        accept: Callable[[Values], None],
    ) -> None:
        self.make = make
        self.columns = columns
        self.converters = [column.converter() for column in columns]
        self.judge = judge
        self.accept = accept

    def check(self, sheet: Sheet) -> Checked[Row]:
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


def _by_code(make: Callable[..., Row], columns: Sequence[_Column], known: Container[str]) -> _Table[Row]:
    """A table whose first column is its unique code and whose other fields stand for themselves."""
    seen: set[str] = set()

    def judge(values: Values, _texts: Sequence[str], problems: Problems) -> None:
        code = values[0]
        if code is not None and (code in seen or code in known):
            problems[columns[0].name] = Problem("duplicate_code", refuse=True, value=shortened(code))

    return _Table(make, columns, judge, accept=lambda values: seen.add(values[0]))


def check_producers(sheet: Sheet, known: Known, today: date) -> Checked[ProducerRow]:
    """Check ``producers`` by the import rules; UnreadableFile when a column is missing."""
    number = fields.identifier
    columns = [
        _Column("producer_code", fields.person_code),
        _Column("business_name", fields.name),
        _Column("owner_name", str),
        _Column("phone", fields.optional(fields.phone, "")),
        _Column("kelurahan", fields.optional(fields.kelurahan, ""), repeats=True),
        _Column("class", fields.required(fields.word(PRODUCER_CLASSES)), repeats=True),
        _Column("nib", fields.optional(number("nib"), "")),
        _Column("pirt", fields.optional(number("pirt"), "")),
        _Column("halal_no", fields.optional(number("halal"), "")),
        _Column("halal_expires", fields.optional(fields.day), None, repeats=True),
        _Column("npwp", fields.optional(number("npwp"), "")),
        _Column("bank_name", str),
        _Column("bank_account", fields.optional(fields.account, "")),
        _Column("payout_terms", fields.required(fields.word(PAYOUT_TERMS)), repeats=True),
        _Column("joined_on", fields.optional(fields.day_until(today)), None, repeats=True),
    ]
    return _by_code(ProducerRow, columns, known.producer_codes).check(sheet)


def check_staff(sheet: Sheet, known: Known) -> Checked[StaffRow]:
    """Check ``staff`` by the import rules; UnreadableFile when a column is missing."""
    columns = [
        _Column("staff_code", fields.person_code),
        _Column("name", fields.required(str)),
        _Column("nip", fields.optional(fields.identifier("nip"), "")),
        _Column("unit", str),
        _Column("tab_limit", fields.optional(fields.money(0), 0), repeats=True),
    ]
    return _by_code(StaffRow, columns, known.staff_codes).check(sheet)


def check_corners(sheet: Sheet, known: Known | None = None) -> Checked[CornerRow]:
    """Check ``corners``: code, name and kind are needed, codes are unique; UnreadableFile when a column is missing."""
    columns = [
        _Column("corner_code", fields.code),
        _Column("name", fields.name),
        _Column("kind", fields.required(fields.word(CORNER_KINDS)), repeats=True),
        _Column("address", str),
        _Column("postcode", str),
        _Column("staff_count", fields.optional(fields.whole(0, 10**6)), None, repeats=True),
    ]
    return _by_code(CornerRow, columns, (known or Known()).corner_codes).check(sheet)


def check_holidays(sheet: Sheet, known: Container[str] = frozenset()) -> Checked[HolidayRow]:
    """Check ``holidays``: a day and its name are needed, each day once, none of ``known``; UnreadableFile when a column
    is missing."""
    columns = [_Column("date", fields.needed_day), _Column("name", fields.up_to(LONGEST_HOLIDAY))]
    return _by_code(HolidayRow, columns, known).check(sheet)


_PRODUCT_FIELDS = tuple(ProductRow.__struct_fields__)
_SKU, _BARCODE, _PRODUCER, _PRICING, _CONSIGN, _COMMISSION, _SELL = map(
    _PRODUCT_FIELDS.index,
    ("sku", "barcode", "producer_code", "pricing", "consign_price", "commission_bp", "sell_price"),
)


class _ProductJudge:
    """What concerns several fields of a product, other rows of the file, or the ledger."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.skus: set[str] = set()
        self.barcodes: set[str] = set()

    def judge(self, values: Values, texts: Sequence[str], problems: Problems) -> None:
        sku, barcode, producer = values[_SKU], values[_BARCODE], values[_PRODUCER]
        if sku is not None and (sku in self.skus or sku in self.known.skus):
            problems["sku"] = Problem("duplicate_code", refuse=True, value=shortened(sku))
        if barcode is not None and (barcode in self.barcodes or barcode in self.known.barcodes):
            problems["barcode"] = Problem("duplicate_barcode", refuse=True, value=barcode)
        if producer is not None and producer not in self.known.producer_codes:
            problems["producer_code"] = Problem("unknown_producer", refuse=True, value=shortened(producer))
        if values[_PRICING] is not None:
            self._judge_terms(values, texts, problems)

    @staticmethod
    def _judge_terms(values: Values, texts: Sequence[str], problems: Problems) -> None:
        """The pricing needs one of consign_price and commission_bp and does not use the other."""
        pricing = values[_PRICING]
        used, unused = (_COMMISSION, _CONSIGN) if pricing == "komisi" else (_CONSIGN, _COMMISSION)
        if values[used] is None and not texts[used].strip(fields.BLANKS):
            problems[_PRODUCT_FIELDS[used]] = Problem("required", refuse=True)
        if texts[unused] and texts[unused].strip(fields.BLANKS):
            problems[_PRODUCT_FIELDS[unused]] = Problem("unused", refuse=False, pricing=pricing)
            values[unused] = None
        consign, sell = values[_CONSIGN], values[_SELL]
        if consign is not None and sell is not None and consign > sell:
            problems["consign_price"] = Problem("above_sell_price", refuse=True)

    def accept(self, values: Values) -> None:
        self.skus.add(values[_SKU])
        if values[_BARCODE] is not None:
            self.barcodes.add(values[_BARCODE])


def check_products(sheet: Sheet, known: Known) -> Checked[ProductRow]:
    """Check ``products`` by the import rules; UnreadableFile when a column is missing."""
    yes_no = fields.word(YES_NO)
    judge = _ProductJudge(known)
    columns = [
        _Column("sku", fields.code),
        _Column("barcode", fields.barcode),
        _Column("name", fields.name),
        _Column("category", fields.required(fields.word(CATEGORIES)), repeats=True),
        _Column("unit", fields.required(fields.word(UNITS)), repeats=True),
        _Column("producer_code", fields.code, repeats=True),
        _Column("pricing", fields.required(fields.word(PRICINGS)), repeats=True),
        _Column("consign_price", fields.optional(fields.money(1)), repeats=True),
        _Column("commission_bp", fields.optional(fields.commission), repeats=True),
        _Column("sell_price", fields.required(fields.money(1)), repeats=True),
        _Column("shelf_life_days", fields.optional(fields.whole(1, 10**6)), None, repeats=True),
        _Column("min_stock", fields.optional(fields.whole(0, 10**9), 0), 0, repeats=True),
        _Column("needs_pirt", yes_no, repeats=True),
        _Column("needs_halal", yes_no, repeats=True),
        _Column("e_katalog", yes_no, repeats=True),
        _Column("tkdn_percent", fields.optional(fields.percent), None, repeats=True),
    ]
    return _Table(ProductRow, columns, judge.judge, judge.accept).check(sheet)
