"""A till joins more than once: its backups are of any time."""

import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pos_app.ledger import backup
from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.rebuild import rebuild
from pos_app.ledger.verify import verify
from pos_app.services import repairing
from pos_app.services.figures import current_state
from tests.corner import Corner
from tests.services.forked_corner import Forked, forked, pages_after
from tests.services.joining import (
    SCRIPTS,
    Script,
    at_random,
    check_joined,
    close,
    close_and_open,
    everything,
    join,
    sell,
    settle,
)


@pytest.mark.parametrize(
    ("centre", "till", "later"),
    [
        ("sells", "settles", "settles"),
        ("does everything", "does everything", "does everything"),
        ("closes and opens", "closes and opens", "closes and opens"),
        ("settles", "does everything", "sells"),
    ],
)
def test_a_till_that_joined_joins_anew_where_the_centre_went_on_before_it_heard_of_it(
    open_corner: Corner, tmp_path: Path, centre: str, till: str, later: str
) -> None:
    """Each document stays right in the order in which it was recorded, however often it is entered again."""
    open_corner.receive("T1", "90")
    both = forked(open_corner, tmp_path, SCRIPTS[centre], SCRIPTS[till])
    join(both)
    for _round in range(2):
        both.till.sell("T1", "9")
        settle(both.till)
        SCRIPTS[later](both.centre)
        both.look_again()
        done = join(both)
        assert not done.entered.there
    both.till.sell("T1")
    assert both.till.verify()


def test_nothing_is_entered_twice_when_the_repair_itself_was_lost(open_corner: Corner, tmp_path: Path) -> None:
    """Joined, sent, then restored from a copy of before the repair: the centre has what diverged already."""
    both = forked(open_corner, tmp_path, sell, everything)
    before = backup.back_up(both.till.ledger, tmp_path, both.till.clock())
    join(both)
    (tmp_path / "again").mkdir()
    path = tmp_path / "again" / "till.db"
    clock = both.till.clock
    old = Corner(backup.restore(before, path), replace(both.till.counter), clock)
    old.counter.ledger = old.ledger
    old.sell("K1")
    again = Forked(both.till, old, both.base)
    expected = again.books()
    done = again.rejoin()
    assert len(done.entered.numbers) == 1
    assert len(done.entered.there) == old_entries(again) - 1
    check_joined(again, expected, drawer=again.till.state["drawer"])
    assert [row["epoch"] for row in again.till.db.execute("SELECT epoch FROM epochs")] == [2, 3]


def old_entries(both: Forked) -> int:
    aside = next(both.till.ledger.path.parent.glob("*.forked-*"))
    with closing(Ledger.open(aside)) as old:
        return old.head().seq - both.base


def test_a_repaired_ledger_is_backed_up_restored_taken_back_and_repaired_like_any(
    open_corner: Corner, tmp_path: Path
) -> None:
    both = forked(open_corner, tmp_path, everything, close_and_open)
    early = backup.back_up(both.centre.ledger, tmp_path, both.centre.clock())
    join(both)
    both.till.sell("T1")
    copy = backup.back_up(both.till.ledger, tmp_path, both.till.clock())
    (tmp_path / "other").mkdir()
    with closing(backup.restore(copy, tmp_path / "other" / "restored.db")) as restored:
        assert verify(restored).head == both.till.ledger.head().hash.hex()
        assert restored.identity.epoch == 2
        assert rebuild(restored) == both.till.ledger.head().seq
    with closing(backup.restore(early, tmp_path / "other" / "early.db")) as behind:
        store = LedgerStore(behind, both.till.counter.vault.signing_key())
        for page in pages_after(both.till.ledger, behind.head().seq):
            store.take_back(page)
        assert verify(behind).head == both.till.ledger.head().hash.hex()
        assert current_state(behind)["stock"] == both.till.state["stock"]
    damaged = tmp_path / "other" / "damaged.db"
    shutil.copyfile(copy, damaged)
    with closing(Ledger.open(damaged)) as ledger, ledger.write() as tx:
        tx.db.execute("DROP TRIGGER journal_no_update")
        tx.db.execute("UPDATE journal SET hash = x'00' WHERE seq = 12")
    mended = repairing.repair(damaged, [], both.till.clock(), vault_of=lambda _who: both.till.counter.vault)
    assert mended.lost is None
    with closing(Ledger.open(damaged)) as ledger:
        assert verify(ledger).head == both.till.ledger.head().hash.hex()


@pytest.mark.parametrize("seed", range(12))
def test_any_two_histories_are_in_the_books_once(open_corner: Corner, tmp_path: Path, seed: int) -> None:
    at_random(seed + 300, counts=True)(open_corner)
    both = forked(open_corner, tmp_path, at_random(seed, counts=False), at_random(seed + 100, counts=False))
    join(both)
    at_random(seed + 200, counts=True)(both.till)
    assert both.till.verify()


@pytest.mark.parametrize("seed", range(12))
def test_any_two_histories_with_counts_are_put_together_whole(open_corner: Corner, tmp_path: Path, seed: int) -> None:
    both = forked(open_corner, tmp_path, at_random(seed, counts=True), at_random(seed + 100, counts=True))
    both.rejoin()
    assert both.till.verify()
    at_random(seed + 200, counts=True)(both.till)
    assert both.till.verify()


def from_a_copy_of_before(both: Forked, folder: Path, later: Script) -> Forked:
    """The till joins and sells on; then it is restored from a copy of before it joined, which goes on as ``later``."""
    copy = backup.back_up(both.till.ledger, folder, both.till.clock())
    both.rejoin()
    both.till.clock.pass_by(minutes=5)
    both.till.receive("W1", "2")
    both.till.play(
        {"do": "cash_move", "direction": "out", "amount": 5_000, "reason": "es batu"}
    )  # where a shift is open
    clock = both.till.clock
    (folder / "again").mkdir()
    old = Corner(backup.restore(copy, folder / "again" / "till.db"), replace(both.till.counter), clock)
    old.counter.ledger = old.ledger
    later(old)
    return Forked(both.till, old, both.base)


def open_and_sell(corner: Corner) -> None:
    corner.do("open_shift", float=70_000)
    corner.sell("B1")


LATER: dict[str, Script] = {"sells": sell, "closes": close, "closes and opens": close_and_open}


@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize("till", ["sells", "does everything", "closes and opens"])
@pytest.mark.parametrize("centre", ["sells", "closes"])
def test_a_copy_of_before_the_joining_goes_on_in_the_shift_it_has_open(
    open_corner: Corner, tmp_path: Path, centre: str, till: str, later: str
) -> None:
    both = forked(open_corner, tmp_path, SCRIPTS[centre], SCRIPTS[till])
    again = from_a_copy_of_before(both, tmp_path, LATER[later])
    join(again)


def test_a_copy_of_before_the_joining_has_no_shift_open_and_opens_one(open_corner: Corner, tmp_path: Path) -> None:
    both = forked(open_corner, tmp_path, sell, close)
    done = join(from_a_copy_of_before(both, tmp_path, open_and_sell))
    assert not done.entered.opened


@pytest.mark.parametrize("later", [close, lambda corner: corner.do("close_shift", counted=corner.state["drawer"])])
def test_a_copy_of_before_the_joining_closes_the_shift_that_it_opened_where_none_was(
    corner: Corner, tmp_path: Path, later: Script
) -> None:
    both = forked(corner, tmp_path, lambda one: one.receive("K1", "5"), open_and_sell)
    done = join(from_a_copy_of_before(both, tmp_path, later))
    assert done.entered.opened


def test_what_the_copy_took_back_and_the_centre_too_left_the_drawer_before_it_closes(
    open_corner: Corner, tmp_path: Path
) -> None:
    """The reversal counts as nothing at the centre, and its money was given in the shift the copy has open."""
    sale = open_corner.sell("K1")

    def takes_back(one: Corner) -> None:
        one.do("reverse", of=sale["number"], reason="wrong tender")

    again = from_a_copy_of_before(forked(open_corner, tmp_path, takes_back, takes_back), tmp_path, close)
    again.rejoin()
    assert again.till.verify() == again.till.ledger.head().seq


@pytest.mark.parametrize("seed", range(12))
def test_a_copy_of_before_the_joining_joins_whatever_it_did_since(
    open_corner: Corner, tmp_path: Path, seed: int
) -> None:
    both = forked(open_corner, tmp_path, at_random(seed, counts=True), at_random(seed + 100, counts=True))
    again = from_a_copy_of_before(both, tmp_path, at_random(seed + 500, counts=True))
    again.rejoin()
    at_random(seed + 200, counts=True)(again.till)
    assert again.till.verify()
