"""Products: every product of the corner, what is known of it, its sizes, barcodes, prices and picture. Widgets only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.goods_form.panel import GoodsPanel
from pos_app.ui.messages import Message
from pos_app.ui.registry_export import RegistryExport
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.products.pages import CodesPage, DataPage, Page, PicturePage, PricesPage, SizesPage
from pos_app.ui.screens.products.presenter import ProductsPresenter
from pos_app.ui.screens.products.table_model import ProductsModel
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import ScanField
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.gate import Gate, Run
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import SidePanel
from pos_app.ui.widgets.table import TwoLineTable
from pos_app.ui.widgets.tabs import Tabs

WIDTH, COMPACT = 440, 400


class ProductsScreen(Screen):
    """See the module."""

    name = "products"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.presenter = ProductsPresenter(shell.counter)
        self._build_list()
        self.data = DataPage(shell, self.presenter, self._require)
        self.sizes = SizesPage(shell, self.presenter, self._require)
        self.codes = CodesPage(shell, self.presenter, self._require)
        self.prices = PricesPage(shell, self.presenter, self._require)
        self.picture = PicturePage(shell, self.presenter, self._require)
        self.pages: tuple[Page, ...] = (self.data, self.sizes, self.codes, self.prices, self.picture)
        self.overview = self._overview()
        self.form = GoodsPanel(shell, self._require)
        self.export_page, self.export = self._export_page()
        self.stack = QStackedWidget()
        for widget in (self.overview, self.form, self.export_page):
            self.stack.addWidget(widget)
        self.gate = Gate(self.theme, shell.counter, self.stack)
        self.gate.closed.connect(self._on_gate_closed)
        self._wire()
        left = QVBoxLayout()
        left.setSpacing(8)
        for widget in (self.search, self.strip, self.chips):
            left.addWidget(widget)
        left.addWidget(self.table, 1)
        left.addWidget(self.action_bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self.gate)
        self.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _build_list(self) -> None:
        theme = self.theme
        self.model = ProductsModel()
        self.table = TwoLineTable(
            theme, self.model, empty=_("No goods yet. F3 registers some."), empty_icon="warehouse"
        )
        self.search = ScanField(theme, _("Scan goods, or type a name or producer"))
        self.chips = ChipRow(
            theme,
            [
                ("all", _("All")),
                ("no_barcode", _("Without barcode")),
                ("no_picture", _("Without picture")),
                ("own", _("This corner's own")),
                ("e_katalog", _("e-Katalog")),
            ],
        )
        self.new_button = KeyButton(theme, _("New goods"), key="F3", icon="plus")
        self.label_button = KeyButton(theme, _("Labels"), key="F6", icon="barcode-scan")
        self.export_button = KeyButton(theme, _("Export"), key="F9", icon="usb-flash-drive-outline")
        self.action_bar = ActionBar(theme, [self.new_button, self.label_button, self.export_button])

    def _overview(self) -> QWidget:
        theme = self.theme
        panel = SidePanel(theme, width=0)
        self.name_text = Text(theme, step="row", weight=700)
        self.name_text.setWordWrap(True)
        self.detail_text = Text(theme, step="caption", tone="muted")
        self.detail_text.setWordWrap(True)
        self.tabs = Tabs(theme, [_("Data"), _("Sizes"), _("Barcodes"), _("Prices"), _("Picture")])
        self.tabs.setAccessibleName(_("Pages"))
        for widget in (self.name_text, self.detail_text, self.tabs):
            panel.body.addWidget(widget)
        for page in self.pages:
            panel.body.addWidget(page)
            page.hide()
        panel.body.addStretch(1)
        self.main_button = KeyButton(theme, "", key="F12", kind="main")
        panel.foot.addWidget(self.main_button)
        return panel

    def _export_page(self) -> tuple[QWidget, RegistryExport]:
        theme = self.theme
        panel = SidePanel(theme, width=0)
        frame, column = padded_card()
        export = RegistryExport(theme, self.shell.workers, self.shell.counter, ("products",), self._require)
        export.box.button.hide()  # F12 below does the same
        column.addWidget(Text(theme, _("Export goods"), step="title", weight=700))
        words = Text(theme, _("The file has today's prices, and Import reads it elsewhere."), tone="muted")
        words.setWordWrap(True)
        column.addWidget(words)
        column.addWidget(export)
        panel.body.addWidget(frame)
        panel.body.addStretch(1)
        back = KeyButton(theme, _("Back"), key="Esc", icon="arrow-left")
        back.clicked.connect(self._to_overview)
        panel.foot.addWidget(back)
        self.save_button = KeyButton(theme, _("Save the file"), key="F12", kind="main")
        self.save_button.clicked.connect(self.main_action)
        panel.foot.addWidget(self.save_button)
        return panel, export

    def _wire(self) -> None:
        self.table.row_changed.connect(self._on_row_changed)
        self.table.row_activated.connect(self._on_row_activated)
        self.table.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.search.textEdited.connect(self._on_search)
        self.search.command.connect(self._on_command)
        self.chips.chosen.connect(self._on_filter)
        self.tabs.chosen.connect(self._on_tab)
        self.new_button.clicked.connect(self._on_new)
        self.label_button.clicked.connect(self._label)
        self.export_button.clicked.connect(self._open_export)
        self.main_button.clicked.connect(self.main_action)
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
        if self.presenter.look_at(which):
            self.chips.choose("all")
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
        self.chips.choose("all")
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
        return self.pages[self.tabs.current()]

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
        self._close_list(True)
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
        self._close_list(False)
        self._show_product()
        self.restore_focus()

    def _close_list(self, closed: bool) -> None:
        for widget in (self.search, self.chips, self.table, self.action_bar):
            widget.setEnabled(not closed)

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
        self.chips.choose("all")
        self.search.setText(self.presenter.text)
        self._to_overview()
        self._show_list()
        product = self.presenter.product()
        if product is not None:
            self.shell.say(Message("S", words.format(item=product.name, code=sku)))

    def _on_picked(self, sku: str) -> None:
        self.presenter.look_at(sku)
        self.chips.choose("all")
        self.search.setText(self.presenter.text)
        self._show_rows()

    def _label(self) -> None:
        if self.stack.currentWidget() is self.overview and not self.gate.asking:
            self.presenter.add_label()
            self.shell.go("labels")

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
        if name in ("Up", "Down"):
            step = 1 if name == "Down" else -1
            self.table.select_row(max(0, min(len(self.model.rows) - 1, self.table.current_row() + step)))
        elif name == "Enter":
            text = self.search.text().strip()
            if text.isdigit():
                self.take_scan(text)
            elif self.model.rows:
                self.main_button.setFocus()

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
        self.name_text.setText(product.name if product is not None else _("No goods chosen"))
        self.detail_text.setText(f"{product.producer_name} · {product.sku}" if product is not None else "")
        page = self.page
        for one in self.pages:
            one.setVisible(one is page)
        page.setEnabled(product is not None)
        page.refresh()
        self.main_button.setText(page.main)
        self.main_button.setEnabled(product is not None)
        self.main_button.set_icon("" if self.shell.counter.is_manager else "lock-outline")
        self.label_button.setEnabled(product is not None)

    def _on_theme_changed(self) -> None:
        wanted = COMPACT if self.theme.compact else WIDTH
        self.gate.setFixedWidth(wanted + wanted * (self.theme.scale - 100) * 2 // 500)
