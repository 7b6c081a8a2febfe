"""The window of the virtual printer: what the paper would look like, newest on top. Widgets only.

It stands beside the till and never takes the focus, so scans and keys go on to the till while it is open;
``open_window`` shows the one there is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.dialog_folders import remembered, start_in
from pos_app.ui.messages import failure
from pos_app.ui.theme import Theme
from pos_app.ui.virtual_printer.presenter import Strip, VirtualPresenter
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.forms import Tick
from pos_app.ui.widgets.paper import Grey, PaperPicture
from pos_app.ui.widgets.side import ScrollArea
from pos_app.ui.worker import Workers

LOOK_MS: Final = 400
SIZE: Final = (520, 680)


def open_window(beside: QWidget, theme: Theme, workers: Workers, folder: Path, columns: int) -> VirtualPrinterWindow:
    """The window over ``folder``, shown; ``beside`` is any widget of the till's window."""
    owner = beside.window()
    found = next((one for one in owner.findChildren(VirtualPrinterWindow) if one.presenter.folder == folder), None)
    window = found or VirtualPrinterWindow(theme, workers, folder, columns, owner)
    window.set_columns(columns)
    window.show()
    return window


def show_or_close(beside: QWidget, theme: Theme, workers: Workers, folder: Path, columns: int) -> None:
    """What the button of the window does: the window has no keys of its own, so the same button closes it."""
    shown = [one for one in beside.window().findChildren(VirtualPrinterWindow) if one.isVisible()]
    if shown:
        shown[0].close()
    else:
        open_window(beside, theme, workers, folder, columns)


class VirtualPrinterWindow(QWidget):
    """``choose_file`` asks where a picture goes and gives an empty text for nowhere."""

    def __init__(self, theme: Theme, workers: Workers, folder: Path, columns: int, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window | Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.theme = theme
        self.presenter = VirtualPresenter(folder, columns)
        self.choose_file: Callable[[], str] = self._ask_file
        self._workers = workers
        self._names: list[str] = []
        self._strips: dict[str, Strip] = {}
        self._drawing = False
        self.setWindowTitle(_("Virtual printer"))
        self.resize(*SIZE)
        self._build()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)

    def _build(self) -> None:
        theme = self.theme
        self.paper_tick = Tick(theme, _("There is paper in the printer"))
        self.paper_tick.toggled.connect(self._on_paper)
        self.clear_button = KeyButton(theme, _("Throw away"), icon="close")
        self.clear_button.clicked.connect(self._on_clear)
        self.save_button = KeyButton(theme, _("Save as picture …"))
        self.save_button.clicked.connect(self._on_save)
        self.hint = Text(theme, step="caption", tone="muted")
        self.hint.setWordWrap(True)
        inner = QWidget()
        self._papers = QVBoxLayout(inner)
        self._papers.setContentsMargins(8, 8, 8, 8)
        self._papers.setSpacing(12)
        self._papers.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self.area = ScrollArea(inner)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.area.setAccessibleName(_("Papers that came out, the newest first"))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        for widget in (self.paper_tick, self.hint):
            column.addWidget(widget)
        column.addWidget(self.area, 1)
        words = _("These papers are thrown away when the till starts again.")
        ending = Text(theme, words, step="caption", tone="muted")
        ending.setWordWrap(True)
        column.addWidget(ending)
        column.addWidget(ActionBar(theme, [self.clear_button, self.save_button]))

    def set_columns(self, columns: int) -> None:
        """The paper of another printer: everything is drawn anew."""
        if columns != self.presenter.columns:
            self.presenter.columns = columns
            self._strips.clear()
            self._names = []

    def shown(self) -> list[str]:
        """Names of the papers that are shown, newest first."""
        return [name for name in self._names if name in self._strips]

    def look(self) -> None:
        """Shows what came out since."""
        self.paper_tick.setChecked(self.presenter.has_paper)
        names = self.presenter.names()
        lacking = [name for name in names if name not in self._strips]
        if lacking and not self._drawing:
            self._drawing = True
            self._workers.run(self.presenter.draw_work(lacking), self._on_drawn, self._on_failed)
        elif not lacking and names != self._names:
            self._show(names)

    def _on_drawn(self, strips: list[Strip]) -> None:
        self._drawing = False
        self._strips |= {strip.name: strip for strip in strips}
        self._show([name for name in self.presenter.names() if name in self._strips])

    def _on_failed(self, error: Exception) -> None:
        self._drawing = False
        self.hint.setText(failure(error, str(self.presenter.folder)).text)

    def _show(self, names: list[str]) -> None:
        self._names = names
        self._strips = {name: self._strips[name] for name in names}
        while (item := self._papers.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for name in names:
            self._papers.addWidget(self._paper(self._strips[name]))
        self.hint.setText("" if names else _("Nothing printed yet. What the till prints appears here."))
        self.hint.setVisible(not names)
        self.area.verticalScrollBar().setValue(0)

    def _paper(self, strip: Strip) -> QWidget:
        if strip.fault:
            return Text(self.theme, strip.fault, tone="danger")
        picture = PaperPicture()
        picture.show_grey(Grey(*strip.picture), self.presenter.title(strip.name))
        return picture

    # What the person does --------------------------------------------------------------------------------------------

    def _on_paper(self, there: bool) -> None:
        if there != self.presenter.has_paper:
            self.presenter.set_paper(there)

    def _on_clear(self) -> None:
        self.presenter.clear()
        self.look()

    def _on_save(self) -> None:
        chosen = self.choose_file()
        if chosen:
            work = self.presenter.save_work(Path(chosen))
            self._workers.run(work, partial(self._on_saved, chosen), self._on_failed)

    def _on_saved(self, path: str, count: int) -> None:
        words = _("Saved: {path}").format(path=path) if count else _("Nothing printed yet.")
        self.hint.setText(words)
        self.hint.show()

    def _ask_file(self) -> str:
        return remembered(QFileDialog.getSaveFileName(self, _("Save as picture …"), start_in("struk.png"), "*.png")[0])

    # The window ------------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start(LOOK_MS)
        self.look()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._timer.stop()
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        super().keyPressEvent(event)
