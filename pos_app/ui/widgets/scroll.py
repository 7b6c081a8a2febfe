"""A column that scrolls when the room is short and follows the focus: ``Scrolling(widget)``."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QSizePolicy, QWidget


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
        if focused is not None and widget is not None and widget.isAncestorOf(focused):
            self.ensureWidgetVisible(focused, 0, 8)
