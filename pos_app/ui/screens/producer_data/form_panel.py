"""The form about a producer: clear groups, a sentence under every doubtful field. Widgets only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.services.producers import PERSONAL, Entry
from pos_app.ui.screens.producer_data.facts_panel import COMPACT, WIDTH
from pos_app.ui.screens.producer_data.presenter import ProducerDataPresenter
from pos_app.ui.screens.producer_data.words import CLASSES, TERMS
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import TextField, field_row
from pos_app.ui.widgets.forms import Choice, DateField, Tick
from pos_app.ui.widgets.side import SidePanel
from sync.protocol.registry_fields import KELURAHAN

SAVE_AFTER_MS: Final = 500
"""So long after the last key what is typed is kept."""


class FormPanel(SidePanel):
    """``leaving`` asks for the page before, ``saving`` for F12, ``starting_over`` to forget what was typed."""

    leaving = Signal()
    saving = Signal()
    starting_over = Signal()

    def __init__(self, theme: Theme, presenter: ProducerDataPresenter) -> None:
        super().__init__(theme, width=WIDTH, compact=COMPACT)
        self.presenter = presenter
        self._filling = False
        self._remarks: dict[str, Facts] = {}
        self.fields: dict[str, TextField] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER_MS)
        self._timer.timeout.connect(presenter.keep)
        self.title = Text(theme, step="title", weight=700)
        self.title.setWordWrap(True)
        self.note = Facts(theme)
        self.body.addWidget(self.title)
        self.body.addWidget(self.note)
        self._build()
        self.body.addStretch(1)
        back = KeyButton(theme, _("Back"), key="Esc", icon="arrow-left")
        back.clicked.connect(self.leaving)
        over = KeyButton(theme, _("Start over"))
        over.clicked.connect(self.starting_over)
        self.foot.addWidget(ActionBar(theme, [back, over]))
        self.main_button = KeyButton(theme, _("Save"), key="F12", kind="main")
        self.main_button.clicked.connect(self.saving)
        self.foot.addWidget(self.main_button)

    def _build(self) -> None:
        theme = self.theme
        self.class_choice = Choice(theme, [(code, _(words)) for code, words in CLASSES.items()])
        self.terms_choice = Choice(theme, [(code, _(words)) for code, words in TERMS.items()])
        self.kelurahan_choice = Choice(theme)
        self.halal_expires = DateField(theme, lambda: self.presenter.today)
        for choice in (self.class_choice, self.terms_choice, self.kelurahan_choice):
            choice.chosen.connect(self._on_typed)
        self.halal_expires.textChanged.connect(self._on_typed)
        self._group(
            _("The business"),
            self._text("business_name", _("&Name of the business")),
            field_row(theme, _("&Class"), self.class_choice),
            self._with_remark("kelurahan", field_row(theme, _("&Kelurahan"), self.kelurahan_choice)),
            field_row(theme, _("&Payout terms"), self.terms_choice),
        )
        self._group(
            _("Permits"),
            self._text("nib", _("N&IB")),
            self._text("pirt", _("P-I&RT")),
            self._text("halal_no", _("&Halal certificate")),
            self._with_remark(
                "halal_expires", field_row(theme, _("Halal: &last day (empty: none)"), self.halal_expires)
            ),
        )
        self._group(
            _("Owner"),
            self._text("owner_name", _("&Owner's name")),
            self._text("phone", _("Pho&ne")),
            self._text("nik", _("NI&K (on the agreement only)")),
            self._text("npwp", _("NP&WP")),
            self._text("address", _("&Address")),
        )
        self.account_tick = Tick(theme, _("Show the account number"))
        self.account_tick.toggled.connect(self._on_tick)
        self._group(
            _("Bank"),
            self._text("bank_name", _("&Bank")),
            self._text("bank_account", _("Acco&unt number")),
            self.account_tick,
        )

    def _group(self, title: str, *widgets: QWidget) -> None:
        frame, column = padded_card()
        column.addWidget(Text(self.theme, title, step="row", weight=700))
        for widget in widgets:
            column.addWidget(widget)
        self.body.addWidget(frame)

    def _text(self, name: str, label: str) -> QWidget:
        field = self.fields[name] = TextField(self.theme)
        field.textChanged.connect(self._on_typed)
        return self._with_remark(name, field_row(self.theme, label, field))

    def _with_remark(self, name: str, row: QWidget) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(row)
        remark = self._remarks[name] = Facts(self.theme)
        remark.hide()
        column.addWidget(remark)
        return box

    # What happens --------------------------------------------------------------------------------------------------

    def show_entry(self) -> None:
        """The form with what the presenter holds."""
        presenter, entry = self.presenter, self.presenter.entry
        self._timer.stop()
        self._filling = True
        places = sorted(KELURAHAN | ({entry.kelurahan} if entry.kelurahan else set()))
        self.kelurahan_choice.set_options([("", "-"), *((place, place) for place in places)])
        self.kelurahan_choice.choose(entry.kelurahan)
        self.class_choice.choose(entry.class_)
        self.terms_choice.choose(entry.payout_terms)
        self.halal_expires.set_value(entry.halal_expires)
        for name, field in self.fields.items():
            field.setText(getattr(entry, name))
            field.setCursorPosition(0)
        self._filling = False
        new = not presenter.editing
        self.title.setText(_("New producer") if new else entry.business_name)
        self.account_tick.setChecked(new)
        self._on_tick(new)
        free = presenter.may_change_facts
        for widget in self._fact_widgets():
            widget.setEnabled(free)
        self.note.show_facts([self._note(new=new, free=free)])
        self.main_button.setText(_("Register") if new else _("Save"))
        self._show_remarks(presenter.typed(entry))
        first = self.fields["business_name"] if free else self.fields["owner_name"]
        first.setFocus()
        self.area.verticalScrollBar().setValue(0)
        QTimer.singleShot(0, self, partial(self._bring_into_view, first))

    def _bring_into_view(self, field: QWidget) -> None:
        """Once everything has its place."""
        self.area.ensureWidgetVisible(field, 0, self.theme.px(48))

    def _fact_widgets(self) -> Sequence[QWidget]:
        texts = [field for name, field in self.fields.items() if name not in PERSONAL]
        return [*texts, self.class_choice, self.kelurahan_choice, self.terms_choice, self.halal_expires]

    @staticmethod
    def _note(*, new: bool, free: bool) -> tuple[str, str, str]:
        if new:
            words = _("Only the name is required. Doubtful numbers are told, not refused.")
            return words, "information-outline", "muted"
        if free:
            return _("This look is kept with its reason: correction."), "lock-outline", "muted"
        words = _("From Diskoperin's list: its name and numbers would be overwritten. Correct person and bank here.")
        return words, "cloud-check-outline", "warning"

    def _on_tick(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.fields["bank_account"].setEchoMode(mode)

    def _on_typed(self) -> None:
        if not self._filling:
            self._show_remarks(self.presenter.typed(self._entry()))
            self._timer.start()

    def _entry(self) -> Entry:
        return Entry(
            class_=self.class_choice.code(),
            kelurahan=self.kelurahan_choice.code(),
            payout_terms=self.terms_choice.code(),
            halal_expires=self.halal_expires.value(),
            **{name: field.text() for name, field in self.fields.items()},
        )

    def _show_remarks(self, found: dict[str, str]) -> None:
        for name, remark in self._remarks.items():
            words = found.get(name, "")
            remark.setVisible(bool(words))
            remark.show_facts([(words, "alert-outline", "warning")] if words else [])

    def remark(self, name: str) -> str:
        """The sentence under a field; empty for none."""
        return self._remarks[name].text() if not self._remarks[name].isHidden() else ""

    def keep(self) -> None:
        """Keeps what is typed at once."""
        if self._timer.isActive():
            self._timer.stop()
            self.presenter.keep()

    def forget(self) -> None:
        """Nothing personal stays in the fields."""
        self._timer.stop()
        self._filling = True
        for field in self.fields.values():
            field.clear()
        self._filling = False
