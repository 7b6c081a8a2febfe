"""The six states of the top bar as words, icon and tone. No Qt.

``Status`` carries figures, ``chips()`` words them. A state is never colour alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from pos_app.domain.dates import business_date, time_text
from pos_app.i18n import _, language

Printer = Literal["ready", "waiting", "paper", "silent", "none"]
STALE_BACKUP_DAYS: Final = 2


@dataclass(frozen=True, slots=True)
class ChipState:
    """One chip; tones: idle, success, warning, danger."""

    name: str
    text: str
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class Status:
    """What the till knows of itself now. ``unsent`` entries; ``backup_at`` None when there was never one."""

    now: datetime
    unsent: int = 0
    offline: bool = False
    joined: bool = True
    flagged: int = 0
    printer: Printer = "none"
    waiting_papers: int = 0
    unsure_papers: int = 0
    backup_at: datetime | None = None
    backup_failed: bool = False
    shift_opened_at: datetime | None = None
    user: str = ""
    demo: bool = False
    training: bool = False
    """Nothing of it is sent or backed up, so nothing of that is told."""

    def chips(self) -> Iterator[ChipState]:
        """The chips in their order."""
        if not self.training:
            yield self._unsent()
        yield self._printer()
        if not self.training:
            yield self._backup()
        if self.shift_opened_at is None:
            yield ChipState("shift", _("Shift not open"), "cash-register", "warning")
        else:
            opened = time_text(self.shift_opened_at, language())
            yield ChipState("shift", _("Opened {time}").format(time=opened), "cash-register", "idle")
        yield ChipState("user", self.user or _("Log in"), "account-circle-outline", "idle")

    def _unsent(self) -> ChipState:
        if self.flagged:
            return ChipState(
                "unsent", _("{count} to review").format(count=self.flagged), "cloud-alert-outline", "danger"
            )
        if not self.joined:
            return ChipState("unsent", _("Not joined yet"), "cloud-off-outline", "idle")
        if not self.unsent:
            return ChipState("unsent", _("All sent"), "cloud-check-outline", "success")
        text = _("{count} unsent").format(count=self.unsent)
        if self.offline:
            return ChipState("unsent", text, "cloud-off-outline", "danger" if self.unsent >= 500 else "warning")
        return ChipState("unsent", text, "cloud-upload-outline", "warning")

    def _printer(self) -> ChipState:
        if self.printer == "paper":
            return ChipState("printer", _("Out of paper"), "printer-alert", "danger")
        if self.printer == "silent":
            return ChipState("printer", _("Printer not responding"), "printer-alert", "danger")
        if self.printer == "none":
            return ChipState("printer", _("No printer"), "printer-off-outline", "idle")
        if self.unsure_papers:
            text = _("{count} printed?").format(count=self.unsure_papers)
            return ChipState("printer", text, "printer-alert", "warning")
        if self.waiting_papers:
            text = _("{count} to print").format(count=self.waiting_papers)
            return ChipState("printer", text, "printer-alert", "warning")
        return ChipState("printer", _("Printer ready"), "printer-check", "success")

    def _backup(self) -> ChipState:
        if self.backup_at is None:
            return ChipState("backup", _("No backup yet"), "database-alert-outline", "warning")
        if self.backup_failed:
            return ChipState("backup", _("Backup failed"), "database-alert-outline", "warning")
        days = (business_date(self.now) - business_date(self.backup_at)).days
        if days >= STALE_BACKUP_DAYS:
            return ChipState(
                "backup", _("Backup {days} days ago").format(days=days), "database-alert-outline", "warning"
            )
        if days >= 1:
            return ChipState("backup", _("Backup yesterday"), "backup-restore", "success")
        time = time_text(self.backup_at, language())
        return ChipState("backup", _("Backup {time}").format(time=time), "backup-restore", "success")
