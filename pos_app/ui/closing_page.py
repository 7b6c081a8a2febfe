"""The page between closing the window and its end, while a backup is being made or other work is not over yet."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.backup_worker import BackupWorker
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import IconText, Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.progress import Progress
from pos_app.ui.worker import Workers

WIDTH = 560


class ClosingPage(QWidget):
    """``finished`` comes when nothing is under way any more, or nobody wants to wait for it.

    One button stops the backup, which then leaves nothing behind. Other work, whose end nobody knows, may be cut off by
    the other; before a repair it may not (``to_the_end``), because it could still hold the ledger.
    """

    finished = Signal()

    def __init__(self, theme: Theme, workers: Workers, backup: BackupWorker, *, to_the_end: bool = False) -> None:
        super().__init__()
        self.workers = workers
        self.backup = backup
        self.to_the_end = to_the_end
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # Enter gives nothing up; Tab reaches the button
        frame, column = padded_card(spacing=12)
        column.setContentsMargins(24, 20, 24, 20)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(IconText(theme, "backup-restore", 32, "primary"))
        self.title = Text(theme, step="title", weight=700)
        head.addWidget(self.title, 1)
        column.addLayout(head)
        self.words = Text(theme)
        self.words.setWordWrap(True)
        column.addWidget(self.words)
        self.progress = Progress(theme)
        column.addWidget(self.progress)
        self.stop_button = KeyButton(theme, _("Close without this backup"), icon="close")
        self.stop_button.clicked.connect(backup.give_up)
        self.leave_button = KeyButton(theme, _("Close without waiting"), icon="close")
        self.leave_button.clicked.connect(self._on_leave)
        column.addWidget(self.stop_button)
        column.addWidget(self.leave_button)
        frame.setFixedWidth(theme.px(WIDTH))
        outer = QVBoxLayout(self)
        outer.addWidget(frame, 0, Qt.AlignmentFlag.AlignCenter)
        backup.changed.connect(self.look)
        workers.busy_changed.connect(self.look)
        self.look()

    def look(self) -> None:
        """Shows what is still under way; ends when nothing is."""
        backing_up = self.backup.running
        if backing_up:
            self.title.setText(_("A backup is being made"))
            self.words.setText(_("The program closes by itself as soon as it is done. Leave the stick where it is."))
            self.progress.show_progress(_("Backing up …"), *self.backup.progress)
        else:
            self.title.setText(_("Work is being finished"))
            self.words.setText(
                _("The program closes by itself as soon as it is done. What is recorded stays recorded.")
            )
            self.progress.show_progress(_("Finishing …"))
        self.stop_button.setVisible(backing_up)
        self.leave_button.setVisible(not backing_up and not self.to_the_end)
        if not backing_up and not self.workers.busy:
            self.finished.emit()

    def _on_leave(self) -> None:
        self.workers.abandon()
        self.finished.emit()
