"""Only the answer to the newest question of a screen is shown, whatever comes back when."""

from collections.abc import Callable
from threading import Event

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from pos_app.i18n import set_language
from pos_app.ui.reading import Reading
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.progress import Progress
from pos_app.ui.worker import Tell, Workers


class Asked:
    """A reading whose questions are answered when the test says so."""

    def __init__(self, progress: Progress | None = None, tell_from: int = 0) -> None:
        self.workers = Workers()
        self.reading = Reading(self.workers, progress, tell_from=tell_from)
        self.shown: list[str] = []
        self.failed: list[str] = []

    def ask(self, key: str, answer: str | Exception) -> Callable[[], None]:
        may_answer = Event()

        def work(tell: Tell) -> str:
            assert may_answer.wait(60)
            tell(5, 10)
            if isinstance(answer, Exception):
                raise answer
            return answer

        self.reading.begin(key, work, self.shown.append, lambda error: self.failed.append(str(error)))
        return may_answer.set


@pytest.fixture
def asked(qtbot: QtBot) -> Asked:
    set_language("id")
    return Asked()


def test_an_answer_is_shown_once(asked: Asked, qtbot: QtBot) -> None:
    answer = asked.ask("P1", "one")
    assert (asked.reading.key, asked.reading.busy) == ("P1", True)
    answer()
    qtbot.waitUntil(lambda: not asked.workers.busy)
    assert (asked.shown, asked.failed, asked.reading.busy) == (["one"], [], False)


def test_the_answer_to_an_older_question_is_dropped_even_when_it_comes_last(asked: Asked, qtbot: QtBot) -> None:
    older, newer = asked.ask("P1", "one"), asked.ask("P2", "two")
    newer()
    qtbot.waitUntil(lambda: bool(asked.shown))
    older()
    qtbot.waitUntil(lambda: not asked.workers.busy)
    assert asked.shown == ["two"]


def test_the_same_question_again_is_answered_by_what_is_there_now(asked: Asked, qtbot: QtBot) -> None:
    older, newer = asked.ask("P1", "before"), asked.ask("P1", "now")
    newer()
    older()
    qtbot.waitUntil(lambda: not asked.workers.busy)
    assert asked.shown == ["now"]


def test_a_failure_of_an_older_question_is_not_told(asked: Asked, qtbot: QtBot) -> None:
    older, newer = asked.ask("P1", OSError("older")), asked.ask("P2", OSError("newer"))
    older()
    newer()
    qtbot.waitUntil(lambda: not asked.workers.busy)
    assert (asked.shown, asked.failed) == ([], ["newer"])


def test_nothing_is_heard_after_it_was_stopped(asked: Asked, qtbot: QtBot) -> None:
    answer = asked.ask("P1", "one")
    asked.reading.stop()
    answer()
    qtbot.waitUntil(lambda: not asked.workers.busy)
    assert (asked.shown, asked.failed, asked.reading.key) == ([], [], None)


def test_the_end_of_the_program_is_no_failure(asked: Asked, qtbot: QtBot) -> None:
    answer = asked.ask("P1", "one")
    asked.workers.stop_told()
    answer()
    qtbot.waitUntil(lambda: not asked.workers.busy)
    assert (asked.shown, asked.failed, asked.reading.busy) == ([], [], False)


def test_nothing_is_answered_to_a_screen_that_is_gone(asked: Asked, qtbot: QtBot) -> None:
    class Screen(QObject):
        def show(self, answer: str) -> None:
            self.setObjectName(answer)  # fails where the object is gone

    screen = Screen()
    asked.reading.begin("P1", lambda _tell: "late", screen.show, screen.show)  # type: ignore[arg-type]
    delete(screen)
    qtbot.waitUntil(lambda: not asked.workers.busy)


@pytest.mark.parametrize(("tell_from", "seen"), [(0, ["5 dari 10"]), (10, [])])
def test_the_bar_stands_while_long_work_is_under_way(qtbot: QtBot, tell_from: int, seen: list[str]) -> None:
    set_language("id")
    bar = Progress(Theme())
    qtbot.addWidget(bar)
    asked = Asked(bar, tell_from)
    texts: list[str] = []

    def show(_answer: str) -> None:
        texts.extend([bar.text().split("  ")[-1]] if bar.text() else [])

    def work(tell: Tell) -> str:
        tell(5, 10)
        return "one"

    asked.reading.begin("P1", work, show, lambda _error: None)
    qtbot.waitUntil(lambda: not asked.workers.busy)
    assert (texts, bar.isHidden()) == (seen, True)
