"""Goal 13: products from CSV and XLSX with all checks, against a bare read and one bulk insert."""

import csv
import shutil
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import openpyxl

from bench.catalogue import new_ledger, product_rows
from bench.measure import Figure, Timed, bare_transaction, paired, seconds_of
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.sqlite import connect
from pos_app.ledger.vault import Vault
from pos_app.services.registering import import_file

HEADER = (
    *("sku", "barcode", "name", "category", "unit", "producer_code", "pricing", "consign_price", "commission_bp"),
    *("sell_price", "shelf_life_days", "min_stock", "needs_pirt", "needs_halal", "e_katalog", "tkdn_percent"),
)
Reader = Callable[[Path], Iterable[Sequence[Any]]]
TODAY = date(2026, 10, 1)
YES_NO = {True: "yes", False: "no"}


def figures(folder: Path, products: int, producers: int, *, pairs: int = 5) -> list[Figure]:
    """Both formats; every run starts from a ledger that knows the producers and no product."""
    ledger, vault = new_ledger(folder, "e", 0, producers)
    ledger.close()
    rows = [fields(row) for row in product_rows(products, producers)]
    files = {"CSV": folder / "products.csv", "XLSX": folder / "products.xlsx"}
    write_csv(files["CSV"], HEADER, rows)
    _write_xlsx(files["XLSX"], rows)
    readers = {"CSV": _read_csv, "XLSX": _read_xlsx}
    found = []
    for kind, path in files.items():
        runs = paired(_import(ledger.path, vault, path), _bare(folder, path, readers[kind]), pairs)
        found.append(runs.figure("13", f"import {products:,} products, {kind}", 2.0, "bare read and insert", "s"))
    return found


def fields(row: msgspec.Struct) -> list[str]:
    """A row of the registry as a spreadsheet holds it, in the order of the reference columns."""
    values = msgspec.structs.astuple(row)
    return [YES_NO[value] if isinstance(value, bool) else "" if value is None else str(value) for value in values]


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A spreadsheet with commas and a header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def _write_xlsx(path: Path, rows: Iterable[Sequence[str]]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in (HEADER, *rows):
        sheet.append(list(row))
    book.save(path)


def _import(template: Path, vault: Vault, path: Path) -> Timed:
    numbers = count()

    def run() -> float:
        fresh = template.with_name(f"import-{next(numbers)}{path.suffix}.db")
        shutil.copyfile(template, fresh)
        ledger = Ledger.open(fresh)
        try:
            return seconds_of(lambda: import_file(ledger, vault, "products", path, TODAY))
        finally:
            ledger.close()
            fresh.unlink()

    return run


def _bare(folder: Path, path: Path, read: Reader) -> Timed:
    def work() -> None:
        fresh = folder / "bare-import.db"
        fresh.unlink(missing_ok=True)
        db = connect(fresh)
        columns = ", ".join(f"{name} TEXT" for name in HEADER[1:])
        db.execute(f"CREATE TABLE products ({HEADER[0]} TEXT PRIMARY KEY, {columns}) STRICT")
        with bare_transaction(db):
            marks = ", ".join("?" * len(HEADER))
            db.executemany(f"INSERT INTO products VALUES ({marks})", read(path))  # noqa: S608 - marks of our own
        db.close()

    return lambda: seconds_of(work)


def _read_csv(path: Path) -> Iterable[Sequence[Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        yield from reader


def _read_xlsx(path: Path) -> Iterable[Sequence[Any]]:
    book = openpyxl.load_workbook(path, read_only=True)
    rows = book.worksheets[0].iter_rows(values_only=True)
    next(rows)
    yield from rows
    book.close()
