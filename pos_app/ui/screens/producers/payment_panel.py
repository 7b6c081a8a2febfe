"""What a producer would be paid: goods, sums, cut-off and method, and the slip as it will be printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _
from pos_app.services.settling import Due
from pos_app.ui.messages import Message
from pos_app.ui.screen import Shell
from pos_app.ui.screens.producers.presenter import PREVIEW_COLUMNS, ProducersPresenter
from pos_app.ui.screens.producers.table_model import GoodsModel
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import NameText, Text, card, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import buddy_label
from pos_app.ui.widgets.forms import ChipRow, DateField
from pos_app.ui.widgets.side import TIGHT_ABOVE, ScrollArea
from pos_app.ui.widgets.slip import Slip
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import TwoLineTable
from pos_app.ui.widgets.tabs import Tabs

_SUMS, _GOODS, _SLIP = range(3)
Act = tuple[str, str, Callable[[], None]]
"""A key, its words, and what it does."""


class PaymentPanel(QWidget):
    """See the module. ``slip_card`` stands beside the panel where there is room, see ``arrange``.

    ``arranged`` asks the owner for that; ``wants_payment`` and ``wants_paper`` are its buttons.
    """

    arranged = Signal()
    wants_payment = Signal()
    wants_paper = Signal()

    def __init__(self, shell: Shell, presenter: ProducersPresenter, acts: Sequence[Act]) -> None:
        super().__init__()
        theme = self.theme = shell.theme
        self.shell = shell
        self.presenter = presenter
        self.goods = GoodsModel()
        self.goods_table = TwoLineTable(theme, self.goods, empty=_("No goods moved in this period."), row_height=40)
        self.goods_table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.tabs = Tabs(theme, [_("Sums"), _("Goods"), _("Slip")])
        self.tabs.chosen.connect(self.arranged)
        self._sums_card, sums_column = padded_card(spacing=2)
        self.sums = Sums(theme)
        self.to_pay = Sums(theme)
        self._sums_area = ScrollArea(self.sums)
        sums_column.addWidget(self._sums_area, 1)
        sums_column.addWidget(self.to_pay)
        buttons = [self._button(*act) for act in acts]
        self._more_bar = ActionBar(theme, buttons)
        self.main_button = KeyButton(theme, _("Pay producer"), key="F12", kind="main")
        self.main_button.clicked.connect(self.wants_payment)
        column = self._body = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._head())
        column.addWidget(self.tabs)
        column.addWidget(self.goods_table, 1)
        column.addWidget(self._sums_card)
        column.addLayout(self._method_row(self._button(*acts[-1], kind="link")))
        column.addWidget(self._more_bar)
        column.addWidget(self.main_button)
        self.slip_card = self._paper()

    def _button(self, key: str, words: str, run: Callable[[], None], kind: str = "plain") -> KeyButton:
        button = KeyButton(self.theme, words, key=key, kind=kind)
        button.clicked.connect(run)
        return button

    def _head(self) -> QHBoxLayout:
        self.name_text = NameText(self.theme, step="title", weight=700)
        self.name_text.setMinimumWidth(60)
        self.from_text = Text(self.theme, tone="muted")
        self.through = DateField(self.theme, lambda: self.presenter.today)
        self.through.editingFinished.connect(self._on_through)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.name_text, 1)
        head.addWidget(self.from_text)
        head.addWidget(buddy_label(self.theme, _("&to"), self.through))
        head.addWidget(self.through)
        return head

    def _method_row(self, more_button: KeyButton) -> QHBoxLayout:
        self.tender_chips = ChipRow(self.theme, [("cash", _("Cash")), ("transfer", _("Transfer"))])
        self.tender_chips.setAccessibleName(_("Method"))
        self.tender_chips.chosen.connect(self._on_tender)
        self.drawer_text = Text(self.theme, weight=700)
        self.drawer_text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.more_button = more_button
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.tender_chips)
        row.addWidget(self.more_button)
        row.addWidget(self.drawer_text, 1)
        return row

    def _paper(self) -> QWidget:
        frame = card()
        self.slip = Slip(self.theme)
        column = QVBoxLayout(frame)
        column.setContentsMargins(12, 8, 12, 12)
        head = QHBoxLayout()
        head.addWidget(Text(self.theme, _("Slip preview (32 columns)"), step="caption", weight=700, tone="muted"), 1)
        self.reprint_button = KeyButton(self.theme, _("Reprint"), key="F9", kind="link")
        self.reprint_button.clicked.connect(self.wants_paper)
        head.addWidget(self.reprint_button)
        column.addLayout(head)
        column.addWidget(self.slip, 1)
        return frame

    def arrange(self, columns: QHBoxLayout, *, beside: bool) -> None:
        """Wide: goods, sums and (``beside``, in ``columns``) the slip at once. Compact: one of them at a time."""
        compact = self.theme.compact
        if compact:
            self._body.insertWidget(2, self.slip_card, 1)
            self.slip_card.setMinimumWidth(0)
            self.slip_card.setMaximumWidth(16_777_215)
        else:
            columns.addWidget(self.slip_card)
            self.slip_card.setFixedWidth(330)
        page = self.tabs.current()
        self.tabs.setVisible(compact)
        self._more_bar.setVisible(not compact)
        self.more_button.setVisible(compact)
        self.goods_table.setVisible(not compact or page == _GOODS)
        self._sums_card.setVisible(not compact or page == _SUMS)
        self.slip_card.setVisible(page == _SLIP if compact else beside)
        self._body.setStretchFactor(self._sums_card, 1 if compact else 0)
        self._fit_sums()
        self.to_pay.show_rows([replace(row, step=self._pay_step) for row in self.to_pay.rows])

    def _fit_sums(self) -> None:
        self._sums_area.setMinimumHeight(0 if self.theme.compact else self.sums.sizeHint().height())

    @property
    def _pay_step(self) -> str:
        """What is to be paid stays whole where enlarged text leaves little room."""
        return "row" if self.theme.scale > TIGHT_ABOVE else "received"

    def toggle_slip(self) -> None:
        """The slip in the place of the sums, and back, where both have no room."""
        if self.theme.compact:
            self.tabs.choose(_SUMS if self.tabs.current() == _SLIP else _SLIP)

    def _on_through(self) -> None:
        day = self.through.value()
        if day is None or day > self.presenter.today:
            self.through.set_value(self.presenter.through)
            self.shell.say(Message("W", _("The cut-off is a date up to today.")))
            return
        self.presenter.through = day
        self.show_due()

    def _on_tender(self, tender: str) -> None:
        self.presenter.tender = tender  # type: ignore[assignment]
        self.show_due()

    def show_due(self) -> None:
        """What the chosen producer would be paid now."""
        due = self.presenter.due()
        if due is None:
            self._show_nobody()
        else:
            self._show(due)

    def _show_nobody(self) -> None:
        self.name_text.setText("")
        self.from_text.setText("")
        self.goods.set_rows([])
        for sums in (self.sums, self.to_pay):
            sums.show_rows([])
        self.slip.show_lines([_("Choose a producer in the list.")], PREVIEW_COLUMNS)
        self.main_button.setText(_("Pay producer"))
        self.main_button.setEnabled(False)

    def _show(self, due: Due) -> None:
        presenter = self.presenter
        first, _last = presenter.period(due)
        self.name_text.setText(presenter.payee(due))
        self.from_text.setText(first or _("from the beginning"))
        self.through.set_value(presenter.through)
        self.goods.set_rows(list(due.goods))
        self.sums.show_rows(
            [SumRow(line.label, line.amount, bold=line.strong, rule=line.strong) for line in presenter.sums(due)]
        )
        self._fit_sums()
        amount = presenter.amount(due)
        self.to_pay.show_rows([SumRow(_("TO PAY"), rupiah(amount), bold=True, rule=True, step=self._pay_step)])
        self.slip.show_lines(presenter.slip(due) or [_("Nothing to pay.")], PREVIEW_COLUMNS)
        drawer = presenter.drawer()
        short = presenter.tender == "cash" and amount > drawer
        blind = not self.shell.counter.is_manager  # who counts the drawer at closing must not read it here
        self.drawer_text.setText("" if blind else _("Cash in drawer {amount}").format(amount=thousands(drawer)))
        self.drawer_text.set_tone("danger" if short else "text")
        debt = presenter.debt(due)
        self.main_button.setText(_("Take what is owed") if debt else _("Pay producer"))
        self.main_button.setEnabled(presenter.pays(due) or debt > 0)
