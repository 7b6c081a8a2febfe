"""Entries cut off the end of a journal are told, fetched from a backup, and their numbers are never given again."""

from datetime import timedelta
from pathlib import Path

import pytest

from pos_app.domain.errors import NoUsableBackup
from pos_app.ledger.backup import back_up
from pos_app.ledger.ledger import Ledger
from pos_app.services import repairing
from tests.corner import MORNING, Corner
from tests.services.test_repairing import closed, scribble

NOW = MORNING + timedelta(hours=12)
LAST_TWO = "DELETE FROM journal WHERE seq > (SELECT max(seq) - 2 FROM journal)"


@pytest.fixture
def sold(open_corner: Corner) -> Corner:
    """Seven entries, the last two of them sales."""
    open_corner.sell("T1", "1")
    open_corner.sell("T1", "2")
    return open_corner


def test_a_cut_off_end_is_damage_of_the_journal(sold: Corner) -> None:
    path = closed(sold)
    scribble(path, LAST_TWO)
    found = repairing.diagnose(path)
    assert (found.condition, found.entry, found.entries) == ("journal", 6, 7)


def test_a_backup_gives_the_end_back(sold: Corner, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    back_up(sold.ledger, folder, NOW)
    path = closed(sold)
    scribble(path, LAST_TWO)
    done = repairing.repair(path, [folder], NOW)
    assert (done.entries, done.lost) == (7, None)


def test_without_a_backup_the_loss_is_told_and_numbers_begin_anew(sold: Corner, tmp_path: Path) -> None:
    path = closed(sold)
    scribble(path, LAST_TWO)
    with pytest.raises(NoUsableBackup):
        repairing.repair(path, [tmp_path / "nowhere"], NOW)
    done = repairing.repair(path, [], NOW, without_backup=True)
    assert done.lost is not None
    assert (done.entries, done.lost.first, done.lost.last, done.renumbered) == (5, 6, 7, True)
    ledger = Ledger.open(path)
    assert ledger.identity.series == "MTR001A2"
    ledger.close()
