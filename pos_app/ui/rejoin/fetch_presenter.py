"""Rules of fetching what a restored till had sent, before it sells. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pos_app.domain.formats import thousands
from pos_app.i18n import _, ngettext
from pos_app.ledger.verify import Progress
from pos_app.services.exchange import ExchangeFailed
from pos_app.ui.messages import Message, failure
from pos_app.ui.rejoin.presenter import Fact

FetchBack = Callable[[Path, str, Progress], int]
"""The ledger, a code for a new computer (empty: the old one's key is good), progress; entries that came."""
NEEDS_CODE = ("unknown_key", "key_revoked")


class FetchPresenter:
    """``came`` counts entries that were fetched; None before."""

    def __init__(self, path: Path, fetch: FetchBack) -> None:
        self.path = path
        self._fetch = fetch
        self.came: int | None = None

    def work(self, code: str) -> Callable[[Progress], int]:
        """What a worker does."""
        return lambda tell: self._fetch(self.path, code.strip(), tell)

    def main_words(self) -> str:
        """What F12 does."""
        return _("Fetch from Diskoperin first") if self.came is None else _("Open the till")

    def facts(self) -> list[Fact]:
        """Why first, and what happens otherwise; afterwards what came."""
        if self.came is not None:
            text = ngettext(
                "{count} entry came back. The till goes on where it was.",
                "{count} entries came back. The till goes on where it was.",
                self.came,
            )
            return [(text.format(count=thousands(self.came)), "check-circle-outline", "success")]
        return [
            (
                _("This till came back from a backup. Diskoperin may have entries that were sent after it."),
                "backup-restore",
                "text",
            ),
            (
                _("Offline? The till may sell. Then the two histories differ, and Diskoperin must approve a repair."),
                "alert-outline",
                "warning",
            ),
        ]

    def failed(self, error: Exception) -> Message:
        """Why nothing came; a new computer needs a code, and one that is wrong is said to be wrong."""
        if isinstance(error, ExchangeFailed) and error.reason in NEEDS_CODE:
            return Message(
                "W", _("Diskoperin does not know this computer. Type the enrolment code that they give you.")
            )
        return failure(error, str(self.path))
