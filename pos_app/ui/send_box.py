"""Gives a paper to somebody: saved as a page and a picture, copied as a picture, printed. All of it on a worker.

``SendBox(shell, make)``: ``make()`` is asked at the press of a button and gives what builds the paper from a ledger, or
None while nothing is chosen. Without a folder the files go to ``default_folder()``, which is made.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.messages import Message, failure
from pos_app.ui.paper_words import past_the_queue
from pos_app.ui.save_box import SaveBox
from pos_app.ui.screen import Shell
from pos_app.ui.widgets.button import KeyButton

if TYPE_CHECKING:
    from pos_app.ledger.ledger import Ledger
    from pos_app.services.producer_papers import Sendable

Build = Callable[["Ledger"], "Sendable"]
Made = TypeVar("Made")


def default_folder() -> Path:
    """Where files to send go when nobody names a folder."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(documents or Path.home()) / "Pojok"


class SendBox(QWidget):
    """See the module. ``copy_picture`` and ``print_it`` are for the screen's keys."""

    def __init__(self, shell: Shell, make: Callable[[], Build | None]) -> None:
        super().__init__()
        self.shell = shell
        self._make = make
        self._about = self._copied = ""
        theme = shell.theme
        self.box = SaveBox(theme, shell.workers, _("Save page and picture"), self._save_work)
        self.box.folder.field.setPlaceholderText(_("Documents, folder Pojok"))
        self.box.ask = self._save
        self.copy_button = KeyButton(theme, _("Copy picture"), key="F6", icon="content-copy")
        self.copy_button.clicked.connect(self.copy_picture)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.copy_button)
        column.addWidget(self.box)

    def set_ready(self, ready: bool, about: str) -> None:
        """Whether there is anything to give, and of whom: what was told of another's picture goes."""
        if self._copied and about != self._copied:
            self.shell.hush()
            self._copied = ""
        self._about = about
        self.copy_button.setEnabled(ready)
        self.box.button.setEnabled(ready)
        self.box.clear()

    def copy_picture(self) -> None:
        """F6: to the clipboard, to be pasted into a chat."""
        self._run(
            lambda build: self._on_own(build, lambda _own, paper: paper.png()), partial(self._on_copied, self._about)
        )

    def print_it(self) -> None:
        """F12: to the printer, past the queue: it is asked for, printed or not."""
        self._run(lambda build: self._on_own(build, lambda own, paper: paper.print_it(own)), self._on_printed)

    def _save(self) -> None:
        if self._make() is None:
            return
        if self.box.folder.path() is None:
            folder = default_folder()
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                self.shell.say(failure(error, str(folder)))
                return
            self.box.folder.set_path(folder)
        self.box.start()

    def _save_work(self, folder: Path) -> Callable[[], Path]:
        build = self._make()
        if build is None:
            raise AssertionError("saved before anything was chosen")
        return self._on_own(build, lambda _own, paper: paper.save(folder))

    def _run(self, work: Callable[[Build], Callable[[], Made]], done: Callable[[Made], None]) -> None:
        build = self._make()
        if build is not None:
            self.shell.workers.run(work(build), done, self._on_failed)

    def _on_own(self, build: Build, give: Callable[[Ledger, Sendable], Made]) -> Callable[[], Made]:
        counter = self.shell.counter

        def work() -> Made:
            with closing(counter.ledger.another()) as own:
                return give(own, build(own))

        return work

    def _on_copied(self, about: str, png: bytes) -> None:
        QGuiApplication.clipboard().setImage(QImage.fromData(png))
        self._copied = about
        text = _("The picture for {name} is copied. Paste it into the chat with Ctrl+V.")
        self.shell.say(Message("S", text.format(name=about)))

    def _on_printed(self, printed: bool) -> None:
        self.shell.say(past_the_queue(_("Printed."), printed=printed))

    def _on_failed(self, error: Exception) -> None:
        self.shell.say(failure(error, str(self.shell.counter.ledger.path)))
