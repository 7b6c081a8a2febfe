"""Rules of the Settings page as a whole: every card checks before any card keeps. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from pos_app.domain.errors import PosError
from pos_app.i18n import N_, _
from pos_app.services.wording import describe
from pos_app.ui.messages import Message

SECTIONS: Final = {
    "all": N_("All"),
    "look": N_("Appearance"),
    "money": N_("Money"),
    "paper": N_("Paper & scanner"),
    "people": N_("People"),
    "data": N_("Data & set-up"),
}
"""Of the cards; ``all`` shows every one."""


class Kept(Protocol):
    """Fields that wait for Save."""

    def obstacle(self) -> Message | None:
        """What is wrong with them."""

    def save(self) -> None:
        """Keeps them."""


def save(cards: Sequence[Kept]) -> Message:
    """Keeps everything, or says what is wrong and keeps nothing."""
    for card in cards:
        obstacle = card.obstacle()
        if obstacle is not None:
            return obstacle
    try:
        for card in cards:
            card.save()
    except PosError as error:
        return Message("E", describe(error))
    return Message("S", _("Settings saved."))


def found(cards: Iterable[tuple[str, str]], section: str, typed: str) -> list[bool]:
    """Which cards are shown, of each its section and its words: with something typed, those that have every word."""
    words = typed.lower().split()
    if words:
        return [all(word in text for word in words) for _section, text in cards]
    return [section in ("all", own) for own, _text in cards]
