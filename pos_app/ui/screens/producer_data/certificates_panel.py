"""The certificates of one producer: what is held, and recording one more or a newer one. Widgets only."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal

from pos_app.domain.certificates import KINDS, Certificate, Kind
from pos_app.domain.errors import PosError
from pos_app.i18n import _
from pos_app.ledger import producers
from pos_app.services import certificate_board
from pos_app.services.certificate_board import NAMES
from pos_app.services.producer_remarks import lapsing
from pos_app.services.wording import describe
from pos_app.ui.messages import Message
from pos_app.ui.screen import Shell
from pos_app.ui.screens.producer_data.facts_panel import COMPACT, WIDTH
from pos_app.ui.screens.producer_data.presenter import ProducerDataPresenter
from pos_app.ui.screens.producer_data.table_model import HeldModel
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import TextField, field_row
from pos_app.ui.widgets.forms import Choice, DateField
from pos_app.ui.widgets.side import SidePanel
from pos_app.ui.widgets.table import TwoLineTable

ROWS_HIGH = 200


class CertificatesPanel(SidePanel):
    """``leaving`` asks for the page before; ``saving`` and ``removing`` for a manager, then ``save`` and ``remove``."""

    leaving = Signal()
    saving = Signal()
    removing = Signal()

    def __init__(self, shell: Shell, presenter: ProducerDataPresenter) -> None:
        super().__init__(shell.theme, width=WIDTH, compact=COMPACT)
        theme = self.theme
        self.shell = shell
        self.presenter = presenter
        self.title = Text(theme, step="title", weight=700)
        self.title.setWordWrap(True)
        self.model = HeldModel()
        self.table = TwoLineTable(theme, self.model, empty=_("No certificates yet."))
        self.table.setAccessibleName(_("Certificates"))
        self.table.setMinimumHeight(ROWS_HIGH)
        self.table.row_changed.connect(self._on_row)
        self.kind_choice = Choice(theme, [(kind, _(NAMES[kind])) for kind in KINDS])
        self.kind_choice.chosen.connect(self._on_typed)
        self.goods_choice = Choice(theme)
        self.number_field = TextField(theme)
        self.number_field.textChanged.connect(self._on_typed)
        self.last_field = DateField(theme, lambda: presenter.today)
        self.last_field.textChanged.connect(self._on_typed)
        self.remark = Facts(theme)
        self.body.addWidget(self.title)
        self.body.addWidget(self.table, 1)
        frame, column = padded_card()
        column.addWidget(Text(theme, _("Record a certificate"), step="row", weight=700))
        for words, field in (
            (_("&Kind"), self.kind_choice),
            (_("&For"), self.goods_choice),
            (_("&Number"), self.number_field),
            (_("&Last day (empty: none, P-IRT by its number)"), self.last_field),
        ):
            column.addWidget(field_row(theme, words, field))
        column.addWidget(self.remark)
        self.body.addWidget(frame)
        back = KeyButton(theme, _("Back"), key="Esc", icon="arrow-left")
        back.clicked.connect(self.leaving)
        self.remove_button = KeyButton(theme, _("Remove"), key="Del")
        self.remove_button.clicked.connect(self.removing)
        self.foot.addWidget(ActionBar(theme, [back, self.remove_button]))
        self.main_button = KeyButton(theme, _("Save certificate"), key="F12", kind="main")
        self.main_button.clicked.connect(self.saving)
        self.foot.addWidget(self.main_button)

    def open(self) -> None:
        """The certificates of the chosen producer."""
        row = self.presenter.producer()
        self.title.setText(row.business_name if row is not None else "")
        goods = producers.goods(self.presenter.counter.db, [self.presenter.code])
        self.goods_choice.set_options([("", _("The whole business")), *((one.sku, one.name) for one in goods)])
        self.number_field.clear()
        self.last_field.set_value(None)
        self._show()
        self.kind_choice.setFocus()
        QTimer.singleShot(0, self, self._follow_focus)

    def _follow_focus(self) -> None:
        """Once everything has its place."""
        self.area.ensureWidgetVisible(self.kind_choice, 0, self.theme.px(48))

    def _show(self) -> None:
        lock = "" if self.presenter.counter.is_manager else "lock-outline"
        self.main_button.set_icon(lock)
        self.remove_button.set_icon(lock)
        self.model.set_rows(self.presenter.certificates())
        self.table.select_row(-1)
        self.remove_button.setEnabled(False)
        self._on_typed()

    def typed(self) -> Certificate:
        """What the form holds."""
        kind: Kind = self.kind_choice.code()  # type: ignore[assignment]
        return Certificate(kind, self.number_field.text(), self.last_field.value(), self.goods_choice.code())

    def obstacle(self) -> Message | None:
        """Why nothing can be saved yet."""
        if not self.number_field.text().strip():
            self.number_field.setFocus()
            return Message("W", _("Enter the number of the certificate."))
        if self.last_field.value() is None and self.last_field.text().strip(" _/"):
            self.last_field.setFocus()
            return Message("W", _("The last day is no date. Type day/month/year."))
        return None

    def save(self, one: Certificate, approved_by: str | None) -> Message:
        """Records a certificate, as it was typed when F12 was pressed."""
        try:
            certificate_board.keep(self.presenter.counter, self.presenter.code, one, approved_by)
        except PosError as error:
            return Message("E", describe(error))
        self.number_field.clear()
        self.last_field.set_value(None)
        self._show()
        self.kind_choice.setFocus()
        return Message("S", _("{kind} {number} recorded.").format(kind=_(NAMES[one.kind]), number=one.number.strip()))

    def remove(self, one: Certificate, approved_by: str | None) -> Message:
        """Removes a certificate that was chosen."""
        try:
            certificate_board.remove(self.presenter.counter, self.presenter.code, one.kind, one.sku, approved_by)
        except PosError as error:
            return Message("E", describe(error))
        self._show()
        return Message("I", _("{kind} {number} removed.").format(kind=_(NAMES[one.kind]), number=one.number))

    def chosen(self) -> Certificate | None:
        """The certificate of the chosen row."""
        row = self.table.current_row()
        return self.model.rows[row].certificate if 0 <= row < len(self.model.rows) else None

    def _on_row(self, row: int) -> None:
        if not 0 <= row < len(self.model.rows):
            return
        line = self.model.rows[row]
        self.remove_button.setEnabled(line.kept)
        self.kind_choice.choose(line.certificate.kind)
        self.goods_choice.choose(line.certificate.sku)
        self.number_field.setText(line.certificate.number)
        self.last_field.set_value(line.certificate.expires_on)

    def _on_typed(self) -> None:
        one = self.typed()
        reading = certificate_board.pirt_last_day(self.presenter.counter.db)
        words = certificate_board.remark(one.kind, one.number) or (
            lapsing(one, self.presenter.today, reading) if one.number.strip() else ""
        )
        self.remark.setVisible(bool(words))
        self.remark.show_facts([(words, "alert-outline", "warning")] if words else [])
