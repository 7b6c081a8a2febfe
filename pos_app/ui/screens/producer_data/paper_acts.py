"""What is done with certificates and the agreement of a producer: saved, removed, printed, as a file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from pos_app.domain.certificates import Certificate
from pos_app.i18n import _
from pos_app.ledger.agreements import Agreement
from pos_app.ui.messages import Message
from pos_app.ui.paper_words import past_the_queue
from pos_app.ui.widgets.pin import Approval

if TYPE_CHECKING:
    from pos_app.ui.screens.producer_data.screen import ProducerDataScreen


class PaperActs(QObject):
    """Asks for a manager where the rules do, and says what became of it."""

    def __init__(self, screen: ProducerDataScreen) -> None:
        super().__init__(screen)
        self.screen = screen

    def save_certificate(self) -> None:
        """F12 on the page of certificates."""
        obstacle = self.screen.certificates.obstacle()
        if obstacle is not None:
            self.screen.shell.say(obstacle)
            return
        one = self.screen.certificates.typed()
        approval = Approval(_("Save certificate"), (self.screen.presenter.code, one.number))
        self.screen.gate.require("producer_data", approval, partial(self._keep_certificate, one))

    def _keep_certificate(self, one: Certificate, approved_by: str | None) -> None:
        self.screen.shell.say(self.screen.certificates.save(one, approved_by))

    def remove_certificate(self) -> None:
        """Del: asks before a certificate goes."""
        one = self.screen.certificates.chosen()
        if one is not None and self.screen.certificates.remove_button.isEnabled():
            approval = Approval(_("Remove certificate"), (self.screen.presenter.code, one.number))
            self.screen.gate.require("producer_data", approval, partial(self._drop_certificate, one))

    def _drop_certificate(self, one: Certificate, approved_by: str | None) -> None:
        self.screen.shell.say(self.screen.certificates.remove(one, approved_by))

    def save_agreement(self) -> None:
        """F12 on the page of the agreement."""
        terms = self.screen.agreement.typed()
        if terms is None:
            self.screen.shell.say(Message("W", _("Enter the day of the agreement and both numbers of days.")))
            return
        approval = Approval(_("Save the terms"), (self.screen.presenter.code,))
        self.screen.gate.require("producer_data", approval, partial(self._keep_agreement, terms))

    def _keep_agreement(self, terms: Agreement, approved_by: str | None) -> None:
        self.screen.shell.say(self.screen.agreement.save(terms, approved_by))

    def print_agreement(self) -> None:
        """F9: the agreement on paper, a logged look."""
        screen = self.screen
        if screen.pages.currentWidget() is screen.agreement and screen.agreement.print_button.isEnabled():
            approval = Approval(_("Print the agreement"), (screen.presenter.code,))
            screen.gate.require("look", approval, self._print)

    def _print(self, approved_by: str | None) -> None:
        work = self.screen.agreement.print_work(approved_by)
        self.screen.shell.workers.run(work, self._on_printed, self.screen.failed)

    def _on_printed(self, printed: bool) -> None:
        self.screen.shell.say(past_the_queue(_("The agreement is printed."), printed=printed))

    def export_agreement(self) -> None:
        """The agreement as a file, a logged look."""
        self.screen.gate.require("look", Approval(_("Save as PDF"), (self.screen.presenter.code,)), self._export)

    def _export(self, approved_by: str | None) -> None:
        self.screen.agreement.approved_by = approved_by
        self.screen.agreement.box.start()
