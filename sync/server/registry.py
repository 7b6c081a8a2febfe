"""The centre's registry from spreadsheets: corners, producers, products. All rows of a file or none."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.registry_reasons import Rejection
from sync.protocol.registry_rows import (
    CornerRow,
    Known,
    ProducerRow,
    ProductRow,
    Sheet,
    check_corners,
    check_producers,
    check_products,
)
from sync.protocol.spreadsheets import read_rows
from sync.server import schema
from sync.server.centre import Centre
from sync.server.dialect import only_one, writing
from sync.server.errors import CentreError
from sync.server.feeds import take_positions
from sync.server.officers import note

KINDS = ("corners", "producers", "products")
Word = Callable[[Rejection], str]
"""Words the reason of a refusal or report for people."""
PERSONAL = ("owner_name", "phone", "npwp", "bank_name", "bank_account")
"""Columns of a producer that identify a person: kept apart, in no feed and on no page."""


class _Load(NamedTuple):
    """Rows for a table whose feed is ``scope``, and for the table of personal data."""

    table: sa.Table
    scope: str
    rows: list[dict[str, Any]]
    personal: list[dict[str, Any]]
    rejected: list[Rejection]
    warnings: list[Rejection]


def in_english(rejection: Rejection) -> str:
    """Why a field is refused or reported, as it stands."""
    return rejection.english


def import_file(
    centre: Centre, kind: str, path: Path, *, skip_bad: bool = False, word: Word = in_english, by: str = ""
) -> dict[str, Any]:
    """Import a CSV or XLSX file; what ``pojok import --json`` prints, its reasons worded by ``word``. The audit tells
    of ``by``, an officer, where one is named.

    Raises ``UnreadableFile``, or ``CentreError`` when the kind is unknown.
    """
    if kind not in KINDS:
        raise CentreError("unknown_kind", kind=kind, kinds=", ".join(KINDS))
    sheet = read_rows(path)
    with writing(centre.engine) as db:
        only_one(db, "deciding")
        load = _check(db, kind, sheet, date.fromisoformat(centre.today()))
        refused = bool(load.rejected) and not skip_bad
        if not refused:
            _store(db, load)
            if by and load.rows:
                note(centre, db, by, "import", kind, str(len(load.rows)))
    return {
        "imported": 0 if refused else len(load.rows),
        "rejected": [_plain(rejection, word) for rejection in load.rejected],
        "warnings": [] if refused else [_plain(warning, word) for warning in load.warnings],
    }


def _plain(rejection: Rejection, word: Word) -> dict[str, Any]:
    return {"line": rejection.line, "field": rejection.field, "reason": word(rejection)}


def _check(db: Connection, kind: str, sheet: Sheet, today: date) -> _Load:
    there = known(db)
    if kind == "corners":
        corners = check_corners(sheet, there)
        rows = [_corner(row) for row in corners.rows]
        return _Load(schema.corners, "corner", rows, [], corners.rejected, corners.warnings)
    if kind == "producers":
        producers = check_producers(sheet, there, today)
        rows = [producer_values(row) for row in producers.rows]
        personal = [_contact(row) for row in producers.rows]
        return _Load(schema.producers, "producers", rows, personal, producers.rejected, producers.warnings)
    products = check_products(sheet, there)
    rows = [product_values(row) for row in products.rows]
    return _Load(schema.products, "catalogue", rows, [], products.rejected, products.warnings)


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


def _store(db: Connection, load: _Load) -> None:
    if not load.rows:
        return
    if load.personal:
        db.execute(sa.insert(schema.producer_contacts), load.personal)
    first = take_positions(db, load.scope, len(load.rows))
    db.execute(sa.insert(load.table), [{**row, "position": first + n} for n, row in enumerate(load.rows)])


def _corner(row: CornerRow) -> dict[str, Any]:
    return {
        "code": row.corner_code,
        "name": row.name,
        "kind": row.kind,
        "address": row.address,
        "postcode": row.postcode,
        "staff_count": row.staff_count or 0,
    }


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
    personal = {name: getattr(row, name) for name in PERSONAL}
    return {"code": row.producer_code, "personal": msgspec.json.encode(personal).decode()}


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
