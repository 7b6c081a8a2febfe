"""The guided repair, in a window of its own while no till is open: look, decide, repair, open. Widgets only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.services.repairing import Repaired
from pos_app.ui.application import qt_application
from pos_app.ui.guide_window import GuideWindow, show_until_closed, theme_for
from pos_app.ui.messages import Message
from pos_app.ui.repair.presenter import (
    Fact,
    Look,
    Looked,
    Rehearse,
    Repair,
    RepairPresenter,
    begin_anew_words,
)
from pos_app.ui.save_box import SaveBox, plainly
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import TextField, field_row
from pos_app.ui.widgets.folder import FolderField
from pos_app.ui.widgets.forms import Choice, Tick
from pos_app.ui.widgets.progress import Progress
from pos_app.ui.worker import Stopped, Task

Wish = Literal["", "open", "anew"]


class RepairWindow(GuideWindow):
    """``wish`` says what is wanted once this window is closed: that the till opens, that it begins anew, or nothing."""

    def __init__(self, theme: Theme, presenter: RepairPresenter) -> None:
        super().__init__(theme, _("Repair the ledger"), "database-alert-outline")
        self.presenter = presenter
        self.wish: Wish = ""
        self._task: Task | None = None
        self.wrong_facts, wrong, _column = self._card(_("What is wrong"))
        self.progress = Progress(theme)
        self.plan_facts, self._plan, _column = self._card(_("What helps"))
        self.backup_facts, self._backups, backups = self._card(_("Backups found"))
        self.result_facts, self._result, _column = self._card(_("What was done"), "success")
        self.folder = FolderField(theme, _("Look for backups in another &folder"))
        self.folder.entered.connect(self._on_folder)
        self.till_choice = Choice(theme)
        self.till_choice.chosen.connect(self._on_till)
        self._till_row = field_row(theme, _("&Whose books are these?"), self.till_choice)
        self.without_tick = Tick(theme, _("There is no backup any more"))
        self.without_tick.toggled.connect(self._on_without)
        for widget in (self._till_row, self.folder, self.without_tick):
            backups.addWidget(widget)
        self.anew_facts, self._anew, anew = self._card(_("An empty ledger"))
        self.anew_field = TextField(theme)
        self.anew_field.returnPressed.connect(self._on_anew)
        self.anew_button = KeyButton(theme, _("Begin with an empty ledger"), kind="danger")
        self.anew_button.clicked.connect(self._on_anew)
        label = _("&Type {words} to agree").format(words=begin_anew_words())
        anew.addWidget(field_row(theme, label, self.anew_field))
        anew.addWidget(self.anew_button)
        self._support, column = padded_card()
        column.addWidget(Text(theme, _("Report for support"), step="row", weight=700))
        self.support_box = SaveBox(theme, self.workers, _("Save a report for support"), plainly(presenter.save_report))
        column.addWidget(self.support_box)
        self._support.hide()
        for widget in (wrong, self.progress, self._result, self._plan, self._backups, self._anew, self._support):
            self.body.addWidget(widget)
        self.body.addStretch(1)

    def _card(self, title: str, kind: str = "plain") -> tuple[Facts, QWidget, QVBoxLayout]:
        frame, column = padded_card(kind)
        column.addWidget(Text(self.theme, title, step="row", weight=700))
        facts = Facts(self.theme)
        column.addWidget(facts)
        return facts, frame, column

    def look(self) -> None:
        """Find out what is wrong; nothing is changed."""
        self._show()
        self._begin(_("Looking at the ledger …"))
        work = self.presenter.look_work()
        self._task = self.workers.run_told(work, self._on_progress, self._on_looked, self._on_failed)

    def main_action(self) -> None:
        if self.presenter.repaired is not None or self.presenter.is_whole:
            self.wish = "open"
            self.close()
        elif self.presenter.can_repair:
            self._begin(_("Repairing …"))
            self.back_button.setEnabled(False)
            self.workers.run_told(self.presenter.repair_work(), self._on_progress, self._on_repaired, self._on_failed)
        else:
            self.folder.field.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._task is not None and self.back_button.isEnabled():
            self._task.stop()
        super().closeEvent(event)

    def _begin(self, words: str) -> None:
        self._words = words
        self.strip.clear()
        self.main_button.setEnabled(False)
        self.folder.setEnabled(False)
        self.progress.show_progress(words)

    def _on_progress(self, done: int, total: int) -> None:
        self.progress.show_progress(self._words, done, total)

    def _on_looked(self, looked: Looked) -> None:
        self.presenter.take(looked)
        self.till_choice.set_options([("", _("Choose …")), *self.presenter.tills()])
        self.till_choice.choose(self.presenter.till)
        self._ended()

    def _on_repaired(self, repaired: Repaired) -> None:
        self.presenter.repaired = repaired
        self._ended()

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, Stopped):
            self._ended()
            return
        message = self.presenter.failed(error)
        self._ended()
        self._support.show()
        self.say(message)

    def _on_folder(self) -> None:
        self.presenter.folder = self.folder.path()
        self.look()

    def _on_till(self, ledger_id: str) -> None:
        self.presenter.till = ledger_id
        self._show()

    def _on_without(self, ticked: bool) -> None:
        self.presenter.without_backup = ticked
        self._show()

    def _on_anew(self) -> None:
        if self.presenter.begins_anew(self.anew_field.text()):
            self.wish = "anew"
            self.close()
            return
        text = _("Type {words} to begin with an empty ledger.").format(words=begin_anew_words())
        self.say(Message("W", text))
        self.anew_field.setFocus()

    def _ended(self) -> None:
        self.progress.hide()
        self.back_button.setEnabled(True)
        self.folder.setEnabled(True)
        self._show()
        if self.main_button.isEnabled():
            self.main_button.setFocus()
        else:
            self.folder.field.setFocus()

    def _show(self) -> None:
        presenter = self.presenter
        done = presenter.repaired is not None
        self.wrong_facts.show_facts(presenter.wrong())
        _fill(self._plan, self.plan_facts, [] if done else presenter.plan())
        _fill(self._backups, self.backup_facts, [] if done else presenter.backup_facts())
        self._till_row.setVisible(len(presenter.tills()) > 1)
        self.without_tick.setVisible(presenter.may_do_without)
        self.without_tick.setChecked(presenter.without_backup)
        _fill(self._anew, self.anew_facts, presenter.anew_facts())
        _fill(self._result, self.result_facts, presenter.result())
        stuck = presenter.looked is not None and not (done or presenter.is_whole or presenter.can_repair)
        self._support.setVisible(stuck)
        self.main_button.setText(presenter.main_words())
        self.main_button.setEnabled(done or presenter.is_whole or presenter.can_repair)


def _fill(frame: QWidget, facts: Facts, shown: Sequence[Fact]) -> None:
    facts.show_facts(shown)
    frame.setVisible(bool(shown))


def guide(path: Path, look: Look, rehearse: Rehearse, repair: Repair) -> Wish:
    """Lead a person through the repair of ``path``; what they want now."""
    app = qt_application()
    theme = theme_for(path)
    theme.apply(app)
    window = RepairWindow(theme, RepairPresenter(path, look, rehearse, repair))
    show_until_closed(window, window.look)
    return window.wish
