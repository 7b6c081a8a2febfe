"""A disk that is slower than the person at the keys."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.ui.conftest import Till


class Held:
    """What is given to the workers of a window begins when the test says so."""

    def __init__(self, till: Till, patch: pytest.MonkeyPatch) -> None:
        self._begin = till.window.workers._begin
        self._waiting: list[Callable[[], None]] = []
        patch.setattr(till.window.workers, "_begin", self._hold)

    def _hold(self, *work: Any) -> None:
        self._waiting.append(partial(self._begin, *work))

    def go_on(self) -> None:
        """The disk catches up; what is asked from now on is held again."""
        begun, self._waiting = self._waiting, []
        for begin in begun:
            begin()
