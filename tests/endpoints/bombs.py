"""Small requests that want to become large or slow.

``python -m tests.endpoints.bombs DATABASE`` throws them at a centre in a process of its own and prints status, seconds
and memory of each as JSON; ``--naive`` inflates without looking at what a frame tells, to see that the memory is seen.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec
import zstandard

from sync.protocol import batch
from sync.protocol.batch import chain
from sync.protocol.messages import ENROL_PATH, entries_path, proposals_path
from sync.protocol.wire import KIB, MAX_INFLATED, MIB, deflate
from tests.endpoints.requests import Call, World
from tests.server.support import AT, DATE, Journal

MAGIC = zstandard.FRAME_HEADER
EMPTY_ARRAY, ARRAY_OF_ONE, NIL = b"\x90", b"\x91", b"\xc0"
ENVELOPE = {"epoch": 1, "seq": 1, "id": "b1", "kind": "cash_move", "version": 1, "at": AT, "date": DATE}


def zeros(mib: int, **parameters: int) -> bytes:
    """A frame of so many MiB of zeros, with the window that a bomb wants; made without holding them."""
    settings = zstandard.ZstdCompressionParameters.from_level(1, **parameters)
    writer = zstandard.ZstdCompressor(compression_params=settings).compressobj(size=mib * MIB)
    return b"".join([*(writer.compress(bytes(MIB)) for _ in range(mib)), writer.flush()])


def lying(honest: bytes, told: int) -> bytes:
    """The frame ``honest``, telling another size than it has: a single segment, the size in four bytes."""
    header = zstandard.get_frame_parameters(honest)
    rest = honest[zstandard.frame_header_size(honest) :]
    descriptor = 0b1010_0000 | (0b100 if header.has_checksum else 0)
    return MAGIC + bytes([descriptor]) + told.to_bytes(4, "little") + rest


def batch_with(till: Journal, extra: bytes = b"", entries: bytes | None = None) -> bytes:
    """The MessagePack of an empty batch with one more field of raw bytes, or with raw ``entries``."""
    plain = msgspec.structs.asdict(till.batch())
    packed = [msgspec.msgpack.encode(name) + msgspec.msgpack.encode(value) for name, value in plain.items()]
    if entries is not None:
        packed = [one for one in packed if not one.startswith(msgspec.msgpack.encode("entries"))]
        packed.append(msgspec.msgpack.encode("entries") + entries)
    if extra:
        packed.append(msgspec.msgpack.encode("extra") + extra)
    return bytes([0xDE]) + len(packed).to_bytes(2, "big") + b"".join(packed)


def batch_of(till: Journal, *bodies: bytes) -> bytes:
    """A batch of entries that nobody would write, chained as they should be."""
    first = till.batch()
    last = chain(first.prev, bodies)[-1]
    return deflate(msgspec.msgpack.encode(msgspec.structs.replace(first, entries=bodies, last_hash=last)))


def entry(document: bytes) -> bytes:
    """An entry with the raw JSON ``document``."""
    return msgspec.json.encode(ENVELOPE | {"doc": msgspec.Raw(document)})


def array32(count: int) -> bytes:
    return b"\xdd" + count.to_bytes(4, "big")


def bin32(size: int) -> bytes:
    return b"\xc6" + size.to_bytes(4, "big")


BOMBS: Mapping[str, Callable[[Journal], bytes]] = {
    "200 MiB of zeros": lambda _till: zeros(200),
    "one byte more than is allowed": lambda _till: deflate(bytes(MAX_INFLATED + 1)),
    "200 MiB that tell 100 bytes": lambda _till: lying(zeros(200), 100),
    "1 KiB that tells 8 MiB": lambda _till: lying(deflate(bytes(KIB)), MAX_INFLATED),
    "a window of 128 MiB": lambda _till: zeros(1, window_log=27, write_content_size=0),
    "a frame without a size": lambda _till: zstandard.ZstdCompressor(write_content_size=False).compress(bytes(MIB)),
    "ten thousand frames": lambda _till: deflate(b"x") * 10_000,
    "a skippable frame first": lambda till: b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd" + deflate(batch_with(till)),
    "arrays eight million deep": lambda _till: deflate(ARRAY_OF_ONE * (MAX_INFLATED - 1) + NIL),
    "arrays four million deep in a field of later": lambda till: deflate(
        batch_with(till, ARRAY_OF_ONE * (4 * MIB) + NIL)
    ),
    "a million tiny entries": lambda till: deflate(batch_with(till, entries=array32(10**6) + b"\xc4\x00" * 10**6)),
    "an array that tells four thousand million": lambda till: deflate(batch_with(till, entries=array32(2**32 - 1))),
    "bytes that tell 4 GiB": lambda till: deflate(batch_with(till, entries=ARRAY_OF_ONE + bin32(2**32 - 1) + b"x")),
    "a million fields of later": lambda till: deflate(
        batch_with(till, b"\xdf" + (10**6).to_bytes(4, "big") + b"\xa1a\xc0" * 10**6)
    ),
    "a text of 8 MiB": lambda _till: deflate(
        b"\xdb" + (MAX_INFLATED - 5).to_bytes(4, "big") + b"a" * (MAX_INFLATED - 5)
    ),
    "an entry of 7 MiB": lambda till: batch_of(till, entry(b'{"note":"' + b"a" * (7 * MIB) + b'"}')),
    "an entry three million deep": lambda till: batch_of(till, entry(b"[" * (3 * MIB) + b"]" * (3 * MIB))),
    "an entry with a number of two million digits": lambda till: batch_of(
        till, entry(b'{"amount":' + b"9" * 2_000_000 + b"}")
    ),
    "five hundred numbers of 15,000 digits": lambda till: batch_of(
        till, *[entry(b'{"number":"KK-MTR001A-000001","direction":"in","amount":' + b"9" * 15_000 + b"}")] * 500
    ),
    "five hundred entries of nothing": lambda till: batch_of(till, *[b""] * 500),
    "a sale of a hundred thousand lines": lambda till: batch_of(
        till, entry(b'{"lines":[' + b",".join([b'{"sku":"T1","quantity":1000}'] * 100_000) + b"]}")
    ),
}
ELSEWHERE: Mapping[str, Callable[[Journal], Call]] = {
    "enrolment: arrays a million deep": lambda _till: Call("POST", ENROL_PATH, ARRAY_OF_ONE * 1_000_000 + NIL),
    "enrolment: a text that tells 4 GiB": lambda _till: Call("POST", ENROL_PATH, b"\xdb\xff\xff\xff\xffa"),
    "proposals: a million of nothing": lambda till: Call(
        "POST", proposals_path(till.device), deflate(b"\x81\xa9proposals" + array32(10**6) + b"\x80" * 10**6)
    ),
}


def throw_all(database: str) -> dict[str, tuple[int, float, float]]:
    """Status, seconds of the processor and MiB of memory that came on top, of each bomb; each has a till of its own.

    All bombs are made first, so that making them does not count.
    """
    world = World(database)
    world.client.get("/health")
    ready = []
    for name, make in BOMBS.items():
        till = world.new_till()
        ready.append((name, till, Call("POST", entries_path(till.device), make(till))))
    for name, build in ELSEWHERE.items():
        till = world.new_till()
        ready.append((name, till, build(till)))
    found = {}
    for name, till, call in ready:
        signed = call.signed(till)
        memory, began = _peak_from_here(), time.process_time()
        status = call.send(world.client, signed).status_code
        found[name] = (status, time.process_time() - began, _peak() - memory)
    world.close()
    return found


def _peak_from_here() -> float:
    """What this process holds now, in MiB, from where ``_peak`` counts.

    Linux otherwise begins with the peak of the process that started this one, which a whole test run makes large.
    """
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _peak()


def _peak() -> float:
    """The most memory that this process held, in MiB."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB
    return int(status.partition("VmHWM:")[2].split()[0]) / KIB


def naive_inflate(data: bytes, limit: int = MAX_INFLATED) -> bytes:
    """As one would write it; the limit is ignored where the frame tells its size."""
    return zstandard.ZstdDecompressor().decompress(data, max_output_size=limit)


if __name__ == "__main__":
    if "--naive" in sys.argv:
        batch.inflate = naive_inflate  # type: ignore[attr-defined]
    print(json.dumps(throw_all(sys.argv[1])))
