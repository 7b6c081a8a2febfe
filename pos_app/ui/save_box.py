"""Saves one thing into a folder that a person names, and tells where it lies: a report, a person's data.

``SaveBox(theme, workers, "Simpan laporan", work)``: ``work(folder)`` is asked when the button is pressed, so what is
chosen then is saved, whatever is chosen later; a worker runs what it gives and gets the path of the file. ``ask``
stands between the button and ``start`` where a manager is needed first. ``Telling(work)`` in its place is for what
takes long: it is given what to call with its progress, and can be stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.messages import failure
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.folder import FolderField
from pos_app.ui.widgets.progress import Progress
from pos_app.ui.widgets.side import bring_into_view
from pos_app.ui.worker import Stopped, Task, Tell, Workers

Work = Callable[[Path], Callable[[], Path]]


@dataclass(frozen=True, slots=True)
class Telling:
    """Work that tells how far it is."""

    work: Callable[[Path], Callable[[Tell], Path]]


def plainly(save: Callable[[Path], Path]) -> Work:
    """For a function that needs nothing but the folder."""
    return lambda folder: partial(save, folder)


class SaveBox(QWidget):
    """See the module; ``saved`` comes with the path of the file, ``failed`` where there is none."""

    saved = Signal(object)
    failed = Signal()

    def __init__(self, theme: Theme, workers: Workers, words: str, work: Work | Telling, *, label: str = "") -> None:
        super().__init__()
        self._workers = workers
        self._work = work
        self.ask: Callable[[], None] = self.start
        self.folder = FolderField(theme, label or _("&Folder or stick"))
        self.folder.field.returnPressed.connect(self._on_asked)
        self.button = KeyButton(theme, words, icon="usb-flash-drive-outline")
        self.button.clicked.connect(self._on_asked)
        self.facts = Facts(theme)
        self.progress = Progress(theme)
        self.stop_button = KeyButton(theme, _("Stop"), icon="close")
        self.stop_button.clicked.connect(self.stop)
        self.stop_button.hide()
        self._task: Task | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.folder, self.button, self.progress, self.stop_button, self.facts):
            column.addWidget(widget)

    def clear(self) -> None:
        """Forgets what was told."""
        self.facts.show_facts([])

    def start(self) -> None:
        """Save into the folder that is named."""
        folder = self.folder.path()
        if folder is None:
            self._tell(_("Choose a folder or a stick first."), "alert-outline", "warning")
            self.folder.field.setFocus()
            return
        if not folder.is_dir():
            self._tell(_("The folder {path} is not there.").format(path=folder), "alert-circle-outline", "danger")
            self.folder.field.setFocus()
            return
        self.button.setEnabled(False)
        self._tell(_("Saving …"), "information-outline", "muted")
        work = self._work
        if isinstance(work, Telling):
            self.stop_button.show()
            self._task = self._workers.run_told(work.work(folder), self._on_progress, self._on_saved, self._on_failed)
        else:
            self._workers.run(work(folder), self._on_saved, self._on_failed)

    def stop(self) -> None:
        """Ends what is being saved; nothing of it is kept."""
        if self._task is not None:
            self._task.stop()

    def _on_asked(self) -> None:
        self.ask()

    def _on_progress(self, done: int, total: int) -> None:
        self.progress.show_progress(_("Saving …"), done, total)

    def _end(self) -> None:
        self._task = None
        self.button.setEnabled(True)
        self.progress.hide()
        self.stop_button.hide()

    def _on_saved(self, path: Path) -> None:
        self._end()
        self._tell(_("Saved: {path}").format(path=path), "check-circle-outline", "success")
        self.saved.emit(path)

    def _on_failed(self, error: Exception) -> None:
        self._end()
        if isinstance(error, Stopped):
            self._tell(_("Stopped. Nothing was saved."), "information-outline", "muted")
            return
        self._tell(failure(error, str(self.folder.path() or "")).text, "alert-circle-outline", "danger")
        self.failed.emit()

    def _tell(self, text: str, icon: str, tone: str) -> None:
        self.facts.show_facts([(text, icon, tone)])
        bring_into_view(self.facts)
