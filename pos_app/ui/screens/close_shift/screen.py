"""Close Shift: count blind, look at the difference, done. Widgets only; the rules are in ``presenter``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QIntValidator, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _
from pos_app.ui.messages import Message
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.close_shift.presenter import COINS, NOTES, CloseShiftPresenter
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import AmountText, IconText, Text, padded_card, rule
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import AmountField, TextField, field_row
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import ScrollArea
from pos_app.ui.widgets.sums import SumRow, Sums

_STEPS = ("count", "difference", "done")


class PiecesField(TextField):
    """How many pieces of one value."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, placeholder="0")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setValidator(QIntValidator(0, 9999, self))
        self.setMaxLength(4)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        forward = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down}
        if event.key() in forward:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def value(self) -> int:
        """Pieces typed so far."""
        return int(self.text() or 0)


class CloseShiftScreen(Screen):
    """``on_closed`` is called after a closing: it starts an exchange with the centre."""

    name = "close_shift"

    def __init__(self, shell: Shell, on_closed: Callable[[], None] | None = None) -> None:
        super().__init__(shell)
        self.presenter = CloseShiftPresenter(shell.counter)
        self._on_closed = on_closed
        self._fields: dict[tuple[int, bool], PiecesField] = {}
        self._amounts: dict[tuple[int, bool], Text] = {}
        self.pages = QStackedWidget()
        for page in (self._empty_page(), self._count_page(), self._difference_page(), self._done_page()):
            self.pages.addWidget(page)
        self.gate = Gate(self.theme, shell.counter, self.pages)
        self.gate.closed.connect(self.restore_focus)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(self._header())
        column.addWidget(self.strip)
        column.addWidget(self.gate, 1)
        column.addLayout(self._footer())
        self.theme.changed.connect(self._arrange)
        self._arrange()

    # Building --------------------------------------------------------------------------------------------------------

    def _header(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._step_texts = []
        for number, words in enumerate((_("Count"), _("Difference"), _("Done")), start=1):
            if number > 1:
                row.addWidget(IconText(self.theme, "chevron-right", 18, "muted"))
            text = Text(self.theme, f"{number} {words}", step="row", tone="muted")
            self._step_texts.append(text)
            row.addWidget(text)
        row.addStretch(1)
        self.shift_text = Text(self.theme, step="caption", tone="muted")
        row.addWidget(self.shift_text)
        return row

    def _footer(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.back_button = KeyButton(self.theme, _("Not finished"), key="Esc", icon="arrow-left")
        self.back_button.clicked.connect(self.escape_or_leave)
        self.main_button = KeyButton(self.theme, _("Next"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        row.addWidget(self.back_button, 1)
        row.addWidget(self.main_button, 2)
        return row

    def _empty_page(self) -> QWidget:
        frame, column = padded_card()
        column.addStretch(1)
        column.addWidget(IconText(self.theme, "cash-lock", 40, "border"), 0, Qt.AlignmentFlag.AlignHCenter)
        text = Text(self.theme, _("Shift not open."), step="title", weight=700)
        column.addWidget(text, 0, Qt.AlignmentFlag.AlignHCenter)
        hint = Text(self.theme, _("Open it on the Sell screen first."), tone="muted")
        column.addWidget(hint, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        return frame

    def _count_page(self) -> QWidget:
        page = QWidget()
        self._count_row = QHBoxLayout(page)
        self._count_row.setContentsMargins(0, 0, 0, 0)
        self._count_row.setSpacing(12)
        self._count_row.addWidget(self._pieces_card(_("Notes"), NOTES, coin=False), 1)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self._pieces_card(_("Coins"), COINS, coin=True))
        total, column = padded_card()
        column.addWidget(Text(self.theme, _("Counted cash"), weight=700, tone="muted"))
        self.counted_text = AmountText(self.theme, ("change", "received", "button", "body"))
        column.addWidget(self.counted_text)
        right.addWidget(total)
        right.addStretch(1)
        self._count_row.addLayout(right, 1)
        return ScrollArea(page)

    def _pieces_card(self, title: str, values: Sequence[int], *, coin: bool) -> QWidget:
        frame, column = padded_card(spacing=0)
        column.setContentsMargins(16, 4, 16, 4)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 2)
        for place, words in enumerate((title, _("No. of pieces"), _("Amount"))):
            head = Text(self.theme, words, step="caption", weight=700, tone="muted")
            head.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(head, 0, place)
        for row, value in enumerate(values, start=1):
            self._pieces_row(grid, row, value, coin=coin)
        column.addLayout(grid)
        column.addStretch(1)
        return frame

    def _pieces_row(self, grid: QGridLayout, row: int, value: int, *, coin: bool) -> None:
        label = Text(self.theme, f"{thousands(value)} ×", step="row")
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        field = PiecesField(self.theme)
        field.setFixedWidth(self.theme.px(96))
        label.setBuddy(field)
        kind = _("Coin {value}") if coin else _("Note {value}")
        field.setAccessibleName(kind.format(value=thousands(value)))
        amount = Text(self.theme, "0", step="row")
        amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        field.textEdited.connect(partial(self._on_pieces, value, coin))
        self._fields[value, coin] = field
        self._amounts[value, coin] = amount
        for place, widget in enumerate((label, field, amount)):
            grid.addWidget(widget, row, place)

    def _difference_page(self) -> QWidget:
        theme = self.theme
        page = QWidget()
        self._difference_row = QHBoxLayout(page)
        self._difference_row.setContentsMargins(0, 0, 0, 0)
        self._difference_row.setSpacing(12)
        left, column = padded_card(spacing=4)
        self.figures = Sums(theme)
        self.difference_sums = Sums(theme)
        column.addWidget(self.figures)
        column.addWidget(self.difference_sums)
        column.addStretch(1)
        right, form = padded_card(spacing=8)
        self.note_field = TextField(theme, placeholder=_("for example: wrong change on receipt 4102"))
        self.note_field.setMaxLength(200)
        self._note_row = field_row(theme, _("Reason for the &difference (required)"), self.note_field)
        self.deposit_field = AmountField(theme)
        self.deposit_field.value_changed.connect(self._on_deposit)
        self.float_field = AmountField(theme)
        self.float_field.value_changed.connect(self._on_float)
        form.addWidget(self._note_row)
        pair = QHBoxLayout()
        pair.setSpacing(12)
        pair.addWidget(field_row(theme, _("&Deposit"), self.deposit_field), 1)
        pair.addWidget(field_row(theme, _("Tomorrow's &float"), self.float_field), 1)
        form.addLayout(pair)
        self.parked_box, parked = padded_card("warning", 4)
        self.parked_text = Text(theme, weight=700)
        self.parked_text.setWordWrap(True)
        self.parked_chips = ChipRow(theme, [("carry", _("Carry over")), ("cancel", _("Cancel carts"))])
        self.parked_chips.chosen.connect(self._on_parked)
        parked.addWidget(self.parked_text)
        parked.addWidget(self.parked_chips)
        form.addWidget(self.parked_box)
        self.unsent_text = Text(theme, step="caption", tone="muted")
        self.unsent_text.setWordWrap(True)
        form.addWidget(self.unsent_text)
        form.addStretch(1)
        self._difference_row.addWidget(left, 1)
        self._difference_row.addWidget(right, 1)
        return ScrollArea(page)

    def _done_page(self) -> QWidget:
        frame, column = padded_card("success", 8)
        head = QHBoxLayout()
        head.addWidget(IconText(self.theme, "check-circle-outline", 28, "success"))
        self.done_title = Text(self.theme, step="title", weight=700)
        head.addWidget(self.done_title, 1)
        column.addLayout(head)
        column.addWidget(rule())
        self.done_sums = Sums(self.theme)
        column.addWidget(self.done_sums)
        self.done_text = Text(self.theme, tone="muted")
        self.done_text.setWordWrap(True)
        column.addWidget(self.done_text)
        column.addStretch(1)
        return ScrollArea(frame)

    def _arrange(self) -> None:
        narrow = self.theme.scale > 140
        direction = QHBoxLayout.Direction.TopToBottom if narrow else QHBoxLayout.Direction.LeftToRight
        self._count_row.setDirection(direction)
        self._difference_row.setDirection(direction)
        for field in self._fields.values():
            field.setFixedWidth(self.theme.px(96))
        self.back_button.setFixedHeight(self.theme.px(72))

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Close Shift")

    def commands(self) -> Sequence[Command]:
        return ()

    def activated(self) -> None:
        self.presenter.begin()
        self._show()
        if self.presenter.step == "count" and self.presenter.shift() is not None:
            self._say_blind()
        self.restore_focus()

    def default_focus(self) -> QWidget | None:
        if self.presenter.step == "difference":
            return self.note_field if self.presenter.difference().value else self.deposit_field
        if self.presenter.step == "count" and self.presenter.shift() is not None:
            return next((f for f in self._fields.values() if not f.text()), self._fields[NOTES[0], False])
        return self.main_button

    def take_scan(self, code: str) -> None:  # noqa: ARG002
        self.shell.say(Message("E", _("Nothing is scanned while the shift is closed. Finish or go back first.")))

    def escape(self) -> bool:
        if self.gate.asking:
            self.gate.close_question()
            return True
        if self.presenter.step == "difference":
            self._ask_recount()
            return True
        return False

    def escape_or_leave(self) -> None:
        """The button beside the main one."""
        if not self.escape():
            self.shell.go("sell")

    def main_action(self) -> None:
        if self.gate.asking:
            self.gate.accept()
        elif self.presenter.step == "done" or self.presenter.shift() is None:
            self.shell.go("sell")
        elif self.presenter.step == "count":
            message = self.presenter.lock_count()
            self._fill_difference()
            self._show()
            if message is not None:
                self.shell.say(message)
            else:
                self.shell.hush()
            self.restore_focus()
        else:
            self._close()

    def enter(self, pieces: Mapping[tuple[int, bool], int], note: str = "") -> None:
        """Fill in a count of notes and coins (value, is a coin) and the reason, as if typed."""
        for (value, coin), number in pieces.items():
            self._fields[value, coin].setText(str(number) if number else "")
            self._on_pieces(value, coin, "")
        self.note_field.setText(note)

    # What happens --------------------------------------------------------------------------------------------------

    def _close(self) -> None:
        note, deposit = self.note_field.text(), self.deposit_field.value() or 0
        obstacle = self.presenter.obstacle(note, deposit)
        if obstacle is not None:
            self.note_field.set_wrong(not note.strip() and bool(self.presenter.difference().value))
            self.shell.say(obstacle)
            self.restore_focus()
            return
        difference = self.presenter.difference()
        lines = (
            _("Counted cash {amount}").format(amount=rupiah(self.presenter.counted)),
            f"{difference.word} {difference.amount}",
            _("Deposit {amount}").format(amount=rupiah(deposit)),
        )
        approval = Approval(_("Close the shift and print the report?"), lines)
        label = _("Close & print report")
        if self.presenter.needs_manager():
            self.gate.require("large_difference", approval, self._record, label=label)
        else:
            self.gate.confirm(approval, label, self._record)
        self._show_footer()

    def _record(self, approved_by: str | None) -> None:
        message = self.presenter.close(self.note_field.text(), self.deposit_field.value() or 0, approved_by)
        self._show()
        self.shell.refresh_state()
        self.shell.say(message)
        self.restore_focus()
        if self.presenter.step == "done" and self._on_closed is not None:
            self._on_closed()

    def _ask_recount(self) -> None:
        approval = Approval(_("Count again"), (_("The count is locked; the expected figure has been seen."),))
        self.gate.require("recount", approval, self._recount)
        self._show_footer()

    def _recount(self, _approved_by: str | None) -> None:
        self.presenter.recount()
        self._say_blind()
        self._show()
        self.restore_focus()

    def _say_blind(self) -> None:
        self.shell.say(Message("I", _("Count the drawer. System figure is not shown yet.")))

    def _on_pieces(self, value: int, coin: bool, _text: str) -> None:
        pieces = self._fields[value, coin].value()
        self.presenter.set_pieces(value, pieces, coin=coin)
        self._amounts[value, coin].setText(thousands(value * pieces))
        self.counted_text.setText(rupiah(self.presenter.counted))

    def _on_deposit(self) -> None:
        if self.deposit_field.hasFocus():
            self.float_field.set_value(max(self.presenter.counted - (self.deposit_field.value() or 0), 0))

    def _on_float(self) -> None:
        if self.float_field.hasFocus():
            self.deposit_field.set_value(max(self.presenter.counted - (self.float_field.value() or 0), 0))

    def _on_parked(self, choice: str) -> None:
        self.presenter.parked = "cancel" if choice == "cancel" else "carry"

    # What is shown -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        presenter = self.presenter
        shift = presenter.shift()
        if presenter.step != "done" and shift is None:
            self.pages.setCurrentIndex(0)
        else:
            self.pages.setCurrentIndex(1 + _STEPS.index(presenter.step))
        for place, text in enumerate(self._step_texts):
            current = _STEPS[place] == presenter.step
            text.set_tone("primary" if current else "muted")
            text.set_step("row", 700 if current else 400)
        self.shift_text.setText(presenter.opened_text(shift) if shift is not None else "")
        if presenter.step == "count":
            self._show_count()
        elif presenter.step == "difference":
            self._show_difference()
        else:
            self._show_done()
        self._show_footer()

    def _show_footer(self) -> None:
        asking = self.gate.asking
        step = self.presenter.step
        shift = self.presenter.shift()
        self.back_button.setVisible(not asking and step != "done")
        self.main_button.setVisible(not asking)
        locked = step == "difference" and not self._is_manager()
        self.back_button.set_icon("lock-outline" if locked else "arrow-left")
        self.back_button.setText(_("Count again") if step == "difference" else _("Not finished"))
        words = {"count": _("Next"), "difference": _("Close & print report"), "done": _("To the Sell screen")}
        self.main_button.setText(words[step] if shift is not None or step == "done" else _("To the Sell screen"))

    def _is_manager(self) -> bool:
        user = self.shell.counter.user
        return user is not None and user.is_manager

    def _show_count(self) -> None:
        for (value, coin), field in self._fields.items():
            pieces = self.presenter.pieces_of(value, coin=coin)
            field.setText(str(pieces) if pieces else "")
            self._amounts[value, coin].setText(thousands(value * pieces))
        self.counted_text.setText(rupiah(self.presenter.counted))

    def _fill_difference(self) -> None:
        self.note_field.clear()
        self.note_field.set_wrong(False)
        deposit = self.presenter.usual_deposit()
        self.deposit_field.set_value(deposit)
        self.float_field.set_value(self.presenter.counted - deposit)

    def _show_difference(self) -> None:
        presenter = self.presenter
        self.figures.show_rows(
            [SumRow(line.label, line.amount, bold=line.result, rule=line.result) for line in presenter.figures()]
        )
        difference = presenter.difference()
        self.difference_sums.show_rows(
            [
                SumRow(
                    _("DIFFERENCE") + f"  {difference.word}",
                    difference.amount,
                    tone=difference.tone,
                    bold=True,
                    icon=difference.icon,
                    rule=True,
                    step="title",
                )
            ]
        )
        self._note_row.setVisible(difference.value != 0)
        parked = presenter.parked_carts()
        self.parked_box.setVisible(bool(parked))
        self.parked_text.setText(_("{count} held carts: {carts}").format(count=len(parked), carts="; ".join(parked)))
        unsent = presenter.unsent()
        text = _("{count} records wait to be sent; closing does not wait for them.").format(count=unsent)
        self.unsent_text.setText(text if unsent else _("Everything has been sent."))

    def _show_done(self) -> None:
        closed = self.presenter.closed
        if closed is None:
            return
        word = _("EXACT") if not closed.difference else _("OVER") if closed.difference > 0 else _("SHORT")
        tone = "success" if not closed.difference else "danger" if closed.difference < 0 else "warning"
        icon = "alert-outline" if closed.difference else "check-circle-outline"
        self.done_title.setText(_("Shift closed · {number}").format(number=closed.number))
        self.done_sums.show_rows(
            [
                SumRow(_("Expected cash"), rupiah(closed.expected), step="row"),
                SumRow(_("Counted cash"), rupiah(closed.counted), step="row", bold=True),
                SumRow(
                    _("DIFFERENCE") + f"  {word}",
                    rupiah(closed.difference),
                    tone=tone,
                    icon=icon,
                    bold=True,
                    step="row",
                ),
                SumRow(_("Deposit"), rupiah(closed.deposit), step="row", rule=True),
                SumRow(_("Tomorrow's float"), rupiah(closed.counted - closed.deposit), step="row"),
            ]
        )
        self.done_text.setText(_("The report is in the print queue. Records are sent to the centre when it answers."))
