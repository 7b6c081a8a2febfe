"""The statement of a staff tab: what was bought and repaid since a day, with what was carried over."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pos_app.domain.errors import UnknownStaff
from pos_app.i18n import N_, _
from pos_app.ledger import queries, registry, staff
from pos_app.printing.papers.tab_statement import Statement, StatementLine, tab_statement
from pos_app.services.papers import letterhead, marked
from sync.documents.deductions import DeductionCollected
from sync.documents.money import TabPayment
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal
from sync.documents.sale import Sale

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from pos_app.ledger.ledger import Ledger
    from pos_app.ledger.registry import StaffMember
    from pos_app.ledger.sqlite import Connection
    from pos_app.ledger.vault import Vault
    from pos_app.printing.layout import Paper
    from pos_app.services.context import Counter
    from sync.documents.base import Document

FIRST_ITEMS = 2
PAID = {
    "cash": N_("Repayment in cash"),
    "qris": N_("Repayment by QRIS"),
    "transfer": N_("Repayment by transfer"),
}


@dataclass(frozen=True, slots=True)
class Lines:
    """What moved a tab since a day, oldest first, and what it stood at before; rupiah."""

    carried_over: int
    lines: tuple[StatementLine, ...]
    balance: int


def lines_since(db: Connection, code: str, since: date) -> Lines:
    """The statement of a staff member since a day."""
    moves = staff.moves_since(db, code, since.isoformat())
    balance = queries.tab(db, code)
    lines = tuple(StatementLine(move.date, move.number, _what(db, move.seq), move.amount) for move in moves)
    return Lines(balance - sum(line.amount for line in lines), lines, balance)


def paper(ledger: Ledger, vault: Vault, code: str, since: date, at: datetime) -> Paper:
    """The statement as a paper for whoever asks for it. Raises ``UnknownStaff``."""
    member = _member(ledger.db, vault, code)
    found = lines_since(ledger.db, code, since)
    statement = Statement(
        member.name, member.unit, member.tab_limit, since.isoformat(), found.carried_over, found.lines, found.balance
    )
    head = letterhead(ledger)
    return marked(tab_statement(statement, head, at.isoformat(timespec="seconds")), head)


def _member(db: Connection, vault: Vault, code: str) -> StaffMember:
    for member in registry.staff_members(db, vault.unseal):
        if member.code == code:
            return member
    raise UnknownStaff(code)


def _what(db: Connection, seq: int) -> str:
    entry = queries.entry_by_seq(db, seq)
    return what_of(entry.document) if entry else ""


def what_of(document: Document) -> str:
    """What a document did to a tab, in a few words: the first goods of a sale, the way of a repayment."""
    match document:
        case Sale():
            return _goods([line.name for line in document.lines])
        case Refund():
            return _("Taken back: {goods}").format(goods=_goods([line.name for line in document.lines]))
        case TabPayment():
            return _(PAID[document.tender])
        case DeductionCollected():
            return _("Salary deduction")
        case Reversal():
            return _("Undone: {number}").format(number=document.original_number)
    return _("From the paper book")


def _goods(names: list[str]) -> str:
    shown = ", ".join(names[:FIRST_ITEMS])
    return f"{shown} +{len(names) - FIRST_ITEMS}" if len(names) > FIRST_ITEMS else shown


@dataclass(frozen=True, slots=True)
class Issuer:
    """Gives one statement out, from a worker: it opens a connection of its own."""

    counter: Counter
    code: str
    since: date

    def print_it(self) -> bool:
        """To the printer of sheets, else of rolls; false where the till has none. Raises ``PrinterFault``."""
        from pos_app.services import printing

        with closing(self.counter.ledger.another()) as own:
            return printing.print_now(own, self._paper(own))

    def save(self, folder: Path) -> Path:
        """As an A5 file in this folder, never over another; its path."""
        from pos_app.printing.pdf import to_pdf
        from pos_app.services.private_files import write_new

        with closing(self.counter.ledger.another()) as own:
            content = to_pdf(self._paper(own), "a5")
        return write_new(folder, f"bon-{self.code}-{self.since}", "pdf", content)

    def _paper(self, ledger: Ledger) -> Paper:
        return paper(ledger, self.counter.vault, self.code, self.since, self.counter.clock())
