"""The window of the first start: asked before there is a ledger, gone before the till opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QEventLoop

from pos_app.i18n import language
from pos_app.ledger import registry
from pos_app.ledger.ledger import Ledger
from pos_app.services import backup_note
from pos_app.services.backup_note import Noted
from pos_app.services.setup import VaultFor
from pos_app.ui import settings_keys as keys
from pos_app.ui.application import qt_application
from pos_app.ui.screens.first_run.presenter import FirstRunPresenter, Join
from pos_app.ui.screens.first_run.restore_presenter import Restore
from pos_app.ui.screens.first_run.screen import FirstRunWindow
from pos_app.ui.theme import Theme, system_is_dark


def ask(
    home: Path,
    vault_for: VaultFor,
    now: Callable[[], datetime],
    restore: Restore,
    lost: Noted | None = None,
    *,
    join: Join | None = None,
    made: Callable[[Path | None], None] | None = None,
) -> Path | None:
    """The ledger that was set up or restored in ``home``; None when the window was closed without one.

    ``lost`` is what is known of a till that begins anew because its ledger is lost. ``join`` joins the centre;
    ``made`` hears at once of a new corner, and with None that it was taken back.
    """
    app = qt_application()
    theme = Theme(dark=system_is_dark())
    theme.apply(app)

    def look() -> dict[str, str]:
        return {
            keys.LANGUAGE: language(),
            keys.DARK: "1" if theme.dark else "0",
            keys.TEXT_SCALE: str(theme.wanted_scale),
        }

    presenter = FirstRunPresenter(home, vault_for, now, restore, lost, join=join, made=made, look=look)
    window = FirstRunWindow(presenter, theme)
    loop = QEventLoop()
    window.finished.connect(loop.quit)
    window.showMaximized()
    loop.exec()
    window.deleteLater()
    if presenter.made is not None and presenter.mode != "restore":
        keep_look(presenter.made, dark=theme.dark, scale=theme.wanted_scale)
    return presenter.made


def keep_look(path: Path, *, dark: bool, scale: int) -> None:
    """The language, theme and text size chosen at set-up become settings of the new ledger."""
    ledger = Ledger.open(path)
    try:
        with ledger.write() as tx:
            registry.set_setting(tx.db, keys.LANGUAGE, language())
            registry.set_setting(tx.db, keys.DARK, "1" if dark else "0")
            registry.set_setting(tx.db, keys.TEXT_SCALE, str(scale))
        backup_note.keep(ledger, anew=ledger.identity.beginning > 1)
    finally:
        ledger.close()
