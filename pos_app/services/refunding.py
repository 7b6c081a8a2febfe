"""Take back part of a sale, days later if need be; or undo a whole document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pos_app.domain.errors import (
    EmptyDocument,
    GoodsGone,
    InsufficientCash,
    InvalidAmount,
    InvalidQuantity,
    NotRefundable,
    NotReversible,
    SeveralTabs,
    UnknownCode,
)
from pos_app.ledger import corner_sales, deductions, drafts, queries, receipts
from pos_app.ledger.corner_sales import CornerSale
from pos_app.ledger.queries import Entry
from pos_app.ledger.sqlite import Connection
from pos_app.services import count_undoing, counting, matching
from pos_app.services.context import Counter, Recorded, done
from pos_app.services.goods import check_quantity
from sync.documents.arithmetic import part, priced, quantity_code, split_line
from sync.documents.base import LIMIT, Take, TakeBackReason, TenderKind
from sync.documents.deductions import DeductionCollected, DeductionList
from sync.documents.goods import GoodsReceived, GoodsReturned, StockCount, WriteOff
from sync.documents.money import CashMove, Opening, Settlement, TabPayment
from sync.documents.qris_matched import QrisMatched
from sync.documents.refund import Refund, RefundLine
from sync.documents.reversal import Reversal, opposite
from sync.documents.sale import Sale, SaleLine

REVERSIBLE = (
    Sale,
    GoodsReceived,
    GoodsReturned,
    WriteOff,
    StockCount,
    Settlement,
    TabPayment,
    CashMove,
    Opening,
    DeductionList,
    DeductionCollected,
    QrisMatched,
)


@dataclass(frozen=True, slots=True)
class Back:
    """Pieces of line ``line`` (from 0) of the sale that come back, in thousandths."""

    line: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Remaining:
    """What can still be refunded of one line: thousandths and rupiah."""

    line: int
    sold: SaleLine
    quantity: int
    total: int


def refundable(db: Connection, number: str) -> list[Remaining]:
    """What remains of each line of a sale, after all that tills of the corner gave back, as far as known.

    Raises ``NotRefundable`` for an unknown or reversed one.
    """
    found = _sale(db, number)
    remaining = []
    for index, line in enumerate(found.sale.lines):
        quantity, total, _, _ = found.line_came_back(index)
        remaining.append(Remaining(index, line, max(0, line.quantity - quantity), max(0, line.total - total)))
    return remaining


def refund(
    counter: Counter,
    number: str,
    lines: Sequence[Back],
    tender: TenderKind,
    *,
    reason: TakeBackReason | None = None,
    note: str | None = None,
    approved_by: str | None = None,
) -> Recorded:
    """Give money back for pieces of a sale of this corner, limited to what remains of each line (rule 5).

    Cash leaves today's drawer, unrounded; a tab refund goes to the tab that paid. A manager's act. A sale that another
    till recorded is refunded like an own one once it is known here: its shares go off the producer at this till.
    """
    if not lines:
        raise EmptyDocument
    counter.require_manager("refund", approved_by)
    with counter.record() as now:
        now.require_shift()
        found = _sale(now.db, number)
        sale = found.sale
        before = {line: found.line_came_back(line) for line in range(len(sale.lines))}
        refund_number = now.number(Refund.PREFIX)
        back = []
        for one in lines:
            if not 0 <= one.line < len(sale.lines):
                raise NotRefundable(number)
            line = _refund_line(sale.lines[one.line], one, before.get(one.line, (0, 0, 0, 0)), number, refund_number)
            quantity, total, share, cost = before.get(one.line, (0, 0, 0, 0))
            before[one.line] = (quantity + line.quantity, total + line.total, share + line.share, cost + line.cost)
            back.append(line)
        total = sum(line.total for line in back)
        _check_drawer(now.db, total if tender == "cash" else 0)
        now.append(
            Refund(
                number=refund_number,
                note=now.note(note),
                approved_by=approved_by,
                sale_id=found.entry.id,
                sale_number=number,
                lines=tuple(back),
                total=total,
                tender=tender,
                staff=_tab_of(sale, number) if tender == "tab" else None,
                reason=reason,
                elsewhere=not found.own,
            ),
            paper="refund",
        )
    return done(now)


@dataclass(frozen=True, slots=True)
class BackElsewhere:
    """Goods on the paper of another till: thousandths, and the price per unit that the paper shows, in rupiah."""

    sku: str
    quantity: int
    price: int


def refund_elsewhere(
    counter: Counter,
    number: str,
    goods: Sequence[BackElsewhere],
    tender: TenderKind,
    *,
    reason: TakeBackReason | None = None,
    note: str | None = None,
    approved_by: str | None = None,
) -> Recorded:
    """Give money back for goods of a sale that this till does not know yet: by its paper, on a manager's word.

    Nothing limits it but that paper: what came back of the sale at the other till is known there. Cash or transfer
    only. Raises ``NotRefundable`` for a sale that this till has or was told of, and what ``refund`` does.
    """
    if not goods:
        raise EmptyDocument
    counter.require_manager("refund_elsewhere", approved_by)
    with counter.record() as now:
        now.require_shift()
        known = queries.entry_by_number(now.db, number) is not None or corner_sales.find(now.db, number) is not None
        if tender not in ("cash", "transfer") or known:
            raise NotRefundable(number)
        refund_number = now.number(Refund.PREFIX)
        lines = tuple(_line_elsewhere(now.db, index, one, refund_number) for index, one in enumerate(goods))
        total = sum(line.total for line in lines)
        _check_drawer(now.db, total if tender == "cash" else 0)
        now.append(
            Refund(
                number=refund_number,
                note=now.note(note),
                approved_by=approved_by,
                sale_id=number,
                sale_number=number,
                lines=lines,
                total=total,
                tender=tender,
                reason=reason,
                elsewhere=True,
            ),
            paper="refund",
        )
    return done(now)


def _line_elsewhere(db: Connection, index: int, one: BackElsewhere, refund_number: str) -> RefundLine:
    product = queries.product(db, one.sku)
    if product is None:
        raise UnknownCode(one.sku)
    check_quantity(product, one.quantity)
    if not 0 < one.price <= LIMIT // one.quantity:
        raise InvalidAmount(str(one.price))
    total, share, _commission = split_line(
        pricing=product.pricing,
        quantity=one.quantity,
        sell_price=one.price,
        consign_price=product.consign_price,
        commission_bp=product.commission_bp,
    )
    bought = product.pricing == "putus"
    cost = priced(product.consign_price or 0, one.quantity) if bought else 0
    return RefundLine(
        line=index,
        sku=product.sku,
        name=product.name,
        producer=product.producer,
        unit=product.unit,
        pricing=product.pricing,
        quantity=one.quantity,
        total=total,
        share=min(share, total),
        takes=(Take(f"{refund_number}.{index}" if bought else "", one.quantity, cost),),
    )


def refunded_before(db: Connection, number: str) -> int:
    """Rupiah that this till has given back for a sale of another till."""
    entries = (queries.entry_by_seq(db, seq) for seq in receipts.refunds_of(db, number))
    return sum(entry.document.total for entry in entries if entry is not None and isinstance(entry.document, Refund))


def _refund_line(
    sold: SaleLine, back: Back, before: tuple[int, int, int, int], number: str, refund_number: str
) -> RefundLine:
    quantity, total, share, cost = before
    if back.quantity < 1 or (back.quantity % 1000 and sold.unit != "kg"):
        raise InvalidQuantity(quantity_code(back.quantity))
    if back.quantity + quantity > sold.quantity:
        raise NotRefundable(number)
    if sold.pricing == "putus":
        cost_back = part(sold.cost, back.quantity, sold.quantity, cost, quantity)
        takes: tuple[Take, ...] = (Take(f"{refund_number}.{back.line}", back.quantity, cost_back),)
    else:
        takes = tuple(_batches_back(sold.takes, skip=quantity, quantity=back.quantity))
    return RefundLine(
        line=back.line,
        sku=sold.sku,
        name=sold.name,
        producer=sold.producer,
        unit=sold.unit,
        pricing=sold.pricing,
        quantity=back.quantity,
        total=part(sold.total, back.quantity, sold.quantity, total, quantity),
        share=part(sold.share, back.quantity, sold.quantity, share, quantity),
        takes=takes,
    )


def _batches_back(takes: Sequence[Take], *, skip: int, quantity: int) -> Iterator[Take]:
    """The batches that ``quantity`` pieces return to: last taken, first back; ``skip`` came back before."""
    for take in reversed(takes):
        passed = min(skip, take.quantity)
        skip -= passed
        pieces = min(take.quantity - passed, quantity)
        quantity -= pieces
        if pieces:
            yield Take(take.batch, pieces, 0, take.expires_on)


def _came_back(db: Connection, number: str) -> bool:
    """Whether any till of the corner gave back something of a sale, as far as known."""
    found = corner_sales.find(db, number)
    return found is not None and bool(found.came_back)


def _sale(db: Connection, number: str) -> CornerSale:
    found = corner_sales.find(db, number)
    if found is None or found.undone:
        raise NotRefundable(number)
    return found


def _tab_of(sale: Sale, number: str) -> str:
    """Whose tab paid. Raises ``NotRefundable`` where none did, ``SeveralTabs`` where more than one did."""
    paid = {tender.staff for tender in sale.tenders if tender.staff}
    if len(paid) > 1:
        raise SeveralTabs(number)
    for staff in paid:
        return staff
    raise NotRefundable(number)


def _check_drawer(db: Connection, needed: int) -> None:
    """Cash that is handed out must lie in the drawer."""
    drawer = queries.balance(db, "cash")
    if needed > max(drawer, 0):
        raise InsufficientCash(drawer, needed)


def reverse(
    counter: Counter,
    number: str,
    *,
    reason: str | None = None,
    code: TakeBackReason | None = None,
    approved_by: str | None = None,
    keep: tuple[str, str] | None = None,
) -> Recorded:
    """Undo a whole document by one of its own; the original stays. A manager's act.

    ``reason`` is a free note, ``code`` the reason that the books keep. ``keep`` is the slot and the body of a draft
    that is kept in the same transaction: what comes next must not be lost with the power.

    Raises ``NotReversible`` for an unknown or already reversed document or a partly refunded sale, ``GoodsGone`` for
    a delivery, or pieces found by a count, of which something has left the shelf.
    """
    counter.require_manager("reverse", approved_by)
    with counter.record() as now:
        entry = standing(now.db, number)
        effects = opposite(entry.document.effects())
        if isinstance(entry.document, QrisMatched) and not matching.is_newest(now.db, entry):
            raise NotReversible(number)
        if deductions.stands_in_the_way(now.db, entry):
            raise NotReversible(number)
        cash = sum(amount for account, amount in effects.postings if account == "cash")
        if cash or isinstance(entry.document, Sale):
            now.require_shift()
        _check_drawer(now.db, -cash)
        now.append(
            Reversal(
                number=now.number(Reversal.PREFIX),
                note=now.note(reason),
                approved_by=approved_by,
                original_id=entry.id,
                original_number=number,
                original_kind=entry.envelope.kind,
                postings=effects.postings,
                movements=tuple((m.sku, m.batch, m.quantity, m.cost, m.expires_on) for m in effects.movements),
                figures=effects.figures,
                reason=code,
            ),
            paper="reversal",
        )
        if isinstance(entry.document, StockCount | GoodsReturned | WriteOff):
            counting.doubt(now.db, [line.sku for line in entry.document.lines], entry.seq)
        if keep is not None:
            drafts.save(now.db, keep[0], now.at.isoformat(timespec="seconds"), keep[1])
    return done(now)


def standing(db: Connection, number: str) -> Entry:
    """The document that can be undone, as far as its goods tell. Raises ``NotReversible`` and ``GoodsGone``."""
    entry = queries.entry_by_number(db, number)
    if entry is None or not isinstance(entry.document, REVERSIBLE) or queries.is_reversed(db, entry.id):
        raise NotReversible(number)
    _check_goods_still_there(db, entry, number)
    return entry


def _check_goods_still_there(db: Connection, entry: Entry, number: str) -> None:
    """A refunded sale is undone by refunds; a delivery or a count only while all they brought lies on the shelf.

    Pieces that were written off or given back by mistake were found by a count that came later.
    """
    if isinstance(entry.document, Sale) and _came_back(db, number):
        raise NotReversible(number)
    if isinstance(entry.document, StockCount):
        count_undoing.check(db, entry, entry.document)
    if isinstance(entry.document, GoodsReturned | WriteOff):
        count_undoing.check_not_counted(db, entry, {line.sku for line in entry.document.lines})
    if isinstance(entry.document, GoodsReceived):
        for line in entry.document.lines:
            left = [(lot.quantity, lot.cost) for lot in queries.lots(db, line.sku) if lot.batch == line.batch]
            brought = line.quantity - line.covers
            if left != ([(brought, line.cost)] if brought else []):
                gone = brought - sum(quantity for quantity, _cost in left)
                raise GoodsGone(number, line.name, gone, brought) if gone > 0 else NotReversible(number)
