"""The report for support, saved from the window. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pos_app.domain.errors import PosError
from pos_app.ledger.ledger import Ledger
from pos_app.services.context import Counter


def report_saver(counter: Counter) -> Callable[[Path], Path]:
    """Saves the report into a folder; run it on a worker. Where the ledger does not open, the report says less."""

    def save(folder: Path) -> Path:
        from pos_app.services import diagnostics  # late: nothing else needs it

        own = _another(counter.ledger)
        try:
            return diagnostics.collect(own, folder, counter.clock())
        finally:
            if own is not None:
                own.close()

    return save


def _another(ledger: Ledger) -> Ledger | None:
    try:
        return ledger.another()
    except PosError:
        return None
