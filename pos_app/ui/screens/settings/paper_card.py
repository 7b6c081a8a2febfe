"""What every receipt says, in Settings. Widgets only."""

from __future__ import annotations

from pos_app.i18n import _
from pos_app.ui.screens.settings.card import Around, SettingsCard
from pos_app.ui.screens.settings.paper_presenter import PaperPresenter, PaperSettings
from pos_app.ui.widgets.fields import TextField, field_row


class PaperCard(SettingsCard):
    """Address and last line; both wait for Save."""

    section = "paper"

    def __init__(self, around: Around) -> None:
        super().__init__(around, _("On every receipt"))
        self.presenter = PaperPresenter(around.counter)
        self.address_field = TextField(self.theme)
        self.footer_field = TextField(self.theme)
        self.column.addWidget(field_row(self.theme, _("A&ddress"), self.address_field))
        self.column.addWidget(field_row(self.theme, _("&Last line"), self.footer_field))
        papers = self.presenter.papers()
        self.address_field.setText(papers.address)
        self.footer_field.setText(papers.footer)

    def save(self) -> None:
        self.presenter.save(PaperSettings(self.address_field.text(), self.footer_field.text()))
