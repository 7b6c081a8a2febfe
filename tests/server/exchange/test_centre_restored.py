"""A centre that came back from a copy: tills rewind and send again, those it no longer knows join again."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from litestar.testing import TestClient

from sync.protocol.messages import PAGE, Page, pull_path
from sync.protocol.wire import public_bytes, unseal
from sync.server import commands
from sync.server.app import create_app
from sync.server.centre import Centre, open_centre
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.exchange.feeds import take_positions
from tests.server.conftest import own_copy
from tests.server.support import Caller, Clock, Journal, problem


@pytest.fixture
def copied(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """A backup of a centre whose programs have stopped: the URL of its copy."""
    running = []

    def copy(database: str) -> str:
        folder = tmp_path / f"copy-{len(running)}"
        folder.mkdir()
        running.append(own_copy(database, folder))
        return next(running[-1])

    yield copy
    for one in running:
        next(one, None)


def asked(database: str, *journals: Journal) -> list[int | str]:
    """How a centre answers the whole journal of each till."""
    with TestClient(create_app(database, clock=Clock())) as client:
        answers = [Caller(client).push(journal) for journal in journals]
        return [answer.status_code if answer.status_code == 200 else problem(answer) for answer in answers]


def rows(centre: Centre) -> int:
    with reading(centre.engine) as db:
        return db.execute(sa.select(sa.func.count()).select_from(schema.entries)).scalar_one()


def test_what_came_after_the_copy_is_sent_again_and_who_joined_after_it_joins_again(
    empty_database: str, copied: Callable[[str], str]
) -> None:
    centre = open_centre(empty_database, Clock())
    first = Journal().enrol_at(centre).add_moves(3)
    centre.close()
    assert asked(empty_database, first) == [200]
    backup = copied(empty_database)

    centre = open_centre(empty_database, Clock())
    second = Journal(till="B", ledger_id="33" * 16).enrol_at(centre).add_moves(2)
    with writing(centre.engine) as db:
        row = {"id": "m1", "corner": "", "body": "{}", "position": take_positions(db, "messages", 1)}
        db.execute(sa.insert(schema.messages), row)
    centre.close()
    first.add_moves(4)
    assert asked(empty_database, first, second) == [200, 200]

    restored = open_centre(backup, Clock())
    assert rows(restored) == 4
    with TestClient(create_app(backup, clock=Clock())) as client:
        caller = Caller(client)
        gap = caller.push(first, first.batch(first=9))
        assert (problem(gap), gap.json()["expected_seq"]) == ("gap", 5)
        assert caller.push(first, first.batch(first=5)).status_code == 200
        assert problem(caller.push(second)) == "unknown_key"
        second.enrol_at(restored)
        assert caller.push(second).status_code == 200
        seen = f"{restored.timeline}.1"
        page = caller.call(first, "GET", pull_path(first.device, "messages", seen))
        answer = unseal(page.content, Page, PAGE, public_bytes(restored.key))
        assert (answer.restart, answer.rows()) == (True, []), "what was seen after the copy may be no longer so"
    assert rows(restored) == len(first.bodies) + len(second.bodies)
    restored.close()
    assert commands.verify(backup)["status"] == "ok"


@pytest.mark.parametrize("lost", range(8))
def test_however_old_the_copy_is_the_till_fills_it(
    empty_database: str, copied: Callable[[str], str], lost: int
) -> None:
    centre = open_centre(empty_database, Clock())
    journal = Journal().enrol_at(centre).add_moves(6)
    centre.close()
    kept = len(journal.bodies) - lost
    with TestClient(create_app(empty_database, clock=Clock())) as client:
        assert Caller(client).push(journal, journal.batch(last=kept)).status_code == 200
    backup = copied(empty_database)
    assert asked(empty_database, journal) == [200]
    assert asked(backup, journal) == [200]
    assert commands.state(backup) == commands.state(empty_database)
