"""The import contracts of pyproject.toml: kept by a sound tree, broken by every kind of wrong import."""

import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = {contract["name"]: contract for contract in SETTINGS["tool"]["importlinter"]["contracts"]}

SOUND = {
    "sync/server/commands.py": "import sync.server.app",
    "sync/server/officer_commands.py": "import sync.server.trust.remarks",
    "sync/server/openapi.py": "",
    "sync/server/public/catalogue.py": "import sync.server.reports.columns",
    "sync/server/trust/remarks.py": "import sync.server.reports.columns",
    "sync/server/reports/columns.py": "import sync.server.registry.aliases",
    "sync/server/registry/aliases.py": "import sync.server.corners.moving",
    "sync/server/serving.py": "import sync.server.metrics",
    "sync/server/metrics.py": "import sync.server.corners.moving",
    "sync/server/corners/moving.py": "import sync.server.exchange.ingest",
    "sync/server/access/sessions.py": "import sync.server.centre",
    "sync/server/centre.py": "import sync.server.keys",
    "sync/server/keys.py": "import sync.server.database.schema",
    "sync/server/projecting/storing.py": "import sync.server.database.schema",
    "sync/server/database/schema.py": "import sync.server.faults",
    "sync/server/database/columns.py": "",
    "sync/server/database/loading.py": "import sync.server.database.schema",
    "sync/server/database/tables_corners.py": "import sqlalchemy",
    "sync/server/database/tables_public.py": "import sqlalchemy",
    "sync/server/database/tables_registry.py": "import sqlalchemy",
    "sync/server/database/tables_reports.py": "import sqlalchemy",
    "sync/server/background.py": "",
    "sync/server/drawing.py": "import sync.server.limits",
    "sync/server/memory.py": "",
    "sync/server/faults.py": "import sync.server.errors",
    "sync/server/limits.py": "",
    "sync/server/errors.py": "",
    "pos_app/bootstrap.py": "import pos_app.ui.screens.sell.screen\nimport sync.client",
    "pos_app/coming_back.py": "import pos_app.bootstrap",
    "pos_app/start.py": "import pos_app.coming_back",
    "pos_app/demo/run.py": "import pos_app.start\nimport sync.server",
    "pos_app/cli.py": "import pos_app.cli_centre",
    "pos_app/cli_centre.py": "import pos_app.bootstrap\nimport pos_app.demo.run\nimport sync.server.exchange.ingest",
    "pos_app/__main__.py": "import pos_app.cli",
    "pos_app/cli_privacy.py": "import pos_app.bootstrap\nimport pos_app.cli_manager",
    "pos_app/cli_producers.py": "import pos_app.bootstrap",
    "pos_app/cli_upkeep.py": "import pos_app.bootstrap\nimport pos_app.cli_manager",
    "pos_app/cli_exchange.py": "import pos_app.bootstrap",
    "pos_app/cli_corners.py": "import sync.server.exchange.ingest",
    "pos_app/cli_officers.py": "import sync.server.exchange.ingest",
    "pos_app/cli_persons.py": "import sync.server.exchange.ingest",
    "pos_app/cli_manager.py": "import pos_app.services.checkout",
    "pos_app/cli_registry.py": "import sync.server.exchange.ingest",
    "pos_app/cli_tills.py": "import sync.server.exchange.ingest",
    "pos_app/logbook.py": "",
    "pos_app/paths.py": "import pathlib",
    "pos_app/version.py": "",
    "pos_app/i18n.py": "import pos_app.paths",
    "pos_app/domain/money.py": "import sync.documents.sale",
    "pos_app/ledger/append.py": "import pos_app.domain.money",
    "pos_app/printing/slip.py": "import pos_app.i18n",
    "pos_app/services/checkout.py": "import pos_app.ledger.append\nimport pos_app.printing.slip",
    "pos_app/ui/sync_worker.py": "import PySide6\nimport sync.client",
    "pos_app/ui/screens/sell/screen.py": "import PySide6\nimport pos_app.ui.screens.sell.presenter",
    "pos_app/ui/screens/sell/presenter.py": "import pos_app.services.checkout",
    "pos_app/ui/screens/pay/screen.py": "import PySide6",
    "pos_app/ui/widgets/table.py": "import PySide6",
    "sync/documents/sale.py": "import datetime",
    "sync/protocol/entry.py": "import sync.documents.sale",
    "sync/client/outbox.py": "import sync.protocol.entry",
    "sync/server/exchange/ingest.py": "import sync.protocol.entry\nimport sync.server.access.sessions",
    "sync/server/app.py": "import sync.server.pages.every",
    "sync/server/pages/every.py": "import sync.server.exchange.ingest",
    "sync/server/pages/public/own_page.py": "import sync.server.pages.programme.sold",
    "sync/server/pages/corners/revoked.py": "import sync.server.pages.trust.quarantine",
    "sync/server/pages/programme/sold.py": "import sync.server.reports.columns",
    "sync/server/pages/trust/quarantine.py": "import sync.server.trust.remarks",
    "sync/server/pages/registry/producers.py": "import sync.server.registry.aliases",
    "sync/server/pages/access/login.py": "import sync.server.access.sessions",
}
for _name in CONTRACTS["Presenters hold the rules of a screen and no Qt"]["source_modules"]:
    if "*" not in _name:
        SOUND.setdefault(f"{_name.replace('.', '/')}.py", "import pos_app.services.checkout")
# (importing module, imported module); each must be named in the report.
WRONG = [
    ("pos_app.domain.money", "pos_app.services.checkout"),
    ("pos_app.ledger.append", "pos_app.printing.slip"),
    ("pos_app.services.checkout", "pos_app.ui.widgets.table"),
    ("pos_app.services.checkout", "PySide6"),
    ("pos_app.services.checkout", "sync.client.outbox"),
    ("pos_app.services.checkout", "sync.server.exchange.ingest"),
    ("pos_app.bootstrap", "PySide6"),
    ("pos_app.ui.screens.sell.presenter", "PySide6"),
    ("pos_app.ui.screens.pay.screen", "pos_app.ui.screens.sell.screen"),
    ("pos_app.ui.screens.pay.screen", "sync.client.outbox"),
    ("pos_app.domain.money", "sqlite3"),
    ("pos_app.domain.money", "time"),
    ("sync.documents.sale", "logging"),
    ("sync.documents.sale", "sync.protocol.entry"),
    ("sync.client.outbox", "sync.server.exchange.ingest"),
    ("sync.server.exchange.ingest", "pos_app.domain.money"),
    ("sync.server.exchange.ingest", "sync.server.pages.every"),
    ("sync.server.pages.trust.quarantine", "sync.server.pages.registry.producers"),
    ("sync.server.pages.every", "sqlalchemy"),
    ("sync.server.pages.every", "sync.server.database.schema"),
    ("sync.server.pages.every", "sync.server.database.tables_reports"),
    ("sync.server.trust.remarks", "sync.server.public.catalogue"),
    ("sync.server.projecting.storing", "sync.server.exchange.ingest"),
]


def plant(folder: Path, modules: Mapping[str, str]) -> None:
    """Write a tree of packages with these modules and the project's own contracts."""
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    for name, source in modules.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source + "\n", encoding="utf-8")
        for parent in path.relative_to(folder).parents[:-1]:
            (folder / parent / "__init__.py").touch()


def lint(folder: Path) -> tuple[int, str]:
    """Exit status and report of import-linter on a tree."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    done = subprocess.run([*command, "--no-logo"], cwd=folder, capture_output=True, text=True, encoding="utf-8")
    return done.returncode, done.stdout + done.stderr


def with_wrong_imports() -> dict[str, str]:
    modules = dict(SOUND)
    for importer, imported in WRONG:
        name = importer.replace(".", "/") + ".py"
        modules[name] = f"{modules[name]}\nimport {imported}"
    return modules


def test_a_sound_tree_keeps_every_contract(tmp_path: Path) -> None:
    plant(tmp_path, SOUND)
    status, report = lint(tmp_path)
    assert status == 0, report
    assert f"{len(CONTRACTS)} kept, 0 broken" in report


@pytest.fixture(scope="module")
def broken_report(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("wrong")
    plant(folder, with_wrong_imports())
    status, report = lint(folder)
    assert status != 0
    return report


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_contract_can_break(broken_report: str, contract: str) -> None:
    assert f"{contract} BROKEN" in " ".join(broken_report.split())


@pytest.mark.parametrize(("importer", "imported"), WRONG)
def test_every_wrong_import_is_named(broken_report: str, importer: str, imported: str) -> None:
    assert f"{importer} -> {imported} " in broken_report


@pytest.mark.parametrize("room", ["pos_app/kitchen", "sync/gossip", "sync/server/gossip"])
def test_a_room_that_is_not_placed_breaks_the_build(tmp_path: Path, room: str) -> None:
    plant(tmp_path, {**SOUND, f"{room}/thing.py": ""})
    status, report = lint(tmp_path)
    assert status != 0
    assert room.replace("/", ".") in report


def test_every_folder_with_code_is_a_package_that_the_contracts_see() -> None:
    folders = {path.parent for part in ("pos_app", "sync") for path in (ROOT / part).rglob("*.py")}
    assert not [str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()]
