"""Answers that are no success, as problem details (RFC 9457). Types are stable; titles are for people."""

from http import HTTPStatus
from typing import Any

import msgspec

TYPE = "urn:problem-type:pojok:"

STATUS = {
    "malformed": 400,
    "broken_chain": 400,
    "unknown_key": 401,
    "bad_signature": 401,
    "foreign_device": 403,
    "key_revoked": 403,
    "bad_code": 403,
    "wrong_corner": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "fork": 409,
    "gap": 409,
    "oversize": 413,
    "outdated": 426,
    "too_many_requests": 429,
    "internal": 500,
    "unavailable": 503,
}
"""Name of a problem and its HTTP status."""


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The JSON of a problem. ``expected_seq`` comes with ``gap``."""

    type: str = "about:blank"
    title: str = ""
    status: int = 0
    detail: str = ""
    expected_seq: int | None = None

    @property
    def name(self) -> str:
        """The stable name, one of ``STATUS``; empty for all others: an unsigned answer may come from anybody."""
        name = self.type.removeprefix(TYPE)
        return name if name != self.type and name in STATUS else ""


class ExchangeProblem(Exception):
    """Raised where a request cannot be answered with success; ``retry_after`` in seconds."""

    def __init__(
        self, name: str, detail: str = "", *, expected_seq: int | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(detail or name)
        self.name = name
        self.retry_after = retry_after
        self.problem = problem_of(name, detail, expected_seq=expected_seq)


def problem_of(name: str, detail: str = "", *, expected_seq: int | None = None, status: int | None = None) -> Problem:
    """The problem called ``name``. Raises ``KeyError`` for a name that is not in ``STATUS``."""
    code = status or STATUS[name]
    return Problem(
        type=TYPE + name, title=HTTPStatus(code).phrase, status=code, detail=detail, expected_seq=expected_seq
    )


def encode_problem(problem: Problem) -> bytes:
    """The JSON that travels."""
    return msgspec.json.encode(problem)


def read_problem(data: bytes) -> Problem:
    """The problem in ``data``, an unnamed one when there is none: proxies answer in any form."""
    try:
        found: Any = msgspec.json.decode(data, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Problem()
    return found if isinstance(found, Problem) else Problem()


def printable(text: str, most: int) -> str:
    """At most ``most`` characters of what anybody may have sent, fit to be shown: what controls a screen is a space."""
    return "".join([sign if sign.isprintable() else " " for sign in text[:most]])
