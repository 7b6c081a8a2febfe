"""The quick tiles of the Sell screen: which goods each tab shows, and how."""

from __future__ import annotations

from typing import Final

from pos_app.domain.formats import quantity_text, thousands
from pos_app.domain.product import Product
from pos_app.i18n import N_, _
from pos_app.ledger import queries, tiles
from pos_app.services.context import Counter
from pos_app.ui.widgets.tile_button import Tile

RECENT_ENTRIES: Final = 3000
RANKED_ENTRIES: Final = 50
"""What sells most is ranked again after so many entries: the ranking takes most of a frame, and a sale moves little."""
CATEGORIES: Final = (
    (N_("Quick"), ()),
    (N_("Food"), ("makanan",)),
    (N_("Drinks"), ("minuman",)),
    (N_("Crafts"), ("kerajinan", "batik", "tapis", "perawatan")),
    (N_("Staples"), ("sembako",)),
    (N_("Stationery"), ("atk",)),
)


class QuickTiles:
    """Reads the tiles of a tab."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self._ranked: list[str] = []
        self._ranked_at = 0

    def tabs(self) -> list[str]:
        """Words of the tabs."""
        return [_(name) for name, _words in CATEGORIES]

    def tiles(self, tab: int) -> list[Tile]:
        """The tiles of a tab: favourites and what sells most, else a category by name."""
        db = self.counter.db
        pinned = tiles.favourites(db)
        words = CATEGORIES[tab][1]
        if words:
            goods = [product for word in words for product in queries.products_in_category(db, word)]
        else:
            goods = self._quick(pinned)
        pictured = tiles.pictured(db, [product.sku for product in goods])
        return [_tile(product, product.sku in pinned, product.sku in pictured) for product in goods]

    def picture(self, sku: str) -> bytes | None:
        """The picture of goods as it was stored."""
        return tiles.picture(self.counter.db, sku)

    def is_pinned(self, sku: str) -> bool:
        """Whether goods are among the chosen favourites."""
        return sku in tiles.favourites(self.counter.db)

    def _quick(self, pinned: list[str]) -> list[Product]:
        db = self.counter.db
        head = self.counter.ledger.head().seq
        if self._ranked and head < self._ranked_at + RANKED_ENTRIES:
            goods = self._read([*pinned, *self._ranked])
            if head == self._ranked_at or 2 * sum(product.in_corner <= 0 for product in goods) <= len(goods):
                return goods  # else they were ranked before there was anything on the shelf
        self._ranked, self._ranked_at = queries.best_sellers(db, max(0, head - RECENT_ENTRIES)), head
        return self._read([*pinned, *self._ranked])

    def _read(self, skus: list[str]) -> list[Product]:
        found = (queries.product(self.counter.db, sku) for sku in dict.fromkeys(skus))
        return [product for product in found if product is not None]


def _tile(product: Product, pinned: bool, pictured: bool) -> Tile:
    left = product.in_corner
    price = thousands(product.sell_price)
    if left <= 0:
        stock, tone = _("Sold out"), "danger"
    else:
        stock = _("{quantity} left").format(quantity=quantity_text(left))
        tone = "warning" if left <= product.min_stock else "muted"
    return Tile(product.sku, product.name, price, stock, tone, dimmed=left <= 0, pinned=pinned, pictured=pictured)
