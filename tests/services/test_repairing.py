"""A damaged ledger is made whole in the right order, and what is lost is named."""

import json
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from pos_app.domain.errors import DamagedLedger, NoUsableBackup, SeveralLedgers
from pos_app.ledger.backup import back_up
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.sqlite import connect_plainly
from pos_app.ledger.verify import verify
from pos_app.services import repairing
from pos_app.services.figures import current_state
from tests.corner import MORNING, PRODUCERS, PRODUCTS, STAFF, Corner, new_corner, register

NOW = MORNING + timedelta(hours=12)


def closed(corner: Corner) -> Path:
    """The file of a corner that nobody has open."""
    corner.ledger.close()
    return corner.ledger.path


def scribble(path: Path, *statements: str) -> None:
    """Change a ledger behind the program's back."""
    db = connect_plainly(str(path))
    for name in ("journal_no_update", "journal_no_delete"):
        db.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        db.execute(statement)
    db.close()


def break_page_of(path: Path, needle: bytes) -> None:
    """Fill the page that holds ``needle`` with rubbish, as a failing disk does."""
    content = bytearray(path.read_bytes())
    size = int.from_bytes(content[16:18], "big")
    start = content.find(needle) // size * size
    assert start > 0
    content[start : start + size] = b"\xa5" * size
    path.write_bytes(bytes(content))


def state_of(path: Path) -> object:
    ledger = Ledger.open(path)
    try:
        verify(ledger)
        return current_state(ledger)
    finally:
        ledger.close()


class TestDiagnosis:
    def test_a_whole_ledger_is_left_alone(self, open_corner: Corner, tmp_path: Path) -> None:
        path = closed(open_corner)
        before = path.read_bytes()
        found = repairing.diagnose(path)
        assert (found.condition, found.entries, found.ledger_id[:4]) == ("whole", 5, "0123")
        assert repairing.repair(path, [tmp_path], NOW).aside is None
        assert path.read_bytes() == before

    def test_a_wrong_sum_is_told_from_a_wrong_entry(self, open_corner: Corner) -> None:
        path = closed(open_corner)
        scribble(path, "UPDATE balances SET amount = amount + 1 WHERE account = 'cash'")
        assert repairing.diagnose(path).condition == "projections"
        scribble_again = "UPDATE journal SET body = CAST(replace(body, '200000', '200001') AS BLOB) WHERE seq = 1"
        db = connect_plainly(str(path))
        db.execute(scribble_again)
        db.close()
        found = repairing.diagnose(path)
        assert (found.condition, found.entry) == ("journal", 1)

    @pytest.mark.parametrize("content", [b"", b"SQLite format 3\0", b"JFIF" * 5000])
    def test_a_file_that_cannot_be_read(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "till.db"
        path.write_bytes(content)
        assert repairing.diagnose(path).condition == "unreadable"
        assert repairing.diagnose(tmp_path / "none.db").condition == "missing"


class TestFromItsOwnJournal:
    def test_projections_are_filled_anew_and_the_damaged_file_is_kept(self, open_corner: Corner) -> None:
        before, path = open_corner.state, closed(open_corner)
        scribble(path, "UPDATE balances SET amount = 7", "DELETE FROM stock", "DROP TABLE settled")
        damaged = path.read_bytes()
        done = repairing.repair(path, [], NOW)
        assert (done.entries, done.lost, done.backup, done.renumbered) == (5, None, None, False)
        assert done.aside is not None
        assert done.aside.name == "till.db.damaged-20261001-200000"
        assert done.aside.read_bytes() == damaged
        assert state_of(path) == before

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE journal SET hash = zeroblob(32) WHERE seq = 3",
            "UPDATE journal SET prev = zeroblob(32) WHERE seq = 3",
            "UPDATE journal SET kind = 'sale', recorded_at = '', document_id = 'x' WHERE seq = 3",
        ],
    )
    def test_a_wrong_column_beside_right_bytes_costs_nothing(self, open_corner: Corner, change: str) -> None:
        before, path = open_corner.state, closed(open_corner)
        scribble(path, change)
        assert repairing.diagnose(path).condition == "journal"
        done = repairing.repair(path, [], NOW)
        assert (done.entries, done.lost, done.renumbered) == (5, None, False)
        assert state_of(path) == before

    def test_broken_pages_of_an_index_or_a_sum_cost_nothing(self, open_corner: Corner) -> None:
        open_corner.sell("T1")
        before, path = open_corner.state, closed(open_corner)
        break_page_of(path, b"payable:P1")
        done = repairing.repair(path, [], NOW)
        assert (done.entries, done.lost) == (6, None)
        assert state_of(path) == before

    def test_a_row_that_its_table_forbids_is_found_and_replaced(self, open_corner: Corner, tmp_path: Path) -> None:
        open_corner.db.execute("PRAGMA ignore_check_constraints = ON")
        open_corner.db.execute("INSERT INTO users (id, role, pin_hash) VALUES ('u', 'boss', '')")
        open_corner.db.execute("PRAGMA ignore_check_constraints = OFF")
        with pytest.raises(DamagedLedger):
            back_up(open_corner.ledger, tmp_path, MORNING)
        before, path = open_corner.state, closed(open_corner)
        assert repairing.diagnose(path).condition == "projections"
        assert repairing.repair(path, [], NOW).lost is None
        assert state_of(path) == before

    def test_broken_first_bytes_of_the_file_cost_nothing(self, open_corner: Corner) -> None:
        before, path = open_corner.state, closed(open_corner)
        path.write_bytes(b"\0\0\0" + path.read_bytes()[3:])
        assert repairing.diagnose(path).condition == "unreadable"
        done = repairing.repair(path, [], NOW)
        assert (done.entries, done.lost) == (5, None)
        assert state_of(path) == before
        assert sorted(one.name for one in path.parent.glob("till.db*")) == [
            "till.db",
            "till.db.damaged-20261001-200000",
        ]

    def test_registry_settings_and_notes_come_along(self, open_corner: Corner) -> None:
        open_corner.do("cash_move", direction="out", amount=1_000, reason="es batu")
        path = closed(open_corner)
        tables = ("producers", "products", "barcodes", "staff", "notes", "settings", "activity")
        before = contents(path, tables)
        scribble(path, "UPDATE journal SET prev = zeroblob(32) WHERE seq = 3")
        repairing.repair(path, [], NOW)
        after = contents(path, tables)
        assert after["activity"][-1][3:] == ("ledger_repaired", "new_file")
        after["activity"].pop()
        assert after == before
        db = connect_plainly(str(path))
        assert db.execute("SELECT count(*) FROM product_search WHERE text MATCH 'Keripik'").fetchone()[0] == 1
        db.close()


def contents(path: Path, tables: tuple[str, ...]) -> dict[str, list[tuple[object, ...]]]:
    db = connect_plainly(str(path))
    found = {table: [tuple(row) for row in db.execute(f"SELECT * FROM {table}")] for table in tables}
    db.close()
    return found


@pytest.fixture
def sold(open_corner: Corner, tmp_path: Path) -> Corner:
    """Five entries, a backup of them, three more sales."""
    (tmp_path / "stick").mkdir()
    back_up(open_corner.ledger, tmp_path / "stick", MORNING)
    for _sale in range(3):
        open_corner.clock.pass_by(minutes=5)
        open_corner.sell("T1")
    return open_corner


class TestFromABackup:
    def test_entries_after_the_backup_are_saved_from_the_damaged_file(self, sold: Corner, tmp_path: Path) -> None:
        before, path = sold.state, closed(sold)
        scribble(path, "UPDATE journal SET body = CAST(replace(body, '200000', '200001') AS BLOB) WHERE seq = 1")
        done = repairing.repair(path, [tmp_path / "stick"], NOW)
        assert (done.found.entry, done.entries, done.salvaged, done.lost) == (1, 8, 3, None)
        assert done.backup is not None
        after = state_of(path)
        assert after == before

    def test_what_cannot_be_joined_is_named_and_listed(self, sold: Corner, tmp_path: Path) -> None:
        path = closed(sold)
        scribble(path, "UPDATE journal SET body = CAST(replace(body, 'T1', 'T2') AS BLOB) WHERE seq = 7")
        done = repairing.repair(path, [tmp_path / "stick"], NOW)
        assert (done.entries, done.salvaged) == (6, 1)
        lost = done.lost
        assert lost is not None
        assert (lost.first, lost.last, lost.readable) == (7, 8, 2)
        assert (lost.after[11:16], lost.before[11:16]) == ("08:05", "08:15")
        assert lost.listed is not None
        listed = [json.loads(line) for line in lost.listed.read_text(encoding="utf-8").splitlines()]
        assert [one["number"] for one in listed] == ["ST-MTR001A-000002", "ST-MTR001A-000003"]

    def test_a_second_repair_in_the_same_second_lists_what_it_lost_beside_the_first(
        self, sold: Corner, tmp_path: Path
    ) -> None:
        path, listed = closed(sold), []
        damaged = path.read_bytes()
        for _repair in range(2):
            path.write_bytes(damaged)
            scribble(path, "UPDATE journal SET body = CAST(replace(body, 'T1', 'T2') AS BLOB) WHERE seq = 7")
            lost = repairing.repair(path, [tmp_path / "stick"], NOW).lost
            assert lost is not None
            listed.append(lost.listed)
        assert [one and one.read_text(encoding="utf-8").count("\n") for one in listed] == [2, 2]
        assert len(set(listed)) == 2

    def test_numbers_start_anew_when_a_backup_was_needed(self, sold: Corner, tmp_path: Path) -> None:
        path = closed(sold)
        scribble(path, "UPDATE journal SET body = x'78' WHERE seq = 7")
        repairing.repair(path, [tmp_path / "stick"], NOW)
        ledger = Ledger.open(path)
        assert ledger.identity.series == "MTR001A2"
        ledger.close()

    def test_a_page_of_the_journal_that_cannot_be_read(self, sold: Corner, tmp_path: Path) -> None:
        for _sale in range(60):
            sold.sell("K1", cash=1_000_000) if _sale < 10 else sold.sell("T1") if _sale < 20 else None
        last = sold.ledger.head().seq
        body = bytes(sold.db.execute("SELECT body FROM journal WHERE seq = 12").fetchone()[0])
        path = closed(sold)
        break_page_of(path, body[:60])
        done = repairing.repair(path, [tmp_path / "stick"], NOW)
        assert done.lost is not None
        assert (done.lost.first, done.lost.last) == (done.entries + 1, last)
        assert 5 <= done.entries < 12
        assert done.lost.readable > 0
        state_of(path)

    @pytest.mark.parametrize("content", [None, b"", b"JFIF" * 5000])
    def test_a_file_that_is_gone_comes_back_as_it_was_in_the_backup(
        self, sold: Corner, tmp_path: Path, content: bytes | None
    ) -> None:
        path = closed(sold)
        path.unlink() if content is None else path.write_bytes(content)
        done = repairing.repair(path, [tmp_path / "stick"], NOW)
        assert (done.entries, done.salvaged) == (5, 0)
        assert done.lost is not None
        assert (done.lost.first, done.lost.last) == (6, 0)
        if content is not None:
            assert done.aside is not None
            assert done.aside.read_bytes() == content

    def test_a_backup_of_another_history_is_not_taken(self, sold: Corner, tmp_path: Path) -> None:
        other = tmp_path / "other"
        other.mkdir()
        twin = new_corner(other)
        register(twin, other, PRODUCERS, PRODUCTS, STAFF)
        twin.do("open_shift", float=999)
        for _sale in range(20):
            twin.sell("T1")
        (tmp_path / "usb").mkdir()
        back_up(twin.ledger, tmp_path / "usb", NOW)
        twin.ledger.close()
        path = closed(sold)
        scribble(path, "UPDATE journal SET body = x'78' WHERE seq = 7")
        damaged = path.read_bytes()
        with pytest.raises(NoUsableBackup):
            repairing.repair(path, [tmp_path / "usb"], NOW)
        assert path.read_bytes() == damaged
        done = repairing.repair(path, [tmp_path / "usb", tmp_path / "stick"], NOW)
        assert done.backup is not None
        assert done.backup.parent.name == "stick"

    def test_a_backup_of_another_till_is_not_taken(self, sold: Corner, tmp_path: Path) -> None:
        other = tmp_path / "other"
        other.mkdir()
        neighbour = new_corner(other, Identity("f" * 32, "MTR-001", "Dinas Koperasi", "B"))
        back_up(neighbour.ledger, other, NOW)
        neighbour.ledger.close()
        path = closed(sold)
        scribble(path, "UPDATE journal SET body = x'78' WHERE seq = 7")
        with pytest.raises(NoUsableBackup):
            repairing.repair(path, [other], NOW)
        path.write_bytes(b"")
        with pytest.raises(SeveralLedgers):
            repairing.repair(path, [other, tmp_path / "stick"], NOW)

    def test_a_damaged_backup_is_passed_over(self, sold: Corner, tmp_path: Path) -> None:
        newer = back_up(sold.ledger, tmp_path / "stick", NOW)
        scribble(newer, "UPDATE balances SET amount = amount + 1")
        path = closed(sold)
        scribble(path, "UPDATE journal SET body = x'78' WHERE seq = 7")
        done = repairing.repair(path, [tmp_path / "stick"], NOW)
        assert (done.entries, done.salvaged) == (6, 1)

    def test_a_newer_backup_brings_back_an_entry_that_the_file_lost(self, sold: Corner, tmp_path: Path) -> None:
        back_up(sold.ledger, tmp_path / "stick", NOW)
        sold.sell("T1")
        before, path = sold.state, closed(sold)
        scribble(path, "UPDATE journal SET body = x'78' WHERE seq = 7")
        done = repairing.repair(path, [tmp_path / "stick"], NOW)
        assert (done.entries, done.salvaged, done.lost) == (9, 1, None)
        assert state_of(path) == before

    def test_without_any_backup_nothing_is_touched_unless_asked_for(self, sold: Corner) -> None:
        path = closed(sold)
        scribble(path, "UPDATE journal SET body = x'78' WHERE seq = 7")
        damaged = path.read_bytes()
        with pytest.raises(NoUsableBackup):
            repairing.repair(path, [], NOW)
        assert path.read_bytes() == damaged
        done = repairing.repair(path, [], NOW, without_backup=True)
        assert done.lost is not None
        assert (done.entries, done.lost.first, done.lost.last) == (6, 7, 8)
        assert done.renumbered
        state_of(path)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_a_disk_does_nothing_is_lost_silently(sold: Corner, tmp_path: Path, seed: int) -> None:
    """Bits, pages, an exchange of pages, a cut: the ledger is whole again, and what is missing is told."""
    hashes = dict(sold.db.execute("SELECT seq, hash FROM journal").fetchall())
    path = closed(sold)
    content, chance = bytearray(path.read_bytes()), random.Random(seed)
    one, other = (chance.randrange(len(content) // 4096) * 4096 for _time in range(2))
    match seed % 5:
        case 0:
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        case 1:
            content[one : one + 4096] = chance.randbytes(4096)
        case 2:
            content[one : one + 4096], content[other : other + 4096] = (
                content[other : other + 4096],
                content[one : one + 4096],
            )
        case 3:
            del content[chance.randrange(len(content)) :]
        case _:
            for _time in range(20):
                content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content)
    done = repairing.repair(path, [tmp_path / "stick"], NOW)
    ledger = Ledger.open(path)
    verify(ledger)
    head = ledger.head()
    ledger.close()
    assert head.hash == hashes[head.seq]
    assert (done.lost is None) == (head.seq == max(hashes)) or (done.lost is not None and done.lost.last == 0)
    if done.aside is not None:
        assert done.aside.read_bytes() == bytes(content)


class TestForgery:
    def test_a_forged_history_is_not_made_whole_from_itself(self, open_corner: Corner, tmp_path: Path) -> None:
        """Whoever also recomputes the hashes is caught by the seal of the closing."""
        (tmp_path / "stick").mkdir()
        back_up(open_corner.ledger, tmp_path / "stick", MORNING)
        open_corner.sell("T1")
        open_corner.do("close_shift", counted=216_000)
        path = closed(open_corner)
        forge(path, 6, b'"T1"', b'"K1"')
        assert repairing.diagnose(path).condition in ("projections", "journal")
        with pytest.raises(NoUsableBackup):
            repairing.repair(path, [], NOW)
        done = repairing.repair(path, [tmp_path / "stick"], NOW)
        assert done.lost is not None
        assert done.lost.first <= 7
        state_of(path)


def forge(path: Path, seq: int, old: bytes, new: bytes) -> None:
    """Change an entry and compute every later hash anew."""
    from sync.protocol.entry import entry_hash

    scribble(path)
    db = connect_plainly(str(path))
    rows = db.execute("SELECT seq, body, prev FROM journal WHERE seq >= ? ORDER BY seq", (seq,)).fetchall()
    prev = rows[0][2]
    for row in rows:
        body = row[1].replace(old, new) if row[0] == seq else row[1]
        db.execute(
            "UPDATE journal SET body = ?, prev = ?, hash = ? WHERE seq = ?",
            (body, prev, entry_hash(prev, body), row[0]),
        )
        prev = entry_hash(prev, body)
    db.close()


class TestInterrupted:
    @pytest.mark.parametrize("step", range(1, 9))
    def test_a_repair_that_ends_anywhere_can_be_begun_again(
        self, sold: Corner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
    ) -> None:
        before, path = sold.state, closed(sold)
        scribble(path, "UPDATE journal SET body = CAST(replace(body, '200000', '200001') AS BLOB) WHERE seq = 1")
        with monkeypatch.context() as patch:
            power_cut(patch, step)
            with suppress(PowerCut):
                repairing.repair(path, [tmp_path / "stick"], NOW)
        repairing.repair(path, [tmp_path / "stick"], NOW)
        assert state_of(path) == before
        assert not list(tmp_path.glob("*.part*"))


class PowerCut(BaseException):
    """Nothing of the program runs any more, not even its clean-up."""


def power_cut(patch: pytest.MonkeyPatch, step: int) -> None:
    """The machine stops at the ``step``-th change of a name on the disk."""
    left = step

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def act(*args: object, **kwargs: object) -> object:
            nonlocal left
            left -= 1
            if left <= 0:
                raise PowerCut
            return real(*args, **kwargs)

        return act

    for owner, name in (
        ("os", "link"),
        ("pathlib.Path", "rename"),
        ("pathlib.Path", "replace"),
        ("pathlib.Path", "unlink"),
    ):
        patch.setattr(f"{owner}.{name}", counted(_real(owner, name)))


def _real(owner: str, name: str) -> Callable[..., object]:
    import os

    real: Callable[..., object] = getattr(os if owner == "os" else Path, name)
    return real
