"""What of the set-up is still open, in Settings; leads to the guide again, and to the training. Widgets only."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.services import first_steps
from pos_app.ui.screens.settings.card import Around, SettingsCard
from pos_app.ui.setup_words import STEP_WORDS
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import IconText, Text
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.pin import Approval


class SetupCard(SettingsCard):
    """A step that is not needed here can be taken off the list."""

    section = "data"

    def __init__(self, around: Around) -> None:
        super().__init__(around, _("Set-up"))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        self.column.addLayout(self._rows)
        self.guide_button = KeyButton(self.theme, _("Set up again"), icon="cog-outline")
        self.guide_button.clicked.connect(partial(around.go, "setup"))
        self.book_button = KeyButton(self.theme, _("Take over balances"), icon="account-cash-outline")
        self.book_button.clicked.connect(partial(around.go, "opening"))
        self.training_button = KeyButton(self.theme, _("Training"), icon="information-outline")
        self.training_button.clicked.connect(partial(around.go, "training"))
        self.column.addWidget(ActionBar(self.theme, [self.guide_button, self.book_button, self.training_button]))
        self.refresh()

    def refresh(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        left = first_steps.standing(self.around.counter.db).todo
        for key in left:
            self._rows.addWidget(self._row(key))
        if not left:
            self._rows.addWidget(self._line(_("Everything is set up."), "check-circle-outline", "success"))

    def _row(self, key: str) -> QWidget:
        words = _("{step}: not yet").format(step=_(STEP_WORDS[key]))
        row = self._line(words, "alert-outline", "warning")
        away = KeyButton(self.theme, _("Not needed"), kind="link")
        away.setAccessibleName(f"{words} · {_('Not needed')}")
        away.clicked.connect(partial(self._on_away, key))
        layout = row.layout()
        if layout is not None:
            layout.addWidget(away)
        return row

    def _line(self, words: str, icon: str, tone: str) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(IconText(self.theme, icon, 18, tone))
        text = Text(self.theme, words, tone=tone)
        text.setWordWrap(True)
        line.addWidget(text, 1)
        return row

    def _on_away(self, key: str) -> None:
        self.around.require("settings", Approval(_("Not needed"), (_(STEP_WORDS[key]),)), partial(self._away, key))

    def _away(self, key: str, _approved_by: str | None) -> None:
        standing = first_steps.standing(self.around.counter.db)
        first_steps.keep(self.around.counter.ledger, [step for step in standing.todo if step != key], standing.at)
        self.refresh()
