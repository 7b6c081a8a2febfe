"""The corner's QRIS code in Settings. Widgets only; the rules are in ``qris_presenter``."""

from __future__ import annotations

from PySide6.QtCore import QTimer

from pos_app.i18n import _
from pos_app.ui.messages import Message
from pos_app.ui.screens.settings.card import Around, SettingsCard
from pos_app.ui.screens.settings.qris_presenter import QrisPresenter, QrisSettings
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import TextField, field_row
from pos_app.ui.widgets.forms import Tick
from pos_app.ui.widgets.qr import QrCode


class QrisCard(SettingsCard):
    """The set-up wizard shows the same card."""

    section = "money"

    def __init__(self, around: Around) -> None:
        super().__init__(around, "QRIS")
        theme = self.theme
        self.presenter = QrisPresenter(around.counter)
        self.qris_field = TextField(theme, placeholder=_("Text of the static QRIS code; scan it or paste it"))
        self.qris_field.textChanged.connect(self._on_qris)
        self.column.addWidget(field_row(theme, _("Static &QRIS code"), self.qris_field))
        self.qris_facts = Facts(theme)
        self.column.addWidget(self.qris_facts)
        self.dynamic_tick = Tick(theme, _("The provider agreed to codes with an amount"))
        self.column.addWidget(self.dynamic_tick)
        self.test_qris_button = KeyButton(theme, _("Test: show a code"), icon="qrcode")
        self.test_qris_button.clicked.connect(self._test_qris)
        self.column.addWidget(self.test_qris_button)
        self.qr = QrCode()
        self.qr.setFixedHeight(280)
        self.qr.hide()
        self.column.addWidget(self.qr)
        kept = self.presenter.qris()
        self.qris_field.setText(kept.static)
        self.qris_field.setCursorPosition(0)
        self._on_qris(kept.static)
        self.dynamic_tick.setChecked(kept.dynamic)

    def settings(self) -> QrisSettings:
        """As typed."""
        return QrisSettings(self.qris_field.text(), self.dynamic_tick.isChecked())

    def obstacle(self) -> Message | None:
        return self.presenter.obstacle(self.settings())

    def save(self) -> None:
        self.presenter.save(self.settings())

    def take_scan(self, code: str) -> bool:
        if not self.qris_field.hasFocus():
            return False
        self.qris_field.setText(code)
        return True

    def _on_qris(self, text: str) -> None:
        self.qris_facts.show_facts([self.presenter.fact(text)])
        self.test_qris_button.setEnabled(bool(text.strip()))
        self.qr.hide()

    def _test_qris(self) -> None:
        code, message = self.presenter.test(self.qris_field.text())
        self.qr.setVisible(bool(code))
        self.qr.show_text(code)
        self.around.say(message)
        if code:
            QTimer.singleShot(0, self, self._show_qr)

    def _show_qr(self) -> None:
        self.around.reveal(self.qr)
