"""An app asked without a socket, a server or a thread: for proofs that ask it a hundred thousand times.

It answers as behind a server, only that handlers run where they are called, one request after the other.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import httpx
from litestar.types import ASGIApp, Message

HOST = "http://testserver"


class _Here(asyncio.SelectorEventLoop):
    """A loop whose worker threads are this one."""

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *arguments: Any) -> asyncio.Future[Any]:
        done = self.create_future()
        try:
            done.set_result(func(*arguments))
        except Exception as error:  # noqa: BLE001 - it is raised where the answer is awaited
            done.set_exception(error)
        return done


class Direct:
    """Speaks to ``app``. What the app raises instead of answering is raised here."""

    def __init__(self, app: ASGIApp) -> None:
        self.app: Any = app
        self._loop = _Here()

    def request(
        self, method: str, path: str, *, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """As ``httpx.Client.request``."""
        asked = httpx.Request(method, HOST + path, headers=headers, content=content)
        told = [(name.lower(), value) for name, value in asked.headers.raw]
        status, sent, whole = self._answer(method, asked.url.raw_path, told, content or b"")
        answer = httpx.Response(status, headers=sent, content=whole, request=asked)
        answer.elapsed = timedelta(0)
        return answer

    def ask(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """The answer's status, headers and body, of a request whose ``path`` is written as it goes over a line."""
        told = [(name.lower().encode(), text.encode()) for name, text in headers.items()]
        told += [(b"host", b"testserver"), (b"content-length", str(len(body)).encode())]
        return self._answer(method, path.encode(), told, body)

    def _answer(
        self, method: str, target: bytes, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        sent: list[Any] = []
        parts = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Any:
            return parts.pop() if parts else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        self._loop.run_until_complete(self.app(_scope(method, target, headers), receive, send))
        start, *rest = sent
        return start["status"], list(start["headers"]), b"".join(part.get("body", b"") for part in rest)

    def get(self, path: str) -> httpx.Response:
        """As ``httpx.Client.get``."""
        return self.request("GET", path)

    def close(self) -> None:
        """Give the loop back."""
        self._loop.close()


def _scope(method: str, target: bytes, headers: list[tuple[bytes, bytes]]) -> Any:
    raw, _, query = target.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(raw.decode("ascii")),
        "raw_path": raw,
        "root_path": "",
        "query_string": query,
        "headers": headers,
        "client": ("testclient", 50_000),
        "server": ("testserver", 80),
        "extensions": {},
        "state": {},
    }
