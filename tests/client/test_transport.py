"""Over a real socket: no redirects, no retries, bounded answers, and one deadline over all of it."""

import ipaddress
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sync.client.transport import MAX_ANSWER, Settings, Transport, Unreachable, UnsafeAddress, checked_address
from tests.client.support import dripping, http, scripted, silent

HASTY = Settings(total_seconds=0.3, connect_seconds=0.3)


def send(url: str, settings: Settings | None = None, method: str = "POST", body: bytes = b"batch"):
    with Transport(url, settings) as transport:
        return transport.send(method, "/v1/x", body, {"Accept": "a/b"})


def test_a_whole_answer_arrives_as_it_was_sent():
    with scripted(http("200 OK", b"\x00\xff" * 1_000, "X-Extra: 1")) as server:
        answer = send(server.url)
    assert (answer.status, answer.body, answer.headers["x-extra"]) == (200, b"\x00\xff" * 1_000, "1")
    assert server.requests[0].startswith(b"POST /v1/x HTTP/1.1\r\n")
    assert server.requests[0].endswith(b"\r\n\r\nbatch")


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_not_followed(status):
    with scripted(http("200 OK", b"{}")) as other, scripted(http(status, b"", f"Location: {other.url}/")) as server:
        answer = send(server.url)
        assert answer.status == int(status[:3])
        assert other.requests == []
    assert len(server.requests) == 1


def test_a_failure_is_not_tried_again_by_itself():
    with scripted(b"") as server, pytest.raises(Unreachable):
        send(server.url)
    assert len(server.requests) == 1


def test_a_transport_that_was_closed_holds_no_connection_and_opens_another_when_it_is_asked():
    ends: list[bytes] = []

    def kept_open(connection: socket.socket, _stop: threading.Event) -> None:
        connection.sendall(http("200 OK", b"{}").replace(b"Connection: close", b"Connection: keep-alive"))
        connection.settimeout(5)
        ends.append(connection.recv(1))

    with scripted(kept_open) as server:
        transport = Transport(server.url)
        for _connection in range(2):
            assert transport.send("GET", "/v1/x", b"", {}).status == 200
            transport.close()
    assert ends == [b"", b""]


def test_a_truncated_answer_is_no_answer():
    with scripted(http("200 OK", b"half", length=100)) as server, pytest.raises(Unreachable):
        send(server.url)


def test_an_answer_cut_within_a_chunk_is_no_answer():
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with scripted(head + b"64\r\nhalf") as server, pytest.raises(Unreachable):
        send(server.url)
    with scripted(head + b"4\r\nfull\r\n0\r\n\r\n") as server:
        assert send(server.url).body == b"full"


@pytest.mark.parametrize(
    "answer",
    [
        dripping(http("200 OK", b"x" * 1_000)),
        dripping(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000 + b"\r\nContent-Length: 0\r\n\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 1_000),
        silent,
    ],
    ids=["body", "headers", "chunks", "silence"],
)
def test_a_dripping_or_silent_answer_ends_at_the_deadline(answer):
    with scripted(answer) as server:
        with pytest.raises(Unreachable):
            send(server.url, HASTY)
        assert server.answered == 0, "it did not wait for the end"


def test_an_endless_answer_is_cut_off():
    with scripted(http("200 OK", bytes(MAX_ANSWER + 1))) as server, pytest.raises(Unreachable):
        send(server.url)


def test_nonsense_instead_of_http_is_no_answer():
    with scripted(b"SSH-2.0-OpenSSH_9.2\r\n") as server, pytest.raises(Unreachable):
        send(server.url)


def test_a_centre_that_is_down_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(Unreachable):
        send(url)


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    with scripted(http("200 OK", b"x")) as server:
        assert send(server.url).body == b"x"


def test_a_proxy_of_the_settings_is_used_and_keeps_the_deadline():
    with scripted(dripping(http("200 OK", b"x" * 1_000))) as proxy:
        settings = Settings(proxy=proxy.url, plain_http=True, total_seconds=0.3)
        with pytest.raises(Unreachable):
            send("http://centre.example", settings)
        assert proxy.answered == 0
    with scripted(http("200 OK", b"x")) as proxy:
        assert send("http://centre.example", Settings(proxy=proxy.url, plain_http=True)).body == b"x"
        assert proxy.requests[0].startswith(b"POST http://centre.example/v1/x ")


@pytest.mark.parametrize(
    "url",
    [
        "https://centre.example",
        "https://centre.example:8443/base/",
        "http://127.0.0.1:8000",
        "http://[::1]:80",
        "http://localhost",
    ],
)
def test_safe_addresses(url):
    assert checked_address(url, plain_http=False) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://centre.example",
        "http://127.0.0.1.example.com",
        "ftp://127.0.0.1",
        "127.0.0.1:8000",
        "",
        "https://",
        "https://u:p@centre.example",
        "https://centre.example?x=1",
        "http://127.0.0.1:99999",
        "http://[::1",
    ],
)
def test_unsafe_addresses(url):
    with pytest.raises(UnsafeAddress):
        checked_address(url, plain_http=False)


def test_plain_http_elsewhere_needs_the_explicit_setting():
    assert checked_address("http://10.0.0.5:8000/", plain_http=True) == "http://10.0.0.5:8000"


def certificate(folder: Path, address: str) -> tuple[Path, ssl.SSLContext]:
    """A self-signed certificate for ``address``, and a server that shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "centre")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path, secret = folder / f"{address}.pem", folder / f"{address}.key"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, secret)
    return path, context


def test_a_certificate_counts_only_when_the_ca_file_vouches_for_it_and_for_this_address(tmp_path, monkeypatch):
    path, context = certificate(tmp_path, "127.0.0.1")
    with scripted(http("200 OK", b"x"), tls=context) as server:
        with pytest.raises(Unreachable) as untrusted:
            send(server.url)
        assert untrusted.value.kind == "untrusted"
        assert send(server.url, Settings(ca_file=str(path))).body == b"x"
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
        with pytest.raises(Unreachable):
            send(server.url)
    other, elsewhere = certificate(tmp_path, "127.0.0.2")
    with scripted(http("200 OK", b"x"), tls=elsewhere) as server, pytest.raises(Unreachable):
        send(server.url, Settings(ca_file=str(other)))
    assert server.requests == []


def test_a_ca_file_that_went_away_is_no_reason_to_trust_everybody(tmp_path):
    _path, context = certificate(tmp_path, "127.0.0.1")
    with scripted(http("200 OK", b"x"), tls=context) as server, pytest.raises(Unreachable) as missing:
        send(server.url, Settings(ca_file=str(tmp_path / "gone.pem")))
    assert missing.value.kind == "no_ca_file"
    assert server.requests == []


def test_a_dripping_answer_over_tls_ends_at_the_deadline_too(tmp_path):
    path, context = certificate(tmp_path, "127.0.0.1")
    with scripted(dripping(http("200 OK", b"x" * 1_000)), tls=context) as server:
        with pytest.raises(Unreachable):
            send(server.url, Settings(ca_file=str(path), total_seconds=0.5, connect_seconds=5))
        assert server.answered == 0
