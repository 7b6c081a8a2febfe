"""Sealing for one receiver: X25519 with a key made for this one message, HKDF-SHA256, ChaCha20-Poly1305.

Sealed are personal data that travel. Purpose and names are bound to it: what was sealed about one producer does not
open as another's. The key is used once, so the nonce is zero.
"""

from typing import TYPE_CHECKING, Final

from sync.protocol.wire import PROTOCOL, Malformed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

KEY_BYTES: Final = 32
NONCE: Final = bytes(12)
DERIVED: Final = b"pojok:sealing-key:1"


def sealing_key(signing: "Ed25519PrivateKey") -> "X25519PrivateKey":
    """The key to which others seal for the holder of ``signing``; it follows from it, so it need not be kept."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return X25519PrivateKey.from_private_bytes(_derived(signing.private_bytes_raw(), b"", DERIVED))


def public_of(private: "X25519PrivateKey") -> bytes:
    """The raw public half (32 bytes), to be told to who seals."""
    return private.public_key().public_bytes_raw()


def seal_to(public: bytes, plain: bytes, purpose: str, *names: str) -> bytes:
    """``plain`` for the holder of ``public`` alone: the message's own public key, then the ciphertext.

    Raises ``Malformed`` for bytes that are no key.
    """
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    own = X25519PrivateKey.generate()
    try:
        shared = own.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError as error:
        raise Malformed(f"no key to seal to: {error}") from None
    sender = public_of(own)
    key = _derived(shared, sender + public, _bound(purpose, names))
    return sender + ChaCha20Poly1305(key).encrypt(NONCE, plain, _bound(purpose, names))


def open_sealed(private: "X25519PrivateKey", sealed: bytes, purpose: str, *names: str) -> bytes:
    """What ``seal_to`` sealed for ``private``. Raises ``Malformed`` where it is for another key, purpose or names."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    sender = sealed[:KEY_BYTES]
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(sender))
        key = _derived(shared, sender + public_of(private), _bound(purpose, names))
        return ChaCha20Poly1305(key).decrypt(NONCE, sealed[KEY_BYTES:], _bound(purpose, names))
    except (InvalidTag, ValueError):
        raise Malformed("this is not sealed for this key, purpose and name") from None


def _bound(purpose: str, names: tuple[str, ...]) -> bytes:
    """Lengths stand before the names, so that no two lists of names look alike."""
    parts = [f"pojok:sealed:{purpose}:{PROTOCOL}".encode(), *(name.encode() for name in names)]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), KEY_BYTES, salt, info).derive(secret)
