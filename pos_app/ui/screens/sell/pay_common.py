"""What the pages of the Pay panel share. Widgets only; ``payment`` knows the rules.

Every page offers ``begin()`` (fill in and take the focus), ``ready()`` (whether the main button may act) and
``offer()`` (what to finish with); ``changed`` tells the panel to look again.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from pos_app.domain.tendering import Offer
from pos_app.i18n import _
from pos_app.ui.messages import Message
from pos_app.ui.screens.sell.payment import REFERENCE_DIGITS, Payment
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text
from pos_app.ui.widgets.fields import PinField, TextField

GAP: Final = 8


class Page(QWidget):
    """What all pages share."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.payment: Payment | None = None
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(GAP)

    def begin(self, payment: Payment) -> None:
        """Fills the page for this payment and takes the focus."""
        raise NotImplementedError

    def ready(self) -> bool:
        """Whether the main button may act."""
        raise NotImplementedError

    def offer(self) -> Offer | None:
        """The tender that finishes the sale; None when the parts already do."""
        raise NotImplementedError

    def problem(self) -> Message | None:
        """Why it cannot be finished yet, when there is something to say."""
        return None

    def escape(self) -> bool:
        """One step back inside the page."""
        return False

    def leave(self) -> None:
        """The page is no longer shown."""


class StaffField(TextField):
    """A search field that hands arrows to the list below it; ``typing`` tells whether letters are its own now."""

    moved = Signal(int)
    typing = Signal(bool)

    def __init__(self, theme: Theme, placeholder: str) -> None:
        super().__init__(theme, placeholder=placeholder)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.typing.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.typing.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        elif (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
            or event.modifiers() & Qt.KeyboardModifier.AltModifier
        ):
            event.ignore()
        else:
            super().keyPressEvent(event)


def _is_the_panels(event: QKeyEvent) -> bool:
    """Whether a field of digits leaves this key to the panel."""
    text = event.text()
    control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
    return bool(
        event.modifiers() & Qt.KeyboardModifier.AltModifier
        or (text and text.isprintable() and not text.isdigit() and not control)
        or event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
    )


class ReferenceField(TextField):
    """Digits of a reference; other keys go on to the panel."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _is_the_panels(event):
            event.ignore()
        else:
            super().keyPressEvent(event)


class BuyersPin(PinField):
    """The PIN of a staff member who buys on the tab; other keys go on to the panel."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _is_the_panels(event):
            event.ignore()
        else:
            super().keyPressEvent(event)


def reference_field(theme: Theme) -> TextField:
    field = ReferenceField(theme, placeholder=_("from the buyer's phone"), step="scan")
    field.setMaxLength(REFERENCE_DIGITS)
    return field


def centred(theme: Theme, step: str, tone: str, weight: int = 400) -> Text:
    text = Text(theme, step=step, weight=weight, tone=tone)
    text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return text
