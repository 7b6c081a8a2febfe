"""File dialogs begin in the person's documents, and then where the last one ended."""

from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths

from pos_app.ui import dialog_folders


def test_dialogs_begin_in_the_documents_then_in_the_last_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialog_folders, "_LAST", {})
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    assert dialog_folders.start_in() == documents
    assert dialog_folders.remembered("") == ""
    assert dialog_folders.start_in("struk.png") == str(Path(documents) / "struk.png")
    assert dialog_folders.remembered(str(tmp_path / "a.csv")) == str(tmp_path / "a.csv")
    assert dialog_folders.start_in() == str(tmp_path)
    dialog_folders.remembered(str(tmp_path))
    assert dialog_folders.start_in("b.png") == str(tmp_path / "b.png")
