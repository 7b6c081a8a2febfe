"""Paper on the screen, dot by dot, black on white in both themes: ``PaperPicture()``, ``show_grey(Grey(…))``."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QLabel


@dataclass(frozen=True, slots=True)
class Grey:
    """A picture as grey bytes row by row; a worker makes it, without Qt."""

    width: int
    height: int
    content: bytes


class PaperPicture(QLabel):
    """See the module; ``fitting`` is the width in pixels that it may take, 0 for any."""

    def show_grey(self, grey: Grey, words: str, *, fitting: int = 0) -> None:
        """Shows a picture; ``words`` tell it to a screen reader."""
        image = QImage(grey.content, grey.width, grey.height, grey.width, QImage.Format.Format_Grayscale8)
        picture = QPixmap.fromImage(image)
        if fitting and grey.width > fitting:
            picture = picture.scaledToWidth(fitting, Qt.TransformationMode.SmoothTransformation)
        self.setPixmap(picture)
        self.setFixedSize(picture.size())
        self.setAccessibleName(words)
        self.setToolTip(words)
