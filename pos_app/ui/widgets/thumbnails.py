"""Small pictures that are there when they are there: asked for by key and size, loaded one a turn of the event loop.

``Thumbnails(load)``; ``get(key, size, ratio)`` gives the picture or None and remembers that it is wanted; ``loaded``
tells that another one is there; ``forget(key)`` after it changed. ``load(key)`` gives the bytes of a picture or None.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QByteArray, QObject, QRectF, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPixmap, Qt

MOST_KEPT: Final = 160

Wanted = tuple[str, int, float]


class Thumbnails(QObject):
    """See the module."""

    loaded = Signal(str)

    def __init__(self, load: Callable[[str], bytes | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._load = load
        self._kept: OrderedDict[Wanted, QPixmap | None] = OrderedDict()
        self._wanted: OrderedDict[Wanted, None] = OrderedDict()
        self._turn = QTimer(self)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._on_turn)

    def get(self, key: str, size: int, ratio: float) -> QPixmap | None:
        """The picture in a square of ``size`` pixels, or None: there is none, or it comes later."""
        wanted = (key, size, ratio)
        if wanted in self._kept:
            self._kept.move_to_end(wanted)
            return self._kept[wanted]
        self._wanted[wanted] = None
        if not self._turn.isActive():
            self._turn.start()
        return None

    def forget(self, key: str | None = None) -> None:
        """The picture of ``key``, or every picture, is read anew."""
        for wanted in [one for one in self._kept if key is None or one[0] == key]:
            del self._kept[wanted]

    @property
    def waiting(self) -> bool:
        """Whether pictures are still to come."""
        return bool(self._wanted)

    def _on_turn(self) -> None:
        if not self._wanted:
            self._turn.stop()
            return
        wanted, _none = self._wanted.popitem(last=False)
        key, size, ratio = wanted
        raw = self._load(key)
        picture = square(QImage.fromData(QByteArray(raw)), size, ratio) if raw else None
        self._kept[wanted] = picture
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        if picture is not None:
            self.loaded.emit(key)


def square(image: QImage, size: int, ratio: float) -> QPixmap | None:
    """The middle of the picture in a square with round corners; None for no picture."""
    if image.isNull() or size < 1:
        return None
    side = round(size * ratio)
    fitted = image.scaled(
        side,
        side,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    made = QPixmap(side, side)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = QPainterPath()
    path.addRoundedRect(QRectF(0, 0, side, side), 6 * ratio, 6 * ratio)
    painter.setClipPath(path)
    painter.drawImage((side - fitted.width()) // 2, (side - fitted.height()) // 2, fitted)
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made
