"""Trying a connection: asks a centre how it is, and says in one word what is wrong on the way there."""

import msgspec

from sync.client.faults import causes
from sync.client.transport import Answer, Settings, Transport, Unreachable, UnsafeAddress
from sync.protocol.local import Report
from sync.protocol.problems import printable

HEALTH = "/health"
LONGEST_DETAIL = 400


def probe(url: str, settings: Settings) -> Report:
    """``ok`` when a centre answers at ``url``; else the reason is one of

    ``unsafe_address``, ``no_ca_file``, ``bad_ca_file``, ``no_name`` (the host's name is not found), ``refused`` (nobody
    listens), ``untrusted`` (the certificate), ``proxy`` (it does not answer or does not let through),
    ``proxy_password`` (it asks for one), ``slow``, ``not_a_centre``, ``unavailable``, ``unreachable``.
    """
    try:
        with Transport(url, settings) as transport:
            answer = transport.send("GET", HEALTH, b"", {"Accept": "application/json"})
    except UnsafeAddress:
        return Report("refused", reason="unsafe_address")
    except Unreachable as error:
        led_to_it = list(causes(error))[1:]
        return Report("unknown", reason=error.kind, detail=printable(" < ".join(map(str, led_to_it)), LONGEST_DETAIL))
    return _judged(answer)


def _judged(answer: Answer) -> Report:
    if answer.status == 407:
        return Report("unknown", reason="proxy_password")
    try:
        health = msgspec.json.decode(answer.body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        health = {}
    if answer.status == 200 and health.get("status") == "ok":
        return Report("ok")
    reason = "unavailable" if answer.status == 503 else "not_a_centre"
    return Report("unknown", reason=reason, detail=f"status {answer.status}")
