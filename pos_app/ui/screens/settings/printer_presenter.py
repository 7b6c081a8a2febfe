"""Rules of the printer's card in Settings: what is missing, and the test page. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from pos_app.domain.errors import PosError
from pos_app.i18n import N_, _
from pos_app.printing.devices import PrinterFault
from pos_app.services import printing
from pos_app.services.context import Counter
from pos_app.services.printing import PrinterSettings
from pos_app.services.wording import describe
from pos_app.ui.messages import Message

COLUMNS: Final = (32, 42, 48)
DEVICES: Final = {
    "none": N_("No printer"),
    "system": N_("Printer of this computer"),
    "network": N_("Network printer (address)"),
    "file": N_("Device or file (path)"),
    "folder": N_("Folder of PDFs"),
}
TARGETS: Final = {
    "none": "",
    "system": N_("&Printer's name"),
    "network": N_("&Address, for example 192.168.1.50:9100"),
    "file": N_("&Path, for example /dev/usb/lp0"),
    "folder": N_("&Folder"),
}
SHEETS: Final = {
    "none": N_("On the roll"),
    "system": N_("A5, printer of this computer"),
    "folder": N_("A5, folder of PDFs"),
}


class PrinterPresenter:
    """Reads, checks, tries and keeps the printer of this till."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter

    def printer(self) -> PrinterSettings:
        """The printer as it is set."""
        return printing.printer_settings(self.counter.db)

    def obstacle(self, settings: PrinterSettings) -> Message | None:
        """What is missing."""
        if settings.device != "none" and not settings.target.strip():
            return Message("E", _("Say where the printer is: its name, address, path or folder."))
        if settings.sheets != "none" and not settings.sheet_target.strip():
            return Message("E", _("Say where A5 slips go: the printer's name or a folder."))
        if settings.device == "folder" and not Path(settings.target).is_dir():
            return Message("E", _("The folder {path} is not there.").format(path=settings.target))
        return None

    def save(self, settings: PrinterSettings) -> None:
        """Keeps the printer. Raises the faults of the disk."""
        printing.save_printer_settings(self.counter.ledger, settings)

    def test_print(self, settings: PrinterSettings) -> Callable[[], bool]:
        """What a worker does to print the test page with settings that need not be saved yet."""
        counter = self.counter

        def work() -> bool:
            own = counter.ledger.another()
            try:
                return printing.print_test(own, settings, counter.clock())
            finally:
                own.close()

        return work

    def printed_message(self, printed: bool) -> Message:
        """After a test page."""
        if not printed:
            return Message("W", _("No printer is chosen; nothing was printed."))
        return Message("S", _("Test page sent. The row of digits must stand on one line."))

    def failed_message(self, error: Exception) -> Message:
        """Why a test did not work. Errors that are bugs are raised again."""
        if isinstance(error, PrinterFault):
            return Message("E", printing.fault_sentence(error.reason))
        if isinstance(error, PosError):
            return Message("E", describe(error))
        raise error
