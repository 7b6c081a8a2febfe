"""An office network on loopback: a proxy that lets only CONNECT through, and TLS in front of a centre."""

import base64
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Serve = Callable[[socket.socket], None]


def make_authority(folder: Path) -> tuple[Path, Path]:
    """The office's CA file, and a chain with its key that is good for 127.0.0.1."""
    now = datetime.now(UTC)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Kantor")])

    def certificate(name: x509.Name, public: ec.EllipticCurvePublicKey, *, ca: bool) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )

    usage = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    authority = (
        certificate(issuer, ca_key.public_key(), ca=True)
        .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, **usage), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    own = (
        certificate(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "centre")]), key.public_key(), ca=False)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    ca_file, chain = folder / "kantor.pem", folder / "centre.pem"
    ca_file.write_bytes(authority.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    chain.write_bytes(own.public_bytes(pem) + private)
    return ca_file, chain


@contextmanager
def listening(serve: Serve) -> Iterator[int]:
    """A port each of whose connections is served on a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def guarded(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            serve(connection)

    def accept() -> None:
        while True:
            connection, _address = listener.accept()
            if stopping.is_set():
                connection.close()
                return
            connection.settimeout(10)
            threads.append(threading.Thread(target=guarded, args=(connection,)))
            threads[-1].start()

    stopping = threading.Event()
    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stopping.set()
        socket.create_connection(listener.getsockname(), timeout=5).close()
        for thread in (acceptor, *threads):
            thread.join(15)
        listener.close()


def _bridge(one: socket.socket, other: socket.socket) -> None:
    """Bytes of either side to the other, until one of them ends."""

    def pour(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while part := source.recv(65536):
                target.sendall(part)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)

    back = threading.Thread(target=pour, args=(other, one))
    back.start()
    pour(one, other)
    back.join(15)


@contextmanager
def tls_front(chain: Path, port: int) -> Iterator[str]:
    """An https address for what listens on ``port``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)

    def serve(connection: socket.socket) -> None:
        with (
            context.wrap_socket(connection, server_side=True) as secure,
            socket.create_connection(("127.0.0.1", port), timeout=10) as inner,
        ):
            _bridge(secure, inner)

    with listening(serve) as front:
        yield f"https://127.0.0.1:{front}"


@contextmanager
def connect_proxy(password: str = "") -> Iterator[tuple[str, list[str]]]:
    """The address of a proxy that asks for ``password`` (as ``name:word``) where there is one, and where it led."""
    asked: list[str] = []

    def serve(connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            part = connection.recv(65536)
            if not part:
                return
            head += part
        wanted = f"proxy-authorization: basic {base64.b64encode(password.encode()).decode()}"
        if password and wanted.lower() not in head.decode().lower():
            connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        method, target, _version = head.decode().split(" ", 2)
        if method != "CONNECT":
            connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            return
        asked.append(target)
        host, _colon, port = target.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=10) as inner:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            _bridge(connection, inner)

    with listening(serve) as port:
        yield f"http://127.0.0.1:{port}", asked
