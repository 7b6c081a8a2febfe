"""Labels as a use case: which goods, how many, their barcodes; and where the labels are printed.

Goods without a barcode get one of the in-store range, ``20`` + corner (4 digits) + till (1) + number (5) + check digit:
numbers are given in order by each till, so two tills and two corners never give the same one. It is registered with the
goods at once, so a scan of the label finds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar, Final, Literal
from zlib import crc32

import msgspec

from pos_app.domain.errors import RuleError, UnknownCode
from pos_app.domain.formats import rupiah
from pos_app.domain.product import Product
from pos_app.i18n import _
from pos_app.ledger import drafts, listing, queries, registry
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.sqlite import Connection
from pos_app.printing import labels as drawing
from pos_app.printing.devices import Device, File, Network, PdfFolder
from pos_app.printing.labels import Label
from pos_app.printing.spooler import OsSpooler
from pos_app.services.context import Counter
from pos_app.services.printing import NETWORK_PORT, PrinterSettings, roll_device
from sync.documents.goods import GoodsReceived
from sync.documents.identifiers import in_store_ean13, is_ean13

Output = Literal["pdf", "label", "receipt"]
SLOT: Final = "labels"
LAST_NUMBER: Final = "labels.last_number"
"""Setting: the last in-store number this till gave, so that none is given twice when goods go."""
DEVICE: Final = "labels.device"
"""Setting: the label printer (TSPL): a name in the system, ``host:port``, or a path."""
FOLDER: Final = "labels.folder"
"""Setting: where PDFs of labels go."""
MOST_NUMBERS: Final = 99_999
MOST_LABELS: Final = 2_000
"""In one go: more is a slip of the finger."""
ONE: Final = 1000


class NoBarcodesLeft(RuleError):
    """This till gave all numbers of its range."""

    name: ClassVar[str] = "no_barcodes_left"


class NothingToLabel(RuleError):
    """No goods are chosen, too many labels at once, or no printer for them."""

    name: ClassVar[str] = "nothing_to_label"


class Line(msgspec.Struct, frozen=True):
    """Goods to label, and how many labels."""

    sku: str
    count: int


class Wish(msgspec.Struct):
    """What is to be printed; kept as a draft, so another screen can add to it."""

    lines: list[Line] = []
    stock: str = "40x30"
    start: int = 0
    output: Output = "pdf"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """Where labels go: a folder for PDFs and a label printer."""

    folder: str
    device: str


def wish(db: Connection) -> Wish:
    """What is to be labelled."""
    draft = drafts.load(db, SLOT)
    try:
        found = msgspec.json.decode(draft.body, type=Wish) if draft else Wish()
    except (msgspec.DecodeError, msgspec.ValidationError):
        return Wish()
    return found if found.stock in drawing.STOCKS else Wish(found.lines)


def keep(counter: Counter, wanted: Wish) -> None:
    """Keep it for later."""
    drafts.save(counter.db, SLOT, counter.clock().isoformat(timespec="seconds"), msgspec.json.encode(wanted).decode())


def add(counter: Counter, lines: Sequence[Line]) -> None:
    """Put goods on the list; what is on it already is counted up."""
    wanted = wish(counter.db)
    counts = {line.sku: line.count for line in wanted.lines}
    for line in lines:
        counts[line.sku] = counts.get(line.sku, 0) + line.count
    wanted.lines = [Line(sku, count) for sku, count in counts.items()]
    keep(counter, wanted)


def of_last_delivery(db: Connection) -> list[Line]:
    """A label for each piece of the newest delivery; goods sold by weight get one."""
    seq = listing.newest(db, ("goods_received",))
    entry = queries.entry_by_seq(db, seq) if seq else None
    if entry is None or not isinstance(entry.document, GoodsReceived):
        return []
    return of_goods(db, ((line.sku, line.quantity) for line in entry.document.lines))


def of_goods(db: Connection, goods: Iterable[tuple[str, int]]) -> list[Line]:
    """A label for each piece of goods (code, thousandths); goods sold by weight get one."""
    counts: dict[str, int] = {}
    for sku, quantity in goods:
        product = queries.product(db, sku)
        pieces = 1 if product is None or product.fractional else max(1, quantity // ONE)
        counts[sku] = counts.get(sku, 0) + pieces
    return [Line(sku, count) for sku, count in counts.items()]


# Barcodes ------------------------------------------------------------------------------------------------------------


def series(identity: Identity) -> int:
    """The first number of this till's range, of ten digits: corner, till, and five zeros."""
    digits = "".join(sign for sign in identity.corner if sign.isdigit())[-4:]
    corner = int(digits) if digits else crc32(identity.corner.encode()) % 10_000
    letter = identity.till[:1].upper()
    till = ord(letter) - ord("A") + 1 if "A" <= letter <= "I" else 0
    return (corner * 10 + till) * 100_000


def ensure_barcode(ledger: Ledger, sku: str) -> str:
    """The product's own barcode; where it has none, the next in-store one, registered. Raises ``UnknownCode``.

    A code that other producers' goods carry, too, is none of its own: its scan would ask which is meant.
    """
    with ledger.write() as tx:
        if queries.product(tx.db, sku) is None:
            raise UnknownCode(sku)
        found = [code for code in registry.barcodes(tx.db, sku) if registry.carriers(tx.db, code) == 1]
        best = next((code for code in found if is_ean13(code)), next(iter(found), ""))
        if best:
            return best
        code = _next_code(tx.db, ledger.identity)
        registry.add_barcode(tx.db, sku, code)
        return code


def _next_code(db: Connection, identity: Identity) -> str:
    """The number after the last one; codes that something else carries already are left out."""
    last = queries.setting(db, LAST_NUMBER, "0")
    first = series(identity)
    for number in range(int(last) + 1 if last.isdecimal() else 1, MOST_NUMBERS + 1):
        code = in_store_ean13(first + number)
        if not registry.carriers(db, code):
            registry.set_setting(db, LAST_NUMBER, str(number))
            return code
    raise NoBarcodesLeft


# Printing ------------------------------------------------------------------------------------------------------------


def make(ledger: Ledger, wanted: Wish) -> list[tuple[Label, int]]:
    """The labels with their counts; goods without a barcode get one. Raises ``NothingToLabel``, ``UnknownCode``."""
    if not 1 <= sum(line.count for line in wanted.lines) <= MOST_LABELS:
        raise NothingToLabel
    made = []
    for line in wanted.lines:
        code = ensure_barcode(ledger, line.sku)
        product = queries.product(ledger.db, line.sku)
        if product is None:
            raise UnknownCode(line.sku)
        made.append((label_of(product, code, wanted.note), line.count))
    return made


def label_of(product: Product, code: str, note: str = "") -> Label:
    """What a label says of a product; ``note`` is an ISO date up to which it is good, or any words."""
    unit = "" if product.unit == "pcs" else f"/{product.unit}"
    return Label(product.name, f"{rupiah(product.sell_price)}{unit}", product.producer_name, code, note_words(note))


def note_words(note: str) -> str:
    """An ISO date as ``exp 28/11/26``, since labels are narrow; other words as they are."""
    try:
        return _("exp {date}").format(date=f"{date.fromisoformat(note):%d/%m/%y}")
    except ValueError:
        return note


def places(counter: Counter) -> Places:
    """As set; PDFs go beside the ledger where nothing else is set."""
    default = str(counter.ledger.path.parent / "labels")
    return Places(queries.setting(counter.db, FOLDER, default), queries.setting(counter.db, DEVICE, ""))


def keep_places(counter: Counter, chosen: Places) -> None:
    """For the next time."""
    with counter.ledger.write() as tx:
        registry.set_setting(tx.db, FOLDER, chosen.folder)
        registry.set_setting(tx.db, DEVICE, chosen.device)


def label_device(target: str) -> Device:
    """A label printer by path, ``host:port`` or its name in the system."""
    host, colon, port = target.rpartition(":")
    if target.startswith(("/", "\\\\")):
        return File(Path(target))
    if colon and port.isdecimal() and not host.endswith("\\"):
        return Network(host, int(port))
    if target.replace(".", "").isdecimal():
        return Network(target, NETWORK_PORT)
    return OsSpooler(target)


def send(made: Sequence[tuple[Label, int]], wanted: Wish, where: Places, printer: PrinterSettings, name: str) -> str:
    """Draw the labels and send them; on a worker. Gives the path of a PDF, else an empty text.

    Raises ``PrinterFault``; ``NothingToLabel`` where there is no receipt printer.
    """
    stock = drawing.STOCKS[wanted.stock]
    each = [label for label, count in made for _copy in range(count)]
    if wanted.output == "pdf":
        return str(PdfFolder(Path(where.folder)).write(drawing.to_pdf(each, stock, wanted.start), name))
    if wanted.output == "label":
        label_device(where.device).send(drawing.to_tspl(made, stock), name)
        return ""
    device = roll_device(printer)
    if device is None or device.format != "escpos":
        raise NothingToLabel
    device.send(drawing.to_escpos(each, stock, printer.roll), name)
    return ""
