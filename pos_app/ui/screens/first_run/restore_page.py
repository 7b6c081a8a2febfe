"""The page of the first start that brings a till back from a backup. Widgets only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.domain.formats import thousands
from pos_app.i18n import _
from pos_app.ui.messages import Message
from pos_app.ui.screens.first_run.restore_presenter import (
    Candidate,
    Restored,
    RestorePresenter,
    moment_of,
    reason_text,
)
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.fields import TextField, field_row
from pos_app.ui.widgets.folder import FolderField
from pos_app.ui.widgets.progress import Progress
from pos_app.ui.widgets.scroll import Scrolling
from pos_app.ui.widgets.table import Cell, Column, RowsModel, TwoLineTable
from pos_app.ui.worker import Workers

LIST = 200


class CandidatesModel(RowsModel[Candidate]):
    """Corner and till, when it was made, entries; what cannot be restored says why."""

    def __init__(self) -> None:
        super().__init__([Column(_("Backup")), Column(_("Made"), 150), Column(_("Entries"), 90, "right")])

    def cells(self, row: Candidate) -> Sequence[Cell]:
        found = row.found
        if found is None:
            sub = reason_text(row)
            return (
                Cell(row.path.name, sub, tone="muted", sub_tone="danger", icon="alert-circle-outline"),
                Cell(),
                Cell(),
            )
        title = f"{found.corner_name} · {found.till}"
        checked = _("checked when it was made") if found.verified else _("made by an older program")
        return (
            Cell(title, f"{found.corner} · {checked}", bold=True),
            Cell(moment_of(found)),
            Cell(thousands(found.entries)),
        )


class RestorePage(QWidget):
    """``busy`` tells whether the main button must wait; ``done`` comes when the till is back."""

    busy = Signal(bool)
    done = Signal()

    def __init__(
        self, theme: Theme, presenter: RestorePresenter, workers: Workers, say: Callable[[Message], None]
    ) -> None:
        super().__init__()
        self.theme = theme
        self.presenter = presenter
        self._workers = workers
        self._say = say
        frame, column = padded_card()
        words = Text(theme, _("The backup is only read. Choose the stick or the folder in which it lies."))
        words.setWordWrap(True)
        column.addWidget(words)
        self.folder = FolderField(theme, _("&Folder or stick with backups"))
        self.folder.entered.connect(self.look)
        column.addWidget(self.folder)
        self.model = CandidatesModel()
        self.table = TwoLineTable(
            theme, self.model, empty=_("No folder chosen yet"), empty_icon="usb-flash-drive-outline"
        )
        self.table.setMinimumHeight(theme.px(LIST))
        self.table.row_changed.connect(self._on_row)
        column.addWidget(self.table, 1)
        self.code_field = TextField(theme, placeholder="XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX")
        column.addWidget(field_row(theme, _("&Recovery code from the paper"), self.code_field))
        hint = _("May stay empty: names stay codes until you enter it later in Settings.")
        self.hint = Text(theme, hint, step="caption", tone="muted")
        self.hint.setWordWrap(True)
        column.addWidget(self.hint)
        self.progress = Progress(theme)
        column.addWidget(self.progress)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(Scrolling(frame))

    def look(self) -> None:
        """See what lies in the folder."""
        place = self.folder.path()
        if place is None or not place.exists():
            self._say(Message("W", _("Choose the stick or the folder in which the backup lies.")))
            self.folder.field.setFocus()
            return
        self._begin(_("Looking for backups …"))
        self._workers.run(self.presenter.look_work(place), self._on_found, self._on_failed)

    def main_action(self) -> None:
        """F12: look first, then restore."""
        code = self.code_field.text()
        if not self.presenter.candidates:
            self.look()
            return
        obstacle = self.presenter.obstacle(code)
        if obstacle is not None:
            self._say(obstacle)
            (self.table if self.presenter.chosen is None else self.code_field).setFocus()
            return
        self._words = _("Restoring and checking …")
        self._begin(self._words)
        self._workers.run_told(self.presenter.restore_work(code), self._on_progress, self._on_restored, self._on_failed)

    def main_words(self) -> str:
        """What the main button says."""
        return _("Restore this backup") if self.presenter.candidates else _("Look for backups")

    def _begin(self, words: str) -> None:
        self.progress.show_progress(words)
        self.setEnabled(False)
        self.busy.emit(True)

    def _ended(self) -> None:
        self.progress.hide()
        self.setEnabled(True)
        self.busy.emit(False)

    def _on_progress(self, done: int, total: int) -> None:
        self.progress.show_progress(self._words, done, total)

    def _on_found(self, candidates: list[Candidate]) -> None:
        message = self.presenter.take(candidates)
        self._ended()
        self.model.set_rows([])
        self.model.set_rows(self.presenter.candidates)
        self.table.set_empty(_("No backup was found there. Look in another folder or on another stick."))
        if message is not None:
            self._say(message)
            self.folder.field.setFocus()
            return
        self.table.select_row(0)
        self.table.setFocus()

    def _on_row(self, row: int) -> None:
        message = self.presenter.choose(row)
        if message is not None:
            self._say(message)

    def _on_restored(self, restored: Restored) -> None:
        self.presenter.restored = restored
        self._ended()
        self.done.emit()

    def _on_failed(self, error: Exception) -> None:
        self._ended()
        self._say(self.presenter.failed(error))
        self.code_field.setFocus()
