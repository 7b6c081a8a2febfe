"""Cash rounding and the account for transfers in Settings. Widgets only."""

from __future__ import annotations

from pos_app.domain.formats import rupiah
from pos_app.i18n import _
from pos_app.ui.screens.settings.card import Around, SettingsCard
from pos_app.ui.screens.settings.money_presenter import CASH_STEPS, MoneyPresenter, MoneySettings
from pos_app.ui.widgets.fields import TextField, field_row
from pos_app.ui.widgets.forms import Choice


class MoneyCard(SettingsCard):
    """Both wait for Save."""

    section = "money"

    def __init__(self, around: Around) -> None:
        super().__init__(around, _("Cash and transfers"))
        theme = self.theme
        self.presenter = MoneyPresenter(around.counter)
        self.step_choice = Choice(theme, [(str(step), rupiah(step)) for step in CASH_STEPS])
        self.column.addWidget(field_row(theme, _("Cash is &rounded to"), self.step_choice))
        self.transfer_field = TextField(theme, placeholder=_("empty: no transfers"))
        self.column.addWidget(field_row(theme, _("Bank account for &transfers"), self.transfer_field))
        money = self.presenter.money()
        self.step_choice.choose(str(money.cash_step))
        self.transfer_field.setText(money.transfer)

    def save(self) -> None:
        self.presenter.save(MoneySettings(int(self.step_choice.code()), self.transfer_field.text()))
