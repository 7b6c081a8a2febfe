"""A disk that fails while something is committed, and one that then hides the ledger."""

from typing import Any

import pytest

from pos_app.domain.errors import StorageFault
from pos_app.ledger import ledger as ledger_module
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.sqlite import Connection, Error


class Failing:
    """A connection whose COMMIT raises, after or before it has done its work."""

    def __init__(self, db: Connection, *, committed: bool) -> None:
        self.db = db
        self.committed = committed

    def execute(self, sql: str, *parameters: Any) -> Any:
        if sql == "COMMIT":
            if self.committed:
                self.db.execute(sql)
            raise Error("disk I/O error")
        return self.db.execute(sql, *parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.db, name)


class Unreachable:
    """A disk that hides the ledger until it is ``back``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.back = False
        connect = ledger_module.connect
        monkeypatch.setattr(ledger_module, "connect", lambda path: connect(path) if self.back else self._refuse())

    def _refuse(self) -> Connection:
        raise StorageFault("disk I/O error")


def hide_commit(ledger: Ledger, monkeypatch: pytest.MonkeyPatch, *, committed: bool) -> Unreachable:
    """The next commit raises, after or before it has done its work, and the file cannot be opened until it is back."""
    ledger._db = Failing(ledger.db, committed=committed)  # type: ignore[assignment]
    return Unreachable(monkeypatch)
