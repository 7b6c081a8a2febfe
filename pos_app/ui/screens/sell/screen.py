"""The Sell screen: scan field, strip, cart and its buttons at the left; total, tiles or a panel at the right."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import ClassVar, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.domain.errors import PosError, StaleShift
from pos_app.domain.formats import rupiah
from pos_app.i18n import _
from pos_app.ledger import queries
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, of_error
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.sell.entry import Entry
from pos_app.ui.screens.sell.keeping import CartKeeper
from pos_app.ui.screens.sell.presenter import ONE, Outcome, SellPresenter
from pos_app.ui.screens.sell.quick import QuickTiles
from pos_app.ui.screens.sell.side_flow import SideFlow
from pos_app.ui.screens.sell.table_model import CartModel
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.cart import CartTable
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.qr import QrCode
from pos_app.ui.widgets.tiles import EDIT_KEY, TileGrid
from pos_app.ui.widgets.total import TotalCard

WIDE: Final = 480
NARROW: Final = 400
UNIT_LETTERS: Final = 18
TILES_SECONDS: Final = 60
"""Tiles that were read before the log-in are read again after so long."""


def shortened(unit: str) -> str:
    """The unit of an office purchase as it fits beside the total; the receipt has it whole."""
    return unit if len(unit) <= UNIT_LETTERS else f"{unit[: UNIT_LETTERS - 1].rstrip()}…"


class SellScreen(Screen):
    """See the module."""

    name: ClassVar[str] = "sell"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.presenter = SellPresenter(shell.counter)
        self.keeper = CartKeeper(self)
        self.held = self.keeper.held
        self.quick = QuickTiles(shell.counter)
        self._build_left()
        self._build_right()
        self.side = SideFlow(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(self._left, 1)
        row.addWidget(self._right)
        self.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._tiles_stale, self._tiles_read = True, 0.0
        self._turning_tabs = False
        self._stood: tuple[str, date, str] | None = None
        self._bind_edit_key()
        self.refresh()

    # Layout -------------------------------------------------------------------------------------------------------

    def _build_left(self) -> None:
        theme = self.theme
        self.entry = Entry(self)
        self.field, self.multiplier, self.results = self.entry.field, self.entry.multiplier, self.entry.results
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.multiplier)
        top.addWidget(self.field, 1)
        self.model = CartModel(self.presenter.days_left)
        self.table = CartTable(theme, self.model, empty=_("Ready. Scan the first item."))
        self.table.stepped.connect(self._on_stepped)
        self.table.removed.connect(self._on_removed)
        self.table.row_changed.connect(self._on_row_changed)
        self.big_qr = QrCode()
        self._left_stack = QStackedWidget()
        self._left_stack.addWidget(self.table)
        self._left_stack.addWidget(self.big_qr)
        self.buttons = {
            "F4": KeyButton(theme, _("Quantity"), key="F4"),
            "F5": KeyButton(theme, _("Discount"), key="F5"),
            "F6": KeyButton(theme, _("Hold"), key="F6"),
            "F7": KeyButton(theme, _("Recall"), key="F7"),
            "F8": KeyButton(theme, _("Buyer"), key="F8"),
            "Del": KeyButton(theme, _("Remove"), key="Del"),
        }
        runs = {**{command.key: command.run for command in self.commands()}, "Del": self.remove_selected}
        for key, button in self.buttons.items():
            button.clicked.connect(runs[key])
        self._left = QVBoxLayout()
        self._left.setSpacing(8)
        self._left.addLayout(top)
        self._left.addWidget(self.strip)
        self._left.addWidget(self._left_stack, 1)
        self._left.addWidget(ActionBar(theme, list(self.buttons.values())))

    def _build_right(self) -> None:
        theme = self.theme
        self.total = TotalCard(theme)
        self.tiles = TileGrid(theme, self.quick.picture)
        self.tiles.set_categories(self.quick.tabs())
        self.tiles.edit_wanted.connect(self._ask_goods)
        self.tiles.picked.connect(self._on_tile_picked)
        self.tiles.category_chosen.connect(self._on_category_chosen)
        self.pay_button = KeyButton(theme, _("Pay"), key="F12", kind="main")
        self.pay_button.clicked.connect(self.main_action)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.tiles, 1)
        column.addWidget(self.pay_button)
        self.tile_page = page
        self.right_stack = QStackedWidget()
        self.right_stack.addWidget(page)
        self._right = QWidget()
        right = QVBoxLayout(self._right)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(8)
        right.addWidget(self.total)
        right.addWidget(self.right_stack, 1)

    def _bind_edit_key(self) -> None:
        """The window hands on F-keys alone; this one has Shift before it."""
        edit = QAction(self)
        edit.setShortcut(QKeySequence(EDIT_KEY))
        edit.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        edit.triggered.connect(self._ask_goods)
        self.addAction(edit)

    # Screen -------------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("&Sell").replace("&", "")

    def commands(self) -> Sequence[Command]:
        return (
            Command("F12", _("Pay"), self.main_action),
            Command("F2", _("Scan field"), self.restore_focus),
            Command("F3", _("Quick tiles, again for the next tab"), self._focus_tiles),
            Command(EDIT_KEY, _("Favourite and picture of goods"), self._ask_goods),
            Command("F4", _("Quantity of the line"), partial(self._when_selling, self._ask_quantity)),
            Command("F5", _("Discount on the line"), partial(self._when_selling, self._ask_discount, "F5")),
            Command("F6", _("Hold the cart; what is typed names it"), self._on_f6),
            Command("F7", _("Recall a held cart"), partial(self._when_selling, self._ask_recall, "F7")),
            Command("F8", _("Buyer"), self._on_f8),
            Command("F9", _("Receipts: find, reprint, refund, undo"), self._on_f9),
            Command("Ctrl+Del", _("Empty the cart"), partial(self._when_selling, self._empty)),
            Command("Ctrl+D", _("Open the drawer"), partial(self._when_selling, self._ask_drawer)),
            Command("Ctrl+Z", _("Undo"), partial(self._when_selling, self.undo)),
            Command("Ctrl+Y", _("Redo"), partial(self._when_selling, self._redo)),
        )

    def prepare(self) -> bool:
        if self._tiles_stale:
            self.refresh_tiles()
            return True
        self.side.prepare()
        return not self.side.prepared

    def activated(self) -> None:
        shift = queries.open_shift(self.shell.counter.db)
        if shift is None:
            self.shell.go("shift_open")
            return
        self.keeper.restore()
        self._follow_who_and_when(shift.number)
        if shift.date != self.presenter.today.isoformat():
            stale = Message("W", describe(StaleShift(shift.opened_at)))
            self.shell.say(stale.with_action(_("Close Shift"), partial(self.shell.go, "close_shift")))
        if self._tiles_stale or time.monotonic() - self._tiles_read > TILES_SECONDS:
            self.refresh_tiles()
        self.restore_focus()
        self.side.paying.look_again()

    def _follow_who_and_when(self, shift: str) -> None:
        """The lock of the discount is the user's; in another shift, day or hand the last sale is over."""
        user = self.shell.counter.user
        now = (shift, self.presenter.today, user.id if user is not None else "")
        before, self._stood = self._stood, now
        if before != now and self.side.is_paid:
            self.presenter.new_buyer()
            self.side.close()
        elif before != now:
            self.refresh()

    def deactivated(self) -> None:
        self._tiles_stale = True  # other screens change goods, prices and stock
        self.keeper.save()

    def carry_over(self, former: Screen) -> None:
        if not isinstance(former, SellScreen):
            return
        if former.side.is_paid:
            former.presenter.new_buyer()
        self.presenter.cart, self.presenter.buyer = former.presenter.cart, former.presenter.buyer
        self.presenter.once = former.presenter.once
        self.keeper.kept = former.keeper.kept
        self.refresh()

    def default_focus(self) -> QWidget | None:
        return self.field if self.selling else self.side.focus_widget()

    @property
    def selling(self) -> bool:
        """True while the tiles are shown, that is, no panel asks anything."""
        return self.right_stack.currentWidget() is self.tile_page

    def main_action(self) -> None:
        """F12: pays, or presses the main button of the panel that is open."""
        if not self.selling:
            self.side.press_main()
        elif self.presenter.cart.lines:
            self.side.paying.pay()
        else:
            self.shell.say(Message("I", _("Ready. Scan the first item.")))

    def take_scan(self, code: str) -> None:
        self.results.hide()
        if self.side.takes_receipt(code) or (not self.selling and not self.side.may_scan(code)):
            return
        quantity = self.entry.take_multiplier()
        self.say(self.presenter.scan(code, quantity), quantity)
        self.side.after_scan()

    def escape(self) -> bool:
        if self.entry.close_results():
            return True
        if self.selling:
            return self.entry.step_back()
        self.side.step_back()
        return True

    # Acts ---------------------------------------------------------------------------------------------------------

    def say(self, outcome: Outcome, quantity: int | None = None) -> None:
        """Shows what came of an act, asks what must be asked, and paints the cart."""
        self.refresh()
        message = outcome.message
        if message is None:
            return
        if outcome.choices:
            self.shell.say(message)
            self.entry.open_results(outcome.choices)
            return
        if outcome.expired:
            ask = partial(self.side.approvals.ask_expired, outcome.expired, quantity or ONE)
            message = message.with_action(_("Manager PIN"), ask)
        elif outcome.register:
            message = message.with_action(_("Register"), partial(self.side.questions.ask_register, outcome.register))
        elif message.kind == "S" or message.number == 6:
            message = message.with_action(_("Undo"), self.undo, "Ctrl+Z")
        self.shell.say(message)

    def fail(self, error: PosError) -> None:
        """A rule or the environment forbids it: says so, and where to go."""
        message = of_error(error)
        if isinstance(error, StaleShift):
            message = message.with_action(_("Close Shift"), partial(self.shell.go, "close_shift"))
        self.shell.say(message)

    def refresh(self) -> None:
        """Paints cart, total and buttons as the presenter has them."""
        cart = self.presenter.cart
        self.model.show(cart.lines)
        self.table.select_row(cart.selected)
        amount = rupiah(cart.total)
        caption = _("PAID") if self.side.is_paid else _("TOTAL")
        if self.presenter.buyer.kind == "office":
            caption = f"{caption} · {shortened(self.presenter.buyer.unit)}"
        self.total.show_total(caption, amount, self.presenter.counts())
        self.pay_button.set_amount(amount)
        self.pay_button.setEnabled(bool(cart.lines))
        held = self.held.count()
        self.buttons["F7"].set_badge(str(held) if held else "")
        self.buttons["F5"].set_icon("" if self.presenter.is_manager else "lock-outline")
        office = self.presenter.buyer.kind == "office"
        self.buttons["F8"].setText(_("Office") if office else _("Buyer"))
        selling = self.selling
        some = selling and bool(cart.lines)
        for key, enabled in {
            "F4": some,
            "F5": some,
            "F6": some,
            "F7": selling and held > 0,
            "F8": selling,
            "Del": some,
        }.items():
            self.buttons[key].setEnabled(enabled)
        self.table.set_locked(not selling)
        self.field.setEnabled(selling)
        self.side.beside.follow()
        self.keeper.look()

    def refresh_tiles(self) -> None:
        """Reads the goods of the chosen tab anew."""
        self._tiles_stale, self._tiles_read = False, time.monotonic()
        self.tiles.set_tiles(self.quick.tiles(self.tiles.tabs.current()))

    def tiles_changed(self) -> None:
        """Stock moved: the tiles are read again when they are next shown."""
        self._tiles_stale = True

    def show_side(self, panel: QWidget | None) -> None:
        """A panel takes the tiles' place; None brings the tiles back. A question about what it held before is over."""
        if isinstance(panel, Gate):
            panel.close_question()
        self.right_stack.setCurrentWidget(panel or self.tile_page)
        self.results.hide()
        if panel is None and self._tiles_stale:
            self.refresh_tiles()
        self.refresh()
        if panel is None:
            self.show_big_qr("")
            self.restore_focus()

    def show_big_qr(self, payload: str) -> None:
        """A code in the cart's place, where the panel is too small for it."""
        self.big_qr.show_text(payload)
        self._left_stack.setCurrentWidget(self.big_qr if payload else self.table)

    def undo(self) -> None:
        """One change of the cart back."""
        self.say(self.presenter.undo())

    def remove_selected(self) -> None:
        """Takes the selected line out."""
        row = self.presenter.cart.selected
        if row >= 0 and self.selling:
            outcome = self.presenter.remove(row)
            self.refresh()
            if outcome.message is not None:
                self.shell.say(outcome.message.with_action(_("Undo"), self.undo, "Ctrl+Z"))
        self.restore_focus()

    def move_selection(self, rows: int) -> None:
        """Another line is selected, so many rows down."""
        self.presenter.cart.select(self.presenter.cart.selected + rows)
        self.table.select_row(self.presenter.cart.selected)

    def step_selected(self, delta: int) -> None:
        """One more or one less of the selected line."""
        if self.presenter.cart.selected >= 0:
            self.say(self.presenter.step(self.presenter.cart.selected, delta))

    # Events -------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.results.isVisible():
            self.results.place_under(self.field)

    def _on_tile_picked(self, sku: str) -> None:
        quantity = self.entry.take_multiplier()
        self.say(self.presenter.add_sku(sku, quantity), quantity)

    def _on_category_chosen(self, number: int) -> None:  # noqa: ARG002
        self.refresh_tiles()
        if not self._turning_tabs:
            self.restore_focus()

    def _on_stepped(self, row: int, delta: int) -> None:
        self.presenter.cart.select(row)
        self.say(self.presenter.step(row, delta))
        self.restore_focus()

    def _on_removed(self, row: int) -> None:
        self.presenter.cart.select(row)
        self.remove_selected()

    def _on_row_changed(self, row: int) -> None:
        if 0 <= row < len(self.presenter.cart.lines):
            self.presenter.cart.select(row)

    def _when_selling(self, run: Callable[[], None], key: str = "") -> None:
        """Acts on the cart; while a panel is open the key is the panel's."""
        if self.selling:
            run()
        elif key:
            self.side.other_key(key)

    def _focus_tiles(self) -> None:
        """F3: the first tile; again, the first of the next tab."""
        if not self.selling:
            return
        if self.tiles.focused is not None:
            self._turning_tabs = True
            self.tiles.tabs.choose((self.tiles.tabs.current() + 1) % len(self.quick.tabs()))
            self._turning_tabs = False
        self.tiles.focus_first()

    def _ask_goods(self) -> None:
        if self.selling:
            self.side.goods.ask()

    def _ask_quantity(self) -> None:
        if self.presenter.cart.selected >= 0:
            self.side.questions.ask_quantity()

    def _ask_discount(self) -> None:
        if self.presenter.cart.selected >= 0:
            self.side.questions.ask_discount()

    def _ask_drawer(self) -> None:
        self.side.beside.ask_drawer()

    def _ask_recall(self) -> None:
        self.side.questions.ask_recall()

    def _on_f6(self) -> None:
        if not self.selling:
            self.side.other_key("F6")
        elif self.presenter.cart.lines:
            self.keeper.hold()

    def _on_f8(self) -> None:
        if self.selling:
            self.side.questions.ask_buyer()
        else:
            self.side.restore_focus()

    def _on_f9(self) -> None:
        if self.selling:
            self.side.receipts.ask()
        else:
            self.side.reprint()

    def _empty(self) -> None:
        outcome = self.presenter.empty()
        self.refresh()
        if outcome.message is not None:
            self.shell.say(outcome.message.with_action(_("Undo"), self.undo, "Ctrl+Z"))

    def _redo(self) -> None:
        self.say(self.presenter.redo())

    def _on_theme_changed(self) -> None:
        width = NARROW if self.theme.compact else WIDE
        self._right.setFixedWidth(width + width * (self.theme.scale - 100) // 300)
