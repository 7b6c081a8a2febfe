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
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

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
    """``choose_file`` asks for a path and gives an empty text for none; ``imported`` comes after rows came in,
    ``changed`` when something begins, ends, or waits for an answer."""

    section = "data"
    imported = Signal()
    changed = Signal()

    def __init__(self, around: Around) -> None:
        super().__init__(around, _("Import spreadsheets (CSV, XLSX)"))
        theme, column = self.theme, self.column
        self.presenter = ImportPresenter(around.counter)
        self.choose_file: Callable[[], str] = self._ask_file
        self._task: Task | None = None
        self._chosen: tuple[str, Path] | None = None
        self._problems: Looked | Imported | None = None
        self._doing = ""
        self._asked: Message | None = None
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
        self.skip_button = KeyButton(theme, _("Leave bad rows out"), icon="tray-arrow-down")
        self.skip_button.clicked.connect(self._on_skip)
        self.answers = ActionBar(theme, [self.import_button, self.skip_button, self.leave_button])
        self.facts = Facts(theme)
        self._list = QWidget()
        rows = QVBoxLayout(self._list)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.facts)
        rows.addStretch(1)
        self.area = ScrollArea(self._list)
        self.saving = SaveBox(theme, around.workers, _("Save this list"), self._save_work)
        for widget in (self.choices, hint, *self._hidden_at_rest()):
            column.addWidget(widget)
        self._rest()

    def _hidden_at_rest(self) -> tuple[QWidget, ...]:
        return (self.progress, self.stop_button, self.preview, self.area, self.answers, self.saving)

    @property
    def working(self) -> bool:
        """Whether a file is being read or imported."""
        return self._task is not None

    @property
    def can_import(self) -> bool:
        """Whether a file without faults waits for its answer."""
        return not self.answers.isHidden() and not self.import_button.isHidden()

    def answer(self) -> bool:
        """Imports what waits for it; bad rows are asked about again. False where nothing waits."""
        if self.answers.isHidden():
            return False
        if self.can_import:
            self._import()
        elif self._asked is not None:
            self.around.say(self._asked)
            self._ask()
        return True

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
            message = self._ask_about_bad_rows(message, some_good=looked.rows > 0)
        elif looked.rows:
            self.preview.show_facts(self.presenter.preview_facts(looked))
            self.preview.show()
            self._show_answer(self.import_button)
            self._ask()
        else:
            self.buttons["producers"].setFocus()
        self.around.say(message)
        self.changed.emit()

    def _ask_about_bad_rows(self, message: Message, *, some_good: bool) -> Message:
        """The list stays with its answers, also when the message is gone."""
        self._show_answer(self.skip_button if some_good else None)
        if some_good:
            message = message.with_action(_("Leave bad rows out"), self._on_skip)
        self._asked = message
        self._ask()
        return message

    def _show_answer(self, yes: KeyButton | None) -> None:
        self.import_button.setVisible(yes is self.import_button)
        self.skip_button.setVisible(yes is self.skip_button)
        self.answers.refit()
        self.answers.show()

    def _ask(self) -> None:
        shown = [one for one in (self.import_button, self.skip_button) if not one.isHidden()]
        (shown or [self.leave_button])[0].setFocus()
        QTimer.singleShot(0, self, self._show_answers)

    # Importing -------------------------------------------------------------------------------------------------------

    def _on_accepted(self) -> None:
        self._import()

    def _on_skip(self) -> None:
        self._import(skip_bad=True)

    def _on_left(self) -> None:
        self._chosen = self._problems = None
        self._rest()
        self.around.say(Message("I", _("Nothing was imported.")))
        self.buttons["producers"].setFocus()
        self.changed.emit()

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
            message = self._ask_about_bad_rows(message, some_good=True)
        else:
            self.buttons["products"].setFocus()
        self.around.say(message)
        if result.imported:
            self._chosen = None
            self.imported.emit()
        self.changed.emit()

    def _on_failed(self, error: Exception) -> None:
        self._task = self._chosen = self._problems = None
        self._rest()
        self.buttons["producers"].setFocus()
        self.changed.emit()
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
        QTimer.singleShot(0, self, self.changed.emit)  # once the work is there

    def _on_progress(self, done: int, total: int) -> None:
        if self._task is not None:
            self.progress.show_progress(self._doing, done, total, counted=True)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.stop()

    def _rest(self) -> None:
        """Nothing is under way: only the choice is there."""
        self._asked = None
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
        needs = self._list.heightForWidth(self.area.viewport().width())
        self.area.setFixedHeight(min(max(needs, self._list.minimumSizeHint().height()), self.theme.px(LIST_HEIGHT)))
        self.around.reveal(self.area)

    def _show_answers(self) -> None:
        self.around.reveal(self.answers)

    def _save_work(self, folder: Path) -> Callable[[], Path]:
        found = self._problems or Imported(0, [], [])
        return partial(save_problems, folder, found)

    def _ask_file(self) -> str:
        return remembered(QFileDialog.getOpenFileName(self, _("Import"), start_in(), "*.csv *.xlsx")[0])
