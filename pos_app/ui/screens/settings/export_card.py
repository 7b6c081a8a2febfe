"""Export of the registry in Settings: producers, goods, staff, as files that the import reads. Widgets only."""

from __future__ import annotations

from pos_app.i18n import _
from pos_app.services.exporting import KINDS
from pos_app.ui.registry_export import RegistryExport
from pos_app.ui.screens.settings.card import Around, SettingsCard


class ExportCard(SettingsCard):
    """See the module."""

    section = "data"

    def __init__(self, around: Around) -> None:
        super().__init__(around, _("Export spreadsheets (CSV, XLSX)"))
        self.export = RegistryExport(around.theme, around.workers, around.counter, KINDS, around.require)
        self.column.addWidget(self.export)

    def refresh(self) -> None:
        self.export.clear()
