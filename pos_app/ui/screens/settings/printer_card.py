"""The printer in Settings, with its test page. Widgets only; the rules are in ``printer_presenter``."""

from __future__ import annotations

from typing import cast

from PySide6.QtWidgets import QHBoxLayout

from pos_app.i18n import _
from pos_app.services.printing import DeviceKind, PrinterSettings, SheetKind
from pos_app.ui.messages import Message
from pos_app.ui.screens.settings.card import Around, SettingsCard
from pos_app.ui.screens.settings.printer_presenter import COLUMNS, DEVICES, SHEETS, TARGETS, PrinterPresenter
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import TextField, buddy_label, field_row
from pos_app.ui.widgets.forms import Choice, Tick


class PrinterCard(SettingsCard):
    """The set-up wizard shows the same card."""

    section = "paper"

    def __init__(self, around: Around) -> None:
        super().__init__(around, _("Printer"))
        self.presenter = PrinterPresenter(around.counter)
        self._build()
        self._fill()

    def _build(self) -> None:
        theme = self.theme
        self.device_choice = Choice(theme, [(code, _(words)) for code, words in DEVICES.items()])
        self.device_choice.chosen.connect(self._on_device)
        self.columns_choice = Choice(theme, [(str(count), str(count)) for count in COLUMNS])
        pair = QHBoxLayout()
        pair.setSpacing(12)
        pair.addWidget(field_row(theme, _("&Kind"), self.device_choice), 3)
        pair.addWidget(field_row(theme, _("Colu&mns"), self.columns_choice), 1)
        self.column.addLayout(pair)
        self.target_field = TextField(theme)
        self.target_label = buddy_label(theme, "", self.target_field)
        self.column.addWidget(self.target_label)
        self.column.addWidget(self.target_field)
        self.cutter_tick = Tick(theme, _("Paper cutter"))
        self.drawer_tick = Tick(theme, _("Opens the cash drawer"))
        ticks = QHBoxLayout()
        ticks.addWidget(self.cutter_tick)
        ticks.addWidget(self.drawer_tick)
        ticks.addStretch(1)
        self.column.addLayout(ticks)
        self.sheets_choice = Choice(theme, [(code, _(words)) for code, words in SHEETS.items()])
        self.sheets_choice.chosen.connect(self._on_device)
        self.sheet_field = TextField(theme, placeholder=_("Printer's name or folder"))
        self.sheet_field.setAccessibleName(_("Printer's name or folder"))
        self.column.addWidget(field_row(theme, _("Slips for &producers"), self.sheets_choice))
        self.column.addWidget(self.sheet_field)
        self.test_print_button = KeyButton(theme, _("Test: print a page"), icon="printer-check")
        self.test_print_button.clicked.connect(self.test_print)
        self.column.addWidget(self.test_print_button)

    def _fill(self) -> None:
        printer = self.presenter.printer()
        self.device_choice.choose(printer.device)
        self.columns_choice.choose(str(printer.columns))
        self.target_field.setText(printer.target)
        self.cutter_tick.setChecked(printer.cutter)
        self.drawer_tick.setChecked(printer.drawer)
        self.sheets_choice.choose(printer.sheets)
        self.sheet_field.setText(printer.sheet_target)
        self._on_device()

    def settings(self) -> PrinterSettings:
        """As typed."""
        return PrinterSettings(
            device=cast(DeviceKind, self.device_choice.code()),
            target=self.target_field.text().strip(),
            columns=int(self.columns_choice.code()),
            cutter=self.cutter_tick.isChecked(),
            drawer=self.drawer_tick.isChecked(),
            sheets=cast(SheetKind, self.sheets_choice.code()),
            sheet_target=self.sheet_field.text().strip(),
        )

    def obstacle(self) -> Message | None:
        return self.presenter.obstacle(self.settings())

    def save(self) -> None:
        self.presenter.save(self.settings())

    def test_print(self) -> None:
        """Prints the test page with what is typed."""
        settings = self.settings()
        obstacle = self.presenter.obstacle(settings)
        if obstacle is not None:
            self.around.say(obstacle)
            return
        self.test_print_button.setEnabled(False)
        self.around.say(Message("I", _("Printing a test page …")))
        self.around.workers.run(self.presenter.test_print(settings), self._on_printed, self._on_print_failed)

    def _on_printed(self, printed: bool) -> None:
        self.test_print_button.setEnabled(True)
        self.around.say(self.presenter.printed_message(printed))

    def _on_print_failed(self, error: Exception) -> None:
        self.test_print_button.setEnabled(True)
        self.around.say(self.presenter.failed_message(error))

    def _on_device(self, _code: str = "") -> None:
        device = self.device_choice.code()
        self.target_label.setText(_(TARGETS[device]))
        self.target_field.setAccessibleName(_(TARGETS[device]).replace("&", ""))
        self.target_label.setVisible(device != "none")
        self.target_field.setVisible(device != "none")
        for widget in (self.cutter_tick, self.drawer_tick, self.columns_choice):
            widget.setEnabled(device != "none")
        self.sheet_field.setVisible(self.sheets_choice.code() != "none")
