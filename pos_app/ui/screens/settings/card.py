"""A card of the Settings page: a title, its fields, and what of them is kept with Save. Widgets only.

A card subclasses ``SettingsCard``, sets ``section``, fills ``column`` in its constructor, and answers where it has
fields that wait for Save: ``obstacle()`` says what is wrong with what was typed, ``save()`` keeps it. Every card checks
before any card keeps. ``refresh()`` is called each time the page is shown. Add a card to ``cards.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal

from PySide6.QtWidgets import QAbstractButton, QLabel, QVBoxLayout, QWidget

from pos_app.services.context import Counter
from pos_app.ui.messages import Message
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.gate import Run
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.worker import Workers

Section = Literal["look", "money", "paper", "people", "data"]


@dataclass(frozen=True, slots=True)
class Around:
    """What a card may use of the page it lies on.

    ``require`` runs something for a manager (action, question, what to run), ``say`` answers in the strip, ``reveal``
    scrolls to a widget, ``refresh_state`` reads the top bar anew, ``go`` shows another screen.
    """

    theme: Theme
    counter: Counter
    workers: Workers
    say: Callable[[Message], None]
    require: Callable[[str, Approval, Run], None]
    reveal: Callable[[QWidget], None]
    refresh_state: Callable[[], None]
    go: Callable[[str], None]


class SettingsCard(QWidget):
    """See the module."""

    section: ClassVar[Section] = "look"

    def __init__(self, around: Around, title: str) -> None:
        super().__init__()
        self.around = around
        self.theme = around.theme
        frame, self.column = padded_card()
        self.column.addWidget(Text(self.theme, title, step="row", weight=700))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)

    def obstacle(self) -> Message | None:
        """What is wrong with the fields; None where they may be kept."""
        return None

    def save(self) -> None:
        """Keeps the fields. Raises the faults of the disk."""

    def refresh(self) -> None:
        """The page is shown again."""

    def take_scan(self, code: str) -> bool:  # noqa: ARG002
        """A barcode was read while the page is shown; True where one of the card's fields took it."""
        return False

    def words(self) -> str:
        """What a search in the settings looks at: title, labels and buttons, in small letters."""
        labels = [label.text() for label in self.findChildren(QLabel)]
        buttons = [button.text() for button in self.findChildren(QAbstractButton)]
        return " ".join([*labels, *buttons]).replace("&", "").lower()
