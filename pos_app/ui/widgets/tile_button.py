"""One quick tile: name, stock, price, and a picture where there is one, painted: buttons of Qt do not wrap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from pos_app.i18n import _
from pos_app.ui.elide import elide_keep_end, whole_size
from pos_app.ui.icons import draw_icon
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.thumbnails import Thumbnails

MOST_SIDE: Final = 72
"""Pixels of a picture's side at most, at 100 % text."""
NARROW: Final = 120
"""A tile narrower than this gives the room of its picture to the name."""


@dataclass(frozen=True, slots=True)
class Tile:
    """``key`` comes back when picked; ``tone`` of the stock line: muted, warning (low) or danger (sold out).

    ``pinned``: a favourite that a manager chose; ``pictured``: there is a picture to load.
    """

    key: str
    name: str
    price: str
    stock: str = ""
    tone: str = "muted"
    dimmed: bool = False
    pinned: bool = False
    pictured: bool = False


class TileButton(QAbstractButton):
    """See the module."""

    def __init__(self, theme: Theme, thumbnails: Thumbnails | None = None) -> None:
        super().__init__()
        self.theme = theme
        self.tile = Tile("", "", "")
        self._thumbnails = thumbnails
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_tile(self, tile: Tile) -> None:
        """Shows other goods."""
        self.tile = tile
        favourite = _("favourite") if tile.pinned else ""
        self.setAccessibleName(", ".join(part for part in (tile.name, tile.price, tile.stock, favourite) if part))
        self.setToolTip(tile.name)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.theme.px(112), self.theme.px(64))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            super().keyPressEvent(event)
        else:
            event.ignore()  # the grid knows where arrows lead, and what Enter picks

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
        foot = theme.metrics("tile", 700).height()
        upper = QRectF(area.left(), area.top(), area.width(), area.height() - foot - 2)
        self._paint_name(painter, self._beside_picture(painter, upper))
        self._paint_foot(painter, area)

    def _beside_picture(self, painter: QPainter, upper: QRectF) -> QRectF:
        """Paints the picture at the left and a favourite's star at the right; what is left for the name."""
        theme, tile = self.theme, self.tile
        if tile.pinned:
            size = theme.px(12)
            corner = QRectF(upper.right() - size, upper.top(), size, size)
            draw_icon(painter, "star", corner, theme.color("warning"), size)
            upper = upper.adjusted(0, 0, -size - 2, 0)
        side = int(min(upper.height(), theme.px(MOST_SIDE), upper.width() * 8 / 25))
        if not tile.pictured or self._thumbnails is None or side < theme.px(24) or self.width() < theme.px(NARROW):
            return upper
        spot = QRectF(upper.left(), upper.top(), side, side)
        picture = self._thumbnails.get(tile.key, side, self.devicePixelRatioF())
        painter.save()
        if picture is not None:
            painter.setOpacity(0.45 if tile.dimmed else 1.0)
            painter.drawPixmap(spot.topLeft(), picture)
        else:
            self._paint_letter(painter, spot)
        painter.restore()
        return upper.adjusted(side + 6, 0, 0, 0)

    def _paint_letter(self, painter: QPainter, spot: QRectF) -> None:
        """In the place of a picture that is still to come."""
        theme, tile = self.theme, self.tile
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("bg" if tile.dimmed else "primary_soft"))
        painter.drawRoundedRect(spot, 6, 6)
        painter.setFont(theme.font("scan", 700))
        painter.setPen(theme.color("muted" if tile.dimmed else "primary"))
        painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, tile.name[:1].upper())

    def _paint_name(self, painter: QPainter, area: QRectF) -> None:
        theme, tile = self.theme, self.tile
        metrics = theme.metrics("tile", 700)
        painter.setFont(theme.font("tile", 700))
        painter.setPen(theme.color("muted" if tile.dimmed else "text"))
        lines = 2 if area.height() >= 2 * metrics.height() - 6 else 1
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
