"""Rules of the Labels screen: which goods, how many, on which labels, and where to. No Qt.

The list is a draft in the ledger: Stock and Goods In add to it, and a power cut loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from pos_app.domain.errors import AmbiguousCode, UnknownCode, WrongCheckDigit
from pos_app.domain.product import Product
from pos_app.i18n import N_, _, ngettext
from pos_app.ledger import listing, queries, registry
from pos_app.ledger.sqlite import Connection
from pos_app.printing import labels as drawing
from pos_app.services import labels, printing
from pos_app.services.context import Counter
from pos_app.services.goods import find_product
from pos_app.services.labels import Line, Output, Places, Wish
from pos_app.ui.messages import Message, failure, numbered

STOCKS: Final = {
    "40x30": N_("Roll 40 × 30 mm"),
    "50x30": N_("Roll 50 × 30 mm"),
    "a4-24": N_("A4, 3 × 8 (70 × 37 mm)"),
    "a4-65": N_("A4, 5 × 13 (38 × 21 mm)"),
}
OUTPUTS: Final[dict[Output, str]] = {
    "pdf": N_("PDF in a folder"),
    "label": N_("Label printer (TSPL)"),
    "receipt": N_("Receipt printer"),
}
PREVIEW_DOTS: Final = 3.0
"""Dots a millimetre of a sheet on the screen."""
FOUND: Final = 8


@dataclass(frozen=True, slots=True)
class LabelRow:
    """Goods on the list with what their labels carry; ``barcode`` is empty until they are printed."""

    product: Product
    count: int
    barcode: str


class LabelsPresenter:
    """The list of labels and where it is printed."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.wish = Wish()
        self.looked_at = ""
        """Goods whose label is only looked at: unless somebody changes the list, it leaves with the look."""
        self.printed = False
        """Whether all of the list was printed; then it is over once the screen is left."""
        self.read()

    def read(self) -> None:
        """As it was kept; other screens may have added to it."""
        self.wish = labels.wish(self.counter.db)

    def look_at(self, sku: str) -> None:
        """The label of goods that another screen shows; those of a list stay as many as they were."""
        self.read()
        if sku not in [line.sku for line in self.wish.lines]:
            self.wish.lines.append(Line(sku, 1))
            labels.keep(self.counter, self.wish)
            self.looked_at = sku

    def leave(self) -> None:
        """A look and what was printed do not stay on the list."""
        self.read()
        kept = [] if self.printed else [line for line in self.wish.lines if line != Line(self.looked_at, 1)]
        if kept != self.wish.lines:
            self.wish.lines = kept
            labels.keep(self.counter, self.wish)
        self.looked_at, self.printed = "", False

    def _keep_list(self) -> None:
        """Somebody made the list: it stays."""
        self.looked_at, self.printed = "", False
        self._keep()

    def _keep(self) -> None:
        labels.keep(self.counter, self.wish)

    def rows(self) -> list[LabelRow]:
        """The goods of the list; those that are gone from the registry are left out."""
        db = self.counter.db
        found = [(queries.product(db, line.sku), line) for line in self.wish.lines]
        return [
            LabelRow(product, line.count, next(iter(registry.barcodes(db, line.sku)), ""))
            for product, line in found
            if product is not None
        ]

    @property
    def total(self) -> int:
        """Labels in all."""
        return sum(line.count for line in self.wish.lines)

    @property
    def sheet(self) -> bool:
        """Whether they go on sheets."""
        return drawing.STOCKS[self.wish.stock].sheet

    # The list --------------------------------------------------------------------------------------------------------

    def found(self, text: str) -> list[Product]:
        """Goods that a text may mean, best first."""
        return listing.stock_list(self.counter.db, "all", text, "", FOUND) if text.strip() else []

    def scan(self, code: str) -> Message:
        """One more label of the goods with this code."""
        try:
            product = find_product(self.counter.db, code)
        except WrongCheckDigit:
            return numbered(2)
        except AmbiguousCode:
            return Message("W", _("Several producers use this barcode. Type the name and choose."))
        except UnknownCode:
            return numbered(1, code=code)
        return self.add(product)

    def add(self, product: Product, count: int = 1) -> Message:
        """Labels of some goods."""
        labels.add(self.counter, [Line(product.sku, count)])
        self.read()
        self.looked_at, self.printed = "", False
        return Message("S", f"{product.name} +{count}")

    def add_last_delivery(self) -> Message:
        """A label for each piece that came last."""
        lines = labels.of_last_delivery(self.counter.db)
        if not lines:
            return Message("W", _("No delivery yet."))
        self.wish.lines = lines
        self._keep_list()
        text = ngettext("The last delivery: {count} label.", "The last delivery: {count} labels.", self.total)
        return Message("S", text.format(count=self.total))

    def set_count(self, sku: str, text: str) -> bool:
        """How many labels; False for what is no number of labels. 0 takes the goods off the list."""
        if not text.strip().isdecimal() or int(text) > labels.MOST_LABELS:
            return False
        count = int(text)
        changed = [Line(line.sku, count if line.sku == sku else line.count) for line in self.wish.lines]
        self.wish.lines = [line for line in changed if line.count]
        self._keep_list()
        return True

    def clear(self) -> None:
        """Empties the list."""
        self.wish.lines = []
        self._keep_list()

    # What they look like, and where to -------------------------------------------------------------------------------

    def set_stock(self, stock: str) -> None:
        """Other labels; a sheet begins at its first one again."""
        self.wish.stock, self.wish.start = stock, 0
        if self.sheet:
            self.wish.output = "pdf"
        self._keep()

    def set_start(self, place: int) -> None:
        """The first label that is left on a used sheet, 1 for a new one."""
        most = drawing.STOCKS[self.wish.stock].on_a_sheet
        self.wish.start = min(max(place, 1), most) - 1
        self._keep()

    def set_output(self, output: Output) -> None:
        """Another printer."""
        self.wish.output = output
        self._keep()

    def set_note(self, text: str) -> None:
        """Words on every label: a date as typed, or any."""
        self.wish.note = text.strip()
        self._keep()

    def places(self) -> Places:
        """Where PDFs and labels go."""
        return labels.places(self.counter)

    def obstacle(self, places: Places) -> Message | None:
        """What is missing before they can be printed."""
        if not 1 <= self.total <= labels.MOST_LABELS:
            return Message("W", _("Choose goods first: scan them, or type a name. At most 2.000 labels."))
        if self.wish.output == "pdf" and not places.folder:
            return Message("E", _("Say in which folder the PDF goes."))
        if self.wish.output == "label" and not places.device:
            return Message("E", _("Say where the label printer is: its name, address or path."))
        device = printing.printer_settings(self.counter.db).device
        if self.wish.output == "receipt" and device in ("none", "folder"):
            return Message("E", _("There is no receipt printer. Set one in Settings, or choose PDF."))
        return None

    def print_work(self, places: Places) -> Callable[[], str]:
        """What a worker does to give barcodes and print; the path of a PDF comes back, else an empty text."""
        counter, wanted = self.counter, self.wish
        labels.keep_places(counter, places)
        name = f"label-{counter.clock():%Y%m%d-%H%M}"

        def work() -> str:
            with closing(counter.ledger.another()) as own:
                made = labels.make(own, wanted)
                return labels.send(made, wanted, places, printing.printer_settings(own.db), name)

        return work

    def printed_message(self, path: str, count: int) -> Message:
        """After printing."""
        if path:
            text = ngettext("{count} label in {path}", "{count} labels in {path}", count)
            return Message("S", text.format(count=count, path=path))
        return Message("S", ngettext("{count} label printed.", "{count} labels printed.", count).format(count=count))

    def failed_message(self, error: Exception) -> Message:
        """Why it did not work. Errors that are bugs are raised again."""
        return failure(error, self.places().folder)

    def preview_work(self, sku: str) -> Callable[[], tuple[int, int, bytes] | None]:
        """What a worker does to draw the label of one product, or the first sheet: width, height, grey bytes."""
        counter, wanted = self.counter, self.wish

        def work() -> tuple[int, int, bytes] | None:
            with closing(counter.ledger.another()) as own:
                made = [label for label, count in _drawn(own.db, wanted, sku) for _copy in range(count)]
            if not made:
                return None
            stock = drawing.STOCKS[wanted.stock]
            if stock.sheet:
                picture = drawing.sheet_picture(made, stock, wanted.start, PREVIEW_DOTS)
            else:
                picture = drawing.picture(made[0], stock).convert("L")
            return picture.width, picture.height, picture.tobytes()

        return work


def _drawn(db: Connection, wanted: Wish, sku: str) -> list[tuple[drawing.Label, int]]:
    """The labels as they will be; goods without a barcode show the first one of the in-store range."""
    stock = drawing.STOCKS[wanted.stock]
    chosen = wanted.lines if stock.sheet else [line for line in wanted.lines if line.sku == sku][:1]
    made = []
    for line in chosen:
        product = queries.product(db, line.sku)
        if product is not None:
            code = next(iter(registry.barcodes(db, line.sku)), "2000000000008")
            made.append((labels.label_of(product, code, wanted.note), line.count))
    return made
