"""The panel that registers goods a scan did not find: all that goods-in must know of them. Widgets only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, get_args

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.services.new_goods import NewGoods, Unit
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text
from pos_app.ui.widgets.fields import AmountField, EntryField, PinField, field_row
from pos_app.ui.widgets.forms import Choice
from pos_app.ui.widgets.question import QuestionPanel
from sync.documents.base import Pricing

LONGEST_DAYS: Final = 3650
UNITS: Final[tuple[Unit, ...]] = get_args(Unit)
PRICINGS: Final[tuple[Pricing, ...]] = get_args(Pricing)


class RegisterPanel(QuestionPanel):
    """Name, producer, category, how the goods are supplied, their prices and how long they keep; a manager's PIN."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _("Register goods"), main=_("Register"), icon="plus")
        self._code = Text(theme, step="row", weight=700)
        self.name = EntryField(theme, placeholder=_("Name and size, for example Keripik 200 g"))
        self.producer = QComboBox()
        self.producer.setEditable(True)
        self.producer.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.producer.setFixedHeight(theme.px(40))
        self.category = Choice(theme, _categories())
        self.pricing = Choice(
            theme,
            [("titip", _("Consignment, fixed price")), ("komisi", _("Commission")), ("putus", _("Bought outright"))],
        )
        self.unit = Choice(theme, [("pcs", _("piece")), ("kg", _("kilogram")), ("paket", _("pack"))])
        self.consign = AmountField(theme)
        self.commission = EntryField(theme, placeholder=_("percent, for example 12,5"))
        self.price = AmountField(theme)
        self.days = EntryField(theme, placeholder=_("days, empty: does not spoil"))
        self.pin = PinField(theme)
        self._barcode = ""
        self._build()
        for field in (self.name, self.pin, self.commission, self.days):
            field.textChanged.connect(self._on_changed)
        for amount in (self.consign, self.price):
            amount.value_changed.connect(self._on_changed)
        self.producer.currentTextChanged.connect(self._on_changed)
        self.pricing.chosen.connect(self._on_changed)

    def _build(self) -> None:
        theme = self.theme
        self._pin_row = field_row(theme, _("Manager's &PIN"), self.pin)
        self._consign_row = field_row(theme, _("C&onsign price or cost"), self.consign)
        self._commission_row = field_row(theme, _("C&ommission %"), self.commission)
        self.body.addWidget(self._code)
        self.body.addWidget(field_row(theme, _("&Name of the goods"), self.name))
        rows: tuple[tuple[tuple[QWidget, int], ...], ...] = (
            (
                (field_row(theme, _("P&roducer"), self.producer), 3),
                (field_row(theme, _("&Category"), self.category), 2),
            ),
            ((field_row(theme, _("S&upplied"), self.pricing), 3), (field_row(theme, _("&Unit"), self.unit), 2)),
            (
                (self._consign_row, 1),
                (self._commission_row, 1),
                (field_row(theme, _("&Sell price"), self.price), 1),
            ),
            ((field_row(theme, _("&Keeps for"), self.days), 1), (self._pin_row, 1)),
        )
        for row in rows:
            line = QHBoxLayout()
            line.setSpacing(8)
            for widget, stretch in row:
                line.addWidget(widget, stretch)
            self.body.addLayout(line)
        self.body.addStretch(1)

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
        for field in (self.name, self.pin, self.commission, self.days):
            field.clear()
        for amount in (self.consign, self.price):
            amount.set_value(None)
        self.pricing.choose("titip")
        self.unit.choose("pcs")
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
        price, name, days = self.price.value(), self.name.text().strip(), self._days()
        pricing = next(one for one in PRICINGS if one == self.pricing.code())
        by_share = pricing == "komisi"
        consign, commission = self.consign.value(), _basis_points(self.commission.text())
        if row < 0 or not name or not price or days == "wrong" or (commission is None if by_share else not consign):
            return None
        return NewGoods(
            self._barcode,
            name,
            self.category.code(),
            str(self.producer.itemData(row)),
            None if by_share else consign,
            price,
            pricing=pricing,
            commission_bp=commission if by_share else None,
            unit=next(one for one in UNITS if one == self.unit.code()),
            shelf_life_days=days,
        )

    def _days(self) -> int | Literal["wrong"] | None:
        text = self.days.text().strip()
        if not text:
            return None
        return int(text) if text.isdigit() and 0 <= int(text) <= LONGEST_DAYS else "wrong"

    def _on_changed(self) -> None:
        by_share = self.pricing.code() == "komisi"
        self._consign_row.setVisible(not by_share)
        self._commission_row.setVisible(by_share)
        self.days.set_wrong(self._days() == "wrong")
        signed = not self.needs_pin or len(self.pin.text()) == self.pin.maxLength()
        self.set_ready(self.goods() is not None and signed)


def _categories() -> list[tuple[str, str]]:
    return [
        ("makanan", _("Food")),
        ("minuman", _("Drinks")),
        ("kerajinan", _("Crafts")),
        ("batik", _("Batik")),
        ("tapis", _("Tapis")),
        ("perawatan", _("Care")),
        ("sembako", _("Staples")),
        ("atk", _("Stationery")),
    ]


def _basis_points(text: str) -> int | None:
    """``12,5`` percent as 1250; None for what is no percentage of at most two decimals."""
    whole, _comma, part = text.strip().rstrip("% ").replace(".", ",").partition(",")
    if not whole.isdigit() or len(whole) > 3 or len(part) > 2 or (part and not part.isdigit()):
        return None
    points = int(whole) * 100 + int(part.ljust(2, "0"))
    return points if points <= 10_000 else None
