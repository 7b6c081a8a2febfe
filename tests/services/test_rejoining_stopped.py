"""A joining that is stopped, killed or refused leaves the ledger as it was, or done."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from pos_app.domain.errors import JoiningCutOff
from pos_app.ledger import backup
from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.verify import verify
from pos_app.services import rejoining
from pos_app.services.rejoining import CannotRejoin, NothingApproved
from sync.protocol.messages import Approval
from tests.corner import Corner
from tests.services.forked_corner import forked, pages_after, reopened
from tests.services.joining import everything, join, sell


def test_a_repair_that_cannot_be_done_leaves_everything_as_it_was(open_corner: Corner, tmp_path: Path) -> None:
    both = forked(open_corner, tmp_path, sell, everything)
    before = both.till.state
    with pytest.raises(CannotRejoin) as error:
        both.rejoin(("BT-MTR001A2-000001",))
    assert error.value.number == "BT-MTR001A2-000001", "the centre's history did not take that back"
    assert both.till.state == before
    assert both.till.verify()
    assert sorted(one.name for one in tmp_path.glob("restored.db*")) == [
        "restored.db",
        "restored.db-shm",
        "restored.db-wal",
    ]


def test_without_an_approval_nothing_is_done(open_corner: Corner, tmp_path: Path) -> None:
    both = forked(open_corner, tmp_path, sell, sell)
    assert rejoining.state(both.till.ledger) == "none"
    with pytest.raises(NothingApproved):
        both.repair().run()
    assert both.till.verify() == both.base + 2


def test_an_approval_waits_until_it_is_acted_on(open_corner: Corner, tmp_path: Path) -> None:
    both = forked(open_corner, tmp_path, sell, sell)
    store = LedgerStore(both.till.ledger)
    for problem, told in (("repair_waiting", "waiting"), ("repair_refused", "refused")):
        store.note_problem(problem, "", "2026-10-02T08:00:00+07:00")
        assert rejoining.state(both.till.ledger) == told
    both.approve()
    store.note_problem("repair_approved", "", "2026-10-02T08:00:00+07:00")
    assert rejoining.state(both.till.ledger) == "approved"


def test_a_rehearsal_tells_the_same_and_changes_nothing(open_corner: Corner, tmp_path: Path) -> None:
    both = forked(open_corner, tmp_path, everything, everything)
    both.approve()
    before = both.till.state
    rehearsed = both.repair().rehearse()
    assert both.till.state == before
    assert not list(tmp_path.glob("*.rehearsal*"))
    done = both.rejoin()
    assert replace(done, aside=None) == rehearsed


def test_the_fetched_entries_outlast_an_interruption(open_corner: Corner, tmp_path: Path) -> None:
    both = forked(open_corner, tmp_path, everything, sell)
    both.approve()
    ledger, pages = both.till.ledger, pages_after(both.centre.ledger, both.base)
    assert rejoining.fetched(ledger.path, ledger, lambda _ledger, _approval: pages) == pages
    assert rejoining.fetched(ledger.path, ledger, offline) == pages


def offline(_ledger: Ledger, _approval: Approval) -> NoReturn:
    raise AssertionError("asked again")


@pytest.mark.parametrize("links", [True, False])
def test_a_repair_that_is_killed_leaves_the_old_ledger_or_the_new_one(
    open_corner: Corner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool
) -> None:
    both = forked(open_corner, tmp_path, sell, everything)
    both.approve()
    repair, old = both.repair(), both.till.ledger.head()
    both.till.ledger.close()
    path = repair.path

    class Killed(BaseException):
        pass

    def killed(*_arguments: object) -> None:
        raise Killed

    if not links:
        monkeypatch.setattr("os.link", lambda *_arguments: (_ for _ in ()).throw(OSError("no links")))
    for moment in ("pos_app.ledger.rejoining.enter_again", "pos_app.services.rejoining.sync_folder"):
        with monkeypatch.context() as patch:
            patch.setattr(moment, killed)
            with pytest.raises(Killed):
                repair.run()
        with closing(Ledger.open(path)) as ledger:
            assert ledger.head() == old
    path.with_name(f"{path.name}.kept").touch()
    done = repair.run()
    assert len(list(path.parent.glob("*.forked-*"))) == 1
    assert not path.with_name(f"{path.name}.kept").exists()
    with closing(Ledger.open(path)) as ledger:
        assert verify(ledger).entries == done.entries


def test_a_repair_that_lost_its_power_between_two_names_is_taken_back(open_corner: Corner, tmp_path: Path) -> None:
    both = forked(open_corner, tmp_path, sell, sell)
    old, path = both.till.ledger.head(), both.till.ledger.path
    backup.fold(both.till.ledger)
    both.till.ledger.close()
    path.rename(path.with_name(f"{path.name}.forked-20261002-080000"))
    path.with_name(f"{path.name}.rejoining").touch()
    for reach in (Ledger.open, lambda missing: Ledger.create(missing, both.till.ledger.identity)):
        with pytest.raises(JoiningCutOff):
            reach(path)
    rejoining.recover(path)
    with closing(Ledger.open(path)) as ledger:
        assert ledger.head() == old


def test_a_ledger_that_went_missing_after_a_repair_is_not_the_one_of_before_it(
    open_corner: Corner, tmp_path: Path
) -> None:
    both = forked(open_corner, tmp_path, sell, sell)
    join(both)
    path = both.till.ledger.path
    both.till.ledger.close()
    gone = path.rename(tmp_path / "elsewhere.db")
    rejoining.recover(path)
    assert not path.exists(), "what was recorded since would be missing, and nobody would know"
    assert len(list(tmp_path.glob("*.forked-*"))) == 1
    gone.rename(path)
    both.till = reopened(path, both.till)
