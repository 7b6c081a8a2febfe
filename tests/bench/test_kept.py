"""Large ledgers are made once and copied for every run."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bench import kept
from bench.catalogue import Size
from pos_app.domain.dates import WIB
from pos_app.ledger import queries
from pos_app.ledger.verify import verify

SIZE = Size(30, 60, 12, 40)


@pytest.fixture
def kept_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a ledger of ``SIZE``; another one is not made."""
    folder = tmp_path / "kept"
    ledger, _vault = kept.ledger_of(SIZE, folder, tmp_path / "first")
    ledger.close()

    def refuse(*_arguments: object) -> None:
        raise AssertionError("a ledger is made again")

    monkeypatch.setattr(kept, "generate", refuse)
    return folder


def test_a_ledger_is_made_once_and_each_run_writes_into_a_copy(kept_once: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in kept_once.rglob("*.db")}
    ledger, _vault = kept.ledger_of(SIZE, kept_once, tmp_path / "second")
    with ledger.write() as tx:
        tx.db.execute("INSERT INTO settings VALUES ('bench', '1')")
    ledger.close()
    assert {path: path.read_bytes() for path in kept_once.rglob("*.db")} == before


def test_the_open_shift_of_a_kept_ledger_is_of_today(kept_once: Path, tmp_path: Path) -> None:
    tomorrow = datetime.now(WIB) + timedelta(days=1)
    ledger, _vault = kept.ledger_of(SIZE, kept_once, tmp_path / "later", lambda: tomorrow)
    shift = queries.open_shift(ledger.db)
    assert shift is not None
    assert shift.date == tomorrow.date().isoformat()
    assert verify(ledger).entries == ledger.head().seq
    ledger.close()


def test_what_an_earlier_generator_made_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("earlier", "now"):
        monkeypatch.setattr(kept, "_fingerprint", lambda name=name: name)
        ledger, _vault = kept.ledger_of(SIZE, tmp_path / "kept", tmp_path / name)
        ledger.close()
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["now"]
