"""A step of the guided set-up: what it shows, whether it is done, and what its keys do. Widgets only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_app.ui.messages import Message
from pos_app.ui.screen import Command, Shell
from pos_app.ui.widgets.gate import Run
from pos_app.ui.widgets.pin import Approval


@dataclass(frozen=True, slots=True)
class Room:
    """What a step may use of the page it lies on: ``say`` answers in the strip, ``reveal`` scrolls to a widget."""

    shell: Shell
    say: Callable[[Message], None]
    require: Callable[[str, Approval, Run], None]
    reveal: Callable[[QWidget], None]


class Step(QWidget):
    """``changed`` comes when the words of the main button may differ; ``over`` when the step goes on by itself."""

    changed = Signal()
    over = Signal()
    key = ""

    def begin(self) -> None:
        """The step is shown."""

    def is_done(self) -> bool:
        """Whether what it is for is there."""
        return False

    def forward(self) -> bool:
        """F12; False where it said what is wrong, or has begun something of its own."""
        return True

    def back(self) -> bool:
        """Esc; False where there is nothing of its own to leave."""
        return False

    def take_scan(self, code: str) -> bool:  # noqa: ARG002
        """A barcode was read; True where the step took it."""
        return False

    def commands(self) -> Sequence[Command]:
        """Keys of its own, while it shows their buttons."""
        return ()

    def main_words(self) -> str:
        """What F12 does here; empty for going on."""
        return ""

    def main_ready(self) -> bool:
        """Whether F12 may be pressed."""
        return True


Steps = Callable[[Room], Sequence[Step]]
