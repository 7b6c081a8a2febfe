"""One round: tills, line and centre, what befalls the centre meanwhile, and the end, when everything has to agree."""

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.journals import Journal, tills
from sync.server import commands
from tests.exchange import oracle
from tests.exchange.centre import Centre, Store
from tests.exchange.line import FaultyLine
from tests.exchange.tills import PATIENCE, SETTLING, Gate, LoadTill, RealTill
from tests.torture.scenario import Broken

LOAD_CORNERS = 100
"""Corners below are those of real tills."""
TICK = 0.05
AT_ONCE = 24
"""Load tills that push at a time: as many as two busy cores answer in good time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How large a round is: tills of each kind, entries of each till, and the share of requests that meet a fault.

    ``patience`` is how long a till waits for an answer, ``coming_back`` how often it comes back from a backup after an
    exchange. ``misfortunes`` befall the centre, spread over the round.
    """

    real: int = 16
    real_entries: int = 1_500
    load: int = 120
    load_entries: int = 640
    share: float = 0.15
    patience: float = PATIENCE
    coming_back: float = 0.03
    misfortunes: tuple[str, ...] = (
        "killed",
        "backed up",
        "stopped",
        "worker killed",
        "killed",
        "database crashed",
        "restored",
        "killed",
    )

    @property
    def entries(self) -> int:
        return self.real * self.real_entries + self.load * self.load_entries


class World:
    """Everything of one round."""

    def __init__(self, seed: int, folder: Path, store: Store, plan: Plan) -> None:
        self.rng = random.Random(seed)
        self.plan, self.folder = plan, folder
        self.gate, self.stop = Gate(), threading.Event()
        self.tally: Counter[str] = Counter()
        self.centre = Centre(store, folder / "centre.log")
        self.centre.import_registry(folder)
        self.line = FaultyLine(self.rng.getrandbits(32), plan.share)
        self.real: list[RealTill] = []
        self.load: list[LoadTill] = []
        self.working: list[Future[None]] = []

    def play(self) -> Counter[str]:
        """Play it to its end. Raises ``Broken``."""
        try:
            self.centre.start()
            self.line.lead_to(self.centre.url)
            self._make_tills()
            self._live()
            self.line.heal()
            self._settle()
            self._count()
        finally:
            self.stop.set()
            self.line.close()
            for till in self.real:
                till.close()
            self.centre.stop()
        return self.tally

    def _make_tills(self) -> None:
        plan = self.plan
        for number in range(1, plan.real + 1):
            seed = self.rng.getrandbits(32)
            folder = self.folder / f"till-{number}"
            self.real.append(RealTill(folder, number, seed, self, plan.patience, plan.coming_back))
        names = tills(plan.load, LOAD_CORNERS)
        journals = [Journal(*name, self.rng.getrandbits(32)) for name in names]
        key = self.centre.enrol(journals)
        self.load = [LoadTill(journal, self.rng.getrandbits(32), key) for journal in journals]

    def _live(self) -> None:
        """Everybody at once, until all have what they are to have."""
        plan = self.plan
        with ThreadPoolExecutor(plan.real + 1) as pool:
            self.working = [pool.submit(till.live, plan.real_entries, self.stop) for till in self.real]
            self.working.append(pool.submit(asyncio.run, self._push_load(plan.load_entries)))
            try:
                self._befall()
                for one in self.working:
                    one.result()
            finally:
                self.stop.set()

    async def _push_load(self, entries: int) -> None:
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(till: LoadTill) -> None:
            async with turns:
                await till.live(self.line.port, entries, self.plan.patience)

        await asyncio.gather(*map(one, self.load))

    async def _settle_load(self) -> None:
        await asyncio.gather(*(till.settle(self.line.port) for till in self.load))

    def _settle(self) -> None:
        with ThreadPoolExecutor(len(self.real) + 1) as pool:
            working = [pool.submit(till.settle) for till in self.real]
            working.append(pool.submit(asyncio.run, self._settle_load()))
            for one in working:
                one.result()

    def _befall(self) -> None:
        """Misfortunes in turn, each when so much of the work is done; what is left when all is done comes then."""
        total, events = self.plan.entries, self.plan.misfortunes
        for place, name in enumerate(events, start=1):
            due = total * place / (len(events) + 1)
            while self._confirmed() < due and not all(one.done() for one in self.working):
                _raise_first(self.working)
                time.sleep(TICK)
            MISFORTUNES[name](self)
            self.tally[f"centre {name}"] += 1

    def _confirmed(self) -> int:
        return sum(till.known for till in self.load) + sum(till.confirmed for till in self.real)

    def _count(self) -> None:
        self.tally += oracle.compare(self.centre, self.real, self.load)
        self.tally.update({"requests": self.line.requests, **{f"fault: {k}": n for k, n in self.line.fired.items()}})
        for till in (*self.real, *self.load):
            self.tally.update({name: count for name, count in till.tally.items() if name in TOLD})
        oracle.expect(not self.line.followed, f"{self.line.followed} redirects were followed")


TOLD = ("backups", "restores", "new computers", "enrolments", "rewinds", "repairs approved", "repairs")
"""What is counted of the tills."""


def _raise_first(working: "list[Future[None]]") -> None:
    for one in working:
        if one.done():
            one.result()


def _again(world: World, end: Callable[[], None]) -> None:
    """The centre ends one way or another, is away for a moment, and comes back."""
    world.line.lead_to(None)
    end()
    world.centre.start()
    world.line.lead_to(world.centre.url)


def _restored(world: World) -> None:
    """The last copy is all that is left of it: what came since has to come again. It begins a timeline.

    From then on no till comes back from a backup: what both lost would be lost.
    """
    end = time.monotonic() + SETTLING
    while not world.gate.shut(1.0):
        _raise_first(world.working)
        if time.monotonic() > end:
            behind = [(till.name, till.last) for till in world.real if till.catching_up]
            raise Broken(f"tills that came back from backups never caught up: {behind}")

    def lose() -> None:
        world.centre.kill()
        world.centre.store.restore()
        commands.timeline(world.centre.database, new=True)

    _again(world, lose)


MISFORTUNES: dict[str, Callable[[World], object]] = {
    "killed": lambda world: _again(world, world.centre.kill),
    "stopped": lambda world: _again(world, world.centre.stop),
    "worker killed": lambda world: world.centre.kill_worker(),
    "database crashed": lambda world: world.centre.store.crash(),
    "backed up": lambda world: world.centre.store.back_up(),
    "restored": _restored,
}
