"""Spreadsheets and files that are written: nothing in them computes, and what belongs together comes together."""

import csv
import os
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pos_app.domain.errors import DiskFull
from pos_app.services import workbooks
from pos_app.services.private_files import write_together
from pos_app.services.workbooks import FORMULA

COMPUTES = [f"{sign}1+1" for sign in FORMULA]


@pytest.mark.parametrize("text", COMPUTES, ids=repr)
def test_a_text_that_would_compute_stands_behind_a_guard(text: str, tmp_path: Path) -> None:
    path = workbooks.save(tmp_path, "list", "csv", "List", [["Name"], [text, -5]])
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["Name"], [f"'{text}", "-5"]]
    sheet = load_workbook(workbooks.save(tmp_path, "list", "xlsx", "List", [["Name"], [text, -5]])).active
    assert sheet is not None
    cell = sheet["A2"]
    assert (cell.data_type, cell.quotePrefix, sheet["B2"].value) == ("s", True, -5)


def test_files_that_belong_together_get_one_name(tmp_path: Path) -> None:
    (tmp_path / "page.png").touch()
    assert write_together(tmp_path, "page", {".pdf": b"1", ".png": b"2"}).name == "page-2.pdf"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page-2.pdf", "page-2.png", "page.png"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob("page-2.*"))


def test_a_full_disk_leaves_none_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fdopen, opened = os.fdopen, []

    def full(handle: int, mode: str) -> object:
        opened.append(handle)
        file = fdopen(handle, mode)
        if len(opened) == 2:
            file.close()
            raise OSError(28, "No space left on device")
        return file

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(DiskFull):
        write_together(tmp_path, "page", {".pdf": b"1", ".png": b"2"})
    assert list(tmp_path.iterdir()) == []
