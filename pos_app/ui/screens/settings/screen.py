"""Settings: look, printer, money, papers, users; every device has its test. Widgets only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.domain.formats import rupiah
from pos_app.i18n import _
from pos_app.services.printing import DeviceKind, PrinterSettings, SheetKind
from pos_app.ui.messages import Message
from pos_app.ui.person.panel import PersonPanel
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.settings.import_card import ImportCard
from pos_app.ui.screens.settings.presenter import (
    CASH_STEPS,
    COLUMNS,
    DEVICES,
    SHEETS,
    TARGETS,
    TEXT_SCALES,
    MoneySettings,
    PaperSettings,
    SettingsPresenter,
)
from pos_app.ui.screens.settings.users_card import UsersCard
from pos_app.ui.screens.settings.users_presenter import UsersPresenter
from pos_app.ui.settings_pages import settings_pages
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import TextField, buddy_label, field_row
from pos_app.ui.widgets.forms import ChipRow, Choice, Tick
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.qr import QrCode
from pos_app.ui.widgets.side import TIGHT_ABOVE, ScrollArea


class SettingsScreen(Screen):
    """The first page of Settings; the person panel takes its place."""

    name = "settings"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.presenter = SettingsPresenter(shell.counter)
        self._build()
        self._fill()
        self.theme.changed.connect(self._arrange)
        self._arrange()

    # Building --------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        inner = QWidget()
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, inner)
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._columns.setSpacing(12)
        for cards in (
            (self._look_card, self._money_card, self._users_card),
            (self._printer_card, self._paper_card, self._import_card),
        ):
            column = QVBoxLayout()
            column.setSpacing(12)
            for make in cards:
                column.addWidget(make())
            column.addStretch(1)
            self._columns.addLayout(column, 1)
        self.area = ScrollArea(inner)
        self.person = PersonPanel(self.shell, "user", self._require)
        self.person.leaving.connect(self._leave_person)
        self.person.changed.connect(self.users_card.refresh)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.area)
        self.pages.addWidget(self.person)
        self.gate = Gate(self.theme, self.shell.counter, self.pages)
        self.gate.opened.connect(self._show_foot)
        self.gate.closed.connect(self._show_foot)
        self.main_button = KeyButton(self.theme, _("Save"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        foot = QHBoxLayout()
        self.hint = Text(self.theme, step="caption", tone="muted")
        self.hint.setWordWrap(True)
        foot.addWidget(self.hint, 1)
        foot.addWidget(self.main_button, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 12, 12, 12)
        outer.setSpacing(8)
        self.chips = settings_pages(self.shell, self.name)
        outer.addWidget(self.strip)
        outer.addWidget(self.chips)
        outer.addWidget(self.gate, 1)
        outer.addLayout(foot)

    def _card(self, title: str) -> tuple[QWidget, QVBoxLayout]:
        frame, column = padded_card()
        column.addWidget(Text(self.theme, title, step="row", weight=700))
        return frame, column

    def _look_card(self) -> QWidget:
        frame, column = self._card(_("Language & look"))
        self.language_choice = Choice(self.theme, [("id", "Bahasa Indonesia"), ("en", "English")])
        self.language_choice.chosen.connect(self._on_language)
        self.scale_choice = Choice(self.theme, [(str(scale), f"{scale} %") for scale in TEXT_SCALES])
        self.scale_choice.chosen.connect(self._on_scale)
        self.theme_chips = ChipRow(self.theme, [("light", _("Light")), ("dark", _("Dark"))])
        self.theme_chips.chosen.connect(self._on_theme)
        pair = QHBoxLayout()
        pair.setSpacing(12)
        pair.addWidget(field_row(self.theme, _("&Language"), self.language_choice), 1)
        pair.addWidget(field_row(self.theme, _("Text si&ze"), self.scale_choice), 1)
        column.addLayout(pair)
        column.addWidget(self.theme_chips)
        return frame

    def _printer_card(self) -> QWidget:
        theme = self.theme
        frame, column = self._card(_("Printer"))
        self.device_choice = Choice(theme, [(code, _(words)) for code, words in DEVICES.items()])
        self.device_choice.chosen.connect(self._on_device)
        self.columns_choice = Choice(theme, [(str(count), str(count)) for count in COLUMNS])
        pair = QHBoxLayout()
        pair.setSpacing(12)
        pair.addWidget(field_row(theme, _("&Kind"), self.device_choice), 3)
        pair.addWidget(field_row(theme, _("Colu&mns"), self.columns_choice), 1)
        column.addLayout(pair)
        self.target_field = TextField(theme)
        self.target_label = buddy_label(theme, "", self.target_field)
        column.addWidget(self.target_label)
        column.addWidget(self.target_field)
        self.cutter_tick = Tick(theme, _("Paper cutter"))
        self.drawer_tick = Tick(theme, _("Opens the cash drawer"))
        ticks = QHBoxLayout()
        ticks.addWidget(self.cutter_tick)
        ticks.addWidget(self.drawer_tick)
        ticks.addStretch(1)
        column.addLayout(ticks)
        self.sheets_choice = Choice(theme, [(code, _(words)) for code, words in SHEETS.items()])
        self.sheets_choice.chosen.connect(self._on_device)
        self.sheet_field = TextField(theme, placeholder=_("Printer's name or folder"))
        self.sheet_field.setAccessibleName(_("Printer's name or folder"))
        column.addWidget(field_row(theme, _("Slips for &producers"), self.sheets_choice))
        column.addWidget(self.sheet_field)
        self.test_print_button = KeyButton(theme, _("Test: print a page"), icon="printer-check")
        self.test_print_button.clicked.connect(self._test_print)
        column.addWidget(self.test_print_button)
        return frame

    def _money_card(self) -> QWidget:
        theme = self.theme
        frame, column = self._card(_("Cash, QRIS, transfer"))
        self.step_choice = Choice(theme, [(str(step), rupiah(step)) for step in CASH_STEPS])
        column.addWidget(field_row(theme, _("Cash is &rounded to"), self.step_choice))
        self.qris_field = TextField(theme, placeholder=_("Text of the static QRIS code; scan it or paste it"))
        self.qris_field.textChanged.connect(self._on_qris)
        column.addWidget(field_row(theme, _("Static &QRIS code"), self.qris_field))
        self.qris_facts = Facts(theme)
        column.addWidget(self.qris_facts)
        self.dynamic_tick = Tick(theme, _("The provider agreed to codes with an amount"))
        column.addWidget(self.dynamic_tick)
        self.test_qris_button = KeyButton(theme, _("Test: show a code"), icon="qrcode")
        self.test_qris_button.clicked.connect(self._test_qris)
        column.addWidget(self.test_qris_button)
        self.qr = QrCode()
        self.qr.setFixedHeight(280)
        self.qr.hide()
        column.addWidget(self.qr)
        self.transfer_field = TextField(theme, placeholder=_("empty: no transfers"))
        column.addWidget(field_row(theme, _("Bank account for &transfers"), self.transfer_field))
        return frame

    def _paper_card(self) -> QWidget:
        frame, column = self._card(_("On every receipt"))
        self.address_field = TextField(self.theme)
        self.footer_field = TextField(self.theme)
        column.addWidget(field_row(self.theme, _("A&ddress"), self.address_field))
        column.addWidget(field_row(self.theme, _("&Last line"), self.footer_field))
        return frame

    def _import_card(self) -> QWidget:
        workers, say = self.shell.workers, self.strip.show_message
        self.import_card = ImportCard(self.theme, self.presenter, workers, self._require, say)
        self.import_card.listed.connect(self._show_import)
        return self.import_card

    def _users_card(self) -> QWidget:
        self.users_card = UsersCard(self.theme, UsersPresenter(self.shell.counter), self._require, self.shell.say)
        self.users_card.person_wanted.connect(self._open_person)
        return self.users_card

    def _require(self, action: str, approval: Approval, run: Callable[[str | None], None]) -> None:
        self.gate.require(action, approval, run)

    def _arrange(self) -> None:
        tight = self.theme.scale > TIGHT_ABOVE
        way = QBoxLayout.Direction
        self._columns.setDirection(way.TopToBottom if tight else way.LeftToRight)

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Settings")

    def commands(self) -> Sequence[Command]:
        return (Command("Ctrl+P", _("Test: print a page"), self._test_print),)

    def activated(self) -> None:
        self.chips.choose(self.name)
        user = self.shell.counter.user
        manager = user is not None and user.is_manager
        self.main_button.set_icon("" if manager else "lock-outline")
        words = _("Language and look change at once; the rest with Save.")
        lacking = _("Saving needs a manager.")
        self.hint.setText(words if manager else f"{words} {lacking}")
        self.users_card.show_former()
        self.restore_focus()

    def deactivated(self) -> None:
        if self._shows_person:
            self._leave_person()

    def default_focus(self) -> QWidget:
        return self.person.main_button if self._shows_person else self.language_choice

    def take_scan(self, code: str) -> None:
        if self.qris_field.hasFocus():
            self.qris_field.setText(code)
            return
        self.shell.say(Message("S", _("Scanner works: {code}").format(code=code)))

    def escape(self) -> bool:
        if self.gate.asking:
            self.gate.close_question()
            return True
        if self._shows_person:
            self._leave_person()
            return True
        return False

    def main_action(self) -> None:
        if self.gate.asking:
            self.gate.accept()
            return
        if self._shows_person:
            self.person.main_action()
            return
        self.gate.require("settings", Approval(_("Save the settings"), ()), self._save)

    # What happens --------------------------------------------------------------------------------------------------

    def _save(self, _approved_by: str | None) -> None:
        message = self.presenter.save(
            self._printer(),
            MoneySettings(
                int(self.step_choice.code()),
                self.qris_field.text(),
                self.dynamic_tick.isChecked(),
                self.transfer_field.text(),
            ),
            PaperSettings(self.address_field.text(), self.footer_field.text()),
        )
        self.shell.refresh_state()
        self.shell.say(message)

    def _printer(self) -> PrinterSettings:
        return PrinterSettings(
            device=cast(DeviceKind, self.device_choice.code()),
            target=self.target_field.text().strip(),
            columns=int(self.columns_choice.code()),
            cutter=self.cutter_tick.isChecked(),
            drawer=self.drawer_tick.isChecked(),
            sheets=cast(SheetKind, self.sheets_choice.code()),
            sheet_target=self.sheet_field.text().strip(),
        )

    @property
    def _shows_person(self) -> bool:
        return self.pages.currentWidget() is self.person

    def _open_person(self, user_id: str) -> None:
        self.pages.setCurrentWidget(self.person)
        self._show_foot()
        self.person.open(user_id)

    def _leave_person(self) -> None:
        self.person.cover()
        self.pages.setCurrentWidget(self.area)
        self._show_foot()
        self.restore_focus()

    def _on_language(self, code: str) -> None:
        if code != self.presenter.language:
            self.presenter.set_language(code)
            QTimer.singleShot(0, self.shell.rebuild)

    def _on_scale(self, code: str) -> None:
        self.presenter.set_scale(int(code))
        self.theme.set_scale(int(code))

    def _on_theme(self, code: str) -> None:
        self.presenter.set_dark(code == "dark")
        self.theme.set_dark(code == "dark")

    def _on_device(self, _code: str = "") -> None:
        device = self.device_choice.code()
        self.target_label.setText(_(TARGETS[device]))
        self.target_field.setAccessibleName(_(TARGETS[device]).replace("&", ""))
        self.target_label.setVisible(device != "none")
        self.target_field.setVisible(device != "none")
        for widget in (self.cutter_tick, self.drawer_tick, self.columns_choice):
            widget.setEnabled(device != "none")
        self.sheet_field.setVisible(self.sheets_choice.code() != "none")

    def _on_qris(self, text: str) -> None:
        self.qris_facts.show_facts([self.presenter.qris_fact(text)])
        self.test_qris_button.setEnabled(bool(text.strip()))
        self.qr.hide()

    def _test_qris(self) -> None:
        code, message = self.presenter.test_qris(self.qris_field.text())
        self.qr.setVisible(bool(code))
        self.qr.show_text(code)
        self.shell.say(message)
        if code:
            QTimer.singleShot(0, self, self._show_qr)

    def _show_qr(self) -> None:
        self.area.ensureWidgetVisible(self.qr)

    def _test_print(self) -> None:
        settings = self._printer()
        obstacle = self.presenter.printer_obstacle(settings)
        if obstacle is not None:
            self.shell.say(obstacle)
            return
        self.test_print_button.setEnabled(False)
        self.shell.say(Message("I", _("Printing a test page …")))
        self.shell.workers.run(self.presenter.test_print(settings), self._on_printed, self._on_print_failed)

    def _on_printed(self, printed: bool) -> None:
        self.test_print_button.setEnabled(True)
        self.strip.show_message(self.presenter.printed_message(printed))

    def _on_print_failed(self, error: Exception) -> None:
        self.test_print_button.setEnabled(True)
        self.strip.show_message(self.presenter.failed_message(error))

    def _show_import(self) -> None:
        self.area.ensureWidgetVisible(self.import_card.area)

    # What is shown -------------------------------------------------------------------------------------------------

    def _show_foot(self) -> None:
        covered = self.gate.asking or self._shows_person
        self.main_button.setVisible(not covered)
        self.hint.setVisible(not covered)

    def _fill(self) -> None:
        presenter = self.presenter
        self.language_choice.choose(presenter.language)
        self.scale_choice.choose(str(self.theme.wanted_scale))
        self.theme_chips.choose("dark" if self.theme.dark else "light")
        printer = presenter.printer()
        self.device_choice.choose(printer.device)
        self.columns_choice.choose(str(printer.columns))
        self.target_field.setText(printer.target)
        self.cutter_tick.setChecked(printer.cutter)
        self.drawer_tick.setChecked(printer.drawer)
        self.sheets_choice.choose(printer.sheets)
        self.sheet_field.setText(printer.sheet_target)
        money = presenter.money()
        self.step_choice.choose(str(money.cash_step))
        self.qris_field.setText(money.qris)
        self.qris_field.setCursorPosition(0)
        self._on_qris(money.qris)
        self.dynamic_tick.setChecked(money.dynamic)
        self.transfer_field.setText(money.transfer)
        papers = presenter.papers()
        self.address_field.setText(papers.address)
        self.footer_field.setText(papers.footer)
        self._on_device()
