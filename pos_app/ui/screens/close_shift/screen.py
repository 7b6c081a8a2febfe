"""Close Shift: count blind, look at the difference, done. Widgets only; the rules are in ``presenter``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.domain.formats import rupiah
from pos_app.i18n import _
from pos_app.ui.backup_presenter import BackupPresenter
from pos_app.ui.backup_worker import BackupWorker
from pos_app.ui.messages import Message
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.close_shift.cash_flow import CashFlow
from pos_app.ui.screens.close_shift.count_page import CountPage
from pos_app.ui.screens.close_shift.difference_page import DifferencePage
from pos_app.ui.screens.close_shift.done_page import DonePage
from pos_app.ui.screens.close_shift.presenter import CloseShiftPresenter
from pos_app.ui.screens.close_shift.x_presenter import XPresenter
from pos_app.ui.sync_worker import SyncWorker
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import IconText, Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import TIGHT_ABOVE

_STEPS = ("count", "difference", "done")


class CloseShiftScreen(Screen):
    """After a closing ``backup`` makes its copies, and ``sync`` sends the report; nobody waits for either."""

    name = "close_shift"

    def __init__(self, shell: Shell, backup: BackupWorker | None = None, sync: SyncWorker | None = None) -> None:
        super().__init__(shell)
        self.presenter = CloseShiftPresenter(shell.counter)
        self._x = XPresenter(shell.counter)
        self.backup = backup
        self._backups = BackupPresenter(shell.counter)
        self.sync = sync
        self.count_page = CountPage(self.theme, self.presenter.drawer_words(), self._actions())
        self.count_page.changed.connect(self._on_pieces)
        self.difference_page = DifferencePage(self.theme, self.presenter)
        self.done_page = DonePage(self.theme, self._reprint)
        self.cash = CashFlow(shell, self._show, self._on_gate_closed)
        self.cash_page = self.cash.page
        self.pages = QStackedWidget()
        for page in (self._empty_page(), self.count_page, self.difference_page, self.done_page, self.cash_page):
            self.pages.addWidget(page)
        self.gate = Gate(self.theme, shell.counter, self.pages)
        self.gate.opened.connect(self._show_footer)
        self.gate.closed.connect(self._on_gate_closed)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(self._header())
        column.addWidget(self.strip)
        column.addWidget(self.gate, 1)
        column.addLayout(self._footer())
        self.theme.changed.connect(self._arrange)
        self._arrange()
        if backup is not None:
            backup.changed.connect(self._show_backup)
        if sync is not None:
            sync.changed.connect(self._show_sent)
            sync.progressed.connect(self._show_sent)

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

    def _actions(self) -> ActionBar:
        """What may be done while the shift goes on."""
        self.cash_button = KeyButton(self.theme, _("Cash in or out"), key="F7")
        self.cash_button.clicked.connect(self._open_cash)
        self.drop_button = KeyButton(self.theme, _("Drop to the safe"), key="F6")
        self.drop_button.clicked.connect(self._open_drop)
        self.x_button = KeyButton(self.theme, _("X report"), key="Ctrl+P", icon="printer-check")
        self.x_button.clicked.connect(self._print_x)
        return ActionBar(self.theme, [self.cash_button, self.drop_button, self.x_button])

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

    def _arrange(self) -> None:
        self.back_button.setFixedHeight(self.theme.px(72))
        self.shift_text.setVisible(self.theme.scale <= TIGHT_ABOVE)

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Close Shift")

    def commands(self) -> Sequence[Command]:
        return (
            Command("F6", _("Drop to the safe"), self._open_drop),
            Command("F7", _("Cash in or out"), self._open_cash),
            Command("Ctrl+P", _("X report"), self._print_x),
            Command("F9", _("Reprint"), self._reprint),
        )

    def activated(self) -> None:
        self.presenter.begin()
        self._show()
        if self.presenter.step == "count" and self.presenter.shift() is not None:
            self._say_blind()
        self.restore_focus()

    def default_focus(self) -> QWidget | None:
        if self._in_cash():
            return self.cash_page.amount_field
        if self.presenter.step == "difference":
            page = self.difference_page
            return page.note_field if self.presenter.difference().value else page.deposit_field
        if self.presenter.step == "count" and self.presenter.shift() is not None:
            return self.count_page.first_empty()
        return self.main_button

    def take_scan(self, code: str) -> None:  # noqa: ARG002
        self.shell.say(Message("E", _("Nothing is scanned while the shift is closed. Finish or go back first.")))

    def escape(self) -> bool:
        if self.gate.asking:
            self.gate.close_question()
            return True
        if self._in_cash():
            self._show()
            self.restore_focus()
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
        elif self._in_cash():
            self.cash.ask(self.gate)
        elif self.presenter.step == "done" or self.presenter.shift() is None:
            self.shell.go("sell")
        elif self.presenter.step == "count":
            message = self.presenter.lock_count()
            self.difference_page.begin()
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
            self.count_page.enter(value, number, coin=coin)
        self.difference_page.note_field.setText(note)

    # What happens --------------------------------------------------------------------------------------------------

    def _on_gate_closed(self) -> None:
        self._show_footer()
        self.restore_focus()

    def _close(self) -> None:
        page = self.difference_page
        note, deposit = page.note_field.text(), page.deposit_field.value() or 0
        obstacle = self.presenter.obstacle(note, deposit)
        if obstacle is not None:
            page.note_field.set_wrong(not note.strip() and bool(self.presenter.difference().value))
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

    def _record(self, approved_by: str | None) -> None:
        page = self.difference_page
        message = self.presenter.close(page.note_field.text(), page.deposit_field.value() or 0, approved_by)
        if self.presenter.once.is_open:
            self.shell.say(message.with_action(_("Try again"), partial(self._record, approved_by)))
            return
        self._show()
        self.shell.refresh_state()
        self.shell.say(message)
        self.restore_focus()
        if self.presenter.step != "done":
            return
        if self.backup is not None:
            self.backup.run()
        if self.sync is not None and self.sync.state().enrolled:
            self.sync.send_what_is_new()
        self._show_sent()

    def _reprint(self) -> None:
        self.shell.say(self.presenter.reprint())
        self.shell.refresh_state()

    def _print_x(self) -> None:
        if self.gate.asking or self.presenter.step != "count" or self.presenter.shift() is None:
            return
        self.shell.workers.run(self._x.work(), self._on_x_printed, self._on_x_failed)

    def _on_x_printed(self, printed: bool) -> None:
        self.shell.say(self._x.printed(printed=printed))

    def _on_x_failed(self, error: Exception) -> None:
        self.shell.say(self._x.failed(error))

    def _in_cash(self) -> bool:
        return self.pages.currentWidget() is self.cash_page

    def _open_cash(self) -> None:
        self._open_form("out")

    def _open_drop(self) -> None:
        self._open_form("drop")

    def _open_form(self, kind: str) -> None:
        if self.gate.asking or self.presenter.step != "count" or self.presenter.shift() is None:
            return
        self.shell.hush()
        self.cash_page.clear()
        self.cash_page.choose(kind)
        self.pages.setCurrentWidget(self.cash_page)
        self._show_footer()
        self.restore_focus()

    def _ask_recount(self) -> None:
        approval = Approval(_("Count again"), (_("The count is locked; the expected figure has been seen."),))
        self.gate.require("recount", approval, self._recount)

    def _recount(self, _approved_by: str | None) -> None:
        self.presenter.recount()
        self._say_blind()
        self._show()
        self.restore_focus()

    def _say_blind(self) -> None:
        self.shell.say(Message("I", _("Count the drawer. System figure is not shown yet.")))

    def _on_pieces(self, value: int, coin: bool, pieces: int) -> None:
        self.presenter.set_pieces(value, pieces, coin=coin)
        self.count_page.show_counted(self.presenter.counted)

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
            self.count_page.fill(lambda value, coin: presenter.pieces_of(value, coin=coin), presenter.counted)
        elif presenter.step == "difference":
            self.difference_page.show_figures()
        else:
            self._show_done()
        self._show_footer()

    def _show_footer(self) -> None:
        asking = self.gate.asking
        step = self.presenter.step
        shift = self.presenter.shift()
        self.back_button.setVisible(not asking and step != "done")
        self.main_button.setVisible(not asking)
        locked = step == "difference" and not self.shell.counter.is_manager
        self.back_button.set_icon("lock-outline" if locked else "arrow-left")
        self.back_button.setText(_("Count again") if step == "difference" else _("Not finished"))
        for button in (self.cash_button, self.drop_button):
            button.set_icon("" if self.shell.counter.is_manager else "lock-outline")
        if self._in_cash():
            self.back_button.setText(_("Back"))
            self.main_button.setText(_("Record cash"))
            return
        words = {"count": _("Next"), "difference": _("Close & print report"), "done": _("To the Sell screen")}
        self.main_button.setText(words[step] if shift is not None or step == "done" else _("To the Sell screen"))

    def _show_backup(self) -> None:
        """Where the backup after the closing is; it holds nobody up."""
        if self.backup is not None and self.presenter.step == "done":
            self.done_page.backup_facts.show_facts(self._backups.after_closing(self.backup))

    def _show_sent(self) -> None:
        """Whether the centre has the report; that holds nobody up either."""
        if self.sync is not None and self.presenter.step == "done":
            fact = self.presenter.sent(self.sync.state(), running=self.sync.running)
            self.done_page.sent_facts.show_facts([fact])

    def _show_done(self) -> None:
        closed = self.presenter.closed
        if closed is not None:
            self.done_page.show_closed(closed, self.presenter.report_words())
