"""A discount (F5): on the selected line or on the whole cart, why, who bears it, and a manager's PIN. Widgets only.

Digits and ``%`` go into the field, letters choose wherever the focus is: the reason, who bears it, and ``A`` the whole
cart. Enter is always the main button; where something is missing it says what.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout

from pos_app.domain.cart import CartLine
from pos_app.domain.formats import thousands
from pos_app.i18n import _
from pos_app.ui.screens.sell.presenter import Scope
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import EntryField, PinField, field_row
from pos_app.ui.widgets.question import QuestionPanel
from sync.documents.base import Bearer

REASON_KEYS: Final = {"C": "damaged", "K": "near_expiry", "P": "promotion", "L": "other"}
BEARER_KEYS: Final[dict[str, Bearer]] = {"J": "corner", "U": "producer"}
WHOLE_KEY: Final = "A"


class DiscountField(EntryField):
    """Takes digits, dots, a comma and ``%``; letters are commands of the panel."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isalpha() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        super().keyPressEvent(event)


class ApprovalPin(PinField):
    """A PIN has digits alone, so letters are commands of the panel here too."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isalpha() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        super().keyPressEvent(event)


class Chip(KeyButton):
    """Space chooses it; Enter belongs to the main button, which shows that key."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
            return
        super().keyPressEvent(event)


class DiscountPanel(QuestionPanel):
    """See the module."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _("Discount"), main=_("Approve"), icon="cash")
        self._name = Text(theme, step="row", weight=700)
        self._name.setWordWrap(True)
        self.field = DiscountField(theme, placeholder=_("10% or 2.500"), step="scan", height=44)
        self.field.textChanged.connect(self._on_typed)
        self._figures = Text(theme, step="row", weight=700)
        self._figures.setAlignment(Qt.AlignmentFlag.AlignRight)
        words = {
            "damaged": _("Damaged pack"),
            "near_expiry": _("Near expiry"),
            "promotion": _("Promotion"),
            "other": _("Other"),
        }
        self.reasons = {code: self._chip(words[code], key) for key, code in REASON_KEYS.items()}
        bearers = {"corner": _("Corner"), "producer": _("Producer")}
        whole = {"corner": _("Corner bears it"), "producer": _("Producer bears it")}
        self.bearers = {bearer: self._chip(bearers[bearer], key) for key, bearer in BEARER_KEYS.items()}
        for key, bearer in BEARER_KEYS.items():
            self.bearers[bearer].setAccessibleName(f"{whole[bearer]} ({key})")
        self.whole = self._chip(_("Whole cart"), WHOLE_KEY)
        self.pin = ApprovalPin(theme)
        self.pin.textChanged.connect(self._on_typed)
        self._pin_row = field_row(theme, _("Manager's &PIN"), self.pin)
        self._build()
        self._line: CartLine | None = None
        self._gross: Callable[[Scope], int] = _no_gross
        self._amount_of: Callable[[Scope, str], int | None] = _no_amount

    def _build(self) -> None:
        theme = self.theme
        for code, reason in self.reasons.items():
            reason.clicked.connect(lambda _checked=False, code=code: self.choose_reason(code))
        for bearer, button in self.bearers.items():
            button.clicked.connect(lambda _checked=False, bearer=bearer: self.choose_bearer(bearer))
        self.whole.toggled.connect(self._on_typed)
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(field_row(theme, _("&Discount"), self.field), 1)
        first.addWidget(self._pin_row, 1)
        what = QHBoxLayout()
        what.setSpacing(8)
        what.addWidget(self._name, 1)
        what.addWidget(self.whole)
        self.body.addLayout(what)
        self.body.addLayout(first)
        self.body.addWidget(self._figures)
        self.body.addWidget(Text(theme, _("Reason"), step="caption", tone="muted"))
        self.body.addWidget(ActionBar(theme, list(self.reasons.values())))
        self.body.addWidget(Text(theme, _("Who bears it"), step="caption", tone="muted"))
        self.body.addWidget(ActionBar(theme, list(self.bearers.values())))
        self.body.addStretch(1)
        self.body.addWidget(Text(theme, _("Valid once and logged"), step="caption", tone="muted"))

    def _chip(self, words: str, key: str) -> Chip:
        button = Chip(self.theme, f"{words} · {key}", kind="chip")
        button.setAccessibleName(f"{words} ({key})")
        return button

    def ask(
        self,
        line: CartLine,
        gross: Callable[[Scope], int],
        amount_of: Callable[[Scope, str], int | None],
        *,
        needs_pin: bool,
    ) -> None:
        """``gross`` is the price before the discount, ``amount_of`` turns what is typed into rupiah, or None."""
        self._line, self._gross, self._amount_of = line, gross, amount_of
        self.field.clear()
        self.pin.clear()
        self._pin_row.setVisible(needs_pin)
        for button in (*self.reasons.values(), self.whole):
            button.setChecked(False)
        self.choose_bearer("corner")
        self.show_error("")
        self._on_typed()
        self.field.setFocus()

    @property
    def scope(self) -> Scope:
        """Whether the line or the whole cart gets it."""
        return "cart" if self.whole.isChecked() else "line"

    @property
    def amount(self) -> int | None:
        """Rupiah typed, None when it is no discount."""
        return self._amount_of(self.scope, self.field.text())

    @property
    def reason(self) -> str:
        """Code of the chosen reason, empty for none."""
        return next((code for code, button in self.reasons.items() if button.isChecked()), "")

    @property
    def borne_by(self) -> Bearer:
        """Who loses the money."""
        return "producer" if self.bearers["producer"].isChecked() else "corner"

    @property
    def needs_pin(self) -> bool:
        """Whether a manager must type the PIN."""
        return not self._pin_row.isHidden()

    def missing(self) -> str:
        if self.amount is None:
            return _("Enter a discount up to the price, such as 10% or 2.500.")
        if not self.reason:
            return _("Choose a reason: {keys}.").format(keys=", ".join(REASON_KEYS))
        return "" if self._signed else _("Enter the manager's PIN.")

    @property
    def _signed(self) -> bool:
        return not self.needs_pin or len(self.pin.text()) == self.pin.maxLength()

    def choose_reason(self, code: str) -> None:
        """Chooses why."""
        for each, button in self.reasons.items():
            button.setChecked(each == code)
        self._on_typed()

    def choose_bearer(self, bearer: Bearer) -> None:
        """Chooses who bears it; goods bought outright are the corner's own."""
        own = self.scope == "line" and self._line is not None and self._line.product.pricing == "putus"
        for each, button in self.bearers.items():
            button.setEnabled(each == "corner" or not own)
            button.setChecked(each == ("corner" if own else bearer))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        letter = event.text().upper()
        if letter in REASON_KEYS:
            self.choose_reason(REASON_KEYS[letter])
        elif letter in BEARER_KEYS:
            self.choose_bearer(BEARER_KEYS[letter])
        elif letter == WHOLE_KEY:
            self.whole.toggle()
        else:
            super().keyPressEvent(event)

    def _on_typed(self) -> None:
        if self._line is None:
            return
        self._name.setText(_("Whole cart") if self.scope == "cart" else self._line.product.name)
        self.choose_bearer(self.borne_by)
        amount = self.amount
        self.set_ready(amount is not None and bool(self.reason) and self._signed)
        self._figures.setVisible(amount is not None)
        if amount is None:
            return
        gross = self._gross(self.scope)
        self._figures.setText(f"{thousands(gross)}  →  {thousands(gross - amount)}   -{thousands(amount)}")


def _no_amount(scope: Scope, text: str) -> int | None:  # noqa: ARG001
    return None


def _no_gross(scope: Scope) -> int:  # noqa: ARG001
    return 0
