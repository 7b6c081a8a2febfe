"""What a product cost when: every change of price, terms and minimum stock, with who set it. Read from the journal."""

from __future__ import annotations

from dataclasses import dataclass

from pos_app.domain.errors import UnknownCode
from pos_app.ledger import goods, registry
from pos_app.services.context import Counter
from sync.documents.money import PriceSet


@dataclass(frozen=True, slots=True)
class PriceStep:
    """What held from a moment on. Rupiah, basis points, thousandths.

    ``at`` is an ISO time, ``by`` the name of who set it and ``number`` the document; all are empty for the price with
    which the goods were registered.
    """

    at: str
    by: str
    number: str
    sell_price: int
    consign_price: int | None
    commission_bp: int | None
    min_stock: int


def price_history(counter: Counter, sku: str) -> list[PriceStep]:
    """Newest first; the last one is the price at registration. Raises ``UnknownCode``."""
    card = goods.card(counter.db, sku)
    if card is None:
        raise UnknownCode(sku)
    now = PriceStep("", "", "", card.sell_price, card.consign_price, card.commission_bp, card.min_stock)
    steps = [now]
    unseal = counter.vault.unseal
    people = (*registry.users(counter.db, unseal), *registry.former_users(counter.db, unseal))
    names = {user.id: user.name for user in people}
    for entry in goods.price_entries(counter.db, sku):
        price = entry.document
        if not isinstance(price, PriceSet) or price.sku != sku:
            continue
        who = price.approved_by or entry.envelope.cashier
        now = PriceStep(
            entry.envelope.at,
            names.get(who, who[:8]),
            price.number,
            price.sell_price,
            now.consign_price if price.consign_price is None else price.consign_price,
            now.commission_bp if price.commission_bp is None else price.commission_bp,
            now.min_stock if price.min_stock is None else price.min_stock,
        )
        steps.append(now)
    return steps[::-1]
