"""Goods that got lost or spoiled (rule 10)."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from pos_app.domain.errors import EmptyDocument
from pos_app.domain.product import Product
from pos_app.services.context import Counter, Recorded, done
from pos_app.services.goods import Shelf, check_quantity, find_product
from pos_app.services.receiving import leaving_line
from sync.documents.arithmetic import share_of_loss
from sync.documents.base import Bearer, LossReason
from sync.documents.goods import LeavingLine, WriteOff


@dataclass(frozen=True, slots=True)
class Lost:
    """Pieces lost, in thousandths; ``borne_by`` defaults to the owner of the goods."""

    code: str
    quantity: int
    reason: LossReason = "damaged"
    borne_by: Bearer | None = None


def write_off(
    counter: Counter, lines: Sequence[Lost], *, note: str | None = None, approved_by: str | None = None
) -> Recorded:
    """Take lost goods off the stock; what the corner bears becomes payable."""
    if not lines:
        raise EmptyDocument
    counter.require_manager("write_off", approved_by)
    with counter.record() as now:
        shelf = Shelf(now.db)
        lost = []
        for line in lines:
            product = find_product(now.db, line.code)
            quantity = check_quantity(product, line.quantity)
            lost.append(loss_line(shelf, product, quantity, line.reason, line.borne_by))
        now.append(
            WriteOff(
                number=now.number(WriteOff.PREFIX), note=now.note(note), approved_by=approved_by, lines=tuple(lost)
            ),
            paper="write_off",
        )
    return done(now)


def loss_line(
    shelf: Shelf, product: Product, quantity: int, reason: LossReason, borne_by: Bearer | None
) -> LeavingLine:
    """Pieces lost, taken from the shelf; ``borne_by`` as in ``Lost``. Raises ``ExceedsStock``."""
    line = leaving_line(shelf, product, quantity, reason)
    bearer = borne_by or ("corner" if product.pricing == "putus" else "producer")
    share = 0
    if bearer == "corner":
        share = share_of_loss(
            pricing=product.pricing,
            quantity=quantity,
            sell_price=product.sell_price,
            consign_price=product.consign_price,
            commission_bp=product.commission_bp,
        )
    return msgspec.structs.replace(line, borne_by=bearer, share=share)
