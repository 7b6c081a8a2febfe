"""The delivery or return being typed, as it is kept in the ledger after every change. No Qt.

Quantities are thousandths, money is rupiah, commissions are basis points, dates are ISO texts.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from pos_app.ledger import drafts, queries
from pos_app.services.context import Counter
from pos_app.services.receiving import Delivered, Leaving
from sync.documents.base import LossReason
from sync.documents.goods import GoodsReceived, GoodsReturned, ReceivedLine

Mode = Literal["receive", "return"]
SLOT: Final = "goods_in"


class Line(msgspec.Struct, frozen=True):
    """One line as typed: a batch that comes, or pieces that go back for a ``reason``.

    Prices and commission stand here where they were typed over; ``labels`` where their count was. A quantity of 0
    was not brought: the line is shown and left out of the document.
    """

    sku: str
    quantity: int
    expires_on: str | None = None
    reason: LossReason = "unsold"
    sell_price: int | None = None
    consign_price: int | None = None
    commission_bp: int | None = None
    labels: int | None = None


class Body(msgspec.Struct):
    """The draft; ``note`` and ``labels`` are the ticks for what is printed."""

    producer: str = ""
    mode: Mode = "receive"
    reference: str = ""
    lines: list[Line] = []
    note: bool = True
    labels: bool = True

    def taken(self) -> list[Line]:
        """The lines that become the document."""
        return [line for line in self.lines if line.quantity]


def load(counter: Counter) -> tuple[Body, list[str]]:
    """The draft, and the SKUs of goods that are no longer registered: their lines are left out."""
    found = drafts.load(counter.db, SLOT)
    if found is None:
        return Body(), []
    try:
        body = msgspec.json.decode(found.body.encode(), type=Body)
    except msgspec.MsgspecError:
        return Body(), []
    known = {line.sku: queries.product(counter.db, line.sku) is not None for line in body.lines}
    vanished = [sku for sku, there in known.items() if not there]
    body.lines = [line for line in body.lines if known[line.sku]]
    return body, vanished


def encode(body: Body) -> str:
    """The text that is kept."""
    return msgspec.json.encode(body).decode()


def save(counter: Counter, body: Body) -> None:
    """Keep it: a power cut loses nothing."""
    drafts.save(counter.db, SLOT, counter.clock().isoformat(timespec="seconds"), encode(body))


def delivered(body: Body) -> list[Delivered]:
    """The lines for ``receiving.receive``."""
    return [
        Delivered(
            line.sku,
            line.quantity,
            line.expires_on,
            sell_price=line.sell_price,
            consign_price=line.consign_price,
            commission_bp=line.commission_bp,
        )
        for line in body.taken()
    ]


def leaving(body: Body) -> list[Leaving]:
    """The lines for ``receiving.return_goods``."""
    return [Leaving(line.sku, line.quantity, line.reason) for line in body.taken()]


def typed_again(document: GoodsReceived | GoodsReturned) -> Body:
    """The draft that would make this document once more."""
    if isinstance(document, GoodsReturned):
        lines = [Line(line.sku, line.quantity, reason=line.reason) for line in document.lines]
        return Body(document.producer, "return", lines=lines)
    return Body(document.producer, "receive", document.reference, [_again(line) for line in document.lines])


def _again(line: ReceivedLine) -> Line:
    by_share = line.pricing == "komisi"
    return Line(
        line.sku,
        line.quantity,
        line.expires_on,
        sell_price=line.sell_price,
        consign_price=None if by_share else line.consign_price,
        commission_bp=line.commission_bp if by_share else None,
    )
