"""Sync: what waits for the centre, backup, the way by stick. Widgets only; the rules are in ``presenter``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import N_, _
from pos_app.ui.backup_worker import BackupWorker
from pos_app.ui.dialog_folders import remembered, start_in
from pos_app.ui.messages import Message
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.sync.alarm_card import AlarmCard
from pos_app.ui.screens.sync.listed import Filter, ListedEntry
from pos_app.ui.screens.sync.presenter import SUFFIX, Fact, SyncPresenter
from pos_app.ui.screens.sync.side import SyncSide
from pos_app.ui.screens.sync.table import EntriesTable
from pos_app.ui.screens.sync.table_model import EntriesModel
from pos_app.ui.sync_worker import SyncWorker
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.charts import StatCard
from pos_app.ui.widgets.fields import TextField
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import ScrollArea
from pos_app.ui.worker import Stopped

BUNDLE_FILES = f"*{SUFFIX}"
CHIPS: Final[dict[Filter, str]] = {
    "waiting": N_("Waiting"),
    "review": N_("Needs review"),
    "sent": N_("Sent"),
    "messages": N_("Messages"),
}


class SyncScreen(Screen):
    """``sync`` does the exchanges, ``backup`` the backups; ``choose_*`` ask for a file, empty for none.

    ``rejoin`` ends the window and begins the guide that puts two histories together.
    """

    name = "sync"

    def __init__(
        self, shell: Shell, sync: SyncWorker, backup: BackupWorker, rejoin: Callable[[], None] | None = None
    ) -> None:
        super().__init__(shell)
        self._rejoin = rejoin
        theme = self.theme
        self.sync = sync
        self.backup = backup
        self._backup_asked = False
        self.presenter = SyncPresenter(shell.counter, sync.state)
        self._joining_again = False
        self.model = EntriesModel()
        self.table = EntriesTable(theme, self.model)
        self.strip.rest(_("Sales go on while offline. Data is safe on this computer."))
        self.chips = ChipRow(theme, [(code, _(words)) for code, words in CHIPS.items()])
        self.chips.chosen.connect(self.show_list)
        for place, code in enumerate(CHIPS, 1):
            shortcut = QShortcut(QKeySequence(f"Alt+{place}"), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(self.show_list, code))
        self.table.row_changed.connect(self._show_read_button)
        self.table.row_activated.connect(self._on_read)
        self.search = TextField(theme, placeholder=_("Filter  Ctrl+F"))
        self.search.setAccessibleName(_("Filter  Ctrl+F"))
        self.search.textChanged.connect(self._on_search)
        self.choose_save: Callable[[str], str] = self._ask_save
        self.choose_open: Callable[[], str] = self._ask_open
        self._build()
        sync.changed.connect(self._on_changed)
        sync.progressed.connect(self._on_progressed)
        backup.changed.connect(self._on_backup_changed)
        self._ticker = QTimer(self)
        self._ticker.setInterval(1000)
        self._ticker.timeout.connect(self._show_connection)

    def _build(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.strip)
        left.addWidget(ScrollArea(self._left()), 1)
        self.gate = Gate(self.theme, self.shell.counter, self._side())
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self.gate)

    def _left(self) -> QWidget:
        """What scrolls with large text."""
        theme = self.theme
        inner = QWidget()
        left = QVBoxLayout(inner)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(8)
        self.alarm_card = AlarmCard(theme)
        left.addWidget(self.alarm_card)
        tiles = QHBoxLayout()
        tiles.setSpacing(8)
        self.waiting_tile = StatCard(theme, _("Waiting"))
        self.last_tile = StatCard(theme, _("Last sent"))
        self.flagged_tile = StatCard(theme, _("Needs review"))
        for tile in (self.waiting_tile, self.last_tile, self.flagged_tile):
            tiles.addWidget(tile, 1)
        left.addLayout(tiles)
        filters = QHBoxLayout()
        filters.addWidget(self.chips, 5)
        filters.addWidget(self.search, 2)
        left.addLayout(filters)
        left.addWidget(self.table, 1)
        self.read_button = KeyButton(theme, _("Mark as read"), key="Enter", icon="check-circle-outline")
        self.read_button.clicked.connect(self._on_read)
        left.addWidget(self.read_button, 0, Qt.AlignmentFlag.AlignLeft)
        return inner

    def _side(self) -> QWidget:
        self.side = side = SyncSide(self.theme)
        self.connection_facts, self.backup_facts, self.clock_facts = (
            side.connection_facts,
            side.backup_facts,
            side.clock_facts,
        )
        self.url_field, self.code_field = side.url_field, side.code_field
        self.again_button, self.main_button = side.again_button, side.main_button
        self.backup_button, self.export_button = side.backup_button, side.export_button
        for button, act in (
            (self.again_button, self._on_join_again),
            (side.network_button, self._on_network),
            (side.stop_button, self.sync.halt),
            (self.backup_button, self._back_up),
            (side.folder_button, self._on_folders),
            (self.export_button, self._export),
            (side.import_button, self._import),
            (self.main_button, self.main_action),
        ):
            button.clicked.connect(act)
        self.code_field.returnPressed.connect(self._join)
        return side

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Sync")

    def commands(self) -> Sequence[Command]:
        lists = [
            Command(f"Alt+{place}", _(words), partial(self.show_list, code))
            for place, (code, words) in enumerate(CHIPS.items(), 1)
        ]
        return (
            *lists,
            Command("F2", _("Filter"), self.search.setFocus),
            Command("F5", _("Read anew"), self._show),
            Command("Ctrl+F", _("Filter"), self.search.setFocus),
        )

    def activated(self) -> None:
        self._show()
        self._ticker.start()
        self.restore_focus()

    def deactivated(self) -> None:
        self._ticker.stop()
        self.search.clear()
        if not self.sync.running and not self.backup.running:
            self.strip.clear()  # it was told; what ends meanwhile is told when somebody comes back

    def default_focus(self) -> QWidget:
        return self.table

    def escape(self) -> bool:
        if self.gate.asking:
            self.gate.close_question()
            return True
        if self.search.text():
            self.search.clear()
            return True
        if self._joining_again:
            self._joining_again = False
            self._show()
            return True
        return False

    def main_action(self) -> None:
        if self.gate.asking:
            self.gate.accept()
            return
        if self._joins:
            self._join()
        elif self._rejoin is not None and self.presenter.ready:
            self._on_rejoin()
        elif self._begin(_("Sending …")):
            self.sync.send_now(self._on_sent, self._on_failed)

    # What happens --------------------------------------------------------------------------------------------------

    def _begin(self, words: str) -> bool:
        if self.sync.running:
            self.shell.say(Message("I", _("An exchange is under way. Wait a moment.")))
            return False
        if self.main_button.hasFocus() or self.side.join_box.isAncestorOf(self.focusWidget()):
            self.table.setFocus()  # whatever is switched off or goes would give it to the next button
        self.main_button.setEnabled(False)
        self.shell.say(Message("I", words))
        return True

    @property
    def _joins(self) -> bool:
        """Whether the form to join is open."""
        return self._joining_again or not self.presenter.state().enrolled

    def _on_sent(self, report: dict[str, Any]) -> None:
        self._finished(self.presenter.sent_message(report))

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, Stopped):
            self._finished(self.presenter.stopped_message())
            return
        self._finished(self.presenter.failed_message(error))

    def _finished(self, message: Message) -> None:
        self.main_button.setEnabled(True)
        self._show()
        self.shell.refresh_state()
        self.strip.show_message(message)

    def _on_join_again(self) -> None:
        """The centre was made anew, or gave a new code: the form comes back with the address of last time."""
        self._joining_again = True
        self.url_field.setText(self.presenter.centre_address())
        self.code_field.clear()
        self._show()
        self.code_field.setFocus()

    def _join(self) -> None:
        url, code = self.url_field.text().strip(), self.code_field.text().strip()
        if not url or not code:
            self.shell.say(Message("W", _("Join the centre first: enter its address and the enrolment code.")))
            (self.code_field if url else self.url_field).setFocus()
            return
        self.gate.require("enrol", Approval(_("Join the centre"), (url,)), lambda _by: self._enrol(url, code))

    def _enrol(self, url: str, code: str) -> None:
        if self._begin(_("Joining …")):
            self.sync.enrol(url, code, self._on_joined, self._on_failed)

    def _on_joined(self, _report: dict[str, Any]) -> None:
        self.code_field.clear()
        self._joining_again = False
        self.side.area.verticalScrollBar().setValue(0)
        self._finished(Message("S", _("Joined. Records are sent from now on.")))
        if self._begin(_("Joined. The first exchange is under way …")):
            self.sync.send_now(self._on_sent, self._on_failed)

    def _back_up(self) -> None:
        if not self.presenter.backups.folders():
            self._on_folders()
            return
        self._backup_asked = True
        self.shell.say(Message("I", _("Backing up …")))
        self.backup.run()

    def _on_folders(self) -> None:
        self.shell.go("safety")

    def _on_backup_changed(self) -> None:
        self.backup_button.setEnabled(not self.backup.running)
        if not self.backup.running and self._backup_asked:
            self._backup_asked = False
            self._finished(self.presenter.backups.ended(self.backup.outcomes, self.backup.faults()))

    def _export(self) -> None:
        chosen = self.choose_save(self.presenter.bundle_name())
        if chosen and self._begin(_("Writing to the stick …")):
            path = self.presenter.bundle_path(chosen)
            self.sync.export_bundle(path, partial(self._on_exported, path.name), self._on_failed)

    def _on_exported(self, name: str, report: dict[str, Any]) -> None:
        self._finished(self.presenter.exported_message(report, name))

    def _on_imported(self, report: dict[str, Any]) -> None:
        self._finished(self.presenter.imported_message(report))

    def _import(self) -> None:
        chosen = self.choose_open()
        if chosen and self._begin(_("Reading the stick …")):
            self.sync.import_reply(Path(chosen), self._on_imported, self._on_failed)

    def _ask_save(self, name: str) -> str:
        return remembered(QFileDialog.getSaveFileName(self, _("Export to USB"), start_in(name), BUNDLE_FILES)[0])

    def _ask_open(self) -> str:
        return remembered(QFileDialog.getOpenFileName(self, _("Import from USB"), start_in(), BUNDLE_FILES)[0])

    def _on_rejoin(self) -> None:
        text = _("The window closes. A guide shows what will be done before anything is changed.")
        self.gate.confirm(Approval(_("Run the repair"), (text,)), _("Run the repair"), lambda _by: self._run_rejoin())

    def _run_rejoin(self) -> None:
        if self._rejoin is not None:
            self._rejoin()

    def _on_network(self) -> None:
        self.shell.go("settings", "network")

    def show_list(self, which: str) -> None:
        """Shows the rows of one chip."""
        self.chips.choose(which)
        self.presenter.filter = cast(Filter, which)
        self.table.show_list(self.presenter.filter)
        self._show_entries()
        self.table.select_row(0 if which == "messages" else -1)
        self.table.setFocus()

    def _on_read(self, _row: int = 0) -> None:
        row = self._row()
        if row is not None and row.message:
            self.presenter.mark_read(row)
            self._show()

    def _on_search(self, text: str) -> None:
        self.presenter.text = text
        self._show_entries()

    def _on_progressed(self) -> None:
        if self.isVisible():
            self._show_progress()

    def _on_changed(self) -> None:
        if self.isVisible():
            self._show()

    # What is shown -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        presenter = self.presenter
        presenter.look()
        for tile, shown in (
            (self.waiting_tile, presenter.waiting()),
            (self.last_tile, presenter.last_sent()),
            (self.flagged_tile, presenter.flagged()),
        ):
            tile.show_figure(shown.figure, shown.remark, shown.tone)
        self.chips.show_counts(presenter.counts())
        self._show_entries()
        alarm = presenter.alarm()
        self.alarm_card.show_alarm(alarm)
        self.strip.reserve(alarm is None)
        self._show_connection()
        self.backup_facts.show_facts([_fact(fact) for fact in presenter.backup()])
        self.clock_facts.show_facts([_fact(presenter.clock())])
        self.side.clock_card.setVisible(presenter.clock_wrong())
        self.side.computer_facts.show_facts([_fact(fact) for fact in presenter.computer()])
        enrolled = presenter.state().enrolled
        self.side.join_box.setVisible(self._joins)
        self.main_button.setText(presenter.main_words(joining=self._joins, runs=self._rejoin is not None))
        self.again_button.setVisible(enrolled and not self._joining_again)
        self.export_button.setEnabled(enrolled)
        self.side.import_button.setEnabled(enrolled)

    def _show_entries(self) -> None:
        self.table.set_empty(self.presenter.nothing_listed())
        self.model.set_rows(self.presenter.entries())
        self.table.fit_rows()
        self._show_read_button()

    def _row(self) -> ListedEntry | None:
        place = self.table.currentIndex().row()
        return self.model.rows[place] if 0 <= place < len(self.model.rows) else None

    def _show_read_button(self, _row: int = 0) -> None:
        row = self._row()
        self.read_button.setVisible(row is not None and bool(row.message))

    def _show_connection(self) -> None:
        facts = self.presenter.connection(self.sync.seconds_to_next)
        self.connection_facts.show_facts([_fact(fact) for fact in facts])
        self._show_progress()

    def _show_progress(self) -> None:
        step = self.presenter.progress(self.sync.progress, running=self.sync.running)
        self.side.stop_button.setVisible(step is not None)
        self.side.progress.setVisible(step is not None)
        if step is not None:
            words, done, total = step
            self.side.progress.show_progress(words, done, total, counted=True)


def _fact(fact: Fact) -> tuple[str, str, str]:
    return fact.text, fact.icon, fact.tone
