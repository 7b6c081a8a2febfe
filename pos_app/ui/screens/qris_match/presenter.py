"""Rules of the screen that matches QRIS money to the bank. No Qt.

Nothing is chosen by itself but what the bank's statement proposes, and nothing is recorded without F12.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pos_app.domain.dates import business_date, in_wib, short_moment
from pos_app.domain.errors import PosError
from pos_app.domain.formats import rupiah
from pos_app.i18n import N_, _
from pos_app.ledger import qris_money
from pos_app.services import bank_statement, matching, refunding
from pos_app.services.bank_statement import Columns, Statement
from pos_app.services.context import Counter, Recorded
from pos_app.services.matching import Unmatched
from pos_app.services.once import Once
from pos_app.ui.messages import Message, of_error, of_recorded
from sync.documents.qris_matched import MOST, QrisMatched

KINDS = {
    "sale": N_("Sale"),
    "tab_payment": N_("Tab repayment"),
    "refund": N_("Refund"),
    "reversal": N_("Reversal"),
    "cancelled": N_("Undone before it was matched"),
}


@dataclass(frozen=True, slots=True)
class MatchRow:
    """One unmatched item as it is listed."""

    seq: int
    number: str
    detail: str
    reference: str
    age: str
    amount: int
    chosen: bool
    old: bool


class QrisMatchPresenter:
    """What is unmatched, what is chosen of it, and what the bank shows for that."""

    OLD_DAYS = 7

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.once = Once(counter)
        """A match, or its taking back."""
        self.items: list[Unmatched] = []
        self.undone: list[Unmatched] = []
        """Paid and given back before they were matched: nothing to look for; they go with the next match."""
        self.chosen: set[int] = set()
        self.received: int | None = None
        self.statement: Statement | None = None
        self.file_name = ""
        """Of the statement; kept as a sealed note, since it may name somebody or an account."""

    @property
    def today(self) -> date:
        """The business date."""
        return business_date(self.counter.clock())

    def read_items(self) -> list[Unmatched]:
        """What is unmatched; for a worker."""
        with closing(self.counter.ledger.another()) as own:
            return matching.unmatched(own.db)

    def take(self, items: list[Unmatched]) -> None:
        """Shows what was read; what is gone is no longer chosen, and what came to nothing is not listed."""
        self.undone = [item for item in items if item.kind == "cancelled" and not item.amount]
        self.items = [item for item in items if item.kind != "cancelled" or item.amount]
        self.chosen &= {item.seq for item in items}

    def rows(self) -> list[MatchRow]:
        """The list, oldest first."""
        return [self._row(item) for item in self.items]

    def _row(self, item: Unmatched) -> MatchRow:
        days = (self.today - in_wib(item.at).date()).days
        age = _("today") if days <= 0 else _("{days} days").format(days=days)
        detail = f"{_(KINDS[item.kind])} · {short_moment(item.at)}"
        chosen = item.seq in self.chosen
        return MatchRow(item.seq, item.number, detail, item.reference, age, item.amount, chosen, days >= self.OLD_DAYS)

    # Choosing -----------------------------------------------------------------------------------------------------

    def toggle(self, seq: int) -> None:
        """In or out; what the bank shows for it is asked anew."""
        self.chosen ^= {seq}
        self.received = None

    def toggle_all(self) -> None:
        """All of them, or none when all are chosen."""
        everything = {item.seq for item in self.items}
        self.chosen = set() if self.chosen == everything else everything
        self.received = None

    @property
    def total(self) -> int:
        """All that is unmatched, in rupiah."""
        return sum(item.amount for item in self.items)

    @property
    def gross(self) -> int:
        """What buyers paid for the chosen ones."""
        return sum(item.amount for item in self.items if item.seq in self.chosen)

    @property
    def at_bank(self) -> int:
        """What the bank shows; all of it as long as nothing is typed."""
        return self.gross if self.received is None else self.received

    @property
    def fee(self) -> int:
        """What the provider kept, in rupiah."""
        return self.gross - self.at_bank

    def fee_text(self) -> str:
        """``Rp 140 · 0,70 %``."""
        if self.gross <= 0:
            return rupiah(self.fee)
        points = (abs(self.fee) * 20_000 + self.gross) // (2 * self.gross)
        sign = "-" if self.fee < 0 else ""
        return f"{rupiah(self.fee)} · {sign}{points // 100},{points % 100:02d} %"

    def obstacle(self) -> Message | None:
        """Why it cannot be recorded yet."""
        if not self.items:
            return Message("I", _("Everything is matched."))
        if not self.chosen:
            return Message("W", _("Choose what the bank shows: Enter or Space takes a row in or out."))
        if not 0 <= self.at_bank <= self.gross:
            text = _("The bank cannot show more than {total} for these. Choose what else was paid, or correct it.")
            return Message("E", text.format(total=rupiah(self.gross)))
        return None

    def question(self) -> list[str]:
        """What is asked once more before it is recorded."""
        return [
            _("{count} entries, {amount} paid by buyers").format(count=len(self.chosen), amount=rupiah(self.gross)),
            _("Fee {fee}, an expense of the corner").format(fee=self.fee_text()),
        ]

    # Recording ----------------------------------------------------------------------------------------------------

    def record(self, approved_by: str | None) -> Message:
        """Records the match; durable when it says so."""
        chosen = self._entries()
        received = self.at_bank

        def write() -> Recorded:
            return matching.match(self.counter, chosen, received, note=self.file_name or None, approved_by=approved_by)

        try:
            recorded = self.once.record((chosen, received), write)
        except PosError as error:
            return of_error(error)
        self.chosen, self.received, self.statement, self.file_name = set(), None, None, ""
        self.take([item for item in (*self.items, *self.undone) if not chosen.issuperset(item.seqs)])
        match = recorded.document
        received = match.received if isinstance(match, QrisMatched) else received
        text = _("{number}: {amount} found at the bank.").format(number=recorded.number, amount=rupiah(received))
        return of_recorded(recorded, text)

    def _entries(self) -> frozenset[int]:
        """Of what is chosen, and of what came to nothing as far as one match has room."""
        chosen = {seq for item in self.items if item.seq in self.chosen for seq in item.seqs}
        for item in self.undone:
            if len(chosen) + len(item.seqs) <= MOST:
                chosen.update(item.seqs)
        return frozenset(chosen)

    def newest(self) -> str:
        """Number of the match that can be taken back; empty when there is none."""
        last = qris_money.newest(self.counter.db)
        return last.number if last else ""

    def take_back(self, number: str, approved_by: str | None) -> Message:
        """Reverses the newest match; what it settled is unmatched again."""

        def write() -> Recorded:
            return refunding.reverse(self.counter, number, approved_by=approved_by)

        try:
            recorded = self.once.record(number, write)
        except PosError as error:
            return of_error(error)
        return of_recorded(recorded, _("{number} is undone; its entries are unmatched again.").format(number=number))

    # The bank's statement -----------------------------------------------------------------------------------------

    def read(self, path: Path) -> Statement:
        """Reads the file; for a worker. Raises ``Misuse``."""
        return bank_statement.read(path)

    def propose(self, columns: Columns) -> Message:
        """Chooses what the statement's rows may be; the person looks through it before F12."""
        if self.statement is None:
            return Message("W", _("Choose a file first."))
        rows = bank_statement.credits_of(self.statement, columns)
        proposals = bank_statement.propose(self.items, rows)
        if not proposals:
            text = _("{rows} rows read, none fits what is unmatched. Choose by hand.").format(rows=len(rows))
            return Message("W", text)
        self.chosen = {seq for proposal in proposals for seq in proposal.seqs}
        self.received = sum(proposal.credit.amount for proposal in proposals)
        text = _("{found} of {rows} rows fit. Look through them, then F12.")
        return Message("I", text.format(found=len(proposals), rows=len(rows)))
