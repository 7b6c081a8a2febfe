"""The recovery code in Settings: whether there is one, making it, and entering it where names are locked."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.messages import Message
from pos_app.ui.recovery.presenter import RecoveryPresenter, purpose
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import TextField, field_row
from pos_app.ui.widgets.forms import Tick
from pos_app.ui.widgets.gate import Run
from pos_app.ui.widgets.pin import Approval


class RecoveryCard(QWidget):
    """``made`` comes when a new code is to be shown; ``unlocked`` when names came back.

    ``user`` gives the pseudonym of who is at the window; ``require`` runs something for a manager; ``say`` answers.
    """

    made = Signal()
    unlocked = Signal()

    def __init__(
        self,
        theme: Theme,
        presenter: RecoveryPresenter,
        user: Callable[[], str],
        require: Callable[[str, Approval, Run], None],
        say: Callable[[Message], None],
    ) -> None:
        super().__init__()
        self.presenter = presenter
        self._user = user
        self._require = require
        self._say = say
        frame, column = padded_card()
        column.addWidget(Text(theme, _("Recovery code"), step="row", weight=700))
        self.facts = Facts(theme)
        column.addWidget(self.facts)
        words = Text(theme, purpose(), step="caption", tone="muted")
        words.setWordWrap(True)
        column.addWidget(words)
        self._locked = QWidget()
        inner = QVBoxLayout(self._locked)
        inner.setContentsMargins(0, 0, 0, 0)
        self.code_field = TextField(theme, placeholder="XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX")
        self.code_field.returnPressed.connect(self._unlock)
        self.unlock_button = KeyButton(theme, _("Unlock the names"), icon="lock-outline")
        self.unlock_button.clicked.connect(self._unlock)
        inner.addWidget(field_row(theme, _("&Recovery code from the paper"), self.code_field))
        inner.addWidget(self.unlock_button)
        column.addWidget(self._locked)
        self.lost_tick = Tick(theme, _("Nobody has this code any more: the names stay codes"))
        self.lost_tick.toggled.connect(self._on_lost)
        column.addWidget(self.lost_tick)
        self.make_button = KeyButton(theme, _("Make the recovery code"), icon="lock-outline")
        self.make_button.clicked.connect(self.make)
        column.addWidget(self.make_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)

    def refresh(self) -> None:
        """Shows the state."""
        self.facts.show_facts([self.presenter.fact()])
        self._locked.setVisible(self.presenter.may_unlock)
        self.make_button.setText(self.presenter.make_words())
        locked = self.presenter.state() == "locked"
        self.lost_tick.setVisible(locked)
        self.lost_tick.setChecked(False)
        self.make_button.setVisible(not locked)

    def _on_lost(self, ticked: bool) -> None:
        self.make_button.setVisible(ticked or self.presenter.state() != "locked")

    def make(self) -> None:
        """A manager asks for a code."""
        approval = Approval(_("Make the recovery code"), self.presenter.make_costs())
        self._require("recovery_code", approval, self._make)

    def _make(self, approved_by: str | None) -> None:
        trouble = self.presenter.make(approved_by or self._user())
        if trouble is not None:
            self._say(trouble)
            return
        self.made.emit()

    def _unlock(self) -> None:
        message = self.presenter.unlock(self.code_field.text())
        if message.kind != "E":
            self.code_field.clear()
            self.unlocked.emit()
        self.refresh()
        self._say(message)
