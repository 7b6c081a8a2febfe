"""Ids that sort by time: UUIDv7 (RFC 9562)."""

import os
from datetime import datetime


def uuid7(moment: datetime) -> str:
    """A new UUIDv7 for ``moment`` in its usual text form."""
    milliseconds = int(moment.timestamp() * 1000) & (1 << 48) - 1
    by_chance = int.from_bytes(os.urandom(10), "big")  # 74 bits of it are used
    value = milliseconds << 80 | 0x7 << 76 | by_chance >> 68 << 64 | 0b10 << 62 | by_chance & (1 << 62) - 1
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
