"""Quick tiles: categories as tabs, goods as buttons of name, stock and price.

``TileGrid(theme)``; ``set_categories(["Favorit", …])``, ``set_tiles([Tile("KRP-001", "Keripik", "3.000")])``;
signals ``category_chosen(int)`` and ``picked(key)``. Arrows move between tiles, Enter picks, F3 comes from the screen
through ``focus_first``. As many rows as fit are shown (five at most); the last tile turns the page when there are more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.elide import elide_keep_end, whole_size
from pos_app.ui.icons import draw_icon
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.tabs import Tabs

COLUMNS: Final = 3
MOST_ROWS: Final = 5
GAP: Final = 8


@dataclass(frozen=True, slots=True)
class Tile:
    """``key`` comes back when picked; ``tone`` of the stock line: muted, warning (low) or danger (sold out)."""

    key: str
    name: str
    price: str
    stock: str = ""
    tone: str = "muted"
    dimmed: bool = False


class TileButton(QAbstractButton):
    """One tile, painted: buttons of Qt do not wrap."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.tile = Tile("", "", "")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_tile(self, tile: Tile) -> None:
        """Shows other goods."""
        self.tile = tile
        self.setAccessibleName(", ".join(part for part in (tile.name, tile.price, tile.stock) if part))
        self.setToolTip(tile.name)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.theme.px(112), self.theme.px(64))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, tile = self.theme, self.tile
        box = QRectF(self.rect())
        pressed = self.isDown() or self.underMouse()
        painter.setBrush(theme.color("surface2" if tile.dimmed or pressed else "surface"))
        painter.setPen(QPen(theme.color("line" if tile.dimmed else "border"), 1))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 6, 6)
        area = box.adjusted(8, 6, -8, -4)
        self._paint_name(painter, area)
        self._paint_foot(painter, area)

    def _paint_name(self, painter: QPainter, area: QRectF) -> None:
        theme, tile = self.theme, self.tile
        metrics = theme.metrics("tile", 700)
        painter.setFont(theme.font("tile", 700))
        painter.setPen(theme.color("muted" if tile.dimmed else "text"))
        foot = theme.metrics("tile", 700).height()
        lines = 2 if area.height() - foot >= 2 * metrics.height() - 4 else 1
        for number, line in enumerate(wrapped(tile.name, int(area.width()), lines, metrics.horizontalAdvance)):
            top = area.top() + number * (metrics.height() - 3)
            painter.drawText(QRectF(area.left(), top, area.width(), metrics.height()), _LEFT, line)

    def _paint_foot(self, painter: QPainter, area: QRectF) -> None:
        theme, tile = self.theme, self.tile
        weight = 400 if tile.tone == "muted" else 700
        height = theme.metrics("tile", 700).height()
        foot = QRectF(area.left(), area.bottom() - height, area.width(), height)
        painter.setFont(theme.font("tile", 700))
        painter.setPen(theme.color("muted" if tile.dimmed else "text"))
        painter.drawText(foot, _RIGHT, tile.price)
        left = foot.left()
        if tile.tone == "warning":
            size = theme.px(13)
            draw_icon(painter, "alert-outline", QRectF(left, foot.top(), size, height), theme.color("warning"), size)
            left += size + 3
        painter.setFont(theme.font("caption", weight))
        painter.setPen(theme.color(tile.tone))
        painter.drawText(QRectF(left, foot.top(), foot.width(), height), _LEFT, tile.stock)


class TileGrid(QWidget):
    """Tabs and tiles; see the module."""

    picked = Signal(str)
    category_chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._tiles: Sequence[Tile] = ()
        self._page = 0
        self.tabs = Tabs(theme, [])
        self.tabs.chosen.connect(self._on_tab_chosen)
        self._area = QWidget()
        self._area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._area.setMinimumHeight(64)
        self._buttons = [self._new_button() for _number in range(COLUMNS * MOST_ROWS)]
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.tabs)
        column.addWidget(self._area, 1)
        theme.changed.connect(self._arrange)

    def set_categories(self, labels: Sequence[str]) -> None:
        """The tabs above the tiles."""
        self.tabs.set_labels(labels)

    def set_tiles(self, tiles: Sequence[Tile]) -> None:
        """Replaces the tiles; the page is kept while it exists."""
        self._tiles = tiles
        self._arrange()

    def focus_first(self) -> None:
        """Gives the focus to the first tile (F3)."""
        if self._tiles:
            self._buttons[0].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = next((n for n, button in enumerate(self._buttons) if button.hasFocus()), -1)
        step = _STEPS.get(Qt.Key(event.key()))
        if focused < 0 or (step is None and event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter)):
            super().keyPressEvent(event)
            return
        if step is None:
            self._buttons[focused].click()
            return
        target = focused + step
        if 0 <= target < len(self._buttons) and self._buttons[target].isVisible():
            self._buttons[target].setFocus(Qt.FocusReason.TabFocusReason)

    def _new_button(self) -> TileButton:
        button = TileButton(self.theme)
        button.setParent(self._area)
        button.clicked.connect(self._on_clicked)
        return button

    def _arrange(self) -> None:
        self._column.activate()
        width, height = self._area.width(), self._area.height()
        rows = max(1, min(MOST_ROWS, (height + GAP) // (self.theme.px(68) + GAP)))
        columns = COLUMNS if width >= COLUMNS * (self.theme.px(112) + GAP) - GAP else max(1, COLUMNS - 1)
        room = rows * columns
        pages = self._pages(room)
        self._page = min(self._page, len(pages) - 1)
        shown = pages[self._page]
        wide, high = (width - GAP * (columns - 1)) / columns, (height - GAP * (rows - 1)) / rows
        for number, button in enumerate(self._buttons):
            button.setVisible(number < len(shown))
            if number < len(shown):
                button.show_tile(shown[number])
                x, y = number % columns, number // columns
                button.setGeometry(round(x * (wide + GAP)), round(y * (high + GAP)), round(wide), round(high))

    def _pages(self, room: int) -> list[Sequence[Tile]]:
        if len(self._tiles) <= room:
            return [self._tiles]
        each = max(1, room - 1)
        starts = range(0, len(self._tiles), each)
        more = Tile("", _("More"), f"{self._page + 1}/{len(starts)}")
        return [[*self._tiles[start : start + each], more] for start in starts]

    def _on_clicked(self) -> None:
        button = self.sender()
        if not isinstance(button, TileButton):
            return
        if button.tile.key:
            self.picked.emit(button.tile.key)
            return
        pages = len(self._pages(sum(1 for each in self._buttons if each.isVisible())))
        self._page = (self._page + 1) % max(1, pages)
        self._arrange()

    def _on_tab_chosen(self, number: int) -> None:
        self._page = 0
        self.category_chosen.emit(number)


def wrapped(text: str, width: int, lines: int, measure: Callable[[str], int]) -> list[str]:
    """The text in at most ``lines`` lines; the last keeps the size at its end."""
    words = whole_size(text).split(" ")
    out: list[str] = []
    while words and len(out) < lines - 1:
        count = 1
        while count < len(words) and measure(" ".join(words[: count + 1])) <= width:
            count += 1
        out.append(elide_keep_end(" ".join(words[:count]), width, measure))
        words = words[count:]
    if words:
        out.append(elide_keep_end(" ".join(words), width, measure))
    return out


_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_STEPS: Final = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -COLUMNS, Qt.Key.Key_Down: COLUMNS}
