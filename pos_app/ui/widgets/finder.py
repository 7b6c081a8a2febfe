"""A field with a list of what it finds: typing finds, only Enter takes.

``PickField(theme, "Ketik nama")`` is the plain field; a ``ScanField`` works as well. ``Finder(theme, field, host,
search, empty=…)`` shows the hits under the field, inside ``host``; signals ``picked(key)`` for a hit and
``entered(text)`` for Enter on text that finds nothing or is a code. In a ``ScanField`` bare digits are always a code,
never a pick from the list (a "20" would find "200 g"). ``close()`` is the first rung of Esc.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from pos_app.domain.formats import split_multiplier
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.fields import ScanField, TextField
from pos_app.ui.widgets.results import Result, ResultList

_COMMANDS: Final = {
    Qt.Key.Key_Return.value: "Enter",
    Qt.Key.Key_Enter.value: "Enter",
    Qt.Key.Key_Up.value: "Up",
    Qt.Key.Key_Down.value: "Down",
}
_CODE_LENGTH: Final = 6


class PickField(TextField):
    """A field to type a name into; its arrows and Enter go to the list under it. ``tapped`` tells of a click."""

    command = Signal(str)
    tapped = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = _COMMANDS.get(event.key())
        if name is not None:
            self.command.emit(name)
            return
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()
        if event.reason() == Qt.FocusReason.MouseFocusReason:
            self.tapped.emit()


class Finder(QObject):
    """See the module."""

    picked = Signal(str)
    entered = Signal(str)

    def __init__(
        self,
        theme: Theme,
        field: ScanField | PickField,
        host: QWidget,
        search: Callable[[str], Sequence[Result]],
        *,
        empty: str,
    ) -> None:
        super().__init__(host)
        self._field = field
        self._search = search
        self.list = ResultList(theme, host, empty=empty)
        self.list.picked.connect(self._on_picked)
        field.textEdited.connect(self.show_for)
        field.command.connect(self._on_command)

    @property
    def is_open(self) -> bool:
        """Whether the list is shown."""
        return not self.list.isHidden()

    def close(self) -> None:
        """Hides the list."""
        self.list.hide()

    def show_for(self, text: str) -> None:
        """Shows what a text finds; nothing for an empty one, nor for a multiplier that awaits its goods."""
        if not split_multiplier(text)[1] or self._is_code(text):
            self.close()
            return
        self.show_results(self._search(text))

    def show_all(self) -> None:
        """Shows what an empty text finds."""
        self.show_results(self._search(""))

    def show_results(self, results: Sequence[Result]) -> None:
        """Opens the list under the field."""
        self.list.place_under(self._field)
        self.list.show_results(results)

    def _on_command(self, name: str) -> None:
        if name in ("Up", "Down") and self.is_open:
            self.list.move_by(1 if name == "Down" else -1)
            return
        if name != "Enter":
            return
        text = self._field.text().strip()
        key = self.list.current_key() if self.is_open else ""
        if key and not self._is_code(text):
            self._on_picked(key)
        elif text:
            self.close()
            self.entered.emit(text)

    def _is_code(self, text: str) -> bool:
        digits = split_multiplier(text)[1]
        return digits.isdigit() and (isinstance(self._field, ScanField) or len(digits) >= _CODE_LENGTH)

    def _on_picked(self, key: str) -> None:
        self.close()
        self.picked.emit(key)
