"""Rules of the card about what every receipt says. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pos_app.ledger import queries, registry
from pos_app.services.context import Counter

ADDRESS: Final = "corner.address"
FOOTER: Final = "receipt.footer"


@dataclass(frozen=True, slots=True)
class PaperSettings:
    """What every receipt says beside its figures."""

    address: str
    footer: str


class PaperPresenter:
    """Reads and keeps address and footer."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter

    def papers(self) -> PaperSettings:
        """As they are set."""
        db = self.counter.db
        return PaperSettings(queries.setting(db, ADDRESS, ""), queries.setting(db, FOOTER, ""))

    def save(self, settings: PaperSettings) -> None:
        """Keeps both. Raises the faults of the disk."""
        with self.counter.ledger.write() as tx:
            registry.set_setting(tx.db, ADDRESS, settings.address.strip())
            registry.set_setting(tx.db, FOOTER, settings.footer.strip())
