"""The pages beside the list of goods: data, sizes, barcodes, prices, picture. Widgets only.

``refresh()`` shows the goods that are looked at, ``main`` are the words of the main button, ``act()`` is for F12.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from pos_app.domain.formats import percent_number, quantity_text, rupiah, thousands
from pos_app.i18n import _
from pos_app.ui.dialog_folders import remembered, start_in
from pos_app.ui.messages import Message, expected
from pos_app.ui.screen import Shell
from pos_app.ui.screens.products.presenter import MOST_BARS, History, ProductsPresenter
from pos_app.ui.screens.products.table_model import CodesModel, PricesModel, SizesModel
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.charts import Bar, Bars
from pos_app.ui.widgets.fields import AmountField, TextField, buddy_label, field_row
from pos_app.ui.widgets.gate import Run
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import RowsModel, TwoLineTable
from pos_app.ui.widgets.thumbnails import square


class Require(Protocol):
    """Asks for a manager, as ``Gate.require`` does."""

    def __call__(self, action: str, approval: Approval, run: Run, *, label: str = "") -> None: ...


SIDE: Final = 192
"""Of a picture of goods."""
LEAST_ROWS: Final = 3


class Page(QWidget):
    """One page; ``done`` after something was changed."""

    done = Signal()
    main = ""

    def __init__(self, shell: Shell, presenter: ProductsPresenter, require: Require) -> None:
        super().__init__()
        self.shell = shell
        self.theme = shell.theme
        self.presenter = presenter
        self.require = require
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)

    def refresh(self) -> None:
        """Shows the goods that are looked at."""

    def act(self) -> None:
        """F12."""

    def first(self) -> QWidget | None:
        """Where typing begins on this page; None where there is nothing to type."""
        return None

    def take_scan(self, code: str) -> bool:  # noqa: ARG002
        """A barcode was read; True where the page has a use for it."""
        return False

    def told(self, message: Message) -> None:
        """After something was done: says how it went, and shows what is there now."""
        self.shell.say(message)
        if message.kind != "E":
            self.done.emit()


class DataPage(Page):
    """What is registered; F12 opens the form."""

    wanted = Signal()

    def __init__(self, shell: Shell, presenter: ProductsPresenter, require: Require) -> None:
        super().__init__(shell, presenter, require)
        self.main = _("Change data")
        frame, column = padded_card()
        self.facts = Sums(self.theme)
        column.addWidget(self.facts)
        self.column.addWidget(frame)

    def refresh(self) -> None:
        product = self.presenter.product()
        facts = self.presenter.facts(product) if product is not None else []
        self.facts.show_rows([SumRow(one.label, one.figure, one.tone, rule=one.rule) for one in facts])

    def act(self) -> None:
        self.wanted.emit()


class SizesPage(Page):
    """All sizes of these goods; Enter looks at one, F12 registers another."""

    wanted = Signal()
    picked = Signal(str)

    def __init__(self, shell: Shell, presenter: ProductsPresenter, require: Require) -> None:
        super().__init__(shell, presenter, require)
        self.main = _("Another size")
        self.model = SizesModel(presenter)
        self.table = low_table(self.theme, self.model, _("One size only. F12 registers another."))
        self.table.setAccessibleName(_("Sizes"))
        self.table.row_activated.connect(self._on_activated)
        self.column.addWidget(self.table)
        hint = Text(self.theme, _("All is copied but size, price and barcode."), step="caption", tone="muted")
        hint.setWordWrap(True)
        self.column.addWidget(hint)

    def first(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        self.model.set_rows(self.presenter.sizes())
        fit(self.table, self.model)

    def act(self) -> None:
        self.wanted.emit()

    def _on_activated(self, row: int) -> None:
        self.picked.emit(self.model.rows[row].sku)


class CodesPage(Page):
    """Barcodes: F12 adds what was scanned or typed, Del takes the chosen one off."""

    def __init__(self, shell: Shell, presenter: ProductsPresenter, require: Require) -> None:
        super().__init__(shell, presenter, require)
        self.main = _("Add barcode")
        self.model = CodesModel()
        self.table = low_table(self.theme, self.model, _("No barcode yet. Scan one, or print labels."))
        self.field = TextField(self.theme, placeholder=_("scan it, or type its digits"))
        self.field.returnPressed.connect(self.act)
        self.remove_button = KeyButton(self.theme, _("Remove barcode"), key="Del", icon="close")
        self.remove_button.clicked.connect(self.remove)
        self.column.addWidget(field_row(self.theme, _("&New barcode"), self.field))
        self.column.addWidget(self.table)
        self.column.addWidget(self.remove_button)

    def first(self) -> QWidget:
        return self.field

    def refresh(self) -> None:
        self.model.set_rows(self.presenter.barcodes())
        fit(self.table, self.model)
        self.remove_button.setEnabled(bool(self.model.rows))
        if self.model.rows and self.table.current_row() < 0:
            self.table.select_row(0)

    def take_scan(self, code: str) -> bool:
        self.field.setText(code)
        self.field.setFocus()
        return True

    def act(self) -> None:
        product, code = self.presenter.product(), self.field.text().strip()
        if product is None or not code:
            self.shell.say(Message("W", _("Scan the barcode, or type its digits.")))
            self.field.setFocus()
            return
        self.require("barcode", Approval(_("Add barcode"), (product.name, code)), partial(self._add, code))

    def remove(self) -> None:
        """Asks before a code goes."""
        product, row = self.presenter.product(), self.table.current_row()
        if product is None or not 0 <= row < len(self.model.rows):
            return
        code = self.model.rows[row][0]
        approval = Approval(_("Remove this barcode?"), (product.name, code))
        self.require("barcode", approval, partial(self._remove, code), label=_("Remove barcode"))

    def _add(self, code: str, approved_by: str | None) -> None:
        message = self.presenter.add_barcode(code, approved_by)
        if message.kind != "E":
            self.field.clear()
        self.told(message)

    def _remove(self, code: str, approved_by: str | None) -> None:
        self.told(self.presenter.remove_barcode(code, approved_by))


class PricesPage(Page):
    """New price, terms and minimum stock, and what they were before."""

    def __init__(self, shell: Shell, presenter: ProductsPresenter, require: Require) -> None:
        super().__init__(shell, presenter, require)
        theme = self.theme
        self.main = _("Set price")
        self._shown = ""
        frame, column = padded_card()
        self.sell_field = AmountField(theme)
        self.consign_field = AmountField(theme)
        self.commission_field = TextField(theme, placeholder=_("percent"))
        self.least_field = TextField(theme, placeholder="0")
        self._consign_label = buddy_label(theme, _("C&onsign price"), self.consign_field)
        self._consign_row = QWidget()
        under = QVBoxLayout(self._consign_row)
        under.setContentsMargins(0, 0, 0, 0)
        under.setSpacing(4)
        under.addWidget(self._consign_label)
        under.addWidget(self.consign_field)
        self._commission_row = field_row(theme, _("C&ommission %"), self.commission_field)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(field_row(theme, _("&Sell price"), self.sell_field), 1)
        row.addWidget(self._consign_row, 1)
        row.addWidget(self._commission_row, 1)
        column.addLayout(row)
        column.addWidget(field_row(theme, _("&Minimum stock"), self.least_field))
        self.column.addWidget(frame)
        self.chart = Bars(theme, empty=_("Loading …"))
        self.model = PricesModel()
        self.table = low_table(theme, self.model, _("Loading …"))
        self.column.addWidget(self.chart)
        self.column.addWidget(self.table)

    def first(self) -> QWidget:
        return self.sell_field

    def refresh(self) -> None:
        product = self.presenter.product()
        if product is None:
            self._show_history(History("", ()))
            return
        if self._shown != product.sku:
            self._show_history(History(product.sku, ()))
        self.shell.workers.run(self.presenter.history_work(), self._show_history)
        self._consign_row.setVisible(product.pricing != "komisi")
        self._commission_row.setVisible(product.pricing == "komisi")
        words = _("C&ost") if product.pricing == "putus" else _("C&onsign price")
        self._consign_label.setText(words)
        self.consign_field.setAccessibleName(words.replace("&", ""))
        self.sell_field.set_value(product.sell_price)
        self.consign_field.set_value(product.consign_price)
        self.commission_field.setText(percent_number(product.commission_bp))
        self.least_field.setText(quantity_text(product.min_stock) if product.min_stock else "")

    def _show_history(self, history: History) -> None:
        if history.sku != self.presenter.sku:
            return  # somebody went on while it was read
        self._shown = history.sku
        self.model.set_rows(history.steps)
        fit(self.table, self.model)
        self.chart.show_bars(
            [
                Bar(self.presenter.when(step), step.sell_price, thousands(step.sell_price))
                for step in history.steps[:MOST_BARS][::-1]
            ]
        )

    def act(self) -> None:
        product, sell = self.presenter.product(), self.sell_field.value()
        consign, rate, least = self.consign_field.value(), self.commission_field.text(), self.least_field.text()
        gap = self.presenter.price_gap(sell, consign, rate, least)
        if gap or product is None or sell is None:
            self.shell.say(Message("W", gap))
            self.sell_field.setFocus()
            return
        approval = Approval(_("Set price"), (product.name,), rupiah(product.sell_price), rupiah(sell))
        by_share = product.pricing == "komisi"
        content = (sell, None if by_share else consign, rate, least)
        self.require("set_price", approval, partial(self._record, *content))

    def _record(self, sell: int, consign: int | None, rate: str, least: str, approved_by: str | None) -> None:
        message = self.presenter.set_price(sell, consign, rate, least, approved_by)
        if self.presenter.price_once.is_open:
            again = partial(self._record, sell, consign, rate, least, approved_by)
            self.shell.say(message.with_action(_("Try again"), again))
            return
        self.told(message)
        self.shell.refresh_state()


class PicturePage(Page):
    """The picture of the goods: F12 takes the file that is named."""

    def __init__(self, shell: Shell, presenter: ProductsPresenter, require: Require) -> None:
        super().__init__(shell, presenter, require)
        theme = self.theme
        self.main = _("Set picture")
        self.preview = QLabel()
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview.setMinimumHeight(theme.px(SIDE))
        self.field = TextField(theme, placeholder=_("PNG, JPEG or WebP file"))
        self.field.returnPressed.connect(self.act)
        self.ask_file: Callable[[], str] = self._ask_file
        self.choose_button = KeyButton(theme, _("Choose …"), icon="image-plus")
        self.choose_button.clicked.connect(self._on_choose)
        self.remove_button = KeyButton(theme, _("Remove picture"), icon="close")
        self.remove_button.clicked.connect(self._on_remove)
        self.column.addWidget(self.preview)
        self.column.addWidget(field_row(theme, _("&Picture from a file"), self.field))
        self.column.addWidget(self.choose_button)
        self.column.addWidget(self.remove_button)

    def first(self) -> QWidget:
        return self.field

    def refresh(self) -> None:
        product, picture = self.presenter.product(), self.presenter.picture()
        side, ratio = self.theme.px(SIDE), self.devicePixelRatioF()
        shown = square(QImage.fromData(QByteArray(picture)), side, ratio) if picture else None
        self.remove_button.setEnabled(picture is not None)
        if shown is not None and product is not None:
            self.preview.setPixmap(shown)
            self.preview.setAccessibleName(_("Picture of {item}").format(item=product.name))
        else:
            self.preview.clear()
            self.preview.setText(_("No picture yet."))

    def act(self) -> None:
        text = self.field.text().strip()
        if self.presenter.product() is None or not text:
            self.shell.say(Message("W", _("Choose a file for the picture.")))
            self.field.setFocus()
            return
        from pos_app.services.picture_files import read_small  # late: few days see a new picture

        sku = self.presenter.sku
        self.shell.workers.run(partial(read_small, Path(text).expanduser()), partial(self._on_read, sku), self._failed)

    def _on_read(self, sku: str, image: bytes) -> None:
        product = self.presenter.product()
        if product is None or product.sku != sku:
            return  # somebody went on while the file was read
        approval = Approval(_("Set picture"), (product.name,))
        self.require("picture", approval, partial(self._set, image))

    def _on_remove(self) -> None:
        product = self.presenter.product()
        if product is not None:
            self.require("picture", Approval(_("Remove picture"), (product.name,)), partial(self._set, None))

    def _set(self, image: bytes | None, approved_by: str | None) -> None:
        self.field.clear()
        self.told(self.presenter.set_picture(image, approved_by))

    def _failed(self, error: Exception) -> None:
        if isinstance(error, FileNotFoundError):
            self.shell.say(Message("E", _("This file is not there. Choose another.")))
            return
        message = expected(error, self.field.text())
        if message is None:
            raise error
        self.shell.say(message)

    def _on_choose(self) -> None:
        chosen = self.ask_file()
        if chosen:
            self.field.setText(chosen)
            self.act()

    def _ask_file(self) -> str:
        kinds = _("Pictures") + " (*.png *.jpg *.jpeg *.webp)"
        start = self.field.text() or start_in()
        return remembered(QFileDialog.getOpenFileName(self, _("Choose a picture"), start, kinds)[0])


def low_table(theme: Theme, model: RowsModel[Any], empty: str) -> TwoLineTable:
    """A table as high as its rows: what surrounds it scrolls."""
    table = TwoLineTable(theme, model, empty=empty)
    table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    theme.changed.connect(partial(fit, table, model))
    return table


def fit(table: TwoLineTable, model: RowsModel[Any]) -> None:
    """Gives a table room for its rows."""
    rows = max(model.rowCount(), LEAST_ROWS)
    table.setFixedHeight(rows * table.verticalHeader().defaultSectionSize() + table.horizontalHeader().height() + 4)
