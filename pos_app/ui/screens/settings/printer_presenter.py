"""Rules of the printer's card in Settings: finding printers, what is missing, and the test page. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from pos_app.i18n import N_, _, ngettext
from pos_app.printing import discovery, virtual
from pos_app.printing.discovery import Found, Tell
from pos_app.services import printing
from pos_app.services.context import Counter
from pos_app.services.printing import PrinterSettings
from pos_app.ui.messages import Message, failure

COLUMNS: Final = (32, 42, 48)
DEVICES: Final = {
    "none": N_("No printer"),
    "system": N_("Printer of this computer"),
    "network": N_("Network printer (address)"),
    "serial": N_("Serial or Bluetooth (COM port)"),
    "file": N_("Device or file (path)"),
    "folder": N_("Folder of PDFs"),
    "virtual": N_("Virtual printer (on the screen)"),
}
CODES: Final = {"raster": N_("as pictures (every printer)"), "native": N_("by the printer itself")}
FOUND_AS: Final = {
    "system": N_("Printer of this computer"),
    "network": N_("Network printer"),
    "serial": N_("Serial or Bluetooth port"),
    "file": N_("USB"),
}
TARGETS: Final = {
    "none": "",
    "system": N_("&Printer's name"),
    "network": N_("&Address, for example 192.168.1.50:9100"),
    "serial": N_("&Port, for example COM5"),
    "file": N_("&Path, for example /dev/usb/lp0"),
    "folder": N_("&Folder"),
    "virtual": "",
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
        if settings.device not in ("none", "virtual") and not settings.target.strip():
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
            with closing(counter.ledger.another()) as own:
                return printing.print_test(own, settings, counter.clock())

        return work

    def printed_message(self, printed: bool) -> Message:
        """After a test page."""
        if not printed:
            return Message("W", _("No printer is chosen; nothing was printed."))
        return Message("S", _("Test page sent. Which is the longest row of digits that is not broken?"))

    def read_message(self, answer: str) -> Message:
        """After she looked at the test page: the columns she read, or ``no``."""
        if answer != "no":
            return Message("S", _("{columns} columns. Keep it with F12.").format(columns=answer))
        text = _(
            "Check cable, paper and kind; on a serial line try another speed. Thermal paper prints on one side only."
        )
        return Message("W", text)

    # Finding ---------------------------------------------------------------------------------------------------------

    def virtual_folder(self) -> Path:
        """Where the virtual printer of this till keeps its papers."""
        return virtual.folder_beside(self.counter.ledger.path)

    def find_attached(self) -> list[Found]:
        """What is at this computer; on a worker."""
        return discovery.attached()

    def find_on_network(self, tell: Tell) -> list[Found]:
        """Who listens on port 9100 in this computer's network; on a worker. ``tell`` may end it."""
        address = discovery.own_address()
        return discovery.network_printers(discovery.neighbours(address), tell) if address else []

    def found_options(self, found: Sequence[Found]) -> list[tuple[str, str]]:
        """What was found in words, by its place in the list."""
        options = []
        for place, one in enumerate(found):
            about = one.words if one.words and one.words not in one.target else _(FOUND_AS[one.kind])
            options.append((str(place), f"{one.target} · {about}"))
        return options

    def found_message(self, found: Sequence[Found], *, network: bool) -> Message:
        """After a search."""
        if found:
            count = len(found)
            text = ngettext(
                "{count} possible printer found. Choose it, then test.",
                "{count} possible printers found. Choose one, then test.",
                count,
            )
            return Message("S", text.format(count=count))
        if network:
            return Message("W", _("No printer answers on the network. Is it on, and in the same network?"))
        return Message("W", _("No printer found at this computer. Is it on and plugged in?"))

    def failed_message(self, error: Exception) -> Message:
        """Why a test did not work. Errors that are bugs are raised again."""
        return failure(error, str(self.counter.ledger.path))
