"""What is done with the lines of a draft in Goods In: cells, dates, reasons, removing, copying, filling."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QAbstractItemDelegate, QWidget

from pos_app.i18n import _
from pos_app.ui.messages import Message
from pos_app.ui.screens.goods_in.draft import Line
from pos_app.ui.screens.goods_in.table_model import EXPIRY, QUANTITY

if TYPE_CHECKING:
    from pos_app.ui.screens.goods_in.screen import GoodsInScreen


class LineActs(QObject):
    """Wires the page of lines to the rules."""

    def __init__(self, screen: GoodsInScreen) -> None:
        super().__init__(screen)
        self.screen = screen
        self._dated = False
        """Whether the date of a line that was split off is being typed; its quantity comes next."""
        page = screen.page
        page.table.row_delegate.closeEditor.connect(self._on_closed)
        page.date_wanted.connect(self._on_date)
        page.reason_chips.chosen.connect(self._on_reason)
        page.remove_button.clicked.connect(self.remove)
        page.split_button.clicked.connect(self.split)
        page.copy_button.clicked.connect(self.copy_last)
        page.expired_button.clicked.connect(partial(self.fill, expired_only=True))
        page.unsold_button.clicked.connect(partial(self.fill, expired_only=False))

    @property
    def _row(self) -> int:
        """The chosen line, -1 for none."""
        screen = self.screen
        row = screen.table.current_row()
        return row if not screen.in_history and row < len(screen.model.rows) else -1

    def edit_cell(self) -> None:
        """F4: the next cell of the line."""
        if not self.screen.in_history:
            self.screen.page.edit_next()

    def split(self) -> None:
        """Ctrl+D: the same goods with another date."""
        screen = self.screen
        message = screen.presenter.lines.split(self._row)
        if message is None:
            return
        screen.show_draft()
        screen.shell.say(message)
        if message.kind == "I":
            screen.page.edit(screen.presenter.lines.newest, EXPIRY)
            self._dated = True

    def _on_closed(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:  # noqa: ARG002
        dated, self._dated = self._dated, False
        row = self._row
        taken = hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache
        if dated and taken and row >= 0 and self.screen.model.rows[row][1].line.expires_on:
            QTimer.singleShot(0, partial(self.screen.page.edit, row, QUANTITY))

    def remove(self) -> None:
        """Del: takes the line out; the strip takes it back."""
        screen, row = self.screen, self._row
        if row < 0:
            return
        line = screen.model.rows[row][1].line
        message = screen.presenter.lines.remove(row)
        screen.show_draft()
        screen.table.select_row(min(row, len(screen.model.rows) - 1))
        if message is not None:
            screen.shell.say(message.with_action(_("Undo"), partial(self._restore, row, line)))

    def _restore(self, row: int, line: Line) -> None:
        self.screen.presenter.lines.restore(row, line)
        self.screen.show_draft()
        self.screen.table.select_row(row)
        self.screen.shell.hush()

    def copy_last(self) -> None:
        """F7: the last delivery again; its quantities are asked for one by one."""
        screen = self.screen
        if not screen.presenter.producer:
            screen.shell.say(Message("W", _("Choose a producer, then scan.")))
            return
        first = len(screen.model.rows)
        message = screen.presenter.copy_last()
        screen.show_draft()
        screen.shell.say(message)
        if len(screen.model.rows) > first:
            screen.page.walk.start(first)

    def fill(self, *, expired_only: bool) -> None:
        """F7 and F5 of a return: all that expired, all that is left. What was typed before comes back by the strip."""
        screen, presenter = self.screen, self.screen.presenter
        if screen.in_history or presenter.mode != "return":
            return
        if not presenter.producer:
            screen.shell.say(Message("W", _("Choose a producer, then scan.")))
            return
        before = list(presenter.body.lines)
        message = presenter.fill_return(expired_only=expired_only)
        screen.show_draft()
        screen.table.select_row(0)
        if before and before != presenter.body.lines:
            message = message.with_action(_("Undo"), partial(self._put_back, before))
        screen.shell.say(message)

    def _put_back(self, lines: list[Line]) -> None:
        self.screen.presenter.lines.replace(lines)
        self.screen.show_draft()
        self.screen.shell.hush()

    def _on_reason(self, reason: str) -> None:
        if self._row >= 0:
            self.screen.presenter.lines.set_reason(self._row, reason)  # type: ignore[arg-type]
            self.screen.show_draft()

    def _on_date(self, text: str) -> None:
        screen, row = self.screen, self._row
        if row >= 0:
            screen.model.setData(screen.model.index(row, EXPIRY), text)
            screen.page.show_row(row)
