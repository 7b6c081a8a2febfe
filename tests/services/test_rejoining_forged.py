"""What verify finds in a ledger that was joined and then changed."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from pos_app.domain.errors import DamagedLedger
from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.rebuild import rebuild
from pos_app.ledger.verify import verify
from sync.protocol.entry import entry_hash, read_body
from sync.protocol.epochs import prev_of
from tests.corner import Corner
from tests.services.forked_corner import Forked, forked
from tests.services.joining import everything, join, settle


@pytest.fixture
def joined(open_corner: Corner, tmp_path: Path) -> Forked:
    open_corner.sell("T1", "5")
    both = forked(open_corner, tmp_path, settle, everything)
    join(both)
    return both


def told_anew(ledger: Ledger, folder: Path, change: Callable[[list[bytes]], None]) -> DamagedLedger | None:
    """What is wrong with a ledger whose entries somebody changed, with every hash and projection made anew: the seals
    are by a key that lies elsewhere."""
    bodies = [row[0] for row in ledger.db.execute("SELECT body FROM journal ORDER BY seq")]
    change(bodies)
    begun = LedgerStore(ledger).epochs()
    with closing(Ledger.create(folder / "forged.db", ledger.identity)) as forged:
        hashes = [forged.identity.genesis]
        with forged.write() as tx:
            rows = ledger.db.execute("SELECT * FROM epochs").fetchall()
            tx.db.executemany("INSERT INTO epochs VALUES (?, ?, ?, ?)", [tuple(row) for row in rows])
            for seq, old in enumerate(bodies, start=1):
                envelope = msgspec.structs.replace(read_body(old), seq=seq)
                body = msgspec.json.encode(envelope)
                prev = prev_of(begun, seq, hashes.__getitem__)
                assert prev is not None
                hashes.append(entry_hash(prev, body))
                row = (seq, envelope.id, envelope.kind, envelope.at, body, prev, hashes[seq])
                tx.db.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            seals = ledger.db.execute(
                "SELECT seq, signature, public_key FROM signed_heads WHERE seq <= ?", (len(bodies),)
            )
            tx.db.executemany("INSERT INTO signed_heads VALUES (?, ?, ?)", [tuple(row) for row in seals])
        try:
            rebuild(forged)
            verify(forged)
        except DamagedLedger as damage:
            return damage
    return None


def at(bodies: list[bytes], kind: str) -> int:
    """The index of the last document of a kind."""
    return max(index for index, body in enumerate(bodies) if read_body(body).kind == kind)


def test_the_forger_changes_nothing_and_nothing_is_found(joined: Forked, tmp_path: Path) -> None:
    assert told_anew(joined.till.ledger, tmp_path, lambda bodies: None) is None


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("settlement", b'"earned":', b'"earned":1'),
        ("settlement", b'"through_seq":', b'"through_seq":1'),
        ("refund", b'"sale_number":"ST-MTR001A2-000001"', b'"sale_number":"ST-MTR001A-000001"'),
        ("reversal", b'"original_number":"ST', b'"original_number":"PU'),
        ("goods_returned", b'"quantity":2000', b'"quantity":200000'),
        ("shift_opened", b'"float":', b'"float":1'),
        ("shift_closed", b'"counted":', b'"counted":1'),
    ],
)
def test_a_changed_document_is_found(joined: Forked, tmp_path: Path, kind: str, old: bytes, new: bytes) -> None:
    def change(bodies: list[bytes]) -> None:
        index = at(bodies, kind)
        assert old in bodies[index]
        bodies[index] = bodies[index].replace(old, new)

    assert told_anew(joined.till.ledger, tmp_path, change) is not None


def test_a_document_paid_a_second_time_is_found(joined: Forked, tmp_path: Path) -> None:
    """Also where it claims to have been entered again: the till did not seal it."""

    def change(bodies: list[bytes]) -> None:
        last = at(bodies, "settlement")
        envelope = read_body(bodies[last])
        again = msgspec.structs.replace(envelope, id="x" * 8, was=envelope.was + 1)
        raw = msgspec.json.encode(again).replace(b'"number":"BP-MTR001A2-00000', b'"number":"BP-MTR001A2-00001')
        bodies[last + 1 :] = [raw]

    assert told_anew(joined.till.ledger, tmp_path, change) is not None


def test_an_entry_that_was_left_out_is_found(joined: Forked, tmp_path: Path) -> None:
    first = next(iter(LedgerStore(joined.till.ledger).epochs())).first_seq
    last = joined.till.ledger.head().seq
    for seq in range(first, last):  # the last one's absence shows where its head was signed or acknowledged
        (tmp_path / str(seq)).mkdir()

        def change(bodies: list[bytes], seq: int = seq) -> None:
            del bodies[seq - 1]

        assert told_anew(joined.till.ledger, tmp_path / str(seq), change) is not None, seq


def test_an_entry_claims_to_be_of_before_in_vain(joined: Forked, tmp_path: Path) -> None:
    joined.till.sell("W1")

    def change(bodies: list[bytes]) -> None:
        bodies.append(msgspec.json.encode(msgspec.structs.replace(read_body(bodies[-2]), id="y" * 8, was=999)))

    assert told_anew(joined.till.ledger, tmp_path, change) is not None
