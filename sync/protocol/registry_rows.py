"""Rows of the registry's spreadsheets: which are imported, which are refused, what is reported.

Pure: ``spreadsheets`` reads the file, ``registry_tables`` goes through its rows, the caller says what the ledger or the
centre has already and stores the rows. A refused row counts as not there, and only imported rows are reported on.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import msgspec

from sync.protocol import registry_fields as fields
from sync.protocol.registry_reasons import Problem, shortened
from sync.protocol.registry_tables import Checked, Column, Problems, Sheet, Table, Values, by_code

PRODUCER_CLASSES = ("mikro", "kecil", "menengah")
PAYOUT_TERMS = ("harian", "mingguan", "bulanan")
CATEGORIES = ("makanan", "minuman", "kerajinan", "batik", "tapis", "sembako", "atk", "perawatan")
UNITS = ("pcs", "kg", "paket")
PRICINGS = ("titip", "komisi", "putus")
CORNER_KINDS = ("opd", "vertikal", "kecamatan", "kelurahan")
YES_NO = {"": False, "no": False, "yes": True}


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


def check_producers(sheet: Sheet, known: Known, today: date) -> Checked[ProducerRow]:
    """Check ``producers`` by the import rules; UnreadableFile when a column is missing."""
    number = fields.identifier
    columns = [
        Column("producer_code", fields.person_code),
        Column("business_name", fields.name),
        Column("owner_name", str),
        Column("phone", fields.optional(fields.phone, "")),
        Column("kelurahan", fields.optional(fields.kelurahan, ""), repeats=True),
        Column("class", fields.required(fields.word(PRODUCER_CLASSES)), repeats=True),
        Column("nib", fields.optional(number("nib"), "")),
        Column("pirt", fields.optional(number("pirt"), "")),
        Column("halal_no", fields.optional(number("halal"), "")),
        Column("halal_expires", fields.optional(fields.day), None, repeats=True),
        Column("npwp", fields.optional(number("npwp"), "")),
        Column("bank_name", str),
        Column("bank_account", fields.optional(fields.account, "")),
        Column("payout_terms", fields.required(fields.word(PAYOUT_TERMS)), repeats=True),
        Column("joined_on", fields.optional(fields.day_until(today)), None, repeats=True),
    ]
    return by_code(ProducerRow, columns, known.producer_codes).check(sheet)


def check_staff(sheet: Sheet, known: Known) -> Checked[StaffRow]:
    """Check ``staff`` by the import rules; UnreadableFile when a column is missing."""
    columns = [
        Column("staff_code", fields.person_code),
        Column("name", fields.required(str)),
        Column("nip", fields.optional(fields.identifier("nip"), "")),
        Column("unit", str),
        Column("tab_limit", fields.optional(fields.money(0), 0), repeats=True),
    ]
    return by_code(StaffRow, columns, known.staff_codes).check(sheet)


def check_corners(sheet: Sheet, known: Known | None = None) -> Checked[CornerRow]:
    """Check ``corners``: code, name and kind are needed, codes are unique; UnreadableFile when a column is missing."""
    columns = [
        Column("corner_code", fields.code),
        Column("name", fields.name),
        Column("kind", fields.required(fields.word(CORNER_KINDS)), repeats=True),
        Column("address", str),
        Column("postcode", str),
        Column("staff_count", fields.optional(fields.whole(0, 10**6)), None, repeats=True),
    ]
    return by_code(CornerRow, columns, (known or Known()).corner_codes).check(sheet)


def check_holidays(sheet: Sheet, known: Container[str] = frozenset()) -> Checked[HolidayRow]:
    """Check ``holidays``: a day and its name are needed, each day once, none of ``known``; UnreadableFile when a column
    is missing."""
    columns = [Column("date", fields.needed_day), Column("name", fields.holiday_name)]
    return by_code(HolidayRow, columns, known).check(sheet)


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
        Column("sku", fields.code),
        Column("barcode", fields.barcode),
        Column("name", fields.name),
        Column("category", fields.required(fields.word(CATEGORIES)), repeats=True),
        Column("unit", fields.required(fields.word(UNITS)), repeats=True),
        Column("producer_code", fields.code, repeats=True),
        Column("pricing", fields.required(fields.word(PRICINGS)), repeats=True),
        Column("consign_price", fields.optional(fields.money(1)), repeats=True),
        Column("commission_bp", fields.optional(fields.commission), repeats=True),
        Column("sell_price", fields.required(fields.money(1)), repeats=True),
        Column("shelf_life_days", fields.optional(fields.whole(1, 10**6)), None, repeats=True),
        Column("min_stock", fields.optional(fields.whole(0, 10**9), 0), 0, repeats=True),
        Column("needs_pirt", yes_no, repeats=True),
        Column("needs_halal", yes_no, repeats=True),
        Column("e_katalog", yes_no, repeats=True),
        Column("tkdn_percent", fields.optional(fields.percent), None, repeats=True),
    ]
    return Table(ProductRow, columns, judge.judge, judge.accept).check(sheet)
