"""The guided set-up in the till: printer, scanner, QRIS, backup, first data. Widgets only.

The first start leads here after the first log-in; Settings leads here again. Each step is kept when it is left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.messages import Message
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.setup.presenter import SetupPresenter
from pos_app.ui.screens.setup.step import Room, Step, Steps
from pos_app.ui.widgets.basic import IconText, Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import ScrollArea
from pos_app.ui.widgets.steps import StepBar

WIDTH = 860


class SetupScreen(Screen):
    """``make_steps`` builds the steps; they come from other rooms."""

    name = "setup"

    def __init__(self, shell: Shell, make_steps: Steps) -> None:
        super().__init__(shell)
        self.presenter = SetupPresenter(shell.counter)
        self._shown = False
        self.steps = {step.key: step for step in make_steps(Room(shell, self._say, self._require, self._reveal))}
        self.areas: dict[str, ScrollArea] = {}
        self._build()
        self.theme.changed.connect(self._arrange)
        self._arrange()

    # Building --------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        theme = self.theme
        self.step_bar = StepBar(theme)
        self.pages = QStackedWidget()
        for key, step in self.steps.items():
            self.areas[key] = ScrollArea(step)
            self.pages.addWidget(self.areas[key])
            step.changed.connect(self._show_foot)
            step.over.connect(self._on_over)
        self.last_page = self._last_page()
        self.pages.addWidget(self.last_page)
        self.gate = Gate(theme, self.shell.counter, self.pages)
        self.gate.opened.connect(self._show_foot)
        self.gate.closed.connect(self._show_foot)
        self.back_button = KeyButton(theme, _("Back"), key="Esc", icon="arrow-left")
        self.back_button.clicked.connect(self.escape)
        self.later_button = KeyButton(theme, _("Later"), key="F6")
        self.later_button.clicked.connect(self.skip)
        self.main_button = KeyButton(theme, _("Next"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.back_button, 1)
        foot.addWidget(self.later_button, 1)
        foot.addWidget(self.main_button, 2)
        self._middle = QWidget()
        column = QVBoxLayout(self._middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.strip)
        column.addWidget(self.step_bar)
        column.addWidget(self.gate, 1)
        column.addLayout(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.addStretch(1)
        row.addWidget(self._middle, 20)
        row.addStretch(1)

    def _last_page(self) -> QWidget:
        frame, column = padded_card("success")
        head = QHBoxLayout()
        head.addWidget(IconText(self.theme, "check-circle-outline", 28, "success"))
        title = Text(self.theme, _("The corner is set up"), step="title", weight=700)
        title.setWordWrap(True)
        head.addWidget(title, 1)
        column.addLayout(head)
        self.last_facts = Facts(self.theme)
        column.addWidget(self.last_facts)
        words = Text(self.theme, _("What is not ready yet stays on the list in Settings (Ctrl+9)."), tone="muted")
        words.setWordWrap(True)
        column.addWidget(words)
        column.addStretch(1)
        return ScrollArea(frame)

    def _arrange(self) -> None:
        self._middle.setMaximumWidth(self.theme.px(WIDTH))
        for button in (self.back_button, self.later_button):
            button.setFixedHeight(self.theme.px(72))

    # What the steps use -----------------------------------------------------------------------------------------------

    def _say(self, message: Message) -> None:
        """Also from work that ends when another screen is shown."""
        if self.isVisible():
            self.shell.say(message)
        else:
            self.strip.show_message(message)

    def _require(self, action: str, approval: Approval, run: Callable[[str | None], None]) -> None:
        self.gate.require(action, approval, run)

    def _reveal(self, widget: QWidget) -> None:
        if self.presenter.at:
            self.areas[self.presenter.at].ensureWidgetVisible(widget)

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Set-up")

    def commands(self) -> Sequence[Command]:
        later = Command("F6", _("Later"), self.skip)
        step = self._step
        return (later,) if step is None else (later, *step.commands())

    @property
    def takes_notices(self) -> bool:
        """The step of the backup itself asks for what would be noticed."""
        return self.presenter.at != "backup"

    def activated(self) -> None:
        if not self._shown:
            self._shown = True
            self.presenter.begin()
        self._show()

    def deactivated(self) -> None:
        self._shown = False
        self.presenter.left()

    def default_focus(self) -> QWidget:
        step = self._step
        inside = step.nextInFocusChain() if step is not None else None
        while step is not None and inside is not None and step.isAncestorOf(inside):
            if inside.isVisible() and inside.isEnabled() and inside.focusPolicy() & Qt.FocusPolicy.TabFocus:
                return inside
            inside = inside.nextInFocusChain()
        return self.main_button

    def take_scan(self, code: str) -> None:
        step = self._step
        if step is None or not step.take_scan(code):
            self.shell.say(Message("S", _("Scanner works: {code}").format(code=code)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.gate.asking:
            self.main_action()
            return
        super().keyPressEvent(event)

    def escape(self) -> bool:
        step = self._step
        if self.gate.asking:
            self.gate.close_question()
        elif step is not None and step.back():
            self._show_foot()
        elif self.presenter.back():
            self._show()
        else:
            self.shell.go("settings")
        return True

    def main_action(self) -> None:
        if self.gate.asking:
            self.gate.accept()
        elif not self.main_button.isEnabled():
            self.restore_focus()
        elif self._step is None:
            self.presenter.finish()
            self.shell.go("sell")
        else:
            self.gate.require("settings", Approval(_("Set-up"), ()), self._forward)

    def skip(self) -> None:
        """F6: this step waits; nothing of it is kept. What is there already does not wait."""
        step = self._step
        if not self.gate.asking and step is not None:
            self._on(self.presenter.leave(done=step.is_done(), skipped=True))

    # What happens --------------------------------------------------------------------------------------------------

    @property
    def _step(self) -> Step | None:
        return self.steps.get(self.presenter.at)

    def _forward(self, _approved_by: str | None) -> None:
        step = self._step
        if step is not None and step.forward():
            self._on(self.presenter.leave(done=step.is_done()))
        self.shell.refresh_state()

    def _on_over(self) -> None:
        step = self._step
        if step is not None and step is self.sender():
            self._on(self.presenter.leave(done=step.is_done()))

    def _on(self, message: Message | None) -> None:
        self.shell.hush()
        self._show()
        if message is not None:
            self.shell.say(message)

    # What is shown -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        step = self._step
        self.step_bar.show_steps(self.presenter.bar())
        if step is None:
            self.last_facts.show_facts(self.presenter.facts())
            self.pages.setCurrentWidget(self.last_page)
        else:
            self.pages.setCurrentWidget(self.areas[step.key])
            step.begin()
        self._show_foot()
        self.restore_focus()

    def _show_foot(self) -> None:
        step, asking = self._step, self.gate.asking
        self.back_button.setVisible(not asking)
        self.later_button.setVisible(not asking and step is not None)
        self.main_button.setVisible(not asking)
        words = step.main_words() if step is not None else _("Start selling")
        self.main_button.setText(words or _("Next"))
        self.main_button.setEnabled(step is None or step.main_ready())
