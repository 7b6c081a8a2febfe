"""A till that was restored and sold on joins the centre's history again: nothing is lost, nothing doubled."""

from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.schema import REGISTRY
from pos_app.ledger.verify import verify
from pos_app.services import rejoining
from sync.protocol.entry import read_body
from sync.protocol.epochs import read_approval
from sync.protocol.messages import EPOCH
from sync.protocol.wire import seal
from tests.corner import Corner
from tests.services.forked_corner import forked
from tests.services.joining import SCRIPTS, Script, close_and_open, everything, everything_again, join, sell, settle


@pytest.mark.parametrize("till", SCRIPTS)
@pytest.mark.parametrize("centre", SCRIPTS)
def test_all_of_both_histories_is_in_the_books_once(
    open_corner: Corner, tmp_path: Path, centre: str, till: str
) -> None:
    both = forked(open_corner, tmp_path, SCRIPTS[centre], SCRIPTS[till])
    kept = both.till.db.execute("SELECT document_id FROM journal").fetchall()
    done = join(both)
    now = {row[0] for row in both.till.db.execute("SELECT document_id FROM journal")}
    assert now >= {row[0] for row in kept}
    assert done.entered.numbers
    assert done.aside is not None
    with closing(Ledger.open(done.aside)) as old:
        assert old.db.execute("SELECT document_id FROM journal").fetchall() == kept


@pytest.mark.parametrize("till", ["opens", "receives"])
@pytest.mark.parametrize("centre", ["opens", "receives"])
def test_no_shift_was_open_where_the_histories_part(corner: Corner, tmp_path: Path, centre: str, till: str) -> None:
    def opens(one: Corner) -> None:
        one.do("open_shift", float=100_000)
        one.sell("T1")

    scripts: dict[str, Script] = {"opens": opens, "receives": lambda one: one.receive("T1", "5")}
    corner.receive("T1", "5")
    done = join(forked(corner, tmp_path, scripts[centre], scripts[till]))
    assert bool(done.entered.closed) == (centre == "opens")
    assert not done.entered.opened


def test_a_fork_before_the_first_entry(corner: Corner, tmp_path: Path) -> None:
    both = forked(corner, tmp_path, lambda one: one.receive("T1", "5"), lambda one: one.receive("K1", "5"))
    assert both.base == 0
    join(both)


def test_what_comes_after_goes_on_as_ever(open_corner: Corner, tmp_path: Path) -> None:
    both = forked(open_corner, tmp_path, everything, everything)
    join(both)
    everything_again(both.till)
    assert both.till.verify() == both.till.ledger.head().seq


# Numbers -------------------------------------------------------------------------------------------------------------


def test_printed_numbers_stay_and_later_ones_go_on(open_corner: Corner, tmp_path: Path) -> None:
    both = forked(open_corner, tmp_path, close_and_open, close_and_open)
    printed = [row[0] for row in both.till.db.execute("SELECT number FROM documents WHERE seq > ?", (both.base,))]
    done = join(both)
    assert done.entered.numbers == printed
    assert done.entered.closed == "TK-MTR001A2-000002"
    assert done.entered.opened == "BK-MTR001A2-000002"
    with both.till.ledger.write() as tx:
        assert [tx.next_number(prefix) for prefix in ("ST", "TK", "BK")] == [
            "ST-MTR001A2-000003",
            "TK-MTR001A2-000003",
            "BK-MTR001A2-000003",
        ]


def test_a_file_copied_back_by_hand_gives_new_numbers_where_the_old_ones_are_taken(
    open_corner: Corner, tmp_path: Path
) -> None:
    both = forked(open_corner, tmp_path, everything, everything, by_hand=True)
    done = join(both)
    assert done.entered.renumbered["ST-MTR001A-000001"] == "ST-MTR001A2-000001"
    assert set(done.entered.numbers) == set(done.entered.renumbered.values())
    refund = both.till.db.execute("SELECT party FROM documents WHERE number = 'PU-MTR001A2-000001'").fetchone()
    assert refund[0] == "ST-MTR001A2-000001"
    everything_again(both.till)
    assert both.till.verify()


def test_papers_printed_before_are_found_by_the_hashes_their_entries_had(open_corner: Corner, tmp_path: Path) -> None:
    both = forked(open_corner, tmp_path, sell, settle)

    def hashes() -> list[str]:
        rows = both.till.db.execute("SELECT hash FROM journal WHERE kind = 'settlement' ORDER BY seq")
        return [row[0].hex() for row in rows]

    def former() -> list[tuple[str, ...]]:
        rows = both.till.db.execute("SELECT body FROM journal WHERE kind = 'settlement' ORDER BY seq")
        return [read_body(row[0]).was_hash for row in rows]

    first = hashes()
    join(both)
    assert former() == [tuple(first)]
    second = hashes()
    sell(both.centre)
    both.look_again()
    join(both)
    assert former() == [(*first, *second)]


def test_a_centre_made_anew_approves_the_epoch_that_the_journal_has(open_corner: Corner, tmp_path: Path) -> None:
    """Nothing differs from it: its approval takes the place of the lost centre's, and no file is built."""
    both = forked(open_corner, tmp_path, sell, everything)
    join(both)
    store = LedgerStore(both.till.ledger)
    first = read_approval(store.approval(2))
    fresh = msgspec.structs.replace(first, approved_at="2026-10-09T08:00:00+07:00", device="new")
    sealed = seal(Ed25519PrivateKey.generate(), EPOCH, fresh)
    store.keep_approval(sealed, fresh)
    assert store.approval(2) == sealed
    assert rejoining.approval(both.till.ledger) is None
    other = msgspec.structs.replace(fresh, head_hash=bytes(32))
    store.keep_approval(seal(Ed25519PrivateKey.generate(), EPOCH, other), other)
    assert store.approval(2) == sealed
    found = rejoining.approval(both.till.ledger)
    assert found is not None
    assert found[0] == other
    assert verify(both.till.ledger).entries == both.till.ledger.head().seq


# What the till had beside its journal ----------------------------------------------------------------------------


def test_registry_notes_settings_drafts_and_papers_are_carried_over(open_corner: Corner, tmp_path: Path) -> None:
    def notes(one: Corner) -> None:
        one.do("cash_move", direction="out", amount=5_000, reason="es batu")
        with one.ledger.write() as tx:
            tx.db.execute("INSERT INTO settings VALUES ('receipt_footer', 'Terima kasih')")
            tx.db.execute("INSERT INTO drafts VALUES ('cart', '2026-10-01', '{}')")
            tx.db.execute("UPDATE products SET name = 'Keripik Baru' WHERE sku = 'T1'")

    both = forked(open_corner, tmp_path, sell, notes)
    tables = [
        row[0]
        for row in both.till.db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        if f"TABLE {row[0]} " in REGISTRY and row[0] not in ("exchange", "activity", "signed_heads")
    ]
    assert {"notes", "settings", "drafts", "products", "staff", "print_jobs"} <= set(tables)

    def content() -> dict[str, list[tuple[Any, ...]]]:
        return {name: [tuple(row) for row in both.till.db.execute(f"SELECT * FROM {name}")] for name in tables}

    before = content()
    join(both)
    assert content() == before
    assert [row[0] for row in both.till.db.execute("SELECT action FROM activity")][-1] == "ledger_rejoined"
    assert rejoining.state(both.till.ledger) == "none"


def test_a_count_in_progress_goes_on(open_corner: Corner, tmp_path: Path) -> None:
    def counts(one: Corner) -> None:
        one.sell("T1")
        with one.ledger.write() as tx:
            row = ("T1", "counted", 19_000, 17_000, one.ledger.head().seq, one.clock().isoformat(), "")
            tx.db.execute(
                "INSERT INTO counting (sku, state, expected, counted, at_seq, counted_at, counted_by)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )

    both = forked(open_corner, tmp_path, lambda one: one.sell("T1", "2"), counts)
    join(both)
    row = both.till.db.execute("SELECT state, earlier, expected, at_seq FROM counting").fetchone()
    assert tuple(row) == ("again", 17_000, 17_000, both.till.ledger.head().seq)
