"""Producers and products that an officer writes down or corrects, one at a time, by the rules of the spreadsheets."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

from sqlalchemy.engine import Connection

from sync.protocol.facts import Kind
from sync.protocol.registry_reasons import Rejection
from sync.protocol.registry_rows import ProducerRow, ProductRow, check_producers, check_products
from sync.protocol.registry_tables import Sheet
from sync.server.access.officers import note
from sync.server.centre import Centre
from sync.server.database.dialect import only_one
from sync.server.errors import CentreError
from sync.server.registry import certificates, deciding
from sync.server.registry import spreadsheets as registry
from sync.server.registry.aliases import belong, lead_along

COLUMNS: Final[dict[Kind, tuple[str, ...]]] = {
    "producer": tuple(name.rstrip("_") for name in ProducerRow.__struct_fields__),
    "product": tuple(name.replace("tkdn_bp", "tkdn_percent") for name in ProductRow.__struct_fields__),
}


def shown(row: Any) -> dict[str, str]:
    """A row of the registry as the texts of a form, by the names of the spreadsheets."""
    plain = {name: "" if value is None else str(value) for name, value in deciding.values_of(row).items()}
    if "sku" not in plain:
        return plain | {"producer_code": plain["code"]}
    flags = {name: "yes" if plain[name] == "1" else "" for name in ("needs_pirt", "needs_halal", "e_katalog")}
    share = "" if row.tkdn_bp is None else f"{row.tkdn_bp // 100}.{row.tkdn_bp % 100:02d}"
    return plain | flags | {"producer_code": row.producer, "tkdn_percent": share}


def add(centre: Centre, db: Connection, kind: Kind, texts: dict[str, str], by: str) -> list[Rejection]:
    """Take one row into the registry; what is wrong with it, and then nothing is changed."""
    only_one(db, "deciding")
    values, wrong = _check(centre, db, kind, texts, before=None)
    if not wrong:
        note(centre, db, by, f"{kind}_added", values[_KEYS[kind]])
        deciding.publish(db, kind, [values])
        if kind == "product":
            belong(db, {values["sku"]: texts["producer_code"].strip()})
    return wrong


def change(
    centre: Centre, db: Connection, kind: Kind, code: str, texts: dict[str, str], by: str, mark: str
) -> list[Rejection]:
    """Correct a row of the registry that stands for itself; the tills hear of it with the feed. Texts that are not
    named stay. Gives what is wrong, and then nothing is changed.

    ``mark`` names the state that the officer saw. Raises ``CentreError``.
    """
    only_one(db, "deciding")
    row = deciding.row_of(db, kind, code)
    if row.alias_of:
        raise CentreError("merged_already", proposal=code, target=row.alias_of)
    if mark != mark_of(row):
        raise CentreError("row_changed", proposal=code)
    values, wrong = _check(centre, db, kind, shown(row) | texts | {COLUMNS[kind][0]: code}, before=row)
    before, maker = deciding.values_of(row), texts.get("producer_code", "").strip()
    changed = [name for name, value in values.items() if before[name] != value]
    if kind == "product" and not wrong and maker not in ("", row.producer) and belong(db, {code: maker}):
        changed = [name for name in values if name in (*changed, "producer")]  # also where only their way back is new
    if changed:
        note(centre, db, by, f"{kind}_changed", code, ", ".join(changed))
        if kind == "producer":
            certificates.correct_row(centre, db, before, values, by)
        else:
            deciding.publish(db, kind, [before | values])
            lead_along(db)
    return wrong


def mark_of(row: Any) -> str:
    """What tells this state of a row from another."""
    return str(row.position)


_KEYS: Final[dict[Kind, str]] = {"producer": "code", "product": "sku"}


def _check(
    centre: Centre, db: Connection, kind: Kind, texts: dict[str, str], before: Any | None
) -> tuple[dict[str, Any], list[Rejection]]:
    """The values of a row, empty where something is wrong with it; what a spreadsheet only reports is wrong here."""
    header = list(COLUMNS[kind])
    sheet = Sheet(header, [(1, [texts.get(name, "") for name in header])])
    if before is None and (slashes := registry.refuse_slashes(sheet, header[0])[1]):
        return {}, slashes
    known = registry.known(db)
    if kind == "producer":
        others = replace(known, producer_codes=_without(known.producer_codes, before and before.code))
        producers = check_producers(sheet, others, date.fromisoformat(centre.today()))
        wrong = producers.rejected + producers.warnings
        return ({}, wrong) if wrong else (registry.producer_values(producers.rows[0]), [])
    skus, barcodes = _without(known.skus, before and before.sku), _without(known.barcodes, before and before.barcode)
    products = check_products(sheet, replace(known, skus=skus, barcodes=barcodes))
    if wrong := products.rejected + products.warnings:
        return {}, wrong
    values = registry.product_values(products.rows[0])
    return values | {"producer": deciding.standing(db, "producer", values["producer"])}, []


def _without(codes: Any, code: str | None) -> frozenset[str]:
    return frozenset(codes) - {code}
