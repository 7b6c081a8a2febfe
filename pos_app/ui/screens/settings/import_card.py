"""Import of spreadsheets in Settings: a look at what would come in, then all rows or none. Widgets only; the rules are
in ``import_presenter``.

Reading and storing run on a worker, tell how far they are and can be stopped; then nothing came in. What is wrong is
listed by line and can be saved as a file.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from pos_app.i18n import _
from pos_app.services.registering import Imported, Looked, save_problems
from pos_app.ui.dialog_folders import remembered, start_in
from pos_app.ui.messages import Message
from pos_app.ui.save_box import SaveBox
from pos_app.ui.screens.settings.card import Around, SettingsCard
from pos_app.ui.screens.settings.import_presenter import ImportPresenter
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.progress import Progress
from pos_app.ui.widgets.side import ScrollArea
from pos_app.ui.worker import Stopped, Task

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
        self._task: Task | None = None
        self._chosen: tuple[str, Path] | None = None
        self._problems: Looked | Imported | None = None
        self._doing = ""
        self.buttons: dict[str, KeyButton] = {}
        for kind, words in (("producers", _("Producers")), ("products", _("Goods")), ("staff", _("Staff"))):
            button = KeyButton(theme, words, icon="tray-arrow-down")
            button.setProperty("kind", kind)
            button.clicked.connect(self._on_import)
            self.buttons[kind] = button
        self.choices = ActionBar(theme, list(self.buttons.values()))
        hint = Text(theme, _("Producers first, then goods. All rows or none."), step="caption", tone="muted")
        hint.setWordWrap(True)
        self.progress = Progress(theme)
        self.stop_button = KeyButton(theme, _("Stop"), icon="close")
        self.stop_button.clicked.connect(self._stop)
        self.preview = Facts(theme)
        self.import_button = KeyButton(theme, _("Import"), icon="tray-arrow-down")
        self.import_button.clicked.connect(self._on_accepted)
        self.leave_button = KeyButton(theme, _("Cancel"), icon="close")
        self.leave_button.clicked.connect(self._on_left)
        self.answers = ActionBar(theme, [self.import_button, self.leave_button])
        self.facts = Facts(theme)
        self.area = ScrollArea(self.facts)
        self.area.setFixedHeight(theme.px(LIST_HEIGHT))
        self.saving = SaveBox(theme, around.workers, _("Save this list"), self._save_work)
        for widget in (self.choices, hint, *self._hidden_at_rest()):
            column.addWidget(widget)
        self._rest()

    def _hidden_at_rest(self) -> tuple[QWidget, ...]:
        return (self.progress, self.stop_button, self.preview, self.answers, self.area, self.saving)

    # Choosing and looking --------------------------------------------------------------------------------------------

    def _on_import(self) -> None:
        button = self.sender()
        if isinstance(button, KeyButton) and self._task is None:
            kind = str(button.property("kind"))
            self.around.require("import", Approval(_("Import"), (button.text(),)), lambda _by: self._choose(kind))

    def _choose(self, kind: str) -> None:
        chosen = self.choose_file()
        if chosen and self._task is None:
            self._chosen = kind, Path(chosen)
            self._problems = None
            self._begin(_("Reading the file …"))
            work = self.presenter.look_work(*self._chosen)
            self._task = self.around.workers.run_told(work, self._on_progress, self._on_looked, self._on_failed)

    def _on_looked(self, looked: Looked) -> None:
        self._task = None
        self._rest()
        self._show_problems(looked)
        message = self.presenter.ready_message(looked)
        if looked.rejected:
            message = message.with_action(_("Leave bad rows out"), partial(self._import, skip_bad=True))
        elif looked.rows:
            self.preview.show_facts(self.presenter.preview_facts(looked))
            self.preview.show()
            self.answers.show()
            self.import_button.setFocus()
            QTimer.singleShot(0, self, self._show_answers)
        self.around.say(message)

    # Importing -------------------------------------------------------------------------------------------------------

    def _on_accepted(self) -> None:
        self._import()

    def _on_left(self) -> None:
        self._chosen = self._problems = None
        self._rest()
        self.around.say(Message("I", _("Nothing was imported.")))
        self.buttons["producers"].setFocus()

    def _import(self, *, skip_bad: bool = False) -> None:
        if self._chosen is None or self._task is not None:
            return
        self._begin(_("Importing …"))
        work = self.presenter.import_work(*self._chosen, skip_bad=skip_bad)
        self._task = self.around.workers.run_told(work, self._on_progress, self._on_imported, self._on_failed)

    def _on_imported(self, result: Imported) -> None:
        self._task = None
        self._rest()
        self._show_problems(result)
        message = self.presenter.imported_message(result)
        if result.rejected and not result.imported:
            message = message.with_action(_("Leave bad rows out"), partial(self._import, skip_bad=True))
        self.around.say(message)
        if result.imported:
            self._chosen = None
            self.imported.emit()

    def _on_failed(self, error: Exception) -> None:
        self._task = self._chosen = self._problems = None
        self._rest()
        if isinstance(error, Stopped):
            self.around.say(self.presenter.stopped_message())
        else:
            self.around.say(self.presenter.failed_message(error))

    # What is shown ---------------------------------------------------------------------------------------------------

    def _begin(self, words: str) -> None:
        self._rest()
        self._doing = words
        self.choices.setEnabled(False)
        self.around.say(Message("I", words))
        self.progress.show_progress(words)
        self.stop_button.show()
        self.stop_button.setFocus()

    def _on_progress(self, done: int, total: int) -> None:
        if self._task is not None:
            self.progress.show_progress(self._doing, done, total, counted=True)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.stop()

    def _rest(self) -> None:
        """Nothing is under way: only the choice is there."""
        self.choices.setEnabled(True)
        for widget in self._hidden_at_rest():
            widget.hide()

    def _show_problems(self, found: Looked | Imported) -> None:
        facts = self.presenter.import_facts(found)
        self._problems = found if facts else None
        self.facts.show_facts(facts)
        self.area.setVisible(bool(facts))
        self.saving.setVisible(bool(facts))
        self.saving.clear()
        self.area.verticalScrollBar().setValue(0)
        if facts:
            QTimer.singleShot(0, self, self._show_list)

    def _show_list(self) -> None:
        self.around.reveal(self.area)

    def _show_answers(self) -> None:
        self.around.reveal(self.answers)

    def _save_work(self, folder: Path) -> Callable[[], Path]:
        found = self._problems or Imported(0, [], [])
        return partial(save_problems, folder, found)

    def _ask_file(self) -> str:
        return remembered(QFileDialog.getOpenFileName(self, _("Import"), start_in(), "*.csv *.xlsx")[0])
