"""Goods that nobody knows yet, in the middle of a delivery: F3 or an unknown barcode opens the form about goods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QSizePolicy

from pos_app.domain.formats import split_multiplier
from pos_app.i18n import _
from pos_app.ui.goods_form.panel import GoodsPanel
from pos_app.ui.messages import Message
from pos_app.ui.screens.goods_in.lines import ONE

if TYPE_CHECKING:
    from pos_app.ui.screens.goods_in.screen import GoodsInScreen


class NewGoodsActs(QObject):
    """Opens the form and makes a line of what was registered."""

    def __init__(self, screen: GoodsInScreen) -> None:
        super().__init__(screen)
        self.screen = screen
        self.panel: GoodsPanel | None = None
        self._waiting = ONE
        """Pieces that were scanned of goods that are being registered."""

    @property
    def form(self) -> GoodsPanel | None:
        """The form while it is open."""
        return self.panel if self.screen.sides.currentWidget() is self.panel else None

    def open(self) -> None:
        """F3: an empty form."""
        screen = self.screen
        if screen.in_history or screen.presenter.mode == "return":
            screen.shell.say(Message("W", _("New goods are registered while a delivery is typed.")))
            return
        self.register("", split_multiplier(screen.scan_field.text())[0] or ONE)

    def register(self, barcode: str, quantity: int) -> None:
        """A form with this barcode; ``quantity`` becomes the line."""
        screen = self.screen
        if self.panel is None:
            self.panel = GoodsPanel(screen.shell, screen.gate.require)
            self.panel.registered.connect(self._on_registered)
            self.panel.leaving.connect(self.close)
            screen.sides.addWidget(self.panel)
        self._waiting = quantity
        screen.shell.hush()
        screen.show_side(self.panel)
        self.panel.begin_new(barcode=barcode, producer=screen.presenter.producer)

    def fit(self) -> None:
        """The right column is as wide as what it shows: a hidden form asks for no room."""
        if self.panel is not None:
            wanted = QSizePolicy.Policy.Preferred if self.form else QSizePolicy.Policy.Ignored
            self.panel.setSizePolicy(wanted, QSizePolicy.Policy.Preferred)

    def close(self) -> None:
        """Back to the draft, or the history."""
        screen = self.screen
        screen.show_side(screen.past.side if screen.in_history else screen.side)
        screen.restore_focus()

    def _on_registered(self, sku: str) -> None:
        screen = self.screen
        screen.scan_field.clear()
        self.close()
        screen.take(sku, self._waiting, lambda at: screen.presenter.add_sku(sku, self._waiting, at))
