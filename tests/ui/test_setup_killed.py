"""A power cut in the middle of the set-up: what was recorded is recorded, nothing is half, and it goes on there."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from pos_app import bootstrap, start
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.verify import verify
from pos_app.services import first_steps, printing
from pos_app.ui import application
from pos_app.ui.screens.first_run.presenter import FirstRunPresenter, Typed
from tests.corner import ROOT

TYPED = Typed("MTR-011", "Dinas Perdagangan", "A", "Bu Rina", "246810", "246810")
BEGIN = """
import os, signal
from pos_app import bootstrap, coming_back, start
from pos_app.paths import home
from pos_app.services import people, setup
from pos_app.ui import application
from pos_app.ui.screens.first_run.presenter import FirstRunPresenter, Typed
def die(*_arguments, **_more):
    os.kill(os.getpid(), signal.SIGKILL)
presenter = FirstRunPresenter(
    home(), bootstrap.vault_for, bootstrap.now, coming_back.restored_in_window, made=start._made,
    look=lambda: {"ui.language": "en"},
)
typed = Typed("MTR-011", "Dinas Perdagangan", "A", "Bu Rina", "246810", "246810")
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def killed(home: Path, *pieces: str) -> None:
    """Runs a program that kills itself as a power cut would."""
    program = "".join(textwrap.dedent(piece) for piece in pieces)
    env = {**os.environ, "POJOK_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def again(home: Path) -> FirstRunPresenter:
    from pos_app.coming_back import restored_in_window

    return FirstRunPresenter(home, bootstrap.vault_for, bootstrap.now, restored_in_window, made=start._made)


def test_killed_before_the_corner_is_whole_nothing_of_it_is_there(home: Path) -> None:
    killed(home, BEGIN, "people.add_user = die\npresenter.make_new(typed)\n")
    assert start.last_ledger() is None
    assert list(home.glob("pojok-*.db")) == []
    presenter = again(home)
    assert presenter.make_new(TYPED).kind == "S"
    assert presenter.made is not None
    assert list(home.glob("*.setup*")) == []


def test_killed_after_the_corner_is_made_the_next_start_opens_it(home: Path) -> None:
    killed(home, BEGIN, "presenter.make_new(typed)\ndie()\n")
    path = start.last_ledger()
    assert path == (home / "pojok-MTR011A.db").resolve()
    ledger = Ledger.open(path)
    assert first_steps.standing(ledger.db) == first_steps.Standing(first_steps.STEPS, "printer")
    assert verify(ledger).entries == 0
    ledger.close()


def test_killed_before_the_next_start_was_told_of_it_the_corner_is_found(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(home, BEGIN, "presenter._on_made = die\npresenter.make_new(typed)\n")
    assert start.last_ledger() is None
    opened: list[str] = []
    monkeypatch.setattr(application, "run", lambda counter, _request: opened.append(counter.ledger.path.name) or 0)
    assert start.run_window(None) == 0
    assert opened == ["pojok-MTR011A.db"]
    assert start.last_ledger() == (home / "pojok-MTR011A.db").resolve()


def test_killed_in_the_middle_of_the_steps_it_goes_on_there(home: Path, tmp_path: Path) -> None:
    steps = """
    from PySide6.QtCore import Qt
    from pos_app.ledger.ledger import Ledger
    from pos_app.services import people
    from pos_app.ui.application import Application, qt_application
    presenter.make_new(typed)
    ledger = Ledger.open(presenter.made)
    application = Application(qt_application(), bootstrap.counter_for(ledger))
    application.window.show()
    application.start()
    application.counter.user = people.users(application.counter)[0]
    application.window.unlock()
    screen = application.window.current
    assert screen.name == "setup" and screen.presenter.at == "printer", screen.name
    card = screen.steps["printer"].card
    card.device_choice.choose("file")
    card.device_choice.chosen.emit("file")
    card.target_field.setText("roll.bin")
    screen.main_action()
    screen.skip()
    card = screen.steps["qris"].card
    card.qris_field.setText("half a co")
    die()
    """
    killed(home, BEGIN, steps)
    path = start.last_ledger()
    assert path is not None
    ledger = Ledger.open(path)
    assert printing.printer_settings(ledger.db).target == "roll.bin"
    standing = first_steps.standing(ledger.db)
    assert (standing.at, standing.todo) == ("qris", ("scanner", "qris", "backup", "data"))
    assert verify(ledger).entries == 0
    ledger.close()
