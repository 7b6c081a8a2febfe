"""What a power cut or a full disk left of anonymising somebody is done beside the work of the next day."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from pos_app import logbook
from pos_app.domain.errors import DiskFull
from pos_app.ledger import persons
from pos_app.ledger.ledger import Ledger
from pos_app.services import privacy
from pos_app.ui.application import Application
from tests.corner import Corner
from tests.ui.test_notices import application as application  # noqa: PLC0414  the same fixture


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))


def full(ledger: Ledger) -> bool:
    raise DiskFull(str(ledger.path))


def test_the_next_start_finishes_it(
    application: Application, open_corner: Corner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(persons, "rewrite", full)
        with pytest.raises(DiskFull):
            privacy.anonymise(open_corner.counter, "staff", "S1", approved_by="m1")
        application.begin()  # a disk that is still full is told by nobody here, and nothing stops
        qtbot.waitUntil(lambda: any("rewrite_failed kind=disk_full" in line for line in logbook.lines()))
    assert persons.rewrite_due(open_corner.db)
    application.begin()
    qtbot.waitUntil(lambda: not persons.rewrite_due(open_corner.db))
