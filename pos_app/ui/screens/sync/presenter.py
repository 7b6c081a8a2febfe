"""Rules of the Sync screen: what waits, what was sent, backup, clock - as words. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from pos_app.domain.dates import business_date, short_moment, time_text
from pos_app.domain.errors import PosError
from pos_app.domain.formats import thousands
from pos_app.i18n import N_, _, language
from pos_app.ledger import feeds, listing, queries
from pos_app.ledger.exchange import ExchangeState
from pos_app.ledger.listing import JournalLine
from pos_app.services import exchange
from pos_app.services.context import Counter, clock_is_plausible
from pos_app.services.exchange import ExchangeFailed
from pos_app.services.wording import describe
from pos_app.ui.backup_presenter import BackupPresenter
from pos_app.ui.messages import Message, numbered

Filter = Literal["waiting", "sent"]
CLOCK_TOLERANCE: Final = 300
SHOWN: Final = 300
PLACED: Final = 3
"""Goods named in one sentence."""
KINDS: Final = {
    "sale": N_("Sale"),
    "refund": N_("Refund"),
    "goods_received": N_("Goods in"),
    "goods_returned": N_("Return"),
    "write_off": N_("Write-off"),
    "stock_count": N_("Stock count"),
    "settlement": N_("Producer payment"),
    "tab_payment": N_("Tab repayment"),
    "deduction_list": N_("Deduction list"),
    "deduction_collected": N_("Salary deduction"),
    "cash_move": N_("Cash in/out"),
    "opening": N_("Opening balances"),
    "price_set": N_("Price"),
    "qris_matched": N_("QRIS matching"),
    "shift_opened": N_("Shift opened"),
    "shift_closed": N_("Shift closed"),
    "reversal": N_("Reversal"),
}


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with its remark."""

    figure: str
    remark: str
    tone: str = "text"


@dataclass(frozen=True, slots=True)
class Fact:
    """A state in words with icon and tone."""

    text: str
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """One entry: time, kind, content, rupiah (0 for none), whether the centre has it."""

    when: str
    kind: str
    content: str
    amount: int
    sent: bool


class SyncPresenter:
    """What the till tells of its exchange with the centre."""

    def __init__(self, counter: Counter, state: Callable[[], ExchangeState]) -> None:
        self.backups = BackupPresenter(counter)
        self.counter = counter
        self._state = state
        self.filter: Filter = "waiting"
        self.text = ""

    def state(self) -> ExchangeState:
        """The figures now."""
        return self._state()

    # Tiles and list --------------------------------------------------------------------------------------------------

    def waiting(self) -> Tile:
        """How much is unsent."""
        state = self.state()
        if not state.unsent:
            return Tile("0", _("All sent."), "success") if state.enrolled else Tile("0", _("Not joined yet"), "warning")
        size = listing.journal_bytes(self.counter.db, queries.acked_seq(self.counter.db))
        remark = _("records · {size} KB").format(size=thousands(max(1, size // 1024)))
        return Tile(thousands(state.unsent), remark, "warning")

    def last_sent(self) -> Tile:
        """When the centre last confirmed."""
        at = self.state().last_ack_at
        if not at:
            return Tile("–", _("Nothing sent yet"))
        moment = datetime.fromisoformat(at)
        today = business_date(self.counter.clock())
        if business_date(moment) == today:
            return Tile(time_text(moment, language()), _("today"))
        return Tile(short_moment(moment, language()), "")

    def flagged(self) -> Tile:
        """How many entries the centre marked."""
        count = self.state().quarantined
        if not count:
            return Tile("0", _("Nothing marked"))
        return Tile(str(count), _("received; the centre looks at it"), "danger")

    def counts(self) -> dict[str, int]:
        """Entries behind each chip."""
        acked = queries.acked_seq(self.counter.db)
        return {"waiting": self.counter.ledger.head().seq - acked, "sent": acked}

    def entries(self) -> list[ListedEntry]:
        """The entries of the chosen chip, newest first."""
        db = self.counter.db
        acked = queries.acked_seq(db)
        head = self.counter.ledger.head().seq
        span = (acked, head) if self.filter == "waiting" else (0, acked)
        words = self.text.lower().split()
        found = [self._listed(line, sent=line.seq <= acked) for line in listing.journal_lines(db, *span, limit=SHOWN)]
        return [one for one in found if all(word in f"{one.kind} {one.content}".lower() for word in words)]

    def _listed(self, line: JournalLine, *, sent: bool) -> ListedEntry:
        moment = datetime.fromisoformat(line.at)
        today = business_date(self.counter.clock())
        short = business_date(moment) == today
        when = time_text(moment, language()) if short else short_moment(moment, language())
        content = f"{line.number} · {line.producer}" if line.producer else line.number
        return ListedEntry(when, _(KINDS.get(line.kind, line.kind)), content, line.amount, sent)

    # Facts at the side -----------------------------------------------------------------------------------------------

    def connection(self, seconds_to_next: int) -> list[Fact]:
        """Whether the centre answers, when it is asked again, and which goods it places elsewhere."""
        state = self.state()
        if not state.enrolled:
            return [Fact(_("Not joined to the centre yet"), "cloud-off-outline", "warning")]
        facts = self._placed_elsewhere()
        if state.problem:
            facts.append(Fact(exchange.problem_text(state.problem), "cloud-off-outline", "danger"))
        elif state.last_ack_at:
            facts.append(Fact(_("The centre answers"), "cloud-check-outline", "success"))
        else:
            facts.append(Fact(_("Joined; nothing sent yet"), "cloud-upload-outline", "warning"))
        if not state.unsent and not state.problem:
            return facts
        minutes, seconds = divmod(max(seconds_to_next, 0), 60)
        if minutes:
            text = _("Next try by itself in {minutes} min").format(minutes=minutes)
        else:
            text = _("Next try by itself in {seconds} s").format(seconds=seconds)
        facts.append(Fact(text, "sync", "muted"))
        return facts

    def _placed_elsewhere(self) -> list[Fact]:
        """Goods that documents name under another producer or unit than the centre does."""
        skus = feeds.kept(self.counter.db)
        if not skus:
            return []
        shown = ", ".join(skus[:PLACED]) + (" …" if len(skus) > PLACED else "")
        text = _(
            "The centre names another producer or unit for {skus}. Documents name these goods, so both stay here."
            " Ask Diskoperin for a new code, and return what is left under the old one."
        )
        return [Fact(text.format(skus=shown), "alert-outline", "warning")]

    def backup(self) -> list[Fact]:
        """When the last backup was made, and where they go."""
        folders = [str(folder) for folder in self.backups.folders()] or [_("No folder chosen yet")]
        return [Fact(*self.backups.last()), *(Fact(one, "usb-flash-drive-outline", "muted") for one in folders)]

    def clock(self) -> Fact:
        """Whether the computer's clock can be believed."""
        now = self.counter.clock()
        offset = self.state().clock_offset
        when = short_moment(now, language())
        if not clock_is_plausible(self.counter.db, now):
            return Fact(_("Looks wrong · {when}").format(when=when), "clock-alert-outline", "danger")
        if abs(offset) > CLOCK_TOLERANCE:
            text = _("{minutes} min off the centre's · {when}")
            return Fact(text.format(minutes=abs(offset) // 60, when=when), "clock-alert-outline", "warning")
        return Fact(_("Plausible · {when}").format(when=when), "check-circle-outline", "success")

    # What was done ---------------------------------------------------------------------------------------------------

    def sent_message(self, report: dict[str, Any]) -> Message:
        """After an exchange."""
        pushed, pulled = int(report.get("pushed", 0)), int(report.get("pulled", 0))
        if not pushed and not pulled:
            return Message("S", _("All sent. Nothing new at the centre."))
        return Message("S", _("{pushed} records sent, {pulled} received.").format(pushed=pushed, pulled=pulled))

    def failed_message(self, error: Exception) -> Message:
        """Why it did not finish. Errors that are bugs are raised again."""
        if isinstance(error, ExchangeFailed):
            if error.reason == "unreachable" and error.during == "exchange":
                return numbered(21, count=self.state().unsent)
            return Message("W", str(error))
        if isinstance(error, PosError):
            return Message("E", describe(error))
        raise error

    def centre_address(self) -> str:
        """Where the centre is; empty before joining."""
        return exchange.centre_address(self.counter.ledger)

    def nothing_waits(self) -> str:
        """What an empty list of waiting entries means."""
        return _("All sent.") if self.state().enrolled else _("Not joined to the centre yet")

    def bundle_name(self) -> str:
        """A file name for the stick: till and time."""
        identity = self.counter.ledger.identity
        return f"pojok-{identity.series}-{self.counter.clock():%Y%m%d-%H%M}.pojok"
