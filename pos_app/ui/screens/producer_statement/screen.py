"""A producer's statement: any period, seen as the page that is sent. Widgets only; the rules are in ``presenter``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.services.producer_statements import Period
from pos_app.ui.reading import Reading
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.producer_statement.presenter import Loaded, StatementPresenter
from pos_app.ui.screens.producer_statement.table_model import StatementGoodsModel
from pos_app.ui.send_box import SendBox
from pos_app.ui.widgets.basic import NameText, Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import buddy_label, field_row
from pos_app.ui.widgets.finder import Finder, PickField
from pos_app.ui.widgets.forms import ChipRow, DateField, Tick
from pos_app.ui.widgets.paper import Grey, PaperPicture
from pos_app.ui.widgets.results import Result
from pos_app.ui.widgets.side import SidePanel, TightColumns
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import TwoLineTable

BESIDE: Final = 24
"""Room of the scroll bar beside the page, in pixels."""


class ProducerStatementScreen(Screen):
    """See the module."""

    name = "producer_statement"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        theme = self.theme
        self.presenter = StatementPresenter(shell.counter)
        self.model = StatementGoodsModel()
        self.table = TwoLineTable(theme, self.model)
        TightColumns(theme, self.table, (1, 2, 4, 5), compact_too=True)
        self.pick = PickField(theme, placeholder=_("Type a producer's name or code"))
        self.finder = Finder(theme, self.pick, self, self._find, empty=_("No producer found. Check the spelling."))
        self.finder.picked.connect(self._on_picked)
        self.chips = ChipRow(theme, self.presenter.periods())
        self.chips.chosen.connect(self._on_period)
        self.reading = Reading(shell.workers)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(self._left(), 1)
        row.addWidget(self._side())

    def _left(self) -> QVBoxLayout:
        theme = self.theme
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(buddy_label(theme, _("&Producer F8"), self.pick))
        head.addWidget(self.pick, 1)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(head)
        left.addWidget(self.strip)
        left.addWidget(self.chips)
        left.addWidget(self._range_row())
        self.name_text = NameText(theme, step="title", weight=700)
        left.addWidget(self.name_text)
        left.addWidget(self.table, 1)
        return left

    def _range_row(self) -> QWidget:
        theme = self.theme
        self.range_row = QWidget()
        line = QHBoxLayout(self.range_row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        self.first_field = DateField(theme, lambda: self.presenter.today)
        self.last_field = DateField(theme, lambda: self.presenter.today)
        show = KeyButton(theme, _("Show"), key="Enter", icon="magnify")
        show.clicked.connect(self._on_days)
        for words, field in ((_("&From"), self.first_field), (_("&To"), self.last_field)):
            field.returnPressed.connect(self._on_days)
            line.addWidget(field_row(theme, words, field), 1)
        line.addWidget(show)
        self.range_row.hide()
        return self.range_row

    def _side(self) -> QWidget:
        theme = self.theme
        panel = self._panel = SidePanel(theme, width=400, compact=360)
        frame, column = padded_card()
        self.sums, self.slips = Sums(theme), Sums(theme)
        self.slips_title = Text(theme, _("Payment slips"), weight=700)
        for widget in (self.sums, self.slips_title, self.slips):
            column.addWidget(widget)
        panel.body.addWidget(frame)
        frame, column = padded_card()
        column.addWidget(Text(theme, _("To send"), step="row", weight=700))
        self.full_tick = Tick(theme, _("With every document"))
        self.full_tick.toggled.connect(self._on_full)
        column.addWidget(self.full_tick)
        self.send = SendBox(self.shell, self.presenter.build)
        column.addWidget(self.send)
        panel.body.addWidget(frame)
        self.picture = PaperPicture()
        panel.body.addWidget(self.picture)
        panel.body.addStretch(1)
        self.main_button = KeyButton(theme, _("Print page"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        panel.foot.addWidget(self.main_button)
        return panel

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Producer's statement")

    def commands(self) -> Sequence[Command]:
        return (
            Command("F5", _("Read anew"), self._read),
            Command("F6", _("Copy picture"), self.send.copy_picture),
            Command("F8", _("Pick a producer"), self._pick),
            Command("Ctrl+F", _("Search"), self._pick),
            Command("Ctrl+P", _("Print page"), self.send.print_it),
        )

    def show_only(self, which: str) -> None:
        self.presenter.producer = which
        self.presenter.loaded = None

    def activated(self) -> None:
        self.presenter.begin()
        self._read()
        self.restore_focus()

    def deactivated(self) -> None:
        self.reading.stop()

    def default_focus(self) -> QWidget:
        return self.chips.button(self.presenter.period)

    def main_action(self) -> None:
        self.send.print_it()

    def escape(self) -> bool:
        if self.finder.is_open or self.pick.text():
            self.finder.close()
            self.pick.clear()
            self.restore_focus()
        else:
            self.shell.go("producers")
        return True

    # What happens --------------------------------------------------------------------------------------------------

    def _pick(self) -> None:
        self.pick.setFocus()
        self.pick.selectAll()

    def _find(self, text: str) -> list[Result]:
        return [Result(code, name, f"{code} · {where}".rstrip(" ·")) for code, name, where in self.presenter.find(text)]

    def _on_picked(self, code: str) -> None:
        self.presenter.producer = code
        self.pick.clear()
        self._read()
        self.restore_focus()

    def _on_period(self, period: str) -> None:
        self.presenter.period = cast(Period, period)
        self.range_row.setVisible(period == "range")
        if period == "range":
            self.first_field.set_value(self.presenter.first)
            self.last_field.set_value(self.presenter.last)
            self.first_field.setFocus()
            self.first_field.selectAll()
        self._read()

    def _on_days(self) -> None:
        wrong = self.presenter.set_days(self.first_field.value(), self.last_field.value())
        if wrong is not None:
            self.shell.say(wrong)
            return
        self.shell.hush()
        self._read()

    def _on_full(self, full: bool) -> None:
        self.presenter.full = full

    def _read(self) -> None:
        presenter = self.presenter
        if presenter.asks() != self.reading.key:
            presenter.loaded = None  # figures never stand under another's name or period
        self.send.set_ready(bool(presenter.producer), presenter.name())
        self.main_button.setEnabled(bool(presenter.producer))
        if presenter.producer:
            self.reading.begin(presenter.asks(), presenter.work(), self._on_loaded, self._on_failed)
        else:
            self.reading.stop()
        self._show()

    def _on_loaded(self, loaded: Loaded) -> None:
        self.presenter.loaded = loaded
        self._show()
        trouble = self.presenter.trouble()
        if trouble is not None:
            self.shell.say(trouble)

    def _on_failed(self, error: Exception) -> None:
        self.shell.say(self.presenter.failed(error).with_action(_("Try again"), self._read))

    def _show(self) -> None:
        presenter = self.presenter
        self.chips.choose(presenter.period)
        self.name_text.setText(presenter.name())
        sums = [SumRow(words, amount) for words, amount in presenter.sums()]
        if sums:
            sums[-1] = SumRow(sums[-1].label, sums[-1].amount, bold=True, rule=True, step="title")
        self.sums.show_rows(sums)
        slips = [SumRow(words, amount) for words, amount in presenter.slips()]
        self.slips.show_rows(slips)
        self.slips_title.setVisible(bool(slips))
        self.picture.setVisible(presenter.loaded is not None)
        nothing = _("No goods of this producer moved or are there.") if presenter.loaded else _("Loading …")
        self.table.set_empty(nothing if presenter.producer else _("Choose a producer (F8)."))
        self.model.set_rows(list(presenter.loaded.statement.goods) if presenter.loaded else [])
        if presenter.loaded is not None:
            page = presenter.loaded.preview
            words = _("The page as it is sent")
            room = self._panel.maximumWidth() - BESIDE
            self.picture.show_grey(Grey(page.width, page.height, page.content), words, fitting=room)
