"""Check the ledger: every entry and every sum, with progress, and a way to stop. Damage leads to the repair."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.domain.errors import DamagedLedger
from pos_app.domain.formats import thousands
from pos_app.i18n import _
from pos_app.ledger.verify import Verified, verify
from pos_app.services.context import Counter
from pos_app.ui.messages import failure
from pos_app.ui.screen import Shell
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.progress import Progress
from pos_app.ui.worker import Stopped, Task, Tell


def check_work(counter: Counter) -> Callable[[Tell], Verified]:
    """What a worker does: the check, on a connection of its own; selling goes on meanwhile."""

    def work(tell: Tell) -> Verified:
        with closing(counter.ledger.another()) as own:
            return verify(own, tell, trusted_key=counter.vault.known_public_key())

    return work


class CheckCard(QWidget):
    """``repair_wanted`` asks for the guided repair."""

    repair_wanted = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self._task: Task | None = None
        theme = shell.theme
        frame, column = padded_card()
        column.addWidget(Text(theme, _("Check the ledger"), step="row", weight=700))
        words = Text(theme, _("Reads every entry and works out every sum again. Selling goes on."), tone="muted")
        words.setWordWrap(True)
        column.addWidget(words)
        self.progress = Progress(theme)
        self.facts = Facts(theme)
        self.start_button = KeyButton(theme, _("Check now"), icon="magnify")
        self.start_button.clicked.connect(self.start)
        self.stop_button = KeyButton(theme, _("Stop"), icon="close")
        self.stop_button.clicked.connect(self._stop)
        self.repair_button = KeyButton(theme, _("Repair …"), kind="danger", icon="backup-restore")
        self.repair_button.clicked.connect(self.repair_wanted)
        self.stop_button.hide()
        self.repair_button.hide()
        self._actions = ActionBar(theme, [self.start_button, self.stop_button, self.repair_button])
        for widget in (self.progress, self.facts, self._actions):
            column.addWidget(widget)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)

    def start(self) -> None:
        """Begin the check."""
        if self._task is not None:
            return
        self.facts.show_facts([])
        self._show(running=True)
        self.progress.show_progress(_("Checking …"))
        work = check_work(self.shell.counter)
        self._task = self.shell.workers.run_told(work, self._on_progress, self._on_done, self._on_failed)
        self.stop_button.setFocus()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.stop()

    def _on_progress(self, done: int, total: int) -> None:
        self.progress.show_progress(_("Checking …"), done, total, counted=True)

    def _on_done(self, verified: Verified) -> None:
        self._ended()
        text = _("The ledger is whole: {count} entries checked.").format(count=thousands(verified.entries))
        self.facts.show_facts([(text, "check-circle-outline", "success")])

    def _on_failed(self, error: Exception) -> None:
        damaged = isinstance(error, DamagedLedger)
        self._ended(damaged=damaged)
        if isinstance(error, Stopped):
            self.facts.show_facts([(_("Stopped before the end; nothing is known."), "information-outline", "muted")])
            return
        words = damage_sentence(error) if isinstance(error, DamagedLedger) else failure(error, "").text
        self.facts.show_facts([(words, "alert-circle-outline", "danger")])

    def _ended(self, *, damaged: bool = False) -> None:
        self._task = None
        self.progress.hide()
        self._show(running=False)
        self.repair_button.setVisible(damaged)
        self._actions.refit()
        (self.repair_button if damaged else self.start_button).setFocus()

    def _show(self, *, running: bool) -> None:
        self.start_button.setVisible(not running)
        self.stop_button.setVisible(running)
        self.repair_button.hide()
        self._actions.refit()


def damage_sentence(error: DamagedLedger) -> str:
    """What is wrong, in plain words, with what to do."""
    if error.entry:
        text = _("Something is wrong from entry {entry} on. Stop selling and press Repair.")
        return text.format(entry=thousands(error.entry))
    return _("The file of the books is damaged. Stop selling and press Repair.")
