"""The staff tab page of the Pay panel."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QProgressBar

from pos_app.domain.formats import masked_nip, rupiah, thousands
from pos_app.domain.tendering import Offer
from pos_app.i18n import _
from pos_app.ledger.registry import StaffMember
from pos_app.ui.messages import Message
from pos_app.ui.screens.sell.pay_common import BuyersPin, Page, StaffField
from pos_app.ui.screens.sell.payment import Payment
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, padded_card, repolish, rule
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import buddy_label
from pos_app.ui.widgets.results import Result, ResultList
from sync.documents.sale import Authorised

PIN_DIGITS: Final = 4


class TabPage(Page):
    """Staff tab: who buys, and what the tab is before and after."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        frame, column = padded_card()
        self.field = StaffField(theme, _("name / NIP / card"))
        self.field.textEdited.connect(self._on_typed)
        self.field.moved.connect(self._on_moved)
        column.setSpacing(4)
        row_of_field = QHBoxLayout()
        row_of_field.setSpacing(12)
        row_of_field.addWidget(buddy_label(theme, _("S&taff"), self.field))
        row_of_field.addWidget(self.field, 1)
        column.addLayout(row_of_field)
        self._who = Text(theme, tone="muted", step="caption")
        column.addWidget(self._who)
        column.addWidget(rule())
        self._figures: dict[str, Text] = {}
        grid = QGridLayout()
        grid.setVerticalSpacing(4)
        labels = {
            "limit": _("Tab limit"),
            "used": _("Used"),
            "after": _("After this"),
            "left": _("Left of limit"),
        }
        for row, (key, words) in enumerate(labels.items()):
            figure = Text(theme, step="row", weight=700)
            figure.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._figures[key] = figure
            grid.addWidget(Text(theme, words), row, 0)
            grid.addWidget(figure, row, 1)
        column.addLayout(grid)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(10)
        self._percent = Text(theme, step="caption", weight=700)
        row_layout = QHBoxLayout()
        row_layout.addWidget(self._bar, 1)
        row_layout.addWidget(self._percent)
        column.addLayout(row_layout)
        column.addLayout(self._build_confirmation())
        self.column.addWidget(frame)
        self.column.addStretch(1)
        self.results = ResultList(theme, self, empty=_("Nobody found. Check the name."))
        self.results.picked.connect(self._pick)
        self._found: dict[str, StaffMember] = {}
        self.member: StaffMember | None = None
        self._has_pin = False

    def _build_confirmation(self) -> QHBoxLayout:
        theme = self.theme
        self.pin = BuyersPin(theme, digits=PIN_DIGITS)
        self._pin_label = buddy_label(theme, _("Staff PI&N"), self.pin)
        self.sign = KeyButton(theme, _("Signature"), key="G", icon="pen")
        self.sign.setCheckable(True)
        self.sign.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.sign.toggled.connect(self._show_confirmation)
        self._signs = Text(theme, _("The buyer signs the receipt."), step="caption", tone="muted")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._pin_label)
        row.addWidget(self.pin, 1)
        row.addWidget(self._signs, 1)
        row.addWidget(self.sign)
        return row

    def begin(self, payment: Payment) -> None:
        self.payment = payment
        self.member = None
        self._has_pin = False
        self.sign.setChecked(False)
        self._show_confirmation()
        self.field.clear()
        self.results.hide()
        self._show()
        self.field.setFocus()

    def ready(self) -> bool:
        return self.member is not None

    def offer(self) -> Offer | None:
        if self.payment is None or self.member is None:
            return None
        authorised: Authorised = "pin" if self.wants_pin else "signature"
        return Offer("tab", self.payment.asked, staff=self.member.code, authorised=authorised)

    @property
    def wants_pin(self) -> bool:
        """Whether the buyer confirms by the PIN; who has none, or forgot it, signs the receipt."""
        return self._has_pin and not self.sign.isChecked()

    def confirm(self) -> Message | None:
        """Checks the buyer's PIN where one is wanted; a message says why the tab is not recorded."""
        if self.payment is None or self.member is None or not self.wants_pin:
            return None
        if not self.pin.text():
            self.pin.setFocus()
            return Message("E", _("The buyer enters the PIN, or signs (G)."))
        refused = self.payment.check_pin(self.member, self.pin.text())
        if refused is not None:
            self.pin.clear()
            self.pin.setFocus()
        return refused

    def problem(self) -> Message | None:
        if self.payment is None or self.member is None:
            return None
        return self.payment.over_limit(self.payment.tab_view(self.member))

    def take_highlighted(self) -> bool:
        """Enter in the list chooses; False when no list is open."""
        if not self.results.isVisible():
            return False
        self._pick(self.results.current_key())
        return True

    def choose(self, code: str) -> bool:
        """Chooses by code (a scanned card); False when unknown."""
        found = self.payment.find_staff(code) if self.payment is not None else []
        exact = next((member for member in found if code in (member.code, member.nip)), None)
        if exact is None:
            return False
        self._take(exact)
        return True

    def escape(self) -> bool:
        if self.results.isVisible():
            self.results.hide()
            return True
        return False

    def _on_typed(self, text: str) -> None:
        self.member = None
        self._has_pin = False
        self._show_confirmation()
        self._show()
        if self.payment is None or len(text.strip()) < 2:
            self.results.hide()
            return
        members = self.payment.find_staff(text)
        self._found = {member.code: member for member in members}
        self.results.place_under(self.field)
        self.results.show_results(
            [
                Result(
                    member.code,
                    member.name,
                    f"{masked_nip(member.nip)} · {member.unit}",
                    thousands(member.owes),
                )
                for member in members
            ]
        )
        self.changed.emit()

    def _on_moved(self, rows: int) -> None:
        if self.results.isVisible():
            self.results.move_by(rows)

    def _pick(self, code: str) -> None:
        member = self._found.get(code)
        if member is not None:
            self._take(member)

    def _take(self, member: StaffMember) -> None:
        self.member = member
        self._has_pin = self.payment is not None and self.payment.has_pin(member)
        self.results.hide()
        self.field.setText(member.name)
        self._show_confirmation()
        self._show()
        (self.pin if self.wants_pin else self.field).setFocus()

    def toggle_signature(self) -> None:
        """G: the buyer signs instead of typing the PIN, or the other way round."""
        if self._has_pin:
            self.sign.toggle()

    def _show_confirmation(self) -> None:
        self.pin.clear()
        self.pin.setVisible(self.wants_pin)
        self._pin_label.setVisible(self.wants_pin)
        self._signs.setVisible(not self.wants_pin)
        self.sign.setVisible(self._has_pin)
        if self.member is not None:
            (self.pin if self.wants_pin else self.field).setFocus()

    def _show(self) -> None:
        member = self.member
        if member is None or self.payment is None:
            self._who.setText(" ")
            for figure in self._figures.values():
                figure.setText("–")
                figure.set_tone("muted")
            self._bar.setValue(0)
            self._percent.setText("")
        else:
            view = self.payment.tab_view(member)
            self._who.setText(f"{member.name} · {masked_nip(member.nip)} · {member.unit}")
            amounts = {"limit": member.tab_limit, "used": member.owes, "after": view.after, "left": view.left}
            for key, amount in amounts.items():
                self._figures[key].setText(rupiah(amount))
                over = view.excess and key in ("after", "left")
                self._figures[key].set_tone("danger" if over else "text")
            self._bar.setValue(min(100, view.percent))
            self._bar.setProperty("over", bool(view.excess))
            repolish(self._bar)
            self._percent.setText(f"{view.percent} %")
            self._percent.set_tone("danger" if view.excess else "text")
        self.changed.emit()
