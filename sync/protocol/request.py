"""Signed requests: every one, pulls too, is signed by the till's key.

Signed are method, path with query, SHA-256 of the body, key id, nonce and time. The time is information
(a wrong clock never refuses a sale); a request that is sent again changes nothing, so nonces are not kept:
the centre repeats the nonce in its answer, which ties the answer to the question.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from sync.protocol.wire import BadSignature, key_id, public_bytes, sign, verify

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY = "Pojok-Key"
NONCE = "Pojok-Nonce"
TIME = "Pojok-Time"
SIGNATURE = "Pojok-Signature"
PROTOCOL_HEADER = "Pojok-Protocol"
CENTRE_KEY = "Pojok-Centre-Key"
"""The id of the centre's key that the till knows. Unsigned: it only chooses which of its keys the centre uses."""
PURPOSE = "request"
LONGEST_FIELD = 128


class Credentials(msgspec.Struct, frozen=True):
    """What the headers of a request claim; ``centre_key`` is empty where the till names none."""

    key: str
    nonce: str
    time: str
    signature: bytes
    centre_key: str = ""


def canonical(method: str, path: str, body: bytes, key: str, nonce: str, time: str) -> bytes:
    """The text that is signed. ``path`` includes the query."""
    digest = hashlib.sha256(body).hexdigest()
    return f"{method.upper()}\n{path}\n{digest}\n{key}\n{nonce}\n{time}".encode()


def signed_headers(
    key: "Ed25519PrivateKey", method: str, path: str, body: bytes, *, nonce: str, time: str
) -> dict[str, str]:
    """The headers that sign a request."""
    name = key_id(public_bytes(key))
    signature = sign(key, PURPOSE, canonical(method, path, body, name, nonce, time))
    return {KEY: name, NONCE: nonce, TIME: time, SIGNATURE: base64.b64encode(signature).decode()}


def credentials(headers: Mapping[str, str]) -> Credentials:
    """What ``headers`` claim, unverified. Raises ``BadSignature`` when a field is missing or misshapen."""
    fields = [headers.get(name, "") for name in (KEY, NONCE, TIME, SIGNATURE)]
    if not all(0 < len(field) <= LONGEST_FIELD for field in fields):
        raise BadSignature("the request is not signed")
    try:
        signature = base64.b64decode(fields[3], validate=True)
    except (binascii.Error, ValueError):
        raise BadSignature("the signature is not base64") from None
    return Credentials(fields[0], fields[1], fields[2], signature, headers.get(CENTRE_KEY, "")[:LONGEST_FIELD])


def check_request(public_key: bytes, claim: Credentials, method: str, path: str, body: bytes) -> None:
    """Raise ``BadSignature`` unless ``claim`` is the signature of this request by ``public_key``."""
    signed = canonical(method, path, body, claim.key, claim.nonce, claim.time)
    verify(public_key, PURPOSE, signed, claim.signature)
