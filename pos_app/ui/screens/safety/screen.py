"""Settings, second page: backup, recovery code, check, report, who looked. Widgets only; the cards have the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.services import people
from pos_app.ui.backup_worker import BackupWorker
from pos_app.ui.messages import Message
from pos_app.ui.recovery.page import RecoveryPage
from pos_app.ui.recovery.presenter import RecoveryPresenter
from pos_app.ui.save_box import SaveBox, plainly
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.safety.backup_card import BackupCard
from pos_app.ui.screens.safety.check_card import CheckCard
from pos_app.ui.screens.safety.looks_card import LooksCard
from pos_app.ui.screens.safety.recovery_card import RecoveryCard
from pos_app.ui.settings_pages import CardColumns, settings_pages
from pos_app.ui.support import report_saver
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.gate import Gate, Run
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import TIGHT_ABOVE, ScrollArea


class SafetyScreen(Screen):
    """``repair`` closes the window and begins the guided repair."""

    name = "safety"

    def __init__(self, shell: Shell, backup: BackupWorker, repair: Callable[[], None]) -> None:
        super().__init__(shell)
        counter = shell.counter
        self._repair = repair
        self.recovery = RecoveryPresenter(counter.ledger, counter.vault, counter.clock)
        self.backup_card = BackupCard(shell, backup, self._require)
        self.recovery_card = RecoveryCard(self.theme, self.recovery, self._user, self._require, shell.say)
        self.recovery_card.made.connect(self._on_code_made)
        self.recovery_card.unlocked.connect(self._on_unlocked)
        self.check_card = CheckCard(shell)
        self.check_card.repair_wanted.connect(self._on_repair)
        self.looks_card = LooksCard(shell, self._require)
        self.recovery_page = RecoveryPage(self.theme, self.recovery, shell.workers, shell.say)
        self._build()
        self.recovery_page.ready.connect(self.main_button.setEnabled)
        self.theme.changed.connect(self._arrange)
        self._arrange()

    def _build(self) -> None:
        self._columns = CardColumns(
            ((self.backup_card, self.recovery_card), (self.check_card, self._support_card(), self.looks_card))
        )
        self.area = ScrollArea(self._columns)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.area)
        self.pages.addWidget(self.recovery_page)
        self.gate = Gate(self.theme, self.shell.counter, self.pages)
        self.gate.opened.connect(self._show_foot)
        self.gate.closed.connect(self._show_foot)
        self.back_button = KeyButton(self.theme, _("Later"), key="Esc", icon="arrow-left")
        self.back_button.setFixedHeight(self.theme.px(72))
        self.back_button.clicked.connect(self._leave_code)
        self.main_button = KeyButton(self.theme, _("Back up now"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.back_button, 1)
        foot.addWidget(self.main_button, 2)
        self.chips = settings_pages(self.shell, self.name)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 12, 12, 12)
        outer.setSpacing(8)
        for widget in (self.strip, self.chips):
            outer.addWidget(widget)
        outer.addWidget(self.gate, 1)
        outer.addLayout(foot)

    def _support_card(self) -> QWidget:
        frame, column = padded_card()
        column.addWidget(Text(self.theme, _("Report for support"), step="row", weight=700))
        words = Text(self.theme, _("What the program noted of itself, without names and amounts."), tone="muted")
        words.setWordWrap(True)
        column.addWidget(words)
        self.support_box = SaveBox(
            self.theme,
            self.shell.workers,
            _("Save a report for support"),
            plainly(report_saver(self.shell.counter)),
            label=_("Folder or &stick for the report"),
        )
        column.addWidget(self.support_box)
        return frame

    def _user(self) -> str:
        user = self.shell.counter.user
        return user.id if user is not None else ""

    def _require(self, action: str, approval: Approval, run: Run) -> None:
        self.gate.require(action, approval, run)

    def _arrange(self) -> None:
        self._columns.arrange(tight=self.theme.scale > TIGHT_ABOVE or self.theme.small_window)
        self.back_button.setFixedHeight(self.theme.px(72))

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Data safety")

    def commands(self) -> Sequence[Command]:
        if self._shows_code:
            return (Command("Ctrl+P", _("Print the code"), self.recovery_page.print_code),)
        return (
            Command("F3", _("Add a folder"), self.backup_card.folder.field.setFocus),
            Command("F5", _("Read anew"), self._refresh),
        )

    @property
    def takes_notices(self) -> bool:
        """Not while the code is shown: it is what would be asked for."""
        return not self._shows_code

    def activated(self) -> None:
        self.chips.choose(self.name)
        if not self._shows_code:
            self._refresh()
            self._show_foot()
        self.restore_focus()

    def deactivated(self) -> None:
        if self._shows_code:
            self._leave_code()

    def default_focus(self) -> QWidget:
        return self.recovery_page.field if self._shows_code else self.main_button

    def escape(self) -> bool:
        if self.gate.asking:
            self.gate.close_question()
            return True
        if self._shows_code:
            self._leave_code()
            return True
        return False

    def main_action(self) -> None:
        if self.gate.asking:
            self.gate.accept()
        elif not self._shows_code:
            self.backup_card.start()
        elif self.main_button.isEnabled():
            message = self.recovery.confirm()
            self._show_cards()
            self.shell.say(message)
        else:
            self.recovery_page.field.setFocus()

    # What happens --------------------------------------------------------------------------------------------------

    @property
    def _shows_code(self) -> bool:
        return self.pages.currentWidget() is self.recovery_page

    def _refresh(self) -> None:
        self.backup_card.refresh()
        self.recovery_card.refresh()
        self.looks_card.refresh()

    def _on_code_made(self) -> None:
        self.shell.hush()
        self.pages.setCurrentWidget(self.recovery_page)
        self._show_foot()
        self.recovery_page.begin()

    def _on_unlocked(self) -> None:
        """Names come back everywhere, also that of who is logged in."""
        people.read_again(self.shell.counter)
        self.shell.rebuild()

    def _leave_code(self) -> None:
        self.recovery.forget()
        self._show_cards()
        self.shell.say(Message("W", _("The code was not confirmed. Make a new one when paper is at hand.")))

    def _show_cards(self) -> None:
        self.pages.setCurrentWidget(self.area)
        self.recovery_card.refresh()
        self._show_foot()
        self.restore_focus()

    def _on_repair(self) -> None:
        words = (_("The window closes, and the repair guides you step by step."),)
        self.gate.require("repair", Approval(_("Repair the ledger"), words), lambda _by: self._repair())

    def _show_foot(self) -> None:
        asking, code = self.gate.asking, self._shows_code
        self.main_button.setVisible(not asking)
        self.back_button.setVisible(code and not asking)
        self.main_button.setText(_("I have written it down") if code else _("Back up now"))
        if not code:
            self.main_button.setEnabled(True)
