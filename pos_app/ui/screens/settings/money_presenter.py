"""Rules of the money card in Settings: cash rounding and transfers. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pos_app.ledger import queries, registry
from pos_app.services.context import DEFAULT_CASH_STEP, Counter
from pos_app.ui import settings_keys as keys

CASH_STEP: Final = "cash_step"
CASH_STEPS: Final = (100, 500)


@dataclass(frozen=True, slots=True)
class MoneySettings:
    """Cash step in rupiah; the account for transfers, empty for none."""

    cash_step: int
    transfer: str


class MoneyPresenter:
    """Reads and keeps how cash is rounded and where transfers go."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter

    def money(self) -> MoneySettings:
        """As it is set."""
        db = self.counter.db
        step = queries.setting(db, CASH_STEP, str(DEFAULT_CASH_STEP))
        return MoneySettings(
            int(step) if step.isdigit() else DEFAULT_CASH_STEP, queries.setting(db, keys.TRANSFER_ACCOUNT, "")
        )

    def save(self, settings: MoneySettings) -> None:
        """Keeps both; the step holds from the next sale on. Raises the faults of the disk."""
        with self.counter.ledger.write() as tx:
            registry.set_setting(tx.db, CASH_STEP, str(settings.cash_step))
            registry.set_setting(tx.db, keys.TRANSFER_ACCOUNT, settings.transfer.strip())
        self.counter.cash_step = settings.cash_step
