"""Labels: choose goods and how many, see the label, print on a roll or on sheets of A4. Widgets only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _, ngettext
from pos_app.printing.labels import STOCKS as SIZES
from pos_app.services.labels import Output, Places
from pos_app.ui.messages import Message, failure
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.labels.presenter import OUTPUTS, STOCKS, LabelRow, LabelsPresenter
from pos_app.ui.screens.labels.table_model import LabelsModel
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import ScanField, TextField, buddy_label, field_row
from pos_app.ui.widgets.forms import Choice
from pos_app.ui.widgets.paper import Grey, PaperPicture
from pos_app.ui.widgets.side import SidePanel, TightColumns
from pos_app.ui.widgets.table import TwoLineTable

DRAW_MS = 150
PREVIEW_WIDTH = 250


class LabelsScreen(Screen):
    """See the module."""

    name = "labels"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        theme = self.theme
        self.presenter = LabelsPresenter(shell.counter)
        self.model = LabelsModel(self.presenter)
        empty = _("No labels yet. Scan goods, or F6 for the last delivery.")
        self.table = TwoLineTable(theme, self.model, empty=empty, empty_icon="barcode-scan")
        self.table.row_changed.connect(self._on_row_changed)
        self.model.modelReset.connect(self._on_list_changed)
        self.model.dataChanged.connect(self._on_list_changed)
        TightColumns(theme, self.table, (1, 2))
        self.search = ScanField(theme, _("Scan goods, or type a name or producer"))
        self.search.textEdited.connect(self._on_search)
        self.search.command.connect(self._on_command)
        self.found_choice = Choice(theme)
        self.found_choice.setAccessibleName(_("Goods found"))
        self.found_choice.chosen.connect(self._on_found)
        self.found_choice.hide()
        self.delivery_button = KeyButton(theme, _("Last delivery"), key="F6", icon="tray-arrow-down")
        self.delivery_button.clicked.connect(self._add_last_delivery)
        self.clear_button = KeyButton(theme, _("Empty the list"), icon="close")
        self.clear_button.clicked.connect(self._clear)
        left = QVBoxLayout()
        left.setSpacing(8)
        for widget in (self.search, self.found_choice, self.strip):
            left.addWidget(widget)
        left.addWidget(self.table, 1)
        left.addWidget(ActionBar(theme, [self.delivery_button, self.clear_button]))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self._side())
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(DRAW_MS)
        self._delay.timeout.connect(self._draw)

    def _side(self) -> QWidget:
        theme = self.theme
        panel = SidePanel(theme, width=390, compact=360)
        frame, column = padded_card()
        self.stock_choice = Choice(theme, [(code, _(words)) for code, words in STOCKS.items()])
        self.stock_choice.chosen.connect(self._on_stock)
        column.addWidget(field_row(theme, _("&Kind of labels"), self.stock_choice))
        self.start_choice = Choice(theme)
        self.start_choice.chosen.connect(self._on_start)
        self.start_row = field_row(theme, _("First free label on the sheet"), self.start_choice)
        column.addWidget(self.start_row)
        self.note_field = TextField(theme, placeholder=_("for example exp 28/11/26"))
        self.note_field.textEdited.connect(self._on_note)
        column.addWidget(field_row(theme, _("On &every label"), self.note_field))
        self.output_choice = Choice(theme, [(code, _(words)) for code, words in OUTPUTS.items()])
        self.output_choice.chosen.connect(self._on_output)
        column.addWidget(field_row(theme, _("Prin&t to"), self.output_choice))
        self.place_field = TextField(theme)
        self.place_label = buddy_label(theme, "", self.place_field)
        column.addWidget(self.place_label)
        column.addWidget(self.place_field)
        panel.body.addWidget(frame)
        self.picture = PaperPicture()
        self.picture.hide()
        panel.body.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignHCenter)
        panel.body.addStretch(1)
        self.main_button = KeyButton(theme, _("Print labels"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        panel.foot.addWidget(self.main_button)
        return panel

    # The window ------------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Labels")

    def commands(self) -> Sequence[Command]:
        return (
            Command("F2", _("Scan field"), self.search.setFocus),
            Command("F4", _("How many labels"), self._edit_count),
            Command("F6", _("Last delivery"), self._add_last_delivery),
            Command("F8", _("Back to Stock"), partial(self.shell.go, "stock")),
            Command("Ctrl+Del", _("Empty the list"), self._clear),
        )

    def show_only(self, which: str) -> None:
        self.presenter.look_at(which)

    def deactivated(self) -> None:
        self.presenter.leave()

    def activated(self) -> None:
        self.presenter.read()
        self._fill()
        self._show_list()
        looked = [place for place, row in enumerate(self.model.rows) if row.product.sku == self.presenter.looked_at]
        self.table.select_row(looked[0] if looked else self.table.current_row())
        self.restore_focus()

    def default_focus(self) -> QWidget:
        return self.search

    def take_scan(self, code: str) -> None:
        self._say(self.presenter.scan(code))

    def escape(self) -> bool:
        if self.search.text():
            self.search.clear()
            self._on_search("")
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.row()
        if event.key() == Qt.Key.Key_Delete and row is not None:
            self.presenter.set_count(row.product.sku, "0")
            self._show_list()
            return
        super().keyPressEvent(event)

    def main_action(self) -> None:
        places = self._places()
        obstacle = self.presenter.obstacle(places)
        if obstacle is not None:
            self.shell.say(obstacle)
            return
        self.main_button.setEnabled(False)
        self.shell.say(Message("I", _("Printing labels …")))
        done = partial(self._on_printed, self.presenter.total)
        self.shell.workers.run(self.presenter.print_work(places), done, self._on_print_failed)

    # What happens ----------------------------------------------------------------------------------------------------

    def row(self) -> LabelRow | None:
        """The goods that are chosen in the list."""
        place = self.table.current_row()
        return self.model.rows[place] if 0 <= place < len(self.model.rows) else None

    def _fill(self) -> None:
        wish, places = self.presenter.wish, self.presenter.places()
        self.stock_choice.choose(wish.stock)
        self.output_choice.choose(wish.output)
        self.note_field.setText(wish.note)
        self._folder, self._device = places.folder, places.device
        self._show_options()

    def _show_options(self) -> None:
        wish = self.presenter.wish
        count = SIZES[wish.stock].on_a_sheet
        self.start_row.setVisible(self.presenter.sheet)
        self.start_choice.set_options([(str(place), str(place)) for place in range(1, count + 1)])
        self.start_choice.choose(str(wish.start + 1))
        self.output_choice.setEnabled(not self.presenter.sheet)
        self.output_choice.choose(wish.output)
        words = {"pdf": _("&Folder"), "label": _("&Label printer: name, address or path"), "receipt": ""}[wish.output]
        self.place_label.setText(words)
        self.place_field.setAccessibleName(words.replace("&", ""))
        self.place_field.setText({"pdf": self._folder, "label": self._device, "receipt": ""}[wish.output])
        for widget in (self.place_label, self.place_field):
            widget.setVisible(wish.output != "receipt")

    def _places(self) -> Places:
        text, output = self.place_field.text().strip(), self.presenter.wish.output
        self._folder = text if output == "pdf" else self._folder
        self._device = text if output == "label" else self._device
        return Places(self._folder, self._device)

    def _say(self, message: Message) -> None:
        self._show_list()
        self.shell.say(message)

    def _show_list(self) -> None:
        self.model.set_rows(self.presenter.rows())
        if self.table.current_row() < 0:
            self.table.select_row(0)
        self._on_list_changed()

    def _on_list_changed(self) -> None:
        total = self.presenter.total
        text = ngettext("Print {count} label", "Print {count} labels", total).format(count=total)
        self.main_button.setText(text if total else _("Print labels"))
        self._delay.start()

    def _on_row_changed(self, _place: int) -> None:
        self._delay.start()

    def _draw(self) -> None:
        row = self.row()
        if row is None or not self.isVisible():
            self.picture.hide()
            return
        self.shell.workers.run(self.presenter.preview_work(row.product.sku), self._on_drawn, self._on_draw_failed)

    def _on_drawn(self, picture: tuple[int, int, bytes] | None) -> None:
        self.picture.setVisible(picture is not None)
        if picture is not None:
            self.picture.show_grey(Grey(*picture), _("The label as it is printed"), fitting=PREVIEW_WIDTH)

    def _on_draw_failed(self, error: Exception) -> None:
        self.shell.say(failure(error, str(self.shell.counter.ledger.path)))

    def _on_search(self, text: str) -> None:
        found = self.presenter.found(text)
        self.found_choice.set_options([(one.sku, f"{one.name} · {one.producer_name}") for one in found])
        self.found_choice.setVisible(bool(found))

    def _on_command(self, name: str) -> None:
        if name in ("Up", "Down") and self.found_choice.isVisible():
            step = 1 if name == "Down" else -1
            count = self.found_choice.count()
            self.found_choice.setCurrentIndex((self.found_choice.currentIndex() + step) % count)
        elif name == "Enter" and self.search.text().strip():
            self._on_enter(self.search.text().strip())

    def _on_enter(self, text: str) -> None:
        if text.isdecimal():
            self._say(self.presenter.scan(text))
        elif self.found_choice.isVisible():
            self._on_found(self.found_choice.code())
        else:
            self.shell.say(Message("W", _("No goods of this name.")))
            return
        self.search.clear()
        self._on_search("")

    def _on_found(self, sku: str) -> None:
        product = next((one for one in self.presenter.found(self.search.text()) if one.sku == sku), None)
        if product is not None:
            self._say(self.presenter.add(product))
            self.search.clear()
            self._on_search("")
            self.search.setFocus()

    def _edit_count(self) -> None:
        row = self.table.current_row()
        if row >= 0:
            self.table.setFocus()
            self.table.edit(self.model.index(row, LabelsModel.COUNT))

    def _add_last_delivery(self) -> None:
        self._say(self.presenter.add_last_delivery())

    def _clear(self) -> None:
        self.presenter.clear()
        self._show_list()

    def _on_stock(self, stock: str) -> None:
        self._places()
        self.presenter.set_stock(stock)
        self._show_options()
        self._delay.start()

    def _on_start(self, place: str) -> None:
        self.presenter.set_start(int(place))
        self._delay.start()

    def _on_output(self, output: str) -> None:
        self._places()
        self.presenter.set_output(cast(Output, output))
        self._show_options()

    def _on_note(self, text: str) -> None:
        self.presenter.set_note(text)
        self._delay.start()

    def _on_printed(self, count: int, path: str) -> None:
        self.main_button.setEnabled(True)
        self.presenter.printed = True
        self._say(self.presenter.printed_message(path, count))

    def _on_print_failed(self, error: Exception) -> None:
        self.main_button.setEnabled(True)
        self.shell.say(self.presenter.failed_message(error))
