"""A forger who has the file and the program: changes an entry, computes every later hash and all projections anew.

What was closed is caught by the seal that every closing bears, and a forger who seals anew with a key of their own by
the till's key, which lies outside the file. After the last closing the file alone proves nothing: that is counted, not
expected to be found (see ``docs/reliability.md``).
"""

import re
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_app.domain.errors import PosError
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.rebuild import rebuild
from pos_app.ledger.sqlite import Connection, connect_plainly
from sync.protocol.entry import entry_hash
from tests.torture.scenario import Round, Scenario
from tests.torture.scenarios.tampering import copied, unlocked
from tests.torture.till import Till, new_till

Trick = Callable[[Connection, int, Ed25519PrivateKey], None]


def run(round_: Round) -> None:
    till = new_till(round_)
    close = {"do": "close_shift", "counted": 0, "note": "hitungan"}
    for _shift in range(3):
        move = {"do": "cash_move", "direction": "in", "amount": 5_000}
        till.played([*till.stream.take(8), move, close])
    till.played([*till.stream.take(6), {"do": "cash_move", "direction": "in", "amount": 5_000}])
    till.verify()
    for cycle in round_.cycles(len(TRICKS), 60):
        tricks = {TRICKS[cycle % len(TRICKS)], *(trick for trick in TRICKS if round_.rng.random() < 0.25)}
        _forge(round_, till, [trick for trick in TRICKS if trick in tricks])


def _forge(round_: Round, till: Till, tricks: Sequence[Trick]) -> None:
    copy = copied(till.path)
    key = Ed25519PrivateKey.generate()
    with closing(connect_plainly(str(copy))) as db:
        sealed = db.execute("SELECT max(seq) FROM signed_heads").fetchone()[0]
        moves = [row[0] for row in db.execute("SELECT seq FROM journal WHERE kind = 'cash_move'")]
        changed = round_.rng.choice(moves)
        with unlocked(db):
            _hash_anew(db, changed)
            for trick in tricks:
                trick(db, changed, key)
    _project_anew(copy)
    written, status = till.attempt("verify", "--ledger", copy)
    said, names = till.said(), ", ".join(trick.__name__.strip("_") for trick in tricks)
    if changed <= sealed:
        clear = status == 1 and said.count("\n") == 1 and "Traceback" not in said
        round_.expect(clear, f"entry {changed} forged unseen ({names}): {written}{said}")
        round_.tally["forgeries found"] += 1
    else:
        round_.expect(status == 0 or said.count("\n") == 1, f"no sentence ({names}): {said}")
        round_.tally["after the last closing"] += 1


def _nothing_more(_db: Connection, _changed: int, _key: Ed25519PrivateKey) -> None:
    """The hashes are right again, and that is all."""


def _hash_anew(db: Connection, changed: int) -> None:
    """A thousand rupiah more in one entry, and every hash from there on right."""
    rows = db.execute("SELECT seq, body, prev FROM journal WHERE seq >= ? ORDER BY seq", (changed,)).fetchall()
    prev = bytes(rows[0]["prev"])
    for row in rows:
        body = bytes(row["body"])
        if row["seq"] == changed:
            body = re.sub(rb'"amount":(\d+)', lambda found: b'"amount":%d' % (int(found[1]) + 1_000), body)
        digest = entry_hash(prev, body)
        db.execute("UPDATE journal SET body = ?, prev = ?, hash = ? WHERE seq = ?", (body, prev, digest, row["seq"]))
        prev = digest


def _seal_anew(db: Connection, changed: int, key: Ed25519PrivateKey) -> None:
    """Every closing from there on bears a seal again, by a key of the forger."""
    public = key.public_key().public_bytes_raw()
    seals = "SELECT s.seq, j.hash FROM signed_heads s JOIN journal j ON j.seq = s.seq WHERE s.seq >= ?"
    for seq, digest in db.execute(seals, (changed,)).fetchall():
        db.execute(
            "UPDATE signed_heads SET signature = ?, public_key = ? WHERE seq = ?", (key.sign(digest), public, seq)
        )


def _drop_seals(db: Connection, changed: int, _key: Ed25519PrivateKey) -> None:
    """What does not match is taken away."""
    db.execute("DELETE FROM signed_heads WHERE seq >= ?", (changed,))


def _drop_all_seals(db: Connection, _changed: int, _key: Ed25519PrivateKey) -> None:
    db.execute("DELETE FROM signed_heads")


def _claim_restored(db: Connection, _changed: int, _key: Ed25519PrivateKey) -> None:
    """As if all of it had come from another computer's backup."""
    _meta(db, restored_seq="999999", restored="3")


def _claim_restored_up_to_the_end(db: Connection, _changed: int, key: Ed25519PrivateKey) -> None:
    """The same up to the newest entry, signed by the forger."""
    seq, digest = db.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    (ledger_id,) = db.execute("SELECT value FROM meta WHERE key = 'ledger_id'").fetchone()
    seal = key.sign(f"pojok restored:{ledger_id}:{seq}:".encode() + bytes(digest))
    _meta(db, restored_seq=str(seq), restored_seal=seal.hex(), restored="1")


def _claim_nonsense(db: Connection, _changed: int, _key: Ed25519PrivateKey) -> None:
    """Rows of the identity that no program wrote."""
    _meta(db, restored_seq="\u00b2", restored_seal="zz", restored="-1")


def _rename_the_corner(db: Connection, _changed: int, _key: Ed25519PrivateKey) -> None:
    """The name is made to be changed; it must hide nothing."""
    _meta(db, corner_name="Pojok Lain")


def _meta(db: Connection, **rows: str) -> None:
    db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(rows.items()))


def _project_anew(path: Path) -> None:
    with suppress(PosError), closing(Ledger.open(path)) as ledger:
        rebuild(ledger)


TRICKS: tuple[Trick, ...] = (
    _nothing_more,
    _seal_anew,
    _drop_seals,
    _drop_all_seals,
    _claim_restored,
    _claim_restored_up_to_the_end,
    _claim_nonsense,
    _rename_the_corner,
)

FORGERY = Scenario(
    name="forgery",
    promise="Who changes what was closed and computes every hash anew is caught by the seals",
    unit="forgeries found",
    goal=1_000,
    run=run,
)
