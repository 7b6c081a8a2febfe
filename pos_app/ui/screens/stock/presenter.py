"""Rules of the Stock screen: finding goods, what is wrong with them, counting them, their prices. No Qt."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from pos_app.domain.dates import business_date, short_date
from pos_app.domain.errors import AmbiguousCode, PosError, UnknownCode, WrongCheckDigit
from pos_app.domain.formats import parse_quantity_typed, quantity_text, rupiah
from pos_app.domain.product import Product
from pos_app.i18n import _, ngettext
from pos_app.ledger import listing, queries
from pos_app.ledger.listing import StockFilter
from pos_app.services import count_posting, losses, neighbours, prices
from pos_app.services.context import Counter
from pos_app.services.goods import find_product
from pos_app.services.once import Once
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, numbered, of_recorded
from sync.documents.base import Bearer
from sync.documents.goods import LeavingLine

SOON_DAYS: Final = 7
MOST_LISTED: Final = 500
MOST_FOUND: Final = 200
"""Rows of a search: who needs more types another letter, and the list is there within a frame."""

Filter = StockFilter | Literal["expired"]
FILTERS: Final = ("all", "low", "out", "expiring", "expired")


@dataclass(frozen=True, slots=True)
class StockState:
    """What is to be said of a product's stock: words, tone, icon; empty words when all is well."""

    text: str
    tone: str = "muted"
    icon: str = ""


class StockPresenter:
    """The list of goods and the one that is looked at."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.count_once = Once(counter)
        self.price_once = Once(counter)
        self.filter: Filter = "all"
        self.text = ""
        self.sku = ""
        self.chosen = ""
        """The goods that a person moved to, scanned or searched; the first row of a list is nobody's choice."""
        self.bearer: Bearer | None = None
        """Who bears what a count finds missing; ``None``: as rule or agreement have it."""

    @property
    def today(self) -> date:
        """The business date."""
        return business_date(self.counter.clock())

    @property
    def _soon(self) -> str:
        return (self.today + timedelta(days=SOON_DAYS)).isoformat()

    @property
    def _yesterday(self) -> str:
        return (self.today - timedelta(days=1)).isoformat()

    def rows(self) -> list[Product]:
        """What filter and search leave."""
        if self.filter == "expired":
            return listing.stock_list(self.counter.db, "expiring", self.text, self._yesterday)
        most = MOST_FOUND if self.text.strip() else MOST_LISTED
        found = listing.stock_list(self.counter.db, self.filter, self.text, self._soon, most)
        if self.filter == "expiring":
            return [one for one in found if one.expires_on and one.expires_on > self._yesterday]
        return found

    def counts(self) -> dict[str, int]:
        """How many goods each filter leaves."""
        counts = listing.stock_counts(self.counter.db, self._soon)
        expired = listing.stock_counts(self.counter.db, self._yesterday)["expiring"]
        return counts | {"expiring": counts["expiring"] - expired, "expired": expired}

    def state(self, product: Product) -> StockState:
        """The most urgent thing about a product."""
        if product.expires_on and product.on_hand > 0 and product.expires_on <= self._soon:
            day = date.fromisoformat(product.expires_on)
            if day < self.today:
                return StockState(_("expired {date}").format(date=short_date(day)), "danger", "calendar-alert")
            left = (day - self.today).days
            words = ngettext("expires {date} ({days} day left)", "expires {date} ({days} days left)", left)
            if not left:
                words = _("expires {date} (last day)")
            text = words.format(date=short_date(day), days=left)
            return StockState(text, "warning", "calendar-alert")
        if product.in_corner < 0:
            return StockState(_("below zero: count it"), "danger", "alert-circle-outline")
        if product.in_corner == 0:
            return StockState(_("Sold out"), "danger", "alert-outline")
        if product.in_corner <= product.min_stock:
            return StockState(_("low"), "warning", "alert-outline")
        return StockState("")

    def where(self, product: Product) -> str:
        """Whose stock makes up what lies on the shelves; empty where no other till has any."""
        return neighbours.shelf_words(self.counter.db, product)

    def heard(self) -> str:
        """Up to when the other tills are known; empty where there is none."""
        return neighbours.heard(self.counter.db)

    def scan(self, code: str) -> Message | None:
        """Finds the product of a barcode; None when it was found."""
        try:
            product = find_product(self.counter.db, code)
        except WrongCheckDigit:
            return numbered(2)
        except AmbiguousCode as error:
            first = queries.product(self.counter.db, error.skus[0])
            self._look_at(first.name.split()[0] if first else code, error.skus[0])
            return Message("W", _("Several producers use this barcode. Choose the goods."))
        except UnknownCode:
            return numbered(1, code=code)
        self._look_at(product.sku, product.sku)
        return None

    def look_at(self, sku: str) -> bool:
        """Goods that a link names; False where there are none."""
        product = queries.product(self.counter.db, sku)
        if product is not None:
            self._look_at(sku, sku)
        return product is not None

    def _look_at(self, text: str, sku: str) -> None:
        self.filter = "all"
        self.text = text
        self.sku = self.chosen = sku

    def named(self) -> str:
        """The goods that other screens may be told to work on: those that a person chose and still looks at."""
        return self.sku if self.sku and self.sku == self.chosen else ""

    def product(self) -> Product | None:
        """The product that is looked at."""
        return queries.product(self.counter.db, self.sku) if self.sku else None

    def batches(self) -> list[tuple[str, str]]:
        """Expiry date and quantity of each batch on hand, in words."""
        found = []
        for _batch, quantity, expires_on in listing.batches(self.counter.db, self.sku):
            when = short_date(date.fromisoformat(expires_on)) if expires_on else _("does not spoil")
            found.append((when, quantity_text(quantity)))
        return found

    def missing(self, text: str) -> LeavingLine | None:
        """What counting so many would take off as lost, and who bears it; ``None`` where nothing is missing."""
        product = self.product()
        try:
            quantity = parse_quantity_typed(text)
        except ValueError:
            return None
        if product is None or quantity >= product.in_corner:
            return None
        lost = losses.Lost(product.sku, product.in_corner - quantity, "lost", self.bearer)
        planned = losses.plan_each(self.counter.db, [lost], self.today)[0]
        return planned if isinstance(planned, LeavingLine) else None

    @property
    def may_choose_bearer(self) -> bool:
        """Whether somebody else may bear it: not of what the corner bought."""
        product = self.product()
        return product is not None and product.pricing != "putus"

    @staticmethod
    def cost_of(missing: LeavingLine | None) -> list[tuple[str, str, str]]:
        """What recording it costs whom: words, icon, tone."""
        if missing is None:
            return []
        if missing.borne_by == "producer":
            return [(_("Borne by producers: only the stock changes."), "information-outline", "muted")]
        words = _("The corner bears it: {amount} become the producers' right.").format(amount=rupiah(missing.share))
        if missing.pricing == "putus":
            words = _("The corner bears it: bought goods of {amount}.").format(amount=rupiah(missing.cost))
        return [(words, "alert-outline", "warning")]

    def unheard(self, text: str) -> Message | None:
        """That other tills should be heard of first; ``None`` where they were, or nothing differs."""
        product = self.product()
        with suppress(ValueError):
            if product is not None and parse_quantity_typed(text) != product.in_corner:
                late = count_posting.unheard(self.counter.db, self.counter.clock())
                return (
                    Message("W", describe(count_posting.NeighboursUnheard(count_posting.letters(late))))
                    if late
                    else None
                )
        return None

    def count(self, text: str, approved_by: str | None, *, knowingly: bool = False) -> Message:
        """Sets the stock to what was found on the shelf."""
        product = self.product()
        if product is None:
            return Message("W", _("Choose the goods in the list."))
        try:
            quantity = parse_quantity_typed(text)
            counted = [count_posting.Counted(product.sku, quantity, self.bearer)]
            recorded = self.count_once.record(
                counted,
                lambda: count_posting.count(self.counter, counted, approved_by=approved_by, knowingly=knowingly),
            )
        except ValueError:
            return Message("E", _("Enter what you counted, 0 when the shelf is empty."))
        except PosError as error:
            return Message("E", describe(error))
        before = quantity_text(product.in_corner)
        text = _("{number}: {item} was {before}, is now {after}.")
        after = quantity_text(quantity)
        words = text.format(number=recorded.number, item=product.name, before=before, after=after)
        return of_recorded(recorded, words)

    def set_price(self, sell: int | None, consign: int | None, approved_by: str | None) -> Message:
        """New prices from now on; what was sold keeps its own."""
        product = self.product()
        if product is None or not sell:
            return Message("E", _("Enter the new sell price."))
        try:
            recorded = self.price_once.record(
                (product.sku, sell, consign),
                lambda: prices.set_price(
                    self.counter, product.sku, sell, consign_price=consign, approved_by=approved_by
                ),
            )
        except PosError as error:
            return Message("E", describe(error))
        text = _("{item} now costs {amount}. Earlier sales keep their price.")
        return of_recorded(recorded, text.format(item=product.name, amount=rupiah(sell)))
