"""The panel that registers goods a scan did not find. Widgets only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout

from pos_app.i18n import _
from pos_app.services.new_goods import NewGoods
from pos_app.ui.screens.sell.line_panels import EntryField
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text
from pos_app.ui.widgets.fields import AmountField, PinField, field_row
from pos_app.ui.widgets.question import QuestionPanel


class RegisterPanel(QuestionPanel):
    """Name, producer, category and the two prices; a manager's PIN where needed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _("Register goods"), main=_("Register"), icon="plus")
        self._code = Text(theme, step="row", weight=700)
        self.name = EntryField(theme, placeholder=_("Name and size, for example Keripik 200 g"))
        self.producer = QComboBox()
        self.producer.setEditable(True)
        self.producer.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.category = QComboBox()
        for code, words in (
            ("makanan", _("Food")),
            ("minuman", _("Drinks")),
            ("kerajinan", _("Crafts")),
            ("sembako", _("Staples")),
            ("atk", _("Stationery")),
        ):
            self.category.addItem(words, code)
        self.consign = AmountField(theme)
        self.price = AmountField(theme)
        self.pin = PinField(theme)
        self._pin_row = field_row(theme, _("Manager's &PIN"), self.pin)
        for combo in (self.producer, self.category):
            combo.setFixedHeight(theme.px(40))
        self.body.addWidget(self._code)
        self.body.addWidget(field_row(theme, _("&Name of the goods"), self.name))
        owner = QHBoxLayout()
        owner.addWidget(field_row(theme, _("P&roducer"), self.producer), 3)
        owner.addWidget(field_row(theme, _("&Category"), self.category), 2)
        self.body.addLayout(owner)
        prices = QHBoxLayout()
        prices.addWidget(field_row(theme, _("C&onsign price"), self.consign))
        prices.addWidget(field_row(theme, _("&Sell price"), self.price))
        self.body.addLayout(prices)
        self.body.addWidget(self._pin_row)
        self.body.addStretch(1)
        self._barcode = ""
        for field in (self.name, self.pin):
            field.textChanged.connect(self._on_changed)
        for amount in (self.consign, self.price):
            amount.value_changed.connect(self._on_changed)
        self.producer.currentTextChanged.connect(self._on_changed)

    def ask(self, barcode: str, producers: Sequence[tuple[str, str]], *, needs_pin: bool) -> None:
        """``producers`` as (code, business name)."""
        self._barcode = barcode
        self._code.setText(_("Barcode {code}").format(code=barcode))
        self.producer.clear()
        for code, name in producers:
            self.producer.addItem(name, code)
        self.producer.setCurrentIndex(-1)
        completer = QCompleter([name for _code, name in producers], self.producer)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.producer.setCompleter(completer)
        for field in (self.name, self.pin):
            field.clear()
        for amount in (self.consign, self.price):
            amount.set_value(None)
        self._pin_row.setVisible(needs_pin)
        self.show_error("")
        self._on_changed()
        self.name.setFocus()

    @property
    def needs_pin(self) -> bool:
        """Whether a manager must type the PIN."""
        return not self._pin_row.isHidden()

    def goods(self) -> NewGoods | None:
        """What was filled in; None while something is missing."""
        row = self.producer.findText(self.producer.currentText(), Qt.MatchFlag.MatchFixedString)
        consign, price, name = self.consign.value(), self.price.value(), self.name.text().strip()
        if row < 0 or not name or not consign or not price:
            return None
        return NewGoods(
            self._barcode,
            name,
            str(self.category.currentData()),
            str(self.producer.itemData(row)),
            consign,
            price,
        )

    def _on_changed(self) -> None:
        signed = not self.needs_pin or len(self.pin.text()) == self.pin.maxLength()
        self.set_ready(self.goods() is not None and signed)
