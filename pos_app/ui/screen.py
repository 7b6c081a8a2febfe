"""What a screen is to the window, and the window to a screen.

A screen subclasses ``Screen``, is built lazily by a factory ``(shell) -> Screen`` on first show, and offers:

- ``title()`` for the top bar, ``strip`` (its message strip; place it in the layout),
- ``commands()``: keys with words; the window binds them and lists them under F1,
- ``activated()`` each time it is shown (give the focus there), ``main_action()`` for F12,
- ``take_scan(code)``: a barcode read anywhere in the window; never silent,
- ``escape()``: one step back; False when there is nothing to leave.

``Shell`` is what a screen may use of the window.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from pos_app.i18n import _
from pos_app.services.context import Counter
from pos_app.ui.messages import Message
from pos_app.ui.sounds import Player
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.strip import MessageStrip
from pos_app.ui.worker import Workers


@dataclass(frozen=True, slots=True)
class Command:
    """A key of the screen (as in ``QKeySequence``), its words for F1, and what it does."""

    key: str
    label: str
    run: Callable[[], None]


class Shell(Protocol):
    """The window, seen from a screen."""

    theme: Theme
    counter: Counter
    workers: Workers
    sounds: Player

    def say(self, message: Message) -> None:
        """Shows a message on the current screen, with the sound of its kind."""

    def hush(self) -> None:
        """Empties the message strip."""

    def go(self, name: str, which: str = "") -> None:
        """Shows another screen; ``which`` of its things is for its ``show_only``."""

    def unlock(self) -> None:
        """A user has logged in: back to work."""

    def refresh_state(self) -> None:
        """Reads the states of the top bar anew."""

    def rebuild(self) -> None:
        """Builds every screen anew, after the language changed."""


class Screen(QWidget):
    """Base of all screens; see the module."""

    name: ClassVar[str] = ""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self.theme = shell.theme
        self.strip = MessageStrip(shell.theme)

    def title(self) -> str:
        """Words in the top bar."""
        raise NotImplementedError

    def commands(self) -> Sequence[Command]:
        """Keys beyond those of the window."""
        return ()

    def prepare(self) -> bool:
        """Builds the next piece of what it will show, while nobody types; False once nothing is left."""
        return False

    @property
    def takes_notices(self) -> bool:
        """Whether the window may tell in the strip what it notices beside the work."""
        return True

    def show_only(self, which: str) -> None:
        """Called before ``activated`` by a link that leads to a filter of the screen."""

    def activated(self) -> None:
        """Called each time the screen is shown."""

    def deactivated(self) -> None:
        """Called when another screen takes its place."""

    def carry_over(self, former: Screen) -> None:
        """Goes on with what ``former``, the same screen in another language, had open."""

    def main_action(self) -> None:
        """F12."""

    def take_scan(self, code: str) -> None:
        """A barcode was read while this screen is shown; here for screens that can do nothing with one."""
        text = _("Barcode {code} read; nothing is scanned here. Press Ctrl+1 to sell.")
        self.shell.say(Message("W", text.format(code=code)))

    def escape(self) -> bool:
        """Goes one step back; False when there is none."""
        return False

    def default_focus(self) -> QWidget | None:
        """The widget that has the focus when nothing else needs it."""
        return None

    def restore_focus(self) -> None:
        """Puts the focus where work goes on."""
        widget = self.default_focus()
        if widget is not None:
            widget.setFocus(Qt.FocusReason.OtherFocusReason)
