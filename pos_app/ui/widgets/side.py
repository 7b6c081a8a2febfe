"""A column of a screen: cards that scroll when the room is short, and a foot that always stays.

``SidePanel(theme, width=360)``; ``body`` takes cards, ``foot`` the main button. Width 0 takes what is left.
``TightColumns(theme, table, (0, 3))`` hides columns that others can do without while the text is enlarged.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QTableView, QVBoxLayout, QWidget

from pos_app.ui.theme import Theme


class SidePanel(QWidget):
    """See the module."""

    def __init__(self, theme: Theme, *, width: int = 360, compact: int = 0) -> None:
        super().__init__()
        self.theme = theme
        self._width = width
        self._compact = compact or width * 9 // 10
        inner = QWidget()
        self.body = QVBoxLayout(inner)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(8)
        self.area = ScrollArea(inner)
        self.foot = QVBoxLayout()
        self.foot.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.area, 1)
        column.addLayout(self.foot)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def sizeHint(self) -> QSize:
        """No wider than it may be: a stack of panels would leave an empty strip beside it."""
        hint = super().sizeHint()
        return QSize(self.maximumWidth() if self._width else hint.width(), hint.height())

    def _on_theme_changed(self) -> None:
        if self._width:
            wanted = self._compact if self.theme.compact else self._width
            self.setFixedWidth(wanted + wanted * (self.theme.scale - 100) * 2 // 500)
        else:
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)


class ScrollArea(QScrollArea):
    """Scrolls its widget up and down when the room is short; a field that gets the focus comes into view."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inner)
        self.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002
        moved = super().focusNextPrevChild(next)
        focused = self.focusWidget()
        if moved and focused is not None:
            self.ensureWidgetVisible(focused)
        return moved


def bring_into_view(widget: QWidget) -> None:
    """Scrolls to a widget that appeared, once everything has its place."""
    area = widget.parentWidget()
    while area is not None and not isinstance(area, ScrollArea):
        area = area.parentWidget()
    if area is not None:
        QTimer.singleShot(0, area, partial(area.ensureWidgetVisible, widget))


TIGHT_ABOVE: Final = 140
"""Text scale in percent above which columns and side by side give way."""


class TightColumns(QObject):
    """See the module; it lives as long as its table."""

    def __init__(self, theme: Theme, table: QTableView, columns: Sequence[int], *, compact_too: bool = False) -> None:
        super().__init__(table)
        self._theme = theme
        self._table = table
        self._columns = columns
        self._compact_too = compact_too
        theme.changed.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        tight = self._theme.scale > TIGHT_ABOVE or (self._compact_too and self._theme.compact)
        for column in self._columns:
            self._table.setColumnHidden(column, tight)
