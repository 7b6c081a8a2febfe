"""``pojok export``: the registry as a file, beside ``pojok import``."""

import csv
from pathlib import Path

import pytest

from pos_app.cli import main
from tests.corner import DEMO


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
    path = tmp_path / "till.db"
    assert main(["init", "--ledger", str(path), "--corner", f"{DEMO / 'corners.csv'}:MTR-001", "--till", "A"]) == 0
    for kind in ("producers", "products", "staff"):
        assert main(["import", kind, str(DEMO / f"{kind}.csv"), "--ledger", str(path)]) == 0
    return path


@pytest.mark.parametrize("kind", ["producers", "products", "staff"])
def test_what_was_imported_is_exported(ledger: Path, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"{kind}.csv"
    assert main(["export", kind, str(file), "--ledger", str(ledger)]) == 0
    with file.open(encoding="utf-8", newline="") as written, (DEMO / f"{kind}.csv").open(encoding="utf-8") as demo:
        rows, wanted = list(csv.reader(written)), list(csv.reader(demo))
    assert rows[0] == wanted[0]
    assert sorted(row[0] for row in rows) == sorted(row[0] for row in wanted)


def test_a_file_that_is_there_stays_as_it_is(ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "products.xlsx"
    file.write_text("mine")
    assert main(["export", "products", str(file), "--ledger", str(ledger)]) == 1
    assert str(file) in capsys.readouterr().err
    assert file.read_text() == "mine"


def test_personal_data_needs_a_managers_pin(
    ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "with-manager.db"
    corner = f"{DEMO / 'corners.csv'}:MTR-001"
    main(["init", "--ledger", str(path), "--corner", corner, "--till", "B", "--manager", "Ratna", "--pin", "123456"])
    file = tmp_path / "staff.csv"
    command = ["export", "staff", str(file), "--ledger", str(path)]
    assert main(command) == 1
    assert main([*command, "--pin", "000000"]) == 1
    assert not file.exists()
    assert main([*command, "--pin", "123456"]) == 0
    assert file.read_text(encoding="utf-8") == "staff_code,name,nip,unit,tab_limit\n"
