"""The language of screens and paper: English message ids, Indonesian by default, through gettext.

Every room keeps a catalogue of its own, ``assets/translations/<language>/<room>.po``; ``make translations``
compiles it to ``LC_MESSAGES/<room>.mo``. All rooms of a language are asked in turn. Texts are looked up when they
are shown, so a change of language needs no restart.
"""

from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from typing import Literal

from pos_app.paths import asset

Language = Literal["id", "en"]

DEFAULT: Language = "id"
MOST_KEPT = 4096

_language: Language = DEFAULT


@cache
def _catalogue(language: Language) -> NullTranslations:
    chain = NullTranslations()
    for path in sorted(asset("translations", language, "LC_MESSAGES").glob("*.mo"), reverse=True):
        with path.open("rb") as file:
            room = GNUTranslations(file)
        room.add_fallback(chain)
        chain = room
    return chain


def set_language(language: Language) -> None:
    """Choose the language of every text looked up from now on."""
    global _language  # noqa: PLW0603
    _language = language


def language() -> Language:
    """The language in use."""
    return _language


def _(message: str) -> str:
    """The message in the user's language; a message without a translation stays English."""
    return _looked_up(_language, message) if message else ""


@lru_cache(maxsize=MOST_KEPT)
def _looked_up(language: Language, message: str) -> str:
    """Kept, because a paper asks for the same few words again and again, and every room is asked in turn."""
    return _catalogue(language).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form for ``count`` in the user's language."""
    return _catalogue(_language).ngettext(singular, plural, count)


def mark(message: str) -> str:
    """Mark a message for the catalogues where it stands; it is looked up by ``_`` when it is shown."""
    return message


N_ = mark
