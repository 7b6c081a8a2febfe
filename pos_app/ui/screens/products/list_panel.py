"""The left of Products: the search, what narrows the list, the goods, and their buttons. Widgets only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.screens.products.table_model import ProductsModel
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import ScanField
from pos_app.ui.widgets.forms import ChipRow, Choice
from pos_app.ui.widgets.side import TIGHT_ABOVE
from pos_app.ui.widgets.table import TwoLineTable


class ListPanel(QWidget):
    """``filtered`` tells the filter that was chosen; ``strip`` is that of the screen."""

    filtered = Signal(str)

    def __init__(self, theme: Theme, strip: QWidget) -> None:
        super().__init__()
        self._theme = theme
        self.model = ProductsModel()
        self.table = TwoLineTable(theme, self.model, empty_icon="warehouse")
        self.search = ScanField(theme, _("Scan goods, or type a name or producer"))
        filters = [
            ("all", _("All")),
            ("no_barcode", _("Without barcode")),
            ("no_picture", _("Without picture")),
            ("own", _("This corner's own")),
            ("e_katalog", _("e-Katalog")),
        ]
        self.chips = ChipRow(theme, filters)
        self.filter_choice = Choice(theme, filters)
        self.filter_choice.setAccessibleName(_("Which goods"))
        self.new_button = KeyButton(theme, _("New goods"), key="F3", icon="plus")
        self.label_button = KeyButton(theme, _("Labels"), key="F6", icon="barcode-scan")
        self.export_button = KeyButton(theme, _("Export"), key="F9", icon="usb-flash-drive-outline")
        self.action_bar = ActionBar(theme, [self.new_button, self.label_button, self.export_button])
        self.chips.chosen.connect(self._on_chosen)
        self.filter_choice.chosen.connect(self._on_chosen)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.search, 2)
        top.addWidget(self.filter_choice, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        for widget in (strip, self.chips):
            column.addWidget(widget)
        column.addWidget(self.table, 1)
        column.addWidget(self.action_bar)
        theme.changed.connect(self._fit)
        self._fit()

    def choose(self, which: str) -> None:
        """Shows which filter holds."""
        self.chips.choose(which)
        self.filter_choice.choose(which)

    def set_closed(self, closed: bool) -> None:
        """Nothing can be chosen while a form is open."""
        for widget in (self.search, self.chips, self.filter_choice, self.table, self.action_bar):
            widget.setEnabled(not closed)

    def _on_chosen(self, which: str) -> None:
        self.choose(which)
        self.filtered.emit(which)

    def _fit(self) -> None:
        """The chips would take the room of three goods while the text is enlarged."""
        tight = self._theme.scale > TIGHT_ABOVE
        self.chips.setVisible(not tight)
        self.filter_choice.setVisible(tight)
