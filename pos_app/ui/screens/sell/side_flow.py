"""The panels at the right of the Sell screen: which is open, what the keys and a scan mean to it, and the way back.

What they decide is carried out by ``paying``, ``approvals``, ``questions``, ``receipt_acts`` and ``goods_acts``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from pos_app.domain.formats import rupiah
from pos_app.i18n import _
from pos_app.services.context import Recorded
from pos_app.ui.messages import Message, numbered
from pos_app.ui.screens.sell.approvals import Approvals
from pos_app.ui.screens.sell.beside import Beside
from pos_app.ui.screens.sell.goods_acts import GoodsActs
from pos_app.ui.screens.sell.paying import Paying
from pos_app.ui.screens.sell.payment import Payment
from pos_app.ui.screens.sell.questions import Questions
from pos_app.ui.screens.sell.receipt_acts import ReceiptActs
from pos_app.ui.screens.sell.side_panels import SidePanels
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.question import QuestionPanel

if TYPE_CHECKING:
    from pos_app.ui.screens.sell.screen import SellScreen


class SideFlow(QObject):
    """Opens and closes the panels of one Sell screen and carries out what they decide."""

    def __init__(self, screen: SellScreen) -> None:
        super().__init__(screen)
        self.screen = screen
        self.paying = Paying(self)
        self.approvals = Approvals(self)
        self.receipts = ReceiptActs(self)
        self.goods = GoodsActs(self)
        self.questions = Questions(self)
        self.beside = Beside(self)
        self.payment: Payment | None = None
        self.last: Recorded | None = None
        self.panels = SidePanels(screen.shell, screen.right_stack, self._wire)

    def _wire(self, panel: QWidget) -> None:
        """Connects a panel that was just built."""
        panels = self.panels
        if panel is panels.built("pay"):
            panels.pay.paid.connect(self.paying.finish)
            panels.pay.refused.connect(self._on_refused)
            panels.pay.told.connect(self._on_refused)
            panels.pay.approval_wanted.connect(self.approvals.ask_tab)
            panels.pay.back.connect(self.step_back)
            panels.pay.qris.code_changed.connect(self.screen.show_big_qr)
            self.beside.wire_pay(panels.pay)
        elif panel is panels.built("paid"):
            panels.paid.next_sale.connect(self.new_sale)
            panels.paid.reprint.connect(self.reprint)
        elif panel is panels.built("pin"):
            panels.pin.approved.connect(self.approvals.try_pin)
            panels.pin.cancelled.connect(self.approvals.cancel)
        elif panel is panels.built("receipt"):
            self.receipts.wire_receipt(panels.receipt)
        elif panel is panels.built("elsewhere"):
            self.receipts.elsewhere.wire(panels.elsewhere)
        elif panel is panels.built("void"):
            self.receipts.void.wire(panels.void)
        elif panel is panels.built("goods"):
            self.goods.wire(panels.goods)
        elif panel is panels.built("register"):
            self.questions.wire_register(panels.register)
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
        elif self._shown("register"):
            self.panels.register.press_main()
        elif isinstance(panel, QuestionPanel):
            panel.press()

    def other_key(self, key: str) -> None:
        """F5, F6 and F7 while a panel is open: what its other buttons do."""
        if self._shown("receipts") and key == "F6":
            self.panels.receipts.want_open()
        elif self._shown("receipt") and key == "F5":
            self.receipts.pay_anew()
        elif self._shown("receipt") and key == "F7":
            self.receipts.reverse()

    def takes_receipt(self, code: str) -> bool:
        """A paper's code opens that document, unless something else is going on; False for the code of goods."""
        if not self.receipts.names_paper(code):
            return False
        if self._shown("paid"):
            self.new_sale()
        if self.screen.selling or any(self._shown(name) for name in ("receipts", "receipt", "void")):
            return self.receipts.takes(code)
        busy = Message("E", _("Finish or cancel this first, then scan."))
        self.screen.shell.say(numbered(11) if self._shown("pay") else busy)
        return True

    def may_scan(self, code: str) -> bool:
        """Whether goods may be added now; says why not, and clears the way where they may."""
        if self._shown("paid"):
            self.new_sale()
            return True
        if self._shown("pay") and self.payment is not None:
            if not self.paying.settle():
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
            self.approvals.withdraw()
            if not self.paying.settle():
                return
            if not self.panels.pay.escape():
                self.close()
        elif self._shown("pin"):
            self.approvals.cancel()
        elif self._shown("paid"):
            if not self.panels.paid.deaf:
                self.new_sale()
        elif isinstance(panel := self.screen.right_stack.currentWidget(), Gate) and panel.asking:
            panel.close_question()
        elif self._shown("register"):
            self.panels.register.panel.escape()
        else:
            self.close()

    def close(self) -> None:
        """Back to the tiles."""
        if self.panels.built("pay") is not None:
            self.panels.pay.leave()
        self.payment = None
        self.screen.show_side(None)

    # Paying -------------------------------------------------------------------------------------------------------

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

    def _on_refused(self, message: Message) -> None:
        self.screen.shell.say(message)
