"""Fields of forms beyond text and amounts: dates, choices, ticks; and chips of which one is chosen.

``DateField(theme, today)`` - ``value() -> date | None``, ``set_value``; wrong input is framed in red.
``Choice(theme, [("id", "Bahasa Indonesia")])`` - ``code()``, ``choose(code)``, signal ``chosen(str)``.
``Tick(theme, "Pemotong kertas")`` - a check box 40 px high.
``ChipRow(theme, [("due", "Jatuh tempo", 6)])`` - exclusive chips with counts, signal ``chosen(str)``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QSizePolicy, QWidget

from pos_app.domain.dates import short_date
from pos_app.domain.formats import thousands
from pos_app.ui.icons import draw_icon
from pos_app.ui.theme import Theme
from pos_app.ui.typed_dates import parse_typed_date
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import TextField

_GAP: Final = 8


class DateField(TextField):
    """A day as ``dd/mm/yyyy``; ``today`` gives the business date."""

    def __init__(self, theme: Theme, today: Callable[[], date]) -> None:
        super().__init__(theme, placeholder="__/__/____")
        self._today = today
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.editingFinished.connect(self._on_edited)

    def value(self) -> date | None:
        """The day typed, None while it is none."""
        return parse_typed_date(self.text(), self._today())

    def set_value(self, day: date | None) -> None:
        """Shows a day."""
        self.setText(short_date(day) if day else "")
        self.set_wrong(False)

    def sizeHint(self) -> QSize:
        return QSize(self.theme.metrics("row").horizontalAdvance("00/00/0000") + 30, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _on_edited(self) -> None:
        day = self.value()
        self.set_wrong(day is None and bool(self.text().strip()))
        if day is not None:
            self.setText(short_date(day))


class Choice(QComboBox):
    """One of a few codes, shown in words. The wheel never changes it by accident."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, options: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__()
        self.theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_options(options)
        self.activated.connect(self._on_activated)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def set_options(self, options: Sequence[tuple[str, str]]) -> None:
        """Replaces the codes with their words."""
        self.clear()
        for code, words in options:
            self.addItem(words, code)

    def code(self) -> str:
        """Code of what is chosen, empty for nothing."""
        return str(self.currentData() or "")

    def choose(self, code: str) -> None:
        """Chooses without telling."""
        found = self.findData(code)
        if found >= 0:
            self.setCurrentIndex(found)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def _on_activated(self) -> None:
        self.chosen.emit(self.code())

    def _on_theme_changed(self) -> None:
        self.setFont(self.theme.font("row"))
        self.setFixedHeight(self.theme.px(40))


class Tick(QAbstractButton):
    """A check box with a target of 40 px."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        self.theme = theme
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._on_theme_changed)

    def sizeHint(self) -> QSize:
        words = self.theme.metrics("body").horizontalAdvance(self.text())
        return QSize(self._side() + 8 + words + 8, self.theme.px(40))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = self.theme.color
        side = self._side()
        box = QRectF(1, (self.height() - side) / 2, side, side)
        on, enabled = self.isChecked(), self.isEnabled()
        edge = "focus" if self.hasFocus() else "line" if not enabled else "primary" if on else "border"
        painter.setPen(QPen(color(edge), 2 if self.hasFocus() else 1))
        painter.setBrush(color("surface2" if not enabled else "primary" if on else "surface"))
        painter.drawRoundedRect(box, 4, 4)
        if on:
            draw_icon(painter, "check", box, color("on_primary" if enabled else "disabled"), side - 4)
        painter.setPen(color("text" if enabled else "disabled"))
        painter.setFont(self.theme.font("body"))
        words = QRectF(box.right() + 8, 0, self.width() - box.right() - 8, self.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text())

    def _side(self) -> int:
        return self.theme.px(20)

    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()


class ChipRow(QWidget):
    """Exclusive chips that take a second row rather than clip; see the module."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, chips: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._labels = dict(chips)
        self._buttons: dict[str, KeyButton] = {}
        for code, words in chips:
            button = KeyButton(theme, words, kind="chip")
            button.setParent(self)
            button.setAutoExclusive(True)
            button.clicked.connect(self._on_clicked)
            button.setProperty("code", code)
            self._buttons[code] = button
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        if chips:
            self._buttons[chips[0][0]].setChecked(True)
        theme.changed.connect(self._place)

    def sizeHint(self) -> QSize:
        sizes = [button.sizeHint() for button in self._buttons.values()]
        width = sum(size.width() + _GAP for size in sizes) - _GAP
        return QSize(width, self._places(width)[1])

    def minimumSizeHint(self) -> QSize:
        widest = max((button.sizeHint().width() for button in self._buttons.values()), default=0)
        return QSize(widest, self._places(max(self.width(), widest))[1])

    def heightForWidth(self, width: int) -> int:
        return self._places(width)[1]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _places(self, width: int) -> tuple[list[QRect], int]:
        """Where each chip lies in this width, and the height of all."""
        found = []
        left, top, height = 0, 4, 0
        for button in self._buttons.values():
            size = button.sizeHint()
            if left and left + size.width() > width:
                left, top = 0, top + height + _GAP
            found.append(QRect(left, top, size.width(), size.height()))
            left += size.width() + _GAP
            height = size.height()
        return found, top + height + 4

    def _place(self) -> None:
        places, _height = self._places(self.width())
        for button, place in zip(self._buttons.values(), places, strict=True):
            button.setGeometry(place)
        self.updateGeometry()

    def show_counts(self, counts: dict[str, int]) -> None:
        """Adds a figure to the words of chips."""
        for code, count in counts.items():
            self._buttons[code].setText(f"{self._labels[code]} {thousands(count)}")
        self._place()

    def set_icon(self, code: str, icon: str) -> None:
        """A glyph before the words of a chip; empty for none."""
        self._buttons[code].set_icon(icon)
        self._place()

    def code(self) -> str:
        """Code of the chosen chip."""
        return next((code for code, button in self._buttons.items() if button.isChecked()), "")

    def choose(self, code: str) -> None:
        """Chooses without telling."""
        self._buttons[code].setChecked(True)

    def button(self, code: str) -> KeyButton:
        """The chip of a code."""
        return self._buttons[code]

    def _on_clicked(self) -> None:
        self.chosen.emit(self.code())
