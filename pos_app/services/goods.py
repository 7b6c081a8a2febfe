"""What the use cases about goods share: finding the product a code means, and taking pieces from its batches."""

from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace

from pos_app.domain.errors import AmbiguousCode, InvalidAmount, InvalidQuantity, UnknownCode, WrongCheckDigit
from pos_app.domain.product import Lot, Product
from pos_app.ledger import hot, queries
from pos_app.ledger.sqlite import Connection
from sync.documents.arithmetic import priced, quantity_code
from sync.documents.base import LIMIT, Take
from sync.documents.identifiers import is_ean13, looks_like_ean13

MAX_QUANTITY = 1_000_000_000
"""A million units in thousandths: more on one line is a slip of the finger."""


def find_product(db: Connection, code: str) -> Product:
    """The one product with this SKU or barcode.

    Raises ``WrongCheckDigit`` for a misread barcode, ``UnknownCode``, or ``AmbiguousCode`` when several
    producers' goods carry it.
    """
    return _the_one(code, hot.goods_by_codes(db, [code])).product


def _the_one(code: str, found: Mapping[str, list[hot.Goods]]) -> hot.Goods:
    goods = found.get(code, [])
    if len(goods) == 1:
        return goods[0]
    if goods:
        raise AmbiguousCode(code, tuple(sorted(one.product.sku for one in goods)))
    if looks_like_ean13(code) and not is_ean13(code):
        raise WrongCheckDigit(code)
    raise UnknownCode(code)


def check_quantity(product: Product, quantity: int, *, zero: bool = False) -> int:
    """``quantity`` thousandths when the product may be counted so.

    Raises ``InvalidQuantity``, and ``InvalidAmount`` for goods worth more than a document can hold.
    """
    if not (0 if zero else 1) <= quantity <= MAX_QUANTITY or (quantity % 1000 and not product.fractional):
        raise InvalidQuantity(quantity_code(quantity))
    worth = priced(product.sell_price, quantity)
    if worth > LIMIT:
        raise InvalidAmount(str(worth))
    return quantity


class Shelf:
    """Batches on hand while one document is put together, so that two lines do not take the same pieces."""

    def __init__(self, db: Connection, codes: Iterable[str] = ()) -> None:
        """``codes`` are those that ``find`` will be asked for."""
        self._db = db
        self._found = hot.goods_by_codes(db, codes) if codes else {}
        self._lots: dict[str, list[Lot]] = {}
        self._gone: dict[str, list[Take]] = {}

    @property
    def db(self) -> Connection:
        """What the batches are read from."""
        return self._db

    def find(self, code: str) -> Product:
        """The one product with this SKU or barcode. Raises as ``find_product`` does."""
        product, lots = _the_one(code, self._found)
        self._lots.setdefault(product.sku, lots)
        return product

    def lots(self, sku: str) -> list[Lot]:
        """What is left of each batch."""
        if sku not in self._lots:
            self._lots[sku] = queries.lots(self._db, sku)
        elif sku in self._gone:
            self._lots[sku] = self._left(sku)
        return self._lots[sku]

    def on_hand(self, sku: str) -> int:
        """Pieces left, in thousandths; below zero when more was sold than recorded."""
        return sum(lot.quantity for lot in self.lots(sku))

    def take(
        self, product: Product, quantity: int, pick: Callable[[Product, Iterable[Lot], int], tuple[Take, ...]]
    ) -> tuple[Take, ...]:
        """Take pieces with ``pick`` (see ``domain.stock``) and remember that they are gone."""
        takes = pick(product, self.lots(product.sku), quantity)
        self._gone.setdefault(product.sku, []).extend(takes)
        return takes

    def _left(self, sku: str) -> list[Lot]:
        """The batches less what was taken since they were read."""
        by_batch = {lot.batch: lot for lot in self._lots[sku]}
        for one in self._gone.pop(sku):
            lot = by_batch.get(one.batch) or Lot(one.batch, 0, 0, one.expires_on, 0)
            by_batch[one.batch] = replace(lot, quantity=lot.quantity - one.quantity, cost=lot.cost - one.cost)
        return list(by_batch.values())
