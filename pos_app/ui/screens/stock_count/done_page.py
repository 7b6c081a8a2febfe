"""The page after a stock count was posted. Widgets only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.screens.stock_count.differences import DifferencesPresenter
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import IconText, Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.sums import SumRow, Sums


class DonePage(QWidget):
    """What was posted; ``reprint`` prints its slip again, ``leave`` goes on."""

    def __init__(self, theme: Theme, reprint: Callable[[], None], leave: Callable[[], None]) -> None:
        super().__init__()
        card, column = padded_card()
        head = QHBoxLayout()
        head.addWidget(IconText(theme, "check-circle-outline", 24, "success"))
        self.number_text = Text(theme, step="title", weight=700)
        head.addWidget(self.number_text, 1)
        column.addLayout(head)
        self.sums = Sums(theme)
        column.addWidget(self.sums)
        self.paper_text = Text(theme, tone="muted")
        self.paper_text.setWordWrap(True)
        column.addWidget(self.paper_text)
        column.addStretch(1)
        self.reprint_button = KeyButton(theme, _("Reprint"), key="F9")
        self.reprint_button.clicked.connect(reprint)
        self.main_button = KeyButton(theme, _("Back to Stock"), key="F12", kind="main")
        self.main_button.clicked.connect(leave)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addWidget(card, 1)
        outer.addWidget(self.reprint_button)
        outer.addWidget(self.main_button)

    def show_posted(self, presenter: DifferencesPresenter) -> None:
        """What was posted last."""
        posted = presenter.posted
        self.number_text.setText(posted.number if posted is not None else "")
        rows = presenter.done_rows()
        self.sums.show_rows([SumRow(one.label, one.amount, one.tone, one.bold, one.icon) for one in rows])
        self.paper_text.setText(presenter.paper_words())
