"""Rules of the first page of a stock count: what can be counted, sheets for it, and which goods stand where. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pos_app.domain.errors import AmbiguousCode, UnknownCode, WrongCheckDigit
from pos_app.domain.product import Product
from pos_app.i18n import _
from pos_app.ledger import counting as kept
from pos_app.ledger import shelves
from pos_app.services import shelving
from pos_app.services.context import Counter
from pos_app.services.counting import Scope
from pos_app.services.goods import find_product
from pos_app.services.reporting import category_words
from pos_app.services.shelving import LONGEST_SHELF
from pos_app.ui.messages import Message, failure, numbered
from pos_app.ui.paper_words import past_the_queue


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """Something that can be counted, and what it is."""

    scope: Scope
    words: str
    kind: str


class ScopePresenter:
    """What there is to choose from."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.rows: list[ScopeRow] = []
        self.text = ""

    def load_work(self) -> Callable[[], list[ScopeRow]]:
        """What a worker does to list everything, shelves, categories and producers."""
        counter = self.counter

        def work() -> list[ScopeRow]:
            with closing(counter.ledger.another()) as own:
                found = [ScopeRow(Scope(), _("Everything"), _("all goods on hand"))]
                found += [ScopeRow(Scope("shelf", name), name, _("shelf")) for name, _count in shelves.shelves(own.db)]
                found += [
                    ScopeRow(Scope("category", code), category_words(code), _("category"))
                    for code in kept.categories(own.db)
                ]
                return found + [
                    ScopeRow(Scope("producer", code), name, _("producer {code}").format(code=code))
                    for code, name in kept.producers(own.db)
                ]

        return work

    def shown(self) -> list[ScopeRow]:
        """What the search leaves."""
        words = self.text.casefold().split()
        return [one for one in self.rows if all(word in f"{one.words} {one.kind}".casefold() for word in words)]

    def scope_of(self, code: str) -> Scope | Message:
        """The shelf of scanned goods, else their producer."""
        product = self.find(code)
        if isinstance(product, Message):
            return product
        shelf = shelves.shelf_of(self.counter.db, product.sku)
        return Scope("shelf", shelf) if shelf else Scope("producer", product.producer)

    def find(self, code: str) -> Product | Message:
        """The goods of a barcode."""
        try:
            return find_product(self.counter.db, code)
        except WrongCheckDigit:
            return numbered(2)
        except AmbiguousCode:
            return Message("W", _("Several producers use this barcode. Type the name and choose."))
        except UnknownCode:
            return numbered(1, code=code)

    # Sheets ----------------------------------------------------------------------------------------------------------

    def print_work(self, row: ScopeRow) -> Callable[[], bool]:
        """What a worker does to print the sheet; whether there was a printer."""
        counter, at = self.counter, self.counter.clock()

        def work() -> bool:
            from pos_app.services import count_sheets, printing  # late: printing

            with closing(counter.ledger.another()) as own:
                return printing.print_now(own, count_sheets.sheet_of(own, row.scope, row.words, at))

        return work

    def save_work(self, row: ScopeRow, folder: Path) -> Callable[[], Path]:
        """What a worker does to save the sheet as PDF."""
        counter, at = self.counter, self.counter.clock()

        def work() -> Path:
            from pos_app.services import count_sheets  # late: printing

            with closing(counter.ledger.another()) as own:
                return count_sheets.save(own, row.scope, row.words, at, folder)

        return work

    def printed(self, *, printed: bool) -> Message:
        """What became of the sheet."""
        return past_the_queue(_("Count sheet printed."), printed=printed)

    def failed(self, error: Exception) -> Message:
        """Why it did not work. Errors that are bugs are raised again."""
        return failure(error, str(self.counter.ledger.path))


class ShelfPresenter:
    """Goods put on the chosen shelf by scanning them."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.shelf = ""
        self.put: list[Product] = []
        """What was put there just now, the newest first."""

    def names(self) -> list[str]:
        """Shelves with something on them."""
        return [name for name, _count in shelves.shelves(self.counter.db)]

    def choose(self, name: str) -> None:
        """From now on goods go there."""
        self.shelf = " ".join(name.split())[:LONGEST_SHELF]
        self.put = []

    def take(self, product: Product) -> Message:
        """These goods stand on the chosen shelf."""
        if not self.shelf:
            return Message("W", _("Type the name of the shelf first."))
        before = shelves.shelf_of(self.counter.db, product.sku)
        shelving.put_on_shelf(self.counter, product.sku, self.shelf)
        self.put = [product, *(one for one in self.put if one.sku != product.sku)]
        if before and before != self.shelf:
            text = _("{item}: from {before} to {shelf}.")
            return Message("S", text.format(item=product.name, before=before, shelf=self.shelf))
        return Message("S", _("{item}: on {shelf}.").format(item=product.name, shelf=self.shelf))

    def take_off(self, sku: str) -> None:
        """These goods stand on no shelf that is known."""
        shelving.put_on_shelf(self.counter, sku, "")
        self.put = [one for one in self.put if one.sku != sku]
