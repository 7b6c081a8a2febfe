"""A line that does to requests and answers what networks do: a proxy on loopback, on a thread and a loop of its own.

Faults come by chance from a seed. Each is counted when it was done, not when it was drawn: an answer counts as lost
only after the centre gave one.
"""

import asyncio
import contextlib
import hashlib
import random
import socket
import struct
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any, NamedTuple

from bench.pushing import content_length

LIMIT = 1 << 20
SILENCE = 60.0
"""Seconds after which a client that is never answered is given up."""
KEPT = 4
"""Older answers and late requests remembered of each till."""
NO_SUCH_PLACE = "/elsewhere"
LATENCY = (0.05, 0.4)
DRIPS, DRIP = 200, 0.001
"""Bytes of an answer that come one by one, and the seconds between two of them."""


class Message(NamedTuple):
    """An HTTP request or answer: its head with the empty line, and its body."""

    head: bytes
    body: bytes

    @property
    def whole(self) -> bytes:
        return self.head + self.body

    def field(self, name: bytes) -> bytes:
        """A header's value, empty for none."""
        for line in self.head.split(b"\r\n")[1:]:
            found, _, value = line.partition(b":")
            if found.strip().lower() == name:
                return value.strip()
        return b""

    @property
    def path(self) -> str:
        return self.head.split(b" ", 2)[1].decode()


class Gone(Exception):
    """The connection to the till is to be closed."""


class Held(Gone):
    """The same; what was done to the request is counted later."""


class Down(Exception):
    """The centre does not answer."""


class Session:
    """One connection of a till, and the one to the centre behind it."""

    def __init__(self, line: "FaultyLine", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.line = line
        self.reader = reader
        self.writer = writer
        self.behind: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def run(self) -> None:
        try:
            while True:
                await self.line.turn(self, await read_message(self.reader))
        except (Gone, Down, OSError, EOFError, asyncio.LimitOverrunError):
            pass
        finally:
            self.drop_centre()
            self.writer.close()

    def drop_centre(self) -> None:
        if self.behind is not None:
            self.behind[1].close()
            self.behind = None

    async def ask(self, request: Message) -> Message:
        """The centre's answer. Raises ``Down``."""
        fresh = self.behind is None
        try:
            if self.behind is None:
                self.behind = await self.line.reach(request)
            reader, writer = self.behind
            writer.write(request.whole)
            return await read_message(reader)
        except (OSError, EOFError) as error:
            self.drop_centre()
            if fresh:
                raise Down from error
            return await self.ask(request)  # an idle connection that the centre had closed

    async def give(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Close with RST."""
        plug = self.writer.get_extra_info("socket")
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Fault = Callable[["FaultyLine", Session, Message], Awaitable[bool]]
"""Does it to a request; whether it was done (there may be no older answer to give)."""
FAULTS: dict[str, Fault] = {}
"""By the name under which it is counted."""


def fault(done: Fault) -> Fault:
    FAULTS[done.__name__.replace("_", " ")] = done
    return done


class FaultyLine:
    """The proxy. ``share`` of the requests meet a fault of ``names`` (all of them by default)."""

    def __init__(self, seed: int, share: float = 0.25, names: tuple[str, ...] | None = None) -> None:
        self.rng = random.Random(seed)
        self.share = share
        self.names = names or tuple(FAULTS)
        self.fired: Counter[str] = Counter()
        self.requests = 0
        self.followed = 0
        self.centre: tuple[str, int] | None = None
        self.answers: defaultdict[tuple[bytes, str], deque[bytes]] = defaultdict(lambda: deque(maxlen=KEPT))
        self.late: defaultdict[bytes, deque[Message]] = defaultdict(lambda: deque(maxlen=KEPT))
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="line")
        self._thread.start()
        self._server = self.call(asyncio.start_server(self._session, "127.0.0.1", 0, limit=LIMIT)).result()
        self.port: int = self._server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def call(self, work: Any) -> "Future[Any]":
        """Run a coroutine on the line's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def lead_to(self, url: str | None) -> None:
        """Where the centre is from now on; None while it is nowhere."""
        host, _, port = (url or "").removeprefix("http://").partition(":")
        self.centre = (host, int(port)) if url else None

    def heal(self) -> None:
        """No faults from now on."""
        self.share = 0.0

    def close(self) -> None:
        self.call(self._close()).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(asyncio.CancelledError):
            await Session(self, reader, writer).run()

    async def reach(self, request: Message) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to the centre, from an address of the till's own. Raises ``OSError``."""
        if self.centre is None:
            raise ConnectionRefusedError("no centre")
        first, second, *_ = hashlib.sha256(request.field(b"pojok-key")).digest()
        source = f"127.{first or 1}.{second or 1}.2"
        return await asyncio.open_connection(*self.centre, limit=LIMIT, local_addr=(source, 0))

    async def turn(self, session: Session, request: Message) -> None:
        """One request, with a fault or without."""
        self.requests += 1
        if request.path.startswith(NO_SUCH_PLACE):
            self.followed += 1
        elif name := drawn(self.rng, self.share, self.names):
            try:
                if await FAULTS[name](self, session, request):
                    self.fired[name] += 1
                    return
            except Gone as gone:
                self.fired[name] += not isinstance(gone, Held)
                raise
        await session.give((await self.passed(session, request)).whole)

    async def passed(self, session: Session, request: Message) -> Message:
        """The centre's answer; what was held back of this till arrives after it."""
        answer = await session.ask(request)
        key = request.field(b"pojok-key")
        if answer.head.startswith(b"HTTP/1.1 200"):
            self.answers[key, request.path].append(answer.whole)
        while self.late[key]:
            await session.ask(self.late[key].popleft())
            self.fired["late request"] += 1
        return answer


def drawn(rng: random.Random, share: float, names: tuple[str, ...]) -> str | None:
    """The fault that the next request meets, or none."""
    return rng.choice(names) if rng.random() < share else None


async def read_message(reader: asyncio.StreamReader) -> Message:
    """A whole request or answer. Raises ``EOFError``."""
    head = await reader.readuntil(b"\r\n\r\n")
    return Message(head, await reader.readexactly(content_length(head)))


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


@fault
async def lost_request(line: FaultyLine, session: Session, request: Message) -> bool:
    raise Gone


@fault
async def half_a_request(line: FaultyLine, session: Session, request: Message) -> bool:
    """The centre gets a part of it, and then nothing more."""
    _reader, writer = await line.reach(request)
    writer.write(request.whole[: line.rng.randrange(1, len(request.whole))])
    await writer.drain()
    writer.close()
    raise Gone


@fault
async def lost_answer(line: FaultyLine, session: Session, request: Message) -> bool:
    """Dropped after the commit."""
    await line.passed(session, request)
    raise Gone


@fault
async def doubled_request(line: FaultyLine, session: Session, request: Message) -> bool:
    """It arrives twice at the same moment, by two connections; the till gets one of the answers."""
    other = Session(line, session.reader, session.writer)
    try:
        answers = await asyncio.gather(session.ask(request), other.ask(request))
    finally:
        other.drop_centre()
    await session.give(line.rng.choice(answers).whole)
    return True


@fault
async def older_answer(line: FaultyLine, session: Session, request: Message) -> bool:
    """What the centre said to an earlier question of the till, at the same address."""
    known = line.answers[request.field(b"pojok-key"), request.path]
    if not known:
        return False
    older = line.rng.choice(known)
    await line.passed(session, request)
    await session.give(older)
    return True


@fault
async def late_request(line: FaultyLine, session: Session, request: Message) -> bool:
    """Held back, and delivered after later ones: counted there."""
    line.late[request.field(b"pojok-key")].append(request)
    raise Held


@fault
async def cut_with_length(line: FaultyLine, session: Session, request: Message) -> bool:
    answer = await line.passed(session, request)
    await session.give(answer.whole[: -line.rng.randrange(1, len(answer.body) + 1) or None])
    raise Gone


@fault
async def cut_without_length(line: FaultyLine, session: Session, request: Message) -> bool:
    """Ends early, and nothing says how long it should have been."""
    answer = await line.passed(session, request)
    lines = [
        one for one in answer.head.split(b"\r\n") if not one.lower().startswith((b"content-length", b"connection"))
    ]
    head = b"\r\n".join([*lines[:-2], b"Connection: close", b"", b""])
    await session.give(head + answer.body[: line.rng.randrange(len(answer.body) or 1)])
    raise Gone


@fault
async def drip(line: FaultyLine, session: Session, request: Message) -> bool:
    """Byte by byte, a part of it."""
    data = (await line.passed(session, request)).whole
    for index in range(min(DRIPS, len(data))):
        await session.give(data[index : index + 1])
        await asyncio.sleep(DRIP)
    await session.give(data[DRIPS:])
    return True


@fault
async def silence(line: FaultyLine, session: Session, request: Message) -> bool:
    """The centre answers, the line does not, until the till gives up."""
    await line.passed(session, request)
    with contextlib.suppress(TimeoutError, OSError):
        await asyncio.wait_for(session.reader.read(1), SILENCE)
    raise Gone


@fault
async def delay(line: FaultyLine, session: Session, request: Message) -> bool:
    await asyncio.sleep(line.rng.uniform(*LATENCY))
    answer = await line.passed(session, request)
    await asyncio.sleep(line.rng.uniform(*LATENCY))
    await session.give(answer.whole)
    return True


@fault
async def reset(line: FaultyLine, session: Session, request: Message) -> bool:
    """In the middle of the answer."""
    answer = await line.passed(session, request)
    await session.give(answer.whole[: line.rng.randrange(1, len(answer.whole))])
    session.reset()
    raise Gone


@fault
async def redirect_302(line: FaultyLine, session: Session, request: Message) -> bool:
    await session.give(http("302 Found", b"", f"Location: {line.url}{NO_SUCH_PLACE}"))
    return True


@fault
async def redirect_307(line: FaultyLine, session: Session, request: Message) -> bool:
    await session.give(http("307 Temporary Redirect", b"", f"Location: {line.url}{NO_SUCH_PLACE}"))
    return True


@fault
async def empty_object(line: FaultyLine, session: Session, request: Message) -> bool:
    await session.give(http("200 OK", b"{}", "Content-Type: application/json"))
    return True


@fault
async def captive_portal(line: FaultyLine, session: Session, request: Message) -> bool:
    page = b"<html><title>Hotspot</title><form action=/masuk>Silakan masuk</form></html>"
    await session.give(http("200 OK", page, "Content-Type: text/html"))
    return True


@fault
async def server_error(line: FaultyLine, session: Session, request: Message) -> bool:
    """By something between; the centre may have taken it."""
    if line.rng.random() < 0.5:
        await line.passed(session, request)
    status = line.rng.choice(("500 Internal Server Error", "502 Bad Gateway", "504 Gateway Timeout"))
    await session.give(http(status, b"<h1>nginx</h1>"))
    return True


@fault
async def too_large(line: FaultyLine, session: Session, request: Message) -> bool:
    await session.give(http("413 Content Too Large"))
    return True


@fault
async def too_many_requests(line: FaultyLine, session: Session, request: Message) -> bool:
    await session.give(http("429 Too Many Requests", b"", "Retry-After: 1"))
    return True


@fault
async def unavailable(line: FaultyLine, session: Session, request: Message) -> bool:
    await session.give(http("503 Service Unavailable", b"", "Retry-After: 1"))
    return True


@fault
async def changed_request(line: FaultyLine, session: Session, request: Message) -> bool:
    """One bit of its body is another one when the centre gets it."""
    if not request.body:
        return False
    answer = await session.ask(Message(request.head, flipped(line.rng, request.body)))
    await session.give(answer.whole)
    return True


@fault
async def changed_answer(line: FaultyLine, session: Session, request: Message) -> bool:
    answer = await line.passed(session, request)
    await session.give(answer.head + flipped(line.rng, answer.body) if answer.body else answer.whole)
    return bool(answer.body)


def flipped(rng: random.Random, data: bytes) -> bytes:
    """``data`` with one bit turned over."""
    place = rng.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :]
