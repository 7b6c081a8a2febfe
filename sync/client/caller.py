"""Asking the centre: signs each request and tells the answers apart."""

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from sync.client.backoff import read_retry_after
from sync.client.faults import CERTIFICATES, UNREACHABLE
from sync.client.transport import Answer, Transport, Unreachable
from sync.protocol.batch import Condition
from sync.protocol.local import Status
from sync.protocol.problems import Problem, printable, read_problem
from sync.protocol.request import CENTRE_KEY, PROTOCOL_HEADER, signed_headers
from sync.protocol.wire import MESSAGE_TYPE, PROTOCOL, BadSignature, Malformed, Oversize, key_id

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Clock = Callable[[], str]
"""The time as ISO text."""
Tell = Callable[[str, int, int], None]
"""Hears how far an exchange is: ``entries`` or the scope that is pulled, how many are done, and how many there are in
all (0: not known). It may raise to end the exchange; what was done by then stays done.
"""
Ask = Callable[[], Condition]
"""How the till is, looked up when it is told."""
T = TypeVar("T")


def tell_nobody(_what: str, _done: int, _total: int) -> None:
    """The ``Tell`` of whoever does not want to know."""


LONGEST_DETAIL = 200
"""Characters kept of why it stopped: an unsigned answer may come from anybody."""


class Stopped(Exception):
    """The exchange cannot go on now."""

    def __init__(self, status: Status, reason: str, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.detail = printable(detail, LONGEST_DETAIL)
        self.retry_after = retry_after


class Gap(Exception):
    """The centre lacks entries from ``expected_seq`` on."""

    def __init__(self, expected_seq: int) -> None:
        super().__init__(expected_seq)
        self.expected_seq = expected_seq


class TooLarge(Exception):
    """The batch passes a bound."""


class Caller:
    """Signs requests with the till's key and tells answers apart.

    Before enrolment no key of the centre is known; see ``trust``.
    """

    def __init__(self, transport: Transport, key: "Ed25519PrivateKey", clock: Clock) -> None:
        self.transport = transport
        self.key = key
        self.clock = clock
        self._named: dict[str, str] = {}

    def trust(self, centre_key: bytes) -> None:
        """Ask for answers that are sealed with this public key of the centre, however many came after it."""
        self._named = {CENTRE_KEY: key_id(centre_key)}

    def ask(self, method: str, path: str, body: bytes, read: Callable[[bytes, str], T]) -> T:
        """Send, and read a successful answer with ``read(body, nonce)``.

        Raises ``Stopped``, ``Gap`` or ``TooLarge``.
        """
        nonce = secrets.token_hex(16)
        headers = signed_headers(self.key, method, path, body, nonce=nonce, time=self.clock())
        headers |= {"Content-Type": MESSAGE_TYPE, "Accept": MESSAGE_TYPE, PROTOCOL_HEADER: str(PROTOCOL)}
        headers |= self._named
        try:
            answer = self.transport.send(method, path, body, headers)
        except Unreachable as error:
            reason = error.kind if error.kind in CERTIFICATES else UNREACHABLE
            raise Stopped("unknown", reason, str(error)) from error
        if answer.status != 200:
            raise _why_not(answer)
        try:
            return read(answer.body, nonce)
        except (Malformed, Oversize, BadSignature) as error:
            raise Stopped("unknown", "nonsense", f"{type(error).__name__}: {error}") from error


def _why_not(answer: Answer) -> Exception:
    """What the till does about an answer that is no success (the table of the exchange)."""
    problem = read_problem(answer.body)
    detail = problem.detail or f"status {answer.status}"
    match answer.status:
        case 409:
            return _conflict(problem, detail)
        case 401 | 403:
            return Stopped("refused", problem.name or "nonsense", detail)
        case 413:
            return TooLarge()
        case 426:
            return Stopped("outdated", "outdated", detail)
        case 429 | 503:
            after = read_retry_after(answer.headers.get("Retry-After"))
            return Stopped("busy", problem.name or "unavailable", detail, after)
    return Stopped("unknown", problem.name or "nonsense", detail)


def _conflict(problem: Problem, detail: str) -> Exception:
    if problem.name == "gap" and problem.expected_seq is not None:
        return Gap(problem.expected_seq)
    if problem.name == "fork":
        return Stopped("fork", "fork", detail)
    return Stopped("unknown", problem.name or "nonsense", detail)
