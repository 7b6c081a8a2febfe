"""Words as people type them: without accents and letter case, and mistyped ones as what they were meant to be."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.centre import Centre
from sync.server.database import schema

ALIKE, MISTYPED = 0.7, 2
"""How near a mistyped word must come to a known one (``difflib``), and how many letters more or less it may have."""

_WORD = re.compile("[a-z0-9]+")


class Vocabulary:
    """The words of many texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        """``texts`` are ``plain``."""
        self._texts = texts
        self._words: dict[str, set[str]] = defaultdict(set)
        """By their first letter."""
        for text in texts:
            for word in text.split():
                self._words[word[0]].add(word)

    def corrected(self, words: Iterable[str]) -> list[str]:
        """``words`` as the texts have them: for one that none has, the nearest that begins with its letter."""
        found = []
        for word in words:
            near = [known for known in self._words.get(word[0], ()) if abs(len(known) - len(word)) <= MISTYPED]
            if word in near or any(word in text for text in self._texts):
                found.append(word)
            else:
                found += get_close_matches(word, near, n=1, cutoff=ALIKE)
        return found


def plain(text: str) -> str:
    """Small letters without accents, words apart by one space."""
    if text.isascii():  # nearly all of twenty thousand names, and several times as fast
        return " ".join(_WORD.findall(text.lower()))
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter if letter.isalnum() else " " for letter in letters if not unicodedata.combining(letter))
    return " ".join(kept.split())


def names_of(centre: Centre, db: Connection, table: sa.Table, name: sa.Column[Any], scope: str) -> Vocabulary:
    """The words in the names of a table of the registry, from memory until its feed moves."""
    positions = schema.positions
    end = db.execute(sa.select(positions.c.value).where(positions.c.scope == scope)).scalar_one()
    known: tuple[int, Vocabulary] | None = centre.stretches.get(("words", scope))
    if known is None or known[0] != end:
        names = db.execute(sa.select(name).where(table.c.alias_of == "")).scalars()
        known = (end, Vocabulary([plain(each) for each in names]))
        centre.stretches.put(("words", scope), known)
    return known[1]
