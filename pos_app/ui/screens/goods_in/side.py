"""The right column of Goods In: what the draft comes to, what is to be looked at, what is printed. Widgets only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy

from pos_app.domain.dates import short_date
from pos_app.domain.formats import quantity_text, rupiah, thousands
from pos_app.i18n import _
from pos_app.ui.screens.goods_in.presenter import GoodsInPresenter
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, padded_card, rule
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.forms import Tick
from pos_app.ui.widgets.side import SidePanel
from pos_app.ui.widgets.sums import SumRow, Sums


class DraftSide(SidePanel):
    """See the module."""

    ticked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, width=340, compact=320)
        card, column = padded_card()
        self.draft_text = Text(theme, step="caption", tone="muted")
        self.draft_text.setWordWrap(True)
        self.sums = Sums(theme)
        self.checks = Sums(theme)
        self.check_title = Text(theme, _("Check"), step="row", weight=700)
        self.note_tick = Tick(theme, _("Print consignment note (2 copies)"))
        self.label_tick = Tick(theme, _("Print barcode labels ({count})").format(count=0))
        self.paper_text = Text(theme, step="caption", tone="muted")
        self.paper_text.setWordWrap(True)
        column.addWidget(Text(theme, _("Summary"), step="title", weight=700))
        for widget in (self.draft_text, rule(), self.sums, rule(), self.check_title, self.checks):
            column.addWidget(widget)
        column.addStretch(1)
        for tick in (self.note_tick, self.label_tick):
            tick.clicked.connect(self.ticked)
            column.addWidget(tick)
        column.addWidget(self.paper_text)
        self.body.addWidget(card, 1)
        self.main_button = KeyButton(theme, "", key="F12", kind="main")
        self.main_button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.foot.addWidget(self.main_button)

    def show_draft(self, presenter: GoodsInPresenter) -> None:
        """Shows sums, checks and ticks."""
        receiving = presenter.mode == "receive"
        summary, body = presenter.summary(), presenter.body
        kind = _("Delivery") if receiving else _("Return")
        words = (kind, _("Draft"), presenter.next_number(), short_date(presenter.today))
        self.draft_text.setText(" · ".join(words))
        rows = [
            SumRow(_("Lines"), str(summary.goods)),
            SumRow(_("Quantity"), quantity_text(summary.quantity), bold=True),
            SumRow(_("Consign value"), rupiah(summary.consign)),
            SumRow(_("Sell value"), rupiah(summary.sell)),
        ]
        if receiving:
            rows.append(SumRow(_("Corner commission"), rupiah(summary.sell - summary.consign)))
            if summary.owed:
                rows.append(SumRow(_("Owed at once (bought)"), rupiah(summary.owed)))
        self.sums.show_rows(rows)
        self._show_checks(presenter)
        self.main_button.setText(_("Receive & print") if receiving else _("Return & print"))
        for tick in (self.note_tick, self.label_tick):
            tick.setVisible(receiving)
        self.note_tick.setChecked(body.note)
        count = presenter.label_count()
        self.label_tick.setText(_("Print barcode labels ({count})").format(count=thousands(count)))
        self.label_tick.setAccessibleName(self.label_tick.text())
        self.label_tick.setChecked(body.labels and count > 0)
        self.label_tick.setEnabled(count > 0)
        self.paper_text.setText(presenter.recorder.paper_words(body))

    def _show_checks(self, presenter: GoodsInPresenter) -> None:
        checks = presenter.checks()
        self.check_title.setVisible(bool(checks))
        rows = []
        for check in checks:
            tone = "success" if check.fine else "warning"
            rows.append(SumRow(check.text, tone=tone, icon="check-circle-outline" if check.fine else "alert-outline"))
            if check.figure:
                rows.append(SumRow("", check.figure, tone=tone))
        self.checks.show_rows(rows)
