"""The bar at the top: title, corner, six states (unsent, printer, backup, shift, user, clock).

``TopBar(theme)``; ``set_title(title, place)``, ``set_chip("printer", "Printer siap", "printer-check", "success")``,
``set_clock("Sab 21 Nov  14.05")``. A click on a chip emits ``chip_clicked(name)``. When the room is short the place
goes first, then chips keep only their icon (their words stay as tooltip and accessible name), the urgent ones last.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from pos_app.ui.icons import draw_icon
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, card

CHIPS: Final = ("unsent", "printer", "backup", "shift", "user")
_SHRINK: Final = {"idle": 0, "success": 1, "warning": 2, "danger": 3}


class Chip(QAbstractButton):
    """A state with icon and words; tones: idle, success, warning, danger."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.theme = theme
        self.name = name
        self.tone = "idle"
        self.short = False
        self._icon_name = "information-outline"
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_state(self, text: str, icon: str, tone: str) -> None:
        """What the chip says now."""
        self._icon_name, self.tone = icon, tone
        self.setText(text)
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        height = self.theme.px(32)
        return QSize(self.full_width() if not self.short else self._icon_size() + 28, height)

    def full_width(self) -> int:
        """Width with words."""
        return self.theme.metrics("chip", self._weight()).horizontalAdvance(self.text()) + self._icon_size() + 32

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = self.theme.color
        box = QRectF(self.rect())
        radius = box.height() / 2
        idle = self.tone == "idle"
        ink = color("text" if idle else self.tone)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("surface2" if idle else f"{self.tone}_soft"))
        painter.drawRoundedRect(box, radius, radius)
        size = self._icon_size()
        if self.short:
            draw_icon(painter, self._icon_name, box, ink, size)
        else:
            draw_icon(painter, self._icon_name, QRectF(12, 0, size, box.height()), ink, size)
            painter.setPen(ink)
            painter.setFont(self.theme.font("chip", self._weight()))
            painter.drawText(box.adjusted(size + 18, 0, 0, 0), _LEFT, self.text())
        if self.hasFocus():
            painter.setPen(QPen(color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), radius, radius)

    def _icon_size(self) -> int:
        return self.theme.px(16)

    def _weight(self) -> int:
        return 700 if self.tone in ("warning", "danger") else 400


class TopBar(QWidget):
    """Title, chips and clock; see the module."""

    chip_clicked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._title = Text(theme, step="title", weight=700)
        self._place = Text(theme, step="caption", tone="muted")
        self._clock = Text(theme, step="body", weight=700)
        self._chips = {name: Chip(theme, name) for name in CHIPS}
        self._bar = self._build()
        self._loading = QProgressBar()
        self._loading.setTextVisible(False)
        self._loading.setFixedHeight(3)
        self._loading.setRange(0, 0)
        self._loading.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._loading)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _build(self) -> QFrame:
        bar = card("bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self._title)
        row.addSpacing(4)
        row.addWidget(self._place)
        row.addStretch(1)
        for chip in self._chips.values():
            chip.clicked.connect(self._on_chip_clicked)
            chip.hide()
            row.addWidget(chip)
        row.addWidget(self._clock)
        return bar

    def set_title(self, title: str, place: str = "") -> None:
        """Name of the screen and of the corner."""
        self._title.setText(title)
        self._place.setText(place)
        self._fit()

    def set_chip(self, name: str, text: str, icon: str, tone: str = "idle") -> None:
        """Shows a state; names are those of :data:`CHIPS`."""
        chip = self._chips[name]
        chip.show_state(text, icon, tone)
        chip.setVisible(True)
        self._fit()

    def chip(self, name: str) -> Chip:
        """The chip of a state."""
        return self._chips[name]

    def set_clock(self, text: str) -> None:
        """Day and time."""
        if text != self._clock.text():
            self._clock.setText(text)
            self._fit()

    def set_loading(self, loading: bool) -> None:
        """The thin bar that tells of work longer than a moment."""
        self._loading.setVisible(loading)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = [chip for chip in self._chips.values() if not chip.isHidden()]
        for chip in shown:
            chip.short = False
        free = self.width() - 44 - self._title.sizeHint().width() - self._clock.sizeHint().width()
        free -= sum(chip.full_width() + 8 for chip in shown)
        place = self._place.sizeHint().width() + 20
        self._place.setVisible(free >= place)
        for chip in sorted(shown, key=lambda c: (_SHRINK[c.tone], c.name == "user")):
            if free >= 0:
                break
            chip.short = True
            free += chip.full_width() - chip.sizeHint().width()
        for chip in shown:
            chip.updateGeometry()
            chip.update()

    def _on_chip_clicked(self) -> None:
        chip = self.sender()
        if isinstance(chip, Chip):
            self.chip_clicked.emit(chip.name)

    def _on_theme_changed(self) -> None:
        self._bar.setFixedHeight(self.theme.px(48))
        self._fit()


_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
