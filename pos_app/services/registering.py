"""Set up a corner, and import its producers, products and staff."""

import re
import secrets
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
from pos_app.services import import_wording
from sync.protocol.registry_reasons import Rejection, UnreadableFile
from sync.protocol.registry_rows import (
    Checked,
    Known,
    Sheet,
    check_corners,
    check_producers,
    check_products,
    check_staff,
)
from sync.protocol.spreadsheets import read_rows

KINDS = ("producers", "products", "staff")
LONGEST_CORNER = 18
_CORNER_CODE = re.compile(r"[A-Z0-9-]+")


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


def import_file(
    ledger: Ledger, vault: Vault, kind: str, path: Path, today: date, *, skip_bad: bool = False
) -> Imported:
    """Import a spreadsheet: all rows, or none when one is refused, unless ``skip_bad``.

    ``kind`` is one of ``KINDS``. Raises ``Misuse`` for a file that cannot be read.
    """
    try:
        sheet = read_rows(path)
        with ledger.write() as tx:
            checked = _check(kind, sheet, registry.known(tx.db), today)
            if checked.rejected and not skip_bad:
                return Imported(0, checked.rejected, checked.warnings)
            _store(kind, tx.db, checked.rows, vault)
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
