"""Rules of the Close Shift screen: a blind count, the difference, and what is done with parked carts. No Qt.

The expected figure is asked for only after the count is locked. Money is rupiah.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from pos_app.domain.dates import short_moment, time_text
from pos_app.domain.errors import DifferenceNeedsNote, ManagerNeeded, PosError
from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _, language
from pos_app.ledger import drafts, queries, reports
from pos_app.ledger.exchange import ExchangeState
from pos_app.ledger.queries import OpenShift
from pos_app.services import exchange, people, shifts
from pos_app.services.context import Counter, Recorded
from pos_app.services.once import Once
from pos_app.services.reprints import reprint_newest
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, numbered, of_recorded
from pos_app.ui.paper_words import queued, reprinted
from sync.documents.shift import ShiftClosed

Step = Literal["count", "difference", "done"]
Parked = Literal["carry", "cancel"]
NOTES: Final = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000)
COINS: Final = (1_000, 500, 200, 100)
HELD: Final = "held:"
SLOT: Final = "close_shift"
USUAL_FLOAT: Final = 300_000


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One line of the arithmetic: rupiah as text; ``result`` lines are sums."""

    label: str
    amount: str
    result: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """Counted less expected, in words and with its tone."""

    word: str
    amount: str
    tone: str
    icon: str
    value: int


def signed_rupiah(amount: int) -> str:
    """``+Rp 16.000`` or ``-Rp 16.000``."""
    return f"{'+' if amount > 0 else '-'}{rupiah(abs(amount))}"


@dataclass(slots=True)
class _Counted:
    notes: dict[int, int]
    coins: dict[int, int]


class CloseShiftPresenter:
    """One closing, from the count to the Z."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.once = Once(counter)
        """The closing."""
        self.step: Step = "count"
        self.parked: Parked = "carry"
        self._pieces = _Counted({}, {})
        self._closed: ShiftClosed | None = None
        self._closed_seq = 0
        self.locked_at = ""
        """When the count was locked (ISO time); empty while it is open."""
        self._shift_seq = 0
        self._expected = 0
        self._restore()

    # The count -----------------------------------------------------------------------------------------------------

    def shift(self) -> OpenShift | None:
        """The open shift."""
        return queries.open_shift(self.counter.db)

    def opened_text(self, shift: OpenShift) -> str:
        """Number and time of the opening."""
        when = short_moment(datetime.fromisoformat(shift.opened_at), language())
        return _("{number} · opened {when}").format(number=shift.number, when=when)

    def begin(self) -> None:
        """Called when the screen is shown: another shift begins a new count."""
        shift = self.shift()
        if shift is not None and shift.seq != self._shift_seq:
            self._shift_seq = shift.seq
            self._pieces = _Counted({}, {})
            self.parked = "carry"
            self.locked_at = ""
            self.step = "count"

    def drawer_words(self) -> str:
        """Whose drawer is counted here."""
        till = self.counter.ledger.identity.till
        return _("Drawer of till {till} only; another till is counted at its own screen.").format(till=till)

    def set_pieces(self, value: int, count: int, *, coin: bool) -> None:
        """How many notes or coins of a value lie in the drawer; kept so that a power cut loses nothing."""
        (self._pieces.coins if coin else self._pieces.notes)[value] = count
        self._keep()

    def pieces_of(self, value: int, *, coin: bool) -> int:
        """How many were counted so far."""
        return (self._pieces.coins if coin else self._pieces.notes).get(value, 0)

    @property
    def counted(self) -> int:
        """What was counted."""
        both = (self._pieces.notes, self._pieces.coins)
        return sum(value * count for pieces in both for value, count in pieces.items())

    def _keep(self) -> None:
        if self.once.is_open:  # the closing has emptied the slot, or it is not there
            return
        kept = {
            "shift": self._shift_seq,
            "notes": self._pieces.notes,
            "coins": self._pieces.coins,
            "locked_at": self.locked_at,
            "expected": self._expected,
        }
        drafts.save(self.counter.db, SLOT, self.counter.clock().isoformat(timespec="seconds"), json.dumps(kept))

    def _restore(self) -> None:
        shift = self.shift()
        draft = drafts.load(self.counter.db, SLOT)
        if shift is None or draft is None:
            return
        kept = json.loads(draft.body)
        if kept.get("shift") == shift.seq:
            self._shift_seq = shift.seq
            self._pieces = _Counted(
                {int(value): int(count) for value, count in kept["notes"].items()},
                {int(value): int(count) for value, count in kept["coins"].items()},
            )
            self.locked_at = str(kept.get("locked_at", ""))
            self._expected = int(kept.get("expected", 0))
            self.step = "difference" if self.locked_at else "count"

    # The difference --------------------------------------------------------------------------------------------------

    def lock_count(self) -> Message | None:
        """Ends the count; from here on the expected figure is shown. The lock outlives the window."""
        shift = self.shift()
        if shift is None:
            return Message("W", _("Shift not open. There is nothing to close."))
        self._expected = shift.expected
        self.locked_at = self.counter.clock().isoformat(timespec="seconds")
        self.step = "difference"
        self._keep()
        difference = self.difference()
        if difference.value < 0:
            return numbered(25, amount=rupiah(-difference.value))
        if difference.value > 0:
            text = _("Cash over {amount}. Write why before closing.")
            return Message("W", text.format(amount=rupiah(difference.value)))
        return None

    def recount(self) -> None:
        """Opens the count again; a manager allowed it. It is logged: the figure had been seen."""
        self.step = "count"
        self.locked_at = ""
        self._keep()
        people.log(self.counter, "recount")

    def lock_words(self) -> str:
        """When the count was locked, and what moved in the drawer since."""
        if not self.locked_at:
            return ""
        time = time_text(datetime.fromisoformat(self.locked_at), language())
        words = _("Count locked {time}. Counting again needs a manager's PIN.").format(time=time)
        shift = self.shift()
        moved = shift.expected - self._expected if shift is not None else 0
        if moved:
            since = _("Since then {amount} moved in the drawer: count again.").format(amount=signed_rupiah(moved))
            words = f"{words} {since}"
        return words

    def figures(self) -> list[FigureLine]:
        """The arithmetic of the shift (rule 7)."""
        shift = self.shift()
        if shift is None:
            return []
        got = shift.figures.get
        drops = reports.drops(self.counter.db, shift.seq, self.counter.ledger.head().seq)
        return [
            FigureLine(_("Opening float"), thousands(shift.float)),
            FigureLine("+ " + _("Cash sales"), thousands(got("cash_received", 0) - got("change", 0))),
            FigureLine("+ " + _("Tab repaid in cash"), thousands(got("tab_payments_cash", 0))),
            FigureLine("+ " + _("Cash in"), thousands(got("cash_in", 0))),
            FigureLine("- " + _("Refunds"), thousands(got("refunds_cash", 0))),
            FigureLine("- " + _("Cash out"), thousands(got("cash_out", 0) - drops)),
            FigureLine("- " + _("Producers paid in cash"), thousands(got("settlements_cash", 0))),
            FigureLine("- " + _("Drop to the safe"), thousands(drops)),
            FigureLine(_("Expected cash"), rupiah(shift.expected), result=True),
            FigureLine(_("Counted cash"), rupiah(self.counted), result=True),
        ]

    def difference(self) -> Difference:
        """Counted less expected."""
        shift = self.shift()
        expected = shift.expected if shift is not None else self._expected
        value = self.counted - expected
        if value == 0:
            return Difference(_("EXACT"), rupiah(0), "success", "check-circle-outline", 0)
        word = _("OVER") if value > 0 else _("SHORT")
        return Difference(word, rupiah(value), "danger" if value < 0 else "warning", "alert-outline", value)

    def usual_deposit(self) -> int:
        """What is left above the usual float goes to the bank."""
        return max(self.counted - self.usual_float(), 0)

    def usual_float(self) -> int:
        """The float of the shift that is being closed."""
        shift = self.shift()
        return shift.float if shift is not None and shift.float else USUAL_FLOAT

    def parked_carts(self) -> list[str]:
        """Held carts in words: amount and lines."""
        found = []
        for draft in drafts.drafts(self.counter.db, HELD):
            kept = json.loads(draft.body)
            text = _("{amount} · {lines} lines")
            found.append(text.format(amount=rupiah(int(kept["total"])), lines=len(kept["lines"])))
        return found

    def unsent(self) -> int:
        """Entries that the centre has not confirmed; they never block a closing."""
        return self.counter.ledger.head().seq - queries.acked_seq(self.counter.db)

    # Closing ---------------------------------------------------------------------------------------------------------

    def obstacle(self, note: str, deposit: int | None) -> Message | None:
        """What must be mended before closing."""
        value = self.difference().value
        if value and not note.strip():
            if value < 0:
                return numbered(25, amount=rupiah(-value))
            return Message("W", _("Cash over {amount}. Write why before closing.").format(amount=rupiah(value)))
        if (deposit or 0) > self.counted:
            return Message("E", _("The deposit is more than was counted."))
        return None

    def needs_manager(self) -> bool:
        """Whether the difference is so large that a manager must approve."""
        return abs(self.difference().value) > shifts.LARGE_DIFFERENCE

    def close(self, note: str, deposit: int, approved_by: str | None) -> Message:
        """Closes the shift; the Z goes into the print queue with it."""
        pieces: dict[int, int] = dict(self._pieces.notes)
        for value, count in self._pieces.coins.items():
            pieces[value] = pieces.get(value, 0) + count

        def write() -> Recorded:
            return shifts.close_shift(
                self.counter,
                self.counted,
                pieces=pieces,
                deposit=deposit,
                note=note.strip() or None,
                approved_by=approved_by,
                draft=SLOT,
            )

        try:
            recorded = self.once.record(self._shift_seq, write)
        except (DifferenceNeedsNote, ManagerNeeded) as error:
            return Message("W", describe(error))
        except PosError as error:
            return Message("E", describe(error))
        self._finish(recorded.document if isinstance(recorded.document, ShiftClosed) else None, recorded.seq)
        text = _("Shift closed: {number}.").format(number=recorded.number)
        return of_recorded(recorded, f"{text} {self.report_words()}")

    def report_words(self) -> str:
        """What becomes of the paper of the Z."""
        return queued(self.counter, _("The report is in the print queue."))

    def sent(self, state: ExchangeState, *, running: bool) -> tuple[str, str, str]:
        """Whether the centre has the report, as text, icon and tone."""
        if not state.enrolled:
            return _("Not joined to the centre: the report stays on this computer."), "cloud-off-outline", "muted"
        if queries.acked_seq(self.counter.db) >= self._closed_seq:
            return _("The centre has this report."), "cloud-check-outline", "success"
        if running:
            return _("Sending the report to the centre …"), "cloud-upload-outline", "muted"
        words = _("The centre has not got this report yet; it is sent by itself.")
        why = f" {exchange.problem_text(state.problem)}" if state.problem else ""
        return words + why, "cloud-off-outline", "warning"

    def _finish(self, closed: ShiftClosed | None, seq: int) -> None:
        self._closed = closed
        self._closed_seq = seq
        self.locked_at = ""
        self.step = "done"
        with self.counter.ledger.write() as tx:
            if self.parked == "cancel":
                for draft in drafts.drafts(tx.db, HELD):
                    drafts.discard(tx.db, draft.slot)
                    self.counter.log(tx.db, "held_cart_cancelled", draft.body)

    def reprint(self) -> Message:
        """The newest report again."""
        number = reprint_newest(self.counter, ("shift_closed",))
        if number is None:
            return Message("W", _("Nothing to print again yet."))
        return reprinted(self.counter, number)

    @property
    def closed(self) -> ShiftClosed | None:
        """The Z, once closed."""
        return self._closed
