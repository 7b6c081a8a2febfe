"""A pull under 32 writers on PostgreSQL skips nothing; a serial cursor would. A million rows: ``make cursor``."""

import pytest

from tests.postgres import made_from
from tests.server.exchange.cursor import careful, naive, write_and_pull
from tests.server.support import Clock, new_centre


@pytest.fixture
def fresh(postgres: str) -> str:
    database = made_from(postgres, "template0")
    new_centre(database, Clock()).close()
    return database


def test_no_row_is_missed_or_doubled_under_32_writers(fresh: str) -> None:
    found = write_and_pull(fresh, 3_000, careful, 4)
    assert (found.written, found.missed, found.doubled) == (3_000, 0, 0)
    assert found.pulls > 20


def test_a_cursor_of_serial_numbers_misses_rows(fresh: str) -> None:
    assert write_and_pull(fresh, 3_000, naive, 4).missed > 0
