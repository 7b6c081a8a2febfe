"""Threads behind the requests of a serving process: they go on whatever fails, rest, and end when the process does."""

import logging
import threading
from types import SimpleNamespace

import pytest
from litestar.testing import TestClient

from sync.server.app import create_app
from sync.server.background import Background, Pause


def run(work: Background, until: threading.Event) -> None:
    """From its start until something happened, and to its end."""
    work.start()
    try:
        assert until.wait(10)
    finally:
        work.stop()


def test_it_goes_on_after_whatever_fails_and_says_so_once_until_a_round_goes_well(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rounds = iter([OverflowError(), OverflowError(), TypeError(), None, OverflowError()])
    done = threading.Event()

    def work(pause: Pause) -> None:
        for error in rounds:
            if error:
                raise error
            return
        done.set()

    with caplog.at_level(logging.WARNING):
        run(Background("reader", work, every=0, share=1), done)

    told = ["reader waits: OverflowError", "reader waits: TypeError", "reader waits: OverflowError"]
    assert [record.getMessage() for record in caplog.records] == told


def test_it_rests_after_each_stretch_for_as_long_as_its_share_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    moments, waits = iter([0.0, 2.0, 20.0, 21.0, 30.0]), list[float]()
    monkeypatch.setattr("sync.server.background.time", SimpleNamespace(monotonic=lambda: next(moments)))

    def work(pause: Pause) -> None:
        pause()  # after two seconds of work
        pause()  # after one more

    thread = Background("reader", work, every=60, share=0.1, at_once=True)
    thread._stopping = SimpleNamespace(wait=lambda seconds: waits.append(seconds) or len(waits) > 3)
    thread._run()

    assert waits == [0, pytest.approx(18), pytest.approx(9), 60]


def test_an_end_comes_in_the_middle_of_a_rest() -> None:
    began, ended = threading.Event(), list[bool]()

    def work(pause: Pause) -> None:
        began.set()
        ended.append(pause())

    run(Background("reader", work, every=0, share=1e-12), began)

    assert ended == [True]


def test_the_first_round_waits_like_the_others_unless_it_is_to_come_at_once() -> None:
    done = list[str]()
    thread = Background("reader", lambda _pause: done.append("round"), every=60, share=1)
    thread.start()
    thread.stop()
    assert done == []


def test_the_threads_of_a_centre_that_stops_end_together(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("following", "warming", "checking")
    began, ended = ({name: threading.Event() for name in names} for _each in range(2))
    together = list[bool]()

    def thread(name: str) -> Background:
        def work(pause: Pause) -> None:
            began[name].set()
            if pause():
                ended[name].set()
                together.extend(other.wait(10) for other in ended.values())

        return Background(name, work, every=60, share=1e-12, at_once=True)

    for name in names:
        monkeypatch.setattr(f"sync.server.app.{name}", lambda _centre, name=name, **_others: thread(name))
    with TestClient(create_app(database, reporting=True)):
        assert all(event.wait(10) for event in began.values())

    assert together == [True] * 9
