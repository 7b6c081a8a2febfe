"""What an unsigned answer says may come from anybody: it is bounded, fit to be shown, and never a traceback."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client.caller import LONGEST_DETAIL, Caller, Stopped
from sync.client.probing import probe
from sync.client.transport import Settings, Transport
from sync.protocol.problems import STATUS, encode_problem, problem_of
from tests.client.support import http, scripted

DEEP = b"[" * 200_000
TYPE = b"urn:problem-type:pojok:"
SETTINGS = Settings(total_seconds=5.0)


def stopped(answer: bytes) -> Stopped:
    def clock() -> str:
        return datetime.now(UTC).isoformat()

    with scripted(answer) as server, Transport(server.url, SETTINGS) as transport:
        caller = Caller(transport, Ed25519PrivateKey.generate(), clock)
        with pytest.raises(Stopped) as stop:
            caller.ask("GET", "/v1/devices/d/entries?after=0&limit=1", b"", lambda *_parts: None)
    return stop.value


@pytest.mark.parametrize("status", ["400 X", "401 X", "403 X", "409 X", "500 X"])
@pytest.mark.parametrize(
    "body",
    [
        DEEP,
        b'{"a":' * 200_000,
        b'{"type":"x","zz":' + DEEP + b"]" * 200_000 + b"}",
        b'{"type":"' + TYPE + b"x" * 1_000_000 + b'"}',
        b'{"type":"' + TYPE + b'\\u001b[2J<b>","detail":"x"}',
        b'{"type":"fork"}',
        b"\xff\xfe",
    ],
    ids=["deep_arrays", "deep_objects", "deep_unknown_field", "long_name", "control_characters", "bare_name", "binary"],
)
def test_an_answer_that_names_no_problem_of_the_exchange_is_nonsense(status: str, body: bytes) -> None:
    assert stopped(http(status, body)).reason == "nonsense"


@pytest.mark.parametrize("name", [name for name in STATUS if name not in ("gap", "oversize")])
def test_a_problem_of_the_exchange_keeps_its_name(name: str) -> None:
    answer = http(f"{STATUS[name]} X", encode_problem(problem_of(name, "why")))
    assert (stopped(answer).reason, stopped(answer).detail) == (name, "why")


def test_what_is_told_with_it_is_short_and_holds_nothing_that_controls_a_screen() -> None:
    body = encode_problem(problem_of("key_revoked", "a\x1b[2J\u202eb\r\n\x9bc" + "x" * 1_000_000))
    detail = stopped(http("403 X", body)).detail
    assert detail.startswith("a [2J b   c")
    assert len(detail) == LONGEST_DETAIL
    assert detail.isprintable()


@pytest.mark.parametrize("status", ["200 OK", "500 X"])
@pytest.mark.parametrize("body", [DEEP, b'{"status":' * 200_000], ids=["arrays", "objects"])
def test_a_connection_is_tried_with_whatever_answers(status: str, body: bytes) -> None:
    with scripted(http(status, body)) as server:
        assert probe(server.url, SETTINGS).reason == "not_a_centre"
