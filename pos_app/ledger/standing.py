"""From a document to the rows that follow from it: one computation for append, rebuild and verify.

``Standing`` is what the running tables say before the next entry. It is whole in memory when the journal is replayed,
and holds the few rows that one document touches when it is appended. Nothing here reads or writes the file.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from sync.documents.base import Document, Effects, InvalidDocument, Movement, Posting
from sync.documents.deductions import DeductionCollected, DeductionList
from sync.documents.goods import GoodsReceived, GoodsReturned
from sync.documents.money import CashMove, PriceSet, Settlement, TabPayment
from sync.documents.qris_matched import QrisMatched
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal
from sync.documents.sale import Sale
from sync.documents.shift import ShiftClosed, ShiftOpened
from sync.documents.state import OUTSIDE

NEVER = (0, 0)
NOTHING = "[]"
POSITION, LAST_SEQ = 3, 4
"""Where these stand in what is known of a batch."""
_list = msgspec.json.Encoder().encode

Row = tuple[Any, ...]


class Found(NamedTuple):
    """An earlier document, found by its number."""

    seq: int
    kind: str


LookUp = Callable[[str, int], Found | None]
"""The document of a number among the entries before one."""


@dataclass(slots=True)
class Goods:
    """What there is of one product.

    ``batches`` are those not at zero, as quantity, cost, last day of sale, position and newest entry. The pieces of no
    batch stay once there were any, and take over the entry of a batch that goes; position 0 says that there never
    were any. ``last_seq`` is the newest entry that moved the product.
    """

    last_seq: int = 0
    batches: dict[str, list[Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Rows:
    """Rows that entries add to the projections, in order of their keys."""

    documents: list[Row] = field(default_factory=list)
    accounts: dict[str, None] = field(default_factory=dict)
    goods: dict[tuple[str, str], None] = field(default_factory=dict)
    """Accounts, and products with batches, whose sums the entries moved."""
    refunded: list[Row] = field(default_factory=list)
    reversed: list[Row] = field(default_factory=list)
    settled: list[Row] = field(default_factory=list)
    opened: list[Row] = field(default_factory=list)
    closed: list[Row] = field(default_factory=list)
    """Sequence number of the closing, expected, counted, difference, and the entry that opened the shift."""
    priced: list[str] = field(default_factory=list)


class Standing:
    """The running sums. ``add`` moves them on by one document and gives the rows of its entry.

    ``balances`` hold amount and newest entry by account, ``prices`` the row and its entry by SKU; ``figures`` what was
    added to each shift since somebody took it away.
    """

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self.balances: dict[str, tuple[int, int]] = {}
        self.goods: dict[str, Goods] = {}
        self.prices: dict[str, tuple[Row, int]] = {}
        self.figures: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.open_shifts: dict[int, str] = {}

    def add(self, rows: Rows, seq: int, document: Document, effects: Effects, at: str, date: str) -> None:
        """Take in the document of entry ``seq``; entries come in order. Raises ``InvalidDocument``."""
        number = document.number
        shift = seq if type(document) is ShiftOpened else next(iter(self.open_shifts), OUTSIDE)
        postings = self._post(rows.accounts, seq, effects.postings) if effects.postings else NOTHING
        movements = self._move(rows.goods, seq, number, effects.movements) if effects.movements else NOTHING
        if type(document) is not Sale:
            self._add_kind(rows, seq, document, at, date)
        amount, party = amount_of(document), party_of(document)
        rows.documents.append((seq, number, document.KIND, date, amount, party, shift, postings, movements))
        if effects.figures:
            figures = self.figures[shift]
            for name, amount in effects.figures.items():
                figures[name] += amount

    def _post(self, touched: dict[str, None], seq: int, postings: tuple[Posting, ...]) -> str:
        balances, rows = self.balances, []
        if len(postings) > 1:
            postings = tuple(sorted(postings))
        for account, amount in postings:
            before, prior = balances.get(account, NEVER)
            balances[account] = (before + amount, seq)
            touched[account] = None
            rows.append((account, amount, prior))
        return _list(rows).decode()

    def _move(
        self, touched: dict[tuple[str, str], None], seq: int, number: str, movements: tuple[Movement, ...]
    ) -> str:
        moved: dict[tuple[str, str], Row] = {}
        for sku, batch, quantity, cost, expires_on, place in movements:
            goods = self.goods.get(sku)
            if goods is None:
                goods = self.goods[sku] = Goods()
            known = goods.batches.get(batch)
            if known is None or not known[POSITION]:
                position = self._position(batch, number, seq, front=place == "front")
                goods.batches[batch] = [quantity, cost, expires_on, position, seq]
            else:
                known[0] += quantity
                known[1] += cost
                known[LAST_SEQ] = seq
            key = (sku, batch)
            if key in moved:
                _sku, _batch, before, spent, _prior = moved[key]
                moved[key] = (sku, batch, before + quantity, spent + cost, goods.last_seq)
            else:
                moved[key] = (sku, batch, quantity, cost, goods.last_seq)
        for key in moved:
            sku, batch = key
            touched[key] = None
            goods = self.goods[sku]
            goods.last_seq = seq
            if batch:
                known = goods.batches[batch]
                if not known[0] and not known[1]:
                    del goods.batches[batch]
                    goods.batches.setdefault("", [0, 0, None, 0, seq])[LAST_SEQ] = seq
                    touched[sku, ""] = None
        return _list(sorted(moved.values())).decode()

    def _position(self, batch: str, number: str, seq: int, *, front: bool) -> int:
        """Where a batch stands in the queue (rule 9).

        A batch is named after the document that made it (``NT-MTR001A-000123.2``). One that was gone and comes back
        stands where that document had put it; its row was not kept.
        """
        maker = batch.rpartition(".")[0]
        if maker and maker != number:
            made = self._look_up(maker, seq)
            if made:
                return -made.seq if made.kind == Refund.KIND else made.seq
        return -seq if front else seq

    def _add_kind(self, rows: Rows, seq: int, document: Document, at: str, date: str) -> None:
        match document:
            case ShiftOpened():
                self.open_shifts[seq] = document.number
                rows.opened.append((seq, document.number, at, date, document.float))
            case ShiftClosed():
                for opened in [one for one, number in self.open_shifts.items() if number == document.shift]:
                    del self.open_shifts[opened]
                    rows.closed.append((seq, document.expected, document.counted, document.difference, opened))
            case Refund():
                self._add_refund(rows, seq, document)
            case Reversal():
                rows.reversed.append((seq, document.original_id))
            case PriceSet():
                self._add_price(rows, seq, document)
            case Settlement():
                rows.settled.append((seq, document.producer, document.through_seq, document.through_date))

    def _add_refund(self, rows: Rows, seq: int, refund: Refund) -> None:
        sale = self._look_up(refund.sale_number, seq)
        if refund.elsewhere:
            if sale is not None:
                raise InvalidDocument("refunds a sale of this till as if it were another's")
            return  # what remains of that sale is known where it was recorded
        if sale is None:
            raise InvalidDocument("refunds a sale that is not there")
        sums: dict[int, tuple[int, int, int, int]] = {}
        for line in refund.lines:
            quantity, total, share, cost = sums.get(line.line, (0, 0, 0, 0))
            sums[line.line] = (quantity + line.quantity, total + line.total, share + line.share, cost + line.cost)
        rows.refunded += [(seq, line, sale.seq, *sums[line]) for line in sorted(sums)]

    def _add_price(self, rows: Rows, seq: int, price: PriceSet) -> None:
        before = self.prices.get(price.sku, ((price.sku, 0, None, None, None), 0))[0]
        terms = (price.consign_price, price.commission_bp, price.min_stock)
        kept = (old if new is None else new for new, old in zip(terms, before[2:], strict=True))
        self.prices[price.sku] = ((price.sku, price.sell_price, *kept), seq)
        rows.priced.append(price.sku)


def amount_of(document: Document) -> int:
    """The amount by which a document is listed, in rupiah; 0 where none is natural."""
    match document:
        case Sale():
            return document.total + document.rounding
        case Refund():
            return document.total
        case Settlement() | TabPayment() | CashMove():
            return document.amount
        case QrisMatched():
            return document.gross
        case ShiftOpened():
            return document.float
        case ShiftClosed():
            return document.counted
        case DeductionList() | DeductionCollected():
            return document.total
    return 0


def party_of(document: Document) -> str:
    """What a document is about, most often a producer or a staff member; empty where there is nothing."""
    match document:
        case Sale():
            for tender in document.tenders:
                if tender.staff:
                    return tender.staff
        case GoodsReceived() | GoodsReturned() | Settlement():
            return document.producer
        case TabPayment():
            return document.staff
        case CashMove():
            return document.producer or ""
        case Refund():
            return document.sale_number
        case Reversal():
            return document.original_number
        case DeductionList():
            return stands_for(document.month, document.unit)
        case DeductionCollected():
            return document.list_number
    return ""


def stands_for(month: str, unit: str) -> str:
    """What the deduction list of a month (``2026-11``) and unit is about."""
    return f"{month} {unit}"
