"""The page on which a manager looks at what differs, says who bears it, and posts. Widgets only."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.formats import quantity_text
from pos_app.i18n import _
from pos_app.services.count_posting import Difference
from pos_app.ui.messages import Message
from pos_app.ui.screen import Shell
from pos_app.ui.screens.stock_count.differences import DifferencesPresenter, Which, signed_rupiah
from pos_app.ui.screens.stock_count.presenter import CountPresenter
from pos_app.ui.screens.stock_count.table_model import DifferenceModel
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import TextField, field_row
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.progress import Progress
from pos_app.ui.widgets.side import SidePanel, TightColumns
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import TwoLineTable
from sync.documents.base import Bearer


class DifferencePage(QWidget):
    """``posting`` when it is to be posted, ``counting`` when counting goes on, ``stopping`` while it is posted."""

    posting = Signal()
    counting = Signal()
    stopping = Signal()

    def __init__(self, shell: Shell, count: CountPresenter, presenter: DifferencesPresenter) -> None:
        super().__init__()
        self.shell = shell
        self.count = count
        self.presenter = presenter
        theme = shell.theme
        self.model = DifferenceModel(presenter)
        self.table = TwoLineTable(
            theme, self.model, empty=_("Everything was there."), empty_icon="check-circle-outline"
        )
        self.table.row_changed.connect(self._on_row_changed)
        TightColumns(theme, self.table, (1, 4))
        chips = [("differing", _("Differing")), ("again", _("Count again")), ("all", _("All"))]
        self.chips = ChipRow(theme, chips)
        self.chips.chosen.connect(self._on_filter)
        self.again_button = KeyButton(theme, _("Count again"), key="F6")
        self.again_button.clicked.connect(self.again)
        self.back_button = KeyButton(theme, _("Go on counting"), key="Esc", icon="arrow-left")
        self.back_button.clicked.connect(self.counting)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.chips)
        left.addWidget(self.table, 1)
        left.addWidget(ActionBar(theme, [self.back_button, self.again_button]))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self._side())

    def _side(self) -> SidePanel:
        theme = self.shell.theme
        panel = SidePanel(theme, width=360, compact=320)
        goods, column = padded_card()
        self.name_text = Text(theme, step="row", weight=700)
        self.name_text.setWordWrap(True)
        self.facts = Sums(theme)
        self.bearer_label = Text(theme, _("Who bears what is missing"))
        self.bearer_label.setWordWrap(True)
        self.bearer_chips = ChipRow(theme, [("producer", _("Producer")), ("corner", _("Corner"))])
        self.bearer_chips.chosen.connect(self._on_bearer)
        for widget in (self.name_text, self.facts, self.bearer_label, self.bearer_chips):
            column.addWidget(widget)
        card, column = padded_card()
        self.sums = Sums(theme)
        self.note_field = TextField(theme)
        self.note_field.setMaxLength(200)
        self.note_field.editingFinished.connect(self._on_note)
        column.addWidget(self.sums)
        column.addWidget(field_row(theme, _("&Note"), self.note_field))
        self.progress = Progress(theme)
        self.stop_button = KeyButton(theme, _("Stop"), key="Esc", icon="close")
        self.stop_button.clicked.connect(self.stopping)
        self.stop_button.hide()
        panel.body.addWidget(goods)
        panel.body.addWidget(card)
        panel.body.addStretch(1)
        panel.body.addWidget(self.progress)
        panel.body.addWidget(self.stop_button)
        self.main_button = KeyButton(theme, _("Approve & post"), key="F12", kind="main")
        self.main_button.clicked.connect(self.posting)
        panel.foot.addWidget(self.main_button)
        return panel

    def current(self) -> Difference | None:
        """The goods that are chosen."""
        place = self.table.current_row()
        return self.model.rows[place] if 0 <= place < len(self.model.rows) else None

    def again(self) -> None:
        """F6: the chosen goods are counted again."""
        one = self.current()
        if one is None:
            self.shell.say(Message("W", _("Choose the goods in the list.")))
            return
        self.shell.say(self.count.again(one.row.sku))
        self.count.go_on_counting()
        self.counting.emit()

    def set_posting(self, posting: bool) -> None:
        """While it is posted nothing else can be done."""
        for widget in (self.main_button, self.again_button, self.back_button, self.note_field, self.bearer_chips):
            widget.setEnabled(not posting)
        self.stop_button.setVisible(posting)
        self.progress.setVisible(posting)

    def _on_filter(self, which: str) -> None:
        self.presenter.which = cast(Which, which)
        self.show_rows()
        self.table.select_row(0)

    def _on_bearer(self, bearer: str) -> None:
        one = self.current()
        if one is not None:
            self.presenter.bear(one, cast(Bearer, bearer))
            self.show_rows()

    def _on_note(self) -> None:
        if self.count.session is not None and not self.presenter.once.is_open:
            self.presenter.keep_note(self.note_field.text().strip())

    def _on_row_changed(self, _row: int) -> None:
        self._show_chosen()

    # What is shown ---------------------------------------------------------------------------------------------------

    def show_all(self) -> None:
        """Everything anew."""
        session = self.count.session
        self.note_field.setText(self.presenter.note(session) if session is not None else "")
        self.chips.choose(self.presenter.which)
        self.main_button.set_icon("" if self.shell.counter.is_manager else "lock-outline")
        self.show_rows()
        if self.table.current_row() < 0:
            self.table.select_row(0)

    def show_rows(self) -> None:
        """List and figures anew."""
        chosen = self.current()
        self.model.set_rows(self.presenter.shown())
        sku = chosen.row.sku if chosen is not None else ""
        place = next((place for place, one in enumerate(self.model.rows) if one.row.sku == sku), -1)
        if place >= 0:
            self.table.select_row(place)
        self.chips.show_counts(self.presenter.counts())
        self.sums.show_rows(
            [SumRow(one.label, one.amount, one.tone, one.bold, one.icon) for one in self.presenter.sums()]
        )
        self._show_chosen()

    def _show_chosen(self) -> None:
        one = self.current()
        missing = one is not None and one.difference < 0
        for widget in (self.bearer_label, self.bearer_chips):
            widget.setVisible(missing)
        self.again_button.setEnabled(one is not None and not self.stop_button.isVisible())
        if one is None:
            self.name_text.setText("")
            self.facts.show_rows([])
            return
        self.name_text.setText(one.name)
        rows = [
            SumRow(_("Expected"), quantity_text(one.row.expected)),
            SumRow(_("Value"), signed_rupiah(one.value)),
            SumRow(_("Counted by"), self.count.name_of(one.row.counted_by)),
        ]
        if one.row.earlier is not None:
            who = self.count.name_of(one.row.earlier_by)
            found = quantity_text(one.row.earlier)
            rows.append(SumRow(_("First count"), f"{found} · {who}" if who else found))
        self.facts.show_rows(rows)
        if missing:
            self.bearer_chips.choose(one.borne_by)
