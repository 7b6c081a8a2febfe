"""The fields of the form about goods, in pages of need: what a sale needs first, the rest on demand. Widgets only."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pos_app.domain.dates import business_date, short_date
from pos_app.i18n import _
from pos_app.ledger import goods as ledger_goods
from pos_app.services.products import Open
from pos_app.ui.goods_form.presenter import CATEGORIES, SUPPLIES, UNIT_WORDS, Entries, GoodsFormPresenter
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, rule
from pos_app.ui.widgets.fields import AmountField, EntryField, TextField, buddy_label, field_row
from pos_app.ui.widgets.finder import PickField
from pos_app.ui.widgets.forms import Choice, DateField, Tick


class EntryDate(DateField):
    """A day whose Enter and Esc go on to the panel around it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.ignore()
            return
        super().keyPressEvent(event)


class GoodsFields(QWidget):
    """``entries()`` is what stands in the fields; ``edited`` when something changed."""

    edited = Signal()

    def __init__(self, theme: Theme, presenter: GoodsFormPresenter) -> None:
        super().__init__()
        self.theme = theme
        self._presenter = presenter
        self._counter = counter = presenter.counter
        self._own_name = False
        self.name = EntryField(theme, placeholder=_("Name and size, for example Keripik 200 g"))
        self.producer = PickField(theme, placeholder=_("type a part of the name"))
        self.category = Choice(theme, [(code, _(words)) for code, words in CATEGORIES.items()])
        self.pricing = Choice(theme, [(code, _(words)) for code, words in SUPPLIES.items()])
        self.unit = Choice(theme, [(code, _(words)) for code, words in UNIT_WORDS.items()])
        self.consign = AmountField(theme)
        self.commission = EntryField(theme, placeholder=_("percent, for example 12,5"))
        self.price = AmountField(theme)
        self.days = EntryField(theme, placeholder=_("days, empty: does not spoil"))
        self.barcode = EntryField(theme, placeholder=_("scan it, or leave it empty"))
        self.more = Tick(theme, _("All fields"))
        self.family = EntryField(theme, placeholder="Keripik Pisang")
        self.size_text = EntryField(theme, placeholder="200 g")
        self.shelf = EntryField(theme, placeholder=_("for example Rak 2"))
        self.min_stock = EntryField(theme, placeholder="0")
        self.needs_pirt = Tick(theme, _("Needs a P-IRT number"))
        self.needs_halal = Tick(theme, _("Needs a halal certificate"))
        self.halal_words = Text(theme, tone="muted")
        self.halal_words.setWordWrap(True)
        self.e_katalog = Tick(theme, _("Listed in the e-Katalog"))
        self.katalog_number = EntryField(theme, placeholder=_("number or address of the listing"))
        self.tkdn = EntryField(theme, placeholder=_("percent"))
        self.tkdn_number = EntryField(theme)
        self.tkdn_expires = EntryDate(theme, lambda: business_date(counter.clock()))
        self._build()
        self._wire()

    # Layout ---------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        theme = self.theme
        self._consign_label = buddy_label(theme, _("C&onsign price"), self.consign)
        self._consign_row = _under(self._consign_label, self.consign)
        self._commission_row = field_row(theme, _("C&ommission %"), self.commission)
        self._barcode_row = field_row(theme, _("&Barcode"), self.barcode)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(field_row(theme, _("&Name of the goods"), self.name))
        _add_rows(
            column,
            (field_row(theme, _("P&roducer"), self.producer), field_row(theme, _("&Category"), self.category)),
            (field_row(theme, _("S&upplied"), self.pricing), field_row(theme, _("Meas&ured in"), self.unit)),
            (self._consign_row, self._commission_row, field_row(theme, _("&Sell price"), self.price)),
            (field_row(theme, _("&Keeps for"), self.days), self._barcode_row),
        )
        column.addWidget(self.more)
        self._rest = QWidget()
        rest = QVBoxLayout(self._rest)
        rest.setContentsMargins(0, 0, 0, 0)
        rest.setSpacing(8)
        rest.addWidget(rule())
        _add_rows(
            rest,
            (field_row(theme, _("Name without si&ze"), self.family), field_row(theme, _("Siz&e"), self.size_text)),
            (field_row(theme, _("S&helf"), self.shelf), field_row(theme, _("&Minimum stock"), self.min_stock)),
        )
        for line in (self.needs_pirt, self.needs_halal, self.halal_words, self.e_katalog):
            rest.addWidget(line)
        rest.addWidget(field_row(theme, _("e-Katalo&g listing"), self.katalog_number))
        _add_rows(
            rest,
            (field_row(theme, _("&TKDN %"), self.tkdn), field_row(theme, _("Last &day"), self.tkdn_expires)),
        )
        rest.addWidget(field_row(theme, _("TKDN certi&ficate"), self.tkdn_number))
        column.addWidget(self._rest)

    def _wire(self) -> None:
        for text in self._texts():
            text.textChanged.connect(self._on_changed)
        for amount in (self.consign, self.price):
            amount.value_changed.connect(self._on_changed)
        for choice in (self.pricing, self.unit):
            choice.chosen.connect(self._on_changed)
        self.category.chosen.connect(self._on_category)
        for tick in (self.needs_pirt, self.needs_halal, self.e_katalog):
            tick.toggled.connect(self._on_changed)
        self.more.toggled.connect(self._rest.setVisible)
        self.name.textEdited.connect(self._on_named)
        for field in (self.family, self.size_text):
            field.textEdited.connect(self._on_size_typed)
        self._rest.hide()

    def _texts(self) -> tuple[QLineEdit, ...]:
        return (
            self.name,
            self.producer,
            self.commission,
            self.days,
            self.barcode,
            self.family,
            self.size_text,
            self.shelf,
            self.min_stock,
            self.katalog_number,
            self.tkdn,
            self.tkdn_number,
            self.tkdn_expires,
        )

    # Content --------------------------------------------------------------------------------------------------------

    def show_entries(self, entries: Entries, allowed: Open, *, is_new: bool) -> None:
        """Fills the fields in, and closes those that stay as they are."""
        for name in ("category", "pricing", "unit"):
            getattr(self, name).choose(getattr(entries, name))
        for name in ("consign", "price"):
            getattr(self, name).set_value(getattr(entries, name))
        for name in ("needs_pirt", "needs_halal", "e_katalog"):
            getattr(self, name).setChecked(getattr(entries, name))
        for name in _TEXTS:
            getattr(self, name).setText(getattr(entries, name))
            getattr(self, name).setCursorPosition(0)
        entries.tkdn_expires = short_date(entries.tkdn_day) if entries.tkdn_day else ""
        self.tkdn_expires.setText(entries.tkdn_expires)
        self._own_name = bool(entries.name) or not entries.family
        self._barcode_row.setVisible(is_new)
        terms: tuple[QWidget, ...] = (self.pricing, self.consign, self.commission, self.price, self.min_stock)
        of_the_centre: tuple[QWidget, ...] = (self.name, self.category, self.days, self.needs_pirt, self.needs_halal)
        for widget in terms:
            widget.setEnabled(not allowed.used)
        for widget in (*of_the_centre, self.e_katalog, self.tkdn):
            widget.setEnabled(not allowed.theirs)
        for widget in (self.producer, self.unit):
            widget.setEnabled(not allowed.used and not allowed.theirs)
        self.shelf.setCompleter(_completer(ledger_goods.shelves(self._counter.db), self.shelf))
        self.family.setCompleter(_completer(ledger_goods.families(self._counter.db), self.family))
        self._fit()

    def entries(self) -> Entries:
        """What stands in the fields now."""
        texts = {name: getattr(self, name).text() for name in (*_TEXTS, "tkdn_expires")}
        return Entries(
            category=self.category.code(),
            pricing=self.pricing.code(),
            unit=self.unit.code(),
            consign=self.consign.value(),
            price=self.price.value(),
            needs_pirt=self.needs_pirt.isChecked(),
            needs_halal=self.needs_halal.isChecked(),
            e_katalog=self.e_katalog.isChecked(),
            tkdn_day=self.tkdn_expires.value(),
            **texts,
        )

    def mark(self, field: str) -> None:
        """Frames one field in red, and no other."""
        for name in (*_TEXTS, "consign", "price", "tkdn_expires"):
            getattr(self, name).set_wrong(name == field)

    def lead_to(self, field: str) -> None:
        """Puts the focus where something is missing."""
        widget: QWidget = getattr(self, field)
        if self._rest.isAncestorOf(widget):
            self.more.setChecked(True)
        widget.setFocus()

    def first(self) -> QWidget:
        """Where typing begins."""
        return self.name if self.name.isEnabled() else self.family

    # Signals --------------------------------------------------------------------------------------------------------

    def _on_changed(self) -> None:
        self._fit()
        self.edited.emit()

    def _fit(self) -> None:
        by_share = self.pricing.code() == "komisi"
        self._consign_row.setVisible(not by_share)
        self._commission_row.setVisible(by_share)
        words = _("C&ost") if self.pricing.code() == "putus" else _("C&onsign price")
        self._consign_label.setText(words)
        self.consign.setAccessibleName(words.replace("&", ""))
        since = self._presenter.halal_since(self.category.code())
        self.halal_words.setText(_("Needs halal: all food and drink since {date}.").format(date=since))
        self.halal_words.setVisible(bool(since))
        self.needs_halal.setVisible(not since)

    def _on_category(self) -> None:
        usual = self._presenter.papers_of(self.category.code())
        self.needs_pirt.setChecked(usual.pirt)
        self.needs_halal.setChecked(usual.halal)
        self._on_changed()

    def _on_named(self, text: str) -> None:
        self._own_name = bool(text.strip())

    def _on_size_typed(self) -> None:
        """The name follows family and size until somebody types another."""
        if not self._own_name:
            self.name.setText(f"{self.family.text().strip()} {self.size_text.text().strip()}".strip())


_TEXTS = (
    "name",
    "producer",
    "commission",
    "days",
    "barcode",
    "family",
    "size_text",
    "shelf",
    "min_stock",
    "katalog_number",
    "tkdn",
    "tkdn_number",
)


def _under(label: QWidget, field: TextField) -> QWidget:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    column.addWidget(label)
    column.addWidget(field)
    return box


def _add_rows(column: QVBoxLayout, *rows: tuple[QWidget, ...]) -> None:
    for row in rows:
        line = QHBoxLayout()
        line.setSpacing(8)
        for widget in row:
            line.addWidget(widget, 1)
        column.addLayout(line)


def _completer(words: list[str], parent: QWidget) -> QCompleter:
    completer = QCompleter(words, parent)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    return completer
