"""The page on which one chooses what to count, prints sheets, or goes to shelves and lost goods. Widgets only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.services.counting import Scope
from pos_app.ui.messages import Message
from pos_app.ui.save_box import SaveBox
from pos_app.ui.screen import Shell
from pos_app.ui.screens.stock_count.scopes import ScopePresenter, ScopeRow
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import ScanField
from pos_app.ui.widgets.side import SidePanel
from pos_app.ui.widgets.table import Cell, Column, RowsModel, TwoLineTable


class ScopeModel(RowsModel[ScopeRow]):
    """What can be counted."""

    def __init__(self) -> None:
        super().__init__([Column(_("What is counted"))])

    def cells(self, row: ScopeRow) -> Sequence[Cell]:
        return (Cell(row.words, row.kind, bold=True),)


class ScopePage(QWidget):
    """``chosen`` with a scope to count; ``shelves``, ``lost`` and ``history`` for the other pages."""

    chosen = Signal(object)
    shelves = Signal()
    lost = Signal()
    history = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self.presenter = ScopePresenter(shell.counter)
        theme = shell.theme
        self.model = ScopeModel()
        self.table = TwoLineTable(theme, self.model, empty=_("Nothing found. Change the search."))
        self.table.row_changed.connect(self._on_row_changed)
        self.table.row_activated.connect(self._on_row_activated)
        self.search = ScanField(theme, _("Type a shelf, category or producer, or scan goods of it"))
        self.search.textEdited.connect(self._on_search)
        self.search.command.connect(self._on_command)
        self.shelves_button = KeyButton(theme, _("Put goods on shelves"), key="F6")
        self.shelves_button.clicked.connect(self.shelves)
        self.lost_button = KeyButton(theme, _("Lost goods by producer"), key="F7")
        self.lost_button.clicked.connect(self.lost)
        self.history_button = KeyButton(theme, _("Counts so far"), key="F4")
        self.history_button.clicked.connect(self.history)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.search)
        left.addWidget(self.table, 1)
        left.addWidget(ActionBar(theme, [self.history_button, self.shelves_button, self.lost_button]))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self._side())

    def _side(self) -> SidePanel:
        theme = self.shell.theme
        panel = SidePanel(theme, width=360, compact=320)
        card, column = padded_card()
        self.name_text = Text(theme, step="title", weight=700)
        self.name_text.setWordWrap(True)
        words = _("Selling goes on while you count. What is expected is shown only after everything is counted.")
        self.words_text = Text(theme, words, tone="muted")
        self.words_text.setWordWrap(True)
        column.addWidget(self.name_text)
        column.addWidget(self.words_text)
        sheets, column = padded_card()
        column.addWidget(Text(theme, _("Count on paper first"), step="row", weight=700))
        self.print_button = KeyButton(theme, _("Print the count sheet"), key="F9")
        self.print_button.clicked.connect(self.print_sheet)
        self.save_box = SaveBox(theme, self.shell.workers, _("Save as PDF (A4)"), self._save_work)
        column.addWidget(self.print_button)
        column.addWidget(self.save_box)
        panel.body.addWidget(card)
        panel.body.addWidget(sheets)
        panel.body.addStretch(1)
        self.main_button = KeyButton(theme, _("Begin the count"), key="F12", kind="main")
        self.main_button.clicked.connect(self.begin)
        panel.foot.addWidget(self.main_button)
        return panel

    def load(self) -> None:
        """Reads what there is to count, on a worker."""
        self.shell.workers.run(self.presenter.load_work(), self._on_loaded, self._on_failed)

    def current(self) -> ScopeRow | None:
        """What is chosen in the list."""
        place = self.table.current_row()
        return self.model.rows[place] if 0 <= place < len(self.model.rows) else None

    def begin(self) -> None:
        """F12."""
        row = self.current()
        if row is None:
            self.shell.say(Message("W", _("Choose what to count.")))
        else:
            self.chosen.emit(row.scope)

    def take_scan(self, code: str) -> None:
        """Goods were scanned: their shelf is chosen, else their producer."""
        found = self.presenter.scope_of(code)
        if isinstance(found, Message):
            self.shell.say(found)
            return
        self.presenter.text = ""
        self.search.clear()
        self._show_rows()
        self._choose(found)

    def print_sheet(self) -> None:
        """F9."""
        row = self.current()
        if row is not None:
            self.shell.workers.run(self.presenter.print_work(row), self._on_printed, self._on_failed)

    def _choose(self, scope: Scope) -> None:
        place = next((place for place, row in enumerate(self.model.rows) if row.scope == scope), -1)
        self.table.select_row(place)
        if place < 0:
            self.shell.say(Message("W", _("There is nothing to count here.")))
        else:
            self.shell.say(Message("S", self.model.rows[place].words))

    def _save_work(self, folder: Path) -> Callable[[], Path]:
        return self.presenter.save_work(self.current() or self.model.rows[0], folder)

    def _on_loaded(self, rows: list[ScopeRow]) -> None:
        self.presenter.rows = rows
        self._show_rows()

    def _on_failed(self, error: Exception) -> None:
        self.shell.say(self.presenter.failed(error))

    def _on_printed(self, printed: bool) -> None:
        self.shell.say(self.presenter.printed(printed=printed))

    def _on_search(self, text: str) -> None:
        self.presenter.text = text
        self._show_rows()
        self.table.select_row(0)

    def _on_command(self, name: str) -> None:
        if name in ("Up", "Down"):
            step = 1 if name == "Down" else -1
            self.table.select_row(max(0, min(len(self.model.rows) - 1, self.table.current_row() + step)))
        elif name == "Enter":
            text = self.search.text().strip()
            if text.isdigit():
                self.take_scan(text)
            elif self.current() is not None:
                self.begin()

    def _on_row_activated(self, _row: int) -> None:
        self.begin()

    def _on_row_changed(self, _row: int) -> None:
        row = self.current()
        self.name_text.setText(row.words if row is not None else "")

    def _show_rows(self) -> None:
        self.model.set_rows(self.presenter.shown())
        if self.table.current_row() < 0:
            self.table.select_row(0)
        self._on_row_changed(0)
