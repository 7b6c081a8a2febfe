"""What a scenario is: a promise, and a round that tries to break it.

A round gets everything by chance from its one seed, a folder of its own, and counts what it tried. It raises
``Broken`` (or any error) when the promise did not hold.
"""

import random
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.torture.zygote import PROGRAM, Zygote


class Broken(AssertionError):
    """A promise that did not hold."""


class NotHere(Exception):
    """This machine lacks what the scenario needs; the text says what."""


@dataclass
class Zygotes:
    """Parents of processes by what they have imported, made when first asked for."""

    _made: dict[str, Zygote] = field(default_factory=dict)

    def get(
        self, name: str, modules: tuple[str, ...] = PROGRAM, environment: Mapping[str, str] | None = None
    ) -> Zygote:
        if name not in self._made:
            self._made[name] = Zygote(modules, environment)
        return self._made[name]

    def close(self) -> None:
        for zygote in self._made.values():
            zygote.close()
        self._made.clear()


@dataclass
class Round:
    """One try. ``short`` asks for a few cycles, as the test command has them."""

    seed: int
    folder: Path
    zygotes: Zygotes
    short: bool = False
    tally: Counter[str] = field(default_factory=Counter)
    rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def cycles(self, short: int, long: int) -> range:
        """How often to do it."""
        return range(short if self.short else long)

    def expect(self, held: object, broken: str) -> None:
        """Raise ``Broken`` unless it held."""
        if not held:
            raise Broken(broken)

    def sub(self, name: str) -> Path:
        """A folder inside the round's own, new and empty."""
        path = self.folder / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path


@dataclass(frozen=True)
class Scenario:
    """``goal`` is the figure to reach of the count named ``unit``; ``promise`` says what must hold.

    ``to_meet`` names counts that a long run must not leave at nothing: then the promise was not put to the test.
    """

    name: str
    promise: str
    unit: str
    goal: int
    run: Callable[[Round], None]
    to_meet: tuple[str, ...] = ()
