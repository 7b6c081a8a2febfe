"""The guided repair, in a window of its own while no till is open: look, decide, repair, open. Widgets only."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pos_app.i18n import _
from pos_app.services.repairing import Repaired
from pos_app.ui.guide_window import GuideWindow, shown_for
from pos_app.ui.messages import Message
from pos_app.ui.repair.presenter import Look, Looked, Rehearse, Repair, RepairPresenter, begin_anew_words
from pos_app.ui.save_box import SaveBox, plainly
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import FactsCard
from pos_app.ui.widgets.fields import TextField, field_row
from pos_app.ui.widgets.folder import FolderField
from pos_app.ui.widgets.forms import Choice, Tick
from pos_app.ui.worker import Stopped

Wish = Literal["", "open", "anew"]


class RepairWindow(GuideWindow):
    """``wish`` says what is wanted once this window is closed: that the till opens, that it begins anew, or nothing."""

    def __init__(self, theme: Theme, presenter: RepairPresenter) -> None:
        super().__init__(theme, _("Repair the ledger"), "database-alert-outline")
        self.presenter = presenter
        self.wish: Wish = ""
        self.wrong = FactsCard(theme, _("What is wrong"))
        self.plan = FactsCard(theme, _("What helps"))
        self.backups = FactsCard(theme, _("Backups found"))
        self.result = FactsCard(theme, _("What was done"), "success")
        self.folder = FolderField(theme, _("Look for backups in another &folder"))
        self.folder.entered.connect(self._on_folder)
        self.till_choice = Choice(theme)
        self.till_choice.chosen.connect(self._on_till)
        self._till_row = field_row(theme, _("&Whose books are these?"), self.till_choice)
        self.without_tick = Tick(theme, _("There is no backup any more"))
        self.without_tick.toggled.connect(self._on_without)
        for widget in (self._till_row, self.folder, self.without_tick):
            self.backups.column.addWidget(widget)
        self.anew = FactsCard(theme, _("An empty ledger"))
        self.anew_field = TextField(theme)
        self.anew_field.returnPressed.connect(self._on_anew)
        self.anew_button = KeyButton(theme, _("Begin with an empty ledger"), kind="danger")
        self.anew_button.clicked.connect(self._on_anew)
        label = _("&Type {words} to agree").format(words=begin_anew_words())
        self.anew.column.addWidget(field_row(theme, label, self.anew_field))
        self.anew.column.addWidget(self.anew_button)
        self._support, column = padded_card()
        column.addWidget(Text(theme, _("Report for support"), step="row", weight=700))
        self.support_box = SaveBox(theme, self.workers, _("Save a report for support"), plainly(presenter.save_report))
        column.addWidget(self.support_box)
        self._support.hide()
        below = (self.result.frame, self.plan.frame, self.backups.frame, self.anew.frame, self._support)
        for widget in (self.wrong.frame, self.progress, *below):
            self.body.addWidget(widget)
        self.body.addStretch(1)

    def look(self) -> None:
        """Find out what is wrong; nothing is changed."""
        self._show()
        self.folder.setEnabled(False)
        self.run(_("Looking at the ledger …"), self.presenter.look_work(), self._on_looked, may_stop=True)

    def main_action(self) -> None:
        if self.presenter.repaired is not None or self.presenter.is_whole:
            self.wish = "open"
            self.close()
        elif self.presenter.can_repair:
            self.folder.setEnabled(False)
            self.run(_("Repairing …"), self.presenter.repair_work(), self._on_repaired)
        else:
            self.folder.field.setFocus()

    def failed(self, error: Exception) -> Message:
        return self.presenter.failed(error)

    def _on_looked(self, looked: Looked) -> None:
        self.presenter.take(looked)
        self.till_choice.set_options([("", _("Choose …")), *self.presenter.tills()])
        self.till_choice.choose(self.presenter.till)
        self._ended()

    def _on_repaired(self, repaired: Repaired) -> None:
        self.presenter.repaired = repaired
        self._ended()

    def _on_failed(self, error: Exception) -> None:
        super()._on_failed(error)
        if not isinstance(error, Stopped):
            self._support.show()

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
        super()._ended()
        self.folder.setEnabled(True)
        self._show()
        if self.main_button.isEnabled():
            self.main_button.setFocus()
        else:
            self.folder.field.setFocus()

    def _show(self) -> None:
        presenter = self.presenter
        done = presenter.repaired is not None
        self.wrong.facts.show_facts(presenter.wrong())
        self.plan.show_facts([] if done else presenter.plan())
        self.backups.show_facts([] if done else presenter.backup_facts())
        self._till_row.setVisible(len(presenter.tills()) > 1)
        self.without_tick.setVisible(presenter.may_do_without)
        self.without_tick.setChecked(presenter.without_backup)
        self.anew.show_facts(presenter.anew_facts())
        self.result.show_facts(presenter.result())
        stuck = presenter.looked is not None and not (done or presenter.is_whole or presenter.can_repair)
        self._support.setVisible(stuck)
        self.main_button.setText(presenter.main_words())
        self.main_button.setEnabled(done or presenter.is_whole or presenter.can_repair)


def guide(path: Path, look: Look, rehearse: Rehearse, repair: Repair) -> Wish:
    """Lead a person through the repair of ``path``; what they want now."""
    presenter = RepairPresenter(path, look, rehearse, repair)
    return shown_for(path, lambda theme: RepairWindow(theme, presenter), RepairWindow.look).wish
