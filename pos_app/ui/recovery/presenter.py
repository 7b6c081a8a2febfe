"""Rules of the recovery code: whether there is one, making it, writing it down, and using it. No Qt."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal

from pos_app.domain.errors import PosError
from pos_app.i18n import _
from pos_app.ledger import queries, recovery, registry
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.vault import Vault
from pos_app.services import printing, recovering
from pos_app.services.wording import describe
from pos_app.ui import settings_keys as keys
from pos_app.ui.messages import Message, failure

State = Literal["none", "unconfirmed", "outdated", "made", "locked"]
FACTS: Final[dict[State, tuple[str, str]]] = {
    "none": ("alert-outline", "warning"),
    "unconfirmed": ("alert-outline", "warning"),
    "outdated": ("alert-outline", "warning"),
    "made": ("check-circle-outline", "success"),
    "locked": ("lock-outline", "warning"),
}


class RecoveryPresenter:
    """The code of one ledger. ``pick(n)`` chooses the group that is typed back."""

    def __init__(
        self,
        ledger: Ledger,
        vault: Vault,
        now: Callable[[], datetime],
        pick: Callable[[int], int] = secrets.randbelow,
    ) -> None:
        self.ledger = ledger
        self.vault = vault
        self._now = now
        self._pick = pick
        self.groups: list[str] = []
        """The code while it is shown; it is kept nowhere."""
        self.asked = 0

    @property
    def may_unlock(self) -> bool:
        """Whether a code brings names back, also one that was said to be lost."""
        return recovery.may_unlock(self.ledger, self.vault)

    def state(self) -> State:
        """Whether names can be brought back on a new computer."""
        if recovery.is_locked(self.ledger, self.vault):
            return "locked"
        noted = queries.setting(self.ledger.db, keys.RECOVERY_NOTED, "")
        if not recovery.covers(self.ledger, self.vault):
            return "outdated" if noted else "none"
        return "made" if noted else "unconfirmed"

    def fact(self) -> tuple[str, str, str]:
        """The state in words: text, icon, tone."""
        state = self.state()
        words = {
            "none": _("No recovery code yet. Without it names in a backup stay hidden on a new computer."),
            "unconfirmed": _("Nobody confirmed that the recovery code was written down. Make a new one."),
            "outdated": _("The recovery code is older than the keys of this till. Make a new one."),
            "made": _("A recovery code is written down. Keep it away from the computer."),
            "locked": _("Names are locked: they stay codes until the recovery code is entered."),
        }[state]
        return (words, *FACTS[state])

    def make(self, user: str = "") -> Message | None:
        """A new code to show; what went wrong, else None. From now on backups open with this one.

        ``user`` is the pseudonym of who made or approved it, for the log; empty while a corner is set up. While names
        are locked this is their word that the code for them is lost (``make_costs`` was shown).
        """
        try:
            lost = self.state() == "locked"
            code = recovering.new_code(self.ledger, self.vault, self._now(), user, older_is_lost=lost)
            self._note("")
        except PosError as error:
            return Message("E", describe(error))
        self.groups = code.split("-")
        self.asked = self._pick(len(self.groups))
        return None

    def make_words(self) -> str:
        """What the button says that makes a code."""
        state = self.state()
        return _("Make the recovery code") if state == "none" else _("Make a new recovery code")

    def make_costs(self) -> tuple[str, ...]:
        """What a new code means, to be agreed to."""
        state = self.state()
        if state == "locked":
            return (
                _("The new code does not open the names that are locked now: they stay codes."),
                _("Only the old code opens them. If its paper is ever found, keep it and enter the code here."),
            )
        return () if state == "none" else (_("Later backups no longer open with the older code."),)

    def is_typed(self, text: str) -> bool:
        """Whether the group that was asked for is typed back; small letters and look-alikes count too."""
        typed = text.strip().upper().translate(recovery.LOOK_ALIKES)
        return bool(self.groups) and typed == self.groups[self.asked]

    def confirm(self) -> Message:
        """The code is written down; it is not shown again."""
        self._note(self._now().isoformat(timespec="seconds"))
        self.forget()
        return Message("S", _("Noted. Backups from now on open with this code."))

    def forget(self) -> None:
        """The code leaves the screen."""
        self.groups = []

    def unlock(self, code: str) -> Message:
        """Names come back."""
        try:
            recovering.unlock(self.ledger, self.vault, code)
        except PosError as error:
            return Message("E", describe(error))
        self._note(self._now().isoformat(timespec="seconds"))
        if self.may_unlock:
            return Message("W", _("Some names are readable again. Others need a second recovery code; enter it too."))
        return Message("S", _("Names are readable again."))

    def _note(self, at: str) -> None:
        with self.ledger.write() as tx:
            registry.set_setting(tx.db, keys.RECOVERY_NOTED, at)

    # On paper --------------------------------------------------------------------------------------------------------

    def print_work(self) -> Callable[[], bool]:
        """What a worker does to print the paper; False where there is no printer."""
        paper = recovering.paper(self.ledger, "-".join(self.groups), self._now())
        settings = printing.printer_settings(self.ledger.db)
        return lambda: printing.deliver(paper, settings)

    def printed(self, printed: bool) -> Message:
        """After printing."""
        if printed:
            return Message("S", _("Sent to the printer. Compare the paper with the screen."))
        return Message("W", _("No printer is chosen; write the code down by hand."))

    def not_printed(self, error: Exception) -> Message:
        """Why printing did not work."""
        return failure(error, str(self.ledger.path))


def purpose() -> str:
    """What the code is for, in a sentence."""
    return _("With this code and a backup, a new computer can read the names of producers, staff and users.")
