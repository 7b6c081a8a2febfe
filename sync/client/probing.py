"""Trying a connection: asks a centre how it is, and says in one word what is wrong on the way there."""

import socket
import ssl
from collections.abc import Iterator

import msgspec

from sync.client.transport import Answer, Settings, Transport, Unreachable, UnsafeAddress
from sync.protocol.local import Report

HEALTH = "/health"


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
        causes = list(_causes(error))
        return Report("unknown", reason=_why(causes, settings), detail=" < ".join(map(str, causes))[:400])
    return _judged(answer)


def _judged(answer: Answer) -> Report:
    if answer.status == 407:
        return Report("unknown", reason="proxy_password")
    try:
        health = msgspec.json.decode(answer.body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError):
        health = {}
    if answer.status == 200 and health.get("status") == "ok":
        return Report("ok")
    reason = "unavailable" if answer.status == 503 else "not_a_centre"
    return Report("unknown", reason=reason, detail=f"status {answer.status}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """What led to ``error``, the newest first."""
    seen: list[BaseException] = []
    waiting: list[object] = [error.__cause__]
    while waiting:
        found = waiting.pop(0)
        if isinstance(found, BaseException) and found not in seen:
            seen.append(found)
            yield found
            waiting += [found.__cause__, found.__context__, getattr(found, "original_error", None), *found.args]


def _why(causes: list[BaseException], settings: Settings) -> str:
    from urllib3.exceptions import NameResolutionError, ProxyError

    text = " ".join(map(str, causes))
    by_proxy = settings.proxy is not None and any(isinstance(one, ProxyError) for one in causes)
    if "407" in text and by_proxy:
        return "proxy_password"
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in causes):
        return "untrusted"
    if settings.ca_file and ("invalid path" in text or "TLS CA certificate bundle" in text):
        return "no_ca_file"
    if settings.ca_file and any(isinstance(one, ssl.SSLError) and "X509" in str(one) for one in causes):
        return "bad_ca_file"
    if by_proxy or "proxy URL" in text:
        return "proxy"
    if any(isinstance(one, (socket.gaierror, NameResolutionError)) for one in causes):
        return "no_name"
    if any(isinstance(one, ConnectionRefusedError) for one in causes):
        return "refused"
    if any(isinstance(one, ssl.SSLError) for one in causes):
        return "not_a_centre"
    if any(isinstance(one, TimeoutError) for one in causes):
        return "slow"
    return "unreachable"
