"""Joining the centre's history again, in a window of its own while no till is open: rehearse, agree, join, open.

A manager's PIN allows it: the guide may come before anybody has logged in.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from pos_app.i18n import _
from pos_app.services.rejoining import Rejoined
from pos_app.ui.application import qt_application
from pos_app.ui.guide_window import GuideWindow, show_until_closed, theme_for
from pos_app.ui.rejoin.presenter import Allow, Fact, Join, Rehearse, RejoinPresenter
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.pin import Approval, PinPanel
from pos_app.ui.widgets.progress import Progress
from pos_app.ui.worker import Stopped, Task


class RejoinWindow(GuideWindow):
    """Closing it opens the till, joined again or as it was."""

    def __init__(self, theme: Theme, presenter: RejoinPresenter) -> None:
        super().__init__(theme, _("Put both histories together"), "source-merge")
        self.presenter = presenter
        self._task: Task | None = None
        self._words = ""
        self.back_button.setText(_("Later"))
        self.why_facts, why = self._card(_("What happened"))
        self.progress = Progress(theme)
        self.plan_facts, self._plan = self._card(_("What will be done"))
        self.result_facts, self._result = self._card(_("What was done"), "success")
        self.twice_box = QCheckBox(_("Money and goods went back a second time"))
        self.twice_box.clicked.connect(self._count_twice)
        self.to_do_facts, self._to_do = self._card(_("What remains to do by hand"))
        self.pin_panel = PinPanel(theme)
        self.pin_panel.approved.connect(self._on_pin)
        self.pin_panel.cancelled.connect(self._ended)
        self.pin_panel.hide()
        for widget in (why, self.pin_panel, self.progress, self._result, self._plan, self._to_do, self.twice_box):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.why_facts.show_facts(presenter.why())
        self._show()

    def _card(self, title: str, kind: str = "plain") -> tuple[Facts, QWidget]:
        frame, column = padded_card(kind)
        column.addWidget(Text(self.theme, title, step="row", weight=700))
        facts = Facts(self.theme)
        column.addWidget(facts)
        return facts, frame

    def look(self) -> None:
        """Fetch and rehearse; the ledger stays as it is."""
        self._begin(_("Fetching from Diskoperin and rehearsing …"))
        self._task = self.workers.run_told(
            self.presenter.look_work(), self._on_progress, self._on_rehearsed, self._on_failed
        )

    def main_action(self) -> None:
        if self.presenter.done is not None:
            self.close()
        elif self.presenter.can_join:
            self._ask()
        else:
            self.look()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._task is not None and self.back_button.isEnabled():
            self._task.stop()
        super().closeEvent(event)

    def _ask(self) -> None:
        """As for joining the centre: a manager allows it, also at a start before anybody has logged in."""
        for widget in (self._plan, self._to_do, self.twice_box):
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
        self._begin(_("Putting both together …"))
        self.back_button.setEnabled(False)
        self.workers.run_told(self.presenter.join_work(), self._on_progress, self._on_joined, self._on_failed)

    def _count_twice(self, twice: bool) -> None:
        self.presenter.count_twice(twice)
        self.look()

    def _begin(self, words: str) -> None:
        self._words = words
        self.strip.clear()
        self.main_button.setEnabled(False)
        self.twice_box.setEnabled(False)
        self.progress.show_progress(words)

    def _on_progress(self, done: int, total: int) -> None:
        self.progress.show_progress(self._words, done, total)

    def _on_rehearsed(self, planned: Rejoined) -> None:
        self.presenter.planned = planned
        self._ended()

    def _on_joined(self, done: Rejoined) -> None:
        self.presenter.done = done
        self.back_button.hide()
        self._ended()

    def _on_failed(self, error: Exception) -> None:
        self._ended()
        if not isinstance(error, Stopped):
            self.say(self.presenter.failed(error))

    def _ended(self) -> None:
        self.progress.hide()
        self.pin_panel.hide()
        self.back_button.setEnabled(True)
        self.main_button.setEnabled(True)
        self.twice_box.setEnabled(True)
        self._show()
        self.main_button.setFocus()

    def _show(self) -> None:
        presenter = self.presenter
        _fill(self._plan, self.plan_facts, presenter.plan())
        _fill(self._result, self.result_facts, presenter.result())
        _fill(self._to_do, self.to_do_facts, presenter.to_do())
        self.twice_box.setVisible(presenter.asks_twice)
        self.main_button.setText(presenter.main_words())


def _fill(frame: QWidget, facts: Facts, shown: Sequence[Fact]) -> None:
    facts.show_facts(shown)
    frame.setVisible(bool(shown))


def guide(path: Path, rehearse: Rehearse, join: Join, allow: Allow) -> None:
    """Lead a manager through joining ``path`` again; the till opens after it in any case."""
    app = qt_application()
    theme = theme_for(path)
    theme.apply(app)
    window = RejoinWindow(theme, RejoinPresenter(path, rehearse, join, allow))
    show_until_closed(window, window.look)
