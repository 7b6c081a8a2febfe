"""Registering goods at the counter when a scan finds nothing: a manager names them, and they are sold at once.

The corner proposes a code of its own (``MTR001A-B001``); the centre may later merge it into another. The barcode may
be one that other producers' goods carry too: then a scan asks which is meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Final, Literal

from pos_app.domain.errors import InvalidAmount
from pos_app.domain.product import Product
from pos_app.ledger import queries, registry
from pos_app.services.context import Counter
from sync.documents.base import LIMIT, Pricing
from sync.protocol.registry_rows import ProductRow

Unit = Literal["pcs", "kg", "paket"]
WHOLE_BP: Final = 10_000
"""A commission of all."""


@dataclass(frozen=True, slots=True)
class NewGoods:
    """What must be known of new goods. Prices in rupiah per unit, ``commission_bp`` in basis points.

    ``consign_price`` is the producer's share (``titip``) or the cost (``putus``); ``komisi`` has a commission instead.
    """

    barcode: str
    name: str
    category: str
    producer: str
    consign_price: int | None
    sell_price: int
    pricing: Pricing = "titip"
    commission_bp: int | None = None
    unit: Unit = "pcs"
    shelf_life_days: int | None = None


def register_goods(counter: Counter, goods: NewGoods, approved_by: str) -> Product:
    """Adds the goods to the registry. Raises ``InvalidAmount`` for terms that leave the corner or its producer nothing.

    Goods on consignment cost at most what they are sold for; goods bought outright may be sold at a loss.
    """
    counter.require_manager("register_goods", approved_by)
    _check_terms(goods)
    with counter.ledger.write() as tx:
        series = counter.ledger.identity.series
        codes = (f"{series}-B{number:03d}" for number in count(1))
        sku = next(code for code in codes if queries.product(tx.db, code) is None)
        registry.add_products(tx.db, [_row(goods, sku)])
    product = queries.product(counter.db, sku)
    if product is None:
        raise AssertionError("goods that were just registered are not there")
    return product


def _check_terms(goods: NewGoods) -> None:
    if goods.sell_price < 1:
        raise InvalidAmount(str(goods.sell_price))
    if goods.pricing == "komisi":
        if goods.commission_bp is None or not 0 <= goods.commission_bp <= WHOLE_BP or goods.consign_price is not None:
            raise InvalidAmount(str(goods.commission_bp))
        return
    most = goods.sell_price if goods.pricing == "titip" else LIMIT
    if goods.consign_price is None or not 1 <= goods.consign_price <= most or goods.commission_bp is not None:
        raise InvalidAmount(str(goods.consign_price))


def _row(goods: NewGoods, sku: str) -> ProductRow:
    return ProductRow(
        sku=sku,
        barcode=goods.barcode,
        name=goods.name,
        category=goods.category,
        unit=goods.unit,
        producer_code=goods.producer,
        pricing=goods.pricing,
        consign_price=goods.consign_price,
        commission_bp=goods.commission_bp,
        sell_price=goods.sell_price,
        shelf_life_days=goods.shelf_life_days,
        min_stock=0,
        needs_pirt=False,
        needs_halal=False,
        e_katalog=False,
        tkdn_bp=None,
    )
