"""Rules of the slips of one producer: looking at one, checking a code, taking a wrong payment back. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from pos_app.domain.dates import short_date
from pos_app.domain.errors import PosError
from pos_app.domain.formats import rupiah
from pos_app.i18n import _
from pos_app.ledger import queries, settlements, transfers
from pos_app.ledger.settlements import Slip
from pos_app.printing.preview import preview
from pos_app.services import refunding, slips
from pos_app.services.context import Counter
from pos_app.services.once import Once
from pos_app.services.papers import document_paper
from pos_app.services.reprints import reprint
from pos_app.services.slips import Verdict
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, of_error, of_recorded
from pos_app.ui.paper_words import reprinted
from pos_app.ui.worker import Tell
from sync.documents.base import TakeBackReason
from sync.documents.money import Settlement

PREVIEW_COLUMNS = 32
GIVEN_REASONS: tuple[TakeBackReason, ...] = ("mistyped", "wrong_tender", "other")
"""Why a payment is taken back."""


@dataclass(frozen=True, slots=True)
class Look:
    """A slip as it was printed, in lines of 32 letters; whether it stands, and whether the journal makes it again."""

    lines: list[str]
    facts: list[tuple[str, str, str]]


class SlipsPresenter:
    """The slips of a producer, newest first."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.once = Once(counter)
        self.rows: list[Slip] = []

    def load(self, producer: str) -> None:
        """The slips of this producer."""
        self.rows = settlements.slips(self.counter.db, producer)

    def look_work(self, slip: Slip) -> Callable[[Tell], Look]:
        """Draws the slip and computes it anew, on a worker."""
        counter = self.counter

        def work(_tell: Tell) -> Look:
            with counter.apart() as apart:
                paper = document_paper(apart.ledger, apart.vault, slip.id, copy=True)
                return Look(preview(paper, PREVIEW_COLUMNS), _facts(apart, slip))

        return work

    def obstacle(self, slip: Slip) -> Message | None:
        """Why this slip cannot be taken back now."""
        if slip.reversed:
            return Message("I", _("{number} was taken back already.").format(number=slip.number))
        if self._in_cash(slip) and queries.open_shift(self.counter.db) is None:
            return Message("W", _("Open the shift first: the cash goes back into the drawer."))
        return None

    def question(self, slip: Slip) -> tuple[str, ...]:
        """What the manager looks at before a payment is taken back."""
        where = (
            _("The cash goes back into the drawer: count it in first.")
            if self._in_cash(slip)
            else _("The transfer must come back to the bank account.")
        )
        day = short_date(date.fromisoformat(slip.date))
        after = _("Afterwards the producer is due again.")
        return f"{slip.number} · {day}", *self._listed(slip), where, after

    def _listed(self, slip: Slip) -> tuple[str, ...]:
        at = transfers.listed_on(self.counter.db, slip.number)
        if at is None:
            return ()
        day = short_date(datetime.fromisoformat(at).date())
        return (_("It stands on a transfer list of {date}: the bank may have paid it.").format(date=day),)

    def _in_cash(self, slip: Slip) -> bool:
        entry = queries.entry_by_seq(self.counter.db, slip.seq)
        paid = entry.document if entry else None
        return isinstance(paid, Settlement) and paid.tender == "cash" and paid.amount > 0

    def reverse(self, slip: Slip, code: TakeBackReason, note: str, approved_by: str | None) -> Message:
        """Takes the payment back by a document of its own."""
        try:
            recorded = self.once.record(
                (slip.number, code, note),
                lambda: refunding.reverse(
                    self.counter, slip.number, reason=note or None, code=code, approved_by=approved_by
                ),
            )
        except PosError as error:
            return of_error(error)
        text = _("{number}: {slip} is taken back, {amount}.")
        amount = rupiah(slip.amount)
        return of_recorded(recorded, text.format(number=recorded.number, slip=slip.number, amount=amount))

    def reprint(self, slip: Slip) -> Message:
        """The slip once more."""
        try:
            reprint(self.counter, slip.id)
        except PosError as error:
            return Message("E", describe(error))
        return reprinted(self.counter, slip.number, sheet=True)


def _facts(counter: Counter, slip: Slip) -> list[tuple[str, str, str]]:
    found = []
    if slip.reversed:
        found.append((_("Taken back. It is due again."), "undo-variant", "warning"))
    differing = slips.check(counter.db, slip.number)
    if differing:
        fields = ", ".join(one.field for one in differing)
        text = _("Does not follow from its sales: {fields}. Check the ledger in Settings.")
        found.append((text.format(fields=fields), "alert-circle-outline", "danger"))
    else:
        text = _("Computed anew from its sales, returns and losses: the same.")
        found.append((text, "check-circle-outline", "success"))
    return found


def checked(counter: Counter, code: str) -> Message | None:
    """What a scanned or typed slip is: its number, or the code on it; None for anything else."""
    verdict = slips.verdict(counter.db, code)
    if verdict is None:
        return None
    if not verdict.known:
        text = _("{number} is not a slip of this till. Diskoperin can check it by number and code.")
        return Message("W", text.format(number=verdict.number))
    if verdict.genuine is False:
        return Message(
            "E", _("{number}: amount or code differ from the books. Keep the slip.").format(number=verdict.number)
        )
    return Message("W" if verdict.reversed else "S", _told(verdict))


def _told(verdict: Verdict) -> str:
    text = _("{number}: {name}, {amount} on {date}.").format(
        number=verdict.number,
        name=verdict.producer,
        amount=rupiah(verdict.amount),
        date=short_date(date.fromisoformat(verdict.date)),
    )
    if verdict.genuine:
        text = f"{text} {_('The code is genuine.')}"
    return f"{text} {_('This payment was taken back.')}" if verdict.reversed else text
