"""The board of certificates: lapsed, lapsing, missing; whom it affects, and the way to the producer. Widgets only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.services.certificate_board import Lapse
from pos_app.services.workbooks import Kind
from pos_app.ui.messages import Message
from pos_app.ui.reading import Reading
from pos_app.ui.save_box import SaveBox
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.certificates.presenter import ALL, FILTERS, FORMATS, CertificatesPresenter
from pos_app.ui.screens.certificates.table_model import LapsesModel
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import TextField, field_row
from pos_app.ui.widgets.forms import ChipRow, Choice
from pos_app.ui.widgets.side import SidePanel, TightColumns
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import TwoLineTable


class CertificatesScreen(Screen):
    """See the module."""

    name = "certificates"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        theme = self.theme
        self.presenter = CertificatesPresenter(shell.counter)
        self.search = TextField(theme, placeholder=_("Producer, number or goods"))
        self.search.textChanged.connect(self._on_search)
        self.search.returnPressed.connect(self.restore_focus)
        self.chips = ChipRow(theme, self.presenter.filters())
        self.chips.chosen.connect(self._on_filter)
        self.model = LapsesModel()
        self.table = TwoLineTable(
            theme,
            self.model,
            empty=_("Nothing to see to: no certificate lapses within 90 days, none is missing."),
            empty_icon="check-circle-outline",
        )
        self.table.setAccessibleName(_("Certificates that lapse"))
        self.table.row_changed.connect(self._on_row)
        self.table.row_activated.connect(self._on_activated_row)
        TightColumns(theme, self.table, (1,))
        self.reading = Reading(shell.workers)
        left = QVBoxLayout()
        left.setSpacing(8)
        for widget in (self.strip, self.search, self.chips):
            left.addWidget(widget)
        left.addWidget(self.table, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self._side())

    def _side(self) -> QWidget:
        theme = self.theme
        panel = SidePanel(theme, width=380, compact=340)
        frame, column = padded_card()
        self.name_text = Text(theme, step="title", weight=700)
        self.name_text.setWordWrap(True)
        self.details = Sums(theme)
        self.facts = Facts(theme)
        for widget in (self.name_text, self.details, self.facts):
            column.addWidget(widget)
        panel.body.addWidget(frame)
        box, column = padded_card()
        column.addWidget(Text(theme, _("Save the list"), step="row", weight=700))
        self.format_choice = Choice(theme, [(code, _(words)) for code, words in FORMATS.items()])
        column.addWidget(field_row(theme, _("F&ormat"), self.format_choice))
        self.box = SaveBox(theme, self.shell.workers, _("Save"), self._save_work)
        column.addWidget(self.box)
        panel.body.addWidget(box)
        panel.body.addStretch(1)
        self.main_button = KeyButton(theme, _("To the producer"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        panel.foot.addWidget(self.main_button)
        return panel

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Certificates")

    def commands(self) -> Sequence[Command]:
        return (
            Command("F2", _("Search"), self.search.setFocus),
            Command("Ctrl+F", _("Search"), self.search.setFocus),
            Command("F5", _("Read anew"), self._read),
        )

    def show_only(self, which: str) -> None:
        self.presenter.filter = which if which in FILTERS else ALL
        self.presenter.text = "" if which in FILTERS else which
        self.chips.choose(self.presenter.filter)
        self.search.setText(self.presenter.text)

    def activated(self) -> None:
        self._show()
        self._read()
        self.restore_focus()

    def deactivated(self) -> None:
        self.reading.stop()

    def default_focus(self) -> QWidget:
        return self.table

    def main_action(self) -> None:
        one = self._chosen()
        if one is None:
            self.shell.say(Message("W", _("Choose a line in the list.")))
            return
        self.shell.go("producer_data", one.producer)

    def escape(self) -> bool:
        if self.search.text():
            self.search.clear()
            self.restore_focus()
        else:
            self.shell.go("producers")
        return True

    # What happens --------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        self.reading.begin(self.presenter.today, self.presenter.work(), self._on_read, self._on_failed)

    def _on_read(self, lapses: list[Lapse]) -> None:
        self.presenter.lapses = lapses
        self._show()

    def _on_failed(self, error: Exception) -> None:
        self.shell.say(self.presenter.failed(error))

    def _on_filter(self, which: str) -> None:
        self.presenter.filter = which
        self._show()

    def _on_search(self, text: str) -> None:
        self.presenter.text = text
        self._show()

    def _on_row(self, row: int) -> None:  # noqa: ARG002
        self._show_chosen()

    def _on_activated_row(self, row: int) -> None:  # noqa: ARG002
        self.main_action()

    def _save_work(self, folder: Path) -> Callable[[], Path]:
        return self.presenter.save_work(cast(Kind, self.format_choice.code()), folder)

    # What is shown -------------------------------------------------------------------------------------------------

    def _chosen(self) -> Lapse | None:
        row = self.table.current_row()
        return self.model.rows[row] if 0 <= row < len(self.model.rows) else None

    def _show(self) -> None:
        self.chips.show_counts(self.presenter.counts())
        before = self._chosen()
        rows = self.presenter.rows()
        self.model.set_rows(rows)
        self.table.select_row(rows.index(before) if before in rows else 0)
        self._show_chosen()

    def _show_chosen(self) -> None:
        one = self._chosen()
        self.main_button.setEnabled(one is not None)
        self.box.button.setEnabled(bool(self.model.rows))
        if one is None:
            self.name_text.setText(_("Nothing is chosen"))
            self.details.show_rows([])
            self.facts.show_facts([])
            return
        self.name_text.setText(one.name)
        self._show_details(one)
        self._give_room()

    def _show_details(self, one: Lapse) -> None:
        self.details.show_rows([SumRow(label, value) for label, value in self.presenter.details(one)])
        self.facts.show_facts(
            [
                (self.presenter.goods_words(one), "store-outline", "text"),
                (self.presenter.advice(one), "information-outline", "muted"),
            ]
        )

    @staticmethod
    def _give_room() -> None:
        """Sentences of several lines get their height at once, not when the event loop comes round to each level."""
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
