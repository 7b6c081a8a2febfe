"""Keys and machines that are lost: a replaced PC, a revoked till, lost answers, a new key of the centre."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_app.ledger.vault import Vault
from pos_app.services import exchange
from pos_app.services.exchange import ExchangeFailed
from sync.server import commands
from tests.client.support import scripted
from tests.e2e.support import CentreProcess, Till
from tests.e2e.test_exchange_faults import relay


@pytest.fixture
def centre(centre: CentreProcess) -> CentreProcess:
    """With an officer."""
    commands.officer(centre.database, "Rahma", "petugas")
    return centre


@pytest.fixture
def till(tmp_path: Path, centre: CentreProcess) -> Iterator[Till]:
    till = Till(tmp_path / "till").enrol(centre)
    till.move_cash(5)
    till.sync()
    yield till
    till.ledger.close()


def refused(till: Till) -> str:
    with pytest.raises(ExchangeFailed) as failure:
        till.sync()
    return failure.value.reason


def test_a_replaced_computer_with_the_same_ledger_goes_on_and_the_old_one_is_refused(
    tmp_path: Path, centre: CentreProcess, till: Till
) -> None:
    old = till.vault
    till.vault = Vault(tmp_path / "another computer")
    assert refused(till) == "unknown_key"
    till.enrol(centre)
    till.move_cash(2)
    assert till.sync()["acked"] == 7
    assert till.state() == centre.state("MTR-001", "A")
    till.vault = old
    assert refused(till) == "key_revoked"


def test_a_lost_answer_to_the_enrolment_is_asked_for_again(tmp_path: Path, centre: CentreProcess, till: Till) -> None:
    code, servers = centre.code("MTR-001", "A"), []
    till.vault = Vault(tmp_path / "another computer")
    with scripted(relay(centre, servers, lambda _data: None), relay(centre, servers)) as proxy:
        servers.append(proxy)
        with pytest.raises(ExchangeFailed):
            exchange.enrol(till.ledger, till.vault, till.client, proxy.url, code)
        exchange.enrol(till.ledger, till.vault, till.client, proxy.url, code)
        assert till.sync()["acked"] == 5


def test_a_revoked_till_sells_on_and_sends_everything_once_it_joined_again(centre: CentreProcess, till: Till) -> None:
    assert commands.revoke(centre.database, "MTR-001", "A", "Rahma") == 1
    till.move_cash(3)
    assert refused(till) == "key_revoked"
    assert till.unsent() == 3
    till.enrol(centre)
    assert till.sync()["acked"] == 8


@pytest.mark.parametrize("missed", [1, 3])
def test_a_till_follows_the_centres_key_also_over_rollovers_that_it_missed(
    centre: CentreProcess, till: Till, missed: int
) -> None:
    keys = [commands.roll_key(centre.database, "Rahma") for _ in range(missed)]
    assert len(set(keys)) == missed
    for count in (1, 2):
        till.move_cash(count)
        assert till.sync()["status"] == "ok"
    till.move_cash(1)
    commands.roll_key(centre.database, "Rahma")
    assert till.sync()["acked"] == 9
    assert till.state() == centre.state("MTR-001", "A")


def test_a_till_that_was_only_behind_fetches_its_entries_from_a_centre_with_a_new_key(
    tmp_path: Path, centre: CentreProcess, till: Till
) -> None:
    copy = tmp_path / "copy.db"
    till.ledger.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(till.path, copy)
    till.move_cash(700)
    till.sync()
    commands.roll_key(centre.database, "Rahma")
    till.ledger.close()
    for leftover in ("-wal", "-shm"):
        till.path.with_name(till.path.name + leftover).unlink(missing_ok=True)
    shutil.copy(copy, till.path)
    till.ledger = type(till.ledger).open(till.path)
    assert till.sync()["acked"] == 705
    assert till.state() == centre.state("MTR-001", "A")
