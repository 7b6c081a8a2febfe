"""Until the PIN field takes keys, the start imports nothing of what comes after it: somebody waits for every module."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

from tests.corner import Corner

LATE = (
    "reportlab requests openpyxl escpos cryptography keyring zstandard sqlite_utils segno qtawesome urllib3 PIL "
    "pos_app.ledger.backup pos_app.services.backing_up pos_app.services.backup_note pos_app.ui.backup_worker "
    "pos_app.ui.print_worker pos_app.ui.sync_worker pos_app.ui.notices pos_app.ui.screens.sell.screen pos_app.printing "
    "sync.client sync.protocol.messages sync.protocol.batch sync.protocol.wire sync.protocol.judging "
    "sync.protocol.epochs sync.protocol.local sync.protocol.facts sync.protocol.registry_rows pos_app.ledger.proposed "
    "logging.handlers pos_app.cli_centre pos_app.cli_upkeep pos_app.coming_back"
)
START = textwrap.dedent(
    """
    import sys
    from pos_app import cli
    from pos_app.ui import application

    def show(counter, request):
        app = application.qt_application()
        window = application.Application(app, counter)
        window.window.show()
        window.start()
        app.processEvents()
        assert window.window.current.name == "login"
        print(*(name for name in sys.argv[2:] if name in sys.modules))
        window.window.close()
        return 0

    application.run = show
    sys.exit(cli.main(["run", "--ledger", sys.argv[1]]))
    """
)


def test_the_start_imports_nothing_that_the_first_screen_does_not_need(open_corner: Corner, tmp_path: Path) -> None:
    path = open_corner.ledger.path
    open_corner.ledger.close()
    command = [sys.executable, "-c", START, str(path), *LATE.split()]
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "POJOK_HOME": str(tmp_path / "home")}
    done = subprocess.run(command, capture_output=True, text=True, env=surroundings)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == []
