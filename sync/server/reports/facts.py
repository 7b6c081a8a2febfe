"""What entries say of goods sold, moved and paid, and of the papers they are: gathered from a stretch of one till's
journal, pure of any database. ``storing`` writes it.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from sync.documents.base import Document
from sync.documents.deductions import DeductionCollected
from sync.documents.goods import GoodsReceived, GoodsReturned, LeavingLine, StockCount, WriteOff
from sync.documents.money import CashMove, Opening, PriceSet, Settlement
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal, opposite
from sync.documents.sale import Sale
from sync.documents.shift import ShiftClosed, ShiftOpened
from sync.documents.state import PAYABLE
from sync.protocol.entry import Envelope
from sync.server.projecting.projection import Readable
from sync.server.reports.clearing import Moved, moved_by

LIGHT = 10**12
"""An entry with a larger figure, in rupiah or thousandths, stays out of the reports, so that sums over all tills fit in
64 bits whatever a till sends. No counter's does; ``papers.counted`` tells it, as of an entry of no day (``is_day``)."""
STANDS, TAKEN_BACK, TAKES_BACK = 0, 1, 2
"""What a row of ``paid`` is: a payment that stands, one that was taken back, or what takes one back."""
PERSONAL = "personal"
TENDERS = ("cash", "transfer")
"""Ways in which producers are paid."""
CORRECTED = "corrected"
"""Goods moved by a reversal whose original does not explain it."""

Key = TypeVar("Key")
Sums = TypeVar("Sums", "Amounts", "Times")
_SETTLED = (
    *("number", "producer", "from_date", "through_date", "tender", "amount", "deducted"),
    *("gross", "commission", "earned", "remaining"),
)
_NO_WAIT = {"since": None, "opened": None, "waited": None}
SoldKey = tuple[str, str, str, str, str]
"""Date, SKU, producer, buyer, unit."""
GoodsKey = tuple[str, str, str, str, str]
"""Date, SKU, producer, what, reason."""


OwedKey = tuple[str, str, str]
"""Date, producer, what."""
OTHERWISE = {
    GoodsReceived.KIND: "bought",
    GoodsReturned.KIND: "bought",
    WriteOff.KIND: "losses",
    StockCount.KIND: "losses",
    CashMove.KIND: "debts",
    Opening.KIND: "opening",
}
"""What a document that is no sale and no payment is to the producer who is owed by it; any other: ``other``."""


class Find(NamedTuple):
    """Where documents are that others name."""

    document: Callable[[str], Document | None]
    """By its id, where an earlier entry holds it."""
    sale: Callable[[Refund], Document | None]
    """What a refund elsewhere is of; None where that is not known yet."""


class Amounts(NamedTuple):
    """The columns of ``sold`` that add up."""

    lines: int = 0
    quantity: int = 0
    discount: int = 0
    total: int = 0
    share: int = 0
    commission: int = 0
    margin: int = 0


class Times(NamedTuple):
    """How many documents."""

    sales: int = 0
    refunds: int = 0


@dataclass(slots=True)
class Facts:
    """Sums over entries."""

    sold: dict[SoldKey, Amounts] = field(default_factory=dict)
    times: dict[tuple[str, str], Times] = field(default_factory=dict)
    """By date and buyer."""
    goods: dict[GoodsKey, int] = field(default_factory=dict)
    """Thousandths."""
    paid: dict[int, dict[str, Any]] = field(default_factory=dict)
    """By sequence number, a row of ``paid`` without its till."""
    taken_back: dict[str, int] = field(default_factory=dict)
    """Numbers of slips whose payment was reversed, with the entry that did it."""
    prices: dict[str, tuple[int, str]] = field(default_factory=dict)
    """By SKU, what it costs since the newest price document, in rupiah, and its moment (UTC, ISO; empty for none)."""
    papers: list[dict[str, Any]] = field(default_factory=list)
    touched: dict[str, int] = field(default_factory=dict)
    """By business date, the last entry that changed a figure of it."""
    otherwise: dict[OwedKey, int] = field(default_factory=dict)
    """Rupiah by which neither sales nor payments changed what producers are owed."""
    moved: list[Moved] = field(default_factory=list)
    """How entries changed what producers are owed, in their order."""
    elsewhere: list[tuple[str, Document]] = field(default_factory=list)
    """Refunds of sales in other journals and what takes one back, with their dates."""
    aside: int = 0

    def add(self, seq: int, entry: Readable, find: Find) -> None:
        """Take in the entry at ``seq``."""
        envelope, document = entry.envelope, entry.document
        said = _said(seq, envelope.date, document, find)
        counts = said.heaviest() <= LIGHT and is_day(envelope.date)
        self.papers.append(_paper(seq, envelope, document, counted=counts))
        if not counts:
            self.aside += 1
            return
        add_all(self.sold, said.sold.items())
        add_all(self.times, said.times.items())
        moved = list(moved_by(seq, entry))
        self.moved += moved
        add_otherwise(self.otherwise, document, moved, said)
        for key, quantity in said.goods.items():
            self.move(key, quantity)
        dates = [*said.sold, *said.times, *said.goods, *((row["date"],) for row in said.paid.values())]
        self.touched |= {day: seq for day, *_rest in dates}
        self.paid |= said.paid
        self.taken_back |= said.taken_back
        self.prices |= {sku: (price, _when(envelope.at)) for sku, (price, _at) in said.prices.items()}
        if is_elsewhere(document, find):
            self.elsewhere.append((envelope.date, document))

    def heaviest(self) -> int:
        """The largest figure of all."""
        rows = [*self.sold.values(), (*self.goods.values(), 0)]
        paid = [value for row in self.paid.values() for value in row.values() if isinstance(value, int)]
        return max(max(map(abs, row)) for row in (*rows, (*paid, 0)))

    def sell(self, key: SoldKey, amounts: Iterable[int]) -> None:
        """Add to ``sold``."""
        add_all(self.sold, [(key, Amounts(*amounts))])

    def move(self, key: GoodsKey, quantity: int) -> None:
        """Add to ``goods``."""
        self.goods[key] = self.goods.get(key, 0) + quantity


def add_all(into: dict[Key, Sums], more: Iterable[tuple[Key, Sums]]) -> None:
    """Add up the named tuples of equal keys."""
    for key, sums in more:
        before = into.get(key)
        into[key] = sums if before is None else type(sums)(*map(sum, zip(before, sums, strict=True)))


def add_otherwise(into: dict[OwedKey, int], document: Document, moved: Iterable[Moved], said: Facts) -> None:
    """Add what a document changed of what is owed beyond what it ``said`` of sales and payments."""
    sums = dict[tuple[str, str], int]()
    for one in moved:
        sums[one.date, one.producer] = sums.get((one.date, one.producer), 0) + one.amount
    for (date, _sku, producer, *_whom), line in said.sold.items():
        if line.share:
            sums[date, producer] = sums.get((date, producer), 0) - line.share
    for row in said.paid.values():
        key = row["date"], row["producer"]
        sums[key] = sums.get(key, 0) + row["amount"] + row["deducted"]
    if not any(sums.values()):
        return
    kind = document.original_kind if isinstance(document, Reversal) else document.KIND
    what = OTHERWISE.get(kind, "other")
    for (date, producer), amount in sums.items():
        if amount:
            into[date, producer, what] = into.get((date, producer, what), 0) + amount


def counted_of(date: str, document: Document, find: Find) -> Facts:
    """What one document counts for."""
    return _said(0, date, document, find)


def added(sums: Facts, more: Facts) -> None:
    """Add what is sold and how many documents."""
    add_all(sums.sold, more.sold.items())
    add_all(sums.times, more.times.items())


def negative(facts: Facts) -> Facts:
    """The opposite: of sales, documents and goods."""
    return Facts(
        {key: Amounts(*(-one for one in sums)) for key, sums in facts.sold.items()},
        {key: Times(*(-one for one in times)) for key, times in facts.times.items()},
        {key: -quantity for key, quantity in facts.goods.items()},
    )


def is_day(text: str) -> bool:
    """Whether this is a day: an entry of 31 February would be in a month and on no day, so it stays out."""
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def plain(text: str) -> str:
    """``text`` as both engines can keep it."""
    return text.replace("\0", "\ufffd")


def _said(seq: int, date: str, document: Document, find: Find) -> Facts:
    said = Facts()
    match document:
        case Sale():
            _of_sale(said, date, document)
        case Refund():
            _of_refund(said, date, document, find)
        case Settlement():
            said.paid[seq] = _of_settlement(date, document)
        case Reversal():
            _of_reversal(said, (seq, date), document, find)
        case _:
            _of_goods(said, date, document)
    return said


def _of_sale(said: Facts, date: str, sale: Sale) -> None:
    buyer, unit = sale.buyer.kind, plain(sale.buyer.unit)
    said.times[date, buyer] = Times(sales=1)
    for line in sale.lines:
        cost = line.cost if line.pricing == "putus" else 0
        money = _money(line.pricing, line.total, line.share, cost)
        said.sell((date, *_codes(line), buyer, unit), (1, line.quantity, line.discount, *money))


def _of_refund(said: Facts, date: str, refund: Refund, find: Find) -> None:
    """For whom the sale was stands there; where nobody knows it counts as personal."""
    sale = find.sale(refund) if refund.elsewhere else find.document(refund.sale_id)
    buyer, unit = (sale.buyer.kind, plain(sale.buyer.unit)) if isinstance(sale, Sale) else (PERSONAL, "")
    said.times[date, buyer] = Times(refunds=1)
    for line in refund.lines:
        cost = line.cost if line.pricing == "putus" else 0
        money = _money(line.pricing, -line.total, -line.share, -cost)
        said.sell((date, *_codes(line), buyer, unit), (0, -line.quantity, 0, *money))


def _codes(line: Any) -> tuple[str, str]:
    return plain(line.sku), plain(line.producer)


def _money(pricing: str, total: int, share: int, cost: int) -> tuple[int, int, int, int]:
    """Total, share, commission and margin; goods bought outright have the last only."""
    return (total, 0, 0, total - cost) if pricing == "putus" else (total, share, total - share, 0)


def _of_settlement(date: str, paid: Settlement) -> dict[str, Any]:
    row = {name: getattr(paid, name) for name in _SETTLED}
    return row | {"producer": plain(paid.producer), "date": date, **_NO_WAIT, "taken_back": STANDS}


def _of_payment_back(date: str, reversal: Reversal) -> dict[str, Any]:
    """A payment that is taken back, on the day of that: what the reversal itself moves."""
    accounts = [(account, amount) for account, amount in reversal.postings if account.startswith(PAYABLE)]
    account, moved = accounts[0] if accounts else (PAYABLE, 0)
    tender = next((name for name in TENDERS if f"settlements_{name}" in reversal.figures), TENDERS[0])
    amount = reversal.figures.get(f"settlements_{tender}", 0)
    row: dict[str, Any] = dict.fromkeys(_SETTLED, 0)
    row |= {"number": reversal.number, "producer": plain(account.removeprefix(PAYABLE)), "tender": tender}
    row |= {"from_date": None, "through_date": date, "amount": amount, "deducted": moved - amount}
    return row | {"date": date, **_NO_WAIT, "taken_back": TAKES_BACK}


def _of_goods(said: Facts, date: str, document: Document) -> None:
    match document:
        case PriceSet(sku=sku, sell_price=price):
            said.prices[plain(sku)] = (price, "")
        case GoodsReceived(producer=producer, lines=lines):
            for line in lines:
                said.move((date, plain(line.sku), plain(producer), "received", ""), line.quantity)
        case GoodsReturned(lines=lines):
            for left in lines:
                said.move(_leaving(date, left, "returned"), -left.quantity)
        case WriteOff(lines=lines):
            for left in lines:
                said.move(_leaving(date, left, "written_off"), -left.quantity)
        case StockCount(lines=lines):
            for counted in lines:
                if counted.missing:
                    said.move(_leaving(date, counted.missing, "missing"), -counted.missing.quantity)
                elif counted.counted > counted.expected:
                    found = (date, plain(counted.sku), "", "found", "")
                    said.move(found, counted.counted - counted.expected)


def _when(at: str) -> str:
    """A moment of a till so that moments of different tills compare as texts; empty for what is none."""
    try:
        moment = dt.datetime.fromisoformat(at)
        return moment.astimezone(dt.UTC).isoformat(timespec="seconds") if moment.tzinfo else ""
    except (ValueError, OverflowError):
        return ""


def _leaving(date: str, line: LeavingLine, what: str) -> GoodsKey:
    return date, *_codes(line), what, line.reason


def _of_reversal(said: Facts, at: tuple[int, str], reversal: Reversal, find: Find) -> None:
    """The opposite of what the original said, on its own date; its sums alone where that does not explain them."""
    seq, date = at
    if reversal.original_kind == Settlement.KIND:
        said.taken_back[reversal.original_number] = seq
        said.paid[seq] = _of_payment_back(date, reversal)
        return
    original = find.document(reversal.original_id)
    if original is None or opposite(original.effects()) != reversal.effects():
        _of_sums(said, date, reversal)
        return
    undone = negative(_said(0, date, original, find))
    said.sold, said.times, said.goods = undone.sold, undone.times, undone.goods


def is_elsewhere(document: Document, find: Find) -> bool:
    """Whether a sale in another journal says whom this counts for."""
    if isinstance(document, Reversal) and document.original_kind == Refund.KIND:
        document = find.document(document.original_id) or document
    return isinstance(document, Refund) and document.elsewhere


def _of_sums(said: Facts, date: str, reversal: Reversal) -> None:
    got = {name: reversal.figures.get(name, 0) for name in ("sales", "refunds", "gross", "commission", "margin")}
    if any(got.values()):
        share = got["gross"] - got["commission"] - got["margin"]
        said.times[date, PERSONAL] = Times(got["sales"], got["refunds"])
        said.sell((date, "", "", PERSONAL, ""), (0, 0, 0, got["gross"], share, got["commission"], got["margin"]))
    for sku, _batch, quantity, _cost, _expires in reversal.movements:
        said.move((date, plain(sku), "", CORRECTED, ""), quantity)


def _paper(seq: int, envelope: Envelope, document: Document, *, counted: bool) -> dict[str, Any]:
    amount = _amount(document)
    return {
        "seq": seq,
        "epoch": envelope.epoch,
        "kind": envelope.kind,
        "number": document.number,
        "at": envelope.at,
        "date": envelope.date,
        "amount": max(min(amount, LIGHT), -LIGHT),
        "document_id": envelope.id,
        "of": plain(_original(document)),
        "counted": int(counted),
    }


def _amount(document: Document) -> int:
    """The sum that stands on the paper, in rupiah; 0 where it has none."""
    match document:
        case ShiftOpened():
            return document.float
        case ShiftClosed():
            return document.counted
    for name in ("total", "amount", "received"):
        found = getattr(document, name, None)
        if isinstance(found, int):
            return found
    return 0


def _original(document: Document) -> str:
    match document:
        case Refund():
            return document.sale_id
        case Reversal():
            return document.original_id
        case DeductionCollected():
            return document.list_id
    return ""
