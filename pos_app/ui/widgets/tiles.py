"""Quick tiles: categories as tabs, goods as buttons of picture, name, stock and price.

``TileGrid(theme, load)``; ``set_categories(["Favorit", …])``, ``set_tiles([Tile("KRP-001", "Keripik", "3.000")])``;
signals ``category_chosen(int)`` and ``picked(key)``. F3 comes from the screen through ``focus_first``: arrows move
between tiles and over the edge of a page, PgUp and PgDn turn it, Enter picks. As many rows as fit are shown (five at
most); the last tile turns the page when there are more. ``load(key)`` gives the bytes of a picture; it is asked for
the tiles that are seen only, one a turn of the event loop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.tabs import Tabs
from pos_app.ui.widgets.thumbnails import Thumbnails
from pos_app.ui.widgets.tile_button import Tile, TileButton

COLUMNS: Final = 3
MOST_ROWS: Final = 5
GAP: Final = 8
HIGH: Final = 68
LOW: Final = 46
"""Least heights of a tile at 100 % text: with two lines of a name, and with one."""
EDIT_KEY: Final = "Shift+F3"


class TileGrid(QWidget):
    """Tabs and tiles; see the module."""

    picked = Signal(str)
    category_chosen = Signal(int)
    edit_wanted = Signal()

    def __init__(self, theme: Theme, load: Callable[[str], bytes | None] | None = None) -> None:
        super().__init__()
        self.theme = theme
        self._tiles: Sequence[Tile] = ()
        self._page = 0
        self._columns = COLUMNS
        self._room = COLUMNS * MOST_ROWS
        self.thumbnails = Thumbnails(load or _no_picture, self)
        self.thumbnails.loaded.connect(self._on_picture_loaded)
        self.tabs = Tabs(theme, [])
        self.tabs.chosen.connect(self._on_tab_chosen)
        self.edit_button = KeyButton(theme, "", key=EDIT_KEY, kind="link", icon="star-outline")
        self.edit_button.setAccessibleName(f"{_('Favourite and picture')} ({EDIT_KEY})")
        self.edit_button.setToolTip(self.edit_button.accessibleName())
        self.edit_button.clicked.connect(self.edit_wanted)
        self._area = QWidget()
        self._area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._area.setMinimumHeight(64)
        self._buttons = [self._new_button() for _number in range(COLUMNS * MOST_ROWS)]
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.tabs, 1)
        head.addWidget(self.edit_button)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(head)
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

    @property
    def focused(self) -> Tile | None:
        """The tile that has the focus."""
        return next((button.tile for button in self._buttons if button.hasFocus() and button.tile.key), None)

    @property
    def page(self) -> tuple[int, int]:
        """The page that is shown, from 0, and how many there are."""
        return self._page, len(self._pages())

    def turn(self, pages: int) -> bool:
        """So many pages on; False when there is none."""
        target = self._page + pages
        if not 0 <= target < len(self._pages()):
            return False
        self._page = target
        self._arrange()
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = next((n for n, button in enumerate(self._buttons) if button.hasFocus()), -1)
        key = Qt.Key(event.key())
        if focused < 0:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self._buttons[focused].click()
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            if self.turn(1 if key == Qt.Key.Key_PageDown else -1):
                self._buttons[0].setFocus(Qt.FocusReason.TabFocusReason)
        elif key in _STEPS:
            self._step(focused, _STEPS[key])
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._step(focused, self._columns if key == Qt.Key.Key_Down else -self._columns)
        else:
            super().keyPressEvent(event)

    def _step(self, focused: int, step: int) -> None:
        """To the tile so many places on; over the edge lies the next page."""
        target = focused + step
        shown = sum(1 for button in self._buttons if button.isVisible())
        if target < 0 and self.turn(-1):
            target = sum(1 for button in self._buttons if button.isVisible()) - 1
        elif target >= shown and self.turn(1):
            target = 0
        if 0 <= target < len(self._buttons) and self._buttons[target].isVisible():
            self._buttons[target].setFocus(Qt.FocusReason.TabFocusReason)

    def _new_button(self) -> TileButton:
        button = TileButton(self.theme, self.thumbnails)
        button.setParent(self._area)
        button.clicked.connect(self._on_clicked)
        return button

    def _arrange(self) -> None:
        self._column.activate()
        width, height = self._area.width(), self._area.height()
        rows = min(MOST_ROWS, (height + GAP) // (self.theme.px(HIGH) + GAP))
        if rows <= 1:  # enlarged: names of one line rather than a single row
            rows = max(1, min(2, (height + GAP) // (self.theme.px(LOW) + GAP)))
        columns = COLUMNS if width >= COLUMNS * (self.theme.px(112) + GAP) - GAP else max(1, COLUMNS - 1)
        self._columns, self._room = columns, rows * columns
        pages = self._pages()
        self._page = min(self._page, len(pages) - 1)
        shown = pages[self._page]
        wide, high = (width - GAP * (columns - 1)) / columns, (height - GAP * (rows - 1)) / rows
        for number, button in enumerate(self._buttons):
            button.setVisible(number < len(shown))
            if number < len(shown):
                button.show_tile(shown[number])
                x, y = number % columns, number // columns
                button.setGeometry(round(x * (wide + GAP)), round(y * (high + GAP)), round(wide), round(high))

    def _pages(self) -> list[Sequence[Tile]]:
        if len(self._tiles) <= self._room:
            return [self._tiles]
        each = max(1, self._room - 1)
        starts = range(0, len(self._tiles), each)
        more = Tile("", _("More"), f"{self._page + 1}/{len(starts)}")
        return [[*self._tiles[start : start + each], more] for start in starts]

    def _on_clicked(self) -> None:
        button = self.sender()
        if not isinstance(button, TileButton):
            return
        if button.tile.key:
            self.picked.emit(button.tile.key)
        elif not self.turn(1):
            self.turn(-self._page)

    def _on_picture_loaded(self, key: str) -> None:
        for button in self._buttons:
            if button.tile.key == key:
                button.update()

    def _on_tab_chosen(self, number: int) -> None:
        self._page = 0
        self.category_chosen.emit(number)


def _no_picture(key: str) -> None:  # noqa: ARG001
    return None


_STEPS: Final = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
