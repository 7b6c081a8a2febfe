"""The page on which goods are counted: a list, a field that scans and types go to, and what is chosen. Widgets only."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.formats import quantity_text, split_multiplier
from pos_app.i18n import _
from pos_app.ui.messages import Message
from pos_app.ui.screen import Shell
from pos_app.ui.screens.stock_count.presenter import ONE, CountLine, CountPresenter, Which
from pos_app.ui.screens.stock_count.table_model import CountModel
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import ScanField, TextField, field_row
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.side import SidePanel, TightColumns
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import TwoLineTable

SETTLE_MS = 400


class CountPage(QWidget):
    """``finished`` when all is said to be counted; ``cancelling`` when the count is to be given up."""

    finished = Signal()
    cancelling = Signal()

    def __init__(self, shell: Shell, presenter: CountPresenter) -> None:
        super().__init__()
        self.shell = shell
        self.presenter = presenter
        theme = shell.theme
        self.model = CountModel(presenter)
        self.table = TwoLineTable(theme, self.model, empty=_("There is nothing to count here."), empty_icon="warehouse")
        self.table.row_changed.connect(self._on_row_changed)
        self.table.row_activated.connect(self._on_row_activated)
        TightColumns(theme, self.table, (1,))
        self.scan_field = ScanField(theme, _("Scan each piece, or 12* and scan; type a name to look for goods"))
        self.scan_field.textEdited.connect(self._on_search)
        self.scan_field.command.connect(self._on_command)
        self.chips = ChipRow(theme, [("all", _("All")), ("left", _("Not counted")), ("counted", _("Counted"))])
        self.chips.chosen.connect(self._on_filter)
        self._build()

    def _build(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        for widget in (self.scan_field, self.chips):
            left.addWidget(widget)
        left.addWidget(self.table, 1)
        theme = self.shell.theme
        self.again_button = KeyButton(theme, _("Count again"), key="F6")
        self.again_button.clicked.connect(self.again)
        self.zero_button = KeyButton(theme, _("None there"), key="F7")
        self.zero_button.clicked.connect(self.declare_zero)
        self.leave_button = KeyButton(theme, _("Leave out"), key="F8")
        self.leave_button.clicked.connect(self.leave_out)
        left.addWidget(ActionBar(theme, [self.again_button, self.zero_button, self.leave_button]))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self._side())

    def _side(self) -> SidePanel:
        theme = self.shell.theme
        panel = SidePanel(theme, width=360, compact=320)
        card, column = padded_card()
        self.title_text = Text(theme, step="caption", tone="muted")
        self.title_text.setWordWrap(True)
        self.sums = Sums(theme)
        column.addWidget(self.title_text)
        column.addWidget(self.sums)
        goods, below = padded_card()
        self.name_text = Text(theme, step="row", weight=700)
        self.name_text.setWordWrap(True)
        self.place_text = Text(theme, step="caption", tone="muted")
        self.place_text.setWordWrap(True)
        self.found_text = Text(theme, step="change", weight=700)
        self.count_field = TextField(theme, placeholder=_("all pieces of it"))
        self.count_field.returnPressed.connect(self._on_typed)
        below.addWidget(self.name_text)
        below.addWidget(self.place_text)
        below.addWidget(self.found_text)
        below.addWidget(field_row(theme, _("C&ounted"), self.count_field))
        self.cancel_button = KeyButton(theme, _("Cancel the count"), kind="danger")
        self.cancel_button.clicked.connect(self.cancelling)
        panel.body.addWidget(goods)
        panel.body.addWidget(card)
        panel.body.addStretch(1)
        panel.body.addWidget(self.cancel_button)
        self.main_button = KeyButton(theme, _("All counted"), key="F12", kind="main")
        self.main_button.clicked.connect(self.finished)
        panel.foot.addWidget(self.main_button)
        return panel

    # Counting --------------------------------------------------------------------------------------------------------

    def current(self) -> CountLine | None:
        """The goods that are chosen."""
        place = self.table.current_row()
        return self.model.rows[place] if 0 <= place < len(self.model.rows) else None

    def take_scan(self, code: str) -> None:
        """A barcode: one piece more, or as many as were typed before it."""
        quantity, rest = split_multiplier(self.scan_field.text())
        found = self.presenter.find(code)
        if isinstance(found, Message):
            self.shell.say(found)
            return
        if not quantity or rest:
            quantity = ONE
        self._clear_search()

        def count() -> None:
            self.shell.say(self.presenter.scanned(found, quantity))
            self.show_line(found.sku)

        if self.presenter.belongs(found.sku):
            count()
            return
        text = _("{item} is not of this count. Put it where it belongs, or count it too.")
        self.shell.say(Message("W", text.format(item=found.name)).with_action(_("Count it too"), count))

    def escape(self) -> bool:
        """One step back within the page."""
        if self.scan_field.text() or self.presenter.text:
            self._clear_search()
            self.scan_field.setFocus()
            return True
        if self.count_field.hasFocus():
            self.count_field.clear()
            self.scan_field.setFocus()
            return True
        return False

    def again(self) -> None:
        """F6: the chosen goods from the start."""
        self._with_chosen(lambda line: self.shell.say(self.presenter.again(line.goods.sku)))

    def declare_zero(self) -> None:
        """F7: nothing is there of the chosen goods."""
        self._with_chosen(lambda line: self.presenter.declare_zero([line.goods.sku]))

    def leave_out(self) -> None:
        """F8: the chosen goods are not counted this time."""
        self._with_chosen(lambda line: self.presenter.leave_out([line.goods.sku]))

    def _with_chosen(self, act: Callable[[CountLine], None]) -> None:
        line = self.current()
        if line is None:
            self.shell.say(Message("W", _("Choose the goods in the list.")))
            return
        act(line)
        self.show_line(line.goods.sku)

    def enter_count(self) -> None:
        """F4: type how many there are of the chosen goods."""
        if self.current() is not None:
            self.count_field.setFocus()
            self.count_field.selectAll()

    def _on_typed(self) -> None:
        line = self.current()
        if line is None or not self.count_field.text().strip():
            return
        message = self.presenter.typed(line.goods.sku, self.count_field.text())
        self.shell.say(message)
        if message.kind == "E":
            self.count_field.selectAll()
            return
        self._clear_search()
        self.show_line(line.goods.sku)
        self.scan_field.setFocus()

    def _on_command(self, name: str) -> None:
        if name in ("Up", "Down"):
            step = 1 if name == "Down" else -1
            self.table.select_row(max(0, min(len(self.model.rows) - 1, self.table.current_row() + step)))
        elif name == "Enter":
            self._on_enter(self.scan_field.text().strip())

    def _on_enter(self, text: str) -> None:
        quantity, rest = split_multiplier(text)
        line = self.current()
        if quantity and not rest and line is not None:  # 12* and Enter: so many of the chosen goods
            self.shell.say(self.presenter.typed(line.goods.sku, text))
            self._clear_search()
            self.show_line(line.goods.sku)
        elif text.isdigit():
            self.take_scan(text)
        elif line is not None:
            self.enter_count()

    def _on_search(self, text: str) -> None:
        quantity, rest = split_multiplier(text)
        self.presenter.text = rest if quantity else text
        if not text.strip().isdigit() and not (quantity and not rest):
            self.show_rows()
            self.table.select_row(0)

    def _clear_search(self) -> None:
        self.scan_field.clear()
        if self.presenter.text:
            self.presenter.text = ""
            self.show_rows()

    def _on_filter(self, which: str) -> None:
        self.presenter.which = cast(Which, which)
        self.show_rows()
        self.table.select_row(0)

    def _on_row_changed(self, _row: int) -> None:
        self.count_field.clear()
        self._show_chosen()

    def _on_row_activated(self, _row: int) -> None:
        self.enter_count()

    # What is shown ---------------------------------------------------------------------------------------------------

    def show_all(self) -> None:
        """Everything anew."""
        self.title_text.setText(self.presenter.title())
        self.chips.choose(self.presenter.which)
        self.show_rows()
        if self.table.current_row() < 0:
            self.table.select_row(0)

    def show_rows(self) -> None:
        """The list anew."""
        chosen = self.current()
        self.model.set_rows(self.presenter.shown())
        if chosen is not None:
            self._select(chosen.goods.sku)
        self._show_figures()

    def show_line(self, sku: str) -> None:
        """One product anew; the others stay as they are."""
        line = self.presenter.line(sku)
        place = self._place(sku)
        if line is None or place < 0:
            self.show_rows()
            self._select(sku)
            return
        self.model.put(place, line)
        self.table.select_row(place)
        self._show_figures()

    def _place(self, sku: str) -> int:
        return next((place for place, line in enumerate(self.model.rows) if line.goods.sku == sku), -1)

    def _select(self, sku: str) -> None:
        place = self._place(sku)
        if place >= 0:
            self.table.select_row(place)

    def _show_figures(self) -> None:
        counts = self.presenter.counts()
        self.chips.show_counts(counts)
        left = counts["left"]
        rows = [SumRow(_("Counted"), f"{counts['counted']} / {counts['all']}", bold=True)]
        if not left and counts["all"]:
            rows.append(SumRow(_("Everything is counted."), tone="success", icon="check-circle-outline"))
        self.sums.show_rows(rows)
        self._show_chosen()

    def _show_chosen(self) -> None:
        line = self.current()
        for widget in (self.count_field, self.again_button, self.zero_button, self.leave_button):
            widget.setEnabled(line is not None)
        if line is None:
            self.name_text.setText("")
            self.place_text.setText("")
            self.found_text.setText("")
            return
        goods, row = line.goods, line.row
        self.name_text.setText(goods.name)
        places = (goods.producer_name, goods.shelf, goods.sku)
        self.place_text.setText(" · ".join(part for part in places if part))
        counted = row is not None and row.state == "counted"
        self.found_text.setText(quantity_text(row.counted) if row is not None and counted else "–")
