"""A QR code in whole pixels per module (four at least), quiet zone of four modules, always black on white.

``QrCode()``; ``show_text(payload)`` draws it as large as fits, ``show_text("")`` shows nothing.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

QUIET = 4
LEAST = 4


def qr_matrix(text: str) -> list[bytes]:
    """Rows of modules, 1 dark and 0 light, without the quiet zone. Error correction M."""
    import segno

    return [bytes(row) for row in segno.make_qr(text, error="m", boost_error=False).matrix]


class QrCode(QWidget):
    """See the module."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self._modules = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_text(self, text: str) -> None:
        """Draws another code; empty for none."""
        self._image = _image(qr_matrix(text)) if text else QImage()
        self._modules = self._image.width()
        self.updateGeometry()
        self.update()

    @property
    def module_pixels(self) -> int:
        """Whole pixels per module in the room there is."""
        return max(LEAST, min(self.width(), self.height()) // max(1, self._modules))

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._modules * LEAST, self._modules * LEAST)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        if self._image.isNull():
            return
        side = self._modules * self.module_pixels
        painter = QPainter(self)
        x, y = (self.width() - side) // 2, (self.height() - side) // 2
        painter.drawImage(x, y, self._image.scaled(side, side, mode=Qt.TransformationMode.FastTransformation))


def _image(matrix: list[bytes]) -> QImage:
    side = len(matrix) + 2 * QUIET
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:
                image.setPixel(x + QUIET, y + QUIET, 0xFF000000)
    return image
