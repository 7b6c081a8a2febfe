"""A later epoch stands on the centre's approval, checked against the keys by which this till trusted its centre."""

from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_app.domain.errors import DamagedLedger
from pos_app.ledger.approvals import TRUSTED
from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.verify import Verified, verify
from sync.protocol.epochs import read_approval
from sync.protocol.messages import EPOCH, Enrolment
from sync.protocol.wire import public_bytes, seal
from tests.corner import Corner
from tests.services.forked_corner import CENTRE_KEY, Forked, forked

OTHER = Ed25519PrivateKey.generate()


def enrol(corner: Corner, centre: Ed25519PrivateKey = CENTRE_KEY, till: Ed25519PrivateKey | None = None) -> None:
    who = corner.ledger.identity
    answer = Enrolment(
        nonce="n",
        device="d",
        ledger_id=who.ledger_id,
        corner=who.corner,
        corner_name="Uji",
        till=who.till,
        epoch=1,
        timeline="t",
        centre_key=public_bytes(centre),
        server_time="2026-10-01T08:00:00+07:00",
    )
    LedgerStore(corner.ledger, till or corner.counter.vault.signing_key()).save_link("https://pusat.example", answer)


@pytest.fixture
def joined(open_corner: Corner, tmp_path: Path) -> Forked:
    both = forked(open_corner, tmp_path, lambda one: one.sell("T1"), lambda one: one.sell("T1"))
    enrol(both.till)
    both.rejoin()
    return both


def check(both: Forked) -> Verified:
    return verify(both.till.ledger, trusted_key=public_bytes(both.till.counter.vault.signing_key()))


def put(both: Forked, approval: bytes) -> None:
    with both.till.ledger.write() as tx:
        tx.db.execute("UPDATE epochs SET approval = ?", (approval,))


def kept(both: Forked) -> bytes:
    return LedgerStore(both.till.ledger).approval(2)


def test_an_approval_of_the_centre_is_proved_also_after_its_key_changed(joined: Forked) -> None:
    assert check(joined).unproved == ()
    LedgerStore(joined.till.ledger, joined.till.counter.vault.signing_key()).save_centre_key(public_bytes(OTHER))
    assert check(joined).unproved == ()


def test_an_approval_that_the_centre_did_not_give_is_found(joined: Forked) -> None:
    put(joined, seal(OTHER, EPOCH, read_approval(kept(joined))))
    with pytest.raises(DamagedLedger, match="did not approve"):
        check(joined)


@pytest.mark.parametrize(
    "change", [{"ledger_id": "x"}, {"epoch": 3}, {"head_seq": 1}, {"base_hash": bytes(32)}, {"device": "e"}]
)
def test_an_approval_of_something_else_is_found(joined: Forked, change: dict[str, object]) -> None:
    put(joined, seal(CENTRE_KEY, EPOCH, msgspec.structs.replace(read_approval(kept(joined)), **change)))
    with pytest.raises(DamagedLedger):
        check(joined)


def test_bytes_that_are_no_approval_are_found(joined: Forked) -> None:
    put(joined, b"no signature at all")
    with pytest.raises(DamagedLedger, match="without an approval"):
        check(joined)


def test_a_ledger_that_does_not_know_its_centre_says_what_it_cannot_prove(joined: Forked) -> None:
    with joined.till.ledger.write() as tx:
        tx.db.execute("DELETE FROM exchange")
    assert check(joined).unproved == (2,)


def test_keys_that_another_till_signed_prove_nothing(joined: Forked) -> None:
    with joined.till.ledger.write() as tx:
        tx.db.execute("DELETE FROM exchange WHERE key = ?", (TRUSTED,))
    put(joined, seal(OTHER, EPOCH, read_approval(kept(joined))))
    enrol(joined.till, OTHER, till=OTHER)
    assert check(joined).unproved == (2,)


def test_a_till_that_joined_another_key_says_what_it_cannot_prove(joined: Forked) -> None:
    """Enrolled anew after the centre changed its key: the keys between were never heard of."""
    with joined.till.ledger.write() as tx:
        tx.db.execute("DELETE FROM exchange WHERE key = ?", (TRUSTED,))
    for key in (Ed25519PrivateKey.generate(), OTHER):
        enrol(joined.till, key)
    assert check(joined).unproved == (2,)
