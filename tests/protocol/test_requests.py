"""Requests, problems and the bundle file."""

import os
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.protocol.bundle import (
    BUNDLE_MARK,
    MAX_FILE,
    REPLY_MARK,
    BadFile,
    Bundle,
    bundle_key,
    open_bundle,
    read_mark,
    write_bundle,
)
from sync.protocol.problems import STATUS, ExchangeProblem, encode_problem, problem_of, read_problem
from sync.protocol.request import NONCE, SIGNATURE, TIME, check_request, credentials, signed_headers
from sync.protocol.wire import BadSignature, key_id, public_bytes

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
    assert fault(path, BUNDLE_MARK, public_bytes(Ed25519PrivateKey.generate())) == "other_key"
    assert fault(path, REPLY_MARK, public_bytes(key)) == "other_way"
    assert [each.name for each in tmp_path.iterdir()] == ["till.pojok"]


def fault(path: Path, mark: bytes, public_key: bytes) -> str:
    """Why the file is not taken."""
    with pytest.raises(BadFile) as refused:
        open_bundle(read_mark(path, mark), public_key)
    return refused.value.name


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "cut_off"),
        (BUNDLE_MARK[:5], "cut_off"),
        (BUNDLE_MARK, "cut_off"),
        (b"PK\x03\x04", "no_bundle"),
        (b"POJOK-BUNDLE-2\nwhatever", "newer_file"),
        (b"POJOK-BUNDLE-10\nwhatever", "newer_file"),
        (b"POJOK-BUNDLE-0\nwhatever", "no_bundle"),
        (b"POJOK-REPLY-1\nwhatever", "other_way"),
        (BUNDLE_MARK + b"whatever", "changed"),
        (BUNDLE_MARK + bytes(MAX_FILE), "too_large"),
        (bytes(MAX_FILE + 1), "no_bundle"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_not_taken_says_why(tmp_path: Path, key, content, name):
    path = tmp_path / "till.pojok"
    path.write_bytes(content)
    assert fault(path, BUNDLE_MARK, public_bytes(key)) == name


def test_a_bundle_that_is_cut_off_anywhere_is_told_from_one_that_was_changed(tmp_path: Path, key):
    path = tmp_path / "till.pojok"
    write_bundle(path, key, Bundle(device="d", nonce="n", made_at=AT, batches=(b"packed",)))
    whole = path.read_bytes()
    found = set()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        found.add(fault(path, BUNDLE_MARK, public_bytes(key)))
    assert found == {"cut_off"}


def test_one_changed_byte_anywhere_is_refused(tmp_path: Path, key):
    path = tmp_path / "till.pojok"
    write_bundle(path, key, Bundle(device="d", nonce="n", made_at=AT, batches=(b"packed",)))
    whole = path.read_bytes()
    for place in range(len(whole)):
        for flip in (0x01, 0x80, 0xFF):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ flip]) + whole[place + 1 :])
            fault(path, BUNDLE_MARK, public_bytes(key))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_stick_keeps_the_file_that_was_there_and_no_half_one(tmp_path: Path, key):
    bundle = Bundle(device="d", nonce="n", made_at=AT, batches=(b"packed",))
    path = tmp_path / "till.pojok"
    path.write_bytes(b"the file of last week")
    (tmp_path / "till.pojok.part").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        write_bundle(path, key, bundle)
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"till.pojok": b"the file of last week"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe that breaks")
def test_a_stick_pulled_while_writing_leaves_no_half_file_under_the_name(tmp_path: Path, key):
    path, part = tmp_path / "till.pojok", tmp_path / "till.pojok.part"
    os.mkfifo(part)
    reader = os.open(part, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)

    def pull() -> None:
        while not os.read(reader, 100):  # nobody writes yet
            pass
        os.close(reader)

    puller = threading.Thread(target=pull)
    bundle = Bundle(device="d", nonce="n", made_at=AT, batches=(os.urandom(1_000_000),))
    puller.start()
    with pytest.raises(BrokenPipeError):
        write_bundle(path, key, bundle)
    puller.join()
    assert not any(tmp_path.iterdir())
