"""The registry as spreadsheets: the files that ``pojok import`` reads, with the prices that hold at the corner now.

What is written is judged by the rules of the import itself (``data`` rules, sync/protocol/registry_rows), so that
nobody finds out elsewhere what such a file cannot carry: a second barcode of a product, a name without which it is
refused. A text that a spreadsheet takes for a formula stays a text: XLSX marks its cell, and in a CSV a no-break space
stands before it, which the import cuts off.
"""

from __future__ import annotations

import csv
import io
import os
from collections import Counter as Counting
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from pos_app.domain.dates import business_date
from pos_app.domain.errors import LedgerExists, Misuse
from pos_app.domain.formats import percent_number
from pos_app.i18n import _, ngettext
from pos_app.ledger import exports
from pos_app.ledger.persons import Kind as PersonKind
from pos_app.ledger.registry import ERASED, ProducerPersonal, StaffPersonal
from pos_app.ledger.sqlite import faults
from pos_app.ledger.vault import about
from pos_app.services import import_wording, privacy
from pos_app.services.context import Counter
from pos_app.services.private_files import write_new
from pos_app.services.workbooks import guarded
from sync.documents.identifiers import is_ean13
from sync.protocol.registry_reasons import Rejection
from sync.protocol.registry_rows import Known, check_producers, check_products, check_staff
from sync.protocol.registry_tables import Sheet

if TYPE_CHECKING:
    from pos_app.ledger.sqlite import Row

Kind = Literal["producers", "products", "staff"]
Format = Literal["csv", "xlsx"]
KINDS: Final[tuple[Kind, ...]] = ("products", "producers", "staff")
FORMATS: Final[tuple[Format, ...]] = ("xlsx", "csv")
PERSONS: Final[dict[Kind, PersonKind]] = {"producers": "producer", "staff": "staff"}
"""Files that hold personal data, and of whom."""
GUARD: Final = "\u00a0"
"""Stands in a CSV before a text that a spreadsheet would compute. No spreadsheet cuts it off, the import does."""
IN_STORE: Final = "20"
COLUMNS: Final[dict[Kind, tuple[str, ...]]] = {
    "producers": (
        *("producer_code", "business_name", "owner_name", "phone", "kelurahan", "class", "nib", "pirt", "halal_no"),
        *("halal_expires", "npwp", "bank_name", "bank_account", "payout_terms", "joined_on"),
    ),
    "products": (
        *("sku", "barcode", "name", "category", "unit", "producer_code", "pricing", "consign_price", "commission_bp"),
        *("sell_price", "shelf_life_days", "min_stock", "needs_pirt", "needs_halal", "e_katalog", "tkdn_percent"),
    ),
    "staff": ("staff_code", "name", "nip", "unit", "tab_limit"),
}
TOLD_EVERY: Final = 200
"""Rows of a workbook between two words about the progress."""

Line = list[str | int]
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written: its rows, what an import would refuse or report of it by line, and how many further
    barcodes found no room in it."""

    path: Path
    rows: int
    refused: tuple[Rejection, ...]
    codes_left_out: int


def needs_manager(kind: Kind) -> bool:
    """Whether the file holds personal data, so that a manager has to confirm it."""
    return kind in PERSONS


def export(counter: Counter, kind: Kind, path: Path, approved_by: str | None = None) -> Exported:
    """Writes a file under this very name, which is not there yet; ``.csv`` or ``.xlsx``.

    Personal data needs a manager, and each person's is kept as a look. Raises ``ManagerNeeded``, ``LedgerExists`` for
    a file that is there, ``Misuse`` for another ending, locked names or what no spreadsheet holds, and the faults of
    the disk.
    """
    kind_of_file = path.suffix.lower().removeprefix(".")
    if kind_of_file not in FORMATS:
        raise Misuse(_("Name a file that ends with .csv or .xlsx."))
    if path.exists():
        raise LedgerExists(str(path))
    content, made = _made(counter, kind, kind_of_file, approved_by)
    with faults(path):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    return _told(path, made)


def export_into(
    counter: Counter,
    kind: Kind,
    folder: Path,
    file_format: Format,
    approved_by: str | None = None,
    tell: Tell | None = None,
) -> Exported:
    """The same into a folder, under a name with the corner, the kind and today's date. Run it on a worker.

    ``tell`` hears of rows done and in all; what it raises ends the export before anything is written or logged.
    """
    content, made = _made(counter, kind, file_format, approved_by, tell)
    today = business_date(counter.clock())
    stem = f"{kind}-{counter.ledger.identity.corner}-{today.isoformat()}"
    return _told(write_new(folder, stem, file_format, content), made)


def remarks(exported: Exported) -> list[str]:
    """What a person should know of the file, as sentences."""
    found = [import_wording.sentence(rejection) for rejection in exported.refused]
    if exported.codes_left_out:
        count = exported.codes_left_out
        words = ngettext(
            "{count} further barcode is not in the file: it has room for one a product.",
            "{count} further barcodes are not in the file: it has room for one a product.",
            count,
        )
        found.append(words.format(count=count))
    return found


@dataclass(frozen=True, slots=True)
class _Made:
    lines: list[Line]
    refused: tuple[Rejection, ...]
    codes_left_out: int


def _made(
    counter: Counter, kind: Kind, file_format: Format, approved_by: str | None, tell: Tell | None = None
) -> tuple[bytes, _Made]:
    if needs_manager(kind):
        counter.require_manager("export_registry", approved_by)
    left_out, codes = 0, _codes(counter, kind)
    if kind == "products":
        barcodes, left_out = codes
        lines = [_product(row, barcodes.get(row["sku"], "")) for row in exports.products(counter.db)]
    elif kind == "producers":
        lines = [_producer(counter, row) for row in exports.producers(counter.db)]
    else:
        lines = [line for row in exports.staff(counter.db) if (line := _member(counter, row)) is not None]
    made = _Made(lines, tuple(_judged(counter, kind, lines)), left_out)
    content = to_csv(kind, lines) if file_format == "csv" else to_xlsx(kind, lines, tell)
    _log(counter, kind, lines, approved_by)
    return content, made


def _told(path: Path, made: _Made) -> Exported:
    return Exported(path, len(made.lines), made.refused, made.codes_left_out)


def _log(counter: Counter, kind: Kind, lines: list[Line], approved_by: str | None) -> None:
    """Who took which file away; of personal data a look at each person."""
    with counter.ledger.write() as tx:
        counter.log(tx.db, "registry_exported", kind, approved_by)
    if kind in PERSONS:
        seen = [str(line[0]) for line in lines if _tells(kind, line)]
        privacy.look_at_all(counter, PERSONS[kind], seen, "export", counter.who(approved_by))


def _tells(kind: Kind, line: Line) -> bool:
    """Whether a line holds personal data; the centre's other producers are names of businesses."""
    if kind == "staff":
        return True
    personal = ("owner_name", "phone", "npwp", "bank_name", "bank_account")
    return any(line[COLUMNS[kind].index(column)] for column in personal)


# Rows ----------------------------------------------------------------------------------------------------------------


def _producer(counter: Counter, row: Row) -> Line:
    plain = _unsealed(counter, "producer", row["code"], row["personal"])
    person = msgspec.json.decode(plain, type=ProducerPersonal) if plain else ProducerPersonal()
    phone = person.phone
    return [
        *(row["code"], row["business_name"], person.owner_name, f"0{phone[3:]}" if phone.startswith("+62") else phone),
        *(row["kelurahan"], row["class"], row["nib"], row["pirt"], row["halal_no"], row["halal_expires"] or ""),
        *(person.npwp, person.bank_name, person.bank_account, row["payout_terms"], row["joined_on"] or ""),
    ]


def _member(counter: Counter, row: Row) -> Line | None:
    """None for who was anonymised: without a name nobody is imported."""
    if row["personal"] == ERASED:
        return None
    plain = _unsealed(counter, "staff", row["code"], row["personal"])
    person = msgspec.json.decode(plain, type=StaffPersonal) if plain else StaffPersonal()
    return [row["code"], person.name, person.nip, row["unit"], row["tab_limit"]]


def _unsealed(counter: Counter, kind: PersonKind, code: str, sealed: bytes | None) -> bytes | None:
    if not sealed:
        return None
    plain = counter.vault.unseal(sealed, about(kind, code))
    if plain is None:
        raise Misuse(_("Names are locked on this computer. Enter the recovery code first, then export."))
    return plain


def _product(row: Row, barcode: str) -> Line:
    by_share = row["pricing"] == "komisi"
    return [
        *(row["sku"], barcode, row["name"], row["category"], row["unit"], row["producer"], row["pricing"]),
        "" if by_share or row["consign_price"] is None else row["consign_price"],
        row["commission_bp"] if by_share and row["commission_bp"] is not None else "",
        row["sell_price"],
        "" if row["shelf_life_days"] is None else row["shelf_life_days"],
        -(-row["min_stock"] // 1000),
        *("yes" if row[column] else "no" for column in ("needs_pirt", "needs_halal", "e_katalog")),
        _percent(row["tkdn_bp"]),
    ]


def _percent(points: int | None) -> str:
    return percent_number(points).replace(",", ".")


def _codes(counter: Counter, kind: Kind) -> tuple[dict[str, str], int]:
    """The one barcode of each product that an import takes, and how many codes find no room.

    A code of its own comes before one that other goods carry, too, which is given once; a maker's before one of ours.
    """
    if kind != "products":
        return {}, 0
    found = exports.barcodes(counter.db)
    carriers = Counting(code for codes in found.values() for code in codes)
    chosen: dict[str, str] = {}
    given: set[str] = set()
    for sku, codes in found.items():
        fit = [code for code in codes if is_ean13(code) and code not in given]
        if fit:
            chosen[sku] = min(fit, key=lambda code: (carriers[code] > 1, code.startswith(IN_STORE), code))
            given.add(chosen[sku])
    return chosen, sum(map(len, found.values())) - len(chosen)


def _judged(counter: Counter, kind: Kind, lines: list[Line]) -> Iterator[Rejection]:
    """What an import into an empty ledger would say of these rows; the header is line 1."""
    columns = list(COLUMNS[kind])
    sheet = Sheet(columns, [(place, [str(value) for value in line]) for place, line in enumerate(lines, start=2)])
    if kind == "products":
        producers = frozenset(str(line[columns.index("producer_code")]) for line in lines)
        products = check_products(sheet, Known(producer_codes=producers))
        yield from (*products.rejected, *products.warnings)
    elif kind == "producers":
        found = check_producers(sheet, Known(), business_date(counter.clock()))
        yield from (*found.rejected, *found.warnings)
    else:
        staff = check_staff(sheet, Known())
        yield from (*staff.rejected, *staff.warnings)


# Files ---------------------------------------------------------------------------------------------------------------


def to_csv(kind: Kind, lines: Sequence[Line]) -> bytes:
    """UTF-8, commas, LF, quoted where needed."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS[kind])
    for line in lines:
        writer.writerow([guarded(value, GUARD) for value in line])
    return buffer.getvalue().encode()


def to_xlsx(kind: Kind, lines: Sequence[Line], tell: Tell | None = None) -> bytes:
    """One sheet; money and counts are numbers, everything else is text. Raises ``Misuse`` for what no cell holds."""
    from openpyxl import Workbook  # late: the command line may write a CSV
    from openpyxl.utils.exceptions import IllegalCharacterError

    from pos_app.services.workbooks import cells

    book = Workbook(write_only=True)
    sheet = book.create_sheet(kind)
    try:
        for done, line in enumerate((COLUMNS[kind], *lines)):
            if tell is not None and done % TOLD_EVERY == 0:
                tell(done, len(lines))
            row = cells(sheet, [None if value == "" else value for value in line])
            for cell in row:
                if isinstance(cell.value, str):
                    cell.number_format = "@"
            sheet.append(row)
    except BaseException as error:
        book.save(io.BytesIO())  # the rows so far lie in a temporary file, which nothing else removes
        if isinstance(error, IllegalCharacterError):
            raise Misuse(_("A text has signs that no spreadsheet holds. Export CSV instead.")) from None
        raise
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
