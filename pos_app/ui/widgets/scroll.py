"""A column that scrolls when the room is short and follows the focus: ``Scrolling(widget)``."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QSizePolicy, QWidget

MARGIN: Final = 8
"""Points above and below what has the focus."""


class Scrolling(QScrollArea):
    """Wraps a widget; never scrolls sideways, never takes the focus itself."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        view = QWidget()
        view.setAutoFillBackground(False)
        self.setViewport(view)  # an own one: asking for Qt's makes 70 Python types, 6 ms of the start
        self.setWidget(widget)
        widget.setAutoFillBackground(False)
        self._follow = QTimer(self)
        self._follow.setSingleShot(True)
        self._follow.timeout.connect(self._follow_focus)
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus_changed)

    def minimumSizeHint(self) -> QSize:
        widget = self.widget()
        return QSize(widget.minimumSizeHint().width() if widget is not None else 0, 60)

    def _on_focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:  # noqa: ARG002
        self._show(now)

    def _on_range_changed(self) -> None:
        """Rows came or grew: what has the focus may have moved below the fold, once they are laid out."""
        self._follow.start(0)

    def _follow_focus(self) -> None:
        self._show(QApplication.focusWidget())

    def _show(self, focused: QWidget | None) -> None:
        widget = self.widget()
        if focused is None or widget is None or not widget.isAncestorOf(focused):
            return
        half = focused.height() // 2
        if 2 * (half + MARGIN) > self.viewport().height():
            self.ensureWidgetVisible(focused, 0, MARGIN)
        else:  # the whole of it: Qt would bring a field's caret into view alone
            self.ensureVisible(0, focused.mapTo(widget, QPoint(0, half)).y(), 0, half + MARGIN)
