"""What the till must tell beside its work: printer, papers in doubt, disk, backup, clock. Rules without Qt.

Each trouble is told once while it lasts, some again after a while; the message strip takes a notice when the cashier
needs it for nothing else. ``due()`` is the next one, ``told()`` says that the strip took it.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from pos_app.domain.dates import business_date, short_moment
from pos_app.domain.errors import DamagedLedger, EnvironmentFault, ForeignSeal, PosError
from pos_app.i18n import _, language
from pos_app.ledger import drafts, print_queue, queries, recovery
from pos_app.ledger.print_queue import Job
from pos_app.services import backing_up, expiring, neighbours
from pos_app.services.context import Counter, clock_is_plausible
from pos_app.services.wording import describe, warning
from pos_app.ui import settings_keys as keys
from pos_app.ui.messages import Message, numbered, of_error
from pos_app.ui.status import STALE_BACKUP_DAYS

LOW_DISK: Final = 500_000_000
COUNT: Final = "stock_count"
"""The draft of a stock count that is under way."""
MINUTE: Final = 60.0
HOUR: Final = 3600.0
EXPIRING: Final = "expiring"
NEIGHBOURS: Final = "neighbours"
FAULT_MESSAGES: Final = {"out_of_paper": 7, "offline": 8, "silent": 8}


class Backups(Protocol):
    """What notices need of the backup worker."""

    def faults(self) -> list[PosError]:
        """What went wrong with the last backup, by folder."""


class Printing(Protocol):
    """What notices need of the print worker."""

    def fault(self) -> str:
        """Why papers wait; empty when they do not."""

    def retry(self) -> None:
        """Try at once."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A trouble to tell. ``topic`` and ``case`` say which; ``again`` after how many seconds, 0 for once."""

    topic: str
    case: str
    message: Callable[[], Message]
    again: float = 0.0


def free_space(path: Path) -> int:
    """Bytes left on the disk of ``path``."""
    return shutil.disk_usage(path).free


class Notices:
    """Looks at the till's surroundings; ``go`` shows a screen, ``say`` answers at once."""

    def __init__(
        self,
        counter: Counter,
        printing: Printing,
        backups: Backups,
        *,
        go: Callable[[str], None],
        say: Callable[[Message], None],
        refresh: Callable[[], None],
        space: Callable[[Path], int] = free_space,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.counter = counter
        self._printing = printing
        self._backups = backups
        self._go = go
        self._say = say
        self._refresh = refresh
        self._space = space
        self._ticks = ticks
        self._told: dict[str, tuple[str, float]] = {}
        self._counted_before: bool | None = None
        self._looked_on: date | None = None
        """The day on which goods near expiry were told, or there were none."""

    def due(self) -> Notice | None:
        """The most urgent trouble that has not been told, or not for long."""
        present = list(self._troubles())
        topics = {notice.topic for notice in present}
        self._told = {topic: told for topic, told in self._told.items() if topic in topics}
        return next((notice for notice in present if self._is_due(notice)), None)

    def told(self, notice: Notice) -> None:
        """The strip shows it now."""
        self._told[notice.topic] = (notice.case, self._ticks())
        if notice.topic == EXPIRING:
            expiring.was_told(self.counter, self._today)
        if notice.topic == NEIGHBOURS:
            neighbours.was_told(self.counter)

    def retry_printing(self) -> bool:
        """F9 or the printer's chip while papers wait: tries at once. False when no printer is in trouble."""
        if not self._printing.fault():
            return False
        self._retry()
        return True

    def about_papers(self) -> Message | None:
        """What there is to say of the printer now, told or not; None when nothing is wrong."""
        notice = next((one for one in self._troubles() if one.topic in ("printer", "unsure", "failed")), None)
        return notice.message() if notice is not None else None

    def _is_due(self, notice: Notice) -> bool:
        case, at = self._told.get(notice.topic, ("", 0.0))
        return case != notice.case or bool(notice.again and self._ticks() - at >= notice.again)

    def _troubles(self) -> Iterator[Notice]:
        yield from self._clock()
        yield from self._disk()
        yield from self._papers()
        yield from self._backup()
        yield from self._recovery()
        yield from self._expiring()
        yield from self._counting()
        yield from self._neighbours()

    # Printer -------------------------------------------------------------------------------------------------------

    def _papers(self) -> Iterator[Notice]:
        fault = self._printing.fault()
        if fault:
            yield Notice("printer", fault, partial(self._fault_message, fault))
        counts = print_queue.counts(self.counter.db)
        if not (counts["unsure"] or counts["failed"]):
            return
        for job in print_queue.open_jobs(self.counter.db):
            if job.state == "unsure":
                yield Notice("unsure", str(job.id), partial(self._unsure_message, job), MINUTE)
                return
        for job in print_queue.open_jobs(self.counter.db):
            if job.state == "failed":
                yield Notice("failed", str(job.id), partial(self._failed_message, job))
                return

    def _fault_message(self, fault: str) -> Message:
        return _fault_words(fault).with_action(_("Try again"), self._retry, "F9")

    def _unsure_message(self, job: Job) -> Message:
        text = _("{paper}: has it been printed?").format(paper=self._paper_words(job))
        question = Message("W", text).with_action(_("Yes"), partial(self._answer, job, True))
        return question.with_other(_("Print again"), partial(self._answer, job, False), "F9")

    def _failed_message(self, job: Job) -> Message:
        text = _("{paper} could not be printed. {reason}").format(
            paper=self._paper_words(job), reason=_fault_words(job.error).text
        )
        return Message("E", text).with_action(_("Print again"), partial(self._reprint, job), "F9")

    def _paper_words(self, job: Job) -> str:
        entry = queries.entry_by_id(self.counter.db, job.document_id)
        number = entry.document.number if entry is not None else ""
        if job.paper == "receipt":
            return _("Receipt {number}").format(number=number)
        return _("Paper {number}").format(number=number)

    def _answer(self, job: Job, printed: bool) -> None:
        from pos_app.services import printing  # late: it brings the whole print room

        printing.answer(self.counter.ledger, job.id, self.counter.clock(), printed=printed)
        words = _("Noted: it is printed.") if printed else _("Printing again …")
        if not printed:
            self._printing.retry()
        self._refresh()
        self._say(Message("I", words))

    def _reprint(self, job: Job) -> None:
        from pos_app.services import reprints

        try:
            reprints.reprint(self.counter, job.document_id)
        except PosError as error:
            self._say(of_error(error))
            return
        self._told.pop("failed", None)
        self._retry()

    def _retry(self) -> None:
        self._told.pop("printer", None)
        self._printing.retry()
        self._say(Message("I", _("Printing again …")))

    # Disk, backup, clock -------------------------------------------------------------------------------------------

    def _disk(self) -> Iterator[Notice]:
        try:
            free = self._space(self.counter.ledger.path.parent)
        except OSError:
            return
        if free < LOW_DISK:
            size = f"{free // 1_000_000} MB"
            yield Notice("disk", "low", partial(numbered, 17, size=size), HOUR)

    def _backup(self) -> Iterator[Notice]:
        faults = self._backups.faults()
        if faults:
            words = describe(faults[0])
            yield Notice("backup_failed", words, partial(self._failed_backup, faults[0], words), 8 * HOUR)
        days = self._days_without()
        if days is not None:
            yield Notice("backup", str(days), partial(self._backup_message, days), 8 * HOUR)

    def _recovery(self) -> Iterator[Notice]:
        """A manager is told that names wait for the recovery code, or once backups are made, that there is none."""
        user, last = self.counter.user, backing_up.last_good(self.counter.db)
        if user is None or not user.is_manager:
            return
        with suppress(EnvironmentFault):  # a key store that is closed is told where a key is asked for
            if recovery.is_locked(self.counter.ledger, self.counter.vault):
                yield Notice("recovery", "locked", self._locked_message)
                return
        if last is not None and queries.setting(self.counter.db, keys.RECOVERY_NOTED, "") == "":
            yield Notice("recovery", "none", self._recovery_message)

    def _counting(self) -> Iterator[Notice]:
        """A stock count that an earlier start left open is told once; who begins one now knows of it."""
        draft = drafts.load(self.counter.db, COUNT)
        if self._counted_before is None:
            self._counted_before = draft is not None
        if draft is not None and self._counted_before:
            yield Notice("stock_count", "open", partial(self._counting_message, draft.saved_at))

    def _neighbours(self) -> Iterator[Notice]:
        """What two tills of the corner did without knowing of each other."""
        found = neighbours.news(self.counter)
        if found is not None:
            words = found.words()
            yield Notice(NEIGHBOURS, words, partial(self._neighbours_message, words, stock=bool(found.short)))

    def _neighbours_message(self, words: str, *, stock: bool) -> Message:
        message = Message("W", words)
        return message.with_action(_("View"), partial(self._go, "stock")) if stock else message

    def _counting_message(self, saved_at: str) -> Message:
        when = short_moment(datetime.fromisoformat(saved_at), language())
        text = _("A stock count is not finished; last counted {when}. Go on in Stock, F7.").format(when=when)
        return Message("I", text).with_action(_("Go on"), partial(self._go, "stock_count"))

    def _locked_message(self) -> Message:
        text = _("Names stay codes until the recovery code from the paper is entered.")
        return Message("W", text).with_action(_("Enter it"), partial(self._go, "safety"))

    def _recovery_message(self) -> Message:
        text = _("Backups are made, but there is no recovery code. Without it a lost computer loses the names.")
        return Message("I", text).with_action(_("Make it"), partial(self._go, "safety"))

    def _failed_backup(self, fault: PosError, words: str) -> Message:
        if isinstance(fault, DamagedLedger):
            return of_error(fault).with_action(_("Repair …"), partial(self._go, "safety"))
        if isinstance(fault, ForeignSeal):
            return of_error(fault)
        text = _("The backup did not succeed. {reason}").format(reason=words)
        return Message("W", text).with_action(_("Look"), partial(self._go, "safety"))

    def _backup_message(self, days: int) -> Message:
        message = numbered(20, days=days) if days else Message("W", _("No backup yet. Insert USB, then Back up."))
        return message.with_action(_("Back up"), partial(self._go, "safety"))

    def _days_without(self) -> int | None:
        """Days since the last good backup once they are too many; 0 when there was never one since the first day."""
        now, last = self.counter.clock(), backing_up.last_good(self.counter.db)
        if last is not None:
            days = (business_date(now) - business_date(last)).days
            return days if days >= STALE_BACKUP_DAYS else None
        entry = queries.entry_by_seq(self.counter.db, 1)
        if entry is None or entry.envelope.date >= business_date(now).isoformat():
            return None
        return 0

    # Goods near expiry --------------------------------------------------------------------------------------------

    def _expiring(self) -> Iterator[Notice]:
        """Once a day, when the shift is open and the clock tells the day: what has expired or will soon."""
        today = self._today
        if self._looked_on == today or queries.open_shift(self.counter.db) is None:
            return
        if not clock_is_plausible(self.counter.db, self.counter.clock()):
            return
        found = expiring.tell_today(self.counter, today)
        if found is None:
            self._looked_on = today
            return
        yield Notice(EXPIRING, today.isoformat(), partial(self._expiring_message, found))

    @property
    def _today(self) -> date:
        return business_date(self.counter.clock())

    def _expiring_message(self, found: expiring.Counts) -> Message:
        counts = (
            (found.expired, _("{count} expired")),
            (found.today, _("{count} on their last day")),
            (found.soon, _("{count} soon")),
        )
        words = ", ".join(text.format(count=count) for count, text in counts if count)
        return Message("W", _("Expiry: {words}.").format(words=words)).with_action(
            _("View"), partial(self._go, "expiring")
        )

    def _clock(self) -> Iterator[Notice]:
        now, last = self.counter.clock(), queries.last_recorded_at(self.counter.db)
        if last is not None and not clock_is_plausible(self.counter.db, now):
            yield Notice("clock", "off", partial(clock_message, now, last))


def clock_message(now: datetime, last: str) -> Message:
    """Message 16 when the clock went back behind the last entry; another when it is years ahead."""
    hours = int((datetime.fromisoformat(last) - now).total_seconds() // 3600)
    if hours < 0:
        return Message("E", warning("clock_implausible", now.isoformat()))
    return numbered(16, hours=max(1, hours))


def _fault_words(reason: str) -> Message:
    if reason in FAULT_MESSAGES:
        return numbered(FAULT_MESSAGES[reason])
    from pos_app.services.printing import fault_sentence

    return Message("E", fault_sentence(reason))
