"""The ledger's side of the exchange: entries out, acks and registry rows in.

Fits ``sync.protocol.local.LocalStore``. Facts about the centre are rows of ``exchange``; an ack moves
``acked_seq`` and deletes nothing.
"""

from dataclasses import dataclass

import msgspec

from pos_app.ledger import approvals, digests, neighbours, proposed, taking_back
from pos_app.ledger.exchange_facts import (
    APPROVAL,
    AWAITED,
    BEGINNING,
    RESTORED,
    SEARCH,
    drop_facts,
    put_facts,
    read_fact,
    read_facts,
)
from pos_app.ledger.registry_side import CURSOR, DIFFERS, FULL, NORMAL, SEAL_KEY, RegistrySide
from pos_app.ledger.sqlite import Connection
from sync.protocol.entry import FIRST_EPOCH, Head
from sync.protocol.epochs import link_of, read_approval
from sync.protocol.local import Kept, Link, Network, Search, Standing, Till
from sync.protocol.messages import Ack, Approval, Enrolment, EpochBegun, KeptEntries, Quarantined

__all__ = ("CURSOR", "FULL", "NORMAL", "ExchangeState", "LedgerStore")

NETWORK = ("centre_proxy", "centre_ca_file", "centre_plain_http")
"""Settings: address of a proxy, path of a CA file, and ``yes`` where plain http beyond this machine is allowed."""
YES = "yes"
MOST_AWAITED = 100
"""Files on their way."""


@dataclass(frozen=True, slots=True)
class ExchangeState:
    """What the top bar tells of the exchange. Times are ISO texts, empty when it never happened.

    ``problem`` is a stable name, empty while all is well, noted first at ``problem_since``; ``clock_offset`` is the
    centre's clock less ours, in seconds.
    """

    enrolled: bool
    unsent: int
    oldest_unsent_at: str
    last_ack_at: str
    quarantined: int
    clock_offset: int
    problem: str
    problem_detail: str
    problem_since: str = ""
    joined_at: str = ""
    url: str = ""


class LedgerStore(RegistrySide):
    """One ledger, seen by the exchange. Give a worker its own (``Ledger.another``)."""

    def till(self) -> Till:
        """Whose ledger this is."""
        who = self._ledger.identity
        return Till(who.ledger_id, who.corner, who.till, FIRST_EPOCH)

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
        facts = read_facts(self._ledger.db)
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
            "joined_at": enrolment.server_time,
        }
        with self._ledger.write() as tx:
            if read_facts(tx.db).get("centre_key") != facts["centre_key"]:
                tx.db.execute("DELETE FROM exchange WHERE key LIKE ? OR key = 'acked_seq'", (f"{CURSOR}%",))
            put_facts(tx.db, {**facts, "problem": "", "problem_detail": ""})
            self._trust(tx.db, enrolment.device, enrolment.centre_key, handed_over=False)
            put_facts(tx.db, {BEGINNING: str(enrolment.beginning)})

    def first_beginning(self) -> int:
        """The first beginning of numbers that is this ledger's alone, as far as the centre knows."""
        return int(read_fact(self._ledger.db, BEGINNING, "1"))

    def save_address(self, url: str) -> None:
        """The centre is asked there from now on; nothing else about it changes."""
        with self._ledger.write() as tx:
            put_facts(tx.db, {"url": url})

    def save_centre_key(self, raw: bytes) -> None:
        """From now on the centre signs with this public key (32 bytes), and wants sealed to it what is for it alone."""
        with self._ledger.write() as tx:
            put_facts(tx.db, {"centre_key": raw.hex()})
            self._trust(tx.db, read_fact(tx.db, "device_id"), raw, handed_over=True)
            drop_facts(tx.db, SEAL_KEY)

    def _trust(self, db: Connection, device: str, key: bytes, *, handed_over: bool) -> None:
        approvals.trust(db, self._ledger.identity.ledger_id, device, key, self._key, handed_over=handed_over)

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
        """Keep that an officer allowed the next epoch, until the ledger begins it. A newer approval takes its place.

        Where the journal goes on as is approved, by leave of a centre that was lost, the epoch shows this one from now
        on: what was entered again stays.
        """
        if approval.ledger_id != self._ledger.identity.ledger_id:
            raise ValueError("an approval for another ledger")
        goes_on = self.hash_at(approval.head_seq) == approval.head_hash
        after = self.entries(approval.head_seq + 1, 1) if goes_on else []
        with self._ledger.write() as tx:
            if after and after[0].prev == link_of(approval):
                begins = (sealed, approval.epoch, approval.head_seq + 1)
                tx.db.execute("UPDATE epochs SET approval = ? WHERE epoch = ? AND first_seq = ?", begins)
                return
            put_facts(tx.db, {APPROVAL: sealed.hex()})

    def drop_approval(self) -> None:
        """Forget the approval that was not acted on: it holds no more."""
        if read_fact(self._ledger.db, APPROVAL):
            with self._write() as tx:
                drop_facts(tx.db, APPROVAL)

    def search(self) -> Search | None:
        """What was found out of where the histories part; None where nothing was since the last ack."""
        kept = read_fact(self._ledger.db, SEARCH)
        return msgspec.json.decode(kept, type=Search) if kept else None

    def keep_search(self, search: Search) -> None:
        """Remember it until the next ack."""
        with self._write() as tx:
            put_facts(tx.db, {SEARCH: msgspec.json.encode(search).decode()})

    def take_back(self, kept: KeptEntries) -> int:
        """Append entries that this till had sent and lost, byte for byte, and the epoch that begins there; how many.

        Raises ``ValueError`` for a store without the till's key: what has a seal would come back without.
        """
        if self._key is None:
            raise ValueError("only the till's own key seals what is taken back")
        return taking_back.take_back(self._ledger, self.hash_at, kept, self._key)

    def hash_at(self, seq: int) -> bytes | None:
        """The hash of entry ``seq``, of the genesis for 0; None when there is no such entry."""
        if seq == 0:
            return self._ledger.identity.genesis
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

        The pointer never goes back here: an older answer may come later, when two programs exchange at once. An ack
        that came by file is of its own time (``at``): it tells nothing of our clock.
        """
        facts = {
            "timeline_id": ack.timeline,
            "last_ack_at": at,
            "quarantined": str(ack.quarantined_count),
            "marked": msgspec.json.encode(ack.quarantined).decode(),
            "problem": "",
            "problem_detail": "",
        }
        facts |= neighbours.facts_of(ack)
        if at != ack.server_time:
            facts["clock_offset"] = str(_seconds_between(at, ack.server_time))
        with self._write() as tx:
            if read_fact(tx.db, "timeline_id") != ack.timeline:
                _await(tx.db, [nonce for nonce in _awaited(tx.db) if nonce == ack.nonce])
            if ack.acked_seq >= int(read_fact(tx.db, "acked_seq", "0")):
                facts["acked_seq"] = str(ack.acked_seq)
            put_facts(tx.db, facts)
            drop_facts(tx.db, RESTORED, SEARCH)
            if _agrees_beyond(ack.acked_seq, read_fact(tx.db, APPROVAL)):
                drop_facts(tx.db, APPROVAL)

    def rewind(self, seq: int) -> None:
        """Move the pointer back to ``seq``: the centre lacks what follows."""
        with self._write() as tx:
            put_facts(tx.db, {"acked_seq": str(seq)})
            drop_facts(tx.db, AWAITED)
            for table in digests.TABLES.values():  # it may lack what was proposed, too
                proposed.propose_again(tx.db, table.kind, self._ledger.identity.corner, self._ledger.identity.till)

    def await_reply(self, nonce: str) -> None:
        """A file with this nonce goes to the centre."""
        with self._ledger.write() as tx:
            _await(tx.db, [*_awaited(tx.db), nonce])

    def awaits(self, nonce: str) -> bool:
        """Whether a reply by file holds: to a file since the last ``rewind`` and the last change of the timeline."""
        return nonce in _awaited(self._ledger.db)

    def note_problem(self, name: str, detail: str, at: str) -> None:
        """Remember why the exchange did not finish."""
        with self._write() as tx:
            facts = {"problem": name, "problem_detail": detail, "problem_at": at}
            if read_fact(tx.db, "problem") != name:
                facts["problem_since"] = at
            put_facts(tx.db, facts)

    def marked(self) -> list[Quarantined]:
        """The latest entries that the centre has and could not count, with a reason each, the newest first."""
        return msgspec.json.decode(read_fact(self._ledger.db, "marked", "[]"), type=list[Quarantined])

    def state(self) -> ExchangeState:
        """What the top bar tells."""
        facts = read_facts(self._ledger.db)
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
            problem=facts.get("problem", "") or ("digest" if any(key.startswith(DIFFERS) for key in facts) else ""),
            problem_detail=facts.get("problem_detail", ""),
            problem_since=facts.get("problem_since", ""),
            joined_at=facts.get("joined_at", ""),
            url=facts.get("url", ""),
        )


def _awaited(db: Connection) -> list[str]:
    return msgspec.json.decode(read_fact(db, AWAITED, "[]"), type=list[str])


def _await(db: Connection, nonces: list[str]) -> None:
    put_facts(db, {AWAITED: msgspec.json.encode(nonces[-MOST_AWAITED:]).decode()})


def _agrees_beyond(acked: int, approval: str) -> bool:
    """Whether the centre has more of ours than the last common entry that ``approval``, in hex, tells of."""
    return bool(approval) and read_approval(bytes.fromhex(approval)).base_seq < acked


def _seconds_between(ours: str, theirs: str) -> int:
    """The centre's clock less ours; 0 when either text is no time."""
    from datetime import datetime

    try:
        return round((datetime.fromisoformat(theirs) - datetime.fromisoformat(ours)).total_seconds())
    except (ValueError, TypeError):
        return 0
