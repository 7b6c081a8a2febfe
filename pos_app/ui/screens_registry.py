"""The screens beside the counter: what builds each of them, by the name that the rail uses.

Each is imported when it is first shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pos_app.ui.counter_screens import Factory
from pos_app.ui.screen import Screen, Shell

if TYPE_CHECKING:
    from pos_app.ui.backup_worker import BackupWorker
    from pos_app.ui.sync_worker import SyncWorker


def office_factories(
    sync: Callable[[], SyncWorker], backup: Callable[[], BackupWorker], repair: Callable[[], None]
) -> Mapping[str, Factory]:
    """``sync`` and ``backup`` give the workers; they are asked when a screen first needs them.

    ``repair`` ends the window and begins the guided repair.
    """

    def close_shift(shell: Shell) -> Screen:
        from pos_app.ui.screens.close_shift.screen import CloseShiftScreen

        return CloseShiftScreen(shell, backup(), lambda: _send_if_joined(sync()))

    def sync_screen(shell: Shell) -> Screen:
        from pos_app.ui.screens.sync.screen import SyncScreen

        return SyncScreen(shell, sync(), backup())

    def safety(shell: Shell) -> Screen:
        from pos_app.ui.screens.safety.screen import SafetyScreen

        return SafetyScreen(shell, backup(), repair)

    return {
        "goods_in": _goods_in,
        "stock": _stock,
        "producers": _producers,
        "staff": _staff,
        "reports": _reports,
        "close_shift": close_shift,
        "sync": sync_screen,
        "settings": _settings,
        "safety": safety,
    }


def _send_if_joined(sync: SyncWorker) -> None:
    if sync.state().enrolled:
        sync.send_now()


def _goods_in(shell: Shell) -> Screen:
    from pos_app.ui.screens.goods_in.screen import GoodsInScreen

    return GoodsInScreen(shell)


def _stock(shell: Shell) -> Screen:
    from pos_app.ui.screens.stock.screen import StockScreen

    return StockScreen(shell)


def _producers(shell: Shell) -> Screen:
    from pos_app.ui.screens.producers.screen import ProducersScreen

    return ProducersScreen(shell)


def _staff(shell: Shell) -> Screen:
    from pos_app.ui.screens.staff.screen import StaffScreen

    return StaffScreen(shell)


def _reports(shell: Shell) -> Screen:
    from pos_app.ui.screens.reports.screen import ReportsScreen

    return ReportsScreen(shell)


def _settings(shell: Shell) -> Screen:
    from pos_app.ui.screens.settings.screen import SettingsScreen

    return SettingsScreen(shell)
