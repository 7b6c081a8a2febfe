"""The page on which goods are put on shelves: name a shelf, then scan what stands on it. Widgets only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.product import Product
from pos_app.i18n import _
from pos_app.ledger import listing
from pos_app.services.shelving import LONGEST_SHELF
from pos_app.ui.messages import Message
from pos_app.ui.screen import Shell
from pos_app.ui.screens.stock_count.scopes import ScopePresenter, ShelfPresenter
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import ScanField, TextField, field_row
from pos_app.ui.widgets.finder import Finder
from pos_app.ui.widgets.forms import Choice
from pos_app.ui.widgets.results import Result
from pos_app.ui.widgets.side import SidePanel
from pos_app.ui.widgets.table import Cell, Column, RowsModel, TwoLineTable

FOUND = 20


class PutModel(RowsModel[Product]):
    """What was put on the shelf just now."""

    def __init__(self) -> None:
        super().__init__([Column(_("Item"))])

    def cells(self, row: Product) -> Sequence[Cell]:
        return (Cell(row.name, row.producer_name, bold=True),)


class ShelvesPage(QWidget):
    """``left`` when it is done."""

    left = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        theme = shell.theme
        self.presenter = ShelfPresenter(shell.counter)
        self._goods = ScopePresenter(shell.counter)
        self.model = PutModel()
        empty = _("Name the shelf, then scan what stands on it.")
        self.table = TwoLineTable(theme, self.model, empty=empty, empty_icon="warehouse")
        self.scan_field = ScanField(theme, _("Scan goods, or type a name or producer"))
        self.finder = Finder(theme, self.scan_field, self, self._find, empty=_("Nothing found. Change the search."))
        self.finder.picked.connect(self._on_picked)
        self.finder.entered.connect(self.take_scan)
        self.remove_button = KeyButton(theme, _("Take off the shelf"), key="F8")
        self.remove_button.clicked.connect(self.remove)
        self.back_button = KeyButton(theme, _("Back"), key="Esc", icon="arrow-left")
        self.back_button.clicked.connect(self.left)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.scan_field)
        column.addWidget(self.table, 1)
        column.addWidget(ActionBar(theme, [self.back_button, self.remove_button]))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(column, 1)
        row.addWidget(self._side())

    def _side(self) -> SidePanel:
        theme = self.shell.theme
        panel = SidePanel(theme, width=360, compact=320)
        card, column = padded_card()
        self.name_text = Text(theme, step="title", weight=700)
        self.name_text.setWordWrap(True)
        self.name_field = TextField(theme, placeholder=_("for example Rack 1, left"))
        self.name_field.setMaxLength(LONGEST_SHELF)
        self.name_field.returnPressed.connect(self._on_named)
        self.known = Choice(theme)
        self.known.chosen.connect(self._choose)
        self.known_row = field_row(theme, _("Shelves so &far"), self.known)
        column.addWidget(self.name_text)
        column.addWidget(field_row(theme, _("&Shelf"), self.name_field))
        column.addWidget(self.known_row)
        panel.body.addWidget(card)
        panel.body.addStretch(1)
        self.main_button = KeyButton(theme, _("To this shelf"), key="F12", kind="main")
        self.main_button.clicked.connect(self._on_named)
        panel.foot.addWidget(self.main_button)
        return panel

    def open(self) -> None:
        """Shows the page."""
        self._show()
        self.focus()

    def focus(self) -> None:
        """Where work goes on: the shelf's name, then the goods."""
        (self.scan_field if self.presenter.shelf else self.name_field).setFocus()

    def main_action(self) -> None:
        """F12: the shelf that is named is chosen."""
        self._on_named()

    def take_scan(self, code: str) -> None:
        """These goods stand on the chosen shelf."""
        self.finder.close()
        found = self._goods.find(code)
        self.scan_field.clear()
        self.shell.say(found if isinstance(found, Message) else self.presenter.take(found))
        self._show()

    def remove(self) -> None:
        """F8: the chosen goods stand on no shelf."""
        place = self.table.current_row()
        if 0 <= place < len(self.model.rows):
            self.presenter.take_off(self.model.rows[place].sku)
            self._show()

    def escape(self) -> bool:
        """One step back within the page."""
        if self.finder.is_open:
            self.finder.close()
            return True
        if self.scan_field.text():
            self.scan_field.clear()
            return True
        return False

    def _find(self, text: str) -> list[Result]:
        found = listing.stock_list(self.shell.counter.db, "all", text, "", FOUND)
        return [Result(one.sku, one.name, one.producer_name) for one in found]

    def _on_picked(self, sku: str) -> None:
        self.scan_field.clear()
        found = self._goods.find(sku)
        self.shell.say(found if isinstance(found, Message) else self.presenter.take(found))
        self._show()

    def _on_named(self) -> None:
        if not self.name_field.text().strip():
            self.shell.say(Message("W", _("Type the name of the shelf first.")))
            self.name_field.setFocus()
            return
        self._choose(self.name_field.text())

    def _choose(self, name: str) -> None:
        self.presenter.choose(name)
        self._show()
        self.scan_field.setFocus()

    def _show(self) -> None:
        shelf = self.presenter.shelf
        self.name_text.setText(shelf or _("Which shelf?"))
        if shelf:
            self.name_field.setText(shelf)
        names = self.presenter.names()
        self.known.set_options([(name, name) for name in names])
        if shelf in names:
            self.known.choose(shelf)
        self.known_row.setVisible(bool(names))
        self.model.set_rows(self.presenter.put)
        self.remove_button.setEnabled(bool(self.presenter.put))
        if self.presenter.put:
            self.table.select_row(0)
