"""The whole application over a corner, printing begun: what a paper test stands on."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app.i18n import set_language
from pos_app.ledger import print_queue
from pos_app.printing.devices import Network
from pos_app.services import printing
from pos_app.services.context import User
from pos_app.ui import print_worker
from pos_app.ui.application import Application
from tests.corner import Corner
from tests.ui.conftest import Till


@dataclass
class PrintingTill(Till):
    """A till with all that works beside its window."""

    application: Application


@pytest.fixture
def papers(
    qtbot: QtBot, qapp: QApplication, open_corner: Corner, cashier: User, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PrintingTill]:
    """A cashier at the whole application, whose printing has begun and waits as long as a printer takes here."""
    set_language("id")
    patient = partial(Network, connect_seconds=60.0, seconds=60.0, status_seconds=60.0)
    monkeypatch.setattr(printing, "Network", patient)
    monkeypatch.setattr(print_worker, "LOOK_MS", 20)
    for job in print_queue.waiting(open_corner.db):
        print_queue.cancel(open_corner.db, job.id)
    made = Application(qapp, open_corner.counter)
    made.window.resize(1366, 697)
    made.window.show()
    made.window.activateWindow()
    qtbot.waitActive(made.window)
    made.scanner.watch(made.window.windowHandle())
    open_corner.counter.user = cashier
    made.window.unlock()
    made.watch()
    made.printer.start()
    yield PrintingTill(made.window, open_corner, made.theme, made.scanner, made)
    made.stop()
    made.scanner.stop()
    made.window.close()
    made.window.deleteLater()
    QCoreApplication.sendPostedEvents(made.window, QEvent.Type.DeferredDelete.value)
