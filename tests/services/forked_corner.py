"""A corner whose till was restored from an old backup and sold on: two histories with one beginning.

``centre`` is the history that the centre has; ``till`` the restored ledger. Both are played by scripts.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_app.ledger import backup
from pos_app.ledger.epochs import epochs_of
from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.ledger import Ledger
from pos_app.services.context import Counter
from pos_app.services.ids import uuid7
from pos_app.services.rejoining import Rejoined, Repair
from sync.documents.base import Document
from sync.documents.state import Books
from sync.protocol.batch import MAX_ENTRIES, chain
from sync.protocol.entry import read_body
from sync.protocol.epochs import epoch_of, fork_before, left_in_epoch
from sync.protocol.messages import EPOCH, Approval, KeptEntries
from sync.protocol.wire import seal
from tests.corner import Corner, StillClock

CENTRE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LATER = timedelta(hours=3)


def pages_after(ledger: Ledger, after: int, through: int | None = None) -> tuple[KeptEntries, ...]:
    """What a centre answers that has all of ``ledger``."""
    store, pages = LedgerStore(ledger), []
    head, begun = ledger.head(), epochs_of(ledger.db)
    last = head.seq if through is None else through
    while after < last:
        entries = store.entries(after + 1, left_in_epoch(begun, after + 1, min(MAX_ENTRIES, last - after)))
        bodies = tuple(one.body for one in entries)
        pages.append(
            KeptEntries(
                nonce="n",
                device="d",
                ledger_id=ledger.identity.ledger_id,
                epoch=epoch_of(begun, after + 1),
                first_seq=after + 1,
                prev=entries[0].prev,
                last_hash=chain(entries[0].prev, bodies)[-1],
                entries=bodies,
                head_epoch=ledger.identity.epoch,
                head_seq=head.seq,
                head_hash=head.hash,
                epochs=begun,
            )
        )
        after += len(bodies)
    return tuple(pages)


@dataclass
class Forked:
    """Two ledgers with the same first ``base`` entries."""

    centre: Corner
    till: Corner
    base: int

    def approve(self) -> bytes:
        """An officer allows the till to go on; it keeps the approval."""
        store = LedgerStore(self.till.ledger)
        base_hash = store.hash_at(self.base)
        assert base_hash is not None
        head = self.centre.ledger.head()
        approval = Approval(
            device="d",
            ledger_id=self.till.ledger.identity.ledger_id,
            epoch=self.centre.ledger.identity.epoch + 1,
            head_seq=head.seq,
            head_hash=head.hash,
            base_seq=self.base,
            base_hash=base_hash,
            approved_at="2026-10-02T08:00:00+07:00",
        )
        sealed = seal(CENTRE_KEY, EPOCH, approval)
        store.keep_approval(sealed, approval)
        return sealed

    def look_again(self) -> None:
        """Where the histories part now, as a client finds it."""
        ours, theirs = LedgerStore(self.till.ledger), LedgerStore(self.centre.ledger)
        most = min(self.till.ledger.head().seq, self.centre.ledger.head().seq)
        common = max(seq for seq in range(most + 1) if ours.hash_at(seq) == theirs.hash_at(seq))
        self.base = fork_before(ours.epochs(), common)

    def repair(self, twice: Collection[str] = ()) -> Repair:
        pages = pages_after(self.centre.ledger, self.base)
        vault, moment = self.till.counter.vault, self.till.clock()
        return Repair(self.till.ledger.path, pages, vault, moment, uuid7, twice=frozenset(twice))

    def rejoin(self, twice: Collection[str] = ()) -> Rejoined:
        """Approve and repair; ``till`` is the joined ledger then."""
        self.approve()
        path = self.till.ledger.path
        repair = self.repair(twice)
        self.till.ledger.close()
        try:
            return repair.run()
        finally:
            self.till = reopened(path, self.till)

    def books(self) -> Books:
        """The sums over the documents of both histories, each once: what the repaired till has to show."""
        books, seen = Books(), set()
        for corner in (self.centre, self.till):
            for body in corner.db.execute("SELECT body FROM journal ORDER BY seq"):
                envelope = read_body(body[0])
                if envelope.id not in seen:
                    seen.add(envelope.id)
                    document: Document = envelope.document()
                    books.add(len(seen), envelope.at, envelope.date, document, document.effects())
        return books


def reopened(path: Path, before: Corner) -> Corner:
    ledger = Ledger.open(path)
    counter = Counter(ledger, before.counter.vault, before.clock, uuid7)
    counter.user = before.counter.user
    return Corner(ledger, counter, before.clock)


def forked(
    corner: Corner,
    folder: Path,
    centre: Callable[[Corner], Any],
    till: Callable[[Corner], Any],
    *,
    by_hand: bool = False,
) -> Forked:
    """Restore a backup of now, play ``centre`` on the original, and ``till`` on the restored one."""
    base = corner.ledger.head().seq
    copy = backup.back_up(corner.ledger, folder, corner.clock())
    path = folder / "restored.db"
    if by_hand:
        path.write_bytes(copy.read_bytes())
        restored = Ledger.open(path)
        with restored.write() as tx:
            tx.db.execute("DELETE FROM meta WHERE key = 'backup_at'")
    else:
        restored = backup.restore(copy, path)
    clock = StillClock(corner.clock() + LATER)
    other = Corner(restored, Counter(restored, corner.counter.vault, clock, uuid7, user=corner.counter.user), clock)
    corner.clock.pass_by(minutes=1)
    centre(corner)
    till(other)
    return Forked(corner, other, base)
