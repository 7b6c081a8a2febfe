"""What a computer says of the history that it restored: up to this entry, others sealed.

Closings of before bear the key of another computer. Whoever can write the file could claim the same of a history that
was made up, so the claim is signed, over the hash of its last entry, with the key of the computer that restored it.
"""

from typing import TYPE_CHECKING, Final

from pos_app.domain.errors import ForeignSeal
from pos_app.ledger.sqlite import Connection

if TYPE_CHECKING:
    from pos_app.ledger.ledger import Ledger
    from pos_app.ledger.vault import Vault

SEQ: Final = "restored_seq"
SIGNATURE: Final = "restored_seal"
"""Rows of ``meta``: the last entry that came from elsewhere, and the signature in hexadecimal."""
_DIGITS: Final = 18


def vouch(ledger: "Ledger", vault: "Vault") -> None:
    """Sign that everything up to the newest entry came from a backup; the key is made where there is none yet."""
    key = vault.signing_key()
    with ledger.write() as tx:
        head = tx.last[0]
        signature = key.sign(_claim(ledger.identity.ledger_id, head.seq, head.hash)).hex()
        for row in ((SEQ, str(head.seq)), (SIGNATURE, signature)):
            tx.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", row)


def is_claimed(db: Connection) -> bool:
    """Whether a computer said of this history that it restored it."""
    return db.execute("SELECT 1 FROM meta WHERE key = ?", (SEQ,)).fetchone() is not None


def vouched(db: Connection, trusted_key: bytes) -> int:
    """The last entry that the owner of this public key vouches for; 0 for none, or where the claim does not hold."""
    meta = dict(db.execute("SELECT key, value FROM meta").fetchall())
    text = meta.get(SEQ, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        return 0
    row = db.execute("SELECT hash FROM journal WHERE seq = ?", (int(text),)).fetchone()
    if row is None:
        return 0
    try:
        signature = bytes.fromhex(meta.get(SIGNATURE, ""))
    except ValueError:
        return 0
    return int(text) if is_signed(_claim(meta["ledger_id"], int(text), row[0]), signature, trusted_key) else 0


def foreign_seal(db: Connection, trusted_key: bytes) -> ForeignSeal | None:
    """The newest seal, when it is by another key than the till's, which does not vouch for it either."""
    row = db.execute("SELECT seq, public_key FROM signed_heads ORDER BY seq DESC LIMIT 1").fetchone()
    if row is None or row[1] == trusted_key or row[0] <= vouched(db, trusted_key):
        return None
    return ForeignSeal(row[0])


def is_signed(content: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether this is a signature of the key over the content (Ed25519, raw bytes)."""
    from cryptography.exceptions import InvalidSignature  # late: a ledger without closings needs none of it
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _claim(ledger_id: str, seq: int, digest: bytes) -> bytes:
    return f"pojok restored:{ledger_id}:{seq}:".encode() + digest
