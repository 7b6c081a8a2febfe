"""What the chain proves is kept when only seals cannot be read; what a seal speaks against is not."""

import random
import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from pos_app.domain.errors import NoUsableBackup
from pos_app.ledger.backup import back_up, backups_in
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.sqlite import connect_plainly
from pos_app.ledger.vault import Vault
from pos_app.ledger.verify import verify
from pos_app.services import backing_up, repairing
from pos_app.services.figures import current_state
from tests.corner import MORNING, Corner
from tests.ledger.test_kinds import flip_kind
from tests.services.test_repairing import forge

NOW = MORNING + timedelta(days=9)


@pytest.fixture
def days(open_corner: Corner, tmp_path: Path) -> Corner:
    """Three closings, a backup after the first, and a sale of the fourth day."""
    (tmp_path / "stick").mkdir()
    for day in range(3):
        open_corner.sell("T1")
        open_corner.do("close_shift", counted=0, note="x")
        if day == 0:
            back_up(open_corner.ledger, tmp_path / "stick", MORNING)
        open_corner.clock.pass_by(days=1)
        open_corner.do("open_shift", float=0)
    open_corner.sell("T1")
    return open_corner


def repair(corner: Corner, *backups: Path, vault: Vault | None = None) -> repairing.Repaired:
    keys = vault or corner.counter.vault
    trusted = keys.known_public_key()
    return repairing.repair(corner.ledger.path, backups, NOW, trusted_key=trusted, vault_of=lambda _who: keys)


def blank_page_of(path: Path, table: str) -> None:
    db = connect_plainly(str(path))
    root = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
    db.close()
    content = bytearray(path.read_bytes())
    content[(root - 1) * 4096 : root * 4096] = bytes(4096)
    path.write_bytes(content)


def change(path: Path, statement: str) -> None:
    db = connect_plainly(str(path))
    db.execute(statement)
    db.close()


def whole(corner: Corner, vault: Vault | None = None) -> int:
    with closing(Ledger.open(corner.ledger.path)) as ledger:
        return verify(ledger, trusted_key=(vault or corner.counter.vault).known_public_key()).entries


class TestUnreadableSeals:
    def test_all_entries_are_kept_and_their_closings_sealed_anew(self, days: Corner) -> None:
        before, entries = days.state, days.ledger.head().seq
        days.ledger.close()
        blank_page_of(days.ledger.path, "signed_heads")
        done = repair(days)
        assert (done.entries, done.lost, done.renumbered, done.sealed) == (entries, None, False, 3)
        assert whole(days) == entries
        with closing(Ledger.open(days.ledger.path)) as ledger:
            assert current_state(ledger) == before
            assert "sealed_again:3" in [row[0] for row in ledger.db.execute("SELECT detail FROM activity")]

    def test_a_seal_that_a_backup_still_has_is_taken_from_there(self, days: Corner, tmp_path: Path) -> None:
        first = tuple(days.db.execute("SELECT * FROM signed_heads ORDER BY seq").fetchone())
        days.ledger.close()
        blank_page_of(days.ledger.path, "signed_heads")
        done = repair(days, tmp_path / "stick")
        assert (done.backup, done.lost, done.sealed) == (None, None, 2)
        with closing(Ledger.open(days.ledger.path)) as ledger:
            assert tuple(ledger.db.execute("SELECT * FROM signed_heads ORDER BY seq").fetchone()) == first

    @pytest.mark.parametrize("place", ["min", "max"])
    def test_one_that_is_missing_costs_nothing(self, days: Corner, place: str) -> None:
        entries = days.ledger.head().seq
        days.ledger.close()
        change(days.ledger.path, f"DELETE FROM signed_heads WHERE seq = (SELECT {place}(seq) FROM signed_heads)")
        done = repair(days)
        assert (done.entries, done.lost, done.sealed) == (entries, None, 1)
        assert whole(days) == entries

    def test_a_damaged_one_is_made_anew_where_a_later_one_proves_what_came_before(self, days: Corner) -> None:
        entries = days.ledger.head().seq
        days.ledger.close()
        change(
            days.ledger.path,
            "UPDATE signed_heads SET signature = zeroblob(64) WHERE seq = (SELECT min(seq) FROM signed_heads)",
        )
        assert (repair(days).lost, whole(days)) == (None, entries)

    def test_the_newest_that_does_not_fit_still_speaks_against_its_closing(self, days: Corner) -> None:
        days.ledger.close()
        change(
            days.ledger.path,
            "UPDATE signed_heads SET signature = zeroblob(64) WHERE seq = (SELECT max(seq) FROM signed_heads)",
        )
        with pytest.raises(NoUsableBackup):
            repair(days)

    def test_a_computer_without_the_key_vouches_for_what_it_sealed(self, days: Corner, tmp_path: Path) -> None:
        entries, here = days.ledger.head().seq, Vault(tmp_path / "here")
        days.ledger.close()
        change(days.ledger.path, "DELETE FROM signed_heads WHERE seq = (SELECT min(seq) FROM signed_heads)")
        done = repair(days, vault=here)
        assert (done.entries, done.lost, done.sealed) == (entries, None, 1)
        assert here.known_public_key() is not None
        assert whole(days, here) == entries


class TestRehearsal:
    """What a repair would do is told before it is done, by doing it to a copy."""

    @pytest.mark.parametrize("table", ["signed_heads", "journal", "balances"])
    def test_it_tells_what_the_repair_then_does_and_changes_nothing(
        self, days: Corner, tmp_path: Path, table: str
    ) -> None:
        days.ledger.close()
        path, vault = days.ledger.path, days.counter.vault
        blank_page_of(path, table)
        before = {one: one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()}
        trusted = vault.known_public_key()
        told = repairing.rehearse(path, [tmp_path / "stick"], NOW, trusted_key=trusted, vault_of=lambda _who: vault)
        assert {one: one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()} == before
        done = repair(days, tmp_path / "stick")
        assert (told.entries, told.backup, told.salvaged, told.sealed, told.renumbered) == (
            done.entries,
            done.backup,
            done.salvaged,
            done.sealed,
            done.renumbered,
        )
        assert (told.lost and (told.lost.first, told.lost.last)) == (done.lost and (done.lost.first, done.lost.last))

    def test_it_makes_no_key(self, days: Corner, tmp_path: Path) -> None:
        days.ledger.close()
        blank_page_of(days.ledger.path, "signed_heads")
        here = Vault(tmp_path / "here")
        assert repairing.rehearse(days.ledger.path, [], NOW, vault_of=lambda _who: here).sealed == 3
        assert here.known_public_key() is None


class TestAnotherKey:
    """The till enrolled anew, or its file was copied to another computer: nothing is damaged."""

    def test_it_is_no_damage_and_nothing_is_repaired_for_it(self, days: Corner, tmp_path: Path) -> None:
        newest = days.db.execute("SELECT max(seq) FROM signed_heads").fetchone()[0]
        days.ledger.close()
        here = Vault(tmp_path / "here")
        here.signing_key()
        before = days.ledger.path.read_bytes()
        done = repair(days, tmp_path / "stick", vault=here)
        assert (done.found.condition, done.found.foreign, done.aside) == ("whole", newest, None)
        assert days.ledger.path.read_bytes() == before

    def test_a_repair_of_something_else_is_not_stopped_by_it(self, days: Corner, tmp_path: Path) -> None:
        entries = days.ledger.head().seq
        days.ledger.close()
        here = Vault(tmp_path / "here")
        here.signing_key()
        change(days.ledger.path, "UPDATE balances SET amount = 7")
        done = repair(days, tmp_path / "stick", vault=here)
        assert (done.entries, done.lost, done.backup) == (entries, None, None)


class TestKinds:
    """A flipped bit that makes a text of bytes, or bytes of a text."""

    @pytest.mark.parametrize("column", ["document_id", "kind", "recorded_at", "body", "prev", "hash"])
    @pytest.mark.parametrize("from_the_end", [0, 3])
    def test_it_costs_nothing(self, days: Corner, column: str, from_the_end: int) -> None:
        entries = days.ledger.head().seq
        days.ledger.close()
        flip_kind(days.ledger.path, column, entries - from_the_end)
        assert repairing.diagnose(days.ledger.path).condition in ("projections", "journal")
        assert repair(days).lost is None
        assert whole(days) == entries

    @pytest.mark.parametrize("column", ["recorded_at", "hash"])
    def test_a_bad_copy_in_the_folder_stops_no_backup(self, days: Corner, tmp_path: Path, column: str) -> None:
        stick = tmp_path / "stick"
        (copy,) = stick.iterdir()
        flip_kind(copy, column, backups_in(stick)[0].entries)
        assert backups_in(stick) == []
        backing_up.set_folders(days.ledger, [stick])
        (outcome,) = backing_up.run(days.ledger, days.counter.vault, NOW)
        assert outcome.path is not None
        assert copy.exists()


@pytest.mark.parametrize("seed", range(60))
def test_no_flipped_bit_ends_a_diagnosis_or_a_repair_with_anything_but_a_word(
    days: Corner, tmp_path: Path, seed: int
) -> None:
    """Bits where they mean the most: in the headers of records and in the schema."""
    hashes = dict(days.db.execute("SELECT seq, hash FROM journal").fetchall())
    days.ledger.close()
    chance, path = random.Random(seed), days.ledger.path
    content = bytearray(path.read_bytes())
    page = 0 if seed % 3 == 0 else chance.randrange(len(content) // 4096) * 4096
    for _time in range(1 + seed % 4):
        content[page + chance.randrange(4096)] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    shutil.copyfile(path, tmp_path / "stick" / "pojok-MTR001A-20261002-080000.db")
    backups_in(tmp_path / "stick")
    repairing.diagnose(path, trusted_key=days.counter.vault.known_public_key())
    done = repair(days, tmp_path / "stick")
    with closing(Ledger.open(path)) as ledger:
        head = verify(ledger, trusted_key=days.counter.vault.known_public_key())
    assert bytes.fromhex(head.head) == hashes[head.entries]
    assert (done.lost is None) <= (head.entries == max(hashes))


def test_a_document_that_is_there_twice_is_damage_of_the_second(open_corner: Corner, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    back_up(open_corner.ledger, tmp_path / "stick", MORNING)
    for _sale in range(3):
        open_corner.sell("T1")
    ids = dict(open_corner.db.execute("SELECT seq, document_id FROM journal").fetchall())
    open_corner.ledger.close()
    forge(open_corner.ledger.path, 7, ids[7].encode(), ids[6].encode())
    done = repair(open_corner, tmp_path / "stick")
    assert (done.entries, done.lost and (done.lost.first, done.lost.last)) == (6, (7, 8))
