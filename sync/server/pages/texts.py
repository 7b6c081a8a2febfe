"""The language of the pages: English message ids, Indonesian unless the reader chose English.

The catalogues are those of the till, compiled by ``make translations``; the pages' own is ``pages``.
"""

from contextvars import ContextVar
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

from sync.server.errors import SENTENCES, CentreError

LANGUAGES = ("id", "en")
COOKIE = "bahasa"
MOST_KEPT = 4_096

_language: ContextVar[str] = ContextVar("language", default="id")


def speak(language: str | None) -> None:
    """Answer this request in ``language``; Indonesian where it is none of ours."""
    _language.set(language if language in LANGUAGES else "id")


def language() -> str:
    """The language of this request."""
    return _language.get()


def _(message: str) -> str:
    """The message in the reader's language; one without a translation stays English."""
    return _looked_up(_language.get(), message) if message else ""


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form for ``count`` in the reader's language."""
    return _catalogue(_language.get()).ngettext(singular, plural, count)


def mark(message: str) -> str:
    """Mark a message for the catalogues where it stands; it is looked up by ``_`` when it is shown."""
    return message


def worded(error: CentreError) -> str:
    """What a rule of the centre refused, as one sentence for the reader."""
    return _(SENTENCES[error.code]).format(**error.data)


def said(language: str, message: str) -> str:
    """The message in a language that is not the reader's, perhaps."""
    return _looked_up(language, message)


@lru_cache(maxsize=MOST_KEPT)
def _looked_up(language: str, message: str) -> str:
    return _catalogue(language).gettext(message)


@cache
def _catalogue(language: str) -> NullTranslations:
    chain = NullTranslations()
    folder = files("assets") / "translations" / language / "LC_MESSAGES"
    if not folder.is_dir():
        return chain
    for path in sorted(folder.iterdir(), key=lambda path: path.name, reverse=True):
        with path.open("rb") as file:
            room = GNUTranslations(file)
        room.add_fallback(chain)
        chain = room
    return chain
