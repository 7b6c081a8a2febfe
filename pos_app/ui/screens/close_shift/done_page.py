"""The last step of closing: both figures, read-only, where the report and the backup are, and whether the centre has
the report. Widgets only.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout

from pos_app.domain.formats import rupiah
from pos_app.i18n import _
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import IconText, Text, padded_card, rule
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.side import ScrollArea
from pos_app.ui.widgets.sums import SumRow, Sums
from sync.documents.shift import ShiftClosed


class DonePage(ScrollArea):
    """``show_closed`` tells what was recorded."""

    def __init__(self, theme: Theme, reprint: Callable[[], None]) -> None:
        frame, column = padded_card("success", 8)
        super().__init__(frame)
        head = QHBoxLayout()
        head.addWidget(IconText(theme, "check-circle-outline", 28, "success"))
        self.title = Text(theme, step="title", weight=700)
        head.addWidget(self.title, 1)
        column.addLayout(head)
        column.addWidget(rule())
        self.sums = Sums(theme)
        column.addWidget(self.sums)
        self._text = Text(theme, tone="muted")
        self._text.setWordWrap(True)
        column.addWidget(self._text)
        self.sent_facts = Facts(theme)
        column.addWidget(self.sent_facts)
        self.backup_facts = Facts(theme)
        column.addWidget(self.backup_facts)
        self.reprint_button = KeyButton(theme, _("Reprint"), key="F9")
        self.reprint_button.clicked.connect(reprint)
        column.addWidget(self.reprint_button)
        column.addStretch(1)

    def show_closed(self, closed: ShiftClosed, words: str) -> None:
        """The Z; ``words`` tell what becomes of its paper."""
        word = _("EXACT") if not closed.difference else _("OVER") if closed.difference > 0 else _("SHORT")
        tone = "success" if not closed.difference else "danger" if closed.difference < 0 else "warning"
        icon = "alert-outline" if closed.difference else "check-circle-outline"
        difference = SumRow(
            _("DIFFERENCE") + f"  {word}", rupiah(closed.difference), tone=tone, icon=icon, bold=True, step="row"
        )
        self.title.setText(_("Shift closed · {number}").format(number=closed.number))
        self.sums.show_rows(
            [
                SumRow(_("Expected cash"), rupiah(closed.expected), step="row"),
                SumRow(_("Counted cash"), rupiah(closed.counted), step="row", bold=True),
                difference,
                SumRow(_("Deposit"), rupiah(closed.deposit), step="row", rule=True),
                SumRow(_("Tomorrow's float"), rupiah(closed.counted - closed.deposit), step="row"),
            ]
        )
        self._text.setText(words)
