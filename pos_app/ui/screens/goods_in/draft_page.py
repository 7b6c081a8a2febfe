"""The left of Goods In while a draft is typed: whose goods, the scan field, the lines, their buttons. Widgets only."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.screens.goods_in.presenter import GoodsInPresenter
from pos_app.ui.screens.goods_in.table_model import BACK, EDITED, EXPIRY, FRONT, LABELS, QUANTITY, LinesModel, reasons
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import ScanField, TextField, buddy_label
from pos_app.ui.widgets.finder import PickField
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.side import TIGHT_ABOVE, TightColumns
from pos_app.ui.widgets.table import TwoLineTable

DATE_CHIPS: Final = ("+3", "+7", "+14", "+30", "+")
"""Quick dates as they are typed; the last is the shelf life of the goods."""


class DraftHead(QWidget):
    """Producer, the number of the producer's own note, and the scan field."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.producer_field = PickField(theme, placeholder=_("Type a producer's name or code"))
        self.reference_field = TextField(theme)
        self.reference_field.setMaxLength(40)
        self.scan_field = ScanField(theme, _("Scan goods, or type a name"))
        self.new_button = KeyButton(theme, _("New item"), key="F3", icon="plus")
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(8)
        first.addWidget(buddy_label(theme, _("&Producer F8"), self.producer_field))
        first.addWidget(self.producer_field, 3)
        first.addSpacing(8)
        first.addWidget(buddy_label(theme, _("Producer's &note"), self.reference_field))
        first.addWidget(self.reference_field, 1)
        second.addWidget(self.scan_field, 1)
        second.addWidget(self.new_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(first)
        column.addLayout(second)


class DraftPage(QWidget):
    """The lines with quick dates or reasons above and the buttons below."""

    date_wanted = Signal(str)

    def __init__(self, theme: Theme, presenter: GoodsInPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self.model = LinesModel(presenter)
        self.table = TwoLineTable(theme, self.model, empty_icon="tray-arrow-down")
        TightColumns(theme, self.table, (0,))
        self._turned = False
        """Whether the columns at the back are shown while the text is enlarged."""
        self.walk = Walk(self.table, self.model)
        self.reason_chips = ChipRow(theme, list(reasons().items()))
        self.dates = QWidget()
        dates = QHBoxLayout(self.dates)
        dates.setContentsMargins(0, 4, 0, 4)
        dates.setSpacing(8)
        self.date_chips: dict[str, KeyButton] = {}
        for text in DATE_CHIPS:
            words = _("Shelf life") if text == "+" else _("{days} days").format(days=text)
            chip = KeyButton(theme, words, kind="chip")
            chip.clicked.connect(lambda _checked=False, text=text: self.date_wanted.emit(text))
            self.date_chips[text] = chip
            dates.addWidget(chip)
        dates.addStretch(1)
        self.remove_button = KeyButton(theme, _("Remove line"), key="Del")
        self.split_button = KeyButton(theme, _("Another date"), key="Ctrl+D")
        self.copy_button = KeyButton(theme, _("Copy last delivery"), key="F7")
        self.expired_button = KeyButton(theme, _("All expired"), key="F7")
        self.unsold_button = KeyButton(theme, _("All that is left"), key="F5")
        self.return_button = KeyButton(theme, _("Return goods"), key="F6")
        self.history_button = KeyButton(theme, _("History"), key="F9")
        self.turn_button = KeyButton(theme, _("Other columns"))
        self.turn_button.clicked.connect(self._on_turn)
        self._receiving = (self.split_button, self.copy_button)
        self._returning = (self.expired_button, self.unsold_button)
        self.bar = ActionBar(
            theme,
            [
                *(self.remove_button, *self._receiving, *self._returning),
                *(self.return_button, self.history_button, self.turn_button),
            ],
        )
        theme.changed.connect(self._show_columns)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget, stretch in ((self.reason_chips, 0), (self.dates, 0), (self.table, 1), (self.bar, 0)):
            column.addWidget(widget, stretch)

    def show_draft(self) -> None:
        """Shows the lines and what can be done with them."""
        presenter = self._presenter
        returning = presenter.mode == "return"
        self.model.show()
        words = _("Choose a producer, then scan.") if not presenter.producer else _("Scan or type the goods first.")
        self.table.set_empty(words)
        self.reason_chips.setVisible(returning)
        roomy = self.table.theme.scale <= TIGHT_ABOVE
        spoils = any(row[1].product.shelf_life_days for row in self.model.rows)
        self.dates.setVisible(roomy and spoils and not returning)
        self._show_columns()
        self.history_button.setVisible(roomy or not returning)
        for button in self._receiving:
            button.setVisible(not returning)
        for button in self._returning:
            button.setVisible(returning)
            button.setEnabled(bool(presenter.producer))
        self.copy_button.setEnabled(bool(presenter.producer))
        self.remove_button.setEnabled(bool(self.model.rows))
        self.return_button.setText(_("Back to delivery") if returning else _("Return goods"))
        self.bar.refit()
        self.show_row(self.table.current_row())

    @property
    def _tight(self) -> bool:
        return self.table.theme.scale > TIGHT_ABOVE

    def _show_columns(self) -> None:
        """All of them; while the text is enlarged those in front or those at the back."""
        returning = self._presenter.mode == "return"
        turned = self._tight and self._turned and not returning
        for column in FRONT:
            self.table.setColumnHidden(column, turned)
        for column in BACK:
            self.table.setColumnHidden(column, (self._tight and not turned) or (column == LABELS and returning))
        self.turn_button.setVisible(self._tight and not returning)

    def _on_turn(self) -> None:
        self._turned = not self._turned
        self._show_columns()

    def show_row(self, row: int) -> None:
        """What fits the chosen line: its reason, or its date among the quick ones."""
        shown = self.model.rows[row][1] if 0 <= row < len(self.model.rows) else None
        if shown is not None and self._presenter.mode == "return" and shown.line.reason in reasons():
            self.reason_chips.choose(shown.line.reason)
        spoils = shown is not None and bool(shown.product.shelf_life_days)
        self.split_button.setEnabled(spoils)
        for chip in self.date_chips.values():
            chip.setEnabled(spoils)
            chip.setChecked(False)

    def edit_next(self) -> None:
        """F4: the count, or the date where it is lacking; again, while a cell is open: the next one of the line."""
        row = max(self.table.current_row(), 0)
        if not self.model.rows:
            return
        at = self.table.currentIndex()
        editing = self.table.state() == QAbstractItemView.State.EditingState and at.row() == row
        column = QUANTITY
        if self._presenter.mode == "receive":
            cells = sorted(EDITED, key=lambda one: self._tight and one in BACK)
            if editing and at.column() in cells:
                column = cells[(cells.index(at.column()) + 1) % len(cells)]
            elif self.model.rows[row][1].lacks_date:
                column = EXPIRY
        self.edit(row, column)

    def edit(self, row: int, column: int) -> None:
        """Opens a cell to be typed over, and turns to its column where that is hidden."""
        if self.table.isColumnHidden(column):
            self._turned = column in BACK
            self._show_columns()
        self.table.setFocus()
        self.table.setCurrentIndex(self.model.index(row, column))
        self.table.edit(self.model.index(row, column))


class Walk(QObject):
    """Typing quantities down the list: Enter takes one and opens the next, Esc ends it. ``ended`` after the last."""

    ended = Signal()

    def __init__(self, table: TwoLineTable, model: LinesModel) -> None:
        super().__init__(table)
        self._table = table
        self._model = model
        self._row = -1
        self._refused = False
        table.row_delegate.closeEditor.connect(self._on_closed)
        model.refused.connect(self._on_refused)

    def start(self, row: int) -> None:
        """Opens the quantity of a row."""
        self._row = row
        QTimer.singleShot(0, self._open)

    def _open(self) -> None:
        self._refused = False
        if not 0 <= self._row < len(self._model.rows):
            self._row = -1
            self.ended.emit()
            return
        index = self._model.index(self._row, QUANTITY)
        self._table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._table.setCurrentIndex(index)
        self._table.scrollTo(index)
        self._table.edit(index)

    def _on_refused(self, words: str) -> None:  # noqa: ARG002
        self._refused = True

    def _on_closed(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:  # noqa: ARG002
        if self._row < 0:
            return
        if hint != QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            self._row = -1
            return
        if not self._refused:
            self._row += 1
        QTimer.singleShot(0, self._open)


def is_delete(event: QKeyEvent) -> bool:
    """Whether a key takes a line out."""
    return event.key() == Qt.Key.Key_Delete
