"""Goods In: take a producer's delivery, give goods back, look at what was recorded. Widgets only.

The rules are in ``presenter``; ``draft_page`` and ``side`` show the draft, ``history_acts`` what was recorded, and the
form for new goods comes from ``ui.goods_form``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from pos_app.domain.formats import quantity_text, split_multiplier, thousands
from pos_app.i18n import _
from pos_app.ledger.goods_notes import Note
from pos_app.ui.messages import Message
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.goods_in.draft import Body
from pos_app.ui.screens.goods_in.draft_page import DraftHead, DraftPage, is_delete
from pos_app.ui.screens.goods_in.history_acts import HistoryActs
from pos_app.ui.screens.goods_in.line_acts import LineActs
from pos_app.ui.screens.goods_in.lines import ONE
from pos_app.ui.screens.goods_in.new_goods_acts import NewGoodsActs
from pos_app.ui.screens.goods_in.presenter import GoodsInPresenter
from pos_app.ui.screens.goods_in.record_acts import RecordActs
from pos_app.ui.screens.goods_in.side import DraftSide
from pos_app.ui.screens.goods_in.table_model import QUANTITY
from pos_app.ui.widgets.finder import Finder
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.results import Result

UNKNOWN = 1
"""Number of the message about a barcode that nothing carries."""


class GoodsInScreen(Screen):
    """See the module."""

    name = "goods_in"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        theme = self.theme
        self.presenter = GoodsInPresenter(shell.counter)
        self.head = DraftHead(theme)
        self.page = DraftPage(theme, self.presenter)
        self.side = DraftSide(theme)
        self.past = HistoryActs(self)
        self.new_goods = NewGoodsActs(self)
        self.recording = RecordActs(self)
        self.producer_field, self.reference_field = self.head.producer_field, self.head.reference_field
        self.scan_field = self.head.scan_field
        self.model, self.table = self.page.model, self.page.table
        self.main_button = self.side.main_button
        self.producer_finder = Finder(
            theme, self.producer_field, self, self._find_producers, empty=_("No producer found. Check the spelling.")
        )
        self.goods_finder = Finder(
            theme, self.scan_field, self, self._find_goods, empty=_("This producer has no such goods.")
        )
        self.acts = LineActs(self)
        self._unowned: tuple[str, int] | None = None
        """A barcode that goods of several producers carry, and how many were scanned, until one is chosen."""
        self._build()
        self._wire()

    def _build(self) -> None:
        self.sides = QStackedWidget()
        self.sides.addWidget(self.side)
        self.sides.addWidget(self.past.side)
        self.gate = Gate(self.theme, self.shell.counter, self.sides)
        self.gate.closed.connect(self.restore_focus)
        left = QVBoxLayout()
        left.setSpacing(8)
        for widget, stretch in (
            (self.head, 0),
            (self.past.head, 0),
            (self.strip, 0),
            (self.page, 1),
            (self.past.page, 1),
        ):
            left.addWidget(widget, stretch)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self.gate)
        self._show_page(history=False)

    def _wire(self) -> None:
        page = self.page
        self.producer_finder.picked.connect(self._on_producer)
        self.producer_field.tapped.connect(self._on_producer_focus)
        self.reference_field.editingFinished.connect(self._on_reference)
        self.goods_finder.picked.connect(self._on_goods)
        self.goods_finder.entered.connect(self._on_typed)
        self.scan_field.command.connect(self._on_scan_command)
        self.head.new_button.clicked.connect(self.new_goods.open)
        self.table.row_changed.connect(page.show_row)
        self.model.dataChanged.connect(self._on_line_changed)
        self.model.refused.connect(self._on_refused)
        page.walk.ended.connect(self.scan_field.setFocus)
        page.return_button.clicked.connect(self._toggle_mode)
        page.history_button.clicked.connect(self.open_history)
        self.main_button.clicked.connect(self.main_action)
        self.side.ticked.connect(self._on_ticked)

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Goods In")

    def commands(self) -> Sequence[Command]:
        past = self.past
        return (
            Command("F2", _("Scan field"), self._focus_scan),
            Command("F3", _("New item"), self.new_goods.open),
            Command("F4", _("Edit the cells of a line"), self.acts.edit_cell),
            Command("F5", _("Return all that is left"), lambda: self.acts.fill(expired_only=False)),
            Command("F6", _("Return goods; undo a note in the history"), self._on_f6),
            Command("F7", _("Copy last delivery; return all that expired"), self._on_f7),
            Command("F8", _("Choose producer"), lambda: past.show_everyone() if self.in_history else self._producers()),
            Command(
                "F9", _("History; reprint there"), lambda: past.reprint() if self.in_history else self.open_history()
            ),
            Command("Ctrl+D", _("Another date for the same goods"), self.acts.split),
        )

    @property
    def in_history(self) -> bool:
        """Whether the history is shown."""
        return not self.past.page.isHidden()

    @property
    def registering(self) -> bool:
        """Whether the form for new goods is open."""
        return self.new_goods.form is not None

    def activated(self) -> None:
        for button in (self.main_button, self.past.side.main_button):
            button.set_icon("" if self.shell.counter.is_manager else "lock-outline")
        self.presenter.refresh()
        if self.in_history:
            self.past.refresh()
        self.show_draft()
        self.restore_focus()
        if (message := self.presenter.vanished()) is not None:
            self.shell.say(message)

    def default_focus(self) -> QWidget | None:
        if self.new_goods.form is not None:
            return self.new_goods.form.focus_widget()
        if self.in_history:
            return self.past.page.table
        return self.scan_field if self.presenter.producer else self.producer_field

    def take_scan(self, code: str) -> None:
        if self.gate.asking:
            self.shell.say(Message("E", _("Finish or cancel the question first, then scan.")))
            return
        if self.new_goods.form is not None:
            self.new_goods.form.take_scan(code)
            return
        if (note := self.past.history.named(code)) is not None:
            self._open_note(note)
            return
        if self.in_history:
            self.close_history()
        quantity = self._typed_before() or ONE
        self.take(code, quantity, lambda at: self.presenter.take_code(code, quantity, at))

    def _typed_before(self) -> int | None:
        """The ``12*`` typed before a scan, whichever field or cell had the focus; it is taken out of there."""
        for field in (self.scan_field, self.window().focusWidget()):
            if not isinstance(field, QLineEdit):
                continue
            quantity, rest = split_multiplier(field.text())
            weight = field.text().strip()[-1:].isdigit()  # elsewhere that is a note's number or a price
            if quantity and not rest and not (weight and field is not self.scan_field):
                field.setText(self.table.currentIndex().data() if self.table.isAncestorOf(field) else "")
                return quantity
        return None

    def escape(self) -> bool:
        for finder in (self.goods_finder, self.producer_finder):
            if finder.is_open:
                finder.close()
                return True
        if self.gate.asking:
            self.gate.close_question()
        elif self.new_goods.form is not None:
            self.new_goods.form.escape()
        elif self.in_history:
            self.close_history()
        elif self.scan_field.text():
            self.scan_field.clear()
        elif self.presenter.mode == "return" and not self.model.rows:
            self._toggle_mode()
        else:
            return False
        return True

    def main_action(self) -> None:
        if self.gate.asking:
            self.gate.accept()
        elif self.new_goods.form is not None:
            self.new_goods.form.main_action()
        elif self.in_history:
            self.past.main_action()
        else:
            self.recording.ask()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_delete(event) and self.table.hasFocus():
            self.acts.remove()
            return
        super().keyPressEvent(event)

    def _on_ticked(self) -> None:
        side = self.side
        self.presenter.set_printing(note=side.note_tick.isChecked(), labels=side.label_tick.isChecked())
        side.show_draft(self.presenter)

    # Goods ---------------------------------------------------------------------------------------------------------

    def take(self, code: str, quantity: int, add: Callable[[int], Message]) -> None:
        """Adds ``quantity`` of what was scanned, typed or chosen by ``add``, and shows its line."""
        self.goods_finder.close()
        self.producer_finder.close()
        self._unowned = None
        before = self.presenter.producer
        message = add(self.table.current_row())
        self.show_draft()
        if message.kind == "S":
            self.table.select_row(self.presenter.lines.newest)
        elif len(owners := self.presenter.owners(code)) > 1:
            self._unowned = (code, quantity)
            self.producer_field.setFocus()
            self.producer_finder.show_results([Result(owner, name, owner) for owner, name in owners])
        elif message.number == UNKNOWN and self.presenter.mode == "receive" and code.isdigit():
            message = message.with_action(_("Register"), partial(self.new_goods.register, code, quantity))
        self.shell.say(message)
        if self.presenter.producer != before:
            self.scan_field.setFocus()

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
        scanned, self._unowned = self._unowned, None
        self.show_draft()
        if scanned is not None:
            self.take(scanned[0], scanned[1], lambda at: self.presenter.take_code(*scanned, at))
        elif message is not None:
            self.shell.say(message)
        else:
            self.shell.hush()
        self.scan_field.setFocus()

    def _on_goods(self, sku: str) -> None:
        quantity = split_multiplier(self.scan_field.text())[0] or ONE
        self.scan_field.clear()
        self.take(sku, quantity, lambda at: self.presenter.add_sku(sku, quantity, at))

    def _on_typed(self, text: str) -> None:
        self.scan_field.clear()
        quantity, rest = split_multiplier(text)
        row = self.table.current_row()
        if quantity and not rest and 0 <= row < len(self.model.rows):
            self.model.setData(self.model.index(row, QUANTITY), quantity_text(quantity))
            return
        self.take(rest, quantity or ONE, lambda at: self.presenter.take_typed(text, at))

    # Lines ---------------------------------------------------------------------------------------------------------

    def _on_scan_command(self, name: str) -> None:
        if self.goods_finder.is_open:
            return
        if not self.table.step(name) and name == "Delete":
            self.acts.remove()

    def _on_line_changed(self) -> None:
        self.gate.close_question()
        self.side.show_draft(self.presenter)

    def _on_refused(self, words: str) -> None:
        self.shell.say(Message("E", words))

    def _on_reference(self) -> None:
        self.presenter.set_reference(self.reference_field.text())

    # Pages ---------------------------------------------------------------------------------------------------------

    def _on_f6(self) -> None:
        if self.in_history:
            self.past.undo_only()
        else:
            self._toggle_mode()

    def _on_f7(self) -> None:
        if self.presenter.mode == "return":
            self.acts.fill(expired_only=True)
        elif not self.in_history:
            self.acts.copy_last()

    def _focus_scan(self) -> None:
        if self.in_history:
            self.close_history()
        self.scan_field.setFocus()

    def _producers(self) -> None:
        self.producer_field.setFocus()
        self.producer_finder.show_all()

    def _toggle_mode(self) -> None:
        self.presenter.set_mode("return" if self.presenter.mode == "receive" else "receive")
        self.shell.hush()
        self.show_draft()
        self.restore_focus()

    def open_history(self) -> None:
        """F9: what was recorded."""
        self.past.open()
        self._to_history()

    def _open_note(self, note: Note) -> None:
        """The paper of a note was scanned."""
        self.past.open_note(note)
        self._to_history()

    def _to_history(self) -> None:
        self.shell.hush()
        self._show_page(history=True)
        self.restore_focus()

    def close_history(self) -> None:
        """Back to the draft."""
        self.gate.close_question()
        self._show_page(history=False)
        self.show_draft()
        self.restore_focus()

    def type_again(self, body: Body) -> None:
        """The lines of a note that was undone are the draft now."""
        self.presenter.begin(body)
        self.close_history()
        self.table.select_row(0)

    def _show_page(self, *, history: bool) -> None:
        drafted: tuple[QWidget, ...] = (self.head, self.page)
        recorded: tuple[QWidget, ...] = (self.past.head, self.past.page)
        for widget in drafted + recorded:
            widget.setVisible((widget in recorded) == history)
        self.show_side(self.past.side if history else self.side)

    def show_side(self, side: QWidget) -> None:
        """The right column is as wide as what it shows."""
        self.sides.setCurrentWidget(side)
        self.new_goods.fit()

    def show_draft(self) -> None:
        """Shows the draft anew; a question that is open was about another one."""
        self.gate.close_question()
        self.page.show_draft()
        self.producer_field.setText(self.presenter.producer_name)
        self.reference_field.setText(self.presenter.body.reference)
        self.head.new_button.setEnabled(self.presenter.mode == "receive")
        self.side.show_draft(self.presenter)
