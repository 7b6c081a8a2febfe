"""The agreement with one producer: its terms, and the paper to sign. Widgets only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_app.domain.errors import PosError
from pos_app.i18n import _
from pos_app.ledger import agreements
from pos_app.ledger.agreements import Agreement
from pos_app.services import agreeing
from pos_app.services.agreeing import AgreementIssuer
from pos_app.services.wording import describe
from pos_app.ui.messages import Message
from pos_app.ui.save_box import SaveBox
from pos_app.ui.screen import Shell
from pos_app.ui.screens.producer_data.facts_panel import COMPACT, WIDTH
from pos_app.ui.screens.producer_data.presenter import ProducerDataPresenter
from pos_app.ui.screens.producer_data.words import BEARERS, TENDERS, TERMS
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import AmountField, field_row
from pos_app.ui.widgets.forms import Choice, DateField
from pos_app.ui.widgets.side import SidePanel


class AgreementPanel(SidePanel):
    """``leaving`` asks for the page before; ``saving``, ``printing`` and ``exporting`` for a manager first."""

    leaving = Signal()
    saving = Signal()
    printing = Signal()
    exporting = Signal()

    def __init__(self, shell: Shell, presenter: ProducerDataPresenter) -> None:
        super().__init__(shell.theme, width=WIDTH, compact=COMPACT)
        theme = self.theme
        self.shell = shell
        self.presenter = presenter
        self.approved_by: str | None = None
        self.title = Text(theme, step="title", weight=700)
        self.title.setWordWrap(True)
        self.state = Facts(theme)
        self.day_field = DateField(theme, lambda: presenter.today)
        self.terms_choice = Choice(theme, [(code, _(words)) for code, words in TERMS.items()])
        self.tender_choice = Choice(theme, [(code, _(words)) for code, words in TENDERS.items()])
        self.bearer_choice = Choice(theme, [(code, _(words)) for code, words in BEARERS.items()])
        self.collect_field = AmountField(theme)
        self.notice_field = AmountField(theme)
        self.body.addWidget(self.title)
        self.body.addWidget(self.state)
        frame, column = padded_card()
        for words, field in (
            (_("&Agreed on"), self.day_field),
            (_("&Payout terms"), self.terms_choice),
            (_("&Method of payment"), self.tender_choice),
            (_("Goods &lost or damaged"), self.bearer_choice),
            (_("Unsold goods &fetched within (days)"), self.collect_field),
            (_("Price change &told before (days)"), self.notice_field),
        ):
            column.addWidget(field_row(theme, words, field, wrap=True))
        self.body.addWidget(frame)
        self.body.addWidget(self._paper_card())
        self.body.addStretch(1)
        back = KeyButton(theme, _("Back"), key="Esc", icon="arrow-left")
        back.clicked.connect(self.leaving)
        self.print_button = KeyButton(theme, _("Print the agreement"), key="F9")
        self.print_button.clicked.connect(self.printing)
        self.foot.addWidget(ActionBar(theme, [back, self.print_button]))
        self.main_button = KeyButton(theme, _("Save the terms"), key="F12", kind="main")
        self.main_button.clicked.connect(self.saving)
        self.foot.addWidget(self.main_button)

    def _paper_card(self) -> QWidget:
        theme = self.theme
        frame, column = padded_card()
        words = _("Name, NIK and address of the owner stand on it. Each time it is made, the look is noted.")
        title = Text(theme, _("Paper to sign, with duty stamp"), step="row", weight=700)
        for text in (title, Text(theme, words, tone="muted")):
            text.setWordWrap(True)
            column.addWidget(text)
        self.box = SaveBox(theme, self.shell.workers, _("Save as PDF"), self._work)
        self.box.ask = self.exporting.emit
        column.addWidget(self.box)
        return frame

    def open(self) -> None:
        """The agreement of the chosen producer, or a proposal."""
        row = self.presenter.producer()
        self.title.setText(row.business_name if row is not None else "")
        self.box.clear()
        self._show()
        self.day_field.setFocus()

    def _show(self) -> None:
        counter, code = self.presenter.counter, self.presenter.code
        held = agreements.agreement(counter.db, code)
        terms = held or agreeing.proposal(counter, code)
        self.state.show_facts([self.presenter.agreement_fact()])
        self.day_field.set_value(terms.agreed_on)
        self.terms_choice.choose(terms.payout_terms)
        self.tender_choice.choose(terms.pays_by)
        self.bearer_choice.choose(terms.loss_bearer)
        self.collect_field.set_value(terms.collect_days)
        self.notice_field.set_value(terms.notice_days)
        lock = "" if counter.is_manager else "lock-outline"
        for button in (self.main_button, self.print_button, self.box.button):
            button.set_icon(lock)
        self.print_button.setEnabled(held is not None)
        self.box.setEnabled(held is not None)

    def typed(self) -> Agreement | None:
        """The terms as typed; None where a day or a number is missing."""
        day, collect, notice = self.day_field.value(), self.collect_field.value(), self.notice_field.value()
        if day is None or collect is None or notice is None:
            return None
        return Agreement(
            self.presenter.code,
            day,
            self.terms_choice.code(),
            self.tender_choice.code(),  # type: ignore[arg-type]
            self.bearer_choice.code(),  # type: ignore[arg-type]
            collect,
            notice,
        )

    def save(self, terms: Agreement, approved_by: str | None) -> Message:
        """Records the terms, as they were typed when F12 was pressed."""
        try:
            agreeing.agree(self.presenter.counter, terms, approved_by)
        except PosError as error:
            return Message("E", describe(error))
        self._show()
        return Message("S", _("The agreement is recorded. Print it, or save it as PDF, and sign it."))

    def print_work(self, approved_by: str | None) -> Callable[[], bool]:
        """What a worker does to print the paper."""
        return AgreementIssuer(self.presenter.counter, self.presenter.code, approved_by).print_it

    def _work(self, folder: Path) -> Callable[[], Path]:
        issuer = AgreementIssuer(self.presenter.counter, self.presenter.code, self.approved_by)
        return lambda: issuer.save(folder)
