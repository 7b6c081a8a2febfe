"""Joining a centre: where the till learns its device id and the key that signs the centre's answers."""

from typing import TYPE_CHECKING

import msgspec

from sync.client.caller import Caller, Clock, Gap, Stopped, TooLarge
from sync.client.transport import Transport
from sync.protocol.local import LocalStore
from sync.protocol.messages import ENROL, ENROL_PATH, Enrolment, EnrolRequest
from sync.protocol.wire import Malformed, Signed, inflate, public_bytes, unpack, unseal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def enrol(store: LocalStore, key: "Ed25519PrivateKey", transport: Transport, code: str, clock: Clock) -> Enrolment:
    """Join the centre with a one-time code; asking again with the same code and key is harmless.

    Raises ``Stopped``.
    """
    till = store.till()
    request = EnrolRequest(
        code=code,
        public_key=public_bytes(key),
        ledger_id=till.ledger_id,
        corner=till.corner,
        till=till.till,
        epoch=till.epoch,
    )

    def read(body: bytes, nonce: str) -> Enrolment:
        found = _read_enrolment(body)
        if (found.nonce, found.ledger_id) != (nonce, till.ledger_id):
            raise Malformed("an answer to another question")
        if (found.corner, found.till) != (till.corner, till.till):
            raise Malformed("an answer for another till")
        return found

    try:
        answer = Caller(transport, key, clock).ask("POST", ENROL_PATH, msgspec.msgpack.encode(request), read)
    except (Gap, TooLarge) as error:
        raise Stopped("unknown", "nonsense", type(error).__name__) from error
    store.save_link(transport.url, answer)
    return answer


def _read_enrolment(body: bytes) -> Enrolment:
    """The answer to an enrolment carries the key that signed it: this is where trust begins (over TLS)."""
    claimed = unpack(inflate(unpack(body, Signed).payload), Enrolment)
    return unseal(body, Enrolment, ENROL, claimed.centre_key)
