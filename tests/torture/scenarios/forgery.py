"""A forger who has the file and the program: changes an entry, computes every later hash and all projections anew.

What was closed is caught by the seal that every closing bears, and a forger who seals anew with a key of their own by
the till's key, which lies outside the file. After the last closing the file alone proves nothing: that is counted, not
expected to be found (see ``docs/reliability.md``).
"""

import re
from contextlib import closing, suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_app.domain.errors import DamagedLedger
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.rebuild import rebuild
from pos_app.ledger.sqlite import Connection, connect_plainly
from sync.protocol.entry import entry_hash
from tests.torture.scenario import Round, Scenario
from tests.torture.scenarios.tampering import copied, unlock
from tests.torture.till import Till, new_till


def run(round_: Round) -> None:
    till = new_till(round_)
    close = {"do": "close_shift", "counted": 0, "note": "hitungan"}
    for _shift in range(3):
        move = {"do": "cash_move", "direction": "in", "amount": 5_000}
        till.played([*till.stream.take(25), move, close])
    till.played(till.stream.take(25))
    till.verify()
    for _cycle in round_.cycles(3, 40):
        _forge(round_, till, own_key=round_.rng.random() < 0.5)


def _forge(round_: Round, till: Till, *, own_key: bool) -> None:
    copy = copied(till.path)
    with closing(connect_plainly(str(copy))) as db:
        sealed = db.execute("SELECT max(seq) FROM signed_heads").fetchone()[0]
        moves = [row[0] for row in db.execute("SELECT seq FROM journal WHERE kind = 'cash_move'")]
        changed = round_.rng.choice(moves)
        _hash_anew(db, changed)
        if own_key:
            _seal_anew(db, changed)
    _project_anew(copy)
    written, status = till.attempt("verify", "--ledger", copy)
    said = till.said()
    if changed <= sealed:
        round_.expect(
            status == 1 and said.count("\n") == 1, f"entry {changed} forged unseen ({own_key=}): {written}{said}"
        )
        round_.tally["forgeries found"] += 1
    else:
        round_.tally["after the last closing"] += 1


def _hash_anew(db: Connection, changed: int) -> None:
    """A thousand rupiah more in one entry, and every hash from there on right."""
    unlock(db)
    rows = db.execute("SELECT seq, body, prev FROM journal WHERE seq >= ? ORDER BY seq", (changed,)).fetchall()
    prev = bytes(rows[0]["prev"])
    for row in rows:
        body = bytes(row["body"])
        if row["seq"] == changed:
            body = re.sub(rb'"amount":(\d+)', lambda found: b'"amount":%d' % (int(found[1]) + 1_000), body)
        digest = entry_hash(prev, body)
        db.execute("UPDATE journal SET body = ?, prev = ?, hash = ? WHERE seq = ?", (body, prev, digest, row["seq"]))
        prev = digest


def _seal_anew(db: Connection, changed: int) -> None:
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    seals = "SELECT s.seq, j.hash FROM signed_heads s JOIN journal j ON j.seq = s.seq WHERE s.seq >= ?"
    for seq, digest in db.execute(seals, (changed,)).fetchall():
        db.execute(
            "UPDATE signed_heads SET signature = ?, public_key = ? WHERE seq = ?", (key.sign(digest), public, seq)
        )


def _project_anew(path: Path) -> None:
    with suppress(DamagedLedger), closing(Ledger.open(path)) as ledger:
        rebuild(ledger)


FORGERY = Scenario(
    name="forgery",
    promise="Who changes what was closed and computes every hash anew is caught by the seals",
    unit="forgeries found",
    goal=1_000,
    run=run,
)
