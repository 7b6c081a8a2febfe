"""Load for a centre: tills that push what was signed ahead over connections that stay open, one request in flight each.

In a closed loop a till sends as soon as the answer before has come; in an open one at moments that were drawn ahead,
however long the centre takes. Then the time of a push counts from its moment, the wait for the answer before included.

It writes bytes to sockets and reads the status and the length of each answer, so that the generator costs little beside
what it measures. What the answers say is checked after the clock has stopped (``checked``).
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from sync.protocol.messages import ACK, Ack
from sync.protocol.wire import unseal

LIMIT = 1 << 20


class Refused(RuntimeError):
    """The centre answered something else than an ack."""


@dataclass(slots=True)
class Work:
    """What one till sends, in order, and what came of it: seconds of each push, bytes of all answers, the last one.

    ``entries`` are those of all requests. ``due`` holds the moment of each request, in seconds from the start; it is
    empty in a closed loop; ``late`` how long after it, or after the answer before, the generator itself began.
    """

    requests: Sequence[bytes]
    entries: int
    due: Sequence[float] = ()
    seconds: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    received: int = 0
    answer: bytes = b""


def push_all(port: int, works: Sequence[Work]) -> float:
    """Every till sends its requests one after the other, all tills at once; how long it took, in seconds."""
    return asyncio.run(_push_all(port, works))


async def _push_all(port: int, works: Sequence[Work]) -> float:
    lines = [await asyncio.open_connection("127.0.0.1", port, limit=LIMIT) for _ in works]
    start = time.perf_counter()
    try:
        await asyncio.gather(*(_push(*line, work, start) for line, work in zip(lines, works, strict=True)))
        return time.perf_counter() - start
    finally:
        for _reader, writer in lines:
            writer.close()


async def _push(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, work: Work, begun: float) -> None:
    for place, request in enumerate(work.requests):
        start = time.perf_counter()
        if work.due:
            free, start = start, begun + work.due[place]
            await asyncio.sleep(start - free)
            work.late.append(time.perf_counter() - max(start, free))
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(content_length(head))
        work.seconds.append(time.perf_counter() - start)
        if not head.startswith(b"HTTP/1.1 200"):
            raise Refused((head + body)[:600].decode(errors="replace"))
        work.received += len(head) + len(body)
        work.answer = body


def content_length(head: bytes) -> int:
    """The length that the head of an HTTP message tells; 0 for none."""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def checked(answer: bytes, centre_key: bytes, head: tuple[int, bytes]) -> None:
    """Raise unless ``answer`` is the centre's signed ack of the journal that ends in ``head``."""
    ack = unseal(answer, Ack, ACK, centre_key)
    if (ack.acked_seq, ack.head_hash) != head:
        raise Refused(f"acked {ack.acked_seq} of {head[0]} entries")
