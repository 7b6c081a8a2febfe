"""A row of buttons that takes a second row rather than clip: ``ActionBar(theme, [button, …])``."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from pos_app.ui.theme import Theme
from pos_app.ui.widgets.button import KeyButton

GAP = 8


class ActionBar(QWidget):
    """Buttons in one row while they fit, else in rows of equal ones; hidden buttons take no room."""

    def __init__(self, theme: Theme, buttons: Sequence[KeyButton]) -> None:
        super().__init__()
        self.theme = theme
        self._buttons = list(buttons)
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for button in self._buttons:
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._arrange(len(self._buttons))
        theme.changed.connect(self._refit)

    def minimumSizeHint(self) -> QSize:
        widest = max((button.sizeHint().width() for button in self._buttons), default=0)
        return QSize(widest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refit()

    def refit(self) -> None:
        """Arranges anew after buttons were hidden or shown."""
        self._columns = 0
        self._refit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a label or a lock changed
            self._refit()
        return super().event(event)

    def _refit(self) -> None:
        widths = [button.sizeHint().width() for button in self._buttons if not _hidden(button)]
        if sum(widths) + GAP * (len(widths) - 1) <= self.width():
            self._arrange(len(widths))
            return
        fits = max(1, (self.width() + GAP) // (max(widths, default=1) + GAP))
        rows = -(-len(widths) // fits) or 1
        self._arrange(-(-len(widths) // rows))

    def _arrange(self, columns: int) -> None:
        if columns == self._columns or columns <= 0:
            return
        for column in range(max(columns, self._columns)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._columns = columns
        shown = [button for button in self._buttons if not _hidden(button)]
        for number, button in enumerate(shown):
            self._grid.addWidget(button, number // columns, number % columns)
        self.updateGeometry()


def _hidden(button: KeyButton) -> bool:
    """Hidden on purpose; a button that was never shown yet only looks hidden."""
    return button.isHidden() and button.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
