"""The screens beside the counter: what builds each of them, by the name that the rail uses.

Each is imported when it is first shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from pos_app.ui.counter_screens import Factory
from pos_app.ui.screen import Screen, Shell

if TYPE_CHECKING:
    from pos_app.ui.backup_worker import BackupWorker
    from pos_app.ui.print_worker import PrintWorker
    from pos_app.ui.sync_worker import SyncWorker


def office_factories(
    sync: Callable[[], SyncWorker],
    backup: Callable[[], BackupWorker],
    repair: Callable[[], None],
    printer: Callable[[], PrintWorker] | None = None,
    rejoin: Callable[[], None] | None = None,
) -> Mapping[str, Factory]:
    """``sync``, ``backup`` and ``printer`` give the workers; they are asked when a screen first needs them.

    ``repair`` ends the window and begins the guided repair, ``rejoin`` the guide that puts two histories together.
    """

    def close_shift(shell: Shell) -> Screen:
        from pos_app.ui.screens.close_shift.screen import CloseShiftScreen

        return CloseShiftScreen(shell, backup(), sync())

    def sync_screen(shell: Shell) -> Screen:
        from pos_app.ui.screens.sync.screen import SyncScreen

        return SyncScreen(shell, sync(), backup(), rejoin)

    def setup(shell: Shell) -> Screen:
        from pos_app.ui.screens.setup.screen import SetupScreen
        from pos_app.ui.setup_steps import make_steps

        return SetupScreen(shell, partial(make_steps, backup()))

    def safety(shell: Shell) -> Screen:
        from pos_app.ui.screens.safety.screen import SafetyScreen

        return SafetyScreen(shell, backup(), repair)

    def papers_queue(shell: Shell) -> Screen:
        from pos_app.ui.screens.papers_queue.screen import PapersQueueScreen

        return PapersQueueScreen(shell, printer() if printer is not None else None)

    return {
        **PLAIN,
        "papers_queue": papers_queue,
        "close_shift": close_shift,
        "sync": sync_screen,
        "safety": safety,
        "setup": setup,
    }


def _goods_in(shell: Shell) -> Screen:
    from pos_app.ui.screens.goods_in.screen import GoodsInScreen

    return GoodsInScreen(shell)


def _stock(shell: Shell) -> Screen:
    from pos_app.ui.screens.stock.screen import StockScreen

    return StockScreen(shell)


def _stock_count(shell: Shell) -> Screen:
    from pos_app.ui.screens.stock_count.screen import StockCountScreen

    return StockCountScreen(shell)


def _labels(shell: Shell) -> Screen:
    from pos_app.ui.screens.labels.screen import LabelsScreen

    return LabelsScreen(shell)


def _expiring(shell: Shell) -> Screen:
    from pos_app.ui.screens.expiring.screen import ExpiringScreen

    return ExpiringScreen(shell)


def _losses(shell: Shell) -> Screen:
    from pos_app.ui.screens.losses.screen import LossesScreen

    return LossesScreen(shell)


def _products(shell: Shell) -> Screen:
    from pos_app.ui.screens.products.screen import ProductsScreen

    return ProductsScreen(shell)


def _producers(shell: Shell) -> Screen:
    from pos_app.ui.screens.producers.screen import ProducersScreen

    return ProducersScreen(shell)


def _producer_data(shell: Shell) -> Screen:
    from pos_app.ui.screens.producer_data.screen import ProducerDataScreen

    return ProducerDataScreen(shell)


def _certificates(shell: Shell) -> Screen:
    from pos_app.ui.screens.certificates.screen import CertificatesScreen

    return CertificatesScreen(shell)


def _settlement_run(shell: Shell) -> Screen:
    from pos_app.ui.screens.settlement_run.screen import SettlementRunScreen

    return SettlementRunScreen(shell)


def _staff(shell: Shell) -> Screen:
    from pos_app.ui.screens.staff.screen import StaffScreen

    return StaffScreen(shell)


def _reports(shell: Shell) -> Screen:
    from pos_app.ui.screens.reports.screen import ReportsScreen

    return ReportsScreen(shell)


def _opening(shell: Shell) -> Screen:
    from pos_app.ui.screens.opening.screen import OpeningScreen

    return OpeningScreen(shell)


def _activity(shell: Shell) -> Screen:
    from pos_app.ui.screens.activity.screen import ActivityScreen

    return ActivityScreen(shell)


def _qris_match(shell: Shell) -> Screen:
    from pos_app.ui.screens.qris_match.screen import QrisMatchScreen

    return QrisMatchScreen(shell)


def _settings(shell: Shell) -> Screen:
    from pos_app.ui.screens.settings.screen import SettingsScreen

    return SettingsScreen(shell)


def _producer_statement(shell: Shell) -> Screen:
    from pos_app.ui.screens.producer_statement.screen import ProducerStatementScreen

    return ProducerStatementScreen(shell)


def _producer_board(shell: Shell) -> Screen:
    from pos_app.ui.screens.producer_board.screen import ProducerBoardScreen

    return ProducerBoardScreen(shell)


def _ageing(shell: Shell) -> Screen:
    from pos_app.ui.screens.ageing.screen import AgeingScreen

    return AgeingScreen(shell)


PLAIN: Final[Mapping[str, Factory]] = {
    "goods_in": _goods_in,
    "stock": _stock,
    "stock_count": _stock_count,
    "labels": _labels,
    "products": _products,
    "expiring": _expiring,
    "losses": _losses,
    "producers": _producers,
    "settlement_run": _settlement_run,
    "producer_data": _producer_data,
    "certificates": _certificates,
    "staff": _staff,
    "reports": _reports,
    "qris_match": _qris_match,
    "activity": _activity,
    "settings": _settings,
    "opening": _opening,
    "producer_statement": _producer_statement,
    "producer_board": _producer_board,
    "ageing": _ageing,
}
"""Screens that need nothing but the shell."""
