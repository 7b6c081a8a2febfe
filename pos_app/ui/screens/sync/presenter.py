"""Rules of the Sync screen: what waits, what was sent, backup, clock - as words. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pos_app.domain.dates import business_date, short_date, short_moment
from pos_app.domain.errors import PosError
from pos_app.domain.formats import thousands
from pos_app.i18n import N_, _, language, ngettext
from pos_app.ledger import centre_messages, feeds, left_out, listing, queries
from pos_app.ledger.exchange import ExchangeState
from pos_app.services import exchange, rejoining
from pos_app.services.context import Counter, clock_is_plausible
from pos_app.services.exchange import ExchangeFailed
from pos_app.services.wording import describe
from pos_app.ui.backup_presenter import BackupPresenter
from pos_app.ui.messages import Message, numbered
from pos_app.ui.screens.sync.listed import Filter, Listed, ListedEntry
from pos_app.version import VERSION

CLOCK_TOLERANCE: Final = 300
LOW_DISK: Final = 1_000_000_000
SUFFIX: Final = ".pojok"
"""Of files for the stick."""
PLACED: Final = 3
"""Goods named in one sentence."""
STEPS: Final = {
    "entries": N_("Sending records"),
    "producers": N_("Receiving producers"),
    "catalogue": N_("Receiving products"),
    "neighbours": N_("Receiving from the corner's other tills"),
}
OTHER_STEP: Final = N_("Receiving")


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
class Alarm:
    """What stops the exchange until somebody acts: words, and whether the repair can be run now."""

    title: str
    text: str
    ready: bool = False


class SyncPresenter:
    """What the till tells of its exchange with the centre."""

    def __init__(self, counter: Counter, state: Callable[[], ExchangeState]) -> None:
        self.backups = BackupPresenter(counter)
        self.counter = counter
        self._state = state
        self.listed = Listed(counter)
        self.differing = self.left_out = 0
        """Goods whose prices differ from those that the centre proposes, as ``look`` last counted them."""
        self.filter: Filter = "waiting"
        self.text = ""

    def state(self) -> ExchangeState:
        """The figures now."""
        return self._state()

    def look(self) -> None:
        """Count what is costly to count, once for all that tells it."""
        self.differing = feeds.count_differing(self.counter.db)
        self.left_out = len(left_out.listed(self.counter.db))

    # Tiles and list --------------------------------------------------------------------------------------------------

    def waiting(self) -> Tile:
        """How much is unsent."""
        state = self.state()
        if not state.unsent:
            return Tile("0", _("All sent."), "success") if state.enrolled else Tile("0", _("Not joined yet"), "warning")
        size = listing.journal_bytes(self.counter.db, queries.acked_seq(self.counter.db))
        remark = ngettext("record · {size} KB", "records · {size} KB", state.unsent)
        remark = remark.format(size=thousands(max(1, size // 1024)))
        return Tile(thousands(state.unsent), remark, "warning")

    def last_sent(self) -> Tile:
        """When the centre last confirmed."""
        at = self.state().last_ack_at
        if not at:
            return Tile("–", _("Nothing sent yet"))
        today = business_date(datetime.fromisoformat(at)) == business_date(self.counter.clock())
        return Tile(self.listed.moment(at), _("today") if today else "")

    def flagged(self) -> Tile:
        """How many entries the centre marked, and prices that differ from what it proposes."""
        count, differing = self.state().quarantined, self.differing
        if count:
            return Tile(str(count), _("received; the centre looks at it"), "danger")
        if differing:
            return Tile(str(differing), _("prices differ from Diskoperin's"), "warning")
        if self.left_out:
            return Tile(str(self.left_out), _("rows of Diskoperin's list left out"), "warning")
        return Tile("0", _("Nothing marked"))

    def counts(self) -> dict[str, int]:
        """Entries behind each chip."""
        acked = queries.acked_seq(self.counter.db)
        return {
            "waiting": self.counter.ledger.head().seq - acked,
            "review": self.state().quarantined + self.differing + self.left_out,
            "sent": acked,
            "messages": centre_messages.unread(self.counter.db),
        }

    def entries(self) -> list[ListedEntry]:
        """The rows of the chosen chip, newest first."""
        acked = queries.acked_seq(self.counter.db)
        match self.filter:
            case "waiting":
                found = self.listed.entries(acked, self.counter.ledger.head().seq, sent=False)
            case "sent":
                found = self.listed.entries(0, acked, sent=True)
            case "review":
                found = self.listed.review()
            case "messages":
                found = self.listed.messages()
        words = self.text.lower().split()
        return [one for one in found if all(word in f"{one.kind} {one.content} {one.words}".lower() for word in words)]

    def mark_read(self, row: ListedEntry) -> None:
        """Somebody has read this message."""
        if row.message:
            with self.counter.ledger.write() as tx:
                centre_messages.mark_read(tx.db, [row.message])

    def nothing_listed(self) -> str:
        """What an empty list of the chosen chip means."""
        match self.filter:
            case "waiting":
                return _("All sent.") if self.state().enrolled else _("Not joined to the centre yet")
            case "sent":
                return _("Nothing sent yet")
            case "review":
                return _("Nothing marked")
            case "messages":
                return _("No message from Diskoperin.")

    def alarm(self) -> Alarm | None:
        """Histories that differ, and what comes next; None while they agree."""
        state = rejoining.state(self.counter.ledger)
        who = self.counter.ledger.identity
        title = _("The history of till {till} differs from the one at Diskoperin").format(
            till=f"{who.corner} · {who.till}"
        )
        if state == "approved":
            text = _("Approved: a manager presses F12 and runs the repair. Selling goes on until then.")
            return Alarm(title, text, ready=True)
        if state == "waiting":
            text = _("Waiting for Diskoperin to approve the repair. Selling goes on; everything stays safe here.")
            return Alarm(title, text)
        if state == "refused":
            return Alarm(title, _("Diskoperin refused the repair. Call them; selling goes on."))
        if self.state().problem in ("fork", "behind"):
            text = _("Sending has stopped; selling goes on. Press F12 to ask Diskoperin what comes next.")
            return Alarm(title, text)
        return None

    def main_words(self, *, joining: bool, runs: bool) -> str:
        """What F12 does: ``joining`` while the form to join is open, ``runs`` where the repair can be run from here."""
        if joining:
            return _("Join now")
        return _("Run the repair") if runs and self.ready else _("Send now")

    @property
    def ready(self) -> bool:
        """Whether the repair was approved and is to be run."""
        alarm = self.alarm()
        return alarm is not None and alarm.ready

    def progress(self, step: tuple[str, int, int] | None, *, running: bool) -> tuple[str, int, int] | None:
        """What is under way, in words, with how much of it is done; None for nothing."""
        if not running:
            return None
        if step is None:
            return _("Asking the centre …"), 0, 0
        what, done, total = step
        words = _(STEPS.get(what, OTHER_STEP))
        return (words, done, total) if total else (f"{words}  {thousands(done)}", 0, 0)

    # Facts at the side -----------------------------------------------------------------------------------------------

    def connection(self, seconds_to_next: int) -> list[Fact]:
        """Whether the centre answers, when it is asked again, and which goods it places elsewhere.

        What the alarm says is not said again.
        """
        state = self.state()
        if not state.enrolled:
            return [Fact(_("Not joined to the centre yet"), "cloud-off-outline", "warning")]
        facts = self._placed_elsewhere()
        if state.problem:
            began = self.listed.moment(state.problem_since)
            since = _("Since {when}").format(when=began) if began else ""
            if self.alarm() is None:
                words = f"{exchange.problem_text(state.problem)} {since}".strip()
                facts.append(Fact(words, "cloud-off-outline", "danger"))
            elif since:
                facts.append(Fact(since, "clock-alert-outline", "muted"))
        elif state.last_ack_at:
            facts.append(Fact(_("The centre answers"), "cloud-check-outline", "success"))
        else:
            facts.append(Fact(_("Joined; nothing sent yet"), "cloud-upload-outline", "warning"))
        address = state.url.partition("://")[2]
        if state.joined_at:
            day = short_date(business_date(datetime.fromisoformat(state.joined_at)))
            address = _("{address} · joined {day}").format(address=address, day=day)
        facts.append(Fact(address, "information-outline", "muted"))
        if state.unsent:
            oldest = _("Oldest record waiting: {when}").format(when=self.listed.moment(state.oldest_unsent_at))
            facts.append(Fact(oldest, "clock-alert-outline", "muted"))
        if not state.unsent and not state.problem:
            return facts
        minutes, seconds = divmod(max(seconds_to_next, 0), 60)
        if minutes:
            text = _("Next try by itself in {minutes} min").format(minutes=minutes)
        elif seconds:
            text = _("Next try by itself in {seconds} s").format(seconds=seconds)
        else:
            text = _("Next try by itself soon")
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

    def clock_wrong(self) -> bool:
        """Whether somebody has to set the computer's clock."""
        return self.clock().tone != "success"

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

    def computer(self) -> list[Fact]:
        """What help from afar asks for first: a clock that is right, room on the disk, the program, the chain."""
        free = exchange.free_bytes(self.counter.ledger)
        words = _("{megabytes} MB free on the disk").format(megabytes=thousands(free // 1_000_000))
        low = free < LOW_DISK
        facts = [Fact(words, "alert-outline" if low else "check-circle-outline", "warning" if low else "success")]
        epoch = self.counter.ledger.identity.epoch
        version = _("Program {version}").format(version=VERSION)
        if epoch > 1:
            version = f"{version} · " + _("history {epoch}").format(epoch=epoch)
        right = [] if self.clock_wrong() else [self.clock()]
        return [*right, *facts, Fact(version, "information-outline", "muted")]

    # What was done ---------------------------------------------------------------------------------------------------

    def sent_message(self, report: dict[str, Any]) -> Message:
        """After an exchange."""
        pushed, pulled = int(report.get("pushed", 0)), int(report.get("pulled", 0))
        if not pushed and not pulled:
            return Message("S", _("All sent. Nothing new at the centre."))
        text = ngettext("{pushed} record sent, {pulled} received.", "{pushed} records sent, {pulled} received.", pushed)
        return Message("S", text.format(pushed=pushed, pulled=pulled))

    def failed_message(self, error: Exception) -> Message:
        """Why it did not finish. Errors that are bugs are raised again."""
        if isinstance(error, ExchangeFailed):
            if error.reason == "unreachable" and error.during == "exchange":
                return numbered(21, count=self.state().unsent)
            return Message("W", str(error))
        if isinstance(error, PosError):
            return Message("E", describe(error))
        raise error

    def stopped_message(self) -> Message:
        """Somebody ended the exchange."""
        return Message("I", _("Stopped. What was sent and received stays; the rest follows by itself."))

    def centre_address(self) -> str:
        """Where the centre is; empty before joining."""
        return exchange.centre_address(self.counter.ledger)

    def exported_message(self, report: dict[str, Any], name: str) -> Message:
        """After a file of this name was written for the centre."""
        pushed = int(report["pushed"])
        text = ngettext(
            "{count} record is in {name}. Take it to the centre; import its reply here.",
            "{count} records are in {name}. Take it to the centre; import its reply here.",
            pushed,
        )
        words = text.format(count=thousands(pushed), name=name)
        if report["remaining"]:
            more = _("Not all fit, {count} left: export again once the reply is here.")
            words = f"{words} {more.format(count=thousands(int(report['remaining'])))}"
        return Message("S", words)

    def imported_message(self, report: dict[str, Any]) -> Message:
        """After the centre's reply was read."""
        if report["status"] == "known":
            return Message("I", _("Nothing new in this reply: it was imported before. Nothing changed."))
        if report["status"] == "older":
            return Message("I", _("This reply is older than what Diskoperin confirmed since. Nothing changed."))
        text = ngettext(
            "Diskoperin confirmed {pushed} record; {pulled} received.",
            "Diskoperin confirmed {pushed} records; {pulled} received.",
            report["pushed"],
        )
        return Message("S", text.format(pushed=thousands(report["pushed"]), pulled=thousands(report["pulled"])))

    def bundle_path(self, chosen: str) -> Path:
        """Where the file for the stick goes: as it was chosen, with its ending."""
        path = Path(chosen)
        return path if path.suffix.lower() == SUFFIX else path.with_name(f"{path.name}{SUFFIX}")

    def bundle_name(self) -> str:
        """A file name for the stick: till and time."""
        identity = self.counter.ledger.identity
        return f"pojok-{identity.series}-{self.counter.clock():%Y%m%d-%H%M}{SUFFIX}"
