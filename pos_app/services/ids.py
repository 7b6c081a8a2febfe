"""Ids that sort by time: UUIDv7 (RFC 9562)."""

import secrets
import uuid
from datetime import datetime


def uuid7(moment: datetime) -> str:
    """A new UUIDv7 for ``moment`` in its usual text form."""
    milliseconds = int(moment.timestamp() * 1000) & (1 << 48) - 1
    value = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))
