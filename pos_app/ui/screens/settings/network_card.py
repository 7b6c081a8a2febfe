"""The way to the centre in Settings: address, proxy, certificates; tried with what is typed. Widgets only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFileDialog, QHBoxLayout

from pos_app.i18n import _
from pos_app.ui.dialog_folders import remembered, start_in
from pos_app.ui.messages import Message
from pos_app.ui.screens.settings.card import Around, SettingsCard
from pos_app.ui.screens.settings.network_presenter import NetworkPresenter, NetworkSettings
from pos_app.ui.sync_worker import try_connection
from pos_app.ui.widgets.basic import Text
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import TextField, field_row
from pos_app.ui.widgets.forms import Tick

CERTIFICATES = "*.pem *.crt *.cer"


class NetworkCard(SettingsCard):
    """Its fields wait for Save; ``choose_file`` asks for a file, empty for none."""

    section = "data"

    def __init__(self, around: Around) -> None:
        super().__init__(around, _("Way to Diskoperin"))
        theme = self.theme
        self.presenter = NetworkPresenter(around.counter)
        self.choose_file: Callable[[], str] = self._ask_file
        self.address_field = TextField(theme, placeholder="https://…")
        self.proxy_field = TextField(theme, placeholder=_("empty: none"))
        self.ca_field = TextField(theme, placeholder=_("empty: those of this computer"))
        self.file_button = KeyButton(theme, _("Choose …"))
        self.file_button.setAccessibleName(_("Choose the file with the office's certificates"))
        self.file_button.clicked.connect(self._on_choose)
        self.plain_tick = Tick(theme, _("Allow http without encryption"))
        self.plain_hint = Text(theme, _("Only inside a network that is safe by itself."), step="caption", tone="muted")
        self.plain_hint.setWordWrap(True)
        self.try_button = KeyButton(theme, _("Test: try the connection"), icon="sync")
        self.try_button.clicked.connect(self.try_now)
        self.column.addWidget(field_row(theme, _("Centre's &address"), self.address_field))
        self.column.addWidget(field_row(theme, _("Pro&xy of the office network"), self.proxy_field))
        self.column.addWidget(field_row(theme, _("Certificates of the office (&CA file)"), self.ca_field))
        row = QHBoxLayout()
        row.addWidget(self.file_button)
        row.addStretch(1)
        self.column.addLayout(row)
        for widget in (self.plain_tick, self.plain_hint, self.try_button):
            self.column.addWidget(widget)
        self._shown = self.presenter.settings()
        self._fill(self._shown)

    def refresh(self) -> None:
        """What was joined meanwhile is shown; what was typed here stays."""
        now = self.presenter.settings()
        if self.typed() == self._shown:
            self._fill(now)
        self._shown = now

    def typed(self) -> NetworkSettings:
        """As typed."""
        return NetworkSettings(
            self.address_field.text().strip(),
            self.proxy_field.text().strip(),
            self.ca_field.text().strip(),
            self.plain_tick.isChecked(),
        )

    def obstacle(self) -> Message | None:
        return self.presenter.obstacle(self.typed())

    def save(self) -> None:
        self.presenter.save(self.typed())
        self.refresh()

    def try_now(self) -> None:
        """Asks the centre with what is typed."""
        typed = self.typed()
        self.try_button.setEnabled(False)
        self.around.say(Message("I", _("Trying the connection …")))
        try_connection(self.around.workers, typed.address, typed.network, self._on_answer, self._on_failed)

    def _on_answer(self, _nothing: None) -> None:
        self._tried(self.presenter.answers())

    def _on_failed(self, error: Exception) -> None:
        self._tried(self.presenter.failed(error))

    def _tried(self, message: Message) -> None:
        self.try_button.setEnabled(True)
        self.try_button.setFocus()
        self.around.say(message)

    def _on_choose(self) -> None:
        chosen = self.choose_file()
        if chosen:
            self.ca_field.setText(chosen)

    def _ask_file(self) -> str:
        title = _("Choose the file with the office's certificates")
        return remembered(QFileDialog.getOpenFileName(self, title, start_in(), CERTIFICATES)[0])

    def _fill(self, settings: NetworkSettings) -> None:
        self.address_field.setText(settings.address)
        self.proxy_field.setText(settings.proxy)
        self.ca_field.setText(settings.ca_file)
        self.plain_tick.setChecked(settings.plain_http)
