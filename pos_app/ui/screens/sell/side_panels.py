"""The panels at the right of the Sell screen, each imported and built when it is first needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtWidgets import QStackedWidget, QWidget

from pos_app.ui.screen import Shell
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.pin import PinPanel

if TYPE_CHECKING:
    from pos_app.ui.screens.sell.discount_panel import DiscountPanel
    from pos_app.ui.screens.sell.drawer_panel import DrawerPanel
    from pos_app.ui.screens.sell.elsewhere_panel import ElsewhereSide
    from pos_app.ui.screens.sell.goods_panel import GoodsSide
    from pos_app.ui.screens.sell.held_panel import HeldPanel
    from pos_app.ui.screens.sell.line_panels import BuyerPanel, QuantityPanel
    from pos_app.ui.screens.sell.paid_panel import PaidPanel
    from pos_app.ui.screens.sell.pay_panel import PayPanel
    from pos_app.ui.screens.sell.receipt_panel import ReceiptSide
    from pos_app.ui.screens.sell.receipts_panel import ReceiptsPanel
    from pos_app.ui.screens.sell.register_side import RegisterSide
    from pos_app.ui.screens.sell.void_panel import VoidSide

P = TypeVar("P", bound=QWidget)


class SidePanels:
    """One panel of each kind; ``wire`` connects each once, just after it was built."""

    def __init__(self, shell: Shell, stack: QStackedWidget, wire: Callable[[QWidget], None]) -> None:
        self._shell = shell
        self._theme = shell.theme
        self._counter = shell.counter
        self._stack = stack
        self._wire = wire
        self._panels: dict[str, QWidget] = {}

    def built(self, name: str) -> QWidget | None:
        """The panel of that name when it exists already."""
        return self._panels.get(name)

    @property
    def pin(self) -> PinPanel:
        """A manager's PIN."""
        return self._get("pin", PinPanel)

    @property
    def pay(self) -> PayPanel:
        """The Pay panel (F12)."""
        from pos_app.ui.screens.sell.pay_panel import PayPanel

        return self._get("pay", PayPanel)

    @property
    def paid(self) -> PaidPanel:
        """The page after paying."""
        from pos_app.ui.screens.sell.paid_panel import PaidPanel

        return self._get("paid", PaidPanel)

    @property
    def quantity(self) -> QuantityPanel:
        """Quantity of a line (F4)."""
        from pos_app.ui.screens.sell.line_panels import QuantityPanel

        return self._get("quantity", QuantityPanel)

    @property
    def discount(self) -> DiscountPanel:
        """Discount on a line (F5)."""
        from pos_app.ui.screens.sell.discount_panel import DiscountPanel

        return self._get("discount", DiscountPanel)

    @property
    def buyer(self) -> BuyerPanel:
        """For whom (F8)."""
        from pos_app.ui.screens.sell.line_panels import BuyerPanel

        return self._get("buyer", BuyerPanel)

    @property
    def held(self) -> HeldPanel:
        """Held carts (F7)."""
        from pos_app.ui.screens.sell.held_panel import HeldPanel

        return self._get("held", HeldPanel)

    @property
    def receipts(self) -> ReceiptsPanel:
        """Receipts (F9)."""
        from pos_app.ui.screens.sell.receipts_panel import ReceiptsPanel

        return self._get("receipts", ReceiptsPanel)

    @property
    def receipt(self) -> ReceiptSide:
        """One receipt with its lines, and money back."""
        from pos_app.ui.screens.sell.receipt_panel import ReceiptSide

        return self._get("receipt", partial(ReceiptSide, counter=self._counter))

    @property
    def elsewhere(self) -> ElsewhereSide:
        """A receipt that this till does not know."""
        from pos_app.ui.screens.sell.elsewhere_panel import ElsewhereSide

        return self._get("elsewhere", partial(ElsewhereSide, counter=self._counter))

    @property
    def void(self) -> VoidSide:
        """Another document than a sale, to be undone."""
        from pos_app.ui.screens.sell.void_panel import VoidSide

        return self._get("void", partial(VoidSide, counter=self._counter))

    @property
    def goods(self) -> GoodsSide:
        """Favourite and picture (Shift+F3)."""
        from pos_app.ui.screens.sell.goods_panel import GoodsSide

        return self._get("goods", partial(GoodsSide, counter=self._counter))

    @property
    def drawer(self) -> DrawerPanel:
        """The drawer without a sale (Ctrl+D)."""
        from pos_app.ui.screens.sell.drawer_panel import DrawerPanel

        return self._get("drawer", DrawerPanel)

    @property
    def register(self) -> RegisterSide:
        """Goods that a scan did not find."""
        from pos_app.ui.screens.sell.register_side import RegisterSide

        return self._get("register", partial(RegisterSide, shell=self._shell))

    def _get(self, name: str, kind: Callable[[Theme], P]) -> P:
        found = self._panels.get(name)
        if found is None:
            panel = kind(self._theme)
            self._panels[name] = panel
            self._stack.addWidget(panel)
            self._wire(panel)
            return panel
        return found  # type: ignore[return-value]  # stored under its own name above
