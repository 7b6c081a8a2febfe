"""Goods In: take a producer's delivery, or give goods back. Widgets only; the rules are in ``presenter``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos_app.domain.formats import quantity_text, rupiah, split_multiplier, thousands
from pos_app.i18n import _
from pos_app.ui.messages import Message
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.goods_in.presenter import ONE, GoodsInPresenter
from pos_app.ui.screens.goods_in.table_model import EXPIRY, QUANTITY, LinesModel, reasons
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card, rule
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import ScanField, TextField, buddy_label
from pos_app.ui.widgets.finder import Finder, PickField
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.results import Result
from pos_app.ui.widgets.side import SidePanel, TightColumns
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import TwoLineTable


class GoodsInScreen(Screen):
    """See the module."""

    name = "goods_in"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        theme = self.theme
        self.presenter = GoodsInPresenter(shell.counter)
        self.model = LinesModel(self.presenter)
        self.table = TwoLineTable(theme, self.model, empty_icon="tray-arrow-down")
        self.table.row_changed.connect(self._on_row_changed)
        TightColumns(theme, self.table, (0, 3))
        self.producer_field = PickField(theme, placeholder=_("Type a producer's name or code"))
        self.reference_field = TextField(theme)
        self.reference_field.setMaxLength(40)
        self.reference_field.editingFinished.connect(self._on_reference)
        self.scan_field = ScanField(theme, _("Scan goods, or type a name"))
        self.producer_finder = Finder(
            theme, self.producer_field, self, self._find_producers, empty=_("No producer found. Check the spelling.")
        )
        self.producer_finder.picked.connect(self._on_producer)
        self.producer_field.tapped.connect(self._on_producer_focus)
        self.goods_finder = Finder(
            theme, self.scan_field, self, self._find_goods, empty=_("This producer has no such goods.")
        )
        self.goods_finder.picked.connect(self._on_goods)
        self.goods_finder.entered.connect(self._on_typed)
        self.scan_field.command.connect(self._on_scan_command)
        self.reason_chips = ChipRow(theme, list(reasons().items()))
        self.reason_chips.chosen.connect(self._on_reason)
        self._build()
        self.model.dataChanged.connect(self._on_line_changed)
        self.model.refused.connect(self._on_refused)

    def _build(self) -> None:
        theme = self.theme
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(self._head())
        left.addWidget(self.scan_field)
        left.addWidget(self.strip)
        left.addWidget(self.reason_chips)
        left.addWidget(self.table, 1)
        self.remove_button = KeyButton(theme, _("Remove line"), key="Del")
        self.remove_button.clicked.connect(self._remove)
        self.copy_button = KeyButton(theme, _("Copy last delivery"), key="F7")
        self.copy_button.clicked.connect(self._copy_last)
        self.return_button = KeyButton(theme, _("Return goods"), key="F6")
        self.return_button.clicked.connect(self._toggle_mode)
        self.reprint_button = KeyButton(theme, _("Reprint"), key="F9")
        self.reprint_button.clicked.connect(self._reprint)
        self.actions_bar = ActionBar(
            theme, [self.remove_button, self.copy_button, self.return_button, self.reprint_button]
        )
        left.addWidget(self.actions_bar)
        self.gate = Gate(theme, self.shell.counter, self._side())
        self.gate.closed.connect(self.restore_focus)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self.gate)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(buddy_label(self.theme, _("&Producer F8"), self.producer_field))
        row.addWidget(self.producer_field, 3)
        row.addSpacing(8)
        row.addWidget(buddy_label(self.theme, _("Producer's &note"), self.reference_field))
        row.addWidget(self.reference_field, 1)
        return row

    def _side(self) -> QWidget:
        theme = self.theme
        panel = SidePanel(theme, width=340, compact=320)
        card, column = padded_card()
        self.draft_text = Text(theme, step="caption", tone="muted")
        self.draft_text.setWordWrap(True)
        self.sums = Sums(theme)
        self.checks = Sums(theme)
        self.check_title = Text(theme, _("Check"), step="row", weight=700)
        column.addWidget(Text(theme, _("Summary"), step="title", weight=700))
        column.addWidget(self.draft_text)
        column.addWidget(rule())
        column.addWidget(self.sums)
        column.addWidget(rule())
        column.addWidget(self.check_title)
        column.addWidget(self.checks)
        column.addStretch(1)
        self.paper_text = Text(theme, step="caption", tone="muted")
        self.paper_text.setWordWrap(True)
        column.addWidget(self.paper_text)
        panel.body.addWidget(card, 1)
        self.main_button = KeyButton(theme, "", key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        self.main_button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        panel.foot.addWidget(self.main_button)
        return panel

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Goods In")

    def commands(self) -> Sequence[Command]:
        return (
            Command("F2", _("Scan field"), self.scan_field.setFocus),
            Command("F4", _("Edit quantity or date"), self._edit_cell),
            Command("F6", _("Return goods"), self._toggle_mode),
            Command("F7", _("Copy last delivery"), self._copy_last),
            Command("F8", _("Choose producer"), self._focus_producer),
            Command("F9", _("Reprint"), self._reprint),
        )

    def activated(self) -> None:
        manager = self.shell.counter.is_manager
        self.main_button.set_icon("" if manager else "lock-outline")
        self._show()
        self.restore_focus()

    def default_focus(self) -> QWidget:
        return self.scan_field if self.presenter.producer else self.producer_field

    def take_scan(self, code: str) -> None:
        if self.gate.asking:
            self.shell.say(Message("E", _("Finish or cancel the question first, then scan.")))
            return
        quantity, rest = split_multiplier(self.scan_field.text())
        if quantity and not rest:
            self.scan_field.clear()
            self._take(lambda: self.presenter.take_code(code, quantity))
        else:
            self._take(lambda: self.presenter.take_code(code))

    def _take(self, add: Callable[[], Message]) -> None:
        self.goods_finder.close()
        self.producer_finder.close()
        before = self.presenter.producer
        message = add()
        self._show()
        if message.kind == "S":
            self.table.select_row(len(self.model.rows) - 1)
            product = self.model.rows[-1][1].product
            self.table.select_row(self.presenter.row_of(product.sku))
        self.shell.say(message)
        if self.presenter.producer != before:
            self.scan_field.setFocus()

    def escape(self) -> bool:
        for finder in (self.goods_finder, self.producer_finder):
            if finder.is_open:
                finder.close()
                return True
        if self.gate.asking:
            self.gate.close_question()
            return True
        if self.scan_field.text():
            self.scan_field.clear()
            return True
        if self.presenter.mode == "return" and not self.model.rows:
            self._toggle_mode()
            return True
        return False

    def main_action(self) -> None:
        if self.gate.asking:
            self.gate.accept()
            return
        self.scan_field.setFocus()  # takes over what is being typed into a row, before the question tells the sums
        obstacle = self.presenter.obstacle()
        if obstacle is not None:
            self.shell.say(obstacle)
            return
        action = "receive" if self.presenter.mode == "receive" else "return_goods"
        self.gate.require(action, Approval(self.main_button.text(), self.presenter.approval_lines()), self._record)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.table.hasFocus():
            self._remove()
            return
        super().keyPressEvent(event)

    # What happens --------------------------------------------------------------------------------------------------

    def _record(self, approved_by: str | None) -> None:
        receiving = self.presenter.mode == "receive"
        message = self.presenter.record(approved_by)
        if self.presenter.once.is_open:
            self.shell.say(message.with_action(_("Try again"), partial(self._record, approved_by)))
            return
        if receiving and message.kind == "S":
            words = _("Print barcode labels ({count})").format(count=self.presenter.label_count())
            message = message.with_action(words, self._label)
        self._show()
        self.shell.refresh_state()
        self.shell.say(message)
        self.restore_focus()

    def _label(self) -> None:
        self.presenter.add_labels()
        self.shell.go("labels")

    def _find_producers(self, text: str) -> list[Result]:
        found = self.presenter.matching_producers(text)
        return [Result(code, name, f"{code} · {place}" if place else code) for code, name, place in found]

    def _find_goods(self, text: str) -> list[Result]:
        return [
            Result(
                product.sku,
                product.name,
                _("{quantity} on hand").format(quantity=quantity_text(product.on_hand)),
                thousands(product.sell_price),
            )
            for product in self.presenter.matching_goods(text)[:30]
        ]

    def _on_producer_focus(self) -> None:
        if not self.presenter.producer:
            self.producer_finder.show_all()

    def _on_producer(self, code: str) -> None:
        message = self.presenter.choose_producer(code)
        self._show()
        if message is not None:
            self.shell.say(message)
        else:
            self.shell.hush()
        self.scan_field.setFocus()

    def _on_goods(self, sku: str) -> None:
        quantity = split_multiplier(self.scan_field.text())[0] or ONE
        self.scan_field.clear()
        message = self.presenter.add_sku(sku, quantity)
        self._show()
        self.table.select_row(self.presenter.row_of(sku))
        self.shell.say(message)

    def _on_typed(self, text: str) -> None:
        self.scan_field.clear()
        quantity, rest = split_multiplier(text)
        row = self.table.current_row()
        if quantity and not rest and 0 <= row < len(self.model.rows):
            self.model.setData(self.model.index(row, QUANTITY), quantity_text(quantity))
            return
        self._take(lambda: self.presenter.take_typed(text))

    def _on_scan_command(self, name: str) -> None:
        if self.goods_finder.is_open:
            return
        if name in ("Up", "Down"):
            step = 1 if name == "Down" else -1
            self.table.select_row(max(0, min(len(self.model.rows) - 1, self.table.current_row() + step)))
        elif name == "Delete":
            self._remove()

    def _on_line_changed(self) -> None:
        self.gate.close_question()
        self._show_sums()

    def _on_refused(self, words: str) -> None:
        self.shell.say(Message("E", words))

    def _on_reference(self) -> None:
        self.presenter.set_reference(self.reference_field.text())

    def _on_reason(self, reason: str) -> None:
        row = self.table.current_row()
        if row >= 0:
            self.presenter.set_reason(row, reason)  # type: ignore[arg-type]
            self._show()

    def _on_row_changed(self, row: int) -> None:
        if self.presenter.mode == "return" and 0 <= row < len(self.model.rows):
            reason = self.model.rows[row][1].line.reason
            if reason in reasons():
                self.reason_chips.choose(reason)

    def _edit_cell(self) -> None:
        """F4: the count, or the date where it is lacking; again, while it is open: the other one."""
        row = max(self.table.current_row(), 0)
        if not self.model.rows:
            return
        shown = self.model.rows[row][1]
        lacks_date = self.presenter.mode == "receive" and shown.product.shelf_life_days and not shown.line.expires_on
        at = self.table.currentIndex()
        editing = self.table.state() == QAbstractItemView.State.EditingState and at.row() == row
        column = EXPIRY if lacks_date else QUANTITY
        if editing and self.presenter.mode == "receive":
            column = EXPIRY if at.column() == QUANTITY else QUANTITY
        self.table.setFocus()
        self.table.setCurrentIndex(self.model.index(row, column))
        self.table.edit(self.model.index(row, column))

    def _focus_producer(self) -> None:
        self.producer_field.setFocus()
        self.producer_finder.show_all()

    def _remove(self) -> None:
        row = self.table.current_row()
        if not 0 <= row < len(self.model.rows):
            return
        line = self.model.rows[row][1].line
        message = self.presenter.remove(row)
        self._show()
        self.table.select_row(min(row, len(self.model.rows) - 1))
        if message is not None:

            def undo() -> None:
                self.presenter.restore(row, line)
                self._show()
                self.table.select_row(row)
                self.shell.hush()

            self.shell.say(message.with_action(_("Undo"), undo))

    def _copy_last(self) -> None:
        if not self.presenter.producer:
            self.shell.say(Message("W", _("Choose a producer, then scan.")))
            return
        if self.presenter.mode == "receive":
            self.shell.say(self.presenter.copy_last())
            self._show()

    def _reprint(self) -> None:
        self.shell.say(self.presenter.reprint())
        self.shell.refresh_state()

    def _toggle_mode(self) -> None:
        self.presenter.set_mode("return" if self.presenter.mode == "receive" else "receive")
        self.shell.hush()
        self._show()
        self.restore_focus()

    # What is shown -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        """Shows the draft anew; a question that is open was about another one."""
        self.gate.close_question()
        presenter = self.presenter
        returning = presenter.mode == "return"
        self.model.show()
        self.table.set_empty(
            _("Choose a producer, then scan.") if not presenter.producer else _("Scan or type the goods first.")
        )
        self.producer_field.setText(presenter.producer_name)
        self.reference_field.setText(presenter.body.reference)
        self.reason_chips.setVisible(returning)
        self.copy_button.setEnabled(not returning and bool(presenter.producer))
        self.remove_button.setEnabled(bool(self.model.rows))
        self.return_button.setText(_("Back to delivery") if returning else _("Return goods"))
        self.actions_bar.refit()
        self.main_button.setText(_("Return & print") if returning else _("Receive & print"))
        self._show_sums()

    def _show_sums(self) -> None:
        presenter = self.presenter
        summary = presenter.summary()
        number = presenter.next_number()
        kind = _("Return") if presenter.mode == "return" else _("Delivery")
        self.draft_text.setText(" · ".join((kind, _("Draft"), number)))
        rows = [
            SumRow(_("Lines"), str(summary.lines)),
            SumRow(_("Quantity"), quantity_text(summary.quantity), bold=True),
            SumRow(_("Consign value"), rupiah(summary.consign)),
            SumRow(_("Sell value"), rupiah(summary.sell)),
        ]
        if presenter.mode == "receive":
            rows.append(SumRow(_("Corner commission"), rupiah(summary.sell - summary.consign)))
        self.sums.show_rows(rows)
        checks = presenter.checks()
        self.check_title.setVisible(bool(checks))
        self.checks.show_rows(
            [
                SumRow(
                    check.text,
                    tone="success" if check.fine else "warning",
                    icon="check-circle-outline" if check.fine else "alert-outline",
                )
                for check in checks
            ]
        )
        self.paper_text.setText(presenter.paper_words())
