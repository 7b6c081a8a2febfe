"""Set up a corner, and import its producers, products and staff."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pos_app.domain.errors import ImportRefused, Misuse
from pos_app.i18n import _
from pos_app.ledger import registry
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.sqlite import Connection
from pos_app.ledger.vault import Vault
from pos_app.services import import_wording, workbooks
from sync.protocol.registry_reasons import Rejection, UnreadableFile
from sync.protocol.registry_rows import (
    Known,
    ProducerRow,
    ProductRow,
    check_corners,
    check_producers,
    check_products,
    check_staff,
)
from sync.protocol.registry_tables import Checked, Sheet
from sync.protocol.spreadsheets import read_rows

KINDS = ("producers", "products", "staff")
LONGEST_CORNER = 18
STEP = 2_000
"""Rows that are stored between two words about how far it is."""
ROWS_SHOWN = 5
Tell = Callable[[int, int], None]
_CORNER_CODE = re.compile(r"[A-Z0-9-]+")


def _nobody_listens(_done: int, _total: int) -> None:
    """For an import that nobody watches."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: rows taken, and every bad field with its line in the file."""

    imported: int
    rejected: list[Rejection]
    warnings: list[Rejection]

    def as_dict(self) -> dict[str, Any]:
        """The object that ``pojok import --json`` prints."""
        return {
            "imported": self.imported,
            "rejected": [_named(rejection) for rejection in self.rejected],
            "warnings": [_named(rejection) for rejection in self.warnings],
        }


def _named(rejection: Rejection) -> dict[str, Any]:
    return {"line": rejection.line, "field": rejection.field, "reason": import_wording.reason(rejection)}


def corner_identity(corners: Path, code: str, till: str) -> Identity:
    """A new identity for a till of the corner ``code`` in a spreadsheet of corners. Raises ``Misuse``."""
    try:
        checked = check_corners(read_rows(corners))
    except UnreadableFile as error:
        raise Misuse(import_wording.file_reason(error)) from None
    corner = next((row for row in checked.rows if row.corner_code == code), None)
    if corner is None:
        raise Misuse(_("Corner {code} is not in {path}. Check the code.").format(code=code, path=corners))
    return new_identity(corner.corner_code, corner.name, till)


def new_identity(corner: str, corner_name: str, till: str) -> Identity:
    """A random ledger id bound to a corner and a till letter. Raises ``Misuse`` for an impossible corner or till.

    Both stand in every document number, which has room for eighteen letters and digits of the corner.
    """
    if not _CORNER_CODE.fullmatch(corner) or not 1 <= len(corner.replace("-", "")) <= LONGEST_CORNER:
        raise Misuse(
            _(
                "Corner code {code} is not possible. Use capital letters, digits and hyphens, for example MTR-001."
            ).format(code=corner)
        )
    if not (till.isascii() and till.isalpha() and till.isupper() and len(till) <= 2):
        raise Misuse(_("A till is named by one or two capital letters, for example A."))
    return Identity(secrets.token_hex(16), corner, corner_name, till)


@dataclass(frozen=True, slots=True)
class Looked:
    """What an import would do: rows that may come in with the first of them, and every bad field with its line."""

    rows: int
    first: tuple[tuple[str, str, int | None], ...]
    """Code, name (of staff the unit) and price in rupiah, where there is one."""
    rejected: list[Rejection]
    warnings: list[Rejection]


def look(ledger: Ledger, kind: str, path: Path, today: date, *, tell: Tell = _nobody_listens) -> Looked:
    """Read and check a spreadsheet as ``import_file`` does, and store nothing. Raises ``Misuse``."""
    try:
        checked = _check(kind, read_rows(path, tell), registry.known(ledger.db), today)
    except UnreadableFile as error:
        raise Misuse(import_wording.file_reason(error)) from None
    first = tuple(_in_short(row) for row in checked.rows[:ROWS_SHOWN])
    return Looked(len(checked.rows), first, checked.rejected, checked.warnings)


def _in_short(row: Any) -> tuple[str, str, int | None]:
    match row:
        case ProducerRow():
            return row.producer_code, row.business_name, None
        case ProductRow():
            return row.sku, row.name, row.sell_price
    return row.staff_code, row.unit, None


def import_file(
    ledger: Ledger,
    vault: Vault,
    kind: str,
    path: Path,
    today: date,
    *,
    skip_bad: bool = False,
    tell: Tell = _nobody_listens,
) -> Imported:
    """Import a spreadsheet: all rows, or none when one is refused, unless ``skip_bad``.

    ``kind`` is one of ``KINDS``; ``tell`` hears of rows read or stored and of all there are (0: not known yet), and
    what it raises ends the import with nothing stored. Raises ``Misuse`` for a file that cannot be read.
    """
    try:
        sheet = read_rows(path, tell)
        with ledger.write() as tx:
            checked = _check(kind, sheet, registry.known(tx.db), today)
            if checked.rejected and not skip_bad:
                return Imported(0, checked.rejected, checked.warnings)
            for start in range(0, len(checked.rows), STEP):
                tell(start, len(checked.rows))
                _store(kind, tx.db, checked.rows[start : start + STEP], vault)
            tell(len(checked.rows), len(checked.rows))
    except UnreadableFile as error:
        raise Misuse(import_wording.file_reason(error)) from None
    return Imported(len(checked.rows), checked.rejected, checked.warnings)


def _check(kind: str, sheet: Sheet, known: Known, today: date) -> Checked[Any]:
    match kind:
        case "producers":
            return check_producers(sheet, known, today)
        case "products":
            return check_products(sheet, known)
    return check_staff(sheet, known)


def _store(kind: str, db: Connection, rows: list[Any], vault: Vault) -> None:
    match kind:
        case "producers":
            registry.add_producers(db, rows, vault.seal)
        case "products":
            registry.add_products(db, rows)
        case _:
            registry.add_staff(db, rows, vault.seal)


def refuse_if_rejected(result: Imported, *, skip_bad: bool) -> None:
    """Raise ``ImportRefused`` when bad rows kept the whole file out."""
    if result.rejected and not skip_bad:
        raise ImportRefused(len(result.rejected))


def save_problems(folder: Path, found: Looked | Imported) -> Path:
    """The list of refusals and reports as a CSV for whoever mends the file; its path. Raises the faults of the disk.

    It names lines, columns and reasons; of persons it says nothing that the file did not.
    """
    rows: list[tuple[str | int, ...]] = [(_("Line"), _("Column"), _("What"), _("Why"))]
    for what, problems in ((_("refused"), found.rejected), (_("imported without it"), found.warnings)):
        rows += [(one.line, one.field, what, import_wording.reason(one)) for one in problems]
    return workbooks.save(folder, _("import-problems"), "csv", "", rows)
