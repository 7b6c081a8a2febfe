"""What every receipt says, in Settings. Widgets only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFileDialog, QLabel

from pos_app.i18n import _
from pos_app.ui.dialog_folders import remembered, start_in
from pos_app.ui.screens.settings.card import Around, SettingsCard
from pos_app.ui.screens.settings.paper_presenter import PaperPresenter, PaperSettings
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import TextField, field_row
from pos_app.ui.widgets.forms import Tick

LOGO_SIZE: Final = (192, 96)


class PaperCard(SettingsCard):
    """Address, last lines and logo; all wait for Save. ``choose_file`` gives an empty text for none."""

    section = "paper"

    def __init__(self, around: Around) -> None:
        super().__init__(around, _("On every receipt"))
        theme, column = self.theme, self.column
        self.presenter = PaperPresenter(around.counter)
        self.choose_file: Callable[[], str] = self._ask_file
        self.address_field = TextField(theme)
        self.footer_field = TextField(theme)
        self.second_field = TextField(theme)
        column.addWidget(field_row(theme, _("A&ddress"), self.address_field))
        column.addWidget(field_row(theme, _("&Last line"), self.footer_field))
        column.addWidget(field_row(theme, _("A line below it"), self.second_field))
        self.logo_button = KeyButton(theme, _("Choose a logo …"))
        self.logo_button.clicked.connect(self._on_logo)
        self.no_logo_button = KeyButton(theme, _("No logo"), icon="close")
        self.no_logo_button.clicked.connect(self._on_no_logo)
        column.addWidget(ActionBar(theme, [self.logo_button, self.no_logo_button]))
        self.logo_label = QLabel()
        self.logo_label.setAccessibleName(_("The logo as it is printed"))
        column.addWidget(self.logo_label)
        self.check_tick = Tick(theme, _("A QR code to check the receipt later"))
        column.addWidget(self.check_tick)
        papers = self.presenter.papers()
        lines = [*papers.footer.splitlines(), "", ""]
        self.address_field.setText(papers.address)
        self.footer_field.setText(lines[0])
        self.second_field.setText(lines[1])
        self.check_tick.setChecked(papers.check_code)
        self._show_logo(papers.logo)

    def save(self) -> None:
        footer = f"{self.footer_field.text()}\n{self.second_field.text()}"
        self.presenter.save(PaperSettings(self.address_field.text(), footer, self.logo, self.check_tick.isChecked()))

    def _on_logo(self) -> None:
        chosen = self.choose_file()
        if chosen:
            self.logo_button.setEnabled(False)
            work = self.presenter.logo_work(Path(chosen))
            self.around.workers.run(work, self._on_made, self._on_failed)

    def _on_made(self, logo: bytes) -> None:
        self.logo_button.setEnabled(True)
        self._show_logo(logo)

    def _on_failed(self, error: Exception) -> None:
        self.logo_button.setEnabled(True)
        self.around.say(self.presenter.failed_message(error))

    def _on_no_logo(self) -> None:
        self._show_logo(b"")

    def _show_logo(self, logo: bytes) -> None:
        self.logo = logo
        picture = QPixmap()
        if logo:
            picture.loadFromData(logo)
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            picture = picture.scaled(*LOGO_SIZE, keep, smooth)
        self.logo_label.setPixmap(picture)
        self.logo_label.setVisible(bool(logo))
        self.no_logo_button.setEnabled(bool(logo))

    def _ask_file(self) -> str:
        kinds = "*.png *.jpg *.jpeg *.bmp"
        return remembered(QFileDialog.getOpenFileName(self, _("Choose a logo …"), start_in(), kinds)[0])
