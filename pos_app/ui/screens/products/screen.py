"""Products: every product of the corner, what is known of it, its sizes, barcodes, prices and picture. Widgets only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from pos_app.i18n import _
from pos_app.ui.goods_form.panel import GoodsPanel
from pos_app.ui.messages import Message
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.products.list_panel import ListPanel
from pos_app.ui.screens.products.pages import CodesPage, DataPage, Page, PicturePage, PricesPage, SizesPage
from pos_app.ui.screens.products.presenter import ProductsPresenter
from pos_app.ui.screens.products.side_panels import ExportPanel, Overview
from pos_app.ui.widgets.gate import Gate, Run
from pos_app.ui.widgets.pin import Approval

WIDTH, COMPACT = 440, 400


class ProductsScreen(Screen):
    """See the module."""

    name = "products"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.presenter = ProductsPresenter(shell.counter)
        self.list = ListPanel(self.theme, self.strip)
        self.model, self.table = self.list.model, self.list.table
        self.search, self.chips = self.list.search, self.list.chips
        self.data = DataPage(shell, self.presenter, self._require)
        self.sizes = SizesPage(shell, self.presenter, self._require)
        self.codes = CodesPage(shell, self.presenter, self._require)
        self.prices = PricesPage(shell, self.presenter, self._require)
        self.picture = PicturePage(shell, self.presenter, self._require)
        self.pages: tuple[Page, ...] = (self.data, self.sizes, self.codes, self.prices, self.picture)
        self.overview = Overview(self.theme, self.pages)
        self.name_text, self.tabs = self.overview.name_text, self.overview.tabs
        self.form = GoodsPanel(shell, self._require)
        self.export_page = ExportPanel(shell, self._require)
        self.export = self.export_page.export
        self.stack = QStackedWidget()
        for widget in (self.overview, self.form, self.export_page):
            self.stack.addWidget(widget)
        self.gate = Gate(self.theme, shell.counter, self.stack)
        self.gate.closed.connect(self._on_gate_closed)
        self._wire()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addWidget(self.list, 1)
        row.addWidget(self.gate)
        self.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _wire(self) -> None:
        self.table.row_changed.connect(self._on_row_changed)
        self.table.row_activated.connect(self._on_row_activated)
        self.table.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.search.textEdited.connect(self._on_search)
        self.search.command.connect(self._on_command)
        self.list.filtered.connect(self._on_filter)
        self.tabs.chosen.connect(self._on_tab)
        self.list.new_button.clicked.connect(self._on_new)
        self.list.label_button.clicked.connect(self._label)
        self.list.export_button.clicked.connect(self._open_export)
        self.overview.main_button.clicked.connect(self.main_action)
        self.export_page.back_button.clicked.connect(self._to_overview)
        self.export_page.save_button.clicked.connect(self.main_action)
        self.form.registered.connect(self._on_registered)
        self.form.changed.connect(self._on_changed)
        self.form.leaving.connect(self._to_overview)
        for page in self.pages:
            page.done.connect(self._show_list)
        self.data.wanted.connect(self._open_form)
        self.sizes.wanted.connect(self._open_size)
        self.sizes.picked.connect(self._on_picked)

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Products")

    def commands(self) -> Sequence[Command]:
        return (
            Command("F2", _("Scan field"), self._to_search),
            Command("F3", _("New goods"), self._on_new),
            Command("F4", _("Change data"), self._open_form),
            Command("F5", _("Read anew"), self._show_list),
            Command("F6", _("Labels of these goods"), self._label),
            Command("F7", _("Next page"), self._next_tab),
            Command("F8", _("Back to Stock"), partial(self.shell.go, "stock")),
            Command("F9", _("Export"), self._open_export),
            Command("Ctrl+F", _("Search"), self._to_search),
        )

    def show_only(self, which: str) -> None:
        self._to_overview()
        if self.presenter.turn_to(which):
            self.list.choose("all")
            self.search.setText(self.presenter.text)

    def activated(self) -> None:
        self._show_list()
        if self.table.current_row() < 0:
            self.table.select_row(0)
        self.restore_focus()

    def default_focus(self) -> QWidget:
        if self.stack.currentWidget() is self.form:
            return self.form.focus_widget()
        return self.search

    def take_scan(self, code: str) -> None:
        if self.gate.asking:
            self.shell.say(Message("E", _("Finish or cancel the question first, then scan.")))
            return
        if self.stack.currentWidget() is self.form:
            if not self.form.take_scan(code):
                self.shell.say(Message("E", _("Finish or cancel this first, then scan.")))
            return
        if self.page.isVisible() and self.page.take_scan(code):
            return
        message = self.presenter.scan(code)
        if message is not None and message.kind == "E":
            if message.number == 1:
                message = message.with_action(_("Register"), partial(self.begin_new, code))
            self.shell.say(message)
            return
        self.list.choose("all")
        self.search.setText(self.presenter.text)
        self._show_rows()
        product = self.presenter.product()
        self.shell.say(message or Message("S", product.name if product is not None else code))

    def escape(self) -> bool:
        if self.gate.asking:
            self.gate.close_question()
        elif self.stack.currentWidget() is self.form:
            self.form.escape()
        elif self.stack.currentWidget() is self.export_page:
            self._to_overview()
        elif self.search.text():
            self.search.clear()
            self._on_search("")
        else:
            return False
        return True

    def main_action(self) -> None:
        if self.gate.asking:
            self.gate.accept()
        elif self.stack.currentWidget() is self.form:
            self.form.main_action()
        elif self.stack.currentWidget() is self.export_page:
            self.export.box.ask()
        elif self.presenter.product() is None:
            self.shell.say(Message("W", _("Choose the goods in the list.")))
        else:
            self.page.act()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.page is self.codes:
            self.codes.remove()
            return
        super().keyPressEvent(event)

    # Pages ---------------------------------------------------------------------------------------------------------

    @property
    def page(self) -> Page:
        """The page of the chosen tab."""
        return self.overview.page

    def begin_new(self, barcode: str = "") -> None:
        """F3: the form, empty; with a barcode that was scanned."""
        self._open(partial(self.form.begin_new, barcode))

    def _on_new(self) -> None:
        self.begin_new()

    def _open_form(self) -> None:
        if self.presenter.product() is not None:
            self._open(partial(self.form.show_goods, self.presenter.sku))

    def _open_size(self) -> None:
        self._open(partial(self.form.begin_size, self.presenter.sku))

    def _open(self, begin: Callable[[], None]) -> None:
        """The form takes the pages' place; what it is about stays chosen meanwhile."""
        if self.gate.asking:
            return
        self.shell.hush()
        self.stack.setCurrentWidget(self.form)
        self.list.set_closed(True)
        begin()

    def _open_export(self) -> None:
        if self.gate.asking or self.stack.currentWidget() is self.form:
            return
        self.export.clear()
        self.stack.setCurrentWidget(self.export_page)
        self.export.box.folder.field.setFocus()

    def _to_overview(self) -> None:
        self.gate.close_question()
        self.stack.setCurrentWidget(self.overview)
        self.list.set_closed(False)
        self._show_product()
        self.restore_focus()

    def _on_gate_closed(self) -> None:
        if self.stack.currentWidget() is self.form:
            self.form.fields.first().setFocus()
        else:
            self.restore_focus()

    def _require(self, action: str, approval: Approval, run: Run, *, label: str = "") -> None:
        self.gate.require(action, approval, run, label=label)

    # What happens --------------------------------------------------------------------------------------------------

    def _on_registered(self, sku: str) -> None:
        self._saved(sku, _("{item} registered as {code}."))

    def _on_changed(self, sku: str) -> None:
        self._saved(sku, _("{item} saved."))

    def _saved(self, sku: str, words: str) -> None:
        self.presenter.look_at(sku)
        self.list.choose("all")
        self.search.setText(self.presenter.text)
        self._to_overview()
        self._show_list()
        product = self.presenter.product()
        if product is not None:
            self.shell.say(Message("S", words.format(item=product.name, code=sku)))

    def _on_picked(self, sku: str) -> None:
        self.presenter.look_at(sku)
        self.list.choose("all")
        self.search.setText(self.presenter.text)
        self._show_rows()

    def _label(self) -> None:
        if self.stack.currentWidget() is self.overview and not self.gate.asking:
            self.shell.go("labels", self.presenter.sku)

    def _next_tab(self) -> None:
        if self.stack.currentWidget() is self.overview and not self.gate.asking:
            self.tabs.choose((self.tabs.current() + 1) % len(self.pages))

    def _to_search(self) -> None:
        if self.search.isEnabled():
            self.search.setFocus()

    def _on_tab(self) -> None:
        self.gate.close_question()
        self._show_product()
        first = self.page.first()
        if first is None:
            self.restore_focus()
        else:
            first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_filter(self, which: str) -> None:
        self.presenter.choose_filter(which)
        self._show_rows()
        self.table.select_row(0)

    def _on_search(self, text: str) -> None:
        self.presenter.text = text
        self._show_rows()
        self.table.select_row(0)

    def _on_command(self, name: str) -> None:
        if not self.table.step(name) and name == "Enter":
            text = self.search.text().strip()
            if text.isdigit():
                self.take_scan(text)
            elif self.model.rows:
                self.overview.main_button.setFocus()

    def _on_row_changed(self, row: int) -> None:
        if 0 <= row < len(self.model.rows) and self.model.rows[row].sku != self.presenter.sku:
            self.gate.close_question()  # it was about other goods
            self.presenter.sku = self.model.rows[row].sku
            self._show_product()

    def _on_row_activated(self, _row: int) -> None:
        self._open_form()

    def _on_scrolled(self, place: int) -> None:
        if place == self.table.verticalScrollBar().maximum() and self.presenter.more(len(self.model.rows)):
            self.model.set_rows(self.presenter.rows())

    # What is shown -------------------------------------------------------------------------------------------------

    def _show_list(self) -> None:
        self.chips.show_counts(self.presenter.counts())
        self._show_rows()

    def _show_rows(self) -> None:
        sku = self.presenter.sku
        self.model.set_rows(self.presenter.rows())
        nothing = self.presenter.filter == "all" and not self.presenter.text
        self.table.set_empty(
            _("No goods yet. F3 registers some.") if nothing else _("Nothing found. Change filter or search.")
        )
        place = next((row for row, product in enumerate(self.model.rows) if product.sku == sku), -1)
        if place >= 0:
            self.table.select_row(place)
        self._show_product()

    def _show_product(self) -> None:
        product = self.presenter.product()
        self.overview.show_product(product, manager=self.shell.counter.is_manager)
        self.list.label_button.setEnabled(product is not None)

    def _on_theme_changed(self) -> None:
        wanted = COMPACT if self.theme.compact else WIDTH
        self.gate.setFixedWidth(wanted + wanted * (self.theme.scale - 100) * 2 // 500)
