"""The cash drawer, opened without a sale: with a reason, and never unseen."""

from typing import Final, Literal

from pos_app.domain.errors import ManagerNeeded
from pos_app.i18n import N_
from pos_app.ledger.ledger import Ledger
from pos_app.printing.layout import Paper
from pos_app.services import people
from pos_app.services.context import Counter
from pos_app.services.printing import deliver, printer_settings, roll_device

Reason = Literal["change", "check", "correction", "other"]
REASONS: Final[dict[Reason, str]] = {
    "change": N_("Change money"),
    "check": N_("Look into the drawer"),
    "correction": N_("Wrong change given"),
    "other": N_("Other"),
}
"""Why a drawer is opened without a sale."""


def allow(counter: Counter, reason: Reason, pin: str | None = None) -> None:
    """Log that the drawer is opened now. A cashier needs a manager's PIN.

    Raises ``ManagerNeeded`` and ``WrongPin``; then it stays shut.
    """
    if not counter.is_manager:
        if pin is None:
            raise ManagerNeeded("drawer_opened")
        people.approve(counter, pin, "drawer_opened", f"reason:{reason}")
    people.log(counter, "drawer_opened", reason)


def kick(ledger: Ledger) -> bool:
    """Open the drawer that hangs on the printer; false where there is none. Raises ``PrinterFault``. On a worker."""
    settings = printer_settings(ledger.db)
    device = roll_device(settings)
    if not settings.drawer or device is None or device.format != "escpos":
        return False
    return deliver(Paper("drawer", "LACI", "", (), drawer=True), settings)
