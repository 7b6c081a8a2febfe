"""Registering goods at the counter when a scan finds nothing: a manager names them, and they are sold at once.

The corner proposes a code of its own (``MTR001A-B001``); the centre may later merge it into another. The barcode may
be one that other producers' goods carry too: then a scan asks which is meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from pos_app.domain.errors import InvalidAmount
from pos_app.domain.product import Product
from pos_app.ledger import queries, registry
from pos_app.services.context import Counter
from sync.protocol.registry_rows import ProductRow


@dataclass(frozen=True, slots=True)
class NewGoods:
    """What must be known of new goods sold by the piece on consignment. Prices in rupiah."""

    barcode: str
    name: str
    category: str
    producer: str
    consign_price: int
    sell_price: int


def register_goods(counter: Counter, goods: NewGoods, approved_by: str) -> Product:
    """Adds the goods to the registry. Raises ``InvalidAmount`` when the consign price is above the selling price."""
    counter.require_manager("register_goods", approved_by)
    if goods.sell_price < 1 or not 1 <= goods.consign_price <= goods.sell_price:
        raise InvalidAmount(str(goods.consign_price))
    with counter.ledger.write() as tx:
        series = counter.ledger.identity.series
        codes = (f"{series}-B{number:03d}" for number in count(1))
        sku = next(code for code in codes if queries.product(tx.db, code) is None)
        registry.add_products(tx.db, [_row(goods, sku)])
    product = queries.product(counter.db, sku)
    if product is None:
        raise AssertionError("goods that were just registered are not there")
    return product


def _row(goods: NewGoods, sku: str) -> ProductRow:
    return ProductRow(
        sku=sku,
        barcode=goods.barcode,
        name=goods.name,
        category=goods.category,
        unit="pcs",
        producer_code=goods.producer,
        pricing="titip",
        consign_price=goods.consign_price,
        commission_bp=None,
        sell_price=goods.sell_price,
        shelf_life_days=None,
        min_stock=0,
        needs_pirt=False,
        needs_halal=False,
        e_katalog=False,
        tkdn_bp=None,
    )
