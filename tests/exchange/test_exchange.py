"""A short hour: tills, line and centre together, and the oracle that has to notice what is wrong."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bench.postgres import Server, server
from sync.server.centre import open_centre
from sync.server.database import schema
from sync.server.database.dialect import writing
from sync.server.errors import CentreError
from tests.corner import Corner
from tests.exchange import oracle
from tests.exchange.books import Books, differences, told
from tests.exchange.centre import PostgresStore, SqliteStore
from tests.exchange.world import Plan, World
from tests.postgres import need_postgres
from tests.torture.actions import Stream
from tests.torture.scenario import Broken

SHORT = Plan(real=2, real_entries=40, load=3, load_entries=60, share=0.4, patience=1.0, coming_back=0.0)
SMALL = ("backed up", "restored")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    need_postgres()
    with server(fsync="off") as running:
        yield running


def test_everything_arrives_once_over_a_faulty_line_at_a_centre_that_is_killed_and_restored(tmp_path: Path) -> None:
    tally = World(1, tmp_path, SqliteStore(tmp_path), replace(SHORT, misfortunes=SMALL)).play()
    assert tally["entries"] >= SHORT.entries
    assert sum(number for name, number in tally.items() if name.startswith("fault: ")) > 3
    assert all(tally[f"centre {name}"] == 1 for name in SMALL)


def test_the_same_with_two_workers_on_a_postgresql_that_crashes(tmp_path: Path, postgres: Server) -> None:
    befalls = ("worker killed", "database crashed")
    tally = World(2, tmp_path, PostgresStore(postgres, tmp_path, 2), replace(SHORT, misfortunes=befalls)).play()
    assert tally["entries"] >= SHORT.entries
    assert all(tally[f"centre {name}"] == 1 for name in befalls)


@pytest.fixture(scope="module")
def agreeing(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A round that was played to its end; its tills can still be asked."""
    folder = tmp_path_factory.mktemp("agreeing")
    plan = replace(SHORT, real=0, load=2, load_entries=90, share=0.0, misfortunes=())
    world = World(3, folder, SqliteStore(folder), plan)
    world.play()
    return world


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (sa.delete(schema.entries).where(schema.entries.c.seq == 90), "differs at the end"),
        (sa.update(schema.entries).where(schema.entries.c.seq == 7).values(body=b"{}"), "differs at entry 7"),
        (sa.update(schema.entries).where(schema.entries.c.seq == 7).values(hash=bytes(32)), "differs at entry 7"),
        (sa.update(schema.balances).values(amount=schema.balances.c.amount + 1), "figures"),
        (sa.update(schema.stock).values(quantity=schema.stock.c.quantity + 1_000), "figures"),
        (sa.update(schema.days).values(amount=schema.days.c.amount + 1), "days"),
    ],
)
def test_the_oracle_sees_what_differs(agreeing: World, change: sa.Executable, found: str) -> None:
    centre = open_centre(agreeing.centre.database)
    kept = agreeing.centre.store.path.read_bytes()
    try:
        with writing(centre.engine) as db:
            db.execute(change)
        centre.close()
        with pytest.raises((Broken, CentreError), match=found):
            oracle.compare(agreeing.centre, agreeing.real, agreeing.load)
    finally:
        centre.close()
        agreeing.centre.store.path.write_bytes(kept)
    assert oracle.compare(agreeing.centre, agreeing.real, agreeing.load)["entries"] == 180


def test_an_ack_of_what_is_not_there_is_seen(agreeing: World) -> None:
    till = agreeing.load[0]
    till.acked[5] = bytes(32)
    try:
        with pytest.raises(Broken, match=r"acked and not there: \[5\]"):
            oracle.compare(agreeing.centre, agreeing.real, agreeing.load)
    finally:
        till.acked[5] = till.journal.hash_at(5)


def test_the_books_of_the_oracle_agree_with_a_till_about_every_kind_of_document(corner: Corner) -> None:
    stream = Stream(random.Random(5))
    for action in [*stream.first(), *stream.take(150)]:
        corner.clock.pass_by(seconds=20)
        answer = corner.play(action)
        if answer["ok"]:
            stream.heard(action, answer["number"])
    bodies = [bytes(row[0]) for row in corner.db.execute("SELECT body FROM journal ORDER BY seq")]
    books = Books().add(bodies)
    assert differences(books.state(), told(corner.state)) == []
    assert differences(Books().add(bodies[:-1]).state(), told(corner.state)) != []
