"""The faulty line does to real requests what it says, and a till gets everything through it once."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest

from bench.journals import Journal, tills
from tests.exchange.centre import Centre, SqliteStore
from tests.exchange.line import FAULTS, FaultyLine, drawn
from tests.exchange.tills import LoadTill

ENTRIES, SLOW = 8, {"silence": 3, "drip": 3, "delay": 3}
"""Entries that go through each fault; fewer where the fault is to wait."""
NAMES = iter(tills(300, 150))
SEEDS = count()


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    folder = tmp_path_factory.mktemp("centre")
    centre = Centre(SqliteStore(folder), folder / "log")
    centre.import_registry(folder)
    centre.start()
    yield centre
    centre.stop()


@contextmanager
def line_to(centre: Centre, **options) -> Iterator[FaultyLine]:
    line = FaultyLine(7, **options)
    line.lead_to(centre.url)
    try:
        yield line
    finally:
        line.close()


def new_till(centre: Centre) -> LoadTill:
    journal = Journal(*next(NAMES), next(SEEDS)).grow(ENTRIES)
    return LoadTill(journal, next(SEEDS), centre.enrol([journal]))


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_met_and_every_entry_arrives_once(centre: Centre, fault: str) -> None:
    till, entries = new_till(centre), SLOW.get(fault, ENTRIES)
    till.sizes, till.pause = (1,), 0.01
    with line_to(centre, share=0.5, names=(fault,)) as line:
        asyncio.run(till.live(line.port, entries, 0.3 if fault == "silence" else 10.0))
        line.heal()
        asyncio.run(till.settle(line.port))
        assert line.fired[fault]
        assert not line.followed
    journal = till.journal
    kept = centre.entries()[journal.corner, journal.till]
    assert kept == list(zip(range(1, entries + 1), journal.hashes, journal.bodies, strict=False))


def test_a_line_without_faults_passes_bytes_on(centre: Centre) -> None:
    till = new_till(centre)
    with line_to(centre, share=0.0) as line:
        asyncio.run(till.live(line.port, ENTRIES, 5.0))
        assert not line.fired
    assert till.tally["acks"] == till.tally["answers"]


def test_the_same_seed_draws_the_same_faults() -> None:
    rngs = random.Random(3), random.Random(3)
    first, second = ([drawn(rng, 0.5, tuple(FAULTS)) for _ in range(500)] for rng in rngs)
    assert first == second
    assert {None, *FAULTS} == set(first)
