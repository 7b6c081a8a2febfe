"""What is done in the history of Goods In: F9 opens it, F12 undoes a note and makes its lines the draft."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from pos_app.i18n import _
from pos_app.ledger.goods_notes import Note
from pos_app.ui.messages import Message
from pos_app.ui.screens.goods_in.history import History, Recent
from pos_app.ui.screens.goods_in.history_page import HistoryHead, HistoryPage, HistorySide
from pos_app.ui.widgets.pin import Approval

if TYPE_CHECKING:
    from pos_app.ui.screens.goods_in.screen import GoodsInScreen


class HistoryActs(QObject):
    """Wires the page, its side and its head to the rules."""

    def __init__(self, screen: GoodsInScreen) -> None:
        super().__init__(screen)
        self.screen = screen
        self.history = History(screen.shell.counter)
        self.head = HistoryHead(screen.theme, lambda: screen.presenter.today)
        self.page = HistoryPage(screen.theme, self.history.size)
        self.side = HistorySide(screen.theme)
        self.head.day_chosen.connect(self._on_day)
        self.head.everyone.connect(self.show_everyone)
        self.page.chosen.connect(self._on_chosen)
        self.page.back_button.clicked.connect(self._leave)
        self.page.undo_button.clicked.connect(self.undo_only)
        self.page.reprint_button.clicked.connect(self.reprint)
        self.side.main_button.clicked.connect(self.main_action)

    def open(self) -> None:
        """The newest notes: of the producer of the draft, else of everybody."""
        self.history.producer = self.screen.presenter.producer
        self.history.day = None
        self.head.day.set_value(None)
        self.refresh()

    def open_note(self, note: Note) -> None:
        """A note whose paper was scanned."""
        self.history.narrow_to(note)
        self.head.day.set_value(self.history.day)
        self.refresh(note.number)

    def refresh(self, number: str = "") -> None:
        """Reads the list anew; ``number`` is the note that stays chosen."""
        name = self.screen.presenter.producer_name if self.history.producer else ""
        self.head.whose.setText(_("History: {name}").format(name=name or _("all producers")))
        self.head.all_button.setVisible(bool(self.history.producer))
        self.page.show_rows(self.history.recent(), self.history.empty_words(), number)

    def show_everyone(self) -> None:
        """F8: the notes of all producers."""
        self.history.producer = ""
        self.refresh()
        self.page.table.setFocus()

    def reprint(self) -> None:
        """F9: the chosen note again."""
        recent = self.page.current()
        if recent is None:
            self.screen.shell.say(Message("W", _("Nothing to print again yet.")))
            return
        self.screen.shell.say(self.history.reprint(recent.note))
        self.screen.shell.refresh_state()

    def main_action(self) -> None:
        """F12: undoes the note; its lines become the draft."""
        self._ask(again=True)

    def undo_only(self) -> None:
        """F6: undoes the note and types nothing again."""
        self._ask(again=False)

    def _ask(self, *, again: bool) -> None:
        recent, side, shell = self.page.current(), self.side, self.screen.shell
        if recent is None:
            return
        obstacle = self.history.obstacle(recent.note)
        if not obstacle and again and self.screen.presenter.body.lines:
            obstacle = _("A draft is open. Record it first, or undo this note only (F6).")
        if not obstacle and side.reason == "other" and not side.remark.text().strip():
            side.remark.setFocus()
            obstacle = _("Write the reason.")
        if obstacle:
            shell.say(Message("E", obstacle))
            return
        shell.hush()
        title = _("Undo {number}?").format(number=recent.note.number)
        lines = [recent.note.producer_name, _("The document stays; another undoes it.")]
        approval = Approval(title, lines)
        run = partial(self._undo, recent, again)
        self.screen.gate.require("reverse", approval, run, label=_("Undo"))

    def _undo(self, recent: Recent, again: bool, approved_by: str | None) -> None:
        side, shell = self.side, self.screen.shell
        message, body = self.history.undo(
            recent.note, side.reason, side.remark.text().strip(), approved_by, again=again
        )
        if self.history.once.is_open:
            shell.say(message.with_action(_("Try again"), partial(self._undo, recent, again, approved_by)))
            return
        if body is not None and message.kind == "S":
            self.screen.type_again(body)
        else:
            self.refresh(recent.note.number)
        shell.refresh_state()
        shell.say(message)

    def _on_day(self) -> None:
        day = self.head.day.value()
        if day != self.history.day and (day is not None or not self.head.day.text().strip()):
            self.history.day = day
            self.refresh()

    def _on_chosen(self, recent: Recent | None) -> None:
        self.screen.gate.close_question()
        lines = self.history.paper(recent.note) if recent else []
        self.side.show_note(lines, self.history.obstacle(recent.note) if recent else "")
        for button in (self.page.undo_button, self.page.reprint_button):
            button.setEnabled(recent is not None)

    def _leave(self) -> None:
        self.screen.close_history()
