"""What Shift+F3 does on the Sell screen: favourites and pictures of goods."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from pos_app.domain.errors import PosError
from pos_app.domain.product import Product
from pos_app.i18n import _
from pos_app.ledger import queries
from pos_app.services import pictures
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, expected
from pos_app.ui.widgets.pin import Approval

if TYPE_CHECKING:
    from pos_app.ui.screens.sell.goods_panel import GoodsSide
    from pos_app.ui.screens.sell.side_flow import SideFlow


class GoodsActs(QObject):
    """Opens the panel about goods and carries out what it decides."""

    def __init__(self, flow: SideFlow) -> None:
        super().__init__(flow)
        self.flow = flow
        self.screen = flow.screen

    def wire(self, side: GoodsSide) -> None:
        """Connects the panel that was just built."""
        side.panel.accepted.connect(self.turn_favourite)
        side.panel.cancelled.connect(self.flow.close)
        side.panel.picture_wanted.connect(self._on_picture_wanted)
        side.panel.no_picture_wanted.connect(self._on_no_picture_wanted)

    def ask(self) -> None:
        """About the tile with the focus, the highlighted hit, or the selected line of the cart."""
        product = queries.product(self.screen.shell.counter.db, self._chosen())
        if product is None:
            self.screen.shell.say(Message("I", _("Choose goods first: a tile, a hit or a line of the cart.")))
            return
        self.screen.shell.hush()
        self._show(product)

    def turn_favourite(self) -> None:
        """In or out of the favourites."""
        side = self.flow.panels.goods
        product = side.panel.product
        if product is None or side.asking:
            return
        pinned = side.panel.pinned
        act = pictures.unpin if pinned else pictures.pin
        said = _("{item} is no favourite any more.") if pinned else _("{item} is a favourite now.")
        self._require("favourite", product, partial(act, self.screen.shell.counter, product.sku), said)

    def _chosen(self) -> str:
        tile = self.screen.tiles.focused
        if tile is not None:
            return tile.key
        if self.screen.results.isVisible():
            return self.screen.results.current_key()
        cart = self.screen.presenter.cart
        return cart.lines[cart.selected].product.sku if cart.selected >= 0 else ""

    def _show(self, product: Product) -> None:
        side, quick = self.flow.panels.goods, self.screen.quick
        self.screen.show_side(side)
        side.panel.ask(product, quick.picture(product.sku), pinned=quick.is_pinned(product.sku))

    def _on_picture_wanted(self, path: Path) -> None:
        from pos_app.services.picture_files import read_small  # late: few days see a new picture

        product = self.flow.panels.goods.panel.product
        if product is None:
            return

        def read(image: bytes) -> None:
            act = partial(pictures.set_picture, self.screen.shell.counter, product.sku, image)
            self._require("picture", product, act, _("Picture of {item} set."))

        self.screen.shell.workers.run(partial(read_small, path), read, self._failed)

    def _on_no_picture_wanted(self) -> None:
        product = self.flow.panels.goods.panel.product
        if product is not None:
            act = partial(pictures.remove_picture, self.screen.shell.counter, product.sku)
            self._require("picture", product, act, _("Picture of {item} removed."))

    def _require(self, action: str, product: Product, act: Callable[[str | None], None], said: str) -> None:
        side = self.flow.panels.goods
        if self.screen.right_stack.currentWidget() is not side:
            return  # somebody went on while the file was read

        def run(manager: str | None) -> None:
            try:
                act(manager)
            except PosError as error:
                side.panel.show_error(describe(error))
                return
            self.screen.tiles.thumbnails.forget(product.sku)
            self.screen.tiles_changed()
            self.flow.close()
            self.screen.shell.say(Message("S", said.format(item=product.name)))

        side.require(action, Approval(product.name, [product.producer_name]), run)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, FileNotFoundError):
            self.flow.panels.goods.panel.show_error(_("This file is not there. Choose another."))
            return
        message = expected(error, str(self.screen.shell.counter.ledger.path))
        if message is None:
            raise error
        self.flow.panels.goods.panel.show_error(message.text)
