"""A folder to choose or to type: ``FolderField(theme, _("&Folder"))``; ``path()`` is None while it is empty.

``ask`` opens the system's dialog and gives an empty text for none; tests replace it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.dialog_folders import remembered, start_in
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import TextField, buddy_label


class FolderField(QWidget):
    """See the module; ``entered`` comes with Enter in the field and after a choice in the dialog."""

    entered = Signal()

    def __init__(self, theme: Theme, label: str, *, placeholder: str = "") -> None:
        super().__init__()
        self._title = label.replace("&", "")
        self.field = TextField(theme, placeholder=placeholder or _("a stick or a network folder"))
        self.field.returnPressed.connect(self.entered)
        self.ask: Callable[[], str] = self._ask
        self.choose_button = KeyButton(theme, _("Choose …"), icon="usb-flash-drive-outline")
        self.choose_button.clicked.connect(self._on_choose)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.choose_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._label = buddy_label(theme, label, self.field)
        column.addWidget(self._label)
        column.addLayout(row)

    def path(self) -> Path | None:
        """What is chosen or typed."""
        text = self.field.text().strip()
        return Path(text).expanduser() if text else None

    def set_label(self, label: str) -> None:
        """Other words for what is asked."""
        self._title = label.replace("&", "")
        self._label.setText(label)
        self.field.setAccessibleName(self._title)

    def set_path(self, path: Path | None) -> None:
        """Shows a folder."""
        self.field.setText(str(path) if path else "")

    def _on_choose(self) -> None:
        chosen = self.ask()
        if chosen:
            self.field.setText(chosen)
            self.entered.emit()

    def _ask(self) -> str:
        return remembered(QFileDialog.getExistingDirectory(self, self._title, self.field.text() or start_in()))
