"""What is known of the chosen producer, covered where it is personal, and the ways to change it. Widgets only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_app.i18n import _
from pos_app.ui.screens.producer_data.presenter import ProducerDataPresenter
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.side import SidePanel
from pos_app.ui.widgets.sums import SumRow, Sums

WIDTH = 480
COMPACT = 440


class FactsPanel(SidePanel):
    """``asked`` names what is wanted: new, correct, certificates, agreement, person, board."""

    asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, width=WIDTH, compact=COMPACT)
        self.title = Text(theme, step="title", weight=700)
        self.title.setWordWrap(True)
        self.business = Sums(theme)
        self.remark = Facts(theme)
        self._card(self.title, self.business, self.remark)
        self.person = Sums(theme)
        self._person_card = self._card(Text(theme, _("Owner and bank"), step="row", weight=700), self.person)
        self.certificates = Facts(theme)
        self.agreement = Facts(theme)
        self.board_button = KeyButton(theme, _("Certificates that lapse"), key="Ctrl+T", kind="link")
        self.board_button.setProperty("code", "board")
        self.board_button.clicked.connect(self._on_clicked)
        self._papers_card = self._card(
            Text(theme, _("Certificates and agreement"), step="row", weight=700),
            self.certificates,
            self.board_button,
            self.agreement,
        )
        self.body.addStretch(1)
        buttons = []
        for code, words, key in (
            ("new", _("New producer"), "F3"),
            ("person", _("Personal data"), "F6"),
            ("certificates", _("Certificates"), "F7"),
            ("agreement", _("Agreement"), "F8"),
        ):
            button = KeyButton(theme, words, key=key)
            button.setProperty("code", code)
            button.clicked.connect(self._on_clicked)
            buttons.append(button)
        self.buttons = {str(button.property("code")): button for button in buttons}
        self.foot.addWidget(ActionBar(theme, buttons))
        self.main_button = KeyButton(theme, _("Correct the data"), key="F12", kind="main")
        self.main_button.setProperty("code", "correct")
        self.main_button.clicked.connect(self._on_clicked)
        self.foot.addWidget(self.main_button)

    def _card(self, *widgets: QWidget) -> QWidget:
        frame, column = padded_card()
        for widget in widgets:
            column.addWidget(widget)
        self.body.addWidget(frame)
        return frame

    def show_producer(self, presenter: ProducerDataPresenter) -> None:
        """The chosen producer, or that none is."""
        row = presenter.producer()
        found = row is not None
        for card in (self._person_card, self._papers_card):
            card.setVisible(found)
        for code in ("person", "certificates", "agreement"):
            self.buttons[code].setEnabled(found)
        self.main_button.setEnabled(row is not None and not row.erased)
        self.main_button.set_icon("" if presenter.counter.is_manager else "lock-outline")
        if row is None:
            self.title.setText(_("No producer is chosen"))
            self.business.show_rows([])
            words = _("Choose one in the list, or register a new one with F3.")
            self.remark.show_facts([(words, "information-outline", "muted")])
            return
        self.title.setText(row.business_name)
        self.business.show_rows([SumRow(label, value) for label, value in presenter.facts(row)])
        self.remark.show_facts([presenter.remark(row)])
        person = presenter.person(row)
        self._person_card.setVisible(bool(person))
        self.person.show_rows([SumRow(label, value) for label, value in person])
        self.certificates.show_facts(presenter.certificate_facts())
        self.agreement.show_facts([presenter.agreement_fact()])

    def _on_clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.asked.emit(str(sender.property("code")))
