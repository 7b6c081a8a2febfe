"""The split page of the Pay panel: several tenders for one sale."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.formats import rupiah, thousands
from pos_app.domain.tendering import Offer
from pos_app.i18n import _
from pos_app.ledger.registry import StaffMember
from pos_app.ui.messages import Message
from pos_app.ui.screens.sell.pay_common import GAP, Page, StaffField, masked, reference_field
from pos_app.ui.screens.sell.payment import REFERENCE_DIGITS, Payment, TabView, method_words
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import AmountText, IconText, Text, padded_card, rule
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import AmountField, buddy_label
from pos_app.ui.widgets.results import Result, ResultList

LARGE = 130
"""Above this text scale the row of kinds has no room for a label."""


class SplitPage(Page):
    """Several tenders: the parts so far, what is open, and the next part."""

    add_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        frame, column = padded_card(spacing=4)
        column.setContentsMargins(16, 8, 16, 8)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        column.addLayout(self._rows)
        self._sums: dict[str, tuple[Text, AmountText]] = {}
        sums = QGridLayout()
        sums.setVerticalSpacing(0)
        labels = {"paid": _("Paid so far"), "open": _("Short"), "change": _("Change")}
        for number, (key, words) in enumerate(labels.items()):
            figure = AmountText(theme, ("row", "body", "caption"))
            label = Text(theme, words, step="caption", tone="muted")
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._sums[key] = (label, figure)
            sums.addWidget(label, 0, number)
            sums.addWidget(figure, 1, number)
        column.addWidget(rule())
        column.addLayout(sums)
        self.column.addWidget(frame)
        self.column.addWidget(self._build_next())
        self.column.addStretch(1)
        self._kind_buttons["cash"].setChecked(True)

    def _build_next(self) -> QWidget:
        theme = self.theme
        frame, column = padded_card(spacing=4)
        column.setContentsMargins(16, 8, 16, 8)
        kinds = QHBoxLayout()
        kinds.setSpacing(GAP)
        if theme.scale <= LARGE:
            kinds.addWidget(Text(theme, _("Add:")))
        self._kind_buttons: dict[str, KeyButton] = {}
        for kind in ("cash", "qris", "tab"):
            button = KeyButton(theme, method_words(kind), kind="chip")
            button.setFixedHeight(theme.px(40))
            button.setAutoExclusive(True)
            button.clicked.connect(self._show_kind)
            self._kind_buttons[kind] = button
            kinds.addWidget(button)
        kinds.addStretch(1)
        add = KeyButton(theme, "", icon="plus")
        add.setAccessibleName(_("Add part"))
        add.setToolTip(_("Add part") + " (+)")
        add.clicked.connect(self.add_wanted)
        kinds.addWidget(add)
        column.addLayout(kinds)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(1, 1)
        self.field = AmountField(theme)
        self.field.value_changed.connect(self.changed)
        self.reference = reference_field(theme)
        self.staff = StaffField(theme, _("name / NIP / card"))
        self.staff.textEdited.connect(self._on_staff_typed)
        self.staff.moved.connect(self._on_staff_moved)
        self._reference_label = buddy_label(theme, _("Last &4 digits of reference"), self.reference)
        self._staff_label = buddy_label(theme, _("S&taff"), self.staff)
        grid.addWidget(buddy_label(theme, _("&Amount"), self.field), 0, 0)
        grid.addWidget(self.field, 0, 1)
        grid.addWidget(self._reference_label, 1, 0)
        grid.addWidget(self.reference, 1, 1)
        grid.addWidget(self._staff_label, 2, 0)
        grid.addWidget(self.staff, 2, 1)
        column.addLayout(grid)
        self.results = ResultList(theme, self, empty=_("Nobody found. Check the name."))
        self.results.picked.connect(self._pick)
        self._found: dict[str, StaffMember] = {}
        self._member: StaffMember | None = None
        self.refused: Message | None = None
        self.over: TabView | None = None
        return frame

    def begin(self, payment: Payment) -> None:
        self.payment = payment
        self.refused = None
        self._next_part()

    def ready(self) -> bool:
        return self.payment is not None

    @property
    def wants_part(self) -> bool:
        """Whether the next part is to be recorded, rather than the sale finished."""
        return self.payment is not None and (bool(self.field.text()) or not self.payment.covered)

    def offer(self) -> Offer | None:
        return None

    def problem(self) -> Message | None:
        return self.refused

    def choose_kind(self, kind: str) -> None:
        """Cash, QRIS or tab for the next part."""
        self._kind_buttons[kind].setChecked(True)
        self._show_kind()

    @property
    def kind(self) -> str:
        """Kind of the next part."""
        return next((name for name, button in self._kind_buttons.items() if button.isChecked()), "cash")

    def add_part(self) -> bool:
        """Records the part that is filled in, an empty amount being the grey one; puts the focus on what it lacks.

        False when it was refused; ``refused`` says why, and ``over`` which tab a manager could allow.
        """
        payment = self.payment
        if payment is None:
            return False
        if self.results.isVisible():
            self._pick(self.results.current_key())
            return False
        typed = self.field.value()
        amount = self._suggested(payment) if typed is None else typed
        staff = self._member.code if self._member is not None and self.kind == "tab" else None
        self.refused = None
        self.over = None
        if self.kind == "tab" and self._member is not None:
            view = payment.tab_view(self._member, amount)
            self.refused = payment.over_limit(view)
            self.over = view if self.refused is not None else None
        if self.refused is None:
            kind = self.kind
            if kind == "cash":
                self.refused = payment.add_part("cash", amount)
            elif kind == "qris":
                self.refused = payment.add_part("qris", amount, reference=self.reference.text())
            else:
                self.refused = payment.add_part("tab", amount, staff=staff)
        if self.refused is None:
            self._next_part()
        elif amount > 0 and self.kind == "qris" and len(self.reference.text()) < REFERENCE_DIGITS:
            self.reference.setFocus()
        elif amount > 0 and self.kind == "tab" and staff is None:
            self.staff.setFocus()
        self.changed.emit()
        return self.refused is None

    def escape(self) -> bool:
        if self.results.isVisible():
            self.results.hide()
            return True
        if self.payment is not None and self.payment.parts:
            self.payment.remove_part(len(self.payment.parts) - 1)
            self._next_part()
            return True
        return False

    def _next_part(self) -> None:
        self.reference.clear()
        self.staff.clear()
        self._member = None
        payment = self.payment
        if payment is None:
            return
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, part in enumerate(payment.parts):
            self._rows.addWidget(self._part_row(number, part))
        if not payment.parts:
            self._rows.addWidget(Text(self.theme, _("No part recorded yet."), tone="muted"))
        self.field.set_value(None)
        self._show_kind()

    def _show_kind(self) -> None:
        kind, payment = self.kind, self.payment
        for widget in (self.reference, self._reference_label):
            widget.setVisible(kind == "qris")
        for widget in (self.staff, self._staff_label):
            widget.setVisible(kind == "tab")
        if payment is None:
            return
        due = payment.cash_due if kind == "cash" else payment.due
        self.field.setPlaceholderText(thousands(self._suggested(payment)))
        paid = sum(part.amount for part in payment.parts)
        self._sums["paid"][1].setText(rupiah(paid))
        open_amount = max(0, due if not payment.covered else 0)
        self._sums["open"][1].setText(rupiah(open_amount))
        self._sums["open"][1].set_tone("danger" if open_amount else "text")
        change = max(0, -payment.cash_due) if payment.covered else 0
        self._sums["change"][1].setText(rupiah(change))
        self._sums["change"][1].set_tone("success" if change else "text")
        self.field.setFocus()
        self.changed.emit()

    def _suggested(self, payment: Payment) -> int:
        """What the next part most likely is: all that is open."""
        return max(0, payment.cash_due if self.kind == "cash" else payment.due)

    def _part_row(self, number: int, part: Offer) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        detail = _("ref {reference}").format(reference=part.reference) if part.reference else part.staff or ""
        line.addWidget(IconText(self.theme, "check-circle-outline", 18, "success"))
        line.addWidget(Text(self.theme, f"{method_words(part.kind)}  {detail}".strip()), 1)
        line.addWidget(Text(self.theme, rupiah(part.amount), step="row", weight=700))
        remove = KeyButton(self.theme, "", kind="link", icon="close")
        remove.setAccessibleName(_("Remove part"))
        remove.clicked.connect(partial(self._remove, number))
        line.addWidget(remove)
        return row

    def _remove(self, number: int) -> None:
        if self.payment is not None:
            self.payment.remove_part(number)
            self._next_part()

    def _on_staff_typed(self, text: str) -> None:
        self._member = None
        if self.payment is None or len(text.strip()) < 2:
            self.results.hide()
            return
        members = self.payment.find_staff(text)
        self._found = {member.code: member for member in members}
        self.results.place_under(self.staff)
        self.results.show_results([Result(m.code, m.name, f"{masked(m.nip)} · {m.unit}") for m in members])

    def _on_staff_moved(self, rows: int) -> None:
        if self.results.isVisible():
            self.results.move_by(rows)

    def _pick(self, code: str) -> None:
        self._member = self._found.get(code)
        self.results.hide()
        if self._member is not None:
            self.staff.setText(self._member.name)
