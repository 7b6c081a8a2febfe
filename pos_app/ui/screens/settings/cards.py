"""The cards of the Settings page in their order: the left column, then the right one."""

from __future__ import annotations

from collections.abc import Sequence

from pos_app.ui.screens.settings.card import Around, SettingsCard
from pos_app.ui.screens.settings.export_card import ExportCard
from pos_app.ui.screens.settings.import_card import ImportCard
from pos_app.ui.screens.settings.look_card import LookCard
from pos_app.ui.screens.settings.money_card import MoneyCard
from pos_app.ui.screens.settings.network_card import NetworkCard
from pos_app.ui.screens.settings.paper_card import PaperCard
from pos_app.ui.screens.settings.printer_card import PrinterCard
from pos_app.ui.screens.settings.qris_card import QrisCard
from pos_app.ui.screens.settings.scanner_card import ScannerCard
from pos_app.ui.screens.settings.setup_card import SetupCard
from pos_app.ui.screens.settings.users_card import UsersCard


class Cards:
    """Builds them; those that the page must know have a name of their own."""

    def __init__(self, around: Around) -> None:
        self.look = LookCard(around)
        self.money = MoneyCard(around)
        self.qris = QrisCard(around)
        self.users = UsersCard(around)
        self.printer = PrinterCard(around)
        self.scanner = ScannerCard(around)
        self.paper = PaperCard(around)
        self.setup = SetupCard(around)
        self.network = NetworkCard(around)
        self.spreadsheets = ImportCard(around)
        self.export = ExportCard(around)
        self.columns: Sequence[Sequence[SettingsCard]] = (
            (self.look, self.money, self.qris, self.users, self.network),
            (self.printer, self.scanner, self.paper, self.setup, self.spreadsheets, self.export),
        )

    def all(self) -> list[SettingsCard]:
        """In the order in which they are checked and kept."""
        return [card for column in self.columns for card in column]
