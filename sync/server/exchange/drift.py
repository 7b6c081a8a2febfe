"""Wrong clocks at tills: marked for officers, never a reason to refuse anything."""

from collections.abc import Iterable
from datetime import datetime

CONTACT_SECONDS = 300
"""How far a till's clock may be from the centre's when it calls."""
BACK_SECONDS = 120
"""How far an entry may lie before the one it follows."""


def at_contact(told: str, now: datetime) -> int:
    """Seconds by which the till's clock is ahead of ours; 0 while that is tolerable or nothing sensible was told."""
    moment = _moment(told)
    if moment is None:
        return 0
    ahead = round((moment - now).total_seconds())
    return ahead if abs(ahead) > CONTACT_SECONDS else 0


def is_news(ahead: int, known: int) -> bool:
    """Whether a clock that is ``ahead`` at a call is wrong in another way than ``known``; a right one tells nothing."""
    return bool(ahead) and abs(ahead - known) > CONTACT_SECONDS


def in_entries(recorded: Iterable[str]) -> int:
    """The largest step back between entries that follow one another, in seconds and below zero; 0 for none."""
    worst, before = 0, None
    for text in recorded:
        moment = _moment(text)
        if moment is None:
            continue
        if before is not None:
            worst = min(worst, round((moment - before).total_seconds()))
        before = moment
    return worst if worst < -BACK_SECONDS else 0


def _moment(text: str) -> datetime | None:
    """The moment in an ISO text that names its offset."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
