"""When the next exchange comes: after one that went well, and after one that did not finish."""

BASE_SECONDS = 5.0
CAP_SECONDS = 15 * 60.0
LONGEST_ASKED = 24 * 3600.0
"""What a centre asks for beyond a day is taken for a day."""
SPREAD = 0.2
"""How much a round comes earlier or later than planned, as a share."""


def retry_delay(failures: int, chance: float, retry_after: float | None = None) -> float:
    """Seconds to wait after ``failures`` failures in a row (1: the first), with full jitter.

    ``chance`` is drawn evenly from 0 to 1 by the caller. What the centre asked for (``retry_after``) is the
    least, up to ``LONGEST_ASKED``.
    """
    ceiling = min(CAP_SECONDS, BASE_SECONDS * 2.0 ** min(max(failures, 1) - 1, 30))
    return max(ceiling * chance, min(retry_after or 0.0, LONGEST_ASKED))


def read_retry_after(text: str | None) -> float | None:
    """The seconds in a ``Retry-After`` header; None for none, a date, or nonsense."""
    plain = (text or "").strip()
    return float(plain) if plain.isascii() and plain.isdigit() and len(plain) < 7 else None


def spread(seconds: float, chance: float) -> float:
    """``seconds``, less or more by up to a fifth, also after a success: tills that were switched on together, as after
    a power cut in the whole city, do not stay in step. ``chance`` is drawn evenly from 0 to 1 by the caller.
    """
    return seconds * (1 + SPREAD * (2 * chance - 1))
