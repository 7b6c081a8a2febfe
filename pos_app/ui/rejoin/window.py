"""Joining the centre's history again, in a window of its own while no till is open: rehearse, agree, join, open.

A manager's PIN allows it: the guide may come before anybody has logged in.
"""

from __future__ import annotations

from pathlib import Path

from pos_app.i18n import _
from pos_app.services.rejoining import Rejoined
from pos_app.ui.guide_window import GuideWindow, shown_for
from pos_app.ui.messages import Message
from pos_app.ui.rejoin.presenter import Allow, Join, Rehearse, RejoinPresenter
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.facts import FactsCard
from pos_app.ui.widgets.forms import Tick
from pos_app.ui.widgets.pin import Approval, PinPanel


class RejoinWindow(GuideWindow):
    """Closing it opens the till, joined again or as it was."""

    def __init__(self, theme: Theme, presenter: RejoinPresenter) -> None:
        super().__init__(theme, _("Put both histories together"), "source-merge")
        self.presenter = presenter
        self.back_button.setText(_("Later"))
        self.why = FactsCard(theme, _("What happened"))
        self.plan = FactsCard(theme, _("What will be done"))
        self.result = FactsCard(theme, _("What was done"), "success")
        self.to_do = FactsCard(theme, _("What remains to do by hand"))
        self.twice_box = Tick(theme, _("Money and goods went back a second time"))
        self.twice_box.toggled.connect(self._count_twice)
        self.to_do.column.addWidget(self.twice_box)
        self.pin_panel = PinPanel(theme)
        self.pin_panel.approved.connect(self._on_pin)
        self.pin_panel.cancelled.connect(self._ended)
        self.pin_panel.hide()
        for widget in (self.why.frame, self.pin_panel, self.progress):
            self.body.addWidget(widget)
        for card in (self.result, self.plan, self.to_do):
            self.body.addWidget(card.frame)
        self.body.addStretch(1)
        self._show()

    def look(self) -> None:
        """Fetch and rehearse; the ledger stays as it is."""
        words = _("Fetching from Diskoperin and rehearsing …")
        self.twice_box.setEnabled(False)
        self.run(words, self.presenter.look_work(), self._on_rehearsed, may_stop=True)

    def main_action(self) -> None:
        if self.presenter.done is not None:
            self.close()
        elif self.presenter.can_join:
            self._ask()
        else:
            self.look()

    def failed(self, error: Exception) -> Message:
        return self.presenter.failed(error)

    def _ask(self) -> None:
        """As for joining the centre: a manager allows it, also at a start before anybody has logged in."""
        for widget in (self.why.frame, self.plan.frame, self.to_do.frame, self.main_button, self.back_button):
            widget.hide()
        self.main_button.setEnabled(False)
        self.pin_panel.show()
        self.pin_panel.ask(Approval(_("Put both histories together")))

    def _on_pin(self, pin: str) -> None:
        refused = self.presenter.refused(pin)
        if refused:
            self.pin_panel.show_error(refused)
            return
        self._ended()
        self.twice_box.setEnabled(False)
        self.run(_("Putting both together …"), self.presenter.join_work(), self._on_joined)

    def _count_twice(self, twice: bool) -> None:
        self.presenter.count_twice(twice)
        self.look()

    def _on_rehearsed(self, planned: Rejoined) -> None:
        self.presenter.planned = planned
        self._ended()

    def _on_joined(self, done: Rejoined) -> None:
        self.presenter.done = done
        self._ended()

    def _ended(self) -> None:
        super()._ended()
        self.pin_panel.hide()
        self.twice_box.setEnabled(True)
        self._show()
        self.main_button.setFocus()

    def _show(self) -> None:
        presenter = self.presenter
        self.why.show_facts(presenter.why())
        self.plan.show_facts(presenter.plan())
        self.result.show_facts(presenter.result())
        self.to_do.show_facts(presenter.to_do())
        self.twice_box.setVisible(presenter.asks_twice)
        self.main_button.setText(presenter.main_words())
        self.main_button.show()
        self.back_button.setVisible(presenter.done is None)


def guide(path: Path, rehearse: Rehearse, join: Join, allow: Allow) -> None:
    """Lead a manager through joining ``path`` again; the till opens after it in any case."""
    presenter = RejoinPresenter(path, rehearse, join, allow)
    shown_for(path, lambda theme: RejoinWindow(theme, presenter), RejoinWindow.look)
