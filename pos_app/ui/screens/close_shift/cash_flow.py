"""Cash in and out of the drawer on the Close Shift screen: form, a manager's consent, slip."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pos_app.domain.formats import rupiah
from pos_app.i18n import _
from pos_app.ui.screen import Shell
from pos_app.ui.screens.close_shift.cash_page import CashPage
from pos_app.ui.screens.close_shift.cash_presenter import CashPresenter
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval


class CashFlow:
    """Drives the form; ``done`` is called when a slip was recorded, ``shown`` when foot and focus have to follow."""

    def __init__(self, shell: Shell, done: Callable[[], None], shown: Callable[[], None]) -> None:
        self.shell = shell
        self.presenter = CashPresenter(shell.counter)
        self.page = CashPage(shell.theme, self.presenter)
        self._done = done
        self._shown = shown

    def ask(self, gate: Gate) -> None:
        """F12: says what is missing, else asks for consent."""
        page = self.page
        amount, note = page.amount_field.value() or 0, page.reason_field.text()
        obstacle = self.presenter.obstacle(page.purpose, amount, note)
        if obstacle is not None:
            self.shell.say(obstacle)
            (page.amount_field if not amount else page.reason_field).setFocus()
            return
        words = self.presenter.words(page.kind, page.purpose, note)
        approval = Approval(_("Cash in or out"), words, after=rupiah(amount), before=words[0])
        gate.require("cash_move", approval, self._record, label=_("Record cash"))

    def _record(self, approved_by: str | None) -> None:
        page = self.page
        amount, note = page.amount_field.value() or 0, page.reason_field.text()
        message = self.presenter.record(page.kind, page.purpose, amount, note, approved_by)
        if self.presenter.once.is_open:
            self.shell.say(message.with_action(_("Try again"), partial(self._record, approved_by)))
            return
        if message.kind == "S":
            self._done()
        self._shown()
        self.shell.refresh_state()
        self.shell.say(message)
