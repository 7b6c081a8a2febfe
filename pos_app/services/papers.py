"""From a document in the journal to its paper: names from the registry, notes, signatures, balances."""

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from pos_app.domain.errors import RuleError
from pos_app.ledger import paper_facts, queries, registry, reports
from pos_app.ledger.exchange_facts import joined_centre
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.queries import Entry
from pos_app.ledger.sqlite import Connection
from pos_app.ledger.vault import Vault, about
from pos_app.printing.layout import Cut, Paper
from pos_app.printing.papers.common import Issue, Letterhead, training_mark
from pos_app.printing.papers.deductions import deduction_list, deduction_slip
from pos_app.printing.papers.goods import goods_received_note, goods_returned_note
from pos_app.printing.papers.money import cash_move_slip, reversal_slip, tab_payment_receipt
from pos_app.printing.papers.opening import opening_slip
from pos_app.printing.papers.receipt import receipt, refund_slip
from pos_app.printing.papers.settlement import settlement_slip
from pos_app.printing.papers.stock_count import stock_count_slip
from pos_app.printing.papers.write_off import write_off_note
from pos_app.printing.papers.z_report import Unmatched, z_report
from pos_app.services import slips
from pos_app.services.context import TRAINING_SETTING
from pos_app.services.listed_people import recorded_list
from pos_app.services.matching import reference_of
from sync.documents.deductions import DeductionCollected, DeductionList
from sync.documents.goods import GoodsReceived, GoodsReturned, StockCount, WriteOff
from sync.documents.money import CashMove, Opening, Settlement, TabPayment
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal
from sync.documents.sale import Sale
from sync.documents.shift import ShiftClosed

LOGO = "receipt.logo"
"""Setting: the logo as black and white PNG, in base64; empty without one."""
CHECK_CODE = "receipt.check_code"
"""Setting: ``1`` where receipts carry a code to check them later."""

PAPERS = {
    "sale": "receipt",
    "refund": "refund",
    "goods_received": "goods_received",
    "goods_returned": "goods_returned",
    "write_off": "write_off",
    "stock_count": "stock_count",
    "settlement": "settlement",
    "tab_payment": "tab_payment",
    "deduction_list": "deduction_list",
    "deduction_collected": "deduction_collected",
    "cash_move": "cash_move",
    "opening": "opening",
    "shift_closed": "z_report",
    "reversal": "reversal",
}
"""Kind of document and the name of its paper."""


class NoPaper(RuleError):
    """There is no such document, or its kind has no paper."""

    name: ClassVar[str] = "no_paper"
    document: str


def letterhead(ledger: Ledger) -> Letterhead:
    """Corner and till, with address, footer and logo from the settings, and the centre that the till joined."""
    identity = ledger.identity
    logo = queries.setting(ledger.db, LOGO, "")
    return Letterhead(
        identity.corner_name,
        identity.corner,
        identity.till,
        queries.setting(ledger.db, "corner.address", ""),
        queries.setting(ledger.db, "receipt.footer", ""),
        base64.b64decode(logo),
        queries.setting(ledger.db, CHECK_CODE, "") == "1",
        queries.setting(ledger.db, TRAINING_SETTING, "") == "1",
        joined_centre(ledger.db),
    )


def document_paper(ledger: Ledger, vault: Vault, document_id: str, *, copy: bool = False) -> Paper:
    """The paper of a document in the journal; ``copy`` marks it SALINAN. Raises ``NoPaper``."""
    entry = queries.entry_by_id(ledger.db, document_id)
    if entry is None or entry.document.KIND not in PAPERS:
        raise NoPaper(document_id)
    head = letterhead(ledger)
    paper = _Maker(ledger.db, vault, head, {}).make(entry, copy=copy)
    return marked(paper, head)


def document_papers(ledger: Ledger, vault: Vault, entries: Iterable[Entry], *, copy: bool = False) -> Iterator[Paper]:
    """The papers of many documents in their order; what they share is read once."""
    head = letterhead(ledger)
    maker = _Maker(ledger.db, vault, head, {})
    for entry in entries:
        yield marked(maker.make(entry, copy=copy), head)


def marked(paper: Paper, head: Letterhead) -> Paper:
    """A paper of a training is marked at its end, too, and opens no drawer; any other stays as it is."""
    if not head.training:
        return paper
    blocks = [block for block in paper.blocks if not isinstance(block, Cut)]
    return replace(paper, blocks=(*blocks, training_mark(), Cut()), drawer=False)


@dataclass(frozen=True, slots=True)
class _Maker:
    db: Connection
    vault: Vault
    head: Letterhead
    users: dict[str, str]
    """Names of users by their pseudonym, once they were read."""

    def make(self, entry: Entry, *, copy: bool) -> Paper:
        issue = self._issue(entry, copy=copy)
        match entry.document:
            case Sale() as sale:
                return receipt(sale, issue, self.head, self._staff(*(tender.staff for tender in sale.tenders)))
            case Refund() as refund:
                return refund_slip(refund, issue, self.head, self._staff(refund.staff))
            case GoodsReceived() | GoodsReturned() | WriteOff() | StockCount() as about_goods:
                return self._of_goods(about_goods, issue)
            case Settlement() as settlement:
                return settlement_slip(settlement, issue, self.head, slips.explained(self.db, entry.seq, settlement))
            case TabPayment() | DeductionList() | DeductionCollected() as about_tabs:
                return self._of_tabs(about_tabs, entry.seq, issue)
            case Opening() as opening:
                names = {code: self._producer(code) for code in opening.payable}
                return opening_slip(opening, issue, self.head, names, self._staff(*opening.tabs))
            case CashMove() as move:
                return cash_move_slip(move, issue, self.head, self._producer(move.producer) if move.producer else "")
            case ShiftClosed() as closed:
                return self._z(closed, entry, issue)
            case Reversal() as reversal:
                return reversal_slip(reversal, issue, self.head, self._products(reversal))
            case other:
                raise NoPaper(other.number)

    def _of_goods(self, document: GoodsReceived | GoodsReturned | WriteOff | StockCount, issue: Issue) -> Paper:
        match document:
            case GoodsReceived() as note:
                return goods_received_note(note, issue, self.head, self._producer(note.producer))
            case GoodsReturned() as note:
                return goods_returned_note(note, issue, self.head, self._producer(note.producer))
            case WriteOff() as note:
                return write_off_note(note, issue, self.head, self._owners(note))
            case StockCount() as count:
                return stock_count_slip(count, issue, self.head)

    def _of_tabs(self, document: TabPayment | DeductionList | DeductionCollected, seq: int, issue: Issue) -> Paper:
        match document:
            case TabPayment() as payment:
                left = paper_facts.balance_after(self.db, f"tab:{payment.staff}", seq)
                name = self._staff(payment.staff).get(payment.staff, payment.staff)
                return tab_payment_receipt(payment, issue, self.head, name, left)
            case DeductionList() as listed:
                return deduction_list(recorded_list(self.db, self.vault, listed), issue, self.head)
            case DeductionCollected() as collected:
                codes = [line.staff for line in collected.lines] + [one.staff for one in collected.left_out]
                return deduction_slip(collected, issue, self.head, self._staff(*codes))

    def _issue(self, entry: Entry, *, copy: bool) -> Issue:
        sealed = paper_facts.sealed_note(self.db, entry.id)
        note = self.vault.unseal(sealed, about("note", entry.id)) if sealed else None
        users = self._users()
        approved_by = getattr(entry.document, "approved_by", None) or ""
        cashier = entry.envelope.cashier
        return Issue(
            at=entry.envelope.at,
            cashier=users.get(cashier, cashier[:8] or "-"),
            hash=entry.hash.hex(),
            copy=copy,
            note=note.decode() if note else "",
            approved_by=users.get(approved_by, approved_by[:8]),
            reversed_by=paper_facts.reversed_by(self.db, entry.id),
        )

    def _users(self) -> Mapping[str, str]:
        if not self.users:
            unseal = self.vault.unseal
            known = (*registry.users(self.db, unseal), *registry.former_users(self.db, unseal))
            self.users.update((user.id, user.name) for user in known)
        return self.users

    def _staff(self, *codes: str | None) -> Mapping[str, str]:
        """Names of staff members; staff are few and only looked up when a tab is involved."""
        if not any(codes):
            return {}
        members = registry.staff_members(self.db, self.vault.unseal)
        return {member.code: member.name or member.code for member in members if member.code in codes}

    def _producer(self, code: str) -> str:
        return registry.producer_name(self.db, code) or code

    def _owners(self, note: WriteOff) -> dict[str, str]:
        """Names of the producers whose goods were written off, by code."""
        return {line.producer: self._producer(line.producer) for line in note.lines}

    def _products(self, reversal: Reversal) -> dict[str, str]:
        skus = {movement[0] for movement in reversal.movements}
        products = (queries.product(self.db, sku) for sku in skus)
        return {product.sku: product.name for product in products if product}

    def _z(self, closed: ShiftClosed, entry: Entry, issue: Issue) -> Paper:
        signature = paper_facts.head_signature(self.db, entry.seq)
        return z_report(
            closed,
            issue,
            self.head,
            unmatched=self._unmatched(closed.first_seq, entry.seq),
            unmatched_in_all=paper_facts.balance_after(self.db, "qris", entry.seq),
            corrections=reports.corrections(self.db, closed.first_seq, entry.seq, entry.envelope.at),
            seq=entry.seq,
            signature=base64.b64encode(signature).decode() if signature else "",
        )

    def _unmatched(self, first_seq: int, last_seq: int) -> list[Unmatched]:
        """QRIS money of the shift by document, less what was matched in it; refunds and reversals count against it."""
        matched = paper_facts.matched_between(self.db, first_seq, last_seq)
        found = []
        for seq, amount in paper_facts.qris_entries(self.db, first_seq, last_seq):
            entry = queries.entry_by_seq(self.db, seq) if seq not in matched else None
            if entry:
                found.append(Unmatched(entry.document.number, reference_of(entry.document), amount))
        return found
