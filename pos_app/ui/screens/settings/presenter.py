"""Rules of the Settings screen: what may be set, whether it is right, and the tests of each device. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pos_app.domain import qris
from pos_app.domain.dates import business_date
from pos_app.domain.errors import PosError
from pos_app.domain.formats import rupiah
from pos_app.domain.qris import QrisError
from pos_app.i18n import N_, _, language, set_language
from pos_app.ledger import queries, registry
from pos_app.printing.devices import PrinterFault
from pos_app.services import import_wording, printing, registering
from pos_app.services.context import DEFAULT_CASH_STEP, Counter
from pos_app.services.printing import PrinterSettings
from pos_app.services.registering import Imported
from pos_app.services.wording import describe
from pos_app.ui import settings_keys as keys
from pos_app.ui.messages import Message

CASH_STEP: Final = "cash_step"
CASH_STEPS: Final = (100, 500)
TEXT_SCALES: Final = (100, 115, 130, 150, 175, 200)
COLUMNS: Final = (32, 42, 48)
TEST_AMOUNT: Final = 12_500
SHOWN_PROBLEMS: Final = 100
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
QRIS_REASONS: Final = {
    "malformed": N_("This is no QRIS code. Scan or paste the whole text of the printed code."),
    "crc_mismatch": N_("The code was copied with a mistake: its check digits differ. Scan it again."),
    "not_static": N_("This code carries an amount. Use the static code from the printed poster."),
    "unsupported": N_("This code is not for rupiah in Indonesia."),
    "bad_amount": N_("This code cannot carry an amount."),
    "too_long": N_("This code is too long to carry an amount."),
}


@dataclass(frozen=True, slots=True)
class MoneySettings:
    """Cash step in rupiah, the static QRIS code, whether it may carry amounts, the account for transfers."""

    cash_step: int
    qris: str
    dynamic: bool
    transfer: str


@dataclass(frozen=True, slots=True)
class PaperSettings:
    """What every receipt says beside its figures."""

    address: str
    footer: str


class SettingsPresenter:
    """Reads, checks and keeps the settings of this till."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter

    def _get(self, key: str, default: str = "") -> str:
        return queries.setting(self.counter.db, key, default)

    def _set(self, values: dict[str, str]) -> None:
        with self.counter.ledger.write() as tx:
            for key, value in values.items():
                registry.set_setting(tx.db, key, value)

    # Look ------------------------------------------------------------------------------------------------------------

    @property
    def language(self) -> str:
        """``id`` or ``en``."""
        return language()

    def set_language(self, code: str) -> None:
        """From now on, and for the next start."""
        set_language("en" if code == "en" else "id")
        self._set({keys.LANGUAGE: code})

    def set_dark(self, dark: bool) -> None:
        """Keeps the theme for the next start."""
        self._set({keys.DARK: "1" if dark else "0"})

    def set_scale(self, scale: int) -> None:
        """Keeps the text size for the next start, in percent."""
        self._set({keys.TEXT_SCALE: str(scale)})

    # Printer ---------------------------------------------------------------------------------------------------------

    def printer(self) -> PrinterSettings:
        """The printer as it is set."""
        return printing.printer_settings(self.counter.db)

    def printer_obstacle(self, settings: PrinterSettings) -> Message | None:
        """What is missing."""
        if settings.device != "none" and not settings.target.strip():
            return Message("E", _("Say where the printer is: its name, address, path or folder."))
        if settings.sheets != "none" and not settings.sheet_target.strip():
            return Message("E", _("Say where A5 slips go: the printer's name or a folder."))
        if settings.device == "folder" and not Path(settings.target).is_dir():
            return Message("E", _("The folder {path} is not there.").format(path=settings.target))
        return None

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

    # Money -----------------------------------------------------------------------------------------------------------

    def money(self) -> MoneySettings:
        """Cash step, QRIS and transfers as they are set."""
        step = self._get(CASH_STEP, str(DEFAULT_CASH_STEP))
        return MoneySettings(
            int(step) if step.isdigit() else DEFAULT_CASH_STEP,
            self._get(keys.QRIS_STATIC),
            self._get(keys.QRIS_DYNAMIC) == "1",
            self._get(keys.TRANSFER_ACCOUNT),
        )

    def qris_fact(self, payload: str) -> tuple[str, str, str]:
        """Who a code pays, or why it is none: text, icon, tone."""
        text = payload.strip()
        if not text:
            return _("No QRIS yet; the till takes cash, tabs and transfers."), "information-outline", "muted"
        try:
            qris.parse_static(text)
            merchant = qris.merchant(text)
        except QrisError as error:
            return _(QRIS_REASONS[error.reason]), "alert-circle-outline", "danger"
        who = " · ".join(part for part in (merchant.name, merchant.city, merchant.nmid) if part)
        return who, "check-circle-outline", "success"

    def test_qris(self, payload: str) -> tuple[str, Message]:
        """A code over a small amount to try with one's own phone; an empty text when it cannot be made."""
        try:
            code = qris.with_amount(payload.strip(), TEST_AMOUNT)
        except QrisError as error:
            return "", Message("E", _(QRIS_REASONS[error.reason]))
        text = _("Scan it with a phone: it must show {amount} and the corner's name. Do not pay.")
        return code, Message("I", text.format(amount=rupiah(TEST_AMOUNT)))

    # Papers ----------------------------------------------------------------------------------------------------------

    def papers(self) -> PaperSettings:
        """Address and footer."""
        return PaperSettings(self._get("corner.address"), self._get("receipt.footer"))

    # Import ----------------------------------------------------------------------------------------------------------

    def import_work(self, kind: str, path: Path, *, skip_bad: bool = False) -> Callable[[], Imported]:
        """What a worker does to import a spreadsheet: all its rows or none, unless the bad ones are left out."""
        counter = self.counter
        today = business_date(counter.clock())

        def work() -> Imported:
            own = counter.ledger.another()
            try:
                return registering.import_file(own, counter.vault, kind, path, today, skip_bad=skip_bad)
            finally:
                own.close()

        return work

    def imported_message(self, result: Imported) -> Message:
        """How an import went."""
        if result.rejected and result.imported:
            text = _("{count} rows imported, {problems} problems left out. Mend those and import them again.")
            return Message("W", text.format(count=result.imported, problems=len(result.rejected)))
        if result.rejected:
            text = _("Nothing was imported: {count} problems in the file. Mend them, then import again.")
            first = import_wording.sentence(result.rejected[0])
            return Message("E", f"{text.format(count=len(result.rejected))} {first}")
        return Message("S", _("{count} rows imported.").format(count=result.imported))

    def import_facts(self, result: Imported) -> list[tuple[str, str, str]]:
        """The first problems and remarks by line: text, icon, tone."""
        found = [(import_wording.sentence(one), "alert-circle-outline", "danger") for one in result.rejected]
        found += [(import_wording.sentence(one), "alert-outline", "warning") for one in result.warnings]
        more = len(found) - SHOWN_PROBLEMS
        shown = found[:SHOWN_PROBLEMS]
        if more > 0:
            shown.append((_("and {count} more").format(count=more), "information-outline", "muted"))
        return shown

    def save(self, printer: PrinterSettings, money: MoneySettings, papers: PaperSettings) -> Message:
        """Keeps everything, or says what is wrong and keeps nothing."""
        obstacle = self.printer_obstacle(printer)
        if obstacle is not None:
            return obstacle
        text, _icon, tone = self.qris_fact(money.qris)
        if tone == "danger":
            return Message("E", text)
        try:
            printing.save_printer_settings(self.counter.ledger, printer)
            self._set(
                {
                    CASH_STEP: str(money.cash_step),
                    keys.QRIS_STATIC: money.qris.strip(),
                    keys.QRIS_DYNAMIC: "1" if money.dynamic else "0",
                    keys.TRANSFER_ACCOUNT: money.transfer.strip(),
                    "corner.address": papers.address.strip(),
                    "receipt.footer": papers.footer.strip(),
                }
            )
        except PosError as error:
            return Message("E", describe(error))
        self.counter.cash_step = money.cash_step
        return Message("S", _("Settings saved."))
