"""Reading a picture of goods from a file and making it small enough to be kept; safe on a worker's thread."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QImageWriter, QPainter

from pos_app.domain.errors import Misuse
from pos_app.i18n import _
from pos_app.services.pictures import MOST_BYTES, MOST_PIXELS

MOST_FILE_BYTES: Final = 30 * 1024 * 1024
MOST_SIDE: Final = 20_000
"""Pixels of a side beyond which a file is refused before anything is decoded."""
FORMATS: Final = (b"png", b"jpeg", b"jpg", b"webp")
QUALITIES: Final = (90, 80, 70, 55, 40, 25)


def read_small(path: Path) -> bytes:
    """The picture in a file, at most 256 × 256 pixels, as JPEG or PNG of at most 24 KiB; upright, uncropped.

    Raises ``Misuse`` when it is no picture or a huge one, and OSError.
    """
    if path.stat().st_size > MOST_FILE_BYTES:
        raise Misuse(_("The file is too large. Choose a picture of at most 30 MB."))
    reader = QImageReader(str(path))
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    if bytes(reader.format().data()) not in FORMATS or not size.isValid():
        raise Misuse(_("This is no picture. Choose a PNG, JPEG or WebP file."))
    if max(size.width(), size.height()) > MOST_SIDE:
        raise Misuse(_("The picture is too large. Choose one of at most {side} pixels.").format(side=MOST_SIDE))
    most = QSize(MOST_PIXELS, MOST_PIXELS)
    if size.width() > MOST_PIXELS or size.height() > MOST_PIXELS:
        reader.setScaledSize(size.scaled(most * 2, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise Misuse(_("This is no picture. Choose a PNG, JPEG or WebP file."))
    return small(image)


def small(image: QImage) -> bytes:
    """The picture within both limits, as PNG where it is transparent, else as JPEG."""
    if max(image.width(), image.height()) > MOST_PIXELS:
        image = image.scaled(
            MOST_PIXELS,
            MOST_PIXELS,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    if image.hasAlphaChannel():
        encoded = _encoded(image, b"PNG", -1)
        if encoded and len(encoded) <= MOST_BYTES:
            return encoded
        image = _on_white(image)
    for quality in QUALITIES:
        encoded = _encoded(image, b"JPEG", quality)
        if encoded and len(encoded) <= MOST_BYTES:
            return encoded
    raise Misuse(_("This picture is too large to keep. Choose a simpler one."))


def _on_white(image: QImage) -> QImage:
    ground = QImage(image.size(), QImage.Format.Format_RGB32)
    ground.fill(Qt.GlobalColor.white)
    painter = QPainter(ground)
    painter.drawImage(0, 0, image)
    painter.end()
    return ground


def _encoded(image: QImage, kind: bytes, quality: int) -> bytes:
    raw = QByteArray()
    buffer = QBuffer(raw)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(kind))
    writer.setQuality(quality)
    writer.write(image)
    return bytes(raw.data())
