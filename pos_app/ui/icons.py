"""Icons: glyphs of the Material Design font that QtAwesome ships, drawn with QPainter.

QtAwesome itself is never imported (130-160 ms); its font and character map are read from its folder, found without
executing the package. Pixmaps are cached per name, size, colour and pixel ratio.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPixmap

_PREFIX: Final = "materialdesignicons6-webfont"


class IconFontError(RuntimeError):
    """QtAwesome's fonts are not installed or were not bundled."""


def font_folder() -> Path:
    """Where QtAwesome keeps its fonts: beside the bundle's program, else in its package."""
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is not None:
        return Path(bundle) / "qtawesome" / "fonts"
    spec = find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise IconFontError("qtawesome")
    return Path(spec.origin).parent / "fonts"


@cache
def _charmap() -> str:
    """JSON: glyph name to code. It names 7,000; decoding them all would cost the start more than finding a few."""
    path = next(iter(sorted(font_folder().glob(f"{_PREFIX}-charmap*.json"))), None)
    if path is None:
        raise IconFontError(_PREFIX)
    return path.read_text(encoding="utf-8")


@cache
def character(name: str) -> str:
    """The glyph of a name. KeyError for an unknown one."""
    found = re.compile(rf'"{re.escape(name)}": *"(?:0x)?([0-9a-fA-F]+)"').search(_charmap())
    if found is None:
        raise KeyError(name)
    return chr(int(found[1], 16))


@cache
def _family() -> str:
    path = next((p for p in sorted(font_folder().glob(f"{_PREFIX}-*.ttf"))), None)
    if path is None:
        raise IconFontError(_PREFIX)
    number = QFontDatabase.addApplicationFont(str(path))
    families = QFontDatabase.applicationFontFamilies(number)
    if not families:
        raise IconFontError(str(path))
    return families[0]


@cache
def _font(size: int) -> QFont:
    font = QFont(_family())
    font.setPixelSize(size)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def draw_icon(painter: QPainter, name: str, box: QRectF, color: QColor, size: int) -> None:
    """Paints a glyph of ``size`` pixels in the middle of ``box``."""
    pixmap = icon_pixmap(name, size, color, painter.device().devicePixelRatio())
    x = box.x() + (box.width() - size) / 2
    y = box.y() + (box.height() - size) / 2
    painter.drawPixmap(round(x), round(y), pixmap)


def icon_pixmap(name: str, size: int, color: QColor, ratio: float = 1.0) -> QPixmap:
    """A transparent square picture of the glyph; ``size`` in logical pixels. KeyError for an unknown name."""
    return _pixmap(name, size, color.rgba(), ratio)


@cache
def _pixmap(name: str, size: int, rgba: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(QSize(size, size) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(_font(size))
    painter.setPen(QColor.fromRgba(rgba))
    painter.drawText(QRectF(0, 0, size, size), Qt.AlignmentFlag.AlignCenter, character(name))
    painter.end()
    return pixmap


def icon(name: str, size: int, color: QColor) -> QIcon:
    """The glyph as an icon, for the few Qt widgets that want one."""
    return QIcon(icon_pixmap(name, size, color, 2.0))
