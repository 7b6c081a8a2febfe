"""The keys by which this ledger's centre was trusted, and whether one of them approved each later epoch.

They lie among the facts about the exchange, signed by the till, so that who changes the file cannot put a key of his
own there. What a ledger does not know (facts lost, another computer that joined after the centre changed its key)
cannot be proved, and is told as that.
"""

from typing import TYPE_CHECKING, Final

import msgspec

from pos_app.domain.errors import DamagedLedger
from pos_app.ledger.epochs import epochs_of
from pos_app.ledger.exchange_facts import put_facts, read_fact
from pos_app.ledger.sqlite import Connection
from sync.protocol.epochs import read_approval
from sync.protocol.judging import HashAt
from sync.protocol.messages import EPOCH, Approval, EpochBegun
from sync.protocol.wire import (
    BadSignature,
    Malformed,
    Oversize,
    Signed,
    key_id,
    public_bytes,
    sign,
    unpack,
    unseal,
    verify,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TRUSTED: Final = "centre_keys"
"""The fact that holds, as JSON, the keys and the till's signature (``_Kept``)."""
PURPOSE: Final = "centre-keys"


class _Chain(msgspec.Struct, frozen=True):
    """Device and public key in hex, the newest last; ``whole`` while each key handed over to the next."""

    ledger_id: str
    keys: tuple[tuple[str, str], ...] = ()
    whole: bool = True


class _Kept(msgspec.Struct, frozen=True):
    chain: _Chain
    by: str
    signature: str


def trust(
    db: Connection,
    ledger_id: str,
    device: str,
    centre_key: bytes,
    key: "Ed25519PrivateKey | None",
    *,
    handed_over: bool,
) -> None:
    """Remember that the centre signs with ``centre_key`` now; ``handed_over`` by the one before. ``key`` is the till's
    own; without it nothing of the chain is believed until a later key is signed. Inside the caller's transaction."""
    kept = _read(db)
    known = kept.chain if kept is not None else _Chain(ledger_id)
    if (device, centre_key.hex()) not in known.keys:
        whole = known.whole and (handed_over or not known.keys)
        known = _Chain(ledger_id, (*known.keys, (device, centre_key.hex())), whole)
    kept = _Kept(known, "", "")
    if key is not None:
        signature = sign(key, PURPOSE, msgspec.json.encode(known))
        kept = _Kept(known, public_bytes(key).hex(), signature.hex())
    put_facts(db, {TRUSTED: msgspec.json.encode(kept).decode()})


def check(db: Connection, ledger_id: str, hash_at: HashAt, trusted_key: bytes | None) -> tuple[int, ...]:
    """The later epochs of which it cannot be proved that the centre approved them.

    ``trusted_key`` is the till's, where only what it signed is believed. Raises ``DamagedLedger`` for an epoch with
    another approval than its own, or with one that the centre did not give.
    """
    begun = epochs_of(db)
    chain = _believed(_read(db), ledger_id, trusted_key) if begun else None
    return tuple(one.epoch for one in begun if not _is_proved(one, ledger_id, hash_at, chain))


def _is_proved(begun: EpochBegun, ledger_id: str, hash_at: HashAt, chain: _Chain | None) -> bool:
    try:
        approval, name = read_approval(begun.approval), unpack(begun.approval, Signed).key
    except (Malformed, Oversize) as error:
        raise DamagedLedger(begun.first_seq, f"begins an epoch without an approval: {error}") from None
    head, base = begun.first_seq - 1, begun.base_seq
    if (approval.ledger_id, approval.epoch) != (ledger_id, begun.epoch):
        raise DamagedLedger(begun.first_seq, "begins an epoch with the approval of another")
    wanted = (head, hash_at(head), base, hash_at(base))
    if (approval.head_seq, approval.head_hash, approval.base_seq, approval.base_hash) != wanted:
        raise DamagedLedger(begun.first_seq, "begins an epoch with an approval for other histories")
    if chain is None:
        return False
    if _is_sealed(begun.approval, approval, chain):
        return True
    if chain.whole or name in {key_id(bytes.fromhex(key)) for _device, key in chain.keys}:
        raise DamagedLedger(begun.first_seq, "begins an epoch that the centre did not approve")
    return False


def _is_sealed(sealed: bytes, approval: Approval, chain: _Chain) -> bool:
    for device, key in chain.keys:
        try:
            unseal(sealed, Approval, EPOCH, bytes.fromhex(key))
        except (Malformed, Oversize, BadSignature):
            continue
        return approval.device == device
    return False


def _read(db: Connection) -> _Kept | None:
    try:
        return msgspec.json.decode(read_fact(db, TRUSTED), type=_Kept)
    except msgspec.MsgspecError:
        return None


def _believed(kept: _Kept | None, ledger_id: str, trusted_key: bytes | None) -> _Chain | None:
    """The chain, where the till signed it and it is of this ledger."""
    if kept is None or kept.chain.ledger_id != ledger_id or not kept.chain.keys:
        return None
    try:
        by = bytes.fromhex(kept.by)
        verify(by, PURPOSE, msgspec.json.encode(kept.chain), bytes.fromhex(kept.signature))
    except (ValueError, BadSignature):
        return None
    return kept.chain if trusted_key in (None, by) else None
