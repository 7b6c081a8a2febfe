"""A till that came back from a backup: its numbers start anew, and the centre takes what follows or says why not."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from pos_app.cli import main
from pos_app.domain.dates import WIB
from pos_app.ledger.backup import back_up, restore
from pos_app.ledger.verify import verify
from pos_app.services.exchange import ExchangeFailed
from sync.server import commands
from tests.e2e.support import CentreProcess, Till

NOON = datetime(2026, 10, 1, 12, 0, tzinfo=WIB)


@pytest.fixture
def till(tmp_path: Path, centre: CentreProcess) -> Iterator[Till]:
    till = Till(tmp_path / "till").enrol(centre)
    till.move_cash(5)
    yield till
    till.ledger.close()


def come_back(till: Till, copy: Path) -> None:
    till.ledger.close()
    till.ledger = restore(copy, copy.with_name("again.db"))


def test_a_backup_of_all_that_was_sent_goes_on_where_it_was(tmp_path: Path, centre: CentreProcess, till: Till) -> None:
    till.sync()
    copy = back_up(till.ledger, tmp_path, NOON)
    come_back(till, copy)
    assert till.state() == centre.state("MTR-001", "A")
    till.move_cash(2)
    with till.ledger.write() as tx:
        assert tx.next_number("KK") == "KK-MTR001A2-000003"
    assert till.sync()["acked"] == 7
    assert till.state() == centre.state("MTR-001", "A")
    verify(till.ledger)


def test_a_backup_older_than_what_was_sent_fetches_the_rest_and_goes_on(
    tmp_path: Path, centre: CentreProcess, till: Till
) -> None:
    copy = back_up(till.ledger, tmp_path, NOON)
    till.move_cash(3)
    till.sync()
    before = centre.state("MTR-001", "A")
    come_back(till, copy)
    assert till.sync()["acked"] == 8
    assert {**till.state(), "journal": before["journal"]} == before == centre.state("MTR-001", "A")
    till.move_cash(2)
    assert till.sync()["acked"] == 10
    assert till.state() == centre.state("MTR-001", "A")
    verify(till.ledger)


def test_a_backup_older_than_what_was_sent_that_sold_since_waits_for_a_repair_and_loses_nothing(
    tmp_path: Path, centre: CentreProcess, till: Till
) -> None:
    copy = back_up(till.ledger, tmp_path, NOON)
    till.move_cash(3)
    till.sync()
    before = centre.state("MTR-001", "A")
    come_back(till, copy)
    till.move_cash(4)
    for _ in range(2):
        with pytest.raises(ExchangeFailed) as failure:
            till.sync()
        assert (failure.value.status, failure.value.reason) == ("fork", "repair_waiting")
    (asked,) = commands.repairs(centre.database)
    assert (asked["base_seq"], asked["own_seq"], asked["head_seq"], asked["state"]) == (5, 9, 8, "waiting")
    assert centre.state("MTR-001", "A") == before
    assert till.state()["journal"]["entries"] == 9
    verify(till.ledger)
    commands.officer(centre.database, "Ibu Sari", "petugas")
    for decide, reason in ((commands.refuse, "repair_refused"), (commands.approve, "repair_approved")):
        decide(centre.database, "MTR-001", "A", "Ibu Sari")
        with pytest.raises(ExchangeFailed) as failure:
            till.sync()
        assert failure.value.reason == reason


def test_an_officer_is_told_that_another_copy_of_the_till_may_join_already(
    tmp_path: Path, centre: CentreProcess, till: Till, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(command: str, *options: str) -> str:
        assert main(["centre", command, "--database", centre.database, *options]) == 0
        return capsys.readouterr().out

    def asks() -> str:
        with pytest.raises(ExchangeFailed) as failure:
            till.sync()
        return failure.value.reason

    copy = back_up(till.ledger, tmp_path, NOON)
    till.move_cash(3)
    till.sync()
    come_back(till, copy)
    till.move_cash(4)
    assert asks() == "repair_waiting"
    commands.officer(centre.database, "Ibu Sari", "petugas")
    decision = ("--corner", "MTR-001", "--till", "A", "--officer", "Ibu Sari")
    told("approve", *decision)
    other = "MTR-001-A: salinan lain kasir ini disetujui pada "
    assert other not in told("repairs")
    copy.with_name("again.db").rename(tmp_path / "the other computer.db")
    come_back(till, copy)
    till.move_cash(2, amount=3_000)
    assert asks() == "repair_waiting"
    assert other in told("repairs")
    assert other in told("refuse", *decision)


def test_a_till_whose_history_differs_still_pulls_what_is_new(
    tmp_path: Path, centre: CentreProcess, till: Till
) -> None:
    copy = back_up(till.ledger, tmp_path, NOON)
    till.move_cash(3)
    till.sync()
    come_back(till, copy)
    till.move_cash(4)
    with pytest.raises(ExchangeFailed):
        till.sync()
    assert till.ledger.db.execute("SELECT count(*) FROM products").fetchone()[0] > 0
