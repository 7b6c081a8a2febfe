"""A column to save something into a folder as a spreadsheet or PDF, in the place of what stands there else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_app.i18n import _
from pos_app.ui.save_box import SaveBox
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.side import SidePanel
from pos_app.ui.worker import Workers

SaveWork = Callable[[str, Path], Callable[[], Path]]


class ExportPage(SidePanel):
    """``work(kind, folder)`` gives what a worker does to save; ``left`` when it is left."""

    left = Signal()

    def __init__(self, theme: Theme, workers: Workers, work: SaveWork, *, width: int, compact: int) -> None:
        super().__init__(theme, width=width, compact=compact)
        self.kind = "xlsx"
        frame, column = padded_card()
        self._title = Text(theme, step="title", weight=700)
        self._words = Text(theme, tone="muted")
        self._words.setWordWrap(True)
        self.box = SaveBox(theme, workers, _("Save"), lambda folder: work(self.kind, folder))
        widgets: tuple[QWidget, ...] = (self._title, self._words, self.box)
        for widget in widgets:
            column.addWidget(widget)
        self.body.addWidget(frame)
        self.body.addStretch(1)
        back = KeyButton(theme, _("Back"), key="Esc", icon="arrow-left")
        back.clicked.connect(self.left)
        self.foot.addWidget(back)

    def open(self, kind: str, period: str) -> None:
        """Ready to save as ``xlsx``, ``csv`` or ``pdf``."""
        self.kind = kind
        self._title.setText({"xlsx": _("Export Excel"), "csv": _("Export CSV")}.get(kind, _("Export PDF")))
        self._words.setText(_("Report of {period}").format(period=period))
        self.box.clear()
        self.box.folder.field.setFocus()
