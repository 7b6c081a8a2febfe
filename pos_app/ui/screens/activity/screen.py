"""The log of events: who removed, discounted, opened, approved. For managers. Widgets only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.services.events import Event
from pos_app.ui.export_page import ExportPage
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.activity.presenter import ALL, ActivityPresenter
from pos_app.ui.screens.activity.table_model import EventsModel
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import field_row
from pos_app.ui.widgets.forms import ChipRow, Choice, DateField
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import SidePanel
from pos_app.ui.widgets.table import TwoLineTable


class ActivityScreen(Screen):
    """See the module. A cashier needs a manager's PIN each time it is opened."""

    name = "activity"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        theme = self.theme
        self.presenter = ActivityPresenter(shell.counter)
        self.model = EventsModel()
        self.table = TwoLineTable(theme, self.model, empty=_("Nothing happened in this period."))
        self.table.setAccessibleName(_("Log of events"))
        self.chips = ChipRow(theme, self.presenter.kinds())
        self.chips.chosen.connect(self._on_kind)
        self._allowed = False
        self._reading = 0
        self._build()

    def _build(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.strip)
        left.addWidget(self.chips)
        left.addWidget(self.table, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(left, 1)
        self.side = QStackedWidget()
        self.export_page = ExportPage(self.theme, self.shell.workers, self.presenter.save_work, width=360, compact=320)
        self.export_page.left.connect(self.escape)
        self.export_page.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.side.addWidget(self._side())
        self.side.addWidget(self.export_page)
        self.gate = Gate(self.theme, self.shell.counter, self.side)
        self.gate.closed.connect(self._on_gate_closed)
        row.addWidget(self.gate)

    def _side(self) -> QWidget:
        theme = self.theme
        panel = SidePanel(theme, width=360, compact=320)
        frame, column = padded_card()
        column.addWidget(Text(theme, _("Whose and when"), step="row", weight=700))
        self.who_choice = Choice(theme)
        self.who_choice.chosen.connect(self._on_who)
        column.addWidget(field_row(theme, _("&Person"), self.who_choice))
        self.first_field = DateField(theme, lambda: self.presenter.today)
        self.last_field = DateField(theme, lambda: self.presenter.today)
        for words, field in ((_("&From"), self.first_field), (_("&To"), self.last_field)):
            field.returnPressed.connect(self._on_days)
            column.addWidget(field_row(theme, words, field))
        show = KeyButton(theme, _("Show"), key="Enter", icon="magnify")
        show.clicked.connect(self._on_days)
        column.addWidget(show)
        panel.body.addWidget(frame)
        panel.body.addStretch(1)
        self.excel_button = KeyButton(theme, _("Export Excel"))
        self.excel_button.clicked.connect(partial(self._export, "xlsx"))
        self.pdf_button = KeyButton(theme, _("Export PDF"))
        self.pdf_button.clicked.connect(partial(self._export, "pdf"))
        panel.foot.addWidget(ActionBar(theme, [self.excel_button, self.pdf_button]))
        self.main_button = KeyButton(theme, _("Print log"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        panel.foot.addWidget(self.main_button)
        return panel

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Log of events")

    def commands(self) -> Sequence[Command]:
        return (
            Command("F2", _("Days"), self.first_field.setFocus),
            Command("F5", _("Read anew"), self._read),
            Command("Ctrl+P", _("Print log"), self._print),
        )

    def activated(self) -> None:
        self.side.setCurrentIndex(0)
        self.presenter.first = self.presenter.last = self.presenter.today
        self.first_field.set_value(self.presenter.first)
        self.last_field.set_value(self.presenter.last)
        self._forget()
        self.gate.close_question()
        self.gate.require("log", Approval(_("Log of events")), self._on_allowed)

    def deactivated(self) -> None:
        self._forget()

    def default_focus(self) -> QWidget:
        return self.table

    def main_action(self) -> None:
        if self.gate.asking:
            return
        if self.side.currentWidget() is self.export_page:
            self.export_page.box.start()
        else:
            self._print()

    def escape(self) -> bool:
        if self.gate.asking:
            self.gate.close_question()
        elif self.side.currentWidget() is self.export_page:
            self.side.setCurrentIndex(0)
            self.restore_focus()
        else:
            self.shell.go("reports")
        return True

    # What happens --------------------------------------------------------------------------------------------------

    def _on_allowed(self, _approved_by: str | None) -> None:
        self._allowed = True
        self._read()
        self.restore_focus()

    def _on_gate_closed(self) -> None:
        if not self._allowed and self.isVisible():
            QTimer.singleShot(0, self, self._leave)  # the PIN may just have been right

    def _leave(self) -> None:
        if not self._allowed and self.isVisible() and not self.gate.asking:
            self.shell.go("reports")

    def _forget(self) -> None:
        """Nothing is left on the screen for whoever opens it next."""
        self._allowed = False
        self._reading += 1
        self.presenter.events = []
        self.presenter.kind = self.presenter.who = ALL
        self._show()

    def _on_days(self) -> None:
        wrong = self.presenter.set_days(self.first_field.value(), self.last_field.value())
        if wrong is not None:
            self.shell.say(wrong)
            return
        self.shell.hush()
        self._read()

    def _on_kind(self, kind: str) -> None:
        self.presenter.kind = kind
        self.model.set_rows(self.presenter.rows())

    def _on_who(self, who: str) -> None:
        self.presenter.who = who
        self.model.set_rows(self.presenter.rows())

    def _read(self) -> None:
        if not self._allowed:
            return
        self._reading += 1
        self.shell.workers.run(self.presenter.work(), partial(self._on_read, self._reading), self._on_failed)

    def _on_read(self, number: int, events: list[Event]) -> None:
        if number == self._reading:
            self.presenter.events = events
            self._show()

    def _on_failed(self, error: Exception) -> None:
        self.shell.say(self.presenter.failed(error))

    def _show(self) -> None:
        presenter = self.presenter
        self.who_choice.set_options(presenter.persons())
        self.who_choice.choose(presenter.who)
        self.chips.choose(presenter.kind)
        self.chips.show_counts(presenter.counts())
        self.model.set_rows(presenter.rows())

    def _print(self) -> None:
        if self._allowed and not self.gate.asking:
            self.shell.workers.run(self.presenter.print_work(), self._on_printed, self._on_failed)

    def _on_printed(self, printed: bool) -> None:
        self.shell.say(self.presenter.printed(printed=printed))

    def _export(self, kind: str) -> None:
        if self._allowed and not self.gate.asking:
            self.export_page.open(kind, self.presenter.period_text())
            self.side.setCurrentWidget(self.export_page)
