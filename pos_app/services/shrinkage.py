"""What got lost of each producer's goods in a period, who bore it, and what counts found more. Run it on a worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from pos_app.domain.formats import quantity_text
from pos_app.i18n import _
from pos_app.ledger import lost_goods, registry
from pos_app.services import workbooks
from sync.documents.arithmetic import priced
from sync.documents.goods import LeavingLine, StockCount, WriteOff

if TYPE_CHECKING:
    from pathlib import Path

    from pos_app.ledger.sqlite import Connection

LOST: Final = {"lost": "lost", "damaged": "damaged", "expired": "expired"}


@dataclass(slots=True)
class Shrinkage:
    """One producer. Pieces in thousandths; values in rupiah at today's sell prices, ``owed`` as it was recorded.

    ``owed`` is what the corner bore: shares owed to the producer, and the cost of goods it had bought.
    """

    producer: str
    name: str
    lost: int = 0
    damaged: int = 0
    expired: int = 0
    other: int = 0
    found: int = 0
    value: int = 0
    by_producer: int = 0
    by_corner: int = 0
    owed: int = 0
    found_value: int = 0


def shrinkage(db: Connection, first: date, last: date) -> list[Shrinkage]:
    """Producers with something lost or found from ``first`` to ``last``, the largest value first."""
    teller = _Teller(db)
    for document in lost_goods.documents(db, first.isoformat(), last.isoformat()):
        match document:
            case WriteOff():
                for line in document.lines:
                    teller.lose(line)
            case StockCount():
                for counted in document.lines:
                    if counted.missing:
                        teller.lose(counted.missing)
                    elif counted.counted > counted.expected:
                        teller.find(counted.sku, counted.counted - counted.expected)
    return sorted(teller.rows.values(), key=lambda one: (-one.value, -one.found_value, one.name))


class _Teller:
    def __init__(self, db: Connection) -> None:
        self._db = db
        self._goods = lost_goods.goods(db)
        self.rows: dict[str, Shrinkage] = {}

    def lose(self, line: LeavingLine) -> None:
        row = self._row(line.producer)
        field = LOST.get(line.reason, "other")
        setattr(row, field, getattr(row, field) + line.quantity)
        value = self._value(line.sku, line.quantity)
        row.value += value
        if line.borne_by == "corner":
            row.by_corner += value
            row.owed += line.share + line.cost
        else:
            row.by_producer += value

    def find(self, sku: str, quantity: int) -> None:
        producer = self._goods.get(sku, ("", 0))[0]
        row = self._row(producer)
        row.found += quantity
        row.found_value += self._value(sku, quantity)

    def _value(self, sku: str, quantity: int) -> int:
        return priced(self._goods.get(sku, ("", 0))[1], quantity)

    def _row(self, producer: str) -> Shrinkage:
        if producer not in self.rows:
            name = registry.producer_name(self._db, producer) or producer
            self.rows[producer] = Shrinkage(producer, name)
        return self.rows[producer]


def columns() -> list[str]:
    """Heads of the columns of a file, in the order of ``Shrinkage``."""
    return [
        _("Code"),
        _("Producer"),
        _("Lost"),
        _("Damaged"),
        _("Expired"),
        _("Other"),
        _("Found more"),
        _("Value at sell price"),
        _("Borne by producer"),
        _("Borne by corner"),
        _("Owed or paid by the corner"),
        _("Value found"),
    ]


def save(rows: Sequence[Shrinkage], first: date, last: date, kind: workbooks.Kind, folder: Path) -> Path:
    """Write the list into ``folder``, for this user alone and never over another file; its path."""
    stem = f"susut-{first.isoformat()}-{last.isoformat()}"
    return workbooks.save(folder, stem, kind, _("Lost goods"), [columns(), *(_cells(row) for row in rows)])


def _cells(row: Shrinkage) -> list[str | int]:
    values = list(astuple(row))
    pieces = [quantity_text(one) if one % 1000 else one // 1000 for one in values[2:7]]
    return [*values[:2], *pieces, *values[7:]]
