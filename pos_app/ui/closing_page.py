"""The page between closing the window and its end, while a backup is still being made."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.backup_worker import BackupWorker
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import IconText, Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.progress import Progress

WIDTH = 560


class ClosingPage(QWidget):
    """``finished`` comes when the window may close; the button stops the backup, which then leaves nothing behind."""

    finished = Signal()

    def __init__(self, theme: Theme, worker: BackupWorker) -> None:
        super().__init__()
        self.worker = worker
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # Enter gives nothing up; Tab reaches the button
        frame, column = padded_card(spacing=12)
        column.setContentsMargins(24, 20, 24, 20)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(IconText(theme, "backup-restore", 32, "primary"))
        head.addWidget(Text(theme, _("A backup is being made"), step="title", weight=700), 1)
        column.addLayout(head)
        words = Text(theme, _("The program closes by itself as soon as it is done. Leave the stick where it is."))
        words.setWordWrap(True)
        column.addWidget(words)
        self.progress = Progress(theme)
        column.addWidget(self.progress)
        self.stop_button = KeyButton(theme, _("Close without this backup"), icon="close")
        self.stop_button.clicked.connect(worker.give_up)
        column.addWidget(self.stop_button)
        frame.setFixedWidth(theme.px(WIDTH))
        outer = QVBoxLayout(self)
        outer.addWidget(frame, 0, Qt.AlignmentFlag.AlignCenter)
        worker.changed.connect(self._on_changed)
        self._on_changed()

    def _on_changed(self) -> None:
        self.progress.show_progress(_("Backing up …"), *self.worker.progress)
        if not self.worker.running:
            self.finished.emit()
