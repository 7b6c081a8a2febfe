"""Requests, problems and the bundle file."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.protocol.bundle import BUNDLE_MARK, REPLY_MARK, Bundle, bundle_key, open_bundle, read_mark, write_bundle
from sync.protocol.problems import STATUS, ExchangeProblem, encode_problem, problem_of, read_problem
from sync.protocol.request import NONCE, SIGNATURE, TIME, check_request, credentials, signed_headers
from sync.protocol.wire import BadSignature, Malformed, key_id, public_bytes

AT = "2026-10-01T08:00:00+07:00"


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def test_a_request_is_signed_with_everything_that_matters(key):
    headers = signed_headers(key, "POST", "/v1/x?after=1", b"body", nonce="n", time=AT)
    check_request(public_bytes(key), credentials(headers), "POST", "/v1/x?after=1", b"body")
    for changed in (
        ("GET", "/v1/x?after=1", b"body"),
        ("POST", "/v1/x?after=2", b"body"),
        ("POST", "/v1/x?after=1", b""),
    ):
        with pytest.raises(BadSignature):
            check_request(public_bytes(key), credentials(headers), *changed)
    for name in (NONCE, TIME):
        claim = credentials({**headers, name: "other"})
        with pytest.raises(BadSignature):
            check_request(public_bytes(key), claim, "POST", "/v1/x?after=1", b"body")


@pytest.mark.parametrize("headers", [{}, {SIGNATURE: "not base64!"}, {NONCE: "x" * 200}])
def test_a_request_without_whole_credentials_is_not_signed(key, headers):
    whole = signed_headers(key, "GET", "/", b"", nonce="n", time=AT)
    with pytest.raises(BadSignature):
        credentials({**whole, **headers} if headers else {})


def test_every_problem_has_a_status_and_reads_back():
    for name in STATUS:
        found = read_problem(encode_problem(problem_of(name, "why", expected_seq=3)))
        assert (found.name, found.status, found.detail, found.expected_seq) == (name, STATUS[name], "why", 3)
    assert ExchangeProblem("unavailable", retry_after=5).retry_after == 5


@pytest.mark.parametrize(
    "body", [b"", b"<html>502</html>", b"[]", b"\xff", b'{"status":"x"}', b'{"type":"https://other/gap"}']
)
def test_what_is_no_problem_of_ours_has_no_name(body):
    assert read_problem(body).name == ""


def test_a_bundle_opens_with_its_own_key_only(tmp_path: Path, key):
    bundle = Bundle(device="d", nonce="n", made_at=AT, batches=(b"packed",), cursors={"corner": "t.1"})
    path = tmp_path / "till.pojok"
    write_bundle(path, key, bundle)
    data = read_mark(path, BUNDLE_MARK)
    assert bundle_key(data) == key_id(public_bytes(key))
    assert open_bundle(data, public_bytes(key)) == bundle
    with pytest.raises(BadSignature):
        open_bundle(data, public_bytes(Ed25519PrivateKey.generate()))
    with pytest.raises(Malformed):
        read_mark(path, REPLY_MARK)
    assert [each.name for each in tmp_path.iterdir()] == ["till.pojok"]


def test_a_changed_or_cut_bundle_is_refused(tmp_path: Path, key):
    path = tmp_path / "till.pojok"
    write_bundle(path, key, Bundle(device="d", nonce="n", made_at=AT, batches=(b"packed",)))
    whole = path.read_bytes()
    for cut in (len(BUNDLE_MARK), len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        with pytest.raises((Malformed, BadSignature)):
            open_bundle(read_mark(path, BUNDLE_MARK), public_bytes(key))
