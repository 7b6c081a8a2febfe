"""The backup card: folders with their last good copy, more folders, and what a run did. Widgets only."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.backup_presenter import BackupPresenter, FolderState
from pos_app.ui.backup_worker import BackupWorker
from pos_app.ui.screen import Shell
from pos_app.ui.widgets.basic import NameText, Text, padded_card, rule
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.folder import FolderField
from pos_app.ui.widgets.gate import Run
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.progress import Progress

Require = Callable[[str, Approval, Run], None]


class BackupCard(QWidget):
    """``require`` runs something for a manager. ``refresh`` reads the folders anew, on a worker."""

    def __init__(self, shell: Shell, worker: BackupWorker, require: Require) -> None:
        super().__init__()
        self.shell = shell
        self.theme = shell.theme
        self.worker = worker
        self.presenter = BackupPresenter(shell.counter)
        self._require = require
        self._asked = False
        self._was_running = False
        self._states: list[FolderState] = []
        frame, column = padded_card()
        column.addWidget(Text(self.theme, _("Backup"), step="row", weight=700))
        self.facts = Facts(self.theme)
        column.addWidget(self.facts)
        self.words = Text(self.theme, step="caption", tone="muted")
        self.words.setWordWrap(True)
        column.addWidget(self.words)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        column.addLayout(self._rows)
        self.progress = Progress(self.theme)
        column.addWidget(self.progress)
        column.addWidget(rule())
        self.folder = FolderField(self.theme, self.presenter.folder_words())
        self.folder.entered.connect(self._add)
        column.addWidget(self.folder)
        self.add_button = KeyButton(self.theme, _("Add the folder"), icon="plus")
        self.add_button.clicked.connect(self._add)
        column.addWidget(self.add_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        worker.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Shows what is known, then asks the folders."""
        self._show()
        self.shell.workers.run(self.presenter.look_work(), self._on_looked)

    def start(self) -> None:
        """Back up now, also to a folder that was typed and not added yet."""
        if self.folder.path() is not None:
            self._ask_to_add(self.start)
            return
        if not self.presenter.folders():
            self.shell.say(self.presenter.add(None))
            self.folder.field.setFocus()
            return
        self._asked = True
        self.worker.run()

    def _add(self) -> None:
        self._ask_to_add(None)

    def _ask_to_add(self, then: Callable[[], None] | None) -> None:
        folder = self.folder.path()
        approval = Approval(_("Add the folder"), (str(folder or ""),))
        self._require("backup_folders", approval, lambda _by: self._added(folder, then))

    def _added(self, folder: Path | None, then: Callable[[], None] | None) -> None:
        message = self.presenter.add(folder)
        if message.kind != "E":
            self.folder.set_path(None)
        self.shell.say(message)
        self.refresh()
        if then is not None and message.kind in ("S", "I"):
            then()

    def _remove(self, folder: Path) -> None:
        approval = Approval(_("Remove the folder"), (str(folder),))
        self._require("backup_folders", approval, lambda _by: self._removed(folder))

    def _removed(self, folder: Path) -> None:
        self.shell.say(self.presenter.remove(folder))
        self.refresh()

    def _on_looked(self, states: list[FolderState]) -> None:
        self._states = states
        self._show()

    def _on_changed(self) -> None:
        ended, self._was_running = self._was_running and not self.worker.running, self.worker.running
        if ended:
            if self._asked:
                self._asked = False
                self.shell.say(self.presenter.ended(self.worker.outcomes, self.worker.faults()))
            self.refresh()
        elif self.worker.running:
            self.progress.show_progress(_("Backing up …"), *self.worker.progress)

    # What is shown -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        self.facts.show_facts([self.presenter.last()])
        self.words.setText(self.presenter.when_words())
        self.folder.set_label(self.presenter.folder_words())
        self.progress.setVisible(self.worker.running)
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for folder in self.presenter.folders():
            self._rows.addWidget(self._folder_row(folder))

    def _folder_row(self, folder: Path) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        name = NameText(self.theme, weight=700)
        name.setText(str(folder))
        head.addWidget(name, 1)
        remove = KeyButton(self.theme, _("Remove"), kind="link")
        remove.setAccessibleName(_("Remove the folder {path}").format(path=folder))
        remove.clicked.connect(partial(self._remove, folder))
        head.addWidget(remove)
        facts = Facts(self.theme)
        known = next((state for state in self._states if state.folder == folder), None)
        shown = self.presenter.facts(known) if known is not None else []
        shown += [self.presenter.result(one) for one in self.worker.outcomes if one.folder == folder]
        facts.show_facts(shown)
        column.addLayout(head)
        column.addWidget(facts)
        return box
