"""Ledgers that every released schema left behind open today with the same figures."""

import json
import shutil
from pathlib import Path

import pytest

from pos_app.ledger.ledger import Ledger
from pos_app.ledger.migrations import SCHEMA_VERSION, schema_version
from pos_app.ledger.verify import verify
from pos_app.services.figures import current_state
from tests.corner import Corner
from tests.ledger.make_fixture import LEDGERS

OLD = sorted(LEDGERS.glob("v*.db"))


def test_every_schema_has_its_ledger() -> None:
    assert [path.stem for path in OLD] == [f"v{version}" for version in range(1, SCHEMA_VERSION + 1)]


@pytest.mark.parametrize("old", OLD, ids=lambda path: path.stem)
def test_an_old_ledger_opens_whole_with_the_same_figures(old: Path, tmp_path: Path) -> None:
    path = tmp_path / "till.db"
    shutil.copyfile(old, path)
    ledger = Ledger.open(path)
    figures = json.loads(old.with_suffix(".json").read_text(encoding="utf-8"))
    assert schema_version(ledger.db) == SCHEMA_VERSION
    assert verify(ledger).entries == figures["journal"]["entries"]
    assert current_state(ledger) == figures
    ledger.close()


@pytest.mark.parametrize("old", OLD, ids=lambda path: path.stem)
def test_todays_schema_is_the_one_a_new_ledger_gets(old: Path, tmp_path: Path, open_corner: Corner) -> None:
    """An upgraded file and a new one have the same tables, triggers and indexes."""
    path = tmp_path / "old.db"
    shutil.copyfile(old, path)
    upgraded = Ledger.open(path)
    query = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE '%sqlite_%' ORDER BY type, name"
    fresh = open_corner.db.execute(query).fetchall()
    assert [tuple(row) for row in upgraded.db.execute(query)] == [tuple(row) for row in fresh]
    upgraded.close()
