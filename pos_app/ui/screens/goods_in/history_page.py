"""The history of Goods In: a list of notes at the left, one of them as paper at the right. Widgets only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ledger.goods_notes import Note
from pos_app.printing.papers.receipt import REASONS
from pos_app.ui.screens.goods_in.history import COLUMNS, Recent
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import NameText, Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import EntryField, buddy_label, field_row
from pos_app.ui.widgets.forms import ChipRow, DateField
from pos_app.ui.widgets.side import SidePanel, TightColumns
from pos_app.ui.widgets.slip import Slip
from pos_app.ui.widgets.table import Cell, Column, RowsModel, TwoLineTable
from sync.documents.base import TakeBackReason

UNDO_REASONS: tuple[TakeBackReason, ...] = ("mistyped", "wrong_goods", "other")


class HistoryModel(RowsModel[Recent]):
    """One row a note."""

    def __init__(self, size: Callable[[Note], tuple[str, str]]) -> None:
        """``size`` tells how many lines and pieces a note has."""
        self._size = size
        super().__init__(
            [Column(_("Note")), Column(_("Producer")), Column(_("Lines"), 72, "right"), Column(_("Qty"), 84, "right")]
        )

    def cells(self, row: Recent) -> Sequence[Cell]:
        note = row.note
        kind = _("Delivery") if note.kind == "goods_received" else _("Return")
        icon, tone, sub = "", "muted", f"{kind} · {row.when}"
        if note.undone:
            icon, tone, sub = "undo-variant", "warning", f"{_('undone')} · {sub}"
        lines, pieces = self._size(note)
        return (
            Cell(note.number, sub, sub_tone=tone, icon=icon, bold=True),
            Cell(note.producer_name, note.producer),
            Cell(lines),
            Cell(pieces, bold=True),
        )


class HistoryHead(QWidget):
    """Which notes are listed."""

    day_chosen = Signal()
    everyone = Signal()

    def __init__(self, theme: Theme, today: Callable[[], date]) -> None:
        super().__init__()
        self.whose = NameText(theme, step="title", weight=700)
        self.day = DateField(theme, today)
        self.day.editingFinished.connect(self.day_chosen)
        self.all_button = KeyButton(theme, _("All producers"), key="F8")
        self.all_button.clicked.connect(self.everyone)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.whose, 1)
        row.addWidget(buddy_label(theme, _("&Day"), self.day))
        row.addWidget(self.day)
        row.addWidget(self.all_button)


class HistoryPage(QWidget):
    """The list, and what can be done with its chosen row."""

    chosen = Signal(object)
    """The note of the row, or None."""

    def __init__(self, theme: Theme, size: Callable[[Note], tuple[str, str]]) -> None:
        super().__init__()
        self.model = HistoryModel(size)
        self.table = TwoLineTable(theme, self.model, empty_icon="tray-arrow-down")
        self.table.row_changed.connect(self._on_row)
        TightColumns(theme, self.table, (1, 2))
        self.back_button = KeyButton(theme, _("Back to delivery"), key="Esc", icon="arrow-left")
        self.undo_button = KeyButton(theme, _("Undo only"), key="F6", icon="undo-variant")
        self.reprint_button = KeyButton(theme, _("Reprint"), key="F9", icon="printer")
        self.bar = ActionBar(theme, [self.back_button, self.undo_button, self.reprint_button])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        column.addWidget(self.bar)

    def show_rows(self, rows: Sequence[Recent], empty: str, number: str) -> None:
        """Fills the list and chooses the note ``number``, else the first."""
        self.table.set_empty(empty)
        self.model.set_rows(rows)
        at = next((place for place, row in enumerate(rows) if row.note.number == number), 0)
        self.table.select_row(at)
        self._on_row(self.table.current_row())

    def current(self) -> Recent | None:
        """The chosen row."""
        row = self.table.current_row()
        return self.model.rows[row] if 0 <= row < len(self.model.rows) else None

    def _on_row(self, row: int) -> None:  # noqa: ARG002
        self.chosen.emit(self.current())


class HistorySide(SidePanel):
    """The note as paper, why it is undone, and the main button."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, width=340, compact=320)
        self.slip = Slip(theme)
        self.slip.setMinimumHeight(160)
        self.state = Text(theme, weight=700, tone="warning")
        self.state.setWordWrap(True)
        self.reasons = ChipRow(theme, [(code, _(REASONS[code])) for code in UNDO_REASONS])
        self.remark = EntryField(theme, placeholder=_("What went wrong"))
        self.remark_row = field_row(theme, _("N&ote"), self.remark)
        self.main_button = KeyButton(theme, _("Undo & type again"), key="F12", kind="main", icon="undo-variant")
        frame, column = padded_card()
        column.setContentsMargins(4, 8, 4, 8)
        column.addWidget(self.slip, 1)
        self.body.addWidget(frame, 1)
        for widget in (self.state, self.reasons, self.remark_row):
            self.body.addWidget(widget)
        self.foot.addWidget(self.main_button)

    @property
    def reason(self) -> TakeBackReason:
        """The chosen reason."""
        return next(code for code in UNDO_REASONS if code == self.reasons.code())

    def show_note(self, lines: Sequence[str], obstacle: str) -> None:
        """Shows a note, and whether it can be undone."""
        self.slip.show_lines(lines, COLUMNS)
        self.slip.setVisible(bool(lines))
        self.state.setText(obstacle)
        self.state.setVisible(bool(obstacle))
        can = bool(lines) and not obstacle
        for widget in (self.reasons, self.remark_row):
            widget.setVisible(can)
        self.main_button.setEnabled(can)
        self.remark.clear()
        self.reasons.choose("mistyped")
