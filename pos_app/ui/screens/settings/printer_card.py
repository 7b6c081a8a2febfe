"""The printer in Settings: found, set, tried. Widgets only; the rules are in ``printer_presenter``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.printing.discovery import Found
from pos_app.printing.escpos import CodesBy
from pos_app.printing.serial_port import BAUDS
from pos_app.services.printing import DeviceKind, PrinterSettings, SheetKind
from pos_app.ui.messages import Message
from pos_app.ui.screens.settings.card import Around, SettingsCard
from pos_app.ui.screens.settings.printer_presenter import CODES, COLUMNS, DEVICES, SHEETS, TARGETS, PrinterPresenter
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import TextField, buddy_label, field_row
from pos_app.ui.widgets.forms import ChipRow, Choice, Tick
from pos_app.ui.widgets.progress import Progress
from pos_app.ui.worker import Stopped, Task


class PrinterCard(SettingsCard):
    """The set-up wizard shows the same card."""

    section = "paper"

    def __init__(self, around: Around) -> None:
        super().__init__(around, _("Printer"))
        self.presenter = PrinterPresenter(around.counter)
        self._found: Sequence[Found] = ()
        self._search: Task | None = None
        self._build_finder()
        self._build_place()
        self._build_abilities()
        self._build_sheets()
        self._build_test()
        self._fill()

    # Building --------------------------------------------------------------------------------------------------------

    def _build_finder(self) -> None:
        theme = self.theme
        self.find_button = KeyButton(theme, _("Find printers"), icon="magnify")
        self.find_button.clicked.connect(self.find_attached)
        self.network_button = KeyButton(theme, _("Search the network"), icon="magnify")
        self.network_button.clicked.connect(self._on_network)
        self.column.addWidget(ActionBar(theme, [self.find_button, self.network_button]))
        self.progress = Progress(theme)
        self.column.addWidget(self.progress)
        self.found_choice = Choice(theme)
        self.found_choice.chosen.connect(self._on_found_chosen)
        self.found_row = field_row(theme, _("F&ound"), self.found_choice)
        self.found_row.hide()
        self.column.addWidget(self.found_row)

    def _build_place(self) -> None:
        theme = self.theme
        self.device_choice = Choice(theme, [(code, _(words)) for code, words in DEVICES.items()])
        self.device_choice.chosen.connect(self._on_device)
        self.columns_choice = Choice(theme, [(str(count), str(count)) for count in COLUMNS])
        self.column.addLayout(
            _side_by_side(
                (field_row(theme, _("&Kind"), self.device_choice), 3),
                (field_row(theme, _("Colu&mns"), self.columns_choice), 1),
            )
        )
        self.target_field = TextField(theme)
        self.target_label = buddy_label(theme, "", self.target_field)
        self.column.addWidget(self.target_label)
        self.column.addWidget(self.target_field)
        self.baud_choice = Choice(theme, [(str(baud), str(baud)) for baud in BAUDS])
        self.baud_row = field_row(theme, _("Spee&d (as printed on its own test page)"), self.baud_choice)
        self.column.addWidget(self.baud_row)
        self.look_button = KeyButton(theme, _("Look at the papers"), icon="printer-check")
        self.look_button.clicked.connect(self._on_look)
        self.column.addWidget(self.look_button)

    def _build_abilities(self) -> None:
        theme = self.theme
        self.cutter_tick = Tick(theme, _("Paper cutter"))
        self.drawer_tick = Tick(theme, _("Opens the cash drawer"))
        ticks = QHBoxLayout()
        ticks.addWidget(self.cutter_tick)
        ticks.addWidget(self.drawer_tick)
        ticks.addStretch(1)
        self.column.addLayout(ticks)
        self.plain_tick = Tick(theme, _("Knows no bold and no large letters"))
        self.column.addWidget(self.plain_tick)
        self.codes_choice = Choice(theme, [(code, _(words)) for code, words in CODES.items()])
        self.codes_row = field_row(theme, _("QR codes are dra&wn"), self.codes_choice)
        self.column.addWidget(self.codes_row)

    def _build_sheets(self) -> None:
        theme = self.theme
        self.sheets_choice = Choice(theme, [(code, _(words)) for code, words in SHEETS.items()])
        self.sheets_choice.chosen.connect(self._on_device)
        self.sheet_field = TextField(theme, placeholder=_("Printer's name or folder"))
        self.sheet_field.setAccessibleName(_("Printer's name or folder"))
        self.column.addWidget(field_row(theme, _("Slips for &producers"), self.sheets_choice))
        self.column.addWidget(self.sheet_field)

    def _build_test(self) -> None:
        theme = self.theme
        self.test_print_button = KeyButton(theme, _("Test: print a page"), icon="printer-check")
        self.test_print_button.clicked.connect(self.test_print)
        self.column.addWidget(self.test_print_button)
        self.read_label = Text(theme, _("Can it be read? The longest row of digits in one piece ends with"))
        self.read_label.setWordWrap(True)
        answers = [(str(count), f"<{count}") for count in COLUMNS]
        self.read_chips = ChipRow(theme, [*answers, ("no", _("Nothing can be read"))])
        self.read_chips.chosen.connect(self._on_read)
        for widget in (self.read_label, self.read_chips):
            widget.hide()
            self.column.addWidget(widget)

    def _fill(self) -> None:
        printer = self.presenter.printer()
        self.device_choice.choose(printer.device)
        self.columns_choice.choose(str(printer.columns))
        self.target_field.setText("" if printer.device == "virtual" else printer.target)
        self.baud_choice.choose(str(printer.baud))
        self.cutter_tick.setChecked(printer.cutter)
        self.drawer_tick.setChecked(printer.drawer)
        self.plain_tick.setChecked(printer.plain)
        self.codes_choice.choose(printer.codes)
        self.sheets_choice.choose(printer.sheets)
        self.sheet_field.setText(printer.sheet_target)
        self._on_device()

    # What the page uses ----------------------------------------------------------------------------------------------

    def settings(self) -> PrinterSettings:
        """As typed."""
        device = cast(DeviceKind, self.device_choice.code())
        virtual = str(self.presenter.virtual_folder())
        return PrinterSettings(
            device=device,
            target=virtual if device == "virtual" else self.target_field.text().strip(),
            columns=int(self.columns_choice.code()),
            cutter=self.cutter_tick.isChecked(),
            drawer=self.drawer_tick.isChecked(),
            baud=int(self.baud_choice.code()),
            codes=cast(CodesBy, self.codes_choice.code()),
            plain=self.plain_tick.isChecked(),
            sheets=cast(SheetKind, self.sheets_choice.code()),
            sheet_target=self.sheet_field.text().strip(),
        )

    def obstacle(self) -> Message | None:
        return self.presenter.obstacle(self.settings())

    def save(self) -> None:
        self.presenter.save(self.settings())

    # Finding ---------------------------------------------------------------------------------------------------------

    def find_attached(self) -> None:
        """Looks at this computer."""
        self.find_button.setEnabled(False)
        self.around.say(Message("I", _("Looking for printers …")))
        self.around.workers.run(self.presenter.find_attached, self._on_attached, self._on_search_failed)

    def _on_network(self) -> None:
        """Asks the network, or ends that."""
        if self._search is not None:
            self._search.stop()
            return
        self.network_button.setText(_("Stop searching"))
        self.progress.show_progress(_("Asking the network …"))
        self._search = self.around.workers.run_told(
            self.presenter.find_on_network, self._on_progress, self._on_network_found, self._on_search_failed
        )

    def _on_progress(self, done: int, total: int) -> None:
        self.progress.show_progress(_("Asking the network …"), done, total)

    def _on_attached(self, found: list[Found]) -> None:
        self._show_found(found, network=False)

    def _on_network_found(self, found: list[Found]) -> None:
        self._show_found(found, network=True)

    def _show_found(self, found: list[Found], *, network: bool) -> None:
        self._end_search()
        self._found = found
        self.found_choice.set_options(self.presenter.found_options(found))
        self.found_row.setVisible(bool(found))
        self.around.say(self.presenter.found_message(found, network=network))
        if found:
            self._on_found_chosen("0")

    def _on_search_failed(self, error: Exception) -> None:
        self._end_search()
        if isinstance(error, Stopped):
            self.around.say(Message("I", _("The search was stopped.")))
            return
        self.around.say(self.presenter.failed_message(error))

    def _end_search(self) -> None:
        self._search = None
        self.find_button.setEnabled(True)
        self.network_button.setText(_("Search the network"))
        self.progress.hide()

    def _on_found_chosen(self, place: str) -> None:
        chosen = self._found[int(place)]
        self.device_choice.choose(chosen.kind)
        self.target_field.setText(chosen.target)
        self._on_device()

    # Trying ----------------------------------------------------------------------------------------------------------

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
        for widget in (self.read_label, self.read_chips):
            widget.setVisible(printed)
        self.around.say(self.presenter.printed_message(printed))
        if printed:
            self.read_chips.button(str(COLUMNS[0])).setFocus()
            QTimer.singleShot(0, self.read_chips, self._reveal_answer)
        if printed and self.device_choice.code() == "virtual":
            self.open_virtual()

    def _reveal_answer(self) -> None:
        """The question and its answers, once they have their places."""
        self.around.reveal(self.read_label)
        self.around.reveal(self.read_chips)

    def _on_print_failed(self, error: Exception) -> None:
        self.test_print_button.setEnabled(True)
        self.test_print_button.setFocus()
        self.around.say(self.presenter.failed_message(error))

    def _on_read(self, answer: str) -> None:
        if answer != "no":
            self.columns_choice.choose(answer)
        self.around.say(self.presenter.read_message(answer))

    def open_virtual(self) -> None:
        """Shows the window of the virtual printer."""
        from pos_app.ui.virtual_printer.window import open_window

        columns = int(self.columns_choice.code())
        open_window(self, self.theme, self.around.workers, self.presenter.virtual_folder(), columns)

    def _on_look(self) -> None:
        from pos_app.ui.virtual_printer.window import show_or_close

        columns = int(self.columns_choice.code())
        show_or_close(self, self.theme, self.around.workers, self.presenter.virtual_folder(), columns)

    def _on_device(self, _code: str = "") -> None:
        device = self.device_choice.code()
        self.target_label.setText(_(TARGETS[device]))
        self.target_field.setAccessibleName(_(TARGETS[device]).replace("&", ""))
        placed = device not in ("none", "virtual")
        self.target_label.setVisible(placed)
        self.target_field.setVisible(placed)
        self.baud_row.setVisible(device == "serial")
        self.look_button.setVisible(device == "virtual")
        for widget in (self.cutter_tick, self.drawer_tick, self.columns_choice, self.plain_tick, self.codes_choice):
            widget.setEnabled(device != "none")
        self.sheet_field.setVisible(self.sheets_choice.code() != "none")


def _side_by_side(*widgets: tuple[QWidget, int]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(12)
    for widget, share in widgets:
        row.addWidget(widget, share)
    return row
