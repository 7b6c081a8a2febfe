"""Producers' data: found by any part, registered, corrected, with certificates and agreement. Widgets only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.services.producers import Entry, Index, Likeness
from pos_app.ui.messages import Message
from pos_app.ui.person.panel import PersonPanel
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.producer_data.agreement_panel import AgreementPanel
from pos_app.ui.screens.producer_data.certificates_panel import CertificatesPanel
from pos_app.ui.screens.producer_data.facts_panel import COMPACT, WIDTH, FactsPanel
from pos_app.ui.screens.producer_data.form_panel import FormPanel
from pos_app.ui.screens.producer_data.paper_acts import PaperActs
from pos_app.ui.screens.producer_data.presenter import ProducerDataPresenter
from pos_app.ui.screens.producer_data.table_model import ProducersModel
from pos_app.ui.widgets.basic import Text
from pos_app.ui.widgets.fields import TextField
from pos_app.ui.widgets.gate import Gate, Run
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import TightColumns
from pos_app.ui.widgets.table import TwoLineTable

NEW = "new"
"""``go("producer_data", NEW)`` opens the form for a new producer."""


class ProducerDataScreen(Screen):
    """See the module."""

    name = "producer_data"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        theme = self.theme
        self.presenter = ProducerDataPresenter(shell.counter)
        self.search = TextField(theme, placeholder=_("Name, code, kelurahan, number, owner or phone"))
        self.search.textChanged.connect(self._on_search)
        self.search.returnPressed.connect(self._to_list)
        self.model = ProducersModel()
        self.table = TwoLineTable(theme, self.model, empty=_("Nobody is found. Register a new producer with F3."))
        self.table.row_changed.connect(self._on_row)
        TightColumns(theme, self.table, (1, 2))
        self.count = Text(theme, tone="muted")
        self.count.setWordWrap(True)
        self.acts = PaperActs(self)
        self._wanted_new = False
        self._checking = self._reading = 0
        self._build()

    def _build(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        for widget in (self.strip, self.search):
            left.addWidget(widget)
        left.addWidget(self.table, 1)
        left.addWidget(self.count)
        self.pages = QStackedWidget()
        self.facts = FactsPanel(self.theme)
        self.facts.asked.connect(self._on_asked)
        self.form = FormPanel(self.theme, self.presenter)
        self.form.leaving.connect(self._to_facts)
        self.form.saving.connect(self.main_action)
        self.form.starting_over.connect(self._start_over)
        self.certificates = CertificatesPanel(self.shell, self.presenter)
        self.certificates.leaving.connect(self._to_facts)
        self.certificates.saving.connect(self.main_action)
        self.certificates.removing.connect(self.acts.remove_certificate)
        self.agreement = AgreementPanel(self.shell, self.presenter)
        self.agreement.leaving.connect(self._to_facts)
        self.agreement.saving.connect(self.main_action)
        self.agreement.printing.connect(self.acts.print_agreement)
        self.agreement.exporting.connect(self.acts.export_agreement)
        self.person = PersonPanel(self.shell, "producer", self._require, width=WIDTH, compact=COMPACT)
        self.person.leaving.connect(self._to_facts)
        self.person.changed.connect(self._on_person_changed)
        for page in (self.facts, self.form, self.certificates, self.agreement, self.person):
            self.pages.addWidget(page)
        self.gate = Gate(self.theme, self.shell.counter, self.pages)
        self.gate.closed.connect(self.restore_focus)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self.gate)

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Producer data")

    def commands(self) -> Sequence[Command]:
        return (
            Command("F2", _("Search"), self.search.setFocus),
            Command("Ctrl+F", _("Search"), self.search.setFocus),
            Command("F3", _("New producer"), partial(self._on_asked, "new")),
            Command("F5", _("Read anew"), self._read),
            Command("F6", _("Personal data"), partial(self._on_asked, "person")),
            Command("F7", _("Certificates"), partial(self._on_asked, "certificates")),
            Command("F8", _("Agreement"), partial(self._on_asked, "agreement")),
            Command("F9", _("Print the agreement"), self.acts.print_agreement),
            Command("Ctrl+T", _("Certificates that lapse"), partial(self._on_asked, "board")),
        )

    def show_only(self, which: str) -> None:
        self.gate.close_question()
        self._to_facts()
        self._wanted_new = which == NEW
        if not self._wanted_new:
            self.presenter.code = which
            self.search.clear()
            if all(one.code != which for one in self.presenter.listed()):
                self.search.setText(which)  # beyond what the list shows at once

    def activated(self) -> None:
        self._show_list()
        self._read()
        if self._wanted_new:
            self._wanted_new = False
            self._on_asked("new")
        else:
            self.restore_focus()

    def deactivated(self) -> None:
        self.form.keep()
        self.gate.close_question()
        self._to_facts()
        self._reading += 1
        self.presenter.forget()

    def default_focus(self) -> QWidget:
        page = self.pages.currentWidget()
        if page is self.form:
            return self.form.fields["business_name" if self.presenter.may_change_facts else "owner_name"]
        if page is self.certificates:
            return self.certificates.kind_choice
        if page is self.agreement:
            return self.agreement.day_field
        return self.person.main_button if page is self.person else self.table

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.certificates.table.hasFocus():
            self.acts.remove_certificate()
        else:
            super().keyPressEvent(event)

    def escape(self) -> bool:
        if self.gate.asking:
            self.gate.close_question()
        elif self.pages.currentWidget() is not self.facts:
            self._to_facts()
            self.restore_focus()
        elif self.search.text():
            self.search.clear()
        else:
            return False
        return True

    def main_action(self) -> None:
        page = self.pages.currentWidget()
        if self.gate.asking:
            self.gate.accept()
        elif page is self.form:
            self._save_form()
        elif page is self.certificates:
            self.acts.save_certificate()
        elif page is self.agreement:
            self.acts.save_agreement()
        elif page is self.person:
            self.person.main_action()
        else:
            self._on_asked("correct")

    def _on_person_changed(self) -> None:
        self._show_list()
        self._read()

    # Pages ---------------------------------------------------------------------------------------------------------

    def _on_asked(self, what: str) -> None:
        if self.gate.asking:
            return
        if what == "board":
            self.shell.go("certificates")
            return
        if what != "new" and self.presenter.producer() is None:
            self.shell.say(Message("W", _("Choose a producer in the list.")))
            return
        self.form.keep()
        self.shell.hush()
        if what == "new":
            self._show_form(self.presenter.begin_new())
        elif what == "correct":
            self._ask_correction()
        else:
            self._leave_page()
            self._open_page(what)

    def _open_page(self, what: str) -> None:
        if what == "person":
            self.pages.setCurrentWidget(self.person)
            self.person.open(self.presenter.code)
        elif what == "agreement":
            self.pages.setCurrentWidget(self.agreement)
            self.agreement.open()
        else:
            self.pages.setCurrentWidget(self.certificates)
            self.certificates.open()

    def _ask_correction(self) -> None:
        row = self.presenter.producer()
        if row is None or row.erased:
            return
        lines = (row.business_name, _("The personal data is shown; the look is noted."))
        self._require("producer_data", Approval(_("Correct the data"), lines), self._correct)

    def _correct(self, approved_by: str | None) -> None:
        message = self.presenter.begin_correction(approved_by)
        if message is not None and message.kind == "E":
            self.shell.say(message)
        else:
            self._show_form(message)

    def _show_form(self, message: Message | None) -> None:
        if message is not None:
            self.shell.say(message)
        self.person.cover()
        self.pages.setCurrentWidget(self.form)
        self.form.show_entry()

    def _start_over(self) -> None:
        message = self.presenter.start_over()
        if message is not None:
            self.shell.say(message)
        if self.presenter.editing is not None:
            self.form.show_entry()

    def _leave_page(self) -> None:
        self.person.cover()
        self.form.keep()
        self.form.forget()
        self.presenter.leave()

    def _to_facts(self) -> None:
        self._leave_page()
        self.pages.setCurrentWidget(self.facts)
        self.facts.show_producer(self.presenter)

    def _require(self, action: str, approval: Approval, run: Run) -> None:
        self.gate.require(action, approval, run)

    # Saving --------------------------------------------------------------------------------------------------------

    def _save_form(self) -> None:
        obstacle = self.presenter.obstacle()
        if obstacle is not None:
            self.shell.say(obstacle)
            return
        self.form.keep()
        self._checking += 1
        entry = self.presenter.entry
        if not self.presenter.may_be_another:
            self._ask_to_save(entry)
            return
        done = partial(self._on_likenesses, self._checking, entry)
        self.shell.workers.run(self.presenter.likeness_work(), done, self.failed)

    def _on_likenesses(self, number: int, entry: Entry, found: list[Likeness]) -> None:
        if number != self._checking or self.presenter.editing is None or self.presenter.entry != entry:
            return
        if not found:
            self._ask_to_save(entry)
            return
        message = Message("W", self.presenter.question(found))
        message = message.with_action(_("Save all the same"), partial(self._ask_to_save, entry))
        look = partial(self._look_at, found[0].code)
        self.shell.say(message.with_other(_("Look at it"), look, "F9"))

    def _look_at(self, code: str) -> None:
        """The draft stays; F3 brings it back."""
        self._to_facts()
        self.presenter.code = code
        self.search.setText(code)
        self.restore_focus()

    def _ask_to_save(self, entry: Entry) -> None:
        if self.presenter.editing is None or self.presenter.entry != entry:
            return
        self.shell.hush()
        if self.presenter.approved_by is not None:
            self._save(None)
            return
        approval = Approval(_("Save a producer"), (entry.business_name,))
        self._require("producer_data", approval, self._save)

    def _save(self, approved_by: str | None) -> None:
        message = self.presenter.save(approved_by)
        if message.kind != "E":
            self._to_facts()
            self._read()
            if self.presenter.code not in [one.code for one in self.presenter.listed()]:
                self.search.setText(self.presenter.code)
            self._show_list()
            self.restore_focus()
        self.shell.say(message)

    # The list ------------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        """The index anew; until it is there, what lies open is searched."""
        self.presenter.forget()
        self._reading += 1
        self.shell.workers.run(self.presenter.index_work(), partial(self._on_index, self._reading), self.failed)

    def _on_index(self, number: int, index: Index) -> None:
        if number == self._reading and self.isVisible():
            self.presenter.index = index
            self._show_list()

    def failed(self, error: Exception) -> None:
        """Slow work was not done."""
        self.shell.say(self.presenter.failed(error))

    def _on_search(self, text: str) -> None:
        self.presenter.text = text
        self._show_list()

    def _to_list(self) -> None:
        if self.model.rows:
            self.table.select_row(max(self.table.current_row(), 0))
            self.table.setFocus()

    def _on_row(self, row: int) -> None:
        if not 0 <= row < len(self.model.rows):
            return
        code = self.model.rows[row].code
        if code == self.presenter.code:
            return
        self.gate.close_question()  # it was about another producer
        self.presenter.code = code
        self._to_facts()

    def _show_list(self) -> None:
        found = self.presenter.listed()
        chosen = self.presenter.code
        self.table.blockSignals(True)
        self.model.set_rows(found)
        place = next((row for row, one in enumerate(found) if one.code == chosen), 0 if found else -1)
        self.table.select_row(place)
        self.table.blockSignals(False)
        self.count.setText(self.presenter.count_words(len(found)))
        if self.pages.currentWidget() is self.facts:
            self.presenter.code = found[place].code if found else ""
            self.facts.show_producer(self.presenter)
