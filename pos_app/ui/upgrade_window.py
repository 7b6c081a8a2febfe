"""While the ledger of an older program is made ready for this one: a window that says so, with its progress."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from pos_app.i18n import _
from pos_app.ledger.ledger import Ledger
from pos_app.ui.guide_window import GuideWindow, shown_for
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.worker import Tell

PATIENCE_MS: Final = 400
"""An upgrade that is over before that is not worth a window."""

Upgrade = Callable[[Tell], None]


class UpgradeWindow(GuideWindow):
    """Closes by itself when the upgrade is over; ``error`` is what ended it otherwise."""

    def __init__(self, theme: Theme, upgrade: Upgrade) -> None:
        super().__init__(theme, _("Upgrading the ledger"), "backup-restore")
        self.error: Exception | None = None
        self._upgrade = upgrade
        frame, column = padded_card(spacing=12)
        text = Text(
            theme,
            _("The ledger of an older program is made ready for this one. It was copied first; please wait."),
            step="row",
        )
        text.setWordWrap(True)
        column.addWidget(text)
        column.addWidget(self.progress)
        self.body.addWidget(frame)
        self.body.addStretch(1)
        self.main_button.hide()
        self.back_button.hide()
        self.back_button.setEnabled(False)

    def start(self) -> None:
        """Begin the upgrade."""
        self.run(_("Upgrading …"), self._upgrade, self._on_done)

    def main_action(self) -> None:
        """Nothing: it ends by itself."""

    def _on_done(self, _nothing: None) -> None:
        self.back_button.setEnabled(True)
        self.close()

    def _on_failed(self, error: Exception) -> None:
        self.error = error
        self._on_done(None)


def upgrade(path: Path) -> None:
    """Bring a ledger to this program's schema on a worker, with a window once it takes a moment.

    Raises what ``Ledger.open`` does.
    """
    window = shown_for(
        path,
        lambda theme: UpgradeWindow(theme, lambda tell: Ledger.open(path, tell).close()),
        UpgradeWindow.start,
        after=PATIENCE_MS,
    )
    if window.error is not None:
        raise window.error
