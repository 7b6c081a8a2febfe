"""One tab beside the list: its limit, the PIN that a purchase asks for, and the letter of authority."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from pos_app.domain.dates import business_date
from pos_app.i18n import _
from pos_app.ui.screen import Shell
from pos_app.ui.screens.staff.account_presenter import AccountPresenter, Typed
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import AmountField, PinField, field_row
from pos_app.ui.widgets.forms import DateField, Tick
from pos_app.ui.widgets.gate import Gate, Run
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import SidePanel


class AccountPanel(SidePanel):
    """``leaving`` and ``changed`` tell the screen; ``gate`` asks a cashier for the manager's PIN."""

    leaving = Signal()
    changed = Signal()

    def __init__(self, shell: Shell, *, width: int, compact: int) -> None:
        super().__init__(shell.theme, width=width, compact=compact)
        self.shell = shell
        self.gate: Gate | None = None
        self.presenter = AccountPresenter(shell.counter)
        self.title = Text(self.theme, step="row", weight=700)
        self.title.setWordWrap(True)
        self.body.addWidget(self.title)
        self.body.addWidget(self._limit_card())
        self.body.addWidget(self._pin_card())
        self.body.addWidget(self._letter_card())
        self.body.addStretch(1)
        back = KeyButton(self.theme, _("Back"), key="Esc", icon="arrow-left")
        back.clicked.connect(self.leaving)
        self.main_button = KeyButton(self.theme, _("Save"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        self.foot.addWidget(back)
        self.foot.addWidget(self.main_button)

    def _limit_card(self) -> QWidget:
        frame, column = padded_card()
        self.limit_field = AmountField(self.theme)
        self.limit_field.returnPressed.connect(self.main_action)
        column.addWidget(field_row(self.theme, _("Tab &limit (0: no tab)"), self.limit_field))
        return frame

    def _pin_card(self) -> QWidget:
        frame, column = padded_card()
        self.pin_facts = Facts(self.theme)
        self.pin_field = PinField(self.theme, digits=4)
        self.again_field = PinField(self.theme, digits=4)
        column.addWidget(self.pin_facts)
        column.addWidget(field_row(self.theme, _("New staff &PIN (4 digits)"), self.pin_field))
        column.addWidget(field_row(self.theme, _("Staff PIN a&gain"), self.again_field))
        return frame

    def _letter_card(self) -> QWidget:
        frame, column = padded_card()
        self.letter_tick = Tick(self.theme, _("Letter of authority for salary deductions is here"))
        self.letter_tick.toggled.connect(self._on_ticked)
        self.letter_field = DateField(self.theme, self._today)
        self.letter_field.returnPressed.connect(self.main_action)
        column.addWidget(self.letter_tick)
        self._letter_row = field_row(self.theme, _("Signed &on"), self.letter_field)
        column.addWidget(self._letter_row)
        return frame

    def open(self, code: str, name: str) -> None:
        """Another tab, as it is kept; PINs are never shown."""
        self.presenter.code, self.presenter.name = code, name
        kept = self.presenter.kept()
        self.title.setText(name)
        self.limit_field.set_value(kept.limit)
        self.pin_field.clear()
        self.again_field.clear()
        self.letter_tick.setChecked(kept.letter is not None)
        self.letter_field.set_value(kept.letter or self._today())
        self._letter_row.setVisible(kept.letter is not None)
        self.pin_facts.show_facts(
            [
                (_("Purchases are confirmed by PIN."), "check-circle-outline", "success")
                if kept.has_pin
                else (_("No PIN yet: purchases are confirmed by signature."), "alert-outline", "warning")
            ]
        )

    def focus_first(self) -> None:
        """Puts the cursor where work begins."""
        self.limit_field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.limit_field.selectAll()

    def main_action(self) -> None:
        """F12: keep what differs, after a manager allowed it."""
        obstacle = self.presenter.obstacle(self._typed())
        if obstacle is not None:
            self.shell.say(obstacle)
            return
        if self.gate is None:
            return
        self.shell.hush()
        lines = (self.presenter.name, *self.presenter.changes(self._typed()))
        run: Run = self._save
        self.gate.require("staff_account", Approval(_("Change the tab"), lines), run)

    def _save(self, approved_by: str | None) -> None:
        message = self.presenter.save(self._typed(), approved_by)
        self.open(self.presenter.code, self.presenter.name)
        self.changed.emit()
        self.shell.say(message)

    def _typed(self) -> Typed:
        return Typed(
            self.limit_field.value(),
            self.pin_field.text(),
            self.again_field.text(),
            self.letter_tick.isChecked(),
            self.letter_field.value(),
        )

    def _on_ticked(self, checked: bool) -> None:
        self._letter_row.setVisible(checked)

    def _today(self) -> date:
        return business_date(self.shell.counter.clock())
