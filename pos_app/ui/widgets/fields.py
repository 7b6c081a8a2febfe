"""Fields of forms: amounts, PINs, the scan field, and rows of label and field.

``AmountField(theme)`` - whole rupiah with dots while typing, ``value() -> int | None``, ``set_value``, signal
``value_changed``; letters go on to the panel around it (single-key commands).
``PinField(theme, digits=6)`` - hidden digits. ``ScanField(theme)`` - signal ``command(str)`` for keys it does not use.
``TextField(theme)`` - a plain field 40 px high. ``field_row(theme, "&Alasan", field)`` - label (buddy) above a field.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRegularExpression, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QRegularExpressionValidator, QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from pos_app.domain.formats import thousands
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import IconText, Text, repolish

MOST: Final = 999_999_999


class TextField(QLineEdit):
    """A field with a step of the type scale; ``set_wrong`` frames it in red."""

    def __init__(self, theme: Theme, *, placeholder: str = "", step: str = "row", height: int = 40) -> None:
        super().__init__()
        self.theme = theme
        self._step = step
        self._height = height
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def set_wrong(self, wrong: bool) -> None:
        """Marks the field as the one to correct."""
        if bool(self.property("wrong")) != wrong:
            self.setProperty("wrong", wrong)
            repolish(self)

    def _on_theme_changed(self) -> None:
        self.setFont(self.theme.font(self._step, 700 if self._step == "received" else 400))
        self.setFixedHeight(self.theme.px(self._height))


class AmountField(TextField):
    """Whole rupiah, grouped while typing; empty is None."""

    value_changed = Signal()

    def __init__(self, theme: Theme, *, placeholder: str = "", large: bool = False) -> None:
        super().__init__(
            theme, placeholder=placeholder, step="received" if large else "row", height=48 if large else 40
        )
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.textEdited.connect(self._on_edited)

    def value(self) -> int | None:
        """Rupiah typed so far."""
        digits = self.text().replace(".", "")
        return int(digits) if digits else None

    def set_value(self, amount: int | None) -> None:
        """Shows an amount; None empties the field."""
        text = "" if amount is None else thousands(min(amount, MOST))
        if text != self.text():
            self.setText(text)
            self.value_changed.emit()

    def press(self, key: str) -> None:
        """A key of the number pad: digits, ``000`` or ``back``."""
        selected = self.hasSelectedText()
        digits = "" if selected else self.text().replace(".", "")
        digits = digits[:-1] if key == "back" else digits + key
        self.set_value(int(digits) if digits else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text()
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            event.ignore()
            return
        plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if plain and text and text.isprintable() and not text.isdigit():
            event.ignore()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.ignore()
            return
        super().keyPressEvent(event)

    def _on_edited(self, text: str) -> None:
        digits = "".join(sign for sign in text if sign.isdigit())[:9]
        shown = thousands(int(digits)) if digits else ""
        if shown != text:
            after = sum(sign.isdigit() for sign in text[self.cursorPosition() :])
            self.setText(shown)
            position = len(shown)
            while after and position:
                position -= 1
                after -= shown[position].isdigit()
            self.setCursorPosition(position)
        self.value_changed.emit()


class EntryField(TextField):
    """A field whose Enter and Esc go on to the panel around it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.ignore()
            return
        super().keyPressEvent(event)


class PinField(EntryField):
    """Hidden digits of a PIN."""

    def __init__(self, theme: Theme, *, digits: int = 6) -> None:
        super().__init__(theme, step="scan", height=44)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setMaxLength(digits)
        self.setValidator(QRegularExpressionValidator(QRegularExpression(f"[0-9]{{0,{digits}}}"), self))
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)


class ScanField(TextField):
    """Where one types a name or code; every key it has no use for becomes a ``command``.

    Commands: Enter, Shift+Enter, Up, Down, PageUp, PageDown, and with nothing typed ``+``, ``-``, Delete.
    """

    command = Signal(str)

    def __init__(self, theme: Theme, placeholder: str) -> None:
        self._icon: IconText | None = None
        super().__init__(theme, placeholder=placeholder, step="scan", height=48)
        self.setObjectName("scanField")
        self._icon = IconText(theme, "barcode-scan", 24, "muted")
        self._icon.setParent(self)
        self._icon.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._place_icon()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo = event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
            if undo or (event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() == Qt.Key.Key_Delete):
                event.ignore()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = _COMMANDS.get(event.key())
        if name == "Enter" and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            name = "Shift+Enter"
        if name is not None and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.command.emit(name)
            return
        empty = _WHEN_EMPTY.get(event.key())
        if empty is not None and not self.text() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.command.emit(empty)
            return
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_icon()

    def _place_icon(self) -> None:
        if self._icon is not None:
            self._icon.move(12, (self.height() - self._icon.height()) // 2)
            self.setTextMargins(max(0, self._icon.width() - 24), 0, 0, 0)

    def _on_theme_changed(self) -> None:
        super()._on_theme_changed()
        self._place_icon()


_COMMANDS: Final = {
    Qt.Key.Key_Return.value: "Enter",
    Qt.Key.Key_Enter.value: "Enter",
    Qt.Key.Key_Up.value: "Up",
    Qt.Key.Key_Down.value: "Down",
    Qt.Key.Key_PageUp.value: "PageUp",
    Qt.Key.Key_PageDown.value: "PageDown",
}
_WHEN_EMPTY: Final = {
    Qt.Key.Key_Plus.value: "+",
    Qt.Key.Key_Minus.value: "-",
    Qt.Key.Key_Delete.value: "Delete",
}


def field_row(theme: Theme, label: str, field: QWidget, *, wrap: bool = False) -> QWidget:
    """A caption above its field; ``&`` marks the letter that Alt jumps with. A long caption is to ``wrap``."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    caption = buddy_label(theme, label, field)
    caption.setWordWrap(wrap)
    column.addWidget(caption)
    column.addWidget(field)
    return box


def buddy_label(theme: Theme, label: str, field: QWidget) -> QLabel:
    """A label that belongs to a field: Alt+letter focuses it, screen readers name it."""
    text = Text(theme, label)
    text.setTextFormat(Qt.TextFormat.AutoText)
    text.setBuddy(field)
    field.setAccessibleName(label.replace("&", ""))
    return text
