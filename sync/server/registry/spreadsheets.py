"""The centre's registry from spreadsheets: corners, producers, products; and holidays. All rows of a file or none.

An export comes back: rows whose code is there are corrected where that is asked for, an empty cell or a column that is
not there leaves what is known, and of a person nothing is ever emptied.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.registry_reasons import Rejection, shortened
from sync.protocol.registry_rows import (
    Known,
    ProducerRow,
    ProductRow,
    check_corners,
    check_holidays,
    check_producers,
    check_products,
)
from sync.protocol.registry_tables import Sheet
from sync.protocol.spreadsheets import MOST_ROWS, read_rows
from sync.server.access.officers import note
from sync.server.centre import Centre
from sync.server.corners.changing import values_of as corner_values
from sync.server.database import schema
from sync.server.database.dialect import only_one, writing
from sync.server.database.loading import put
from sync.server.database.tables_corners import holidays
from sync.server.errors import CentreError
from sync.server.exchange.feeds import take_positions
from sync.server.exchange.proposals import ERASED
from sync.server.registry import certificates
from sync.server.registry.aliases import belong, lead_along
from sync.server.registry.cells import as_written

CODES = {"corners": "corner_code", "producers": "producer_code", "products": "sku", "holidays": "date"}
KINDS = tuple(CODES)
Word = Callable[[Rejection], str]
"""Words the reason of a refusal or report for people."""
PERSONAL = ("owner_name", "phone", "npwp", "bank_name", "bank_account")
"""Columns of a producer that identify a person: kept apart, in no feed and on no page. A file may be without them."""
LEFT: Final = ("kelurahan", "nib", "pirt", "halal_no", "halal_expires", "joined_on", "barcode", "shelf_life_days",
               "tkdn_bp", "address", "postcode", "staff_count")  # fmt: skip
"""Columns of a row that is corrected where an empty cell leaves what is there."""


class _Load(NamedTuple):
    """Rows for a table whose feed is ``scope`` (empty: it has none), by their ``key``, and for the table of personal
    data. ``makers``: the producers of goods as the file names them, merged or not."""

    table: sa.Table
    key: str
    scope: str
    rows: list[dict[str, Any]]
    personal: list[dict[str, Any]]
    rejected: list[Rejection]
    warnings: list[Rejection]
    makers: Mapping[str, str] | None = None


def in_english(rejection: Rejection) -> str:
    """Why a field is refused or reported, as it stands."""
    return rejection.english


def import_file(
    centre: Centre,
    kind: str,
    path: Path,
    *,
    skip_bad: bool = False,
    correct: bool = False,
    names: Mapping[str, str] | None = None,
    word: Word = in_english,
    by: str = "",
    most: int = MOST_ROWS,
) -> dict[str, Any]:
    """Import a CSV or XLSX file; what ``pojok import --json`` prints, its reasons worded by ``word``. The audit tells
    of ``by``, an officer, where one is named.

    A code that is there is refused, or with ``correct`` its row takes what the file says. ``names`` are other words for
    columns, in small letters.

    Raises ``UnreadableFile``, or ``CentreError`` when the kind is unknown.
    """
    if kind not in KINDS:
        raise CentreError("unknown_kind", kind=kind, kinds=", ".join(KINDS))
    sheet = _known_by_name(read_rows(path, most=most), names or {}, PERSONAL if kind == "producers" else ())
    with writing(centre.engine) as db:
        only_one(db, "deciding")
        sheet, slashes = (sheet, []) if kind == "holidays" else refuse_slashes(sheet, CODES[kind])
        load = _check(db, kind, sheet, date.fromisoformat(centre.today()), correct=correct)
        load.rejected[:0] = slashes
        refused = bool(load.rejected) and not skip_bad
        corrected = 0 if refused else _store(centre, db, load, by)
        if by and load.rows and not refused:
            note(centre, db, by, "import", kind, str(len(load.rows)))
    return {
        "imported": 0 if refused else len(load.rows),
        "corrected": corrected,
        "rejected": [_plain(rejection, word) for rejection in load.rejected],
        "warnings": [] if refused else [_plain(warning, word) for warning in load.warnings],
    }


def _plain(rejection: Rejection, word: Word) -> dict[str, Any]:
    return {"line": rejection.line, "field": rejection.field, "reason": word(rejection)}


def _known_by_name(sheet: Sheet, names: Mapping[str, str], optional: tuple[str, ...]) -> Sheet:
    """The sheet with the names of the columns as the rules know them, and empty columns for ``optional`` ones that are
    not there."""
    header = [names.get(name.casefold(), name) for name in sheet.header]
    absent = [name for name in optional if name not in header]
    rows = [
        (
            line,
            None if row is None else [*map(as_written, row), *([""] * len(absent) if len(row) == len(header) else [])],
        )
        for line, row in sheet.rows
    ]
    return Sheet([*header, *absent], rows)


def refuse_slashes(sheet: Sheet, column: str) -> tuple[Sheet, list[Rejection]]:
    """The sheet without the rows whose code has a slash, which no page could be called by; and why."""
    if column not in sheet.header:
        return sheet, []
    place = sheet.header.index(column)
    bad = {line: row[place].strip() for line, row in sheet.rows if row and place < len(row) and "/" in row[place]}
    told = [Rejection(line, column, "slash_code", {"value": shortened(code)}) for line, code in bad.items()]
    return Sheet(sheet.header, [(line, row) for line, row in sheet.rows if line not in bad]), told


def _check(db: Connection, kind: str, sheet: Sheet, today: date, *, correct: bool) -> _Load:
    if kind == "holidays":
        days = frozenset[str]() if correct else frozenset(db.execute(sa.select(holidays.c.date)).scalars())
        found = check_holidays(sheet, days)
        listed = [msgspec.structs.asdict(row) for row in found.rows]
        return _Load(holidays, "date", "", listed, [], found.rejected, found.warnings)
    there = known(db)
    if correct:
        there = _without_own(db, there, sheet)
    if kind == "corners":
        corners = check_corners(sheet, there)
        rows = [corner_values(row) for row in corners.rows]
        return _Load(schema.corners, "code", "corner", rows, [], corners.rejected, corners.warnings)
    if kind == "producers":
        producers = check_producers(sheet, there, today)
        rows = [producer_values(row) for row in producers.rows]
        personal = [_contact(row) for row in producers.rows]
        return _Load(schema.producers, "code", "producers", rows, personal, producers.rejected, producers.warnings)
    products = check_products(sheet, there)
    ends = _ends(db)
    rows = [product_values(row) for row in products.rows]
    rows = [row | {"producer": ends.get(row["producer"], row["producer"])} for row in rows]
    makers = {row.sku: row.producer_code for row in products.rows}
    return _Load(schema.products, "sku", "catalogue", rows, [], products.rejected, products.warnings, makers)


def _without_own(db: Connection, there: Known, sheet: Sheet) -> Known:
    """What is there without the codes that may come again, and without the barcodes of the goods in the sheet. What was
    merged or whose person was erased may not."""

    def merged(table: sa.Table) -> frozenset[str]:
        return frozenset(db.execute(sa.select(next(iter(table.primary_key))).where(table.c.alias_of != "")).scalars())

    place = sheet.header.index("sku") if "sku" in sheet.header else None
    skus = {row[place].strip() for _line, row in sheet.rows if row and place is not None and place < len(row)}
    goods, persons = schema.products, schema.producer_contacts
    erased = frozenset(db.execute(sa.select(persons.c.code).where(persons.c.personal == ERASED)).scalars())
    rows = db.execute(sa.select(goods.c.sku, goods.c.barcode).where(goods.c.barcode != ""))
    return replace(
        there,
        producer_codes=there.producer_codes if place is not None else merged(schema.producers) | erased,
        skus=merged(goods),
        barcodes={barcode for sku, barcode in rows if sku not in skus},
        corner_codes=frozenset[str](),
    )


def _ends(db: Connection) -> dict[str, str]:
    """The producers that were merged, and which stands for each."""
    table = schema.producers
    return {
        row[0]: row[1] for row in db.execute(sa.select(table.c.code, table.c.alias_of).where(table.c.alias_of != ""))
    }


def known(db: Connection) -> Known:
    """Codes and barcodes of the registry."""

    def values(column: sa.Column[str]) -> frozenset[str]:
        return frozenset(db.execute(sa.select(column).where(column != "")).scalars())

    return Known(
        producer_codes=values(schema.producers.c.code),
        skus=values(schema.products.c.sku),
        barcodes=values(schema.products.c.barcode),
        corner_codes=values(schema.corners.c.code),
    )


def _store(centre: Centre, db: Connection, load: _Load, by: str) -> int:
    """Insert what is new and correct what is there; how many were there and changed."""
    table = load.table
    codes = {row[load.key] for row in load.rows}
    there = {row[load.key]: {**row} for row in db.execute(sa.select(table)).mappings() if row[load.key] in codes}
    if not load.scope:
        put(db, table, load.rows)
        return sum(row[load.key] in there and row != there[row[load.key]] for row in load.rows)
    new = [row for row in load.rows if row[load.key] not in there]
    if new:
        first = take_positions(db, load.scope, len(new))
        db.execute(sa.insert(table), [{**row, "position": first + n} for n, row in enumerate(new)])
    persons = _store_persons(db, load.personal)
    old = [row for row in load.rows if row[load.key] in there]
    changed = [row for row in old if row[load.key] in persons or _differs(there[row[load.key]], row)]
    for row in changed:
        mended = {name: value for name, value in row.items() if value or name not in LEFT}
        if table is schema.producers:
            certificates.correct_row(centre, db, there[row["code"]], mended, by)
        else:
            place = take_positions(db, load.scope, 1)
            db.execute(sa.update(table).where(table.c[load.key] == row[load.key]).values(**mended, position=place))
    if load.makers:
        belong(db, _told_makers(load.makers, load.rows, there))
        lead_along(db)
    return len(changed)


def _told_makers(
    makers: Mapping[str, str], rows: list[dict[str, Any]], there: Mapping[str, Mapping[str, Any]]
) -> dict[str, str]:
    """Goods of which the file says whose they are. Where it names who stands for their producer, as an export does, it
    says nothing new."""
    before = {sku: row["producer"] for sku, row in there.items()}
    return {row["sku"]: makers[row["sku"]] for row in rows if makers[row["sku"]] != before.get(row["sku"])}


def _differs(before: Mapping[Any, Any], row: dict[str, Any]) -> bool:
    return any(before[name] != value for name, value in row.items() if value or name not in LEFT)


def _store_persons(db: Connection, found: list[dict[str, Any]]) -> set[str]:
    """What identifies persons: filled in where there was nothing, corrected where something else stood, and nothing
    where a person was erased. The codes of those that changed."""
    table = schema.producer_contacts
    there = {row.code: row.personal for row in db.execute(sa.select(table))} if found else {}
    rows = []
    for one in found:
        before, told = there.get(one["code"]), {name: value for name, value in one["personal"].items() if value}
        if told and before != ERASED:
            plain = msgspec.json.decode(before) if before else {}
            if plain | told != plain:
                rows.append({"code": one["code"], "personal": msgspec.json.encode(plain | told).decode()})
    put(db, table, rows)
    return {row["code"] for row in rows}


def producer_values(row: ProducerRow) -> dict[str, Any]:
    """The columns of a producer; what identifies a person is not among them."""
    return {
        "code": row.producer_code,
        "business_name": row.business_name,
        "kelurahan": row.kelurahan,
        "class": row.class_,
        "payout_terms": row.payout_terms,
        "nib": row.nib,
        "pirt": row.pirt,
        "halal_no": row.halal_no,
        "halal_expires": row.halal_expires.isoformat() if row.halal_expires else None,
        "joined_on": row.joined_on.isoformat() if row.joined_on else None,
    }


def _contact(row: ProducerRow) -> dict[str, Any]:
    return {"code": row.producer_code, "personal": {name: getattr(row, name) for name in PERSONAL}}


def product_values(row: ProductRow) -> dict[str, Any]:
    """The columns of a product."""
    plain = msgspec.structs.asdict(row)
    del plain["producer_code"]
    return {
        **plain,
        "barcode": row.barcode or "",
        "producer": row.producer_code,
        "needs_pirt": int(row.needs_pirt),
        "needs_halal": int(row.needs_halal),
        "e_katalog": int(row.e_katalog),
    }
