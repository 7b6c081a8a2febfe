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
        sent: list[Message] = []
        body = [{"type": "http.request", "body": content or b"", "more_body": False}]

        async def receive() -> Any:
            return body.pop() if body else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        self._loop.run_until_complete(self.app(_scope(asked), receive, send))
        start: Any = sent[0]
        parts: Any = sent[1:]
        whole = b"".join(part.get("body", b"") for part in parts)
        answer = httpx.Response(start["status"], headers=start["headers"], content=whole, request=asked)
        answer.elapsed = timedelta(0)
        return answer

    def get(self, path: str) -> httpx.Response:
        """As ``httpx.Client.get``."""
        return self.request("GET", path)

    def close(self) -> None:
        """Give the loop back."""
        self._loop.close()


def _scope(asked: httpx.Request) -> Any:
    raw, _, query = asked.url.raw_path.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": asked.url.scheme,
        "path": unquote(raw.decode("ascii")),
        "raw_path": raw,
        "root_path": "",
        "query_string": query,
        "headers": [(name.lower(), value) for name, value in asked.headers.raw],
        "client": ("testclient", 50_000),
        "server": (asked.url.host, 80),
        "extensions": {},
        "state": {},
    }
