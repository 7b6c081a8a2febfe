"""Goal 8: bytes on the wire for a sale in a batch of 500."""

from bench.measure import Figure
from pos_app.ledger.ledger import Ledger
from sync.protocol.batch import MAX_ENTRIES, Batch, chain, pack_batch
from sync.protocol.entry import HASH_BYTES

PEER_BYTES = 980
"""PouchDB, published: bytes up for one document of a first push."""


def figures(ledger: Ledger) -> list[Figure]:
    """A batch of the journal's last sales, packed as it would travel; headers of the request are not counted."""
    rows = ledger.db.execute(
        "SELECT body FROM journal WHERE kind = 'sale' ORDER BY seq DESC LIMIT ?", (MAX_ENTRIES,)
    ).fetchall()
    bodies = tuple(row[0] for row in reversed(rows))
    who, prev = ledger.identity, bytes(HASH_BYTES)
    batch = Batch(
        device="0" * 32,
        ledger_id=who.ledger_id,
        corner=who.corner,
        till=who.till,
        epoch=who.epoch,
        first_seq=1,
        prev=prev,
        last_hash=chain(prev, bodies)[-1],
        entries=bodies,
    )
    each = len(pack_batch(batch)) / len(bodies)
    plain = sum(map(len, bodies)) / len(bodies)
    name = f"bytes on the wire of a sale, {len(bodies)} in a batch ({plain:.0f} B plain)"
    ratio = each / PEER_BYTES
    goal = 90 / PEER_BYTES
    return [
        Figure("8", name, f"{each:.1f} B", f"PouchDB, published: {PEER_BYTES} B", ratio, ratio, ratio, goal, "≤ 90 B")
    ]
