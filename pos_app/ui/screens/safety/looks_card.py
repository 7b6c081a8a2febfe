"""Who looked at whose personal data: the newest looks, for managers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.domain.dates import short_moment
from pos_app.i18n import N_, _, language
from pos_app.services import privacy
from pos_app.services.context import Counter
from pos_app.ui.screen import Shell
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.gate import Run
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import ScrollArea

SHOWN = 40
HEIGHT = 220
WHOM = {"staff": N_("staff {code}"), "producer": N_("producer {code}"), "user": N_("a user")}


def look_facts(counter: Counter, limit: int = SHOWN) -> list[tuple[str, str, str]]:
    """The newest looks in words: text, icon, tone."""
    found = []
    for one in privacy.looks(counter, limit):
        when = short_moment(datetime.fromisoformat(one.at), language())
        whom = _(WHOM[one.kind]).format(code=one.code)
        why = _(privacy.ACTS.get(one.purpose, one.purpose))
        found.append((f"{when} · {one.user} → {whom} · {why}", "account-outline", "text"))
    return found


class LooksCard(QWidget):
    """Covered until a manager asks."""

    def __init__(self, shell: Shell, require: Callable[[str, Approval, Run], None]) -> None:
        super().__init__()
        self.shell = shell
        self._require = require
        theme = shell.theme
        frame, column = padded_card()
        column.addWidget(Text(theme, _("Who looked at personal data"), step="row", weight=700))
        self.facts = Facts(theme)
        inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.facts)
        rows.addStretch(1)
        self.area = ScrollArea(inner)
        self.area.setFixedHeight(theme.px(HEIGHT))
        self.area.hide()
        column.addWidget(self.area)
        self.show_button = KeyButton(theme, _("Show the list"), icon="lock-outline")
        self.show_button.clicked.connect(self._ask)
        column.addWidget(self.show_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)

    def refresh(self) -> None:
        """Covered again."""
        user = self.shell.counter.user
        self.show_button.set_icon("" if user is not None and user.is_manager else "lock-outline")
        self.area.hide()
        self.show_button.show()

    def _ask(self) -> None:
        self._require("looks", Approval(_("Who looked at personal data"), ()), lambda _by: self._show())

    def _show(self) -> None:
        nobody = (_("Nobody looked yet."), "information-outline", "muted")
        self.facts.show_facts(look_facts(self.shell.counter) or [nobody])
        self.area.show()
        self.show_button.hide()
