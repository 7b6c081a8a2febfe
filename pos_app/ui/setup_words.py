"""The eight steps of the set-up in words, shown before the ledger is there and after. No Qt."""

from __future__ import annotations

from typing import Final

from pos_app.i18n import N_

STEP_WORDS: Final = {
    "look": N_("Language & look"),
    "corner": N_("Corner"),
    "manager": N_("Manager & PIN"),
    "printer": N_("Printer"),
    "scanner": N_("Scanner"),
    "qris": N_("QRIS"),
    "backup": N_("Backup"),
    "data": N_("First data"),
}
