"""Structs are looked through by one thread before others decode them.

msgspec (0.22) keeps what it finds out about a struct before it has found out everything. A second thread that meets the
same struct for the first time just then reads a table that is half empty, and the process ends.
"""

import msgspec


def get_ready() -> None:
    """Have msgspec look through every struct of ``sync`` that there is by now, those that Litestar makes of handlers
    too; before threads decode.
    """
    waiting: list[type] = [msgspec.Struct]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("sync."):
            msgspec.msgpack.Decoder(kind)
