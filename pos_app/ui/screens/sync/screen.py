"""Sync: what waits for the centre, backup, the way by stick. Widgets only; the rules are in ``presenter``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.backup_worker import BackupWorker
from pos_app.ui.dialog_folders import remembered, start_in
from pos_app.ui.messages import Message
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.sync.presenter import Fact, SyncPresenter
from pos_app.ui.screens.sync.table_model import EntriesModel
from pos_app.ui.sync_worker import SyncWorker
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.charts import StatCard
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import TextField, field_row
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import SidePanel, TightColumns
from pos_app.ui.widgets.table import TwoLineTable

BUNDLE_FILES = "*.pojok"


class SyncScreen(Screen):
    """``sync`` does the exchanges, ``backup`` the backups; ``choose_*`` ask for a file, empty for none."""

    name = "sync"

    def __init__(self, shell: Shell, sync: SyncWorker, backup: BackupWorker) -> None:
        super().__init__(shell)
        theme = self.theme
        self.sync = sync
        self.backup = backup
        self._backup_asked = False
        self.presenter = SyncPresenter(shell.counter, sync.state)
        self._joining_again = False
        self.model = EntriesModel()
        self.table = TwoLineTable(
            theme, self.model, empty=_("All sent."), empty_icon="cloud-check-outline", row_height=40
        )
        TightColumns(theme, self.table, (0, 3, 4))
        self.chips = ChipRow(theme, [("waiting", _("Waiting")), ("sent", _("Sent"))])
        self.chips.chosen.connect(self._on_filter)
        self.search = TextField(theme, placeholder=_("Filter  Ctrl+F"))
        self.search.setAccessibleName(_("Filter  Ctrl+F"))
        self.search.textChanged.connect(self._on_search)
        self.choose_save: Callable[[str], str] = self._ask_save
        self.choose_open: Callable[[], str] = self._ask_open
        self._build()
        sync.changed.connect(self._on_changed)
        backup.changed.connect(self._on_backup_changed)
        self._ticker = QTimer(self)
        self._ticker.setInterval(1000)
        self._ticker.timeout.connect(self._show_connection)

    def _build(self) -> None:
        theme = self.theme
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.strip)
        tiles = QHBoxLayout()
        tiles.setSpacing(8)
        self.waiting_tile = StatCard(theme, _("Waiting"))
        self.last_tile = StatCard(theme, _("Last sent"))
        self.flagged_tile = StatCard(theme, _("Needs review"))
        for tile in (self.waiting_tile, self.last_tile, self.flagged_tile):
            tiles.addWidget(tile, 1)
        left.addLayout(tiles)
        filters = QHBoxLayout()
        filters.addWidget(self.chips, 1)
        filters.addWidget(self.search, 1)
        left.addLayout(filters)
        left.addWidget(self.table, 1)
        hint = Text(theme, _("Sales go on while offline. Data is safe on this computer."), step="caption", tone="muted")
        hint.setWordWrap(True)
        left.addWidget(hint)
        self.gate = Gate(theme, self.shell.counter, self._side())
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self.gate)

    def _side(self) -> QWidget:
        theme = self.theme
        panel = SidePanel(theme, width=380, compact=350)
        connection, column = padded_card()
        column.addWidget(Text(theme, _("Connection"), step="row", weight=700))
        self.connection_facts = Facts(theme)
        column.addWidget(self.connection_facts)
        self.again_button = KeyButton(theme, _("Join again"), icon="cloud-upload-outline", kind="link")
        self.again_button.clicked.connect(self._on_join_again)
        column.addWidget(self.again_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._join_box = self._join_form()
        column.addWidget(self._join_box)
        backup, column = padded_card()
        column.addWidget(Text(theme, _("Backup"), step="row", weight=700))
        self.backup_facts = Facts(theme)
        self.backup_button = KeyButton(theme, _("Back up now"), icon="backup-restore")
        self.backup_button.clicked.connect(self._back_up)
        self.folder_button = KeyButton(theme, _("Folders …"), icon="usb-flash-drive-outline")
        self.folder_button.clicked.connect(self._on_folders)
        column.addWidget(self.backup_facts)
        column.addWidget(ActionBar(theme, [self.backup_button, self.folder_button]))
        stick, column = padded_card()
        column.addWidget(Text(theme, _("Without internet"), step="row", weight=700))
        self.export_button = KeyButton(theme, _("Export to USB"))
        self.export_button.clicked.connect(self._export)
        self.import_button = KeyButton(theme, _("Import from USB"))
        self.import_button.clicked.connect(self._import)
        column.addWidget(ActionBar(theme, [self.export_button, self.import_button]))
        clock, column = padded_card()
        column.addWidget(Text(theme, _("Computer clock"), step="row", weight=700))
        self.clock_facts = Facts(theme)
        column.addWidget(self.clock_facts)
        for frame in (connection, backup, stick, clock):
            panel.body.addWidget(frame)
        panel.body.addStretch(1)
        self.main_button = KeyButton(theme, _("Send now"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        panel.foot.addWidget(self.main_button)
        return panel

    def _join_form(self) -> QWidget:
        theme = self.theme
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.url_field = TextField(theme, placeholder="https://…")
        self.code_field = TextField(theme)
        self.join_button = KeyButton(theme, _("Join the centre"), icon="cloud-upload-outline")
        self.join_button.clicked.connect(self._join)
        self.url_field.returnPressed.connect(self.code_field.setFocus)
        self.code_field.returnPressed.connect(self._join)
        column.addWidget(field_row(theme, _("Centre's &address"), self.url_field))
        column.addWidget(field_row(theme, _("Enrolment &code"), self.code_field))
        column.addWidget(self.join_button)
        return box

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Sync")

    def commands(self) -> Sequence[Command]:
        return (
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
        if not self.presenter.state().enrolled:
            self.shell.say(Message("W", _("Join the centre first: enter its address and the enrolment code.")))
            self.url_field.setFocus()
            return
        if self._begin(_("Sending …")):
            self.sync.send_now(self._on_sent, self._on_failed)

    # What happens --------------------------------------------------------------------------------------------------

    def _begin(self, words: str) -> bool:
        if self.sync.running:
            self.shell.say(Message("I", _("An exchange is under way. Wait a moment.")))
            return False
        self.main_button.setEnabled(False)
        self.shell.say(Message("I", words))
        return True

    def _on_sent(self, report: dict[str, Any]) -> None:
        self._finished(self.presenter.sent_message(report))

    def _on_failed(self, error: Exception) -> None:
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
            return
        self.gate.require("enrol", Approval(_("Join the centre"), (url,)), lambda _by: self._enrol(url, code))

    def _enrol(self, url: str, code: str) -> None:
        if self._begin(_("Joining …")):
            self.sync.enrol(url, code, self._on_joined, self._on_failed)

    def _on_joined(self, _report: dict[str, Any]) -> None:
        self.code_field.clear()
        self._joining_again = False
        self._finished(Message("S", _("Joined. Records are sent from now on.")))

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
            self.sync.export_bundle(Path(chosen), self._on_exported, self._on_failed)

    def _on_exported(self, report: dict[str, Any]) -> None:
        text = _("{count} records are on the stick. Take it to the centre; import its reply here.")
        self._finished(Message("S", text.format(count=report.get("pushed", 0))))

    def _import(self) -> None:
        chosen = self.choose_open()
        if chosen and self._begin(_("Reading the stick …")):
            self.sync.import_reply(Path(chosen), self._on_sent, self._on_failed)

    def _ask_save(self, name: str) -> str:
        return remembered(QFileDialog.getSaveFileName(self, _("Export to USB"), start_in(name), BUNDLE_FILES)[0])

    def _ask_open(self) -> str:
        return remembered(QFileDialog.getOpenFileName(self, _("Import from USB"), start_in(), BUNDLE_FILES)[0])

    def _on_filter(self, which: str) -> None:
        self.presenter.filter = "sent" if which == "sent" else "waiting"
        self._show_entries()

    def _on_search(self, text: str) -> None:
        self.presenter.text = text
        self._show_entries()

    def _on_changed(self) -> None:
        if self.isVisible():
            self._show()

    # What is shown -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        presenter = self.presenter
        for tile, shown in (
            (self.waiting_tile, presenter.waiting()),
            (self.last_tile, presenter.last_sent()),
            (self.flagged_tile, presenter.flagged()),
        ):
            tile.show_figure(shown.figure, shown.remark, shown.tone)
        self.chips.show_counts(presenter.counts())
        self._show_entries()
        self._show_connection()
        self.backup_facts.show_facts([_fact(fact) for fact in presenter.backup()])
        self.clock_facts.show_facts([_fact(presenter.clock())])
        enrolled = presenter.state().enrolled
        self._join_box.setVisible(not enrolled or self._joining_again)
        self.again_button.setVisible(enrolled and not self._joining_again)
        self.export_button.setEnabled(enrolled)
        self.import_button.setEnabled(enrolled)

    def _show_entries(self) -> None:
        waiting = self.presenter.filter == "waiting"
        self.table.set_empty(self.presenter.nothing_waits() if waiting else _("Nothing sent yet"))
        self.model.set_rows(self.presenter.entries())

    def _show_connection(self) -> None:
        facts = self.presenter.connection(self.sync.seconds_to_next)
        self.connection_facts.show_facts([_fact(fact) for fact in facts])


def _fact(fact: Fact) -> tuple[str, str, str]:
    return fact.text, fact.icon, fact.tone
