"""Language, theme, text size and the buyer's display in Settings. Widgets only; the rules are in ``look_presenter``."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from pos_app.i18n import _
from pos_app.ui.screens.settings.card import Around, SettingsCard
from pos_app.ui.screens.settings.look_presenter import LookPresenter
from pos_app.ui.settings_keys import TEXT_SCALES
from pos_app.ui.widgets.fields import field_row
from pos_app.ui.widgets.forms import ChipRow, Choice, Tick


class LookCard(SettingsCard):
    """``language_changed`` comes when every word has to be built anew."""

    section = "look"
    language_changed = Signal()

    def __init__(self, around: Around) -> None:
        super().__init__(around, _("Language & look"))
        theme = self.theme
        self.presenter = LookPresenter(around.counter)
        self.language_choice = Choice(theme, [("id", "Bahasa Indonesia"), ("en", "English")])
        self.language_choice.chosen.connect(self._on_language)
        self.scale_choice = Choice(theme, [(str(scale), f"{scale} %") for scale in TEXT_SCALES])
        self.scale_choice.chosen.connect(self._on_scale)
        self.theme_chips = ChipRow(theme, [("light", _("Light")), ("dark", _("Dark"))])
        self.theme_chips.chosen.connect(self._on_theme)
        pair = QHBoxLayout()
        pair.setSpacing(12)
        pair.addWidget(field_row(theme, _("&Language"), self.language_choice), 1)
        pair.addWidget(field_row(theme, _("Text si&ze"), self.scale_choice), 1)
        self.column.addLayout(pair)
        self.column.addWidget(self.theme_chips)
        self.display_tick = Tick(theme, _("Buyer display"))
        self.display_tick.toggled.connect(self.presenter.set_buyer_display)
        self.column.addWidget(self.display_tick)
        self.refresh()
        self.language_choice.choose(self.presenter.language)
        self.scale_choice.choose(str(theme.wanted_scale))
        self.theme_chips.choose("dark" if theme.dark else "light")
        theme.sized.connect(self._show_scale)

    def refresh(self) -> None:
        """The key L beside the QR code may have turned it meanwhile."""
        self.display_tick.blockSignals(True)
        self.display_tick.setChecked(self.presenter.buyer_display)
        self.display_tick.blockSignals(False)

    def _on_language(self, code: str) -> None:
        if code != self.presenter.language:
            self.presenter.set_language(code)
            self.language_changed.emit()

    def _on_scale(self, code: str) -> None:
        self.presenter.set_scale(int(code))
        self.theme.set_scale(int(code))

    def _show_scale(self, scale: int) -> None:
        self.scale_choice.choose(str(scale))

    def _on_theme(self, code: str) -> None:
        self.presenter.set_dark(code == "dark")
        self.theme.set_dark(code == "dark")
