"""The ledger's side of the exchange: entries out, acks and registry rows in.

Fits ``sync.protocol.local.LocalStore``. Facts about the centre are rows of ``exchange``; an ack moves
``acked_seq`` and deletes nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pos_app.ledger import feeds, search, taking_back
from pos_app.ledger.ledger import Ledger, Transaction
from pos_app.ledger.sqlite import Connection
from sync.protocol.entry import Head, genesis
from sync.protocol.local import Kept, Link, Network, Standing, Till
from sync.protocol.messages import Ack, Approval, Enrolment, EpochBegun, KeptEntries, Page

CURSOR = "cursor:"
APPROVAL = "approval"
"""The fact that holds, in hex, the approval of an epoch that this ledger has not begun yet."""
NETWORK = ("centre_proxy", "centre_ca_file", "centre_plain_http")
"""Settings: address of a proxy, path of a CA file, and ``yes`` where plain http beyond this machine is allowed."""
YES = "yes"
NORMAL, FULL = 1, 2
"""Of SQLite's ``synchronous``: whether a commit waits for the disk. Either keeps the file whole."""


@dataclass(frozen=True, slots=True)
class ExchangeState:
    """What the top bar tells of the exchange. Times are ISO texts, empty when it never happened.

    ``problem`` is a stable name, empty while all is well; ``clock_offset`` is the centre's clock less ours, in seconds.
    """

    enrolled: bool
    unsent: int
    oldest_unsent_at: str
    last_ack_at: str
    quarantined: int
    clock_offset: int
    problem: str
    problem_detail: str


class LedgerStore:
    """One ledger, seen by the exchange. Give a worker its own (``Ledger.another``)."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @contextmanager
    def _write(self) -> Iterator[Transaction]:
        """A transaction that does not wait for the disk: what it writes can be asked for again.

        After a power cut the pointer or a cursor may stand where it stood before; then the centre is sent what it has
        already, or asked for rows that are here already, and both change nothing. The next sale's sync covers it too.
        """
        self._ledger.db.execute(f"PRAGMA synchronous = {NORMAL}")
        try:
            with self._ledger.write() as tx:
                yield tx
        finally:
            self._ledger.db.execute(f"PRAGMA synchronous = {FULL}")

    def till(self) -> Till:
        """Whose ledger this is."""
        who = self._ledger.identity
        return Till(who.ledger_id, who.corner, who.till, who.epoch)

    def network(self) -> Network:
        """How the centre is reached from here: settings of this till."""
        found = dict(
            self._ledger.db.execute("SELECT key, value FROM settings WHERE key IN (?, ?, ?)", NETWORK).fetchall()
        )
        proxy, ca_file, plain_http = (found.get(key, "") for key in NETWORK)
        return Network(proxy, ca_file, plain_http == YES)

    def save_network(self, *, proxy: str | None, ca_file: str | None, plain_http: bool | None) -> None:
        """Change what is not None; an empty text takes the setting away."""
        values = (proxy, ca_file, None if plain_http is None else YES if plain_http else "")
        changed = [(key, value) for key, value in zip(NETWORK, values, strict=True) if value is not None]
        with self._ledger.write() as tx:
            tx.db.executemany(
                "INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", changed
            )

    def standing(self) -> Standing:
        """Where the exchange stands."""
        facts = _facts(self._ledger.db)
        cursors = {key.removeprefix(CURSOR): value for key, value in facts.items() if key.startswith(CURSOR)}
        link = None
        if "device_id" in facts:
            link = Link(facts["url"], facts["device_id"], facts["timeline_id"], bytes.fromhex(facts["centre_key"]))
        return Standing(link, int(facts.get("acked_seq", "0")), facts.get("problem", ""), cursors)

    def save_link(self, url: str, enrolment: Enrolment) -> None:
        """Remember the centre that answered; what is acked is asked anew."""
        facts = {
            "url": url,
            "device_id": enrolment.device,
            "timeline_id": enrolment.timeline,
            "centre_key": enrolment.centre_key.hex(),
        }
        with self._ledger.write() as tx:
            if _facts(tx.db).get("centre_key") != facts["centre_key"]:
                tx.db.execute("DELETE FROM exchange WHERE key LIKE ? OR key = 'acked_seq'", (f"{CURSOR}%",))
            _put(tx.db, {**facts, "problem": "", "problem_detail": ""})

    def save_centre_key(self, raw: bytes) -> None:
        """From now on the centre signs with this public key (32 bytes); nothing else about it changes."""
        with self._ledger.write() as tx:
            _put(tx.db, {"centre_key": raw.hex()})

    def head(self) -> Head:
        """The last entry of the journal; the genesis when there is none."""
        return self._ledger.head()

    def epochs(self) -> tuple[EpochBegun, ...]:
        """The later epochs of the journal, in order, without their approvals."""
        rows = self._ledger.db.execute("SELECT epoch, first_seq, base_seq FROM epochs ORDER BY epoch")
        return tuple(EpochBegun(*row) for row in rows)

    def approval(self, epoch: int) -> bytes:
        """The sealed approval of a later epoch of the journal. Raises ``KeyError`` for any other."""
        row = self._ledger.db.execute("SELECT approval FROM epochs WHERE epoch = ?", (epoch,)).fetchone()
        if row is None:
            raise KeyError(epoch)
        return bytes(row[0])

    def keep_approval(self, sealed: bytes, approval: Approval) -> None:
        """Keep that an officer allowed the next epoch, until the ledger begins it. A newer approval takes its place."""
        if approval.ledger_id != self._ledger.identity.ledger_id:
            raise ValueError("an approval for another ledger")
        with self._ledger.write() as tx:
            _put(tx.db, {APPROVAL: sealed.hex()})

    def take_back(self, kept: KeptEntries) -> int:
        """Append entries that this till had sent and lost, byte for byte, and the epoch that begins there; how many."""
        return taking_back.take_back(self._ledger, self.hash_at, kept, self._key)

    def hash_at(self, seq: int) -> bytes | None:
        """The hash of entry ``seq``, of the genesis for 0; None when there is no such entry."""
        if seq == 0:
            who = self._ledger.identity
            return genesis(who.ledger_id, who.corner, who.till, who.epoch)
        row = self._ledger.db.execute("SELECT hash FROM journal WHERE seq = ?", (seq,)).fetchone()
        return row["hash"] if row else None

    def entries(self, first_seq: int, limit: int) -> list[Kept]:
        """The entries from ``first_seq``, at most ``limit`` of them."""
        rows = self._ledger.db.execute(
            "SELECT body, prev, hash FROM journal WHERE seq >= ? ORDER BY seq LIMIT ?", (first_seq, limit)
        )
        return [Kept(*row) for row in rows]

    def accept_ack(self, ack: Ack, at: str) -> None:
        """Move the pointer to what ``ack`` confirms and note what it says; clears an earlier problem.

        The pointer never goes back here: an older answer may come later, when two programs exchange at once.
        """
        facts = {
            "timeline_id": ack.timeline,
            "last_ack_at": at,
            "clock_offset": str(_seconds_between(at, ack.server_time)),
            "quarantined": str(ack.quarantined_count),
            "problem": "",
            "problem_detail": "",
        }
        with self._write() as tx:
            if ack.acked_seq >= int(_fact(tx.db, "acked_seq", "0")):
                facts["acked_seq"] = str(ack.acked_seq)
            _put(tx.db, facts)

    def rewind(self, seq: int) -> None:
        """Move the pointer back to ``seq``: the centre lacks what follows."""
        with self._write() as tx:
            _put(tx.db, {"acked_seq": str(seq)})

    def note_problem(self, name: str, detail: str, at: str) -> None:
        """Remember why the exchange did not finish."""
        with self._write() as tx:
            _put(tx.db, {"problem": name, "problem_detail": detail, "problem_at": at})

    def apply_page(self, page: Page) -> int:
        """Store the rows of a page, and its cursor with the last of them. Raises ``Malformed`` or ``Oversize``.

        A page that does not follow what is here is left alone. A till that has recorded something takes a page in
        slices, each a short transaction, and merges the search index in short steps between them, so that the counter
        need not wait; what an interrupted page left is applied again with the whole page.
        """
        rows = feeds.read_rows(page)
        at_work = self._ledger.head().seq > 0
        step = feeds.SLICE if at_work else max(len(rows), 1)
        for start in range(0, max(len(rows), 1), step):
            with self._write() as tx:
                if _fact(tx.db, f"{CURSOR}{page.scope}", "") != page.after:
                    return 0
                feeds.apply(tx.db, page.scope, rows[start : start + step])
                if start + step >= len(rows):
                    _put(tx.db, {f"{CURSOR}{page.scope}": page.cursor})
            while at_work and self._merged():
                pass
        return len(rows)

    def _merged(self) -> bool:
        with self._write() as tx:
            return search.merge(tx.db)

    def state(self) -> ExchangeState:
        """What the top bar tells."""
        facts = _facts(self._ledger.db)
        acked = int(facts.get("acked_seq", "0"))
        unsent, oldest = self._ledger.db.execute(
            "SELECT (SELECT coalesce(max(seq), 0) FROM journal) - ?,"
            " (SELECT recorded_at FROM journal WHERE seq = ? + 1)",
            (acked, acked),
        ).fetchone()
        return ExchangeState(
            enrolled="device_id" in facts,
            unsent=max(unsent, 0),
            oldest_unsent_at=oldest or "",
            last_ack_at=facts.get("last_ack_at", ""),
            quarantined=int(facts.get("quarantined", "0")),
            clock_offset=int(facts.get("clock_offset", "0")),
            problem=facts.get("problem", ""),
            problem_detail=facts.get("problem_detail", ""),
        )


def _facts(db: Connection) -> dict[str, str]:
    """Facts about the exchange, without what ``feeds`` keeps beside them."""
    return dict(db.execute("SELECT key, value FROM exchange WHERE key NOT GLOB 'feed:*'").fetchall())


def _fact(db: Connection, key: str, default: str) -> str:
    row = db.execute("SELECT value FROM exchange WHERE key = ?", (key,)).fetchone()
    return row[0] if row else default


def _put(db: Connection, facts: dict[str, str]) -> None:
    db.executemany(
        "INSERT INTO exchange VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", list(facts.items())
    )


def _seconds_between(ours: str, theirs: str) -> int:
    """The centre's clock less ours; 0 when either text is no time."""
    from datetime import datetime

    try:
        return round((datetime.fromisoformat(theirs) - datetime.fromisoformat(ours)).total_seconds())
    except (ValueError, TypeError):
        return 0
