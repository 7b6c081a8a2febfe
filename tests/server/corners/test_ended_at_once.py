"""A corner ends while somebody else does something about it: one of the two waits, and sees what the other did."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.centre import Centre
from sync.server.corners import closing
from sync.server.corners.changing import find
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange import announcing
from sync.server.exchange.enrolment import enrol, new_code
from tests.server.exchange.test_revoked_at_once import until_it_waits
from tests.server.registry_support import officer
from tests.server.support import ON_POSTGRES, Journal

Deed = Callable[[Centre, Connection, str, str], None]


@pytest.fixture
def by(centre: Centre) -> str:
    return officer(centre)


def beside(centre: Centre, first: Callable[[Connection], object], then: Callable[[Connection], object]) -> str:
    """What became of ``then``, begun before ``first`` was written: empty, or why it was refused."""

    def other() -> str:
        try:
            with writing(centre.engine) as db:
                then(db)
        except CentreError as error:
            return error.code
        return ""

    with ThreadPoolExecutor(1) as room:
        with writing(centre.engine) as db:
            first(db)
            found = room.submit(other)
            until_it_waits(centre, found)
        return found.result(60)


@ON_POSTGRES
def test_a_corner_that_a_till_is_just_joining_is_not_removed(centre: Centre, by: str) -> None:
    with writing(centre.engine) as db:
        joining = Journal(corner="MTR-002").enrol_request(new_code(centre, db, "MTR-002", "A"))
    refused = beside(
        centre,
        lambda db: enrol(centre, db, joining, "n"),
        lambda db: closing.remove(centre, db, "MTR-002", by),
    )
    with reading(centre.engine) as db:
        assert (refused, find(db, "MTR-002") is None) == ("corner_had_tills", False)


@ON_POSTGRES
@pytest.mark.parametrize(("corner", "ends"), [("MTR-001", closing.close), ("MTR-002", closing.remove)])
def test_a_code_that_is_just_made_ends_with_its_corner(
    centre: Centre, journal: Journal, by: str, corner: str, ends: Deed
) -> None:
    refused = beside(centre, lambda db: new_code(centre, db, corner, "B"), lambda db: ends(centre, db, corner, by))
    with reading(centre.engine) as db:
        unused = db.execute(sa.select(schema.codes.c.till).where(schema.codes.c.key_id.is_(None))).all()
    assert (refused, unused) == ("", [])


@ON_POSTGRES
@pytest.mark.parametrize(
    ("corner", "ends", "why"),
    [("MTR-001", closing.close, "corner_closed"), ("MTR-002", closing.remove, "unknown_corner")],
)
def test_no_code_is_made_for_a_corner_that_is_just_ending(
    centre: Centre, journal: Journal, by: str, corner: str, ends: Deed, why: str
) -> None:
    made = beside(centre, lambda db: ends(centre, db, corner, by), lambda db: new_code(centre, db, corner, "B"))
    assert made == why


@ON_POSTGRES
def test_a_message_that_is_just_sent_goes_with_its_corner(centre: Centre, by: str) -> None:
    refused = beside(
        centre,
        lambda db: announcing.send(centre, db, "MTR-002", "Selamat datang", by),
        lambda db: closing.remove(centre, db, "MTR-002", by),
    )
    with reading(centre.engine) as db:
        assert (refused, announcing.sent(db)) == ("", [])


@ON_POSTGRES
def test_no_message_goes_to_a_corner_that_is_just_removed(centre: Centre, by: str) -> None:
    refused = beside(
        centre,
        lambda db: closing.remove(centre, db, "MTR-002", by),
        lambda db: announcing.send(centre, db, "MTR-002", "Selamat datang", by),
    )
    with reading(centre.engine) as db:
        assert (refused, announcing.sent(db)) == ("unknown_corner", [])
