"""The rounds of the exchange: spread, soon again when the network returns, once more for what came meanwhile."""

import random

import pytest
from PySide6.QtNetwork import QNetworkInformation
from pytestqt.qtbot import QtBot

from pos_app import logbook
from pos_app.ledger.exchange_facts import put_facts
from pos_app.services import exchange
from pos_app.services.exchange import ExchangeFailed
from pos_app.ui.network_return import NetworkReturn
from pos_app.ui.sync_worker import IDLE_SECONDS, START_SECONDS, START_SPREAD, SyncWorker
from pos_app.ui.worker import Stopped, Workers
from tests.corner import Corner

Reach = QNetworkInformation.Reachability


@pytest.fixture
def worker(open_corner: Corner, qtbot: QtBot) -> SyncWorker:
    known = {"device_id": "d", "url": "http://127.0.0.1:9", "timeline_id": "t", "centre_key": "00" * 32}
    with open_corner.ledger.write() as tx:
        put_facts(tx.db, known)
    return SyncWorker(open_corner.counter, Workers())


def test_the_first_rounds_of_many_tills_are_spread(open_corner: Corner, qtbot: QtBot) -> None:
    random.seed(6)
    firsts = [SyncWorker(open_corner.counter, Workers()).seconds_to_next for _till in range(40)]
    assert min(firsts) >= START_SECONDS - 1
    assert max(firsts) <= START_SECONDS + START_SPREAD
    assert max(firsts) - min(firsts) > START_SPREAD / 2


def test_a_network_that_returns_brings_the_next_round_soon(worker: SyncWorker) -> None:
    worker._wait(900.0)
    watch = NetworkReturn(worker.hasten)
    watch.take(Reach.Online)
    assert worker.seconds_to_next > 800
    watch.take(Reach.Disconnected)
    assert worker.seconds_to_next > 800
    watch.take(Reach.Online)
    assert worker.seconds_to_next <= 6


def test_what_is_recorded_while_a_round_is_under_way_is_sent_by_another_one(worker: SyncWorker, qtbot: QtBot) -> None:
    with qtbot.waitSignal(worker.changed):
        worker.send_now()
        worker.send_what_is_new()
    assert worker.seconds_to_next == 0
    with qtbot.waitSignal(worker.changed):
        worker._on_tick()
        assert worker.running


def test_a_round_that_was_stopped_is_no_failure(worker: SyncWorker, qtbot: QtBot) -> None:
    seen: list[Exception] = []

    def work(_ledger: object, _vault: object, _client: object, tell: object) -> dict[str, object]:
        assert callable(tell)
        while True:
            tell("catalogue", 100, 250)

    with qtbot.waitSignal(worker.changed):
        worker._exchange(work, None, seen.append)
        qtbot.waitUntil(lambda: worker.progress == ("catalogue", 100, 250))
        worker.halt()
    assert [type(error) for error in seen] == [Stopped]
    assert worker.progress is None
    assert not worker.running
    assert IDLE_SECONDS / 2 < worker.seconds_to_next <= IDLE_SECONDS * 6 / 5


def test_a_round_that_breaks_is_in_the_log_and_on_the_screen_whoever_began_it(
    worker: SyncWorker, open_corner: Corner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with an answer that no reader was ready for; a round of the timer has nobody who waits for it."""

    def breaks(*_parts: object) -> dict[str, object]:
        raise RecursionError("too deep \x1b[2J")

    monkeypatch.setattr(exchange, "sync", breaks)
    worker._wait(0.0)
    with qtbot.waitSignal(worker.changed):
        worker._on_tick()
    state = exchange.exchange_state(open_corner.ledger)
    assert (state.problem, state.problem_detail) == ("broken", "RecursionError: too deep  [2J")
    assert "exchange_broke error=RecursionError at=test_sync_worker.py:" in logbook.lines()[-1]
    assert not worker.running
    assert worker.seconds_to_next <= 5


def test_what_the_centre_asks_for_holds_when_the_network_returns_too(worker: SyncWorker, qtbot: QtBot) -> None:
    def busy(*_parts: object) -> dict[str, object]:
        raise ExchangeFailed("busy", "unavailable", "", 3_600.0)

    with qtbot.waitSignal(worker.changed):
        worker._exchange(busy, None, None)
    assert worker.seconds_to_next > 3_500
    worker.hasten()
    worker._on_tick()
    assert worker.seconds_to_next > 3_500
    worker.send_now()
    assert worker.running, "a person may ask all the same"
    qtbot.waitUntil(lambda: not worker.running)
    worker.hasten()
    assert worker.seconds_to_next <= 6, "the last answer counts"
