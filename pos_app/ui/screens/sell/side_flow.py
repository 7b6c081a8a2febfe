"""What the panels at the right of the Sell screen do: paying and the paid page; the small ones are in ``questions``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from pos_app.domain.errors import (
    EnvironmentFault,
    PosError,
    PriceChanged,
    RecordedAfterAll,
    RuleError,
    WrongPin,
)
from pos_app.domain.formats import rupiah
from pos_app.domain.tendering import Offer
from pos_app.i18n import _
from pos_app.ledger import queries
from pos_app.ledger.sqlite import Error
from pos_app.services.context import Recorded
from pos_app.services.wording import warning
from pos_app.ui import settings_keys
from pos_app.ui.messages import Message, numbered, of_error
from pos_app.ui.screens.sell.beside import Beside
from pos_app.ui.screens.sell.goods_acts import GoodsActs
from pos_app.ui.screens.sell.payment import Payment, TabView, paid_view
from pos_app.ui.screens.sell.questions import Questions, wrong_pin
from pos_app.ui.screens.sell.receipt_acts import ReceiptActs
from pos_app.ui.screens.sell.side_panels import SidePanels
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.question import QuestionPanel

OVER_LIMIT = 13
"""Number of the message that a manager answers."""

if TYPE_CHECKING:
    from pos_app.ui.screens.sell.screen import SellScreen


class SideFlow(QObject):
    """Opens and closes the panels of one Sell screen and carries out what they decide."""

    def __init__(self, screen: SellScreen) -> None:
        super().__init__(screen)
        self.screen = screen
        self.receipts = ReceiptActs(self)
        self.goods = GoodsActs(self)
        self.questions = Questions(self)
        self.beside = Beside(self)
        self.payment: Payment | None = None
        self.last: Recorded | None = None
        self.panels = SidePanels(screen.theme, screen.shell.counter, screen.right_stack, self._wire)
        self._approve: Callable[[str, str], None] | None = None
        self._after_pin: QWidget | None = None

    def _wire(self, panel: QWidget) -> None:
        """Connects a panel that was just built."""
        panels = self.panels
        if panel is panels.built("pay"):
            panels.pay.paid.connect(self._on_paid)
            panels.pay.refused.connect(self._on_refused)
            panels.pay.told.connect(self._on_refused)
            panels.pay.approval_wanted.connect(self._on_tab_approval_wanted)
            panels.pay.back.connect(self.step_back)
            panels.pay.qris.code_changed.connect(self.screen.show_big_qr)
            self.beside.wire_pay(panels.pay)
        elif panel is panels.built("paid"):
            panels.paid.next_sale.connect(self.new_sale)
            panels.paid.reprint.connect(self.reprint)
        elif panel is panels.built("pin"):
            panels.pin.approved.connect(self._on_approved)
            panels.pin.cancelled.connect(self._on_pin_cancelled)
        elif panel is panels.built("receipt"):
            self.receipts.wire_receipt(panels.receipt)
        elif panel is panels.built("elsewhere"):
            self.receipts.elsewhere.wire(panels.elsewhere)
        elif panel is panels.built("void"):
            self.receipts.void.wire(panels.void)
        elif panel is panels.built("goods"):
            self.goods.wire(panels.goods)
        elif isinstance(panel, QuestionPanel):
            panel.cancelled.connect(self.close)
            if panel is panels.built("drawer"):
                self.beside.wire_drawer(panels.drawer)
            if panel is panels.built("receipts"):
                self.receipts.wire_list(panels.receipts)
            self.questions.wire(panel)

    def prepare(self) -> None:
        """Builds one of the panels of every sale that is not there yet; called while nothing happens."""
        if self.panels.built("pay") is None:
            self.panels.pay.hide()
        elif self.panels.built("paid") is None:
            self.panels.paid.hide()

    @property
    def prepared(self) -> bool:
        """Whether the panels of every sale are there."""
        return self.panels.built("pay") is not None and self.panels.built("paid") is not None

    # What the screen asks -----------------------------------------------------------------------------------------

    def focus_widget(self) -> QWidget | None:
        """The widget of the open panel that had the focus."""
        panel = self.screen.right_stack.currentWidget()
        if panel is None:
            return None
        inner: QWidget | None = panel.focusWidget()
        return panel if inner is None else inner

    def restore_focus(self) -> None:
        """Focus back into the open panel."""
        widget = self.focus_widget()
        if widget is not None:
            widget.setFocus()

    def _shown(self, name: str) -> bool:
        panel = self.panels.built(name)
        return panel is not None and self.screen.right_stack.currentWidget() is panel

    @property
    def is_paid(self) -> bool:
        """True while the finished sale is shown."""
        return self._shown("paid")

    def press_main(self) -> None:
        """F12 presses the main button of whatever is open."""
        panel = self.screen.right_stack.currentWidget()
        if self._shown("pay"):
            self.panels.pay.finish()
        elif self._shown("paid"):
            self.new_sale()
        elif self._shown("receipt"):
            self.receipts.press_main()
        elif self._shown("elsewhere"):
            self.receipts.elsewhere.press_main()
        elif self._shown("void"):
            self.receipts.void.press_main()
        elif self._shown("goods"):
            self.goods.turn_favourite()
        elif isinstance(panel, QuestionPanel) and panel.main.isEnabled():
            panel.accepted.emit()

    def other_key(self, key: str) -> None:
        """F5, F6 and F7 while a panel is open: what its other buttons do."""
        if self._shown("receipts") and key == "F6":
            self.panels.receipts.want_open()
        elif self._shown("receipt") and key == "F5":
            self.receipts.pay_anew()
        elif self._shown("receipt") and key == "F7":
            self.receipts.reverse()

    def takes_receipt(self, code: str) -> bool:
        """A receipt's code opens that receipt, unless something else is going on; False for the code of goods."""
        if not self.receipts.names_paper(code):
            return False
        if self._shown("paid"):
            self.new_sale()
        if self.screen.selling or any(self._shown(name) for name in ("receipts", "receipt", "void")):
            return self.receipts.takes(code)
        return False

    def may_scan(self, code: str) -> bool:
        """Whether goods may be added now; says why not, and clears the way where they may."""
        if self._shown("paid"):
            self.new_sale()
            return True
        if self._shown("pay") and self.payment is not None:
            if not self.settle():
                return False
            if self.panels.pay.tab.isVisible() and self.panels.pay.tab.choose(code):
                return False
            if self.payment.parts:
                self.screen.shell.say(numbered(11))
                return False
            return True
        if self._shown("receipt"):
            self.receipts.take_goods(code)
            return False
        if self._shown("elsewhere"):
            self.receipts.elsewhere.take_goods(code)
            return False
        self.screen.shell.say(Message("E", _("Finish or cancel this first, then scan.")))
        return False

    def after_scan(self) -> None:
        """Goods were added while paying: the amount is asked again."""
        if self._shown("pay") and self.payment is not None:
            message = self.screen.strip.message
            self.panels.pay.begin_again()
            if message is None or message.kind != "E":
                self.screen.shell.say(numbered(10, amount=rupiah(self.payment.total)))

    def step_back(self) -> None:
        """Esc: recorded parts first, then the panel closes; the paid page starts the next sale."""
        if self._shown("pay"):
            self._withdraw_approval()
            if not self.settle():
                return
            if not self.panels.pay.escape():
                self.close()
        elif self._shown("pin"):
            self._on_pin_cancelled()
        elif self._shown("paid"):
            if not self.panels.paid.deaf:
                self.new_sale()
        elif isinstance(panel := self.screen.right_stack.currentWidget(), Gate) and panel.asking:
            panel.close_question()
        else:
            self.close()

    def close(self) -> None:
        """Back to the tiles."""
        if self.panels.built("pay") is not None:
            self.panels.pay.leave()
        self.payment = None
        self.screen.show_side(None)

    # Paying -------------------------------------------------------------------------------------------------------

    def pay(self) -> None:
        """Opens the Pay panel for the cart."""
        presenter = self.screen.presenter
        self.screen.shell.hush()
        self.payment = Payment(presenter.once, presenter.cart, presenter.buyer)
        panel = self.panels.pay
        self.screen.show_side(panel)
        panel.start(self.payment)

    def new_sale(self) -> None:
        """The next buyer."""
        self.screen.presenter.new_buyer()
        self.screen.tiles_changed()
        self.close()
        self.screen.shell.hush()

    def reprint(self) -> None:
        """F9: the last receipt again (paid page), the selected one of the list, or the open one."""
        if self._shown("receipts"):
            self.panels.receipts.want_reprint()
        elif self._shown("receipt"):
            self.panels.receipt.panel.want_reprint()
        elif self._shown("void"):
            self.receipts.void.reprint()
        elif self.last is not None:
            self.receipts.reprint(self.last.id, self.last.number)

    def _on_paid(self, offer: Offer | None) -> None:
        payment = self.payment
        if payment is None:
            return
        with suppress(PosError, Error):  # a disk that fails now is told of by the sale
            self.screen.save_draft()
        try:
            recorded = payment.finish(offer)
        except PriceChanged as error:
            self.screen.presenter.take_prices_anew()
            self.screen.refresh()
            self.panels.pay.begin_again()
            self.screen.fail(error)
            return
        except (RuleError, RecordedAfterAll) as error:
            self.screen.fail(error)
            return
        except EnvironmentFault as error:
            retry = partial(self._on_paid, offer)
            self.screen.shell.say(of_error(error).with_action(_("Try again"), retry))
            return
        self._show_paid(recorded)

    def look_again(self) -> None:
        """The screen is shown: a sale of which the disk hid whether it was recorded is looked up before all else."""
        self.beside.wake()
        if self.screen.presenter.once.is_open:
            if self.screen.selling:
                self.pay()
            self.settle()

    def settle(self) -> bool:
        """Whether the cart may change or be left: no sale of it is left open.

        One that is recorded after all is shown as paid; of one that cannot be looked up the strip tells.
        """
        once = self.screen.presenter.once
        if not once.is_open:
            return True
        try:
            recorded = once.settled()
        except EnvironmentFault as error:
            self.screen.shell.say(of_error(error).with_action(_("Try again"), self.look_again))
            return False
        if recorded is not None:
            self._show_paid(recorded)
            return False
        self.screen.shell.hush()
        return True

    def _show_paid(self, recorded: Recorded) -> None:
        self.last = recorded
        counter = self.screen.shell.counter
        self.panels.pay.leave()
        self.screen.show_big_qr("")
        panel = self.panels.paid
        self.screen.show_side(panel)
        has_printer = queries.setting(counter.db, settings_keys.PRINTER_DEVICE, "none") != "none"
        panel.show_paid(paid_view(recorded, prints=counter.prints and has_printer))
        self.screen.save_draft()
        self.screen.shell.sounds.play("paid")
        text = _("Receipt {number} done. Scan for the next buyer.").format(number=recorded.number)
        doubts = [warning(name, detail) for name, detail in recorded.warnings if name != "below_stock"]
        self.screen.strip.show_message(Message("W", doubts[0]) if doubts else Message("S", text))
        self.screen.shell.refresh_state()

    def _on_refused(self, message: Message) -> None:
        self.screen.shell.say(message)

    def _on_tab_approval_wanted(self, view: TabView) -> None:
        payment = self.payment
        if payment is None:
            return
        message = payment.over_limit(view)
        if message is None:
            return
        if self.screen.presenter.is_manager:
            allow = partial(self._allow_tab, view, None)
            self.screen.shell.say(message.with_action(_("Approve"), allow))
            return
        self.screen.shell.say(message)
        lines = [
            view.member.name,
            _("Tab limit {limit}, after this {after}").format(
                limit=rupiah(view.member.tab_limit), after=rupiah(view.after)
            ),
        ]
        title = _("Tab over its limit by {amount}").format(amount=rupiah(view.excess))
        self.ask_pin(Approval(title, lines), partial(self._tab_approved, view))

    def _withdraw_approval(self) -> None:
        """A tab over its limit is no longer asked about."""
        message = self.screen.strip.message
        if message is not None and message.number == OVER_LIMIT:
            self.screen.shell.hush()

    def _tab_approved(self, view: TabView, pin: str, reason: str) -> None:  # noqa: ARG002
        self._allow_tab(view, pin)

    def _allow_tab(self, view: TabView, pin: str | None) -> None:
        self._withdraw_approval()
        if self.payment is None or self.payment.method != "tab":
            return
        detail = f"{view.member.code} {view.excess}"
        self.payment.allow_tab(view, self.screen.presenter.approval("tab_over_limit", pin, detail))
        self.screen.show_side(self.panels.pay)
        self.panels.pay.finish()

    # A manager's PIN ----------------------------------------------------------------------------------------------

    def ask_pin(self, approval: Approval, approve: Callable[[str, str], None]) -> None:
        """Asks for a manager's PIN; ``approve(pin, reason)`` runs when it is typed and may raise ``WrongPin``."""
        self._approve = approve
        self._after_pin = self.screen.right_stack.currentWidget()
        panel = self.panels.pin
        self.screen.show_side(panel)
        panel.ask(approval)

    def ask_expired(self, sku: str, quantity: int) -> None:
        """A manager may let expired goods be sold."""
        product = queries.product(self.screen.shell.counter.db, sku)
        if product is None:
            return
        if self.screen.presenter.is_manager:
            self.screen.say(self.screen.presenter.allow_expired(sku, None, quantity))
            return
        approval = Approval(_("Sell expired goods"), [product.name, product.producer_name])
        self.ask_pin(approval, partial(self._expired_approved, sku, quantity))

    def _expired_approved(self, sku: str, quantity: int, pin: str, reason: str) -> None:  # noqa: ARG002
        outcome = self.screen.presenter.allow_expired(sku, pin, quantity)
        self.close()
        self.screen.say(outcome)

    def _on_approved(self, pin: str, reason: str) -> None:
        if self._approve is None:
            return
        try:
            self._approve(pin, reason)
        except WrongPin as error:
            self.screen.shell.sounds.play("error")
            self.panels.pin.show_error(wrong_pin(error).text)
        except PosError as error:
            self.screen.fail(error)
            self._on_pin_cancelled()

    def _on_pin_cancelled(self) -> None:
        self._approve = None
        before = self._after_pin
        self._after_pin = None
        if before is None or before is self.screen.tile_page:
            self.close()
        else:
            self._withdraw_approval()
            self.screen.show_side(before)
            self.restore_focus()
