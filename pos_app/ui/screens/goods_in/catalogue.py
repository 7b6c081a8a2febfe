"""What the registry and the shelf know of the goods in the draft: read once, not with every scan. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pos_app.domain.certificates import SOON_DAYS, Certificate, Kind, Need, State, needed, state
from pos_app.domain.product import Product
from pos_app.ledger import goods_notes, listing, producers, queries, registry
from pos_app.services.certificate_board import pirt_last_day
from pos_app.services.context import Counter
from sync.documents.goods import GoodsReceived

Terms = tuple[int, int | None, int | None]
"""Sell price, consign price (rupiah) and commission (basis points) of a line."""


@dataclass(frozen=True, slots=True)
class Known:
    """A product with what receiving asks about it; ``last`` is what it cost in the producer's last delivery.

    ``papers`` are the certificates that the goods need, and how they stand. ``own_label`` says that its pieces carry
    our label: no barcode, or one of the in-store range. ``expired`` are the thousandths on hand whose last day of sale
    is over.
    """

    product: Product
    papers: tuple[tuple[Kind, State], ...]
    own_label: bool
    expired: int
    last: Terms | None


class Catalogue:
    """See the module; ``forget`` when something else may have changed it."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._known: dict[str, Known | None] = {}
        self._held: dict[str, list[Certificate]] = {}
        self._last: dict[str, GoodsReceived | None] = {}

    def forget(self) -> None:
        """Reads everything anew when it is asked for."""
        self._known.clear()
        self._held.clear()
        self._last.clear()

    def known(self, sku: str, today: date) -> Known | None:
        """What is known of some goods; None where they are not registered."""
        if sku not in self._known:
            self._known[sku] = self._read(sku, today)
        return self._known[sku]

    def last_delivery(self, producer: str) -> GoodsReceived | None:
        """The newest delivery of a producer that stands."""
        if producer not in self._last:
            self._last[producer] = self._newest(producer)
        return self._last[producer]

    def _newest(self, producer: str) -> GoodsReceived | None:
        seq = goods_notes.last_delivery(self._counter.db, producer)
        entry = queries.entry_by_seq(self._counter.db, seq) if seq else None
        return entry.document if entry is not None and isinstance(entry.document, GoodsReceived) else None

    def _read(self, sku: str, today: date) -> Known | None:
        db = self._counter.db
        product = queries.product(db, sku)
        if product is None:
            return None
        codes = registry.barcodes(db, sku)
        return Known(
            product,
            self._papers(product, today),
            own_label=not codes or any(code.startswith("2") for code in codes),
            expired=self._expired(product, today),
            last=self._last_terms(product),
        )

    def _papers(self, product: Product, today: date) -> tuple[tuple[Kind, State], ...]:
        """How the certificates stand that the goods need: their own one counts before that of the business."""
        db = self._counter.db
        if product.producer not in self._held:
            self._held[product.producer] = producers.certificates(db, [product.producer])[product.producer]
        held = {(one.kind, one.sku): one for one in self._held[product.producer]}
        need = Need(product.category, *listing.needed_papers(db, product.sku), product.shelf_life_days)
        reading = pirt_last_day(db)
        return tuple(
            (kind, state(held.get((kind, product.sku)) or held.get((kind, "")), today, SOON_DAYS, reading))
            for kind in needed(need, today)
        )

    def _expired(self, product: Product, today: date) -> int:
        """The oldest batch on hand tells whether there are any."""
        if product.expires_on is None or product.expires_on >= today.isoformat():
            return 0
        batches = listing.batches(self._counter.db, product.sku)
        return sum(quantity for _batch, quantity, day in batches if quantity > 0 and day and day < today.isoformat())

    def _last_terms(self, product: Product) -> Terms | None:
        delivery = self.last_delivery(product.producer)
        lines = delivery.lines if delivery else ()
        found = next((line for line in lines if line.sku == product.sku), None)
        return (found.sell_price, found.consign_price, found.commission_bp) if found else None
