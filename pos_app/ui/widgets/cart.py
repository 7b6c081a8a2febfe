"""The cart: two-line rows with a stepper and a remove button in each.

``CartTable(theme, model, empty="…")`` shows a ``RowsModel`` with the columns of ``cart_columns()``; the row type is the
screen's. Signals: ``stepped(row, delta)`` (+1 or -1) and ``removed(row)``. The focus stays where it is; the screen
moves the selection. The stepper is drawn 32 px and hit 40 x 48. While ``locked`` (paying) its buttons do nothing.
"""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from pos_app.i18n import _
from pos_app.ui.icons import draw_icon
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.table import Column, RowDelegate, RowsModel, TwoLineTable

LARGE: Final = 130
"""Above this text scale the columns of number and price give their room to the name."""
SMALL_LARGE: Final = 110
"""The same in a small window."""
PRICE: Final = 2
QUANTITY: Final = 3
REMOVE: Final = 5


def cart_columns() -> tuple[Column, ...]:
    """No, item, price, quantity, subtotal, remove."""
    return (
        Column(_("No"), 44),
        Column(_("Item")),
        Column(_("Price"), 88, "right"),
        Column(_("Quantity"), 116, "center"),
        Column(_("Subtotal"), 104, "right"),
        Column("", 44, "center"),
    )


class CartDelegate(RowDelegate):
    """Adds the stepper and the cross to the painted row."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self.locked = False

    def look(self) -> object:
        return self.locked

    def paint_more(self, painter: QPainter, rect: QRect, column: int) -> None:
        ink = self.theme.color("disabled" if self.locked else "text")
        if column == REMOVE:
            draw_icon(painter, "close", QRectF(rect), ink, self.theme.px(18))
        elif column == QUANTITY:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for box, icon in zip(self.stepper(rect), ("minus", "plus"), strict=True):
                painter.setBrush(self.theme.color("surface"))
                painter.setPen(QPen(self.theme.color("line" if self.locked else "border"), 1))
                painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
                draw_icon(painter, icon, QRectF(box), ink, self.theme.px(16))

    def stepper(self, rect: QRect) -> tuple[QRect, QRect]:
        """Where minus and plus are drawn in a quantity cell."""
        side = self.theme.px(32)
        top = rect.top() + (rect.height() - side) // 2
        half = self.theme.px(36)
        middle = rect.center().x()
        return (
            QRect(QPoint(middle - half - side // 2, top), QSize(side, side)),
            QRect(QPoint(middle + half - side // 2, top), QSize(side, side)),
        )


class HeaderEnd(QWidget):
    """Goes on with the header's band over the room of the scroll bar."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        QPainter(self).fillRect(self.rect(), self.theme.color("surface2"))


class CartTable(TwoLineTable):
    """See the module."""

    stepped = Signal(int, int)
    removed = Signal(int)

    def __init__(self, theme: Theme, model: RowsModel[Any], *, empty: str) -> None:
        self.header_end = HeaderEnd(theme)
        super().__init__(theme, model, empty=empty, empty_icon="barcode-scan", delegate=CartDelegate)
        self.addScrollBarWidget(self.header_end, Qt.AlignmentFlag.AlignTop)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # The room of the bar is always there: columns that change their width when the cart begins to scroll
        # would have every cell drawn anew, twice, in the scan that makes them.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)
        self.verticalScrollBar().setEnabled(False)

    def _on_range_changed(self, low: int, high: int) -> None:
        self.verticalScrollBar().setEnabled(high > low)

    @property
    def _cart_delegate(self) -> CartDelegate:
        if not isinstance(self.row_delegate, CartDelegate):
            raise TypeError("not a cart")
        return self.row_delegate

    def _on_theme_changed(self) -> None:
        super()._on_theme_changed()
        self.header_end.setFixedHeight(self.horizontalHeader().height())
        self.header_end.update()
        enlarged = self.theme.scale > LARGE or (self.theme.small_window and self.theme.scale > SMALL_LARGE)
        self.setColumnHidden(0, enlarged)
        self.setColumnHidden(PRICE, enlarged)

    def set_locked(self, locked: bool) -> None:
        """Greys the buttons of the rows while the sale is being paid."""
        if locked != self._cart_delegate.locked:
            self._cart_delegate.locked = locked
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if not index.isValid() or self._cart_delegate.locked or event.button() != Qt.MouseButton.LeftButton:
            return
        if index.column() == REMOVE:
            self.removed.emit(index.row())
        elif index.column() == QUANTITY:
            delta = self._hit(self.visualRect(index), event.position().toPoint())
            if delta:
                self.stepped.emit(index.row(), delta)

    def _hit(self, rect: QRect, point: QPoint) -> int:
        minus, plus = self._cart_delegate.stepper(rect)
        if minus.adjusted(-4, -8, 4, 8).contains(point):
            return -1
        return 1 if plus.adjusted(-4, -8, 4, 8).contains(point) else 0
