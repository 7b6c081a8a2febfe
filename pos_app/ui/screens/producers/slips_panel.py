"""The slips of a producer: which were paid, each as paper, and taking a wrong payment back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.dates import short_date
from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _
from pos_app.ledger.settlements import Slip as Paid
from pos_app.printing.papers.receipt import REASONS
from pos_app.ui.messages import Message, failure
from pos_app.ui.reading import Reading
from pos_app.ui.screen import Shell
from pos_app.ui.screens.producers.slips_presenter import GIVEN_REASONS, PREVIEW_COLUMNS, Look, SlipsPresenter
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import TextField, field_row
from pos_app.ui.widgets.forms import Choice
from pos_app.ui.widgets.gate import Run
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import TIGHT_ABOVE, ScrollArea
from pos_app.ui.widgets.slip import Slip
from pos_app.ui.widgets.table import Cell, Column, RowsModel, TwoLineTable
from sync.documents.base import TakeBackReason

Require = Callable[[str, Approval, Run, str], None]


class SlipsModel(RowsModel[Paid]):
    """Number, day, whether it stands, and the amount."""

    def __init__(self) -> None:
        super().__init__([Column(_("Slip")), Column(_("Amount"), 104, "right")])

    def cells(self, row: Paid) -> Sequence[Cell]:
        day = short_date(date.fromisoformat(row.date))
        sub = f"{day} · {_('taken back')}" if row.reversed else day
        tone = "warning" if row.reversed else "muted"
        return (
            Cell(row.number, sub, sub_tone=tone, icon="undo-variant" if row.reversed else ""),
            Cell(thousands(row.amount), tone="muted" if row.reversed else "text", bold=not row.reversed),
        )


class SlipsPanel(QWidget):
    """See the module; ``changed`` when a payment was taken back, ``left`` when it is left."""

    changed = Signal()
    left = Signal()

    def __init__(self, shell: Shell, require: Require) -> None:
        super().__init__()
        theme = shell.theme
        self.shell = shell
        self.presenter = SlipsPresenter(shell.counter)
        self._require = require
        self.producer = ""
        self.reading = Reading(shell.workers)
        self.name_text = Text(theme, step="title", weight=700)
        self.name_text.setWordWrap(True)
        self.model = SlipsModel()
        self.table = TwoLineTable(theme, self.model, empty=_("No slip yet."))
        self.table.setAccessibleName(_("Slips"))
        self.table.row_changed.connect(self._on_row)
        self.facts = Facts(theme)
        self.reason = Choice(theme, [(code, _(REASONS[code])) for code in GIVEN_REASONS])
        self.note = TextField(theme, placeholder=_("What was wrong"))
        self.slip = Slip(theme)
        self.reprint_button = KeyButton(theme, _("Reprint"), key="F9", icon="printer")
        self.reprint_button.clicked.connect(self.reprint)
        back = KeyButton(theme, _("Back"), key="Esc", icon="arrow-left")
        back.clicked.connect(self.left)
        self.main_button = KeyButton(theme, _("Take payment back"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        form, fields = padded_card()
        fields.addWidget(self.facts)
        fields.addWidget(field_row(theme, _("&Reason"), self.reason))
        fields.addWidget(self.note)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        column.addWidget(form)
        column.addWidget(ActionBar(theme, [back, self.reprint_button]))
        inner = QWidget()
        self._row = QHBoxLayout(inner)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(12)
        self._row.addLayout(column, 3)
        self._row.addWidget(self.slip, 2)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addWidget(self.name_text)
        outer.addWidget(ScrollArea(inner), 1)
        outer.addWidget(self.main_button)
        theme.changed.connect(self._arrange)
        self._arrange()

    def _arrange(self) -> None:
        """The paper beside the list; below it where enlarged text leaves too little room."""
        theme = self.shell.theme
        tight = theme.scale > TIGHT_ABOVE
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if tight else QBoxLayout.Direction.LeftToRight)
        self.table.setMinimumHeight(theme.px(130))
        self.slip.setMinimumHeight(theme.px(220))

    def open(self, producer: str, name: str) -> None:
        """Shows the slips of a producer, the newest chosen."""
        self.producer = producer
        self.reading.stop()
        self.name_text.setText(_("Slips of {name}").format(name=name))
        self.note.clear()
        self._load()
        self.table.select_row(0)
        self._on_row(0)
        self.main_button.set_icon("" if self.shell.counter.is_manager else "lock-outline")

    def _load(self) -> None:
        self.presenter.load(self.producer)
        self.model.set_rows(self.presenter.rows)

    @property
    def chosen(self) -> Paid | None:
        """The slip that is looked at."""
        row = self.table.current_row()
        return self.model.rows[row] if 0 <= row < len(self.model.rows) else None

    def main_action(self) -> None:
        """Asks whether the chosen payment is taken back."""
        chosen = self.chosen
        obstacle = self.presenter.obstacle(chosen) if chosen else Message("I", _("No slip yet."))
        if obstacle is not None or chosen is None:
            if obstacle is not None:
                self.shell.say(obstacle)
            return
        reason: TakeBackReason = GIVEN_REASONS[max(self.reason.currentIndex(), 0)]
        lines = (*self.presenter.question(chosen), _(REASONS[reason]))
        approval = Approval(_("Take payment back"), lines, after=rupiah(chosen.amount))
        self.shell.hush()
        run = partial(self._reverse, chosen, reason)
        self._require("reverse", approval, run, _("Take back {amount}").format(amount=rupiah(chosen.amount)))

    def reprint(self) -> None:
        """The chosen slip once more."""
        if self.chosen is not None:
            self.shell.say(self.presenter.reprint(self.chosen))
            self.shell.refresh_state()

    def _reverse(self, slip: Paid, reason: TakeBackReason, approved_by: str | None) -> None:
        message = self.presenter.reverse(slip, reason, self.note.text().strip(), approved_by)
        if self.presenter.once.is_open:
            again = partial(self._reverse, slip, reason, approved_by)
            self.shell.say(message.with_action(_("Try again"), again))
            return
        self.note.clear()
        self._load()
        self._on_row(self.table.current_row())
        self.changed.emit()
        self.shell.refresh_state()
        self.shell.say(message)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_row(self, _row: int) -> None:
        chosen = self.chosen
        self.main_button.setEnabled(chosen is not None and not chosen.reversed)
        self.reprint_button.setEnabled(chosen is not None)
        if chosen is None:
            self.reading.stop()
            self._show(Look([_("No slip yet.")], []))
        elif self.reading.key != chosen:
            self._show(Look([_("Loading …")], []))
            self.reading.begin(chosen, self.presenter.look_work(chosen), self._show, self._on_unread)

    def _show(self, look: Look) -> None:
        self.slip.show_lines(look.lines, PREVIEW_COLUMNS)
        self.facts.show_facts(look.facts)

    def _on_unread(self, error: Exception) -> None:
        self.shell.say(failure(error, str(self.shell.counter.ledger.path)))
