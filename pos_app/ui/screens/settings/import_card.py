"""Import of spreadsheets in Settings: all rows or none. Widgets only; the rules are in ``import_presenter``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFileDialog

from pos_app.i18n import _
from pos_app.services.registering import Imported
from pos_app.ui.dialog_folders import remembered, start_in
from pos_app.ui.messages import Message
from pos_app.ui.screens.settings.card import Around, SettingsCard
from pos_app.ui.screens.settings.import_presenter import ImportPresenter
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import ScrollArea

LIST_HEIGHT = 180
"""Of an import's problems; it scrolls."""


class ImportCard(SettingsCard):
    """``choose_file`` asks for a path and gives an empty text for none; ``imported`` comes after rows came in."""

    section = "data"
    imported = Signal()

    def __init__(self, around: Around) -> None:
        super().__init__(around, _("Import spreadsheets (CSV, XLSX)"))
        theme, column = self.theme, self.column
        self.presenter = ImportPresenter(around.counter)
        self.choose_file: Callable[[], str] = self._ask_file
        self.buttons: dict[str, KeyButton] = {}
        for kind, words in (("producers", _("Producers")), ("products", _("Goods")), ("staff", _("Staff"))):
            button = KeyButton(theme, words, icon="tray-arrow-down")
            button.setProperty("kind", kind)
            button.clicked.connect(self._on_import)
            self.buttons[kind] = button
        column.addWidget(ActionBar(theme, list(self.buttons.values())))
        hint = Text(theme, _("Producers first, then goods. All rows or none."), step="caption", tone="muted")
        hint.setWordWrap(True)
        column.addWidget(hint)
        self.facts = Facts(theme)
        self.area = ScrollArea(self.facts)
        self.area.setFixedHeight(theme.px(LIST_HEIGHT))
        self.area.hide()
        column.addWidget(self.area)

    def _on_import(self) -> None:
        button = self.sender()
        if isinstance(button, KeyButton):
            kind = str(button.property("kind"))
            self.around.require("import", Approval(_("Import"), (button.text(),)), lambda _by: self._import(kind))

    def _import(self, kind: str) -> None:
        chosen = self.choose_file()
        if chosen:
            self._import_file(kind, Path(chosen))

    def _import_file(self, kind: str, path: Path, *, skip_bad: bool = False) -> None:
        self.around.say(Message("I", _("Importing …")))
        work = self.presenter.import_work(kind, path, skip_bad=skip_bad)
        again = partial(self._import_file, kind, path, skip_bad=True)
        self.around.workers.run(work, partial(self._on_imported, again), self._on_import_failed)

    def _on_imported(self, import_the_rest: Callable[[], None], result: Imported) -> None:
        facts = self.presenter.import_facts(result)
        self.facts.show_facts(facts)
        self.area.setVisible(bool(facts))
        self.area.verticalScrollBar().setValue(0)
        if facts:
            QTimer.singleShot(0, self, self._show_list)
        message = self.presenter.imported_message(result)
        if result.rejected and not result.imported:
            message = message.with_action(_("Leave bad rows out"), import_the_rest)
        self.around.say(message)
        if result.imported:
            self.imported.emit()

    def _show_list(self) -> None:
        self.around.reveal(self.area)

    def _on_import_failed(self, error: Exception) -> None:
        self.facts.show_facts([])
        self.area.hide()
        self.around.say(self.presenter.failed_message(error))

    def _ask_file(self) -> str:
        return remembered(QFileDialog.getOpenFileName(self, _("Import"), start_in(), "*.csv *.xlsx")[0])
