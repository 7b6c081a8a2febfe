"""The panel about one person, in the place of a screen's side: covered data, show, export, anonymise. Widgets only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ledger.persons import Kind
from pos_app.ui.person.presenter import SHOWN_SECONDS, PersonPresenter
from pos_app.ui.save_box import SaveBox
from pos_app.ui.screen import Shell
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import TextField, buddy_label, field_row
from pos_app.ui.widgets.forms import Choice
from pos_app.ui.widgets.gate import Run
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import SidePanel
from pos_app.ui.widgets.sums import SumRow, Sums

if TYPE_CHECKING:
    from pos_app.services.privacy import Anonymised

Require = Callable[[str, Approval, Run], None]


class PersonPanel(SidePanel):
    """``leaving`` asks for the panel before; ``changed`` comes after a person was anonymised.

    ``require`` runs something for a manager. F12 of the screen calls ``main_action``.
    """

    leaving = Signal()
    changed = Signal()

    def __init__(self, shell: Shell, kind: Kind, require: Require, *, width: int = 0, compact: int = 0) -> None:
        super().__init__(shell.theme, width=width, compact=compact)
        self.shell = shell
        self.presenter = PersonPresenter(shell.counter, kind)
        self._require = require
        self._approved_by: str | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_SECONDS * 1000)
        self._timer.timeout.connect(self.cover)
        self.body.addWidget(self._data_card())
        self.body.addWidget(self._export_card())
        self.body.addWidget(self._erase_card())
        self.body.addStretch(1)
        back = KeyButton(self.theme, _("Back"), key="Esc", icon="arrow-left")
        back.clicked.connect(self.leaving)
        self.main_button = KeyButton(self.theme, "", key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        self.foot.addWidget(back)
        self.foot.addWidget(self.main_button)

    def _data_card(self) -> QWidget:
        frame, column = padded_card()
        self.title = Text(self.theme, step="row", weight=700)
        self.title.setWordWrap(True)
        self.rows = Sums(self.theme)
        self.facts = Facts(self.theme)
        self.purpose = Choice(self.theme)
        self._purpose_row = field_row(self.theme, _("&Reason for looking"), self.purpose)
        for widget in (self.title, self.rows, self.facts, self._purpose_row):
            column.addWidget(widget)
        return frame

    def _export_card(self) -> QWidget:
        frame, column = padded_card()
        column.addWidget(Text(self.theme, _("Hand out what is held"), step="row", weight=700))
        words = _("Export the person's data")
        self.export_box = SaveBox(self.theme, self.shell.workers, words, self._export_work)
        self.export_box.ask = self._ask_export
        column.addWidget(self.export_box)
        return frame

    def _erase_card(self) -> QWidget:
        frame, column = padded_card()
        column.addWidget(Text(self.theme, _("Anonymise"), step="row", weight=700))
        words = _("What identifies the person is destroyed for good. Documents and figures stay as they are.")
        text = Text(self.theme, words, tone="muted")
        text.setWordWrap(True)
        column.addWidget(text)
        box = QWidget()
        inner = QVBoxLayout(box)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(4)
        self.confirm_field = TextField(self.theme)
        self.confirm_field.returnPressed.connect(self._ask_anonymise)
        self._confirm_label = buddy_label(self.theme, "", self.confirm_field)
        inner.addWidget(self._confirm_label)
        inner.addWidget(self.confirm_field)
        column.addWidget(box)
        self.erase_button = KeyButton(self.theme, _("Anonymise the person"), kind="danger")
        self.erase_button.clicked.connect(self._ask_anonymise)
        column.addWidget(self.erase_button)
        return frame

    # What happens --------------------------------------------------------------------------------------------------

    def open(self, code: str) -> None:
        """Another person, covered."""
        self._timer.stop()
        self.presenter.choose(code)
        self.export_box.clear()
        self.confirm_field.clear()
        self.purpose.set_options(self.presenter.purposes())
        self._show()
        (self.purpose if self.presenter.may_show else self.export_box.folder.field).setFocus()

    def cover(self) -> None:
        """Masked again: the time is over, or the panel is left."""
        self._timer.stop()
        self.presenter.cover()
        self._show()

    def main_action(self) -> None:
        """F12: show for a short time, or cover again."""
        if self.presenter.shown is not None:
            self.cover()
        elif self.presenter.may_show:
            purpose = self.purpose.code()
            lines = (self.presenter.confirmation, self.purpose.currentText())
            self._require("look", Approval(_("Show personal data"), lines), lambda by: self._uncover(purpose, by))

    def _uncover(self, purpose: str, approved_by: str | None) -> None:
        trouble = self.presenter.show(purpose, approved_by)
        self._show()
        if trouble is not None:
            self.shell.say(trouble)
            return
        self._timer.start()
        self.main_button.setFocus()

    def _ask_export(self) -> None:
        approval = Approval(_("Export the person's data"), (self.presenter.confirmation,))
        self._require("export_person", approval, self._start_export)

    def _start_export(self, approved_by: str | None) -> None:
        self._approved_by = approved_by
        self.export_box.start()

    def _export_work(self, folder: Path) -> Callable[[], Path]:
        return self.presenter.export_work(folder, self._approved_by)

    def _ask_anonymise(self) -> None:
        obstacle = self.presenter.obstacle(self.confirm_field.text())
        if obstacle is not None:
            self.shell.say(obstacle)
            self.confirm_field.setFocus()
            return
        approval = Approval(_("Anonymise the person"), (self.presenter.confirmation,))
        self._require("anonymise", approval, self._anonymise)

    def _anonymise(self, approved_by: str | None) -> None:
        self.erase_button.setEnabled(False)
        work = self.presenter.anonymise_work(approved_by)
        self.shell.workers.run(work, self._on_anonymised, self._on_failed)

    def _on_anonymised(self, result: Anonymised) -> None:
        message = self.presenter.anonymised(result)
        self.erase_button.setEnabled(True)
        self.confirm_field.clear()
        self._show()
        self.changed.emit()
        self.shell.say(message)

    def _on_failed(self, error: Exception) -> None:
        self.erase_button.setEnabled(True)
        self.shell.say(self.presenter.failed(error))

    # What is shown -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        presenter = self.presenter
        person = presenter.person()
        self.title.setText(person.name if person is not None else presenter.code)
        self.rows.show_rows([SumRow(label, value) for label, value in presenter.rows()])
        self.facts.show_facts([presenter.remark()])
        shown = presenter.shown is not None
        self._purpose_row.setVisible(presenter.may_show and not shown)
        self.main_button.setEnabled(presenter.may_show)
        self.main_button.setText(_("Cover again") if shown else _("Show briefly"))
        words = _("Type {code} to &confirm").format(code=presenter.confirmation)
        self._confirm_label.setText(words)
        self.confirm_field.setAccessibleName(words.replace("&", ""))
        self.export_box.setEnabled(presenter.may_export)
        self.confirm_field.setEnabled(presenter.may_erase)
        self.erase_button.setEnabled(presenter.may_erase)
        lock = "" if self.shell.counter.is_manager else "lock-outline"
        self.main_button.set_icon(lock)
        self.erase_button.set_icon(lock)
