"""The steps of the guided set-up, put together of the cards that Settings shows, too. Widgets only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ledger import queries
from pos_app.services import backing_up, printing, samples
from pos_app.ui import settings_keys as keys
from pos_app.ui.backup_worker import BackupWorker
from pos_app.ui.messages import Message
from pos_app.ui.recovery.page import RecoveryPage
from pos_app.ui.recovery.presenter import RecoveryPresenter
from pos_app.ui.save_box import SaveBox, plainly
from pos_app.ui.screen import Command
from pos_app.ui.screens.safety.backup_card import BackupCard
from pos_app.ui.screens.safety.recovery_card import RecoveryCard
from pos_app.ui.screens.settings.card import Around, SettingsCard
from pos_app.ui.screens.settings.import_card import ImportCard
from pos_app.ui.screens.settings.printer_card import PrinterCard
from pos_app.ui.screens.settings.qris_card import QrisCard
from pos_app.ui.screens.settings.scanner_card import ScannerCard
from pos_app.ui.screens.setup.step import Room, Step
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton


def make_steps(backup: BackupWorker, room: Room) -> Sequence[Step]:
    """Every step, in no particular order."""
    shell = room.shell
    around = Around(
        shell.theme, shell.counter, shell.workers, room.say, room.require, room.reveal, shell.refresh_state, shell.go
    )
    return (
        PrinterStep(around),
        ScannerStep(around),
        QrisStep(around),
        BackupStep(room, backup),
        DataStep(around),
    )


class CardStep(Step):
    """A card of Settings; what it holds is kept when the step is left."""

    def __init__(self, card: SettingsCard) -> None:
        super().__init__()
        self._card = card
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)
        column.addStretch(1)

    def begin(self) -> None:
        self._card.refresh()

    def forward(self) -> bool:
        obstacle = self._card.obstacle()
        if obstacle is not None:
            self._card.around.say(obstacle)
            return False
        self._card.save()
        return True

    def take_scan(self, code: str) -> bool:
        return self._card.take_scan(code)


class PrinterStep(CardStep):
    """Done with a printer that is set."""

    key = "printer"

    def __init__(self, around: Around) -> None:
        self.card = PrinterCard(around)
        super().__init__(self.card)

    def is_done(self) -> bool:
        return printing.printer_settings(self.card.around.counter.db).device != "none"


class ScannerStep(CardStep):
    """Done after a reading that was right."""

    key = "scanner"

    def __init__(self, around: Around) -> None:
        self.card = ScannerCard(around)
        super().__init__(self.card)

    def begin(self) -> None:
        self.card.begin()

    def is_done(self) -> bool:
        return self.card.good


class QrisStep(CardStep):
    """Done with a code; a scan goes into its field, whatever has the focus."""

    key = "qris"

    def __init__(self, around: Around) -> None:
        self.card = QrisCard(around)
        super().__init__(self.card)

    def is_done(self) -> bool:
        return bool(queries.setting(self.card.around.counter.db, keys.QRIS_STATIC, ""))

    def take_scan(self, code: str) -> bool:
        self.card.qris_field.setText(code)
        return True


class BackupStep(Step):
    """A folder, the first backup, and the recovery code, of which one group is typed back."""

    key = "backup"

    def __init__(self, room: Room, worker: BackupWorker) -> None:
        super().__init__()
        shell = room.shell
        counter = shell.counter
        self._room = room
        self._worker = worker
        self.presenter = RecoveryPresenter(counter.ledger, counter.vault, counter.clock)
        self.card = BackupCard(shell, worker, room.require)
        self.recovery_card = RecoveryCard(shell.theme, self.presenter, self._user, room.require, room.say)
        self.recovery_card.made.connect(self._on_made)
        self.page = RecoveryPage(shell.theme, self.presenter, shell.workers, room.say)
        self.page.ready.connect(self._on_ready)
        self._cards = QWidget()
        column = QVBoxLayout(self._cards)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.card)
        column.addWidget(self.recovery_card)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._cards)
        outer.addWidget(self.page)
        outer.addStretch(1)
        self.page.hide()
        self._ready = False
        worker.changed.connect(self.changed)

    def begin(self) -> None:
        self.card.refresh()
        self.recovery_card.refresh()

    def is_done(self) -> bool:
        counter = self._room.shell.counter
        return backing_up.last_good(counter.db) is not None and self.presenter.state() == "made"

    def forward(self) -> bool:
        if self._shows_code:
            self._room.say(self.presenter.confirm())
            self._leave_code()
            return self.is_done()
        if self.card.folder.path() is not None or self._needs_backup():
            self.card.start()
            return False
        if self.presenter.state() in ("none", "unconfirmed", "outdated"):
            self.recovery_card.make()
            return False
        return True

    def back(self) -> bool:
        if not self._shows_code:
            return False
        self.presenter.forget()
        self._leave_code()
        self._room.say(Message("W", _("The code was not confirmed. Make a new one when paper is at hand.")))
        return True

    def main_words(self) -> str:
        if self._shows_code:
            return _("I have written it down")
        if self.card.folder.path() is not None or self._needs_backup():
            return _("Back up now")
        return "" if self.presenter.state() in ("made", "locked") else _("Make the recovery code")

    def main_ready(self) -> bool:
        return self._ready if self._shows_code else not self._worker.running

    def commands(self) -> Sequence[Command]:
        if not self._shows_code:
            return ()
        return (Command("Ctrl+P", _("Print the code"), self.page.print_code),)

    @property
    def _shows_code(self) -> bool:
        return not self.page.isHidden()

    def _needs_backup(self) -> bool:
        return backing_up.last_good(self._room.shell.counter.db) is None

    def _user(self) -> str:
        user = self._room.shell.counter.user
        return user.id if user is not None else ""

    def _on_made(self) -> None:
        self._room.shell.hush()
        self._cards.hide()
        self.page.show()
        self.page.begin()
        self.changed.emit()

    def _on_ready(self, ready: bool) -> None:
        self._ready = ready
        self.changed.emit()

    def _leave_code(self) -> None:
        self.page.hide()
        self._cards.show()
        self.recovery_card.refresh()
        self.changed.emit()


class DataStep(CardStep):
    """Spreadsheets, examples of them to fill in, the paper book, or nothing."""

    key = "data"

    def __init__(self, around: Around) -> None:
        self.card = ImportCard(around)
        super().__init__(self.card)
        self.card.changed.connect(self.changed)
        theme = around.theme
        self._empty = False
        frame, column = padded_card()
        column.addWidget(Text(theme, _("From the paper book"), step="row", weight=700))
        words = Text(theme, _("What is owed to producers and by staff is typed once, before the first sale."))
        words.setWordWrap(True)
        column.addWidget(words)
        self.book_button = KeyButton(theme, _("Take over balances"), icon="account-cash-outline")
        self.book_button.clicked.connect(partial(around.go, "opening"))
        self.count_button = KeyButton(theme, _("Count the stock"), icon="warehouse")
        self.count_button.clicked.connect(partial(around.go, "stock"))
        self.empty_button = KeyButton(theme, _("Begin empty"), icon="check")
        self.empty_button.clicked.connect(self._on_empty)
        column.addWidget(ActionBar(theme, [self.book_button, self.count_button, self.empty_button]))
        self.samples = SaveBox(
            theme,
            around.workers,
            _("Save example spreadsheets"),
            plainly(samples.write),
            label=_("Folder for &examples to fill in"),
        )
        column.addWidget(self.samples)
        layout = self.layout()
        if isinstance(layout, QVBoxLayout):
            layout.insertWidget(1, frame)

    def forward(self) -> bool:
        return not self.card.answer() and super().forward()

    def main_words(self) -> str:
        return _("Import") if self.card.can_import else ""

    def main_ready(self) -> bool:
        return not self.card.working

    def is_done(self) -> bool:
        return self._empty or bool(queries.all_products(self.card.around.counter.db, 1))

    def _on_empty(self) -> None:
        self._empty = True
        self.over.emit()
