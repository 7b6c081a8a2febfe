"""HTTP to the centre, without the habits that lose money. It uses the connections of ``requests``, not its session.

No redirects (a 302 turns a POST into a GET), no automatic retries, no settings from the environment unless
asked for, bounded answers, and one deadline over the whole exchange: a plain time-out starts anew with each
byte, so a dripping answer would outlive it.
"""

import io
import ipaddress
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http.client import HTTPResponse
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sync.client.faults import UNREACHABLE, kind_of
from sync.protocol.wire import MIB

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter

CONNECT_SECONDS = 10.0
TOTAL_SECONDS = 60.0
MAX_ANSWER = 16 * MIB
CHUNK = 64 * 1024


class Unreachable(Exception):
    """No complete answer came; whether the request arrived is unknown. ``kind`` is one of ``faults.kind_of``."""

    def __init__(self, detail: str, kind: str = UNREACHABLE) -> None:
        super().__init__(detail)
        self.kind = kind


class UnsafeAddress(ValueError):
    """Plain http to another machine, or an address that is none."""


@dataclass(frozen=True, slots=True)
class Settings:
    """``proxy`` and ``ca_file`` are for office networks; ``plain_http`` allows http beyond this machine."""

    proxy: str | None = None
    ca_file: str | None = None
    plain_http: bool = False
    from_environment: bool = False
    connect_seconds: float = CONNECT_SECONDS
    total_seconds: float = TOTAL_SECONDS


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer; header names are as sent, looked up without regard to case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def checked_address(url: str, *, plain_http: bool) -> str:
    """``url`` without a trailing slash. Raises ``UnsafeAddress``."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        raise UnsafeAddress(url) from None
    if parts.scheme not in ("http", "https") or not host or not port_is_number or parts.query or parts.fragment:
        raise UnsafeAddress(url)
    if parts.username is not None:
        raise UnsafeAddress("an address holds no password")
    if parts.scheme == "http" and not plain_http and not _is_loopback(host):
        raise UnsafeAddress(url)
    return url.strip().rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Transport:
    """A connection to one centre, kept open between requests. Use it as a context manager."""

    def __init__(self, url: str, settings: Settings | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings or Settings()
        self.url = checked_address(url, plain_http=self._settings.plain_http)
        self._deadline = Deadline(clock)
        self._adapter = _adapter(self._deadline)
        self._pool: Any = None
        self._prefix = ""

    def __enter__(self) -> "Transport":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection up; the next request opens another."""
        if self._pool is not None:
            self._pool.close()  # the adapter only forgets it
            self._pool = None
        self._adapter.close()

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One request, one answer. Raises ``Unreachable``."""
        from requests import RequestException
        from urllib3 import Timeout
        from urllib3.exceptions import HTTPError

        settings = self._settings
        total = settings.total_seconds
        self._deadline.start(total)
        try:
            answer = self._connected().urlopen(
                method,
                self._prefix + path,
                body=body or None,
                headers={**headers, "Content-Length": str(len(body))},
                timeout=Timeout(connect=min(settings.connect_seconds, total), read=total),
                retries=False,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
            )
            try:
                return Answer(answer.status, answer.headers, _read(answer))
            finally:
                answer.release_conn()
        except (RequestException, HTTPError, OSError, ValueError) as error:
            kind = kind_of(error, proxy=settings.proxy is not None, ca_file=bool(settings.ca_file))
            raise Unreachable(type(error).__name__, kind) from error

    def _connected(self) -> Any:
        """The pool of one connection to the centre, by its proxy where there is one, with its certificates."""
        if self._pool is None:
            from requests import PreparedRequest

            network = _network(self.url, self._settings)
            request = PreparedRequest()
            request.prepare_url(self.url, None)
            pool = self._adapter.get_connection_with_tls_context(
                request, network["verify"], proxies=network["proxies"], cert=network["cert"]
            )
            self._adapter.cert_verify(pool, self.url, network["verify"], network["cert"])  # type: ignore[no-untyped-call]
            self._prefix = self._adapter.request_url(request, network["proxies"]).rstrip("/")
            self._pool = pool
        return self._pool


def _read(raw: Any) -> bytes:
    parts, size = [], 0
    while part := raw.read(CHUNK, decode_content=False):
        size += len(part)
        if size > MAX_ANSWER:
            raw.close()
            raise Unreachable("the answer is too large")
        parts.append(part)
    return b"".join(parts)


class Deadline:
    """The moment by which the answer must be complete."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._end = 0.0

    def start(self, seconds: float) -> None:
        """The answer is due in ``seconds``."""
        self._end = self._clock() + seconds

    def left(self) -> float:
        """Seconds that are left. Raises ``TimeoutError`` when there are none."""
        left = self._end - self._clock()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        return left


class _TimedStream(io.RawIOBase):
    """Reads a socket; every read may last only as long as the deadline still allows."""

    def __init__(self, sock: Any, deadline: Deadline) -> None:
        super().__init__()
        self._sock = sock
        self._stream = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._deadline.left())
        count: int | None = self._stream.readinto(buffer)
        return count

    def close(self) -> None:
        self._stream.close()
        super().close()


class _TimedSocket:
    """Gives ``http.client`` a timed stream instead of the socket's own."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedStream(self._sock, self._deadline))


def _timed_response(deadline: Deadline, sock: socket.socket, *args: Any, **options: Any) -> HTTPResponse:
    return HTTPResponse(_TimedSocket(sock, deadline), *args, **options)  # type: ignore[arg-type]


def _network(url: str, settings: Settings) -> dict[str, Any]:
    """Proxies and certificates, as an adapter takes them."""
    import requests

    proxies = {"http": settings.proxy, "https": settings.proxy} if settings.proxy else {}
    with requests.Session() as session:
        session.trust_env = settings.from_environment
        return dict(session.merge_environment_settings(url, proxies, True, settings.ca_file or True, None))


def _adapter(deadline: Deadline) -> "HTTPAdapter":
    """An adapter whose connections keep to ``deadline``, headers included; it repeats nothing."""
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    respond = staticmethod(partial(_timed_response, deadline))
    plain = type("TimedHTTP", (HTTPConnection,), {"response_class": respond})
    secure = type("TimedHTTPS", (HTTPSConnection,), {"response_class": respond})
    pools = {
        "http": type("TimedHTTPPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("TimedHTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            super().init_poolmanager(*args, **options)
            self.poolmanager.pool_classes_by_scheme = pools

        def proxy_manager_for(self, proxy: Any, **options: Any) -> Any:
            manager = super().proxy_manager_for(proxy, **options)
            manager.pool_classes_by_scheme = pools
            return manager

    return Adapter(max_retries=0, pool_connections=1, pool_maxsize=1)
