"""What a document says of earlier ones: that they are there, hold what it takes of them, and nothing is taken twice.

The books balance without it, and no projection differs: only a replay finds a document that pays something a second
time. Services never write one; whoever changes the file might.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING

from pos_app.ledger.earlier import Earlier
from pos_app.ledger.goods_claims import Goods
from pos_app.ledger.settled_claims import PAYABLE, Settled
from sync.documents.base import Document, Effects, InvalidDocument, require
from sync.documents.deductions import DeductionCollected, DeductionList
from sync.documents.goods import GoodsReceived, GoodsReturned, StockCount, WriteOff
from sync.documents.money import CashMove, PriceSet, Settlement
from sync.documents.qris_matched import QrisMatched
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal, check_undoes
from sync.documents.sale import Sale
from sync.documents.shift import ShiftClosed, ShiftOpened
from sync.protocol.entry import BrokenEntry

if TYPE_CHECKING:
    from pos_app.ledger.sqlite import Connection

Sums = tuple[int, int, int]
"""Thousandths, rupiah and the producer's rupiah given back of one line."""
_OnTab = tuple[str, int]
"""Staff member and entry."""


class Claims:
    """One replay, from entry 1 on."""

    def __init__(self, db: Connection) -> None:
        self.earlier = Earlier(db)
        self._qris = _QrisMoney(self.earlier)
        self._lists = _Lists(self.earlier)
        self._settled = Settled(self.earlier)
        self._goods = Goods(self.earlier)
        self.open_shift = 0
        """The entry that opened the shift which is open; 0 for none."""
        self._refunded: dict[int, dict[int, Sums]] = {}
        """What came back of a sale, by its entry and line."""
        self._undone: set[str] = set()
        """Documents that were reversed, by id."""

    def check(self, seq: int, document_id: str, document: Document, effects: Effects) -> None:
        """Take in entry ``seq``. Raises ``InvalidDocument`` or ``BrokenEntry`` where it claims what is not so."""
        if type(document) is Sale:
            self._goods.name(document.lines)
            self._move(seq, self._settled.earned, effects)
        else:
            self._check(seq, document_id, document)
            if not _about_matches(document):
                self._move(seq, self._settled.of(document), effects)
        self._goods.move(effects)

    def _check(self, seq: int, document_id: str, document: Document) -> None:
        match document:
            case GoodsReceived() | GoodsReturned() | WriteOff() | StockCount() | PriceSet():
                self._goods.check(seq, document)
            case ShiftOpened():
                self.open_shift = seq
            case ShiftClosed():
                self.open_shift = 0
            case CashMove():
                self._settled.repay(document)
            case Reversal():
                self._undo(seq, document)
            case Refund():
                self._refund(seq, document)
                self._goods.name(document.lines)
            case Settlement():
                self._settled.pay(seq, document_id, document)
            case QrisMatched():
                self._qris.match(seq, document_id, document)
                for line in document.lines:
                    require(self.earlier.number(line.seq) == line.number, "matches a document of another number")
            case DeductionList():
                self._list(seq, document_id, document)
            case DeductionCollected():
                self._lists.collect(document, self._listed_by(document, seq))

    def _move(self, seq: int, pile: dict[str, int], effects: Effects) -> None:
        for account, amount in effects.postings:
            if account == "qris":
                self._qris.moved(seq, amount)
            elif account.startswith(PAYABLE):
                pile[account] -= amount

    def _undo(self, seq: int, reversal: Reversal) -> None:
        found = self.earlier.by_id(reversal.original_id, seq)
        if found is None:
            raise BrokenEntry("reverses a document that is not there")
        original_seq, original = found
        if (original.number, original.KIND) != (reversal.original_number, reversal.original_kind):
            raise BrokenEntry("reverses a document of another number")
        again = self.is_undone(reversal)
        self.earlier.require(not again, "reverses what was reversed before")
        if not (again and reversal.effects() == Effects()):
            check_undoes(reversal, original.effects())
        if again:
            return
        self._undone.add(reversal.original_id)
        match original:
            case Sale():
                back = original_seq in self._refunded
                self.earlier.require(not back, "reverses a sale of which something came back")
            case DeductionList():
                self._lists.take_back(reversal.original_id, original)
            case DeductionCollected():
                self._lists.wait_again(original, self._listed_by(original, seq))
            case QrisMatched():
                self._qris.take_back(reversal.original_id, original)
            case Settlement():
                self._settled.take_back(reversal.original_id, original)

    def is_undone(self, reversal: Reversal) -> bool:
        """Whether what it takes back was taken back before."""
        return reversal.original_id in self._undone

    def _refund(self, seq: int, refund: Refund) -> None:
        if refund.elsewhere:
            return  # ``standing`` looks for its number
        found = self.earlier.by_id(refund.sale_id, seq)
        sale_seq, sale = found if found is not None else (0, None)
        if not isinstance(sale, Sale) or sale.number != refund.sale_number:
            raise InvalidDocument("refunds a sale that is not there")
        self.earlier.require(refund.sale_id not in self._undone, "refunds a sale that is not there")
        came_back = self._refunded.setdefault(sale_seq, {})
        for line in refund.lines:
            require(line.line < len(sale.lines), "refunds a line that the sale has not")
            sold = sale.lines[line.line]
            quantity, total, share = came_back.get(line.line, (0, 0, 0))
            sums = (quantity + line.quantity, total + line.total, share + line.share)
            came_back[line.line] = sums
            same = (line.sku, line.producer, line.pricing) == (sold.sku, sold.producer, sold.pricing)
            fits = all(some <= whole for some, whole in zip(sums, (sold.quantity, sold.total, sold.share), strict=True))
            self.earlier.require(same and fits, "more comes back of a line than was sold")

    def _list(self, seq: int, document_id: str, listed: DeductionList) -> None:
        require(listed.through_seq < seq, "lists what comes after it")
        for line in listed.lines:
            for entry in line.entries:
                owed = self._on_tab(line.staff, entry.seq)
                self._lists.add(line.staff, entry.seq, entry.amount, owed)
        self._lists.wait(document_id, listed)

    def _listed_by(self, collected: DeductionCollected, before: int) -> DeductionList:
        found = self.earlier.by_id(collected.list_id, before)
        listed = found[1] if found is not None else None
        if not isinstance(listed, DeductionList) or listed.number != collected.list_number:
            raise InvalidDocument("collects a list that is not there")
        return listed

    def _on_tab(self, staff: str, seq: int) -> int:
        document = self.earlier.document(seq)
        effects = document.effects() if document is not None else Effects()
        return dict(effects.postings).get(f"tab:{staff}", 0)


def _about_matches(document: Document) -> bool:
    """A match of QRIS money, or its reversal: what it names is unmatched or matched, whatever it posts."""
    return type(document) is QrisMatched or (type(document) is Reversal and document.original_kind == QrisMatched.KIND)


class _QrisMoney:
    """QRIS money by entry that no standing match settled, as ``qris_money`` reads it.

    Two numbers an entry: in a corner that never matches, this is all that ever came by QRIS.
    """

    def __init__(self, earlier: Earlier) -> None:
        self._earlier = earlier
        self._seqs = array("q")
        self._amounts = array("q")
        self._older: dict[int, int] = {}
        """Entries that a match, standing or taken back, had in view."""
        self._standing: list[tuple[str, int]] = []
        """Matches that stand, by id, with the entry each ended at."""

    def moved(self, seq: int, amount: int) -> None:
        self._seqs.append(seq)
        self._amounts.append(amount)

    def match(self, seq: int, document_id: str, match: QrisMatched) -> None:
        self._earlier.require(bool(match.lines), "matches nothing")
        before = self._standing[-1][1] if self._standing else 0
        require(before <= match.through_seq < seq, "matches beyond its place")
        end = bisect_right(self._seqs, match.through_seq)
        self._older.update(zip(self._seqs[:end], self._amounts[:end], strict=True))
        del self._seqs[:end], self._amounts[:end]
        for line in match.lines:
            there = self._older.pop(line.seq, None) == line.amount
            self._earlier.require(there, "matches money that is not unmatched")
        left = sorted(one for one in self._older.items() if one[0] <= match.through_seq)
        require(list(match.left) == left, "what is left is not what is unmatched")
        self._standing.append((document_id, match.through_seq))

    def take_back(self, document_id: str, match: QrisMatched) -> None:
        newest = self._standing[-1][0] if self._standing else ""
        self._earlier.require(newest == document_id, "takes back a match that is not the newest")
        self._standing = [one for one in self._standing if one[0] != document_id]
        self._older.update((line.seq, line.amount) for line in match.lines)


class _Lists:
    """Deduction lists that wait for the treasurer, and what was collected of each entry."""

    def __init__(self, earlier: Earlier) -> None:
        self._earlier = earlier
        self._waiting: set[str] = set()
        """Lists by id."""
        self._listed: set[_OnTab] = set()
        """All that stands on them."""
        self._collected: dict[_OnTab, int] = {}

    def add(self, staff: str, seq: int, amount: int, owed: int) -> None:
        self._earlier.require((staff, seq) not in self._listed, "lists what waits on another list")
        fits = amount + self._collected.get((staff, seq), 0) <= owed
        self._earlier.require(fits, "lists more than an entry put on the tab")

    def wait(self, document_id: str, listed: DeductionList) -> None:
        self._waiting.add(document_id)
        self._listed |= _entries(listed)

    def take_back(self, document_id: str, listed: DeductionList) -> None:
        waits = document_id in self._waiting
        self._earlier.require(waits, "a list that does not wait is collected or taken back")
        self._waiting.discard(document_id)
        self._listed -= _entries(listed)

    def collect(self, collected: DeductionCollected, listed: DeductionList) -> None:
        self.take_back(collected.list_id, listed)
        people = {line.staff: line for line in listed.lines}
        named = {line.staff for line in collected.lines} | {one.staff for one in collected.left_out}
        require(named == set(people), "collects from others than stand on the list")
        for line in collected.lines:
            amounts = {entry.seq: entry.amount for entry in people[line.staff].entries}
            for entry in line.entries:
                require(entry.amount <= amounts.get(entry.seq, 0), "collects more than is listed")
                key = line.staff, entry.seq
                self._collected[key] = self._collected.get(key, 0) + entry.amount

    def wait_again(self, collected: DeductionCollected, listed: DeductionList) -> None:
        """What was collected is taken back: its list waits again."""
        again = self._listed & _entries(listed)
        self._earlier.require(not again, "what was collected stands on another list since")
        self.wait(collected.list_id, listed)
        for line in collected.lines:
            for entry in line.entries:
                self._collected[line.staff, entry.seq] -= entry.amount


def _entries(listed: DeductionList) -> set[_OnTab]:
    return {(line.staff, entry.seq) for line in listed.lines for entry in line.entries}
