"""The right of Products: the goods that are looked at with their pages; all goods saved as a file. Widgets only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from pos_app.domain.product import Product
from pos_app.i18n import _
from pos_app.ui.registry_export import RegistryExport
from pos_app.ui.screen import Shell
from pos_app.ui.screens.products.pages import Page, Require
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.side import SidePanel
from pos_app.ui.widgets.tabs import Tabs


class Overview(SidePanel):
    """Name, tabs, the page of the chosen tab and its main button."""

    def __init__(self, theme: Theme, pages: Sequence[Page]) -> None:
        super().__init__(theme, width=0)
        self.pages = tuple(pages)
        self.name_text = Text(theme, step="row", weight=700)
        self.name_text.setWordWrap(True)
        self.detail_text = Text(theme, step="caption", tone="muted")
        self.detail_text.setWordWrap(True)
        self.tabs = Tabs(theme, [_("Data"), _("Sizes"), _("Barcodes"), _("Prices"), _("Picture")])
        self.tabs.setAccessibleName(_("Pages"))
        parts: tuple[QWidget, ...] = (self.name_text, self.detail_text, self.tabs, *self.pages)
        for widget in parts:
            self.body.addWidget(widget)
        for page in self.pages:
            page.hide()
        self.body.addStretch(1)
        self.main_button = KeyButton(theme, "", key="F12", kind="main")
        self.foot.addWidget(self.main_button)

    @property
    def page(self) -> Page:
        """The page of the chosen tab."""
        return self.pages[self.tabs.current()]

    def show_product(self, product: Product | None, *, manager: bool) -> None:
        """Shows the goods on the chosen page."""
        self.name_text.setText(product.name if product is not None else _("No goods chosen"))
        self.detail_text.setText(f"{product.producer_name} · {product.sku}" if product is not None else "")
        page = self.page
        for one in self.pages:
            one.setVisible(one is page)
        page.setEnabled(product is not None)
        page.refresh()
        self.main_button.setText(page.main)
        self.main_button.setEnabled(product is not None)
        self.main_button.set_icon("" if manager else "lock-outline")


class ExportPanel(SidePanel):
    """All goods as a file, for a folder or a stick."""

    def __init__(self, shell: Shell, require: Require) -> None:
        super().__init__(shell.theme, width=0)
        theme = shell.theme
        frame, column = padded_card()
        self.export = RegistryExport(theme, shell.workers, shell.counter, ("products",), require)
        self.export.box.button.hide()  # F12 below does the same
        column.addWidget(Text(theme, _("Export goods"), step="title", weight=700))
        words = Text(theme, _("The file has today's prices, and Import reads it elsewhere."), tone="muted")
        words.setWordWrap(True)
        column.addWidget(words)
        column.addWidget(self.export)
        self.body.addWidget(frame)
        self.body.addStretch(1)
        self.back_button = KeyButton(theme, _("Back"), key="Esc", icon="arrow-left")
        self.save_button = KeyButton(theme, _("Save the file"), key="F12", kind="main")
        for button in (self.back_button, self.save_button):
            self.foot.addWidget(button)
