"""Tampering is found and the first bad entry named."""

import gc
from contextlib import closing

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_app.domain.errors import DamagedLedger, ForeignSeal
from pos_app.ledger import queries, search
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.schema import PROJECTION_TABLES
from pos_app.ledger.sqlite import connect_plainly
from pos_app.ledger.verify import verify
from pos_app.ledger.vouching import vouch
from pos_app.services import repairing
from sync.protocol.entry import entry_hash
from tests.corner import MORNING, Corner


@pytest.fixture
def busy_corner(open_corner: Corner) -> Corner:
    """Every projection has rows."""
    open_corner.sell("T1", "3")
    open_corner.sell("K1", "2")
    open_corner.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    open_corner.do("set_price", sku="K1", sell_price=8_000)
    open_corner.do("settle", producer="P1", tender="cash")
    moved = open_corner.do("cash_move", direction="in", amount=5_000)["number"]
    open_corner.do("reverse", of=moved)
    assert open_corner.verify() == 12
    return open_corner


def unlock(corner: Corner) -> None:
    """What somebody with a database tool would do first."""
    for trigger in ("journal_no_update", "journal_no_delete", "journal_in_order"):
        corner.db.execute(f"DROP TRIGGER {trigger}")


def first_bad(corner: Corner) -> int:
    with pytest.raises(DamagedLedger) as error:
        verify(corner.ledger)
    return error.value.entry


def test_a_whole_ledger_tells_its_entries_and_head(busy_corner: Corner) -> None:
    heard: list[tuple[int, int]] = []
    found = verify(busy_corner.ledger, lambda done, total: heard.append((done, total)))
    assert (found.entries, found.head) == (12, busy_corner.state["journal"]["head"])
    assert heard == [(12, 12)]


def test_a_check_that_found_damage_lets_go_of_what_it_read(busy_corner: Corner) -> None:
    """The next check on the same connection sees what was mended by another."""
    other = busy_corner.ledger.another()
    gc.disable()
    try:
        other.db.execute("UPDATE documents SET number = number || 'x' WHERE seq = 6")  # a refund looks it up
        assert first_bad(busy_corner) == 6
        other.db.execute("UPDATE documents SET number = rtrim(number, 'x') WHERE seq = 6")
        assert verify(busy_corner.ledger).entries == 12
    finally:
        gc.enable()
        other.close()


def test_an_empty_ledger_is_whole(empty_corner: Corner) -> None:
    found = verify(empty_corner.ledger)
    assert (found.entries, found.head) == (0, "")


@pytest.mark.parametrize("column", ["body", "prev", "hash"])
@pytest.mark.parametrize("entry", [1, 7, 12])
def test_one_flipped_byte_names_its_entry(busy_corner: Corner, column: str, entry: int) -> None:
    unlock(busy_corner)
    content = bytearray(busy_corner.db.execute(f"SELECT {column} FROM journal WHERE seq = ?", (entry,)).fetchone()[0])
    content[len(content) // 2] ^= 1
    busy_corner.db.execute(f"UPDATE journal SET {column} = ? WHERE seq = ?", (bytes(content), entry))
    assert first_bad(busy_corner) == entry


@pytest.mark.parametrize(
    ("column", "value"), [("document_id", "x"), ("kind", "refund"), ("recorded_at", "2026-01-01T00:00:00+07:00")]
)
def test_a_column_that_differs_from_the_content_names_its_entry(busy_corner: Corner, column: str, value: str) -> None:
    unlock(busy_corner)
    busy_corner.db.execute(f"UPDATE journal SET {column} = ? WHERE seq = 6", (value,))
    assert first_bad(busy_corner) == 6


def test_a_removed_entry_names_its_place(busy_corner: Corner) -> None:
    unlock(busy_corner)
    busy_corner.db.execute("DELETE FROM journal WHERE seq = 4")
    assert first_bad(busy_corner) == 4


def test_removed_last_entries_are_noticed_by_what_they_left_behind(busy_corner: Corner) -> None:
    unlock(busy_corner)
    busy_corner.db.execute("DELETE FROM journal WHERE seq >= 11")
    assert first_bad(busy_corner) == 11


def test_a_forged_entry_with_a_right_hash_is_caught_by_the_projections(busy_corner: Corner) -> None:
    unlock(busy_corner)
    row = busy_corner.db.execute("SELECT body, prev FROM journal WHERE seq = 12").fetchone()
    body = bytes(row["body"]).replace(b"5000", b"4000")
    assert body != bytes(row["body"])
    digest = entry_hash(row["prev"], body)
    busy_corner.db.execute("UPDATE journal SET body = ?, hash = ? WHERE seq = 12", (body, digest))
    assert first_bad(busy_corner) == 12


def forge(corner: Corner, seq: int, old: bytes, new: bytes) -> None:
    """Change the last entry with its hash and all, as somebody would who has read the protocol."""
    unlock(corner)
    body, prev = corner.db.execute("SELECT body, prev FROM journal WHERE seq = ?", (seq,)).fetchone()
    assert old in body
    body = body.replace(old, new)
    corner.db.execute("UPDATE journal SET body = ?, hash = ? WHERE seq = ?", (body, entry_hash(prev, body), seq))


def test_a_forged_refund_of_a_sale_that_never_was(open_corner: Corner) -> None:
    open_corner.sell("T1", "3")
    open_corner.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    forge(open_corner, 7, b'"sale_number":"ST-MTR001A-000001"', b'"sale_number":"ST-MTR001A-000009"')
    assert first_bad(open_corner) == 7


def test_a_forged_refund_of_what_is_no_sale(open_corner: Corner) -> None:
    open_corner.sell("T1", "3")
    open_corner.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    forge(open_corner, 7, b'"sale_number":"ST-MTR001A-000001"', b'"sale_number":"NT-MTR001A-000001"')
    assert first_bad(open_corner) == 7


@pytest.mark.parametrize("pieces", [b'{"x":1}', b'{"":1}', b'{"-1":1}', b'{"1.5":1}', b'{"\xd9\xa1":200000}'])
def test_a_forged_closing_with_impossible_notes(open_corner: Corner, pieces: bytes) -> None:
    open_corner.do("close_shift", counted=200_000)
    forge(open_corner, 6, b'"difference":0', b'"difference":0,"pieces":' + pieces)
    assert first_bad(open_corner) == 6


def test_a_ledger_of_another_till_does_not_continue_this_one(busy_corner: Corner) -> None:
    busy_corner.ledger.close()
    busy_corner.db.execute("UPDATE meta SET value = 'ffff' WHERE key = 'ledger_id'")
    reopened = type(busy_corner.ledger).open(busy_corner.ledger.path)
    with pytest.raises(DamagedLedger) as error:
        verify(reopened)
    reopened.close()
    assert error.value.entry == 1


TAMPERED = {
    "documents": ("UPDATE documents SET amount = amount + 1 WHERE seq = 6", 6),
    "balances": ("UPDATE balances SET amount = amount + 1 WHERE account = 'payable:P1'", 10),
    "stock": ("UPDATE stock SET quantity = quantity + 1000 WHERE sku = 'B1'", 4),
    "shifts": ("UPDATE shifts SET gross = gross + 1 WHERE seq = 1", 1),
    "refunded": ("UPDATE refunded SET total = total - 1", 8),
    "reversed": ("DELETE FROM reversed", 12),
    "prices": ("UPDATE prices SET sell_price = 1", 9),
    "settled": ("UPDATE settled SET through_seq = 1", 10),
}


@pytest.mark.parametrize(("column", "entry"), [("postings", 7), ("movements", 5)])
def test_a_changed_posting_or_movement_is_found(busy_corner: Corner, column: str, entry: int) -> None:
    assert busy_corner.db.execute(f"UPDATE documents SET {column} = '[]' WHERE seq = ?", (entry,)).rowcount == 1
    assert first_bad(busy_corner) == entry


@pytest.mark.parametrize("table", PROJECTION_TABLES)
def test_a_changed_projection_is_found(busy_corner: Corner, table: str) -> None:
    statement, entry = TAMPERED[table]
    assert busy_corner.db.execute(statement).rowcount > 0
    with pytest.raises(DamagedLedger) as error:
        verify(busy_corner.ledger)
    assert table in error.value.reason
    assert error.value.entry == entry


def test_of_several_changes_the_first_entry_is_named(busy_corner: Corner) -> None:
    busy_corner.db.execute("UPDATE documents SET amount = amount + 1 WHERE seq = 9")
    busy_corner.db.execute("UPDATE documents SET movements = movements || ' ' WHERE seq = 3")
    assert first_bad(busy_corner) == 3


def test_a_torn_file_is_damage_and_not_a_crash(busy_corner: Corner) -> None:
    path = busy_corner.ledger.path
    busy_corner.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    page = busy_corner.db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'journal'").fetchone()[0]
    busy_corner.ledger.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xaa" * 4096)
    with pytest.raises(DamagedLedger):
        verify(busy_corner.ledger)


@pytest.fixture
def closed_corner(open_corner: Corner) -> Corner:
    """Two shifts were closed, by entries 7 and 9."""
    open_corner.sell("T1", "3")
    open_corner.do("close_shift", counted=0)
    open_corner.do("open_shift", float=1_000)
    open_corner.do("close_shift", counted=0)
    assert open_corner.verify() == 9
    return open_corner


def sealed_by_another(corner: Corner, seq: int) -> bytes:
    """Sign an entry with a key of one's own; the key."""
    key = Ed25519PrivateKey.generate()
    digest = corner.db.execute("SELECT hash FROM journal WHERE seq = ?", (seq,)).fetchone()[0]
    public = key.public_key().public_bytes_raw()
    corner.db.execute(
        "UPDATE signed_heads SET signature = ?, public_key = ? WHERE seq = ?", (key.sign(digest), public, seq)
    )
    return public


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("DELETE FROM signed_heads WHERE seq = 7", 7),
        ("DELETE FROM signed_heads WHERE seq = 9", 9),
        ("UPDATE signed_heads SET signature = zeroblob(64) WHERE seq = 7", 7),
        ("UPDATE signed_heads SET signature = x'00' WHERE seq = 7", 7),
        ("UPDATE signed_heads SET public_key = zeroblob(31) WHERE seq = 9", 9),
        ("UPDATE signed_heads SET seq = 8 WHERE seq = 7", 7),
        ("INSERT INTO signed_heads SELECT 3, signature, public_key FROM signed_heads WHERE seq = 7", 3),
        ("INSERT INTO signed_heads SELECT 99, signature, public_key FROM signed_heads WHERE seq = 7", 99),
    ],
)
def test_a_closing_without_its_seal_or_a_seal_without_its_closing(
    closed_corner: Corner, statement: str, named: int
) -> None:
    closed_corner.db.execute(statement)
    assert first_bad(closed_corner) == named


def test_a_history_signed_anew_by_somebody_else_is_found_with_the_tills_key(closed_corner: Corner) -> None:
    trusted = closed_corner.counter.vault.public_key()
    verify(closed_corner.ledger, trusted_key=trusted)
    forger = sealed_by_another(closed_corner, 9)
    verify(closed_corner.ledger)
    verify(closed_corner.ledger, trusted_key=forger)
    with pytest.raises(ForeignSeal) as error:
        verify(closed_corner.ledger, trusted_key=trusted)
    assert error.value.seq == 9


def test_seals_from_before_a_restore_may_be_those_of_the_old_computer(closed_corner: Corner) -> None:
    vault = closed_corner.counter.vault
    sealed_by_another(closed_corner, 9)
    vouch(closed_corner.ledger, vault)
    verify(closed_corner.ledger, trusted_key=vault.public_key())
    closed_corner.do("open_shift", float=0)
    closed_corner.do("close_shift", counted=0)
    sealed_by_another(closed_corner, 11)
    with pytest.raises(ForeignSeal) as error:
        verify(closed_corner.ledger, trusted_key=vault.public_key())
    assert error.value.seq == 11
    vouch(closed_corner.ledger, vault)  # and restored again
    verify(closed_corner.ledger, trusted_key=vault.public_key())


@pytest.mark.parametrize("claimed", ["9", "999999", "-1", "\u00b2", "\u0669", "9" * 40, ""])
@pytest.mark.parametrize("signature", ["", "00" * 64, "no hexadecimal"])
def test_nobody_without_the_key_claims_a_restore(closed_corner: Corner, claimed: str, signature: str) -> None:
    trusted = closed_corner.counter.vault.public_key()
    sealed_by_another(closed_corner, 9)
    rows = [("restored_seq", claimed), ("restored_seal", signature)]
    closed_corner.db.executemany("INSERT INTO meta VALUES (?, ?)", rows)
    with pytest.raises(ForeignSeal):
        verify(closed_corner.ledger, trusted_key=trusted)


def test_a_claim_of_a_restore_holds_for_its_own_history_and_key_only(closed_corner: Corner) -> None:
    vault = closed_corner.counter.vault
    sealed_by_another(closed_corner, 9)
    vouch(closed_corner.ledger, vault)
    closed_corner.db.execute("UPDATE meta SET value = '7' WHERE key = 'restored_seq'")
    with pytest.raises(ForeignSeal):
        verify(closed_corner.ledger, trusted_key=vault.public_key())
    closed_corner.db.execute("UPDATE meta SET value = '9' WHERE key = 'restored_seq'")
    verify(closed_corner.ledger, trusted_key=vault.public_key())
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(ForeignSeal):
        verify(closed_corner.ledger, trusted_key=other)


def test_an_identity_edited_while_the_ledger_is_open_is_found(busy_corner: Corner) -> None:
    busy_corner.db.execute("UPDATE meta SET value = 'B' WHERE key = 'till'")
    assert first_bad(busy_corner) == 1


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("DROP TRIGGER journal_no_delete", "trigger journal_no_delete is missing"),
        ("DROP INDEX products_by_name", "index products_by_name is missing"),
        ("CREATE TRIGGER quiet AFTER INSERT ON documents BEGIN SELECT 1; END", "trigger quiet is unknown"),
        ("CREATE TABLE beside (x)", "table beside is unknown"),
        ("ALTER TABLE notes ADD COLUMN more TEXT", "table notes was changed"),
        (
            "UPDATE sqlite_schema SET sql = replace(sql, 'DEFAULT 0', 'DEFAULT 7') WHERE name = 'shifts'",
            "table shifts was changed",
        ),
        (
            "UPDATE sqlite_schema SET sql = replace(sql, '->> 1, p', '->> 0, p') WHERE name = 'postings'",
            "view postings was changed",
        ),
    ],
)
def test_a_schema_that_somebody_changed_is_found_and_named(busy_corner: Corner, statement: str, named: str) -> None:
    busy_corner.ledger.close()
    path = busy_corner.ledger.path
    with closing(connect_plainly(str(path))) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute(statement)
    with closing(Ledger.open(path)) as ledger, pytest.raises(DamagedLedger) as error:
        verify(ledger)
    assert (error.value.entry, error.value.reason) == (0, f"schema: {named}")
    assert repairing.diagnose(path).reason == f"schema: {named}"
    done = repairing.repair(path, [], MORNING)
    assert (done.entries, done.lost) == (12, None)
    with closing(Ledger.open(path)) as ledger:
        assert verify(ledger).entries == 12


def test_what_sqlite_notes_for_itself_is_no_change_of_the_schema(busy_corner: Corner) -> None:
    busy_corner.db.execute("ANALYZE")
    assert verify(busy_corner.ledger).entries == 12


@pytest.mark.parametrize("made_of_it", ["one segment", "merged", "filled anew"])
def test_a_search_index_that_another_connection_merged_is_no_damage(open_corner: Corner, made_of_it: str) -> None:
    db = open_corner.db
    with open_corner.ledger.write() as tx:
        search.renew(tx.db, ["T1"])
    assert queries.search_products(db, "keripik")
    other = open_corner.ledger.another()
    with other.write() as tx:
        if made_of_it == "filled anew":
            search.fill(tx.db)
        else:
            search.renew(tx.db, ["K1", "B1"])
        if made_of_it == "one segment":
            search.condense(tx.db)
    while made_of_it == "merged":
        with other.write() as tx:
            if not search.merge(tx.db):
                break
    other.close()
    assert open_corner.verify() > 0
