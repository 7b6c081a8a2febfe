"""A page of the manual in the window's type and colours; pictures as wide as there is room.

``PageView(theme)``, ``show_page(markdown, heading)``. ``<kbd>`` looks like a key. It takes no focus; links emit
``anchorClicked``.
"""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextCharFormat, QTextCursor, QTextDocument, QTextFrameFormat, QTextLength, QTextTable
from PySide6.QtWidgets import QFrame, QTextBrowser

from pos_app.i18n import _
from pos_app.ui import manual
from pos_app.ui.theme import Theme


class PageView(QTextBrowser):
    """See the module."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._heading = ""
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(_("Manual"))

    def show_page(self, markdown: str, heading: str) -> None:
        """Replaces what is shown."""
        document = self.document()
        document.setDefaultFont(self.theme.font("body"))
        document.setBaseUrl(QUrl.fromLocalFile(str(manual.path_of(manual.FIRST))))
        self.setMarkdown(re.sub(r"<kbd>(.*?)</kbd>", r"`\1`", markdown))
        self._paint_words()
        self._spread_tables()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        if heading:
            found = document.find(heading)
            if not found.isNull():
                found.movePosition(QTextCursor.MoveOperation.StartOfBlock)
                self.setTextCursor(found)
                self.verticalScrollBar().setValue(self.verticalScrollBar().value() + self.cursorRect().top())

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        if kind == QTextDocument.ResourceType.ImageResource.value:
            file = QUrl(name).fileName()
            picture = QImage(str(manual.path_of(manual.FIRST).parent / "pictures" / file))
            room = max(200, self.viewport().width() - 16)
            if picture.width() > room:
                picture = picture.scaledToWidth(room, Qt.TransformationMode.SmoothTransformation)
            return picture
        return super().loadResource(kind, name)

    def _paint_words(self) -> None:
        """Keys look like keys, and links like links, in this theme's colours."""
        block = self.document().begin()
        while block.isValid():
            place = block.begin()
            while not place.atEnd():
                piece = place.fragment()
                look = piece.charFormat()
                if look.fontFixedPitch() or look.isAnchor():
                    cursor = QTextCursor(self.document())
                    cursor.setPosition(piece.position())
                    cursor.setPosition(piece.position() + piece.length(), QTextCursor.MoveMode.KeepAnchor)
                    cursor.mergeCharFormat(self._link() if look.isAnchor() else self._key())
                place += 1
            block = block.next()

    def _spread_tables(self) -> None:
        """Tables take the whole width, with thin lines in this theme's colour."""
        for frame in self.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                look = frame.format().toTableFormat()
                look.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
                look.setBorder(1)
                look.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
                look.setBorderBrush(self.theme.color("line"))
                look.setBorderCollapse(True)
                look.setCellPadding(4)
                frame.setFormat(look)

    def _key(self) -> QTextCharFormat:
        look = QTextCharFormat()
        look.setFont(self.theme.font("body", 700))
        look.setBackground(self.theme.color("surface2"))
        look.setForeground(self.theme.color("primary"))
        return look

    def _link(self) -> QTextCharFormat:
        look = QTextCharFormat()
        look.setForeground(self.theme.color("primary"))
        return look
