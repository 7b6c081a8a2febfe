"""Before a restored till opens: fetch what it had sent, or sell first and know what that means. Widgets only."""

from __future__ import annotations

from pathlib import Path

from pos_app.i18n import _
from pos_app.ui.guide_window import GuideWindow, shown_for
from pos_app.ui.messages import Message
from pos_app.ui.rejoin.fetch_presenter import FetchBack, FetchPresenter
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import padded_card
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import TextField, field_row


class FetchWindow(GuideWindow):
    """Closing it opens the till, with what came or without it."""

    def __init__(self, theme: Theme, presenter: FetchPresenter) -> None:
        super().__init__(theme, _("A restored till"), "backup-restore")
        self.presenter = presenter
        self.back_button.setText(_("Sell first"))
        frame, column = padded_card(spacing=12)
        self.facts = Facts(theme)
        self.code_field = TextField(theme)
        self.code_field.returnPressed.connect(self.main_action)
        self._code_row = field_row(
            theme, _("Enrolment &code for a new computer (empty on the old one)"), self.code_field
        )
        for widget in (self.facts, self._code_row, self.progress):
            column.addWidget(widget)
        self.body.addWidget(frame)
        self.body.addStretch(1)
        self._show()

    def main_action(self) -> None:
        if self.presenter.came is not None:
            self.close()
            return
        self.run(_("Fetching from Diskoperin …"), self.presenter.work(self.code_field.text()), self._on_came)

    def failed(self, error: Exception) -> Message:
        return self.presenter.failed(error)

    def _on_came(self, entries: int) -> None:
        self.presenter.came = entries
        self.back_button.hide()
        self._code_row.hide()
        self._ended()

    def _on_failed(self, error: Exception) -> None:
        super()._on_failed(error)
        self.code_field.setFocus()

    def _ended(self) -> None:
        super()._ended()
        self._show()

    def _show(self) -> None:
        self.facts.show_facts(self.presenter.facts())
        self.main_button.setText(self.presenter.main_words())


def guide(path: Path, fetch: FetchBack) -> None:
    """Offer to fetch what a restored till had sent; the till opens after it in any case."""
    shown_for(
        path,
        lambda theme: FetchWindow(theme, FetchPresenter(path, fetch)),
        lambda window: window.main_button.setFocus(),
    )
