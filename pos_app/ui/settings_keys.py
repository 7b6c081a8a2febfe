"""Names of the settings (table ``settings`` of the ledger) that screens read and write. No Qt."""

from __future__ import annotations

from typing import Final

from pos_app.services.context import DEMO_SETTING, TRAINING_SETTING

LANGUAGE: Final = "ui.language"
"""``id`` or ``en``."""
DARK: Final = "ui.dark"
"""``1`` for the dark theme."""
TEXT_SCALE: Final = "ui.text_scale"
"""100 to 200, in percent."""
TEXT_SCALES: Final = (100, 115, 130, 150, 175, 200)
"""The steps that are offered, and that Ctrl+plus and Ctrl+minus go through."""
SOUND_ACCEPTED: Final = "ui.sound_accepted"
"""``1`` to beep on accepted scans too."""
QRIS_STATIC: Final = "qris.static"
"""Payload of the corner's printed QRIS code."""
QRIS_DYNAMIC: Final = "qris.dynamic"
"""``1`` once the payment provider agreed to codes that carry the amount."""
TRANSFER_ACCOUNT: Final = "transfer.account"
"""Bank account for transfers as shown to the buyer; empty: no transfers."""
BUYER_DISPLAY: Final = "display.buyer"
"""``1`` while the buyer's display is wanted."""
PRINTER_DEVICE: Final = "printer.device"
PRINTER_SHEETS: Final = "printer.sheets"
"""Kind of the printer, ``none`` without one; read here so that nothing waits for the print room to be imported."""
LOCK_MINUTES: Final = "ui.lock_minutes"
"""Minutes without a key after which the till asks for the PIN again, 1 to 60; empty for 10."""
LAST_USER: Final = "ui.last_user"
"""Pseudonym of who logged in last."""
TRAINING: Final = TRAINING_SETTING
"""``1`` in a training: the window is framed, nothing is exchanged or backed up."""
DEMO: Final = DEMO_SETTING
"""``1`` in a demo corner: the window says so, and the log-in tells the PINs."""
RECOVERY_NOTED: Final = "recovery.noted"
"""When somebody confirmed that the recovery code was written down (ISO time)."""
