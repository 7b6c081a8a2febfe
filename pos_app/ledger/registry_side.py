"""What the exchange asks of the registry: pages of feeds in, comparisons of them, proposals out."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pos_app.ledger import centre_messages, digests, feeds, neighbour_feed, neighbours, proposed, search, slices
from pos_app.ledger.exchange_facts import drop_facts, put_facts, read_fact
from pos_app.ledger.ledger import Ledger, Transaction
from pos_app.ledger.vault import Vault, about
from sync.protocol.local import Proposed
from sync.protocol.messages import Page, ProposalsTaken, Row

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

CURSOR = "cursor:"
TOLD, COMPARED, DIFFERS = "told:", "compared:", "differs:"
"""Facts of a scope: cursor, count and digest of its last page; when they were compared; there where they differed."""
HELD, SEAL_KEY = "proposals_held", "seal_key"
NORMAL, FULL = 1, 2
"""Of SQLite's ``synchronous``: whether a commit waits for the disk. Either keeps the file whole."""


class RegistrySide:
    """The part of ``exchange.LedgerStore`` that is about the registry, and about the corner's other tills."""

    def __init__(self, ledger: Ledger, key: "Ed25519PrivateKey | None" = None, vault: Vault | None = None) -> None:
        """``key`` is the till's own: it seals the closings that are taken back. ``vault`` opens what is known of
        persons who are proposed to the centre; without it their businesses alone are."""
        self._ledger = ledger
        self._key = key
        self._vault = vault

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
                if read_fact(tx.db, f"{CURSOR}{page.scope}") != page.after:
                    return 0
                if page.scope == neighbour_feed.SCOPE:
                    anew = start == 0 and (page.restart or not page.after)
                    if not neighbour_feed.take(tx.db, rows[start : start + step], anew=anew):
                        drop_facts(tx.db, f"{CURSOR}{page.scope}")
                        return 0
                else:
                    slices.take(tx.db, page.scope, rows[start : start + step])
                    if page.scope == "messages":
                        self._answer_wishes(tx, rows[start : start + step])
                if start + step >= len(rows):
                    told = "" if page.more or page.count is None else f"{page.cursor} {page.count} {page.digest}"
                    put_facts(tx.db, {f"{CURSOR}{page.scope}": page.cursor, f"{TOLD}{page.scope}": told})
            while at_work and self._merged():
                pass
        return len(rows)

    def _answer_wishes(self, tx: Transaction, rows: Sequence[Row]) -> None:
        """A producer whose person the centre forgot, and wants to know now, is proposed again."""
        who = self._ledger.identity
        for row in rows:
            told = centre_messages.facts_of(row.body.decode("utf-8", "replace"))
            if told.get("wanted") == "person":
                proposed.note(tx.db, "producer", told.get("code", ""), who.corner, who.till, told.get("at", ""))

    def _merged(self) -> bool:
        with self._write() as tx:
            return search.merge(tx.db)

    def compare_due(self, scope: str, at: str) -> bool:
        """Whether a feed of the registry was not compared for a day, or differed when it last was."""
        if scope == neighbour_feed.SCOPE:
            return neighbours.is_unread(self._ledger.db)
        if scope not in feeds.DECODERS:
            return False
        compared, differs = (read_fact(self._ledger.db, f"{name}{scope}") for name in (COMPARED, DIFFERS))
        return digests.is_due(at, compared, differed=bool(differs))

    def agrees(self, scope: str, at: str) -> bool:
        """Whether count and digest of the rows here are those of the last page; true where it told none.

        What is found is kept until the next comparison.
        """
        db = self._ledger.db
        if scope == neighbour_feed.SCOPE:
            return bool(read_fact(db, f"{CURSOR}{scope}")) and not neighbours.is_unread(db)
        if scope not in feeds.DECODERS:
            return True
        told = read_fact(db, f"{TOLD}{scope}").split()
        same = True
        if len(told) == 3 and told[0] == read_fact(db, f"{CURSOR}{scope}"):
            same = digests.totals(db, scope) == (int(told[1]), int(told[2]))
        with self._write() as tx:
            put_facts(tx.db, {f"{COMPARED}{scope}": at} | ({} if same else {f"{DIFFERS}{scope}": at}))
            if same:
                drop_facts(tx.db, f"{DIFFERS}{scope}")
        return same

    def begin_anew(self, scope: str) -> None:
        """Let the next pull of a feed bring every row again, and propose again what it then still lacks.

        Nothing is taken away meanwhile. Interrupted, it is begun again by the next comparison.
        """
        if scope == neighbour_feed.SCOPE:
            with self._write() as tx:
                neighbours.forget(tx.db)
                drop_facts(tx.db, f"{CURSOR}{scope}")
            return
        more = True
        while more:
            with self._write() as tx:
                more = digests.mark(tx.db, scope)
        who = self._ledger.identity
        with self._write() as tx:
            proposed.propose_again(tx.db, digests.TABLES[scope].kind, who.corner, who.till)
            drop_facts(tx.db, f"{CURSOR}{scope}", f"{TOLD}{scope}")

    def proposals(self, limit: int, at: str, after: str = "") -> list[Proposed]:
        """What was registered here and the centre does not have yet, that which follows the code ``after``; nothing for
        an hour after ``hold_proposals``."""
        db = self._ledger.db
        held = read_fact(db, HELD)
        if held and not digests.is_due(at, held, differed=True):
            return []
        return proposed.waiting(db, limit, self._person, after)

    def _person(self, code: str, sealed: bytes) -> bytes:
        plain = self._vault.unseal(sealed, about("producer", code)) if self._vault else None
        return plain or b""

    def proposals_taken(self, answer: ProposalsTaken) -> None:
        """Note what the centre has, and the key to which it wants personal data sealed."""
        with self._write() as tx:
            proposed.sent(tx.db, answer.taken)
            slices.note_taken(tx.db, answer.taken, answer.given)
            put_facts(tx.db, {SEAL_KEY: answer.seal_key.hex()})

    def hold_proposals(self, at: str) -> None:
        """The centre takes none now: ask again in an hour."""
        with self._write() as tx:
            put_facts(tx.db, {HELD: at})

    def seal_key(self) -> bytes:
        """The centre's X25519 key; empty while it is not known."""
        return bytes.fromhex(read_fact(self._ledger.db, SEAL_KEY))
