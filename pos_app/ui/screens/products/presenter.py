"""Rules of the Products screen: finding goods, what is known of them, their sizes, codes, prices and picture. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, cast

from pos_app.domain.certificates import Need, State, needed, state
from pos_app.domain.dates import business_date, short_date
from pos_app.domain.errors import AmbiguousCode, PosError, UnknownCode, WrongCheckDigit
from pos_app.domain.formats import parse_least_typed, parse_percent_typed, percent_number, quantity_text, rupiah
from pos_app.domain.product import Product
from pos_app.i18n import N_, _
from pos_app.ledger import aliases, goods, producers, queries, registry, tiles
from pos_app.ledger.goods import Card, GoodsFilter, Size
from pos_app.services import certificate_board, pictures, prices, products
from pos_app.services.context import Counter
from pos_app.services.goods import find_product
from pos_app.services.once import Once
from pos_app.services.price_history import PriceStep, price_history
from pos_app.services.wording import describe
from pos_app.ui.goods_form.presenter import CATEGORIES, SUPPLIES, UNIT_WORDS, refused_terms
from pos_app.ui.messages import Message, numbered, of_recorded

PAPERS: Final[dict[State, tuple[str, str]]] = {
    "valid": (N_("on file"), "text"),
    "soon": (N_("lapses soon"), "warning"),
    "lapsed": (N_("lapsed"), "danger"),
    "missing": (N_("not on file yet"), "warning"),
}
"""How a certificate stands, in words and a tone."""
BEST_FIRST: Final[tuple[State, ...]] = ("valid", "soon", "lapsed", "missing")
PAPER_NAMES: Final[dict[str, str]] = {"pirt": "P-IRT", "halal": "Halal"}
PAGE: Final = 500
"""Goods that are read at a time."""
FOUND: Final = 200
"""Goods that a search shows."""
MOST_BARS: Final = 6


@dataclass(frozen=True, slots=True)
class Fact:
    """A row about goods: words, a figure; ``rule``: a line above."""

    label: str
    figure: str
    rule: bool = False
    tone: str = "text"


@dataclass(frozen=True, slots=True)
class History:
    """The prices of goods, newest first."""

    sku: str
    steps: tuple[PriceStep, ...]


class ProductsPresenter:
    """The list of goods and the ones that are looked at."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.price_once = Once(counter)
        self.filter: GoodsFilter = "all"
        self.text = ""
        self.sku = ""
        self.limit = PAGE

    # The list -------------------------------------------------------------------------------------------------------

    def rows(self) -> list[Product]:
        """What filter and search leave."""
        limit = FOUND if self.text.strip() else self.limit
        return goods.goods_list(self.counter.db, self.filter, self.text, limit)

    def more(self, shown: int) -> bool:
        """The end of the list was reached: whether there is more to read."""
        if self.text.strip() or shown < self.limit:
            return False
        self.limit += PAGE
        return True

    def counts(self) -> dict[str, int]:
        """How many goods each filter leaves."""
        return goods.goods_counts(self.counter.db)

    def choose_filter(self, which: str) -> None:
        """Another chip."""
        self.filter = cast(GoodsFilter, which)
        self.limit = PAGE

    def look_at(self, sku: str) -> bool:
        """These goods and their name in the search; False where there are none."""
        product = queries.product(self.counter.db, sku)
        if product is None:
            return False
        self.choose_filter("all")
        self.text, self.sku = product.name, sku
        return True

    def turn_to(self, sku: str) -> bool:
        """These goods in the whole list; searched for only where they lie beyond its first page."""
        if not self.look_at(sku):
            return False
        name, self.text = self.text, ""
        if all(one.sku != sku for one in self.rows()):
            self.text = name
        return True

    def scan(self, code: str) -> Message | None:
        """Finds the goods of a barcode; None when they were found."""
        try:
            product = find_product(self.counter.db, code)
        except WrongCheckDigit:
            return numbered(2)
        except AmbiguousCode as error:
            self.choose_filter("all")
            self.text, self.sku = code, error.skus[0]
            return Message("W", _("Several producers use this barcode. Choose the goods."))
        except UnknownCode:
            return numbered(1, code=code)
        self.look_at(product.sku)
        return None

    # What is known --------------------------------------------------------------------------------------------------

    def product(self) -> Product | None:
        """The goods that are looked at, with today's price."""
        return queries.product(self.counter.db, self.sku) if self.sku else None

    def facts(self, product: Product) -> list[Fact]:
        """What is registered, in the order of the form."""
        card = goods.card(self.counter.db, product.sku)
        if card is None:
            return []
        unit = "" if card.unit == "pcs" else f" {card.unit}"
        told = aliases.target(self.counter.db, "product", card.sku)
        return [
            *([Fact(_("Is now"), told)] if told != card.sku else []),
            Fact(_("Category"), _(CATEGORIES[card.category])),
            Fact(_("Measured in"), _(UNIT_WORDS[card.unit])),
            Fact(_("Supplied"), _(SUPPLIES[card.pricing])),
            Fact(_("Sell price"), rupiah(product.sell_price), rule=True),
            self._terms(product),
            Fact(_("On hand"), f"{quantity_text(product.in_corner)}{unit}", rule=True),
            Fact(_("Minimum stock"), quantity_text(product.min_stock) if product.min_stock else "–"),
            Fact(_("Keeps for"), _("{days} days").format(days=card.shelf_life_days) if card.shelf_life_days else "–"),
            Fact(_("Shelf"), card.shelf or "–"),
            *self._papers(card),
            Fact("TKDN", self._tkdn(card), rule=True),
            Fact("e-Katalog", (card.katalog_number or _("yes")) if card.e_katalog else _("no")),
        ]

    @staticmethod
    def _terms(product: Product) -> Fact:
        if product.pricing == "komisi":
            return Fact(_("Commission"), f"{percent_number(product.commission_bp)} %")
        words = _("Cost") if product.pricing == "putus" else _("Consign price")
        return Fact(words, rupiah(product.consign_price or 0))

    def _papers(self, card: Card) -> list[Fact]:
        """The certificates that these goods need, and how each stands."""
        today = business_date(self.counter.clock())
        kinds = needed(Need(card.category, card.needs_pirt, card.needs_halal, card.shelf_life_days), today)
        if not kinds:
            return [Fact(_("Needs"), "–", rule=True)]
        held = producers.certificates(self.counter.db, [card.producer]).get(card.producer, [])
        reading = certificate_board.pirt_last_day(self.counter.db)
        found: list[Fact] = []
        for kind in kinds:
            fitting = [one for one in held if one.kind == kind and one.sku in ("", card.sku)]
            states = {state(one, today, pirt_last_day=reading) for one in fitting}
            best = next((each for each in BEST_FIRST if each in states), BEST_FIRST[-1])
            words, tone = PAPERS[best]
            found.append(Fact(PAPER_NAMES[kind], _(words), tone=tone, rule=not found))
        return found

    @staticmethod
    def _tkdn(card: Card) -> str:
        if card.tkdn_bp is None:
            return "–"
        until = short_date(date.fromisoformat(card.tkdn_expires)) if card.tkdn_expires else ""
        return " · ".join(filter(None, (f"{percent_number(card.tkdn_bp)} %", card.tkdn_number, until)))

    def sizes(self) -> list[Size]:
        """All sizes of these goods, smallest first."""
        return goods.sizes(self.counter.db, self.sku)

    def barcodes(self) -> list[tuple[str, str]]:
        """Each code, and who else carries it."""
        found = []
        for code in registry.barcodes(self.counter.db, self.sku):
            others = [one for one in queries.products_by_code(self.counter.db, code) if one.sku != self.sku]
            found.append((code, ", ".join(f"{one.name} ({one.producer_name})" for one in others)))
        return found

    def history_work(self) -> Callable[[], History]:
        """What a worker does to read what the goods cost when: it may touch a page for every change of any price."""
        counter, sku = self.counter, self.sku

        def work() -> History:
            with closing(counter.ledger.another()) as own:
                return History(sku, tuple(price_history(replace(counter, ledger=own), sku)))

        return work

    @staticmethod
    def when(step: PriceStep) -> str:
        """The day of a price."""
        return short_date(business_date(datetime.fromisoformat(step.at))) if step.at else _("at first")

    def picture(self) -> bytes | None:
        """The picture of the goods."""
        return tiles.picture(self.counter.db, self.sku)

    # Changing -------------------------------------------------------------------------------------------------------

    def price_gap(self, sell: int | None, consign: int | None, commission: str, least: str) -> str:
        """What is missing for a new price, as a sentence; empty for nothing."""
        product = self.product()
        if product is None:
            return _("Choose the goods in the list.")
        if not sell:
            return _("Enter the new sell price.")
        part = parse_percent_typed(commission)
        if product.pricing == "komisi" and part is None:
            return _("Enter the commission in percent, 0 to 100.")
        if product.pricing != "komisi" and not consign:
            return _("Enter the cost.") if product.pricing == "putus" else _("Enter the consign price.")
        if parse_least_typed(least) is None:
            return _("Enter the minimum stock as a number.")
        return refused_terms(product.name, product.pricing, sell, consign, part)

    def set_price(
        self, sell: int, consign: int | None, commission: str, least: str, approved_by: str | None
    ) -> Message:
        """New price, terms and minimum stock from now on; what was sold keeps its own."""
        product = self.product()
        if product is None:
            return Message("W", _("Choose the goods in the list."))
        points = parse_percent_typed(commission) if product.pricing == "komisi" else None
        wanted = parse_least_typed(least)
        content = (product.sku, sell, consign, points, wanted)
        try:
            recorded = self.price_once.record(
                content,
                lambda: prices.set_price(
                    self.counter,
                    product.sku,
                    sell,
                    consign_price=consign,
                    commission_bp=points,
                    min_stock=wanted,
                    approved_by=approved_by,
                ),
            )
        except PosError as error:
            return Message("E", describe(error))
        text = _("{item} now costs {amount}. Earlier sales keep their price.")
        return of_recorded(recorded, text.format(item=product.name, amount=rupiah(sell)))

    def add_barcode(self, code: str, approved_by: str | None) -> Message:
        """One more code; says who else carries it."""
        try:
            others = products.add_barcode(self.counter, self.sku, code, approved_by)
        except PosError as error:
            return Message("E", describe(error))
        if others:
            text = _("{code} added. {item} has it, too: a scan will ask which is meant.")
            return Message("W", text.format(code=code, item=others[0].name))
        return Message("S", _("{code} added.").format(code=code))

    def remove_barcode(self, code: str, approved_by: str | None) -> Message:
        """One code less."""
        try:
            products.remove_barcode(self.counter, self.sku, code, approved_by)
        except PosError as error:
            return Message("E", describe(error))
        return Message("S", _("{code} removed.").format(code=code))

    def set_picture(self, image: bytes | None, approved_by: str | None) -> Message:
        """Another picture, or none."""
        product = self.product()
        if product is None:
            return Message("W", _("Choose the goods in the list."))
        try:
            if image is None:
                pictures.remove_picture(self.counter, product.sku, approved_by)
            else:
                pictures.set_picture(self.counter, product.sku, image, approved_by)
        except PosError as error:
            return Message("E", describe(error))
        said = _("Picture of {item} removed.") if image is None else _("Picture of {item} set.")
        return Message("S", said.format(item=product.name))
