"""Where money moves or a manager is needed: the question takes the place of a panel, never of the whole window.

``Gate(theme, counter, panel)`` shows ``panel``; ``confirm(Approval(...), "Bayar", run)`` asks once more and calls
``run(None)``; ``require("settle", Approval(...), run)`` does the same for a manager, and asks a cashier for a manager's
PIN, whose pseudonym ``run`` gets. F12 answers a confirmation, Esc leaves; a scan never answers.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.domain.errors import ManagerNeeded, WrongPin
from pos_app.i18n import _
from pos_app.services import people
from pos_app.services.context import Counter
from pos_app.services.wording import describe
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import AmountText, IconText, Text, padded_card, rule
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.pin import Approval, PinPanel

Run = Callable[[str | None], None]


class ConfirmPanel(QWidget):
    """A last look before money moves."""

    confirmed = Signal()
    cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._title = Text(theme, step="title", weight=700)
        self._title.setWordWrap(True)
        self._lines = Text(theme)
        self._lines.setWordWrap(True)
        self._amount = AmountText(theme, ("change", "received", "button", "body"))
        frame, column = padded_card("plain", 10)
        head = QHBoxLayout()
        head.addWidget(IconText(theme, "alert-outline", 22, "warning"))
        head.addWidget(self._title, 1)
        column.addLayout(head)
        column.addWidget(rule())
        column.addWidget(self._lines)
        column.addWidget(self._amount)
        column.addStretch(1)
        back = KeyButton(theme, _("Cancel"), key="Esc", icon="arrow-left")
        back.clicked.connect(self.cancelled)
        self.accept = KeyButton(theme, "", key="F12", kind="main")
        self.accept.clicked.connect(self.confirmed)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addWidget(frame, 1)
        outer.addWidget(back)
        outer.addWidget(self.accept)

    def ask(self, approval: Approval, label: str) -> None:
        """Shows what is about to happen; ``approval.after`` is the amount."""
        self._title.setText(approval.title)
        self._lines.setText("\n".join(approval.lines))
        self._amount.setText(approval.after)
        self.accept.setText(label)
        self.accept.setFocus(Qt.FocusReason.OtherFocusReason)


class Gate(QStackedWidget):
    """See the module."""

    opened = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, counter: Counter, panel: QWidget) -> None:
        super().__init__()
        self._counter = counter
        self._panel = panel
        self._run: Run | None = None
        self._action = ""
        self.confirm_panel = ConfirmPanel(theme)
        self.confirm_panel.confirmed.connect(self.accept)
        self.confirm_panel.cancelled.connect(self.close_question)
        self.pin_panel = PinPanel(theme)
        self.pin_panel.approved.connect(self._on_pin)
        self.pin_panel.cancelled.connect(self.close_question)
        for widget in (panel, self.confirm_panel, self.pin_panel):
            self.addWidget(widget)
        self.setSizePolicy(panel.sizePolicy())

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        panel = self._panel
        pages = (
            [panel.widget(place) for place in range(panel.count())] if isinstance(panel, QStackedWidget) else [panel]
        )
        widest = max((page.maximumWidth() for page in pages if page is not None), default=hint.width())
        return QSize(min(hint.width(), widest), hint.height())

    @property
    def asking(self) -> bool:
        """Whether a question is open."""
        return self.currentWidget() is not self._panel

    def confirm(self, approval: Approval, label: str, run: Run) -> None:
        """Asks for one more F12."""
        self._run = run
        self.setCurrentWidget(self.confirm_panel)
        self.opened.emit()
        self.confirm_panel.ask(approval, label)

    def require(self, action: str, approval: Approval, run: Run, *, label: str = "") -> None:
        """Runs at once for a manager (after a confirmation when ``label`` is given), else asks for the PIN."""
        if self._counter.is_manager:
            if label:
                self.confirm(approval, label, run)
            else:
                run(None)
            return
        self._run = run
        self._action = action
        self.setCurrentWidget(self.pin_panel)
        self.opened.emit()
        self.pin_panel.ask(approval)

    def accept(self) -> None:
        """F12 while a confirmation is open; nothing while a PIN is asked for."""
        if self.currentWidget() is self.confirm_panel and self._run is not None:
            run = self._run
            self.close_question()
            run(None)

    def close_question(self) -> None:
        """Back to the panel; nothing was done. Also for when what was asked about is no longer chosen."""
        if not self.asking:
            return
        self._run = None
        self.setCurrentWidget(self._panel)
        self.closed.emit()

    def _on_pin(self, pin: str, reason: str) -> None:
        run = self._run
        if run is None:
            return
        try:
            manager = people.approve(self._counter, pin, self._action, reason)
        except (WrongPin, ManagerNeeded) as error:
            self.pin_panel.show_error(describe(error))
            return
        self.close_question()
        run(manager)
