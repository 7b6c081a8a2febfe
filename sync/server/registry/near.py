"""Words as people type them: without accents and letter case, and mistyped ones as what they were meant to be."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher, get_close_matches
from typing import Final

ALIKE, MISTYPED = 0.7, 2
"""How near a mistyped word must come to a known one (``difflib``), and how many letters more or less it may have."""
FEW: Final = 5
"""Where fewer are called as somebody typed, those that resemble it are told too."""
MOST_NEAR, SHORTEST = 5, 4
"""Other words that one may be meant as, at most; letters of a word that may be meant as another."""

_WORD = re.compile("[a-z0-9]+")


class Vocabulary:
    """The words of many texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        """``texts`` are ``plain``."""
        self._texts = texts
        self._whole = "\n".join(texts)
        self._words: dict[str, dict[str, int]] = defaultdict(dict)
        """By their first letter, each with its letters."""
        for word in dict.fromkeys(self._whole.split()):
            self._words[word[0]][word] = _letters(word)

    def corrected(self, words: Iterable[str]) -> list[str]:
        """``words`` as the texts have them: for one that none has, the nearest that begins with its letter."""
        found = []
        for word in words:
            found += [word] if word in self._whole else self._near(word, 1)
        return found

    def resembling(self, words: Sequence[str]) -> list[int]:
        """The places of texts that have every one of ``words``, or one that comes near it, the nearest first and else
        in their order; empty where none does."""
        near = [self._near(word, MOST_NEAR) if len(word) >= SHORTEST else [] for word in words]
        if not any(near):
            return []
        choices = [{word: 0.0} | _how_far(word, its) for word, its in zip(words, near, strict=True)]
        texts = self._texts
        found = [at for at, text in enumerate(texts) if all(any(one in text for one in its) for its in choices)]

        def distance(at: int) -> float:
            text = texts[at]
            return sum(next(far for one, far in its.items() if one in text) for its in choices)

        return sorted(found, key=distance)

    def _near(self, word: str, most: int) -> list[str]:
        """The nearest other words that begin with its letter."""
        length, letters = len(word), _letters(word)
        may = [
            known
            for known, its in self._words.get(word[0], {}).items()
            if abs(len(known) - length) <= MISTYPED
            and word not in known
            and 2 * min(length - (letters & ~its).bit_count(), len(known) - (its & ~letters).bit_count())
            >= ALIKE * (length + len(known))
        ]
        return get_close_matches(word, may, n=most, cutoff=ALIKE)


def _how_far(word: str, near: Iterable[str]) -> dict[str, float]:
    """Each of ``near``, the nearest first, with how little it is like ``word``."""
    return {one: 1 - SequenceMatcher(None, one, word).ratio() for one in near}


def _letters(word: str) -> int:
    """A bit for each letter: those that only one of two words has match nothing in the other."""
    found = 0
    for letter in word:
        found |= 1 << (ord(letter) & 63)
    return found


def plain(text: str) -> str:
    """Small letters without accents, words apart by one space."""
    if text.isascii():  # nearly all of twenty thousand names, and several times as fast
        return " ".join(_WORD.findall(text.lower()))
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter if letter.isalnum() else " " for letter in letters if not unicodedata.combining(letter))
    return " ".join(kept.split())
