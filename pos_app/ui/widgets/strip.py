"""The message strip: one line that is always reserved, says what happened and what to do next.

A longer sentence is set in two small lines; where large text or buttons leave too little room, the strip grows for it.

``MessageStrip(theme)``; ``show_message(Message("E", "…", action="Daftarkan", run=…))``, ``clear()``, ``run_action()``
(Ctrl+Enter), ``press("F9")`` for a button with that key. ``rest("…")``: quiet words while nothing is to be said;
``reserve(False)``: no room then. Kinds: E error, W caution, I information, S success. New texts
are announced to screen readers.
"""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from pos_app.ui.messages import Message
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import IconText, Text
from pos_app.ui.widgets.button import KeyButton

_LOOK: Final = {
    "E": ("danger_soft", "danger", "alert-circle-outline"),
    "W": ("warning_soft", "warning", "alert-outline"),
    "I": ("surface2", "text", "information-outline"),
    "S": ("success_soft", "success", "check-circle-outline"),
}

LINES: Final = 2
"""Small lines that the reserved room holds."""
MOST_LINES: Final = 4
"""Small lines that the strip grows to; a sentence that needs more is cut."""
_ELIDE: Final = Qt.TextElideMode.ElideRight
_WRAP: Final = Qt.TextFlag.TextWordWrap


class MessageStrip(QWidget):
    """See the module; ``message`` is what it shows now, or None."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.message: Message | None = None
        self.shown_at = 0.0
        self._reserved = True
        self._icon = IconText(theme, "information-outline", 18)
        self._text = Text(theme)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._quiet = Text(theme, step="caption", tone="muted")
        self._quiet.setWordWrap(True)
        self._button = KeyButton(theme, "", key="Ctrl+Enter", kind="link")
        self._button.clicked.connect(self.run_action)
        self._other = KeyButton(theme, "", kind="link")
        self._other.clicked.connect(self._run_other)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._quiet, 1)
        row.addWidget(self._button)
        row.addWidget(self._other)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.clear()

    def show_message(self, message: Message) -> None:
        """Replaces what is shown; an error is bold and framed."""
        self.message = message
        self.shown_at = time.monotonic()
        tone = _LOOK[message.kind]
        self._icon.set_icon(tone[2], tone[1])
        self._icon.show()
        self._text.show()
        self._quiet.hide()
        if not self._reserved:
            self.show()
        for button, words, key in (
            (self._button, message.action, message.key),
            (self._other, message.other, message.other_key),
        ):
            button.key = key
            button.setText(words)
            button.setVisible(bool(words))
        self._fit()
        self.update()
        self._announce(message)

    def _announce(self, message: Message) -> None:
        from PySide6.QtGui import (
            QAccessible,
            QAccessibleAnnouncementEvent,
        )  # late: costly, and nothing is said at start

        announcement = QAccessibleAnnouncementEvent(self, message.text)
        politeness = QAccessible.AnnouncementPoliteness
        urgent = message.kind in ("E", "W")
        announcement.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
        QAccessible.updateAccessibility(announcement)

    def clear(self) -> None:
        """Shows no message; the room stays reserved."""
        self.message = None
        self._set_height(0)
        self._icon.hide()
        self._button.hide()
        self._other.hide()
        self._text.hide()
        self._quiet.show()
        if not self._reserved:
            self.hide()
        self.update()

    def rest(self, words: str) -> None:
        """What the reserved room says while there is no message."""
        self._quiet.setText(words)

    def reserve(self, reserved: bool) -> None:
        """Whether the room stays while there is no message; something else on the screen may need it more."""
        if reserved != self._reserved:
            self._reserved = reserved
            self.setVisible(reserved or self.message is not None)

    def text(self) -> str:
        """The whole sentence shown now."""
        return self.message.text if self.message else ""

    def run_action(self) -> None:
        """What the button does; nothing when there is none."""
        if self.message is not None and self.message.run is not None:
            self.message.run()

    def press(self, key: str) -> bool:
        """Runs the button with this key; False when none has it."""
        message = self.message
        if message is None:
            return False
        if message.other_key == key and message.other_run is not None:
            message.other_run()
            return True
        if message.key == key and message.run is not None:
            message.run()
            return True
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        if self.message is None:
            return
        fill, ink, _ = _LOOK[self.message.kind]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        error = self.message.kind == "E"
        painter.setBrush(self.theme.color(fill))
        painter.setPen(QPen(self.theme.color(ink), 2) if error else Qt.PenStyle.NoPen)
        inset = 1.0 if error else 0.0
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 8, 8)

    def _fit(self) -> None:
        if self.message is None:
            return
        weight = 700 if self.message.kind == "E" else 400
        buttons = sum(button.sizeHint().width() + 8 for button in (self._button, self._other) if button.text())
        free = self.width() - 14 - 8 - 8 - self._icon.width() - buttons
        self._show_text(self.message.text, weight, max(40, free))

    def _show_text(self, text: str, weight: int, free: int) -> None:
        """On one line, else on a few in small letters, else cut to two with the whole sentence as tooltip."""
        short = self.theme.metrics("body", weight).horizontalAdvance(text) <= free
        small = self.theme.metrics("caption", weight)
        self._text.set_step("body" if short else "caption", weight)
        self._text.setWordWrap(not short)
        lines = 1 if short else _lines(text, small, free)
        self._text.setText(text if lines <= MOST_LINES else _on_two_lines(text, small, free))
        self._set_height(lines * small.lineSpacing() + 6 if LINES < lines <= MOST_LINES else 0)
        self._text.setToolTip(text)

    def _set_height(self, needed: int) -> None:
        """The reserved room, or more for a sentence that needs it."""
        self.setFixedHeight(max(self.theme.px(40), needed))

    def _run_other(self) -> None:
        if self.message is not None and self.message.other_run is not None:
            self.message.other_run()

    def _on_theme_changed(self) -> None:
        self._set_height(0)
        self._fit()


def _on_two_lines(text: str, metrics: QFontMetrics, width: int) -> str:
    """The text, cut where it needs more than two lines of this width."""
    shown, free = text, 2 * width
    while free > width and _lines(shown, metrics, width) > LINES:
        shown = metrics.elidedText(text, _ELIDE, free)
        free -= width // 10
    return shown


def _lines(text: str, metrics: QFontMetrics, width: int) -> int:
    """How many lines the text takes, wrapped at this width."""
    room = QRect(0, 0, width, 10 * metrics.height())
    return round(metrics.boundingRect(room, _WRAP, text).height() / metrics.lineSpacing())
