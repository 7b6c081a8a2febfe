"""A till at a centre that knows the first version's requests alone, over a socket: it goes on, the rest waits."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from pos_app.domain.dates import WIB
from pos_app.ledger.backup import back_up, restore
from pos_app.ledger.verify import verify
from pos_app.services.context import Counter, User
from pos_app.services.exchange import ExchangeFailed
from pos_app.services.ids import uuid7
from pos_app.services.producers import Entry, register
from sync.server import commands
from tests.e2e.support import CentreProcess, Till

NOON = datetime(2026, 10, 1, 12, 0, tzinfo=WIB)
NOW = CentreProcess.program
OF_BEFORE = """
from pos_app.cli import main
from sync.server import app

app.HANDLERS = (app.post_enrol, app.post_entries, app.get_page, app.get_health)
raise SystemExit(main())
"""


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CentreProcess]:
    monkeypatch.setattr(CentreProcess, "program", ("-c", OF_BEFORE))
    made = CentreProcess(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def till(tmp_path: Path, centre: CentreProcess) -> Iterator[Till]:
    made = Till(tmp_path / "till").enrol(centre)
    made.move_cash(5)
    yield made
    made.ledger.close()


def update(centre: CentreProcess) -> None:
    """The centre's program of today, over the same data."""
    centre.stop()
    centre.program = NOW
    centre.start()


def lose_what_was_sent(till: Till, folder: Path) -> None:
    """Two documents more are at the centre than in the ledger, which is a backup now."""
    copy = back_up(till.ledger, folder, NOON)
    till.move_cash(2)
    till.sync()
    till.ledger.close()
    till.ledger = restore(copy, folder / "again.db")


def refused(till: Till) -> str:
    with pytest.raises(ExchangeFailed) as told:
        till.sync()
    assert told.value.status == "fork"
    return told.value.reason


def test_it_pushes_and_pulls_and_what_it_registered_waits_for_the_update(centre: CentreProcess, till: Till) -> None:
    counter = Counter(till.ledger, till.vault, lambda: till.moment, uuid7, User("boss", "pengelola"), prints=False)
    code = register(counter, Entry(business_name="Usaha Baru", owner_name="Umi", phone="081200000001"))
    report = till.sync()
    assert (report["acked"], report["pulled"]) == (5, 60 + 250 + 1)
    till.move_cash(1)
    assert till.sync()["acked"] == 6
    assert till.exchange_state().problem == ""
    update(centre)
    with till.ledger.write() as tx:
        tx.db.execute("DELETE FROM exchange WHERE key = 'proposals_held'")  # an hour later
    till.sync()
    assert [one["code"] for one in commands.proposals(centre.database)] == [code]


def test_a_till_that_diverged_keeps_all_it_has_and_asks_for_a_repair_once_the_centre_can(
    tmp_path: Path, centre: CentreProcess, till: Till
) -> None:
    lose_what_was_sent(till, tmp_path)
    till.move_cash(1)
    assert [refused(till), refused(till)] == ["fork", "behind"], "then it only asks, and hears of more than it has"
    till.move_cash(1)
    assert till.ledger.head().seq == 7
    verify(till.ledger)
    update(centre)
    assert refused(till) == "repair_waiting"


def test_a_till_that_is_behind_waits_and_fetches_what_it_lost_once_the_centre_can(
    tmp_path: Path, centre: CentreProcess, till: Till
) -> None:
    lose_what_was_sent(till, tmp_path)
    assert [refused(till), refused(till)] == ["behind", "behind"]
    update(centre)
    assert till.sync()["acked"] == 7
    assert till.state() == centre.state("MTR-001", "A")
